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


def test_a_length_that_no_level_divides_is_refused_with_one_that_it_does():
    x = RNG.standard_normal(61)
    with pytest.raises(metrics.UnfairPairing, match=r"axis 0 has 61 samples, and 2\^1 = 2 must.*for instance to 60"):
        metrics.energy_curve(si.DWT("haar", 1), x)


@pytest.mark.parametrize("wavelet", ["haar", "db4", "sym8", "bior4.4"])
@pytest.mark.parametrize("shape", [(61,), (12, 18)])
def test_the_stationary_transform_has_no_shift_variance(wavelet, shape):
    x = RNG.standard_normal(shape)
    over_all_shifts = metrics.shift_variance(si.SWT(wavelet, 3), x, shifts=min(shape))
    assert over_all_shifts.curve.shape[1] == min(shape) ** len(shape)
    assert over_all_shifts.total < 16 * np.finfo(float).eps
    assert metrics.shift_variance(si.SWT(wavelet, 3), x).total == 0


def test_a_constant_has_no_variance_although_rounding_leaves_energy():
    measured = metrics.shift_variance(si.DWT("sym8", 3), np.full(64, 0.1))
    assert measured.curve[1:].max() > 0
    assert measured.total == 0
    assert (measured.per_band[1:] == 0).all()
    assert (measured.max_over_min == 1).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(64,), (64, 32)])
@pytest.mark.parametrize("T", [si.DWT("sym8", 3), si.SWT("sym8", 3), si.DWT("bior4.4", 2), si.DWT("db4", 4)], ids=repr)
def test_bands_of_a_constant_are_zero_in_every_measure(T, shape, dtype):
    x = np.full(shape, 7.3, dtype)
    c = T.forward(x)
    left = np.array([np.linalg.norm(c[band]) for band in c.bands[1:]])
    assert 0 < left.max() < np.finfo(dtype).eps * np.linalg.norm(x)
    for per_band in (False, True):
        assert (metrics.equivariance_error(T, x, [1, 2, 5], per_band=per_band)[1:] == 0).all()
        assert (metrics.invariance_error(T, x, [1, 2, 5, 0.5], per_band=per_band)[1:] == 0).all()
    assert (metrics.subpixel_error(T, x, per_band=True)[1:] == 0).all()
    assert metrics.subpixel_error(T, x) == 0
    assert metrics.subpixel_error(T, x, level=1) == 0
    assert (metrics.dilation_error(T, x) == 0).all()


def test_what_is_larger_than_rounding_is_measured():
    T, ripple = si.DWT("sym8", 3), np.tile([1.0, 0.0, -1.0, 0.0], 16)
    for faint, seen in ((1e-13, True), (1e-15, False)):
        x = 1 + faint * ripple
        assert (metrics.equivariance_error(T, x, [1], per_band=True)[2:].max() > 0.1) == seen
        assert (metrics.subpixel_error(T, x, per_band=True)[2:].max() > 0.1) == seen


def test_a_band_that_is_zero_at_one_place_only_is_infinitely_far():
    # a step between the pairs of a Haar transform and, one sample further, within one
    T, x = si.DWT("haar", 1), np.repeat([1.0, 0.0], 8)
    assert T.forward(x)[1, "d"].max() == 0
    assert np.isinf(metrics.invariance_error(T, x, [1], per_band=True)[1, 0])
    assert np.isinf(metrics.equivariance_error(T, x, [1], per_band=True)[1, 0])


def test_the_unit_of_a_function_is_its_own():
    x = RNG.standard_normal(64)
    for gain in (1.0, 1e-30):
        assert metrics.invariance_error(lambda v, gain=gain: gain * v[:3], x, [1]) > 0.5
        assert metrics.equivariance_error(lambda v, gain=gain: gain * window(v), x, [1]) > 0.5
        assert metrics.subpixel_error(lambda v, gain=gain: gain * window(v), x) > 0.5
        assert metrics.dilation_error(lambda v, gain=gain: gain * window(v), x) > 0.5


SHIFTS = [0, 1, 2, 5, 0.5]


def as_vector(T):
    return lambda signal: T.forward(signal).vector


