"""The program itself: how it begins, ends and is interrupted."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from ..version import __version__
from .failures import notes

__all__ = ["Program", "main"]


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
            with notes():
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
