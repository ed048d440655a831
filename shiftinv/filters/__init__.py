"""Filter banks as values, with their algebra."""

from .bank import FilterBank
from .dual_tree import DualTreeBank
from .hilbert import hilbert_pair
from .polishing import polished
from .taps import PhaseTaps, Taps, TreeTaps, kernel_taps, phase_taps

__all__ = [
    "DualTreeBank",
    "FilterBank",
    "PhaseTaps",
    "Taps",
    "TreeTaps",
    "hilbert_pair",
    "kernel_taps",
    "phase_taps",
    "polished",
]
