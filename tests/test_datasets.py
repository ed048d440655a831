"""The bundled signals: what they are, and that nobody can spoil them for others; functions by their formulas."""

import math

import numpy as np
import pytest
import pywt.data

from shiftinv import datasets

NAMES = ("ecg", "camera", "aero", "ascent")
FUNCTIONS = ("blocks", "bumps", "doppler", "heavisine", "zone_plate")


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_is_pywavelets_signal_in_double_precision(name):
    x = getattr(datasets, name)()
    assert x.dtype == np.float64
    assert x.flags.c_contiguous
    np.testing.assert_array_equal(x, getattr(pywt.data, name)())


def test_shapes_and_ranges_are_those_documented():
    assert datasets.ecg().shape == (1024,)
    assert (datasets.ecg().min(), datasets.ecg().max()) == (-112, 250)
    for name in NAMES[1:]:
        x = getattr(datasets, name)()
        assert x.shape == (512, 512)
        assert (x.min(), x.max()) == (0, 255)


def test_all_of_them_are_exported():
    assert set(datasets.__all__) == {*NAMES, *FUNCTIONS}


@pytest.mark.parametrize("name", NAMES)
def test_each_call_gives_an_array_of_its_own(name):
    load = getattr(datasets, name)
    spoilt = load()
    spoilt[...] = -1
    assert load().max() > 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_as_many_samples_as_asked_for(name):
    make = getattr(datasets, name)
    for n in (1, 2, 100):
        x = make(n)
        assert x.shape == ((n, n) if name == "zone_plate" else (n,))
        assert x.dtype == np.float64
        assert np.isfinite(x).all()
    with pytest.raises(ValueError, match=r"n=0 is too small\. Use an integer >= 1"):
        make(0)


def test_blocks_are_constant_between_eleven_jumps_and_end_where_they_began():
    x = datasets.blocks(4093)  # no jump falls on a sample, where it would be made in two halves
    (jumps,) = np.nonzero(np.diff(x))
    assert len(jumps) == 11
    np.testing.assert_allclose([x[0], x[-1]], 0, atol=1e-12)
    assert math.isclose(x.max(), 5.2, rel_tol=1e-12)  # 4 - 5 + 3 - 4 + 5 - 4.2 + 2.1 + 4.3


def test_bumps_peak_at_the_jumps_of_blocks():
    n = 9973
    jumps = np.nonzero(np.diff(datasets.blocks(n)))[0]
    x = datasets.bumps(n)
    tops = np.nonzero((x[1:-1] > x[:-2]) & (x[1:-1] > x[2:]))[0] + 1
    assert len(tops) == len(jumps) == 11
    assert np.abs(tops - jumps).max() <= 1


def test_heavisine_is_a_sine_but_for_jumps_by_two():
    n = 1000
    x = datasets.heavisine(n)
    rest = x - 4 * np.sin(4 * np.pi * np.arange(1, n + 1) / n)
    inner = [m for m in range(n) if m + 1 not in (300, 720)]  # at the jumps themselves sgn is 0
    assert set(rest[inner].round(9)) == {0, -2}


def test_doppler_crosses_zero_where_its_phase_is_a_multiple_of_pi():
    n = 100_000
    x = datasets.doppler(n)
    crossings = (np.nonzero(np.diff(np.sign(x[:-1])))[0] + 1.5) / n
    expected = [2.1 / k - 0.05 for k in range(2, 42)]
    expected = sorted(t for t in expected if 0 < t < 1)
    np.testing.assert_allclose(crossings, expected, atol=1 / n)


def test_a_zone_plate_has_the_same_rings_in_every_direction():
    n = 64
    x = datasets.zone_plate(n)
    np.testing.assert_array_equal(x, x.T)
    np.testing.assert_array_equal(x[1:], x[:0:-1])
    assert np.abs(np.fft.fft2(x)).max() <= n * (1 + 1e-12)  # no frequency stands out; a wave along an axis has n^2 / 2
