"""Every check of an argument and every sentence that refuses one.

Public entry points call these functions; nothing below them checks again.
A refusal says which argument, what it was, the rule, and what to do instead.
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
import os
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = [
    "CacheWarning",
    "PrecisionWarning",
    "ShiftWarning",
    "ShiftinvWarning",
    "all_finite",
    "applied",
    "axes",
    "channel",
    "choice",
    "colours",
    "computing_dtype",
    "divisible",
    "finite",
    "integer",
    "keywords",
    "levels",
    "multiples",
    "non_negative",
    "numbers",
    "ordered",
    "output",
    "real_dtype",
    "real_series",
    "shape",
    "signal",
    "thresholds",
]

P = ParamSpec("P")
R = TypeVar("R")


class ShiftinvWarning(UserWarning):
    """The parent of every warning this library gives."""


class PrecisionWarning(ShiftinvWarning):
    """The input carries more precision than the computation keeps."""


class ShiftWarning(ShiftinvWarning):
    """A list of shifts was not used as it was given."""


class CacheWarning(ShiftinvWarning):
    """Compiled kernels could not be kept on disk; the results are not affected."""


class Missing(KeyError):
    """A KeyError that shows its sentence as it is, without quotes around it."""

    def __str__(self) -> str:
        return str(self.args[0])


def kind_of(value: object) -> str:
    """Return what `value` is, with its article: "an int", "a list", "a string", "the class SWT"."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if value is None or isinstance(value, bytes):
        return "None" if value is None else "bytes"
    name = {"str": "string", "bool": "boolean"}.get(type(value).__name__, type(value).__name__)
    spelled = name.isupper() or name.startswith("nd")  # letters are read one by one: an SWT, an ndarray
    return f"{'an' if name[0] in ('AEFHILMNORSXn' if spelled else 'AEIOUaeiou') else 'a'} {name}"


def choice(value: object, allowed: Collection[str], name: str) -> str:
    """Return `value` if it is one of `allowed`, else refuse it with the closest names."""
    if isinstance(value, str) and value in allowed:
        return value
    known = ", ".join(repr(item) for item in allowed)
    if not isinstance(value, str):
        raise TypeError(f"{name}={value!r} is not a string. Use one of {known}.")
    raise ValueError(f"{name}={value!r} is unknown. {did_you_mean(value, allowed)}Use one of {known}.")


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return ``'Did you mean …? '`` with the known words closest to `word`, or nothing."""
    import difflib  # only a refusal needs it

    lowered = {item.lower(): item for item in known}
    close = [lowered[item] for item in difflib.get_close_matches(word.lower(), lowered, n=3)]
    return f"Did you mean {' or '.join(map(repr, close))}? " if close else ""


def keywords(elsewhere: Mapping[str, str]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function refuse arguments it does not have with the argument that does the same here.

    Parameters
    ----------
    elsewhere : mapping of str to str
        By arguments that similar functions of other libraries have, the sentence that says what to write instead.
    """

    def decorate(f: Callable[P, R]) -> Callable[P, R]:
        known = inspect.signature(f).parameters

        @functools.wraps(f)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            for word in kwargs:
                if word not in known:
                    hint = elsewhere.get(word) or f"{did_you_mean(word, known)}Use some of {', '.join(known)}."
                    raise TypeError(f"{f.__name__} has no argument {word!r}. {hint}")
            return f(*args, **kwargs)

        return checked

    return decorate


def integer(value: object, name: str, minimum: int) -> int:
    """Return `value` as an int of at least `minimum`; bools and floats are refused."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}={value!r} is a boolean. Use an integer >= {minimum}.")
    if isinstance(value, str) and value.strip().lstrip("+-").isdecimal():
        raise TypeError(f"{name}={value!r} is a string. Write {int(value)}.")
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name}={value!r} is {kind_of(value)}. Use an integer >= {minimum}.") from None
    if number < minimum:
        raise ValueError(f"{name}={number} is too small. Use an integer >= {minimum}.")
    return number


def finite(value: object, name: str) -> float:
    """Return `value` as a finite float."""
    return _number(value, name, "a finite number", lambda _: True)


def non_negative(value: object, name: str) -> float:
    """Return `value` as a finite float that is not negative."""
    return _number(value, name, "a finite number >= 0", lambda number: number >= 0)


def positive(value: object, name: str) -> float:
    """Return `value` as a finite float above zero."""
    return _number(value, name, "a finite number > 0", lambda number: number > 0)


def _number(value: object, name: str, rule: str, holds: Callable[[float], bool]) -> float:
    try:
        number = float("no number" if isinstance(value, (str, bool, np.bool_)) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(f"{name}={value!r} is not a number. Use {rule}.") from None
    if not math.isfinite(number) or not holds(number):
        raise ValueError(f"{name}={number} is not allowed. Use {rule}.")
    return number


def real_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return the real dtype of the parts of `dtype`."""
    return np.zeros(0, dtype).real.dtype


