"""From one axis to any number: the pyramid of a separable transform. The only N-D code.

One level splits its input along each transformed axis in turn, lowpass "a" and highpass "d",
into 2^d bands; the band "a…a" goes on to the next level.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..coefficients import Block, Coefficients
from ..filters import FilterBank

__all__ = [
    "Merge",
    "Split",
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
Split: TypeAlias = Callable[[Array, Array, Array, int, int], None]  # (x, lo, hi, axis, level): fills lo and hi
Merge: TypeAlias = Callable[[Array, Array, Array, int, int], None]  # (lo, hi, x, axis, level): fills x


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


def decompose(x: Array, c: Coefficients, split: Split) -> None:
    """Fill `c` with the pyramid of `x`; `split` splits along one axis."""
    approximation = as_real(x)
    for level, bands in _levels(c):
        _split_axes(split, approximation, bands, c.layout.axes, level)
        approximation = bands["a" * len(c.layout.axes)]
    if not c.layout.levels:
        c.approx[...] = x


def reconstruct(c: Coefficients, x: Array, merge: Merge) -> None:
    """Fill `x` from the pyramid `c`; `merge` merges along one axis."""
    if not c.layout.levels:
        x[...] = c.approx
        return
    steps = list(_levels(c))
    targets = [as_real(x), *(bands["a" * len(c.layout.axes)] for _, bands in steps[:-1])]
    for (level, bands), target in reversed(list(zip(steps, targets, strict=True))):
        _merge_axes(merge, bands, target, c.layout.axes, level)


def _levels(c: Coefficients) -> Iterator[tuple[int, dict[str, Array]]]:
    """Yield (level, bands by orientation) from fine to coarse; inner approximations are scratch."""
    layout = c.layout
    lowpass = "a" * len(layout.axes)
    for level in range(1, layout.levels + 1):
        bands = {word: as_real(c[level, word]) for word in words(len(layout.axes))[1:]}
        detail = next(iter(bands.values()))
        bands[lowpass] = as_real(c.approx) if level == layout.levels else np.empty_like(detail)
        yield level, bands


def _split_axes(split: Split, x: Array, bands: Mapping[str, Array], axes: tuple[int, ...], level: int) -> None:
    parts = {"": x}
    for axis in axes:
        finer: dict[str, Array] = {}
        for word, part in parts.items():
            lo, hi = (_target(bands, word + letter, part.shape, axis, part.dtype) for letter in "ad")
            split(part, lo, hi, axis, level)
            finer |= {word + "a": lo, word + "d": hi}
        parts = finer


def _merge_axes(merge: Merge, bands: Mapping[str, Array], x: Array, axes: tuple[int, ...], level: int) -> None:
    parts = dict(bands)
    for done, axis in enumerate(reversed(axes), start=1):
        coarser: dict[str, Array] = {}
        for word in words(len(axes) - done):
            lo, hi = parts[word + "a"], parts[word + "d"]
            shape = (*lo.shape[:axis], x.shape[axis], *lo.shape[axis + 1 :])
            coarser[word] = x if done == len(axes) else np.empty(shape, x.dtype)
            merge(lo, hi, coarser[word], axis, level)
        parts = coarser


def _target(bands: Mapping[str, Array], word: str, shape: tuple[int, ...], axis: int, dtype: np.dtype[Any]) -> Array:
    """Return the band called `word`, or scratch for a part that is split further."""
    if word in bands:
        return bands[word]
    split = next(iter(bands.values())).shape[axis]
    return np.empty((*shape[:axis], split, *shape[axis + 1 :]), dtype)


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
