"""
From equivariant to invariant by averaging
==========================================

How much the coefficients of white noise change when it moves: moduli of a dual tree move with the signal, and
are other numbers at once; a scattering transform averages them over 2^levels samples, and so changes
the less the larger the scale.
"""

import matplotlib.pyplot as plt
import numpy as np

import shiftinv as si

x = np.random.default_rng(0).standard_normal(4096)
shifts = [0, 1, 2, 4, 8, 16, 32, 64]
scales = (2, 4, 6)


def moduli(x):
    """The moduli of the details of a dual tree."""
    c = si.DTCWT(levels=4).forward(x)
    return np.concatenate([np.abs(c[band]).ravel() for band in c.layout.details])


curves = {"moduli of a dual tree": si.metrics.invariance_error(moduli, x, shifts)}
for levels in scales:
    scattering = si.transforms.Scattering(levels)
    curves[f"scattering, {2**levels} samples"] = si.metrics.invariance_error(scattering, x, shifts)

figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
for (name, curve), marker in zip(curves.items(), "osv^", strict=True):
    axes.plot(shifts[1:], curve[1:], marker=marker, label=name)
axes.set_xscale("log", base=2)
axes.set_yscale("log")
axes.set_xticks(shifts[1:], [str(shift) for shift in shifts[1:]])
axes.set_xlabel("shift (samples)")
axes.set_ylabel("invariance error")
axes.grid(alpha=0.3)
axes.legend(frameon=False, loc="lower right")
figure.savefig("scattering.png", dpi=120)

first = [curve[1] for curve in curves.values()]
assert first == sorted(first, reverse=True)
