"""The command line: ``shiftinv compare``, ``shiftinv list``, ``shiftinv info`` and ``shiftinv warmup``.

Results go to stdout, messages to stderr. Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import math
import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

try:
    import click
except ModuleNotFoundError as missing:
    if missing.name != "click":
        raise
    raise SystemExit('shiftinv\'s command line needs click: pip install "shiftinv[cli]"') from None

from .files import MAX_BYTES
from .version import __version__

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .comparison import Comparison

__all__ = ["main"]

FIGURES = (".png", ".svg", ".pdf")
REPORTS = {".csv": "csv", ".json": "json", ".md": "markdown", **dict.fromkeys(FIGURES, "figure")}


ABOUT_COMPARE = """Compare transforms on signals: shift variance, redundancy, errors and times.

FILE is a .npy array of numbers; a .csv file of numbers, a .wav or a .flac sound, in which every column or
channel is a signal of its own; or a .png or .tif image, of which each colour is one, and whose pages of one
shape are one volume. Without a file, a bundled ECG and the camera image are compared.

SPEC is name:wavelet,levels=N and more parameters if needed, such as axes=(-1,) or norm=unit. Quote it if it
has parentheses. All axes of an array are transformed unless axes= is given, so an array of several
signals, one per row, needs axes=(-1,).

\b
Examples:
  shiftinv compare recording.csv -t dwt:sym8,levels=4 -t swt:sym8,levels=4
  shiftinv compare batch.npy -t "dwt:db4,levels=3,axes=(-1,)" -o figure.png

Names: shiftinv list transforms, shiftinv list wavelets.
"""


class Program(click.Group):
    """A group of commands that ends as a Unix program should."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command that the arguments name and exit with its status."""
        try:
            status = super().main(*args, **{"prog_name": "shiftinv", **extra, "standalone_mode": False})
        except click.Abort:
            click.echo("interrupted", err=True)
            status = 130
        except click.ClickException as refusal:
            refusal.show()
            status = refusal.exit_code
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that stopped reading, as ``| head`` does, is no failure."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())  # what is still buffered goes there at exit
            ctx.exit(0)
        return result


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shiftinv")
def main() -> None:
    """Shift-invariant transforms, and what their invariance costs."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign shows "?"


@main.command("list")
@click.argument("what", type=click.Choice(["transforms", "wavelets"]))
def list_names(what: str) -> None:
    """List the names of transforms or wavelets, one per line."""
    from . import list_banks, list_transforms

    click.echo("\n".join(list_transforms() if what == "transforms" else list_banks()))


@main.command("info")
def info() -> None:
    """Print versions, the number of cores, and where compiled kernels are kept."""
    try:
        from .environment import show_versions

        show_versions()
    except Exception as error:
        _explain(error, debug=False)
        raise click.exceptions.Exit(1) from None


@main.command("warmup")
@click.option("--quiet", "-q", is_flag=True, help="Do not say how long it took.")
def compile_ahead(quiet: bool) -> None:
    """Compile all kernels now, so that no later run has to."""
    try:
        from .environment import warmup

        warmup(progress=not quiet)
    except Exception as error:
        _explain(error, debug=False)
        raise click.exceptions.Exit(1) from None


def _specs(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the transforms that the specs name."""
    if not values:
        return ()
    from .registry import transform

    try:
        return tuple(transform(spec) for spec in values)
    except (ValueError, TypeError) as error:
        raise click.BadParameter(str(error), ctx, parameter) from None