def computing_dtype(dtype: DTypeLike, name: str = "dtype", stacklevel: int = 4) -> np.dtype[Any]:
    """Return the dtype a signal of `dtype` is computed in.

    float32, float64, complex64 and complex128 stay; float16 becomes float32; integers and
    booleans become float64; extended precision becomes double, with a `PrecisionWarning`.
    """
    given = np.dtype(dtype)
    if given.kind in "biu":
        return np.dtype(np.float64)
    if given.kind not in "fc":
        remedy = f"Convert it first, for instance with np.asarray({name}, dtype=float)"
        if given.names:
            remedy = f"Take one of its fields, for instance {name}[{given.names[0]!r}]"
        raise TypeError(f"{name} has dtype {given}, which holds no numbers to transform. {remedy}.")
    double = np.dtype(np.complex128 if given.kind == "c" else np.float64)
    if given.itemsize > double.itemsize:
        warnings.warn(
            f"{name} has dtype {given}; the transform computes in {double}. "
            f"Convert it yourself to silence this warning.",
            PrecisionWarning,
            stacklevel=stacklevel,
        )
        return double
    if given.itemsize == 2:
        return np.dtype(np.float32)
    return given.newbyteorder("=")


def real_signal(dtype: np.dtype[Any], transform: str) -> None:
    """Refuse the dtype of a complex signal."""
    if dtype.kind == "c":
        raise TypeError(
            f"the signal is {dtype}, and {transform} takes real signals only. "
            f"Transform x.real and x.imag one after the other."
        )


def signal(x: ArrayLike, name: str = "x", stacklevel: int = 4) -> NDArray[Any]:
    """Return `x` as a C-contiguous array in the dtype it is computed in.

    The result may be `x` itself; it is only ever read. A warning is about the caller's caller, or `stacklevel` - 4
    calls further out.
    """
    if isinstance(x, (str, bytes, os.PathLike)):
        raise TypeError(
            f"{name}={x!r} is {kind_of(x)}, not an array of samples. If it names a file, load it first, "
            f"for instance with shiftinv.files.read_signal."
        )
    if isinstance(x, np.ma.MaskedArray) and np.ma.is_masked(x):
        raise TypeError(
            f"{name} has {int(np.sum(np.ma.getmaskarray(x)))} masked values, which a transform cannot skip. "
            f"Fill them first, for instance with {name}.filled(value)."
        )
    if type(x).__module__.startswith("scipy.sparse"):
        raise TypeError(f"{name} is a sparse matrix. Use {name}.toarray().")
    try:
        given = np.asarray(x)
    except ValueError as error:
        raise ValueError(f"{name} is not a rectangular array ({error}). Give every row the same length.") from None
    if given.ndim == 0 and given.dtype.kind == "O":
        listed = isinstance(x, Iterable) and not isinstance(x, Mapping)
        remedy = f"Use list({name})" if listed else "Use an array of samples"
        raise TypeError(f"{name} is {kind_of(x)}, which holds no numbers to transform. {remedy}.")
    dtype = computing_dtype(given.dtype, name, stacklevel)
    if given.ndim == 0:
        raise ValueError(f"{name}={x!r} has no axis, and a transform needs at least one axis. Use an array of samples.")
    return np.ascontiguousarray(given, dtype=dtype)


def applied(f: Callable[[NDArray[Any]], Any], x: NDArray[Any], name: str, remedy: str) -> NDArray[Any]:
    """Return what the function `f`, the argument called `name`, makes of `x`, as an array of its own.

    The function gets a copy, which it may write into, and may write into what it returned when it is called again.
    """
    return numbers(f(x.copy()), name, remedy)


