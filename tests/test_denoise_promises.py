"""What `denoise`, `estimate_sigma` and `cycle_spin` promise of odd input: types, memory, gaps, units, errors."""

import functools
import inspect
import math
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.sparse
from naive import assert_same_bits, noise

import shiftinv as si
from shiftinv.denoising.estimator import METHODS, RULES, WHOLE_BANDS, Denoised
from shiftinv.denoising.pipeline import ELSEWHERE
from shiftinv.denoising.units import fitting_exponent, times_power

SIGNAL = np.repeat([0.0, 6.0, 2.0, -3.0], 16)
X = SIGNAL + noise(64)
IMAGE = 4 * np.outer(np.sin(np.arange(24) / 4), np.cos(np.arange(20) / 3)) + noise((24, 20))
EVERY_METHOD = [*METHODS, 3.0]
ALL_OF_THE_BAND = {*WHOLE_BANDS}


def spun(x, **arguments):
    return si.cycle_spin(lambda y: si.DWT("haar", 1).inverse(si.DWT("haar", 1).forward(y)), x, 2, **arguments)


DOORS = [si.denoise, si.estimate_sigma, spun]
every_door = pytest.mark.parametrize("door", DOORS, ids=["denoise", "estimate_sigma", "cycle_spin"])
every_method = pytest.mark.parametrize("method", EVERY_METHOD)


def same(actual, expected):
    assert_same_bits(np.asarray(actual), np.asarray(expected))


# --- what a signal may be -------------------------------------------------------------------------


@every_door
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([], ValueError, r"x has shape \(0,\).*at least 1 sample"),
        (np.zeros((0, 4)), ValueError, "x has shape .* axis 0.*at least 1 sample"),
        (np.zeros((4, 0)), ValueError, "x has shape .* axis 1.*at least 1 sample"),
        (5.0, ValueError, "x=5.0 has no axis.*at least one axis"),
        (np.array(5), ValueError, "at least one axis"),
        ([[1, 2], [3]], ValueError, "x is not a rectangular array"),
        ([1, None], TypeError, "x has dtype object, which holds no numbers"),
        (None, TypeError, r"^x is None, which holds no numbers to transform\. Use an array of samples\.$"),
        ({1: 2}, TypeError, r"^x is a dict, .*Use an array"),
        ({1, 2}, TypeError, r"^x is a set, .*Use list\(x\)"),
        ((n for n in range(9)), TypeError, r"^x is a generator, .*Use list\(x\)"),
        ("a.png", TypeError, "x='a.png' is a string, not an array of samples"),
        (b"ab", TypeError, "is bytes, not an array of samples"),
        (["a", "b"], TypeError, "x has dtype <U1, which holds no numbers"),
        (np.array([1, 2], object), TypeError, "x has dtype object"),
        (np.array(["2020"], "M8[D]"), TypeError, "x has dtype datetime64"),
        (np.array([1], "m8[s]"), TypeError, "x has dtype timedelta64"),
        (np.zeros(3, [("height", "f8")]), TypeError, r"x has dtype .*Take one of its fields.*x\['height'\]"),
        (np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 1]), TypeError, r"x has 2 masked values.*x\.filled\(value\)"),
        (scipy.sparse.eye(4), TypeError, r"x is a sparse matrix\. Use x\.toarray\(\)"),
        (scipy.sparse.csr_array(np.eye(4)), TypeError, r"x\.toarray\(\)"),
    ],
)
def test_what_is_no_signal(door, x, error, message):
    with pytest.raises(error, match=message):
        door(x)


@every_door
def test_sequences_masked_arrays_and_matrices(door):
    for given in (X.tolist(), tuple(X), memoryview(X), np.ma.masked_array(X), np.ma.masked_array(X, False)):
        same(door(given), door(X))
    same(door(range(9)), door(np.arange(9.0)))
    for given in (IMAGE.view(np.matrix), np.ma.masked_array(IMAGE)):
        result = door(given)
        assert type(result) in (np.ndarray, float)
        same(result, door(IMAGE))


