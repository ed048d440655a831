"""Every argument check, and what the public doors of the transforms do with odd inputs."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from naive import assert_same_bits, noise

import shiftinv as si
from shiftinv import checks

TRANSFORMS = [si.SWT("bior2.2", 2), si.SWT("sym5", 2, norm="unit"), si.DWT("bior2.2", 2), si.DWT("sym5", 2)]
every_transform = pytest.mark.parametrize("T", TRANSFORMS, ids=lambda T: T.spec)


# --- single checks ------------------------------------------------------------------------------


def test_choice():
    assert checks.choice("b", ("a", "b"), "letter") == "b"
    with pytest.raises(ValueError, match=r"letter='bee' is unknown. Did you mean 'been'\? Use one of 'been', 'a'."):
        checks.choice("bee", ("been", "a"), "letter")
    with pytest.raises(ValueError, match=r"letter='zzz' is unknown. Use one of"):
        checks.choice("zzz", ("been", "a"), "letter")
    for value in (None, 3, ["a"], b"a"):
        with pytest.raises(TypeError, match=r"letter=.* is not a string. Use one of 'a', 'b'"):
            checks.choice(value, ("a", "b"), "letter")


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_integers(value):
    checked = checks.integer(value, "count", 0)
    assert checked == 3
    assert type(checked) is int


@pytest.mark.parametrize("value", [True, np.True_, 1.0, "three", None, [3], np.array([3]), np.float32(3), 3j])
def test_what_is_no_integer(value):
    with pytest.raises(TypeError, match=r"^count=.*Use an integer >= 2\."):
        checks.integer(value, "count", 2)


def test_what_a_value_is_called():
    words = ["an int", "a float", "an ndarray", "a string", "bytes", "None", "a boolean", "a list"]
    assert [checks.kind_of(value) for value in (1, 1.0, np.zeros(2), "", b"", None, True, [])] == words
    assert checks.kind_of(Exception) == "the class Exception"


def test_a_number_in_quotes_is_written_without_them():
    with pytest.raises(TypeError, match=r"^levels='3' is a string\. Write 3\.$"):
        si.SWT("haar", "3")


def test_a_signal_is_no_shape():
    x = np.zeros((4, 5))
    for door in (si.SWT("haar", 1).layout, lambda x: si.SWT("haar", 1).noise_gain((1, "ad"), x)):
        with pytest.raises(TypeError, match=r"^shape is an array of shape \(4, 5\), not a shape\. Pass x\.shape\.$"):
            door(x)
    with pytest.raises(KeyError, match=r"^band \(1, 'ad'\) does not exist.*shape=\(20,\) must be the signal's own"):
        si.SWT("haar", 1).noise_gain((1, "ad"), x.size)


def test_integers_that_are_too_small():
    with pytest.raises(ValueError, match=r"^count=1 is too small. Use an integer >= 2\."):
        checks.integer(1, "count", 2)
    assert checks.integer(2, "count", 2) == 2


@pytest.mark.parametrize("value", [0, 0.0, 3, 2.5, np.float32(2.5), np.int8(1), np.array(1.5)])
def test_numbers_that_are_not_negative(value):
    checked = checks.non_negative(value, "sigma")
    assert checked == value
    assert type(checked) is float


@pytest.mark.parametrize("value", [-1, -1e-300, np.nan, np.inf, -np.inf])
def test_negative_and_infinite_numbers(value):
    with pytest.raises(ValueError, match=r"^sigma=.* is not allowed. Use a finite number >= 0"):
        checks.non_negative(value, "sigma")


def test_numbers_of_either_sign():
    assert checks.finite(np.float32(-2.5), "mean") == -2.5
    with pytest.raises(ValueError, match=r"^mean=inf is not allowed. Use a finite number\."):
        checks.finite(np.inf, "mean")


@pytest.mark.parametrize("value", [None, "x", [1, 2], 1j, "1.5"])
def test_what_is_no_number(value):
    with pytest.raises(TypeError, match=r"^sigma=.* is not a number"):
        checks.non_negative(value, "sigma")


@pytest.mark.parametrize(
    ("given", "computed"),
    [
        ("f4", "f4"), ("f8", "f8"), ("c8", "c8"), ("c16", "c16"), ("f2", "f4"), ("i1", "f8"), ("u8", "f8"), ("?", "f8"),
        (">f4", "f4"), (">f8", "f8"), (">c16", "c16"), (">f2", "f4"), (">i2", "f8"), (float, "f8"), (int, "f8"),
    ],
)  # fmt: skip
def test_computing_dtypes(given, computed):
    result = checks.computing_dtype(given)
    assert result == np.dtype(computed)
    assert result.isnative
    assert checks.real_dtype(result) == np.dtype({"c8": "f4", "c16": "f8"}.get(computed, computed))


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="this platform has no extended precision")
@pytest.mark.parametrize(("given", "computed"), [(np.longdouble, np.float64), (np.clongdouble, np.complex128)])
def test_extended_precision_is_told(given, computed):
    with pytest.warns(si.PrecisionWarning, match=f"computes in {np.dtype(computed)}"):
        assert checks.computing_dtype(given) == computed
    x = noise(16).astype(given)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        c = si.SWT("haar", 1).forward(x)
        si.SWT("haar", 1).mra(x)
        si.SWT("haar", 1).layout(16, given)
    assert [entry.category for entry in caught] == [si.PrecisionWarning] * 3
    assert [entry.filename for entry in caught] == [__file__] * 3  # it points at the caller's line
    assert np.dtype(c.layout.dtype) == computed


@pytest.mark.parametrize("dtype", ["U3", "S3", "O", "M8[s]", "m8[s]", [("a", "f8")], "V4"])
def test_dtypes_without_numbers(dtype):
    remedy = r"Take one of its fields, for instance x\['a'\]" if isinstance(dtype, list) else "Convert it first"
    with pytest.raises(TypeError, match=rf"x has dtype .*holds no numbers to transform. {remedy}"):
        checks.signal(np.zeros(4, dtype))


def test_shapes():
    assert checks.shape(5) == checks.shape(np.int32(5)) == checks.shape([5]) == (5,)
    assert checks.shape((2, np.int64(3), 0)) == (2, 3, 0)
    with pytest.raises(ValueError, match=r"shape=\(\) has no axis"):
        checks.shape(())
    with pytest.raises(ValueError, match=r"shape=-1 is too small"):
        checks.shape((4, -1))
    for value in (2.0, "4", (4, 2.5), None, True):
        with pytest.raises(TypeError, match=r"shape="):
            checks.shape(value)


def test_axes():
    assert checks.axes(None) is None
    assert checks.axes(-1) == checks.axes([-1]) == checks.axes(np.int64(-1)) == (-1,)
    assert checks.axes((0, np.int8(2))) == (0, 2)
    assert all(type(axis) is int for axis in checks.axes((0, np.int8(2))))
    with pytest.raises(ValueError, match="names no axis"):
        checks.axes(())
    for value in (1.0, "0", (0, None), True, (0, np.True_), [[0]]):
        with pytest.raises(TypeError, match="axes="):
            checks.axes(value)


def test_axes_of_a_shape():
    assert checks.axes_of(None, (4, 5, 6)) == (0, 1, 2)
    assert checks.axes_of((-1, 0), (4, 5, 6)) == (0, 2)
    for axes in ((3,), (-4,), (0, 5)):
        with pytest.raises(np.exceptions.AxisError, match=r"out of range for an array of shape \(4, 5, 6\).*-3 to 2"):
            checks.axes_of(axes, (4, 5, 6))
    for axes in ((0, 0), (2, -1)):
        with pytest.raises(ValueError, match="names an axis twice"):
            checks.axes_of(axes, (4, 5, 6))


def test_warning_classes():
    for kind in (si.PrecisionWarning, si.ShiftWarning, si.CacheWarning):
        assert issubclass(kind, si.ShiftinvWarning)
    assert issubclass(si.ShiftinvWarning, UserWarning)


# --- what a signal may be -----------------------------------------------------------------------


@every_transform
@pytest.mark.parametrize(
    "x", [[1, 2, 3, 4.5], (1, 2, 3, 4.5), np.array([1, 2, 3, 4.5]), memoryview(np.array([1, 2, 3, 4.5]))]
)
def test_sequences_are_signals(T, x):
    assert T.forward(x).equals(T.forward(np.array([1, 2, 3, 4.5])))


@every_transform
@pytest.mark.parametrize(
    "x",
    [
        range(9),
        [True, False, True, True],
        np.arange(9, dtype=np.int8),
        np.arange(9, dtype=np.uint64),
        np.array([1, 0, 1, 1], bool),
    ],
)
def test_integers_and_booleans_keep_their_units(T, x):
    c = T.forward(x)
    assert c.vector.dtype == np.float64
    assert c.equals(T.forward(np.asarray(x, float)))


@every_transform
def test_half_precision_is_computed_in_single(T):
    x = noise(13).astype(np.float16)
    assert T.forward(x).equals(T.forward(x.astype(np.float32)))
    assert T.inverse(T.forward(x)).dtype == np.float32


@every_transform
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([], ValueError, r"shape \(0,\).* at least 1 sample"),
        (np.zeros((0, 4)), ValueError, "at least 1 sample"),
        (np.zeros((4, 0)), ValueError, r"axis 1; .*at least 1 sample"),
        (5.0, ValueError, "at least one axis"),
        (np.float32(5), ValueError, "at least one axis"),
        ([[1, 2], [3]], ValueError, "rectangular"),
        ([1, None], TypeError, "no numbers"),
        (None, TypeError, "no numbers"),
        ("text", TypeError, r"x='text' is a string, not an array of samples.*load it first"),
        (Path("a.csv"), TypeError, r"x=PosixPath.* is a PosixPath, not an array of samples.*load it first"),
        (["a", "b"], TypeError, "no numbers"),
        (b"bytes", TypeError, r"x=b'bytes' is bytes, not an array"),
        (np.array(["2020"], "M8[D]"), TypeError, "no numbers"),
        (np.array([1, 2], object), TypeError, "no numbers"),
        (np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 1]), TypeError, r"2 masked values.*filled"),
        (scipy.sparse.eye(4), TypeError, "toarray"),
        (scipy.sparse.csr_array(np.eye(4)), TypeError, "toarray"),
        ({1: 2}, TypeError, "no numbers"),
    ],
)
def test_what_is_no_signal(T, x, error, message):
    for door in (T.forward, T.mra):
        with pytest.raises(error, match=message):
            door(x)


@every_transform
def test_masked_arrays_without_masked_values_and_matrices(T):
    x = noise((4, 6))
    for same in (np.ma.masked_array(x), np.ma.masked_array(x, False), x.view(np.matrix)):
        c = T.forward(same)
        assert c.equals(T.forward(x))
        assert type(T.inverse(c)) is np.ndarray
        assert type(T.mra(same)[0]) is np.ndarray


@every_transform
def test_an_empty_batch_gives_an_empty_result(T):
    batch = type(T)(T.wavelet, 2, axes=-1)
    c = batch.forward(np.zeros((0, 9)))
    assert c.vector.size == 0
    assert c[1, "d"].shape[0] == 0
    assert batch.inverse(c).shape == batch.adjoint(c).shape == (0, 9)
    assert batch.act(c, 3).equals(c)
    assert batch.mra(np.zeros((3, 0, 9)))[0].shape == (3, 0, 9)


# --- memory layout and mutation -----------------------------------------------------------------


def unaligned(x):
    buffer = np.zeros(x.nbytes + 1, np.uint8)[1:].view(x.dtype)
    buffer[:] = x.ravel()
    return buffer.reshape(x.shape)


def read_only(x):
    y = x.copy()
    y.flags.writeable = False
    return y


def as_memmap(x, folder, mode):
    np.save(folder / "x.npy", x)
    return np.load(folder / "x.npy", mmap_mode=mode)


LAYOUTS = {
    "read-only": lambda x, folder: read_only(x),
    "fortran": lambda x, folder: np.asfortranarray(x),
    "strided": lambda x, folder: np.repeat(np.repeat(x, 2, 0), 3, 1)[::2, ::3],
    "reversed": lambda x, folder: x[::-1, ::-1].copy()[::-1, ::-1],
    "transposed": lambda x, folder: x.T.copy().T,
    "big-endian": lambda x, folder: x.astype(x.dtype.newbyteorder(">")),
    "unaligned": lambda x, folder: unaligned(x),
    "memmap": lambda x, folder: as_memmap(x, folder, "r"),
    "memmap copy-on-write": lambda x, folder: as_memmap(x, folder, "c"),
    "subclass": lambda x, folder: x.view(np.matrix),
}


@every_transform
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
@pytest.mark.parametrize("kind", LAYOUTS)
def test_memory_layout_does_not_change_a_bit(T, dtype, kind, tmp_path):
    x = noise((10, 14), dtype)
    given = LAYOUTS[kind](x, tmp_path)
    before = given.copy()
    c = T.forward(given)
    assert_same_bits(c.vector, T.forward(x).vector)
    for part, expected in zip(T.mra(given), T.mra(x), strict=True):
        assert_same_bits(part, expected)
    assert np.array_equal(given, before)


@every_transform
def test_zero_strides(T):
    row = noise(14)
    x = np.broadcast_to(row, (10, 14))
    assert_same_bits(T.forward(x).vector, T.forward(x.copy()).vector)
    constant = np.broadcast_to(np.float32(2.5), (9,))
    assert_same_bits(T.forward(constant).vector, T.forward(constant.copy()).vector)


@every_transform
@pytest.mark.parametrize("shape", [(13,), (6, 9), (3, 4, 5)])
def test_nothing_that_is_given_is_changed(T, shape):
    x = noise(shape)
    signal = x.copy()
    c = T.forward(x)
    vector = c.vector.copy()
    other = noise(c.vector.size)
    T.inverse(c), T.adjoint(c), T.act(c, 1), T.mra(x), T.inverse(c, out=np.empty(shape)), 2 * c, c.map(np.sign)
    assert_same_bits(x, signal)
    assert_same_bits(c.vector, vector)
    assert not any(np.shares_memory(result, c.vector) for result in (T.inverse(c), T.act(c, 0).vector, *T.mra(x)))
    fixed = si.Coefficients(c.layout, read_only(other))
    assert_same_bits(T.inverse(fixed), T.inverse(si.Coefficients(c.layout, other)))  # read-only ones are accepted


# --- complex signals, batches, axes -------------------------------------------------------------


@every_transform
@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("shape", [(13,), (6, 8), (4, 5, 3)])
def test_a_complex_signal_is_its_real_and_imaginary_part(T, dtype, shape):
    x = noise(shape, dtype)
    c, real, imag = T.forward(x), T.forward(x.real), T.forward(x.imag)
    for band in c.bands:
        assert_same_bits(c[band].real.copy(), real[band])
        assert_same_bits(c[band].imag.copy(), imag[band])
    for method in (T.inverse, T.adjoint):
        back = method(c)
        assert back.dtype == dtype
        assert_same_bits(back.real.copy(), method(real))
        assert_same_bits(back.imag.copy(), method(imag))
    for part, of_real, of_imag in zip(T.mra(x), T.mra(x.real), T.mra(x.imag), strict=True):
        assert_same_bits(part.real.copy(), of_real)
        assert_same_bits(part.imag.copy(), of_imag)


@every_transform
@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
@pytest.mark.parametrize(
    ("axes", "batch"), [((0,), 1), ((1,), 0), ((1,), 2), ((2,), 0), ((0, 2), 1), ((1, 2), 0), ((0, 1), 2)]
)
def test_other_axes_are_a_loop(T, dtype, axes, batch):
    # the transform of a batch is the transform of each of its items, bit for bit
    x = noise((5, 6, 7), dtype)
    whole = type(T)(T.wavelet, 2, axes=axes)
    item = type(T)(T.wavelet, 2, axes=tuple(axis - (axis > batch) for axis in axes))
    c, back, parts = whole.forward(x), whole.inverse(whole.forward(x)), whole.mra(x)
    for number in range(x.shape[batch]):
        one = np.take(x, number, batch)
        expected = item.forward(one)
        for band in c.bands:
            assert_same_bits(np.take(c[band], number, batch), expected[band])
        assert_same_bits(np.take(back, number, batch), item.inverse(expected))
        for part, single in zip(parts, item.mra(one), strict=True):
            assert_same_bits(np.take(part, number, batch), single)


@every_transform
def test_axes_by_any_name(T):
    x = noise((4, 5, 6))
    kind = type(T)

    def vector(axes):
        return kind(T.wavelet, 2, axes=axes).forward(x).vector

    for same in (-1, 2, (2,), [-1], np.int64(2)):
        assert_same_bits(vector(same), vector((-1,)))
    for same in ((0, 2), (2, 0), (-3, -1), [0, -1]):
        assert_same_bits(vector(same), vector((0, 2)))
    assert_same_bits(vector(None), vector((0, 1, 2)))
    assert kind(T.wavelet, 2, axes=(-1, 0)).layout(x.shape).axes == (0, 2)
    with pytest.raises(np.exceptions.AxisError, match="axes"):
        vector((0, 3))
    with pytest.raises(ValueError, match="twice"):
        vector((0, -3))


@pytest.mark.parametrize("kind", [si.SWT, si.DWT])
@pytest.mark.parametrize(
    ("levels", "error"),
    [
        (-1, ValueError),
        (1.5, TypeError),
        ("2", TypeError),
        (True, TypeError),
        (np.float64(2), TypeError),
        ([2], TypeError),
    ],
)
def test_levels_that_are_refused(kind, levels, error):
    with pytest.raises(error, match=r"^levels="):
        kind("haar", levels)


@pytest.mark.parametrize("kind", [si.SWT, si.DWT])
def test_levels_that_are_taken(kind):
    assert kind("haar", np.int64(3)) == kind("haar", 3)
    assert type(kind("haar", np.int64(3)).levels) is int
    assert kind("haar", None).levels is None
    for absurd in (10**3, 10**30):
        with pytest.raises(
            ValueError, match=rf"levels={absurd} is too deep .* at most \d+( for any length)?\. Use levels<=\d+"
        ):
            kind("haar", absurd).forward(np.ones(16))


# --- coefficients that do not belong, and out= ---------------------------------------------------


@every_transform
def test_other_coefficients_are_refused_with_both_names(T):
    c = si.SWT("db7", 1).forward(noise(20))
    for door in (T.inverse, T.adjoint, lambda c: T.act(c, 1), lambda c: T.forward(noise(20), out=c)):
        with pytest.raises(ValueError, match=r"swt:db7,levels=1,axes=\(0,\).*, not of .*levels=2,axes=\(0,\)"):
            door(c)
        for wrong in (c.vector, [c], 3, "c"):
            with pytest.raises(TypeError, match="Use Coefficients, as forward returns them"):
                door(wrong)


@every_transform
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
@pytest.mark.parametrize("shape", [(13,), (6, 9)])
def test_out_is_filled_and_returned(T, dtype, shape):
    x = noise(shape, dtype)
    expected = T.forward(x)
    out = si.Coefficients(expected.layout, np.full_like(expected.vector, np.nan))  # whatever was there is gone
    memory = out.vector
    assert T.forward(x, out=out) is out
    assert out.vector is memory
    assert_same_bits(memory, expected.vector)
    for method in (T.inverse, T.adjoint):
        target = np.full_like(x, np.nan)
        assert method(out, out=target) is target
        assert_same_bits(target, method(out))


@every_transform
def test_out_that_does_not_fit_is_refused(T):
    x = noise(20)
    c = T.forward(x)
    for wrong in (T.forward(noise(21)), T.forward(noise(20, np.float32)), T.forward(noise(20, complex)),
                  type(T)(T.wavelet, 1).forward(x)):  # fmt: skip
        kept = wrong.vector.copy()
        with pytest.raises(ValueError, match=r"^out has coefficients of"):
            T.forward(x, out=wrong)
        assert_same_bits(wrong.vector, kept)
    for wrong in (np.empty(20), [0.0] * 20, "out"):
        with pytest.raises(TypeError, match=r"^out is a"):
            T.forward(x, out=wrong)
    for wrong in (np.empty(21), np.empty((20, 1)), np.empty(20, np.float32), np.empty(40)[::2], read_only(np.empty(20)),
                  np.empty(20, ">f8")):  # fmt: skip
        for method in (T.inverse, T.adjoint):
            with pytest.raises(ValueError, match=r"out has shape .* Use np.empty\(\(20,\), 'float64'\)"):
                method(c, out=wrong)
    with pytest.raises(TypeError, match=r"out is a list. Use an array of shape \(20,\)"):
        T.inverse(c, out=[0.0] * 20)


@every_transform
def test_out_that_overlaps_the_input_gives_the_right_result_or_an_error(T):
    # bands are views, so a caller can pass the memory that is being read
    x = noise(16)
    c = T.forward(x)
    expected = T.inverse(c)
    start = np.ascontiguousarray(c.vector)
    aliased = si.Coefficients(c.layout, start)
    try:
        result = T.inverse(aliased, out=start[:16])
    except ValueError as error:
        assert "out" in str(error)  # noqa: PT017
    else:
        assert_same_bits(result, expected)
    again = si.Coefficients(c.layout, np.resize(x, c.vector.size))
    expected = T.forward(x)
    try:
        result = T.forward(again.vector[:16], out=again)
    except ValueError as error:
        assert "out" in str(error)  # noqa: PT017
    else:
        assert_same_bits(result.vector, expected.vector)


# --- a description binds nothing ----------------------------------------------------------------


@every_transform
def test_one_description_serves_all_shapes_and_is_never_changed(T):
    before = repr(T), hash(T)
    for shape in ((13,), (6, 9), (4, 3, 5)):
        for dtype in (np.float32, np.complex128):
            c = T.forward(noise(shape, dtype))
            assert c.layout == T.layout(shape, dtype)
            assert c.layout is T.layout(shape, dtype)  # one cache, of layouts
            assert c.layout.size == c.vector.size
    assert (repr(T), hash(T)) == before
    assert T.layout(16) == T.layout((16,)) == T.layout([16], "f8") == T.layout((np.int64(16),), np.float64)


@every_transform
def test_results_do_not_depend_on_what_ran_before_or_beside(T):
    from concurrent.futures import ThreadPoolExecutor

    signals = [noise((40, 50), seed=seed) for seed in range(8)]
    alone = [T.forward(x).vector for x in signals]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda x: T.forward(x).vector, signals * 4))
    for number, vector in enumerate(together):
        assert_same_bits(vector, alone[number % 8])
