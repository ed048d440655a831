"""Records of a comparison as text: aligned for a terminal, CSV, Markdown, HTML, values for JSON.

Tables for people round to the digits that can be read; tables for programs keep full precision.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

__all__ = ["as_csv", "as_html", "as_json_values", "as_markdown", "as_text", "crossed"]

Columns: TypeAlias = Sequence[str]
Records: TypeAlias = Sequence[dict[str, Any]]
WIDTH = 120
HEADINGS = {
    "shift_variance": ("shift", "variance"),
    "equivariance_error": ("equivar.", "error"),
    "reconstruction_error": ("reconstr.", "error"),
    "forward_ratio": ("forward", "× copy"),
    "inverse_ratio": ("inverse", "× copy"),
    "forward_seconds": ("forward", "ms"),
    "inverse_seconds": ("inverse", "ms"),
    "nbytes": ("coeffic.", "kB"),
}


def as_text(columns: Columns, records: Records) -> str:
    """Return an aligned table grouped by signal, notes below."""
    shown = [name for name in columns if name not in ("signal", "shape", "note")]
    notes = list(dict.fromkeys(record["note"] for record in records if record["note"]))
    head = [list(line) for line in zip(*map(_heading, shown), strict=True)]
    body = [[_human(name, record[name]) for name in shown] for record in records]
    widths = [max(map(len, words)) for words in zip(*head, *body, strict=True)]
    marks = [f"  [{notes.index(record['note']) + 1}]" if record["note"] else "" for record in records]
    lines = [_aligned(words, widths).rstrip() for words in head]
    table = zip(records, [_aligned(words, widths) for words in body], marks, strict=True)
    for title, group in itertools.groupby(table, lambda row: f"{row[0]['signal']}, {_samples(row[0]['shape'])}"):
        lines += ["", title, *(line + mark for _, line, mark in group)]
    footnotes = (f"[{number}] {note}" for number, note in enumerate(notes, 1))
    wrapped = (textwrap.wrap(note, WIDTH, subsequent_indent="    ", break_long_words=False) for note in footnotes)
    return "\n".join([*lines, *[""] * bool(notes), *itertools.chain.from_iterable(wrapped)])


def as_csv(columns: Columns, records: Records) -> str:
    """Return CSV in full precision; refused measures are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(value) for value in record.values()] for record in records)
    return text.getvalue()


def as_markdown(columns: Columns, records: Records) -> str:
    """Return a Markdown table with rounded numbers."""
    head = [_title(name) for name in columns]
    rule = ["---" if name in ("signal", "transform", "shape", "note") else "---:" for name in columns]
    rows = [head, rule, *([word.replace("|", "\\|") for word in words] for words in _words(records))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def as_html(columns: Columns, records: Records) -> str:
    """Return an HTML table with rounded numbers."""
    import html

    head = "".join(f'<th scope="col">{html.escape(_title(name))}</th>' for name in columns)
    rows = (f"<tr>{''.join(f'<td>{html.escape(word)}</td>' for word in words)}</tr>" for words in _words(records))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def as_json_values(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record in values that strict JSON has: None for nan, a string for infinities."""
    return {name: _strict(value) for name, value in record.items()}


def _words(records: Records) -> Iterable[list[str]]:
    return ([_human(name, value) for name, value in record.items()] for record in records)


def _title(name: str) -> str:
    return " ".join(_heading(name)).strip()


def crossed(shape: Sequence[int]) -> str:
    """Return a shape as 512x512."""
    return "x".join(map(str, shape))


def _samples(shape: Sequence[int]) -> str:
    return f"{' x '.join(map(str, shape))} samples"


def _plain(value: Any) -> Any:
    """Return a value as CSV holds it."""
    if isinstance(value, tuple):
        return crossed(value)
    return "" if value is None or value != value else value  # noqa: PLR0124  # nan is not itself


def _strict(value: Any) -> Any:
    """Return a value as strict JSON can hold it."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _human(name: str, value: Any) -> str:
    """Return a value as it stands in a table for people."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return crossed(value)
    if value is None or math.isnan(value):
        return "-"
    scale = {"nbytes": 1e-3, "forward_seconds": 1e3, "inverse_seconds": 1e3}.get(name, 1)
    return _rounded(value * scale)


def _rounded(value: float) -> str:
    """Return three digits, two where the power of ten is what counts, and 0 only for 0 itself."""
    if value == 0 or math.isinf(value):
        return f"{value:g}"
    if abs(value) < 1e-4:
        return f"{value:.1e}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _heading(name: str) -> tuple[str, str]:
    """Return the two lines above a column, with the unit."""
    return HEADINGS.get(name, ("", name))


def _aligned(words: Sequence[str], widths: Sequence[int]) -> str:
    """Return a line: the first word at the left of its column, the others at the right."""
    return "  ".join(
        f"{word:{'>' if place else '<'}{width}}" for place, (word, width) in enumerate(zip(words, widths, strict=True))
    )
