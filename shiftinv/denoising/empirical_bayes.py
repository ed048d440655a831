"""Empirical Bayes shrinkage: a prior of exact zeros and Laplace values, fitted to each band."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from .thresholds import universal

__all__ = ["ebayes", "ebayes_beta", "ebayes_threshold"]

Reals = NDArray[np.float64]
SCALES = (0.04, 3.0)  # the rates that the authors' own program searches
FAR = 1e100  # of sigma: from here on the median is the value itself, to double precision
ROOT = math.sqrt(math.pi / 2)
MANY = 4096  # values: of more, the likelihood is taken from a histogram
WIDTH, LAST = 1 / 128, 16.0  # of its bins, in units of sigma; beyond the last the likelihood is linear to the last bit


def ebayes(y: ArrayLike, sigma: float, a: float | None = 0.5, *, sample: ArrayLike | None = None) -> NDArray[Any]:
    """Return the posterior median of every value, under a prior fitted to the band.

    Parameters
    ----------
    y : array_like, shape (…)
        Values of a band, real or complex. Of complex values real and imaginary parts count as two values each, and
        are shrunk each on its own.
    sigma : float
        Standard deviation of the noise, of a complex band in each real part.
    a : float, optional
        Rate of the Laplace prior, in units of 1 / sigma. None: fitted as well, between 0.04 and 3.
    sample : array_like, shape (…), optional
        The values to which the prior is fitted, such as those of the band that lie on the signal itself. None: `y`.

    Returns
    -------
    ndarray, of the shape of `y`
        Exactly 0 up to the threshold that `ebayes_threshold` returns of the sample.

    Raises
    ------
    ValueError
        If `sigma` is negative or not finite, `a` is not positive, or `y` holds a value that is not finite.

    Notes
    -----
    In units of sigma, x = mu + noise, where mu is 0 with probability 1 - w and has the density (a / 2) exp(-a |mu|)
    otherwise. The weight w maximises the likelihood sum_i log(1 + w beta(x_i)) of the n values (see `ebayes_beta`)
    among those whose threshold is at most sqrt(2 ln n). Of more than 4096 values the likelihood is that of the means of
    a histogram with bins of sigma / 128, which moves the threshold by less than 1e-5 of it. The posterior median of
    x > 0 is max(0, m),

        m = x - a - Phi^-1(q),    q = phi(x - a) (1 / w + beta(x)) / a.

    References
    ----------
    I. M. Johnstone and B. W. Silverman, Needles and straw in haystacks: empirical Bayes estimates of possibly sparse
    sequences, *Annals of Statistics* 32 (2004) 1594-1649. doi:10.1214/009053604000000030

    I. M. Johnstone and B. W. Silverman, Empirical Bayes selection of wavelet thresholds, *Annals of Statistics* 33
    (2005) 1700-1752. doi:10.1214/009053605000000345

    Examples
    --------
    >>> from shiftinv.denoising import ebayes
    >>> ebayes([0.3, -7.0, 0.5, -0.2, 6.0], sigma=1.0).round(3).tolist()
    [0.0, -6.5, 0.0, -0.0, 5.5]
    """
    values, x, scale = _parts(y, sigma)
    rate = None if a is None else checks.positive(a, "a")
    fitted_to = x if sample is None else _parts(sample, sigma, "sample")[1]
    if not scale or not x.size or not fitted_to.size:
        return values.copy()
    magnitude = np.abs(x)
    w, rate = _fitted(np.abs(fitted_to), rate)
    beyond, median = magnitude > _threshold(w, rate), np.zeros_like(x)
    median[beyond] = _median(magnitude[beyond], w, rate)
    shrunk = np.where(magnitude < FAR, np.copysign(median, x) * scale, values.ravel().view(values.real.dtype))
    return shrunk.astype(values.real.dtype).view(values.dtype).reshape(values.shape)


def ebayes_threshold(y: ArrayLike, sigma: float, a: float | None = 0.5) -> float:
    """Return the threshold below which the posterior median of `ebayes` is 0.

    Parameters
    ----------
    y, sigma, a
        As for `ebayes`.

    Returns
    -------
    float
        In the units of `y`.

    Raises
    ------
    ValueError
        As for `ebayes`, and if `y` is empty.

    Notes
    -----
    t with 1 / w = a Phi(t - a) / phi(t - a) - beta(t), in units of sigma.

    References
    ----------
    I. M. Johnstone and B. W. Silverman, EbayesThresh: R programs for empirical Bayes thresholding, *Journal of
    Statistical Software* 12 (8) (2005). doi:10.18637/jss.v012.i08

    Examples
    --------
    >>> from shiftinv.denoising import ebayes_threshold
    >>> round(ebayes_threshold([0.3, -7.0, 0.5, -0.2, 6.0], sigma=1.0), 3)
    0.989
    """
    _, x, scale = _parts(y, sigma)
    rate = None if a is None else checks.positive(a, "a")
    if not x.size:
        raise ValueError("y has no value. Use a band that is not empty.")
    if not scale:
        return 0.0
    w, rate = _fitted(np.abs(x), rate)
    return scale * _threshold(w, rate)


def ebayes_beta(y: ArrayLike, a: float = 0.5) -> Reals:
    """Return how much likelier a value is as signal with noise than as noise alone, less one.

    Parameters
    ----------
    y : array_like, shape (…)
        Real values in units of sigma.
    a : float, optional
        Rate of the Laplace prior, in units of 1 / sigma.

    Returns
    -------
    ndarray, of the shape of `y`
        Infinite where it is beyond double precision.

    Raises
    ------
    ValueError
        If `a` is not positive, or `y` holds a value that is not finite.
    TypeError
        If `y` is complex.

    Notes
    -----
    beta(x) = g(x) / phi(x) - 1 with the density g of the Laplace law plus standard normal noise,

        beta(x) = (a / 2) [Phi(-x - a) / phi(x + a) + Phi(x - a) / phi(x - a)] - 1.

    References
    ----------
    I. M. Johnstone and B. W. Silverman, Empirical Bayes selection of wavelet thresholds, *Annals of Statistics* 33
    (2005) 1700-1752. doi:10.1214/009053605000000345

    Examples
    --------
    >>> from shiftinv.denoising import ebayes_beta
    >>> ebayes_beta([0.0, 2.0, -4.0]).round(3).tolist()
    [-0.562, 0.89, 285.459]
    """
    return _beta(np.abs(checks.real_series(y, "y")), checks.positive(a, "a"))


def _parts(y: ArrayLike, sigma: float, name: str = "y") -> tuple[NDArray[Any], Reals, float]:
    """Return the values, their real parts one after the other in units of sigma, and sigma."""
    values, scale = checks.signal(y, name), checks.non_negative(sigma, "sigma")
    checks.all_finite(values, name)
    x: Reals = values.ravel().view(values.real.dtype).astype(np.float64)
    with np.errstate(over="ignore"):
        return values, np.clip(x / scale, -FAR, FAR) if scale else x, scale


def _mills(u: Reals) -> Reals:
    """Phi(-u) / phi(u)."""
    from scipy.special import erfcx

    with np.errstate(over="ignore"):
        ratio: Reals = ROOT * erfcx(u / math.sqrt(2))
    return ratio


def _beta(x: Reals, a: float) -> Reals:
    with np.errstate(over="ignore"):
        beta: Reals = a / 2 * (_mills(x + a) + _mills(a - x)) - 1
    return beta


def _lowest_weight(n: int, a: float) -> float:
    """Return the weight whose threshold is sqrt(2 ln n)."""
    return 1 / _inverse_weight(universal(n), a)


def _inverse_weight(t: float, a: float) -> float:
    """1 / w of the weight with the threshold t."""
    right, left = (float(part) for part in _mills(np.array([a - t, a + t])))
    return 1 + a / 2 * (right - left)


def _threshold(w: float, a: float) -> float:
    """Return t with _inverse_weight(t) = 1 / w."""
    from scipy.optimize import brentq

    high = 1.0
    while _inverse_weight(high, a) < 1 / w:
        high *= 2
    return float(brentq(lambda t: _inverse_weight(t, a) - 1 / w, 0.0, high, xtol=1e-14)) if w < 1 else 0.0


def _sample(x: Reals) -> tuple[Reals, Reals]:
    """Return what stands for the magnitudes in their likelihood, and how many each of them stands for."""
    if x.size <= MANY:
        return x, np.ones_like(x)
    place = np.minimum(x / WIDTH, LAST / WIDTH).astype(np.intp)
    count = np.bincount(place)
    held = count > 0
    return np.bincount(place, x)[held] / count[held], count[held].astype(np.float64)


def _weight(beta: Reals, count: Reals, a: float) -> float:
    """Return the weight of largest likelihood; the slope of the likelihood falls with the weight."""
    from scipy.optimize import brentq

    with np.errstate(divide="ignore"):
        inverse = 1 / beta

    def slope(log_w: float) -> float:
        return float((count / (math.exp(log_w) + inverse)).sum())

    low = math.log(_lowest_weight(int(count.sum()), a))
    if low >= 0 or slope(0.0) >= 0:
        return 1.0
    return math.exp(low if slope(low) <= 0 else float(brentq(slope, low, 0.0, xtol=1e-13)))


def _fitted(x: Reals, a: float | None) -> tuple[float, float]:
    """Return weight and rate; a rate of None is fitted, with the best weight for each rate that is tried."""
    x, count = _sample(x)
    if a is not None:
        return _weight(_beta(x, a), count, a), a
    from scipy.optimize import minimize_scalar

    far = x > LAST
    beyond, near = x[far], ~far

    def unlikeliness(log_a: float) -> float:
        rate = math.exp(log_a)
        beta = _beta(x, rate)
        w = _weight(beta, count, rate)
        ratio = np.empty_like(x)
        ratio[near] = np.log1p(w * beta[near])
        # Phi(x - a) is 1 there, and the other side nothing
        ratio[far] = math.log(w * rate * math.sqrt(2 * math.pi) / 2) + (beyond - rate) ** 2 / 2
        return -float(count @ ratio)

    ends = (math.log(SCALES[0]), math.log(SCALES[1]))
    best = float(minimize_scalar(unlikeliness, bounds=ends, method="bounded", options={"xatol": 1e-5}).x)
    rate = float(np.clip(math.exp(min((*ends, best), key=unlikeliness)), *SCALES))
    return _weight(_beta(x, rate), count, rate), rate


def _median(x: Reals, w: float, a: float) -> Reals:
    """Return the posterior median of x >= 0, from a form of q in which nothing overflows."""
    from scipy.special import ndtr, ndtri

    u = x - a
    with np.errstate(over="ignore"):
        density = np.exp(-u * u / 2) / math.sqrt(2 * math.pi)
    q = ndtr(u) / 2 + density * ((1 / w - 1) / a + _mills(x + a) / 2)
    median: Reals = np.clip(u - ndtri(np.minimum(q, 1)), 0, x)
    return median
