"""The two-channel filter bank.

A two-channel bank is four finite filters. With h, g the analysis and s, t the synthesis lowpass
and highpass of L taps, L even, it reconstructs perfectly, with the delay of
L - 1 samples that the places of the taps cancel, iff

    sum_k h[k] s[n-k] + g[k] t[n-k]            = 2 delta[n - (L-1)]   (no distortion)
    sum_k (-1)^k (h[k] s[n-k] + g[k] t[n-k])   = 0                    (no aliasing).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .taps import (
    Moved,
    PhaseTaps,
    Taps,
    TreeTaps,
    centre_first,
    kernel_taps,
    moved_apart,
    per_channel,
    phase_taps,
    tree_taps,
)

__all__ = ["FilterBank"]

ACCEPTED_RESIDUAL = 1e-9  # PyWavelets' tables of exact banks stay below 3e-11
MOMENT_TOLERANCE = 3e-10  # relative: tables leave 3e-10 (sym20), the first moment that does not vanish 5e-9 (coif12)


@dataclass(frozen=True)
class FilterBank:
    """A two-channel filter bank that reconstructs perfectly, as four tuples of taps.

    Parameters
    ----------
    lowpass, highpass : sequence of float, shape (L,)
        Analysis filters h and g. L is even; a shorter filter carries zeros at its ends.
        Without `highpass` it is ``g[k] = -(-1)^k s[k]``, the alternating synthesis lowpass.
    synthesis_lowpass, synthesis_highpass : sequence of float, shape (L,), optional
        Synthesis filters s and t. Without `synthesis_lowpass` the bank is orthonormal:
        ``s[k] = h[L-1-k]``. Without `synthesis_highpass` it is ``t[k] = (-1)^k h[k]``.
    name : str, optional
        What the bank is called. Banks of equal taps are equal, whatever their names.
    approximate : bool, optional
        Admit a bank that does not reconstruct. `residual` says by how much, and every
        transform built on the bank declares it.

    Raises
    ------
    ValueError
        If taps are missing, not finite, odd in number or of different numbers, or if the bank
        does not reconstruct and is not declared approximate.

    Notes
    -----
    The taps are those of PyWavelets' ``filter_bank``: dec_lo, dec_hi, rec_lo, rec_hi in this order.

    References
    ----------
    M. Vetterli and J. Kovačević, *Wavelets and Subband Coding*, Prentice Hall, 1995.

    Examples
    --------
    >>> from shiftinv import FilterBank
    >>> haar = FilterBank((0.5**0.5, 0.5**0.5))
    >>> haar.is_orthonormal, haar.vanishing_moments
    (True, 1)
    """

    lowpass: tuple[float, ...]
    highpass: tuple[float, ...]
    synthesis_lowpass: tuple[float, ...]
    synthesis_highpass: tuple[float, ...]
    name: str = field(default="", compare=False)
    approximate: bool = False

    def __init__(
        self,
        lowpass: Iterable[float],
        highpass: Iterable[float] | None = None,
        synthesis_lowpass: Iterable[float] | None = None,
        synthesis_highpass: Iterable[float] | None = None,
        *,
        name: str = "",
        approximate: bool = False,
    ) -> None:
        h = _checked(lowpass, "lowpass")
        s = h[::-1] if synthesis_lowpass is None else _checked(synthesis_lowpass, "synthesis_lowpass", len(h))
        signs = [(-1) ** k for k in range(len(h))]
        alternating_s = tuple(-sign * tap for sign, tap in zip(signs, s, strict=True))
        alternating_h = tuple(sign * tap for sign, tap in zip(signs, h, strict=True))
        g = alternating_s if highpass is None else _checked(highpass, "highpass", len(h))
        t = alternating_h if synthesis_highpass is None else _checked(synthesis_highpass, "synthesis_highpass", len(h))
        for attribute, value in (
            ("lowpass", h),
            ("highpass", g),
            ("synthesis_lowpass", s),
            ("synthesis_highpass", t),
            ("name", str(name)),
            ("approximate", bool(approximate)),
        ):
            object.__setattr__(self, attribute, value)
        if not self.approximate and not self.residual <= ACCEPTED_RESIDUAL:
            raise ValueError(
                f"the filter bank {name or h} does not reconstruct: its residual is {self.residual:.2e}, "
                f"more than {ACCEPTED_RESIDUAL:.0e}. Correct the taps, call shiftinv.filters.polished on a bank "
                f"with approximate=True if they are a rounded table, or keep approximate=True."
            )

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.lowpass, self.highpass, self.synthesis_lowpass, self.synthesis_highpass, self.approximate))

    def __len__(self) -> int:
        """Return L, the number of taps of each filter."""
        return len(self.lowpass)

    @cached_property
    def residual(self) -> float:
        """How far from perfect reconstruction: a bound on the relative error of one level along one axis.

        The sum of the absolute errors of the two equations of this module, halved: it bounds the
        relative 2-norm error on even lengths, and sqrt(2) times it the error of a DWT on odd ones. Where
        synthesis is the reversed analysis (dmey), J levels along d axes leave at most
        (1 + residual)^(J d) - 1.
        """
        h, g, s, t = map(np.asarray, (self.lowpass, self.highpass, self.synthesis_lowpass, self.synthesis_highpass))
        signs = (-1.0) ** np.arange(len(h))
        distortion = np.convolve(h, s) + np.convolve(g, t)
        distortion[len(h) - 1] -= 2
        aliasing = np.convolve(signs * h, s) + np.convolve(signs * g, t)
        return float(np.abs(distortion).sum() + np.abs(aliasing).sum()) / 2

    @property
    def is_orthonormal(self) -> bool:
        """Whether synthesis is the time-reversed analysis, so that the adjoint is the inverse."""
        return (
            not self.approximate
            and self.synthesis_lowpass == self.lowpass[::-1]
            and self.synthesis_highpass == self.highpass[::-1]
        )

    @cached_property
    def is_centred(self) -> bool:
        """Whether both analysis filters are symmetric about a sample (odd-length filters, biorthogonal)."""
        h, g = np.asarray(self.lowpass), np.asarray(self.highpass)
        return bool(h[0] == 0 and np.array_equal(h[1:], h[:0:-1]) and g[-1] == 0 and np.array_equal(g[:-1], g[-2::-1]))

    @cached_property
    def dual(self) -> FilterBank:
        """The bank with analysis and synthesis exchanged, each in the other's time direction."""
        return FilterBank(
            self.synthesis_lowpass[::-1],
            self.synthesis_highpass[::-1],
            self.lowpass[::-1],
            self.highpass[::-1],
            approximate=self.approximate,
        )

    @cached_property
    def vanishing_moments(self) -> int:
        """How many powers n^0, n^1, … the analysis highpass maps to zero.

        Double-precision taps decide this up to about 25 moments; beyond, the next moment is as
        small as the rounding of the taps and the count is an upper estimate.
        """
        g = np.asarray(self.highpass)
        n = np.arange(len(g)) - (len(g) - 1) / 2
        count = 0
        while count < len(g):
            weighed = g * n**count
            if abs(math.fsum(weighed)) > MOMENT_TOLERANCE * math.fsum(np.abs(weighed)):
                break
            count += 1
        return count

    @cached_property
    def mirrors(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Twice the place of symmetry and the sign (1 or -1) of the lowpass and of the highpass; None without symmetry.

        Places are those of `analysis_taps`.
        """
        found = []
        for taps in map(np.asarray, (self.lowpass, self.highpass)):
            (used,) = np.nonzero(taps)
            span = taps[used[0] : used[-1] + 1]
            signs = [sign for sign in (1, -1) if np.array_equal(span, sign * span[::-1])]
            if not signs:
                return None
            found.append((len(self) - int(used[0] + used[-1]), signs[0]))
        return found[0], found[1]

    @cached_property
    def delays(self) -> tuple[float, float]:
        """Where the analysis filters stand: tap k is at L/2 - k, in samples after the output it makes.

        Of the lowpass the delay of a constant, sum n h[n] / sum h[n]; of the highpass the centre of its energy.
        """
        place = len(self) // 2 - np.arange(len(self))
        h, g = np.asarray(self.lowpass), np.asarray(self.highpass) ** 2
        return float(place @ h / h.sum()), float(place @ g / g.sum())

    def response(self, size: int) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """Return the frequency responses of h and g at the frequencies 2 pi k / size.

        Parameters
        ----------
        size : int
            Number of frequencies; filters longer than this are wrapped, as a circle of `size`
            samples sees them.

        Returns
        -------
        tuple of ndarray, each of shape (size,), complex
        """
        place = np.arange(len(self)) % size
        wrapped = np.zeros((2, size))
        np.add.at(wrapped[0], place, self.lowpass)
        np.add.at(wrapped[1], place, self.highpass)
        return np.fft.fft(wrapped[0]), np.fft.fft(wrapped[1])

    def analysis_taps(self, dtype: np.dtype[Any], scale: float = 1.0, moved: Moved = 0) -> Taps:
        """Return the analysis taps times `scale` for the kernels: tap k at place L/2 - k + moved."""
        return self._taps("analysis", dtype, scale, moved)

    def synthesis_taps(self, dtype: np.dtype[Any], scale: float = 1.0, moved: Moved = 0) -> Taps:
        """Return the synthesis taps times `scale` for the kernels: tap k at place L/2 - 1 - k + moved."""
        return self._taps("synthesis", dtype, scale, moved)

    def adjoint_taps(self, dtype: np.dtype[Any], scale: float = 1.0, moved: Moved = 0) -> Taps:
        """Return the analysis taps in the other time direction, in the places of synthesis taps."""
        return self._taps("adjoint", dtype, scale, moved)

    def smoothing_taps(self, dtype: np.dtype[Any]) -> Taps:
        """Return the lowpass there and back, A = (h then s) / 2, and what it leaves, I - A.

        Perfect reconstruction makes A a half-band filter: 1/2 at the centre, 0 at every other even lag.
        """
        return self._taps("smoothing", dtype, 1.0)

    def synthesis_phases(self, dtype: np.dtype[Any], moved: int = 0) -> PhaseTaps:
        """Return `synthesis_taps` apart for even and odd samples (see `phase_taps`)."""
        return self._phases("synthesis", dtype, moved)

    def adjoint_phases(self, dtype: np.dtype[Any], moved: int = 0) -> PhaseTaps:
        """Return `adjoint_taps` apart for even and odd samples (see `phase_taps`)."""
        return self._phases("adjoint", dtype, moved)

    def first_level_taps(self, role: str, dtype: np.dtype[Any]) -> TreeTaps:
        """Return the taps of level 1 of a dual tree: "analysis", "synthesis" or "adjoint", divided by sqrt(2).

        Tree a has the even coefficients of the undecimated level, tree b the odd ones. Where `is_centred`, the
        highpass is moved by one sample, so that both filters stand on a sample.
        """
        key = (f"first level {role}", dtype.char, 1.0, 0)
        if key not in self._made:
            places, *filters = self._roles[role]
            lowpass, highpass = (np.multiply(taps, 0.5**0.5) for taps in filters)
            moved = (-1 if role == "analysis" else 1) * self.is_centred
            line, lowpass, highpass = moved_apart(places, lowpass, highpass, (0, moved))
            tables = [kernel_taps(line + tree, lowpass, highpass, dtype).table for tree in range(2)]
            even = role == "analysis" and self.is_centred and bool(tables[0][1:, tables[0][0] == 0].all())
            self._made[key] = tree_taps(
                [centre_first(t, tree) if even else t for tree, t in enumerate(tables)], 2, even
            )
        taps: TreeTaps = self._made[key]
        return taps

    def _taps(self, role: str, dtype: np.dtype[Any], scale: float, moved: Moved = 0) -> Taps:
        """Return taps for the kernels, made once."""
        key = (role, dtype.char, scale, moved)
        if key not in self._made:
            places, lowpass, highpass = self._roles[role]
            scaled = np.multiply(lowpass, scale), np.multiply(highpass, scale)
            low, high = per_channel(moved)
            line = (np.add(places, low), *scaled) if low == high else moved_apart(places, *scaled, (low, high))
            self._made[key] = kernel_taps(*line, dtype)
        taps: Taps = self._made[key]
        return taps

    def _phases(self, role: str, dtype: np.dtype[Any], moved: int) -> PhaseTaps:
        """Return the taps of a synthesis by phase, made once."""
        key = (f"{role} phases", dtype.char, 1.0, moved)
        if key not in self._made:
            self._made[key] = phase_taps(self._taps(role, dtype, 1.0, moved))
        phases: PhaseTaps = self._made[key]
        return phases

    @cached_property
    def _made(self) -> dict[tuple[str, str, float, Moved], Any]:
        return {}

    @property
    def _roles(self) -> dict[str, tuple[ArrayLike, ArrayLike, ArrayLike]]:
        """Places, lowpass and highpass of every table."""
        length = len(self)
        forward = length // 2 - np.arange(length)
        lags = np.arange(length - 1, -length, -1)
        smooth = np.convolve(self.lowpass, self.synthesis_lowpass) / 2
        if not self.approximate:
            smooth[lags % 2 == 0] = 0
            smooth[lags == 0] = 0.5
        return {
            "analysis": (forward, self.lowpass, self.highpass),
            "synthesis": (forward - 1, self.synthesis_lowpass, self.synthesis_highpass),
            "adjoint": (forward - 1, self.lowpass[::-1], self.highpass[::-1]),
            "smoothing": (lags, smooth, (lags == 0) - smooth),
        }


def _checked(taps: Iterable[float], name: str, count: int | None = None) -> tuple[float, ...]:
    """Return taps as a tuple of floats: finite, even in number, `count` of them where that is fixed."""
    values = tuple(float(tap) for tap in taps)
    if not values or len(values) % 2:
        raise ValueError(
            f"{name} has {len(values)} taps; a bank needs an even number of at least 2. "
            f"Add a zero at one end (it moves the band by half a sample)."
        )
    if count is not None and len(values) != count:
        raise ValueError(
            f"{name} has {len(values)} taps and lowpass {count}; all four filters have the same number. "
            f"Add zeros at the ends of the shorter one, so that the bank still reconstructs."
        )
    if not all(map(math.isfinite, values)):
        raise ValueError(f"{name}={values} holds a tap that is not finite. Use finite numbers.")
    return values
