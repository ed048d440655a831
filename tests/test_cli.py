"""The command line: exit codes, stdout for results, stderr for messages, and no harm to files."""

import contextlib
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys

import click.testing
import numpy as np
import pytest

import shiftinv
import shiftinv.comparison
import shiftinv.environment
from shiftinv.cli import main

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(pathlib.Path(shiftinv.__file__).parents[1])}
PAIR = ("-t", "dwt:haar,levels=2", "-t", "swt:haar,levels=2")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Run every test in a folder with a small signal, a table and a broken file; measure no times."""
    monkeypatch.chdir(tmp_path)
    slow = ("forward_ratio", "lower_bound", "noise_amplification", "denoising_gain")
    quick = tuple(one for one in shiftinv.comparison.MEASUREMENTS if set(slow).isdisjoint(one.measures))
    monkeypatch.setattr(shiftinv.comparison, "MEASUREMENTS", quick)
    np.save("x.npy", np.random.default_rng(0).standard_normal(18))
    (tmp_path / "leads.csv").write_text("I,II\n" + "".join(f"{n},{n * n % 7}\n" for n in range(16)))
    (tmp_path / "broken.csv").write_text("1\n2\nthree\n")
    return tmp_path


def run(*words):
    return click.testing.CliRunner().invoke(main, [str(word) for word in words])


def shell(*words, **extra):
    command = [sys.executable, "-m", "shiftinv.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=ENVIRONMENT | extra)


def test_compare_prints_a_table_and_nothing_else():
    result = run("compare", "x.npy", *PAIR)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "x.npy, 16 samples" in result.stdout
    assert "[1] cropped from 18 to 16 for dwt:haar,levels=2\n" in result.stdout
    parts = result.stdout.count("\n\n\n") + 1
    assert result.stdout.count("\ndwt:haar,levels=2 ") == result.stdout.count("\nswt:haar,levels=2 ") == parts
    assert result.stdout.endswith("\n")
    assert not result.stdout.endswith("\n\n")


def test_every_column_of_a_table_is_a_signal():
    result = run("compare", "leads.csv", "x.npy", *PAIR, "--format", "csv")
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["signal"] for row in rows[::2]] == ["leads.csv[I]", "leads.csv[II]", "x.npy"]
    assert [row["shape"] for row in rows] == ["16"] * 6
    assert [row["transform"] for row in rows[:2]] == ["dwt:haar,levels=2", "swt:haar,levels=2"]


def test_json_and_markdown_on_stdout():
    document = json.loads(run("compare", "x.npy", *PAIR, "--format", "json").stdout)
    assert [record["redundancy"] for record in document["records"]] == [1, 3]
    lines = run("compare", "x.npy", *PAIR, "--format", "markdown").stdout.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("| ") and line.endswith(" |") for line in lines)


def test_a_complex_signal_is_measured_where_it_can_be():
    np.save("c.npy", np.exp(1j * np.arange(32) ** 1.5))
    result = run("compare", "c.npy", "-t", "dwt:sym8,levels=2", "-t", "dtcwt:levels=2", "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    ours, theirs = csv.DictReader(io.StringIO(result.stdout))
    assert float(ours["redundancy"]) == 1
    assert theirs["redundancy"] == theirs["levels"] == ""
    assert theirs["note"].startswith("the signal is complex128, and a dual tree takes real signals only.")
    assert run("compare", "c.npy", "-t", "dtcwt:levels=2").exit_code == 1  # nothing could be measured


def test_peers_are_measured_whatever_the_length():
    np.save("odd.npy", np.random.default_rng(1).standard_normal(67))
    result = run("compare", "odd.npy", "-t", "dwt:sym8,levels=1", "--peers", "--format", "csv")
    rows = {row["transform"]: row for row in csv.DictReader(io.StringIO(result.stdout))}
    assert {row["shape"] for row in rows.values()} == {"64"}
    assert float(rows["pywt.swt:sym8,levels=4"]["redundancy"]) == 5


def test_without_a_file_the_bundled_signals_are_compared(monkeypatch):
    seen = {}

    def stub(x, transforms, *, peers, workers, progress):
        seen.update(x=x, transforms=transforms, peers=peers, workers=workers, progress=progress)
        return shiftinv.comparison.Comparison(("signal", "redundancy", "shift_variance", "note"), ())

    monkeypatch.setattr(shiftinv.comparison, "compare", stub)
    assert run("compare").exit_code == 0
    assert seen == {"x": None, "transforms": None, "peers": False, "workers": -1, "progress": True}
    run("compare", "--quiet", "--peers")
    assert (seen["progress"], seen["peers"]) == (False, True)
    run("compare", "--reference", "x.npy")
    assert list(seen["x"]) == ["impulse", "step", "box", "chirp", "ecg", "camera", "aero", "x.npy"]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("r.csv", b"signal,"),
        ("r.json", b"{\n"),
        ("r.md", b"| signal"),
        ("r.png", b"\x89PNG"),
        ("r.SVG", b"<?xml"),
        ("r.html", b"<!doctype html>"),
    ],
)
def test_the_suffix_decides_what_is_written(folder, name, start):
    result = run("compare", "x.npy", *PAIR, "-o", name)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"wrote {name}\n")
    assert (folder / name).read_bytes().startswith(start)
    assert run("compare", "x.npy", *PAIR, "-o", name, "--force", "-q").stderr == ""


def test_a_format_beside_an_output_is_printed_too(folder):
    result = run("compare", "x.npy", *PAIR, "-o", "r.md", "--format", "csv")
    assert result.stdout.startswith("signal,transform")
    assert (folder / "r.md").exists()


@pytest.mark.parametrize("name", ["r.htm", "r", "r.npy"])
def test_an_unknown_suffix_is_wrong_usage(name):
    result = run("compare", "x.npy", "-o", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert ".csv, .json, .md, .html, .png, .svg, .pdf" in result.stderr


def test_an_existing_output_needs_force(folder):
    (folder / "r.csv").write_text("old")
    result = run("compare", "x.npy", *PAIR, "-o", "r.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--force" in result.stderr
    assert (folder / "r.csv").read_text() == "old"
    assert run("compare", "x.npy", *PAIR, "-o", "r.csv", "--force").exit_code == 0
    assert (folder / "r.csv").read_text().startswith("signal,")


@pytest.mark.parametrize("name", ["leads.csv", "./leads.csv", "link.csv"])
def test_an_input_is_never_written_even_by_force(folder, name):
    before = (folder / "leads.csv").read_text()
    os.link("leads.csv", "link.csv")
    result = run("compare", "leads.csv", *PAIR, "-o", name, "--force")
    assert result.exit_code == 2
    assert "is an input" in result.stderr
    assert (folder / "leads.csv").read_text() == before


def test_an_output_in_no_folder_fails_before_any_work(monkeypatch):
    monkeypatch.setattr(shiftinv.comparison, "compare", None)
    result = run("compare", "x.npy", "-o", "nowhere/r.csv")
    assert result.exit_code == 1
    assert (
        result.stderr == f"Error: {os.path.join('nowhere', 'r.csv')} cannot be written: there is no folder nowhere.\n"
    )


def test_a_failing_write_leaves_the_old_report(folder, monkeypatch):
    (folder / "r.csv").write_text("old")

    def full(_):
        raise OSError(28, "No space left on device", "r.csv")

    monkeypatch.setattr(os, "fsync", full)
    result = run("compare", "x.npy", *PAIR, "-o", "r.csv", "--force")
    assert (result.exit_code, result.stderr) == (1, "Error: r.csv: No space left on device\n")
    assert (folder / "r.csv").read_text() == "old"


def test_several_files_go_on_and_list_the_failures(folder):
    np.save("nan.npy", np.array([1.0, np.nan]))
    (folder / "cut.npy").write_bytes((folder / "x.npy").read_bytes()[:-5])
    result = run("compare", "broken.csv", "x.npy", "cut.npy", "nan.npy", "missing.csv", *PAIR, "--format", "csv")
    assert result.exit_code == 1
    assert result.stdout.count("x.npy") == 2
    first, *failures = result.stderr.splitlines()
    assert first == "4 of 5 files failed:"
    assert failures[0] == (
        "  broken.csv, line 3, column 1 holds 'three', which is not a number. "
        "Use numbers like -1.5e3, separated by commas."
    )
    assert failures[1].startswith("  cut.npy is not a whole .npy file")
    assert failures[2] == "  nan.npy, index 1: nan is not finite. Replace it; a transform would spread it."
    assert failures[3] == "  missing.csv does not exist."
    assert len(failures) == 4


def test_a_single_bad_file_is_one_failure_and_no_table():
    result = run("compare", "broken.csv", *PAIR)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("1 of 1 file failed:\n  broken.csv, line 3, column 1 holds")
    assert "Traceback" not in result.stderr


def test_a_column_with_nan_leaves_the_others_compared(folder):
    (folder / "gap.csv").write_text("t,I\n" + "".join(f"{n},{n if n != 16 else 'nan'}\n" for n in range(32)))
    result = run("compare", "gap.csv", *PAIR, "--format", "csv")
    assert result.exit_code == 1
    assert [row["signal"] for row in csv.DictReader(io.StringIO(result.stdout))] == ["gap.csv[t]"] * 2
    assert result.stderr == (
        "1 of 1 file failed:\n"
        "  gap.csv, line 18, column 2 (I): nan is not finite. Replace it; a transform would spread it.\n"
    )


@pytest.mark.parametrize("word", ["swt:haar", "dwt:haar,levels=3", "swt"])
def test_a_transform_in_the_place_of_a_file_is_wrong_usage(word, monkeypatch):
    monkeypatch.setattr(shiftinv.comparison, "compare", None)
    result = run("compare", "x.npy", word)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"'{word}' is no file but a transform. Write -t before it." in result.stderr
    (pathlib.Path.cwd() / "a:b.csv").write_text("1\n2\n")
    assert run("compare", "a:b.csv", word).exit_code == 2


def test_when_nothing_can_be_measured_the_status_is_one():
    result = run("compare", "x.npy", "-t", "dwt:haar,levels=9")
    assert result.exit_code == 1
    assert "levels=9 is too deep" in result.stdout
    assert result.stderr == "Error: nothing could be measured; the notes say why.\n"
    assert run("compare", "x.npy", "-t", "dwt:haar,levels=9", "-t", "swt:haar,levels=1").exit_code == 0


def test_a_transform_named_twice_is_compared_once():
    result = run("compare", "x.npy", "-t", "swt:haar,2", "-t", "swt:haar,levels=2", "--format", "csv")
    assert result.stdout.count("swt:haar") == 1


def test_a_wrong_wavelet_points_to_the_list_of_this_command():
    result = run("compare", "x.npy", "-t", "swt:harr")
    assert result.exit_code == 2
    assert "shiftinv list wavelets" in " ".join(result.stderr.split())


def test_the_help_explains_specs():
    text = run("compare", "--help").stdout
    assert "axes=(-1,)" in text
    assert "norm=unit" in text
    assert sum(line.startswith("    shiftinv compare ") for line in text.splitlines()) == 3


def test_a_traceback_only_with_debug(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("by accident")

    monkeypatch.setattr(shiftinv.comparison, "compare", broken)
    plain, debug = run("compare", "x.npy"), run("compare", "x.npy", "--debug")
    assert (plain.exit_code, plain.stderr) == (1, "Error: ZeroDivisionError: by accident\n")
    assert debug.exit_code == 1
    assert "Traceback" in debug.stderr
    assert "Traceback" in run("compare", "broken.csv", "--debug").stderr


def test_files_of_one_name_are_told_apart(folder):
    (folder / "a").mkdir()
    np.save("a/x.npy", np.arange(8.0))
    result = run("compare", "x.npy", "a/x.npy", *PAIR, "--format", "csv")
    assert [line.split(",")[0] for line in result.stdout.splitlines()[1::2]] == ["x.npy", os.path.join("a", "x.npy")]


@pytest.mark.parametrize(
    "words", [("compare", "-t", "dwt:harr"), ("compare", "-t", "dvt"), ("compare", "--format", "xml"), ("nope",)]
)
def test_wrong_usage_is_two(words):
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


def test_commas_belong_to_the_spec():
    result = run("compare", "x.npy", "--transforms", "dwt:haar,levels=1,axes=(0,)", "--format", "csv")
    assert [row["transform"] for row in csv.DictReader(io.StringIO(result.stdout))] == ["dwt:haar,levels=1,axes=(0,)"]


def test_lists():
    assert run("list", "transforms").stdout.split() == shiftinv.list_transforms()
    assert run("list", "wavelets").stdout.split() == shiftinv.list_banks()
    methods, rules = shiftinv.denoising.estimator.METHODS, shiftinv.denoising.estimator.RULES
    named = [f"--method {name}" for name in methods] + [f"--rule {name}" for name in rules]
    assert run("list", "rules").stdout.splitlines() == named
    assert run("list", "planets").exit_code == 2


def test_version_and_help():
    assert run("--version").stdout == f"shiftinv, version {shiftinv.__version__}\n"
    assert "compare" in run("-h").stdout
    assert "--transforms" in run("compare", "-h").stdout


def test_ctrl_c_is_130(monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(shiftinv.comparison, "compare", interrupt)
    result = run("compare", "x.npy")
    assert (result.exit_code, result.stdout) == (130, "")
    assert "Traceback" not in result.stderr


def test_a_figure_without_matplotlib_fails_before_any_work(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(shiftinv.comparison, "compare", None)
    result = run("compare", "x.npy", "-o", "r.png")
    assert (result.exit_code, result.stderr) == (1, 'Error: drawing needs matplotlib: pip install "shiftinv[plot]"\n')


def test_a_figure_of_too_many_signals_fails_before_any_work(folder, monkeypatch):
    monkeypatch.setattr(shiftinv.comparison, "compare", None)
    np.savetxt("many.csv", np.ones((8, 13)), delimiter=",")
    result = run("compare", "many.csv", "-o", "r.png")
    assert result.exit_code == 1
    assert "13 signals, and a picture has room for 12 panels" in result.stderr


def test_sounds_and_images_are_compared(folder):
    soundfile, imageio = pytest.importorskip("soundfile"), pytest.importorskip("imageio.v3")
    rng = np.random.default_rng(0)
    soundfile.write("take.wav", rng.uniform(-1, 1, (16, 2)), 8000)
    imageio.imwrite("photo.png", rng.integers(0, 256, (8, 8, 3), np.uint8))
    result = run("compare", "take.wav", "photo.png", *PAIR, "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    names = ["take.wav[0]", "take.wav[1]", "photo.png[red]", "photo.png[green]", "photo.png[blue]"]
    assert [row["signal"] for row in rows[::2]] == names
    assert [row["shape"] for row in rows[::2]] == ["16"] * 2 + ["8x8"] * 3
    (folder / "cut.wav").write_bytes((folder / "take.wav").read_bytes()[:-7])
    (folder / "cut.png").write_bytes((folder / "photo.png").read_bytes()[:-7])
    result = run("compare", "cut.wav", "cut.png", *PAIR)
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "2 of 2 files failed", "  cut.wav is cut short", "  cut.png is cut short",
    ]  # fmt: skip


def test_a_file_above_the_limit_is_refused_and_the_others_go_on():
    np.save("big.npy", np.zeros(100, np.int8))
    result = run("compare", "x.npy", "big.npy", *PAIR, "--max-bytes", 799, "--format", "csv")
    assert result.exit_code == 1
    assert result.stdout.count("x.npy") == 2
    assert result.stderr == (
        "1 of 2 files failed:\n  big.npy takes 800 bytes of memory, more than max_bytes=799 (--max-bytes in a shell): "
        "allow 800 if that much is there.\n"
    )
    assert run("compare", "x.npy", "--max-bytes", 0).exit_code == 2
    assert "2147483648" in run("compare", "--help").stdout


def test_a_missing_library_fails_its_file_alone(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    (folder / "photo.png").write_bytes(b"")
    result = run("compare", "photo.png", "x.npy", *PAIR, "--format", "csv")
    assert result.exit_code == 1
    assert result.stdout.count("x.npy") == 2
    assert result.stderr == ('1 of 2 files failed:\n  reading photo.png needs Pillow: pip install "shiftinv[io]"\n')


def test_info_prints_every_fact_in_columns():
    result = run("info")
    assert (result.exit_code, result.stderr) == (0, "")
    told = shiftinv.environment.facts()
    width = max(map(len, told))
    assert result.stdout.splitlines() == [f"{name:<{width}}  {value}" for name, value in told.items()]
    assert told["tifffile"]
    assert any("writable" in value or "kept nowhere" in value for value in told.values())


def test_warmup_says_on_stderr_how_long_it_took(monkeypatch):
    monkeypatch.setattr(shiftinv.environment, "compile_kernels", lambda dtype: None)
    monkeypatch.setattr(shiftinv.environment, "_meanwhile", lambda code: contextlib.nullcontext())
    result = run("warmup")
    assert (result.exit_code, result.stdout) == (0, "")
    assert re.fullmatch(r"kernels compiled in \d+\.\d s\n", result.stderr)
    result = run("warmup", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(("command", "name"), [("info", "facts"), ("warmup", "compile_kernels")])
def test_a_failure_of_info_or_warmup_is_one_line(monkeypatch, command, name):
    def broken(*_):
        raise OSError(28, "No space left on device", "kernels")

    monkeypatch.setattr(shiftinv.environment, "_meanwhile", lambda code: contextlib.nullcontext())
    monkeypatch.setattr(shiftinv.environment, name, broken)
    result = run(command)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "Error: kernels: No space left on device\n")


# ---------------------------------------------------------------- as a process of its own


def test_warmup_and_info_as_processes(tmp_path):
    keep = {"NUMBA_CACHE_DIR": str(tmp_path / "kernels"), "NUMBA_DISABLE_JIT": "1"}
    done = shell("warmup", **keep)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("kernels compiled in ")
    done = shell("info", **keep)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{tmp_path / 'kernels' / 'shiftinv'} (writable, 0 kernels)" in done.stdout


def test_a_damaged_image_is_one_line_and_no_output_of_its_decoder(folder):
    tifffile = pytest.importorskip("tifffile")
    tifffile.imwrite("x.tif", np.ones((64, 64), np.uint16), compression="deflate")
    whole = bytearray((folder / "x.tif").read_bytes())
    whole[-10] ^= 255
    (folder / "x.tif").write_bytes(whole)
    done = shell("compare", "x.tif", *PAIR)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("1 of 1 file failed:\n  x.tif is not a whole .tif file: ")
    assert done.stderr.count("\n") == 2


def test_a_process_keeps_results_and_messages_apart(folder):
    done = shell("compare", "x.npy", "missing.csv", *PAIR, "--format", "csv", "--quiet")
    assert done.returncode == 1
    assert done.stdout.startswith("signal,transform")
    assert "missing" not in done.stdout
    assert done.stderr == "1 of 2 files failed:\n  missing.csv does not exist.\n"


@pytest.mark.parametrize(
    ("words", "status"), [(("--version",), 0), (("list", "transforms"), 0), (("compare", "-o", "x.y"), 2)]
)
def test_a_process_ends_with_the_status(words, status):
    assert shell(*words).returncode == status


def test_the_package_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "shiftinv", "--version"], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    assert done.stdout == f"shiftinv, version {shiftinv.__version__}\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_that_stops_ends_it_quietly():
    command = f"{sys.executable} -m shiftinv.cli list wavelets; echo status $? >&2"
    reader, writer = os.pipe()
    os.close(reader)  # nobody will ever read
    try:
        done = subprocess.run(
            ["sh", "-c", command],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
            timeout=60,
            env=ENVIRONMENT,
        )
    finally:
        os.close(writer)
    assert done.stderr == "status 0\n"


def test_without_click_the_remedy_is_told():
    script = "import sys; sys.modules['click'] = None; import shiftinv.cli"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60, env=ENVIRONMENT
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'shiftinv\'s command line needs click: pip install "shiftinv[cli]"\n'


def test_help_and_version_load_nothing_heavy():
    script = (
        "import sys\nfrom shiftinv.cli import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'numba', 'matplotlib', 'pandas', 'pywt', 'scipy', 'tqdm'} & set(sys.modules)\nassert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, stdout=subprocess.DEVNULL, env=ENVIRONMENT)


@pytest.mark.skipif(os.name == "nt", reason="locales of POSIX")
def test_a_terminal_without_the_signs_gets_question_marks():
    done = shell("compare", "x.npy", *PAIR, "--quiet", PYTHONIOENCODING="cp437")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("? copy") == 2
