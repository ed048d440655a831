"""The one list of kinds of files: what reads, describes and makes each, by suffix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from . import npy, png, sound, table, tiff
from .contents import Contents
from .storage import Encoded, Storage

__all__ = ["KINDS", "Kind", "kind_of"]


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Parameters
    ----------
    read : callable
        Return what the file holds, if it takes no more than so many bytes.
    storage : callable
        Return how values of this shape and dtype are stored, like those of another file as far as possible.
    encode : callable
        Return the bytes of a file with the values, stored so.
    timed : bool, optional
        Whether it has a sampling rate.
    """

    read: Callable[[Path, int], Contents]
    storage: Callable[[Path, NDArray[Any], Storage], Storage]
    encode: Callable[[Path, NDArray[Any], Storage], Encoded]
    timed: bool = False


TIFF = Kind(tiff.read, tiff.storage, tiff.encode)
KINDS = {
    ".npy": Kind(npy.read, npy.storage, npy.encode),
    ".csv": Kind(table.read, table.storage, table.encode),
    ".wav": Kind(sound.read_wav, sound.storage_wav, sound.encode_wav, timed=True),
    ".flac": Kind(sound.read_flac, sound.storage_flac, sound.encode_flac, timed=True),
    ".png": Kind(png.read, png.storage, png.encode),
    ".tif": TIFF,
    ".tiff": TIFF,
}


def kind_of(file: Path, done: str) -> Kind:
    """Return the kind of a file that is to be read or written."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        *others, last = KINDS
        raise ValueError(
            f"{file} cannot be {done}: its suffix {file.suffix!r} is not known. Use {', '.join(others)} or {last}."
        )
    return kind
