"""
Shifts by whole samples, and between them
=========================================

The error of equivariance, band by band, for shifts by fractions of a sample: a decimated transform follows only
multiples of 2^level, a dual tree nearly follows any shift if its coefficients turn their phase, and the
stationary transform follows all of them.
"""

import numpy as np

import shiftinv as si

x = np.random.default_rng(0).standard_normal(256)
transforms = [si.DWT("sym8", levels=3), si.DTCWT(levels=3), si.SWT("sym8", levels=3)]
si.plotting.equivariance(transforms, x, "equivariance_between_samples.png")

decimated, _, stationary = transforms
assert si.metrics.equivariance_error(stationary, x, [1, 2, 3]).max() == 0
assert si.metrics.equivariance_error(decimated, x, [1, 2, 3]).min() > 0.2