@every_door
@pytest.mark.parametrize("dtype", [bool, "i1", "u1", "i4", "u8", "f2", "g", "G", "f4", "c8", "c16"])
def test_types(door, dtype):
    given = np.abs(8 * X).astype(dtype)
    computed = {"f2": "f4", "g": "f8", "G": "c16", "f4": "f4", "c8": "c8", "c16": "c16"}.get(dtype, "f8")
    if np.dtype(dtype).itemsize > np.dtype(computed).itemsize and np.dtype(dtype).kind in "fc":
        with pytest.warns(si.PrecisionWarning, match=rf"^x has dtype {given.dtype}") as record:
            result = door(given)
        assert len(record) == 1
        assert record[0].filename == __file__  # the line of the caller
    else:
        result = door(given)
    same(result, door(given.astype(computed)))
    if door is not si.estimate_sigma:
        assert result.dtype == computed


@every_method
@pytest.mark.parametrize("shape", [(1,), (2,), (3,), (7,), (31,), (1, 1), (1, 9), (2, 3), (3, 1, 5)])
def test_short_and_prime_lengths(method, shape):
    x = noise(shape)
    for sigma in (None, 0.5):
        estimate = si.denoise(x, method=method, sigma=sigma)
        assert estimate.shape == shape
        assert np.isfinite(estimate).all()


@every_method
@pytest.mark.parametrize("value", [0.1, 0.0, -0.0, 5e-324, 1.7e308, np.float32(0.1), np.float32(1e-45), 0.1 - 3j, 7])
@pytest.mark.parametrize("shape", [(50,), (9, 8)])
def test_constants_come_back_to_the_bit(method, value, shape):
    x = np.full(shape, value)
    for sigma in (None, 0, 2.0):
        same(si.denoise(x, method=method, sigma=sigma), x.astype(x.dtype if x.dtype.kind in "fc" else float))


