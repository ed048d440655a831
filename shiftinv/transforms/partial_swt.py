"""The partially decimated wavelet transform: undecimated to a level, critically decimated from there on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..boundary import Boundary
from ..catalogue import filter_bank
from ..coefficients import Coefficients
from ..filters import FilterBank
from ..groups import Shift, shifted
from ..layout import Band, Frame, Layout
from ..representation import Action, FrameTransform, freeze, single_band
from .circles import Circles
from .conjugate_gradients import least_norm_inverse
from .dwt import DWT
from .separable import (
    DEEPEST,
    Array,
    as_real,
    cascade_gain,
    deepest_fit,
    merge_axes,
    places,
    pyramid_blocks,
    split_axes,
    too_deep,
    unlocked,
    words,
)
from .swt import SWT

if TYPE_CHECKING:
    import pywt

__all__ = ["PartialSWT"]


@dataclass(frozen=True, init=False, repr=False)
class PartialSWT(FrameTransform):
    """The partially decimated wavelet transform: no band sampled less than 2^k times as densely as in the DWT.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet, optional
        The filters; see `shiftinv.filter_bank`.
    levels : int, optional
        How many levels: at most ceil(log2 N) of the shortest transformed axis where the last is decimated, 32 where
        none is. None: the deepest at which the filter fits that axis.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    undecimated : int, optional
        The level k up to which every sample is kept. 0 is `shiftinv.DWT`, k >= levels `shiftinv.SWT`, both to the bit.

    Notes
    -----
    With y_j a band of `shiftinv.SWT` (norm "energy") and s = 2^(j-k), the band of level j holds

        d_j[m] = y_j[m] for j <= k,    d_j[m] = sqrt(s) y_j[s m] along each axis for j > k,

    and the approximation likewise. From level k on every second sample is dropped before a level, whose taps stay
    2^(k-1) samples apart. The redundancy is (2^d - 1) k + 1 for d axes, however many levels there are; shifts by
    2^(J-k) act exactly. Bounds of the frame and the aliasing of a level beyond k (`metrics.aliasing_energy_ratio`):

        sym8, J = 5    A        B        R_a in dB
        k = 1          0.500    1.503    -9.0
        k = 2          0.988    1.012    -38.0
        k = 3          0.9999   1.0001   -76.6

    `inverse` is the one of least norm, (T*T)^-1 T*: an exact inverse of a part of the coefficients, corrected by
    conjugate gradients until no more than rounding is left of the normal equations. Coefficients of a signal need no
    step; others take 7 with sym8 and k = 2, 25 with k = 1. If a thousand do not do, it raises RuntimeError.
    Each component of `mra` takes one inverse.

    Where 2^(J-k) does not divide a length, the last sample is repeated up to the next multiple, as `shiftinv.DWT`
    repeats it; no shift then acts exactly.

    References
    ----------
    G. Beylkin, "On the representation of operators in bases of compactly supported wavelets", SIAM J. Numer. Anal.
    29(6), 1992 (all shifts of a decimated transform). doi:10.1137/0729097

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> T = si.transforms.PartialSWT("sym8", levels=4, undecimated=2)
    >>> c = T.forward(x)
    >>> c.layout.redundancy, c.layout.grid
    (3.0, 4)
    >>> bool(np.allclose(T.inverse(c), x, atol=1e-13))
    True
    >>> bool(np.array_equal(T.forward(np.roll(x, 4)).vector, T.act(c, 4).vector))
    True
    """

    wavelet: FilterBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    undecimated_levels: int = field(default=1, metadata={"argument": "undecimated"})
    name: ClassVar[str] = "pswt"

    def __init__(
        self,
        wavelet: str | FilterBank | pywt.Wavelet = "sym4",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        undecimated: int = 1,
    ) -> None:
        freeze(
            self,
            wavelet=filter_bank(wavelet),
            levels=checks.levels(levels),
            axes=checks.axes(axes),
            undecimated_levels=checks.integer(undecimated, "undecimated", 0),
        )

    @property
    def action(self) -> Action:
        """A shift by k moves a band by k over its spacing: exact where that is whole, on a circular layout."""
        return Action("grid", "Fourier shift of each band by shift / spacing")

    @property
    def residual(self) -> float:
        """The residual of the bank where it is only approximate."""
        return self.wavelet.residual if self.wavelet.approximate else 0.0

    def undecimated(self) -> SWT:
        """Return the SWT of the same wavelet, whose samples hold all shifts of this."""
        return SWT(self.wavelet, self.levels, axes=self.axes)

    def _whole(self, layout: Layout) -> tuple[DWT | SWT, Layout] | None:
        """Return the transform that this is where it decimates at every level or at none, with its layout."""
        T: DWT | SWT = SWT(self.wavelet, layout.levels, axes=layout.axes)
        if 0 < self.undecimated_levels < layout.levels:
            return None
        if not self.undecimated_levels:
            T = DWT(self.wavelet, layout.levels, axes=layout.axes)
        return T, T.layout(layout.shape, layout.dtype)

    def _spacing(self, level: int) -> int:
        return 1 << max(0, level - self.undecimated_levels)

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(len(self.wavelet), sizes) if self.levels is None else self.levels
        limit = max((min(sizes) - 1).bit_length(), min(self.undecimated_levels, DEEPEST))
        if levels > limit:
            raise too_deep(levels, limit, f"PartialSWT with undecimated={self.undecimated_levels}", sizes)
        spacings = [self._spacing(level) for level in range(levels + 1)]
        circle = tuple(-(-n // spacings[-1]) * spacings[-1] if axis in axes else n for axis, n in enumerate(shape))
        bands = [tuple(n // step if axis in axes else n for axis, n in enumerate(circle)) for step in spacings[1:]]
        line = places(self.wavelet, levels, decimated=False)
        layout = Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            Frame.FRAME,
            spacings[-1] if circle == shape else None,
            pyramid_blocks(
                [shape, *bands],
                [[place._replace(spacing=step)] * len(axes) for place, step in zip(line, spacings, strict=True)],
                dtype.kind == "c",
            ),
        )
        whole = self._whole(layout)
        return replace(whole[1], spec=layout.spec) if whole else layout

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        if whole := self._whole(c.layout):
            whole[0].forward(x, out=Coefficients(whole[1], c.vector), workers=workers)
            return
        axes, lowpass, *others = c.layout.axes, *words(len(c.layout.axes))
        steps = Circles(self.wavelet.analysis_taps(c.vector.dtype, 0.5**0.5), workers)
        line = unlocked(x)
        for axis, more in _added(c.layout):
            line = Boundary("constant").extend(line, 0, more, axis)
        line = as_real(line)
        for level in range(1, c.layout.levels + 1):
            if level > self.undecimated_levels:
                line = _every(2, line, axes)
            bands = {word: as_real(c[level, word]) for word in others}
            bands[lowpass] = as_real(c.approx) if level == c.layout.levels else np.empty_like(line)
            split_axes(steps, line, bands, axes, min(level, self.undecimated_levels))
            line = bands[lowpass]

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        if whole := self._whole(c.layout):
            whole[0].adjoint(Coefficients(whole[1], c.vector), out=x, workers=workers)
            return
        axes, lowpass, *others = c.layout.axes, *words(len(c.layout.axes))
        steps = Circles(self.wavelet.adjoint_taps(c.vector.dtype, 0.5**0.5), workers)
        c = Coefficients(c.layout, unlocked(c.vector))
        line = as_real(c.approx)
        for level in range(c.layout.levels, 0, -1):
            bands = {word: as_real(c[level, word]) for word in others} | {lowpass: line}
            line = np.empty_like(line)
            merge_axes(steps, bands, line, axes, min(level, self.undecimated_levels))
            if level > self.undecimated_levels:
                line = _between_zeros(line, axes)
        for axis, more in _added(c.layout):
            line = Boundary("constant").fold(line, 0, more, axis)
        as_real(x)[...] = line

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        if whole := self._whole(c.layout):
            whole[0].inverse(Coefficients(whole[1], c.vector), out=x, workers=workers)
            return
        x[...] = least_norm_inverse(self, c, self._from_one_phase(c, workers), workers)

    def _from_one_phase(self, c: Coefficients, workers: int) -> NDArray[Any]:
        """Return the signal that some of the coefficients tell: those of J - k levels of a DWT and k more of an SWT.

        An exact inverse, though not the one of least norm: coefficients of a signal need no step of the gradients.
        """
        layout, k = c.layout, self.undecimated_levels
        decimated = layout.levels - k
        fine = DWT(self.wavelet, decimated, axes=layout.axes)
        coarse = SWT(self.wavelet, k, axes=layout.axes)
        pyramid = Coefficients(fine.layout(c[layout.details[-1]].shape, layout.dtype))
        beyond = Coefficients(coarse.layout(pyramid.approx.shape, layout.dtype))
        for level, word in layout.bands:
            part, before = (pyramid, 0) if level <= decimated else (beyond, decimated)
            step = 2 ** min(level, decimated) // self._spacing(level)
            part[level - before, word] = _every(step, c[level, word], layout.axes)
        pyramid.approx[...] = coarse.inverse(beyond, workers=workers)
        x = fine.inverse(pyramid, workers=workers)
        return np.ascontiguousarray(x[tuple(map(slice, layout.shape))])

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        if whole := self._whole(c.layout):
            whole[0]._act(c, shift, moved)
            return
        for band in c.bands:
            spacing = self._spacing(band.level)
            steps = tuple(k // spacing if k % spacing == 0 else k / spacing for k in shift)
            moved[band] = shifted(c[band], steps, c.layout.axes)

    def _is_least_norm(self, layout: Layout) -> bool:
        return self._whole(layout) is None

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        if whole := self._whole(layout):
            return whole[0]._noise_gain(band, whole[1])
        circle, gain = layout.block(layout.details[-1]).shape, 1.0
        for letter, axis in zip(band.orientation, layout.axes, strict=True):
            power = 0.5**band.level * self._spacing(band.level)
            gain *= math.sqrt(power) * cascade_gain([self.wavelet] * band.level, letter, circle[axis])
        return gain

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        if whole := self._whole(layout):
            return whole[0]._mra(x, whole[1])
        c = self.forward(x)
        return [single_band(self, c, band) for band in layout.bands]


def _added(layout: Layout) -> list[tuple[int, int]]:
    """Return along which axes the last sample is repeated, and how often."""
    circle = layout.block(layout.details[-1]).shape
    return [(axis, circle[axis] - layout.shape[axis]) for axis in layout.axes if circle[axis] > layout.shape[axis]]


def _every(step: int, samples: Array, axes: tuple[int, ...]) -> Array:
    """Return each `step`-th sample along the axes, times sqrt(step) for each."""
    index = tuple(slice(None, None, step if axis in axes else 1) for axis in range(samples.ndim))
    kept: Array = np.multiply(samples[index], samples.real.dtype.type(step ** (len(axes) / 2)), order="C")
    return kept


def _between_zeros(samples: Array, axes: tuple[int, ...]) -> Array:
    """Return the transpose of `_every` second sample."""
    index = tuple(slice(None, None, 2 if axis in axes else 1) for axis in range(samples.ndim))
    finer = np.zeros([2 * n if axis in axes else n for axis, n in enumerate(samples.shape)], samples.dtype)
    finer[index] = samples * samples.dtype.type(2 ** (len(axes) / 2))
    return finer
