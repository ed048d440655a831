"""What noise there is: white, with a strength of its own at each level, with a spectrum, or growing with the signal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import checks
from ..coefficients import Coefficients
from ..layout import Band
from ..representation import FrameTransform
from .noise import estimate_sigma, noise_of_bands, sigma_per_level
from .poisson import anscombe, inverse_anscombe

__all__ = ["KINDS", "Noise", "PoissonGaussian"]

Array: TypeAlias = NDArray[Any]
KINDS = ("white", "level-dependent", "poisson")


@dataclass(frozen=True)
class PoissonGaussian:
    """Noise of a counting detector: x = gain P + n, with Poisson counts P and Gaussian noise n.

    Parameters
    ----------
    gain : float, optional
        Units of the data per count, > 0.
    sigma : float, optional
        Standard deviation of n, in units of the data; 0 for Poisson noise alone.
    mean : float, optional
        Mean of n (the dark level), in units of the data.

    Raises
    ------
    ValueError, TypeError
        If `gain` is not positive, `sigma` is negative, or one of them is no finite number.

    Notes
    -----
    Its strength depends on the signal. `denoise` removes it from the Anscombe transform of the data, where it is nearly
    white with a standard deviation of 1, and returns the exact unbiased inverse.

    References
    ----------
    M. Mäkitalo and A. Foi, Optimal inversion of the generalized Anscombe transformation for Poisson-Gaussian noise,
    *IEEE Transactions on Image Processing* 22 (2013) 91-103. doi:10.1109/TIP.2012.2202675

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> clean = 8 + 6 * np.sin(np.arange(1024) / 50)
    >>> counts = np.random.default_rng(0).poisson(clean)
    >>> estimate = si.denoise(counts, noise=si.denoising.PoissonGaussian())
    >>> bool(np.mean((estimate - clean) ** 2) < np.mean((counts - clean) ** 2) / 8)
    True
    """

    gain: float = 1.0
    sigma: float = 0.0
    mean: float = 0.0

    def __post_init__(self) -> None:
        """Check the arguments."""
        checks.positive(self.gain, "gain")
        checks.non_negative(self.sigma, "sigma")
        checks.finite(self.mean, "mean")

    def stabilised(self, x: ArrayLike) -> Array:
        """Return data whose noise is nearly white, with a standard deviation of 1; what is not finite becomes NaN."""
        return self._of_finite(anscombe, x)

    def unbiased(self, y: ArrayLike) -> Array:
        """Return denoised data of `stabilised` in the units of the data."""
        return self._of_finite(inverse_anscombe, y)

    def _of_finite(self, f: Callable[..., Array], x: ArrayLike) -> Array:
        data = np.asarray(x)
        finite = np.isfinite(data)
        found = f(np.where(finite, data, self.mean), self.gain, self.sigma, self.mean)
        return np.where(finite, found, found.dtype.type(np.nan))


@dataclass(frozen=True, eq=False)
class Noise:
    """The noise in one item, as far as it is known.

    Parameters
    ----------
    sigma : float
        Standard deviation, of noise with a spectrum the square root of its mean power; NaN where levels differ.
    psd : ndarray, of the shape of the item, optional
        Power spectral density, as `noise_of_bands` takes it.
    by_level : bool, optional
        Whether the strength at each level is estimated from the coefficients there.
    is_estimated : bool, optional
        Whether a number here depends on all values of the item.
    """

    sigma: float
    psd: Array | None = None
    by_level: bool = False
    is_estimated: bool = False

    @property
    def is_white(self) -> bool:
        """Whether one number tells all."""
        return self.psd is None and not self.by_level

    @classmethod
    def of(cls, x: Array, kind: str | Array, sigma: float | None) -> Noise:
        """Return the noise in an item: of a kind, or of a power spectral density."""
        if not isinstance(kind, str):
            if kind.shape != x.shape:
                text = "Use numpy.fft.fftn of the autocovariance: one power for each sample of an item"
                raise ValueError(f"noise has shape {kind.shape}, and an item {x.shape}. {text}.")
            return cls(math.sqrt(kind.mean()), kind)
        if kind == "level-dependent":
            return cls(math.nan, by_level=True, is_estimated=True)
        if sigma is not None:
            return cls(sigma)
        if not np.isfinite(x).all():
            return cls(math.nan, is_estimated=True)
        return cls(float(estimate_sigma(x)) if x.size > 1 else 0.0, is_estimated=True)

    def of_bands(self, T: FrameTransform, c: Coefficients) -> dict[Band, float]:
        """Return the standard deviation in every band of coefficients."""
        if self.psd is not None:
            return noise_of_bands(T, c.layout, psd=self.psd)
        return noise_of_bands(T, c.layout, sigma_per_level(c, T) if self.by_level else self.sigma)

    def times_power(self, k: int) -> Noise:
        """Return the noise in 2^k x."""
        psd = None if self.psd is None else np.ldexp(self.psd, 2 * k)
        return replace(self, sigma=float(np.ldexp(self.sigma, k)), psd=psd)

    def reshaped(self, shape: tuple[int, ...]) -> Noise:
        """Return the noise in the item with axes of one sample taken out."""
        return self if self.psd is None else replace(self, psd=self.psd.reshape(shape))
