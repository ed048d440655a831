"""From one axis to any number: the pyramid of a separable transform. The only N-D code.

All arrays here are C-contiguous, bands being views of one vector, so their `ravel` is a view.

One level splits its input along each transformed axis in turn, lowpass "a" and highpass "d",
into 2^d bands; the band "a…a" goes on to the next level.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..coefficients import Coefficients
from ..filters import FilterBank, Moved, per_channel
from ..layout import Band, Block, Layout

__all__ = [
    "DEEPEST",
    "Array",
    "Place",
    "RealBands",
    "Steps",
    "as_real",
    "band_gain",
    "cascade_gain",
    "decompose",
    "deepest_fit",
    "length_and_spacing",
    "merge_axes",
    "places",
    "pyramid_blocks",
    "reconstruct",
    "split_axes",
    "too_deep",
    "unlocked",
    "words",
]

Array: TypeAlias = NDArray[Any]
DEEPEST = (
    32  # levels without decimation, a dilation of 2^31 samples: beyond any signal, and far from what 64 bits count
)


@cache
def words(axes: int) -> tuple[str, ...]:
    """Return the orientations of `axes` axes in storage order: "a…a" first, the last axis fastest."""
    return tuple("".join(letters) for letters in itertools.product("ad", repeat=axes))


def length_and_spacing(shape: tuple[int, ...], axis: int) -> tuple[int, int]:
    """Return the samples along `axis`, and how far apart they are in a C-contiguous array."""
    return shape[axis], math.prod(shape[axis + 1 :])


def as_real(values: Array) -> Array:
    """Return a complex array as a real view with a last axis of two, a real array as it is."""
    return values.view(values.real.dtype).reshape((*values.shape, 2)) if values.dtype.kind == "c" else values


def deepest_fit(taps: int, sizes: tuple[int, ...]) -> int:
    """Return floor(log2(N / (taps - 1))) for the shortest axis: at least 1 if N >= 2, else 0."""
    shortest = min(sizes)
    if shortest < 2:
        return 0
    return max(1, (shortest // (taps - 1)).bit_length() - 1)


def too_deep(levels: int, limit: int, transform: str, sizes: tuple[int, ...], boundary: str = "") -> ValueError:
    """Return the error for more levels than the shortest axis allows, or any, with this boundary if it matters."""
    ends = f" with boundary={boundary!r}" * bool(boundary)
    most = f"at most {limit} for any length" if limit == DEEPEST else f"at most {limit}"
    remedy = f"Use levels<={limit}." if limit == DEEPEST else f"Use levels<={limit} or a longer signal."
    return ValueError(f"levels={levels} is too deep for a {transform} of {min(sizes)} samples{ends}: {most}. {remedy}")


class Place(NamedTuple):
    """Where coefficient 0 of a level is: its time in channels "a" and "d", the samples it needs, and the spacing.

    A channel "d" needs samples that are `lead` after those of `support`.
    """

    spacing: float = 1
    starts: tuple[float, float] = (0, 0)
    support: tuple[int, int] = (0, 0)
    lead: int = 0

    def at(self, index: int) -> Place:
        """Return the place of a line that begins with coefficient `index` of this one."""
        step = int(index * self.spacing)
        (a, d), (first, last) = self.starts, self.support
        return self._replace(starts=(a + step, d + step), support=(first + step, last + step))


def places(bank: FilterBank, levels: int, *, decimated: bool, moved: Moved = 0) -> list[Place]:
    """Return the places of the levels 0, 1, … of a pyramid in which tap k reads `moved` samples after L/2 - k."""
    found, (low, high), (a, d) = [Place()], (1 - len(bank) // 2, len(bank) // 2), bank.delays
    for_a, for_d = per_channel(moved)
    for level in range(levels):
        step, (before, _), (first, last) = 2**level, found[-1].starts, found[-1].support
        starts = (before + step * (a + for_a), before + step * (d + for_d))
        support = (first + step * (low + for_a), last + step * (high + for_a))
        found.append(Place(2 ** (level + 1) if decimated else 1, starts, support, step * (for_d - for_a)))
    return found


def pyramid_blocks(
    shapes: Sequence[tuple[int, ...]],
    lines: Sequence[Sequence[Place]],
    is_complex: bool,
    interiors: Sequence[tuple[tuple[int, int], ...]] | None = None,
) -> tuple[Block, ...]:
    """Return the blocks of a pyramid whose bands have shapes[j] at level j, and lines[j] along the transformed axes.

    shapes[0] is the signal's; interiors[j] says where along each axis a band lies on the signal itself.
    """
    levels, axes = len(shapes) - 1, len(lines[0])

    def block(level: int, orientations: tuple[str, ...]) -> Block:
        return Block(
            level,
            orientations,
            shapes[level],
            is_complex,
            interiors[level] if interiors else (),
            spacing=lines[level][0].spacing,
            starts=tuple(place.starts for place in lines[level]),
            supports=tuple(place.support for place in lines[level]),
            leads=tuple(place.lead for place in lines[level]) if any(place.lead for place in lines[level]) else (),
        )

    details = (block(level, words(axes)[1:]) for level in range(levels, 0, -1))
    return (block(levels, ("a" * axes,)), *details)


class Steps(Protocol):
    """What a transform does along one axis, along two neighbouring axes at once, and where its bands are.

    With ``levels > 1`` an axis goes through several levels from `level` on, a line at a time; `hi` then
    holds all details, coarse to fine.
    """

    @property
    def workers(self) -> int:
        """Threads to use."""

    @property
    def line_by_line(self) -> bool:
        """Whether a line along a single axis goes through all levels on its own."""

    @property
    def in_planes(self) -> bool:
        """Whether the last two axes, where they are neighbours, go through a level at once."""

    def shape(self, c: Coefficients, level: int) -> tuple[int, ...]:
        """Return the shape of the approximation and of the real bands of a level."""

    def targets(self, c: Coefficients, level: int) -> dict[str, Array]:
        """Return where the details of a level are written, by word."""

    def collect(self, c: Coefficients, level: int, bands: dict[str, Array]) -> None:
        """Put details that were not written to their final place there."""

    def sources(self, c: Coefficients, level: int) -> dict[str, Array]:
        """Return the details of a level, by word."""

    def split(self, x: Array, lo: Array, hi: Array, axis: int, level: int, levels: int = 1) -> None:
        """Fill lo and hi from x."""

    def split_plane(self, x: Array, bands: list[Array], axis: int, level: int, prefix: str) -> None:
        """Fill bands aa, ad, da, dd from x, first letter for `axis`, second for the next axis.

        `prefix` has the letters of the axes before, along which x is split already.
        """

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, level: int, levels: int = 1) -> None:
        """Fill x from lo and hi."""

    def merge_plane(self, bands: list[Array], x: Array, axis: int, level: int, prefix: str) -> None:
        """Fill x from bands aa, ad, da, dd; `prefix` has the letters of the axes before."""


class RealBands:
    """The part of `Steps` that is the same wherever the bands of `c` are the real bands themselves."""

    line_by_line = True
    in_planes = True

    def shape(self, c: Coefficients, level: int) -> tuple[int, ...]:
        """Return the shape of the bands."""
        return as_real(c[level, "d" * len(c.layout.axes)]).shape

    def targets(self, c: Coefficients, level: int) -> dict[str, Array]:
        """Return the details of a level, by word."""
        return {word: as_real(c[level, word]) for word in words(len(c.layout.axes))[1:]}

    sources = targets

    def collect(self, c: Coefficients, level: int, bands: dict[str, Array]) -> None:
        """Leave the bands where they are."""


def decompose(x: Array, c: Coefficients, steps: Steps) -> None:
    """Fill `c` with the pyramid of `x`."""
    layout, samples = c.layout, as_real(unlocked(x))
    if _line_by_line(layout, steps):
        lo, hi = _approximation_and_details(c)
        steps.split(samples, lo, hi, layout.axes[0], 1, layout.levels)
        return
    if not layout.levels:
        c.approx[...] = x
        return
    final, lowpass = as_real(c.approx), "a" * len(layout.axes)
    approximation = samples
    spare: Array = np.empty(0, final.dtype)
    for level in range(1, layout.levels + 1):
        details, shape = steps.targets(c, level), steps.shape(c, level)
        if final.shape == shape and (layout.levels - level) % 2 == 0:
            target = final  # approximations of one shape alternate between two places, and the last lands here
        else:
            target = spare = _room(spare, shape, approximation)
        split_axes(steps, approximation, {lowpass: target} | details, layout.axes, level)
        steps.collect(c, level, details)
        approximation = target


def reconstruct(c: Coefficients, x: Array, steps: Steps) -> None:
    """Fill `x` from the pyramid `c`."""
    layout, final = c.layout, as_real(x)
    if not c.vector.flags.writeable:
        c = Coefficients(layout, unlocked(c.vector), c.aux)
    if _line_by_line(layout, steps):
        lo, hi = _approximation_and_details(c)
        steps.merge(lo, hi, final, layout.axes[0], 1, layout.levels)
        return
    if not layout.levels:
        x[...] = c.approx
        return
    approximation, lowpass = as_real(c.approx), "a" * len(layout.axes)
    spare: Array = np.empty(0, final.dtype)
    for level in range(layout.levels, 0, -1):
        bands = steps.sources(c, level) | {lowpass: approximation}
        shape = final.shape if level == 1 else steps.shape(c, level - 1)
        if final.shape == shape and level % 2 == 1:
            approximation = final
        else:
            approximation = spare = _room(spare, shape, approximation)
        merge_axes(steps, bands, approximation, layout.axes, level)


def _room(spare: Array, shape: tuple[int, ...], read: Array) -> Array:
    """Return `spare` where it has this shape and is not being read; levels of one length would overwrite each other."""
    return spare if spare.shape == shape and spare is not read else np.empty(shape, read.dtype)


def _approximation_and_details(c: Coefficients) -> tuple[Array, Array]:
    """Return the two parts of the vector."""
    size = c.layout.blocks[0].band_size
    return c.vector[:size], c.vector[size:]


class _Alias:
    """The memory of an array, for NumPy to make another array of."""

    def __init__(self, array: Array) -> None:
        address = array.__array_interface__["data"][0]
        self.__array_interface__ = array.__array_interface__ | {"data": (address, False)}
        self.array = array  # the memory lives as long as this


def unlocked(x: Array) -> Array:
    """Return a read-only array as one that looks writeable, on the same memory; it is only read.

    A kernel is compiled for each type of array, and read-only arrays are a type of their own.
    """
    return x if x.flags.writeable else np.asarray(_Alias(x))


def _line_by_line(layout: Layout, steps: Steps) -> bool:
    """Whether lines along a single axis go through all levels on their own; one long line shares its levels."""
    if len(layout.axes) != 1 or not layout.levels or not steps.line_by_line:
        return False
    return steps.workers == 1 or math.prod(layout.shape[: layout.axes[0]]) >= steps.workers


def _ends_in_a_plane(axes: tuple[int, ...], steps: Steps) -> bool:
    return steps.in_planes and len(axes) > 1 and axes[-1] == axes[-2] + 1


def split_axes(steps: Steps, x: Array, bands: dict[str, Array], axes: tuple[int, ...], level: int) -> None:
    """Split along the axes in turn, the last two at once where they are neighbours."""
    parts = {"": x}
    single = len(axes) - 2 if _ends_in_a_plane(axes, steps) else len(axes)
    for axis in axes[:single]:
        finer: dict[str, Array] = {}
        for word, part in parts.items():
            lo, hi = (_target(bands, word + letter, part, axis) for letter in "ad")
            steps.split(part, lo, hi, axis, level)
            finer |= {word + "a": lo, word + "d": hi}
        parts = finer
    if single < len(axes):
        for word, part in parts.items():
            steps.split_plane(part, [bands[word + pair] for pair in words(2)], axes[-2], level, word)


def merge_axes(steps: Steps, bands: dict[str, Array], x: Array, axes: tuple[int, ...], level: int) -> None:
    """Merge the last two axes, in their order, then the others from the last to the first.

    The order is the same whether or not the two are neighbours that can be merged at once: it
    decides how the sums round. A merged axis has the letter "-".
    """
    places = [*range(len(axes))[-2:], *reversed(range(len(axes) - 2))]
    parts = bands
    if _ends_in_a_plane(axes, steps):
        coarser: dict[str, Array] = {}
        for word in words(len(axes) - 2):
            quarter = [parts[word + pair] for pair in words(2)]
            shape = (*quarter[0].shape[: axes[-2]], *x.shape[axes[-2] :])
            coarser[word + "--"] = np.empty(shape, x.dtype) if len(axes) > 2 else x
            steps.merge_plane(quarter, coarser[word + "--"], axes[-2], level, word)
        parts, places = coarser, places[2:]
    for place in places:
        axis, coarser = axes[place], {}
        for word in [word for word in parts if word[place] == "a"]:
            lo, hi = parts[word], parts[f"{word[:place]}d{word[place + 1 :]}"]
            merged = f"{word[:place]}-{word[place + 1 :]}"
            shape = (*lo.shape[:axis], x.shape[axis], *lo.shape[axis + 1 :])
            coarser[merged] = x if place == places[-1] else np.empty(shape, x.dtype)
            steps.merge(lo, hi, coarser[merged], axis, level)
        parts = coarser


def _target(bands: dict[str, Array], word: str, part: Array, axis: int) -> Array:
    """Return the band called `word`, or scratch for a part that is split further."""
    if word in bands:
        return bands[word]
    split = next(iter(bands.values())).shape[axis]
    return np.empty((*part.shape[:axis], split, *part.shape[axis + 1 :]), part.dtype)


def band_gain(bank: FilterBank, band: Band, place: int, size: int) -> float:
    """Return the norm of the filter that leads to a band along one axis, on a circle of `size` samples.

    The orientation is a word, the letters of the last level, or of a packet the words of all levels joined by dots.
    """
    letters = "".join(word[place] for word in band.orientation.split("."))
    return cascade_gain([bank] * band.level, letters, size)


def cascade_gain(banks: Sequence[FilterBank], letters: str, size: int) -> float:
    """Return the norm of the filter from the signal to a band, on a circle of `size` samples.

    The filter is the lowpass of the first bank, that of the second spread by 2, and so on. The last `letters` say which
    filters are taken, "a" for the lowpass and "d" for the highpass; those before are lowpass.

    The squared norm is the mean of the squared modulus of the frequency response. Where the filter is shorter than the
    circle it is also the autocorrelation at lag 0: every second lag of that of the first filter, convolved with that of
    the second, and so on, so that nothing grows with the level.
    """
    # the band of level 0 has a letter and no bank
    letters = letters.rjust(len(banks), "a")
    if sum((len(bank) - 1) << level for level, bank in enumerate(banks)) < size:
        lags = np.ones(1)  # from -m to m
        for bank, letter in zip(banks, letters, strict=False):
            taps = bank.highpass if letter == "d" else bank.lowpass
            lags = np.convolve(lags[len(lags) // 2 % 2 :: 2], np.correlate(taps, taps, "full"))
        return float(np.sqrt(lags[len(lags) // 2]))
    frequency = np.arange(size)
    power = np.ones(size)
    responses = {bank: bank.response(size) for bank in set(banks)}  # of a long signal they take most of the time
    for bank, letter in zip(banks, letters, strict=False):
        lowpass, highpass = responses[bank]
        power *= np.abs((highpass if letter == "d" else lowpass)[frequency]) ** 2
        frequency = 2 * frequency % size
    return float(np.sqrt(power.mean()))
