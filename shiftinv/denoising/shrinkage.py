"""Four gains on magnitudes: soft, hard, garrote and firm shrinkage."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks

__all__ = ["firm", "garrote", "hard", "power", "scaled", "soft"]


def soft(y: ArrayLike, t: ArrayLike) -> NDArray[Any]:
    """Move every magnitude towards zero by t, and to zero where it is smaller.

    Parameters
    ----------
    y : array_like, shape (…)
        Values of a band, real or complex.
    t : array_like, broadcasting to the shape of `y`
        The threshold, in the units of `y`. With 0 nothing changes.

    Returns
    -------
    ndarray, of the shape of `y`
        Complex values keep their phase, and NaN stays NaN.

    Raises
    ------
    ValueError
        If a threshold is negative or not finite, or does not broadcast to the shape of `y`.

    Notes
    -----
    y (1 - t / |y|) where |y| > t, else 0.

    References
    ----------
    D. L. Donoho, De-noising by soft-thresholding, *IEEE Transactions on Information Theory* 41 (1995) 613-627.
    doi:10.1109/18.382009

    Examples
    --------
    >>> from shiftinv.denoising import soft
    >>> soft([-3.0, 0.5, 2.0], 1.0).tolist(), soft([3 + 4j], 2.5).tolist()
    ([-2.0, 0.0, 1.0], [(1.5+2j)])
    """
    values, magnitude, threshold = _checked(y, t)
    return scaled(values, 1 - _ratio(threshold, magnitude))


def hard(y: ArrayLike, t: ArrayLike) -> NDArray[Any]:
    """Keep what is larger than t in magnitude, and put zero for the rest.

    Parameters
    ----------
    y, t : array_like
        As for `soft`.

    Returns
    -------
    ndarray, of the shape of `y`

    Raises
    ------
    ValueError
        As for `soft`.

    Notes
    -----
    y where |y| > t, else 0.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Ideal spatial adaptation by wavelet shrinkage, *Biometrika* 81 (1994) 425-455.
    doi:10.1093/biomet/81.3.425

    Examples
    --------
    >>> from shiftinv.denoising import hard
    >>> hard([-3.0, 0.5, 2.0], 1.0).tolist()
    [-3.0, 0.0, 2.0]
    """
    values, magnitude, threshold = _checked(y, t)
    return scaled(values, (magnitude > threshold).astype(magnitude.dtype))


def garrote(y: ArrayLike, t: ArrayLike) -> NDArray[Any]:
    """Shrink by the non-negative garrote: continuous as `soft`, and close to `hard` for large values.

    Parameters
    ----------
    y, t : array_like
        As for `soft`.

    Returns
    -------
    ndarray, of the shape of `y`

    Raises
    ------
    ValueError
        As for `soft`.

    Notes
    -----
    y (1 - t^2 / |y|^2) where |y| > t, else 0.

    References
    ----------
    H.-Y. Gao, Wavelet shrinkage denoising using the non-negative garrote, *Journal of Computational and Graphical
    Statistics* 7 (1998) 469-488. doi:10.1080/10618600.1998.10474789

    Examples
    --------
    >>> from shiftinv.denoising import garrote
    >>> garrote([-4.0, 0.5, 2.0], 1.0).tolist()
    [-3.75, 0.0, 1.5]
    """
    values, magnitude, threshold = _checked(y, t)
    return scaled(values, 1 - _ratio(threshold, magnitude) ** 2)


def firm(y: ArrayLike, t: ArrayLike, t2: ArrayLike | None = None) -> NDArray[Any]:
    """Put zero up to t, keep everything beyond t2, and go over from one to the other in between.

    Parameters
    ----------
    y, t : array_like
        As for `soft`.
    t2 : array_like, broadcasting to the shape of `y`, optional
        At least `t`, in the units of `y`; 2 t if left out. With t2 = t this is `hard`.

    Returns
    -------
    ndarray, of the shape of `y`

    Raises
    ------
    ValueError
        As for `soft`, and if `t2` is below `t` somewhere.

    Notes
    -----
    y t2 / (t2 - t) (1 - t / |y|) where t < |y| <= t2, y where |y| > t2, else 0.

    References
    ----------
    H.-Y. Gao and A. G. Bruce, WaveShrink with firm shrinkage, *Statistica Sinica* 7 (1997) 855-874.

    Examples
    --------
    >>> from shiftinv.denoising import firm
    >>> firm([-3.0, 0.5, 1.5, 2.0], 1.0, 2.0).tolist()
    [-3.0, 0.0, 1.0, 2.0]
    """
    values, magnitude, low = _checked(y, t)
    high = 2 * low if t2 is None else checks.thresholds(t2, "t2", values.shape).astype(magnitude.dtype)
    if (high < low).any():
        raise ValueError("t2 is below t. Use t2 >= t.")
    slope = np.divide(high, high - low, out=np.ones(np.broadcast(low, high).shape, magnitude.dtype), where=high > low)
    gain = np.minimum(slope * (1 - _ratio(low, magnitude)), 1)
    return scaled(values, np.where(magnitude > high, 1, gain).astype(magnitude.dtype, copy=False))


def scaled(y: NDArray[Any], gain: NDArray[Any]) -> NDArray[Any]:
    """Return y times a real gain for each value, each real part on its own so that infinities stay what they are."""
    if y.dtype.kind != "c":
        product: NDArray[Any] = y * gain
        return product
    product = np.empty_like(y)
    np.multiply(y.real, gain, out=product.real, casting="same_kind")
    np.multiply(y.imag, gain, out=product.imag, casting="same_kind")
    return product


def power(y: NDArray[Any], sigma: float) -> NDArray[np.float64]:
    """Return squared magnitudes in units of sigma > 0."""
    parts = (y.real, y.imag) if y.dtype.kind == "c" else (y,)
    first, *rest = (np.divide(part, sigma, dtype=np.float64) for part in parts)
    squares: NDArray[np.float64] = first * first
    for part in rest:
        squares += part * part
    return squares


def _checked(y: ArrayLike, t: ArrayLike) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the values, their magnitudes, and the thresholds in the same precision."""
    values = checks.signal(y, "y")
    magnitude = np.abs(values)
    return values, magnitude, checks.thresholds(t, "t", values.shape).astype(magnitude.dtype)


def _ratio(t: NDArray[Any], magnitude: NDArray[Any]) -> NDArray[Any]:
    """Return t / magnitude, but 1 up to the threshold, and 0 for a threshold of 0."""
    least = np.finfo(magnitude.dtype).smallest_subnormal  # keeps 0 / 0 away
    ratio: NDArray[Any] = t / np.fmax(magnitude, np.fmax(t, least))
    return ratio
