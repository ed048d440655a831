"""The front end: `denoise` takes a noisy signal, image or volume, and gives it back without the noise."""

from __future__ import annotations

import itertools
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks, wrappers
from ..progress import shown
from ..representation import FrameTransform
from .estimator import Denoised, Estimator, completed
from .noise_models import KINDS, Noise, PoissonGaussian
from .selection import best

__all__ = ["denoise"]

Array: TypeAlias = NDArray[Any]
ELSEWHERE = {
    "image": "Give the data first: denoise(x).",
    "data": "Give the data first: denoise(x).",
    "wavelet": "The wavelet is a part of transform: transform='swt:db4'.",
    "level": "The levels are a part of transform: transform='swt:sym8,levels=4'.",
    "levels": "The levels are a part of transform: transform='swt:sym8,levels=4'.",
    "wavelet_levels": "The levels are a part of transform: transform='swt:sym8,levels=4'.",
    "mode": "How values shrink is rule='soft'; how the data continue past their ends is boundary='symmetric'.",
    "threshold": "A threshold in units of the noise is method=3.0; one in units of x is method=t / sigma, with sigma=.",
    "value": "A threshold in units of the noise is method=3.0; one in units of x is method=t / sigma, with sigma=.",
    "multichannel": "Use channel_axis=-1.",
    "axis": "Use axes, the axes of one item.",
    "std": "Use sigma, the standard deviation of the noise.",
    "variance": "Use sigma, the standard deviation of the noise.",
    "rescale_sigma": "Leave it out: sigma is in the units of x, which are never changed.",
    "convert2ycbcr": "Use channel_axis=-1 and decorrelate=True.",
    "n_jobs": "Use workers.",
    "num_workers": "Use workers.",
}