@every_method
@pytest.mark.parametrize("x", [X, IMAGE, X.astype("f4"), IMAGE.astype("f4")], ids=["f8", "f8 image", "f4", "f4 image"])
def test_units_do_not_matter_up_to_the_ends_of_the_range(method, x):
    info = np.finfo(x.dtype)
    # the least power keeps all bits of the least sample; the result may then be rounded once
    bits = math.frexp(np.abs(x[x != 0]).min())[1] - info.nmant
    powers = (info.minexp - bits, -info.maxexp // 8 - 3, -info.maxexp // 8 + 1, info.maxexp // 8, info.maxexp - 6)
    estimate, told = si.denoise(x, method=method, return_info=True)
    for power in powers:
        scaled, info_scaled = si.denoise(np.ldexp(x, power), method=method, return_info=True)
        assert_same_bits(scaled, np.ldexp(estimate, power))
        assert info_scaled.sigma == math.ldexp(told.sigma, power)
        assert info_scaled.transforms == told.transforms
        given = si.denoise(np.ldexp(x, power), method=method, sigma=math.ldexp(0.75, power))
        assert_same_bits(given, np.ldexp(si.denoise(x, method=method, sigma=0.75), power))


@every_method
def test_extreme_values_stay_finite(method):
    for x in (X, IMAGE):
        for unit in (1e-310, 1e-300, 1e300):
            assert np.isfinite(si.denoise(unit * x, method=method)).all()
        for sigma in (5e-324, 1e-200, 1e200, 1.7e308):
            assert np.isfinite(si.denoise(x, method=method, sigma=sigma)).all()
        same(si.denoise(x, method=method, sigma=5e-324), x)


def test_noise_has_the_units_of_the_signal():
    for power in (-1000, -200, 200, 1000, 1019):
        assert si.estimate_sigma(np.ldexp(X, power)) == math.ldexp(si.estimate_sigma(X), power)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_units_in_which_fourth_powers_fit(dtype):
    info = np.finfo(dtype)
    for power in (0, 1, info.maxexp // 8, -info.maxexp // 8):
        x = np.array([0.75, 0.5, np.nan, np.inf, 0], dtype)
        assert fitting_exponent(times_power(x, power)) == 0
    for power in (info.maxexp, info.minexp, info.maxexp // 8 + 1, -info.maxexp // 8 - 1):
        x = np.array([0.75, 0.5, 0, np.nan, np.inf], dtype)
        moved = times_power(x, power)
        assert moved.dtype == dtype
        assert fitting_exponent(moved) == power
        same(times_power(moved, -power), x)
    assert fitting_exponent(np.zeros(3, dtype)) == fitting_exponent(np.zeros(0, dtype)) == 0
    assert fitting_exponent(np.ones(3, dtype), 2.0**900) == 901


# --- empty batches, batches and channels ----------------------------------------------------------


@pytest.mark.parametrize(("shape", "axes"), [((0, 9), -1), ((9, 0), 0), ((4, 0, 9), -1), ((0, 8, 9), (1, 2))])
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8"])
def test_an_empty_batch_gives_an_empty_result(shape, axes, dtype):
    x = np.zeros(shape, dtype)
    estimate, info = si.denoise(x, axes=axes, return_info=True)
    same(estimate, x)
    assert info == []
    same(si.cycle_spin(np.copy, x, 2, axes=axes), x)
    with pytest.raises(ValueError, match="an empty batch, which has no noise"):
        si.estimate_sigma(x, axes=axes)


def test_no_channels_are_an_empty_batch():
    x = np.zeros((9, 0))
    same(si.denoise(x, channel_axis=1), x)
    same(si.estimate_sigma(x, channel_axis=1), np.zeros(0))
    with pytest.raises(ValueError, match="at least 1 sample"):
        si.denoise(x, channel_axis=0)


@pytest.mark.parametrize("method", ["auto", "bayes", "bivariate"])
def test_channels_are_denoised_by_themselves(method):
    x = np.stack([IMAGE, 3 * IMAGE[::-1], noise(IMAGE.shape)], axis=-1)
    estimate = si.denoise(x, method=method, channel_axis=-1)
    for k in range(3):
        same(estimate[..., k].copy(), si.denoise(x[..., k], method=method))
    same(si.estimate_sigma(x, channel_axis=2), [si.estimate_sigma(x[..., k]) for k in range(3)])
    same(si.denoise(x, method=method, channel_axis=2), estimate)
    same(si.denoise(x, method=method, axes=(0, 1)), estimate)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_volume_that_looks_like_a_colour_image(channels):
    x = noise((16, 17, channels)) + 3
    with pytest.warns(si.ShiftinvWarning, match=rf"^x of shape \(16, 17, {channels}\).*channel_axis=-1") as record:
        volume = si.denoise(x)
    assert len(record) == 1
    assert record[0].filename == __file__
    with warnings.catch_warnings(action="error"):
        same(si.denoise(x, axes=(0, 1, 2)), volume)
        si.denoise(x, channel_axis=-1)
        si.denoise(x[:15])  # these are small enough to be anything
        si.denoise(noise((16, 17, 5)))
        si.denoise(noise((16, 17, channels, 2)))
        si.denoise(np.moveaxis(x, -1, 0))


# --- memory ---------------------------------------------------------------------------------------


def unaligned(x, folder):
    return np.frombuffer(b"." + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape)


def memmap(x, folder):
    np.save(folder / "x.npy", x)
    return np.load(folder / "x.npy", mmap_mode="r")


LAYOUTS = {
    "read-only": lambda x, folder: np.frombuffer(x.tobytes(), x.dtype).reshape(x.shape),
    "fortran": lambda x, folder: np.asfortranarray(x),
    "strided": lambda x, folder: np.repeat(np.repeat(x, 2, 0), 3, 1)[::2, ::3],
    "reversed": lambda x, folder: x[::-1, ::-1].copy()[::-1, ::-1],
    "byte-swapped": lambda x, folder: x.astype(x.dtype.newbyteorder()),
    "unaligned": unaligned,
    "memmap": memmap,
}


@every_door
@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_how_memory_is_laid_out_does_not_change_a_bit(door, dtype, layout, tmp_path):
    x = IMAGE.astype(dtype)
    given = LAYOUTS[layout](x, tmp_path)
    kept = given.tobytes()
    result = door(given)
    same(result, door(x))
    assert given.tobytes() == kept
    assert not np.shares_memory(np.asarray(result), given)


@every_door
def test_zero_strides(door):
    x = np.broadcast_to(X, (10, 64))
    same(door(x), door(x.copy()))


@every_method
def test_nothing_that_is_given_is_changed_or_returned(method):
    for x in (X, IMAGE, np.full(9, 0.1), np.ones((2, 1))):
        for arguments in ({}, {"sigma": 0}, {"sigma": 1.0}, {"axes": -1}, {"nan_policy": "omit"}):
            kept = x.copy()
            estimate = si.denoise(x, method=method, **arguments)
            assert_same_bits(x, kept)
            assert not np.shares_memory(estimate, x)
            assert estimate.flags.writeable


@every_door
@pytest.mark.parametrize("dtype", ["f8", "i1"])
def test_what_cannot_fit_is_refused_before_any_work(door, dtype):
    x = np.broadcast_to(np.ones(1, dtype), (2**22, 2**18))  # 2^40 samples
    begin = time.perf_counter()
    with pytest.raises(MemoryError, match=r"8\.00 TiB"):
        door(x)
    assert time.perf_counter() - begin < 1


# --- gaps -----------------------------------------------------------------------------------------


def with_gaps(x, *places):
    x = x.copy()
    for place, value in zip(places, [np.nan, np.inf, -np.inf], strict=False):
        x[place] = value
    return x


@pytest.mark.parametrize("door", [si.denoise, si.estimate_sigma])
def test_gaps_are_refused_with_their_number_and_the_first(door):
    for x, message in (
        (with_gaps(X, 5), "x holds 1 value that is not finite, the first at index 5"),
        (with_gaps(X, 63, 7, 9), "x holds 3 values that are not finite, the first at index 7"),
        (with_gaps(IMAGE, (3, 4), (2, 19)), r"x holds 2 values that are not finite, the first at index \(2, 19\)"),
        (X + 1j * with_gaps(X, 8), "x holds 1 value that is not finite, the first at index 8"),
    ):
        with pytest.raises(ValueError, match=message):
            door(x)
    with pytest.raises(ValueError, match=r"the first at index \(2, 19\)"):
        door(with_gaps(IMAGE, (3, 4), (2, 19)), axes=1)  # of the batch, not of an item


@every_method
@pytest.mark.parametrize("x", [with_gaps(X, 5, 60), with_gaps(IMAGE, (3, 4), (9, 9))], ids=["signal", "image"])
def test_gaps_are_omitted(method, x):
    gaps = ~np.isfinite(x)
    kept = x.copy()
    estimate = si.denoise(x, method=method, nan_policy="omit")
    same(estimate[gaps], x[gaps])
    assert np.isfinite(estimate[~gaps]).all()
    filled = np.where(gaps, np.median(x[~gaps]), x)
    same(estimate[~gaps], si.denoise(filled, method=method)[~gaps])
    assert_same_bits(x, kept)
    complete = np.where(gaps, 0, x)
    same(si.denoise(complete, method=method, nan_policy="omit"), si.denoise(complete, method=method))


@every_method
def test_gaps_spread_to_what_depends_on_them_and_no_further(method):
    x, reach = np.tile(X, 8), 2 * (2**2 - 1) * 2  # SWT of two levels with filters of 2 taps, there and back
    for value in (np.nan, np.inf):
        x[200] = value
        spread = si.denoise(x, "swt:haar,levels=2", method=method, sigma=1.0, nan_policy="propagate") \
            if method != "surelet" else si.denoise(x, method=method, sigma=1.0, nan_policy="propagate")  # fmt: skip
        lost = np.flatnonzero(~np.isfinite(spread))
        if method in ALL_OF_THE_BAND:
            assert lost.size == x.size
        elif method not in ("blockjs", "neighblock", "bivariate"):
            assert 200 - reach <= lost[0] <= 200 <= lost[-1] <= 200 + reach
            clean = si.denoise(np.where(np.isfinite(x), x, 0), "swt:haar,levels=2", method=method, sigma=1.0)
            same(np.delete(spread, range(lost[0], lost[-1] + 1)), np.delete(clean, range(lost[0], lost[-1] + 1)))
        else:
            assert 200 in lost
            assert lost.size < x.size / 4  # blocks and windows of neighbours
        unknown = si.denoise(x, method=method, nan_policy="propagate")
        assert np.isnan(unknown).all()
        same(si.denoise(x, method=method, sigma=0, nan_policy="propagate"), x)
    assert math.isnan(si.estimate_sigma(x, nan_policy="propagate"))
    assert abs(si.estimate_sigma(x, nan_policy="omit") / si.estimate_sigma(np.nan_to_num(x, posinf=0)) - 1) < 0.1


@every_method
@pytest.mark.parametrize("policy", ["omit", "propagate"])
def test_nothing_but_gaps(method, policy):
    for x in (np.full(9, np.nan), np.full((4, 5), np.nan, "f4")):
        same(si.denoise(x, method=method, nan_policy=policy), x)
    batch = np.stack([X, np.full(64, np.nan)])
    assert_same_bits(si.denoise(batch, method=method, axes=-1, nan_policy=policy)[0], si.denoise(X, method=method))


# --- arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        *(
            ({"sigma": value}, ValueError, f"sigma={value}.*Use a finite number >= 0")
            for value in (-1.0, np.nan, np.inf)
        ),
        *(({"sigma": value}, TypeError, "sigma=.*not a number") for value in ("1", [1, 2], True, np.True_, 1j, [1.0])),
        *(({"method": value}, ValueError, f"method={value}.*>= 0") for value in (-1.0, np.nan, np.inf)),
        *(({"method": value}, TypeError, "method=.*not a number") for value in (None, True, [3.0], b"sure")),
        ({"method": "bayess"}, ValueError, "method='bayess' is unknown. Did you mean 'bayes'"),
        ({"method": "visushrink"}, ValueError, "method='visushrink' is unknown.*'universal'"),
        ({"method": "sure", "rule": "sft"}, ValueError, "rule='sft' is unknown. Did you mean 'soft'"),
        ({"method": "sure", "rule": 1}, TypeError, "rule=1 is not a string"),
        ({"boundary": "symetric"}, ValueError, "boundary='symetric' is unknown. Did you mean 'symmetric'"),
        ({"boundary": 3}, TypeError, "boundary=3 is not a string"),
        ({"boundary": "reflect", "transform": "pswt:levels=2"}, ValueError, "takes none. Leave boundary out"),
        ({"boundary": "reflect", "transform": si.SWT("haar", 2)}, ValueError, r"continues data by 'periodic'.*replace"),
        ({"boundary": "zero", "transform": "cyclespin:(dwt:haar,levels=1)"}, ValueError, "takes none"),
        ({"axes": 0, "transform": si.SWT("haar", 2, axes=0)}, ValueError, "Name them once"),
        ({"method": "surelet", "transform": "dwt:haar,levels=2"}, ValueError, "keeps only some of the samples"),
        ({"sigma": 1, "noise": np.ones(64)}, ValueError, "noise=an array of powers both say"),
        ({"transform": "swtt"}, ValueError, "transform 'swtt' is unknown. Did you mean 'swt'"),
        ({"transform": "db4"}, ValueError, "transform 'db4' is unknown.*as in 'swt:db4'"),
        ({"transform": "swt:db99"}, ValueError, "db99"),
        ({"transform": 3}, TypeError, "transform=3 is an int"),
        ({"nan_policy": "skip"}, ValueError, "nan_policy='skip' is unknown"),
        ({"nan_policy": None}, TypeError, "nan_policy=None is not a string"),
        ({"axes": 2}, np.exceptions.AxisError, r"axes=\(2,\) is out of range.*from -2 to 1"),
        ({"axes": (0, -2)}, ValueError, "names an axis twice"),
        ({"axes": ()}, ValueError, "names no axis"),
        ({"axes": 1.0}, TypeError, "Use integers, or None"),
        ({"axes": "0"}, TypeError, "Use integers, or None"),
        ({"channel_axis": 2}, np.exceptions.AxisError, "channel_axis=2 is out of range.*from -2 to 1"),
        ({"channel_axis": -3}, ValueError, "channel_axis=-3 is too small. Use an integer >= -2"),
        ({"channel_axis": 0.0}, TypeError, "channel_axis=0.0 is a float"),
        ({"channel_axis": True}, TypeError, "channel_axis=True is a boolean"),
        ({"channel_axis": 0, "axes": 0}, ValueError, "axes=0 names channel_axis=0 too"),
        ({"workers": 0}, ValueError, "workers=0 is too small. Use an integer >= 1"),
        ({"workers": 1.5}, TypeError, "workers=1.5 is a float"),
        ({"workers": None}, TypeError, "workers=None is None"),
    ],
)
def test_refusals(arguments, error, message):
    with pytest.raises(error, match=message):
        si.denoise(IMAGE, **arguments)


