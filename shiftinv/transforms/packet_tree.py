"""The tree of wavelet packets: the names of its nodes, which sets of them are bases, and the way down and up.

A node is called by the path that leads to it: one word a level, the finest first, joined by dots. A word has one letter
per transformed axis, "a" for lowpass and "d" for highpass. The children of "a.d" are "a.d.a" and "a.d.d", the root is
the signal itself and has the path "", and the DWT is the basis of all nodes whose words before the last are "a…a".

A basis is a set of nodes of which every way down from the root meets exactly one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..coefficients import Coefficients
from ..filters import FilterBank
from ..layout import Block, Layout
from .separable import Array, Place, Steps, as_real, merge_axes, split_axes, unlocked, words

__all__ = [
    "Basis",
    "Tree",
    "basis_of",
    "checked_basis",
    "checked_depth",
    "child",
    "depth_of",
    "dwt_basis",
    "full_basis",
    "packet_blocks",
    "paths_of",
    "real_shapes",
    "stored_order",
]

Basis = str | tuple[str, ...] | None


def depth_of(path: str) -> int:
    """Return the level of a node, 0 for the root."""
    return path.count(".") + 1 if path else 0


def child(path: str, word: str) -> str:
    """Return the path of a child."""
    return f"{path}.{word}" if path else word


def full_basis(levels: int, axes: int) -> tuple[str, ...]:
    """Return all nodes of one level, in natural order: by their paths, the last word fastest.

    Examples
    --------
    >>> from shiftinv.transforms.packet_tree import full_basis
    >>> full_basis(2, axes=1)
    ('a.a', 'a.d', 'd.a', 'd.d')
    """
    return tuple(".".join(path) for path in itertools.product(words(axes), repeat=levels))


def dwt_basis(levels: int, axes: int) -> tuple[str, ...]:
    """Return the nodes that a DWT has for its bands, approximation first, then from coarse to fine.

    Examples
    --------
    >>> from shiftinv.transforms.packet_tree import dwt_basis
    >>> dwt_basis(2, axes=1)
    ('a.a', 'a.d', 'd')
    """
    lowpass, *others = words(axes)
    way = [".".join([lowpass] * level) for level in range(levels + 1)]
    return (way[levels], *(child(way[level], word) for level in reversed(range(levels)) for word in others))


def checked_basis(value: object, name: str = "basis") -> Basis:
    """Return a basis in the order in which it is stored, or what stands for one.

    Raises
    ------
    TypeError, ValueError
        If `value` is no set of paths of one number of axes, or if a way down meets none of them, or two.
    """
    if value is None or (isinstance(value, str) and value == "dwt"):
        return value
    if isinstance(value, str) or not isinstance(value, (tuple, list)) or not all(isinstance(p, str) for p in value):
        raise TypeError(
            f"{name}={value!r} is no basis. Use a tuple of paths such as ('a.a', 'a.d', 'd'), 'dwt' or None."
        )
    paths = tuple(str(path) for path in value)
    steps = {word for path in paths for word in path.split(".") if path}
    if not paths or len({len(word) for word in steps}) > 1 or any(not word or set(word) - set("ad") for word in steps):
        raise ValueError(
            f"{name}={value!r} has paths that do not fit each other. Use words of the letters 'a' and 'd', one letter "
            f"per axis, joined by dots, as in ('a.a', 'a.d', 'd') or ('aa', 'ad', 'da', 'dd')."
        )
    inner = {path[:end] for path in paths for end, letter in enumerate(path) if letter == "."}
    inner |= {""} if steps else set()
    above = sorted(inner & set(paths)) or [path for path in paths if paths.count(path) > 1]
    if above:
        raise ValueError(f"{name} has the node {above[0]!r} and again what is below it. Use one or the other.")
    children = {child(path, word) for path in inner for word in words(len(next(iter(steps))))}
    missing = sorted(children - inner - set(paths))
    if missing:
        raise ValueError(f"{name} has no node on the ways through {missing[0]!r}. Add that node, or all below it.")
    return stored_order(paths)


def stored_order(paths: Iterable[str]) -> tuple[str, ...]:
    """Return nodes as they are stored: that of lowpass filters alone, then from deep to shallow in natural order."""
    return tuple(sorted(paths, key=lambda path: ("d" in path, -depth_of(path), path)))


def checked_depth(levels: int | None, basis: Basis) -> int | None:
    """Return the levels of a basis that lists its nodes, or else those that were asked for.

    Raises
    ------
    ValueError
        If they are not the same.
    """
    if not isinstance(basis, tuple):
        return levels
    deepest = max(map(depth_of, basis))
    if levels not in (None, deepest):
        raise ValueError(f"levels={levels} contradicts basis, which reaches level {deepest}. Leave levels out.")
    return deepest


def real_shapes(shapes: Sequence[tuple[int, ...]], is_complex: bool) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of nodes as real arrays, with the two parts of a complex number along a last axis."""
    return tuple((*shape, 2) if is_complex else shape for shape in shapes)


