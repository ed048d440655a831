"""A comparison as one page of HTML: a summary, pictures, a table that sorts, and what the numbers mean.

The page holds everything it shows and forbids itself to ask for more (Content-Security-Policy). Without a script it
is the same page, in the order of the records.
"""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from . import datasets, plotting, rendering
from .plotting.shifts import SAMPLES
from .reference import MEASURES
from .registry import TRANSFORMS, transform
from .representation import Invertible, Representation
from .version import __version__

if TYPE_CHECKING:
    from .plotting.saving import Figure

__all__ = ["Records", "page"]

PREFERRED = ("dwt", "cyclespin", "dtcwt", "swt")  # of the transforms compared, whose pictures are drawn first
MOST_DRAWN = 4
CROP = slice(128, 256)  # of the camera image, for maps
FRONT = ("redundancy", "shift_variance")


class Records(Protocol):
    """What a page needs of a comparison."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names, as in the records."""

    @property
    def records(self) -> tuple[dict[str, Any], ...]:
        """One dictionary for each signal and transform."""

    def pareto(self) -> Iterable[Mapping[str, Any]]:
        """Return the records that no other of the same signal dominates."""


def page(comparison: Records, linear: Records) -> str:
    """Return a comparison as a page of HTML that needs no other file.

    Parameters
    ----------
    comparison : Comparison
        The table comes in its order.
    linear : Comparison
        Its records of linear transforms.

    Returns
    -------
    str

    Raises
    ------
    ImportError
        If Matplotlib is missing.
    """
    plotting.available()
    records = comparison.records
    complete = set(FRONT) <= set(comparison.columns)
    front, best = (list(table.pareto()) if complete else [] for table in (comparison, linear))
    body = "\n".join(
        [
            "<h1>Shift invariance, and what it costs</h1>",
            *_summary(records, front, best),
            *_pictures(records, front),
            *_table(comparison.columns, records, [*front, *best]),
            *_definitions(comparison.columns),
            f"<footer><p>Made by shiftinv {html.escape(__version__)}.</p></footer>",
        ]
    )
    return PAGE.format(style=STYLE, script=SCRIPT, body=body)


