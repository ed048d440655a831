"""Other packages' dual trees: dtcwt, and its ports to torch. A package that is not installed is no peer.

A peer is made for one signal: transforms, tensors and coefficients are ready before anything is timed. torch
runs on one thread and records no gradients. It does not compile: that takes about a minute for a shape, made
torchwavelets' forward of 512 x 512 1.5 to 1.8 times faster, no faster than dtcwt, and its inverse not at all.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

import shiftinv as si

PAIR, LEVELS = ("near_sym_b", "qshift_b"), 4
AGREEMENT = 1e-6  # of the largest value; pytorch_wavelets rounds its filters to float32, which makes 1e-7


def _installed(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pytorch_wavelets asks pkg_resources for its files
        try:
            return importlib.import_module(name)
        except ImportError:
            return None


dtcwt, torchwavelets, pytorch_wavelets = map(_installed, ("dtcwt", "torchwavelets", "pytorch_wavelets"))
torch = _installed("torch")
if torch is not None:
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)


@dataclass
class Peer:
    """Another package's transform of one signal.

    Parameters
    ----------
    x : array or tensor
        The signal as the package takes it.
    forward, inverse : callable
        What is timed: of `x`, and of `c`, the coefficients as the package gives them.
    parts : callable
        Takes `c` to its arrays: lowpass, finest to coarsest bands, their orientations last.
    """

    x: Any
    forward: Callable[[Any], Any]
    inverse: Callable[[Any], Any]
    parts: Callable[[Any], Sequence[Any]]
    c: Any = field(init=False)

    def __post_init__(self) -> None:
        self.c = self.forward(self.x)

    def check(self, x: Any, c: si.Coefficients) -> None:
        """Assert that the coefficients are c, and that the inverse gives x back."""
        lowpass, highpasses = c.to_dtcwt()
        for expected, given in zip((lowpass, *highpasses), self.parts(self.c), strict=True):
            _assert_near(given, expected)
        _assert_near(self.inverse(self.c), x)


def _assert_near(given: Any, expected: Any) -> None:
    array = np.asarray(given)
    assert array.dtype == expected.dtype, f"a peer computes in {array.dtype} instead of {expected.dtype}"
    error = np.abs(array.reshape(expected.shape) - expected).max() / np.abs(expected).max()
    assert error <= AGREEMENT, f"a peer's results differ by {error:.1e}: it would be timed on other work"


def names(axes: int) -> list[str]:
    """Return the installed packages that have a dual tree of so many axes."""
    packages = {"dtcwt": dtcwt, "torchwavelets": torchwavelets}
    if axes == 2:
        packages["pytorch_wavelets"] = pytorch_wavelets
    return [name for name, package in packages.items() if package is not None]


def peers_of(x: Any) -> dict[str, Peer]:
    """Return these packages' transforms of a signal."""
    made = {"dtcwt": _dtcwt, "torchwavelets": _torchwavelets, "pytorch_wavelets": _pytorch_wavelets}
    return {name: made[name](x) for name in names(x.ndim)}


def _dtcwt(x: Any) -> Peer:
    T = getattr(dtcwt, f"Transform{x.ndim}d")(*PAIR)
    return Peer(x, partial(T.forward, nlevels=LEVELS), T.inverse, lambda c: (c.lowpass, *c.highpasses))


def _torchwavelets(x: Any) -> Peer:
    t = torch.from_numpy(x)[None, None]
    forward = getattr(torchwavelets, f"DTCWT{x.ndim}D")(*PAIR, LEVELS).to(t.dtype)
    inverse = getattr(torchwavelets, f"IDTCWT{x.ndim}D")(*PAIR).to(t.dtype)
    orientations = 2 if x.ndim == 2 else -1
    return Peer(t, forward, inverse, lambda c: (c[0], *(band.movedim(orientations, -1) for band in c[1])))


def _pytorch_wavelets(x: Any) -> Peer:
    t = torch.from_numpy(x)[None, None]
    forward = pytorch_wavelets.DTCWTForward(*PAIR, LEVELS).to(t.dtype)
    inverse = pytorch_wavelets.DTCWTInverse(*PAIR).to(t.dtype)
    return Peer(t, forward, inverse, lambda c: (c[0], *(torch.view_as_complex(b).movedim(2, -1) for b in c[1])))
