"""Batches of short lines, decimated: lanes of many lines at once.

A short line leaves vector registers half empty and pays for the start of every loop. So lines are
taken `LANES` at a time and turned, sample by sample, into one array of shape (n, lanes): to `decimated` that is a
single line whose samples are lanes apart. Its bands are turned back. The sums are the same to the bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import decimated
from .compiling import inner, kernel

__all__ = ["analysis", "synthesis"]

LANES = 32
line_analysis = decimated.analysis  # by a name of this module, so that they are compiled into the kernels below
line_synthesis = decimated.synthesis


@inner
def gather_lanes(x: NDArray[Any], first: int, lanes: int, n: int, tile: NDArray[Any]) -> None:
    """tile[r lanes + l] = x[first + l n + r] for n samples of each lane."""
    for lane in range(lanes):
        line = x[first + lane * n :]
        column = tile[lane:]
        for r in range(n):
            column[r * lanes] = line[r]


@inner
def scatter_lanes(tile: NDArray[Any], first: int, lanes: int, n: int, x: NDArray[Any]) -> None:
    """x[first + l n + r] = tile[r lanes + l] for n samples of each lane."""
    for lane in range(lanes):
        line = x[first + lane * n :]
        column = tile[lane:]
        for r in range(n):
            line[r] = column[r * lanes]


@kernel
def analysis(
    x: NDArray[Any],
    lo: NDArray[Any],
    hi: NDArray[Any],
    n: int,
    levels: int,
    taps: NDArray[Any],
    low: int,
    high: int,
    begin: int,
    end: int,
) -> None:
    """`decimated.analysis` of lines begin … end - 1, each of n neighbouring samples."""
    lines = x.size // n
    approximations = lo.size // lines
    details = hi.size // lines
    tile = np.empty(n * LANES, x.dtype)
    lo_tile = np.empty(approximations * LANES, x.dtype)
    hi_tile = np.empty(details * LANES, x.dtype)
    for first in range(begin, end, LANES):
        lanes = min(LANES, end - first)
        gather_lanes(x, first * n, lanes, n, tile)
        line_analysis(
            tile[: n * lanes], lo_tile[: approximations * lanes], hi_tile[: details * lanes], n, lanes,
            (n + 1) // 2, levels, taps, low, high, 0, (n + 1) // 2,
        )  # fmt: skip
        scatter_lanes(lo_tile, first * approximations, lanes, approximations, lo)
        size = n
        coarser = details
        for _ in range(levels):
            size = (size + 1) // 2
            coarser -= size
            scatter_lanes(hi_tile[coarser * lanes :], coarser * lines + first * size, lanes, size, hi)


@kernel
def synthesis(
    lo: NDArray[Any],
    hi: NDArray[Any],
    x: NDArray[Any],
    n: int,
    levels: int,
    even_taps: NDArray[Any],
    odd_taps: NDArray[Any],
    low: int,
    high: int,
    fold: bool,
    begin: int,
    end: int,
) -> None:
    """`decimated.synthesis` of lines begin … end - 1, each of n neighbouring samples."""
    lines = x.size // n
    approximations = lo.size // lines
    details = hi.size // lines
    tile = np.empty(n * LANES, x.dtype)
    lo_tile = np.empty(approximations * LANES, x.dtype)
    hi_tile = np.empty(details * LANES, x.dtype)
    for first in range(begin, end, LANES):
        lanes = min(LANES, end - first)
        gather_lanes(lo, first * approximations, lanes, approximations, lo_tile)
        size = n
        coarser = details
        for _ in range(levels):
            size = (size + 1) // 2
            coarser -= size
            gather_lanes(hi, coarser * lines + first * size, lanes, size, hi_tile[coarser * lanes :])
        line_synthesis(
            lo_tile[: approximations * lanes], hi_tile[: details * lanes], tile[: n * lanes], n, lanes,
            (n + 1) // 2, levels, even_taps, odd_taps, low, high, fold, 0, (n + 1) // 2,
        )  # fmt: skip
        scatter_lanes(tile, first * n, lanes, n, x)
