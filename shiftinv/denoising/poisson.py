"""The generalised Anscombe transform: the noise of photon counts becomes nearly Gaussian; and its unbiased inverse.

Data are x = gain P + n with a Poisson count P of mean lambda and Gaussian noise n of a given mean and sigma. In units
of the gain, z = (x - mean) / gain and s = sigma / gain, the transform is 2 sqrt(z + 3/8 + s^2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks

__all__ = ["anscombe", "inverse_anscombe"]

MOST_COUNTS = 400  # mean counts in the table; beyond, the series in 1 / lambda is as exact as the interpolation
PER_ROOT = 16  # points of the table per unit of sqrt(lambda)
TAIL = 12  # standard deviations of counts after which nothing is left in double precision
SMOOTH = 40  # standard deviations of the noise at which the root is far enough from its branch point for Gauss-Hermite
NODES = 24


def anscombe(x: ArrayLike, gain: float = 1, sigma: float = 0, mean: float = 0) -> NDArray[Any]:
    """Return counts, with or without Gaussian noise, as data whose noise has a standard deviation near 1.

    Parameters
    ----------
    x : array_like, shape (…)
        gain P + n with Poisson counts P and Gaussian noise n.
    gain : float, optional
        Units of the data per count, > 0.
    sigma : float, optional
        Standard deviation of n, in units of the data.
    mean : float, optional
        Mean of n (the dark level), in units of the data.

    Returns
    -------
    ndarray, shape (…)
        In the dtype the data are computed in.

    Raises
    ------
    TypeError
        If `x` is complex.
    ValueError
        If `x` holds values that are not finite, or, with ``sigma=0``, values below `mean`, which no count can give.

    Notes
    -----
        f(x) = (2 / gain) sqrt(max(gain (x - mean) + 3/8 gain^2 + sigma^2, 0)).

    The maximum is a part of the definition: Gaussian noise can make data as low as one pleases, and the root is 0 for
    all of them below mean - 3/8 gain - sigma^2 / gain. `inverse_anscombe` takes it into account. The variance of
    the result is 1 within 2 % from a mean of 3 counts on where there is no Gaussian noise, from 10 on with any (at 3 it
    is up to 8 % more).

    References
    ----------
    F. J. Anscombe, "The transformation of Poisson, binomial and negative-binomial data", Biometrika 35, 1948.
    doi:10.1093/biomet/35.3-4.246

    F. Murtagh, J.-L. Starck and A. Bijaoui, "Image restoration with noise suppression using a multiresolution support",
    Astron. Astrophys. Suppl. 112, 1995.

    Examples
    --------
    >>> from shiftinv.denoising import anscombe
    >>> anscombe([0, 1, 10]).round(3).tolist()
    [1.225, 2.345, 6.442]
    """
    data, gain, sigma, mean = _checked(x, gain, sigma, mean, "x")
    if not sigma and data.size and data.min() < mean:
        low = data[data < mean]
        raise ValueError(
            f"x holds {low.size} {'value' if low.size == 1 else 'values'} below mean={mean}, the smallest is "
            f"{low.min()}; with sigma=0 no count can give it. Tell the noise of the detector as sigma and its dark "
            f"level as mean (in denoise with noise=PoissonGaussian(gain, sigma, mean))."
        )
    square = (data - mean) / gain + (3 / 8 + (sigma / gain) ** 2)
    transformed: NDArray[Any] = 2 * np.sqrt(np.maximum(square, 0))
    return transformed


def inverse_anscombe(y: ArrayLike, gain: float = 1, sigma: float = 0, mean: float = 0) -> NDArray[Any]:
    """Return the mean of the data whose Anscombe transform has the mean `y`: the exact unbiased inverse.

    Parameters
    ----------
    y : array_like, shape (…)
        Denoised data, in the units of `anscombe`.
    gain, sigma, mean : float, optional
        As for `anscombe`.

    Returns
    -------
    ndarray, shape (…)
        gain lambda + mean, in the units of the data, for the mean count lambda >= 0 with E f(x) = y. No mean count
        has an expectation below that of lambda = 0: there the result is `mean`.

    Raises
    ------
    TypeError
        If `y` is complex.
    ValueError
        If `y` holds values that are not finite.

    Notes
    -----
    The root is concave, so that the algebraic inverse of an average is too low, most of all at low counts. The
    expectation is

        E f = sum_p exp(-lambda) lambda^p / p! g(p),   g(p) = E 2 sqrt(max(p + s n + 3/8 + s^2, 0)),   s = sigma / gain,

    with n standard normal. Its derivative is the same sum over g(p + 1) - g(p). A table of both up to lambda = 400
    gives the inverse by cubic Hermite interpolation. Beyond, with m = lambda + 3/8 + s^2,

        (E f / 2)^2 = lambda + 1/8 + s^2 - (3/8 + s^2) / (8 m^2) + O(m^-2).

    References
    ----------
    M. Mäkitalo and A. Foi, "Optimal inversion of the Anscombe transformation in low-count Poisson image denoising",
    IEEE Trans. Image Process. 20(1), 2011. doi:10.1109/TIP.2010.2056693

    M. Mäkitalo and A. Foi, "Optimal inversion of the generalized Anscombe transformation for Poisson-Gaussian noise",
    IEEE Trans. Image Process. 22(1), 2013. doi:10.1109/TIP.2012.2202675

    Examples
    --------
    >>> import numpy as np
    >>> from shiftinv.denoising import anscombe, inverse_anscombe
    >>> counts = np.random.default_rng(0).poisson(0.5, 1_000_000)
    >>> level = anscombe(counts).mean()
    >>> round(float(inverse_anscombe([level])[0]), 2), round(float(level**2 / 4 - 3 / 8), 2)
    (0.5, 0.38)
    """
    data, gain, sigma, mean = _checked(y, gain, sigma, mean, "y")
    from scipy.interpolate import CubicHermiteSpline

    noise = sigma / gain
    counts = (np.arange(int(MOST_COUNTS**0.5) * PER_ROOT + 1) / PER_ROOT) ** 2
    expectation, derivative = _expectation(counts, noise)
    level = data.astype(np.float64)
    inverse = CubicHermiteSpline(expectation, counts, 1 / derivative)
    inside = np.clip(level, expectation[0], expectation[-1])  # the lower end is the definition's, the upper one follows
    found = np.where(level > expectation[-1], _many_counts(np.maximum(level, expectation[-1]), noise), inverse(inside))
    return (gain * found + mean).astype(data.dtype)


def _checked(
    x: ArrayLike, gain: float, sigma: float, mean: float, name: str
) -> tuple[NDArray[Any], float, float, float]:
    """Return the arguments that both directions share, real and finite."""
    data = checks.signal(x, name)
    checks.real_series(data, name)
    return data, checks.positive(gain, "gain"), checks.non_negative(sigma, "sigma"), checks.finite(mean, "mean")


def _expectation(counts: NDArray[Any], noise: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return E f for mean counts, and its derivative."""
    from scipy.special import gammaln, xlogy

    most = counts.max()
    p = np.arange(int(most + TAIL * most**0.5 + TAIL))
    mean = counts[:, np.newaxis]
    law = np.exp(xlogy(p, mean) - mean - gammaln(p + 1))
    root = _noisy_root(np.arange(p.size + 1) + 3 / 8 + noise**2, noise)
    return law @ root[:-1], law @ np.diff(root)


