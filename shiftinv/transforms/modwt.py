"""Percival and Walden's maximal overlap transform: the stationary transform with filters that look back in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..boundary import boundary_name
from ..catalogue import filter_bank
from ..coefficients import Coefficients
from ..filters import FilterBank
from ..groups import Shift, shifted
from ..layout import Band, Layout
from ..representation import Action, FrameTransform, freeze
from .circles import Circles
from .extension import (
    UNDECIMATED,
    Ring,
    analyse,
    check_depth,
    circular_action,
    components,
    rings,
    smoothing_rings,
    stationary_gain,
    synthesise,
    undecimated_layout,
)
from .separable import deepest_fit, places

if TYPE_CHECKING:
    import pywt

__all__ = ["MODWT"]

ALIGNMENTS = ("causal", "zero-phase")
ROUNDING = 1e-6  # samples; what tables of symmetric filters leave of a half is far below


@dataclass(frozen=True, init=False, repr=False)
class MODWT(FrameTransform):
    """The maximal overlap discrete wavelet transform of time series, causal or aligned with the series.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet, optional
        The filters; see `shiftinv.filter_bank`, which knows the names of the book: "la8", "d4", "c6", "haar".
    levels : int, optional
        How many levels, 0 … 32. None: the deepest at which the filter fits the shortest transformed axis.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : str, optional
        How the series continues past its ends: one of `shiftinv.boundary.BOUNDARIES` but ``"periodic-padded"``. All
        but ``"periodic"`` extend the series once, and bands are longer than the series: ``layout.interior`` is the part
        on the series itself. They allow at most ceil(log2 N) levels. ``"symmetric"`` is what waveslim and wmtsa call
        "reflection": the interior is the first half of the transform of the series followed by its reversal.
    align : {"causal", "zero-phase"}, optional
        "causal" dates a coefficient by the last sample it needs. "zero-phase" moves every band ahead by a whole number
        of samples, so that its features stand where they are in the series; ``layout.times`` tells how exactly.

    Notes
    -----
    With the scaling filter g of L taps and the wavelet filter h_l = (-1)^l g_{L-1-l}, V_0 = X,

        W_j[t] = 2^(-1/2) sum_l h_l V_{j-1}[t - 2^(j-1) l],   V_j the same with g,

    which is sum_l h_{j,l} X[t - l] with the L_j = (2^j - 1) (L - 1) + 1 taps of the cascade. g is the lowpass of the
    bank. The highpass of PyWavelets and of most banks here is minus the h of the book; W_j has the sign of the book
    for every bank, also where `SWT` has the other one: h is the highpass times the sign of
    sum_l (-1)^l s_l highpass_l, s being the synthesis lowpass, s_l = g_{L-1-l} where the bank is orthonormal.
    Up to that sign, on a circle W_j is the band d_j of `SWT` moved by (L/2) (2^j - 1) samples to the right.

    *Zero-phase.* Taps of g are moved ahead by the whole number nearest to its centre of energy sum_l l g_l^2, and those
    of h likewise; a half is rounded down for g and up for h, so that halves cancel over the levels. Level j is then
    ahead of the causal one by (2^j - 1) n_g in V_j and (2^(j-1) - 1) n_g + 2^(j-1) n_h in W_j: the advances |nu_j|
    of the book for all its least asymmetric and coiflet filters.

    *Forecasting.* A causal coefficient at time t uses no sample after t, to the bit, except where
    ``layout.touches_boundary`` holds (the first min(L_j - 1, N) of level j) and the boundary takes the missing past
    from the future: "periodic" takes it from the end of the series; "symmetric", "reflect", "antisymmetric" and
    "antireflect" from as far after the start as the filter reaches before it; "smooth" from the second
    sample. "zero" and "constant" never look ahead. "zero-phase" does by design, and so do `mra` and `inverse`.

    On a circle the redundancy is (2^d - 1) J + 1 for d axes, any length works, and the energy of the series is that of
    its bands if the bank is orthonormal. With ends the redundancy is larger and the inverse as exact; with
    "zero" the energy is kept as well.

    References
    ----------
    D. B. Percival and A. T. Walden, *Wavelet Methods for Time Series Analysis*, Cambridge University Press, 2000,
    chapter 5; advances: section 4.8, equations 112 to 118. doi:10.1017/CBO9780511841040

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(100)
    >>> c = si.MODWT("la8", levels=3).forward(x)
    >>> bool(np.isclose(c.norm(), np.linalg.norm(x)))
    True
    >>> [int(c.layout.touches_boundary((level, "d")).sum()) for level in (1, 2, 3)]
    [7, 21, 49]

    The peak of an event stays in its place, give or take a sample:

    >>> event = np.exp(-((np.arange(100) - 60) ** 2) / 18)
    >>> for align in ("causal", "zero-phase"):
    ...     c = si.MODWT("la8", levels=3, align=align).forward(event)
    ...     print(align, c.approx.argmax())
    causal 80
    zero-phase 59
    """

    wavelet: FilterBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    align: str = "causal"
    name: ClassVar[str] = "modwt"

    def __init__(
        self,
        wavelet: str | FilterBank | pywt.Wavelet = "la8",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
        align: str = "causal",
    ) -> None:
        freeze(
            self,
            wavelet=filter_bank(wavelet),
            levels=checks.levels(levels),
            axes=checks.axes(axes),
            boundary=boundary_name(boundary, UNDECIMATED),
            align=checks.choice(align, ALIGNMENTS, "align"),
        )

    @property
    def action(self) -> Action:
        """On a circle every shift of the series is the same shift of every band."""
        return circular_action(self.boundary)

    @property
    def residual(self) -> float:
        """The residual of the bank where it is only approximate."""
        return self.wavelet.residual if self.wavelet.approximate else 0.0

    def undecimated(self) -> MODWT | None:
        """Return this transform, which decimates nothing; None if not periodic."""
        return self if self.boundary == "periodic" else None

    @cached_property
    def _bank(self) -> FilterBank:
        """The bank with the highpass filters of the book's sign."""
        bank = self.wavelet
        alternating = (-1.0) ** np.arange(len(bank)) * bank.synthesis_lowpass
        if alternating @ bank.highpass >= 0:
            return bank
        highpass, synthesis_highpass = (np.negative(taps) for taps in (bank.highpass, bank.synthesis_highpass))
        return FilterBank(
            bank.lowpass, highpass, bank.synthesis_lowpass, synthesis_highpass, approximate=bank.approximate
        )

    @cached_property
    def _moved(self) -> tuple[int, int]:
        """How far lowpass and highpass taps are from the places that `FilterBank` gives them."""
        causal = -(len(self.wavelet) // 2)
        if self.align == "causal":
            return causal, causal
        energies = (np.square(taps) for taps in (self.wavelet.lowpass, self.wavelet.highpass))
        lowpass, highpass = (float(np.arange(len(energy)) @ energy / energy.sum()) for energy in energies)
        return causal + math.ceil(lowpass - 0.5 - ROUNDING), causal + math.floor(highpass + 0.5 + ROUNDING)

    @property
    def _moved_back(self) -> tuple[int, int]:
        return -self._moved[0], -self._moved[1]

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(len(self.wavelet), sizes) if self.levels is None else self.levels
        check_depth(levels, sizes, self.boundary, "MODWT")
        line = places(self.wavelet, levels, decimated=False, moved=self._moved)
        circles = rings(self.wavelet, sizes, levels, self.boundary, self._moved)
        tight = self.wavelet.is_orthonormal
        return undecimated_layout(self, shape, dtype, axes, line, circles, self.boundary, tight)

    def _rings(self, layout: Layout) -> tuple[Ring, ...]:
        """Return the circles of a series with ends, or nothing."""
        if self.boundary == "periodic":
            return ()
        return rings(self.wavelet, layout.sizes, layout.levels, self.boundary, self._moved)

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        steps = Circles(self._bank.analysis_taps(c.vector.dtype, 0.5**0.5, self._moved), workers)
        analyse(x, c, steps, self._rings(c.layout), self.boundary)

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        steps = Circles(self._bank.synthesis_taps(c.vector.dtype, 0.5**0.5, self._moved_back), workers)
        synthesise(c, x, steps, self._rings(c.layout), self.boundary)

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        steps = Circles(self._bank.adjoint_taps(c.vector.dtype, 0.5**0.5, self._moved_back), workers)
        synthesise(c, x, steps, self._rings(c.layout), self.boundary, transposed=True)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            moved[band] = shifted(c[band], shift, c.layout.axes)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        return stationary_gain(self.wavelet, band, layout.sizes, self.boundary, 0.5**0.5)

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        """Split V_{j-1} there and back, by the same smoothing as `SWT`: the sign and the place of the taps cancel."""
        steps = Circles(self.wavelet.smoothing_taps(layout.real_dtype), workers=1)
        circles = smoothing_rings(self.wavelet, layout.sizes, layout.levels, self.boundary)
        return components(x, layout, steps, circles, self.boundary)
