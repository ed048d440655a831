"""One level of a dual tree along lines and planes, and the complex bands made of it.

Two trees share one signal: along an axis tree a has the even samples and tree b the odd ones, and a composite band
holds the two trees' coefficients in the same way, coefficient m of tree p at 2m + p. A level makes of
`ratio` samples one coefficient of each tree: with ratio 2 both trees read all samples (level 1), with ratio 4
each reads its own. Both are the same loop: samples are sorted into `ratio` phases, and a tap at place k
reads the phase k mod ratio.

Arrays are C-contiguous of shape (outer, n, near). The level works on `size` samples, a multiple of ratio: of these
`before` (0 or 1) stand before the signal and the others of size - n after it, as copies of its first and last sample.
Beyond, the `size` samples go on along a circle, or `mirrored` with their ends repeated.

Taps are tables as `runs` describes, one per tree (analysis, places in samples) or per phase (synthesis, places in
composite coefficients), padded with zeros to one shape; low <= high bound the places in phases.
Highpass coefficients of two trees are stored `crossed`, tree b first, where they are the pairs of
a complex band from level 2 on. Ranges [begin, end) of coefficients let callers share the work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiling import inner, kernel
from .runs import around, merge_run, split_run

__all__ = ["analysis", "combine", "plane_analysis", "plane_synthesis", "separate", "synthesis"]

BLOCK = 1024  # coefficients of a tree at a time
FAR = 32  # from this many samples between neighbours on, rows are filtered where they are


@inner
def folded(position: int, size: int, mirrored: bool) -> int:
    """Return `position` on a circle of `size`, or between two mirrors."""
    if not mirrored:
        return around(position, size)
    place = around(position, 2 * size)
    return place if place < size else 2 * size - 1 - place


@inner
def source(position: int, n: int, before: int, size: int, mirrored: bool) -> int:
    """Return which of n samples stands at `position` of the `size` samples of a level."""
    return min(max(folded(position, size, mirrored) - before, 0), n - 1)


@inner
def sort_phases(
    x: NDArray[Any],
    n: int,
    near: int,
    ratio: int,
    before: int,
    size: int,
    mirrored: bool,
    first: int,
    last: int,
    pitch: int,
    phases: NDArray[Any],
) -> None:
    """phases[r pitch + (q - first) near + i] = sample ratio q + r, first <= q < last."""
    inside = min(max(first, before), last)  # from here on ratio q - before >= 0
    whole = max(min(last, (n + before) // ratio), inside)
    for outside in range(first, last - (whole - inside)):
        q = outside if outside < inside else outside + (whole - inside)
        for r in range(ratio):
            samples = x[source(ratio * q + r, n, before, size, mirrored) * near :]
            to = phases[r * pitch + (q - first) * near :]
            for i in range(near):
                to[i] = samples[i]
    count = whole - inside
    if count <= 0:
        return
    samples = x[(ratio * inside - before) * near :]
    p0 = phases[(inside - first) * near :]
    p1 = phases[pitch + (inside - first) * near :]
    if near > 1:
        for q in range(count):
            for r in range(ratio):
                row = samples[(ratio * q + r) * near :]
                to = p0[r * pitch + q * near :]
                for i in range(near):
                    to[i] = row[i]
    elif ratio == 2:
        for q in range(count):
            p0[q] = samples[2 * q]
            p1[q] = samples[2 * q + 1]
    else:
        p2 = phases[2 * pitch + (inside - first) :]
        p3 = phases[3 * pitch + (inside - first) :]
        for q in range(count):
            p0[q] = samples[4 * q]
            p1[q] = samples[4 * q + 1]
            p2[q] = samples[4 * q + 2]
            p3[q] = samples[4 * q + 3]


@inner
def join_phases(
    phases: NDArray[Any],
    pitch: int,
    first: int,
    stop: int,
    n: int,
    near: int,
    ratio: int,
    before: int,
    fold: bool,
    x: NDArray[Any],
) -> None:
    """x[ratio q + r - before] = phases[r pitch + (q - first) near + i], first <= q < stop.

    What stands before or after the signal is left out, or with `fold` added to its first or last sample.
    """
    inside = min(max(first, before), stop)
    whole = max(min(stop, (n + before) // ratio), inside)
    count = whole - inside
    if count > 0:
        to = x[(ratio * inside - before) * near :]
        p0 = phases[(inside - first) * near :]
        p1 = phases[pitch + (inside - first) * near :]
        if near > 1:
            for q in range(count):
                for r in range(ratio):
                    row = to[(ratio * q + r) * near :]
                    values = p0[r * pitch + q * near :]
                    for i in range(near):
                        row[i] = values[i]
        elif ratio == 2:
            for q in range(count):
                to[2 * q] = p0[q]
                to[2 * q + 1] = p1[q]
        else:
            p2 = phases[2 * pitch + (inside - first) :]
            p3 = phases[3 * pitch + (inside - first) :]
            for q in range(count):
                to[4 * q] = p0[q]
                to[4 * q + 1] = p1[q]
                to[4 * q + 2] = p2[q]
                to[4 * q + 3] = p3[q]
    for adding in range(2 if fold else 1):
        for outside in range(first, stop - count):
            q = outside if outside < inside else outside + count
            for r in range(ratio):
                position = ratio * q + r - before
                beyond = position < 0 or position >= n
                if beyond == (adding == 1):
                    row = x[min(max(position, 0), n - 1) * near :]
                    values = phases[r * pitch + (q - first) * near :]
                    for i in range(near):
                        row[i] = row[i] + values[i] if adding else values[i]


@inner
def sort_trees(
    band: NDArray[Any], half: int, near: int, mirrored: bool, crossed: bool, first: int, last: int, pitch: int,
    trees: NDArray[Any],
) -> None:  # fmt: skip
    """trees[p pitch + (m - first) near + i] = coefficient m of tree p, first <= m < last, of a composite band."""
    inside = min(max(first, 0), last)
    whole = max(min(last, half), inside)
    swap = 1 if crossed else 0
    for outside in range(first, last - (whole - inside)):
        m = outside if outside < inside else outside + (whole - inside)
        for p in range(2):
            place = folded(2 * m + p, 2 * half, mirrored)
            stored = place + swap - 2 * swap * (place % 2)
            values = band[stored * near :]
            to = trees[p * pitch + (m - first) * near :]
            for i in range(near):
                to[i] = values[i]
    count = whole - inside
    values = band[2 * inside * near :]
    even = trees[swap * pitch + (inside - first) * near :]
    odd = trees[(1 - swap) * pitch + (inside - first) * near :]
    if near == 1:
        for m in range(count):
            even[m] = values[2 * m]
            odd[m] = values[2 * m + 1]
    else:
        for m in range(count):
            for i in range(near):
                even[m * near + i] = values[2 * m * near + i]
                odd[m * near + i] = values[(2 * m + 1) * near + i]


@inner
def join_trees(trees: NDArray[Any], pitch: int, count: int, near: int, crossed: bool, band: NDArray[Any]) -> None:
    """band[(2m + p) near + i] = trees[p pitch + m near + i], m < count; tree b first where `crossed`."""
    even = trees[pitch:] if crossed else trees
    odd = trees if crossed else trees[pitch:]
    if near == 1:
        for m in range(count):
            band[2 * m] = even[m]
            band[2 * m + 1] = odd[m]
    else:
        for m in range(count):
            for i in range(near):
                band[2 * m * near + i] = even[m * near + i]
                band[(2 * m + 1) * near + i] = odd[m * near + i]


@kernel
def analysis(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    n: int,
    near: int,
    ratio: int,
    before: int,
    size: int,
    mirrored: bool,
    crossed: bool,
    taps: NDArray[Any],
    low: int,
    high: int,
    begin: int,
    end: int,
) -> None:
    """lo[2m + p] = sum_t taps[p, 1, t] x[ratio m + taps[p, 0, t]], hi with taps[p, 2], m = begin … end - 1.

    lo and hi are composite bands of shape (outer, 2 size / ratio, near); m counts through all lines.
    """
    total = taps.shape[2]
    half = size // ratio
    rows = max(1, BLOCK // near)
    pitch = (rows + high - low) * near
    offsets = np.empty(total, np.intp)
    phases = np.empty(ratio * pitch if near < FAR else 1, x.dtype)
    lo_trees = np.empty(2 * rows * near if near < FAR else 1, x.dtype)
    hi_trees = np.empty(lo_trees.size, x.dtype)
    position = begin
    while position < end:
        line = position // half
        first = position - line * half
        last = min(half, end - line * half)
        samples = x[line * n * near : (line + 1) * n * near]
        position += last - first
        if near < FAR:
            while first < last:
                stop = min(first + rows, last)
                sort_phases(samples, n, near, ratio, before, size, mirrored, first + low, stop + high, pitch, phases)
                count = (stop - first) * near
                for p in range(2):
                    for t in range(total):
                        place = int(taps[p, 0, t])
                        offsets[t] = place % ratio * pitch + (place // ratio - low) * near
                    split_run(phases, lo_trees, hi_trees, p * rows * near, count, offsets, taps[p])
                to = (line * half + first) * 2 * near
                join_trees(lo_trees, rows * near, stop - first, near, False, lo[to:])
                join_trees(hi_trees, rows * near, stop - first, near, crossed, hi[to:])
                first = stop
        else:
            for m in range(first, last):
                for p in range(2):
                    to = ((line * half + m) * 2 + p) * near
                    for block in range(0, near, BLOCK):
                        for t in range(total):
                            read = source(ratio * m + int(taps[p, 0, t]), n, before, size, mirrored)
                            offsets[t] = read * near + block
                        split_run(samples, lo, hi, to + block, min(BLOCK, near - block), offsets, taps[p])


@kernel
def synthesis(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    n: int,
    near: int,
    ratio: int,
    before: int,
    size: int,
    mirrored: bool,
    crossed: bool,
    taps: NDArray[Any],
    low: int,
    high: int,
    fold: bool,
    begin: int,
    end: int,
) -> None:
    """x[ratio m + r] = sum_t taps[r, 1, t] lo[2m + taps[r, 0, t]] + taps[r, 2, t] hi[…], m = begin … end - 1.

    The arrays and numbers of `analysis`; `fold` as for `join_phases`.
    """
    total = taps.shape[2]
    half = size // ratio
    rows = max(1, BLOCK // near)
    pitch = (rows + high - low) * near
    offsets = np.empty(total, np.intp)
    lo_trees = np.empty(2 * pitch if near < FAR else 1, x.dtype)
    hi_trees = np.empty(lo_trees.size, x.dtype)
    phases = np.empty(ratio * rows * near if near < FAR else near, x.dtype)
    position = begin
    while position < end:
        line = position // half
        first = position - line * half
        last = min(half, end - line * half)
        lo_line = lo[line * half * 2 * near : (line + 1) * half * 2 * near]
        hi_line = hi[line * half * 2 * near : (line + 1) * half * 2 * near]
        samples = x[line * n * near : (line + 1) * n * near]
        position += last - first
        while first < last and near < FAR:
            stop = min(first + rows, last)
            sort_trees(lo_line, half, near, mirrored, False, first + low, stop + high, pitch, lo_trees)
            sort_trees(hi_line, half, near, mirrored, crossed, first + low, stop + high, pitch, hi_trees)
            for r in range(ratio):
                for t in range(total):
                    place = int(taps[r, 0, t])
                    offsets[t] = place % 2 * pitch + (place // 2 - low) * near
                count = (stop - first) * near
                merge_run(lo_trees, hi_trees, phases, r * rows * near, count, offsets, taps[r])
            join_phases(phases, rows * near, first, stop, n, near, ratio, before, fold, samples)
            first = stop
        for m in range(first, last):
            for adding in range(2 if fold else 1):
                for r in range(ratio):
                    to = ratio * m + r - before
                    if (to < 0 or to >= n) != (adding == 1):
                        continue
                    row = samples[min(max(to, 0), n - 1) * near :]
                    for block in range(0, near, BLOCK):
                        for t in range(total):
                            read = folded(2 * m + int(taps[r, 0, t]), 2 * half, mirrored)
                            offsets[t] = read * near + block
                        out = phases if adding else row
                        count = min(BLOCK, near - block)
                        merge_run(lo_line, hi_line, out, block, count, offsets, taps[r])
                    if adding:
                        for i in range(near):
                            row[i] += phases[i]


@inner
def write_pairs(
    a: NDArray[Any], b: NDArray[Any], c: NDArray[Any], d: NDArray[Any], count: int, plus: NDArray[Any],
    minus: NDArray[Any],
) -> None:  # fmt: skip
    """Plus = ((a + jb) + j (c + jd)) / sqrt(2), minus = ((a + jb) - j (c + jd)) / sqrt(2), count pairs."""
    root = a.dtype.type(0.5**0.5)
    for i in range(count):
        plus[2 * i] = root * (a[i] - d[i])
        plus[2 * i + 1] = root * (b[i] + c[i])
        minus[2 * i] = root * (a[i] + d[i])
        minus[2 * i + 1] = root * (b[i] - c[i])


@inner
def read_pairs(
    plus: NDArray[Any], minus: NDArray[Any], count: int, a: NDArray[Any], b: NDArray[Any], c: NDArray[Any],
    d: NDArray[Any],
) -> None:  # fmt: skip
    """The inverse of `write_pairs`."""
    root = a.dtype.type(0.5**0.5)
    for i in range(count):
        a[i] = root * (minus[2 * i] + plus[2 * i])
        b[i] = root * (plus[2 * i + 1] + minus[2 * i + 1])
        c[i] = root * (plus[2 * i + 1] - minus[2 * i + 1])
        d[i] = root * (minus[2 * i] - plus[2 * i])


@kernel
def plane_analysis(
    x: NDArray[Any],
    aa: NDArray[Any],
    ad: NDArray[Any],
    da: NDArray[Any],
    dd: NDArray[Any],
    rows: int,
    n: int,
    near: int,
    ratio: int,
    row_before: int,
    row_size: int,
    before: int,
    size: int,
    mirrored: bool,
    taps: NDArray[Any],
    low: int,
    high: int,
    begin: int,
    end: int,
) -> None:
    """`analysis` along the columns, then along the rows of planes of shape (rows, n, near).

    aa is composite. The others, first letter for the columns, are complex bands: (t + ju) / sqrt(2) of all planes,
    then (t - ju) / sqrt(2), where t and u are rows of the first and second tree, with real and imaginary parts of
    the first and second tree of columns; from level 2 on tree b is the first for a highpass. Row pairs begin … end - 1
    of all planes.
    """
    total = taps.shape[2]
    half_rows = row_size // ratio
    half = size // ratio
    length = n * near
    count = half * near
    pitch = (half + high - low) * near
    swap = 1 if ratio == 4 else 0
    offsets = np.empty(total, np.intp)
    lo = np.empty(length, x.dtype)
    hi = np.empty(length, x.dtype)
    lo_phases = np.empty(ratio * pitch, x.dtype)
    hi_phases = np.empty(ratio * pitch, x.dtype)
    parts = np.empty(4 * 4 * count, x.dtype)  # words aa, ad, da, dd; of each the trees (row, column)
    band = ad.size // 2
    for position in range(begin, end):
        plane = position // half_rows
        m = position - plane * half_rows
        for p in range(2):
            for block in range(0, length, BLOCK):
                for t in range(total):
                    read = source(ratio * m + int(taps[p, 0, t]), rows, row_before, row_size, mirrored)
                    offsets[t] = (plane * rows + read) * length + block
                split_run(x, lo, hi, block, min(BLOCK, length - block), offsets, taps[p])
            sort_phases(lo, n, near, ratio, before, size, mirrored, low, half + high, pitch, lo_phases)
            sort_phases(hi, n, near, ratio, before, size, mirrored, low, half + high, pitch, hi_phases)
            for q in range(2):
                aa_part = parts[(2 * p + q) * count :]
                ad_part = parts[(4 + 2 * p + abs(q - swap)) * count :]
                da_part = parts[(8 + 2 * abs(p - swap) + q) * count :]
                dd_part = parts[(12 + 2 * abs(p - swap) + abs(q - swap)) * count :]
                for block in range(0, count, BLOCK):
                    for t in range(total):
                        place = int(taps[q, 0, t])
                        offsets[t] = place % ratio * pitch + (place // ratio - low) * near + block
                    run = min(BLOCK, count - block)
                    split_run(lo_phases, aa_part, ad_part, block, run, offsets, taps[q])
                    split_run(hi_phases, da_part, dd_part, block, run, offsets, taps[q])
            to = (plane * half_rows + m) * 2 + p
            join_trees(parts[2 * p * count :], count, half, near, False, aa[to * 2 * count :])
        for word in range(3):
            at = 4 * (word + 1) * count
            to = position * 2 * count
            out = ad if word == 0 else da if word == 1 else dd
            write_pairs(
                parts[at:], parts[at + count :], parts[at + 2 * count :], parts[at + 3 * count :], count,
                out[to:], out[to + band :],
            )  # fmt: skip


@kernel
def plane_synthesis(
    aa: NDArray[Any],
    ad: NDArray[Any],
    da: NDArray[Any],
    dd: NDArray[Any],
    x: NDArray[Any],
    rows: int,
    n: int,
    near: int,
    ratio: int,
    row_before: int,
    row_size: int,
    before: int,
    size: int,
    mirrored: bool,
    taps: NDArray[Any],
    low: int,
    high: int,
    fold: bool,
    begin: int,
    end: int,
) -> None:
    """`synthesis` along the columns, then along the rows of planes; the arrays of `plane_analysis`.

    A ring holds as many rows as the column taps reach, each taken apart into trees once.
    """
    total = taps.shape[2]
    half_rows = row_size // ratio
    half = size // ratio
    count = half * near
    pitch = (half + high - low) * near
    reach = high - low + 1
    swap = 1 if ratio == 4 else 0
    offsets = np.empty(total, np.intp)
    word_size = reach * 4 * count
    ring = np.empty(4 * word_size, x.dtype)  # words aa, ad, da, dd; rows m; of each the trees (row, column)
    lo_trees = np.empty(2 * pitch, x.dtype)
    hi_trees = np.empty(2 * pitch, x.dtype)
    phases = np.empty(ratio * count, x.dtype)
    spare = np.empty(n * near, x.dtype)
    band = ad.size // 2
    filled = 0
    for position in range(begin, end):
        plane = position // half_rows
        m = position - plane * half_rows
        base = m - m // reach * reach
        if position == begin or m == 0:
            filled = m + low
        while filled <= m + high:
            slot = around(base + filled - m, reach) * 4 * count
            for p in range(2):
                place = folded(2 * filled + p, row_size // ratio * 2, mirrored)
                at = (plane * half_rows * 2 + place) * 2 * count
                sort_trees(aa[at:], half, near, mirrored, False, 0, half, count, ring[slot + 2 * p * count :])
            place = folded(2 * filled, row_size // ratio * 2, mirrored)
            flip = place % 2  # beyond a mirror the trees change places
            for word in range(3):
                at = (word + 1) * word_size + slot
                start = (plane * half_rows + place // 2) * 2 * count
                pairs = ad if word == 0 else da if word == 1 else dd
                cross_rows = flip if word == 0 else abs(flip - swap)
                cross_columns = swap if word != 1 else 0
                first_row = at + 2 * cross_rows * count
                second_row = at + 2 * (1 - cross_rows) * count
                first = cross_columns * count
                second = (1 - cross_columns) * count
                read_pairs(
                    pairs[start:], pairs[start + band :], count, ring[first_row + first :],
                    ring[first_row + second :], ring[second_row + first :], ring[second_row + second :],
                )  # fmt: skip
            filled += 1
        for adding in range(2 if fold else 1):
            for r in range(ratio):
                to = ratio * m + r - row_before
                if (to < 0 or to >= rows) != (adding == 1):
                    continue
                for q in range(2):
                    for block in range(0, count, BLOCK):
                        for t in range(total):
                            place = int(taps[r, 0, t])
                            slot = around(base + place // 2, reach)
                            offsets[t] = (slot * 4 + place % 2 * 2 + q) * count + block
                        run = min(BLOCK, count - block)
                        at = q * pitch - low * near + block
                        merge_run(ring, ring[2 * word_size :], lo_trees, at, run, offsets, taps[r])
                        merge_run(ring[word_size:], ring[3 * word_size :], hi_trees, at, run, offsets, taps[r])
                close_trees(lo_trees, half, near, mirrored, low, high, pitch)
                close_trees(hi_trees, half, near, mirrored, low, high, pitch)
                for phase in range(ratio):
                    for block in range(0, count, BLOCK):
                        for t in range(total):
                            place = int(taps[phase, 0, t])
                            offsets[t] = place % 2 * pitch + (place // 2 - low) * near + block
                        run = min(BLOCK, count - block)
                        merge_run(lo_trees, hi_trees, phases, phase * count + block, run, offsets, taps[phase])
                row = x[(plane * rows + min(max(to, 0), rows - 1)) * n * near :]
                join_phases(phases, count, 0, half, n, near, ratio, before, fold, spare if adding else row)
                if adding:
                    for i in range(n * near):
                        row[i] += spare[i]


@inner
def close_trees(trees: NDArray[Any], half: int, near: int, mirrored: bool, low: int, high: int, pitch: int) -> None:
    """Continue the coefficients 0 … half - 1 of both trees at both ends; m stands at p pitch + (m - low) near."""
    for outside in range(low, high):
        m = outside if outside < 0 else outside + half
        for p in range(2):
            place = folded(2 * m + p, 2 * half, mirrored)
            values = trees[place % 2 * pitch + (place // 2 - low) * near :]
            to = trees[p * pitch + (m - low) * near :]
            for i in range(near):
                to[i] = values[i]


@kernel
def combine(
    band: NDArray[Any],
    bands: NDArray[Any],
    starts: NDArray[np.intp],
    targets: NDArray[np.intp],
    steps: NDArray[np.intp],
    half: int,
    near: int,
    crossed: bool,
    begin: int,
    end: int,
) -> None:
    """Complex bands of a composite band: (t ± ju) / sqrt(2) along all axes but the last, whose pairs are complex.

    Row i begins at starts[i] of `band` and goes to targets[i] of each of the 2^k complex bands in `bands`. Its
    `half` pairs along the last axis are near samples apart, second trees of the other k axes steps[…] on, the sign of
    the first of them slowest in `bands`.
    """
    signs = 1 << steps.size
    count = half * near
    size = bands.size // signs
    root = band.dtype.type(0.5 ** (0.5 * steps.size))
    real = np.empty(signs * count, band.dtype)
    imaginary = np.empty(signs * count, band.dtype)
    first = near if crossed else 0
    for i in range(begin, end):
        for p in range(signs):
            start = starts[i]
            for k in range(steps.size):
                start += (p >> (steps.size - 1 - k) & 1) * steps[k]
            for m in range(half):
                row = band[start + 2 * m * near + first :]
                other = band[start + 2 * m * near + near - first :]
                re = real[p * count + m * near :]
                im = imaginary[p * count + m * near :]
                for j in range(near):
                    re[j] = root * row[j]
                    im[j] = root * other[j]
        turn(real, imaginary, signs, count)
        for p in range(signs):
            to = bands[p * size + targets[i] :]
            re = real[p * count :]
            im = imaginary[p * count :]
            for j in range(count):
                to[2 * j] = re[j]
                to[2 * j + 1] = im[j]


@inner
def turn(real: NDArray[Any], imaginary: NDArray[Any], signs: int, count: int) -> None:
    """Replace, bit by bit of their number, the rows t and u by t + ju and t - ju."""
    bit = signs >> 1
    while bit:
        for p in range(signs):
            if p & bit == 0:
                tr, ti = real[p * count :], imaginary[p * count :]
                ur, ui = real[(p + bit) * count :], imaginary[(p + bit) * count :]
                for j in range(count):
                    a, b, c, d = tr[j], ti[j], ur[j], ui[j]
                    tr[j] = a - d
                    ti[j] = b + c
                    ur[j] = a + d
                    ui[j] = b - c
        bit >>= 1


@kernel
def separate(
    bands: NDArray[Any],
    band: NDArray[Any],
    starts: NDArray[np.intp],
    targets: NDArray[np.intp],
    steps: NDArray[np.intp],
    half: int,
    near: int,
    crossed: bool,
    begin: int,
    end: int,
) -> None:
    """The inverse of `combine`, with the same numbers: a composite band of complex bands."""
    signs = 1 << steps.size
    count = half * near
    size = bands.size // signs
    root = band.dtype.type(0.5 ** (0.5 * steps.size))
    real = np.empty(signs * count, band.dtype)
    imaginary = np.empty(signs * count, band.dtype)
    first = near if crossed else 0
    for i in range(begin, end):
        for p in range(signs):
            row = bands[p * size + targets[i] :]
            re = real[p * count :]
            im = imaginary[p * count :]
            for j in range(count):
                re[j] = root * row[2 * j]
                im[j] = root * row[2 * j + 1]
        bit = signs >> 1
        while bit:
            for p in range(signs):
                if p & bit == 0:
                    pr, pi = real[p * count :], imaginary[p * count :]
                    mr, mi = real[(p + bit) * count :], imaginary[(p + bit) * count :]
                    for j in range(count):
                        a, b, c, d = pr[j], pi[j], mr[j], mi[j]
                        pr[j] = a + c
                        pi[j] = b + d
                        mr[j] = b - d
                        mi[j] = c - a
            bit >>= 1
        for p in range(signs):
            start = starts[i]
            for k in range(steps.size):
                start += (p >> (steps.size - 1 - k) & 1) * steps[k]
            for m in range(half):
                to = band[start + 2 * m * near + first :]
                other = band[start + 2 * m * near + near - first :]
                re = real[p * count + m * near :]
                im = imaginary[p * count + m * near :]
                for j in range(near):
                    to[j] = re[j]
                    other[j] = im[j]
