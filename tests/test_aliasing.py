"""Aliasing energy ratios against closed forms, published figures, and the definition written out."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from toys import BestPhaseHaar

import shiftinv as si
from shiftinv.layout import Block
from shiftinv.metrics import UnfairPairing, aliasing_energy_ratio, aliasing_from_filters, cascade_channel

RNG = np.random.default_rng(11)
HAAR = [1 / 3, 9 / 7, 41 / 23, 169 / 87]

LOW_13 = [-9, 0, 114, -240, -247, 1520, 2844]
LOW_19 = [81, 0, -1539, -2160, 8208, 27360, -63816, -59280, 343786, 641600]
QSHIFT_14 = [
    0.00325314276365, -0.00388321199916, 0.03466034684485, -0.03887280126883, -0.11720388769912, 0.27529538466888,
    0.75614564389252, 0.56881042071212, 0.01186609203380, -0.10671180468666, 0.02382538479492, 0.01702522388155,
    -0.00543947593727, -0.00455689562848,
]  # fmt: skip


def bank_13_19():
    """The biorthogonal bank of 13 and 19 taps, both symmetric, centred for twenty."""
    h, g = np.zeros(20), np.zeros(20)
    h[4:17] = np.array(LOW_13 + LOW_13[-2::-1]) * math.sqrt(2) / 5120
    g[0:19] = np.array(LOW_19 + LOW_19[-2::-1]) * math.sqrt(2) / 1146880
    return si.FilterBank(h, None, g)


def moved(channel, step):
    """The channel of a tree that samples `step` later."""
    (analysis, first), (synthesis, start) = channel
    return (analysis, first - step), (synthesis, start + step)


def by_definition(responses):
    """R_a of responses that are already moved back, one per row."""
    mean = np.mean(responses, axis=0)
    return np.mean(np.sum((responses - mean) ** 2, axis=1)) / np.sum(mean**2)


def by_filters(wavelet, level, band="wavelet"):
    return aliasing_from_filters([cascade_channel([si.filter_bank(wavelet)] * level, band)], 2**level, db=False)


@dataclass(frozen=True, repr=False)
class TwoSpins(si.FrameTransform):
    """Two DWTs one sample apart, the approximations interleaved, the details as two bands; an average inverts."""

    levels: int = 1
    name: ClassVar[str] = "twospins"

    @property
    def action(self):
        return si.Action("grid")

    def _layout(self, shape, dtype):
        one = si.DWT("db3", self.levels).layout(shape, dtype)
        blocks = [Block(self.levels, ("a",), (2 * one.blocks[0].shape[0],))]
        blocks += [Block(block.level, ("d", "e"), block.shape) for block in one.blocks[1:]]
        return si.Layout("twospins", shape, dtype.name, (0,), self.levels, si.Frame.TIGHT, one.grid, tuple(blocks))

    def _forward(self, x, c, workers):
        for spin in (0, 1):
            part = si.DWT("db3", self.levels).forward(np.roll(x, -spin))
            c[self.levels, "a"][spin::2] = part.approx
            for level in range(1, self.levels + 1):
                c[level, "de"[spin]] = part[level, "d"]

    def _inverse(self, c, x, workers):
        x[...] = 0
        for spin in (0, 1):
            part = si.DWT("db3", self.levels).forward(np.zeros(x.shape))
            part[self.levels, "a"] = c[self.levels, "a"][spin::2]
            for level in range(1, self.levels + 1):
                part[level, "d"] = c[level, "de"[spin]]
            x += np.roll(si.DWT("db3", self.levels).inverse(part), spin) / 2

    def _adjoint(self, c, x, workers):
        raise NotImplementedError

    _act = _mra = _noise_gain = _adjoint


class Stubborn(si.DWT):
    """A DWT that keeps its levels."""

    def with_levels(self, levels, axes):
        return self


class Boastful(si.DWT):
    """A DWT that claims to follow every shift."""

    def _layout(self, shape, dtype):
        return dataclasses.replace(super()._layout(shape, dtype), grid=1)


@pytest.mark.parametrize(("level", "expected"), list(enumerate(HAAR, start=1)))
def test_haar_has_its_fractions(level, expected):
    assert aliasing_energy_ratio(si.DWT("haar"), level, db=False) == pytest.approx(expected, rel=1e-13)
    assert by_filters("haar", level) == pytest.approx(expected, rel=1e-13)
    assert aliasing_energy_ratio(si.DWT("haar"), level) == pytest.approx(10 * math.log10(expected), abs=1e-12)


@pytest.mark.parametrize("moments", [4, 6, 8])
def test_it_depends_on_the_modulus_of_an_orthonormal_filter_only(moments):
    for level in (1, 2, 3):
        least_asymmetric = aliasing_energy_ratio(si.DWT(f"sym{moments}"), level, db=False)
        assert aliasing_energy_ratio(si.DWT(f"db{moments}"), level, db=False) == pytest.approx(
            least_asymmetric, rel=1e-9
        )
    assert least_asymmetric < 0.61 < aliasing_energy_ratio(si.DWT("db3"), 3, db=False)


@pytest.mark.parametrize("wavelet", ["db2", "db4", "sym8", "bior4.4"])
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("band", ["wavelet", "scaling"])
def test_impulses_and_filters_agree(wavelet, level, band):
    impulses = aliasing_energy_ratio(si.DWT(wavelet), level, band=band, db=False)
    assert impulses == pytest.approx(by_filters(wavelet, level, band), rel=1e-10)


@pytest.mark.parametrize("wavelet", ["haar", "sym8", "bior4.4"])
@pytest.mark.parametrize("band", ["wavelet", "scaling"])
def test_an_undecimated_band_has_none(wavelet, band):
    for norm in ("energy", "unit"):
        ratios = [aliasing_energy_ratio(si.SWT(wavelet, norm=norm), level, band=band) for level in (1, 3, 5)]
        assert ratios == [-math.inf] * 3
    assert aliasing_energy_ratio(si.SWT(wavelet), 2, band=band, db=False) == 0


def test_what_a_layout_claims_is_measured():
    assert Boastful("db4", 2).layout(64).grid == 1
    assert aliasing_energy_ratio(Boastful("db4"), 2) == aliasing_energy_ratio(si.DWT("db4"), 2)


@pytest.mark.parametrize(("band", "name"), [("wavelet", (3, "d")), ("scaling", (3, "a"))])
@pytest.mark.parametrize(
    "bank", [si.filter_bank("db2"), si.filter_bank("bior4.4"), bank_13_19()], ids=["4", "10", "20"]
)
def test_a_channel_has_its_taps_in_the_places_of_the_transform(band, name, bank):
    (analysis, first), (synthesis, start) = cascade_channel([bank] * 3, band)
    impulse = np.eye(512)[205]
    c = si.DWT(bank, 3).forward(impulse)
    expected = np.zeros(64)
    for k in range(64):  # c[k] = H[8 k - 205]
        if 0 <= 8 * k - 205 - first < len(analysis):
            expected[k] = analysis[8 * k - 205 - first]
    np.testing.assert_allclose(c[name], expected, atol=1e-13)
    c.vector[:] = 0
    c[name][30] = 1
    x = np.zeros(512)
    x[240 + start : 240 + start + len(synthesis)] = synthesis
    np.testing.assert_allclose(si.DWT(bank, 3).inverse(c), x, atol=1e-13)


@pytest.mark.parametrize(
    ("first", "expected"),
    [(bank_13_19(), [-29.06, -25.10, -24.67, -24.15]), (si.filter_bank("sym8"), [-31.27, -26.76, -25.03, -24.19])],
    ids=["near-symmetric", "sym8"],
)
def test_a_dual_tree_cancels_most_of_the_aliasing(first, expected):
    one, other = si.FilterBank(QSHIFT_14), si.FilterBank(QSHIFT_14[::-1])
    for level in range(1, 6):
        a, b = (cascade_channel([first] + [bank] * (level - 1)) for bank in (one, other))
        both = aliasing_from_filters([a, moved(b, -1)], 2**level)
        assert both == pytest.approx(([-math.inf, *expected])[level - 1], abs=0.005)
        alone = aliasing_from_filters([a], 2**level)
        assert alone > -11
        if level > 1:  # the second tree a sample to the wrong side
            assert aliasing_from_filters([a, moved(b, 1)], 2**level) > -13


def test_filters_against_the_sums_written_out():
    M, size = 3, 96
    channels = [
        ((RNG.standard_normal(7), -5), (RNG.standard_normal(4), 2)),
        ((RNG.standard_normal(2), 8), (RNG.standard_normal(9), -1)),
    ]
    responses = np.zeros((M, size))
    for s in range(M):
        for (h, first), (g, start) in channels:
            for k in range(-20, 20):  # c[k] = H[M k - s], then S[n - M k] at n, stored at n - s
                place = M * k - s - first
                if 0 <= place < len(h):
                    for n in range(start, start + len(g)):
                        responses[s, (n + M * k - s) % size] += g[n - start] * h[place]
    assert aliasing_from_filters(channels, M, db=False) == pytest.approx(by_definition(responses), rel=1e-12)
    assert by_definition(responses) > 0.1


@pytest.mark.parametrize("size", [16, 64])
def test_a_given_size_is_taken_with_all_that_wraps(size):
    T = si.DWT("sym8", 3)
    responses = []
    for s in range(8):
        c = T.forward(np.roll(np.eye(size)[0], s))
        for band in [(3, "a"), (2, "d"), (1, "d")]:
            c[band] = 0
        responses.append(np.roll(T.inverse(c), -s))
    measured = aliasing_energy_ratio(T, 3, db=False, size=size)
    assert measured == pytest.approx(by_definition(np.array(responses)), rel=1e-12)
    assert abs(measured / aliasing_energy_ratio(T, 3, db=False) - 1) > 1e-4


def test_axes_and_levels_of_the_transform_do_not_count():
    expected = aliasing_energy_ratio(si.DWT("db4"), 2)
    assert aliasing_energy_ratio(si.DWT("db4", 5, axes=(-2, -1)), 2) == expected
    assert aliasing_energy_ratio(si.DWT("db4", 1, axes=1), 2) == expected


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("band", ["wavelet", "scaling"])
def test_all_details_of_a_level_count_together(level, band):
    channel = cascade_channel([si.filter_bank("db3")] * level, band)
    expected = aliasing_from_filters([channel, moved(channel, 1)], 2**level, db=False)
    measured = aliasing_energy_ratio(TwoSpins(), level, band=band, db=False)
    assert measured == pytest.approx(expected, rel=1e-10)
    assert (measured == 0) == (level == 1)


def test_a_band_without_a_mean_response():
    # the trees keep the even and minus the odd samples: x[n] (-1)^n, whose mean over places is 0
    channels = [(([1], 0), ([1], 0)), (([1], 1), ([-1], -1))]
    assert aliasing_from_filters(channels, 2) == math.inf
    assert aliasing_from_filters(channels[:1], 2, db=False) == pytest.approx(1)
    assert aliasing_from_filters(channels[:1], 1) == -math.inf


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(TypeError, match=r"^T='dwt:haar' is a string\. Use shiftinv\.transform"):
        aliasing_energy_ratio("dwt:haar", 1)
    with pytest.raises(ValueError, match=r"is not linear.*Use a linear transform"):
        aliasing_energy_ratio(BestPhaseHaar(), 1)
    with pytest.raises(ValueError, match="level=0"):
        aliasing_energy_ratio(si.DWT("haar"), 0)
    with pytest.raises(ValueError, match="band='detail' is unknown"):
        aliasing_energy_ratio(si.DWT("haar"), 1, band="detail")
    with pytest.raises(UnfairPairing, match=r"20 samples, and 2\^3 = 8"):
        aliasing_energy_ratio(si.DWT("haar"), 3, size=20)
    with pytest.raises(ValueError, match=r"level=2 has no wavelet band in dwt:haar,levels=1.*only \[1\]"):
        aliasing_energy_ratio(Stubborn("haar", 1), 2)
    with pytest.raises(ValueError, match=r"level=14 of DWT.*Give size=, or filters"):
        aliasing_energy_ratio(si.DWT("haar"), 14)


def test_an_inverse_is_needed():
    Forwards = type("Forwards", (si.Representation,), {"name": "forwards"})
    Forwards.__abstractmethods__ = frozenset()
    Forwards.__repr__ = object.__repr__
    with pytest.raises(TypeError, match="has no inverse"):
        aliasing_energy_ratio(Forwards(), 1)


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        ([], "channels is empty"),
        ([([1.0], [1.0])], r"channels\[0\] is not a pair of filters"),
        ([3], r"channels\[0\] is not a pair of filters"),
        ([(([1.0], 0), ([1.0], 0.5))], r"channels\[0\], synthesis: the first place 0\.5 is a float"),
        ([(([1j], 0), ([1.0], 0))], r"channels\[0\], analysis: taps=\[1j\] are not a line of finite real"),
        ([(([1.0], 0), ([1.0], 0)), (([], 0), ([1.0], 0))], r"channels\[1\], analysis: taps=\[\]"),
        ([(([[1.0]], 0), ([1.0], 0))], "are not a line"),
        ([(([np.nan], 0), ([1.0], 0))], "are not a line of finite"),
    ],
)
def test_filters_that_are_none_are_refused(channels, message):
    with pytest.raises((TypeError, ValueError), match=message):
        aliasing_from_filters(channels, 2)


def test_channels_need_banks():
    with pytest.raises(TypeError, match=r"holds one FilterBank per level\. Use \["):
        cascade_channel(si.filter_bank("haar"))
    with pytest.raises(TypeError, match="holds one FilterBank per level"):
        cascade_channel(["haar"])
    with pytest.raises(ValueError, match="banks is empty"):
        cascade_channel([])
    with pytest.raises(ValueError, match="decimation=0"):
        aliasing_from_filters([cascade_channel([si.filter_bank("haar")])], 0)
