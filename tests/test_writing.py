"""Writing signals: what was read comes back to the bit, clipping is counted, and no failure harms the old file."""

import os
import struct
import subprocess
import sys
import warnings
import zlib

import numpy as np
import pytest

from shiftinv.files import Written, read_contents, read_signal, storage_for, write_signal
from shiftinv.formats.storage import Storage

soundfile = pytest.importorskip("soundfile")
tifffile = pytest.importorskip("tifffile")
image_module = pytest.importorskip("PIL.Image")

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (9, 11), np.uint8)
COLOUR = RNG.integers(0, 65536, (9, 11, 3), np.uint16)


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def png(x, depth, kind, *, extra=b""):
    """Write (rows, columns, samples) with the filter that leaves bytes as they are."""
    places = np.arange(depth)[::-1]
    lines = np.packbits((x.reshape(len(x), -1, 1) >> places & 1).reshape(len(x), -1).astype(np.uint8), axis=1)
    data = zlib.compress(np.pad(lines, ((0, 0), (1, 0))).tobytes())
    header = struct.pack(">IIBBBBB", x.shape[1], x.shape[0], depth, kind, 0, 0, 0)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def refusal(path, values, kind=ValueError, **options):
    with pytest.raises(kind) as caught:
        write_signal(path, values, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert not path.exists()
    return message


def again(path, name="again", **options):
    """Write what a file holds to another file of its kind, and return that."""
    contents = read_contents(path)
    target = path.with_name(name + path.suffix)
    written = write_signal(target, contents.signal, like=contents.storage, **options)
    assert (written.clipped, written.samples) == (0, contents.values.size)
    assert os.listdir(path.parent).count(target.name) == 1
    return target


# ---------------------------------------------------------------- round trips


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "c8", "c16"])
def test_an_array_keeps_its_dtype_and_shape(tmp_path, dtype):
    path = tmp_path / "x.npy"
    np.save(path, RNG.standard_normal((3, 1, 4)).astype(dtype))
    back = np.load(again(path))
    assert back.dtype == np.dtype(dtype).newbyteorder("=")
    np.testing.assert_array_equal(back, np.load(path))


def test_integers_of_an_array_become_floating_and_those_given_stay(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, GREY)
    assert np.load(again(path)).dtype == np.float64
    write_signal(tmp_path / "y.npy", GREY)
    assert np.load(tmp_path / "y.npy").dtype == np.uint8
    write_signal(tmp_path / "z.npy", 7.0)
    assert np.load(tmp_path / "z.npy").shape == ()


@pytest.mark.parametrize(
    "heading", ["", "I,II\n", "# I , II\n", '"I, in mV","II"\n', "I\u00e9,II\r\n", "a,a\n", '"I\nx",II\n']
)
def test_a_table_keeps_its_heading_and_every_bit(tmp_path, heading):
    path = tmp_path / "x.csv"
    x = RNG.standard_normal((20, 2)) * 10.0 ** RNG.integers(-300, 300, (20, 2))
    path.write_bytes((heading + "\n".join(f"{a:.17g},{b:.17g}" for a, b in x) + "\n").encode())
    copy = again(path)
    np.testing.assert_array_equal(read_signal(copy), x)
    assert read_contents(copy).channels == read_contents(path).channels
    first = copy.read_bytes().decode()
    assert first.startswith(heading.replace("\r", ""))
    assert first.count("\n") == 20 + heading.count("\n")


def test_numbers_of_a_table_have_as_few_digits_as_needed(tmp_path):
    write_signal(tmp_path / "x.csv", np.array([[0.1, 5], [1e300, np.nan]]))
    assert (tmp_path / "x.csv").read_text() == "0.1,5.0\n1e+300,nan\n"
    write_signal(tmp_path / "y.csv", np.array([0.1], np.float32))
    assert (tmp_path / "y.csv").read_text() == "0.1\n"
    write_signal(tmp_path / "z.csv", GREY[:2, :2])
    assert (tmp_path / "z.csv").read_text() == "{},{}\n{},{}\n".format(*GREY[:2, :2].ravel())


