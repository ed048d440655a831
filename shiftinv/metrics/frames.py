"""What a transform is as a frame: its bounds, and how its inverse amplifies noise."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..coefficients import Coefficients
from ..layout import Block, Layout
from ..representation import FrameTransform, Invertible, Representation
from .fairness import require_transform

__all__ = ["frame_bounds", "noise_amplification"]

MOST_ENTRIES = 2**22  # of all matrices together: 64 MB of complex numbers, and some seconds at most
MOST_UNITS = 4096  # inverse transforms of single coefficients
KRYLOV, RESTARTS = 64, 300
TOLERANCE = 1e-9  # of the residual; the error of an eigenvalue is of the order of its square


def frame_bounds(T: Representation, shape: int | tuple[int, ...], *, dtype: DTypeLike = float) -> tuple[float, float]:
    """Return the largest A and the smallest B with A |x|^2 <= |T x|^2 <= B |x|^2.

    Parameters
    ----------
    T : FrameTransform
        The transform; only its forward map and its adjoint are used.
    shape : int or tuple of int
        Of the signal.
    dtype : dtype-like, optional
        Of the signal, real. The bounds of a complex signal are those of its real part.

    Returns
    -------
    A, B : float
        The energy that the coefficients hold per energy of the signal, at least and at most.

    Raises
    ------
    TypeError
        If `T` is not a linear transform with an adjoint.
    ValueError
        If `dtype` is complex, the transform does not fit the shape, or there are no samples.
    RuntimeError
        If the iteration does not settle (see Notes).

    Notes
    -----
    A and B are the extreme eigenvalues of T*T, and B / A is the condition number of the problem that an inverse solves.
    A batch has those of one of its items. T*T commutes with shifts by g = ``layout.grid``, so it is one
    matrix with g^d rows per frequency of the coarse grid, found from g^d impulses; without a grid, a single
    matrix with a row per sample. Where these have more than 2^22 entries, the Lanczos iteration finds both ends
    of the spectrum from a fixed start, after a check that T*T is not a multiple of the identity. It repeats
    to rounding, not to the bit, and slows down as A / B becomes small.

    References
    ----------
    I. Daubechies, *Ten Lectures on Wavelets*, SIAM, 1992, chapter 3. doi:10.1137/1.9781611970104

    Examples
    --------
    >>> import shiftinv as si
    >>> [round(bound, 4) for bound in si.metrics.frame_bounds(si.SWT("bior4.4", levels=3), 256)]
    [0.8434, 1.1057]
    >>> [round(bound, 4) for bound in si.metrics.frame_bounds(si.DWT("db2", levels=3), 12)]
    [1.0, 2.0]
    """
    require_transform(T, "T", "a linear transform with an adjoint")
    if not isinstance(T, FrameTransform):
        raise TypeError(f"T={T!r} has no adjoint, and bounds need one. Use a linear transform with an adjoint.")
    layout = _one_item(T, T.layout(shape, dtype))
    if layout.is_complex:
        raise ValueError(f"dtype={layout.dtype} is complex. Use float: the bounds are the same.")
    period = _period(layout)
    if math.prod(layout.shape) * math.prod(period) <= MOST_ENTRIES:
        values = _per_frequency(_frame_operator(T, layout), layout.shape, period)
    else:
        values = _iterated(_frame_operator(T, layout), layout)
    return max(float(values.min()), 0.0), float(values.max())


def noise_amplification(T: Representation, shape: int | tuple[int, ...]) -> float:
    """Return the mean variance that white noise of variance 1 on all coefficients has after the inverse.

    Parameters
    ----------
    T : Invertible
        A transform with a linear inverse.
    shape : int or tuple of int
        Of the signal.

    Returns
    -------
    float
        |S|_F^2 / N with S the inverse and N the number of samples: 1 for an orthonormal transform and for a
        Parseval frame. With frame bounds A and B, and the inverse of least norm, between 1 / B and 1 / A.

    Raises
    ------
    TypeError
        If `T` is not a transform with an inverse.
    ValueError
        If the inverse is not linear, there are no samples, or too many coefficients differ.

    Notes
    -----
    |S|_F^2 is the sum of |S e|^2 over all unit vectors e of coefficients, the real and the imaginary part of a complex
    one each for itself. Up to 4096 coefficients all are inverted. Beyond, where a circular law holds, a
    shift of the signal by ``layout.grid`` moves a band by a whole number of its samples, so that one block of
    such samples per band stands for all others; the inverse is taken to follow this law as the transform does.

    References
    ----------
    I. Daubechies, *Ten Lectures on Wavelets*, SIAM, 1992, chapter 3. doi:10.1137/1.9781611970104

    Examples
    --------
    >>> import shiftinv as si
    >>> round(si.metrics.noise_amplification(si.SWT("sym8", levels=3), 256), 12)
    1.0
    >>> round(si.metrics.noise_amplification(si.DWT("bior4.4", levels=3), 256), 4)
    1.0235
    """
    require_transform(T, "T", "a transform with an inverse")
    if not isinstance(T, Invertible):
        raise TypeError(f"T={T!r} has no inverse. Use a transform with an inverse.")
    layout = _one_item(T, T.layout(shape))
    if layout.frame is None:
        raise ValueError(f"T={T!r} is not linear, so its inverse has no norm of this kind. Use a linear transform.")
    corners = [block.shape if layout.size <= MOST_UNITS else _corner(layout, block) for block in layout.blocks]
    units = sum(
        math.prod(corner) * len(block.orientations) * (1 + block.is_complex)
        for corner, block in zip(corners, layout.blocks, strict=True)
    )
    if units > MOST_UNITS:
        circular = "no circular law holds at this shape" if layout.grid is None else f"only shifts by {layout.grid} act"
        raise ValueError(
            f"shape={layout.shape} has {layout.size} coefficients of {layout.spec}, and {units} of them may differ in "
            f"norm, more than {MOST_UNITS}, for {circular}. Use a shorter signal, or "
            + (f"axes that 2^{layout.levels} divides." if layout.grid is None else "fewer levels.")
        )
    total = 0.0
    for corner, block in zip(corners, layout.blocks, strict=True):
        alike = math.prod(block.shape) / math.prod(corner)
        total += alike * math.fsum(_unit_energies(T, layout, block, corner))
    return total / math.prod(layout.shape)


def _one_item(T: Representation, layout: Layout) -> Layout:
    """Return the layout of one item of a batch; refuse a signal without samples."""
    item = tuple(n if axis in layout.axes else 1 for axis, n in enumerate(layout.shape))
    if not math.prod(item):
        raise ValueError(f"shape={layout.shape} has no samples. Use a shape without zeros.")
    return T.layout(item, layout.dtype)


def _period(layout: Layout) -> tuple[int, ...]:
    """Return along each axis after how many samples the transform repeats itself: `grid`, or never."""
    return tuple(
        layout.grid if layout.grid is not None and axis in layout.axes else n for axis, n in enumerate(layout.shape)
    )


def _frame_operator(T: FrameTransform, layout: Layout) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return T*T as a function of flat signals."""

    def apply(x: NDArray[np.float64]) -> NDArray[np.float64]:
        signal = x.reshape(layout.shape).astype(layout.dtype)
        return T.adjoint(T.forward(signal)).astype(float).ravel()

    return apply


