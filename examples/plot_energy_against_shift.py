"""
The energy of each band while the signal moves
==============================================

An ECG is shifted by one sample after the other. The bands of a decimated transform exchange energy
with a period of 2^level samples; those of the stationary transform keep theirs.
"""

import matplotlib.pyplot as plt
import numpy as np

import shiftinv as si

x = si.datasets.ecg()
decimated, stationary = si.DWT("sym8", levels=4), si.SWT("sym8", levels=4)
shifts = range(33)

figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
for panel, T in zip(panels, (decimated, stationary), strict=True):
    # one transform for all shifts of the decimated one; brute force would give the same numbers
    curves = si.metrics.energy_curve(T, x, shifts=shifts)
    for band, curve in zip(T.layout(x.shape).details, curves[1:], strict=True):
        panel.plot(shifts, curve / curve.mean(), drawstyle="steps-mid", label=f"level {band.level}")
    total = si.metrics.shift_variance(T, x, shifts=shifts).total
    panel.set_title(f"{T!r}\nshift variance {total:.3f}", fontsize=10)
    panel.set_xlabel("shift (samples)")
panels[0].set_ylabel("energy / mean energy")
panels[1].legend(frameon=False, loc="upper right")
panels[0].set_ylim(0, None)
figure.savefig("energy_against_shift.png", dpi=120)

assert np.ptp(si.metrics.energy_curve(stationary, x, shifts=shifts), axis=1).max() < 1e-12 * np.sum(x**2)
