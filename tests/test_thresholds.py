"""Thresholds against brute force, risks by simulation, published tables."""

import math

import naive
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

import shiftinv as si
from shiftinv.denoising import bayes, fdr, hard, hybrid, minimax, noise_of_bands, soft, sure, universal

RNG = np.random.default_rng(4)


@pytest.fixture(autouse=True)
def the_same_numbers_in_any_order():
    RNG.bit_generator.state = np.random.default_rng(4).bit_generator.state


OF_DATA = [sure, hybrid, bayes, fdr]


def sample(n, dtype, strength=3.0, share=0.3):
    parts = RNG.standard_normal((n, 2)) + strength * RNG.standard_normal((n, 2)) * (RNG.random((n, 1)) < share)
    return parts[:, 0] + 1j * parts[:, 1] if dtype is complex else parts[:, 0]


# --- universal and minimax ------------------------------------------------------------------------


def test_universal():
    assert universal(1) == universal(1, undecimated=True) == 0
    assert universal(2, undecimated=True) == universal(2)
    assert universal(4096) == pytest.approx(math.sqrt(2 * math.log(4096)), rel=1e-15)
    assert universal(4096, undecimated=True) == pytest.approx(math.sqrt(2 * math.log(4096 * 12)), rel=1e-15)
    for dtype in (float, complex):  # noise alone seldom exceeds it: with probability 1 / sqrt(pi ln n) or 1 - 1/e
        largest = [np.abs(sample(1024, dtype, 0)).max() for _ in range(300)]
        assert np.mean(np.array(largest) > universal(1024)) < 0.7


@pytest.mark.parametrize("n", [0, -1])
def test_counts_that_are_refused(n):
    for rule in (universal, minimax):
        with pytest.raises(ValueError, match=f"n={n} is too small"):
            rule(n)
        with pytest.raises(TypeError, match=r"n=1\.5"):
            rule(1.5)


def risk(t, mu):
    """Risk of soft thresholding one value mu with noise 1, by integration."""
    inside = quad(lambda x: mu**2 * norm.pdf(x - mu), -t, t, epsabs=1e-12)[0]
    above = quad(lambda x: (x - t - mu) ** 2 * norm.pdf(x - mu), t, max(t, mu) + 12, epsabs=1e-12)[0]
    below = quad(lambda x: (x + t - mu) ** 2 * norm.pdf(x - mu), min(-t, mu) - 12, -t, epsabs=1e-12)[0]
    return inside + above + below


@pytest.mark.parametrize("n", [16, 64, 1024])
def test_minimax_has_the_smallest_worst_risk(n):
    means = [*np.linspace(0, 4, 9), 8.0, 15.0]
    best = minimax(n)

    def worst(t):
        return max(risk(t, mu) / (1 / n + min(mu**2, 1)) for mu in means)

    assert worst(best) == pytest.approx((1 + best**2) / (1 + 1 / n), rel=1e-9)
    assert min(worst(best - 0.02), worst(best + 0.02)) > worst(best) * 1.002


def test_minimax_in_published_tables():
    # for n = 2^6 … 2^16, as wav_shrk.c of the R package ifultools (Insightful, 2008) lists them
    table = [1.474, 1.669, 1.859, 2.045, 2.226, 2.403, 2.575, 2.743, 2.906, 3.066, 3.221]
    assert [round(minimax(2**j), 3) for j in range(6, 17)] == table
    line = 0.3936 + 0.1829 * 16  # the customary fit
    assert line - minimax(65536) == pytest.approx(0.1, abs=0.005)


# --- SURE -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("t", [0.4, 1.5, 3.0])
def test_the_estimate_of_the_risk_is_unbiased(dtype, t):
    mean = sample(20, dtype, 2.0)
    errors, estimates = [], []
    for _ in range(4000):
        y = mean + sample(20, dtype, 0)
        errors.append((np.abs(soft(y, t) - mean) ** 2).sum())
        estimates.append(naive.stein_risk(y, t))
    gap = np.array(estimates) - errors
    assert abs(gap.mean()) < 4 * gap.std() / math.sqrt(len(gap))
    assert gap.std() / math.sqrt(len(gap)) < 0.02 * np.mean(errors)


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("n", [1, 2, 5, 40, 200])
def test_sure_is_the_lowest_point_of_the_estimate(dtype, n):
    for _ in range(6):
        y = sample(n, dtype)
        if n >= 5:
            y[:2] = 0
            y[3] = y[4]
        most = universal(n)
        t = sure(3 * y, 3.0) / 3
        assert 0 <= t <= most
        grid = [*np.linspace(0, most, 400), *(size for size in np.abs(y) if size <= most)]
        # t itself is read with all that equal it counted as small, whichever way it rounds
        least = min(naive.stein_risk(y, t), naive.stein_risk(y, t * (1 + 1e-12)))
        assert least <= min(naive.stein_risk(y, value * (1 + 1e-12)) for value in grid) + 1e-9


def test_hybrid_is_universal_in_sparse_bands_only():
    for dtype in (float, complex):
        n = 1024
        d = 2 * n if dtype is complex else n
        bound = 1 + math.log2(d) ** 1.5 / math.sqrt(d)
        y = sample(n, dtype, 0)
        y *= math.sqrt(bound / np.mean(np.abs(y) ** 2) * d / n)
        assert hybrid(0.999 * y, 1.0) == universal(n)
        assert hybrid(1.001 * y, 1.0) == sure(1.001 * y, 1.0) != universal(n)


