"""Reading signals: every refusal names the file. Writing: a failure leaves the old file whole."""

import io
import os
import stat

import numpy as np
import pytest

from shiftinv.files import read_contents, read_finite_signals, read_signal, read_signals, replacing


@pytest.fixture
def write(tmp_path):
    def _write(content, name="signal.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


def saved(x, **options):
    buffer = io.BytesIO()
    np.save(buffer, x, **options)
    return buffer.getvalue()


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1\n2.5\n-3e2\n", [1, 2.5, -300]),
        ("volts\n1\n2\n", [1, 2]),
        ("1,2\n3,4\n5,6\n", [[1, 2], [3, 4], [5, 6]]),
        ("a,b\r\n1,2\r\n3,4\r\n", [[1, 2], [3, 4]]),
        ('"a, in mV",b\n1,"2"\n', [[1, 2]]),
        (" 1 , 2 \n3,4", [[1, 2], [3, 4]]),
        ("\ufeff1\n2\n\n\n", [1, 2]),
        ("7\n", [7]),
    ],
)
def test_a_csv_file_is_a_signal_or_a_table(write, text, expected):
    x = read_signal(write(text))
    assert x.dtype == np.float64
    assert x.shape == np.shape(expected)
    np.testing.assert_array_equal(x, expected)


@pytest.mark.parametrize(
    ("text", "line", "offender"),
    [
        ("1\n2\nthree\n", 3, ", column 1 holds 'three', which is not a number. Use numbers"),
        ("a,b\n1,2\n3,x y\n", 3, ", column 2 holds 'x y'"),
        ("time,1\n2,3\n", 1, ", column 1 holds 'time'"),
        ("a\nb\n1\n", 2, ", column 1 holds 'b'"),
        ("1,\n2,3\n", 1, ", column 2 is empty. Fill it"),
        (",\n2,3\n", 1, ", column 1 is empty. Fill it, or leave the line or the column out."),
        ("a,b\n1,2\n ,\n3,\n", 3, ", column 1 is empty. Fill it"),
        ('a\n1\n""\n', 3, ", column 1 is empty. Fill it"),
        ("1\n1_000\n", 2, "'1_000'"),
        ("x;y\n1;2\n", 2, ", column 1: the separator is ';'. Use commas."),
        ("1,5;2\n1,6;3\n", 1, "the separator is ';'. Use commas."),
        ("1\t2\n", 1, "the separator is a tab. Use commas."),
        ("# a b\n1.0e0 2.0\n", 2, "the separator is a blank. Use commas."),
        ("1,2\n3,4\n5\n", 3, ", column 2: the line has 1 values, and the lines above have 2. Give"),
        ("a,b,c\n1,2\n", 2, ", column 3: the line has 2 values, and the lines above have 3. Give"),
        ("1\n\n2\n", 2, "empty"),
        ("h\n\n2\n", 2, "empty"),
        (b"1,2\n1,2\n1,\xff\n4,4\n", 3, r", column 2: b'\xff' is not UTF-8 text. Save it in UTF-8."),
        ('1\n"2\n', 2, "comma-separated text"),
    ],
)
def test_csv_errors_name_the_file_the_line_and_the_text(write, text, line, offender):
    path = write(text)
    with pytest.raises(ValueError, match=r"signal\.csv") as refusal:
        read_signal(path)
    message = str(refusal.value)
    assert f"{path}, line {line}" in message
    assert offender in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "channels", "expected", "empty"),
    [
        (",a\n0,1\n1,\n", ("0", "1"), [[0, 1], [1, np.nan]], "line 3, column 2 is empty"),
        ("a,b\n,\n , 2\n", ("a", "b"), [[np.nan, np.nan], [np.nan, 2]], "line 2, column 1 is empty"),
        (",\n1,2\n", ("0", "1"), [[np.nan, np.nan], [1, 2]], "line 1, column 1 is empty"),
        ('a\n1\n""\n3\n', ("a",), [[1], [np.nan], [3]], "line 3, column 1 is empty"),
        ("a,b\n1,nan\n", ("a", "b"), [[1, np.nan]], ""),
    ],
)
def test_empty_cells_are_nan_where_they_may_be(write, text, channels, expected, empty):
    contents = read_contents(write(text), empty_cells=True)
    assert (contents.channels, contents.empty) == (channels, empty)
    np.testing.assert_array_equal(contents.values, expected)


