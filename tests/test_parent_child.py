"""The bivariate rule against loops, and parents at the resolution of their children."""

import math

import naive
import numpy as np
import pytest

import shiftinv as si
from shiftinv.denoising import bivariate, expanded, noise_of_bands, parent_of, soft

RNG = np.random.default_rng(8)


@pytest.fixture(autouse=True)
def the_same_numbers_in_any_order():
    RNG.bit_generator.state = np.random.default_rng(8).bit_generator.state


def sample(shape, dtype=float):
    parts = RNG.standard_normal((*shape, 2)) * np.where(RNG.random((*shape, 1)) < 0.3, 5, 1)
    return (parts[..., 0] + 1j * parts[..., 1] if np.dtype(dtype).kind == "c" else parts[..., 0]).astype(dtype)


@pytest.mark.parametrize("dtype", [float, complex])
@pytest.mark.parametrize(("shape", "window"), [((40,), 7), ((9, 14), 7), ((9, 14), 3), ((5, 4, 6), 3), ((3,), 7)])
def test_every_value_as_the_formula_says(dtype, shape, window):
    y, parent = 2 * sample(shape, dtype), 2 * sample(shape, dtype)
    found = bivariate(y, parent, 2.0, window=window)
    np.testing.assert_allclose(found, naive.bivariate(y, parent, 2.0, window), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dtype", [float, complex])
def test_complex_values_are_judged_as_their_magnitudes_with_all_their_noise(dtype):
    y, parent = sample((30, 30), complex), sample((30, 30), complex)
    gain = bivariate(np.abs(y), np.abs(parent), math.sqrt(2)) / np.abs(y)
    np.testing.assert_allclose(bivariate(y, parent, 1.0), gain * y, rtol=1e-12, atol=1e-13)


def test_without_a_parent_it_is_soft_with_the_threshold_of_the_surroundings():
    for dtype, parts in ((float, 1), (complex, 2)):
        y = sample((50,), dtype)
        near = np.array([[y[(n + k) % 50] for k in range(-3, 4)] for n in range(50)])
        deviation = np.sqrt(np.maximum(np.mean(np.abs(near) ** 2, axis=1) / parts - 1, 0))
        t = np.where(deviation > 0, math.sqrt(2 * parts) / np.where(deviation > 0, deviation, 1), np.abs(y))
        np.testing.assert_allclose(bivariate(y, None, 1.0), soft(y, t), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ["periodic", "symmetric", "reflect", "constant", "zero"])
def test_windows_continue_as_boundaries_do(name):
    y, parent = sample((12, 9)), sample((12, 9))
    for axis in (0, 1):
        rule = si.boundary.Boundary(name)
        longer_y, longer_parent = (rule.extend(values, 12, 12, axis) for values in (y, parent))
        inside = tuple(slice(12, -12) if other == axis else slice(None) for other in (0, 1))
        expected = bivariate(longer_y, longer_parent, 1.0, axes=axis)[inside]
        np.testing.assert_allclose(bivariate(y, parent, 1.0, boundary=name, axes=axis), expected, rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_circular_shifts_go_through_to_the_bit(dtype):
    y, parent = 1e3 * sample((24, 31), dtype), 1e3 * sample((24, 31), dtype)
    y[3, 4] = 1e7  # a running sum would not forget it
    found = bivariate(y, parent, 300.0)
    for shift in ((1, 0), (5, 17)):
        moved = bivariate(np.roll(y, shift, (0, 1)), np.roll(parent, shift, (0, 1)), 300.0)
        np.testing.assert_array_equal(moved, np.roll(found, shift, (0, 1)))


def test_units_do_not_matter_to_the_bit():
    y, parent = sample((40,)), sample((40,))
    for k in (-400, -3, 400):
        factor = 2.0**k
        np.testing.assert_array_equal(
            bivariate(y * factor, parent * factor, 1.5 * factor), bivariate(y, parent, 1.5) * factor
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_gains_dtype_and_input(dtype):
    y, parent = sample((30, 30), dtype), sample((30, 30), dtype)
    kept = y.copy(), parent.copy()
    found = bivariate(y, parent, 1.0)
    np.testing.assert_array_equal((y, parent), kept)
    assert found.dtype == dtype
    assert (np.abs(found) <= np.abs(y)).all()
    assert ((found / y).real >= 0).all()
    assert np.count_nonzero(found) not in (0, y.size)


def test_the_parent_counts_in_units_of_its_noise():
    y, parent = sample((50,)), sample((50,))
    np.testing.assert_array_equal(bivariate(y, 8 * parent, 1.0, parent_sigma=8.0), bivariate(y, parent, 1.0))
    assert (np.abs(bivariate(y, 8 * parent, 1.0)) >= np.abs(bivariate(y, parent, 1.0))).all()


def test_a_batch_is_a_loop():
    y, parent = sample((4, 20, 3)), sample((4, 20, 3))
    found = bivariate(y, parent, 1.0, axes=1)
    for i in range(4):
        for k in range(3):
            np.testing.assert_array_equal(found[i, :, k], bivariate(y[i, :, k], parent[i, :, k], 1.0))


def test_a_nan_touches_the_windows_that_contain_it():
    y, parent = sample((60,)), sample((60,))
    touched = y.copy()
    touched[30] = np.nan
    found = bivariate(touched, parent, 1.0)
    assert np.isnan(found[27:34]).all()
    np.testing.assert_array_equal(found[:27], bivariate(y, parent, 1.0)[:27])
    np.testing.assert_array_equal(found[34:], bivariate(y, parent, 1.0)[34:])


def test_odd_bands():
    y = sample((20,))
    np.testing.assert_array_equal(bivariate(y, y, 0.0), y)
    assert not bivariate(np.zeros(20), np.zeros(20), 1.0).any()
    assert not bivariate(np.full(20, 0.9), np.ones(20), 1.0).any()
    y[3] = 0
    np.testing.assert_array_equal(bivariate(1e200 * y, 1e200 * y, 1e-200), 1e200 * y)
    np.testing.assert_array_equal(bivariate(1e-200 * y, 1e-200 * y, 1e200), 0)
    assert bivariate(np.zeros((0, 3)), np.zeros((0, 3)), 1.0).shape == (0, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"window": 4}, r"window=4 is even\. Use an odd number"),
        ({"window": 0}, "window=0 is too small"),
        ({"sigma": -1.0}, "sigma=-1.0 is not allowed"),
        ({"parent_sigma": 0.0}, "parent_sigma=0.0 is not allowed"),
        ({"parent": np.ones(5)}, r"parent has shape \(5,\), and y \(9,\)\. Use the parent at the resolution of y"),
        ({"boundary": "symetric"}, r"boundary='symetric' is unknown\. Did you mean 'symmetric'"),
    ],
)
def test_what_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        bivariate(**({"y": np.ones(9), "parent": np.ones(9), "sigma": 1.0} | change))


