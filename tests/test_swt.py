"""The stationary transform against PyWavelets, naive loops, published facts and explicit matrices."""

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
    forward_matrix,
    frame_bounds,
    lopsided_bank,
    modwt_details,
    noise,
    pywt_bands,
    quietly,
    taps_of,
    touched,
    undecimated_analysis,
    undecimated_synthesis,
    with_our_taps,
)

import shiftinv as si
from shiftinv import SWT

BANKS = ["haar", "db2", "sym8", "bior4.4", "bior3.1", "rbio2.6", "coif2", "lopsided"]
EPS = {np.float32: float(np.finfo(np.float32).eps), np.float64: float(np.finfo(np.float64).eps)}


# --- against PyWavelets -------------------------------------------------------------------------

SIZES = {1: ((32,), 3), 2: ((8, 12), 2), 3: ((4, 8, 4), 2)}  # multiples of 2^levels, as PyWavelets needs


def pywt_swt(x, wavelet, levels):
    one_axis = x.ndim == 1
    transform = pywt.swt if one_axis else pywt.swtn
    return pywt_bands(quietly(transform, x, wavelet, levels, trim_approx=True, norm=False), levels, x.ndim)


@pytest.mark.parametrize("name", DISCRETE)
def test_equals_pywavelets(name):
    for axes, (shape, levels) in SIZES.items():
        x = noise(shape)
        c = SWT(name, levels, norm="unit").forward(x)
        assert_bands_close(c, pywt_swt(x, with_our_taps(name), levels), 1e-12, f"{name}, {axes} axes, our taps")
        assert_bands_close(c, pywt_swt(x, name, levels), 1e-10, f"{name}, {axes} axes, its tables")
        listed = c.to_pywt()
        assert_bands_close(c, pywt_bands(listed, levels, axes), 0, "to_pywt tells the same values")


@pytest.mark.parametrize("name", DISCRETE)
def test_equals_pywavelets_in_single_precision(name):
    # Rounding of L products and sums accumulates like sqrt(L) eps of the norm of the window at every
    # level and axis; measured, the constant stays below 0.5 over all banks.
    for axes, (shape, levels) in SIZES.items():
        x = noise(shape, np.float32)
        c = SWT(name, levels, norm="unit").forward(x)
        assert c.vector.dtype == np.float32
        bound = math.sqrt(len(si.filter_bank(name))) * levels * axes * EPS[np.float32]
        assert_bands_close(c, pywt_swt(x.astype(float), with_our_taps(name), levels), bound, f"{name}, {axes} axes")


def test_multilevel_form_of_pywavelets_comes_back():
    x = noise((8, 12))
    T = SWT("bior2.4", 2, norm="unit")
    listed = pywt.swtn(x, with_our_taps("bior2.4"), 2, trim_approx=True)
    c = si.Coefficients.from_pywt(listed, T.layout(x.shape))
    assert_close(T.inverse(c), x, 1e-13)


# --- against naive loops ------------------------------------------------------------------------


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize(
    ("shape", "levels", "axes"),
    [((1,), 2, (0,)), ((2,), 3, (0,)), ((3,), 3, (0,)), ((23,), 4, (0,)), ((5, 6), 2, (0, 1)), ((3, 7, 2), 2, (0, 2))],
)
def test_equals_the_formula(name, shape, levels, axes):
    bank, x = bank_of(name), noise(shape)
    h, g, s, t = taps_of(bank)
    for norm, scale in (("energy", math.sqrt(0.5)), ("unit", 1.0)):
        T = SWT(bank, levels, axes=axes, norm=norm)
        expected = undecimated_analysis(x, scale * np.array(h), scale * np.array(g), levels, axes)
        c = T.forward(x)
        assert_bands_close(c, expected, 1e-14 * levels * len(axes), f"{name} {norm}")
        back = undecimated_synthesis(expected, np.array(s) / scale / 2, np.array(t) / scale / 2, levels, axes)
        assert_close(back, x, 1e-13 * levels, "the naive synthesis undoes the naive analysis")
        assert_close(T.inverse(c), back, 1e-13 * levels, f"{name} {norm} inverse")


