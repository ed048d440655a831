"""Measures of shift variance, equivariance and cost, one per file.

Every measure takes a `Representation` or any callable, and refuses pairings of transform and
shift that would measure the ends of the signal instead (`UnfairPairing`).
"""

from .cost import Cost, cost
from .energy import ShiftVariance, energy_curve, shift_variance
from .equivariance import equivariance_error, invariance_error
from .fairness import UnfairPairing

__all__ = [
    "Cost",
    "ShiftVariance",
    "UnfairPairing",
    "cost",
    "energy_curve",
    "equivariance_error",
    "invariance_error",
    "shift_variance",
]
