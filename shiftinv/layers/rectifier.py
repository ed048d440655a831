"""The rectifier, which acts on every sample alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .. import checks
from ..representation import freeze
from .layer import Array, Choices, Layer

__all__ = ["Rectifier"]


@dataclass(frozen=True, repr=False)
class Rectifier(Layer):
    """Negative values become 0: equivariant to every shift, as whatever acts on each sample alone.

    Parameters
    ----------
    axes : int or tuple of int, optional
        The axes along which the signal may be shifted; the others are a batch. None: all.

    Notes
    -----
    y[n] = max(x[n], 0), known as ReLU. Complex signals are refused.

    Examples
    --------
    >>> import shiftinv as si
    >>> si.layers.Rectifier().forward([-1.0, 2.0]).approx
    array([0., 2.])
    """

    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "relu"
    ordered: ClassVar[bool] = True

    def __post_init__(self) -> None:
        freeze(self, axes=checks.axes(self.axes))

    @property
    def stride(self) -> int:
        """1: every sample is kept."""
        return 1

    def response(self, x: Array, axes: tuple[int, ...]) -> tuple[Array, Choices]:  # noqa: ARG002, it has no neighbours
        """Return the values that are not negative, and 0 elsewhere."""
        return np.maximum(x, 0), []
