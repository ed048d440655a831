"""The decimated transform against PyWavelets, naive loops, explicit matrices and its undecimated sibling."""

import math

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import (
    DISCRETE,
    EXACT,
    assert_bands_close,
    assert_close,
    assert_same_bits,
    backward_matrix,
    bank_of,
    decimated_analysis,
    forward_matrix,
    frame_bounds,
    lopsided_bank,
    noise,
    pywt_bands,
    quietly,
    taps_of,
    touched,
    with_our_taps,
)

import shiftinv as si
from shiftinv import DWT
from shiftinv.boundary import BOUNDARIES, NAMES

BANKS = ["haar", "db2", "sym8", "bior4.4", "bior3.1", "rbio2.6", "coif2", "lopsided"]
EPS = float(np.finfo(np.float32).eps)


def deepest(shape):
    return math.ceil(math.log2(min(shape)))


# --- against PyWavelets -------------------------------------------------------------------------

SHAPES = [(32,), (1,), (2,), (3,), (13,), (31,), (8, 12), (7, 5), (4, 8, 4), (3, 5, 7)]


def pywt_dwt(x, wavelet, levels):
    return pywt_bands(quietly(pywt.wavedecn, x, wavelet, "periodization", levels), levels, x.ndim)


@pytest.mark.parametrize("name", DISCRETE)
def test_equals_pywavelets(name):
    for shape in SHAPES:
        x, levels = noise(shape), min(3, deepest(shape))
        c = DWT(name, levels).forward(x)
        assert_bands_close(c, pywt_dwt(x, with_our_taps(name), levels), 1e-12, f"{name} {shape}, our taps")
        assert_bands_close(c, pywt_dwt(x, name, levels), 1e-10, f"{name} {shape}, its tables")


@pytest.mark.parametrize("name", DISCRETE)
def test_equals_pywavelets_in_single_precision(name):
    # as for the SWT: sqrt(L) eps per level and axis, with a measured constant below 0.5
    for shape in SHAPES:
        x, levels = noise(shape, np.float32), min(3, deepest(shape))
        c = DWT(name, levels).forward(x)
        assert c.vector.dtype == np.float32
        bound = math.sqrt(len(si.filter_bank(name))) * levels * len(shape) * EPS
        assert_bands_close(c, pywt_dwt(x.astype(float), with_our_taps(name), levels), bound, f"{name} {shape}")


@pytest.mark.parametrize("boundary", [name for name in BOUNDARIES if name != "periodic"])
@pytest.mark.parametrize("name", DISCRETE)
def test_equals_pywavelets_in_every_mode(name, boundary):
    mode = NAMES["PyWavelets"][boundary]
    for shape in [(32,), (1,), (2,), (3,), (13,), (100,), (7, 6)]:
        x, levels = noise(shape), min(3, deepest(shape))
        c = DWT(name, levels, boundary=boundary).forward(x)
        # straight lines through few samples grow with every level, and cancel in the coefficients; 7e-12 was measured
        ours = 1e-11 if boundary == "smooth" else 2e-12
        for wavelet, tolerance in ((with_our_taps(name), ours), (name, 1e-10)):
            bands = pywt_bands(quietly(pywt.wavedecn, x, wavelet, mode, levels), levels, x.ndim)
            assert_bands_close(c, bands, tolerance, f"{boundary} {shape}")


@pytest.mark.parametrize("boundary", [name for name in BOUNDARIES if name != "periodic"])
@pytest.mark.parametrize("name", BANKS)
def test_inverse_and_adjoint_in_every_mode(name, boundary):
    for shape in [(16,), (1,), (2,), (3,), (13,), (37,), (5, 6), (3, 4, 5)]:
        T = DWT(bank_of(name), min(2, deepest(shape)), boundary=boundary)
        x = noise(shape)
        assert_close(T.inverse(T.forward(x)), x, 1e-12, f"{boundary} {shape}")
        if T.layout(shape).size < 500:
            assert_close(backward_matrix(T, shape, "adjoint"), forward_matrix(T, shape).T, 1e-13, f"{boundary} {shape}")
        # all coefficients, not only those of a signal: the inverse is that of PyWavelets
        if len(shape) == 1 and name != "lopsided":
            any_c = si.Coefficients(T.layout(shape), noise((T.layout(shape).size,), seed=3))
            expected = quietly(pywt.waverec, any_c.to_pywt(), with_our_taps(name), NAMES["PyWavelets"][boundary])
            assert_close(T.inverse(any_c), expected[: shape[0]], 1e-12)


