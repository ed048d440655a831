"""Aliasing energy ratios of dual trees with every pair of banks: ``python -m benchmarks --aliasing``."""

from __future__ import annotations

import itertools
import math
from dataclasses import asdict, dataclass

import numpy as np

import shiftinv as si
from shiftinv.catalogue import list_dual_tree_banks
from shiftinv.metrics import aliasing_energy_ratio, frame_bounds

from . import tables
from .protocol import circumstances

BIORT = ("legall", "antonini", "near_sym_a", "near_sym_b", "sym4", "sym6", "sym8", "sym10", "db4")
HILBERT = ((2, 2), (4, 2), (4, 4), (6, 4))  # vanishing moments, order of the delay
DECIMATED = ("sym8", "db4")
LEVELS, SAMPLES = 5, 1024  # frame bounds are those of so many samples
PAGE = tables.HERE.parent / "docs" / "aliasing-of-dual-trees.md"
HEADER = ("level 1", "from level 2 on", "taps", "redundancy", "A", "B", *(f"R_a, {j + 1}" for j in range(LEVELS)))


@dataclass
class Entry:
    """A transform of signals and what is measured of it.

    Parameters
    ----------
    banks : list of str
        Of level 1 and of all others; one bank if there is no dual tree.
    taps : list of (int, int)
        Of each, lowpass and highpass between their outermost zeros.
    redundancy : float
    bounds : (float, float)
        Of the frame, with all levels.
    ratios : list of float
        R_a of every level, the finest first; not in decibels.
    """

    banks: list[str]
    taps: list[tuple[int, int]]
    redundancy: float
    bounds: tuple[float, float]
    ratios: list[float]

    @property
    def decibels(self) -> list[float]:
        """The ratios, to the digit that the table shows."""
        return [round(10 * math.log10(ratio), 1) if ratio else -math.inf for ratio in self.ratios]

    @property
    def row(self) -> tuple[str, ...]:
        """The line of the table."""
        names = (self.banks[0], self.banks[1] if len(self.banks) > 1 else "decimated, no dual tree")
        taps = "; ".join(str(low) if low == high else f"{low}, {high}" for low, high in self.taps)
        bounds = (f"{bound:.3f}" for bound in self.bounds)
        return (*names, taps, f"{self.redundancy:g}", *bounds, *(f"{value:.1f}" for value in self.decibels))


def main() -> None:
    """Measure, print, and keep the table as JSON and in its page."""
    pairs = [*list_dual_tree_banks(), *itertools.starmap(si.filters.hilbert_pair, HILBERT)]
    trees = (si.DTCWT(first, deeper) for first in BIORT for deeper in pairs)
    entries = [_measured(T, [T.biort, T.qshift.a], [T.biort.name, T.qshift.name]) for T in trees]
    entries += [_measured(T, [T.wavelet], [T.wavelet.name]) for T in map(si.DWT, DECIMATED)]
    entries.sort(key=lambda entry: (max(entry.decibels), entry.banks))
    table = tables.markdown([entry.row for entry in entries], HEADER)
    print(table)
    on, kept = circumstances(), [asdict(entry) for entry in entries]
    tables.write_json(tables.HERE / "results" / "aliasing.json", {"on": on, "transforms": kept})
    tables.put_into_page("aliasing", table, PAGE)


def _measured(T: si.FrameTransform, banks: list[si.FilterBank], names: list[str]) -> Entry:
    deep = T.with_levels(LEVELS, (0,))
    taps = [(len(np.trim_zeros(bank.lowpass)), len(np.trim_zeros(bank.highpass))) for bank in banks]
    ratios = [aliasing_energy_ratio(T, level, db=False) for level in range(1, LEVELS + 1)]
    return Entry(names, taps, deep.layout(SAMPLES).redundancy, frame_bounds(deep, SAMPLES), ratios)
