"""What a file of any kind holds once it is read, and what every kind of file is held to."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .storage import Storage

__all__ = ["Contents", "check_size", "cut_short", "decoded_bytes", "decoding", "in_own_units", "missing"]


@dataclass(frozen=True)
class Contents:
    """An array; if channels are named, each place on its last axis is a signal of its own.

    A channel with the name "" is the only one, and its signal is named after the file alone.
    For a table, `lines` holds the line of every row, and `empty` says where its first empty cell is, which is nan
    here. `storage` tells how the file stores all this.
    """

    values: NDArray[Any]
    channels: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    storage: Storage = field(default_factory=Storage)
    empty: str = ""

    @property
    def signal(self) -> NDArray[Any]:
        """The array, without the axis of a single channel."""
        return self.values[..., 0].copy() if len(self.channels) == 1 else self.values

    def where(self, channel: int, index: tuple[int, ...]) -> str:
        """Return in words where a sample of a channel stands."""
        name = self.channels[channel] if self.channels else ""
        if self.lines:
            label = f" ({name})" if name not in ("", str(channel)) else ""
            return f"line {self.lines[index[0]]}, column {channel + 1}{label}"
        return f"{f'channel {name}, ' if name else ''}index {index[0] if len(index) == 1 else index}"


def in_own_units(values: NDArray[Any]) -> NDArray[Any]:
    """Return numbers as they were stored: integers and booleans as float64, others in their own dtype."""
    return values.astype(np.float64 if values.dtype.kind in "biu" else values.dtype.newbyteorder("="), copy=False)


def decoded_bytes(count: int, dtype: np.dtype[Any]) -> int:
    """Return how much memory `count` numbers take once they are read."""
    return count * (8 if dtype.kind in "biu" else dtype.itemsize)


def check_size(file: Path, size: int, max_bytes: int) -> None:
    """Refuse a file that takes more memory than was allowed."""
    if size > max_bytes:
        raise ValueError(
            f"{file} takes {size} bytes of memory, more than max_bytes={max_bytes} (--max-bytes in a shell): "
            f"allow {size} if that much is there."
        )


def cut_short(file: Path, announced: int, there: int) -> ValueError:
    """Return the refusal of a file that ends before its header says."""
    return ValueError(
        f"{file} is cut short: its header announces {announced} bytes, and {there} are there. Copy it again."
    )


def missing(file: Path, library: str) -> ImportError:
    """Return the refusal of a file whose library is not installed."""
    return ImportError(f'reading {file} needs {library}: pip install "shiftinv[io]"')


@contextmanager
def decoding(file: Path, kind: str) -> Iterator[None]:
    """Keep a decoder quiet, and turn whatever it raises into one sentence that names the file.

    What the operating system refuses, such as a file without permission, is passed on as it is.
    """
    log = logging.getLogger("tifffile")
    if not log.handlers:
        log.addHandler(logging.NullHandler())  # Python prints the messages of a log that nobody handles
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        if isinstance(error, OSError) and error.filename:
            raise
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise ValueError(f"{file} is not a whole {kind}: {reason}.") from None
