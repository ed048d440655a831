"""The Laplacian pyramid against its formula, pyrtools and linear algebra."""

import math
from pathlib import Path

import numpy as np
import pytest
from naive import assert_bands_close, assert_close, backward_matrix, forward_matrix, laplacian_analysis, noise

import shiftinv as si
from shiftinv import Coefficients, Frame, metrics
from shiftinv.testing import check_transform
from shiftinv.transforms import LaplacianPyramid
from shiftinv.transforms.extension import UNDECIMATED

PYRTOOLS = Path(__file__).with_name("reference") / "pyrtools.npz"


@pytest.mark.parametrize("boundary", UNDECIMATED)
@pytest.mark.parametrize("a", [0.4, "binomial", 0.6])
@pytest.mark.parametrize(("size", "levels"), [(1, 0), (2, 1), (3, 2), (5, 2), (16, 3), (23, 4), (40, 2)])
def test_bands_equal_the_formula(boundary, a, size, levels):
    T, x = LaplacianPyramid(levels, a=a, boundary=boundary), noise((size,))
    c = T.forward(x)
    assert_bands_close(c, laplacian_analysis(x, T.a, levels, boundary), 1e-13, "forward")
    assert_close(T.inverse(c), x, 1e-13, "inverse")


def test_bands_equal_those_of_pyrtools():
    with np.load(PYRTOOLS) as stored:
        c = LaplacianPyramid(2).forward(stored["x"])
        for band, key in (((1, "d"), "0_0"), ((2, "d"), "1_0"), ((2, "aa"), "2_0")):
            assert_close(c[band], stored[f"laplacian/{key}"], 1e-14, f"{band}")


@pytest.mark.parametrize("boundary", ["periodic", "symmetric", "reflect", "smooth"])
@pytest.mark.parametrize("shape", [(12,), (7,), (6, 5)])
def test_inverse_dual_and_adjoint_as_matrices(boundary, shape):
    T = LaplacianPyramid(2, boundary=boundary)
    forward = forward_matrix(T, shape)
    assert_close(backward_matrix(T, shape, "adjoint"), forward.T, 1e-14, "the adjoint is the transpose")
    least = np.linalg.pinv(forward)
    dual = backward_matrix(T.replace(inverse="dual"), shape, "inverse")
    assert_close(dual, least, 1e-12, "the dual is the pseudo-inverse")
    usual = backward_matrix(T, shape, "inverse")
    assert_close(usual @ forward, np.eye(math.prod(shape)), 1e-13, "the sum undoes")
    assert np.linalg.norm(usual) > 1.02 * np.linalg.norm(least)  # and is not of least norm


def test_noise_on_all_coefficients_is_amplified_less_by_the_dual():
    forward = forward_matrix(LaplacianPyramid(3), (16, 16))
    usual = backward_matrix(LaplacianPyramid(3), (16, 16), "inverse")
    found = [np.sum(inverse**2) / 256 for inverse in (usual, np.linalg.pinv(forward))]
    assert [round(value, 2) for value in found] == [1.91, 1.66]  # as the docstring says
    assert metrics.frame_bounds(LaplacianPyramid(3), (16, 16)) == pytest.approx((1 / 64, 1), rel=1e-9)
    assert [round(bound, 3) for bound in metrics.frame_bounds(LaplacianPyramid(3), 64)] == [0.108, 1]


def test_constants_and_lines_leave_no_detail():
    for boundary in ("periodic", "symmetric", "reflect", "constant", "smooth"):
        for size in (16, 23):
            c = LaplacianPyramid(3, boundary=boundary).forward(np.full((size, size), 3.0))
            assert max(np.abs(c[band]).max() for band in c.layout.details) < 1e-14
            assert_close(c.approx, np.full(c.approx.shape, 3.0), 1e-14)
    c = LaplacianPyramid(2, boundary="smooth").forward(np.arange(40.0))
    assert np.abs(c[1, "d"]).max() < 1e-13


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_redundancy(axes):
    assert LaplacianPyramid(3).redundancy((16,) * axes) == sum(2.0 ** (-axes * level) for level in range(4))


@pytest.mark.parametrize("boundary", ["periodic", "zero"])
def test_noise_gain_is_that_of_simulated_noise(boundary):
    T = LaplacianPyramid(2, boundary=boundary)
    c = LaplacianPyramid(2, axes=-1, boundary=boundary).forward(noise((4000, 64)))
    for band in c.bands:
        inner = c[band][:, 4:-4]
        assert np.sqrt(np.mean(inner**2)) == pytest.approx(T.noise_gain(band, 64), rel=0.01)


def test_noise_gain_of_an_odd_length_is_that_of_the_filter_itself():
    for band in LaplacianPyramid(3).layout((21, 13)).bands:
        gains = [LaplacianPyramid(3).noise_gain(band, shape) for shape in ((21, 13), (512, 512))]
        assert gains[0] == pytest.approx(gains[1], rel=1e-12)


def test_shifts_by_the_grid_are_exact_and_others_are_not():
    errors = metrics.equivariance_error(LaplacianPyramid(3), noise((32, 48)), [1, 4, 8, 16])
    assert (errors < 1e-15).tolist() == [False, False, True, True]
    assert LaplacianPyramid(3).layout((32, 20)).grid is None
    assert metrics.aliasing_energy_ratio(LaplacianPyramid(), 1, size=128) < -20  # little, and not none


@pytest.mark.parametrize(
    "T", [LaplacianPyramid(2, inverse="dual"), LaplacianPyramid(2, a=0.5), LaplacianPyramid(0)], ids=repr
)
def test_keeps_every_law(T):
    assert check_transform(T) > 400


def test_descriptions_and_refusals():
    T = si.transform("laplacian:3,a=binomial,boundary=reflect,inverse=dual")
    assert repr(T) == "LaplacianPyramid(3, a=0.375, boundary='reflect', inverse='dual')"
    assert LaplacianPyramid(0).layout(8).frame is Frame.ORTHONORMAL
    assert LaplacianPyramid().layout((64, 100)).levels == 4
    c = Coefficients(T.layout(16))
    assert T.inverse(c).tolist() == [0] * 16
    for make, error, message in (
        (lambda: LaplacianPyramid(a="gauss"), TypeError, r"a='gauss' is not a number"),
        (lambda: LaplacianPyramid(inverse="best"), ValueError, r"inverse='best' is unknown\. Use one of 'sum', 'dual'"),
        (lambda: LaplacianPyramid(boundary="wrap"), ValueError, r"NumPy has for boundary='periodic'"),
        (lambda: LaplacianPyramid(5).layout(16), ValueError, r"levels=5 is too deep for a LaplacianPyramid of 16"),
    ):
        with pytest.raises(error, match=message):
            make()