def _summary(
    records: Sequence[Mapping[str, Any]], front: Sequence[Mapping[str, Any]], linear: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    signals = list(dict.fromkeys(record["signal"] for record in records))
    transforms = len({record["transform"] for record in records})
    yield f"<p>{_counted(transforms, 'transform')} on {_counted(len(signals), 'signal')}.</p>"
    if not front:
        return
    yield (
        "<p>The coefficients of a decimated transform have other energies when the signal moves by a sample; "
        "redundancy buys that back. These linear transforms are Pareto-optimal: no other has at most their redundancy "
        "and their shift variance, and less of one. Where one that adapts itself to the signal, and so is not "
        "linear, beats them, it stands last.</p>\n<ul>"
    )
    for signal in signals:
        best = [record for record in linear if record["signal"] == signal]
        told = {record["transform"] for record in best}
        best += [record for record in front if record["signal"] == signal and record["transform"] not in told]
        words = ", ".join(map(_told, best)) or "nothing was measured"
        yield f"<li><strong>{html.escape(signal)}</strong>: {words}</li>"
    yield "</ul>"


def _told(record: Mapping[str, Any]) -> str:
    redundancy, variance = (rendering.human(name, record[name]) for name in FRONT)
    return f"<code>{html.escape(record['transform'])}</code> (redundancy {redundancy}, shift variance {variance})"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _pictures(records: Sequence[Mapping[str, Any]], front: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if front:
        shown = list(dict.fromkeys(record["signal"] for record in records))[: plotting.MOST_PANELS]
        drawn = [record for record in records if record["signal"] in shown]
        yield "<h2>The price</h2>"
        yield _figure(lambda: plotting.pareto(drawn), "Shift variance and worst aliasing against redundancy.")
    ecg, image = datasets.ecg(), datasets.camera()[CROP, CROP]
    of_steps, of_signals, of_images = (_drawable(records, shape) for shape in ((SAMPLES,), ecg.shape, image.shape))
    if of_steps or of_signals or of_images:
        yield "<h2>What a shift does</h2>"
    if of_steps:
        yield _figure(
            lambda: plotting.shifted_steps(of_steps),
            "Sixteen steps, each a sample later than the one above it, and what each level contributes to them. "
            "Curves that keep their form are shift invariant.",
        )
    if of_signals:
        yield _figure(
            lambda: plotting.energies(of_signals, ecg),
            "Energy of each level's details while the ECG moves. Flat is invariant.",
        )
        yield _figure(
            lambda: plotting.equivariance(of_signals, ecg),
            "How far the deepest level's component of the moved ECG is from the moved component, fractions of a sample "
            "included.",
        )
    if of_images:
        yield _figure(
            lambda: plotting.sensitivity(of_images, image),
            "Change of the band energies of a part of the camera image, moved by up to 8 samples down and across.",
        )


def _drawable(records: Sequence[Mapping[str, Any]], shape: tuple[int, ...]) -> list[Representation]:
    """Return at most four transforms of the records that can be drawn at this shape, each of another kind."""
    found: dict[str, Representation] = {}
    for record in records:
        name = record["transform"].partition(":")[0]
        if name in found or name not in TRANSFORMS or record["levels"] is None:
            continue
        try:
            alone = transform(record["transform"]).with_levels(record["levels"], None)
            layout = alone.layout(shape)
        except (ValueError, TypeError):  # too deep, for another number of axes, or another library's of the same name
            continue
        if isinstance(alone, Invertible) and layout.grid is not None and layout.levels:
            found[name] = alone
    ordered = [name for name in PREFERRED if name in found] + [name for name in found if name not in PREFERRED]
    return [found[name] for name in ordered[:MOST_DRAWN]]


def _figure(draw: Callable[[], Figure], caption: str) -> str:
    """Return a picture, or why there is none: what was measured is worth more than a picture of it."""
    title = html.escape(caption.partition(".")[0])
    try:
        figure = draw()
        data = base64.b64encode(plotting.as_svg(figure).encode("utf-8")).decode("ascii")
    except Exception as error:
        return f"<p>A picture is missing ({title}): {html.escape(f'{type(error).__name__}: {error}')}</p>"
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    return (
        f'<figure><div class="scroll" tabindex="0" role="region" aria-label="{title}">'
        f'<img src="data:image/svg+xml;base64,{data}" width="{width}" height="{height}" '
        f'style="min-width: min({width}px, 36rem)" '
        f'alt="{html.escape(str(figure.get_label()))}"></div><figcaption>{html.escape(caption)}</figcaption></figure>'
    )


def _table(
    columns: Sequence[str], records: Sequence[Mapping[str, Any]], front: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    best = {(record["signal"], record["transform"]) for record in front}
    yield "<h2>All measures</h2>"
    yield (
        "<p>A heading sorts by its column, and once more the other way round. ◎ marks what is Pareto-optimal among all "
        "transforms, or among those that are linear.</p>"
    )
    yield '<p id="sorted" role="status" class="unseen"></p>'
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Table of all measures"><table><thead><tr>'
    for name in ("front", *columns):
        title = "Pareto" if name == "front" else rendering.title(name)
        about = f' title="{html.escape(MEASURES[name])}"' if name in MEASURES else ""
        yield f'<th scope="col" aria-sort="none"{about}><button type="button">{html.escape(title)}</button></th>'
    yield "</tr></thead><tbody>"
    for record in records:
        optimal = (record["signal"], record["transform"]) in best
        mark = '<span role="img" aria-label="Pareto-optimal">◎</span>' if optimal else ""
        cells = [f'<td data-value="{int(not optimal)}">{mark}</td>', *(_cell(name, record[name]) for name in columns)]
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def _cell(name: str, value: Any) -> str:
    words = html.escape(rendering.human(name, value))
    if name == "transform":
        return f'<th scope="row">{words}</th>'
    if isinstance(value, str):
        return f'<td class="{name}">{words}</td>'
    number = math.prod(value) if isinstance(value, tuple) else math.nan if value is None else float(value)
    return f'<td class="number" data-value="{number!r}">{words}</td>'


def _definitions(columns: Sequence[str]) -> Iterator[str]:
    yield "<h2>What the numbers mean</h2>\n<dl>"
    for name in columns:
        if name in MEASURES:
            yield f"<dt>{html.escape(rendering.title(name))}</dt><dd>{html.escape(MEASURES[name])}</dd>"
    yield "</dl>"


STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --line: #d0d0d0; --soft: #f3f5f7; --link: #0059a3; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --paper: #14171a; --line: #454b52; --soft: #20252a; --link: #7cc0ff; }
}
body { margin: 0 auto; max-width: 76rem; padding: 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem; }
code { font-size: .9em; overflow-wrap: anywhere; }
figure { margin: 1rem 0 2rem; } figcaption { font-size: .9rem; margin-top: .3rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 4px; }
.scroll:focus-visible, button:focus-visible { outline: 3px solid var(--link); outline-offset: -2px; }
img { display: block; background: #fff; max-width: 100%; height: auto; margin: 0 auto; }
table { border-collapse: collapse; font-size: .85rem; white-space: nowrap; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left; font-weight: normal; }
thead th { background: var(--soft); padding: 0; vertical-align: bottom; }
thead button { all: unset; box-sizing: border-box; width: 100%; padding: .4rem .6rem; cursor: pointer;
  font-weight: 600; white-space: normal; min-width: 4.5rem; }
th[aria-sort="ascending"] button::after { content: " ▲"; } th[aria-sort="descending"] button::after { content: " ▼"; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.note { white-space: normal; min-width: 24rem; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
"""

SCRIPT = """
const table = document.querySelector("table"), body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
const key = (row, place) => {
  const cell = row.cells[place], told = cell.dataset.value;
  if (told === undefined) return cell.textContent;
  return told === "nan" ? null : Number(told.replace("inf", "Infinity"));
};
const compare = (a, b) => typeof a === "string" ? a.localeCompare(b) : a === b ? 0 : a < b ? -1 : 1;
heads.forEach((head, place) => head.firstChild.addEventListener("click", () => {
  const order = head.ariaSort === "ascending" ? "descending" : "ascending", sign = order === "ascending" ? 1 : -1;
  const rows = [...body.rows].map(row => [key(row, place), row]);
  rows.sort(([a], [b]) => a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b));
  body.append(...rows.map(([, row]) => row));
  heads.forEach(other => other.ariaSort = other === head ? order : "none");
  document.getElementById("sorted").textContent = `sorted by ${head.textContent}, ${order}`;
}));
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Shift invariance, and what it costs</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
<script>{script}</script>
</body>
</html>
"""
