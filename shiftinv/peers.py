"""Transforms of other libraries as rows of a comparison, measured with the same ruler.

A peer is a `Representation` whose coefficients another library computes; so every measure, and every refusal, is the
one that our own transforms get. What it does not declare it is not credited with: it has no adjoint and no noise
gain, and shifts over a full period of 2^levels samples are measured one by one, also where the library decimates
nothing. A shift moves its bands by the nearest whole number of their samples, in `metrics.equivariance_error`.

Every function here takes what it may need of library, signal or bands, wavelet, and levels or shape.

Libraries are loaded at first use. One that is not installed is no peer.
"""

from __future__ import annotations

import copy
import importlib
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import checks
from .coefficients import Coefficients
from .groups import Shift, shifted
from .layout import Band, Block, Frame, Layout
from .representation import Action, Invertible, Representation

__all__ = ["InvertiblePeer", "Peer", "installed_peers"]

Bands: TypeAlias = dict[Band, NDArray[Any]]


@dataclass(frozen=True)
class _Method:
    """How a library is called: analysis and synthesis take (library, values, wavelet, levels), x as in the call."""

    library: str
    circular: bool
    axes: tuple[int, ...]
    analyse: Callable[[ModuleType, NDArray[Any], str, int], Bands]
    synthesise: Callable[[ModuleType, Bands, str, tuple[int, ...]], NDArray[Any]] | None
    linear: bool = True
    numpy_below: int = 1000


def _named(approximation: NDArray[Any], details: Iterable[Mapping[str, NDArray[Any]]], levels: int) -> Bands:
    """Return bands by our names, from what PyWavelets gives, coarse to fine."""
    bands = {Band(levels, "a" * approximation.ndim): approximation}
    for level, stack in zip(range(levels, 0, -1), details, strict=True):
        bands |= {Band(level, word): values for word, values in stack.items()}
    return bands


def _listed(bands: Bands) -> list[Any]:
    """Return bands as PyWavelets takes them."""
    (_, approximation), *details = bands.items()
    by_level = itertools.groupby(details, key=lambda item: item[0].level)
    return [approximation, *({band.orientation: values for band, values in group} for _, group in by_level)]


def _wavedec(pywt: ModuleType, x: NDArray[Any], wavelet: str, levels: int) -> Bands:
    approximation, details = x, []
    for _ in range(levels):  # one by one, since wavedecn warns where a filter is longer than a band
        details.append(pywt.dwtn(approximation, wavelet, "periodization"))
        approximation = details[-1].pop("a" * x.ndim)
    return _named(approximation, details[::-1], levels)


def _waverec(pywt: ModuleType, bands: Bands, wavelet: str, _shape: tuple[int, ...]) -> NDArray[Any]:
    return np.asarray(pywt.waverecn(_listed(bands), wavelet, "periodization"))


def _swt(pywt: ModuleType, x: NDArray[Any], wavelet: str, levels: int) -> Bands:
    approximation, *details = pywt.swtn(x, wavelet, levels, norm=True, trim_approx=True)
    return _named(approximation, details, levels)


def _iswt(pywt: ModuleType, bands: Bands, wavelet: str, _shape: tuple[int, ...]) -> NDArray[Any]:
    return np.asarray(pywt.iswtn(_listed(bands), wavelet, norm=True))


@lru_cache(maxsize=16)  # what a library prepares for a shape is no part of a transform's time
def _prepared(make: Callable[..., Any], *arguments: Any) -> Any:
    return make(*arguments)


def _dtcwt(dtcwt: ModuleType, x: NDArray[Any], wavelet: str, levels: int) -> Bands:
    T = _prepared(getattr(dtcwt, f"Transform{x.ndim}d"), *wavelet.split("+"))
    pyramid = T.forward(x, nlevels=levels)
    bands = {Band(levels, "a" * x.ndim): pyramid.lowpass.reshape(pyramid.lowpass.shape[: x.ndim])}
    for level in range(levels, 0, -1):
        stack = pyramid.highpasses[level - 1]
        stack = stack.reshape(*stack.shape[: x.ndim], -1)
        bands |= {Band(level, f"d{number}"): stack[..., number] for number in range(stack.shape[-1])}
    return bands


