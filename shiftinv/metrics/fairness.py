"""What may be measured with what: the subject of a measure, and the fairness rule.

A subject is a `Representation` or any callable that maps an array to an array. A circular
shift of a signal measures a transform only where the transform is circular too; elsewhere it
measures the seam between the signal's two ends. Such pairings are refused, unless the shifts are whole and the
signal is zero so far from both ends, at every shift, that no coefficient reaches from one to the other: then a
circular shift is a move within zeros, and the bands count where they lie on the signal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..groups import Group
from ..layout import Layout
from ..representation import Representation

__all__ = [
    "Subject",
    "UnfairPairing",
    "applied",
    "bands_of",
    "fair_layout",
    "fair_shifts",
    "joined",
    "numbers",
    "require_transform",
    "signal_and_axes",
    "steady",
]

Subject: TypeAlias = Representation | Callable[[NDArray[Any]], ArrayLike]

ONE_ARRAY = (
    "Return one array of numbers, for instance np.concatenate of the parts. "
    "For labels use shiftinv.metrics.consistency."
)


class UnfairPairing(ValueError):
    """The shift would measure the ends of the signal rather than the transform."""


def signal_and_axes(f: Subject, x: ArrayLike, name: str = "f") -> tuple[NDArray[Any], tuple[int, ...]]:
    """Return the signal as an array, and the axes along which it is shifted.

    Raises
    ------
    TypeError
        If `f`, the argument called `name`, is neither a transform nor a callable.
    UnfairPairing
        If `f` is a transform that is not circular at this shape.
    """
    if not callable(f):
        require_transform(f, name, "a transform, or a function of an array")
    signal = checks.signal(x)
    axes = fair_layout(f, signal).axes if isinstance(f, Representation) else tuple(range(signal.ndim))
    checks.transformed_sizes(signal.shape, axes)
    return signal, axes


def fair_shifts(
    f: Subject,
    x: ArrayLike,
    shifts: int | Sequence[Any] | Group,
    name: str = "f",
    *,
    fractional: bool = True,
) -> tuple[NDArray[Any], tuple[int, ...], Group]:
    """Return the signal as an array, the axes along which it is shifted, and the shifts, if they measure `f` fairly.

    Raises
    ------
    TypeError
        If `f`, the argument called `name`, is neither a transform nor a callable, or `shifts` are no shifts.
    UnfairPairing
        If `f` is a transform that is not circular at this shape, and the signal comes too near the ends.
    """
    if not callable(f):
        require_transform(f, name, "a transform, or a function of an array")
    signal = checks.signal(x)
    layout = f.layout(signal.shape, signal.dtype) if isinstance(f, Representation) else None
    axes = tuple(range(signal.ndim)) if layout is None else layout.axes
    checks.transformed_sizes(signal.shape, axes)
    group = Group.of(shifts, len(axes), fractional=fractional, stacklevel=4)
    if isinstance(f, Representation) and layout is not None and layout.grid is None:
        reach = _reach(layout)
        if reach is None or not _stays_inside(signal, axes, group, reach):
            fits = reach is not None and 2 * reach < min(layout.sizes)
            room = f" Or use whole shifts that leave {reach} zeros at both ends of the signal."
            raise UnfairPairing(_seam(f, layout) + room * fits)
    return signal, axes, group


def require_transform(T: object, name: str, wanted: str = "a transform") -> None:
    """Refuse what is no transform; a string is told how to become one."""
    if isinstance(T, str):
        raise TypeError(f"{name}={T!r} is a string. Use shiftinv.transform({T!r}).")
    if not isinstance(T, Representation):
        raise TypeError(f"{name}={T!r} is {checks.kind_of(T)}. Use {wanted}.")


def fair_layout(T: Representation, x: NDArray[Any]) -> Layout:
    """Return the layout of `T` for `x`, if circular shifts are a fair measure of it."""
    layout = T.layout(x.shape, x.dtype)
    if layout.grid is None:
        raise UnfairPairing(_seam(T, layout))
    return layout


def _seam(T: Representation, layout: Layout) -> str:
    return (
        f"a circular shift would measure the seam between the ends, for the transform is not circular at shape "
        f"{layout.shape}: {_misfit(T, layout)}"
    )


def _reach(layout: Layout) -> int | None:
    """Return over how many samples more than one any coefficient reaches, or None if the layout does not tell."""
    if not all(block.supports for block in layout.blocks):
        return None
    return max(
        last - first + max(map(abs, block.leads), default=0)
        for block in layout.blocks
        for first, last in block.supports
    )


def _stays_inside(x: NDArray[Any], axes: tuple[int, ...], group: Group, reach: int) -> bool:
    """Return whether at every shift, and at none, `x` has so many zeros at both ends of each axis."""
    for place, axis in enumerate(axes):
        steps = [0, *(shift[place] for shift in group)]
        used = np.flatnonzero(np.any(x != 0, axis=tuple(other for other in range(x.ndim) if other != axis)))
        if not all(isinstance(step, int) for step in steps):
            return False
        if used.size and min(used[0] + min(steps), x.shape[axis] - 1 - used[-1] - max(steps)) < reach:
            return False
    return True


def _misfit(T: Representation, layout: Layout) -> str:
    """Return what keeps `T` from being circular, a boundary or a length, and what to do about it."""
    multiple, lengths = 2**layout.levels, {axis: layout.shape[axis] for axis in layout.axes}
    boundary = getattr(getattr(T, "packets", T), "boundary", "periodic")  # a best basis has the one of its packets
    if boundary != "periodic":
        nearest = (max(n // multiple, 1) * multiple if axis in lengths else n for axis, n in enumerate(layout.shape))
        if T.layout(tuple(nearest), layout.dtype).grid is None:  # Haar filters meet no end at these lengths
            return f"boundary={boundary!r} does not continue the signal along a circle. Use a periodic boundary."
    short = next((axis for axis, n in lengths.items() if n < multiple), None)
    if short is not None:
        fewer = _fewer_levels(lengths[short])
        others = tuple(axis for axis in layout.axes if axis != short)
        batch = f"If that axis is a batch, leave it out with axes={others}. Otherwise use {fewer}."
        rule = f"axis {short} has {lengths[short]} samples, fewer than 2^{layout.levels} = {multiple}. "
        return rule + (batch if others else f"Use a longer signal, or {fewer}.")
    wrong = next((axis for axis, n in lengths.items() if n % multiple), None)
    if wrong is None:
        return "it does not continue the signal along a circle. Use a periodic boundary."
    fitting = lengths[wrong] // multiple * multiple
    return (
        f"axis {wrong} has {lengths[wrong]} samples, and 2^{layout.levels} = {multiple} must divide them. "
        f"Crop it, for instance to {fitting}, or use {_fewer_levels(lengths[wrong])}."
    )


def _fewer_levels(n: int) -> str:
    """Return the levels at which a length of n samples is circular: as many as 2 divides it."""
    most = (n & -n).bit_length() - 1
    return f"levels<={most}" if most else "an even length"


def applied(f: Callable[[NDArray[Any]], Any], x: NDArray[Any], name: str = "f") -> NDArray[Any]:
    """Return what the function `f`, the argument called `name`, makes of `x`, as an array of its own."""
    return checks.applied(f, x, name, ONE_ARRAY)


def numbers(value: object, name: str) -> NDArray[Any]:
    """Return what the function called `name` returned as an array of its own."""
    return checks.numbers(value, name, ONE_ARRAY)


def steady(output: NDArray[Any], shape: tuple[int, ...], name: str = "f") -> NDArray[Any]:
    """Return `output` if it has the shape that the argument called `name` returned before."""
    if output.shape != shape:
        raise ValueError(
            f"{name} returned shape {shape}, and for a shifted or another signal {output.shape}; outputs are compared "
            f"value by value. Use a function whose output has one shape for all signals of one shape."
        )
    return output


def bands_of(
    f: Subject, x: NDArray[Any], name: str = "f", like: Sequence[NDArray[Any]] | None = None
) -> list[NDArray[Any]]:
    """Return what `f` makes of `x`: one array per band, where it lies on the signal, a single one for a callable.

    `like` are the bands of another signal; the output of a callable must have kept their shape.
    """
    if isinstance(f, Representation):
        c = f.forward(x)
        return [c.interior(band) for band in c.bands]
    output = applied(f, x, name)
    return [output if like is None else steady(output, like[0].shape, name)]


def joined(bands: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return all bands as one line of numbers."""
    return np.concatenate([np.ravel(band) for band in bands])
