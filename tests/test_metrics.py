"""Measures against brute force, closed forms, and the fairness rule."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import shiftinv as si
from shiftinv import metrics
from shiftinv.groups import Group, shifted

RNG = np.random.default_rng(7)


def brute_force_curve(T, x, axes, period):
    """Energies of every band for every whole shift of a period, one transform each."""
    shifts = itertools.product(range(period), repeat=len(axes))
    return np.array([T.forward(np.roll(x, shift, axes)).energy() for shift in shifts]).T


@pytest.mark.parametrize(
    ("T", "shape"),
    [
        (si.DWT("haar", 5), (64,)),
        (si.DWT("sym8", 3), (1024,)),
        (si.DWT("bior4.4", 3), (40,)),
        (si.DWT("db4", 2), (16, 24)),
        (si.DWT("db2", 1), (4, 6, 8)),
        (si.DWT("sym4", 3, axes=(-1,)), (3, 32)),
        (si.DWT("sym4", 2, axes=(0,)), (12, 5)),
    ],
    ids=repr,
)
@pytest.mark.parametrize("dtype", [float, complex])
def test_the_curve_from_one_transform_equals_brute_force(T, shape, dtype):
    x = RNG.standard_normal(shape).astype(dtype)
    if dtype is complex:
        x += 1j * RNG.standard_normal(shape)
    layout = T.layout(shape, dtype)
    expected = brute_force_curve(T, x, layout.axes, layout.grid)
    np.testing.assert_allclose(metrics.energy_curve(T, x), expected, rtol=1e-12, atol=1e-12 * expected.max())


def test_explicit_shifts_pick_columns_of_the_period():
    T, x = si.DWT("db4", 3), RNG.standard_normal(64)
    whole = metrics.energy_curve(T, x)
    np.testing.assert_array_equal(metrics.energy_curve(T, x, shifts=[5, -1, 8 + 3]), whole[:, [5, 7, 3]])
    np.testing.assert_array_equal(metrics.energy_curve(T, x, shifts=4), whole[:, :4])


def test_all_shifts_of_a_length_that_no_level_divides_give_one_energy_each():
    x = RNG.standard_normal(61)
    curve = np.array([si.DWT("haar", 1).forward(np.roll(x, k)).energy()[1] for k in range(61)])
    assert len(np.unique(curve.round(12))) == 61
    with pytest.raises(metrics.UnfairPairing, match=r"axis 0 has 61 samples, and 2\^1 = 2 must.*for instance to 60"):
        metrics.energy_curve(si.DWT("haar", 1), x)


@pytest.mark.parametrize("wavelet", ["haar", "db4", "sym8"])
def test_half_band_cosine_has_the_closed_form_variation(wavelet):
    phases = [k / 8 for k in range(32)]  # fractional shifts over one period of the cosine: uniform phase
    x = np.cos(np.pi / 2 * np.arange(64) + 0.3)
    measured = metrics.shift_variance(si.DWT(wavelet, 1), x, shifts=phases)
    assert measured.per_band[1] == pytest.approx(1 / np.sqrt(2), abs=1e-12)
    assert measured.total == pytest.approx(1 / np.sqrt(2), abs=1e-12)


@pytest.mark.parametrize("wavelet", ["haar", "db4", "sym8", "bior4.4"])
@pytest.mark.parametrize("shape", [(61,), (12, 18)])
def test_the_stationary_transform_has_no_shift_variance(wavelet, shape):
    x = RNG.standard_normal(shape)
    over_all_shifts = metrics.shift_variance(si.SWT(wavelet, 3), x, shifts=min(shape))
    assert over_all_shifts.curve.shape[1] == min(shape) ** len(shape)
    assert over_all_shifts.total < 16 * np.finfo(float).eps
    assert metrics.shift_variance(si.SWT(wavelet, 3), x).total == 0


def test_total_leaves_the_approximation_out():
    T, x = si.DWT("sym8", 4), RNG.standard_normal(256)
    curve = brute_force_curve(T, x, (0,), 16)
    expected = np.sqrt(curve[1:].var(axis=1).sum()) / curve[1:].mean(axis=1).sum()
    assert metrics.shift_variance(T, x).total == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(curve.sum(axis=0), np.dot(x, x), rtol=1e-12)  # why: an orthonormal sum never varies


def test_a_box_has_infinite_ratio_and_never_nan():
    box = np.zeros(256)
    box[100:164] = 1
    measured = metrics.shift_variance(si.DWT("haar", 4), box)
    assert np.isinf(measured.max_over_min[1:]).all()
    assert np.isfinite(measured.per_band).all()
    assert (measured.michelson[1:] == 1).all()


def test_a_constant_has_no_variance_although_rounding_leaves_energy():
    measured = metrics.shift_variance(si.DWT("sym8", 3), np.full(64, 0.1))
    assert measured.curve[1:].max() > 0
    assert measured.total == 0
    assert (measured.per_band[1:] == 0).all()
    assert (measured.max_over_min == 1).all()


def test_variation_is_the_spectrum_of_the_curve():
    measured = metrics.shift_variance(si.DWT("db2", 4), RNG.standard_normal(128))
    spectrum = np.abs(np.fft.fft(measured.curve, axis=1))
    expected = np.sqrt((spectrum[:, 1:] ** 2).sum(axis=1)) / spectrum[:, 0]
    np.testing.assert_allclose(measured.per_band, expected, rtol=1e-9)


def test_a_callable_around_a_transform_measures_the_same():
    T, x, shifts = si.DWT("sym8", 3), RNG.standard_normal(64), range(8)
    wrapped = lambda signal: T.forward(signal).vector  # noqa: E731
    np.testing.assert_allclose(
        metrics.energy_curve(wrapped, x, shifts=shifts)[0], metrics.energy_curve(T, x).sum(axis=0), rtol=1e-12
    )
    np.testing.assert_allclose(
        metrics.equivariance_error(wrapped, x, shifts, action=lambda output, _: output),
        metrics.equivariance_error(T, x, shifts, action="identity"),
    )
    np.testing.assert_allclose(metrics.invariance_error(wrapped, x, shifts), metrics.invariance_error(T, x, shifts))


@pytest.mark.parametrize("shape", [(61,), (10, 12)])
def test_equivariance_is_exact_for_the_stationary_transform(shape):
    errors = metrics.equivariance_error(si.SWT("db4", 2), RNG.standard_normal(shape), 5, per_band=True)
    assert errors.shape == (1 + 2 * (2 ** len(shape) - 1), 5 ** len(shape))
    assert not errors.any()


def test_a_decimated_band_is_exact_on_its_own_grid_only():
    T = si.DWT("sym8", 3)
    errors = metrics.equivariance_error(T, RNG.standard_normal(128), range(1, 9), per_band=True)
    for row, band in zip(errors, T.layout(128).bands, strict=True):
        on_grid = np.arange(1, 9) % 2**band.level == 0
        assert not row[on_grid].any()
        assert (row[~on_grid] > 0.05).all()


def test_phase_turned_shifts_predict_a_decimated_band_better_than_grid_shifts():
    T, x = si.DWT("sym8", 4), RNG.standard_normal(1024)
    families = {
        name: metrics.equivariance_error(T, x, range(1, 9), action=name).mean()
        for name in (None, "grid", "fractional", "identity")
    }
    assert families[None] < 0.6 < families["grid"] < families["fractional"] < families["identity"]


def test_invariance_and_equivariance_of_the_textbook_pattern():
    x = np.array([0.0, 3.0, 2.0, 0.0, 0.0])
    assert metrics.invariance_error(np.max, x, [1]).tolist() == [0]  # the value of the maximum is invariant
    assert metrics.invariance_error(np.argmax, x, [1]).tolist() == [1]  # its place is not: 1 becomes 2
    place = metrics.equivariance_error(np.argmax, x, [1, 3], action=lambda output, shift: (output + shift[0]) % 5)
    assert place.tolist() == [0, 0]  # but it moves with the shift
    blur = lambda signal: signal + np.roll(signal, 1)  # noqa: E731
    assert metrics.equivariance_error(blur, x, 5).tolist() == [0] * 5
    assert metrics.invariance_error(blur, x, [1])[0] > 0.5


def test_a_callable_that_changes_the_shape_needs_an_action():
    with pytest.raises(ValueError, match="Give action="):
        metrics.equivariance_error(lambda x: x[::2], np.arange(8.0), [1])
    with pytest.raises(ValueError, match="action='sideways' is unknown"):
        metrics.equivariance_error(si.DWT("haar", 1), np.arange(8.0), [1], action="sideways")


def test_unfair_pairings_are_refused_with_the_reason():
    for measure in (
        metrics.shift_variance,
        lambda T, x: metrics.equivariance_error(T, x, [1]),
        lambda T, x: metrics.invariance_error(T, x, [1]),
    ):
        with pytest.raises(metrics.UnfairPairing, match=r"between the ends.*: axis 0 has 20 samples, and 2\^3 = 8"):
            measure(si.DWT("haar", 3), np.arange(20.0))


def test_an_axis_shorter_than_the_grid_is_probably_a_batch():
    with pytest.raises(
        metrics.UnfairPairing,
        match=r"axis 0 has 5 samples, fewer than 2\^3 = 8\. If that axis is a batch, leave it out with axes=\(1,\)\. "
        r"Otherwise use an even length\.",
    ):
        metrics.shift_variance(si.DWT("haar", 3), RNG.standard_normal((5, 64)))
    with pytest.raises(metrics.UnfairPairing, match=r"fewer than 2\^3 = 8\. Use a longer signal, or an even length\."):
        metrics.shift_variance(si.DWT("haar", 3), RNG.standard_normal(5))


@pytest.mark.parametrize(
    "measure",
    [
        metrics.energy_curve,
        metrics.shift_variance,
        lambda T, x: metrics.equivariance_error(T, x, [1]),
        lambda T, x: metrics.invariance_error(T, x, [1]),
        lambda T, _: metrics.cost(T, 64),
    ],
)
def test_a_name_is_no_transform(measure):
    with pytest.raises(TypeError, match=r"^[fT]='swt:haar' is a string\. Use shiftinv\.transform\('swt:haar'\)\.$"):
        measure("swt:haar", np.arange(64.0))
    with pytest.raises(TypeError, match=r"^[fT]=3 is an int\. Use a transform"):
        measure(3, np.arange(64.0))


def test_a_full_period_too_long_to_try_is_refused():
    with pytest.raises(ValueError, match=r"262144 of them, more than 100000\. Give a count or a list of shifts"):
        metrics.energy_curve(np.abs, np.ones((512, 512)))


def test_a_folded_period_is_limited_by_its_result_only():
    T, x = si.DWT("haar", 9), RNG.standard_normal((512, 512))
    curve = metrics.energy_curve(T, x)
    assert curve.shape == (28, 512**2)
    places = [0, 1, 513, 512**2 - 1]
    expected = [T.forward(np.roll(x, divmod(place, 512), (0, 1))).energy() for place in places]
    np.testing.assert_allclose(curve[:, places], np.transpose(expected), rtol=1e-9, atol=1e-9)
    with pytest.raises(ValueError, match="of them, more than"):
        metrics.energy_curve(si.DWT("haar", 8), np.ones((256, 256, 256)))


def test_fractional_shifts_are_measured_by_transforms():
    T, x = si.DWT("haar", 1), RNG.standard_normal(16)
    moved = shifted(x, (0.5,), (0,))
    np.testing.assert_allclose(metrics.energy_curve(T, x, shifts=[0.5])[:, 0], T.forward(moved).energy())
    with pytest.raises(TypeError, match="whole numbers"):
        metrics.equivariance_error(T, x, [0.5])
    assert metrics.equivariance_error(T, x, Group(((0.5,),)), action="fractional").shape == (1,)


def test_cost_counts_coefficients_bytes_and_time():
    measured = metrics.cost(si.SWT("haar", 3), (32, 32), dtype=np.float32, repeats=3)
    assert measured.redundancy == 10
    assert measured.nbytes == 10 * 32 * 32 * 4
    assert measured.peak_nbytes >= measured.nbytes
    assert min(measured.forward_seconds, measured.inverse_seconds, measured.forward_ratio, measured.inverse_ratio) > 0
    with pytest.raises(ValueError, match="repeats=0"):
        metrics.cost(si.SWT("haar", 3), 32, repeats=0)
