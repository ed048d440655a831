"""Shift variance: how the energy of each band changes while the signal moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..groups import Group, shifted
from ..layout import Band, Block, Layout
from ..representation import Representation
from .fairness import Subject, bands_of, fair_shifts
from .ratios import rounding

__all__ = ["ShiftVariance", "energy_curve", "shift_variance"]

MOST_TRANSFORMS = 100_000
MOST_ENERGIES = 2**24  # 128 MB of them


@dataclass(frozen=True)
class ShiftVariance:
    """How much the energy of every band changes over a set of shifts.

    Parameters
    ----------
    bands : tuple of Band
        In layout order; empty for a callable, which has one band without a name.
    curve : ndarray, shape (bands, shifts)
        The energies as measured; the ratios below count rounding as 0 (see `shift_variance`).
    per_band : ndarray, shape (bands,)
        Coefficient of variation of each band's energy: its standard deviation over the shifts
        divided by its mean. 0 for a band without energy.
    total : float
        sqrt(sum of the variances) / (sum of the means) over the detail bands.
    max_over_min, michelson : ndarray, shape (bands,)
        Largest over smallest energy (inf if that is 0; 1 for a band without energy), and
        (largest - smallest) / (largest + smallest).
    """

    bands: tuple[Band, ...]
    curve: NDArray[np.float64]
    per_band: NDArray[np.float64]
    total: float
    max_over_min: NDArray[np.float64]
    michelson: NDArray[np.float64]


def energy_curve(T: Subject, x: ArrayLike, *, shifts: int | Sequence[Any] | Group | None = None) -> NDArray[np.float64]:
    """Return the energy of every band for every shift of the signal.

    Parameters
    ----------
    T : Representation or callable
        What is measured. A callable counts as one band.
    x : array_like, shape (…)
        The signal. Energies are sums over all its axes, batch axes included.
    shifts : int, sequence or Group, optional
        K stands for 0 … K-1 on every axis, K^d shifts for d axes; a sequence lists shifts, whole or fractional,
        one number for all axes or one per axis. None: a full period, ``layout.grid`` shifts on each axis (2^levels
        for a signal within zeros where there is no grid), or every whole shift for a callable. An undecimated
        transform has ``layout.grid`` 1 and so one energy per band: a shift only permutes its samples (the law "action"
        of `shiftinv.testing`), so nothing is measured over shifts unless they are given.

    Returns
    -------
    ndarray, shape (bands, shifts)
        E_b(k) = |T_b S_k x|^2, in the squared units of the signal; bands in layout order.

    Raises
    ------
    UnfairPairing
        If the transform is not circular at this shape, and the signal does not stay away from the ends.
    ValueError
        If a full period would take more than 100 000 transforms, or give more than 2^24 energies; if the output of a
        callable changes its shape.
    TypeError
        If `T` is neither a transform nor a callable that returns an array of numbers.

    Notes
    -----
    For whole shifts of a decimated transform this takes one transform, not one per shift. With y the
    undecimated band in the decimated band's normalisation and s the decimation of the band,

        E_b(k) = sum over n = -k mod s of |y[n]|^2, per axis.

    References
    ----------
    E. P. Simoncelli, W. T. Freeman, E. H. Adelson and D. J. Heeger, "Shiftable multiscale
    transforms", IEEE Trans. Inf. Theory 38(2), 1992. doi:10.1109/18.119725

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> impulse = np.zeros(8)
    >>> impulse[3] = 1.0
    >>> si.metrics.energy_curve(si.DWT("haar", levels=1), impulse).round(3)
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    signal, axes, group = fair_shifts(T, x, 1 if shifts is None else shifts, "T")
    if not isinstance(T, Representation):
        return _one_by_one(T, signal, axes, _group(shifts, group, signal.shape, MOST_TRANSFORMS))
    layout = T.layout(signal.shape, signal.dtype)
    circular = layout.grid is not None and T.action.kind != "exact"
    sibling = T.with_levels(layout.levels, layout.axes).undecimated() if circular else None
    most = MOST_TRANSFORMS if sibling is None else MOST_ENERGIES // len(layout.bands)
    period = (layout.grid or 2**layout.levels,) * len(axes) if sibling is None else _period(sibling, layout)
    group = _group(shifts, group, period, most)
    if layout.grid is None:
        fair_shifts(T, signal, group, "T")
    if sibling is not None and all(isinstance(step, int) for shift in group for step in shift):
        return _folded(sibling, layout, signal, group)
    return _one_by_one(T, signal, axes, group)


