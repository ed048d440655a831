"""The container: layout, views, arithmetic, and its ways to disk and back."""

import copy
import json
import pickle
import zipfile

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import assert_same_bits, noise

import shiftinv as si
from shiftinv import Band, Coefficients, Frame, Layout
from shiftinv.layout import Block


def line():
    return si.SWT("db2", 3).forward(noise(20))


def image(dtype=np.float64):
    return si.DWT("haar", 2).forward(noise((8, 12), dtype))


def handmade(dtype="float64"):
    """A layout that no transform of this library has: complex bands, an interior, auxiliary arrays."""
    blocks = (
        Block(2, ("aa",), (2, 3, 4), False, ((0, 2), (1, 3), (0, 4))),
        Block(2, ("ad", "da"), (2, 3, 4), True, ((0, 2), (1, 3), (1, 4))),
        Block(1, ("ad",), (2, 5, 6), True),
    )
    aux = (("phases", (2, 2)), ("choice", ()))
    return Layout("made:by,hand", (2, 8, 8), dtype, (1, 2), 2, None, None, blocks, aux)


# --- layout -------------------------------------------------------------------------------------


def test_layout_of_a_made_up_transform():
    layout = handmade()
    assert layout.bands == (Band(2, "aa"), Band(2, "ad"), Band(2, "da"), Band(1, "ad"))
    assert layout.approximation == (2, "aa")
    assert layout.details == layout.bands[1:]
    assert layout.size == 24 + 2 * (2 * 24) + 2 * 60
    assert layout.nbytes == 8 * layout.size + 8 * (4 + 1)
    assert layout.redundancy == layout.size / 128
    assert (layout.is_complex, layout.real_dtype) == (False, np.float64)
    assert layout.block((2, "da")) is layout.blocks[1]
    assert layout.interior((2, "da")) == (slice(0, 2), slice(1, 3), slice(1, 4))
    assert layout.interior((1, "ad")) == (slice(None),) * 3
    assert layout.parent((1, "ad")) == (2, "ad")
    assert layout.parent((2, "ad")) is None
    single = handmade("float32")
    assert single.nbytes == 4 * layout.size + 40
    assert single != layout


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("shape", [(9,), (4, 6), (2, 3, 4), (0, 8)])
def test_layout_of_a_transform_counts_in_real_numbers(dtype, shape):
    layout = si.SWT("haar", 2, axes=-1).layout(shape, dtype)
    is_complex = np.dtype(dtype).kind == "c"
    assert layout.is_complex == is_complex
    assert layout.size == 3 * np.prod(shape) * (2 if is_complex else 1)
    assert layout.nbytes == 3 * np.prod(shape) * np.dtype(dtype).itemsize
    if layout.size:
        assert layout.redundancy == 3
    else:
        assert np.isnan(layout.redundancy)


@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from([si.DWT, si.SWT]),
    sizes=st.lists(st.integers(1, 20), min_size=1, max_size=3),
    levels=st.integers(0, 1),
    dtype=st.sampled_from(["float32", "complex128"]),
)
def test_layouts_survive_json(kind, sizes, levels, dtype):
    layout = kind("bior2.2", levels if min(sizes) > 1 else 0).layout(tuple(sizes), dtype)
    text = layout.to_json()
    back = Layout.from_json(text)
    assert back == layout
    assert hash(back) == hash(layout)
    assert isinstance(back.frame, Frame)
    assert json.loads(text)["spec"] == layout.spec


def test_a_made_up_layout_survives_json_and_pickle():
    layout = handmade()
    assert Layout.from_json(layout.to_json()) == layout
    assert pickle.loads(pickle.dumps(layout)) == layout


@pytest.mark.parametrize("band", [(4, "d"), (1, "a"), (0, "d"), 3, "d", (1,), (1, "d", 0), None, ([1], "d"), ("d", 1)])
def test_a_band_that_is_not_there(band):
    c = line()
    for ask in (c.__getitem__, c.layout.block, c.layout.interior, c.layout.parent, c.interior):
        with pytest.raises(KeyError, match=r"does not exist in swt:db2,levels=3.*\(3, 'a'\), .*\(1, 'd'\)"):
            ask(band)
    with pytest.raises(KeyError, match="does not exist"):
        c[band] = 0


