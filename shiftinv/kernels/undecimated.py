"""The loop pair of the undecimated transform: one line in, two out; two lines in, one out.

A C-contiguous array of shape (outer, n, inner), filtered along its middle axis with taps
`step` samples apart, is a set of `outer` circular lines of ``n * inner`` samples filtered with
taps ``step * inner`` apart. So one loop serves every axis, and no axis is ever copied.

Each output is summed tap by tap in one fixed order, whatever its position: rolling the input
rolls the output bit for bit. A tap that is zero is not multiplied, so a NaN reaches only
the samples whose filter support contains it.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from .compiling import kernel

__all__ = ["analysis", "smoothing", "synthesis"]

BLOCK = 2048  # samples of one line summed at a time: inputs and outputs of a block stay in L1


@kernel
def analysis(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    length: int,
    step: int,
    lo_taps: NDArray[Any],
    hi_taps: NDArray[Any],
) -> None:
    """lo[l, n] = sum_k lo_taps[k] x[l, (n + (L/2 - k) step) mod length]; hi likewise.

    x, lo, hi are flat and hold whole lines of `length` samples; L is even.
    """
    taps = lo_taps.size
    for line in range(x.size // length):
        base = line * length
        for first in range(0, length, BLOCK):
            count = min(BLOCK, length - first)
            lo_block = lo[base + first : base + first + count]
            hi_block = hi[base + first : base + first + count]
            lo_block[:] = 0
            hi_block[:] = 0
            for k in range(taps):
                h = lo_taps[k]
                g = hi_taps[k]
                start = (first + (taps // 2 - k) * step) % length
                whole = min(count, length - start)
                for piece in range(2):  # up to the end of the line, then on from its beginning
                    at = whole * piece
                    size = count - whole if piece else whole
                    source = x[base + (0 if piece else start) :][:size]
                    lo_run = lo_block[at : at + size]
                    hi_run = hi_block[at : at + size]
                    if h != 0 and g != 0:
                        for i in range(size):
                            lo_run[i] += h * source[i]
                            hi_run[i] += g * source[i]
                    elif h != 0:
                        for i in range(size):
                            lo_run[i] += h * source[i]
                    elif g != 0:
                        for i in range(size):
                            hi_run[i] += g * source[i]


@kernel
def synthesis(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    length: int,
    step: int,
    lo_taps: NDArray[Any],
    hi_taps: NDArray[Any],
) -> None:
    """x[l, n] = sum_k lo_taps[k] lo[l, m] + hi_taps[k] hi[l, m], m = (n + (L/2 - 1 - k) step) mod length.

    Flat arrays of whole lines of `length` samples; L is even.
    """
    taps = lo_taps.size
    for line in range(x.size // length):
        base = line * length
        for first in range(0, length, BLOCK):
            count = min(BLOCK, length - first)
            block = x[base + first : base + first + count]
            block[:] = 0
            for k in range(taps):
                h = lo_taps[k]
                g = hi_taps[k]
                start = (first + (taps // 2 - 1 - k) * step) % length
                whole = min(count, length - start)
                for piece in range(2):
                    size = count - whole if piece else whole
                    at = base + (0 if piece else start)
                    lo_run = lo[at : at + size]
                    hi_run = hi[at : at + size]
                    run = block[whole * piece : whole * piece + size]
                    if h != 0 and g != 0:
                        for i in range(size):
                            run[i] += h * lo_run[i] + g * hi_run[i]
                    elif h != 0:
                        for i in range(size):
                            run[i] += h * lo_run[i]
                    elif g != 0:
                        for i in range(size):
                            run[i] += g * hi_run[i]


@kernel
def smoothing(x: NDArray[Any], out: NDArray[Any], length: int, step: int, taps: NDArray[Any]) -> None:
    """out[l, n] = sum_k taps[k] x[l, (n + (k - (T-1)/2) step) mod length] for an odd number T of taps."""
    for line in range(x.size // length):
        base = line * length
        for first in range(0, length, BLOCK):
            count = min(BLOCK, length - first)
            block = out[base + first : base + first + count]
            block[:] = 0
            for k in range(taps.size):
                h = taps[k]
                if h == 0:
                    continue
                start = (first + (k - taps.size // 2) * step) % length
                whole = min(count, length - start)
                for piece in range(2):
                    size = count - whole if piece else whole
                    source = x[base + (0 if piece else start) :][:size]
                    run = block[whole * piece : whole * piece + size]
                    for i in range(size):
                        run[i] += h * source[i]
