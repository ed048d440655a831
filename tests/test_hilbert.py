"""Pairs of banks for a dual tree: half a sample apart, orthonormal, one-sided together; refusals."""

import itertools
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from naive import taps_of

import shiftinv as si
from shiftinv import FilterBank
from shiftinv.filters import DualTreeBank, hilbert_pair, polished

ORDERS = list(itertools.product(range(1, 11), repeat=2))
HAAR = FilterBank((0.5**0.5, 0.5**0.5))
# six taps a quarter of a sample late among ten (Kingsbury 2001), rounded
QUARTER = (0, 0, -0.11430184, 0, 0.5875183, 0.76027237, 0.23389032, -0.08832942, 0, 0.03516384)


def quarter_bank():
    return polished(FilterBank(QUARTER, name="six taps", approximate=True))


def at(taps, frequencies):
    """The response sum_n h[n] exp(-j w n), term by term."""
    return sum(tap * np.exp(-1j * n * frequencies) for n, tap in enumerate(taps))


def half_sample_error(pair, frequencies):
    """The phase of H_b against exp(+j w/2) H_a."""
    ratio = at(pair.b.lowpass, frequencies) / at(pair.a.lowpass, frequencies)
    return np.angle(ratio * np.exp(-0.5j * frequencies))


def interleaved_level(pair, x, filters=("lowpass", "lowpass")):
    """One level of the dual tree on a circle, by its formula: tree a and tree b in turns."""
    count, size = len(pair), len(x)
    out = []
    for m in range(size // 4):
        for bank, name, first in ((pair.a, filters[0], 0), (pair.b, filters[1], 1)):
            taps = getattr(bank, name)
            out.append(sum(taps[k] * x[(4 * m + first + count - 2 * k) % size] for k in range(count)))
    return np.array(out)


# --- the design ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("moments", "order"), ORDERS)
def test_every_accepted_pair_is_orthonormal_with_its_moments(moments, order):
    pair = hilbert_pair(moments, order)
    assert len(pair) == 2 * (moments + order)
    assert pair.is_orthonormal
    assert pair.residual <= 1e-14
    assert (pair.a.vanishing_moments, pair.b.vanishing_moments) == (moments, moments)
    for bank in (pair.a, pair.b):
        assert sum(bank.lowpass) == pytest.approx(2**0.5, abs=1e-14)
    assert pair.a.highpass == FilterBank(pair.a.lowpass).highpass
    assert pair.b.highpass == tuple(-tap for tap in FilterBank(pair.b.lowpass).highpass)


@pytest.mark.parametrize(("moments", "order"), ORDERS)
def test_the_phases_differ_by_the_allpass_of_the_formula(moments, order):
    w = np.linspace(-np.pi / 2, np.pi / 2, 301)
    expected = 2 * np.arctan(np.tan(w / 4) ** (2 * order + 1))
    assert np.abs(np.abs(half_sample_error(hilbert_pair(moments, order), w)) - np.abs(expected)).max() < 2e-14


def test_a_higher_order_delays_closer_to_half_a_sample():
    w = np.linspace(-np.pi / 2, np.pi / 2, 301)
    errors = [np.abs(half_sample_error(hilbert_pair(3, order), w)).max() for order in range(1, 11)]
    assert all(later < 0.2 * earlier for earlier, later in itertools.pairwise(errors))
    assert errors[0] < 0.15


@pytest.mark.parametrize("order", range(1, 11))
def test_the_lowpasses_share_all_but_thirans_filter(order):
    """H_a / H_b is the reversed over the denominator d(n) = C(M, n) prod (1/2 - M + k)/(3/2 + k), sign (-1)^n."""
    half = Fraction(1, 2)
    d = [
        (-1) ** n * math.comb(order, n) * math.prod((half - order + k) / (half + 1 + k) for k in range(n))
        for n in range(order + 1)
    ]
    d = np.array([float(tap) for tap in d])
    pair = hilbert_pair(2, order)
    products = np.convolve(pair.a.lowpass, d), np.convolve(pair.b.lowpass, d[::-1])
    assert np.allclose(*products, rtol=0, atol=1e-14 * d.sum())


@pytest.mark.parametrize(("moments", "order"), [(1, 1), (3, 3), (4, 2), (10, 10)])
def test_the_lowpasses_have_equal_magnitude(moments, order):
    pair, w = hilbert_pair(moments, order), np.linspace(0, np.pi, 200)
    assert np.allclose(np.abs(at(pair.a.lowpass, w)), np.abs(at(pair.b.lowpass, w)), rtol=0, atol=1e-14)


def test_no_other_choice_of_roots_brings_b_closer_to_a_backwards():
    pair = hilbert_pair(4, 2)
    a, b = np.array(pair.a.lowpass), np.array(pair.b.lowpass)
    odd = [math.comb(5, k) for k in (1, 3, 5)]
    factor = np.polydiv(b, np.poly(np.roots(odd)))[0]
    own = [root for root in np.roots(factor) if abs(root + 1) > 0.1]
    groups = [[root] for root in own if root.imag == 0] + [[root, root.conj()] for root in own if root.imag > 0]
    distances = []
    for turned in itertools.product((1, -1), repeat=len(groups)):
        roots = [root**power for power, group in zip(turned, groups, strict=True) for root in group]
        shared = np.convolve(np.real(np.poly(roots)), np.poly([-1] * 4))
        both = [np.convolve(shared, delay) for delay in (odd, [1, 10, 5])]
        both = [taps * 2**0.5 / taps.sum() for taps in both]
        distances.append(np.linalg.norm(both[0] - both[1][::-1]))
    assert np.linalg.norm(b - a[::-1]) == pytest.approx(min(distances), abs=1e-6)
    assert max(distances) > 1.5 * min(distances)


# --- the trees ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cycles", [1, 4, 8])
def test_interleaved_samples_of_a_slow_wave_are_equally_spaced(cycles):
    pair, size = hilbert_pair(4, 3), 256
    step = 2 * np.pi * cycles * 2 / size  # a sample of the output is two of the input
    wave = np.exp(2j * np.pi * cycles * np.arange(size) / size)
    steps = np.diff(np.unwrap(np.angle(interleaved_level(pair, wave)))) / step
    assert np.abs(steps - 1).max() < 1e-6
    swapped = np.diff(np.unwrap(np.angle(interleaved_level(DualTreeBank(pair.b, pair.a), wave)))) / step
    assert np.abs(swapped - 1).min() > 0.99  # steps of 0 and 2 in turns


def test_two_levels_stay_equally_spaced():
    pair, size = hilbert_pair(4, 3), 512
    wave = np.exp(2j * np.pi * 2 * np.arange(size) / size)
    phases = np.unwrap(np.angle(interleaved_level(pair, interleaved_level(pair, wave))))
    assert np.abs(np.diff(phases) / (2 * np.pi * 2 * 4 / size) - 1).max() < 1e-6


def test_details_of_a_wave_are_a_quarter_of_a_cycle_apart():
    pair, size = hilbert_pair(4, 4), 256
    for cycles in (45, -45):
        wave = np.exp(2j * np.pi * cycles * np.arange(size) / size)
        detail = interleaved_level(pair, wave, ("highpass", "highpass"))
        assert np.allclose(detail[1::2] / detail[::2], -1j * np.sign(cycles), atol=1e-3)
    quarter = DualTreeBank.qshift(quarter_bank())
    detail = interleaved_level(quarter, np.exp(2j * np.pi * 45 * np.arange(size) / size), ("highpass", "highpass"))
    assert np.abs(np.angle(detail[1::2] / detail[::2]) + np.pi / 2).max() < 0.2  # the same sign


# --- analyticity --------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [2, 3, 4, 6, 8])
def test_pairs_are_one_sided_and_equal_banks_are_not(level):
    pair = hilbert_pair(4, 4)
    assert pair.analyticity(level) < 0.003
    assert DualTreeBank(pair.a, pair.a).analyticity(level) > 0.2
    assert hilbert_pair(1, 10).analyticity(level) < 0.01 * hilbert_pair(1, 1).analyticity(level)


@pytest.mark.parametrize("level", [2, 3, 4])
def test_trees_in_the_wrong_order_show(level):
    pair, quarter = hilbert_pair(4, 4), quarter_bank()
    assert DualTreeBank(pair.b, pair.a).analyticity(level) > 0.3
    assert DualTreeBank.qshift(quarter).analyticity(level) < 0.15
    assert DualTreeBank.qshift(FilterBank(quarter.lowpass[::-1])).analyticity(level) > 0.3


@pytest.mark.parametrize("level", [2, 3, 5])
def test_analyticity_is_the_share_of_the_wrong_side(level):
    """By convolution: wavelets on the samples of the trees, their transform, the energy of each side."""
    pair, size = hilbert_pair(2, 2), 1 << 14
    spectra = []
    for bank in (pair.a, pair.b):
        wavelet = np.ones(1)
        for octave in range(level - 1):
            taps = np.array(bank.highpass if octave == level - 2 else bank.lowpass)
            spread = np.zeros((len(taps) - 1 << octave) + 1)
            spread[:: 1 << octave] = taps
            wavelet = np.convolve(wavelet, spread)
        spectra.append(np.fft.fft(wavelet, size))
    shift = np.exp(1j * np.pi * np.fft.fftfreq(size))
    energy = np.abs(spectra[0] + 1j * shift * spectra[1]) ** 2
    sides = energy[1 : size // 2].sum(), energy[size // 2 + 1 :].sum()
    # the response keeps the positive frequencies: the wavelet, the response backwards, the negative ones
    assert sides[1] < sides[0]
    assert pair.analyticity(level) == pytest.approx((sides[1] / sum(sides)) ** 0.5, rel=0.01)


def test_the_sign_of_a_wavelet_does_not_matter():
    pair = hilbert_pair(3, 2)
    h, g, s, t = taps_of(pair.b)
    negative = DualTreeBank(pair.a, FilterBank(h, np.negative(g), s, np.negative(t)))
    assert negative.analyticity() == pytest.approx(pair.analyticity(), rel=1e-9)


# --- mirrored pairs -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["haar", "db4", "sym5", "bior2.2", "dmey"])
def test_qshift_reverses_all_four_filters(name):
    bank = si.filter_bank(name)
    pair = DualTreeBank.qshift(bank)
    assert pair.a == bank
    assert [list(taps) for taps in taps_of(pair.b)] == [list(taps)[::-1] for taps in taps_of(bank)]
    assert pair.is_mirrored
    assert pair.name == pair.a.name == pair.b.name == bank.name
    assert pair.is_orthonormal == bank.is_orthonormal
    assert pair.approximate == bank.approximate == (name == "dmey")
    assert pair.residual == pytest.approx(bank.residual, abs=1e-14)
    assert DualTreeBank.qshift(bank, "mine").name == "mine"


def test_mirrored_means_all_four_filters():
    bank = si.filter_bank("db4")
    back = [taps[::-1] for taps in taps_of(bank)]
    assert DualTreeBank(bank, FilterBank(*back)).is_mirrored
    assert not DualTreeBank(bank, FilterBank(back[0])).is_mirrored  # the alternating highpass has the other sign
    assert not DualTreeBank(bank, bank).is_mirrored
    assert not hilbert_pair(2, 2).is_mirrored
    for spoilt in range(4):
        filters = [np.array(taps) for taps in back]
        filters[spoilt][0] = np.nextafter(filters[spoilt][0], 1)
        assert not DualTreeBank(bank, FilterBank(*filters)).is_mirrored


# --- value semantics ----------------------------------------------------------------------------


def test_pairs_are_values():
    pair = hilbert_pair(3, 2)
    same = DualTreeBank(pair.a, pair.b, "another name")
    assert pair == same
    assert hash(pair) == hash(same)
    assert pair == hilbert_pair(np.int64(3), 2)
    others = [hilbert_pair(2, 3), DualTreeBank(pair.b, pair.a), DualTreeBank(pair.a, pair.a), pair.a]
    assert all(pair != other for other in others)
    for copy in (
        pickle.loads(pickle.dumps(pair)),
        eval(repr(pair), {"FilterBank": FilterBank, "DualTreeBank": DualTreeBank}),
    ):
        assert copy == pair
        assert hash(copy) == hash(pair)
        assert (copy.name, copy.a.name) == (pair.name, pair.a.name) == ("hilbert3.2", "hilbert3.2a")
    with pytest.raises(AttributeError):
        pair.a = pair.b


def test_a_pair_is_as_good_as_its_worse_tree():
    good = si.filter_bank("db2")
    spoilt = FilterBank(np.multiply(good.lowpass, 1.01), approximate=True)
    for pair in (DualTreeBank(good, spoilt), DualTreeBank(spoilt, good)):
        assert pair.residual == spoilt.residual
        assert pair.approximate
        assert not pair.is_orthonormal
    assert len(DualTreeBank(good, good)) == 4


# --- refusals -----------------------------------------------------------------------------------


def test_banks_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match=r"^b has 4 taps and a 2; .* same number\. Add zeros"):
        DualTreeBank(HAAR, si.filter_bank("db2"))


@pytest.mark.parametrize(("banks", "message"), [(("db4", HAAR), "^a='db4' is a string"), ((HAAR, None), "^b=None is")])
def test_what_is_no_bank_is_refused(banks, message):
    with pytest.raises(TypeError, match=message + ".*not a filter bank. Use a FilterBank"):
        DualTreeBank(*banks)


@pytest.mark.parametrize("name", ["vanishing_moments", "delay_order"])
def test_orders_out_of_range_are_refused(name):
    orders = {"vanishing_moments": 2, "delay_order": 2}
    with pytest.raises(ValueError, match=rf"^{name}=0 is too small\. Use an integer >= 1"):
        hilbert_pair(**orders | {name: 0})
    with pytest.raises(ValueError, match=rf"^{name}=11 is too large\. Use an integer from 1 to 10; .*rounding"):
        hilbert_pair(**orders | {name: 11})
    with pytest.raises(TypeError, match=f"^{name}=2.5 is a float"):
        hilbert_pair(**orders | {name: 2.5})


def test_levels_without_a_wavelet_of_these_banks_are_refused():
    with pytest.raises(ValueError, match=r"^level=1 is too small\. Use an integer >= 2"):
        hilbert_pair(1, 1).analyticity(1)
    with pytest.raises(TypeError, match=r"^level=2\.0 is a float"):
        hilbert_pair(1, 1).analyticity(2.0)
