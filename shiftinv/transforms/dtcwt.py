"""The dual-tree complex wavelet transform."""

from __future__ import annotations

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
from ..filters import DualTreeBank, FilterBank
from ..groups import Shift, shifted
from ..kernels import dualtree
from ..kernels.compiling import Kernel
from ..layout import Band, Frame, Layout
from ..representation import Action, FrameTransform, freeze, single_band
from ..workers import share
from .dual_trees import dual_tree_blocks, stored_words, tree_places, tree_power
from .separable import (
    Array,
    Place,
    decompose,
    deepest_fit,
    length_and_spacing,
    reconstruct,
    too_deep,
    words,
)
from .undecimated_dtcwt import UndecimatedDTCWT

if TYPE_CHECKING:
    import pywt

__all__ = ["DTCWT"]

CENTRE = -0.8  # cycles per coefficient about which the phases of a complex band are unwrapped


@dataclass(frozen=True, init=False, repr=False)
class DTCWT(FrameTransform):
    """The dual-tree complex wavelet transform: nearly equivariant to every shift at a redundancy of 2^d.

    Parameters
    ----------
    biort : str, FilterBank or pywt.Wavelet, optional
        The filters of level 1: ``"near_sym_b"``, ``"near_sym_a"``, ``"antonini"``, ``"legall"``, whose filters are
        symmetric and of odd length, or any other bank (see `shiftinv.filter_bank`).
    qshift : str, DualTreeBank or FilterBank, optional
        The filters from level 2 on: ``"qshift_06"``, ``"qshift_a"`` … ``"qshift_d"``, ``"qshift_32"``, a pair as
        `shiftinv.filters.hilbert_pair` makes it, or a bank with a delay of a quarter of a sample, which
        becomes tree a, its time reverse tree b.
    levels : int, optional
        How many levels, 0 … ceil(log2 N) of the shortest transformed axis. None: the deepest at
        which the filters still fit it.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    boundary : {"periodic", "symmetric"}, optional
        How the signal continues past its ends: along a circle, or mirrored with its ends repeated, which
        needs symmetric filters at level 1 and trees that are each other's time reverse.

    Raises
    ------
    ValueError
        If a bank is unknown, or does not fit the boundary.
    TypeError
        From `layout` and `forward`, if the signal is complex.

    Notes
    -----
    Along an axis, with h, g the filters of level 1 and x the signal,

        a_1[n] = (1/sqrt(2)) sum_k h[k] x[n + L/2 - k],    d_1 the same with g

    (one sample earlier for symmetric g of odd length, which then stands on sample n). Even n are the coefficients of
    tree a, odd n those of tree b. From level 2 on each tree is a decimated wavelet transform with filters of its own,

        a_j[2m]     = sum_k h_a[k] a_{j-1}[4m + L - 2k],        d_j the same with g_a,
        a_j[2m + 1] = sum_k h_b[k] a_{j-1}[4m + 1 + L - 2k],    d_j the same with g_b.

    A complex coefficient has its real part from one tree and its imaginary part from the other (tree b and tree a;
    at level 1 tree a and tree b). With d axes a level has 2^(d-1) (2^d - 1) complex bands: 1, 6, 28, 120. Of an image
    they are named by the direction along which they look, "+15" … "-75"; otherwise by letters and signs
    as `shiftinv.transforms.dual_trees` explains. The approximation is real and holds the 2^d trees interleaved.

    An odd length repeats its last sample at level 1, and a length that 4 does not divide its first and its last
    one at deeper levels; `inverse` returns the original length and `adjoint` is the true adjoint in every case.
    The frame is tight, and the adjoint the inverse, if both banks are orthonormal, the boundary is periodic and
    2^levels divides every transformed length. Otherwise its bounds are those of |H|^2 + |G|^2 of level 1, to the
    power d. With ``boundary="symmetric"`` and banks of these names the coefficients are those of the package dtcwt.

    References
    ----------
    N. G. Kingsbury, "Complex wavelets for shift invariant analysis and filtering of signals", Appl. Comput.
    Harmon. Anal. 10(3), 2001. doi:10.1006/acha.2000.0343

    I. W. Selesnick, R. G. Baraniuk and N. G. Kingsbury, "The dual-tree complex wavelet transform", IEEE Signal
    Process. Mag. 22(6), 2005. doi:10.1109/MSP.2005.1550194

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal((64, 64))
    >>> T = si.DTCWT(levels=3)
    >>> c = T.forward(x)
    >>> c[1, "+15"].shape, c[1, "+15"].dtype, c.layout.redundancy
    ((32, 32), dtype('complex128'), 4.0)
    >>> bool(np.allclose(T.inverse(c), x))
    True
    """

    biort: FilterBank
    qshift: DualTreeBank
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    boundary: str = "periodic"
    name: ClassVar[str] = "dtcwt"

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
            boundary=boundary_name(boundary, ("periodic", "symmetric")),
        )
        if boundary == "symmetric" and not (self.biort.is_centred and self.qshift.is_mirrored):
            raise ValueError(
                f"boundary='symmetric' needs symmetric filters of odd length at level 1 and a tree b that is tree a "
                f"reversed, and biort={self.biort.name or 'the bank given'}, "
                f"qshift={self.qshift.name or 'the pair given'} are not both so. Use boundary='periodic', "
                f"or biort='near_sym_b' and qshift='qshift_b'."
            )

    @property
    def action(self) -> Action:
        """A shift moves the real bands before their trees are combined: exact for multiples of 2^levels."""
        return Action(
            "grid",
            "level 1: whole shift; beyond: Fourier shift of both trees interleaved along lowpass axes, and along "
            "highpass axes of the complex pairs, phases unwrapped about -1.6 pi",
        )

    @property
    def residual(self) -> float:
        """The residual of the banks where they are only approximate."""
        return max(bank.residual if bank.approximate else 0.0 for bank in (self.biort, self.qshift))

    def undecimated(self) -> UndecimatedDTCWT | None:
        """Return the same trees without decimation, whose samples hold all shifts of this; None if not periodic."""
        if self.boundary != "periodic":
            return None
        return UndecimatedDTCWT(self.biort, self.qshift, self.levels, axes=self.axes)

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        checks.real_signal(dtype, "a dual tree")
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        taps = max(len(self.biort), len(self.qshift))
        levels = deepest_fit(taps, sizes) if self.levels is None else self.levels
        limit = (min(sizes) - 1).bit_length()
        if levels > limit:
            raise too_deep(levels, limit, "DTCWT", sizes)
        circular = self.boundary == "periodic" and all(size % 2**levels == 0 for size in sizes)
        shapes = [shape]
        for level in range(1, levels + 1):
            shapes.append(tuple(_Line(n, level).out if axis in axes else n for axis, n in enumerate(shapes[-1])))
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            self._frame(levels, circular),
            self._grid(levels) if circular else None,
            dual_tree_blocks(
                shapes[-1],
                [tuple(n // 2 if axis in axes else n for axis, n in enumerate(sizes)) for sizes in shapes[1:]],
                list(zip(*(self._places([sizes[axis] for sizes in shapes[:-1]]) for axis in axes), strict=True)),
            ),
        )

    def _places(self, lengths: list[int]) -> list[Place]:
        """Return the places along an axis whose levels begin with so many samples."""
        befores = [_Line(n, level).before for level, n in enumerate(lengths, start=1)]
        return tree_places(self.biort, self.qshift, befores)

    def _frame(self, levels: int, circular: bool) -> Frame:
        if not levels:
            return Frame.ORTHONORMAL
        orthonormal = self.biort.is_orthonormal and self.qshift.is_orthonormal
        return Frame.TIGHT if circular and orthonormal else Frame.FRAME

    def _grid(self, levels: int) -> int:
        return 2**levels if levels > 1 else 1

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        decompose(x, c, _Trees(self, "analysis", c, workers))

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, _Trees(self, "synthesis", c, workers))

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        reconstruct(c, x, _Trees(self, "adjoint", c, workers))

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        trees, axes = _Trees(self, "analysis", c, workers=1), c.layout.axes
        moved.approx[...] = _moved(c.approx, c.layout.levels, "a" * len(axes), shift, axes)
        for level in range(1, c.layout.levels + 1):
            bands = trees.real_bands(c, level)
            turned = {word: _moved(band, level, word, shift, axes) for word, band in bands.items()}
            trees.combine(turned, moved, level, in_planes=False)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        power = 1.0
        for letter, axis in zip(layout.letters(band), layout.axes, strict=True):
            circle = -(-layout.shape[axis] // 2**layout.levels) * 2**layout.levels
            power *= tree_power(self.biort, self.qshift, letter, band.level, circle)
        return math.sqrt(power)

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        c = self.forward(x)
        return [single_band(self, c, band) for band in layout.bands]


class _Line:
    """The numbers of one level along n samples: how many make a coefficient of each tree, and what is added to them."""

    def __init__(self, n: int, level: int) -> None:
        self.ratio = 2 if level == 1 else 4
        self.before = int(level > 1 and n % 4 != 0)  # a copy of the first sample, and of the last one
        self.size = n + 2 * self.before if level > 1 else n + n % 2
        self.half = self.size // self.ratio
        self.out = 2 * self.half


def _moved(band: Array, level: int, word: str, shift: Shift, axes: tuple[int, ...]) -> Array:
    """Return a real band of both trees, interleaved, as a shift of the signal moves it."""
    for letter, step, axis in zip(word, shift, axes, strict=True):
        if level <= 1:
            band = shifted(band, (step,), (axis,))
        elif letter == "a":
            band = shifted(band, (_quotient(step, 2 ** (level - 1)),), (axis,))
        else:
            a, b = (np.take(band, range(tree, band.shape[axis], 2), axis) for tree in range(2))
            pair = _turned(b + 1j * a, _quotient(step, 2**level), axis)
            band = np.stack([pair.imag, pair.real], axis + 1).reshape(band.shape)
    return band


def _quotient(step: float, spacing: int) -> float:
    return step // spacing if step % spacing == 0 else step / spacing


def _turned(band: Array, step: float, axis: int) -> Array:
    """Return a complex band shifted by `step` of its coefficients, frequencies counted about its centre."""
    if isinstance(step, int):
        return np.roll(band, step, axis)
    frequency = np.fft.fftfreq(band.shape[axis])
    frequency += np.round(CENTRE - frequency)
    along = [1] * band.ndim
    along[axis] = -1
    return np.fft.ifft(np.fft.fft(band, axis=axis) * np.exp(-2j * np.pi * frequency * step).reshape(along), axis=axis)


class _Trees:
    """One level of both trees; see `separable.Steps`.

    Real bands hold both trees interleaved along every transformed axis. The kernels write complex bands at once
    where a single axis has samples that are neighbours (a pair of the real band is a complex number), and along the
    last two axes where these are neighbours. What is left is done by `combine` and undone by `separate`.
    """

    line_by_line = False

    def __init__(self, T: DTCWT, role: str, c: Coefficients, workers: int) -> None:
        dtype, axes = c.vector.dtype, c.layout.axes
        self.taps = [T.biort.first_level_taps(role, dtype), T.qshift.level_taps(role, dtype)]
        self.fold = role == "adjoint"
        self.mirrored = T.boundary == "symmetric"
        self.workers = workers
        self.in_planes = len(axes) > 1 and axes[-1] == axes[-2] + 1
        self.in_pairs = len(axes) == 1 and length_and_spacing(c.layout.shape, axes[0])[1] == 1
        self.complete = self.in_pairs or (self.in_planes and len(axes) == 2)

    def shape(self, c: Coefficients, level: int) -> tuple[int, ...]:
        return _doubled(c.layout.blocks[-level].shape, c.layout.axes)

    def targets(self, c: Coefficients, level: int) -> dict[str, Array]:
        return _stored(c, level) if self.complete else self._scratch(c, level)

    def collect(self, c: Coefficients, level: int, bands: dict[str, Array]) -> None:
        if not self.complete:
            self.combine(bands, c, level, self.in_planes)

    def sources(self, c: Coefficients, level: int) -> dict[str, Array]:
        bands = self.targets(c, level)
        if not self.complete:
            self.separate(c, level, bands, self.in_planes)
        return bands

    def _scratch(self, c: Coefficients, level: int) -> dict[str, Array]:
        shape = self.shape(c, level)
        return {word: np.empty(shape, c.vector.dtype) for word in words(len(c.layout.axes))[1:]}

    def real_bands(self, c: Coefficients, level: int) -> dict[str, Array]:
        """Return the real bands of a level, by word."""
        bands = self._scratch(c, level)
        self.separate(c, level, bands, in_planes=False)
        return bands

    def combine(self, bands: dict[str, Array], c: Coefficients, level: int, in_planes: bool) -> None:
        """Fill the complex bands of a level from real bands, whose planes are complex already if `in_planes`."""
        for band, part, numbers in self._rows(bands, c, level, in_planes):
            share(dualtree.combine, band, part, *numbers, items=len(numbers[0]), size=band.size, workers=self.workers)

    def separate(self, c: Coefficients, level: int, bands: dict[str, Array], in_planes: bool) -> None:
        """Undo `combine`."""
        for band, part, numbers in self._rows(bands, c, level, in_planes):
            share(dualtree.separate, part, band, *numbers, items=len(numbers[0]), size=band.size, workers=self.workers)

    def _rows(
        self, bands: dict[str, Array], c: Coefficients, level: int, in_planes: bool
    ) -> Iterator[tuple[Array, Array, tuple[Any, ...]]]:
        """Yield what is combined with what: flat arrays, and where the rows of `dualtree.combine` are in them.

        A row is everything from the last axis on, or from the plane of the last two on; of planes there are two.
        """
        axes, shape = c.layout.axes, c.layout.blocks[-level].shape
        done = 2 if in_planes else 1
        rows, signs = axes[-done], axes[:-done]
        pairs, one = math.prod(shape[rows:]), 2 * math.prod(shape)
        n, near = (pairs, 1) if in_planes else length_and_spacing(shape, rows)
        outer = _doubled(shape[:rows], signs)
        for word, stored in _stored(c, level).items():
            crossed = {axis for axis, letter in zip(axes, word, strict=True) if level > 1 and letter == "d"}
            starts, targets, steps = np.zeros(1, np.intp), np.zeros(1, np.intp), []
            for axis in range(rows):
                stride, to = 2 * pairs * math.prod(outer[axis + 1 :]), 2 * math.prod(shape[axis + 1 :])
                place = np.arange(shape[axis], dtype=np.intp)
                second = stride if axis in signs else 0
                begin = second if axis in crossed else 0  # tree b, from where tree a is one step back
                starts = np.add.outer(starts, place * (stride + second) + begin).ravel()
                targets = np.add.outer(targets, place * to).ravel()
                if axis in signs:
                    steps.append(second - 2 * begin)
            swapped = rows in crossed and not in_planes
            numbers = (starts, targets, np.array(steps, np.intp), n, near, near, swapped, done * one)
            flat, parts = bands[word].ravel(), stored.ravel()
            for sign in range(done):
                part = flat[sign * flat.size // done : (sign + 1) * flat.size // done]
                yield part, parts[sign * one :], numbers

    def split(self, x: Array, lo: Array, hi: Array, axis: int, level: int, levels: int = 1) -> None:
        del levels
        ending = (self.taps[level > 1].even,)
        self._share_lines(dualtree.analysis, (x.ravel(), lo.ravel(), hi.ravel()), x.shape, axis, level, ending)

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, level: int, levels: int = 1) -> None:
        del levels
        arrays = (lo.ravel(), hi.ravel(), x.ravel())
        self._share_lines(dualtree.synthesis, arrays, x.shape, axis, level, (self.fold,))

    def split_plane(self, x: Array, bands: list[Array], axis: int, level: int, prefix: str) -> None:
        ending = (self.taps[level > 1].even,)
        self._share_plane(dualtree.plane_analysis, (x, *bands), x.shape, axis, level, "d" in prefix, ending)

    def merge_plane(self, bands: list[Array], x: Array, axis: int, level: int, prefix: str) -> None:
        ending = (self.fold,)
        self._share_plane(dualtree.plane_synthesis, (*bands, x), x.shape, axis, level, "d" in prefix, ending)

    def _share_lines(
        self,
        kernel: Kernel,
        arrays: tuple[Array, ...],
        shape: tuple[int, ...],
        axis: int,
        level: int,
        ending: tuple[bool],
    ) -> None:
        n, near = length_and_spacing(shape, axis)
        line, crossed = _Line(n, level), self.in_pairs and level > 1
        numbers = (n, near, line.ratio, line.before, line.size, self.mirrored, crossed)
        arguments = (*arrays, *numbers, *self.taps[level > 1][:3], *ending)
        items = math.prod(shape[:axis]) * line.half
        share(kernel, *arguments, items=items, size=2 * math.prod(shape), workers=self.workers)

    def _share_plane(
        self,
        kernel: Kernel,
        arrays: tuple[Array, ...],
        shape: tuple[int, ...],
        axis: int,
        level: int,
        paired: bool,
        ending: tuple[bool],
    ) -> None:
        (n, near), rows = length_and_spacing(shape, axis + 1), shape[axis]
        row, line = _Line(rows, level), _Line(n, level)
        flat = (array.ravel() for array in arrays)
        numbers = (rows, n, near, line.ratio, row.before, row.size, line.before, line.size, self.mirrored, paired)
        arguments = (*flat, *numbers, *self.taps[level > 1][:3], *ending)
        items = math.prod(shape[:axis]) * row.half
        share(kernel, *arguments, items=items, size=4 * math.prod(shape), workers=self.workers)


def _doubled(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(2 * n if axis in axes else n for axis, n in enumerate(shape))


def _stored(c: Coefficients, level: int) -> dict[str, Array]:
    """Return the memory of the complex bands of each word, in the shape of its real band."""
    shape = _doubled(c.layout.blocks[-level].shape, c.layout.axes)
    return {word: part.reshape(shape) for word, part in stored_words(c, level).items()}
