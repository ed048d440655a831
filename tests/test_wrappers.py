"""Series, frames, DataArrays and tensors: the values that come out of `denoise`, and the labels that stay on them."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from naive import assert_same_bits, noise

import shiftinv as si
from shiftinv.wrappers import unwrap

SIGNAL = np.repeat([0.0, 6.0, 2.0, -3.0], 16)
X = SIGNAL + noise(64)
TIMES = pd.date_range("2024-01-01", periods=64, freq="h", name="time")


def test_what_is_no_wrapper_is_left_alone():
    for x in (X, X.tolist(), np.ma.masked_array(X), X[:4].reshape(2, 2).view(np.matrix), None, 3.0, "text"):
        array, items, rewrap = unwrap(x)
        assert array is x
        assert items is None
        assert rewrap(X) is X


def test_no_other_library_is_loaded():
    code = """
import sys, numpy as np, shiftinv as si
si.denoise(np.arange(9.0)), si.estimate_sigma(np.arange(9.0))
print(*[name for name in ("pandas", "xarray", "torch") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# --- pandas ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "f2", "i2", "u8", "?"])
def test_a_series_is_its_values_with_the_same_labels(dtype):
    values = (4 * X).astype(dtype) if dtype != "u8" else (4 * X + 40).astype(dtype)
    x = pd.Series(values, TIMES, name="height")
    x.attrs = {"units": "m"}
    kept = x.copy()
    y = si.denoise(x)
    assert type(y) is pd.Series
    expected = si.denoise(values)
    assert_same_bits(y.to_numpy(), expected)
    assert y.index is x.index
    assert (y.name, y.attrs) == ("height", {"units": "m"})
    pd.testing.assert_series_equal(x, kept)
    assert not np.shares_memory(y.to_numpy(), x.to_numpy())
    assert si.estimate_sigma(x) == si.estimate_sigma(values)


def test_subclasses_stay_what_they_are():
    class Heights(pd.Series):
        _metadata = ("instrument",)

    x = Heights(X)
    x.instrument = "lidar"
    y = si.denoise(x)
    assert type(y) is Heights
    assert y.instrument == "lidar"


@pytest.mark.parametrize(("dtype", "back"), [("Int64", "Float64"), ("Float32", "Float32"), ("Float64", "Float64")])
def test_missing_values_of_nullable_dtypes(dtype, back):
    values = np.rint(8 * X)
    x = pd.Series(values, TIMES, name="height").astype(dtype)
    complete = si.denoise(x)
    assert complete.dtype == back
    held = "f4" if dtype == "Float32" else "f8"
    assert_same_bits(complete.to_numpy(held), si.denoise(values.astype(held)))
    x.iloc[[3, 50]] = pd.NA
    with pytest.raises(ValueError, match="x holds 2 values that are not finite, the first at index 3"):
        si.denoise(x)
    y = si.denoise(x, nan_policy="omit")
    gaps = values.astype(held)
    gaps[[3, 50]] = np.nan
    assert y.isna().to_numpy().nonzero()[0].tolist() == [3, 50]
    assert y.iloc[3] is pd.NA
    assert_same_bits(y.to_numpy(held, na_value=np.nan), si.denoise(gaps, nan_policy="omit"))
    assert si.denoise(x, nan_policy="propagate").isna().all()
    assert si.estimate_sigma(x, nan_policy="omit") == si.estimate_sigma(gaps, nan_policy="omit")


def test_nullable_booleans_are_numbers():
    x = pd.Series(X > 0).astype("boolean")
    assert_same_bits(si.denoise(x).to_numpy(float), si.denoise(X > 0))


def frame():
    columns = pd.MultiIndex.from_tuples([("a", 1), ("a", 1), ("b", 2)], names=["site", "depth"])
    x = pd.DataFrame(np.stack([X, X[::-1], 100 * X], axis=1), TIMES, columns)
    x.attrs = {"units": "m"}
    return x


def test_columns_are_signals_of_their_own():
    x = frame()  # two columns have the same label
    y, info = si.denoise(x, return_info=True)
    assert type(y) is pd.DataFrame
    for place, item in enumerate(info):
        column = x.iloc[:, place]
        pd.testing.assert_series_equal(y.iloc[:, place], si.denoise(column), check_exact=True)
        assert item.sigma == si.estimate_sigma(column)
    assert y.index is x.index
    assert y.columns.equals(x.columns)
    assert y.columns.names == ["site", "depth"]
    assert y.attrs == {"units": "m"}
    pd.testing.assert_frame_equal(x, frame())
    assert_same_bits(si.estimate_sigma(x), np.array([item.sigma for item in info]))
    pd.testing.assert_frame_equal(si.denoise(x, axes=0), y, check_exact=True)
    pd.testing.assert_frame_equal(si.denoise(x, channel_axis=1), y, check_exact=True)


def test_a_frame_is_an_image_if_that_is_asked_for():
    image = noise((20, 30)) + 5
    x = pd.DataFrame(image)
    assert_same_bits(si.denoise(x, axes=(0, 1)).to_numpy(), si.denoise(image))
    assert_same_bits(si.denoise(x, channel_axis=0).to_numpy(), si.denoise(image, channel_axis=0))
    assert si.estimate_sigma(x, axes=(0, 1)) == si.estimate_sigma(image)
    assert not np.array_equal(si.denoise(x).to_numpy(), si.denoise(image))


def test_columns_of_several_kinds_have_the_dtype_that_holds_all():
    x = pd.DataFrame({"f4": X.astype("f4"), "i": (4 * X).astype(int), "b": X > 0, 7: pd.array(X, "Float64")})
    y = si.denoise(x)
    assert y.dtypes.astype(str).tolist() == ["float64", "float64", "float64", "Float64"]
    for label in x:
        assert_same_bits(y[label].to_numpy(float), si.denoise(x[label].to_numpy(float)))
    assert (si.denoise(x[["f4"]]).dtypes == "f4").all()
    assert (si.denoise(x[["f4"]].astype("f2")).dtypes == "f4").all()


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (["low", "high"] * 32, "str|object"),
        (TIMES, "datetime64"),
        (pd.Categorical([1, 2] * 32), "category"),
        (np.array([1.0, None] * 32, object), "object"),
        (TIMES - TIMES[0], "timedelta64"),
        (pd.arrays.IntervalArray.from_breaks(range(65)), "interval"),
    ],
)
def test_what_holds_no_numbers_is_refused_by_its_name(column, kind):
    x = pd.DataFrame({"height": X, "other": column})
    for door in (si.denoise, si.estimate_sigma):
        with pytest.raises(TypeError, match=rf"column 'other' of x has dtype ({kind}).*holds no numbers.*leave it out"):
            door(x)
        with pytest.raises(TypeError, match=rf"^x has dtype ({kind}).*holds no numbers.*x\.astype\(float\)"):
            door(x["other"])
    assert_same_bits(si.denoise(x[["height"]])["height"].to_numpy(), si.denoise(X))


