"""Powers of two as units: what is too large or too small to be squared is computed in units where it is not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["fitting_exponent", "times_power"]


def fitting_exponent(x: NDArray[Any], sigma: float = 0.0) -> int:
    """Return k such that 2^-k `x` and 2^-k `sigma` have squares, fourth powers and their sums in the range of `x`.

    It is 0 where the values as they are do: up to 2^128 and down to 2^-128 in double precision, 2^16 and 2^-16 in
    single. Values that are not finite do not count.
    """
    parts = x.view(x.real.dtype)
    largest = max(float(np.max(np.abs(parts), where=np.isfinite(parts), initial=0)), sigma)
    exponent = math.frexp(largest)[1]
    return exponent if abs(exponent) > np.finfo(parts.dtype).maxexp // 8 else 0


def times_power(x: NDArray[Any], k: int) -> NDArray[Any]:
    """Return 2^k `x`, exact unless it leaves the range of the dtype."""
    scaled: NDArray[Any] = np.ldexp(x.view(x.real.dtype), k).view(x.dtype)
    return scaled
