"""The front end of denoising: every method on every kind of transform, odd input, and published pictures."""

import numpy as np
import pytest
from naive import assert_same_bits, noise

import shiftinv as si
from shiftinv.denoising.estimator import METHODS, RULES, THRESHOLDS

SIGNAL = np.repeat([0.0, 6.0, 2.0, -3.0], 64)
IMAGE = 8 * np.outer(np.sin(np.arange(64) * np.pi / 32), np.cos(np.arange(64) * np.pi / 32))
TRANSFORMS = [
    None,
    "dwt:sym4,levels=3",
    "swt:sym4,levels=3",
    "modwt:la8,levels=3",
    "dtcwt:levels=3",
    "starlet:levels=3",
    "cyclespin:(dwt:sym4,levels=3),shifts=3",
    "packets:sym4,levels=3,basis=dwt",
]
UNDECIMATED = (None, "swt:sym4,levels=3", "modwt:la8,levels=3", "starlet:levels=3")


def risk(estimate, clean):
    return np.mean((estimate - clean) ** 2)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("method", [*METHODS, 3.0])
@pytest.mark.parametrize("clean", [SIGNAL, IMAGE], ids=["signal", "image"])
def test_every_method_removes_noise_in_every_transform(method, transform, clean):
    if method == "surelet" and transform not in UNDECIMATED:
        with pytest.raises((ValueError, TypeError)):
            si.denoise(clean, transform, method=method, sigma=1)
        return
    x = clean + noise(clean.shape)
    kept = x.copy()
    for sigma in (1.0, None):
        estimate = si.denoise(x, transform, method=method, sigma=sigma)
        assert estimate.shape == x.shape
        assert risk(estimate, clean) < 0.75 * risk(x, clean)
    assert_same_bits(x, kept)


@pytest.mark.parametrize(
    ("sigma", "least"), [(10, (33.55, 33.3, 33.75)), (25, (29.05, 29.25, 29.45)), (50, (26.8, 27.0, 27.0))]
)
def test_camera(sigma, least):
    clean = si.datasets.camera()
    x = clean + sigma * np.random.default_rng(2024).standard_normal(clean.shape)
    for method, db in zip(("bivariate", "surelet", "auto"), least, strict=True):
        estimate = si.denoise(x, method=method, sigma=sigma)
        assert round(10 * np.log10(255**2 / risk(estimate, clean)), 2) >= db, method


def test_a_number_is_a_threshold_in_units_of_the_noise_of_each_band():
    x, T = SIGNAL + noise(SIGNAL.shape), si.SWT("db2", 3, norm="unit")
    for rule in RULES:
        c = T.forward(x)
        for band in c.layout.details:
            c[band] = RULES[rule](c[band], 2.5 * (0.7 * T.noise_gain(band, x.shape)))
        assert_same_bits(si.denoise(x, T, method=2.5, rule=rule, sigma=0.7), T.inverse(c))
    estimate, info = si.denoise(x, T, method=2.5, sigma=0.7, return_info=True)
    assert info.thresholds == dict.fromkeys(T.layout(x.shape).details, 2.5)
    assert (info.method, info.sigma, info.transforms) == (2.5, 0.7, (T.with_levels(3, (0,)).spec,))
    assert_same_bits(estimate, si.denoise(x, T, method=2.5, rule="hard", sigma=0.7))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("power", [-40, 3])
def test_units_do_not_matter(method, power):
    x = SIGNAL + noise(SIGNAL.shape)
    assert_same_bits(si.denoise(2.0**power * x, method=method), 2.0**power * si.denoise(x, method=method))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(1,), (2,), (3,), (17,), (1, 1), (2, 5)])
@pytest.mark.filterwarnings("error")
def test_constants_come_back_and_small_ones_work(method, shape):
    constant = np.full(shape, 0.1)
    assert_same_bits(si.denoise(constant, method=method), constant)
    x = noise(shape)
    assert_same_bits(si.denoise(x, method=method, sigma=0), x)
    assert np.isfinite(si.denoise(x, method=method, sigma=0.5)).all()


def test_types():
    x = SIGNAL + noise(SIGNAL.shape)
    assert si.denoise(x.astype(np.float32)).dtype == np.float32
    assert_same_bits(si.denoise(np.rint(x).astype(int)), si.denoise(np.rint(x)))
    assert_same_bits(si.denoise(x.tolist()), si.denoise(x))
    z = x + 1j * (SIGNAL + noise(SIGNAL.shape, seed=1))
    assert risk(si.denoise(z, sigma=1).real, SIGNAL) < 0.4
    x.flags.writeable = False
    assert si.denoise(x[::-1]).shape == x.shape


def test_batches_and_channels_are_denoised_item_by_item():
    x = IMAGE + noise((3, *IMAGE.shape)) * np.array([0.5, 1, 2])[:, None, None]
    one_by_one = np.stack([si.denoise(item) for item in x])
    estimate, info = si.denoise(x, axes=(1, 2), return_info=True)
    assert_same_bits(estimate, one_by_one)
    assert [item.sigma for item in info] == [float(si.estimate_sigma(item)) for item in x]
    colour = np.ascontiguousarray(np.moveaxis(x, 0, -1))
    assert_same_bits(si.denoise(colour, channel_axis=-1), np.ascontiguousarray(np.moveaxis(one_by_one, 0, -1)))
    rows = si.denoise(x[0], axes=-1, workers=2)
    assert_same_bits(rows, np.stack([si.denoise(row) for row in x[0]]))


