"""Pictures of comparisons; the only file that draws."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .checks import did_you_mean
from .files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Figure  # noqa: PLC0414  # exported for types
    from matplotlib.text import Annotation

__all__ = ["SUFFIXES", "available", "check_panels", "pareto"]

SUFFIXES = (".png", ".svg", ".pdf")
# Okabe and Ito's colours, told apart with every common colour-vision deficiency; dark ones first.
STYLES = {"DWT": ("#D55E00", "s"), "SWT": ("#0072B2", "o")}
OTHERS = (("#009E73", "^"), ("#CC79A7", "D"), ("#56B4E9", "v"), ("#E69F00", "P"))
ROUNDING = 1e-12  # variances below it are drawn as 0
LINE = 9.5  # points from one label to the next
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # behind labels
LABEL: dict[str, Any] = {"fontsize": 8, "color": "#222222", "in_layout": False, "bbox": PAPER}
MOST_LABELS = 6  # stacked at one place
MOST_PANELS = 12  # in one picture
RING: dict[str, Any] = {"s": 100, "facecolors": "none", "edgecolors": "#222222", "linewidths": 1.4}


@dataclass(frozen=True)
class _Point:
    """One record as it is drawn."""

    family: str
    label: str
    depth: str
    redundancy: float
    variance: float


def available() -> None:
    """Raise ImportError with the remedy if Matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError('drawing needs matplotlib: pip install "shiftinv[plot]"') from None


def pareto(comparison: Iterable[Mapping[str, Any]], path: str | PathLike[str] | None = None) -> Figure:
    """Draw shift variance against redundancy, one panel per signal.

    A ring and a bold label mark the Pareto-optimal transforms of a signal: no other has at most their redundancy and
    their variance, and less of one.

    Parameters
    ----------
    comparison : Comparison, or iterable of mappings
        Records with ``signal``, ``transform``, ``levels``, ``shape``, ``redundancy`` and ``shift_variance``.
    path : str or path-like, optional
        Where to save the picture, in the format of its suffix: ``.png``, ``.svg`` or ``.pdf``. The old
        file stays whole if that fails.

    Returns
    -------
    matplotlib.figure.Figure
        A figure of its own, not one of pyplot's. Its label (``figure.get_label()``) says in words what
        it shows; saved files carry it as their description.

    Raises
    ------
    ImportError
        If Matplotlib is missing.
    ValueError
        If there is nothing to draw, there are more than 12 signals, or the suffix is another.

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> table = si.compare(x, ["dwt:haar,levels=2", "swt:haar,levels=2"], measures=["redundancy", "shift_variance"])
    >>> figure = si.plotting.pareto(table)
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['x, 64 samples']
    """
    available()
    target = None if path is None else _checked(Path(path))
    records = list(comparison)
    if not records or not {"redundancy", "shift_variance"} <= set(records[0]):
        raise ValueError("the comparison has no redundancy and shift_variance to draw. Include both measures.")
    check_panels(len({record["signal"] for record in records}))
    figure = _drawn(records)
    if target is not None:
        _save(figure, target)
    return figure


def check_panels(signals: int) -> None:
    """Refuse more signals than one picture can show."""
    if signals > MOST_PANELS:
        raise ValueError(
            f"the comparison has {signals} signals, and a picture has room for {MOST_PANELS} panels. "
            f"Draw fewer signals at a time, or write a table."
        )


def _checked(path: Path) -> Path:
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


def _drawn(records: Sequence[Mapping[str, Any]]) -> Figure:
    from matplotlib.figure import Figure

    panels: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        panels.setdefault(record["signal"], []).append(record)
    points = {name: [_point(record) for record in panel if _is_finite(record)] for name, panel in panels.items()}
    everything = list(itertools.chain.from_iterable(points.values()))
    families = sorted(dict.fromkeys(point.family for point in everything), key=lambda name: name not in STYLES)
    others = itertools.cycle(OTHERS)
    styles = {family: STYLES.get(family) or next(others) for family in families}
    columns = min(3, math.ceil(math.sqrt(len(panels))) if len(panels) > 3 else len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(max(5.2, 4.6 * columns), 4.4 * rows + 0.6), layout="constrained")
    places = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel().tolist()
    grid: list[Axes] = places[: len(panels)]
    for unused in places[len(panels) :]:
        unused.remove()
    floor = _scales(grid[0], everything)
    for axes, (name, panel) in zip(grid, panels.items(), strict=True):
        _panel(axes, panel, points[name], styles, floor)
    figure.suptitle("Shift variance against redundancy", x=0.01, ha="left", fontsize=12)
    for axes in grid[-columns:]:
        axes.set_xlabel("redundancy (real coefficients per real sample)", fontsize=10)
    figure.supylabel("shift variance of the detail energies (std / mean)", fontsize=10)
    figure.set_label(_words(points))
    _label(figure, grid, list(points.values()), floor)
    return figure


