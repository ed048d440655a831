"""Undecimated filtering of circular lines, and of planes two axes at a time.

A C-contiguous array of shape (outer, n, inner), filtered along its middle axis with taps `step`
samples apart, is a set of `outer` circular lines of ``n * inner`` samples filtered with taps
``step * inner`` apart. So one loop serves every axis, and no axis is ever copied. A plane adds a
second axis: its column taps fill two rows that stay in the first-level cache, whose row taps go
straight to the outputs; the picture in between is never written.

Taps are tables as `runs` describes; row 0 holds places in units of `step`. Ranges [begin, end) let
callers share the work; every output is the same sum whoever computes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiling import kernel
from .runs import merge_run, split_run

__all__ = ["analysis", "plane_analysis", "plane_synthesis", "synthesis"]

BLOCK = 2048  # samples filtered at a time: more taps than registers pass over a block that stays in L1
SHORT = 4096  # a line up to this length is copied once with its circular continuation at both ends


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
    total = taps.shape[1]
    starts = np.empty(total, np.intp)
    offsets = np.empty(total, np.intp)
    left = 0
    right = 0
    for t in range(total):
        place = int(taps[0, t]) * step
        starts[t] = place % length
        left = max(left, -place)
        right = max(right, place)
    short = length <= SHORT
    ring = np.empty(left + length + right if short else 1, x.dtype)
    position = begin
    while position < end:
        base = position // length * length
        first = position - base
        last = min(length, end - base)
        if short:
            for i in range(left):
                ring[i] = x[base + (i - left) % length]
            ring[left : left + length] = x[base : base + length]
            for i in range(right):
                ring[left + length + i] = x[base + i % length]
            for t in range(total):
                offsets[t] = left + first + int(taps[0, t]) * step
        else:
            for t in range(total):
                at = first + starts[t]
                if at >= length:
                    offsets[t] = base + at - length
                else:
                    offsets[t] = base + at
                    last = min(last, length - starts[t])
        for block in range(first, last, BLOCK):
            split_run(ring if short else x, lo, hi, base + block, min(BLOCK, last - block), offsets, taps)
            for t in range(total):
                offsets[t] += BLOCK
        position = base + last


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
    total = taps.shape[1]
    starts = np.empty(total, np.intp)
    offsets = np.empty(total, np.intp)
    left = 0
    right = 0
    for t in range(total):
        place = int(taps[0, t]) * step
        starts[t] = place % length
        left = max(left, -place)
        right = max(right, place)
    short = length <= SHORT
    lo_ring = np.empty(left + length + right if short else 1, x.dtype)
    hi_ring = np.empty_like(lo_ring)
    position = begin
    while position < end:
        base = position // length * length
        first = position - base
        last = min(length, end - base)
        if short:
            for i in range(left):
                lo_ring[i] = lo[base + (i - left) % length]
                hi_ring[i] = hi[base + (i - left) % length]
            lo_ring[left : left + length] = lo[base : base + length]
            hi_ring[left : left + length] = hi[base : base + length]
            for i in range(right):
                lo_ring[left + length + i] = lo[base + i % length]
                hi_ring[left + length + i] = hi[base + i % length]
            for t in range(total):
                offsets[t] = left + first + int(taps[0, t]) * step
        else:
            for t in range(total):
                at = first + starts[t]
                if at >= length:
                    offsets[t] = base + at - length
                else:
                    offsets[t] = base + at
                    last = min(last, length - starts[t])
        for block in range(first, last, BLOCK):
            count = min(BLOCK, last - block)
            merge_run(lo_ring if short else lo, hi_ring if short else hi, x, base + block, count, offsets, taps)
            for t in range(total):
                offsets[t] += BLOCK
        position = base + last


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
    left = 0
    right = 0
    for t in range(total):
        left = max(left, -int(taps[0, t]) * step)
        right = max(right, int(taps[0, t]) * step)
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
                for i in range(left):
                    lo[i] = lo[left + (i - left) % length]
                    hi[i] = hi[left + (i - left) % length]
                for i in range(right):
                    lo[left + length + i] = lo[left + i % length]
                    hi[left + length + i] = hi[left + i % length]
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
    left = 0
    right = 0
    for t in range(total):
        left = max(left, -int(taps[0, t]) * step)
        right = max(right, int(taps[0, t]) * step)
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
                for i in range(left):
                    lo[i] = lo[left + (i - left) % length]
                    hi[i] = hi[left + (i - left) % length]
                for i in range(right):
                    lo[left + length + i] = lo[left + i % length]
                    hi[left + length + i] = hi[left + i % length]
                at = base + row * length
                for block in range(0, length, BLOCK):
                    for t in range(total):
                        along[t] = left + int(taps[0, t]) * step + block
                    merge_run(lo, hi, x, at + block, min(BLOCK, length - block), along, taps)
        plane += 1
