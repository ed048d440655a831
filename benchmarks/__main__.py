"""``python -m benchmarks``: time, print, keep, and write the README's table."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from . import goals, sweep, tables
from .protocol import circumstances, in_turns


def main() -> None:
    """Run the benchmarks that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sweep", action="store_true", help="every size, axis, filter length, depth and dtype")
    parser.add_argument("--only", default="", help="works whose name holds this text")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    options = parser.parse_args()
    if options.sweep:
        sweep.main()
        return
    rows: list[tuple[str, ...]] = []
    kept: list[dict[str, Any]] = []
    for work in goals.works():
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
        tables.write_json(tables.HERE / "results" / "goals.json", {"on": circumstances(), "works": kept})
    if options.readme:
        tables.put_into_readme("benchmarks", tables.markdown(rows))


main()
