"""Frame bounds and noise amplification against singular values of explicit matrices."""

from __future__ import annotations

import math

import naive
import numpy as np
import pytest
from toys import BestPhaseHaar, SixBands

import shiftinv as si
from shiftinv.metrics import frame_bounds, frames, noise_amplification

CASES = [
    (si.DWT("db2", 3), (12,)),
    (si.DWT("bior4.4", 3), (64,)),
    (si.DWT("bior4.4", 3), (61,)),
    (si.DWT("bior2.2", 2), (12, 8)),
    (si.DWT("bior2.2", 1), (4, 6, 4)),
    (si.DWT("bior2.2", 2), (10, 7)),
    (si.SWT("bior4.4", 3), (61,)),
    (si.SWT("bior2.2", 2), (6, 10)),
    (si.SWT("sym4", 3, norm="unit"), (40,)),
    (si.DWT(naive.lopsided_bank(), 2), (16,)),
    (SixBands(), (6, 8)),
]


@pytest.fixture
def by_iteration(monkeypatch):
    """Leave only the Lanczos iteration."""
    monkeypatch.setattr(frames, "MOST_ENTRIES", 0)


@pytest.mark.parametrize(("T", "shape"), CASES, ids=repr)
def test_bounds_are_the_extreme_singular_values(T, shape):
    expected = naive.frame_bounds(naive.forward_matrix(T, shape))
    assert frame_bounds(T, shape) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("T", "shape"),
    [*CASES, (si.DWT("bior4.4", 4), (500,)), (si.SWT("bior4.4", 4), (300,)), (si.DWT("db3", 4), (21, 18))],
    ids=repr,
)
@pytest.mark.usefixtures("by_iteration")
def test_the_iteration_finds_them_too(T, shape):
    expected = naive.frame_bounds(naive.forward_matrix(T, shape))
    bounds = frame_bounds(T, shape)
    assert bounds == pytest.approx(expected, rel=1e-11)
    assert frame_bounds(T, shape) == pytest.approx(bounds, rel=1e-13)


@pytest.mark.parametrize("wavelet", ["haar", "sym8"])
@pytest.mark.parametrize("make", [si.SWT, si.DWT])
def test_orthonormal_filters_have_bounds_of_one(make, wavelet):
    assert frame_bounds(make(wavelet, 3), 256) == pytest.approx((1, 1), abs=1e-13)
    assert frame_bounds(make(wavelet, 2), (64, 128)) == pytest.approx((1, 1), abs=1e-13)


@pytest.mark.parametrize("T", [si.SWT("sym8", 3), si.SWT("haar", 1, norm="unit"), si.DWT("sym8", 3)], ids=repr)
@pytest.mark.usefixtures("by_iteration")
def test_a_multiple_of_the_identity_needs_no_iteration(T, monkeypatch):
    monkeypatch.setattr("scipy.sparse.linalg.eigsh", None)
    bound = 2 if T.wavelet == si.filter_bank("haar") else 1
    assert frame_bounds(T, 1024) == pytest.approx((bound, bound), abs=1e-13)
    with pytest.raises(TypeError):
        frame_bounds(si.DWT("bior2.2", 3), 1024)


def test_known_bounds():
    low, high = frame_bounds(si.SWT("bior4.4", 3), 256)
    assert (round(low, 4), round(high, 4)) == (0.8434, 1.1057)
    finest = frame_bounds(si.SWT("bior4.4", 3), 2**14)  # more frequencies: towards the bounds of all of them
    assert (round(finest[0], 4), round(finest[1], 4)) == (0.8433, 1.1057)
    assert frame_bounds(si.DWT("db2", 3), 12) == pytest.approx((1, 2), rel=1e-13)


@pytest.mark.parametrize("iterate", [False, True])
def test_in_single_precision(iterate, monkeypatch):
    if iterate:
        monkeypatch.setattr(frames, "MOST_ENTRIES", 0)
    expected = frame_bounds(si.DWT("bior4.4", 4), 512)
    assert frame_bounds(si.DWT("bior4.4", 4), 512, dtype=np.float32) == pytest.approx(expected, rel=1e-5)
    low, high = frame_bounds(si.DWT("sym8", 4), 512, dtype=np.float32)
    assert abs(low - 1) + abs(high - 1) < 1e-5