# --- views --------------------------------------------------------------------------------------


@pytest.mark.parametrize("c", [line(), image(), image(np.complex64), Coefficients(handmade())])
def test_bands_are_disjoint_views_that_fill_the_vector_in_order(c):
    start = 0
    for number, band in enumerate(c.bands):
        view, block = c[band], c.layout.block(band)
        assert view.shape == block.shape
        assert view.flags.writeable
        assert view.flags.c_contiguous
        assert np.shares_memory(view, c.vector)
        view[...] = number + 1
        expected = np.full(block.band_size, number + 1.0)
        if view.dtype.kind == "c":
            view += 1j * (number + 1)
        assert np.array_equal(c.vector[start : start + block.band_size], expected)
        start += block.band_size
    assert start == c.vector.size == c.layout.size
    c.vector[:] = 0
    assert not any(c[band].any() for band in c.bands)


def test_complex_bands_are_interleaved_pairs():
    c = Coefficients(handmade())
    c[2, "da"][1, 2, 3] = 3 - 4j
    assert c.vector[24 + 48 + 46 : 24 + 48 + 48].tolist() == [3, -4]
    other = Coefficients(handmade(), noise(c.vector.size))
    inner = sum(np.vdot(c[band], other[band]).real for band in c.bands)
    assert c.vector @ other.vector == pytest.approx(inner, rel=1e-14)
    for dtype in ("float32", "float64"):
        assert Coefficients(handmade(dtype))[1, "ad"].dtype == np.result_type(dtype, np.complex64)


def test_details_of_a_level():
    c = line()
    assert c.detail(2).shape == (20,)  # one band: no axis of orientations
    assert np.shares_memory(c.detail(2), c[2, "d"])
    c = image()
    stack = c.detail(1)
    assert stack.shape == (3, 4, 6)
    for row, word in zip(stack, ("ad", "da", "dd"), strict=True):
        assert_same_bits(row, c[1, word])
        assert_same_bits(row, c.detail(1, word))
    stack[1] = 7
    assert (c[1, "da"] == 7).all()
    assert not (c[1, "dd"] == 7).any()
    c = Coefficients(handmade(), noise(handmade().size))
    assert_same_bits(c.detail(2)[1], c[2, "da"])
    assert c.detail(2).dtype == np.complex128
    for missing in (0, 3, 9):
        with pytest.raises(KeyError, match=rf"level={missing} has no details .* Use one of \[1, 2\]"):
            image().detail(missing)
    assert np.shares_memory(c.approx, c[2, "aa"])


def test_interior():
    c = Coefficients(handmade())
    part = c.interior((2, "ad"))
    assert part.shape == (2, 2, 3)
    part[...] = 1
    assert c[2, "ad"].sum() == 12
    assert c[2, "ad"][:, 1:3, 1:4].all()
    assert c.interior((1, "ad")).shape == (2, 5, 6)


def test_assignment():
    c = image()
    c[1, "ad"] = np.ones((4, 6), np.float32)
    c[1, "da"] = 2
    c[1, "dd"] = [[3] * 6] * 4
    assert c.detail(1).mean(axis=(1, 2)).tolist() == [1, 2, 3]
    for wrong in (np.ones((6, 4)), np.ones(6), np.ones((1, 4, 6)), np.ones((4, 1)), np.ones(1)):
        with pytest.raises(ValueError, match=r"band \(1, 'ad'\) has shape \(4, 6\)"):
            c[1, "ad"] = wrong
    with pytest.raises(TypeError, match=r"band \(1, 'ad'\) is real"):
        c[1, "ad"] = 1j
    with pytest.raises(TypeError, match=r"band \(1, 'ad'\) is real"):
        c[1, "ad"] = np.ones((4, 6), complex)
    for wrong in (None, "1", [["1"] * 6] * 4, np.full((4, 6), None), np.full((4, 6), "1")):
        with pytest.raises(TypeError, match=r"band \(1, 'ad'\)"):  # NumPy would store None as NaN
            c[1, "ad"] = wrong
    assert (c[1, "ad"] == 1).all()
    z = image(np.complex128)
    z[1, "ad"] = 1j
    assert (z[1, "ad"] == 1j).all()


