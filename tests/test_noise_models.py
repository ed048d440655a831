"""Noise that is not white, through the front end: what it gains, and what does not fit."""

import numpy as np
import pytest
from naive import assert_same_bits, noise
from scipy.signal import lfilter

import shiftinv as si
from shiftinv.denoising import PoissonGaussian, anscombe, inverse_anscombe

N = 4096
CLEAN = 8 * np.sin(np.linspace(0, 12, N)) + 6 * (np.arange(N) > 1500)


def risk(estimate, clean=CLEAN):
    return np.mean((estimate - clean) ** 2)


def autoregressive(shape, a, seed=0):
    """Stationary AR(1) noise along the last axis, and its power spectral density."""
    white = np.random.default_rng(seed).standard_normal((*shape[:-1], shape[-1] + 500))
    omega = 2 * np.pi * np.fft.fftfreq(shape[-1])
    return lfilter([1], [1, -a], white)[..., 500:], 1 / np.abs(1 - a * np.exp(-1j * omega)) ** 2


@pytest.mark.parametrize("method", ["auto", "universal", "ebayes", "bayes", "bivariate", "neighblock", 3.0])
def test_correlated_noise_is_removed_if_its_spectrum_is_known(method):
    rough, psd = autoregressive((N,), 0.8)
    x = CLEAN + rough
    white = si.denoise(x, method=method)
    known, info = si.denoise(x, method=method, noise=psd, return_info=True)
    assert risk(known) < 0.75 * risk(white)
    assert info.sigma == pytest.approx(np.sqrt(psd.mean()), rel=1e-12)


@pytest.mark.parametrize("method", ["auto", "universal", "bayes"])
def test_the_strength_at_each_level_is_estimated(method):
    rough, psd = autoregressive((N,), -0.7)
    x, T = CLEAN + rough, si.SWT("sym8", 4)
    found, info = si.denoise(x, T, method=method, noise="level-dependent", return_info=True)
    assert risk(found) < 0.9 * risk(si.denoise(x, T, method=method))
    assert risk(found) < 1.3 * risk(si.denoise(x, T, method=method, noise=psd))
    assert np.isnan(info.sigma)


def test_each_band_gets_the_threshold_of_its_own_noise():
    rough, psd = autoregressive((N,), 0.5)
    x, T = CLEAN + rough, si.SWT("db4", 3)
    c = T.forward(x)
    for strengths, given in (
        (si.denoising.noise_of_bands(T, c.layout, psd=psd), psd),
        (si.denoising.noise_of_bands(T, c.layout, si.denoising.sigma_per_level(c)), "level-dependent"),
    ):
        expected = T.forward(x)
        for band in c.layout.details:
            expected[band] = si.denoising.hard(c[band], 3.0 * strengths[band])
        assert_same_bits(si.denoise(x, T, method=3.0, noise=given), T.inverse(expected))


def test_an_image_with_a_spectrum_is_denoised_by_the_dual_tree_alone():
    clean = si.datasets.camera()[128:256, 128:256]
    rough, psd = autoregressive(clean.shape, 0.6)
    x = clean + 20 * rough
    found, info = si.denoise(x, noise=np.broadcast_to(400 * psd, clean.shape), return_info=True)
    assert risk(found, clean) < 0.9 * risk(si.denoise(x), clean)
    assert [spec.partition(":")[0] for spec in info.transforms] == ["dtcwt"]


def test_units_of_a_spectrum_do_not_matter():
    rough, psd = autoregressive((N,), 0.5)
    x = CLEAN + rough
    plain = si.denoise(x, noise=psd)
    for power in (-150, 3, 150):
        assert_same_bits(si.denoise(2.0**power * x, noise=4.0**power * psd), 2.0**power * plain)


def test_a_batch_has_one_spectrum():
    rough, psd = autoregressive((3, 1, N), 0.5)
    x = CLEAN + rough
    together = si.denoise(x, axes=-1, noise=psd)
    assert_same_bits(together, np.stack([si.denoise(line, noise=psd[np.newaxis]) for line in x]))


@pytest.mark.parametrize("law", [PoissonGaussian(), PoissonGaussian(2.5, 3.0, 10.0)])
def test_counts_are_denoised_where_their_noise_is_white(law):
    rng = np.random.default_rng(0)
    counts = 2 + 30 * np.exp(-(((np.arange(N) - 2000) / 500) ** 2))
    clean = law.gain * counts + law.mean
    x = law.gain * rng.poisson(counts) + law.mean + law.sigma * rng.standard_normal(N)
    found, info = si.denoise(x, noise=law, return_info=True)
    stable = si.denoise(anscombe(x, law.gain, law.sigma, law.mean), sigma=1)
    assert_same_bits(found, inverse_anscombe(stable, law.gain, law.sigma, law.mean))
    assert info.sigma == 1
    assert risk(found, clean) < 0.9 * risk(si.denoise(x), clean)
    if law == PoissonGaussian():
        assert_same_bits(found, si.denoise(x, noise="poisson"))
        assert_same_bits(found, si.denoise(x.astype(int), noise="poisson"))


