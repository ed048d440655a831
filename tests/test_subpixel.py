"""Sub-pixel errors against exact derivatives."""

from __future__ import annotations

import numpy as np
import pytest

import shiftinv as si
from shiftinv.metrics import UnfairPairing, subpixel_error

RNG = np.random.default_rng(31)


def derivative(x, axis):
    """d/dt of S_t x at t = 0."""
    bins = np.fft.fftfreq(x.shape[axis])
    if x.shape[axis] % 2 == 0:
        bins[x.shape[axis] // 2] = 0
    along = [1] * x.ndim
    along[axis] = -1
    return np.fft.ifft(np.fft.fft(x, axis=axis) * (-2j * np.pi * bins).reshape(along), axis=axis).real


def smooth_at_nyquist(x):
    """x without its Nyquist bins, by its spectrum."""
    spectrum = np.fft.fftn(x)
    for axis, n in enumerate(x.shape):
        if n % 2 == 0:
            np.moveaxis(spectrum, axis, 0)[n // 2] = 0
    return np.fft.ifftn(spectrum).real


def by_commutator(project, x):
    """|(P D - D P) x| / |P x| over all axes: exact for a linear map."""
    x = smooth_at_nyquist(x)
    gaps = [project(derivative(x, axis)) - derivative(project(x), axis) for axis in range(x.ndim)]
    return np.linalg.norm([np.linalg.norm(gap) for gap in gaps]) / np.linalg.norm(project(x))


def keeping(T, *kept):
    def project(x):
        c = T.forward(x)
        for band in c.bands:
            if band not in kept:
                c[band] = 0
        return T.inverse(c)

    return project


@pytest.mark.parametrize(
    ("T", "shape"),
    [(si.DWT("db4", 3), (64,)), (si.DTCWT(levels=2), (16, 24)), (si.DWT("bior2.2", 1), (6, 10))],
    ids=repr,
)
def test_the_central_difference_is_the_commutator(T, shape):
    x, bands = RNG.standard_normal(shape), T.layout(shape).bands
    expected = [by_commutator(keeping(T, band), x) for band in bands]
    np.testing.assert_allclose(subpixel_error(T, x, per_band=True), expected, rtol=1e-6, atol=1e-9)
    level = [band for band in bands[1:] if band.level == 1]
    assert subpixel_error(T, x, level=1) == pytest.approx(by_commutator(keeping(T, *level), x), rel=1e-6, abs=1e-9)
    approximation = by_commutator(keeping(T, bands[0]), x)
    assert subpixel_error(T, x, level=bands[0].level, band="scaling") == pytest.approx(approximation, rel=1e-6)


def test_all_details_together():
    T, x = si.DWT("db4", 3), smooth_at_nyquist(RNG.standard_normal(64))
    kept = np.array([np.linalg.norm(keeping(T, band)(x)) for band in T.layout(64).details])
    errors = subpixel_error(T, x, per_band=True)[1:]
    assert subpixel_error(T, x) == pytest.approx(np.linalg.norm(errors * kept) / np.linalg.norm(kept))


def test_functions_and_their_actions():
    x = RNG.standard_normal(64)
    blur = lambda signal: signal + np.roll(signal, 1)  # noqa: E731
    assert subpixel_error(blur, x) < 1e-9
    assert subpixel_error(lambda s: s * np.hanning(64), x) > 0.01
    kept = smooth_at_nyquist(x)
    invariant = subpixel_error(blur, x, action=lambda output, _: output)
    expected = np.linalg.norm(blur(derivative(kept, 0))) / np.linalg.norm(blur(kept))
    assert invariant == pytest.approx(expected, rel=1e-6)  # at rest means that the output itself moves
    assert subpixel_error(np.sum, x, action=lambda output, _: output) < 1e-9
    assert subpixel_error(lambda s: 0 * s, x) == 0
    assert subpixel_error(blur, x, per_band=True).shape == (1,)


def test_single_precision_and_complex_signals():
    x = RNG.standard_normal(256)
    assert subpixel_error(si.DWT("db4", 2), x.astype(np.float32)) == pytest.approx(
        subpixel_error(si.DWT("db4", 2), x), rel=1e-3
    )
    z = x + 1j * RNG.standard_normal(256)
    assert subpixel_error(si.SWT("db4", 2), z) < 1e-9
    assert subpixel_error(si.DWT("db4", 2), z) > 0.1


def test_what_is_left_of_a_signal_at_nyquist_is_zero():
    T, x = si.DWT("sym8", 2), 7.3 * (-1.0) ** np.arange(32) + 1e-15 * RNG.standard_normal(32)
    assert (subpixel_error(T, x, per_band=True) == 0).all()


@pytest.mark.parametrize("shape", [(256,), (32, 256)])
def test_the_rounding_of_a_shift_is_no_derivative(shape):
    T, x = si.DWT("db10", 1), np.resize(np.cos(2 * np.pi * np.arange(256) / 256), shape)  # too slow for details
    c = T.forward(x)
    assert max(np.linalg.norm(c[band]) for band in c.bands[1:]) < 1e-15 * np.linalg.norm(x)
    assert (subpixel_error(T, x, per_band=True)[1:] == 0).all()


def test_the_signal_is_only_read():
    x = RNG.standard_normal(16)
    x.flags.writeable = False
    subpixel_error(si.DWT("haar", 2), x)


def test_what_has_no_subpixel_error_is_refused():
    x = RNG.standard_normal(20)
    with pytest.raises(ValueError, match=r"maps shape \(20,\) to \(10,\)"):
        subpixel_error(lambda s: s[::2], x)
    with pytest.raises(ValueError, match=r"level=3 has no wavelet band in dwt:haar,levels=2.*only \[1, 2\]"):
        subpixel_error(si.DWT("haar", 2), x, level=3)
    with pytest.raises(ValueError, match="Leave level and band out"):
        subpixel_error(np.copy, x, level=1)
    with pytest.raises(ValueError, match="Leave action out"):
        subpixel_error(si.DWT("haar", 2), x, action=lambda output, _: output)
    with pytest.raises(UnfairPairing, match=r"20 samples, and 2\^3"):
        subpixel_error(si.DWT("haar", 3), x)
    with pytest.raises(TypeError, match=r"^f='swt:haar' is a string"):
        subpixel_error("swt:haar", x)
