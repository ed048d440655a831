"""Filter banks as values, with their algebra."""

from .bank import FilterBank
from .dual_tree import DualTreeBank
from .hilbert import hilbert_pair
from .polishing import polished
from .taps import Moved, PhaseTaps, Taps, TreeTaps, kernel_taps, per_channel, phase_taps

__all__ = [
    "DualTreeBank",
    "FilterBank",
    "Moved",
    "PhaseTaps",
    "Taps",
    "TreeTaps",
    "hilbert_pair",
    "kernel_taps",
    "per_channel",
    "phase_taps",
    "polished",
]
