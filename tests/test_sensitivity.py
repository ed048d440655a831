"""Translation-sensitivity maps and consistency against their definitions written out."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import shiftinv as si
from shiftinv.metrics import consistency, sensitivity_map

RNG = np.random.default_rng(23)


def test_the_map_is_the_definition():
    x, others = RNG.standard_normal((8, 12)), list(RNG.standard_normal((3, 8, 12)))
    f = np.cumsum
    found = sensitivity_map(f, x, 2, others=others)
    outputs = [f(one) for one in (x, *others)]
    typical = np.median([np.linalg.norm(a - b) for a, b in itertools.combinations(outputs, 2)])
    cosines = sensitivity_map(f, x, 2, distance="cosine").map
    for row, column in itertools.product(range(5), repeat=2):
        moved = f(np.roll(x, (row - 2, column - 2), (0, 1)))
        assert found.map[row, column] == pytest.approx(np.linalg.norm(moved - f(x)) / typical, abs=1e-13)
        cosine = moved @ f(x) / np.linalg.norm(moved) / np.linalg.norm(f(x))
        assert cosines[row, column] == pytest.approx(1 - cosine, abs=1e-13)
    assert found.shifts.tolist() == [-2, -1, 0, 1, 2]
    near = [found.map[2 + i, 2 + j] for i, j in itertools.product((-1, 0, 1), repeat=2) if (i, j) != (0, 0)]
    assert found.radial[1] == pytest.approx(np.mean(near))  # the diagonal is 1.41 away, nearest to 1
    far = [
        found.map[2 + i, 2 + j] for i, j in itertools.product(range(-2, 3), repeat=2) if 1.5 < math.hypot(i, j) < 2.5
    ]
    assert found.radial[2] == pytest.approx(np.mean(far))  # the corners are 2.83 away
    assert found.radial.shape == (3,)


def test_another_input_is_about_as_far_as_a_long_shift_of_noise():
    found = sensitivity_map(si.DWT("db4", 2), RNG.standard_normal(512), 20)
    assert found.radial[20] == pytest.approx(1, abs=0.1)


def test_energies_of_an_undecimated_transform_are_at_rest():
    energies = lambda signal: si.SWT("haar", 3).forward(signal).energy()  # noqa: E731
    x = RNG.standard_normal(64)
    assert sensitivity_map(energies, x, 5).map.max() < 1e-13
    assert sensitivity_map(energies, x, 5, distance="cosine").map.max() < 1e-13
    decimated = lambda signal: si.DWT("haar", 3).forward(signal).energy()  # noqa: E731
    assert sensitivity_map(decimated, x, 5).radial[1] > 0.1


def test_steps_of_half_a_sample():
    x = RNG.standard_normal(33)
    fine, coarse = sensitivity_map(np.copy, x, 4, step=0.5), sensitivity_map(np.copy, x, 2)
    assert fine.shifts.tolist() == [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]
    np.testing.assert_allclose(fine.map[::2], coarse.map, rtol=1e-12)


def test_the_result_repeats_and_has_no_nan():
    x = RNG.standard_normal(32)
    np.testing.assert_array_equal(sensitivity_map(np.abs, x, 3).map, sensitivity_map(np.abs, x, 3).map)
    assert not sensitivity_map(np.copy, np.ones(16), 3).map.any()
    assert sensitivity_map(np.copy, np.zeros(16), 3, distance="cosine").map.max() == 0
    still = sensitivity_map(np.argmax, [0.0, 1.0, 0.0, 0.0], 1, others=[np.array([0.0, 2.0, 0.0, 0.0])])
    assert still.map.tolist() == [math.inf, 0, math.inf]


def test_what_makes_no_map_is_refused():
    x = RNG.standard_normal(16)
    with pytest.raises(ValueError, match="radius=0"):
        sensitivity_map(np.abs, x, 0)
    with pytest.raises(ValueError, match="step=0"):
        sensitivity_map(np.abs, x, 1, step=0)
    with pytest.raises(ValueError, match="distance='manhattan' is unknown"):
        sensitivity_map(np.abs, x, 1, distance="manhattan")
    with pytest.raises(ValueError, match=r"others has signals of shapes \[\(3,\)\], and x has shape \(16,\)"):
        sensitivity_map(np.abs, x, 1, others=[[1, 2, 3]])
    with pytest.raises(ValueError, match="a cosine has none"):
        sensitivity_map(np.abs, x, 1, distance="cosine", others=[x])
    with pytest.raises(ValueError, match="more than 100000"):
        sensitivity_map(np.abs, np.ones((8, 8)), 400)


def test_consistency_is_the_share_of_pairs():
    x = np.array([3.0, 2.0, 1.0, 0.0])  # the larger of the first two: index 0 0 0 1 for shifts 0, 1, 2, 3 is 0 1 0 0
    decisions = [int(np.argmax(np.roll(x, k)[:2])) for k in range(4)]
    pairs = [a == b for a, b in itertools.permutations(decisions, 2)]
    assert consistency(lambda s: s[:2], x, 4) == np.mean(pairs) == 0.5
    assert consistency(lambda s: "yes" if s[0] > 1.5 else "no", x, 4) == pytest.approx(1 / 3)
    assert consistency(si.DWT("haar", 1), x, 4) == 1  # a single detail band


def test_a_transform_decides_for_its_strongest_detail_band():
    x, T = np.random.default_rng(0).standard_normal(64), si.DWT("haar", 4)
    winners = [int(np.argmax(T.forward(np.roll(x, k)).energy()[1:])) for k in range(16)]
    expected = np.mean([a == b for a, b in itertools.permutations(winners, 2)])
    assert consistency(T, x, 16) == pytest.approx(expected)
    assert expected < 1


def test_what_decides_nothing_is_refused():
    x = RNG.standard_normal(8)
    with pytest.raises(ValueError, match="shifts has one shift"):
        consistency(np.abs, x, 1)
    with pytest.raises(TypeError, match="scores of complex128"):
        consistency(np.fft.fft, x, 2)
    with pytest.raises(ValueError, match="no numbers"):
        consistency(lambda s: np.full(3, np.nan), x, 2)
    with pytest.raises(ValueError, match="0 scores"):
        consistency(lambda s: s[:0], x, 2)


def test_labels_are_decisions_and_their_parts_are_not():
    x = np.array([0.0, 3.0, 2.0, 0.0])
    assert consistency(lambda v: "left" if v.argmax() < 2 else "right", x, 4) == pytest.approx(1 / 3)
    assert consistency(lambda v: None, x, 4) == 1
    with pytest.raises(TypeError, match=r"^f returned a list of parts with different shapes\. Return real scores"):
        consistency(lambda v: [v, v[:1]], x, 4)
    with pytest.raises(
        TypeError, match=r"^f returned a dict, which is not compared\. Return real scores .* or a label"
    ):
        consistency(lambda v: {"left": v.argmax()}, x, 4)