def test_structure_is_immutable():
    c = Coefficients(handmade())
    for name in ("layout", "vector", "aux", "bands", "anything"):
        with pytest.raises(AttributeError):
            setattr(c, name, None)
    with pytest.raises((TypeError, AttributeError)):
        del c[2, "aa"]
    with pytest.raises(TypeError):
        c.aux["another"] = np.zeros(3)
    with pytest.raises((TypeError, AttributeError)):
        del c.aux["phases"]
    with pytest.raises(AttributeError):
        c.layout.spec = "other"
    with pytest.raises(AttributeError):
        c.layout.blocks[0].shape = ()
    c.aux["phases"][0, 1] = 1  # the values are as writable as an array's
    assert c.aux["phases"].tolist() == [[0, 1], [0, 0]]


# --- construction -------------------------------------------------------------------------------


def test_construction():
    layout = handmade()
    vector = noise(layout.size)
    aux = {"phases": np.ones((2, 2), np.int8), "choice": np.int64(3)}
    c = Coefficients(layout, vector, aux)
    assert c.vector is vector
    assert c.aux["phases"].dtype == c.aux["choice"].dtype == np.int64
    assert c.aux["choice"] == 3
    blank = Coefficients(layout)
    assert not blank.vector.any()
    assert blank.vector.dtype == np.float64
    assert [array.shape for array in blank.aux.values()] == [(2, 2), ()]
    assert not any(array.any() for array in blank.aux.values())


@pytest.mark.parametrize(
    "vector", [[0.0] * 60, np.zeros(80, np.float32), np.zeros(80, complex), np.zeros(80, int), 0.0]
)
def test_vectors_of_another_type_are_refused(vector):
    with pytest.raises(TypeError, match="needs a float64 array"):
        Coefficients(line().layout, vector)


@pytest.mark.parametrize("vector", [np.zeros(79), np.zeros((80, 1)), np.zeros(160)[::2], np.zeros(0)])
def test_vectors_of_another_shape_are_refused(vector):
    with pytest.raises(ValueError, match=r"needs \(80,\), contiguous"):
        Coefficients(line().layout, vector)


@pytest.mark.parametrize(
    "aux",
    [
        {},
        {"phases": np.zeros((2, 2), int)},
        {"phases": np.zeros((2, 2), int), "choice": np.int64(0), "more": np.int64(0)},
        {"phases": np.zeros((2, 3), int), "choice": np.int64(0)},
        {"phases": np.zeros((2, 2)), "choice": np.int64(0)},
    ],
)
def test_aux_that_does_not_fit_is_refused(aux):
    with pytest.raises(ValueError, match="aux"):
        Coefficients(handmade(), None, aux)


# --- arithmetic ---------------------------------------------------------------------------------


def test_arithmetic():
    T, x, y = si.SWT("sym4", 2), noise(15), noise(15, seed=1)
    a, b = T.forward(x), T.forward(y)
    before = a.vector.copy(), b.vector.copy()
    assert_same_bits((a + b).vector, a.vector + b.vector)
    assert_same_bits((a - b).vector, a.vector - b.vector)
    assert_same_bits((-a).vector, -a.vector)
    for factor in (3, 2.5, np.float64(2.5), np.float32(0.5), np.int8(-2)):
        assert_same_bits((factor * a).vector, float(factor) * a.vector)
        assert_same_bits((a * factor).vector, float(factor) * a.vector)
    assert_same_bits(a.vector, before[0])
    assert_same_bits(b.vector, before[1])
    assert not np.shares_memory((a + b).vector, a.vector)
    assert (2 * a - b).layout is a.layout


