"""The mean over all shifts of an inverse of least norm, from the coefficients of all shifts.

A transform T that shifts by G samples exactly keeps the frequencies apart but for those that are a multiple of N / G
from each other: T*T and its inverse are a small matrix for each class of such frequencies. A mean over shifts of what
T does to a signal is a filter, the diagonal of these matrices.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..coefficients import Coefficients
from ..layout import Band, Layout
from ..representation import FrameTransform
from .separable import Array

__all__ = ["filtered", "mean_filters"]

AT_A_TIME = 2**20  # entries of the matrices that are inverted at once


def filtered(filters: dict[Band, NDArray[np.complex128]], c: Coefficients) -> Array:
    """Return the sum of some bands of all shifts, each by its filter from `mean_filters`.

    Parameters
    ----------
    filters : dict of Band to ndarray
        By frequency along the transformed axes. Those of all bands give the mean of the inverse.
    c : Coefficients
        With the bands of the sibling, which hold the coefficients of every shift.

    Returns
    -------
    ndarray
        Of the signal's shape, in double precision.
    """
    layout, axes = c.layout, c.layout.axes
    spectrum = np.zeros(layout.shape, complex)
    along = [size if axis in axes else 1 for axis, size in enumerate(layout.shape)]
    for band, response in filters.items():
        spectrum += response.reshape(along) * np.fft.fftn(c[band], axes=axes)
    x: Array = np.fft.ifftn(spectrum, axes=axes)
    return x if np.dtype(layout.dtype).kind == "c" else x.real


def mean_filters(base: FrameTransform, layout: Layout) -> dict[Band, NDArray[np.complex128]]:
    """Return what the mean over all shifts of S_{-s} (T*T)^-1 T* c_s, with T the base, makes of each band.

    Parameters
    ----------
    base : FrameTransform
        With levels and axes spelled out, and a sibling whose bands are circular convolutions of the signal.
    layout : Layout
        Of all shifts.

    Returns
    -------
    dict of Band to ndarray
        By frequency along the transformed axes.

    Notes
    -----
    With u the response of a band of the sibling, which the base samples at every s-th place, and k, l two frequencies,

        (T*T)[k, l] = sum over bands of conj(u[k]) u[l] where N / s divides k - l,

    and the filter of a band is the sum over such l of (T*T)^-1[k, l] conj(u[l]).
    """
    sizes, all_axes = layout.sizes, tuple(range(len(layout.sizes)))
    alone = base.with_levels(layout.levels, all_axes)
    sibling, inner = alone.undecimated(), alone.layout(sizes)
    assert sibling is not None  # there are no coefficients of all shifts without it
    impulse = np.zeros(sizes)
    impulse[(0,) * len(sizes)] = 1
    every = sibling.forward(impulse)
    spacings = {band: sizes[0] // inner.block(band).shape[0] for band in inner.bands}
    grid = max(spacings.values())
    places = np.stack(np.unravel_index(np.arange(grid ** len(sizes)), (grid,) * len(sizes)))
    coupled = {}
    for spacing in set(spacings.values()):
        remainders = places % (grid // spacing)
        coupled[spacing] = np.all(remainders[:, :, None] == remainders[:, None, :], axis=0)
    responses = {band: _classes(np.fft.fftn(every[band]), grid) for band in every.bands}
    filters = {band: np.empty_like(response) for band, response in responses.items()}
    rows = max(1, AT_A_TIME // grid ** (2 * len(sizes)))
    for start in range(0, math.prod(sizes) // grid ** len(sizes), rows):
        part = slice(start, start + rows)
        frame = sum(
            coupled[spacings[band]] * u[part].conj()[:, :, None] * u[part, None, :] for band, u in responses.items()
        )
        inverse = np.linalg.inv(frame)
        for band, u in responses.items():
            filters[band][part] = np.einsum("qkl,kl,ql->qk", inverse, coupled[spacings[band]], u[part].conj())
    return {band: _frequencies(values, sizes, grid) for band, values in filters.items()}


def _classes(spectrum: NDArray[np.complex128], grid: int) -> NDArray[np.complex128]:
    """Return frequencies a multiple of N / grid apart on each axis as a row."""
    axes = range(spectrum.ndim)
    split = spectrum.reshape([n for size in spectrum.shape for n in (grid, size // grid)])
    return split.transpose([2 * a + 1 for a in axes] + [2 * a for a in axes]).reshape(-1, grid**spectrum.ndim)


def _frequencies(rows: NDArray[np.complex128], sizes: tuple[int, ...], grid: int) -> NDArray[np.complex128]:
    """Return the spectrum of which `_classes` makes these rows."""
    axes = range(len(sizes))
    split = rows.reshape([size // grid for size in sizes] + [grid] * len(sizes))
    return split.transpose([a for axis in axes for a in (len(sizes) + axis, axis)]).reshape(sizes)
