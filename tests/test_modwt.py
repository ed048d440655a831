"""The maximal overlap transform against its formula, the book's numbers, other boundaries, and time itself."""

import math

import numpy as np
import pytest
from naive import (
    assert_close,
    assert_same_bits,
    bank_of,
    looking_back,
    modwt_details,
    modwt_filters,
    undecimated_analysis,
)

import shiftinv as si
from shiftinv import MODWT, SWT
from shiftinv.boundary import Boundary
from shiftinv.testing import check_transform
from shiftinv.transforms.extension import UNDECIMATED

LEAST_ASYMMETRIC = [f"la{taps}" for taps in range(8, 21, 2)]
COIFLETS = [f"c{taps}" for taps in range(6, 31, 6)]
BANKS = ["haar", "d4", "la8", "la10", "c6", "bior4.4", "bior3.1", "rbio2.6", "near_sym_b", "antonini", "lopsided"]
ALIGNMENTS = ["causal", "zero-phase"]
NO_LOOK_AHEAD = ["zero", "constant"]
RNG = np.random.default_rng(0)


def signed_highpass(bank):
    """The highpass with the sign of the book: that of (-1)^l s_l, which is h_l for an orthonormal bank."""
    alternating = [(-1) ** place * tap for place, tap in enumerate(bank.synthesis_lowpass)]
    return np.sign(np.dot(alternating, bank.highpass)) * np.array(bank.highpass)


def coefficients_at_times(c, band, first, last):
    """The coefficients of one axis at the times first … last - 1."""
    start = c.layout.interior(band)[0].start or 0
    return c[band][start + first : start + last]


# --- the formula and the book --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["haar", "d4", "d8", "la8", "la14", "c12", "db3"])
@pytest.mark.parametrize("size", [1, 5, 32, 45])
def test_equals_the_pyramid_of_the_book(name, size):
    levels, x = 4, RNG.standard_normal(size)
    details, smooth = modwt_details(x, si.filter_bank(name).lowpass, levels)
    c = MODWT(name, levels).forward(x)
    for level, expected in enumerate(details, start=1):
        assert np.abs(c.detail(level) - expected).max() < 1e-14 * np.abs(x).max(), f"W_{level}"
    assert np.abs(c.approx - smooth).max() < 1e-14 * np.abs(x).max()


def test_level_1_of_an_impulse_is_the_wavelet_filter_of_the_book():
    # g of LA(8) as published, and h_l = (-1)^l g_{7-l}
    g = [
        -0.0757657147893407, -0.0296355276459541, 0.4976186676324578, 0.8037387518052163,
        0.2978577956055422, -0.0992195435769354, -0.0126039672622612, 0.0322231006040713,
    ]  # fmt: skip
    c = MODWT("la8", 1).forward(np.eye(12)[0])
    h = [(-1) ** place * g[7 - place] for place in range(8)]
    assert_close(c.detail(1), np.array([*h, 0, 0, 0, 0]) / math.sqrt(2), 1e-11)
    assert_close(c.approx, np.array([*g, 0, 0, 0, 0]) / math.sqrt(2), 1e-11)


