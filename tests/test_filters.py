"""Filter banks as values: reconstruction, orthonormality, moments, duals, polishing, refusals."""

import math
import pickle

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import DISCRETE, EXACT, lopsided_bank, taps_of

import shiftinv as si
from shiftinv import FilterBank
from shiftinv.filters import kernel_taps, phase_taps, polished

HAAR = (0.5**0.5, 0.5**0.5)
DB2 = tuple(np.array([1 - 3**0.5, 3 - 3**0.5, 3 + 3**0.5, 1 + 3**0.5]) / 32**0.5)
BIOR_22 = ([0, -0.125, 0.25, 0.75, 0.25, -0.125], [0, 0.25, 0.5, 0.25, 0, 0])  # LeGall 5/3, times sqrt(2) below


def legall():
    return FilterBank(np.multiply(BIOR_22[0], 2**0.5), None, np.multiply(BIOR_22[1], 2**0.5))


def defects(bank):
    """The errors of the two equations of perfect reconstruction, tap by tap in plain loops."""
    h, g, s, t = taps_of(bank)
    count = len(h)
    distortion, aliasing = [], []
    for n in range(2 * count - 1):
        inside = [k for k in range(count) if 0 <= n - k < count]
        distortion.append(sum(h[k] * s[n - k] + g[k] * t[n - k] for k in inside) - 2 * (n == count - 1))
        aliasing.append(sum((-1) ** k * (h[k] * s[n - k] + g[k] * t[n - k]) for k in inside))
    return distortion + aliasing


# --- reconstruction -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXACT)
def test_residual_of_every_bank_is_rounding(name):
    bank = si.filter_bank(name)
    assert bank.residual <= 1e-14
    assert max(map(abs, defects(bank))) <= 1e-15 * len(bank)


@pytest.mark.parametrize("name", ["dmey", "db4", "bior3.5"])
def test_residual_is_half_the_sum_of_all_defects(name):
    bank = si.filter_bank(name)
    spoilt = FilterBank(np.multiply(bank.lowpass, 1.01), *taps_of(bank)[1:], approximate=True)
    for each in (bank, spoilt):
        assert each.residual == pytest.approx(sum(map(abs, defects(each))) / 2, abs=1e-15)


@pytest.mark.parametrize("size", [8, 11, 64])
def test_residual_bounds_the_error_of_one_level(size):
    rng = np.random.default_rng(0)
    for amount in (1e-6, 1e-3, 0.1):
        taps = [np.add(taps, amount * rng.standard_normal(8)) for taps in taps_of(si.filter_bank("db4"))]
        bank = FilterBank(*taps, approximate=True)
        x = rng.standard_normal(size)
        error = np.linalg.norm(si.SWT(bank, 1).inverse(si.SWT(bank, 1).forward(x)) - x) / np.linalg.norm(x)
        assert 0.01 * bank.residual < error <= bank.residual * (1 + 1e-12)
        if size % 2 == 0:
            error = np.linalg.norm(si.DWT(bank, 1).inverse(si.DWT(bank, 1).forward(x)) - x) / np.linalg.norm(x)
            assert 0.01 * bank.residual < error <= bank.residual * (1 + 1e-12)


def test_a_lowpass_alone_makes_the_orthonormal_bank():
    bank = FilterBank(DB2)
    assert bank == FilterBank(*(bank.lowpass, bank.highpass, bank.synthesis_lowpass, bank.synthesis_highpass))
    assert bank.synthesis_lowpass == bank.lowpass[::-1]
    assert bank.highpass == tuple(-((-1) ** k) * tap for k, tap in enumerate(bank.lowpass[::-1]))
    assert bank.synthesis_highpass == bank.highpass[::-1]
    assert bank.is_orthonormal
    assert len(bank) == 4


def test_unequal_gains_reconstruct_without_being_orthonormal():
    h, g, s, t = taps_of(si.filter_bank("db3"))
    bank = FilterBank(h, np.multiply(g, 2), s, np.multiply(t, 0.5))
    assert bank.residual < 1e-14
    assert not bank.is_orthonormal
    assert FilterBank(h, np.negative(g), s, np.negative(t)).is_orthonormal
    assert not FilterBank(np.multiply(h, 2), g, np.multiply(s, 0.5), t).is_orthonormal


