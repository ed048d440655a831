"""Coefficients in the forms that the packages PyWavelets and dtcwt give them: functions of a layout and its bands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .checks import kind_of
from .layout import Band, Layout

__all__ = ["Pyramid", "from_dtcwt", "from_pywt", "to_dtcwt", "to_pywt"]

# the orientations of dtcwt along its last axis, by the number of transformed axes
DTCWT_ORDER: dict[int, tuple[str, ...]] = {
    1: ("d",),
    2: ("+15", "+45", "+75", "-75", "-45", "-15"),
    3: tuple(
        word + signs
        for word, signs in itertools.product(
            ("ada", "daa", "dda", "aad", "add", "dad", "ddd"), ("++", "+-", "-+", "--")
        )
    ),
}


class Pyramid(NamedTuple):
    """Coefficients as the package dtcwt holds them; its inverse transforms read these two attributes.

    Parameters
    ----------
    lowpass : ndarray
        The approximation, real.
    highpasses : tuple of ndarray
        One complex array per level, finest first; the orientations of images and volumes are along its last axis.
    """

    lowpass: NDArray[Any]
    highpasses: tuple[NDArray[Any], ...]


# --- PyWavelets ---------------------------------------------------------------------------------


def to_pywt(layout: Layout, bands: Mapping[Band, NDArray[Any]]) -> list[Any]:
    """Return bands in PyWavelets' multilevel form; see `Coefficients.to_pywt`."""
    _refuse_packets(layout)
    levels = range(layout.levels, 0, -1)
    approximation = bands[layout.approximation]
    if len(layout.axes) == 1:
        return [approximation, *(bands[Band(level, "d")] for level in levels)]
    details = layout.details
    return [approximation, *({band.orientation: bands[band] for band in details if band.level == at} for at in levels)]


def from_pywt(coefficients: Sequence[Any], layout: Layout) -> dict[Band, Any]:
    """Return the values of every band from PyWavelets' multilevel form; see `Coefficients.from_pywt`."""
    _refuse_packets(layout)
    if len(coefficients) and _is_untrimmed(coefficients[0], layout):
        raise ValueError(
            "coefficients has an approximation at every level, and only the coarsest is needed. "
            "Use trim_approx=True in PyWavelets."
        )
    if len(coefficients) != layout.levels + 1:
        raise ValueError(
            f"coefficients has {len(coefficients)} entries; {layout.spec} has {layout.levels} levels and needs "
            f"{layout.levels + 1}: the approximation and the details from coarse to fine."
        )
    values = {layout.approximation: coefficients[0]}
    for level, entry in zip(range(layout.levels, 0, -1), coefficients[1:], strict=True):
        words = [word for at, word in layout.details if at == level]
        given = _by_orientation(entry, words)
        if set(given) != set(words):
            missing = [(level, word) for word in words if word not in given]
            raise ValueError(f"level {level} has {sorted(given)}; {layout.spec} needs {words}: missing {missing}.")
        values |= {Band(level, word): given[word] for word in words}
    for band, given in values.items():
        _refuse_longer(np.shape(given), band, layout)
    return values


def _refuse_packets(layout: Layout) -> None:
    if any("." in band.orientation for band in layout.bands):
        raise ValueError(
            f"{layout.spec} has wavelet packets, for which the multilevel form has no place. PyWavelets' WaveletPacket "
            f"has c[band] as its node band.orientation.replace('.', '')."
        )


def _is_untrimmed(entry: Any, layout: Layout) -> bool:
    """Return whether an entry is what PyWavelets' swt gives per level: an approximation and its details."""
    return layout.approximation.orientation in entry if isinstance(entry, Mapping) else isinstance(entry, tuple)


def _by_orientation(entry: Any, words: Sequence[str]) -> Mapping[str, Any]:
    """Return the details of one level by orientation, from any of PyWavelets' forms."""
    if isinstance(entry, Mapping):
        return entry
    if isinstance(entry, (tuple, list)) and set(words) == {"da", "ad", "dd"} and len(entry) == 3:
        return dict(zip(("da", "ad", "dd"), entry, strict=True))
    return dict.fromkeys(words, entry)


def _refuse_longer(shape: tuple[int, ...], band: Band, layout: Layout) -> None:
    """Refuse an array of PyWavelets' other modes, which give longer bands."""
    needed = layout.block(band).shape
    if needed != layout.shape and len(shape) == len(needed) and shape > needed:
        raise ValueError(
            f"band {tuple(band)} has shape {needed}, and {shape} was given. "
            f"Use mode='periodization' in PyWavelets, and levels from coarse to fine."
        )


