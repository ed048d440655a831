"""The decimated discrete wavelet transform."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..boundary import Boundary, boundary_name
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
    Place,
    RealBands,
    cascade_gain,
    decompose,
    deepest_fit,
    length_and_spacing,
    places,
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
    boundary : str, optional
        How the signal continues past its ends, at every level anew. ``"periodic"`` is a circle, and an odd length, at
        any level, repeats its last sample first, as in PyWavelets' periodization mode. Every other of
        `shiftinv.boundary.BOUNDARIES` has coefficients for what lies beyond the ends as well.

    Notes
    -----
    With filters h, g of L taps and a_0 = x, along each axis

        a_j[m] = sum_k h[k] a_{j-1}[2m + L/2 - k],   d_j the same with g.

    A boundary other than ``"periodic"`` makes of n samples floor((n + L - 1) / 2) coefficients,

        a_j[m] = sum_k h[k] a_{j-1}[2m + 1 - k],     m = 0, 1, …

    which are PyWavelets' in its modes of the same names (its "periodic" is ``"periodic-padded"``);
    ``layout.interior`` tells which of them lie on the signal. The inverse does not need to know the boundary.

    Where the boundary is periodic and 2^levels divides every transformed length it is orthonormal for an
    orthonormal bank and a Riesz basis for a biorthogonal one. Elsewhere it is a frame with more coefficients than
    samples, tight for an orthonormal bank and a signal continued by zeros. On a circle a length grows by one sample at
    each level where it is odd (12 samples at 3 levels: 6 + 3 + 2 + 2 coefficients). `inverse` returns the original
    length; `adjoint` is the true adjoint in every case.

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
            boundary=boundary_name(boundary),
        )

    @property
    def action(self) -> Action:
        """A shift by k moves a band of level j by k / 2^j samples: exact where that is whole, on a circular layout."""
        return Action("grid", "Fourier shift of each band by shift / 2^level, highpass channels turned in phase")

    @property
    def residual(self) -> float:
        """The residual of the bank where it is only approximate."""
        return self.wavelet.residual if self.wavelet.approximate else 0.0

    def undecimated(self) -> SWT | None:
        """Return the SWT of the same wavelet, whose samples hold all shifts of this; None if not periodic."""
        return SWT(self.wavelet, self.levels, axes=self.axes) if self._is_circular else None

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(len(self.wavelet), sizes) if self.levels is None else self.levels
        limit = (min(sizes) - 1).bit_length()
        if levels > limit:
            raise too_deep(levels, limit, "DWT", sizes)
        taps = self._reach
        shapes = [shape]
        for _ in range(levels):
            shapes.append(tuple((n + taps - 1) // 2 if axis in axes else n for axis, n in enumerate(shapes[-1])))
        on_grid = taps == 2 and all(size % 2**levels == 0 for size in sizes)
        frame = Frame.TIGHT if self.wavelet.is_orthonormal and self._keeps_all(sizes, levels) else Frame.FRAME
        if not levels or (on_grid and self.wavelet.is_orthonormal):
            frame = Frame.ORTHONORMAL
        line = places(self.wavelet, levels, decimated=True, moved=1 - taps // 2)
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            frame,
            2**levels if on_grid else None,
            pyramid_blocks(
                shapes,
                [[place] * len(axes) for place in line],
                dtype.kind == "c",
                self._interiors(shape, line, axes),
            ),
        )

    def _keeps_all(self, sizes: tuple[int, ...], levels: int) -> bool:
        """Whether all that is not zero is kept, or, of a single level, whole periods of what repeats itself."""
        repeats = {"symmetric": 2, "antisymmetric": 2, "periodic-padded": 1}.get(self.boundary)
        if repeats is None or levels != 1:
            return self.boundary == "zero"
        return all(2 * ((n + self._reach - 1) // 2) % (repeats * n) == 0 for n in sizes)

    @property
    def _is_circular(self) -> bool:
        return self.boundary == "periodic"

    @property
    def _reach(self) -> int:
        """The taps that count at the ends: those of the filter, or on a circle, which has none, as few as a pair."""
        return 2 if self._is_circular else len(self.wavelet)

    @property
    def _moved(self) -> int:
        """How much further than on a circle taps read in lines that have been extended."""
        return 0 if self._is_circular else len(self.wavelet) // 2 - 1

    def _interiors(
        self, shape: tuple[int, ...], line: list[Place], axes: tuple[int, ...]
    ) -> list[tuple[tuple[int, int], ...]] | None:
        """Return for each level the coefficients with the middle of their support on the signal; None where all."""
        if self._is_circular:
            return None

        def index(sample: int, place: Place) -> int:
            return max(0, math.ceil((sample - 0.5 - sum(place.support) / 2) / place.spacing))

        return [
            tuple((index(0, place), index(n, place)) if axis in axes else (0, n) for axis, n in enumerate(shape))
            for place in line
        ]

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        if self._is_circular:
            decompose(x, c, _Halving(self.wavelet.analysis_taps(c.vector.dtype), workers))
        else:
            taps = self.wavelet.analysis_taps(c.vector.dtype, moved=self._moved)
            decompose(x, c, _Extending(taps, workers, Boundary(self.boundary), len(self.wavelet) - 2))

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        phases = self.wavelet.synthesis_phases(c.vector.dtype, self._moved)
        reconstruct(c, x, _Halving((*phases, False), workers, self._is_circular))

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        taps = (*self.wavelet.adjoint_phases(c.vector.dtype, self._moved), True)
        if self._is_circular:
            reconstruct(c, x, _Halving(taps, workers))
        else:
            reconstruct(c, x, _Extending(taps, workers, Boundary(self.boundary), len(self.wavelet) - 2))

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            spacing = 2**band.level
            steps = tuple(k // spacing if k % spacing == 0 else k / spacing for k in shift)
            moved[band] = shifted(c[band], steps, c.layout.axes, band.orientation)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        gain = 1.0
        for letter, axis in zip(band.orientation, layout.axes, strict=True):
            # on a length that repeats samples the gain is that of the next length without repetitions
            size = layout.shape[axis]
            if not self._is_circular:  # the gain of the filter itself, on a circle that it does not go round
                size = max(size, len(self.wavelet) * 2**band.level)
            circle = -(-size // 2**layout.levels) * 2**layout.levels
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

    def __init__(self, taps: tuple[Any, ...], workers: int, line_by_line: bool = True) -> None:
        self.taps = taps
        self.workers = workers
        self.line_by_line = line_by_line

    def split(self, x: Array, lo: Array, hi: Array, axis: int, _level: int, levels: int = 1) -> None:
        kernels = (decimated.analysis, batches.analysis)
        self._share_lines(kernels, (x.ravel(), lo.ravel(), hi.ravel()), x.shape, lo.size, axis, levels)

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, _level: int, levels: int = 1) -> None:
        kernels = (decimated.synthesis, batches.synthesis)
        self._share_lines(kernels, (lo.ravel(), hi.ravel(), x.ravel()), x.shape, lo.size, axis, levels)

    def split_plane(self, x: Array, bands: list[Array], axis: int, _level: int, _prefix: str) -> None:
        items = math.prod(bands[0].shape[: axis + 1])
        self._share_plane(decimated.plane_analysis, (x, *bands), x.shape, bands[0].shape, axis, items)

    def merge_plane(self, bands: list[Array], x: Array, axis: int, _level: int, _prefix: str) -> None:
        items = math.prod(x.shape[:axis]) * ((x.shape[axis] + 1) // 2)
        self._share_plane(decimated.plane_synthesis, (*bands, x), x.shape, bands[0].shape, axis, items)

    def _share_lines(
        self,
        kernels: tuple[Kernel, Kernel],
        arrays: tuple[Array, ...],
        shape: tuple[int, ...],
        coefficients: int,
        axis: int,
        levels: int,
    ) -> None:
        n, near = length_and_spacing(shape, axis)
        pairs, lines, size = (n + 1) // 2, math.prod(shape[:axis]), math.prod(shape)
        half = pairs if levels > 1 else coefficients // (lines * near)
        line_by_line, many_at_once = kernels
        if self.line_by_line and near == 1 and n <= SHORT and lines >= MANY:
            share(many_at_once, *arrays, n, levels, *self.taps, items=lines, size=size, workers=self.workers)
            return
        rows = min(half, pairs)  # of the analysis the outputs, of the synthesis pairs of samples
        arguments = (*arrays, n, near, half, levels, *self.taps)
        unit = 1 if levels == 1 else rows
        share(line_by_line, *arguments, items=lines * rows, size=size, workers=self.workers, unit=unit)

    def _share_plane(
        self,
        kernel: Kernel,
        arrays: tuple[Array, ...],
        shape: tuple[int, ...],
        halved: tuple[int, ...],
        axis: int,
        items: int,
    ) -> None:
        flat = (array.ravel() for array in arrays)
        sizes = (shape[axis], *length_and_spacing(shape, axis + 1), halved[axis], halved[axis + 1])
        share(kernel, *flat, *sizes, *self.taps, items=items, size=math.prod(shape), workers=self.workers)


class _Extending(_Halving):
    """One level of lines that are extended first, or its transpose; taps then read within the lines alone.

    M coefficients of L taps need 2M + L - 2 samples, of which `margin` = L - 2 stand before the signal. The transpose
    has zeros for the coefficients that there are not, and folds what it makes back onto the signal.
    """

    def __init__(self, taps: tuple[Any, ...], workers: int, boundary: Boundary, margin: int) -> None:
        super().__init__(taps, workers, line_by_line=False)
        self.boundary = boundary
        self.margin = margin

    def split(self, x: Array, lo: Array, hi: Array, axis: int, level: int, levels: int = 1) -> None:
        super().split(self._extended(x, lo, axis), lo, hi, axis, level, levels)

    def split_plane(self, x: Array, bands: list[Array], axis: int, level: int, prefix: str) -> None:
        extended = self._extended(self._extended(x, bands[0], axis), bands[0], axis + 1)
        super().split_plane(extended, bands, axis, level, prefix)

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, level: int, levels: int = 1) -> None:
        extended = self._room(x, lo, (axis,))
        super().merge(self._padded(lo, (axis,)), self._padded(hi, (axis,)), extended, axis, level, levels)
        x[...] = self._folded(extended, x, axis)

    def merge_plane(self, bands: list[Array], x: Array, axis: int, level: int, prefix: str) -> None:
        both = (axis, axis + 1)
        extended = self._room(x, bands[0], both)
        super().merge_plane([self._padded(band, both) for band in bands], extended, axis, level, prefix)
        x[...] = self._folded(self._folded(extended, x, axis + 1), x, axis)

    def _extended(self, x: Array, band: Array, axis: int) -> Array:
        return self.boundary.extend(x, self.margin, 2 * band.shape[axis] - x.shape[axis], axis)

    def _folded(self, extended: Array, x: Array, axis: int) -> Array:
        after = extended.shape[axis] - self.margin - x.shape[axis]
        return self.boundary.fold(extended, self.margin, after, axis)

    def _room(self, x: Array, band: Array, axes: tuple[int, ...]) -> Array:
        sizes = (2 * band.shape[axis] + self.margin if axis in axes else n for axis, n in enumerate(x.shape))
        return np.empty(tuple(sizes), x.dtype)

    def _padded(self, band: Array, axes: tuple[int, ...]) -> Array:
        for axis in axes:
            band = Boundary("zero").extend(band, self.margin // 2, self.margin // 2, axis)
        return band
