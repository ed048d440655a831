"""The dual tree beside the package dtcwt, which must be installed: pip install ".[dtcwt]".

The package is asked twice: by the names of its banks, and with the taps of our banks, since two of its tables
are rounded (`ROUNDED`) and ours are polished.
"""

import itertools
import os
import warnings

import numpy as np
import pytest

import shiftinv as si
from shiftinv import Coefficients

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    if os.environ.get("SHIFTINV_ORACLE") == "required":
        import dtcwt  # where the comparison is the point, its absence is a failure
    else:
        dtcwt = pytest.importorskip("dtcwt")

BIORT = ("near_sym_b", "near_sym_a", "legall", "antonini")
QSHIFT = ("qshift_06", "qshift_a", "qshift_b", "qshift_c", "qshift_d", "qshift_32")
PAIRS = list(itertools.product(BIORT, QSHIFT))
# relative to the largest coefficient: what the rounding of the package's own tables leaves
ROUNDED = {"antonini": 2e-11, "qshift_32": 5e-8}
# every length but 16, 64 and 4 has a level with a length that 4 does not divide; odd ones are padded by the package
SIGNALS = ((64,), (50,), (6,), (22, 3))
IMAGES = ((16, 24), (22, 10), (13, 18), (17, 9))
VOLUMES = ((8, 6, 10), (4, 12, 6))


def noise(shape, dtype=np.float64):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype)


def ours(pair, shape):
    """The transform for an array of this shape; a table is one signal per column."""
    dimensions = len(shape)
    return si.DTCWT(
        *pair, min(3, (min(shape if dimensions > 2 else shape[:dimensions]) - 1).bit_length())
        if not is_table(shape) else 3, axes=0 if is_table(shape) else None, boundary="symmetric",
    )


def is_table(shape):
    return shape == (22, 3)


def theirs(biort, qshift, shape):
    kind = dtcwt.Transform1d if is_table(shape) else (dtcwt.Transform1d, dtcwt.Transform2d, dtcwt.Transform3d)[len(shape) - 1]
    return Quiet(kind(biort, qshift))


class Quiet:
    """A transform of the package, without what it says about odd images."""

    def __init__(self, transform):
        self.transform = transform

    def forward(self, x, levels):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.transform.forward(x, levels)

    def inverse(self, pyramid):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.transform.inverse(pyramid)


def with_our_taps(pair, shape):
    """The package's transform with the filters of our banks, in its order and normalization."""
    first, trees = si.filter_bank(pair[0]), si.catalogue.dual_tree_bank(pair[1])
    filters = (first.lowpass, first.synthesis_lowpass, first.highpass, first.synthesis_highpass)
    biort = tuple(np.trim_zeros(np.array(taps)) / 2**0.5 for taps in filters)
    qshift = tuple(
        np.array(getattr(tree, kind))
        for kind in ("lowpass", "synthesis_lowpass", "highpass", "synthesis_highpass")
        for tree in (trees.b, trees.a)
    )
    return theirs(biort, qshift, shape)


def assert_near(got, expected, tolerance):
    assert got.shape == expected.shape
    assert np.abs(got - expected).max() <= tolerance * np.abs(expected).max()


def assert_same_pyramid(got, expected, tolerance):
    largest = max(np.abs(array).max() for array in (expected.lowpass, *expected.highpasses))
    assert len(got.highpasses) == len(expected.highpasses)
    for one, other in zip((got.lowpass, *got.highpasses), (expected.lowpass, *expected.highpasses), strict=True):
        assert one.shape == other.shape
        assert one.dtype == other.dtype
        assert np.abs(one - other).max() <= tolerance * largest


def assert_agree(pair, shape, package, tolerance, dtype=np.float64):
    x, T = noise(shape, dtype), ours(pair, shape)
    c, pyramid = T.forward(x), package.forward(x, T.levels)
    assert_same_pyramid(c.to_dtcwt(), pyramid, tolerance)
    inside = tuple(slice(n) for n in shape)  # the package leaves what it padded
    assert_near(package.inverse(c.to_dtcwt())[inside], x, tolerance)
    assert_near(T.inverse(Coefficients.from_dtcwt(pyramid, c.layout)), x, tolerance)


@pytest.mark.parametrize("shapes", [SIGNALS, IMAGES, VOLUMES], ids=["signals", "images", "volumes"])
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_both_packages_agree(pair, shapes):
    by_name = max(ROUNDED.get(name, 1e-12) for name in pair)
    for shape in shapes:
        assert_agree(pair, shape, with_our_taps(pair, shape), 1e-12)
        assert_agree(pair, shape, theirs(*pair, shape), by_name)


