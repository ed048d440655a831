"""The laws of a transform, to check one of your own: `check_transform(T)`.

Each law is one function ``law_…(T, probe)`` that raises `BrokenLaw` with its finding; `LAWS` lists them, and
`check_transform` says which law, transform and signal it was. They need NumPy alone. Tolerances are multiples of
the machine epsilon of the computing dtype.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .coefficients import Coefficients
from .filters import DualTreeBank, FilterBank
from .groups import shifted
from .layout import Band, Frame, Layout
from .registry import TRANSFORMS, transform
from .representation import FrameTransform, Invertible, Representation

__all__ = ["LAWS", "BrokenLaw", "Probe", "check_transform"]

EPSILONS = 450  # 1e-13 in float64, per level and axis
SHAPES = ((1,), (3,), (16,), (61,), (64,), (16, 8), (9, 16), (8, 4, 8))
DTYPES = ("float64", "float32", "complex128")
MOST_BANDS = 12  # on which the laws of single bands are tried; four axes of a dual tree have 120 a level
SURELY_NOT_TIGHT = 8  # on shorter axes a periodised filter is a few numbers and may be tight by accident


class BrokenLaw(AssertionError):
    """A transform does not keep one of the laws it declares."""


@dataclass(frozen=True)
class Probe:
    """One signal on which laws are tried, and what follows from it.

    Parameters
    ----------
    x : ndarray
        Random samples; read-only.
    layout : Layout
        What the transform says it will make of them.
    seed : int
        For whatever else is drawn.
    """

    x: NDArray[Any]
    layout: Layout
    seed: int

    @property
    def tolerance(self) -> float:
        """How far two computations of the same may be apart, relative to their size."""
        steps = max(1, self.layout.levels * len(self.layout.axes))
        return float(EPSILONS * np.finfo(self.x.dtype).eps) * steps

    def draw(self) -> NDArray[Any]:
        """Return another random signal of the same shape and dtype."""
        return _noise(self.layout.shape, self.x.dtype, self.seed + 1)

    def draw_bands(self, bands: Sequence[Band]) -> list[Band]:
        """Return the bands where there are few, and else so many of them, drawn at random."""
        chosen = np.random.default_rng(self.seed).permutation(len(bands))[:MOST_BANDS]
        return [bands[index] for index in sorted(chosen)]

    def draw_coefficients(self) -> Coefficients:
        """Return random coefficients of the layout."""
        return Coefficients(self.layout, _noise((self.layout.size,), self.layout.real_dtype, self.seed + 2))


def check_transform(
    T: Representation,
    *,
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    dtypes: Sequence[DTypeLike] = DTYPES,
    laws: Sequence[str] | None = None,
    seed: int = 0,
) -> int:
    """Check that a transform keeps every law of its contract.

    Parameters
    ----------
    T : Representation
        The transform.
    shapes : sequence of tuple of int, optional
        Signals to try. A shape the transform refuses with ValueError (too many levels) is passed over, and so is a
        complex dtype it refuses with TypeError.
    dtypes : sequence of dtype-like, optional
        Of the signals.
    laws : sequence of str, optional
        Names from `LAWS`; all of them if left out.
    seed : int, optional
        Of the random signals.

    Returns
    -------
    int
        How many times a law was checked.

    Raises
    ------
    BrokenLaw
        At the first law that does not hold: which, for what, and by how much.
    ValueError
        If the transform accepts none of the shapes, or a law is unknown.

    Examples
    --------
    >>> import shiftinv as si
    >>> si.testing.check_transform(si.SWT("bior4.4", levels=2), shapes=[(16,)], dtypes=[float]) > 10
    True
    """
    unknown = set(laws or ()) - set(LAWS)
    if unknown:
        raise ValueError(f"laws={sorted(unknown)} are unknown. Use names from {list(LAWS)}.")
    count, fitting = 0, 0
    for variant, x in _probes(T, shapes, dtypes, seed):
        probe = Probe(x, variant.layout(x.shape, x.dtype), seed)
        fitting += 1
        for name in LAWS if laws is None else laws:
            contract, law = LAWS[name]
            if isinstance(variant, contract):
                try:
                    law(variant, probe)
                except BrokenLaw as finding:
                    raise BrokenLaw(
                        f"law {name!r} is broken by {variant!r} for shape {x.shape}, {x.dtype}: {finding}"
                    ) from None
                count += 1
    if not fitting:
        raise ValueError(f"{T!r} accepts none of the shapes {list(shapes)}. Give shapes= it can transform.")
    if not count:
        raise ValueError(f"none of laws={laws} applies to {T!r}. Use laws of its contract, or leave laws out.")
    return count


def _probes(
    T: Representation, shapes: Sequence[tuple[int, ...]], dtypes: Sequence[DTypeLike], seed: int
) -> Iterator[tuple[Representation, NDArray[Any]]]:
    """Yield the transform, and variants of it on one axis of several, each with a signal it accepts."""
    for shape in shapes:
        for variant in _variants(T, shape):
            for dtype in dtypes:
                try:
                    variant.layout(shape, dtype)
                except ValueError:
                    continue
                except TypeError:
                    if np.dtype(dtype).kind == "c":
                        continue
                    raise
                x = _noise(shape, np.dtype(dtype), seed)
                x.flags.writeable = False
                yield variant, x


def _variants(T: Representation, shape: tuple[int, ...]) -> list[Representation]:
    """Return the transform, and where it takes all of several axes the same on one of them."""
    try:
        layout = T.layout(shape)
    except ValueError:
        return [T]
    alone = (0, -1) if len(layout.axes) == len(shape) > 1 else ()
    return [T, *(T.with_levels(layout.levels, (axis,)) for axis in alone)]


def law_layout(T: Representation, p: Probe) -> None:
    """`forward` fills exactly the layout that was announced: bands, dtypes, redundancy and bytes."""
    prepared = Coefficients(p.layout, np.full(p.layout.size, np.nan, p.layout.real_dtype))
    c = T.forward(p.x, out=prepared)
    _require(c.layout == p.layout, f"forward made {c.layout}")
    _require(bool(np.isfinite(c.vector).all()), "forward left coefficients unwritten")
    _require(c.vector is prepared.vector, "forward did not write into out")
    bands = [c[band] for band in c.bands]
    _require(sum(band.nbytes for band in bands) == c.vector.nbytes, "the bands do not fill the vector")
    shapes = all(c[band].shape == p.layout.block(band).shape for band in c.bands)
    _require(shapes, "a band has another shape than announced")
    held = c.vector.nbytes + sum(array.nbytes for array in c.aux.values())
    _require(held == p.layout.nbytes, f"{held} bytes held, {p.layout.nbytes} announced")
    counted = c.vector.nbytes / p.x.nbytes
    _require(math.isclose(counted, T.layout(p.x.shape, p.x.dtype).redundancy), "redundancy is wrong")


def law_input_untouched(T: Representation, p: Probe) -> None:
    """`forward` and `inverse` change neither their input nor their mind."""
    x = p.x.copy()
    c = T.forward(x)
    _require(np.array_equal(x, p.x), "forward changed its input")
    _require(T.forward(p.x).equals(c), "the same input gave other coefficients")
    if isinstance(T, Invertible):
        kept = c.copy()
        T.inverse(c)
        _require(c.equals(kept), "inverse changed its input")


def law_dtype(T: Representation, p: Probe) -> None:
    """float32 stays float32, complex stays complex, both ways."""
    c = T.forward(p.x)
    _require(c.vector.dtype == p.x.real.dtype, f"the vector is {c.vector.dtype}")
    if isinstance(T, Invertible):
        back = T.inverse(c)
        _require(back.dtype == p.x.dtype and back.shape == p.x.shape, f"inverse gave {back.dtype}")


def law_inverse(T: Invertible, p: Probe) -> None:
    """The inverse undoes the transform, up to the residual that is declared."""
    back = T.inverse(T.forward(p.x))
    declared = (1 + T.residual) ** (p.layout.levels * len(p.layout.axes)) - 1
    _near(back, p.x, p.tolerance + declared)


def law_linear(T: FrameTransform, p: Probe) -> None:
    """T(2x - 3y) = 2 Tx - 3 Ty."""
    y = p.draw()
    combined = T.forward(2 * p.x - 3 * y)
    expected = 2 * T.forward(p.x) - 3 * T.forward(y)
    _near(combined.vector, expected.vector, p.tolerance)


def law_adjoint(T: FrameTransform, p: Probe) -> None:
    """Re<Tx, c> = Re<x, T*c>: the dot test."""
    c, forward = p.draw_coefficients(), T.forward(p.x)
    back = T.adjoint(c)
    left = float(np.dot(forward.vector, c.vector))
    right = float(np.vdot(p.x, back).real)
    scale = forward.norm() * c.norm() + float(np.linalg.norm(p.x) * np.linalg.norm(back))
    gap = abs(left - right)
    _require(gap <= p.tolerance * scale, f"Re<Tx, c> = {left}, Re<x, T*c> = {right}")


def law_frame(T: FrameTransform, p: Probe) -> None:
    """A = B where the layout says TIGHT or ORTHONORMAL, and from 8 samples per axis nowhere else.

    Orthonormal also means A = 1 and no redundancy.
    """
    back = T.adjoint(T.forward(p.x))
    bound = float(np.vdot(p.x, back).real / np.vdot(p.x, p.x).real)
    gap = float(np.linalg.norm(back - bound * p.x) / np.linalg.norm(bound * p.x))
    if p.layout.frame is Frame.FRAME:
        if min(p.layout.shape[axis] for axis in p.layout.axes) >= SURELY_NOT_TIGHT:
            _require(gap > 1e-4, f"declared FRAME, but T*T is {bound:.6g} times the identity")
        return
    _require(gap <= p.tolerance, f"declared {p.layout.frame}, but T*T is no multiple of the identity")
    if p.layout.frame is Frame.ORTHONORMAL:
        unit = abs(bound - 1) <= p.tolerance and p.layout.redundancy == 1
        _require(unit, f"declared ORTHONORMAL, with A = {bound}, redundancy {p.layout.redundancy}")


def law_action(T: Representation, p: Probe) -> None:
    """`act` predicts the transform of a signal shifted by grid and 3 grid, and not along every axis by grid / 2."""
    c, grid = T.forward(p.x), p.layout.grid
    _require(T.action.kind != "exact" or grid == 1, f"exact, but grid = {grid}")
    if grid is None or T.action.kind == "approximate":
        return
    axes, sizes = p.layout.axes, [p.layout.shape[axis] for axis in p.layout.axes]
    for multiple in (1, 3):
        shift = tuple(grid * multiple for _ in axes)
        moved = T.forward(shifted(p.x, shift, axes))
        _near(T.act(c, shift).vector, moved.vector, p.tolerance)
    if grid > 1 and max(sizes) > grid and p.layout.real_dtype == np.float64:  # in single nearly exact looks exact
        gap = 0.0
        for longer in (place for place, size in enumerate(sizes) if size > grid):
            shift = tuple(grid // 2 if place == longer else 0 for place in range(len(axes)))
            # with choices of its own, so that the two cannot be subtracted as they are
            missed = T.act(c, shift).vector - T.forward(shifted(p.x, shift, axes)).vector
            gap = max(gap, float(np.linalg.norm(missed)) / c.norm())
        _require(
            gap > p.tolerance, f"grid = {grid} is declared, but a shift by {grid // 2} along any axis is exact as well"
        )


def law_undecimated(T: Representation, p: Probe) -> None:
    """A band of T(S_k x) has the samples sqrt(s) y[s m - k] per axis, y being the sibling's band of x, tree by tree."""
    sibling = T.with_levels(p.layout.levels, p.layout.axes).undecimated()
    if p.layout.grid is None or sibling is None:
        return
    y = sibling.forward(p.x)
    _require(y.bands == p.layout.bands, f"the sibling has the bands {y.bands}")
    for k in (1, 3):
        found, expected = T.forward(shifted(p.x, (k,) * len(p.layout.axes), p.layout.axes)), Coefficients(p.layout)
        for band in p.layout.bands:
            samples, trees = y[band], p.layout.block(band).trees
            for axis in p.layout.axes:
                length, size = y[band].shape[axis] // trees, p.layout.block(band).shape[axis] // trees
                s = length // size
                places = trees * ((s * np.arange(size) - k) % length)[:, None] + np.arange(trees)
                samples = math.sqrt(s) * np.take(samples, places.ravel(), axis)
            expected[band] = samples
        _near(found.vector, expected.vector, p.tolerance)


