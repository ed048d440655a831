"""How a signal continues past its ends, as values with `extend` and its exact transpose `fold`.

Every continuation is linear: a new sample is a sum of a few of the signal's own, each times a whole number. Other
packages have other names for the same (`NAMES`), and partly the same names for something else:

| here | continues a b c d by | PyWavelets | NumPy | MATLAB | scipy.ndimage | dask |
|---|---|---|---|---|---|---|
| periodic | c d ǀ a b c d ǀ a b | periodization | wrap | per | grid-wrap | periodic |
| symmetric | b a ǀ a b c d ǀ d c | symmetric | symmetric | sym | reflect | reflect |
| reflect | c b ǀ a b c d ǀ c b | reflect | reflect | symw | mirror | |
| constant | a a ǀ a b c d ǀ d d | constant | edge | sp0 | nearest | nearest |
| zero | 0 0 ǀ a b c d ǀ 0 0 | zero | constant | zpd | grid-constant | 0 |
| smooth | straight lines through the first and the last two | smooth | | sp1 | | |
| antisymmetric | -b -a ǀ a b c d ǀ -d -c | antisymmetric | | asym | | |
| antireflect | 2a-c 2a-b ǀ a b c d ǀ 2d-c 2d-b | antireflect | reflect, odd | | | |
| periodic-padded | as periodic | periodic | wrap | ppd | grid-wrap | periodic |

"periodic" and "periodic-padded" differ only in a decimated transform: one is a circle, the other has coefficients
for the samples on both sides of the seam. Where a signal is shorter than what it is continued by, the rule is applied
again to what it made, so that "symmetric" has a period of 2n samples and "reflect" one of 2n - 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .checks import choice, integer

__all__ = ["BOUNDARIES", "NAMES", "Boundary", "boundary_name"]

Index = NDArray[np.intp]
Terms = tuple[tuple[Index, Index], ...]  # of each: which samples, times what


@dataclass(frozen=True)
class Boundary:
    """A continuation of n samples to all integers, each new sample a sum of a few of the n.

    Parameters
    ----------
    name : str
        One of `BOUNDARIES`; the table at the top of `shiftinv.boundary` shows what each does.

    Examples
    --------
    >>> import numpy as np
    >>> from shiftinv.boundary import Boundary
    >>> Boundary("symmetric").extend(np.array([1, 2, 3]), 2, 1)
    array([2, 1, 1, 2, 3, 3])
    >>> Boundary("smooth").extend(np.array([1, 2, 4]), 2, 2)
    array([-1,  0,  1,  2,  4,  6,  8])
    """

    name: str

    def __post_init__(self) -> None:
        boundary_name(self.name)

    def extend(self, x: NDArray[Any], before: int, after: int, axis: int = -1) -> NDArray[Any]:
        """Return `x` continued by `before` and `after` samples along `axis`, however short it is.

        Parameters
        ----------
        x : ndarray, shape (…, n, …)
            The signal, n >= 1.
        before, after : int
            How many samples to add at each end.
        axis : int, optional
            Along which axis.

        Returns
        -------
        ndarray, shape (…, before + n + after, …)
            New memory, in the dtype of `x`. A NaN reaches only the samples that are made of it.

        Raises
        ------
        TypeError
            If `x` holds unsigned integers and the rule has to subtract.
        """
        size = x.shape[axis]
        signal, *ends = self._parts(size, before, after)
        extended = np.empty((*x.shape[:axis], before + size + after, *x.shape[axis:][1:]), x.dtype)
        samples, line = np.moveaxis(x, axis, 0), np.moveaxis(extended, axis, 0)
        line[signal[0]] = samples
        for part, terms in ends:
            line[part] = 0
            for sources, weights in terms:
                if weights.min() < 0 and x.dtype.kind == "u":
                    raise TypeError(f"x is {x.dtype}, and boundary={self.name!r} subtracts. Use x.astype(float).")
                used = weights != 0  # 0 times NaN is NaN
                line[part][used] += (_along(weights, x) * samples[sources])[used]
        return extended

    def fold(self, y: NDArray[Any], before: int, after: int, axis: int = -1) -> NDArray[Any]:
        """Return the transpose of `extend` applied to `y`: what was added at the ends goes back to where it came from.

        Parameters
        ----------
        y : ndarray, shape (…, before + n + after, …)
            As `extend` returns it.
        before, after : int
            How many samples of it lie before and after the n.
        axis : int, optional
            Along which axis.

        Returns
        -------
        ndarray, shape (…, n, …)
        """
        size = y.shape[axis] - before - after
        signal, *ends = self._parts(size, before, after)
        line = np.moveaxis(y, axis, 0)
        folded = np.array(line[signal[0]])
        for part, terms in ends:
            for sources, weights in terms:
                used = weights != 0
                np.add.at(folded, sources[used], (_along(weights, y) * line[part])[used])
        return np.ascontiguousarray(np.moveaxis(folded, 0, axis))

    def _parts(self, size: int, before: int, after: int) -> list[tuple[slice, Terms]]:
        """Return where the signal is after its extension, and the samples before and after with their terms."""
        integer(size, "size", 1)
        left = np.arange(-integer(before, "before", 0), 0)
        right = np.arange(size, size + integer(after, "after", 0))
        rule = BOUNDARIES[self.name]
        ends = ((slice(0, before), left), (slice(before + size, before + size + after), right))
        made = [(part, rule(positions, size)) for part, positions in ends if positions.size]
        return [(slice(before, before + size), ()), *made]


def boundary_name(name: object, among: tuple[str, ...] | None = None) -> str:
    """Return the name of a boundary, or say what is wrong with it.

    Parameters
    ----------
    name : str
        What the argument ``boundary`` was.
    among : tuple of str, optional
        Those the caller knows; all of them if left out.

    Returns
    -------
    str

    Raises
    ------
    TypeError, ValueError
        If it is none of them; a name of another package is told what it is called here.
    """
    known = tuple(BOUNDARIES) if among is None else among
    if isinstance(name, str) and name not in known:
        if name in BOUNDARIES:
            decimated = ", only for decimated ones, DWT and Packets" if name == "periodic-padded" else ""
            raise ValueError(
                f"boundary={name!r} is not for this transform{decimated}. Use one of {', '.join(map(repr, known))}."
            )
        for package, names in NAMES.items():
            ours = [here for here, there in names.items() if there == name and here in known]
            if ours:
                raise ValueError(
                    f"boundary={name!r} is the name that {package} has for boundary={ours[0]!r}. Use the latter."
                )
    return choice(name, known, "boundary")


def _along(weights: Index, x: NDArray[Any]) -> NDArray[Any]:
    """Return weights as factors for the first axis of samples like `x`, in a dtype that keeps theirs."""
    return weights.astype(x.real.dtype).reshape((-1,) + (1,) * (x.ndim - 1))


def _copies(sources: Index) -> Terms:
    return ((sources, np.ones_like(sources)),)


def _periodic(position: Index, size: int) -> Terms:
    return _copies(position % size)


def _symmetric(position: Index, size: int) -> Terms:
    around = position % (2 * size)
    return _copies(np.where(around < size, around, 2 * size - 1 - around))


def _antisymmetric(position: Index, size: int) -> Terms:
    ((sources, weights),) = _symmetric(position, size)
    return ((sources, np.where(position // size % 2, -weights, weights)),)


def _reflect(position: Index, size: int) -> Terms:
    last = size - 1
    return _copies(last - np.abs(position % max(2 * last, 1) - last))


def _antireflect(position: Index, size: int) -> Terms:
    """Continue by odd reflections; two of them move 2 (n - 1) samples on and 2 (x[n-1] - x[0]) up."""
    last = size - 1
    if not last:
        return _copies(np.zeros_like(position))
    turn, place = position // (2 * last), position % (2 * last)
    back = place > last
    first, ending = np.zeros_like(position), np.full_like(position, last)
    copies = (np.where(back, 2 * last - place, place), np.where(back, -1, 1))
    return copies, (first, -2 * turn), (ending, 2 * turn + 2 * back)


def _constant(position: Index, size: int) -> Terms:
    return _copies(np.clip(position, 0, size - 1))


def _smooth(position: Index, size: int) -> Terms:
    end = np.clip(position, 0, size - 1)
    inner = np.where(position < 0, min(1, size - 1), max(size - 2, 0))
    beyond = np.abs(position - end)
    return (end, 1 + beyond), (inner, -beyond)


def _zero(_position: Index, _size: int) -> Terms:
    return ()


BOUNDARIES: dict[str, Callable[[Index, int], Terms]] = {
    "periodic": _periodic,
    "symmetric": _symmetric,
    "reflect": _reflect,
    "constant": _constant,
    "zero": _zero,
    "smooth": _smooth,
    "antisymmetric": _antisymmetric,
    "antireflect": _antireflect,
    "periodic-padded": _periodic,
}
_NAMES = {
    "PyWavelets": "periodization symmetric reflect constant zero smooth antisymmetric antireflect periodic",
    "NumPy": "wrap symmetric reflect edge constant - - - wrap",
    "MATLAB": "per sym symw sp0 zpd sp1 asym - ppd",
    "scipy.ndimage": "grid-wrap reflect mirror nearest grid-constant - - - grid-wrap",
    "dask": "periodic reflect - nearest 0 - - - periodic",
}
NAMES = {
    package: {here: there for here, there in zip(BOUNDARIES, words.split(), strict=True) if there != "-"}
    for package, words in _NAMES.items()
}
