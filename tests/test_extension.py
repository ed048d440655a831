"""Undecimated transforms of signals with ends: extended once, undone exactly, the same in chunks."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from naive import (
    assert_bands_close,
    assert_close,
    assert_same_bits,
    backward_matrix,
    bank_of,
    forward_matrix,
    noise,
    taps_of,
    undecimated_analysis,
)

import shiftinv as si
from shiftinv import SWT
from shiftinv.boundary import BOUNDARIES, Boundary
from shiftinv.transforms.extension import UNDECIMATED, halo, rings

ENDS = [name for name in UNDECIMATED if name != "periodic"]
BANKS = ["haar", "db3", "bior2.2", "bior4.4", "lopsided"]
SHAPES = [
    ((1,), 1, (0,)),
    ((2,), 1, (0,)),
    ((5,), 3, (0,)),
    ((40,), 2, (0,)),
    ((6, 9), 2, (0, 1)),
    ((3, 11, 2), 2, (1,)),
]


def far_extended(x, axes, boundary, far):
    for axis in axes:
        x = Boundary(boundary).extend(x, far, far, axis)
    return x


def expected_bands(x, T, layout):
    """Return the kept part of every band, from a circle so long that its seam is nowhere near."""
    h, g, _, _ = (np.array(taps) * math.sqrt(0.5) for taps in taps_of(T.wavelet))
    far = 4 * len(h) * 2**layout.levels + 2 * max(x.shape)
    bands = undecimated_analysis(far_extended(x, layout.axes, T.boundary, far), h, g, layout.levels, layout.axes)

    def part(band):
        interior, shape = layout.interior(band), layout.block(band).shape
        starts = [far - interior[axis].start if axis in layout.axes else 0 for axis in range(x.ndim)]
        return tuple(slice(start, start + size) for start, size in zip(starts, shape, strict=True))

    return {tuple(band): bands[tuple(band)][part(band)] for band in layout.bands}


@pytest.mark.parametrize("boundary", ENDS)
@pytest.mark.parametrize("name", BANKS)
def test_equals_the_formula_on_a_signal_extended_far(name, boundary):
    for shape, levels, axes in SHAPES:
        T, x = SWT(bank_of(name), levels, axes=axes, boundary=boundary), noise(shape)
        c = T.forward(x)
        # a straight line through two samples grows with the distance, and roundings with it
        size = np.abs(far_extended(x, axes, boundary, len(T.wavelet) * 2**levels)).max()
        assert_bands_close(c, expected_bands(x, T, c.layout), 1e-14 * levels * len(axes) * size, f"{name} {shape}")


@pytest.mark.parametrize("boundary", ENDS)
@pytest.mark.parametrize("name", BANKS)
def test_the_inverse_is_exact_and_the_adjoint_the_transpose(name, boundary):
    for shape, levels, axes in [*SHAPES, ((7, 5), 1, (0, 1)), ((33,), 4, (0,))]:
        T, x = SWT(bank_of(name), levels, axes=axes, boundary=boundary), noise(shape)
        c = T.forward(x)
        assert_close(T.inverse(c), x, 1e-12, f"{name} {shape}")
        forward = forward_matrix(T, shape)
        assert_close(backward_matrix(T, shape, "adjoint"), forward.T, 1e-14 * np.abs(forward).max(), f"{name} {shape}")
        assert c.layout.grid is None


@pytest.mark.parametrize("boundary", ENDS)
def test_complex_and_single_precision_signals_have_ends_as_well(boundary):
    T = SWT("sym3", 3, boundary=boundary)
    x = noise((29,), np.complex128)
    c = T.forward(x)
    for part, of in ((np.real, x.real), (np.imag, x.imag)):
        apart = T.forward(np.ascontiguousarray(of))
        for band in c.bands:
            assert_same_bits(part(c[band]), apart[band])
    assert_close(T.inverse(c), x, 1e-13)
    single = x.real.astype(np.float32)
    assert T.forward(single).vector.dtype == np.float32
    assert_close(T.inverse(T.forward(single)), single, 1e-5)


def test_the_part_on_the_signal_is_as_long_as_the_signal_and_a_longer_signal_has_it_too():
    x = noise(400)
    whole = SWT("sym4", 3, boundary="symmetric").forward(x)
    for band in whole.bands:
        assert whole.interior(band).shape == x.shape
    part = SWT("sym4", 3, boundary="zero").forward(x[100:300])
    for band in part.bands:
        touched = part.layout.touches_boundary(band)[part.layout.interior(band)]
        assert 0 < touched.sum() < 200
        assert_same_bits(part.interior(band)[~touched], whole.interior(band)[100:300][~touched])


@pytest.mark.parametrize("boundary", ENDS)
@pytest.mark.parametrize("name", ["haar", "db4", "bior4.4"])
@pytest.mark.parametrize("shape", [(61,), (12, 20)])
def test_components_add_up(name, boundary, shape):
    T, x = SWT(name, 2, boundary=boundary), noise(shape)
    parts = T.mra(x)
    assert [part.shape for part in parts] == [shape] * len(T.layout(shape).bands)
    assert_close(sum(parts), x, 1e-13)
    # they are those of the extended signal, and nothing of the circle it lies on
    far = 4 * len(T.wavelet) * 4
    axes = tuple(range(len(shape)))
    beyond = SWT(name, 2).mra(far_extended(x, axes, boundary, far))
    for part, long in zip(parts, beyond, strict=True):
        assert_close(part, long[tuple(slice(far, far + size) for size in shape)], 1e-12)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("name", ["haar", "db2", "sym3", "db5"])
def test_what_is_declared_tight_is_and_nothing_else(name, boundary):
    for levels, size in itertools.product((1, 2), range(8, 25)):  # shorter ones may be tight by accident
        described = [T(name, levels, boundary=boundary) for T in (si.DWT, si.transforms.Packets)]
        if boundary in UNDECIMATED:
            described += [T(name, levels, boundary=boundary) for T in (SWT, si.MODWT, si.transforms.StationaryPackets)]
        for T in described:
            forward = forward_matrix(T, (size,))
            gram = forward.T @ forward
            tight = np.allclose(gram, gram[0, 0] * np.eye(size))
            assert (T.layout(size).frame is not si.Frame.FRAME) == tight, f"{T.spec} of {size} samples"


@pytest.mark.parametrize("boundary", ENDS)
@pytest.mark.parametrize("basis", [None, "dwt", ("a", "d.a", "d.d.a", "d.d.d")])
def test_packets_are_those_of_a_signal_extended_far(boundary, basis):
    T, x = (
        si.transforms.StationaryPackets("db2", 3 if basis is None else None, boundary=boundary, basis=basis),
        noise(23),
    )
    T = T.replace(levels=3) if basis == "dwt" else T
    c, far = T.forward(x), 200
    whole = T.replace(boundary="periodic").forward(far_extended(x, (0,), boundary, far))
    for band in c.bands:
        (interior,) = c.layout.interior(band)
        start = far - interior.start
        assert_close(c[band], whole[band][start : start + c[band].size], 1e-12)
        assert c.interior(band).size == x.size
        ((times,), (beyond,)) = c.layout.times(band), whole.layout.times(band)
        assert_close(times, beyond[start : start + times.size] - far, 1e-12)
    assert_close(T.inverse(c), x, 1e-13)
    assert_close(sum(T.mra(x)), x, 1e-13)


def test_bases_are_searched_on_circles():
    T = si.transforms.StationaryPackets("db2", 2, boundary="zero")
    for search in (si.transforms.BestBasis, lambda T: si.transforms.best_basis(T, noise(16))):
        with pytest.raises(ValueError, match=r"Search with boundary='periodic', and give the basis"):
            search(T)


# --- two exact forms ----------------------------------------------------------------------------


def test_the_smaller_circle_is_taken():
    def sizes(name, shape, levels, boundary):
        return [ring.size for ring in rings(si.filter_bank(name), shape, levels, boundary)]

    assert sizes("haar", (512, 512), 5, "symmetric") == [512 + 2 * 31] * 2
    assert sizes("sym8", (512, 512), 5, "symmetric") == [2 * 512] * 2
    assert sizes("sym8", (512, 512), 5, "reflect") == [512 + 2 * 15 * 31] * 2


@pytest.mark.parametrize(
    "name", ["haar", "bior1.3", "bior2.2", "bior3.1", "bior4.4", "rbio2.8", "rbio5.5", "coif2", "sym5"]
)
@pytest.mark.parametrize("shape", [(7,), (8,), (24,), (6, 7)])
def test_mirror_and_halo_agree(name, shape):
    bank, levels = si.filter_bank(name), 3
    T, x = SWT(bank, levels, boundary="symmetric"), noise(shape)
    c = T.forward(x)
    mirrored = [ring.size == 2 * ring.n for ring in rings(bank, shape, levels, "symmetric")]
    assert all(mirrored) == (name != "haar" or len(shape) * min(shape) < 14)
    assert_bands_close(c, expected_bands(x, T, c.layout), 1e-13)
    assert_close(T.inverse(c), x, 1e-12)


def test_symmetric_filters_keep_no_second_half():
    for n in (10, 1000):  # by a mirrored circle, and by a halo
        (ring,) = rings(si.filter_bank("bior4.4"), (n,), 3, "symmetric")
        assert (ring.size == 2 * n) == (n == 10)
        folded, whole = (SWT("bior4.4", 3, boundary=boundary).layout(n) for boundary in ("symmetric", "reflect"))
        assert folded.redundancy <= 4 + 3 * 2**3 / n
        assert whole.redundancy > folded.redundancy + 0.1


# --- chunks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["haar", "sym4", "bior4.4"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_chunk_with_its_halo_is_the_whole_to_the_bit(name, dtype):
    levels, x = 3, noise(6000, dtype)
    T = SWT(name, levels)
    ((before, after),) = T.halo(x.size)
    assert before == after == (len(T.wavelet) - 1) * (2**levels - 1)

    def shrunk(samples):
        return T.forward(samples).map(lambda values, band: np.where(np.abs(values) > 0.3, values, 0))

    whole, cleaned = T.forward(x), T.inverse(shrunk(x))
    for start, stop in ((before, 1000), (1000, 4777), (4777, 4778), (4778, x.size - after)):
        part = slice(before, before + stop - start)
        chunk = x[start - before : stop + after]
        c = T.forward(chunk)
        for band in c.bands:
            assert_same_bits(c[band][part], whole[band][start:stop], f"{name} {band} {start}")
        assert_same_bits(T.inverse(shrunk(chunk))[part], cleaned[start:stop], f"{name} {start}")


@pytest.mark.parametrize("boundary", ["zero", "symmetric", "smooth"])
def test_the_first_and_the_last_chunk_have_the_ends_of_the_whole(boundary):
    x = noise((3, 900))
    T = SWT("sym3", 2, axes=-1, boundary=boundary)
    ((before, after),) = T.halo(x.shape)
    whole, first, last = (T.forward(part) for part in (x, x[:, : 400 + after], x[:, 500 - before :]))
    for band in whole.bands:
        assert_same_bits(first.interior(band)[:, :400], whole.interior(band)[:, :400])
        assert_same_bits(last.interior(band)[:, before:], whole.interior(band)[:, 500:])
    assert_close(T.inverse(first)[:, :400], x[:, :400], 1e-13)


def test_blocks_of_an_image_with_their_halo_are_the_whole_to_the_bit():
    x = noise((80, 90))
    T = SWT("db2", 2)
    (rows, _), (columns, _) = T.halo(x.shape)
    whole, chunk = T.forward(x), T.forward(x[30 - rows : 50 + rows, 40 - columns : 60 + columns])
    for band in whole.bands:
        assert_same_bits(chunk[band][rows : rows + 20, columns : columns + 20], whole[band][30:50, 40:60])


def test_a_shorter_halo_is_not_enough():
    levels, x = 2, noise(300)
    T = SWT("db2", levels)
    ((before, _),) = T.halo(x.size)

    def touched(samples):
        c = T.forward(samples)
        return T.inverse(c.map(lambda values, band: np.where(np.abs(values) > 0.3, values, 0)))

    whole = touched(x)
    for lacking, same in ((0, True), (1, False)):
        beside = before - lacking
        part = touched(x[100 - beside : 200 + beside])[beside : beside + 100]
        assert np.array_equal(part, whole[100:200]) == same


# --- what is refused, and what a NaN does -------------------------------------------------------


def test_padded_circles_and_absurd_depths_are_refused():
    with pytest.raises(ValueError, match="boundary='periodic-padded'"):
        SWT("haar", boundary="periodic-padded")
    with pytest.raises(ValueError, match=r"levels=8 is too deep .* of 100 samples with boundary='zero': at most 7"):
        SWT("haar", 8, boundary="zero").layout(100)
    assert set(UNDECIMATED) == set(BOUNDARIES) - {"periodic-padded"}


@pytest.mark.parametrize("boundary", ["zero", "constant", "symmetric", "smooth"])
@pytest.mark.filterwarnings("error")
def test_a_nan_touches_what_its_support_reaches(boundary):
    x = noise(120)
    T = SWT("db2", 2, boundary=boundary)
    clean = T.forward(x)
    x[60] = np.nan
    c = T.forward(x)
    for band in c.bands:
        ((first, last),) = c.layout.block(band).supports
        needed = np.arange(c[band].size)
        reached = (needed + first <= 60) & (needed + last >= 60)
        assert np.array_equal(np.isnan(c[band]), reached)
        assert_same_bits(c[band][~reached], clean[band][~reached])


def test_a_halo_does_not_reach_further_than_taps():
    ring = halo(10, 2, (-1, 2), (-2, 1))
    assert ring.windows == ((0, 10), (-2, 11), (-6, 13))
    assert (ring.before, ring.after) == (6 + 3, 3 + 6)
    assert replace(ring, n=20).size == ring.size + 10


@pytest.mark.parametrize("make", [si.SWT, si.MODWT])
def test_a_boundary_of_other_transforms_is_known_and_not_for_this_one(make):
    with pytest.raises(ValueError, match=r"'periodic-padded' is not for this transform, only for decimated"):
        make("haar", boundary="periodic-padded")
    with pytest.raises(ValueError, match=r"'reflect' is not for this transform\. Use one of 'periodic', 'symmetric'"):
        si.DTCWT(boundary="reflect")
