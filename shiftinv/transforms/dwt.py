"""The decimated discrete wavelet transform."""

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
from ..representation import Action, FrameTransform, freeze, single_band
from .halving import Decimation
from .separable import decompose, deepest_fit, pyramid_blocks, reconstruct, too_deep
from .swt import SWT

if TYPE_CHECKING:
    import pywt

__all__ = ["DWT"]


@dataclass(frozen=True, init=False, repr=False)
class DWT(FrameTransform):
    """The decimated wavelet transform: no redundancy, and equivariant only to shifts by multiples of 2^levels.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet, optional
        The filters; see `shiftinv.filter_bank`.
    levels : int, optional
        How many levels, 0 … ceil(log2 N) of the shortest transformed axis. None: the deepest at
        which the filter still fits it.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : str, optional
        How the signal continues past its ends, at every level anew. ``"periodic"`` is a circle, and an odd length, at
        any level, repeats its last sample first, as in PyWavelets' periodization mode. Every other of
        `shiftinv.boundary.BOUNDARIES` has coefficients for what lies beyond the ends as well.

    Notes
    -----
    With filters h, g of L taps and a_0 = x, along each axis

        a_j[m] = sum_k h[k] a_{j-1}[2m + L/2 - k],   d_j the same with g.

    A boundary other than ``"periodic"`` makes of n samples floor((n + L - 1) / 2) coefficients,

        a_j[m] = sum_k h[k] a_{j-1}[2m + 1 - k],     m = 0, 1, …

    which are PyWavelets' in its modes of the same names (its "periodic" is ``"periodic-padded"``);
    ``layout.interior`` tells which of them lie on the signal. The inverse does not need to know the boundary.

    Where the boundary is periodic and 2^levels divides every transformed length it is orthonormal for an
    orthonormal bank and a Riesz basis for a biorthogonal one. Elsewhere it is a frame with more coefficients than
    samples, tight for an orthonormal bank and a signal continued by zeros. On a circle a length grows by one sample at
    each level where it is odd (12 samples at 3 levels: 6 + 3 + 2 + 2 coefficients). `inverse` returns the original
    length; `adjoint` is the true adjoint in every case.

    References
    ----------
    S. Mallat, "A theory for multiresolution signal decomposition: the wavelet representation",
    IEEE Trans. Pattern Anal. Mach. Intell. 11(7), 1989. doi:10.1109/34.192463

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> T = si.DWT("db4", levels=3)
    >>> c = T.forward(x)
    >>> c.layout.redundancy, c.layout.frame.value
    (1.0, 'orthonormal')
    >>> bool(np.array_equal(T.forward(np.roll(x, 8)).vector, T.act(c, 8).vector))
    True
    """

    wavelet: FilterBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    name: ClassVar[str] = "dwt"

    def __init__(
        self,
        wavelet: str | FilterBank | pywt.Wavelet = "sym4",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
    ) -> None:
        freeze(
            self,
            wavelet=filter_bank(wavelet),
            levels=checks.levels(levels),
            axes=checks.axes(axes),
            boundary=boundary_name(boundary),
        )

    @property
    def action(self) -> Action:
        """A shift by k moves a band of level j by k / 2^j samples: exact where that is whole, on a circular layout."""
        return Action("grid", "Fourier shift of each band by shift / 2^level, highpass channels turned in phase")

    @property
    def residual(self) -> float:
        """The residual of the bank where it is only approximate."""
        return self.wavelet.residual if self.wavelet.approximate else 0.0

    def undecimated(self) -> SWT | None:
        """Return the SWT of the same wavelet, whose samples hold all shifts of this; None if not periodic."""
        return SWT(self.wavelet, self.levels, axes=self.axes) if self._decimation.is_circular else None

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(len(self.wavelet), sizes) if self.levels is None else self.levels
        limit = (min(sizes) - 1).bit_length()
        if levels > limit:
            raise too_deep(levels, limit, "DWT", sizes)
        decimation = self._decimation
        line = decimation.places(levels)
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            decimation.frame(sizes, range(1, levels + 1)),
            2**levels if decimation.is_exact(sizes, levels) else None,
            pyramid_blocks(
                decimation.shapes(shape, axes, levels),
                [[place] * len(axes) for place in line],
                dtype.kind == "c",
                decimation.interiors(shape, line, axes),
            ),
        )

    @property
    def _decimation(self) -> Decimation:
        return Decimation(self.wavelet, self.boundary)

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        decompose(x, c, self._decimation.analysis(c.vector.dtype, workers))

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, self._decimation.synthesis(c.vector.dtype, workers))

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, self._decimation.adjoint(c.vector.dtype, workers))

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            spacing = 2**band.level
            steps = tuple(k // spacing if k % spacing == 0 else k / spacing for k in shift)
            moved[band] = shifted(c[band], steps, c.layout.axes, band.orientation)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        return self._decimation.noise_gain(band, layout)

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        c = self.forward(x)
        return [single_band(self, c, band) for band in layout.bands]
