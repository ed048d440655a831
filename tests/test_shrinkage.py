"""Gains on magnitudes, value by value, and on odd values."""

import naive
import numpy as np
import pytest

from shiftinv.denoising import firm, garrote, hard, soft

RULES = {"soft": soft, "hard": hard, "garrote": garrote, "firm": firm}
RNG = np.random.default_rng(3)


@pytest.fixture(autouse=True)
def the_same_numbers_in_any_order():
    RNG.bit_generator.state = np.random.default_rng(3).bit_generator.state


def noise(shape, dtype):
    values = RNG.standard_normal((*shape, 2))
    return (values[..., 0] + 1j * values[..., 1] if np.dtype(dtype).kind == "c" else values[..., 0]).astype(dtype)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("t", [0.0, 0.3, 1.2])
def test_every_value_as_the_formula_says(name, dtype, t):
    y = noise((7, 9), dtype)
    kept = y.copy()
    found = RULES[name](y, t)
    expected = np.array([naive.shrunk(name, value, t) for value in y.astype(np.result_type(dtype, float)).ravel()])
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected.reshape(y.shape), rtol=0, atol=4 * np.finfo(dtype).eps * np.abs(y).max())
    np.testing.assert_array_equal(y, kept)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", [float, complex])
def test_the_gain_is_between_0_and_1_and_keeps_the_phase(name, dtype):
    y = noise((1000,), dtype)
    found = RULES[name](y, 0.7)
    gain = found / y
    assert (found[np.abs(y) <= 0.7] == 0).all()
    assert (gain.real >= 0).all()
    assert (np.abs(found) <= np.abs(y)).all()
    np.testing.assert_allclose(gain.imag, 0, atol=1e-15)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_a_threshold_of_zero_changes_nothing(name, dtype):
    y = noise((50,), dtype)
    y[::7] = 0
    np.testing.assert_array_equal(RULES[name](y, 0), y)


@pytest.mark.parametrize("name", RULES)
def test_nan_and_infinity_go_through_alone(name):
    y = np.array([np.nan, np.inf, -np.inf, 0.0, 3.0])
    found = RULES[name](y, 1.0)
    np.testing.assert_array_equal(found[:3], y[:3])
    assert np.isfinite(found[3:]).all()
    z = RULES[name](np.array([complex(np.nan, 1), complex(np.inf, 2), 3j]), 1.0)
    assert np.isnan(z[0])
    assert z[1] == complex(np.inf, 2)
    assert np.isfinite(z[2])


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("k", [-300, -7, 1, 300])
def test_units_do_not_matter_to_the_bit(name, dtype, k):
    y = noise((200,), dtype)
    np.testing.assert_array_equal(RULES[name](y * 2.0**k, 0.6 * 2.0**k), RULES[name](y, 0.6) * 2.0**k)


@pytest.mark.parametrize("name", RULES)
def test_a_threshold_of_its_own_for_each_row(name):
    y, t = noise((3, 40), float), np.array([[0.0], [0.5], [1.0]])
    for row, found, threshold in zip(y, RULES[name](y, t), t.ravel(), strict=True):
        np.testing.assert_array_equal(found, RULES[name](row, threshold))


def test_firm_lies_between_hard_and_soft():
    y = noise((1000,), complex)
    np.testing.assert_array_equal(firm(y, 0.8, 0.8), hard(y, 0.8))
    np.testing.assert_allclose(firm(y, 0.8, 1e12), soft(y, 0.8), rtol=1e-10)
    sizes = [np.abs(found) for found in (soft(y, 0.8), garrote(y, 0.8), hard(y, 0.8))]
    assert (sizes[0] <= sizes[1]).all()
    assert (sizes[1] <= sizes[2]).all()
    rows = firm(np.full((2, 3), 1.5), 1.0, [[1.2], [3.0]])
    np.testing.assert_allclose(rows, [[1.5] * 3, [0.75] * 3])


@pytest.mark.parametrize("rule", RULES.values())
@pytest.mark.parametrize(
    ("t", "error", "message"),
    [
        (-1.0, ValueError, r"t holds -1\.0, which is not allowed\. Use finite numbers >= 0\."),
        (np.nan, ValueError, "t holds nan"),
        ([1.0, np.inf, 1.0], ValueError, "t holds inf"),
        ([1.0, 2.0], ValueError, r"t has shape \(2,\), which does not broadcast to \(3,\)"),
        ([[1.0], [2.0]], ValueError, r"t has shape \(2, 1\), which does not broadcast to \(3,\)"),
        ("1", TypeError, "t is a string"),
        (1j, TypeError, "t is a complex"),
        (True, TypeError, "t is a boolean"),
    ],
)
def test_thresholds_that_are_refused(rule, t, error, message):
    with pytest.raises(error, match=message):
        rule([1.0, 2.0, 3.0], t)


def test_firm_refuses_thresholds_in_the_wrong_order():
    with pytest.raises(ValueError, match=r"t2 is below t\. Use t2 >= t\."):
        firm([1.0, 2.0], 1.0, [2.0, 0.5])


def test_nothing_in_nothing_out():
    for rule in RULES.values():
        assert rule(np.zeros((0, 4), np.float32), 1.0).shape == (0, 4)
