"""Noise removed from images and signals: how well, how fast, beside others.

Images have levels from 0 to 255 and noise from ``default_rng(2024)``, neither rounded nor clipped; PSNR has the peak
255. Signals are Donoho and Johnstone's, with a standard deviation of 7 times that of the noise.
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

import shiftinv as si

from . import tables
from .denoisers import ALL_HARD, DEFAULT, PLAIN_HARD, Denoiser, check, of_images, of_signals, restoration, scope
from .protocol import Timing, circumstances, in_turns

Array: TypeAlias = NDArray[Any]
RESULTS = tables.HERE / "results" / "denoising.json"
SLOW = "float64, slow"  # the key of their times
SEED, SIGMAS, PEAK = 2024, (10, 25, 50), 255
QUICK = ("camera", "ascent", "astronaut")
SAMPLES, RATIO, SEEDS = 2048, 7, 50
SIGNALS = ("blocks", "bumps", "heavisine", "doppler")
SHOWN = (  # and whether the noise is known
    *((DEFAULT, True), (DEFAULT, False), ("shiftinv, SURE-LET", True), ("shiftinv, bivariate", True)),
    *(("scikit-image, 16 shifts db1", True), ("PyWavelets by hand, all shifts, hard 3", True), ("BM3D", True)),
)
IN_DATA = ("coins", "moon", "text", "page", "brick", "grass", "gravel")  # in scikit-image's wheel, grey


def main(*, quick: bool, page: bool) -> None:
    """Measure, print, and keep the tables; `quick`: three images, one strength of noise, and nothing kept."""
    names = scope()
    check(_noisy(si.datasets.camera(), 25), 25)
    on = circumstances()
    kept = {} if quick else _kept(on["versions"])
    cases = list(_of_images(names, kept, QUICK if quick else None))
    signals = list(_of_signals(names, 20 if quick else SEEDS))
    timings = _timings(names, quick=quick)
    shown = {
        "methods": _methods_table(cases, timings),
        "images": _images_table(cases),
        "signals": _signals_table(signals),
    }
    print(*(f"{name}\n\n{table}\n" for name, table in shown.items()), sep="\n")
    if quick:
        return
    calls = {"images": of_images(), "signals": of_signals()}
    content = {
        "on": on,
        "calls": {work: {denoiser.name: denoiser.call for denoiser in who} for work, who in calls.items()},
        "images": cases,
        "signals": signals,
        "timings": {dtype: {name: asdict(t) for name, t in taken.items()} for dtype, taken in timings.items()},
    }
    tables.write_json(RESULTS, content)
    if page:
        for name, table in shown.items():
            tables.put_into_page(f"benchmarks denoising {name}", table)


def _images() -> dict[str, Array]:
    """Return what comes with PyWavelets and scikit-image; nothing is downloaded."""
    found = {name: getattr(si.datasets, name)() for name in ("camera", "ascent", "aero")}
    if restoration is not None:
        from skimage import color, data

        found |= {name: 255 * color.rgb2gray(getattr(data, name)()) for name in ("astronaut", "chelsea")}
        found |= {name: getattr(data, name)().astype(np.float64) for name in IN_DATA}
    return found


def _noisy(clean: Array, sigma: float, seed: int = SEED) -> Array:
    return clean + sigma * np.random.default_rng(seed).standard_normal(clean.shape)


def _psnr(estimate: Array, clean: Array) -> float:
    return float(10 * np.log10(PEAK**2 / np.mean((estimate - clean) ** 2)))


def _kept(versions: dict[str, str | None]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return earlier results of slow peers, which are the same as long as the packages and the texts are."""
    if not RESULTS.exists():
        return {}
    earlier = json.loads(RESULTS.read_text())
    peers = ("numpy", "PyWavelets", "scikit-image", "bm3d")
    if any(earlier["on"]["versions"].get(name) != versions[name] for name in peers):
        return {}
    same = {who.name for who in of_images() if who.slow and earlier["calls"]["images"].get(who.name) == who.call}
    return {_key(case): case for case in earlier["images"] if case["method"] in same}


def _key(case: dict[str, Any]) -> tuple[Any, ...]:
    return case["image"], case["sigma"], case["sigma known"], case["method"]


def _of_images(
    names: dict[str, Any], kept: dict[tuple[Any, ...], dict[str, Any]], only: tuple[str, ...] | None
) -> Iterator[dict[str, Any]]:
    """Yield PSNR and seconds, of one call, for each image, strength of the noise and denoiser."""
    for image, clean in _images().items():
        if only is not None and image not in only:
            continue
        for sigma in SIGMAS if only is None else (25,):
            y = _noisy(clean, sigma)
            for denoiser in of_images():
                for known in (True,) if denoiser.needs_sigma else (True, False):
                    case = {"image": image, "sigma": sigma, "sigma known": known, "method": denoiser.name}
                    if _key(case) in kept:
                        yield kept[_key(case)]
                        continue
                    estimate, seconds = _run(denoiser, names, y, sigma if known else None)
                    case |= {"psnr": _psnr(estimate, clean), "seconds": seconds}
                    print(image, sigma, known, denoiser.name, f"{case['psnr']:.2f}", file=sys.stderr)
                    yield case


def _run(denoiser: Denoiser, names: dict[str, Any], y: Array, s: float | None) -> tuple[Array, float]:
    start = time.perf_counter()
    estimate = eval(denoiser.call, names | {"y": y, "s": s})
    return estimate, time.perf_counter() - start