@pytest.mark.parametrize("divisor", [3, 7.0, np.float64(0.1), 1e-310])
def test_division_divides(divisor):
    # not a product with a rounded reciprocal, which overflows for tiny divisors
    c = line()
    c.vector[:] = noise(c.vector.size) * min(1, 1e3 * float(divisor))
    assert_same_bits((c / divisor).vector, c.vector / float(divisor))


def test_arithmetic_keeps_single_precision():
    c = si.SWT("haar", 1).forward(noise(8, np.float32))
    for result in (c + c, c * 0.1, np.float64(0.1) * c, c / 3.0, -c):
        assert result.vector.dtype == np.float32


def test_arithmetic_refuses_what_has_no_meaning():
    c = line()
    for other in (si.SWT("db2", 2).forward(noise(20)), si.SWT("db3", 3).forward(noise(20)),
                  si.SWT("db2", 3).forward(noise(21)), si.SWT("db2", 3).forward(noise(20, np.float32))):  # fmt: skip
        for combine in (c.__add__, c.__sub__, other.__add__, other.__sub__):
            with pytest.raises(ValueError, match="cannot be combined"):
                combine(other if combine.__self__ is c else c)
    meaningless = [
        lambda: c + 1,
        lambda: 1 - c,
        lambda: c * c,
        lambda: c / c,
        lambda: 1 / c,
        lambda: c * "a",
        lambda: c * [2],
        lambda: c + c.vector,
        lambda: c.vector * c,
        lambda: c**2,
        lambda: np.sqrt(c),
    ]
    for wrong in meaningless:
        with pytest.raises(TypeError):
            wrong()
    for factor in (1j, np.complex64(1)):
        with pytest.raises(TypeError, match="complex"):
            c * factor
    with pytest.raises(ZeroDivisionError):
        c / 0


def test_arithmetic_compares_aux():
    layout = handmade()
    a, b = Coefficients(layout, noise(layout.size)), Coefficients(layout, noise(layout.size))
    b.aux["phases"][1, 1] = 1
    with pytest.raises(ValueError, match="aux"):
        a + b
    a.aux["phases"][1, 1] = 1
    total = a + b
    assert total.aux["phases"].tolist() == [[0, 0], [0, 1]]
    total.aux["phases"][0, 0] = 5
    assert a.aux["phases"][0, 0] == 0  # nothing shared
    assert (2 * a).aux["phases"][1, 1] == (-a).aux["phases"][1, 1] == a.copy().aux["phases"][1, 1] == 1


def test_equality():
    a = Coefficients(handmade(), noise(handmade().size))
    b = a.copy()
    assert a.equals(b)
    assert not np.shares_memory(a.vector, b.vector)
    b.vector[3] = np.nextafter(b.vector[3], np.inf)
    assert not a.equals(b)
    b = a.copy()
    b.aux["choice"][...] = 1
    assert not a.equals(b)
    assert not a.equals(Coefficients(handmade("float32")))
    for other in (None, 3, a.vector, "a"):
        assert not a.equals(other)


# --- map, norms ---------------------------------------------------------------------------------


def square(values):
    return values**2


def by_level(values, band):
    return values * band.level


def with_default(values, threshold=0.5):
    return values * threshold


class Gain:
    def __call__(self, values, band):
        return values * len(band.orientation)

    def halve(self, values):
        return values / 2


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (square, lambda v, b: v**2),
        (by_level, lambda v, b: v * b.level),
        (with_default, lambda v, b: v * 0.5),
        (Gain(), lambda v, b: 2 * v),
        (Gain().halve, lambda v, b: v / 2),
        (lambda v: 0, lambda v, b: 0 * v),
        (lambda v, b: b.level, lambda v, b: 0 * v + b.level),
        (lambda *args: args[0], lambda v, b: v),
        (np.abs, lambda v, b: np.abs(v)),
        (np.tanh, lambda v, b: np.tanh(v)),
        (np.negative, lambda v, b: -v),
        (np.round, lambda v, b: np.round(v)),
        (np.sort, lambda v, b: np.sort(v)),
    ],
)
def test_map_with_both_arities(f, expected):
    c = image()
    before = c.vector.copy()
    mapped = c.map(f)
    for band in c.bands:
        assert np.array_equal(mapped[band], expected(c[band], band))
    assert_same_bits(c.vector, before)
    assert mapped.layout is c.layout


