"""The loops: against the index formulas of their docstrings, compiled and interpreted, and how they are cached."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from naive import assert_same_bits

import shiftinv as si
from shiftinv.filters import kernel_taps, phase_taps
from shiftinv.kernels import batches, compiling, decimated, dualtree, even_runs, runs, smoothing, undecimated

KERNELS = [
    getattr(module, name)
    for module in (batches, decimated, dualtree, even_runs, runs, smoothing, undecimated)
    for name in module.__all__
]


def noise(size, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(size).astype(dtype)


# --- the index formulas -------------------------------------------------------------------------


def draw_table(taps, dtype=np.float64, zeros=()):
    """Return a table of taps at places around 0, some of them zero in one filter."""
    places = taps // 2 - np.arange(taps)
    values = noise((2, taps), seed=taps)
    for row, column in zeros:
        values[row, column] = 0
    return kernel_taps(places, *values, np.dtype(dtype))


TABLES = [draw_table(taps) for taps in (2, 4, 6, 7, 8, 17, 20)] + [draw_table(8, zeros=[(0, 0), (0, 7), (1, 3)])]


def along(x, table, step, axis):
    """Return the two filtered arrays, each tap a roll."""
    return [sum(tap * np.roll(x, -int(place) * step, axis) for place, tap in table.table[[0, row]].T) for row in (1, 2)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.table.shape[1]} taps")
@pytest.mark.parametrize("n", [1, 2, 7, 100, 4096, 4097, 9000])
@pytest.mark.parametrize(("near", "level"), [(1, 1), (1, 2), (3, 4), (1, 12), (1, 31)])
def test_undecimated_lines(n, near, level, table):
    length, step = n * near, 2 ** (level - 1) % n * near
    x, y = noise((2, length)), noise((2, length), seed=1)
    lo, hi, back = (np.full(x.size, np.nan) for _ in range(3))
    undecimated.analysis(x.ravel(), lo, hi, n, near, level, 1, *table, 0, x.size)
    undecimated.synthesis(x.ravel(), y.ravel(), back, n, near, level, 1, *table, 0, x.size)
    for result, expected in zip((lo, hi), along(x, table, step, 1), strict=True):
        np.testing.assert_allclose(result.reshape(x.shape), expected, rtol=0, atol=1e-13)
    expected = along(x, table, step, 1)[0] + along(y, table, step, 1)[1]
    np.testing.assert_allclose(back.reshape(x.shape), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.table.shape[1]} taps")
@pytest.mark.parametrize(("rows", "length"), [(1, 1), (2, 3), (7, 5), (16, 12), (5, 2100)])
@pytest.mark.parametrize(("row_step", "step"), [(1, 1), (2, 3), (4, 1)])
def test_undecimated_planes_are_two_lines(rows, length, row_step, step, table):
    row_step, step = row_step % rows or rows, step % length
    x = noise((2, rows, length))
    parts = [np.full(x.size, np.nan) for _ in range(4)]
    undecimated.plane_analysis(x.ravel(), *parts, rows, length, row_step, step, *table, 0, 2 * rows)
    expected = [band for half in along(x, table, row_step, 1) for band in along(half, table, step, 2)]
    for part, band in zip(parts, expected, strict=True):
        np.testing.assert_allclose(part.reshape(x.shape), band, rtol=0, atol=1e-12)
    back = np.full(x.size, np.nan)
    bands = [noise(x.size, seed=seed) for seed in range(4)]
    undecimated.plane_synthesis(*bands, back, rows, length, row_step, step, *table, 0, 2 * rows)
    aa, ad, da, dd = (band.reshape(x.shape) for band in bands)
    lo = along(aa, table, row_step, 1)[0] + along(da, table, row_step, 1)[1]
    hi = along(ad, table, row_step, 1)[0] + along(dd, table, row_step, 1)[1]
    expected = along(lo, table, step, 2)[0] + along(hi, table, step, 2)[1]
    np.testing.assert_allclose(back.reshape(x.shape), expected, rtol=0, atol=1e-12)


def halved(x, table, axis):
    """Return the two decimated arrays; an odd length reads its last sample twice."""
    if x.shape[axis] % 2:
        x = np.concatenate([x, np.take(x, [-1], axis)], axis)
    return [np.take(band, range(0, x.shape[axis], 2), axis) for band in along(x, table, 1, axis)]


def doubled(lo, hi, table, n, axis, fold):
    """Return the transpose of `halved` with each place negated: zeros between samples, then taps."""
    wide = [np.repeat(band, 2, axis) for band in (lo, hi)]
    odd = [slice(None)] * lo.ndim
    odd[axis] = slice(1, None, 2)
    for band in wide:
        band[tuple(odd)] = 0
    out = along(wide[0], table, 1, axis)[0] + along(wide[1], table, 1, axis)[1]
    kept = np.take(out, range(n), axis)
    if fold and n % 2:
        last = [slice(None)] * lo.ndim
        last[axis] = slice(n - 1, n)
        kept[tuple(last)] += np.take(out, [n], axis)
    return kept


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.table.shape[1]} taps")
@pytest.mark.parametrize("n", [1, 2, 3, 6, 7, 2049])
@pytest.mark.parametrize("near", [1, 2, 64, 1500])
def test_decimated_lines(n, near, table):
    near = min(near, 10**5 // n)
    half = (n + 1) // 2
    x, lo, hi = noise((2, n, near)), noise((2, half, near), seed=1), noise((2, half, near), seed=2)
    parts = [np.full(lo.size, np.nan) for _ in range(2)]
    decimated.analysis(x.ravel(), *parts, n, near, half, 1, *table, 0, 2 * half)
    for part, band in zip(parts, halved(x, table, 1), strict=True):
        np.testing.assert_allclose(part.reshape(band.shape), band, rtol=0, atol=1e-13)
    for fold in (False, True):
        back = np.full(x.size, np.nan)
        decimated.synthesis(lo.ravel(), hi.ravel(), back, n, near, half, 1, *phase_taps(table), fold, 0, 2 * half)
        expected = doubled(lo, hi, table, n, 1, fold)
        np.testing.assert_allclose(back.reshape(x.shape), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.table.shape[1]} taps")
@pytest.mark.parametrize(("rows", "n"), [(1, 1), (2, 3), (7, 4), (5, 7), (6, 2100), (3, 2101)])
@pytest.mark.parametrize("near", [1, 2])
def test_decimated_planes_are_two_lines(rows, n, near, table):
    x = noise((2, rows, n, near))
    expected = [band for part in halved(x, table, 1) for band in halved(part, table, 2)]
    parts = [np.full(band.size, np.nan) for band in expected]
    halves = (rows + 1) // 2, (n + 1) // 2
    decimated.plane_analysis(x.ravel(), *parts, rows, n, near, *halves, *table, 0, 2 * halves[0])
    for part, band in zip(parts, expected, strict=True):
        np.testing.assert_allclose(part.reshape(band.shape), band, rtol=0, atol=1e-12)
    aa, ad, da, dd = (noise(expected[0].shape, seed=seed) for seed in range(4))
    flat = [band.ravel() for band in (aa, ad, da, dd)]
    for fold in (False, True):
        back = np.full(x.size, np.nan)
        decimated.plane_synthesis(*flat, back, rows, n, near, *halves, *phase_taps(table), fold, 0, 2 * halves[0])
        lo, hi = doubled(aa, da, table, rows, 1, fold), doubled(ad, dd, table, rows, 1, fold)
        np.testing.assert_allclose(back.reshape(x.shape), doubled(lo, hi, table, n, 2, fold), rtol=0, atol=1e-12)


@pytest.mark.parametrize("levels", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(("n", "near"), [(1, 1), (13, 1), (64, 3), (4100, 1), (9, 100)])
def test_pyramids_are_levels_one_after_the_other(n, near, levels):
    table, length = TABLES[4], n * near
    x = noise((3, length))
    lo, hi, back = np.full(x.size, np.nan), np.full(levels * x.size, np.nan), np.full(x.size, np.nan)
    undecimated.analysis(x.ravel(), lo, hi, n, near, 2, levels, *table, 0, x.size)
    bands, approximation = [], x.ravel()
    for level in range(2, levels + 2):
        below, above = np.empty((2, x.size))
        undecimated.analysis(approximation, below, above, n, near, level, 1, *table, 0, x.size)
        bands.append(above)
        approximation = below
    assert_same_bits(lo, approximation)
    assert_same_bits(hi, np.concatenate(bands[::-1]))
    undecimated.synthesis(lo, hi, back, n, near, 2, levels, *table, 0, x.size)
    for level in reversed(range(2, levels + 2)):
        out = np.empty(x.size)
        undecimated.synthesis(approximation, bands[level - 2], out, n, near, level, 1, *table, 0, x.size)
        approximation = out
    assert_same_bits(back, approximation)


@pytest.mark.parametrize("taps", [2, 6, 8, 17])
@pytest.mark.parametrize("n", [30, 2050])
@pytest.mark.parametrize("near", [1, 2, 64])
def test_decimated_lines_that_hold_all_that_taps_read(n, near, taps):
    """Fewer outputs than pairs of samples and more coefficients than pairs: nothing is read around the circle."""
    table = kernel_taps(np.arange(taps), *noise((2, taps)), np.dtype(float))
    half, size = n // 2, n + 2 * (taps // 2)
    x, lo, hi = noise((2, size, near)), noise((2, n, near), seed=1), noise((2, n, near), seed=2)
    parts = [np.full((2, half, near), np.nan) for _ in range(2)]
    decimated.analysis(x.ravel(), *(part.ravel() for part in parts), size, near, half, 1, *table, 0, 2 * half)
    for row, part in enumerate(parts, start=1):
        expected = sum(table.table[row, k] * x[:, k : k + 2 * half : 2] for k in range(taps))
        np.testing.assert_allclose(part, expected, rtol=0, atol=1e-13)
    count = 2 * (n - taps // 2)
    back = np.full((2, count, near), np.nan)
    decimated.synthesis(lo.ravel(), hi.ravel(), back.ravel(), count, near, n, 1, *phase_taps(table), False, 0, count)
    for parity in range(2):
        expected = sum(
            table.table[1, k] * lo[:, (k + parity) // 2 :][:, : count // 2]
            + table.table[2, k] * hi[:, (k + parity) // 2 :][:, : count // 2]
            for k in range(taps)
            if (k + parity) % 2 == 0
        )
        np.testing.assert_allclose(back[:, parity::2], expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("levels", [1, 2, 3, 5])
@pytest.mark.parametrize(("n", "near"), [(1, 1), (13, 1), (64, 3), (4100, 1), (9, 100)])
@pytest.mark.parametrize("fold", [False, True])
def test_decimated_pyramids_are_levels_one_after_the_other(n, near, levels, fold):
    table = TABLES[4]
    x, total = noise((3, n, near)), 3 * ((n + 1) // 2)
    sizes, bands, approximation = [n], [], x.ravel()
    for _ in range(levels):
        half = (sizes[-1] + 1) // 2
        below, above = np.empty((2, 3 * half * near))
        decimated.analysis(approximation, below, above, sizes[-1], near, half, 1, *table, 0, 3 * half)
        bands.append(above)
        sizes.append(half)
        approximation = below
    lo, hi = np.full(approximation.size, np.nan), np.full(sum(band.size for band in bands), np.nan)
    decimated.analysis(x.ravel(), lo, hi, n, near, total // 3, levels, *table, 0, total)
    assert_same_bits(lo, approximation)
    assert_same_bits(hi, np.concatenate(bands[::-1]))
    back, phases = np.full(x.size, np.nan), phase_taps(table)
    decimated.synthesis(lo, hi, back, n, near, total // 3, levels, *phases, fold, 0, total)
    for size, band in zip(reversed(sizes[:-1]), reversed(bands), strict=True):
        out, half = np.empty(3 * size * near), (size + 1) // 2
        decimated.synthesis(approximation, band, out, size, near, half, 1, *phases, fold, 0, 3 * half)
        approximation = out
    assert_same_bits(back, approximation)


@pytest.mark.parametrize("levels", [1, 3])
@pytest.mark.parametrize(("lines", "n"), [(1, 8), (31, 7), (33, 64), (70, 13)])
@pytest.mark.parametrize("fold", [False, True])
def test_batches_are_lines_one_after_the_other(lines, n, levels, fold):
    table, half = TABLES[4], (n + 1) // 2
    x = noise(lines * n)
    sizes = [n]
    for _ in range(levels):
        sizes.append((sizes[-1] + 1) // 2)
    expected = [np.full(lines * sizes[-1], np.nan), np.full(lines * sum(sizes[1:]), np.nan)]
    found = [np.full_like(band, np.nan) for band in expected]
    decimated.analysis(x, *expected, n, 1, half, levels, *table, 0, lines * half)
    batches.analysis(x, *found, n, levels, *table, 0, lines)
    assert_same_bits(found[0], expected[0])
    assert_same_bits(found[1], expected[1])
    phases, back, again = phase_taps(table), np.full(x.size, np.nan), np.full(x.size, np.nan)
    decimated.synthesis(*expected, back, n, 1, half, levels, *phases, fold, 0, lines * half)
    batches.synthesis(*expected, again, n, levels, *phases, fold, 0, lines)
    assert_same_bits(again, back)


def smoothed(x, step, axis):
    """Return the weighted sum of samples and their neighbours at two distances, each a roll."""
    weights = {-2: 1, -1: 4, 0: 6, 1: 4, 2: 1}
    return sum(weight / 16 * np.roll(x, place * step, axis) for place, weight in weights.items())


@pytest.mark.parametrize("sign", [-1, 0, 1])
@pytest.mark.parametrize(("rows", "length"), [(1, 1), (2, 3), (7, 5), (5, 2100)])
@pytest.mark.parametrize(("row_step", "step"), [(1, 1), (2, 3), (4, 1)])
def test_smoothing_is_two_lines_and_a_difference(rows, length, row_step, step, sign):
    row_step, step = row_step % rows or rows, step % length
    x, base = noise((2, rows, length)), noise((2, rows, length), seed=1)
    for kernel, numbers, items, expected in (
        (smoothing.lines, (length, step), x.size, smoothed(x, step, 2)),
        (smoothing.planes, (rows, length, row_step, step), 2 * rows, smoothed(smoothed(x, row_step, 1), step, 2)),
    ):
        lo, hi = (np.full(x.size, np.nan) for _ in range(2))
        for begin, end in ((0, items // 3), (items // 3, items)):  # any split of the work
            kernel(x.ravel(), base.ravel(), lo, hi, *numbers, sign, begin, end)
        np.testing.assert_allclose(lo.reshape(x.shape), expected, rtol=0, atol=1e-14)
        if sign:
            np.testing.assert_allclose(hi.reshape(x.shape), base + sign * expected, rtol=0, atol=1e-14)
        else:
            assert np.isnan(hi).all()


def test_any_split_of_the_work_gives_the_same_bits():
    table = TABLES[5]
    x = noise((3, 500, 20))
    whole = [np.full(x.size, np.nan) for _ in range(4)]
    parts = [np.full(x.size, np.nan) for _ in range(4)]
    plane = (500, 20, 4, 4)
    undecimated.plane_analysis(x.ravel(), *whole, *plane, *table, 0, 1500)
    for begin, end in ((0, 333), (333, 1001), (1001, 1500)):
        undecimated.plane_analysis(x.ravel(), *parts, *plane, *table, begin, end)
    for expected, found in zip(whole, parts, strict=True):
        assert_same_bits(found, expected)
    for length in (500, 30000):
        undecimated.analysis(x.ravel(), whole[0], whole[1], length // 20, 20, 4, 1, *table, 0, 30000)
        for begin, end in ((0, 9), (9, 7001), (7001, 30000)):
            undecimated.analysis(x.ravel(), parts[0], parts[1], length // 20, 20, 4, 1, *table, begin, end)
        assert_same_bits(parts[0], whole[0])
        assert_same_bits(parts[1], whole[1])
    decimated.analysis(x.ravel(), whole[0], whole[1], 500, 20, 250, 1, *table, 0, 750)
    decimated.analysis(x.ravel(), parts[0], parts[1], 500, 20, 250, 1, *table, 0, 301)
    decimated.analysis(x.ravel(), parts[0], parts[1], 500, 20, 250, 1, *table, 301, 750)
    assert_same_bits(parts[0][:15000], whole[0][:15000])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_taps_that_are_zero_multiply_nothing(dtype):
    table = kernel_taps([2, 1, 0, -1], [0.25, 0.0, -1.5, 0.5], [0.0, 1.0, 0.75, 0.0], np.dtype(dtype))
    x = noise(9, dtype)
    x[4] = np.nan
    lo, hi = np.zeros((2, 9), dtype)
    undecimated.analysis(x, lo, hi, 9, 1, 1, 1, *table, 0, 9)
    assert np.flatnonzero(np.isnan(lo)).tolist() == [2, 4, 5]  # n + place = 4 at the places 2, 0, -1
    assert np.flatnonzero(np.isnan(hi)).tolist() == [3, 4]
    lo, hi = np.zeros((2, 5), dtype)
    decimated.analysis(x, lo, hi, 9, 1, 5, 1, *table, 0, 5)
    assert np.flatnonzero(np.isnan(lo)).tolist() == [1, 2]
    assert np.flatnonzero(np.isnan(hi)).tolist() == [2]


# --- compiled and interpreted -------------------------------------------------------------------

SAME_BITS = """
import hashlib
import numpy as np
import shiftinv as si

