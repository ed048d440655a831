"""The loop pair of the decimated transform: every second sample kept, and put back.

Arrays are C-contiguous of shape (outer, n, inner), the transform along the middle axis. An odd n
is one sample short: the last sample is read twice, as in PyWavelets' periodization mode.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from .compiling import kernel

__all__ = ["analysis", "synthesis"]

BLOCK = 1024  # outputs summed at a time, so that they stay in L1 while the taps pass


@kernel
def analysis(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    n: int,
    inner: int,
    lo_taps: NDArray[Any],
    hi_taps: NDArray[Any],
) -> None:
    """lo[m] = sum_k lo_taps[k] x[min((2m + L/2 - k) mod 2M, n - 1)], m < M = ceil(n / 2); hi likewise.

    Flat arrays of shapes (outer, n, inner) and (outer, M, inner); L is even.
    """
    taps = lo_taps.size
    half = (n + 1) // 2
    rows = max(1, BLOCK // inner)
    for o in range(x.size // (n * inner)):
        for first in range(0, half, rows):
            last = min(first + rows, half)
            at = (o * half + first) * inner
            lo_block = lo[at : at + (last - first) * inner]
            hi_block = hi[at : at + (last - first) * inner]
            lo_block[:] = 0
            hi_block[:] = 0
            for k in range(taps):
                h = lo_taps[k]
                g = hi_taps[k]
                for m in range(first, last):
                    source = (2 * m + taps // 2 - k) % (2 * half)
                    row = (o * n + min(source, n - 1)) * inner
                    to = (m - first) * inner
                    if h != 0:
                        for i in range(inner):
                            lo_block[to + i] += h * x[row + i]
                    if g != 0:
                        for i in range(inner):
                            hi_block[to + i] += g * x[row + i]


@kernel
def synthesis(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    n: int,
    inner: int,
    lo_taps: NDArray[Any],
    hi_taps: NDArray[Any],
    fold: bool,
) -> None:
    """x[r] = sum_k lo_taps[k] lo[m] + hi_taps[k] hi[m] over the k with 2m = r + L/2 - 1 - k mod 2M.

    For odd n row n of this sum belongs to the sample that was read twice: `fold` adds it to row
    n - 1 (the transpose of reading twice); otherwise it is left out (the inverse).
    """
    taps = lo_taps.size
    half = (n + 1) // 2
    for o in range(x.size // (n * inner)):
        for r in range(2 * half if fold else n):
            row = (o * n + min(r, n - 1)) * inner
            out = x[row : row + inner]
            if r < n:
                out[:] = 0
            for k in range((r + taps // 2 - 1) % 2, taps, 2):
                h = lo_taps[k]
                g = hi_taps[k]
                source = (o * half + ((r + taps // 2 - 1 - k) // 2) % half) * inner
                if h != 0:
                    for i in range(inner):
                        out[i] += h * lo[source + i]
                if g != 0:
                    for i in range(inner):
                        out[i] += g * hi[source + i]
