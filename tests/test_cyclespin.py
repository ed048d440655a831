"""Cycle spinning against brute force over shifts, PyWavelets, the stationary transform and published figures."""

import itertools
import math
import sys
import threading
import time

import numpy as np
import pytest
import pywt
from naive import assert_bands_close, assert_close, assert_same_bits, quietly, spun_analysis, taps_of, with_our_taps

import shiftinv as si
from shiftinv import metrics
from shiftinv.groups import Group
from shiftinv.testing import check_transform


def noise(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def every_shift(levels, axes):
    return list(itertools.product(range(2**levels), repeat=axes))


# --- K, listed and drawn shifts ------------------------------------------------------------------


@pytest.mark.parametrize("wavelet", ["haar", "sym8", "bior4.4"])
@pytest.mark.parametrize(
    ("shape", "axes", "shifts"),
    [
        ((64,), (0,), [(0,), (5,), (-3,), (70,)]),
        ((61,), (0,), [(0,), (2,)]),
        ((8, 12), (0, 1), [(0, 0), (1, 3), (2, 1)]),
        ((3, 16, 2), (1,), [(1,), (4,)]),
    ],
)
def test_equals_the_formula(wavelet, shape, axes, shifts):
    T, x = si.CycleSpin(si.DWT(wavelet, 2, axes=axes), shifts), noise(shape)
    c = T.forward(x)
    h, g, _, _ = taps_of(si.filter_bank(wavelet))
    assert_bands_close(c, spun_analysis(x, h, g, 2, axes, shifts), 1e-13)
    back = sum(
        np.roll(T.base.inverse(T.base.forward(np.roll(x, shift, axes))), np.negative(shift), axes) for shift in shifts
    )
    assert_close(T.inverse(c), back / len(shifts), 1e-13)
    assert_close(T.inverse(c), x, 1e-12)
    assert c.layout.redundancy == pytest.approx(len(shifts) * T.base.redundancy(shape))
    assert c.layout.shifts == tuple(tuple(np.mod(shift, [shape[a] for a in axes]).tolist()) for shift in shifts)


def test_equals_pywavelets_on_shifted_signals():
    x = noise(96)
    c = si.CycleSpin("dwt:sym5,levels=3", 4).forward(x)
    for i, (shift,) in enumerate(c.layout.shifts):
        listed = quietly(pywt.wavedec, np.roll(x, shift), with_our_taps("sym5"), "periodization", level=3)
        for mine, its in zip(c.to_pywt(), listed, strict=True):
            assert_close(2 * mine[i], its, 1e-12)


@pytest.mark.parametrize("levels", range(1, 7))
def test_the_stride_is_a_third_of_the_period(levels):
    stride = min(range(1, 2**levels + 1, 2), key=lambda t: abs(3 * t - 2**levels))
    T = si.CycleSpin(si.DWT("haar", levels, axes=(0,)), min(5, 2**levels))
    assert T.layout(2**levels).shifts == tuple((i * stride % 2**levels,) for i in range(min(5, 2**levels)))


def test_an_image_has_every_pair_of_shifts():
    layout = si.CycleSpin("dwt:haar,levels=3", 2).layout((16, 16))
    assert set(layout.shifts) == {(0, 0), (0, 3), (3, 0), (3, 3)}
    assert layout.block((3, "ad")).shape == (4, 2, 2)


def worst_level(levels, shifts):
    """The worst aliasing energy ratio in dB of sym8 over shifts, from its filters laid one shift after the other."""
    ratios = []
    for level in range(1, levels + 1):
        (h, first), (s, start) = metrics.cascade_channel([si.filter_bank("sym8")] * level)
        channels = [((h, first + shift), (s, start - shift)) for shift in shifts]
        ratios.append(metrics.aliasing_from_filters(channels, 2**level))
    return max(ratios)


@pytest.mark.parametrize(("count", "published"), [(2, -8.5), (3, -13.9), (4, -16.2)])
def test_worst_level_of_strided_shifts(count, published):
    T = si.CycleSpin("dwt:sym8,levels=4", count)
    shifts = [shift for (shift,) in T.layout(64).shifts]
    measured = [metrics.aliasing_energy_ratio(si.CycleSpin(T.base, shifts), level) for level in range(1, 5)]
    assert max(measured) == pytest.approx(worst_level(4, shifts), abs=1e-9)
    assert max(measured) == pytest.approx(published, abs=0.1)
    strides = [worst_level(4, [i * t % 16 for i in range(count)]) for t in range(1, 16, 2)]
    assert max(measured) <= min(strides) + 1e-9
    equispaced = worst_level(4, [i * 16 // count for i in range(count)])
    assert max(measured) < min(equispaced, worst_level(4, range(count))) + 1e-9


def test_the_ratio_of_a_count_is_that_of_its_own_shifts_at_that_level():
    T = si.CycleSpin("dwt:sym8,levels=4", 2)
    for level in (2, 3):
        (shifts,) = {T.with_levels(level, (0,)).layout(64).shifts}
        listed = si.CycleSpin("dwt:sym8,levels=4", shifts)
        assert metrics.aliasing_energy_ratio(T, level) == metrics.aliasing_energy_ratio(listed, level)
    assert metrics.aliasing_energy_ratio(si.CycleSpin("dwt:sym8"), 3) == -math.inf


def test_strided_spins_denoise_better_than_others():
    clean = si.datasets.camera()[:256, 128:384]
    noisy = clean + 25 * noise(clean.shape)

    def decibels(shifts):
        T = si.CycleSpin("dwt:sym8,levels=4", shifts)
        c = T.forward(noisy)
        kept = c.map(
            lambda v, band: v if band == c.layout.approximation else v * (abs(v) > 75 * T.noise_gain(band, noisy.shape))
        )
        return -10 * math.log10(np.mean((T.inverse(kept) - clean) ** 2))

    pairs = lambda line: list(itertools.product(line, repeat=2))  # noqa: E731
    strided, consecutive, equispaced, none = map(decibels, (4, pairs(range(4)), pairs(range(0, 16, 4)), [0]))
    assert strided > consecutive > equispaced + 1 > none + 1


def test_drawn_shifts_are_different_and_the_same_for_the_same_seed():
    T = si.CycleSpin("dwt:haar,levels=3", 6, seed=4)
    for shape in ((32,), (16, 24)):
        shifts = T.layout(shape).shifts
        assert len(set(shifts)) == 6
        assert all(0 <= step < 8 for shift in shifts for step in shift)
        assert shifts == si.CycleSpin("dwt:haar,levels=3", 6, seed=4).layout(shape).shifts
        assert shifts != si.CycleSpin("dwt:haar,levels=3", 6, seed=5).layout(shape).shifts
    assert set(si.CycleSpin("dwt:haar,levels=3", 8, seed=0).layout(32).shifts) == {(k,) for k in range(8)}
    with pytest.raises(ValueError, match="shifts=9 are more than the 8 there are to draw from at 3 levels"):
        si.CycleSpin("dwt:haar,levels=3", 9, seed=0).layout(32)


@pytest.mark.parametrize(
    "base", ["dwt:sym8", "dwt:bior4.4", "dtcwt", "dtcwt:sym8", "swt:db2", "udtcwt", "dwt:dmey", "pswt:sym4"]
)
@pytest.mark.parametrize("shifts", [3, [0, 2], [(0, 0), (2, 2)], 4, "all"])
def test_spins_of_any_base_keep_every_law(base, shifts):
    T = si.CycleSpin(si.transform(base).with_levels(2, None), shifts)
    shapes = [(16, 12)] if shifts == [(0, 0), (2, 2)] else [(16,), (8, 16)]
    assert check_transform(T, shapes=shapes, dtypes=["float32", "float64"]) > 30


def test_all_shifts_of_a_partial_transform_keep_every_law():
    T = si.CycleSpin("pswt:sym4,levels=3")
    assert check_transform(T, shapes=[(16,), (8, 16)]) > 60


@pytest.mark.parametrize("shifts", [2, [5], "all"])
def test_spins_of_complex_signals_and_of_a_batch_keep_every_law(shifts):
    T = si.CycleSpin("dwt:db2,levels=2", shifts)
    assert check_transform(T, shapes=[(16,), (8, 8)], dtypes=["complex64", "complex128"]) > 60


def test_frame_kinds():
    kind = lambda base, shifts, shape=64: si.CycleSpin(base, shifts).layout(shape).frame  # noqa: E731
    assert kind("dwt:sym8,levels=3", 3) == kind("dwt:sym8,levels=3", "all") == si.Frame.TIGHT
    assert kind("dwt:sym8,levels=3", [5]) == si.Frame.ORTHONORMAL
    assert kind("dtcwt:sym8,levels=3", [5]) == kind("dtcwt:sym8,levels=3", 2) == si.Frame.TIGHT
    assert kind("dwt:bior4.4,levels=3", 3) == kind("dwt:sym8,levels=3", 3, 60) == si.Frame.FRAME
    for shifts in (3, [5], "all"):
        assert metrics.frame_bounds(si.CycleSpin("dwt:sym8,levels=3", shifts), 64) == pytest.approx((1, 1), abs=1e-12)


def test_frame_bounds_close_in_with_shifts():
    alone = metrics.frame_bounds(si.DWT("bior4.4", 3), 64)
    some = metrics.frame_bounds(si.CycleSpin("dwt:bior4.4,levels=3", 3), 64)
    every = metrics.frame_bounds(si.CycleSpin("dwt:bior4.4,levels=3"), 64)
    assert alone[0] < some[0] < every[0] < every[1] < some[1] < alone[1]
    listed = metrics.frame_bounds(si.CycleSpin("dwt:bior4.4,levels=3", range(8)), 64)
    np.testing.assert_allclose(listed, every, rtol=1e-12)


@pytest.mark.parametrize("shifts", [3, [0, 4], [0, 2, 4, 6], [0, 1]])
def test_noise_amplification_from_corners_is_that_of_all_coefficients(shifts, monkeypatch):
    T = si.CycleSpin("dwt:bior4.4,levels=3", shifts)
    whole = metrics.noise_amplification(T, 64)
    monkeypatch.setattr(metrics.frames, "MOST_UNITS", 40 * len(T.layout(64).shifts) // 2)
    assert T.layout(64).size > metrics.frames.MOST_UNITS
    assert metrics.noise_amplification(T, 64) == pytest.approx(whole, rel=1e-12)


# --- every shift ---------------------------------------------------------------------------------

SIBLINGS = [("dwt:sym8,levels=3", (64,)), ("dwt:bior4.4,levels=2", (8, 12)), ("dtcwt:levels=2", (16,)),
            ("dtcwt:levels=2", (8, 8)), ("swt:db2,levels=2", (13,))]  # fmt: skip


@pytest.mark.parametrize(("base", "shape"), SIBLINGS)
def test_all_shifts_are_the_undecimated_transform_in_layout_and_bits(base, shape):
    T, x = si.CycleSpin(base), noise(shape)
    sibling, c = T.base.undecimated(), T.forward(x)
    assert_same_bits(c.vector, sibling.forward(x).vector)
    assert c.layout.blocks == sibling.layout(shape).blocks
    assert c.layout.redundancy == sibling.redundancy(shape)
    assert_same_bits(T.inverse(c), sibling.inverse(sibling.forward(x)))


@pytest.mark.parametrize(("base", "shape"), SIBLINGS)
def test_all_shifts_equal_brute_force(base, shape):
    every = si.CycleSpin(base)
    levels, axes = every.base.levels, len(shape)
    brute = si.CycleSpin(base, every_shift(levels, axes))
    x, y = noise(shape, 1), noise(shape, 2)
    c, d = every.forward(x), brute.forward(x)
    np.testing.assert_allclose(c.energy(), d.energy(), rtol=1e-12, err_msg="energy per band")
    assert_close(every.adjoint(every.forward(y)), brute.adjoint(brute.forward(y)), 1e-12)
    shrunk = c.map(lambda values, band: values * (band.level != 1) / 2)
    assert_close(every.inverse(shrunk), brute.inverse(d.map(lambda v, band: v * (band.level != 1) / 2)), 1e-12)
    for one, other in zip(every.mra(x), brute.mra(x), strict=True):
        assert_close(one, other, 1e-12)
    for band in c.bands:
        weight = math.prod(np.divide(d[band].shape[1:], c[band].shape)) * len(d.layout.shifts)
        ratio = every.noise_gain(band, shape) / brute.noise_gain(band, shape)
        assert ratio == pytest.approx(math.sqrt(weight), rel=1e-12)


def bases_of_all_shifts():
    """Return every registered transform that can be spun with all shifts, and some with other arguments."""
    found = [
        T.with_levels(3, None)
        for T in map(si.transform, si.list_transforms())
        if isinstance(T, si.FrameTransform) and not isinstance(T, si.CycleSpin) and T.undecimated() is not None
    ]
    assert {"dwt", "swt", "dtcwt", "pswt", "packets"} <= {T.name for T in found}
    specs = ["dwt:bior4.4,levels=3", "dtcwt:sym8,levels=3", "packets:bior4.4,levels=2"]
    partial = [f"pswt:{wavelet},levels=3,undecimated={k}" for wavelet in ("db4", "bior4.4") for k in range(4)]
    return [*found, *map(si.transform, specs + partial)]


@pytest.mark.parametrize("base", bases_of_all_shifts(), ids=lambda T: T.spec)
@pytest.mark.parametrize("shape", [(64,), (16, 24)])
def test_the_inverse_of_changed_coefficients_is_the_mean_over_shifts(base, shape):
    if base.name == "pswt" and shape == (16, 24):
        base = base.with_levels(2, None)  # the brute force of least norm takes its time
    every, x = si.CycleSpin(base), noise(shape, 1)
    c, rng = every.forward(x), np.random.default_rng(2)
    changed = c.map(lambda values, _: values * rng.standard_normal(values.shape))
    brute = si.CycleSpin(base, every_shift(c.layout.levels, len(shape)))
    copies = brute.forward(x)
    for i, shift in enumerate(copies.layout.shifts):
        moved = every.at_shift(changed, shift)
        for band in copies.bands:
            copies[band][i] = moved[band] / math.sqrt(len(copies.layout.shifts))
    assert_close(every.inverse(changed), brute.inverse(copies), 1e-12)
    for one, other in zip(every.mra(x), brute.mra(x), strict=True):
        assert_close(one, other, 1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64, np.complex128])
def test_the_mean_of_least_norm_keeps_dtypes_and_a_batch(dtype):
    T = si.CycleSpin("pswt:db2,levels=3,axes=(0,2)")
    x = (noise((16, 3, 8), 1) + 1j * noise((16, 3, 8), 2)).astype(dtype) if dtype != np.float32 else noise((16, 3, 8))
    c = T.forward(x.astype(dtype)).map(lambda values, band: values * (0.5 + 0.25 * band.level))
    found = T.inverse(c)
    assert found.dtype == dtype
    mean = np.zeros(x.shape, complex)
    for shift in itertools.product(range(4), repeat=2):
        mean += np.roll(T.base.inverse(T.at_shift(c, shift)), np.negative(shift), (0, 2)) / 16
    assert_close(found, mean, 1e-12 if dtype == np.complex128 else 1e-5)
    for i in range(3):
        alone = T.replace(base=T.base.with_levels(3, (0, 1)))
        part = si.Coefficients(alone.layout((16, 8), dtype))
        for band in part.bands:
            part[band] = c[band][:, i]
        assert_close(alone.inverse(part), found[:, i], 1e-12 if dtype == np.complex128 else 1e-5)


@pytest.mark.parametrize(("base", "shape"), SIBLINGS)
def test_the_table_holds_the_coefficients_of_every_shift(base, shape):
    T, x = si.CycleSpin(base), noise(shape)
    c = T.forward(x)
    for shift in [*every_shift(T.base.levels, len(shape)), (-5,) * len(shape), (1000,) * len(shape)]:
        expected = T.base.forward(np.roll(x, shift, range(len(shape))))
        found = T.at_shift(c, shift)
        assert found.layout == expected.layout
        assert_close(found.vector, expected.vector, 1e-13)
    assert_same_bits(T.at_shift(c, 3).vector, T.at_shift(c, (3,) * len(shape)).vector)


def test_the_table_of_a_batch():
    x = noise((3, 16, 2))
    T = si.CycleSpin(si.DWT("db2", 2, axes=1))
    assert_close(T.at_shift(T.forward(x), 3).vector, T.base.forward(np.roll(x, 3, 1)).vector, 1e-13)
    some = si.CycleSpin(T.base, 2)
    with pytest.raises(ValueError, match=r"shifts=2 does not hold every shift\. Use shifts='all'"):
        some.at_shift(some.forward(x), 1)


@pytest.mark.parametrize("wavelet", ["haar", "sym8"])
@pytest.mark.parametrize("shape", [(64,), (16, 24)])
@pytest.mark.parametrize("rule", ["hard", "soft"])
def test_shrinking_all_shifts_and_averaging_is_shrinking_the_stationary_transform(wavelet, shape, rule):
    x = np.cumsum(noise(shape), axis=-1)
    levels, axes = 3, tuple(range(len(shape)))

    def shrink(T, signal):
        c = T.forward(signal)
        for band in c.layout.details:
            t = 2.5 * T.noise_gain(band, shape)
            size = np.abs(c[band])
            c[band] = pywt.threshold(c[band], t, "soft") if rule == "soft" else c[band] * (size > t)
        return T.inverse(c)

    D = si.DWT(wavelet, levels)
    average = np.zeros(shape)
    for shift in every_shift(levels, len(axes)):
        average += np.roll(shrink(D, np.roll(x, shift, axes)), np.negative(shift), axes) / 2 ** (levels * len(axes))
    assert np.abs(average - x).max() > 0.1  # something was shrunk
    for found in (
        shrink(si.SWT(wavelet, levels), x),
        shrink(si.CycleSpin(D), x),
        shrink(si.CycleSpin(D, every_shift(levels, len(axes))), x),
        si.cycle_spin(lambda signal: shrink(D, signal), x, 2**levels),
    ):
        assert_close(found, average, 1e-10)


# --- shifts act on copies ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shifts", "grid"), [([0], 8), ([0, 1], 8), ([0, 4], 4), ([1, 3, 5, 7], 2), (range(8), 1), ([0, 12], 4), (3, 8)]
)
def test_the_grid_is_the_least_shift_that_maps_the_shifts_to_themselves(shifts, grid):
    T, x = si.CycleSpin("dwt:db2,levels=3", shifts), noise(32)
    assert T.layout(32).grid == grid
    assert T.layout(36).grid is None
    c = T.forward(x)
    exact = [k for k in range(1, 9) if np.allclose(T.act(c, k).vector, T.forward(np.roll(x, k)).vector, atol=1e-13)]
    assert exact[0] == grid
    errors = metrics.equivariance_error(T, x, [grid, 3 * grid], per_band=True)
    assert errors.max() < 1e-14


def test_a_copy_that_is_there_is_taken_where_no_circular_law_holds():
    T, x = si.CycleSpin("dwt:db2,levels=3", [0, 1]), noise(37)
    moved, expected = T.act(T.forward(x), 1), T.forward(np.roll(x, 1))
    assert_same_bits(moved[1, "d"][0], expected[1, "d"][0])


@pytest.mark.parametrize("name", ["identity", "grid", "fractional"])
def test_simple_actions_move_every_copy(name):
    T, x = si.CycleSpin("dwt:sym8,levels=2", [0]), noise((16, 16))
    alone = metrics.equivariance_error(si.DWT("sym8", 2), x, 4, action=name)
    np.testing.assert_allclose(metrics.equivariance_error(T, x, 4, action=name), alone, atol=1e-14)


def test_energy_changes_less_with_more_shifts():
    x = si.datasets.ecg()
    variances = [
        metrics.shift_variance(si.CycleSpin("dwt:sym8,levels=4", shifts), x).total for shifts in (1, 2, 4, 8, "all")
    ]
    assert variances == sorted(variances, reverse=True)
    assert variances[0] == pytest.approx(metrics.shift_variance(si.DWT("sym8", 4), x).total, rel=1e-9)
    assert variances[-1] == 0
    assert len(set(variances)) == 5


# --- layout --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "axes"), [((32,), (0,)), ((16, 3, 8), (0, 2))])
def test_copies_tell_where_they_are_on_the_signal(shape, axes):
    shifts = [(0,) * len(axes), (5, 3)[: len(axes)], (13, 7)[: len(axes)]]
    layout = si.CycleSpin(si.DWT("haar", 2, axes=axes), shifts).layout(shape)
    alone = si.DWT("haar", 2, axes=axes).layout(shape)
    assert layout.band_axes == tuple(axis + 1 for axis in axes)
    for band in layout.bands:
        for place, times in enumerate(layout.times(band, fs=10)):
            n = shape[axes[place]]
            assert times.shape == (3, layout.block(band).shape[axes[place] + 1])
            for row, shift in zip(times, shifts, strict=True):
                assert_close(row, (10 * alone.times(band, fs=10)[place] - shift[place]) % n / 10, 1e-14)
    c = si.Coefficients(layout)
    assert c.interior((2, "a" * len(axes))).shape == c.approx.shape
    assert si.Coefficients.from_pywt(c.to_pywt(), layout).equals(c)


def test_copies_tell_what_needs_the_seam():
    T, n = si.CycleSpin("dwt:db2,levels=2", [0, 3, 6]), 32
    assert si.CycleSpin("dwt:db2,levels=2", [0]).layout(n).touches_boundary((1, "d")).tolist()[0] == (
        si.DWT("db2", 2).layout(n).touches_boundary((1, "d")).tolist()
    )
    for band in T.layout(n).bands:
        touched = T.layout(n).touches_boundary(band)
        assert touched.shape == T.layout(n).block(band).shape
        for copy, m in np.ndindex(*touched.shape):
            unit = si.Coefficients(T.layout(n))
            unit[band][copy, m] = 1
            needed = np.abs(T.adjoint(unit)) > 1e-12  # the samples that this coefficient is made of
            assert touched[copy, m] == (needed[0] and needed[-1])


def test_a_layout_with_shifts_survives_json():
    layout = si.CycleSpin("dwt:haar,levels=2", [(0, 1), (2, 3)]).layout((8, 8))
    assert si.Layout.from_json(layout.to_json()) == layout


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "shifts", "error", "message"),
    [
        ("dwt:haar", 0, ValueError, "shifts=0 is too small. Use an integer >= 1"),
        ("dwt:haar", [], ValueError, r"shifts=\[\] is no shift at all"),
        ("dwt:haar", 1.5, TypeError, "shifts=1.5 is a float"),
        ("dwt:haar", [0, 1.5], TypeError, "holds 1.5. Use whole numbers"),
        ("dwt:haar", True, TypeError, "shifts=True is a boolean"),
        ("dwt:haar", None, TypeError, "shifts=None is None"),
        ("dwt:haar", "every", ValueError, "shifts='every' is unknown.*Use one of 'all'"),
        ("dwt:haar", [(0, 1), (1, 2, 3)], ValueError, "has 3 numbers for 2 transformed axes"),
        ("bestshift", 2, TypeError, "is not linear. Use a linear transform"),
        (np.abs, 2, TypeError, "is an? ufunc. Use a linear transform or its spec, such as 'dwt:sym8,levels=4'"),
        (
            "dwt:haar,boundary=symmetric",
            2,
            ValueError,
            "boundary='symmetric', and circular shifts.*boundary='periodic'",
        ),
        ("cyclespin:(dwt:haar),shifts=2", 2, ValueError, r"is spun already. Use base=DWT\('haar'\)"),
        ("dwt:harr", 2, ValueError, "Did you mean 'haar'"),
    ],
)
def test_refusals(base, shifts, error, message):
    with pytest.raises(error, match=message):
        si.CycleSpin(base, shifts)


