"""Compiled kernels on disk, in a form that cannot hurt.

One file per kernel and signature, named after a digest of everything the machine code depends on
(sources of all kernels, versions, processor), holding a checksum and the code. It is written to
a temporary file and moved into place, so that processes may write at once. A file that is cut off,
altered, unreadable or unwritable costs one warning and a compilation, never the call.

Loading runs what a file says, so the folder is never one that others may write to.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from ..checks import CacheWarning
from ..files import replacing

__all__ = ["KernelStore", "folders", "state"]

logger = logging.getLogger("shiftinv")
CHECKSUM = 32  # bytes of SHA-256 before the code


class KernelStore(_Cache):
    """What Numba asks for the compiled signatures of one kernel.

    Parameters
    ----------
    name : str
        Of the kernel; the beginning of its files' names.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def cache_path(self) -> str:
        """The folder that is tried first."""
        return str(next(iter(folders()), ""))

    def enable(self) -> None:
        """Do nothing: a store is always on."""

    def disable(self) -> None:
        """Do nothing: a store is always on."""

    def flush(self) -> None:
        """Do nothing: files of other versions are never read."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled code of a signature, or None if it must be compiled."""
        target_context.refresh()
        name = self._file_name(sig, target_context.codegen())
        for path in (folder / name for folder in folders()):
            try:
                return CompileResult._rebuild(target_context, *_read(path))
            except FileNotFoundError:
                continue
            except Exception as error:  # whatever a damaged or foreign file leads to
                _warn(f"{path} cannot be used ({error})")
        logger.info("compiling kernel %s; later runs read it from disk", self._name)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the compiled code of a signature in the first folder that takes it."""
        name = self._file_name(sig, data.codegen)
        reason: object = "no folder is this user's alone"
        for folder in folders():
            try:
                _write(folder / name, data._reduce())
            except Exception as error:  # full disk, read-only folder, code that cannot be pickled
                reason = error
            else:
                return
        _warn(f"nothing can be kept ({reason}); set NUMBA_CACHE_DIR to a folder of yours")

    def _file_name(self, sig: Any, codegen: Any) -> str:
        key = repr((_sources(), numba.__version__, llvmlite.__version__, sys.version, codegen.magic_tuple(), str(sig)))
        return f"{self._name}-{hashlib.sha256(key.encode()).hexdigest()[:32]}.kernel"


def _read(path: Path) -> Any:
    content = path.read_bytes()
    checksum, code = content[:CHECKSUM], content[CHECKSUM:]
    if hashlib.sha256(code).digest() != checksum:
        raise ValueError("its checksum is wrong")
    return pickle.loads(code)


def _write(path: Path, payload: Any) -> None:
    code = dumps(payload)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with replacing(path) as file:
        file.write(hashlib.sha256(code).digest())
        file.write(code)


def folders() -> list[Path]:
    """Return where compiled kernels may be, first choice first.

    NUMBA_CACHE_DIR if it is set; else ``__pycache__`` beside the kernels and the user's cache folder.
    A folder that other users may write to is left out.
    """
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    candidates = [Path(chosen) / "shiftinv"] if chosen else [Path(__file__).parent / "__pycache__", _user_cache()]
    return [path for path in candidates if path is not None and _is_private(path)]


def state(folder: Path) -> str:
    """Return in words whether compiled kernels can be kept in a folder, and how many are."""
    above = folder
    while not above.exists():
        above = above.parent
    writable = os.access(above, os.W_OK) and above.is_dir()
    count = len(list(folder.glob("*.kernel"))) if folder.is_dir() else 0
    return f"{'writable' if writable else 'not writable'}, {count} kernels"


def _is_private(path: Path) -> bool:
    try:
        return os.name == "nt" or not path.stat().st_mode & 0o022
    except FileNotFoundError:
        return True  # it is made for this user alone
    except OSError:
        return False


def _user_cache() -> Path | None:
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "shiftinv"
    base = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    return (Path(base) if base else home / ".cache") / "shiftinv"


@cache
def _sources() -> str:
    """Return a digest of the sources of all kernels: an edit anywhere among them makes old files foreign."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _warn(reason: str) -> None:
    """Warn, once for each reason."""
    warnings.warn(
        f"compiled kernels on disk: {reason}. Results are not affected; compiling takes some seconds.",
        CacheWarning,
        stacklevel=2,
    )
