"""Wavelet packets: the decimated transform that splits its highpass channels as well."""

from __future__ import annotations

from collections.abc import Sequence
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
from .halving import Decimation
from .packet_tree import (
    Basis,
    Tree,
    basis_of,
    checked_basis,
    checked_depth,
    depth_of,
    packet_blocks,
    paths_of,
    real_shapes,
)
from .separable import Steps, as_real, deepest_fit, too_deep
from .stationary_packets import StationaryPackets

if TYPE_CHECKING:
    import pywt

__all__ = ["Packets"]


@dataclass(frozen=True, init=False, repr=False)
class Packets(FrameTransform):
    """Wavelet packets: every channel is split again, and any basis of the tree of channels is a transform.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet, optional
        The filters; see `shiftinv.filter_bank`.
    levels : int, optional
        How many levels, 0 … ceil(log2 N) of the shortest transformed axis. None: those of `basis`, or the deepest at
        which the filter still fits.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : str, optional
        How the signal continues past its ends, at every level anew, as for `shiftinv.DWT`.
    basis : tuple of str or "dwt", optional
        Which nodes of the tree are kept, by their paths: one word a level, the finest first, joined by dots, with a
        letter per transformed axis, "a" for lowpass and "d" for highpass. Every way down from the signal (the path
        "") must meet exactly one. "dwt" stands for the bands of the DWT; None for all nodes of the last level.

    Raises
    ------
    ValueError
        If a way down meets no node of the basis, or two; the message names it.

    Notes
    -----
    With filters h, g of L taps and the signal as the root, a node w has the children

        w.a[m] = sum_k h[k] w[2m + L/2 - k],   w.d the same with g,

    along each axis; boundaries, odd lengths and the frame are those of the DWT at the same depth. The band of a node
    is ``(level, path)``, so that ``c[3, "a.a.d"]`` is the detail of level 3 of the DWT, and ``c[2, "ad.da"]`` is
    a node of an image. The node of lowpass filters alone comes first and counts as the approximation, whatever its
    level; the others follow from deep to shallow, in natural (filter bank) order, the last word fastest. Frequencies
    are in another order, since a decimated highpass turns them round:
    ``sorted(layout.bands, key=layout.frequencies)`` is by frequency.

    ``pywt.WaveletPacket`` and ``pywt.WaveletPacketND`` have the same coefficients under the same path without
    dots, ``path.replace(".", "")``.

    References
    ----------
    R. R. Coifman and M. V. Wickerhauser, "Entropy-based algorithms for best basis selection", IEEE Trans. Inf.
    Theory 38(2), 1992. doi:10.1109/18.119732

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> T = si.transforms.Packets("db4", levels=2)
    >>> c = T.forward(x)
    >>> [band.orientation for band in c.bands]
    ['a.a', 'a.d', 'd.a', 'd.d']
    >>> [band.orientation for band in sorted(c.bands, key=c.layout.frequencies)]
    ['a.a', 'a.d', 'd.d', 'd.a']
    >>> dwt = si.transforms.Packets("db4", levels=2, basis="dwt")
    >>> bool(np.array_equal(dwt.forward(x).vector, si.DWT("db4", levels=2).forward(x).vector))
    True
    >>> si.transforms.Packets("db4", basis=("a", "d.a"))
    Traceback (most recent call last):
        ...
    ValueError: basis has no node on the ways through 'd.d'. Add that node, or all below it.
    """

    wavelet: FilterBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    basis: Basis = None
    name: ClassVar[str] = "packets"

    def __init__(
        self,
        wavelet: str | FilterBank | pywt.Wavelet = "sym4",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
        basis: str | Sequence[str] | None = None,
    ) -> None:
        nodes = checked_basis(basis)
        freeze(
            self,
            wavelet=filter_bank(wavelet),
            levels=checked_depth(checks.levels(levels), nodes),
            axes=checks.axes(axes),
            boundary=boundary_name(boundary),
            basis=nodes,
        )

    @property
    def action(self) -> Action:
        """A shift by k moves a node of level j by k / 2^j samples: exact where that is whole, on a circular layout."""
        return Action("grid", "Fourier shift of each band by shift / 2^level, phases turned by the folded frequency")

    @property
    def residual(self) -> float:
        """The residual of the bank where it is only approximate."""
        return self.wavelet.residual if self.wavelet.approximate else 0.0

    def undecimated(self) -> StationaryPackets | None:
        """Return the same nodes without decimation, whose samples hold all shifts of these; None if not periodic."""
        if not self._decimation.is_circular:
            return None
        return StationaryPackets(self.wavelet, self.levels, axes=self.axes, basis=self.basis)

    @property
    def _decimation(self) -> Decimation:
        return Decimation(self.wavelet, self.boundary)

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(len(self.wavelet), sizes) if self.levels is None else self.levels
        limit = (min(sizes) - 1).bit_length()
        if levels > limit:
            raise too_deep(levels, limit, "wavelet packet transform", sizes)
        decimation, basis = self._decimation, basis_of(self.basis, levels, axes)
        line = decimation.places(levels)
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            decimation.frame(sizes, {depth_of(path) for path in basis}),
            2**levels if decimation.is_exact(sizes, levels) else None,
            packet_blocks(
                basis,
                decimation.shapes(shape, axes, levels),
                axes,
                self.wavelet,
                line,
                decimation.extra,
                dtype.kind == "c",
                decimation.interiors(shape, line, axes),
            ),
        )

    def going_down(self, layout: Layout, workers: int) -> Tree:
        """Return the tree with the steps of the transform."""
        return self._tree(self._decimation.analysis(layout.real_dtype, workers), layout)

    def going_up(self, layout: Layout, workers: int) -> Tree:
        """Return the tree with the steps of the inverse."""
        return self._tree(self._decimation.synthesis(layout.real_dtype, workers), layout)

    def _tree(self, steps: Steps, layout: Layout) -> Tree:
        shapes = self._decimation.shapes(layout.shape, layout.axes, layout.levels)
        return Tree(steps, layout.axes, real_shapes(shapes, layout.is_complex), layout.real_dtype, decimated=True)

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        self.going_down(c.layout, workers).analyse(x, c)

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        self.going_up(c.layout, workers).synthesise(c, x)

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        self._tree(self._decimation.adjoint(c.vector.dtype, workers), c.layout).synthesise(c, x)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            spacing = 2**band.level
            steps = tuple(k // spacing if k % spacing == 0 else k / spacing for k in shift)
            intervals = [round(low / (high - low)) for low, high in c.layout.frequencies(band)]
            moved[band] = shifted(c[band], steps, c.layout.axes, intervals)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        return self._decimation.noise_gain(band, layout)

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        c, tree = self.forward(x), self.going_up(layout, workers=1)
        parts = [np.empty_like(x) for _ in layout.bands]
        for path, band, part in zip(paths_of(layout), layout.bands, parts, strict=True):
            tree.component(path, as_real(c[band]), part)
        return parts
