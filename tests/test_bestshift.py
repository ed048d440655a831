"""The best-shift transform: the same numbers for every shift, against a naive choice and hard cases."""

import itertools
import math

import numpy as np
import pytest
from naive import assert_bands_close, assert_close, assert_same_bits, best_shift_analysis, haar_phase_sums, taps_of

import shiftinv as si
from shiftinv import metrics
from shiftinv.testing import check_transform
from shiftinv.transforms import bestshift

BANKS = ["haar", "db4", "sym8", "bior4.4"]


def noise(shape, dtype=float, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    return (x + 1j * rng.standard_normal(shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


def lines(n):
    """Signals of n samples, a multiple of 16, in which phases are alike in one way or another."""
    place = np.arange(n)
    return {
        "random": noise(n),
        "impulse": np.eye(n)[n // 3],
        "two impulses": np.eye(n)[3] - np.eye(n)[n // 2],
        "alternating": (-1.0) ** place,
        "alternating bump": (-1.0) ** place * np.exp(-((place - n // 2) ** 2) / 20),
        "symmetric about a sample": np.exp(-((place - n // 2) ** 2) / 20),
        "symmetric between samples": np.exp(-((place - n / 2 + 0.5) ** 2) / 20),
        "antisymmetric": (place - n / 2 + 0.5) * np.exp(-((place - n / 2 + 0.5) ** 2) / 20),
        "period 8": np.tile(noise(8), n // 8),
        "period 2": np.tile([1.0, 2.0], n // 2),
        "cosine": np.cos(2 * np.pi * 3 * place / n),
        "step": np.where(place < n // 2, 1.0, 0.0),
        "ramp": place.astype(float),
        "constant": np.full(n, 0.1),
        "zero": np.zeros(n),
        "large": 1e300 * noise(n),
        "small": 1e-310 * noise(n),
    }


def ordered(band):
    """Return the values in their order, zeros with one sign."""
    return np.sort(band, axis=None) + 0.0


REPEATING = {"alternating", "period 8", "period 2", "constant", "zero"}  # their phases are the same at some level


@pytest.mark.parametrize("wavelet", BANKS)
@pytest.mark.parametrize("name", lines(16))
def test_every_shift_of_a_signal_has_the_same_coefficients(wavelet, name):
    x = lines(64)[name]
    for levels in (1, 3, 5):
        T = si.BestShiftDWT(wavelet, levels)
        c = T.forward(x)
        assert c.layout.redundancy == 1
        for k in range(len(x)):
            moved = T.forward(np.roll(x, k))
            for band in c.bands:
                assert_same_bits(ordered(moved[band]), ordered(c[band]), f"{band}, shift {k}")
                assert is_a_shift_of(moved[band], c[band])
            assert name in REPEATING or T.act(c, k).equals(moved)
            error = np.abs(T.inverse(moved) - np.roll(x, k)).max()
            assert error <= 1e-13 * levels * np.abs(x).max()


@pytest.mark.parametrize("wavelet", ["haar", "db4", "sym8"])
@pytest.mark.parametrize(
    ("rows", "columns"),
    [("random", None), ("impulse", "impulse"), ("alternating", "impulse"), ("period 2", "symmetric about a sample"),
     ("symmetric between samples", "symmetric about a sample"), ("cosine", "step"), ("constant", "antisymmetric")],
)  # fmt: skip
def test_every_shift_of_an_image_has_the_same_coefficients(wavelet, rows, columns):
    x = noise((16, 16)) if columns is None else np.outer(lines(16)[rows], lines(16)[columns])
    T = si.BestShiftDWT(wavelet, 2)
    c = T.forward(x)
    for shift in itertools.product(range(16), repeat=2):
        moved = T.forward(np.roll(x, shift, (0, 1)))
        for band in c.bands:
            assert_same_bits(ordered(moved[band]), ordered(c[band]), f"{band}, shift {shift}")
        assert rows in REPEATING or T.act(c, shift).equals(moved)
    assert_close(T.inverse(c), x, 1e-13)


def test_a_photograph_and_a_heartbeat_at_random_shifts():
    rng = np.random.default_rng(3)
    for x, levels in ((si.datasets.camera(), 5), (si.datasets.ecg(), 6)):
        T, axes = si.BestShiftDWT("sym8", levels), tuple(range(x.ndim))
        c = T.forward(x)
        for shift in rng.integers(0, min(x.shape), (5, x.ndim)):
            moved = T.forward(np.roll(x, shift, axes))
            assert T.act(c, tuple(shift.tolist())).equals(moved)
        assert_close(T.inverse(c), x, 1e-13)


@pytest.mark.parametrize("wavelet", BANKS)
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize(("shape", "axes"), [((48,), (0,)), ((16, 24), (0, 1)), ((16, 8, 16), (0, 1, 2))])
def test_equals_the_naive_choice(wavelet, dtype, shape, axes):
    x = noise(shape, dtype, seed=5)
    h, g, _, _ = taps_of(si.filter_bank(wavelet))
    levels = 2 if len(axes) == 3 else 3  # a circle of two samples has one approximation, whatever its phase
    bands, phases = best_shift_analysis(x, h, g, levels, axes)
    c = si.BestShiftDWT(wavelet, levels).forward(x)
    assert_bands_close(c, bands, 1e-13)
    assert c.aux["phases"].tolist() == [int("".join(map(str, phase)), 2) for phase in phases]


def test_items_of_a_batch_choose_for_themselves():
    x = noise((3, 16, 5, 8), seed=2)
    T, alone = si.BestShiftDWT("db2", 2, axes=(1, 3)), si.BestShiftDWT("db2", 2)
    c = T.forward(x)
    assert c.aux["phases"].shape == (2, 3, 5)
    shift = (5, 3)
    moved, acted = T.forward(np.roll(x, shift, (1, 3))), T.act(c, shift)
    assert acted.equals(moved)
    for i, j in itertools.product(range(3), range(5)):
        single = alone.forward(x[i, :, j])
        assert c.aux["phases"][:, i, j].tolist() == single.aux["phases"].tolist()
        for band in c.bands:
            assert_same_bits(c[band][i, :, j], single[band])
    assert len(np.unique(c.aux["phases"])) == 4
    assert_close(T.inverse(c), x, 1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_single_precision_is_as_exact(dtype):
    T, x = si.BestShiftDWT("sym4", 4), noise(256, dtype)
    c = T.forward(x)
    assert c[1, "d"].dtype == dtype
    for k in range(0, 256, 7):
        assert T.act(c, k).equals(T.forward(np.roll(x, k)))


@pytest.mark.parametrize("wavelet", [*BANKS, "dmey"])
def test_keeps_every_law(wavelet):
    T = si.BestShiftDWT(wavelet, 2)
    assert check_transform(T, shapes=[(16,), (16, 8), (8, 4, 8)]) > 100


def test_measures_see_a_transform_that_shifts_exactly():
    x = si.datasets.ecg()
    T = si.BestShiftDWT("sym8", 5)
    assert metrics.shift_variance(T, x, shifts=32).total < 1e-15  # sums of the same numbers in another order
    assert metrics.shift_variance(si.DWT("sym8", 5), x).total > 0.05
    assert not metrics.equivariance_error(T, x, 9).any()
    assert T.layout(x.shape).frame is None
    with pytest.raises(ValueError, match="not linear"):
        metrics.aliasing_energy_ratio(T, 2)
    with pytest.raises(ValueError, match="does not tell where its coefficients are"):
        T.layout(64).times((1, "d"))


def test_the_energy_of_the_approximation_is_the_largest_there_is():
    x = noise(64, seed=9)
    best = si.BestShiftDWT("sym8", 1).forward(x).energy()
    energies = [si.DWT("sym8", 1).forward(np.roll(x, k)).energy() for k in (0, 1)]
    assert best[0] == pytest.approx(max(energy[0] for energy in energies), rel=1e-14)
    assert best.sum() == pytest.approx(x @ x, rel=1e-14)


def test_ties_are_broken_in_the_order_that_is_stated():
    rng, T, decided = np.random.default_rng(0), si.BestShiftDWT("haar", 1), set()
    drawn = [rng.integers(-3, 4, size) * (rng.random(size) < 0.8) for size in (4, 6, 8) for _ in range(600)]
    for x in [*drawn, np.array([-2, 0, 3, 0, 0, -3, -1, 1, -3, -1])]:  # only the magnitudes of its details differ
        sums = [haar_phase_sums(np.roll(x, -phase)) for phase in (0, 1)]
        decided.add(next((place for place, (p, q) in enumerate(zip(*sums, strict=True)) if p != q), None))
        assert T.forward(x).aux["phases"].tolist() == [sums.index(max(sums))]
    assert decided == {*range(len(sums[0])), None}


def is_a_shift_of(one, other):
    """Whether an array is another one, moved along its axes by any number of samples."""
    steps = itertools.product(*map(range, one.shape))
    return any(np.array_equal(np.roll(one, step, range(one.ndim)), other) for step in steps)


NINE = ["haar", "db2", "db4", "sym4", "sym8", "coif1", "coif2", "bior2.2", "bior4.4"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128, np.complex64])
@pytest.mark.parametrize("wavelet", NINE)
def test_equal_impulses_at_any_distance(wavelet, dtype):
    T, rng = si.BestShiftDWT(wavelet, 3), np.random.default_rng(4)
    for distance in range(1, 64, 1 if wavelet == "haar" else 3):
        x = np.zeros(64, dtype)
        x[5] = x[(5 + distance) % 64] = 1 if np.dtype(dtype).kind == "f" else 1 - 0.7j
        c = T.forward(x)
        for k in rng.choice(np.arange(1, 64), 4, replace=False):
            moved = T.forward(np.roll(x, k))
            for band in c.bands:
                assert is_a_shift_of(moved[band], c[band]), f"{band}, distance {distance}, shift {k}"
            assert T.act(c, int(k)).equals(moved)


@pytest.mark.parametrize("wavelet", ["haar", "db2", "sym8", "bior2.2"])
def test_equal_impulses_of_an_image(wavelet):
    T, rng = si.BestShiftDWT(wavelet, 2), np.random.default_rng(5)
    for _ in range(20):
        x, shift = np.zeros((32, 48)), tuple(rng.integers(32, size=2).tolist())
        for place in rng.integers(32, size=(2, 2)):
            x[tuple(place)] = 0.3
        c, moved = T.forward(x), T.forward(np.roll(x, shift, (0, 1)))
        for band in c.bands:
            assert is_a_shift_of(moved[band], c[band]), f"{band}, shift {shift}"
        assert T.act(c, shift).equals(moved)


def test_numbers_too_small_for_any_sum_are_read_in_order():
    x, T = np.zeros(62), si.BestShiftDWT("sym8", 1)
    x[[0, 31]], x[15] = 1e300, 1e-30  # without the small impulse the phases are shifts of each other
    c = T.forward(x)
    for k in range(1, 62):
        assert T.act(c, k).equals(T.forward(np.roll(x, k)))


@pytest.mark.parametrize("shape", [(1,), (2,), (5,), (8,), (12,), (2, 3), (4, 4), (3, 1, 2)])
def test_the_phase_that_is_least_in_a_circle(shape):
    rng, axes, decided = np.random.default_rng(6), tuple(range(len(shape))), 0
    for trial in range(100):
        first = {"a": [rng.integers(2, size=shape) * 1.0], "d": [rng.integers(-1, 1, size=shape) * 0.1]}
        step = [int(rng.integers(n)) for n in shape]
        second = {word: [np.roll(part, step, axes) for part in parts] for word, parts in first.items()}
        if trial % 2:
            second["d"] = [rng.permuted(second["d"][0].ravel()).reshape(shape)]
        least = [
            min(
                list(zip(*(np.roll(bands[word][0], steps, axes).ravel().tolist() for word in "ad"), strict=True))
                for steps in itertools.product(*map(range, shape))
            )
            for bands in (first, second)
        ]
        decided += least[0] != least[1]
        assert bestshift._least_rotated([first, second]) == (least[1] < least[0])
        assert bestshift._least_rotated([second, first]) == (least[0] < least[1])
    assert decided or math.prod(shape) == 1


@pytest.mark.parametrize("exponent", [-1000, -537, -530, 500, 1000])
def test_a_power_of_two_scales_every_coefficient(exponent):
    # squares have a digit or two at 2^-537, and are 0 or infinite further out
    for seed in range(20):
        T, x = si.BestShiftDWT("db4", 3), noise(64, seed=seed)
        c, scaled = T.forward(x), T.forward(np.ldexp(x, exponent))
        assert scaled.aux["phases"].tolist() == c.aux["phases"].tolist()
        assert_same_bits(scaled.vector, np.ldexp(c.vector, exponent))


def test_a_tie_within_rounding_is_a_tie():
    # both taps of haar's lowpass are the same, so that only the sign of the detail tells phases of an impulse apart
    x, T = np.eye(64)[10], si.BestShiftDWT("haar", 1)
    disturbed = [x + 1e-12 * noise(64, seed=seed) for seed in range(10)]
    larger = [
        np.argmax([si.DWT("haar", 1).forward(np.roll(y, -phase)).energy()[0] for phase in (0, 1)]) for y in disturbed
    ]
    assert set(larger) == {0, 1}
    assert {int(T.forward(y).aux["phases"][0]) for y in disturbed} == {int(T.forward(x).aux["phases"][0])}


def test_sums_in_any_order_agree_with_exact_ones():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((2, 4096))
    for gap in (1e-6, 1e-9 * (1 - 1e-6), 1e-9 * (1 + 1e-6), 1e-12, 0.0):
        terms = {0: a**2, 1: b**2 * (math.fsum(a**2) / math.fsum(b**2)) * (1 + gap)}
        kept = [1] if gap > 1e-9 else [0, 1]
        for _ in range(5):
            assert bestshift._best({number: rng.permutation(values) for number, values in terms.items()}, 1e-9) == kept


def test_what_is_not_finite_stays_in_its_support():
    T, x = si.BestShiftDWT("db2", 2), noise(64)
    x[20] = np.nan
    c = T.forward(x)
    assert 0 < np.isnan(c.vector).sum() < 16
    x[20] = np.inf
    assert 0 < (~np.isfinite(T.forward(x).vector)).sum() < 16


@pytest.mark.parametrize(
    ("T", "shape", "message"),
    [
        (si.BestShiftDWT("haar", 3), (60,), r"levels=3: a BestShiftDWT needs lengths that 2\^3 = 8 divides, and one is "
         r"60\. Crop it, for instance to 56, or use levels<=2\."),
        (si.BestShiftDWT("haar", 3), (64, 12), r"one is 12\. Crop it, for instance to 8, or use levels<=2\."),
        (si.BestShiftDWT("haar", 3), (6,), r"one is 6\. Use a longer signal, or levels<=1\."),
        (si.BestShiftDWT("haar", 3), (4,), "levels=3 is too deep"),
        (si.BestShiftDWT("haar", 1), (7,), r"for instance to 6, or use an even length\."),
    ],
)  # fmt: skip
def test_lengths_that_do_not_fit_are_refused(T, shape, message):
    with pytest.raises(ValueError, match=message):
        T.layout(shape)


def test_phases_are_saved_and_needed(tmp_path):
    T, x = si.BestShiftDWT("sym4", 3), noise(64, seed=8)
    c = T.forward(x)
    assert c.aux["phases"].any()
    c.save(tmp_path / "c.npz")
    loaded = si.Coefficients.load(tmp_path / "c.npz")
    assert_same_bits(T.inverse(loaded), T.inverse(c))
    loaded.aux["phases"][...] = 0
    assert np.abs(T.inverse(loaded) - x).max() > 0.1


def test_values():
    T = si.BestShiftDWT("sym8", 3, axes=(0, -1))
    assert T.spec == "bestshift:sym8,levels=3,axes=(0,-1)"
    assert si.transform(T.spec) == T
    assert T.undecimated() is None
    assert T.action.kind == "exact"
