"""Wavelet variance, covariance and correlation of time series: by scale, with confidence intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..boundary import Boundary, boundary_name
from ..catalogue import filter_bank
from ..filters import FilterBank
from ..transforms.modwt import MODWT

if TYPE_CHECKING:
    import pywt

__all__ = ["WaveletEstimate", "wavelet_correlation", "wavelet_covariance", "wavelet_variance"]

Reals = NDArray[np.float64]
INTERVALS = ("eta3", "eta1", "gaussian")


@dataclass(frozen=True, eq=False, repr=False)
class WaveletEstimate:
    """A quantity of one or two time series, scale by scale; its `repr` is a table.

    Parameters
    ----------
    name : str
        What is estimated.
    levels : ndarray of int, shape (J,)
        1 … J.
    scales : ndarray, shape (J,)
        2^(j-1) / fs: over this time level j compares neighbouring averages.
    frequencies : ndarray, shape (J, 2)
        Between which frequencies level j lies, fs / 2^(j+1) and fs / 2^j.
    values, lower, upper : ndarray, shape (…, J, …)
        The estimate, and the ends of its confidence interval; the levels stand where the series had its time axis.
    degrees : ndarray, shape (…, J, …)
        Degrees of freedom of the interval: eta of a chi-squared one; of a correlation the number n of
        Fisher's transformation, whose variance is 1 / (n - 3); NaN where the interval is Gaussian.
    counts : ndarray of int, shape (J,)
        How many coefficients of level j the intervals count; those of a mirror image do not count again.
    confidence : float
        The probability with which an interval is meant to hold the true value.
    """

    name: str
    levels: NDArray[np.int_]
    scales: Reals
    frequencies: Reals
    values: Reals
    lower: Reals
    upper: Reals
    degrees: Reals
    counts: NDArray[np.int_]
    confidence: float

    def __repr__(self) -> str:
        title = f"{self.name}, {100 * self.confidence:g} % intervals"
        heads = ["level", "scale", "frequencies", "coefficients"]
        columns: list[list[str]] = [
            [str(level) for level in self.levels],
            [f"{scale:.6g}" for scale in self.scales],
            [f"{low:.4g} … {high:.4g}" for low, high in self.frequencies],
            [str(count) for count in self.counts],
        ]
        if self.values.ndim == 1:
            heads += ["value", "lower", "upper", "degrees"]
            numbers = (self.values, self.lower, self.upper, self.degrees)
            columns += [[f"{number:.5g}" for number in column] for column in numbers]
        else:
            title += f"; values of shape {self.values.shape}"
        widths = [max(map(len, [head, *cells])) for head, cells in zip(heads, columns, strict=True)]
        rows = [heads, *zip(*columns, strict=True)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([title, *lines])


def wavelet_variance(
    x: ArrayLike,
    wavelet: str | FilterBank | pywt.Wavelet = "la8",
    levels: int | None = None,
    *,
    axis: int = -1,
    boundary: str | None = None,
    interval: str = "eta3",
    confidence: float = 0.95,
    fs: float = 1.0,
) -> WaveletEstimate:
    """Estimate which part of the variance of a time series is due to which scale.

    Parameters
    ----------
    x : array_like, shape (…, N, …)
        Real time series; computed in double precision.
    wavelet : str, FilterBank or pywt.Wavelet, optional
        An orthonormal bank; see `shiftinv.filter_bank`. It must have at least as many vanishing moments as
        differences make the series stationary; "la8" has four, "haar" (the Allan variance, halved) one.
    levels : int, optional
        How many levels. None: those of `MODWT`.
    axis : int, optional
        The time axis; the others are a batch.
    boundary : {None, "periodic", "symmetric"}, optional
        None: coefficients are averaged that the series alone determines, and the estimate is unbiased. A boundary:
        all N coefficients of the series continued in this way, of "symmetric" the 2 N of the series and its mirror
        image: the biased estimate. The variances of all levels and of V_J then add up to the sample variance.
    interval : {"eta3", "eta1", "gaussian"}, optional
        How the interval is found; see Notes.
    confidence : float, optional
        Between 0 and 1.
    fs : float, optional
        Samples per unit of time, of which scales and frequencies are told.

    Returns
    -------
    WaveletEstimate
        In squared units of the series.

    Raises
    ------
    ValueError
        If the series is too short for an unbiased estimate at these levels, holds a value that is not finite, or the
        bank is not orthonormal.
    TypeError
        If the series is complex.

    Notes
    -----
    With the M_j = N - L_j + 1 coefficients W_j[t] of `MODWT` that no boundary touches, L_j = (2^j - 1) (L - 1) + 1,

        nu_j^2 = sum_t W_j[t]^2 / M_j.

    eta nu_j^2(estimate) / nu_j^2(true) is close to chi-squared with eta degrees of freedom. "eta3" takes
    eta = max(M_j / 2^j, 1), which needs nothing of the data and takes W_j to fill its octave and no more: as filters do
    not, intervals are too wide rather than too narrow (95 % ones hold 97 to 99 % of white noise).
    "eta1" takes eta = M_j nu_j^4 / A_j, with A_j = s_0^2 / 2 + sum_{tau > 0} s_tau^2 and s_tau the sample
    autocovariance of W_j; it is right for long series, and too narrow with eta below 50 or so (92 % of 95 % at 15).
    "gaussian" is nu_j^2 -+ z sqrt(2 A_j / M_j), whose lower end may be negative, for longer series still. Where A_j is
    needed, the interval of a level without any energy is NaN.

    References
    ----------
    D. B. Percival and A. T. Walden, *Wavelet Methods for Time Series Analysis*, Cambridge University Press, 2000,
    chapter 8. doi:10.1017/CBO9780511841040

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(1000)
    >>> found = si.metrics.wavelet_variance(x, "la8", 3, fs=10)
    >>> found
    wavelet variance, 95 % intervals
    level  scale   frequencies  coefficients    value     lower    upper  degrees
        1    0.1       2.5 … 5           993  0.47551   0.42149  0.54068    496.5
        2    0.2    1.25 … 2.5           979  0.23896   0.20169  0.28767   244.75
        3    0.4  0.625 … 1.25           951  0.11508  0.090629  0.15101   118.88
    >>> bool(np.all((found.lower < 0.5 ** found.levels) & (0.5 ** found.levels < found.upper)))
    True
    """
    from scipy.special import gammaincinv

    series, place = _series(x, axis, "x")
    tail = _tail(confidence)
    checks.choice(interval, INTERVALS, "interval")
    found = []
    for level, (w,) in _levels((series,), wavelet, levels, boundary):
        count, value = w.shape[-1], _mean(w**2)
        if interval == "gaussian":
            found.append((count, *_gaussian(value, np.sqrt(_lag_products(w, w) / count), tail)))
            continue
        if interval == "eta3":
            eta = np.full(value.shape, max(count / 2**level, 1.0))
        else:
            with np.errstate(invalid="ignore"):
                eta = count * value**2 / (_lag_products(w, w) / 2)
        quantiles = [2 * gammaincinv(eta / 2, part) for part in (1 - tail, tail)]
        found.append((count, value, *(eta * value / quantile for quantile in quantiles), eta))
    return _estimate("wavelet variance", found, place, confidence, fs)


def wavelet_covariance(
    x: ArrayLike,
    y: ArrayLike,
    wavelet: str | FilterBank | pywt.Wavelet = "la8",
    levels: int | None = None,
    *,
    axis: int = -1,
    boundary: str | None = None,
    confidence: float = 0.95,
    fs: float = 1.0,
) -> WaveletEstimate:
    """Estimate which part of the covariance of two time series is due to which scale.

    Parameters
    ----------
    x, y : array_like, shape (…, N, …)
        Real time series of one shape; computed in double precision.
    wavelet, levels, axis, boundary, confidence, fs
        As for `wavelet_variance`.

    Returns
    -------
    WaveletEstimate
        In units of x times units of y.

    Raises
    ------
    ValueError, TypeError
        As for `wavelet_variance`, and if the two differ in shape.

    Notes
    -----
    The estimate is the mean of the M_j products of coefficients of x and of y at the same time. It is nearly Gaussian
    for long series, with variance

        (1 / M_j) sum_tau s_tau[x] s_tau[y],

    s_tau being the sample autocovariances at the lags -(M_j - 1) … M_j - 1. The sum also is
    half of itself plus half of the sum of the squared sample cross-covariances, the form in which it was published.

    References
    ----------
    B. Whitcher, P. Guttorp and D. B. Percival, "Wavelet analysis of covariance with application to atmospheric time
    series", J. Geophys. Res. 105(D11), 2000. doi:10.1029/2000JD900110

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x, noise = np.random.default_rng(0).standard_normal((2, 1000))
    >>> found = si.metrics.wavelet_covariance(x, x + noise, "la8", 3)
    >>> bool(np.all((found.lower < 0.5 ** found.levels) & (0.5 ** found.levels < found.upper)))
    True
    """
    pair, place = _pair(x, y, axis)
    tail = _tail(confidence)
    found = []
    for _, (w, v) in _levels(pair, wavelet, levels, boundary):
        count = w.shape[-1]
        deviation = np.sqrt(_lag_products(w, v) / count)
        found.append((count, *_gaussian(_mean(w * v), deviation, tail)))
    return _estimate("wavelet covariance", found, place, confidence, fs)


def wavelet_correlation(
    x: ArrayLike,
    y: ArrayLike,
    wavelet: str | FilterBank | pywt.Wavelet = "la8",
    levels: int | None = None,
    *,
    axis: int = -1,
    boundary: str | None = None,
    confidence: float = 0.95,
    fs: float = 1.0,
) -> WaveletEstimate:
    """Estimate the correlation of two time series, scale by scale.

    Parameters
    ----------
    x, y : array_like, shape (…, N, …)
        Real time series of one shape; computed in double precision.
    wavelet, levels, axis, boundary, confidence, fs
        As for `wavelet_variance`.

    Returns
    -------
    WaveletEstimate
        Between -1 and 1; NaN where a series has no energy at a level.

    Raises
    ------
    ValueError, TypeError
        As for `wavelet_covariance`.

    Notes
    -----
    The estimate r is the covariance of a level over the root of the product of both variances. Its interval is

        tanh(artanh(r) -+ z / sqrt(n - 3)),

    with n the number of coefficients of level j that a DWT would have, floor(N / 2^j), without the
    ceil((L - 2) (1 - 2^-j)) of them that a boundary touches unless `boundary` is told. With n <= 3 nothing is known:
    the interval is -1 … 1.

    References
    ----------
    B. Whitcher, P. Guttorp and D. B. Percival, "Wavelet analysis of covariance with application to atmospheric time
    series", J. Geophys. Res. 105(D11), 2000. doi:10.1029/2000JD900110

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x, noise = np.random.default_rng(0).standard_normal((2, 1000))
    >>> found = si.metrics.wavelet_correlation(x, x + noise, "la8", 3)
    >>> bool(np.all((found.lower < 0.5**0.5) & (0.5**0.5 < found.upper)))
    True
    """
    from scipy.special import ndtri

    pair, place = _pair(x, y, axis)
    size, taps = pair[0].shape[-1], len(filter_bank(wavelet))
    reach = -ndtri(_tail(confidence))
    found = []
    for level, (w, v) in _levels(pair, wavelet, levels, boundary):
        roots = np.sqrt(_mean(w**2)) * np.sqrt(_mean(v**2))
        n = size // 2**level - (0 if boundary else math.ceil((taps - 2) * (1 - 0.5**level)))
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.clip(_mean(w * v) / roots, -1, 1)  # two equal series may leave 1 + rounding
            turned, step = np.arctanh(value), reach / np.sqrt(n - 3) if n > 3 else np.inf
            ends = [np.tanh(turned + step * side) if n > 3 else side + 0 * value for side in (-1, 1)]
        found.append((w.shape[-1], value, *ends, np.full(np.shape(value), float(n))))
    return _estimate("wavelet correlation", found, place, confidence, fs)


def _series(x: ArrayLike, axis: int, name: str) -> tuple[Reals, int]:
    """Return time series with time last, and where it was."""
    series = checks.real_series(x, name)
    place = checks.axes_of(checks.axes(axis, "axis"), series.shape, "axis")
    if len(place) != 1:
        raise ValueError(f"axis={axis!r} names several axes, and time is one. Use an integer.")
    checks.transformed_sizes(series.shape, place, name)
    return np.moveaxis(series, place[0], -1), place[0]


def _pair(x: ArrayLike, y: ArrayLike, axis: int) -> tuple[tuple[Reals, Reals], int]:
    (first, place), (second, _) = _series(x, axis, "x"), _series(y, axis, "y")
    if first.shape != second.shape:
        raise ValueError(
            f"x has shape {np.shape(x)} and y {np.shape(y)}; two series are compared time by time. Use equal shapes."
        )
    return (first, second), place


def _tail(confidence: float) -> float:
    """Return the probability that an interval leaves out on either side."""
    number = checks.positive(confidence, "confidence")
    if number >= 1:
        raise ValueError(f"confidence={number} is not below 1. Use a probability such as 0.95.")
    return (1 - number) / 2


def _levels(
    series: tuple[Reals, ...], wavelet: str | FilterBank | pywt.Wavelet, levels: int | None, boundary: str | None
) -> Iterator[tuple[int, list[Reals]]]:
    """Yield each level with the coefficients of every series that count, shape (…, 1 or 2, M).

    Of a series and its mirror image both halves count, which are no more independent than one of them.
    """
    bank, size = filter_bank(wavelet), series[0].shape[-1]
    if not bank.is_orthonormal:
        raise ValueError(
            f"wavelet={bank.name or bank!r} is not orthonormal: the variances of its levels do not add up to that "
            f"of the series. Use one such as 'la8', 'd4' or 'haar'."
        )
    if boundary is not None:
        boundary_name(boundary, ("periodic", "symmetric"))
    if levels is not None:
        checks.integer(levels, "levels", 1)
    T = MODWT(bank, levels, axes=-1)
    depth = T.layout(size).levels
    deepest = ((size - 1) // (len(bank) - 1) + 1).bit_length() - 1
    if boundary is None and not deepest:
        raise ValueError(
            f"a series of {size} samples has no coefficient that its boundary does not touch: the wavelet has "
            f"{len(bank)} taps. Use a longer series, a shorter wavelet, or boundary='symmetric'."
        )
    if boundary is None and depth > deepest:
        raise ValueError(
            f"levels={depth} is too deep for an unbiased estimate from {size} samples with {len(bank)} taps: "
            f"at most {deepest}. Use levels<={deepest}, a longer series, a shorter wavelet, or boundary='symmetric'."
        )
    if boundary == "symmetric":
        series = tuple(Boundary("symmetric").extend(x, 0, size) for x in series)
    transformed = [T.with_levels(depth, (-1,)).forward(x) for x in series]
    for level in range(1, depth + 1):
        touched = 0 if boundary else (2**level - 1) * (len(bank) - 1)
        bands = [c[level, "d"][..., touched:] for c in transformed]
        yield level, [band.reshape(*band.shape[:-1], -1, min(size, band.shape[-1])) for band in bands]


def _mean(products: Reals) -> Reals:
    average: Reals = products.mean(axis=(-2, -1))
    return average


def _lag_products(w: Reals, v: Reals) -> Reals:
    """Return sum_tau s_tau[w] s_tau[v] over all lags, s being sample autocovariances of mean-free series."""
    first, second = (_autocovariance(part) for part in (w, v))
    totals = first[..., 0] * second[..., 0] + 2 * np.sum(first[..., 1:] * second[..., 1:], axis=-1)
    average: Reals = totals.mean(axis=-1)
    return average


def _autocovariance(w: Reals) -> Reals:
    """Return sum_t w[t] w[t + tau] / M for tau = 0 … M - 1."""
    from scipy.fft import next_fast_len

    count = w.shape[-1]
    size = next_fast_len(2 * count - 1, real=True)
    power = np.abs(np.fft.rfft(w, size)) ** 2
    autocovariance: Reals = np.fft.irfft(power, size)[..., :count] / count
    return autocovariance


def _gaussian(value: Reals, deviation: Reals, tail: float) -> tuple[Any, ...]:
    from scipy.special import ndtri

    reach = -ndtri(tail) * deviation
    return value, value - reach, value + reach, np.full(np.shape(value), np.nan)


def _estimate(name: str, found: list[Any], place: int, confidence: float, fs: float) -> WaveletEstimate:
    """Collect (count, value, lower, upper, degrees) of all levels."""
    counts, *columns = zip(*found, strict=True)
    values, lower, upper, degrees = (np.moveaxis(np.stack(column, axis=-1), -1, place) for column in columns)
    levels, rate = np.arange(1, len(found) + 1), checks.positive(fs, "fs")
    octaves = np.exp2(levels.astype(np.float64))
    return WaveletEstimate(
        name,
        levels,
        octaves / 2 / rate,
        np.stack([rate / octaves / 2, rate / octaves], axis=-1),
        values,
        lower,
        upper,
        degrees,
        np.array(counts),
        float(confidence),
    )