def test_two_lowpasses_make_the_biorthogonal_bank():
    bank = legall()
    assert bank.residual < 1e-15
    assert not bank.is_orthonormal
    assert bank.synthesis_highpass == tuple((-1) ** k * tap for k, tap in enumerate(bank.lowpass))
    assert np.allclose(bank.lowpass, si.filter_bank("bior2.2").lowpass, atol=1e-12)


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taps", "message"),
    [
        ([], r"lowpass has 0 taps"),
        ([1.0], r"lowpass has 1 taps"),
        ([0.25, 0.5, 0.25], r"lowpass has 3 taps; .* even"),
        ([math.nan, 1.0], r"not finite"),
        ([math.inf, 1.0], r"not finite"),
        ([1.0, 1.0], r"does not reconstruct: its residual is \d\.\d\de"),
        ([0.0, 0.0], r"does not reconstruct"),
    ],
)
def test_bad_taps_are_refused(taps, message):
    with pytest.raises(ValueError, match=message):
        FilterBank(taps)


@pytest.mark.parametrize("position", [1, 2, 3])
def test_unequal_numbers_of_taps_are_refused(position):
    filters = taps_of(si.filter_bank("db2"))
    filters[position] = [*filters[position], 0.0, 0.0]
    names = ["lowpass", "highpass", "synthesis_lowpass", "synthesis_highpass"]
    with pytest.raises(ValueError, match=f"^{names[position]} has 6 taps and lowpass 4"):
        FilterBank(*filters)


def test_the_refusal_tells_the_residual():
    taps = np.array(DB2)
    taps[0] += 1e-3
    declared = FilterBank(taps, approximate=True)
    with pytest.raises(ValueError, match=f"residual is {declared.residual:.2e}".replace("+", r"\+")):
        FilterBank(taps)
    assert declared.approximate
    assert not declared.is_orthonormal


def test_a_rounded_table_is_told_from_an_exact_one():
    assert FilterBank(np.round(DB2, 11)).residual > 1e-12  # small enough to be accepted as it is
    with pytest.raises(ValueError, match="polished"):
        FilterBank(np.round(DB2, 7))


# --- value semantics ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", DISCRETE)
def test_banks_are_values(name):
    bank = si.filter_bank(name)
    same = FilterBank(*taps_of(bank), name="another name", approximate=bank.approximate)
    assert same == bank
    assert hash(same) == hash(bank)
    for copy in (pickle.loads(pickle.dumps(bank)), eval(repr(bank), {"FilterBank": FilterBank})):
        assert copy == bank
        assert hash(copy) == hash(bank)
        assert copy.name == bank.name
        assert copy.residual == bank.residual


def test_banks_differ_by_any_tap_and_by_the_declaration():
    bank = FilterBank(DB2)
    assert bank != FilterBank(HAAR)
    assert bank != FilterBank(DB2, approximate=True)
    assert bank != FilterBank(DB2[::-1])
    assert bank != FilterBank([np.nextafter(DB2[0], 0), *DB2[1:]])
    assert len({bank, FilterBank(list(DB2)), FilterBank(np.array(DB2)), FilterBank(tap for tap in DB2)}) == 1


def test_banks_are_frozen():
    bank = FilterBank(HAAR)
    with pytest.raises(AttributeError):
        bank.lowpass = (1.0, 1.0)
    assert type(bank.lowpass) is tuple
    assert type(FilterBank(np.array(HAAR, np.float32).astype(float), approximate=True).lowpass[0]) is float


# --- algebra ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXACT)
def test_orthonormal_flag_tells_the_truth(name):
    bank = si.filter_bank(name)
    h, g = np.array(bank.lowpass), np.array(bank.highpass)
    lags = range(0, len(h), 2)
    gram = [[float(a[lag:] @ b[: len(b) - lag]) for lag in lags] for a, b in ((h, h), (g, g), (h, g), (g, h))]
    expected = [[float(lag == 0 and place < 2) for lag in lags] for place in range(4)]
    assert bank.is_orthonormal == bool(np.allclose(gram, expected, rtol=0, atol=1e-12))