def _is_finite(record: Mapping[str, Any]) -> bool:
    return math.isfinite(record["redundancy"]) and math.isfinite(record["shift_variance"])


def _point(record: Mapping[str, Any]) -> _Point:
    family, _, rest = record["transform"].partition(":")
    label = re.sub(r",?levels=\w+(?![^(]*\))|\bqshift=", "", rest).strip(",") or family
    measured = float(record["shift_variance"])
    variance = measured if measured > ROUNDING else 0.0
    depth = "" if record.get("levels") is None else str(record["levels"])
    return _Point(family.upper(), _shortened(label, 20), depth, float(record["redundancy"]), variance)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2 - 1]}…{text[-(most // 2) :]}"


def _scales(axes: Axes, points: Sequence[_Point]) -> float:
    """Give the shared axes their scales and ticks; return where on the log axis 0 is drawn."""
    from matplotlib.ticker import NullFormatter, NullLocator

    seen = [point.variance for point in points if point.variance] or [0.1, 1.0]
    bottom, top = min(seen) / 1.5, max(seen) * 1.8
    span = max(top / bottom, 10.0)
    floor = bottom / span**0.5
    axes.set_yscale("log")
    axes.set_ylim(floor / span**0.1, top)
    decades = range(math.floor(math.log10(bottom)), math.ceil(math.log10(top)) + 1)
    steps = (1, 2, 5) if span < 1000 else (1,)
    ticks = [step * 10.0**power for power in decades for step in steps if bottom < step * 10.0**power < top]
    axes.set_yticks([floor, *ticks], ["0", *(f"{tick:.3g}" for tick in ticks)])
    axes.yaxis.set_minor_locator(NullLocator())
    reach = [1.0, 2.0, *(point.redundancy for point in points if point.redundancy > 0)]
    first, last = math.floor(math.log2(min(reach))), math.ceil(math.log2(max(reach)))
    axes.set_xscale("log", base=2)
    axes.set_xlim(2**first / 1.35, 2**last * 1.5)
    powers = [2.0**power for power in range(first, last + 1)]
    axes.set_xticks(powers, [f"{power:g}" for power in powers])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_minor_locator(NullLocator())
    return float(floor)


def _panel(
    axes: Axes,
    records: Sequence[Mapping[str, Any]],
    points: Sequence[_Point],
    styles: Mapping[str, tuple[str, str]],
    floor: float,
) -> None:
    shape = " x ".join(map(str, records[0]["shape"]))
    whole = re.match(r"cropped from ([\dx]+)", records[0].get("note") or "")
    cropped = f" (cropped from {whole[1].replace('x', ' x ')})" if whole else ""
    title = f"{_shortened(records[0]['signal'], 28)}, {shape} samples{cropped}"
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
    refused = len(records) - len(points)
    if refused:
        axes.set_title(f"{refused} not measured", loc="right", fontsize=8, color="#555555")
    axes.grid(visible=True, color="#e6e6e6", linewidth=0.7)
    axes.axhline(floor, color="#555555", linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        "0: no shift changes any energy", (0.015, floor), xycoords=axes.get_yaxis_transform(), xytext=(0, -5),
        textcoords="offset points", fontsize=7.5, color="#555555", ha="left", va="top",
    )  # fmt: skip
    axes.text(
        0, floor * 2, "≈", transform=axes.get_yaxis_transform(), ha="center", va="center", fontsize=12, rotation=90,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9, length=3, labelbottom=True)
    for family, (colour, marker) in styles.items():
        own = [point for point in points if point.family == family]
        axes.scatter(
            [point.redundancy for point in own],
            [point.variance or floor for point in own],
            s=36, c=colour, marker=marker, linewidths=0.8, edgecolors="white", label=family, zorder=3, clip_on=False,
        )  # fmt: skip
    front = _front(points)
    axes.scatter([x for x, _ in front], [y or floor for _, y in front], label="Pareto-optimal", zorder=3.5,
                 clip_on=False, **RING)  # fmt: skip


def _front(points: Sequence[_Point]) -> list[tuple[float, float]]:
    """Return the points that none beats in redundancy and variance at once, from left to right."""
    front: list[tuple[float, float]] = []
    for redundancy, variance in sorted((point.redundancy, point.variance) for point in points):
        if not front or variance < front[-1][1]:
            front.append((redundancy, variance))
    return front


def _label(figure: Figure, panels: Sequence[Axes], points: Sequence[Sequence[_Point]], floor: float) -> None:
    """Write a label beside every point, once the size of the panels is known."""
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower center", ncols=min(4, len(names)), frameon=False, fontsize=9,
        title="labels: wavelet, levels", title_fontsize=8, handletextpad=0.4, columnspacing=1.6,
    )  # fmt: skip
    figure.draw_without_rendering()
    for axes, own in zip(panels, points, strict=True):
        front = set(_front(own))
        for redundancy, column in itertools.groupby(sorted(own, key=_place), lambda point: point.redundancy):
            at = list(column)
            _label_zeros(axes, redundancy, [point for point in at if not point.variance], floor, front)
            _label_column(axes, redundancy, [point for point in at if point.variance], front)


def _place(point: _Point) -> tuple[float, float]:
    return point.redundancy, point.variance


def _label_column(
    axes: Axes, redundancy: float, points: Sequence[_Point], front: Collection[tuple[float, float]]
) -> None:
    """Label points above each other at their side, moved apart where they would touch."""
    if not points:
        return
    in_points = 72 / axes.get_figure().dpi  # type: ignore[union-attr]
    across = axes.transAxes.inverted().transform(axes.transData.transform((redundancy, points[0].variance)))[0]
    side = -1 if across > 0.55 else 1
    low, high = axes.bbox.y0 * in_points + LINE, axes.bbox.y1 * in_points - LINE / 2
    room = int((high - low) / LINE)
    words = [f"{point.label}, {point.depth}" if point.depth else point.label for point in points]
    if len(points) > room:
        points, words = points[:room], [*words[: room - 1], f"and {len(points) - room + 1} more"]
    heights = [axes.transData.transform((redundancy, point.variance))[1] * in_points for point in points]
    places = between(spread_apart(heights, LINE), LINE, low, high)
    for point, word, height, place in zip(points, words, heights, places, strict=True):
        label = axes.annotate(
            word, (redundancy, point.variance), xytext=(20 * side, place - height), textcoords="offset points",
            **LABEL, fontweight="bold" if _place(point) in front else "normal",
            ha="left" if side > 0 else "right", va="center", zorder=4,
            arrowprops={"arrowstyle": "-", "color": "#999999", "linewidth": 0.6, "shrinkA": 1, "shrinkB": 4,
                        "relpos": (0 if side > 0 else 1, 0.5)},
        )  # fmt: skip
        _keep_inside(axes, label)


def _label_zeros(
    axes: Axes, redundancy: float, points: Sequence[_Point], floor: float, front: Collection[tuple[float, float]]
) -> None:
    """Label points that all lie on the line of 0 in one stack above them."""
    depths = {point.depth for point in points}
    shared = f"{depths.pop()} levels" if len(depths) == 1 and "" not in depths else ""
    stack = [point.label if shared or not point.depth else f"{point.label}, {point.depth}" for point in points]
    shown = stack if len(stack) <= MOST_LABELS else [*stack[:MOST_LABELS], f"and {len(stack) - MOST_LABELS} more"]
    shown += [shared] * bool(shared)
    if shown:
        label = axes.annotate(
            "\n".join(shown), (redundancy, floor), xytext=(0, 10), textcoords="offset points",
            **LABEL, fontweight="bold" if (redundancy, 0.0) in front else "normal",
            ha="center", va="bottom", linespacing=1.1, zorder=2.5,
        )  # fmt: skip
        _keep_inside(axes, label)


def _keep_inside(axes: Axes, label: Annotation) -> None:
    """Move a label sideways as far as it stands out of its panel."""
    from matplotlib.text import Text

    label.get_window_extent()  # puts it where it belongs; the box counts the line to the point as well
    box = Text.get_window_extent(label)
    over = max(axes.bbox.x0 - box.x0, 0) - max(box.x1 - axes.bbox.x1, 0)
    x, y = label.xyann
    label.xyann = (x + over * 72 / axes.get_figure().dpi, y)  # type: ignore[union-attr]


def between(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places, ascending and `gap` apart, moved into the range from `low` to `high`, which has room for them.

    Examples
    --------
    >>> from shiftinv.plotting import between
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
    >>> from shiftinv.plotting import spread_apart
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


def _words(points: Mapping[str, Sequence[_Point]]) -> str:
    """Return what the picture shows, for those who cannot see it."""
    sentences = []
    for name, panel in points.items():
        for family in dict.fromkeys(point.family for point in panel):
            own = [point for point in panel if point.family == family]
            reach = _range([point.redundancy for point in own])
            sentences.append(f"{name}, {family}: redundancy {reach}, variance {_range([p.variance for p in own])}")
    return "Shift variance of the detail energies against redundancy. " + ("; ".join(sentences) or "No record") + "."


def _range(values: Sequence[float]) -> str:
    low, high = f"{min(values):.3g}", f"{max(values):.3g}"
    return low if low == high else f"{low} to {high}"
