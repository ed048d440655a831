"""Names of filter banks, objects of PyWavelets, and the spelling that specs use."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import DISCRETE, EXACT, lopsided_bank, taps_of

import shiftinv as si
from shiftinv import FilterBank
from shiftinv.catalogue import catalogued_name, spelled


def distance(bank, table):
    return max(np.abs(np.subtract(a, b)).max() for a, b in zip(taps_of(bank), table, strict=True))


@pytest.mark.parametrize("name", DISCRETE)
def test_every_discrete_wavelet_of_pywavelets(name):
    bank, table = si.filter_bank(name), pywt.Wavelet(name)
    assert len(bank) == table.dec_len
    assert distance(bank, table.filter_bank) <= 1e-11
    assert bank.approximate == (name == "dmey")
    # PyWavelets calls the haar bank of its biorthogonal family biorthogonal, and dmey orthonormal
    haar_or_dmey = name in {"bior1.1", "rbio1.1", "dmey"}
    assert bank.is_orthonormal == (table.orthogonal != haar_or_dmey)
    assert si.filter_bank(name.upper()) is si.filter_bank(f" {name} ") is bank


def test_there_are_106_of_them():
    assert len(DISCRETE) == 106
    assert si.list_banks()[:106] == DISCRETE
    assert len(si.list_banks()) == len(set(si.list_banks()))
    for name in si.list_banks():
        assert isinstance(si.filter_bank(name), FilterBank)


def test_haar_has_four_names():
    assert len({si.filter_bank(name) for name in ("haar", "db1", "bior1.1", "rbio1.1")}) == 1
    assert si.filter_bank("bior1.1").is_orthonormal
    assert si.SWT("db1") == si.SWT("bior1.1")
    assert si.SWT("db1").spec == si.SWT("bior1.1").spec == "swt:haar"


def test_names_of_percival_and_walden():
    for taps in range(8, 21, 2):
        symlet, backwards = si.filter_bank(f"sym{taps // 2}"), taps in (10, 14, 18)
        assert si.filter_bank(f"la{taps}").lowpass == symlet.lowpass[:: -1 if backwards else 1]
    # LA(10), (14), (18) as published: g_0 and g_{L-1}
    for taps, first, last in (
        (10, 0.0195388827353869, 0.0273330683451645),
        (14, 0.0102681767084968, 0.0026818145681164),
        (18, 0.0010694900326538, 0.0014009155255716),
    ):
        bank = si.filter_bank(f"la{taps}")
        assert (bank.lowpass[0], bank.lowpass[-1]) == pytest.approx((first, last), abs=1e-11)
        assert bank.is_orthonormal
        assert bank.name == f"la{taps}"
    for taps in range(6, 31, 6):
        assert si.filter_bank(f"c{taps}") == si.filter_bank(f"coif{taps // 6}")
    for taps in range(4, 21, 2):
        bank = si.filter_bank(f"d{taps}")
        assert len(bank) == taps
        assert bank.lowpass == si.filter_bank(f"db{taps // 2}").lowpass[::-1]
        assert np.allclose(bank.lowpass, pywt.Wavelet(f"db{taps // 2}").rec_lo, rtol=0, atol=1e-11)
        assert bank.residual <= 1e-14
        assert bank.is_orthonormal
        assert bank.name == f"d{taps}"
    for missing in ("la6", "la22", "d2", "d22", "c36"):
        with pytest.raises(ValueError, match="unknown"):
            si.filter_bank(missing)


def test_d4_is_daubechies_closed_form():
    root = 3**0.5
    expected = np.array([1 + root, 3 + root, 3 - root, 1 - root]) / (4 * 2**0.5)
    assert np.allclose(si.filter_bank("d4").lowpass, expected, rtol=0, atol=1e-15)


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "close"), [("db99", "db9"), ("sym88", "sym8"), ("bior44", "bior4.4"), ("harr", "haar"), ("LA9", "la8")]
)
def test_unknown_names_come_with_close_ones(name, close):
    with pytest.raises(ValueError, match=rf"wavelet='{name}' is unknown\. Did you mean .*'{close}'.*list_banks"):
        si.filter_bank(name)


@pytest.mark.parametrize("name", ["", "zzzz"])
def test_unknown_names_without_close_ones(name):
    with pytest.raises(ValueError, match=rf"wavelet='{name}' is unknown\. Use one of"):
        si.filter_bank(name)


@pytest.mark.parametrize("name", [name for name in pywt.wavelist(kind="continuous") if name != "cmor"])
def test_continuous_wavelets_are_told_apart(name):
    with pytest.raises(ValueError, match=f"'{name}' is a continuous wavelet"):
        si.filter_bank(name)


@pytest.mark.parametrize("wavelet", [None, 4, 1.5, b"db4", ["db4"], pywt.ContinuousWavelet("morl")])
def test_what_is_no_wavelet_at_all(wavelet):
    with pytest.raises(TypeError, match=r"Use a name, a FilterBank or a pywt\.Wavelet"):
        si.filter_bank(wavelet)


# --- objects of PyWavelets ----------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in DISCRETE if name not in {"db1", "bior1.1", "rbio1.1"}])
def test_their_object_gives_the_polished_bank_of_its_name(name):
    assert si.filter_bank(pywt.Wavelet(name)) is si.filter_bank(name)


def test_a_custom_object_keeps_its_taps():
    bank = lopsided_bank()
    for name in ("mine", "haar", "db2"):  # a name alone proves nothing
        custom = pywt.Wavelet(name, filter_bank=taps_of(bank))
        assert si.filter_bank(custom) == bank
        assert catalogued_name(si.filter_bank(custom)) == ""


def test_a_custom_object_that_does_not_reconstruct_is_refused():
    with pytest.raises(ValueError, match=r"does not reconstruct: its residual is"):
        si.filter_bank(pywt.Wavelet("mine", filter_bank=[[1.0, 1.0]] * 4))


# --- spelling -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", si.list_banks())
def test_catalogued_banks_are_spelled_by_name(name):
    bank = si.filter_bank(name)
    word = spelled(bank)
    assert word in si.list_banks()
    assert si.filter_bank(word) is bank
    assert eval(repr(si.SWT(bank)), {"SWT": si.SWT}) == si.SWT(name)


def test_an_anonymous_copy_of_a_catalogued_bank_is_recognised():
    for name in ("haar", "sym8", "bior4.4", "dmey", "d6"):
        bank = si.filter_bank(name)
        anonymous = FilterBank(*taps_of(bank), approximate=bank.approximate)
        assert spelled(si.filter_bank(anonymous)) == name
        assert si.DWT(anonymous, 2).spec == si.DWT(name, 2).spec


@pytest.mark.parametrize("name", ["mine", "haar", "HAAR", "db2", "d4"])
def test_equal_banks_make_transforms_with_equal_specs(name):
    # the name takes no part in equality, so it must not take part in the spec of a transform either
    bank = FilterBank(*taps_of(si.filter_bank("db2")), name=name)
    assert si.SWT(bank, 2) == si.SWT("db2", 2)
    assert si.SWT(bank, 2).spec == si.SWT("db2", 2).spec
    assert repr(si.SWT(bank, 2)) == repr(si.SWT("db2", 2))


@settings(deadline=None, max_examples=60)
@given(angles=st.lists(st.floats(-3.2, 3.2), min_size=1, max_size=4), approximate=st.booleans())
def test_custom_banks_are_spelled_by_their_taps(angles, approximate):
    # every orthonormal bank is a lattice of rotations
    upper, lower = np.array([1.0]), np.array([0.0])
    for angle in angles:
        cosine, sine = np.cos(angle), np.sin(angle)
        upper, lower = cosine * upper + sine * lower, -sine * upper + cosine * lower
        upper, lower = np.append(upper, 0), np.insert(lower, 0, 0)
    lowpass = np.zeros(2 * len(upper))
    lowpass[::2], lowpass[1::2] = upper, lower
    bank = FilterBank(lowpass, approximate=approximate)
    for text in (spelled(bank), spelled(bank).upper()):
        assert si.filter_bank(text) == bank
    T = si.SWT(bank, 3)
    assert si.transform(T.spec) == T
    assert eval(repr(T), {"SWT": si.SWT, "FilterBank": FilterBank}) == T
    assert pickle.loads(pickle.dumps(T)) == T


def test_a_biorthogonal_custom_bank_is_spelled_by_its_taps():
    bank = lopsided_bank()
    assert spelled(bank).startswith("bank(-0.0707")
    assert si.filter_bank(spelled(bank)) == bank
    assert si.transform(si.DWT(bank, levels=2).spec) == si.DWT(bank, levels=2)


@pytest.mark.parametrize(
    "text",
    [
        "bank()",
        "bank(1;2;3;x)",
        "bank(0.5/0.5/0.5)",
        "bank(1/1)",
        "bank(nan/1)",
        "bank({h};{g};{s};{t};approximately)",
        "bank({h};{g};{s};{t};approximate;approximate)",
        "bank({h};{g};{s};{t};{t})",
    ],
)
def test_misspelled_taps_are_refused(text):
    filters = ("/".join(map(repr, taps)) for taps in taps_of(si.filter_bank("haar")))
    with pytest.raises(ValueError, match=r"bank|taps|finite"):
        si.filter_bank(text.format_map(dict(zip("hgst", filters, strict=True))))


def test_a_bank_without_a_highpass_may_be_spelled_short():
    assert si.filter_bank(f"bank({0.5**0.5!r}/{0.5**0.5!r})") == si.filter_bank("haar")


def test_the_hash_of_a_bank_is_the_same_in_every_process():
    # pickles carry the hash along, so it must not depend on the process
    code = "import shiftinv as si; print(hash(si.filter_bank('bior4.4')), hash(si.filter_bank('sym8')))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == [str(hash(si.filter_bank(name))) for name in ("bior4.4", "sym8")]


def test_approximate_banks_are_known_by_residual():
    assert [name for name in DISCRETE if si.filter_bank(name).residual > 1e-14] == ["dmey"]
    assert len(EXACT) == 105
