"""Consistency: how often two shifts of a signal lead to the same decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..groups import Group, shifted
from ..representation import Representation
from .fairness import Subject, bands_of, fair_shifts

__all__ = ["consistency"]


def consistency(f: Subject, x: ArrayLike, shifts: int | Sequence[Any] | Group) -> float:
    """Return the share of pairs of shifts for which f decides the same.

    Parameters
    ----------
    f : Representation or callable
        A callable returns real scores, of which the largest decides (the first at a tie), or a single value that is
        the decision. A transform decides for the detail band that holds the most energy.
    x : array_like, shape (…)
        The signal.
    shifts : int, sequence or Group
        K stands for 0 … K-1 on every axis, K^d shifts for d axes; a sequence lists shifts, whole or fractional. At
        least two.

    Returns
    -------
    float
        From 0, where every shift leads to another decision, to 1, where all lead to the same one.

    Raises
    ------
    UnfairPairing
        If the transform is not circular at this shape, and the signal does not stay away from the ends.
    ValueError
        If there are fewer than two shifts, or scores are not a number.
    TypeError
        If scores are complex, or a decision cannot be compared.

    Notes
    -----
    Over the n (n - 1) pairs of different shifts, the mean of [decision(S_k x) = decision(S_l x)]. For a set
    of signals, average over them.

    References
    ----------
    R. Zhang, "Making convolutional networks shift-invariant again", ICML 2019. doi:10.48550/arXiv.1904.11486

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> si.metrics.consistency(si.SWT("haar", levels=3), x, 64)
    1.0
    >>> si.metrics.consistency(np.argmax, x, 64)
    0.0
    """
    signal, axes, group = fair_shifts(f, x, shifts)
    if len(group) < 2:
        raise ValueError("shifts has one shift, and a pair needs two. Use a count >= 2 or a longer list.")
    counts = Counter(_decision(f, shifted(signal, shift, axes)) for shift in group)
    return sum(n * (n - 1) for n in counts.values()) / (len(group) * (len(group) - 1))


def _decision(f: Subject, x: NDArray[Any]) -> Hashable:
    if isinstance(f, Representation):
        energies = [float(np.vdot(band, band).real) for band in bands_of(f, x)]
        return int(np.argmax(energies[1:] if len(energies) > 1 else energies))
    rule = "Return real scores in one array, or one decision: a number or a label."
    found = f(x.copy())
    try:
        scores = np.asarray(found)
    except ValueError:
        raise TypeError(f"f returned {checks.kind_of(found)} of parts with different shapes. {rule}") from None
    if scores.size == 1:
        decision = scores.item()
        if not isinstance(decision, Hashable):
            raise TypeError(f"f returned {checks.kind_of(found)}, which is not compared. {rule}")
        return decision
    if scores.dtype.kind not in "biuf":
        raise TypeError(f"f gives scores of {scores.dtype}, which have no largest. Use real scores, or one decision.")
    if not scores.size or np.isnan(scores).any():
        raise ValueError(f"f gives {scores.size} scores, some of them no numbers. Use finite scores.")
    return int(np.argmax(scores))
