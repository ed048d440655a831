"""The scattering transform: its formula, the package Kymatio, and what it promises about shifts and deformations."""

import itertools
import math
from pathlib import Path

import naive
import numpy as np
import pytest
from naive import assert_close, noise, scattering_wavelets

import shiftinv as si
from shiftinv.transforms import Scattering
from shiftinv.transforms.morlet import image_bank, signal_bank

with np.load(Path(__file__).parent / "reference" / "scattering.npz") as archive:
    STORED = dict(archive)
CASES = sorted(name.removesuffix("/x") for name in STORED if name.endswith("/x"))


def gains(T, levels, axes):
    return [bank.gain for bank in T.banks(levels, range(axes))]


def relative(found, expected):
    return float(np.linalg.norm(np.ravel(found - expected)) / np.linalg.norm(np.ravel(expected)))


# --- the formula --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "levels", "more"),
    [
        ((64,), 3, {}),
        ((128,), 2, {"Q": 4}),
        ((64,), 1, {"Q": 8}),
        ((61,), 3, {}),  # which 2^levels does not divide
        ((16, 24), 2, {}),
        ((16, 16), 3, {"orientations": 3}),
        ((15, 18), 2, {"orientations": 4}),
    ],
)
def test_every_sample_of_every_path_is_the_formula(shape, levels, more):
    T, x = Scattering(levels, oversampling=levels, **more), noise(shape)  # nothing is decimated on the way
    c = T.forward(x)
    expected = naive.scattering(x, levels, gains(T, levels, len(shape)), **more)
    assert set(c.bands) == set(expected)
    kept = (slice(None, None, 2**levels),) * len(shape)
    for band, values in expected.items():
        unit = math.sqrt(math.prod(shape) / values.size)
        assert_close(unit * c[band][kept], values, 1e-12, f"{band}")


@pytest.mark.parametrize(
    ("shape", "levels", "more"),
    [((2048,), 6, {}), ((1024,), 5, {"Q": 8}), ((96, 64), 3, {}), ((999,), 4, {}), ((48, 56), 4, {"orientations": 4})],
)
def test_moduli_with_fewer_samples_are_nearly_the_same(shape, levels, more):
    x = noise(shape)
    T = Scattering(levels, **more)
    c = T.forward(x)
    expected = naive.scattering(x, levels, gains(T, levels, len(shape)), **more)
    assert set(c.bands) == set(expected)
    errors = {band: relative(c[band], values) for band, values in expected.items()}
    assert max(errors.values()) < 6e-3
    whole = math.sqrt(sum(np.sum((c[band] - values) ** 2) for band, values in expected.items()))
    assert whole < 1e-3 * c.norm()


def test_paths_are_named_one_word_per_octave_from_the_first_wavelet_on():
    layout = Scattering(3).layout(64)
    assert [(level, word) for level, word in layout.bands] == [
        (3, "a"),
        *[(3, word) for word in ("d0", "d1", "d0.a.d0", "d0.a.d1", "d0.d0", "d0.d1")],
        *[(2, "d0"), (2, "d0.d0"), (1, "d0")],
    ]  # fmt: skip
    plane = Scattering(3, orientations=6).layout((32, 32))
    orders = [sum(letter == "d" for letter in word) for _, word in plane.bands]
    assert [orders.count(order) for order in range(3)] == [1, 3 * 6, 3 * 6 * 6]
    assert (3, "d4.aa.d5") in plane.bands
    assert plane.parent((2, "d4.d5")) == (3, "d4.d5")
    assert plane.redundancy == len(plane.bands) / 64
    assert [band for band in plane.bands if "." not in band.orientation] == list(
        Scattering(3, orientations=6, order=1).layout((32, 32)).bands
    )