@pytest.mark.parametrize("boundary", ["symmetric", "zero", "antireflect"])
@pytest.mark.parametrize("shape", [(4100,), (3, 700), (70, 65), (6, 5, 30)])
def test_long_lines_planes_and_batches_in_other_modes(shape, boundary):
    for axes in {None, 0, -1}:
        T, x = DWT("db3", 2, axes=axes, boundary=boundary), noise(shape)
        used = tuple(range(len(shape))) if axes is None else (axes,)
        c = T.forward(x)
        bands = quietly(pywt.wavedecn, x, with_our_taps("db3"), NAMES["PyWavelets"][boundary], 2, used)
        assert_bands_close(c, pywt_bands(bands, 2, len(used)), 1e-12)
        assert_close(T.inverse(c), x, 1e-13)
        y = si.Coefficients(c.layout, noise((c.layout.size,), seed=1))
        assert abs(c.vector @ y.vector - np.sum(x * T.adjoint(y))) <= 1e-13 * c.norm() * y.norm()


@pytest.mark.parametrize("boundary", [name for name in BOUNDARIES if name != "periodic"])
@pytest.mark.parametrize(("name", "size"), [("coif2", 12), ("sym8", 16), ("bior4.4", 11)])
def test_levels_that_keep_their_length(name, size, boundary):
    T = DWT(name, 4, axes=0, boundary=boundary)
    lengths = [T.layout((size,)).block((level, "d")).shape[0] for level in range(1, 5)]
    assert len(set(lengths[1:])) == 1, "the case is not the one that is meant"
    for shape, axes in [
        ((size,), None),
        ((size, 200), 0),
        ((3, size), -1),
        ((size, size + 1), None),
        ((5, size, 40), 1),
    ]:
        T, x = T.replace(axes=axes), noise(shape)
        c = T.forward(x)
        assert_close(T.inverse(c), x, 1e-12, f"{boundary} {shape}")
        y = si.Coefficients(c.layout, noise((c.layout.size,), seed=1))
        assert abs(c.vector @ y.vector - np.sum(x * T.adjoint(y))) <= 1e-13 * c.norm() * y.norm()


def test_two_taps_have_no_ends_on_even_lengths():
    for boundary in BOUNDARIES:
        T, periodic = DWT("haar", 3, boundary=boundary), DWT("haar", 3)
        assert T.layout(24).frame is si.Frame.ORTHONORMAL
        assert_same_bits(T.forward(noise((24,))).vector, periodic.forward(noise((24,))).vector)
        assert T.layout(25).frame is (si.Frame.TIGHT if boundary == "zero" else si.Frame.FRAME)


