"""Sounds and images: exact values, headers checked before decoding, and damage that ends in a refusal."""

import io
import itertools
import pathlib
import struct
import subprocess
import sys
import warnings
import zlib

import numpy as np
import pytest

from shiftinv.files import MAX_BYTES, read_finite_signals, read_signal, read_signals
from shiftinv.formats.contents import decoding

soundfile = pytest.importorskip("soundfile")
imageio = pytest.importorskip("imageio.v3")
tifffile = pytest.importorskip("tifffile")

RNG = np.random.default_rng(0)
SOUND = np.round(RNG.uniform(-1, 1, (300, 2)) * 2**15) / 2**15
GREY = RNG.integers(0, 256, (9, 11), np.uint8)
COLOUR = RNG.integers(0, 256, (9, 11, 3), np.uint8)


def sound(x, kind, **options):
    buffer = io.BytesIO()
    soundfile.write(buffer, x, 8000, format=kind, **options)
    return buffer.getvalue()


def tiff(x, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, x, **options)
    return buffer.getvalue()


def npy(x):
    buffer = io.BytesIO()
    np.save(buffer, x)
    return buffer.getvalue()


def label(value):
    return f"{len(value)} bytes" if isinstance(value, bytes) else None


def refusal(path, **options):
    with pytest.raises(ValueError, match=r".") as caught:
        read_signals(path, **options)
    message = str(caught.value)
    assert message.startswith(str(path)) or f" {path} " in message
    assert "\n" not in message
    return message


@pytest.fixture
def write(tmp_path):
    def _write(content, name):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return _write


# ---------------------------------------------------------------- sounds


@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "RF64", "FLAC"])
def test_channels_of_a_sound_are_signals_in_units_of_full_scale(write, kind):
    path = write(sound(SOUND, kind), "take.flac" if kind == "FLAC" else "take.wav")
    read = read_signals(path)
    assert list(read) == [f"{path.name}[0]", f"{path.name}[1]"]
    np.testing.assert_array_equal(read[f"{path.name}[1]"], SOUND[:, 1])
    assert read_signal(path).shape == (300, 2)
    assert read_signal(path).dtype == np.float64


@pytest.mark.parametrize("kind", ["WAV", "FLAC"])
def test_a_sound_with_one_channel_is_named_after_the_file(write, kind):
    path = write(sound(SOUND[:, 0], kind), f"take.{kind}")  # capitals do not matter
    assert list(read_signals(path)) == [path.name]
    np.testing.assert_array_equal(read_signal(path), SOUND[:, 0])


@pytest.mark.parametrize(
    ("encoding", "error"),
    [("PCM_U8", 2**-7), ("PCM_24", 0), ("PCM_32", 0), ("FLOAT", 0), ("DOUBLE", 0), ("ULAW", 0.05)],
)
def test_encodings_of_a_wav_file(write, encoding, error):
    read = read_signal(write(sound(SOUND, "WAV", subtype=encoding), "x.wav"))
    assert np.abs(read - SOUND).max() <= error


def test_floating_samples_are_neither_clipped_nor_let_through_with_nan(write):
    path = write(sound(np.array([3.0, -2.0]), "WAV", subtype="DOUBLE"), "x.wav")
    np.testing.assert_array_equal(read_signal(path), [3, -2])
    path = write(sound(np.array([[3.0, 1], [0, np.nan]]), "WAV", subtype="DOUBLE"), "x.wav")
    read, refusals = read_finite_signals(path)
    assert list(read) == ["x.wav[0]"]
    assert refusals == [f"{path}, channel 1, index 1: nan is not finite. Replace it; a transform would spread it."]


@pytest.mark.parametrize("kept", [-1, -300, 50, 30, 12, 5, 0])
def test_a_wav_file_cut_short_is_refused(write, kept):
    message = refusal(write(sound(SOUND, "WAV")[:kept], "x.wav"))
    assert "cut short" in message or kept < 12


@pytest.mark.parametrize("kept", [-1, -300, 100, 30, 5, 0])
def test_a_flac_file_cut_short_is_refused(write, kept):
    refusal(write(sound(SOUND, "FLAC")[:kept], "x.flac"))


