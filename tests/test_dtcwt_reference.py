"""The dual tree beside coefficients of the package dtcwt that are stored in reference/dtcwt.npz.

The package itself needs NumPy 1; where it is installed, test_dtcwt_oracle.py compares more.
"""

from pathlib import Path

import numpy as np
import pytest

import shiftinv as si
from shiftinv import Coefficients
from shiftinv.interchange import Pyramid

with np.load(Path(__file__).parent / "reference" / "dtcwt.npz") as archive:
    STORED = dict(archive)
CASES = sorted(name.removesuffix("/lowpass") for name in STORED if name.endswith("/lowpass"))
TABLE = "10x3"  # one signal per column
# of the largest coefficient: these two tables of the package are rounded, ours are polished
ROUNDED = {"antonini": 3e-12, "qshift_32": 1e-8}


def stored(case):
    """The transform, the signal, the pyramid, and how far apart they may be."""
    biort, qshift, size = case.split("/")
    levels = sum(name.startswith(f"{case}/") for name in STORED) - 1
    T = si.DTCWT(biort, qshift, levels, axes=0 if size == TABLE else None, boundary="symmetric")
    highpasses = tuple(STORED[f"{case}/{level}"] for level in range(1, levels + 1))
    tolerance = max(ROUNDED.get(name, 1e-12) for name in (biort, qshift))
    return T, STORED[f"{size}/x"], Pyramid(STORED[f"{case}/lowpass"], highpasses), tolerance


def test_every_bank_and_every_dimension_is_stored():
    assert {tuple(case.split("/")[:2]) for case in CASES} == {
        (biort, qshift)
        for biort in ("near_sym_b", "near_sym_a", "legall", "antonini")
        for qshift in si.catalogue.list_dual_tree_banks()
    }
    assert {len(case.split("/")[2].split("x")) for case in CASES} == {1, 2, 3}


@pytest.mark.parametrize("case", CASES)
def test_forward_gives_the_stored_coefficients(case):
    T, x, pyramid, tolerance = stored(case)
    lowpass, highpasses = T.forward(x).to_dtcwt()
    for got, expected in zip((lowpass, *highpasses), (pyramid.lowpass, *pyramid.highpasses), strict=True):
        assert (got.shape, got.dtype) == (expected.shape, expected.dtype)
        assert np.abs(got - expected).max() <= tolerance * np.abs(pyramid.lowpass).max()


@pytest.mark.parametrize("case", CASES)
def test_inverse_of_the_stored_coefficients_gives_the_signal(case):
    T, x, pyramid, tolerance = stored(case)
    c = Coefficients.from_dtcwt(pyramid, T.layout(x.shape))
    assert np.abs(T.inverse(c) - x).max() <= tolerance * np.abs(x).max()


def test_single_precision():
    for case in ("near_sym_b/qshift_b/32", "near_sym_b/qshift_b/16x12", "near_sym_b/qshift_b/4x8x6"):
        T, x, pyramid, _ = stored(case)
        lowpass, highpasses = T.forward(x.astype(np.float32)).to_dtcwt()
        assert (lowpass.dtype, highpasses[0].dtype) == (np.float32, np.complex64)
        for got, expected in zip((lowpass, *highpasses), (pyramid.lowpass, *pyramid.highpasses), strict=True):
            assert np.abs(got - expected).max() <= 1e-6 * np.abs(pyramid.lowpass).max()
        c = Coefficients.from_dtcwt(pyramid, T.layout(x.shape, np.float32))
        assert np.abs(T.inverse(c) - x).max() <= 1e-6 * np.abs(x).max()
