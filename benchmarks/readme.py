"""Write the comparison's table and picture into the README: ``python -m benchmarks.readme``."""

from __future__ import annotations

import shiftinv as si

from . import tables

MEASURES = ("redundancy", "shift_variance", "aliasing_db", "equivariance_error", "denoising_gain")
PICTURE = tables.README.parent / "docs" / "comparison.png"


def comparison() -> si.Comparison:
    """Return the comparison that the README shows: the measures that are the same on every machine."""
    return si.compare(measures=MEASURES, workers=-1)


if __name__ == "__main__":
    shown = comparison()
    tables.put_into_page("comparison", (shown.to_markdown() or "").rstrip("\n"), tables.README)
    shown.plot(PICTURE)
