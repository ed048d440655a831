"""How a kernel is compiled and cached: the one place that decides it."""

from __future__ import annotations

import functools
import logging
import types
import warnings
from collections.abc import Callable
from typing import Any, Generic, ParamSpec

from ..checks import CacheWarning

__all__ = ["Kernel", "inner", "kernel"]

P = ParamSpec("P")
logger = logging.getLogger("shiftinv")


class Kernel(Generic[P]):
    """Loops over flat arrays that Numba compiles at their first call.

    The wrapper exists so that importing this library imports no Numba. Kernels release the
    interpreter lock, keep IEEE semantics (no `fastmath`) and are cached on disk.
    """

    def __init__(self, loops: Callable[P, None], cached: bool) -> None:
        functools.update_wrapper(self, loops)
        self.loops = loops
        self.cached = cached
        self.compiled: Callable[..., Any] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run the loops, compiled."""
        run = self.compiled
        if run is None:
            run = self.compile()
        run(*args, **kwargs)

    def compile(self) -> Callable[..., Any]:
        """Return the loops as a Numba dispatcher."""
        if self.compiled is None:
            used = self.loops.__code__.co_names
            scope = self.loops.__globals__
            inlined = {name: scope[name].compile() for name in used if isinstance(scope.get(name), Kernel)}
            loops = types.FunctionType(self.loops.__code__, {**scope, **inlined}, self.loops.__name__)
            loops.__module__, loops.__qualname__ = self.loops.__module__, self.loops.__qualname__
            self.compiled = _compile(loops, self.cached)
        return self.compiled


def kernel(loops: Callable[P, None]) -> Kernel[P]:
    """Mark a function of plain loops as a kernel."""
    return Kernel(loops, cached=True)


def inner(loops: Callable[P, None]) -> Kernel[P]:
    """Mark loops that kernels call: compiled into each of them, never called from Python."""
    return Kernel(loops, cached=False)


def _compile(loops: Callable[..., None], cached: bool) -> Callable[..., Any]:
    """Return `loops` as a Numba dispatcher: `nogil`, cached where a cache can be written."""
    import numba

    logger.info("compiling kernel %s (cached on disk for later runs)", loops.__qualname__)
    try:
        return numba.njit(nogil=True, cache=cached)(loops)
    except RuntimeError as error:  # Numba found no folder it may write to
        warnings.warn(
            f"compiled kernels are not kept on disk ({error}); every process compiles them again. "
            f"Set NUMBA_CACHE_DIR to a writable folder.",
            CacheWarning,
            stacklevel=3,
        )
        return numba.njit(nogil=True)(loops)
