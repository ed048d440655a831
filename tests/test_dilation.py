"""Dilation errors against signals whose stretched version is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

import shiftinv as si
from shiftinv.metrics import UnfairPairing, dilation_error

RNG = np.random.default_rng(41)


def waves(size, length, offset):
    """A band-limited signal of period `length` at (n - offset) * length / size."""
    t = (np.arange(size) - offset) * length / size
    return sum(np.cos(2 * np.pi * k * t / length + k) / k for k in range(1, 6))


@pytest.mark.parametrize("T", [si.SWT("sym4", 3), si.DWT("sym4", 3), si.transform("starlet:3")], ids=repr)
def test_stretching_by_interpolation_is_stretching_in_closed_form(T):
    c, errors = T.forward(waves(64, 64, 0)), []
    second, first = (T.layout(64).times((level, T.layout(64).details[0].orientation))[0][0] for level in (2, 1))
    offset = second - 2 * first
    stretched = T.forward(waves(128, 64, offset))
    gain = (T.with_levels(2, (0,)).forward(np.ones(64)).approx / T.with_levels(1, (0,)).forward(np.ones(64)).approx[0])[
        0
    ]
    for level in (2, 3):
        band, finer = (next(one for one in c.bands[1:] if one.level == at) for at in (level, level - 1))
        found, expected = stretched[band], gain * c[finer]
        found = found[:: len(found) // len(expected)]
        errors.append(np.linalg.norm(found - expected) / np.linalg.norm(expected))
    np.testing.assert_allclose(dilation_error(T, waves(64, 64, 0)), errors, rtol=1e-9)


def test_every_level_of_an_image():
    x = np.add.outer(waves(64, 64, 0), waves(32, 32, 0)) + RNG.standard_normal((64, 32))
    errors = dilation_error(si.DWT("bior4.4", 4), x)
    assert errors.shape == (3,)
    assert (np.diff(errors) < 0).all()  # noise, which aliases, has less and less part
    assert dilation_error(si.DWT("bior4.4", 4, axes=(0,)), x).shape == (3,)


def test_functions():
    slow = waves(64, 64, 0)
    assert dilation_error(np.square, slow) == pytest.approx(0, abs=1e-12)  # squares stretch as well: no new alias
    assert dilation_error(np.max, slow) < 0.01
    assert dilation_error(np.sum, slow + 1) == pytest.approx(1)  # twice as many samples
    assert dilation_error(lambda s: 0.0, slow) == 0
    with pytest.raises(ValueError, match=r"maps shape \(64,\) to \(32,\) and \(128,\) to \(64,\)"):
        dilation_error(lambda s: s[::2], slow)


def test_a_level_of_rounding_is_zero_and_infinitely_far_from_one_that_is_not():
    assert dilation_error(si.SWT("sym8", 3), np.full(64, 7.3)).tolist() == [0, 0]
    assert dilation_error(si.DWT("sym8", 3), np.full((64, 32), 7.3)).tolist() == [0, 0]
    pairs = np.repeat(RNG.standard_normal(16), 2) + 7.3  # that a Haar transform finds no details in
    assert dilation_error(si.DWT("haar", 2), pairs).tolist() == [np.inf]


def test_types_stay_and_the_nyquist_bin_is_shared():
    x = RNG.standard_normal(16)
    assert dilation_error(np.copy, x) == 0
    seen = []
    dilation_error(lambda s: seen.append(s) or 0.0, x.astype(np.float32))
    assert [s.dtype for s in seen] == [np.float32] * 2
    np.testing.assert_allclose(seen[1][::2], seen[0], atol=1e-6)


def test_what_does_not_repeat_is_refused():
    x = RNG.standard_normal(32)
    with pytest.raises(ValueError, match=r"T has 1 levels.*Use levels>=2"):
        dilation_error(si.SWT("haar", 1), x)
    with pytest.raises(ValueError, match=r"levels of packets:db2,levels=2.* do not repeat"):
        dilation_error(si.transform("packets:db2,levels=2"), x)
    with pytest.raises(ValueError, match="do not repeat"):
        dilation_error(si.CycleSpin("dwt:db2,levels=2", 2), x)
    with pytest.raises(ValueError, match="does not tell where"):
        dilation_error(si.BestShiftDWT("db2", 2), x)
    with pytest.raises(UnfairPairing, match="periodic boundary"):
        dilation_error(si.SWT("haar", 2, boundary="symmetric"), x)
    with pytest.raises(TypeError, match=r"^T='swt:haar' is a string"):
        dilation_error("swt:haar", x)