@checks.keywords(ELSEWHERE)
def denoise(
    x: ArrayLike,
    transform: str | FrameTransform | None = None,
    *,
    method: str | float = "auto",
    rule: str | None = None,
    sigma: float | None = None,
    boundary: str | None = None,
    axes: int | tuple[int, ...] | None = None,
    channel_axis: int | None = None,
    nan_policy: str = "raise",
    workers: int = 1,
    progress: bool = False,
    return_info: bool = False,
    noise: str | ArrayLike | PoissonGaussian = "white",
    decorrelate: bool = False,
) -> Any:
    """Remove noise from a signal, an image, a volume, or from each item of a batch.

    Parameters
    ----------
    x : array_like, Series, DataFrame, DataArray or Tensor, shape (…)
        The noisy data, in any units. Each column of a DataFrame is a signal, unless `axes` or `channel_axis` is given.
    transform : str or FrameTransform, optional
        In which noise is told from signal. None: what suits the method, see Notes. "best": whichever of several, with
        the method if that is not "auto", has the least risk by `monte_carlo_sure`; takes about twenty times as long.
        Where it names axes, these are the `axes` of one item.
    method : str or float, optional
        "auto"; a threshold: "universal", "minimax", "sure", "hybrid", "bayes", "fdr"; a rule of its own: "blockjs",
        "neighblock", "ebayes", "bivariate", "surelet"; or a number, the threshold in units of the noise of each band.
    rule : {"soft", "hard", "garrote", "firm"}, optional
        How values are shrunk by a threshold. None: the one the method is published with, hard for "fdr" and numbers.
    sigma : float, optional
        Standard deviation of white noise, of complex data that of a real part. None: estimated from each item by
        `estimate_sigma`.
    boundary : str, optional
        How the data continue past their ends; see `shiftinv.boundary`. None: "symmetric", but a transform keeps its
        own, and so does a spec that names one.
    axes : int or tuple of int, optional
        The axes of one item; the others are a batch, each item of which is denoised by itself. None: all.
    channel_axis : int, optional
        An axis of colours or channels, each of which is denoised by itself.
    nan_policy : {"raise", "omit", "propagate"}, optional
        Whether a value that is not finite is refused; taken for missing, replaced by the median of the item and put
        back at the end; or left to spread to all that depends on it.
    workers : int, optional
        Threads to use; -1 for all cores. The result is the same to the bit.
    progress : bool, optional
        Show a bar over the items on stderr, if that is a terminal and tqdm is installed.
    return_info : bool, optional
        Return what was done as well.
    noise : {"white", "level-dependent", "poisson"}, PoissonGaussian or array_like of the shape of an item, optional
        White noise; noise whose strength is estimated at each level, as correlated noise needs it; counts; counts with
        a gain and Gaussian noise; or stationary noise with this power spectral density, at the frequencies of
        ``numpy.fft.fftn`` as for `noise_of_bands`.
    decorrelate : bool, optional
        Denoise, instead of the channels, their orthonormal cosine transform along `channel_axis`: of three colours the
        luminance and two differences, in which the noise is as strong as before and there is less to keep.

    Returns
    -------
    ndarray, shape (…), or the type of `x`
        In the units of `x` and the dtype it is computed in. A constant comes back unchanged. pandas Series and
        DataFrame, xarray DataArray and PyTorch tensors on the CPU keep their type and labels, see Notes.
    info : Denoised, or list of them
        If `return_info`; one per item of a batch, in C order, if there are several.

    Raises
    ------
    ValueError, TypeError
        If an argument is not one of those listed, a value is not finite, a method does not fit the transform, or a
        boundary or axes are named twice.

    Warns
    -----
    ShiftinvWarning
        If `x` looks like an image of three or four colours, and neither `axes` nor `channel_axis` is given.

    Notes
    -----
    Forward transform, the noise sigma noise_gain(b) of each band, a rule on its details, inverse. Statistics of a
    band are taken on the signal itself.

    "auto" is, for one axis or complex data, empirical Bayes in a stationary transform with sym8; for more axes, the
    mean of `surelet` with Haar filters and of `bivariate` in a dual tree; in a transform that was given, empirical
    Bayes. "surelet" takes undecimated transforms only; "bivariate" takes the dual tree by default, all others
    ``SWT("sym8")``.

    In units where squares leave the range of the dtype the work is done in others, a power of two away, so that
    denoise(2^k x) = 2^k denoise(x) to the bit. What a NaN spreads to under "propagate" is all there is if the noise or
    a number of the method is estimated from all values, else what its coefficients reach.

    Index, columns, name and attrs of pandas are kept, dims, coords, name and attrs of xarray. Columns are computed in
    the dtype that holds all of them; missing values of nullable dtypes count as NaN and come back as missing.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Ideal spatial adaptation by wavelet shrinkage, *Biometrika* 81 (1994) 425-455.
    doi:10.1093/biomet/81.3.425

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> clean = si.datasets.camera()[128:256, 128:256]
    >>> noisy = clean + 25 * np.random.default_rng(0).standard_normal(clean.shape)
    >>> estimate, info = si.denoise(noisy, return_info=True)
    >>> bool(np.mean((estimate - clean) ** 2) < np.mean((noisy - clean) ** 2) / 5)
    True
    >>> info.transforms
    ('swt:haar,levels=4,boundary=symmetric', 'dtcwt:near_sym_b,qshift=qshift_b,levels=4,axes=(0,1),boundary=symmetric')
    """
    from scipy.fft import dct, idct

    array, columns, rewrap = wrappers.unwrap(x)
    data = checks.signal(array, stacklevel=5)
    select = isinstance(transform, str) and transform == "best"
    T, ends = completed(None if select else transform, boundary)
    named = getattr(T, "axes", None)
    if T is not None and named is not None:
        T = T.with_levels(getattr(T, "levels", None), None)
    estimator = Estimator(method, T, rule, ends)
    kind, told, counts = _noise(noise, sigma)
    checks.choice(nan_policy, ("raise", "omit", "propagate"), "nan_policy")
    if nan_policy == "raise":
        checks.all_finite(data, "x")
    if named is not None:
        axes = _axes_of_transform(named, axes, channel_axis, data)
    elif axes is None and channel_axis is None:
        checks.colours(data.shape, stacklevel=4)
        channel_axis = columns
    if decorrelate and channel_axis is None:
        raise ValueError("decorrelate=True needs to know where the channels are. Use channel_axis, such as -1.")
    own, batch = _axes(data, axes, channel_axis)
    across = -1 if channel_axis is None else channel_axis
    missing = ~np.isfinite(data) if nan_policy == "omit" else np.zeros(1, bool)
    noisy = _filled(data, missing, own) if missing.any() else data
    stable = noisy if counts is None else counts.stabilised(noisy)
    channels = dct(stable, axis=across, norm="ortho") if decorrelate and stable.size else stable
    estimates: list[Array] = []
    infos: list[Denoised] = []
    for item in shown(_items(channels, batch), "denoising", progress):
        longer = tuple(n for n in item.shape if n > 1) or (1,)  # a single sample has no details along its axis
        alone, known = item.reshape(longer), Noise.of(item, kind, told).reshaped(longer)
        estimate, info = best(alone, known, estimator, workers) if select else estimator.run(alone, known, workers)
        estimates.append(estimate.reshape(item.shape))
        infos.append(info)
    result = _together(estimates, channels, batch) if batch else estimates[0]
    if decorrelate and stable.size:
        result = stable + idct(result - channels, axis=across, norm="ortho")  # what stays does so to the bit
    if counts is not None:
        untouched = np.all((result == stable) | np.isnan(stable), axis=own, keepdims=True)
        result = np.where(untouched, noisy, counts.unbiased(result).astype(data.dtype))
    if missing.any():
        result = np.where(missing, data, result)
    result = rewrap(result)
    if not return_info:
        return result
    return result, infos if batch else infos[0]


