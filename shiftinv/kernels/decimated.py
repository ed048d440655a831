"""Decimated filtering: every second sample kept, and put back.

Arrays are C-contiguous of shape (outer, n, inner), the transform along the middle axis. An odd n
is one sample short: the last sample is read twice, as in PyWavelets' periodization mode.

Decimation by two is undecimated filtering of the even and the odd samples: a tap at an even place
reads the even phase, one at an odd place the odd phase. Near samples (small `inner`) are first
sorted into their phases, a block at a time in the first-level cache; far ones (rows of an image) are
read where they are.

Taps are tables as `runs` describes, row 0 holding places in samples (in pairs for synthesis); low <= 0 <=
high bound the places. Ranges [begin, end) of output rows of all lines let callers share the work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiling import inner, kernel
from .runs import around, close_ring, merge_run, split_run

__all__ = ["analysis", "plane_analysis", "plane_synthesis", "synthesis"]

BLOCK = 1024  # outputs at a time
FAR = 64  # from this many samples between neighbours on, rows are filtered where they are


@inner
def sort_phases(x: NDArray[Any], n: int, near: int, low: int, high: int, pitch: int, phases: NDArray[Any]) -> None:
    """phases[(q - low) near + i] = x[2q near + i], and phases[pitch + …] the odd samples, low <= q < high.

    Pairs past the ends come from around the circle, where an odd n has its last sample twice.
    """
    half = (n + 1) // 2
    inside = min(max(low, 0), high)
    whole = max(min(high, n // 2), inside)
    for outside in range(low, high - (whole - inside)):
        pair = outside if outside < inside else outside + (whole - inside)
        even = around(pair, half) * 2
        odd = min(even + 1, n - 1)
        to = (pair - low) * near
        for i in range(near):
            phases[to + i] = x[even * near + i]
            phases[pitch + to + i] = x[odd * near + i]
    pairs = whole - inside
    samples = x[2 * inside * near :]
    even_phase = phases[(inside - low) * near :]
    odd_phase = phases[pitch + (inside - low) * near :]
    if near == 1:
        for i in range(pairs):
            even_phase[i] = samples[2 * i]
            odd_phase[i] = samples[2 * i + 1]
    else:
        for pair in range(pairs):
            for i in range(near):
                even_phase[pair * near + i] = samples[2 * pair * near + i]
                odd_phase[pair * near + i] = samples[(2 * pair + 1) * near + i]


@inner
def unroll(x: NDArray[Any], rows: int, near: int, low: int, high: int, ring: NDArray[Any]) -> None:
    """ring[(row - low) near + i] = x[(row mod rows) near + i], low <= row < high."""
    inside = min(max(low, 0), high)
    whole = max(min(high, rows), inside)
    samples = x[inside * near :]
    to = ring[(inside - low) * near :]
    for i in range((whole - inside) * near):
        to[i] = samples[i]
    for outside in range(low, high - (whole - inside)):
        row = outside if outside < inside else outside + (whole - inside)
        samples = x[around(row, rows) * near :]
        to = ring[(row - low) * near :]
        for i in range(near):
            to[i] = samples[i]


@inner
def interleave(even: NDArray[Any], odd: NDArray[Any], pairs: int, near: int, out: NDArray[Any]) -> None:
    """out[2q near + i] = even[q near + i] and out[(2q+1) near + i] = odd[q near + i], q < pairs."""
    if near == 1:
        for q in range(pairs):
            out[2 * q] = even[q]
            out[2 * q + 1] = odd[q]
    else:
        for q in range(pairs):
            for i in range(near):
                out[2 * q * near + i] = even[q * near + i]
                out[(2 * q + 1) * near + i] = odd[q * near + i]


@kernel
def analysis(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    n: int,
    near: int,
    half: int,
    levels: int,
    taps: NDArray[Any],
    low: int,
    high: int,
    begin: int,
    end: int,
) -> None:
    """lo[m] = sum_t taps[1, t] x[r], r = min((2m + taps[0, t]) mod 2M, n - 1), M = ceil(n / 2); hi with taps[2].

    Flat arrays of shapes (outer, n, near) and (outer, half, near), half <= M. With more than one level half is M, and
    lo is split again, and so on: hi then holds all details, coarse to fine, and lo the last approximation.
    Rows begin … end - 1 of the first level, those of whole lines where there is more than one level: a
    line goes through all levels while it is in the cache.
    """
    total = taps.shape[1]
    lines = x.size // (n * near)
    rows = max(1, BLOCK // near)
    first_pair = low // 2
    last_pair = high // 2
    pitch = (rows + last_pair - first_pair) * near
    offsets = np.empty(total, np.intp)
    phases = np.empty(2 * pitch if near < FAR else 1, x.dtype)
    spare = np.empty((n + 1) // 2 * near if levels > 1 else 1, x.dtype)
    other_spare = np.empty(spare.size, x.dtype)
    position = begin
    while position < end:
        line = position // half
        first = position - line * half
        size = n
        detail = hi.size
        for deeper in range(levels):
            kept = (size + 1) // 2 if deeper else half
            detail -= lines * kept * near
            a = line * kept * near
            last = kept if deeper else min(kept, end - line * kept)
            if deeper == 0:
                position += last - first
            source = x[line * n * near : (line + 1) * n * near] if deeper == 0 else spare if deeper % 2 else other_spare
            target = lo[a : a + kept * near] if deeper == levels - 1 else other_spare if deeper % 2 else spare
            other = hi[detail + a : detail + a + kept * near]
            while first < last:
                stop = min(first + rows, last)
                if near < FAR:
                    sort_phases(source, size, near, first + first_pair, stop + last_pair, pitch, phases)
                    for t in range(total):
                        place = int(taps[0, t])
                        offsets[t] = place % 2 * pitch + (place // 2 - first_pair) * near
                    split_run(phases, target, other, first * near, (stop - first) * near, offsets, taps)
                else:
                    for row in range(first, stop):
                        for block in range(0, near, BLOCK):
                            for t in range(total):
                                read = min(around(2 * row + int(taps[0, t]), (size + 1) // 2 * 2), size - 1)
                                offsets[t] = read * near + block
                            count = min(BLOCK, near - block)
                            split_run(source, target, other, row * near + block, count, offsets, taps)
                first = stop
            first = 0
            size = kept


@kernel
def synthesis(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    n: int,
    near: int,
    half: int,
    levels: int,
    even_taps: NDArray[Any],
    odd_taps: NDArray[Any],
    low: int,
    high: int,
    fold: bool,
    begin: int,
    end: int,
) -> None:
    """x[2q] = sum_t even_taps[1, t] lo[m] + even_taps[2, t] hi[m], m = (q + even_taps[0, t]) mod half.

    x[2q+1] is the same with odd_taps. The arrays and numbers of `analysis`, but half >= M; with more than one level
    the coarsest goes first. Pairs of samples begin … end - 1. For odd n sample n of a line belongs to the sample
    that was read twice: `fold` adds it to sample n - 1 (the transpose of reading twice), else it is left out.
    """
    lines = x.size // (n * near)
    rows = max(1, BLOCK // near)
    even_offsets = np.empty(even_taps.shape[1], np.intp)
    odd_offsets = np.empty(odd_taps.shape[1], np.intp)
    lo_ring = np.empty((rows + high - low) * near, x.dtype)
    hi_ring = np.empty(lo_ring.size, x.dtype)
    even_phase = np.empty(lo_ring.size, x.dtype)
    odd_phase = np.empty(lo_ring.size, x.dtype)
    spare = np.empty((n + 1) // 2 * near if levels > 1 else 1, x.dtype)
    other_spare = np.empty(spare.size, x.dtype)
    position = begin
    while position < end:
        line = position // ((n + 1) // 2)
        begun = position - line * ((n + 1) // 2)
        detail = 0
        for done in range(levels):
            finer = levels - 1 - done
            size = n
            for _ in range(finer):
                size = (size + 1) // 2
            pairs = (size + 1) // 2
            held = pairs if levels > 1 else half
            a = line * held * near
            first = begun
            last = min(pairs, end - line * pairs) if levels == 1 else pairs
            coarse = lo[a : a + held * near] if done == 0 else other_spare if finer % 2 else spare
            other = hi[detail + a : detail + a + held * near]
            target = x[line * n * near : (line + 1) * n * near] if finer == 0 else spare if finer % 2 else other_spare
            detail += lines * held * near
            while first < last:
                stop = min(first + rows, last)
                inside = first + low >= 0 and stop + high <= held
                start = first * near if inside else -low * near
                if not inside:
                    unroll(coarse, held, near, first + low, stop + high, lo_ring)
                    unroll(other, held, near, first + low, stop + high, hi_ring)
                for t in range(even_taps.shape[1]):
                    even_offsets[t] = start + int(even_taps[0, t]) * near
                for t in range(odd_taps.shape[1]):
                    odd_offsets[t] = start + int(odd_taps[0, t]) * near
                lo_run = coarse if inside else lo_ring
                hi_run = other if inside else hi_ring
                count = (stop - first) * near
                merge_run(lo_run, hi_run, even_phase, 0, count, even_offsets, even_taps)
                merge_run(lo_run, hi_run, odd_phase, 0, count, odd_offsets, odd_taps)
                whole = min(stop, size // 2) - first
                interleave(even_phase, odd_phase, whole, near, target[2 * first * near :])
                if first + whole < stop:
                    even_last = even_phase[whole * near :]
                    odd_last = odd_phase[whole * near :]
                    target_last = target[2 * (first + whole) * near :]
                    for i in range(near):
                        target_last[i] = even_last[i] + odd_last[i] if fold else even_last[i]
                first = stop
        position += (last if levels == 1 else (n + 1) // 2) - begun


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
    half_rows: int,
    half: int,
    taps: NDArray[Any],
    low: int,
    high: int,
    begin: int,
    end: int,
) -> None:
    """`analysis` along the columns, then along the rows of planes of shape (rows, n, near), to (half_rows, half, near).

    The first letter of an output is for the columns. Output rows begin … end - 1 of all planes.
    """
    total = taps.shape[1]
    length = n * near
    first_pair = low // 2
    last_pair = high // 2
    pitch = (half + last_pair - first_pair) * near
    columns = np.empty(total, np.intp)
    along = np.empty(total, np.intp)
    lo = np.empty(length, x.dtype)
    hi = np.empty(length, x.dtype)
    lo_phases = np.empty(2 * pitch, x.dtype)
    hi_phases = np.empty(2 * pitch, x.dtype)
    for position in range(begin, end):
        plane = position // half_rows
        row = position - plane * half_rows
        for block in range(0, length, BLOCK):
            for t in range(total):
                source = min(around(2 * row + int(taps[0, t]), (rows + 1) // 2 * 2), rows - 1)
                columns[t] = (plane * rows + source) * length + block
            split_run(x, lo, hi, block, min(BLOCK, length - block), columns, taps)
        sort_phases(lo, n, near, first_pair, half + last_pair, pitch, lo_phases)
        sort_phases(hi, n, near, first_pair, half + last_pair, pitch, hi_phases)
        at = position * half * near
        for block in range(0, half * near, BLOCK):
            for t in range(total):
                place = int(taps[0, t])
                along[t] = place % 2 * pitch + (place // 2 - first_pair) * near + block
            count = min(BLOCK, half * near - block)
            split_run(lo_phases, aa, ad, at + block, count, along, taps)
            split_run(hi_phases, da, dd, at + block, count, along, taps)


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
    half_rows: int,
    half: int,
    even_taps: NDArray[Any],
    odd_taps: NDArray[Any],
    low: int,
    high: int,
    fold: bool,
    begin: int,
    end: int,
) -> None:
    """`synthesis` along the columns, then along the rows of planes, of (half_rows, half, near) to (rows, n, near).

    Row pairs begin … end - 1 of all planes.
    """
    row_pairs = (rows + 1) // 2
    pairs = (n + 1) // 2
    length = half * near
    count = pairs * near
    left = -low * near
    right = high * near
    lo = np.empty(left + length + right, x.dtype)
    hi = np.empty(lo.size, x.dtype)
    even_phase = np.empty(count, x.dtype)
    odd_phase = np.empty(count, x.dtype)
    offsets = np.empty(max(even_taps.shape[1], odd_taps.shape[1]), np.intp)
    folded = np.empty(n * near, x.dtype)
    for position in range(begin, end):
        plane = position // row_pairs
        pair = position - plane * row_pairs
        for parity in range(2):
            row = 2 * pair + parity
            if row == rows and not fold:
                continue
            taps = odd_taps if parity else even_taps
            for block in range(0, length, BLOCK):
                for t in range(taps.shape[1]):
                    offsets[t] = (plane * half_rows + around(pair + int(taps[0, t]), half_rows)) * length + block
                merge_run(aa, da, lo, left + block, min(BLOCK, length - block), offsets, taps)
                merge_run(ad, dd, hi, left + block, min(BLOCK, length - block), offsets, taps)
            close_ring(lo, length, left, right)
            close_ring(hi, length, left, right)
            for phase in range(2):
                row_taps = odd_taps if phase else even_taps
                for block in range(0, count, BLOCK):
                    for t in range(row_taps.shape[1]):
                        offsets[t] = left + int(row_taps[0, t]) * near + block
                    out = odd_phase if phase else even_phase
                    merge_run(lo, hi, out, block, min(BLOCK, count - block), offsets, row_taps)
            at = (plane * rows + min(row, rows - 1)) * n * near
            target = folded if row == rows else x[at : at + n * near]
            interleave(even_phase, odd_phase, n // 2, near, target)
            if n % 2:
                even_last = even_phase[count - near :]
                odd_last = odd_phase[count - near :]
                target_last = target[(n - 1) * near :]
                for i in range(near):
                    target_last[i] = even_last[i] + odd_last[i] if fold else even_last[i]
            if row == rows:
                last_row = x[at : at + n * near]
                for i in range(n * near):
                    last_row[i] += folded[i]
