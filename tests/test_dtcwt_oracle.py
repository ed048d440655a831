"""The dual tree beside the package dtcwt, installed with ``pip install ".[dtcwt]"``.

The package is asked twice: with the taps of our banks, and by the names of its own, two of which are rounded
tables (`ROUNDED`) where ours are polished.
"""

import itertools
import os
import runpy
import warnings
from pathlib import Path

import numpy as np
import pytest

import shiftinv as si
from shiftinv import Coefficients

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    if os.environ.get("SHIFTINV_ORACLE") == "required":
        import dtcwt  # where this comparison is all that is asked for, an absent package is a failure
    else:
        dtcwt = pytest.importorskip("dtcwt")

BIORT = ("near_sym_b", "near_sym_a", "legall", "antonini")
QSHIFT = ("qshift_06", "qshift_a", "qshift_b", "qshift_c", "qshift_d", "qshift_32")
PAIRS = list(itertools.product(BIORT, QSHIFT))
EXACT = 1e-12  # all errors are relative to the largest coefficient or sample
ROUNDED = {"antonini": 3e-12, "qshift_32": 1e-8}  # measured: 1.0e-12 and 4.6e-9, more with every axis

# Shapes and levels. 64 and 16 x 24 alone have no level whose length 4 does not divide; 6 is shorter than
# most filters; odd images are padded by the package, which refuses odd signals and volumes.
SIGNALS = (((64,), 4), ((50,), 4), ((6,), 3), ((22, 3), 3))
IMAGES = (((16, 24), 3), ((22, 10), 3), ((13, 18), 3), ((17, 9), 2))
VOLUMES = (((8, 6, 10), 2), ((4, 12, 6), 2), ((8, 8, 8), 3))
CASES = {1: SIGNALS, 2: IMAGES, 3: VOLUMES}


def noise(shape, dtype=np.float64):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype)


def ours(pair, dimensions, levels):
    return si.DTCWT(*pair, levels, axes=tuple(range(dimensions)), boundary="symmetric")


