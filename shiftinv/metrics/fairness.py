"""What may be measured with what: the subject of a measure, and the fairness rule.

A subject is a `Representation` or any callable that maps an array to an array. A circular
shift of a signal measures a transform only where the transform is circular too; elsewhere it
measures the seam between the signal's two ends. Such pairings are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..coefficients import Layout
from ..representation import Representation

__all__ = ["Subject", "UnfairPairing", "bands_of", "fair_layout", "signal_and_axes"]

Subject: TypeAlias = Representation | Callable[[NDArray[Any]], ArrayLike]


class UnfairPairing(ValueError):
    """The shift would measure the ends of the signal rather than the transform."""


def signal_and_axes(f: Subject, x: ArrayLike) -> tuple[NDArray[Any], tuple[int, ...]]:
    """Return the signal as an array, and the axes along which it is shifted.

    Raises
    ------
    UnfairPairing
        If `f` is a transform that is not circular at this shape.
    """
    signal = checks.signal(x)
    axes = fair_layout(f, signal).axes if isinstance(f, Representation) else tuple(range(signal.ndim))
    return signal, axes


def fair_layout(T: Representation, x: NDArray[Any]) -> Layout:
    """Return the layout of `T` for `x`, if circular shifts are a fair measure of it."""
    layout = T.layout(x.shape, x.dtype)
    if layout.grid is None:
        grid = 2**layout.levels
        sizes = tuple(x.shape[axis] for axis in layout.axes)
        fitting = tuple(size // grid * grid for size in sizes)
        raise UnfairPairing(
            f"{layout.spec} of lengths {sizes} is not circular, so a circular shift would measure the seam between "
            f"the ends. Use lengths that are multiples of {grid}, for instance {fitting}, or fewer levels."
        )
    return layout


def bands_of(f: Subject, x: NDArray[Any]) -> list[NDArray[Any]]:
    """Return what `f` makes of `x`: one array per band, a single one for a callable."""
    if isinstance(f, Representation):
        c = f.forward(x)
        return [c[band] for band in c.bands]
    return [np.asarray(f(x))]
