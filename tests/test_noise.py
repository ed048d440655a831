"""The strength of noise: estimates of known noise, and the noise in every band by simulation."""

import math

import naive
import numpy as np
import pytest
import toys
from scipy.stats import norm

import shiftinv as si
from shiftinv.denoising import mad, noise_of_bands, sigma_per_level
from shiftinv.denoising.noise import QUARTILE

RNG = np.random.default_rng(9)
LINEAR = [name for name in si.list_transforms() if isinstance(si.transform(name), si.FrameTransform)]


@pytest.fixture(autouse=True)
def the_same_numbers_in_any_order():
    RNG.bit_generator.state = np.random.default_rng(9).bit_generator.state


def ar1_spectrum(shape, rho=0.7):
    """Power spectral density of noise with correlation rho^k along each axis, variance 1 per axis."""
    power = np.ones(shape)
    for axis, n in enumerate(shape):
        line = (1 - rho**2) / np.abs(1 - rho * np.exp(-2j * np.pi * np.arange(n) / n)) ** 2
        power = power * line.reshape([-1 if other == axis else 1 for other in range(len(shape))])
    return power


def coloured(count, power):
    """Stationary noise on a circle with this spectrum."""
    axes = tuple(range(1, power.ndim + 1))
    white = RNG.standard_normal((count, *power.shape))
    return np.fft.ifftn(np.fft.fftn(white, axes=axes) * np.sqrt(power), axes=axes).real


def deviation(values):
    return math.sqrt(np.mean(np.abs(values) ** 2) / (2 if np.iscomplexobj(values) else 1))


# --- mad ------------------------------------------------------------------------------------------


def test_the_quartile():
    assert pytest.approx(norm.ppf(0.75), rel=1e-15) == QUARTILE


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_mad_of_noise_with_outliers(dtype):
    noise = RNG.standard_normal((200_000, 2)).astype(np.dtype(dtype).type(0).real.dtype)
    values = 2.5 * (noise.view(dtype).ravel() if np.dtype(dtype).kind == "c" else noise[:, 0])
    assert mad(values) == pytest.approx(2.5, rel=0.01)
    values[:2000] = 1e4  # 1 % of them: the median becomes that of the share 0.505 of the others
    assert mad(values) == pytest.approx(2.5, rel=0.03)


def test_mad_of_odd_values():
    assert mad(np.zeros(5)) == 0
    assert mad([3.0]) == pytest.approx(3 / norm.ppf(0.75))
    assert math.isnan(mad([1.0, np.nan, 2.0]))
    with pytest.raises(ValueError, match="values is empty"):
        mad([])
    y = RNG.standard_normal(99)
    assert mad(y * 2.0**-300) == mad(y) * 2.0**-300


# --- estimates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dwt:sym4,levels=1", *LINEAR])
@pytest.mark.parametrize("shape", [(2**16,), (256, 257), (80, 81, 80)])
def test_white_noise_is_found_by_every_transform(name, shape):
    T = si.transform(name)
    T = T if T.spec == name else T.with_levels(1, None)
    noise = 3 * RNG.standard_normal(naive.fitting(T, shape, 1))
    assert si.estimate_sigma(noise, T) == pytest.approx(3, rel=0.025)


@pytest.mark.parametrize(
    "T", [si.SWT("haar", 1, norm="unit"), si.DWT("bior4.4", 2), si.SWT("sym4", 2, boundary="symmetric")], ids=repr
)
def test_the_normalisation_does_not_matter(T):
    assert si.estimate_sigma(2 * RNG.standard_normal(2**16), T) == pytest.approx(2, rel=0.02)


def test_only_what_lies_on_the_signal_counts():
    x, T = RNG.standard_normal(40), si.SWT("sym4", 2, boundary="zero")  # beyond the ends coefficients fade to zero
    c = T.forward(x)
    assert c.interior((1, "d")).size == 40 < c[1, "d"].size
    expected = mad(c.interior((1, "d"))) / T.noise_gain((1, "d"), 40)
    assert expected != pytest.approx(mad(c[1, "d"]) / T.noise_gain((1, "d"), 40), rel=0.05)
    assert si.estimate_sigma(x, T) == pytest.approx(expected, rel=1e-12)
    assert sigma_per_level(c)[1] == pytest.approx(expected, rel=1e-12)


def test_complex_noise_is_told_per_real_part():
    noise = 4 * (RNG.standard_normal(2**15) + 1j * RNG.standard_normal(2**15))
    assert si.estimate_sigma(noise) == pytest.approx(4, rel=0.02)


