"""Arrays as NumPy stores them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contents import Contents, check_size, decoded_bytes, decoding, in_own_units
from .storage import Encoded, Storage

__all__ = ["encode", "read", "storage"]


def read(file: Path, max_bytes: int) -> Contents:
    """Read an array; what its header claims is compared with the file before memory is taken."""
    with decoding(file, ".npy file of numbers"):
        stored = np.lib.format.open_memmap(file, mode="r")
    if stored.dtype.kind not in "biufc":
        raise ValueError(f"{file} holds {stored.dtype}, not numbers. Save a numeric array.")
    if not stored.ndim:
        raise ValueError(f"{file} holds a single number, and a signal has at least one axis. Save an array of samples.")
    check_size(file, decoded_bytes(stored.size, stored.dtype), max_bytes)
    return Contents(in_own_units(np.array(stored)), storage=Storage(dtype=stored.dtype.newbyteorder("=")))


def storage(_file: Path, values: NDArray[Any], _like: Storage) -> Storage:
    """Return how an array is stored: as it is.

    Not as the integers it may have been read from: such a file is there for further computation, and what
    stands behind the point has just been computed.
    """
    return Storage(dtype=values.dtype)


def encode(_file: Path, values: NDArray[Any], _stored: Storage) -> Encoded:
    """Return the bytes of a file that holds an array."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, values, allow_pickle=False)
    return Encoded(buffer.getbuffer(), str(values.dtype))
