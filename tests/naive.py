"""Slow oracles, written from the formulas with plain loops, and comparisons that assert.

One axis is one line of samples; several axes go through `np.apply_along_axis`. Nothing here knows
how the library stores or computes anything: bands are a dictionary {(level, orientation): array}.
"""

import functools
import itertools
import math
import warnings

import numpy as np
import pywt

import shiftinv as si

DISCRETE = pywt.wavelist(kind="discrete")
EXACT = [name for name in DISCRETE if name != "dmey"]  # dmey is a declared approximate bank


def taps_of(bank):
    """Return [h, g, s, t] as lists, in PyWavelets' order."""
    return [list(taps) for taps in (bank.lowpass, bank.highpass, bank.synthesis_lowpass, bank.synthesis_highpass)]


@functools.cache
def with_our_taps(name):
    """A PyWavelets object with the taps that this library uses for `name`."""
    return pywt.Wavelet("ours", filter_bank=taps_of(si.filter_bank(name)))


@functools.cache
def lopsided_bank():
    """A biorthogonal bank without any symmetry, not even of the product of its lowpass filters.

    haar, its analysis lowpass lifted by 0.1, 0.2 and -0.3 times the highpass two samples before,
    at and after it: whatever these three numbers are, it reconstructs with haar's own synthesis lowpass.
    """
    h = np.array([-0.1, 0.1, 1 - 0.2, 1 + 0.2, 0.3, -0.3]) / math.sqrt(2)
    return si.FilterBank(h, None, np.array([0, 0, 1, 1, 0, 0]) / math.sqrt(2))


