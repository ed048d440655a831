"""One level that keeps every second sample: the step that decimated transforms of a filter bank have in common."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..boundary import Boundary
from ..filters import FilterBank
from ..kernels import batches, decimated
from ..kernels.compiling import Kernel
from ..layout import Band, Frame, Layout
from ..workers import share
from .separable import Array, Place, RealBands, band_gain, length_and_spacing, places

__all__ = ["Decimation", "Extending", "Halving"]

SHORT, MANY = 128, 16  # lines up to this length go many at once, from this number on


@dataclass(frozen=True)
class Decimation:
    """A bank and how lines continue: what a level does there, back and transposed, and what is where.

    Parameters
    ----------
    bank : FilterBank
        The filters.
    boundary : str
        One of `shiftinv.boundary.BOUNDARIES`; "periodic" is a circle.
    """

    bank: FilterBank
    boundary: str

    @property
    def is_circular(self) -> bool:
        """Whether a line is a circle."""
        return self.boundary == "periodic"

    @property
    def reach(self) -> int:
        """The taps that count at the ends: those of the filter, or on a circle, which has none, as few as a pair."""
        return 2 if self.is_circular else len(self.bank)

    @property
    def moved(self) -> int:
        """How much further than on a circle taps read in lines that have been extended."""
        return 0 if self.is_circular else len(self.bank) // 2 - 1

    @property
    def extra(self) -> int:
        """How many samples further than on a circle coefficient 0 reads: those that stand before an extended line."""
        return 1 - self.reach // 2

    def is_exact(self, sizes: tuple[int, ...], levels: int) -> bool:
        """Whether so many levels make of these lengths as many coefficients as there are samples."""
        return self.reach == 2 and all(size % 2**levels == 0 for size in sizes)

    def frame(self, sizes: tuple[int, ...], depths: Collection[int]) -> Frame:
        """Return what bands of these depths, which together are a basis, are for signals of these lengths.

        It is tight where nothing is lost beyond the ends, which are zeros, and where bands of a single depth count
        each sample equally often: in whole periods of a signal that repeats itself.
        """
        levels = max(depths, default=0)
        if levels and not self.bank.is_orthonormal:
            return Frame.FRAME
        if not levels or self.is_exact(sizes, levels):
            return Frame.ORTHONORMAL
        alike = len(set(depths)) == 1 and all(self._whole_periods(size, levels) for size in sizes)
        return Frame.TIGHT if alike or self.boundary == "zero" else Frame.FRAME

    def _whole_periods(self, size: int, levels: int) -> bool:
        """Return whether the coefficients of a line are whole periods of what repeats itself, at each level."""
        signals = {"symmetric": 2, "antisymmetric": 2, "periodic-padded": 1}.get(self.boundary, 0)
        lengths = [shape[0] for shape in self.shapes((size,), (0,), levels)]
        pairs = itertools.pairwise(lengths)
        return bool(signals) and all(2 * coarser % (signals * finer) == 0 for finer, coarser in pairs)

    def shapes(self, shape: tuple[int, ...], axes: tuple[int, ...], levels: int) -> list[tuple[int, ...]]:
        """Return the shape of the bands of each of the levels from 0 on."""
        found = [shape]
        for _ in range(levels):
            longer = [n + self.reach - 1 for n in found[-1]]
            found.append(tuple(longer[axis] // 2 if axis in axes else n for axis, n in enumerate(found[-1])))
        return found

    def places(self, levels: int) -> list[Place]:
        """Return where the coefficients of the levels 0, 1, … of a pyramid are along a line."""
        return places(self.bank, levels, decimated=True, moved=self.extra)

    def interiors(
        self, shape: tuple[int, ...], line: list[Place], axes: tuple[int, ...]
    ) -> list[tuple[tuple[int, int], ...]] | None:
        """Return for each level the coefficients with the middle of their support on the signal; None where all."""
        if self.is_circular:
            return None

        def index(sample: int, place: Place) -> int:
            return max(0, math.ceil((sample - 0.5 - sum(place.support) / 2) / place.spacing))

        return [
            tuple((index(0, place), index(n, place)) if axis in axes else (0, n) for axis, n in enumerate(shape))
            for place in line
        ]

    def circle(self, size: int, level: int, levels: int) -> int:
        """Return a circle on which the filters of a level have the gain that they have in the interior of a line."""
        if not self.is_circular:  # the gain of the filter itself, on a circle that it does not go round
            size = max(size, len(self.bank) * 2**level)
        step = 1 << levels  # on a length that repeats samples the gain is that of the next length without repetitions
        return -(-size // step) * step

    def noise_gain(self, band: Band, layout: Layout) -> float:
        """Return the standard deviation in a band for white noise of standard deviation 1."""
        circles = (self.circle(size, band.level, layout.levels) for size in layout.sizes)
        return math.prod(band_gain(self.bank, band, place, circle) for place, circle in enumerate(circles))

    def analysis(self, dtype: np.dtype[Any], workers: int) -> Halving:
        """Return the step from finer to coarser."""
        taps = self.bank.analysis_taps(dtype, moved=self.moved)
        if self.is_circular:
            return Halving(taps, workers)
        return Extending(taps, workers, Boundary(self.boundary), len(self.bank) - 2)

    def synthesis(self, dtype: np.dtype[Any], workers: int) -> Halving:
        """Return the step that undoes `analysis`; it need not know how a line was extended."""
        return Halving((*self.bank.synthesis_phases(dtype, self.moved), False), workers, self.is_circular)

    def adjoint(self, dtype: np.dtype[Any], workers: int) -> Halving:
        """Return the transpose of `analysis`."""
        taps = (*self.bank.adjoint_phases(dtype, self.moved), True)
        if self.is_circular:
            return Halving(taps, workers)
        return Extending(taps, workers, Boundary(self.boundary), len(self.bank) - 2)


class Halving(RealBands):
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
        """Fill lo and hi from x."""
        kernels = (decimated.analysis, batches.analysis)
        self._share_lines(kernels, (x.ravel(), lo.ravel(), hi.ravel()), x.shape, lo.size, axis, levels)

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, _level: int, levels: int = 1) -> None:
        """Fill x from lo and hi."""
        kernels = (decimated.synthesis, batches.synthesis)
        self._share_lines(kernels, (lo.ravel(), hi.ravel(), x.ravel()), x.shape, lo.size, axis, levels)

    def split_plane(self, x: Array, bands: list[Array], axis: int, _level: int, _prefix: str) -> None:
        """Fill bands aa, ad, da, dd from x."""
        items = math.prod(bands[0].shape[: axis + 1])
        self._share_plane(decimated.plane_analysis, (x, *bands), x.shape, bands[0].shape, axis, items)

    def merge_plane(self, bands: list[Array], x: Array, axis: int, _level: int, _prefix: str) -> None:
        """Fill x from bands aa, ad, da, dd."""
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


class Extending(Halving):
    """One level of lines that are extended first, or its transpose; taps then read within the lines alone.

    M coefficients of L taps need 2M + L - 2 samples, of which `margin` = L - 2 stand before the signal. The transpose
    has zeros for the coefficients that there are not, and folds what it makes back onto the signal.
    """

    def __init__(self, taps: tuple[Any, ...], workers: int, boundary: Boundary, margin: int) -> None:
        super().__init__(taps, workers, line_by_line=False)
        self.boundary = boundary
        self.margin = margin

    def split(self, x: Array, lo: Array, hi: Array, axis: int, level: int, levels: int = 1) -> None:
        """Fill lo and hi from x, extended."""
        super().split(self._extended(x, lo, axis), lo, hi, axis, level, levels)

    def split_plane(self, x: Array, bands: list[Array], axis: int, level: int, prefix: str) -> None:
        """Fill bands aa, ad, da, dd from x, extended along both axes."""
        extended = self._extended(self._extended(x, bands[0], axis), bands[0], axis + 1)
        super().split_plane(extended, bands, axis, level, prefix)

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, level: int, levels: int = 1) -> None:
        """Fill x from lo and hi, folded."""
        extended = self._room(x, lo, (axis,))
        super().merge(self._padded(lo, (axis,)), self._padded(hi, (axis,)), extended, axis, level, levels)
        x[...] = self._folded(extended, x, axis)

    def merge_plane(self, bands: list[Array], x: Array, axis: int, level: int, prefix: str) -> None:
        """Fill x from bands aa, ad, da, dd, folded along both axes."""
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
