"""Every registered transform keeps every law, and every law catches a transform that breaks it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import fitting, taken_axes
from toys import SIX, BestPhaseHaar, SixBands

import shiftinv as si
from shiftinv.boundary import BOUNDARIES
from shiftinv.catalogue import dual_tree_bank
from shiftinv.filters import hilbert_pair
from shiftinv.testing import LAWS, BrokenLaw, check_transform
from shiftinv.transforms.extension import UNDECIMATED

BANKS = ["haar", "db2", "db4", "sym8", "coif2", "bior1.3", "bior3.1", "bior4.4", "rbio2.8", "dmey", "d4"]
PAIRS = [("near_sym_b", "qshift_b"), ("legall", "qshift_06"), ("sym8", "qshift_d"), ("db2", hilbert_pair(3, 2))]
ENDS = {
    "dwt": list(BOUNDARIES),
    "swt": list(UNDECIMATED),
    "modwt": list(UNDECIMATED),
    "packets": list(BOUNDARIES),
    "spackets": list(UNDECIMATED),
    "starlet": list(UNDECIMATED),
    "laplacian": list(UNDECIMATED),
}
LARGEST = 2**24  # bytes of the coefficients of a drawn signal with ends
REAL_ONLY = {"dtcwt", "udtcwt", "steerable", "scattering"}
DTYPES = ["float32", "float64", "complex64", "complex128"]


@st.composite
def described(draw):
    """Draw a registered transform with banks of its kind, a shape and a dtype that fit each other."""
    T = si.transform(draw(st.sampled_from(si.list_transforms())))
    ndim = draw(st.integers(1, 3))
    shape = tuple(draw(st.lists(st.integers(1, 20), min_size=ndim, max_size=ndim)))
    axes = draw(st.none() | st.sets(st.integers(0, ndim - 1), min_size=1).map(lambda chosen: tuple(sorted(chosen))))
    axes = taken_axes(T, axes, ndim)
    used = range(ndim) if axes is None else axes
    deepest = (min(shape[axis] for axis in used) - 1).bit_length()
    levels = draw(st.none() | st.integers(0, min(3, deepest)))
    T = T.with_levels(levels, axes)
    T = T.replace(**draw(st.sampled_from(banks_of(T))))
    if T.name == "cyclespin" and levels:
        T = T.replace(shifts=draw(st.sampled_from(["all", 1, 2, (1,)])))
    # what an approximate bank leaves is relative to the signal with its extension, which may be far larger
    if T.name in ENDS and levels and not T.residual:
        ended = T.replace(boundary=draw(st.sampled_from(ENDS[T.name])))
        if ended.layout(shape, complex).nbytes <= LARGEST:  # a volume with long halos at every level fills any memory
            T = ended
    return T, fitting(T, shape, levels), draw(st.sampled_from(DTYPES))


def banks_of(T):
    """Return what the banks of a transform may be replaced by."""
    fields = {field.name for field in dataclasses.fields(T)}
    if "base" in fields:
        return [{"base": T.base.replace(**banks)} for banks in banks_of(T.base)]
    if "wavelet" in fields:
        return [{"wavelet": si.filter_bank(name)} for name in BANKS]
    if "qshift" in fields:
        return [{"biort": si.filter_bank(first), "qshift": dual_tree_bank(pair)} for first, pair in PAIRS]
    return [{}]


def laws_of(T):
    """Return the laws of its contract."""
    return [name for name, (contract, _) in LAWS.items() if isinstance(T, contract)]


@settings(max_examples=120, deadline=None)
@given(described())
def test_registered_transforms_keep_every_law(drawn):
    T, shape, dtype = drawn
    if T.name in REAL_ONLY and np.dtype(dtype).kind == "c":
        with pytest.raises(TypeError, match=r"x\.real and x\.imag"):
            T.layout(shape, dtype)
        dtype = np.dtype(dtype).type(0).real.dtype
    assert check_transform(T, shapes=[shape], dtypes=[dtype]) >= len(laws_of(T))


@pytest.mark.parametrize("wavelet", pywt.wavelist(kind="discrete"))
def test_every_bank_keeps_every_law(wavelet):
    described = [si.transform(name).with_levels(2, None) for name in si.list_transforms()]
    for T in [T for T in described if "wavelet" in {field.name for field in dataclasses.fields(T)}]:
        banked = T.replace(wavelet=si.filter_bank(wavelet))
        shapes = [(16,), fitting(banked, (61,), 2)]
        assert check_transform(banked, shapes=shapes, dtypes=[float]) >= 2 * len(laws_of(banked))


@pytest.mark.parametrize(("name", "boundary"), [(name, boundary) for name in ENDS for boundary in ENDS[name]])
def test_every_boundary_keeps_every_law(name, boundary):
    T, shapes = si.transform(name).with_levels(2, None).replace(boundary=boundary), [(9,), (16,), (61,), (9, 10)]
    for banks in (
        [{}] if name in ("starlet", "laplacian") else [{"wavelet": bank} for bank in ("haar", "sym4", "bior2.2")]
    ):
        assert check_transform(T.replace(**banks), shapes=shapes, dtypes=["f4", "c16"]) >= 8 * len(laws_of(T))


@pytest.mark.parametrize("levels", [0, 1, 3])
def test_unit_norm_keeps_every_law(levels):
    assert check_transform(si.SWT("sym4", levels, norm="unit")) > len(LAWS)


@pytest.mark.parametrize("shape", [(16, 12), (9, 16), (3, 16, 8)])
def test_six_complex_bands_keep_every_law(shape):
    T = SixBands(axes=(-2, -1))
    assert check_transform(T, shapes=[shape], dtypes=["float32", "float64"]) >= 2 * len(LAWS)
    c = T.forward(np.random.default_rng(0).standard_normal(shape))
    assert c.detail(1).shape == (6, *shape)
    assert c.detail(1).dtype == np.complex128
    assert c.detail(1).base is not None
    assert np.shares_memory(c.detail(1), c.vector)
    assert c.layout.redundancy == 1 + 2 * len(SIX)


def test_a_chosen_phase_travels_in_aux():
    T = BestPhaseHaar()
    assert check_transform(T, shapes=[(16,), (64,)]) > len(LAWS) // 2
    x = np.random.default_rng(0).standard_normal(64)
    c = T.forward(x)
    moved = T.forward(np.roll(x, 5))
    assert T.act(c, 5).equals(moved)
    assert int(c.aux["phase"]) != int(moved.aux["phase"])
    with pytest.raises(ValueError, match="aux"):
        c + moved


class _LeavesABandUnwritten(si.SWT):
    def _forward(self, x, c, workers):
        kept = c.approx.copy()
        super()._forward(x, c, workers)
        c.approx[...] = kept


class _ChangesItsInput(si.SWT):
    def _forward(self, x, c, workers):
        super()._forward(x, c, workers)
        if x.flags.writeable:
            x += 1


class _LosesSinglePrecision(si.SWT):
    def inverse(self, c, *, out=None, workers=1):
        return super().inverse(c, out=out).astype(np.float64)


class _InvertsByTheAdjoint(si.SWT):
    def _inverse(self, c, x, workers):
        self._adjoint(c, x, workers)


class _TakesMagnitudes(si.SWT):
    def _forward(self, x, c, workers):
        super()._forward(x, c, workers)
        np.abs(c.vector, out=c.vector)


class _CallsTheInverseAdjoint(si.SWT):
    def _adjoint(self, c, x, workers):
        self._inverse(c, x, workers)


class _SaysItIsTight(si.SWT):
    def _layout(self, shape, dtype):
        return dataclasses.replace(super()._layout(shape, dtype), frame=si.Frame.TIGHT)


class _SaysItIsNotTight(si.SWT):
    def _layout(self, shape, dtype):
        return dataclasses.replace(super()._layout(shape, dtype), frame=si.Frame.FRAME)


class _SaysItIsOrthonormal(si.SWT):
    def _layout(self, shape, dtype):
        return dataclasses.replace(super()._layout(shape, dtype), frame=si.Frame.ORTHONORMAL)


class _MovesTheOtherWay(si.SWT):
    def _act(self, c, shift, moved):
        super()._act(c, tuple(-step for step in shift), moved)


class _PromisesEveryShift(si.DWT):
    def _layout(self, shape, dtype):
        return dataclasses.replace(super()._layout(shape, dtype), grid=1)


class _PromisesTooLittle(si.DWT):
    def _layout(self, shape, dtype):
        return dataclasses.replace(super()._layout(shape, dtype), grid=2 * super()._layout(shape, dtype).grid)


class _NamesAnotherSibling(si.DWT):
    def undecimated(self):
        return si.SWT("db2", self.levels, axes=self.axes)


class _ForgetsTheNormOfItsSibling(si.SWT):
    def undecimated(self):
        return si.SWT(self.wavelet, self.levels, axes=self.axes)


class _Delayed(si.SWT):
    def _forward(self, x, c, workers):
        super()._forward(np.roll(x, 1, c.layout.axes), c, workers)


class _NamesADelayedSibling(si.DWT):
    def undecimated(self):
        return _Delayed(self.wavelet, self.levels, axes=self.axes)


class _ShiftsTheSignalInstead(si.DWT):
    def _act(self, c, shift, moved):
        axes = c.layout.axes
        self._forward(np.roll(self.inverse(c), shift, axes), moved, 1)


class _MixesTheBatch(si.SWT):
    def _forward(self, x, c, workers):
        batch = tuple(axis for axis in range(x.ndim) if axis not in c.layout.axes)
        super()._forward(x - x.mean(axis=batch, keepdims=True) if batch else x, c, workers)


class _IgnoresOut(si.SWT):
    def inverse(self, c, *, out=None, workers=1):
        return super().inverse(c)


class _HidesALayoutFromJson(si.SWT):
    def _layout(self, shape, dtype):
        layout = super()._layout(shape, dtype)
        return dataclasses.replace(layout, axes=list(layout.axes))


class _ForgetsItsLevels(si.SWT):
    def __repr__(self):
        return f"{type(self).__name__}({self.wavelet.name!r})"


class _TakesAnyLevels(si.SWT):
    def _layout(self, shape, dtype):
        return si.SWT(self.wavelet, min(self.levels, 3), axes=self.axes)._layout(shape, dtype)


class _ForgetsTheNorm(si.SWT):
    def _noise_gain(self, band, layout):
        return 1.0


class _DropsTheApproximation(si.SWT):
    def _mra(self, x, layout):
        smooth, *details = super()._mra(x, layout)
        return [0 * smooth, *details]


MUTANTS = [
    ("layout", _LeavesABandUnwritten("haar", 2)),
    ("input untouched", _ChangesItsInput("haar", 2)),
    ("dtype", _LosesSinglePrecision("haar", 2)),
    ("inverse", _InvertsByTheAdjoint("bior4.4", 2)),
    ("linear", _TakesMagnitudes("haar", 2)),
    ("adjoint", _CallsTheInverseAdjoint("bior4.4", 2)),
    ("frame", _SaysItIsTight("bior4.4", 2)),
    ("frame", _SaysItIsNotTight("haar", 2)),
    ("frame", _SaysItIsOrthonormal("haar", 2)),
    ("action", _MovesTheOtherWay("haar", 2)),
    ("action", _PromisesEveryShift("haar", 2)),
    ("action", _PromisesTooLittle("haar", 2)),
    ("undecimated", _NamesAnotherSibling("haar", 2)),
    ("undecimated", _NamesADelayedSibling("haar", 2)),
    ("undecimated", _ForgetsTheNormOfItsSibling("haar", 2, norm="unit")),
    ("action within bands", _ShiftsTheSignalInstead("haar", 2)),
    ("batch", _MixesTheBatch("haar", 2)),
    ("vector", _IgnoresOut("haar", 2)),
    ("storage", _HidesALayoutFromJson("haar", 2)),
    ("description", _ForgetsItsLevels("haar", 2)),
    ("levels", _TakesAnyLevels("haar", 2)),
    ("noise gain", _ForgetsTheNorm("haar", 2)),
    ("mra", _DropsTheApproximation("haar", 2)),
]


@pytest.mark.parametrize(("law", "mutant"), MUTANTS, ids=[type(mutant).__name__ for _, mutant in MUTANTS])
def test_every_law_catches_its_mutant(law, mutant):
    with pytest.raises(BrokenLaw, match=f"law '{law}' is broken by {type(mutant).__name__}"):
        check_transform(mutant, shapes=[(16,), (16, 8)], dtypes=["float32", "float64"], laws=[law])


def test_every_law_has_a_mutant():
    assert {law for law, _ in MUTANTS} == set(LAWS)


def test_a_broken_law_says_which_for_what_and_by_how_much():
    message = (
        r"law 'adjoint' is broken by _CallsTheInverseAdjoint\('bior4.4', levels=2\) for shape \(16,\), float32: Re<Tx"
    )
    with pytest.raises(BrokenLaw, match=message):
        check_transform(_CallsTheInverseAdjoint("bior4.4", 2), shapes=[(16,)], dtypes=["float32"], laws=["adjoint"])


class _FailsToDescribe(si.SWT):
    def _layout(self, shape, dtype):
        raise TypeError("a mistake of its author")


def test_a_layout_may_refuse_complex_signals_but_not_crash():
    T = SixBands(axes=(0, 1))
    assert check_transform(T, shapes=[(16, 12)]) == check_transform(T, shapes=[(16, 12)], dtypes=["f8", "f4"])
    with pytest.raises(TypeError, match="a mistake of its author"):
        check_transform(_FailsToDescribe("haar", 2), shapes=[(16,)], dtypes=["float64"])


def test_check_transform_refuses_what_it_cannot_check():
    with pytest.raises(ValueError, match="accepts none of the shapes"):
        check_transform(si.DWT("haar", 5), shapes=[(4,)])
    with pytest.raises(ValueError, match=r"none of laws=\['mra'\] applies to BestPhaseHaar"):
        check_transform(BestPhaseHaar(), shapes=[(16,)], laws=["mra"])
    with pytest.raises(ValueError, match=r"laws=\['charm'\]"):
        check_transform(si.DWT("haar"), laws=["charm"])
