"""The Anscombe transform by exact sums over the laws of counts: its variance, its unbiased inverse, its domain."""

import math
import warnings

import numpy as np
import pytest
from scipy.stats import norm, poisson

import shiftinv as si
from shiftinv.denoising import anscombe, inverse_anscombe

NOISES = (0, 0.3, 1, 4, 30)  # standard deviations, in counts
COUNTS = (0, 0.01, 0.3, 1, 3, 10, 47.11, 150, 399.9, 400.1, 700, 1000)


def moments(mean_count, sigma, power, gain=1, mean=0):
    """E f(x)^power for x = gain (P + sigma n) + mean: the sum over all counts, Gauss-Legendre quadrature over n.

    For each count n runs from where the root begins, but not below -10, in squares of a distance: that takes away the
    infinite slope of the root.
    """
    p = np.arange(int(mean_count + 12 * math.sqrt(mean_count) + 40))
    law = poisson.pmf(p, mean_count)
    if not sigma:
        return float(law @ anscombe(gain * p + mean, gain, 0, mean) ** power)
    begin = np.clip((-3 / 8 - sigma**2 - p) / sigma, -10, 10)[:, np.newaxis]
    node, weight = np.polynomial.legendre.leggauss(200)
    root = np.sqrt(10 - begin) * (node + 1) / 2
    n = begin + root**2
    values = anscombe(gain * (p[:, np.newaxis] + sigma * n) + mean, gain, gain * sigma, mean) ** power
    return float(law @ np.sum(values * norm.pdf(n) * 2 * root * np.sqrt(10 - begin) / 2 * weight, axis=1))


def test_values_by_the_formula():
    x = np.array([0.0, 1, 2, 100])
    np.testing.assert_allclose(anscombe(x), [2 * math.sqrt(value + 3 / 8) for value in x], rtol=1e-15)
    gain, sigma, mean = 2.5, 3.0, 7.0
    by_formula = [2 / gain * math.sqrt(gain * value + 3 / 8 * gain**2 + sigma**2 - gain * mean) for value in x + 10]
    np.testing.assert_allclose(anscombe(x + 10, gain, sigma, mean), by_formula, rtol=1e-14)


@pytest.mark.parametrize("mean_count", [3, 3.5, 5, 10, 30, 100, 1000])
def test_counts_have_unit_variance_from_three_on(mean_count):
    variance = moments(mean_count, 0, 2) - moments(mean_count, 0, 1) ** 2
    assert abs(variance - 1) < 0.02


@pytest.mark.parametrize("sigma", [0.3, 1, 2, 4, 30])
def test_counts_with_gaussian_noise_have_unit_variance_from_ten_on(sigma):
    for mean_count, tolerance in ((3, 0.08), (10, 0.02), (100, 0.002)):
        first, second = (moments(mean_count, sigma, power, gain=3, mean=-5) for power in (1, 2))
        assert abs(second - first**2 - 1) < tolerance


@pytest.mark.parametrize("mean_count", [*COUNTS, 5000, 1e5])
def test_the_inverse_of_the_expectation_is_the_mean_count(mean_count):
    found = inverse_anscombe([moments(mean_count, 0, 1)])[0]
    assert abs(found - mean_count) < 1e-6 + 1e-9 * mean_count


@pytest.mark.parametrize("sigma", NOISES[1:])
@pytest.mark.parametrize("mean_count", [0, 0.3, 3, 47.11, 401])
def test_with_gaussian_noise_too(mean_count, sigma):
    gain, mean = 2.0, 11.0
    expectation = moments(mean_count, sigma, 1, gain, mean)
    found = inverse_anscombe([expectation], gain, gain * sigma, mean)[0]
    assert abs(found - (gain * mean_count + mean)) < 1e-5


def test_the_inverse_is_unbiased_where_the_algebraic_one_is_not():
    counts = np.linspace(0, 1000, 101)
    expectations = np.array([moments(count, 0, 1) for count in counts])
    assert np.abs(inverse_anscombe(expectations) - counts).max() < 1e-3
    algebraic = (expectations / 2) ** 2 - 3 / 8
    assert np.abs(algebraic - counts)[1:].min() > 0.2


