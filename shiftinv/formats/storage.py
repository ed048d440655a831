"""How a file stores its numbers, and what all kinds of files share when numbers are stored again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Encoded", "Storage", "encoding", "in_dtype", "lacking", "real", "whole"]


@dataclass(frozen=True)
class Storage:
    """What a file tells beside its numbers. A kind of file fills in what it knows, and uses what it can keep.

    Parameters
    ----------
    dtype : dtype, optional
        Of the numbers of an array or an image as they are stored. None for a sound or a table.
    bits : int, optional
        The depth of a PNG image: a sample is a whole number below 2^bits.
    colour : bool, optional
        Whether the last axis of an image is red, green and blue.
    inverted : bool, optional
        Whether 0 is white in a TIFF image.
    profile : tuple of (bytes, bytes), optional
        The chunks of a PNG image that say how its numbers are to be seen, by name.
    rate : int, optional
        Samples of a sound per second.
    encoding : str, optional
        Of the samples of a sound, in the words of libsndfile: "PCM_16", "FLOAT", "ULAW", …
    layout : bytes, optional
        The ``fmt `` chunk of a WAV file.
    heading : str, optional
        The line of column names above a table, as it is written.
    """

    dtype: np.dtype[Any] | None = None
    bits: int = 0
    colour: bool = False
    inverted: bool = False
    profile: tuple[tuple[bytes, bytes], ...] = ()
    rate: int = 0
    encoding: str = ""
    layout: bytes = b""
    heading: str = ""


@dataclass(frozen=True)
class Encoded:
    """The bytes of a whole file, how many samples were clipped, and in a few words what the others are stored as."""

    content: bytes | memoryview
    stored: str
    clipped: int = 0


def whole(file: Path, values: NDArray[Any], low: int, high: int, dtype: str) -> tuple[NDArray[Any], int]:
    """Return the whole numbers from `low` to `high` that are nearest to `values`, and how many were outside."""
    real(file, values)
    broken = int(np.count_nonzero(~np.isfinite(values)))
    if broken:
        raise ValueError(
            f"{file} holds whole numbers, and {broken} of the values {'is' if broken == 1 else 'are'} not finite. "
            f"Replace them, or write .npy."
        )
    rounded = np.rint(values)
    above, below = rounded >= high + 1, rounded < low  # high itself may be no floating-point number: 2^64 - 1
    stored = np.where(above | below, 0, rounded).astype(dtype)
    stored[above], stored[below] = high, low
    return stored, int(np.count_nonzero(above) + np.count_nonzero(below))


def in_dtype(file: Path, values: NDArray[Any], dtype: np.dtype[Any]) -> tuple[NDArray[Any], int]:
    """Return `values` as numbers of `dtype`, and how many whole ones were outside its range and are clipped."""
    if dtype.kind in "biu":
        low, high = (0, 1) if dtype.kind == "b" else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
        return whole(file, values, low, high, dtype.str)
    if dtype.kind != "c":
        real(file, values)
    with np.errstate(over="ignore"):
        stored = values.astype(dtype)
    lost = int(np.count_nonzero(np.isfinite(values) & ~np.isfinite(stored)))
    if lost:
        raise ValueError(f"{file} holds {dtype}, and {lost} of the values are too large for it. Write .npy.")
    return stored, 0


def real(file: Path, values: NDArray[Any]) -> None:
    """Refuse complex values where a file has room for real ones."""
    if values.dtype.kind == "c":
        raise ValueError(f"{file} has no room for complex numbers. Write .npy, or the real and imaginary parts.")


def lacking(file: Path, library: str) -> ImportError:
    """Return the refusal to write a file whose library is not installed."""
    return ImportError(f'writing {file} needs {library}: pip install "shiftinv[io]"')


@contextmanager
def encoding(file: Path, kind: str) -> Iterator[None]:
    """Turn whatever an encoder raises into one sentence that names the file."""
    try:
        yield
    except Exception as error:
        if isinstance(error, (MemoryError, ImportError)):
            raise
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise ValueError(f"{file} cannot be written as {kind}: {reason}.") from None