def _idtcwt(dtcwt: ModuleType, bands: Bands, wavelet: str, shape: tuple[int, ...]) -> NDArray[Any]:
    (_, lowpass), *details = bands.items()
    levels = max(band.level for band in bands)
    stacks = [
        np.stack([values for band, values in details if band.level == level], axis=-1) for level in range(1, levels + 1)
    ]
    pyramid = dtcwt.Pyramid(lowpass.reshape(len(lowpass), -1), tuple(stacks))
    T = _prepared(getattr(dtcwt, f"Transform{len(shape)}d"), *wavelet.split("+"))
    return np.asarray(T.inverse(pyramid)).reshape(shape)


def _scattering(frontend: ModuleType, x: NDArray[Any], _wavelet: str, levels: int) -> Bands:
    T = _prepared(getattr(frontend, f"Scattering{x.ndim}D"), levels, x.shape[0] if x.ndim == 1 else x.shape)
    return {Band(levels, f"p{number}" if number else "a"): values for number, values in enumerate(T(x))}


def _steerable(pyrtools: ModuleType, x: NDArray[Any], _wavelet: str, levels: int) -> Bands:
    given = pyrtools.pyramids.SteerablePyramidFreq(x, height=levels, order=3).pyr_coeffs
    bands = {Band(levels, "a"): given["residual_lowpass"]}
    for level in range(levels, 0, -1):
        bands |= {Band(level, f"d{number}"): given[level - 1, number] for number in range(4)}
    return bands | {Band(0, "d"): given["residual_highpass"]}


def _zeros(kind: Callable[..., Any], shape: tuple[int, ...], levels: int) -> Any:
    return kind(np.zeros(shape), height=levels, order=3)


def _isteerable(pyrtools: ModuleType, bands: Bands, _wavelet: str, shape: tuple[int, ...]) -> NDArray[Any]:
    (_, lowpass), *details = bands.items()
    levels = max(band.level for band in bands)
    pyramid = copy.copy(_prepared(_zeros, pyrtools.pyramids.SteerablePyramidFreq, shape, levels))
    pyramid.pyr_coeffs = {"residual_lowpass": lowpass} | {
        (band.level - 1, int(band.orientation[1:])) if band.level else "residual_highpass": values
        for band, values in details
    }
    return np.asarray(pyramid.recon_pyr())


ANY = (1, 2, 3)
METHODS = {
    "pywt.dwt": _Method("pywt", True, ANY, _wavedec, _waverec),
    "pywt.swt": _Method("pywt", True, ANY, _swt, _iswt),
    "dtcwt": _Method("dtcwt", False, (1, 2), _dtcwt, _idtcwt, numpy_below=2),
    "kymatio": _Method("kymatio.numpy", False, (1, 2), _scattering, None, linear=False),
    "pyrtools.steerable": _Method("pyrtools", True, (2,), _steerable, _isteerable),
}
PEERS = (
    ("pywt.dwt", "sym8", 4),
    ("pywt.swt", "sym8", 4),
    ("dtcwt", "near_sym_b+qshift_b", 4),
    ("kymatio", "morlet", 4),
    ("pyrtools.steerable", "order3", 4),
)


@dataclass(frozen=True, repr=False)
class Peer(Representation):
    """Another library's transform without an inverse.

    Parameters
    ----------
    method : str
        Which library and transform: "kymatio".
    wavelet : str
        As the library calls it.
    levels : int
        How many levels.
    axes : tuple of int, optional
        All axes of the signal, in order; None means the same.
    """

    method: str
    wavelet: str
    levels: int
    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "peer"

    @property
    def action(self) -> Action:
        """Exact for shifts by 2^levels, and only if the library is circular."""
        return Action("grid", "whole samples")

    @property
    def spec(self) -> str:
        """The peer as a comparison shows it; no transform of ours."""
        return _spec(self)

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        return _layout_of(self, shape, dtype)

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:  # noqa: ARG002
        _analyse_into(self, x, c)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        _move(c, shift, moved)