def with_lengths(riff, data):
    whole = sound(SOUND, "WAV")
    place = whole.index(b"data") + 4
    return whole[:4] + riff + whole[8:place] + data + whole[place + 4 :]


@pytest.mark.parametrize(
    ("riff", "data"), [(b"\xff" * 4, b"\xff" * 4), (b"\0" * 4, b"\0" * 4), (b"\xff" * 4, struct.pack("<I", 1200))]
)
def test_a_wav_file_with_its_length_left_open_is_refused(write, riff, data):
    assert "does not say how many samples it holds" in refusal(write(with_lengths(riff, data), "x.wav"))


def test_a_wav_file_that_claims_too_much_is_refused(write):
    claim = struct.pack("<I", 0x7FFFF000)
    assert f"{0x7FFFF000 + 44} bytes, and {1200 + 44} are there" in refusal(write(with_lengths(claim, claim), "x.wav"))


def test_a_wav_file_that_ends_amid_a_sample_is_refused(write):
    path = write(with_lengths(struct.pack("<I", 36 + 1198), struct.pack("<I", 1198)), "x.wav")
    assert "its 1198 bytes of samples are no multiple of 4" in refusal(path)


def test_a_flac_file_that_claims_more_samples_is_refused(write):
    whole = bytearray(sound(SOUND, "FLAC"))
    whole[22:26] = struct.pack(">I", 5000)  # the lower 32 of the 36 bits that count samples
    assert "is not a whole .flac file" in refusal(write(whole, "x.flac"))


def test_a_decoder_that_stops_early_is_not_believed(write, monkeypatch):
    monkeypatch.setattr(soundfile.SoundFile, "read", lambda *_, **__: SOUND[:7])
    assert "it announces 300 samples, and 7 are there" in refusal(write(sound(SOUND, "FLAC"), "x.flac"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (sound(SOUND, "WAV", subtype="IMA_ADPCM"), "is compressed (encoding 0x0011). Save it as PCM or as FLAC."),
        (sound(SOUND[:0], "WAV"), "holds no samples"),
        (sound(SOUND, "AIFF"), "does not begin like one"),
        (sound(SOUND, "WAV").replace(b"fmt ", b"fnt "), "samples come before their format"),
        (sound(SOUND, "WAV").replace(struct.pack("<HH", 4, 16), struct.pack("<HH", 4, 24)), "do not fill 4 bytes"),
    ],
    ids=label,
)
def test_other_wav_files_are_refused(write, content, said):
    assert said in refusal(write(content, "x.wav"))


def test_a_flac_file_that_is_none_or_of_unknown_length_is_refused(write):
    assert "does not begin like one" in refusal(write(sound(SOUND, "WAV"), "x.flac"))
    whole = bytearray(sound(SOUND, "FLAC"))
    whole[22:26] = b"\0" * 4  # the lower 32 of the 36 bits that count samples
    refusal(write(whole, "x.flac"))


