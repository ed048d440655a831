"""Conjugate gradients: the solution of a symmetric positive definite system of which only products are known.

Such a system is T*T x = T*c, whose solution is the inverse of least norm of a frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..coefficients import Coefficients
from ..representation import FrameTransform
from .separable import Array

__all__ = ["conjugate_gradients", "least_norm_inverse"]

MOST_STEPS = 1000
ROUNDING = 4  # machine epsilons of the signal that may be left of the normal equations


def least_norm_inverse(T: FrameTransform, c: Coefficients, start: Array, workers: int) -> Array:
    """Return (T*T)^-1 T* c, from a signal that has these coefficients if any has.

    Parameters
    ----------
    T : FrameTransform
        The transform of `c`; its forward map and its adjoint are used.
    c : Coefficients
        Of any kind. Those of a signal take no step.
    start : ndarray
        What another inverse makes of `c`.
    workers : int
        Threads to use.

    Returns
    -------
    ndarray
        Of the signal's shape and dtype.

    Raises
    ------
    RuntimeError
        As `conjugate_gradients`.
    """
    rest = T.adjoint(c - T.forward(start, workers=workers), workers=workers)
    axes, eps = c.layout.axes, float(np.finfo(c.vector.dtype).eps)
    tolerance = ROUNDING * eps * (_norms(start, axes) + _norms(rest, axes))

    def frame(y: Array) -> Array:
        return T.adjoint(T.forward(y, workers=workers), workers=workers)

    found: Array = start + conjugate_gradients(frame, rest, tolerance, axes, MOST_STEPS)
    return found


def conjugate_gradients(
    operator: Callable[[Array], Array], b: Array, tolerance: NDArray[np.float64], axes: tuple[int, ...], most: int
) -> Array:
    """Return x with operator(x) = b, every item of a batch by itself.

    Parameters
    ----------
    operator : callable
        Symmetric (Hermitian) and positive definite on each item; it keeps the shape and the dtype.
    b : ndarray, shape (…)
        The right-hand side, real or complex.
    tolerance : ndarray, shape (…) with `axes` of length 1
        An item is solved when the norm of its residual is at most this.
    axes : tuple of int
        Which axes make an item.
    most : int
        Steps at most. The error falls by (sqrt(B / A) - 1) / (sqrt(B / A) + 1) in each, A and B being the ends of the
        spectrum.

    Returns
    -------
    ndarray, shape (…)
        An item that is not finite, or meets what is not, comes back as it stands when that shows.

    Raises
    ------
    RuntimeError
        If an item is not solved after `most` steps.

    References
    ----------
    M. R. Hestenes and E. Stiefel, "Methods of conjugate gradients for solving linear systems", J. Res. Natl. Bur.
    Stand. 49(6), 1952. doi:10.6028/jres.049.044
    """
    size = np.max(np.abs(b), axis=axes, keepdims=True, initial=0)
    scale = np.where((size > 0) & np.isfinite(size), size, 1).astype(
        b.real.dtype
    )  # squares neither overflow nor vanish
    residual = b / scale
    x, direction, goal = np.zeros_like(b), residual.copy(), np.square(tolerance / scale)
    energy = _product(residual, residual, axes)
    for _ in range(most):
        left = energy > goal  # false where there is no number, which no step would bring back
        if not left.any():
            solved: Array = x * scale
            return solved
        image = operator(direction)
        step = np.divide(energy, _product(direction, image, axes), out=np.zeros_like(energy), where=left)
        x += step.astype(scale.dtype) * direction
        residual -= step.astype(scale.dtype) * image
        before, energy = energy, _product(residual, residual, axes)
        growth = np.divide(energy, before, out=np.zeros_like(energy), where=left)
        direction = residual + growth.astype(scale.dtype) * direction
    raise RuntimeError(
        f"{int(np.sum(energy > goal))} of {energy.size} systems are not solved after {most} steps of conjugate "
        f"gradients: the largest residual is {float(np.sqrt(np.max(energy / goal))):.1e} times the tolerance."
    )


def _product(x: Array, y: Array, axes: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the real part of the inner product of every item, in double precision."""
    product: NDArray[Any] = np.multiply(np.conj(x), y, dtype=np.result_type(x, np.float64))
    return np.asarray(np.sum(product.real, axis=axes, keepdims=True), np.float64)


def _norms(x: Array, axes: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the norm of every item of a batch, its axes of length 1."""
    return np.asarray(np.sqrt(np.sum(np.square(np.abs(x), dtype=float), axis=axes, keepdims=True)))
