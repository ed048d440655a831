"""
What each level makes of a step that moves
==========================================

Sixteen steps, each a sample later than the one above, and what every level contributes to them. Where the curves
keep their form a level is shift invariant. This is Kingsbury's picture, for any transform.
"""

import numpy as np

import shiftinv as si

transforms = [si.DWT("sym8", levels=4), si.DTCWT(levels=4), si.SWT("sym8", levels=4)]
si.plotting.shifted_steps(transforms, "shifted_steps.png")

# the same as numbers: how much of the energy of a level depends on the shift
decimated, dual_tree, stationary = (
    [si.metrics.aliasing_energy_ratio(T, level) for level in range(1, 5)] for T in transforms
)
assert np.all(np.array(dual_tree) < np.array(decimated) - 15)  # dB
assert stationary == [-np.inf] * 4
