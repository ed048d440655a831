"""How a kernel is compiled: the one place that decides it, and the only one that imports Numba."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any, TypeVar, cast

__all__ = ["Kernel", "inner", "kernel"]

Loops = TypeVar("Loops", bound=Callable[..., Any])


class Kernel:
    """Loops over flat arrays that Numba compiles at their first call.

    The wrapper exists so that importing this library imports no Numba. Kernels release the
    interpreter lock and keep IEEE semantics: no `fastmath`, no fused multiply-add, no threads of
    Numba's own. What was compiled is kept on disk (`storage`).
    """

    def __init__(self, loops: Callable[..., Any], stored: bool) -> None:
        functools.update_wrapper(self, loops)
        self.loops = loops
        self.stored = stored
        self.compiled: Callable[..., Any] | None = None

    def __call__(self, *args: Any) -> None:
        """Run the loops, compiled."""
        run = self.compiled or self.dispatcher()
        run(*args)

    def dispatcher(self) -> Callable[..., Any]:
        """Return the loops as a Numba dispatcher, with the kernels they call compiled into them."""
        if self.compiled is None:
            import numba

            scope = self.loops.__globals__
            called = {name: scope[name] for name in self.loops.__code__.co_names if isinstance(scope.get(name), Kernel)}
            resolved = {name: called[name].dispatcher() for name in called}
            loops = types.FunctionType(self.loops.__code__, {**scope, **resolved}, self.loops.__name__)
            loops.__module__, loops.__qualname__ = self.loops.__module__, self.loops.__qualname__
            dispatcher: Any = numba.njit(nogil=True)(loops)
            if self.stored and not isinstance(dispatcher, types.FunctionType):  # a function where JIT is disabled
                from .storage import KernelStore

                dispatcher._cache = KernelStore(f"{loops.__module__.rpartition('.')[2]}.{loops.__name__}")
            self.compiled = dispatcher
        assert self.compiled is not None
        return self.compiled


def kernel(loops: Callable[..., None]) -> Kernel:
    """Mark a function of plain loops as a kernel."""
    return Kernel(loops, stored=True)


def inner(loops: Loops) -> Loops:
    """Mark loops that kernels call: compiled into each of them, never called from Python."""
    return cast("Loops", Kernel(loops, stored=False))
