"""From a rounded table to a bank that reconstructs to machine precision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .bank import FilterBank

__all__ = ["polished"]

Float = NDArray[np.float64]
ROUNDED = 1e-8  # a smaller sum (-1)^n h[n] is a zero that was rounded; q-shift filters have 3e-8 and more


def polished(bank: FilterBank) -> FilterBank:
    """Return a bank next to `bank` that reconstructs to machine precision.

    Published tables are rounded: PyWavelets' miss perfect reconstruction by up to 3e-11. This
    takes Newton steps of least norm from the given lowpass filters onto

        (h * s)[L-1+2k] = delta_k for every k,   sum_n (-1)^n h[n] = sum_n (-1)^n s[n] = 0

    (for an orthonormal bank s is h reversed, and the zero at the highest frequency is kept only where the table
    has one). Taps that are zero stay zero, symmetric filters stay
    symmetric, and the highpasses are the alternating lowpasses.

    Parameters
    ----------
    bank : FilterBank
        A bank close to one that reconstructs, with alternating highpasses.

    Returns
    -------
    FilterBank
        With the same name, and ``approximate=False``.

    Raises
    ------
    ValueError
        If the result still does not reconstruct.

    Examples
    --------
    >>> from shiftinv.filters import FilterBank, polished
    >>> rounded = FilterBank([0.4829629, 0.8365163, 0.2241439, -0.1294095], approximate=True)
    >>> rounded.residual > 1e-9, polished(rounded).residual < 1e-15
    (True, True)
    """
    h, s = np.array(bank.lowpass), np.array(bank.synthesis_lowpass)
    orthonormal = bool(np.array_equal(s, h[::-1]))
    for _ in range(4):  # quadratic convergence: the second step is already at rounding
        error, jacobian = _orthonormality(h) if orthonormal else _biorthogonality(h, s)
        change = np.linalg.lstsq(jacobian, -error, rcond=1e-10)[0]
        h = h + change[: len(h)] * (h != 0)  # least squares leaves rounding where the Jacobian is zero
        if not orthonormal:
            s = _as_symmetric(s + change[len(h) :] * (s != 0), like=np.array(bank.synthesis_lowpass))
        h = _as_symmetric(h, like=np.array(bank.lowpass))
        s = h[::-1] if orthonormal else s
    return FilterBank(h, None, None if orthonormal else s, name=bank.name)


def _orthonormality(h: Float) -> tuple[Float, Float]:
    """Return the errors of sum_n h[n] h[n+2k] = delta_k, and of sum (-1)^n h[n] = 0 if it nearly is, with Jacobian."""
    length = len(h)
    shifts = range(0, length, 2)
    later = np.array([np.concatenate([h[k:], np.zeros(k)]) for k in shifts])
    earlier = np.array([np.concatenate([np.zeros(k), h[: length - k]]) for k in shifts])
    signs = (-1.0) ** np.arange(length)
    error = np.append(later @ h, signs @ h)
    error[0] -= 1
    jacobian = np.vstack([(later + earlier) * (h != 0), signs * (h != 0)])
    kept = len(error) if abs(error[-1]) < ROUNDED else -1
    return error[:kept], jacobian[:kept]


def _biorthogonality(h: Float, s: Float) -> tuple[Float, Float]:
    """Return the errors of (h * s)[L-1+2k] = delta_k and of the zeros at pi, and their Jacobian."""
    length = len(h)
    lags = np.arange((length - 1) % 2, 2 * length - 1, 2)
    index = lags[:, None] - np.arange(length)
    inside = (index >= 0) & (index < length)
    by_h = np.where(inside, s[np.clip(index, 0, length - 1)], 0) * (h != 0)
    by_s = np.where(inside, h[np.clip(index, 0, length - 1)], 0) * (s != 0)
    signs = (-1.0) ** np.arange(length)
    error = np.concatenate([by_h @ h - (lags == length - 1), [signs @ h, signs @ s]])
    zeros = np.zeros(length)
    ends = np.vstack([np.concatenate([signs * (h != 0), zeros]), np.concatenate([zeros, signs * (s != 0)])])
    return error, np.vstack([np.hstack([by_h, by_s]), ends])


def _as_symmetric(taps: Float, like: Float) -> Float:
    """Return taps with the mirror symmetry of the support of `like`, if `like` has one."""
    support = np.flatnonzero(like)
    inside = slice(support[0], support[-1] + 1)
    if not np.allclose(like[inside], like[inside][::-1], rtol=0, atol=1e-9):
        return taps
    mirrored = taps.copy()
    mirrored[inside] = (taps[inside] + taps[inside][::-1]) / 2
    return mirrored
