"""What is done to one item once the noise in it is known: forward, a rule on the details, inverse."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .. import checks
from ..boundary import boundary_name
from ..coefficients import Coefficients
from ..layout import Band
from ..registry import transform as transform_of
from ..representation import FrameTransform, Representation
from ..transforms.dtcwt import DTCWT
from ..transforms.swt import SWT
from . import thresholds
from .blocks import blockjs, neighblock
from .empirical_bayes import ebayes
from .linear_expansion import check_expandable, surelet
from .noise_models import Noise
from .parent_child import EXTENSIONS, bivariate, parent_of
from .shrinkage import firm, garrote, hard, soft
from .units import fitting_exponent, times_power

__all__ = ["METHODS", "RULES", "THRESHOLDS", "Denoised", "Estimator", "completed", "usual_levels"]

Array: TypeAlias = NDArray[Any]
RULES: dict[str, Callable[..., Array]] = {"soft": soft, "hard": hard, "garrote": garrote, "firm": firm}
# methods that choose a threshold, with the rule they are published with; the others shrink by themselves
THRESHOLDS = {"universal": "soft", "minimax": "soft", "sure": "soft", "hybrid": "soft", "bayes": "soft", "fdr": "hard"}
WHOLE_BANDS = ("auto", "sure", "hybrid", "bayes", "fdr", "ebayes", "surelet")  # fit numbers to all values of a band
METHODS = ("auto", *THRESHOLDS, "blockjs", "neighblock", "ebayes", "bivariate", "surelet")


@dataclass(frozen=True, eq=False)
class Denoised:
    """What `denoise` did to one item.

    Parameters
    ----------
    method : str or float
        What was asked for; of ``transform="best"`` what was chosen.
    sigma : float
        The standard deviation of the noise, given or estimated, in units of the signal; of noise with a spectrum the
        square root of its mean power, NaN where each level has noise of its own, and of counts 1, that of their
        Anscombe transform.
    transforms : tuple of str
        The transforms that were used, as specs with their levels; several where estimates were averaged.
    thresholds : dict of Band to float
        In units of each band's noise, where the method has thresholds.
    risks : dict of str to float
        The estimated mean squared error of each candidate, in squared units of the signal, where a choice was made.
    """

    method: str | float
    sigma: float
    transforms: tuple[str, ...]
    thresholds: dict[Band, float] = field(default_factory=dict)
    risks: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Estimator:
    """A method in a transform, None being what suits the method."""

    method: str | float = "auto"
    transform: FrameTransform | None = None
    rule: str | None = None
    boundary: str = "symmetric"

    def __post_init__(self) -> None:
        """Check the arguments, under the names `denoise` has for them."""
        if isinstance(self.method, str):
            checks.choice(self.method, METHODS, "method")
        else:
            object.__setattr__(self, "method", checks.non_negative(self.method, "method"))
        if self.rule is not None:
            checks.choice(self.rule, tuple(RULES), "rule")
            if isinstance(self.method, str) and self.method not in THRESHOLDS:
                text = f"rule={self.rule!r} and method={self.method!r} both say how values shrink. Leave rule out."
                raise ValueError(text)
        boundary_name(self.boundary)
        if self.method == "auto" and self.transform is not None:
            object.__setattr__(self, "method", "ebayes")

    def run(self, x: Array, noise: Noise, workers: int = 1) -> tuple[Array, Denoised]:
        """Return the estimate of one item, which has no axes of a single sample, and what was done."""
        if k := fitting_exponent(x, noise.sigma):
            estimate, info = self.run(times_power(x, -k), noise.times_power(-k), workers)
            return times_power(estimate, k), replace(info, sigma=float(np.ldexp(info.sigma, k)))
        if noise.sigma < np.finfo(float).tiny or np.all(x == x.flat[0]):
            if self.method == "surelet" and self.transform is not None:  # elsewhere `surelet` refuses by itself
                check_expandable(self.transform, x)
            return x.copy(), Denoised(self.method, noise.sigma, ())
        if not np.isfinite(x).all() and (noise.is_estimated or self.method in WHOLE_BANDS):
            return np.full_like(x, np.nan), Denoised(self.method, noise.sigma, ())
        if self.method == "auto":
            return self._default(x, noise, workers)
        if self.method == "surelet":
            return self._surelet(x, noise, workers)
        return self._shrunk(x, noise, workers)

    def _default(self, x: Array, noise: Noise, workers: int) -> tuple[Array, Denoised]:
        if x.ndim == 1 or x.dtype.kind == "c":
            used = [replace(self, method="ebayes")]
        else:
            used = [replace(self, method="bivariate")]
            if noise.is_white:
                # a fifth level, as method="surelet" has it, takes a fifth of the time for 0.01 dB of the mean
                haar = SWT("haar", usual_levels(x, "bivariate"), boundary=self.boundary)
                used.insert(0, replace(self, method="surelet", transform=haar))
        estimates, infos = zip(*(estimator.run(x, noise, workers) for estimator in used), strict=True)
        transforms = tuple(spec for info in infos for spec in info.transforms)
        return sum(estimates[1:], estimates[0]) / len(used), Denoised("auto", noise.sigma, transforms)

    def _surelet(self, x: Array, noise: Noise, workers: int) -> tuple[Array, Denoised]:
        if not noise.is_white:
            raise ValueError("method='surelet' is for white noise. Use method='bivariate' or 'ebayes' for other noise.")
        T = self.transform or self._suiting(x)
        estimate = x.copy()
        if noise.sigma >= 2.0 ** (-np.finfo(x.dtype).maxexp // 4):  # else x / sigma cannot be squared
            estimate, _ = surelet(x, noise.sigma, T, workers=workers)
        return estimate, Denoised("surelet", noise.sigma, (T.spec,))

    def _shrunk(self, x: Array, noise: Noise, workers: int) -> tuple[Array, Denoised]:
        T = self.transform or self._suiting(x)
        c = T.forward(x, workers=workers)
        strength = noise.of_bands(T, c)
        ends = getattr(T, "boundary", "periodic")
        found: dict[Band, float] = {}
        values = {band: self._of_band(c, band, strength, ends, found) for band in c.layout.details}
        for band, shrunk in values.items():
            c[band] = shrunk
        return T.inverse(c, workers=workers), Denoised(self.method, noise.sigma, (c.layout.spec,), found)

    def _suiting(self, x: Array) -> FrameTransform:
        levels = usual_levels(x, self.method)
        if self.method == "bivariate" and x.dtype.kind != "c":
            return DTCWT(levels=levels, boundary=self.boundary if self.boundary == "periodic" else "symmetric")
        return SWT("haar" if self.method == "surelet" else "sym8", levels, boundary=self.boundary)

    def _of_band(
        self, c: Coefficients, band: Band, strength: Mapping[Band, float], ends: str, found: dict[Band, float]
    ) -> Array:
        """Return the details of a band without noise."""
        y, own, s, axes, method = c[band], c.interior(band), strength[band], c.layout.band_axes, self.method
        if not s:
            return y
        if method == "bivariate":
            above = c.layout.parent(band)
            parent = parent_of(c, band)
            around = ends if ends in EXTENSIONS else "symmetric"
            return bivariate(y, parent, s, parent_sigma=strength[above] if above else None, boundary=around, axes=axes)
        if method == "blockjs":
            return blockjs(y, s, axes=axes)
        if method == "neighblock":
            return neighblock(y, s, axes=axes)
        if method == "ebayes":
            return ebayes(y, s, a=None, sample=own if own.size else y)  # the scale of the prior fitted as well
        found[band] = t = self._threshold(own, s, math.prod(c.layout.shape))
        return RULES[self.rule or THRESHOLDS.get(str(method), "hard")](y, t * s)

    def _threshold(self, values: Array, s: float, samples: int) -> float:
        """Return a threshold in units of the noise of a band."""
        if not isinstance(self.method, str):
            return self.method
        if self.method in ("universal", "minimax"):
            return float(getattr(thresholds, self.method)(samples))
        t: float = getattr(thresholds, self.method)(values, s)
        return t / s if math.isfinite(t) else float(np.abs(values).max(initial=0)) / s


def completed(given: str | Representation | None, boundary: str | None) -> tuple[FrameTransform | None, str]:
    """Return the transform that was asked for, and how data continue where none was.

    A spec that does not say it gets the boundary, "symmetric" unless another is given.
    """
    ends = "symmetric" if boundary is None else boundary_name(boundary)
    if given is None:
        return None, ends
    T = transform_of(given)
    if not isinstance(T, FrameTransform):
        raise TypeError(f"transform={T.spec!r} is not linear, and noise has no gain in it. Use a FrameTransform.")
    if "boundary" not in {item.name for item in fields(T)}:  # type: ignore[arg-type]
        if boundary not in (None, "periodic"):
            raise ValueError(
                f"boundary={boundary!r} was given, and transform={T.spec!r} takes none. Leave boundary out, or use "
                f"a transform that has it, such as 'swt:sym8,levels=4'."
            )
        return T, ends
    if isinstance(given, str) and "boundary=" not in given:
        return T.replace(boundary=ends), ends
    own = T.boundary  # type: ignore[attr-defined]
    if boundary not in (None, own):
        raise ValueError(
            f"boundary={boundary!r} was given, and transform={T.spec!r} continues data by {own!r}. "
            f"Leave boundary out, or use transform.replace(boundary={boundary!r})."
        )
    return T, ends


def usual_levels(x: Array, method: str | float) -> int:
    """Return how many levels hold noise that is worth removing: not the coarsest 16 samples or so."""
    shortest = int(min(x.shape))
    enough = {"surelet": 5, "bivariate": 4}.get(str(method), shortest.bit_length() - 5)
    return max(1, min(enough, (shortest - 1).bit_length()))  # the second is what every boundary admits
