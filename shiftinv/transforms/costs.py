"""Information costs: how far from concentrated coefficients are, as a sum with one term for each.

With c a coefficient and |x| the norm of the signal, the terms are

    entropy      -p log p, p = |c|^2 / |x|^2 (0 for p = 0)
    log-energy   log p, and no less than log(eps^2), so that rounding errors do not decide
    l1           |c|
    lp:p         |c|^p, 0 < p < 2
    threshold:t  1 if |c| > t, else 0
    sure:s       the estimated risk of soft thresholding at t = s sqrt(2 log N) in noise of standard deviation s,
                 min(|c|^2, t^2) + s^2 - 2 s^2 [|c| <= t], N the samples of the signal

A best basis for a signal must not depend on where its circle was cut, to the bit; therefore sums do not depend on the
order of their terms (`orderless_sum`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import checks

__all__ = ["COSTS", "Cost", "orderless_sum"]

Real = NDArray[np.float64]
Terms = Callable[[Real, float, "Scale"], Real]


@dataclass(frozen=True)
class Scale:
    """What a term may be relative to: energy and number of the samples of each signal, and what rounding leaves."""

    energy: Real
    samples: int
    eps: float

    def share(self, power: Real) -> Real:
        """Return the share of the signal's energy; none of a signal without energy."""
        return np.divide(power, self.energy, out=np.zeros_like(power), where=self.energy > 0)


def _entropy(power: Real, _: float, scale: Scale) -> Real:
    share = scale.share(power)
    return -share * np.log(share, out=np.zeros_like(share), where=share > 0)


def _log_energy(power: Real, _: float, scale: Scale) -> Real:
    return np.log(np.maximum(scale.share(power), scale.eps**2))


def _norm(power: Real, exponent: float, _: Scale) -> Real:
    return np.sqrt(power) if exponent == 1 else power ** (exponent / 2)


def _threshold(power: Real, threshold: float, _: Scale) -> Real:
    return (power > threshold**2).astype(np.float64)


def _sure(power: Real, sigma: float, scale: Scale) -> Real:
    threshold = sigma**2 * 2 * math.log(scale.samples)
    return np.minimum(power, threshold) + sigma**2 * np.where(power <= threshold, -1.0, 1.0)


# name: (terms, what the number after the colon is), empty where there is none
COSTS: dict[str, tuple[Terms, str]] = {
    "entropy": (_entropy, ""),
    "log-energy": (_log_energy, ""),
    "l1": (lambda power, _, scale: _norm(power, 1, scale), ""),
    "lp": (_norm, "an exponent between 0 and 2"),
    "threshold": (_threshold, "a threshold >= 0"),
    "sure": (_sure, "the standard deviation of the noise, > 0"),
}


@dataclass(frozen=True)
class Cost:
    """A cost by its name, with its number after a colon where it has one: ``"entropy"``, ``"lp:0.5"``.

    Raises
    ------
    TypeError, ValueError
        If there is no such cost, or its number is not allowed.
    """

    name: str

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise TypeError(
                f"cost={self.name!r} is {checks.kind_of(self.name)}. Use one of {', '.join(COSTS)}, or best_basis with "
                f"a function."
            )
        kind, _, number = self.name.partition(":")
        checks.choice(kind, tuple(COSTS), "cost")
        meaning = COSTS[kind][1]
        if bool(number) != bool(meaning):
            example = f"{kind}:1.5" if meaning else kind
            raise ValueError(f"cost={self.name!r} needs {meaning or 'no number'} after its name, as in {example!r}.")
        try:
            value = float(number or 1)
        except ValueError:
            value = math.nan
        allowed = {"lp": 0 < value < 2, "threshold": value >= 0, "sure": value > 0}.get(kind, True)
        if not (allowed and math.isfinite(value)):
            raise ValueError(f"cost={self.name!r}: {number} is not allowed. Use {meaning}.")

    def __call__(self, power: Real, scale: Scale) -> Real:
        """Return the cost of each row of squared magnitudes, shape (signals, coefficients)."""
        kind, _, number = self.name.partition(":")
        return orderless_sum(COSTS[kind][0](power, float(number or 1), scale))


def orderless_sum(terms: Real) -> Real:
    """Return the sum of every row, the same to the bit in whatever order the terms are.

    Terms are rounded to multiples of a unit so small that their sum just fits 63 bits, and whole numbers add up
    exactly. A row with a term that is not finite has the sum NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from shiftinv.transforms.costs import orderless_sum
    >>> orderless_sum(np.array([[0.1, 0.2, 0.3], [0.3, 0.1, 0.2]])).tolist()
    [0.6, 0.6]
    """
    largest = np.abs(terms).max(axis=-1, initial=0.0)
    finite = np.isfinite(largest)
    room = 61 - terms.shape[-1].bit_length()
    exponent = room - np.frexp(np.where(finite, largest, 0.0))[1]
    whole = np.rint(np.ldexp(np.where(finite[..., None], terms, 0.0), exponent[..., None])).astype(np.int64)
    return np.where(finite, np.ldexp(whole.sum(axis=-1).astype(np.float64), -exponent), np.nan)
