"""Empirical Bayes against quadrature, brute force, and what the authors' own program gives."""

import math

import naive
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm

from shiftinv.denoising import ebayes, ebayes_beta, ebayes_threshold, empirical_bayes, universal

RNG = np.random.default_rng(6)


@pytest.fixture(autouse=True)
def the_same_numbers_in_any_order():
    RNG.bit_generator.state = np.random.default_rng(6).bit_generator.state


def sample(n, share=0.2, strength=4.0):
    return RNG.standard_normal(n) + strength * RNG.standard_normal(n) * (RNG.random(n) < share)


def likelihood(x, w, a):
    return np.log1p(w * ebayes_beta(x, a)).sum()


def lowest_weight(n, a):
    """The weight with which the posterior median of sqrt(2 ln n) just is 0; found from the two chances themselves."""
    t = universal(n)
    positive = a / 2 * quad(lambda mu: math.exp(-a * mu) * norm.pdf(t - mu), 0, 60)[0]
    negative = a / 2 * quad(lambda mu: math.exp(a * mu) * norm.pdf(t - mu), -60, 0)[0]
    return brentq(lambda w: w * positive - w * negative - (1 - w) * norm.pdf(t), 0, 1, xtol=1e-14)


# --- the authors' program -------------------------------------------------------------------------


def test_beta_of_the_program():
    # EbayesThresh 1.3.2 of CRAN, beta.laplace, as its repository (stephenslab/EbayesThresh, tests/testthat) lists it
    expected = [0.889852029651143, -0.380041716606011, -0.561817771773154, 285.459466672351, 15639.8849145429]
    np.testing.assert_allclose(ebayes_beta([-2.0, 1.0, 0.0, -4.0, 5.0]), expected, rtol=1e-13)


def test_weight_and_threshold_of_the_program_for_noise():
    # the same lists: tfromx(rnorm(100)) after set.seed(123)
    x = naive.r_normals(123)(100)
    assert x[0] == pytest.approx(-0.56047564655221, abs=1e-13)  # as every R session shows
    assert ebayes_threshold(x, 1.0) == pytest.approx(3.03485425654799, abs=1e-7)


def test_estimate_of_the_program():
    # the same lists: ebayesthresh(x, sdev = 1) after set.seed(123), x = c(rep(0, 50), rnorm(50, sd = 2)) + rnorm(100)
    draw = naive.r_normals(123)
    x = np.concatenate([np.zeros(50), 2 * draw(50)]) + draw(100)
    expected = np.zeros(100)
    expected[[19, 21, 46, 52, 55, 57, 65, 67, 69, 70, 72, 75, 78, 79, 80]] = (
        0.461501932251305, -1.18081131503738, 0.87949485647377, 2.18630700818864, 2.83745453837867,
        -3.69477351123594, 3.36467539856769, -4.07317568417785, -0.141700670497741, -0.343683094401104,
        -1.65608219851322, -3.5191992174366, -2.66613200774895, 1.45289341778632, 1.15387225239285,
    )  # fmt: skip
    expected[[85, 89, 92, 93, 95, 96, 98]] = (
        1.59321391647936, -0.925903664068815, -3.59828116583749, 2.11687940619439, -2.04737147690392,
        -1.08310726061405, 3.13925967166472,
    )  # fmt: skip
    np.testing.assert_allclose(ebayes(x, 1.0), expected, rtol=0, atol=1e-8)


# --- the formulas themselves ----------------------------------------------------------------------


