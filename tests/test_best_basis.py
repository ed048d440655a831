"""The best basis against all bases, its choice under shifts, and the transform that stores it."""

from __future__ import annotations

import dataclasses
import itertools
import math
import pickle

import numpy as np
import pytest
from naive import all_bases, assert_close, assert_same_bits, information_cost, noise

import shiftinv as si
from shiftinv.testing import check_transform
from shiftinv.transforms import BestBasis, Packets, StationaryPackets, best_basis
from shiftinv.transforms.costs import COSTS, Cost, orderless_sum
from shiftinv.transforms.packet_tree import Tree

NAMED = ["entropy", "log-energy", "l1", "lp:0.5", "lp:1.5", "threshold:0.7", "sure:0.5"]
WORDS = {1: ("a", "d"), 2: ("aa", "ad", "da", "dd")}


def events(size, seed=0):
    """An impulse, an oscillation and a step in a little noise: no basis is the best for all of them."""
    n = np.arange(size)
    return 3.0 * (n == size // 3) + np.cos(0.8 * np.pi * n) * (n > size // 2) + (n > 5) + 0.05 * noise(size, seed=seed)


def cost_of_basis(T, x, cost):
    """The cost of the coefficients of a transform, averaged over all shifts where it has them all."""
    c, axes = T.forward(x), len(T.layout(x.shape).axes)
    total, energy = 0.0, np.sum(np.abs(x) ** 2)
    for band in c.bands:
        spread = 2.0 ** (band.level * axes) if isinstance(T, StationaryPackets) else 1.0
        scale = math.sqrt(spread) if getattr(T, "norm", "") == "energy" else 1.0
        total += information_cost(cost, scale * c[band], energy, x.size) / spread
    return total


# --- the search ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cost", NAMED)
@pytest.mark.parametrize(
    ("T", "size"),
    [
        (Packets("sym4", 3), 32),
        (Packets("haar", 3), 24),
        (Packets("bior2.2", 3), 19),
        (Packets("db2", 3, boundary="symmetric"), 21),
        (StationaryPackets("sym4", 3), 32),
        (StationaryPackets("db2", 3, norm="unit"), 19),
    ],
    ids=str,
)
def test_no_basis_of_three_levels_costs_less(T, size, cost):
    x, bases = events(size), all_bases(3, WORDS[1])
    costs = {basis: cost_of_basis(dataclasses.replace(T, levels=None, basis=basis), x, cost) for basis in bases}
    found = best_basis(T, x, cost)
    assert type(found) is type(T)
    assert set(found.basis) in [set(basis) for basis in bases]
    assert cost_of_basis(found, x, cost) == pytest.approx(min(costs.values()), rel=1e-12)
    assert max(costs.values()) > min(costs.values()) + 1e-3 * abs(min(costs.values()))


@pytest.mark.parametrize("cost", ["entropy", "l1"])
@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize("transform", [Packets, StationaryPackets])
def test_no_basis_of_an_image_costs_less(transform, dtype, cost):
    x = np.outer(events(12), events(8, seed=1)).astype(dtype) + noise((12, 8), dtype)
    bases = all_bases(2, WORDS[2])
    assert len(bases) == 1 + 2**4
    costs = [cost_of_basis(transform("db2", basis=basis), x, cost) for basis in bases]
    assert cost_of_basis(best_basis(transform("db2", 2), x, cost), x, cost) == pytest.approx(min(costs), rel=1e-12)


def test_any_function_is_a_cost():
    x = events(48)
    for T in (Packets("sym4", 3), StationaryPackets("sym4", 3)):
        assert best_basis(T, x, lambda values: np.abs(values).sum()) == best_basis(T, x, "l1")
        assert best_basis(T, x, lambda values: -float(values.size)).basis == ("",)  # equal costs leave nodes whole
        given = []
        best_basis(T, x + 0j, lambda values, given=given: given.append(values) or 0.0)
        assert {(values.dtype, values.ndim) for values in given} == {(np.dtype(complex), 1)}
        assert_same_bits(given[0], x + 0j)


def test_a_batch_has_one_basis_the_best_for_the_sum():
    x = np.stack([np.eye(32)[5], np.cos(0.8 * np.pi * np.arange(32)), 3 * noise(32)])
    T = Packets("sym4", 3, axes=-1)
    norm = lambda values: np.abs(values).sum()  # noqa: E731
    costs = {
        basis: sum(norm(c) for c in Packets("sym4", axes=-1, basis=basis).forward(x).vector[None])
        for basis in all_bases(3, WORDS[1])
    }
    assert set(best_basis(T, x, "l1").basis) == set(min(costs, key=costs.get))
    assert best_basis(T, x, norm) == best_basis(T, x, "l1")


@pytest.mark.parametrize(("x", "basis"), [
    (np.eye(64)[7], ("",)),  # the samples are the best basis of an impulse
    (np.ones(64), ("a.a.a", "a.a.d", "a.d", "d")),  # what is zero stays whole
    ((-1.0) ** np.arange(64), ("d.a.a", "d.a.d", "d.d", "a")),  # constant after the first highpass
    (np.zeros(64), ("",)),
])  # fmt: skip
@pytest.mark.parametrize("transform", [Packets, StationaryPackets])
def test_bases_that_are_known(transform, x, basis):
    assert set(best_basis(transform("haar", 3), x).basis) == set(basis)


@pytest.mark.parametrize("transform", [Packets, StationaryPackets])
def test_every_node_is_computed_once(transform, monkeypatch):
    levels, split = [], Tree.split
    monkeypatch.setattr(Tree, "split", lambda tree, node, level: levels.append(level) or split(tree, node, level))
    BestBasis(transform("sym4", 4)).forward(events(64))
    assert {level: levels.count(level) for level in levels} == {1: 1, 2: 2, 3: 4, 4: 8}


# --- shifts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cost", NAMED)
@pytest.mark.parametrize("size", [48, 61])
def test_the_stationary_choice_is_the_same_for_every_shift_and_the_coefficients_move(size, cost):
    x, T = events(size), BestBasis(StationaryPackets("sym4", 3), cost)
    c = T.forward(x)
    assert 1 < len(T.chosen(c)) < 8
    for shift in range(1, size):
        moved = T.forward(np.roll(x, shift))
        assert T.chosen(moved) == T.chosen(c)
        assert moved.equals(T.act(c, shift))
        assert best_basis(T.packets, np.roll(x, shift), cost).basis == T.chosen(c)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_the_stationary_choice_of_an_image_is_the_same_for_every_shift(dtype):
    x, T = noise((7, 10), dtype) + np.outer(events(7), events(10)).astype(dtype), BestBasis(StationaryPackets("db2", 2))
    c = T.forward(x)
    for shift in itertools.product(range(7), range(10)):
        assert T.forward(np.roll(x, shift, (0, 1))).equals(T.act(c, shift))


def test_the_decimated_choice_changes_with_the_shift():
    x, T = events(64), BestBasis(Packets("haar", 3))
    c = T.forward(x)
    chosen = [T.chosen(T.forward(np.roll(x, shift))) for shift in range(64)]
    assert len(set(chosen)) > 1
    for shift in range(0, 64, 8):
        assert chosen[shift] == T.chosen(c)
        assert T.forward(np.roll(x, shift)).equals(T.act(c, shift))


def test_ties_do_not_depend_on_the_order_of_the_terms():
    terms = np.exp(8 * noise((4, 999))) * np.sign(noise((4, 999), seed=1))
    found = orderless_sum(terms)
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(999)
        assert_same_bits(orderless_sum(terms[:, order]), found)
    for row, total in zip(terms, found, strict=True):
        assert abs(total - math.fsum(row)) <= 999 * np.finfo(float).eps * np.abs(row).max()
    assert any(np.sum(terms[0, ::-1]) != np.sum(terms[0, order]) for order in [np.argsort(terms[0])])


def test_sums_of_what_is_not_usual():
    assert orderless_sum(np.zeros((2, 3))).tolist() == [0, 0]
    assert orderless_sum(np.zeros((2, 0))).tolist() == [0, 0]
    assert orderless_sum(np.array([[5e-324, 5e-324], [1e308, -1e308]])).tolist() == [1e-323, 0]
    assert np.isnan(orderless_sum(np.array([[np.inf, 1], [np.nan, 1]]))).all()


# --- the transform ------------------------------------------------------------------------------


@pytest.mark.parametrize("T", [
    BestBasis(Packets("sym4", 2)), BestBasis(Packets("haar", 3), "l1"), BestBasis(Packets("bior4.4", 2), "sure:1"),
    BestBasis(Packets("db3", 2, boundary="symmetric"), "lp:0.5"), BestBasis(StationaryPackets("sym4", 2)),
    BestBasis(StationaryPackets("bior2.2", norm="unit"), "log-energy"), BestBasis(Packets("haar", 0)),
    BestBasis(StationaryPackets("db2", 2, axes=-1), "threshold:1"),
], ids=str)  # fmt: skip
def test_keeps_every_law(T):
    assert check_transform(T, shapes=[(16,), (61,), (16, 8), (9, 16)]) > 2 * 10


@pytest.mark.parametrize("cost", NAMED)
@pytest.mark.parametrize("dtype", [float, complex])
def test_a_decimated_choice_is_as_many_coefficients_as_samples(cost, dtype):
    for shape, levels in (((64,), 3), ((16, 24), 2)):
        x = noise(shape, dtype) * np.linspace(0, 1, shape[-1]) ** 4
        T = BestBasis(Packets("sym4", levels), cost)
        c = T.forward(x)
        assert c.layout.redundancy == 1
        assert c.norm() == pytest.approx(np.linalg.norm(x), rel=1e-13)
        same = Packets("sym4", basis=T.chosen(c)).forward(x)
        assert best_basis(T.packets, x, cost).basis == T.chosen(c)
        assert_same_bits(np.sort(c.vector), np.sort(same.vector))


def test_a_whole_node_is_dealt_to_the_bands_below_it():
    x = events(64)
    T = BestBasis(Packets("haar", 3))
    c = T.forward(x)
    chosen = Packets("haar", basis=T.chosen(c)).forward(x)
    node = {band.orientation: chosen[band] for band in chosen.bands}
    assert len({path.count(".") for path in node}) > 1
    for place, (depth, band) in enumerate(zip(c.aux["depth"], c.bands, strict=True)):
        above = ".".join(band.orientation.split(".")[:depth])
        step = 2 ** (3 - depth)
        assert_same_bits(c[band], np.ascontiguousarray(node[above][place % step :: step]))


def test_a_stationary_node_is_the_first_band_below_it():
    x = events(61)
    T = BestBasis(StationaryPackets("haar", 3))
    c = T.forward(x)
    node = StationaryPackets("haar", basis=T.chosen(c)).forward(x)
    paths = {band.orientation: band for band in node.bands}
    seen = set()
    for depth, band in zip(c.aux["depth"], c.bands, strict=True):
        above = ".".join(band.orientation.split(".")[:depth])
        assert_same_bits(c[band], np.zeros(61) if above in seen else node[paths[above]])
        seen.add(above)
    assert seen == set(paths)
    assert c.norm() == pytest.approx(np.linalg.norm(x), rel=1e-13)


@pytest.mark.parametrize("transform", [Packets, StationaryPackets])
def test_every_signal_of_a_batch_has_its_own_basis(transform):
    x = np.stack([[np.eye(32)[5], np.cos(0.8 * np.pi * np.arange(32))], [events(32), np.ones(32)]])
    for axis in (0, 1, 2):
        T = BestBasis(transform("haar", 3, axes=axis))
        c = T.forward(np.moveaxis(x, 2, axis))
        assert c.aux["depth"].shape == (8, 2, 2)
        chosen = set()
        for item in np.ndindex(2, 2):
            alone = BestBasis(transform("haar", 3)).forward(x[item])
            assert T.chosen(c, item) == BestBasis(transform("haar", 3)).chosen(alone)
            chosen.add(T.chosen(c, item))
            for band in c.bands:
                assert_same_bits(np.moveaxis(c[band], axis, 2)[item], alone[band])
        assert len(chosen) == 3  # the oscillation and the events share the deepest
        assert_close(T.inverse(c), np.moveaxis(x, 2, axis), 1e-14)
        with pytest.raises(ValueError, match=r"item=\(\) has 0 indices, not 2\. Give one per batch axis"):
            T.chosen(c)


def test_the_choice_is_kept_with_the_coefficients(tmp_path):
    T = BestBasis(Packets("sym4", 3))
    c = T.forward(events(64))
    c.save(tmp_path / "c.npz")
    for again in (si.Coefficients.load(tmp_path / "c.npz"), pickle.loads(pickle.dumps(c))):
        assert T.chosen(again) == T.chosen(c)
        assert_same_bits(T.inverse(again), T.inverse(c))
    with pytest.raises(ValueError, match=r"differ in aux"):
        c + T.forward(np.eye(64)[3])
    with pytest.raises(ValueError, match=r"does not tell where its coefficients are"):
        c.layout.times(c.bands[0])


def test_the_denoised_signal_moves_with_the_noisy_one():
    def shrunk(T, x):
        c = T.forward(x)
        c.vector[np.abs(c.vector) < 0.3] = 0
        return T.inverse(c)

    x = events(50)
    for T, equivariant in ((BestBasis(StationaryPackets("sym4", 2)), True), (BestBasis(Packets("sym4", 3)), False)):
        gaps = [np.abs(shrunk(T, np.roll(x, shift)) - np.roll(shrunk(T, x), shift)).max() for shift in range(50)]
        assert (max(gaps) == 0) == equivariant


# --- descriptions and refusals ------------------------------------------------------------------


@pytest.mark.parametrize("cost", NAMED)
def test_a_description_is_a_value(cost):
    for T in (BestBasis(Packets("sym4", 2, axes=-1), cost), BestBasis(cost=cost)):
        assert si.transform(T.spec) == T
        assert eval(repr(T), {kind.__name__: kind for kind in (BestBasis, Packets, StationaryPackets)}) == T
    assert si.transform("bestbasis") == BestBasis(StationaryPackets())
    assert {Cost(name).name.partition(":")[0] for name in NAMED} == set(COSTS)


@pytest.mark.parametrize(("cost", "error", "message"), [
    ("entropi", ValueError, r"cost='entropi' is unknown\. Did you mean 'entropy'"),
    ("entropy:2", ValueError, r"cost='entropy:2' needs no number after its name, as in 'entropy'"),
    ("lp", ValueError, r"cost='lp' needs an exponent between 0 and 2 after its name, as in 'lp:1\.5'"),
    ("lp:2", ValueError, r"cost='lp:2': 2 is not allowed\. Use an exponent between 0 and 2"),
    ("lp:x", ValueError, r"cost='lp:x': x is not allowed"),
    ("lp:nan", ValueError, r"cost='lp:nan': nan is not allowed"),
    ("threshold:-1", ValueError, r"cost='threshold:-1': -1 is not allowed\. Use a threshold >= 0"),
    ("threshold:inf", ValueError, r"cost='threshold:inf': inf is not allowed"),
    ("sure:0", ValueError, r"cost='sure:0': 0 is not allowed\. Use the standard deviation of the noise, > 0"),
    (None, TypeError, r"cost=None is None\. Use one of entropy, log-energy, l1, lp, threshold, sure"),
])  # fmt: skip
def test_what_is_no_cost(cost, error, message):
    with pytest.raises(error, match=message):
        BestBasis(Packets(), cost)
    with pytest.raises(error, match=message):
        best_basis(Packets("haar", 1), np.ones(8), cost)


def test_a_description_holds_no_function():
    with pytest.raises(TypeError, match=r"cost=<.*> is a function\. Use one of entropy, .*, or best_basis"):
        BestBasis(Packets(), lambda values: 0.0)


def test_what_has_no_tree_to_search():
    for make in (BestBasis, lambda T: best_basis(T, np.ones(8))):
        with pytest.raises(TypeError, match=r"=DWT\('sym4'\) is a DWT\. Use Packets or StationaryPackets"):
            make(si.DWT())
        with pytest.raises(ValueError, match=r"has a basis already\. Leave basis out"):
            make(Packets(basis="dwt"))