# ---------------------------------------------------------------- PNG


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def filtered(rows, step):
    """Apply the five filters of the specification in turn, a row each."""
    above, out = np.zeros(len(rows[0]), int), b""
    for number, row in enumerate(rows):
        x = np.frombuffer(row, np.uint8).astype(int)
        left, corner = (np.r_[np.zeros(step, int), line][: len(x)] for line in (x, above))
        near = [np.abs(left + above - corner - line) for line in (left, above, corner)]
        paeth = np.choose(np.argmin(near, axis=0), [left, above, corner])
        guess = [0, left, above, (left + above) // 2, paeth][number % 5]
        out += bytes([number % 5]) + ((x - guess) % 256).astype(np.uint8).tobytes()
        above = x
    return out


def packed(rows, depth):
    if depth >= 8:
        return [row.astype(f">u{depth // 8}").tobytes() for row in rows]
    return [np.packbits((row[:, None] >> np.arange(depth)[::-1]) & 1).tobytes() for row in rows]


PASSES = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def png(x, depth, kind, *, interlaced=0, extra=b""):
    """Write (rows, columns, samples) as the specification says, slowly."""
    rows, columns, samples = x.shape
    parts = (x[r::down, c::right] for r, c, down, right in (PASSES if interlaced else [(0, 0, 1, 1)]))
    data = b"".join(
        filtered(packed(part.reshape(len(part), -1), depth), max(1, samples * depth // 8))
        for part in parts
        if part.size
    )
    header = struct.pack(">IIBBBBB", columns, rows, depth, kind, 0, 0, interlaced)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("interlaced", [0, 1])
@pytest.mark.parametrize(
    ("kind", "depth"),
    [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (4, 8), (4, 16), (6, 8), (6, 16)],
)
def test_every_kind_of_png_is_read_in_its_own_units(write, kind, depth, interlaced):
    samples = {0: 1, 2: 3, 4: 2, 6: 4}[kind]
    for shape in ((11, 13), (1, 1), (3, 2)):
        x = RNG.integers(0, 2**depth, (*shape, samples))
        if kind >= 4:
            x[..., -1] = 2**depth - 1  # opaque
        read = read_signal(write(png(x, depth, kind, interlaced=interlaced), "x.png"))
        assert read.dtype == np.float64
        np.testing.assert_array_equal(read, x[..., 0] if kind in (0, 4) else x[..., :3])


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_a_palette_is_replaced_by_its_colours(write, depth):
    x, palette = RNG.integers(0, 2**depth, (7, 5, 1)), RNG.integers(0, 256, (2**depth, 3)).astype(np.uint8)
    read = read_signal(write(png(x, depth, 3, extra=chunk(b"PLTE", palette.tobytes())), "x.png"))
    np.testing.assert_array_equal(read, palette[x[..., 0]])
    x[0] = 2**depth - 1
    short = png(x, depth, 3, extra=chunk(b"PLTE", palette.tobytes()[:-3]))
    assert f"it uses colour {2**depth - 1} of" in refusal(write(short, "x.png"))


def test_images_of_another_writer(tmp_path):
    imageio.imwrite(tmp_path / "grey.png", GREY)
    assert list(read_signals(tmp_path / "grey.png")) == ["grey.png"]
    np.testing.assert_array_equal(read_signal(tmp_path / "grey.png"), GREY)
    imageio.imwrite(tmp_path / "deep.png", GREY.astype(np.uint16) * 257)
    np.testing.assert_array_equal(read_signal(tmp_path / "deep.png"), GREY * 257.0)
    imageio.imwrite(tmp_path / "photo.png", COLOUR)
    read = read_signals(tmp_path / "photo.png")
    assert list(read) == ["photo.png[red]", "photo.png[green]", "photo.png[blue]"]
    np.testing.assert_array_equal(read["photo.png[green]"], COLOUR[..., 1])
    assert read["photo.png[green]"].flags.c_contiguous


@pytest.mark.parametrize("kind", [4, 6])
def test_transparent_pixels_are_refused(write, kind):
    x = np.full((3, 4, {4: 2, 6: 4}[kind]), 255)
    x[2, 3, -1] = 254
    assert "transparent pixels" in refusal(write(png(x, 8, kind), "x.png"))
    assert "transparent" in refusal(write(png(x[..., :1], 8, 0, extra=chunk(b"tRNS", b"\0\0")), "x.png"))


PNG = png(COLOUR, 8, 2)


@pytest.mark.parametrize("kept", [-1, -12, -13, 60, 33, 20, 8, 4, 0])
def test_a_png_file_cut_short_is_refused(write, kept):
    assert "cut short" in refusal(write(PNG[:kept], "x.png")) or kept < 8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PNG[:60] + bytes([PNG[60] ^ 1]) + PNG[61:], "the checksum at byte"),
        (png(COLOUR, 8, 2, extra=chunk(b"acTL", b"\0" * 8)), "is animated"),
        (png(COLOUR[..., :1], 8, 5), "describes no image"),
        (png(COLOUR, 8, 2).replace(PNG[8:33], chunk(b"IHDR", b"")), "0 bytes, not 13"),
        (PNG[:33] + chunk(b"IDAT", zlib.compress(b"\0" * 40)) + PNG[-12:], "not enough image data"),
        (PNG[:33] + PNG[-12:], "not a whole .png file"),
        (sound(SOUND, "WAV"), "does not begin like one"),
    ],
    ids=label,
)
def test_other_png_files_are_refused(write, content, said):
    assert said in refusal(write(content, "x.png"))