def numbers(value: object, name: str, remedy: str) -> NDArray[Any]:
    """Return what the function called `name` returned as an array of its own that can be subtracted and squared.

    Integers and booleans become float64, and float16 becomes float32.
    """
    what = f"{name} returned {kind_of(value)}"
    try:
        given = np.asarray(value)
    except ValueError:
        raise TypeError(f"{what} of parts with different shapes, not one array of numbers. {remedy}") from None
    except TypeError as error:
        raise TypeError(f"{what}, not one array of numbers. {error}") from None
    if np.ma.is_masked(value):
        raise TypeError(f"{what} with masked values, which have no number. {remedy}")
    if given.dtype.kind not in "biufc":
        held = "" if given.dtype.kind == "O" or np.isscalar(value) else f" of {given.dtype}"
        raise TypeError(f"{what}{held}, not one array of numbers. {remedy}")
    small = {"b": np.float64, "i": np.float64, "u": np.float64, "f": np.float32 if given.itemsize == 2 else None}
    return np.array(given, small.get(given.dtype.kind), order="C")


def real_series(x: ArrayLike, name: str = "x") -> NDArray[np.float64]:
    """Return `x` in double precision if it is real and finite."""
    values = signal(x, name)
    if values.dtype.kind == "c":
        raise TypeError(f"{name} is {values.dtype}, and this is for real series. Use {name}.real and {name}.imag.")
    all_finite(values, name)
    return values.astype(np.float64, copy=False)


def all_finite(values: NDArray[Any], name: str) -> None:
    """Refuse values of which some are NaN or infinite."""
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        first = bad[0].tolist()
        raise ValueError(
            f"{name} holds {len(bad)} {'value that is' if len(bad) == 1 else 'values that are'} not finite, the first "
            f"at index {first[0] if len(first) == 1 else tuple(first)}. Fill the gaps, or leave them out."
        )


def thresholds(t: ArrayLike, name: str, within: tuple[int, ...]) -> NDArray[np.float64]:
    """Return thresholds as finite numbers that are not negative and broadcast to the shape `within`."""
    try:
        given = np.asarray(t)
    except ValueError as error:
        raise ValueError(f"{name} is not a rectangular array ({error}). Give every row the same length.") from None
    if given.dtype.kind not in "iuf":
        raise TypeError(f"{name} is {kind_of(t)} of {given.dtype}. Use a number >= 0, or an array of them.")
    wrong = given[~(np.isfinite(given) & (given >= 0))]
    if wrong.size:
        raise ValueError(f"{name} holds {wrong[0]}, which is not allowed. Use finite numbers >= 0.")
    if given.ndim > len(within) or any(n not in (1, m) for n, m in zip(given.shape[::-1], within[::-1], strict=False)):
        raise ValueError(
            f"{name} has shape {given.shape}, which does not broadcast to {within}. Use one number, or one per value."
        )
    return given.astype(np.float64)


def shape(value: object, name: str = "shape") -> tuple[int, ...]:
    """Return a shape as a tuple of ints; one integer is one axis."""
    if isinstance(value, np.ndarray) and value.ndim:
        raise TypeError(f"{name} is an array of shape {value.shape}, not a shape. Pass x.shape.")
    sizes = value if isinstance(value, (tuple, list)) else (value,)
    checked = tuple(integer(size, name, 0) for size in sizes)
    if not checked:
        raise ValueError(f"{name}=() has no axis, and a transform needs at least one axis.")
    return checked


def axes(value: int | Sequence[int] | None, name: str = "axes") -> tuple[int, ...] | None:
    """Return axes as a tuple of ints, or None for all axes; whether they exist shows with a shape."""
    if value is None:
        return None
    listed = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for axis in listed:
        if isinstance(axis, (bool, np.bool_)) or not isinstance(axis, (int, np.integer)):
            raise TypeError(f"{name}={value!r} holds {axis!r}. Use integers, or None for all axes.")
    if not listed:
        raise ValueError(f"{name}=() names no axis. Use at least one, or None for all axes.")
    return tuple(int(axis) for axis in listed)


def axes_of(value: tuple[int, ...] | None, sizes: tuple[int, ...], name: str = "axes") -> tuple[int, ...]:
    """Return the axes named by `value` in an array of shape `sizes`, counted from 0 and in order."""
    if value is None:
        return tuple(range(len(sizes)))
    for axis in value:
        if not -len(sizes) <= axis < len(sizes):
            raise np.exceptions.AxisError(
                f"{name}={value} is out of range for an array of shape {sizes}. "
                f"Use axes from {-len(sizes)} to {len(sizes) - 1}."
            )
    counted = sorted(axis % len(sizes) for axis in value)
    if len(set(counted)) < len(counted):
        raise ValueError(f"{name}={value} names an axis twice in an array of shape {sizes}. Name each axis once.")
    return tuple(counted)


