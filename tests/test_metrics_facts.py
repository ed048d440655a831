"""Every exact fact that is known of the measures, measure by measure."""

from __future__ import annotations

import itertools
import math

import naive
import numpy as np
import pytest

import shiftinv as si
from shiftinv import metrics

EPS = np.finfo(float).eps
LEVELS = range(1, 6)


def noise(*shape, seed=7):
    return np.random.default_rng(seed).standard_normal(shape)


def alone(T, x, *kept):
    """What the bands `kept` contribute to x."""
    c = T.forward(x)
    for band in c.bands:
        if band not in kept:
            c[band] = 0
    return T.inverse(c)


def dual_tree(levels, first="near_sym_b"):
    return si.DTCWT(first, "qshift_b", levels)


def decibels(T):
    return [metrics.aliasing_energy_ratio(T, level) for level in LEVELS]


def linear_phase_bank(low, dual):
    """The biorthogonal bank of two odd symmetric lowpass filters, given by their first halves, in one frame of taps."""
    taps = [np.array([*half, *half[-2::-1]], float) for half in (low, dual)]
    return si.FilterBank(np.pad(taps[0], (4, 3)), None, np.pad(taps[1], (0, 1)))


THIRTEEN = np.array([-9, 0, 114, -240, -247, 1520, 2844]) * math.sqrt(2) / 5120
NINETEEN = np.array([81, 0, -1539, -2160, 8208, 27360, -63816, -59280, 343786, 641600]) * math.sqrt(2) / 1146880


# Energy curve


@pytest.mark.parametrize(
    ("T", "shape"),
    [
        (si.DWT("sym8", 4), (128,)),
        (si.DWT("bior4.4", 2), (16, 24)),
        (dual_tree(4), (64,)),
        (dual_tree(2), (8, 16)),
        (si.transform("packets:db4,levels=3"), (64,)),
    ],
    ids=repr,
)
def test_the_energy_curve_of_one_transform_is_that_of_all_shifts(T, shape):
    x = noise(*shape)
    curve, period = metrics.energy_curve(T, x), round(metrics.energy_curve(T, x).shape[1] ** (1 / len(shape)))
    for column, shift in enumerate(itertools.product(range(period), repeat=len(shape))):
        expected = T.forward(np.roll(x, shift, range(len(shape)))).energy()
        np.testing.assert_allclose(curve[:, column], expected, rtol=1e-12)


def test_where_no_level_divides_the_length_every_shift_has_an_energy_of_its_own():
    energies = [si.DWT("haar", 1).forward(np.roll(noise(61), k)).energy()[1] for k in range(61)]
    assert len(np.unique(np.round(energies, 12))) == 61


# Shift variance of band energy


@pytest.mark.parametrize("spec", ["swt:sym8,levels=3", "modwt:la8,levels=3", "udtcwt:levels=3", "starlet:3"])
def test_undecimated_transforms_have_no_shift_variance(spec):
    measured = metrics.shift_variance(si.transform(spec), noise(64), shifts=64)
    assert measured.total < 16 * EPS
    assert measured.per_band.max() < 16 * EPS


@pytest.mark.parametrize("wavelet", ["haar", "db4", "sym8", "coif2"])
@pytest.mark.parametrize("phase", [0.0, 0.3])
def test_a_cosine_at_half_band_varies_by_the_root_of_one_half(wavelet, phase):
    x = np.cos(np.pi / 2 * np.arange(64) + phase)
    measured = metrics.shift_variance(si.DWT(wavelet, 1), x, shifts=[k / 8 for k in range(32)])  # a period: all phases
    assert measured.per_band[1] == pytest.approx(1 / math.sqrt(2), abs=1e-12)


def test_a_box_of_64_ones_has_infinite_ratios_under_haar_and_never_nan():
    measured = metrics.shift_variance(si.DWT("haar", 4), np.repeat([0.0, 1.0, 0.0], [100, 64, 92]))
    assert (measured.max_over_min[1:] == math.inf).all()
    assert (measured.michelson[1:] == 1).all()
    assert np.isfinite(measured.per_band).all()


def test_the_squared_variation_is_the_spectrum_of_the_folded_energies():
    measured = metrics.shift_variance(si.DWT("db2", 4), noise(128))
    A = np.abs(np.fft.fft(measured.curve, axis=1)) ** 2
    np.testing.assert_allclose(measured.per_band**2, A[:, 1:].sum(axis=1) / A[:, 0], rtol=1e-9)


