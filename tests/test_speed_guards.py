"""What keeps the transforms fast, checked without a clock: instructions, memory, compilations, calls."""

from __future__ import annotations

import platform
import re
import sys
import tracemalloc

import numpy as np
import pytest

import shiftinv as si
from shiftinv.kernels import batches, decimated, undecimated
from shiftinv.kernels.compiling import Kernel

KERNELS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module in (undecimated, decimated, batches)
    for name in module.__all__
}
CALLS = {"dtcwt": 260, "udtcwt": 430}  # a kernel per level, and per tree
ARGUMENTS = {
    # arrays, then integers, then tables of taps
    "undecimated.analysis": (3, 4, 1),
    "undecimated.synthesis": (3, 4, 1),
    "undecimated.plane_analysis": (5, 4, 1),
    "undecimated.plane_synthesis": (5, 4, 1),
    "decimated.analysis": (3, 3, 1),
    "decimated.synthesis": (3, 3, 2),
    "decimated.plane_analysis": (5, 3, 1),
    "decimated.plane_synthesis": (5, 3, 2),
    "batches.analysis": (3, 2, 1),
    "batches.synthesis": (3, 2, 2),
}


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads x86-64 assembly")
@pytest.mark.parametrize("name", KERNELS)
def test_hot_loops_are_vectors_without_gathers(name):
    import numba

    if numba.config.DISABLE_JIT:
        pytest.skip("nothing is compiled")
    dispatcher = Kernel(KERNELS[name].loops, stored=False).dispatcher()  # compiled here: a stored one has no listing
    arrays, integers, tables = ARGUMENTS[name]
    fold = (numba.types.boolean,) if tables == 2 else ()
    line, table = numba.float32[::1], numba.float32[:, ::1]
    types = (
        (line,) * arrays + (numba.intp,) * integers + (table,) * tables + (numba.intp,) * 2 + fold + (numba.intp,) * 2
    )
    dispatcher.compile(types)
    (assembly,) = dispatcher.inspect_asm().values()
    if not name.startswith("batches"):  # turning lanes of lines is a gather by its nature
        assert "gather" not in assembly
    assert len(re.findall(r"\bv?mulps\b", assembly)) > 16  # packed products: the taps


@pytest.mark.parametrize("name", si.list_transforms())
@pytest.mark.parametrize("layout", ["read-only", "strided", "Fortran", "big-endian", "list", "float16", "integers"])
@pytest.mark.parametrize("ndim", [1, 2])
def test_no_kind_of_input_is_compiled_anew(name, layout, ndim):
    T = si.transform(name).with_levels(2, None)
    x = np.random.default_rng(0).standard_normal((16,) * ndim).astype(np.float32)
    for dtype in (np.float32, np.float64):
        T.inverse(T.forward(x.astype(dtype)))
    before = _signatures()
    given = {
        "read-only": _locked(x),
        "strided": np.repeat(x, 2, axis=-1)[..., ::2],
        "Fortran": np.asfortranarray(x),
        "big-endian": x.astype(">f4"),
        "list": x.tolist(),
        "float16": x.astype(np.float16),
        "integers": np.arange(x.size).reshape(x.shape),
    }[layout]
    c = T.forward(given)
    c.vector.flags.writeable = False
    T.inverse(c)
    T.adjoint(c)
    assert _signatures() == before


def test_a_locked_input_is_read_where_it_is():
    x = _locked(np.random.default_rng(0).standard_normal(2**16))
    T = si.SWT("haar", 1)  # one level needs no scratch
    c = T.forward(x)
    tracemalloc.start()
    T.forward(x, out=c)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < x.nbytes / 4


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("T", "shape", "scratch"),
    [
        # scratch in units of the signal: approximations that are not in their place
        (si.SWT("db4", 4), (2**16,), 1),
        (si.SWT("db4", 1), (2**16,), 0),
        (si.DWT("db4", 4), (2**16,), 1),
        (si.SWT("db4", 4, axes=-1), (512, 128), 1 / 512),
        (si.DWT("db4", 4, axes=-1), (512, 128), 1 / 512),
        (si.SWT("db4", 4), (256, 256), 1),
        (si.DWT("db4", 4), (256, 256), 1 / 4 + 1 / 16),
    ],
    ids=str,
)
def test_one_allocation_for_the_output_and_none_beside_what_is_stated(T, shape, scratch, dtype):
    x = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    c = T.forward(x)
    y = T.inverse(c)
    slack = 160_000  # rings, blocks and tiles of a few thousand samples
    for call, output in (
        (lambda: T.forward(x), c.layout.nbytes),
        (lambda: T.forward(x, out=c), 0),
        (lambda: T.inverse(c), x.nbytes),
        (lambda: T.inverse(c, out=y), 0),
    ):
        tracemalloc.start()
        result = call()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert result is not None
        assert output <= peak <= output + scratch * x.nbytes + slack


@pytest.mark.parametrize("name", si.list_transforms())
def test_a_short_call_is_few_calls(name):
    T, x = si.transform(name).with_levels(3, None), np.random.default_rng(0).standard_normal(64)
    c = T.forward(x)
    T.inverse(c)
    most = CALLS.get(name, 66)
    assert _calls(lambda: T.forward(x, out=c)) <= most
    assert _calls(lambda: T.inverse(c)) <= most


def _locked(x):
    locked = x.copy()
    locked.flags.writeable = False
    return locked


def _signatures():
    compiled = {name: kernel.compiled for name, kernel in KERNELS.items() if kernel.compiled}
    return {name: len(getattr(dispatcher, "signatures", ())) for name, dispatcher in compiled.items()}


def _calls(run):
    """Count the calls of Python and C functions."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count