def test_map_checks_what_comes_back():
    with pytest.raises(ValueError, match=r"band \(2, 'aa'\) has shape \(2, 3\)"):
        image().map(lambda values: values[1:])
    with pytest.raises(TypeError, match="is real"):
        image().map(lambda values: values * 1j)
    with pytest.raises(TypeError, match=r"band \(2, 'aa'\)"):  # a function that works in place and returns nothing
        image().map(lambda values: None)
    with pytest.raises(ZeroDivisionError):  # an error of f is not hidden
        image().map(lambda values: 1 / 0)


def test_norm_and_energy():
    for c in (line(), image(np.complex64), Coefficients(handmade(), noise(handmade().size))):
        squares = [sum(abs(value) ** 2 for value in c[band].ravel().astype(complex)) for band in c.bands]
        rounding = 20 * float(np.finfo(c.vector.dtype).eps)
        assert c.energy() == pytest.approx(squares, rel=rounding)
        assert c.norm() == pytest.approx(sum(squares) ** 0.5, rel=rounding)
        assert c.energy().dtype == np.float64
        assert type(c.norm()) is float


def test_norm_of_extreme_magnitudes():
    for value in (1e300, 1e-300):
        c = si.SWT("haar", 0).forward(np.full(100, value))
        assert c.norm() == pytest.approx(10 * value, rel=1e-14, abs=0)
    assert si.SWT("haar", 0).forward(np.zeros(3)).norm() == 0
    assert np.isnan(si.SWT("haar", 0).forward([np.nan, 1.0]).norm())


def test_energy_of_single_precision_is_summed_in_double():
    # 1e30 squared is beyond float32, and 1 + 1e-8 rounds to 1 there
    T = si.SWT("haar", 0)
    for value in (1e30, 1e-30):
        c = T.forward(np.full(100, value, np.float32))
        exact = float(np.float32(value)) ** 2 * 100
        assert c.energy() == pytest.approx([exact], rel=1e-14)
        assert c.norm() == pytest.approx(exact**0.5, rel=1e-14)
    z = T.forward(np.full(100, 1e30 + 1e30j, np.complex64))
    assert z.energy() == pytest.approx([float(np.float32(1e30)) ** 2 * 200], rel=1e-14)


# --- disk, pickle, PyWavelets -------------------------------------------------------------------


@pytest.mark.parametrize("c", [line(), image(np.complex64), Coefficients(handmade(), noise(handmade().size))])
def test_save_and_load(c, tmp_path):
    for array in c.aux.values():
        array[...] = 3
    for name in ("plain", "with.npz"):
        path = tmp_path / name
        c.save(path)
        c.save(str(path))  # an existing file is replaced
        back = Coefficients.load(path)
        assert back.equals(c)
        assert back.layout == c.layout
        assert back.vector.dtype == c.vector.dtype
        assert back.vector.flags.writeable
        assert not back.layout.aux or back.aux["phases"].tolist() == [[3, 3], [3, 3]]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["plain", "with.npz"]


def test_a_saved_file_holds_no_pickle(tmp_path):
    path = tmp_path / "c.npz"
    c = Coefficients(handmade(), noise(handmade().size))
    c.save(path)
    with np.load(path, allow_pickle=False) as archive:
        assert set(archive) == {"format", "layout", "vector", "aux.phases", "aux.choice"}
        assert {archive[name].dtype.kind for name in archive} <= set("Ufi")
        assert str(archive["format"]) == "shiftinv.Coefficients/1"
        assert json.loads(str(archive["layout"]))["spec"] == "made:by,hand"
    with zipfile.ZipFile(path) as archive:
        assert all(name.endswith(".npy") for name in archive.namelist())
        assert archive.testzip() is None


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "c.npz"
    line().save(path)
    old = path.read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="no space"):
        image().save(path)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