def transformed_sizes(sizes: tuple[int, ...], axes: tuple[int, ...], name: str = "x") -> tuple[int, ...]:
    """Return the lengths of the transformed axes, none of them 0."""
    for axis in axes:
        if not sizes[axis]:
            raise ValueError(
                f"{name} has shape {sizes}, with no sample along axis {axis}; a transform needs at least 1 sample. "
                f"Use a longer signal, or leave the axis out of axes."
            )
    return tuple(sizes[axis] for axis in axes)


def channel(channel_axis: object, axes_given: int | Sequence[int] | None, sizes: tuple[int, ...]) -> int:
    """Return the place of `channel_axis`, which must not be one of the axes that were given for the transform."""
    given = integer(channel_axis, "channel_axis", -len(sizes))
    if given >= len(sizes):
        raise np.exceptions.AxisError(
            f"channel_axis={given} is out of range for an array of shape {sizes}. "
            f"Use an axis from {-len(sizes)} to {len(sizes) - 1}."
        )
    place = given % len(sizes)
    own = axes(axes_given)
    if own is not None and place in axes_of(own, sizes):
        raise ValueError(f"axes={axes_given} names channel_axis={channel_axis} too. Leave it out of axes.")
    if len(sizes) == 1:
        raise ValueError(f"channel_axis={given} is the only axis of shape {sizes}. Leave channel_axis out.")
    return place


def colours(sizes: tuple[int, ...], stacklevel: int) -> None:
    """Warn of a volume that looks like a colour image."""
    if len(sizes) == 3 and sizes[-1] in (3, 4) and min(sizes[:2]) >= 16:
        warnings.warn(
            f"x of shape {sizes} is taken for a volume. If it is an image of {sizes[-1]} channels, use "
            f"channel_axis=-1; if it is a volume, axes=(0, 1, 2) says so.",
            ShiftinvWarning,
            stacklevel=stacklevel,
        )


def multiples(sizes: tuple[int, ...], levels: int, what: str, otherwise: str = "") -> None:
    """Refuse transformed lengths that 2^levels does not divide."""
    step = 2**levels
    for n in sizes:
        if n % step:
            deepest = (n & -n).bit_length() - 1
            fewer = f"levels<={deepest}" if deepest else "an even length"
            raise ValueError(
                f"levels={levels}: {what} needs lengths that 2^{levels} = {step} divides, and one is {n}. "
                + (f"Crop it, for instance to {n // step * step}, or use " if n > step else "Use a longer signal, or ")
                + f"{fewer}{', or ' * bool(otherwise)}{otherwise}."
            )


def divisible(sizes: tuple[int, ...], stride: int, what: str) -> None:
    """Refuse lengths that a stride does not divide: along their circles the last step would be a shorter one."""
    for n in sizes:
        if n % stride:
            remedy = f"Crop it, for instance to {n // stride * stride}" if n > stride else "Use a longer signal"
            raise ValueError(
                f"stride={stride}: {what} needs lengths that {stride} divides, and one is {n}. "
                f"{remedy}, or use another stride."
            )


def ordered(dtype: np.dtype[Any], layer: str) -> None:
    """Refuse the dtype of a complex signal, whose values have no order."""
    if dtype.kind == "c":
        raise TypeError(
            f"the signal is {dtype}, and {layer} asks which value is larger. Use np.abs(x), or its real and imaginary "
            f"parts one after the other."
        )


def levels(value: object, name: str = "levels") -> int | None:
    """Return a number of levels, or None for the deepest level the filter fits."""
    return None if value is None else integer(value, name, 0)


def output(out: NDArray[Any], expected: tuple[int, ...], dtype: np.dtype[Any], name: str = "out") -> NDArray[Any]:
    """Return `out` if a result of this shape and dtype can be written into it."""
    if not isinstance(out, np.ndarray):
        raise TypeError(f"{name} is {kind_of(out)}. Use an array of shape {expected} and dtype {dtype}.")
    if out.shape != expected or out.dtype != dtype or not out.flags.c_contiguous or not out.flags.writeable:
        raise ValueError(
            f"{name} has shape {out.shape}, dtype {out.dtype}, C-contiguous {out.flags.c_contiguous}, "
            f"writeable {out.flags.writeable}. Use np.empty({expected}, {dtype.name!r})."
        )
    return out


def apart(out: NDArray[Any], given: NDArray[Any], name: str, of: str) -> None:
    """Refuse an output that shares memory with the input."""
    if np.may_share_memory(out, given) and np.shares_memory(out, given):
        raise ValueError(f"{name} shares memory with {of}, which would be overwritten while it is read. Use a copy.")