rng = np.random.default_rng(0)
for dtype in (np.float32, np.float64, np.complex64):
    for shape in ((1,), (13,), (32,), (5, 6)):
        x = rng.standard_normal(shape)
        x = (x - 2j * x[::-1] if np.dtype(dtype).kind == "c" else x).astype(dtype)
        for T in (si.SWT("bior2.2", 2), si.SWT("sym5", 1, norm="unit"), si.DWT("db3"), si.DWT("bior3.1")):
            c = T.forward(x)
            results = [c.vector, T.inverse(c), T.adjoint(c), T.act(c, 4).vector, *T.mra(x)]
            print(T.spec, shape, np.dtype(dtype), *(hashlib.sha256(r.tobytes()).hexdigest()[:12] for r in results))
"""


def run(code, **environment):
    """Run Python code in a process of its own, warnings being errors, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_interpreted_loops_give_the_same_bits():
    compiled = run(SAME_BITS, NUMBA_DISABLE_JIT="0")
    interpreted = run(SAME_BITS, NUMBA_DISABLE_JIT="1")
    assert len(compiled.splitlines()) == 48
    assert interpreted.splitlines() == compiled.splitlines()


# --- how kernels are compiled -------------------------------------------------------------------


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.__qualname__)
def test_a_kernel_is_its_loops_until_it_is_called(kernel):
    assert isinstance(kernel, compiling.Kernel)
    assert kernel.__doc__ == kernel.loops.__doc__
    assert kernel.__name__ == kernel.loops.__name__
    assert kernel.__wrapped__ is kernel.loops
    assert "[" in kernel.__doc__ or "`" in kernel.__doc__.splitlines()[0]  # the index formula, or whose it is
    assert kernel.loops.__module__.startswith("shiftinv.kernels.")