@pytest.mark.parametrize("sigma", NOISES)
def test_the_inverse_rises_and_never_falls_below_the_dark_level(sigma):
    level = np.linspace(-1, 2 * math.sqrt(500 + sigma**2), 20_000)
    found = inverse_anscombe(level, sigma=sigma)
    assert (np.diff(found) >= 0).all()
    darkest = moments(0, sigma, 1)
    np.testing.assert_allclose(found[level < darkest], 0, atol=1e-12)
    assert (found[level > darkest + 1e-3] > 0).all()
    rising = found[level > darkest + 1e-3]
    assert (np.diff(rising) > 0).all()


def test_the_inverse_is_the_published_closed_form_to_its_precision():
    level = np.linspace(2 * math.sqrt(3 / 8) + 0.05, 60, 500)
    published = (
        level**2 / 4 + math.sqrt(3 / 2) / 4 / level - 11 / 8 / level**2 + 5 / 8 * math.sqrt(3 / 2) / level**3 - 1 / 8
    )  # Mäkitalo and Foi 2011, IEEE Trans. Image Process. 20(9), doi:10.1109/TIP.2011.2121085
    np.testing.assert_allclose(inverse_anscombe(level), published, atol=0.05)


def test_shapes_and_precisions_are_kept():
    for dtype in (np.float32, np.float64):
        y = anscombe(np.arange(6, dtype=dtype).reshape(2, 3), 2.0, 1.0, 0.5)
        assert y.dtype == dtype
        back = inverse_anscombe(y, 2.0, 1.0, 0.5)
        assert back.dtype == dtype
        assert back.shape == (2, 3)
    assert anscombe(np.arange(3)).dtype == np.float64
    assert inverse_anscombe(np.empty((0, 4))).shape == (0, 4)


def test_the_root_ends_where_the_docstring_says():
    gain, sigma, mean = 2.0, 3.0, 10.0
    edge = mean - 3 / 8 * gain - sigma**2 / gain
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = anscombe([edge - 100, edge - 1e-9, edge + 1e-2], gain, sigma, mean)
    assert values.tolist()[:2] == [0, 0]
    assert values[2] > 0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: anscombe([1, -1, -3]),
            ValueError,
            r"x holds 2 values below mean=0\.0, the smallest is -3\.0; .* sigma",
        ),
        (lambda: anscombe([1, 3], mean=2), ValueError, r"x holds 1 value below mean=2\.0, the smallest is 1\.0"),
        (lambda: anscombe([1, np.nan]), ValueError, "x holds 1 value that is not finite, the first at index 1"),
        (lambda: inverse_anscombe([np.inf]), ValueError, "y holds 1 value that is not finite, the first at index 0"),
        (lambda: anscombe([1j]), TypeError, "x is complex128, and this is for real"),
        (lambda: anscombe([1.0], gain=0), ValueError, r"gain=0\.0 is not allowed\. Use a finite number > 0"),
        (lambda: anscombe([1.0], sigma=-1), ValueError, r"sigma=-1\.0 is not allowed\. Use a finite number >= 0"),
        (lambda: anscombe([1.0], mean=np.inf), ValueError, r"mean=inf is not allowed\. Use a finite number\."),
    ],
)
def test_what_does_not_fit_is_told_what_would(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_counts_are_denoised_without_bias():
    clean = np.repeat([0.5, 4.0, 1.0, 9.0], 1024)
    counts = np.random.default_rng(0).poisson(clean, (20, clean.size))
    estimate, _ = si.denoising.surelet(anscombe(counts), 1, si.SWT("haar", 6, axes=-1))
    found = inverse_anscombe(estimate)
    flat = np.r_[slice(200, 824)]  # far from the steps
    for start, mean in zip(range(0, clean.size, 1024), clean[::1024], strict=True):
        spread = found[:, start + flat].mean(axis=1)
        assert abs(spread.mean() - mean) < 4 * math.sqrt(mean / (20 * len(flat))) + 0.02 * mean
