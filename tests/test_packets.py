"""Wavelet packets against the filters of their paths, PyWavelets, the DWT, the SWT and explicit matrices."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import pywt
from naive import (
    all_bases,
    assert_bands_close,
    assert_close,
    assert_same_bits,
    backward_matrix,
    bank_of,
    forward_matrix,
    frame_bounds,
    noise,
    packet,
    taps_of,
    with_our_taps,
)

import shiftinv as si
from shiftinv.boundary import BOUNDARIES, NAMES
from shiftinv.testing import LAWS, check_transform
from shiftinv.transforms import Packets, StationaryPackets

BANKS = ["haar", "db3", "sym8", "bior4.4", "rbio2.6", "lopsided"]
UNEVEN = ("a.a", "a.d.a", "a.d.d", "d")  # with an approximation that is not the deepest node
OF_IMAGES = ("aa", "ad", "da", "dd.aa", "dd.ad", "dd.da", "dd.dd")
WORDS = {1: ("a", "d"), 2: ("aa", "ad", "da", "dd")}


def nodes(c):
    return [(band, band.orientation) for band in c.bands]


# --- against the filter of the path -------------------------------------------------------------


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize(
    ("shape", "axes", "options"),
    [
        ((8,), (0,), {"levels": 3}),
        ((13,), (0,), {"levels": 3}),
        ((3, 8), (1,), {"basis": UNEVEN}),
        ((8, 3), (0,), {"basis": UNEVEN}),
        ((8, 6), (0, 1), {"levels": 2}),
        ((7, 4), (0, 1), {"basis": OF_IMAGES}),
        ((4, 3, 6), (0, 2), {"levels": 2}),
        ((2, 4, 2), (0, 1, 2), {"levels": 1}),
    ],
)
def test_stationary_nodes_are_the_signal_through_the_filter_of_their_path(name, shape, axes, options):
    bank, x = bank_of(name), noise(shape)
    h, g, _, _ = (np.array(taps) for taps in taps_of(bank))
    for norm, scale in (("energy", math.sqrt(0.5)), ("unit", 1.0)):
        c = StationaryPackets(bank, axes=axes, norm=norm, **options).forward(x)
        assert_bands_close(c, {band: packet(x, path, scale * h, scale * g, axes) for band, path in nodes(c)}, 1e-13)


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize(
    ("shape", "axes", "options"),
    [
        ((16,), (0,), {"levels": 3}),
        ((3, 8), (1,), {"basis": UNEVEN}),
        ((8, 12), (0, 1), {"levels": 2}),
        ((8, 4), (0, 1), {"basis": OF_IMAGES}),
        ((4, 3, 8), (0, 2), {"levels": 2}),
    ],
)
def test_decimated_nodes_keep_every_second_sample_of_each_level(name, shape, axes, options):
    bank, x = bank_of(name), noise(shape)
    h, g, _, _ = taps_of(bank)
    c = Packets(bank, axes=axes, **options).forward(x)
    expected = {}
    for band, path in nodes(c):
        kept = tuple(slice(None, None, 2**band.level if axis in axes else 1) for axis in range(x.ndim))
        expected[band] = packet(x, path, h, g, axes)[kept]
    assert_bands_close(c, expected, 1e-13)


@pytest.mark.parametrize(("shape", "axes"), [((5003,), (0,)), ((3, 2500), (1,)), ((2500, 3), (0,)), ((70, 61), (0, 1))])
def test_lines_longer_than_a_block_of_the_kernels(shape, axes):
    bank, x = si.filter_bank("sym5"), noise(shape)
    h, g, _, _ = (np.array(taps) * math.sqrt(0.5) for taps in taps_of(bank))
    T = StationaryPackets(bank, 2, axes=axes)
    c = T.forward(x)
    assert_bands_close(c, {band: packet(x, path, h, g, axes) for band, path in nodes(c)}, 1e-13)
    assert_close(T.inverse(c), x, 1e-13)


# --- against PyWavelets -------------------------------------------------------------------------


def pywt_packets(x, wavelet, mode, paths):
    kind = pywt.WaveletPacketND if x.ndim > 1 else pywt.WaveletPacket
    tree = kind(x, wavelet, mode, maxlevel=max(path.count(".") + 1 for path in paths))
    return {path: tree[path.replace(".", "")].data for path in paths}


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("name", ["haar", "db3", "sym8", "bior4.4"])
def test_equals_pywavelets_in_every_mode(name, boundary):
    mode = NAMES["PyWavelets"][boundary]
    for shape, options in [
        ((32,), {"levels": 3}), ((100,), {"levels": 4}), ((13,), {"levels": 3}), ((6,), {"basis": UNEVEN}),
        ((12, 17), {"levels": 2}), ((9, 8), {"basis": OF_IMAGES}), ((4, 6, 5), {"levels": 2}),
    ]:  # fmt: skip
        x = noise(shape)
        c = Packets(name, boundary=boundary, **options).forward(x)
        for wavelet, tolerance in ((with_our_taps(name), 1e-12), (name, 1e-10)):
            found = pywt_packets(x, wavelet, mode, [path for _, path in nodes(c)])
            assert_bands_close(c, {band: found[path] for band, path in nodes(c)}, tolerance, f"{boundary} {shape}")


@pytest.mark.parametrize("name", ["db3", "bior4.4"])
def test_frequency_order_is_that_of_pywavelets(name):
    layout = Packets(name, 4).layout(64)
    tree = pywt.WaveletPacket(np.zeros(64), name, "periodization", maxlevel=4)
    by_frequency = [band.orientation.replace(".", "") for band in sorted(layout.bands, key=layout.frequencies)]
    assert by_frequency == [node.path for node in tree.get_level(4, "freq")]
    natural = [band.orientation.replace(".", "") for band in layout.bands]
    assert natural == [node.path for node in tree.get_level(4, "natural")]


# --- against the transforms that are bases of the tree -------------------------------------------


@pytest.mark.parametrize("shape", [(16,), (13,), (1,), (8, 12), (5, 6)])
@pytest.mark.parametrize("name", ["haar", "sym8", "bior4.4"])
def test_the_dwt_and_the_swt_are_bases(name, shape):
    x, levels = noise(shape), 0 if shape == (1,) else 2
    for boundary in BOUNDARIES:
        T, same = Packets(name, levels, basis="dwt", boundary=boundary), si.DWT(name, levels, boundary=boundary)
        c, d = T.forward(x), same.forward(x)
        assert_same_bits(c.vector, d.vector)
        assert_same_bits(T.inverse(c), same.inverse(d))
        assert c.layout.frame is d.layout.frame
        for ours, its in zip(c.bands, d.bands, strict=True):
            assert its == (ours.level, ours.orientation.rpartition(".")[2])
            assert c.layout.interior(ours) == d.layout.interior(its)
            assert all(map(np.array_equal, c.layout.times(ours), d.layout.times(its)))
            assert np.array_equal(c.layout.touches_boundary(ours), d.layout.touches_boundary(its))
            assert c.layout.frequencies(ours) == d.layout.frequencies(its)
            assert T.noise_gain(ours, shape) == same.noise_gain(its, shape)
            for shift in (2, 3):
                assert_same_bits(T.act(c, shift)[ours], same.act(d, shift)[its])
    for norm in ("energy", "unit"):
        T, same = StationaryPackets(name, levels, basis="dwt", norm=norm), si.SWT(name, levels, norm=norm)
        c, d = T.forward(x), same.forward(x)
        assert_same_bits(c.vector, d.vector)
        assert_same_bits(T.inverse(c), same.inverse(d))
        assert c.layout.frame is d.layout.frame
        for ours, its, part, smooth in zip(c.bands, d.bands, T.mra(x), same.mra(x), strict=True):
            assert all(map(np.array_equal, c.layout.times(ours), d.layout.times(its)))
            assert T.noise_gain(ours, shape) == same.noise_gain(its, shape)
            assert_same_bits(part, smooth)


# --- bases --------------------------------------------------------------------------------------


def test_every_basis_of_three_levels_is_orthonormal_and_a_parseval_frame_without_decimation():
    bases = all_bases(3, WORDS[1])
    assert len(bases) == 26
    for basis in bases:
        T, S = Packets("db2", basis=basis), StationaryPackets("db2", basis=basis)
        matrix = forward_matrix(T, (16,))
        assert_close(matrix @ matrix.T, np.eye(16), 1e-13, str(basis))
        assert T.layout(16).frame is si.Frame.ORTHONORMAL
        for size in (16, 11):
            assert frame_bounds(forward_matrix(S, (size,))) == pytest.approx((1, 1), abs=1e-13)
            assert S.redundancy(size) == len(basis)


@pytest.mark.parametrize("name", ["sym4", "bior4.4", "lopsided"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128])
def test_every_basis_reconstructs_any_length(name, dtype):
    tolerance = 1e-5 if dtype is np.float32 else 1e-12
    for axes, sizes in ((1, [(9,), (16,), (5,)]), (2, [(5, 7), (8, 4)])):
        for basis in all_bases(4 - axes, WORDS[axes])[:: 1 if axes == 1 else 3]:
            for T in (Packets(bank_of(name), basis=basis), StationaryPackets(bank_of(name), basis=basis)):
                for shape in sizes:
                    x = noise(shape, dtype)
                    back = T.inverse(T.forward(x))
                    assert back.dtype == dtype
                    assert_close(back, x, tolerance, f"{T} {shape}")


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("name", ["haar", "db3", "bior4.4"])
def test_inverse_and_adjoint_in_every_mode(name, boundary):
    for shape, basis in [((10,), UNEVEN), ((7,), None), ((5, 4), OF_IMAGES)]:
        T = Packets(name, basis=basis, boundary=boundary)
        x = noise(shape)
        assert_close(T.inverse(T.forward(x)), x, 1e-12, f"{boundary} {shape}")
        assert_close(backward_matrix(T, shape, "adjoint"), forward_matrix(T, shape).T, 1e-13, f"{boundary} {shape}")


@pytest.mark.parametrize("T", [
    Packets("bior4.4", basis=UNEVEN), Packets("sym4", basis=("d.d", "d.a", "a")), Packets("db2", 2, basis="dwt"),
    Packets("haar", basis=("",)), Packets("db3", basis=UNEVEN, boundary="symmetric"),
    Packets("db3", 2, boundary="zero"), Packets("db2", basis=OF_IMAGES), StationaryPackets("bior4.4", basis=UNEVEN),
    StationaryPackets("sym4", basis="dwt"), StationaryPackets("haar", basis=("",)),
    StationaryPackets("db2", basis=UNEVEN, norm="unit"), StationaryPackets("db2", 2, norm="unit"),
    StationaryPackets("db2", basis=OF_IMAGES),
], ids=str)  # fmt: skip
def test_bases_keep_every_law(T):
    assert check_transform(T, shapes=[(16,), (61,), (16, 8), (9, 16)]) > len(LAWS)


def test_norms_and_frames():
    orthonormal = {"energy": si.Frame.TIGHT, "unit": si.Frame.FRAME}
    for norm, frame in orthonormal.items():
        assert StationaryPackets("sym4", basis=UNEVEN, norm=norm).layout(20).frame is frame
        assert StationaryPackets("sym4", 2, norm=norm).layout(20).frame is si.Frame.TIGHT  # all weighed alike
        assert StationaryPackets("bior4.4", 2, norm=norm).layout(20).frame is si.Frame.FRAME
    assert Packets("sym4", 2, boundary="zero").layout(21).frame is si.Frame.TIGHT
    assert Packets("sym4", 2).layout(21).frame is si.Frame.FRAME


@pytest.mark.parametrize(("T", "shape"), [
    (Packets("db3", basis=UNEVEN), (23,)), (Packets("bior4.4", 3), (24,)), (Packets("db2", basis=OF_IMAGES), (9, 14)),
    (Packets("sym4", 2, boundary="reflect"), (9, 14)), (StationaryPackets("db3", basis=UNEVEN), (23,)),
    (StationaryPackets("bior4.4", 2), (9, 14)),
], ids=str)  # fmt: skip
def test_mra_components_are_the_inverses_of_single_nodes(T, shape):
    x = noise(shape)
    c, parts = T.forward(x), T.mra(x)
    assert_close(sum(parts), x, 1e-12)
    for band, part in zip(c.bands, parts, strict=True):
        alone = si.Coefficients(c.layout)
        alone[band] = c[band]
        assert_close(part, T.inverse(alone), 1e-12 * np.max(np.abs(x)) / np.max(np.abs(part)), str(band))


def test_complex_signals_are_two_real_ones():
    x = noise((3, 20), complex)
    for T in (Packets("db3", basis=UNEVEN, axes=-1), StationaryPackets("db3", 2, axes=-1)):
        c, real, imaginary = T.forward(x), T.forward(x.real), T.forward(x.imag)
        for band in c.bands:
            assert_same_bits(c[band].real, real[band])
            assert_same_bits(c[band].imag, imaginary[band])


# --- what a layout tells ------------------------------------------------------------------------


@pytest.mark.parametrize("transform", [Packets, StationaryPackets])
@pytest.mark.parametrize("options", [{"levels": 3}, {"basis": UNEVEN}, {"levels": 3, "basis": "dwt"}])
def test_an_oscillation_is_in_the_band_that_has_its_frequency(transform, options):
    T = transform("db20", **options)  # selective filters
    layout = T.layout(1024)
    for band in layout.bands:
        ((low, high),) = layout.frequencies(band)
        c = T.forward(np.cos(np.pi * (low + high) * np.arange(1024) + 0.2))
        assert c.energy()[layout.bands.index(band)] > 0.5 * c.norm() ** 2, band
    edges = sorted(edge for band in layout.bands for edge in layout.frequencies(band))
    assert [low for (low, _) in edges] == [0, *(high for (_, high) in edges[:-1])]  # they fill 0 … 1/2
    assert edges[-1][1] == 0.5


@pytest.mark.parametrize("basis", [None, UNEVEN])
def test_an_impulse_is_where_the_times_say(basis):
    # the filters of haar have one magnitude, so the centres of their energies add up
    T, layout = StationaryPackets("haar", 3, basis=basis), StationaryPackets("haar", 3, basis=basis).layout(64)
    c = T.forward(np.eye(64)[30])
    for band in layout.bands:
        power = c[band] ** 2
        (times,) = layout.times(band)
        assert (power @ times) / power.sum() == pytest.approx(30, abs=1e-12)
        decimated = Packets("haar", 3, basis=basis).layout(64)
        assert np.array_equal(decimated.times(band)[0], times[:: 2**band.level])


@pytest.mark.parametrize("shift", [1, 2, 3])
def test_act_turns_the_phase_of_folded_frequencies(shift):
    T, n = Packets("db20", 3), np.arange(512)
    layout = T.layout(512)
    for band in layout.bands:
        ((low, high),) = layout.frequencies(band)
        frequency = 2 * np.pi * round(512 * (low + high) / 2) / 512
        c, moved = (T.forward(np.cos(frequency * (n - k) + 0.3)) for k in (0, shift))
        gap = np.linalg.norm(T.act(c, shift)[band] - moved[band]) / np.linalg.norm(moved[band])
        assert gap < 1e-10, band  # of a single frequency nothing is lost


def test_without_levels():
    assert Packets("sym4").layout(64).levels == si.DWT("sym4").layout(64).levels
    assert StationaryPackets("haar").layout(2**10).levels == 3  # 2^10 nodes would be 1024 times the signal
    assert StationaryPackets("sym8").layout(32).levels == si.SWT("sym8").layout(32).levels == 1
    for transform in (Packets, StationaryPackets):
        assert transform("haar", basis=UNEVEN).layout(64).levels == 3
        assert transform("haar", basis=("",)).forward(np.arange(3.0))[0, "a"].tolist() == [0, 1, 2]
        with pytest.raises(ValueError, match=r"levels=4 is too deep for a .*packet transform of 8 samples: at most 3"):
            transform("haar", 4).layout((8, 20))


def test_order_of_the_bands():
    layout = Packets("haar", basis=("d.d", "a", "d.a.d", "d.a.a")).layout(16)
    assert layout.approximation == (1, "a")
    assert layout.bands == ((1, "a"), (3, "d.a.a"), (3, "d.a.d"), (2, "d.d"))
    c = si.Coefficients(layout, np.arange(16.0))
    assert c.approx.tolist() == list(range(8))
    assert c.detail(3).tolist() == [[8, 9], [10, 11]]
    assert c.detail(2).tolist() == [12, 13, 14, 15]
    with pytest.raises(KeyError, match=r"level=1 has no details"):
        c.detail(1)


# --- descriptions -------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", [Packets, StationaryPackets])
def test_a_basis_is_a_value(transform):
    T = transform("db2", basis=["d", "a.d", "a.a"])
    assert transform("db2", 2, basis=("a.a", "a.d", "d")) == T
    assert T.basis == ("a.a", "a.d", "d")
    for given in (T, transform("db2", basis=("",)), transform("db2", axes=(0, 1), basis=OF_IMAGES)):
        assert si.transform(given.spec) == given
        assert si.transform(given.spec.replace(",", " , ")) == given
        assert eval(repr(given), {transform.__name__: transform}) == given


@pytest.mark.parametrize(("basis", "message"), [
    ((), r"basis=\(\) has paths that do not fit"),
    (("a",), r"no node on the ways through 'd'\. Add that node"),
    (("a.a", "a.d", "d.a"), r"no node on the ways through 'd\.d'"),
    (("a.a", "a.d.a", "d"), r"no node on the ways through 'a\.d\.d'"),
    (("a", "a.a", "a.d", "d"), r"has the node 'a' and again what is below it"),
    (("", "a", "d"), r"has the node '' and again"),
    (("a", "d", "d"), r"has the node 'd' and again"),
    (("aa", "ad", "da"), r"no node on the ways through 'dd'"),
    (("a.aa", "d"), r"do not fit each other\. Use words"),
    (("a", "h"), r"do not fit each other"),
    (("a", "d..a"), r"do not fit each other"),
    (("a", "d."), r"do not fit each other"),
])  # fmt: skip
def test_what_is_no_basis(basis, message):
    for transform in (Packets, StationaryPackets):
        with pytest.raises(ValueError, match=message):
            transform("haar", basis=basis)


@pytest.mark.parametrize("basis", ["a", "full", 3, ("a", 3), {"a", "d"}])
def test_what_lists_no_nodes(basis):
    with pytest.raises(TypeError, match=r"basis=.* is no basis\. Use a tuple of paths such as"):
        Packets("haar", basis=basis)


def test_bases_that_do_not_fit_levels_or_axes():
    with pytest.raises(ValueError, match=r"levels=2 contradicts basis, which reaches level 3\. Leave levels out"):
        Packets("haar", 2, basis=UNEVEN)
    with pytest.raises(ValueError, match=r"words of 1 letters, and 2 axes are transformed\. Use one letter per axis"):
        Packets("haar", basis=UNEVEN).layout((8, 8))
    assert dataclasses.replace(Packets("haar", basis=UNEVEN), axes=(1,)).layout((8, 8)).axes == (1,)


def test_the_multilevel_form_has_no_place_for_packets():
    c = Packets("haar", 2).forward(np.arange(8.0))
    with pytest.raises(ValueError, match=r"WaveletPacket has c\[band\] as its node"):
        c.to_pywt()
    with pytest.raises(ValueError, match=r"has wavelet packets"):
        si.Coefficients.from_pywt([np.zeros(2)] * 3, c.layout)


def test_packets_are_compared_and_measured_like_any_transform():
    x = noise((64,))
    table = si.compare({"noise": x}, ["packets:sym4,levels=2", "spackets:sym4,levels=2"], measures=["shift_variance"])
    variances = [row["shift_variance"] for row in table.records]
    assert variances[0] > 0.01
    assert variances[1] == 0
    assert np.allclose(
        si.metrics.frame_bounds(Packets("bior4.4", 2), 64), frame_bounds(forward_matrix(Packets("bior4.4", 2), (64,)))
    )
