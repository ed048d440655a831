"""Transforms, one per file; `separable` is the only N-D code and knows none of them."""

from .bestshift import BestShiftDWT
from .cyclespin import CycleSpin, cycle_spin
from .dtcwt import DTCWT
from .dwt import DWT
from .modwt import MODWT
from .partial_swt import PartialSWT
from .starlet import Starlet
from .swt import SWT
from .undecimated_dtcwt import UndecimatedDTCWT

__all__ = [
    "DTCWT",
    "DWT",
    "MODWT",
    "SWT",
    "BestShiftDWT",
    "CycleSpin",
    "PartialSWT",
    "Starlet",
    "UndecimatedDTCWT",
    "cycle_spin",
]
