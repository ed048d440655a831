"""Every size, dimension, axis, filter length, depth and dtype: where a peer is faster, where time outgrows N J.

A cell is one transform in one direction on one signal. Peers that compute the same take turns with
ours; the best round counts. A cell whose call takes long gets fewer rounds, never none.
"""

from __future__ import annotations

import itertools
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pywt

import shiftinv as si

from . import tables
from .goals import ndwt
from .protocol import circumstances

BANKS = {"haar": "Daubechies1", "db4": "Daubechies4", "sym8": None, "db20": None}  # 2, 8, 16, 40 taps; ndwt's names
SHAPES = (
    *((2**k,) for k in (6, 8, 10, 12, 14, 16, 18, 20, 22, 24)),
    *((2**k, 2**k) for k in (3, 5, 7, 9, 11, 12)),
    *((2**k,) * 3 for k in (3, 5, 6, 7)),
)
LEVELS = (1, 3, 6, 12)
SECONDS = 0.25  # per call and cell
LARGEST = 2**26  # coefficients, so that peers' copies fit in memory too
GROWTH = 2.0


@dataclass
class Cell:
    """One combination and the best seconds of everyone in it."""

    transform: str
    direction: str
    shape: tuple[int, ...]
    axes: tuple[int, ...]
    bank: str
    levels: int
    dtype: str
    seconds: dict[str, float]

    @property
    def faster_peers(self) -> list[str]:
        """Peers that beat us, with by how much."""
        ours = self.seconds["shiftinv"]
        return [f"{name} {ours / taken:.2f}x" for name, taken in self.seconds.items() if taken < ours]


def main() -> None:
    """Run every cell, keep them as JSON, and print the two lists."""
    cells = []
    start = time.perf_counter()
    for cell in _cells():
        cells.append(cell)
        if len(cells) % 100 == 0:
            print(f"{len(cells)} cells, {time.perf_counter() - start:.0f} s", file=sys.stderr)
    slower = [cell for cell in cells if cell.faster_peers]
    outgrown = _outgrown(cells)
    compact = [asdict(cell) | {"seconds": {k: float(f"{v:.4g}") for k, v in cell.seconds.items()}} for cell in cells]
    tables.write_json(tables.HERE / "results" / "sweep.json", {"on": circumstances(), "cells": compact})
    print(f"{len(cells)} cells; a peer is faster in {len(slower)}:")
    for cell in slower:
        print(f"  {_told(cell)}: {', '.join(cell.faster_peers)}")
    print(
        f"time per sample and level more than {GROWTH:g}x that of 2^16 samples or the nearest size, in {len(outgrown)}:"
    )
    for cell, growth in outgrown:
        print(f"  {_told(cell)}: {growth:.2f}x")


def _cells() -> Iterator[Cell]:
    for name, shape, bank, levels, dtype in itertools.product(
        si.list_transforms(), SHAPES, BANKS, LEVELS, ("float64", "float32")
    ):
        choices = [(axis,) for axis in range(len(shape))] + ([tuple(range(len(shape)))] if len(shape) > 1 else [])
        for axes in choices:
            if 2**levels > shape[0]:
                continue
            T = si.transform(f"{name}:{bank},levels={levels},axes=({','.join(map(str, axes))})")
            if T.layout(shape).size <= LARGEST:
                yield from _timed(name, T, shape, axes, bank, levels, dtype)


def _timed(
    name: str, T: Any, shape: tuple[int, ...], axes: tuple[int, ...], bank: str, levels: int, dtype: str
) -> Iterator[Cell]:
    x = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    c = T.forward(x)
    taps = [T.wavelet.lowpass, T.wavelet.highpass, T.wavelet.synthesis_lowpass, T.wavelet.synthesis_highpass]
    scope = {"T": T, "x": x, "c": c, "y": np.empty_like(x), "w": pywt.Wavelet("ours", filter_bank=taps), "pywt": pywt}
    scope |= {"p": c.to_pywt(), "levels": levels, "axes": axes}
    if ndwt is not None and BANKS[bank]:
        scope |= {"ndwt": ndwt, "W": getattr(ndwt.Wavelet, BANKS[bank]), "out": np.empty_like(x), "q": np.ones_like(x)}
    ours = {"forward": "T.forward(x, out=c)", "inverse": "T.inverse(c, out=y)"}
    for direction, text in ours.items():
        calls = {"shiftinv": text} | _peers(name, direction, len(axes), "W" in scope)
        yield Cell(name, direction, shape, axes, bank, levels, dtype, _best(calls, scope))


def _peers(name: str, direction: str, axes: int, with_ndwt: bool) -> dict[str, str]:
    """Return the peers' calls for what `name` computes."""
    one = axes == 1
    calls = {
        ("swt", "forward"): "pywt.swt(x, w, levels, axis=axes[0], trim_approx=True, norm=True)"
        if one
        else "pywt.swtn(x, w, levels, axes=axes, trim_approx=True, norm=True)",
        ("swt", "inverse"): "pywt.iswt(p, w, axis=axes[0], norm=True)"
        if one
        else "pywt.iswtn(p, w, axes=axes, norm=True)",
        ("dwt", "forward"): "pywt.wavedec(x, w, 'periodization', levels, axis=axes[0])"
        if one
        else "pywt.wavedecn(x, w, 'periodization', levels, axes=axes)",
        ("dwt", "inverse"): "pywt.waverec(p, w, 'periodization', axis=axes[0])"
        if one
        else "pywt.waverecn(p, w, 'periodization', axes=axes)",
    }
    peers = {"pywt": calls[name, direction]} if (name, direction) in calls else {}
    if name == "dwt" and with_ndwt:
        function, source = ("dwt_per", "x") if direction == "forward" else ("idwt_per", "q")
        peers["ndwt"] = f"ndwt.{function}(W, {source}, axes=list(axes), level=levels, out=out)"
    return peers


def _best(calls: dict[str, str], scope: dict[str, Any]) -> dict[str, float]:
    run = {name: eval(f"lambda: {text}", scope) for name, text in calls.items()}
    best = {name: _round(call, 1) for name, call in run.items()}
    loops = {name: max(1, min(200, int(1e-3 / taken))) for name, taken in best.items()}
    rounds = max(0, min(9, int(SECONDS / max(best[name] * loops[name] for name in best)) - 1))
    for _ in range(rounds):
        for name, call in run.items():
            best[name] = min(best[name], _round(call, loops[name]))
    return best


def _round(call: Any, loops: int) -> float:
    start = time.perf_counter()
    for _ in range(loops):
        call()
    return (time.perf_counter() - start) / loops


def _outgrown(cells: list[Cell]) -> list[tuple[Cell, float]]:
    """Return the cells whose time per sample and level exceeds that of the middle size of their series."""
    series: dict[tuple[Any, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        series[cell.transform, cell.direction, cell.axes, len(cell.shape), cell.bank, cell.levels, cell.dtype].append(
            cell
        )
    found = []
    for members in series.values():
        middle = min(members, key=lambda cell: abs(math.log2(math.prod(cell.shape)) - 16))
        base = middle.seconds["shiftinv"] / math.prod(middle.shape)
        for cell in members:
            growth = cell.seconds["shiftinv"] / math.prod(cell.shape) / base
            if math.prod(cell.shape) > math.prod(middle.shape) and growth > GROWTH:
                found.append((cell, growth))
    return found


def _told(cell: Cell) -> str:
    shape = "x".join(map(str, cell.shape))
    return f"{cell.transform} {cell.direction} {shape} axes {cell.axes} {cell.bank} levels {cell.levels} {cell.dtype}"