def test_paths_tell_the_frequencies_of_their_first_wavelet():
    layout = Scattering(3).layout(64)
    assert layout.frequencies((3, "d0.a.d1")) == layout.frequencies((1, "d0")) == ((0.25, 0.5),)
    assert layout.frequencies((3, "d0.d0")) == layout.frequencies((2, "d0")) == ((0.125, 0.25),)
    assert layout.frequencies((3, "d1")) == layout.frequencies((3, "a")) == ((0, 0.0625),)  # below its octave
    assert layout.times((1, "d0"))[0].tolist() == list(range(0, 64, 8))


def test_the_first_order_is_the_same_with_and_without_the_second():
    x = noise((64, 48))
    one, two = Scattering(2, order=1).forward(x), Scattering(2).forward(x)
    for band in one.bands:
        np.testing.assert_array_equal(one[band], two[band])


def test_a_constant_is_its_average_alone_and_magnitudes_scale():
    for shape in ((64,), (32, 16)):
        T, x = Scattering(2), noise(shape)
        c = T.forward(np.full(shape, -3.0))
        np.testing.assert_allclose(c.approx, -3 * 2.0 ** len(shape), rtol=1e-13)
        assert all(np.abs(c[band]).max() < 1e-13 for band in c.layout.details)
        c, negative = T.forward(x), T.forward(-2 * x)
        assert_close(negative.approx, -2 * c.approx, 1e-14)
        for band in c.layout.details:
            assert_close(negative[band], 2 * c[band], 1e-13)
            assert c[band].min() > -1e-3 * np.abs(c[band]).max()  # the filter that averages is nowhere negative
        assert not T.forward(np.zeros(shape)).vector.any()


def test_a_quarter_turn_of_an_image_turns_the_orientations():
    T, x = Scattering(2, oversampling=2), noise((24, 24))
    turned = np.roll(np.rot90(x), 1, 0)  # about sample (0, 0)
    c, after = T.forward(x), T.forward(turned)

    def turn(word):
        return ".".join(f"d{(int(part[1:]) + 4) % 8}" if part[0] == "d" else part for part in word.split("."))

    for level, word in c.bands:
        expected = np.roll(np.rot90(c[level, word]), 1, 0)
        assert_close(after[level, turn(word)], expected, 1e-12, word)


def test_an_oriented_wave_is_found_in_its_orientation():
    rows, columns = np.mgrid[:64, :64] / 64
    for number, (down, right) in {0: (24, 0), 2: (17, 17), 4: (0, 24), 6: (17, -17)}.items():
        c = Scattering(2).forward(np.cos(2 * np.pi * (down * rows + right * columns)))
        energies = [np.linalg.norm(c[1, f"d{k}"]) for k in range(8)]
        assert int(np.argmax(energies)) == number


# --- what wavelets and averages keep ------------------------------------------------------------

LINE = [np.arange(-5000, 5001) / 10000]
PLANE = np.meshgrid(np.linspace(-0.5, 0.5, 129), np.linspace(-0.5, 0.5, 129), indexing="ij")


@pytest.mark.parametrize(
    ("bank", "least"),
    # the smallest sums are stated in the docstring
    [
        (signal_bank(3, 1), 0.205),
        (signal_bank(6, 1), 0.205),
        (signal_bank(5, 2), 0.02),
        (signal_bank(6, 8), 0.0005),
        (signal_bank(1, 8), 0.2),
        (image_bank(1, 8), 0.17),
        (image_bank(3, 8), 0.12),
        (image_bank(4, 6), 0.05),
        (image_bank(2, 5), 0.1),
    ],
)
def test_the_littlewood_paley_sum_comes_near_one_and_never_exceeds_it(bank, least):
    frequencies, near = (LINE, 2e-3) if len(bank.wavelets[0].gaussian.centre) == 1 else (PLANE, 1e-2)
    kept = bank.littlewood_paley(frequencies)
    assert kept.max() <= 1 + 1e-12
    assert least < kept.min() < 1.25 * least
    away = [np.where(np.hypot(*frequencies, *[0] * (2 - len(frequencies))) > 1e-9, f, 0.3) for f in frequencies]
    # the wavelets fill the room that the average leaves somewhere, as nearly as these frequencies show
    slack = 1 - bank.lowpass.at(away) ** 2
    touching = (bank.littlewood_paley(away) - bank.lowpass.at(away) ** 2) / slack
    assert 1 - near < touching.max() <= 1 + 1e-12