def test_sparse_and_half_complex_frames_are_refused():
    x = pd.DataFrame({"height": X, "other": pd.arrays.SparseArray(X)})
    with pytest.raises(TypeError, match=r"column 'other' of x is sparse\. Use x\.sparse\.to_dense\(\)"):
        si.denoise(x)
    with pytest.raises(TypeError, match=r"column 'z' of x is complex and column 'height' is real"):
        si.denoise(pd.DataFrame({"height": X, "z": X * 1j}))
    z = X + 1j * X[::-1]
    assert_same_bits(si.denoise(pd.DataFrame({"z": z}))["z"].to_numpy(), si.denoise(z))


def test_frames_without_columns_or_rows():
    for x in (pd.DataFrame(index=TIMES), frame().iloc[:, :0]):
        y = si.denoise(x)
        pd.testing.assert_frame_equal(y, x, check_dtype=False)
        assert y.shape == (64, 0)
    with pytest.raises(ValueError, match=r"x has shape \(0, 3\).*at least 1 sample"):
        si.denoise(frame().iloc[:0])
    with pytest.raises(ValueError, match=r"x has shape \(0,\).*at least 1 sample"):
        si.denoise(pd.Series([], dtype=float))


def test_a_gap_in_a_frame_is_where_it_is_in_the_frame():
    x = frame()
    x.iloc[9, 2] = np.inf
    with pytest.raises(ValueError, match=r"x holds 1 value that is not finite, the first at index \(9, 2\)"):
        si.denoise(x)


