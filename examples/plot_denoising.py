"""
What redundancy is worth to a threshold
=======================================

The same threshold, three standard deviations of the noise in each band, leaves blobs at the places of a
decimated transform that happen to exceed it. Averaged over all shifts, which is what the stationary transform
does, most are gone. Better rules than a threshold are worth as much again.
"""

import matplotlib.pyplot as plt
import numpy as np

import shiftinv as si

sigma = 25
clean = si.datasets.camera()[40:232, 150:342]
noisy = clean + sigma * np.random.default_rng(2024).standard_normal(clean.shape)


def psnr(estimate):
    """Peak signal-to-noise ratio in dB, for grey levels up to 255."""
    return 10 * np.log10(255**2 / np.mean((estimate - clean) ** 2))


pictures = {
    "noisy": noisy,
    "DWT, hard": si.denoise(noisy, "dwt:sym8,levels=4", method=3.0, sigma=sigma),
    "SWT, hard": si.denoise(noisy, "swt:sym8,levels=4", method=3.0, sigma=sigma),
    "denoise(x)": si.denoise(noisy),
}

figure, panels = plt.subplots(1, 4, figsize=(11, 3.1), layout="constrained")
for panel, (name, picture) in zip(panels, pictures.items(), strict=True):
    panel.imshow(picture, cmap="gray", vmin=0, vmax=255)
    panel.set_title(f"{name}: {psnr(picture):.1f} dB", fontsize=11)
    panel.set_axis_off()
figure.savefig("denoising.png", dpi=120)

assert psnr(noisy) < psnr(pictures["DWT, hard"]) < psnr(pictures["SWT, hard"]) < psnr(pictures["denoise(x)"])