def law_action_within_bands(T: Representation, p: Probe) -> None:
    """`act` makes each band from that band alone, or from the complex parts of the same real band."""
    c = T.forward(p.x)
    whole = T.act(c, 1)
    for band in p.draw_bands(c.bands):
        alone = Coefficients(p.layout, aux=c.aux)
        parts = [other for other in c.bands if _real_band(p.layout, other) == _real_band(p.layout, band)]
        for part in parts:
            alone[part] = c[part]
        moved = T.act(alone, 1)
        others = [other for other in c.bands if other not in parts]
        kept = np.array_equal(moved[band], whole[band]) and not any(moved[other].any() for other in others)
        _require(kept, f"band {band} is mixed with others")


def law_batch(T: Representation, p: Probe) -> None:
    """Axes that are not transformed behave as a loop over their items."""
    batch = [axis for axis in range(p.x.ndim) if axis not in p.layout.axes]
    if not batch:
        return
    single = T.with_levels(p.layout.levels, tuple(range(len(p.layout.axes))))
    c = T.forward(p.x)
    for index in np.ndindex(*(p.x.shape[axis] for axis in batch)):
        item = tuple(index[batch.index(axis)] if axis in batch else slice(None) for axis in range(p.x.ndim))
        alone = single.forward(p.x[item])
        for band in c.bands:
            _near(c[band][(..., *item)], alone[band], p.tolerance)


