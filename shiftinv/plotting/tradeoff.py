"""What transforms gain against what they pay: aliasing and shift variance over redundancy."""

from __future__ import annotations

import collections
import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from .labels import Box, Spot, Taken, between, spots, spread_apart
from .saving import available, checked, saved

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["check_panels", "pareto"]

# Okabe and Ito's colours, told apart with every common colour-vision deficiency; and a marker of its own for each.
STYLES = {
    "DWT": ("#D55E00", "s"),
    "SWT": ("#0072B2", "o"),
    "DTCWT": ("#009E73", "^"),
    "CYCLESPIN": ("#CC79A7", "D"),
    "PSWT": ("#E69F00", "P"),
    "BESTSHIFT": ("#000000", "*"),
    "PACKETS": ("#56B4E9", "X"),
    "BESTBASIS": ("#000000", "X"),
    "SPACKETS": ("#0072B2", "X"),
    "MODWT": ("#56B4E9", "h"),
    "STARLET": ("#E69F00", "*"),
    "UDTCWT": ("#009E73", "v"),
    "SCATTERING": ("#CC79A7", "p"),
    "STEERABLE": ("#D55E00", "<"),
    "LAPLACIAN": ("#D55E00", ">"),
}
OTHERS = (("#56B4E9", "d"), ("#CC79A7", "8"), ("#E69F00", "H"), ("#009E73", "p"), ("#0072B2", "<"), ("#000000", ">"))
ROUNDING = 1e-12  # variances below it are drawn as 0
LINE = 9.5  # points from one label to the next
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # behind labels
LABEL: dict[str, Any] = {"fontsize": 8, "color": "#222222", "in_layout": False, "bbox": PAPER}
MARK, RINGED = 4.8, 6.0  # points from the middle of a marker, or of its ring, to what may stand beside it
MOST_LABELS = 6  # stacked at one place
MOST_PANELS = 12  # signals in one picture
RING: dict[str, Any] = {"s": 100, "facecolors": "none", "edgecolors": "#222222", "linewidths": 1.4}
AXIS = {
    "shift_variance": "shift variance of the detail energies (std / mean)",
    "aliasing_db": "aliasing of the worst level (dB)",
}
EDGE = {"shift_variance": "0: no shift changes any energy", "aliasing_db": "no aliasing at all"}

Measured = Literal["shift_variance", "aliasing_db"]


@dataclass(frozen=True)
class _Point:
    """One record as it is drawn; the height is 0 at the edge."""

    family: str
    label: str
    depth: str
    redundancy: float
    height: float


@dataclass(frozen=True)
class _Panel:
    """One signal under one measure."""

    measure: Measured
    title: str
    points: tuple[_Point, ...]
    refused: int


