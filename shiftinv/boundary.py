"""How a signal continues past its ends, as values with `extend` and its exact transpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .checks import choice, integer

__all__ = ["BOUNDARIES", "Boundary"]

Index = NDArray[np.intp]


@dataclass(frozen=True)
class Boundary:
    """A continuation of n samples to all integers, each new sample a copy of one of the n.

    Parameters
    ----------
    name : str
        One of `BOUNDARIES`: ``"periodic"`` (… c | a b c | a …) or ``"symmetric"``, half-sample
        (… b a | a b c | c b …).

    Examples
    --------
    >>> import numpy as np
    >>> from shiftinv.boundary import Boundary
    >>> Boundary("symmetric").extend(np.array([1, 2, 3]), 2, 1)
    array([2, 1, 1, 2, 3, 3])
    """

    name: str

    def __post_init__(self) -> None:
        choice(self.name, BOUNDARIES, "boundary")

    def sources(self, size: int, before: int, after: int) -> Index:
        """Return which sample stands at each of the positions -before … size + after - 1."""
        positions = np.arange(-integer(before, "before", 0), integer(size, "size", 1) + integer(after, "after", 0))
        return BOUNDARIES[self.name](positions, size)

    def extend(self, x: NDArray[Any], before: int, after: int, axis: int = -1) -> NDArray[Any]:
        """Return `x` continued by `before` and `after` samples along `axis`, however short it is."""
        return np.take(x, self.sources(x.shape[axis], before, after), axis=axis)

    def fold(self, y: NDArray[Any], before: int, after: int, axis: int = -1) -> NDArray[Any]:
        """Return the transpose of `extend` applied to `y`: every copy added to its original."""
        size = y.shape[axis] - before - after
        sources = self.sources(size, before, after)
        folded = np.zeros((size, *np.moveaxis(y, axis, 0).shape[1:]), y.dtype)
        np.add.at(folded, sources, np.moveaxis(y, axis, 0))
        return np.ascontiguousarray(np.moveaxis(folded, 0, axis))


def _periodic(position: Index, size: int) -> Index:
    return position % size


def _symmetric(position: Index, size: int) -> Index:
    around = position % (2 * size)
    return np.where(around < size, around, 2 * size - 1 - around)


BOUNDARIES: dict[str, Callable[[Index, int], Index]] = {"periodic": _periodic, "symmetric": _symmetric}
