"""Aliasing: how much of what one band contributes to a signal depends on where the signal lies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..filters import FilterBank
from ..groups import shifted
from .fairness import Subject
from .projectors import BANDS, LEAST_NOISE, Projector, linear_projector, settled, sizes_of

__all__ = ["aliasing_energy_ratio", "aliasing_from_filters", "cascade_channel"]

Filter: TypeAlias = tuple[ArrayLike, int]  # the taps, and the place of the first of them
Channel: TypeAlias = tuple[Filter, Filter]  # analysis, synthesis

MOST_WORK = 28  # log2 of samples times shifts: about a minute


def aliasing_energy_ratio(
    T: Subject, level: int, *, band: str = "wavelet", db: bool = True, size: int | tuple[int, ...] | None = None
) -> float:
    """Measure the share of a band's contribution that changes with the position of the signal.

    Parameters
    ----------
    T : Invertible or callable
        A linear transform with an inverse. It is applied to all axes of a signal with exactly `level` levels, so its
        own axes and number of levels do not count. A callable is linear, keeps the shape, and is what remains of
        the signal itself; it repeats itself after 2^level samples.
    level : int
        Whose band is kept, at least 1.
    band : {"wavelet", "scaling"} or str, optional
        The details of that level, all orientations or trees together, the approximation, or one orientation.
    db : bool, optional
        In decibels, 10 log10 R_a; otherwise R_a itself.
    size : int or tuple of int, optional
        Shape of the signal. None: one axis, doubled until the result no longer changes, so that no
        filter reaches around the circle. A given size counts as it is, filters that wrap included; a callable
        needs one.

    Returns
    -------
    float
        0 (in dB, -inf) if the band acts as one fixed filter wherever the signal lies. A ratio below (64 eps)^2, -277
        dB, is rounding and counts as 0. inf if the mean response vanishes.

    Raises
    ------
    TypeError
        If `T` is neither a transform with an inverse nor a callable.
    UnfairPairing
        If the transform is not circular at this size.
    ValueError
        If `T` is not linear, has no such band, or no size settles the result; if a callable has no size, or does
        not repeat itself.

    Notes
    -----
    With h_s the inverse of the transform of an impulse at s, all other bands set to zero, moved back by s,
    and averages over s = 0 … P-1 along each axis, P the least common multiple of 2^level and ``layout.grid``,

        R_a = (mean_s |h_s|^2 - |mean_s h_s|^2) / |mean_s h_s|^2.

    The size is settled when doubling it changes sqrt(R_a) by less than 1e-12 of itself, or 64 eps. An
    undecimated transform is measured over 2^level positions as well, although its layout promises that one is enough.

    See Also
    --------
    aliasing_from_filters : The same from the filters alone.

    References
    ----------
    N. Kingsbury, "Complex wavelets for shift invariant analysis and filtering of signals",
    Appl. Comput. Harmon. Anal. 10(3), 2001. doi:10.1006/acha.2000.0343

    Examples
    --------
    >>> import shiftinv as si
    >>> [round(si.metrics.aliasing_energy_ratio(si.DWT("haar"), level, db=False), 6) for level in (1, 2, 3)]
    [0.333333, 1.285714, 1.782609]
    >>> round(si.metrics.aliasing_energy_ratio(si.DWT("sym8"), 3), 2)
    -4.33
    >>> si.metrics.aliasing_energy_ratio(si.SWT("sym8"), 3)
    -inf
    """
    sizes = sizes_of(T, size)
    level = checks.integer(level, "level", 1)
    if sizes is not None:
        return _told(_ratio_at(T, level, band, sizes), db)
    remedy = "Give size=, or filters to aliasing_from_filters."
    return _told(settled(lambda line: _ratio_at(T, level, band, line), repr(T), level, MOST_WORK, remedy), db)


def aliasing_from_filters(channels: Sequence[Channel], decimation: int, *, db: bool = True) -> float:
    """Return the aliasing energy ratio of filters between which a signal is decimated.

    Parameters
    ----------
    channels : sequence of (analysis, synthesis)
        One pair of filters for a band of one tree, two for a dual tree, and so on; their outputs
        are added. A filter is a pair (taps, place of the first tap), finite and real.
    decimation : int
        M, at least 1: each M-th sample is kept between analysis and synthesis.
    db : bool, optional
        In decibels, 10 log10 R_a; otherwise R_a itself.

    Returns
    -------
    float
        As `aliasing_energy_ratio`, without any signal and so without filters that wrap.

    Raises
    ------
    TypeError, ValueError
        If `channels` is empty, or holds anything but such pairs.

    Notes
    -----
    Tree t takes x to c_t[k] = sum_n H_t[M k - n] x[n] and adds sum_k S_t[n - M k] c_t[k] to the output. A tree
    that samples other positions has this in the places of its taps. The response to an impulse at s, moved
    back by s, is sum_t S_t convolved with those taps of H_t whose places are -s mod M. In frequency it is
    sum_m A_m(w) exp(-2 pi i m s / M) with the alias components

        A_m(w) = (1/M) sum_t S_t(w) H_t(w + 2 pi m / M),      m = 0 … M-1,

    so the mean over s is A_0, the mean energy is the sum of all |A_m|^2, and

        R_a = sum_{m > 0} |A_m|^2 / |A_0|^2.

    The energies are exact, from as many frequencies as an alias component has places. In a dual tree the
    terms of the trees cancel for m > 0 rather than vanish one by one.

    References
    ----------
    N. Kingsbury, "Complex wavelets for shift invariant analysis and filtering of signals",
    Appl. Comput. Harmon. Anal. 10(3), 2001. doi:10.1006/acha.2000.0343

    Examples
    --------
    Haar's details on the even pairs of samples, then on all pairs, as a second tree one sample on:

    >>> from shiftinv.metrics import aliasing_from_filters
    >>> analysis, synthesis = ([-0.5, 0.5], -1), ([0.5, -0.5], 0)
    >>> round(aliasing_from_filters([(analysis, synthesis)], 2, db=False), 12) == round(1 / 3, 12)
    True
    >>> aliasing_from_filters([(analysis, synthesis), (([-0.5, 0.5], -2), ([0.5, -0.5], 1))], 2)
    -inf
    """
    decimation = checks.integer(decimation, "decimation", 1)
    placed = _checked_channels(channels)
    first = min(analysis[1] + synthesis[1] for analysis, synthesis in placed)
    past = max(sum(place + len(taps) for taps, place in pair) - 1 for pair in placed)
    size = decimation * 2 ** (-(-(past - first) // decimation) - 1).bit_length()
    spectra = [(_spectrum(analysis, size), _spectrum(synthesis, size)) for analysis, synthesis in placed]
    energies = [
        float(np.mean(np.abs(sum(S * np.roll(H, -m * (size // decimation)) for H, S in spectra)) ** 2))
        for m in range(decimation)
    ]
    return _told(_ratio(math.fsum(energies[1:]), energies[0]), db)


def cascade_channel(banks: Sequence[FilterBank], band: str = "wavelet") -> Channel:
    """Return the filters from a signal to a band of its decimated transform, and back.

    Parameters
    ----------
    banks : sequence of FilterBank
        One per level, finest first; ``[bank] * level`` for a DWT.
    band : {"wavelet", "scaling"}, optional
        The detail or the approximation of the last level.

    Returns
    -------
    ((ndarray, int), (ndarray, int))
        The analysis and the synthesis filter, each as its taps and the place of the first of them,
        in the positions of `shiftinv.DWT`: a channel of `aliasing_from_filters` with decimation ``2**len(banks)``.

    Raises
    ------
    ValueError, TypeError
        If `banks` is empty or holds no filter banks.

    Notes
    -----
    The cascade convolves the lowpass filters spread by 1, 2, 4, …, then the last level's filter. At a bank of L taps
    analysis starts L/2 places before 0, synthesis L/2 - 1, times the spread of its level.

    Examples
    --------
    >>> import shiftinv as si
    >>> (h, first), (s, start) = si.metrics.cascade_channel([si.filter_bank("haar")] * 2)
    >>> (2 * h).round(12).tolist(), first
    ([-1.0, -1.0, 1.0, 1.0], -3)
    >>> channel = si.metrics.cascade_channel([si.filter_bank("db4")] * 3)
    >>> round(si.metrics.aliasing_from_filters([channel], 8), 2)
    -2.23
    """
    checks.choice(band, BANDS, "band")
    if isinstance(banks, FilterBank) or not all(isinstance(bank, FilterBank) for bank in banks):
        raise TypeError(f"banks={banks!r} holds one FilterBank per level. Use [shiftinv.filter_bank(name)] * level.")
    if not len(banks):
        raise ValueError("banks is empty, and a band needs at least one level. Use [shiftinv.filter_bank(name)].")
    analysis = synthesis = np.ones(1)
    first = start = 0
    for step, bank in enumerate(banks):
        last = step == len(banks) - 1 and band == "wavelet"
        spread = 2**step
        analysis = np.convolve(analysis, _spread(bank.highpass if last else bank.lowpass, spread))
        synthesis = np.convolve(synthesis, _spread(bank.synthesis_highpass if last else bank.synthesis_lowpass, spread))
        first -= spread * (len(bank) // 2)
        start -= spread * (len(bank) // 2 - 1)
    return (analysis, first), (synthesis, start)


def _ratio_at(T: Subject, level: int, band: str, size: tuple[int, ...]) -> float:
    """Return R_a on circles of these lengths.

    Differences from the first response keep the numerator free of the rounding of large energies.
    """
    project, period = linear_projector(T, level, band, size)
    reference = _response(project, size, (0,) * len(size))
    mean, energy, places = np.zeros_like(reference), 0.0, math.prod(period)
    for place in itertools.islice(np.ndindex(*period), 1, None):
        difference = _response(project, size, place) - reference
        mean += difference / places
        energy += _energy(difference) / places
    changing = max(energy - _energy(mean), 0.0)
    return _ratio(changing, _energy(mean + reference))


def _response(project: Projector, size: tuple[int, ...], place: tuple[int, ...]) -> NDArray[Any]:
    """Return the response to an impulse at `place`, moved back."""
    impulse, axes = np.zeros(size), range(len(size))
    impulse[tuple(np.mod(place, size))] = 1
    return shifted(project(impulse), tuple(-step for step in place), axes)


def _energy(values: NDArray[Any]) -> float:
    return float(np.vdot(values, values).real)


def _spectrum(filter_: tuple[NDArray[np.float64], int], size: int) -> NDArray[np.complex128]:
    """Return the spectrum of taps laid on a circle at their places."""
    taps, first = filter_
    circle = np.zeros(size)
    np.add.at(circle, (first + np.arange(len(taps))) % size, taps)
    return np.fft.fft(circle)


def _spread(taps: Sequence[float], spread: int) -> NDArray[np.float64]:
    """Return taps with `spread` - 1 zeros between each two."""
    placed = np.zeros((len(taps) - 1) * spread + 1)
    placed[::spread] = taps
    return placed


def _checked_channels(channels: Sequence[Channel]) -> list[list[tuple[NDArray[np.float64], int]]]:
    """Return every channel as two pairs of an array and an int, or refuse."""
    rule = "Use [((taps, first place), (taps, first place)), …], analysis before synthesis."
    checked = []
    for place, channel in enumerate(channels):
        filters = []
        try:
            ((h, first), (s, start)) = channel
        except (TypeError, ValueError):
            raise TypeError(f"channels[{place}] is not a pair of filters with places. {rule}") from None
        for name, taps, at in (("analysis", h, first), ("synthesis", s, start)):
            what, values = f"channels[{place}], {name}", np.asarray(taps)
            if values.dtype.kind not in "biuf" or values.ndim != 1 or not values.size or not np.isfinite(values).all():
                raise ValueError(f"{what}: taps={taps!r} are not a line of finite real numbers. {rule}")
            filters.append((values.astype(float), _place(at, what, rule)))
        checked.append(filters)
    if not checked:
        raise ValueError(f"channels is empty, and a band needs filters. {rule}")
    return checked


def _place(value: object, what: str, rule: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{what}: the first place {value!r} is {checks.kind_of(value)}, not a whole number. {rule}")
    return int(value)


def _ratio(changing: float, fixed: float) -> float:
    """Return changing / fixed, 0 or inf where one of them is the rounding of the other."""
    if changing <= LEAST_NOISE**2 * fixed:
        return 0.0
    return math.inf if fixed <= LEAST_NOISE**2 * changing else changing / fixed


def _told(ratio: float, db: bool) -> float:
    if not db:
        return ratio
    return 10 * math.log10(ratio) if ratio else -math.inf