def corrupt(kind, path):
    c = line()
    c.save(path)
    good = path.read_bytes()
    arrays = {"format": "shiftinv.Coefficients/1", "layout": c.layout.to_json(), "vector": c.vector}
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("a,b\n1,2\n")
    elif kind == "truncated":
        path.write_bytes(good[: len(good) // 2])
    elif kind == "npy":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif kind == "pickle":
        path.write_bytes(pickle.dumps({"vector": 1}))
    elif kind == "object array":
        with path.open("wb") as file:
            np.savez(file, **(arrays | {"vector": np.array([None])}))
    else:
        changes = {
            "another archive": {"format": None},
            "another format": {"format": "shiftinv.Coefficients/99"},
            "no layout": {"layout": None},
            "no json": {"layout": "{"},
            "another json": {"layout": "{}"},
            "no vector": {"vector": None},
            "short vector": {"vector": c.vector[1:]},
            "other dtype": {"vector": c.vector.astype(np.float32)},
        }[kind]
        kept = {name: value for name, value in (arrays | changes).items() if value is not None}
        with path.open("wb") as file:
            np.savez(file, **kept)


@pytest.mark.parametrize(
    "kind",
    ["empty", "text", "truncated", "npy", "pickle", "object array", "another archive", "another format", "no layout",
     "no json", "another json", "no vector", "short vector", "other dtype"],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_name(kind, tmp_path):
    path = tmp_path / "wrong.npz"
    corrupt(kind, path)
    with pytest.raises(ValueError, match=r"wrong\.npz"):
        Coefficients.load(path)


def test_a_missing_file():
    with pytest.raises(FileNotFoundError):
        Coefficients.load("no such file.npz")


@pytest.mark.parametrize("c", [line(), image(np.complex64), Coefficients(handmade(), noise(handmade().size))])
def test_pickle_and_copies(c):
    for back in (pickle.loads(pickle.dumps(c)), copy.deepcopy(c), c.copy()):
        assert back.equals(c)
        assert not np.shares_memory(back.vector, c.vector)
        back.vector[0] += 1
        assert not back.equals(c)


@pytest.mark.parametrize("shape", [(16,), (8, 12), (4, 8, 4)])
@pytest.mark.parametrize("T", [si.DWT("bior2.2", 2), si.SWT("bior2.2", 2)])
def test_the_multilevel_form_of_pywavelets(T, shape):
    c = T.forward(noise(shape))
    listed = c.to_pywt()
    assert len(listed) == 3
    views = [listed[0], *(view for level in listed[1:] for view in (level.values() if len(shape) > 1 else [level]))]
    assert len(views) == len(c.bands)
    assert all(np.shares_memory(view, c.vector) for view in views)
    assert Coefficients.from_pywt(listed, c.layout).equals(c)
    if len(shape) > 1:
        assert list(listed[1]) == [band.orientation for band in c.bands if band.level == 2][1:]


def test_another_multilevel_form_is_refused():
    c = image()
    listed = c.to_pywt()
    with pytest.raises(ValueError, match=r"2 entries; dwt:haar,levels=2.* needs 3"):
        Coefficients.from_pywt(listed[1:], c.layout)
    swapped = [listed[0], listed[2], listed[1]]
    with pytest.raises(ValueError, match=r"band \(2, 'ad'\) has shape \(2, 3\), and \(4, 6\)"):
        Coefficients.from_pywt(swapped, c.layout)
    with pytest.raises(ValueError, match=r"band \(2, 'ad'\)"):
        Coefficients.from_pywt([listed[0], tuple(listed[1].values())[:2], listed[2]], c.layout)
    missing = [listed[0], listed[1], {word: listed[2][word] for word in ("ad", "da")}]
    with pytest.raises(ValueError, match=r"\(1, 'dd'\)"):
        Coefficients.from_pywt(missing, c.layout)
    surplus = [listed[0], listed[1], listed[2] | {"aa": listed[2]["ad"]}]
    with pytest.raises(ValueError, match="aa"):
        Coefficients.from_pywt(surplus, c.layout)


@pytest.mark.parametrize("axes", [(0, 1), (-2, -1)])
def test_tuples_of_details_are_horizontal_vertical_and_diagonal(axes):
    x = noise((16, 32) if axes == (0, 1) else (3, 16, 32))
    decimated = si.DWT("db2", 2, axes=axes).forward(x)
    listed = pywt.wavedec2(x, "db2", "periodization", 2, axes)
    np.testing.assert_allclose(Coefficients.from_pywt(listed, decimated.layout).vector, decimated.vector, atol=1e-12)
    stationary = si.SWT("db2", 2, axes=axes, norm="unit").forward(x)
    listed = pywt.swt2(x, "db2", 2, axes=axes, trim_approx=True)
    np.testing.assert_allclose(Coefficients.from_pywt(listed, stationary.layout).vector, stationary.vector, atol=1e-12)


def test_what_pywavelets_gives_otherwise_is_told_how_to_fit():
    x, image = noise(32), noise((8, 16))
    stationary = si.SWT("db2", 2).layout(32)
    for untrimmed, layout in [
        (pywt.swt(x, "db2", 2), stationary),
        (pywt.swt2(image, "db2", 2), si.SWT("db2", 2).layout((8, 16))),
        (pywt.swtn(image, "db2", 2), si.SWT("db2", 2).layout((8, 16))),
    ]:
        with pytest.raises(ValueError, match="Use trim_approx=True in PyWavelets"):
            Coefficients.from_pywt(untrimmed, layout)
    with pytest.raises(ValueError, match=r"band \(2, 'a'\) has shape \(8,\), and \(10,\).*Use mode='periodization'"):
        Coefficients.from_pywt(pywt.wavedec(x, "db2", level=2), si.DWT("db2", 2).layout(32))


def test_a_transform_or_a_shape_is_no_layout():
    for door in (Coefficients, lambda layout: Coefficients.from_pywt([np.zeros(4)], layout)):
        with pytest.raises(TypeError, match=r"^layout=SWT\('haar'\) is an SWT\. Use T\.layout\(shape\)"):
            door(si.SWT("haar"))
        with pytest.raises(TypeError, match=r"^layout=256 is an int\. Use T\.layout\(shape\)"):
            door(256)


def test_coefficients_are_neither_an_array_nor_a_sequence():
    with pytest.raises(TypeError, match=r"Use c\.vector or c\[band\]"):
        np.asarray(line())
    with pytest.raises(TypeError, match=r"Use c\.vector or c\[band\]"):
        si.SWT("haar", 1).forward(line())
    with pytest.raises(TypeError, match=r"Use c\[band\] for every band of c\.bands"):
        list(line())


def test_the_approximation_is_assigned_like_any_band():
    c = line()
    c.approx = 2.0
    assert (c[c.layout.approximation] == 2).all()
    with pytest.raises(ValueError, match=r"band \(3, 'a'\) has shape \(20,\)"):
        c.approx = np.zeros(3)


def test_a_missing_band_is_told_without_quotes_around_it():
    for ask in (lambda: line()[9, "d"], lambda: line().detail(9)):
        with pytest.raises(KeyError) as refusal:
            ask()
        assert str(refusal.value).startswith(("band (9, 'd') does not exist", "level=9 has no details"))


def test_a_file_of_another_kind_is_refused_in_one_sentence(tmp_path):
    for kind in ("npy", "pickle", "text", "object array", "another archive"):
        path = tmp_path / "wrong.npz"
        corrupt(kind, path)
        with pytest.raises(
            ValueError, match=r"is not a file of coefficients \(shiftinv.Coefficients/1\): it"
        ) as refusal:
            Coefficients.load(path)
        assert "pickle" not in str(refusal.value)
    with pytest.raises(FileNotFoundError, match=r"c\.npz cannot be written: there is no folder .*nowhere\.$"):
        line().save(tmp_path / "nowhere" / "c.npz")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        line().save(tmp_path)


def test_repr_tells_what_it_is():
    text = repr(image())
    assert "dwt:haar,levels=2,axes=(0,1)" in text
    assert "(8, 12)" in text
    assert "7 bands" in text
