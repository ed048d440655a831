"""Shifts: what users may write for them, and what they do to a signal."""

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import assert_close, assert_same_bits

import shiftinv as si
from shiftinv.groups import Group, shift_of, shifted

# --- one shift ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "axes", "expected"),
    [
        (3, 1, (3,)),
        (3, 2, (3, 3)),
        (np.int32(-5), 1, (-5,)),
        ((1, 2), 2, (1, 2)),
        ([1, 2], 2, (1, 2)),
        (np.array([1, -2]), 2, (1, -2)),
        ((np.uint8(1), 2), 2, (1, 2)),
    ],
)
def test_whole_shifts(value, axes, expected):
    given = shift_of(value, axes)
    assert given == expected
    assert all(type(step) is int for step in given)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.5, (0.5,)), (2.0, (2,)), (np.float32(-1.5), (-1.5,)), ([0.25], (0.25,)), (7, (7,))]
)
def test_fractional_shifts(value, expected):
    given = shift_of(value, 1, fractional=True)
    assert given == expected
    assert [type(step) for step in given] == [type(step) for step in expected]  # a whole one is an int


@pytest.mark.parametrize("value", [0.5, 2.0, "1", None, True, np.True_, 1j, (1.0,), [None], {1}, np.array(3.5)])
def test_what_is_no_whole_shift(value):
    with pytest.raises(TypeError, match=r"^shift=.*whole numbers"):
        shift_of(value, 1)


@pytest.mark.parametrize("value", [np.nan, np.inf, "1", True, None])
def test_what_is_no_shift_at_all(value):
    with pytest.raises(TypeError, match=r"^shift=.*finite"):
        shift_of(value, 1, fractional=True)


@pytest.mark.parametrize(("value", "axes"), [((1,), 2), ((1, 2, 3), 2), ((), 1), ([1, 2], 1)])
def test_one_number_per_axis(value, axes):
    with pytest.raises(ValueError, match=f"{len(value)} numbers for {axes} transformed axes"):
        shift_of(value, axes)


def test_a_zero_dimensional_array_is_one_number():
    assert shift_of(np.array(3), 2) == (3, 3)


# --- sets of shifts -----------------------------------------------------------------------------


