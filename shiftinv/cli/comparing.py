"""``shiftinv compare``: transforms side by side on the signals of files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import options
from .failures import KNOWN, check_files, check_output, explain, failure, failures_listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..comparison import Comparison

__all__ = ["compare_files"]

FIGURES = (".png", ".svg", ".pdf")
REPORTS = {".csv": "csv", ".json": "json", ".md": "markdown", ".html": "html", **dict.fromkeys(FIGURES, "figure")}

ABOUT = """Compare transforms on signals: shift variance, redundancy, errors and times.

FILE is a .npy array of numbers; a .csv file of numbers, a .wav or a .flac sound, in which every column or
channel is a signal of its own; or a .png or .tif image, of which each colour is one, and whose pages of one
shape are one volume. Without a file, a bundled ECG and the camera image are compared; with --reference
the signals of the reference benchmark: impulse, step, box, chirp, ECG, camera and aero.

SPEC is name:wavelet,levels=N and more parameters if needed, such as axes=(-1,) or norm=unit. Quote it if it
has parentheses. All axes of an array are transformed unless axes= is given, so an array of several
signals, one per row, needs axes=(-1,).

\b
Examples:
  shiftinv compare recording.csv -t dwt:sym8,levels=4 -t swt:sym8,levels=4
  shiftinv compare batch.npy -t "dwt:db4,levels=3,axes=(-1,)" -o figure.png
  shiftinv compare --reference -o report.html

Names: shiftinv list transforms, shiftinv list wavelets.
"""


def _specs(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the transforms that the specs name."""
    return tuple(options.transform_named(spec, ctx, parameter) for spec in values)


def _report(ctx: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """Return the output path if its suffix is one that can be written."""
    if value is not None and value.suffix.lower() not in REPORTS:
        known = ", ".join(REPORTS)
        raise click.BadParameter(f"{value} has the suffix {value.suffix!r}. Use one of {known}.", ctx, parameter)
    return value


@click.command("compare", help=ABOUT)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option(
    "--transforms", "-t", multiple=True, callback=_specs, metavar="SPEC",
    help="A transform, such as swt:sym8,levels=5 (see above). Repeat the option for more.",
)  # fmt: skip
@click.option(
    "--format", "style", type=click.Choice(["table", "csv", "json", "markdown"]),
    help="What to print. The default is table, or nothing if -o is given.",
)  # fmt: skip
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), callback=_report, metavar="REPORT",
    help=f"Write a file; its suffix decides what: {', '.join(REPORTS)}.",
)  # fmt: skip
@click.option("--reference", is_flag=True, help="Compare the signals of the reference benchmark as well.")
@click.option("--peers", is_flag=True, help="Add the transforms of other libraries that are installed; takes minutes.")
@options.force
@options.max_bytes
@options.quiet
@options.debug
def compare_files(
    files: tuple[Path, ...],
    transforms: tuple[Any, ...],
    style: str | None,
    output: Path | None,
    reference: bool,
    peers: bool,
    force: bool,
    max_bytes: int,
    quiet: bool,
    debug: bool,
) -> None:
    """Compare transforms on signals."""
    check_files(files)
    check_output(output, files, force)
    try:
        if output is not None and REPORTS[output.suffix.lower()] in ("figure", "html"):
            from ..plotting import available

            available()
        signals, failures = _read(files, max_bytes, debug)
        if reference:
            from ..comparison import reference as reference_signals

            signals = reference_signals() | signals
        if output is not None and output.suffix.lower() in FIGURES:
            from ..plotting import check_panels

            check_panels(len(signals))
        measured = not (signals or not files) or _compare(signals, transforms, peers, style, output, quiet)
    except Exception as error:
        explain(error, debug)
        raise click.exceptions.Exit(1) from None
    if failures:
        click.echo(failures_listed(failures, files), err=True)
    if not measured:
        click.echo("Error: nothing could be measured; the notes say why.", err=True)
    if failures or not measured:
        raise click.exceptions.Exit(1)


def _read(files: Sequence[Path], max_bytes: int, debug: bool) -> tuple[dict[str, NDArray[Any]], dict[Path, list[str]]]:
    """Return the signals of all files that can be read, and what is wrong with the others, by file."""
    from ..comparison import signals
    from ..files import read_finite_signals

    read: dict[str, NDArray[Any]] = {}
    failures: dict[Path, list[str]] = {}
    ambiguous = len({file.name for file in files}) < len(set(files))
    for file in dict.fromkeys(files):
        try:
            finite, refusals = read_finite_signals(file, max_bytes=max_bytes)
            if refusals:
                failures[file] = refusals
            if finite:
                read |= signals({str(file.parent / name) if ambiguous else name: x for name, x in finite.items()})
        except KNOWN as error:
            failures[file] = [failure(file, error, debug)]
    return read, failures


def _compare(
    signals: dict[str, NDArray[Any]],
    transforms: tuple[Any, ...],
    peers: bool,
    style: str | None,
    output: Path | None,
    quiet: bool,
) -> bool:
    """Compare, print and write; return whether anything could be measured."""
    from ..comparison import compare

    comparison = compare(signals or None, transforms or None, peers=peers, workers=-1, progress=not quiet).ranked()
    if output is not None:
        _write(comparison, output)
        if not quiet:
            click.echo(f"wrote {output}", err=True)
    if output is None or style is not None:
        click.echo(_rendered(comparison, style or "table").rstrip("\n"))
    values = [record[name] for record in comparison for name in comparison.measures]
    return not values or not all(math.isnan(value) for value in values)


def _write(comparison: Comparison, output: Path) -> None:
    write = {
        "csv": comparison.to_csv,
        "json": comparison.to_json,
        "markdown": comparison.to_markdown,
        "html": comparison.to_html,
        "figure": comparison.plot,
    }[REPORTS[output.suffix.lower()]]
    write(output)


def _rendered(comparison: Comparison, style: str) -> str:
    if style == "table":
        return str(comparison)
    return str({"csv": comparison.to_csv, "json": comparison.to_json, "markdown": comparison.to_markdown}[style]())