def test_a_signal_has_no_channels():
    for door in (si.denoise, si.estimate_sigma):
        with pytest.raises(ValueError, match=r"channel_axis=0 is the only axis of shape \(64,\)"):
            door(X, channel_axis=0)


@pytest.mark.parametrize("word", ELSEWHERE)
def test_arguments_of_other_libraries_are_refused_with_ours(word):
    known = inspect.signature(si.denoise).parameters
    assert word not in known
    with pytest.raises(TypeError, match=rf"^denoise has no argument '{word}'\. .*\.$") as refusal:
        si.denoise(X, **{word: 1})
    assert any(name in str(refusal.value).partition(". ")[2] for name in known)


def test_what_the_hints_say_works():
    same(si.denoise(X, transform="swt:db4"), si.denoise(X, "swt:db4"))
    same(si.denoise(X, method=3.0, sigma=1), si.denoise(X, method=3.0 / 1, sigma=1, rule="hard"))
    assert si.denoise(IMAGE, channel_axis=-1, boundary="symmetric", workers=1).shape == IMAGE.shape


def test_misspelt_arguments():
    for word, meant in (
        ("sigm", "sigma"),
        ("methods", "method"),
        ("chanel_axis", "channel_axis"),
        ("worker", "workers"),
    ):
        with pytest.raises(TypeError, match=rf"denoise has no argument '{word}'. Did you mean '{meant}'\?"):
            si.denoise(X, **{word: 1})
    with pytest.raises(TypeError, match=r"no argument 'colour'\. Use some of x, transform, method"):
        si.denoise(X, colour=1)
    assert list(inspect.signature(si.denoise).parameters)[:2] == ["x", "transform"]  # a reader sees the function itself
    assert si.denoise.__doc__.startswith("Remove noise")


