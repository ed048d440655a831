"""Shift-invariant transforms, and how much invariance a transform buys at what redundancy."""

from . import boundary, checks, datasets, filters, groups, metrics, plotting, testing, transforms
from .catalogue import filter_bank, list_banks
from .checks import CacheWarning, PrecisionWarning, ShiftinvWarning, ShiftWarning
from .coefficients import Coefficients
from .comparison import Comparison, compare
from .filters import FilterBank
from .layout import Band, Frame, Layout
from .registry import list_transforms, transform
from .representation import Action, FrameTransform, Invertible, Representation
from .transforms import DWT, SWT
from .version import __version__

__all__ = [
    "DWT",
    "SWT",
    "Action",
    "Band",
    "CacheWarning",
    "Coefficients",
    "Comparison",
    "FilterBank",
    "Frame",
    "FrameTransform",
    "Invertible",
    "Layout",
    "PrecisionWarning",
    "Representation",
    "ShiftWarning",
    "ShiftinvWarning",
    "__version__",
    "boundary",
    "checks",
    "compare",
    "datasets",
    "filter_bank",
    "filters",
    "groups",
    "list_banks",
    "list_transforms",
    "metrics",
    "plotting",
    "testing",
    "transform",
    "transforms",
]
