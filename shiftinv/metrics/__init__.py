"""Measures of shift variance, equivariance and cost, one per file.

Every measure of what shifts do takes a `Representation` or any callable, and refuses pairings of transform and
shift that would measure the ends of the signal instead (`UnfairPairing`); frame bounds and costs are of transforms
alone. A callable gets a copy of the signal, which it may write into, and returns one array of numbers, of one shape
for all signals of one shape; its integers and booleans are computed with as float64. Wavelet variance, covariance and
correlation measure time series instead, scale by scale.
"""

from .aliasing import aliasing_energy_ratio, aliasing_from_filters, cascade_channel
from .decisions import consistency
from .dilation import dilation_error
from .energy import ShiftVariance, energy_curve, shift_variance
from .equivariance import equivariance_error, invariance_error
from .expectation import expected_shift_variance
from .fairness import UnfairPairing
from .frames import frame_bounds, noise_amplification
from .resources import Cost, cost
from .sensitivity import SensitivityMap, sensitivity_map
from .subpixel import subpixel_error
from .wavelet_variance import WaveletEstimate, wavelet_correlation, wavelet_covariance, wavelet_variance

__all__ = [
    "Cost",
    "SensitivityMap",
    "ShiftVariance",
    "UnfairPairing",
    "WaveletEstimate",
    "aliasing_energy_ratio",
    "aliasing_from_filters",
    "cascade_channel",
    "consistency",
    "cost",
    "dilation_error",
    "energy_curve",
    "equivariance_error",
    "expected_shift_variance",
    "frame_bounds",
    "invariance_error",
    "noise_amplification",
    "sensitivity_map",
    "shift_variance",
    "subpixel_error",
    "wavelet_correlation",
    "wavelet_covariance",
    "wavelet_variance",
]
