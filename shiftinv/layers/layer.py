"""The contract of a layer: one array in, one array out, and where a shift of the first takes the second."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..coefficients import Coefficients
from ..groups import Shift, shifted
from ..layout import Block, Layout
from ..representation import Action, Representation

__all__ = ["Layer", "items_first", "sampled"]

Array: TypeAlias = NDArray[Any]
Steps: TypeAlias = NDArray[np.float64]  # how far each item of the batch moves, shape (axes, …)
Phases: TypeAlias = NDArray[np.int64]  # what was chosen for each item, shape (choices, …)
Choices: TypeAlias = list[NDArray[np.int64]]


class Layer(Representation):
    """A layer of a convolutional network, on a circle.

    The output is one band, (1, "a…a"), which is ``c.approx``; axes that are not transformed are a batch. A layer of
    stride s keeps every s-th sample of a map that every shift commutes with. So a shift of its input by k is
    one of its output by k / s: of whole samples, and exact, where s divides k; elsewhere `act` interpolates by the
    Fourier shift, which is right as far as the output is free of aliasing.

    A subclass is a frozen dataclass with a field ``axes`` that implements `response`. The other methods are those
    of a layer with a fixed stride, and one that chooses its samples, or joins several layers, has its own.
    """

    @property
    @abstractmethod
    def axes(self) -> tuple[int, ...] | None:
        """The transformed axes, or None for all."""

    @property
    @abstractmethod
    def stride(self) -> int:
        """How many samples of the input lie between two neighbours of the output."""

    @abstractmethod
    def response(self, x: Array, axes: tuple[int, ...]) -> tuple[Array, Choices]:
        """Return the output for the input `x`, and `choices` arrays of the batch's shape with what was chosen."""

    @property
    def choices(self) -> int:
        """How many numbers it chooses for each item of a batch."""
        return 0

    @property
    def ordered(self) -> bool:
        """Whether it compares values, as complex ones cannot be."""
        return False

    def sizes_after(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """Return the lengths of the output for those of the input, or refuse them."""
        checks.divisible(sizes, self.stride, repr(self))
        return tuple(n // self.stride for n in sizes)

    def grid_before(self, grid: int) -> int:
        """Return the grid of shifts of the input that are shifts of the output by multiples of `grid`."""
        return self.stride * grid

    def steps_after(self, steps: Steps, phases: Phases) -> tuple[Steps, Phases]:
        """Return by how much the output moves when the input does, and what is then chosen."""
        return steps / self.stride, phases

    @property
    def action(self) -> Action:
        """A shift by k is one by k over the stride, interpolated where that is not whole."""
        return Action("exact") if self.grid_before(1) == 1 else Action("grid", "Fourier shift of the output")

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        axes = checks.axes_of(self.axes, shape)
        if self.ordered:
            checks.ordered(dtype, type(self).__name__)
        after = dict(zip(axes, self.sizes_after(checks.transformed_sizes(shape, axes)), strict=True))
        batch = tuple(n for axis, n in enumerate(shape) if axis not in axes)
        band = tuple(after.get(axis, n) for axis, n in enumerate(shape))
        return Layout(
            spec=self.with_levels(1, axes).spec,
            shape=shape,
            dtype=dtype.name,
            axes=axes,
            levels=1,
            frame=None,
            grid=self.grid_before(1),
            blocks=(Block(1, ("a" * len(axes),), band, dtype.kind == "c"),),
            aux=(("phases", (self.choices, *batch)),) if self.choices else (),
        )

    def _forward(self, x: Array, c: Coefficients, workers: int) -> None:  # noqa: ARG002, layers are small
        c.approx, chosen = self.response(x, c.layout.axes)
        if self.choices:
            c.aux["phases"][...] = chosen

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        axes, phases = c.layout.axes, self._phases(c)
        steps = np.multiply.outer(np.array(shift, np.float64), np.ones(phases.shape[1:]))
        steps, chosen = self.steps_after(steps, phases)
        if self.choices:
            moved.aux["phases"][...] = chosen
        before, after = items_first(c.approx, axes), items_first(moved.approx, axes)
        for item in np.ndindex(phases.shape[1:]):
            exact = tuple(int(step) if step.is_integer() else step for step in steps[(..., *item)].tolist())
            after[item] = shifted(before[item], exact, range(len(axes)))

    def _phases(self, c: Coefficients) -> Phases:
        """Return the choices that are kept in `c`; there are none for most layers."""
        batch = (n for axis, n in enumerate(c.layout.shape) if axis not in c.layout.axes)
        return c.aux["phases"] if self.choices else np.empty((0, *batch), np.int64)


def items_first(x: Array, axes: tuple[int, ...]) -> Array:
    """Return a view with the transformed axes last."""
    return np.moveaxis(x, axes, tuple(range(-len(axes), 0)))


def sampled(x: Array, axes: tuple[int, ...], stride: int, phase: Sequence[int] | None = None) -> Array:
    """Return every sample r + stride n along the axes, r being the phase of each axis: 0 if left out."""
    starts = dict(zip((axis % x.ndim for axis in axes), phase or (0,) * len(axes), strict=True))
    kept: Array = x[
        tuple(slice(starts[axis], None, stride) if axis in starts else slice(None) for axis in range(x.ndim))
    ]
    return kept
