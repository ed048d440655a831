"""Measures of shift variance, equivariance and cost, one per file.

Every measure takes a `Representation` or any callable, and refuses pairings of transform and
shift that would measure the ends of the signal instead (`UnfairPairing`). Wavelet variance, covariance and
correlation measure time series instead, scale by scale.
"""

from .aliasing import aliasing_energy_ratio, aliasing_from_filters, cascade_channel
from .energy import ShiftVariance, energy_curve, shift_variance
from .equivariance import equivariance_error, invariance_error
from .fairness import UnfairPairing
from .frames import frame_bounds, noise_amplification
from .resources import Cost, cost
from .wavelet_variance import WaveletEstimate, wavelet_correlation, wavelet_covariance, wavelet_variance

__all__ = [
    "Cost",
    "ShiftVariance",
    "UnfairPairing",
    "WaveletEstimate",
    "aliasing_energy_ratio",
    "aliasing_from_filters",
    "cascade_channel",
    "cost",
    "energy_curve",
    "equivariance_error",
    "frame_bounds",
    "invariance_error",
    "noise_amplification",
    "shift_variance",
    "wavelet_correlation",
    "wavelet_covariance",
    "wavelet_variance",
]
