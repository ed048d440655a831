"""Arrays that another library wraps: taken out before a computation, and wrapped again after it.

pandas Series and DataFrame, xarray DataArray, PyTorch tensors on the CPU. None of these libraries is ever imported
here: whoever holds one of their objects has imported it already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Unwrapped", "unwrap"]

Array: TypeAlias = NDArray[Any]


class Unwrapped(NamedTuple):
    """What was in a wrapper, and how a result of the same shape gets into one like it.

    Parameters
    ----------
    array : array_like
        The values, which may share memory with the wrapper; of an object that is no wrapper, the object itself.
    items : int or None
        The axis whose items are signals of their own: the columns of a DataFrame.
    rewrap : callable
        Takes an array of the shape of `array` to the type of the wrapper, with the same labels.
    """

    array: Any
    items: int | None
    rewrap: Callable[[Array], Any]


def unwrap(x: Any, name: str = "x") -> Unwrapped:
    """Return the array inside `x`, and the way back.

    Parameters
    ----------
    x : Series, DataFrame, DataArray, Tensor, or anything else
        What is none of the four is returned as it is, and results for it are not wrapped.
    name : str, optional
        What `x` is called in errors.

    Returns
    -------
    Unwrapped

    Raises
    ------
    TypeError
        If a column holds no numbers, or complex ones beside real ones; if a tensor is not on the CPU, records
        gradients, or has a type that NumPy lacks; if `x` is an xarray Dataset.

    Notes
    -----
    Kept are index, columns, name and attrs of pandas; dims, coords, name and attrs of xarray. Columns are taken in
    the dtype that holds all of them, integers and booleans as float64. A missing value of a nullable column is NaN
    in the array, and a NaN of its result is missing again.

    Examples
    --------
    >>> import pandas as pd
    >>> from shiftinv.wrappers import unwrap
    >>> array, _, rewrap = unwrap(pd.Series([1, None, 3], index=["a", "b", "c"], dtype="Int64"))
    >>> array.tolist()
    [1.0, nan, 3.0]
    >>> rewrap(2 * array)
    a     2.0
    b    <NA>
    c     6.0
    dtype: Float64
    """
    if _is(x, "pandas", "DataFrame"):
        return _of_frame(x, name)
    if _is(x, "pandas", "Series"):
        values, nullable = _of_column(x, name, "")
        return Unwrapped(values, None, lambda y: type(x)(_held(y, nullable), x.index, name=x.name).__finalize__(x))
    if _is(x, "xarray", "DataArray"):
        return Unwrapped(x.values, None, lambda y: x.copy(data=y))
    if _is(x, "xarray", "Dataset"):
        raise TypeError(f"{name} is a Dataset of {len(x)} variables. Take one, {name}['name'], or use {name}.map.")
    if _is(x, "torch", "Tensor"):
        return Unwrapped(_of_tensor(x, name), None, sys.modules["torch"].from_numpy)
    return Unwrapped(x, None, lambda y: y)


def _is(x: object, library: str, kind: str) -> bool:
    """Whether `x` is of a class of a library, which is not imported if nobody else did."""
    return isinstance(x, getattr(sys.modules.get(library), kind, ()))


def _of_frame(x: Any, name: str) -> Unwrapped:
    labels = list(x.columns)
    columns = [_of_column(x.iloc[:, place], name, f"column {label!r} of ") for place, label in enumerate(labels)]
    arrays = [values.astype(float) if values.dtype.kind in "biu" else values for values, _ in columns]
    complexes = [values.dtype.kind == "c" for values in arrays]
    if any(complexes) and not all(complexes):
        raise TypeError(
            f"column {labels[complexes.index(True)]!r} of {name} is complex and column "
            f"{labels[complexes.index(False)]!r} is real. Use complex columns and real ones in two calls."
        )

    def rewrap(result: Array) -> Any:
        parts = {place: _held(result[:, place], nullable) for place, (_, nullable) in enumerate(columns)}
        frame = type(x)(parts, index=x.index)  # labels may be there twice, places are not
        frame.columns = x.columns
        return frame.__finalize__(x)

    return Unwrapped(np.stack(arrays, axis=1) if arrays else np.empty(x.shape), 1, rewrap)


def _of_column(x: Any, name: str, which: str) -> tuple[Array, str | None]:
    """Return the values, missing ones as NaN, and the dtype of a result that can have missing values."""
    dtype = x.dtype
    if str(dtype).startswith("Sparse"):
        raise TypeError(f"{which}{name} is sparse. Use {name}.sparse.to_dense().")
    if dtype.kind not in "biufc":
        other = f"leave it out, as {name}.select_dtypes('number') does" if which else f"use {name}.astype(float)"
        raise TypeError(
            f"{which}{name} has dtype {dtype}, which holds no numbers to transform. Convert it, or {other}."
        )
    if isinstance(dtype, np.dtype):
        return x.to_numpy(), None
    single = dtype.kind == "f" and dtype.itemsize == 4
    nullable = str(dtype).startswith(("Int", "UInt", "Float", "boolean"))  # not those of Arrow
    values = x.to_numpy(dtype=np.float32 if single else np.float64, na_value=np.nan)
    return values, f"Float{8 * values.itemsize}" if nullable else None


def _held(result: Array, nullable: str | None) -> Any:
    """Return a result as pandas holds it."""
    return result if nullable is None else sys.modules["pandas"].array(result, dtype=nullable)


def _of_tensor(x: Any, name: str) -> Array:
    if x.requires_grad:
        raise TypeError(f"{name} records gradients, and nothing here has any. Use {name}.detach().")
    if x.device.type != "cpu":
        raise TypeError(f"{name} is on the device {str(x.device)!r}, and this runs on the CPU. Use {name}.cpu().")
    if str(x.layout) != "torch.strided":
        raise TypeError(f"{name} is a sparse tensor. Use {name}.to_dense().")
    try:
        values: Array = x.resolve_conj().resolve_neg().numpy()
    except TypeError:
        raise TypeError(f"{name} has dtype {x.dtype}, which NumPy lacks. Use {name}.float().") from None
    return values
