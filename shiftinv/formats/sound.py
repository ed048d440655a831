"""Sounds: WAV and FLAC, one signal a channel, in the units of full scale."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .contents import Contents, check_size, cut_short, decoding, missing
from .storage import Encoded, Storage, encoding, in_dtype, lacking, real, whole

if TYPE_CHECKING:
    import soundfile

__all__ = ["encode_flac", "encode_wav", "read_flac", "read_wav", "storage_flac", "storage_wav"]

ENCODINGS = (1, 3, 6, 7)  # PCM, floating-point, A-law, mu-law: so many bytes a sample, and never fewer
EXTENSIBLE = 0xFFFE  # the encoding stands further on in the same chunk
# of every encoding the bits that count in a sample, the bytes it takes, and its number in a WAV file
SAMPLES = {
    "PCM_S8": (8, 1, 0),  # in FLAC only; WAV counts 8 bits from 0
    "PCM_U8": (8, 1, 1),
    "PCM_16": (16, 2, 1),
    "PCM_24": (24, 3, 1),
    "PCM_32": (32, 4, 1),
    "FLOAT": (0, 4, 3),
    "DOUBLE": (0, 8, 3),
    "ALAW": (16, 1, 6),
    "ULAW": (16, 1, 7),
}
IN_FLAC = {"PCM_S8": "PCM_S8", "PCM_U8": "PCM_S8", "PCM_16": "PCM_16", "ALAW": "PCM_16", "ULAW": "PCM_16"}
UNKNOWN = 0xFFFFFFFF  # a length as a writer leaves it that cannot go back and fill it in


def read_wav(file: Path, max_bytes: int) -> Contents:
    """Read a WAV file, once its header agrees with its size.

    The decoder reads a file that was cut short without a word, and one whose length was never
    filled in up to its end; so the header is read here first.
    """
    with file.open("rb") as stream:
        frames, channels, layout = _wav_header(file, stream)
    check_size(file, 8 * frames * channels, max_bytes)
    sound = _open(file)
    if (sound.frames, sound.channels) != (frames, channels):
        sound.close()
        raise ValueError(f"{file} is not a whole .wav file: its header contradicts itself.")
    return _samples(file, sound, layout)


def read_flac(file: Path, max_bytes: int) -> Contents:
    """Read a FLAC file."""
    with file.open("rb") as stream:
        if stream.read(4) != b"fLaC":
            raise ValueError(f"{file} is not a .flac file: it does not begin like one.")
    sound = _open(file)
    if not 0 < sound.frames < 1 << 36:  # the header has 36 bits for it, and 0 is unknown
        sound.close()
        raise ValueError(f"{file} does not say how many samples it holds. Write it again, from a file and not a pipe.")
    try:
        check_size(file, 8 * sound.frames * sound.channels, max_bytes)
    except ValueError:
        sound.close()
        raise
    return _samples(file, sound)


def _open(file: Path) -> soundfile.SoundFile:
    try:
        import soundfile
    except (ImportError, OSError):  # the module is there, and the library in C it loads is not
        raise missing(file, "soundfile") from None
    with decoding(file, f"{file.suffix.lower()} file"):
        return soundfile.SoundFile(str(file))


def _samples(file: Path, sound: soundfile.SoundFile, layout: bytes = b"") -> Contents:
    """Decode all of a sound and close it."""
    stored = Storage(rate=sound.samplerate, encoding=sound.subtype, layout=layout)
    with sound:
        with decoding(file, f"{file.suffix.lower()} file"):
            values = sound.read(dtype="float64", always_2d=True)
        if len(values) != sound.frames:
            raise ValueError(f"{file} is cut short: it announces {sound.frames} samples, and {len(values)} are there.")
    if values.shape[1] == 1:
        return Contents(values[:, 0].copy(), storage=stored)
    return Contents(values, tuple(map(str, range(values.shape[1]))), storage=stored)


def storage_wav(file: Path, values: NDArray[Any], like: Storage) -> Storage:
    """Return rate and encoding of a sound; what comes from no sound is stored in its own precision."""
    own = "FLOAT" if values.dtype.itemsize <= 4 else "DOUBLE"
    stored = _storage(file, values, like, "PCM_U8" if like.encoding == "PCM_S8" else like.encoding or own)
    _, width, kind = SAMPLES[stored.encoding]
    if values.size * width > UNKNOWN - 1024:
        raise ValueError(
            f"{file} has room for 4 GiB, and the samples take {values.size * width} bytes. Write .flac or .npy."
        )
    channels = _channels(values)
    frame = channels * width
    layout = struct.pack("<HHIIHH", kind, channels, stored.rate, stored.rate * frame, frame, 8 * width)
    if like.layout and struct.unpack_from("<H", like.layout, 2) == (channels,):
        layout = like.layout
    return replace(stored, layout=layout)


def storage_flac(file: Path, values: NDArray[Any], like: Storage) -> Storage:
    """Return rate and encoding of a sound; more than 24 bits, and floating-point samples, become 24 bits."""
    if _channels(values) > 8:
        raise ValueError(
            f"{file} has room for 8 channels, and the values have {_channels(values)}. Write .wav or .npy."
        )
    return _storage(file, values, like, IN_FLAC.get(like.encoding, "PCM_24"))


def encode_wav(file: Path, values: NDArray[Any], stored: Storage) -> Encoded:
    """Return the bytes of a WAV file: a header, and the samples as soundfile encodes them.

    The header is made here, from the chunk that was read if there is one: it tells which loudspeaker a channel is
    for, and soundfile would add a chunk with the time of writing.
    """
    samples, clipped = _encoded(file, values, stored, "RAW")
    count = b"" if stored.encoding.startswith("PCM") else _wav_chunk(b"fact", struct.pack("<I", len(values)))
    body = b"WAVE" + _wav_chunk(b"fmt ", stored.layout) + count + _wav_chunk(b"data", samples)
    return Encoded(_wav_chunk(b"RIFF", body), f"{stored.encoding} at {stored.rate} Hz", clipped)


def encode_flac(file: Path, values: NDArray[Any], stored: Storage) -> Encoded:
    """Return the bytes of a FLAC file."""
    content, clipped = _encoded(file, values, stored, "FLAC")
    return Encoded(content, f"{stored.encoding} at {stored.rate} Hz", clipped)


def _storage(file: Path, values: NDArray[Any], like: Storage, encoding: str) -> Storage:
    """Refuse values that are no sound, and return how a sound is stored."""
    try:
        import soundfile  # noqa: F401
    except (ImportError, OSError):
        raise lacking(file, "soundfile") from None
    real(file, values)
    if values.ndim not in (1, 2) or not values.size:
        raise ValueError(
            f"{file} is a sound, and the values have shape {values.shape}. Write samples and channels, or .npy."
        )
    dtype = like.dtype or values.dtype
    if dtype.kind in "biu":
        raise ValueError(
            f"{file} is a sound, whose samples are parts of full scale, and the values were stored as {dtype}. "
            f"Divide them by full scale first, for instance by 32768."
        )
    if not like.rate:
        raise ValueError(
            f"{file} is a sound, and the values have no sampling rate. Tell it by rate= (--rate in a shell)."
        )
    return Storage(rate=like.rate, encoding=encoding)


def _channels(values: NDArray[Any]) -> int:
    return values.shape[1] if values.ndim > 1 else 1


def _encoded(file: Path, values: NDArray[Any], stored: Storage, kind: str) -> tuple[bytes, int]:
    """Return samples as soundfile writes them, and how many were clipped.

    Whole numbers are made here: libsndfile multiplies by one less than the full scale it divides by.
    """
    import soundfile

    bits, _, _ = SAMPLES[stored.encoding]
    if not bits:
        samples, clipped = in_dtype(file, values, np.dtype(np.float32 if stored.encoding == "FLOAT" else np.float64))
    else:
        scale = 1 << (bits - 1)
        samples, clipped = whole(file, values.astype(np.float64, copy=False) * scale, -scale, scale - 1, "i4")
        samples <<= 32 - bits
    buffer = io.BytesIO()
    with encoding(file, f"a {file.suffix.lower()} file"):
        soundfile.write(buffer, samples, stored.rate, stored.encoding, "LITTLE" if kind == "RAW" else None, kind)
    return buffer.getvalue(), clipped


def _wav_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _wav_header(file: Path, stream: IO[bytes]) -> tuple[int, int, bytes]:
    """Return the numbers of samples and channels that a RIFF header announces, and how they are laid out.

    Nothing is returned unless the file is long enough.
    """
    there = file.stat().st_size
    form, announced, kind = struct.unpack("<4sI4s", stream.read(12).ljust(12, b"\0"))
    if form not in (b"RIFF", b"RF64") or kind != b"WAVE":
        raise ValueError(f"{file} is not a .wav file: it does not begin like one.")
    wide = form == b"RF64"
    layout = b""
    samples = announced
    while True:
        name, length = struct.unpack("<4sI", _exactly(file, stream, 8))
        if name == b"data":
            break
        if name == b"ds64" and wide:
            announced, samples = struct.unpack_from("<QQ", _exactly(file, stream, length, at_least=16))
        elif name == b"fmt ":
            layout = _exactly(file, stream, length, at_least=16)
        else:
            _skip(file, stream, length)
        _skip(file, stream, length % 2)
    samples = samples if wide and length == UNKNOWN else length
    begin = stream.tell()
    if UNKNOWN in (samples, announced) or (samples == 0 and there > begin + 1):
        raise ValueError(
            f"{file} does not say how many samples it holds, as if written to a pipe or never finished, so nobody "
            f"can tell whether it is whole. Write it again, from a file to a file."
        )
    if max(begin + samples, announced + 8) > there:
        raise cut_short(file, max(begin + samples, announced + 8), there)
    return (*_wav_frames(file, layout, samples), layout)


def _wav_frames(file: Path, layout: bytes, samples: int) -> tuple[int, int]:
    if not layout:
        raise ValueError(f"{file} is not a whole .wav file: its samples come before their format.")
    encoding, channels, _, _, frame, bits = struct.unpack_from("<HHIIHH", layout)
    if encoding == EXTENSIBLE and len(layout) >= 26:
        (encoding,) = struct.unpack_from("<H", layout, 24)
    if encoding not in ENCODINGS:
        raise ValueError(f"{file} is compressed (encoding {encoding:#06x}). Save it as PCM or as FLAC.")
    if not channels or frame != channels * ((bits + 7) // 8):
        raise ValueError(
            f"{file} is not a whole .wav file: {channels} channels of {bits} bits do not fill {frame} bytes."
        )
    if not samples:
        raise ValueError(f"{file} holds no samples.")
    if samples % frame:
        raise ValueError(f"{file} is not a whole .wav file: its {samples} bytes of samples are no multiple of {frame}.")
    return samples // frame, channels


def _exactly(file: Path, stream: IO[bytes], count: int, *, at_least: int = 0) -> bytes:
    """Read bytes; the header may not end among them, nor announce fewer than are needed."""
    if count < at_least:
        raise ValueError(f"{file} is not a whole .wav file: a part of its header has {count} bytes, not {at_least}.")
    begin, there = stream.tell(), file.stat().st_size
    if begin + count > there:
        raise cut_short(file, begin + count, there)
    return stream.read(count)


def _skip(file: Path, stream: IO[bytes], count: int) -> None:
    begin, there = stream.tell(), file.stat().st_size
    if begin + count > there:
        raise cut_short(file, begin + count, there)
    stream.seek(count, 1)
