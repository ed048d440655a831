"""Parseval: coordinates of filtered signals on a circle in which their inner products are sums.

A part of an estimate goes through the filter of a band, something is done to the coefficients, and another filter goes
back. On a circle the filters multiply spectra, and by Parseval's equation inner products of parts are sums over
frequencies.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Circle", "Factor", "multiplied"]

Array: TypeAlias = NDArray[Any]


class Factor(NamedTuple):
    """What makes a band along some axes: the frequency responses there and back, of length 1 on other axes."""

    axes: tuple[int, ...]
    there: Array
    back: Array


class Circle:
    """The signal is a circle. Coordinates are half of its spectrum, as pairs of real numbers where they are summed."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        n, frequency = sizes[-1], np.arange(sizes[-1] // 2 + 1)
        again = np.where((frequency > 0) & (2 * frequency < n), 2.0, 1.0)  # frequencies whose negative is another one
        self.shape = sizes
        self.halves = (*sizes[:-1], len(frequency))
        self.size = 2 * math.prod(self.halves)
        self.norms = np.sqrt(again / math.prod(sizes))

    def turn(self, factor: Factor) -> float:
        """Return (A R)[0, 0]: by how much a coefficient, turned up, turns itself up on the way back and there."""
        return float(np.mean(factor.there * factor.back).real)

    def through(self, factor: Factor) -> Array:
        """Return the product of both responses."""
        return (factor.there * factor.back)[..., : self.halves[-1]]

    def back(self, factor: Factor) -> Array:
        """Return the response of the filter back, with the norms on the last axis."""
        return factor.back[..., : self.halves[-1]] * (self.norms if len(self.shape) - 1 in factor.axes else 1)

    def of_signal(self, x: Array) -> Array:
        """Return half of the spectrum, with its norms."""
        from scipy.fft import rfftn

        spectrum: Array = rfftn(x)
        spectrum *= self.norms.astype(x.dtype)
        return spectrum

    def of_band(self, coefficients: Array, responses: list[Array], out: Array) -> None:
        """Multiply the spectrum."""
        from scipy.fft import rfftn

        multiplied(rfftn(coefficients), responses, out)

    def signal(self, coordinates: Array) -> Array:
        """Return the signal on the circle."""
        from scipy.fft import irfftn

        spectrum = coordinates.view(np.result_type(coordinates, np.complex64)).reshape(self.halves)
        x: Array = irfftn(spectrum / self.norms.astype(coordinates.dtype), self.shape)
        return x


def multiplied(coordinates: Array, responses: list[Array], out: Array) -> None:
    """Fill `out`, real numbers, with coordinates times responses."""
    first, *others = responses
    product = out.view(coordinates.dtype).reshape(coordinates.shape)
    np.multiply(coordinates, first, out=product)
    for response in others:
        product *= response