@pytest.mark.parametrize("name", ["haar", "db3", "sym8", "bior4.4"])
@pytest.mark.parametrize("size", [5, 64, 101])
def test_the_interior_lies_on_the_signal(name, size):
    T = DWT(name, 2, boundary="symmetric")
    layout = T.layout(size)
    for band in layout.bands:
        block = layout.block(band)
        middle = sum(block.supports[0]) / 2 + block.spacing * np.arange(block.shape[0])
        on_signal = np.flatnonzero((middle >= -0.5) & (middle < size - 0.5))
        assert np.array_equal(np.arange(block.shape[0])[layout.interior(band)], on_signal)
        assert len(on_signal) in (size // 2 ** band[0], -(-size // 2 ** band[0]))


@pytest.mark.parametrize("shape", [(24,), (13,), (6, 7)])
def test_pywavelets_reads_what_we_write(shape):
    x = noise(shape)
    listed = DWT("bior4.4", 2).forward(x).to_pywt()
    if len(shape) == 1:
        back = quietly(pywt.waverec, listed, with_our_taps("bior4.4"), "periodization")
    else:
        back = quietly(pywt.waverecn, listed, with_our_taps("bior4.4"), "periodization")
    assert_close(back[tuple(map(slice, shape))], x, 1e-12)


# --- against naive loops ------------------------------------------------------------------------


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize(
    ("shape", "levels", "axes"),
    [((1,), 0, (0,)), ((2,), 1, (0,)), ((3,), 2, (0,)), ((23,), 5, (0,)), ((5, 6), 3, (0, 1)), ((3, 7, 2), 1, (0, 2))],
)
def test_equals_the_formula(name, shape, levels, axes):
    bank, x = bank_of(name), noise(shape)
    h, g, _, _ = taps_of(bank)
    c = DWT(bank, levels, axes=axes).forward(x)
    assert_bands_close(c, decimated_analysis(x, h, g, levels, axes), 1e-14 * max(levels, 1) * len(axes), name)


@pytest.mark.parametrize(
    ("shape", "axes"), [((6007,), (0,)), ((3, 2600), (1,)), ((2600, 3), (0,)), ((5, 1500), (0,)), ((70, 61), (0, 1))]
)
def test_lines_longer_than_a_block_of_the_kernel(shape, axes):
    bank, x = si.filter_bank("sym5"), noise(shape)
    h, g, _, _ = taps_of(bank)
    T = DWT(bank, 3, axes=axes)
    c = T.forward(x)
    assert_bands_close(c, decimated_analysis(x, h, g, 3, axes), 1e-13)
    assert_close(T.inverse(c), x, 1e-13)


# --- inverse and adjoint ------------------------------------------------------------------------

ODD_SHAPES = [(1,), (2,), (3,), (5,), (13,), (17,), (31,), (1, 1), (3, 5), (2, 3, 3)]


@pytest.mark.parametrize("name", [*EXACT, "lopsided"])
def test_round_trip_at_any_length(name):
    for shape in ODD_SHAPES:
        x, levels = noise(shape), deepest(shape)
        T = DWT(bank_of(name), levels)
        assert_close(T.inverse(T.forward(x)), x, 1e-13 * max(levels, 1) * len(shape), f"{name} {shape}")


@pytest.mark.parametrize("name", EXACT[::5])
def test_round_trip_in_single_precision(name):
    bank, levels = si.filter_bank(name), 3
    growth = max(1.0, *(sum(map(abs, taps)) / 2 for taps in taps_of(bank)))
    x = noise((37,), np.float32)
    back = DWT(name, levels).inverse(DWT(name, levels).forward(x))
    assert back.dtype == np.float32
    assert_close(back, x, 2 * growth**levels * math.sqrt(len(bank)) * levels * EPS, name)


@pytest.mark.parametrize("shape", [(64,), (61,), (9, 16)])
def test_dmey_stays_within_its_declared_residual(shape):
    T = DWT("dmey", 3)
    assert 1e-4 < T.residual < 0.02
    x = noise(shape)
    relative = np.linalg.norm(T.inverse(T.forward(x)) - x) / np.linalg.norm(x)
    assert 1e-6 < relative <= (1 + T.residual) ** (3 * len(shape)) - 1
    assert DWT("sym20", 3).residual == 0


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (12,), (24,), (5, 6)])
def test_adjoint_is_the_transpose(name, shape):
    T = DWT(bank_of(name), min(2, deepest(shape)))
    matrix = forward_matrix(T, shape)
    assert_close(backward_matrix(T, shape, "adjoint"), matrix.T, 1e-14)
    assert_close(backward_matrix(T, shape, "inverse") @ matrix, np.eye(matrix.shape[1]), 2e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("name", [*DISCRETE[::9], "lopsided"])
def test_dot_product(name, dtype):
    T = DWT(bank_of(name), 3, axes=(0, 2))
    x = noise((6, 2, 9), dtype)
    c, other = T.forward(x), T.forward(x)
    other.vector[:] = noise(other.vector.size, seed=1)
    left, right = c.vector @ other.vector, np.vdot(x, T.adjoint(other)).real
    assert abs(left - right) <= 1e-13 * c.norm() * other.norm()


@pytest.mark.parametrize(("name", "same"), [("sym8", True), ("bior4.4", False), ("lopsided", False)])
def test_adjoint_is_the_inverse_only_for_orthonormal_banks(name, same):
    T = DWT(bank_of(name), 3)
    c = T.forward(noise(40))
    difference = np.linalg.norm(T.adjoint(c) - T.inverse(c)) / np.linalg.norm(T.inverse(c))
    assert difference < 1e-14 * 40 if same else difference > 0.01


def test_on_odd_lengths_even_orthonormal_banks_have_another_adjoint():
    T = DWT("db2", 3)
    c = T.forward(noise(12))
    assert np.linalg.norm(T.adjoint(c) - T.inverse(c)) > 0.01 * c.norm()


def test_linear_operator_is_the_explicit_matrix():
    T, shape = DWT("bior2.2", 2), (5, 7)
    operator, matrix = T.as_linear_operator(shape), forward_matrix(T, shape)
    assert_close(operator.matmat(np.eye(35)), matrix, 1e-15)
    assert_close(operator.rmatmat(np.eye(matrix.shape[0])), matrix.T, 1e-14)


# --- what kind of frame -------------------------------------------------------------------------


def test_twelve_samples_at_three_levels():
    T = DWT("db2", 3)
    layout = T.layout(12)
    lower, upper = frame_bounds(forward_matrix(T, (12,)))
    assert layout.size == 13
    assert layout.redundancy == 13 / 12
    assert upper == pytest.approx(2, abs=1e-12)
    assert lower == pytest.approx(1, abs=1e-12)
    assert (layout.frame, layout.grid) == (si.Frame.FRAME, None)


@pytest.mark.parametrize("name", ["haar", "db4", "sym8", "coif2", "la8", "d6", "dmey", "bior4.4", "lopsided"])
@pytest.mark.parametrize(("shape", "levels"), [((16,), 4), ((24,), 3), ((24,), 4), ((9,), 1), ((4, 6), 1), ((4, 6), 2)])
def test_declared_frame_is_the_true_one(name, shape, levels):
    T = DWT(bank_of(name), levels)
    matrix, layout = forward_matrix(T, shape), T.layout(shape)
    on_grid = all(size % 2**levels == 0 for size in shape)
    lower, upper = frame_bounds(matrix)
    assert layout.grid == (2**levels if on_grid else None)
    if layout.frame is si.Frame.ORTHONORMAL:
        assert matrix.shape[0] == matrix.shape[1]
        assert (lower, upper) == pytest.approx((1, 1), abs=1e-13)
    else:
        assert layout.frame is si.Frame.FRAME
        assert upper - lower > 1e-6
    assert (layout.frame is si.Frame.ORTHONORMAL) == (on_grid and T.wavelet.is_orthonormal)


# --- shifts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize(
    ("shape", "shift"), [((64,), 8), ((4096,), -1200), ((16, 24), (8, -16)), ((16, 24), 80), ((8, 8, 16), (0, 8, 24))]
)
def test_equivariant_bit_for_bit_on_the_grid(dtype, shape, shift):
    x = noise(shape, dtype)
    for name in ("haar", "sym8", "bior4.4", "coif3", "dmey"):
        T = DWT(name, 3)
        assert T.layout(shape).grid == 8
        moved = T.forward(np.roll(x, shift, tuple(range(len(shape)))))
        assert_same_bits(T.act(T.forward(x), shift).vector, moved.vector, f"{name} {shape} {shift}")


