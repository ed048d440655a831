"""The starlet: the isotropic undecimated transform of a cubic B-spline, one detail band per level."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..boundary import boundary_name
from ..coefficients import Coefficients
from ..groups import Shift, shifted
from ..kernels import smoothing
from ..layout import Band, Block, Frame, Layout
from ..representation import Action, FrameTransform, freeze, single_band
from ..workers import share
from .extension import (
    UNDECIMATED,
    Ring,
    check_depth,
    circular_action,
    extended,
    folded,
    gain_circle,
    halo,
    kept,
    whole_circles,
)
from .separable import Array, Place, as_real, deepest_fit, length_and_spacing, unlocked

__all__ = ["Starlet"]

TAPS, REACH = 5, 2
SUMMED = 16384  # samples of all bands that are added before the next: a sum that stays in the cache


@dataclass(frozen=True, init=False, repr=False)
class Starlet(FrameTransform):
    """The starlet transform: isotropic details, one band per level in any dimension, equivariant to every shift.

    Parameters
    ----------
    levels : int, optional
        How many levels, 0 … 32. None: the deepest at which the five taps fit the shortest transformed axis.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : str, optional
        How the signal continues past its ends: one of `shiftinv.boundary.BOUNDARIES` but ``"periodic-padded"``. All
        but ``"periodic"`` extend the signal once, and allow at most ceil(log2 N) levels.
    generation : {1, 2}, optional
        1: details are what a smoothing removes, and the signal is the sum of all bands. 2: details are what two
        smoothings remove; they ring less, and the signal comes back through positive filters only.

    Notes
    -----
    With A_j the smoothing by (1, 4, 6, 4, 1) / 16, its taps 2^(j-1) samples apart, along each axis, and a_0 = x,

        a_j = A_j a_{j-1},    d_j = a_{j-1} - a_j          (generation 1),    x = a_J + d_1 + … + d_J
                              d_j = a_{j-1} - A_j a_j      (generation 2),    a_{j-1} = A_j a_j + d_j.

    A detail is the difference of two nearly round lowpass filters. It is called "d" whatever the number of axes; of
    several it has the letter "-" along each, for it is neither a lowpass nor a highpass there. The frame is not tight,
    and the inverse above is not the adjoint.

    The redundancy is J + 1. With ends that is so for generation 1, whose inverse adds samples of the same place, and
    for a symmetric boundary where the mirrored signal is the smaller circle; generation 2 elsewhere keeps what its
    inverse needs, and ``layout.interior`` is the part on the signal.

    References
    ----------
    J.-L. Starck, F. Murtagh and M. Bertero, "Starlet transform in astronomical data processing", Handbook of
    Mathematical Methods in Imaging, 2015. doi:10.1007/978-1-4939-0790-8_34

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal((30, 41))
    >>> T = si.transforms.Starlet(levels=3)
    >>> c = T.forward(x)
    >>> c.bands[1:], c.layout.redundancy
    ((Band(level=3, orientation='d'), Band(level=2, orientation='d'), Band(level=1, orientation='d')), 4.0)
    >>> bool(np.allclose(c.approx + sum(c[band] for band in c.layout.details), x, atol=1e-14))
    True
    """

    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    generation: int = 1
    name: ClassVar[str] = "starlet"

    def __init__(
        self,
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
        generation: int = 1,
    ) -> None:
        if checks.integer(generation, "generation", 1) > 2:
            raise ValueError(f"generation={generation} is unknown. Use 1 or 2.")
        freeze(
            self,
            levels=checks.levels(levels),
            axes=checks.axes(axes),
            boundary=boundary_name(boundary, UNDECIMATED),
            generation=int(generation),
        )

    @property
    def action(self) -> Action:
        """On a circle every shift of the signal is the same shift of every band."""
        return circular_action(self.boundary)

    def undecimated(self) -> Starlet | None:
        """Return this transform, which decimates nothing; None if not periodic."""
        return self if self.boundary == "periodic" else None

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(TAPS, sizes) if self.levels is None else self.levels
        check_depth(levels, sizes, self.boundary, "Starlet")
        circles, ends = self._circles(sizes, levels), self.boundary != "periodic" and levels > 0
        isotropic = "-" * len(axes) if len(axes) > 1 else ""

        def block(level: int, reach: int, windows: int, orientation: str, word: str = "") -> Block:
            spans = dict(zip(axes, (ring.windows[windows] for ring in circles), strict=True))
            whole = [(0, n) for n in shape]
            found = [spans.get(axis, span) for axis, span in enumerate(whole)]
            interior = tuple((span[0] - start, span[1] - start) for span, (start, _) in zip(whole, found, strict=True))
            places = [Place(1, (0, 0), (-reach, reach)).at(spans[axis][0]) for axis in axes]
            return Block(
                level,
                (orientation,),
                tuple(stop - start for start, stop in found),
                dtype.kind == "c",
                interior if found != whole else (),
                (word,) if word else (),
                starts=tuple(place.starts for place in places),
                supports=tuple(place.support for place in places),
            )

        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            Frame.FRAME if levels else Frame.ORTHONORMAL,
            None if ends else 1,
            (
                block(levels, REACH * (2**levels - 1), levels, "a" * len(axes)),
                *(block(level, self._reach(level), level - 1, "d", isotropic) for level in range(levels, 0, -1)),
            ),
        )

    def _reach(self, level: int) -> int:
        """Return how far a detail sees: through the smoothings before, and one or two of its own level."""
        before = 1 << (level - 1)
        return REACH * (before - 1 + self.generation * before)

    def _circles(self, sizes: Sequence[int], levels: int) -> tuple[Ring, ...]:
        """Return the circle of each axis. Windows are those of approximations; a detail has its predecessor's."""
        if self.boundary == "periodic":
            return whole_circles(sizes, levels)
        synthesis = (0, 0) if self.generation == 1 else (-REACH, REACH)
        halos = tuple(halo(n, levels, (-REACH, REACH), synthesis) for n in sizes)
        if self.boundary != "symmetric":
            return halos
        even = ((-1, 1), (-1, 1))  # about half a sample before the first, as the signal itself: smoothing is symmetric
        mirrors = (Ring(n, 0, n, ((0, n),) * (levels + 1), (even,) * (levels + 1)) for n in sizes)
        return tuple(min(pair, key=lambda ring: ring.size) for pair in zip(mirrors, halos, strict=True))

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        layout, approximation = c.layout, as_real(c.approx)
        if not layout.levels:
            c.approx[...] = x
            return
        circles, ends = self._circles(layout.sizes, layout.levels), self.boundary != "periodic"
        line = unlocked(x)
        line = as_real(extended(line, layout.axes, circles, self.boundary) if ends else line)
        final = np.empty_like(line) if ends else approximation
        spare = np.empty_like(line if layout.levels > 1 else line[:0])
        room = np.empty_like(line if ends else line[:0])
        for level in range(1, layout.levels + 1):
            band = as_real(c[level, "d"])
            smooth, detail = spare if (layout.levels - level) % 2 else final, room if ends else band
            if self.generation == 1:
                _smooth(line, layout.axes, level, workers, smooth, detail, line, -1)
            else:
                _smooth(line, layout.axes, level, workers, smooth)
                _smooth(smooth, layout.axes, level, workers, detail, detail, line, -1)
            if ends:
                band[...] = detail[kept(layout.axes, circles, level - 1)]
            line = smooth
        if ends:
            approximation[...] = final[kept(layout.axes, circles, layout.levels)]

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        if self.generation == 1 or not c.layout.levels:
            bands = c.vector.reshape(c.layout.levels + 1, -1)
            share(_sum, bands, as_real(x).ravel(), items=bands.shape[1], size=bands.size, workers=workers)
            return
        axes, circles, ends = c.layout.axes, self._circles(c.layout.sizes, c.layout.levels), self.boundary != "periodic"
        line, details = self._whole(c, circles, mirrored=True)
        final = np.empty_like(line) if ends else as_real(x)
        spare = np.empty_like(line if c.layout.levels > 1 else line[:0])
        for level in range(c.layout.levels, 0, -1):
            finer = final if level % 2 else spare
            _smooth(line, axes, level, workers, finer, finer, details(level), 1)
            line = finer
        if ends:
            as_real(x)[...] = line[kept(axes, circles, 0)]

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        axes, circles, ends = c.layout.axes, self._circles(c.layout.sizes, c.layout.levels), self.boundary != "periodic"
        coarsest, details = self._whole(c, circles, mirrored=False)
        line = coarsest if ends else as_real(x)
        line[...] = coarsest
        rest = np.empty_like(line)
        for level in range(c.layout.levels, 0, -1):
            detail = details(level)
            if self.generation == 1:
                np.subtract(line, detail, out=rest)
            else:
                _smooth(detail, axes, level, workers, rest, rest, line, -1)
            _smooth(rest, axes, level, workers, line, line, detail, 1)
        if ends:
            as_real(x)[...] = folded(line, axes, circles, self.boundary)

    def _whole(self, c: Coefficients, circles: Sequence[Ring], mirrored: bool) -> tuple[Array, Callable[[int], Array]]:
        """Return the approximation on its circles, and a function that gives the detail of a level there."""
        c = Coefficients(c.layout, unlocked(c.vector))

        def whole(band: Array, level: int) -> Array:
            band = as_real(band)
            if self.boundary != "periodic":
                for axis, ring in zip(c.layout.axes, circles, strict=True):
                    band = ring.whole(band, axis, level, "a", mirrored)
            return band

        return whole(c.approx, c.layout.levels), lambda level: whole(c[level, "d"], level - 1)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            moved[band] = shifted(c[band], shift, c.layout.axes)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        sizes = [gain_circle(n, 4 * REACH * 2**band.level, self.boundary) for n in layout.sizes]
        return _isotropic_gain(band.level, sizes, self.generation, band == layout.approximation)

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        c = self.forward(x)
        if self.generation == 1:
            return [c[band].copy() for band in layout.bands]
        return [single_band(self, c, band) for band in layout.bands]


