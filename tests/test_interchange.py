"""Coefficients in the form of the package dtcwt, and what has no counterpart there."""

from types import SimpleNamespace

import numpy as np
import pytest

import shiftinv as si
from shiftinv import Coefficients
from shiftinv.filters import DualTreeBank
from shiftinv.interchange import Pyramid

IMAGE = ("+15", "+45", "+75", "-75", "-45", "-15")


def noise(shape, dtype=np.float64):
    return np.random.default_rng(1).standard_normal(shape).astype(dtype)


def mirrored(levels=2, **options):
    return si.DTCWT(levels=levels, boundary="symmetric", **options)


def image(shape=(12, 10)):
    return mirrored().forward(noise(shape))


# --- there and back -----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("shape", "axes", "levels"),
    [((16,), None, 3), ((16, 3), 0, 2), ((13, 1), 0, 2), ((12, 10), None, 2), ((7, 9), None, 2), ((8, 6, 10), None, 2),
     ((5, 4, 3), None, 1), ((8,), None, 0), ((8, 6), None, 0), ((4, 4, 4), None, 0), ((1,), None, 0), ((6, 0), 0, 2)],
)  # fmt: skip
def test_there_and_back(shape, axes, levels, dtype):
    layout = mirrored(levels, axes=axes).layout(shape, dtype)
    c = Coefficients(layout, noise(layout.size, dtype))
    pyramid = c.to_dtcwt()
    assert isinstance(pyramid, tuple)
    lowpass, highpasses = pyramid
    assert lowpass is pyramid.lowpass
    assert highpasses is pyramid.highpasses
    assert (lowpass.dtype, len(highpasses)) == (dtype, levels)
    assert all(band.dtype == np.result_type(dtype, np.complex64) for band in highpasses)
    assert not any(np.shares_memory(array, c.vector) for array in (lowpass, *highpasses))
    for given in (pyramid, (lowpass, list(highpasses)), SimpleNamespace(lowpass=lowpass, highpasses=highpasses)):
        assert Coefficients.from_dtcwt(given, layout).equals(c)


def test_shapes_and_the_order_of_orientations():
    c = mirrored(1).forward(noise(16))
    assert (c.to_dtcwt().lowpass.shape, c.to_dtcwt().highpasses[0].shape) == ((16, 1), (8, 1))
    assert np.array_equal(c.to_dtcwt().highpasses[0][:, 0], c[1, "d"])
    c = mirrored(1, axes=0).forward(noise((16, 3)))
    assert (c.to_dtcwt().lowpass.shape, c.to_dtcwt().highpasses[0].shape) == ((16, 3), (8, 3))
    c = image()
    for level, band in enumerate(c.to_dtcwt().highpasses, 1):
        assert band.shape == (*c[level, "+15"].shape, 6)
        assert all(np.array_equal(band[..., index], c[level, word]) for index, word in enumerate(IMAGE))
    c = mirrored(1).forward(noise((4, 6, 8)))
    band = c.to_dtcwt().highpasses[0]
    assert band.shape == (2, 3, 4, 28)
    for index, word in ((0, "ada++"), (1, "ada+-"), (2, "ada-+"), (3, "ada--"), (4, "daa++"), (8, "dda++"),
                        (12, "aad++"), (16, "add++"), (20, "dad++"), (27, "ddd--")):  # fmt: skip
        assert np.array_equal(band[..., index], c[1, word])


def test_a_level_that_is_none_is_zero_and_precision_is_the_layout_s():
    c = image()
    lowpass, highpasses = c.to_dtcwt()
    back = Coefficients.from_dtcwt((lowpass, (None, highpasses[1])), c.layout)
    assert not back.detail(1).any()
    assert np.array_equal(back.detail(2), c.detail(2))
    single = Coefficients.from_dtcwt((lowpass, highpasses), mirrored().layout((12, 10), np.float32))
    assert single.vector.dtype == np.float32
    assert np.array_equal(single.vector, c.vector.astype(np.float32))


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("T", "shape", "message"),
    [
        (si.SWT("haar", 1), (8,), r"layout is of swt:haar.* only the decimated dual tree\. Use DTCWT\(boundary='sym"),
        (si.DWT("haar", 1), (8, 8), "only the decimated dual tree"),
        (si.transform("udtcwt:levels=1"), (8,), r"layout is of udtcwt.* only the decimated dual tree"),
        (si.DTCWT(levels=1), (8, 8), r"layout is of dtcwt.* along a circle; .* Use boundary='symmetric'"),
        (mirrored(1, axes=1), (3, 8), r"axes \(1,\) of shape \(3, 8\).* Use one signal.* axes=0 of an array"),
        (mirrored(1, axes=0), (8, 3, 3), r"axes \(0,\) of shape \(8, 3, 3\)"),
        (mirrored(1, axes=(0, 1)), (8, 8, 3), r"axes \(0, 1\) of shape \(8, 8, 3\).* Use one signal, image or vol"),
        (mirrored(1, axes=(1, 2)), (3, 8, 8), r"axes \(1, 2\) of shape \(3, 8, 8\)"),
        (mirrored(1), (4, 4, 4, 4), r"axes \(0, 1, 2, 3\) of shape \(4, 4, 4, 4\)"),
    ],
)
def test_what_the_package_does_not_have_is_refused_both_ways(T, shape, message):
    c = Coefficients(T.layout(shape))
    with pytest.raises(ValueError, match=message):
        c.to_dtcwt()
    with pytest.raises(ValueError, match=message):
        Coefficients.from_dtcwt((np.zeros(shape), (np.zeros(shape, complex),)), c.layout)