def test_numba_comes_with_the_first_call_only():
    out = run(
        "import sys, shiftinv as si\n"
        "T = si.SWT('haar', 1); T.layout(8); T.noise_gain((1, 'd'), 8); si.transform('dwt:db2')\n"
        "print('numba' in sys.modules)\n"
        "T.forward([1.0, 2.0]); print('numba' in sys.modules)\n"
    )
    assert out.split() == ["False", "True"]


def test_a_kernel_compiles_once():
    calls = []

    @compiling.kernel
    def loops(x):
        """x[0] += 1."""
        x[0] += 1

    loops.compiled = lambda x: calls.append(1) or loops.loops(x)
    x = np.zeros(3)
    loops(x)
    loops(x)
    assert (x[0], len(calls)) == (2, 2)


def test_compiled_loops_keep_ieee_rules_and_release_the_lock():
    si.SWT("haar", 1).forward(noise(8))
    options = undecimated.analysis.compiled.targetoptions
    assert options.get("nogil") is True
    assert not options.get("fastmath")
    assert not options.get("parallel")


def test_a_subnormal_is_not_flushed():
    x = np.full(4, 5e-324)
    lo, hi = np.zeros((2, 4))
    undecimated.analysis(x, lo, hi, 4, 1, 1, 1, *kernel_taps([1, 0], [1, 0], [0, 1], np.dtype(float)), 0, 4)
    assert_same_bits(lo, x)
    assert_same_bits(hi, x)


