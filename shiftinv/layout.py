"""Where every coefficient lives: bands, the blocks they are stored in, and the layout of a transform. Pure data.

The vector of coefficients is one contiguous array. Its blocks follow each other without gaps, the
approximation first, then the details from coarse to fine; a block holds the orientations of one
level, each a C-contiguous array in which the axes keep the signal's order.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
        1 is the finest; the approximation has the level of the coarsest details, except in a basis of packets.
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
        For each orientation the real band it is a part of, one letter "a", "d" or "-" per transformed axis (see
        `Layout.letters`). Empty where an orientation is itself such a word.
    trees : int, optional
        How many trees are interleaved along each transformed axis: coefficient m of tree p stands at trees m + p.
    spacing : float, optional
        How many samples of the signal lie between neighbouring coefficients along a transformed axis.
    starts : tuple of (float, float), optional
        For each transformed axis at which sample coefficient 0 stands, in a channel "a" and in a channel "d". Empty
        where a transform does not tell.
    supports : tuple of (int, int), optional
        For each transformed axis the first and the last sample on which coefficient 0 depends. Empty as `starts`.
    leads : tuple of int, optional
        For each transformed axis how many samples after `supports` those of a channel "d" are. Empty where there are
        none.
    """

    level: int
    orientations: tuple[str, ...]
    shape: tuple[int, ...]
    is_complex: bool = False
    interior: tuple[tuple[int, int], ...] = ()
    words: tuple[str, ...] = ()
    trees: int = 1
    spacing: float = 1
    starts: tuple[tuple[float, float], ...] = ()
    supports: tuple[tuple[int, int], ...] = ()
    leads: tuple[int, ...] = ()

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
    shifts : tuple of tuple of int, optional
        The shifts of a spun transform, one number per transformed axis: every band then has a leading axis, along
        which copy i is of the signal shifted by shifts[i]. Empty where bands have the signal's axes alone.
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
    shifts: tuple[tuple[int, ...], ...] = ()

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """Every band, in the order it is stored."""
        return tuple(Band(block.level, word) for block in self.blocks for word in block.orientations)

    @property
    def approximation(self) -> Band:
        """The band of the approximation: of packets, that of lowpass filters alone, which need not be the deepest."""
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
    def sizes(self) -> tuple[int, ...]:
        """The lengths of the transformed axes of the signal."""
        return tuple(self.shape[axis] for axis in self.axes)

    @property
    def band_axes(self) -> tuple[int, ...]:
        """The transformed axes as they are counted in a band: one on where shifts lead."""
        return tuple(axis + bool(self.shifts) for axis in self.axes)

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
        """Return the letters of `band`, one per transformed axis: "a" for lowpass, "d" for highpass, "-" for neither.

        A band has "-" along each axis where one filter for all of them splits off frequencies by their distance from 0
        or by their direction (an isotropic detail, an oriented band); it stands for itself. Bands of one level with the
        same letters "a" and "d" are complex parts of one real band, and a shift moves them together.
        """
        block = self.block(band)
        return block.words[block.orientations.index(band[1])] if block.words else band[1]

    def times(self, band: tuple[int, str], fs: float = 1.0) -> tuple[NDArray[np.float64], ...]:
        """Return when, or where, the coefficients of a band are.

        Parameters
        ----------
        band : (int, str)
            Level and orientation.
        fs : float, optional
            Samples per unit of time or length; times are counted in samples without it.

        Returns
        -------
        tuple of ndarray, shape (n,) or (shifts, n), one per transformed axis
            A coefficient is where the filters that made it have their delay: lowpass filters the one of a constant
            (sum n h[n] / sum h[n]), the highpass filter the centre of its energy. Sample 0 is at time 0, and on an
            extension times run on past the ends. Copies of shifted signals have a row each, on the circle of the
            signal that was not shifted.

        Raises
        ------
        KeyError
            If there is no such band.
        ValueError
            If the transform does not tell where its coefficients are.

        Examples
        --------
        >>> import shiftinv as si
        >>> layout = si.DWT("haar", levels=2).layout(8)
        >>> layout.times((2, "d"))[0].tolist(), layout.times((1, "d"), fs=100)[0].tolist()
        ([1.5, 5.5], [0.005, 0.025, 0.045, 0.065])
        """
        block, fs = self._telling(band), checks.positive(fs, "fs")
        letters = self.letters(band).rpartition(".")[2]
        return tuple(
            self._unshifted(start[letter != "a"] + self._steps(block, place), place) / fs
            for place, (letter, start) in enumerate(zip(letters, block.starts, strict=True))
        )

    def frequencies(self, band: tuple[int, str], fs: float = 1.0) -> tuple[tuple[float, float], ...]:
        """Return between which frequencies a band is, if its filters were ideal.

        Parameters
        ----------
        band : (int, str)
            Level and orientation.
        fs : float, optional
            Samples per unit of time or length; frequencies are counted in cycles per sample without it.

        Returns
        -------
        tuple of (float, float), one per transformed axis
            A channel "a" of level j reaches from 0 to fs / 2^(j+1), a channel "d" from there to fs / 2^j, and a
            channel "-", which splits nothing along this axis alone, over both. In a packet every further letter
            halves the interval: "a" takes the half that is nearer to 0 in the band before, whose frequencies a
            decimated highpass has turned round.

        Raises
        ------
        KeyError
            If there is no such band.

        Examples
        --------
        >>> import shiftinv as si
        >>> layout = si.SWT("sym4", levels=2).layout((64, 64))
        >>> layout.frequencies((2, "ad"), fs=80)
        ((0.0, 10.0), (10.0, 20.0))
        """
        self.block(band)
        fs = checks.positive(fs, "fs")
        words = self.letters(band).split(".")
        path = ["a" * len(self.axes)] * (band[0] - len(words)) + words if band[0] else []
        return tuple(
            _passband([word[axis] for word in path if word[axis] != "-"], fs) for axis in range(len(self.axes))
        )

    def touches_boundary(self, band: tuple[int, str]) -> NDArray[np.bool_]:
        """Return which coefficients of a band depend on what lies beyond the signal.

        Parameters
        ----------
        band : (int, str)
            Level and orientation.

        Returns
        -------
        ndarray of bool, of the shape of the band
            True where a sample before the first or after the last one is needed, wherever the boundary takes it from.
            Filters count with all their taps, zeros included.

        Raises
        ------
        KeyError, ValueError
            As for `times`.

        Examples
        --------
        >>> import shiftinv as si
        >>> si.SWT("haar", levels=2).layout(8).touches_boundary((2, "d")).tolist()
        [False, False, False, False, False, True, True, True]
        """
        block = self._telling(band)
        touched = np.zeros(block.shape, bool)
        for place, (axis, (first, last)) in enumerate(zip(self.band_axes, block.supports, strict=True)):
            lead = block.leads[place] if block.leads and self.letters(band)[place] == "d" else 0
            needed = self._unshifted(first + lead + self._steps(block, place), place)
            outside = (needed < 0) | (needed + (last - first) >= self.sizes[place])
            varying = (0, axis) if self.shifts else (axis,)
            touched |= outside.reshape([n if other in varying else 1 for other, n in enumerate(block.shape)])
        return touched

    def _steps(self, block: Block, place: int) -> NDArray[np.float64]:
        """Return how far the coefficients of a line along a transformed axis are from the first one."""
        return block.spacing * np.arange(block.shape[self.band_axes[place]], dtype=np.float64)

    def _unshifted(self, times: NDArray[np.float64], place: int) -> NDArray[np.float64]:
        """Return times on the signal from times on its shifted copies, a row per copy; without copies as they are."""
        if not self.shifts:
            return times
        rows = [(times - shift[place]) % self.sizes[place] for shift in self.shifts]
        return np.array(rows, np.float64)

    def _telling(self, band: tuple[int, str]) -> Block:
        block = self.block(band)
        if not block.starts:
            raise ValueError(f"{self.spec} does not tell where its coefficients are. Use the indices of c[band].")
        return block

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
                block["spacing"],
                tuple((a, d) for a, d in block["starts"]),
                tuple((first, last) for first, last in block["supports"]),
                tuple(block["leads"]),
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
            tuple(tuple(shift) for shift in given["shifts"]),
        )


def _passband(letters: Sequence[str], fs: float) -> tuple[float, float]:
    """Return the interval that a cascade of ideal lowpass "a" and highpass "d" filters leaves of 0 … fs / 2."""
    number = 0  # of the interval, counted from 0 in intervals of this width
    for letter in letters:
        number = 2 * number + ((letter == "d") != bool(number % 2))
    width = fs / 2 ** (len(letters) + 1)
    return number * width, (number + 1) * width