def quietly(f, *args, **kwargs):
    """Call PyWavelets without its warnings about levels deeper than it recommends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return f(*args, **kwargs)


# --- one line, one level -----------------------------------------------------------------------


def undecimated_line(x, taps, level):
    """y[n] = sum_k taps[k] x[n + 2^(level-1) (L/2 - k)]."""
    y = np.zeros_like(x)
    for k, tap in enumerate(taps):
        if tap:
            y += tap * np.roll(x, -(2 ** (level - 1)) * (len(taps) // 2 - k))
    return y


def undecimated_line_back(y, taps, level):
    """x[n] = sum_k taps[k] y[n + 2^(level-1) (L/2 - 1 - k)]."""
    x = np.zeros_like(y)
    for k, tap in enumerate(taps):
        if tap:
            x += tap * np.roll(y, -(2 ** (level - 1)) * (len(taps) // 2 - 1 - k))
    return x


def decimated_line(x, taps):
    """y[m] = sum_k taps[k] x[2m + L/2 - k] on a circle; an odd line repeats its last sample first."""
    circle = list(x) + ([x[-1]] if len(x) % 2 else [])
    y = np.zeros(len(circle) // 2, x.dtype)
    for m in range(len(y)):
        for k, tap in enumerate(taps):
            if tap:
                y[m] += tap * circle[(2 * m + len(taps) // 2 - k) % len(circle)]
    return y


# --- pyramids over any axes ---------------------------------------------------------------------


def _pyramid(x, levels, axes, line):
    """Split along each axis in turn with line(samples, letter, level); go on with the "a…a" band."""
    bands, approximation = {}, np.array(x)
    for level in range(1, levels + 1):
        parts = {"": approximation}
        for axis in axes:
            parts = {
                word + letter: np.apply_along_axis(line, axis, part, letter, level)
                for word, part in parts.items()
                for letter in "ad"
            }
        approximation = parts.pop("a" * len(axes))
        bands |= {(level, word): part for word, part in parts.items()}
    bands[levels, "a" * len(axes)] = approximation
    return bands


def undecimated_analysis(x, h, g, levels, axes):
    """The undecimated pyramid with filters h and g as they are given."""
    filters = {"a": h, "d": g}
    return _pyramid(x, levels, axes, lambda line, letter, level: undecimated_line(line, filters[letter], level))


def decimated_analysis(x, h, g, levels, axes):
    """The decimated, periodised pyramid with filters h and g."""
    filters = {"a": h, "d": g}
    return _pyramid(x, levels, axes, lambda line, letter, level: decimated_line(line, filters[letter]))


def undecimated_synthesis(bands, s, t, levels, axes):
    """From the undecimated pyramid back, with filters s and t that undo one level."""
    filters = {"a": s, "d": t}
    approximation = bands[levels, "a" * len(axes)]
    for level in range(levels, 0, -1):
        parts = {word: bands.get((level, word)) for word in map("".join, itertools.product("ad", repeat=len(axes)))}
        parts["a" * len(axes)] = approximation
        for done, axis in enumerate(reversed(axes), start=1):
            parts = {
                word: sum(
                    np.apply_along_axis(undecimated_line_back, axis, parts[word + letter], filters[letter], level)
                    for letter in "ad"
                )
                for word in map("".join, itertools.product("ad", repeat=len(axes) - done))
            }
        approximation = parts[""]
    return approximation


def modwt_details(x, scaling, levels):
    """Percival and Walden's MODWT details W_1 … W_J and smooth V_J, straight from their pyramid.

    W[j, t] = sum_l h~[l] V[j-1, t - 2^(j-1) l mod N], V with g~, where g~ = g / sqrt(2) and
    h[l] = (-1)^l g[L-1-l]  (Wavelet Methods for Time Series Analysis, 2000, section 5.5).
    """
    count = len(scaling)
    g = [tap / math.sqrt(2) for tap in scaling]
    h = [(-1) ** place * g[count - 1 - place] for place in range(count)]
    smooth, details, size = list(x), [], len(x)
    for level in range(1, levels + 1):
        spread = 2 ** (level - 1)
        details.append(
            np.array([sum(h[p] * smooth[(t - spread * p) % size] for p in range(count)) for t in range(size)])
        )
        smooth = [sum(g[p] * smooth[(t - spread * p) % size] for p in range(count)) for t in range(size)]
    return details, np.array(smooth)


def touched(pyramid, sample, shape, h, g, levels):
    """Which coefficients have `sample` in their support, all axes transformed: {band: boolean array}.

    The pyramid of an impulse with every filter replaced by the pattern of its non-zero taps counts
    the paths from the sample to each coefficient; nothing can cancel.
    """
    impulse = np.zeros(shape)
    impulse[sample] = 1
    pattern = [[float(tap != 0) for tap in taps] for taps in (h, g)]
    return {band: paths > 0 for band, paths in pyramid(impulse, *pattern, levels, range(len(shape))).items()}


# --- explicit matrices --------------------------------------------------------------------------


def forward_matrix(T, shape):
    """The matrix of T.forward on float64 signals of `shape`, one column per unit vector."""
    units = np.eye(math.prod(shape))
    return np.stack([T.forward(unit.reshape(shape)).vector for unit in units], axis=1)


def backward_matrix(T, shape, method):
    """The matrix of T.inverse or T.adjoint (`method`), one column per unit vector of coefficients."""
    blank = T.forward(np.zeros(shape))
    columns = []
    for place in range(blank.vector.size):
        unit = blank.copy()
        unit.vector[place] = 1
        columns.append(getattr(T, method)(unit).ravel())
    return np.stack(columns, axis=1)


def frame_bounds(matrix):
    """The largest A and smallest B with A|x|^2 <= |matrix x|^2 <= B|x|^2."""
    values = np.linalg.svd(matrix, compute_uv=False) ** 2
    return values[-1], values[0]


# --- comparisons that assert --------------------------------------------------------------------


def assert_close(actual, expected, tolerance, what=""):
    """Assert that the largest difference is at most `tolerance` times the largest expected magnitude."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
    error = np.max(np.abs(actual - expected), initial=0)
    scale = np.max(np.abs(expected), initial=0)
    assert error <= tolerance * scale, f"{what}: error {error:.2e} of {scale:.2e}, tolerance {tolerance:.1e}"


def assert_bands_close(c, expected, tolerance, what=""):
    """Assert that coefficients have exactly the expected bands, to `tolerance` of the largest coefficient."""
    assert set(c.bands) == set(expected), f"{what}: bands {c.bands}"
    scale = max(np.max(np.abs(values), initial=0) for values in expected.values())
    for band in c.bands:
        assert c[band].shape == expected[band].shape, f"{what}: {band} has shape {c[band].shape}"
        error = np.max(np.abs(c[band] - expected[band]), initial=0)
        assert error <= tolerance * scale, f"{what}: {band} differs by {error:.2e} of {scale:.2e}"


def assert_same_bits(actual, expected, what=""):
    """Assert equal shape, dtype and bytes (NaN equal to NaN, 0.0 different from -0.0)."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert (actual.shape, actual.dtype) == (expected.shape, expected.dtype), f"{what}: {actual.shape}, {actual.dtype}"
    assert actual.tobytes() == expected.tobytes(), f"{what}: bits differ"


def pywt_bands(coefficients, levels, axes):
    """PyWavelets' multilevel list [a_J, d_J, …, d_1] as {(level, orientation): array}."""
    bands = {(levels, "a" * axes): np.asarray(coefficients[0])}
    for level, entry in zip(range(levels, 0, -1), coefficients[1:], strict=True):
        entries = entry if isinstance(entry, dict) else {"d": entry}
        bands |= {(level, word): np.asarray(values) for word, values in entries.items()}
    return bands