@pytest.mark.parametrize(("sigma", "known"), [(10, 33.61), (25, 29.08), (50, 26.82)])
def test_camera_with_the_dual_tree(sigma, known):
    """Peak signal-to-noise ratio in dB that a NumPy dual tree reached with this noise before this library was."""
    x = si.datasets.camera().astype(float)
    T = si.DTCWT(levels=5, boundary="symmetric")
    c = T.forward(x + sigma * np.random.default_rng(2024).standard_normal(x.shape))
    noise, shrunk = noise_of_bands(T, c.layout, sigma), c.copy()
    for band in c.layout.details:
        above = c.layout.parent(band)
        shrunk[band] = bivariate(
            c[band],
            parent_of(c, band),
            noise[band],
            parent_sigma=noise[above] if above else None,
            boundary="symmetric",
        )
    error = np.mean((T.inverse(shrunk) - x) ** 2)
    assert 10 * math.log10(255**2 / error) == pytest.approx(known, abs=0.012)


# --- parents --------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(8,), (7,), (1,), (6, 9), (5, 5, 4)])
def test_each_value_of_a_parent_stands_for_two(shape):
    parent = sample(tuple(-(-n // 2) for n in shape))
    found = expanded(parent, shape)
    assert found.shape == shape
    for index in np.ndindex(shape):
        halved = tuple(i // 2 if n > 1 else i for i, n in zip(index, shape, strict=True))
        assert found[index] == parent[halved]
    np.testing.assert_array_equal(expanded(parent, parent.shape), parent)


@pytest.mark.parametrize("shape", [(9,), (3,), (4, 2)])
def test_lengths_that_are_no_parent_s(shape):
    with pytest.raises(ValueError, match="is not the next finer one of"):
        expanded(np.ones(4), shape)


@pytest.mark.parametrize("name", si.list_transforms())
@pytest.mark.parametrize("shape", [(64,), (61,), (24, 37)])
def test_parents_of_every_transform(name, shape):
    T = si.transform(name).with_levels(3, None)
    c = T.forward(sample(naive.fitting(T, shape, 3)))
    for band in c.layout.details:
        found, above = parent_of(c, band), c.layout.parent(band)
        if above is None:
            assert found is None
            assert band.level == 3 or band.orientation == "residual"
            continue
        expected = c[above]
        if name == "modwt":  # causal: the parent's filters have let that many samples more go by
            delays = [
                round(float(a[0] - b[0])) for a, b in zip(c.layout.times(band), c.layout.times(above), strict=True)
            ]
            assert all(delay >= 2**band.level for delay in delays)
            expected = np.roll(expected, [-delay for delay in delays], tuple(range(len(delays))))
        np.testing.assert_array_equal(found, expanded(expected, c[band].shape))
    with pytest.raises(KeyError, match="does not exist"):
        parent_of(c, (9, "d"))


@pytest.mark.parametrize("T", [si.SWT("db3", 3, boundary="reflect"), si.DWT("db3", 3, boundary="reflect")], ids=repr)
def test_parents_past_the_ends_are_aligned_on_the_signal(T):
    c = T.forward(sample((50,)))
    assert c[1, "d"].shape != c[2, "d"].shape
    found = parent_of(c, (1, "d"))
    assert found.shape == c[1, "d"].shape
    child, above = found[c.layout.interior((1, "d"))], c.interior((2, "d"))
    step = 2 if isinstance(T, si.DWT) else 1
    for m in range(len(child)):
        if m // step < len(above):
            assert child[m] == above[m // step]


@pytest.mark.parametrize("align", ["causal", "zero-phase"])
@pytest.mark.parametrize("boundary", ["periodic", "zero"])
def test_parents_of_an_impulse_are_where_it_is(align, boundary):
    impulse = np.zeros(128)
    impulse[60] = 1
    c = si.MODWT("la8", 3, align=align, boundary=boundary).forward(impulse)
    for level in (1, 2):
        own, parent = np.abs(c[level, "d"]), np.abs(parent_of(c, (level, "d")))
        assert abs(int(np.argmax(own)) - int(np.argmax(parent))) <= 2**level


def test_a_batch_keeps_its_items():
    c = si.DWT("haar", 2, axes=(1,)).forward(sample((3, 10)))
    found = parent_of(c, (1, "d"))
    np.testing.assert_array_equal(found, np.repeat(c[2, "d"], 2, axis=1)[:, :5])