EVERY_CODE = np.arange(-(2**15), 2**15, 7)  # in the units of 16 bits


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [("WAV", name) for name in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW")]
    + [("WAVEX", "PCM_24"), ("WAVEX", "FLOAT"), ("RF64", "PCM_16")]
    + [("FLAC", name) for name in ("PCM_S8", "PCM_16", "PCM_24")],
)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_a_sound_keeps_rate_encoding_and_every_sample(tmp_path, kind, encoding, channels):
    path = tmp_path / ("x.flac" if kind == "FLAC" else "x.wav")
    noise = RNG.integers(-(2**31), 2**31, (len(EVERY_CODE), channels))
    noise[:, 0] = EVERY_CODE << 16
    soundfile.write(path, noise.astype("i4"), 11025, encoding, format=kind)
    copy = again(path)
    old, new = soundfile.info(path), soundfile.info(copy)
    assert (new.samplerate, new.subtype, new.channels) == (11025, encoding, channels)
    if kind != "RF64":
        assert new.format == old.format  # WAVEX tells which loudspeaker a channel is for
    np.testing.assert_array_equal(soundfile.read(copy, dtype="float64")[0], soundfile.read(path, dtype="float64")[0])
    if (kind, encoding[:3]) == ("WAV", "PCM"):
        assert copy.read_bytes()[-noise.size :] == path.read_bytes()[-noise.size :]


def test_floating_sounds_are_written_the_same_at_any_time_and_above_full_scale(tmp_path):
    for x in (np.array([3.0, -2.5, 0.1]), np.array([[3.0, np.nan]], np.float32)):
        path = tmp_path / f"{x.dtype}.wav"
        written = write_signal(path, x, rate=100)
        assert written == Written(f"{'DOUBLE' if x.dtype == 'f8' else 'FLOAT'} at 100 Hz", 0, x.size)
        np.testing.assert_array_equal(soundfile.read(path, dtype=x.dtype.name, always_2d=x.ndim > 1)[0], x)
        assert b"PEAK" not in path.read_bytes()  # the chunk of libsndfile that holds the time of writing


@pytest.mark.parametrize(
    ("kind", "depth"), [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (4, 8), (4, 16), (6, 8), (6, 16)]
)
def test_an_image_keeps_its_depth_and_colours(tmp_path, kind, depth):
    for shape in ((9, 11), (1, 1), (3, 2)):
        x = RNG.integers(0, 2**depth, (*shape, {0: 1, 2: 3, 4: 2, 6: 4}[kind]))
        if kind >= 4:
            x[..., -1] = 2**depth - 1  # opaque, and left out
        path = tmp_path / "x.png"
        path.write_bytes(png(x, depth, kind))
        copy = again(path, force=True)
        np.testing.assert_array_equal(read_signal(copy), x[..., 0] if kind in (0, 4) else x[..., :3])
        assert struct.unpack(">BB", copy.read_bytes()[24:26]) == (depth, kind % 4)


def test_another_reader_sees_the_same_image(tmp_path):
    write_signal(tmp_path / "grey.png", GREY)
    np.testing.assert_array_equal(np.asarray(image_module.open(tmp_path / "grey.png")), GREY)
    write_signal(tmp_path / "deep.png", COLOUR[..., 0])
    np.testing.assert_array_equal(np.asarray(image_module.open(tmp_path / "deep.png")), COLOUR[..., 0])
    write_signal(tmp_path / "bits.png", GREY > 99)
    np.testing.assert_array_equal(np.asarray(image_module.open(tmp_path / "bits.png")), GREY > 99)
    write_signal(tmp_path / "photo.png", COLOUR.astype(np.uint8))
    np.testing.assert_array_equal(np.asarray(image_module.open(tmp_path / "photo.png")), COLOUR.astype(np.uint8))


