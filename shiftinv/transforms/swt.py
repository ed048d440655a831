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
from ..filters import FilterBank, Taps
from ..groups import Shift, shifted
from ..kernels import undecimated
from ..kernels.compiling import Kernel
from ..layout import Band, Frame, Layout
from ..representation import Action, FrameTransform, freeze
from ..workers import share
from .separable import (
    DEEPEST,
    Array,
    RealBands,
    cascade_gain,
    decompose,
    deepest_fit,
    length_and_spacing,
    pyramid_blocks,
    reconstruct,
)

if TYPE_CHECKING:
    import pywt

__all__ = ["SWT"]


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

    The redundancy is (2^d - 1) J + 1 for d axes. Any length works: the circle has the length of
    the signal. For either norm `mra` uses the half-band smoothing A_j = (s * h) / 2, with s the
    synthesis lowpass and * convolution, spread by 2^(j-1), and I - A_j.

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
        """Return this transform, which decimates nothing."""
        return self

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(len(self.wavelet), sizes) if self.levels is None else self.levels
        if levels > DEEPEST:
            raise ValueError(f"levels={levels} is too deep for an SWT: at most {DEEPEST}. Use levels<={DEEPEST}.")
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
        decompose(x, c, _Circles(self.wavelet.analysis_taps(c.vector.dtype, self._scale), workers))

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, _Circles(self.wavelet.synthesis_taps(c.vector.dtype, 0.5 / self._scale), workers))

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, _Circles(self.wavelet.adjoint_taps(c.vector.dtype, self._scale), workers))

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            moved[band] = shifted(c[band], shift, c.layout.axes)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        gain = 1.0
        for letter, axis in zip(band.orientation, layout.axes, strict=True):
            gain *= self._scale**band.level * cascade_gain([self.wavelet] * band.level, letter, layout.shape[axis])
        return gain

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        """Split S_{j-1} by the smoothing A_j and by I - A_j along each axis, S_j being what A_j leaves on all.

        Components have the shapes of bands, so coefficients of this layout hold them.
        """
        parts = Coefficients(layout, np.empty(layout.size, layout.real_dtype))
        decompose(x, parts, _Circles(self.wavelet.smoothing_taps(layout.real_dtype), workers=1))
        return [parts[band] for band in layout.bands]


class _Circles(RealBands):
    """One level along circles, taps 2^(level-1) samples apart; see `separable.Steps`."""

    def __init__(self, taps: Taps, workers: int) -> None:
        self.taps = taps
        self.workers = workers

    def split(self, x: Array, lo: Array, hi: Array, axis: int, level: int, levels: int = 1) -> None:
        self._share_lines(undecimated.analysis, (x.ravel(), lo.ravel(), hi.ravel()), x.shape, axis, level, levels)

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, level: int, levels: int = 1) -> None:
        self._share_lines(undecimated.synthesis, (lo.ravel(), hi.ravel(), x.ravel()), x.shape, axis, level, levels)

    def split_plane(self, x: Array, bands: list[Array], axis: int, level: int, _prefix: str) -> None:
        self._share_plane(undecimated.plane_analysis, (x, *bands), x.shape, axis, level)

    def merge_plane(self, bands: list[Array], x: Array, axis: int, level: int, _prefix: str) -> None:
        self._share_plane(undecimated.plane_synthesis, (*bands, x), x.shape, axis, level)

    def _share_lines(
        self, kernel: Kernel, arrays: tuple[Array, ...], shape: tuple[int, ...], axis: int, level: int, levels: int
    ) -> None:
        n, near = length_and_spacing(shape, axis)
        size, unit = math.prod(shape), 1 if levels == 1 else n * near
        arguments = (*arrays, n, near, level, levels, *self.taps)
        share(kernel, *arguments, items=size, size=size * levels, workers=self.workers, unit=unit)

    def _share_plane(
        self, kernel: Kernel, arrays: tuple[Array, ...], shape: tuple[int, ...], axis: int, level: int
    ) -> None:
        rows, (n, near) = shape[axis], length_and_spacing(shape, axis + 1)
        dilation = 2 ** (level - 1)
        steps = (dilation % rows or rows, dilation % n * near)  # rows are visited in steps of the first, never 0
        arguments = (*(array.ravel() for array in arrays), rows, n * near, *steps, *self.taps)
        items = math.prod(shape[: axis + 1])
        share(kernel, *arguments, items=items, size=math.prod(shape), workers=self.workers)