@pytest.mark.parametrize("a", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("x", [0.0, 0.7, 3.0, 9.0])
def test_beta_is_a_ratio_of_densities(x, a):
    joint = lambda mu: a / 2 * math.exp(-a * abs(mu)) * norm.pdf(x - mu)  # noqa: E731
    density = quad(joint, -12, x + 12, points=[0, x], epsrel=1e-12)[0]
    assert ebayes_beta([x, -x], a) == pytest.approx([density / norm.pdf(x) - 1] * 2, rel=1e-8)


@pytest.mark.parametrize("a", [0.2, 0.5, 1.5])
def test_the_estimate_is_the_posterior_median(a):
    x = sample(60, share=0.4)
    weights = np.linspace(0.001, 1, 1000)
    weights = weights[weights >= lowest_weight(60, a)]
    w = weights[np.argmax([likelihood(x, weight, a) for weight in weights])]
    found = ebayes(2 * x, 2.0, a) / 2
    expected = [naive.posterior_median(value, w, a) for value in x]
    np.testing.assert_allclose(found, expected, atol=3e-3)  # the weights of the search are 0.001 apart
    assert np.count_nonzero(found) >= 5
    assert a > 1 or not found.all()


@pytest.mark.parametrize("a", [0.3, 0.5])
def test_zero_up_to_the_threshold_and_not_beyond(a):
    x = sample(200)
    t = ebayes_threshold(x, 1.0, a)
    found = ebayes(x, 1.0, a)
    assert 0 < t < universal(200)
    np.testing.assert_array_equal(found != 0, np.abs(x) > t)
    order = np.argsort(np.abs(x))
    assert (np.diff(np.abs(found)[order]) >= 0).all()
    assert (np.abs(found) <= np.abs(x)).all()
    assert (found * x >= 0).all()


def test_the_weight_stays_within_its_bounds():
    assert ebayes_threshold(np.zeros(500), 1.0) == pytest.approx(universal(500), rel=1e-9)
    assert ebayes_threshold(0.1 * sample(500), 1.0) == pytest.approx(universal(500), rel=1e-9)
    assert ebayes_threshold(20 * sample(500), 1.0) == 0  # all signal
    strong = ebayes(np.array([30.0, -40.0, 1e200]), 1.0)
    np.testing.assert_allclose(strong, [29.5, -39.5, 1e200], rtol=1e-12)  # as soft shrinkage by a
    for a in (0.04, 0.5, 3.0):
        t = universal(300)
        assert ebayes_threshold(np.zeros(300), 1.0, a) == pytest.approx(t, rel=1e-9)
        zero, beyond = ebayes(np.concatenate([np.zeros(298), [t - 1e-6, t + 1e-3]]), 1.0, a)[298:]
        assert zero == 0 <= beyond


def test_the_rate_that_is_fitted_is_the_likeliest():
    x = sample(400, share=0.3, strength=6.0)
    best = max(
        likelihood(x, w, a) for a in np.geomspace(0.04, 3, 60) for w in np.geomspace(lowest_weight(400, a), 1, 60)
    )
    found, rates = ebayes(x, 1.0, None), np.geomspace(0.04, 3, 60)
    for width in (1.05, 1.002):  # which rate gave that estimate, ever more exactly
        gaps = [np.abs(ebayes(x, 1.0, a) - found).max() for a in rates]
        a = rates[np.argmin(gaps)]
        rates = a * np.geomspace(1 / width, width, 60)
    assert min(gaps) < 0.005
    assert max(likelihood(x, w, a) for w in np.geomspace(lowest_weight(400, a), 1, 300)) >= best - 0.01


@pytest.mark.parametrize("a", [0.5, None])
@pytest.mark.parametrize("strength", [2.0, 30.0])
def test_a_histogram_of_many_values_has_their_likelihood(monkeypatch, a, strength):
    x = sample(20_000, share=0.2, strength=strength)
    found, t = ebayes(x, 1.0, a), ebayes_threshold(x, 1.0, a)
    monkeypatch.setattr(empirical_bayes, "MANY", x.size)
    assert t == pytest.approx(ebayes_threshold(x, 1.0, a), rel=1e-5)
    assert t != ebayes_threshold(x, 1.0, a)
    np.testing.assert_allclose(found, ebayes(x, 1.0, a), rtol=0, atol=1e-3)


def test_the_rate_of_the_program():
    # the same lists: wandafromx(rnorm(100)) after set.seed(123) is w = 0.371583145802847, a = 3
    x, w, a = naive.r_normals(123)(100), 0.371583145802847, 3.0
    t = brentq(lambda value: naive.posterior_median(value, w, a) - 1e-6, 0.5, 6)
    assert ebayes_threshold(x, 1.0, None) == pytest.approx(t, abs=1e-3)
    np.testing.assert_array_equal(ebayes(x, 1.0, None), ebayes(x, 1.0, a))


@pytest.mark.parametrize(("strength", "a"), [(1.1, 3.0), (1000.0, 0.04)])
def test_the_rate_stays_within_its_bounds(strength, a):
    x = strength * sample(3000, share=0)
    assert ebayes(x, 1.0, None).any()
    np.testing.assert_allclose(ebayes(x, 1.0, None), ebayes(x, 1.0, a), rtol=1e-12)


# --- odd bands ------------------------------------------------------------------------------------


def test_complex_values_are_pairs_of_real_ones():
    x = sample(200)
    for dtype in (np.complex64, np.complex128):
        z = x.astype(dtype(0).real.dtype).view(dtype).reshape(10, 10)
        found = ebayes(z, 1.0)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found.view(found.real.dtype).ravel(), ebayes(z.view(z.real.dtype).ravel(), 1.0))
        assert ebayes_threshold(z, 1.0) == ebayes_threshold(z.view(z.real.dtype), 1.0)