@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize(("shape", "axes"), [((23,), (0,)), ((7, 9), (0, 1)), ((3, 11, 2), (1,))])
def test_is_the_stationary_transform_moved_with_the_sign_of_the_book(name, shape, axes):
    bank, levels, x = bank_of(name), 3, RNG.standard_normal(shape)
    h, g = (np.array(taps) * math.sqrt(0.5) for taps in (bank.lowpass, signed_highpass(bank)))
    expected = undecimated_analysis(x, h, g, levels, axes)
    c, stationary = MODWT(bank, levels, axes=axes).forward(x), SWT(bank, levels, axes=axes).forward(x)
    sign = np.sign(np.dot(g, bank.highpass))
    for band in c.bands:
        steps = (len(bank) // 2 * (2**band.level - 1),) * len(axes)
        assert_close(c[band], np.roll(expected[band], steps, axes), 1e-14 * levels * len(axes), f"{name} {band}")
        turned = sign ** band.orientation.count("d") * np.roll(stationary[band], steps, axes)
        assert_close(c[band], turned, 1e-14 * levels * len(axes), f"{name} {band}")


def test_sign_of_the_stationary_transform_differs_but_for_banks_of_the_books_own_highpass():
    x = RNG.standard_normal(30)
    for name, sign in (("sym4", -1), ("bior4.4", -1), ("antonini", 1)):
        bank = si.filter_bank(name)
        moved = np.roll(SWT(bank, 1).forward(x).detail(1), len(bank) // 2)
        assert_close(MODWT(bank, 1).forward(x).detail(1), sign * moved, 1e-14, name)


@pytest.mark.parametrize("align", ALIGNMENTS)
@pytest.mark.parametrize("boundary", UNDECIMATED)
@pytest.mark.parametrize("name", ["haar", "la8", "bior4.4", "lopsided"])
def test_every_boundary_extends_once(name, boundary, align):
    bank, levels, size = bank_of(name), 3, 13
    x, T = RNG.standard_normal(size), MODWT(bank, levels, boundary=boundary, align=align)
    reach = 2**levels * len(bank)
    line = Boundary(boundary).extend(x, 2 * reach, 2 * reach)
    details, scaling = modwt_filters(bank.lowpass, signed_highpass(bank), levels)
    c = T.forward(x)
    for band in c.bands:
        ahead = 0 if align == "causal" else advance(T, band)
        taps = scaling if band == c.layout.approximation else details[band.level - 1]
        expected = looking_back(line, taps, 2 * reach + ahead, 2 * reach + ahead + size)
        assert np.abs(coefficients_at_times(c, band, 0, size) - expected).max() < 1e-14 * np.abs(line).max(), band
    assert np.abs(T.inverse(c) - x).max() < 1e-13 * np.abs(line).max()


@pytest.mark.parametrize("align", ALIGNMENTS)
@pytest.mark.parametrize("boundary", UNDECIMATED)
def test_laws_with_every_boundary(boundary, align):
    for name in ("la8", "haar", "bior3.1", "lopsided"):
        T = MODWT(bank_of(name), 2, boundary=boundary, align=align)
        assert check_transform(T, shapes=[(1,), (16,), (9, 12)], dtypes=[float])


@pytest.mark.parametrize("align", ALIGNMENTS)
@pytest.mark.parametrize("name", BANKS)
def test_laws_with_every_kind_of_bank(name, align):
    shapes = [(3,), (16,), (61,), (9, 16), (8, 4, 8)]
    assert check_transform(MODWT(bank_of(name), 3, align=align), shapes=shapes, dtypes=["float32", "complex128"])


@pytest.mark.parametrize("size", [5, 20, 33])
@pytest.mark.parametrize("name", ["haar", "la8", "d4", "bior2.2"])
def test_symmetric_is_the_first_half_of_the_series_and_its_reversal(name, size):
    x, levels = RNG.standard_normal(size), 3
    c = MODWT(name, levels, boundary="symmetric").forward(x)
    doubled = MODWT(name, levels).forward(np.concatenate([x, x[::-1]]))
    for band in c.bands:
        assert_close(c.interior(band), doubled[band][:size], 1e-14 * levels, str(band))


# --- shifts and energy ---------------------------------------------------------------------------


@pytest.mark.parametrize("align", ALIGNMENTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize(("shape", "shift"), [((61,), 5), ((4099,), -1234), ((9, 14), (4, -3))])
def test_equivariant_bit_for_bit(dtype, shape, shift, align):
    x = RNG.standard_normal(shape).astype(dtype)
    for name in ("haar", "la8", "d16", "bior4.4"):
        T = MODWT(name, 3, align=align)
        moved = T.forward(np.roll(x, shift, tuple(range(len(shape)))))
        assert_same_bits(T.act(T.forward(x), shift).vector, moved.vector, f"{name} {shape} {shift}")


@pytest.mark.parametrize("align", ALIGNMENTS)
@pytest.mark.parametrize(("boundary", "factor"), [("periodic", 1), ("zero", 1), ("symmetric", 2)])
@pytest.mark.parametrize("shape", [(13,), (16,), (17, 6)])
def test_tight_boundaries_keep_a_multiple_of_the_energy(shape, boundary, factor, align):
    T, x = MODWT("la8", 2, boundary=boundary, align=align), RNG.standard_normal(shape)
    assert T.layout(shape).frame is si.Frame.TIGHT
    assert T.forward(x).norm() ** 2 == pytest.approx(factor ** len(shape) * np.sum(x**2), rel=1e-13)


def test_biorthogonal_banks_invert_by_the_dual_bank():
    T, x = MODWT("bior4.4", 3), RNG.standard_normal((12, 15))
    c = T.forward(x)
    assert_close(T.inverse(c), x, 1e-13)
    assert np.linalg.norm(T.adjoint(c) - x) > 0.01 * np.linalg.norm(x)
    assert c.layout.frame is si.Frame.FRAME


# --- time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["haar", "d4", "la8", "la20"])
@pytest.mark.parametrize("size", [1, 20, 200])
def test_boundary_coefficients_are_the_first_of_the_book(name, size):
    taps, layout = len(si.filter_bank(name)), MODWT(name, 5).layout(size)
    for band in layout.bands:
        first = min((2**band.level - 1) * (taps - 1), size)  # L_j - 1
        assert layout.touches_boundary(band).tolist() == [True] * first + [False] * (size - first)


@pytest.mark.parametrize("align", ALIGNMENTS)
@pytest.mark.parametrize("name", ["haar", "d4", "la8", "d8"])  # banks without taps that are zero
@pytest.mark.parametrize("shape", [(40,), (40, 35)])
def test_touched_coefficients_are_those_that_a_boundary_changes(name, shape, align):
    x, levels = 1 + RNG.random(shape), 2
    outcomes = {}
    for boundary in ("zero", "constant"):
        T = MODWT(bank_of(name), levels, boundary=boundary, align=align)
        outcomes[boundary] = T.forward(x)
    for band in outcomes["zero"].bands:
        changed = np.abs(outcomes["zero"].interior(band) - outcomes["constant"].interior(band)) > 1e-9
        for boundary, c in outcomes.items():
            told = c.layout.touches_boundary(band)[c.layout.interior(band)]
            assert np.array_equal(told, changed), (boundary, band)


@pytest.mark.parametrize("boundary", UNDECIMATED)
@pytest.mark.parametrize("name", ["haar", "la8", "bior4.4"])
def test_causal_coefficients_use_no_later_sample(name, boundary):
    size, levels = 45, 3
    T, x = MODWT(name, levels, boundary=boundary), RNG.standard_normal(size)
    c = T.forward(x)
    for now in (0, 1, 7, 30, 44):
        later = x.copy()
        later[now + 1 :] = RNG.standard_normal(size - now - 1)
        other = T.forward(later)
        for band in c.bands:
            before, after = (coefficients_at_times(which, band, 0, now + 1) for which in (c, other))
            start = c.layout.interior(band)[0].start or 0
            past = c.layout.touches_boundary(band)[start : start + now + 1]
            fixed = np.ones_like(past) if boundary in NO_LOOK_AHEAD else ~past
            assert_same_bits(before[fixed], after[fixed], f"{boundary} {band} up to {now}")


@pytest.mark.parametrize("boundary", [name for name in UNDECIMATED if name not in NO_LOOK_AHEAD])
def test_boundaries_that_look_ahead_at_the_start_do(boundary):
    x = RNG.standard_normal(45)
    T, later = MODWT("la8", 1, boundary=boundary), x.copy()
    later[1:] += 1
    looked = [coefficients_at_times(T.forward(which), (1, "a"), 0, 1) for which in (x, later)]
    assert abs(looked[0] - looked[1]) > 0.01
    kept = later.copy()
    kept[:2] = x[:2]  # "smooth" continues the first two samples and needs no other
    looked[1] = coefficients_at_times(T.forward(kept), (1, "a"), 0, 1)
    assert (abs(looked[0] - looked[1]) < 1e-14) == (boundary == "smooth")


def advance(T, band):
    """How many samples a zero-phase band of one axis is ahead of the causal one, from the two layouts."""
    times = [MODWT(T.wavelet, T.levels, align=align).layout(9).times(band)[0][0] for align in ALIGNMENTS]
    return round(times[1] - times[0])


def book_advance(taps, kind, level, letter):
    """|nu_j| of Percival and Walden: their equations for least asymmetric and for coiflet filters."""
    length = (2**level - 1) * (taps - 1) + 1
    if kind == "c":
        delay = (2 * taps - 3) / 3
    else:
        delay = {5: taps / 2, 9: taps / 2, 7: taps / 2 - 2}.get(taps // 2, taps / 2 - 1)
    if letter == "a":
        return (length - 1) * delay / (taps - 1)
    if kind == "la":
        return length / 2 + {5: -1, 9: -1, 7: 1}.get(taps // 2, 0)
    # one wavelet filter after j - 1 scaling filters, the two delays of a level adding up to L - 1
    return (2 ** (level - 1) - 1) * delay + 2 ** (level - 1) * (taps - 1 - delay)


@pytest.mark.parametrize("name", [*LEAST_ASYMMETRIC, *COIFLETS])
def test_zero_phase_is_the_causal_transform_rolled_by_the_published_advance(name):
    kind, taps = name.rstrip("0123456789"), len(si.filter_bank(name))
    x = RNG.standard_normal(300)
    for levels in range(1, 6):
        causal, aligned = (MODWT(name, levels, align=align).forward(x) for align in ALIGNMENTS)
        for band in causal.bands:
            steps = book_advance(taps, kind, *band)
            assert steps == int(steps)
            assert_close(aligned[band], np.roll(causal[band], -int(steps)), 1e-14 * levels, f"{name} {band}")


@pytest.mark.parametrize("name", [*LEAST_ASYMMETRIC, *COIFLETS, "haar", "d4", "d8", "bior4.4", "bior3.1"])
def test_zero_phase_times_are_near_the_index(name):
    layout = MODWT(name, 5, align="zero-phase").layout(400)
    # in samples of a DWT of that level; of LA(14) alone the delay of a constant is far from the centre of energy
    worst = 0.75 if name == "la14" else 0.5 + 1e-9
    for band in layout.bands:
        (times,) = layout.times(band)
        assert np.abs(times - np.arange(400)).max() <= worst * 2**band.level, band
    causal, bank = MODWT(name, 5).layout(400), si.filter_bank(name)
    (times,) = causal.times(causal.approximation)
    _, lowpass = modwt_filters(bank.lowpass, bank.highpass, 5)
    assert times[0] == pytest.approx(-np.arange(len(lowpass)) @ lowpass / lowpass.sum(), abs=1e-9)


def test_details_of_haar_stand_half_a_sample_off_at_every_level():
    layout = MODWT("haar", 6, align="zero-phase").layout(100)
    for level in range(1, 7):
        assert layout.times((level, "d"))[0].tolist() == (np.arange(100) + 0.5).tolist()


@pytest.mark.parametrize("boundary", UNDECIMATED)
@pytest.mark.parametrize("place", [(3, 30), (30, 41), (50, 2)])
def test_the_peak_of_an_event_in_an_image_stays_where_it_is(boundary, place):
    rows, columns = np.ogrid[:60, :50]
    event = np.exp(-((rows - place[0]) ** 2 + (columns - place[1]) ** 2) / 30)
    c = MODWT("la8", 2, boundary=boundary, align="zero-phase").forward(event)
    smooth = c.interior(c.layout.approximation)
    assert np.abs(np.subtract(np.unravel_index(smooth.argmax(), smooth.shape), place)).max() <= 1


# --- multiresolution analysis --------------------------------------------------------------------


@pytest.mark.parametrize("align", ALIGNMENTS)
@pytest.mark.parametrize("boundary", UNDECIMATED)
@pytest.mark.parametrize("name", ["haar", "la8", "bior4.4", "lopsided"])
def test_mra_adds_up_and_is_that_of_the_stationary_transform(name, boundary, align):
    x, bank = RNG.standard_normal((21, 2)), bank_of(name)
    parts = MODWT(bank, 3, axes=0, boundary=boundary, align=align).mra(x)
    others = SWT(bank, 3, axes=0, boundary=boundary).mra(x)
    size = max(np.abs(part).max() for part in others)
    assert np.abs(sum(parts) - x).max() < 1e-14 * 4 * size
    for part, other in zip(parts, others, strict=True):
        assert np.abs(part - other).max() < 1e-13 * size


def test_details_are_the_zero_phase_filters_of_the_book():
    # D_j = the adjoint filter of level j applied to W_j, so |H_j|^2 in frequency: no phase at all
    x, levels = RNG.standard_normal(64), 3
    smooth, *details = MODWT("la8", levels).mra(x)
    filters, scaling = modwt_filters(si.filter_bank("la8").lowpass, si.filter_bank("la8").highpass, levels)
    for part, taps in ((smooth, scaling), *zip(details, filters[::-1], strict=True)):
        wrapped = np.zeros(64)
        np.add.at(wrapped, np.arange(len(taps)) % 64, taps)
        expected = np.fft.ifft(np.fft.fft(x) * np.abs(np.fft.fft(wrapped)) ** 2).real
        assert_close(part, expected, 1e-13)


# --- description ---------------------------------------------------------------------------------


def test_declarations_and_refusals():
    T = MODWT()
    assert T == MODWT("sym4", None, boundary="periodic", align="causal") == si.transform("modwt:la8")
    assert si.transform("modwt:d4,levels=2,align=zero-phase").spec == "modwt:d4,levels=2,align=zero-phase"
    assert (T.action.kind, T.layout(20).grid, T.undecimated()) == ("exact", 1, T)
    assert MODWT(boundary="zero").undecimated() is None
    assert T.redundancy(100) == T.layout(100).levels + 1
    with pytest.raises(ValueError, match=r"align='centred' is unknown.*causal.*zero-phase"):
        MODWT(align="centred")
    with pytest.raises(ValueError, match="boundary='reflection'"):
        MODWT(boundary="reflection")
    with pytest.raises(ValueError, match="levels=5 is too deep for a MODWT of 9 samples"):
        MODWT("haar", 5, boundary="zero").layout(9)


def test_layouts_of_bands_moved_apart_come_back_from_json():
    layout = MODWT("d8", 2, align="zero-phase", boundary="zero").layout((9, 10))
    assert si.Layout.from_json(layout.to_json()) == layout
    assert any(block.leads for block in layout.blocks)
    assert not any(block.leads for block in MODWT("d8", 2).layout((9, 10)).blocks)
