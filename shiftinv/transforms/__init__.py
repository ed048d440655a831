"""Transforms, one per file; `separable` is the only N-D code and knows none of them."""

from .basis_search import best_basis
from .bestbasis import BestBasis
from .dtcwt import DTCWT
from .dwt import DWT
from .packets import Packets
from .stationary_packets import StationaryPackets
from .swt import SWT
from .undecimated_dtcwt import UndecimatedDTCWT

__all__ = ["DTCWT", "DWT", "SWT", "BestBasis", "Packets", "StationaryPackets", "UndecimatedDTCWT", "best_basis"]
