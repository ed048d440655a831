"""Options that several commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..files import MAX_BYTES

if TYPE_CHECKING:
    from ..representation import Representation

__all__ = ["debug", "force", "max_bytes", "quiet", "transform_named"]

force = click.option("--force", is_flag=True, help="Replace the output if it exists.")
max_bytes = click.option(
    "--max-bytes", type=click.IntRange(min=1), default=MAX_BYTES, show_default=True, metavar="N",
    help="Refuse a file that announces more than N bytes of memory.",
)  # fmt: skip
quiet = click.option(
    "--quiet", "-q", is_flag=True, is_eager=True, help="No progress and no messages but errors."
)  # eager: known when other options lead to notes
debug = click.option("--debug", is_flag=True, help="Show where an error comes from.")


def transform_named(spec: str, ctx: click.Context, parameter: click.Parameter) -> Representation:
    """Return the transform that a spec names; a wrong one is wrong usage."""
    from ..registry import transform

    try:
        return transform(spec)
    except (ValueError, TypeError) as error:
        raise click.BadParameter(str(error), ctx, parameter) from None
