"""The two banks of a dual tree from level 2 on, and how close their wavelets come to a Hilbert pair.

Level 1 leaves one interleaved signal X: tree a owns its even samples, tree b its odd ones. Every further
level filters each tree on its own samples and interleaves again,

    lo_a[m] = sum_k h_a[k] X[4m + L - 2k],     lo_b[m] = sum_k h_b[k] X[4m + 1 + L - 2k].

Output samples lie two samples of X apart if h_b delays by half a sample of its tree less than h_a,

    H_b(w) = exp(+j w/2) H_a(w)     for |w| < pi,

because the odd samples already come one sample of X, half a sample of a tree, later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from .. import checks
from .bank import FilterBank
from .taps import TreeTaps, tree_taps

__all__ = ["DualTreeBank"]

POINTS = 256  # frequencies of the highpass; four times as many change analyticity by less than 1 %


@dataclass(frozen=True)
class DualTreeBank:
    """The two banks of a dual tree from level 2 on, with lowpasses about half a sample apart.

    Parameters
    ----------
    a : FilterBank
        Filters the even samples of the interleaved signal.
    b : FilterBank
        Filters the odd samples. It has as many taps as `a`, and its lowpass delays by about half a
        sample of its tree less.
    name : str, optional
        What the pair is called. Pairs of equal banks are equal, whatever their names.

    Raises
    ------
    TypeError
        If `a` or `b` is not a bank.
    ValueError
        If the banks have different numbers of taps.

    Notes
    -----
    Nothing forces the two banks to be half a sample apart; `analyticity` says how well they are.

    References
    ----------
    I. W. Selesnick, R. G. Baraniuk, N. G. Kingsbury, "The dual-tree complex wavelet transform", IEEE Signal
    Process. Mag. 22(6), 2005, doi:10.1109/MSP.2005.1550194.

    Examples
    --------
    >>> from shiftinv.filters import DualTreeBank, FilterBank
    >>> haar = FilterBank((0.5**0.5, 0.5**0.5))
    >>> twice = DualTreeBank(haar, haar)
    >>> len(twice), twice.is_orthonormal, twice.analyticity() > 0.1
    (2, True, True)
    """

    a: FilterBank
    b: FilterBank
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for attribute, bank in (("a", self.a), ("b", self.b)):
            if not isinstance(bank, FilterBank):
                raise TypeError(
                    f"{attribute}={bank!r} is {checks.kind_of(bank)}, not a filter bank. "
                    f"Use a FilterBank, for instance FilterBank(lowpass)."
                )
        if len(self.a) != len(self.b):
            raise ValueError(
                f"b has {len(self.b)} taps and a {len(self.a)}; both banks of a dual tree have the same number. "
                f"Add zeros to the shorter one, two at a time so that its samples keep their places."
            )

    @classmethod
    def qshift(cls, bank: FilterBank, name: str = "") -> DualTreeBank:
        """Return the pair of a bank and its time reverse.

        All four filters of b are those of a backwards. A lowpass that delays by a quarter of a sample more
        than the middle of its taps, (L - 1)/2 + 1/4, so meets one that delays by a quarter less.

        Parameters
        ----------
        bank : FilterBank
            Becomes tree a. One whose lowpass delays by a quarter of a sample *less* (its largest taps come
            before the middle, as in Kingsbury's tables) must be reversed first. Where this was forgotten
            `analyticity` at levels 2 to 4 is above 0.3.
        name : str, optional
            Without it, the name of `bank`.

        Returns
        -------
        DualTreeBank

        Notes
        -----
        The highpass of b is the one of a reversed, which is minus the alternating lowpass of b that
        `FilterBank` would choose: psi_a + j psi_b keeps the negative frequencies.

        References
        ----------
        N. G. Kingsbury, "Complex wavelets for shift invariant analysis and filtering of signals", Appl.
        Comput. Harmon. Anal. 10(3), 2001, doi:10.1006/acha.2000.0343.

        Examples
        --------
        >>> from shiftinv.filters import DualTreeBank, FilterBank
        >>> pair = DualTreeBank.qshift(FilterBank((0.5**0.5, 0.5**0.5), name="haar"))
        >>> pair.is_mirrored, pair.name, pair.a.highpass == pair.b.highpass[::-1]
        (True, 'haar', True)
        """
        filters = (bank.lowpass, bank.highpass, bank.synthesis_lowpass, bank.synthesis_highpass)
        backwards = FilterBank(*(taps[::-1] for taps in filters), name=bank.name, approximate=bank.approximate)
        return cls(bank, backwards, name or bank.name)

    def __len__(self) -> int:
        """Return L, the number of taps of every filter."""
        return len(self.a)

    @property
    def is_orthonormal(self) -> bool:
        """Whether each tree is orthonormal."""
        return self.a.is_orthonormal and self.b.is_orthonormal

    @property
    def is_mirrored(self) -> bool:
        """Whether the four filters of b are exactly those of a in the other time direction."""
        return (
            self.b.lowpass == self.a.lowpass[::-1]
            and self.b.highpass == self.a.highpass[::-1]
            and self.b.synthesis_lowpass == self.a.synthesis_lowpass[::-1]
            and self.b.synthesis_highpass == self.a.synthesis_highpass[::-1]
        )

    @property
    def residual(self) -> float:
        """How far the worse tree is from perfect reconstruction (see `FilterBank.residual`)."""
        return max(self.a.residual, self.b.residual)

    @property
    def approximate(self) -> bool:
        """Whether one of the trees is declared not to reconstruct."""
        return self.a.approximate or self.b.approximate

    def level_taps(self, role: str, dtype: np.dtype[Any]) -> TreeTaps:
        """Return the taps of a level from 2 on: "analysis", "synthesis" or "adjoint".

        Analysis has a table per tree, with places in samples of both trees; the others one per phase of four
        samples, with places in coefficients of both trees.
        """
        key = (role, dtype.char)
        if key not in self._made:
            if role == "analysis":
                tables = [bank.analysis_taps(dtype).table for bank in (self.a, self.b)]
            else:
                phases = [
                    bank.synthesis_phases(dtype) if role == "synthesis" else bank.adjoint_phases(dtype)
                    for bank in (self.a, self.b)
                ]
                tables = [table for parity in ("even", "odd") for table in (getattr(p, parity) for p in phases)]
            for number, table in enumerate(tables):
                tables[number] = np.vstack([2 * table[0] + number % 2, table[1:]])
            self._made[key] = tree_taps(tables, 4 if role == "analysis" else 2)
        return self._made[key]

    @cached_property
    def _made(self) -> dict[tuple[str, str], TreeTaps]:
        return {}

    def analyticity(self, level: int = 4) -> float:
        """Return how far psi_a + j psi_b is from a one-sided spectrum.

        The wavelets of a level follow from the cascade of these banks, on the samples of the trees after
        level 1,

            Psi(w) = H(w) H(2w) … H(2^(level-3) w) G(2^(level-2) w),

        where the odd samples of tree b give it exp(+j w/2), |w| < pi, more. A Hilbert pair has
        Psi_b = +j Psi_a on one side of the spectrum and -j Psi_a on the other, so that one side of
        Psi_a + j Psi_b is empty.

        Parameters
        ----------
        level : int, optional
            Level of the transform, from 2; level 1 belongs to another bank and is taken as ideal. For
            `hilbert_pair` the number settles at level 4. Banks in the wrong order are one sample of their
            tree out of step at every level, which coarser wavelets see less and less.

        Returns
        -------
        float
            The 2-norm of the smaller side of the spectrum over that of both: 0 for a Hilbert pair,
            sqrt(1/2) where both sides are equal. The sign of a wavelet does not change it.

        Raises
        ------
        TypeError, ValueError
            If `level` is not an integer of at least 2.

        References
        ----------
        I. W. Selesnick, R. G. Baraniuk, N. G. Kingsbury, "The dual-tree complex wavelet transform", IEEE
        Signal Process. Mag. 22(6), 2005, doi:10.1109/MSP.2005.1550194.

        Examples
        --------
        >>> from shiftinv.filters import hilbert_pair
        >>> [round(hilbert_pair(4, order).analyticity(), 3) for order in (1, 2, 3)]
        [0.077, 0.018, 0.006]
        """
        level = checks.integer(level, "level", 2)
        size = POINTS << (level - 2)
        k = np.arange(size)
        spectra = []
        for bank in (self.a, self.b):
            low, high = bank.response(size)
            spectrum = high[(k << (level - 2)) % size]
            for octave in range(level - 2):
                spectrum = spectrum * low[(k << octave) % size]
            spectra.append(spectrum)
        half_sample = np.exp(1j * np.pi * np.fft.fftfreq(size))
        energy = np.abs(spectra[0] + 1j * half_sample * spectra[1]) ** 2
        sides = float(energy[1 : size // 2].sum()), float(energy[size // 2 + 1 :].sum())
        return float(np.sqrt(min(sides) / sum(sides)))