FIRST_CALL = """
import warnings
import shiftinv as si
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    c = si.DWT("haar", 1).forward([1.0, 1.0])
print(round(float(c.approx[0]), 3), *(w.category.__name__ for w in caught))
"""


def kept_in(folder):
    return list(folder.rglob("decimated.analysis-*.kernel"))


def test_a_compiled_kernel_is_kept_and_used_again(tmp_path):
    logged = "import logging, sys; logging.basicConfig(level='INFO', stream=sys.stdout, format='%(name)s')\n"
    first = run(logged + FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path))
    (file,) = kept_in(tmp_path)
    written = file.stat().st_mtime_ns
    second = run(logged + FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path))
    assert (first.split(), second.split()) == (["shiftinv", "1.414"], ["1.414"])
    assert kept_in(tmp_path)[0].stat().st_mtime_ns == written
    assert not list(tmp_path.rglob("*.nbi"))


def flip(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


DAMAGES = {
    "empty": lambda data: b"",
    "truncated": lambda data: data[: len(data) // 2],
    "one bit of the checksum": lambda data: flip(data, 3),
    "one bit of the code": lambda data: flip(data, len(data) // 2),
    "rubbish with a right checksum": lambda data: hashlib.sha256(b"rubbish").digest() + b"rubbish",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_costs_one_warning_and_is_replaced(damage, tmp_path):
    run(FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path))
    (file,) = kept_in(tmp_path)
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    assert run(FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path)).split() == ["1.414", "CacheWarning"]
    assert run(FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path)).split() == ["1.414"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes to set")
def test_a_full_disk_costs_one_warning(tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\n"
    assert run(limit + FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path)).split() == ["1.414", "CacheWarning"]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_that_cannot_be_made_costs_one_warning(tmp_path):
    obstacle = tmp_path / "a file, not a folder"
    obstacle.write_text("")
    assert run(FIRST_CALL, NUMBA_CACHE_DIR=str(obstacle / "cache")).split() == ["1.414", "CacheWarning"]


@pytest.mark.skipif(sys.platform == "win32", reason="no permission bits")
def test_a_folder_others_may_write_to_is_not_trusted(tmp_path):
    run(FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path))
    (tmp_path / "shiftinv").chmod(0o777)
    assert run(FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path)).split() == ["1.414", "CacheWarning"]


