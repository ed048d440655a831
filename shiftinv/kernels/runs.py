"""The loop pair that carries the library: one run in, two out; two runs in, one out.

A run is a stretch of consecutive outputs for which every tap reads consecutive inputs: tap t reads
from ``offsets[t]`` on. Circles, rows, columns, decimation and boundaries are tables of offsets,
made by the kernels that call this pair.

Taps are a table of shape (3, T): row 0 says where a tap stands, rows 1 and 2 hold the lowpass and the
highpass value. Columns come in three groups: taps of both filters, of the lowpass alone, of the highpass
alone; a value that is zero is never multiplied, so a NaN reaches only what its filter touches.

Taps stand outside the loop over samples, eight at a time with their values in registers; unsigned
indices keep the loads contiguous. Each output is summed in the order of the table whatever its
position, so equal inputs give equal bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiling import inner

__all__ = ["around", "close_ring", "merge_run", "split_run"]

U = np.uintp


@inner
def around(position: int, length: int) -> int:
    """Return `position` on a circle; in steps, since a loop of divisions compiles into pages of code."""
    while position < 0:
        position += length
    while position >= length:
        position -= length
    return position


@inner
def close_ring(ring: NDArray[Any], length: int, left: int, right: int) -> None:
    """Continue the samples ring[left] … ring[left + length - 1] circularly at both ends, from the inside out."""
    for n in range(left - 1, -1, -1):
        ring[n] = ring[n + length]
    for n in range(left + length, left + length + right):
        ring[n] = ring[n - length]


@inner
def split_run(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    at: int,
    count: int,
    offsets: NDArray[np.intp],
    taps: NDArray[Any],
) -> None:
    """lo[at+i] = sum_t taps[1, t] x[offsets[t]+i], hi[at+i] = sum_t taps[2, t] x[offsets[t]+i], i < count."""
    a, n = U(at), U(count)
    total = taps.shape[1]
    both = 0
    while both < total and taps[1, both] != 0 and taps[2, both] != 0:
        both += 1
    t = 0
    if both >= 8:
        o0, o1, o2, o3 = U(offsets[t]), U(offsets[t + 1]), U(offsets[t + 2]), U(offsets[t + 3])
        o4, o5, o6, o7 = U(offsets[t + 4]), U(offsets[t + 5]), U(offsets[t + 6]), U(offsets[t + 7])
        h0, h1, h2, h3 = taps[1, t], taps[1, t + 1], taps[1, t + 2], taps[1, t + 3]
        h4, h5, h6, h7 = taps[1, t + 4], taps[1, t + 5], taps[1, t + 6], taps[1, t + 7]
        g0, g1, g2, g3 = taps[2, t], taps[2, t + 1], taps[2, t + 2], taps[2, t + 3]
        g4, g5, g6, g7 = taps[2, t + 4], taps[2, t + 5], taps[2, t + 6], taps[2, t + 7]
        for i in range(n):
            v0, v1, v2, v3 = x[i + o0], x[i + o1], x[i + o2], x[i + o3]
            v4, v5, v6, v7 = x[i + o4], x[i + o5], x[i + o6], x[i + o7]
            lo[i + a] = h0 * v0 + h1 * v1 + h2 * v2 + h3 * v3 + h4 * v4 + h5 * v5 + h6 * v6 + h7 * v7
            hi[i + a] = g0 * v0 + g1 * v1 + g2 * v2 + g3 * v3 + g4 * v4 + g5 * v5 + g6 * v6 + g7 * v7
        t = 8
    elif both >= 2:
        o0, o1 = U(offsets[t]), U(offsets[t + 1])
        h0, h1 = taps[1, t], taps[1, t + 1]
        g0, g1 = taps[2, t], taps[2, t + 1]
        for i in range(n):
            v0, v1 = x[i + o0], x[i + o1]
            lo[i + a] = h0 * v0 + h1 * v1
            hi[i + a] = g0 * v0 + g1 * v1
        t = 2
    else:
        for i in range(n):
            lo[i + a] = 0
            hi[i + a] = 0
    while both - t >= 8:
        o0, o1, o2, o3 = U(offsets[t]), U(offsets[t + 1]), U(offsets[t + 2]), U(offsets[t + 3])
        o4, o5, o6, o7 = U(offsets[t + 4]), U(offsets[t + 5]), U(offsets[t + 6]), U(offsets[t + 7])
        h0, h1, h2, h3 = taps[1, t], taps[1, t + 1], taps[1, t + 2], taps[1, t + 3]
        h4, h5, h6, h7 = taps[1, t + 4], taps[1, t + 5], taps[1, t + 6], taps[1, t + 7]
        g0, g1, g2, g3 = taps[2, t], taps[2, t + 1], taps[2, t + 2], taps[2, t + 3]
        g4, g5, g6, g7 = taps[2, t + 4], taps[2, t + 5], taps[2, t + 6], taps[2, t + 7]
        for i in range(n):
            v0, v1, v2, v3 = x[i + o0], x[i + o1], x[i + o2], x[i + o3]
            v4, v5, v6, v7 = x[i + o4], x[i + o5], x[i + o6], x[i + o7]
            lo[i + a] = lo[i + a] + h0 * v0 + h1 * v1 + h2 * v2 + h3 * v3 + h4 * v4 + h5 * v5 + h6 * v6 + h7 * v7
            hi[i + a] = hi[i + a] + g0 * v0 + g1 * v1 + g2 * v2 + g3 * v3 + g4 * v4 + g5 * v5 + g6 * v6 + g7 * v7
        t += 8
    while both - t >= 4:
        o0, o1, o2, o3 = U(offsets[t]), U(offsets[t + 1]), U(offsets[t + 2]), U(offsets[t + 3])
        h0, h1, h2, h3 = taps[1, t], taps[1, t + 1], taps[1, t + 2], taps[1, t + 3]
        g0, g1, g2, g3 = taps[2, t], taps[2, t + 1], taps[2, t + 2], taps[2, t + 3]
        for i in range(n):
            v0, v1, v2, v3 = x[i + o0], x[i + o1], x[i + o2], x[i + o3]
            lo[i + a] = lo[i + a] + h0 * v0 + h1 * v1 + h2 * v2 + h3 * v3
            hi[i + a] = hi[i + a] + g0 * v0 + g1 * v1 + g2 * v2 + g3 * v3
        t += 4
    while both - t >= 2:
        o0, o1 = U(offsets[t]), U(offsets[t + 1])
        h0, h1 = taps[1, t], taps[1, t + 1]
        g0, g1 = taps[2, t], taps[2, t + 1]
        for i in range(n):
            v0, v1 = x[i + o0], x[i + o1]
            lo[i + a] = lo[i + a] + h0 * v0 + h1 * v1
            hi[i + a] = hi[i + a] + g0 * v0 + g1 * v1
        t += 2
    while t < total:
        o0, h0, g0 = U(offsets[t]), taps[1, t], taps[2, t]
        if h0 != 0:
            for i in range(n):
                lo[i + a] += h0 * x[i + o0]
        if g0 != 0:
            for i in range(n):
                hi[i + a] += g0 * x[i + o0]
        t += 1


@inner
def merge_run(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    at: int,
    count: int,
    offsets: NDArray[np.intp],
    taps: NDArray[Any],
) -> None:
    """x[at+i] = sum_t taps[1, t] lo[offsets[t]+i] + taps[2, t] hi[offsets[t]+i], i < count."""
    a, n = U(at), U(count)
    total = taps.shape[1]
    both = 0
    while both < total and taps[1, both] != 0 and taps[2, both] != 0:
        both += 1
    t = 0
    if both >= 8:
        o0, o1, o2, o3 = U(offsets[t]), U(offsets[t + 1]), U(offsets[t + 2]), U(offsets[t + 3])
        o4, o5, o6, o7 = U(offsets[t + 4]), U(offsets[t + 5]), U(offsets[t + 6]), U(offsets[t + 7])
        h0, h1, h2, h3 = taps[1, t], taps[1, t + 1], taps[1, t + 2], taps[1, t + 3]
        h4, h5, h6, h7 = taps[1, t + 4], taps[1, t + 5], taps[1, t + 6], taps[1, t + 7]
        g0, g1, g2, g3 = taps[2, t], taps[2, t + 1], taps[2, t + 2], taps[2, t + 3]
        g4, g5, g6, g7 = taps[2, t + 4], taps[2, t + 5], taps[2, t + 6], taps[2, t + 7]
        for i in range(n):
            x[i + a] = (
                h0 * lo[i + o0]
                + g0 * hi[i + o0]
                + h1 * lo[i + o1]
                + g1 * hi[i + o1]
                + h2 * lo[i + o2]
                + g2 * hi[i + o2]
                + h3 * lo[i + o3]
                + g3 * hi[i + o3]
                + h4 * lo[i + o4]
                + g4 * hi[i + o4]
                + h5 * lo[i + o5]
                + g5 * hi[i + o5]
                + h6 * lo[i + o6]
                + g6 * hi[i + o6]
                + h7 * lo[i + o7]
                + g7 * hi[i + o7]
            )
        t = 8
    elif both >= 2:
        o0, o1 = U(offsets[t]), U(offsets[t + 1])
        h0, h1 = taps[1, t], taps[1, t + 1]
        g0, g1 = taps[2, t], taps[2, t + 1]
        for i in range(n):
            x[i + a] = h0 * lo[i + o0] + g0 * hi[i + o0] + h1 * lo[i + o1] + g1 * hi[i + o1]
        t = 2
    else:
        for i in range(n):
            x[i + a] = 0
    while both - t >= 8:
        o0, o1, o2, o3 = U(offsets[t]), U(offsets[t + 1]), U(offsets[t + 2]), U(offsets[t + 3])
        o4, o5, o6, o7 = U(offsets[t + 4]), U(offsets[t + 5]), U(offsets[t + 6]), U(offsets[t + 7])
        h0, h1, h2, h3 = taps[1, t], taps[1, t + 1], taps[1, t + 2], taps[1, t + 3]
        h4, h5, h6, h7 = taps[1, t + 4], taps[1, t + 5], taps[1, t + 6], taps[1, t + 7]
        g0, g1, g2, g3 = taps[2, t], taps[2, t + 1], taps[2, t + 2], taps[2, t + 3]
        g4, g5, g6, g7 = taps[2, t + 4], taps[2, t + 5], taps[2, t + 6], taps[2, t + 7]
        for i in range(n):
            x[i + a] = (
                x[i + a]
                + h0 * lo[i + o0]
                + g0 * hi[i + o0]
                + h1 * lo[i + o1]
                + g1 * hi[i + o1]
                + h2 * lo[i + o2]
                + g2 * hi[i + o2]
                + h3 * lo[i + o3]
                + g3 * hi[i + o3]
                + h4 * lo[i + o4]
                + g4 * hi[i + o4]
                + h5 * lo[i + o5]
                + g5 * hi[i + o5]
                + h6 * lo[i + o6]
                + g6 * hi[i + o6]
                + h7 * lo[i + o7]
                + g7 * hi[i + o7]
            )
        t += 8
    while both - t >= 4:
        o0, o1, o2, o3 = U(offsets[t]), U(offsets[t + 1]), U(offsets[t + 2]), U(offsets[t + 3])
        h0, h1, h2, h3 = taps[1, t], taps[1, t + 1], taps[1, t + 2], taps[1, t + 3]
        g0, g1, g2, g3 = taps[2, t], taps[2, t + 1], taps[2, t + 2], taps[2, t + 3]
        for i in range(n):
            x[i + a] = (
                x[i + a]
                + h0 * lo[i + o0]
                + g0 * hi[i + o0]
                + h1 * lo[i + o1]
                + g1 * hi[i + o1]
                + h2 * lo[i + o2]
                + g2 * hi[i + o2]
                + h3 * lo[i + o3]
                + g3 * hi[i + o3]
            )
        t += 4
    while both - t >= 2:
        o0, o1 = U(offsets[t]), U(offsets[t + 1])
        h0, h1 = taps[1, t], taps[1, t + 1]
        g0, g1 = taps[2, t], taps[2, t + 1]
        for i in range(n):
            x[i + a] = x[i + a] + h0 * lo[i + o0] + g0 * hi[i + o0] + h1 * lo[i + o1] + g1 * hi[i + o1]
        t += 2
    while t < total:
        o0, h0, g0 = U(offsets[t]), taps[1, t], taps[2, t]
        if h0 != 0:
            for i in range(n):
                x[i + a] += h0 * lo[i + o0]
        if g0 != 0:
            for i in range(n):
                x[i + a] += g0 * hi[i + o0]
        t += 1
