"""The stationary (undecimated, maximal overlap, à trous) wavelet transform."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..catalogue import filter_bank
from ..coefficients import Coefficients
from ..filters import FilterBank
from ..groups import Shift, shifted
from ..kernels import undecimated
from ..layout import Band, Frame, Layout
from ..representation import Action, FrameTransform, freeze
from ..workers import share
from .separable import cascade_gain, decompose, deepest_fit, pyramid_blocks, reconstruct, rows, too_deep

if TYPE_CHECKING:
    import pywt

__all__ = ["SWT"]

DEEPEST = 32  # dilations stay below 2^31 samples, so no offset can overflow


@dataclass(frozen=True, init=False, repr=False)
class SWT(FrameTransform):
    """The stationary wavelet transform: every band at every sample, equivariant to every shift.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet, optional
        The filters; see `shiftinv.filter_bank`.
    levels : int, optional
        How many levels, 0 … 32. None: the deepest at which the filter fits the shortest
        transformed axis.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : {"periodic"}, optional
        How the signal continues past its ends.
    norm : {"energy", "unit"}, optional
        "energy" divides every filter by sqrt(2): a Parseval frame for orthonormal banks.
        "unit" leaves the filters as they are, as ``pywt.swt(norm=False)``.

    Notes
    -----
    With filters h, g of L taps, c = 1/sqrt(2) ("energy") or 1 ("unit"), a_0 = x, along each axis

        a_j[n] = c sum_k h[k] a_{j-1}[n + 2^(j-1) (L/2 - k)],   d_j the same with g.

    The redundancy is J + 1 in one dimension and (2^d - 1) J + 1 in d. Any length works: the
    circle has the length of the signal.

    References
    ----------
    G. P. Nason and B. W. Silverman, "The stationary wavelet transform and some statistical
    applications", Lecture Notes in Statistics 103, 1995. doi:10.1007/978-1-4612-2544-7_17

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(61)
    >>> T = si.SWT("sym8", levels=3)
    >>> c = T.forward(x)
    >>> bool(np.allclose(T.inverse(c), x, atol=1e-13))
    True
    >>> bool(np.array_equal(T.forward(np.roll(x, 5)).vector, T.act(c, 5).vector))
    True
    """

    wavelet: FilterBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    norm: str = "energy"
    name: ClassVar[str] = "swt"

    def __init__(
        self,
        wavelet: str | FilterBank | pywt.Wavelet = "sym4",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
        norm: str = "energy",
    ) -> None:
        freeze(
            self,
            wavelet=filter_bank(wavelet),
            levels=checks.levels(levels),
            axes=checks.axes(axes),
            boundary=checks.choice(boundary, ("periodic",), "boundary"),
            norm=checks.choice(norm, ("energy", "unit"), "norm"),
        )

    @property
    def action(self) -> Action:
        """Every shift of the signal is the same shift of every band."""
        return Action("exact")

    @property
    def residual(self) -> float:
        """The residual of the bank where it is only approximate."""
        return self.wavelet.residual if self.wavelet.approximate else 0.0

    def undecimated(self) -> SWT:
        """Return this transform itself: it keeps every sample."""
        return self

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(len(self.wavelet), sizes) if self.levels is None else self.levels
        if levels > DEEPEST:
            raise too_deep(levels, DEEPEST, "SWT", sizes)
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            self._frame(levels),
            1,
            pyramid_blocks([shape] * (levels + 1), len(axes), dtype.kind == "c"),
        )

    def _frame(self, levels: int) -> Frame:
        if not levels:
            return Frame.ORTHONORMAL
        weighs_levels_alike = self.norm == "energy" or levels == 1
        return Frame.TIGHT if self.wavelet.is_orthonormal and weighs_levels_alike else Frame.FRAME

    @property
    def _scale(self) -> float:
        return 0.5**0.5 if self.norm == "energy" else 1.0

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        decompose(x, c, _Circles(self.wavelet.analysis_table(c.vector.dtype, self._scale), workers))

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, _Circles(self.wavelet.synthesis_table(c.vector.dtype, 0.5 / self._scale), workers))

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, _Circles(self.wavelet.adjoint_table(c.vector.dtype, self._scale), workers))

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            moved[band] = shifted(c[band], shift, c.layout.axes)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        gain = 1.0
        for letter, axis in zip(band.orientation, layout.axes, strict=True):
            gain *= self._scale**band.level * cascade_gain(self.wavelet, letter, band.level, layout.shape[axis])
        return gain

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        """S_j = A_j S_{j-1} and D_j = S_{j-1} - S_j: a pyramid of the smoothing A_j and of what it leaves."""
        parts = Coefficients(layout, np.empty(layout.size, layout.real_dtype))
        decompose(x, parts, _Circles(self.wavelet.smoothing_table(layout.real_dtype), workers=1))
        return [parts[band] for band in layout.bands]


class _Circles:
    """One level along circles: taps 2^(level-1) samples apart."""

    def __init__(self, taps: NDArray[Any], workers: int) -> None:
        self.taps = taps
        self.workers = workers

    def split(self, x: NDArray[Any], lo: NDArray[Any], hi: NDArray[Any], axis: int, level: int) -> None:
        arrays = (x.ravel(), lo.ravel(), hi.ravel())
        line = _line(x.shape, axis, level)
        share(lambda *part: undecimated.analysis(*arrays, *line, self.taps, *part), x.size, x.size, self.workers)

    def merge(self, lo: NDArray[Any], hi: NDArray[Any], x: NDArray[Any], axis: int, level: int) -> None:
        arrays = (lo.ravel(), hi.ravel(), x.ravel())
        line = _line(x.shape, axis, level)
        share(lambda *part: undecimated.synthesis(*arrays, *line, self.taps, *part), x.size, x.size, self.workers)

    def split_levels(self, x: NDArray[Any], vector: NDArray[Any], axis: int, levels: int) -> None:
        fixed = (x.ravel(), vector, *rows(x.shape, axis), levels, self.taps)
        lines = math.prod(x.shape[:axis])
        share(lambda *part: undecimated.pyramid_analysis(*fixed, *part), lines, vector.size, self.workers)

    def merge_levels(self, vector: NDArray[Any], x: NDArray[Any], axis: int, levels: int) -> None:
        fixed = (vector, x.ravel(), *rows(x.shape, axis), levels, self.taps)
        lines = math.prod(x.shape[:axis])
        share(lambda *part: undecimated.pyramid_synthesis(*fixed, *part), lines, vector.size, self.workers)

    def split_plane(self, x: NDArray[Any], bands: list[NDArray[Any]], axis: int, level: int) -> None:
        arrays = (x.ravel(), *(band.ravel() for band in bands))
        plane = _plane(x.shape, axis, level)
        rows = math.prod(x.shape[: axis + 1])
        share(lambda *part: undecimated.plane_analysis(*arrays, *plane, self.taps, *part), rows, x.size, self.workers)

    def merge_plane(self, bands: list[NDArray[Any]], x: NDArray[Any], axis: int, level: int) -> None:
        arrays = (*(band.ravel() for band in bands), x.ravel())
        plane = _plane(x.shape, axis, level)
        rows = math.prod(x.shape[: axis + 1])
        share(lambda *part: undecimated.plane_synthesis(*arrays, *plane, self.taps, *part), rows, x.size, self.workers)


def _line(shape: tuple[int, ...], axis: int, level: int) -> tuple[int, int]:
    """Return (length, step): of a circular line along `axis`, and of taps 2^(level-1) samples apart on it."""
    n, inner = rows(shape, axis)
    return n * inner, 2 ** (level - 1) % n * inner


def _plane(shape: tuple[int, ...], axis: int, level: int) -> tuple[int, int, int, int]:
    """Return (rows, length, row_step, step) of the plane of `axis` and the next axis."""
    length, step = _line(shape, axis + 1, level)
    return shape[axis], length, 2 ** (level - 1) % shape[axis] or shape[axis], step  # a row step is never 0
