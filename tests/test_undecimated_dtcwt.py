"""The undecimated dual tree against naive loops, explicit matrices and the decimated one; equivariance to the bit."""

import itertools
import math

import numpy as np
import pytest
from naive import (
    DUAL_TREES,
    assert_bands_close,
    assert_close,
    assert_same_bits,
    dual_tree_touched,
    forward_matrix,
    frame_bounds,
    undecimated_dual_tree_analysis,
    undecimated_dual_tree_synthesis,
)

import shiftinv as si
from shiftinv import Frame, metrics
from shiftinv.transforms import UndecimatedDTCWT

EPS = float(np.finfo(np.float32).eps)
ORTHONORMAL = ("tight", "hilbert")

each_pair = pytest.mark.parametrize("name", DUAL_TREES)


def noise(shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def made(name, levels, axes=None):
    return UndecimatedDTCWT(*DUAL_TREES[name], levels, axes=axes)


def filled(T, shape):
    """Coefficients that no signal has."""
    layout = T.layout(shape)
    return si.Coefficients(layout, noise(layout.size, seed=1))


# --- against the formulas -----------------------------------------------------------------------

SHAPES = [
    ((1,), None, 2), ((2,), None, 3), ((3,), None, 3), ((5,), None, 2), ((7,), None, 4), ((61,), None, 4),
    ((3, 18), 1, 2), ((18, 3), 0, 2), ((1, 1), None, 1), ((9, 14), None, 3), ((6, 7, 5), (0, 2), 2),
    ((3, 5, 6), (1, 2), 2), ((5, 6, 3), (0, 1), 2), ((5, 4, 3), None, 2), ((3, 2, 2, 3), None, 1),
]  # fmt: skip
LONG = [((2500,), None, 3), ((1025, 3), 0, 2), ((40, 61), None, 2), ((11, 12, 13), None, 1), ((4, 30, 21), (1, 2), 2)]


@each_pair
def test_forward_and_inverse_equal_the_formulas(name):
    # the last shapes are longer than the stretches by which the trees are combined
    for shape, axes, levels in SHAPES + LONG:
        T, x = made(name, levels, axes), noise(shape)
        c = T.forward(x)
        used, steps = c.layout.axes, levels * len(c.layout.axes)
        expected = undecimated_dual_tree_analysis(x, T.biort, T.qshift, levels, used)
        assert_bands_close(c, expected, 2e-15 * steps, f"{name} {shape}")
        assert_close(T.inverse(c), x, 1e-14 * steps, f"round trip, {name} {shape}")
        c = filled(T, shape)
        bands = {tuple(band): c[band] for band in c.bands}
        back = undecimated_dual_tree_synthesis(bands, T.biort, T.qshift, levels, used)
        error = np.abs(T.inverse(c) - back).max()
        assert error <= 2e-15 * steps * np.abs(c.vector).max(), f"inverse, {name} {shape}: {error:.2e}"


@each_pair
def test_adjoint_is_the_transpose_of_the_formula(name):
    for shape, axes, levels in SHAPES:
        size = math.prod(shape)
        if size <= 64:
            T = made(name, levels, axes)
            c = filled(T, shape)
            units = np.eye(size).reshape(*shape, size)
            units = undecimated_dual_tree_analysis(units, T.biort, T.qshift, levels, c.layout.axes)
            parts = [np.tensordot(np.conj(c[band]), units[band], len(shape)).real for band in c.bands]
            assert_close(T.adjoint(c), sum(parts).reshape(shape), 1e-14, f"{name} {shape}")


@each_pair
def test_dot_product_on_long_lines(name):
    for shape, axes, levels in LONG:
        T, x = made(name, levels, axes), noise(shape)
        c, forward = filled(T, shape), T.forward(x)
        assert abs(forward.vector @ c.vector - np.vdot(x, T.adjoint(c))) <= 1e-14 * forward.norm() * c.norm()


@each_pair
def test_single_precision_is_as_close_as_its_rounding(name):
    for shape, axes, levels in [((61,), None, 4), ((9, 14), None, 3), ((10, 7, 40), (0, 1), 2), ((5, 4, 3), None, 2)]:
        T, x = made(name, levels, axes), noise(shape, np.float32)
        c = T.forward(x)
        assert (c.vector.dtype, c.detail(1).dtype) == (np.float32, np.complex64)
        used = c.layout.axes
        bound = math.sqrt(max(len(T.biort), len(T.qshift))) * levels * len(used) * EPS
        expected = undecimated_dual_tree_analysis(x.astype(float), T.biort, T.qshift, levels, used)
        assert_bands_close(c, expected, bound, f"{name} {shape}")
        for method in ("inverse", "adjoint"):
            exact = getattr(T, method)(si.Coefficients(T.layout(shape), c.vector.astype(float)))
            assert getattr(T, method)(c).dtype == np.float32
            assert_close(getattr(T, method)(c), exact, bound, f"{method} {name} {shape}")


@pytest.mark.parametrize(("biort", "qshift"), [("dmey", "qshift_b"), ("near_sym_b", si.filter_bank("dmey"))])
@pytest.mark.parametrize("shape", [(61,), (16, 23)])
def test_an_approximate_bank_stays_within_its_declared_residual(biort, qshift, shape):
    T, x = UndecimatedDTCWT(biort, qshift, 3), noise(shape)
    relative = np.linalg.norm(T.inverse(T.forward(x)) - x) / np.linalg.norm(x)
    assert T.residual == si.filter_bank("dmey").residual
    assert 1e-6 < relative <= (1 + T.residual) ** (3 * len(shape)) - 1
    assert UndecimatedDTCWT("sym20", "qshift_32").residual == 0


# --- shifts ---------------------------------------------------------------------------------------

SHIFTS = {
    (61,): [1, 2, 5, 8, -3, 60, 1000],
    (2500,): [1, 1024, -777],
    (9, 14): [1, (0, 1), (1, 0), (4, -3), (8, 13), 100],
    (40, 61): [(1, 1), (17, -25)],
    (4, 5, 6): [(1, 2, 3), (0, 0, 5), (3, 0, 0), -2],
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHIFTS)
@each_pair
def test_equivariant_bit_for_bit(name, shape, dtype):
    T, x = made(name, 3 if len(shape) < 3 else 2), noise(shape, dtype)
    c = T.forward(x)
    for shift in SHIFTS[shape]:
        steps = np.broadcast_to(shift, len(shape))
        moved = T.forward(np.roll(x, steps, range(len(shape))))
        for band in c.bands:
            twice = 2 if band == c.layout.approximation else 1  # two trees in turns
            expected = np.roll(c[band], twice * steps, range(len(shape)))
            assert_same_bits(moved[band], expected, f"{name} {band} by {shift}")
        assert_same_bits(T.act(c, shift).vector, moved.vector, f"act, {name} by {shift}")


def test_shift_acts_on_transformed_axes_only():
    T, x = made("default", 2, (0, 2)), noise((6, 3, 5))
    assert T.act(T.forward(x), (1, -2)).equals(T.forward(np.roll(x, (1, -2), (0, 2))))
    with pytest.raises(ValueError, match="shift"):
        T.act(T.forward(x), (1, 0, -2))
    with pytest.raises(TypeError, match="whole"):
        T.act(T.forward(x), 0.5)


@pytest.mark.parametrize(
    ("shape", "axes", "levels"),
    [((64,), None, 4), ((24,), None, 3), ((3, 16), 1, 2), ((16, 24), None, 3), ((4, 8, 4), None, 2)],
)
@each_pair
def test_holds_the_decimated_transform_at_every_shift(name, shape, axes, levels):
    T, x = made(name, levels, axes), noise(shape)
    c = T.forward(x)
    used = c.layout.axes
    for shift in ((0,) * len(used), (1, 2, 3)[: len(used)], (-5,) * len(used)):
        decimated = si.DTCWT(T.biort, T.qshift, levels, axes=axes).forward(np.roll(x, shift, used))
        assert decimated.bands == c.bands
        for band in c.bands:
            step, trees = 2**band.level, 2 if band == c.layout.approximation else 1
            samples = c[band]
            for axis, k in zip(used, shift, strict=True):
                places = (step * np.arange(shape[axis] // step) - k) % shape[axis]
                both = (trees * places[:, None] + np.arange(trees)).ravel()
                samples = np.take(samples, both, axis) * math.sqrt(step)
            assert_close(samples, decimated[band], 1e-13, f"{name} {band} by {shift}")


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", ["default", "legall", "antonini", "own symmetric bank"])
def test_a_flipped_picture_has_the_opposite_angles_at_flipped_places(name, axis):
    # sample n of level j sits at n + (2^j - 1)/2, as every 2^j-th of them does in the decimated transform
    T, x = made(name, 3), noise((15, 22))
    c, flipped = T.forward(x), T.forward(np.flip(x, axis))
    for level, degrees in itertools.product((1, 2, 3), (15, -15, 45, -45, 75, -75)):
        expected = np.roll(np.flip(np.abs(c[level, f"{degrees:+}"]), axis), 1 - 2**level, axis)
        assert_close(np.abs(flipped[level, f"{-degrees:+}"]), expected, 1e-13, f"{name} {level} {degrees}")


@pytest.mark.parametrize("shape", [(61,), (12, 10)])
def test_no_energy_varies(shape):
    T, x = made("default", 3), noise(shape)
    assert metrics.shift_variance(T, x).total == 0
    assert metrics.shift_variance(T, x, shifts=5).total < 16 * np.finfo(float).eps
    assert not metrics.equivariance_error(T, x, 5).any()


@pytest.mark.parametrize("name", ["default", "tight"])
@pytest.mark.parametrize(("level", "cycles", "ripple"), [(2, 23, 0.01), (3, 11, 0.02)])
def test_the_magnitude_of_a_wave_is_its_envelope_beyond_level_one(name, level, cycles, ripple):
    # the trees are nearly a Hilbert pair there; measured: (max - min) / mean of 0.6 and 1.9 %, at level 1 from 44 % on
    x = np.cos(2 * np.pi * cycles * np.arange(128) / 128)
    spread = lambda band: np.ptp(np.abs(band)) / np.abs(band).mean()  # noqa: E731
    c = made(name, 3).forward(x)
    assert spread(c[level, "d"]) < ripple
    assert min(spread(c[level, "d"].real), spread(c[level, "d"].imag), spread(c[1, "d"])) > 0.4


# --- how much there is ----------------------------------------------------------------------------


@pytest.mark.parametrize("axes", [1, 2, 3, 4])
def test_redundancy_is_its_formula_at_any_length(axes):
    for levels, shape in itertools.product((1, 2, 5), ((7, 4, 3, 2)[:axes], (1,) * axes)):
        layout = UndecimatedDTCWT(levels=levels).layout(shape)
        assert layout.redundancy == 2**axes * ((2**axes - 1) * levels + 1)
        assert all(layout.block(band).shape == shape for band in layout.details)
        assert layout.block(layout.approximation).shape == tuple(2 * n for n in shape)
        assert sum(band.level == 1 for band in layout.details) == 2 ** (axes - 1) * (2**axes - 1)
    assert UndecimatedDTCWT(levels=3, axes=0).redundancy((5, 9)) == 2 * (3 + 1)


def test_names_are_those_of_the_decimated_transform():
    for shape in ((16,), (16, 16), (8, 8, 8)):
        own, decimated = (kind(levels=2).layout(shape) for kind in (UndecimatedDTCWT, si.DTCWT))
        assert own.bands == decimated.bands
        assert [own.letters(band) for band in own.bands] == [decimated.letters(band) for band in own.bands]
        assert [own.parent(band) for band in own.bands] == [decimated.parent(band) for band in own.bands]


def test_details_of_a_level_are_a_stack_without_a_copy():
    c = UndecimatedDTCWT(levels=2).forward(noise((9, 14)))
    for level in (1, 2):
        stack = c.detail(level)
        assert (stack.shape, stack.dtype) == ((6, 9, 14), np.complex128)
        for place, word in enumerate(word for at, word in c.layout.details if at == level):
            assert_same_bits(stack[place], c[level, word])
            stack[place] = place + 1j
            assert (c[level, word] == place + 1j).all()


def test_declarations():
    for name, shape, frame in (
        ("tight", 61, Frame.TIGHT),
        ("hilbert", (9, 14), Frame.TIGHT),
        ("default", 64, Frame.FRAME),
        ("own banks", 64, Frame.FRAME),
    ):
        T = made(name, 3)
        assert (T.layout(shape).frame, T.layout(shape).grid, T.action.kind) == (frame, 1, "exact")
        assert T.undecimated() is T
    assert made("default", 0).layout(5).frame is Frame.ORTHONORMAL
    assert UndecimatedDTCWT("sym8", DUAL_TREES["own banks"][1], 2).layout(64).frame is Frame.FRAME


# --- the frame and noise ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ORTHONORMAL)
@pytest.mark.parametrize(("shape", "levels"), [((32,), 3), ((13,), 4), ((1,), 2), ((4, 7), 2), ((3, 2, 3), 1)])
def test_orthonormal_banks_make_a_parseval_frame_at_any_length(name, shape, levels):
    T = made(name, levels)
    matrix, c = forward_matrix(T, shape), filled(T, shape)
    assert frame_bounds(matrix) == pytest.approx((1, 1), abs=1e-12)
    assert metrics.frame_bounds(T, shape) == pytest.approx((1, 1), abs=1e-12)
    assert_close(T.adjoint(c), T.inverse(c), 1e-14)


@pytest.mark.parametrize(("name", "A", "B"), [("default", 0.95297, 1.04939), ("antonini", 0.90714, 1.10502)])
def test_frame_bounds_are_those_of_level_one(name, A, B):
    T = made(name, 3)
    for size in (64, 61):
        low, high = T.biort.response(size)
        power = (np.abs(low) ** 2 + np.abs(high) ** 2) / 2
        assert metrics.frame_bounds(T, size) == pytest.approx((power.min(), power.max()), abs=1e-12)
    assert metrics.frame_bounds(T, 2048) == pytest.approx((A, B), abs=1.1e-5)
    c = filled(T, (64,))
    assert np.linalg.norm(T.adjoint(c) - T.inverse(c)) > 0.01 * np.linalg.norm(T.inverse(c))


@each_pair
@pytest.mark.parametrize("shape", [(1,), (3,), (40,), (7, 6), (3, 4, 2)])
def test_noise_gain_is_the_norm_of_every_row(name, shape):
    T = made(name, 2, tuple(range(len(shape))))
    c = T.forward(np.eye(math.prod(shape)).reshape(*shape, -1))
    for band in c.bands:
        power = np.sum(np.abs(c[band]) ** 2, -1) / (2 if np.iscomplexobj(c[band]) else 1)
        assert np.sqrt(power.mean()) == pytest.approx(T.noise_gain(band, shape), rel=1e-12), band
        if band != c.layout.approximation:
            assert power == pytest.approx(np.full(shape, power.mean()), rel=1e-12), band


@pytest.mark.parametrize(("shape", "levels"), [((2**16,), 3), ((256, 300), 2)])
def test_noise_gain_predicts_white_noise(shape, levels):
    for name in ("default", "tight"):
        T = made(name, levels)
        c = T.forward(3 * noise(shape, seed=5))
        for band in c.bands:
            found = np.sqrt(np.mean(np.abs(c[band]) ** 2) / (2 if np.iscomplexobj(c[band]) else 1))
            assert found == pytest.approx(3 * T.noise_gain(band, shape), rel=0.02), band
    with pytest.raises(KeyError, match=r"\(9, 'd'\)"):
        T.noise_gain((9, "d"), shape)


@each_pair
@pytest.mark.parametrize(
    ("shape", "axes"), [((7,), None), ((32,), None), ((3, 10), 1), ((8, 9), None), ((4, 3, 5), None)]
)
def test_mra_components_are_the_inverses_of_single_bands(name, shape, axes):
    T, x = made(name, 2, axes), noise(shape)
    c, parts = T.forward(x), T.mra(x)
    assert len(parts) == len(c.bands)
    assert_close(sum(parts), x, 1e-13, "the components add up to the signal")
    for band, part in list(zip(c.bands, parts, strict=True))[:: max(1, len(parts) // 8)]:
        alone = si.Coefficients(c.layout)
        alone[band] = c[band]
        assert part.dtype == x.dtype
        assert np.abs(part - T.inverse(alone)).max() < 1e-14 * np.abs(x).max(), band


# --- what does not belong to the numbers ------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 61])
@each_pair
def test_any_length_at_any_depth(name, size):
    for shape, levels in itertools.product([(size,), (size, 3), (2, size, 3)], (1, 2, 5)):
        T, x = made(name, levels), noise(shape)
        assert_close(T.inverse(T.forward(x)), x, 1e-14 * levels * len(shape), f"{name} {shape} {levels}")


def test_deepest_levels_hold_any_offset():
    x, T = noise(7), made("default", 32)
    assert_close(T.inverse(T.forward(x)), x, 1e-14 * 32)
    message = (
        r"^levels=33 is too deep for .* UndecimatedDTCWT of 7 samples .*: at most 32 for any length\. Use levels<=32\.$"
    )
    with pytest.raises(ValueError, match=message):
        made("default", 33).layout(7)


@pytest.mark.parametrize("shape", [(5,), (1,), (3, 4), (2, 3, 4)])
def test_no_levels_is_the_identity(shape):
    T = made("default", 0)
    for dtype in (np.float32, np.float64):
        x = noise(shape, dtype)
        c = T.forward(x)
        assert c.bands == ((0, "a" * len(shape)),)
        for same in (c.approx, T.inverse(c), T.adjoint(c), T.act(c, 0).approx, T.mra(x)[0]):
            assert_same_bits(same, x)
        assert_same_bits(T.act(c, 1).approx, np.roll(x, (1,) * len(shape), range(len(shape))))
    assert T.noise_gain((0, "a" * len(shape)), shape) == 1


def test_an_empty_batch_gives_an_empty_result():
    T = made("default", 2, -1)
    c = T.forward(np.zeros((0, 16)))
    assert (c.vector.size, c.detail(1).shape, T.inverse(c).shape, T.adjoint(c).shape) == (0, (0, 16), (0, 16), (0, 16))
    assert [part.shape for part in T.mra(np.zeros((0, 16)))] == [(0, 16)] * 3
    with pytest.raises(ValueError, match="at least 1 sample"):
        T.forward(np.zeros((3, 0)))


@pytest.mark.parametrize(
    ("shape", "sample", "levels"), [((64,), 9, 3), ((61,), 60, 2), ((13, 24), (3, 23), 2), ((4, 6, 5), (3, 0, 2), 1)]
)
@each_pair
def test_a_bad_sample_touches_only_its_support(name, shape, sample, levels):
    T, x = made(name, levels), noise(shape)
    x[sample] = 0
    clean = T.forward(x)
    reached = dual_tree_touched(sample, shape, T.biort, T.qshift, levels, undecimated=True)
    assert set(reached) == set(clean.bands)
    for bad in (np.nan, np.inf, -np.inf):
        x[sample] = bad
        c = T.forward(x)  # warnings are errors here
        for band, parts in reached.items():
            for part, hit in zip(("real", "imag"), parts, strict=False):
                found = getattr(c[band], part)
                assert np.array_equal(~np.isfinite(found), hit), (band, part, bad)
                assert_same_bits(found[~hit], getattr(clean[band], part)[~hit], "the others as if it were not there")


@pytest.mark.parametrize("scale", [1e300, 1e-310])
@pytest.mark.parametrize("shape", [(50,), (9, 14)])
def test_extreme_magnitudes_stay_finite(scale, shape):
    T, x = made("default", 3), np.sign(noise(shape)) * scale
    c = T.forward(x)
    assert np.isfinite(c.vector).all()
    assert np.abs(T.inverse(c) - x).max() <= max(1e-12 * scale, 400 * 5e-324)  # subnormals have a fixed spacing
    assert_same_bits(T.forward(noise(shape) * 2.0**40).vector, T.forward(noise(shape)).vector * 2.0**40)


def test_constants_have_no_details():
    T = made("legall", 3)
    c = T.forward(np.full((16, 9), 7.0))
    assert np.abs(c.vector[c.approx.size :]).max() < 1e-13
    assert_close(c.approx, np.full((32, 18), 7.0 / 2), 1e-13)  # each tree has 1/sqrt(2) of it along an axis
    assert not T.forward(np.zeros((16, 9))).vector.any()


# --- arrays in and out ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "computed"),
    [(np.float16, "f4"), (np.float32, "f4"), (np.float64, "f8"), (np.int16, "f8"), (np.uint8, "f8"), (bool, "f8")],
)
def test_dtypes(given, computed):
    T, x = made("default", 2), (10 * np.abs(noise((12, 9)))).astype(given)
    c = T.forward(x)
    assert c.vector.dtype == computed
    assert c[1, "+15"].dtype == np.result_type(computed, np.complex64)
    assert_same_bits(c.vector, T.forward(x.astype(computed)).vector)
    assert T.inverse(c).dtype == T.adjoint(c).dtype == T.mra(x)[0].dtype == computed
    assert_close(T.inverse(c), x.astype(computed), 100 * np.finfo(computed).eps)


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_complex_signals_are_refused_with_the_remedy(dtype):
    message = (
        rf"^the signal is {np.dtype(dtype)}, and a dual tree .*Transform x\.real and x\.imag one after the other\.$"
    )
    x = noise(8).astype(dtype)
    for T in (made("default", 1), made("default", 0)):
        for method, argument in (("forward", x), ("mra", x), ("layout", x.shape)):
            with pytest.raises(TypeError, match=message):
                getattr(T, method)(argument, *([dtype] if method == "layout" else []))


LAID_OUT = {
    "read-only": lambda x: x,
    "strided": lambda x: np.repeat(np.repeat(x, 2, 0), 3, 1)[::2, ::3],
    "Fortran": np.asfortranarray,
    "backwards": lambda x: np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
    "other byte order": lambda x: x.astype(x.dtype.newbyteorder()),
    "unaligned": lambda x: np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape),
    "part of more": lambda x: np.pad(x, 3)[3:-3, 3:-3],
}


@pytest.mark.parametrize("kind", LAID_OUT)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("axes", [None, 0, 1])
def test_memory_layout_changes_no_bit(kind, dtype, axes):
    T, x = made("default", 2, axes), noise((20, 33), dtype)
    expected = T.forward(x)
    given = LAID_OUT[kind](x)
    given.flags.writeable = False
    kept = given.copy()
    assert_same_bits(T.forward(given).vector, expected.vector, kind)
    assert_same_bits(given, kept, "the input is only read")
    held = expected.copy()
    held.vector.flags.writeable = False
    for method in ("inverse", "adjoint"):
        assert_same_bits(getattr(T, method)(held), getattr(T, method)(expected), f"read-only coefficients, {method}")


@each_pair
@pytest.mark.parametrize(
    ("shape", "axes"), [((61,), None), ((3, 22), 1), ((12, 9), None), ((5, 4, 6), None), ((6, 3, 8), (0, 2))]
)
def test_out_is_overwritten_whole(name, shape, axes):
    T, x = made(name, 2, axes), noise(shape)
    expected, c = T.forward(x), filled(T, shape)
    c.vector[:] = np.nan
    assert T.forward(x, out=c) is c
    assert_same_bits(c.vector, expected.vector)
    for method in ("inverse", "adjoint"):
        target = np.full(shape, np.nan)
        assert getattr(T, method)(c, out=target) is target
        assert_same_bits(target, getattr(T, method)(expected))
        assert c.equals(expected)


@pytest.mark.parametrize("shape", [(2**17 + 5,), (150, 2**9 + 1), (30, 32, 25)])
def test_any_number_of_workers_gives_the_same_bits(shape, monkeypatch):
    monkeypatch.setattr(si.workers.os, "cpu_count", lambda: 3)
    for dtype in (np.float32, np.float64):
        T, x = made("default", 2 if len(shape) < 3 else 1), noise(shape, dtype)
        c = T.forward(x)
        assert_same_bits(T.forward(x, workers=3).vector, c.vector)
        assert_same_bits(T.inverse(c, workers=3), T.inverse(c))
        assert_same_bits(T.adjoint(c, workers=2), T.adjoint(c))