def test_how_an_image_is_to_be_seen_is_kept_and_a_palette_is_not(tmp_path):
    profile = chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"pHYs", struct.pack(">IIB", 3000, 3000, 1))
    palette = RNG.integers(0, 256, (4, 3)).astype(np.uint8)
    x = RNG.integers(0, 4, (5, 7, 1))
    (tmp_path / "x.png").write_bytes(png(x, 2, 3, extra=profile + chunk(b"PLTE", palette.tobytes())))
    copy = again(tmp_path / "x.png")
    np.testing.assert_array_equal(np.asarray(image_module.open(copy)), palette[x[..., 0]])
    assert profile in copy.read_bytes()
    assert b"PLTE" not in copy.read_bytes()
    grey = tmp_path / "grey.png"
    write_signal(grey, GREY, like=copy)  # colours are not said of grey values
    assert b"gAMA" not in grey.read_bytes()


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8", "c8", "bool"])
@pytest.mark.parametrize("shape", [(9, 11), (1, 9, 11), (4, 9, 11), (2, 4, 9, 3), (3, 5, 3)])
def test_an_image_and_a_stack_keep_dtype_and_pages(tmp_path, dtype, shape):
    x = RNG.integers(0, 2, shape).astype(dtype) if dtype == "bool" else (RNG.uniform(0, 120, shape)).astype(dtype)
    path = tmp_path / "x.tif"
    tifffile.imwrite(path, x, photometric="minisblack", byteorder=">")
    with tifffile.TiffFile(again(path)) as copy, tifffile.TiffFile(path) as old:
        assert copy.pages[0].dtype == np.dtype(dtype)
        assert len(copy.pages) == len(old.pages)
        np.testing.assert_array_equal(copy.asarray(), old.asarray())


@pytest.mark.parametrize("pages", [(), (4,)])
def test_colours_of_a_tiff_file_stay_colours(tmp_path, pages):
    x = RNG.integers(0, 256, (*pages, 9, 11, 4), np.uint8)
    x[..., 3] = 255
    path = tmp_path / "x.tif"
    tifffile.imwrite(path, x, photometric="rgb", extrasamples=["unassalpha"])
    with tifffile.TiffFile(again(path)) as copy:
        assert copy.pages[0].photometric == tifffile.PHOTOMETRIC.RGB
        np.testing.assert_array_equal(copy.asarray(), x[..., :3])


def test_white_stays_zero_where_it_was(tmp_path):
    tifffile.imwrite(tmp_path / "x.tif", GREY, photometric="miniswhite")
    with tifffile.TiffFile(again(tmp_path / "x.tif")) as copy:
        assert copy.pages[0].photometric == tifffile.PHOTOMETRIC.MINISWHITE
        np.testing.assert_array_equal(copy.asarray(), GREY)
    assert "in the input it is white" in refusal(tmp_path / "y.png", GREY, like=tmp_path / "x.tif")


# ---------------------------------------------------------------- rounding and clipping


def nearest(x, low, high):
    """Round and clip one number after the other, in whole numbers of Python; count the clipped."""
    rounded = [round(float(value)) for value in x.ravel()]
    kept = [min(max(value, low), high) for value in rounded]
    return np.array(kept, object).reshape(x.shape), sum(a != b for a, b in zip(rounded, kept, strict=True))


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"])
def test_whole_numbers_are_the_nearest_and_the_clipped_are_counted(tmp_path, dtype):
    info = np.iinfo(dtype)
    middle, width = (int(info.min) + int(info.max)) / 2, float(info.max) - float(info.min)
    x = middle + width * RNG.uniform(-0.6, 0.6, (40, 50))
    x[0, :6] = [0.5, 1.5, -0.5, float(info.max), float(info.max) + width / 2**50, float(info.min)]
    like = Storage(dtype=np.dtype(dtype))
    written = write_signal(tmp_path / "x.tif", x, like=like)
    expected, clipped = nearest(x, int(info.min), int(info.max))
    assert clipped > 100
    assert written == Written(np.dtype(dtype).name, clipped, x.size)
    stored = tifffile.imread(tmp_path / "x.tif")
    assert stored.dtype == dtype
    np.testing.assert_array_equal(stored.astype(object), expected)


