"""The one list of transforms, and the strings that name them."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import DISCRETE, lopsided_bank

import shiftinv as si
from shiftinv.registry import TRANSFORMS
from shiftinv.representation import Representation

# --- the list -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", si.list_transforms())
def test_every_entry_is_built_from_its_name(name):
    kind, defaults = TRANSFORMS[name]
    T = si.transform(name)
    assert type(T) is kind
    assert kind(**defaults) == T
    assert isinstance(T, Representation)
    assert kind.name == name
    assert kind.__doc__
    assert si.transform(name.upper()) == si.transform(f" {name} ") == T
    assert si.transform(T) is T
    assert T.spec.partition(":")[0] == name


@pytest.mark.parametrize("name", si.list_transforms())
def test_every_entry_is_a_value(name):
    T = si.transform(name)
    assert si.transform(T.spec) == T
    assert pickle.loads(pickle.dumps(T)) == T
    assert hash(si.transform(name)) == hash(T)
    assert eval(repr(T), {kind.__name__: kind for kind, _ in TRANSFORMS.values()}) == T  # one may hold another
    with pytest.raises(AttributeError):
        T.levels = 1
    resolved = T.layout((16, 20))
    assert si.transform(resolved.spec).layout((16, 20)) == resolved  # the layout names what made it
    assert resolved.spec == T.with_levels(resolved.levels, resolved.axes).spec


# --- specs --------------------------------------------------------------------------------------

wavelets = st.one_of(st.sampled_from(DISCRETE), st.just("d4"), st.just("la8"), st.builds(lopsided_bank))
depths = st.one_of(st.none(), st.integers(0, 32))
some_axes = st.one_of(st.none(), st.integers(-3, 3), st.lists(st.integers(-3, 3), min_size=1, max_size=3).map(tuple))


@settings(deadline=None, max_examples=150)
@given(wavelet=wavelets, levels=depths, axes=some_axes, norm=st.sampled_from(["energy", "unit"]), swt=st.booleans())
def test_specs_come_back(wavelet, levels, axes, norm, swt):
    T = si.SWT(wavelet, levels, axes=axes, norm=norm) if swt else si.DWT(wavelet, levels, axes=axes)
    assert " " not in T.spec
    for text in (T.spec, T.spec.replace(",", " , ").replace("=", " = "), f"  {T.spec}"):
        back = si.transform(text)
        assert type(back) is type(T)
        assert back == T
        assert back.spec == T.spec
    scope = {"SWT": si.SWT, "DWT": si.DWT, "FilterBank": si.FilterBank}
    assert eval(repr(T), scope) == T
    assert pickle.loads(pickle.dumps(T)) == T


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("swt", si.SWT()),
        ("swt:", si.SWT()),
        ("swt:haar", si.SWT("haar")),
        ("swt:haar,3", si.SWT("haar", 3)),
        ("swt:haar,None", si.SWT("haar")),
        ("swt:wavelet=haar,levels=3", si.SWT("haar", 3)),
        ("swt:levels=3,wavelet=haar", si.SWT("haar", 3)),
        ("swt:norm=unit", si.SWT(norm="unit")),
        ("dwt:db4,2,axes=0", si.DWT("db4", 2, axes=0)),
        ("dwt:db4,axes=(0,)", si.DWT("db4", axes=(0,))),
        ("dwt:db4,axes=(0)", si.DWT("db4", axes=(0,))),
        ("dwt:db4,axes=(01,-00)", si.DWT("db4", axes=(1, 0))),
        ("dwt:db4,axes=( -1 , 0 ),levels=1", si.DWT("db4", 1, axes=(-1, 0))),
        ("DWT:DB4,2", si.DWT("db4", 2)),
        ("cyclespin", si.CycleSpin(si.DWT())),
        ("cyclespin:(dwt:sym8,levels=4),shifts=8", si.CycleSpin(si.DWT("sym8", 4), 8)),
        ("cyclespin:(dwt:sym8),shifts=(0,-3)", si.CycleSpin(si.DWT("sym8"), [0, -3])),
        ("cyclespin:(dwt:sym8),shifts=((0,1), (2,3))", si.CycleSpin(si.DWT("sym8"), [(0, 1), (2, 3)])),
        ("cyclespin:dwt,shifts=2,seed=5", si.CycleSpin(si.DWT(), 2, seed=5)),
    ],
)
def test_specs_of_many_forms(spec, expected):
    assert si.transform(spec) == expected


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", r"transform '' is unknown. Use one of .*swt"),
        ("stw:haar", r"transform 'stw' is unknown. Did you mean 'swt'"),
        ("sym8", r"transform 'sym8' is unknown. Use one of dwt, swt, .*in the form name:.*, as in 'swt:sym8'\."),
        ("swt sym8 3", r"transform 'swt sym8 3' has no ':' after its name.* as in 'swt:sym8,3'\."),
        ("blub", r"transform 'blub' is unknown.* as in 'swt:sym8,levels=3'\."),
        ("swt:haar,level=3", r"swt has no parameter 'level'. Did you mean 'levels'"),
        (
            "swt:haar,speed=3",
            r"swt has no parameter 'speed'. Use one of wavelet=sym4, .*=None, boundary=periodic, norm=energy.$",
        ),
        ("dwt:haar,norm=unit", r"dwt has no parameter 'norm'"),
        ("swt:harr", r"Did you mean 'haar'"),
        ("swt:haar,norm=unti", r"Did you mean 'unit'"),
        (
            "swt:haar,3,4",
            r"3 values without a name, and only wavelet and levels may be given so\. Name.*axes=None, boundary=",
        ),
        ("swt:haar,wavelet=db2", r"gives 'wavelet' twice, once without its name"),
        ("swt:haar,levels=2,levels=3", r"levels"),
        ("swt:haar,3,levels=3", r"gives 'levels' twice, once without its name"),
        ("swt:haar,axes=(0,1", r"parentheses that do not match"),
        ("swt:haar,axes=0,1", r"several axes need parentheses: axes=\(0,1\)\."),
        ("swt:haar,axes=-2,-1", r"several axes need parentheses: axes=\(-2,-1\)\."),
        ("swt:haar,axes=0,1)", r"parentheses that do not match"),
        ("swt:haar)(", r"parentheses that do not match"),
        ("swt:((haar)", r"parentheses that do not match"),
        ("swt:(haar)", r"transform 'haar' is unknown"),
        ("swt:(stw:haar)", r"Did you mean 'swt'"),
        ("swt:haar,,3", r"empty|argument"),
        ("swt:,haar", r"empty|argument"),
        ("swt:haar,levels=-1", r"levels=-1 is too small"),
    ],
)
def test_specs_that_are_refused(spec, message):
    with pytest.raises(ValueError, match=message):
        si.transform(spec)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("swt:(dwt:haar)", r"wavelet=DWT\('haar'\) is a DWT"),
        ("swt:haar,levels=1.5", r"levels=1.5 is a float"),
        ("swt:haar,levels=True", r"levels=True is a boolean"),
        ("swt:haar,axes=x", r"axes='x'"),
        ("swt:haar,levels=", r"levels=''"),
        ("swt:3", r"wavelet=3"),
    ],
)
def test_values_of_another_type_are_refused_by_the_transform(spec, message):
    with pytest.raises(TypeError, match=message):
        si.transform(spec)


@pytest.mark.parametrize("spec", [None, 3, b"swt", ("swt", "haar"), si.SWT])
def test_what_is_no_spec(spec):
    with pytest.raises(TypeError, match=r"transform=.*Use a spec such as"):
        si.transform(spec)


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from("swt:dhar,()=-0123456789 .;/_N")))
def test_any_string_is_a_transform_or_a_refusal(text):
    for spec in (text, f"swt:{text}"):
        try:
            T = si.transform(spec)
        except (ValueError, TypeError):  # any other exception is a failure
            T = si.transform("swt")
        assert si.transform(T.spec) == T


def test_a_registered_transform_is_found_under_its_spec(monkeypatch):
    # a transform that takes a transform: its argument stands in parentheses, however deep
    import dataclasses

    from shiftinv.representation import Action, freeze

    @dataclasses.dataclass(frozen=True, init=False, repr=False)
    class Wrapped(Representation):
        base: Representation
        shifts: int = 2
        name = "wrapped"

        def __init__(self, base, shifts=2):
            freeze(self, base=base, shifts=shifts)

        action = property(lambda self: Action("exact"))
        _layout = _forward = _act = lambda self, *args: None

    monkeypatch.setitem(TRANSFORMS, "wrapped", (Wrapped, {}))
    monkeypatch.setitem(TRANSFORMS, "wrapped-thrice", (Wrapped, {"shifts": 3}))
    base = si.SWT(lopsided_bank(), 2, axes=(0, -1))
    for T in (Wrapped(base), Wrapped(base, 5), Wrapped(Wrapped(si.DWT("haar")), 7)):
        assert T.spec.startswith("wrapped:(")
        assert si.transform(T.spec) == T
        assert eval(repr(T), {"Wrapped": Wrapped, "SWT": si.SWT, "DWT": si.DWT, "FilterBank": si.FilterBank}) == T
    with pytest.raises(ValueError, match=r"transform 'wrapped' lacks 'base'. The parameters are base, shifts=2\."):
        si.transform("wrapped")
    assert si.transform("wrapped:(dwt:haar)").spec == "wrapped:(dwt:haar)"
    assert si.transform("wrapped-thrice:(dwt:haar)") == Wrapped(si.DWT("haar"), 3)
    assert si.transform("wrapped-thrice:(dwt:haar),shifts=4") == Wrapped(si.DWT("haar"), 4)
    assert si.transform("wrapped-thrice:(dwt:haar),4") == Wrapped(si.DWT("haar"), 4)


def test_forward_through_a_spec():
    x = np.arange(12.0)
    assert si.transform("swt:db2,2,norm=unit").forward(x).equals(si.SWT("db2", 2, norm="unit").forward(x))
