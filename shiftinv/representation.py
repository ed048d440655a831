"""The contracts: what a transform is, and the laws it keeps.

`Representation` maps a signal to coefficients. `Invertible` also maps them back.
`FrameTransform` is linear and has a true adjoint. The public methods here check their arguments
once. A transform implements the abstract methods, which may trust what they are given: a C-contiguous
array in the dtype of the layout, and coefficients of that layout to fill. These are

    Representation   `name`, `action`, `_layout`, `_forward`, `_act`; and `undecimated` if there is a sibling
    Invertible       `_inverse`; and `residual` if the inverse is only approximate
    FrameTransform   `_adjoint`, `_noise_gain`, `_mra`

Any other method with an underscore belongs to this module. One line in `shiftinv.registry` makes a
transform known by its name everywhere.

With T the forward map, R the inverse, T* the adjoint, S a circular shift, a and b real numbers, the laws are

    layout      forward(x) has exactly the blocks, dtype and bytes of layout(x.shape, x.dtype)
    inverse     R T x = x                                  (up to the declared residual)
    linearity   T(a x + b y) = a T x + b T y               (frames)
    adjoint     Re<T x, c> = Re<x, T* c> for every c       (frames; the inverse only if Parseval)
    frame       A|x|^2 <= |T x|^2 <= B|x|^2, with A = B where the layout says TIGHT or ORTHONORMAL
    action      T(S x) = act(T x, S) for the shifts that `action` and `layout.grid` name
    undecimated a band of T(S x) holds every s-th sample of the same band of the sibling, times sqrt(s) per axis
    batch       axes that are not transformed behave as a loop over their items

and `shiftinv.testing.check_transform` tests each of them on samples (of the frame law the equality of A
and B, not their values). The reverse of the frame law, that nothing else has A = B, is tested only
from 8 samples per axis.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from . import checks
from .catalogue import catalogued_name, spelled
from .coefficients import Coefficients
from .filters import DualTreeBank, FilterBank
from .groups import Shift, shift_of
from .layout import Band, Layout
from .workers import count as workers_asked

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator

__all__ = ["Action", "FrameTransform", "Invertible", "Representation", "freeze", "single_band"]


@dataclass(frozen=True)
class Action:
    """How coefficients answer to a shift of the signal, band by band.

    Parameters
    ----------
    kind : {"exact", "grid", "approximate"}
        "exact": `act` is exact for every whole shift. "grid": it is exact for the multiples of
        `layout.grid`. "approximate": it is never promised to be exact.
    method : str, optional
        What `act` does to a band where it is not exact.
    """

    kind: Literal["exact", "grid", "approximate"]
    method: str = ""

    def __str__(self) -> str:
        return f"{self.kind} ({self.method})" if self.method else self.kind


class Representation(ABC):
    """A map from signals to coefficients, described by a frozen value.

    A subclass is a frozen dataclass that holds no arrays, binds no shape and never changes its input:

    - ``@dataclass(frozen=True, init=False, repr=False)`` with an ``__init__`` that converts its arguments and
      stores them with `freeze`; if nothing is converted, ``@dataclass(frozen=True, repr=False)`` is enough.
    - The main argument comes first; only this one is written without its name in `repr` and `spec`.
    - A field is called as its argument, or names it in ``field(metadata={"argument": …})`` if a method has that name.
    - The number of levels is called ``levels``, and the transformed axes ``axes``, where it has them; None stands
      for what the layout resolves. A subclass with other names for them overrides `with_levels`.
    """

    name: ClassVar[str]  # what specs call it

    @property
    @abstractmethod
    def action(self) -> Action:
        """How coefficients answer to a shift of the signal."""

    @abstractmethod
    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        """Build the layout for a signal of this shape and computing dtype."""

    @abstractmethod
    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        """Fill `c` with the transform of `x`."""

    @abstractmethod
    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        """Fill `moved` with what `c` should become when the signal is shifted."""

    def undecimated(self) -> FrameTransform | None:
        """Return the sibling that keeps every sample of every band, or None.

        The sibling has the same bands by name. Where ``layout.grid`` is not None, and with levels and axes
        spelled out (`with_levels`), the sample m of a band of this transform on the signal shifted by k is

            sqrt(s) y[(s m - k) mod N]

        along each transformed axis, where y is the sibling's band on the unshifted signal, N its length,
        and s the ratio of the two bands' lengths, for each tree where a block interleaves several. Elsewhere
        nothing is promised.
        """
        return None

    def layout(self, shape: int | tuple[int, ...], dtype: DTypeLike = float) -> Layout:
        """Return where every coefficient lives, without any signal.

        Parameters
        ----------
        shape : int or tuple of int
            Of the signal, batch axes included.
        dtype : dtype-like, optional
            Of the signal.

        Returns
        -------
        Layout

        Raises
        ------
        ValueError
            If the transform does not fit this shape (levels, axes, empty axes).
        """
        return _cached_layout(self, checks.shape(shape), checks.computing_dtype(dtype, stacklevel=3))

    def forward(self, x: ArrayLike, *, out: Coefficients | None = None, workers: int = 1) -> Coefficients:
        """Transform a signal.

        Parameters
        ----------
        x : array_like, shape (…)
            The signal: any number of axes, any length >= 1. It is only read.
        out : Coefficients, optional
            Coefficients of an equal layout, to be overwritten and returned.
        workers : int, optional
            Threads to use, at most one per core; -1 for all cores. The result is the same to the bit.

        Returns
        -------
        Coefficients

        Raises
        ------
        TypeError
            If `x` holds no numbers, or masked ones.
        ValueError
            If the transform does not fit the shape of `x`, or `out` has another layout.
        """
        threads = workers_asked(workers)
        signal = checks.signal(x)
        layout = _cached_layout(self, signal.shape, signal.dtype)
        if out is None:
            out = Coefficients(layout, np.empty(layout.size, layout.real_dtype))
        else:
            self._check_layout(out, layout, "out")
            checks.apart(out.vector, signal, "out", "x")
        if signal.size:
            self._forward(signal, out, threads)
        return out

    def act(self, c: Coefficients, shift: int | tuple[int, ...]) -> Coefficients:
        """Return what the coefficients should become when the signal is shifted circularly.

        Parameters
        ----------
        c : Coefficients
            Of this transform.
        shift : int or tuple of int
            Samples to the right; one number per transformed axis, or one for all of them.

        Returns
        -------
        Coefficients
            Each band made from the same band of `c` alone: values permuted, interpolated or
            turned in phase, never mixed with another band. `action` and ``layout.grid`` say for
            which shifts this equals the transform of the shifted signal.
        """
        self._check_own(c)
        moved = Coefficients(c.layout, np.empty_like(c.vector))
        self._act(c, shift_of(shift, len(c.layout.axes)), moved)
        return moved

    def redundancy(self, shape: int | tuple[int, ...]) -> float:
        """Return the number of real coefficients per real sample at this shape."""
        return self.layout(shape).redundancy

    @property
    def spec(self) -> str:
        """The transform as a string that `shiftinv.transform` turns back into it."""
        return spec_of(self)

    def replace(self, **changes: Any) -> Self:
        """Return this transform with other arguments, by the names its constructor gives them.

        Examples
        --------
        >>> import shiftinv as si
        >>> si.SWT("sym8", levels=4).replace(levels=5, norm="unit")
        SWT('sym8', levels=5, norm='unit')
        """
        told = {_argument(field): getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]
        return type(self)(**(told | changes))

    def with_levels(self, levels: int | None, axes: tuple[int, ...] | None) -> Self:
        """Return this transform with other levels and axes, as a layout spells them out; it may have neither."""
        fields = {field.name for field in dataclasses.fields(self)}  # type: ignore[arg-type]
        told = {"levels": levels, "axes": axes}
        return self.replace(**{key: told[key] for key in told if key in fields})

    def __repr__(self) -> str:
        words = [
            repr(value) if positional else f"{key}={value!r}"
            for key, value, positional in _told(self, lambda bank: catalogued_name(bank) or bank)
        ]
        return f"{type(self).__name__}({', '.join(words)})"

    def _check_own(self, c: Coefficients) -> None:
        """Refuse coefficients that this transform did not make."""
        _check_kind(c, "c")
        self._check_layout(c, _cached_layout(self, c.layout.shape, np.dtype(c.layout.dtype)), "c")

    def _check_layout(self, c: Coefficients, expected: Layout, name: str) -> None:
        _check_kind(c, name)
        if c.layout is not expected and c.layout != expected:
            raise ValueError(
                f"{name} has coefficients of {c.layout.spec} (shape {c.layout.shape}, {c.layout.dtype}), not of "
                f"{expected.spec} (shape {expected.shape}, {expected.dtype}). Use the transform that made them."
            )


class Invertible(Representation):
    """A representation with an inverse."""

    @property
    def residual(self) -> float:
        """The relative error that the inverse is known to leave per level and axis; 0 where it is exact."""
        return 0.0

    @abstractmethod
    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        """Fill `x` with the signal that has the coefficients `c`."""

    def inverse(self, c: Coefficients, *, out: NDArray[Any] | None = None, workers: int = 1) -> NDArray[Any]:
        """Return the signal that has these coefficients.

        Parameters
        ----------
        c : Coefficients
            Of this transform.
        out : ndarray, optional
            C-contiguous, of the signal's shape and dtype, to be overwritten and returned.
        workers : int, optional
            Threads to use, as for `forward`.

        Returns
        -------
        ndarray
            Of the signal's shape, in the dtype it was computed in.

        Raises
        ------
        ValueError
            If `c` belongs to another transform, or `out` does not fit.
        """
        return self._back(self._inverse, c, out, workers)

    def _back(self, synthesis: Any, c: Coefficients, out: NDArray[Any] | None, workers: int) -> NDArray[Any]:
        threads = workers_asked(workers)
        self._check_own(c)
        dtype = np.dtype(c.layout.dtype)
        if out is None:
            x = np.empty(c.layout.shape, dtype)
        else:
            x = checks.output(out, c.layout.shape, dtype)
            checks.apart(x, c.vector, "out", "c")
        if x.size:
            synthesis(c, x, threads)
        return x


class FrameTransform(Invertible):
    """A linear transform with an inverse and a true adjoint."""

    @abstractmethod
    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        """Fill `x` with the adjoint applied to `c`."""

    @abstractmethod
    def _noise_gain(self, band: Band, layout: Layout) -> float:
        """Return the standard deviation in the band for white noise of standard deviation 1."""

    @abstractmethod
    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        """Return one component of `x` per band."""

    def _is_least_norm(self, layout: Layout) -> bool:  # noqa: ARG002
        """Return whether the inverse is (T*T)^-1 T* though the sibling's inverse is not the mean of it over all shifts.

        Of the layout only what it shares with that of the sibling counts: shape, dtype, axes and levels. `mra` is then
        the inverse of one band at a time.
        """
        return False

    def adjoint(self, c: Coefficients, *, out: NDArray[Any] | None = None, workers: int = 1) -> NDArray[Any]:
        """Return the adjoint T* applied to coefficients: Re<T x, c> = Re<x, T* c> for every x.

        It equals the inverse only where the frame is Parseval (orthonormal, or tight with A = 1).

        Parameters
        ----------
        c : Coefficients
            Of this transform.
        out : ndarray, optional
            C-contiguous, of the signal's shape and dtype, to be overwritten and returned.
        workers : int, optional
            Threads to use, as for `forward`.

        Returns
        -------
        ndarray
            Of the signal's shape.
        """
        return self._back(self._adjoint, c, out, workers)

    def noise_gain(self, band: tuple[int, str], shape: int | tuple[int, ...]) -> float:
        """Return the standard deviation in the band for white noise of standard deviation 1 in the signal.

        Parameters
        ----------
        band : (int, str)
            Level and orientation.
        shape : int or tuple of int
            Of the signal, ``x.shape``.

        Returns
        -------
        float
            Per real component, over the interior of the band. Multiply it by the noise's sigma.

        Raises
        ------
        KeyError
            If signals of this shape have no such band.
        TypeError
            If `shape` is the signal itself.

        Examples
        --------
        >>> import shiftinv as si
        >>> round(si.SWT("db4", levels=3).noise_gain((3, "d"), 1024), 12) == round(2**-1.5, 12)
        True
        """
        layout = self.layout(shape)
        try:
            layout.block(band)
        except KeyError as missing:
            raise checks.Missing(f"{missing} shape={layout.shape} must be the signal's own, x.shape.") from None
        return self._noise_gain(Band(*band), layout)

    def mra(self, x: ArrayLike) -> list[NDArray[Any]]:
        """Return the multiresolution analysis: one component per band, which add up to `x`.

        Parameters
        ----------
        x : array_like, shape (…)
            The signal.

        Returns
        -------
        list of ndarray, each of the shape of `x`
            In the order of ``layout.bands``: the approximation, then details from coarse to fine.

        Examples
        --------
        >>> import numpy as np, shiftinv as si
        >>> parts = si.SWT("haar", levels=2).mra([4.0, 2.0, 6.0, 0.0])
        >>> len(parts), sum(parts).round(12).tolist()
        (3, [4.0, 2.0, 6.0, 0.0])
        """
        signal = checks.signal(x)
        layout = _cached_layout(self, signal.shape, signal.dtype)
        return self._mra(signal, layout) if signal.size else [signal.copy() for _ in layout.bands]

    def as_linear_operator(self, shape: int | tuple[int, ...], dtype: DTypeLike = float) -> LinearOperator:
        """Return the transform of flattened real signals as a SciPy linear operator.

        Parameters
        ----------
        shape : int or tuple of int
            Of the signal.
        dtype : dtype-like, optional
            Of the signal, real.

        Returns
        -------
        scipy.sparse.linalg.LinearOperator
            ``matvec`` is the forward transform as a vector, ``rmatvec`` the adjoint.

        Raises
        ------
        ValueError
            If `dtype` is complex, or the transform does not fit the shape.
        """
        from scipy.sparse.linalg import LinearOperator

        layout = self.layout(shape, dtype)
        if layout.is_complex:
            raise ValueError(
                f"dtype={layout.dtype} is complex, and the vector of coefficients is real. "
                f"Use a real dtype, and real and imaginary part one after the other."
            )
        signal_shape = layout.shape
        return LinearOperator(
            (layout.size, int(np.prod(signal_shape))),
            matvec=lambda x: self.forward(np.asarray(x, layout.dtype).reshape(signal_shape)).vector,
            rmatvec=lambda v: self.adjoint(Coefficients(layout, np.ascontiguousarray(v, layout.dtype).ravel())).ravel(),
            dtype=layout.real_dtype,
        )


@lru_cache(maxsize=1024)
def _cached_layout(transform: Representation, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
    """Return the layout of a transform; the only cache shared between calls, beside the compiled kernels."""
    return transform._layout(shape, dtype)


def _check_kind(c: object, name: str) -> None:
    if not isinstance(c, Coefficients):
        raise TypeError(f"{name} is {checks.kind_of(c)}. Use Coefficients, as forward returns them.")


def freeze(transform: Representation, **values: object) -> None:
    """Set the fields of a frozen description, from its `__init__`."""
    for key, value in values.items():
        object.__setattr__(transform, key, value)


def single_band(transform: FrameTransform, c: Coefficients, band: Band) -> NDArray[Any]:
    """Return the inverse of `c` with every band but one set to zero."""
    alone = Coefficients(c.layout)
    alone[band] = c[band]
    return transform.inverse(alone)


def spec_of(transform: Representation) -> str:
    """Return ``name[:argument{,argument}]``; a transform or a tuple as an argument stands in parentheses."""
    words = []
    for key, value, positional in _told(transform, spelled):
        text = f"({value.spec})" if isinstance(value, Representation) else str(value).replace(" ", "")
        words.append(text if positional else f"{key}={text}")
    return f"{transform.name}:{','.join(words)}" if words else transform.name


def _told(transform: Representation, spell: Any) -> list[tuple[str, Any, bool]]:
    """Return (argument, value, positional) for the fields that must be told to rebuild `transform`."""
    told = []
    for index, item in enumerate(dataclasses.fields(transform)):  # type: ignore[arg-type]
        value = getattr(transform, item.name)
        if index and value == item.default:
            continue
        told.append(
            (_argument(item), spell(value) if isinstance(value, (FilterBank, DualTreeBank)) else value, not index)
        )
    return told


def _argument(field: dataclasses.Field[Any]) -> str:
    """Return what the constructor calls a field: its name, or another one in its metadata if a method has that name."""
    return str(field.metadata.get("argument", field.name))
