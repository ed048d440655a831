"""The steerable pyramid: oriented bands cut out of the spectrum, each sampled densely enough to be shiftable."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..coefficients import Coefficients
from ..groups import Shift, shifted
from ..layout import Band, Block, Frame, Layout
from ..representation import Action, FrameTransform, freeze, single_band
from .separable import Array, deepest_fit, too_deep

__all__ = ["SteerablePyramid"]

RESIDUAL = "residual"
FILTER_SPAN = 5  # by default the coarsest bands have four samples or more


@dataclass(frozen=True, init=False, repr=False)
class SteerablePyramid(FrameTransform):
    """The steerable pyramid: oriented bands without aliasing, shiftable at a redundancy near 4 K / 3 (8 K / 3 complex).

    Parameters
    ----------
    orientations : int, optional
        How many orientations K an image has, at least 1. A signal has one direction, and of three axes or more each
        has one band along it, whatever K is.
    levels : int, optional
        How many levels, 0 … ceil(log2 N) of the shortest transformed axis. None: floor(log2 N) - 2, at least 1 for
        two samples or more.
    axes : int or tuple of int, optional
        The transformed axes; the others are a batch. None: all.
    real : bool, optional
        False: bands are complex, each of half the spectrum, their magnitude free of the phase of what they see.
        True: bands are real, with half as many numbers, and the signal may be complex.

    Raises
    ------
    TypeError
        From `layout` and `forward`, if the signal is complex and `real` is False.

    Notes
    -----
    With w the frequency in radians per sample, r = |w| / pi, and

        L(r) = cos(pi/2 log2(2 r)) for 1/2 < r < 1,   1 below, 0 above,      H(r)^2 = 1 - L(r)^2,

    the bands are the signal through these filters, which fall to zero within an octave,

        residual           H(r)                                    all samples are kept
        level j, band k    L(2^(j-1) r) H(2^j r) G_k(w)            ceil(N / 2^(j-1)) samples along an axis of N
        approximation      L(2^J r)                                ceil(N / 2^J) samples

    and of an image, with t the angle of w from the second axis to the first one,

        G_k(w) = (-i)^(K-1) a cos(t - pi k / K)^(K-1),    a = 2^(K-1) (K-1)! / sqrt(K (2K-2)!),    sum_k |G_k|^2 = 1.

    Along a single axis G = 1; of three axes or more G_k = -i cos of the angle between w and axis k. A complex band has
    sqrt(2) G_k where the cosine is positive and nothing where it is negative, so that its real part is 1/sqrt(2) times
    the real band, and its imaginary part the Hilbert transform of that.

    A band of level j vanishes from the frequency pi / 2^(j-1) on and is sampled at no less than twice that, at any
    length: its spectrum is cut out, and nothing is folded. So nothing is aliased, a shift of the signal by k is the
    Fourier shift of every band by k over its spacing, for fractions of a sample as well, and energies of bands do
    not change. The frame is Parseval: the inverse is the adjoint.

    Bands of an image are named by the direction along which they look, in degrees counterclockwise from the
    horizontal, as those of `shiftinv.DTCWT`: "+90", "+45", "+0", "-45" for K = 4. That of a signal is "d", those of
    more axes are "d--", "-d-", "--d". The residual, (1, "residual"), holds what is above the first level, the corners
    of the spectrum included. It is real, and not part of ``c.detail(1)``.

    References
    ----------
    E. P. Simoncelli, W. T. Freeman, E. H. Adelson and D. J. Heeger, "Shiftable multiscale transforms", IEEE Trans.
    Inf. Theory 38(2), 1992. doi:10.1109/18.119725

    J. Portilla and E. P. Simoncelli, "A parametric texture model based on joint statistics of complex wavelet
    coefficients", Int. J. Comput. Vis. 40, 2000 (complex bands). doi:10.1023/A:1026553619983

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal((64, 64))
    >>> T = si.transforms.SteerablePyramid(4, levels=3)
    >>> c = T.forward(x)
    >>> c[1, "+45"].shape, c[2, "+45"].shape, c.detail(2).shape, c.layout.frame.value
    ((64, 64), (32, 32), (4, 32, 32), 'tight')
    >>> bool(np.allclose(T.inverse(c), x))
    True
    >>> bool(np.allclose(T.act(c, 3).vector, T.forward(np.roll(x, 3, (0, 1))).vector))
    True
    """

    orientations: int = 4
    levels: int | None = None
    axes: tuple[int, ...] | None = None
    real: bool = False
    name: ClassVar[str] = "steerable"

    def __init__(
        self,
        orientations: int = 4,
        levels: int | None = None,
        *,
        axes: int | tuple[int, ...] | None = None,
        real: bool = False,
    ) -> None:
        if not isinstance(real, (bool, np.bool_)):
            raise TypeError(f"real={real!r} is {checks.kind_of(real)}. Use True for real bands or False.")
        freeze(
            self,
            orientations=checks.integer(orientations, "orientations", 1),
            levels=checks.levels(levels),
            axes=checks.axes(axes),
            real=bool(real),
        )

    @property
    def action(self) -> Action:
        """Every shift of the signal is a shift of every band by as many of its samples, mostly a fraction."""
        return Action("exact", "Fourier shift of each band by shift / spacing")

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        if not self.real:
            checks.real_signal(dtype, "a steerable pyramid (unless real=True)")
        axes = checks.axes_of(self.axes, shape)
        sizes = checks.transformed_sizes(shape, axes)
        levels = deepest_fit(FILTER_SPAN, sizes) if self.levels is None else self.levels
        limit = (min(sizes) - 1).bit_length()
        if levels > limit:
            raise too_deep(levels, limit, "SteerablePyramid", sizes)
        is_complex, isotropic = dtype.kind == "c", "-" * len(axes)

        def block(level: int, names: tuple[str, ...], halvings: int, *, kind: bool, words: tuple[str, ...]) -> Block:
            counts = dict(zip(axes, (_halved(n, halvings) for n in sizes), strict=True))
            whole = all(n % 2**halvings == 0 for n in sizes)  # else coefficients are a little closer than is told
            return Block(
                level,
                names,
                tuple(counts.get(axis, n) for axis, n in enumerate(shape)),
                kind,
                words=words,
                spacing=2**halvings,
                starts=((0, 0),) * len(axes) if whole else (),
                supports=tuple((-(n // 2), (n - 1) // 2) for n in sizes) if whole else (),
            )

        names = tuple(direction.name for direction in _directions(len(axes), self.orientations))
        oriented = [
            block(level, names, level - 1, kind=is_complex or not self.real, words=(isotropic,) * len(names))
            for level in range(levels, 0, -1)
        ]
        residual = [block(1, (RESIDUAL,), 0, kind=is_complex, words=(isotropic,))] if levels else []
        return Layout(
            self.with_levels(levels, axes).spec,
            shape,
            dtype.name,
            axes,
            levels,
            Frame.TIGHT if levels else Frame.ORTHONORMAL,
            1,
            (block(levels, ("a" * len(axes),), levels, kind=is_complex, words=()), *oriented, *residual),
        )

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        from scipy.fft import fftn, ifftn

        axes = c.layout.axes
        if not c.layout.levels:
            c.approx[...] = x
            return
        spectrum = fftn(x, axes=axes, norm="ortho", workers=workers)
        for cut, filters in self._filters(c.layout):
            part = spectrum[cut]
            for band, gain, phase in filters:
                values = ifftn(part * gain.astype(part.real.dtype), axes=axes, norm="ortho", workers=workers) * phase
                c[band] = values if c[band].dtype.kind == "c" else values.real

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        self._adjoint(c, x, workers)

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        from scipy.fft import fftn, ifftn

        axes = c.layout.axes
        if not c.layout.levels:
            x[...] = c.approx
            return
        spectrum = np.zeros(x.shape, np.result_type(x.dtype, np.complex64))
        for cut, filters in self._filters(c.layout):
            for band, gain, phase in filters:
                part = fftn(c[band] * phase.conjugate(), axes=axes, norm="ortho", workers=workers)
                spectrum[cut] += part * gain.astype(part.real.dtype)
        values = ifftn(spectrum, axes=axes, norm="ortho", workers=workers)
        x[...] = values if x.dtype.kind == "c" else values.real

    def _filters(self, layout: Layout) -> Iterator[tuple[Any, Iterator[tuple[Band, Array, complex]]]]:
        """Yield, for each rate of sampling, which bins of the spectrum it keeps, and the filters of its bands there.

        A filter is its band, a real gain for every bin, and a power of -i.
        """
        directions = _directions(len(layout.axes), self.orientations)
        for halvings in range(layout.levels + 1):
            bins = [_kept_bins(n, halvings) for n in layout.sizes]
            grid = dict(zip(layout.axes, bins, strict=True))
            cut = np.ix_(*(grid.get(axis, np.arange(n)) for axis, n in enumerate(layout.shape)))
            yield cut if halvings else ..., self._filters_at(layout, halvings, bins, directions)

    def _filters_at(
        self, layout: Layout, halvings: int, bins: Sequence[NDArray[np.intp]], directions: Sequence[_Direction]
    ) -> Iterator[tuple[Band, Array, complex]]:
        """Yield the filters of all bands that are sampled at one rate."""
        frequency = []
        for axis, n, kept in zip(layout.axes, layout.sizes, bins, strict=True):
            along = [-1 if other == axis else 1 for other in range(len(layout.shape))]
            frequency.append((np.where(2 * kept > n, kept - n, kept) * (2 / n)).reshape(along))
        radius: Array = np.sqrt(_total(f**2 for f in frequency))
        low = _lowpass(2**halvings * radius)
        if not halvings:
            yield Band(1, RESIDUAL), _highpass(radius), 1
        if halvings == layout.levels:
            yield layout.approximation, low, 1
            return
        ring = low * _highpass(2 ** (halvings + 1) * radius)
        for direction in directions:
            part = _total(u * f for u, f in zip(direction.vector, frequency, strict=True))
            cosine = np.divide(part, radius, out=np.zeros_like(radius), where=radius > 0)
            half = 1.0 if self.real else np.sqrt(1 + np.sign(cosine))
            gain = ring * direction.scale * cosine**direction.power * half
            yield Band(halvings + 1, direction.name), gain, direction.phase

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        for band in c.bands:
            moved[band] = shifted(c[band], _steps(c.layout, band, shift), c.layout.axes)

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        block = layout.block(band)
        if not layout.levels:
            return 1.0
        gains = (gain for _, filters in self._filters(layout) for at, gain, _ in filters if at == band)
        power = float(np.sum(next(gains) ** 2)) / math.prod(block.shape[axis] for axis in layout.axes)
        return math.sqrt(power / (1 + block.is_complex))

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        c = self.forward(x)
        return [single_band(self, c, band) for band in layout.bands]


class _Direction(NamedTuple):
    """Along which frequencies a band looks: its gain is `scale` times a power of the cosine with `vector`."""

    name: str
    vector: tuple[float, ...]
    power: int
    scale: float

    @property
    def phase(self) -> complex:
        """The power of -i that makes the filter real."""
        return (1, -1j, -1, 1j)[self.power % 4]


@functools.cache
def _directions(axes: int, orientations: int) -> tuple[_Direction, ...]:
    """Return the directions of so many axes, whose squared gains add up to 1 at every frequency."""
    if axes == 1:
        return (_Direction("d", (1,), 0, 1),)
    if axes > 2:
        units = np.eye(axes).tolist()
        return tuple(_Direction("".join("d" if u else "-" for u in unit), tuple(unit), 1, 1) for unit in units)
    power = orientations - 1
    scale = math.sqrt(4**power / (orientations * math.comb(2 * power, power)))
    turns = [k / orientations for k in range(orientations)]  # half turns from the second axis to the first
    return tuple(
        _Direction(f"{90 - 180 * turn:+.5g}", (math.sin(math.pi * turn), math.cos(math.pi * turn)), power, scale)
        for turn in turns
    )


def _total(terms: Iterable[Array]) -> Array:
    """Return a sum over axes, each term along its own."""
    total: Array = functools.reduce(np.add, terms)
    return total


def _halved(n: int, halvings: int) -> int:
    """Return how many samples of n are left: no fewer than n / 2^halvings, so that nothing below that rate is lost."""
    return -(-n // (1 << halvings))


def _kept_bins(n: int, halvings: int) -> NDArray[np.intp]:
    """Return which bins of n are the spectrum of a band that is sampled less often."""
    count = _halved(n, halvings)
    return np.fft.fftfreq(count, 1 / count).round().astype(np.intp) % n


def _lowpass(radius: Array) -> Array:
    """Return L: 1 up to half the Nyquist frequency, 0 from there on."""
    kept: Array = np.where(radius < 1, np.cos(_angle(radius)), 0)
    return kept


def _highpass(radius: Array) -> Array:
    """Return H, whose square and that of L add up to 1."""
    kept: Array = np.sin(_angle(radius))
    return kept


def _angle(radius: Array) -> Array:
    """Return an angle that goes from 0 to pi / 2 in the octave below 1, on a logarithmic scale."""
    angle: Array = np.pi / 2 * (1 + np.log2(np.clip(radius, 0.5, 1)))
    return angle


def _steps(layout: Layout, band: Band, shift: Shift) -> Shift:
    """Return a shift of the signal in samples of a band."""
    counts = (layout.block(band).shape[axis] for axis in layout.axes)
    steps = (Fraction(k) * count / n for k, count, n in zip(shift, counts, layout.sizes, strict=True))
    return tuple(int(step) if step.denominator == 1 else float(step) for step in steps)