@pytest.mark.parametrize("name", DISCRETE)
def test_equivariant_only_on_the_grid_with_every_bank(name):
    T, x = DWT(name, 2), noise(32)
    c = T.forward(x)
    for shift in range(1, 32):
        moved = T.forward(np.roll(x, shift))
        if shift % 4 == 0:
            assert_same_bits(T.act(c, shift).vector, moved.vector, f"{name} {shift}")
        else:
            assert (T.act(c, shift) - moved).norm() > 1e-3 * c.norm(), f"{name} {shift}"
    assert_same_bits(T.act(c, 2)[1, "d"], T.forward(np.roll(x, 2))[1, "d"], "a level-1 band moves by 1 exactly")


def test_act_off_the_grid_turns_every_bin_by_its_frequency_in_the_signal():
    # Bin f of a lowpass band is the frequency f of the signal, in cycles per sample of the band; decimation
    # has folded the highpass: there it is f + 1 or f - 1, the one beyond half a cycle. A bin that two
    # opposite frequencies share is multiplied by the mean of their turns, a cosine.
    T, x, shift = DWT("sym8", 2), noise(32), 3
    c = T.forward(x)
    moved = T.act(c, shift)
    for band in c.bands:
        size, step = c[band].size, shift / 2**band.level
        turned = np.fft.fft(c[band])
        for place, f in enumerate(np.fft.fftfreq(size)):
            candidates = [f] if band.orientation == "a" else [f + 1, f - 1]
            candidates = [-0.5, 0.5] if place == size // 2 else candidates
            nearest = min(map(abs, candidates))
            turns = [np.exp(-2j * np.pi * step * g) for g in candidates if abs(g) == nearest]
            turned[place] *= sum(turns) / len(turns)
        assert_close(moved[band], np.fft.ifft(turned).real, 1e-14, str(band))


