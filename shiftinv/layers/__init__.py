"""Layers of a convolutional network on a circle, as representations: what a shift of the input does to their output.

They are no transforms: nothing brings the signal back, and the registry does not list them. But they keep the contract
of `Representation`, so that every measure of `shiftinv.metrics` takes them as it takes a wavelet.
"""

from .blur_pooling import BlurPooling
from .chain import Chain
from .convolution import Convolution
from .layer import Layer
from .polyphase import AdaptivePolyphaseSampling
from .pooling import AveragePooling, GlobalAverage, MaxPooling
from .rectifier import Rectifier

__all__ = [
    "AdaptivePolyphaseSampling",
    "AveragePooling",
    "BlurPooling",
    "Chain",
    "Convolution",
    "GlobalAverage",
    "Layer",
    "MaxPooling",
    "Rectifier",
]
