"""Expected shift variance: how far keeping a band is from commuting with a shift, on average over signals."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..groups import shift_of, shifted
from .fairness import Subject
from .projectors import LEAST_NOISE, linear_projector, settled, sizes_of

__all__ = ["expected_shift_variance"]

Density: TypeAlias = Callable[..., ArrayLike]
MOST_WORK = 20  # log2 of samples times shifts: a second


def expected_shift_variance(
    T: Subject,
    level: int,
    shift: int | float | tuple[float, ...] = 1,
    *,
    psd: ArrayLike | Density | None = None,
    band: str = "wavelet",
    size: int | tuple[int, ...] | None = None,
) -> float:
    """Return the mean energy by which keeping a band fails to commute with a shift, for a stationary random signal.

    Parameters
    ----------
    T : Invertible or callable
        A linear transform with an inverse. It is applied to all axes of a signal with exactly `level` levels, so its
        own axes and number of levels do not count. A callable is linear, keeps the shape, and is P itself; it repeats
        itself after 2^level samples.
    level : int
        Whose band is kept, at least 1.
    shift : int, float or tuple, optional
        m, in samples; one number per axis, or one for all of them. A fractional shift is a Fourier shift.
    psd : array_like, shape `size`, or callable, optional
        Power spectral density of the signal, which is even and not negative: in the order of `numpy.fft.fft`, or a
        function of frequencies in cycles per sample, one argument per axis. None: white, 1 at every frequency.
    band : {"wavelet", "scaling"} or str, optional
        The details of that level together, the approximation, or one orientation.
    size : int or tuple of int, optional
        Shape of the signal. None: the shape of an array `psd`; otherwise one axis, doubled until the result no
        longer changes, which needs a `psd` that is smooth. A callable needs one.

    Returns
    -------
    float
        0 if the band acts as one fixed filter wherever the signal lies, at most 4 |P|^2 times the power of the signal.
        In the squared units of the signal per sample: `psd` has its mean power as mean over all frequencies. Values
        below (64 eps)^2 of the mean energy that the band keeps are rounding and count as 0.

    Raises
    ------
    TypeError
        If `T` is neither a transform with an inverse nor a callable that returns an array of numbers.
    UnfairPairing
        If the transform is not circular at this size.
    ValueError
        If `T` is not linear, has no such band, or no size settles the result; if `psd` is no power spectral density
        or a callable does not repeat itself.

    Notes
    -----
    With P the map that keeps one band and inverts, S_m the shift, x stationary with covariance C, and N samples,

        E |P S_m x - S_m P x|^2 / N = |(P S_m - S_m P) C^(1/2)|_HS^2 / N.

    P commutes with shifts by a period, 2^level or the grid of the layout, so the columns within one period of each axis
    stand for all, and no matrix is made. For a white signal the mean over a period of shifts m is 2 |h|^2 R_a, with
    h the mean response to an impulse and R_a the ratio of `aliasing_energy_ratio`.

    References
    ----------
    T. Aach and H. Führ, "Shift variance measures for multirate LPSV filter banks with random input signals",
    IEEE Trans. Signal Process. 60(10), 2012, pp. 5125-5134.

    Examples
    --------
    >>> import shiftinv as si
    >>> [round(si.metrics.expected_shift_variance(si.DWT(name), 1), 4) for name in ("haar", "db2", "db4")]
    [0.5, 0.3594, 0.2547]
    >>> si.metrics.expected_shift_variance(si.SWT("db4"), 1)
    0.0

    Of a signal whose power lies at low frequencies, for shifts of an image along both of its axes:

    >>> low = lambda f, g: 1 / (0.01 + f**2 + g**2)
    >>> found = si.metrics.expected_shift_variance(si.DWT("db4"), 1, (1, 1), psd=low, size=(32, 32))
    >>> 0.1 < found < 10
    True
    """
    sizes = sizes_of(T, np.shape(psd) if size is None and psd is not None and not callable(psd) else size)
    level = checks.integer(level, "level", 1)
    if sizes is not None:
        return _variance_at(T, level, shift, psd, band, sizes)
    remedy = "Give size=."
    return settled(lambda line: _variance_at(T, level, shift, psd, band, line), repr(T), level, MOST_WORK, remedy)


def _variance_at(
    T: Subject, level: int, shift: object, psd: ArrayLike | Density | None, band: str, size: tuple[int, ...]
) -> float:
    project, period = linear_projector(T, level, band, size)
    axes, step = tuple(range(len(size))), shift_of(shift, len(size), fractional=True)
    seed, places = _seed(psd, size), math.prod(period)
    variance = kept = 0.0
    for place in np.ndindex(*period):
        column = shifted(seed, place, axes)
        image = project(column)
        missed = project(shifted(column, step, axes)) - shifted(image, step, axes)
        variance += _energy(missed) / places
        kept += _energy(image) / places
    return variance if variance > LEAST_NOISE**2 * kept else 0.0


def _seed(psd: ArrayLike | Density | None, size: tuple[int, ...]) -> NDArray[np.float64]:
    """Return column 0 of C^(1/2): an impulse through the filter that gives white noise this density."""
    if psd is None:
        seed = np.zeros(size)
        seed[(0,) * len(size)] = 1
        return seed
    frequencies = np.meshgrid(*map(np.fft.fftfreq, size), indexing="ij", sparse=True)
    density = np.asarray(psd(*frequencies) if callable(psd) else psd)
    rule = "Use finite numbers >= 0, psd(-f) = psd(f)."
    if density.dtype.kind not in "biuf":
        raise TypeError(f"psd has dtype {density.dtype}, and a density is real. {rule}")
    if callable(psd):
        density = np.broadcast_to(density, size)
    if density.shape != size:
        raise ValueError(f"psd has shape {density.shape}, and the signal {size}. Give one density per frequency.")
    if not np.isfinite(density).all() or (density < 0).any():
        raise ValueError(f"psd has values that are negative or not finite. {rule}")
    amplitude = np.sqrt(density.astype(np.float64))
    if not np.allclose(amplitude, np.roll(np.flip(amplitude), 1, range(len(size)))):
        raise ValueError(f"psd differs at opposite frequencies, which no real signal has. {rule}")
    return np.ascontiguousarray(np.fft.ifftn(amplitude).real)


def _energy(values: NDArray[Any]) -> float:
    return float(np.vdot(values, values).real)