@pytest.mark.parametrize("cycles", [7, 20, 90, 110])
def test_act_off_the_grid_predicts_a_wave_that_one_band_holds(cycles):
    # away from the band edges (64 and 128 cycles here) db20 leaves next to no aliasing
    T, n = DWT("db20", 2), np.arange(256)
    wave = np.cos(2 * np.pi * cycles * n / 256)
    predicted, true = T.act(T.forward(wave), 1), T.forward(np.roll(wave, 1))
    assert (predicted - true).norm() < 0.02 * true.norm()


def test_the_sibling_holds_every_shift():
    # a band of the signal shifted by k is the sibling's band at n = -k mod s, times sqrt(s) per axis
    x = noise((16, 24))
    for bank in (si.filter_bank("db3"), lopsided_bank()):
        T = DWT(bank, 3)
        sibling = T.undecimated()
        assert sibling == si.SWT(bank, 3)
        c = sibling.forward(x)
        for shift in ((0, 0), (1, 0), (3, 6), (-5, 2)):
            shifted = T.forward(np.roll(x, shift, (0, 1)))
            for level, word in c.bands:
                s = 2**level
                rows, columns = ((s * np.arange(n // s) - k) % n for n, k in zip(x.shape, shift, strict=True))
                assert_close(c[level, word][np.ix_(rows, columns)] * s, shifted[level, word], 1e-13)


@settings(deadline=None, max_examples=60)
@given(
    name=st.sampled_from(EXACT),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    data=st.data(),
)
def test_laws_on_any_shape(name, sizes, data):
    axes = tuple(sorted(data.draw(st.sets(st.integers(0, len(sizes) - 1), min_size=1))))
    limit = deepest([sizes[axis] for axis in axes])
    levels = data.draw(st.integers(0, limit))
    T, x = DWT(name, levels, axes=axes), noise(sizes)
    c = T.forward(x)
    assert_close(T.inverse(c), x, 1e-13 * max(1, levels * len(axes)))
    other = c.map(np.cos)
    assert abs(c.vector @ other.vector - np.vdot(x, T.adjoint(other))) <= 1e-13 * c.norm() * other.norm()
    with pytest.raises(ValueError, match=f"levels={limit + 1} is too deep .* at most {limit}"):
        DWT(name, limit + 1, axes=axes).layout(tuple(sizes))


# --- noise and multiresolution analysis ---------------------------------------------------------


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize(("shape", "levels"), [((2,), 1), ((8,), 3), ((24,), 3), ((4, 12), 2)])
def test_noise_gain_is_the_norm_of_every_row(name, shape, levels):
    T = DWT(bank_of(name), levels)
    row_norms = si.Coefficients(T.layout(shape), np.linalg.norm(forward_matrix(T, shape), axis=1))
    for band in row_norms.bands:
        expected = np.full(row_norms[band].shape, T.noise_gain(band, shape))
        assert np.max(np.abs(row_norms[band] - expected)) < 1e-12, (band, name)


@pytest.mark.parametrize("name", ["db2", "bior4.4", "lopsided"])
@pytest.mark.parametrize("size", [101, 102])
def test_noise_gain_off_the_grid_is_that_of_the_interior(name, size):
    T = DWT(bank_of(name), 2)
    row_norms = si.Coefficients(T.layout(size), np.linalg.norm(forward_matrix(T, (size,)), axis=1))
    for band in row_norms.bands:  # the cascade is at most 28 taps long: 8 coefficients from either end
        interior = row_norms[band][8:-8]
        assert np.max(np.abs(interior - T.noise_gain(band, size))) < 1e-12, (band, name)


@pytest.mark.parametrize("name", ["sym4", "bior4.4", "bior3.1"])
def test_noise_gain_predicts_white_noise(name):
    size, T = 2**16, DWT(name, 3)
    c = T.forward(3 * noise(size, seed=5))
    for band in c.bands:  # five standard errors; neighbours are correlated in biorthogonal bands
        tolerance = 5 * math.sqrt(3) / math.sqrt(2 * c[band].size)
        assert np.std(c[band]) == pytest.approx(3 * T.noise_gain(band, size), rel=tolerance)


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize(("shape", "axes"), [((1,), None), ((7,), None), ((32,), None), ((5, 8), None), ((4, 9), 1)])
def test_mra_components_are_the_inverses_of_single_bands(name, dtype, shape, axes):
    T = DWT(bank_of(name), min(2, deepest(shape)), axes=axes)
    x = noise(shape, dtype)
    c, parts = T.forward(x), T.mra(x)
    assert len(parts) == len(c.bands)
    assert_close(sum(parts), x, 1e-13 * len(parts), "the components add up to the signal")
    for band, part in zip(c.bands, parts, strict=True):
        alone = si.Coefficients(c.layout)
        alone[band] = c[band]
        assert part.dtype == x.dtype
        assert_close(part, T.inverse(alone), 0 if part.any() else 1, str(band))


# --- special values -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bior2.2", "bior4.4", "rbio1.3", "db3"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("shape", "sample"), [((60,), (7,)), ((61,), (60,)), ((16, 17), (0, 16))])
def test_a_bad_sample_touches_only_its_support(name, bad, shape, sample):
    T, x = DWT(name, 2), noise(shape)
    x[sample] = bad
    c = T.forward(x)
    table = pywt.Wavelet(name)
    for band, reached in touched(decimated_analysis, sample, shape, table.dec_lo, table.dec_hi, 2).items():
        assert np.array_equal(~np.isfinite(c[band]), reached), band
    x[sample] = 0
    clean = T.forward(x)
    for band in c.bands:
        fine = np.isfinite(c[band])
        assert_same_bits(c[band][fine], clean[band][fine], "the others as if it were not there")


@pytest.mark.parametrize("scale", [1e300, 1e-310])
@pytest.mark.parametrize("name", ["sym8", "bior3.1"])
def test_extreme_magnitudes_stay_finite(scale, name):
    x = np.sign(noise(50)) * scale
    T = DWT(name, 3)
    c = T.forward(x)
    assert np.isfinite(c.vector).all()
    assert np.max(np.abs(T.inverse(c) - x)) <= max(1e-12 * scale, 200 * 5e-324)  # subnormals have a fixed spacing


def test_constant_signals():
    c = DWT("db4", 3).forward(np.full((16, 24), 7.0))
    assert_close(c.approx, np.full((2, 3), 7.0 * 8), 1e-13)
    assert max(np.max(np.abs(c[band])) for band in c.layout.details) < 1e-12
    assert not DWT("db4", 3).forward(np.zeros(8)).vector.any()


# --- description --------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "size", "levels"), [
    ("haar", 1, 0), ("haar", 2, 1), ("haar", 8, 3), ("haar", 9, 3), ("db2", 12, 2), ("db2", 11, 1), ("sym8", 15, 1),
    ("sym8", 120, 3), ("sym8", 119, 2), ("db38", 2, 1),
])  # fmt: skip
def test_default_depth(name, size, levels):
    assert DWT(name).layout(size).levels == levels
    assert DWT(name).layout((500, size)).levels == levels


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 9, 100])
def test_deepest_levels(size):
    limit = math.ceil(math.log2(size))
    c = DWT("sym8", limit).forward(noise(size))
    assert c.approx.shape == (1,)
    with pytest.raises(ValueError, match=rf"levels={limit + 1} is too deep .* {size} samples: at most {limit}\."):
        DWT("sym8", limit + 1).layout(size)


def test_no_levels_is_the_identity():
    for x in (noise(5), noise((3, 4), np.complex64)):
        T = DWT("bior4.4", 0)
        c = T.forward(x)
        assert_same_bits(c.approx, x)
        assert_same_bits(T.inverse(c), x)
        assert c.layout.frame is si.Frame.ORTHONORMAL
        assert c.layout.grid == 1


def test_declarations():
    T = DWT("sym8", 3)
    assert T.action.kind == "grid"
    assert "Fourier" in str(T.action)
    assert T.redundancy((16, 8)) == 1
    assert DWT(boundary="smooth").undecimated() is None
    with pytest.raises(ValueError, match=r"boundary='smoooth' is unknown. Did you mean 'smooth'"):
        DWT(boundary="smoooth")
