"""Figures without pyplot, and files that hold them whole or not at all."""

from __future__ import annotations

import io
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..checks import did_you_mean
from ..files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Figure  # noqa: PLC0414  # exported for types

__all__ = ["SUFFIXES", "as_svg", "available", "checked", "saved"]

SUFFIXES = (".png", ".svg", ".pdf")


def available() -> None:
    """Raise ImportError with the remedy if Matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError('drawing needs matplotlib: pip install "shiftinv[plot]"') from None


def saved(figure: Figure, path: str | PathLike[str] | None) -> Figure:
    """Save a figure in the format of the suffix of `path`, if there is one, and return it.

    Raises
    ------
    ValueError
        If the suffix is no picture's.
    """
    if path is not None:
        _save(figure, checked(path))
    return figure


def as_svg(figure: Figure) -> str:
    """Return a figure as SVG, the same for the same figure."""
    import matplotlib

    text = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "shiftinv"}):
        figure.savefig(text, format="svg", metadata={"Date": None, "Description": str(figure.get_label())})
    return text.getvalue()


def checked(path: str | PathLike[str]) -> Path:
    """Return `path` if its suffix is a picture's."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(
            f"path={str(path)!r} has a suffix that is no picture. {did_you_mean(path.suffix, SUFFIXES)}"
            f"Use one of {', '.join(SUFFIXES)}."
        )
    return path


def _save(figure: Figure, path: Path) -> None:
    kind = path.suffix.lower()[1:]
    words = str(figure.get_label())
    described: dict[str, dict[str, Any]] = {
        "png": {"Description": words},
        "svg": {"Description": words, "Date": None},
        "pdf": {"Subject": words, "CreationDate": None},
    }
    with replacing(path) as file:
        figure.savefig(file, format=kind, dpi=150, metadata=described[kind])
