"""The reference benchmark: its signals, its transforms and its measures, one line each.

Whoever adds a transform or a measure adds its line here; tables, files, pictures, the report and the command line
follow. The order of `MEASUREMENTS` is the order of the columns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import datasets, metrics
from .denoising import denoise
from .representation import FrameTransform, Invertible, Representation
from .transforms.scattering import Scattering

__all__ = ["MEASUREMENTS", "MEASURES", "NOT_LINEAR", "SIGNALS", "TIMINGS", "TRANSFORMS", "Measurement"]

SHIFTS = tuple(range(1, 9))
SAMPLES = 1024
LONGEST = {1: 256, 2: 32}  # samples per axis for what needs no signal: seconds at most for every transform
SCATTERED = 128 * 128  # samples of an image
PIECE = {1: 1024, 2: 64}  # samples per axis for what takes many transforms of the signal itself
NOT_LINEAR = "is not linear"
SNR, THRESHOLD = 10.0, 3.0  # dB; standard deviations of the noise


def _pieces(*runs: int) -> Callable[[], NDArray[np.float64]]:
    """Return the function that makes a signal of zeros and ones in turn, so many of each."""
    return lambda: np.repeat(np.arange(len(runs)) % 2, runs).astype(float)


SIGNALS: dict[str, Callable[[], NDArray[np.float64]]] = {
    "impulse": _pieces(507, 1, SAMPLES - 508),
    "step": _pieces(507, SAMPLES - 507),
    "box": _pieces(475, 64, SAMPLES - 539),
    "chirp": lambda: datasets.doppler(SAMPLES),
    "ecg": datasets.ecg,
    "camera": datasets.camera,
    "aero": datasets.aero,
}

TRANSFORMS = (
    "dwt:sym8,levels=4",
    "dwt:haar,levels=4",
    "dwt:bior4.4,levels=4",
    "bestshift:sym8,levels=4",
    "packets:sym8,levels=4",
    "bestbasis:(packets:sym8,levels=3)",
    "cyclespin:(dwt:sym8,levels=4),shifts=2",
    "dtcwt:sym8,qshift_b,levels=4",
    "dtcwt:near_sym_b,qshift_b,levels=4",
    "pswt:sym8,levels=4,undecimated=2",
    "cyclespin:(dwt:sym8,levels=4),shifts=4",
    "starlet:levels=4",
    "modwt:la8,levels=4",
    "swt:sym8,levels=4",
    "swt:haar,levels=4",
    "swt:bior4.4,levels=4",
    "spackets:sym8,levels=2",
    "udtcwt:near_sym_b,qshift_b,levels=4",
    "steerable:levels=4",
    "laplacian:levels=4",
    "scattering:levels=4",
)


@dataclass(frozen=True, eq=False)
class Measurement:
    """A function that gives the values of one or more measures.

    Parameters
    ----------
    measures : dict of str to str
        Names and definitions, in the order of the values.
    measure : callable
        Takes (transform, signal) to a tuple of numbers; raises ValueError with the reason where it refuses, or
        RuntimeError where an iteration does not settle.
    signal : callable, optional
        What the values depend on beside the transform: takes (transform, signal) to something hashable. None:
        the signal itself. Equal answers are measured once.
    """

    measures: dict[str, str]
    measure: Callable[[Representation, NDArray[Any]], tuple[float, ...]]
    signal: Callable[[Representation, NDArray[Any]], Any] | None = None


def _small(T: Representation, x: NDArray[Any]) -> tuple[int, ...]:
    """Return the shape of a signal with the axes of `x` on which `T` acts as on `x`, and which is quickly measured."""
    layout = T.layout(x.shape)
    step, most = layout.grid or 2**layout.levels, LONGEST.get(len(layout.axes), 16)
    longest = math.ceil(most / step) * step
    return tuple(min(n, longest) if axis in layout.axes else n for axis, n in enumerate(x.shape))


def _size(T: Representation, x: NDArray[Any]) -> tuple[float, float]:
    layout = T.layout(x.shape, x.dtype)
    return layout.redundancy, layout.nbytes


def _shift_variance(T: Representation, x: NDArray[Any]) -> tuple[float]:
    _require_quick(T, x)
    return (metrics.shift_variance(T, x).total,)


def _worst_aliasing(T: Representation, x: NDArray[Any]) -> tuple[float]:
    _require_linear(T, x)
    levels = T.layout(x.shape).levels
    return (max((metrics.aliasing_energy_ratio(T, level) for level in range(1, levels + 1)), default=-math.inf),)


def _equivariance_error(T: Representation, x: NDArray[Any]) -> tuple[float]:
    _require_quick(T, x)
    return (float(np.mean(metrics.equivariance_error(T, x, SHIFTS))),)


def _energy_error(T: Representation, x: NDArray[Any]) -> tuple[float]:
    _require_quick(T, x)
    curve = metrics.energy_curve(T, x, shifts=(0, *SHIFTS))[1:]  # the approximation comes first
    size = float(np.linalg.norm(curve[:, 0]))
    changes = np.linalg.norm(curve[:, 1:] - curve[:, :1], axis=0)
    return (float(np.mean(changes)) / size if size else float(np.mean(changes)),)


def _subpixel_error(T: Representation, x: NDArray[Any]) -> tuple[float]:
    _require_inverse(T)
    return (float(metrics.subpixel_error(T, _piece(T, x))),)


def _piece(T: Representation, x: NDArray[Any]) -> NDArray[Any]:
    """Return the middle of a signal, as long as its sub-pixel error is quickly measured, or as `T` is circular on."""
    layout = T.layout(x.shape, x.dtype)
    step, most = layout.grid or 1, PIECE.get(len(layout.axes), 16)
    longest = math.ceil(most / step) * step
    spans = (slice((n - min(n, longest)) // 2, (n + min(n, longest)) // 2) for n in x.shape)
    return x[tuple(spans)]


def _frame_bounds(T: Representation, x: NDArray[Any]) -> tuple[float, float]:
    _require_linear(T, x)
    if not isinstance(T, FrameTransform):
        raise ValueError(f"{T.spec} has no adjoint.")
    return metrics.frame_bounds(T, _small(T, x))


def _noise_amplification(T: Representation, x: NDArray[Any]) -> tuple[float]:
    _require_linear(T, x)
    return (metrics.noise_amplification(T, _small(T, x)),)


def _denoising_gain(T: Representation, x: NDArray[Any]) -> tuple[float]:
    _require_linear(T, x)
    if not isinstance(T, FrameTransform):
        raise ValueError(f"{T.spec} tells no noise gain to threshold by.")
    parts = 2 if x.dtype.kind == "c" else 1
    sigma = float(np.std(x)) / 10 ** (SNR / 20) / math.sqrt(parts)  # of a real part, as `estimate_sigma` has it
    if not sigma:
        raise ValueError("the signal is constant, and sets no scale for noise.")
    rng = np.random.default_rng(0)
    noise: NDArray[Any] = sigma * rng.standard_normal(x.shape)
    if parts == 2:
        noise = noise + 1j * sigma * rng.standard_normal(x.shape)
    noise = noise.astype(x.dtype)
    whole = tuple(range(x.ndim)) if getattr(T, "axes", None) is None else None  # one item, and no image of colours
    left = denoise(x + noise, T, method=THRESHOLD, rule="hard", sigma=sigma, axes=whole) - x
    return (20 * math.log10(float(np.linalg.norm(noise.ravel()) / np.linalg.norm(left.ravel()))),)


def _reconstruction_error(T: Representation, x: NDArray[Any]) -> tuple[float]:
    _require_inverse(T)
    error = np.linalg.norm((T.inverse(T.forward(x)) - x).ravel())  # type: ignore[attr-defined]
    size = np.linalg.norm(x.ravel())
    return (float(error / size) if size else float(error),)


def _times(T: Representation, x: NDArray[Any]) -> tuple[float, ...]:
    _require_quick(T, x)
    cost = metrics.cost(T, x.shape, dtype=x.dtype)
    return cost.forward_ratio, cost.inverse_ratio, cost.forward_seconds, cost.inverse_seconds


def _require_quick(T: Representation, x: NDArray[Any]) -> None:
    if isinstance(T, Scattering) and len(T.layout(x.shape).axes) > 1 and x.size > SCATTERED:
        raise ValueError(
            f"{T.spec} is not measured on {x.size} samples of an image, where one transform takes seconds."
        )


def _require_inverse(T: Representation) -> None:
    if not isinstance(T, Invertible):
        raise ValueError(f"{T.spec} has no inverse.")


def _require_linear(T: Representation, x: NDArray[Any]) -> None:
    _require_inverse(T)
    if T.layout(x.shape).frame is None:
        raise ValueError(f"{T.spec} {NOT_LINEAR}: it has no aliasing ratio, no frame bounds and no gain of noise.")


MEASUREMENTS = (
    Measurement({"redundancy": "real coefficients per real sample", "nbytes": "bytes of the coefficients"}, _size),
    Measurement(
        {
            "shift_variance": "sqrt(sum of variances) / sum of means of the detail bands' energies over all shifts",
        },
        _shift_variance,
    ),
    Measurement(
        {"aliasing_db": "aliasing energy ratio in dB of a signal's details at level j of j, worst level"},
        _worst_aliasing,
        lambda T, x: T.layout(x.shape).levels,
    ),
    Measurement(
        {"equivariance_error": "|T S x - S T x| / |T x|, mean over shifts by 1 to 8 samples on every axis"},
        _equivariance_error,
    ),
    Measurement(
        {"energy_error": "|E(S x) - E(x)| / |E(x)|, E the energies of the detail bands, mean over the same shifts"},
        _energy_error,
    ),
    Measurement(
        {"subpixel_error": "|d/dt S(-t) P_b S(t) x| / |P_b x| over details b, 1024 or 64 x 64 samples in the middle"},
        _subpixel_error,
    ),
    Measurement(
        {
            "lower_bound": "A in A |x|^2 <= |T x|^2 <= B |x|^2, on at most 256 samples or 32 x 32",
            "upper_bound": "B in the same",
        },
        _frame_bounds,
        _small,
    ),
    Measurement(
        {"noise_amplification": "variance after the inverse of white noise of variance 1, same size"},
        _noise_amplification,
        _small,
    ),
    Measurement(
        {"denoising_gain": "dB of SNR gained by keeping coefficients above 3 sigma, noise at 10 dB, seed 0"},
        _denoising_gain,
    ),
    Measurement({"reconstruction_error": "|R T x - x| / |x|"}, _reconstruction_error),
    Measurement(
        {
            "forward_ratio": "time of a forward transform / time of copying the bytes it reads and writes",
            "inverse_ratio": "time of an inverse transform / time of copying the bytes it reads and writes",
            "forward_seconds": "seconds of a forward transform, median",
            "inverse_seconds": "seconds of an inverse transform, median",
        },
        _times,
    ),
)
MEASURES = {name: told for measurement in MEASUREMENTS for name, told in measurement.measures.items()}
TIMINGS = tuple(MEASUREMENTS[-1].measures)