@pytest.mark.parametrize(
    ("T", "shape"),
    [(Scattering(4), (256,)), (Scattering(3, Q=4), (256,)), (Scattering(2), (32, 32)), (Scattering(3), (32, 48))],
)
def test_the_transform_is_a_contraction(T, shape):
    rng = np.random.default_rng(3)
    x = rng.standard_normal(shape)
    for size, smooth in itertools.product((1e-3, 1, 1e3), (0, 1, 5, 30)):
        d = size * rng.standard_normal(shape)
        for axis, _ in itertools.product(range(d.ndim), range(smooth)):
            d = (d + np.roll(d, 1, axis)) / 2
        assert (T.forward(x + d) - T.forward(x)).norm() <= np.linalg.norm(d)
    assert T.forward(x).norm() <= np.linalg.norm(x)


def test_most_of_what_the_averages_lose_is_found_in_the_first_two_orders():
    x = noise((4096,))
    c = Scattering(7).forward(x)
    orders = np.array([band.orientation.count("d") for band in c.bands])
    energies = np.array([c.energy()[orders == order].sum() for order in range(3)]) / np.sum(x**2)
    assert energies[0] < 0.01  # of white noise nothing is left of the mean
    assert energies[1] > 5 * energies[2] > 25 * energies[0]
    # the first order splits what the wavelets keep into its averages and what the second order sees
    bank = signal_bank(7, 1)
    assert energies.sum() < np.mean(bank.littlewood_paley([np.fft.fftfreq(4096)])) < 0.9


# --- shifts and deformations --------------------------------------------------------------------


def ecg(levels):
    return si.datasets.ecg()[: 1024 >> levels << levels]


def moduli(levels):
    """The magnitudes of a DWT, as a function of the signal."""
    return lambda x: np.abs(si.DWT("sym8", levels).forward(x).vector)


@pytest.mark.parametrize("shape", [(256,), (48, 32)])
def test_shifts_by_the_spacing_move_the_averages(shape):
    x = noise(shape)
    for T in (Scattering(3), Scattering(3, oversampling=1), Scattering(3, oversampling=9)):
        layout = T.layout(shape)
        assert layout.grid == layout.blocks[0].spacing == 2 ** max(0, 3 - T.oversampling)
        for k in (layout.grid, -3 * layout.grid):
            shift = (k,) * len(shape)
            moved = T.forward(np.roll(x, shift, range(len(shape))))
            assert_close(moved.vector, T.act(T.forward(x), shift).vector, 1e-13)
    assert Scattering(3).layout(60).grid is None


def test_other_shifts_are_nearly_as_exact_where_averages_are_sampled_well():
    shifts = range(1, 9)
    x = ecg(4) - ecg(4).mean()
    assert si.metrics.equivariance_error(Scattering(4), x, shifts).max() < 1e-3
    assert si.metrics.equivariance_error(si.DWT("sym8", 4), x, shifts).max() > 0.1
    image = si.datasets.camera()[:128, :128] - 128.0
    errors = [si.metrics.equivariance_error(Scattering(3, oversampling=o), image, [1, 3]).max() for o in range(3)]
    assert errors[0] > 10 * errors[1] > 100 * errors[2]


