"""Wavelet variance, covariance and correlation: exact sums, true values of the filters, coverage by simulation."""

import math

import numpy as np
import pytest
from naive import modwt_filters
from scipy.signal import lfilter
from scipy.stats import chi2, norm

import shiftinv as si
from shiftinv.metrics import wavelet_correlation, wavelet_covariance, wavelet_variance

RNG = np.random.default_rng(0)
SERIES = 1500
FAR = 4  # standard errors; about one in 16 000


def filters(wavelet, levels):
    bank = si.filter_bank(wavelet)
    return modwt_filters(bank.lowpass, bank.highpass, levels)[0]


def true_variances(wavelet, levels, autocovariance):
    """sum_l sum_m h_{j,l} h_{j,m} s_{l-m} for each level."""
    found = []
    for taps in filters(wavelet, levels):
        lags = np.correlate(taps, taps, "full")
        distance = np.abs(np.arange(len(lags)) - (len(taps) - 1))
        found.append(lags @ autocovariance(distance))
    return np.array(found)


def white(distance):
    return (distance == 0).astype(float)


def autoregressive(distance, phi=0.9):
    return phi**distance / (1 - phi**2)


def draw(process, size, series=SERIES, seed=0):
    noise = np.random.default_rng(seed).standard_normal((series, size + 200))
    if process == "random walk":
        return np.cumsum(noise, axis=-1)[:, 200:]
    return (lfilter([1], [1, -0.9], noise, axis=-1) if process == "autoregressive" else noise)[:, 200:]


def truth(process, wavelet, levels):
    if process == "random walk":  # the filter of the increments is the running sum of the taps
        return np.array([np.sum(np.cumsum(taps) ** 2) for taps in filters(wavelet, levels)])
    return true_variances(wavelet, levels, {"white": white, "autoregressive": autoregressive}[process])


def coverage(estimate, expected):
    """Which share of the intervals holds the true value, for each level."""
    return np.mean((estimate.lower <= expected) & (expected <= estimate.upper), axis=0)


def far(probability=0.95):
    return FAR * math.sqrt(probability * (1 - probability) / SERIES)


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize("wavelet", ["haar", "la8", "d6", "c12"])
def test_variance_is_the_mean_square_of_what_the_series_alone_determines(wavelet):
    x = RNG.standard_normal(300).cumsum()
    found = wavelet_variance(x, wavelet, 4)
    for row, taps in enumerate(filters(wavelet, 4)):
        w = np.convolve(x, taps, "valid")
        assert found.counts[row] == len(w)
        assert found.values[row] == pytest.approx(np.mean(w**2), rel=1e-12)


def test_haar_variance_is_half_the_allan_variance():
    x = RNG.standard_normal(200)
    found = wavelet_variance(x, "haar", 3)
    for level, value in zip(found.levels, found.values, strict=True):
        span = 2 ** (level - 1)
        means = np.convolve(x, np.ones(span) / span, "valid")
        assert value == pytest.approx(np.mean((means[span:] - means[:-span]) ** 2) / 2 / 2, rel=1e-12)


@pytest.mark.parametrize("boundary", ["periodic", "symmetric"])
@pytest.mark.parametrize("size", [7, 64, 101])
def test_biased_variances_and_the_rest_add_up_to_the_sample_variance(boundary, size):
    x, levels = 3 + RNG.standard_normal(size).cumsum(), 4
    line = np.concatenate([x, x[::-1]]) if boundary == "symmetric" else x
    smooth = si.MODWT("la8", levels).forward(line).approx
    found = wavelet_variance(x, "la8", levels, boundary=boundary)
    assert found.values.sum() + smooth.var() == pytest.approx(x.var(), rel=1e-12)
    assert (found.counts == size).all()
    other = RNG.standard_normal(size)
    pair = np.concatenate([other, other[::-1]]) if boundary == "symmetric" else other
    rest = np.mean(smooth * si.MODWT("la8", levels).forward(pair).approx) - x.mean() * other.mean()
    shared = wavelet_covariance(x, other, "la8", levels, boundary=boundary)
    assert shared.values.sum() + rest == pytest.approx(np.cov(x, other, bias=True)[0, 1], abs=1e-12 * np.abs(x).max())


def test_covariance_and_correlation_of_a_series_with_itself():
    x = RNG.standard_normal(200)
    alone, both, share = wavelet_variance(x), wavelet_covariance(x, x), wavelet_correlation(x, -2 * x)
    np.testing.assert_allclose(both.values, alone.values, rtol=1e-14)
    np.testing.assert_allclose(both.lower, wavelet_variance(x, interval="gaussian").lower, rtol=1e-12)
    np.testing.assert_allclose(share.values, -1, rtol=1e-14)
    np.testing.assert_allclose(share.upper, -1, rtol=1e-12)


def test_correlation_is_covariance_over_the_root_of_both_variances():
    x, y = RNG.standard_normal((2, 400))
    parts = wavelet_variance(x, "d4", 3).values * wavelet_variance(y, "d4", 3).values
    expected = wavelet_covariance(x, y, "d4", 3).values / np.sqrt(parts)
    np.testing.assert_allclose(wavelet_correlation(x, y, "d4", 3).values, expected, rtol=1e-12)


