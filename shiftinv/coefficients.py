"""The one container: a layout (pure data) and a vector with every coefficient in it.

The vector is one contiguous array of the real dtype, and a band is a view of the part of it that the
layout names. A complex band is a view of interleaved pairs, so the dot product of two vectors is
the real inner product Re<a, b>.
"""

from __future__ import annotations

import inspect
import math
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from types import MappingProxyType
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from . import checks
from .files import replacing
from .layout import Band, Block, Layout

__all__ = ["Coefficients"]

FORMAT = "shiftinv.Coefficients/1"


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
        _check_layout(layout)
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

    def __array__(self, dtype: object = None, copy: object = None) -> NoReturn:
        raise TypeError("Coefficients are not one array: bands have shapes of their own. Use c.vector or c[band].")

    def __iter__(self) -> NoReturn:
        raise TypeError("Coefficients are not a sequence. Use c[band] for every band of c.bands, or c.vector.")

    def __getitem__(self, band: tuple[int, str]) -> NDArray[Any]:
        start, block = self._layout.place(band)
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

    @approx.setter
    def approx(self, values: NDArray[Any] | complex) -> None:
        self[self._layout.approximation] = values

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
            raise checks.Missing(f"level={level} has no details in {self._layout.spec}. Use one of {known}.")
        start, block = self._layout.place((level, words[0]))
        return self._view(start, block, (len(words),) if len(words) > 1 else ())

    def interior(self, band: tuple[int, str]) -> NDArray[Any]:
        """Return the part of `band` that lies on the signal itself, a writable view."""
        return self[band][self._layout.interior(band)]

    def _view(self, start: int, block: Block, stack: tuple[int, ...]) -> NDArray[Any]:
        part = self._vector[start : start + block.band_size * math.prod(stack)]
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
        # divided first, so that no square overflows, and in double, so that single precision is summed as exactly
        return largest * float(np.linalg.norm(np.divide(self._vector, largest, dtype=np.float64)))

    def energy(self) -> NDArray[np.float64]:
        """Return the sum of squared magnitudes of every band, shape (bands,), in layout order."""
        places = (self._layout.place(band) for band in self.bands)
        parts = (self._vector[start : start + block.band_size].astype(np.float64) for start, block in places)
        return np.array([part @ part for part in parts])

    def copy(self) -> Coefficients:
        """Return coefficients that share nothing with these but the layout."""
        return self._with(self._vector.copy())

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
        return self._with(self._vector * float(factor)) if _is_real(factor, "factor") else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Coefficients:
        if not _is_real(divisor, "divisor"):
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
                if not zipfile.is_zipfile(file):
                    raise ValueError("it is no NumPy archive")
                file.seek(0)
                with np.load(file, allow_pickle=False) as archive:
                    absent = {"format", "layout", "vector"} - set(archive)
                    if absent:
                        raise ValueError(f"it has no {sorted(absent)}")
                    if str(archive["format"]) != FORMAT:
                        raise ValueError(f"its format is {archive['format']}")
                    layout = Layout.from_json(str(archive["layout"]))
                    return cls(layout, archive["vector"], {name: archive[f"aux.{name}"] for name, _ in layout.aux})
            except (ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
                reason = "its arrays hold objects" if "allow_pickle" in str(error) else str(error).rstrip(".")
                raise ValueError(
                    f"{path} is not a file of coefficients ({FORMAT}): {reason}. Use one written by Coefficients.save."
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
        """Return coefficients in PyWavelets' multilevel form as coefficients of `layout`.

        Parameters
        ----------
        coefficients : list
            As `to_pywt` gives it, or `pywt.wavedec2` and ``pywt.swt2(trim_approx=True)``: a level of two transformed
            axes may be a tuple (horizontal, vertical, diagonal), which are "da", "ad" and "dd".
        layout : Layout
            Of the transform that they stand for, ``T.layout(x.shape, x.dtype)``.

        Raises
        ------
        ValueError
            If levels, orientations or shapes are others than the layout's.
        TypeError
            If `layout` is not a layout.
        """
        _check_layout(layout)
        if len(coefficients) and _is_untrimmed(coefficients[0], layout):
            raise ValueError(
                "coefficients has an approximation at every level, and only the coarsest is needed. "
                "Use trim_approx=True in PyWavelets."
            )
        if len(coefficients) != layout.levels + 1:
            raise ValueError(
                f"coefficients has {len(coefficients)} entries; {layout.spec} has {layout.levels} levels and needs "
                f"{layout.levels + 1}: the approximation and the details from coarse to fine."
            )
        filled = cls(layout)
        _assign(filled, layout.approximation, coefficients[0])
        for level, entry in zip(range(layout.levels, 0, -1), coefficients[1:], strict=True):
            words = [word for at, word in layout.details if at == level]
            given = _by_orientation(entry, words)
            if set(given) != set(words):
                missing = [(level, word) for word in words if word not in given]
                raise ValueError(f"level {level} has {sorted(given)}; {layout.spec} needs {words}: missing {missing}.")
            for word in words:
                _assign(filled, Band(level, word), given[word])
        return filled


def _is_untrimmed(entry: Any, layout: Layout) -> bool:
    """Return whether an entry is what PyWavelets' swt gives per level: an approximation and its details."""
    return layout.approximation.orientation in entry if isinstance(entry, Mapping) else isinstance(entry, tuple)


def _by_orientation(entry: Any, words: Sequence[str]) -> Mapping[str, Any]:
    """Return the details of one level by orientation, from any of PyWavelets' forms."""
    if isinstance(entry, Mapping):
        return entry
    if isinstance(entry, (tuple, list)) and set(words) == {"da", "ad", "dd"} and len(entry) == 3:
        return dict(zip(("da", "ad", "dd"), entry, strict=True))
    return dict.fromkeys(words, entry)


def _assign(c: Coefficients, band: Band, values: Any) -> None:
    """Fill a band with an array of PyWavelets, whose other modes give longer bands."""
    shape = np.shape(values)
    decimated = c[band].shape != c.layout.shape
    if decimated and len(shape) == c[band].ndim and shape > c[band].shape:
        raise ValueError(
            f"band {tuple(band)} has shape {c[band].shape}, and {shape} was given. "
            f"Use mode='periodization' in PyWavelets, and levels from coarse to fine."
        )
    c[band] = values


def _check_layout(layout: object) -> None:
    if not isinstance(layout, Layout):
        raise TypeError(f"layout={layout!r} is {checks.kind_of(layout)}. Use T.layout(shape) of a transform T.")


def _is_real(value: object, name: str) -> bool:
    """Return whether `value` is a real scalar; a complex one is refused."""
    if isinstance(value, (complex, np.complexfloating)):
        raise TypeError(f"{name}={value!r} is complex, and the vector is real. Scale the complex bands with map.")
    return isinstance(value, (int, float, np.integer, np.floating))


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
