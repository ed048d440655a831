"""Filters in the form the kernels take: tables of taps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Moved",
    "PhaseTaps",
    "Taps",
    "TreeTaps",
    "centre_first",
    "kernel_taps",
    "moved_apart",
    "per_channel",
    "phase_taps",
    "tree_taps",
]

Moved: TypeAlias = int | tuple[int, int]  # how many places on taps stand: both filters, or lowpass and highpass


class Taps(NamedTuple):
    """The two filters of a bank in the form the kernels take.

    Parameters
    ----------
    table : ndarray, shape (3, T)
        Rows: where a tap stands, its value in the lowpass, its value in the highpass. Columns: taps of
        both filters first, then of the lowpass alone, then of the highpass alone; taps that are
        zero in both are left out.
    low, high : int
        The lowest and the highest place, 0 included.
    """

    table: NDArray[Any]
    low: int
    high: int


class PhaseTaps(NamedTuple):
    """Synthesis taps apart for the even and the odd samples, with places in decimated samples."""

    even: NDArray[Any]
    odd: NDArray[Any]
    low: int
    high: int


class TreeTaps(NamedTuple):
    """Taps of one level of a dual tree: a table as `Taps` has it per tree or phase, padded with zeros to one shape.

    `low` and `high` bound the places in phases, of as many samples as the level makes one coefficient of. Where
    taps are `even`, those at equal distances from the centre are equal and stand next to each other, the centre first.
    """

    table: NDArray[Any]
    low: int
    high: int
    even: bool = False


def kernel_taps(places: ArrayLike, lowpass: ArrayLike, highpass: ArrayLike, dtype: np.dtype[Any]) -> Taps:
    """Return filters as `Taps`; `places` and both filters have shape (L,)."""
    table = np.array([places, lowpass, highpass], dtype)
    in_lowpass, in_highpass = table[1] != 0, table[2] != 0
    groups = (in_lowpass & in_highpass, in_lowpass & ~in_highpass, ~in_lowpass & in_highpass)
    sorted_table = np.ascontiguousarray(np.concatenate([table[:, group] for group in groups], axis=1))
    return Taps(sorted_table, *_bounds(sorted_table))


def per_channel(moved: Moved) -> tuple[int, int]:
    """Return by how much the lowpass and the highpass are moved."""
    return moved if isinstance(moved, tuple) else (moved, moved)


def moved_apart(
    places: ArrayLike, lowpass: ArrayLike, highpass: ArrayLike, moved: tuple[int, int]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return one line of places for both filters, which begin at the same ones, after each has moved on by its own."""
    starts = [np.add(places, step) for step in moved]
    line = np.arange(min(map(np.min, starts)), max(map(np.max, starts)) + 1)
    both = np.zeros((2, len(line)))
    for row, start, taps in zip(both, starts, (lowpass, highpass), strict=True):
        row[start - line[0]] = taps
    return line, both[0], both[1]


def phase_taps(taps: Taps) -> PhaseTaps:
    """Return synthesis taps by the parity of the samples they make."""
    even = taps.table[0] % 2 == 0
    parts = [
        np.ascontiguousarray(np.vstack([(part[0] + shift) / 2, part[1:]]))
        for part, shift in ((taps.table[:, even], 0), (taps.table[:, ~even], 1))
    ]
    return PhaseTaps(parts[0], parts[1], *_bounds(*parts))


def centre_first(table: NDArray[Any], centre: int) -> NDArray[Any]:
    """Return taps of filters that are symmetric about a place, those of equal distance from it next to each other."""
    groups = np.array([table[1] == 0, table[2] == 0]).T @ [2, 1]  # of both filters, of the lowpass, of the highpass
    return np.ascontiguousarray(table[:, np.lexsort((table[0], np.abs(table[0] - centre), groups))])


def tree_taps(tables: Sequence[NDArray[Any]], ratio: int, even: bool = False) -> TreeTaps:
    """Return tables of shape (3, T), one per tree or phase, as `TreeTaps`; places are counted in phases of `ratio`."""
    widest = max(table.shape[1] for table in tables)
    padded = [np.pad(table, ((0, 0), (0, widest - table.shape[1]))) for table in tables]
    low, high = _bounds(*tables)
    return TreeTaps(np.ascontiguousarray(padded), low // ratio, high // ratio, even)


def _bounds(*tables: NDArray[Any]) -> tuple[int, int]:
    """Return the lowest and the highest place of tables, 0 included."""
    places = np.concatenate([table[0] for table in tables])
    return int(places.min(initial=0)), int(places.max(initial=0))