# --- intervals -----------------------------------------------------------------------------------


def test_chi_squared_and_gaussian_intervals_by_their_formulas():
    x, wavelet, levels, confidence = RNG.standard_normal(150), "d4", 4, 0.9
    tails = (1 + confidence) / 2, (1 - confidence) / 2
    results = {
        interval: wavelet_variance(x, wavelet, levels, interval=interval, confidence=confidence)
        for interval in ("eta3", "eta1", "gaussian")
    }
    for row, taps in enumerate(filters(wavelet, levels)):
        w = np.convolve(x, taps, "valid")
        count, value = len(w), np.mean(w**2)
        lags = [np.sum(w[: count - lag] * w[lag:]) / count for lag in range(count)]
        spread = lags[0] ** 2 / 2 + np.sum(np.square(lags[1:]))
        for interval, eta in (("eta3", max(count / 2 ** (row + 1), 1)), ("eta1", count * value**2 / spread)):
            found = results[interval]
            assert found.degrees[row] == pytest.approx(eta, rel=1e-12)
            ends = [eta * value / chi2.ppf(tail, eta) for tail in tails]
            assert (found.lower[row], found.upper[row]) == pytest.approx(ends, rel=1e-9)
        reach = norm.ppf(tails[0]) * math.sqrt(2 * spread / count)
        found = results["gaussian"]
        assert (found.lower[row], found.upper[row]) == pytest.approx((value - reach, value + reach), rel=1e-9)
        assert math.isnan(found.degrees[row])


def test_the_gaussian_interval_of_a_covariance_in_its_published_form():
    x, y = RNG.standard_normal((2, 90))
    found = wavelet_covariance(x, y, "haar", 2)
    for row, taps in enumerate(filters("haar", 2)):
        w, v = (np.convolve(part, taps, "valid") for part in (x, y))
        count = len(w)
        first, second, cross = (np.correlate(a, b, "full") / count for a, b in ((w, w), (v, v), (w, v)))
        later = slice(count, None)
        spread = first[count - 1] * second[count - 1] / 2 + first[later] @ second[later] + np.sum(cross**2) / 2
        reach = norm.ppf(0.975) * math.sqrt(spread / count)
        assert found.upper[row] - found.values[row] == pytest.approx(reach, rel=1e-9)
        assert found.values[row] - found.lower[row] == pytest.approx(reach, rel=1e-9)


def test_the_interval_of_a_correlation_by_its_formula():
    x, noise = RNG.standard_normal((2, 100))
    found = wavelet_correlation(x, x + noise, "la8", 3)
    for level, n in ((1, 50 - 3), (2, 25 - 5), (3, 12 - 6)):  # ceil(6 (1 - 2^-j)) of the DWT's are touched
        row = level - 1
        assert found.degrees[row] == n
        turned = math.atanh(found.values[row]) + np.array([-1, 1]) * norm.ppf(0.975) / math.sqrt(n - 3)
        assert (found.lower[row], found.upper[row]) == pytest.approx(np.tanh(turned), rel=1e-9)
    assert wavelet_correlation(x, noise, "la8", 3, boundary="periodic").degrees.tolist() == [50, 25, 12]
    short = wavelet_correlation(x[:30], noise[:30], "la8", 2)  # 7 - 5 coefficients tell nothing
    assert (short.lower[1], short.upper[1]) == (-1, 1)


@pytest.mark.parametrize(
    ("process", "wavelet"),
    [
        ("white", "la8"),
        ("white", "haar"),
        ("autoregressive", "la8"),
        ("autoregressive", "haar"),
        ("random walk", "la8"),
    ],
)
def test_intervals_of_the_variance_cover_the_truth(process, wavelet):
    levels = 3
    expected = truth(process, wavelet, levels)
    x = draw(process, 2048)
    for interval in ("eta1", "gaussian"):
        found = wavelet_variance(x, wavelet, levels, interval=interval)
        assert np.abs(coverage(found, expected) - 0.95).max() < far(), interval
    deviation = found.values.std(axis=0) / math.sqrt(SERIES)
    assert (np.abs(found.values.mean(axis=0) - expected) < FAR * deviation).all()  # unbiased
    wide = wavelet_variance(x[:, :512], wavelet, 5)  # takes less freedom than there is, on short series too
    assert (coverage(wide, truth(process, wavelet, 5)) > 0.95 - far()).all()


def test_intervals_of_covariance_and_correlation_cover_the_truth():
    rho, levels = 0.6, 3
    x, noise = draw("white", 2048, seed=1), draw("white", 2048, seed=2)
    y = rho * x + math.sqrt(1 - rho**2) * noise
    shared = wavelet_covariance(x, y, "la8", levels)
    assert np.abs(coverage(shared, rho * true_variances("la8", levels, white)) - 0.95).max() < far()
    share = coverage(wavelet_correlation(x[:, :512], y[:, :512], "la8", 5), rho)
    assert (share > 0.95 - far()).all()


