"""A bar that shows how far a long call is."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

__all__ = ["shown"]


def shown(jobs: Iterable[Any], what: str, progress: bool, total: int | None = None) -> Iterable[Any]:
    """Return the jobs, with a bar on stderr if `progress` asks for one and a terminal and tqdm can show it."""
    if not progress or not sys.stderr.isatty():
        return jobs
    try:
        from tqdm import tqdm
    except ImportError:
        return jobs
    return tqdm(jobs, desc=what, total=total, delay=1, leave=False, file=sys.stderr)
