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
from .even_runs import split_even_run
from .runs import around, merge_run, split_run

__all__ = ["analysis", "combine", "plane_analysis", "plane_synthesis", "separate", "synthesis"]

BLOCK = 1024  # coefficients of a tree at a time
FAR = 32  # from this many samples between neighbours on, rows are filtered where they are


@inner
def split(
    x: NDArray[Any], lo: NDArray[Any], hi: NDArray[Any], at: int, count: int, offsets: NDArray[np.intp],
    taps: NDArray[Any], even: bool,
) -> None:  # fmt: skip
    """`split_run`, or with `even` taps `split_even_run`."""
    if even:
        split_even_run(x, lo, hi, at, count, offsets, taps)
    else:
        split_run(x, lo, hi, at, count, offsets, taps)


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


@inner
def extend(ring: NDArray[Any], n: int, near: int, size: int, mirrored: bool, left: int, right: int) -> None:
    """Continue n samples, sample q at (left + q) near of `ring`, to the left and to the right of `size` of them."""
    for q in range(-left, 0):
        values = ring[(left + source(q, n, 0, size, mirrored)) * near :]
        to = ring[(left + q) * near :]
        for i in range(near):
            to[i] = values[i]
    for q in range(n, size + right):
        values = ring[(left + source(q, n, 0, size, mirrored)) * near :]
        to = ring[(left + q) * near :]
        for i in range(near):
            to[i] = values[i]


