"""Orthonormal Hilbert pairs from one common factor and a flat half-sample delay.

With n = 2M + 1 and w = z^(-1/2), the even and the odd powers of a binomial,

    (1 + w)^n = E(z) + w O(z),     (1 - w)^n = E(z) - w O(z),

give the maximally flat allpass E(z)/O(z) of order M: near z = 1 the second is as small as w is close to 1, so
E = z^(-1/2) O up to a phase of exactly 2 arctan(tan(omega/4)^n). O is Thiran's denominator, E is O reversed.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .. import checks
from .bank import FilterBank
from .dual_tree import DualTreeBank
from .polishing import polished

__all__ = ["hilbert_pair"]

Complex = NDArray[np.complex128]
LARGEST_ORDER = 10  # every pair of up to 12 and 12 is exact to rounding; the one of 14 and 14 loses a moment


def hilbert_pair(vanishing_moments: int, delay_order: int) -> DualTreeBank:
    """Return the orthonormal Hilbert pair with given moments and order of the half-sample delay.

    With K moments and a delay of order M the lowpasses of 2(K + M) taps are

        H_a(z) = F(z) E(z),     H_b(z) = F(z) O(z),     F(z) = Q(z) (1 + 1/z)^K,

    with the E and O of this module and the Q of least degree, K + M - 1, that makes both orthonormal.

    Parameters
    ----------
    vanishing_moments : int
        K, from 1 to 10: zeros of both lowpasses at the highest frequency.
    delay_order : int
        M, from 1 to 10: order of the allpass. The larger, the closer to a Hilbert pair.

    Returns
    -------
    DualTreeBank
        The highpass of a is the one of `FilterBank`, that of b minus it, so that psi_a + j psi_b keeps the
        negative frequencies, as with `DualTreeBank.qshift`.

    Raises
    ------
    TypeError, ValueError
        If an order is not an integer from 1 to 10.

    Notes
    -----
    Both lowpasses have the same magnitude, and H_b / H_a does not depend on Q. So how the roots of Q(z) Q(1/z)
    are dealt out changes neither magnitude nor `analyticity`, only the delay the trees share. Taken is the choice
    that brings b closest to a backwards: the most symmetric wavelets, centred in their taps.

    The equations for Q(z) Q(1/z) are solved in rational numbers, and taps come from values on the unit
    circle, where a product of factors loses no digits; `polished` takes the last rounding away.

    References
    ----------
    I. W. Selesnick, "The design of approximate Hilbert transform pairs of wavelet bases", IEEE Trans. Signal
    Process. 50(5), 2002, doi:10.1109/78.995070.

    Examples
    --------
    >>> from shiftinv.filters import hilbert_pair
    >>> pair = hilbert_pair(4, 2)
    >>> len(pair), pair.is_orthonormal, pair.a.vanishing_moments, pair.b.vanishing_moments
    (12, True, 4, 4)
    """
    moments = _order(vanishing_moments, "vanishing_moments")
    order = _order(delay_order, "delay_order")
    length = 2 * (moments + order)
    w = np.exp(-2j * np.pi * np.arange(length) / length)  # 1/z at as many points as there are taps
    binomial = [math.comb(2 * order + 1, k) for k in range(2 * order + 2)]
    even, odd = (np.polynomial.polynomial.polyval(w, binomial[first::2]) for first in (0, 1))
    zeros = (1 + w) ** moments
    factor = zeros * _shared(_half_band(moments, order), w, np.abs(zeros * odd) ** 2)
    name = f"hilbert{moments}.{order}"
    a, b = (_orthonormal(factor * delay, f"{name}{tree}") for delay, tree in ((even, "a"), (odd, "b")))
    g, t = ([-tap for tap in taps] for taps in (b.highpass, b.synthesis_highpass))
    return DualTreeBank(a, FilterBank(b.lowpass, g, b.synthesis_lowpass, t, name=b.name), name)


def _order(value: object, name: str) -> int:
    """Return an order of the design if it is an integer in the range that is known to work."""
    number = checks.integer(value, name, 1)
    if number > LARGEST_ORDER:
        raise ValueError(
            f"{name}={number} is too large. Use an integer from 1 to {LARGEST_ORDER}; "
            f"much longer pairs lose their vanishing moments to rounding."
        )
    return number


def _half_band(moments: int, order: int) -> list[float]:
    """Return R(z) = Q(z) Q(1/z) as powers of t = 1 - cos(omega), from the lowest, up to a factor.

    Both lowpasses are orthonormal iff S R is half-band, where S is what is given of their squared magnitude,

        S = (1 + x)^K sum_k C(2M+1, 2k) 2^(M-k) (1 + x)^k     with x = cos(omega),

    up to a factor: no even power of x but the constant stays in S R.
    """
    count = moments + order
    column = [0] * (2 * count)
    for k in range(order + 1):
        for power in range(moments + k + 1):
            column[power] += math.comb(2 * order + 1, 2 * k) * 2 ** (order - k) * math.comb(moments + k, power)
    columns = []
    for _ in range(count):  # S, S t, S t^2, …
        columns.append(column[::2])
        column = [own - below for own, below in zip(column, [0, *column], strict=False)]
    rows = [[*map(Fraction, row), Fraction(n == 0)] for n, row in enumerate(zip(*columns, strict=True))]
    for k in range(count):  # Gauss-Jordan elimination: exact, so any pivot that is not 0 will do
        pivot = next(n for n in range(k, count) if rows[n][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [entry / rows[k][k] for entry in rows[k]]
        for n in range(count):
            if n != k and rows[n][k]:
                times = rows[n][k]
                rows[n] = [entry - times * own for entry, own in zip(rows[n], rows[k], strict=True)]
    return [float(row[-1] / rows[0][-1]) for row in rows]


def _shared(powers: list[float], w: Complex, weight: NDArray[np.float64]) -> Complex:
    """Return, up to a factor, Q at the points w: of all choices of its roots the one nearest to linear phase."""
    cosines = 1 - np.polynomial.polynomial.polyroots(powers).astype(complex)
    roots = cosines + np.sqrt(cosines - 1) * np.sqrt(cosines + 1)
    roots = np.where(np.abs(roots) > 1, 1 / roots, roots)
    groups = [1 - 2 * root.real * w + np.abs(root) ** 2 * w**2 for root in roots[roots.imag > 0]]
    degrees = [2] * len(groups)
    real = roots[roots.imag == 0].real
    groups += [1 - root * w for root in real]
    degrees += [1] * len(real)
    values = np.array(groups)
    turned = np.conj(values) * w ** np.array(degrees)[:, None]  # each root mirrored at the circle
    # the first group stays inside: turning all of them is only the other time direction
    choices = np.array([(False, *rest) for rest in itertools.product((False, True), repeat=len(groups) - 1)])
    products = np.where(choices[:, :, None], turned, values).prod(axis=1)
    symmetry = (weight * products**2 * w ** -sum(degrees)).real.sum(axis=1)
    best: Complex = products[np.argmax(symmetry)]
    return best


def _orthonormal(values: Complex, name: str) -> FilterBank:
    """Return the bank of the lowpass that takes these values, up to a factor, at 2 pi k / L."""
    taps = np.fft.ifft(values).real
    return polished(FilterBank(taps * math.sqrt(2) / taps.sum(), name=name, approximate=True))