def declared(T, x):
    c = T.forward(x)
    return lambda output, shift: T.act(si.Coefficients(c.layout, output.copy(), c.aux), shift).vector


def keeping(T, signal, bands):
    c = T.forward(signal)
    for band in c.bands:
        if band not in bands:
            c[band] = 0
    return T.inverse(c)


def projector(T, level):
    return lambda signal: keeping(T, signal, [band for band in T.layout(signal.shape).details if band.level == level])


def only_details(T):
    return lambda signal: T.forward(signal).vector[T.layout(signal.shape).blocks[0].band_size :]


def variation_of_details(T, x):
    curve = metrics.energy_curve(T, x, shifts=SHIFTS)[1:].sum(axis=0)
    return curve.std() / curve.mean()


WRAPPED = {
    "energy curve": (
        lambda T, x: metrics.energy_curve(T, x, shifts=SHIFTS).sum(axis=0),
        lambda T, x: metrics.energy_curve(as_vector(T), x, shifts=SHIFTS)[0],
    ),
    "shift variance": (
        lambda T, x: metrics.shift_variance(only_details(T), x, shifts=SHIFTS).per_band[0],
        variation_of_details,
    ),
    "equivariance error": (
        lambda T, x: metrics.equivariance_error(T, x, [1, 2, 3]),
        lambda T, x: metrics.equivariance_error(as_vector(T), x, [1, 2, 3], action=declared(T, x)),
    ),
    "equivariance error, identity": (
        lambda T, x: metrics.equivariance_error(T, x, SHIFTS, action="identity"),
        lambda T, x: metrics.equivariance_error(as_vector(T), x, SHIFTS, action="identity"),
    ),
    "invariance error": (
        lambda T, x: metrics.invariance_error(T, x, SHIFTS),
        lambda T, x: metrics.invariance_error(as_vector(T), x, SHIFTS),
    ),
    "invariance error of a band": (
        lambda T, x: metrics.invariance_error(T, x, SHIFTS, per_band=True)[1],
        lambda T, x: metrics.invariance_error(lambda s: np.array(T.forward(s)[T.layout(x.shape).bands[1]]), x, SHIFTS),
    ),
    "subpixel error": (
        lambda T, x: metrics.subpixel_error(T, x, level=2),
        lambda T, x: metrics.subpixel_error(projector(T, 2), x),
    ),
    "subpixel error of all bands": (
        lambda T, x: metrics.subpixel_error(T, x, per_band=True),
        lambda T, x: [
            metrics.subpixel_error(lambda s, band=band: keeping(T, s, [band]), x) for band in T.layout(x.shape).bands
        ],
    ),
    "sensitivity map": (
        lambda T, x: metrics.sensitivity_map(T, x, 2, step=0.5).map,
        lambda T, x: metrics.sensitivity_map(as_vector(T), x, 2, step=0.5).map,
    ),
    "sensitivity map, cosine": (
        lambda T, x: metrics.sensitivity_map(T, x, 2, distance="cosine").map,
        lambda T, x: metrics.sensitivity_map(as_vector(T), x, 2, distance="cosine").map,
    ),
    "consistency": (
        lambda T, x: metrics.consistency(T, x, 8),
        lambda T, x: metrics.consistency(lambda s: T.forward(s).energy()[1:], x, 8),
    ),
    "aliasing energy ratio": (
        lambda T, x: metrics.aliasing_energy_ratio(T, 2, db=False, size=x.shape),
        lambda T, x: metrics.aliasing_energy_ratio(projector(T.with_levels(2, None), 2), 2, db=False, size=x.shape),
    ),
    "expected shift variance": (
        lambda T, x: metrics.expected_shift_variance(T, 2, 3, size=x.shape),
        lambda T, x: metrics.expected_shift_variance(projector(T.with_levels(2, None), 2), 2, 3, size=x.shape),
    ),
}