def shift_variance(T: Subject, x: ArrayLike, *, shifts: int | Sequence[Any] | Group | None = None) -> ShiftVariance:
    """Measure how much the energy of the bands depends on the position of the signal.

    Parameters
    ----------
    T : Representation or callable
        What is measured.
    x : array_like, shape (…)
        The signal.
    shifts : int, sequence or Group, optional
        As for `energy_curve`.

    Returns
    -------
    ShiftVariance
        ``per_band``, ``total``, ``max_over_min``, ``michelson`` and the ``curve`` itself. Dimensionless;
        0 means that no shift changes any energy.

    Raises
    ------
    UnfairPairing
        If the transform is not circular at this shape, and the signal does not stay away from the ends.

    Notes
    -----
    CV_b = std_k E_b(k) / mean_k E_b(k) with the population deviation, and

        total = sqrt(sum_b Var_k E_b) / sum_b mean_k E_b,   b over the detail bands;

    the approximation, which holds most of the energy of most signals, would swamp the denominator. Energies below
    (16 eps)^2 |x|^2 are rounding and count as 0 in every ratio; ``curve`` keeps them as measured.

    References
    ----------
    E. P. Simoncelli, W. T. Freeman, E. H. Adelson and D. J. Heeger, "Shiftable multiscale
    transforms", IEEE Trans. Inf. Theory 38(2), 1992. doi:10.1109/18.119725

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.repeat([0.0, 1.0, 0.0], [7, 5, 4])
    >>> si.metrics.shift_variance(si.SWT("haar", levels=2), x).total
    0.0
    >>> round(si.metrics.shift_variance(si.DWT("haar", levels=2), x).total, 3)
    0.4
    """
    signal, _, group = fair_shifts(T, x, 1 if shifts is None else shifts, "T")
    curve = energy_curve(T, signal, shifts=None if shifts is None else group)
    kept = np.where(curve <= rounding(signal) ** 2, 0.0, curve)
    deviation, mean = kept.std(axis=1), kept.mean(axis=1)
    high, low = kept.max(axis=1), kept.min(axis=1)
    has_approximation = isinstance(T, Representation) and len(kept) > 1
    details = slice(1, None) if has_approximation else slice(None)
    return ShiftVariance(
        T.layout(signal.shape, signal.dtype).bands if isinstance(T, Representation) else (),
        curve,
        _ratio(deviation, mean, 0.0),
        float(_ratio(np.sqrt(np.sum(deviation[details] ** 2)), np.sum(mean[details]), 0.0)),
        _ratio(high, low, 1.0),
        _ratio(high - low, high + low, 0.0),
    )


def _one_by_one(T: Subject, x: NDArray[Any], axes: tuple[int, ...], group: Group) -> NDArray[np.float64]:
    """Return the energies at every shift, from one transform per shift."""
    bands, columns = None, []
    for shift in group:
        bands = bands_of(T, shifted(x, shift, axes), "T", like=bands)
        columns.append([_energy(band) for band in bands])
    return np.array(columns).T


def _period(sibling: Representation, layout: Layout) -> tuple[int, ...]:
    """Return the largest decimation of a band, on each axis."""
    full = sibling.layout(layout.shape, layout.dtype)
    return tuple(
        max(full.block(band).shape[axis] // layout.block(band).shape[axis] for band in layout.bands)
        for axis in layout.axes
    )


def _folded(sibling: Representation, layout: Layout, x: NDArray[Any], group: Group) -> NDArray[np.float64]:
    """Return the energies of a decimated transform at whole shifts, from one transform by its undecimated sibling."""
    c = sibling.forward(x)
    back = -np.array(list(group), dtype=np.int64)
    curve = np.empty((len(layout.bands), len(group)))
    for row, band in enumerate(layout.bands):
        energies = _residue_energies(np.abs(c[band]) ** 2, layout.block(band), layout.axes)
        curve[row] = energies[tuple((back % energies.shape).T)]
    return curve


def _residue_energies(power: NDArray[Any], block: Block, axes: tuple[int, ...]) -> NDArray[np.float64]:
    """Sum `power` over the positions n = r mod s of all trees, for every residue r of each of the `axes`, times s."""
    energies: NDArray[np.float64] = np.moveaxis(power, axes, range(-len(axes), 0)).astype(np.float64)
    energies = energies.reshape(-1, *energies.shape[energies.ndim - len(axes) :]).sum(axis=0)
    for place, axis in enumerate(axes):
        spacing, decimated = power.shape[axis] // block.shape[axis], block.shape[axis] // block.trees
        before, after = energies.shape[:place], energies.shape[place + 1 :]
        positions = energies.reshape(*before, decimated, spacing, block.trees, *after)
        energies = positions.sum(axis=(place, place + 2)) * spacing
    return energies


def _group(shifts: object, given: Group, period: tuple[int, ...], most: int) -> Group:
    if shifts is not None:
        return given
    if math.prod(period) > most:
        raise ValueError(
            f"shifts=None means every shift of a full period {period}: {math.prod(period)} of them, more than {most}. "
            f"Give a count or a list of shifts."
        )
    return Group.cyclic(period)


def _energy(values: NDArray[Any]) -> float:
    return float(np.sum(np.abs(values) ** 2, dtype=np.float64))


def _ratio(above: ArrayLike, below: ArrayLike, both_zero: float) -> Any:
    """Return above / below with x/0 = inf and 0/0 = `both_zero`, without warnings."""
    above, below = np.asarray(above, float), np.asarray(below, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((above == 0) & (below == 0), both_zero, above / below)
