"""What the decimated and the undecimated dual tree share: their complex bands, blocks and gains.

A real band of d axes, a word of letters "a" and "d", has 2^d trees. It is the source of 2^(d-1) complex
bands, one for each choice of signs of all axes but the last,

    (1 / sqrt(2))^(d-1)  sum over trees p of  X_p  times, per axis with p = 1, j with the sign of that axis,

the last axis having "+". With one axis the band keeps its word; with two, where each complex band
looks along one direction of the plane, it has the angle of that direction as its name.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ..coefficients import Coefficients
from ..filters import DualTreeBank, FilterBank
from ..layout import Band, Block
from .separable import Array, cascade_gain, words

__all__ = ["Orientation", "dual_tree_blocks", "orientations", "stored_words", "tree_power"]

# degrees from the second axis towards the beginning of the first: of a picture, counterclockwise from the horizontal
ANGLES = {"ad+": "+75", "ad-": "-75", "da+": "+15", "da-": "-15", "dd+": "+45", "dd-": "-45"}


class Orientation(NamedTuple):
    """A complex band: its name, the letters of its real band, and the signs of all axes but the last."""

    name: str
    letters: str
    signs: str


@cache
def orientations(axes: int) -> tuple[Orientation, ...]:
    """Return the complex bands of a level for so many axes, in storage order: by word, then by signs."""
    signs = ["".join(choice) for choice in itertools.product("+-", repeat=axes - 1)]
    pairs = itertools.product(words(axes)[1:], signs)
    return tuple(Orientation(ANGLES.get(word + sign, word + sign), word, sign) for word, sign in pairs)


def dual_tree_blocks(
    approximation: tuple[int, ...], details: Sequence[tuple[int, ...]], axes: int
) -> tuple[Block, ...]:
    """Return the blocks of an approximation of interleaved trees and of complex bands; details[0] is level 1."""
    names = orientations(axes)
    coarse = Block(len(details), ("a" * axes,), approximation, trees=2 if details else 1)
    fine = (
        Block(
            level,
            tuple(orientation.name for orientation in names),
            details[level - 1],
            is_complex=True,
            words=tuple(orientation.letters for orientation in names),
        )
        for level in range(len(details), 0, -1)
    )
    return (coarse, *fine)


def stored_words(c: Coefficients, level: int) -> dict[str, Array]:
    """Return the memory of a level by word: its complex bands follow each other, as long as the word's real band."""
    names = orientations(len(c.layout.axes))
    start, block = c.layout.place(Band(level, names[0].name))
    word_list = words(len(c.layout.axes))[1:]
    size = block.band_size * len(names) // len(word_list)
    return {word: c.vector[start + i * size : start + (i + 1) * size] for i, word in enumerate(word_list)}


def tree_power(biort: FilterBank, qshift: DualTreeBank, letter: str, level: int, size: int) -> float:
    """Return the squared norm of the filter from a signal on a circle to the trees of a band, their mean."""
    if not level:
        return 1.0
    gains = (cascade_gain([biort] + [tree] * (level - 1), letter, size) for tree in (qshift.a, qshift.b))
    return sum(gain**2 for gain in gains) / 4  # two trees, each divided by sqrt(2)