# --- BayesShrink and the false discovery rate -----------------------------------------------------


def test_bayes_is_noise_variance_over_signal_deviation():
    y = 5 * sample(500, float)
    assert bayes(y, 5.0) == pytest.approx(25 / math.sqrt(np.mean(y**2) - 25), rel=1e-12)
    z = 5 * sample(500, complex)
    assert bayes(z, 5.0) == pytest.approx(25 / math.sqrt(np.mean(np.abs(z) ** 2) / 2 - 25), rel=1e-12)


@pytest.mark.parametrize("dtype", [float, complex])
def test_bayes_removes_what_is_weaker_than_noise(dtype):
    y = 0.5 * sample(100, dtype, 0)
    assert bayes(y, 1.0) == np.abs(y).max()
    assert not soft(y, bayes(y, 1.0)).any()
    assert not hard(np.full(8, 2.0, dtype), bayes(np.full(8, 2.0, dtype), 2.0)).any()


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("q", [0.01, 0.05, 0.5])
def test_fdr_keeps_what_the_step_up_test_rejects(dtype, q):
    for n in (1, 2, 17, 300):
        y = sample(n, dtype, 4.0)
        sizes = np.sort(np.abs(y))[::-1]
        p = np.exp(-(sizes**2) / 2) if dtype is complex else np.array([math.erfc(m / math.sqrt(2)) for m in sizes])
        kept = max((k for k in range(1, n + 1) if p[k - 1] <= q * k / n), default=0)
        assert np.count_nonzero(hard(y, fdr(y, 1.0, q))) == kept


def test_fdr_holds_the_rate():
    n, signals, q, shares = 400, 40, 0.2, []
    for _ in range(300):
        y = sample(n, float, 0)
        y[:signals] += 4
        kept = hard(y, fdr(y, 1.0, q)) != 0
        shares.append(kept[signals:].sum() / max(kept.sum(), 1))
    expected = q * (1 - signals / n)  # Benjamini and Hochberg (1995): exactly this, for independent noise
    assert np.mean(shares) == pytest.approx(expected, abs=4 * np.std(shares) / math.sqrt(len(shares)))


@pytest.mark.parametrize("q", [0.0, 1.0, -0.1, math.nan])
def test_rates_that_are_refused(q):
    with pytest.raises(ValueError, match="q="):
        fdr([1.0, 2.0], 1.0, q)


@pytest.mark.parametrize(
    ("T", "rule", "known"),
    [
        (si.DWT("sym8", 4), lambda y, sigma: hard(y, 3 * sigma), 26.23),
        (si.SWT("sym8", 4), lambda y, sigma: hard(y, 3 * sigma), 28.26),
        (si.SWT("sym8", 4, norm="unit"), lambda y, sigma: hard(y, 3 * sigma), 28.26),
        (si.SWT("sym4", 4), lambda y, sigma: soft(y, bayes(y, sigma)), 28.22),
    ],
)
def test_camera(T, rule, known):
    """Peak signal-to-noise ratio in dB that PyWavelets and NumPy reach with this noise."""
    x = si.datasets.camera().astype(float)
    c = T.forward(x + 25 * np.random.default_rng(2024).standard_normal(x.shape))
    noise, shrunk = noise_of_bands(T, c.layout, 25), c.copy()
    for band in c.layout.details:
        shrunk[band] = rule(c[band], noise[band])
    error = np.mean((T.inverse(shrunk) - x) ** 2)
    assert 10 * math.log10(255**2 / error) == pytest.approx(known, abs=0.006)


# --- odd bands ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", OF_DATA)
@pytest.mark.parametrize("dtype", [float, complex])
def test_units_do_not_matter_to_the_bit(rule, dtype):
    y = 1.7 * sample(301, dtype)
    for k in (-400, -3, 5, 400):
        assert rule(y * 2.0**k, 1.7 * 2.0**k) == rule(y, 1.7) * 2.0**k


@pytest.mark.parametrize("rule", OF_DATA)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_zeros_constants_and_single_values(rule, dtype):
    for n in (1, 2, 100):
        for value in (0.0, 1e-30, 1.0, 1e30):
            t = rule(np.full(n, value, dtype), 1.0)
            assert isinstance(t, float)
            assert math.isfinite(t)
            assert t >= 0
    assert rule(np.zeros(9, dtype), 0.0) == rule(np.ones(9, dtype), 0.0) == 0


@pytest.mark.parametrize("rule", OF_DATA)
def test_extreme_units(rule):
    y = sample(50, float)
    assert math.isfinite(rule(1e300 * y, 1e300))
    assert math.isfinite(rule(1e-310 * y, 1e-310))
    assert math.isfinite(rule(1e300 * y, 1e-300))


@pytest.mark.parametrize("rule", OF_DATA)
@pytest.mark.parametrize(
    ("y", "sigma", "message"),
    [
        ([1.0, np.nan, np.inf], 1.0, "y holds 2 values that are not finite, the first at index 1"),
        ([], 1.0, "y has no value"),
        ([1.0], -1.0, "sigma=-1.0 is not allowed"),
        ([1.0], math.nan, "sigma=nan is not allowed"),
        ([1.0], math.inf, "sigma=inf is not allowed"),
    ],
)
def test_bands_that_are_refused(rule, y, sigma, message):
    with pytest.raises(ValueError, match=message):
        rule(y, sigma)
