"""Smoothing by the cubic B-spline on circles, (1, 4, 6, 4, 1) / 16, and what it leaves, in one pass over memory.

Lines and planes are those of `undecimated`: a C-contiguous array of shape (outer, n, near) is a set of circular lines
of ``n * near`` samples with taps ``step`` apart. The filter being symmetric, samples at equal distances are
added first: three products per sample. A run goes to a block that stays in L1, and from there to both
outputs, so that the difference needs no second pass over the picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiling import inner, kernel
from .runs import around, close_ring

__all__ = ["lines", "planes"]

BLOCK = 2048  # samples of a run: 16 kB in double precision
U = np.uintp


@inner
def spline_weights(sign: int, like: NDArray[Any]) -> NDArray[Any]:
    """Return the taps at distances 0, 1 and 2, and the sign, in the dtype of an array: literals would be doubles."""
    weights = np.empty(4, like.dtype)
    weights[0] = 0.375
    weights[1] = 0.25
    weights[2] = 0.0625
    weights[3] = sign
    return weights


@inner
def smooth_run(
    x: NDArray[Any],
    out: NDArray[Any],
    at: int,
    count: int,
    centre: int,
    before: int,
    after: int,
    far_before: int,
    far_after: int,
    weights: NDArray[Any],
) -> None:
    """out[at + i] = the weighted sum of x[centre + i] and its neighbours at both distances, i < count."""
    a, n = U(at), U(count)
    c, l1, r1, l2, r2 = U(centre), U(before), U(after), U(far_before), U(far_after)
    w0, w1, w2 = weights[0], weights[1], weights[2]
    for i in range(n):
        out[i + a] = w0 * x[i + c] + w1 * (x[i + l1] + x[i + r1]) + w2 * (x[i + l2] + x[i + r2])


@inner
def deliver_run(
    smooth: NDArray[Any],
    base: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    at: int,
    count: int,
    weights: NDArray[Any],
) -> None:
    """lo[at + i] = smooth[i], then hi[at + i] = base[at + i] + sign smooth[i] unless the sign is 0, i < count."""
    a, n = U(at), U(count)
    sign = weights[3]
    for i in range(n):
        lo[i + a] = smooth[i]
    if sign != 0:
        for i in range(n):
            hi[i + a] = base[i + a] + sign * smooth[i]


@kernel
def lines(
    x: NDArray[Any],
    base: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    length: int,
    step: int,
    sign: int,
    begin: int,
    end: int,
) -> None:
    """lo[m] = (x[m - 2s] + 4 x[m - s] + 6 x[m] + 4 x[m + s] + x[m + 2s]) / 16 on each line, hi = base + sign lo.

    s is `step`, 0 <= s < length, places are taken modulo `length`. Flat arrays of whole lines; samples
    begin … end - 1 are computed. With sign 0 neither `base` nor `hi` is used; `lo` may be `hi`, which then holds
    hi, but neither may be x or `base`.
    """
    weights = spline_weights(sign, x)
    smooth = np.empty(BLOCK, x.dtype)
    position = begin
    while position < end:
        a = position // length * length
        first = position - a
        last = min(length, end - a)
        while first < last:
            before = around(first - step, length)
            after = around(first + step, length)
            far_before = around(before - step, length)
            far_after = around(after + step, length)
            furthest = max(before, after, far_before, far_after)
            count = min(BLOCK, last - first, length - furthest)
            smooth_run(x, smooth, 0, count, a + first, a + before, a + after, a + far_before, a + far_after, weights)
            deliver_run(smooth, base, lo, hi, a + first, count, weights)
            first += count
        position = a + last


@kernel
def planes(
    x: NDArray[Any],
    base: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    rows: int,
    length: int,
    row_step: int,
    step: int,
    sign: int,
    begin: int,
    end: int,
) -> None:
    """`lines` along the columns, then along the rows of planes of shape (rows, length), hi = base + sign lo.

    Column taps are `row_step` rows apart, 0 < row_step <= rows, and row taps `step` samples; rows begin … end - 1 of
    all planes are computed.
    """
    weights = spline_weights(sign, x)
    smooth = np.empty(BLOCK, x.dtype)
    margin = 2 * step
    ring = np.empty(length + 2 * margin, x.dtype)
    plane = begin // rows
    while plane * rows < end:
        first = max(begin - plane * rows, 0)
        last = min(end - plane * rows, rows)
        base_row = plane * rows
        for residue in range(min(row_step, last - first)):  # rows that share their taps follow each other
            for row in range(first + residue, last, row_step):
                before = around(row - row_step, rows)
                after = around(row + row_step, rows)
                far_before = (base_row + around(before - row_step, rows)) * length
                far_after = (base_row + around(after + row_step, rows)) * length
                at = (base_row + row) * length
                before = (base_row + before) * length
                after = (base_row + after) * length
                smooth_run(x, ring, margin, length, at, before, after, far_before, far_after, weights)
                close_ring(ring, length, margin, margin)
                for block in range(0, length, BLOCK):
                    count = min(BLOCK, length - block)
                    centre = margin + block
                    smooth_run(
                        ring, smooth, 0, count,
                        centre, centre - step, centre + step, centre - margin, centre + margin, weights,
                    )  # fmt: skip
                    deliver_run(smooth, base, lo, hi, at + block, count, weights)
        plane += 1
