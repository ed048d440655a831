"""The steerable pyramid against its formula, pyrtools and theory: tightness, redundancy, steering and exact shifts."""

import math
from pathlib import Path

import numpy as np
import pytest
from naive import assert_close, noise, steerable_analysis

import shiftinv as si
from shiftinv import Frame, metrics
from shiftinv.groups import shifted
from shiftinv.testing import check_transform
from shiftinv.transforms import SteerablePyramid

PYRTOOLS = Path(__file__).with_name("reference") / "pyrtools.npz"


def names(T, level, shape):
    return [band.orientation for band in T.layout(shape).details if band.level == level and band[1] != "residual"]


# --- against the formula, and another package -----------------------------------------------------


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("orientations", [2, 3, 4, 6])
@pytest.mark.parametrize(("shape", "levels"), [((16, 16), 2), ((15, 22), 2), ((9, 13), 3), ((7, 30), 1)])
def test_bands_equal_the_formula(orientations, real, shape, levels):
    T, x = SteerablePyramid(orientations, levels, real=real), noise(shape)
    c = T.forward(x)
    expected = steerable_analysis(x, orientations, levels, real)
    for band in c.bands:
        place = band.orientation
        if place not in ("aa", "residual"):
            place = names(T, band.level, shape).index(place)
        assert_close(c[band], expected[band.level, place], 1e-13, f"{band}")
    assert_close(T.inverse(c), x, 1e-13, "inverse")


def test_bands_equal_those_of_pyrtools():
    # its filters are interpolated in a table, and its coefficients grow by 4 where these grow by 2
    with np.load(PYRTOOLS) as stored:
        c = SteerablePyramid(4, 2).forward(stored["x"])
        pairs = {(1, "residual"): ("residual_highpass", 1), (2, "aa"): ("residual_lowpass", 1 / 4)}
        for level in (1, 2):
            for k, name in enumerate(("+90", "+45", "+0", "-45")):
                pairs[level, name] = (f"{level - 1}_{k}", math.sqrt(0.5) / 2 ** (level - 1))
        for band, (key, scale) in pairs.items():
            assert_close(c[band], scale * stored[f"steerable/{key}"], 2e-5, f"{band}")


def test_the_real_band_is_the_real_part():
    x = noise((24, 31))
    c, r = SteerablePyramid(3, 2).forward(x), SteerablePyramid(3, 2, real=True).forward(x)
    for band in r.layout.details[:-1]:
        assert_close(math.sqrt(2) * c[band].real, r[band], 1e-14, f"{band}")


# --- what the textbook says -----------------------------------------------------------------------


@pytest.mark.parametrize("orientations", [1, 4, 6])
def test_redundancy_is_4_k_over_3_and_a_residual(orientations):
    levels = 5
    bands = orientations * sum(4.0**-j for j in range(levels))
    rest = 1 + 4.0**-levels
    assert SteerablePyramid(orientations, levels, real=True).redundancy((64, 64)) == bands + rest
    assert SteerablePyramid(orientations, levels).redundancy((64, 64)) == 2 * bands + rest
    assert bands == pytest.approx(4 * orientations / 3, rel=4.0**-levels)


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("shape", [(64,), (61,), (16, 16), (9, 14), (6, 5, 7)])
def test_the_frame_is_parseval(real, shape):
    T = SteerablePyramid(levels=2, real=real)
    assert metrics.frame_bounds(T, shape) == pytest.approx((1, 1), abs=1e-13)
    assert metrics.noise_amplification(T, shape) == pytest.approx(1, abs=1e-12)
    assert T.layout(shape).frame is Frame.TIGHT


