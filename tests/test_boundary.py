"""Continuations past the ends against numpy.pad and pywt.pad, and folding against the explicit transpose."""

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import assert_same_bits

from shiftinv import boundary as module
from shiftinv.boundary import BOUNDARIES, NAMES, Boundary, boundary_name

COPIES = ["periodic", "symmetric", "reflect", "constant", "periodic-padded"]  # every new sample is one of the old
lengths = st.integers(1, 9)
widths = st.integers(0, 40)


@pytest.mark.parametrize("name", COPIES)
@settings(deadline=None, max_examples=60)
@given(size=lengths, before=widths, after=widths)
def test_copies_are_those_of_numpy_pad(name, size, before, after):
    x = np.arange(1, size + 1)
    assert_same_bits(Boundary(name).extend(x, before, after), np.pad(x, (before, after), NAMES["NumPy"][name]))


@pytest.mark.parametrize("name", BOUNDARIES)
@settings(deadline=None, max_examples=60)
@given(size=st.integers(2, 9), before=st.integers(1, 40), after=st.integers(1, 40))
def test_every_rule_is_that_of_pywavelets(name, size, before, after):
    x = np.random.default_rng(size).integers(-9, 9, size).astype(float)
    mode = NAMES["PyWavelets"][name].replace("periodization", "periodic")
    np.testing.assert_array_equal(Boundary(name).extend(x, before, after), pywt.pad(x, (before, after), mode))


def test_a_line_of_one_sample_goes_on_as_it_is_unless_zero_or_turned_over():
    expected = {name: [3, 3, 3, 3] for name in BOUNDARIES} | {"zero": [0, 0, 3, 0], "antisymmetric": [3, -3, 3, -3]}
    for name, values in expected.items():
        assert Boundary(name).extend(np.array([3]), 2, 1).tolist() == values


@pytest.mark.parametrize("name", BOUNDARIES)
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_extend_and_fold_along_any_axis(name, axis):
    x = np.random.default_rng(0).standard_normal((3, 4, 5))
    boundary = Boundary(name)
    extended = boundary.extend(x, 7, 2, axis)
    assert_same_bits(extended, np.apply_along_axis(lambda line: boundary.extend(line, 7, 2), axis, x))
    folded = boundary.fold(extended, 7, 2, axis)
    assert folded.shape == x.shape
    np.testing.assert_allclose(
        folded, np.apply_along_axis(lambda y: boundary.fold(y, 7, 2), axis, extended), rtol=1e-13
    )


@pytest.mark.parametrize("name", BOUNDARIES)
@settings(deadline=None, max_examples=60)
@given(size=lengths, before=widths, after=widths)
def test_fold_is_the_transpose_of_extend(name, size, before, after):
    boundary = Boundary(name)
    matrix = np.stack([boundary.extend(unit, before, after) for unit in np.eye(size)], axis=1)
    transpose = np.stack([boundary.fold(unit, before, after) for unit in np.eye(size + before + after)], axis=1)
    assert np.array_equal(transpose, matrix.T)
    if name not in ("zero", "antisymmetric"):  # a constant goes on as a constant
        assert np.array_equal(matrix.sum(axis=1), np.ones(len(matrix)))


@pytest.mark.parametrize("name", BOUNDARIES)
def test_a_nan_reaches_only_what_is_made_of_it(name):
    for place in range(5):
        unit = np.zeros(5)
        unit[place] = 1
        x = np.ones(5)
        x[place] = np.nan
        made_of_it = Boundary(name).extend(unit, 12, 13) != 0
        assert np.array_equal(np.isnan(Boundary(name).extend(x, 12, 13)), made_of_it)
        assert np.array_equal(np.isnan(Boundary(name).fold(Boundary(name).extend(x, 0, 0), 0, 0)), np.isnan(x))


def test_whole_numbers_stay_whole_and_unsigned_ones_are_not_turned_over():
    x = np.array([1, 2, 4], np.uint8)
    assert Boundary("reflect").extend(x, 1, 1).dtype == np.uint8
    for name in ("smooth", "antisymmetric", "antireflect"):
        assert Boundary(name).extend(x.astype(int), 2, 2).dtype == int
        with pytest.raises(TypeError, match=rf"x is uint8, and boundary='{name}' subtracts. Use x.astype\(float\)"):
            Boundary(name).extend(x, 2, 2)


# --- names --------------------------------------------------------------------------------------


def test_the_table_of_the_page_is_the_table_of_the_code():
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in module.__doc__.splitlines()
        if line.startswith("|")
    ]
    header, _, *rows = rows
    assert [row[0] for row in rows] == list(BOUNDARIES)
    for column, package in enumerate(header[2:], start=2):
        told = {row[0]: row[column].removesuffix(", odd") for row in rows if row[column]}
        told.pop("antireflect", None) if package == "NumPy" else None  # needs an option beside its name
        assert told == NAMES[package]


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        ("periodization", "periodic"),
        ("edge", "constant"),
        ("nearest", "constant"),
        ("mirror", "reflect"),
        ("sp1", "smooth"),
    ],
)
def test_a_name_of_another_package_is_told_what_it_is_called_here(foreign, ours):
    with pytest.raises(ValueError, match=rf"boundary='{foreign}' is the name that .* has for boundary='{ours}'"):
        boundary_name(foreign)


def test_names_among_some_are_refused_outside_them():
    assert boundary_name("symmetric", ("periodic", "symmetric")) == "symmetric"
    with pytest.raises(ValueError, match=r"boundary='reflect' .*Use one of 'periodic', 'symmetric'|is the name"):
        boundary_name("reflect", ("periodic", "symmetric"))


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