def test_a_smooth_signal_does_not_count():
    x = 1e4 * np.sin(np.arange(4096) / 300) + np.arange(4096.0)
    assert si.estimate_sigma(x + RNG.standard_normal(4096)) == pytest.approx(1, rel=0.06)
    assert si.estimate_sigma(np.full((20, 20), 7.0)) == pytest.approx(0, abs=1e-13)
    assert si.estimate_sigma(np.zeros(9)) == 0


@pytest.mark.parametrize("sigma", [10, 25, 50])
def test_camera(sigma):
    noisy = si.datasets.camera() + sigma * np.random.default_rng(2024).standard_normal((512, 512))
    assert sigma * 0.98 < si.estimate_sigma(noisy) < sigma + 1.1  # its texture counts as noise


def test_each_channel_has_its_own():
    x = RNG.standard_normal((128, 3, 128)) * np.array([1.0, 5.0, 0.2])[:, None]
    found = si.estimate_sigma(x, channel_axis=1)
    np.testing.assert_array_equal(found, [si.estimate_sigma(x[:, k]) for k in range(3)])
    np.testing.assert_allclose(found, [1, 5, 0.2], rtol=0.05)
    lines = si.estimate_sigma(x, channel_axis=-2, axes=(2,))
    np.testing.assert_array_equal(lines, [si.estimate_sigma(x[:, k], axes=1) for k in range(3)])
    with pytest.raises(ValueError, match="axes=1 names channel_axis=1 too"):
        si.estimate_sigma(x, channel_axis=1, axes=1)


def test_axes_that_are_left_out_share_one_estimate():
    x = RNG.standard_normal((50, 400))
    details = si.DWT("sym4", 1, axes=(1,)).forward(x)[1, "d"]
    assert si.estimate_sigma(x, axes=-1) == pytest.approx(mad(details), rel=1e-12)
    with pytest.raises(ValueError, match="both name axes"):
        si.estimate_sigma(x, "dwt:haar,levels=1,axes=(1)", axes=0)


def test_values_that_are_missing():
    x = RNG.standard_normal(1000)
    x[[10, 500]] = np.nan, np.inf
    with pytest.raises(ValueError, match=r"x holds 2 values that are not finite, the first at index 10\."):
        si.estimate_sigma(x)
    assert math.isnan(si.estimate_sigma(x, nan_policy="propagate"))
    c = si.DWT("sym4", 1).forward(x)[1, "d"]
    assert 0 < np.count_nonzero(~np.isfinite(c)) < 20
    assert si.estimate_sigma(x, nan_policy="omit") == pytest.approx(mad(c[np.isfinite(c)]), rel=1e-12)
    assert math.isnan(si.estimate_sigma(np.full(8, np.nan), nan_policy="omit"))
    with pytest.raises(ValueError, match="nan_policy='skip' is unknown"):
        si.estimate_sigma(x, nan_policy="skip")


def test_what_has_no_details():
    with pytest.raises(ValueError, match="has no details"):
        si.estimate_sigma(np.ones(16), "dwt:haar,levels=0")
    with pytest.raises(ValueError, match="too deep"):
        si.estimate_sigma([1.0])
    with pytest.raises(TypeError, match="is not linear"):
        si.estimate_sigma(np.ones(16), toys.BestPhaseHaar())


def test_integers_keep_their_units_and_powers_of_two_factor_out():
    x = RNG.integers(0, 200, (64, 64))
    assert si.estimate_sigma(x) == si.estimate_sigma(x.astype(float))
    assert si.estimate_sigma(x * 2.0**300) == si.estimate_sigma(x) * 2.0**300


@pytest.mark.parametrize("name", LINEAR)
def test_per_level(name):
    T = si.transform(name).with_levels(3, None)
    shape = naive.fitting(T, (160, 170), 3)
    c = T.forward(2 * RNG.standard_normal(shape))
    found = sigma_per_level(c)
    assert list(found) == sorted({band.level for band in c.layout.details})
    np.testing.assert_allclose(list(found.values()), 2, rtol=0.12)
    assert sigma_per_level(T.forward(np.zeros((16, 16))), T) == dict.fromkeys(found, 0)
    red = list(sigma_per_level(T.forward(coloured(1, ar1_spectrum(shape))[0])).values())
    assert red == sorted(red)
    c = T.forward(np.ones((16, 16)))
    c.vector[3] = np.nan
    with pytest.raises(ValueError, match=r"c\.vector holds 1 value"):
        sigma_per_level(c)