def test_a_higher_confidence_is_a_wider_interval():
    x = RNG.standard_normal(128)
    narrow, wide = (wavelet_variance(x, confidence=confidence) for confidence in (0.5, 0.99))
    assert ((wide.lower < narrow.lower) & (narrow.upper < wide.upper)).all()


# --- shapes, tables, refusals --------------------------------------------------------------------


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_the_levels_stand_where_time_stood(axis):
    x, y = RNG.standard_normal((2, 40, 50, 60))
    for found, single in (
        (
            wavelet_variance(x, "d4", 2, axis=axis, interval="eta1"),
            lambda a, _: wavelet_variance(a, "d4", 2, interval="eta1"),
        ),
        (wavelet_covariance(x, y, "d4", 2, axis=axis), lambda a, b: wavelet_covariance(a, b, "d4", 2)),
        (wavelet_correlation(x, y, "d4", 2, axis=axis), lambda a, b: wavelet_correlation(a, b, "d4", 2)),
    ):
        expected = single(np.moveaxis(x, axis, -1)[3, 4], np.moveaxis(y, axis, -1)[3, 4])
        for part in ("values", "lower", "upper", "degrees"):
            stacked = np.moveaxis(getattr(found, part), axis, -1)
            assert stacked.shape == (*np.moveaxis(x, axis, -1).shape[:-1], 2)
            np.testing.assert_allclose(stacked[3, 4], getattr(expected, part), rtol=1e-12)


def test_a_table_tells_scales_and_frequencies_in_units_of_time():
    found = wavelet_variance(RNG.standard_normal(100), "la8", 2, fs=10)
    title, head, first, second = repr(found).splitlines()
    assert title == "wavelet variance, 95 % intervals"
    assert head.split() == ["level", "scale", "frequencies", "coefficients", "value", "lower", "upper", "degrees"]
    assert first.split()[:6] == ["1", "0.1", "2.5", "…", "5", "93"]
    assert second.split()[6:] == [f"{part[1]:.5g}" for part in (found.values, found.lower, found.upper, found.degrees)]
    layout = si.MODWT("la8", 2).layout(100)
    bands = [layout.frequencies((level, "d"), fs=10)[0] for level in (1, 2)]
    assert found.frequencies.tolist() == [list(band) for band in bands]
    assert "values of shape (3, 2)" in repr(wavelet_variance(RNG.standard_normal((3, 100)), "la8", 2))


def test_a_level_without_energy():
    found = wavelet_variance(np.ones(64), "haar", 2)
    assert (found.values == found.upper).all()
    assert np.isnan(wavelet_variance(np.ones(64), "haar", 2, interval="eta1").upper).all()
    assert np.isnan(wavelet_correlation(np.ones(64), RNG.standard_normal(64), "haar", 2).values).all()


def test_series_too_short_are_told_how_deep_they_may_go():
    x = RNG.standard_normal(50)
    assert wavelet_variance(x, "la8", 3).counts[-1] == 50 - 49  # one coefficient of the last level
    with pytest.raises(ValueError, match=r"levels=4 is too deep for an unbiased .* 50 samples with 8 taps: at most 3"):
        wavelet_variance(x, "la8", 4)
    assert wavelet_variance(x, "la8", 4, boundary="symmetric").values.shape == (4,)
    with pytest.raises(ValueError, match="a series of 7 samples has no coefficient that its boundary does not touch"):
        wavelet_variance(x[:7])


def test_refusals():
    x = RNG.standard_normal(64)
    with pytest.raises(TypeError, match=r"x is complex128.*x\.real"):
        wavelet_variance(x + 1j)
    broken = np.stack([x, x])
    broken[1, 5] = broken[1, 9] = np.nan
    with pytest.raises(ValueError, match=r"x holds 2 values that are not finite, the first at index \(1, 5\)"):
        wavelet_variance(broken)
    with pytest.raises(ValueError, match=r"y holds 1 value that is not finite, the first at index 7"):
        wavelet_covariance(x, np.where(np.arange(64) == 7, np.inf, x))
    with pytest.raises(ValueError, match=r"x has shape \(64,\) and y \(63,\)"):
        wavelet_correlation(x, x[1:])
    with pytest.raises(ValueError, match=r"'bior4\.4' is not orthonormal"):
        wavelet_variance(x, "bior4.4")
    with pytest.raises(ValueError, match=r"interval=.eta2. is unknown"):
        wavelet_variance(x, interval="eta2")
    with pytest.raises(ValueError, match="boundary='zero'"):
        wavelet_variance(x, boundary="zero")
    with pytest.raises(ValueError, match="levels=0"):
        wavelet_variance(x, levels=0)
    for confidence in (0, 1, 95):
        with pytest.raises(ValueError, match="confidence="):
            wavelet_variance(x, confidence=confidence)
    with pytest.raises(np.exceptions.AxisError, match="axis="):
        wavelet_variance(x, axis=1)
    with pytest.raises(ValueError, match="axis="):
        wavelet_variance(broken[:, :3], axis=(0, 1))
