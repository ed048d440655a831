"""What a transform costs: coefficients, bytes, and seconds against a memory copy."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from .. import checks
from ..representation import Invertible, Representation
from .fairness import require_transform

__all__ = ["Cost", "cost"]


@dataclass(frozen=True)
class Cost:
    """What a transform costs at one shape.

    Parameters
    ----------
    redundancy : float
        Real coefficients per real sample.
    nbytes, peak_nbytes : int
        Bytes of the coefficients, and the most that a forward transform holds at once.
    forward_seconds, inverse_seconds : float
        Median of the repetitions, each with a fresh output; nan without an inverse.
    forward_ratio, inverse_ratio : float
        The same in units of one `numpy.copyto` of as many bytes as the call reads plus writes.
    """

    redundancy: float
    nbytes: int
    peak_nbytes: int
    forward_seconds: float
    inverse_seconds: float
    forward_ratio: float
    inverse_ratio: float


def cost(T: Representation, shape: int | tuple[int, ...], *, dtype: DTypeLike = float, repeats: int = 7) -> Cost:
    """Measure what a transform costs at one shape.

    Parameters
    ----------
    T : Representation
        The transform.
    shape : int or tuple of int
        Of the signal.
    dtype : dtype-like, optional
        Of the signal.
    repeats : int, optional
        Repetitions, of which the median counts. Transform, memory copy and inverse take turns, so
        that a change of the machine's speed meets all of them.

    Returns
    -------
    Cost

    Raises
    ------
    TypeError
        If `T` is not a transform.

    Examples
    --------
    >>> import shiftinv as si
    >>> measured = si.metrics.cost(si.SWT("haar", levels=3), 256, repeats=3)
    >>> measured.redundancy, measured.nbytes
    (4.0, 8192)
    """
    require_transform(T, "T")
    layout = T.layout(shape, dtype)
    repeats = checks.integer(repeats, "repeats", 1)
    rng = np.random.default_rng(0)
    x = rng.standard_normal(layout.shape).astype(layout.dtype)
    import tracemalloc  # only a measurement needs it

    tracemalloc.start()
    c = T.forward(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    source = np.ones(x.nbytes + layout.nbytes, np.uint8)
    target = np.empty_like(source)
    calls: list[Callable[[], object]] = [lambda: T.forward(x), lambda: np.copyto(target, source)]
    if isinstance(T, Invertible):
        calls.append(lambda: T.inverse(c))
    seconds = _medians(calls, repeats)
    forward, copy, inverse = (*seconds, float("nan"))[:3]
    return Cost(layout.redundancy, layout.nbytes, peak, forward, inverse, forward / copy, inverse / copy)


def _medians(calls: list[Callable[[], object]], repeats: int) -> list[float]:
    """Return the median seconds of each call, the calls taking turns; short ones are repeated to 1 ms."""
    loops = [max(1, min(1000, int(1e-3 / max(_seconds(call, 1), 1e-9)))) for call in calls for _ in [call()]]
    rounds = [[_seconds(call, loop) for call, loop in zip(calls, loops, strict=True)] for _ in range(repeats)]
    medians: list[float] = np.median(rounds, axis=0).tolist()
    return medians


def _seconds(call: Callable[[], object], loops: int) -> float:
    start = time.perf_counter()
    for _ in range(loops):
        call()
    return (time.perf_counter() - start) / loops
