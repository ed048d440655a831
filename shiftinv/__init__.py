"""Shift-invariant transforms, and how much invariance a transform buys at what redundancy.

- `DWT`, `SWT`, `MODWT`: transforms, values without arrays; ``transform("swt:sym8,levels=5")`` makes one from a string.
- `CycleSpin`, `BestShiftDWT`, `cycle_spin`: several shifts as one frame, a shift that the signal chooses, averages.
- ``c = T.forward(x)``: `Coefficients`, one vector whose bands are views, ``c[1, "d"]``; ``T.inverse(c)`` is ``x``.
- ``T.layout(shape)``: the `Layout`, where every coefficient lives, had without any signal.
- ``T.adjoint(c)``, ``T.act(c, shift)``, ``T.noise_gain(band, shape)``, ``T.mra(x)``: what else a transform knows.
- `filter_bank`, `list_banks`, `FilterBank`: wavelets by name, or with taps of your own.
- `metrics`: shift variance, energy over all shifts, aliasing, equivariance and invariance error, frame bounds, cost.
- `compare`: all of that side by side for several transforms and signals; in a shell, ``shiftinv compare``.
- `denoise`, `estimate_sigma`, `denoising`: thresholds, rules, and how strong noise is; in a shell ``shiftinv denoise``.
- `layers`: convolution, pooling and sampling as in a convolutional network, to be measured in the same way.
- `testing`: ``check_transform(T)`` checks the laws of a transform of your own.
- `datasets`, `groups`, `plotting`: real signals, shifts of a signal, the picture of a comparison.
"""

from . import boundary, checks, datasets, denoising, filters, groups, layers, metrics, plotting, testing, transforms
from .catalogue import filter_bank, list_banks
from .checks import CacheWarning, PrecisionWarning, ShiftinvWarning, ShiftWarning
from .coefficients import Coefficients
from .comparison import Comparison, compare
from .denoising import denoise, estimate_sigma
from .environment import show_versions, warmup
from .filters import FilterBank
from .layout import Band, Frame, Layout
from .registry import list_transforms, transform
from .representation import Action, FrameTransform, Invertible, Representation
from .transforms import DTCWT, DWT, MODWT, SWT, BestShiftDWT, CycleSpin, cycle_spin
from .version import __version__

__all__ = [
    "DTCWT",
    "DWT",
    "MODWT",
    "SWT",
    "Action",
    "Band",
    "BestShiftDWT",
    "CacheWarning",
    "Coefficients",
    "Comparison",
    "CycleSpin",
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
    "cycle_spin",
    "datasets",
    "denoise",
    "denoising",
    "estimate_sigma",
    "filter_bank",
    "filters",
    "groups",
    "layers",
    "list_banks",
    "list_transforms",
    "metrics",
    "plotting",
    "show_versions",
    "testing",
    "transform",
    "transforms",
    "warmup",
]