def law_vector(T: Invertible, p: Probe) -> None:
    """Layout, vector and aux are all there is: coefficients made of them are the same ones."""
    c = T.forward(p.x)
    again = Coefficients(T.layout(p.x.shape, p.x.dtype), c.vector.copy(), c.aux)
    same = np.array_equal(T.inverse(again), T.inverse(c))
    _require(again.equals(c) and same, "coefficients rebuilt from their vector differ")
    target = np.empty_like(p.x)
    back = T.inverse(c, out=target)
    _require(back is target and np.array_equal(target, T.inverse(c)), "out= gives another result")


def law_storage(T: Representation, p: Probe) -> None:
    """Saving and loading, and pickling, lose nothing."""
    c = T.forward(p.x)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coefficients.npz"
        c.save(path)
        _require(Coefficients.load(path).equals(c), "a file gives other coefficients back")
    _require(pickle.loads(pickle.dumps(c)).equals(c), "a pickle gives other coefficients back")


def law_description(T: Representation, p: Probe) -> None:
    """The transform is a value: equal copies from pickle, repr and spec, with equal hashes."""
    names = {type(T).__name__: type(T), "FilterBank": FilterBank, "DualTreeBank": DualTreeBank}
    names |= {kind.__name__: kind for kind, _ in TRANSFORMS.values()}
    copies = [pickle.loads(pickle.dumps(T)), eval(repr(T), names)]
    if TRANSFORMS.get(T.name, (None,))[0] is type(T):
        copies.append(transform(T.spec))
        resolved = transform(p.layout.spec)
        _require(resolved.layout(p.x.shape, p.x.dtype) == p.layout, "layout.spec names another transform")
    for copy in copies:
        _require(copy == T and hash(copy) == hash(T), f"{copy!r} is not {T!r}")


