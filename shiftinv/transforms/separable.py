"""From one axis to any number: the pyramid of a separable transform. The only N-D code.

One level splits its input along each transformed axis in turn, lowpass "a" and highpass "d",
into 2^d bands; the band "a…a" goes on to the next level.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..coefficients import Coefficients
from ..filters import FilterBank
from ..layout import Block, Layout

__all__ = [
    "Steps",
    "as_real",
    "cascade_gain",
    "decompose",
    "deepest_fit",
    "pyramid_blocks",
    "reconstruct",
    "rows",
    "too_deep",
    "words",
]

Array: TypeAlias = NDArray[Any]


def words(axes: int) -> tuple[str, ...]:
    """Return the orientations of `axes` axes in storage order: "a…a" first, the last axis fastest."""
    return tuple("".join(letters) for letters in itertools.product("ad", repeat=axes))


def rows(shape: tuple[int, ...], axis: int) -> tuple[int, int]:
    """Return (n, inner): the samples along `axis`, and how far apart they are in a C-contiguous array."""
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


def too_deep(levels: int, limit: int, transform: str, sizes: tuple[int, ...]) -> ValueError:
    """Return the error for more levels than the shortest axis allows."""
    return ValueError(
        f"levels={levels} is too deep for a {transform} of {min(sizes)} samples: at most {limit}. "
        f"Use levels<={limit} or a longer signal."
    )


def pyramid_blocks(shapes: list[tuple[int, ...]], axes: int, is_complex: bool) -> tuple[Block, ...]:
    """Return the blocks of a pyramid whose bands have shapes[j] at level j; shapes[0] is the signal's."""
    levels = len(shapes) - 1
    approximation = Block(levels, ("a" * axes,), shapes[levels], is_complex)
    details = (Block(level, words(axes)[1:], shapes[level], is_complex) for level in range(levels, 0, -1))
    return (approximation, *details)


class Steps(Protocol):
    """One level of a transform along one axis, along two neighbouring axes at once, and all levels along one axis."""

    @property
    def workers(self) -> int:
        """Threads to use."""

    def split_levels(self, x: Array, vector: Array, axis: int, levels: int) -> None:
        """Fill the whole vector from x, line by line."""

    def merge_levels(self, vector: Array, x: Array, axis: int, levels: int) -> None:
        """Fill x from the whole vector, line by line."""

    def split(self, x: Array, lo: Array, hi: Array, axis: int, level: int) -> None:
        """Fill lo and hi from x."""

    def split_plane(self, x: Array, bands: list[Array], axis: int, level: int) -> None:
        """Fill bands aa, ad, da, dd from x, first letter for `axis`, second for the next axis."""

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, level: int) -> None:
        """Fill x from lo and hi."""

    def merge_plane(self, bands: list[Array], x: Array, axis: int, level: int) -> None:
        """Fill x from bands aa, ad, da, dd."""


def decompose(x: Array, c: Coefficients, steps: Steps) -> None:
    """Fill `c` with the pyramid of `x`."""
    if _line_by_line(c.layout, steps.workers):
        steps.split_levels(as_real(x), c.vector, c.layout.axes[0], c.layout.levels)
        return
    approximation = as_real(x)
    for level, bands in _levels(c):
        _split_axes(steps, approximation, bands, c.layout.axes, level)
        approximation = bands["a" * len(c.layout.axes)]
    if not c.layout.levels:
        c.approx[...] = x


def reconstruct(c: Coefficients, x: Array, steps: Steps) -> None:
    """Fill `x` from the pyramid `c`."""
    if _line_by_line(c.layout, steps.workers):
        steps.merge_levels(c.vector, as_real(x), c.layout.axes[0], c.layout.levels)
        return
    if not c.layout.levels:
        x[...] = c.approx
        return
    levels = list(_levels(c))
    targets = [as_real(x), *(bands["a" * len(c.layout.axes)] for _, bands in levels[:-1])]
    for (level, bands), target in reversed(list(zip(levels, targets, strict=True))):
        _merge_axes(steps, bands, target, c.layout.axes, level)


def _levels(c: Coefficients) -> Iterator[tuple[int, dict[str, Array]]]:
    """Yield (level, bands by orientation) from fine to coarse; inner approximations are scratch."""
    layout = c.layout
    lowpass = "a" * len(layout.axes)
    for level in range(1, layout.levels + 1):
        bands = {word: as_real(c[level, word]) for word in words(len(layout.axes))[1:]}
        detail = next(iter(bands.values()))
        bands[lowpass] = as_real(c.approx) if level == layout.levels else np.empty_like(detail)
        yield level, bands


def _line_by_line(layout: Layout, workers: int) -> bool:
    """Whether lines along a single axis go through all levels on their own; one long line shares its levels."""
    if len(layout.axes) != 1 or not layout.levels:
        return False
    return workers == 1 or math.prod(layout.shape[: layout.axes[0]]) >= workers


def _ends_in_a_plane(axes: tuple[int, ...]) -> bool:
    return len(axes) > 1 and axes[-1] == axes[-2] + 1


def _split_axes(steps: Steps, x: Array, bands: dict[str, Array], axes: tuple[int, ...], level: int) -> None:
    """Split along the axes in turn, the last two at once where they are neighbours."""
    parts = {"": x}
    single = len(axes) - 2 if _ends_in_a_plane(axes) else len(axes)
    for axis in axes[:single]:
        finer: dict[str, Array] = {}
        for word, part in parts.items():
            lo, hi = (_target(bands, word + letter, part, axis) for letter in "ad")
            steps.split(part, lo, hi, axis, level)
            finer |= {word + "a": lo, word + "d": hi}
        parts = finer
    if single < len(axes):
        for word, part in parts.items():
            steps.split_plane(part, [bands[word + pair] for pair in words(2)], axes[-2], level)


def _merge_axes(steps: Steps, bands: dict[str, Array], x: Array, axes: tuple[int, ...], level: int) -> None:
    """Merge the last two axes, in their order, then the others from the last to the first.

    The order is the same whether or not the two are neighbours that can be merged at once: it
    decides how the sums round. A merged axis has the letter "-".
    """
    places = [*range(len(axes))[-2:], *reversed(range(len(axes) - 2))]
    parts = bands
    if _ends_in_a_plane(axes):
        coarser: dict[str, Array] = {}
        for word in words(len(axes) - 2):
            quarter = [parts[word + pair] for pair in words(2)]
            shape = (*quarter[0].shape[: axes[-2]], *x.shape[axes[-2] :])
            coarser[word + "--"] = np.empty(shape, x.dtype) if len(axes) > 2 else x
            steps.merge_plane(quarter, coarser[word + "--"], axes[-2], level)
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


def cascade_gain(bank: FilterBank, letter: str, level: int, size: int) -> float:
    """Return the norm of the filter from the signal to a band at `level`, on a circle of `size` samples.

    The filter is the lowpass spread by 1, 2, …, 2^(level-2), then by 2^(level-1) the lowpass ("a")
    or highpass ("d"); its squared norm is the mean of the squared modulus of its frequency response.
    """
    lowpass, highpass = (np.abs(response) ** 2 for response in bank.response(size))
    frequency = np.arange(size)
    power = np.ones(size)
    for step in range(level):
        last = step == level - 1
        power *= (highpass if last and letter == "d" else lowpass)[frequency]
        frequency = 2 * frequency % size
    return float(np.sqrt(power.mean()))
