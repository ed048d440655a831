"""Results as JSON that keeps every repetition, as a table to read, and in a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .protocol import Timing, Work

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
PAGE = HERE.parent / "docs" / "benchmarks.md"
HEADER = ("work", "dtype", "ours", "against", "times faster (best)", "(median)", "goal", "copies (best)", "goal")


def rows_of(work: Work, timings: dict[str, Timing]) -> list[tuple[str, ...]]:
    """Return the lines of the table for one work: ours against every peer, and in memory copies."""
    copy = timings["memcpy"]
    rows = []
    for ours in [name for name in ("reused", "fresh") if name in timings]:
        copies = f"{timings[ours].best / copy.best:.2f}"
        limit = work.goals.get(f"memcpy {ours}")
        peers = [name for name in timings if name not in ("fresh", "reused", "memcpy")]
        for peer in peers:
            best = timings[peer].best / timings[ours].best
            median = timings[peer].median / timings[ours].median
            goal = work.goals.get(f"{peer} {ours}", work.goals.get(peer))
            told = (f"{best:.1f}", f"{median:.1f}", _goal(goal, best, at_least=True))
            rows.append((work.name, work.dtype, ours, peer, *told, copies, _goal(limit, float(copies), at_least=False)))
        if not peers:
            rows.append(
                (work.name, work.dtype, ours, "", "", "", "", copies, _goal(limit, float(copies), at_least=False))
            )
    return rows


def _goal(goal: float | None, value: float, *, at_least: bool) -> str:
    if goal is None:
        return ""
    met = value >= goal if at_least else value <= goal
    return f"{'≥' if at_least else '≤'} {goal:g}{'' if met else ' missed'}"


def markdown(rows: list[tuple[str, ...]], header: tuple[str, ...] = HEADER) -> str:
    """Return rows as a Markdown table."""
    lines = ["| " + " | ".join(row) + " |" for row in [header, tuple("---" for _ in header), *rows]]
    return "\n".join(lines)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write results, replacing the file."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")


def put_into_page(name: str, text: str, page: Path = PAGE) -> None:
    """Replace what stands between the marks ``<!-- name -->`` and ``<!-- /name -->``."""
    before, opening, rest = page.read_text().partition(f"<!-- {name} -->\n")
    _, closing, after = rest.partition(f"<!-- /{name} -->")
    if not opening or not closing:
        raise ValueError(f"{page.name} has no marks <!-- {name} --> and <!-- /{name} -->. Add them where it belongs.")
    page.write_text(f"{before}{opening}{text}\n{closing}{after}")
