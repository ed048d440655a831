"""``shiftinv denoise``: files come back in their own kind, what was done is said on stderr, and inputs are safe."""

import os
import pathlib
import signal
import subprocess
import sys
import time
import warnings

import click.testing
import numpy as np
import pytest

import shiftinv as si
import shiftinv.cli.denoising
from shiftinv.cli import main
from shiftinv.files import read_contents, read_signal

soundfile = pytest.importorskip("soundfile")
tifffile = pytest.importorskip("tifffile")
pytest.importorskip("PIL")

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(pathlib.Path(si.__file__).parents[1])}
RNG = np.random.default_rng(0)
LENGTH, SIDE = 512, 64
WAVE = 0.9 * np.sin(np.arange(LENGTH) / 9) + 0.05 * RNG.standard_normal(LENGTH)
PICTURE = np.clip(np.add.outer(np.arange(SIDE), np.arange(SIDE)) * 2.0 + 9 * RNG.standard_normal((SIDE, SIDE)), 0, 255)
FAST = ("-m", "universal")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Run every test in a folder with a file of each kind and a folder for results."""
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", WAVE)
    np.savetxt("leads.csv", np.c_[np.arange(LENGTH), WAVE], delimiter=",", header="t,I", comments="")
    both = np.c_[WAVE, WAVE[::-1]]
    soundfile.write("take.wav", both, 11025, "PCM_16")
    soundfile.write("float.wav", both, 11025, "FLOAT")
    soundfile.write("take.flac", both, 11025, "PCM_24")
    colours = np.dstack([PICTURE, PICTURE.T, PICTURE[::-1]])
    si.files.write_signal("photo.png", (colours * 257).astype(np.uint16))
    tifffile.imwrite("stack.tif", np.stack([PICTURE, PICTURE.T]).astype(np.uint8), photometric="minisblack")
    pathlib.Path("broken.csv").write_text("1\n2\nthree\n")
    os.mkdir("clean")
    return tmp_path


def run(*words):
    return click.testing.CliRunner().invoke(main, ["denoise", *map(str, words)])


def done(*words):
    """Run the command, which must do its work and print nothing; return what it says."""
    result = run(*words)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    return result.stderr.splitlines()


FILES = ("x.npy", "leads.csv", "take.wav", "float.wav", "take.flac", "photo.png", "stack.tif")


@pytest.mark.parametrize("name", FILES)
def test_without_noise_a_file_keeps_every_sample_and_what_it_tells_of_them(name):
    said = done(name, "-o", "clean", "--sigma", 0)
    channels = [channel for channel in read_contents(name).channels if channel != "t"]
    noise = ", ".join(f"0 ({channel})" for channel in channels) if len(channels) > 1 else "0"
    times = "; t copied, evenly spaced" if name == "leads.csv" else ""
    assert said[0] == f"{name}: sigma {noise}; nothing to remove{times}"
    before, after = read_contents(name), read_contents(pathlib.Path("clean") / name)
    np.testing.assert_array_equal(after.values, before.values)
    assert (after.values.dtype, after.channels, after.storage) == (before.values.dtype, before.channels, before.storage)


@pytest.mark.parametrize("name", FILES)
def test_the_result_is_that_of_the_library(name):
    said = done(name, "-o", "clean", *FAST)
    contents = read_contents(name)
    channel_axis = -1 if contents.channels else None
    expected, info = si.denoise(contents.values, method="universal", channel_axis=channel_axis, return_info=True)
    infos = info if isinstance(info, list) else [info]
    if name == "leads.csv":
        expected[:, 0], infos = contents.values[:, 0], infos[1:]  # times are copied
    found = read_contents(pathlib.Path("clean") / name).values
    steps = {"take.wav": 2.0**-15, "take.flac": 2.0**-23, "photo.png": 1, "stack.tif": 1}
    if name == "float.wav":
        expected = expected.astype(np.float32)
    if name in steps:
        full = {"photo.png": (0, 65535), "stack.tif": (0, 255)}.get(name, (-1, 1 - steps[name]))
        expected = np.clip(np.rint(expected / steps[name]) * steps[name], *full)
    np.testing.assert_array_equal(found, expected)
    assert not np.array_equal(found, contents.values)
    assert said[0].startswith(f"{name}: sigma ")
    for own in infos:
        assert f"{own.sigma:.4g}" in said[0]
        assert all(spec in said[0] for spec in own.transforms)
    assert said[1].startswith(f"wrote {os.path.join('clean', name)}: ")


def test_options_reach_the_library():
    spec = "swt:haar,levels=3"
    done("x.npy", "-o", "y.npy", "-m", "sure", "--rule", "hard", "--sigma", 0.07, "-t", spec, "--boundary", "periodic")
    expected = si.denoise(WAVE, spec, method="sure", rule="hard", sigma=0.07, boundary="periodic")
    np.testing.assert_array_equal(np.load("y.npy"), expected)
    done("x.npy", "-o", "y.npy", "-m", "2.5", "--force", "--workers", -1)
    np.testing.assert_array_equal(np.load("y.npy"), si.denoise(WAVE, method=2.5))
    batch = WAVE.reshape(4, 128)
    np.save("batch.npy", batch)
    (said, _) = done("batch.npy", "-o", "z.npy", "--axes", "-1", *FAST)
    expected, infos = si.denoise(batch, axes=-1, method="universal", return_info=True)
    np.testing.assert_array_equal(np.load("z.npy"), expected)
    sigmas = [info.sigma for info in infos]
    assert f"sigma {min(sigmas):.4g} to {max(sigmas):.4g}; " in said
    done("stack.tif", "-o", "pages.tif", "--axes", "1,2", *FAST)
    expected = si.denoise(read_signal("stack.tif"), axes=(1, 2), method="universal")
    np.testing.assert_array_equal(tifffile.imread("pages.tif"), np.clip(np.rint(expected), 0, 255))


def test_the_boundary_is_passed_on_where_it_is_given_only():
    done("x.npy", "-o", "y.npy", *FAST, "-t", "swt:haar,levels=3,boundary=zero")
    expected = si.denoise(WAVE, si.SWT("haar", 3, boundary="zero"), method="universal")
    np.testing.assert_array_equal(np.load("y.npy"), expected)
    done("x.npy", "-o", "z.npy", *FAST, "-t", "swt:haar,levels=3,boundary=zero", "--boundary", "zero")
    np.testing.assert_array_equal(np.load("z.npy"), expected)
    done("x.npy", "-o", "w.npy", *FAST, "-t", "pswt:haar,levels=3")
    assert "The default is symmetric where the transform has a boundary." in " ".join(run("--help").output.split())


def test_padded_circles_are_for_the_transforms_that_help_names():
    ends = [name for name in si.list_transforms() if hasattr(si.transform(name), "boundary")]
    takes = [name for name in ends if shiftinv.cli.denoising._continues(si.transform(name), "periodic-padded")]
    assert takes == ["dwt", "packets"]
    assert "periodic-padded is for dwt and packets only" in " ".join(run("--help").output.split())
    for name in takes:
        spec = f"{name}:haar,levels=3"
        done("x.npy", "-o", f"{name}.npy", *FAST, "-t", spec, "--boundary", "periodic-padded")
        expected = si.denoise(WAVE, spec, method="universal", boundary="periodic-padded")
        np.testing.assert_array_equal(np.load(f"{name}.npy"), expected)


def test_the_axes_of_a_transform_are_no_wrong_usage():
    batch = WAVE.reshape(4, 8, 16)
    np.save("batch.npy", batch)
    for place, axes in enumerate(("axes=(1,2)", "axes=(-2,-1)")):
        done("batch.npy", "-o", f"y{place}.npy", *FAST, "-t", f"swt:haar,levels=2,{axes}")
        expected = si.denoise(batch, "swt:haar,levels=2", method="universal", axes=(1, 2))
        np.testing.assert_array_equal(np.load(f"y{place}.npy"), expected)


def test_a_column_of_times_is_copied():
    times = np.round(np.arange(LENGTH) / 360, 4)  # not quite evenly spaced, as a recorder writes them
    np.savetxt("timed.csv", np.c_[times, WAVE, -times], delimiter=",", header="t,I,back", comments="")
    said = done("timed.csv", "-o", "clean", *FAST)
    expected = np.c_[times, si.denoise(WAVE, method="universal"), -times]
    np.testing.assert_array_equal(read_signal("clean/timed.csv"), expected)
    assert said[0].endswith("; t, back copied, evenly spaced")
    np.savetxt("ramp.csv", np.arange(9.0), header="t", comments="")
    assert "copied" not in "".join(done("ramp.csv", "-o", "clean", *FAST))


SECONDS = {
    "even": (np.arange(LENGTH) / 360, True),
    "rounded above a step": ([float(f"{i / 44100:.4f}") for i in range(LENGTH)], True),
    "cut off above a step": (np.floor(np.arange(LENGTH) / 4.41) / 1e4, True),
    "few digits": ([float(f"{i / 44100:.3g}") for i in range(LENGTH)], True),
    "falling": (-np.arange(LENGTH) // 3, True),
    "huge": (1e308 * np.linspace(-1.5, 1.5, LENGTH), None),
    "uneven": (np.round(np.sort(RNG.random(LENGTH)), 3), False),
    "uneven, in whole numbers": (np.cumsum(RNG.integers(0, 9, LENGTH)), False),
    "one sample lost": (np.delete(np.arange(LENGTH + 1), 9) / 360, False),
}


@pytest.mark.parametrize("case", SECONDS)
def test_a_first_column_that_runs_one_way_is_copied_however_uneven(case):
    times, even = SECONDS[case]
    np.savetxt("timed.csv", np.c_[times, WAVE], delimiter=",", header="t,I", comments="")
    said = done("timed.csv", "-o", "clean", *FAST)
    np.testing.assert_array_equal(read_signal("clean/timed.csv"), np.c_[times, si.denoise(WAVE, method="universal")])
    how = "evenly spaced" if even else "not evenly spaced: samples are treated as if they were"
    assert "; t copied, " in said[0]
    if even is not None:
        assert said[0].endswith(f"; t copied, {how}")


def test_only_the_first_column_is_taken_for_uneven_times():
    times = np.round(np.sort(RNG.random(LENGTH)), 3)
    np.savetxt("timed.csv", np.c_[WAVE, times], delimiter=",", header="I,t", comments="")
    assert "copied" not in done("timed.csv", "-o", "clean", *FAST)[0]
    np.savetxt("timed.csv", np.c_[times, WAVE], delimiter=",", header="t,I", comments="")
    assert "copied" not in done("timed.csv", "-o", "clean", *FAST, "--only", "t", "--force")[0]
    np.testing.assert_array_equal(read_signal("clean/timed.csv"), np.c_[si.denoise(times, method="universal"), WAVE])
    np.savetxt("lines.csv", np.c_[np.arange(LENGTH), np.zeros(LENGTH)], delimiter=",", header="t,I", comments="")
    assert done("lines.csv", "-o", "clean", *FAST)[0].endswith("; t copied, evenly spaced")
    np.savetxt("lines.csv", np.c_[np.zeros(LENGTH), np.arange(LENGTH)], delimiter=",", header="I,t", comments="")
    assert done("lines.csv", "-o", "clean", *FAST, "--force")[0].endswith("; t copied, evenly spaced")
    np.savetxt("lines.csv", np.c_[np.arange(LENGTH), np.arange(LENGTH)], delimiter=",", header="t,I", comments="")
    assert done("lines.csv", "-o", "clean", *FAST, "--force")[0].endswith("; t copied, evenly spaced")


def test_only_the_channels_that_are_named_change():
    done("leads.csv", "-o", "clean", "--only", "I", *FAST)
    before, after = read_signal("leads.csv"), read_signal("clean/leads.csv")
    np.testing.assert_array_equal(after[:, 0], before[:, 0])
    np.testing.assert_array_equal(after[:, 1], si.denoise(before[:, 1], method="universal"))
    (said, _) = done("photo.png", "-o", "clean", "--only", "blue", "--only", "red", "--only", "blue", *FAST)
    assert [part.split()[-1] for part in said.partition(";")[0].split(",")] == ["(blue)", "(red)"]
    before, after = read_signal("photo.png"), read_signal("clean/photo.png")
    np.testing.assert_array_equal(after[..., 1], before[..., 1])
    expected = si.denoise(before, channel_axis=-1, method="universal")
    np.testing.assert_array_equal(after[..., ::2], np.clip(np.rint(expected[..., ::2]), 0, 65535))
    assert (
        "no column, channel or colour 'J'. Name one of t, I." in run("leads.csv", "-o", "y.csv", "--only", "J").stderr
    )
    assert "leave --only out" in run("x.npy", "-o", "y.npy", "--only", "0").stderr


def test_the_noise_of_sums_and_differences_is_told_as_theirs():
    orthonormal = np.array([[1, 1, 1], [1.5**0.5, 0, -(1.5**0.5)], [0.5**0.5, -(2**0.5), 0.5**0.5]]) / 3**0.5
    planes = np.einsum("dc,ijc->dij", orthonormal, read_signal("photo.png"))
    sigmas = [si.denoise(plane, method="universal", return_info=True)[1].sigma for plane in planes]
    (said, _) = done("photo.png", "-o", "clean", "--decorrelate", *FAST)
    names = ("sum", "difference 1", "difference 2")
    told = ", ".join(f"{sigma:.4g} ({name})" for sigma, name in zip(sigmas, names, strict=True))
    assert said.startswith(f"photo.png: sigma {told}; swt:")
    (said, _) = done("take.wav", "-o", "clean", "--decorrelate", *FAST)
    assert [part.partition(" (")[2] for part in said.partition(";")[0].split(",")] == ["sum)", "difference 1)"]
    (said, _) = done("photo.png", "-o", "clean", "--decorrelate", "--only", "red", "--only", "red", *FAST, "--force")
    assert "(" not in said.partition(";")[0]
    assert "(" not in done("leads.csv", "-o", "clean", "--decorrelate", *FAST)[0].partition(";")[0]


@pytest.mark.parametrize(("kind", "told"), [("level-dependent", "noise of each level"), ("poisson", "noise of counts")])
def test_noise_without_one_strength_is_named(kind, told):
    counts = RNG.poisson(40 + 30 * np.c_[WAVE, WAVE])
    np.save("counts.npy", counts[:, 0])
    assert done("counts.npy", "-o", "y.npy", "--noise", kind, *FAST)[0].startswith(f"counts.npy: {told}; swt:")
    np.savetxt("counts.csv", counts, delimiter=",")
    assert done("counts.csv", "-o", "clean", "--noise", kind, *FAST)[0].startswith(f"counts.csv: {told}; swt:")


def test_clipped_samples_are_counted_and_told_even_if_quiet():
    rng = np.random.default_rng(1)
    loud = np.clip(
        np.rint(32768 * np.sign(np.sin(np.arange(2000) / 70)) + 3000 * rng.standard_normal(2000)), -32768, 32767
    )
    soundfile.write("loud.wav", loud.astype(np.int16), 8000)
    estimate = si.denoise(loud / 32768, method="universal")
    clipped = int(np.sum(np.rint(estimate * 32768) > 32767) + np.sum(np.rint(estimate * 32768) < -32768))
    assert clipped > 0
    told = f"wrote clean{os.sep}loud.wav: PCM_16 at 8000 Hz, {clipped} of 2000 samples clipped"
    assert done("loud.wav", "-o", "clean", *FAST)[1] == told
    assert done("loud.wav", "-o", "clean", *FAST, "--force", "--quiet") == [told]
    assert done("x.npy", "-o", "y.npy", *FAST, "--quiet") == []


def test_help_says_what_is_told_even_if_quiet():
    assert "no messages but errors and how many samples were clipped." in " ".join(run("--help").output.split())


def test_an_array_that_may_be_an_image_is_told_of_in_words_of_the_command():
    image = np.dstack([PICTURE, PICTURE.T, PICTURE[::-1]])
    np.save("b3.npy", image)
    np.save("c3.npy", image)
    note = (
        "note: the array of shape (64, 64, 3) is taken for a volume. If it is an image of 3 channels, use --axes 0,1; "
        "if it is a volume, --axes 0,1,2 says so."
    )
    said = done("b3.npy", "c3.npy", "-o", "clean", *FAST)
    assert [said[0], said[3]] == [f"b3.npy: {note}", f"c3.npy: {note}"]
    assert len(said) == 6
    volume = np.load("clean/b3.npy")
    assert done("b3.npy", "-o", "clean", *FAST, "--force", "--quiet") == []
    assert len(done("b3.npy", "-o", "clean", *FAST, "--force", "--axes", "0,1,2")) == 2
    np.testing.assert_array_equal(np.load("clean/b3.npy"), volume)
    assert len(done("b3.npy", "-o", "clean", *FAST, "--force", "--axes", "0,1")) == 2
    np.testing.assert_array_equal(np.load("clean/b3.npy"), si.denoise(image, method="universal", channel_axis=-1))


@pytest.mark.parametrize(
    ("name", "words", "note"),
    [
        ("x.npy", ("-t", "cyclespin:(dwt:haar,levels=2),shifts=(0,0,1)"), "shifts lists 1 shifts twice; each counts o"),
        ("long.npy", FAST, f"the array has dtype {np.dtype(np.longdouble)}; the transform computes in float64."),
    ],
)
def test_warnings_of_the_library_are_notes_in_one_line(name, words, note):
    if name == "long.npy" and np.dtype(np.longdouble).itemsize == 8:
        pytest.skip("long double is double here")
    np.save("long.npy", WAVE.astype(np.longdouble))
    command = [sys.executable, "-m", "shiftinv", "denoise", name, "-o", "y.npy", *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, env=ENVIRONMENT)
    told = ended.stderr.splitlines()
    assert told[0].startswith(f"{name}: note: {note}")
    assert [line.partition(": ")[0] for line in told[1:]] == [name, "wrote y.npy"]
    assert ".py" not in ended.stderr
    ended = subprocess.run(
        [*command, "--force", "--quiet"], capture_output=True, text=True, check=True, timeout=120, env=ENVIRONMENT
    )
    assert ended.stderr == ""


def test_warnings_of_transforms_are_notes_in_every_command():
    spec = "cyclespin:(dwt:haar,levels=2),shifts=(0,0,1)"
    for words in (("x.npy",), ("x.npy", "--quiet")):
        told = click.testing.CliRunner().invoke(main, ["compare", *words, "-t", spec])
        note = "note: shifts lists 1 shifts twice; each counts once."
        assert told.stderr.splitlines()[:1] == ([] if "--quiet" in words else [note])


def test_a_warning_of_others_is_shown_as_it_is(monkeypatch):
    def warned(*_, **__):
        warnings.warn("not ours", RuntimeWarning, stacklevel=1)
        return np.zeros(LENGTH), si.denoise(WAVE, sigma=0, return_info=True)[1]

    monkeypatch.setattr(shiftinv.cli.denoising, "_check_options", lambda _: None)
    monkeypatch.setattr(shiftinv.cli.denoising, "denoise", warned)
    with pytest.warns(RuntimeWarning, match="not ours"):
        assert "note" not in "".join(done("x.npy", "-o", "y.npy"))


def test_kinds_convert():
    assert done("take.wav", "-o", "take2.flac", "--sigma", 0)[1] == "wrote take2.flac: PCM_16 at 11025 Hz"
    np.testing.assert_array_equal(read_signal("take2.flac"), read_signal("take.wav"))
    done("photo.png", "-o", "photo.tif", "--sigma", 0)
    np.testing.assert_array_equal(tifffile.imread("photo.tif"), read_signal("photo.png"))
    done("leads.csv", "-o", "leads.npy", "--sigma", 0)
    np.testing.assert_array_equal(np.load("leads.npy"), read_signal("leads.csv"))
    np.savetxt("one.csv", WAVE, header="I", comments="")
    done("one.csv", "-o", "one.npy", "--sigma", 0)
    assert np.load("one.npy").shape == WAVE.shape
    assert done("x.npy", "-o", "x.wav", "--sigma", 0, "--rate", 360)[1] == "wrote x.wav: DOUBLE at 360 Hz"
    np.testing.assert_array_equal(read_signal("x.wav"), WAVE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x.npy", "-o", "y.wav"), "x.npy: y.wav is a sound, and the values have no sampling rate. Tell it by rate="),
        (("take.wav", "-o", "y.wav", "--rate", 8000), "take.wav: rate=8000 is not the 11025 Hz that the input tells."),
        (("x.npy", "-o", "y.png"), "x.npy: y.png is one image, grey or in red, green and blue"),
        (("photo.png", "-o", "y.csv"), f"photo.png: y.csv is a table, and the values have shape ({SIDE}, {SIDE}, 3)."),
        (("stack.tif", "-o", "y.png"), "stack.tif: y.png is one image, grey or in red, green and blue, and the"),
        (("missing.npy", "-o", "y.npy"), "missing.npy does not exist."),
        (("broken.csv", "-o", "y.csv"), "broken.csv, line 3, column 1 holds 'three', which is not a number."),
        (("x.npy", "-o", "y.npy", "--max-bytes", 99), f"x.npy takes {8 * LENGTH} bytes of memory, more than max_"),
        (("x.npy", "-o", "y.npy", "--axes", "1"), "axes=(1,) is out of range"),
        (("take.wav", "-o", "y.wav", "--axes", "1"), "take.wav: axes=(1,) names channel_axis=-1 too."),
    ],
)  # fmt: skip
def test_a_file_that_fails_is_told_before_any_work(monkeypatch, words, said):
    if "--axes" not in words:
        library = shiftinv.cli.denoising.denoise
        monkeypatch.setattr(
            shiftinv.cli.denoising, "denoise", lambda x, *a, **k: library(x, *a, **k) if len(x) == 1 else 1 / 0
        )
    result = run(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    first, second, *others = result.stderr.splitlines()
    assert (first, others) == ("1 of 1 file failed:", [])
    assert said in second
    assert not any(pathlib.Path(".").glob("y.*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x.npy",), "Missing option '--output'"),
        (("-o", "y.npy"), "Missing argument 'FILE...'"),
        (("x.npy", "-o", "y.txt"), "y.txt is no folder that exists, and its suffix '.txt' is none of .npy, .csv"),
        (("x.npy", "take.wav", "-o", "y.npy"), "y.npy is no folder, and there are 2 files. Make it one first."),
        (("x.npy", "clean/../x.npy", "-o", "clean"), "would be written twice. Denoise files of one name one by one."),
        (("x.npy", "swt:haar", "-o", "clean"), "'swt:haar' is no file but a transform. Write -t before it."),
        (("x.npy", "-o", "y.npy", "-m", "magic"), "'magic' is neither a number nor one of auto, universal"),
        (("x.npy", "-o", "y.npy", "-m", "-1"), "method=-1.0 is not allowed. Use a finite number >= 0."),
        (("x.npy", "-o", "y.npy", "-m", "nan"), "method=nan is not allowed"),
        (("x.npy", "-o", "y.npy", "-m", "ebayes", "--rule", "soft"), "both say how values shrink. Leave rule out."),
        (("x.npy", "-o", "y.npy", "--rule", "medium"), "'medium' is not one of 'soft', 'hard'"),
        (("x.npy", "-o", "y.npy", "--sigma", "-1"), "sigma=-1.0 is not allowed. Use a finite number >= 0."),
        (("x.npy", "-o", "y.npy", "--sigma", "inf"), "sigma=inf is not allowed"),
        (("x.npy", "-o", "y.npy", "-t", "swt:harr"), "shiftinv list wavelets"),
        (("x.npy", "-o", "y.npy", "-t", "bestshift:haar"), "'bestshift:haar' is not linear"),
        (("x.npy", "-o", "y.npy", "--boundary", "round"), "'round' is not one of 'periodic'"),
        (
            ("x.npy", "-o", "y.npy", "--boundary", "periodic-padded"),
            "--boundary periodic-padded is for dwt and packets, decimated transforms, only. Use one of periodic, "
            "symmetric, reflect, constant, zero, smooth, antisymmetric, antireflect, or a transform such as -t dwt:",
        ),
        (("x.npy", "-o", "y.npy", "--boundary", "periodic-padded", "-t", "best"), "is for dwt and packets, decimated"),
        (
            ("x.npy", "-o", "y.npy", "--boundary", "periodic-padded", "-t", "dtcwt"),
            "is for dwt and packets, decimated transforms, only. Use one of periodic, symmetric, or a transform such",
        ),
        (
            ("x.npy", "-o", "y.npy", "--boundary", "reflect", "-t", "dtcwt"),
            "--boundary reflect is not for dtcwt. Use one of periodic, symmetric.",
        ),
        (
            ("x.npy", "-o", "y.npy", "--boundary", "zero", "-t", "swt:haar,boundary=smooth"),
            "--boundary zero and -t swt:haar,boundary=smooth contradict each other. Leave one out.",
        ),
        (("x.npy", "-o", "y.npy", "--boundary", "zero", "-t", "steerable"), "takes none. Leave boundary out"),
        (("x.npy", "-o", "y.npy", "--axes", "a"), "'a' is no list of whole numbers such as 0,1."),
        (("x.npy", "-o", "y.npy", "--workers", "0"), "workers=0 is too small"),
        (("x.npy", "-o", "y.npy", "--rate", "0"), "0 is not in the range x>=1"),
        (("x.npy", "-o", "y.npy", "--nan-policy", "ignore"), "'ignore' is not one of 'raise', 'omit'"),
    ],
)
def test_wrong_usage_is_two_and_told_before_any_file_is_read(monkeypatch, words, said):
    monkeypatch.setattr(shiftinv.cli.denoising, "read_contents", None)
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())


def test_an_existing_output_needs_force():
    pathlib.Path("clean/x.npy").write_text("old")
    result = run("take.wav", "x.npy", "-o", "clean", *FAST)
    assert result.exit_code == 2
    assert f"{os.path.join('clean', 'x.npy')} exists. Use --force to replace it" in result.stderr
    assert os.listdir("clean") == ["x.npy"]
    assert pathlib.Path("clean/x.npy").read_text() == "old"
    done("take.wav", "x.npy", "-o", "clean", *FAST, "--force")
    np.testing.assert_array_equal(np.load("clean/x.npy"), si.denoise(WAVE, method="universal"))


@pytest.mark.parametrize("output", ["x.npy", "./x.npy", "hard.npy", "soft.npy", ".", "linked", "clean/../x.npy"])
def test_an_input_is_never_written_even_by_force(folder, output):
    os.link("x.npy", "hard.npy")
    os.symlink("x.npy", "soft.npy")
    os.symlink(folder, "linked")
    before = pathlib.Path("x.npy").read_bytes()
    result = run("x.npy", "-o", output, "--force")
    assert result.exit_code == 2
    assert "is an input. Write to another file." in result.stderr
    assert pathlib.Path("x.npy").read_bytes() == before


def test_an_input_is_safe_from_the_results_of_others():
    np.save("clean/x.npy", WAVE[::-1])
    before = pathlib.Path("clean/x.npy").read_bytes()
    assert run("x.npy", "clean/x.npy", "-o", "clean", "--force").exit_code == 2
    os.symlink(os.path.abspath("take.wav"), "clean/float.wav")
    assert "is an input" in run("float.wav", "take.wav", "-o", "clean", "--force").stderr
    assert pathlib.Path("clean/x.npy").read_bytes() == before


def test_several_files_go_on_and_list_the_failures(folder):
    for name in ("take.wav", "photo.png", "stack.tif", "take.flac", "x.npy"):
        (folder / f"cut_{name}").write_bytes((folder / name).read_bytes()[:-40])
    np.savetxt("gap.csv", [[1, 2], [np.nan, 3]], delimiter=",", header="t,I", comments="")
    (folder / "notes.txt").write_text("1\n")
    bad = [f"cut_{name}" for name in ("take.wav", "photo.png", "stack.tif", "take.flac", "x.npy")]
    result = run("x.npy", *bad, "broken.csv", "gap.csv", "notes.txt", "missing.npy", "leads.csv", "-o", "clean", *FAST)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sorted(os.listdir("clean")) == ["leads.csv", "x.npy"]
    lines = result.stderr.splitlines()
    start = lines.index("9 of 11 files failed:")
    names = [*bad, "broken.csv", "gap.csv", "notes.txt", "missing.npy"]
    for line, name in zip(lines[start + 1 :], names, strict=True):
        assert line.startswith(f"  {name}")
        assert "Traceback" not in line
    assert lines[start + 7] == (
        "  gap.csv, line 3, column 1 (t): nan is not finite. Replace it, or use --nan-policy omit."
    )


def test_gaps_are_kept_if_asked():
    x = WAVE.copy()
    x[7] = np.nan
    np.save("gap.npy", x)
    done("gap.npy", "-o", "y.npy", "--nan-policy", "omit", *FAST)
    np.testing.assert_array_equal(np.load("y.npy"), si.denoise(x, method="universal", nan_policy="omit"))
    np.savetxt("gap.csv", np.c_[x, WAVE], delimiter=",", header="gap,I", comments="")
    assert "column 1 (gap): nan is not finite" in run("gap.csv", "-o", "y.csv", "--only", "gap").stderr
    done("gap.csv", "-o", "y.csv", "--only", "I", *FAST)
    np.testing.assert_array_equal(read_signal("y.csv"), np.c_[x, si.denoise(WAVE, method="universal")])
    tifffile.imwrite("gap.tif", np.full((9, 9), np.nan, np.float32), photometric="minisblack")
    assert "not finite" in run("gap.tif", "-o", "y.tif").stderr


def test_empty_cells_are_gaps_if_asked():
    times = np.round(np.arange(LENGTH) / 360, 4)
    x, table = WAVE.copy(), np.c_[times, WAVE, WAVE[::-1]]
    x[[7, LENGTH - 1]] = table[[7, LENGTH - 1], 1] = table[3, 0] = np.nan
    cells = [",".join("" if np.isnan(v) else repr(float(v)) for v in row) for row in table]
    pathlib.Path("gap.csv").write_text("\n".join(["t,gap,I", *cells]) + "\n")
    for more in ((), ("--only", "I")):
        result = run("gap.csv", "-o", "y.csv", *more)
        assert result.exit_code == 1
        assert result.stderr.splitlines()[1:] == [
            "  gap.csv, line 5, column 1 is empty. Fill it, leave the line or the column out, or use --nan-policy omit."
        ]
    for policy in ("omit", "propagate"):
        said = done("gap.csv", "-o", f"{policy}.csv", "--nan-policy", policy, *FAST)
        assert said[0].endswith("; t copied, evenly spaced")
        clean = [si.denoise(y, method="universal", nan_policy=policy) for y in (x, WAVE[::-1])]
        np.testing.assert_array_equal(read_signal(f"{policy}.csv"), np.c_[table[:, 0], np.transpose(clean)])
    lines = pathlib.Path("omit.csv").read_text().splitlines()
    assert lines[4].startswith("nan,")
    assert lines[8].split(",")[1] == "nan"
    pathlib.Path("lines.csv").write_text("a,b\n1,2\n\n3,4\n")
    assert "line 3: the line is empty" in run("lines.csv", "-o", "y.csv", "--nan-policy", "omit").stderr


def test_a_failing_write_is_told_and_leaves_the_old_file(folder, monkeypatch):
    (folder / "y.npy").write_text("old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = run("x.npy", "-o", "y.npy", *FAST, "--force")
    assert (result.exit_code, result.stderr) == (1, "1 of 1 file failed:\n  x.npy: y.npy: No space left on device\n")
    assert (folder / "y.npy").read_text() == "old"
    assert not [name for name in os.listdir() if name.startswith(".")]


def test_a_traceback_only_with_debug(monkeypatch):
    library = shiftinv.cli.denoising.denoise

    def broken(x, *_, **options):
        return library(x, **options) if len(x) == 1 else 1 / 0

    monkeypatch.setattr(shiftinv.cli.denoising, "denoise", broken)
    plain, debug = (run("x.npy", "-o", "y.npy", *more) for more in ((), ("--debug",)))
    assert (plain.exit_code, plain.stderr) == (
        1, "1 of 1 file failed:\n  x.npy: ZeroDivisionError: division by zero\n"
    )  # fmt: skip
    assert debug.exit_code == 1
    assert "Traceback" in debug.stderr


# ---------------------------------------------------------------- as a process of its own


def test_a_process_says_all_on_stderr_and_shows_no_bar_where_no_terminal_is():
    command = [sys.executable, "-m", "shiftinv", "denoise", "take.wav", "broken.csv", "-o", "clean", "--sigma", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=ENVIRONMENT)
    assert (ended.returncode, ended.stdout) == (1, "")
    told = ended.stderr.splitlines()
    assert told[:2] == [
        "take.wav: sigma 0 (0), 0 (1); nothing to remove",
        f"wrote {os.path.join('clean', 'take.wav')}: PCM_16 at 11025 Hz",
    ]
    assert len(told) == 4


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_is_130_and_leaves_the_old_file(folder):
    (folder / "y.npy").write_text("old")
    script = (
        "import signal, time\nimport shiftinv.cli.denoising as d\nfrom shiftinv.cli import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a job in the background is started without one
        "work = lambda x, **_: len(x) == 1 or (print('working', flush=True), time.sleep(60))\n"
        "d.denoise = work\nmain(['denoise', 'x.npy', '-o', 'y.npy', '--force'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    assert process.stdout.readline() == "working\n"
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    stdout, stderr = process.communicate(timeout=30)
    assert time.monotonic() - begin < 20
    assert (process.returncode, stdout, stderr) == (130, "", "\ninterrupted\n")  # below the ^C of a terminal
    assert (folder / "y.npy").read_text() == "old"
    assert not [name for name in os.listdir() if name.startswith(".")]


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_of_messages_that_stops_ends_it_quietly():
    command = f"{sys.executable} -m shiftinv denoise x.npy -o y.npy --sigma 0 2>&1 >/dev/null | head -c 5"
    ended = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=True, timeout=60, env=ENVIRONMENT
    )
    assert (ended.stdout, ended.stderr) == ("x.npy", "")
    np.testing.assert_array_equal(np.load("y.npy"), WAVE)
