"""``shiftinv info`` and ``shiftinv warmup``: what is installed, and kernels compiled ahead."""

from __future__ import annotations

import click

from .failures import explain

__all__ = ["compile_ahead", "info"]


@click.command("info")
def info() -> None:
    """Print versions, the number of cores, and where compiled kernels are kept."""
    try:
        from ..environment import show_versions

        show_versions()
    except Exception as error:
        explain(error, debug=False)
        raise click.exceptions.Exit(1) from None


@click.command("warmup")
@click.option("--quiet", "-q", is_flag=True, help="Do not say how long it took.")
def compile_ahead(quiet: bool) -> None:
    """Compile all kernels now, so that no later run has to."""
    try:
        from ..environment import warmup

        warmup(progress=not quiet)
    except Exception as error:
        explain(error, debug=False)
        raise click.exceptions.Exit(1) from None
