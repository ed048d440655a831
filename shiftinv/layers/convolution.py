"""Circular convolution, at every sample or at every s-th."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from .. import checks
from ..representation import freeze
from .layer import Array, Choices, Layer, sampled

__all__ = ["Convolution", "convolved"]

Kernel: TypeAlias = "tuple[float, ...] | tuple[Kernel, ...]"


@dataclass(frozen=True, init=False, repr=False)
class Convolution(Layer):
    """Circular convolution with a kernel, of which every `stride`-th sample is kept.

    Parameters
    ----------
    kernel : array_like, shape (taps,) or (taps, …)
        The taps. With one axis they are used along each transformed axis in turn; else there is one axis of them for
        each of those.
    stride : int, optional
        Along each transformed axis; it must divide the lengths.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.

    Raises
    ------
    ValueError
        If the kernel holds no taps, or some that are not finite or not real.

    Notes
    -----
    y[n] = sum_k h[k] x[(s n - k) mod N], with n and k running over as many numbers as there are axes. What most
    frameworks call convolution has x[s n + k] instead, which is this one with the taps reversed, up to a shift.

    Examples
    --------
    >>> import shiftinv as si
    >>> x = [0.0, 3.0, 2.0, 0.0, 0.0, 0.0]
    >>> si.layers.Convolution([1, -1]).forward(x).approx
    array([ 0.,  3., -1., -2.,  0.,  0.])
    >>> si.layers.Convolution([1, -1], stride=2).forward(x).approx
    array([ 0., -1.,  0.])
    """

    kernel: Kernel
    stride: int = 1
    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "convolution"

    def __init__(self, kernel: ArrayLike, stride: int = 1, *, axes: int | tuple[int, ...] | None = None) -> None:
        taps = checks.real_series(kernel, "kernel")
        if not taps.size:
            raise ValueError(f"kernel has shape {taps.shape}, without a tap. Give at least one.")
        freeze(self, kernel=_nested(taps.tolist()), stride=checks.integer(stride, "stride", 1), axes=checks.axes(axes))

    def sizes_after(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """Return the lengths of the output; a kernel of several axes needs as many here."""
        ndim = np.ndim(self.kernel)
        if ndim not in (1, len(sizes)):
            raise ValueError(
                f"kernel has {ndim} axes, and {len(sizes)} are transformed. Give it one axis or {len(sizes)}, or axes=."
            )
        return super().sizes_after(sizes)

    def response(self, x: Array, axes: tuple[int, ...]) -> tuple[Array, Choices]:
        """Return the convolution at every stride-th sample."""
        taps = np.array(self.kernel)
        passes = [(axis,) for axis in axes] if taps.ndim == 1 else [axes]
        for together in passes:
            x = sampled(convolved(x, taps, together), together, self.stride)
        return x, []


def convolved(x: Array, taps: Array, axes: Sequence[int]) -> Array:
    """Return the circular convolution with as many axes of taps, added in the same order for every sample."""
    y = np.zeros_like(x)
    for place in np.ndindex(taps.shape):
        if taps[place]:
            y += float(taps[place]) * np.roll(x, place, axes)
    return y


def _nested(taps: list[Any]) -> Any:
    """Return nested lists as nested tuples."""
    return tuple(_nested(tap) if isinstance(tap, list) else tap for tap in taps)