@pytest.mark.parametrize("depth", [1, 4, 8, 16])
def test_an_image_is_clipped_at_its_depth(tmp_path, depth):
    x = RNG.uniform(-0.2, 1.2, (30, 20)) * 2**depth
    written = write_signal(tmp_path / "x.png", x, like=Storage(dtype=np.dtype("u2"), bits=depth))
    expected, clipped = nearest(x, 0, 2**depth - 1)
    assert written == Written(f"{depth} bits", clipped, x.size)
    np.testing.assert_array_equal(read_signal(tmp_path / "x.png"), expected.astype(float))


@pytest.mark.parametrize(
    ("name", "encoding", "bits"),
    [
        ("x.wav", "PCM_U8", 8),
        ("x.wav", "PCM_16", 16),
        ("x.wav", "PCM_24", 24),
        ("x.wav", "PCM_32", 32),
        ("x.flac", "PCM_16", 16),
        ("x.flac", "PCM_24", 24),
    ],
)
def test_a_sound_is_clipped_at_full_scale(tmp_path, name, encoding, bits):
    x = RNG.uniform(-1.2, 1.2, (500, 2))
    x[0] = [1, -1]
    written = write_signal(tmp_path / name, x, like=Storage(rate=8000, encoding=encoding))
    expected, clipped = nearest(x * 2.0 ** (bits - 1), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    assert written == Written(f"{encoding} at 8000 Hz", clipped, 1000)
    np.testing.assert_array_equal(read_signal(tmp_path / name), expected.astype(float) / 2.0 ** (bits - 1))


# ---------------------------------------------------------------- from one kind to another


def test_kinds_convert_where_nothing_is_lost(tmp_path):
    take = tmp_path / "take.wav"
    x = RNG.integers(-(2**23), 2**23, (300, 2)) / 2.0**23
    soundfile.write(take, x, 44100, "PCM_24")
    for name in ("take.flac", "take.npy", "take.csv"):
        write_signal(tmp_path / name, read_signal(take), like=take)
        np.testing.assert_array_equal(read_signal(tmp_path / name), x)
    assert soundfile.info(tmp_path / "take.flac").subtype == "PCM_24"
    assert soundfile.info(tmp_path / "take.flac").samplerate == 44100
    photo = tmp_path / "photo.png"
    write_signal(photo, COLOUR)
    write_signal(tmp_path / "photo.tif", read_signal(photo), like=photo)
    with tifffile.TiffFile(tmp_path / "photo.tif") as tiff:
        assert tiff.pages[0].photometric == tifffile.PHOTOMETRIC.RGB
        np.testing.assert_array_equal(tiff.asarray(), COLOUR)
    write_signal(tmp_path / "back.png", read_signal(tmp_path / "photo.tif"), like=tmp_path / "photo.tif")
    np.testing.assert_array_equal(read_signal(tmp_path / "back.png"), COLOUR)
    np.save(tmp_path / "grey.npy", GREY)
    write_signal(tmp_path / "grey.png", read_signal(tmp_path / "grey.npy"), like=tmp_path / "grey.npy")
    np.testing.assert_array_equal(read_signal(tmp_path / "grey.png"), GREY)


@pytest.mark.parametrize(
    ("given", "name", "becomes"),
    [
        ("PCM_32", "x.flac", "PCM_24"),
        ("FLOAT", "x.flac", "PCM_24"),
        ("", "x.flac", "PCM_24"),
        ("PCM_U8", "x.flac", "PCM_S8"),
        ("ULAW", "x.flac", "PCM_16"),
        ("PCM_S8", "x.wav", "PCM_U8"),
        ("", "x.wav", "DOUBLE"),
    ],
)
def test_an_encoding_becomes_the_next_that_the_kind_has(tmp_path, given, name, becomes):
    x = np.linspace(-1, 0.9, 100)
    like = Storage(rate=8000, encoding=given)
    assert write_signal(tmp_path / name, x, like=like).stored == f"{becomes} at 8000 Hz"
    assert soundfile.info(tmp_path / name).subtype == becomes
    step = {"PCM_24": 2**-23, "PCM_S8": 2**-7, "PCM_U8": 2**-7, "PCM_16": 2**-15, "DOUBLE": 0}[becomes]
    assert np.abs(read_signal(tmp_path / name) - x).max() <= step / 2


def test_a_header_for_other_channels_is_made_anew(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.zeros((10, 2)), 8000, format="WAVEX")
    write_signal(tmp_path / "mono.wav", np.full(10, 0.25), like=tmp_path / "x.wav")
    samples, rate = soundfile.read(tmp_path / "mono.wav")
    assert (samples.tolist(), rate) == ([0.25] * 10, 8000)
    (tmp_path / "x.csv").write_text("I,II\n1,2\n")
    write_signal(tmp_path / "y.csv", np.zeros((1, 3)), like=tmp_path / "x.csv")
    assert (tmp_path / "y.csv").read_text() == "0.0,0.0,0.0\n"


IMAGE = np.zeros((4, 5))


@pytest.mark.parametrize(
    ("name", "values", "options", "said"),
    [
        ("x.wav", np.zeros(9), {}, "have no sampling rate. Tell it by rate= (--rate in a shell)"),
        ("x.wav", np.zeros(9, np.int16), {"rate": 8000}, "stored as int16. Divide them by full scale first"),
        ("x.wav", np.zeros((2, 3, 4)), {"rate": 8000}, "shape (2, 3, 4). Write samples and channels, or .npy"),
        ("x.wav", np.zeros(0), {"rate": 8000}, "shape (0,)"),
        ("x.wav", np.zeros(9), {"rate": 9, "like": Storage(rate=8)}, "rate=9 is not the 8 Hz that the input tells"),
        ("x.npy", np.zeros(9), {"rate": 9}, "rate=9 is for sounds"),
        ("x.flac", np.zeros((9, 9)), {"rate": 8000}, "has room for 8 channels"),
        ("x.flac", np.zeros(9), {"rate": 10**8}, "cannot be written as a .flac file"),
        ("x.flac", np.full(9, np.nan), {"rate": 8000}, "9 of the values are not finite. Replace them, or write .npy"),
        ("x.wav", np.full(9, 1e300), {"like": Storage(rate=8, encoding="FLOAT")}, "9 of the values are too large"),
        ("x.wav", np.zeros(9, complex), {"rate": 8000}, "no room for complex numbers"),
        ("x.png", IMAGE, {}, "stored as float64. Write .tif or .npy, or convert them to uint8 or uint16 first"),
        ("x.png", IMAGE, {"like": Storage(dtype=np.dtype("i2"))}, "stored as int16"),
        ("x.png", np.zeros((2, 4, 5), np.uint8), {}, "shape (2, 4, 5). Write .tif or .npy"),
        ("x.png", np.zeros(5, np.uint8), {}, "shape (5,)"),
        ("x.png", IMAGE + 1j, {"like": Storage(bits=8)}, "no room for complex numbers"),
        ("x.tif", np.zeros(5), {}, "shape (5,). Write rows and columns, or .npy"),
        ("x.tif", np.full((2, 2), np.inf), {"like": Storage(dtype=np.dtype("u1"))}, "4 of the values are not finite"),
        ("x.tif", IMAGE + 1e9, {"like": Storage(dtype=np.dtype("f2"))}, "20 of the values are too large for it"),
        ("x.csv", np.zeros((2, 2, 2)), {}, "shape (2, 2, 2). Write rows and columns, or .npy"),
        ("x.csv", np.zeros(2, complex), {}, "no room for complex numbers"),
        ("x.txt", np.zeros(2), {}, "cannot be written: its suffix '.txt' is not known. Use .npy, .csv, .wav"),
    ],
)  # fmt: skip
def test_what_a_kind_cannot_hold_is_refused(tmp_path, name, values, options, said):
    assert said in refusal(tmp_path / name, values, **options)


def test_what_is_no_number_is_refused(tmp_path):
    assert "hold numbers" in refusal(tmp_path / "x.npy", ["a"], TypeError)
    assert "hold numbers" in refusal(tmp_path / "x.csv", np.array([{}]), TypeError)
    assert "masked" in refusal(tmp_path / "x.npy", np.ma.masked_array([1.0, 2.0], [True, False]), TypeError)
    assert "rate=1.5" in refusal(tmp_path / "x.wav", [0.0], TypeError, rate=1.5)


def test_how_numbers_would_be_stored_is_told_before(tmp_path):
    stored = storage_for(tmp_path / "x.flac", np.zeros(3), like=Storage(rate=8, encoding="DOUBLE"))
    assert stored == Storage(rate=8, encoding="PCM_24")
    assert storage_for(tmp_path / "x.flac", np.zeros(3), like=stored) == stored
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "module", "library"), [("x.wav", "soundfile", "soundfile"), ("x.tif", "tifffile", "tifffile")]
)
def test_a_missing_library_is_told_with_its_remedy(tmp_path, monkeypatch, name, module, library):
    monkeypatch.setitem(sys.modules, module, None)
    said = refusal(tmp_path / name, IMAGE, ImportError, rate=8000 if name == "x.wav" else None)
    assert said == f'writing {tmp_path / name} needs {library}: pip install "shiftinv[io]"'


