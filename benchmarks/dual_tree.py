"""The works of the dual tree: what is timed, against whom, and what was to be reached.

Filters are near_sym_b and qshift_b, ends symmetric, the one boundary that all peers have: everybody computes the same
numbers, which every work asserts before it is timed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import shiftinv as si

from . import peers
from .protocol import Work


def works() -> Iterator[Work]:
    """Yield forward and inverse of images, a signal and a volume, in both dtypes."""
    for dtype, forward in (("float64", 16), ("float32", 18)):
        for n in (512, 1024):
            goals = {"memcpy reused": 5}
            yield _work("forward", (n, n), dtype, dict.fromkeys(peers.names(2), forward) | goals)
            yield _work("inverse", (n, n), dtype, dict.fromkeys(peers.names(2), 10) | goals)
        for shape in ((2**18,), (64, 64, 64)):
            yield _work("forward", shape, dtype, {"dtcwt": 20})
            yield _work("inverse", shape, dtype, {"dtcwt": 20})


def _work(direction: str, shape: tuple[int, ...], dtype: str, goals: dict[str, float]) -> Work:
    told = "2^18" if len(shape) == 1 else " x ".join(map(str, shape))
    if direction == "forward":
        ours, theirs = {"fresh": "T.forward(x)", "reused": "T.forward(x, out=c)"}, "{0}.forward({0}.x)"
    else:
        ours, theirs = {"fresh": "T.inverse(c)", "reused": "T.inverse(c, out=y)"}, "{0}.inverse({0}.c)"
    calls = ours | {peer: theirs.format(peer) for peer in peers.names(len(shape))}
    name = f"dual tree {direction}, {told}, {peers.LEVELS} levels"
    return Work(name, dtype, lambda: _scope(shape, dtype), calls, goals)


def _scope(shape: tuple[int, ...], dtype: str) -> dict[str, Any]:
    """Return the names that calls use, after asserting that all peers compute what we do."""
    x = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    T = si.DTCWT(*peers.PAIR, peers.LEVELS, boundary="symmetric")
    c, others = T.forward(x), peers.peers_of(x)
    for peer in others.values():
        peer.check(x, c)
    return {"T": T, "x": x, "c": c, "y": np.empty_like(x)} | others
