"""``shiftinv list``: the names that other commands take."""

from __future__ import annotations

import click

__all__ = ["list_names"]


@click.command("list")
@click.argument("what", type=click.Choice(["transforms", "wavelets", "rules"]))
def list_names(what: str) -> None:
    """List the names of transforms, of wavelets, or of the methods and rules of denoising, one per line."""
    click.echo("\n".join(_rules() if what == "rules" else _transforms() if what == "transforms" else _wavelets()))


def _transforms() -> list[str]:
    from ..registry import list_transforms

    return list_transforms()


def _wavelets() -> list[str]:
    from ..catalogue import list_banks

    return list_banks()


def _rules() -> list[str]:
    from ..denoising.estimator import METHODS, RULES

    return [f"--method {name}" for name in METHODS] + [f"--rule {name}" for name in RULES]