@pytest.mark.parametrize("name", [*DISCRETE, "lopsided"])
def test_dual(name):
    bank = lopsided_bank() if name == "lopsided" else si.filter_bank(name)
    assert bank.dual.dual == bank
    assert (bank.dual == bank) == (bank.is_orthonormal or name == "dmey")
    assert bank.dual.residual == pytest.approx(bank.residual, abs=1e-15)


def test_reverse_biorthogonal_banks_are_the_duals():
    for name in (name for name in DISCRETE if name.startswith("bior")):
        banks = si.filter_bank(name).dual, si.filter_bank(name.replace("bior", "rbio"))
        for dual, reverse in zip(*map(taps_of, banks), strict=True):
            # the same filters, up to a shift by two samples and the sign of a highpass
            a, b = (np.trim_zeros(np.round(taps, 9)) for taps in (dual, reverse))
            assert a.shape == b.shape
            assert min(np.abs(a - b).max(), np.abs(a + b).max()) < 1e-9, name


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("name", ["haar", "sym5", "bior4.4", "dmey"])
def test_response_is_the_transform_of_the_wrapped_filter(name, size):
    bank = si.filter_bank(name)
    for response, taps in zip(bank.response(size), (bank.lowpass, bank.highpass), strict=True):
        expected = [sum(tap * np.exp(-2j * np.pi * k * n / size) for n, tap in enumerate(taps)) for k in range(size)]
        assert np.allclose(response, expected, rtol=0, atol=1e-12)


def test_tables_hold_the_taps_and_their_places():
    bank = si.filter_bank("db3")
    table, low, high = bank.analysis_taps(np.dtype(np.float32), 0.5)
    assert (low, high) == (-2, 3)
    assert table.dtype == np.float32
    assert table[0].tolist() == [3, 2, 1, 0, -1, -2]
    assert np.array_equal(table[1:], np.float32(np.array(taps_of(bank)[:2]) * 0.5))
    assert bank.synthesis_taps(np.dtype(float)).table[0].tolist() == [2, 1, 0, -1, -2, -3]
    assert np.array_equal(bank.adjoint_taps(np.dtype(float)).table[1], bank.lowpass[::-1])


def test_tables_sort_taps_by_the_filters_they_belong_to():
    taps = kernel_taps([1, 0, -1, -2], [0, 2, 3, 0], [4, 5, 0, 0], np.dtype(float))
    assert taps.table.tolist() == [[0, -1, 1], [2, 3, 0], [5, 0, 4]]
    even, odd, low, high = phase_taps(taps)
    assert (taps.low, taps.high, low, high) == (-1, 1, 0, 1)
    assert even.tolist() == [[0], [2], [5]]
    assert odd.tolist() == [[0, 1], [3, 0], [0, 4]]


def test_smoothing_is_half_band_and_leaves_the_rest():
    bank = si.filter_bank("bior4.4")
    places, smooth, rest = bank.smoothing_taps(np.dtype(float)).table
    assert sorted(places[places % 2 == 0]) == [0]
    assert smooth[places == 0] == rest[places == 0] == 0.5
    assert np.array_equal(smooth[places != 0], -rest[places != 0])
    assert smooth.sum() == pytest.approx(1, abs=1e-15)


# --- vanishing moments --------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(1, 21))
def test_daubechies_moments(count):
    assert si.filter_bank(f"db{count}").vanishing_moments == count
    if count > 1:
        assert si.filter_bank(f"sym{count}").vanishing_moments == count


@pytest.mark.parametrize("count", range(1, 13))
def test_coiflet_moments(count):
    assert si.filter_bank(f"coif{count}").vanishing_moments == 2 * count


