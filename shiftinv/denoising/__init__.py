"""The rules of denoising, one idea per file: functions of the values of a band and the noise in it.

- `soft`, `hard`, `garrote`, `firm`: gains on magnitudes, which keep the phase of complex values.
- `universal`, `minimax` (in units of the noise), `sure`, `hybrid`, `bayes`, `fdr` (in units of the band): thresholds.
- `blockjs`, `neighblock`: blocks of neighbours; `bivariate`: a value and its parent.
- `ebayes`, `ebayes_threshold`, `ebayes_beta`: empirical Bayes.
- `monte_carlo_sure`: the risk of any estimator, from the noisy signal alone.
- `surelet`: the expansion of thresholds with the least estimated risk; `anscombe`, `inverse_anscombe`: Poisson noise.
- `estimate_sigma`, `mad`, `sigma_per_level`, `noise_of_bands`: how strong the noise is, in a signal and in each band.

Everywhere `sigma` is the standard deviation of the noise in the band at hand, for complex bands that of a real part.
With sigma = 0 nothing changes. Times a power of two, values and sigma give the same result times it, to the bit.
"""

from .blocks import blockjs, neighblock
from .empirical_bayes import ebayes, ebayes_beta, ebayes_threshold
from .estimator import Denoised
from .linear_expansion import SureLet, surelet
from .noise import estimate_sigma, mad, noise_of_bands, sigma_per_level
from .noise_models import PoissonGaussian
from .parent_child import bivariate, expanded, parent_of
from .pipeline import denoise
from .poisson import anscombe, inverse_anscombe
from .selection import monte_carlo_sure
from .shrinkage import firm, garrote, hard, soft
from .thresholds import bayes, fdr, hybrid, minimax, sure, universal

__all__ = [
    "Denoised",
    "PoissonGaussian",
    "SureLet",
    "anscombe",
    "bayes",
    "bivariate",
    "blockjs",
    "denoise",
    "ebayes",
    "ebayes_beta",
    "ebayes_threshold",
    "estimate_sigma",
    "expanded",
    "fdr",
    "firm",
    "garrote",
    "hard",
    "hybrid",
    "inverse_anscombe",
    "mad",
    "minimax",
    "monte_carlo_sure",
    "neighblock",
    "noise_of_bands",
    "parent_of",
    "sigma_per_level",
    "soft",
    "sure",
    "surelet",
    "universal",
]
