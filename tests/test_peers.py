"""Other libraries under the same ruler: their numbers are ours where they compute the same."""

import dataclasses
import importlib
import math

import numpy as np
import pytest
import pywt

from shiftinv import DWT, SWT, metrics
from shiftinv.comparison import compare
from shiftinv.peers import METHODS, PEERS, InvertiblePeer, Peer, installed_peers

X = np.random.default_rng(2).standard_normal(128)
IMAGE = np.random.default_rng(3).standard_normal((16, 32))


@pytest.mark.parametrize("x", [X, IMAGE], ids=["signal", "image"])
@pytest.mark.parametrize("wavelet", ["haar", "sym8", "bior4.4"])
def test_pywavelets_dwt_has_the_shift_variance_and_aliasing_of_ours(x, wavelet):
    theirs, ours = InvertiblePeer("pywt.dwt", wavelet, 2), DWT(wavelet, 2)
    assert theirs.redundancy(x.shape) == 1
    measured = metrics.shift_variance(theirs, x).total
    assert measured == pytest.approx(metrics.shift_variance(ours, x).total, rel=1e-9)
    assert measured > 0.01
    for level in (1, 2):
        given = metrics.aliasing_energy_ratio(theirs, level)
        assert given == pytest.approx(metrics.aliasing_energy_ratio(ours, level), rel=1e-9)


@pytest.mark.parametrize("x", [X, IMAGE], ids=["signal", "image"])
def test_pywavelets_swt_is_exact_as_ours_is_when_its_shifts_are_measured_one_by_one(x):
    theirs, ours = InvertiblePeer("pywt.swt", "sym8", 2), SWT("sym8", 2)
    assert theirs.layout(x.shape).grid == 4
    assert metrics.shift_variance(theirs, x).total == pytest.approx(metrics.shift_variance(ours, x).total, abs=1e-15)
    assert theirs.redundancy(x.shape) == ours.redundancy(x.shape)
    assert metrics.aliasing_energy_ratio(theirs, 2) == -math.inf
    assert max(metrics.equivariance_error(theirs, x, range(1, 5))) < 1e-15
    ordered = theirs.forward(x)
    expected = ours.forward(x)
    assert ordered.bands == expected.bands
    for band in ordered.bands:
        assert np.allclose(np.abs(ordered[band]), np.abs(expected[band]), atol=1e-9)


@pytest.mark.parametrize("T", installed_peers(), ids=lambda T: T.spec)
def test_installed_peers_invert_and_are_rows_of_a_comparison(T):
    shape = (64,) * max(axes for axes in METHODS[T.method].axes if axes < 3)
    x = np.random.default_rng(1).standard_normal(shape)
    c = T.forward(x)
    assert np.isfinite(c.vector).all()
    if isinstance(T, InvertiblePeer):
        assert np.allclose(T.inverse(c), x, atol=1e-2 if T.method == "pyrtools.steerable" else 1e-9)
    (record,) = compare(x, [T], measures=["redundancy", "shift_variance", "denoising_gain"])
    assert record["transform"] == T.spec
    assert record["redundancy"] == T.redundancy(shape)
    assert math.isnan(record["denoising_gain"])
    assert (
        "tells no noise gain" in record["note"] or "is not linear" in record["note"] or "no inverse" in record["note"]
    )
    assert math.isnan(record["shift_variance"]) is (not METHODS[T.method].circular)


def test_peers_follow_as_rows_where_they_are_asked_for():
    table = compare(X, "dwt:sym8,levels=4", measures=["redundancy"], peers=True)
    assert [r["transform"] for r in table] == ["dwt:sym8,levels=4", *(T.spec for T in installed_peers())]
    assert {"pywt.dwt:sym8,levels=4", "pywt.swt:sym8,levels=4"} <= {r["transform"] for r in table}
    assert len(compare(X, "dwt:sym8,levels=4", measures=["redundancy"])) == 1


def test_signals_are_cropped_so_that_peers_fit_as_well():
    x = np.random.default_rng(4).standard_normal(301)
    ours, *theirs = compare(x, "dwt:sym8,levels=3", measures=["redundancy", "shift_variance"], peers=True)
    assert ours["shape"] == (288,)
    assert ours["note"] == "cropped from 301 to 288 for pywt.dwt:sym8,levels=4"
    measured = {r["transform"]: r["redundancy"] for r in theirs}
    assert (measured["pywt.dwt:sym8,levels=4"], measured["pywt.swt:sym8,levels=4"]) == (1, 5)
    assert all(r["shift_variance"] >= 0 for r in theirs if r["transform"].startswith("pywt"))


def test_peers_crop_neither_a_batch_nor_a_signal_that_is_too_short():
    for shape, spec in (((20, 70), "swt:haar,levels=1,axes=(-1,)"), ((9,), "swt:haar,levels=1")):
        ours, *theirs = compare(np.ones(shape), spec, measures="redundancy", peers=True)
        assert (ours["shape"], ours["note"]) == (shape, "")
        assert all(math.isnan(r["redundancy"]) for r in theirs)
        assert "divides all lengths" in theirs[0]["note"]
    with pytest.raises(ValueError, match=r"Crop them, for instance to \(96,\)\."):
        InvertiblePeer("pywt.dwt", "sym8", 4).layout(100)
    with pytest.raises(ValueError, match=r"Use a longer signal\."):
        InvertiblePeer("pywt.dwt", "sym8", 4).layout(9)


def test_a_peer_that_is_not_circular_needs_its_lengths_too(monkeypatch):
    monkeypatch.setitem(METHODS, "line", dataclasses.replace(METHODS["pywt.dwt"], circular=False))
    (record,) = compare(X[:101], [InvertiblePeer("line", "db5", 3)], measures=["redundancy", "shift_variance"])
    assert (record["shape"], record["redundancy"]) == ((96,), 1)
    assert math.isnan(record["shift_variance"])
    assert record["note"].startswith("cropped from 101 to 96 for line:db5,levels=3; a circular shift would")


def test_what_is_not_installed_is_no_peer(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    assert installed_peers() == ()


def test_what_a_peer_cannot_do_is_refused_with_the_reason():
    T = InvertiblePeer("pywt.dwt", "sym8", 4)
    with pytest.raises(ValueError, match=r"2\^4 divides all lengths, and they are \(100,\)"):
        T.layout(100)
    with pytest.raises(ValueError, match="transforms all of"):
        InvertiblePeer("pywt.dwt", "sym8", 2, (0,)).layout((16, 16))
    with pytest.raises(ValueError, match=r"Did you mean 'pywt\.dwt'"):
        InvertiblePeer("pywt.dw", "sym8", 2).layout(16)
    with pytest.raises(TypeError, match="complex"):
        T.forward(np.ones(16) * 1j)
    assert not isinstance(Peer("kymatio", "morlet", 2), InvertiblePeer)


def test_every_peer_has_a_method():
    assert {name for name, *_ in PEERS} == set(METHODS)
    assert pywt.Wavelet(PEERS[0][1])