@pytest.mark.parametrize("name", [name for name in DISCRETE if name.startswith("bior") and name[4] in "1236"])
def test_spline_moments_are_in_the_name(name):
    # biorNr.Nd: Nr zeros of the synthesis lowpass at pi, so Nr moments of the analysis highpass; Nd of the dual
    bank = si.filter_bank(name)
    assert (bank.vanishing_moments, bank.dual.vanishing_moments) == (int(name[4]), int(name[6]))
    assert si.filter_bank(name.replace("bior", "rbio")).vanishing_moments == int(name[6])


def test_moments_of_other_biorthogonal_banks():
    assert si.filter_bank("bior4.4").vanishing_moments == si.filter_bank("bior4.4").dual.vanishing_moments == 4
    # the zeros of db2's half-band product dealt out unevenly: (1 + z)^3 (z - r) and (1 + z)(z - 1/r)
    root = 2 - math.sqrt(3)
    h, s = np.poly([-1, -1, -1, root]), np.poly([-1, 1 / root])
    h, s = h * math.sqrt(2) / h.sum(), s * math.sqrt(2) / s.sum()
    uneven = FilterBank([0, *h], None, [0, *s, 0, 0])
    assert (uneven.vanishing_moments, uneven.dual.vanishing_moments) == (1, 3)
    assert (lopsided_bank().vanishing_moments, lopsided_bank().dual.vanishing_moments) == (1, 1)


@pytest.mark.parametrize("name", ["db4", "sym8", "bior2.6", "rbio2.6", "coif2"])
def test_moments_are_the_polynomials_a_transform_cancels(name):
    bank, n = si.filter_bank(name), np.linspace(-1, 1, 200)
    for power in range(bank.vanishing_moments + 1):
        detail = si.SWT(bank, 1).forward(n**power).detail(1)[40:-40]
        assert (np.max(np.abs(detail)) < 1e-13) == (power < bank.vanishing_moments)


# --- polishing ----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(name=st.sampled_from([name for name in EXACT if len(si.filter_bank(name)) <= 20]), digits=st.integers(7, 12))
def test_polishing_a_rounded_table(name, digits):
    exact = si.filter_bank(name)
    h, s = (np.round(taps, digits) for taps in (exact.lowpass, exact.synthesis_lowpass))
    rounded = FilterBank(h, None, None if exact.is_orthonormal else s, name="rounded", approximate=True)
    bank = polished(rounded)
    assert bank.residual <= 1e-14
    assert bank.name == "rounded"
    assert not bank.approximate
    assert bank.is_orthonormal == exact.is_orthonormal
    # Newton steps of least norm move no tap further than one unit of the last digit kept (the nearly
    # dependent equations of longer banks amplify the rounding)
    moved = max(np.abs(np.subtract(a, b)).max() for a, b in zip(taps_of(bank), taps_of(rounded), strict=True))
    assert moved <= 10.0**-digits


@pytest.mark.parametrize("name", DISCRETE)
def test_zero_taps_of_the_tables_stay_zero(name):
    for taps, table in zip(taps_of(si.filter_bank(name)), pywt.Wavelet(name).filter_bank, strict=True):
        assert [tap for tap, was in zip(taps, table, strict=True) if was == 0] == [0] * table.count(0)


@pytest.mark.parametrize("name", [name for name in DISCRETE if name.startswith(("bior", "rbio"))])
def test_linear_phase_banks_stay_exactly_symmetric(name):
    for filters in taps_of(si.filter_bank(name)):
        taps = [tap for tap in filters if tap]
        support = filters[filters.index(taps[0]) : len(filters) - filters[::-1].index(taps[-1])]
        assert support in (support[::-1], [-tap for tap in support[::-1]])


@pytest.mark.parametrize("name", EXACT)
def test_polishing_again_changes_nothing_to_speak_of(name):
    bank = si.filter_bank(name)
    again = polished(bank)
    assert max(np.abs(np.subtract(a, b)).max() for a, b in zip(taps_of(again), taps_of(bank), strict=True)) < 1e-15


def test_polishing_what_is_no_table_is_refused():
    with pytest.raises(ValueError, match="does not reconstruct"):
        polished(FilterBank([1.0, 0.0, 0.0, 0.5], None, [0.0, 1.0, 3.0, 0.0], approximate=True))
