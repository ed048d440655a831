"""Decimated filtering: every second sample kept, and put back.

Arrays are C-contiguous of shape (outer, n, inner), the transform along the middle axis. An odd n
is one sample short: the last sample is read twice, as in PyWavelets' periodization mode.

Decimation by two is undecimated filtering of the even and the odd samples: a tap at an even place
reads the even phase, one at an odd place the odd phase. Near samples (small `inner`) are first
sorted into their phases, a block at a time in the first-level cache; far ones (rows of an image) are
read where they are.

Taps are tables as `runs` describes; row 0 holds places in samples. Ranges [begin, end) of output rows
of all lines let callers share the work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiling import inner, kernel
from .runs import merge_run, split_run

__all__ = ["analysis", "plane_analysis", "plane_synthesis", "pyramid_analysis", "pyramid_synthesis", "synthesis"]

BLOCK = 1024  # outputs at a time
FAR = 64  # from this many samples between neighbours on, rows are filtered where they are


@inner
def place_range(taps: NDArray[Any], spacing: int) -> tuple[int, int]:
    """Return the lowest and highest place, in units of `spacing`, 0 included."""
    low = 0
    high = 0
    for t in range(taps.shape[1]):
        low = min(low, int(taps[0, t]) // spacing)
        high = max(high, int(taps[0, t]) // spacing)
    return low, high


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
        even = pair % half * 2
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
def split_line(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    n: int,
    near: int,
    first: int,
    last: int,
    taps: NDArray[Any],
    offsets: NDArray[np.intp],
    phases: NDArray[Any],
) -> None:
    """Rows first … last - 1 of lo and hi from one line of shape (n, near)."""
    total = taps.shape[1]
    half = (n + 1) // 2
    if near >= FAR:
        for row in range(first, last):
            for block in range(0, near, BLOCK):
                for t in range(total):
                    offsets[t] = min((2 * row + int(taps[0, t])) % (2 * half), n - 1) * near + block
                split_run(x, lo, hi, row * near + block, min(BLOCK, near - block), offsets, taps)
        return
    low, high = place_range(taps, 2)
    rows = max(1, BLOCK // near)
    pitch = (rows + high - low) * near
    while first < last:
        end = min(first + rows, last)
        sort_phases(x, n, near, first + low, end + high, pitch, phases)
        for t in range(total):
            place = int(taps[0, t])
            offsets[t] = place % 2 * pitch + (place // 2 - low) * near
        split_run(phases, lo, hi, first * near, (end - first) * near, offsets, taps)
        first = end


@inner
def merge_line(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    n: int,
    near: int,
    first: int,
    last: int,
    even_taps: NDArray[Any],
    odd_taps: NDArray[Any],
    fold: bool,
    even_offsets: NDArray[np.intp],
    odd_offsets: NDArray[np.intp],
    phases: NDArray[Any],
) -> None:
    """Rows 2 first … 2 last - 1 of one line of shape (n, near) from lo and hi. `phases` has four rows."""
    half = (n + 1) // 2
    low = min(place_range(even_taps, 1)[0], place_range(odd_taps, 1)[0])
    high = max(place_range(even_taps, 1)[1], place_range(odd_taps, 1)[1])
    rows = max(1, BLOCK // near)
    even_phase = phases[2]
    odd_phase = phases[3]
    while first < last:
        end = min(first + rows, last)
        inside = first + low >= 0 and end + high <= half
        start = first * near if inside else -low * near
        if not inside:
            for row in range(first + low, end + high):
                source = row % half * near
                to = (row - first - low) * near
                for i in range(near):
                    phases[0, to + i] = lo[source + i]
                    phases[1, to + i] = hi[source + i]
        for t in range(even_taps.shape[1]):
            even_offsets[t] = start + int(even_taps[0, t]) * near
        for t in range(odd_taps.shape[1]):
            odd_offsets[t] = start + int(odd_taps[0, t]) * near
        count = (end - first) * near
        lo_run = lo if inside else phases[0]
        hi_run = hi if inside else phases[1]
        merge_run(lo_run, hi_run, even_phase, 0, count, even_offsets, even_taps)
        merge_run(lo_run, hi_run, odd_phase, 0, count, odd_offsets, odd_taps)
        target = x[2 * first * near :]
        whole = min(end, n // 2) - first
        if near == 1:
            for i in range(whole):
                target[2 * i] = even_phase[i]
                target[2 * i + 1] = odd_phase[i]
        else:
            for row in range(whole):
                for i in range(near):
                    target[2 * row * near + i] = even_phase[row * near + i]
                    target[(2 * row + 1) * near + i] = odd_phase[row * near + i]
        if first + whole < end:
            even_last = even_phase[whole * near :]
            odd_last = odd_phase[whole * near :]
            target_last = target[2 * whole * near :]
            for i in range(near):
                target_last[i] = even_last[i] + odd_last[i] if fold else even_last[i]
        first = end


@inner
def scratch_size(taps: NDArray[Any], near: int) -> int:
    """Return the samples that one row of phases needs."""
    low, high = place_range(taps, 1)
    return (max(1, BLOCK // near) + high - low + 1) * near


@kernel
def analysis(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    n: int,
    near: int,
    taps: NDArray[Any],
    begin: int,
    end: int,
) -> None:
    """lo[m] = sum_t taps[1, t] x[r], r = min((2m + taps[0, t]) mod 2M, n - 1), M = ceil(n / 2); hi with taps[2].

    Flat arrays of shapes (outer, n, near) and (outer, M, near); rows begin … end - 1 of all lines.
    """
    half = (n + 1) // 2
    offsets = np.empty(taps.shape[1], np.intp)
    phases = np.empty(2 * scratch_size(taps, near) if near < FAR else 1, x.dtype)
    position = begin
    while position < end:
        line = position // half
        first = position - line * half
        last = min(half, end - line * half)
        a = line * half * near
        b = a + half * near
        source = x[line * n * near : (line + 1) * n * near]
        split_line(source, lo[a:b], hi[a:b], n, near, first, last, taps, offsets, phases)
        position += last - first


@kernel
def synthesis(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    n: int,
    near: int,
    even_taps: NDArray[Any],
    odd_taps: NDArray[Any],
    fold: bool,
    begin: int,
    end: int,
) -> None:
    """x[2q] = sum_t even_taps[1, t] lo[m] + even_taps[2, t] hi[m], m = (q + even_taps[0, t]) mod M.

    x[2q+1] is the same with odd_taps. Flat arrays; pairs begin … end - 1 of all lines. For odd n sample n
    of a line belongs to the sample that was read twice: `fold` adds it to sample n - 1 (the transpose
    of reading twice), else it is left out.
    """
    half = (n + 1) // 2
    even_offsets = np.empty(even_taps.shape[1], np.intp)
    odd_offsets = np.empty(odd_taps.shape[1], np.intp)
    phases = np.empty((4, scratch_size(even_taps, near) + scratch_size(odd_taps, near)), x.dtype)
    position = begin
    while position < end:
        line = position // half
        first = position - line * half
        last = min(half, end - line * half)
        a = line * half * near
        b = a + half * near
        target = x[line * n * near : (line + 1) * n * near]
        merge_line(
            lo[a:b], hi[a:b], target, n, near, first, last, even_taps, odd_taps, fold,
            even_offsets, odd_offsets, phases,
        )  # fmt: skip
        position += last - first


@kernel
def pyramid_analysis(
    x: NDArray[Any],
    vector: NDArray[Any],
    n: int,
    near: int,
    levels: int,
    taps: NDArray[Any],
    begin: int,
    end: int,
) -> None:
    """`analysis` of x, of its lowpass, …, line by line, into a_J, d_J, …, d_1 one after the other.

    Lines begin … end - 1 of x, of shape (n, near), each go through all levels while they are in the
    cache; levels >= 1.
    """
    lines = x.size // (n * near)
    offsets = np.empty(taps.shape[1], np.intp)
    phases = np.empty(2 * scratch_size(taps, near) if near < FAR else 1, x.dtype)
    spare = np.empty((2, (n + 1) // 2 * near), x.dtype)
    for line in range(begin, end):
        size = n
        detail = vector.size
        for level in range(1, levels + 1):
            half = (size + 1) // 2
            detail -= lines * half * near
            a = line * half * near
            b = a + half * near
            source = x[line * n * near : (line + 1) * n * near] if level == 1 else spare[level % 2]
            lo = vector[a:b] if level == levels else spare[(level + 1) % 2]
            split_line(source, lo, vector[detail + a : detail + b], size, near, 0, half, taps, offsets, phases)
            size = half


@kernel
def pyramid_synthesis(
    vector: NDArray[Any],
    x: NDArray[Any],
    n: int,
    near: int,
    levels: int,
    even_taps: NDArray[Any],
    odd_taps: NDArray[Any],
    fold: bool,
    begin: int,
    end: int,
) -> None:
    """Undo `pyramid_analysis`, with synthesis taps, for lines begin … end - 1 of x."""
    lines = x.size // (n * near)
    even_offsets = np.empty(even_taps.shape[1], np.intp)
    odd_offsets = np.empty(odd_taps.shape[1], np.intp)
    phases = np.empty((4, scratch_size(even_taps, near) + scratch_size(odd_taps, near)), x.dtype)
    spare = np.empty((2, (n + 1) // 2 * near), x.dtype)
    for line in range(begin, end):
        detail = 0
        for level in range(levels, 0, -1):
            size = n
            for _ in range(level - 1):
                size = (size + 1) // 2
            half = (size + 1) // 2
            if level == levels:
                detail = lines * half * near
            a = line * half * near
            b = a + half * near
            lo = vector[a:b] if level == levels else spare[(level + 1) % 2]
            target = x[line * n * near : (line + 1) * n * near] if level == 1 else spare[level % 2]
            merge_line(
                lo, vector[detail + a : detail + b], target, size, near, 0, half, even_taps, odd_taps, fold,
                even_offsets, odd_offsets, phases,
            )  # fmt: skip
            detail += lines * half * near


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
    taps: NDArray[Any],
    begin: int,
    end: int,
) -> None:
    """`analysis` along the columns, then along the rows of planes of shape (rows, n, near).

    The first letter of an output is for the columns. Output rows begin … end - 1 of all planes.
    """
    total = taps.shape[1]
    half_rows = (rows + 1) // 2
    half = (n + 1) // 2
    length = n * near
    first_place, last_place = place_range(taps, 2)
    pitch = (half + last_place - first_place) * near
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
                source = min((2 * row + int(taps[0, t])) % (2 * half_rows), rows - 1)
                columns[t] = (plane * rows + source) * length + block
            split_run(x, lo, hi, block, min(BLOCK, length - block), columns, taps)
        sort_phases(lo, n, near, first_place, half + last_place, pitch, lo_phases)
        sort_phases(hi, n, near, first_place, half + last_place, pitch, hi_phases)
        at = position * half * near
        for block in range(0, half * near, BLOCK):
            for t in range(total):
                place = int(taps[0, t])
                along[t] = place % 2 * pitch + (place // 2 - first_place) * near + block
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
    even_taps: NDArray[Any],
    odd_taps: NDArray[Any],
    fold: bool,
    begin: int,
    end: int,
) -> None:
    """`synthesis` along the columns, then along the rows of planes of shape (rows, n, near).

    Row pairs begin … end - 1 of all planes.
    """
    half_rows = (rows + 1) // 2
    half = (n + 1) // 2
    length = half * near
    low = min(place_range(even_taps, 1)[0], place_range(odd_taps, 1)[0])
    high = max(place_range(even_taps, 1)[1], place_range(odd_taps, 1)[1])
    left = -low * near
    right = high * near
    lo = np.empty(left + length + right, x.dtype)
    hi = np.empty_like(lo)
    even_phase = np.empty(length, x.dtype)
    odd_phase = np.empty(length, x.dtype)
    for position in range(begin, end):
        plane = position // half_rows
        pair = position - plane * half_rows
        for parity in range(2):
            row = 2 * pair + parity
            if row == rows and not fold:
                continue
            taps = odd_taps if parity else even_taps
            offsets = np.empty(taps.shape[1], np.intp)
            for block in range(0, length, BLOCK):
                for t in range(taps.shape[1]):
                    offsets[t] = (plane * half_rows + (pair + int(taps[0, t])) % half_rows) * length + block
                merge_run(aa, da, lo, left + block, min(BLOCK, length - block), offsets, taps)
                merge_run(ad, dd, hi, left + block, min(BLOCK, length - block), offsets, taps)
            for i in range(left):
                lo[i] = lo[left + (i - left) % length]
                hi[i] = hi[left + (i - left) % length]
            for i in range(right):
                lo[left + length + i] = lo[left + i % length]
                hi[left + length + i] = hi[left + i % length]
            for phase in range(2):
                row_taps = odd_taps if phase else even_taps
                along = np.empty(row_taps.shape[1], np.intp)
                for block in range(0, length, BLOCK):
                    for t in range(row_taps.shape[1]):
                        along[t] = left + int(row_taps[0, t]) * near + block
                    out = odd_phase if phase else even_phase
                    merge_run(lo, hi, out, block, min(BLOCK, length - block), along, row_taps)
            added = row == rows
            target = x[(plane * rows + min(row, rows - 1)) * n * near :]
            if n % 2:
                for i in range(near):
                    value = even_phase[length - near + i]
                    if fold:
                        value += odd_phase[length - near + i]
                    to = (n - 1) * near + i
                    target[to] = target[to] + value if added else value
            if near == 1 and not added:
                for i in range(n // 2):
                    target[2 * i] = even_phase[i]
                    target[2 * i + 1] = odd_phase[i]
            else:
                for i in range(n // 2 * near):
                    to = i // near * 2 * near + i % near
                    target[to] = target[to] + even_phase[i] if added else even_phase[i]
                    target[to + near] = target[to + near] + odd_phase[i] if added else odd_phase[i]
