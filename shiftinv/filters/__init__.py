"""Filter banks as values, with their algebra."""

from .bank import FilterBank
from .polishing import polished
from .taps import PhaseTaps, Taps, kernel_taps, phase_taps

__all__ = ["FilterBank", "PhaseTaps", "Taps", "kernel_taps", "phase_taps", "polished"]
