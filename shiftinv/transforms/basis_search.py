"""The search for the best basis of a tree of packets, from the bottom up."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..layout import Layout
from .costs import Cost, Real, Scale, orderless_sum
from .packet_tree import Tree, full_basis, stored_order
from .packets import Packets
from .separable import Array, as_real, unlocked, words
from .stationary_packets import StationaryPackets

__all__ = ["Pricing", "best_basis", "chosen_paths", "search", "whole_tree"]

AnyPackets = TypeVar("AnyPackets", Packets, StationaryPackets)
Price = Cost | Callable[[NDArray[Any]], float]
Mask = NDArray[np.bool_]


def best_basis(T: AnyPackets, x: ArrayLike, cost: str | Callable[[NDArray[Any]], float] = "entropy") -> AnyPackets:
    """Return the transform with the basis that has the least cost for a signal.

    Parameters
    ----------
    T : Packets or StationaryPackets
        The tree to search, down to its number of levels; without a basis of its own.
    x : array_like, shape (…)
        The signal. A batch of signals is given one basis, with the least cost for all of them together.
    cost : str or callable, optional
        "entropy", "log-energy", "l1", "lp:p" with 0 < p < 2, "threshold:t" or "sure:sigma", as in
        `shiftinv.transforms.costs`; or a function of the coefficients of a node, a flat array, that returns a float.
        Costs of the nodes of a basis are added up.

    Returns
    -------
    Packets or StationaryPackets
        `T` with ``basis=`` the nodes that were found.

    Raises
    ------
    TypeError
        If `T` has no tree of packets.
    ValueError
        If `T` has a basis already, or the cost is unknown.

    Notes
    -----
    From the bottom up, a node stays whole if its cost is at most the least cost of what is below it, each node being
    computed once: O(N J) for J levels along one axis.

    Without decimation a node of level j consists of all 2^j shifts of the decimated node, per axis. Its cost is the
    mean of theirs: that of the coefficients in the decimated scale, divided by 2^j per axis. So redundancy weighs
    nothing, and the basis that is found is the best for the mean over all shifts, and the same for every circular shift
    of the signal. The sums of the named costs do not depend on the order of their terms, so this holds to the bit.
    The basis found for decimated packets changes with the shift.

    References
    ----------
    R. R. Coifman and M. V. Wickerhauser, "Entropy-based algorithms for best basis selection", IEEE Trans. Inf.
    Theory 38(2), 1992. doi:10.1109/18.119732

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> from shiftinv.transforms import Packets, best_basis
    >>> x = 3 * np.eye(256)[77] + np.cos(0.8 * np.pi * np.arange(256))  # an impulse, and an oscillation
    >>> best_basis(Packets("sym8", levels=3), x).basis
    ('a', 'd.a.a', 'd.a.d', 'd.d.a', 'd.d.d')
    """
    whole_tree(T, "T")
    signal = checks.signal(x)
    layout = T.layout(signal.shape, signal.dtype)
    price = cost if callable(cost) else Cost(cost)
    depths = search(T.going_down(layout, 1), layout, signal, price, ())
    return T.replace(levels=None, basis=chosen_paths(depths, layout))


def whole_tree(T: object, name: str) -> None:
    """Refuse what is no transform of packets, or has chosen a basis of its own.

    Raises
    ------
    TypeError, ValueError
        Which says what it is.
    """
    if not isinstance(T, (Packets, StationaryPackets)):
        raise TypeError(f"{name}={T!r} is {checks.kind_of(T)}. Use Packets or StationaryPackets.")
    if T.basis is not None:
        raise ValueError(f"{name}={T!r} has a basis already. Leave basis out, so that the whole tree is searched.")
    if isinstance(T, StationaryPackets) and T.boundary != "periodic":
        raise ValueError(
            f"{name}={T!r} keeps more than the signal, and would price it as well. Search with boundary='periodic', "
            f"and give the basis that is found to the packets with ends."
        )


def chosen_paths(depths: NDArray[np.int64], layout: Layout) -> tuple[str, ...]:
    """Return the nodes that the leaves of the whole tree belong to, given how deep those nodes are, shape (leaves,)."""
    leaves = full_basis(layout.levels, len(layout.axes))
    nodes = (".".join(leaf.split(".")[:depth]) for leaf, depth in zip(leaves, depths.tolist(), strict=True))
    return stored_order(dict.fromkeys(nodes))


@dataclasses.dataclass(frozen=True)
class Pricing:
    """The cost of the nodes of a tree, for each signal of a batch.

    Parameters
    ----------
    price : Cost or callable
        Of the coefficients of a node in the scale of decimated ones.
    tree : Tree
        Whose nodes they are.
    batch : tuple of int
        The axes along which signals are priced apart.
    is_complex : bool
        Whether nodes hold pairs of real numbers.
    scale : Scale
        Of the signals.
    """

    price: Price
    tree: Tree
    batch: tuple[int, ...]
    is_complex: bool
    scale: Scale

    @classmethod
    def of(cls, price: Price, tree: Tree, batch: tuple[int, ...], layout: Layout, signal: Array) -> Pricing:
        """Return the pricing for these signals."""
        power = _power(_rows(signal, batch, layout.is_complex))
        scale = Scale(orderless_sum(power)[:, None], power.shape[1], float(np.finfo(layout.real_dtype).eps))
        return cls(price, tree, batch, layout.is_complex, scale)

    def __call__(self, node: Array, level: int) -> Real:
        """Return the cost of a node for each signal, shape (signals,)."""
        rows = _rows(node, self.batch, self.is_complex)
        gain, overlap = self.tree.decimated_scale(level)
        if isinstance(self.price, Cost):
            return self.price(_power(rows) * gain**2, self.scale) / overlap
        return np.array([float(self.price(gain * row)) for row in rows]) / overlap


def search(
    tree: Tree,
    layout: Layout,
    x: Array,
    price: Price,
    batch: tuple[int, ...],
    found: Callable[[slice, int, Array, Mask], None] | None = None,
) -> NDArray[np.int64]:
    """Return for every leaf of the whole tree how deep the chosen node is to which it belongs, shape (leaves, *batch).

    ``found(leaves, level, node, where)`` is called for a node that is better, for the signals `where`, than what
    is below it; a later call for the same leaves overrules it.
    """
    signal = as_real(unlocked(x))
    pricing = Pricing.of(price, tree, batch, layout, signal)
    ways = len(words(len(layout.axes)))
    counts = tuple(layout.shape[axis] for axis in batch)
    depths = np.empty((len(layout.bands), *counts), np.int64)

    def least(node: Array, level: int, first: int) -> Real:
        own = pricing(node, level)
        share = ways ** (layout.levels - level - 1) if level < layout.levels else 0
        better = np.ones(own.shape, bool)
        if share:
            below = np.zeros(own.shape)
            for way, child in enumerate(tree.split(node, level + 1).values()):
                below += least(child, level + 1, first + way * share)
            better = own <= below
            own = np.where(better, own, below)
        where = better.reshape(counts)
        leaves = slice(first, first + max(1, ways * share))
        depths[leaves, where] = level
        if found is not None and where.any():
            found(leaves, level, node, where)
        return own

    least(signal, 0, 0)
    return depths


def _rows(node: Array, batch: tuple[int, ...], is_complex: bool) -> Array:
    """Return the coefficients of every signal in a row."""
    values = node.view(np.result_type(node.dtype, np.complex64))[..., 0] if is_complex else node
    if not batch:
        return values.reshape(1, -1)
    signals = np.moveaxis(values, batch, range(len(batch)))
    return signals.reshape(int(np.prod(signals.shape[: len(batch)])), -1)


def _power(rows: Array) -> Real:
    power = rows.real.astype(np.float64) ** 2
    return power + rows.imag.astype(np.float64) ** 2 if np.iscomplexobj(rows) else power