class Theirs:
    """A transform of the package, without its words about odd images."""

    def __init__(self, pair, dimensions):
        kind = {1: dtcwt.Transform1d, 2: dtcwt.Transform2d, 3: dtcwt.Transform3d}[dimensions]
        self.transform = kind(*pair)

    def forward(self, x, levels, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.transform.forward(x, levels, **options)

    def inverse(self, pyramid, shape):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            x = self.transform.inverse(pyramid)
        return x[tuple(slice(n) for n in shape)]  # without the sample that an odd length is padded by


def our_taps(pair):
    """The filters of our banks in the order and the normalization of the package, whose tree a is our tree b."""
    kinds = ("lowpass", "synthesis_lowpass", "highpass", "synthesis_highpass")
    first, trees = si.filter_bank(pair[0]), si.catalogue.dual_tree_bank(pair[1])
    biort = tuple(np.trim_zeros(np.array(getattr(first, kind))) / 2**0.5 for kind in kinds)
    return biort, tuple(np.array(getattr(tree, kind)) for kind in kinds for tree in (trees.b, trees.a))


def assert_near(got, expected, tolerance):
    assert (got.shape, got.dtype) == (expected.shape, expected.dtype)
    assert np.abs(got - expected).max() <= tolerance * np.abs(expected).max()


def assert_same_pyramid(got, expected, tolerance):
    largest = max(np.abs(array).max() for array in (expected.lowpass, *expected.highpasses))
    for one, other in zip((got.lowpass, *got.highpasses), (expected.lowpass, *expected.highpasses), strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        assert np.abs(one - other).max() <= tolerance * largest


def assert_agree(T, package, shape, tolerance, dtype=np.float64):
    x = noise(shape, dtype)
    c, pyramid = T.forward(x), package.forward(x, T.levels)
    assert_same_pyramid(c.to_dtcwt(), pyramid, tolerance)
    assert_near(package.inverse(c.to_dtcwt(), shape), x, tolerance)
    assert_near(T.inverse(Coefficients.from_dtcwt(pyramid, c.layout)), x, tolerance)
    # coefficients that no signal has: the inverses are the same map, not only right on the range
    any_c = Coefficients(c.layout, noise((c.layout.size,), dtype))
    assert_near(package.inverse(any_c.to_dtcwt(), shape), T.inverse(any_c), tolerance)


@pytest.mark.parametrize("dimensions", CASES)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_given_our_taps_both_packages_agree(pair, dimensions):
    package = Theirs(our_taps(pair), dimensions)
    for shape, levels in CASES[dimensions]:
        assert_agree(ours(pair, dimensions, levels), package, shape, EXACT)


@pytest.mark.parametrize("dimensions", CASES)
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_by_name_both_packages_agree(pair, dimensions):
    package = Theirs(pair, dimensions)
    tolerance = max(ROUNDED.get(name, EXACT) for name in pair)
    for shape, levels in CASES[dimensions]:
        assert_agree(ours(pair, dimensions, levels), package, shape, tolerance)


@pytest.mark.parametrize("dimensions", CASES)
@pytest.mark.parametrize("pair", [("near_sym_b", "qshift_b"), ("antonini", "qshift_32")], ids="-".join)
def test_single_precision(pair, dimensions):
    package = Theirs(pair, dimensions)
    for shape, levels in CASES[dimensions]:
        assert_agree(ours(pair, dimensions, levels), package, shape, 1e-5, np.float32)


@pytest.mark.parametrize("dimensions", CASES)
def test_no_levels_and_one(dimensions):
    pair, x = ("near_sym_b", "qshift_b"), noise((8, 6, 4)[:dimensions])
    assert_agree(ours(pair, dimensions, 1), Theirs(pair, dimensions), x.shape, EXACT)
    T, pyramid = ours(pair, dimensions, 0), Theirs(pair, dimensions).forward(x, 0)
    assert_same_pyramid(T.forward(x).to_dtcwt(), pyramid, 0)
    assert np.array_equal(Coefficients.from_dtcwt(pyramid, T.layout(x.shape)).approx, x)


def test_a_level_that_the_package_discarded_is_zero():
    pair, shape = ("near_sym_a", "qshift_a"), (8, 8, 12)
    T, package = ours(pair, 3, 2), Theirs(pair, 3)
    pyramid = package.forward(noise(shape), 2, discard_level_1=True)
    assert pyramid.highpasses[0] is None
    c = Coefficients.from_dtcwt(pyramid, T.layout(shape))
    assert not c.detail(1).any()
    # zeros written out: the package's inverse of None has the three axes in reverse order, and fails for unequal ones
    zeros = dtcwt.Pyramid(pyramid.lowpass, (np.zeros((4, 4, 6, 28), complex), pyramid.highpasses[1]))
    assert_near(T.inverse(c), package.inverse(zeros, shape), EXACT)


def test_odd_lengths_that_the_package_refuses_have_their_last_sample_repeated():
    pair = ("near_sym_b", "qshift_b")
    for dimensions, shape in ((1, (21,)), (3, (7, 8, 5))):
        T, package, x = ours(pair, dimensions, 2), Theirs(pair, dimensions), noise(shape)
        padded = np.pad(x, [(0, n % 2) for n in shape], "edge")
        with pytest.raises(ValueError, match="multiple of 2"):
            package.forward(x, 2)
        assert_same_pyramid(T.forward(x).to_dtcwt(), package.forward(padded, 2), EXACT)
        assert_near(package.inverse(T.forward(x).to_dtcwt(), shape), x, EXACT)


def test_the_stored_reference_is_what_the_package_computes():
    folder = Path(__file__).parent / "reference"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        computed = runpy.run_path(str(folder / "make_dtcwt.py"))["reference"]()
    with np.load(folder / "dtcwt.npz") as stored:
        assert set(stored) == set(computed)
        for name in set(stored) - {"version"}:
            np.testing.assert_allclose(stored[name], computed[name], rtol=0, atol=1e-12, err_msg=name)
