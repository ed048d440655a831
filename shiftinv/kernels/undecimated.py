"""Undecimated filtering of circular lines, and of planes two axes at a time.

A C-contiguous array of shape (outer, n, near), filtered along its middle axis with taps d samples
apart, is a set of `outer` circular lines of ``n * near`` samples filtered with taps
``step = d * near`` apart. So one loop serves every axis, and no axis is ever copied. A plane adds a
second axis: its column taps fill two row buffers, whose row taps go straight to the outputs; the
picture in between is never written.

Loops only: what a caller passes is trusted. Numba is imported by
`kernels/compiling.py` and `kernels/storage.py` alone, which the import rules enforce.

Taps are tables as `runs` describes, row 0 holding places in units of `step`; low <= 0 <= high bound
the places. Ranges [begin, end) let callers share the work; every output is the same sum whoever
computes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiling import inner, kernel
from .runs import around, close_ring, merge_run, split_run

__all__ = ["analysis", "plane_analysis", "plane_synthesis", "synthesis"]

BLOCK = 2048  # samples filtered at a time: more taps than registers pass over a block that stays in L1
SHORT = 4096  # a line up to this length is copied once with its circular continuation at both ends


@inner
def run_offsets(first: int, last: int, length: int, step: int, taps: NDArray[Any], offsets: NDArray[np.intp]) -> int:
    """Fill the offsets of the run that begins at `first`; return where the first tap comes around, or `last`."""
    for t in range(taps.shape[1]):
        start = around(int(taps[0, t]) * step, length)
        if first + start >= length:
            offsets[t] = first + start - length
        else:
            offsets[t] = first + start
            last = min(last, length - start)
    return last


@kernel
def analysis(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    n: int,
    near: int,
    level: int,
    levels: int,
    taps: NDArray[Any],
    low: int,
    high: int,
    begin: int,
    end: int,
) -> None:
    """lo[m] = sum_t taps[1, t] x[(m + taps[0, t] step) mod length] on each line; hi likewise with taps[2].

    Lines are circles of ``length = n * near`` samples and ``step = (2^(level-1) mod n) * near``. With more
    than one level lo is split again, its taps twice as far apart, and so on: hi then holds all details,
    coarse to fine, and lo the last approximation. Flat arrays of whole lines; samples begin … end - 1 of
    x, which are whole lines where there is more than one level: a line goes through all levels while
    it is in the cache. A short line is continued in a ring, a long one cut into runs.
    """
    length = n * near
    short = length <= SHORT
    offsets = np.empty(taps.shape[1], np.intp)
    widest = 0
    for deeper in range(levels):
        widest = max(widest, (1 << (level + deeper - 1)) % n * near)
    ring = np.empty(length + (high - low) * widest if short else 1, x.dtype)
    spare = np.empty(length if levels > 1 else 1, x.dtype)
    position = begin
    while position < end:
        a = position // length * length
        last = min(length, end - a)
        for deeper in range(levels):
            step = (1 << (level + deeper - 1)) % n * near
            coarser = levels - 1 - deeper
            lands = coarser % 2 == 0  # approximations alternate between two places so that the last one is in its own
            source = x[a : a + length] if deeper == 0 else spare if lands else lo[a : a + length]
            target = lo[a : a + length] if lands else spare
            detail = hi[coarser * x.size + a : coarser * x.size + a + length]
            left = -low * step
            right = high * step
            if short:
                for m in range(length):
                    ring[left + m] = source[m]
                close_ring(ring, length, left, right)
            first = position - a
            while first < last:
                stop = last
                if short:
                    for t in range(taps.shape[1]):
                        offsets[t] = left + first + int(taps[0, t]) * step
                else:
                    stop = run_offsets(first, last, length, step, taps, offsets)
                for block in range(first, stop, BLOCK):
                    count = min(BLOCK, stop - block)
                    split_run(ring if short else source, target, detail, block, count, offsets, taps)
                    for t in range(taps.shape[1]):
                        offsets[t] += BLOCK
                first = stop
        position = a + last


@kernel
def synthesis(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    n: int,
    near: int,
    level: int,
    levels: int,
    taps: NDArray[Any],
    low: int,
    high: int,
    begin: int,
    end: int,
) -> None:
    """x[m] = sum_t taps[1, t] lo[r] + taps[2, t] hi[r] on each line, r = (m + taps[0, t] step) mod length.

    The arrays and numbers of `analysis`; with more than one level the coarsest goes first.
    """
    length = n * near
    short = length <= SHORT
    offsets = np.empty(taps.shape[1], np.intp)
    widest = 0
    for deeper in range(levels):
        widest = max(widest, (1 << (level + deeper - 1)) % n * near)
    lo_ring = np.empty(length + (high - low) * widest if short else 1, x.dtype)
    hi_ring = np.empty(lo_ring.size, x.dtype)
    spare = np.empty(length if levels > 1 else 1, x.dtype)
    position = begin
    while position < end:
        a = position // length * length
        last = min(length, end - a)
        for done in range(levels):
            finer = levels - 1 - done
            step = (1 << (level + finer - 1)) % n * near
            lands = finer % 2 == 0  # as in `analysis`, here for the signal
            coarse = lo[a : a + length] if done == 0 else spare if lands else x[a : a + length]
            target = x[a : a + length] if lands else spare
            detail = hi[done * x.size + a : done * x.size + a + length]
            left = -low * step
            right = high * step
            if short:
                for m in range(length):
                    lo_ring[left + m] = coarse[m]
                    hi_ring[left + m] = detail[m]
                close_ring(lo_ring, length, left, right)
                close_ring(hi_ring, length, left, right)
            first = position - a
            while first < last:
                stop = last
                if short:
                    for t in range(taps.shape[1]):
                        offsets[t] = left + first + int(taps[0, t]) * step
                else:
                    stop = run_offsets(first, last, length, step, taps, offsets)
                for block in range(first, stop, BLOCK):
                    lo_run = lo_ring if short else coarse
                    hi_run = hi_ring if short else detail
                    merge_run(lo_run, hi_run, target, block, min(BLOCK, stop - block), offsets, taps)
                    for t in range(taps.shape[1]):
                        offsets[t] += BLOCK
                first = stop
        position = a + last


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
    low: int,
    high: int,
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
    left = -low * step
    right = high * step
    lo = np.empty(left + length + right, x.dtype)
    hi = np.empty(lo.size, x.dtype)
    plane = begin // rows
    while plane * rows < end:
        first = max(begin - plane * rows, 0)
        last = min(end - plane * rows, rows)
        base = plane * rows * length
        for residue in range(min(row_step, last - first)):  # rows that share their taps follow each other
            for row in range(first + residue, last, row_step):
                for block in range(0, length, BLOCK):
                    for t in range(total):
                        columns[t] = base + around(row + int(taps[0, t]) * row_step, rows) * length + block
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
    low: int,
    high: int,
    begin: int,
    end: int,
) -> None:
    """`synthesis` along the columns, then along the rows of planes of shape (rows, length)."""
    total = taps.shape[1]
    columns = np.empty(total, np.intp)
    along = np.empty(total, np.intp)
    left = -low * step
    right = high * step
    lo = np.empty(left + length + right, x.dtype)
    hi = np.empty(lo.size, x.dtype)
    plane = begin // rows
    while plane * rows < end:
        first = max(begin - plane * rows, 0)
        last = min(end - plane * rows, rows)
        base = plane * rows * length
        for residue in range(min(row_step, last - first)):
            for row in range(first + residue, last, row_step):
                for block in range(0, length, BLOCK):
                    for t in range(total):
                        columns[t] = base + around(row + int(taps[0, t]) * row_step, rows) * length + block
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
