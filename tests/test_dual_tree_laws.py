"""Every pair of banks, boundary and number of axes of the dual trees keeps every law."""

import itertools

import pytest

import shiftinv as si
from shiftinv.catalogue import list_dual_tree_banks
from shiftinv.filters import hilbert_pair
from shiftinv.testing import LAWS, check_transform
from shiftinv.transforms.extension import UNDECIMATED

FIRST_LEVEL = ["legall", "antonini", "near_sym_a", "near_sym_b"]  # symmetric, of odd length
HILBERT = hilbert_pair(3, 2)  # its trees are not each other's time reverse
PAIRS = list(itertools.product([*FIRST_LEVEL, "sym8"], [*list_dual_tree_banks(), HILBERT]))
FEW_AXES = [(16,), (13,), (8, 12), (9, 6), (4, 8, 4), (3, 5, 4)]
FOUR_AXES = [(4, 4, 8, 4), (3, 4, 5, 4)]

each_pair = pytest.mark.parametrize(
    ("biort", "qshift"), PAIRS, ids=[f"{biort}-{getattr(qshift, 'name', qshift)}" for biort, qshift in PAIRS]
)


@pytest.mark.parametrize("boundary", ["periodic", "symmetric"])
@each_pair
def test_decimated(biort, qshift, boundary):
    if boundary == "symmetric" and (biort not in FIRST_LEVEL or qshift is HILBERT):
        with pytest.raises(ValueError, match="Use boundary='periodic'"):
            si.DTCWT(biort, qshift, boundary=boundary)
        return
    shapes = FEW_AXES + FOUR_AXES
    count = check_transform(si.DTCWT(biort, qshift, 2, boundary=boundary), shapes=shapes, dtypes=["f4", "f8"])
    assert count >= 2 * len(shapes) * len(LAWS)


@each_pair
def test_undecimated(biort, qshift):
    count = check_transform(si.transforms.UndecimatedDTCWT(biort, qshift, 2), shapes=FEW_AXES, dtypes=["f4", "f8"])
    assert count >= 2 * len(FEW_AXES) * len(LAWS)


@pytest.mark.parametrize("boundary", UNDECIMATED)
@pytest.mark.parametrize(("biort", "qshift"), [("legall", "qshift_06"), ("sym4", "qshift_b"), ("near_sym_b", HILBERT)])
def test_undecimated_with_ends(biort, qshift, boundary):
    T = si.transforms.UndecimatedDTCWT(biort, qshift, 2, boundary=boundary)
    assert check_transform(T, shapes=[(3,), (16,), (13,)], dtypes=["f4", "f8"]) >= 6 * len(LAWS)


@pytest.mark.parametrize("boundary", UNDECIMATED)
def test_undecimated_images_with_ends(boundary):
    T = si.transforms.UndecimatedDTCWT("legall", "qshift_06", 1, boundary=boundary)
    assert check_transform(T, shapes=[(4, 5)], dtypes=["f8"]) >= len(LAWS)


@pytest.mark.parametrize("biort", [*FIRST_LEVEL, "sym8"])
def test_undecimated_along_four_axes(biort):
    T = si.transforms.UndecimatedDTCWT(biort, "qshift_06", 2)  # deeper banks add time, not loops
    assert check_transform(T, shapes=FOUR_AXES, dtypes=["f4", "f8"]) >= 2 * len(FOUR_AXES) * len(LAWS)