def test_a_base_without_a_sibling_takes_some_shifts(monkeypatch):
    monkeypatch.setattr(si.DWT, "undecimated", lambda self: None)
    with pytest.raises(ValueError, match=r"base=DWT\('haar'\) has no undecimated sibling.*Use shifts=K"):
        si.CycleSpin("dwt:haar")
    assert si.CycleSpin("dwt:haar", 2).layout(8).redundancy == 2


def test_seeds_without_a_count():
    for shifts in ("all", [0, 1]):
        with pytest.raises(ValueError, match=r"seed=1 draws shifts, and shifts=.* says which"):
            si.CycleSpin("dwt:haar", shifts, seed=1)
    with pytest.raises(TypeError, match=r"seed=1\.5"):
        si.CycleSpin("dwt:haar", 2, seed=1.5)


def test_all_shifts_need_lengths_that_fit():
    T = si.CycleSpin("dwt:haar,levels=3")
    with pytest.raises(
        ValueError,
        match=r"shifts='all' needs lengths that 2\^3 = 8 divides, and one is 60\. Crop it, for instance to 56, or use "
        r"levels<=2, or shifts=K",
    ):
        T.layout(60)
    assert si.CycleSpin("dwt:haar,levels=3", 3).layout(60).redundancy > 3


def test_shifts_that_are_the_same_count_once():
    with pytest.warns(si.ShiftWarning, match="lists 1 shifts twice") as constructed:
        assert si.CycleSpin("dwt:haar,levels=2", [0, 3, 0]).shifts == (0, 3)
    with pytest.warns(si.ShiftWarning, match="twice") as turned:
        assert si.CycleSpin("dwt:haar,levels=2", [0, 9, -7]).layout(16).shifts == ((0,), (9,))
    with pytest.warns(si.ShiftWarning, match=r"shifts=5 lists the 4 shifts below 2\^2 again") as counted:
        assert len(si.CycleSpin("dwt:haar,levels=2", 5).layout(20).shifts) == 4
    assert {warning.filename for warned in (constructed, turned, counted) for warning in warned} == {__file__}