def _report(ctx: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """Return the output path if its suffix is one that can be written."""
    if value is not None and value.suffix.lower() not in REPORTS:
        known = ", ".join(REPORTS)
        raise click.BadParameter(f"{value} has the suffix {value.suffix!r}. Use one of {known}.", ctx, parameter)
    return value


@main.command("compare", help=ABOUT_COMPARE)
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
@click.option("--force", is_flag=True, help="Replace the output if it exists.")
@click.option(
    "--max-bytes", type=click.IntRange(min=1), default=MAX_BYTES, show_default=True, metavar="N",
    help="Refuse a file that announces more than N bytes of memory.",
)  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="No progress and no messages but errors.")
@click.option("--debug", is_flag=True, help="Show where an error comes from.")
def compare_files(
    files: tuple[Path, ...],
    transforms: tuple[Any, ...],
    style: str | None,
    output: Path | None,
    force: bool,
    max_bytes: int,
    quiet: bool,
    debug: bool,
) -> None:
    """Compare transforms on signals."""
    _check_files(files)
    _check_output(output, files, force)
    try:
        if output is not None and output.suffix.lower() in FIGURES:
            from .plotting import available

            available()
        signals, failures = _read(files, max_bytes, debug)
        if output is not None and output.suffix.lower() in FIGURES:
            from .plotting import check_panels

            check_panels(len(signals))
        measured = not (signals or not files) or _compare(signals, transforms, style, output, quiet)
    except Exception as error:
        _explain(error, debug)
        raise click.exceptions.Exit(1) from None
    if failures:
        listed = "\n".join(f"  {sentence}" for sentences in failures.values() for sentence in sentences)
        given = dict.fromkeys(files)
        click.echo(f"{len(failures)} of {len(given)} file{'s' * (len(given) > 1)} failed:\n{listed}", err=True)
    if not measured:
        click.echo("Error: nothing could be measured; the notes say why.", err=True)
    if failures or not measured:
        raise click.exceptions.Exit(1)


def _check_files(files: Iterable[Path]) -> None:
    """Refuse a transform where a file belongs, before any work is done."""
    from .registry import TRANSFORMS

    for file in files:
        name, colon, _ = str(file).partition(":")
        if ((len(name) > 1 and colon) or name in TRANSFORMS) and not file.exists():
            raise click.UsageError(f"{str(file)!r} is no file but a transform. Write -t before it.")


def _check_output(output: Path | None, files: Iterable[Path], force: bool) -> None:
    """Refuse an output that would destroy something, before any work is done."""
    if output is None:
        return
    if not output.parent.is_dir():
        raise click.ClickException(f"{output} cannot be written: there is no folder {output.parent}.")
    if not output.exists():
        return
    for file in files:
        if file.exists() and output.samefile(file):
            raise click.UsageError(f"{output} is an input. Write the report to another file.")
    if not force:
        raise click.UsageError(f"{output} exists. Use --force to replace it, or write to another file.")


def _read(files: Sequence[Path], max_bytes: int, debug: bool) -> tuple[dict[str, NDArray[Any]], dict[Path, list[str]]]:
    """Return the signals of all files that can be read, and what is wrong with the others, by file."""
    from .comparison import signals
    from .files import read_finite_signals

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
        except (ValueError, TypeError, OSError, ImportError) as error:
            text = _line(error)
            failures[file] = [text if str(file) in text else f"{file}: {text}"]
            if debug:
                traceback.print_exc()
    return read, failures


def _compare(
    signals: dict[str, NDArray[Any]], transforms: tuple[Any, ...], style: str | None, output: Path | None, quiet: bool
) -> bool:
    """Compare, print and write; return whether anything could be measured."""
    from .comparison import compare

    comparison = compare(signals or None, transforms or None, progress=not quiet)
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
        "figure": comparison.plot,
    }[REPORTS[output.suffix.lower()]]
    write(output)


def _rendered(comparison: Comparison, style: str) -> str:
    if style == "table":
        return str(comparison)
    return str({"csv": comparison.to_csv, "json": comparison.to_json, "markdown": comparison.to_markdown}[style]())


def _explain(error: Exception, debug: bool) -> None:
    """Say on stderr what went wrong, in one line unless more was asked for."""
    if isinstance(error, (BrokenPipeError, click.exceptions.Exit)):
        raise error
    if debug:
        traceback.print_exc()
    known = isinstance(error, (ValueError, TypeError, OSError, ImportError))
    click.echo(f"Error: {'' if known else type(error).__name__ + ': '}{_line(error)}", err=True)


def _line(error: Exception) -> str:
    """Return the message of an error in one line."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split()) or type(error).__name__


if __name__ == "__main__":
    main()
