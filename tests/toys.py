"""Two small transforms that the container and the contracts must carry, beside DWT and SWT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shiftinv import Action, Frame, FrameTransform, Invertible, Layout
from shiftinv.groups import shifted
from shiftinv.layout import Block
from shiftinv.representation import single_band

SIX = ("+15", "+45", "+75", "-75", "-45", "-15")


@dataclass(frozen=True, repr=False)
class SixBands(FrameTransform):
    """Six complex analytic bands of an image, cut out of one half of its spectrum: a Parseval frame."""

    axes: tuple[int, ...] | None = None
    name: ClassVar[str] = "sixbands"

    @property
    def action(self):
        return Action("exact")

    def _layout(self, shape, dtype):
        axes = tuple(range(len(shape))) if self.axes is None else tuple(axis % len(shape) for axis in self.axes)
        if len(axes) != 2:
            raise ValueError(f"axes={axes} are {len(axes)} axes, and six bands need two. Use axes=(-2, -1).")
        if dtype.kind == "c":
            raise TypeError(f"dtype={dtype} is complex, and analytic bands need a real signal. Use its real part.")
        blocks = (Block(1, ("aa",), shape), Block(1, SIX, shape, is_complex=True))
        return Layout("sixbands", shape, dtype.name, axes, 1, Frame.TIGHT, 1, blocks)

    def _masks(self, layout):
        """Return a mask over the spectrum per band: the lowpass, then six sectors of one half-plane."""
        sizes = [layout.shape[axis] for axis in layout.axes]
        rows, columns = np.meshgrid(*map(np.fft.fftfreq, sizes), indexing="ij")
        inner = (np.abs(rows) < 0.5) & (np.abs(columns) < 0.5) & (np.hypot(rows, columns) > 0.1)
        sector = np.ceil((np.arctan2(rows, columns) + np.pi / 2) / (np.pi / 6))
        along = [layout.shape[axis] if axis in layout.axes else 1 for axis in range(len(layout.shape))]
        return [~inner.reshape(along), *((inner & (sector == k)).reshape(along) for k in range(1, 7))]

    def _forward(self, x, c, workers):
        spectrum = np.fft.fftn(x, axes=c.layout.axes)
        for band, mask in zip(c.bands, self._masks(c.layout), strict=True):
            part = np.fft.ifftn(spectrum * mask, axes=c.layout.axes)
            c[band] = part.real if band.orientation == "aa" else np.sqrt(2) * part

    def _adjoint(self, c, x, workers):
        x[...] = 0
        for band, mask in zip(c.bands, self._masks(c.layout), strict=True):
            part = np.fft.ifftn(np.fft.fftn(c[band], axes=c.layout.axes) * mask, axes=c.layout.axes)
            x += part.real if band.orientation == "aa" else np.sqrt(2) * part.real

    def _inverse(self, c, x, workers):
        self._adjoint(c, x, workers)

    def _act(self, c, shift, moved):
        for band in c.bands:
            moved[band] = shifted(c[band], shift, c.layout.axes)

    def _noise_gain(self, band, layout):
        share = dict(zip(layout.bands, self._masks(layout), strict=True))[band].mean()
        return float(np.sqrt(share))  # complex bands: sqrt(2) in amplitude, halved over two components

    def _mra(self, x, layout):
        return [single_band(self, self.forward(x), band) for band in layout.bands]


@dataclass(frozen=True, repr=False)
class BestPhaseHaar(Invertible):
    """One Haar level on the pairing of samples that keeps more energy in the approximation."""

    name: ClassVar[str] = "bestphasehaar"

    @property
    def action(self):
        return Action("exact")

    def _layout(self, shape, dtype):
        if len(shape) != 1 or shape[0] % 2:
            raise ValueError(f"shape={shape} cannot be paired. Use one axis of even length.")
        half = (shape[0] // 2,)
        blocks = (Block(1, ("a",), half, dtype.kind == "c"), Block(1, ("d",), half, dtype.kind == "c"))
        return Layout("bestphasehaar", shape, dtype.name, (0,), 1, None, 1, blocks, (("phase", ()),))

    def _forward(self, x, c, workers):
        pairs = [np.roll(x, -phase).reshape(-1, 2) for phase in (0, 1)]
        energies = [np.sum(np.abs(pair.sum(axis=1)) ** 2) for pair in pairs]
        phase = int(energies[1] > energies[0])
        c.aux["phase"][...] = phase
        c[1, "a"] = pairs[phase].sum(axis=1) * np.sqrt(0.5)
        c[1, "d"] = (pairs[phase][:, 0] - pairs[phase][:, 1]) * np.sqrt(0.5)

    def _inverse(self, c, x, workers):
        pairs = np.stack([c[1, "a"] + c[1, "d"], c[1, "a"] - c[1, "d"]], axis=-1) * np.sqrt(0.5)
        x[...] = np.roll(pairs.ravel(), int(c.aux["phase"]))

    def _act(self, c, shift, moved):
        start = int(c.aux["phase"]) + int(shift[0])
        moved.aux["phase"][...] = start % 2
        for band in c.bands:
            moved[band] = np.roll(c[band], start // 2)