@pytest.mark.parametrize("measure", WRAPPED)
@pytest.mark.parametrize(
    ("T", "shape"),
    [
        (si.DWT("sym4", 3), (64,)),
        (si.DWT("db2", 2), (16, 12)),
        (si.SWT("bior2.2", 2), (15,)),
        (si.DTCWT(levels=2), (16, 8)),
    ],
    ids=repr,
)
def test_a_callable_around_a_transform_measures_the_same(measure, T, shape):
    if shape == (15,) and measure in ("aliasing energy ratio", "expected shift variance"):
        shape = (16,)  # a function is asked to repeat itself after 4 samples
    x = np.random.default_rng(3).standard_normal(shape)
    of_transform, of_function = WRAPPED[measure]
    np.testing.assert_allclose(of_function(T, x), of_transform(T, x), rtol=1e-9, atol=1e-9)


OF_A_FUNCTION = {
    "energy curve": lambda f, x: metrics.energy_curve(f, x, shifts=5),
    "shift variance": lambda f, x: metrics.shift_variance(f, x, shifts=5).per_band,
    "equivariance": lambda f, x: metrics.equivariance_error(f, x, [1, 2, 0.5]),
    "equivariance under an action": lambda f, x: metrics.equivariance_error(f, x, [1, 2], action="identity"),
    "invariance": lambda f, x: metrics.invariance_error(f, x, [0, 1, 2, 0.5]),
    "sensitivity": lambda f, x: metrics.sensitivity_map(f, x, 2).map,
    "cosines": lambda f, x: metrics.sensitivity_map(f, x, 2, distance="cosine").map,
    "consistency": lambda f, x: metrics.consistency(f, x, 16),
    "subpixel": metrics.subpixel_error,
    "subpixel under an action": lambda f, x: metrics.subpixel_error(f, x, action=lambda y, _: y),
    "dilation": metrics.dilation_error,
}
OF_A_LINEAR_FUNCTION = {
    "aliasing": lambda f, x: metrics.aliasing_energy_ratio(f, 2, size=x.shape, db=False),
    "expectation": lambda f, x: metrics.expected_shift_variance(f, 2, size=x.shape),
}


def window(x):
    """A linear map that a shift by 4 samples commutes with, and others do not."""
    return x * np.resize([1.0, 2.0, 3.0, -1.5], x.shape)


@pytest.mark.parametrize("measure", [*OF_A_FUNCTION, *OF_A_LINEAR_FUNCTION])
def test_a_function_may_write_into_what_it_gets_and_into_what_it_returned(measure):
    of, x, buffers = {**OF_A_FUNCTION, **OF_A_LINEAR_FUNCTION}[measure], RNG.standard_normal(16), {}

    def in_place(v):
        v *= np.resize([1.0, 2.0, 3.0, -1.5], v.shape)
        return v

    def buffered(v):
        kept = buffers.setdefault(v.shape, np.empty(v.shape))
        kept[:] = window(v)
        return kept

    given, expected = x.copy(), of(window, x)
    assert np.max(expected) > 0
    for f in (in_place, buffered):
        np.testing.assert_array_equal(of(f, x), expected)
        np.testing.assert_array_equal(x, given)


@pytest.mark.parametrize("where", ["f", "c"])
def test_an_action_may_write_into_what_it_gets(where):
    x, f = RNG.standard_normal(16), {"f": window, "c": si.DWT("haar", 2)}[where]

    def doubled(output, _):
        if isinstance(output, np.ndarray):
            output *= 2
        else:
            output.vector[:] *= 2
        return output

    errors = metrics.equivariance_error(f, x, [0, 1, 2], action=doubled)
    np.testing.assert_array_equal(errors, metrics.equivariance_error(f, x, [0, 1, 2], action=lambda y, _: 2 * y))


def test_an_action_that_changes_the_shape_is_refused():
    x = RNG.standard_normal(16)
    with pytest.raises(
        ValueError, match=r"^action returned shapes \[\(1,\)\] for an output of shapes \[\(16,\)\].*Return"
    ):
        metrics.equivariance_error(window, x, [1], action=lambda y, _: y[:1])
    with pytest.raises(TypeError, match=r"^action returned None, not one array of numbers\. Return one array"):
        metrics.equivariance_error(window, x, [1], action=lambda y, _: None)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint64, bool, np.float16])