def test_colours_are_denoised_as_luminance_and_differences():
    grey = si.datasets.camera()[128:256, 128:256, np.newaxis]
    clean = grey * [1.0, 0.8, 0.6]
    x = clean + 20 * noise(clean.shape)
    plain, turned = (si.denoise(x, channel_axis=-1, decorrelate=told) for told in (False, True))
    assert risk(turned, clean) < 0.8 * risk(plain, clean)
    assert_same_bits(np.moveaxis(si.denoise(np.moveaxis(x, -1, 0), channel_axis=0, decorrelate=True), 0, -1), turned)
    luminance = x.sum(-1) / np.sqrt(3)
    np.testing.assert_allclose(turned.sum(-1) / np.sqrt(3), si.denoise(luminance), atol=1e-9)
    _, infos = si.denoise(x, channel_axis=-1, decorrelate=True, return_info=True)
    assert len(infos) == 3


def test_what_stays_the_same_does_so_to_the_bit():
    x = noise((20, 20, 3))
    for told in ({"sigma": 0}, {}):
        same = x if told else np.full_like(x, 0.1)
        assert_same_bits(si.denoise(same, channel_axis=-1, decorrelate=True, **told), same)


def test_gaps_are_filled_before_channels_are_mixed():
    x = noise((32, 32, 3))
    x[3, 4, 1] = np.nan
    found = si.denoise(x, channel_axis=-1, decorrelate=True, nan_policy="omit")
    assert np.argwhere(~np.isfinite(found)).tolist() == [[3, 4, 1]]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"noise": "pink"}, ValueError, r"noise='pink' is unknown\. Use one of 'white', 'level-dependent', 'poisson'"),
        ({"noise": "poisson", "sigma": 1}, ValueError, r"sigma=1 and noise='poisson' both say how strong"),
        ({"noise": np.ones(5)}, ValueError, r"noise has shape \(5,\), and an item \(64,\)\. Use numpy\.fft\.fftn of"),
        ({"noise": -np.ones(64)}, ValueError, r"noise holds -1\.0, and powers are not negative\. Use numbers >= 0"),
        ({"noise": 1j * np.ones(64)}, TypeError, r"noise is complex128, and this is for real series"),
        ({"noise": np.ones(64), "method": "surelet"}, ValueError, r"'surelet' is for white noise\. Use method='biv"),
        ({"decorrelate": True}, ValueError, r"decorrelate=True needs to know where the channels are\. Use channel_a"),
    ],
)
def test_what_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        si.denoise(noise((64,)), **arguments)


@pytest.mark.parametrize("arguments", [{"gain": 0}, {"sigma": -1}, {"mean": np.nan}])
def test_laws_of_counts_that_are_none(arguments):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"{name}="):
        PoissonGaussian(**arguments)


@pytest.mark.parametrize("mean", [0.02, 0.05, 0.3, 1])
@pytest.mark.parametrize("method", ["auto", "surelet", "bivariate", "ebayes"])
def test_few_counts_keep_their_mean_and_their_range(mean, method):
    counts = np.random.default_rng(1).poisson(mean, (128, 128))
    estimate = si.denoise(counts, noise="poisson", method=method)
    assert abs(estimate.mean() - counts.mean()) < (mean / counts.size) ** 0.5  # a standard error of the counts
    assert 0 <= estimate.min() <= estimate.max() <= counts.max()


@pytest.mark.parametrize("model", ["poisson", si.denoising.PoissonGaussian(1, 2, 0)])
@pytest.mark.parametrize("level", [0.0, 4.0, 10.0, 1000.0])
def test_constant_counts_stay(model, level):
    for shape in ((64,), (16, 16)):
        x = np.full(shape, level)
        assert np.array_equal(si.denoise(x, noise=model), x)
    channels = np.stack([np.full(64, level), np.random.default_rng(0).poisson(20, 64)])
    estimate = si.denoise(channels, noise=model, channel_axis=0)
    assert np.array_equal(estimate[0], channels[0])
    assert not np.array_equal(estimate[1], channels[1])


def test_gaps_in_counts_spread_or_stay():
    counts = np.random.default_rng(0).poisson(20, 256).astype(float)
    counts[40] = np.nan
    assert np.isnan(si.denoise(counts, noise="poisson", nan_policy="propagate")).all()
    there = si.denoise(counts, "dwt:haar,levels=1", method=3.0, noise="poisson", nan_policy="propagate")
    assert np.flatnonzero(np.isnan(there)).tolist() == [40, 41]
    assert np.flatnonzero(np.isnan(si.denoise(counts, noise="poisson", nan_policy="omit"))).tolist() == [40]
