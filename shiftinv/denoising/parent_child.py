"""Bivariate shrinkage: a coefficient and its parent, one level coarser, decide together."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..coefficients import Coefficients
from ..layout import Band, Layout
from .shrinkage import power, scaled

__all__ = ["EXTENSIONS", "bivariate", "expanded", "parent_of"]

Reals: TypeAlias = NDArray[np.float64]
EXTENSIONS = {  # by the names of `shiftinv.boundary`, as scipy.ndimage calls them
    "periodic": "grid-wrap",
    "symmetric": "reflect",
    "reflect": "mirror",
    "constant": "nearest",
    "zero": "grid-constant",
}


def bivariate(
    y: ArrayLike,
    parent: ArrayLike | None,
    sigma: float,
    *,
    window: int = 7,
    parent_sigma: float | None = None,
    boundary: str = "periodic",
    axes: int | tuple[int, ...] | None = None,
) -> NDArray[Any]:
    """Shrink by the magnitude of a value and its parent, against the variance around the value.

    Parameters
    ----------
    y : array_like, shape (…)
        Values of a band, real or complex.
    parent : array_like, of the shape of `y`, or None
        The band of the same orientation one level coarser, at the resolution of `y`; see `parent_of`. None: there is
        no parent, and the value decides alone.
    sigma : float
        Standard deviation of the noise, of a complex band in each real part.
    window : int, optional
        Odd number of values, along each axis, from which the variance around a value is estimated.
    parent_sigma : float, optional
        Standard deviation of the noise in the parent, where it is another than `sigma`.
    boundary : {"periodic", "symmetric", "reflect", "constant", "zero"}, optional
        How the squares continue past the ends; see `shiftinv.boundary`.
    axes : int or tuple of int, optional
        Along which axes the window extends; the others are a batch. None: all axes.

    Returns
    -------
    ndarray, of the shape of `y`

    Raises
    ------
    ValueError
        If a standard deviation is negative or not finite, `window` is even or not positive, or the parent has another
        shape.

    Notes
    -----
    With s^2 = max(mean of y^2 over the window - sigma^2, 0) and R = sqrt(|y|^2 + |parent|^2), the parent in units of
    its noise,

        y max(R - sqrt(3) sigma^2 / s, 0) / R.

    For complex values the same holds with the variances of magnitudes, which are twice those of a real part:
    s^2 = max(mean of |y|^2 / 2 - sigma^2, 0) and sqrt(6) instead of sqrt(3). Without a parent the prior is a Laplace
    law, R = |y|, and the constant is sqrt(2), for complex values 2.

    Sums over windows are added up afresh for each value. A running sum would be quicker, but would make results depend
    on how far from the first sample they are, and let a NaN spread to the end of its line.

    References
    ----------
    L. Sendur and I. W. Selesnick, Bivariate shrinkage functions for wavelet-based denoising exploiting interscale
    dependency, *IEEE Transactions on Signal Processing* 50 (2002) 2744-2756. doi:10.1109/TSP.2002.804091

    L. Sendur and I. W. Selesnick, Bivariate shrinkage with local variance estimation, *IEEE Signal Processing Letters*
    9 (2002) 438-441. doi:10.1109/LSP.2002.806054

    Examples
    --------
    >>> from shiftinv.denoising import bivariate
    >>> bivariate([0.5, -6.0, 8.0, 0.3], [0.1, 5.0, 9.0, 0.2], sigma=1.0, window=3).round(3).tolist()
    [0.0, -5.766, 7.798, 0.0]
    """
    values, scale = checks.signal(y, "y"), checks.non_negative(sigma, "sigma")
    size, mode = _odd(window), EXTENSIONS[checks.choice(boundary, EXTENSIONS, "boundary")]
    chosen = checks.axes_of(checks.axes(axes), values.shape)
    other = None if parent is None else checks.signal(parent, "parent")
    if other is not None and other.shape != values.shape:
        raise ValueError(
            f"parent has shape {other.shape}, and y {values.shape}. Use the parent at the resolution of y: "
            f"parent_of(c, band), or expanded(parent, y.shape)."
        )
    parent_scale = scale if parent_sigma is None else checks.positive(parent_sigma, "parent_sigma")
    if not scale or not values.size:
        return values.copy()
    parts = 2 if values.dtype.kind == "c" else 1
    with np.errstate(over="ignore", invalid="ignore"):
        total = power(values, scale)
        variance = np.clip(_local_mean(total, size, chosen, mode) / parts - 1, 0, np.finfo(np.float64).max)
        if other is not None:
            total = total + power(other, parent_scale)
        least = math.sqrt((2 if other is None else 3) * parts)
        gain = 1 - least / np.maximum(np.sqrt(total) * np.sqrt(variance), least)
    return scaled(values, gain.astype(values.real.dtype))


def expanded(parent: ArrayLike, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return a band at the resolution of the next finer level, each value repeated.

    Parameters
    ----------
    parent : array_like, shape (…)
        The coarser band.
    shape : tuple of int
        Of the finer band. Along each axis it is as long as the coarser one, or about twice as long.

    Returns
    -------
    ndarray, of shape `shape`
        Value m comes from place m // 2 where the length halves, whether or not it is even, else from place m.

    Raises
    ------
    ValueError
        If a length is neither that of the parent nor twice as long, give or take the odd sample.

    Examples
    --------
    >>> from shiftinv.denoising import expanded
    >>> expanded([1.0, 2.0, 3.0], (5,)).tolist(), expanded([1.0, 2.0, 3.0], (3,)).tolist()
    ([1.0, 1.0, 2.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    """
    values, sizes = checks.signal(parent, "parent"), checks.shape(shape)
    if len(sizes) != values.ndim or any(
        m not in (n, 2 * n, 2 * n - 1) for n, m in zip(values.shape, sizes, strict=False)
    ):
        raise ValueError(
            f"shape={sizes} is not the next finer one of {values.shape}: each length must be the same, or twice that, "
            f"or one less. Use parent_of(c, band) for bands that an extension past the ends has made longer."
        )
    for axis, (n, m) in enumerate(zip(values.shape, sizes, strict=True)):
        if m != n:
            values = np.repeat(values, 2, axis).take(np.arange(m), axis)
    return values


