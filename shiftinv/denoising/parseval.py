"""Parseval: coordinates of filtered signals on a circle in which their inner products are sums.

A part of an estimate goes through the filter of a band, something is done to the coefficients, and another filter goes
back. On a circle the filters multiply spectra, and by Parseval's equation inner products of parts are sums over
frequencies. A signal with ends and its mirror images make a circle of twice the length, on which the mean of the
images of a part has a real and even spectrum: its cosine transform.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..boundary import Boundary

__all__ = ["Circle", "Factor", "Mirrored", "Spectra"]

Array: TypeAlias = NDArray[Any]


class Factor(NamedTuple):
    """What makes a band along some axes: its filter there and back, as impulse responses, of length 1 on other axes."""

    axes: tuple[int, ...]
    there: Array
    back: Array


class Spectra(Protocol):
    """A circle that the signal is on, and coordinates of parts of an estimate in which inner products are theirs."""

    shape: tuple[int, ...]
    size: int  # of the coordinates of a part

    def extend(self, x: Array) -> Array:
        """Return the signal on the circle."""

    def sampled(self, response: Array) -> Array:
        """Return a response at the frequencies that count."""

    def norms(self, axes: tuple[int, ...]) -> Array:
        """Return by what a spectrum is multiplied along these axes before its coordinates are taken."""

    def turns(self, factor: Factor) -> Array:
        """Return by how much each coefficient of a band, turned up, turns up the estimate where it comes from."""

    def coordinates(self, spectrum: Array, responses: list[Array], out: Array) -> None:
        """Fill the coordinates of a spectrum times responses, `norms` being among them."""

    def signal(self, coordinates: Array) -> Array:
        """Return the signal with these coordinates."""


class Circle:
    """The signal is a circle. Coordinates are the real and imaginary parts of half of its spectrum."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        n, frequency = sizes[-1], np.arange(sizes[-1] // 2 + 1)
        again = np.where((frequency > 0) & (2 * frequency < n), 2.0, 1.0)  # frequencies whose negative is another one
        self.shape = sizes
        self.halves = (*sizes[:-1], len(frequency))
        self.size = 2 * math.prod(self.halves)
        self.weights = np.sqrt(again / math.prod(sizes))

    def extend(self, x: Array) -> Array:
        """Return the signal itself."""
        return x

    def sampled(self, response: Array) -> Array:
        """Return a response at the frequencies of a real transform."""
        return response[..., : self.halves[-1]]

    def norms(self, axes: tuple[int, ...]) -> Array:
        """Return the norms of pairs of frequencies, on the last axis."""
        return self.weights if len(self.shape) - 1 in axes else np.ones(1)

    def turns(self, factor: Factor) -> Array:
        """Return (R A)[0, 0], which is the same for every coefficient."""
        return _there_and_back(factor, ())

    def coordinates(self, spectrum: Array, responses: list[Array], out: Array) -> None:
        """Fill real and imaginary parts."""
        _product(spectrum, responses, out.view(spectrum.dtype).reshape(self.halves))

    def signal(self, coordinates: Array) -> Array:
        """Return the signal on the circle."""
        from scipy.fft import irfftn

        spectrum = coordinates.view(np.result_type(coordinates, np.complex64)).reshape(self.halves)
        x: Array = irfftn(spectrum / self.weights.astype(coordinates.dtype), self.shape)
        return x


class Mirrored:
    """The signal and its mirror images are a circle. Coordinates are the cosine transform of the mean of the images.

    Half a sample on, the spectrum of what is its own mirror image is real and even, and 0 at the highest frequency.
    """

    def __init__(self, sizes: tuple[int, ...]) -> None:
        self.sizes = sizes
        self.shape = tuple(2 * n for n in sizes)
        self.size = math.prod(sizes)

    def extend(self, x: Array) -> Array:
        """Return the signal followed by its mirror image, along every axis."""
        for axis, n in enumerate(self.sizes):
            x = Boundary("symmetric").extend(x, 0, n, axis)
        return x

    def sampled(self, response: Array) -> Array:
        """Return a response at the frequencies of a real transform but the highest."""
        return response[..., : self.sizes[-1]]

    def norms(self, axes: tuple[int, ...]) -> Array:
        """Return half a sample's turn of phase, times the norms of the cosines."""
        product: Array = np.ones(1)
        for axis in axes:
            n, last = self.sizes[axis], axis == len(self.sizes) - 1
            frequency = np.arange(n) if last else np.fft.fftfreq(2 * n, 1 / (2 * n))
            norm = np.where(frequency == 0, 0.5, 0.5**0.5) / n**0.5 / (1 if last else 2)  # two frequencies add up
            product = product * _along(norm * np.exp(-0.5j * np.pi * frequency / n), axis, len(self.sizes))
        return product

    def turns(self, factor: Factor) -> Array:
        """Return the diagonal of A E E' R over 2^d, E being the extension."""
        subsets = (itertools.combinations(factor.axes, count) for count in range(len(factor.axes) + 1))
        total: Array = np.zeros(1)
        for mirrored in itertools.chain.from_iterable(subsets):
            total = total + _there_and_back(factor, mirrored) / 2 ** len(factor.axes)
        return total

    def coordinates(self, spectrum: Array, responses: list[Array], out: Array) -> None:
        """Fill the cosine transform: real parts, those of opposite frequencies added."""
        spectrum = spectrum[..., : self.sizes[-1]]
        even = _product(spectrum, responses, np.empty_like(spectrum)).real
        for axis, n in enumerate(self.sizes[:-1]):
            line = np.moveaxis(even, axis, 0)
            both = line[:n] + line[-np.arange(n)]
            even = np.moveaxis(both, 0, axis)
        out[...] = even.ravel()

    def signal(self, coordinates: Array) -> Array:
        """Return the mean of the mirror images."""
        from scipy.fft import idctn

        x: Array = idctn(coordinates.reshape(self.sizes), norm="ortho")
        return x


def _product(spectrum: Array, responses: list[Array], out: Array) -> Array:
    """Fill `out` with a spectrum times responses."""
    first, *others = responses
    np.multiply(spectrum, first, out=out)
    for response in others:
        out *= response
    return out


def _along(values: Array, axis: int, axes: int) -> Array:
    return values.reshape([-1 if other == axis else 1 for other in range(axes)])


def _there_and_back(factor: Factor, mirrored: tuple[int, ...]) -> Array:
    """Return what an impulse at coefficient k gives back to k, by way of the mirror images of samples along some axes.

    That is sum_m R[m, k] A[k, m'] with m' = -1 - m where mirrored and m elsewhere: the filter back, there its own
    mirror image, and the filter there, one after the other, at lag 2 k + 1 where mirrored and at 0 elsewhere.
    """
    back = factor.back
    for axis in mirrored:
        back = np.take(back, -np.arange(back.shape[axis]), axis)
    lags = np.fft.ifftn(np.fft.fftn(back, axes=factor.axes) * np.fft.fftn(factor.there, axes=factor.axes)).real
    for axis in range(back.ndim):
        n = back.shape[axis]
        lags = np.take(lags, (2 * np.arange(n) + 1) % n if axis in mirrored else [0], axis)
    return lags
