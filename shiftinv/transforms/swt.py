"""The stationary (undecimated, maximal overlap, à trous) wavelet transform."""

from __future__ import annotations

from dataclasses import dataclass
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

__all__ = ["SWT"]


@dataclass(frozen=True, init=False, repr=False)
class SWT(FrameTransform):
    """The stationary wavelet transform: every band at every sample, equivariant to every shift.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet, optional
        The filters; see `shiftinv.filter_bank`.
    levels : int, optional
        How many levels, 0 … 32. None: the deepest at which the filter fits the shortest
        transformed axis.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : str, optional
        How the signal continues past its ends: one of `shiftinv.boundary.BOUNDARIES` but ``"periodic-padded"``. All
        but ``"periodic"`` extend the signal once, and bands are longer than the signal: ``layout.interior`` is
        the part on the signal itself. They allow at most ceil(log2 N) levels.
    norm : {"energy", "unit"}, optional
        "energy" divides every filter by sqrt(2): a Parseval frame for orthonormal banks.
        "unit" leaves the filters as they are, as ``pywt.swt(norm=False)``.

    Notes
    -----
    With filters h, g of L taps, c = 1/sqrt(2) ("energy") or 1 ("unit"), a_0 = x, along each axis

        a_j[n] = c sum_k h[k] a_{j-1}[n + 2^(j-1) (L/2 - k)],   d_j the same with g.

    On a circle the redundancy is (2^d - 1) J + 1 for d axes; any length works, the circle has the length of the
    signal. With ends it is larger, the inverse as exact, and the adjoint in general not the inverse;
    ``layout.frame`` tells.

    For either norm `mra` uses the half-band smoothing A_j = (s * h) / 2, with s the
    synthesis lowpass and * convolution, spread by 2^(j-1), and I - A_j.

    References
    ----------
    G. P. Nason and B. W. Silverman, "The stationary wavelet transform and some statistical
    applications", Lecture Notes in Statistics 103, 1995. doi:10.1007/978-1-4612-2544-7_17

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(61)
    >>> T = si.SWT("sym8", levels=3)
    >>> c = T.forward(x)
    >>> bool(np.allclose(T.inverse(c), x, atol=1e-13))
    True
    >>> bool(np.array_equal(T.forward(np.roll(x, 5)).vector, T.act(c, 5).vector))
    True
    """

    wavelet: FilterBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    norm: str = "energy"
    name: ClassVar[str] = "swt"

    def __init__(
        self,
        wavelet: str | FilterBank | pywt.Wavelet = "sym4",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
        norm: str = "energy",
    ) -> None:
        freeze(
            self,
            wavelet=filter_bank(wavelet),
            levels=checks.levels(levels),
            axes=checks.axes(axes),
            boundary=boundary_name(boundary, UNDECIMATED),
            norm=checks.choice(norm, ("energy", "unit"), "norm"),
        )

    @property
    def action(self) -> Action:
        """On a circle every shift of the signal is the same shift of every band."""
        return circular_action(self.boundary)

    @property
    def residual(self) -> float:
        """The residual of the bank where it is only approximate."""
        return self.wavelet.residual if self.wavelet.approximate else 0.0

    def undecimated(self) -> SWT | None:
        """Return this transform, which decimates nothing; None if not periodic."""
        return self if self.boundary == "periodic" else None

    def halo(self, shape: int | tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """Return how many samples before and after a chunk of a signal its part of the result depends on.

        Parameters
        ----------
        shape : int or tuple of int
            Of the chunk, or of the signal: it only matters where `levels` is None.

        Returns
        -------
        tuple of (int, int), one per transformed axis
            (L - 1)(2^J - 1) on either side, for `forward`, anything done to each coefficient on its own, and `inverse`.
            A chunk with these neighbours gives the samples and coefficients in its middle the same bits as the whole.

        Examples
        --------
        >>> import numpy as np, shiftinv as si
        >>> x = np.random.default_rng(0).standard_normal(10_000)
        >>> T = si.SWT("sym4", levels=3)
        >>> ((before, after),) = T.halo(x.size)
        >>> before, after
        (49, 49)
        >>> chunk = T.forward(x[2000 - before : 3000 + after])
        >>> bool((chunk[2, "d"][before:-after] == T.forward(x)[2, "d"][2000:3000]).all())
        True
        """
        layout = self.layout(shape)
        circles = rings(self.wavelet, layout.sizes, layout.levels, "zero")
        return tuple((ring.before, ring.after) for ring in circles)

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(len(self.wavelet), sizes) if self.levels is None else self.levels
        check_depth(levels, sizes, self.boundary, "SWT")
        tight = self.wavelet.is_orthonormal and (self.norm == "energy" or levels == 1)
        line = places(self.wavelet, levels, decimated=False)
        circles = rings(self.wavelet, sizes, levels, self.boundary)
        return undecimated_layout(self, shape, dtype, axes, line, circles, self.boundary, tight)

    def _rings(self, layout: Layout) -> tuple[Ring, ...]:
        """Return the circles of a signal with ends, or nothing."""
        if self.boundary == "periodic":
            return ()
        return rings(self.wavelet, layout.sizes, layout.levels, self.boundary)

    @property
    def _scale(self) -> float:
        return 0.5**0.5 if self.norm == "energy" else 1.0

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        steps = Circles(self.wavelet.analysis_taps(c.vector.dtype, self._scale), workers)
        analyse(x, c, steps, self._rings(c.layout), self.boundary)

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        steps = Circles(self.wavelet.synthesis_taps(c.vector.dtype, 0.5 / self._scale), workers)
        synthesise(c, x, steps, self._rings(c.layout), self.boundary)

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        steps = Circles(self.wavelet.adjoint_taps(c.vector.dtype, self._scale), workers)
        synthesise(c, x, steps, self._rings(c.layout), self.boundary, transposed=True)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            moved[band] = shifted(c[band], shift, c.layout.axes)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        return stationary_gain(self.wavelet, band, layout.sizes, self.boundary, self._scale)

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        """Split S_{j-1} by the smoothing A_j and by I - A_j along each axis, S_j being what A_j leaves on all."""
        steps = Circles(self.wavelet.smoothing_taps(layout.real_dtype), workers=1)
        circles = smoothing_rings(self.wavelet, layout.sizes, layout.levels, self.boundary)
        return components(x, layout, steps, circles, self.boundary)