def test_a_batch_has_the_bounds_of_its_items():
    single, batch = si.DWT("bior2.2", 3), si.DWT("bior2.2", 3, axes=-1)
    assert frame_bounds(batch, (1000, 3, 56)) == frame_bounds(single, 56)
    assert noise_amplification(batch, (1000, 3, 56)) == pytest.approx(noise_amplification(single, 56), rel=1e-14)
    assert frame_bounds(si.DWT("bior2.2", 2, axes=0), (8, 5)) == frame_bounds(si.DWT("bior2.2", 2), 8)


def test_bounds_that_do_not_settle_say_so(monkeypatch):
    monkeypatch.setattr(frames, "MOST_ENTRIES", 0)
    monkeypatch.setattr(frames, "RESTARTS", 1)
    with pytest.raises(RuntimeError, match=r"shape=\(501,\).*do not settle in 1 restarts.*or axes that 2\^4 divides"):
        frame_bounds(si.DWT("bior3.1", 4), 501)


@pytest.mark.parametrize(("T", "shape"), CASES, ids=repr)
def test_noise_amplification_is_the_norm_of_the_inverse(T, shape):
    inverse = naive.backward_matrix(T, shape, "inverse")
    expected = np.sum(inverse**2) / math.prod(shape)
    assert noise_amplification(T, shape) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    ("T", "shape", "units"),
    [
        (si.DWT("bior4.4", 3), (64,), 8),
        (si.DWT("bior2.2", 2), (12, 8), 16),
        (si.DWT(naive.lopsided_bank(), 2), (16,), 4),
        (si.SWT("bior4.4", 3), (61,), 4),
        (si.SWT("bior2.2", 2), (6, 10), 7),
        (SixBands(), (6, 8), 13),
    ],
    ids=repr,
)
def test_one_block_of_positions_stands_for_all(T, shape, units, monkeypatch):
    every = noise_amplification(T, shape)
    monkeypatch.setattr(frames, "MOST_UNITS", units)
    assert noise_amplification(T, shape) == pytest.approx(every, rel=1e-13)
    monkeypatch.setattr(frames, "MOST_UNITS", units - 1)
    with pytest.raises(ValueError, match=rf"coefficients of .*, and {units} of them may differ"):
        noise_amplification(T, shape)


def test_known_amplifications():
    for make in (si.SWT, si.DWT):
        assert noise_amplification(make("sym8", 3), 256) == pytest.approx(1, abs=1e-13)
        assert noise_amplification(make("bior4.4", 3), 2**13) == pytest.approx(1.023487, abs=1e-6)
    assert noise_amplification(si.SWT("haar", 1, norm="unit"), 16) == pytest.approx(0.5)
    low, high = frame_bounds(si.DWT("bior2.2", 3), 64)
    assert 1 / high < noise_amplification(si.DWT("bior2.2", 3), 64) < 1 / low


def test_noise_is_amplified_by_so_much():
    T, rng = si.DWT("bior3.1", 4, axes=-1), np.random.default_rng(5)
    c = T.forward(np.zeros((2000, 64)))
    c.vector[:] = rng.standard_normal(c.vector.size)
    expected = noise_amplification(T, (2000, 64))
    assert np.var(T.inverse(c)) == pytest.approx(expected, rel=0.02)
    assert abs(expected - 1) > 0.1


def test_what_has_no_bounds_is_refused():
    with pytest.raises(TypeError, match=r"^T='swt:haar' is a string"):
        frame_bounds("swt:haar", 8)
    with pytest.raises(TypeError, match="has no adjoint"):
        frame_bounds(BestPhaseHaar(), 8)
    with pytest.raises(ValueError, match=r"dtype=complex128 is complex\. Use float"):
        frame_bounds(si.SWT("haar", 1), 8, dtype=complex)
    with pytest.raises(TypeError, match=r"^T=3 is an int"):
        noise_amplification(3, 8)
    with pytest.raises(ValueError, match="is not linear"):
        noise_amplification(BestPhaseHaar(), 8)
    with pytest.raises(ValueError, match=r"10005 of them may differ.*Use a shorter signal, or axes that 2\^5 divides"):
        noise_amplification(si.DWT("bior4.4", 5), 10001)
    with pytest.raises(ValueError, match=r"only shifts by 8192 act.*or fewer levels"):
        noise_amplification(si.DWT("haar", 13), 2**14)
