"""The starlet against its formula, published noise levels and scipy; ends, bounds, and equivariance to the bit."""

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
    starlet_analysis,
)

import shiftinv as si
from shiftinv import Frame, metrics
from shiftinv.boundary import Boundary
from shiftinv.testing import check_transform
from shiftinv.transforms import Starlet
from shiftinv.transforms.extension import UNDECIMATED

EPS = float(np.finfo(np.float32).eps)
ENDS = [name for name in UNDECIMATED if name != "periodic"]

each_generation = pytest.mark.parametrize("generation", [1, 2])


def noise(shape, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    return (x + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


# --- against the formula --------------------------------------------------------------------------

SHAPES = [
    ((1,), None, 2), ((2,), None, 3), ((3,), None, 4), ((5,), None, 1), ((61,), None, 5), ((5000,), None, 3),
    ((3, 18), 1, 3), ((18, 3), 0, 3), ((1, 1), None, 2), ((9, 14), None, 4), ((1, 33), None, 3), ((40, 1), None, 3),
    ((3, 2500), None, 2), ((6, 7, 5), (0, 2), 2), ((3, 5, 6), (1, 2), 3), ((5, 6, 3), (0, 1), 2),
    ((5, 4, 3), None, 2), ((3, 2, 2, 3), None, 2), ((2, 3, 4, 5), (0, 1, 3), 2),
]  # fmt: skip


@each_generation
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
def test_forward_and_inverse_equal_the_formulas(generation, dtype):
    for shape, axes, levels in SHAPES:
        T, x = Starlet(levels, axes=axes, generation=generation), noise(shape, dtype)
        c = T.forward(x)
        assert c.vector.dtype == x.real.dtype
        exact = np.complex128 if np.dtype(dtype).kind == "c" else np.float64
        expected = starlet_analysis(x.astype(exact), levels, c.layout.axes, generation)
        rounding = 8 * levels * float(np.finfo(dtype).eps)
        assert_bands_close(c, expected, rounding, f"{shape} {axes}")
        assert_close(T.inverse(c), x, rounding, f"inverse {shape} {axes}")


@each_generation
@pytest.mark.parametrize(("shape", "axes"), [((7,), None), ((4, 5), None), ((3, 4), 0), ((3, 2, 4), (0, 2))])
def test_inverse_and_adjoint_as_matrices(generation, shape, axes):
    T = Starlet(3, axes=axes, generation=generation)
    forward = forward_matrix(T, shape)
    assert_close(backward_matrix(T, shape, "adjoint"), forward.T, 1e-15, "the adjoint is the transpose")
    inverse = backward_matrix(T, shape, "inverse")
    assert_close(inverse @ forward, np.eye(math.prod(shape)), 1e-14, "the inverse undoes")
    if generation == 1:  # from any coefficients: their sum
        assert_close(inverse, np.tile(np.eye(math.prod(shape)), 4), 0)
    else:  # and here through filters without a negative tap
        assert inverse.min() >= 0


def test_equals_scipy_with_the_same_filters():
    ndimage = pytest.importorskip("scipy.ndimage")
    x = noise((30, 41))
    c, smooth = Starlet(4).forward(x), x
    for level in range(1, 5):
        taps = np.zeros(4 * 2 ** (level - 1) + 1)
        taps[:: 2 ** (level - 1)] = np.array([1, 4, 6, 4, 1]) / 16
        finer = smooth
        for axis in (0, 1):
            smooth = ndimage.convolve1d(smooth, taps, axis=axis, mode="wrap")
        assert_close(c[level, "d"], finer - smooth, 1e-15, f"level {level}")
    assert_close(c.approx, smooth, 1e-15)


def test_generations_share_their_approximation():
    x = noise((21, 34))
    assert_same_bits(Starlet(3).forward(x).approx, Starlet(3, generation=2).forward(x).approx)


@each_generation
def test_reproduces_what_a_cubic_spline_filter_reproduces(generation):
    # smoothing keeps straight lines, so details of one vanish away from the seam of the circle
    x = np.arange(200.0)
    c = Starlet(3, generation=generation).forward(x)
    for level in (1, 2, 3):
        assert np.abs(c[level, "d"][60:140]).max() < 1e-12


@each_generation
@pytest.mark.parametrize("levels", [0, 1, 3, None])
def test_keeps_every_law(levels, generation):
    assert check_transform(Starlet(levels, generation=generation)) > 100


# --- shifts and samples ---------------------------------------------------------------------------

SHIFTS = {
    (61,): [1, 2, 5, 8, -3, 60, 1000],
    (5000,): [1, 1024, -777],
    (9, 14): [1, (0, 1), (1, 0), (4, -3), (8, 13), 100],
    (3, 2500): [(1, 17), (2, -1300)],
    (4, 5, 6): [(1, 2, 3), (0, 0, 5), (3, 0, 0), -2],
}


@each_generation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHIFTS)
def test_equivariant_bit_for_bit(generation, shape, dtype):
    T, x = Starlet(3, generation=generation), noise(shape, dtype)
    c = T.forward(x)
    for shift in SHIFTS[shape]:
        moved = T.forward(np.roll(x, np.broadcast_to(shift, len(shape)), range(len(shape))))
        assert_same_bits(T.act(c, shift).vector, moved.vector, f"{shift}")
        assert_same_bits(T.inverse(moved), np.roll(T.inverse(c), np.broadcast_to(shift, len(shape)), range(len(shape))))
    assert T.undecimated() is T
    assert T.action.kind == "exact"


def test_a_flipped_or_turned_picture_has_flipped_and_turned_bands():
    x = noise((31, 31))
    c = Starlet(4).forward(x)
    for turned in (lambda y: y[::-1], lambda y: y[:, ::-1], np.rot90):
        for level in (1, 2, 3, 4):
            assert_close(Starlet(4).forward(turned(x))[level, "d"], turned(c[level, "d"]), 1e-14)


@each_generation
def test_a_sample_that_is_no_number_reaches_what_its_filters_touch(generation):
    T, x = Starlet(2, generation=generation), noise((64, 50))
    x[20, 30] = np.nan
    c = T.forward(x)
    reach = {(2, "aa"): 6, (1, "d"): 2 * generation, (2, "d"): 2 + 4 * generation}
    for band in c.bands:
        rows, columns = np.nonzero(np.isnan(c[band]))
        box = (rows.min(), rows.max(), columns.min(), columns.max())
        assert box == (20 - reach[band], 20 + reach[band], 30 - reach[band], 30 + reach[band])
        assert_same_bits(np.unique(c.layout.block(band).supports), np.array([-reach[band], reach[band]]))


def test_where_bands_are():
    layout = Starlet(3).layout((20, 30))
    assert layout.letters((2, "d")) == "--"
    assert layout.frequencies((2, "d"), fs=80) == ((0, 20), (0, 20))
    assert layout.frequencies((3, "aa"), fs=80) == ((0, 5), (0, 5))
    assert [times.tolist() for times in layout.times((2, "d"))] == [list(range(20)), list(range(30))]
    assert layout.parent((2, "d")) == (3, "d")
    alone = Starlet(3, axes=1).layout((20, 30))
    assert alone.letters((2, "d")) == "d"
    assert alone.frequencies((2, "d"), fs=80) == ((10, 20),)
    assert alone.times((2, "d"))[0].tolist() == list(range(30))
    ends = Starlet(2, boundary="zero", generation=2).layout(20)
    assert ends.times((2, "d"))[0][ends.interior((2, "d"))].tolist() == list(range(20))
    touched = np.flatnonzero(Starlet(2, boundary="zero").layout(20).touches_boundary((2, "d")))
    assert touched.tolist() == [*range(6), *range(14, 20)]


def test_most_energy_of_a_detail_is_at_the_frequencies_that_are_told():
    T = Starlet(3)
    for shape in ((256,), (64, 64)):
        response = np.abs(np.fft.fftn(T.forward(np.eye(1, math.prod(shape)).reshape(shape))[2, "d"])) ** 2
        grid = np.meshgrid(*(np.abs(np.fft.fftfreq(n)) for n in shape), indexing="ij")
        spans = T.layout(shape).frequencies((2, "d"))
        inside = np.all([(low <= f) & (f <= high) for f, (low, high) in zip(grid, spans, strict=True)], axis=0)
        assert response[inside].mean() > 4 * response[~inside].mean()


# --- as a frame -----------------------------------------------------------------------------------


def energies(size, levels, generation):
    """The energy of all bands at each frequency of a circle; with h = cos^4, h_j = h(2^(j-1) w)."""
    smooth, energy = np.ones(size), np.zeros(size)
    for level in range(levels):
        h = np.cos(np.pi * 2**level * np.arange(size) / size) ** 4
        energy += (smooth * (1 - h**generation)) ** 2
        smooth = smooth * h
    return energy + smooth**2


@each_generation
@pytest.mark.parametrize("levels", [1, 2, 5])
@pytest.mark.parametrize("size", [15, 64])
def test_frame_bounds_are_the_extremes_over_frequencies(generation, levels, size):
    T, expected = Starlet(levels, generation=generation), energies(size, levels, generation)
    assert metrics.frame_bounds(T, size) == pytest.approx((expected.min(), expected.max()), rel=1e-12)
    assert frame_bounds(forward_matrix(T, (size,))) == pytest.approx((expected.min(), expected.max()), rel=1e-12)
    assert T.layout(size).frame is Frame.FRAME


def test_frame_bounds_of_many_levels():
    assert [round(bound, 2) for bound in metrics.frame_bounds(Starlet(6), 1024)] == [0.33, 1]
    assert [round(bound, 2) for bound in metrics.frame_bounds(Starlet(6, generation=2), 1024)] == [0.6, 1]


# Standard deviation per level for white noise, as the source finder Duchamp has it for this filter
# (M. T. Whiting, MNRAS 421, 2012, doi:10.1111/j.1365-2966.2012.20548.x), for signals, images and cubes.
# Its fourth factor of images, 4.12474444e-2, has one digit wrong and is corrected here: all others agree in all digits.
DUCHAMP = {
    (2**14,): [7.23489806e-1, 2.85450405e-1, 1.77947535e-1, 1.22223156e-1, 8.58113122e-2, 6.05703043e-2, 4.28107206e-2],
    (512, 512): [8.90796310e-1, 2.00663851e-1, 8.55075048e-2, 4.12174444e-2, 2.04249666e-2, 1.01897592e-2],
    (128, 128, 128): [9.56543592e-1, 1.20336499e-1, 3.49500154e-2, 1.18164242e-2, 4.13233507e-3],
}


@pytest.mark.parametrize("shape", DUCHAMP)
def test_noise_gain_is_the_published_one(shape):
    T = Starlet(len(DUCHAMP[shape]))
    gains = [T.noise_gain((level, "d"), shape) for level in range(1, T.levels + 1)]
    assert gains == pytest.approx(DUCHAMP[shape], rel=1e-8)  # the digits printed


@each_generation
@pytest.mark.parametrize("shape", [(2,), (9,), (61,), (1, 9), (3, 5), (3, 4, 5)])
def test_noise_gain_is_the_norm_of_a_row_however_little_is_left(generation, shape):
    T = Starlet(9, generation=generation)
    rows = si.Coefficients(T.layout(shape))
    for band in rows.bands:
        rows.vector[...] = 0
        rows[band].flat[0] = 1
        norm = np.linalg.norm(T.adjoint(rows))
        assert T.noise_gain(band, shape) == pytest.approx(norm, rel=1e-9, abs=1e-15)


@each_generation
@pytest.mark.parametrize("boundary", ["periodic", "reflect"])
def test_mra_adds_up(generation, boundary):
    T, x = Starlet(3, generation=generation, boundary=boundary), noise((20, 17))
    parts = T.mra(x)
    assert_close(sum(parts), x, 1e-14)
    c = T.forward(x)
    if generation == 1:
        assert all(np.array_equal(part, c[band]) for part, band in zip(parts, c.bands, strict=True))
        assert not any(np.shares_memory(part, c.vector) for part in parts)


# --- ends -----------------------------------------------------------------------------------------


@each_generation
@pytest.mark.parametrize("boundary", ENDS)
@pytest.mark.parametrize(("shape", "axes", "levels"), [((7,), None, 3), ((40,), None, 2), ((5, 9), None, 2)])
def test_ends_extend_the_signal_once(boundary, generation, shape, axes, levels):
    T, x = Starlet(levels, axes=axes, boundary=boundary, generation=generation), noise(shape)
    c, far, line = T.forward(x), 8 * (2**levels - 1), x
    for axis in c.layout.axes:
        line = Boundary(boundary).extend(line, far, far, axis)
    expected = starlet_analysis(line, levels, c.layout.axes, generation)
    for band in c.bands:
        starts = [0 if not block else block[0] for block in c.layout.block(band).interior or [()] * len(shape)]
        index = tuple(slice(far - s, far - s + n) for s, n in zip(starts, c[band].shape, strict=True))
        assert_close(c[band], expected[band][index], 1e-13, f"{band}")
    assert_close(T.inverse(c), x, 1e-13, "inverse")
    if generation == 1:
        assert c.layout.redundancy == levels + 1
    assert (c.layout.grid, c.layout.frame, T.undecimated()) == (None, Frame.FRAME, None)


@each_generation
@pytest.mark.parametrize("boundary", ENDS)
@pytest.mark.parametrize(("shape", "axes"), [((6,), None), ((2, 5), 1), ((3, 4), None)])
def test_adjoint_is_the_transpose_with_ends(boundary, generation, shape, axes):
    T = Starlet(2, axes=axes, boundary=boundary, generation=generation)
    forward = forward_matrix(T, shape)
    assert_close(backward_matrix(T, shape, "adjoint"), forward.T, 1e-13)
    assert_close(backward_matrix(T, shape, "inverse") @ forward, np.eye(math.prod(shape)), 1e-13)


def test_noise_gain_with_ends_is_that_of_the_filter_itself():
    for boundary, generation in itertools.product(("zero", "symmetric"), (1, 2)):
        T, free = (Starlet(4, generation=generation, boundary=name) for name in (boundary, "periodic"))
        for band in free.layout(20).bands:
            assert T.noise_gain(band, 20) == pytest.approx(free.noise_gain(band, 4096), rel=1e-12)


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Starlet(generation=3), r"generation=3 is unknown\. Use 1 or 2"),
        (lambda: Starlet(generation=0), r"generation=0 is too small"),
        (lambda: Starlet(boundary="periodic-padded"), r"boundary='periodic-padded'"),
        (lambda: Starlet(boundary="wrap"), r"the name that NumPy has for boundary='periodic'"),
        (lambda: Starlet(33).layout(16), r"levels=33 is too deep for a Starlet of 16 samples.*: at most 32"),
        (lambda: Starlet(5, boundary="zero").layout(16), r"levels=5 .* with boundary='zero': at most 4"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_descriptions():
    T = si.transform("starlet:4,generation=2,boundary=reflect")
    assert Starlet(4, generation=2, boundary="reflect") == T
    assert repr(T) == "Starlet(4, boundary='reflect', generation=2)"
    assert Starlet().layout((64, 100)).levels == 4  # floor(log2(64 / 4))
    assert Starlet(0).layout(8).frame is Frame.ORTHONORMAL
