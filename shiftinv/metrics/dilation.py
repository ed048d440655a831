"""Dilation: a signal stretched by two should have at each level what it had one level finer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..coefficients import Coefficients
from ..groups import shift_of, shifted
from ..layout import Band, Layout
from ..representation import Representation
from .fairness import Subject, applied, fair_layout, signal_and_axes
from .ratios import relative, rounding, without_rounding

__all__ = ["dilation_error"]


def dilation_error(T: Subject, x: ArrayLike) -> NDArray[np.float64]:
    """Measure how far level j of a signal stretched by two is from level j - 1 of the signal.

    Parameters
    ----------
    T : Representation or callable
        A transform of at least two levels. A callable has one kind of output, and f of the stretched signal is compared
        with the stretched f(x) where f keeps the shape, and with f(x) itself where the output
        has the same shape for both.
    x : array_like, shape (…)
        The signal.

    Returns
    -------
    ndarray, shape (levels - 1,) or (1,)
        For j = 2, 3, … all detail bands of a level together: the norm of the difference divided by the norm of level
        j - 1. 0 where levels repeat exactly; small where the signal is smooth; about 1 where level j - 1 is lost. In a
        dual tree the first number compares level 2 with the other filters of level 1, and may be larger. Details of a
        level of up to 16 eps |x| are rounding and count as 0, so the error is inf where level j - 1 is zero and level j
        is not.

    Raises
    ------
    TypeError
        If `T` is neither a transform nor a callable that returns an array of numbers.
    UnfairPairing
        If the transform is not circular at this shape, or at twice the lengths.
    ValueError
        If the transform has fewer than two levels, its levels do not repeat, or it does not tell where they are; if a
        callable's output fits neither comparison.

    Notes
    -----
    Stretching is the interpolation of band-limited signals, by zeros added to the spectrum (a Nyquist bin is halved):
    y[n] = x((n - c) / 2), with 2 N samples along each axis. A lowpass filter of delay c makes the
    coefficients of level j stand at 2 t + c where those of level j - 1 stand at t, in samples (`Layout.times`), so c is
    taken from the layout. Every band of y that has twice the length is read at every second sample. The two
    levels differ in scale by the gain at frequency 0 between their approximations, which a constant signal tells.

    With H the lowpass filter, a complex exponential of w radians per sample leaves the error
    |H(w/2) exp(i c w/2) / H(0) - 1| at every level of an undecimated transform with one bank. So the error is that of
    H as an interpolator, and vanishes for slow signals.
    Stretching cannot be undone on samples, so this is no group of shifts.

    References
    ----------
    S. Mallat, "A theory for multiresolution signal decomposition: the wavelet representation",
    IEEE Trans. Pattern Anal. Mach. Intell. 11(7), 1989. doi:10.1109/34.192463

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> slow = np.exp(-((np.arange(256) - 128) ** 2) / 200)
    >>> bool(si.metrics.dilation_error(si.SWT("bior4.4", levels=3), slow).max() < 0.01)
    True
    """
    signal, axes = signal_and_axes(T, x, "T")
    if not isinstance(T, Representation):
        return _of_function(T, signal, axes)
    layout = fair_layout(T, signal)
    _check_levels(layout)
    alone = T.with_levels(layout.levels, layout.axes)
    fair_layout(alone, np.empty([n * (1 + (axis in axes)) for axis, n in enumerate(signal.shape)], signal.dtype))
    c = alone.forward(signal)

    @functools.cache
    def stretched(offsets: tuple[float, ...]) -> Coefficients:
        return alone.forward(_dilated(signal, axes, offsets))

    errors = []
    for level in range(2, layout.levels + 1):
        gain, gaps, sizes = _gain(alone, layout, level), [], []
        for band in (one for one in layout.details if one.level == level):
            finer = Band(level - 1, band.orientation)
            expected = gain * c[finer]
            found = stretched(_offsets(layout, band, finer))[band]
            gaps.append(np.linalg.norm(_as_long(found, expected.shape) - expected))
            sizes.append(np.linalg.norm(expected))
        # of the stretched signal too, whose norm is 2^(1/2) times as large for each axis
        floor = rounding(signal) * max(gain, 2 ** (len(axes) / 2))
        errors.append(relative(*without_rounding(np.linalg.norm(gaps), np.linalg.norm(sizes), floor)))
    return np.array(errors)


def _of_function(f: Callable[[NDArray[Any]], ArrayLike], x: NDArray[Any], axes: tuple[int, ...]) -> NDArray[np.float64]:
    still = (0.0,) * len(axes)
    longer = _dilated(x, axes, still)
    before, after = applied(f, x, "T"), applied(f, longer, "T")
    if before.shape == x.shape and after.shape == longer.shape:
        before = _dilated(before, axes, still)
    elif before.shape != after.shape:
        raise ValueError(
            f"T maps shape {x.shape} to {before.shape} and {longer.shape} to {after.shape}, so what stretching should "
            f"do to its output is open. Use a function that keeps the shape, or whose output has one shape."
        )
    return np.array([relative(np.linalg.norm(after - before), np.linalg.norm(before))])


def _check_levels(layout: Layout) -> None:
    """Refuse a transform whose levels are not the same bands again and again."""
    names = [{band.orientation for band in layout.details if band.level == 1 + j} for j in range(layout.levels)]
    if layout.levels < 2:
        raise ValueError(f"T has {layout.levels} levels of {layout.shape}, and two are compared. Use levels>=2.")
    if layout.shifts or not all(words == names[0] for words in names):
        raise ValueError(
            f"the levels of {layout.spec} do not repeat: a stretched signal has other bands. "
            f"Use a transform with the same bands at every level."
        )


def _gain(T: Representation, layout: Layout, level: int) -> float:
    """Return how much larger a constant is in the approximation of a level than in that of the level before."""
    ones = np.ones(layout.shape)
    coarse, fine = (T.with_levels(levels, layout.axes).forward(ones).approx.mean() for levels in (level, level - 1))
    return float(coarse / fine)


def _offsets(layout: Layout, band: Band, finer: Band) -> tuple[float, ...]:
    """Return c, along each axis, with the coefficients of `band` at 2 t + c where those of `finer` are at t."""
    pairs = zip(layout.times(band), layout.times(finer), strict=True)
    return tuple(float(now[0] - 2 * before[0]) for now, before in pairs)


def _dilated(x: NDArray[Any], axes: tuple[int, ...], offsets: tuple[float, ...]) -> NDArray[Any]:
    """Return y[n] = x((n - c) / 2) with twice the samples along each of the axes."""
    for axis, offset in zip(axes, offsets, strict=True):
        size = x.shape[axis]
        spectrum = np.moveaxis(np.fft.fft(x, axis=axis), axis, -1)
        padded = np.zeros((*spectrum.shape[:-1], 2 * size), spectrum.dtype)
        half = (size + 1) // 2
        padded[..., :half] = spectrum[..., :half]
        padded[..., 2 * size - (size - half) :] = spectrum[..., half:]
        if size % 2 == 0:
            padded[..., [half, -half]] = spectrum[..., [half]] / 2
        y = 2 * np.moveaxis(np.fft.ifft(padded), -1, axis)
        kept = np.ascontiguousarray(y if np.iscomplexobj(x) else y.real, x.dtype)
        x = shifted(kept, shift_of(offset, 1, fractional=True), (axis,))
    return x


def _as_long(band: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return every second sample along the axes on which the band is twice as long as `shape`."""
    return band[tuple(slice(None, None, n // wanted) for n, wanted in zip(band.shape, shape, strict=True))]
