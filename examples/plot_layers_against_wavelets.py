"""
Layers of a network and wavelets under the same ruler
=====================================================

Above: a layer or a transform is equivariant if a shift of the signal is a known shift of its output; the error is what
that leaves, relative to the output. Below: what is left of the position in the mean of a rectified output, or in the
energies of bands. What is equivariant above is invariant below, and so is the mean after a blur, which keeps both
halves of the samples at the same mean. A stride is exact at its multiples only, a blur or complex wavelets make the
rest small, and samples chosen by the signal itself leave no error at all.
"""

import matplotlib.pyplot as plt
import numpy as np

import shiftinv as si
from shiftinv.layers import (
    AdaptivePolyphaseSampling,
    BlurPooling,
    Chain,
    Convolution,
    GlobalAverage,
    MaxPooling,
    Rectifier,
)

x = np.random.default_rng(0).standard_normal(1024)  # white noise, which hides no aliasing
shifts = np.arange(9)
filtered, dense = [Convolution([1, 2, 0, -2, -1]), Rectifier()], MaxPooling(2, stride=1)
layers = {
    "convolution": Chain(filtered),
    "… and adaptive sampling": Chain([*filtered, dense, AdaptivePolyphaseSampling(2)]),
    "… and max pooling": Chain([*filtered, MaxPooling(2)]),
    "… with a stride of 2": Chain([Convolution([1, 2, 0, -2, -1], stride=2), Rectifier()]),
    "… and max, then blur pooling": Chain([*filtered, dense, BlurPooling(5)]),
}
wavelets = {
    "stationary": si.SWT("sym8", levels=3),
    "best shift": si.BestShiftDWT("sym8", levels=3),
    "decimated": si.DWT("sym8", levels=3),
    "dual tree": si.DTCWT(levels=3),
}


def averaged(layer):
    """Return the layer with the mean of its output after it."""
    return Chain([*layer.layers, GlobalAverage()])


def energies(T):
    """Return the function from a signal to the energies of the bands."""
    return lambda signal: T.forward(signal).energy()


styles = [("#000000", "o", 9), ("#56b4e9", "D", 5), ("#d55e00", "s", 6), ("#cc79a7", "v", 6), ("#009e73", "^", 6)]
figure, rows = plt.subplots(2, 2, figsize=(9.5, 7.2), sharex=True, layout="constrained")
columns = (
    ("Layers of a network", layers, averaged, "the mean of the output"),
    ("Wavelets, 3 levels", wavelets, energies, "the energies of the bands"),
)
for (above, below), (title, subjects, summary, told) in zip(rows.T, columns, strict=True):
    for (name, subject), (colour, marker, size) in zip(subjects.items(), styles, strict=False):
        look = {"color": colour, "marker": marker, "ms": size, "lw": 1.5, "clip_on": False}
        equivariance = si.metrics.equivariance_error(subject, x, shifts)
        invariance = si.metrics.invariance_error(summary(subject), x, shifts)
        above.plot(shifts, 100 * equivariance, label=f"{name}{'' if equivariance.any() else ': exactly 0'}", **look)
        below.plot(shifts, 100 * invariance, **look)
        exact = subject.action.kind == "exact"
        assert exact == (not equivariance.any())
        assert not exact or invariance.max() < 1e-12
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "alignment": "left", "frameon": False}
    above.legend(title=title, title_fontsize=11, fontsize=9, **place)
    above.set_ylabel("equivariance error\nof the output (%)")
    above.set_ylim(0, 100)
    below.set_ylabel(f"invariance error of\n{told} (%)")
    below.set_ylim(0, None)
    below.set_xlabel("shift (samples)")
figure.savefig("layers_against_wavelets.png", dpi=120)
