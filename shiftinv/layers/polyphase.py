"""Adaptive polyphase sampling: the signal itself chooses which of its samples are kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .. import checks
from ..representation import freeze
from .layer import Array, Choices, Layer, Phases, Steps, items_first, sampled
from .pooling import sum_in_any_order

__all__ = ["AdaptivePolyphaseSampling"]


@dataclass(frozen=True, init=False, repr=False)
class AdaptivePolyphaseSampling(Layer):
    """Every `stride`-th sample, from the start at which they have the largest norm.

    Parameters
    ----------
    stride : int, optional
        Along each transformed axis; it must divide the lengths.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch, whose items choose each for itself. None: all.

    Notes
    -----
    y[n] = x[s n + r], with the phase r, 0 <= r < s along each axis, that has the largest sum of |y|^2. Phases stand in
    ``c.aux["phases"]``, shape (1, …), as numbers below s^d for d axes, those of the last axis next to each other.

    A shift by k moves the phase to r' = (r + k) mod s and the output by the whole number (k + r - r') / s, along each
    axis. Sums are the same in any order, so this is exact to the bit. Equal sums are common where values repeat,
    as after `MaxPooling`; then decide, in order, the sums of the products with the next sample of x along each axis
    and the sum of y, real parts of complex numbers. Where these agree too, as in a constant, the first phase is taken.
    `BestShiftDWT` chooses in the same way among the phases of a wavelet.

    References
    ----------
    A. Chaman and I. Dokmanić, "Truly shift-invariant convolutional neural networks", CVPR 2021.
    doi:10.1109/CVPR46437.2021.00377

    Examples
    --------
    >>> import shiftinv as si
    >>> T = si.layers.AdaptivePolyphaseSampling(2)
    >>> for x in ([0.0, 3.0, 2.0, 0.0], [0.0, 0.0, 3.0, 2.0]):
    ...     c = T.forward(x)
    ...     print(c.approx, c.aux["phases"])
    [3. 0.] [1]
    [0. 3.] [0]
    """

    stride: int = 2
    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "aps"

    def __init__(self, stride: int = 2, *, axes: int | tuple[int, ...] | None = None) -> None:
        freeze(self, stride=checks.integer(stride, "stride", 1), axes=checks.axes(axes))

    @property
    def choices(self) -> int:
        """One: the phase."""
        return 1

    def grid_before(self, grid: int) -> int:
        """Return 1 where every shift will do; only where some will not, the output must move with the input."""
        return 1 if grid == 1 else self.stride * grid

    def steps_after(self, steps: Steps, phases: Phases) -> tuple[Steps, Phases]:
        """Return by how much the output moves, and the phases after that."""
        lengths = (self.stride,) * len(steps)
        before = np.array(np.unravel_index(phases[0], lengths))
        after = np.floor(before + steps + 0.5).astype(np.int64) % self.stride
        return (steps + before - after) / self.stride, np.ravel_multi_index(tuple(after), lengths)[None]

    def response(self, x: Array, axes: tuple[int, ...]) -> tuple[Array, Choices]:
        """Return the samples of the phase of largest norm, and which it is, item by item."""
        items, last = items_first(x, axes), tuple(range(-len(axes), 0))
        starts = list(itertools.product(range(self.stride), repeat=len(axes)))
        each = np.stack([sampled(items, last, self.stride, start) for start in starts])
        phases = _largest(
            np.stack([sum_in_any_order(sampled(terms, last, self.stride, start), last) for start in starts])
            for terms in _criteria(items, last)
        )
        chosen = np.take_along_axis(each, np.expand_dims(phases, (0, *last)), axis=0)[0]
        return np.moveaxis(chosen, last, axes), [phases]


def _criteria(items: Array, last: tuple[int, ...]) -> Iterator[Array]:
    """Yield what is summed for a phase to be better than another, in units in which no square overflows."""
    parts = [part.astype(np.float64) for part in (items.real, items.imag)]
    largest = np.max([np.abs(part).max(axis=last, keepdims=True) for part in parts], axis=0)
    with np.errstate(invalid="ignore"):  # infinite samples have no units, and the first phase is taken
        real, imaginary = [part / np.where(largest > 0, largest, 1) for part in parts]
    yield real**2 + imaginary**2
    for axis in last:
        yield real * np.roll(real, -1, axis) + imaginary * np.roll(imaginary, -1, axis)
    yield real


def _largest(criteria: Iterable[Array]) -> Phases:
    """Return the number of the phase with the largest sum, where several have it that with the largest next sum."""
    left: Any = True
    for sums in criteria:
        still = np.where(left, sums, -np.inf)
        left = still == still.max(axis=0)
    return np.asarray(left.argmax(axis=0), np.int64)