def test_values_and_names():
    T = si.CycleSpin(si.DWT("sym8", 4), Group(((0, 1), (2, 3))))
    assert T.shifts == ((0, 1), (2, 3))
    assert T.spec == "cyclespin:(dwt:sym8,levels=4),shifts=((0,1),(2,3))"
    assert repr(T) == "CycleSpin(DWT('sym8', levels=4), shifts=((0, 1), (2, 3)))"
    assert si.CycleSpin("dwt:sym8", np.array([1, 2])) == si.CycleSpin("dwt:sym8", [1, 2])
    assert si.CycleSpin("dwt:sym8", np.array([[1, 2], [0, 0]])) == si.CycleSpin("dwt:sym8", [(1, 2), (0, 0)])
    assert si.CycleSpin("dwt:sym8", np.int64(3)) == si.CycleSpin("dwt:sym8", 3)
    assert len({si.CycleSpin("dwt:sym8"), si.CycleSpin("dwt:sym8", "all"), si.CycleSpin("dwt:sym8", 2)}) == 2


# --- any function --------------------------------------------------------------------------------


def pairs(x):
    """The mean of every pair along the first axis, put in place of both."""
    return np.repeat(x.reshape(len(x) // 2, 2, *x.shape[1:]).mean(axis=1), 2, axis=0)


@pytest.mark.parametrize(
    ("shape", "axes", "shifts", "listed"),
    [
        ((12,), None, 3, [(0,), (1,), (2,)]),
        ((12,), None, [1, 7], [(1,), (7,)]),
        ((4,), None, "all", [(0,), (1,), (2,), (3,)]),
        ((4, 6), None, 2, [(0, 0), (0, 1), (1, 0), (1, 1)]),
        ((4, 6), None, [(0, 2), (3, -1)], [(0, 2), (3, -1)]),
        ((4, 6), -1, 3, [(0,), (1,), (2,)]),
        ((4, 6), (1, 0), [(1, 2)], [(1, 2)]),
    ],
)
def test_any_function_is_averaged(shape, axes, shifts, listed):
    x = noise(shape)
    along = tuple(range(len(shape))) if axes is None else tuple(sorted(a % len(shape) for a in np.atleast_1d(axes)))
    expected = sum(np.roll(pairs(np.roll(x, s, along)), np.negative(s), along) for s in listed) / len(listed)
    assert_close(si.cycle_spin(pairs, x, shifts, axes=axes), expected, 1e-15)


def test_all_shifts_make_a_filter_of_pairs():
    x = noise(10)
    smoothed = (np.roll(x, 1) + 2 * x + np.roll(x, -1)) / 4
    assert_close(si.cycle_spin(pairs, x, 2), smoothed, 1e-15)
    assert_close(si.cycle_spin(pairs, x, "all"), smoothed, 1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.float16, int])
def test_dtypes_and_inputs_stay(dtype):
    x = np.arange(24).reshape(12, 2).astype(dtype)
    x.flags.writeable = False
    before = x.copy()

    def spoils(y):
        y[...] *= 2
        return y

    expected = {np.float16: np.float32, int: np.float64}.get(dtype, dtype)
    found = si.cycle_spin(spoils, x, 2, axes=0)
    assert found.dtype == expected
    assert_close(found, 2 * before, 1e-6)
    assert_same_bits(x, before)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_single_precision_is_averaged_in_double(dtype):
    x = (1000 + noise(4096)).astype(dtype)
    assert_same_bits(si.cycle_spin(np.copy, x, "all"), x)
    for shifts in (range(1024), "all"):
        c = si.CycleSpin("dwt:haar,levels=1", shifts).forward(x)
        T = si.CycleSpin("dwt:haar,levels=1", shifts)
        assert_close(T.inverse(c), x, 1e-6)
        assert_close(T.adjoint(c), x, 1e-6)
        assert_close(sum(T.mra(x)), x, 1e-6)


def test_any_number_of_workers_gives_the_same_bits(monkeypatch):
    monkeypatch.setattr("shiftinv.workers.os.cpu_count", lambda: 4)
    x, threads = noise((16, 16)), set()

    def slow_first(y):
        threads.add(threading.get_ident())
        time.sleep(0.002 * (y[0, 0] == x[0, 0]))
        return np.tanh(y) * y[0, 0]

    alone = si.cycle_spin(slow_first, x, 5)
    assert threads == {threading.get_ident()}
    for workers in (2, 3, -1):
        assert_same_bits(si.cycle_spin(slow_first, x, 5, workers=workers), alone)
    assert len(threads) > 2


def test_a_bar_counts_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    seen = []
    monkeypatch.setattr("tqdm.tqdm", lambda jobs, **options: seen.append((len(jobs), options["desc"])) or jobs)
    si.cycle_spin(pairs, noise(8), 3, progress=True)
    assert seen == [(3, "cycle spinning")]
    si.cycle_spin(pairs, noise(8), 3)
    assert len(seen) == 1
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("f", "shifts", "error", "message"),
    [
        (lambda x: x[::2], 2, ValueError, r"f maps shape \(8,\) to \(4,\).*Use a function that keeps the shape"),
        (np.sum, 2, ValueError, r"f maps shape \(8,\) to \(\)"),
        (lambda x: x.astype(np.float32), 2, TypeError, r"f maps float64 to float32.*keeps the dtype"),
        (lambda x: x + 0j, 2, TypeError, "f maps float64 to complex128"),
        (lambda x: None, 2, ValueError, "f maps shape"),
        (si.SWT("haar"), 2, TypeError, r"f=SWT\('haar'\) is an SWT. Use a function"),
        (pairs, 0, ValueError, "shifts=0"),
        (pairs, [], ValueError, r"shifts=\[\]"),
        (pairs, [0.5], TypeError, "whole numbers"),
        (pairs, 2.0, TypeError, "shifts=2.0 is a float"),
        (pairs, "some", ValueError, "shifts='some' is unknown"),
    ],
)
def test_what_any_function_may_not_do(f, shifts, error, message):
    with pytest.raises(error, match=message):
        si.cycle_spin(f, np.arange(8.0), shifts)


def test_shifts_of_any_function_that_are_the_same_count_once():
    x = noise(8)
    with pytest.warns(si.ShiftWarning, match="twice"):
        found = si.cycle_spin(pairs, x, [0, 1, 9])
    assert_same_bits(found, si.cycle_spin(pairs, x, 2))
    with pytest.raises(ZeroDivisionError):
        si.cycle_spin(lambda _: 1 / 0, x, 2, workers=2)