@pytest.mark.parametrize(("shape", "axes"), [((5003,), (0,)), ((3, 2500), (1,)), ((2500, 3), (0,)), ((70, 61), (0, 1))])
def test_lines_longer_than_a_block_of_the_kernel(shape, axes):
    bank, x = si.filter_bank("sym5"), noise(shape)
    h, g, _, _ = (np.array(taps) * math.sqrt(0.5) for taps in taps_of(bank))
    T = SWT(bank, 5, axes=axes)
    c = T.forward(x)
    assert_bands_close(c, undecimated_analysis(x, h, g, 5, axes), 1e-13)
    assert_close(T.inverse(c), x, 1e-13)


def test_an_arbitrary_vector_is_synthesised_by_the_formula():
    # not only vectors in the range of the transform: inverse and adjoint are maps of all coefficients
    bank, levels, axes = lopsided_bank(), 2, (0, 1)
    T = SWT(bank, levels, axes=axes)
    c = T.forward(np.zeros((6, 7)))
    c.vector[:] = noise(c.vector.size)
    h, g, s, t = (np.array(taps) * math.sqrt(0.5) for taps in taps_of(bank))
    bands = {tuple(band): c[band] for band in c.bands}
    assert_close(T.inverse(c), undecimated_synthesis(bands, s, t, levels, axes), 1e-14 * levels)
    assert_close(T.adjoint(c), undecimated_synthesis(bands, h[::-1], g[::-1], levels, axes), 1e-14 * levels)


# --- inverse and adjoint ------------------------------------------------------------------------

ODD_SHAPES = [(1,), (2,), (3,), (5,), (13,), (17,), (31,), (1, 1), (3, 5), (2, 1, 3)]


@pytest.mark.parametrize("name", [*EXACT, "lopsided"])
def test_round_trip_at_any_length(name):
    levels = 3
    T = SWT(bank_of(name), levels)
    for shape in ODD_SHAPES:
        x = noise(shape)
        assert_close(T.inverse(T.forward(x)), x, 1e-13 * levels * len(shape), f"{name} {shape}")


@pytest.mark.parametrize("name", EXACT[::5])
def test_round_trip_in_single_precision(name):
    # twice the constant of the forward transform, and the growth of the synthesis of biorthogonal banks
    bank, levels = si.filter_bank(name), 3
    growth = max(1.0, *(sum(map(abs, taps)) / 2 for taps in taps_of(bank)))
    for norm in ("energy", "unit"):
        x = noise((37,), np.float32)
        back = SWT(name, levels, norm=norm).inverse(SWT(name, levels, norm=norm).forward(x))
        assert back.dtype == np.float32
        assert_close(back, x, 2 * growth**levels * math.sqrt(len(bank)) * levels * EPS[np.float32], name)