def test_one_coefficient_of_a_band_stands_for_all_in_a_large_image():
    assert metrics.noise_amplification(SteerablePyramid(levels=3), (128, 96)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("orientations", [2, 3, 4, 6])
def test_a_band_is_steered_by_the_others(orientations):
    # at any angle the filter is a sum of K of them, with weights that the cosines of K directions determine
    x, t = noise((32, 32)), 0.3
    c = SteerablePyramid(orientations, 1, real=True).forward(x)
    basis = np.arange(orientations) * np.pi / orientations
    angles = np.linspace(0, np.pi, 50)
    powers = np.cos(angles[:, None] - basis) ** (orientations - 1)
    weights = np.linalg.lstsq(powers, np.cos(angles - t) ** (orientations - 1), rcond=None)[0]
    steered = sum(
        w * c[1, name]
        for w, name in zip(weights, names(T=SteerablePyramid(orientations, 1), level=1, shape=(32, 32)), strict=True)
    )
    f = np.fft.fftfreq(32) * 2
    radius, angle = np.hypot(f[:, None], f), np.arctan2(f[:, None], f + 0 * f[:, None])
    turned = SteerablePyramid(orientations, 1, real=True)
    first = np.fft.fft2(turned.forward(np.eye(1, 1024).reshape(32, 32))[1, "+90"])
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = first / np.cos(angle) ** (orientations - 1) * np.cos(angle - t) ** (orientations - 1)
    clear = (np.abs(np.cos(angle)) > 1e-6) & (radius > 0)
    assert_close(np.fft.fft2(steered)[clear], (np.fft.fft2(x) * gain)[clear], 1e-10)


def test_names_are_the_directions_of_lines():
    n = np.arange(64)
    down, right = np.meshgrid(n, n, indexing="ij")
    for degrees in (90, 45, 0, -45):
        across = np.deg2rad(degrees)  # along the line, up is towards smaller rows
        waves = np.cos(0.8 * (-np.sin(across) * right - np.cos(across) * down))
        window = np.exp(-((down - 32) ** 2 + (right - 32) ** 2) / 200)
        c = SteerablePyramid(4, 3).forward(waves * window)
        energies = {name: np.sum(np.abs(c[2, name]) ** 2) for name in ("+90", "+45", "+0", "-45")}
        assert max(energies, key=energies.get) == f"{degrees:+d}"


# --- shifts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("band", ["wavelet", "scaling"])
def test_nothing_is_aliased(real, level, band):
    assert metrics.aliasing_energy_ratio(SteerablePyramid(real=real), level, band=band) == -math.inf


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("shape", [(64,), (61,), (32, 48), (21, 34)])
def test_every_shift_is_a_shift_of_every_band(real, shape):
    T, x = SteerablePyramid(levels=3, real=real), noise(shape)
    assert metrics.equivariance_error(T, x, 4, per_band=True).max() < 1e-13
    assert metrics.shift_variance(T, x, shifts=4).total < 1e-14


def test_fractions_of_a_sample_as_well():
    T, x = SteerablePyramid(levels=3), noise((30, 45))  # of a length that is even the Nyquist bin has no exact shift
    x -= np.fft.ifft2(np.fft.fft2(x) * (np.arange(30) == 15)[:, None]).real
    c, moved = T.forward(x), T.forward(shifted(x, (0.3, -1.7), (0, 1)))
    for band in c.bands:
        rates = [n / m for n, m in zip(c[band].shape, x.shape, strict=True)]
        assert_close(shifted(c[band], (0.3 * rates[0], -1.7 * rates[1]), (0, 1)), moved[band], 1e-13, f"{band}")


# --- the container --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "T", [SteerablePyramid(1), SteerablePyramid(5, 2), SteerablePyramid(3, 2, real=True)], ids=repr
)
def test_keeps_every_law(T):
    assert check_transform(T) > 400


def test_the_stack_of_a_level_leaves_the_residual_out():
    c = SteerablePyramid(6, 2).forward(noise((16, 12)))
    assert c.detail(1).shape == (6, 16, 12)
    assert np.array_equal(c.detail(1)[2], c[1, "+30"])
    assert c.detail(1, "residual").dtype == np.float64
    assert c.layout.parent((1, "residual")) is None


def test_default_levels_and_what_other_axes_have():
    assert SteerablePyramid().layout((64, 100)).levels == 4
    assert names(SteerablePyramid(6, 1), 1, 16) == ["d"]
    assert names(SteerablePyramid(6, 1), 1, (4, 6, 8)) == ["d--", "-d-", "--d"]
    assert SteerablePyramid(levels=0).layout(8).frame is Frame.ORTHONORMAL
    assert si.transform("steerable:6,levels=3,real=True") == SteerablePyramid(6, 3, real=True)


def test_what_is_refused():
    with pytest.raises(TypeError, match=r"real=1 is an int\. Use True"):
        SteerablePyramid(real=1)
    with pytest.raises(ValueError, match=r"orientations=0 is too small"):
        SteerablePyramid(0)
    with pytest.raises(ValueError, match=r"levels=5 is too deep for a SteerablePyramid of 16 samples: at most 4"):
        SteerablePyramid(4, 5).layout((16, 20))
    with pytest.raises(TypeError, match=r"unless real=True"):
        SteerablePyramid().forward(noise((8, 8), complex))
