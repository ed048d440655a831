"""Sounds: WAV and FLAC, one signal a channel, in the units of full scale."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .contents import Contents, check_size, cut_short, decoding, missing

if TYPE_CHECKING:
    import soundfile

__all__ = ["read_flac", "read_wav"]

ENCODINGS = (1, 3, 6, 7)  # PCM, floating-point, A-law, mu-law: so many bytes a sample, and never fewer
EXTENSIBLE = 0xFFFE  # the encoding stands further on in the same chunk
UNKNOWN = 0xFFFFFFFF  # a length as a writer leaves it that cannot go back and fill it in


def read_wav(file: Path, max_bytes: int) -> Contents:
    """Read a WAV file, once its header agrees with its size.

    The decoder reads a file that was cut short without a word, and one whose length was never
    filled in up to its end; so the header is read here first.
    """
    with file.open("rb") as stream:
        frames, channels = _wav_header(file, stream)
    check_size(file, 8 * frames * channels, max_bytes)
    sound = _open(file)
    if (sound.frames, sound.channels) != (frames, channels):
        sound.close()
        raise ValueError(f"{file} is not a whole .wav file: its header contradicts itself.")
    return _samples(file, sound)


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


def _samples(file: Path, sound: soundfile.SoundFile) -> Contents:
    """Decode all of a sound and close it."""
    with sound:
        with decoding(file, f"{file.suffix.lower()} file"):
            values = sound.read(dtype="float64", always_2d=True)
        if len(values) != sound.frames:
            raise ValueError(f"{file} is cut short: it announces {sound.frames} samples, and {len(values)} are there.")
    if values.shape[1] == 1:
        return Contents(values[:, 0].copy())
    return Contents(values, tuple(map(str, range(values.shape[1]))))


def _wav_header(file: Path, stream: IO[bytes]) -> tuple[int, int]:
    """Return the numbers of samples and channels that a RIFF header announces, if the file is long enough."""
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
    return _wav_frames(file, layout, samples)


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
