"""The one container: a layout (pure data) and a vector with every coefficient in it.

The vector is one contiguous array of the real dtype. Its blocks follow each other without gaps,
the approximation first, then the details from coarse to fine; a block holds the orientations of
one level, each a C-contiguous array in which the axes keep the signal's order. A complex band is
a view of interleaved pairs, so the dot product of two vectors is the real inner product Re<a, b>.
"""

from __future__ import annotations

import inspect
import json
import math
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from os import PathLike
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .files import replacing

__all__ = ["Band", "Block", "Coefficients", "Frame", "Layout"]

FORMAT = "shiftinv.Coefficients/1"


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
    """

    level: int
    orientations: tuple[str, ...]
    shape: tuple[int, ...]
    is_complex: bool = False
    interior: tuple[tuple[int, int], ...] = ()

    @property
    def size(self) -> int:
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
        return np.zeros(0, self.dtype).real.dtype

    @cached_property
    def size(self) -> int:
        """Real numbers in the vector."""
        return sum(block.size * len(block.orientations) for block in self.blocks)

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
                start += block.size
        return places

    def block(self, band: tuple[int, str]) -> Block:
        """Return the block that holds `band`.

        Raises
        ------
        KeyError
            If there is no such band; the message lists those there are.
        """
        return self._place(band)[1]

    def interior(self, band: tuple[int, str]) -> tuple[slice, ...]:
        """Return the slices of `band` that lie on the signal itself."""
        block = self.block(band)
        return tuple(slice(*ends) for ends in block.interior) or (slice(None),) * len(block.shape)

    def parent(self, band: tuple[int, str]) -> Band | None:
        """Return the band of the same orientation one level coarser, or None at the coarsest."""
        level, orientation = self._place(band) and band
        above = Band(level + 1, orientation)
        return above if above in self._places else None

    def _place(self, band: tuple[int, str]) -> tuple[int, Block]:
        try:
            return self._places[Band(*band)]
        except (KeyError, TypeError):
            names = ", ".join(f"({level}, {word!r})" for level, word in self.bands)
            raise KeyError(
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


class Coefficients:
    """The coefficients of one signal under one transform.

    Parameters
    ----------
    layout : Layout
        Where every coefficient lives; fixed from here on.
    vector : ndarray, shape (layout.size,), optional
        All coefficients, in ``layout.real_dtype``; used as it is, not copied. Zeros if left out.
    aux : mapping of str to ndarray, optional
        The integer arrays that `layout.aux` declares. Zeros if left out.

    Raises
    ------
    ValueError, TypeError
        If `vector` or `aux` does not fit the layout.

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> c = si.SWT("haar", levels=2).forward(np.arange(8.0))
    >>> c.bands
    (Band(level=2, orientation='a'), Band(level=2, orientation='d'), Band(level=1, orientation='d'))
    >>> c[1, "d"].shape, c.vector.shape
    ((8,), (24,))
    >>> c[1, "d"] = 0.0
    >>> float(abs(c.detail(1)).max())
    0.0
    """

    __slots__ = ("_aux", "_layout", "_vector")
    __array_ufunc__ = None  # so that ``np.float64(2) * c`` asks us instead of making an object array

    def __init__(
        self, layout: Layout, vector: NDArray[Any] | None = None, aux: Mapping[str, NDArray[Any]] | None = None
    ) -> None:
        if vector is None:
            vector = np.zeros(layout.size, layout.real_dtype)
        elif not isinstance(vector, np.ndarray) or vector.dtype != layout.real_dtype:
            raise TypeError(
                f"vector is {getattr(vector, 'dtype', type(vector).__name__)}; {layout.spec} of a {layout.dtype} "
                f"signal needs a {layout.real_dtype} array."
            )
        elif vector.shape != (layout.size,) or not vector.flags.c_contiguous:
            raise ValueError(
                f"vector has shape {vector.shape}; {layout.spec} of shape {layout.shape} needs {(layout.size,)}, "
                f"contiguous."
            )
        given = dict(aux or {})
        if aux is not None and set(given) != {name for name, _ in layout.aux}:
            raise ValueError(
                f"aux has {sorted(given)}; {layout.spec} declares {sorted(name for name, _ in layout.aux)}."
            )
        self._layout = layout
        self._vector = vector
        self._aux = MappingProxyType({name: _aux_array(given.get(name), name, sizes) for name, sizes in layout.aux})

    @property
    def layout(self) -> Layout:
        """Where every coefficient lives."""
        return self._layout

    @property
    def vector(self) -> NDArray[Any]:
        """Every coefficient, as one contiguous real array; writable."""
        return self._vector

    @property
    def aux(self) -> Mapping[str, NDArray[np.int64]]:
        """Integer arrays that are not coefficients, by name; writable."""
        return self._aux

    @property
    def bands(self) -> tuple[Band, ...]:
        """Every band, in the order it is stored."""
        return self._layout.bands

    def __getitem__(self, band: tuple[int, str]) -> NDArray[Any]:
        start, block = self._layout._place(band)
        return self._view(start, block, ())

    def __setitem__(self, band: tuple[int, str], values: NDArray[Any] | complex) -> None:
        target = self[band]
        given = np.asarray(values)
        if given.ndim and given.shape != target.shape:
            raise ValueError(
                f"band {tuple(band)} has shape {target.shape}, and {given.shape} was assigned. Give it that shape."
            )
        if given.dtype.kind not in "biufc":
            raise TypeError(f"band {tuple(band)} was assigned {given.dtype}, not numbers.")
        if given.dtype.kind == "c" and target.dtype.kind != "c":
            raise TypeError(
                f"band {tuple(band)} is real, and complex values were assigned. "
                f"Take .real, or transform a complex signal."
            )
        target[...] = given

    @property
    def approx(self) -> NDArray[Any]:
        """The approximation, a writable view."""
        return self[self._layout.approximation]

    def detail(self, level: int, orientation: str | None = None) -> NDArray[Any]:
        """Return the details of a level, a writable view.

        Parameters
        ----------
        level : int
            1 is the finest.
        orientation : str, optional
            One band. Without it the whole level: the band itself if the level has only one
            (signals), else a stack with the orientations first, in the order of `bands`.
        """
        if orientation is not None:
            return self[level, orientation]
        words = [word for at, word in self._layout.details if at == level]
        if not words:
            known = sorted({at for at, _ in self._layout.details})
            raise KeyError(f"level={level} has no details in {self._layout.spec}. Use one of {known}.")
        start, block = self._layout._place((level, words[0]))
        return self._view(start, block, (len(words),) if len(words) > 1 else ())

    def interior(self, band: tuple[int, str]) -> NDArray[Any]:
        """Return the part of `band` that lies on the signal itself, a writable view."""
        return self[band][self._layout.interior(band)]

    def _view(self, start: int, block: Block, stack: tuple[int, ...]) -> NDArray[Any]:
        part = self._vector[start : start + block.size * math.prod(stack)]
        if block.is_complex:
            part = part.view(np.result_type(part.dtype, np.complex64))
        return part.reshape(stack + block.shape)

    def map(self, f: Callable[..., Any]) -> Coefficients:
        """Return new coefficients with `f` applied to every band.

        Parameters
        ----------
        f : callable
            ``f(values)`` or ``f(values, band)``; returns an array of the same shape, or a number.

        Examples
        --------
        >>> import numpy as np, shiftinv as si
        >>> c = si.DWT("haar", levels=1).forward([1.0, 3.0])
        >>> c.map(lambda values, band: values if band.orientation == "a" else 0).vector.round(3)
        array([2.828, 0.   ])
        """
        mapped = self.copy()
        with_band = _takes_two(f)
        for band in self.bands:
            mapped[band] = f(self[band], band) if with_band else f(self[band])
        return mapped

    def norm(self) -> float:
        """Return the 2-norm of the vector."""
        largest = float(np.max(np.abs(self._vector), initial=0))
        if not 0 < largest < math.inf:
            return largest
        return largest * float(np.linalg.norm(self._vector / np.float64(largest)))

    def energy(self) -> NDArray[np.float64]:
        """Return the sum of squared magnitudes of every band, shape (bands,), in layout order."""
        places = (self._layout._place(band) for band in self.bands)
        parts = (self._vector[start : start + block.size].astype(np.float64) for start, block in places)
        return np.array([part @ part for part in parts])

    def copy(self) -> Coefficients:
        """Return coefficients that share nothing with these but the layout."""
        return Coefficients(
            self._layout, self._vector.copy(), {name: array.copy() for name, array in self._aux.items()}
        )

    def equals(self, other: Coefficients) -> bool:
        """Return whether layout, vector and auxiliary arrays are all equal."""
        return self._same_structure(other) and bool(np.array_equal(self._vector, other.vector))

    def _same_structure(self, other: Coefficients) -> bool:
        return (
            isinstance(other, Coefficients)
            and self._layout == other.layout
            and all(np.array_equal(array, other.aux[name]) for name, array in self._aux.items())
        )

    def _with(self, vector: NDArray[Any]) -> Coefficients:
        return Coefficients(self._layout, vector, {name: array.copy() for name, array in self._aux.items()})

    def _operand(self, other: Coefficients) -> NDArray[Any]:
        if self._layout != other.layout:
            raise ValueError(
                f"coefficients of {self._layout.spec} (shape {self._layout.shape}) and of {other.layout.spec} "
                f"(shape {other.layout.shape}) cannot be combined. Transform both signals alike."
            )
        if not self._same_structure(other):
            raise ValueError("these coefficients differ in aux (phases or choices) and cannot be combined.")
        return other.vector

    def __add__(self, other: Coefficients) -> Coefficients:
        return self._with(self._vector + self._operand(other)) if isinstance(other, Coefficients) else NotImplemented

    def __sub__(self, other: Coefficients) -> Coefficients:
        return self._with(self._vector - self._operand(other)) if isinstance(other, Coefficients) else NotImplemented

    def __mul__(self, factor: float) -> Coefficients:
        if isinstance(factor, (complex, np.complexfloating)):
            raise TypeError(f"factor={factor!r} is complex, and the vector is real. Scale the complex bands with map.")
        if not isinstance(factor, (int, float, np.integer, np.floating)):
            return NotImplemented
        return self._with(self._vector * float(factor))

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Coefficients:
        if isinstance(divisor, (complex, np.complexfloating)):
            raise TypeError(
                f"divisor={divisor!r} is complex, and the vector is real. Scale the complex bands with map."
            )
        if not isinstance(divisor, (int, float, np.integer, np.floating)):
            return NotImplemented
        if not divisor:
            raise ZeroDivisionError("coefficients divided by zero")
        return self._with(self._vector / float(divisor))

    def __neg__(self) -> Coefficients:
        return self._with(-self._vector)

    def __repr__(self) -> str:
        layout = self._layout
        return (
            f"<Coefficients of {layout.spec}, signal shape {layout.shape}, {layout.dtype}: "
            f"{len(layout.bands)} bands, redundancy {layout.redundancy:.3g}>"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Coefficients, (self._layout, self._vector, dict(self._aux))

    def save(self, path: str | PathLike[str]) -> None:
        """Write layout, vector and auxiliary arrays to a NumPy archive, replacing `path` in one step."""
        arrays: dict[str, Any] = {f"aux.{name}": array for name, array in self._aux.items()}
        with replacing(path) as file:
            np.savez(file, format=FORMAT, layout=self._layout.to_json(), vector=self._vector, **arrays)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Coefficients:
        """Return the coefficients that `save` wrote to `path`. Needs no transform, unpickles nothing."""
        with open(path, "rb") as file:
            try:
                with np.load(file, allow_pickle=False) as archive:
                    if str(archive["format"]) != FORMAT:
                        raise ValueError(f"its format is {archive['format']}")
                    layout = Layout.from_json(str(archive["layout"]))
                    return cls(layout, archive["vector"], {name: archive[f"aux.{name}"] for name, _ in layout.aux})
            except (ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
                raise ValueError(
                    f"{path} is not a file of coefficients ({FORMAT}): {error}. Use one written by Coefficients.save."
                ) from None

    def to_pywt(self) -> list[Any]:
        """Return the coefficients in PyWavelets' multilevel form, as views.

        Returns
        -------
        list
            ``[a_J, d_J, …, d_1]`` for one transformed axis, as `pywt.wavedec` and
            ``pywt.swt(trim_approx=True)`` give it; ``[a_J, {"ad": …}, …]`` for more, as
            `pywt.wavedecn` and ``pywt.swtn(trim_approx=True)``.
        """
        levels = range(self._layout.levels, 0, -1)
        if len(self._layout.axes) == 1:
            return [self.approx, *(self[level, "d"] for level in levels)]
        details = self._layout.details
        return [self.approx, *({word: self[at, word] for at, word in details if at == level} for level in levels)]

    @classmethod
    def from_pywt(cls, coefficients: Sequence[Any], layout: Layout) -> Coefficients:
        """Return coefficients in PyWavelets' multilevel form (see `to_pywt`) as coefficients of `layout`."""
        if len(coefficients) != layout.levels + 1:
            raise ValueError(
                f"coefficients has {len(coefficients)} entries; {layout.spec} has {layout.levels} levels and needs "
                f"{layout.levels + 1}: the approximation and the details from coarse to fine."
            )
        filled = cls(layout)
        filled[layout.approximation] = coefficients[0]
        for level in range(layout.levels, 0, -1):
            entry = coefficients[1 + layout.levels - level]
            words = [word for at, word in layout.details if at == level]
            given = entry if isinstance(entry, Mapping) else dict.fromkeys(words, entry)
            if set(given) != set(words):
                missing = [(level, word) for word in words if word not in given]
                raise ValueError(f"level {level} has {sorted(given)}; {layout.spec} needs {words}: missing {missing}.")
            for word in words:
                filled[level, word] = given[word]
        return filled


def _aux_array(given: NDArray[Any] | None, name: str, sizes: tuple[int, ...]) -> NDArray[np.int64]:
    if given is None:
        return np.zeros(sizes, np.int64)
    array = np.asarray(given)
    if array.dtype.kind not in "iu" or array.shape != sizes:
        raise ValueError(
            f"aux[{name!r}] has dtype {array.dtype} and shape {array.shape}. Use integers of shape {sizes}."
        )
    return array.astype(np.int64, copy=False)


def _takes_two(f: Callable[..., Any]) -> bool:
    """Return whether `f` wants (values, band): two positional parameters without a default."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # ufuncs and some built-ins have no signature
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in positional and p.default is p.empty for p in parameters) == 2
