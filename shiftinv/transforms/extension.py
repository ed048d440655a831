"""Extend once: an undecimated transform of a signal with ends, from the same transform on a circle.

The signal is extended before level 1 and never again; everything after happens on the circle that the
extended signal makes. This is exact in two ways, of which `rings` takes the one with the smaller circle:

halo     The extension is so long that what is wrong at the seam of the circle never reaches what is kept. To make the
         n samples again, synthesis needs a band of level j as far as its taps reach, S_j samples on either side of the
         signal, and these coefficients need the signal as far as analysis reaches beyond them: (L - 1) (2^J - 1)
         samples on each side. A band keeps its S_j.
mirror   The half-sample symmetric extension has a period of 2n samples; on a circle of that length there is no seam.

Under that extension, if the filters are symmetric or antisymmetric, so is every band, and of either form only the part
that determines it is kept, with the n coefficients on the signal itself.

In both the inverse is exact, and the adjoint is the transpose of each step: zeros where nothing was kept, the
adjoint on the circle, and the extension folded back. A signal extended by zeros keeps every coefficient that is not
zero, so that what is a tight frame on a circle is one here too; no other extension promises that.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..boundary import BOUNDARIES, Boundary
from ..coefficients import Coefficients
from ..filters import FilterBank, Moved, per_channel
from ..layout import Band, Frame, Layout
from ..representation import Action, FrameTransform, Representation
from .separable import (
    DEEPEST,
    Array,
    Place,
    Steps,
    as_real,
    band_gain,
    decompose,
    merge_axes,
    pyramid_blocks,
    reconstruct,
    split_axes,
    too_deep,
    unlocked,
    words,
)

__all__ = [
    "UNDECIMATED",
    "Ring",
    "analyse",
    "backward_on_circles",
    "check_depth",
    "circular_action",
    "components",
    "extended",
    "folded",
    "forward_on_circles",
    "gain_circle",
    "halo",
    "kept",
    "kept_parts",
    "rings",
    "smoothing_rings",
    "stationary_gain",
    "stays_tight",
    "synthesise",
    "undecimated_layout",
    "whole_circles",
]

UNDECIMATED = tuple(name for name in BOUNDARIES if name != "periodic-padded")  # a ring has no coefficients to spare
Span = tuple[int, int]
Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Ring:
    """The circle along one axis: n samples, with others before and after them, and what is kept of its bands.

    `windows` has, for the levels 0, 1, …, from which to which sample of the signal bands are kept. `mirrors` has, if
    what is kept is a part that determines the rest, twice the place of symmetry and the sign of channels "a" and "d".
    """

    n: int
    before: int
    after: int
    windows: tuple[Span, ...]
    mirrors: tuple[tuple[Span, Span], ...] = ()

    @property
    def size(self) -> int:
        """Samples around the circle."""
        return self.before + self.n + self.after

    def window(self, level: int) -> slice:
        """Return where on the circle the kept part of a level is."""
        start, stop = self.windows[level]
        return slice(self.before + start, self.before + stop)

    def interior(self, level: int) -> Span:
        """Return where in the kept part the signal is."""
        start = self.windows[level][0]
        return -start, self.n - start

    def whole(self, band: Array, axis: int, level: int, letter: str, mirrored: bool) -> Array:
        """Return a kept band on the whole circle: zero where it was not kept, or `mirrored` if that determines it."""
        start, stop = self.windows[level]
        whole = np.zeros((*band.shape[:axis], self.size, *band.shape[axis + 1 :]), band.dtype)
        line, values = np.moveaxis(whole, axis, 0), np.moveaxis(band, axis, 0)
        line[self.window(level)] = values
        if mirrored and self.mirrors:
            centre, sign = self.mirrors[level]["ad".index(letter)]
            sample = np.r_[-self.before : start, stop : self.n + self.after]
            period = 2 * self.n
            again, turned = (sample - start) % period, (centre - sample - start) % period
            is_turned = again >= stop - start
            signs = np.where(is_turned, sign, 1).astype(band.real.dtype).reshape(-1, *[1] * (band.ndim - 1))
            line[sample + self.before] = signs * values[np.where(is_turned, turned, again)]
        return whole


def rings(
    bank: FilterBank, sizes: Sequence[int], levels: int, boundary: str, moved: Moved = 0, *, foldable: bool = True
) -> tuple[Ring, ...]:
    """Return the circle of each transformed axis, for taps `moved` places after those of `analysis_taps`.

    `foldable` is whether bands are those of a pyramid, of which a part may determine the rest.
    """
    foldable = foldable and bank.mirrors is not None
    if boundary == "periodic" or not levels:
        return whole_circles(sizes, levels)
    if boundary == "symmetric" and foldable:
        circles = tuple(_folded(n, levels, bank, moved) for n in sizes)
    else:
        circles = tuple(halo(n, levels, *_reaches(bank, moved)) for n in sizes)
    if boundary != "symmetric" or not _mirrored_is_smaller(circles):
        return circles
    if not foldable:
        return tuple(Ring(n, 0, n, ((0, n), *((0, 2 * n),) * levels)) for n in sizes)
    befores = (-min(start for start, _ in ring.windows) for ring in circles)
    return tuple(replace(ring, before=m, after=ring.n - m) for m, ring in zip(befores, circles, strict=True))


def smoothing_rings(bank: FilterBank, sizes: Sequence[int], levels: int, boundary: str) -> tuple[Ring, ...]:
    """Return circles on which `components` are right on the signal, for the smoothing taps of a bank."""
    if boundary == "periodic" or not levels:
        return ()
    reach = len(bank) - 1
    circles = tuple(halo(n, levels, (-reach, reach), (0, 0)) for n in sizes)
    if boundary == "symmetric" and _mirrored_is_smaller(circles):
        return tuple(Ring(n, 0, n, ((0, n),) * (levels + 1)) for n in sizes)
    return circles


def _mirrored_is_smaller(circles: Sequence[Ring]) -> bool:
    return math.prod(2 * ring.n for ring in circles) <= math.prod(ring.size for ring in circles)


def _reaches(bank: FilterBank, moved: Moved) -> tuple[Span, Span]:
    """Return the lowest and the highest place that taps of analysis and of synthesis read, 0 included."""
    half, least, most = len(bank) // 2, min(per_channel(moved)), max(per_channel(moved))
    analysis = min(1 - half + least, 0), max(half + most, 0)
    return analysis, (min(-half - most, 0), max(half - 1 - least, 0))


def halo(n: int, levels: int, analysis: Span, synthesis: Span) -> Ring:
    """Return a circle for taps between these lowest and highest places, 0 included, that are spread at every level."""
    spread = [2**level - 1 for level in range(levels + 1)]
    windows = tuple((synthesis[0] * reach, n + synthesis[1] * reach) for reach in spread)
    (start, stop), reach = windows[-1], spread[-1]
    return Ring(n, -start - analysis[0] * reach, stop + analysis[1] * reach - n, windows)


def _folded(n: int, levels: int, bank: FilterBank, moved: Moved) -> Ring:
    """Return a halo for bands of which the part that determines them is kept, for taps `moved` places on."""
    analysis, synthesis = _reaches(bank, moved)
    (low, even), (high, sign) = bank.mirrors or ((0, 0), (0, 0))
    for_a, for_d = per_channel(moved)
    centre, places, windows, first, last = -1, [((-1, 1), (-1, 1))], [(0, n)], 0, n
    for level in range(levels):
        spread, reach = 2**level, 2 ** (level + 1) - 1
        centres = (centre - spread * (low + 2 * for_a), centre - spread * (high + 2 * for_d))
        places.append(((centres[0], even), (centres[1], sign)))
        start, stop = _determining(centres, n)
        windows.append((start, stop))
        first = min(first, start + analysis[0] * reach, synthesis[0] * reach)
        last = max(last, stop + analysis[1] * reach, n + synthesis[1] * reach)
        centre = centres[0]
    return Ring(n, -first, last - n, tuple(windows), tuple(places))


def _determining(centres: Sequence[int], n: int) -> Span:
    """Return the samples, the signal's own among them, that determine bands mirrored about halves of `centres`.

    A period has 2n samples, and a mirror a second one n samples on; between the two is all there is.
    """
    near = [(centre + n) % (2 * n) - n for centre in centres]  # twice the mirror that is closest to sample 0
    return min(0, *(-(-centre // 2) for centre in near)), max(n, *(centre // 2 + n + 1 for centre in near))


def whole_circles(sizes: Sequence[int], levels: int) -> tuple[Ring, ...]:
    """Return the circles of a periodic signal, of which all is kept."""
    return tuple(Ring(n, 0, 0, ((0, n),) * (levels + 1)) for n in sizes)


def circular_action(boundary: str) -> Action:
    """Return how bands that keep every sample answer to a shift: on a circle exactly."""
    return Action("exact") if boundary == "periodic" else Action("approximate", "circular shift of each band")


def gain_circle(size: int, reach: int, boundary: str) -> int:
    """Return a circle on which a filter of `reach` samples has the gain that it has in the interior of a line.

    With ends it is that of the filter itself, on a circle that it does not go round.
    """
    return size if boundary == "periodic" else max(size, reach)


def stationary_gain(bank: FilterBank, band: Band, sizes: Sequence[int], boundary: str, scale: float) -> float:
    """Return the standard deviation in a band for white noise of 1, `scale` being what filters are multiplied by."""
    gain, reach = 1.0, len(bank) * 2**band.level
    for place, size in enumerate(sizes):
        gain *= scale**band.level * band_gain(bank, band, place, gain_circle(size, reach, boundary))
    return gain


def check_depth(levels: int, sizes: Sequence[int], boundary: str, transform: str) -> None:
    """Refuse more levels than mean anything: with ends each doubles what has to be added to the signal."""
    limit = DEEPEST if boundary == "periodic" else max(1, (min(sizes) - 1).bit_length())
    if levels > limit:
        raise too_deep(levels, limit, transform, tuple(sizes), boundary)


def undecimated_layout(
    T: Representation,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    axes: tuple[int, ...],
    line: Sequence[Place],
    circles: Sequence[Ring],
    boundary: str,
    tight: bool,
) -> Layout:
    """Return the layout of a pyramid without decimation, `tight` on a circle, with the places of its levels."""
    levels, ends = len(line) - 1, any(ring.size > ring.n for ring in circles)
    frame = Frame.TIGHT if tight and stays_tight(circles, boundary, range(1, levels + 1)) else Frame.FRAME
    shapes, lines, interiors = kept_parts(shape, axes, line, circles)
    return Layout(
        T.with_levels(levels, axes).spec,
        shape,
        dtype.name,
        axes,
        levels,
        frame if levels else Frame.ORTHONORMAL,
        None if ends else 1,
        pyramid_blocks(shapes, lines, dtype.kind == "c", interiors if ends else None),
    )


def stays_tight(circles: Sequence[Ring], boundary: str, levels: Collection[int]) -> bool:
    """Return whether what is kept of bands of these levels is a tight frame if the whole of them is on a circle.

    It is if all is kept: of a signal between zeros what is not 0, of a signal and its mirror image whole periods.
    """
    if boundary in ("periodic", "zero"):
        return True
    lengths = [{ring.windows[level][1] - ring.windows[level][0] for level in levels} for ring in circles]
    alike = all(len(kept) == 1 and min(kept) % (2 * ring.n) == 0 for kept, ring in zip(lengths, circles, strict=True))
    return boundary in ("symmetric", "antisymmetric") and alike


def kept_parts(
    shape: Sizes, axes: tuple[int, ...], line: Sequence[Place], circles: Sequence[Ring]
) -> tuple[list[Sizes], list[list[Place]], list[tuple[Span, ...]]]:
    """Return for each level the shape of what is kept, its place along each axis, and where in it the signal is."""
    shapes, interiors = [list(shape) for _ in line], [[(0, n) for n in shape] for _ in line]
    for level in range(len(line)):
        for axis, ring in zip(axes, circles, strict=True):
            shapes[level][axis] = ring.windows[level][1] - ring.windows[level][0]
            interiors[level][axis] = ring.interior(level)
    lines = [[place.at(ring.windows[level][0]) for ring in circles] for level, place in enumerate(line)]
    return [tuple(sizes) for sizes in shapes], lines, [tuple(interior) for interior in interiors]


def extended(x: Array, axes: tuple[int, ...], circles: Sequence[Ring], boundary: str) -> Array:
    """Return `x` on its circles."""
    for axis, ring in zip(axes, circles, strict=True):
        x = Boundary(boundary).extend(x, ring.before, ring.after, axis)
    return x


def folded(y: Array, axes: tuple[int, ...], circles: Sequence[Ring], boundary: str) -> Array:
    """Return the transpose of `extended` applied to `y`."""
    for axis, ring in zip(axes, circles, strict=True):
        y = Boundary(boundary).fold(y, ring.before, ring.after, axis)
    return y


def kept(axes: tuple[int, ...], circles: Sequence[Ring], level: int) -> tuple[slice, ...]:
    """Return what is kept of a band on its circles."""
    chosen = dict(zip(axes, circles, strict=True))
    return tuple(chosen[axis].window(level) if axis in chosen else slice(None) for axis in range(max(axes) + 1))


def analyse(x: Array, c: Coefficients, steps: Steps, circles: Sequence[Ring], boundary: str) -> None:
    """Fill `c` with what is kept of the transform of `x` on its circles, one level being what `steps` does.

    Without `circles` the signal itself is one.
    """
    axes, levels = c.layout.axes, c.layout.levels
    if not circles or not levels:
        decompose(x, c, steps)
        return
    lowpass, *others = words(len(axes))
    line = as_real(extended(unlocked(x), axes, circles, boundary))
    bands = {word: np.empty_like(line) for word in (lowpass, *others)}
    for level in range(1, levels + 1):
        split_axes(steps, line, bands, axes, level)
        part = kept(axes, circles, level)
        for word in others:
            as_real(c[level, word])[...] = bands[word][part]
        line, bands[lowpass] = bands[lowpass], line
    as_real(c.approx)[...] = line[kept(axes, circles, levels)]


def synthesise(
    c: Coefficients, x: Array, steps: Steps, circles: Sequence[Ring], boundary: str, transposed: bool = False
) -> None:
    """Fill `x` from what was kept: the inverse, or the adjoint if `steps` and this are `transposed`."""
    axes, levels = c.layout.axes, c.layout.levels
    if not circles or not levels:
        reconstruct(c, x, steps)
        return
    lowpass, *others = words(len(axes))

    def whole(band: Array, level: int, word: str) -> Array:
        for axis, letter, ring in zip(axes, word, circles, strict=True):
            band = ring.whole(band, axis, level, letter, mirrored=not transposed)
        return band

    line = whole(as_real(c.approx), levels, lowpass)
    spare = np.empty_like(line)
    for level in range(levels, 0, -1):
        bands = {word: whole(as_real(c[level, word]), level, word) for word in others} | {lowpass: line}
        merge_axes(steps, bands, spare, axes, level)
        line, spare = spare, line
    if transposed:
        line = folded(line, axes, circles, boundary)
    as_real(x)[...] = line if transposed else line[kept(axes, circles, 0)]


def forward_on_circles(
    T: Representation, x: Array, c: Coefficients, circles: Sequence[Ring], boundary: str, workers: int
) -> None:
    """Fill `c` with what is kept of the coefficients that `T`, periodic, has of `x` on its circles."""
    whole = T.forward(extended(x, c.layout.axes, circles, boundary), workers=workers)
    for band in c.bands:
        c[band] = whole[band][_kept_of(band, c.layout, circles)]


def backward_on_circles(
    T: FrameTransform,
    c: Coefficients,
    x: Array,
    circles: Sequence[Ring],
    boundary: str,
    workers: int,
    transposed: bool = False,
) -> None:
    """Fill `x` from what was kept: the inverse, or the adjoint if `transposed`."""
    axes, sizes = c.layout.axes, list(c.layout.shape)
    for axis, ring in zip(axes, circles, strict=True):
        sizes[axis] = ring.size
    whole = Coefficients(T.layout(tuple(sizes), c.layout.dtype))
    for band in c.bands:
        whole[band][_kept_of(band, c.layout, circles)] = c[band]
    if transposed:
        x[...] = folded(T.adjoint(whole, workers=workers), axes, circles, boundary)
    else:
        x[...] = T.inverse(whole, workers=workers)[kept(axes, circles, 0)]


def _kept_of(band: Band, layout: Layout, circles: Sequence[Ring]) -> tuple[slice, ...]:
    """Return what is kept of a band on its circles, of all trees where several are interleaved."""
    trees, parts = layout.block(band).trees, list(kept(layout.axes, circles, band.level))
    for axis in layout.axes:
        parts[axis] = slice(trees * parts[axis].start, trees * parts[axis].stop)
    return tuple(parts)


def components(x: Array, layout: Layout, steps: Steps, circles: Sequence[Ring], boundary: str) -> list[Array]:
    """Return the bands of `steps`, one per band of `layout`, on circles of which only the signal is kept."""
    levels = layout.levels
    shapes = [layout.shape] * (levels + 1)
    blocks = pyramid_blocks(shapes, [[Place()] * len(layout.axes)] * (levels + 1), layout.is_complex)
    parts = Coefficients(replace(layout, blocks=blocks))
    analyse(x, parts, steps, circles, boundary)
    return [parts[band] for band in layout.bands]