def basis_of(basis: Basis, levels: int, axes: tuple[int, ...]) -> tuple[str, ...]:
    """Return the nodes of a basis as they are stored, for these levels and axes.

    Raises
    ------
    ValueError
        If the words of the basis have another number of letters than there are axes.
    """
    if basis is None:
        return full_basis(levels, len(axes))
    if isinstance(basis, str):
        return dwt_basis(levels, len(axes))
    letters = len(basis[0].partition(".")[0]) or len(axes)
    if letters != len(axes):
        raise ValueError(
            f"basis has words of {letters} letters, and {len(axes)} axes are transformed. Use one letter per axis, or "
            f"name {letters} axes."
        )
    return basis


def paths_of(layout: Layout) -> tuple[str, ...]:
    """Return the paths of the bands of a layout; the band of level 0 is the root."""
    return tuple(band.orientation if band.level else "" for band in layout.bands)


def packet_blocks(
    paths: Sequence[str],
    shapes: Sequence[tuple[int, ...]],
    axes: tuple[int, ...],
    bank: FilterBank,
    line: Sequence[Place],
    moved: int,
    is_complex: bool,
    interiors: Sequence[tuple[tuple[int, int], ...]] | None = None,
    firsts: Sequence[Sequence[int]] | None = None,
) -> tuple[Block, ...]:
    """Return a block per node; shapes, places and interiors are those of each level, as for `pyramid_blocks`.

    Every highpass on its way moves a node, so each tells where it starts. firsts[level] has, for each transformed axis,
    the sample at which the nodes of a level begin if they were not decimated; None for sample 0.
    """
    delays = dict(zip("ad", bank.delays, strict=True))

    def block(path: str) -> Block:
        level = depth_of(path)
        on_way = path.split(".") if path else []
        begin = firsts[level] if firsts else (0,) * len(axes)
        starts = [
            begin[at] + sum(2**j * (delays[word[at]] + moved) for j, word in enumerate(on_way))
            for at in range(len(axes))
        ]
        return Block(
            level,
            (path or "a" * len(axes),),
            shapes[level],
            is_complex,
            interiors[level] if interiors else (),
            spacing=line[level].spacing,
            starts=tuple((start, start) for start in starts),
            supports=tuple((first + low, first + high) for first in begin for low, high in [line[level].support]),
        )

    return tuple(block(path) for path in paths)