def test_all_bands_of_an_orthonormal_transform_together_never_vary():
    x = noise(256)
    curve = metrics.energy_curve(si.DWT("sym8", 4), x)
    np.testing.assert_allclose(curve.sum(axis=0), x @ x, rtol=1e-12)
    expected = math.sqrt(curve[1:].var(axis=1).sum()) / curve[1:].mean(axis=1).sum()  # so details alone count
    assert metrics.shift_variance(si.DWT("sym8", 4), x).total == pytest.approx(expected, rel=1e-12)


# Aliasing energy ratio


@pytest.mark.parametrize("T", [si.SWT("sym8"), si.SWT("bior4.4"), si.MODWT("la8"), si.transform("udtcwt")], ids=repr)
def test_undecimated_transforms_have_no_aliasing(T):
    assert decibels(T) == [-math.inf] * 5


@pytest.mark.parametrize("first", ["near_sym_a", "near_sym_b", "antonini", "legall", "sym8"])
def test_the_first_level_of_a_dual_tree_has_no_aliasing(first):
    assert metrics.aliasing_energy_ratio(dual_tree(1, first), 1) == -math.inf


def test_haar_has_its_fractions():
    ratios = [metrics.aliasing_energy_ratio(si.DWT("haar"), level, db=False) for level in range(1, 5)]
    assert ratios == pytest.approx([1 / 3, 9 / 7, 41 / 23, 169 / 87], rel=1e-12)
    assert round(ratios[3], 6) == 1.942529


@pytest.mark.parametrize("wavelet", ["haar", "db2", "db7", "sym5", "sym8", "coif2"])
@pytest.mark.parametrize("level", [1, 2, 4])
def test_an_orthonormal_band_has_the_ratio_of_the_autocorrelation_of_its_wavelet(wavelet, level):
    (taps, _), _ = metrics.cascade_channel([si.filter_bank(wavelet)] * level)
    expected = 2**level / np.sum(np.correlate(taps, taps, "full") ** 2) - 1
    assert metrics.aliasing_energy_ratio(si.DWT(wavelet), level, db=False) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("order", [4, 6, 8])
def test_symmetric_and_extremal_phase_have_equal_aliasing(order):
    for level in (1, 2, 3):
        db, sym = (metrics.aliasing_energy_ratio(si.DWT(f"{name}{order}"), level, db=False) for name in ("db", "sym"))
        assert sym == pytest.approx(db, rel=1e-9)


def test_published_figures_of_the_real_transform_with_13_and_19_taps():
    figures = decibels(si.DWT(linear_phase_bank(THIRTEEN, NINETEEN)))
    assert np.round(figures, 2).tolist() == [-9.40, -3.54, -3.53, -3.52, -3.52]


@pytest.mark.parametrize(
    ("first", "figures"),
    [("near_sym_b", [-29.06, -25.10, -24.67, -24.15]), ("sym8", [-31.27, -26.76, -25.03, -24.19])],
)
def test_figures_of_dual_trees(first, figures):
    assert np.round(decibels(dual_tree(1, first))[1:], 2).tolist() == figures


# Expected shift variance


def test_expected_shift_variance_of_level_one():
    found = [metrics.expected_shift_variance(si.DWT(name), 1) for name in ("haar", "db2", "db4")]
    assert np.round(found, 4).tolist() == [0.5, 0.3594, 0.2547]
    assert found[0] == pytest.approx(1 / 2, rel=1e-14)
    assert found[1] == pytest.approx(23 / 64, rel=1e-14)


@pytest.mark.parametrize(
    ("T", "level", "size"),
    [(si.DWT("db4"), 3, 256), (si.DWT("bior4.4"), 2, 128), (si.DTCWT(), 3, 256), (si.DWT("db2"), 1, (16, 16))],
    ids=repr,
)
def test_its_mean_over_shifts_is_twice_the_energy_of_the_mean_response_times_the_aliasing_ratio(T, level, size):
    shape, period = (size,) if isinstance(size, int) else size, 2**level
    places = list(itertools.product(range(period), repeat=len(shape)))
    mean = np.mean([metrics.expected_shift_variance(T, level, shift, size=size) for shift in places])
    fixed, axes = T.with_levels(level, tuple(range(len(shape)))), tuple(range(len(shape)))
    details = [band for band in fixed.layout(shape).details if band.level == level]
    responses = []
    for place in places:
        impulse = np.zeros(shape)
        impulse[place] = 1
        responses.append(np.roll(alone(fixed, impulse, *details), [-step for step in place], axes))
    energy = np.sum(np.mean(responses, axis=0) ** 2)
    aliasing = metrics.aliasing_energy_ratio(T, level, db=False, size=size)
    assert mean == pytest.approx(2 * energy * aliasing, rel=1e-12)
    assert mean > 1e-4


