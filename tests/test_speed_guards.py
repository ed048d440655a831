"""What keeps the transforms fast, checked without a clock: instructions, memory, compilations, calls."""

from __future__ import annotations

import platform
import re
import sys
import tracemalloc

import numpy as np
import pytest
from naive import taken_axes

import shiftinv as si
from shiftinv.kernels import batches, decimated, dualtree, smoothing, undecimated
from shiftinv.kernels.compiling import Kernel

KERNELS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module in (undecimated, decimated, batches, dualtree, smoothing)
    for name in module.__all__
}
CALLS = {
    "dtcwt": 260,  # a kernel per level, and per tree
    "udtcwt": 430,
    "starlet": 140,
    "steerable": 660,  # two Fourier transforms and a filter per band
    "laplacian": 980,  # extends each axis by itself, there and back
    "pswt": 900,  # inverted in part, then transformed there and back
    "packets": 440,  # a kernel per node, of which three levels have seven
    "spackets": 400,
    "bestbasis": 1350,  # and the cost of fifteen nodes
    "cyclespin": 150,  # describes the sibling of its base
    "bestshift": 1000,  # compares and picks the phases of every level
    "scattering": 4000,  # makes its filters anew, and a modulus for each of nine paths
}
ARGUMENTS = {
    # x: samples, o: places of rows, t: a table of taps, T: a table per tree or phase, i: integer, b: boolean
    "undecimated.analysis": "xxx iiii t ii ii",
    "undecimated.synthesis": "xxx iiii t ii ii",
    "undecimated.plane_analysis": "xxxxx iiii t ii ii",
    "undecimated.plane_synthesis": "xxxxx iiii t ii ii",
    "decimated.analysis": "xxx iiii t ii ii",
    "decimated.synthesis": "xxx iiii tt ii b ii",
    "decimated.plane_analysis": "xxxxx iiiii t ii ii",
    "decimated.plane_synthesis": "xxxxx iiiii tt ii b ii",
    "batches.analysis": "xxx ii t ii ii",
    "batches.synthesis": "xxx ii tt ii b ii",
    "dualtree.analysis": "xxx iiiii bb T ii b ii",
    "dualtree.synthesis": "xxx iiiii bb T ii b ii",
    "dualtree.plane_analysis": "xxxxx iiiiiiii bb T ii b ii",
    "dualtree.plane_synthesis": "xxxxx iiiiiiii bb T ii b ii",
    "dualtree.combine": "xx ooo iii b i ii",
    "dualtree.separate": "xx ooo iii b i ii",
    "smoothing.lines": "xxxx iii ii",
    "smoothing.planes": "xxxx iiiii ii",
}
# With AVX-512 three loops store every second sample, or samples a step apart, by scatters; their loads and products
# are packed. In plane_synthesis it is `read_pairs` where samples are neighbours (near == 1), the only place there.
SCATTERS = {"undecimated.analysis", "undecimated.synthesis", "dualtree.plane_synthesis"}
# Products and sums per sample of kernels without a table of taps: both parts of a complex band times a root, then
# turned; along each axis five taps, two pairs of them equal, then one array more or less the other.
FEW_TAPS = {
    "dualtree.combine": (2, 4),
    "dualtree.separate": (2, 4),
    "smoothing.lines": (3 + 1, 4 + 1),
    "smoothing.planes": (2 * 3 + 1, 2 * 4 + 1),
}


def _types(name):
    """Return the types of the arguments of a kernel in single precision."""
    from numba import boolean, float32, intp

    types = {"x": float32[::1], "o": intp[::1], "t": float32[:, ::1], "T": float32[:, :, ::1], "i": intp, "b": boolean}
    return tuple(types[letter] for letter in ARGUMENTS[name].replace(" ", ""))


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads x86-64 assembly")
@pytest.mark.parametrize("name", KERNELS)
def test_hot_loops_are_vectors_without_gathers(name):
    import numba

    if numba.config.DISABLE_JIT:
        pytest.skip("nothing is compiled")
    dispatcher = Kernel(KERNELS[name].loops, stored=False).dispatcher()  # compiled here: a stored one has no listing
    dispatcher.compile(_types(name))
    (assembly,) = dispatcher.inspect_asm().values()
    assert not re.search(r"^\s+vp?gather", assembly, re.MULTILINE)
    assert name in SCATTERS or not re.search(r"^\s+vp?scatter", assembly, re.MULTILINE)
    products, sums = (len(re.findall(rf"\bv?{packed}ps\b", assembly)) for packed in ("mul", "(?:add|sub)"))
    if name in FEW_TAPS:
        assert products >= FEW_TAPS[name][0]
        assert sums >= FEW_TAPS[name][1]
    else:
        assert products > 16  # the taps