def _of_signals(names: dict[str, Any], seeds: int) -> Iterator[dict[str, Any]]:
    """Yield the mean squared error of each signal and denoiser over draws of the noise, the same for all."""
    for signal in SIGNALS:
        clean = getattr(si.datasets, signal)(SAMPLES)
        clean *= RATIO / clean.std()
        draws = [_noisy(clean, 1, seed) for seed in range(SEED, SEED + seeds)]
        for denoiser in of_signals():
            for known in (True, False):
                s = 1.0 if known else None
                errors = [float(np.mean((_run(denoiser, names, y, s)[0] - clean) ** 2)) for y in draws]
                yield {
                    "signal": signal,
                    "sigma known": known,
                    "method": denoiser.name,
                    "mean squared error": statistics.fmean(errors),
                    "standard error": statistics.stdev(errors) / len(errors) ** 0.5,
                    "draws": seeds,
                }


def _timings(names: dict[str, Any], *, quick: bool) -> dict[str, dict[str, Timing]]:
    """Return times of an image of 512 x 512: of all in both dtypes, of slow ones in turns with the default alone."""
    image, who = _noisy(si.datasets.camera(), 25), of_images()
    fast = {denoiser.name: denoiser.call for denoiser in who if not denoiser.slow}
    fast[_told(DEFAULT, known=False)] = fast[DEFAULT].replace("=s", "=None")
    slow = {denoiser.name: denoiser.call for denoiser in who if denoiser.slow}
    taken = {}
    for dtype in ("float64", "float32"):
        y = image.astype(dtype)
        taken[dtype] = in_turns(fast, names | {"y": y, "s": 25.0}, 2 * y.nbytes, rounds=3 if quick else 7)
    if slow and not quick:
        calls = {DEFAULT: fast[DEFAULT]} | slow
        taken[SLOW] = in_turns(calls, names | {"y": image, "s": 25.0}, 2 * image.nbytes, rounds=2)
    return taken


def _methods_table(cases: list[dict[str, Any]], timings: dict[str, dict[str, Timing]]) -> str:
    """Return, for each denoiser, PSNR as a mean over images, how often it beats the default, and times."""
    psnr = {_key(case): case["psnr"] for case in cases}
    sigmas = sorted({case["sigma"] for case in cases})
    images = list(dict.fromkeys(case["image"] for case in cases))
    rows = []
    for method, known in dict.fromkeys((case["method"], case["sigma known"]) for case in cases):
        means = [statistics.fmean(psnr[image, sigma, known, method] for image in images) for sigma in sigmas]
        places = [(image, sigma, known) for image in images for sigma in sigmas]
        won = sum(psnr[*place, method] > psnr[*place, DEFAULT] for place in places)
        told = "" if method == DEFAULT else f"{won} of {len(places)}"
        name = _told(method, known)
        rows.append((name, *(f"{mean:.2f}" for mean in means), told, *_times(name, timings)))
    header = ("method", *(f"PSNR, sigma {sigma}" for sigma in sigmas), "above the default")
    times = ("times the default, float64", "float32", "copies, float64", "float32")
    return tables.markdown(rows, (*header, *times))


def _times(name: str, timings: dict[str, dict[str, Timing]]) -> tuple[str, ...]:
    """Return best times over the default's, and in memory copies, in either dtype; nothing where none was taken."""
    taken = [timings["float64"] if name in timings["float64"] else timings.get(SLOW, {}), timings["float32"]]
    units = [(DEFAULT, ".2f"), ("memcpy", ".0f")]
    return tuple(
        f"{found[name].best / found[unit].best:{form}}" if name in found else ""
        for unit, form in units
        for found in taken
    )


def _images_table(cases: list[dict[str, Any]]) -> str:
    """Return PSNR, one row for each image and strength of the noise, the highest in bold."""
    psnr = {_key(case): case["psnr"] for case in cases}
    columns = [shown for shown in SHOWN if any((case["method"], case["sigma known"]) == shown for case in cases)]
    rows = []
    for image, sigma in dict.fromkeys((case["image"], case["sigma"]) for case in cases):
        values = [psnr[image, sigma, known, method] for method, known in columns]
        told = (f"**{value:.2f}**" if value == max(values) else f"{value:.2f}" for value in values)
        rows.append((image, str(sigma), *told))
    return tables.markdown(rows, ("image", "sigma", *itertools.starmap(_told, columns)))


def _signals_table(signals: list[dict[str, Any]]) -> str:
    """Return mean squared errors, with the noise known and estimated, and what they say of spinning and the default."""
    error = {(case["signal"], case["sigma known"], case["method"]): case["mean squared error"] for case in signals}
    methods = list(dict.fromkeys(case["method"] for case in signals))
    columns = [(signal, known) for known in (True, False) for signal in SIGNALS]
    rows = [(method, *(f"{error[*column, method]:.3f}" for column in columns)) for method in methods]
    spun = [error[*column, ALL_HARD] / error[*column, PLAIN_HARD] for column in columns]
    best = [min(error[*column, method] for method in methods if method != DEFAULT) for column in columns]
    worse = [error[*column, DEFAULT] / least for column, least in zip(columns, best, strict=True)]
    rows.append(("universal hard: all shifts / DWT", *(f"{ratio:.2f}" for ratio in spun)))
    rows.append(("default / best of the others", *(f"{ratio:.2f}" for ratio in worse)))
    return tables.markdown(rows, ("method", *itertools.starmap(_told, columns)))


def _told(name: str, known: bool) -> str:
    return name if known else f"{name}, sigma estimated"