@pytest.mark.parametrize("T", [si.SWT("sym8"), si.SWT("bior4.4"), si.transform("udtcwt")], ids=repr)
def test_undecimated_transforms_have_no_expected_shift_variance(T):
    assert [metrics.expected_shift_variance(T, level, 3) for level in (1, 2, 3)] == [0] * 3
    assert metrics.expected_shift_variance(T, 2, 0.3, size=64) == 0


# Equivariance error


@pytest.mark.parametrize("shape", [(61,), (12, 15)])
@pytest.mark.parametrize("spec", ["swt:db4,levels=3", "swt:bior4.4,levels=2", "modwt:la8,levels=2", "starlet:2"])
def test_undecimated_transforms_are_equivariant_bit_for_bit(spec, shape):
    assert not metrics.equivariance_error(si.transform(spec), noise(*shape), min(shape), per_band=True).any()


def test_a_band_of_a_decimated_transform_is_equivariant_on_its_own_grid_only():
    T, shifts = si.DWT("sym8", 3), np.arange(1, 9)
    errors = metrics.equivariance_error(T, noise(128), shifts, per_band=True)
    for row, band in zip(errors, T.layout(128).bands, strict=True):
        np.testing.assert_array_equal(row == 0, shifts % 2**band.level == 0)


@pytest.mark.parametrize("shape", [(64,), (16, 16)])
def test_best_shift_follows_every_shift(shape):
    T = si.BestShiftDWT("db4", 3 if len(shape) == 1 else 2)
    assert not metrics.equivariance_error(T, noise(*shape), min(shape)).any()


def test_a_dual_tree_on_white_noise_against_the_best_that_bands_of_a_dwt_allow():
    shifts, T, size = range(1, 9), si.DWT("sym8", 4, axes=0), 128
    errors = metrics.equivariance_error(dual_tree(4), noise(4096), shifts, per_band=True)
    first = [band.level == 1 for band in dual_tree(4).layout(4096).bands]
    assert not errors[first].any()
    pooled = np.sqrt(np.mean(errors[np.logical_not(first)] ** 2, axis=0))
    assert 0.05 < pooled.min() < pooled.max() < 0.15
    c, best = T.forward(np.eye(size)), []
    for shift in shifts:  # of all linear maps of a band to itself, the block of T S T* is nearest
        moved = T.forward(np.roll(np.eye(size), shift, 0))
        kept = [np.sum((moved[band] @ c[band].T) ** 2) / len(c[band]) for band in c.bands]
        best.append(np.sqrt(np.maximum(1 - np.array(kept), 0)))
    assert round(np.max(best), 2) == 0.67  # half a sample of level 3


def test_the_families_of_actions_in_order():
    x, shifts = noise(1024), range(1, 9)
    for T in (si.DWT("sym8", 4), dual_tree(4)):
        phase, grid, fraction, none = (
            metrics.equivariance_error(T, x, shifts, action=name).mean()
            for name in ("phase", "grid", "fractional", "identity")
        )
        assert 2 * phase < grid < fraction < none
    assert metrics.equivariance_error(si.SWT("sym8", 4), x, [0.5, 1.25], action="phase").max() < 1e-14


# Sub-pixel error


@pytest.mark.parametrize("T", [si.SWT("db4", 3), si.SWT("bior4.4", 3), si.transform("udtcwt:levels=3")], ids=repr)
@pytest.mark.parametrize("shape", [(256,), (32, 48), (61,)])
def test_undecimated_transforms_have_no_subpixel_error(T, shape):
    assert metrics.subpixel_error(T, noise(*shape), per_band=True).max() < 10 * EPS ** (2 / 3)


@pytest.mark.parametrize("wavelet", ["haar", "db2", "db4", "sym8", "coif2"])
def test_subpixel_error_of_the_projector_of_level_one(wavelet):
    # the alias of a frequency is half the sampling rate away, so each commutator turns by pi; all of white noise
    # is pi sqrt(R / (1 + R)), 1.121 for db4
    T, size = si.DWT(wavelet, 1), 4096
    ratio = metrics.aliasing_energy_ratio(T, 1, db=False)
    whole, kept = 0.0, 0.0
    for seed in range(20):
        x = noise(size, seed=seed)
        x -= np.resize([1, -1], size) * np.mean(x * np.resize([1, -1], size))
        energy = np.sum(alone(T, x, (1, "d")) ** 2)
        whole += metrics.subpixel_error(T, x, level=1) ** 2 * energy
        kept += energy
    assert math.sqrt(whole / kept) == pytest.approx(math.pi * math.sqrt(ratio / (1 + ratio)), rel=0.02)


