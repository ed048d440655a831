"""Reading signals from files, and writing results so that the old file survives every failure."""

from __future__ import annotations

import codecs
import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["read_finite_signals", "read_signal", "read_signals", "replacing"]


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
        names the file, and for CSV the line and column. Pickled objects are never loaded.

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
    read = _reader(Path(path))(Path(path))
    return read.values[:, 0].copy() if read.lines and read.values.shape[1] == 1 else read.values


def read_signals(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """Return the signals in a file, by name: the columns of a table are one signal each.

    Parameters
    ----------
    path : str or path-like
        As for `read_signal`.

    Returns
    -------
    dict of str to ndarray
        ``{"image.npy": x}`` for an array, or a single column without a name. The columns of a CSV file are
        one-dimensional signals named ``"leads.csv[II]"`` by the line of column names, or ``"leads.csv[0]"``
        by their place if it does not tell them apart.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_signal`.
    """
    return {name: x for name, x, _ in _signals(Path(path))}


def read_finite_signals(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """Return the signals in a file that hold neither nan nor infinity, and a sentence about each of the others.

    Parameters
    ----------
    path : str or path-like
        As for `read_signal`.

    Returns
    -------
    dict of str to ndarray, list of str
        As `read_signals`, and ``"leads.csv, line 18, column 2 (II): nan is not finite. …"``.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_signal`.
    """
    finite, refusals = {}, []
    for name, x, where in _signals(Path(path)):
        broken = np.argwhere(~np.isfinite(x))
        if not len(broken):
            finite[name] = x
            continue
        first = tuple(int(step) for step in broken[0])
        more = f", nor are {len(broken) - 1} more" if len(broken) > 1 else ""
        refusals.append(f"{where(first)}: {x[first]} is not finite{more}. Replace it; a transform would spread it.")
    return finite, refusals


@dataclass(frozen=True)
class _Contents:
    """What a file holds: an array, and for a table its column names and the line of every row."""

    values: NDArray[Any]
    names: Sequence[str] = ()
    lines: Sequence[int] = ()


def _signals(file: Path) -> Iterator[tuple[str, NDArray[Any], Callable[[tuple[int, ...]], str]]]:
    """Give the name, the samples and the place in the file of every signal."""
    read = _reader(file)(file)
    if not read.lines:
        yield file.name, read.values, lambda index: f"{file}, index {index[0] if len(index) == 1 else index}"
        return
    width = read.values.shape[1]
    told = len(read.names) == width and all(read.names) and len(set(read.names)) == width
    for place, column in enumerate(read.values.T):
        name = read.names[place] if told else str(place)
        label = f"column {place + 1}{f' ({name})' if told else ''}"
        yield (
            file.name if width == 1 and not told else f"{file.name}[{name}]",
            np.ascontiguousarray(column),
            lambda index, label=label: f"{file}, line {read.lines[index[0]]}, {label}",  # type: ignore[misc]
        )


def _reader(file: Path) -> Callable[[Path], _Contents]:
    """Return the function that reads this kind of file."""
    if file.is_dir():
        raise IsADirectoryError(f"{file} is a folder. Name the files in it that are to be read.")
    read = {".csv": _read_csv, ".npy": _read_npy}.get(file.suffix.lower())
    if read is None:
        raise ValueError(f"{file} cannot be read: its suffix {file.suffix!r} is not known. Use a .npy or a .csv file.")
    if not file.exists():
        raise FileNotFoundError(f"{file} does not exist.")
    return read


def _read_npy(file: Path) -> _Contents:
    """Read an array; the size its header claims is compared with the file before memory is taken."""
    try:
        stored = np.lib.format.open_memmap(file, mode="r")
        signal = np.array(stored)
    except (ValueError, EOFError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise ValueError(f"{file} is not a whole .npy file of numbers: {reason}.") from None
    if signal.dtype.kind not in "biufc":
        raise ValueError(f"{file} holds {signal.dtype}, not numbers. Save a numeric array.")
    return _Contents(signal.astype(np.float64) if signal.dtype.kind in "biu" else signal)


def _read_csv(file: Path) -> _Contents:
    """Read a table of numbers; every refusal names the line."""
    names: list[str] = []
    rows: list[list[float]] = []
    lines: list[int] = []
    blank = 0
    for line, cells in _csv_lines(file):
        if not cells:
            blank = blank or line
            continue
        if blank and (rows or names):
            raise ValueError(f"{file}, line {blank}: the line is empty, and values follow it. Remove it.")
        values = [_number(cell) for cell in cells]
        width = len(rows[0]) if rows else len(names) or len(cells)
        other = _separator(cells) if len(cells) != width or None in values else ""
        if other:
            raise ValueError(f"{file}, line {line}, column 1: the separator is {other}. Use commas.")
        if not rows and not names and all(value is None for value in values):
            names = [cell.strip() for cell in (cells[0].lstrip().lstrip("#"), *cells[1:])]
            continue
        if len(cells) != width:
            column = min(len(cells), width) + 1
            raise ValueError(
                f"{file}, line {line}, column {column}: the line has {len(cells)} values, and the lines above have "
                f"{width}. Give every line as many."
            )
        if None in values:
            column = values.index(None)
            raise ValueError(f"{file}, line {line}, column {column + 1} {_wrong(cells[column])}")
        rows.append([value for value in values if value is not None])
        lines.append(line)
    if not rows:
        raise ValueError(f"{file}, line 1, column 1: the file holds no numbers. Write one row of them per line.")
    return _Contents(np.array(rows, dtype=np.float64), names, lines)


def _csv_lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Give line numbers and cells; a byte-order mark is skipped."""
    data = file.read_bytes()
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    except UnicodeDecodeError as error:
        start = error.start + 3 * data.startswith(codecs.BOM_UTF8)
        line, column = data.count(b"\n", 0, start) + 1, data.count(b",", data.rfind(b"\n", 0, start) + 1, start) + 1
        raise ValueError(
            f"{file}, line {line}, column {column}: {data[start : start + 1]!r} is not UTF-8 text. Save it in UTF-8."
        ) from None
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(
            f"{file}, line {reader.line_num}: not comma-separated text ({error}). Close every quote, or write none."
        ) from None


def _number(cell: str) -> float | None:
    """Return the number a cell spells, or None; Python's own ``1_000`` is none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _separator(cells: Sequence[str]) -> str:
    """Return which separator stands between numbers where a comma should, or nothing."""
    text = ",".join(cells)
    for sign, name in ((";", "';'"), ("\t", "a tab"), (None, "a blank")):
        parts = text.split(sign)
        if len(parts) > 1 and all(_number(part.replace(",", ".")) is not None for part in parts):
            return name
    return ""


def _wrong(cell: str) -> str:
    if not cell.strip():
        return "is empty. Fill it, or leave the line or the column out."
    return f"holds {cell!r}, which is not a number. Use numbers like -1.5e3, separated by commas."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
