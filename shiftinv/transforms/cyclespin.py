"""Cycle spinning: a transform of several shifts of a signal at once, and the average over shifts of any function."""

from __future__ import annotations

import itertools
import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..coefficients import Coefficients
from ..groups import Group, Shift, shift_of, shifted
from ..layout import Band, Frame, Layout
from ..progress import shown
from ..representation import Action, FrameTransform, Representation, freeze
from ..workers import count as workers_asked
from .mean_inverse import filtered, mean_filters

__all__ = ["CycleSpin", "cycle_spin"]

Shifts: TypeAlias = int | Sequence[Any] | NDArray[Any] | Group  # or "all"


@dataclass(frozen=True, init=False, repr=False)
class CycleSpin(FrameTransform):
    """A transform of several circular shifts of the signal, as one frame: the more shifts, the less position matters.

    Parameters
    ----------
    base : FrameTransform or str
        What transforms every shift, or its spec; with periodic boundary.
    shifts : int, "all", sequence, or Group, optional
        K: K shifts per axis, K^d for d axes, spread as the notes say. A list of shifts: each a whole number (the same
        on every axis) or one per transformed axis. "all": every shift, of which `base` must know the coefficients
        without decimation (``base.undecimated()``), and 2^levels must divide the transformed lengths unless
        `base` decimates nothing.
    seed : int, optional
        Instead of the K^d shifts, draw K in all at random, without repetition, from those below 2^levels.

    Notes
    -----
    With H the shifts, B the base and (S_s x)[n] = x[n - s],

        c_s = B(S_s x) / sqrt(|H|),    x = (1 / sqrt(|H|)) sum over s in H of S_{-s} B^{-1}(c_s),

    a frame with the bounds of B or better ones, |H| times as redundant; a Parseval frame if B is orthonormal. Bands are
    those of the base with one leading axis of shifts, in the order of ``layout.shifts``.

    K shifts are s_i = i t mod 2^J with t = (2^J - (-1)^J) / 3 at J levels: their residues are spread evenly at every
    level at once, where neighbours serve the fine levels alone, and multiples of 2^J / K the coarsest.

    Of ``shifts="all"`` (2^J per axis) only coefficients that differ are stored, each as often as its weight
    says: these are the bands of ``base.undecimated()``, without a leading axis, in the time that takes. `at_shift`
    finds the base's coefficients of any shift among them, the translation-invariant table of Coifman and Donoho. The
    inverse is the mean above whatever the coefficients are. Of a `shiftinv.transforms.PartialSWT`, which is inverted by
    least norm, the sibling does not know it: a filter of each band does it, from a matrix of G^d x G^d numbers for
    every G^d frequencies, G being the base's grid.

    References
    ----------
    R. R. Coifman and D. L. Donoho, "Translation-invariant de-noising", Lecture Notes in Statistics 103, 1995.
    doi:10.1007/978-1-4612-2544-7_9

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(64)
    >>> T = si.CycleSpin("dwt:sym8,levels=3", shifts=4)
    >>> c = T.forward(x)
    >>> c.layout.shifts, c[3, "d"].shape, c.layout.redundancy
    (((0,), (3,), (6,), (1,)), (4, 8), 4.0)
    >>> bool(np.allclose(T.inverse(c), x, atol=1e-13))
    True
    >>> every = si.CycleSpin("dwt:sym8,levels=3").forward(x)
    >>> every[3, "d"].shape, every.layout.redundancy
    ((64,), 4.0)
    """

    base: FrameTransform
    shifts: str | int | tuple[Any, ...] = "all"
    seed: int | None = None
    name: ClassVar[str] = "cyclespin"

    def __init__(
        self, base: FrameTransform | str, shifts: Literal["all"] | Shifts = "all", *, seed: int | None = None
    ) -> None:
        base, given = _base_of(base), _shifts_of(shifts)
        if given == "all" and base.undecimated() is None:
            raise ValueError(
                f"base={base!r} has no undecimated sibling, which holds its coefficients of all shifts. Use shifts=K."
            )
        if seed is not None and not isinstance(given, int):
            raise ValueError(f"seed={seed!r} draws shifts, and shifts={shifts!r} says which. Use shifts=K, or no seed.")
        freeze(self, base=base, shifts=given, seed=None if seed is None else checks.integer(seed, "seed", 0))

    @property
    def action(self) -> Action:
        """Shifts by ``layout.grid`` are exact: each moves copies onto others, and those by what the base says."""
        if self.shifts == "all":
            return Action("exact")
        method = "the copy whose shift is nearest, moved as the base moves it by the rest"
        return Action(self.base.action.kind, method if self.base.action.kind != "exact" else "")

    @property
    def residual(self) -> float:
        """The residual of the base."""
        return self.base.residual

    def undecimated(self) -> CycleSpin | None:
        """Return this transform if it holds all shifts, else None."""
        return self if self.shifts == "all" else None

    def with_levels(self, levels: int | None, axes: tuple[int, ...] | None) -> Self:
        """Return this transform with other levels and axes of its base."""
        return self.replace(base=self.base.with_levels(levels, axes))

    def at_shift(self, c: Coefficients, shift: int | tuple[int, ...]) -> Coefficients:
        """Return the base's coefficients of the shifted signal, read from those of all shifts.

        Parameters
        ----------
        c : Coefficients
            Of this transform, with ``shifts="all"``.
        shift : int or tuple of int
            Samples to the right; one number per transformed axis, or one for all of them.

        Returns
        -------
        Coefficients
            ``base.forward(S x)`` up to rounding, without a transform.

        Raises
        ------
        ValueError
            If `c` belongs to another transform, or this one does not hold all shifts.

        Examples
        --------
        >>> import numpy as np, shiftinv as si
        >>> x = np.random.default_rng(0).standard_normal(64)
        >>> T = si.CycleSpin("dwt:sym8,levels=3")
        >>> moved = T.base.forward(np.roll(x, 5))
        >>> bool(np.allclose(T.at_shift(T.forward(x), 5).vector, moved.vector, atol=1e-13))
        True
        """
        self._check_own(c)
        if self.shifts != "all":
            raise ValueError(f"shifts={self.shifts!r} does not hold every shift. Use shifts='all'.")
        steps = shift_of(shift, len(c.layout.axes))
        found = Coefficients(self.base.layout(c.layout.shape, c.layout.dtype))
        for band in c.bands:
            block, samples = found.layout.block(band), c[band]
            for axis, k in zip(c.layout.axes, steps, strict=True):
                length, kept = samples.shape[axis] // block.trees, block.shape[axis] // block.trees
                places = (length // kept * np.arange(kept) - k) % length
                all_trees = block.trees * places[:, None] + np.arange(block.trees)
                samples = math.sqrt(length // kept) * np.take(samples, all_trees.ravel(), axis)
            found[band] = samples
        return found

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        inner = self.base.layout(shape, dtype)
        spec = self.with_levels(inner.levels, inner.axes).spec
        if self.shifts == "all":
            if inner.grid is None:
                checks.multiples(inner.sizes, inner.levels, "shifts='all'", "shifts=K, which takes any length")
            return replace(self._sibling(inner).layout(shape, dtype), spec=spec)
        shifts = self._drawn_or_listed(inner)
        frame = inner.frame
        if len(shifts) > 1 and (frame is not Frame.FRAME or self._is_a_mean_of_all(shifts, inner)):
            frame = Frame.TIGHT
        return replace(
            inner,
            spec=spec,
            frame=frame,
            grid=_grid(shifts, inner.grid),
            blocks=tuple(replace(block, shape=(len(shifts), *block.shape)) for block in inner.blocks),
            shifts=shifts,
        )

    def _is_a_mean_of_all(self, shifts: tuple[tuple[int, ...], ...], inner: Layout) -> bool:
        """Whether the shifts are all shifts, each as often, up to those that change nothing, and these are tight."""
        if inner.grid is None or self.base.undecimated() is None:
            return False
        counts = Counter(tuple(step % inner.grid for step in shift) for shift in shifts)
        if len(counts) < inner.grid ** len(inner.axes) or len(set(counts.values())) > 1:
            return False
        return self._sibling(inner).layout(inner.shape, inner.dtype).frame is not Frame.FRAME

    def _drawn_or_listed(self, inner: Layout) -> tuple[tuple[int, ...], ...]:
        """Return the shifts on the circles of a signal."""
        axes, period, sizes = len(inner.axes), 2**inner.levels, inner.sizes
        listed: Any = self.shifts
        if isinstance(self.shifts, int) and self.seed is None:
            if self.shifts > period:
                text = f"shifts={self.shifts} lists the {period} shifts below 2^{inner.levels} again; each counts once."
                warnings.warn(text, checks.ShiftWarning, stacklevel=5)
            stride = (period - (-1) ** inner.levels) // 3
            line = (i * stride % period for i in range(min(self.shifts, period)))
            listed = list(itertools.product(line, repeat=axes))
        elif isinstance(self.shifts, int):
            below = tuple(min(period, n) for n in sizes)
            if self.shifts > math.prod(below):
                raise ValueError(
                    f"shifts={self.shifts} are more than the {math.prod(below)} there are to draw from at "
                    f"{inner.levels} levels. Use fewer."
                )
            drawn = np.random.default_rng(self.seed).choice(math.prod(below), self.shifts, replace=False)
            listed = np.stack(np.unravel_index(drawn, below), -1)
        group = Group.of(listed, axes).modulo(sizes, stacklevel=6)
        return tuple(tuple(map(int, shift)) for shift in group)

    def _sibling(self, layout: Layout) -> FrameTransform:
        sibling = self.base.with_levels(layout.levels, layout.axes).undecimated()
        assert sibling is not None  # the constructor has asked
        return sibling

    def _needs_mean(self, layout: Layout) -> bool:
        """Whether all shifts are there, and the sibling's inverse is not the mean of the base's over them."""
        return self.shifts == "all" and self.base._is_least_norm(layout)

    def _mean_filters(self, layout: Layout) -> dict[Band, NDArray[np.complex128]]:
        return mean_filters(self.base.with_levels(layout.levels, layout.axes), layout)

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        if self.shifts == "all":
            self._sibling(c.layout)._forward(x, c, workers)
            return
        layout, part = c.layout, self._single(c.layout)
        for i, shift in enumerate(layout.shifts):
            self.base._forward(np.roll(x, shift, layout.axes), part, workers)
            part.vector[...] *= len(layout.shifts) ** -0.5
            for band in c.bands:
                c[band][i] = part[band]

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        if self._needs_mean(c.layout):
            x[...] = filtered(self._mean_filters(c.layout), c)
        elif self.shifts == "all":
            self._sibling(c.layout)._inverse(c, x, workers)
        else:
            self._averaged(self.base._inverse, c, x, workers)

    def _adjoint(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        if self.shifts == "all":
            self._sibling(c.layout)._adjoint(c, x, workers)
        else:
            self._averaged(self.base._adjoint, c, x, workers)

    def _averaged(self, synthesis: Any, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        """Fill `x` with (1 / sqrt(|H|)) sum S_{-s} synthesis(c_s)."""
        back, total = np.empty_like(x), _zeros_in_double(x)
        for shift, part in zip(c.layout.shifts, self._copies(c), strict=True):
            synthesis(part, back, workers)
            total += np.roll(back, [-step for step in shift], c.layout.axes)
        x[...] = total * len(c.layout.shifts) ** -0.5

    def _single(self, layout: Layout) -> Coefficients:
        inner = self.base.layout(layout.shape, layout.dtype)
        return Coefficients(inner, np.empty(inner.size, inner.real_dtype))

    def _copies(self, c: Coefficients) -> Iterator[Coefficients]:
        """Yield the base's coefficients of every shift, in the same memory."""
        part = self._single(c.layout)
        for i in range(len(c.layout.shifts)):
            for band in c.bands:
                part[band] = c[band][i]
            yield part

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        if self.shifts == "all":
            self._sibling(c.layout)._act(c, shift, moved)
            return
        part, after, layout = self._single(c.layout), self._single(c.layout), c.layout
        grid = self.base.layout(layout.shape, layout.dtype).grid or 1
        for i, wanted in enumerate(np.array(layout.shifts) + np.array(shift, int)):
            nearest, rest = _nearest(wanted, np.array(layout.shifts), grid)
            for band in c.bands:
                part[band] = c[band][nearest]
            self.base._act(part, rest, after)
            for band in c.bands:
                moved[band][i] = after[band]

    def _noise_gain(self, band: Band, layout: Layout) -> float:
        if self.shifts == "all":
            return self._sibling(layout).noise_gain(band, layout.shape)
        return self.base.noise_gain(band, layout.shape) / math.sqrt(len(layout.shifts))

    def _mra(self, x: NDArray[Any], layout: Layout) -> list[NDArray[Any]]:
        if self._needs_mean(layout):
            c = self.forward(x)
            return [filtered({band: f}, c).astype(x.dtype) for band, f in self._mean_filters(layout).items()]
        if self.shifts == "all":
            return self._sibling(layout).mra(x)
        parts = [_zeros_in_double(x) for _ in layout.bands]
        for shift in layout.shifts:
            for part, spun in zip(parts, self.base.mra(np.roll(x, shift, layout.axes)), strict=True):
                np.add(part, np.roll(spun, [-step for step in shift], layout.axes) / len(layout.shifts), out=part)
        return [part.astype(x.dtype, copy=False) for part in parts]


def cycle_spin(
    f: Callable[[NDArray[Any]], ArrayLike],
    x: ArrayLike,
    shifts: Literal["all"] | Shifts,
    *,
    axes: int | tuple[int, ...] | None = None,
    workers: int = 1,
    progress: bool = False,
) -> NDArray[Any]:
    """Average a function over circular shifts: shift the signal, apply the function, shift back.

    Parameters
    ----------
    f : callable
        Maps an array to one of the same shape and dtype: a denoiser, say. It is given arrays of its own; with more than
        one worker it is called by several threads at once.
    x : array_like, shape (…)
        The signal. It is only read.
    shifts : int, "all", sequence, or Group
        K: the shifts 0 … K-1 on every axis, K^d for d axes (in scikit-image ``max_shifts=K-1``). A list of shifts,
        each one number for all axes or one per axis. "all": every shift of the signal, as many as it has samples.
    axes : int or tuple of int, optional
        The shifted axes. None: all.
    workers : int, optional
        Threads that call `f`, at most one per core; -1 for all cores. The result is the same to the bit.
    progress : bool, optional
        Show a bar on stderr, if that is a terminal, tqdm is installed and the work takes more than a second.

    Returns
    -------
    ndarray
        Of the shape of `x`, in the dtype it is computed in; the sum is in double precision.

    Raises
    ------
    TypeError
        If `f` cannot be called or returns another dtype, or a shift is not whole.
    ValueError
        If `f` returns another shape, or there is no shift.

    Warns
    -----
    ShiftWarning
        If two shifts are the same on the circle of the signal; they count once.

    Notes
    -----
    (1 / |H|) sum over s in H of S_{-s} f(S_s x), with (S_s x)[n] = x[n - s]. For a linear transform and a rule on its
    coefficients, `CycleSpin` averages over shifts that are chosen by its levels.

    References
    ----------
    R. R. Coifman and D. L. Donoho, "Translation-invariant de-noising", Lecture Notes in Statistics 103, 1995.
    doi:10.1007/978-1-4612-2544-7_9

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> pairs = lambda x: np.repeat(x.reshape(-1, 2).mean(axis=1), 2)
    >>> pairs(np.array([0.0, 0.0, 4.0, 0.0, 0.0, 0.0])).tolist()
    [0.0, 0.0, 2.0, 2.0, 0.0, 0.0]
    >>> si.cycle_spin(pairs, [0.0, 0.0, 4.0, 0.0, 0.0, 0.0], 2).tolist()
    [0.0, 1.0, 2.0, 1.0, 0.0, 0.0]
    """
    if not callable(f):
        raise TypeError(f"f={f!r} is {checks.kind_of(f)}. Use a function of an array, as lambda x: T.inverse(…).")
    threads, signal = workers_asked(workers), checks.signal(x)
    along = checks.axes_of(checks.axes(axes), signal.shape)
    sizes = checks.transformed_sizes(signal.shape, along)
    if isinstance(shifts, str):
        checks.choice(shifts, ("all",), "shifts")
        group = Group.cyclic(sizes)
    else:
        group = Group.of(shifts, len(along)).modulo(sizes)

    def spun(shift: Shift) -> NDArray[Any]:
        return shifted(_checked(f(shifted(signal, shift, along)), signal), tuple(-step for step in shift), along)

    total = _zeros_in_double(signal)
    # as many results at a time as there are threads; they are added in the order of the shifts
    batches = [group.shifts[i : i + threads] for i in range(0, len(group), threads)]
    with ThreadPoolExecutor(threads, thread_name_prefix="shiftinv-spin") as pool:
        for batch in shown(batches, "cycle spinning", progress):
            for part in map(spun, batch) if threads == 1 else pool.map(spun, batch):
                total += part
    total /= len(group)
    return total.astype(signal.dtype, copy=False)


def _zeros_in_double(x: NDArray[Any]) -> NDArray[Any]:
    """Return where as many arrays like `x` as there are shifts can be added without their rounding adding up."""
    return np.zeros(x.shape, np.result_type(x.dtype, np.float64))


def _checked(y: ArrayLike, x: NDArray[Any]) -> NDArray[Any]:
    """Return what f made of a shifted `x`, if it can be shifted back and added."""
    result = np.asarray(y)
    if result.shape != x.shape:
        raise ValueError(
            f"f maps shape {x.shape} to {result.shape}, and its result is shifted back as a signal of the same shape. "
            f"Use a function that keeps the shape."
        )
    if result.dtype != x.dtype:
        raise TypeError(
            f"f maps {x.dtype} to {result.dtype}, and the average is {x.dtype}. Use a function that keeps the dtype, "
            f"such as lambda x: f(x).astype(x.dtype)."
        )
    return result


def _base_of(base: object) -> FrameTransform:
    """Return a base that can be spun, or refuse."""
    if isinstance(base, str):
        from ..registry import transform  # only a spec needs it

        base = transform(base)
    if isinstance(base, CycleSpin):
        raise ValueError(f"base={base!r} is spun already. Use base={base.base!r} and list all shifts at once.")
    if not isinstance(base, FrameTransform):
        kind = "not linear" if isinstance(base, Representation) else checks.kind_of(base)
        raise TypeError(f"base={base!r} is {kind}. Use a linear transform or its spec, such as 'dwt:sym8,levels=4'.")
    boundary = getattr(base, "boundary", "periodic")
    if boundary != "periodic":
        raise ValueError(
            f"base={base!r} has boundary={boundary!r}, and circular shifts move its ends into the signal. "
            f"Use boundary='periodic', or extend the signal first."
        )
    return base


def _shifts_of(shifts: object) -> str | int | tuple[Any, ...]:
    """Return shifts as "all", a count, or a tuple of ints or of tuples; how many axes there are shows with a shape."""
    if isinstance(shifts, str):
        return checks.choice(shifts, ("all",), "shifts")
    given = shifts.shifts if isinstance(shifts, Group) else shifts
    if not isinstance(given, (Sequence, np.ndarray)):
        return checks.integer(given, "shifts", 1)
    several = [item for item in given if isinstance(item, (tuple, list)) or np.ndim(item)]
    group = Group.of(given, len(several[0]) if several else 1, stacklevel=4)
    return group.shifts if several else tuple(step for (step,) in group)


def _grid(shifts: tuple[tuple[int, ...], ...], grid: int | None) -> int | None:
    """Return the least power of two, or else the base's grid, by which a shift along any axis maps H to H."""
    if grid is None:
        return None
    residues, axes = np.array(shifts) % grid, len(shifts[0])

    def maps_to_itself(step: int) -> bool:
        moved = ((residues + step * unit) % grid for unit in np.eye(axes, dtype=int))
        return all(_rows(one) == _rows(residues) for one in moved)

    powers = (2**exponent for exponent in range(grid.bit_length() - 1))
    return next((step for step in powers if grid % step == 0 and maps_to_itself(step)), grid)


def _rows(values: NDArray[Any]) -> set[tuple[int, ...]]:
    return set(map(tuple, values.tolist()))


def _nearest(wanted: NDArray[Any], shifts: NDArray[Any], grid: int) -> tuple[int, Shift]:
    """Return the copy from which `wanted` is best reached, and the shift that is left to do.

    Best is the shift with the highest power of two: the base does it exactly at most levels. Then the least.
    """
    rest = wanted - shifts
    exact = np.gcd(np.gcd.reduce(rest, axis=1), grid)
    nearest = int(np.lexsort((np.abs(rest).sum(axis=1), -exact))[0])
    return nearest, tuple(map(int, rest[nearest]))