# --- in every band --------------------------------------------------------------------------------

CIRCLES = [si.transform(name).with_levels(2, None) for name in LINEAR]
UNLIKE = si.DTCWT(*naive.DUAL_TREES["unlike trees"], levels=2)  # the approximation interleaves other filters
ENDS = [
    si.SWT("db3", 2, boundary="symmetric"),
    si.DWT("db3", 2, boundary="reflect"),
    si.DTCWT(levels=2, boundary="symmetric"),
]


@pytest.mark.parametrize("shape", [(48,), (16, 20), (45,)])
@pytest.mark.parametrize("T", CIRCLES, ids=repr)
def test_a_flat_spectrum_is_the_gain(T, shape):
    shape = naive.fitting(T, shape, 2)
    layout = T.layout(shape)
    white = noise_of_bands(T, layout, 3.0)
    assert list(white) == list(layout.bands)
    assert white == {band: 3.0 * T.noise_gain(band, shape) for band in layout.bands}
    if layout.grid is not None:
        flat = noise_of_bands(T, layout, psd=np.full(shape, 9.0))
        np.testing.assert_allclose([flat[band] for band in white], list(white.values()), rtol=1e-10)


@pytest.mark.parametrize("colour", ["white", "ar1"])
@pytest.mark.parametrize("shape", [(64,), (16, 20)])
@pytest.mark.parametrize("T", [*CIRCLES, pytest.param(UNLIKE, id="unlike trees")], ids=repr)
def test_noise_on_circles_by_simulation(T, shape, colour):
    power = ar1_spectrum(shape) if colour == "ar1" else np.ones(shape)
    expected = noise_of_bands(T, T.layout(shape), psd=power)
    batch = T.with_levels(2, tuple(range(1, len(shape) + 1)))
    c = batch.forward(coloured(6000 if len(shape) == 1 else 1500, power))
    found = {band: deviation(c[band]) for band in c.bands}
    np.testing.assert_allclose([found[band] for band in expected], list(expected.values()), rtol=0.02)
    of_batch = noise_of_bands(batch, c.layout, psd=power)
    np.testing.assert_allclose(list(of_batch.values()), list(expected.values()), rtol=1e-12)


@pytest.mark.parametrize("colour", ["white", "ar1"])
@pytest.mark.parametrize("T", ENDS, ids=repr)
def test_noise_between_ends_by_simulation(T, colour):
    n = 256
    power = ar1_spectrum((n,)) if colour == "ar1" else np.ones(n)
    longer = ar1_spectrum((4 * n,)) if colour == "ar1" else np.ones(4 * n)
    layout = T.layout(n)
    expected = noise_of_bands(T, layout, psd=power)
    c = T.with_levels(2, (1,)).forward(coloured(1500, longer)[:, :n])  # no circle joins the ends
    for band in layout.bands:
        away = ~layout.touches_boundary(band)
        assert away.sum() > 20
        assert deviation(c[band][:, away]) == pytest.approx(expected[band], rel=0.02)


def test_a_number_for_each_level():
    T = si.SWT("haar", 2)
    layout = T.layout(16)
    found = noise_of_bands(T, layout, {1: 3.0, 2: 5.0})
    assert found == {band: {1: 3.0, 2: 5.0}[band.level] * T.noise_gain(band, 16) for band in layout.bands}
    with pytest.raises(ValueError, match="sigma has no level 2"):
        noise_of_bands(T, layout, {1: 3.0})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Give one of them"),
        ({"sigma": 1.0, "psd": np.ones(16)}, "Give one of them"),
        ({"sigma": -1.0}, "sigma=-1.0 is not allowed"),
        ({"sigma": 1.0, "layout": si.SWT("db2", 2).layout(16)}, "layout is one of swt:db2.*, and T has swt:haar"),
        ({"psd": np.ones(15)}, r"psd has shape \(15,\).*shape \(16,\)"),
        ({"psd": np.ones(16, complex)}, "Use real numbers"),
        ({"psd": -np.ones(16)}, "powers are not negative"),
        ({"psd": np.full(16, np.nan)}, "psd holds 16 values that are not finite"),
    ],
)
def test_what_is_refused(given, message):
    T = si.SWT("haar", 2)
    with pytest.raises(ValueError, match=message):
        noise_of_bands(**({"T": T, "layout": T.layout(16)} | given))
