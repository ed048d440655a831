"""The works of boundaries and of the undecimated family: every registered transform, each against who has the same.

Where a peer computes the same numbers a work asserts it before it is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pywt
from scipy.ndimage import convolve1d

import shiftinv as si
from shiftinv.boundary import NAMES

from .goals import scope_of
from .protocol import Work

LEVELS = 3
SHAPES = {"2^18 samples": (2**18,), "512 x 512": (512, 512)}
OURS = {"fresh": "T.forward(x)", "reused": "T.forward(x, out=c)"}
BACK = {"fresh": "T.inverse(c)", "reused": "T.inverse(c, out=y)"}


def works() -> Iterator[Work]:
    """Yield boundaries, then what peers have, then every registered transform there and back."""
    for dtype in ("float64", "float32"):
        for mode in NAMES["PyWavelets"]:
            yield _boundary(mode, dtype)
        for boundary in ("symmetric", "zero"):
            yield from _stationary_with_ends(boundary, dtype)
        yield from _with_peers(dtype)
        for name in si.list_transforms():
            for told, shape in SHAPES.items():
                T = si.transform(name).with_levels(LEVELS, None)
                yield _work(f"{name} forward, {told}", dtype, T, shape, OURS)
                if isinstance(T, si.Invertible):
                    yield _work(f"{name} inverse, {told}", dtype, T, shape, BACK)


def _boundary(boundary: str, dtype: str) -> Work:
    """Return the DWT of an image in a mode of PyWavelets."""
    mode, T = NAMES["PyWavelets"][boundary], si.DWT("db4", LEVELS, boundary=boundary)
    calls = OURS | {"pywt": f"pywt.wavedec2(x, w, {mode!r}, {LEVELS})"}
    return _work(f"DWT forward db4, {boundary}, 512 x 512", dtype, T, (512, 512), calls, same=_same_as_pywt(mode))


def _stationary_with_ends(boundary: str, dtype: str) -> Iterator[Work]:
    """Yield the SWT of a signal with ends beside the same of a circle, to see what ends cost."""
    for told, shape in SHAPES.items():
        T = si.SWT("db4", LEVELS, boundary=boundary)
        calls = OURS | {"on a circle": "circle.forward(x)"}
        more = {"circle": T.replace(boundary="periodic")}
        yield _work(f"SWT forward db4, {boundary}, {told}", dtype, T, shape, calls, more=more)
        yield _work(f"SWT inverse db4, {boundary}, {told}", dtype, T, shape, BACK)


def _with_peers(dtype: str) -> Iterator[Work]:
    signal, image = SHAPES.values()
    analysis = {"fresh": "T.mra(x)"}
    for T in (si.SWT("db4", LEVELS), si.MODWT("d8", LEVELS)):
        calls = analysis | {"pywt": f"pywt.mra(x, w, {LEVELS}, transform='swt')"}
        yield _work(f"{T.name} components, 2^18 samples", dtype, T, signal, calls, goals={})
        calls = analysis | {"pywt": f"pywt.mra2(x, w, {LEVELS}, transform='swt2')"}
        yield _work(f"{T.name} components, 512 x 512", dtype, T, image, calls, goals={"pywt": 40}, rounds=5)
    calls = OURS | {"pywt": f"pywt.swt(x, w, {LEVELS}, trim_approx=True, norm=True)"}
    yield _work("MODWT forward la8, 2^18 samples", dtype, si.MODWT("la8", LEVELS), signal, calls)
    calls = OURS | {"scipy": "starlet(x)"}
    for told, shape in SHAPES.items():
        T = si.transforms.Starlet(LEVELS)
        yield _work(f"starlet forward, {told}", dtype, T, shape, calls, more={"starlet": _starlet}, same=_same_starlet)
    calls = OURS | {"pywt": f"pywt.WaveletPacket(x, w, 'periodization', {LEVELS}).get_level({LEVELS})"}
    yield _work("packets forward db4, 2^18 samples", dtype, si.transforms.Packets("db4", LEVELS), signal, calls)
    calls = OURS | {"pywt": f"pywt.WaveletPacket2D(x, w, 'periodization', {LEVELS}).get_level({LEVELS})"}
    yield _work("packets forward db4, 512 x 512", dtype, si.transforms.Packets("db4", LEVELS), image, calls)


def _starlet(x: Any) -> list[Any]:
    """Return the bands of a starlet as one makes them of dilated kernels."""
    bands = []
    for level in range(LEVELS):
        kernel = np.zeros(4 * 2**level + 1, x.dtype)
        kernel[:: 2**level] = np.array([1, 4, 6, 4, 1]) / 16
        smooth = x
        for axis in range(x.ndim):
            smooth = convolve1d(smooth, kernel, axis, mode="wrap")
        bands.append(x - smooth)
        x = smooth
    return [x, *reversed(bands)]


def _same_starlet(names: dict[str, Any]) -> None:
    for ours, theirs in zip((names["c"][band] for band in names["c"].bands), _starlet(names["x"]), strict=True):
        _close(ours, theirs)


def _same_as_pywt(mode: str) -> Callable[[dict[str, Any]], None]:
    def check(names: dict[str, Any]) -> None:
        theirs = pywt.wavedec2(names["x"], names["w"], mode, LEVELS)
        _close(names["c"].approx, theirs[0])

    return check


def _close(ours: Any, theirs: Any) -> None:
    tolerance = 1e-4 if theirs.dtype == np.float32 else 1e-10
    assert np.abs(ours - theirs).max() <= tolerance * max(1, np.abs(theirs).max()), "a peer computes something else"


def _work(
    name: str,
    dtype: str,
    T: Any,
    shape: tuple[int, ...],
    calls: dict[str, str],
    *,
    goals: dict[str, float] | None = None,
    more: dict[str, Any] | None = None,
    same: Callable[[dict[str, Any]], None] | None = None,
    rounds: int = 7,
) -> Work:
    def scope() -> dict[str, Any]:
        names = scope_of(T, np.random.default_rng(0).standard_normal(shape).astype(dtype)) | (more or {})
        if same is not None:
            same(names)
        return names

    return Work(name, dtype, scope, calls, goals or {}, rounds)
