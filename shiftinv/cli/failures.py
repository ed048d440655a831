"""What is said on stderr, and what is refused before any work is done."""

from __future__ import annotations

import re
import traceback
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from ..checks import ShiftinvWarning

__all__ = ["check_files", "check_output", "explain", "failure", "failures_listed", "line", "notes"]

KNOWN = (ValueError, TypeError, OSError, ImportError)  # what the library refuses, in a sentence of its own
IN_A_SHELL = (  # what a warning says of arguments, and what there is to say of options
    (r"^x\['(.+?)'\] ", r"\1 "),
    (r"^x (of|has) ", r"the array \1 "),
    (r" Convert it yourself to silence this warning\.$", ""),
    (r"use channel_axis=-1;", "use --axes 0,1;"),
    (r"axes=\(0, 1, 2\) says so", "--axes 0,1,2 says so"),
)


def check_files(files: Iterable[Path]) -> None:
    """Refuse a transform where a file belongs, before any work is done."""
    from ..registry import TRANSFORMS

    for file in files:
        name, colon, _ = str(file).partition(":")
        if ((len(name) > 1 and colon) or name in TRANSFORMS) and not file.exists():
            raise click.UsageError(f"{str(file)!r} is no file but a transform. Write -t before it.")


def check_output(output: Path | None, files: Iterable[Path], force: bool) -> None:
    """Refuse an output that would destroy something, before any work is done."""
    if output is None:
        return
    if not output.parent.is_dir():
        raise click.ClickException(f"{output} cannot be written: there is no folder {output.parent}.")
    if not output.exists():
        return
    for file in files:
        if file.exists() and output.samefile(file):
            raise click.UsageError(f"{output} is an input. Write to another file.")
    if not force:
        raise click.UsageError(f"{output} exists. Use --force to replace it, or write to another file.")


@contextmanager
def notes(source: Path | None = None, quiet: bool = False) -> Iterator[None]:
    """Say every warning of the library in a line of its own, once, with the file it is about; or be quiet."""
    said: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("always", ShiftinvWarning)
        others = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            context = click.get_current_context(silent=True)
            silent = quiet or (context is not None and context.params.get("quiet"))
            text = " ".join(str(message).split())
            if not issubclass(category, ShiftinvWarning):
                others(message, category, filename, lineno, file, line)
            elif not silent and text not in said:
                said.add(text)
                for python, shell in IN_A_SHELL:
                    text = re.sub(python, shell, text)
                click.echo(f"{f'{source}: ' if source else ''}note: {text}", err=True)

        warnings.showwarning = show
        yield


def failure(file: Path, error: Exception, debug: bool) -> str:
    """Return in one line why a file failed, and show where if more was asked for."""
    if debug:
        traceback.print_exception(error)
    text = _message(error)
    return text if str(file) in text else f"{file}: {text}"


def failures_listed(failures: Mapping[Path, Iterable[str]], files: Collection[Path]) -> str:
    """Return how many of the files failed, and why."""
    listed = "\n".join(f"  {sentence}" for sentences in failures.values() for sentence in sentences)
    given = len(set(files))
    return f"{len(failures)} of {given} file{'s' * (given > 1)} failed:\n{listed}"


def explain(error: Exception, debug: bool) -> None:
    """Say on stderr what went wrong, in one line unless more was asked for."""
    if isinstance(error, (BrokenPipeError, click.exceptions.Exit)):
        raise error
    if debug:
        traceback.print_exc()
    click.echo(f"Error: {_message(error)}", err=True)


def line(error: Exception) -> str:
    """Return what an error says in one line."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split()) or type(error).__name__


def _message(error: Exception) -> str:
    """Return what an error says, and its kind if it was not foreseen."""
    return f"{'' if isinstance(error, KNOWN) else type(error).__name__ + ': '}{line(error)}"
