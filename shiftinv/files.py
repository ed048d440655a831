"""Reading signals from files, and writing results so that the old file survives every failure."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import checks

if TYPE_CHECKING:
    from .formats.contents import Contents
    from .formats.storage import Storage

__all__ = [
    "MAX_BYTES",
    "Written",
    "read_contents",
    "read_finite_signals",
    "read_signal",
    "read_signals",
    "replacing",
    "storage_for",
    "what_is_not_finite",
    "write_signal",
]

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

        - ``.npy``: an array of numbers of any shape, with at least one axis.
        - ``.csv``: numbers separated by commas in UTF-8, the same number in every line, with at most one line
          of column names above.
        - ``.wav``, ``.flac``: a sound, in units of full scale: whole numbers of any width become [-1, 1);
          floating-point samples stay as they are.
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
    return read_contents(path, max_bytes=max_bytes).signal


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
        refusal = _not_finite(path, x, where)
        if refusal:
            refusals.append(f"{refusal} Replace it; a transform would spread it.")
        else:
            finite[name] = x
    return finite, refusals


def read_contents(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES, empty_cells: bool = False) -> Contents:
    """Return all that is read from a file: its numbers, the names of channels, and how it stores them.

    Parameters
    ----------
    path : str or path-like
        As for `read_signal`.
    max_bytes : int, optional
        As for `read_signal`.
    empty_cells : bool, optional
        Whether a table may have cells without a number: they are nan, and ``.empty`` says where the first of them is.

    Returns
    -------
    Contents
        ``.values`` has an axis of channels at the end if ``.channels`` names them; ``.storage`` can be given to
        `write_signal` as `like`.

    Raises
    ------
    FileNotFoundError, ImportError, ValueError
        As `read_signal`.
    """
    from .formats.kinds import kind_of

    limit = checks.integer(max_bytes, "max_bytes", 1)
    file = Path(path)
    if file.is_dir():
        raise IsADirectoryError(f"{file} is a folder. Name the files in it that are to be read.")
    kind = kind_of(file, "read")
    if not file.exists():
        raise FileNotFoundError(f"{file} does not exist.")
    contents = kind.read(file, limit)
    if contents.empty and not empty_cells:
        raise ValueError(f"{file}, {contents.empty}. Fill it, or leave the line or the column out.")
    return contents


def what_is_not_finite(path: str | os.PathLike[str], contents: Contents, only: Container[str] = ()) -> str:
    """Return in words where a file holds the first nan or infinity, or nothing.

    Parameters
    ----------
    path : str or path-like
        The file.
    contents : Contents
        What was read from it.
    only : container of str, optional
        The channels that count. Empty: all.
    """
    for (_, x, where), channel in zip(_channels(Path(path), contents), contents.channels or ("",), strict=True):
        refusal = _not_finite(path, x, where) if not only or channel in only else ""
        if refusal:
            return refusal
    return ""


@dataclass(frozen=True)
class Written:
    """What `write_signal` stored.

    Parameters
    ----------
    stored : str
        As what the numbers are stored, such as ``"uint8"`` or ``"PCM_16 at 8000 Hz"``.
    clipped : int
        How many of them were outside the range of the file and are now at its ends.
    samples : int
        How many there are.
    """

    stored: str
    clipped: int
    samples: int


def write_signal(
    path: str | os.PathLike[str],
    values: ArrayLike,
    *,
    like: str | os.PathLike[str] | Storage | None = None,
    rate: int | None = None,
    force: bool = False,
) -> Written:
    r"""Write a signal to a file, in one step: whatever fails, the old file stays whole.

    Parameters
    ----------
    path : str or path-like
        The suffix tells the kind of file.

        - ``.npy``: any array in its own dtype; never back in the integers of `like`, since the file is there for
          further computation.
        - ``.csv``: a signal, or rows and columns, in the fewest digits that give every number back. The line of
          column names of `like` is kept.
        - ``.wav``, ``.flac``: samples, or samples and channels, in units of full scale. Rate and encoding of `like` are
          kept; without them a WAV file gets the floating-point numbers of `values`, a FLAC file 24 bits. FLAC has
          at most 24 bits.
        - ``.png``: rows and columns, and red, green and blue, in whole numbers of as many bits as in `like`. Chunks
          that say how they are to be seen are kept, a palette is not.
        - ``.tif``, ``.tiff``: an image or a stack of pages, in the dtype of `like`, without compression.
    values : array_like, shape (…)
        In the units in which `read_signal` reads such a file.
    like : str, path-like or Storage, optional
        A file, or the ``storage`` of what `read_contents` read from it: the numbers are stored as there, as far as
        the kind of file allows. None: by the dtype of `values`.
    rate : int, optional
        Sampling rate of a sound in Hz, where `like` has none.
    force : bool, optional
        Replace the file if it exists.

    Returns
    -------
    Written
        As what the numbers are stored, and how many were clipped.

    Raises
    ------
    FileExistsError
        If the file exists, and `force` is not given.
    FileNotFoundError, OSError
        If it cannot be written.
    ImportError
        If the library that writes it is not installed.
    ValueError, TypeError
        If such a file cannot hold the values: the message names one that can.

    Notes
    -----
    In files of whole numbers, values are rounded to the nearest, even ones first, and those outside the range are
    clipped and counted; nothing is ever rescaled. What `read_signal` leaves out is not written: opacity,
    titles and comments, and of a TIFF image how large a pixel is.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> from shiftinv.files import read_signal, write_signal
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "image.png")
    ...     first = write_signal(path, np.array([[0, 128, 255]], np.uint8))
    ...     second = write_signal(path, read_signal(path) * 1.5, like=path, force=True)
    ...     second, read_signal(path)
    (Written(stored='8 bits', clipped=1, samples=3), array([[  0., 192., 255.]]))
    """
    from .formats.kinds import kind_of

    target, numbers = Path(path), _numbers(values)
    if target.exists() and not force:
        raise FileExistsError(f"{target} exists. Use force=True to replace it, or write to another file.")
    stored = storage_for(target, numbers, like=like, rate=rate)
    encoded = kind_of(target, "written").encode(target, numbers, stored)
    try:
        with replacing(target) as file:
            file.write(encoded.content)
    except OSError as error:
        if error.filename or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(target)) from None
    return Written(encoded.stored, encoded.clipped, numbers.size)


def storage_for(
    path: str | os.PathLike[str],
    values: NDArray[Any],
    *,
    like: str | os.PathLike[str] | Storage | None = None,
    rate: int | None = None,
) -> Storage:
    """Return how `write_signal` would store numbers of the shape and dtype of `values`, or refuse it.

    Parameters
    ----------
    path : str or path-like
        As for `write_signal`; nothing is written.
    values : ndarray, shape (…)
        Numbers of this shape and dtype; which, does not matter.
    like, rate
        As for `write_signal`.

    Returns
    -------
    Storage
        Which can be given to `write_signal` as `like`.

    Raises
    ------
    ImportError, ValueError, TypeError
        As `write_signal`, unless it is for what the values are.
    """
    from .formats.kinds import kind_of
    from .formats.storage import Storage

    target = Path(path)
    kind = kind_of(target, "written")
    told = like if isinstance(like, Storage) else Storage() if like is None else read_contents(like).storage
    if rate is not None:
        hertz = checks.integer(rate, "rate", 1)
        if not kind.timed:
            raise ValueError(f"rate={hertz} is for sounds, and {target} is none. Leave it out.")
        if told.rate not in (0, hertz):
            raise ValueError(f"rate={hertz} is not the {told.rate} Hz that the input tells. Leave it out.")
        told = replace(told, rate=hertz)
    return kind.storage(target, values, told)


def _numbers(values: ArrayLike) -> NDArray[Any]:
    """Return values that a file can hold as they are, in C order."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise TypeError("values has masked ones, which no file keeps. Fill them first, for instance by nan.")
    numbers = np.asarray(values, order="C")
    if numbers.dtype.kind not in "biufc":
        raise TypeError(f"values has dtype {numbers.dtype}, and files hold numbers. Give a numeric array.")
    return numbers


