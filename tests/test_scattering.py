"""The scattering transform: its formula, the package Kymatio, and what it promises about shifts and deformations."""

import itertools
import math
from pathlib import Path

import naive
import numpy as np
import pytest
from naive import assert_close, noise, scattering_wavelets

from shiftinv.transforms import Scattering

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
