"""
A classifier before and after it has seen shifted digits
========================================================

A small network is trained on digits as they are, and another one on digits shifted by up to two pixels. The map shows,
for every shift of a test digit, how far the probabilities move, in units of the distance between different digits.
Shifts are circular, so that 4 pixels up and down are the same, and the mean over 20 test digits is drawn. Training on
shifts (inside the white square) buys invariance there and little beyond, and costs some accuracy.
"""

import itertools

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

import shiftinv as si

RADIUS, TRAINED, EPOCHS = 4, 2, 25
images, labels = load_digits(return_X_y=True)
images = images.reshape(-1, 8, 8) / 16
train, test = np.split(np.random.default_rng(0).permutation(len(images)), [1300])
grid = list(itertools.product(range(-TRAINED, TRAINED + 1), repeat=2))
moved = np.concatenate([np.roll(images[train], shift, axis=(1, 2)) for shift in grid])
trained_on = {
    "trained on digits as they are": (images[train], labels[train]),
    f"trained on shifts of up to {TRAINED} pixels": (moved, np.tile(labels[train], len(grid))),
}


def trained(x, y):
    """Return a network with one hidden layer, after the same number of passes for every set of digits."""
    network = MLPClassifier(hidden_layer_sizes=(64,), learning_rate_init=3e-3, random_state=0)
    for _ in range(EPOCHS):
        network.partial_fit(x.reshape(len(x), -1), y, classes=np.arange(10))
    return network


figure, panels = plt.subplots(1, 3, figsize=(11, 3.9), layout="constrained", width_ratios=(1, 1, 1.15))
shown, others = images[test[:20]], images[test[20:40]]
curves = {}
for panel, (name, data) in zip(panels, trained_on.items(), strict=False):
    network = trained(*data)
    probabilities = lambda digit, network=network: network.predict_proba(digit.reshape(1, -1))  # noqa: E731
    measured = [si.metrics.sensitivity_map(probabilities, digit, RADIUS, others=others) for digit in shown]
    mean = np.mean([sensitivity.map for sensitivity in measured], axis=0)
    curves[name] = np.array([sensitivity.radial for sensitivity in measured])
    accuracy = network.score(images[test].reshape(len(test), -1), labels[test])
    edges = (-RADIUS - 0.5, RADIUS + 0.5)
    picture = panel.imshow(mean, vmin=0, vmax=1.05, cmap="cividis", extent=(*edges, *edges[::-1]))
    panel.add_patch(plt.Rectangle((-TRAINED - 0.5,) * 2, *(2 * TRAINED + 1,) * 2, fill=False, color="white", lw=1.5))
    panel.set_title(f"{name}\n{accuracy:.0%} of test digits right", fontsize=10)
    panel.set_xlabel("shift to the right (pixels)")
panels[0].set_ylabel("shift downwards (pixels)")
figure.colorbar(picture, ax=panels[:2], label="distance / distance between digits", shrink=0.85)

for (name, curve), marker, colour in zip(curves.items(), "os", ("#d55e00", "#0072b2"), strict=True):
    panels[2].plot(curve.mean(axis=0), marker=marker, color=colour, label=name)
panels[2].axvline(TRAINED, ymax=0.8, color="0.6", lw=1, ls=":")
panels[2].text(TRAINED - 0.06, 0.9, "shifts it has seen", ha="right", color="0.35", fontsize=9)
panels[2].set_xlabel("length of the shift (pixels)")
panels[2].set_ylabel("mean distance / distance between digits")
panels[2].set_xticks(range(RADIUS + 1))
panels[2].set_ylim(0, 1.2)
panels[2].legend(frameon=False, fontsize=9, loc="upper left")
figure.savefig("sensitivity_of_a_classifier.png", dpi=120)

before, after = (curve.mean(axis=0) for curve in curves.values())
assert before[0] == after[0] == 0
assert (after[1 : TRAINED + 1] < before[1 : TRAINED + 1] / 2).all()
