"""Transforms, one per file; `separable` is the only N-D code and knows none of them."""

from .bestshift import BestShiftDWT
from .cyclespin import CycleSpin, cycle_spin
from .dtcwt import DTCWT
from .dwt import DWT
from .swt import SWT
from .undecimated_dtcwt import UndecimatedDTCWT

__all__ = ["DTCWT", "DWT", "SWT", "BestShiftDWT", "CycleSpin", "UndecimatedDTCWT", "cycle_spin"]