# Translation-sensitivity map, consistency


@pytest.mark.parametrize("distance", ["euclidean", "cosine"])
@pytest.mark.parametrize("shape", [(64,), (16, 16)])
def test_a_sensitivity_map_is_0_at_its_centre_only(distance, shape):
    found = metrics.sensitivity_map(si.DWT("db4", 2), noise(*shape), 3, distance=distance)
    centre = (3,) * len(shape)
    assert found.map[centre] == found.radial[0] == 0
    assert np.delete(found.map.ravel(), found.map.size // 2).min() > 0.1


def test_an_invariant_map_is_consistent():
    x = noise(64)
    assert metrics.consistency(si.SWT("haar", 4), x, 64) == 1
    assert metrics.consistency(lambda signal: np.sort(signal)[::-1] - signal.mean(), x, 64) == 1
    assert metrics.consistency(np.argmax, x, 64) == 0
    assert 0 < metrics.consistency(lambda signal: signal[:2], x, 64) < 1


# Frame bounds and noise amplification


def test_frame_bounds():
    assert metrics.frame_bounds(si.SWT("sym8", 3), 256) == pytest.approx((1, 1), abs=1e-13)
    bior = metrics.frame_bounds(si.SWT("bior4.4", 3), 2**14)
    assert np.round(bior, 4).tolist() == [0.8433, 1.1057]
    assert np.round(metrics.frame_bounds(dual_tree(4), 512), 3).tolist() == [0.953, 1.049]


def test_noise_amplification_of_an_inverse():
    T = si.DWT("bior4.4", 3)
    expected = np.sum(naive.backward_matrix(T, (64,), "inverse") ** 2) / 64
    assert metrics.noise_amplification(T, 64) == pytest.approx(expected, rel=1e-13)
    assert metrics.noise_amplification(si.SWT("sym8", 3), 64) == pytest.approx(1, abs=1e-13)


# Redundancy


@pytest.mark.parametrize("levels", [1, 3, 5])
def test_redundancies(levels):
    assert metrics.cost(si.SWT("haar", levels), 64, repeats=1).redundancy == levels + 1
    assert metrics.cost(si.SWT("haar", levels), (32, 32), repeats=1).redundancy == 3 * levels + 1
    for axes, redundancy in enumerate((2, 4, 8), start=1):
        shape = (2 ** min(levels, 3),) * axes
        assert metrics.cost(dual_tree(min(levels, 3)), shape, repeats=1).redundancy == redundancy


# Dilation


@pytest.mark.parametrize("wavelet", ["haar", "sym8", "bior4.4"])
@pytest.mark.parametrize("norm", ["energy", "unit"])
def test_dilation_leaves_the_error_of_the_lowpass_filter_as_an_interpolator(wavelet, norm):
    bank, size, cycles = si.filter_bank(wavelet), 64, 6
    x = np.exp(2j * np.pi * cycles * np.arange(size) / size)
    taps, half = np.array(bank.lowpass), np.pi * cycles / size
    places = len(taps) // 2 - np.arange(len(taps))  # tap k reads so many samples on
    response = np.sum(taps * np.exp(1j * half * places)) * np.exp(-1j * half * bank.delays[0])
    expected = abs(response / taps.sum() - 1)
    errors = metrics.dilation_error(si.SWT(bank, 4, norm=norm), x)
    np.testing.assert_allclose(errors, expected, rtol=1e-9)
    assert expected > 1e-5


@pytest.mark.parametrize("make", [si.DWT, si.SWT])
@pytest.mark.parametrize("wavelet", ["haar", "bior4.4", "sym4", "coif2"])
def test_dilation_is_exact_for_slow_signals(make, wavelet):
    bank, errors = si.filter_bank(wavelet), []
    for width in (16, 32):
        bump = np.exp(-(((np.arange(1024) - 512) / width) ** 2) / 2)
        errors.append(metrics.dilation_error(make(bank, 2), bump)[0])
    assert errors[0] < 2e-3
    places = len(bank) // 2 - np.arange(len(bank)) - bank.delays[0]
    moments = [abs(np.sum(np.array(bank.lowpass) * places**order)) for order in range(2, 9)]
    order = 2 + next(place for place, moment in enumerate(moments) if moment > 1e-6)  # the first that does not vanish
    assert errors[0] / errors[1] == pytest.approx(2**order, rel=0.05)
