"""Ratios of norms: what counts as rounding, and what a ratio of nothing to nothing is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["relative", "rounding", "without_rounding"]

SHARE = 16  # of eps; the details of a constant are below 1, see test_bands_of_a_constant_are_zero_in_every_measure


def rounding(x: NDArray[Any]) -> float:
    """Return the norm up to which a band of the signal `x` counts as zero: 16 eps |x|, eps of its dtype."""
    return float(SHARE * np.finfo(x.dtype).eps * np.sqrt(np.sum(np.abs(x) ** 2, dtype=np.float64)))


def without_rounding(
    errors: ArrayLike, sizes: ArrayLike, floor: float, scale: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return norms of errors and of bands, with 0 for bands of up to `floor`.

    So the error of such a band is 0 if it is within twice that, as the difference of two bands that count as zero is;
    a larger one stays, for it is no rounding. Errors are given times `scale`.
    """
    errors, sizes = np.asarray(errors, float), np.asarray(sizes, float)
    nothing = sizes <= floor
    return np.where(nothing & (errors <= 2 * floor * scale), 0.0, errors), np.where(nothing, 0.0, sizes)


def relative(error: ArrayLike, size: ArrayLike) -> NDArray[np.float64]:
    """Return error / size, 0 where both are 0, inf where only the size is."""
    error, size = np.asarray(error, float), np.asarray(size, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((error == 0) & (size == 0), 0.0, error / size)