NOWHERE = """
import pathlib
from shiftinv.kernels import storage
def no_home():
    raise RuntimeError("Could not determine home directory.")
pathlib.Path.home = no_home
storage.__file__ = "/proc/no/such/place/storage.py"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that nobody can make")
def test_without_a_home_and_beside_read_only_code_one_warning(tmp_path):
    source = Path(compiling.__file__).parent / "storage.py"
    code = NOWHERE.replace("storage.__file__ =", f"storage._sources = lambda: {str(source)!r}\nstorage.__file__ =")
    assert run(code + FIRST_CALL, NUMBA_CACHE_DIR="").split() == ["1.414", "CacheWarning"]


def test_processes_may_write_at_once(tmp_path):
    start = [sys.executable, "-W", "error", "-c", FIRST_CALL]
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    together = [subprocess.Popen(start, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[0].split() for process in together] == [["1.414"]] * 3
    assert len(kept_in(tmp_path)) == 1
    assert run(FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path)).split() == ["1.414"]


def test_an_edit_of_any_kernel_makes_every_file_foreign(tmp_path):
    run(FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path))
    edited = "from shiftinv.kernels import storage; storage._sources = lambda: 'edited'\n"
    run(edited + FIRST_CALL, NUMBA_CACHE_DIR=str(tmp_path))
    assert len(kept_in(tmp_path)) == 2


def test_every_file_of_loops_is_covered_here():
    folder = Path(compiling.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "compiling", "storage"}
    assert files == {kernel.loops.__module__.rpartition(".")[2] for kernel in KERNELS}