def test_a_png_file_is_written_without_pillow(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    write_signal(tmp_path / "x.png", GREY)
    monkeypatch.undo()
    np.testing.assert_array_equal(read_signal(tmp_path / "x.png"), GREY)


# ---------------------------------------------------------------- harm

NAMES = ("x.npy", "x.csv", "x.wav", "x.flac", "x.png", "x.tif")
NOISE = RNG.integers(0, 256, (300, 4), np.uint8)


def values_for(name):
    return NOISE if name in ("x.png", "x.tif") else NOISE / 256


@pytest.mark.parametrize("name", NAMES)
def test_an_existing_file_needs_force_and_survives_a_refusal(tmp_path, name):
    path, rate = tmp_path / name, 8000 if name in ("x.wav", "x.flac") else None
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError, match=r"exists\. Use force=True"):
        write_signal(path, values_for(name), rate=rate)
    with pytest.raises((ValueError, TypeError)):
        write_signal(path, ["a"], rate=rate, force=True)
    assert path.read_bytes() == b"old"
    write_signal(path, values_for(name), rate=rate, force=True)
    np.testing.assert_array_equal(read_signal(path), values_for(name))
    assert os.listdir(tmp_path) == [name]


FULL = """
import os, resource, signal, sys
import numpy as np
from shiftinv.files import write_signal
x = np.load(sys.argv[1])
rate = 8000 if sys.argv[2].endswith((".wav", ".flac")) else None
if sys.argv[3] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))
else:
    os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
write_signal(sys.argv[2], x, rate=rate, force=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits and signals of POSIX")
@pytest.mark.parametrize("how", ["full", "killed"])
@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_or_a_kill_leaves_the_old_file(tmp_path, name, how):
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / name
    path.write_bytes(b"old")
    np.save(tmp_path / "given.npy", values_for(name))
    command = [sys.executable, "-c", FULL, str(tmp_path / "given.npy"), str(path), how]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert path.read_bytes() == b"old"
    if how == "full":
        assert done.returncode == 1
        assert f"File too large: '{path}'" in done.stderr.splitlines()[-1]
        assert os.listdir(tmp_path / "out") == [name]
    else:
        assert done.returncode == -9


def test_an_encoder_that_fails_touches_nothing(tmp_path, monkeypatch):
    path = tmp_path / "x.tif"
    path.write_bytes(b"old")

    def broken(*_, **__):
        raise RuntimeError("no such tag")

    monkeypatch.setattr(tifffile, "imwrite", broken)
    with pytest.raises(ValueError, match=r"x\.tif cannot be written as a \.tif file: no such tag\."):
        write_signal(path, NOISE, force=True)
    assert (path.read_bytes(), os.listdir(tmp_path)) == (b"old", ["x.tif"])


@pytest.mark.parametrize("name", NAMES)
def test_the_values_are_not_touched_and_nothing_is_said(tmp_path, name, capfd):
    x = values_for(name)
    before = x.copy()
    x.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_signal(tmp_path / name, x, rate=8000 if name in ("x.wav", "x.flac") else None)
        write_signal(tmp_path / f"turned_{name}", x.T[:2].T, rate=8000 if name in ("x.wav", "x.flac") else None)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(read_signal(tmp_path / f"turned_{name}"), x[:, :2])
    assert capfd.readouterr() == ("", "")
