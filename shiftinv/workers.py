"""The thread pool behind ``workers=``: made at its first use, dropped at a fork.

Kernels release the interpreter lock, so threads share the work of one array. Tasks are few and
coarse; which thread computes which part never changes a bit of the result.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .checks import integer

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

__all__ = ["count", "share"]

COARSE = 1 << 18  # coefficients that a thread must get to be worth waking: about a millisecond
_pools: dict[tuple[int, int], ThreadPoolExecutor] = {}


def count(workers: object) -> int:
    """Return how many threads ``workers=`` asks for: at most one per core, -1 for all cores."""
    if workers == 1 and type(workers) is int:  # the usual case, and asking for the cores takes microseconds
        return 1
    cores = os.cpu_count() or 1
    if isinstance(workers, int) and not isinstance(workers, bool) and workers == -1:
        return cores
    return min(integer(workers, "workers", 1), cores)


def share(task: Callable[..., object], *arguments: Any, items: int, size: int, workers: int, unit: int = 1) -> None:
    """Run task(*arguments, begin, end) over range(items), in parts that begin at multiples of `unit`.

    Parameters
    ----------
    task : callable
        Does items begin … end - 1; which part it gets must not change what it computes.
    *arguments
        Its first arguments.
    items : int
        How many there are to share.
    size : int
        Coefficients in all; a thread is given at least `COARSE`.
    workers : int
        Threads at most, this one included.
    unit : int, optional
        Items that must stay together; it divides `items`.
    """
    parts = min(workers, items // unit, max(1, size // COARSE))
    if parts <= 1:
        task(*arguments, 0, items)
        return
    ends = [items // unit * part // parts * unit for part in range(parts + 1)]
    pool = _pool(parts)
    pending = [pool.submit(task, *arguments, begin, end) for begin, end in itertools.pairwise(ends[1:])]
    try:
        task(*arguments, 0, ends[1])
    finally:
        for future in pending:
            future.result()


def _pool(threads: int) -> ThreadPoolExecutor:
    """Return this process's pool; a fork copies the dictionary but no thread, and its process has another number."""
    from concurrent.futures import ThreadPoolExecutor  # most programs never share work

    return _pools.setdefault((os.getpid(), threads), ThreadPoolExecutor(threads, thread_name_prefix="shiftinv"))
