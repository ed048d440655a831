"""Continuations past the ends against numpy.pad, and folding against the explicit transpose."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import assert_same_bits

from shiftinv.boundary import BOUNDARIES, Boundary

NUMPY_MODE = {"periodic": "wrap", "symmetric": "symmetric"}
lengths = st.integers(1, 9)
widths = st.integers(0, 40)


def test_every_boundary_has_its_numpy_counterpart():
    assert set(BOUNDARIES) == set(NUMPY_MODE)


@pytest.mark.parametrize("name", BOUNDARIES)
@settings(deadline=None, max_examples=100)
@given(size=lengths, before=widths, after=widths)
def test_extend_is_numpy_pad(name, size, before, after):
    x = np.arange(1, size + 1)
    expected = np.pad(x, (before, after), NUMPY_MODE[name])
    assert_same_bits(Boundary(name).extend(x, before, after), expected)


@pytest.mark.parametrize("name", BOUNDARIES)
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_extend_and_fold_along_any_axis(name, axis):
    x = np.random.default_rng(0).standard_normal((3, 4, 5))
    widths = [(0, 0)] * 3
    widths[axis] = (7, 2)
    boundary = Boundary(name)
    extended = boundary.extend(x, 7, 2, axis)
    assert_same_bits(extended, np.pad(x, widths, NUMPY_MODE[name]))
    folded = boundary.fold(extended, 7, 2, axis)
    assert folded.shape == x.shape
    line = np.apply_along_axis(lambda y: boundary.fold(y, 7, 2), axis, extended)
    assert_same_bits(folded, line)


@pytest.mark.parametrize("name", BOUNDARIES)
@settings(deadline=None, max_examples=60)
@given(size=lengths, before=widths, after=widths)
def test_fold_is_the_transpose_of_extend(name, size, before, after):
    boundary = Boundary(name)
    matrix = np.stack([boundary.extend(unit, before, after) for unit in np.eye(size)], axis=1)
    transpose = np.stack([boundary.fold(unit, before, after) for unit in np.eye(size + before + after)], axis=1)
    assert np.array_equal(transpose, matrix.T)
    assert np.array_equal(matrix.sum(axis=1), np.ones(len(matrix)))  # every new sample is one of the old


def test_fold_keeps_dtype_and_leaves_its_input_alone():
    for dtype in (np.float32, np.complex128):
        y = np.arange(9, dtype=dtype)
        y.flags.writeable = False
        folded = Boundary("symmetric").fold(y, 3, 2)
        assert folded.dtype == dtype
        # positions -3 … 5 of four samples are c b a | a b c d | d c
        assert folded.real.tolist() == [2 + 3, 1 + 4, 0 + 5 + 8, 6 + 7]


def test_values_and_refusals():
    assert Boundary("periodic") == Boundary("periodic") != Boundary("symmetric")
    assert eval(repr(Boundary("symmetric"))) == Boundary("symmetric")
    with pytest.raises(ValueError, match="Did you mean 'symmetric'"):
        Boundary("symetric")
    with pytest.raises(TypeError, match="boundary=3"):
        Boundary(3)
    with pytest.raises(ValueError, match="before=-1"):
        Boundary("periodic").extend(np.ones(3), -1, 0)
    with pytest.raises(TypeError, match=r"after=1\.5"):
        Boundary("periodic").extend(np.ones(3), 0, 1.5)
    with pytest.raises(ValueError, match="size=0"):
        Boundary("periodic").extend(np.ones(0), 1, 1)


@pytest.mark.parametrize(("before", "after"), [(-1, 0), (0, -2), (2, 2), (5, 0)])
def test_fold_refuses_what_extend_cannot_have_made(before, after):
    # four samples are left of which one at least must be the signal's own
    with pytest.raises(ValueError, match=r"before|after|size"):
        Boundary("periodic").fold(np.ones(4), before, after)
