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

from .compiling import kernel
from .runs import merge_run, split_run

__all__ = ["analysis", "plane_analysis", "plane_synthesis", "synthesis"]

BLOCK = 1024  # outputs at a time
FAR = 64  # from this many samples between neighbours on, rows are filtered where they are


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
    total = taps.shape[1]
    half = (n + 1) // 2
    offsets = np.empty(total, np.intp)
    if near >= FAR:
        for position in range(begin, end):
            line = position // half
            row = position - line * half
            for block in range(0, near, BLOCK):
                for t in range(total):
                    source = min((2 * row + int(taps[0, t])) % (2 * half), n - 1)
                    offsets[t] = (line * n + source) * near + block
                split_run(x, lo, hi, position * near + block, min(BLOCK, near - block), offsets, taps)
        return
    first_place = 0
    last_place = 0
    for t in range(total):
        first_place = min(first_place, int(taps[0, t]) // 2)
        last_place = max(last_place, int(taps[0, t]) // 2)
    rows = max(1, BLOCK // near)
    pitch = (rows + last_place - first_place) * near
    phases = np.empty(2 * pitch, x.dtype)
    position = begin
    while position < end:
        line = position // half
        first = position - line * half
        last = min(first + rows, half, end - line * half)
        base = line * n * near
        low = first + first_place
        high = last + last_place
        for pair in range(low, high):  # sort sample pairs into phases; those past the ends come from around
            if pair < 0 or 2 * pair + 1 >= n:
                even = base + min(2 * pair % (2 * half), n - 1) * near
                odd = base + min((2 * pair + 1) % (2 * half), n - 1) * near
                to = (pair - low) * near
                for i in range(near):
                    phases[to + i] = x[even + i]
                    phases[pitch + to + i] = x[odd + i]
        inside = max(low, 0)
        pairs = min(high, n // 2) - inside
        if near == 1:
            samples = x[base + 2 * inside :]
            even_phase = phases[inside - low :]
            odd_phase = phases[pitch + inside - low :]
            for i in range(pairs):
                even_phase[i] = samples[2 * i]
                odd_phase[i] = samples[2 * i + 1]
        else:
            for pair in range(pairs):
                even = base + 2 * (inside + pair) * near
                to = (inside + pair - low) * near
                for i in range(near):
                    phases[to + i] = x[even + i]
                    phases[pitch + to + i] = x[even + near + i]
        for t in range(total):
            place = int(taps[0, t])
            offsets[t] = place % 2 * pitch + (place // 2 - first_place) * near
        split_run(phases, lo, hi, position * near, (last - first) * near, offsets, taps)
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
    low = 0
    high = 0
    for t in range(even_taps.shape[1]):
        low = min(low, int(even_taps[0, t]))
        high = max(high, int(even_taps[0, t]))
    for t in range(odd_taps.shape[1]):
        low = min(low, int(odd_taps[0, t]))
        high = max(high, int(odd_taps[0, t]))
    even_offsets = np.empty(even_taps.shape[1], np.intp)
    odd_offsets = np.empty(odd_taps.shape[1], np.intp)
    rows = max(1, BLOCK // near)
    ring = (rows + high - low) * near
    lo_ring = np.empty(ring, x.dtype)
    hi_ring = np.empty(ring, x.dtype)
    even_phase = np.empty(rows * near, x.dtype)
    odd_phase = np.empty(rows * near, x.dtype)
    position = begin
    while position < end:
        line = position // half
        first = position - line * half
        last = min(first + rows, half, end - line * half)
        base = line * half * near
        inside = first + low >= 0 and last + high <= half
        if inside:
            start = base + first * near
        else:
            start = -low * near
            for row in range(first + low, last + high):
                source = base + row % half * near
                to = (row - first - low) * near
                for i in range(near):
                    lo_ring[to + i] = lo[source + i]
                    hi_ring[to + i] = hi[source + i]
        for t in range(even_taps.shape[1]):
            even_offsets[t] = start + int(even_taps[0, t]) * near
        for t in range(odd_taps.shape[1]):
            odd_offsets[t] = start + int(odd_taps[0, t]) * near
        count = (last - first) * near
        merge_run(lo if inside else lo_ring, hi if inside else hi_ring, even_phase, 0, count, even_offsets, even_taps)
        merge_run(lo if inside else lo_ring, hi if inside else hi_ring, odd_phase, 0, count, odd_offsets, odd_taps)
        target = x[(line * n + 2 * first) * near :]
        whole = min(last, n // 2) - first
        if near == 1:
            for i in range(whole):
                target[2 * i] = even_phase[i]
                target[2 * i + 1] = odd_phase[i]
        else:
            for row in range(whole):
                for i in range(near):
                    target[2 * row * near + i] = even_phase[row * near + i]
                    target[(2 * row + 1) * near + i] = odd_phase[row * near + i]
        if first + whole < last:
            for i in range(near):
                value = even_phase[whole * near + i]
                target[2 * whole * near + i] = value + odd_phase[whole * near + i] if fold else value
        position += last - first


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
    first_place = 0
    last_place = 0
    for t in range(total):
        first_place = min(first_place, int(taps[0, t]) // 2)
        last_place = max(last_place, int(taps[0, t]) // 2)
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
        for pair in range(first_place, half + last_place):
            if pair < 0 or 2 * pair + 1 >= n:
                even = min(2 * pair % (2 * half), n - 1) * near
                odd = min((2 * pair + 1) % (2 * half), n - 1) * near
                to = (pair - first_place) * near
                for i in range(near):
                    lo_phases[to + i] = lo[even + i]
                    lo_phases[pitch + to + i] = lo[odd + i]
                    hi_phases[to + i] = hi[even + i]
                    hi_phases[pitch + to + i] = hi[odd + i]
        lo_even = lo_phases[-first_place * near :]
        lo_odd = lo_phases[pitch - first_place * near :]
        hi_even = hi_phases[-first_place * near :]
        hi_odd = hi_phases[pitch - first_place * near :]
        if near == 1:
            for i in range(n // 2):
                lo_even[i] = lo[2 * i]
                lo_odd[i] = lo[2 * i + 1]
                hi_even[i] = hi[2 * i]
                hi_odd[i] = hi[2 * i + 1]
        else:
            for pair in range(n // 2):
                for i in range(near):
                    lo_even[pair * near + i] = lo[2 * pair * near + i]
                    lo_odd[pair * near + i] = lo[(2 * pair + 1) * near + i]
                    hi_even[pair * near + i] = hi[2 * pair * near + i]
                    hi_odd[pair * near + i] = hi[(2 * pair + 1) * near + i]
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
    low = 0
    high = 0
    for t in range(even_taps.shape[1]):
        low = min(low, int(even_taps[0, t]))
        high = max(high, int(even_taps[0, t]))
    for t in range(odd_taps.shape[1]):
        low = min(low, int(odd_taps[0, t]))
        high = max(high, int(odd_taps[0, t]))
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
