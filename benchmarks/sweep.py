"""Every size, dimension, axis, filter length, depth and dtype: where a peer is faster, where time outgrows N J.

A cell is one transform in one direction on one signal. Peers that compute the same take turns with
ours; the best round counts. A cell whose call takes long gets fewer rounds, never none. A peer that
was slower at the size before, and would take seconds if its time grew with the samples alone, is
entered with that time, unmeasured; a peer that fails has no entry.
"""

from __future__ import annotations

import inspect
import itertools
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import shiftinv as si
from shiftinv.registry import TRANSFORMS

from . import tables
from .goals import scope_of
from .protocol import circumstances

BANKS = {"haar": "Daubechies1", "db4": "Daubechies4", "sym8": None, "db20": None}  # 2, 8, 16, 40 taps; ndwt's names
SHAPES = (
    *((2**k,) for k in (6, 9, 12, 15, 18, 21, 24)),
    *((2**k, 2**k) for k in (3, 6, 8, 10, 12)),
    *((2**k,) * 3 for k in (2, 4, 6, 8)),
)
LEVELS = (1, 4, 12)
SECONDS = 0.06  # per call and cell
HOPELESS = 2.0  # a peer that its time at the size before puts beyond this, and beyond ours, is not called
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
    unmeasured: tuple[str, ...] = ()

    @property
    def faster_peers(self) -> list[str]:
        """Peers that beat us, with by how much."""
        ours = self.seconds["shiftinv"]
        return [f"{name} {ours / taken:.2f}x" for name, taken in self.seconds.items() if taken < ours]

    @property
    def series(self) -> tuple[Any, ...]:
        """What cells of different sizes have in common."""
        return self.transform, self.direction, len(self.shape), self.axes, self.bank, self.levels, self.dtype


def main() -> None:
    """Run every cell, keep them as JSON, and print the two lists."""
    cells: list[Cell] = []
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
    print(f"time per sample more than {GROWTH:g}x that of 2^16 samples or the nearest size, in {len(outgrown)}:")
    for cell, growth in outgrown:
        print(f"  {_told(cell)}: {growth:.2f}x")


def _cells() -> Iterator[Cell]:
    before: dict[Any, Cell] = {}
    every = itertools.product(si.list_transforms(), SHAPES, BANKS, LEVELS, ("float64", "float32"))
    for name, shape, bank, levels, dtype in every:
        words = _bank_words(name, bank)
        if words is None:
            continue
        choices = [(axis,) for axis in range(len(shape))] + ([tuple(range(len(shape)))] if len(shape) > 1 else [])
        for axes in choices:
            if 2**levels > shape[0]:
                continue
            T = si.transform(f"{name}:{words}").with_levels(levels, axes)
            if _fits(T, shape) and T.layout(shape).size <= LARGEST:
                yield from _timed(name, T, shape, axes, bank, levels, dtype, before)


def _fits(T: si.Representation, shape: tuple[int, ...]) -> bool:
    """Return whether the transform takes signals of this shape."""
    try:
        T.layout(shape)
    except ValueError:
        return False
    return True


def _bank_words(name: str, bank: str) -> str | None:
    """Return how a spec names the bank; a transform without a parameter for it runs once, with its own."""
    if "wavelet" in inspect.signature(TRANSFORMS[name][0]).parameters:
        return bank
    return "" if bank == next(iter(BANKS)) else None


def _expected(before: Cell | None, samples: int) -> dict[str, float]:
    """Return everyone's seconds if they grow with the samples from the size before."""
    if before is None:
        return {}
    return {name: taken * samples / math.prod(before.shape) for name, taken in before.seconds.items()}


def _timed(
    name: str,
    T: Any,
    shape: tuple[int, ...],
    axes: tuple[int, ...],
    bank: str,
    levels: int,
    dtype: str,
    before: dict[Any, Cell],
) -> Iterator[Cell]:
    x = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    scope = scope_of(T, x, BANKS.get(bank)) | {"levels": levels, "axes": axes}
    if "w" in scope:
        scope |= {"p": scope["c"].to_pywt(), "q": np.ones_like(x)}
    ours = {"forward": "T.forward(x, out=c)", "inverse": "T.inverse(c, out=y)"}
    for direction, text in ours.items():
        if direction == "inverse" and not isinstance(T, si.Invertible):
            continue
        calls = {"shiftinv": text} | _peers(name, direction, len(axes), "W" in scope)
        cell = Cell(name, direction, shape, axes, bank, levels, dtype, {})
        expected = _expected(before.get(cell.series), math.prod(shape))
        limit = max(HOPELESS, expected.get("shiftinv", 0))
        cell.unmeasured = tuple(peer for peer in calls if peer != "shiftinv" and expected.get(peer, 0) > limit)
        cell.seconds = _best({peer: call for peer, call in calls.items() if peer not in cell.unmeasured}, scope)
        cell.seconds |= {peer: expected[peer] for peer in cell.unmeasured}
        before[cell.series] = cell
        yield cell


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
    best = {}
    for name, call in list(run.items()):
        try:
            call()
            best[name] = _round(call, 1)
        except BaseException as failure:  # a peer that does not do this size; ndwt's panics are no Exceptions
            if name == "shiftinv" or isinstance(failure, KeyboardInterrupt):
                raise
            del run[name]
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
    """Return the cells whose time per sample exceeds that of the middle size of their series."""
    series: dict[tuple[Any, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        series[cell.series].append(cell)
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
