"""Images and stacks of images in TIFF, in the units of the file."""

from __future__ import annotations

import io
import math
import struct
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .contents import Contents, check_size, cut_short, decoded_bytes, decoding, in_own_units, missing
from .storage import Encoded, Storage, encoding, in_dtype, lacking

if TYPE_CHECKING:
    import tifffile

__all__ = ["encode", "read", "storage"]

COLOURS = ("red", "green", "blue")
ITEM = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)  # bytes of a value, by the number of its type
WHITE_IS_ZERO = 0
SEEN = {
    WHITE_IS_ZERO: False,
    1: False,
    2: True,
    32803: False,
    34892: False,
}  # how a sample is to be seen → whether as colour


def read(file: Path, max_bytes: int) -> Contents:
    """Read an image, a stack of pages of one shape as a volume, or three channels of colour."""
    try:
        import tifffile
    except ImportError:
        raise missing(file, "tifffile") from None
    with file.open("rb") as stream:
        _check_directories(file, stream)
    with decoding(file, ".tif file"):
        tiff = tifffile.TiffFile(file, _multifile=False)  # a file may name others that go on with it
    with tiff:
        with decoding(file, ".tif file"):
            shapes = [tuple(series.shape) for series in tiff.series]
        if len(shapes) != 1:
            raise ValueError(
                f"{file} holds images of different kinds, of shapes {', '.join(map(str, shapes)) or 'none'}. "
                f"Save one of them."
            )
        series = tiff.series[0]
        _check_image(file, series, max_bytes)
        with decoding(file, ".tif file"):
            page = series.keyframe
            seen, alpha = int(page.photometric), any(kind in (1, 2) for kind in page.extrasamples)
            values = np.asarray(series.asarray())
        if values.size != math.prod(series.shape):
            raise ValueError(f"{file} is not a whole .tif file: its pages do not fill the shape {series.shape}.")
    return _contents(file, values.reshape(series.shape), series.axes, seen, alpha)


def _check_directories(file: Path, stream: IO[bytes]) -> None:
    """Refuse a file that ends before one of its directories, or a value that one points to.

    The decoder passes over a directory that it cannot find, and with it over the page.
    """
    there = file.stat().st_size
    order = {b"II": "<", b"MM": ">"}.get(stream.read(2), "")
    (version,) = struct.unpack(f"{order or '<'}H", stream.read(2).ljust(2, b"\0"))
    if not order or version not in (42, 43):
        raise ValueError(f"{file} is not a .tif file: it does not begin like one.")
    wide = version == 43
    number, count, entry = (order + form for form in (("Q", "Q", "HHQ") if wide else ("I", "H", "HHI")))
    word = struct.calcsize(number)

    def take(form: str, place: int) -> tuple[int, ...]:
        end = place + struct.calcsize(form)
        if end > there:
            raise cut_short(file, end, there)
        stream.seek(place)
        return struct.unpack(form, stream.read(end - place))

    (at,) = take(number, 8 if wide else 4)
    known = set()
    while at and at not in known:
        known.add(at)
        (entries,) = take(count, at)
        at += struct.calcsize(count)
        step = struct.calcsize(entry) + word
        (following,) = take(number, at + entries * step)
        for place in range(at, at + entries * step, step):
            _, kind, values = take(entry, place)
            size = values * (ITEM[kind] if kind < len(ITEM) else 0)
            if size > word:
                (start,) = take(number, place + step - word)
                if start + size > there:
                    raise cut_short(file, start + size, there)
        at = following
    if at:
        raise ValueError(f"{file} is not a whole .tif file: its directories form a circle.")
    if not known:
        raise ValueError(f"{file} is not a whole .tif file: it has no directory.")


def _check_image(file: Path, series: tifffile.TiffPageSeries, max_bytes: int) -> None:
    """Refuse an image that is no numbers, too large, or not all in the file."""
    with decoding(file, ".tif file"):
        dtype, ends = np.dtype(series.dtype), _ends(series)
        count = max(math.prod(series.shape), math.prod(series.keyframe.chunks))  # a tile is decoded whole
    if dtype.kind not in "biufc":
        raise ValueError(f"{file} holds {dtype}, not numbers. Save a numeric image.")
    check_size(file, decoded_bytes(count, dtype), max_bytes)
    there = file.stat().st_size
    if max(ends, default=0) > there:
        raise cut_short(file, max(ends), there)
    if not all(ends):
        raise ValueError(f"{file} is not a whole .tif file: a part of the image was never written.")


def _ends(series: tifffile.TiffPageSeries) -> list[int]:
    """Return where each part of an image ends in the file, or 0 for a part that is nowhere."""
    if series.dataoffset is not None:
        return [series.dataoffset + math.prod(series.shape) * np.dtype(series.dtype).itemsize]
    if any(page is not None and not page.dataoffsets for page in series.pages):
        return [0]
    return [
        offset + count if offset and count else 0
        for page in series.pages
        for offset, count in (zip(page.dataoffsets, page.databytecounts, strict=True) if page is not None else [(0, 0)])
    ]


def _contents(file: Path, values: NDArray[Any], axes: str, seen: int, alpha: bool) -> Contents:
    """Name the channels of colour, the last axis, and leave an opaque alpha channel out."""
    coloured = SEEN.get(seen)
    if coloured is None:
        raise ValueError(f"{file} holds neither grey values nor red, green and blue. Save it as one of these.")
    values = np.moveaxis(values, axes.index("S"), -1) if "S" in axes else values[..., np.newaxis]
    kept = 3 if coloured else 1
    if values.shape[-1] == kept + 1 and alpha:
        opaque = 1 if values.dtype.kind == "f" else np.iinfo(values.dtype).max
        if not (values[..., -1] == opaque).all():
            raise ValueError(f"{file} has transparent pixels, which have no value. Save it without transparency.")
    elif values.shape[-1] != kept:
        raise ValueError(f"{file} has {values.shape[-1]} samples per pixel, not {kept}. Save only those.")
    stored = Storage(dtype=values.dtype.newbyteorder("="), colour=coloured, inverted=seen == WHITE_IS_ZERO)
    values = in_own_units(np.ascontiguousarray(values[..., :kept]))
    return Contents(values, COLOURS, storage=stored) if coloured else Contents(values[..., 0], storage=stored)


def storage(file: Path, values: NDArray[Any], like: Storage) -> Storage:
    """Return the dtype that images were stored in, or that of the values; what colour is stays as it was.

    Images are written without compression, and without transparency: what was read is opaque.
    """
    try:
        import tifffile  # noqa: F401
    except ImportError:
        raise lacking(file, "tifffile") from None
    colour = like.colour and values.ndim > 2 and values.shape[-1] == len(COLOURS)
    if values.ndim < 2 + colour or not values.size:
        raise ValueError(
            f"{file} is an image, and the values have shape {values.shape}. Write rows and columns, or .npy."
        )
    return Storage(dtype=like.dtype or values.dtype, colour=colour, inverted=like.inverted and not colour)


def encode(file: Path, values: NDArray[Any], stored: Storage) -> Encoded:
    """Return the bytes of an image or of a stack of pages."""
    import tifffile

    numbers, clipped = in_dtype(file, values, stored.dtype or values.dtype)
    seen = "rgb" if stored.colour else "miniswhite" if stored.inverted else "minisblack"
    planes = "contig" if stored.colour else None
    buffer = io.BytesIO()
    with encoding(file, "a .tif file"):
        tifffile.imwrite(buffer, numbers, photometric=seen, planarconfig=planes, software=False)
    return Encoded(buffer.getbuffer(), str(numbers.dtype), clipped)
