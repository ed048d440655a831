"""``python -m benchmarks``: time, print, keep, and write the tables of docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from . import aliasing, family, goals, sweep, tables
from .protocol import Work, circumstances, in_turns


def main() -> None:
    """Run the benchmarks that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--sweep", action="store_true", help="every size, axis, filter length, depth and dtype")
    other.add_argument("--dual-tree", action="store_true", help="dual trees, in the environment of their peers")
    other.add_argument("--family", action="store_true", help="boundaries, and every registered transform")
    other.add_argument("--aliasing", action="store_true", help="aliasing of all pairs of banks, which takes no timing")
    other.add_argument("--denoising", action="store_true", help="noise removed: how well and how fast")
    parser.add_argument("--quick", action="store_true", help="of --denoising: a few images, and no results are kept")
    parser.add_argument("--only", default="", help="works whose name holds this text")
    parser.add_argument("--page", action="store_true", help="write the table into docs/benchmarks.md")
    options = parser.parse_args()
    if options.quick and (options.page or not options.denoising):
        parser.error("--quick is for --denoising, and its figures are not for the page. Leave it out.")
    if options.sweep:
        sweep.main()
    elif options.aliasing:
        aliasing.main()
    elif options.denoising:
        from . import denoising  # which imports scikit-image

        denoising.main(quick=options.quick, page=options.page)
    elif options.family:
        _time(family.works(), "family.json", "benchmarks family", options)
    elif options.dual_tree:
        from . import dual_tree  # which imports torch

        _time(dual_tree.works(), "dual_tree.json", "benchmarks dual tree", options)
    else:
        _time(goals.works(), "goals.json", "benchmarks", options)


def _time(works: Iterable[Work], file: str, marks: str, options: argparse.Namespace) -> None:
    """Time works, print their table, keep it in a file of results, and write it between marks of the page."""
    rows: list[tuple[str, ...]] = []
    kept: list[dict[str, Any]] = []
    for work in works:
        if options.only not in work.name:
            continue
        scope = work.scope()
        moved = scope["x"].nbytes + scope["c"].layout.nbytes
        timings = in_turns(work.calls, scope, moved, work.rounds)
        found = tables.rows_of(work, timings)
        rows += found
        kept.append(
            {"work": work.name, "dtype": work.dtype, "bytes": moved, "goals": work.goals}
            | {"timings": {name: asdict(timing) for name, timing in timings.items()}}
        )
        print(*("  ".join(row) for row in found), sep="\n", file=sys.stderr)
    print(tables.markdown(rows))
    if not options.only:
        tables.write_json(tables.HERE / "results" / file, {"on": circumstances(), "works": kept})
    if options.page:
        tables.put_into_page(marks, tables.markdown([row for row in rows if row[3]]))  # those with a peer


main()
