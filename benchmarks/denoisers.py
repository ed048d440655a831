"""Who removes noise: this library and its peers, each as the text that is run. Who is not installed has no row.

A text is an expression of `y`, the noisy data, and `s`, the standard deviation of the noise, or None if that is to be
estimated. Images keep their range of 0 to 255 for everybody: scikit-image leaves floats as they are, neither rescaled
nor clipped, and BM3D's thresholds go by `s`. scikit-image spins over max_shifts + 1 = 4 shifts an axis, 16 in all.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pywt

import shiftinv as si
from shiftinv.denoising.estimator import METHODS

WAVELET, LEVELS = "sym8", 4
COARSEST = 6  # levels of a signal of 2048 samples, which keep the 2^5 coarsest coefficients
DEFAULT = "shiftinv, default"
ALL_HARD_IMAGE = "shiftinv, all shifts, hard 3"
PLAIN_HARD, ALL_HARD = "shiftinv, DWT, universal hard", "shiftinv, all shifts, universal hard"


def _installed(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


restoration, bm3d = _installed("skimage.restoration"), _installed("bm3d")


@dataclass(frozen=True)
class Denoiser:
    """One way to remove noise.

    Parameters
    ----------
    name : str
        The package and the method.
    call : str
        An expression of `y` and `s`.
    needs_sigma : bool
        Whether `s` is never None.
    slow : bool
        Whether it takes seconds for an image, so that what it gave is not computed again.
    """

    name: str
    call: str
    needs_sigma: bool = True
    slow: bool = False


def scope() -> dict[str, Any]:
    """Return the names that the texts use, but for `y` and `s`."""
    names = {"si": si, "np": np, "visushrink": visushrink, "stationary_hard": stationary_hard, "decimated": decimated}
    if restoration is not None:
        names |= {"denoise_wavelet": restoration.denoise_wavelet, "cycle_spin": restoration.cycle_spin}
    return names if bm3d is None else names | {"bm3d": bm3d.bm3d}


def of_images() -> list[Denoiser]:
    """Return who removes noise from images, the default first."""
    found = [
        Denoiser(DEFAULT, "si.denoise(y, sigma=s)", needs_sigma=False),
        Denoiser("shiftinv, SURE-LET", 'si.denoise(y, method="surelet", sigma=s)'),
        Denoiser("shiftinv, bivariate", 'si.denoise(y, method="bivariate", sigma=s)'),
        Denoiser("shiftinv, BayesShrink", 'si.denoise(y, method="bayes", sigma=s)'),
        Denoiser(ALL_HARD_IMAGE, f'si.denoise(y, si.SWT("{WAVELET}", {LEVELS}), method=3, sigma=s)'),
        Denoiser("shiftinv, DWT, hard 3", f'si.denoise(y, si.DWT("{WAVELET}", {LEVELS}), method=3, sigma=s)'),
        Denoiser("PyWavelets by hand, all shifts, hard 3", "stationary_hard(y, s)"),
        Denoiser("PyWavelets by hand, VisuShrink", "visushrink(y, s)", needs_sigma=False),
    ]
    if restoration is not None:
        found += [
            Denoiser("scikit-image, BayesShrink db1", "denoise_wavelet(y, s)", needs_sigma=False),
            Denoiser(f"scikit-image, BayesShrink {WAVELET}", f'denoise_wavelet(y, s, "{WAVELET}")'),
            Denoiser("scikit-image, VisuShrink db1", 'denoise_wavelet(y, s, method="VisuShrink")', needs_sigma=False),
            Denoiser("scikit-image, 16 shifts db1", _spun("sigma=s"), needs_sigma=False),
            Denoiser(f"scikit-image, 16 shifts {WAVELET}", _spun(f'sigma=s, wavelet="{WAVELET}"')),
        ]
    return found if bm3d is None else [*found, Denoiser("BM3D", "bm3d(y, s)", slow=True)]


def of_signals() -> list[Denoiser]:
    """Return who removes noise from signals, the default first; every method of the library that takes them."""
    stationary, decimated = f'si.SWT("{WAVELET}", {COARSEST})', f'si.DWT("{WAVELET}", {COARSEST})'
    hard, soft = (f'method="universal", rule="{rule}", sigma=s)' for rule in ("hard", "soft"))
    found = [
        Denoiser(DEFAULT, "si.denoise(y, sigma=s)", needs_sigma=False),
        Denoiser(PLAIN_HARD, f"si.denoise(y, {decimated}, {hard}", needs_sigma=False),
        Denoiser("shiftinv, DWT, universal soft", f"si.denoise(y, {decimated}, {soft}", needs_sigma=False),
        Denoiser(ALL_HARD, f"si.denoise(y, {stationary}, {hard}", needs_sigma=False),
    ]
    for method in METHODS[1:]:
        call = f'si.denoise(y, {stationary}, method="{method}", sigma=s)'
        found.append(Denoiser(f"shiftinv, all shifts, {method}", call, needs_sigma=False))
    call = 'si.denoise(y, method="bivariate", sigma=s)'
    found.append(Denoiser("shiftinv, dual tree, bivariate", call, needs_sigma=False))
    found.append(Denoiser("PyWavelets by hand, DWT, universal hard", "decimated(y, s)", needs_sigma=False))
    if restoration is not None:
        bayes, spun = f'denoise_wavelet(y, s, "{WAVELET}")', _spun(f'sigma=s, wavelet="{WAVELET}"', 15)
        found.append(Denoiser(f"scikit-image, BayesShrink {WAVELET}", bayes, needs_sigma=False))
        found.append(Denoiser(f"scikit-image, 16 shifts {WAVELET}", spun, needs_sigma=False))
    return found


def _spun(options: str, shifts: int = 3) -> str:
    return f"cycle_spin(y, denoise_wavelet, max_shifts={shifts}, workers=1, func_kw=dict({options}))"


def visushrink(y: Any, s: float | None) -> Any:
    """Return what most scripts do: `wavedec2`, one universal threshold for all details, soft."""
    approx, *details = pywt.wavedec2(y, WAVELET, level=LEVELS)
    s = s or _deviation(details[-1][-1])
    threshold = s * np.sqrt(2 * np.log(y.size))
    shrunk = [tuple(pywt.threshold(band, threshold, "soft") for band in level) for level in details]
    return pywt.waverec2([approx, *shrunk], WAVELET)[tuple(map(slice, y.shape))]


def stationary_hard(y: Any, s: float) -> Any:
    """Return the average over all shifts of hard thresholding at 3 standard deviations of the noise of each band.

    `swt2` asks for a multiple of 2^levels; an image that is none is continued by its mirror image.
    """
    more = [(0, -n % 2**LEVELS) for n in y.shape]
    coefficients = pywt.swt2(np.pad(y, more, "symmetric"), WAVELET, LEVELS, trim_approx=True, norm=True)
    for place, level in enumerate(range(LEVELS, 0, -1), 1):
        threshold = 3 * s / 2**level  # of orthonormal filters over 2^(1/2) per axis and level
        coefficients[place] = tuple(pywt.threshold(band, threshold, "hard") for band in coefficients[place])
    return pywt.iswt2(coefficients, WAVELET, norm=True)[tuple(map(slice, y.shape))]


def decimated(y: Any, s: float | None) -> Any:
    """Return a signal after `wavedec` on a circle and the universal threshold, hard."""
    approx, *details = pywt.wavedec(y, WAVELET, "periodization", COARSEST)
    threshold = (s or _deviation(details[-1])) * np.sqrt(2 * np.log(y.size))
    return pywt.waverec([approx, *(pywt.threshold(d, threshold, "hard") for d in details)], WAVELET, "periodization")


def check(y: Any, s: float) -> None:
    """Assert that what is written by hand computes what the library does, of an image and of 2048 samples of it."""
    line = y.ravel()[:2048]
    ours = {who.name: who.call for who in (*of_images(), *of_signals())}
    pairs = ((y, ALL_HARD_IMAGE, stationary_hard), (line, PLAIN_HARD, decimated))
    for data, name, by_hand in pairs:
        expected = eval(ours[name], scope() | {"y": data, "s": s})
        error = np.abs(by_hand(data, s) - expected).max()
        assert error <= 1e-9 * np.abs(data).max(), f"{name} by hand differs by {error:.1e}: it is other work"


def _deviation(band: Any) -> float:
    return float(np.median(np.abs(band)) / 0.67448975)
