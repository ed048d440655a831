"""How strong the noise is: in a signal, per level, and in each band of a transform."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks, wrappers
from ..coefficients import Coefficients
from ..layout import Band, Layout
from ..registry import transform as transform_of
from ..representation import FrameTransform, Representation
from .units import fitting_exponent, times_power

__all__ = ["estimate_sigma", "mad", "noise_of_bands", "sigma_per_level"]

QUARTILE = 0.6744897501960817  # of the standard normal law: half of all values are within it
POLICIES = ("raise", "omit", "propagate")


def mad(values: ArrayLike) -> float:
    """Return the standard deviation of noise around zero from the median of its magnitudes.

    Parameters
    ----------
    values : array_like, shape (…)
        Noise, and a few values that are more. Of complex values, real and imaginary parts count as two values each.

    Returns
    -------
    float
        In the units of `values`, of complex ones the standard deviation of a real part. NaN if one of them is NaN.

    Raises
    ------
    ValueError
        If there is no value.

    Notes
    -----
    median(|v|) / 0.6745, the upper quartile of the standard normal law. The median is taken about zero, where
    wavelet coefficients of noise have theirs.

    The parts of complex values are pooled rather than their magnitudes taken, whose median would be
    sqrt(2 ln 2) sigma: that holds only where both parts are independent and equally strong, which they are not at level
    1 of a dual tree.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Ideal spatial adaptation by wavelet shrinkage, *Biometrika* 81 (1994) 425-455.
    doi:10.1093/biomet/81.3.425

    Examples
    --------
    >>> import numpy as np
    >>> from shiftinv.denoising import mad
    >>> noise = 3 * np.random.default_rng(0).standard_normal(100_000)
    >>> noise[:100] = 1000.0
    >>> round(mad(noise), 1)
    3.0
    """
    given = checks.signal(values, "values")
    if not given.size:
        raise ValueError("values is empty. Use at least one value.")
    if np.isnan(given).any():
        return math.nan
    return float(np.median(np.abs(given.ravel().view(given.real.dtype)))) / QUARTILE


def estimate_sigma(
    x: ArrayLike,
    transform: str | FrameTransform = "dwt:sym4,levels=1",
    *,
    axes: int | tuple[int, ...] | None = None,
    channel_axis: int | None = None,
    nan_policy: str = "raise",
) -> float | NDArray[np.float64]:
    """Estimate the standard deviation of white noise in a signal or an image.

    Parameters
    ----------
    x : array_like, Series, DataFrame, DataArray or Tensor, shape (…)
        The signal, of any number of axes. Each column of a DataFrame is a channel, unless `axes` or `channel_axis` is
        given.
    transform : str or FrameTransform, optional
        Of which the finest diagonal band is used: the details that are high along every axis.
    axes : int or tuple of int, optional
        The axes to transform, if `transform` does not name any; the others are a batch with the same noise. None: all.
    channel_axis : int, optional
        An axis along which each item has noise of its own.
    nan_policy : {"raise", "omit", "propagate"}, optional
        Whether a value that is not finite is refused, takes the coefficients that depend on it out of the estimate, or
        makes the estimate NaN.

    Returns
    -------
    float, or ndarray of shape (channels,)
        In the units of `x`, of a complex signal the standard deviation of a real part; one per channel if
        `channel_axis` is given.

    Raises
    ------
    ValueError
        If a value is not finite, the signal is too short for a level of the transform, or `axes` names axes that
        `transform` or `channel_axis` names already.
    TypeError
        If the transform is not linear.

    Notes
    -----
    `mad` of the coefficients on the signal itself, over the gain of noise in them. Where the transform has several
    diagonal bands they are pooled, and real and imaginary parts of complex ones. The texture of an image counts as
    noise too, so that the estimate is high rather than low.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Ideal spatial adaptation by wavelet shrinkage, *Biometrika* 81 (1994) 425-455.
    doi:10.1093/biomet/81.3.425

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> noise = np.random.default_rng(0).standard_normal((256, 256))
    >>> round(si.estimate_sigma(si.datasets.camera()[::2, ::2] + 25 * noise), 1)
    26.5
    """
    array, columns, _ = wrappers.unwrap(x)
    signal = checks.signal(array)
    if axes is None and channel_axis is None:
        channel_axis = columns
    policy = checks.choice(nan_policy, POLICIES, "nan_policy")
    T, chosen = _linear(transform), checks.axes(axes)
    if channel_axis is not None:
        channels = checks.channel(channel_axis, axes, signal.shape)
        if chosen is not None:
            chosen = tuple(axis - (axis > channels) for axis in checks.axes_of(chosen, signal.shape))
    if policy == "raise":
        checks.all_finite(signal, "x")
    if chosen is not None:
        if getattr(T, "axes", None) is not None:
            raise ValueError(f"axes={axes} and transform={T.spec!r} both name axes. Name them once.")
        T = T.with_levels(getattr(T, "levels", None), chosen)
    if channel_axis is None:
        return _finest(signal, T, policy)
    return np.array([_finest(np.ascontiguousarray(part), T, policy) for part in np.moveaxis(signal, channels, 0)])


def sigma_per_level(c: Coefficients, transform: FrameTransform | None = None) -> dict[int, float]:
    """Estimate, level by level, the standard deviation of the white noise that would be as strong there.

    Parameters
    ----------
    c : Coefficients
        Of a linear transform.
    transform : FrameTransform, optional
        The one that made them, if `shiftinv.transform` does not know it.

    Returns
    -------
    dict of int to float
        By level, in the units of the signal. For white noise all are about the same; for noise with a spectrum of its
        own `noise_of_bands` takes them as they are.

    Raises
    ------
    ValueError
        If a value is not finite.
    TypeError
        If the transform is not linear.

    Notes
    -----
    `mad` of the details of a level on the signal itself, each band over its `noise_gain`. Coarse levels have few
    coefficients and more signal, so their estimates are less certain, and high.

    References
    ----------
    I. M. Johnstone and B. W. Silverman, Wavelet threshold estimators for data with correlated noise, *Journal of the
    Royal Statistical Society B* 59 (1997) 319-351. doi:10.1111/1467-9868.00071

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> c = si.SWT("sym4", levels=3).forward(2 * np.random.default_rng(0).standard_normal(4096))
    >>> {level: round(sigma) for level, sigma in si.denoising.sigma_per_level(c).items()}
    {1: 2, 2: 2, 3: 2}
    """
    checks.all_finite(c.vector, "c.vector")
    T = _linear(c.layout.spec if transform is None else transform)
    levels = sorted({level for level, _ in c.layout.details})
    return {
        level: mad(_in_units_of_signal(c, [band for band in c.layout.details if band[0] == level], T))
        for level in levels
    }


def noise_of_bands(
    T: FrameTransform,
    layout: Layout,
    sigma: float | Mapping[int, float] | None = None,
    psd: ArrayLike | None = None,
) -> dict[Band, float]:
    """Return the standard deviation of the noise in every band of a transform.

    Parameters
    ----------
    T : FrameTransform
        The transform.
    layout : Layout
        Of `T`, for the shape of the signal.
    sigma : float or mapping of int to float, optional
        Standard deviation of white noise in the signal, or of one for each level as `sigma_per_level` returns them;
        the approximation has the noise of its level.
    psd : array_like, of the shape of the transformed axes of the signal, optional
        Power spectral density of stationary noise, at the frequencies of ``numpy.fft.fftn``: the mean of
        |fftn(noise)|^2 / N. White noise has sigma^2 everywhere.

    Returns
    -------
    dict of Band to float
        Per real part for complex bands, over the interior of the band.

    Raises
    ------
    ValueError
        If not exactly one of `sigma` and `psd` is given, a number is negative or not finite, `psd` has another shape, a
        level is missing, or the layout is another transform's.
    TypeError
        If the transform is not linear.

    Notes
    -----
    sigma_b = sigma noise_gain(b), or

        sigma_b^2 = (1 / N) sum_f psd[f] |H_b[f]|^2,

    where H_b is the Fourier transform of the vector that makes the coefficient in the middle of the band: the adjoint
    of that coefficient alone. The mean is taken over the real parts of complex bands, and over the trees of interleaved
    ones or, of others, the next coefficient along each axis, which in a Laplacian pyramid has other noise. This takes
    an adjoint and a Fourier transform for each. On a circle it is exact; coefficients that an extension past the ends
    reaches have other noise.

    References
    ----------
    I. M. Johnstone and B. W. Silverman, Wavelet threshold estimators for data with correlated noise, *Journal of the
    Royal Statistical Society B* 59 (1997) 319-351. doi:10.1111/1467-9868.00071

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> T = si.SWT("haar", levels=1)
    >>> highest = np.fft.fftfreq(8) == -0.5  # noise that alternates from sample to sample, and does nothing else
    >>> noise = si.denoising.noise_of_bands(T, T.layout(8), psd=8 * highest)
    >>> {band.orientation: round(sigma, 9) for band, sigma in noise.items()}
    {'a': 0.0, 'd': 1.0}
    """
    if (sigma is None) == (psd is None):
        raise ValueError("sigma and psd are both ways to tell the noise. Give one of them.")
    own = _linear(T).layout(layout.shape, layout.dtype)
    if own != layout:
        raise ValueError(f"layout is one of {layout.spec}, and T has {own.spec}. Use T.layout(x.shape, x.dtype).")
    if psd is not None:
        return _from_spectrum(T, layout, psd)
    by_level = sigma if isinstance(sigma, Mapping) else dict.fromkeys({level for level, _ in layout.bands}, sigma)
    for level in {level for level, _ in layout.bands} - set(by_level):
        raise ValueError(f"sigma has no level {level}. Give one number for each level of {layout.spec}.")
    checked = {level: checks.non_negative(value, "sigma") for level, value in by_level.items()}
    return {band: checked[band.level] * T.noise_gain(band, layout.shape) for band in layout.bands}


def _linear(transform: object) -> FrameTransform:
    """Return the transform, if it is linear."""
    T = transform_of(cast("str | Representation", transform))
    if not isinstance(T, FrameTransform):
        raise TypeError(f"transform={T.spec!r} is not linear, and noise has no gain in it. Use a FrameTransform.")
    return T


def _finest(x: NDArray[Any], T: FrameTransform, policy: str) -> float:
    if getattr(T, "axes", None) is None and x.ndim > 1 and 1 in x.shape:  # a single sample has no details
        x = x.reshape([n for n in x.shape if n > 1] or [1])
    layout = T.layout(x.shape, x.dtype)
    bands = [band for band in layout.details if band.level == 1 and "a" not in layout.letters(band)]
    if not bands:
        raise ValueError(
            f"x has shape {x.shape}, and {layout.spec} has no details of it. Use a longer signal, or levels >= 1."
        )
    if not x.size:
        raise ValueError(f"x has shape {x.shape}, an empty batch, which has no noise. Use at least one item.")
    k = fitting_exponent(x)
    values = _in_units_of_signal(T.forward(times_power(x, -k) if k else x), bands, T)
    if policy == "omit":
        values = values[np.isfinite(values)]
    elif not np.isfinite(values).all():
        return math.nan
    return float(np.ldexp(mad(values), k)) if values.size else math.nan


def _in_units_of_signal(c: Coefficients, bands: list[Band], T: FrameTransform) -> NDArray[Any]:
    """Return the real parts of the coefficients of some bands, on the signal itself, each over its own gain."""
    found = []
    for band in bands:
        values, gains = c.interior(band), [T.noise_gain(band, c.layout.shape)]
        if c.layout.block(band).is_complex and not c.layout.is_complex:
            # where real and imaginary part differ, as at level 1 of a dual tree, pooled ones have no normal law
            single, layout = _one_item(T, c.layout)
            gains = [float(np.linalg.norm(next(_vectors(single, layout, band, part)))) for part in (1, 1j)]
        found += [part.ravel() / gains[k % len(gains)] for k, part in enumerate(_real_parts(values))]
    return np.concatenate(found)


def _real_parts(values: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    return (values.real, values.imag) if values.dtype.kind == "c" else (values,)


def _from_spectrum(T: FrameTransform, layout: Layout, psd: ArrayLike) -> dict[Band, float]:
    power = checks.signal(psd, "psd")
    if power.dtype.kind == "c" or power.shape != layout.sizes:
        raise ValueError(
            f"psd has shape {power.shape} and dtype {power.dtype}. Use real numbers, one per frequency of "
            f"numpy.fft.fftn: shape {layout.sizes}."
        )
    checks.all_finite(power, "psd")
    if (power < 0).any():
        raise ValueError(f"psd holds {power.min()}, and powers are not negative. Use numbers >= 0.")
    single, item = _one_item(T, layout)

    def variance(band: Band) -> float:
        parts = (1, 1j) if item.block(band).is_complex else (1,)
        vectors = [vector for part in parts for vector in _vectors(single, item, band, part)]
        return sum(float((power * np.abs(np.fft.fftn(vector)) ** 2).mean()) for vector in vectors) / len(vectors)

    return {band: math.sqrt(variance(band)) for band in layout.bands}


def _one_item(T: FrameTransform, layout: Layout) -> tuple[FrameTransform, Layout]:
    """Return the transform of one item of a batch of real signals."""
    single = T.with_levels(layout.levels, tuple(range(len(layout.axes))))
    return single, single.layout(layout.sizes)


def _vectors(T: FrameTransform, layout: Layout, band: Band, part: complex) -> Iterator[NDArray[Any]]:
    """Yield what the coefficient in the middle of a band is the inner product with, then the same of neighbours.

    They are the next one along each axis, which may have another variance, or the other interleaved trees.
    """
    block = layout.block(band)
    spans = [span.indices(n)[:2] for span, n in zip(layout.interior(band), block.shape, strict=True)]
    middle = [(start + stop) // 2 // block.trees * block.trees for start, stop in spans]
    counts = [block.trees if block.trees > 1 else min(2, stop - start) for start, stop in spans]
    for step in itertools.product(*map(range, counts)):
        alone = Coefficients(layout)
        place = zip(middle, step, spans, strict=True)
        alone[band][tuple((m + p - start) % (stop - start) + start for m, p, (start, stop) in place)] = part
        yield T.adjoint(alone)
