"""The partially decimated transform against its formula, explicit pseudo-inverses, and what DWT and SWT give."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from naive import (
    assert_bands_close,
    assert_close,
    assert_same_bits,
    backward_matrix,
    forward_matrix,
    frame_bounds,
    lopsided_bank,
    partial_analysis,
)

import shiftinv as si
from shiftinv import Frame, metrics
from shiftinv.testing import LAWS, check_transform
from shiftinv.transforms import PartialSWT
from shiftinv.transforms.conjugate_gradients import conjugate_gradients

ALL_BUT_FRAME = [law for law in LAWS if law != "frame"]  # A and B of sym8, k = 3 differ by less than the law looks for


def noise(shape, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    return (x + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


def filled(T, shape, dtype=np.float64, seed=1):
    """Coefficients that no signal has."""
    layout = T.layout(shape, dtype)
    return si.Coefficients(layout, noise(layout.size, layout.real_dtype, seed))


# --- against the formula --------------------------------------------------------------------------

SHAPES = [
    ((16,), None, 3, 1), ((24,), None, 4, 1), ((64,), None, 4, 2), ((64,), None, 5, 3), ((48,), None, 4, 0),
    ((16,), None, 3, 5), ((3, 16), 1, 3, 1), ((16, 3), 0, 3, 2), ((16, 24), None, 3, 1), ((8, 4, 8), None, 2, 1),
    ((8, 3, 16), (0, 2), 3, 2), ((1,), None, 1, 0), ((1,), None, 2, 2), ((1,), None, 3, 3),
    ((3,), None, 2, 1), ((61,), None, 4, 2), ((13, 5), None, 3, 1), ((7, 9), (0,), 3, 1), ((2, 2), None, 2, 2),
]  # fmt: skip


@pytest.mark.parametrize("bank", ["haar", "sym4", "bior4.4", "lopsided"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
def test_forward_and_inverse_equal_the_formulas(bank, dtype):
    wavelet = lopsided_bank() if bank == "lopsided" else si.filter_bank(bank)
    for shape, axes, levels, kept in SHAPES:
        if not kept and any(n % 2**levels for n in shape):
            continue  # a DWT repeats samples at every level, see below
        T, x = PartialSWT(wavelet, levels, axes=axes, undecimated=kept), noise(shape, dtype)
        c, exact = T.forward(x), np.complex128 if np.dtype(dtype).kind == "c" else np.float64
        expected = partial_analysis(x.astype(exact), wavelet, levels, kept, c.layout.axes)
        rounding = 32 * levels * float(np.finfo(dtype).eps)
        assert c.vector.dtype == x.real.dtype
        assert_bands_close(c, expected, rounding, f"{shape} {axes} {levels} {kept}")
        assert_close(T.inverse(c), x, rounding * len(c.layout.axes), f"inverse {shape} {axes} {levels} {kept}")


MATRICES = [
    ("haar", (8,), 3, 1), ("haar", (8,), 3, 2), ("sym4", (16,), 3, 1), ("sym8", (16,), 4, 2), ("bior4.4", (16,), 3, 1),
    ("bior3.1", (16,), 2, 1), ("dmey", (8,), 2, 1), ("db2", (13,), 3, 1), ("db2", (3,), 2, 1), ("db2", (4, 8), 2, 1),
    ("sym4", (5, 4), 2, 1), ("db2", (1,), 1, 1), ("db2", (6,), 1, 0), ("db2", (6,), 1, 3),
]  # fmt: skip


@pytest.mark.parametrize(("bank", "shape", "levels", "kept"), MATRICES)
def test_inverse_is_the_pseudo_inverse_and_adjoint_the_transpose(bank, shape, levels, kept):
    T = PartialSWT(bank, levels, undecimated=kept)
    forward = forward_matrix(T, shape)
    assert_close(backward_matrix(T, shape, "adjoint"), forward.T, 1e-14, "adjoint")
    if 0 < kept < levels or T.wavelet.is_orthonormal:
        condition = np.linalg.cond(forward) ** 2
        assert_close(backward_matrix(T, shape, "inverse"), np.linalg.pinv(forward), 4e-15 * condition, "inverse")


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
@pytest.mark.parametrize(("shape", "axes"), [((64,), None), ((61,), None), ((4, 40), 1), ((20, 24), None)])
def test_inverse_of_any_coefficients_solves_the_normal_equations(shape, axes, dtype):
    for bank, kept in itertools.product(("sym8", "db4", "bior2.2"), (1, 2)):
        T = PartialSWT(bank, 4, axes=axes, undecimated=kept)
        c = filled(T, shape, dtype)
        x = T.inverse(c)
        assert x.dtype == dtype
        assert np.abs(T.adjoint(c - T.forward(x))).max() <= 64 * np.finfo(dtype).eps * c.vector.max(), f"{bank} {kept}"


@pytest.mark.parametrize("kept", [0, 4, 9])
@pytest.mark.parametrize(("shape", "axes"), [((64,), None), ((61,), None), ((5, 40), 1), ((20, 24), None)])
def test_decimating_all_levels_or_none_is_the_dwt_or_the_swt_to_the_bit(kept, shape, axes):
    for bank in ("sym4", "bior4.4"):
        T = PartialSWT(bank, 4, axes=axes, undecimated=kept)
        known = si.SWT(bank, 4, axes=axes) if kept else si.DWT(bank, 4, axes=axes)
        x, c = noise(shape), filled(T, shape)
        same = si.Coefficients(known.layout(shape), c.vector)
        assert_same_bits(T.forward(x).vector, known.forward(x).vector)
        assert_same_bits(T.inverse(c), known.inverse(same))
        assert_same_bits(T.adjoint(c), known.adjoint(same))
        assert_same_bits(T.act(c, 3).vector, known.act(same, 3).vector)
        assert dataclasses.replace(T.layout(shape), spec=known.layout(shape).spec) == known.layout(shape)
        for band in c.bands:
            assert T.noise_gain(band, shape) == known.noise_gain(band, shape)


@pytest.mark.parametrize(
    ("bank", "kept"),
    [("haar", 1), ("sym8", 1), ("sym8", 2), ("sym8", 3), ("bior4.4", 2), ("bior3.1", 1), ("dmey", 1), ("db4", 0)],
)
def test_keeps_every_law(bank, kept):
    shapes = [(16,), (64,), (61,), (16, 8), (4, 8, 8)]
    laws = ALL_BUT_FRAME if kept == 3 else None
    for levels in (2, 4):
        assert check_transform(PartialSWT(bank, levels, undecimated=kept), shapes=shapes, laws=laws) > 50


# --- the ladder between DWT and SWT ---------------------------------------------------------------


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_redundancy_is_its_formula(axes):
    for levels, kept in itertools.product((1, 2, 3), (0, 1, 2, 3, 5)):
        layout = PartialSWT("haar", levels, undecimated=kept).layout((8, 16, 24)[:axes])
        assert layout.redundancy == (2**axes - 1) * min(kept, levels) + 1
        assert layout.grid == 2 ** max(0, levels - kept)
        tight = {True: Frame.ORTHONORMAL, False: Frame.TIGHT}[kept == 0]
        assert layout.frame == (Frame.FRAME if 0 < kept < levels else tight)
    assert PartialSWT("bior4.4", 2, undecimated=2).layout(16).frame is Frame.FRAME


@pytest.mark.parametrize(
    ("bank", "levels", "kept", "bounds"),
    [
        ("sym8", 5, 1, (0.500, 1.503)),
        ("sym8", 5, 2, (0.988, 1.012)),
        ("sym8", 5, 3, (0.9999, 1.0001)),
        ("db4", 5, 2, (0.940, 1.065)),
        ("db4", 5, 3, (0.996, 1.004)),
    ],
)
def test_frame_bounds(bank, levels, kept, bounds):
    T = PartialSWT(bank, levels, undecimated=kept)
    found = metrics.frame_bounds(T, 256)
    digits = len(str(bounds[1]).partition(".")[2])
    assert found == pytest.approx(bounds, abs=0.6 * 10.0**-digits)
    assert frame_bounds(forward_matrix(T, (256,))) == pytest.approx(found, rel=1e-12)


class _ByTheAdjoint(PartialSWT):
    def _inverse(self, c, x, workers):
        self._adjoint(c, x, workers)


def test_aliasing_of_a_level_beyond_k():
    # with the adjoint in place of the inverse -36 dB, which a few steps improve by another 1.6
    T = PartialSWT("sym8", undecimated=2)
    ratios = [metrics.aliasing_energy_ratio(T, level) for level in (1, 2, 3, 4, 5)]
    assert ratios[:2] == [-math.inf, -math.inf]
    assert np.round(ratios[2:], 1).tolist() == [-38.0, -38.0, -38.0]
    adjoint = _ByTheAdjoint("sym8", undecimated=2)
    assert round(metrics.aliasing_energy_ratio(adjoint, 4), 1) == -36.4
    less = metrics.aliasing_energy_ratio(PartialSWT("sym8", undecimated=1), 3)
    more = metrics.aliasing_energy_ratio(PartialSWT("sym8", undecimated=3), 4)
    assert metrics.aliasing_energy_ratio(si.DWT("sym8"), 3) < 0 > less > ratios[2] > more
    assert np.round([less, more], 1).tolist() == [-9.0, -76.6]


# --- shifts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("shape", "axes"), [((64,), None), ((16, 48), None), ((5, 32), 1), ((8, 16, 8), None)])
def test_exact_on_the_grid_and_in_undecimated_bands_for_every_shift(shape, axes, dtype):
    T, x = PartialSWT("db4", 4 if len(shape) < 3 else 3, axes=axes, undecimated=2), noise(shape, dtype)
    c = T.forward(x)
    grid, used = c.layout.grid, c.layout.axes
    for shift in (grid, -3 * grid, tuple(grid * (axis + 1) for axis in range(len(used)))):
        moved = T.forward(np.roll(x, np.broadcast_to(shift, len(used)), used))
        assert_same_bits(T.act(c, shift).vector, moved.vector, f"{shift}")
    for shift in (1, 3, -7):
        moved, acted = T.forward(np.roll(x, (shift,) * len(used), used)), T.act(c, shift)
        for band in c.bands:
            if band.level <= 2:
                assert_same_bits(acted[band], moved[band], f"{band} by {shift}")


def test_a_fraction_of_a_sample_is_predicted_far_better_than_in_the_dwt():
    x = noise(256)
    errors = [
        np.mean(metrics.equivariance_error(PartialSWT("sym8", 4, undecimated=kept), x, [1, 2, 3, 5]))
        for kept in (0, 1, 2, 3, 4)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 5 * errors[2]
    assert errors[4] == 0


def test_shift_variance_falls_with_k_and_is_that_of_its_ends():
    x = noise(128)
    variance = [metrics.shift_variance(PartialSWT("sym8", 4, undecimated=kept), x).total for kept in (0, 1, 2, 3, 4)]
    assert variance == sorted(variance, reverse=True)
    assert variance[0] == metrics.shift_variance(si.DWT("sym8", 4), x).total
    assert variance[4] == 0


def test_where_bands_are():
    T = PartialSWT("haar", 3)
    layout, dense = T.layout(16), si.SWT("haar", 3).layout(16)
    for band in layout.bands:
        step = 2 ** (band.level - 1)
        assert layout.times(band)[0].tolist() == dense.times(band)[0][::step].tolist()
        assert layout.frequencies(band) == dense.frequencies(band)
        assert layout.touches_boundary(band).tolist() == dense.touches_boundary(band)[::step].tolist()


# --- noise, components, lengths -------------------------------------------------------------------


@pytest.mark.parametrize("bank", ["sym8", "bior4.4"])
def test_noise_gain_is_the_norm_of_a_row(bank):
    for shape, kept in itertools.product(((32,), (16, 8)), (1, 2)):
        T = PartialSWT(bank, 3, undecimated=kept)
        for band in T.layout(shape).bands:
            row = si.Coefficients(T.layout(shape))
            row[band].flat[-1] = 1
            assert T.noise_gain(band, shape) == pytest.approx(np.linalg.norm(T.adjoint(row)), rel=1e-12)


@pytest.mark.parametrize(("shape", "axes"), [((64,), None), ((61,), None), ((16, 12), None), ((4, 16), 1)])
def test_mra_adds_up_and_each_component_is_its_own_inverse(shape, axes):
    for bank, kept in itertools.product(("sym8", "bior4.4"), (1, 2)):
        T, x = PartialSWT(bank, 3, axes=axes, undecimated=kept), noise(shape)
        parts = T.mra(x)
        assert_close(sum(parts), x, 1e-13, f"{bank} {kept}")
        assert len(parts) == len(T.layout(shape).bands)
        c, chosen = T.forward(x), (2, "d" * len(T.layout(shape).axes))
        alone = si.Coefficients(c.layout)
        alone[chosen] = c[chosen]
        assert_close(parts[c.bands.index(chosen)], T.inverse(alone), 1e-14)


def test_other_lengths_repeat_their_last_sample():
    T, x = PartialSWT("db2", 4, undecimated=1), noise(61)
    longer = np.concatenate([x, x[[-1]].repeat(3)])
    c = T.forward(x)
    assert_same_bits(c.vector, T.forward(longer).vector)
    assert (c.layout.grid, c.layout.frame, c.layout.redundancy) == (None, Frame.FRAME, 2 * 64 / 61)
    assert_close(T.inverse(c), x, 1e-14)


def test_items_of_a_batch_do_not_know_each_other():
    T, single = PartialSWT("db4", 3, axes=-1), PartialSWT("db4", 3)
    c = filled(T, (4, 32))
    c[2, "d"][1] *= 1e-9
    c[1, "d"][3, 5] = np.nan
    for band in c.bands:
        c[band][2] = 0
    x = T.inverse(c)
    assert np.isfinite(x[:3]).all()
    assert not np.isfinite(x[3]).all()
    assert not x[2].any()
    for item in (0, 1):
        alone = si.Coefficients(single.layout(32))
        for band in c.bands:
            alone[band] = c[band][item]
        assert_close(x[item], single.inverse(alone), 1e-14)


@pytest.mark.parametrize("size", [1e-300, 1e-20, 1e20, 1e150])
def test_no_signal_is_too_small_or_too_large(size):
    T = PartialSWT("db4", 3)
    c = filled(T, (32,))
    assert_close(T.inverse(c * size) / size, T.inverse(c), 1e-14)


# --- conjugate gradients ---------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.complex128, np.float32])
def test_conjugate_gradients_solve_every_item(dtype):
    factor = noise((3, 8, 8), dtype)
    matrices = factor @ factor.conj().swapaxes(1, 2) + np.eye(8, dtype=dtype)
    b = noise((3, 8), dtype, seed=1)
    eps = np.finfo(dtype).eps
    goal = 8 * eps * np.linalg.norm(b, axis=1, keepdims=True)
    x = conjugate_gradients(lambda y: np.einsum("bij,bj->bi", matrices, y), b, goal, (1,), 200)
    assert x.dtype == dtype
    for item in range(3):
        expected = np.linalg.solve(matrices[item], b[item])
        assert_close(x[item], expected, 32 * eps * np.linalg.cond(matrices[item]), f"{item}")


def test_conjugate_gradients_say_when_they_fail():
    spectrum, b = np.geomspace(1e-6, 1, 50), np.eye(2, 50)  # the second item is an eigenvector, solved at once
    b[0] = 1
    with pytest.raises(RuntimeError, match=r"1 of 2 systems are not solved after 10 steps .* times the tolerance"):
        conjugate_gradients(lambda y: spectrum * y, b, np.full((2, 1), 1e-14), (1,), 10)


# --- what is refused --------------------------------------------------------------------------------


def test_what_is_refused():
    with pytest.raises(ValueError, match=r"undecimated=-1 is too small"):
        PartialSWT(undecimated=-1)
    with pytest.raises(TypeError, match=r"undecimated=1\.5 is a float"):
        PartialSWT(undecimated=1.5)
    with pytest.raises(
        ValueError, match=r"levels=7 is too deep for a PartialSWT with undecimated=2 of 16 samples: at most 4"
    ):
        PartialSWT("haar", 7, undecimated=2).layout(16)
    assert PartialSWT("haar", 7, undecimated=7).layout(16).levels == 7
    assert si.transform("pswt:sym8,5,undecimated=2") == PartialSWT("sym8", 5, undecimated=2)
    assert repr(PartialSWT("sym8", 5, undecimated=2)) == "PartialSWT('sym8', levels=5, undecimated=2)"
