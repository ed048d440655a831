"""Sub-pixel error: how a map fails to follow a shift by less than any fraction of a sample."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..groups import Shift, shifted
from ..layout import Band
from ..representation import Representation
from .fairness import Subject, applied, numbers, signal_and_axes, steady
from .projectors import contribution, invertible, kept_bands, same_shape
from .ratios import relative, rounding, without_rounding

__all__ = ["subpixel_error"]

Action: TypeAlias = Callable[[Any, Shift], ArrayLike]


def subpixel_error(
    f: Subject,
    x: ArrayLike,
    *,
    level: int | None = None,
    band: str = "wavelet",
    per_band: bool = False,
    action: Action | None = None,
) -> Any:
    """Measure how fast f(x) departs from following a shift of x: a Lie derivative.

    Parameters
    ----------
    f : Invertible or callable
        Of a transform every band is measured alone, as the map that keeps it and inverts. A callable is the map itself.
    x : array_like, shape (…)
        The signal. Its Nyquist frequency is left out, for no fraction of a sample moves it.
    level : int, optional
        Keep the bands of this level together.
    band : {"wavelet", "scaling"} or str, optional
        Which of them: the details, the approximation, or one orientation.
    per_band : bool, optional
        One number for each band in layout order, instead of one for all of them.
    action : callable, optional
        What a shift does to the output of a callable, as a function of (output, shift); the shift has one number per
        axis. None: the same shift, of an output of the input's shape.

    Returns
    -------
    float, or ndarray of shape (bands,)
        Per sample of shift: 0 for a map that commutes with every fractional shift. Without `level` and `per_band`, the
        root of the sum of squares over the detail bands, divided by that of what they keep. Rounding leaves about
        eps^(2/3) |x| / |f(x)|, 4e-11 in double precision where f keeps the size. A band of a transform of up to
        16 eps |x| is rounding and counts as 0.

    Raises
    ------
    TypeError
        If `f` is neither a transform with an inverse nor a callable that returns an array of numbers.
    UnfairPairing
        If the transform is not circular at this shape.
    ValueError
        If there is no such band, or a callable changes the shape and no `action` is given.

    Notes
    -----
    With S_t the Fourier shift along one axis,

        L f(x) = lim_{t -> 0} (S_-t f(S_t x) - f(x)) / t,      error = |L f(x)| / |f(x)|,

    by the central difference (S_-t f(S_t x) - S_t f(S_-t x)) / (2 t) with t = eps^(1/3) samples. Over several
    axes it is the root of the sum of the squares. The relative error of the difference is about (pi t)^2.

    References
    ----------
    N. Gruver, M. Finzi, M. Goldblum and A. G. Wilson, "The Lie derivative for measuring learned equivariance",
    ICLR 2023. doi:10.48550/arXiv.2210.02984

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(1024)
    >>> round(si.metrics.subpixel_error(si.DWT("db4", levels=1), x), 1)
    1.1
    >>> bool(si.metrics.subpixel_error(si.SWT("db4", levels=1), x) < 1e-9)
    True
    """
    given, axes = signal_and_axes(f, x)
    signal = _without_nyquist(given, axes)
    if isinstance(f, Representation):
        if action is not None:
            raise ValueError("action= is for functions; what a band keeps moves with the signal. Leave action out.")
        measured = np.array([_map_and_derivative(one, signal, axes, None) for one in _maps(f, signal, level, band)])
        per_sample = math.sqrt(len(axes)) / (2 * _step(signal))
        errors, sizes = without_rounding(measured[:, 0], measured[:, 1], rounding(given), per_sample)
        measured = np.stack([errors, sizes], axis=1)
    else:
        if level is not None or band != "wavelet":
            raise ValueError("f is a function, which has no levels and no bands. Leave level and band out.")
        measured = np.array([_map_and_derivative(f, signal, axes, action)])
    if per_band:
        return relative(*measured.T)
    details = slice(1, None) if isinstance(f, Representation) and level is None and len(measured) > 1 else slice(None)
    return float(relative(*np.sqrt(np.sum(measured[details] ** 2, axis=0))))


def _maps(
    f: Representation, x: NDArray[Any], level: int | None, band: str
) -> list[Callable[[NDArray[Any]], NDArray[Any]]]:
    """Return the map of each band alone, or of the bands of a level together."""
    T, layout = invertible(f, "f"), f.layout(x.shape, x.dtype)

    def keeping(*bands: Band) -> Callable[[NDArray[Any]], NDArray[Any]]:
        return lambda signal: contribution(T, signal, bands)

    if level is None:
        return [keeping(one) for one in layout.bands]
    return [keeping(*kept_bands(layout, level, band))]


def _map_and_derivative(
    f: Callable[[NDArray[Any]], ArrayLike], x: NDArray[Any], axes: tuple[int, ...], action: Action | None
) -> tuple[float, float]:
    """Return the norms of L f(x) and of f(x)."""
    output = applied(f, x) if action is not None else same_shape(applied(f, x), x)
    t = _step(x)
    derivatives = []

    def moved(y: NDArray[Any], step: Shift) -> NDArray[Any]:
        return shifted(y, step, axes) if action is None else steady(numbers(action(y.copy(), step), "action"), y.shape)

    for axis in axes:
        forth, back = (tuple(side * t if other == axis else 0 for other in axes) for side in (1, -1))
        ahead, behind = (steady(applied(f, shifted(x, step, axes)), output.shape) for step in (forth, back))
        difference = moved(ahead, back) - moved(behind, forth)
        derivatives.append(np.linalg.norm(np.ravel(difference)) / (2 * t))
    return float(np.linalg.norm(derivatives)), float(np.linalg.norm(np.ravel(output)))


def _step(x: NDArray[Any]) -> float:
    """Return t, in samples."""
    return math.cbrt(float(np.finfo(x.dtype).eps))


def _without_nyquist(x: NDArray[Any], axes: tuple[int, ...]) -> NDArray[Any]:
    """Return `x` without the bins, along each axis, that are their own opposite and not 0."""
    for axis in axes:
        if x.shape[axis] % 2 == 0:
            along = [1] * x.ndim
            along[axis] = -1
            alternating = np.where(np.arange(x.shape[axis]) % 2, -1, 1).reshape(along)
            x = x - alternating * np.mean(alternating * x, axis=axis, keepdims=True)
    return np.ascontiguousarray(x)