@inner
def take_samples(
    x: NDArray[Any], n: int, near: int, size: int, mirrored: bool, first: int, last: int, ring: NDArray[Any]
) -> None:
    """ring[(q - first) near + i] = sample q, first <= q < last, of n samples continued as `extend` does."""
    inside = min(max(first, 0), last)
    whole = max(min(last, n), inside)
    for outside in range(first, last - (whole - inside)):
        q = outside if outside < inside else outside + (whole - inside)
        values = x[source(q, n, 0, size, mirrored) * near :]
        to = ring[(q - first) * near :]
        for i in range(near):
            to[i] = values[i]
    values = x[inside * near :]
    to = ring[(inside - first) * near :]
    for i in range((whole - inside) * near):
        to[i] = values[i]


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
    even: bool,
    begin: int,
    end: int,
) -> None:
    """lo[2m + p] = sum_t taps[p, 1, t] x[ratio m + taps[p, 0, t]], hi with taps[p, 2], m = begin … end - 1.

    lo and hi are composite bands of shape (outer, 2 size / ratio, near); m counts through all lines.
    """
    total = taps.shape[2]
    half = size // ratio
    far = near >= FAR
    rows = 1 if far else BLOCK // near
    pitch = (rows + high - low) * near
    offsets = np.empty(total, np.intp)
    ring = np.empty(1 if far else ratio * pitch, x.dtype)
    lo_trees = np.empty(1 if far else 2 * rows * near, x.dtype)
    hi_trees = np.empty(lo_trees.size, x.dtype)
    sorted_apart = ratio == 4 and not far
    position = begin
    while position < end:
        line = position // half
        first = position - line * half
        stop = min(first + rows, half, first + end - position)
        position += stop - first
        samples = x[line * n * near : (line + 1) * n * near]
        to = (line * half + first) * 2 * near
        count = (stop - first) * near
        if sorted_apart:
            sort_phases(samples, n, near, ratio, before, size, mirrored, first + low, stop + high, pitch, ring)
        elif not far:
            take_samples(samples, n, near, size, mirrored, 2 * (first + low), 2 * (stop + high), ring)
        joint = 1 if far or sorted_apart else 2  # trees with the same taps go through as one run
        for p in range(2 // joint):
            for block in range(0, joint * count, BLOCK):
                for t in range(total):
                    place = int(taps[p, 0, t])
                    if far:
                        offsets[t] = source(ratio * first + place, n, before, size, mirrored) * near + block
                    elif sorted_apart:
                        offsets[t] = place % ratio * pitch + (place // ratio - low) * near + block
                    else:
                        offsets[t] = (place - 2 * low) * near + block
                split(
                    samples if far else ring,
                    lo_trees if sorted_apart else lo,
                    hi_trees if sorted_apart else hi,
                    (p * rows * near if sorted_apart else to + p * near) + block,
                    min(BLOCK, joint * count - block),
                    offsets,
                    taps[p],
                    even,
                )
        if sorted_apart:
            join_trees(lo_trees, rows * near, stop - first, near, False, lo[to:])
            join_trees(hi_trees, rows * near, stop - first, near, crossed, hi[to:])


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
    far = near >= FAR
    rows = 1 if far else BLOCK // near
    pitch = (rows + high - low) * near
    offsets = np.empty(total, np.intp)
    lo_ring = np.empty(1 if far else 2 * pitch, x.dtype)
    hi_ring = np.empty(lo_ring.size, x.dtype)
    sorted_apart = ratio == 4 and not far
    phases = np.empty(ratio * rows * near if sorted_apart else near, x.dtype)
    position = begin
    while position < end:
        line = position // half
        first = position - line * half
        stop = min(first + rows, half, first + end - position)
        position += stop - first
        lo_line = lo[line * half * 2 * near : (line + 1) * half * 2 * near]
        hi_line = hi[line * half * 2 * near : (line + 1) * half * 2 * near]
        samples = x[line * n * near : (line + 1) * n * near]
        if sorted_apart:
            sort_trees(lo_line, half, near, mirrored, False, first + low, stop + high, pitch, lo_ring)
            sort_trees(hi_line, half, near, mirrored, crossed, first + low, stop + high, pitch, hi_ring)
        elif not far:
            take_samples(lo_line, size, near, size, mirrored, 2 * (first + low), 2 * (stop + high), lo_ring)
            take_samples(hi_line, size, near, size, mirrored, 2 * (first + low), 2 * (stop + high), hi_ring)
        for adding in range(2 if fold and not sorted_apart else 1):
            for r in range(ratio if far or sorted_apart else 1):
                to = ratio * first + r - before
                length = near
                if sorted_apart:
                    length = (stop - first) * near
                elif not far and adding:  # the copy of the last sample of an odd length
                    to = n if 2 * stop > n else 0
                elif not far:
                    length = (min(2 * stop, n) - 2 * first) * near
                if not sorted_apart and (to < 0 or to >= n) != (adding == 1):
                    continue
                at = min(max(to, 0), n - 1) * near
                for block in range(0, length, 2 * BLOCK):
                    for t in range(total):
                        place = int(taps[r, 0, t])
                        if far:
                            offsets[t] = folded(2 * first + place, 2 * half, mirrored) * near + block
                        elif sorted_apart:
                            offsets[t] = place % 2 * pitch + (place // 2 - low) * near + block
                        else:
                            offsets[t] = (to - 2 * first + place - 2 * low) * near + block
                    merge_run(
                        lo_line if far else lo_ring,
                        hi_line if far else hi_ring,
                        phases if adding or sorted_apart else samples,
                        block + (r * rows * near if sorted_apart else 0 if adding else at),
                        min(2 * BLOCK, length - block),
                        offsets,
                        taps[r],
                    )
                if adding:
                    row = samples[at:]
                    for i in range(near):
                        row[i] += phases[i]
        if sorted_apart:
            join_phases(phases, rows * near, first, stop, n, near, ratio, before, fold, samples)


@inner
def write_pairs(
    t: NDArray[Any], u: NDArray[Any], half: int, near: int, plus: NDArray[Any], minus: NDArray[Any]
) -> None:
    """Plus = (t + ju) / sqrt(2), minus = (t - ju) / sqrt(2) of composite rows, sample 2m real, 2m + 1 imaginary."""
    root = t.dtype.type(0.5**0.5)
    for m in range(half if near > 1 else 1):
        real, imaginary = t[2 * m * near :], t[(2 * m + 1) * near :]
        other_real, other_imaginary = u[2 * m * near :], u[(2 * m + 1) * near :]
        first, second = plus[2 * m * near :], minus[2 * m * near :]
        if near == 1:
            for i in range(half):
                a, b, c, d = t[2 * i], t[2 * i + 1], u[2 * i], u[2 * i + 1]
                plus[2 * i] = root * (a - d)
                plus[2 * i + 1] = root * (b + c)
                minus[2 * i] = root * (a + d)
                minus[2 * i + 1] = root * (b - c)
        else:
            for i in range(near):
                a, b, c, d = real[i], imaginary[i], other_real[i], other_imaginary[i]
                first[2 * i] = root * (a - d)
                first[2 * i + 1] = root * (b + c)
                second[2 * i] = root * (a + d)
                second[2 * i + 1] = root * (b - c)


@inner
def read_pairs(
    plus: NDArray[Any], minus: NDArray[Any], half: int, near: int, first: int, t: NDArray[Any], u: NDArray[Any]
) -> None:
    """The inverse of `write_pairs`, sample 2m + first real and 2m + 1 - first imaginary."""
    root = t.dtype.type(0.5**0.5)
    if near == 1:
        real, imaginary = t[first:], t[1 - first :]
        other_real, other_imaginary = u[first:], u[1 - first :]
        for i in range(half):
            a, b, c, d = plus[2 * i], plus[2 * i + 1], minus[2 * i], minus[2 * i + 1]
            real[2 * i] = root * (a + c)
            imaginary[2 * i] = root * (b + d)
            other_real[2 * i] = root * (b - d)
            other_imaginary[2 * i] = root * (c - a)
        return
    for m in range(half):
        real, imaginary = t[(2 * m + first) * near :], t[(2 * m + 1 - first) * near :]
        other_real, other_imaginary = u[(2 * m + first) * near :], u[(2 * m + 1 - first) * near :]
        one, other = plus[2 * m * near :], minus[2 * m * near :]
        for i in range(near):
            a, b, c, d = one[2 * i], one[2 * i + 1], other[2 * i], other[2 * i + 1]
            real[i] = root * (a + c)
            imaginary[i] = root * (b + d)
            other_real[i] = root * (b - d)
            other_imaginary[i] = root * (c - a)


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
    paired: bool,
    taps: NDArray[Any],
    low: int,
    high: int,
    even: bool,
    begin: int,
    end: int,
) -> None:
    """`analysis` along the columns, then along the rows of planes of shape (rows, n, near).

    Bands, first letter for the columns, are complex: (t + ju) / sqrt(2) of all planes, then (t - ju) / sqrt(2), where
    t and u are composite rows of the first and second tree, whose pairs are real and imaginary parts of the first and
    second tree of columns; from level 2 on tree b is the first for a highpass. aa is so too if it is `paired`,
    and else composite. Row pairs begin … end - 1 of all planes.
    """
    total = taps.shape[2]
    half_rows = row_size // ratio
    half = size // ratio
    length = n * near
    count = half * near
    pitch = (half + high - low) * near
    left = -low * ratio * near
    swap = 1 if ratio == 4 else 0
    offsets = np.empty(total, np.intp)
    lo = np.empty(ratio * pitch, x.dtype)
    hi = np.empty(ratio * pitch, x.dtype)
    lo_phases = np.empty(ratio * pitch if ratio == 4 else 1, x.dtype)
    hi_phases = np.empty(lo_phases.size, x.dtype)
    parts = np.empty(4 * 4 * count, x.dtype)  # words aa, ad, da, dd, of each the composite rows t and u
    trees = np.empty(4 * 2 * count if ratio == 4 else 1, x.dtype)
    band = ad.size // 2
    for position in range(begin, end):
        plane = position // half_rows
        m = position - plane * half_rows
        for p in range(2):
            for block in range(0, length, BLOCK):
                for t in range(total):
                    read = source(ratio * m + int(taps[p, 0, t]), rows, row_before, row_size, mirrored)
                    offsets[t] = (plane * rows + read) * length + block
                split(x, lo, hi, left + block, min(BLOCK, length - block), offsets, taps[p], even)
            crossed = abs(p - swap)
            aa_row = parts[p * 2 * count :] if paired else aa[(position * 2 + p) * 2 * count :]
            ad_row = parts[(4 + 2 * p) * count :]
            da_row = parts[(8 + 2 * crossed) * count :]
            dd_row = parts[(12 + 2 * crossed) * count :]
            if ratio == 2:
                extend(lo, n, near, size, mirrored, -2 * low, 2 * high)
                extend(hi, n, near, size, mirrored, -2 * low, 2 * high)
                for block in range(0, 2 * count, BLOCK):
                    for t in range(total):
                        offsets[t] = left + int(taps[0, 0, t]) * near + block
                    run = min(BLOCK, 2 * count - block)
                    split(lo, aa_row, ad_row, block, run, offsets, taps[0], even)
                    split(hi, da_row, dd_row, block, run, offsets, taps[0], even)
                continue
            sort_phases(lo[left:], n, near, ratio, before, size, mirrored, low, half + high, pitch, lo_phases)
            sort_phases(hi[left:], n, near, ratio, before, size, mirrored, low, half + high, pitch, hi_phases)
            for q in range(2):
                for block in range(0, count, BLOCK):
                    for t in range(total):
                        place = int(taps[q, 0, t])
                        offsets[t] = place % ratio * pitch + (place // ratio - low) * near + block
                    run = min(BLOCK, count - block)
                    at = q * count + block
                    split_run(lo_phases, trees, trees[2 * count :], at, run, offsets, taps[q])
                    split_run(hi_phases, trees[4 * count :], trees[6 * count :], at, run, offsets, taps[q])
            join_trees(trees, count, half, near, False, aa_row)
            join_trees(trees[2 * count :], count, half, near, True, ad_row)
            join_trees(trees[4 * count :], count, half, near, False, da_row)
            join_trees(trees[6 * count :], count, half, near, True, dd_row)
        for word in range(0 if paired else 1, 4):
            to = position * 2 * count
            out = aa if word == 0 else ad if word == 1 else da if word == 2 else dd
            rows_of = parts[4 * word * count :]
            write_pairs(rows_of, rows_of[2 * count :], half, near, out[to:], out[band + to :])


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
    paired: bool,
    taps: NDArray[Any],
    low: int,
    high: int,
    fold: bool,
    begin: int,
    end: int,
) -> None:
    """`synthesis` along the columns, then along the rows of planes; the arrays of `plane_analysis`.

    A ring holds as many composite rows as the column taps reach, each made of its complex bands once.
    """
    total = taps.shape[2]
    half_rows = row_size // ratio
    half = size // ratio
    count = half * near
    length = n * near
    pitch = (half + high - low) * near
    left = -2 * low * near
    reach = high - low + 1
    swap = 1 if ratio == 4 else 0
    offsets = np.empty(total, np.intp)
    word_size = reach * 4 * count
    ring = np.empty(4 * word_size, x.dtype)  # words aa, ad, da, dd; coefficients m; of each the rows of both trees
    lo = np.empty(2 * pitch, x.dtype)
    hi = np.empty(2 * pitch, x.dtype)
    lo_trees = np.empty(2 * pitch if ratio == 4 else 1, x.dtype)
    hi_trees = np.empty(lo_trees.size, x.dtype)
    phases = np.empty(ratio * count, x.dtype)
    spare = np.empty(length, x.dtype)
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
            place = folded(2 * filled, 2 * half_rows, mirrored)
            flip = place % 2  # beyond a mirror the trees change places
            start = (plane * half_rows + place // 2) * 2 * count
            if not paired:
                for p in range(2):
                    values = aa[2 * start + abs(p - flip) * 2 * count :]
                    held = ring[slot + 2 * p * count :]
                    for i in range(2 * count):
                        held[i] = values[i]
            for word in range(0 if paired else 1, 4):
                pairs = aa if word == 0 else ad if word == 1 else da if word == 2 else dd
                first_row = flip if word < 2 else abs(flip - swap)
                at = word * word_size + slot
                read_pairs(
                    pairs[start:], pairs[band + start :], half, near, swap if word % 2 else 0,
                    ring[at + 2 * first_row * count :], ring[at + 2 * (1 - first_row) * count :],
                )  # fmt: skip
            filled += 1
        for adding in range(2 if fold else 1):
            for r in range(ratio):
                to = ratio * m + r - row_before
                if (to < 0 or to >= rows) != (adding == 1):
                    continue
                for block in range(0, 2 * count, BLOCK):
                    for t in range(total):
                        place = int(taps[r, 0, t])
                        slot = around(base + place // 2, reach)
                        offsets[t] = (slot * 2 + place % 2) * 2 * count + block
                    run = min(BLOCK, 2 * count - block)
                    merge_run(ring, ring[2 * word_size :], lo, left + block, run, offsets, taps[r])
                    merge_run(ring[word_size:], ring[3 * word_size :], hi, left + block, run, offsets, taps[r])
                row = spare if adding else x[(plane * rows + to) * length :]
                if ratio == 2:
                    extend(lo, size, near, size, mirrored, -2 * low, 2 * high)
                    extend(hi, size, near, size, mirrored, -2 * low, 2 * high)
                    for block in range(0, length, BLOCK):
                        for t in range(total):
                            offsets[t] = left + int(taps[0, 0, t]) * near + block
                        merge_run(lo, hi, row, block, min(BLOCK, length - block), offsets, taps[0])
                    if fold and size > n:
                        for t in range(total):
                            offsets[t] = left + int(taps[0, 0, t]) * near + length
                        merge_run(lo, hi, phases, 0, near, offsets, taps[0])
                        ending = row[(n - 1) * near :]
                        for i in range(near):
                            ending[i] += phases[i]
                else:
                    sort_trees(lo[left:], half, near, mirrored, False, low, half + high, pitch, lo_trees)
                    sort_trees(hi[left:], half, near, mirrored, False, low, half + high, pitch, hi_trees)
                    for phase in range(ratio):
                        for block in range(0, count, BLOCK):
                            for t in range(total):
                                place = int(taps[phase, 0, t])
                                offsets[t] = place % 2 * pitch + (place // 2 - low) * near + block
                            run = min(BLOCK, count - block)
                            merge_run(lo_trees, hi_trees, phases, phase * count + block, run, offsets, taps[phase])
                    join_phases(phases, count, 0, half, n, near, ratio, before, fold, row)
                if adding:
                    row = x[(plane * rows + (0 if to < 0 else rows - 1)) * length :]
                    for i in range(length):
                        row[i] += spare[i]


@kernel
def combine(
    band: NDArray[Any],
    bands: NDArray[Any],
    starts: NDArray[np.intp],
    targets: NDArray[np.intp],
    steps: NDArray[np.intp],
    half: int,
    near: int,
    distance: int,
    crossed: bool,
    apart: int,
    begin: int,
    end: int,
) -> None:
    """Complex bands of a composite band: (t ± ju) / sqrt(2) along all axes but the last, whose pairs are complex.

    Row i begins at starts[i] of `band` and goes to targets[i] of each of the 2^k complex bands in `bands`. It has
    `half` times `near` pairs along the last axis, 2 near samples on each time, whose second trees are `distance` on;
    those of the other k axes are steps[…] on. The complex bands stand `apart` from each other, the sign of the
    first of those axes slowest.
    """
    signs = 1 << steps.size
    count = half * near
    root = band.dtype.type(0.5 ** (0.5 * steps.size))
    real = np.empty(signs * count, band.dtype)
    imaginary = np.empty(signs * count, band.dtype)
    first = distance if crossed else 0
    for i in range(begin, end):
        for p in range(signs):
            start = int(starts[i])
            for k in range(steps.size):
                start += (p >> (steps.size - 1 - k) & 1) * int(steps[k])
            for m in range(half):
                row = band[start + 2 * m * near + first :]
                other = band[start + 2 * m * near + distance - first :]
                re = real[p * count + m * near :]
                im = imaginary[p * count + m * near :]
                for j in range(near):
                    re[j] = root * row[j]
                    im[j] = root * other[j]
        turn(real, imaginary, signs, count)
        for p in range(signs):
            to = bands[p * apart + targets[i] :]
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
    distance: int,
    crossed: bool,
    apart: int,
    begin: int,
    end: int,
) -> None:
    """The inverse of `combine`, with the same numbers: a composite band of complex bands."""
    signs = 1 << steps.size
    count = half * near
    root = band.dtype.type(0.5 ** (0.5 * steps.size))
    real = np.empty(signs * count, band.dtype)
    imaginary = np.empty(signs * count, band.dtype)
    first = distance if crossed else 0
    for i in range(begin, end):
        for p in range(signs):
            row = bands[p * apart + targets[i] :]
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
            start = int(starts[i])
            for k in range(steps.size):
                start += (p >> (steps.size - 1 - k) & 1) * int(steps[k])
            for m in range(half):
                to = band[start + 2 * m * near + first :]
                other = band[start + 2 * m * near + distance - first :]
                re = real[p * count + m * near :]
                im = imaginary[p * count + m * near :]
                for j in range(near):
                    to[j] = re[j]
                    other[j] = im[j]
