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

__all__ = ["as_csv", "as_html", "as_json_values", "as_markdown", "as_text", "crossed", "human", "title"]

Columns: TypeAlias = Sequence[str]
Records: TypeAlias = Sequence[dict[str, Any]]
WIDTH = 120
HEADINGS = {
    "aliasing_db": ("aliasing", "dB"),
    "equivariance_error": ("equivar.", "error"),
    "subpixel_error": ("subpixel", "error"),
    "noise_amplification": ("noise", "amplif."),
    "denoising_gain": ("denoising", "gain dB"),
    "reconstruction_error": ("reconstr.", "error"),
    "forward_ratio": ("forward", "× copy"),
    "inverse_ratio": ("inverse", "× copy"),
    "forward_seconds": ("forward", "ms"),
    "inverse_seconds": ("inverse", "ms"),
    "nbytes": ("coeffic.", "kB"),
}  # of the others, the words of the name


def as_text(columns: Columns, records: Records) -> str:
    """Return an aligned table grouped by signal, in parts below each other if it is too wide, notes below."""
    shown = [name for name in columns if name not in ("signal", "shape", "note")]
    notes = list(dict.fromkeys(record["note"] for record in records if record["note"]))
    marks = [f"  [{notes.index(record['note']) + 1}]" if record["note"] else "" for record in records]
    words = [[*_heading(name), *(human(name, record[name]) for record in records)] for name in shown]
    parts = (_part(part, records, marks) for part in _parts(words, max(map(len, marks), default=0)))
    footnotes = (f"[{number}] {note}" for number, note in enumerate(notes, 1))
    wrapped = (textwrap.wrap(note, WIDTH, subsequent_indent="    ", break_long_words=False) for note in footnotes)
    lines = itertools.chain.from_iterable(["", "", *part] for part in parts)
    return "\n".join([*list(lines)[2:], *[""] * bool(notes), *itertools.chain.from_iterable(wrapped)])


def _parts(words: Sequence[Sequence[str]], mark: int) -> Iterable[list[Sequence[str]]]:
    """Share columns out to tables that are narrow enough; the first column stands in each."""
    first, *others = words
    start = max(map(len, first))
    part, width = [first], start
    for column in others:
        more = 2 + max(map(len, column))
        if width + more + mark > WIDTH and len(part) > 1:
            yield part
            part, width = [first], start
        part.append(column)
        width += more
    yield part


def _part(words: Sequence[Sequence[str]], records: Records, marks: Sequence[str]) -> list[str]:
    """Return the lines of one table: two of headings, then the records, with a title for each signal."""
    widths = [max(map(len, column)) for column in words]
    aligned = [_aligned(line, widths) for line in zip(*words, strict=True)]
    lines = [line.rstrip() for line in aligned[:2]]
    table = zip(records, aligned[2:], marks, strict=True)
    for heading, group in itertools.groupby(table, lambda row: f"{row[0]['signal']}, {_samples(row[0]['shape'])}"):
        lines += ["", heading, *(line + mark for _, line, mark in group)]
    return lines


def as_csv(columns: Columns, records: Records) -> str:
    """Return CSV in full precision; refused measures are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(value) for value in record.values()] for record in records)
    return text.getvalue()


def as_markdown(columns: Columns, records: Records) -> str:
    """Return a Markdown table with rounded numbers."""
    head = [title(name) for name in columns]
    rule = ["---" if name in ("signal", "transform", "shape", "note") else "---:" for name in columns]
    rows = [head, rule, *([word.replace("|", "\\|") for word in words] for words in _words(records))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def as_html(columns: Columns, records: Records) -> str:
    """Return an HTML table with rounded numbers."""
    import html

    head = "".join(f'<th scope="col">{html.escape(title(name))}</th>' for name in columns)
    rows = (f"<tr>{''.join(f'<td>{html.escape(word)}</td>' for word in words)}</tr>" for words in _words(records))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def as_json_values(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record in values that strict JSON has: None for nan, a string for infinities."""
    return {name: _strict(value) for name, value in record.items()}


def _words(records: Records) -> Iterable[list[str]]:
    return ([human(name, value) for name, value in record.items()] for record in records)


def title(name: str) -> str:
    """Return the heading of a column in one line, with the unit."""
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


def human(name: str, value: Any) -> str:
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
    first, _, rest = name.rpartition("_")
    return HEADINGS.get(name, (first, rest))


def _aligned(words: Sequence[str], widths: Sequence[int]) -> str:
    """Return a line: the first word at the left of its column, the others at the right."""
    return "  ".join(
        f"{word:{'>' if place else '<'}{width}}" for place, (word, width) in enumerate(zip(words, widths, strict=True))
    )
