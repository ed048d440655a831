"""Transforms, one per file; `separable` is the only N-D code and knows none of them."""

from .basis_search import best_basis
from .bestbasis import BestBasis
from .bestshift import BestShiftDWT
from .cyclespin import CycleSpin, cycle_spin
from .dtcwt import DTCWT
from .dwt import DWT
from .laplacian import LaplacianPyramid
from .modwt import MODWT
from .packets import Packets
from .partial_swt import PartialSWT
from .scattering import Scattering
from .starlet import Starlet
from .stationary_packets import StationaryPackets
from .steerable import SteerablePyramid
from .swt import SWT
from .undecimated_dtcwt import UndecimatedDTCWT

__all__ = [
    "DTCWT",
    "DWT",
    "MODWT",
    "SWT",
    "BestBasis",
    "BestShiftDWT",
    "CycleSpin",
    "LaplacianPyramid",
    "Packets",
    "PartialSWT",
    "Scattering",
    "Starlet",
    "StationaryPackets",
    "SteerablePyramid",
    "UndecimatedDTCWT",
    "best_basis",
    "cycle_spin",
]
