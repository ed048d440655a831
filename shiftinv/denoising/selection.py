"""Choosing among estimators without the clean signal, by Monte-Carlo SURE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..transforms.swt import SWT
from .estimator import Denoised, Estimator, usual_levels
from .noise_models import Noise

__all__ = ["best", "monte_carlo_sure"]

Array: TypeAlias = NDArray[Any]
SAMPLES = 1 << 16  # that are probed in all, so that short signals get several probes
STEP = 0.01  # of sigma: far above rounding; with 0.1 the risk of SURE-LET comes out a seventh too high
BANKS = ("haar", "db2", "sym8")


def monte_carlo_sure(
    f: Callable[[Array], ArrayLike], x: ArrayLike, sigma: float, *, probes: int = 1, seed: int = 0
) -> float:
    """Estimate the mean squared error of a denoised signal without knowing the clean one.

    Parameters
    ----------
    f : callable
        Takes the noisy signal and returns an estimate of its shape. Anything it fits to the signal, such as thresholds
        or weights, belongs into it; what is estimated beforehand, such as `sigma`, does not. It gets a copy, which it
        may write into.
    x : array_like, shape (…)
        The noisy signal, real and finite.
    sigma : float
        Standard deviation of its white Gaussian noise, > 0.
    probes : int, optional
        Number of random directions along which the divergence is measured; each calls `f` once.
    seed : int, optional
        Of the directions. With the same seed several `f` are compared along the same ones.

    Returns
    -------
    float
        Mean squared error per sample, in squared units of the signal. It may be negative by chance.

    Raises
    ------
    ValueError
        If `sigma` is not positive, a value is not finite, or `f` returns another shape.
    TypeError
        If `f` returns no array of numbers.

    Notes
    -----
    Stein's unbiased estimate with N samples,

        |f(x) - x|^2 / N - sigma^2 + 2 sigma^2 div f(x) / N,

    with the divergence as the mean over probes b of independent signs of b . (f(x + e b) - f(x)) / e, e = sigma / 100.
    Where f jumps, as hard thresholding does, the jumps within reach of e stand for the density of all.

    References
    ----------
    S. Ramani, T. Blu and M. Unser, Monte-Carlo SURE: a black-box optimization of regularization parameters for general
    denoising algorithms, *IEEE Transactions on Image Processing* 17 (2008) 1540-1554. doi:10.1109/TIP.2008.2001404

    Examples
    --------
    >>> import numpy as np
    >>> from shiftinv.denoising import monte_carlo_sure
    >>> x = np.random.default_rng(0).standard_normal(100_000)
    >>> round(monte_carlo_sure(lambda x: x / 2, x, 1.0), 2)  # the truth, which is 0 everywhere, says 1 / 4
    0.25
    """
    signal, scale = checks.signal(x), checks.positive(sigma, "sigma")
    checks.real_series(signal)
    count, start = checks.integer(probes, "probes", 1), checks.integer(seed, "seed", 0)

    def estimate(y: Array) -> Array:
        found = checks.applied(f, y, "f", "Return the estimate as one array of numbers, of the shape of the signal.")
        if found.shape != y.shape:
            raise ValueError(f"f returns shape {found.shape} for a signal of {y.shape}. Use an f that keeps the shape.")
        return found

    return _sure(estimate, signal, estimate(signal), scale, count, start)


def _sure(f: Callable[[Array], Array], x: Array, estimate: Array, sigma: float, probes: int, seed: int) -> float:
    rng, slope = np.random.default_rng(seed), 0.0
    for _ in range(probes):
        signs = rng.integers(0, 2, x.shape) * 2 - 1
        moved = f(x + (STEP * sigma * signs).astype(x.dtype))
        slope += float(np.vdot(signs, (moved - estimate).astype(np.float64))) / (STEP * sigma * probes)
    residual = float(np.mean((estimate - x).astype(np.float64) ** 2))
    return residual - sigma**2 + 2 * sigma**2 * slope / x.size


def best(x: Array, noise: Noise, asked: Estimator, workers: int) -> tuple[Array, Denoised]:
    """Return the estimate with the least estimated risk among those that the method leaves open, and all risks."""
    if not noise.is_white:
        raise ValueError("transform='best' estimates risks for white noise. Name a transform for other noise.")
    if x.dtype.kind == "c":
        raise TypeError("transform='best' is for real data. Use x.real and x.imag, or name a transform.")
    trivial = not np.isfinite(x).all() or noise.sigma < np.finfo(float).tiny or np.all(x == x.flat[0])
    if trivial or max(x.shape) < 4:
        return asked.run(x, noise, workers)
    probes = max(1, min(16, SAMPLES // x.size))
    found: dict[str, tuple[Array, Denoised]] = {}
    risks: dict[str, float] = {}
    for estimator in _candidates(asked, x):

        def estimate(y: Array, estimator: Estimator = estimator) -> Array:
            return estimator.run(y, noise, workers)[0]

        result, info = estimator.run(x, noise, workers)
        name = f"{estimator.method} {' + '.join(info.transforms)}"
        found[name] = result, info
        risks[name] = _sure(estimate, x, result, noise.sigma, probes, 0)
    least = min(risks, key=risks.__getitem__)
    result, info = found[least]
    return result, replace(info, risks=risks)


def _candidates(asked: Estimator, x: Array) -> Iterator[Estimator]:
    """Yield what the method leaves open: transforms, and for "auto" methods too."""
    methods: tuple[str | float, ...] = (asked.method,)
    if asked.method == "auto":
        methods = ("ebayes", "surelet") if x.ndim == 1 else ("auto", "surelet", "bivariate")
    for method in methods:
        if method in ("auto", "bivariate"):
            yield replace(asked, method=method)
            continue
        for bank in BANKS:
            yield replace(asked, method=method, transform=SWT(bank, usual_levels(x, method), boundary=asked.boundary))