def test_a_pyramid_of_another_shape_is_refused():
    c = image()
    lowpass, highpasses = c.to_dtcwt()
    cases = {
        r"pyramid has 1 levels, and dtcwt:.* has 2\. Use the layout of a DTCWT with lev": (lowpass, highpasses[:1]),
        r"pyramid has 0 levels": (lowpass, ()),
        r"lowpass of pyramid has shape \(6, 5\), and .* of shape \(12, 10\) needs \(6, 6\)\. Use T\.layout": (
            lowpass[:, :5], highpasses,
        ),
        r"highpasses\[0\] of pyramid has shape \(3, 3, 6\), .* needs \(6, 5, 6\)": (lowpass, highpasses[::-1]),
        r"highpasses\[1\] of pyramid has shape \(3, 3, 5\)": (lowpass, (highpasses[0], highpasses[1][..., :5])),
        r"highpasses\[1\] of pyramid has shape \(6, 3, 3\)": (
            lowpass, (highpasses[0], np.moveaxis(highpasses[1], -1, 0)),
        ),
    }  # fmt: skip
    for message, pyramid in cases.items():
        with pytest.raises(ValueError, match=message):
            Coefficients.from_dtcwt(pyramid, c.layout)
    signal = mirrored().forward(noise(16))
    with pytest.raises(ValueError, match=r"lowpass of pyramid has shape \(8,\), and .* needs \(8, 1\)"):
        Coefficients.from_dtcwt((signal.approx, signal.to_dtcwt().highpasses), signal.layout)


def test_what_is_no_pyramid_is_refused():
    c = image()
    lowpass, highpasses = c.to_dtcwt()
    wrong = (None, lowpass, c, (lowpass,), (lowpass, *highpasses), (lowpass, highpasses[0]), (lowpass, None), c.to_pywt)
    for given in wrong:
        with pytest.raises(TypeError, match=r"^pyramid is .*Use what the forward of dtcwt or Coefficients\.to_dtcwt"):
            Coefficients.from_dtcwt(given, c.layout)
    with pytest.raises(TypeError, match=r"^layout=\(12, 10\) is a tuple\. Use T\.layout\(shape\)"):
        Coefficients.from_dtcwt(c.to_dtcwt(), (12, 10))
    with pytest.raises(TypeError, match="is real, and complex values were assigned"):
        Coefficients.from_dtcwt(Pyramid(lowpass + 0j, highpasses), c.layout)


def test_a_complex_signal_is_told_to_come_in_two_parts():
    for call in (si.DTCWT(levels=1).forward, mirrored(1).forward):
        with pytest.raises(TypeError, match=r"the signal is complex128, .* Transform x\.real and x\.imag one"):
            call(noise(8) + 1j)


@pytest.mark.parametrize("boundary", ["periodic", "symmetric"])
def test_banks_of_the_package_with_a_third_filter_are_told_what_to_use(boundary):
    with pytest.raises(
        ValueError, match=r"^biort='near_sym_b_bp' has a third .* no two-channel bank\. Use 'near_sym_b'"
    ):
        si.DTCWT("near_sym_b_bp", boundary=boundary)
    with pytest.raises(ValueError, match=r"^qshift='qshift_b_bp' has a third .* no two-channel bank\. Use 'qshift_b'"):
        si.DTCWT(qshift="qshift_b_bp", boundary=boundary)


@pytest.mark.parametrize(
    ("banks", "named"),
    [
        (("sym8",), "biort=sym8, qshift=qshift_b"),
        (("bior1.3", "qshift_a"), "biort=bior1.3, qshift=qshift_a"),
        (("near_sym_b", DualTreeBank(si.filter_bank("sym4"), si.filter_bank("db4"))), "qshift=the pair given"),
    ],
)
def test_a_mirrored_end_needs_symmetric_banks(banks, named):
    message = rf"^boundary='symmetric' needs symmetric filters .*{named} are not both so\. Use boundary='periodic'"
    with pytest.raises(ValueError, match=message):
        si.DTCWT(*banks, boundary="symmetric")
    assert si.DTCWT(*banks).boundary == "periodic"
