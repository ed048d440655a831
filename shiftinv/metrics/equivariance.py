"""Equivariance and invariance: whether a shift of the signal is a known change of the output, or none."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..coefficients import Coefficients
from ..groups import Group, Shift, shifted
from ..layout import Band, Layout
from ..representation import Representation
from .fairness import Subject, applied, bands_of, fair_shifts, numbers
from .ratios import relative, rounding, without_rounding

__all__ = ["equivariance_error", "invariance_error"]

FAMILIES = ("identity", "grid", "fractional", "phase")

Action = str | Callable[[Any, Shift], Any]


def equivariance_error(
    f: Subject,
    x: ArrayLike,
    shifts: int | Sequence[Any] | Group,
    *,
    action: Action | None = None,
    per_band: bool = False,
) -> NDArray[np.float64]:
    """Measure how far f(S x) is from the action of the shift on f(x).

    Parameters
    ----------
    f : Representation or callable
        What is measured. A callable maps an array to an array.
    x : array_like, shape (…)
        The signal.
    shifts : int, sequence or Group
        K stands for 0 … K-1 on every axis, K^d shifts for d axes; a sequence lists shifts, one number for all axes or
        one per axis. Fractional shifts need an `action` that takes them.
    action : {"identity", "grid", "fractional", "phase"} or callable, optional
        What a shift should do to the output. None: what the transform declares (`act`), for whole shifts; for a
        callable, the same shift of an output of the input's shape. "identity": nothing. "grid": move a band
        by the nearest whole number of its samples, the even one at a tie. "fractional": by the exact number, a Fourier
        shift. "phase": the same with each frequency of a band turned as far as the frequency of the signal turns that
        was folded onto it; where complex bands are decimated, or a band has copies or choices of its own, what the
        transform declares. A callable takes (output, shift).
    per_band : bool, optional
        One row per band instead of one number for all of them.

    Returns
    -------
    ndarray, shape (shifts,) or (bands, shifts)
        |f(S_k x) - g_k f(x)| / |f(x)| in 2-norms: 0 for an equivariant f, sqrt(2) for an output
        of the same norm that is orthogonal to the prediction. A band of a transform of up to 16 eps |x| is rounding and
        counts as 0.

    Raises
    ------
    UnfairPairing
        If the transform is not circular at this shape, and the signal does not stay away from the ends.
    ValueError
        If a callable changes the shape and no `action` is given, or its output has not the same shape at every shift;
        if an `action` changes the shape of the output.
    TypeError
        If `f` is neither a transform nor a callable that returns an array of numbers.

    References
    ----------
    A. Azulay and Y. Weiss, "Why do deep convolutional networks generalize so poorly to small image
    transformations?", JMLR 20(184), 2019. doi:10.48550/arXiv.1805.12177

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> si.metrics.equivariance_error(si.SWT("sym8", levels=3), x, [1, 2, 8]).tolist()
    [0.0, 0.0, 0.0]
    >>> (si.metrics.equivariance_error(si.DWT("sym8", levels=3), x, [1, 2, 8]) > 0.1).tolist()
    [True, True, False]
    """
    fractional = action is not None or not isinstance(f, Representation)
    signal, axes, group = fair_shifts(f, x, shifts, fractional=fractional)
    output = f.forward(signal) if isinstance(f, Representation) else applied(f, signal)
    predict = _prediction(f, output, signal, axes, action)
    return _errors(f, signal, axes, group, _bands(output), predict, per_band)


def invariance_error(
    f: Subject, x: ArrayLike, shifts: int | Sequence[Any] | Group, *, per_band: bool = False
) -> NDArray[np.float64]:
    """Measure how far f(S x) is from f(x).

    Parameters
    ----------
    f : Representation or callable
        What is measured: any function of an array that returns an array or a number.
    x : array_like, shape (…)
        The signal.
    shifts : int, sequence or Group
        K stands for 0 … K-1 on every axis, K^d shifts for d axes; a sequence lists shifts, whole or fractional.
    per_band : bool, optional
        One row per band instead of one number for all of them.

    Returns
    -------
    ndarray, shape (shifts,) or (bands, shifts)
        |f(S_k x) - f(x)| / |f(x)| in 2-norms: 0 for an invariant f, inf where f(x) is 0 and f(S_k x) is not.
        A band of a transform of up to 16 eps |x| is rounding and counts as 0.

    Raises
    ------
    UnfairPairing
        If the transform is not circular at this shape, and the signal does not stay away from the ends.
    ValueError
        If the output of a callable has not the same shape at every shift.
    TypeError
        If `f` is neither a transform nor a callable that returns an array of numbers.

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> si.metrics.invariance_error(np.max, [0.0, 3.0, 2.0, 0.0, 0.0], [1, 2]).tolist()
    [0.0, 0.0]
    >>> si.metrics.invariance_error(np.argmax, [0.0, 3.0, 2.0, 0.0, 0.0], [1, 2]).tolist()
    [1.0, 2.0]
    """
    signal, axes, group = fair_shifts(f, x, shifts)
    before = bands_of(f, signal)
    return _errors(f, signal, axes, group, before, lambda _: before, per_band)


def _errors(
    f: Subject,
    x: NDArray[Any],
    axes: tuple[int, ...],
    group: Group,
    before: list[NDArray[Any]],
    predict: Callable[[Shift], list[NDArray[Any]]],
    per_band: bool,
) -> NDArray[np.float64]:
    """Return how far f(S_k x) is from the prediction, relative to f(x)."""
    rows = []
    for shift in group:
        after = bands_of(f, shifted(x, shift, axes), like=before)
        rows.append([_norm(moved - expected) for moved, expected in zip(after, predict(shift), strict=True)])
    floor = rounding(x) if isinstance(f, Representation) else 0.0  # a function has units of its own
    errors, sizes = without_rounding(np.array(rows).T, [[_norm(band)] for band in before], floor)
    if per_band:
        return relative(errors, sizes)
    return relative(np.linalg.norm(errors, axis=0), np.linalg.norm(sizes))


def _prediction(
    f: Subject,
    output: Coefficients | NDArray[Any],
    x: NDArray[Any],
    axes: tuple[int, ...],
    action: Action | None,
) -> Callable[[Shift], list[NDArray[Any]]]:
    """Return the function from a shift to the bands that `f` should give for the shifted signal."""
    if action == "phase" and isinstance(output, Coefficients) and _only_declared(output.layout):
        action = None
    if isinstance(action, str):
        return _family(checks.choice(action, FAMILIES, "action"), output, x, axes)
    if action is not None:
        return lambda shift: _acted(action, output, shift)
    if isinstance(f, Representation):
        return lambda shift: _bands(f.act(output, shift))  # type: ignore[arg-type]
    assert isinstance(output, np.ndarray)
    if output.shape != x.shape:
        raise ValueError(
            f"f maps shape {x.shape} to {output.shape}, so what a shift should do to its output is open. "
            f"Give action=, a function of (output, shift)."
        )
    return lambda shift: [shifted(output, shift, axes)]


def _acted(
    action: Callable[[Any, Shift], Any], output: Coefficients | NDArray[Any], shift: Shift
) -> list[NDArray[Any]]:
    """Return the bands that a user's action predicts; it gets a copy, which it may write into."""
    predicted, wanted = action(output.copy(), shift), [band.shape for band in _bands(output)]
    bands = _bands(predicted) if isinstance(predicted, Coefficients) else [numbers(predicted, "action")]
    found = [band.shape for band in bands]
    if found != wanted:
        raise ValueError(
            f"action returned shapes {found} for an output of shapes {wanted}, and they are compared value by value. "
            f"Return the output as the shift should make it, of the same shape."
        )
    return bands


