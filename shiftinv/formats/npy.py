"""Arrays as NumPy stores them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .contents import Contents, check_size, decoded_bytes, decoding, in_own_units

__all__ = ["read"]


def read(file: Path, max_bytes: int) -> Contents:
    """Read an array; what its header claims is compared with the file before memory is taken."""
    with decoding(file, ".npy file of numbers"):
        stored = np.lib.format.open_memmap(file, mode="r")
    if stored.dtype.kind not in "biufc":
        raise ValueError(f"{file} holds {stored.dtype}, not numbers. Save a numeric array.")
    check_size(file, decoded_bytes(stored.size, stored.dtype), max_bytes)
    return Contents(in_own_units(np.array(stored)))
