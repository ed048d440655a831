"""What the library runs on: versions, threads, the folder of compiled kernels, and compiling them ahead."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from .registry import list_transforms, transform
from .representation import FrameTransform, Invertible, Representation
from .version import __version__

__all__ = ["facts", "show_versions", "warmup"]

PACKAGES = (
    "numpy", "scipy", "PyWavelets", "numba", "llvmlite", "matplotlib", "pandas", "click", "tqdm",
    "soundfile", "pillow", "tifffile",
)  # fmt: skip
SHAPES = ((8,), (8, 8), (8, 8, 8), (64, 8))  # lines, planes, planes after lines, batches of lines


def warmup(*, progress: bool = False) -> float:
    """Compile every kernel that the registered transforms use, for float32 and float64.

    Parameters
    ----------
    progress : bool, optional
        Whether to say on stderr how long it took.

    Returns
    -------
    float
        Seconds it took: a fraction of one if the kernels were on disk already.

    Notes
    -----
    Kernels are otherwise compiled at the first call that needs them, and kept on disk in either case.
    Where kernels can be kept and there is a second core, a second process compiles those for float32
    meanwhile.

    Examples
    --------
    >>> import shiftinv as si
    >>> si.warmup() > 0
    True
    """
    start = time.perf_counter()
    with _meanwhile("from shiftinv.environment import compile_kernels; compile_kernels('float32')"):
        compile_kernels("float64")
    compile_kernels("float32")  # read from disk, if the other process could keep them
    if progress:
        print(f"kernels compiled in {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
    return time.perf_counter() - start


def compile_kernels(dtype: str) -> None:
    """Run every registered transform once on small signals of `dtype`."""
    for name, axes, shape in itertools.product(list_transforms(), (None, (0,), (-1,)), SHAPES):
        _run(transform(name).with_levels(None, axes), np.ones(shape, dtype))


@contextlib.contextmanager
def _meanwhile(code: str) -> Iterator[None]:
    """Run Python code in another process, if one can be had; what becomes of it does not matter."""
    import subprocess

    other = None
    if (os.cpu_count() or 1) > 1 and sys.executable:
        with contextlib.suppress(OSError):
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            other = subprocess.Popen([sys.executable, "-c", code], **quiet)  # type: ignore[call-overload]
    try:
        yield
    finally:
        if other is not None:
            other.wait()


def _run(T: Representation, x: np.ndarray[Any, Any]) -> None:
    try:
        T.layout(x.shape, x.dtype)
    except ValueError:  # not all transforms take volumes
        return
    c = T.forward(x)
    if isinstance(T, Invertible):
        T.inverse(c)
    if isinstance(T, FrameTransform):
        T.adjoint(c)


def facts() -> dict[str, str]:
    """Return versions, threads, and where compiled kernels are kept and whether that can be written.

    Returns
    -------
    dict of str
        In the order in which `show_versions` prints them.
    """
    import platform

    from .kernels import storage

    told = {"shiftinv": __version__, "Python": sys.version.split()[0]}
    told |= {name: _version(name) for name in PACKAGES}
    told |= {"system": platform.platform(), "cores (workers=-1)": str(os.cpu_count() or 1)}
    for place, folder in enumerate(storage.folders(), start=1):
        told[f"compiled kernels, choice {place}"] = f"{folder} ({storage.state(folder)})"
    if not storage.folders():
        told["compiled kernels"] = "kept nowhere: no folder is this user's alone. Set NUMBA_CACHE_DIR to one"
    return told


def show_versions() -> None:
    """Print what a report of a defect should contain (see `facts`)."""
    told = facts()
    width = max(map(len, told))
    for name, value in told.items():
        print(f"{name:<{width}}  {value}")


def _version(name: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