def _smooth(
    x: Array,
    axes: tuple[int, ...],
    level: int,
    workers: int,
    lo: Array,
    hi: Array | None = None,
    base: Array | None = None,
    sign: int = 0,
) -> None:
    """Fill lo = A x, and hi = base + sign A x, which may be the same array, with A the smoothing of a level."""
    planar = len(axes) > 1 and axes[-1] == axes[-2] + 1  # the last two axes go at once where they are neighbours
    for axis in axes[: -2 if planar else -1]:
        smooth = np.empty_like(x)
        _share(x, x, smooth, smooth, (axis,), level, 0, workers)
        x = smooth
    _share(
        x, x if base is None else base, lo, lo if hi is None else hi, axes[-2 if planar else -1 :], level, sign, workers
    )


def _share(
    x: Array, base: Array, lo: Array, hi: Array, axes: tuple[int, ...], level: int, sign: int, workers: int
) -> None:
    """Run a kernel along one axis, or along two neighbouring ones."""
    dilation, (n, near), flat = 2 ** (level - 1), length_and_spacing(x.shape, axes[-1]), [x, base, lo, hi]
    arrays, length, step = [array.ravel() for array in flat], n * near, dilation % n * near
    if len(axes) == 1:
        share(smoothing.lines, *arrays, length, step, sign, items=x.size, size=x.size, workers=workers)
        return
    rows = x.shape[axes[0]]
    numbers = rows, length, dilation % rows or rows, step, sign  # rows are visited in steps, which are never 0
    share(smoothing.planes, *arrays, *numbers, items=x.size // length, size=x.size, workers=workers)


def _sum(bands: Array, x: Array, begin: int, end: int) -> None:
    """Add bands, the approximation first; pieces are short enough to stay in the cache from one band to the next."""
    for start in range(begin, end, SUMMED):
        stop = min(start + SUMMED, end)
        piece = x[start:stop]
        piece[...] = bands[0, start:stop]
        for band in bands[1:]:
            piece += band[start:stop]


def _isotropic_gain(level: int, sizes: Sequence[int], generation: int, lowpass: bool) -> float:
    """Return the norm of the filter from a signal to a band, on circles of `sizes` samples.

    With p the response of a_{j-1} along an axis and h that of the smoothings of level j there, a detail has the
    response P (1 - H), P and H products over the axes. 1 - H is the sum over the axes of h on those before and 1 - h
    on one of them, so that its square is a sum of products over the axes, and none of its terms is negative: the
    spline has h = cos^4. So nothing cancels, however little is left on a short circle.
    """
    lines = [_responses(level, n) for n in sizes]
    if lowpass:
        return math.prod(math.sqrt(np.mean((before * smooth) ** 2)) for before, smooth, _ in lines)

    def factor(axis: int, term: int) -> Array:
        _, smooth, rest = lines[axis]
        kept, removed = (smooth, rest) if generation == 1 else (smooth**2, rest * (1 + smooth))
        return np.ones_like(smooth) if axis > term else kept if axis < term else removed

    axes = range(len(sizes))
    power = math.fsum(
        math.prod(float(np.mean(lines[axis][0] ** 2 * factor(axis, i) * factor(axis, k))) for axis in axes)
        for i in axes
        for k in axes
    )
    return math.sqrt(power)


def _responses(level: int, size: int) -> tuple[Array, Array, Array]:
    """Return, at the frequencies of a circle, those of a_{level-1}, of the next smoothing, and of what it removes."""
    before, smooth, rest = np.ones(size), np.ones(size), np.zeros(size)
    for deeper in range(level):
        before = before * smooth
        angle = np.pi * (2**deeper * np.arange(size) % size) / size
        squared = np.cos(angle) ** 2
        smooth, rest = squared**2, np.sin(angle) ** 2 * (1 + squared)
    return before, smooth, rest