def test_the_averages_hardly_change_below_their_scale_and_less_for_every_level():
    x = noise((2048,))
    error = {J: si.metrics.invariance_error(Scattering(J), x, [2**k for k in range(J + 1)]) for J in range(2, 8)}
    for J, found in error.items():
        assert np.all(np.diff(found) > 0)  # it grows with the shift
        assert found[-1] < 0.2
        if J > 2:
            assert np.all(found[:J] < error[J - 1])  # and falls with the scale
            assert found[0] < 0.6 * error[J - 1][0]
        assert np.all(found < 0.3 * si.metrics.invariance_error(moduli(J), x, [2**k for k in range(J + 1)]))


def test_an_image_is_more_invariant_than_the_moduli_of_its_dwt_and_its_energies_hardly_vary():
    x = si.datasets.camera()[:128, :128] - 128.0
    errors = [si.metrics.invariance_error(Scattering(J), x, [1])[0] for J in (1, 2, 3, 4)]
    assert np.all(np.diff(errors) < 0)
    assert errors[-1] < 0.3 * si.metrics.invariance_error(moduli(4), x, [1])[0]
    found, expected = (si.metrics.shift_variance(T, ecg(3)).total for T in (Scattering(3), si.DWT("sym8", 3)))
    assert found < 1e-3
    assert expected > 0.1


def test_deformations_change_the_averages_in_proportion():
    n = np.arange(4096.0)

    def warped(size):
        """A burst of a chirp at the places n + tau(n), with |tau'| <= size."""
        at = n + size * 4096 / (2 * np.pi) * np.sin(2 * np.pi * n / 4096) - 2048
        return np.exp(-((at / 300) ** 2)) * np.cos(2 * np.pi * (0.3 * at + 1e-5 * at**2))

    T, x = Scattering(6), warped(0.0)
    size, spectrum = T.forward(x).norm(), np.abs(np.fft.fft(x))
    rates = []
    for small in (0.001, 0.003, 0.01, 0.03):
        y = warped(small)
        rates.append((T.forward(y) - T.forward(x)).norm() / size / small)
        if small == 0.03:  # which moves the high frequencies by more than their bandwidth
            assert relative(np.abs(np.fft.fft(y)), spectrum) > 1
            assert rates[-1] * small < 0.15
    assert max(rates) < 3
    assert max(rates) < 1.2 * min(rates)  # Lipschitz, with the same constant for all


# --- comparisons, dtypes, refusals --------------------------------------------------------------


def test_a_comparison_says_what_cannot_be_measured():
    (record,) = si.compare(noise((100,)), ["scattering:3"]).records
    assert record["shape"] == (96,)
    assert record["equivariance_error"] < 0.01
    assert record["shift_variance"] < 0.01
    assert record["forward_seconds"] > 0
    assert math.isnan(record["reconstruction_error"])
    assert math.isnan(record["inverse_ratio"])
    assert "scattering:3 has no inverse" in record["note"]


def test_single_precision_is_computed_in_single_precision():
    for shape in ((128,), (32, 24)):
        x = noise(shape)
        single, double = Scattering(2).forward(x.astype(np.float32)), Scattering(2).forward(x)
        assert single.vector.dtype == np.float32
        assert_close(single.vector, double.vector, 1e-6)
        assert relative(single.vector, double.vector) > 1e-9


def test_batches_of_images_and_of_signals():
    x = noise((3, 16, 20, 2))
    c = Scattering(2, axes=(1, 2)).forward(x)
    assert c.approx.shape == (3, 4, 5, 2)
    alone = Scattering(2).forward(x[1, :, :, 0])
    for band in c.bands:
        assert_close(c[band][1, :, :, 0], alone[band], 1e-13)


