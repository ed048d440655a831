"""Tables of numbers as text: comma-separated values, one signal a column."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contents import Contents, check_size
from .storage import Encoded, Storage, real

__all__ = ["encode", "read", "storage"]


def read(file: Path, max_bytes: int) -> Contents:
    """Read a table of numbers; every refusal names the line, and the size of the file itself is limited.

    An empty cell is nan: whether it may be, is for those who read.
    """
    check_size(file, file.stat().st_size, max_bytes)
    names: list[str] = []
    heading = ""
    rows: list[list[float]] = []
    lines: list[int] = []
    blank = 0
    empty = ""
    for line, text, cells in _csv_lines(file):
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
        words = None in values and all(x is None or not cell.strip() for x, cell in zip(values, cells, strict=True))
        if not rows and not names and words:
            names = [cell.strip() for cell in (cells[0].lstrip().lstrip("#"), *cells[1:])]
            heading = text.rstrip("\r\n")
            continue
        if len(cells) != width:
            column = min(len(cells), width) + 1
            raise ValueError(
                f"{file}, line {line}, column {column}: the line has {len(cells)} values, and the lines above have "
                f"{width}. Give every line as many."
            )
        if None in values:
            column = values.index(None)
            raise ValueError(
                f"{file}, line {line}, column {column + 1} holds {cells[column]!r}, which is not a number. Use numbers "
                f"like -1.5e3, separated by commas."
            )
        rows.append([value for value in values if value is not None])
        lines.append(line)
        gap = next((column for column, cell in enumerate(cells, 1) if not cell.strip()), 0)
        empty = empty or (f"line {line}, column {gap} is empty" if gap else "")
    if not rows:
        raise ValueError(f"{file}, line 1, column 1: the file holds no numbers. Write one row of them per line.")
    table = np.array(rows, dtype=np.float64)
    width = table.shape[1]
    if len(names) == width and all(names) and len(set(names)) == width:
        return Contents(table, tuple(names), tuple(lines), Storage(heading=heading), empty)
    counted = tuple(map(str, range(width))) if width > 1 else ("",)
    return Contents(table, counted, tuple(lines), Storage(heading=heading), empty)


def storage(file: Path, values: NDArray[Any], like: Storage) -> Storage:
    """Return the heading of a table, if it has one."""
    real(file, values)
    if values.ndim not in (1, 2) or not values.size:
        raise ValueError(
            f"{file} is a table, and the values have shape {values.shape}. Write rows and columns, or .npy."
        )
    columns = 1 if values.ndim == 1 else values.shape[1]
    named = next(csv.reader(io.StringIO(like.heading, newline="")), ())
    return Storage(heading=like.heading if len(named) == columns else "")


def encode(_file: Path, values: NDArray[Any], stored: Storage) -> Encoded:
    """Return the text of a table: for every number the fewest digits that give it back."""
    rows = values.reshape(len(values), -1)
    text = io.StringIO()
    text.writelines(f"{stored.heading}\n" if stored.heading else "")
    text.writelines(",".join(map(str, row)) + "\n" for row in rows)
    return Encoded(text.getvalue().encode(), f"decimal numbers of {values.dtype}")


def _csv_lines(file: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Give line numbers, the text up to there, and its cells; a byte-order mark is skipped."""
    data = file.read_bytes()
    passed: list[str] = []

    def lines(text: Iterator[str]) -> Iterator[str]:
        for line in text:
            passed.append(line)
            yield line

    try:
        reader = csv.reader(lines(io.StringIO(data.decode("utf-8-sig"), newline="")), strict=True)
    except UnicodeDecodeError as error:
        start = error.start + 3 * data.startswith(codecs.BOM_UTF8)
        line, column = data.count(b"\n", 0, start) + 1, data.count(b",", data.rfind(b"\n", 0, start) + 1, start) + 1
        raise ValueError(
            f"{file}, line {line}, column {column}: {data[start : start + 1]!r} is not UTF-8 text. Save it in UTF-8."
        ) from None
    try:
        for cells in reader:
            yield reader.line_num, "".join(passed), cells
            passed.clear()
    except csv.Error as error:
        raise ValueError(
            f"{file}, line {reader.line_num}: not comma-separated text ({error}). Close every quote, or write none."
        ) from None


def _number(cell: str) -> float | None:
    """Return the number a cell spells, nan if it is empty, or None; Python's own ``1_000`` is none."""
    try:
        return None if "_" in cell else float(cell.strip() or "nan")
    except ValueError:
        return None


def _separator(cells: Sequence[str]) -> str:
    """Return which separator stands between numbers where a comma should, or nothing."""
    text = ",".join(cells)
    for sign, name in ((";", "';'"), ("\t", "a tab"), (None, "a blank")):
        parts = text.split(sign)
        if len(parts) > 1 and all(part.strip() and _number(part.replace(",", ".")) is not None for part in parts):
            return name
    return ""