@pytest.mark.parametrize("measure", OF_A_FUNCTION)
def test_small_integers_and_booleans_count_as_the_numbers_they_are(measure, dtype):
    # float16 overflows in a square of 256, and its numbers are exact in single precision
    x, wide = RNG.standard_normal(16), np.float32 if dtype is np.float16 else np.float64

    def of_type(v):
        return np.clip(90 * np.abs(window(v)), 0, 120).astype(dtype) * dtype(
            1 if dtype is bool else 2 - (dtype == np.int8)
        )

    of = OF_A_FUNCTION[measure]
    np.testing.assert_array_equal(of(of_type, x), of(lambda v: of_type(v).astype(wide), x))


@pytest.mark.parametrize("measure", [*OF_A_FUNCTION, *OF_A_LINEAR_FUNCTION])
@pytest.mark.parametrize(
    ("returned", "what"),
    [
        ("cat", "a string"),
        (None, "None"),
        ({"a": 1.0}, "a dict"),
        ([np.ones(2), np.ones(3)], "a list of parts with different shapes"),
        (np.array(["a", "b"]), "an ndarray of <U1"),
        (np.ma.masked_less(np.arange(4.0), 2), "a MaskedArray with masked values"),
        (si.SWT("haar", 1).forward(np.ones(4)), "a Coefficients"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_one_array_of_numbers_is_refused(measure, returned, what):
    if measure == "consistency":
        return  # labels are decisions
    of = {**OF_A_FUNCTION, **OF_A_LINEAR_FUNCTION}[measure]
    with pytest.raises(
        TypeError, match=rf"^[fT] returned {what}.*(np\.concatenate.*metrics\.consistency|Use c\.vector)"
    ):
        of(lambda _: returned, RNG.standard_normal(16))


@pytest.mark.parametrize("measure", OF_A_FUNCTION)
def test_outputs_whose_shape_changes_are_refused(measure):
    if measure in ("consistency", "dilation"):
        return  # decisions have no shape; of dilation see test_dilation.py
    calls = itertools.count()
    x = RNG.standard_normal((4, 4))

    def unsteady(v):
        return v if next(calls) == 0 else v.reshape(2, 8)

    with pytest.raises(ValueError, match=r"^[fT] returned shape \(4, 4\), and for .* \(2, 8\); .*Use a function"):
        OF_A_FUNCTION[measure](unsteady, x)


def test_phase_turned_shifts_predict_a_decimated_band_better_than_grid_shifts():
    T, x = si.DWT("sym8", 4), RNG.standard_normal(1024)
    families = {
        name: metrics.equivariance_error(T, x, range(1, 9), action=name).mean()
        for name in (None, "grid", "fractional", "identity")
    }
    assert families[None] < 0.6 < families["grid"] < families["fractional"] < families["identity"]


@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        ("dwt:sym8,levels=3", (64,)),
        ("dwt:db2,levels=2", (8, 12)),
        ("packets:db4,levels=3", (64,)),
        ("pswt:sym8,levels=4", (64,)),
        ("starlet:3", (30,)),
        ("dtcwt:levels=3", (64,)),
        ("udtcwt:levels=3", (64,)),
        ("udtcwt:levels=2", (8, 12)),
        ("bestshift:db2,levels=3", (64,)),
        ("cyclespin:(dwt:sym8,levels=3),shifts=2", (64,)),
    ],
)
def test_turning_phases_is_what_transforms_declare(spec, shape):
    T, x = si.transform(spec), RNG.standard_normal(shape)
    declared = metrics.equivariance_error(T, x, range(1, 9), per_band=True)
    np.testing.assert_allclose(
        metrics.equivariance_error(T, x, range(1, 9), action="phase", per_band=True), declared, atol=1e-12
    )


def test_phases_turn_by_fractions_of_a_sample_as_well():
    T, x, halves = si.DWT("sym8", 4), RNG.standard_normal(1024), [0.5, 1.5, 3.5]
    phase, fraction = (metrics.equivariance_error(T, x, halves, action=name) for name in ("phase", "fractional"))
    assert (phase < 0.5 * fraction).all()
    for spec in ("swt:sym8,levels=4", "udtcwt:levels=3", "spackets:db4,levels=2"):
        assert metrics.equivariance_error(si.transform(spec), x[:-1], halves, action="phase").max() < 1e-13
    whole, real = (lambda s, kind=kind: np.round(9 * s).astype(kind) for kind in (int, float))
    np.testing.assert_allclose(
        *(metrics.equivariance_error(f, x, halves, action="fractional") for f in (whole, real)), rtol=1e-12
    )
    with pytest.raises(TypeError, match="whole numbers"):
        metrics.equivariance_error(si.DTCWT(levels=3), x, halves, action="phase")


def test_no_samples_are_refused():
    for measure in (metrics.energy_curve, metrics.subpixel_error, lambda f, x: metrics.sensitivity_map(f, x, 1)):
        with pytest.raises(ValueError, match="no sample along axis 0"):
            measure(np.abs, np.zeros(0))


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


@pytest.mark.parametrize("boundary", ["symmetric", "zero", "smooth", "antireflect"])
@pytest.mark.parametrize("size", [200, 201])
def test_a_signal_that_moves_within_zeros_is_measured_with_any_ends(boundary, size):
    x, longer, circle = np.zeros(size), np.zeros(2 * size), np.zeros(256)
    for there in (x, longer, circle):
        there[80:110] = RNG.permutation(30) if there is x else x[80:110]
    shifts = range(-4, 9)
    for kind in (si.DWT, si.SWT):
        T, circular = kind("db3", 3, boundary=boundary), kind("db3", 3)
        found = metrics.energy_curve(T, x, shifts=shifts)
        np.testing.assert_allclose(found, metrics.energy_curve(T, longer, shifts=shifts), rtol=1e-9, atol=1e-9)
        expected = metrics.energy_curve(circular, circle, shifts=8)  # whose bands may begin at another sample
        np.testing.assert_allclose(np.sort(found[:, :8]), np.sort(expected), rtol=1e-9, atol=1e-9)
        for action in (None, "grid", "phase"):
            errors = metrics.equivariance_error(T, x, [1, 8, -8], action=action, per_band=True)
            assert errors[:, 1:].max() < 1e-12
            assert (errors[:, 0].max() < 1e-12) == (kind is si.SWT)
    measured = metrics.shift_variance(si.DWT("db3", 3, boundary=boundary), x)
    assert measured.curve.shape[1] == 8
    assert measured.total == pytest.approx(metrics.shift_variance(si.DWT("db3", 3), circle).total, rel=1e-9)


def test_a_signal_that_comes_near_the_ends_is_refused_without_a_circle():
    T, x = si.SWT("db3", 3, boundary="symmetric"), np.zeros(200)
    x[80:110] = 1
    reach = 5 * 7
    assert metrics.invariance_error(T, x, [90 - reach, reach - 80]).shape == (2,)
    for shifts in ([91 - reach], [reach - 81], [0.5]):
        with pytest.raises(metrics.UnfairPairing, match=r"periodic boundary\. Or use whole shifts that leave 35 zeros"):
            metrics.invariance_error(T, x, shifts)
    with pytest.raises(metrics.UnfairPairing, match="leave 35 zeros"):
        metrics.sensitivity_map(T, x, 60)
    with pytest.raises(metrics.UnfairPairing, match="leave 35 zeros"):
        metrics.consistency(T, x, 60)


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


@pytest.mark.parametrize("axes", [(0,), (-1,), (0, 2)])
def test_measures_shift_along_the_axes_of_the_transform(axes):
    x = RNG.standard_normal((8, 3, 16))
    T = si.DWT("db2", 2, axes=axes)
    group = [(1,) * len(axes), (4,) * len(axes)]
    errors = metrics.equivariance_error(T, x, group)
    assert errors[0] > 0.1 > errors[1] == 0
    assert metrics.subpixel_error(T, x) > 0.5
    assert metrics.subpixel_error(si.SWT("db2", 2, axes=axes), x) < 1e-9
    assert metrics.sensitivity_map(T, x, 1).map.shape == (3,) * len(axes)
    assert metrics.dilation_error(si.SWT("db2", 2, axes=axes), x).shape == (1,)


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