@pytest.mark.parametrize("shape", [(64,), (61,), (9, 16)])
def test_dmey_stays_within_its_declared_residual(shape):
    T = SWT("dmey", 3)
    assert 1e-4 < T.residual < 0.02
    x = noise(shape)
    relative = np.linalg.norm(T.inverse(T.forward(x)) - x) / np.linalg.norm(x)
    assert 1e-6 < relative <= (1 + T.residual) ** (3 * len(shape)) - 1
    assert SWT("sym20", 3).residual == 0


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize("shape", [(1,), (7,), (24,), (5, 6)])
@pytest.mark.parametrize("norm", ["energy", "unit"])
def test_adjoint_is_the_transpose(name, shape, norm):
    T = SWT(bank_of(name), 2, norm=norm)
    matrix = forward_matrix(T, shape)
    assert_close(backward_matrix(T, shape, "adjoint"), matrix.T, 1e-14)
    assert_close(backward_matrix(T, shape, "inverse") @ matrix, np.eye(matrix.shape[1]), 2e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("name", [*DISCRETE[::9], "lopsided"])
def test_dot_product(name, dtype):
    T = SWT(bank_of(name), 3, axes=(0, 2))
    x = noise((6, 2, 9), dtype)
    c = T.forward(x)
    other = T.forward(x)
    other.vector[:] = noise(other.vector.size, seed=1)
    left, right = c.vector @ other.vector, np.vdot(x, T.adjoint(other)).real
    assert abs(left - right) <= 1e-13 * c.norm() * other.norm()


@pytest.mark.parametrize(("name", "same"), [("sym8", True), ("bior4.4", False), ("lopsided", False)])
def test_adjoint_is_the_inverse_only_for_orthonormal_banks(name, same):
    T = SWT(bank_of(name), 3)
    c = T.forward(noise(40))
    c.vector[:] = noise(c.vector.size, seed=1)
    difference = np.linalg.norm(T.adjoint(c) - T.inverse(c)) / np.linalg.norm(T.inverse(c))
    assert difference < 1e-14 * 40 if same else difference > 0.01


def test_linear_operator_is_the_explicit_matrix():
    T, shape = SWT("bior2.2", 2), (5, 4)
    operator = T.as_linear_operator(shape)
    matrix = forward_matrix(T, shape)
    assert operator.shape == matrix.shape
    assert_close(operator.matmat(np.eye(20)), matrix, 1e-15)
    assert_close(operator.rmatmat(np.eye(matrix.shape[0])), matrix.T, 1e-14)
    with pytest.raises(ValueError, match="complex"):
        T.as_linear_operator(shape, complex)


# --- shifts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize(
    ("shape", "shift"), [((61,), 5), ((4099,), -1234), ((9, 14), (4, -3)), ((9, 14), 100), ((4, 5, 6), (1, 2, 3))]
)
def test_equivariant_bit_for_bit(dtype, shape, shift):
    x = noise(shape, dtype)
    for name in ("haar", "sym8", "bior4.4", "coif3", "dmey"):
        T = SWT(name, 3)
        moved = T.forward(np.roll(x, shift, tuple(range(len(shape)))))
        assert_same_bits(T.act(T.forward(x), shift).vector, moved.vector, f"{name} {shape} {shift}")


@pytest.mark.parametrize("name", DISCRETE)
def test_equivariant_bit_for_bit_with_every_bank(name):
    T, x = SWT(name, 2), noise(29)
    c = T.forward(x)
    for shift in (1, 2, 7, 28):
        assert_same_bits(T.act(c, shift).vector, T.forward(np.roll(x, shift)).vector, f"{name} {shift}")


@settings(deadline=None, max_examples=60)
@given(
    name=st.sampled_from(EXACT),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    levels=st.integers(0, 4),
    data=st.data(),
)
def test_laws_on_any_shape(name, sizes, levels, data):
    axes = tuple(data.draw(st.sets(st.integers(0, len(sizes) - 1), min_size=1)))
    shift = tuple(data.draw(st.integers(-20, 20)) for _ in axes)
    T, x = SWT(name, levels, axes=axes), noise(sizes)
    c = T.forward(x)
    assert c.layout.redundancy == (2 ** len(axes) - 1) * levels + 1
    assert_close(T.inverse(c), x, 1e-13 * max(1, levels * len(axes)))
    assert_same_bits(T.act(c, shift).vector, T.forward(np.roll(x, shift, sorted(axes))).vector)
    if T.wavelet.is_orthonormal:
        assert c.norm() == pytest.approx(np.linalg.norm(x), rel=1e-13)


def test_shift_acts_on_transformed_axes_only():
    T, x = SWT("db3", 2, axes=(0, 2)), noise((6, 3, 5))
    assert T.act(T.forward(x), (1, -2)).equals(T.forward(np.roll(x, (1, -2), (0, 2))))
    with pytest.raises(ValueError, match="shift"):
        T.act(T.forward(x), (1, 0, -2))
    with pytest.raises(TypeError, match="whole"):
        T.act(T.forward(x), 0.5)


# --- published facts ----------------------------------------------------------------------------


