"""Shifts of a signal on its circle, whole and fractional, and sets of them.

(S_k x)[n] = x[(n - k) mod N] for a whole k. For a real k it is the Fourier shift: bin f of
the spectrum, -N/2 < f < N/2, is turned by exp(-2 pi i f k / N); the Nyquist bin of an even N is multiplied
by cos(pi k), which keeps real signals real and is exact for whole k. So a fractional shift has an
inverse on signals without a Nyquist component only.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .checks import ShiftWarning, kind_of

__all__ = ["Group", "Shift", "shift_of", "shifted"]

Shift: TypeAlias = tuple[float, ...]  # one number per axis; an int is a whole shift


@dataclass(frozen=True)
class Group:
    """A finite set of shifts, each with one number per axis.

    Parameters
    ----------
    shifts : tuple of tuple of int or float
        The shifts, all with as many numbers.

    Examples
    --------
    >>> from shiftinv.groups import Group
    >>> list(Group.cyclic((2, 2)))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    >>> Group.of([0, 1, 3], axes=1).inverse()
    Group(shifts=((0,), (-1,), (-3,)))
    """

    shifts: tuple[Shift, ...]

    @classmethod
    def cyclic(cls, period: Sequence[int]) -> Group:
        """Return every whole shift from 0 to period - 1 on each axis, the last axis fastest."""
        return cls(tuple(itertools.product(*map(range, period))))

    @classmethod
    def of(
        cls,
        value: int | Sequence[Any] | NDArray[Any] | Group,
        axes: int,
        *,
        fractional: bool = False,
        stacklevel: int = 3,
    ) -> Group:
        """Return the set of shifts that a user means by `value`.

        Parameters
        ----------
        value : int, sequence, or Group
            K stands for 0 … K-1 on every axis; a sequence lists shifts, each one number (the
            same on every axis) or one number per axis.
        axes : int
            How many axes are shifted.
        fractional : bool, optional
            Whether shifts need not be whole.
        stacklevel : int, optional
            Whose line a warning names: 3 for the caller of the function that calls this.

        Raises
        ------
        TypeError
            If a shift is not a number, or not whole where it must be.
        ValueError
            If there is no shift, or one has another number of axes.

        Warns
        -----
        ShiftWarning
            If a shift is listed twice; it counts once.
        """
        if isinstance(value, Group):
            return cls.of(value.shifts, axes, fractional=fractional, stacklevel=stacklevel + 1)
        if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            if value < 1:
                raise ValueError(f"shifts={value} is no shift at all. Use a count >= 1 or a list of shifts.")
            return cls.cyclic((int(value),) * axes)
        if isinstance(value, (str, bytes)) or not isinstance(value, (Sequence, np.ndarray, range)):
            raise TypeError(f"shifts={value!r} is {kind_of(value)}. Use a count, a list of shifts or a Group.")
        listed = [shift_of(item, axes, fractional=fractional, name="shifts") for item in value]
        if not listed:
            raise ValueError("shifts=[] is no shift at all. Use a count >= 1 or a list of shifts.")
        once = tuple(dict.fromkeys(listed))
        if len(once) < len(listed):
            text = f"shifts lists {len(listed) - len(once)} shifts twice; each counts once."
            warnings.warn(text, ShiftWarning, stacklevel=stacklevel)
        return cls(once)

    def inverse(self) -> Group:
        """Return the set of the inverse shifts, in the same order."""
        return Group(tuple(tuple(-step for step in shift) for shift in self.shifts))

    def modulo(self, sizes: Sequence[int], *, stacklevel: int = 3) -> Group:
        """Return the whole shifts as they act on circles of these lengths, each once.

        Parameters
        ----------
        sizes : sequence of int
            A length for each number of a shift.
        stacklevel : int, optional
            As for `of`.

        Warns
        -----
        ShiftWarning
            If two shifts are the same one there; it counts once.
        """
        turned = [tuple(step % n for step, n in zip(shift, sizes, strict=True)) for shift in self]
        return Group.of(turned, len(sizes), stacklevel=stacklevel + 1)

    def __iter__(self) -> Iterator[Shift]:
        return iter(self.shifts)

    def __len__(self) -> int:
        return len(self.shifts)


def shift_of(value: object, axes: int, *, fractional: bool = False, name: str = "shift") -> Shift:
    """Return one shift as a tuple with a number per axis; a single number is the same on every axis."""
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.ndim else value[()]
    given = tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes
    if len(given) != axes:
        raise ValueError(f"{name}={value!r} has {len(given)} numbers for {axes} transformed axes. Give one per axis.")
    steps: list[float] = []
    for step in given:
        if isinstance(step, (int, np.integer)) and not isinstance(step, bool):
            steps.append(int(step))
        elif isinstance(step, (float, np.floating)) and fractional and math.isfinite(step):
            steps.append(int(step) if float(step).is_integer() else float(step))
        else:
            rule = "finite numbers" if fractional else "whole numbers of samples, as integers"
            raise TypeError(f"{name}={value!r} holds {step!r}. Use {rule}.")
    return tuple(steps)


def shifted(x: NDArray[Any], shift: Shift, axes: Sequence[int], channels: str | Sequence[int] = "") -> NDArray[Any]:
    """Return S_k x: `x` circularly shifted by `shift` along `axes`.

    Whole steps permute samples exactly; others are Fourier shifts.

    Parameters
    ----------
    x : ndarray, shape (…)
        Samples of a signal, or of a band of one.
    shift : tuple of int or float
        One number per axis, in samples of `x`.
    axes : sequence of int
        As many.
    channels : str or sequence of int, optional
        For each axis, when `x` is a decimated band, the number b of the interval b / 2 … (b + 1) / 2 that it had
        before decimation folded it to 0 … 1/2, all in cycles per sample of the band; "a" is 0 and "d", a highpass
        channel, is 1. With m = ceil(b / 2) a frequency f > 0 stands for f + m if b is even and for f - m if it is
        odd, and -f for the opposite, so that a fraction of a sample also turns its phase. Bin 0 is
        both +m and -m, and is multiplied by cos(2 pi m k).

    Examples
    --------
    >>> import numpy as np
    >>> from shiftinv.groups import shifted
    >>> shifted(np.arange(4), (1,), (0,))
    array([3, 0, 1, 2])
    """
    whole = [(axis, int(step)) for axis, step in zip(axes, shift, strict=True) if isinstance(step, int)]
    moved = np.roll(x, [step for _, step in whole], [axis for axis, _ in whole]) if whole else x
    for place, (axis, step) in enumerate(zip(axes, shift, strict=True)):
        if not isinstance(step, int):
            channel = channels[place] if channels else 0
            moved = _fourier_shifted(moved, step, axis, "ad".index(channel) if isinstance(channel, str) else channel)
    return moved


def _fourier_shifted(x: NDArray[Any], step: float, axis: int, interval: int) -> NDArray[Any]:
    size = x.shape[axis]
    bins = np.fft.fftfreq(size)
    folded, direction = (interval + 1) // 2, -1 if interval % 2 else 1
    turn = np.exp(-2j * np.pi * (bins + direction * folded * np.sign(bins)) * step)
    turn[0] = math.cos(2 * math.pi * folded * step)  # as the next one, a bin that is two frequencies at once
    if size % 2 == 0:
        turn[size // 2] = math.cos(math.pi * (2 * folded + direction) * step)
    along = [1] * x.ndim
    along[axis] = size
    moved = np.fft.ifft(np.fft.fft(x, axis=axis) * turn.reshape(along), axis=axis)
    kept = moved if np.iscomplexobj(x) else moved.real
    return np.ascontiguousarray(kept, dtype=np.result_type(x.dtype, np.float32))
