"""Stationary (undecimated, maximal overlap) wavelet packets."""

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
from ..filters import FilterBank, Taps
from ..groups import Shift, shifted
from ..layout import Band, Frame, Layout
from ..representation import Action, FrameTransform, freeze
from .circles import Circles
from .extension import (
    UNDECIMATED,
    Ring,
    backward_on_circles,
    circular_action,
    extended,
    forward_on_circles,
    kept,
    kept_parts,
    rings,
    smoothing_rings,
    stationary_gain,
    stays_tight,
)
from .packet_tree import (
    Basis,
    Tree,
    basis_of,
    checked_basis,
    checked_depth,
    depth_of,
    packet_blocks,
    real_shapes,
)
from .separable import deepest_fit, places, too_deep

if TYPE_CHECKING:
    import pywt

__all__ = ["StationaryPackets"]

USUAL_DEPTH = 3  # without `levels`: the nodes of one level are 2^levels times the signal, per axis


@dataclass(frozen=True, init=False, repr=False)
class StationaryPackets(FrameTransform):
    """Stationary wavelet packets: every node of a basis at every sample, equivariant to every shift.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet, optional
        The filters; see `shiftinv.filter_bank`.
    levels : int, optional
        How many levels, 0 … ceil(log2 N) of the shortest transformed axis. None: those of `basis`, or as many as the
        filter fits, but at most 3, since all nodes of a level are 2^levels times the signal, per axis.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : str, optional
        How the signal continues past its ends, as for `shiftinv.SWT`; it is extended once.
    basis : tuple of str or "dwt", optional
        Which nodes of the tree are kept, as for `Packets`. "dwt" stands for the bands of the SWT; None for all nodes
        of the last level.
    norm : {"energy", "unit"}, optional
        "energy" divides every filter by sqrt(2): for orthonormal banks every basis is a Parseval frame.
        "unit" leaves the filters as they are.

    Raises
    ------
    ValueError
        If a way down meets no node of the basis, or two; the message names it.

    Notes
    -----
    With filters h, g of L taps, c = 1/sqrt(2) ("energy") or 1 ("unit") and the signal as the root, a node w of level
    j - 1 has the children

        w.a[n] = c sum_k h[k] w[n + 2^(j-1) (L/2 - k)],   w.d the same with g,

    along each axis. On a circle, of any length, the redundancy is the number of nodes in the basis.
    Every 2^j-th sample of a node of level j, times 2^(j/2) per axis, is the same node of `Packets`.
    Order and names of the bands are those of `Packets`.

    `mra` splits the signal itself along the tree, by the half-band smoothing A_j of `shiftinv.SWT` for "a" and I - A_j
    for "d".

    References
    ----------
    D. B. Percival and A. T. Walden, Wavelet Methods for Time Series Analysis, Cambridge University Press, 2000,
    section 6.6. doi:10.1017/CBO9780511841040

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(61)
    >>> T = si.transforms.StationaryPackets("sym8", levels=2)
    >>> c = T.forward(x)
    >>> c.layout.redundancy, bool(np.allclose(T.inverse(c), x, atol=1e-13))
    (4.0, True)
    >>> bool(np.array_equal(T.forward(np.roll(x, 5)).vector, T.act(c, 5).vector))
    True
    """

    wavelet: FilterBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    basis: Basis = None
    norm: str = "energy"
    name: ClassVar[str] = "spackets"

    def __init__(
        self,
        wavelet: str | FilterBank | pywt.Wavelet = "sym4",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
        basis: str | Sequence[str] | None = None,
        norm: str = "energy",
    ) -> None:
        nodes = checked_basis(basis)
        freeze(
            self,
            wavelet=filter_bank(wavelet),
            levels=checked_depth(checks.levels(levels), nodes),
            axes=checks.axes(axes),
            boundary=boundary_name(boundary, UNDECIMATED),
            basis=nodes,
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

    def undecimated(self) -> StationaryPackets | None:
        """Return this transform, which decimates nothing; None if not periodic."""
        return self if self.boundary == "periodic" else None

    @property
    def _scale(self) -> float:
        return 0.5**0.5 if self.norm == "energy" else 1.0

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        fitting = min(deepest_fit(len(self.wavelet), sizes), USUAL_DEPTH)
        levels = fitting if self.levels is None else self.levels
        limit = (min(sizes) - 1).bit_length()
        if levels > limit:
            raise too_deep(levels, limit, "stationary wavelet packet transform", sizes)
        paths = basis_of(self.basis, levels, axes)
        weighed_alike = self.norm == "energy" or len({depth_of(path) for path in paths}) == 1
        circles, depths = self._rings(sizes, levels), {depth_of(path) for path in paths}
        ends = any(ring.size > ring.n for ring in circles)
        tight = self.wavelet.is_orthonormal and weighed_alike and stays_tight(circles, self.boundary, depths)
        line = places(self.wavelet, levels, decimated=False)
        shapes, _, interiors = kept_parts(shape, axes, line, circles)
        frame = Frame.TIGHT if tight else Frame.FRAME
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            frame if levels else Frame.ORTHONORMAL,
            None if ends else 1,
            packet_blocks(
                paths,
                shapes,
                axes,
                self.wavelet,
                line,
                0,
                dtype.kind == "c",
                interiors if ends else None,
                [[ring.windows[level][0] for ring in circles] for level in range(levels + 1)],
            ),
        )

    def _rings(self, sizes: tuple[int, ...], levels: int) -> tuple[Ring, ...]:
        """Return the circle of each transformed axis."""
        return rings(self.wavelet, sizes, levels, self.boundary, foldable=False)

    def _circular(self, layout: Layout) -> StationaryPackets:
        """Return this transform on circles."""
        return self.with_levels(layout.levels, layout.axes).replace(boundary="periodic")

    def going_down(self, layout: Layout, workers: int) -> Tree:
        """Return the tree with the steps of the transform."""
        return self._tree(self.wavelet.analysis_taps(layout.real_dtype, self._scale), layout, workers)

    def going_up(self, layout: Layout, workers: int) -> Tree:
        """Return the tree with the steps of the inverse."""
        return self._tree(self.wavelet.synthesis_taps(layout.real_dtype, 0.5 / self._scale), layout, workers)

    def _tree(self, taps: Taps, layout: Layout, workers: int) -> Tree:
        shapes = real_shapes([layout.shape] * (layout.levels + 1), layout.is_complex)
        steps = Circles(taps, workers)
        return Tree(steps, layout.axes, shapes, layout.real_dtype, decimated=False, gain=1 / self._scale)

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        if self.boundary != "periodic":
            circles = self._rings(c.layout.sizes, c.layout.levels)
            forward_on_circles(self._circular(c.layout), x, c, circles, self.boundary, workers)
            return
        self.going_down(c.layout, workers).analyse(x, c)

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        if self.boundary != "periodic":
            circles = self._rings(c.layout.sizes, c.layout.levels)
            backward_on_circles(self._circular(c.layout), c, x, circles, self.boundary, workers)
            return
        self.going_up(c.layout, workers).synthesise(c, x)

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        if self.boundary != "periodic":
            circles = self._rings(c.layout.sizes, c.layout.levels)
            backward_on_circles(self._circular(c.layout), c, x, circles, self.boundary, workers, transposed=True)
            return
        taps = self.wavelet.adjoint_taps(c.vector.dtype, self._scale)
        self._tree(taps, c.layout, workers).synthesise(c, x)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            moved[band] = shifted(c[band], shift, c.layout.axes)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        return stationary_gain(self.wavelet, band, layout.sizes, self.boundary, self._scale)

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        if self.boundary != "periodic":
            circles = smoothing_rings(self.wavelet, layout.sizes, layout.levels, self.boundary)
            whole = self._circular(layout).mra(extended(x, layout.axes, circles, self.boundary)) if circles else [x]
            signal = kept(layout.axes, circles, 0) if circles else ...
            return [part[signal].copy() for part in whole]
        parts = Coefficients(layout)
        self._tree(self.wavelet.smoothing_taps(layout.real_dtype), layout, workers=1).analyse(x, parts)
        return [parts[band] for band in layout.bands]
