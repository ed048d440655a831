"""Shrinkage of whole blocks: neighbours decide together what is signal."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from .shrinkage import power, scaled

__all__ = ["blockjs", "neighblock"]

LAMBDA = 4.505241495792883  # the root of x - ln x = 3 that is above 1
Spans = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]


def blockjs(y: ArrayLike, sigma: float, *, axes: int | tuple[int, ...] | None = None) -> NDArray[Any]:
    """Shrink each block by the rule of James and Stein.

    Parameters
    ----------
    y : array_like, shape (…)
        Values of a band, real or complex.
    sigma : float
        Standard deviation of the noise, of a complex band in each real part.
    axes : int or tuple of int, optional
        Along which axes blocks extend; the others are a batch. None: all axes.

    Returns
    -------
    ndarray, of the shape of `y`

    Raises
    ------
    ValueError
        If `sigma` is negative or not finite.

    Notes
    -----
    Along an axis of n values a block has floor(ln n) of them, at least 1, and the last block what is left over; along
    several axes blocks are boxes with these sides. A block of L real numbers (2 for a complex value) with the sum of
    squares S^2 is multiplied by

        max(1 - lambda L sigma^2 / S^2, 0),    lambda - ln lambda = 3, lambda = 4.505….

    A NaN stays in its block. Blocks are counted from the first value, so on a band that keeps every sample the result
    depends, as a decimated transform's does, on where the signal begins; a mean over shifts (`cycle_spin`) does not.

    References
    ----------
    T. T. Cai, Adaptive wavelet estimation: a block thresholding and oracle inequality approach, *Annals of Statistics*
    27 (1999) 898-924. doi:10.1214/aos/1018031262

    Examples
    --------
    >>> from shiftinv.denoising import blockjs
    >>> blockjs([6.0, -6.0, 0.5, 1.0, -0.5, 0.2, 0.1, 0.3], sigma=1.0).round(3).tolist()
    [5.249, -5.249, 0.0, 0.0, -0.0, 0.0, 0.0, 0.0]
    """
    return _by_blocks(y, sigma, axes, _disjoint)


def neighblock(y: ArrayLike, sigma: float, *, axes: int | tuple[int, ...] | None = None) -> NDArray[Any]:
    """Shrink short blocks by the rule of James and Stein, applied to each block with its neighbours.

    Parameters
    ----------
    y, sigma, axes
        As for `blockjs`.

    Returns
    -------
    ndarray, of the shape of `y`

    Raises
    ------
    ValueError
        As for `blockjs`.

    Notes
    -----
    Along an axis of n values a block has l = floor(ln(n) / 2) of them, and its surroundings reach max(1, floor(l / 2))
    further on either side, but not past the ends; l is at least 1. A block is multiplied by the factor of `blockjs`
    for its surroundings. Along several axes both are boxes.

    References
    ----------
    T. T. Cai and B. W. Silverman, Incorporating information on neighbouring coefficients into wavelet estimation,
    *Sankhya B* 63 (2001) 127-148.

    Examples
    --------
    >>> from shiftinv.denoising import neighblock
    >>> neighblock([6.0, -6.0, 0.5, 1.0, -0.5, 0.2, 0.1, 0.3], sigma=1.0).round(3).tolist()
    [5.249, -4.878, 0.319, 0.0, -0.0, 0.0, 0.0, 0.0]
    """
    return _by_blocks(y, sigma, axes, _surrounded)


def _disjoint(n: int) -> Spans:
    """Return where blocks start and stop, and over which samples they are judged."""
    side = max(1, math.floor(math.log(n)))
    start = np.arange(0, n, side)
    stop = np.minimum(start + side, n)
    return start, stop, start, stop


def _surrounded(n: int) -> Spans:
    side = max(1, math.floor(math.log(n) / 2))
    start = np.arange(0, n, side)
    stop, reach = np.minimum(start + side, n), max(1, side // 2)
    return start, stop, np.maximum(start - reach, 0), np.minimum(stop + reach, n)


def _by_blocks(
    y: ArrayLike, sigma: float, axes: int | tuple[int, ...] | None, spans_of: Callable[[int], Spans]
) -> NDArray[Any]:
    values, scale = checks.signal(y, "y"), checks.non_negative(sigma, "sigma")
    chosen = checks.axes_of(checks.axes(axes), values.shape)
    if not scale or not values.size:
        return values.copy()
    with np.errstate(over="ignore"):
        energy = power(values, scale)
        count: NDArray[Any] = np.array(2.0 if values.dtype.kind == "c" else 1.0)
        blocks = {axis: spans_of(values.shape[axis]) for axis in chosen}
        for axis, (_, _, first, last) in blocks.items():
            energy = _sums(energy, first, last, axis)
            count = count * (last - first).reshape([-1 if other == axis else 1 for other in range(values.ndim)])
        gain = 1 - LAMBDA * count / np.maximum(energy, LAMBDA * count)
    for axis, (start, stop, _, _) in blocks.items():
        gain = np.repeat(gain, stop - start, axis)
    return scaled(values, gain.astype(values.real.dtype))


def _sums(a: NDArray[Any], first: NDArray[np.intp], last: NDArray[np.intp], axis: int) -> NDArray[Any]:
    """Return the sums over first … last - 1, each added up on its own so that a NaN or a large value stays in it."""
    ends = [(0, int(other == axis)) for other in range(a.ndim)]
    pairs = np.stack([first, last], axis=1).ravel()
    every_second = tuple(slice(None, None, 2 if other == axis else 1) for other in range(a.ndim))
    sums: NDArray[Any] = np.add.reduceat(np.pad(a, ends), pairs, axis)[every_second]
    return sums
