"""Reading signals from files, and writing results so that the old file survives every failure."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["read_signal", "read_signals", "replacing"]


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


def read_signal(path: str | os.PathLike[str]) -> NDArray[Any]:
    r"""Return the signal in a file.

    Parameters
    ----------
    path : str or path-like
        A ``.npy`` file: an array of numbers of any shape. Or a ``.csv`` file: numbers separated by
        commas in UTF-8, the same number in every line, with at most one line of column names above.

    Returns
    -------
    ndarray
        Of the stored shape and, if it is floating-point or complex, dtype; integers become float64. A CSV file
        with one column gives shape (samples,), with several (samples, columns), in float64.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is of another kind, is cut short, or holds something that is no number; the message
        names the file, and for CSV the line. Pickled objects are never loaded.

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
    return _reader(Path(path))(Path(path))[1]


def read_signals(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """Return the signals in a file, by name: the columns of a table are one signal each.

    Parameters
    ----------
    path : str or path-like
        As for `read_signal`.

    Returns
    -------
    dict of str to ndarray
        ``{"leads.csv": x}`` for an array or a single column. A CSV file with several columns gives
        one-dimensional signals named ``"leads.csv[II]"`` by the line of column names, or
        ``"leads.csv[0]"`` by their place if it does not tell them apart.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_signal`.
    """
    file = Path(path)
    names, signal = _reader(file)(file)
    if file.suffix.lower() != ".csv" or signal.ndim == 1:
        return {file.name: signal}
    told = all(names) and len(set(names)) == signal.shape[1]
    unique = names if told else [str(place) for place in range(signal.shape[1])]
    return {f"{file.name}[{name}]": np.ascontiguousarray(column) for name, column in zip(unique, signal.T, strict=True)}


def _reader(file: Path) -> Callable[[Path], tuple[list[str], NDArray[Any]]]:
    """Return the function that reads this kind of file as (column names, array)."""
    read = {".csv": _read_csv, ".npy": _read_npy}.get(file.suffix.lower())
    if read is None:
        raise ValueError(f"{file} cannot be read: its suffix {file.suffix!r} is not known. Use a .npy or a .csv file.")
    if not file.exists():
        raise FileNotFoundError(f"{file} does not exist.")
    return read


def _read_npy(file: Path) -> tuple[list[str], NDArray[Any]]:
    """Read an array; the size its header claims is compared with the file before memory is taken."""
    try:
        stored = np.lib.format.open_memmap(file, mode="r")
        signal = np.array(stored)
    except (ValueError, EOFError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise ValueError(f"{file} is not a whole .npy file of numbers: {reason}.") from None
    if signal.dtype.kind not in "biufc":
        raise ValueError(f"{file} holds {signal.dtype}, not numbers. Save a numeric array.")
    return [], signal.astype(np.float64) if signal.dtype.kind in "biu" else signal


def _read_csv(file: Path) -> tuple[list[str], NDArray[Any]]:
    """Read a table of numbers; every refusal names the line."""
    names: list[str] = []
    rows: list[list[float]] = []
    blank = 0
    for line, cells in _csv_lines(file):
        if not cells:
            blank = blank or line
            continue
        if blank and (rows or names):
            raise ValueError(f"{file}, line {blank}: the line is empty, and values follow it. Remove it.")
        values = [_number(cell) for cell in cells]
        if not rows and not names and all(value is None for value in values):
            names = [cell.strip() for cell in cells]
            continue
        width = len(rows[0]) if rows else len(names) or len(cells)
        if len(cells) != width:
            raise ValueError(f"{file}, line {line}: {len(cells)} values, and {width} in the lines above.")
        for cell, value in zip(cells, values, strict=True):
            if value is None:
                raise ValueError(f"{file}, line {line}: {cell!r} is not a number. Separate numbers by commas.")
        rows.append([value for value in values if value is not None])
    if not rows:
        raise ValueError(f"{file} holds no line of numbers.")
    table = np.array(rows, dtype=np.float64)
    return names, table[:, 0].copy() if table.shape[1] == 1 else table


def _csv_lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Give line numbers and cells; a byte-order mark is skipped."""
    data = file.read_bytes()
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{file}, line {line}: {data[error.start : error.end]!r} is not UTF-8 text.") from None
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(f"{file}, line {reader.line_num}: not comma-separated text ({error}).") from None


def _number(cell: str) -> float | None:
    """Return the number a cell spells, or None; Python's own ``1_000`` is none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
