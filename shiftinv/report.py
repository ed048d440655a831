"""A comparison as one page of HTML that needs nothing else."""

__all__ = ["page"]


def page(comparison: object) -> str:
    """Return the page."""
    return f"<!doctype html>{comparison}"
