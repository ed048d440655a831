"""Real signals to try things on, as they come with PyWavelets; nothing is downloaded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["aero", "ascent", "camera", "ecg"]


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