def _family(
    name: str, output: Coefficients | NDArray[Any], x: NDArray[Any], axes: tuple[int, ...]
) -> Callable[[Shift], list[NDArray[Any]]]:
    """Return one of the four simple actions: every band moved in proportion to the distance of its samples."""
    if isinstance(output, Coefficients):
        places = output.layout.band_axes
        trees = [_trees(output.layout, band) for band in output.bands]
        spacings = [_spacings(output.layout, band) for band in output.bands]
        folded = [_intervals(output.layout, band) for band in output.bands]
    else:
        places, folded, trees = axes, [(0,) * len(axes)], [1]
        spacings = [[x.shape[axis] / output.shape[axis] for axis in axes if name != "identity"]]

    def moved(
        band: NDArray[Any], shift: Shift, spacing: list[float], intervals: tuple[int, ...], trees: int
    ) -> NDArray[Any]:
        steps = [step / apart for step, apart in zip(shift, spacing, strict=True)]
        exact = tuple(round(step) if name == "grid" or step == round(step) else step for step in steps)
        predicted = np.empty(band.shape, np.result_type(band, np.float32))
        for first in itertools.product(range(trees), repeat=len(places)):
            one = [slice(None)] * band.ndim
            for place, start in zip(places, first, strict=True):
                one[place] = slice(start, None, trees)
            part = band[tuple(one)]
            predicted[tuple(one)] = shifted(part, exact, places, intervals if name == "phase" else "")
        return predicted

    if name == "identity":
        return lambda _: _bands(output)
    bands = list(zip(_bands(output), spacings, folded, trees, strict=True))
    return lambda shift: [moved(band, shift, apart, intervals, count) for band, apart, intervals, count in bands]


def _spacings(layout: Layout, band: Band) -> list[float]:
    """Return how many samples of the signal lie between neighbours of a tree, on each transformed axis."""
    block, trees = layout.block(band), _trees(layout, band)
    if layout.grid is None:
        return [block.spacing] * len(layout.axes)
    return [trees * n / block.shape[place] for n, place in zip(layout.sizes, layout.band_axes, strict=True)]


def _trees(layout: Layout, band: Band) -> int:
    """Return how many trees of a band move each for itself: those that keep every sample.

    Interleaved trees of a decimated band are samples of one line, twice as dense.
    """
    block = layout.block(band)
    lengths = zip(layout.sizes, layout.band_axes, strict=True)
    return block.trees if all(block.shape[place] == n * block.trees for n, place in lengths) else 1


def _only_declared(layout: Layout) -> bool:
    """Return whether frequencies do not tell how bands move.

    Complex bands of a real signal that are decimated have frequencies of one sign only, a shift may exchange copies of
    a spun band, and choices change with it.
    """
    own = bool(layout.shifts or layout.aux)
    return own or (
        not layout.is_complex
        and any(
            block.is_complex and block.shape[place] < n
            for block in layout.blocks
            for n, place in zip(layout.sizes, layout.band_axes, strict=True)
        )
    )


def _intervals(layout: Layout, band: Band) -> tuple[int, ...]:
    """Return b for each axis: a band was in b / 2 … (b + 1) / 2 cycles per sample of it before it was decimated."""
    lows = [low for low, _ in layout.frequencies(band)]
    return tuple(int(2 * low * apart) for low, apart in zip(lows, _spacings(layout, band), strict=True))


def _bands(output: Coefficients | NDArray[Any]) -> list[NDArray[Any]]:
    if isinstance(output, Coefficients):
        return [output.interior(band) for band in output.bands]
    return [output]


def _norm(values: NDArray[Any]) -> float:
    return float(np.linalg.norm(values.ravel()))
