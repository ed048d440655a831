"""Pooling over windows: their maximum, their average, and the average of everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from .. import checks
from ..representation import freeze
from .convolution import convolved
from .layer import Array, Choices, Layer, Phases, Steps, items_first, sampled

__all__ = ["AveragePooling", "GlobalAverage", "MaxPooling", "sum_in_any_order"]


@dataclass(frozen=True, init=False, repr=False)
class MaxPooling(Layer):
    """The largest value in every `stride`-th window.

    Parameters
    ----------
    size : int, optional
        Samples in a window, along each transformed axis.
    stride : int, optional
        From one window to the next; it must divide the lengths. None: `size`, so that windows touch and do not overlap.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.

    Notes
    -----
    y[n] = max of x[(s n + k) mod N] over 0 <= k < size, along every axis. Complex signals are refused.

    Examples
    --------
    >>> import shiftinv as si
    >>> si.layers.MaxPooling(2).forward([0.0, 3.0, 2.0, 0.0, 0.0, 0.0]).approx
    array([3., 2., 0.])
    >>> si.layers.MaxPooling(2).forward([0.0, 0.0, 3.0, 2.0, 0.0, 0.0]).approx
    array([0., 3., 0.])
    """

    size: int = 2
    own_stride: int | None = field(default=None, metadata={"argument": "stride"})
    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "maxpool"
    ordered: ClassVar[bool] = True

    def __init__(self, size: int = 2, stride: int | None = None, *, axes: int | tuple[int, ...] | None = None) -> None:
        _freeze_windows(self, size, stride, axes)

    @property
    def stride(self) -> int:
        """From one window to the next."""
        return self.size if self.own_stride is None else self.own_stride

    def response(self, x: Array, axes: tuple[int, ...]) -> tuple[Array, Choices]:
        """Return the maxima; that of a box of samples is the maximum of maxima along each axis."""
        for axis in axes:
            dense = x
            for k in range(1, self.size):
                dense = np.maximum(dense, np.roll(x, -k, axis))
            x = sampled(dense, (axis,), self.stride)
        return x, []


@dataclass(frozen=True, init=False, repr=False)
class AveragePooling(Layer):
    """The mean of every `stride`-th window.

    Parameters
    ----------
    size : int, optional
        Samples in a window, along each transformed axis.
    stride : int, optional
        From one window to the next; it must divide the lengths. None: `size`, so that windows touch and do not overlap.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.

    Notes
    -----
    y[n] = (1 / size) sum of x[(s n + k) mod N] over 0 <= k < size, along every axis.

    Examples
    --------
    >>> import shiftinv as si
    >>> si.layers.AveragePooling(2).forward([0.0, 3.0, 2.0, 0.0]).approx
    array([1.5, 1. ])
    """

    size: int = 2
    own_stride: int | None = field(default=None, metadata={"argument": "stride"})
    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "avgpool"

    def __init__(self, size: int = 2, stride: int | None = None, *, axes: int | tuple[int, ...] | None = None) -> None:
        _freeze_windows(self, size, stride, axes)

    @property
    def stride(self) -> int:
        """From one window to the next."""
        return self.size if self.own_stride is None else self.own_stride

    def response(self, x: Array, axes: tuple[int, ...]) -> tuple[Array, Choices]:
        """Return the means, axis by axis."""
        taps = np.full(self.size, 1 / self.size)
        for axis in axes:
            last = np.roll(convolved(x, taps, (axis,)), 1 - self.size, axis)  # a convolution looks back, windows ahead
            x = sampled(last, (axis,), self.stride)
        return x, []


@dataclass(frozen=True, repr=False)
class GlobalAverage(Layer):
    """The mean of all samples: invariant to every shift, to the bit.

    Parameters
    ----------
    axes : int or tuple of int, optional
        The transformed axes, of which one sample is left; the others are a batch. None: all.

    Notes
    -----
    Samples are added in the order of their size, so that not even rounding depends on where they are.

    Examples
    --------
    >>> import shiftinv as si
    >>> si.layers.GlobalAverage().forward([0.0, 3.0, 2.0, 0.0, 0.0]).approx
    array([1.])
    """

    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "gap"

    def __post_init__(self) -> None:
        freeze(self, axes=checks.axes(self.axes))

    @property
    def stride(self) -> int:
        """1, for there is no neighbour."""
        return 1

    def sizes_after(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """Return one sample along each axis."""
        return (1,) * len(sizes)

    def grid_before(self, grid: int) -> int:  # noqa: ARG002, a constant is a multiple of everything
        """Return 1: no shift changes anything."""
        return 1

    def steps_after(self, steps: Steps, phases: Phases) -> tuple[Steps, Phases]:
        """Return that nothing moves."""
        return np.zeros_like(steps), phases

    def response(self, x: Array, axes: tuple[int, ...]) -> tuple[Array, Choices]:
        """Return the mean, with axes of one sample."""
        items = items_first(x, axes)
        last = tuple(range(-len(axes), 0))
        count = np.prod([x.shape[axis] for axis in axes])
        mean = np.zeros(items.shape[: -len(axes)], x.dtype)
        mean.real = sum_in_any_order(items.real, last) / count
        if x.dtype.kind == "c":
            mean.imag = sum_in_any_order(items.imag, last) / count
        return np.expand_dims(mean, axes), []


def sum_in_any_order(values: Array, last: tuple[int, ...]) -> Array:
    """Return sums over the last axes, in double precision, that are the same to the bit for any order of the values."""
    # contiguous, since the order in which NumPy adds depends on where the samples are
    ordered = np.sort(np.ascontiguousarray(values.reshape(*values.shape[: -len(last)], -1)), axis=-1)
    sums: Array = ordered.sum(axis=-1, dtype=np.float64)
    return sums


def _freeze_windows(layer: Layer, size: int, stride: int | None, axes: int | tuple[int, ...] | None) -> None:
    length = checks.integer(size, "size", 1)
    step = length if stride is None else checks.integer(stride, "stride", 1)
    freeze(layer, size=length, own_stride=None if step == length else step, axes=checks.axes(axes))
