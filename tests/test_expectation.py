"""Expected shift variance against dense matrices and averages over random signals."""

from __future__ import annotations

import math

import naive
import numpy as np
import pytest
from toys import BestPhaseHaar

import shiftinv as si
from shiftinv.groups import shifted
from shiftinv.metrics import UnfairPairing, aliasing_energy_ratio, expected_shift_variance


def keeping(T, level):
    def project(x):
        c = T.forward(x)
        for band in c.bands:
            if band.level != level or band == c.layout.approximation:
                c[band] = 0
        return T.inverse(c)

    return project


def coloured(*frequencies):
    return 1 / (0.02 + sum(f**2 for f in frequencies)) + 0.3 * np.cos(2 * np.pi * frequencies[0])


@pytest.mark.parametrize(
    ("T", "level", "shape", "shift"),
    [
        (si.DWT("db4"), 1, (32,), 1),
        (si.DWT("bior4.4"), 3, (48,), 3),
        (si.DTCWT(), 3, (32,), 5),
        (si.CycleSpin("dwt:db2", 2), 2, (32,), 1),
        (si.DWT("db2"), 2, (8, 12), (1, 2)),
        (si.transform("pswt:db2"), 3, (32,), 1),
    ],
    ids=repr,
)
@pytest.mark.parametrize("density", [None, coloured])
def test_impulses_give_what_dense_matrices_give(T, level, shape, shift, density):
    bins = np.meshgrid(*map(np.fft.fftfreq, shape), indexing="ij", sparse=True)
    values = np.ones(shape) if density is None else np.broadcast_to(density(*bins), shape)
    project = keeping(T.with_levels(level, tuple(range(len(shape)))), level)
    expected = naive.expected_shift_variance(project, shift, values)
    assert expected > 1e-4
    assert expected_shift_variance(T, level, shift, psd=density, size=shape) == pytest.approx(expected, rel=1e-11)
    assert expected_shift_variance(T, level, shift, psd=values) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("shift", [1, 0.4])
def test_it_is_the_mean_over_random_signals(shift):
    T, size = si.DWT("db2", 2, axes=-1), 64
    x = np.random.default_rng(5).standard_normal((4000, size))
    amplitude = np.sqrt(coloured(np.fft.fftfreq(size)))
    x = np.fft.ifft(np.fft.fft(x) * amplitude).real
    project = keeping(T, 2)
    missed = project(shifted(x, (shift,), (1,))) - shifted(project(x), (shift,), (1,))
    expected = expected_shift_variance(T, 2, shift, psd=coloured, size=size)
    assert expected == pytest.approx(np.mean(missed**2), rel=0.03)


def test_a_size_that_is_not_given_is_long_enough():
    for psd in (None, lambda f: 2 + np.cos(2 * np.pi * f)):
        measured = expected_shift_variance(si.DWT("sym8"), 3, 2, psd=psd)
        assert measured == pytest.approx(expected_shift_variance(si.DWT("sym8"), 3, 2, psd=psd, size=2048), rel=1e-11)
    with pytest.raises(ValueError, match=r"level=1 of DWT\('haar'\): up to 2\^20.*Give size="):
        expected_shift_variance(si.DWT("haar"), 1, psd=lambda f: np.abs(f) < 0.1)  # a jump between two frequencies


def test_a_period_of_shifts_and_more():
    T = si.DWT("db4", 5, axes=(-2, -1))  # its levels and axes do not count
    assert expected_shift_variance(T, 2, 4) == 0
    assert expected_shift_variance(T, 2, 0) == 0
    assert expected_shift_variance(T, 2, 5) == pytest.approx(expected_shift_variance(T, 2, 1), rel=1e-12)
    assert expected_shift_variance(T, 2, 1, psd=lambda f: 3 + 0 * f) == pytest.approx(
        3 * expected_shift_variance(T, 2, 1), rel=1e-12
    )


def test_orientations_of_an_image():
    T, size = si.DWT("db2"), (16, 16)
    assert expected_shift_variance(T, 1, (1, 0), band="ad", size=size) == pytest.approx(
        expected_shift_variance(T, 1, (0, 1), band="da", size=size), rel=1e-12
    )
    whole, alone = (aliasing_energy_ratio(T, 1, band=band, db=False, size=size) for band in ("wavelet", "dd"))
    line = aliasing_energy_ratio(T, 1, db=False, size=16)
    assert alone == pytest.approx((1 + line) ** 2 - 1, rel=1e-12)  # separable: 1 + R is a product
    assert whole < alone
    with pytest.raises(
        ValueError, match=r"band='d' is unknown\. .*one of 'wavelet', 'scaling', 'aa', 'ad', 'da', 'dd'"
    ):
        expected_shift_variance(T, 1, band="d", size=size)


def test_what_is_no_linear_map_of_a_period_is_refused():
    with pytest.raises(ValueError, match=r"is not linear.*Use a linear transform"):
        expected_shift_variance(BestPhaseHaar(), 1, size=16)
    with pytest.raises(ValueError, match=r"f is not linear: .*Use invariance_error"):
        expected_shift_variance(np.abs, 1, size=16)
    with pytest.raises(ValueError, match=r"level=1: f does not repeat itself after 2\^1 = 2 samples along axis 0"):
        expected_shift_variance(keeping(si.DWT("haar", 2), 2), 1, size=16)
    with pytest.raises(ValueError, match=r"maps shape \(16,\) to \(8,\)"):
        expected_shift_variance(lambda x: x[::2], 1, size=16)
    with pytest.raises(ValueError, match=r"a function, which tells no size.*Give size="):
        expected_shift_variance(np.copy, 1)
    with pytest.raises(ValueError, match=r"2\^2 = 4 divides, and one is 6"):
        expected_shift_variance(np.copy, 2, size=6)
    with pytest.raises(ValueError, match="band='scaling' is for transforms"):
        expected_shift_variance(np.copy, 1, band="scaling", size=8)
    with pytest.raises(TypeError, match=r"^T='dwt:haar' is a string\. Use shiftinv\.transform"):
        expected_shift_variance("dwt:haar", 1)
    with pytest.raises(UnfairPairing, match=r"20 samples, and 2\^3 = 8"):
        expected_shift_variance(si.DWT("haar"), 3, size=20)
    with pytest.raises(UnfairPairing, match="periodic boundary"):
        expected_shift_variance(si.SWT("haar", boundary="symmetric"), 1, size=16)


@pytest.mark.parametrize(
    ("psd", "error", "message"),
    [
        (lambda f: 1j * f, TypeError, "psd has dtype complex128, and a density is real"),
        (lambda f: f, ValueError, "negative or not finite"),
        (lambda f: np.where(f == 0, np.inf, 1), ValueError, "negative or not finite"),
        (lambda f: 1 + f, ValueError, "differs at opposite frequencies"),
        (np.ones(7), ValueError, r"psd has shape \(7,\), and the signal \(8,\)"),
    ],
)
def test_what_is_no_density_is_refused(psd, error, message):
    with pytest.raises(error, match=message):
        expected_shift_variance(si.DWT("haar"), 1, psd=psd, size=8)


def test_a_long_signal_and_an_image():
    assert 0 < expected_shift_variance(si.DWT("sym8"), 5, size=1024) < 1
    assert 0 < expected_shift_variance(si.DWT("sym8"), 2, (1, 1), size=(128, 128)) < 1
    assert math.isfinite(expected_shift_variance(si.DWT("sym8"), 2, (0.5, 1), psd=coloured, size=(32, 64)))
