"""Block rules against loops over boxes."""

import math

import naive
import numpy as np
import pytest

from shiftinv.denoising import blockjs, neighblock
from shiftinv.denoising.blocks import LAMBDA

RNG = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def the_same_numbers_in_any_order():
    RNG.bit_generator.state = np.random.default_rng(5).bit_generator.state


def sample(shape, dtype=float):
    parts = RNG.standard_normal((*shape, 2)) * np.where(RNG.random((*shape, 1)) < 0.3, 6, 1)
    return (parts[..., 0] + 1j * parts[..., 1] if np.dtype(dtype).kind == "c" else parts[..., 0]).astype(dtype)


def sides(rule, shape):
    if rule is blockjs:
        return [max(1, math.floor(math.log(n))) for n in shape], [0] * len(shape)
    side = [max(1, math.floor(math.log(n) / 2)) for n in shape]
    return side, [max(1, step // 2) for step in side]


def test_the_constant_solves_its_equation():
    assert LAMBDA - math.log(LAMBDA) == pytest.approx(3, abs=1e-15)
    assert LAMBDA > 1


@pytest.mark.parametrize("rule", [blockjs, neighblock])
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (8,), (100,), (1000,), (33, 50), (1, 9), (9, 10, 11)])
def test_every_block_as_the_formula_says(rule, dtype, shape):
    y = 1.5 * sample(shape, dtype)
    expected = naive.james_stein(y, 1.5, *sides(rule, shape))
    assert len(shape) > 1 or shape[0] < 100 or 0 < np.count_nonzero(expected) < y.size
    np.testing.assert_allclose(rule(y, 1.5), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("rule", [blockjs, neighblock])
@pytest.mark.parametrize("axes", [0, (1,), (0, 2), -1])
def test_axes_that_are_left_out_are_a_batch(rule, axes):
    y = sample((20, 30, 25))
    within = sorted(axis % 3 for axis in np.atleast_1d(axes))
    batch = [axis for axis in range(3) if axis not in within]
    found = rule(y, 1.0, axes=axes)
    for index in np.ndindex(*(y.shape[axis] for axis in batch)):
        item = tuple(index[batch.index(axis)] if axis in batch else slice(None) for axis in range(3))
        np.testing.assert_array_equal(found[item], rule(y[item], 1.0))


@pytest.mark.parametrize("rule", [blockjs, neighblock])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_gains_dtype_and_input(rule, dtype):
    y = sample((40, 40), dtype)
    kept = y.copy()
    found = rule(y, 1.0)
    np.testing.assert_array_equal(y, kept)
    assert found.dtype == dtype
    gain = found / y
    np.testing.assert_allclose(gain.imag, 0, atol=1e-6)
    assert (gain.real >= 0).all()
    assert (np.abs(found) <= np.abs(y)).all()


@pytest.mark.parametrize("rule", [blockjs, neighblock])
def test_units_do_not_matter_to_the_bit(rule):
    y = sample((300,), complex)
    for k in (-400, -3, 400):
        np.testing.assert_array_equal(rule(y * 2.0**k, 2.0**k), rule(y, 1.0) * 2.0**k)


@pytest.mark.parametrize("rule", [blockjs, neighblock])
def test_a_nan_or_a_large_value_stays_in_its_block(rule):
    y = sample((400,))
    for odd in (np.nan, np.inf, 1e200):
        touched = y.copy()
        touched[200] = odd
        found, plain = rule(touched, 1.0), rule(y, 1.0)
        np.testing.assert_array_equal(found[200], odd)
        far = np.abs(np.arange(400) - 200) > 8
        np.testing.assert_array_equal(found[far], plain[far])


@pytest.mark.parametrize("rule", [blockjs, neighblock])
def test_odd_bands(rule):
    y = sample((30,))
    np.testing.assert_array_equal(rule(y, 0.0), y)
    assert not rule(np.zeros(30), 1.0).any()
    assert not rule(np.full(30, 0.9), 1.0).any()
    assert rule(np.zeros((0, 5)), 1.0).shape == (0, 5)
    for sigma in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="sigma="):
            rule(y, sigma)


def test_neighbours_are_counted_past_no_end():
    y = np.zeros(1000)
    y[0] = 100.0  # judged with 3 + 1 values in a block of 3 that begins the line
    assert neighblock(y, 1.0)[0] == pytest.approx(100 * (1 - LAMBDA * 4 / 100**2), rel=1e-14)
