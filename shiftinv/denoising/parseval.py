"""Parseval: coordinates of filtered signals on a circle in which their inner products are sums.

A part of an estimate goes through the filter of a band, something is done to the coefficients, and another filter goes
back. On a circle the filters multiply spectra, and by Parseval's equation inner products of parts are sums over
frequencies. A signal with ends and its mirror images make a circle of twice the length, on which the mean of the
images of a part has a real and even spectrum: its cosine transform.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..boundary import Boundary

__all__ = ["Circle", "Factor", "Mirrored", "Spectra", "multiplied"]

Array: TypeAlias = NDArray[Any]


class Factor(NamedTuple):
    """What makes a band along some axes: the frequency responses there and back, of length 1 on other axes."""

    axes: tuple[int, ...]
    there: Array
    back: Array


class Spectra(Protocol):
    """A circle that the signal is on, and coordinates of signals in which inner products are sums."""

    shape: tuple[int, ...]
    size: int  # real numbers in the coordinates of a signal

    def extend(self, x: Array) -> Array:
        """Return the signal on the circle."""

    def turns(self, factor: Factor) -> Array:
        """Return by how much each coefficient of a band, turned up, turns up the signal where it comes from."""

    def through(self, factor: Factor) -> Array:
        """Return by what the coordinates of a signal are multiplied when it goes through a band and back."""

    def back(self, factor: Factor) -> Array:
        """Return by what the spectrum of coefficients is multiplied on the way back to coordinates."""

    def of_signal(self, x: Array) -> Array:
        """Return the coordinates of a signal."""

    def of_band(self, coefficients: Array, responses: list[Array], out: Array) -> None:
        """Fill the coordinates of the signal that coefficients on the circle go back to."""

    def signal(self, coordinates: Array) -> Array:
        """Return the signal with these coordinates."""


class Circle:
    """The signal is a circle. Coordinates are half of its spectrum, as pairs of real numbers where they are summed."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        n, frequency = sizes[-1], np.arange(sizes[-1] // 2 + 1)
        again = np.where((frequency > 0) & (2 * frequency < n), 2.0, 1.0)  # frequencies whose negative is another one
        self.shape = sizes
        self.halves = (*sizes[:-1], len(frequency))
        self.size = 2 * math.prod(self.halves)
        self.norms = np.sqrt(again / math.prod(sizes))

    def extend(self, x: Array) -> Array:
        """Return the signal itself."""
        return x

    def turns(self, factor: Factor) -> Array:
        """Return (A R)[0, 0], which is the same for every coefficient."""
        turn: Array = np.mean(factor.there * factor.back, keepdims=True).real
        return turn

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

    def turns(self, factor: Factor) -> Array:
        """Return the diagonal of A E E' R over 2^d, E being the extension."""
        subsets = (itertools.combinations(factor.axes, count) for count in range(len(factor.axes) + 1))
        total: Array = np.zeros(1)
        for mirrored in itertools.chain.from_iterable(subsets):
            total = total + _there_and_back(factor, mirrored) / 2 ** len(factor.axes)
        return total

    def through(self, factor: Factor) -> Array:
        """Return the even part of the product of both responses, which is real."""
        even: Array = self._folded(factor.there * factor.back, factor.axes).real / 2 ** len(factor.axes)
        return even

    def back(self, factor: Factor) -> Array:
        """Return the response of the filter back half a sample on, with the norms of cosines."""
        back = factor.back
        for axis in factor.axes:
            n, last = self.sizes[axis], axis == len(self.sizes) - 1
            frequency = np.fft.fftfreq(2 * n, 1 / (2 * n))
            norm = np.where(frequency == 0, 0.5, 0.5**0.5) / n**0.5 / (1 if last else 2)  # two frequencies are added
            back = back * _along(norm * np.exp(-0.5j * np.pi * frequency / n), axis, back.ndim)
        return back[..., : self.sizes[-1]]

    def of_signal(self, x: Array) -> Array:
        """Return the cosine transform."""
        from scipy.fft import dctn

        cosines: Array = dctn(x, norm="ortho")
        return cosines

    def of_band(self, coefficients: Array, responses: list[Array], out: Array) -> None:
        """Multiply the spectrum, add opposite frequencies as soon as an axis is done with, and keep the real part."""
        from scipy.fft import rfftn

        spectrum = rfftn(coefficients)[..., : self.sizes[-1]]
        for response in responses:
            done = [axis for axis, n in enumerate(response.shape[:-1]) if n > 1]
            spectrum *= response
            spectrum = self._folded(spectrum, done)
        out[...] = spectrum.real.ravel()

    def _folded(self, spectrum: Array, axes: Sequence[int]) -> Array:
        """Return the sums of opposite frequencies along axes, in the half of `spectrum` from frequency 0 on."""
        for axis in axes:
            n, line = self.sizes[axis], np.moveaxis(spectrum, axis, 0)
            line[0] += line[0]
            line[1:n] += line[:n:-1]
            spectrum = np.moveaxis(line[:n], 0, axis)
        return spectrum

    def signal(self, coordinates: Array) -> Array:
        """Return the mean of the mirror images."""
        from scipy.fft import idctn

        x: Array = idctn(coordinates.reshape(self.sizes), norm="ortho")
        return x


def multiplied(coordinates: Array, responses: list[Array], out: Array) -> None:
    """Fill `out`, real numbers, with coordinates times responses."""
    first, *others = responses
    product = out.view(coordinates.dtype).reshape(coordinates.shape)
    np.multiply(coordinates, first, out=product)
    for response in others:
        product *= response


def _along(values: Array, axis: int, axes: int) -> Array:
    return values.reshape([-1 if other == axis else 1 for other in range(axes)])


def _there_and_back(factor: Factor, mirrored: tuple[int, ...]) -> Array:
    """Return what an impulse at coefficient k gives back to k, by way of the mirror images of samples along some axes.

    That is sum_m R[m, k] A[k, m'] with m' = -1 - m where mirrored and m elsewhere: the filter back, there its own
    mirror image, and the filter there, one after the other, at lag 2 k + 1 where mirrored and at 0 elsewhere.
    """
    from scipy.fft import ifftn

    back = factor.back
    for axis in mirrored:
        back = np.take(back, -np.arange(back.shape[axis]), axis)
    lags: Array = np.mean(back * factor.there, axis=tuple(set(factor.axes) - set(mirrored)), keepdims=True)
    lags = ifftn(lags, axes=mirrored).real if mirrored else lags.real
    for axis in mirrored:
        n = lags.shape[axis]
        lags = np.take(lags, (2 * np.arange(n) + 1) % n, axis)
    return lags