def test_a_count_is_every_shift_below_it():
    assert list(Group.of(3, 1)) == [(0,), (1,), (2,)]
    assert list(Group.of(np.int64(2), 2)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert Group.of(4, 1) == Group.cyclic((4,))
    assert list(Group.cyclic((2, 3))) == list(itertools.product(range(2), range(3)))


@pytest.mark.parametrize(
    "value", [[0, 1, 3], (0, 1, 3), range(4), np.array([0, 1, 3]), [(0,), (1,), (3,)], np.array([[0], [1], [3]])]
)
def test_a_list_is_its_shifts(value):
    group = Group.of(value, 1)
    expected = list(value) if isinstance(value, range) else [0, 1, 3]
    assert list(group) == [(step,) for step in expected]
    assert len(group) == len(expected)
    assert Group.of(group, 1) == group


def test_lists_for_several_axes():
    assert list(Group.of([0, 5], 2)) == [(0, 0), (5, 5)]
    assert list(Group.of([(0, 1), 5], 2)) == [(0, 1), (5, 5)]
    assert list(Group.of(np.array([[0, 1], [2, 3]]), 2)) == [(0, 1), (2, 3)]
    with pytest.raises(ValueError, match="3 numbers for 2"):
        Group.of([(0, 1, 2)], 2)
    with pytest.raises(ValueError, match="1 numbers for 2"):
        Group.of(Group.cyclic((4,)), 2)


def test_fractional_lists():
    assert list(Group.of([0.5, 1.0], 1, fractional=True)) == [(0.5,), (1,)]
    with pytest.raises(TypeError, match="whole"):
        Group.of([0.5], 1)
    with pytest.raises(TypeError, match="finite"):
        Group.of([np.nan], 1, fractional=True)


@pytest.mark.parametrize("value", [0, -3, [], (), np.array([], int), range(0)])
def test_no_shift_at_all(value):
    with pytest.raises(ValueError, match="no shift at all"):
        Group.of(value, 1)


@pytest.mark.parametrize("value", [1.5, "3", "12", None, True, {1, 2}, iter([1]), b"1"])
def test_what_is_no_set_of_shifts(value):
    with pytest.raises(TypeError, match=r"^shifts="):
        Group.of(value, 1)


@pytest.mark.parametrize("value", [["a"], [None], [True], [1.0]])
def test_lists_of_something_else(value):
    with pytest.raises(TypeError, match=r"^shifts="):
        Group.of(value, 1)


def test_a_shift_listed_twice_counts_once():
    with pytest.warns(si.ShiftWarning, match="1 shifts twice"):
        group = Group.of([0, 4, 0], 1)
    assert list(group) == [(0,), (4,)]
    with pytest.warns(si.ShiftWarning):
        assert len(Group.of(Group(((1,), (1,))), 1)) == 1
    with pytest.warns(si.ShiftWarning):
        assert len(Group.of([2, 2.0], 1, fractional=True)) == 1
    assert issubclass(si.ShiftWarning, si.ShiftinvWarning)


def test_groups_are_values():
    group = Group.of([(0, 1), (2, 3)], 2)
    assert pickle.loads(pickle.dumps(group)) == eval(repr(group)) == group
    assert hash(Group.of(group, 2)) == hash(group)
    assert list(group.inverse()) == [(0, -1), (-2, -3)]
    assert group.inverse().inverse() == group


# --- what a shift does --------------------------------------------------------------------------

sizes = st.lists(st.integers(1, 8), min_size=1, max_size=3)


@settings(deadline=None, max_examples=100)
@given(sizes=sizes, data=st.data(), dtype=st.sampled_from([np.float32, np.float64, np.complex128, np.int16]))
def test_whole_shifts_are_rolls(sizes, data, dtype):
    axes = tuple(data.draw(st.permutations(range(len(sizes)))))[: data.draw(st.integers(1, len(sizes)))]
    shift = tuple(data.draw(st.integers(-20, 20)) for _ in axes)
    x = np.arange(np.prod(sizes)).reshape(sizes).astype(dtype)
    before = x.copy()
    assert_same_bits(shifted(x, shift, axes), np.roll(x, shift, axes))
    assert_same_bits(x, before)
    index = [np.arange(size) for size in sizes]
    for axis, step in zip(axes, shift, strict=True):
        index[axis] = (index[axis] - step) % sizes[axis]  # (S_k x)[n] = x[n - k]
    assert_same_bits(shifted(x, shift, axes), x[np.ix_(*index)])


def band_limited(n, size, limit):
    rng = np.random.default_rng(size)
    amplitude, phase = rng.standard_normal((2, limit + 1))
    return sum(a * np.cos(2 * np.pi * f * n / size + p) for f, (a, p) in enumerate(zip(amplitude, phase, strict=True)))


@pytest.mark.parametrize("size", [1, 2, 7, 16, 33])
@pytest.mark.parametrize("step", [0.5, -0.25, 3.7, 100.125])
def test_fourier_shifts_move_band_limited_signals_exactly(size, step):
    limit = (size - 1) // 2  # strictly below Nyquist
    n = np.arange(size)
    assert_close(shifted(band_limited(n, size, limit), (step,), (0,)), band_limited(n - step, size, limit), 1e-12)


def test_the_nyquist_bin_is_multiplied_by_a_cosine():
    x = np.array([1.0, -1.0] * 4)
    for step in (0.5, 0.25, 1.75):
        assert_close(shifted(x, (step,), (0,)) + 1, np.cos(np.pi * step) * x + 1, 1e-14)


@settings(deadline=None, max_examples=60)
@given(size=st.integers(1, 20), a=st.floats(-30, 30), b=st.floats(-30, 30))
def test_group_law_below_nyquist(size, a, b):
    x = band_limited(np.arange(size), size, (size - 1) // 2)
    once = shifted(x, shift_of(a + b, 1, fractional=True), (0,))
    twice = shifted(shifted(x, shift_of(b, 1, fractional=True), (0,)), shift_of(a, 1, fractional=True), (0,))
    back = shifted(shifted(x, shift_of(a, 1, fractional=True), (0,)), shift_of(-a, 1, fractional=True), (0,))
    scale = max(1.0, np.max(np.abs(x)))
    assert np.max(np.abs(once - twice)) < 1e-12 * scale
    assert np.max(np.abs(back - x)) < 1e-12 * scale


@pytest.mark.parametrize("shift", [(0.5, 0.25), (1, 0.25), (0.5, -2)])
def test_fourier_shifts_along_two_axes(shift):
    x = np.random.default_rng(0).standard_normal((7, 3, 9))
    step_by_step = shifted(shifted(x, shift[:1], (0,)), shift[1:], (2,))
    assert_close(shifted(x, shift, (0, 2)), step_by_step, 1e-14)
    for item in range(3):
        assert_close(shifted(x, shift, (0, 2))[:, item], shifted(x[:, item], shift, (0, 1)), 1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_fourier_shifts_keep_dtype_and_real_signals_real(dtype):
    x = np.random.default_rng(0).standard_normal((5, 6)).astype(dtype)
    moved = shifted(x, (0.3, 0.6), (0, 1))
    assert moved.dtype == dtype
    assert moved.flags.c_contiguous
    if np.dtype(dtype).kind == "c":
        parts = shifted(x.real, (0.3, 0.6), (0, 1)) + 1j * shifted(x.imag, (0.3, 0.6), (0, 1))
        assert_close(moved, parts, 4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("size", [8, 9])
def test_a_shift_by_almost_a_whole_number_is_almost_a_roll(size):
    x = np.random.default_rng(0).standard_normal(size)
    assert_close(shifted(x, (2 + 1e-12,), (0,)), np.roll(x, 2), 1e-10)


@pytest.mark.parametrize("size", [8, 9])
def test_folded_channels(size):
    # a highpass band's bin f is the signal's f + 1 or f - 1: a whole step is a roll all the same
    x = np.random.default_rng(0).standard_normal(size)
    assert_same_bits(shifted(x, (3,), (0,), "d"), np.roll(x, 3))
    assert_close(shifted(x, (3 + 1e-12,), (0,), "d"), np.roll(x, 3), 1e-10)
    n, f, step = np.arange(size), 2, 0.375
    wave, true = (np.cos(2 * np.pi * f / size * n - phase) for phase in (0, 2 * np.pi * (f / size - 1) * step))
    assert_close(shifted(wave, (step,), (0,), "d"), true, 1e-14)
    assert_close(shifted(wave, (step,), (0,), "a"), np.cos(2 * np.pi * f / size * (n - step)), 1e-14)
    constant = shifted(np.ones(size), (step,), (0,), "d")
    assert_close(constant, np.full(size, np.cos(2 * np.pi * step)), 1e-14)


def test_shifts_on_circles_are_counted_round_them():
    assert Group.of([-1, 0, 12], 1).modulo((10,)) == Group(((9,), (0,), (2,)))
    assert Group.of([(-1, 3), (0, 7)], 2).modulo((4, 5)) == Group(((3, 3), (0, 2)))
    with pytest.warns(si.ShiftWarning, match="lists 2 shifts twice"):
        assert Group.of([1, 2, -3, 9], 1).modulo((4,)) == Group(((1,), (2,)))
