"""The best-shift discrete wavelet transform: no redundancy, and coefficients that do not depend on the position."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..catalogue import filter_bank
from ..coefficients import Coefficients
from ..filters import FilterBank
from ..groups import Shift
from ..layout import Layout
from ..representation import Action, Invertible, freeze
from .dwt import DWT
from .separable import Array, words
from .swt import SWT

if TYPE_CHECKING:
    import pywt

__all__ = ["BestShiftDWT"]

TIE = 1e-9  # sums that differ by less than this, relative to the sum of magnitudes, are equal
CLEAR = 2 * TIE  # sums in any order differ by far less than a tie from the exact ones
SMALL = 1e-270  # squares below lose digits
Parts: TypeAlias = dict[str, list[Array]]  # the real and imaginary parts of the bands of a phase, by word


@dataclass(frozen=True, init=False, repr=False)
class BestShiftDWT(Invertible):
    """The decimated transform on the samples that the signal itself chooses: a shift only moves its coefficients.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet, optional
        The filters; see `shiftinv.filter_bank`.
    levels : int, optional
        How many levels; 2^levels must divide every transformed length. None: the deepest at which
        the filter fits the shortest transformed axis.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch, whose items choose each for itself. None: all.

    Notes
    -----
    A level of d axes has 2^d phases r, 0 or 1 per axis: the `DWT` of a_{j-1}[n + r]. Kept is the one whose
    approximation has the largest sum of squares; that of all bands is the same for each. Phases stand in
    ``c.aux["phases"]`` as numbers below 2^d, the last axis in the lowest bit, one per level and item of the batch.

    Sums that differ by less than 1e-9 of the sum of magnitudes are a tie. Then decide, in order, the sums of a^4 and
    a^3 of the approximation, d^3 of each detail, the magnitudes of each detail, a^2 a_+ - a a_+^2 with the neighbour
    a_+ along each axis, a^2 d and a d; then the same without a tolerance. Sums are exact wherever that matters, so
    they do not depend on the order. Where all agree, as for equal impulses further apart than the filters are long,
    the samples (a, d, …) are read in a circle, along the last axis first, from where that gives the least in the order
    of a dictionary; the phase with the least of these decides. Phases that are left are shifts of each other, as those
    of a signal that repeats itself after an odd number of samples of some level; the first of them is taken.

    The coefficients of a shifted signal are therefore always the same numbers to the bit, in the same order around the
    circle, if they are finite. They are moved as `act` says unless there were phases left, of which it may name
    another. The transform is not linear: the signal chooses.

    References
    ----------
    J. Liang and T. W. Parks, "A translation-invariant wavelet representation algorithm with applications",
    IEEE Trans. Signal Process. 44(2), 1996. doi:10.1109/78.485919

    J.-C. Pesquet, H. Krim and H. Carfantan, "Time-invariant orthonormal wavelet representations",
    IEEE Trans. Signal Process. 44(8), 1996. doi:10.1109/78.533717

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> T = si.BestShiftDWT("sym8", levels=3)
    >>> c, moved = T.forward(x), T.forward(np.roll(x, 5))
    >>> c.layout.redundancy, bool(np.array_equal(np.sort(c.vector), np.sort(moved.vector)))
    (1.0, True)
    >>> T.act(c, 5).equals(moved)
    True
    """

    wavelet: FilterBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "bestshift"

    def __init__(
        self,
        wavelet: str | FilterBank | pywt.Wavelet = "sym4",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
    ) -> None:
        freeze(self, wavelet=filter_bank(wavelet), levels=checks.levels(levels), axes=checks.axes(axes))

    @property
    def action(self) -> Action:
        """Every shift moves the phases, and the coefficients by whole samples."""
        return Action("exact")

    @property
    def residual(self) -> float:
        """The residual of the bank where it is only approximate."""
        return self.wavelet.residual if self.wavelet.approximate else 0.0

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        inner = DWT(self.wavelet, self.levels, axes=self.axes).layout(shape, dtype)
        checks.multiples(inner.sizes, inner.levels, "a BestShiftDWT")
        batch = tuple(n for axis, n in enumerate(shape) if axis not in inner.axes)
        return replace(
            inner,
            spec=self.with_levels(inner.levels, inner.axes).spec,
            frame=None,
            grid=1,
            # where a coefficient is depends on the phases, which a layout does not know
            blocks=tuple(replace(block, starts=(), supports=()) for block in inner.blocks),
            aux=(("phases", (inner.levels, *batch)),),
        )

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        axes, approximation = c.layout.axes, x
        every, lowpass = SWT(self.wavelet, 1, axes=axes, norm="unit"), "a" * len(axes)
        for level in range(1, c.layout.levels + 1):
            undecimated = every.forward(approximation, workers=workers)
            bands = {word: _items_first(undecimated[1, word], axes) for _, word in undecimated.bands}
            halved = (n // 2 if axis in axes else n for axis, n in enumerate(approximation.shape))
            approximation = np.empty(tuple(halved), x.dtype)
            chosen = c.aux["phases"][level - 1] = _chosen(bands, len(axes))
            for word, band in bands.items():
                target = _items_first(approximation if word == lowpass else c[level, word], axes)
                for number, phase in enumerate(_phases(len(axes))):
                    items = chosen == number
                    if items.any():
                        target[items] = _of_phase(band, phase)[items]
        c.approx = approximation

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        axes, approximation = c.layout.axes, c.approx
        one = DWT(self.wavelet, 1, axes=axes)
        for level in range(c.layout.levels, 0, -1):
            finer = tuple(2 * n if axis in axes else n for axis, n in enumerate(approximation.shape))
            parts = Coefficients(one.layout(finer, c.layout.dtype))
            parts.approx = approximation
            for _, word in parts.layout.details:
                parts[1, word] = c[level, word]
            approximation = one.inverse(parts, workers=workers)
            _move_items(approximation, _bits(c.aux["phases"][level - 1], len(axes)), axes)
        x[...] = approximation

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        axes, phases = c.layout.axes, c.aux["phases"]
        moved.vector[...] = c.vector
        left = np.multiply.outer(np.array(shift, np.int64), np.ones(phases.shape[1:], np.int64))
        for level in range(1, c.layout.levels + 1):
            before = _bits(phases[level - 1], len(axes))
            after = (before + left) % 2
            left = (left + before - after) // 2  # in samples of this level, for each axis and item
            moved.aux["phases"][level - 1] = np.tensordot(1 << np.arange(len(axes))[::-1], after, 1)
            for band in (band for band in c.layout.details if band.level == level):
                _move_items(moved[band], left, axes)
        _move_items(moved.approx, left, axes)


def _phases(axes: int) -> list[tuple[int, ...]]:
    """Return the phases of a level, in the order of their numbers."""
    return list(itertools.product((0, 1), repeat=axes))


def _bits(numbers: NDArray[np.int64], axes: int) -> NDArray[np.int64]:
    """Return the phases with these numbers, axes first."""
    return np.stack([numbers >> axis & 1 for axis in reversed(range(axes))])


def _items_first(values: Array, axes: tuple[int, ...]) -> Array:
    """Return a view with the transformed axes last."""
    return np.moveaxis(values, axes, tuple(range(-len(axes), 0)))


def _of_phase(band: Array, phase: tuple[int, ...]) -> Array:
    """Return every second sample along the last axes."""
    place: tuple[Any, ...] = (..., *(slice(start, None, 2) for start in phase))
    phase_of: Array = band[place]
    return phase_of


def _move_items(values: Array, steps: NDArray[np.int64], axes: tuple[int, ...]) -> None:
    """Shift every item circularly by steps of its own, in place."""
    if steps.ndim == 1:
        values[...] = np.roll(values, steps.tolist(), axes)
        return
    items, last = _items_first(values, axes), tuple(range(-len(axes), 0))
    for step in np.unique(steps.reshape(len(axes), -1), axis=1).T.tolist():
        if any(step):
            alike = np.all(np.moveaxis(steps, 0, -1) == step, axis=-1)
            items[alike] = np.roll(items[alike], step, last)


def _chosen(bands: dict[str, Array], axes: int) -> NDArray[np.int64]:
    """Return the number of the best phase of every item, from bands without decimation, items first."""
    last = tuple(range(-axes, 0))
    with np.errstate(all="ignore"):  # what overflows, underflows or is not finite is not clear
        energies = np.stack([_energies(_of_phase(bands["a" * axes], phase), last) for phase in _phases(axes)])
        best = energies.max(axis=0)
        clear = ((energies >= best * (1 - CLEAR)).sum(axis=0) == 1) & (best > SMALL) & np.isfinite(best)
    chosen = np.array(energies.argmax(axis=0), np.int64)
    for item in map(tuple, np.argwhere(~clear)):
        chosen[item] = _tie_broken({word: band[item] for word, band in bands.items()}, axes)
    return chosen


def _energies(values: Array, last: tuple[int, ...]) -> NDArray[np.float64]:
    squares = (np.square(part, dtype=np.float64) for part in _parts(values))
    return np.asarray(sum(part.sum(axis=last) for part in squares))


def _tie_broken(bands: dict[str, Array], axes: int) -> int:
    """Return the number of the best phase of one item, whatever the order of its samples."""
    stored = _parts_of_phases({word: _parts(band) for word, band in bands.items()}, axes)
    if not all(np.isfinite(band).all() for band in bands.values()) or _alike(stored):
        return 0
    phases = _parts_of_phases({word: _scaled_parts(band, bands) for word, band in bands.items()}, axes)
    left = list(phases)
    for tie, criterion in itertools.product((TIE, 0.0), _criteria(axes)):
        left = _best({number: np.concatenate([t.ravel() for t in criterion(phases[number])]) for number in left}, tie)
        if len(left) == 1:
            return left[0]
    return left[_least_rotated([stored[number] for number in left])]


def _parts_of_phases(parts: dict[str, list[Array]], axes: int) -> dict[int, Parts]:
    """Return the parts of the bands of every phase, by its number."""
    return {
        number: {word: [_of_phase(part, phase) for part in several] for word, several in parts.items()}
        for number, phase in enumerate(_phases(axes))
    }


def _best(terms: dict[int, NDArray[np.float64]], tie: float) -> list[int]:
    """Return for which numbers the sum of the terms is largest, up to `tie` times the sum of magnitudes.

    Exact sums are the same in any order. They are not needed where others, far less than a tie away, are clear.
    """
    for add in (_pairwise_sum, _exact_sum) if tie else (_exact_sum,):
        sums = {number: add(values) for number, values in terms.items()}
        slack = tie * max(add(np.abs(values)) for values in terms.values()) if tie else 0.0
        gaps = {number: max(sums.values()) - value for number, value in sums.items()}
        if not any(slack / 2 < gap < 2 * slack for gap in gaps.values()):
            break
    return [number for number, gap in gaps.items() if gap <= slack]


def _pairwise_sum(values: NDArray[np.float64]) -> float:
    return float(values.sum())


def _exact_sum(values: NDArray[np.float64]) -> float:
    return math.fsum(values.tolist())


def _scaled_parts(band: Array, bands: dict[str, Array]) -> list[NDArray[np.float64]]:
    """Return real and imaginary part, times the power of two that brings the largest of all bands near 1."""
    largest = max(float(np.abs(part).max()) for other in bands.values() for part in _parts(other))
    exponent = math.frexp(largest)[1]
    return [np.ldexp(part.astype(np.float64), -exponent) for part in _parts(band)]


def _parts(band: Array) -> list[Array]:
    return [band.real, band.imag] if band.dtype.kind == "c" else [band]


def _alike(phases: dict[int, Parts]) -> bool:
    """Return whether all phases are the same numbers at the same places, as those of a constant are."""
    first, *others = phases.values()
    return all(
        np.array_equal(part, same)
        for other in others
        for word, several in first.items()
        for part, same in zip(several, other[word], strict=True)
    )


# --- what is read in order where no sum decides --------------------------------------------------


def _least_rotated(phases: list[Parts]) -> int:
    """Return the place of the phase that, begun where it is least, is least in the order of a dictionary.

    A letter is a sample of all bands, in the order of the bands. Phases that are equally good are shifts of each other.

    Ranks of single samples become ranks of runs of 2, 4, 8, … samples, in a circle, by sorting pairs of ranks. Runs of
    at least the length of a circle are in the order of the rotations, and such runs of runs do the next axis.
    """
    samples = [
        np.stack(parts)
        for parts in zip(*([part for several in bands.values() for part in several] for bands in phases), strict=True)
    ]
    ranks = np.zeros(samples[0].shape, np.int64)
    for values in samples:
        ranks = _ranks(ranks, values)
    for axis in reversed(range(1, ranks.ndim)):
        run = 1
        while run < ranks.shape[axis]:
            ranks, run = _ranks(ranks, np.roll(ranks, -run, axis)), 2 * run
    return int(ranks.reshape(len(phases), -1).min(axis=1).argmin())


def _ranks(first: NDArray[np.int64], second: Array) -> NDArray[np.int64]:
    """Return the places of pairs in their order, the same for the same pairs."""
    values, places = np.unique(second, return_inverse=True)
    _, ranks = np.unique(first.ravel() * len(values) + places.ravel(), return_inverse=True)
    of_pairs: NDArray[np.int64] = ranks.reshape(first.shape)
    return of_pairs


# --- what is summed for a phase to be better than another ----------------------------------------


def _criteria(axes: int) -> list[Callable[[Parts], list[NDArray[np.float64]]]]:
    """Return functions from a phase to the terms; the first whose sums differ decides."""
    lowpass, *details = words(axes)
    return [
        *(partial(_powers, word=lowpass, exponent=exponent) for exponent in (2, 4, 3)),
        *(partial(_powers, word=word, exponent=3) for word in details),
        *(partial(_magnitudes, word=word) for word in details),
        *(partial(_turns, word=lowpass, axis=axis) for axis in range(axes)),
        *(partial(_products, word=word, lowpass=lowpass, exponent=2) for word in details),
        *(partial(_products, word=word, lowpass=lowpass, exponent=1) for word in details),
    ]


def _powers(bands: Parts, word: str, exponent: int) -> list[NDArray[np.float64]]:
    return [reduce(np.multiply, [values] * exponent) for values in bands[word]]


def _magnitudes(bands: Parts, word: str) -> list[NDArray[np.float64]]:
    return [np.abs(values) for values in bands[word]]


def _turns(bands: Parts, word: str, axis: int) -> list[NDArray[np.float64]]:
    """Return a^2 a_+ - a a_+^2, which changes its sign with the direction of the axis."""
    neighbours = ((values, np.roll(values, -1, axis)) for values in bands[word])
    return [values * after * (values - after) for values, after in neighbours]


def _products(bands: Parts, word: str, lowpass: str, exponent: int) -> list[NDArray[np.float64]]:
    return [a**exponent * d for a, d in zip(bands[lowpass], bands[word], strict=True)]
