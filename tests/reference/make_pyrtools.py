"""Write pyrtools.npz: pyramids that the package pyrtools computed, for test_steerable.py and test_laplacian.py.

Run in an environment with ``pip install pyrtools``: ``python tests/reference/make_pyrtools.py``.

The archive holds the image ``x``, the bands of two pyramids of two levels of it, named as in ``steerable/0_3`` (level
and band, both counted from 0), ``steerable/residual_highpass``, and the ``version`` of the package.
"""

from importlib.metadata import version
from pathlib import Path


def main():
    """Write the archive."""
    import numpy as np
    from pyrtools.pyramids import LaplacianPyramid, SteerablePyramidFreq

    n = np.arange(16)
    x = np.add.outer(np.cos(0.37 * n**1.3), np.sin(0.9 * n)) + np.multiply.outer(n * n % 7, n * 3 % 5) / 3
    taps = np.array([0.05, 0.25, 0.4, 0.25, 0.05])
    pyramids = {
        "steerable": SteerablePyramidFreq(x, height=2, order=3, is_complex=True),
        "laplacian": LaplacianPyramid(
            x, height=3, downsample_filter_name=taps, upsample_filter_name=2 * taps, edge_type="circular"
        ),
    }
    bands = {
        f"{name}/{key if isinstance(key, str) else '_'.join(map(str, key))}": band
        for name, pyramid in pyramids.items()
        for key, band in pyramid.pyr_coeffs.items()
    }
    np.savez_compressed(Path(__file__).with_name("pyrtools.npz"), x=x, version=version("pyrtools"), **bands)


if __name__ == "__main__":
    main()
