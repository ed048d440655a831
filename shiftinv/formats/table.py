"""Tables of numbers as text: comma-separated values, one signal a column."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from .contents import Contents, check_size

__all__ = ["read"]


def read(file: Path, max_bytes: int) -> Contents:
    """Read a table of numbers; every refusal names the line, and the size of the file itself is limited."""
    check_size(file, file.stat().st_size, max_bytes)
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
    table = np.array(rows, dtype=np.float64)
    width = table.shape[1]
    if len(names) == width and all(names) and len(set(names)) == width:
        return Contents(table, tuple(names), tuple(lines))
    return Contents(table, tuple(map(str, range(width))) if width > 1 else ("",), tuple(lines))


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