@pytest.mark.parametrize("text", ["1,2\n\n3,4\n", "a,b\n\n3,4\n"])
def test_empty_lines_are_refused_even_where_empty_cells_may_be(write, text):
    with pytest.raises(ValueError, match="line 2: the line is empty, and values follow it"):
        read_contents(write(text), empty_cells=True)


@pytest.mark.parametrize("text", ["", "\n\n", "only,names\n"])
def test_a_csv_file_without_numbers_is_refused(write, text):
    with pytest.raises(ValueError, match=r"signal\.csv, line 1, column 1: the file holds no numbers\. Write"):
        read_signal(write(text))


def test_columns_of_a_table_are_signals_named_by_their_header(write):
    read = read_signals(write("I,II\n1,2\n3,4\n5,6\n", "leads.csv"))
    assert list(read) == ["leads.csv[I]", "leads.csv[II]"]
    np.testing.assert_array_equal(read["leads.csv[II]"], [2, 4, 6])
    assert read["leads.csv[II]"].flags.c_contiguous


@pytest.mark.parametrize("head", ["", "a,a\n", ",a\n"])
def test_columns_without_names_of_their_own_are_counted(write, head):
    read = read_signals(write(head + "1,2\n3,4\n", "leads.csv"))
    assert list(read) == ["leads.csv[0]", "leads.csv[1]"]
    np.testing.assert_array_equal(read["leads.csv[0]"], [1, 3])


def test_a_single_column_and_an_image_are_one_signal_each(write):
    assert {name: x.shape for name, x in read_signals(write("1\n2\n", "x.csv")).items()} == {"x.csv": (2,)}
    assert {name: x.shape for name, x in read_signals(write("h\n1\n2\n", "x.csv")).items()} == {"x.csv[h]": (2,)}
    image = write(saved(np.ones((3, 4))), "image.npy")
    assert {name: x.shape for name, x in read_signals(image).items()} == {"image.npy": (3, 4)}


def test_the_header_of_savetxt_names_the_columns(tmp_path):
    np.savetxt(tmp_path / "x.csv", [[1, 2], [3, 4]], delimiter=",", header=" time , volts")
    assert list(read_signals(tmp_path / "x.csv")) == ["x.csv[time]", "x.csv[volts]"]


def test_only_the_columns_with_nan_are_refused_and_by_their_place(write):
    path = write("t,I,II\n0,1,2\n1,nan,3\n2,inf,4\n3,5,-inf\n", "leads.csv")
    read, refusals = read_finite_signals(path)
    assert list(read) == ["leads.csv[t]"]
    assert refusals == [
        f"{path}, line 3, column 2 (I): nan is not finite, nor are 1 more. Replace it; a transform would spread it.",
        f"{path}, line 5, column 3 (II): -inf is not finite. Replace it; a transform would spread it.",
    ]
    assert read_finite_signals(write("h\n1\nnan\n"))[1][0].startswith(f"{path.parent}{os.sep}signal.csv, line 3,")
    image = write(saved(np.array([[1, np.nan]])), "image.npy")
    assert read_finite_signals(image) == (
        {},
        [f"{image}, index (0, 1): nan is not finite. Replace it; a transform would spread it."],
    )


