"""Where every coefficient lives: bands, the blocks they are stored in, and the layout of a transform. Pure data.

The vector of coefficients is one contiguous array. Its blocks follow each other without gaps, the
approximation first, then the details from coarse to fine; a block holds the orientations of one
level, each a C-contiguous array in which the axes keep the signal's order.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from . import checks

__all__ = ["Band", "Block", "Frame", "Layout"]


class Band(NamedTuple):
    """The name of a band: its level (1 is the finest) and its orientation.

    The orientation has one letter per transformed axis, "a" for approximation (lowpass) and "d"
    for detail (highpass), as in PyWavelets.

    Examples
    --------
    >>> from shiftinv import Band
    >>> Band(2, "ad") == (2, "ad")
    True
    """

    level: int
    orientation: str


class Frame(StrEnum):
    """What a transform is as a frame, for one shape: A |x|^2 <= |T x|^2 <= B |x|^2.

    ORTHONORMAL has A = B = 1 and no redundancy; TIGHT has A = B; FRAME promises neither.
    """

    ORTHONORMAL = "orthonormal"
    TIGHT = "tight"
    FRAME = "frame"


@dataclass(frozen=True)
class Block:
    """The bands of one level that share a shape.

    Parameters
    ----------
    level : int
        1 is the finest; the approximation has the level of the coarsest details.
    orientations : tuple of str
        The bands, in the order they are stored.
    shape : tuple of int
        The shape of each band, batch axes included.
    is_complex : bool, optional
        Whether a coefficient is a pair of real numbers.
    interior : tuple of (int, int), optional
        Along each axis, from where to where a band lies on the signal itself rather than on its
        extension past the ends. Empty for bands without extension.
    words : tuple of str, optional
        For each orientation the real band it is a part of, one letter "a" or "d" per transformed axis. Empty where
        an orientation is itself such a word.
    trees : int, optional
        How many trees are interleaved along each transformed axis: coefficient m of tree p stands at trees m + p.
    """

    level: int
    orientations: tuple[str, ...]
    shape: tuple[int, ...]
    is_complex: bool = False
    interior: tuple[tuple[int, int], ...] = ()
    words: tuple[str, ...] = ()
    trees: int = 1

    @property
    def band_size(self) -> int:
        """Real numbers in one band."""
        return math.prod(self.shape) * (2 if self.is_complex else 1)


@dataclass(frozen=True)
class Layout:
    """Where every coefficient of a transform lives, for one shape and dtype. Pure data.

    Parameters
    ----------
    spec : str
        The transform, as `shiftinv.transform` reads it.
    shape, dtype : tuple of int, str
        Of the signal.
    axes : tuple of int
        The transformed axes; the others are a batch.
    levels : int
        How many levels the transform has at this shape.
    frame : Frame or None
        None for a representation that is not linear.
    grid : int or None
        Shifts by multiples of `grid` act exactly on the coefficients: 1 if every shift does,
        None if no circular law holds at this shape.
    blocks : tuple of Block
        Approximation first, then coarse to fine.
    aux : tuple of (str, tuple of int), optional
        Names and shapes of integer arrays that are not coefficients (phases, choices).
    """

    spec: str
    shape: tuple[int, ...]
    dtype: str
    axes: tuple[int, ...]
    levels: int
    frame: Frame | None
    grid: int | None
    blocks: tuple[Block, ...]
    aux: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """Every band, in the order it is stored."""
        return tuple(Band(block.level, word) for block in self.blocks for word in block.orientations)

    @property
    def approximation(self) -> Band:
        """The band of the approximation."""
        return self.bands[0]

    @property
    def details(self) -> tuple[Band, ...]:
        """Every band but the approximation."""
        return self.bands[1:]

    @cached_property
    def is_complex(self) -> bool:
        """Whether the signal is complex."""
        return np.dtype(self.dtype).kind == "c"

    @cached_property
    def real_dtype(self) -> np.dtype[Any]:
        """The dtype of the vector."""
        return checks.real_dtype(self.dtype)

    @cached_property
    def size(self) -> int:
        """Real numbers in the vector."""
        return sum(block.band_size * len(block.orientations) for block in self.blocks)

    @property
    def nbytes(self) -> int:
        """Bytes held by the vector and the auxiliary arrays."""
        return self.size * self.real_dtype.itemsize + sum(8 * math.prod(shape) for _, shape in self.aux)

    @property
    def redundancy(self) -> float:
        """Real coefficients per real sample."""
        samples = math.prod(self.shape) * (2 if self.is_complex else 1)
        return self.size / samples if samples else float("nan")

    @cached_property
    def _places(self) -> dict[Band, tuple[int, Block]]:
        places, start = {}, 0
        for block in self.blocks:
            for word in block.orientations:
                places[Band(block.level, word)] = (start, block)
                start += block.band_size
        return places

    def block(self, band: tuple[int, str]) -> Block:
        """Return the block that holds `band`.

        Raises
        ------
        KeyError
            If there is no such band; the message lists those there are.
        """
        return self.place(band)[1]

    def interior(self, band: tuple[int, str]) -> tuple[slice, ...]:
        """Return the slices of `band` that lie on the signal itself."""
        block = self.block(band)
        return tuple(slice(*ends) for ends in block.interior) or (slice(None),) * len(block.shape)

    def parent(self, band: tuple[int, str]) -> Band | None:
        """Return the band of the same orientation one level coarser, or None at the coarsest."""
        self.block(band)  # refuses a band that is not there
        above = Band(band[0] + 1, band[1])
        return above if above in self._places else None

    def letters(self, band: tuple[int, str]) -> str:
        """Return the letters of `band`, one per transformed axis: "a" for lowpass, "d" for highpass.

        Bands of one level with the same letters are complex parts of one real band, and a shift moves them together.
        """
        block = self.block(band)
        return block.words[block.orientations.index(band[1])] if block.words else band[1]

    def place(self, band: tuple[int, str]) -> tuple[int, Block]:
        """Return where in the vector `band` starts, and its block.

        Raises
        ------
        KeyError
            As `block`.
        """
        try:
            return self._places[Band(*band)]
        except (KeyError, TypeError):
            names = ", ".join(f"({level}, {word!r})" for level, word in self.bands)
            raise checks.Missing(
                f"band {band!r} does not exist in {self.spec} of shape {self.shape}. Use one of {names}."
            ) from None

    def to_json(self) -> str:
        """Return the layout as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Layout:
        """Return the layout that `to_json` wrote."""
        given = json.loads(text)
        blocks = tuple(
            Block(
                block["level"],
                tuple(block["orientations"]),
                tuple(block["shape"]),
                block["is_complex"],
                tuple((start, stop) for start, stop in block["interior"]),
                tuple(block["words"]),
                block["trees"],
            )
            for block in given["blocks"]
        )
        return cls(
            given["spec"],
            tuple(given["shape"]),
            given["dtype"],
            tuple(given["axes"]),
            given["levels"],
            None if given["frame"] is None else Frame(given["frame"]),
            given["grid"],
            blocks,
            tuple((name, tuple(sizes)) for name, sizes in given["aux"]),
        )
