"""The Laplacian pyramid: what each halving of the resolution leaves out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..boundary import Boundary, boundary_name
from ..coefficients import Coefficients
from ..groups import Shift, shifted
from ..layout import Band, Block, Frame, Layout
from ..representation import Action, FrameTransform, freeze, single_band
from .conjugate_gradients import least_norm_inverse
from .extension import UNDECIMATED
from .separable import Array, Place, deepest_fit, too_deep

__all__ = ["LaplacianPyramid"]

TAPS, REACH = 5, 2
BINOMIAL = 0.375
ROUND = 8  # times 2^level: more than the samples that a detail sees, 6 2^level - 3


@dataclass(frozen=True, init=False, repr=False)
class LaplacianPyramid(FrameTransform):
    """The Laplacian pyramid: one detail band per level in any dimension, redundancy below 1 / (1 - 2^-d).

    Parameters
    ----------
    levels : int, optional
        How many levels, 0 … ceil(log2 N) of the shortest transformed axis. None: the deepest at which the five taps
        fit that axis.
    a : float or "binomial", optional
        The middle tap of the kernel (1/4 - a/2, 1/4, a, 1/4, 1/4 - a/2). 0.4 is nearly Gaussian; "binomial" is 0.375,
        the taps (1, 4, 6, 4, 1) / 16; 0.5 is linear interpolation.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : str, optional
        How the signal, and at every level what was made of it, continues past its ends: one of
        `shiftinv.boundary.BOUNDARIES` but ``"periodic-padded"``. ``"periodic"`` is a circle, on which an odd length
        repeats its last sample first.
    inverse : {"sum", "dual"}, optional
        Which inverse `inverse` is. "sum": expand and add, exact for the coefficients of a signal, cheap, and not the
        inverse of least norm. "dual": that one, (T*T)^-1 T*, by conjugate gradients.

    Notes
    -----
    With w the kernel and x_0 the signal, along each axis in turn,

        x_j[m] = sum_k w[k] x_{j-1}[2m + k]              (reduce)
        e_j[n] = 2 sum_k w[k] x_j[(n - k) / 2]           (expand; over k of the parity of n)
        d_j    = x_{j-1} - e_j,                          x_{j-1} = d_j + e_j      (inverse "sum").

    A detail of level j has as many samples as x_{j-1}, an approximation ceil(n / 2) of n, so that the redundancy is
    1 + 1/2^d + 1/4^d + … for d axes. A detail is called "d" whatever the number of axes, and of several it has the
    letter "-" along each.

    The frame is not tight: three levels have the bounds 0.108 and 1 on signals, 1/64 and 1 on images, and more levels a
    lower one that falls by about 2^d each. So "sum" is not the inverse of least norm, and amplifies noise on all
    coefficients more than that one does: white noise of variance 1 comes back with 1.91 from "sum" and 1.66 from
    "dual" (an image, three levels). With the orthogonal filters of Do and Vetterli the dual has a closed form; with
    these it takes iterations, none for coefficients of a signal, and about as many as sqrt(B / A) asks for otherwise.
    It raises RuntimeError if a thousand do not do.

    A band of level j is not free of aliasing: shifts by multiples of 2^levels act exactly, where the boundary is
    periodic and 2^levels divides every transformed length, and others nearly.

    References
    ----------
    P. J. Burt and E. H. Adelson, "The Laplacian pyramid as a compact image code", IEEE Trans. Commun. 31(4), 1983.
    doi:10.1109/TCOM.1983.1095851

    M. N. Do and M. Vetterli, "Framing pyramids", IEEE Trans. Signal Process. 51(9), 2003. doi:10.1109/TSP.2003.815389

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal((64, 64))
    >>> T = si.transforms.LaplacianPyramid(levels=3)
    >>> c = T.forward(x)
    >>> c[1, "d"].shape, c[2, "d"].shape, c.approx.shape, c.layout.redundancy
    ((64, 64), (32, 32), (8, 8), 1.328125)
    >>> bool(np.allclose(T.inverse(c), x, atol=1e-14))
    True
    """

    levels: int | None = None
    a: float = 0.4
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    inverse_kind: str = field(default="sum", metadata={"argument": "inverse"})
    name: ClassVar[str] = "laplacian"

    def __init__(
        self,
        levels: int | None = None,
        *,
        a: float | str = 0.4,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
        inverse: str = "sum",
    ) -> None:
        freeze(
            self,
            levels=checks.levels(levels),
            a=BINOMIAL if a == "binomial" else checks.finite(a, "a"),
            axes=checks.axes(axes),
            boundary=boundary_name(boundary, UNDECIMATED),
            inverse_kind=checks.choice(inverse, ("sum", "dual"), "inverse"),
        )

    @property
    def action(self) -> Action:
        """A shift by k moves a band by k over its spacing: exact for multiples of 2^levels, on a circular layout."""
        return Action("grid", "Fourier shift of each band by shift / spacing")

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(TAPS, sizes) if self.levels is None else self.levels
        limit = (min(sizes) - 1).bit_length()
        if levels > limit:
            raise too_deep(levels, limit, "LaplacianPyramid", sizes)
        isotropic = ("-" * len(axes),) if len(axes) > 1 else ()

        def block(level: int, halvings: int, reach: int, orientation: str, words: tuple[str, ...]) -> Block:
            place = Place(2**halvings, (0, 0), (-reach, reach))
            return Block(
                level,
                (orientation,),
                tuple(-(-n // 2**halvings) if axis in axes else n for axis, n in enumerate(shape)),
                dtype.kind == "c",
                words=words,
                spacing=place.spacing,
                starts=(place.starts,) * len(axes),
                supports=(place.support,) * len(axes),
            )

        reaches = [
            REACH * (2**level - 1) for level in range(levels + 1)
        ]  # of x_j; a detail sees two taps there and back
        details = (
            block(level, level - 1, reaches[level] + REACH * 2 ** (level - 1), "d", isotropic)
            for level in range(levels, 0, -1)
        )
        circular = self.boundary == "periodic" and all(n % 2**levels == 0 for n in sizes)
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            Frame.FRAME if levels else Frame.ORTHONORMAL,
            2**levels if circular else None,
            (block(levels, levels, reaches[-1], "a" * len(axes), ()), *details),
        )

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        del workers
        for level in range(1, c.layout.levels + 1):
            coarse, axes = x, c.layout.axes
            for axis in axes:
                coarse = self._reduce(coarse, axis)
            np.subtract(x, self._expanded(coarse, x.shape, axes), out=c[level, "d"])
            x = coarse
        c.approx[...] = x

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        if self.inverse_kind == "dual" and c.layout.levels:
            start = np.empty_like(x)
            self._sum(c, start)
            x[...] = least_norm_inverse(self, c, start, workers)
        else:
            self._sum(c, x)

    def _sum(self, c: Coefficients, x: NDArray[Any]) -> None:
        line = c.approx
        for level in range(c.layout.levels, 0, -1):
            detail = c[level, "d"]
            line = detail + self._expanded(line, detail.shape, c.layout.axes)
        x[...] = line

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        del workers
        line = c.approx
        for level in range(c.layout.levels, 0, -1):
            coarse = detail = c[level, "d"]
            for axis in reversed(c.layout.axes):
                coarse = self._expand_transposed(coarse, axis)
            line = line - coarse
            for axis in reversed(c.layout.axes):
                line = self._reduce_transposed(line, detail.shape[axis], axis)
            line = detail + line
        x[...] = line

    def _expanded(self, coarse: Array, shape: tuple[int, ...], axes: tuple[int, ...]) -> Array:
        for axis in axes:
            coarse = self._expand(coarse, shape[axis], axis)
        return coarse

    @property
    def _taps(self) -> tuple[float, float, float]:
        """The tap in the middle of the kernel, the one beside it, and the outermost."""
        return self.a, 0.25, 0.25 - self.a / 2

    def _reduce(self, x: Array, axis: int) -> Array:
        n, (middle, beside, outer) = x.shape[axis], self._taps
        if self._repeats(n):
            x = Boundary("constant").extend(x, 0, 1, axis)
        line = _first(Boundary(self.boundary).extend(x, REACH, self._after(n), axis), axis)
        coarse = middle * line[2:-2:2] + beside * (line[1:-3:2] + line[3:-1:2]) + outer * (line[:-4:2] + line[4::2])
        return np.moveaxis(coarse, 0, axis)

    def _reduce_transposed(self, coarse: Array, n: int, axis: int) -> Array:
        (middle, beside, outer), samples = self._taps, _first(coarse, axis)
        line = np.zeros((2 * len(samples) + 3, *samples.shape[1:]), samples.dtype)
        line[2:-2:2] += middle * samples
        for start, stop, tap in ((1, -3, beside), (3, -1, beside), (0, -4, outer), (4, None, outer)):
            line[start:stop:2] += tap * samples
        folded = Boundary(self.boundary).fold(np.moveaxis(line, 0, axis), REACH, self._after(n), axis)
        return Boundary("constant").fold(folded, 0, 1, axis) if self._repeats(n) else folded

    def _repeats(self, n: int) -> bool:
        return self.boundary == "periodic" and n % 2 == 1

    def _after(self, n: int) -> int:
        """Return how far past the end of n samples the last coefficient reads."""
        return 1 if self._repeats(n) or n % 2 == 0 else 2

    def _expand(self, coarse: Array, n: int, axis: int) -> Array:
        (middle, beside, outer), odd = self._taps, n // 2
        line = _first(Boundary(self.boundary).extend(coarse, 1, 1, axis), axis)
        fine = np.empty((n, *line.shape[1:]), line.dtype)
        fine[::2] = 2 * middle * line[1:-1] + 2 * outer * (line[:-2] + line[2:])
        fine[1::2] = 2 * beside * (line[1 : odd + 1] + line[2 : odd + 2])
        return np.moveaxis(fine, 0, axis)

    def _expand_transposed(self, fine: Array, axis: int) -> Array:
        (middle, beside, outer), samples = self._taps, _first(fine, axis)
        even, odd = samples[::2], samples[1::2]
        line = np.zeros((len(even) + 2, *even.shape[1:]), even.dtype)
        line[1:-1] += 2 * middle * even
        line[:-2] += 2 * outer * even
        line[2:] += 2 * outer * even
        line[1 : len(odd) + 1] += 2 * beside * odd
        line[2 : len(odd) + 2] += 2 * beside * odd
        return Boundary(self.boundary).fold(np.moveaxis(line, 0, axis), 1, 1, axis)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            spacing = round(c.layout.block(band).spacing)
            steps = tuple(k // spacing if k % spacing == 0 else k / spacing for k in shift)
            moved[band] = shifted(c[band], steps, c.layout.axes)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        """Return the root of the mean power; it differs between even and odd samples.

        A row of the detail is p - q along all axes at once, p that of x_{j-1} and q that of its expansion, so that its
        power is the product over the axes of <p, p>, less twice that of <p, q>, and that of <q, q>.
        """
        lines = [self._rows(band, layout, n) for n in layout.sizes]
        pp, pq, qq = (
            math.prod(float(np.mean(np.sum(line[i] * line[k], axis=1))) for line in lines)
            for i, k in ((0, 0), (0, 1), (1, 1))
        )
        return math.sqrt(max(pp - 2 * pq + qq, 0.0))

    def _rows(self, band: Band, layout: Layout, n: int) -> tuple[Array, Array]:
        """Return, along one axis, the filters p and q of neighbouring coefficients, in rows; q = 0 for x_J.

        They are laid on the circle where the transform is circular, else on one that they do not go round.
        """
        T, step = self.replace(boundary="periodic"), 2**band.level
        free = ROUND * step
        circle = n if layout.grid is not None and n < free else free
        p: Array = np.eye(1, circle // step)
        q, deeper = np.zeros_like(p), band.level
        if band != layout.approximation:
            deeper -= 1
            p = np.eye(2, circle // 2**deeper)
            q = T._reduce_transposed(T._expand_transposed(p, 1), p.shape[1], 1)
        for level in range(deeper - 1, -1, -1):
            p, q = (T._reduce_transposed(rows, circle // 2**level, 1) for rows in (p, q))
        return p, q

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        c = self.forward(x)
        return [single_band(self, c, band) for band in layout.bands]


def _first(x: Array, axis: int) -> Array:
    """Return a view with `axis` first."""
    return np.moveaxis(x, axis, 0)
