"""The works of the goal table: what is timed, against whom, and what was to be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pywt

import shiftinv as si

from .protocol import Work

try:
    import ndwt
except ImportError:  # a peer that is not installed has no row
    ndwt = None


def works() -> Iterator[Work]:
    """Yield the works of the decimated and the stationary transform on circles; `family` has every other."""
    for dtype in ("float64", "float32"):
        yield from _with_goals(dtype)


def _with_goals(dtype: str) -> Iterator[Work]:
    double = dtype == "float64"
    pick = lambda first, second: first if double else second  # noqa: E731
    swt, image = "pywt.swt(x, w, {levels}, trim_approx=True, norm=True)", (512, 512)
    million, T = (2**20,), si.SWT("db4", 5)
    fresh, reused = {"pywt": pick(5, 10), "memcpy fresh": 3}, {"pywt reused": pick(10, 13), "memcpy reused": 2.5}
    yield _forward("SWT forward db4, 2^20, 5 levels", dtype, T, million, {"pywt": swt.format(levels=5)}, fresh | reused)
    goals = {"pywt": pick(9, 13), "memcpy fresh": 5, "memcpy reused": 3.7}
    T8 = si.SWT("sym8", 5)
    yield _forward("SWT forward sym8, 2^20, 5 levels", dtype, T8, million, {"pywt": swt.format(levels=5)}, goals)
    goals = {"pywt": pick(18, 20), "memcpy fresh": 3.5, "memcpy reused": 3}
    yield _inverse("SWT inverse db4, 2^20, 5 levels", dtype, T, million, {"pywt": "pywt.iswt(p, w, norm=True)"}, goals)
    peer = {"pywt": "pywt.swt2(x, w, 4, trim_approx=True, norm=True)"}
    goals = {"pywt": pick(18, 25), "memcpy reused": 5.5}
    yield _forward("SWT forward db4, 512 x 512, 4 levels", dtype, si.SWT("db4", 4), image, peer, goals)
    goals = {"pywt": pick(13, 20), "memcpy reused": 4.5}
    peer = {"pywt": "pywt.iswt2(p, w, norm=True)"}
    yield _inverse("SWT inverse db4, 512 x 512, 4 levels", dtype, si.SWT("db4", 4), image, peer, goals)
    peer = {"pywt": "pywt.swt2(x, w, 4, trim_approx=True, norm=True)"}
    big = (2048, 2048)
    yield _forward("SWT forward db4, 2048 x 2048, 4 levels", dtype, si.SWT("db4", 4), big, peer, {"pywt": 8}, rounds=5)
    peer = {"pywt": "pywt.mra2(x, w, 4, transform='swt2')"}
    yield _mra(
        "SWT analysis into components db4, 512 x 512, 4 levels", dtype, si.SWT("db4", 4), image, peer, pick(40, 50)
    )
    D = si.DWT("db4", 17)
    goals = {"pywt": pick(4, 8), "memcpy reused": 3.5}
    peer = {"pywt": "pywt.wavedec(x, w, 'periodization', 17)", "ndwt": _ndwt("dwt_per", 17)}
    yield _forward("DWT forward db4, 2^20, 17 levels", dtype, D, million, peer, goals | {"ndwt": 1})
    goals = {"pywt": pick(4, 8), "memcpy reused": 3}
    peer = {"pywt": "pywt.waverec(p, w, 'periodization')", "ndwt": _ndwt("idwt_per", 17)}
    yield _inverse("DWT inverse db4, 2^20, 17 levels", dtype, D, million, peer, goals | {"ndwt": 1})
    batch, goals = si.DWT("db4", 7, axes=(-1,)), {"pywt": pick(3, 5)}
    peer = {"pywt": "pywt.wavedec(x, w, 'periodization', 7, axis=-1)", "ndwt": _ndwt("dwt_per", 7, "axes=[1], ")}
    goals |= {"memcpy reused": pick(4, 5), "ndwt": 1}
    yield _forward("DWT forward db4, 1000 x 1024, last axis, 7 levels", dtype, batch, (1000, 1024), peer, goals)
    goals = {"ndwt": pick(2.5, 2), "memcpy reused": 5}
    peer = {"pywt": "pywt.wavedec2(x, w, 'periodization', 5)", "ndwt": _ndwt("dwt_per", 5)}
    yield _forward("DWT forward db4, 2048 x 2048, 5 levels", dtype, si.DWT("db4", 5), big, peer, goals, rounds=7)
    peer = {"pywt": "pywt.waverec2(p, w, 'periodization')", "ndwt": _ndwt("idwt_per", 5)}
    yield _inverse("DWT inverse db4, 2048 x 2048, 5 levels", dtype, si.DWT("db4", 5), big, peer, goals, rounds=7)
    yield _workers("SWT forward db4, 2048 x 2048, 4 levels, 2 workers", dtype, si.SWT("db4", 4), big, 1.7)
    peer = {"pywt": "pywt.swt(x, w, 3, trim_approx=True, norm=True)"}
    yield _forward("SWT forward db4, 64 samples, 3 levels", dtype, si.SWT("db4", 3), (64,), peer, {"pywt": 1.3})
    if double:
        peer = {"pywt": "pywt.swt(x, w, 12, trim_approx=True, norm=True)"}
        deep = si.SWT("sym8", 12)
        yield _forward("SWT forward sym8, 2^16, 12 levels", dtype, deep, (2**16,), peer, {"pywt": 9}, rounds=3)
        peer = {"pywt": "pywt.swt(x, w, 16, trim_approx=True, norm=True)"}
        deep = si.SWT("sym8", 16)
        yield _forward("SWT forward sym8, 2^16, all 16 levels", dtype, deep, (2**16,), peer, {"pywt": 1000}, rounds=1)


def scope_of(T: Any, x: Any, ndwt_bank: str | None = "Daubechies4") -> dict[str, Any]:
    """Return the names that calls use: ours, and those of peers that have the transform's own filters.

    A transform that is not made of one filter bank has no peer here.
    """
    c = T.forward(x)
    names = {"T": T, "x": x, "c": c, "y": np.empty_like(x)}
    bank = vars(T).get("wavelet")
    if bank is not None:
        taps = [bank.lowpass, bank.highpass, bank.synthesis_lowpass, bank.synthesis_highpass]
        names |= {"w": pywt.Wavelet("ours", filter_bank=taps), "pywt": pywt}
    if bank is not None and ndwt is not None and ndwt_bank:
        names |= {"ndwt": ndwt, "W": getattr(ndwt.Wavelet, ndwt_bank), "out": np.empty_like(x)}
    return names


def _scope(T: Any, shape: tuple[int, ...], dtype: str) -> dict[str, Any]:
    return scope_of(T, np.random.default_rng(0).standard_normal(shape).astype(dtype))


def _ndwt(function: str, levels: int, axes: str = "") -> str:
    return f"ndwt.{function}(W, x, {axes}level={levels}, out=out)"


def _installed(peers: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in peers.items() if name != "ndwt" or ndwt is not None}


def _forward(
    name: str,
    dtype: str,
    T: Any,
    shape: tuple[int, ...],
    peers: dict[str, str] | None = None,
    goals: dict[str, float] | None = None,
    rounds: int = 9,
) -> Work:
    calls = {"fresh": "T.forward(x)", "reused": "T.forward(x, out=c)"} | _installed(peers or {})
    return Work(name, dtype, lambda: _scope(T, shape, dtype), calls, goals or {}, rounds)


def _inverse(
    name: str,
    dtype: str,
    T: Any,
    shape: tuple[int, ...],
    peers: dict[str, str],
    goals: dict[str, float],
    rounds: int = 9,
) -> Work:
    def scope() -> dict[str, Any]:
        names = _scope(T, shape, dtype)
        return names | {"p": _as_pywt(names["c"])}

    calls = {"fresh": "T.inverse(c)", "reused": "T.inverse(c, out=y)"} | _installed(peers)
    return Work(name, dtype, scope, calls, goals, rounds)


def _as_pywt(c: Any) -> Any:
    """Return the coefficients as the peer wants them for its inverse: images as tuples of (H, V, D)."""
    p = c.to_pywt()
    if len(c.layout.axes) == 2:
        return [p[0], *((level["da"], level["ad"], level["dd"]) for level in p[1:])]
    return p


def _mra(name: str, dtype: str, T: Any, shape: tuple[int, ...], peers: dict[str, str], goal: float) -> Work:
    return Work(name, dtype, lambda: _scope(T, shape, dtype), {"fresh": "T.mra(x)"} | peers, {"pywt": goal}, rounds=5)


def _workers(name: str, dtype: str, T: Any, shape: tuple[int, ...], goal: float) -> Work:
    calls = {"reused": "T.forward(x, out=c, workers=2)", "one worker": "T.forward(x, out=c)"}
    return Work(name, dtype, lambda: _scope(T, shape, dtype), calls, {"one worker": goal})