def _per_frequency(
    apply: Callable[[NDArray[np.float64]], NDArray[np.float64]], shape: tuple[int, ...], period: tuple[int, ...]
) -> NDArray[np.float64]:
    """Return all eigenvalues of a symmetric operator that commutes with shifts by `period`.

    The response to an impulse at q of the first period is split into its place p within a period and
    the number of the period; the spectrum over the latter has one matrix (p, q) per frequency. It is real if
    there is no other frequency than 0.
    """
    rows, axes = math.prod(period), tuple(range(0, 2 * len(shape), 2))
    split = tuple(part for n, step in zip(shape, period, strict=True) for part in (n // step, step))
    count = math.prod(shape) // rows
    matrices = np.empty((count, rows, rows), complex if count > 1 else float)
    for column, place in enumerate(np.ndindex(*period)):
        impulse = np.zeros(shape)
        impulse[place] = 1
        image = apply(impulse.ravel()).reshape(split)
        spectrum = np.fft.fftn(image, axes=axes) if count > 1 else image
        ordered = spectrum.transpose(*axes, *(axis + 1 for axis in axes))
        matrices[:, :, column] = ordered.reshape(-1, rows)
    return np.asarray(np.linalg.eigvalsh((matrices + matrices.conj().swapaxes(1, 2)) / 2), float)


def _iterated(apply: Callable[[NDArray[np.float64]], NDArray[np.float64]], layout: Layout) -> NDArray[np.float64]:
    """Return the smallest and the largest eigenvalue of a symmetric operator, from matrix-vector products."""
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    size = math.prod(layout.shape)
    rng = np.random.default_rng(0)
    start = rng.standard_normal(size)
    rounding = 64 * float(np.finfo(layout.real_dtype).eps)
    quotients = []
    for vector in (start, rng.standard_normal(size)):
        image = apply(vector)
        quotients.append(float(vector @ image) / float(vector @ vector))
        if np.linalg.norm(image - quotients[0] * vector) > rounding * np.linalg.norm(image):
            break
    else:
        return np.array(quotients)
    operator = LinearOperator((size, size), matvec=lambda x: apply(x.ravel()), dtype=np.dtype(float))
    krylov, tolerance = min(size, KRYLOV), max(TOLERANCE, rounding)
    try:
        values = eigsh(
            operator, 2, which="BE", v0=start, ncv=krylov, tol=tolerance, maxiter=RESTARTS, return_eigenvectors=False
        )
    except ArpackNoConvergence:
        fewer = "fewer levels" if layout.grid else f"axes that 2^{layout.levels} divides"
        raise RuntimeError(
            f"shape={layout.shape}: the bounds of {layout.spec} do not settle in {RESTARTS} restarts of the Lanczos "
            f"iteration, for the lower one is small or not set apart. Use a shorter signal, or {fewer}."
        ) from None
    return np.asarray(values, float)


def _corner(layout: Layout, block: Block) -> tuple[int, ...]:
    """Return along each axis how many samples of a band differ under shifts by the grid.

    A shift by 2^levels leaves every copy of a spun band the same copy; one by the grid may exchange copies. A shift by
    the grid may also move a band by a fraction of its samples; a multiple of it moves it by whole ones.
    """
    if layout.grid is None:
        return block.shape
    copies = (len(layout.shifts),) if layout.shifts else ()
    period = _period(replace(layout, grid=math.lcm(layout.grid, 2**layout.levels)) if copies else layout)
    moved = []
    for step, count, n in zip(period, block.shape[len(copies) :], layout.shape, strict=True):
        moved.append(math.lcm(step, n // math.gcd(n, count)) * count // n)
    return (*copies, *moved)


def _unit_energies(T: Invertible, layout: Layout, block: Block, corner: tuple[int, ...]) -> Iterator[float]:
    """Yield the energy of the inverse of each unit vector in the corners of a block's bands."""
    c = Coefficients(layout)
    for word, place in itertools.product(block.orientations, np.ndindex(*corner)):
        band = c[block.level, word]
        for unit in (1, 1j) if block.is_complex else (1,):
            band[place] = unit
            x = T.inverse(c)
            yield float(np.vdot(x, x).real)
        band[place] = 0
