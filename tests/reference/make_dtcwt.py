"""Write dtcwt.npz: coefficients that the package dtcwt computed, for test_dtcwt_reference.py, which does not need it.

Run in an environment with ``pip install ".[dtcwt]"``: ``python tests/reference/make_dtcwt.py``.

Of every case the archive holds the lowpass and the highpasses of levels 1, 2, …, named by banks and shape as in
``near_sym_b/qshift_b/16x12/lowpass``; of every shape the input, ``16x12/x``; and the ``version`` of the package.
"""

import itertools
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

BIORT = ("near_sym_b", "near_sym_a", "legall", "antonini")
QSHIFT = ("qshift_06", "qshift_a", "qshift_b", "qshift_c", "qshift_d", "qshift_32")
EVERY = list(itertools.product(BIORT, QSHIFT))
SOME = [
    ("near_sym_b", "qshift_b"), ("near_sym_a", "qshift_a"), ("legall", "qshift_06"),
    ("antonini", "qshift_c"), ("near_sym_b", "qshift_d"), ("near_sym_a", "qshift_32"),
]  # fmt: skip
TABLE = (10, 3)  # one signal per column
# shape, levels, banks
CASES = [
    ((32,), 3, EVERY),
    ((22,), 3, EVERY),
    (TABLE, 2, SOME),
    ((16, 12), 3, SOME),
    ((11, 14), 2, SOME),
    ((4, 8, 6), 2, SOME[:4]),
    ((6, 10, 4), 1, SOME[:1]),
]


def reference():
    """Return the arrays of every case by name."""
    import dtcwt

    rng = np.random.default_rng(2001)
    arrays = {"version": np.array(version("dtcwt"))}
    for shape, levels, pairs in CASES:
        size = "x".join(map(str, shape))
        arrays[f"{size}/x"] = x = rng.standard_normal(shape)
        kinds = {1: dtcwt.Transform1d, 2: dtcwt.Transform2d, 3: dtcwt.Transform3d}
        for pair in pairs:
            pyramid = kinds[1 if shape == TABLE else len(shape)](*pair).forward(x, levels)
            case = "/".join((*pair, size))
            arrays[f"{case}/lowpass"] = pyramid.lowpass
            arrays |= {f"{case}/{level}": band for level, band in enumerate(pyramid.highpasses, 1)}
    return arrays


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.savez_compressed(Path(__file__).with_name("dtcwt.npz"), **reference())
