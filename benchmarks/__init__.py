"""Side by side against peers and a memory copy.

One command per table. Peers need different NumPys, hence the extras; a peer that is not installed has no row::

    pip install -e ".[bench]"
    python -m benchmarks                the goal table: PyWavelets, ndwt
    python -m benchmarks --sweep        the same peers in every size, axis, filter length, depth and dtype
    python -m benchmarks --aliasing     aliasing of all pairs of dual-tree banks: no timing, no peers

    pip install -e ".[bench-dual-tree]"
    python -m benchmarks --dual-tree    the dual tree: dtcwt, torchwavelets, pytorch_wavelets

    pip install -e ".[bench-denoising]"
    python -m benchmarks --denoising    noise removed: scikit-image, PyWavelets by hand, BM3D; --quick for a first look

``--page`` writes a table into docs/benchmarks.md as well. ``--only TEXT`` takes the works whose name holds a text, and
keeps no results. Everybody runs on one thread: ndwt would otherwise take all cores, and so would NumPy
for products of matrices; torch is told in ``peers``.
"""

import os

os.environ.update(dict.fromkeys(("RAYON_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))
