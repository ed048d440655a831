"""Translation-sensitivity maps: how far each shift moves the output, in units of the distance between inputs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..groups import shift_of, shifted
from .fairness import Subject, bands_of, fair_shifts, joined

__all__ = ["SensitivityMap", "sensitivity_map"]

MOST_SHIFTS = 100_000
SURROGATES = 8
DISTANCES = ("euclidean", "cosine")


@dataclass(frozen=True)
class SensitivityMap:
    """How far shifts move the output of a map.

    Parameters
    ----------
    map : ndarray, shape (2 radius + 1,) * axes
        d(k) for every shift of the grid; 0 in the centre.
    shifts : ndarray, shape (2 radius + 1,)
        The shifts along each axis of the map, in samples.
    radial : ndarray, shape (radius + 1,)
        Mean of the map over the shifts whose length is nearest to 0, 1, … radius steps of the grid.
    """

    map: NDArray[np.float64]
    shifts: NDArray[np.float64]
    radial: NDArray[np.float64]


def sensitivity_map(
    f: Subject,
    x: ArrayLike,
    radius: int,
    *,
    step: float = 1,
    distance: str = "euclidean",
    others: Sequence[ArrayLike] | None = None,
) -> SensitivityMap:
    """Measure how far shifts of a signal move the output, on a grid of shifts around none.

    Parameters
    ----------
    f : Representation or callable
        What is measured: any function of an array that returns an array or a number.
    x : array_like, shape (…)
        The signal.
    radius : int
        The grid reaches from -radius to radius steps along each axis, at least 1.
    step : float, optional
        Between neighbouring shifts of the grid, in samples. Steps that are not whole give Fourier shifts.
    distance : {"euclidean", "cosine"}, optional
        What is measured between outputs (see Notes).
    others : sequence of array_like, each of the shape of `x`, optional
        Different inputs whose outputs tell what distance is typical. None: 8 Gaussian signals with the mean of `x` and
        on average its power spectrum, always the same ones. Not for "cosine", which needs no unit.

    Returns
    -------
    SensitivityMap
        ``map``, ``shifts`` and ``radial``. Without dimension: 0 for an invariant f. "euclidean": about 1 where a shift
        changes the output as much as another input does. "cosine": from 0 to 2, and 1 for orthogonal outputs.

    Raises
    ------
    UnfairPairing
        If the transform is not circular at this shape, and the signal does not stay away from the ends.
    ValueError
        If the grid has more than 100 000 shifts, or `others` has no signal of the shape of `x`; if the output of a
        callable changes its shape.
    TypeError
        If `f` is neither a transform nor a callable that returns an array of numbers.

    Notes
    -----
    With D the median of |f(u) - f(v)| over all pairs of different inputs, `x` among them,

        euclidean  d(k) = |f(S_k x) - f(x)| / D,
        cosine     d(k) = 1 - Re<f(S_k x), f(x)> / (|f(S_k x)| |f(x)|).

    References
    ----------
    E. Kauderer-Abrams, "Quantifying translation-invariance in convolutional neural networks", 2017.
    doi:10.48550/arXiv.1801.01450. The cosine: J. C. Myburgh, C. Mouton and M. H. Davel, "Tracking translation
    invariance in CNNs", 2020. doi:10.48550/arXiv.2104.05997

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> energies = lambda signal: si.SWT("haar", levels=3).forward(signal).energy()
    >>> bool(si.metrics.sensitivity_map(energies, x, 4).map.max() < 1e-12)
    True
    >>> si.metrics.sensitivity_map(si.DWT("haar", levels=3), x, 4).radial.round(1).tolist()
    [0.0, 0.9, 0.9, 0.9, 0.9]
    """
    _, axes, _ = fair_shifts(f, x, 1)
    radius, unit = checks.integer(radius, "radius", 1), checks.positive(step, "step")
    checks.choice(distance, DISTANCES, "distance")
    if (2 * radius + 1) ** len(axes) > MOST_SHIFTS:
        raise ValueError(
            f"radius={radius} makes {(2 * radius + 1) ** len(axes)} shifts along {len(axes)} axes, more than "
            f"{MOST_SHIFTS}. Use a smaller radius and a larger step."
        )
    steps = [shift_of(unit * place, 1, fractional=True)[0] for place in range(-radius, radius + 1)]
    signal, axes, grid = fair_shifts(f, x, list(itertools.product(steps, repeat=len(axes))))
    bands = bands_of(f, signal)

    def output(y: NDArray[Any]) -> NDArray[Any]:
        return joined(bands_of(f, y, like=bands))

    before = joined(bands)
    moved = (output(shifted(signal, shift, axes)) for shift in grid)
    if distance == "cosine":
        if others is not None:
            raise ValueError("others tells the unit of distance='euclidean', and a cosine has none. Leave others out.")
        values = [_from_cosine(after, before) for after in moved]
    else:
        apart = [float(np.linalg.norm(after - before)) for after in moved]
        typical = _typical_distance(output, signal, before, others)
        values = [(gap / typical if typical else math.inf) if gap else 0.0 for gap in apart]
    found = np.array(values).reshape((len(steps),) * len(axes))
    return SensitivityMap(found, np.array(steps, float), _radial(found, radius))


def _from_cosine(after: NDArray[Any], before: NDArray[Any]) -> float:
    """Return 1 - cos of the angle, from |a/|a| - b/|b||^2 / 2, which small angles do not cancel in."""
    sizes = [float(np.linalg.norm(output)) for output in (after, before)]
    if not all(sizes):
        return float(any(sizes))
    return float(np.linalg.norm(after / sizes[0] - before / sizes[1])) ** 2 / 2


def _typical_distance(
    f: Callable[[NDArray[Any]], NDArray[Any]],
    x: NDArray[Any],
    before: NDArray[Any],
    others: Sequence[ArrayLike] | None,
) -> float:
    """Return the median distance between the outputs of all pairs of different inputs."""
    inputs = _surrogates(x) if others is None else [checks.signal(other, "others") for other in others]
    if not inputs or any(one.shape != x.shape for one in inputs):
        raise ValueError(
            f"others has signals of shapes {[one.shape for one in inputs]}, and x has shape {x.shape}. "
            f"Give at least one other signal, all of that shape."
        )
    outputs = [before, *(f(one) for one in inputs)]
    return float(np.median([np.linalg.norm(one - other) for one, other in itertools.combinations(outputs, 2)]))


def _surrogates(x: NDArray[Any]) -> list[NDArray[Any]]:
    """Return random signals with the mean of `x`, and on average its power spectrum."""
    rng, spectrum, made = np.random.default_rng(0), np.fft.fftn(x), []
    for _ in range(SURROGATES):
        noise = np.fft.fftn(rng.standard_normal(x.shape))
        noise[(0,) * x.ndim] = math.sqrt(x.size)
        coloured = np.fft.ifftn(spectrum * noise) / math.sqrt(x.size)
        made.append((coloured if np.iscomplexobj(x) else coloured.real).astype(x.dtype))
    return made


def _radial(values: NDArray[np.float64], radius: int) -> NDArray[np.float64]:
    places = np.meshgrid(*[np.arange(-radius, radius + 1)] * values.ndim, indexing="ij", sparse=True)
    ring = np.rint(np.sqrt(sum(place**2 for place in places))).astype(int)
    return np.array([values[ring == distance].mean() for distance in range(radius + 1)])