# --- xarray ---------------------------------------------------------------------------------------


def test_a_dataarray_keeps_all_but_its_values():
    xarray = pytest.importorskip("xarray", reason="xarray is part of the extra 'test'")
    values = noise((20, 30)) + 5
    x = xarray.DataArray(
        values,
        coords={"lat": np.arange(20.0), "lon": np.arange(30.0), "area": (("lat", "lon"), values**2)},
        dims=("lat", "lon"),
        name="height",
        attrs={"units": "m"},
    )
    kept = x.copy(deep=True)
    for arguments in ({}, {"axes": -1}, {"channel_axis": 0}):
        y = si.denoise(x, **arguments)
        assert_same_bits(y.values, si.denoise(values, **arguments))
        assert x.copy(data=y.values).identical(y)
        assert (y.name, y.dims, y.attrs) == ("height", ("lat", "lon"), {"units": "m"})
        assert x.identical(kept)
    assert si.denoise(x.astype("f4")).dtype == np.float32
    assert si.estimate_sigma(x) == si.estimate_sigma(values)
    both = xarray.Dataset({"height": x, "depth": -x})
    with pytest.raises(TypeError, match=r"x is a Dataset of 2 variables. Take one, x\['name'\], or use x\.map"):
        si.denoise(both)
    assert both.map(si.denoise)["height"].equals(si.denoise(x))
    with pytest.raises(ValueError, match="at least one axis"):
        si.denoise(x[0, 0])


# --- PyTorch --------------------------------------------------------------------------------------


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is too heavy for the extra 'test'")


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128", "int32", "bool", "float16"])
def test_a_tensor_is_its_values_in_a_tensor(torch, dtype):
    x = (4 * torch.from_numpy(X)).to(getattr(torch, dtype))
    kept = x.clone()
    y = si.denoise(x)
    assert type(y) is torch.Tensor
    assert (y.device.type, y.requires_grad) == ("cpu", False)
    assert_same_bits(y.numpy(), si.denoise(x.numpy()))
    assert y.dtype == {"int32": torch.float64, "bool": torch.float64, "float16": torch.float32}.get(dtype, x.dtype)
    assert torch.equal(x, kept)
    assert y.data_ptr() != x.data_ptr()
    assert si.estimate_sigma(x) == si.estimate_sigma(x.numpy())


def test_tensors_that_are_views(torch):
    z = torch.from_numpy(X + 1j * X[::-1])
    assert_same_bits(si.denoise(z.conj()).numpy(), si.denoise(z.numpy().conj()))
    assert_same_bits(si.denoise(z.conj().imag).numpy(), si.denoise(-z.numpy().imag))
    image = torch.from_numpy(noise((20, 30)))
    assert_same_bits(si.denoise(image.T[::2]).numpy(), si.denoise(image.numpy().T[::2]))


def test_tensors_that_are_refused(torch):
    x = torch.from_numpy(X)
    for wrong, message in (
        (x.clone().requires_grad_(), r"records gradients.*x\.detach\(\)"),
        (torch.nn.Parameter(x.clone()), r"records gradients.*x\.detach\(\)"),
        (x.to("meta"), r"on the device 'meta'.*x\.cpu\(\)"),  # the same test that a tensor on a GPU fails
        (x.to_sparse(), r"sparse tensor.*x\.to_dense\(\)"),
        (x.to(torch.bfloat16), r"dtype torch\.bfloat16, which NumPy lacks.*x\.float\(\)"),
    ):
        for door in (si.denoise, si.estimate_sigma):
            with pytest.raises(TypeError, match=message):
                door(wrong)
    assert_same_bits(si.denoise(x.clone().requires_grad_().detach()).numpy(), si.denoise(X))
