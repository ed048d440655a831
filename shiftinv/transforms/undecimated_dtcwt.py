"""The undecimated dual tree: the trees of the dual-tree complex wavelet transform, with every sample kept."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..boundary import boundary_name
from ..catalogue import dual_tree_bank, filter_bank
from ..coefficients import Coefficients
from ..filters import DualTreeBank, FilterBank, Taps
from ..groups import Shift, shifted
from ..kernels import dualtree, undecimated
from ..kernels.compiling import Kernel
from ..layout import Band, Frame, Layout
from ..representation import Action, FrameTransform, freeze, single_band
from ..workers import share
from .dual_trees import dual_tree_blocks, stored_words, tree_places, tree_power
from .extension import (
    UNDECIMATED,
    Ring,
    backward_on_circles,
    check_depth,
    circular_action,
    forward_on_circles,
    gain_circle,
    halo,
    kept_parts,
    stays_tight,
    whole_circles,
)
from .separable import (
    Array,
    RealBands,
    deepest_fit,
    length_and_spacing,
    merge_axes,
    split_axes,
    unlocked,
    words,
)

if TYPE_CHECKING:
    import pywt

__all__ = ["UndecimatedDTCWT"]

HALF = 0.5**0.5
ROW = 1024  # samples of a tree at a time


@dataclass(frozen=True, init=False, repr=False)
class UndecimatedDTCWT(FrameTransform):
    """The undecimated dual-tree complex wavelet transform: complex bands at every sample, equivariant to every shift.

    Parameters
    ----------
    biort, qshift : optional
        The filters of level 1 and of the levels beyond, as for `shiftinv.DTCWT`.
    levels : int, optional
        How many levels, 0 … 32. None: the deepest at which the filters fit the shortest transformed axis.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : str, optional
        How the signal continues past its ends, as for `shiftinv.SWT`.

    Notes
    -----
    Each tree is a stationary transform, along each axis divided by sqrt(2): tree a with the filters of level 1 and
    then those of a, tree b with the same at level 1, one sample later, and then those of b. Along one axis

        a_1[n] = (1/2) sum_k h[k] x[n + p + L/2 - k],   a_j[n] = (1/sqrt(2)) sum_k h_p[k] a_{j-1}[n + 2^(j-1) (L/2 - k)]

    for tree p = 0 (a) and 1 (b), d_j the same with the highpass. The complex bands are made of the trees
    as in `shiftinv.DTCWT`, of which every band of level j holds every 2^j-th sample of these, times 2^(j/2) per axis.
    The approximation holds 2^d trees interleaved, two samples per axis for each sample of the signal. The
    redundancy is 2^d ((2^d - 1) J + 1) for d axes and J levels; any length works.

    References
    ----------
    P. R. Hill, N. Anantrasirichai, A. Achim, M. E. Al-Mualla and D. R. Bull, "Undecimated dual-tree complex wavelet
    transforms", Signal Process. Image Commun. 35, 2015. doi:10.1016/j.image.2015.04.010

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(50)
    >>> T = si.transforms.UndecimatedDTCWT(levels=2)
    >>> c = T.forward(x)
    >>> bool(np.array_equal(T.forward(np.roll(x, 3))[2, "d"], np.roll(c[2, "d"], 3)))
    True
    >>> c.layout.redundancy
    6.0
    """

    biort: FilterBank
    qshift: DualTreeBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    name: ClassVar[str] = "udtcwt"

    def __init__(
        self,
        biort: str | FilterBank | pywt.Wavelet = "near_sym_b",
        qshift: str | FilterBank | DualTreeBank = "qshift_b",
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        boundary: str = "periodic",
    ) -> None:
        freeze(
            self,
            biort=filter_bank(biort, argument="biort"),
            qshift=dual_tree_bank(qshift),
            levels=checks.levels(levels),
            axes=checks.axes(axes),
            boundary=boundary_name(boundary, UNDECIMATED),
        )

    @property
    def action(self) -> Action:
        """On a circle every shift of the signal is the same shift of every band."""
        return circular_action(self.boundary)

    @property
    def residual(self) -> float:
        """The residual of the banks where they are only approximate."""
        return max(bank.residual if bank.approximate else 0.0 for bank in (self.biort, self.qshift))

    def undecimated(self) -> UndecimatedDTCWT | None:
        """Return this transform, which decimates nothing; None if not periodic."""
        return self if self.boundary == "periodic" else None

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        checks.real_signal(dtype, "a dual tree")
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        taps = max(len(self.biort), len(self.qshift))
        levels = deepest_fit(taps, sizes) if self.levels is None else self.levels
        check_depth(levels, sizes, self.boundary, "UndecimatedDTCWT")
        line = tree_places(self.biort, self.qshift, [0] * levels, decimated=False)
        rings = self._rings(sizes, levels)
        ends = any(ring.size > ring.n for ring in rings)
        shapes, lines, interiors = kept_parts(shape, axes, line, rings)
        twice = tuple(2 * n if axis in axes else n for axis, n in enumerate(shapes[-1]))
        tight = self.biort.is_orthonormal and self.qshift.is_orthonormal
        tight = tight and stays_tight(rings, self.boundary, range(1, levels + 1))
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            (Frame.TIGHT if tight else Frame.FRAME) if levels else Frame.ORTHONORMAL,
            None if ends else 1,
            dual_tree_blocks(twice if levels else shape, shapes[1:], lines, interiors if ends else None),
        )

    def _rings(self, sizes: tuple[int, ...], levels: int) -> tuple[Ring, ...]:
        """Return the circle of each transformed axis, wide enough for the longer of the filters at every level."""
        if self.boundary == "periodic":
            return whole_circles(sizes, levels)
        half = max(len(self.biort), len(self.qshift)) // 2 + 1  # tree b of level 1 reads a sample later
        return tuple(halo(n, levels, (-half, half), (-half, half)) for n in sizes)

    def _circular(self, layout: Layout) -> UndecimatedDTCWT:
        """Return this transform on circles."""
        return UndecimatedDTCWT(self.biort, self.qshift, layout.levels, axes=layout.axes)

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        if not c.layout.levels:
            c.approx[...] = x
            return
        if self.boundary != "periodic":
            circles = self._rings(c.layout.sizes, c.layout.levels)
            forward_on_circles(self._circular(c.layout), x, c, circles, self.boundary, workers)
            return
        trees, details, (target, spare) = _trees(self, "analysis", c.layout, workers), *_stacks(c.layout)
        lowpass: Any = dict.fromkeys(trees, unlocked(x))
        for level in range(1, c.layout.levels + 1):
            for tree, steps in trees.items():
                split_axes(steps, lowpass[tree], _of_tree(tree, details, target), c.layout.axes, level)
            for word, memory in stored_words(c, level).items():
                for numbers in _rows(c.layout, word, level):
                    _share_rows(dualtree.combine, (details[word].ravel(), memory), numbers, workers)
            lowpass, target, spare = target, spare, target
        for tree in trees:
            c.approx[_every_second(tree, c.layout)] = lowpass[tree]

    def _merged(self, role: str, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        if not c.layout.levels:
            x[...] = c.approx
            return
        if self.boundary != "periodic":
            circles, transposed = self._rings(c.layout.sizes, c.layout.levels), role == "adjoint"
            backward_on_circles(self._circular(c.layout), c, x, circles, self.boundary, workers, transposed)
            return
        trees, details, (lowpass, target) = _trees(self, role, c.layout, workers), *_stacks(c.layout)
        for tree in trees:
            lowpass[tree] = c.approx[_every_second(tree, c.layout)]
        for level in range(c.layout.levels, 0, -1):
            for word, memory in stored_words(c, level).items():
                for numbers in _rows(c.layout, word, level):
                    _share_rows(dualtree.separate, (unlocked(memory), details[word].ravel()), numbers, workers)
            for tree, steps in trees.items():
                merge_axes(steps, _of_tree(tree, details, lowpass), target[tree], c.layout.axes, level)
            lowpass, target = target, lowpass
        np.sum(lowpass, axis=tuple(range(len(c.layout.axes))), out=x)

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        self._merged("synthesis", c, x, workers)

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        self._merged("adjoint", c, x, workers)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            trees = c.layout.block(band).trees
            moved[band] = shifted(c[band], tuple(trees * step for step in shift), c.layout.axes)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        power = 1.0
        reach = max(len(self.biort), len(self.qshift)) * 2**band.level
        for letter, size in zip(layout.letters(band), layout.sizes, strict=True):
            circle = gain_circle(size, reach, self.boundary)
            power *= tree_power(self.biort, self.qshift, letter, band.level, circle) / 2**band.level
        return math.sqrt(power)

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        c = self.forward(x)
        return [single_band(self, c, band) for band in layout.bands]


def _trees(T: UndecimatedDTCWT, role: str, layout: Layout, workers: int) -> dict[tuple[int, ...], _Tree]:
    """Return the levels of every tree, by its number along each axis."""
    numbers = itertools.product(range(2), repeat=len(layout.axes))
    return {tree: _Tree(T, role, tree, layout, workers) for tree in numbers}


def _stacks(layout: Layout) -> tuple[dict[str, Array], tuple[Array, Array]]:
    """Return room for the details of a level and for two approximations, of all trees; a tree is an index."""
    shape = (2,) * len(layout.axes) + layout.shape
    details = {word: np.empty(shape, layout.real_dtype) for word in words(len(layout.axes))[1:]}
    return details, (np.empty(shape, layout.real_dtype), np.empty(shape, layout.real_dtype))


def _of_tree(tree: tuple[int, ...], details: dict[str, Array], lowpass: Array) -> dict[str, Array]:
    """Return the real bands of a tree."""
    return {"a" * len(tree): lowpass[tree]} | {word: band[tree] for word, band in details.items()}


def _rows(layout: Layout, word: str, level: int) -> Iterator[tuple[Any, ...]]:
    """Yield where `dualtree.combine` finds stretches of the bands of all trees, and where they go."""
    size = math.prod(layout.shape)
    apart = [size << axis for axis in reversed(range(len(word)))]  # from the first tree of an axis to the second
    crossed = [level > 1 and letter == "d" for letter in word]
    steps = [-step if swap else step for step, swap in zip(apart, crossed, strict=True)]
    start = sum(step for step, swap in zip(apart[:-1], crossed[:-1], strict=True) if swap)
    whole = size // ROW * ROW
    for first, stop, length in ((0, whole, ROW), (whole, size, size - whole)):
        if first < stop:
            places = np.arange(first, stop, length, dtype=np.intp)
            yield start + places, 2 * places, np.array(steps[:-1], np.intp), 1, length, size, crossed[-1], 2 * size


def _share_rows(kernel: Kernel, arrays: tuple[Array, Array], numbers: tuple[Any, ...], workers: int) -> None:
    share(kernel, *arrays, *numbers, items=len(numbers[0]), size=arrays[0].size, workers=workers)


def _every_second(tree: tuple[int, ...], layout: Layout) -> tuple[slice, ...]:
    """Return where the coefficients of a tree are in the approximation."""
    chosen = dict(zip(layout.axes, tree, strict=True))
    return tuple(slice(chosen.get(axis), None, 2 if axis in chosen else None) for axis in range(len(layout.shape)))


class _Tree(RealBands):
    """One level of one tree; see `separable.Steps`."""

    line_by_line = False

    def __init__(self, T: UndecimatedDTCWT, role: str, tree: tuple[int, ...], layout: Layout, workers: int) -> None:
        dtype = layout.real_dtype
        table, low, high, _ = T.biort.first_level_taps(role, dtype)
        self.first = Taps(table[0] * np.array([[1], [HALF], [HALF]], dtype), 2 * low - 1, 2 * high + 2)
        self.taps = [getattr(bank, f"{role}_taps")(dtype, HALF) for bank in (T.qshift.a, T.qshift.b)]
        self.sign = 1 if role == "analysis" else -1
        self.tree = dict(zip(layout.axes, tree, strict=True))
        self.workers = workers

    def split(self, x: Array, lo: Array, hi: Array, axis: int, level: int, levels: int = 1) -> None:
        self._share_lines(undecimated.analysis, (x.ravel(), lo.ravel(), hi.ravel()), x.shape, axis, level, levels)

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, level: int, levels: int = 1) -> None:
        self._share_lines(undecimated.synthesis, (lo.ravel(), hi.ravel(), x.ravel()), x.shape, axis, level, levels)

    def split_plane(self, x: Array, bands: list[Array], axis: int, level: int, _prefix: str) -> None:
        lo, hi = np.empty_like(x), np.empty_like(x)  # trees, and so taps, differ from axis to axis
        self.split(x, lo, hi, axis, level)
        self.split(lo, bands[0], bands[1], axis + 1, level)
        self.split(hi, bands[2], bands[3], axis + 1, level)

    def merge_plane(self, bands: list[Array], x: Array, axis: int, level: int, _prefix: str) -> None:
        lo, hi = np.empty_like(x), np.empty_like(x)
        self.merge(bands[0], bands[2], lo, axis, level)
        self.merge(bands[1], bands[3], hi, axis, level)
        self.merge(lo, hi, x, axis + 1, level)

    def _share_lines(
        self, kernel: Kernel, arrays: tuple[Array, ...], shape: tuple[int, ...], axis: int, level: int, levels: int
    ) -> None:
        n, near = length_and_spacing(shape, axis)
        taps = self.taps[self.tree[axis]] if level > 1 else self._first(axis)
        size = math.prod(shape)
        share(kernel, *arrays, n, near, level, levels, *taps, items=size, size=size, workers=self.workers)

    def _first(self, axis: int) -> Taps:
        """Return the taps of level 1: those of tree b read the signal one sample later."""
        table = self.first.table.copy()
        table[0] += self.sign * self.tree[axis]
        return Taps(table, self.first.low, self.first.high)
