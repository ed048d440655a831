"""The decimated discrete wavelet transform."""

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
from ..kernels import batches, decimated
from ..kernels.compiling import Kernel
from ..layout import Band, Frame, Layout
from ..representation import Action, FrameTransform, freeze, single_band
from ..workers import share
from .separable import (
    Array,
    RealBands,
    cascade_gain,
    decompose,
    deepest_fit,
    length_and_spacing,
    pyramid_blocks,
    reconstruct,
    too_deep,
)
from .swt import SWT

if TYPE_CHECKING:
    import pywt

__all__ = ["DWT"]

SHORT, MANY = 128, 16  # lines up to this length go many at once, from this number on


@dataclass(frozen=True, init=False, repr=False)
class DWT(FrameTransform):
    """The decimated wavelet transform: no redundancy, and equivariant only to shifts by multiples of 2^levels.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet, optional
        The filters; see `shiftinv.filter_bank`.
    levels : int, optional
        How many levels, 0 … ceil(log2 N) of the shortest transformed axis. None: the deepest at
        which the filter still fits it.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : {"periodic"}, optional
        How the signal continues past its ends. An odd length, at any level, repeats
        its last sample first, as in PyWavelets' periodization mode.

    Notes
    -----
    With filters h, g of L taps and a_0 = x, along each axis

        a_j[m] = sum_k h[k] a_{j-1}[2m + L/2 - k],   d_j the same with g.

    Where 2^levels divides every transformed length it is orthonormal for an orthonormal bank and a
    Riesz basis for a biorthogonal one. Elsewhere it is a frame with more coefficients than samples,
    since a length grows by one sample at each level
    where it is odd (12 samples at 3 levels: 6 + 3 + 2 + 2 coefficients). `inverse` returns the original length;
    `adjoint` is the true adjoint in every case.

    References
    ----------
    S. Mallat, "A theory for multiresolution signal decomposition: the wavelet representation",
    IEEE Trans. Pattern Anal. Mach. Intell. 11(7), 1989. doi:10.1109/34.192463

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> T = si.DWT("db4", levels=3)
    >>> c = T.forward(x)
    >>> c.layout.redundancy, c.layout.frame.value
    (1.0, 'orthonormal')
    >>> bool(np.array_equal(T.forward(np.roll(x, 8)).vector, T.act(c, 8).vector))
    True
    """

    wavelet: FilterBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    name: ClassVar[str] = "dwt"

    def __init__(
        self,
        wavelet: str | FilterBank | pywt.Wavelet = "sym4",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
    ) -> None:
        freeze(
            self,
            wavelet=filter_bank(wavelet),
            levels=checks.levels(levels),
            axes=checks.axes(axes),
            boundary=checks.choice(boundary, ("periodic",), "boundary"),
        )

    @property
    def action(self) -> Action:
        """A shift by k moves a band of level j by k / 2^j samples: exact where that is whole, on a circular layout."""
        return Action("grid", "Fourier shift of each band by shift / 2^level, highpass channels turned in phase")

    @property
    def residual(self) -> float:
        """The residual of the bank where it is only approximate."""
        return self.wavelet.residual if self.wavelet.approximate else 0.0

    def undecimated(self) -> SWT:
        """Return the SWT of the same wavelet with norm="energy", whose samples hold all shifts of this."""
        return SWT(self.wavelet, self.levels, axes=self.axes, boundary=self.boundary)

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(len(self.wavelet), sizes) if self.levels is None else self.levels
        limit = (min(sizes) - 1).bit_length()
        if levels > limit:
            raise too_deep(levels, limit, "DWT", sizes)
        shapes = [shape]
        for _ in range(levels):
            shapes.append(tuple(-(-n // 2) if axis in axes else n for axis, n in enumerate(shapes[-1])))
        on_grid = all(size % 2**levels == 0 for size in sizes)
        orthonormal = not levels or (on_grid and self.wavelet.is_orthonormal)
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            Frame.ORTHONORMAL if orthonormal else Frame.FRAME,
            2**levels if on_grid else None,
            pyramid_blocks(shapes, len(axes), dtype.kind == "c"),
        )

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        decompose(x, c, _Halving(self.wavelet.analysis_taps(c.vector.dtype), workers))

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, _Halving((*self.wavelet.synthesis_phases(c.vector.dtype), False), workers))

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, _Halving((*self.wavelet.adjoint_phases(c.vector.dtype), True), workers))

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            spacing = 2**band.level
            steps = tuple(k // spacing if k % spacing == 0 else k / spacing for k in shift)
            moved[band] = shifted(c[band], steps, c.layout.axes, band.orientation)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        gain = 1.0
        for letter, axis in zip(band.orientation, layout.axes, strict=True):
            # on a length that repeats samples the gain is that of the next length without repetitions
            circle = -(-layout.shape[axis] // 2**layout.levels) * 2**layout.levels
            gain *= cascade_gain([self.wavelet] * band.level, letter, circle)
        return gain

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        c = self.forward(x)
        return [single_band(self, c, band) for band in layout.bands]


class _Halving(RealBands):
    """One level that keeps every second sample; see `separable.Steps`.

    `taps` is what kernels take after arrays and sizes: `Taps` for analysis; for synthesis `PhaseTaps`,
    and whether the second reading of the last sample of an odd length is added to it (the transpose)
    or left out (the inverse).
    """

    def __init__(self, taps: tuple[Any, ...], workers: int) -> None:
        self.taps = taps
        self.workers = workers

    def split(self, x: Array, lo: Array, hi: Array, axis: int, _level: int, levels: int = 1) -> None:
        kernels = (decimated.analysis, batches.analysis)
        self._share_lines(kernels, (x.ravel(), lo.ravel(), hi.ravel()), x.shape, axis, levels)

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, _level: int, levels: int = 1) -> None:
        kernels = (decimated.synthesis, batches.synthesis)
        self._share_lines(kernels, (lo.ravel(), hi.ravel(), x.ravel()), x.shape, axis, levels)

    def split_plane(self, x: Array, bands: list[Array], axis: int, _level: int, _prefix: str) -> None:
        self._share_plane(decimated.plane_analysis, (x, *bands), x.shape, axis)

    def merge_plane(self, bands: list[Array], x: Array, axis: int, _level: int, _prefix: str) -> None:
        self._share_plane(decimated.plane_synthesis, (*bands, x), x.shape, axis)

    def _share_lines(
        self, kernels: tuple[Kernel, Kernel], arrays: tuple[Array, ...], shape: tuple[int, ...], axis: int, levels: int
    ) -> None:
        n, near = length_and_spacing(shape, axis)
        half, lines, size = (n + 1) // 2, math.prod(shape[:axis]), math.prod(shape)
        line_by_line, many_at_once = kernels
        if near == 1 and n <= SHORT and lines >= MANY:
            share(many_at_once, *arrays, n, levels, *self.taps, items=lines, size=size, workers=self.workers)
            return
        unit = 1 if levels == 1 else half
        arguments = (*arrays, n, near, levels, *self.taps)
        share(line_by_line, *arguments, items=lines * half, size=size, workers=self.workers, unit=unit)

    def _share_plane(self, kernel: Kernel, arrays: tuple[Array, ...], shape: tuple[int, ...], axis: int) -> None:
        flat = (array.ravel() for array in arrays)
        arguments = (*flat, shape[axis], *length_and_spacing(shape, axis + 1), *self.taps)
        items = math.prod(shape[:axis]) * ((shape[axis] + 1) // 2)
        share(kernel, *arguments, items=items, size=math.prod(shape), workers=self.workers)