@pytest.mark.parametrize("a", [0.5, None])
def test_units_do_not_matter_to_the_bit(a):
    x = sample(150)
    for k in (-400, -3, 400):
        np.testing.assert_array_equal(ebayes(x * 2.0**k, 2.0**k, a), ebayes(x, 1.0, a) * 2.0**k)
        assert ebayes_threshold(x * 2.0**k, 2.0**k, a) == ebayes_threshold(x, 1.0, a) * 2.0**k


@pytest.mark.parametrize("a", [0.5, None])
def test_zeros_constants_and_single_values(a):
    for n in (1, 2, 50):
        assert not ebayes(np.zeros(n), 1.0, a).any()
        assert np.isfinite(ebayes(np.full(n, 7.0), 1.0, a)).all()
        np.testing.assert_array_equal(ebayes(np.full(n, 7.0), 0.0, a), 7.0)
    assert ebayes(np.zeros((0, 3)), 1.0, a).shape == (0, 3)
    assert ebayes_threshold([1.0, 2.0], 0.0, a) == 0


def test_likelihoods_beyond_double_precision():
    for a in (0.5, 3.0):
        x = a + np.linspace(36, 39, 1001)  # the largest numbers that erfcx returns overflow when they are multiplied
        beta = ebayes_beta(x, a)
        assert np.isfinite(beta[0])
        assert np.isinf(beta[-1])
        np.testing.assert_allclose(ebayes(x, 1.0, a), x - a, rtol=1e-12)


@pytest.mark.parametrize("a", [0.5, None])
def test_extreme_units(a):
    y = sample(30)
    np.testing.assert_array_equal(ebayes(1e200 * y, 1e-200, a), 1e200 * y)
    np.testing.assert_array_equal(ebayes(y, 5e-324, a), y)
    assert np.isfinite(ebayes(1e-310 * y, 1e-310, a)).all()


def test_what_is_refused():
    for rule in (ebayes, ebayes_threshold):
        with pytest.raises(ValueError, match="y holds 1 value that is not finite"):
            rule([1.0, np.nan], 1.0)
        with pytest.raises(ValueError, match="sigma=-1"):
            rule([1.0], -1)
        with pytest.raises(ValueError, match="a=0"):
            rule([1.0], 1.0, 0)
    with pytest.raises(ValueError, match="y has no value"):
        ebayes_threshold([], 1.0)
    with pytest.raises(TypeError, match="this is for real series"):
        ebayes_beta([1j])
