"""The loops of the dual trees: against their index formulas written with index arrays, compiled and interpreted."""

import itertools
import types
from typing import Any, NamedTuple

import numpy as np
import pytest
from naive import assert_same_bits

from shiftinv.filters import kernel_taps
from shiftinv.filters.taps import tree_taps
from shiftinv.kernels import compiling, dualtree, even_runs

BLOCK, FAR = dualtree.BLOCK, dualtree.FAR
ROOT = 0.5**0.5


def noise(shape, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


# --- lines and taps -----------------------------------------------------------------------------


class Line(NamedTuple):
    """One axis of a level."""

    n: int
    ratio: int
    before: int
    mirrored: bool

    @property
    def size(self):
        return -(-(self.n + self.before) // self.ratio) * self.ratio

    @property
    def half(self):
        return self.size // self.ratio

    def __str__(self):
        return f"{self.n} by {self.ratio} {self.before} before {'mirrored' if self.mirrored else 'circle'}"


def lines(sizes):
    """Return lines of (n, before) by ratio, on a circle and between mirrors."""
    pairs = [(ratio, *size, mirrored) for ratio in (2, 4) for size in sizes[ratio] for mirrored in (False, True)]
    return [Line(n, ratio, before, mirrored) for ratio, n, before, mirrored in pairs]


SMALL = {2: [(1, 0), (2, 0), (5, 0), (6, 0)], 4: [(2, 1), (4, 0), (6, 1), (3, 0), (5, 1)]}  # shorter than most taps
LARGE = {2: [(44, 0), (2 * BLOCK + 3, 0)], 4: [(44, 0), (46, 1), (4 * BLOCK + 6, 1)]}  # the last: beyond a block
KINDS = {"2 taps": 2, "6 taps, zeros": 6, "19 taps": 19, "even": 0}  # in the first table, one more in each further one


def even_table(both, low, high):
    """Return a table of pairs about 0, the centre first: pairs of both filters, of the lowpass, of the highpass."""
    values = noise((2, both + low + high), seed=both)
    values[1, both : both + low] = values[0, both + low :] = 0
    places = np.arange(1, values.shape[1] + 1)[:, np.newaxis] * [-1, 1]
    pairs = np.vstack([places.ravel(), np.repeat(values, 2, axis=1)])
    return np.hstack([[[0.0], [0.75], [-1.25]], pairs])


def draw_table(kind, number):
    if kind == "even":
        return even_table(4 + number, 1, 2)
    count = KINDS[kind] + number
    values = noise((2, count), seed=count)
    if "zeros" in kind:
        values[0, [0, 3]] = values[1, [2, -1]] = 0
    return kernel_taps(count // 2 - np.arange(count), *values, np.dtype(float)).table


def draw_taps(kind, ratio, role, dtype=np.float64):
    """Return a table per tree, or per phase of a synthesis."""
    if ratio == 2:  # both trees have the same taps, tree b one sample later
        tables = [np.add(draw_table(kind, 0), [[tree], [0], [0]]) for tree in range(2)]
    else:  # each tree has its own taps and samples
        numbers = range(2 if role == "analysis" else 4)
        tables = [draw_table(kind, number) * [[2], [1], [1]] + [[number % 2], [0], [0]] for number in numbers]
    return tree_taps([table.astype(dtype) for table in tables], ratio if role == "analysis" else 2, kind == "even")


# --- calls --------------------------------------------------------------------------------------


class Call(NamedTuple):
    """A kernel, its inputs, the shapes of its outputs, its numbers, and how many items there are to share."""

    kernel: compiling.Kernel
    inputs: list[np.ndarray]
    shapes: list[tuple[int, ...]]
    numbers: tuple[Any, ...]
    items: int

    def run(self, begin=0, end=None, loops=None):
        """Return the outputs, NaN where nothing is written."""
        outputs = [np.full(shape, np.nan, self.inputs[0].dtype) for shape in self.shapes]
        arrays = [array.reshape(-1) for array in (*self.inputs, *outputs)]
        (loops or self.kernel)(*arrays, *self.numbers, begin, self.items if end is None else end)
        return outputs


def analysis_of(x, line, taps, crossed=False):
    outer, n, near = x.shape
    numbers = (n, near, line.ratio, line.before, line.size, line.mirrored, crossed, *taps)
    return Call(dualtree.analysis, [x], [(outer, 2 * line.half, near)] * 2, numbers, outer * line.half)


def synthesis_of(lo, hi, line, taps, crossed, fold):
    outer, _, near = lo.shape
    numbers = (line.n, near, line.ratio, line.before, line.size, line.mirrored, crossed, *taps[:3], fold)
    return Call(dualtree.synthesis, [lo, hi], [(outer, line.n, near)], numbers, outer * line.half)


def numbers_of(rows, line, near, paired):
    return (rows.n, line.n, near, line.ratio, rows.before, rows.size, line.before, line.size, line.mirrored, paired)


def stored_shapes(planes, rows, line, near, paired):
    """Return the shapes of aa, ad, da, dd."""
    composite, stored = (planes, 2 * rows.half, 2 * line.half, near), (2, planes, rows.half, line.half, near, 2)
    return [stored if paired else composite, *[stored] * 3]


def plane_analysis_of(x, rows, line, paired, taps):
    planes, _, _, near = x.shape
    shapes, numbers = stored_shapes(planes, rows, line, near, paired), (*numbers_of(rows, line, near, paired), *taps)
    return Call(dualtree.plane_analysis, [x], shapes, numbers, planes * rows.half)


def plane_synthesis_of(bands, rows, line, paired, taps, fold):
    _, planes, _, _, near, _ = bands[3].shape
    numbers = (*numbers_of(rows, line, near, paired), *taps[:3], fold)
    return Call(dualtree.plane_synthesis, bands, [(planes, rows.n, line.n, near)], numbers, planes * rows.half)


# --- the formulas -------------------------------------------------------------------------------


def samples_of(n, before, size, mirrored):
    """Return which sample stands at the positions 0, 1, … until they repeat."""
    line = np.clip(np.arange(size) - before, 0, n - 1)
    return np.concatenate([line, line[::-1]]) if mirrored else line


def weighted(x, samples, first, table):
    """Return sum_t value x[first + place] along the first axis; a tap that is zero reads nothing."""
    out = np.zeros((len(first), *x.shape[1:]))
    for place, value in table.T:
        if value:
            out += value * np.take(x, np.take(samples, first + int(place), mode="wrap"), axis=0)
    return out


def split(x, axis, line, tables):
    """Return both composite bands."""
    x, first = np.moveaxis(x, axis, 0), line.ratio * np.arange(line.half)
    samples = samples_of(line.n, line.before, line.size, line.mirrored)
    bands = np.empty((2, 2 * line.half, *x.shape[1:]))
    for band, tree in itertools.product(range(2), range(2)):
        bands[band, tree::2] = weighted(x, samples, first, tables[tree][[0, band + 1]])
    return [np.moveaxis(band, 0, axis) for band in bands]


def merge(lo, hi, axis, line, tables, fold):
    """Return the samples made of composite bands; `fold` adds copies to the sample they are copies of."""
    lo, hi, first = np.moveaxis(lo, axis, 0), np.moveaxis(hi, axis, 0), 2 * np.arange(line.half)
    samples = samples_of(2 * line.half, 0, 2 * line.half, line.mirrored)
    level = np.empty((line.size, *lo.shape[1:]))
    for phase, table in enumerate(tables):
        level[phase :: line.ratio] = weighted(lo, samples, first, table[:2]) + weighted(hi, samples, first, table[::2])
    end = line.before + line.n
    x = level[line.before : end].copy()
    if fold:
        x[0] += level[: line.before].sum(axis=0)
        x[-1] += level[end:].sum(axis=0)
    return np.moveaxis(x, 0, axis)


def trees_of(band, axes, crossed):
    """Return a composite band by trees: of each axis an axis of two in front, of the last axis one at the end.

    Axes are counted from the end. Along an axis that is `crossed` tree b comes first.
    """
    for axis, swap in zip(reversed(axes), reversed(crossed), strict=True):
        band = np.stack([np.take(band, range(tree ^ swap, band.shape[axis], 2), axis) for tree in range(2)])
    return np.moveaxis(band, len(axes) - 1, -1)


def band_of(trees, axes, crossed):
    """Return the composite band that `trees_of` takes apart."""
    band = np.moveaxis(trees, -1, len(axes) - 1)
    for axis, swap in zip(axes, crossed, strict=True):
        shape = list(band.shape[1:])
        shape[axis] *= 2
        band = np.stack([band[swap ^ tree] for tree in range(2)], axis).reshape(shape)
    return band


def times_j(pairs):
    return np.stack([-pairs[..., 1], pairs[..., 0]], -1)


def with_signs(trees, axes):
    """Return (t + ju) / sqrt(2) and (t - ju) / sqrt(2) for the two trees t, u of each of the first axes."""
    for axis in range(axes):
        t, u = np.moveaxis(trees, axis, 0)
        trees = ROOT * np.stack([t + times_j(u), t - times_j(u)], axis)
    return trees


def without_signs(bands, axes):
    """Return t = (plus + minus) / sqrt(2) and u = j (minus - plus) / sqrt(2)."""
    for axis in range(axes):
        plus, minus = np.moveaxis(bands, axis, 0)
        bands = ROOT * np.stack([plus + minus, times_j(minus - plus)], axis)
    return bands


def crossings(ratio):
    """Return along which axes tree b comes first, for aa, ad, da and dd."""
    return [[ratio == 4 and letter == "d" for letter in word] for word in ("aa", "ad", "da", "dd")]


def split_plane(x, rows, line, paired, tables):
    """Return aa, ad, da, dd."""
    bands = [band for half in split(x, 1, rows, tables) for band in split(half, 2, line, tables)]
    crossed = crossings(line.ratio)
    stored = [with_signs(trees_of(bands[i], (-3, -2), crossed[i]), 1) for i in range(4)]
    return stored if paired else [bands[0], *stored[1:]]


def merge_plane(bands, rows, line, paired, tables, fold):
    crossed = crossings(line.ratio)
    aa, ad, da, dd = (
        band_of(without_signs(bands[i], 1), (-3, -2), crossed[i]) if i or paired else bands[i] for i in range(4)
    )
    lo, hi = merge(aa, da, 1, rows, tables, fold), merge(ad, dd, 1, rows, tables, fold)
    return merge(lo, hi, 2, line, tables, fold)


# --- the loops follow them ----------------------------------------------------------------------


def assert_near(found, expected, tolerance=1e-13):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=tolerance)  # NaN at the same places, too


PAIRS = [(0, 0, 0), (1, 0, 0), (3, 0, 0), (4, 0, 0), (0, 3, 0), (0, 0, 7), (2, 5, 6), (4, 1, 7), (9, 4, 2)]


@pytest.mark.parametrize("pairs", PAIRS, ids=str)
@pytest.mark.parametrize("padding", [0, 2])
@pytest.mark.parametrize("at", [0, 5])
def test_even_runs(pairs, padding, at):
    table, reach, count = np.pad(even_table(*pairs), ((0, 0), (0, padding))), sum(pairs), 50
    offsets = (table[0] + reach).astype(np.intp)
    x = noise(count + 2 * reach)
    for sample in (0.5, np.nan):  # NaN reaches only what its filter touches
        x[reach + 20] = sample
        found, expected = np.full((2, 2, at + count + 3), -1.0)
        even_runs.split_even_run(x, *found, at, count, offsets, table)
        for row, out in enumerate(expected, start=1):
            out[at : at + count] = weighted(x, np.arange(x.size), reach + np.arange(count), table[[0, row]])
        assert_near(found, expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("near", [1, 3, FAR - 1, FAR, 40, 2100])
@pytest.mark.parametrize("line", lines(SMALL) + lines(LARGE), ids=str)
def test_lines(line, near, kind):
    near = min(near, 10**5 // line.n)
    x, lo, hi = noise((2, line.n, near)), *noise((2, 2, 2 * line.half, near), seed=1)
    taps = draw_taps(kind, line.ratio, "analysis")
    back = draw_taps(kind, line.ratio, "synthesis")
    below, above = split(x, 1, line, taps.table)
    for crossed in (False, True) if line.ratio == 4 and near < FAR else (False,):
        stored, given = (band_of(trees_of(band, (-2,), [False]), (-2,), [crossed]) for band in (above, hi))
        assert_near(analysis_of(x, line, taps, crossed).run(), [below, stored])
        for fold in (False, True):
            found = synthesis_of(lo, given, line, back, crossed, fold).run()
            assert_near(found, [merge(lo, hi, 1, line, back.table, fold)])


ROWS = {2: [(1, 0), (4, 0), (21, 0)], 4: [(2, 1), (4, 0), (45, 1)]}  # fewer and more than taps reach


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("near", [1, 3, 40, 2100])
@pytest.mark.parametrize("line", lines({ratio: [*SMALL[ratio][:3], LARGE[ratio][-1]] for ratio in (2, 4)}), ids=str)
def test_planes_are_two_lines(line, near, kind):
    near = max(1, min(near, 2500 // line.n))
    taps = draw_taps(kind, line.ratio, "analysis")
    back = draw_taps(kind, line.ratio, "synthesis")
    for rows, paired in itertools.product(ROWS[line.ratio], (False, True)):
        row = Line(rows[0], line.ratio, rows[1], line.mirrored)
        x = noise((2, row.n, line.n, near))
        found = plane_analysis_of(x, row, line, paired, taps).run()
        assert_near(found, split_plane(x, row, line, paired, taps.table), 1e-12)
        bands = [noise(shape, seed=1) for shape in stored_shapes(2, row, line, near, paired)]
        for fold in (False, True):
            found = plane_synthesis_of(bands, row, line, paired, back, fold).run()
            assert_near(found, [merge_plane(bands, row, line, paired, back.table, fold)], 1e-12)


@pytest.mark.parametrize("kind", ["6 taps, zeros", "even"])
@pytest.mark.parametrize("near", [1, 3, FAR])
@pytest.mark.parametrize("line", lines({2: [(45, 0)], 4: [(46, 1)]}), ids=str)
def test_nan_reaches_only_what_its_filter_touches(line, near, kind):
    taps = draw_taps(kind, line.ratio, "analysis")
    x = noise((1, line.n, line.n, near))
    x[0, 17, 22, 0] = np.nan
    for expected, call in (
        (split(x[:, 17], 1, line, taps.table), analysis_of(x[:, 17], line, taps)),
        (split_plane(x, line, line, True, taps.table), plane_analysis_of(x, line, line, True, taps)),
    ):
        assert_all_differ(expected)
        assert_near(call.run(), expected, 1e-12)


@pytest.mark.parametrize("kind", ["6 taps, zeros", "even"])
@pytest.mark.parametrize("near", [1, 3, FAR])
@pytest.mark.parametrize("line", lines({2: [(45, 0)], 4: [(46, 1)]}), ids=str)
def test_nan_in_a_band_reaches_only_what_its_filter_touches(line, near, kind):
    taps = draw_taps(kind, line.ratio, "synthesis")
    places = [[], []]
    for broken in range(2):
        bands = noise((2, 1, 2 * line.half, near))
        bands[broken][0, 11, 0] = np.nan
        places[0].append(merge(*bands, 1, line, taps.table, False))
        assert_near(synthesis_of(*bands, line, taps, False, False).run(), places[0][-1:])
    for broken in range(4):
        bands = [noise(shape) for shape in stored_shapes(1, line, line, near, True)]
        bands[broken][0, 0, 5, 6, 0, 1] = np.nan
        places[1].append(merge_plane(bands, line, line, True, taps.table, False))
        assert_near(plane_synthesis_of(bands, line, line, True, taps, False).run(), places[1][-1:], 1e-12)
    for expected in places:
        assert_all_differ(expected)


def assert_all_differ(arrays):
    """Assert that arrays have NaN at different places, and none everywhere."""
    assert len({np.isnan(array).tobytes() for array in arrays}) == len(arrays)
    assert not any(np.isnan(array).all() for array in arrays)


def interleaved(crossed, half, near):
    """Return a shape, the axes of its trees, and the numbers of `combine`: both trees next to each other."""
    k = len(crossed) - 1
    sizes = (3, *(2, 1, 3)[:k])
    shape = (3, *(2 * m for m in sizes[1:]), 2 * half, near)
    places = np.arange(np.prod(shape)).reshape(shape)
    firsts = [slice(int(swap), None, 2) for swap in crossed[:-1]]
    starts = np.ravel(places[(slice(None), *firsts, 0, 0)])
    steps = [np.prod(shape[axis + 1 :]) * (-1 if swap else 1) for axis, swap in enumerate(crossed[:-1], start=1)]
    pairs = half * near
    numbers = (starts, 2 * pairs * np.arange(starts.size), np.array(steps, np.intp), half, near, near, crossed[-1])
    return shape, (2,) * k + (*sizes, half, near, 2), (*numbers, 2 * pairs * starts.size), starts.size


def stacked(crossed, size, length):
    """Return the same for trees in arrays of their own, each of `size` samples in rows of `length`."""
    k, starts = len(crossed) - 1, np.arange(0, size, length)
    strides = [size << (k - axis) for axis in range(k)]
    begin = sum(stride for stride, swap in zip(strides, crossed[:-1], strict=True) if swap)
    steps = [-stride if swap else stride for stride, swap in zip(strides, crossed[:-1], strict=True)]
    numbers = (begin + starts, 2 * starts, np.array(steps, np.intp), 1, length, size, crossed[-1], 2 * size)
    return (2,) * (k + 1) + (size,), (2,) * k + (size, 2), numbers, starts.size


CROSSED = [
    (False,), (True,), (False, False), (False, True), (True, False), (True, True),
    (False, True, False), (True, False, True), (True, True, False, True),
]  # fmt: skip


@pytest.mark.parametrize("crossed", CROSSED, ids=str)
@pytest.mark.parametrize(("half", "near"), [(1, 1), (5, 1), (4, 3), (2, 40)])
def test_complex_bands_of_interleaved_trees(crossed, half, near):
    shape, stored, numbers, items = interleaved(crossed, half, near)
    axes, signs = tuple(range(-1 - len(crossed), -1)), len(crossed) - 1
    band, bands = noise(shape), noise(stored, seed=1)
    found = Call(dualtree.combine, [band], [stored], numbers, items).run()
    assert_near(found, [with_signs(trees_of(band, axes, crossed), signs)])
    found = Call(dualtree.separate, [bands], [shape], numbers, items).run()
    assert_near(found, [band_of(without_signs(bands, signs), axes, crossed)])


@pytest.mark.parametrize("crossed", CROSSED, ids=str)
@pytest.mark.parametrize(("size", "length"), [(1, 1), (30, 10), (30, 30)])
def test_complex_bands_of_stacked_trees(crossed, size, length):
    shape, stored, numbers, items = stacked(crossed, size, length)
    axes, signs = tuple(axis for axis, swap in enumerate(crossed) if swap), len(crossed) - 1
    band, bands = noise(shape), noise(stored, seed=1)
    found = Call(dualtree.combine, [band], [stored], numbers, items).run()
    assert_near(found, [with_signs(np.moveaxis(np.flip(band, axes), signs, -1), signs)])
    found = Call(dualtree.separate, [bands], [shape], numbers, items).run()
    assert_near(found, [np.flip(np.moveaxis(without_signs(bands, signs), -1, signs), axes)])


# --- the same bits ------------------------------------------------------------------------------


def every_call(line, near, kind, dtype=np.float64):
    """Yield a call of every kernel, three lines or planes at a time, the extras on and off."""
    taps, back = (draw_taps(kind, line.ratio, role, dtype) for role in ("analysis", "synthesis"))
    row = Line(6, line.ratio, int(line.ratio == 4), line.mirrored)
    lo, hi = noise((2, 3, 2 * line.half, near), dtype)
    for extra in (False, True):
        crossed = extra and line.ratio == 4 and near < FAR
        yield analysis_of(noise((3, line.n, near), dtype), line, taps, crossed)
        yield synthesis_of(lo, hi, line, back, crossed, extra)
        yield plane_analysis_of(noise((3, row.n, line.n, near), dtype), row, line, extra, taps)
        bands = [noise(shape, dtype) for shape in stored_shapes(3, row, line, near, extra)]
        yield plane_synthesis_of(bands, row, line, extra, back, extra)
        shape, stored, numbers, items = interleaved((False, extra, extra), line.half, near)
        yield Call(dualtree.combine, [noise(shape, dtype)], [stored], numbers, items)
        yield Call(dualtree.separate, [noise(stored, dtype)], [shape], numbers, items)


@pytest.mark.parametrize("kind", ["19 taps", "even"])
@pytest.mark.parametrize("near", [1, 3, 40])
@pytest.mark.parametrize("line", lines(LARGE), ids=str)
def test_any_split_of_the_work_gives_the_same_bits(line, near, kind):
    for call in every_call(line, min(near, 10**4 // line.n), kind):
        whole, ends = call.run(), sorted({0, 1, call.items // 3, call.items - 1, call.items})
        parts = [call.run(begin, end) for begin, end in itertools.pairwise(ends)]
        for expected, *pieces in zip(whole, *parts, strict=True):
            written = ~np.isnan(pieces)
            assert (written.sum(axis=0) == 1).all()  # each place by one part
            assert_same_bits(np.choose(written.argmax(axis=0), pieces), expected, call.kernel.__name__)


def interpreted(kernel):
    """Return the loops of a kernel, and of the kernels that they call, as plain functions."""
    scope, names = kernel.loops.__globals__, kernel.loops.__code__.co_names
    called = {name: interpreted(scope[name]) for name in names if isinstance(scope.get(name), compiling.Kernel)}
    return types.FunctionType(kernel.loops.__code__, scope | called)


@pytest.mark.skipif(np.__version__.startswith("1."), reason="NumPy 1 makes a float of uintp + int")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("near", "kind"), [(1, "19 taps"), (1, "even"), (3, "6 taps, zeros"), (FAR, "even")])
@pytest.mark.parametrize("line", lines({2: [(5, 0), (12, 0)], 4: [(6, 1), (12, 0)]}), ids=str)
def test_interpreted_loops_give_the_same_bits(line, near, kind, dtype):
    for call in every_call(line, near, kind, dtype):
        loops = interpreted(call.kernel)
        for found, expected in zip(call.run(loops=loops), call.run(), strict=True):
            assert_same_bits(found, expected, call.kernel.__name__)
