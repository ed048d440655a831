"""Blur pooling: a binomial lowpass before the samples are dropped."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import checks
from ..representation import freeze
from .convolution import convolved
from .layer import Array, Choices, Layer, sampled

__all__ = ["BlurPooling"]


@dataclass(frozen=True, init=False, repr=False)
class BlurPooling(Layer):
    """A binomial lowpass, of which every `stride`-th sample is kept.

    Parameters
    ----------
    size : int, optional
        Taps of the lowpass, along each transformed axis: 2, 3 and 5 are the Rect-2, Tri-3 and Bin-5 of the reference.
    stride : int, optional
        It must divide the lengths.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.

    Notes
    -----
    y[n] = sum_k b[k] x[(s n + k - floor((size - 1) / 2)) mod N] with b[k] = binomial(size - 1, k) / 2^(size - 1), along
    every axis. After `MaxPooling` with ``stride=1`` it is the antialiased maximum of the reference, and after a
    `Convolution` with ``stride=1`` its antialiased convolution.

    References
    ----------
    R. Zhang, "Making convolutional networks shift-invariant again", ICML 2019. doi:10.48550/arXiv.1904.11486

    Examples
    --------
    >>> import shiftinv as si
    >>> si.layers.BlurPooling(3).forward([0.0, 4.0, 8.0, 0.0]).approx
    array([1., 5.])
    """

    size: int = 3
    stride: int = 2
    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "blurpool"

    def __init__(self, size: int = 3, stride: int = 2, *, axes: int | tuple[int, ...] | None = None) -> None:
        freeze(
            self,
            size=checks.integer(size, "size", 1),
            stride=checks.integer(stride, "stride", 1),
            axes=checks.axes(axes),
        )

    def response(self, x: Array, axes: tuple[int, ...]) -> tuple[Array, Choices]:
        """Return the smoothed samples, axis by axis."""
        last = self.size - 1
        taps = np.array([math.comb(last, k) / 2**last for k in range(self.size)])
        for axis in axes:
            centred = np.roll(convolved(x, taps, (axis,)), last // 2 - last, axis)  # the taps are symmetric
            x = sampled(centred, (axis,), self.stride)
        return x, []