def law_levels(T: Representation, p: Probe) -> None:
    """Levels that make no sense are refused by name."""
    if "levels" not in {field.name for field in dataclasses.fields(T)}:  # type: ignore[arg-type]
        return
    for bad, error in ((-1, ValueError), (1.5, TypeError), ("2", TypeError), (True, TypeError), (10**6, ValueError)):
        try:
            T.replace(levels=bad).layout(p.x.shape, p.x.dtype)
        except error as refusal:
            _require("levels" in str(refusal), f"levels={bad!r} is refused without naming it")
        else:
            _require(False, f"levels={bad!r} is accepted")


def law_noise_gain(T: FrameTransform, p: Probe) -> None:
    """`noise_gain` is the norm of the analysis vectors in the middle of a band, per real component.

    Where neighbours have other norms, as in a band that is sampled more densely than the transform repeats itself, it
    is the root mean square of two of them along each axis.
    """
    if p.layout.grid is None:  # the vectors near the ends are others, and short signals have only these
        return
    real_layout = T.layout(p.layout.shape, p.layout.real_dtype)
    for band in p.draw_bands(real_layout.bands):
        shape = real_layout.block(band).shape
        middle: list[tuple[int, ...]] = [(size // 2,) for size in shape]
        for axis in real_layout.band_axes:
            middle[axis] = tuple(range(shape[axis] // 2, shape[axis] // 2 + min(shape[axis], 2)))
        places = [tuple(np.remainder(place, shape)) for place in itertools.product(*middle)]
        parts = (1, 1j) if real_layout.block(band).is_complex else (1,)
        power = 0.0
        for place, part in itertools.product(places, parts):
            impulse = Coefficients(real_layout)
            impulse[band][place] = part
            power += float(np.linalg.norm(T.adjoint(impulse))) ** 2 / (len(places) * len(parts))
        gain = T.noise_gain(band, p.layout.shape)
        far = abs(gain - math.sqrt(power)) > 10 * p.tolerance * max(gain, 1)
        _require(not far, f"band {band}: {gain} declared, {math.sqrt(power)} found")


def law_mra(T: FrameTransform, p: Probe) -> None:
    """The multiresolution components, one per band, add up to the signal."""
    parts = T.mra(p.x)
    _require(len(parts) == len(p.layout.bands), f"{len(parts)} components, {len(p.layout.bands)} bands")
    declared = (1 + T.residual) ** (p.layout.levels * len(p.layout.axes)) - 1
    _near(sum(parts[1:], parts[0]), p.x, p.tolerance + declared)


LAWS: dict[str, tuple[type[Representation], Callable[[Any, Probe], None]]] = {
    "layout": (Representation, law_layout),
    "input untouched": (Representation, law_input_untouched),
    "dtype": (Representation, law_dtype),
    "inverse": (Invertible, law_inverse),
    "linear": (FrameTransform, law_linear),
    "adjoint": (FrameTransform, law_adjoint),
    "frame": (FrameTransform, law_frame),
    "action": (Representation, law_action),
    "undecimated": (Representation, law_undecimated),
    "action within bands": (Representation, law_action_within_bands),
    "batch": (Representation, law_batch),
    "vector": (Invertible, law_vector),
    "storage": (Representation, law_storage),
    "description": (Representation, law_description),
    "levels": (Representation, law_levels),
    "noise gain": (FrameTransform, law_noise_gain),
    "mra": (FrameTransform, law_mra),
}


def _real_band(layout: Layout, band: Band) -> tuple[int, str]:
    """Return what a band shares with the others that `act` may mix it with: nothing where it is a part of none."""
    letters = layout.letters(band)
    return band.level, band.orientation if "-" in letters else letters


def _noise(shape: tuple[int, ...], dtype: np.dtype[Any], seed: int) -> NDArray[Any]:
    rng = np.random.default_rng(seed)
    real = rng.standard_normal(shape)
    return (real + 1j * rng.standard_normal(shape) if dtype.kind == "c" else real).astype(dtype)


def _near(found: NDArray[Any], expected: NDArray[Any], tolerance: float) -> None:
    """Require two arrays to be equal up to `tolerance` times the norm of the expected one."""
    size = float(np.linalg.norm(expected))
    gap = float(np.linalg.norm(np.asarray(found) - expected))
    _require(gap <= tolerance * size, f"relative error {gap / size if size else gap:.2e} > {tolerance:.2e}")


def _require(holds: bool, finding: str) -> None:
    if not holds:
        raise BrokenLaw(finding)
