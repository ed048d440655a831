"""Images in PNG, in the units of the file.

Chunks are taken apart here, each checked against its checksum. Pillow, through its zip codec, undoes
compression, filters and interlacing alone: reading a whole file it keeps 8 bits of a 16-bit colour and
stretches grey values of fewer than 8 bits. Writing needs zlib alone. The specification: https://www.w3.org/TR/png-3/
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .contents import Contents, check_size, cut_short, decoding, missing
from .storage import Encoded, Storage, whole

__all__ = ["encode", "read", "storage"]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
UP = 2  # the filter of a line that is stored as its difference from the line above
SAMPLES = {GREY: 1, COLOUR: 3, PALETTE: 1, GREY_ALPHA: 2, COLOUR_ALPHA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), PALETTE: (1, 2, 4, 8)}  # (8, 16) for the others
PROFILE = (b"cHRM", b"cICP", b"gAMA", b"iCCP", b"pHYs", b"sRGB")  # how numbers are to be seen, and how large
COLOURS = ("red", "green", "blue")


def read(file: Path, max_bytes: int) -> Contents:
    """Read an image: an array if it is grey, else three channels.

    An alpha channel is left out where it is opaque everywhere, and refused elsewhere: what colour a
    transparent pixel has is nobody's measurement.
    """
    try:
        from PIL import Image
    except ImportError:
        raise missing(file, "Pillow") from None
    with file.open("rb") as stream:
        chunks = _chunks(file, stream)
        _, header = next(chunks, (b"", b""))
        if len(header) != 13:
            raise ValueError(f"{file} is not a whole .png file: its header has {len(header)} bytes, not 13.")
        columns, rows, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
        if not (rows and columns and kind in SAMPLES and depth in DEPTHS.get(kind, (8, 16)) and interlaced < 2):
            raise ValueError(f"{file} is not a .png file: its header describes no image.")
        kept = 1 if kind in (GREY, GREY_ALPHA) else 3
        check_size(file, 8 * rows * columns * kept, max_bytes)
        parts: dict[bytes, bytearray] = {}
        for name, content in chunks:
            if name in (b"PLTE", b"IDAT", b"tRNS", b"acTL", *PROFILE):
                parts.setdefault(name, bytearray()).extend(content)
    if b"acTL" in parts:
        raise ValueError(f"{file} is animated. Save its pictures one by one.")
    if b"tRNS" in parts:
        raise ValueError(f"{file} has transparent pixels, which have no value. Save it without transparency.")
    with decoding(file, ".png file"):
        data = bytes(parts.get(b"IDAT", b""))
        pixels = _pixels(Image.frombytes, data, (rows, columns), depth, SAMPLES[kind], interlaced)
    if kind in (GREY_ALPHA, COLOUR_ALPHA) and not (pixels[..., -1] == (1 << depth) - 1).all():
        raise ValueError(f"{file} has transparent pixels, which have no value. Save it without transparency.")
    if kind == PALETTE:
        pixels = _coloured(file, pixels[..., 0], bytes(parts.get(b"PLTE", b"")))
    values = pixels[..., :kept].astype(np.float64)
    profile = tuple((name, bytes(parts[name])) for name in PROFILE if name in parts)
    bits = 8 if kind == PALETTE else depth  # a palette has colours of 8 bits whatever its indices have
    stored = Storage(np.dtype(np.uint8 if bits <= 8 else np.uint16), bits, colour=kept == 3, profile=profile)
    return Contents(values[..., 0], storage=stored) if kept == 1 else Contents(values, COLOURS, storage=stored)


def storage(file: Path, values: NDArray[Any], like: Storage) -> Storage:
    """Return the depth that pixels were stored with, or that of the values if they are whole.

    An image is written without a palette, whose colours no longer suffice, and without transparency: what was
    read is opaque.
    """
    if values.ndim not in (2, 3) or not values.size or (values.ndim == 3 and values.shape[-1] != 3):
        raise ValueError(
            f"{file} is one image, grey or in red, green and blue, and the values have shape {values.shape}. "
            f"Write .tif or .npy."
        )
    if like.inverted:
        raise ValueError(f"{file} shows 0 as black, and in the input it is white. Write .tif, or invert the values.")
    dtype = like.dtype or values.dtype
    bits = like.bits or {"bool": 1, "uint8": 8, "uint16": 16}.get(dtype.name, 0)
    if not bits:
        raise ValueError(
            f"{file} holds whole numbers of 8 or 16 bits, and the values were stored as {dtype}. Write .tif or .npy, "
            f"or convert them to uint8 or uint16 first."
        )
    colour = values.ndim == 3
    return Storage(
        np.dtype(np.uint8 if bits <= 8 else np.uint16),
        max(bits, 8) if colour else bits,
        colour=colour,
        profile=like.profile if like.colour == colour else (),
    )


def encode(file: Path, values: NDArray[Any], stored: Storage) -> Encoded:
    """Return the bytes of an image."""
    numbers, clipped = whole(file, values, 0, (1 << stored.bits) - 1, ">u2" if stored.bits == 16 else "u1")
    rows, columns = numbers.shape[:2]
    if stored.bits < 8:
        places = np.arange(stored.bits - 1, -1, -1, dtype=np.uint8)
        packed = np.packbits((numbers[..., np.newaxis] >> places & 1).reshape(rows, -1), axis=1)
    else:
        packed = numbers.reshape(rows, -1).view(np.uint8)
    lines = np.full((rows, packed.shape[1] + 1), UP, np.uint8)
    lines[0, 1:] = packed[0]
    np.subtract(packed[1:], packed[:-1], out=lines[1:, 1:])  # modulo 256, as the filter is defined
    header = struct.pack(">IIBBBBB", columns, rows, stored.bits, COLOUR if stored.colour else GREY, 0, 0, 0)
    chunks = ((b"IHDR", header), *stored.profile, (b"IDAT", zlib.compress(lines.data)), (b"IEND", b""))
    return Encoded(SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks), f"{stored.bits} bits", clipped)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def _chunks(file: Path, stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Give the names and contents of all chunks up to the one that marks the end."""
    if stream.read(8) != SIGNATURE:
        raise ValueError(f"{file} is not a .png file: it does not begin like one.")
    there = file.stat().st_size
    name = b""
    while name != b"IEND":
        begin = stream.tell()
        if begin + 12 > there:
            raise cut_short(file, begin + 12, there)
        length, name = struct.unpack(">I4s", stream.read(8))
        if begin + 12 + length > there:
            raise cut_short(file, begin + 12 + length, there)
        content = stream.read(length)
        if stream.read(4) != zlib.crc32(name + content).to_bytes(4, "big"):
            raise ValueError(f"{file} is damaged: the checksum at byte {begin + 8 + length} is wrong. Copy it again.")
        yield name, content


