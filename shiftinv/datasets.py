"""Signals to try things on: real ones, as they come with PyWavelets, and functions; nothing is downloaded.

The functions of Donoho and Johnstone are given as their table defines them, at t = 1/n, 2/n, …, 1. Studies of noise
rescale them, mostly to a standard deviation of 7 times that of the noise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .checks import integer

__all__ = ["aero", "ascent", "blocks", "bumps", "camera", "doppler", "ecg", "heavisine", "zone_plate"]

JUMPS = (0.1, 0.13, 0.15, 0.23, 0.25, 0.40, 0.44, 0.65, 0.76, 0.78, 0.81)  # where blocks and bumps have features
BLOCK_HEIGHTS = (4, -5, 3, -4, 5, -4.2, 2.1, 4.3, -3.1, 2.1, -4.2)
BUMP_HEIGHTS = (4, 5, 3, 4, 5, 4.2, 2.1, 4.3, 3.1, 5.1, 4.2)
BUMP_WIDTHS = (0.005, 0.005, 0.006, 0.01, 0.01, 0.03, 0.01, 0.01, 0.005, 0.008, 0.005)


def ecg() -> NDArray[np.float64]:
    """Return one lead of an electrocardiogram, a few heartbeats long.

    Returns
    -------
    ndarray, shape (1024,)
        Raw values of the recorder's converter, whole numbers from -112 to 250. The source states
        neither the gain nor the sampling rate.

    Notes
    -----
    ``pywt.data.ecg()``, converted to float64.

    Examples
    --------
    >>> import shiftinv as si
    >>> x = si.datasets.ecg()
    >>> x.shape, x.dtype.name, float(x.max())
    ((1024,), 'float64', 250.0)
    """
    import pywt.data

    return np.asarray(pywt.data.ecg(), dtype=np.float64)


def camera() -> NDArray[np.float64]:
    """Return the photograph of a photographer at his camera.

    Returns
    -------
    ndarray, shape (512, 512)
        Grey levels, whole numbers from 0 (black) to 255 (white); rows from top to bottom.

    Notes
    -----
    ``pywt.data.camera()``, converted to float64: a photograph by Lav Varshney (CC0).

    Examples
    --------
    >>> import shiftinv as si
    >>> x = si.datasets.camera()
    >>> x.shape, float(x.min()), float(x.max())
    ((512, 512), 0.0, 255.0)
    """
    import pywt.data

    return np.asarray(pywt.data.camera(), dtype=np.float64)


def aero() -> NDArray[np.float64]:
    """Return an aerial photograph, rich in fine texture.

    Returns
    -------
    ndarray, shape (512, 512)
        Grey levels, whole numbers from 0 (black) to 255 (white); rows from top to bottom.

    Notes
    -----
    ``pywt.data.aero()``, converted to float64.

    Examples
    --------
    >>> import shiftinv as si
    >>> si.datasets.aero().shape
    (512, 512)
    """
    import pywt.data

    return np.asarray(pywt.data.aero(), dtype=np.float64)


def ascent() -> NDArray[np.float64]:
    """Return the photograph of a staircase.

    Returns
    -------
    ndarray, shape (512, 512)
        Grey levels, whole numbers from 0 (black) to 255 (white); rows from top to bottom.

    Notes
    -----
    ``pywt.data.ascent()``, converted to float64: derived from ``accent-to-the-top.jpg`` of
    public-domain-image.com, in the public domain.

    Examples
    --------
    >>> import shiftinv as si
    >>> si.datasets.ascent().shape
    (512, 512)
    """
    import pywt.data

    return np.asarray(pywt.data.ascent(), dtype=np.float64)


def blocks(n: int) -> NDArray[np.float64]:
    """Return Donoho and Johnstone's piecewise constant function.

    Parameters
    ----------
    n : int
        How many samples, >= 1.

    Returns
    -------
    ndarray, shape (n,)
        The values at t = 1/n, 2/n, …, 1, without unit.

    Notes
    -----
    f(t) = sum_j h_j (1 + sgn(t - t_j)) / 2 with eleven jumps h_j at t_j.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, "Ideal spatial adaptation by wavelet shrinkage", Biometrika 81(3), 1994, table 1.
    doi:10.1093/biomet/81.3.425

    Examples
    --------
    >>> import shiftinv as si
    >>> si.datasets.blocks(7).round(1)[:5].tolist()
    [-1.0, 3.0, -1.2, 0.9, 5.2]
    """
    t = _grid(n)
    steps: NDArray[np.float64] = (1 + np.sign(t[:, np.newaxis] - JUMPS)) / 2 @ BLOCK_HEIGHTS
    return steps


def bumps(n: int) -> NDArray[np.float64]:
    """Return Donoho and Johnstone's function with peaks, like a spectrum.

    Parameters
    ----------
    n : int
        How many samples, >= 1.

    Returns
    -------
    ndarray, shape (n,)
        The values at t = 1/n, 2/n, …, 1, without unit.

    Notes
    -----
    f(t) = sum_j h_j (1 + |(t - t_j) / w_j|)^-4 with eleven peaks of heights h_j and widths w_j at t_j.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, "Ideal spatial adaptation by wavelet shrinkage", Biometrika 81(3), 1994, table 1.
    doi:10.1093/biomet/81.3.425

    Examples
    --------
    >>> import shiftinv as si
    >>> float(si.datasets.bumps(100)[9].round(3))
    4.003
    """
    t = _grid(n)
    peaks: NDArray[np.float64] = (1 + np.abs((t[:, np.newaxis] - JUMPS) / BUMP_WIDTHS)) ** -4 @ BUMP_HEIGHTS
    return peaks


def heavisine(n: int) -> NDArray[np.float64]:
    """Return Donoho and Johnstone's sine with two jumps.

    Parameters
    ----------
    n : int
        How many samples, >= 1.

    Returns
    -------
    ndarray, shape (n,)
        The values at t = 1/n, 2/n, …, 1, without unit.

    Notes
    -----
    f(t) = 4 sin(4 pi t) - sgn(t - 0.3) - sgn(0.72 - t)

    References
    ----------
    D. L. Donoho and I. M. Johnstone, "Ideal spatial adaptation by wavelet shrinkage", Biometrika 81(3), 1994, table 1.
    doi:10.1093/biomet/81.3.425

    Examples
    --------
    >>> import shiftinv as si
    >>> si.datasets.heavisine(8).round(6).tolist()
    [4.0, 0.0, -6.0, -2.0, 2.0, 0.0, -4.0, -0.0]
    """
    t = _grid(n)
    sine: NDArray[np.float64] = 4 * np.sin(4 * np.pi * t) - np.sign(t - 0.3) - np.sign(0.72 - t)
    return sine


def doppler(n: int) -> NDArray[np.float64]:
    """Return Donoho and Johnstone's oscillation, whose frequency falls while its amplitude grows.

    Parameters
    ----------
    n : int
        How many samples, >= 1.

    Returns
    -------
    ndarray, shape (n,)
        The values at t = 1/n, 2/n, …, 1, without unit.

    Notes
    -----
    f(t) = sqrt(t (1 - t)) sin(2 pi 1.05 / (t + 0.05))

    References
    ----------
    D. L. Donoho and I. M. Johnstone, "Ideal spatial adaptation by wavelet shrinkage", Biometrika 81(3), 1994, table 1.
    doi:10.1093/biomet/81.3.425

    Examples
    --------
    >>> import shiftinv as si
    >>> si.datasets.doppler(5).round(3).tolist()[:4]
    [0.38, 0.424, -0.325, 0.398]
    """
    t = _grid(n)
    oscillation: NDArray[np.float64] = np.sqrt(t * (1 - t)) * np.sin(2 * np.pi * 1.05 / (t + 0.05))
    return oscillation


def zone_plate(n: int) -> NDArray[np.float64]:
    """Return a circular chirp: every frequency in every direction, each at its own place.

    Parameters
    ----------
    n : int
        How many rows and columns, >= 1.

    Returns
    -------
    ndarray, shape (n, n)
        Values from -1 to 1.

    Notes
    -----
    cos(pi (r^2 + c^2) / n) at r rows and c columns from sample (n // 2, n // 2). Along an axis the frequency is
    r / n cycles per sample, from 0 in the centre to the highest there is, 1/2, at the edges.

    Examples
    --------
    >>> import shiftinv as si
    >>> x = si.datasets.zone_plate(8)
    >>> float(x[4, 4]), float(x[0, 4].round(12)), float(x[4, 2].round(12))
    (1.0, 1.0, 0.0)
    """
    place = np.arange(integer(n, "n", 1)) - n // 2
    chirp: NDArray[np.float64] = np.cos(np.pi / n * np.add.outer(place**2, place**2))
    return chirp


def _grid(n: int) -> NDArray[np.float64]:
    """Return 1/n, 2/n, …, 1."""
    return np.arange(1, integer(n, "n", 1) + 1) / n