def _noise(noise: object, sigma: object) -> tuple[str | Array, float | None, PoissonGaussian | None]:
    """Return the kind of noise or its power spectral density, its standard deviation, and the law of counts."""
    told = None if sigma is None else checks.non_negative(sigma, "sigma")
    if isinstance(noise, str):
        checks.choice(noise, KINDS, "noise")
        if noise == "white":
            return noise, told, None
    if told is not None:
        kind = repr(noise) if isinstance(noise, (str, PoissonGaussian)) else "an array of powers"
        raise ValueError(f"sigma={sigma!r} and noise={kind} both say how strong the noise is. Leave sigma out.")
    if isinstance(noise, str) and noise == "level-dependent":
        return noise, None, None
    if isinstance(noise, (str, PoissonGaussian)):
        return "white", 1.0, PoissonGaussian() if isinstance(noise, str) else noise
    power = checks.real_series(noise, "noise")  # type: ignore[arg-type]
    if (power < 0).any():
        raise ValueError(f"noise holds {power.min()}, and powers are not negative. Use numbers >= 0.")
    return power, None, None


def _axes_of_transform(
    named: tuple[int, ...], axes: int | tuple[int, ...] | None, channel_axis: int | None, data: Array
) -> tuple[int, ...] | None:
    """Return the axes of an item that a transform names, or None where those that are not channels are the same."""
    if axes is not None:
        raise ValueError(f"axes={axes} was given, and the transform has axes={named}. Name them once.")
    own = checks.axes_of(named, data.shape)
    if channel_axis is None:
        return own
    others = tuple(axis for axis in range(data.ndim) if axis != checks.channel(channel_axis, None, data.shape))
    if own != others:
        raise ValueError(
            f"channel_axis={channel_axis} leaves the axes {others} to an item, and the transform has axes={named}. "
            f"Leave axes out of the transform, or use axes instead of channel_axis."
        )
    return None


def _axes(
    data: Array, axes: int | tuple[int, ...] | None, channel_axis: int | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the axes of an item, and those of the batch."""
    given = checks.axes(axes)
    channels = None if channel_axis is None else checks.channel(channel_axis, axes, data.shape)
    if given is None:
        own = tuple(axis for axis in range(data.ndim) if axis != channels)
    else:
        own = checks.axes_of(given, data.shape)
    checks.transformed_sizes(data.shape, own)
    return own, tuple(axis for axis in range(data.ndim) if axis not in own)


def _filled(data: Array, missing: Array, own: tuple[int, ...]) -> Array:
    """Return the data with the median of an item where something is missing."""
    there = np.where(missing, np.nan, data)
    empty = missing.all(axis=own, keepdims=True)
    median = np.nanmedian(np.where(empty, 0, there), axis=own, keepdims=True)
    return np.where(missing, median, data).astype(data.dtype)


def _items(data: Array, batch: tuple[int, ...]) -> list[Array]:
    if not batch:
        return [data]
    moved = np.moveaxis(data, batch, range(len(batch)))
    places = itertools.product(*(range(n) for n in moved.shape[: len(batch)]))
    return [np.ascontiguousarray(moved[place]) for place in places]


def _together(estimates: list[Array], data: Array, batch: tuple[int, ...]) -> Array:
    if not estimates:
        return data.copy()
    shape = tuple(data.shape[axis] for axis in batch)
    stacked = np.stack(estimates).reshape(shape + estimates[0].shape)
    return np.ascontiguousarray(np.moveaxis(stacked, range(len(batch)), batch))