def _pixels(
    codec: Callable[..., Any], data: bytes, shape: tuple[int, int], depth: int, samples: int, interlaced: int
) -> NDArray[Any]:
    """Return the stored samples, of shape (rows, columns, samples per pixel)."""

    def decoded(mode: str, packing: str) -> NDArray[Any]:
        image = codec(mode, shape[::-1], data, "zip", packing, interlaced)
        return np.asarray(image, np.uint8).reshape(*shape, -1)

    if depth < 8:
        return decoded("P", f"P;{depth}")
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
    if depth == 8:
        return decoded(mode[samples], mode[samples])
    if samples < 3:  # a pixel has as many bytes as one with 2 or 4 samples of 8 bits
        return decoded(mode[2 * samples], mode[2 * samples]).view(">u2")
    high, low = (decoded(mode[samples], f"{mode[samples]};16{order}") for order in "BL")
    both: NDArray[Any] = high.astype(np.uint16) << 8 | low  # of a sample the codec keeps the first byte in this order
    return both


def _coloured(file: Path, indices: NDArray[Any], palette: bytes) -> NDArray[Any]:
    """Return the colours that indices stand for."""
    colours = np.frombuffer(palette[: len(palette) // 3 * 3], np.uint8).reshape(-1, 3)
    if indices.max() >= len(colours):
        raise ValueError(f"{file} is not a whole .png file: it uses colour {indices.max()} of {len(colours)}.")
    return np.take(colours, indices, axis=0)
