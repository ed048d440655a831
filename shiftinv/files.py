"""Reading signals from files, and writing results so that the old file survives every failure."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import checks

if TYPE_CHECKING:
    from .formats.contents import Contents

__all__ = ["MAX_BYTES", "read_finite_signals", "read_signal", "read_signals", "replacing"]

MAX_BYTES = 1 << 31  # what one file may take in memory unless more is allowed


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Give a file to write that becomes `path` only when everything was written and synced.

    Until then it is a temporary file in the same folder; if anything fails it is removed and
    what stood at `path` stays as it was.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{target} cannot be written: there is no folder {target.parent}.")
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder. Give the name of a file.")
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_signal(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> NDArray[Any]:
    r"""Return the signal in a file.

    Parameters
    ----------
    path : str or path-like
        The suffix tells the kind of file.

        - ``.npy``: an array of numbers of any shape.
        - ``.csv``: numbers separated by commas in UTF-8, the same number in every line, with at most one line
          of column names above.
        - ``.wav``, ``.flac``: a sound, in units of full scale: whole numbers of any width become [-1, 1);
          floating-point samples stay as they are. The sampling rate is not kept.
        - ``.png``: an image in the file's own units, 0 to 2^bits - 1; a palette is replaced by its colours.
        - ``.tif``, ``.tiff``: an image in the file's own units; pages of one shape are one volume. Other files that
          it names are not opened.
    max_bytes : int, optional
        The most memory the signal may take, as the header of the file announces it, in bytes. For a CSV file,
        the most bytes of text.

    Returns
    -------
    ndarray
        Of the stored shape and, if it is floating-point or complex, dtype; integers become float64. A CSV file
        with one column gives shape (samples,), with several (samples, columns), in float64. A sound gives
        (samples,) or (samples, channels); an image (rows, columns) or, in colour, (rows, columns, 3); a volume
        (pages, rows, columns).

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If it is a sound or an image, and the library that reads it is not installed:
        ``pip install "shiftinv[io]"``.
    ValueError
        If the file is of another kind, is cut short or damaged, takes more than `max_bytes`, or holds something
        that is no number; the message names the file, and for CSV the line and column. Pickled objects are never
        loaded.

    Notes
    -----
    A WAV file whose header leaves the length open, as a program leaves it that writes into a pipe, is
    refused: whether it is whole cannot be told. An alpha channel that is opaque everywhere is left out; an
    image with transparent pixels is refused.

    Examples
    --------
    >>> import os, tempfile
    >>> from shiftinv.files import read_signal
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "leads.csv")
    ...     with open(path, "w") as file:
    ...         _ = file.write("I,II\n1,2\n3,4\n5,6\n")
    ...     read_signal(path).shape
    (3, 2)
    """
    contents = _read(Path(path), max_bytes)
    return contents.values[..., 0].copy() if len(contents.channels) == 1 else contents.values


def read_signals(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> dict[str, NDArray[Any]]:
    """Return the signals in a file, by name: columns of a table, channels of a sound or colours are one each.

    Parameters
    ----------
    path : str or path-like
        As for `read_signal`.
    max_bytes : int, optional
        As for `read_signal`.

    Returns
    -------
    dict of str to ndarray
        ``{"image.npy": x}`` for an array, a sound with one channel, a grey image, or a single column without a
        name. The columns of a CSV file are one-dimensional signals named ``"leads.csv[II]"`` by the line of
        column names, or ``"leads.csv[0]"`` by their place if it does not tell them apart; the channels of a
        sound ``"take.wav[0]"``, ``"take.wav[1]"``; those of a colour image ``"photo.png[red]"``,
        ``"photo.png[green]"`` and ``"photo.png[blue]"``, each of shape (rows, columns).

    Raises
    ------
    FileNotFoundError, ImportError, ValueError
        As `read_signal`.
    """
    return {name: x for name, x, _ in _signals(Path(path), max_bytes)}


def read_finite_signals(
    path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES
) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """Return the signals in a file that hold neither nan nor infinity, and a sentence about each of the others.

    Parameters
    ----------
    path : str or path-like
        As for `read_signal`.
    max_bytes : int, optional
        As for `read_signal`.

    Returns
    -------
    dict of str to ndarray, list of str
        As `read_signals`, and ``"leads.csv, line 18, column 2 (II): nan is not finite. …"``.

    Raises
    ------
    FileNotFoundError, ImportError, ValueError
        As `read_signal`.
    """
    finite, refusals = {}, []
    for name, x, where in _signals(Path(path), max_bytes):
        broken = np.argwhere(~np.isfinite(x))
        if not len(broken):
            finite[name] = x
            continue
        first = tuple(int(step) for step in broken[0])
        more = f", nor are {len(broken) - 1} more" if len(broken) > 1 else ""
        refusals.append(
            f"{path}, {where(first)}: {x[first]} is not finite{more}. Replace it; a transform would spread it."
        )
    return finite, refusals


def _signals(file: Path, max_bytes: int) -> Iterator[tuple[str, NDArray[Any], Callable[[tuple[int, ...]], str]]]:
    """Give the name, the samples and, for an index, the place in the file of every signal."""
    contents = _read(file, max_bytes)
    if not contents.channels:
        yield file.name, contents.values, lambda index: contents.where(0, index)
    for place, channel in enumerate(contents.channels):
        yield (
            f"{file.name}[{channel}]" if channel else file.name,
            np.ascontiguousarray(contents.values[..., place]),
            lambda index, place=place: contents.where(place, index),  # type: ignore[misc]
        )


def _readers() -> dict[str, Callable[[Path, int], Contents]]:
    """Return what reads each kind of file, by suffix; loaded when a file is read."""
    from .formats import npy, png, sound, table, tiff

    return {
        ".npy": npy.read,
        ".csv": table.read,
        ".wav": sound.read_wav,
        ".flac": sound.read_flac,
        ".png": png.read,
        ".tif": tiff.read,
        ".tiff": tiff.read,
    }


def _read(file: Path, max_bytes: int) -> Contents:
    """Read a file of any kind."""
    limit = checks.integer(max_bytes, "max_bytes", 1)
    if file.is_dir():
        raise IsADirectoryError(f"{file} is a folder. Name the files in it that are to be read.")
    readers = _readers()
    read = readers.get(file.suffix.lower())
    if read is None:
        *others, last = readers
        raise ValueError(
            f"{file} cannot be read: its suffix {file.suffix!r} is not known. Use {', '.join(others)} or {last}."
        )
    if not file.exists():
        raise FileNotFoundError(f"{file} does not exist.")
    return read(file, limit)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