def test_frame_bounds_of_the_9_7_bank():
    # 0.84333… and 1.10569… are the bounds over all frequencies; a circle samples some of them
    lower, upper = frame_bounds(forward_matrix(SWT("bior4.4", 3), (256,)))
    assert 0.84333 < lower < 0.8435
    assert 1.1056 < upper < 1.105690
    assert SWT("bior4.4", 3).layout(256).frame is si.Frame.FRAME


@pytest.mark.parametrize("name", ["haar", "db4", "sym8", "coif2", "la8", "d6"])
@pytest.mark.parametrize("shape", [(32,), (13,), (2,), (4, 6)])
def test_orthonormal_banks_are_parseval(name, shape):
    T = SWT(name, 3)
    assert frame_bounds(forward_matrix(T, shape)) == pytest.approx((1, 1), abs=1e-13)
    assert T.layout(shape).frame is si.Frame.TIGHT


def test_unit_norm_is_tight_at_one_level_only():
    # every level weighs 2^j: A = 2 and B = 2^levels
    assert frame_bounds(forward_matrix(SWT("db2", 1, norm="unit"), (16,))) == pytest.approx((2, 2), rel=1e-13)
    assert SWT("db2", 1, norm="unit").layout(16).frame is si.Frame.TIGHT
    lower, upper = frame_bounds(forward_matrix(SWT("db2", 3, norm="unit"), (64,)))
    assert upper == pytest.approx(8, rel=1e-12)
    assert lower < 2.5
    assert SWT("db2", 3, norm="unit").layout(64).frame is si.Frame.FRAME


