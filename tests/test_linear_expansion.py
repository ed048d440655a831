"""SURE-LET: the estimate from explicit Jacobians, its risk by simulation, laws, and what it reaches on photographs."""

import math
import tracemalloc

import naive
import numpy as np
import pytest

import shiftinv as si
from shiftinv.denoising import surelet

BOUNDARIES = ("periodic", "symmetric")


def with_ends(boundary, *transforms):
    return [T.replace(boundary=boundary) for T in transforms]


FAR = 4  # standard errors; about one in 16 000
NOISES = (10, 25, 50)
ELSEWHERE = {
    10: 33.33,
    25: 29.27,
    50: 27.01,
}  # dB on camera, undecimated Haar by another implementation


def noisy(clean, sigma, seed=2024):
    return clean + sigma * np.random.default_rng(seed).standard_normal(clean.shape)


def psnr(estimate, clean):
    return 10 * math.log10(255**2 / np.mean((estimate - clean) ** 2))


def spiky(*shape, seed=0):
    """A signal with coefficients on both sides of the threshold in every band, so that all parts differ."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) + 12 * (rng.random(shape) < 0.15)


CASES = {
    "haar": ([si.SWT("haar", 3)], (27,)),
    "biorthogonal": ([si.SWT("bior2.2", 2)], (40,)),
    "wrapping": ([si.SWT("sym4", 2)], (30,)),
    "unit": ([si.SWT("db2", 2, norm="unit")], (33,)),
    "lopsided": ([si.SWT(naive.lopsided_bank(), 2)], (31,)),
    "modwt": ([si.MODWT("la8", 2)], (32,)),
    "starlet": ([si.transform("starlet:levels=2")], (29,)),
    "image": ([si.SWT("haar", 2)], (8, 9)),
    "starlet of an image": ([si.transform("starlet:levels=2,generation=2")], (8, 7)),
    "jointly": ([si.SWT("haar", 2), si.MODWT("db2", 1)], (10, 8)),
    "volume": ([si.SWT("haar", 1)], (4, 5, 6)),
}


@pytest.mark.parametrize("boundary", [*BOUNDARIES, "zero"])
@pytest.mark.parametrize("case", CASES)
def test_the_estimate_is_the_one_of_explicit_jacobians(case, boundary):
    transforms, shape = CASES[case]
    x, transforms = spiky(*shape), with_ends(boundary, *transforms)
    estimate, fit = surelet(x, 1.5, transforms)
    expected, weights, risk = naive.surelet(x, 1.5, transforms)
    np.testing.assert_allclose(estimate, expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(fit.weights, weights, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(fit.sure, risk, rtol=0, atol=1e-10)
    assert fit.bands == tuple(T.layout(shape).details for T in transforms)


def test_the_mean_of_sure_is_the_mean_of_the_squared_error():
    n, draws, sigma = 2**15, 40, 2.0
    clean = 3 * si.datasets.heavisine(n) + si.datasets.blocks(n) + 2 * si.datasets.doppler(n)
    x = clean + sigma * np.random.default_rng(0).standard_normal((draws, n))
    estimate, fit = surelet(x, sigma, si.SWT("sym4", 3, axes=-1))
    error = np.mean((estimate - clean) ** 2, axis=-1)
    difference = fit.sure - error
    chance = FAR * difference.std() / math.sqrt(draws)
    optimism = 10 * sigma**2 * fit.weights[0].size / n  # the least of many risks is low; for linear parts by 2, not 10
    assert -chance - optimism < difference.mean() < chance
    assert optimism < chance < error.mean() / 10 < sigma**2 / 50  # so that it says something


def test_no_item_of_a_batch_is_no_error():
    estimate, fit = surelet(np.empty((0, 16)), 1, si.SWT("haar", 2, axes=-1))
    assert (estimate.shape, fit.weights.shape, fit.sure.shape) == ((0, 16), (0, 2, 2), (0,))


@pytest.mark.parametrize("sigma", NOISES)
def test_photographs_come_out_as_well_as_elsewhere_and_in_little_noise_better_with_two_banks(sigma):
    least_gain = {10: 0.05, 25: 0.01, 50: -0.02}[sigma]  # dB
    haar, pair = si.SWT("haar", 5), (si.SWT("haar", 5), si.SWT("sym8", 5))
    for name in ("camera", "ascent", "aero"):
        clean = getattr(si.datasets, name)()
        x = noisy(clean, sigma)
        alone, fit = surelet(x, sigma, haar)
        jointly, joint_fit = surelet(x, sigma, pair)
        assert psnr(jointly, clean) > psnr(alone, clean) + least_gain
        assert joint_fit.sure <= fit.sure
        if name == "camera":
            assert abs(psnr(alone, clean) - ELSEWHERE[sigma]) < 0.01


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("times", [1.5, 2, 5, 100])
def test_too_large_a_sigma_smooths_more_and_adds_nothing(times, boundary):
    clean = si.datasets.camera()[::4, ::4]
    x = noisy(clean, 5)
    estimate, fit = surelet(x, 5 * times, si.SWT("haar", 4, boundary=boundary))
    approximation = si.SWT("haar", 4, boundary=boundary).mra(x)[0]
    assert np.linalg.norm(estimate - clean) < 1.01 * np.linalg.norm(approximation - clean)
    assert estimate.min() > x.min() - 1
    assert estimate.max() < x.max() + 1
    gains = fit.weights.cumsum(axis=-1)
    assert gains.min() >= -1e-12
    assert gains.max() <= 2 + 1e-12


def test_noise_that_is_not_there_is_not_invented():
    noise = np.random.default_rng(0).standard_normal((64, 64))
    pattern = 20 * (np.indices(noise.shape).sum(axis=0) % 2)  # a single frequency fills one band alike
    for x, sigma in ((100 + noise, 5), (100 + pattern + noise, 5), (100 + pattern + noise, 14)):
        estimate, _ = surelet(x, sigma, si.SWT("haar", 4))
        assert np.abs(estimate - x.mean()).max() < 2 * np.abs(x - x.mean()).max()


@pytest.mark.parametrize("sigma", NOISES)
def test_ends_that_continue_by_their_mirror_image_are_better_than_a_seam(sigma):
    clean = si.datasets.camera()[::2, ::2]
    x = noisy(clean, sigma)
    circle, mirror = (surelet(x, sigma, si.SWT("haar", 5, boundary=boundary))[0] for boundary in BOUNDARIES)
    assert psnr(mirror, clean) > psnr(circle, clean)


def test_the_estimate_moves_with_the_signal():
    x = spiky(24, 30)
    estimate, fit = surelet(x, 1.0, si.SWT("db2", 3))
    moved, moved_fit = surelet(np.roll(x, (5, -7), (0, 1)), 1.0, si.SWT("db2", 3))
    np.testing.assert_allclose(moved, np.roll(estimate, (5, -7), (0, 1)), rtol=0, atol=1e-11)
    np.testing.assert_allclose(moved_fit.sure, fit.sure, rtol=1e-11)


def test_the_estimate_has_the_units_of_the_signal():
    x = spiky(60)
    estimate, fit = surelet(x, 1.0)
    scaled, scaled_fit = surelet(-1e6 * x, 1e6)
    np.testing.assert_allclose(scaled, -1e6 * estimate, rtol=0, atol=1e-4)
    np.testing.assert_allclose(scaled_fit.sure, 1e12 * fit.sure, rtol=1e-9)
    lifted, _ = surelet(x + 50, 1.0)
    np.testing.assert_allclose(lifted, estimate + 50, rtol=0, atol=1e-9)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1,), (2,), (37,), (16, 1), (17, 33)])
def test_a_constant_is_returned_unchanged(shape, dtype, boundary):
    x = np.full(shape, 0.1, dtype)
    families = [
        [si.SWT("haar", 5)],
        [si.SWT("sym8", 2)],
        [si.SWT("haar", 1), si.SWT("bior4.4", 3)],
        [si.SWT("haar", 0)],
    ]
    for family in families:
        deepest = 5 if boundary == "periodic" else max(1, (min(shape) - 1).bit_length())
        transforms = with_ends(boundary, *(T.replace(levels=min(T.levels, deepest)) for T in family))
        estimate, fit = surelet(x, 0.5, transforms)
        np.testing.assert_array_equal(estimate, x)
        assert estimate.dtype == dtype
        assert fit.sure == 0.5**2
        np.testing.assert_array_equal(surelet(0 * x, 0.5, transforms)[0], 0)


def test_without_noise_the_signal_is_its_own_estimate():
    x = spiky(40, 20)
    estimate, fit = surelet(x, 0, [si.SWT("haar", 2), si.SWT("db2", 2)])
    np.testing.assert_array_equal(estimate, x)
    np.testing.assert_array_equal(fit.weights, np.tile([0.5, 0], (12, 1)))
    assert fit.sure == 0


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_the_same_transform_twice_is_no_other_estimate(boundary):
    x = spiky(64)
    T = si.SWT("haar", 3, boundary=boundary)
    once, fit = surelet(x, 1.0, T)
    twice, twice_fit = surelet(x, 1.0, (T, T))
    np.testing.assert_allclose(twice, once, rtol=0, atol=1e-10)
    first, second = np.split(twice_fit.weights, 2)
    np.testing.assert_allclose(first, second, atol=1e-9)
    np.testing.assert_allclose(first + second, fit.weights, atol=1e-9)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize(("axes", "shape"), [((1,), (2, 30, 3)), ((0, 2), (12, 3, 14)), ((-1, -2), (2, 2, 9, 10))])
def test_a_batch_is_a_loop_over_its_items(axes, shape, boundary):
    x = spiky(*shape)
    estimate, fit = surelet(x, 1.0, si.SWT("db2", 2, axes=axes, boundary=boundary))
    places = sorted(axis % len(shape) for axis in axes)
    last = range(-len(axes), 0)
    items, estimates = np.moveaxis(x, places, last), np.moveaxis(estimate, places, last)
    for index in np.ndindex(fit.sure.shape):
        alone, alone_fit = surelet(items[index], 1.0, si.SWT("db2", 2, boundary=boundary))
        np.testing.assert_array_equal(estimates[index], alone)
        np.testing.assert_array_equal(fit.weights[index], alone_fit.weights)
        assert fit.sure[index] == alone_fit.sure
    assert fit.sure.shape == tuple(n for axis, n in enumerate(shape) if axis not in places)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_single_precision_is_kept_and_enough(boundary):
    clean = si.datasets.camera()[100:228, 200:328]
    x = noisy(clean, 25)
    T = si.SWT("haar", 5, boundary=boundary)
    double, fit = surelet(x, 25, T)
    single, single_fit = surelet(x.astype(np.float32), 25, T)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, double, rtol=0, atol=0.01)
    np.testing.assert_allclose(single_fit.sure, fit.sure, rtol=1e-4)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_threads_change_no_bit(boundary):
    x = noisy(si.datasets.camera(), 25)
    one, two = (surelet(x, 25, si.SWT("haar", 2, boundary=boundary), workers=workers) for workers in (1, 2))
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1].weights, two[1].weights)


def test_the_input_is_only_read():
    x = spiky(20, 20)
    before = x.copy()
    x.flags.writeable = False
    surelet(x, 1.0)
    np.testing.assert_array_equal(x, before)


def test_memory_is_the_coefficients_and_two_parts_for_each_band():
    x, T = noisy(si.datasets.camera(), 25), si.SWT("haar", 4)
    surelet(x, 25, T)
    bands = len(T.layout(x.shape).bands)
    tracemalloc.start()
    surelet(x, 25, T)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < (bands + 2 * bands + 8) * x.nbytes


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.ones(8) + 0j, 1), TypeError, r"x is complex128, and this is for real series\. Use x\.real and x\.imag"),
        (([1, np.nan, np.inf], 1), ValueError, r"x holds 2 values that are not finite, the first at index 1"),
        ((np.ones(8), -1), ValueError, r"sigma=-1\.0 is not allowed\. Use a finite number >= 0"),
        ((np.ones(8), 1, "swt:haar"), TypeError, r"Use shiftinv\.transform\('swt:haar'\)"),
        ((np.ones(8), 1, [3]), TypeError, r"transforms holds 3, which is an int\. Use a transform such as SWT"),
        ((np.ones(8), 1, []), ValueError, r"transforms=\[\] names no transform\. Use at least one"),
        ((np.ones(8), 1, si.DWT("haar", 1)), ValueError, r"only some of the samples .* Use SWT\('haar', levels=1\)"),
        ((np.ones(8), 1, si.DTCWT(levels=1)), ValueError, r"has complex bands; .* Use a transform with real bands"),
        ((np.ones(8), 1, si.CycleSpin("dwt:haar,levels=2", 3)), ValueError, r"does not move its bands"),
        (
            (np.ones((8, 8)), 1, [si.SWT("haar", 1), si.SWT("haar", 1, axes=0)]),
            ValueError,
            r"transforms have the axes \(0, 1\) and \(0,\), .* Give all of them the same axes",
        ),
    ],
)
def test_what_does_not_fit_is_told_what_would(arguments, error, message):
    with pytest.raises(error, match=message):
        surelet(*arguments)
