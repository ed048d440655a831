"""The best-basis transform: every signal in the basis of packets that suits it best."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..coefficients import Coefficients
from ..groups import Shift, shifted
from ..layout import Layout
from ..representation import Action, Invertible, freeze
from .basis_search import Mask, chosen_paths, search, whole_tree
from .costs import Cost
from .packets import Packets
from .separable import Array, as_real, unlocked, words
from .stationary_packets import StationaryPackets

__all__ = ["BestBasis"]


@dataclass(frozen=True, init=False, repr=False)
class BestBasis(Invertible):
    """The packets of the basis with the least cost, chosen for each signal: not linear, but invertible.

    Parameters
    ----------
    packets : Packets or StationaryPackets, optional
        Where the bases come from. With `StationaryPackets` the choice is the same for every circular shift of
        the signal, and the coefficients move with it; with `Packets` only shifts by multiples of 2^levels leave
        the choice as it is. None: ``StationaryPackets()``.
    cost : str, optional
        One of the names that `best_basis` takes. A function has no name by which a description could be written
        down and read again; use `best_basis` with it.

    Raises
    ------
    TypeError, ValueError
        If `packets` has a basis already or is something else, or the cost is unknown.

    Notes
    -----
    The layout cannot depend on the signal: it is that of all nodes of the last level, and ``c.aux["depth"]`` says for
    each of its bands how deep the chosen node is to which the band belongs, 0 being the signal itself. A node of
    the last level is its band. A decimated node of level j that stays whole is dealt to the 2^(levels - j) bands below
    it, per axis: band q holds every 2^(levels - j)-th of its coefficients from number q on. So an orthonormal
    `packets` gives N coefficients, whatever is chosen, and a shift by 2^levels moves every band by one. A node without
    decimation is as long as a band; the first band below it holds it and the others are zero.

    Every signal of a batch has a basis of its own. Signals of energy 0, and equal costs, leave nodes whole.

    References
    ----------
    R. R. Coifman and M. V. Wickerhauser, "Entropy-based algorithms for best basis selection", IEEE Trans. Inf.
    Theory 38(2), 1992. doi:10.1109/18.119732

    I. Cohen, S. Raz and D. Malah, "Orthonormal shift-invariant wavelet packet decomposition and representation",
    Signal Processing 57(3), 1997. doi:10.1016/S0165-1684(97)00007-8

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> from shiftinv.transforms import BestBasis, StationaryPackets
    >>> x = 3 * np.eye(64)[20] + np.cos(0.8 * np.pi * np.arange(64))
    >>> T = BestBasis(StationaryPackets("sym8", levels=2))
    >>> c = T.forward(x)
    >>> T.chosen(c)
    ('a', 'd.a', 'd.d')
    >>> c.aux["depth"].tolist()
    [1, 1, 2, 2]
    >>> T.chosen(T.forward(np.roll(x, 5))) == T.chosen(c), T.forward(np.roll(x, 5)).equals(T.act(c, 5))
    (True, True)
    """

    packets: Packets | StationaryPackets
    cost: str = "entropy"
    name: ClassVar[str] = "bestbasis"

    def __init__(self, packets: Packets | StationaryPackets | None = None, cost: str = "entropy") -> None:
        tree = StationaryPackets() if packets is None else packets
        whole_tree(tree, "packets")
        freeze(self, packets=tree, cost=Cost(cost).name)

    @property
    def action(self) -> Action:
        """That of the packets: every shift if nothing is decimated, else multiples of 2^levels."""
        kind = self.packets.action.kind
        return Action(kind, "Fourier shift of each band by shift / 2^levels" if kind == "grid" else "")

    @property
    def residual(self) -> float:
        """That of the packets."""
        return self.packets.residual

    def with_levels(self, levels: int | None, axes: tuple[int, ...] | None) -> BestBasis:
        """Return this transform of packets with other levels and axes."""
        return BestBasis(self.packets.with_levels(levels, axes), self.cost)

    def chosen(self, c: Coefficients, item: tuple[int, ...] = ()) -> tuple[str, ...]:
        """Return the chosen basis, as ``basis=`` of packets takes it.

        Parameters
        ----------
        c : Coefficients
            Of this transform.
        item : tuple of int, optional
            Which signal of a batch, one index per axis that is not transformed.

        Raises
        ------
        ValueError
            If `c` belongs to another transform, or `item` has another number of indices.
        """
        self._check_own(c)
        depths = c.aux["depth"]
        if len(item) != depths.ndim - 1:
            raise ValueError(f"item={item} has {len(item)} indices, not {depths.ndim - 1}. Give one per batch axis.")
        return chosen_paths(np.moveaxis(depths, 0, -1)[item], c.layout)

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        whole = self.packets.layout(shape, dtype)
        # where a coefficient is depends on the node it belongs to
        blocks = tuple(dataclasses.replace(block, starts=(), supports=()) for block in whole.blocks)
        counts = tuple(shape[axis] for axis in _batch(whole))
        return dataclasses.replace(
            whole,
            spec=self.with_levels(whole.levels, whole.axes).spec,
            frame=None,
            blocks=blocks,
            aux=(("depth", (len(blocks), *counts)),),
        )

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:
        layout, tree = c.layout, self.packets.going_down(c.layout, workers)
        cells = _cells(c)
        batch = _batch(layout)

        def deal(leaves: slice, level: int, node: Array, where: Mask) -> None:
            mask = np.expand_dims(where, tuple(axis for axis in range(node.ndim) if axis not in batch))
            parts = tree.dealt(node, level)
            np.copyto(cells[leaves][: len(parts)], parts, where=mask)
            np.copyto(cells[leaves][len(parts) :], 0, where=mask)

        c.aux["depth"][...] = search(tree, layout, x, Cost(self.cost), batch, deal)

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:
        layout, tree = c.layout, self.packets.going_up(c.layout, workers)
        cells, depths = _cells(Coefficients(layout, unlocked(c.vector), c.aux)), c.aux["depth"]
        batch, ways = _batch(layout), words(len(layout.axes))

        def come_up(level: int, first: int) -> Array:
            share = len(ways) ** (layout.levels - level)
            whole = (depths[first] == level) | (level == layout.levels)
            node = tree.empty(level)
            if not whole.all():
                below = {word: come_up(level + 1, first + at * share // len(ways)) for at, word in enumerate(ways)}
                node = tree.merge(below, level + 1)
            mask = np.expand_dims(whole, tuple(axis for axis in range(node.ndim) if axis not in batch))
            np.copyto(node, tree.gathered(cells[first : first + share], level), where=mask)
            return node

        as_real(x)[...] = come_up(0, 0)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        moved.aux["depth"][...] = c.aux["depth"]
        for block in c.layout.blocks:
            spacing = int(block.spacing)
            steps = tuple(k // spacing if k % spacing == 0 else k / spacing for k in shift)
            for word in block.orientations:
                moved[block.level, word] = shifted(c[block.level, word], steps, c.layout.axes)


def _batch(layout: Layout) -> tuple[int, ...]:
    return tuple(axis for axis in range(len(layout.shape)) if axis not in layout.axes)


def _cells(c: Coefficients) -> Array:
    """Return all bands, which have one shape, as one real array with the bands first."""
    first = as_real(c[c.bands[0]])
    return c.vector.reshape(len(c.bands), *first.shape)