@dataclass(frozen=True, repr=False)
class InvertiblePeer(Invertible):
    """Another library's transform with an inverse.

    Parameters
    ----------
    method, wavelet, levels, axes
        As for `Peer`: "pywt.dwt", "pywt.swt", "dtcwt", "pyrtools.steerable".

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> T = si.peers.InvertiblePeer("pywt.dwt", "sym8", 3)
    >>> bool(np.isclose(si.metrics.shift_variance(T, si.datasets.ecg()).total, 0.336, atol=5e-4))
    True
    """

    method: str
    wavelet: str
    levels: int
    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "peer"

    @property
    def action(self) -> Action:
        """Exact for shifts by 2^levels, and only if the library is circular."""
        return Action("grid", "whole samples")

    @property
    def spec(self) -> str:
        """The peer as a comparison shows it; no transform of ours."""
        return _spec(self)

    def _layout(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
        return _layout_of(self, shape, dtype)

    def _forward(self, x: NDArray[Any], c: Coefficients, workers: int) -> None:  # noqa: ARG002
        _analyse_into(self, x, c)

    def _act(self, c: Coefficients, shift: Shift, moved: Coefficients) -> None:
        _move(c, shift, moved)

    def _inverse(self, c: Coefficients, x: NDArray[Any], workers: int) -> None:  # noqa: ARG002
        method = METHODS[self.method]
        library = importlib.import_module(method.library)
        bands = {band: c[band] for band in c.bands}
        x[...] = method.synthesise(library, bands, self.wavelet, x.shape)  # type: ignore[misc]


def installed_peers() -> tuple[Representation, ...]:
    """Return the peers whose libraries can be imported.

    Examples
    --------
    >>> import shiftinv as si
    >>> [T.spec for T in si.peers.installed_peers()][:2]
    ['pywt.dwt:sym8,levels=4', 'pywt.swt:sym8,levels=4']
    """
    made: list[Representation] = []
    for name, wavelet, levels in PEERS:
        method = METHODS[name]
        if int(np.__version__.partition(".")[0]) < method.numpy_below and _is_installed(method.library):
            made.append((InvertiblePeer if method.synthesise else Peer)(name, wavelet, levels))
    return tuple(made)


def _is_installed(library: str) -> bool:
    try:
        importlib.import_module(library)
    except ImportError:
        return False
    return True


def _spec(T: Peer | InvertiblePeer) -> str:
    return f"{T.method}:{T.wavelet},levels={T.levels}"


def _layout_of(T: Peer | InvertiblePeer, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Layout:
    """Return the layout that the library's output for zeros has."""
    method, axes = METHODS[checks.choice(T.method, METHODS, "method")], tuple(range(len(shape)))
    if len(shape) not in method.axes or T.axes not in (None, axes):
        raise ValueError(f"{T.spec} transforms all of {' or '.join(map(str, method.axes))} axes, not shape {shape}.")
    checks.real_signal(dtype, T.spec)
    checks.transformed_sizes(shape, axes)
    multiple = 2**T.levels
    if any(n % multiple for n in shape):
        cropped = tuple(n // multiple * multiple for n in shape)
        remedy = f"Crop them, for instance to {cropped}" if all(cropped) else "Use a longer signal"
        raise ValueError(
            f"{T.spec} is compared where 2^{T.levels} divides all lengths, and they are {shape}. {remedy}."
        )
    bands = method.analyse(importlib.import_module(method.library), np.zeros(shape, dtype), T.wavelet, T.levels)
    alike = itertools.groupby(bands.items(), lambda item: (item[0].level, item[1].shape, np.iscomplexobj(item[1])))
    blocks = [
        Block(level, tuple(band.orientation for band, _ in group), size, is_complex)
        for (level, size, is_complex), group in alike
    ]
    grid = 2**T.levels if method.circular else None
    return Layout(
        T.spec, shape, dtype.name, axes, T.levels, Frame.FRAME if method.linear else None, grid, tuple(blocks)
    )


def _analyse_into(T: Peer | InvertiblePeer, x: NDArray[Any], c: Coefficients) -> None:
    method = METHODS[T.method]
    for band, values in method.analyse(importlib.import_module(method.library), x, T.wavelet, T.levels).items():
        c[band] = values


def _move(c: Coefficients, shift: Shift, moved: Coefficients) -> None:
    for band in c.bands:
        lengths = zip(c.layout.axes, shift, strict=True)
        steps = tuple(round(k * c[band].shape[axis] / c.layout.shape[axis]) for axis, k in lengths)
        moved[band] = shifted(c[band], steps, c.layout.axes)