# --- dtcwt --------------------------------------------------------------------------------------


def to_dtcwt(layout: Layout, bands: Mapping[Band, NDArray[Any]]) -> Pyramid:
    """Return bands in the form of dtcwt; see `Coefficients.to_dtcwt`."""
    lowpass, highpasses = _dtcwt_shapes(layout)
    order = DTCWT_ORDER[len(layout.axes)]
    return Pyramid(
        bands[layout.approximation].reshape(lowpass).copy(),
        tuple(
            np.stack([bands[Band(level, word)] for word in order], -1).reshape(shape)
            for level, shape in enumerate(highpasses, 1)
        ),
    )


def from_dtcwt(pyramid: Any, layout: Layout) -> dict[Band, Any]:
    """Return the values of every band from the form of dtcwt; see `Coefficients.from_dtcwt`."""
    expected = _dtcwt_shapes(layout)
    lowpass, highpasses = _pyramid_parts(pyramid)
    if len(highpasses) != layout.levels:
        raise ValueError(
            f"pyramid has {len(highpasses)} levels, and {layout.spec} has {layout.levels}. "
            f"Use the layout of a DTCWT with levels={len(highpasses)}."
        )
    _check_shape(lowpass, expected[0], "lowpass", layout)
    values = {layout.approximation: lowpass.reshape(layout.block(layout.approximation).shape)}
    order = DTCWT_ORDER[len(layout.axes)]
    for level, (given, shape) in enumerate(zip(highpasses, expected[1], strict=True), 1):
        if given is None:
            continue  # stands for zeros
        array = np.asarray(given)
        _check_shape(array, shape, f"highpasses[{level - 1}]", layout)
        parts = array.reshape((*layout.block((level, order[0])).shape, len(order)))
        values |= {Band(level, word): parts[..., index] for index, word in enumerate(order)}
    return values


def _pyramid_parts(pyramid: Any) -> tuple[NDArray[Any], Sequence[Any]]:
    """Return lowpass and highpasses of a pyramid or a pair."""
    if hasattr(pyramid, "lowpass") and hasattr(pyramid, "highpasses"):
        pyramid = (pyramid.lowpass, pyramid.highpasses)
    if not isinstance(pyramid, (tuple, list)) or len(pyramid) != 2 or not isinstance(pyramid[1], (tuple, list)):
        raise TypeError(
            f"pyramid is {kind_of(pyramid)}, not a lowpass and a tuple of highpasses. "
            f"Use what the forward of dtcwt or Coefficients.to_dtcwt returned."
        )
    return np.asarray(pyramid[0]), pyramid[1]


def _check_shape(array: NDArray[Any], expected: tuple[int, ...], name: str, layout: Layout) -> None:
    if array.shape != expected:
        raise ValueError(
            f"{name} of pyramid has shape {array.shape}, and {layout.spec} of shape {layout.shape} needs {expected}. "
            f"Use T.layout(x.shape) with the signal x that was transformed, and as many levels."
        )


def _dtcwt_shapes(layout: Layout) -> tuple[tuple[int, ...], list[tuple[int, ...]]]:
    """Return the shapes of lowpass and highpasses, finest first, or refuse what dtcwt does not have."""
    name, _, arguments = layout.spec.partition(":")
    if name != "dtcwt":
        raise ValueError(
            f"layout is of {layout.spec}, and the package dtcwt has only the decimated dual tree. "
            f"Use DTCWT(boundary='symmetric'), or the bands c[band] themselves."
        )
    if "boundary=symmetric" not in arguments.split(","):
        raise ValueError(
            f"layout is of {layout.spec}, whose signals continue along a circle; those of the package dtcwt are "
            f"mirrored at their ends. Use boundary='symmetric', or the bands c[band] themselves."
        )
    dimensions, columns = len(layout.axes), layout.axes == (0,) and len(layout.shape) == 2
    if dimensions not in DTCWT_ORDER or not (dimensions == len(layout.shape) or columns):
        raise ValueError(
            f"layout transforms axes {layout.axes} of shape {layout.shape}; the package dtcwt transforms all axes of "
            f"a signal, an image or a volume, or the columns of a table. Use one signal, image or volume at a time, or "
            f"axes=0 of an array (samples, channels)."
        )
    order = DTCWT_ORDER[dimensions]
    channel, stack = ((1,) if len(layout.shape) == 1 else ()), ((len(order),) if dimensions > 1 else ())
    details = (layout.block((level, order[0])).shape for level in range(1, layout.levels + 1))
    return layout.block(layout.approximation).shape + channel, [shape + channel + stack for shape in details]
