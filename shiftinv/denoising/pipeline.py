"""The front end: `denoise` takes a noisy signal, image or volume, and gives it back without the noise."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks, wrappers
from ..boundary import boundary_name
from ..coefficients import Coefficients
from ..layout import Band
from ..progress import shown
from ..registry import transform as transform_of
from ..representation import FrameTransform, Representation
from ..transforms.dtcwt import DTCWT
from ..transforms.swt import SWT
from . import thresholds
from .blocks import blockjs, neighblock
from .empirical_bayes import ebayes
from .linear_expansion import surelet
from .noise import estimate_sigma, noise_of_bands
from .parent_child import EXTENSIONS, bivariate, parent_of
from .shrinkage import firm, garrote, hard, soft
from .units import fitting_exponent, times_power

__all__ = ["METHODS", "RULES", "Denoised", "denoise"]

Array: TypeAlias = NDArray[Any]
RULES: dict[str, Callable[..., Array]] = {"soft": soft, "hard": hard, "garrote": garrote, "firm": firm}
# methods that choose a threshold, with the rule they are published with; the others shrink by themselves
THRESHOLDS = {"universal": "soft", "minimax": "soft", "sure": "soft", "hybrid": "soft", "bayes": "soft", "fdr": "hard"}
WHOLE_BANDS = ("auto", "sure", "hybrid", "bayes", "fdr", "ebayes", "surelet")  # fit numbers to all values of a band
METHODS = ("auto", *THRESHOLDS, "blockjs", "neighblock", "ebayes", "bivariate", "surelet")
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
    "noise": "Use sigma, the standard deviation of the noise.",
    "std": "Use sigma, the standard deviation of the noise.",
    "variance": "Use sigma, the standard deviation of the noise.",
    "rescale_sigma": "Leave it out: sigma is in the units of x, which are never changed.",
    "convert2ycbcr": "Convert the colours before, and use channel_axis=-1.",
    "n_jobs": "Use workers.",
    "num_workers": "Use workers.",
}


@dataclass(frozen=True, eq=False)
class Denoised:
    """What `denoise` did to one item.

    Parameters
    ----------
    method : str or float
        What was asked for.
    sigma : float
        The standard deviation of the noise, given or estimated, in units of the signal.
    transforms : tuple of str
        The transforms that were used, as specs with their levels; several where estimates were averaged.
    thresholds : dict of Band to float
        In units of each band's noise, where the method has thresholds.
    """

    method: str | float
    sigma: float
    transforms: tuple[str, ...]
    thresholds: dict[Band, float] = field(default_factory=dict)


@checks.keywords(ELSEWHERE)
def denoise(
    x: ArrayLike,
    transform: str | FrameTransform | None = None,
    *,
    method: str | float = "auto",
    rule: str | None = None,
    sigma: float | None = None,
    boundary: str = "symmetric",
    axes: int | tuple[int, ...] | None = None,
    channel_axis: int | None = None,
    nan_policy: str = "raise",
    workers: int = 1,
    progress: bool = False,
    return_info: bool = False,
) -> Any:
    """Remove white noise from a signal, an image, a volume, or from each item of a batch.

    Parameters
    ----------
    x : array_like, Series, DataFrame, DataArray or Tensor, shape (…)
        The noisy data, in any units. Each column of a DataFrame is a signal, unless `axes` or `channel_axis` is given.
    transform : str or FrameTransform, optional
        In which noise is told from signal. None: what suits the method, see Notes. A spec that does not say so gets
        `boundary` and `axes`; a transform keeps its own.
    method : str or float, optional
        "auto"; a threshold: "universal", "minimax", "sure", "hybrid", "bayes", "fdr"; a rule of its own: "blockjs",
        "neighblock", "ebayes", "bivariate", "surelet"; or a number, the threshold in units of the noise of each band.
    rule : {"soft", "hard", "garrote", "firm"}, optional
        How values are shrunk by a threshold. None: the one the method is published with, hard for "fdr" and numbers.
    sigma : float, optional
        Standard deviation of the noise. None: estimated from each item by `estimate_sigma`.
    boundary : str, optional
        How the data continue past their ends.
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
        If an argument is not one of those listed, a value is not finite, or a method does not fit the transform.

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
    Bayes. "surelet" takes undecimated transforms only, and its ends are periodic or symmetric; "bivariate" takes the
    dual tree by default, all others ``SWT("sym8")``.

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
    ('swt:haar,levels=5', 'dtcwt:near_sym_b,qshift=qshift_b,levels=4,axes=(0,1),boundary=symmetric')
    """
    array, columns, rewrap = wrappers.unwrap(x)
    data = checks.signal(array, stacklevel=5)
    plan = _Plan.of(transform, method, rule, sigma, boundary, nan_policy)
    if nan_policy == "raise":
        checks.all_finite(data, "x")
    if axes is None and channel_axis is None:
        checks.colours(data.shape, stacklevel=4)
        channel_axis = columns
    items, batch = _items(data, axes, channel_axis)
    estimates: list[Array] = []
    infos: list[Denoised] = []
    for item in shown(items, "denoising", progress):
        estimate, info = plan.run(item, workers)
        estimates.append(estimate)
        infos.append(info)
    result = rewrap(_together(estimates, data, batch) if batch else estimates[0])
    if not return_info:
        return result
    return result, infos if batch else infos[0]


def _items(data: Array, axes: int | tuple[int, ...] | None, channel_axis: int | None) -> tuple[list[Array], Any]:
    """Return the items, and the batch axes they were taken from."""
    given = checks.axes(axes)
    channels = None if channel_axis is None else checks.channel(channel_axis, axes, data.shape)
    if given is None:
        own = tuple(axis for axis in range(data.ndim) if axis != channels)
    else:
        own = checks.axes_of(given, data.shape)
    checks.transformed_sizes(data.shape, own)
    batch = tuple(axis for axis in range(data.ndim) if axis not in own)
    if not batch:
        return [data], ()
    moved = np.moveaxis(data, batch, range(len(batch)))
    places = itertools.product(*(range(n) for n in moved.shape[: len(batch)]))
    return [np.ascontiguousarray(moved[place]) for place in places], batch


def _together(estimates: list[Array], data: Array, batch: tuple[int, ...]) -> Array:
    if not estimates:
        return data.copy()
    shape = tuple(data.shape[axis] for axis in batch)
    stacked = np.stack(estimates).reshape(shape + estimates[0].shape)
    return np.ascontiguousarray(np.moveaxis(stacked, range(len(batch)), batch))


@dataclass(frozen=True)
class _Plan:
    """The arguments of `denoise` that are the same for all items."""

    transform: str | Representation | None
    method: str | float
    rule: str | None
    sigma: float | None
    boundary: str
    nan_policy: str

    @classmethod
    def of(cls, transform: Any, method: Any, rule: Any, sigma: Any, boundary: str, nan_policy: str) -> _Plan:
        if isinstance(method, str):
            checks.choice(method, METHODS, "method")
        else:
            method = checks.non_negative(method, "method")
        if rule is not None:
            checks.choice(rule, tuple(RULES), "rule")
            if isinstance(method, str) and method not in THRESHOLDS:
                raise ValueError(f"rule={rule!r} and method={method!r} both say how values shrink. Leave rule out.")
        boundary_name(boundary)
        checks.choice(nan_policy, ("raise", "omit", "propagate"), "nan_policy")
        told = None if sigma is None else checks.non_negative(sigma, "sigma")
        if method == "auto" and transform is not None:
            method = "ebayes"
        return cls(transform, method, rule, told, boundary, nan_policy)

    def run(self, x: Array, workers: int) -> tuple[Array, Denoised]:
        """Return the estimate of one item, and what was done."""
        missing = ~np.isfinite(x)
        gaps = bool(missing.any())
        if gaps and self.nan_policy == "omit":
            filled = np.where(missing, np.median(x[~missing]) if not missing.all() else 0, x).astype(x.dtype)
            estimate, info = self.run(filled, workers)
            return np.where(missing, x, estimate).astype(x.dtype), info
        if k := fitting_exponent(x, self.sigma or 0.0):
            told = None if self.sigma is None else math.ldexp(self.sigma, -k)
            estimate, info = replace(self, sigma=told).run(times_power(x, -k), workers)
            return times_power(estimate, k), replace(info, sigma=float(np.ldexp(info.sigma, k)))
        sigma = self._sigma(x, gaps)
        if sigma < np.finfo(float).tiny or np.all(x == x.flat[0]):
            return x.copy(), Denoised(self.method, sigma, ())
        if gaps and (math.isnan(sigma) or self.method in WHOLE_BANDS):
            return np.full_like(x, np.nan), Denoised(self.method, sigma, ())
        if self.transform is None and 1 in x.shape:  # a single sample has no details along its axis
            estimate, info = self.run(x.reshape([n for n in x.shape if n > 1]), workers)
            return estimate.reshape(x.shape), info
        if self.method == "auto" and x.ndim > 1 and x.dtype.kind != "c":
            parts = [self._surelet(x, sigma, workers), self._shrunk("bivariate", x, sigma, workers)]
            estimate = (parts[0][0] + parts[1][0]) / 2
            return estimate.astype(x.dtype), Denoised("auto", sigma, parts[0][1].transforms + parts[1][1].transforms)
        if self.method == "surelet":
            return self._surelet(x, sigma, workers)
        return self._shrunk("ebayes" if self.method == "auto" else self.method, x, sigma, workers)

    def _sigma(self, x: Array, gaps: bool) -> float:
        if self.sigma is not None:
            return self.sigma
        if gaps:
            return math.nan
        longer = x.reshape([n for n in x.shape if n > 1])
        return float(estimate_sigma(longer)) if longer.ndim else 0.0

    def _surelet(self, x: Array, sigma: float, workers: int) -> tuple[Array, Denoised]:
        if self.transform is None:
            T: Representation = SWT("haar", min(5, _deepest(x)))
        else:
            T = self._completed(ends=False)
        if sigma < 2.0 ** (-np.finfo(x.dtype).maxexp // 4):  # that x / sigma cannot be squared, and changes nothing
            return x.copy(), Denoised("surelet", sigma, (T.spec,))
        ends = "periodic" if self.boundary == "periodic" else "symmetric"
        estimate, _ = surelet(x, sigma, T, boundary=ends, workers=workers)  # type: ignore[arg-type]
        return estimate, Denoised("surelet", sigma, (T.spec,))

    def _completed(self, *, ends: bool = True) -> Representation:
        """Return the transform that was asked for, with boundary and axes where a spec leaves them open."""
        T = transform_of(self.transform)  # type: ignore[arg-type]
        known = {item.name for item in fields(T)}  # type: ignore[arg-type]
        if isinstance(self.transform, str) and ends and "boundary" in known and "boundary=" not in self.transform:
            T = T.replace(boundary=self.boundary)
        return T

    def _shrunk(self, method: str | float, x: Array, sigma: float, workers: int) -> tuple[Array, Denoised]:
        T = self._default(method, x) if self.transform is None else self._completed()
        if not isinstance(T, FrameTransform):
            raise TypeError(f"transform={T.spec!r} is not linear, and noise has no gain in it. Use a FrameTransform.")
        c = T.forward(x, workers=workers)
        noise = noise_of_bands(T, c.layout, sigma)
        found: dict[Band, float] = {}
        values = {band: self._of_band(method, c, band, noise, found) for band in c.layout.details}
        for band, shrunk in values.items():
            c[band] = shrunk
        told = Denoised(method, sigma, (c.layout.spec,), found)
        return T.inverse(c, workers=workers), told

    def _default(self, method: str | float, x: Array) -> FrameTransform:
        if method == "bivariate" and x.dtype.kind != "c":
            boundary = self.boundary if self.boundary == "periodic" else "symmetric"
            return DTCWT(levels=min(4, _deepest(x)), boundary=boundary)
        return SWT("sym8", min(_usual(x), _deepest(x)), boundary=self.boundary)

    def _of_band(
        self, method: str | float, c: Coefficients, band: Band, noise: Mapping[Band, float], found: dict[Band, float]
    ) -> Array:
        """Return the details of a band without noise."""
        y, own, s, axes = c[band], c.interior(band), noise[band], c.layout.band_axes
        if not s:
            return y
        if method == "bivariate":
            above = c.layout.parent(band)
            parent = parent_of(c, band)
            ends = self.boundary if self.boundary in EXTENSIONS else "symmetric"
            return bivariate(y, parent, s, parent_sigma=noise[above] if above else None, boundary=ends, axes=axes)
        if method == "blockjs":
            return blockjs(y, s, axes=axes)
        if method == "neighblock":
            return neighblock(y, s, axes=axes)
        if method == "ebayes":
            return ebayes(y, s, a=None)  # the scale of the prior fitted as well
        found[band] = t = self._threshold(method, own, s, math.prod(c.layout.shape))
        return RULES[self.rule or THRESHOLDS.get(str(method), "hard")](y, t * s)

    def _threshold(self, method: str | float, values: Array, s: float, samples: int) -> float:
        """Return a threshold in units of the noise of a band."""
        if not isinstance(method, str):
            return method
        if method in ("universal", "minimax"):
            return float(getattr(thresholds, method)(samples))
        t: float = getattr(thresholds, method)(values, s)
        return t / s if math.isfinite(t) else float(np.abs(values).max(initial=0)) / s


def _deepest(x: Array) -> int:
    """Return how many levels every boundary admits."""
    return max(1, (int(min(x.shape)) - 1).bit_length())


def _usual(x: Array) -> int:
    """Return how many levels hold noise that is worth removing: not the coarsest 16 samples or so."""
    return max(1, int(min(x.shape)).bit_length() - 5)
