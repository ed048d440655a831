"""Undecimated filtering of circular lines, and of planes two axes at a time.

A C-contiguous array of shape (outer, n, inner), filtered along its middle axis with taps `step`
samples apart, is a set of `outer` circular lines of ``n * inner`` samples filtered with taps
``step * inner`` apart. So one loop serves every axis, and no axis is ever copied. A plane adds a
second axis: its column taps fill two row buffers, whose row taps go straight to the outputs; the
picture in between is never written.

Loops only: what a caller passes is trusted. Numba is imported by `compiling` and `storage` alone.

Taps are tables as `runs` describes; row 0 holds places in units of `step`. Ranges [begin, end) let
callers share the work; every output is the same sum whoever computes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiling import inner, kernel
from .runs import merge_run, split_run

__all__ = ["analysis", "plane_analysis", "plane_synthesis", "pyramid_analysis", "pyramid_synthesis", "synthesis"]

BLOCK = 2048  # samples filtered at a time: more taps than registers pass over a block that stays in L1
SHORT = 4096  # a line up to this length is copied once with its circular continuation at both ends


@inner
def reach(taps: NDArray[Any], step: int) -> tuple[int, int]:
    """Return how many samples before and after its own an output reads."""
    left = 0
    right = 0
    for t in range(taps.shape[1]):
        left = max(left, -int(taps[0, t]) * step)
        right = max(right, int(taps[0, t]) * step)
    return left, right


@inner
def widest_reach(taps: NDArray[Any], n: int, near: int, levels: int) -> int:
    """Return the samples that the ends of a ring need at most, over dilations 1, 2, …, 2^(levels-1)."""
    widest = 0
    for level in range(levels):
        left, right = reach(taps, (1 << level) % n * near)
        widest = max(widest, left + right)
    return widest


@inner
def close_ring(ring: NDArray[Any], length: int, left: int, right: int) -> None:
    """Continue the samples ring[left] … ring[left + length - 1] circularly at both ends."""
    for n in range(left):
        ring[n] = ring[left + (n - left) % length]
    for n in range(right):
        ring[left + length + n] = ring[left + n % length]


@inner
def run_offsets(first: int, last: int, length: int, step: int, taps: NDArray[Any], offsets: NDArray[np.intp]) -> int:
    """Fill the offsets of the run that begins at `first`; return where the first tap comes around, or `last`."""
    for t in range(taps.shape[1]):
        start = int(taps[0, t]) * step % length
        if first + start >= length:
            offsets[t] = first + start - length
        else:
            offsets[t] = first + start
            last = min(last, length - start)
    return last


@inner
def split_circle(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    first: int,
    last: int,
    step: int,
    taps: NDArray[Any],
    offsets: NDArray[np.intp],
    ring: NDArray[Any],
) -> None:
    """Outputs first … last - 1 of one circular line. A short line is continued in `ring`, a long one cut into runs."""
    length = x.size
    short = length <= SHORT
    left, right = reach(taps, step)
    if short:
        ring[left : left + length] = x
        close_ring(ring, length, left, right)
    while first < last:
        end = last
        if short:
            for t in range(taps.shape[1]):
                offsets[t] = left + first + int(taps[0, t]) * step
        else:
            end = run_offsets(first, last, length, step, taps, offsets)
        for block in range(first, end, BLOCK):
            split_run(ring if short else x, lo, hi, block, min(BLOCK, end - block), offsets, taps)
            for t in range(taps.shape[1]):
                offsets[t] += BLOCK
        first = end


@inner
def merge_circle(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    first: int,
    last: int,
    step: int,
    taps: NDArray[Any],
    offsets: NDArray[np.intp],
    rings: NDArray[Any],
) -> None:
    """Outputs first … last - 1 of one circular line, in the way of `split_circle`."""
    length = x.size
    short = length <= SHORT
    left, right = reach(taps, step)
    if short:
        rings[0, left : left + length] = lo
        rings[1, left : left + length] = hi
        close_ring(rings[0], length, left, right)
        close_ring(rings[1], length, left, right)
    while first < last:
        end = last
        if short:
            for t in range(taps.shape[1]):
                offsets[t] = left + first + int(taps[0, t]) * step
        else:
            end = run_offsets(first, last, length, step, taps, offsets)
        for block in range(first, end, BLOCK):
            count = min(BLOCK, end - block)
            merge_run(rings[0] if short else lo, rings[1] if short else hi, x, block, count, offsets, taps)
            for t in range(taps.shape[1]):
                offsets[t] += BLOCK
        first = end


@kernel
def analysis(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    length: int,
    step: int,
    taps: NDArray[Any],
    begin: int,
    end: int,
) -> None:
    """lo[n] = sum_t taps[1, t] x[(n + taps[0, t] step) mod length] on each line; hi likewise with taps[2].

    x, lo, hi are flat and hold whole lines of `length` samples; samples begin … end - 1 are computed.
    """
    left, right = reach(taps, step)
    offsets = np.empty(taps.shape[1], np.intp)
    ring = np.empty(left + length + right if length <= SHORT else 1, x.dtype)
    position = begin
    while position < end:
        a = position // length * length
        b = a + length
        last = min(length, end - a)
        split_circle(x[a:b], lo[a:b], hi[a:b], position - a, last, step, taps, offsets, ring)
        position = a + last


@kernel
def synthesis(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    length: int,
    step: int,
    taps: NDArray[Any],
    begin: int,
    end: int,
) -> None:
    """x[n] = sum_t taps[1, t] lo[m] + taps[2, t] hi[m] on each line, m = (n + taps[0, t] step) mod length.

    Flat arrays of whole lines of `length` samples; samples begin … end - 1 are computed.
    """
    left, right = reach(taps, step)
    offsets = np.empty(taps.shape[1], np.intp)
    rings = np.empty((2, left + length + right if length <= SHORT else 1), x.dtype)
    position = begin
    while position < end:
        a = position // length * length
        b = a + length
        last = min(length, end - a)
        merge_circle(lo[a:b], hi[a:b], x[a:b], position - a, last, step, taps, offsets, rings)
        position = a + last


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
    """`analysis` at dilations 1, 2, …, 2^(levels-1), line by line, into a_J, d_J, …, d_1 one after the other.

    Lines are circles of n * near samples. Lines begin … end - 1 of x each go through all levels while
    they are in the cache; levels >= 1.
    """
    length = n * near
    offsets = np.empty(taps.shape[1], np.intp)
    ring = np.empty(length + widest_reach(taps, n, near, levels) if length <= SHORT else 1, x.dtype)
    spare = np.empty(length if levels > 1 else 1, x.dtype)
    for line in range(begin, end):
        a = line * length
        b = a + length
        for level in range(1, levels + 1):
            step = (1 << (level - 1)) % n * near
            detail = (levels - level + 1) * x.size
            lands = (levels - level) % 2 == 0  # approximations alternate so that the last one is in its place
            source = x[a:b] if level == 1 else spare if lands else vector[a:b]
            lo = vector[a:b] if lands else spare
            split_circle(source, lo, vector[detail + a : detail + b], 0, length, step, taps, offsets, ring)


@kernel
def pyramid_synthesis(
    vector: NDArray[Any],
    x: NDArray[Any],
    n: int,
    near: int,
    levels: int,
    taps: NDArray[Any],
    begin: int,
    end: int,
) -> None:
    """Undo `pyramid_analysis`, with synthesis taps, for lines begin … end - 1 of x."""
    length = n * near
    offsets = np.empty(taps.shape[1], np.intp)
    rings = np.empty((2, length + widest_reach(taps, n, near, levels) if length <= SHORT else 1), x.dtype)
    spare = np.empty(length if levels > 1 else 1, x.dtype)
    for line in range(begin, end):
        a = line * length
        b = a + length
        for level in range(levels, 0, -1):
            step = (1 << (level - 1)) % n * near
            detail = (levels - level + 1) * x.size
            lands = level % 2 == 1  # the signal itself is in its place
            lo = vector[a:b] if level == levels else spare if lands else x[a:b]
            target = x[a:b] if lands else spare
            merge_circle(lo, vector[detail + a : detail + b], target, 0, length, step, taps, offsets, rings)


@kernel
def plane_analysis(
    x: NDArray[Any],
    aa: NDArray[Any],
    ad: NDArray[Any],
    da: NDArray[Any],
    dd: NDArray[Any],
    rows: int,
    length: int,
    row_step: int,
    step: int,
    taps: NDArray[Any],
    begin: int,
    end: int,
) -> None:
    """`analysis` along the columns, then along the rows of planes of shape (rows, length).

    The first letter of an output is for the columns. Column taps are `row_step` rows apart and
    row taps `step` samples; rows begin … end - 1 of all planes are computed.
    """
    total = taps.shape[1]
    columns = np.empty(total, np.intp)
    along = np.empty(total, np.intp)
    left, right = reach(taps, step)
    lo = np.empty(left + length + right, x.dtype)
    hi = np.empty_like(lo)
    plane = begin // rows
    while plane * rows < end:
        first = max(begin - plane * rows, 0)
        last = min(end - plane * rows, rows)
        base = plane * rows * length
        for residue in range(min(row_step, last - first)):  # rows that share their taps follow each other
            for row in range(first + residue, last, row_step):
                for block in range(0, length, BLOCK):
                    for t in range(total):
                        columns[t] = base + (row + int(taps[0, t]) * row_step) % rows * length + block
                    split_run(x, lo, hi, left + block, min(BLOCK, length - block), columns, taps)
                close_ring(lo, length, left, right)
                close_ring(hi, length, left, right)
                at = base + row * length
                for block in range(0, length, BLOCK):
                    for t in range(total):
                        along[t] = left + int(taps[0, t]) * step + block
                    split_run(lo, aa, ad, at + block, min(BLOCK, length - block), along, taps)
                    split_run(hi, da, dd, at + block, min(BLOCK, length - block), along, taps)
        plane += 1


@kernel
def plane_synthesis(
    aa: NDArray[Any],
    ad: NDArray[Any],
    da: NDArray[Any],
    dd: NDArray[Any],
    x: NDArray[Any],
    rows: int,
    length: int,
    row_step: int,
    step: int,
    taps: NDArray[Any],
    begin: int,
    end: int,
) -> None:
    """`synthesis` along the columns, then along the rows of planes of shape (rows, length)."""
    total = taps.shape[1]
    columns = np.empty(total, np.intp)
    along = np.empty(total, np.intp)
    left, right = reach(taps, step)
    lo = np.empty(left + length + right, x.dtype)
    hi = np.empty_like(lo)
    plane = begin // rows
    while plane * rows < end:
        first = max(begin - plane * rows, 0)
        last = min(end - plane * rows, rows)
        base = plane * rows * length
        for residue in range(min(row_step, last - first)):
            for row in range(first + residue, last, row_step):
                for block in range(0, length, BLOCK):
                    for t in range(total):
                        columns[t] = base + (row + int(taps[0, t]) * row_step) % rows * length + block
                    merge_run(aa, da, lo, left + block, min(BLOCK, length - block), columns, taps)
                    merge_run(ad, dd, hi, left + block, min(BLOCK, length - block), columns, taps)
                close_ring(lo, length, left, right)
                close_ring(hi, length, left, right)
                at = base + row * length
                for block in range(0, length, BLOCK):
                    for t in range(total):
                        along[t] = left + int(taps[0, t]) * step + block
                    merge_run(lo, hi, x, at + block, min(BLOCK, length - block), along, taps)
        plane += 1