def _noisy_root(square: NDArray[Any], noise: float) -> NDArray[Any]:
    """Return E 2 sqrt(max(square + noise n, 0)) for standard normal n.

    With square + noise n = noise v^2 near the branch point this is 2 sqrt(noise) times the integral over all v of
    v^2 phi(v^2 - square / noise), an even entire function, for which the trapezoidal rule converges faster than any
    power.
    """
    if not noise:
        exact: NDArray[Any] = 2 * np.sqrt(square)
        return exact
    distance = square / noise
    far = distance > SMOOTH
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    root = np.empty_like(square)
    root[far] = 2 * np.sqrt(square[far, np.newaxis] + noise * nodes) @ (weights / weights.sum())
    top = (SMOOTH + TAIL) ** 0.5
    v, step = np.linspace(-top, top, 1001, retstep=True)
    density = np.exp(-((v**2 - distance[~far, np.newaxis]) ** 2) / 2) / (2 * np.pi) ** 0.5
    root[~far] = 2 * noise**0.5 * step * (density @ v**2)
    return root


def _many_counts(level: NDArray[Any], noise: float) -> NDArray[Any]:
    """Return the inverse for many counts."""
    square = level**2 / 4
    return square - 1 / 8 - noise**2 + (3 / 8 + noise**2) / (8 * (square + 1 / 4) ** 2)