@pytest.mark.parametrize("name", ["folder", "folder.csv"])
def test_a_folder_is_called_a_folder(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(IsADirectoryError, match=rf"{name} is a folder\. Name the files in it"):
        read_signal(tmp_path / name)


# ---------------------------------------------------------------- NPY


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        ("float64", "float64"),
        ("float32", "float32"),
        ("complex64", "complex64"),
        ("int16", "float64"),
        ("bool", "float64"),
    ],
)
def test_an_npy_file_keeps_shape_and_floating_dtype(write, given, dtype):
    x = np.arange(6).reshape(2, 3).astype(given)
    read = read_signal(write(saved(np.asfortranarray(x)), "x.npy"))
    assert read.dtype == dtype
    assert type(read) is np.ndarray
    assert read.flags.writeable
    np.testing.assert_array_equal(read, x)


WHOLE = saved(np.arange(100.0))


@pytest.mark.parametrize(
    "content",
    [
        WHOLE[:-1],
        WHOLE[:-400],
        WHOLE[:60],
        WHOLE[:4],
        b"",
        b"1,2,3\n" * 30,
        WHOLE.replace(b"'<f8'", b"'<\xff8'"),
        WHOLE.replace(b"(100,), }        ", b"(100000000000,), }"),
        saved(np.array([{}], dtype=object), allow_pickle=True),
    ],
    ids=[
        "one byte short",
        "half",
        "in the header",
        "in the magic",
        "empty",
        "text",
        "garbled",
        "claims 800 GB",
        "pickle",
    ],
)
def test_a_broken_npy_file_is_refused_by_name(write, content):
    path = write(content, "broken.npy")
    with pytest.raises(ValueError, match=r"broken\.npy") as refusal:
        read_signal(path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("x", [np.array(["a"]), np.zeros(2, [("t", float)]), np.array(["2020-01-01"], "M8[D]")])
def test_an_npy_file_without_numbers_is_refused(write, x):
    with pytest.raises(ValueError, match=r"words\.npy holds .*, not numbers"):
        read_signal(write(saved(x), "words.npy"))


def test_an_npy_file_of_a_single_number_is_refused(write):
    path = write(saved(np.float64(3)), "s.npy")
    with pytest.raises(ValueError, match=r"s\.npy holds a single number, and a signal has at least one axis\. Save an"):
        read_signal(path)


@pytest.mark.parametrize("name", ["x.txt", "x.npz", "x"])
def test_other_kinds_are_refused_with_those_that_can_be_read(write, name):
    with pytest.raises(ValueError, match=r"Use \.npy, \.csv, \.wav, \.flac, \.png, \.tif or \.tiff\."):
        read_signal(write("1\n", name))


@pytest.mark.parametrize("name", ["x.csv", "x.npy"])
def test_a_missing_file_is_named_in_one_line(tmp_path, name):
    with pytest.raises(FileNotFoundError) as refusal:
        read_signal(tmp_path / name)
    assert str(refusal.value) == f"{tmp_path / name} does not exist."


# ---------------------------------------------------------------- writing


def test_a_failure_while_writing_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "report.csv"
    target.write_bytes(b"old")

    def fill():
        with replacing(target) as file:
            file.write(b"half of the new")
            raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        fill()
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["report.csv"]


def test_ctrl_c_while_writing_leaves_the_old_file(tmp_path):
    target = tmp_path / "report.csv"
    target.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replacing(target):
        raise KeyboardInterrupt
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["report.csv"]


def test_a_failing_sync_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "report.csv"
    target.write_bytes(b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"), replacing(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"old"


def test_nothing_is_seen_before_everything_is_written(tmp_path):
    target = tmp_path / "report.csv"
    target.write_bytes(b"old")
    with replacing(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["report.csv"]


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_permissions_are_kept_or_follow_the_mask(tmp_path):
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    kept.write_bytes(b"")
    kept.chmod(0o640)
    mask = os.umask(0o027)
    try:
        for target in (kept, fresh):
            with replacing(target) as file:
                file.write(b"x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o640


def test_a_missing_folder_is_told_by_the_name_that_was_asked_for(tmp_path):
    target = tmp_path / "nowhere" / "report.csv"
    with (
        pytest.raises(FileNotFoundError, match=r"report\.csv cannot be written: there is no"),
        replacing(target),
    ):
        pass