Place: TypeAlias = Callable[[tuple[int, ...]], str]  # where in a file the sample with an index stands, in words


def _signals(file: Path, max_bytes: int) -> Iterator[tuple[str, NDArray[Any], Place]]:
    """Give the name, the samples and the places of every signal in a file."""
    return _channels(file, read_contents(file, max_bytes=max_bytes))


def _channels(file: Path, contents: Contents) -> Iterator[tuple[str, NDArray[Any], Place]]:
    if not contents.channels:
        yield file.name, contents.values, lambda index: contents.where(0, index)
    for place, channel in enumerate(contents.channels):
        yield (
            f"{file.name}[{channel}]" if channel else file.name,
            np.ascontiguousarray(contents.values[..., place]),
            lambda index, place=place: contents.where(place, index),  # type: ignore[misc]
        )


def _not_finite(path: str | os.PathLike[str], x: NDArray[Any], where: Place) -> str:
    """Return a sentence about the first nan or infinity of a signal, or nothing."""
    broken = np.argwhere(~np.isfinite(x))
    if not len(broken):
        return ""
    first = tuple(int(step) for step in broken[0])
    more = f", nor are {len(broken) - 1} more" if len(broken) > 1 else ""
    return f"{path}, {where(first)}: {x[first]} is not finite{more}."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
