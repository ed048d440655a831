"""Write scattering.npz: averages that the package Kymatio computed, for test_scattering.py, which does not need it.

Run where it can be installed: ``pip install kymatio "numpy<2" "scipy<1.15"``, then ``python make_scattering.py``.

The package mirrors signals at their ends; here its cores run on the circle instead. Of every case, named by shape,
levels and wavelets per octave as in ``signal/256/4/8``, the archive holds the averages, one row per path, and for each
path the numbers of its wavelets in the package's own list, -1 where there is none. Signals are computed without
decimation before the average (``oversampling``), images with the decimation that the package always does.
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np

SIGNALS = [(256, 4, 1), (256, 3, 4), (512, 5, 8)]
IMAGES = [((32, 48), 2, 8), ((64, 64), 3, 4)]


def _signal(x, levels, Q):
    from kymatio.scattering1d.backend.numpy_backend import NumpyBackend1D
    from kymatio.scattering1d.core.scattering1d import scattering1d
    from kymatio.scattering1d.filter_bank import scattering_filter_factory

    n = x.size
    phi, first, second = scattering_filter_factory(n, levels, (Q, 1), 2**levels, max_subsampling=0)
    ends = {halvings: n >> halvings for halvings in range(levels + 1)}
    found = scattering1d(
        x[None], NumpyBackend1D, first, second, phi, 0, 0, dict.fromkeys(ends, 0), ends, oversampling=levels
    )
    rows = np.array([path["coef"].ravel()[:: 2**levels] for path in found])
    return rows, [path["n"] for path in found]


def _image(x, levels, orientations):
    from kymatio.scattering2d.backend.numpy_backend import NumpyBackend2D
    from kymatio.scattering2d.core.scattering2d import scattering2d
    from kymatio.scattering2d.filter_bank import filter_bank

    bank = filter_bank(*x.shape, levels, orientations)
    as_it_is = lambda values: values  # noqa: E731
    found = scattering2d(
        x[None], as_it_is, as_it_is, NumpyBackend2D, levels, orientations, bank["phi"], bank["psi"], 2, out_type="list"
    )
    return np.array([path["coef"][0] for path in found]), [path["n"] for path in found]


def reference():
    """Return the arrays of every case by name."""
    rng = np.random.default_rng(2012)
    arrays = {"version": np.array(version("kymatio"))}
    for kind, cases, compute in (("signal", SIGNALS, _signal), ("image", IMAGES, _image)):
        for shape, levels, number in cases:
            size = "x".join(map(str, np.atleast_1d(shape)))
            name = f"{kind}/{size}/{levels}/{number}"
            arrays[f"{name}/x"] = x = rng.standard_normal(shape)
            arrays[f"{name}/averages"], paths = compute(x, levels, number)
            arrays[f"{name}/paths"] = np.array([(*path, -1, -1)[:2] for path in paths])
    return arrays


if __name__ == "__main__":
    np.savez_compressed(Path(__file__).with_name("scattering.npz"), **reference())
