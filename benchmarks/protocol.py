"""How times are taken: in one process, calls in turn, best and median of the rounds, ratios only.

The unit is a memory copy: `numpy.copyto` between two arrays that hold as many bytes as the call reads plus
writes. Every call stands in the results as the text that was timed.
"""

from __future__ import annotations

import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

import numpy as np

import shiftinv

COPY = "np.copyto(target, source)"
SHORTEST = 2e-4  # a call is repeated until a round takes this many seconds
PACKAGES = (
    *("numpy", "scipy", "numba", "llvmlite", "PyWavelets", "ndwt"),
    *("dtcwt", "torch", "torchwavelets", "pytorch_wavelets"),
    *("scikit-image", "bm3d"),
)


@dataclass(frozen=True)
class Work:
    """One row of the table, for one dtype.

    Parameters
    ----------
    name : str
        What is done.
    dtype : str
        Of the signal.
    scope : callable
        Makes the names that the calls use.
    calls : dict of str
        Name of the caller to text. "fresh" and "reused" are ours.
    goals : dict of float
        Peer to how many times faster; "memcpy fresh" and "memcpy reused" to the most copies.
    rounds : int
        Repetitions.
    """

    name: str
    dtype: str
    scope: Callable[[], dict[str, Any]]
    calls: dict[str, str]
    goals: dict[str, float] = field(default_factory=dict)
    rounds: int = 9


@dataclass
class Timing:
    """The rounds of one call.

    Parameters
    ----------
    call : str
        What was timed.
    loops : int
        Calls in a round.
    seconds : list of float
        Per call, one number a round.
    """

    call: str
    loops: int
    seconds: list[float] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The fastest round."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The middle round."""
        return statistics.median(self.seconds)


def in_turns(calls: dict[str, str], scope: dict[str, Any], moved: int, rounds: int = 9) -> dict[str, Timing]:
    """Time calls and a memory copy in turns.

    Parameters
    ----------
    calls : dict of str
        Name to text, evaluated in `scope`.
    scope : dict
        What the texts may use.
    moved : int
        Bytes that a call reads plus writes; "memcpy" copies as many.
    rounds : int, optional
        How often each takes its turn, after one warm-up call.

    Returns
    -------
    dict of Timing
        With an entry "memcpy".
    """
    source = np.ones(max(moved, 1), np.uint8)
    scope = scope | {"np": np, "source": source, "target": np.empty_like(source)}
    texts = calls | {"memcpy": COPY}
    run = {name: eval(f"lambda: {text}", scope) for name, text in texts.items()}
    timings = {}
    for name, text in texts.items():
        run[name]()
        timings[name] = Timing(text, max(1, int(SHORTEST / max(_seconds(run[name], 1), 1e-9))))
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, timing in timings.items():
                timing.seconds.append(_seconds(run[name], timing.loops))
    finally:
        gc.enable()
    return timings


def _seconds(call: Any, loops: int) -> float:
    start = time.perf_counter()
    for _ in range(loops):
        call()
    return (time.perf_counter() - start) / loops


def circumstances() -> dict[str, Any]:
    """Return versions and machine, to be kept with the results."""
    return {
        "python": sys.version.split()[0],
        "versions": {name: _version(name) for name in PACKAGES},
        "shiftinv": shiftinv.__version__,
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        return platform.processor()
    return names[0] if names else platform.processor()
