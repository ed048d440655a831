"""Layers one after the other, as one layer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import checks
from ..representation import freeze
from .layer import Array, Choices, Layer, Phases, Steps

__all__ = ["Chain"]


@dataclass(frozen=True, init=False, repr=False)
class Chain(Layer):
    """Layers one after the other; the output is that of the last one.

    Parameters
    ----------
    layers : iterable of Layer
        At least one, all with the same axes.

    Raises
    ------
    TypeError
        If one of them is no layer.

    Notes
    -----
    Strides multiply. Where every stride is 1, or belongs to `AdaptivePolyphaseSampling`, every shift acts exactly, and
    before a `GlobalAverage` that is invariance. Phases of adaptive layers stand in ``c.aux["phases"]``, first layer
    first.

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> from shiftinv.layers import AdaptivePolyphaseSampling, Chain, Convolution, GlobalAverage, MaxPooling, Rectifier
    >>> x, edges = np.random.default_rng(0).standard_normal(64), [Convolution([1, -2, 1]), Rectifier()]
    >>> for sampling in (MaxPooling(2), AdaptivePolyphaseSampling(2)):
    ...     network = Chain([*edges, sampling, Convolution([1, 3]), GlobalAverage()])
    ...     print(si.metrics.invariance_error(network, x, [1, 2]).round(3))
    [0.042 0.   ]
    [0. 0.]
    """

    layers: tuple[Layer, ...]
    name: ClassVar[str] = "chain"

    def __init__(self, layers: Iterable[Layer]) -> None:
        listed = (layers,) if isinstance(layers, Layer) else tuple(layers)
        for layer in listed:
            if not isinstance(layer, Layer):
                raise TypeError(f"layers holds {layer!r}, {checks.kind_of(layer)}. Use layers of shiftinv.layers.")
        if not listed:
            raise ValueError("layers=[] is no layer at all. Give at least one.")
        told = list(dict.fromkeys(layer.axes for layer in listed))
        if len(told) > 1:
            raise ValueError(f"layers have axes={' and axes='.join(map(str, told))}. Give all of them the same.")
        freeze(self, layers=listed)

    @property
    def axes(self) -> tuple[int, ...] | None:
        """The axes of its layers."""
        return self.layers[0].axes

    @property
    def stride(self) -> int:
        """The product of the strides."""
        return math.prod(layer.stride for layer in self.layers)

    @property
    def choices(self) -> int:
        """As many as all layers make."""
        return sum(layer.choices for layer in self.layers)

    @property
    def ordered(self) -> bool:
        """Whether one of its layers compares values."""
        return any(layer.ordered for layer in self.layers)

    @property
    def spec(self) -> str:
        """Its layers, as `shiftinv.transform` writes a transform within another."""
        return f"{self.name}:{','.join(f'({layer.spec})' for layer in self.layers)}"

    def with_levels(self, levels: int | None, axes: tuple[int, ...] | None) -> Chain:
        """Return this chain with other axes."""
        return Chain(layer.with_levels(levels, axes) for layer in self.layers)

    def sizes_after(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """Return the lengths after the last layer."""
        for layer in self.layers:
            sizes = layer.sizes_after(sizes)
        return sizes

    def grid_before(self, grid: int) -> int:
        """Return the grid of the input, from that of the last layer backwards."""
        for layer in reversed(self.layers):
            grid = layer.grid_before(grid)
        return grid

    def steps_after(self, steps: Steps, phases: Phases) -> tuple[Steps, Phases]:
        """Return by how much the output of the last layer moves, and what every layer then chooses."""
        moved, start = np.empty_like(phases), 0
        for layer in self.layers:
            own = slice(start, start + layer.choices)
            steps, moved[own] = layer.steps_after(steps, phases[own])
            start = own.stop
        return steps, moved

    def response(self, x: Array, axes: tuple[int, ...]) -> tuple[Array, Choices]:
        """Return the output of the last layer."""
        chosen: Choices = []
        for layer in self.layers:
            x, own = layer.response(x, axes)
            chosen += own
        return x, chosen