def test_transforms_call_with_these_types():
    import numba

    if numba.config.DISABLE_JIT:
        pytest.skip("nothing is compiled")
    for name in si.list_transforms():
        for shape, axes in (((16,), None), ((40, 16), (-1,)), ((8, 8), None), ((8, 8, 8), None)):
            T = si.transform(name)
            _there_and_back(T.with_levels(2, taken_axes(T, axes, len(shape))), np.ones(shape, np.float32))
    assert [name for name, kernel in KERNELS.items() if _types(name) not in kernel.compiled.signatures] == []


@pytest.mark.parametrize("name", si.list_transforms())
@pytest.mark.parametrize("layout", ["read-only", "strided", "Fortran", "big-endian", "list", "float16", "integers"])
@pytest.mark.parametrize("ndim", [1, 2])
def test_no_kind_of_input_is_compiled_anew(name, layout, ndim):
    T = si.transform(name).with_levels(2, None)
    x = np.random.default_rng(0).standard_normal((16,) * ndim).astype(np.float32)
    for dtype in (np.float32, np.float64):
        _there_and_back(T, x.astype(dtype))
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
    if isinstance(T, si.Invertible):
        T.inverse(c)
    if isinstance(T, si.FrameTransform):
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
    ("T", "shape", "forward", "inverse"),
    [
        # scratch in units of the signal: approximations that are not in their place
        (si.SWT("db4", 4), (2**16,), 1, 1),
        (si.SWT("db4", 1), (2**16,), 0, 0),
        (si.DWT("db4", 4), (2**16,), 1, 1),
        (si.SWT("db4", 4, axes=-1), (512, 128), 1 / 512, 1 / 512),
        (si.DWT("db4", 4, axes=-1), (512, 128), 1 / 512, 1 / 512),
        (si.SWT("db4", 4), (256, 256), 1, 1),
        (si.DWT("db4", 4), (256, 256), 1 / 4 + 1 / 16, 1 / 4 + 1 / 16),
        # two approximations of a dual tree, those of levels 1 and 2, the first as large as the signal
        (si.DTCWT(levels=1), (2**18,), 0, 0),
        (si.DTCWT(levels=4), (2**18,), 1 + 1 / 2, 1 + 1 / 2),
        (si.DTCWT(levels=4), (512, 512), 1 + 1 / 4, 1 + 1 / 4),
        # and the real bands of a level, where the kernels do not write complex ones at once: of a volume seven and
        # both halves of its first axis; of columns one and its two parts in `combine`, and on the way
        # back both bands of level 2, which stay until those of level 1 are there
        (si.DTCWT(levels=3), (64, 64, 64), 7 + 1 + 2, 7 + 1 + 2),
        (si.DTCWT(levels=4, axes=0), (512, 512), 1 + 1 + 2 / 2, 1 + 1 + 2 / 2 + 2 / 2),
        (si.transforms.Starlet(4), (2**18,), 1, 0),
        (si.transforms.Starlet(1), (2**18,), 0, 0),
        (si.transforms.Starlet(4), (512, 512), 1, 0),
        (si.transforms.Starlet(4, generation=2), (512, 512), 1, 1),
        (si.transforms.Starlet(3), (64, 64, 64), 1 + 1, 0),  # a volume is smoothed along its first axis by itself
        # without decimation two approximations and 2^d - 1 details of all 2^d trees, and halves along each axis but one
        (si.transforms.UndecimatedDTCWT(levels=4), (2**18,), 2 * (2 + 1), 2 * (2 + 1)),
        (si.transforms.UndecimatedDTCWT(levels=4), (512, 512), 4 * (2 + 3) + 2, 4 * (2 + 3) + 2),
        (si.transforms.UndecimatedDTCWT(levels=2), (32, 64, 64), 8 * (2 + 7) + 4, 8 * (2 + 7) + 4),
    ],
    ids=str,
)
def test_one_allocation_for_the_output_and_none_beside_what_is_stated(T, shape, forward, inverse, dtype):
    x = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    c = T.forward(x)
    y = T.inverse(c)
    slack = 160_000  # rings, blocks and tiles of a few thousand samples
    for call, output, scratch in (
        (lambda: T.forward(x), c.layout.nbytes, forward),
        (lambda: T.forward(x, out=c), 0, forward),
        (lambda: T.inverse(c), x.nbytes, inverse),
        (lambda: T.inverse(c, out=y), 0, inverse),
    ):
        tracemalloc.start()
        result = call()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert result is not None
        assert 0 <= peak - output - scratch * x.nbytes <= slack


@pytest.mark.parametrize("name", si.list_transforms())
def test_a_short_call_is_few_calls(name):
    T, x = si.transform(name).with_levels(3, None), np.random.default_rng(0).standard_normal(64)
    c = T.forward(x)
    most = CALLS.get(name, 66)
    assert _calls(lambda: T.forward(x, out=c)) <= most
    if isinstance(T, si.Invertible):
        T.inverse(c)
        assert _calls(lambda: T.inverse(c)) <= most


def _there_and_back(T, x):
    c = T.forward(x)
    if isinstance(T, si.Invertible):
        T.inverse(c)


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