@every_method
def test_no_noise_is_the_identity(method):
    for x in (X, IMAGE, X.astype("f4"), with_gaps(X, 3)):
        for sigma in (0, 0.0, np.float32(0), np.int64(0)):
            same(si.denoise(x, method=method, sigma=sigma, nan_policy="omit"), x)


def test_every_rule_with_a_threshold_of_nothing_is_the_identity_up_to_rounding():
    for rule in RULES:
        assert np.allclose(si.denoise(X, method=0, rule=rule, sigma=1), X, rtol=0, atol=1e-13)


# --- threads, processes, values -------------------------------------------------------------------


def fixed(name):
    return np.random.default_rng(5).standard_normal((600, 700) if name == "image" else 2**17)


@pytest.mark.parametrize("name", ["signal", "image"])
def test_workers_do_not_change_a_bit(name, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    x, f = fixed(name), functools.partial(si.denoise, method="universal" if name == "signal" else "auto", sigma=1)
    alone = f(x)
    for workers in (2, 10**9, -1, np.int64(3)):
        same(f(x, workers=workers), alone)
    small = noise((30, 40))
    f = functools.partial(si.denoise, method="universal", sigma=1)
    for workers in (2, -1, 10**9):
        same(si.cycle_spin(f, small, 3, workers=workers), si.cycle_spin(f, small, 3))


def test_many_threads_at_once():
    signals = list(noise((12, 60, 70)))
    alone = [(si.denoise(x), si.estimate_sigma(x)) for x in signals]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda x: (si.denoise(x, workers=2), si.estimate_sigma(x)), signals * 3))
    for number, (estimate, sigma) in enumerate(together):
        same(estimate, alone[number % 12][0])
        assert sigma == alone[number % 12][1]


