"""Morlet wavelets of signals and images, and the Gaussian that averages what they leave, by their frequency responses.

Frequencies are in cycles per sample. A sampled filter has the response of the continuous one repeated with period 1;
a filter for samples that are s apart is the same formula with every frequency times s.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from .separable import Array

__all__ = ["Average", "Gaussian", "Morlet", "MorletBank", "image_bank", "signal_bank"]

REACH = 8.5  # deviations beyond which a Gaussian is below 3e-16
PER_WIDTH, ANGLES = 32, 24  # frequencies on which a Littlewood-Paley sum is looked at
BETWEEN = 1e-3  # how far the sum may rise between them


@dataclass(frozen=True)
class Gaussian:
    """A Gaussian in frequency, round or drawn out across its direction.

    Parameters
    ----------
    centre : tuple of float
        Its frequency along each axis.
    deviation : float
        Its standard deviation along the direction of `centre`.
    slant : float, optional
        The deviation across, in units of the one along.
    direction : tuple of float, optional
        A unit vector. Empty where the Gaussian is round.
    """

    centre: tuple[float, ...]
    deviation: float
    slant: float = 1.0
    direction: tuple[float, ...] = ()

    def at(self, frequencies: Sequence[Array], spacing: float = 1) -> Array:
        """Return the response at frequencies in cycles per sample of samples that are `spacing` apart.

        Parameters
        ----------
        frequencies : sequence of ndarray
            One array per axis, which broadcast against each other, within -1 / 2 … 1 / 2.
        spacing : float, optional
            1 for the samples of the signal.
        """
        middle = [spacing * f for f in self.centre]
        widths = (spacing * self.deviation, spacing * self.deviation * self.slant)
        half = sum(map(abs, self._axis)) / 2  # how far a period reaches from its middle, in any direction
        reach = half + REACH * max(widths)
        turns = (range(math.ceil(f - reach), math.floor(f + reach) + 1) for f in middle)
        total = np.zeros(np.broadcast_shapes(*(f.shape for f in frequencies)))
        for turn in itertools.product(*turns):
            offset = [whole - f for whole, f in zip(turn, middle, strict=True)]
            nearest = [max(0.0, abs(part) - half) for part in self._parts(offset)]
            if _squares(nearest, widths) < REACH**2:
                away = [f + step for f, step in zip(frequencies, offset, strict=True)]
                total += np.exp(_squares(self._parts(away), widths) / -2)
        return total

    @property
    def _axis(self) -> tuple[float, ...]:
        return self.direction or (1.0, *(0.0 for _ in self.centre[1:]))

    def _parts(self, away: Sequence[Any]) -> list[Any]:
        """Return the parts of a difference of frequencies along the direction and, of two axes, across it."""
        if len(away) == 1:
            return [away[0]]
        (u, v), (rows, columns) = self._axis, away
        return [rows * u + columns * v, columns * u - rows * v]


def _squares(parts: Sequence[Any], widths: Sequence[float]) -> Any:
    """Return the square of a distance in units of the widths."""
    return sum((part / width) ** 2 for part, width in zip(parts, widths, strict=False))


@dataclass(frozen=True)
class Average:
    """A Gaussian of frequencies around 0, of which the response is 1 at 0.

    Parameters
    ----------
    gaussian : Gaussian
        Where it is.
    """

    gaussian: Gaussian

    def at(self, frequencies: Sequence[Array], spacing: float = 1) -> Array:
        """Return the response, as `Gaussian.at`."""
        zero = [np.zeros(1)] * len(frequencies)
        response: Array = self.gaussian.at(frequencies, spacing) / self.gaussian.at(zero, spacing).item()
        return response


@dataclass(frozen=True)
class Morlet:
    """A Gaussian of frequencies around a centre, less as much of the same around 0 as makes the mean vanish.

    Parameters
    ----------
    level : int
        Its octave; 1 reaches up to half a cycle per sample.
    word : str
        Its name among the wavelets of the level.
    gaussian : Gaussian
        Where it is.
    """

    level: int
    word: str
    gaussian: Gaussian

    def at(self, frequencies: Sequence[Array], spacing: float = 1) -> Array:
        """Return the response, as `Gaussian.at`."""
        low = replace(self.gaussian, centre=(0.0,) * len(self.gaussian.centre))
        zero = [np.zeros(1)] * len(frequencies)
        share = self.gaussian.at(zero, spacing) / low.at(zero, spacing)
        return self.gaussian.at(frequencies, spacing) - share.item() * low.at(frequencies, spacing)


@dataclass(frozen=True)
class MorletBank:
    """Wavelets of all octaves and the Gaussian that averages below them.

    Parameters
    ----------
    lowpass : Average
        The filter phi.
    wavelets : tuple of Morlet
        From high to low frequencies, for images the orientations of an octave one after the other.
    """

    lowpass: Average
    wavelets: tuple[Morlet, ...]

    @property
    def gain(self) -> float:
        """The factor on all wavelets with which the Littlewood-Paley sum reaches 1, and nowhere exceeds it."""
        return _gain(self)

    def littlewood_paley(self, frequencies: Sequence[Array]) -> Array:
        """Return |phi|^2 + gain^2 / 2 sum |psi(f)|^2 + |psi(-f)|^2 over the wavelets, at frequencies as `Gaussian.at`.

        It is the share of the energy of a real signal at a frequency that lowpass and wavelets keep.
        """
        return self.lowpass.at(frequencies) ** 2 + self.gain**2 * _both_sides(self.wavelets, frequencies)


@lru_cache(maxsize=64)
def _gain(bank: MorletBank) -> float:
    if not bank.wavelets:
        return 1.0
    first, last = bank.wavelets[0], bank.wavelets[-1]
    share = first.gaussian.deviation / math.hypot(*first.gaussian.centre)  # 0.4 of a wavelet that is alone in an octave
    radii = 2.0 ** -np.arange(0.5, last.level + 4, 2.5 * share / PER_WIDTH)
    if len(first.gaussian.centre) == 1:
        frequencies = [radii[radii <= 0.5]]
    else:  # on circles, which beyond the square of frequencies become its border
        number = 4 * sum(wavelet.level == first.level for wavelet in bank.wavelets)  # at and between all orientations
        angles = np.pi * np.arange(max(number, ANGLES)) / max(number, ANGLES)
        frequencies = [np.clip(np.outer(radii, wave(angles)), -0.5, 0.5) for wave in (np.cos, np.sin)]
    room = 1 - bank.lowpass.at(frequencies) ** 2
    return math.sqrt((1 - BETWEEN) * float(np.min(room / _both_sides(bank.wavelets, frequencies))))


def _both_sides(wavelets: Sequence[Morlet], frequencies: Sequence[Array]) -> Array:
    opposite = [-f for f in frequencies]
    sides = (wavelet.at(side) ** 2 / 2 for wavelet in wavelets for side in (frequencies, opposite))
    return sum(sides, np.zeros(np.broadcast_shapes(*(f.shape for f in frequencies))))


def signal_bank(levels: int, Q: int) -> MorletBank:
    """Return the wavelets of a signal, `Q` per octave, whose neighbours cross where the energy of both is one half.

    With r = 2^(-1/Q) the frequencies are xi r^n from xi = max(1 / (1 + r^-3), 0.35) on, and the deviations are
    (1 - r) / (1 + r) / sqrt(ln 2) of them, until they fall to those of the lowpass, 0.1 / 2^levels; Q - 1 more of that
    deviation are at equal distances down to 0 (V. Lostanlen, "Convolutional operators in the time-frequency domain",
    2017, https://theses.hal.science/tel-01559667). Levels are octaves, and the last one has all that is below it.
    """
    ratio, narrowest = 2 ** (-1 / Q), 0.1 / 2**levels
    share = (1 - ratio) / (1 + ratio) / math.sqrt(math.log(2))
    places = []
    if levels:
        highest = max(1 / (1 + ratio**-3), 0.35)
        steps = math.ceil(round(Q * math.log2(highest * share / narrowest), 9))
        places = [(highest * ratio**n, max(highest * ratio**n * share, narrowest)) for n in range(max(1, steps))]
        lowest = places[-1][0]
        places += [(lowest * (1 - q / Q), narrowest) for q in range(1, Q)]
    wavelets, found = [], [0] * (levels + 1)
    for centre, deviation in places:
        level = min(levels, math.floor(-math.log2(centre)))
        wavelets.append(Morlet(level, f"d{found[level]}", Gaussian((centre,), deviation)))
        found[level] += 1
    return MorletBank(Average(Gaussian((0.0,), narrowest)), tuple(wavelets))


def image_bank(levels: int, orientations: int) -> MorletBank:
    """Return the wavelets of an image, of which number k waves at an angle of k / orientations of half a turn.

    In level j the frequency is 3 / 2^(j+2), the deviation 1 / (2 pi 0.8 2^(j-1)) along and 4 / orientations of that
    across; the lowpass is round, with the deviation of the last level (J. Bruna and S. Mallat, 2013,
    doi:10.1109/TPAMI.2012.230, with the numbers of their program ScatNet).
    Angles are from the first axis towards the second.
    """
    finest, wavelets = 1 / (1.6 * math.pi), []
    for level, number in itertools.product(range(1, levels + 1), range(orientations)):
        turn = math.pi * number / orientations
        direction, scale = (math.cos(turn), math.sin(turn)), 2.0 ** (1 - level)
        centre = tuple(0.375 * scale * u for u in direction)
        wavelets.append(Morlet(level, f"d{number}", Gaussian(centre, finest * scale, 4 / orientations, direction)))
    return MorletBank(Average(Gaussian((0.0, 0.0), finest * 2.0 ** (1 - max(levels, 1)))), tuple(wavelets))
