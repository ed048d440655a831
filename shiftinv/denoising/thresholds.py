"""Thresholds: universal, minimax, SURE and its hybrid, BayesShrink, and the false discovery rate."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks

__all__ = ["bayes", "fdr", "hybrid", "minimax", "standardised", "sure", "universal"]

NOTHING = 1e-150  # of sigma; the squares of smaller values, and one over them, leave the range of double precision


def universal(n: int, *, undecimated: bool = False) -> float:
    """Return the threshold that the largest of n noise coefficients stays below, almost always.

    Parameters
    ----------
    n : int
        How many samples the signal has.
    undecimated : bool, optional
        Whether every sample of every level is kept, which makes about n log2 n different coefficients.

    Returns
    -------
    float
        In units of the noise's standard deviation.

    Raises
    ------
    ValueError
        If n < 1.

    Notes
    -----
    sqrt(2 ln n), or sqrt(2 ln(n log2 n)). The magnitude of complex noise with standard deviation 1 in each part is
    above t with probability exp(-t^2 / 2), so the same threshold is right for n complex coefficients.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Ideal spatial adaptation by wavelet shrinkage, *Biometrika* 81 (1994) 425-455.
    doi:10.1093/biomet/81.3.425

    R. R. Coifman and D. L. Donoho, Translation-invariant de-noising, in *Wavelets and Statistics*, Lecture Notes in
    Statistics 103 (1995) 125-150. doi:10.1007/978-1-4612-2544-7_9

    Examples
    --------
    >>> from shiftinv.denoising import universal
    >>> round(universal(1024), 4), round(universal(1024, undecimated=True), 4)
    (3.7233, 4.2975)
    """
    count = checks.integer(n, "n", 1)
    logarithm = math.log(count)
    if undecimated:
        logarithm = max(0.0, logarithm + math.log(math.log2(count))) if count > 1 else 0.0
    return math.sqrt(2 * logarithm)


def minimax(n: int) -> float:
    """Return the soft threshold with the smallest worst risk, relative to an oracle that knows what to keep.

    Parameters
    ----------
    n : int
        How many samples the signal has.

    Returns
    -------
    float
        In units of the noise's standard deviation.

    Raises
    ------
    ValueError
        If n < 1.

    Notes
    -----
    The root of (n + 1) r(t) = 1 + t^2, where r(t) = 2 [(1 + t^2) Phi(-t) - t phi(t)] is the risk of soft thresholding
    where there is no signal, and 1 + t^2 that where it is strong. The equation is solved; the customary straight line
    0.3936 + 0.1829 log2 n is 0.1 off at n = 65536.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Ideal spatial adaptation by wavelet shrinkage, *Biometrika* 81 (1994) 425-455.
    doi:10.1093/biomet/81.3.425

    Examples
    --------
    >>> from shiftinv.denoising import minimax
    >>> round(minimax(1024), 3)
    2.226
    """
    return _minimax(checks.integer(n, "n", 1))


@lru_cache(maxsize=256)
def _minimax(n: int) -> float:
    from scipy.optimize import brentq

    def balance(t: float) -> float:  # of both sides over 1 + t^2
        tail, density = math.erfc(t / math.sqrt(2)) / 2, math.exp(-t * t / 2) / math.sqrt(2 * math.pi)
        return 2 * (n + 1) * (tail - t * density / (1 + t * t)) - 1

    return float(brentq(balance, 0.0, universal(n) + 1, xtol=1e-14))


def sure(y: ArrayLike, sigma: float) -> float:
    """Return the soft threshold with the smallest unbiased estimate of its risk.

    Parameters
    ----------
    y : array_like, shape (…)
        Values of a band, real or complex.
    sigma : float
        Standard deviation of the noise, of a complex band in each real part.

    Returns
    -------
    float
        In the units of `y`, at most sqrt(2 ln n) sigma for n values.

    Raises
    ------
    ValueError
        If `sigma` is negative or not finite, or `y` is empty or holds a value that is not finite.

    Notes
    -----
    With magnitudes m in units of sigma, the estimate of the risk is for real values

        sum_i min(m_i^2, t^2) + 2 [m_i > t] - 1,

    which grows between one magnitude and the next, so that the best threshold is one of them, or 0. Complex values are
    points of a plane, and a soft gain turns it into

        sum_i min(m_i^2, t^2) + [m_i > t] (4 - 2 t / m_i) - 2,

    a parabola in t between one magnitude and the next, of which the lowest point is taken. Either is found with one
    sort.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Adapting to unknown smoothness via wavelet shrinkage, *Journal of the American
    Statistical Association* 90 (1995) 1200-1224. doi:10.1080/01621459.1995.10476626

    C. M. Stein, Estimation of the mean of a multivariate normal distribution, *Annals of Statistics* 9 (1981)
    1135-1151. doi:10.1214/aos/1176345632

    Examples
    --------
    >>> from shiftinv.denoising import sure
    >>> sure([0.1, -0.4, 0.2, 9.0, -8.0], sigma=1.0)
    0.4
    """
    magnitude, scale, is_complex = standardised(y, sigma)
    return scale * (_sure(magnitude, is_complex) if scale else 0.0)


def _sure(magnitude: NDArray[np.float64], is_complex: bool) -> float:
    n, most = magnitude.size, universal(magnitude.size)
    magnitude = np.where(magnitude < NOTHING, 0, magnitude)
    low = np.sort(magnitude[magnitude <= most])
    # interval k begins where the k smallest are at most t; of equal magnitudes the last interval has the lowest risk
    start = np.concatenate([[0.0], low])
    energy = np.concatenate([[0.0], np.cumsum(low**2)])
    above = n - np.arange(low.size + 1)
    if not is_complex:
        risk = energy + above * start**2 + 2 * above - n
        return float(start[np.argmin(risk)])
    large = magnitude[magnitude > most]
    inverse = np.divide(1, low, out=np.zeros_like(low), where=low > 0)
    inverses = np.concatenate([np.cumsum(inverse[::-1])[::-1], [0.0]]) + float((1 / large).sum())
    end = np.concatenate([low, [most]])
    lowest = np.divide(inverses, above, out=np.zeros_like(inverses), where=above > 0)
    t = np.clip(lowest, start, end)
    risk = energy + above * t**2 + 4 * above - 2 * t * inverses - 2 * n
    return float(t[np.argmin(risk)])


def hybrid(y: ArrayLike, sigma: float) -> float:
    """Return the universal threshold where a band holds hardly more than noise, else that of `sure`.

    Parameters
    ----------
    y, sigma : array_like, float
        As for `sure`.

    Returns
    -------
    float
        In the units of `y`.

    Raises
    ------
    ValueError
        As for `sure`.

    Notes
    -----
    In sparse bands the estimate of the risk is noisier than the gain is large. A band counts as sparse if

        mean(x^2) - 1 <= log2(d)^(3/2) / sqrt(d)

    for its d values x in units of sigma; of complex values, real and imaginary parts are counted.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Adapting to unknown smoothness via wavelet shrinkage, *Journal of the American
    Statistical Association* 90 (1995) 1200-1224. doi:10.1080/01621459.1995.10476626

    Examples
    --------
    >>> import numpy as np
    >>> from shiftinv.denoising import hybrid, universal
    >>> noise = np.random.default_rng(0).standard_normal(256)
    >>> hybrid(noise, sigma=1.0) == universal(256)
    True
    """
    magnitude, scale, is_complex = standardised(y, sigma)
    if not scale:
        return 0.0
    parts = 1 + is_complex
    d = parts * magnitude.size
    with np.errstate(over="ignore"):
        excess = float((magnitude**2).mean()) / parts - 1
    sparse = excess <= math.log2(d) ** 1.5 / math.sqrt(d)
    return scale * (universal(magnitude.size) if sparse else _sure(magnitude, is_complex))


def bayes(y: ArrayLike, sigma: float) -> float:
    """Return the threshold of BayesShrink: the variance of the noise over the standard deviation of the signal.

    Parameters
    ----------
    y, sigma : array_like, float
        As for `sure`.

    Returns
    -------
    float
        In the units of `y`; at most the largest magnitude, with which soft shrinkage leaves nothing.

    Raises
    ------
    ValueError
        As for `sure`.

    Notes
    -----
    sigma^2 / sqrt(max(mean(y^2) - sigma^2, 0)); the variance of a complex signal is mean(|y|^2) / 2 - sigma^2 in each
    real part.

    References
    ----------
    S. G. Chang, B. Yu and M. Vetterli, Adaptive wavelet thresholding for image denoising and compression, *IEEE
    Transactions on Image Processing* 9 (2000) 1532-1546. doi:10.1109/83.862633

    Examples
    --------
    >>> from shiftinv.denoising import bayes
    >>> bayes([1.0, -3.0], sigma=1.0), bayes([1.0, -1.0], sigma=2.0)
    (0.5, 1.0)
    """
    magnitude, scale, is_complex = standardised(y, sigma)
    if not scale:
        return 0.0
    with np.errstate(over="ignore"):
        signal = float((magnitude**2).mean()) / (1 + is_complex) - 1
    largest = float(magnitude.max())
    return scale * (min(1 / math.sqrt(signal), largest) if signal > 0 else largest)


def fdr(y: ArrayLike, sigma: float, q: float = 0.05) -> float:
    """Return the threshold at which at most a share q of what is kept is expected to be noise.

    Parameters
    ----------
    y, sigma : array_like, float
        As for `sure`.
    q : float, optional
        Between 0 and 1.

    Returns
    -------
    float
        In the units of `y`.

    Raises
    ------
    ValueError
        As for `sure`, and if `q` is not between 0 and 1.

    Notes
    -----
    Of n values with magnitudes m_(1) >= m_(2) >= …, k are kept, where k is the largest number with m_(k) >= t_k, and
    noise alone is above t_k with probability q k / n. The threshold is t_k, and t_1 if nothing is kept. For complex
    values t_k = sigma sqrt(2 ln(n / (q k))).

    References
    ----------
    F. Abramovich and Y. Benjamini, Adaptive thresholding of wavelet coefficients, *Computational Statistics & Data
    Analysis* 22 (1996) 351-361. doi:10.1016/0167-9473(96)00003-5

    Examples
    --------
    >>> from shiftinv.denoising import fdr, hard
    >>> y = [0.3, -5.0, 0.9, 4.0, -1.1, 0.2, 1.7, 0.5]
    >>> hard(y, fdr(y, sigma=1.0)).tolist()
    [0.0, -5.0, 0.0, 4.0, -0.0, 0.0, 0.0, 0.0]
    """
    from scipy.special import ndtri

    magnitude, scale, is_complex = standardised(y, sigma)
    share = checks.positive(q, "q")
    if share >= 1:
        raise ValueError(f"q={share} is not allowed. Use a share below 1, such as 0.05.")
    if not scale:
        return 0.0

    def threshold(rank: NDArray[np.int_]) -> NDArray[np.float64]:
        probability = share * rank / magnitude.size
        return np.sqrt(-2 * np.log(probability)) if is_complex else -ndtri(probability / 2)

    large = magnitude[magnitude >= threshold(np.array(magnitude.size))]  # no smaller one is ever kept
    t = threshold(np.arange(1, max(large.size, 1) + 1))
    kept = np.flatnonzero(np.sort(large)[::-1] >= t[: large.size])
    return scale * float(t[kept[-1] if kept.size else 0])


def standardised(y: ArrayLike, sigma: float) -> tuple[NDArray[np.float64], float, bool]:
    """Return the magnitudes of a band in units of sigma (as they are for sigma = 0), sigma, and if it is complex."""
    values, scale = checks.signal(y, "y"), checks.non_negative(sigma, "sigma")
    if not values.size:
        raise ValueError("y has no value. Use a band that is not empty.")
    checks.all_finite(values, "y")
    magnitude: NDArray[Any] = np.abs(values).ravel().astype(np.float64)
    with np.errstate(over="ignore"):
        return magnitude / scale if scale else magnitude, scale, values.dtype.kind == "c"
