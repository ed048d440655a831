"""Labels that do not touch: where they go along a line, and around points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Box", "Spot", "Taken", "between", "spots", "spread_apart"]

Box = tuple[float, float, float, float]  # left, bottom, right, top
Floats = npt.NDArray[np.float64]
GAP = 1.5  # left free to the sides of a label
CROSSING = 25.0  # points of way that each place of a line in a label is worth
DISTANCES = (11.0, 18.0, 28.0, 42.0, 60.0, 85.0, 115.0)  # sideways, from a point to its label


class Spot(NamedTuple):
    """Where a label may stand: how far from its point, and which part of it (0 to 1 across and along) stands there."""

    farness: float
    right: float
    up: float
    across: float
    along: float


def spots(rise: float, step: float, reach: float, *, above: bool) -> list[Spot]:
    """Return the spots for a label, best first: above its point, or beside it and `rise` higher, then ever farther."""
    halves = range(1 if above else -round(2 * reach / step), round(2 * reach / step) + 1)
    heights = [rise + step / 2 * half for half in halves]
    places = [(0.0, up, 0.5, 0.0 if up > 0 else 1.0) for up in heights if abs(up) >= step]
    for right, up in itertools.product(DISTANCES, heights):
        places += [(side * right, up, (1 - side) / 2, 0.0 if above else 0.5) for side in (1, -1)]
    return sorted(Spot(_farness(*place[:3], rise, above), *place) for place in places)


def _farness(right: float, up: float, across: float, rise: float, above: bool) -> float:
    """Return how far a spot is, in points, and more where it is on another side than the best."""
    aside = 30 if (across == 0.5) != above else 8 * (across == 1)
    return math.hypot(right, up) + abs(up - rise) + aside


class Taken:
    """The part of a panel that is taken by boxes, and by lines of labels to their points."""

    def __init__(self, panel: Box, boxes: Sequence[Box], start: float) -> None:
        self.panel, self.start = panel, start
        self.boxes = np.array(boxes, dtype=float)
        self.lines = np.empty((0, 2))

    def put(self, point: tuple[float, float], size: tuple[float, float], wanted: Sequence[Spot]) -> Spot:
        """Take and return the nearest spot that is free; a nearer one if only lines touch, any if none is free."""
        least, best = math.inf, wanted[0]
        for spot in wanted:
            if spot.farness >= least:
                break
            cost = spot.farness + self._touched(_box(point, size, spot), _line(point, spot, self.start))
            if cost < least:
                least, best = cost, spot
        self.boxes = np.vstack([self.boxes, _box(point, size, best)])
        self.lines = np.vstack([self.lines, _line(point, best, self.start)])
        return best

    def _touched(self, box: Floats, line: Floats) -> float:
        """Return how bad a spot is: outside, on something, or only with a line through something."""
        if (box[:2] < self.panel[:2]).any() or (box[2:] > self.panel[2:]).any():
            return math.inf
        overlaps = ((box[:2] < self.boxes[:, 2:]) & (box[2:] > self.boxes[:, :2])).all(axis=1).sum()
        return float(1e4 * overlaps) + CROSSING * (_inside(line, self.boxes) + _inside(self.lines, box[np.newaxis]))


def _box(point: tuple[float, float], size: tuple[float, float], spot: Spot) -> Floats:
    """Return the box of a label and what is left free to its sides."""
    left = point[0] + spot.right - spot.across * size[0]
    bottom = point[1] + spot.up - spot.along * size[1]
    return np.array([left - GAP, bottom, left + size[0] + GAP, bottom + size[1]])


def _line(point: tuple[float, float], spot: Spot, start: float) -> Floats:
    """Return places along the line from a point to its label, without the first, where points lie on each other."""
    way: Floats = np.linspace(0, 1, 40)[:, np.newaxis] * np.array([spot.right, spot.up])
    places: Floats = np.array(point) + way[np.abs(way).max(axis=1) > start]
    return places


def _inside(places: Floats, boxes: Floats) -> int:
    """Return how often a place lies in a box."""
    across = places[:, np.newaxis]
    return int(((across > boxes[:, :2]) & (across < boxes[:, 2:])).all(axis=2).sum())


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
