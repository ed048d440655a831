"""One undecimated level along circles: the step that stationary transforms of a filter bank have in common."""

from __future__ import annotations

import math

from ..filters import Taps
from ..kernels import undecimated
from ..kernels.compiling import Kernel
from ..workers import share
from .separable import Array, RealBands, length_and_spacing

__all__ = ["Circles"]


class Circles(RealBands):
    """One level along circles, taps 2^(level-1) samples apart; see `separable.Steps`."""

    def __init__(self, taps: Taps, workers: int) -> None:
        self.taps = taps
        self.workers = workers

    def split(self, x: Array, lo: Array, hi: Array, axis: int, level: int, levels: int = 1) -> None:
        """Fill lo and hi from x."""
        self._share_lines(undecimated.analysis, (x.ravel(), lo.ravel(), hi.ravel()), x.shape, axis, level, levels)

    def merge(self, lo: Array, hi: Array, x: Array, axis: int, level: int, levels: int = 1) -> None:
        """Fill x from lo and hi."""
        self._share_lines(undecimated.synthesis, (lo.ravel(), hi.ravel(), x.ravel()), x.shape, axis, level, levels)

    def split_plane(self, x: Array, bands: list[Array], axis: int, level: int, _prefix: str) -> None:
        """Fill bands aa, ad, da, dd from x."""
        self._share_plane(undecimated.plane_analysis, (x, *bands), x.shape, axis, level)

    def merge_plane(self, bands: list[Array], x: Array, axis: int, level: int, _prefix: str) -> None:
        """Fill x from bands aa, ad, da, dd."""
        self._share_plane(undecimated.plane_synthesis, (*bands, x), x.shape, axis, level)

    def _share_lines(
        self, kernel: Kernel, arrays: tuple[Array, ...], shape: tuple[int, ...], axis: int, level: int, levels: int
    ) -> None:
        n, near = length_and_spacing(shape, axis)
        size, unit = math.prod(shape), 1 if levels == 1 else n * near
        arguments = (*arrays, n, near, level, levels, *self.taps)
        share(kernel, *arguments, items=size, size=size * levels, workers=self.workers, unit=unit)

    def _share_plane(
        self, kernel: Kernel, arrays: tuple[Array, ...], shape: tuple[int, ...], axis: int, level: int
    ) -> None:
        rows, (n, near) = shape[axis], length_and_spacing(shape, axis + 1)
        dilation = 2 ** (level - 1)
        steps = (dilation % rows or rows, dilation % n * near)  # rows are visited in steps of the first, never 0
        arguments = (*(array.ravel() for array in arrays), rows, n * near, *steps, *self.taps)
        items = math.prod(shape[: axis + 1])
        share(kernel, *arguments, items=items, size=math.prod(shape), workers=self.workers)