def answer(x):
    return si.denoise(x, workers=2, return_info=True), si.estimate_sigma(x)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # Python warns of any fork beside threads
@pytest.mark.parametrize(
    "method",
    ["spawn", pytest.param("fork", marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system"))],
)
def test_processes(method):
    x = fixed("image")
    (estimate, info), sigma = answer(x)
    with multiprocessing.get_context(method).Pool(1) as pool:
        (theirs, told), estimated = pool.apply_async(answer, (x,)).get(timeout=60)
    same(theirs, estimate)
    assert (told.sigma, told.transforms, estimated) == (info.sigma, info.transforms, sigma)


@every_method
def test_what_was_done_can_be_pickled(method):
    _, info = si.denoise(X, method=method, return_info=True)
    copy = pickle.loads(pickle.dumps(info))
    assert type(copy) is Denoised
    assert vars(copy) == vars(info)
    assert pickle.loads(pickle.dumps(si.denoise)) is si.denoise


def test_results_do_not_depend_on_what_ran_before():
    first = si.denoise(IMAGE), si.denoise(X)
    for x in (X.astype("f4"), IMAGE.T, X + 1j, fixed("image")[:50]):
        si.denoise(x)
    same(si.denoise(IMAGE), first[0])
    same(si.denoise(X), first[1])


def run(code, **options):
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, **options)


def test_nothing_is_printed():
    done = run(
        "import numpy as np, shiftinv as si\n"
        "x = np.random.default_rng(0).standard_normal((40, 50))\n"
        "si.denoise(x, progress=True), si.denoise(x, axes=-1, progress=True), si.estimate_sigma(x)\n"
        "si.cycle_spin(si.denoise, x, 2, progress=True)"
    )
    assert (done.stdout, done.stderr) == ("", "")


INTERRUPTED = """
import signal, time, numpy as np, shiftinv as si
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is started without one
x = np.random.default_rng(0).standard_normal((200, 300, 300))
{warm}
print("ready", flush=True)
try:
    {call}
except KeyboardInterrupt:
    print(time.time(), flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGINT reaches other processes on POSIX systems")
@pytest.mark.parametrize(
    ("call", "warm"),
    [
        ("si.denoise(x, axes=(1, 2))", "si.denoise(x[:2, :32, :32], axes=(1, 2))"),
        ("si.cycle_spin(lambda y: si.denoise(y, sigma=1), x[0], 9)", "si.denoise(x[0, :32, :32], sigma=1)"),
    ],
)
def test_an_interrupt_is_heard_at_once(call, warm):
    code = INTERRUPTED.format(call=call, warm=warm)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)
        sent = time.time()
        process.send_signal(signal.SIGINT)
        returned = float(process.stdout.readline())
    assert 0 <= returned - sent < 0.2
    assert process.returncode == 0