def pareto(comparison: Iterable[Mapping[str, Any]], path: str | PathLike[str] | None = None) -> Figure:
    """Draw shift variance against redundancy, one panel per signal, beside the aliasing if that was measured.

    A ring and a bold label mark the Pareto-optimal transforms of a panel: no other has at most their redundancy and
    their height, and less of one. Aliasing depends on no signal: signals with the same redundancies share its panel,
    in which transforms that are not linear have no place.

    Parameters
    ----------
    comparison : Comparison, or iterable of mappings
        Records with ``signal``, ``transform``, ``levels``, ``shape``, ``redundancy``, ``shift_variance`` and, for the
        panels of aliasing, ``aliasing_db``.
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
    if path is not None:
        checked(path)
    records = list(comparison)
    if not records or not {"redundancy", "shift_variance"} <= set(records[0]):
        raise ValueError("the comparison has no redundancy and shift_variance to draw. Include both measures.")
    check_panels(len({record["signal"] for record in records}))
    return saved(_drawn(records), path)


def check_panels(signals: int) -> None:
    """Refuse more signals than one picture can show."""
    if signals > MOST_PANELS:
        raise ValueError(
            f"the comparison has {signals} signals, and a picture has room for {MOST_PANELS} panels. "
            f"Draw fewer signals at a time, or write a table."
        )


def _drawn(records: Sequence[Mapping[str, Any]]) -> Figure:
    from matplotlib.figure import Figure

    panels = _panels(records)
    everything = list(itertools.chain.from_iterable(panel.points for panel in panels))
    others = itertools.cycle(OTHERS)
    styles = {family: STYLES.get(family) or next(others) for family in _families(everything)}
    columns = 2 if len(panels) in (2, 4) or any(panel.measure == "aliasing_db" for panel in panels) else 3
    columns = min(columns, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(max(5.2, 4.6 * columns), 4.2 * rows + 0.8), layout="constrained")
    places = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel().tolist()
    grid: list[Axes] = places[: len(panels)]
    for unused in places[len(panels) :]:
        unused.remove()
    floors = {
        measure: _floor([point.height for panel in panels if panel.measure == measure for point in panel.points])
        for measure in dict.fromkeys(panel.measure for panel in panels)
    }
    for axes, panel in zip(grid, panels, strict=True):
        _scale_heights(axes, panel.measure, *floors[panel.measure])
        _draw(axes, panel, styles, floors[panel.measure][0])
    _scale_redundancies(grid[0], [point.redundancy for point in everything])
    figure.suptitle("What shift invariance costs: the price against redundancy", x=0.01, ha="left", fontsize=12)
    for axes in grid[-columns:]:
        axes.set_xlabel("redundancy (real coefficients per real sample)", fontsize=9)
    figure.set_label(_words(panels))
    _label(figure, grid, panels, {measure: floor for measure, (floor, _, _) in floors.items()})
    return figure


def _panels(records: Sequence[Mapping[str, Any]]) -> list[_Panel]:
    """Return the panels in the order of the signals, aliasing before the first signal with its redundancies."""
    by_signal: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        by_signal.setdefault(record["signal"], []).append(record)
    panels: list[_Panel] = []
    for name, own in by_signal.items():
        if any(not math.isnan(record.get("aliasing_db", math.nan)) for record in own):
            axes = len(own[0]["shape"])
            kind = {1: "signals", 2: "images", 3: "volumes"}.get(axes, f"{axes} axes")
            aliasing = _panel("aliasing_db", f"aliasing, redundancy of {kind}", own)
            if aliasing not in panels:
                panels.append(aliasing)
        shape = " x ".join(map(str, own[0]["shape"]))
        whole = re.match(r"cropped from ([\dx]+)", own[0].get("note") or "")
        cropped = f" (cropped from {whole[1].replace('x', ' x ')})" if whole else ""
        panels.append(_panel("shift_variance", f"{_shortened(name, 28)}, {shape} samples{cropped}", own))
    return panels


def _panel(measure: Measured, title: str, records: Sequence[Mapping[str, Any]]) -> _Panel:
    shown = [record for record in records if not math.isnan(record["redundancy"] + record[measure])]
    points = tuple(_point(record, measure) for record in shown if record[measure] < math.inf)
    return _Panel(measure, title, points, len(records) - len(points))


def _point(record: Mapping[str, Any], measure: Measured) -> _Point:
    family, _, rest = record["transform"].partition(":")
    words = re.sub(r",?levels=\w+|\bqshift=|\b[a-z]+:|[()]|^\d+$", "", rest).strip(",").replace(",shifts=", " x ")
    measured = float(record[measure])
    height = 10 ** (measured / 20) if measure == "aliasing_db" else measured * (measured > ROUNDING)
    depth = "" if record.get("levels") is None else str(record["levels"])
    return _Point(family.upper(), _shortened(words or family, 20), depth, float(record["redundancy"]), height)


def _families(points: Sequence[_Point]) -> list[str]:
    """Return the names of the families: those with a style of their own first, the others as they come."""
    seen = list(dict.fromkeys(point.family for point in points))
    return [name for name in STYLES if name in seen] + [name for name in seen if name not in STYLES]


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2 - 1]}…{text[-(most // 2) :]}"


def _floor(heights: Iterable[float]) -> tuple[float, float, float]:
    """Return where on a log axis 0 is drawn, and the lowest and the highest place of anything else."""
    seen = [height for height in heights if height] or [0.1, 1.0]
    bottom, top = min(seen) / 1.5, max(seen) * 1.8
    return bottom / max(top / bottom, 10.0) ** 0.5, bottom, top


def _scale_heights(axes: Axes, measure: Measured, floor: float, bottom: float, top: float) -> None:
    from matplotlib.ticker import NullLocator

    axes.set_yscale("log")
    span = max(top / bottom, 10.0)
    axes.set_ylim(floor / span**0.1, top)
    decades = range(math.floor(math.log10(bottom)), math.ceil(math.log10(top)) + 1)
    if measure == "aliasing_db":
        step = 5 if span < 30 else 10
        wanted = [10 ** (db / 20) for db in range(20 * decades[0], 20 * decades[-1] + 1, step)]
        ticks = [tick for tick in wanted if bottom < tick < top]
        words = ["−∞", *(f"{round(20 * math.log10(tick))}".replace("-", "−") for tick in ticks)]
    else:
        steps = (1, 2, 5) if span < 1000 else (1,)
        ticks = [step * 10.0**power for power in decades for step in steps if bottom < step * 10.0**power < top]
        words = ["0", *(f"{tick:.3g}" for tick in ticks)]
    axes.set_yticks([floor, *ticks], words)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel(AXIS[measure], fontsize=9)


def _scale_redundancies(axes: Axes, redundancies: Iterable[float]) -> None:
    from matplotlib.ticker import NullFormatter, NullLocator

    reach = [1.0, 2.0, *(redundancy for redundancy in redundancies if redundancy > 0)]
    first, last = math.ceil(math.log2(min(reach))), math.ceil(math.log2(max(reach)))
    axes.set_xscale("log", base=2)
    axes.set_xlim(min(reach) / 1.35, 2**last * 1.5)
    powers = [2.0**power for power in range(first, last + 1)]
    axes.set_xticks(powers, [f"{power:g}" for power in powers])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_minor_locator(NullLocator())


def _draw(axes: Axes, panel: _Panel, styles: Mapping[str, tuple[str, str]], floor: float) -> None:
    above = 1.05 if panel.refused else None  # a line higher, so that the two never touch
    axes.set_title(panel.title, loc="left", fontsize=10, fontweight="bold", y=above)
    if panel.refused:
        axes.set_title(f"{panel.refused} not measured", loc="right", fontsize=8, color="#555555")
    axes.grid(visible=True, color="#e6e6e6", linewidth=0.7)
    axes.axhline(floor, color="#555555", linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        EDGE[panel.measure], (0.015, floor), xycoords=axes.get_yaxis_transform(), xytext=(0, -7),
        textcoords="offset points", fontsize=7.5, color="#555555", ha="left", va="top",
    )  # fmt: skip
    axes.text(
        0, floor * 2, "≈", transform=axes.get_yaxis_transform(), ha="center", va="center", fontsize=12, rotation=90,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9, length=3, labelbottom=True)
    for family, (colour, marker) in styles.items():
        own = [point for point in panel.points if point.family == family]
        axes.scatter(
            [point.redundancy for point in own],
            [point.height or floor for point in own],
            s=90 if marker == "*" else 36, c=colour, marker=marker,
            linewidths=0.8, edgecolors="white", label=family, zorder=3, clip_on=False,
        )  # fmt: skip
    front = _front(panel.points)
    axes.scatter([x for x, _ in front], [y or floor for _, y in front], label="Pareto-optimal", zorder=3.5,
                 clip_on=False, **RING)  # fmt: skip


def _front(points: Sequence[_Point]) -> list[tuple[float, float]]:
    """Return the points that none beats in redundancy and height at once, from left to right."""
    front: list[tuple[float, float]] = []
    for redundancy, height in sorted((point.redundancy, point.height) for point in points):
        if not front or height < front[-1][1]:
            front.append((redundancy, height))
    return front


def _label(figure: Figure, grid: Sequence[Axes], panels: Sequence[_Panel], floors: Mapping[str, float]) -> None:
    """Write a label beside every point, once the size of the panels is known."""
    handles, names = grid[0].get_legend_handles_labels()
    told = _Telling.of([point for panel in panels for point in panel.points])
    shown = slice(len(names) - 1, None) if told.families else slice(None)
    figure.legend(
        handles[shown], names[shown], loc="outside lower center", ncols=min(5, len(names)), frameon=False, fontsize=9,
        title=f"labels: {told}", title_fontsize=8, handletextpad=0.4, columnspacing=1.6,
    )  # fmt: skip
    figure.draw_without_rendering()
    for axes, panel in zip(grid, panels, strict=True):
        _label_panel(axes, panel, floors[panel.measure], told)


def _label_panel(axes: Axes, panel: _Panel, floor: float, told: _Telling) -> None:
    """Label the points of a panel: while there is room, no label touches another or a point."""
    from matplotlib.text import Text

    in_points = 72 / axes.get_figure().dpi  # type: ignore[union-attr]

    def place(point: _Point) -> tuple[float, float]:
        x, y = axes.transData.transform((point.redundancy, point.height or floor)) * in_points
        return float(x), float(y)

    def box(artist: Artist) -> Box:
        # A text's own extent: that of an annotation has the line to its point as well.
        extent = Text.get_window_extent(artist) if isinstance(artist, Text) else artist.get_window_extent()
        x0, y0, x1, y1 = (float(edge) * in_points for edge in extent.extents)
        return x0, y0, x1, y1

    front = set(_front(panel.points))
    marks = []
    for point in panel.points:
        (x, y), half = place(point), RINGED if _place(point) in front else MARK
        marks.append((x - half, y - half, x + half, y + half))
    taken = Taken(box(axes), [*marks, *map(box, axes.texts), box(axes.lines[0])], 2 * MARK)

    def write(words: str, point: _Point, wanted: Iterable[Spot]) -> None:
        bold = "bold" if _place(point) in front else "normal"
        line = {"arrowstyle": "-", "color": "#999999", "linewidth": 0.6, "shrinkA": 1, "shrinkB": 4}
        look = {**LABEL, "fontweight": bold, "linespacing": 1.1, "zorder": 2.5}
        probe = axes.text(0, 0, words, **look)
        x0, y0, x1, y1 = box(probe)
        probe.remove()
        spot = taken.put(place(point), (x1 - x0, y1 - y0), list(wanted))
        axes.annotate(
            words, (point.redundancy, point.height or floor), xytext=(spot.right, spot.up), textcoords="offset points",
            ha=("left", "center", "right")[round(2 * spot.across)],
            va=("bottom", "center", "top")[round(2 * spot.along)],
            arrowprops={**line, "relpos": (spot.across, spot.along)}, **look,
        )  # fmt: skip

    zeros = sorted((point for point in panel.points if not point.height), key=_place)
    for _, column in itertools.groupby(zeros, _redundancy):
        points = list(column)
        write("\n".join(told.lines(points)), points[0], spots(0, LINE, axes.bbox.height * in_points, above=True))
    others = sorted((point for point in panel.points if point.height), key=_place)
    for _, column in itertools.groupby(others, _redundancy):
        points = list(column)
        low, high = axes.bbox.y0 * in_points + LINE, axes.bbox.y1 * in_points - LINE / 2
        room = int((high - low) / LINE)
        words = [told.label(point) for point in points]
        if len(points) > room:
            points, words = points[:room], [*words[: room - 1], f"and {len(points) - room + 1} more"]
        heights = [place(point)[1] for point in points]
        rises = between(spread_apart(heights, LINE), LINE, low, high)
        for point, word, height, rise in reversed(list(zip(points, words, heights, rises, strict=True))):
            write(word, point, spots(rise - height, LINE, high - low, above=False))


@dataclass(frozen=True)
class _Telling:
    """What labels say: families if the colours of more than two would have to be looked up, and unusual depths."""

    families: bool
    usual: str | None

    @classmethod
    def of(cls, points: Sequence[_Point]) -> _Telling:
        depths = collections.Counter(point.depth for point in points)
        usual, most = max(depths.items(), key=lambda item: item[1], default=("", 0))
        families = len({point.family for point in points}) > 2
        return cls(families, usual if families and 4 * most >= 3 * len(points) else None)

    def __str__(self) -> str:
        words = "transform and wavelet" if self.families else "wavelet"
        return f"{words}, {self.usual} levels where not said" if self.usual else f"{words}, levels"

    def name(self, point: _Point) -> str:
        """Return the family, if it is told, and the wavelet."""
        if not self.families or point.label.upper() == point.family:
            return point.label
        return f"{point.family.lower()} {point.label}"

    def label(self, point: _Point) -> str:
        """Return the name, and the levels if they are told."""
        levels = "" if point.depth in ("", self.usual) else f", {point.depth}"
        return f"{self.name(point)}{levels}"

    def lines(self, points: Sequence[_Point]) -> list[str]:
        """Return labels of points at one place, the wavelets of a family in one line if families are told."""
        depths = {point.depth for point in points}
        shared = f"{min(depths)} levels" if len(depths) == 1 and depths.isdisjoint({"", self.usual}) else ""
        if not self.families:
            words = [point.label if shared else self.label(point) for point in points]
        else:
            words = []
            for _, group in itertools.groupby(sorted(points, key=_family), _family):
                first, *rest = group
                more = "".join(f", {point.label}" for point in rest)
                words.append((self.name(first) if shared else self.label(first)) + more)
        shown = words if len(words) <= MOST_LABELS else [*words[:MOST_LABELS], f"and {len(words) - MOST_LABELS} more"]
        return shown + [shared] * bool(shared)


def _family(point: _Point) -> str:
    return point.family


def _redundancy(point: _Point) -> float:
    return point.redundancy


def _place(point: _Point) -> tuple[float, float]:
    return point.redundancy, point.height


def _words(panels: Sequence[_Panel]) -> str:
    """Return what the picture shows, for those who cannot see it."""
    sentences = []
    for panel in panels:
        name = panel.title.partition(",")[0]
        for family in dict.fromkeys(point.family for point in panel.points):
            own = [point for point in panel.points if point.family == family]
            reach = _range([point.redundancy for point in own])
            heights = _range([point.height for point in own], in_db=panel.measure == "aliasing_db")
            what = "aliasing in dB" if panel.measure == "aliasing_db" else "variance"
            sentences.append(f"{name}, {family}: redundancy {reach}, {what} {heights}")
    return "Shift variance of the detail energies against redundancy. " + ("; ".join(sentences) or "No record") + "."


def _range(values: Sequence[float], in_db: bool = False) -> str:
    numbers = [20 * math.log10(value) if value else -math.inf for value in values] if in_db else values
    low, high = f"{min(numbers):.3g}", f"{max(numbers):.3g}"
    return low if low == high else f"{low} to {high}"
