"""What the decimated and the undecimated dual tree share: their complex bands, blocks and gains.

A real band of d axes, a word of letters "a" and "d", has 2^d trees. It is the source of 2^(d-1) complex
bands, one for each choice of signs of all axes but the last,

    (1 / sqrt(2))^(d-1)  sum over trees p of  X_p  times, per axis with p = 1, j with the sign of that axis,

the last axis having "+". With one axis the band keeps its word; with two, where each complex band
looks along one direction of the plane, it has the angle of that direction as its name.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from ..coefficients import Coefficients
from ..filters import DualTreeBank, FilterBank
from ..layout import Band, Block
from .separable import Array, Place, cascade_gain, words

__all__ = ["Orientation", "dual_tree_blocks", "orientations", "stored_words", "tree_places", "tree_power"]

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
    approximation: tuple[int, ...],
    details: Sequence[tuple[int, ...]],
    lines: Sequence[Sequence[Place]],
    interiors: Sequence[tuple[tuple[int, int], ...]] | None = None,
) -> tuple[Block, ...]:
    """Return the blocks of an approximation of interleaved trees and of complex bands; details[0] is level 1.

    lines[level] has, for each axis, the place of the complex coefficients of a level, and interiors[level] where along
    each axis, batch included, they lie on the signal; None where all do.
    """
    levels, names = len(details), orientations(len(lines[0]))
    trees = 2 if details else 1
    approximation_lines = [_of_one_tree(place) if details else place for place in lines[levels]]
    on_signal = interiors or [()] * (levels + 1)
    twice = zip(approximation, details[-1], on_signal[levels], strict=True) if levels and interiors else ()
    both = tuple((start * size // of, stop * size // of) for size, of, (start, stop) in twice)  # trees of a sample
    coarse = Block(
        levels, ("a" * len(lines[0]),), approximation, interior=both, trees=trees, **_told(approximation_lines)
    )
    fine = (
        Block(
            level,
            tuple(orientation.name for orientation in names),
            details[level - 1],
            is_complex=True,
            interior=on_signal[level],
            words=tuple(orientation.letters for orientation in names),
            **_told(lines[level]),
        )
        for level in range(levels, 0, -1)
    )
    return (coarse, *fine)


def _told(line: Sequence[Place]) -> dict[str, Any]:
    starts, supports = tuple(place.starts for place in line), tuple(place.support for place in line)
    return {"spacing": line[0].spacing, "starts": starts, "supports": supports}


def _of_one_tree(place: Place) -> Place:
    """Return where coefficient 0 of tree a is, those of tree b standing half-way between those of tree a."""
    half, (a, d), (first, last) = place.spacing / 2, place.starts, place.support
    return Place(half, (a - half / 2, d - half / 2), (first - math.ceil(half), last))


def tree_places(
    biort: FilterBank, qshift: DualTreeBank, befores: Sequence[int], *, decimated: bool = True
) -> list[Place]:
    """Return the places of the levels 0, 1, … of complex coefficients, in the middle between their two trees.

    befores[j - 1] copies of the first sample stand before the samples that level j works on. Without copies, and with
    a pair of banks whose delays add up to a sample, coefficient 0 of level j is at (2^j - 1) / 2.
    """
    found = [Place()]
    for level, before in enumerate(befores, start=1):
        step, (time, _), (first, last) = 2 ** (level - 1), found[-1].starts, found[-1].support
        banks = (biort,) if level == 1 else (qshift.a, qshift.b)
        low, high = (sum(bank.delays[part] for bank in banks) / len(banks) for part in range(2))
        reach, moved, copies = len(banks[0]) // 2, int(level == 1 and biort.is_centred), before * step / 2
        if level == 1:  # tree b reads one sample later
            time, last = time + 0.5, last + 1
        starts = (time + step * low - copies, time + step * (high - moved) - copies)
        support = (first + step * (1 - reach - moved) - math.ceil(copies), last + step * reach)
        found.append(Place(2 * step if decimated else 1, starts, support))
    return found


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
