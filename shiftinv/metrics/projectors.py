"""The projector of a band: what the band alone contributes to a signal."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..groups import shifted
from ..layout import Band, Layout
from ..representation import Invertible, Representation
from .fairness import Subject, applied, fair_layout, require_transform

__all__ = [
    "BANDS",
    "LEAST_NOISE",
    "Projector",
    "contribution",
    "invertible",
    "kept_bands",
    "linear_projector",
    "same_shape",
    "settled",
    "sizes_of",
]

BANDS = ("wavelet", "scaling")
LEAST_NOISE = 64 * float(np.finfo(float).eps)  # an amplitude below this share of another, -277 dB, is rounding
SETTLED = 1e-12
NEARLY = 1e-6  # a function computed in single precision still counts as linear

Projector: TypeAlias = Callable[[NDArray[Any]], NDArray[Any]]


def invertible(T: object, name: str = "T") -> Invertible:
    """Return `T` if it is a transform with an inverse."""
    require_transform(T, name, "a transform with an inverse")
    if not isinstance(T, Invertible):
        raise TypeError(f"{name}={T!r} has no inverse, and a response needs one. Use a transform with an inverse.")
    return T


def contribution(T: Invertible, x: NDArray[Any], kept: Sequence[Band]) -> NDArray[Any]:
    """Return the inverse of the transform of `x` with all bands but those `kept` set to zero."""
    c = T.forward(x)
    for band in set(c.bands) - set(kept):
        c[band] = 0
    return T.inverse(c)


def kept_bands(layout: Layout, level: int, band: str) -> tuple[Band, ...]:
    """Return the bands of a level that `band` names: "wavelet", "scaling", or an orientation."""
    words = dict.fromkeys(one.orientation for one in layout.bands)
    checks.choice(band, dict.fromkeys((*BANDS, *words)), "band")
    bands = layout.details if band == "wavelet" else (layout.approximation,) if band == "scaling" else layout.bands
    named = [one for one in bands if band in (*BANDS, one.orientation)]
    kept = tuple(one for one in named if one.level == level)
    if not kept:
        levels = sorted({one.level for one in named})
        raise ValueError(f"level={level} has no {band} band in {layout.spec}, only {levels}. Use one of these levels.")
    return kept


def linear_projector(f: Subject, level: int, band: str, size: tuple[int, ...]) -> tuple[Projector, tuple[int, ...]]:
    """Return the linear map that keeps a band, and after how many samples along each axis it repeats itself.

    A transform is applied to all axes of a signal of shape `size`, with exactly `level` levels. A function is the
    map itself.

    Raises
    ------
    UnfairPairing
        If the transform is not circular at this size.
    ValueError
        If the map is not linear, or does not commute with shifts by 2^level.
    """
    if not isinstance(f, Representation):
        if band != BANDS[0]:
            raise ValueError(f"band={band!r} is for transforms; a function keeps what it keeps. Leave band out.")
        return _checked_function(f, level, size), (2**level,) * len(size)
    alone = invertible(f).with_levels(level, tuple(range(len(size))))
    layout = fair_layout(alone, np.zeros(size))
    assert layout.grid is not None
    if layout.frame is None:
        raise ValueError(
            f"T={alone!r} is not linear, so its responses to impulses do not add up to what it does to a signal. "
            f"Use a linear transform, or invariance_error."
        )
    kept = kept_bands(layout, level, band)
    return lambda x: contribution(alone, x, kept), (math.lcm(2**level, layout.grid),) * len(size)


def same_shape(output: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
    """Return the output of a function, if it can be shifted as its input was."""
    if output.shape != x.shape:
        raise ValueError(
            f"the function maps shape {x.shape} to {output.shape}, and its output must move as its input does. "
            f"Use a function that keeps the shape, such as the inverse after the transform."
        )
    return output


def sizes_of(f: Subject, size: int | tuple[int, ...] | None) -> tuple[int, ...] | None:
    """Return the lengths of a signal for `f`, or None to let them double; refuse what is no subject."""
    if isinstance(f, Representation) or not callable(f):
        invertible(f)
    elif size is None:
        raise ValueError("T is a function, which tells no size that suits it. Give size=, the shape of its input.")
    if size is None:
        return None
    given = tuple(checks.integer(n, "size", 1) for n in (size if isinstance(size, (tuple, list)) else (size,)))
    return checks.shape(given, "size")


def settled(measure: Callable[[tuple[int, ...]], float], what: str, level: int, most_work: int, remedy: str) -> float:
    """Return a mean energy on circles that double until the circle no longer matters.

    `most_work` is log2 of the most samples times shifts.
    """
    before = math.nan
    for exponent in range(level + 3, most_work - level + 1):
        found = measure((2**exponent,))
        if math.isclose(math.sqrt(found), math.sqrt(before), rel_tol=SETTLED, abs_tol=LEAST_NOISE):
            return found
        before = found
    raise ValueError(
        f"level={level} of {what}: up to 2^{most_work} / 2^level samples, doubling the size still changes the "
        f"result by more than {SETTLED:.0e} of itself. {remedy}"
    )


def _checked_function(f: Callable[[NDArray[Any]], Any], level: int, size: tuple[int, ...]) -> Projector:
    step = 2**level

    def project(x: NDArray[Any]) -> NDArray[Any]:
        return same_shape(applied(f, x, "T"), x)

    checks.multiples(size, level, "a function that repeats itself after 2^level samples")
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, *size))
    one, other = (project(signal) for signal in (x, y))
    whole = float(np.linalg.norm(one) + np.linalg.norm(other))
    axes = tuple(range(len(size)))
    if np.linalg.norm(project(2 * x - 3 * y) - (2 * one - 3 * other)) > NEARLY * whole:
        raise ValueError(
            "f is not linear: f(2x - 3y) is not 2 f(x) - 3 f(y), so its responses to impulses do not add up to what "
            "it does to a signal. Use invariance_error or equivariance_error."
        )
    for axis in axes:
        shift = tuple(step * (other == axis) for other in axes)
        if np.linalg.norm(project(shifted(x, shift, axes)) - shifted(one, shift, axes)) > NEARLY * whole:
            raise ValueError(
                f"level={level}: f does not repeat itself after 2^{level} = {step} samples along axis {axis}, so not "
                f"every position is measured. Use the level of the decimation in f."
            )
    return project