@pytest.mark.parametrize(
    ("arguments", "shape", "error", "message"),
    [
        ({}, (8, 8, 8), ValueError, r"axes=\(0, 1, 2\) are 3 axes.*Use for instance axes=\(-2, -1\)"),
        ({"order": 3}, (64,), ValueError, r"order=3 is not implemented. Use 1 or 2"),
        ({"order": 0}, (64,), ValueError, r"order=0 is too small"),
        ({"Q": 0}, (64,), ValueError, r"Q=0 is too small"),
        ({"Q": 1.5}, (64,), TypeError, r"Q=1.5 is a float"),
        ({"orientations": 0}, (64,), ValueError, r"orientations=0 is too small"),
        ({"oversampling": -1}, (64,), ValueError, r"oversampling=-1 is too small"),
        ({"levels": 7}, (64,), ValueError, r"levels=7 is too deep for a Scattering of 64 samples: at most 6"),
        ({"axes": 2}, (64,), ValueError, r"axes=\(2,\) is out of range"),
    ],
)
def test_refusals_say_what_to_do(arguments, shape, error, message):
    with pytest.raises(error, match=message):
        Scattering(**arguments).layout(shape)


def test_complex_signals_are_refused():
    with pytest.raises(TypeError, match=r"a Scattering takes real signals only. Transform x.real and x.imag"):
        Scattering(2).forward(np.ones(16, complex))


# --- another library ----------------------------------------------------------------------------


def kymatio_paths(name):
    """Yield ours and theirs of every path that both have: the samples, and how many moduli were taken.

    Theirs are means in units of the signal, of wavelets without our gain, for signals with sums of magnitudes of 1.
    """
    kind, _, levels, number = name.split("/")
    levels, number, x = int(levels), int(number), STORED[f"{name}/x"]
    more = {"Q": number} if kind == "signal" else {"orientations": number}
    T = Scattering(levels, oversampling=levels, **more)
    c = T.forward(x)
    banks = T.banks(levels, range(x.ndim))
    listed = [scattering_wavelets(x.shape, levels, **more)[0], scattering_wavelets(x.shape, levels, 1, number)[0]]
    for row, numbers in zip(STORED[f"{name}/averages"], STORED[f"{name}/paths"], strict=True):
        path, size = [], 1.0
        for bank, wavelets, n in zip(banks, listed, numbers, strict=True):
            if n >= 0:
                if kind == "image":  # their angles run the other way, from a quarter turn on
                    n = n // number * number + (number // 2 - 1 - n % number) % number  # noqa: PLW2901
                level, word, samples = wavelets[n]
                size *= bank.gain * (np.abs(samples).sum() if kind == "signal" else 1)
                path.append((level, word))
        if len(path) == 2 and path[1][0] <= path[0][0]:
            continue  # of two wavelets of the last level, which is no path here
        words = [path[0][1]] if path else ["a" * x.ndim]
        for (before, _), (level, word) in itertools.pairwise(path):
            words += ["a" * x.ndim] * (level - before - 1) + [word]
        band = path[-1][0] if path else levels, ".".join(words)
        yield c[band][(slice(None, None, 2**levels),) * x.ndim] / size, row, len(path)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("signal")])
def test_signals_have_the_averages_of_kymatio(name):
    orders = []
    for ours, theirs, order in kymatio_paths(name):
        assert_close(ours, theirs, 1e-12)
        orders.append(order)
    assert orders.count(0) == 1
    assert orders.count(1) == int((STORED[f"{name}/paths"] >= 0).sum(1).tolist().count(1))
    assert orders.count(2) >= 4


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("image")])
def test_images_have_the_averages_of_kymatio_up_to_its_decimation(name):
    # it takes every 2^(j-1)-th sample of a modulus of octave j, and 3.1415 for pi: 2.9e-5 in order 0
    pi = 3.1415 / math.pi
    differences = [[], [], []]
    for ours, theirs, order in kymatio_paths(name):
        differences[order].append((np.linalg.norm(ours - pi ** (order + 1) * theirs), np.linalg.norm(ours)))
    assert [len(found) for found in differences] == np.bincount((STORED[f"{name}/paths"] >= 0).sum(1)).tolist()
    for found, most in zip(differences, (1e-6, 0.006, 0.02), strict=True):
        errors, sizes = np.array(found).T
        assert np.linalg.norm(errors) < most * np.linalg.norm(sizes)
