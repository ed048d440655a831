"""What a shift of the signal does to a transform: steps, energies, errors and maps."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks, metrics
from ..coefficients import Coefficients
from ..layout import Layout
from ..registry import transform
from ..representation import Invertible, Representation
from .saving import available, saved

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["energies", "equivariance", "sensitivity", "shifted_steps"]

Transforms: TypeAlias = str | Representation | Sequence[str | Representation]
Path: TypeAlias = str | PathLike[str]

STEPS, SAMPLES, WINDOW = 16, 512, (192, 336)  # the circle's other jump is at 0, far outside
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)))
PER_SAMPLE, FARTHEST = 8, 8
ROUNDING = 1e-12
REACH = 8  # samples to each side of a map


def shifted_steps(transforms: Transforms, path: Path | None = None) -> Figure:
    """Draw 16 shifted steps, and what each level contributes to them: Kingsbury's picture of shift dependence.

    Steps stand one above the other, each one sample later. Below them, level by level, are the inverses of that
    level's details alone, and of the approximation. If a transform is shift invariant, the curves of a row are one
    curve, moved; otherwise they change their form from one step to the next.

    Parameters
    ----------
    transforms : spec or transform, or sequence of them
        One column for each; they need an inverse.
    path : str or path-like, optional
        Where to save the picture: ``.png``, ``.svg`` or ``.pdf``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If a transform has no inverse.

    References
    ----------
    N. Kingsbury, "Complex wavelets for shift invariant analysis and filtering of signals",
    Appl. Comput. Harmon. Anal. 10(3), 2001. doi:10.1006/acha.2000.0343

    Examples
    --------
    >>> import shiftinv as si
    >>> figure = si.plotting.shifted_steps(["dwt:sym8,levels=2", "swt:sym8,levels=2"])
    >>> len(figure.axes)
    8
    """
    listed = _listed(transforms)
    for T in listed:
        _require_inverse(T)
    steps = [np.repeat([0.0, 1.0], [SAMPLES // 2 + k, SAMPLES // 2 - k]) for k in range(STEPS)]
    columns = [_by_level(T, steps) for T in listed]
    rows = max(map(len, columns))
    figure = _figure(2.3 * len(listed) + 0.6, 1.5 * rows + 0.7)
    grid = figure.subplots(rows, len(listed), squeeze=False, sharex=True)
    places = np.arange(*WINDOW)
    for T, column, panels in zip(listed, columns, grid.T, strict=True):
        panels[0].set_title(_name(T), fontsize=9, fontweight="bold")
        for axes, (title, curves) in zip(panels, column.items(), strict=False):
            shown = np.array(curves)[:, WINDOW[0] : WINDOW[1]]
            gap = max(float(np.ptp(shown)), 1e-12) / 5
            for number, curve in enumerate(shown):
                axes.plot(places, curve - number * gap, color="#0072B2", linewidth=0.8)
            axes.set_ylabel(title, fontsize=9)
        for axes in panels:
            axes.set_yticks([])
            axes.tick_params(labelsize=8)
            axes.spines[["top", "right", "left"]].set_visible(False)
        for axes in panels[len(column) :]:
            axes.set_visible(False)
    figure.supxlabel("sample", fontsize=9)
    figure.set_label(
        f"{STEPS} steps, each a sample later, and the contribution of every level to them, for "
        f"{', '.join(map(_name, listed))}. Curves that keep their form mean shift invariance."
    )
    return saved(figure, path)


def energies(transforms: Transforms, x: ArrayLike, path: Path | None = None) -> Figure:
    """Draw the energy of the details of every level against the shift of the signal, over a full period.

    Parameters
    ----------
    transforms : spec or transform, or sequence of them
        One panel for each.
    x : array_like
        A signal whose circular shifts are fair to the transforms, see `shiftinv.metrics.energy_curve`.
    path : str or path-like, optional
        Where to save the picture.

    Returns
    -------
    matplotlib.figure.Figure
        Energies in units of their mean, the same for all panels: a flat line is a level that no shift changes.

    Examples
    --------
    >>> import shiftinv as si
    >>> figure = si.plotting.energies(["dwt:haar,levels=3", "swt:haar,levels=3"], si.datasets.ecg())
    >>> [len(axes.lines) for axes in figure.axes]
    [3, 3]
    """
    listed, signal = _listed(transforms), checks.signal(x)
    layouts = [T.layout(signal.shape, signal.dtype) for T in listed]
    period = 2 ** max(layout.levels for layout in layouts)
    shifts = list(range(period + 1))
    figure = _figure(2.6 * len(listed) + 0.8, 3.0)
    grid = figure.subplots(1, len(listed), squeeze=False, sharey=True)[0]
    for T, layout, axes in zip(listed, layouts, grid, strict=True):
        curve = metrics.energy_curve(T, signal, shifts=shifts)
        lines = {}
        for level, rows in _rows(layout).items():
            sums = curve[rows].sum(axis=0)
            lines[f"level {level}"] = sums / (sums.mean() or 1)
        _lines(axes, shifts, lines)
        axes.set_title(_name(T), fontsize=9, fontweight="bold")
        axes.set_xlabel("shift (samples)", fontsize=9)
    grid[0].set_ylabel("energy / mean energy", fontsize=9)
    _label_lines(figure, grid)
    figure.set_label(
        f"Energy of the details of each level against the shift of the signal, for {', '.join(map(_name, listed))}. "
        f"Flat lines mean that no shift changes the energy."
    )
    return saved(figure, path)


def equivariance(transforms: Transforms, x: ArrayLike, path: Path | None = None) -> Figure:
    """Draw the equivariance error of the deepest level's component against shifts of 0 to 8 samples, eighths included.

    Parameters
    ----------
    transforms : spec or transform, or sequence of them
        One line for each; they need an inverse.
    x : array_like
        A signal whose circular shifts are fair to the transforms.
    path : str or path-like, optional
        Where to save the picture.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If a transform has no inverse.

    Notes
    -----
    With f the inverse of the details of the deepest level alone, as long as the signal, the error is
    `shiftinv.metrics.equivariance_error` of f, |f(S_k x) - S_k f(x)| / |f(x)|. So no transform has to say what
    a fraction of a sample does to its coefficients. Fractional shifts of x and f(x) are Fourier shifts.

    Examples
    --------
    >>> import shiftinv as si
    >>> figure = si.plotting.equivariance(["dwt:haar,levels=3", "swt:haar,levels=3"], si.datasets.ecg())
    >>> len(figure.axes[0].lines)
    2
    """
    listed, signal = _listed(transforms), checks.signal(x)
    shifts = [step / PER_SAMPLE for step in range(PER_SAMPLE * FARTHEST + 1)]
    whole = [int(shift) if shift == int(shift) else shift for shift in shifts]
    figure = _figure(6.6, 3.4)
    axes = figure.subplots()
    lines = {}
    for T in listed:
        _require_inverse(T)
        layout = metrics.fairness.fair_layout(T, signal)
        keep = _keeping(T, _rows(layout)[max(_rows(layout))])
        lines[_name(T)] = metrics.equivariance_error(keep, signal, whole)
    _lines(axes, shifts, lines)
    axes.set_xlabel("shift (samples)", fontsize=9)
    axes.set_ylabel("equivariance error\nof the deepest level", fontsize=9)
    axes.set_ylim(bottom=min(-0.02, axes.get_ylim()[0]))
    _label_lines(figure, [axes])
    figure.set_label(
        "Equivariance error of the deepest level's component against the shift of the signal, fractions of a sample "
        f"included, for {', '.join(map(_name, listed))}."
    )
    return saved(figure, path)


def sensitivity(transforms: Transforms, x: ArrayLike, path: Path | None = None) -> Figure:
    """Draw maps of how much the band energies of an image change when it is moved by up to 8 samples.

    Parameters
    ----------
    transforms : spec or transform, or sequence of them
        One map for each.
    x : array_like, shape (rows, columns)
        An image whose circular shifts are fair to the transforms.
    path : str or path-like, optional
        Where to save the picture.

    Returns
    -------
    matplotlib.figure.Figure
        Of |E(S x) - E(x)| / |E(x)|, E the energies of all detail bands, on one scale of colours.

    Raises
    ------
    ValueError
        If `x` is no image.

    References
    ----------
    E. Kauderer-Abrams, "Quantifying translation-invariance in convolutional neural networks", 2017.
    doi:10.48550/arXiv.1801.01450

    Examples
    --------
    >>> import shiftinv as si
    >>> image = si.datasets.camera()[:64, :64]
    >>> figure = si.plotting.sensitivity(["dwt:haar,levels=3", "swt:haar,levels=3"], image)
    >>> len(figure.axes)  # two maps and their scale
    3
    """
    listed, image = _listed(transforms), checks.signal(x)
    if image.ndim != 2:
        raise ValueError(f"x has shape {image.shape}, and a map needs an image. Use an array of two axes.")
    moves = range(-REACH, REACH + 1)
    shifts = [(row, column) for row in moves for column in moves]
    maps = []
    for T in listed:
        curve = metrics.energy_curve(T, image, shifts=shifts)[1:]
        unmoved = curve[:, [shifts.index((0, 0))]]
        changes = np.linalg.norm(curve - unmoved, axis=0)
        maps.append((changes / (np.linalg.norm(unmoved) or 1)).reshape(len(moves), len(moves)))
    figure = _figure(2.3 * len(listed) + 1.2, 2.9)
    grid = figure.subplots(1, len(listed), squeeze=False, sharey=True)[0]
    edge, most = REACH + 0.5, max(float(values.max()) for values in maps)
    for T, values, axes in zip(listed, maps, grid, strict=True):
        picture = axes.imshow(
            values, cmap="viridis", vmin=0, vmax=most or 1, extent=(-edge, edge, edge, -edge), interpolation="nearest"
        )
        axes.set_title(f"{_name(T)}\nat most {_told(values)}", fontsize=9)
        axes.set_xticks([-REACH, 0, REACH])
        axes.set_yticks([-REACH, 0, REACH])
        axes.tick_params(labelsize=8)
    grid[0].set_ylabel("shift (samples)", fontsize=9)
    bar = figure.colorbar(picture, ax=list(grid), shrink=0.8)
    bar.set_label("change of the energies", fontsize=9)
    bar.ax.tick_params(labelsize=8)
    told = ", ".join(f"{_name(T)} {_told(values)}" for T, values in zip(listed, maps, strict=True))
    figure.set_label(f"Change of the band energies of an image for shifts by up to {REACH} samples, at most: {told}.")
    return saved(figure, path)


def _told(values: NDArray[Any]) -> str:
    most = float(values.max())
    return f"{most:.2g}" if most > ROUNDING else "0"


def _figure(width: float, height: float) -> Figure:
    available()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _listed(transforms: Transforms) -> tuple[Representation, ...]:
    specs = (transforms,) if isinstance(transforms, (str, Representation)) else transforms
    listed = tuple(map(transform, specs))
    if not listed:
        raise ValueError("transforms=() names no transform to draw. Give at least one.")
    return listed


def _require_inverse(T: Representation) -> None:
    if not isinstance(T, Invertible):
        raise TypeError(f"{T!r} has no inverse, and a component needs one. Use a transform with an inverse.")


def _name(T: Representation) -> str:
    """Return the spec in words short enough for a title."""
    words = re.sub(r"[,:]levels=(\d+)", r", \1 levels", T.spec).replace("qshift=", "").replace(":", " ")
    return re.sub(r",(\w+)=(\w+)", r", \1 \2", re.sub("[()]", "", words))


def _rows(layout: Layout) -> dict[int, list[int]]:
    """Return for each level, finest first, the places of its details among the bands."""
    rows: dict[int, list[int]] = {}
    for place, band in enumerate(layout.bands[1:], 1):
        rows.setdefault(band.level, []).append(place)
    return dict(sorted(rows.items()))


def _keeping(T: Representation, rows: Sequence[int]) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """Return the function that transforms, keeps some bands and inverts."""

    def keep(x: NDArray[Any]) -> NDArray[Any]:
        c = T.forward(x)
        alone = Coefficients(c.layout, np.zeros_like(c.vector), dict(c.aux))
        for row in rows:
            alone[c.bands[row]] = c[c.bands[row]]
        return np.asarray(T.inverse(alone))  # type: ignore[attr-defined]

    return keep


def _by_level(T: Representation, signals: Sequence[NDArray[Any]]) -> dict[str, list[NDArray[Any]]]:
    """Return the signals, and the components of them that each level gives, by title."""
    rows = _rows(T.layout(signals[0].shape))
    told = {"steps": list(signals)}
    told |= {f"level {level}": list(map(_keeping(T, own), signals)) for level, own in rows.items()}
    return told | {"approximation": list(map(_keeping(T, [0]), signals))}


def _lines(axes: Axes, places: Sequence[float], lines: dict[str, NDArray[Any]]) -> None:
    for number, (name, values) in enumerate(lines.items()):
        look = {"color": COLOURS[number % len(COLOURS)], "linestyle": DASHES[number % len(DASHES)]}
        axes.plot(places, values, linewidth=1.4, label=name, **look)
    axes.grid(visible=True, color="#e6e6e6", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)


def _label_lines(figure: Figure, grid: Sequence[Axes]) -> None:
    """Name the lines in one legend below, in the order they are drawn."""
    handles, names = max((axes.get_legend_handles_labels() for axes in grid), key=lambda told: len(told[1]))
    figure.legend(handles, names, loc="outside lower center", ncols=min(len(names), 3 if len(grid) == 1 else 6),
                  frameon=False, fontsize=8, handlelength=3)  # fmt: skip