@pytest.mark.parametrize("name", ["db3", "bior4.4", "lopsided"])
def test_contains_the_decimated_transform_at_every_shift(name):
    bank, levels, x = bank_of(name), 3, noise((16, 24))
    decimated, c = si.DWT(bank, levels), SWT(bank, levels).forward(x)
    for shift in ((0, 0), (1, 0), (3, 6), (-5, 2)):
        shifted = decimated.forward(np.roll(x, shift, (0, 1)))
        for level, word in c.bands:
            spacing = 2**level
            rows, columns = (
                (spacing * np.arange(size // spacing) - k) % size for size, k in zip(x.shape, shift, strict=True)
            )
            assert_close(c[level, word][np.ix_(rows, columns)] * spacing, shifted[level, word], 1e-14 * 10)


# Percival and Walden (2000), D(4) in closed form and LA(8) of their table 109
D4 = [(1 + 3**0.5) / 32**0.5, (3 + 3**0.5) / 32**0.5, (3 - 3**0.5) / 32**0.5, (1 - 3**0.5) / 32**0.5]
LA8 = [
    -0.0757657147893407, -0.0296355276459541, 0.4976186676324578, 0.8037387518052163,
    0.2978577956055422, -0.0992195435769354, -0.0126039672622612, 0.0322231006040713,
]  # fmt: skip


@pytest.mark.parametrize(("name", "scaling"), [("d4", D4), ("la8", LA8)])
@pytest.mark.parametrize("size", [32, 45])
def test_percival_and_walden(name, scaling, size):
    levels, x = 4, noise(size)
    details, smooth = modwt_details(x, scaling, levels)
    c = SWT(name, levels).forward(x)
    half = len(scaling) // 2
    for level, expected in enumerate(details, start=1):  # our highpass is minus theirs, as PyWavelets' is
        assert_close(-np.roll(c.detail(level), half * (2**level - 1)), expected, 1e-11, f"W_{level}")
    assert_close(np.roll(c.approx, half * (2**levels - 1)), smooth, 1e-11, "V_J")


@pytest.mark.parametrize("name", ["haar", "db5", "sym8", "coif3"])
def test_noise_gain_of_orthonormal_banks_in_closed_form(name):
    T = SWT(name, 4)
    for axes in (1, 2, 3):
        shape = (512,) * axes
        for band in T.layout(shape).bands:
            assert T.noise_gain(band, shape) == pytest.approx(2 ** (-band.level * axes / 2), rel=1e-12)


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize("shape", [(1,), (2,), (3,), (7,), (20,), (3, 4)])
@pytest.mark.parametrize("norm", ["energy", "unit"])
def test_noise_gain_is_the_norm_of_every_row(name, shape, norm):
    T = SWT(bank_of(name), 3, norm=norm)
    row_norms = si.Coefficients(T.layout(shape), np.linalg.norm(forward_matrix(T, shape), axis=1))
    for band in row_norms.bands:
        expected = np.full(shape, T.noise_gain(band, shape))
        assert np.max(np.abs(row_norms[band] - expected)) < 1e-12, (band, name)


@pytest.mark.parametrize("name", ["sym4", "bior4.4", "bior3.1"])
def test_noise_gain_predicts_white_noise(name):
    size, T = 2**16, SWT(name, 3)
    c = T.forward(3 * noise(size, seed=5))
    for band in c.bands:  # about size / 2^level independent samples; five standard errors
        tolerance = 5 / math.sqrt(2 * size / 2**band.level)
        assert np.std(c[band]) == pytest.approx(3 * T.noise_gain(band, size), rel=tolerance)


def test_noise_gain_refuses_a_band_that_is_not_there():
    with pytest.raises(KeyError, match=r"\(3, 'd'\)"):
        SWT("haar", 2).noise_gain((3, "d"), 16)


# --- multiresolution analysis -------------------------------------------------------------------


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize(("shape", "axes"), [((1,), None), ((7,), None), ((32,), None), ((5, 8), None), ((4, 9), 1)])
def test_mra_components_are_the_inverses_of_single_bands(name, dtype, shape, axes):
    T, x = SWT(bank_of(name), 3, axes=axes), noise(shape, dtype)
    c, parts = T.forward(x), T.mra(x)
    assert len(parts) == len(c.bands)
    assert_close(sum(parts), x, 1e-14 * len(parts), "the components add up to the signal")
    for band, part in zip(c.bands, parts, strict=True):
        alone = si.Coefficients(c.layout)
        alone[band] = c[band]
        assert part.dtype == x.dtype
        assert np.max(np.abs(part - T.inverse(alone))) < 3e-13 * np.max(np.abs(x)), (name, band)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_mra_in_single_precision(dtype):
    x = noise((40, 30), dtype)
    parts = SWT("sym6", 3).mra(x)
    assert {part.dtype for part in parts} == {np.dtype(dtype)}
    assert_close(sum(parts), x, len(parts) * EPS[np.float32])


def test_mra_of_no_levels_and_of_an_empty_batch():
    x = noise(9)
    (copy,) = SWT("haar", 0).mra(x)
    assert_same_bits(copy, x)
    assert not np.shares_memory(copy, x)
    parts = SWT("haar", 2, axes=-1).mra(np.zeros((0, 8)))
    assert [part.shape for part in parts] == [(0, 8)] * 3


@pytest.mark.parametrize("name", ["haar", "sym4", "bior4.4"])
def test_mra_of_a_bad_sample_keeps_to_the_support_of_the_half_band_filter(name):
    # there and back is zero at every even lag but the centre
    x = noise(64)
    x[30] = np.nan
    approximation, detail = SWT(name, 1).mra(x)
    table = pywt.Wavelet(name)
    product = np.convolve([tap != 0 for tap in table.dec_lo], [tap != 0 for tap in table.rec_lo])
    lags = np.flatnonzero(product) - (len(product) // 2)
    expected = sorted(30 + lag for lag in lags if lag % 2 or lag == 0)
    for part in (approximation, detail):
        assert np.flatnonzero(np.isnan(part)).tolist() == expected


def test_mra_with_dmey_still_adds_up():
    x = noise(64)
    assert_close(sum(SWT("dmey", 3).mra(x)), x, 1e-14 * 4)


# --- what does not belong to the numbers ----------------------------------------------------------


@pytest.mark.parametrize("name", ["bior2.2", "bior4.4", "rbio1.3", "db3"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("shape", "sample"), [((60,), (7,)), ((16, 18), (0, 17))])
def test_a_bad_sample_touches_only_its_support(name, bad, shape, sample):
    # biorthogonal tables carry zero taps at their ends, which must not spread a NaN
    T, x = SWT(name, 2), noise(shape)
    x[sample] = bad
    c = T.forward(x)
    table = pywt.Wavelet(name)
    for band, reached in touched(undecimated_analysis, sample, shape, table.dec_lo, table.dec_hi, 2).items():
        assert np.array_equal(~np.isfinite(c[band]), reached), band
    x[sample] = 0
    clean = T.forward(x)
    for band in c.bands:
        fine = np.isfinite(c[band])
        assert_same_bits(c[band][fine], clean[band][fine], "the others as if it were not there")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_mra_of_a_bad_sample_warns_of_nothing(bad):
    x = noise(64)
    x[10] = bad
    parts = SWT("bior2.2", 2).mra(x)  # warnings are errors here
    far = (np.arange(64) - 10) % 64
    reach = 2 * 5 * 3  # twice the support of the cascade
    for part in parts:
        assert not np.isfinite(part[10])
        assert np.isfinite(part[(far > reach) & (far < 64 - reach)]).all()


@pytest.mark.parametrize("scale", [1e300, 1e-310])
@pytest.mark.parametrize("name", ["sym8", "bior3.1"])
def test_extreme_magnitudes_stay_finite(scale, name):
    x = np.sign(noise(50)) * scale
    T = SWT(name, 3)
    c = T.forward(x)
    back = T.inverse(c)
    assert np.isfinite(c.vector).all()
    assert np.max(np.abs(back - x)) <= max(1e-12 * scale, 200 * 5e-324)  # subnormals have a fixed spacing
    assert np.max(np.abs(T.adjoint(c))) > 0


def test_powers_of_two_pass_through_exactly():
    x, T = noise((12, 10)), SWT("sym5", 2)
    assert_same_bits(T.forward(x * 2.0**40).vector, T.forward(x).vector * 2.0**40)


def test_constant_signals():
    T = SWT("db4", 3)
    c = T.forward(np.full((16, 9), 7.0))
    assert_close(c.approx, np.full((16, 9), 7.0), 1e-14)  # the energy norm passes a constant unchanged
    assert max(np.max(np.abs(c[band])) for band in c.layout.details) < 1e-13
    assert not T.forward(np.zeros(8)).vector.any()


# --- description --------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "size", "levels"), [
    ("haar", 1, 0), ("haar", 2, 1), ("haar", 8, 3), ("haar", 9, 3), ("db2", 3, 1), ("db2", 12, 2), ("db2", 11, 1),
    ("db2", 6, 1), ("sym8", 15, 1), ("sym8", 16, 1), ("sym8", 120, 3), ("sym8", 119, 2), ("db38", 2, 1),
])  # fmt: skip
def test_default_depth(name, size, levels):
    taps = len(si.filter_bank(name))
    if size > 1:
        assert levels == max(1, math.floor(math.log2(size / (taps - 1))))  # the convention, in words
    assert SWT(name).layout(size).levels == levels
    assert SWT(name).layout((size, 500)).levels == levels
    assert SWT(name, axes=1).layout((size, 2)).levels == 1


def test_no_levels_is_the_identity():
    for x in (noise(5), noise((3, 4), np.complex64)):
        T = SWT("sym8", 0)
        c = T.forward(x)
        assert_same_bits(c.approx, x)
        assert_same_bits(T.inverse(c), x)
        assert_same_bits(T.adjoint(c), x)
        assert c.layout.frame is si.Frame.ORTHONORMAL


def test_deepest_levels_hold_any_offset():
    x = noise(7)
    assert_close(SWT("sym8", 32).inverse(SWT("sym8", 32).forward(x)), x, 1e-13 * 32)
    with pytest.raises(ValueError, match="at most 32"):
        SWT("sym8", 33).layout(7)


def test_declarations():
    T = SWT("sym8", 3, norm="unit")
    assert (T.action.kind, T.layout(20).grid) == ("exact", 1)
    assert T.undecimated() is T
    assert T.redundancy((9, 8)) == 10
    assert T.redundancy(9) == 4
    with pytest.raises(ValueError, match="energy"):
        SWT(norm="engery")
    with pytest.raises(ValueError, match="boundary"):
        SWT(boundary="symetric")