# ---------------------------------------------------------------- TIFF


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bigtiff": True, "byteorder": ">"},
        {"compression": "deflate", "predictor": True},
        {"tile": (16, 16)},
        {"rowsperstrip": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", ["u1", "u2", "i4", "f4", "f8"])
def test_an_image_and_a_stack_keep_their_values(write, options, dtype):
    predictor = options | ({"predictor": dtype[0] != "f"} if "predictor" in options else {})
    for x in (GREY.astype(dtype), np.stack([GREY, GREY.T.reshape(GREY.shape), GREY // 2]).astype(dtype)):
        path = write(tiff(x, photometric="minisblack", **predictor), "x.tif")
        assert list(read_signals(path)) == ["x.tif"]
        read = read_signal(path)
        assert read.dtype == (dtype if dtype[0] == "f" else "f8")
        assert read.dtype.isnative
        np.testing.assert_array_equal(read, x)


@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_colours_of_a_tiff_file_are_channels(write, planes):
    x = COLOUR if planes == "contig" else COLOUR.transpose(2, 0, 1)
    read = read_signals(write(tiff(x, photometric="rgb", planarconfig=planes), "x.tiff"))
    assert list(read) == ["x.tiff[red]", "x.tiff[green]", "x.tiff[blue]"]
    np.testing.assert_array_equal(read["x.tiff[blue]"], COLOUR[..., 2])


def test_alpha_in_a_tiff_file_is_left_out_where_opaque(write):
    x = np.dstack([COLOUR, np.full(GREY.shape, 255, np.uint8)])
    save = {"photometric": "rgb", "extrasamples": ["unassalpha"]}
    np.testing.assert_array_equal(read_signal(write(tiff(x, **save), "x.tif")), COLOUR)
    x[0, 0, 3] = 9
    assert "transparent pixels" in refusal(write(tiff(x, **save), "x.tif"))


def test_a_stack_as_other_programs_write_it(write):
    x = np.stack([GREY, GREY // 2])
    for options in ({"imagej": True}, {"ome": True, "photometric": "minisblack"}):
        np.testing.assert_array_equal(read_signal(write(tiff(x, **options), "x.tif")), x)


STACK = tiff(np.stack([GREY, GREY // 2, GREY // 3]), photometric="minisblack", compression="deflate")


IMAGEJ = tiff(np.stack([GREY] * 3), imagej=True)[:-16]  # nothing points to the last 16 bytes


@pytest.mark.parametrize("content", [STACK, tiff(GREY), IMAGEJ], ids=label)
def test_a_tiff_file_cut_short_is_refused_wherever_it_ends(write, content):
    for kept in range(0, len(content), 7):
        refusal(write(content[:kept], "x.tif"))
    assert "cut short" in refusal(write(content[:-1], "x.tif"))


def test_a_file_that_names_others_is_read_by_itself(write, tmp_path):
    names = "".join(
        f'<TiffData FirstZ="{place}" IFD="0" PlaneCount="1"><UUID FileName="{place}.tif">urn:uuid:{place}</UUID>'
        "</TiffData>"
        for place in range(2)
    )
    for place in range(2):
        text = (
            f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:{place}">'
            '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="11" SizeY="9" '
            'SizeZ="2" SizeC="1" SizeT="1">'
            f'<Channel ID="Channel:0:0" SamplesPerPixel="1"/>{names}</Pixels></Image></OME>'
        )
        write(tiff(GREY + np.uint8(place), description=text, metadata=None), f"{place}.tif")
    assert tifffile.imread(tmp_path / "0.tif").shape == (2, 9, 11)  # the decoder would follow
    np.testing.assert_array_equal(read_signal(tmp_path / "0.tif"), GREY)


def pages(tmp_path, *images, **options):
    with tifffile.TiffWriter(tmp_path / "x.tif") as file:
        for image in images:
            file.write(image, **options)
    return tmp_path / "x.tif"


def with_tag(path, name, value):
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages[0].tags[name].overwrite(value)
    return path


def test_a_part_that_was_never_written_is_refused(write):
    path = with_tag(write(tiff(GREY, compression="deflate"), "x.tif"), "StripByteCounts", 0)
    assert "a part of the image was never written" in refusal(path)


def test_a_tile_that_claims_too_much_is_refused(write):
    path = with_tag(write(tiff(GREY, compression="deflate", tile=(16, 16)), "x.tif"), "TileWidth", 1 << 15)
    assert f"takes {16 * 8 << 15} bytes" in refusal(path, max_bytes=1 << 20)


def test_other_tiff_files_are_refused(write, tmp_path):
    assert "of shapes (9, 11), (4, 4)" in refusal(pages(tmp_path, GREY, GREY[:4, :4]))
    palette = tiff(GREY, photometric="palette", colormap=np.zeros((3, 256), np.uint16))
    assert "neither grey values nor red, green and blue" in refusal(write(palette, "x.tif"))
    five = tiff(np.dstack([COLOUR, GREY, GREY]), photometric="rgb", planarconfig="contig", extrasamples=[0, 0])
    assert "5 samples per pixel, not 3" in refusal(write(five, "x.tif"))
    assert "does not begin like one" in refusal(write(PNG, "x.tif"))
    assert "no directory" in refusal(write(b"II*\0" + b"\0" * 8, "x.tif"))
    assert "circle" in refusal(write(b"II*\0" + struct.pack("<IHI", 8, 0, 8), "x.tif"))


# ---------------------------------------------------------------- size


@pytest.mark.parametrize(
    ("content", "name", "size"),
    [
        (sound(SOUND, "WAV"), "x.wav", 300 * 2 * 8),
        (sound(SOUND, "FLAC"), "x.flac", 300 * 2 * 8),
        (PNG, "x.png", 9 * 11 * 3 * 8),
        (png(np.zeros((9, 11, 1), int), 1, 0), "x.png", 9 * 11 * 8),
        (tiff(np.stack([GREY] * 3), photometric="minisblack"), "x.tif", 3 * 9 * 11 * 8),
        (tiff(GREY.astype("f4")), "x.tif", 9 * 11 * 4),
        (npy(GREY), "x.npy", 9 * 11 * 8),
        (npy(GREY.astype("c8")), "x.npy", 9 * 11 * 8),
        (b"1\n2\n3\n", "x.csv", 6),
    ],
    ids=label,
)
def test_the_limit_is_what_the_signal_takes(write, content, name, size):
    path = write(content, name)
    read_signals(path, max_bytes=size)
    message = refusal(path, max_bytes=size - 1)
    assert message == (
        f"{path} takes {size} bytes of memory, more than max_bytes={size - 1} (--max-bytes in a shell): "
        f"allow {size} if that much is there."
    )


def test_a_bomb_is_refused_by_its_header(write):
    assert MAX_BYTES == 2**31
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1 << 20, 1 << 20, 8, 2, 0, 0, 0))
    assert f"takes {3 << 43} bytes" in refusal(write(PNG[:8] + header + PNG[33:], "x.png"))
    tagged = {"shape": (1 << 15, 1 << 15), "dtype": "u1", "compression": "deflate", "rowsperstrip": 1 << 15}
    assert f"takes {1 << 33} bytes" in refusal(write(tiff(iter([zlib.compress(b"")]), **tagged), "x.tif"))
    whole = bytearray(sound(SOUND, "FLAC"))
    whole[21] |= 0xF  # the upper 4 of the 36 bits that count samples
    assert f"takes {((0xF << 32) + 300) * 16} bytes" in refusal(write(whole, "x.flac"))


@pytest.mark.parametrize(("limit", "kind"), [(0, ValueError), (-1, ValueError), (1.5, TypeError), ("9", TypeError)])
def test_a_limit_is_a_positive_integer(write, limit, kind):
    with pytest.raises(kind, match="max_bytes="):
        read_signal(write(b"1\n", "x.csv"), max_bytes=limit)


# ---------------------------------------------------------------- damage

WHOLE = {
    "pcm.wav": sound(SOUND, "WAV"),
    "float.wav": sound(SOUND, "WAVEX", subtype="FLOAT"),
    "x.flac": sound(SOUND, "FLAC"),
    "colour.png": PNG,
    "deep.png": png(RNG.integers(0, 65536, (9, 11, 3)), 16, 2),
    "image.tif": tiff(GREY),
    "stack.tif": STACK,
    "imagej.tif": IMAGEJ,
    "ome.tif": tiff(np.stack([GREY] * 3), ome=True, photometric="minisblack"),
    "tiles.tif": tiff(COLOUR, photometric="rgb", tile=(16, 16), compression="deflate", predictor=True),
    "big.tiff": tiff(GREY.astype("f4"), bigtiff=True, byteorder=">"),
    "x.npy": npy(SOUND),
    "x.csv": b"a,b\n" + b"".join(b"%f,%f\n" % tuple(row) for row in SOUND[:50]),
}


def damaged(whole, count):
    """Give copies cut off, or with one to three bytes changed, half of them in the first 400."""
    rng = np.random.default_rng(7)
    for turn in range(count):
        copy = bytearray(whole)
        if turn % 4 == 0:
            del copy[rng.integers(len(copy)) :]
        else:
            for _ in range(1 + turn % 3):
                copy[rng.integers(len(copy) if turn % 2 else min(len(copy), 400))] = rng.integers(256)
        yield bytes(copy)


def outcome(path):
    """Return the sentence of a refusal, or nothing if numbers were read; let all other exceptions through."""
    try:
        read = read_signals(path)
    except (ValueError, OSError) as error:
        return str(error)
    assert all(x.dtype.kind in "fc" for x in read.values())
    return ""


@pytest.mark.parametrize("name", WHOLE)
def test_damage_leads_to_numbers_or_to_one_sentence(write, name, capfd):
    refused = 0
    for content in damaged(WHOLE[name], 200):
        path = write(content, name)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            message = outcome(path)
        refused += bool(message)
        assert not message or str(path) in message
        assert "\n" not in message
    assert refused > 40
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", [name for name in WHOLE if not name.endswith(".csv")])
def test_a_file_that_ends_early_is_never_read(write, name):
    for kept in itertools.chain(range(0, len(WHOLE[name]), 61), range(len(WHOLE[name]) - 3, len(WHOLE[name]))):
        refusal(write(WHOLE[name][:kept], name))


def test_a_decoder_is_kept_quiet():
    with decoding(pathlib.Path("x.tif"), ".tif file"):
        warnings.warn("beside the point", UserWarning, stacklevel=1)  # an error in these tests
    script = (
        "import logging, pathlib\nfrom shiftinv.formats.contents import decoding\n"
        "with decoding(pathlib.Path('x.tif'), '.tif file'):\n    logging.getLogger('tifffile').error('odd tag')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_what_the_system_refuses_is_passed_on(write, monkeypatch):
    path = write(WHOLE["image.tif"], "x.tif")

    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(tifffile, "TiffFile", forbidden)
    with pytest.raises(PermissionError, match=r"x\.tif"):
        read_signal(path)


# ---------------------------------------------------------------- libraries


@pytest.mark.parametrize(
    ("name", "module", "library"),
    [
        ("pcm.wav", "soundfile", "soundfile"),
        ("x.flac", "soundfile", "soundfile"),
        ("colour.png", "PIL", "Pillow"),
        ("image.tif", "tifffile", "tifffile"),
    ],
)
def test_a_missing_library_is_told_with_its_remedy(write, monkeypatch, name, module, library):
    monkeypatch.setitem(sys.modules, module, None)
    path = write(WHOLE[name], name)
    with pytest.raises(ImportError) as refusal:
        read_signal(path)
    assert str(refusal.value) == f'reading {path} needs {library}: pip install "shiftinv[io]"'


def test_libraries_are_loaded_by_the_files_that_need_them(write):
    for name, needed in (
        ("x.npy", []),
        ("pcm.wav", ["soundfile"]),
        ("colour.png", ["PIL"]),
        ("image.tif", ["tifffile"]),
    ):
        script = (
            "import sys, shiftinv.files as f\n"
            f"f.read_signal({str(write(WHOLE[name], name))!r})\n"
            "print([m for m in ('soundfile', 'PIL', 'imageio', 'tifffile') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout == f"{needed}\n"
