"""Labels that do not touch: where they go along a line."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["between", "spread_apart"]


def between(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places, ascending and `gap` apart, moved into the range from `low` to `high`, which has room for them.

    Examples
    --------
    >>> from shiftinv.plotting.labels import between
    >>> between([-3.0, 7.0, 40.0], 10.0, 0.0, 35.0)
    [0.0, 10.0, 35.0]
    """
    last = len(places) - 1
    lowered = [min(place, high - (last - rank) * gap) for rank, place in enumerate(places)]
    return [max(place, low + rank * gap) for rank, place in enumerate(lowered)]


def spread_apart(places: Sequence[float], gap: float) -> list[float]:
    """Return the places, ascending, moved as little as possible (least squares) to be `gap` apart.

    Examples
    --------
    >>> from shiftinv.plotting.labels import spread_apart
    >>> spread_apart([0.0, 1.0, 50.0], 10.0)
    [-4.5, 5.5, 50.0]
    """
    pools: list[tuple[float, int]] = []  # (mean of the places less their offsets, how many)
    for rank, place in enumerate(places):
        mean, count = place - rank * gap, 1
        while pools and pools[-1][0] > mean:
            before, many = pools.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        pools.append((mean, count))
    starts = [mean for mean, count in pools for _ in range(count)]
    return [start + rank * gap for rank, start in enumerate(starts)]