def test_what_is_not_finite():
    x = SIGNAL + noise(SIGNAL.shape)
    x[[7, 90]] = np.nan, np.inf
    with pytest.raises(ValueError, match="x holds 2 values that are not finite, the first at index 7"):
        si.denoise(x)
    estimate = si.denoise(x, nan_policy="omit")
    assert_same_bits(np.flatnonzero(~np.isfinite(estimate)), np.array([7, 90]))
    assert risk(np.delete(estimate, [7, 90]), np.delete(SIGNAL, [7, 90])) < 0.7
    spread = si.denoise(x, "swt:haar,levels=2", method=3.0, sigma=1.0, nan_policy="propagate")
    assert 2 < (~np.isfinite(spread)).sum() < 60


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"method": "bayess"}, ValueError, r"method='bayess' is unknown\. Did you mean 'bayes'"),
        ({"method": -1}, ValueError, "method=-1"),
        ({"rule": "soft"}, ValueError, "rule='soft' and method='auto' both say how values shrink. Leave rule out"),
        ({"method": "sure", "rule": "softt"}, ValueError, "rule='softt' is unknown"),
        ({"sigma": -1}, ValueError, "sigma=-1"),
        ({"sigma": np.nan}, ValueError, "sigma=nan"),
        ({"nan_policy": "skip"}, ValueError, "nan_policy='skip' is unknown"),
        ({"transform": "bestshift:sym4"}, TypeError, "is not linear"),
        ({"boundary": "mirror"}, ValueError, "boundary='mirror' is the name that scipy.ndimage has"),
        ({"axes": 0, "channel_axis": 0}, ValueError, "names channel_axis=0 too"),
    ],
)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=message):
        si.denoise(noise(64), **arguments)


def test_an_empty_signal_and_a_number_are_refused():
    for x in (np.zeros(0), 3.0):
        with pytest.raises(ValueError, match="at least"):
            si.denoise(x)


def test_thresholds_and_rules_are_those_of_the_package():
    for name in [*THRESHOLDS, *RULES]:
        assert callable(getattr(si.denoising, name))


@pytest.mark.parametrize("axes", [(1,), (-1,)])
@pytest.mark.parametrize("kind", [si.SWT, si.DWT])
def test_axes_of_the_transform_are_the_axes_of_an_item(kind, axes):
    leads = np.stack([SIGNAL, SIGNAL, -SIGNAL]) + np.array([[0.1], [3.0], [1.0]]) * noise((3, len(SIGNAL)))
    expected, infos = si.denoise(leads, kind("sym8", 4), axes=-1, return_info=True)
    T = kind("sym8", 4, axes=axes)
    for transform in (T, T.spec + ",boundary=periodic"):
        estimate, own = si.denoise(leads, transform, return_info=True)
        assert_same_bits(estimate, expected)
        assert [info.sigma for info in own] == [info.sigma for info in infos]
    assert_same_bits(si.denoise(leads, T, channel_axis=0), expected)
    with pytest.raises(ValueError, match=r"channel_axis=1 leaves the axes \(0,\)"):
        si.denoise(leads, T, channel_axis=1)


@pytest.mark.parametrize("transform", [None, "swt:sym8", "swt:sym8,levels=4", si.SWT("sym8", 4), "best"])
def test_an_axis_of_one_sample_is_no_axis(transform):
    x = SIGNAL + noise(SIGNAL.shape)
    expected = si.denoise(x, transform)
    assert not np.array_equal(expected, x)
    for shape in ((1, -1), (-1, 1), (1, -1, 1)):
        assert_same_bits(si.denoise(x.reshape(shape), transform).ravel(), expected)
        assert si.estimate_sigma(x.reshape(shape)) == si.estimate_sigma(x)


def test_the_window_of_bivariate_has_the_ends_of_the_transform():
    x, T = np.cumsum(noise((256,))) + noise((256,), seed=1), si.SWT("sym8", 4)
    moved = si.denoise(np.roll(x, 16), T, method="bivariate", sigma=1)
    np.testing.assert_allclose(np.roll(si.denoise(x, T, method="bivariate", sigma=1), 16), moved, atol=1e-13)
    spec = si.denoise(x, "swt:sym8,levels=4,boundary=periodic", method="bivariate", sigma=1)
    assert_same_bits(spec, si.denoise(x, T, method="bivariate", sigma=1))


def test_priors_are_fitted_on_the_signal_itself():
    x = noise((64,), seed=3)
    x[20:30] += 6
    T = si.SWT("sym8", 3, boundary="zero")
    c = T.forward(x)
    for band in c.layout.details:
        sample = c.interior(band).copy()
        assert len(sample) < len(c[band])
        c[band] = si.denoising.ebayes(c[band], T.noise_gain(band, (64,)), a=None, sample=sample)
    assert_same_bits(si.denoise(x, T, method="ebayes", sigma=1), T.inverse(c))


def test_a_method_that_does_not_fit_is_refused_whatever_the_data():
    for x in (np.full(64, 5.0), np.arange(64.0)):
        with pytest.raises(ValueError, match="keeps only some of the samples"):
            si.denoise(x, "dwt:haar,levels=2", method="surelet", sigma=0)


def test_no_item_of_channels_is_no_error():
    assert si.denoise(np.zeros((0, 8)), channel_axis=0, decorrelate=True).shape == (0, 8)


def test_a_method_that_fits_is_not_refused_for_gaps_or_for_an_axis_of_one_sample():
    gap = SIGNAL + noise(SIGNAL.shape)
    gap[3] = np.nan
    estimate = si.denoise(gap, "swt:haar,levels=2", method="surelet", nan_policy="propagate", sigma=1)
    assert np.isnan(estimate).all()
    constant = np.ones((1, 64))
    assert np.array_equal(si.denoise(constant, "swt:haar,levels=3", method="surelet"), constant)