def parent_of(c: Coefficients, band: tuple[int, str]) -> NDArray[Any] | None:
    """Return the parent of a band at the resolution of that band, or None at the coarsest level.

    Parameters
    ----------
    c : Coefficients
        Of any transform.
    band : (int, str)
        A detail.

    Returns
    -------
    ndarray, of the shape of ``c[band]``, or None
        For each value that of the parent at the same place on the signal: the same index where both bands keep every
        sample, unless causal filters delay the parent more; half the index where the parent keeps half as many,
        counted from where each band begins on the signal. On an extension past the ends the parent ends earlier, and
        its outermost values are repeated.

    Raises
    ------
    KeyError
        If there is no such band.

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> c = si.DWT("haar", levels=2).forward(np.arange(6.0) ** 2)
    >>> c[2, "d"].round(3).tolist(), si.denoising.parent_of(c, (1, "d")).round(3).tolist()
    ([-6.0, 0.0], [-6.0, -6.0, 0.0])
    """
    above = c.layout.parent(band)
    if above is None:
        return None
    fine, coarse, values = c.layout.block(band), c.layout.block(above), c[above]
    step = coarse.spacing / fine.spacing
    fine_starts, coarse_starts = (
        [part.start or 0 for part in c.layout.interior(Band(*name))] for name in (band, above)
    )
    delays = _delays(c.layout, band, above, fine_starts, coarse_starts)
    for axis, later in zip(c.layout.band_axes, delays, strict=True):
        place = np.arange(fine.shape[axis]) - fine_starts[axis]
        index = np.floor(place / step).astype(np.intp) + coarse_starts[axis]
        mode: Any = "clip"
        if step == 1:
            index -= later
            mode = "wrap" if c.layout.grid is not None else "clip"
        values = values.take(index, axis, mode=mode)
    return values


def _delays(
    layout: Layout, band: tuple[int, str], above: tuple[int, str], fine_starts: list[int], coarse_starts: list[int]
) -> list[int]:
    """Return by how many samples the parent's first coefficient on the signal is later, along each axis.

    Less than the decimated parent would have between its samples is the asymmetry of filters, and there the same index
    is the better match.
    """
    try:
        own, parents = (layout.times(name) for name in (band, above))
    except ValueError:  # it does not tell
        return [0] * len(layout.axes)
    found = []
    for axis, time, later in zip(layout.band_axes, own, parents, strict=True):
        delay = round(float(later.flat[coarse_starts[axis]] - time.flat[fine_starts[axis]]))
        found.append(delay if abs(delay) >= 2 ** Band(*above).level else 0)
    return found


def _odd(window: object) -> int:
    size = checks.integer(window, "window", 1)
    if size % 2 == 0:
        raise ValueError(f"window={size} is even. Use an odd number, which has a middle.")
    return size


def _local_mean(squares: Reals, size: int, axes: tuple[int, ...], mode: Any) -> Reals:
    from scipy.ndimage import correlate1d

    for axis in axes:
        squares = correlate1d(squares, np.ones(size), axis, mode=mode)
    mean: Reals = squares / size ** len(axes)
    return mean
