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

from . import checks, interchange
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
            (signals), else a stack with the orientations first, in the order of `bands`. A band stored apart from
            the others of its level, as the residual of a steerable pyramid, is not in the stack; name it.
        """
        if orientation is not None:
            return self[level, orientation]
        words = [word for at, word in self._layout.details if at == level]
        if not words:
            known = sorted({at for at, _ in self._layout.details})
            raise checks.Missing(f"level={level} has no details in {self._layout.spec}. Use one of {known}.")
        start, block = self._layout.place((level, words[0]))
        alike = (len(block.orientations), block.shape, block.is_complex)
        blocks = (self._layout.block((level, word)) for word in words)
        count = sum((len(other.orientations), other.shape, other.is_complex) == alike for other in blocks)
        return self._view(start, block, (count,) if count > 1 else ())

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

        Raises
        ------
        ValueError
            If there are wavelet packets, for which this form has no place.
        """
        return interchange.to_pywt(self._layout, self._views())

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
        return cls._filled(layout, interchange.from_pywt(coefficients, layout))

    def to_dtcwt(self) -> interchange.Pyramid:
        """Return the coefficients as the package dtcwt holds them, in arrays of their own.

        Returns
        -------
        Pyramid
            A tuple ``(lowpass, highpasses)`` with these attributes, which ``dtcwt.Transform2d(biort, qshift).inverse``
            takes as it is. ``highpasses[level - 1]`` is a complex array with the 6 orientations of an image along
            its last axis, "+15", "+45", "+75", "-75", "-45", "-15", or the 28 of a volume. The
            arrays of a signal are (samples, channels), with one channel for a signal of one axis.

        Raises
        ------
        ValueError
            If dtcwt has no such transform: it knows `DTCWT` with ``boundary="symmetric"`` alone, of one signal or
            of the columns of a table (``axes=0``), of one image, or of one volume.

        Notes
        -----
        The package must be given the same banks by name; its own defaults are "near_sym_a" and "qshift_a". An odd
        length comes back from its inverse with the last sample repeated.

        Examples
        --------
        >>> import numpy as np, shiftinv as si
        >>> T = si.DTCWT("near_sym_a", "qshift_a", levels=2, boundary="symmetric")
        >>> c = T.forward(np.eye(16))
        >>> lowpass, highpasses = c.to_dtcwt()
        >>> lowpass.shape, [band.shape for band in highpasses]
        ((8, 8), [(8, 8, 6), (4, 4, 6)])
        >>> bool((highpasses[0][..., 1] == c[1, "+45"]).all())
        True
        """
        return interchange.to_dtcwt(self._layout, self._views())

    @classmethod
    def from_dtcwt(cls, pyramid: Any, layout: Layout) -> Coefficients:
        """Return what the package dtcwt computed as coefficients of `layout`.

        Parameters
        ----------
        pyramid : dtcwt.Pyramid or tuple
            An object with the attributes ``lowpass`` and ``highpasses``, or the two as a tuple, in the form of
            `to_dtcwt`. A level that is None stands for zeros, as in volumes made with ``discard_level_1=True``.
        layout : Layout
            Of the same transform, ``DTCWT(…, boundary="symmetric").layout(x.shape, x.dtype)``. Banks and number
            of levels must be those of the pyramid, which does not name its banks.

        Raises
        ------
        ValueError
            If the layout's transform is none of dtcwt's, or levels, orientations or shapes are others than
            the layout's.
        TypeError
            If `layout` is not a layout, or `pyramid` no pyramid.

        Examples
        --------
        >>> import numpy as np, shiftinv as si
        >>> T = si.DTCWT(levels=3, boundary="symmetric")
        >>> c = T.forward(np.arange(20.0))
        >>> si.Coefficients.from_dtcwt(c.to_dtcwt(), T.layout(20)).equals(c)
        True
        """
        _check_layout(layout)
        return cls._filled(layout, interchange.from_dtcwt(pyramid, layout))

    def _views(self) -> dict[Band, NDArray[Any]]:
        return {band: self[band] for band in self.bands}

    @classmethod
    def _filled(cls, layout: Layout, values: Mapping[Band, Any]) -> Coefficients:
        filled = cls(layout)
        for band, given in values.items():
            filled[band] = given
        return filled


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