@dataclass(frozen=True)
class Tree:
    """What one level does, and the shapes of the nodes of every level, as real arrays.

    Parameters
    ----------
    steps : Steps
        One level, there or back.
    axes : tuple of int
        The transformed axes.
    shapes : tuple of tuple of int
        Of a node of each of the levels from 0 on.
    dtype : dtype
        Of the nodes.
    decimated : bool
        Whether a level halves the lengths.
    gain : float, optional
        What coefficients must be multiplied by, per level and axis, to be those of decimated packets.
    """

    steps: Steps
    axes: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...]
    dtype: np.dtype[Any]
    decimated: bool
    gain: float = 1.0

    def decimated_scale(self, level: int) -> tuple[float, int]:
        """Return what makes coefficients of a level decimated ones, and how many decimated nodes one node holds."""
        steps = level * len(self.axes)
        return self.gain**steps, 1 if self.decimated else 2**steps

    def dealt(self, node: Array, level: int) -> Array:
        """Return a node as parts of the shape of the deepest nodes, shape (parts, …); one part if nothing is decimated.

        Part q, one number per axis, has every 2^(levels - level)-th coefficient from q on, and zeros after the last.
        """
        step, cell = self._step(level), self.shapes[-1]
        if step == 1:
            return node[None]
        missing = [
            step * size - n if axis in self.axes else 0
            for axis, (size, n) in enumerate(zip(cell, node.shape, strict=True))
        ]
        if any(missing):
            node = np.pad(node, [(0, after) for after in missing])
        split = node.reshape(
            [n for axis, size in enumerate(cell) for n in ((size, step) if axis in self.axes else (size,))]
        )
        return np.moveaxis(split, self._starts, range(len(self.axes))).reshape(-1, *cell)

    def gathered(self, parts: Array, level: int) -> Array:
        """Return the node that was `dealt`; parts beyond those that are needed are not looked at."""
        step, cell = self._step(level), self.shapes[-1]
        if step == 1:
            whole: Array = parts[0]
            return whole
        needed = parts[: step ** len(self.axes)].reshape((step,) * len(self.axes) + cell)
        merged = np.moveaxis(needed, range(len(self.axes)), self._starts)
        whole = merged.reshape([step * size if axis in self.axes else size for axis, size in enumerate(cell)])
        return whole[tuple(map(slice, self.shapes[level]))]

    def _step(self, level: int) -> int:
        return 2 ** (len(self.shapes) - 1 - level) if self.decimated else 1

    @property
    def _starts(self) -> list[int]:
        """Where the number of a part is along each axis, if it stands after the axis that was divided."""
        return [axis + place + 1 for place, axis in enumerate(self.axes)]

    def empty(self, level: int) -> Array:
        """Return memory for a node of this level."""
        return np.empty(self.shapes[level], self.dtype)

    def split(self, node: Array, level: int) -> dict[str, Array]:
        """Return the children of a node, by word; they are of this level."""
        children = {word: self.empty(level) for word in words(len(self.axes))}
        split_axes(self.steps, node, children, self.axes, level)
        return children

    def merge(self, children: dict[str, Array], level: int) -> Array:
        """Return the node that has these children, which are of this level."""
        node = self.empty(level - 1)
        merge_axes(self.steps, children, node, self.axes, level)
        return node

    def analyse(self, x: Array, c: Coefficients) -> None:
        """Fill `c` with the nodes of its basis; every node on the way is computed once."""
        leaves = dict(zip(paths_of(c.layout), map(as_real, map(c.__getitem__, c.bands)), strict=True))
        samples = as_real(unlocked(x))
        if "" in leaves:
            leaves[""][...] = samples
            return

        def go_down(path: str, node: Array) -> None:
            level = depth_of(path) + 1
            ways = {word: child(path, word) for word in words(len(self.axes))}
            nodes = {word: leaves[way] if way in leaves else self.empty(level) for word, way in ways.items()}
            split_axes(self.steps, node, nodes, self.axes, level)
            for word, way in ways.items():
                if way not in leaves:
                    go_down(way, nodes.pop(word))

        go_down("", samples)

    def synthesise(self, c: Coefficients, x: Array) -> None:
        """Fill `x` from the nodes of the basis of `c`."""
        if not c.vector.flags.writeable:
            c = Coefficients(c.layout, unlocked(c.vector), c.aux)
        leaves = dict(zip(paths_of(c.layout), map(as_real, map(c.__getitem__, c.bands)), strict=True))
        samples = as_real(x)
        if "" in leaves:
            samples[...] = leaves[""]
            return

        def come_up(path: str, node: Array) -> Array:
            level = depth_of(path) + 1
            ways = {word: child(path, word) for word in words(len(self.axes))}
            nodes = {
                word: leaves[way] if way in leaves else come_up(way, self.empty(level)) for word, way in ways.items()
            }
            merge_axes(self.steps, nodes, node, self.axes, level)
            return node

        come_up("", samples)

    def component(self, path: str, node: Array, x: Array) -> None:
        """Fill `x` with what one node contributes to the signal: the way up with zeros for all others."""
        for level in range(depth_of(path), 0, -1):
            word = path.split(".")[level - 1]
            others = {other: np.zeros(self.shapes[level], self.dtype) for other in words(len(self.axes))}
            node = self.merge(others | {word: node}, level)
        as_real(x)[...] = node
