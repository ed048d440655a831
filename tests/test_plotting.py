"""The picture of a comparison: what stands where, legible, and saved whole or not at all."""

import math
import os
import pathlib
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib

import numpy as np
import pytest
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import shiftinv
from shiftinv import metrics, plotting
from shiftinv.comparison import Comparison, compare
from shiftinv.peers import Peer
from shiftinv.plotting import tradeoff

COLUMNS = ("signal", "transform", "levels", "shape", "redundancy", "shift_variance", "note")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(pathlib.Path(shiftinv.__file__).parents[1])}
BANKS = ("haar", "db4", "sym8", "bior4.4")


def rows(signal, shape=(1024,), close=1.0):
    """Return eight DWT points on top of each other and eight SWT points at 0."""
    made = []
    for levels in (3, 5):
        made += [
            (signal, f"dwt:{b},levels={levels}", levels, shape, 1.0, 0.1 * close**i, "") for i, b in enumerate(BANKS)
        ]
        made += [(signal, f"swt:{b},levels={levels}", levels, shape, levels + 1.0, 0.0, "") for b in BANKS]
    return tuple(made)


def comparison(*signals, close=1.02):
    return Comparison(COLUMNS, sum((rows(name, close=close) for name in signals), ()))


def size_and_pixels(data):
    """Check a PNG chunk by chunk; return its width, height and the decompressed bytes."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, pixels, kinds = 8, b"", []
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        assert struct.unpack(">I", data[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + body)
        pixels += body if kind == b"IDAT" else b""
        kinds.append(kind)
        place += length + 12
    assert kinds[0] == b"IHDR"
    assert kinds[-1] == b"IEND"
    width, height = struct.unpack(">II", data[16:24])
    return width, height, zlib.decompress(pixels)


def texts(axes):
    return [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_one_panel_per_signal(count):
    names = [f"s{i}" for i in range(count)]
    figure = plotting.pareto(comparison(*names))
    assert [axes.get_title(loc="left") for axes in figure.axes] == [f"{name}, 1024 samples" for name in names]


def test_the_saved_picture_is_a_whole_png_with_a_description(tmp_path):
    path = tmp_path / "figure.png"
    figure = comparison("ecg", "camera").plot(path)
    data = path.read_bytes()
    width, height, pixels = size_and_pixels(data)
    assert width > height > 400
    assert len(pixels) == height * (1 + 4 * width)
    assert len(set(pixels)) > 50  # something is drawn
    assert len(figure.axes) == 2
    assert b"ecg, DWT: redundancy 1" in data


def test_svg_and_pdf_by_suffix_and_nothing_else(tmp_path):
    comparison("ecg").plot(tmp_path / "f.svg")
    assert ET.parse(tmp_path / "f.svg").getroot().tag.endswith("svg")
    comparison("ecg").plot(tmp_path / "f.PDF")
    assert (tmp_path / "f.PDF").read_bytes().startswith(b"%PDF")
    with pytest.raises(ValueError, match=r"Use one of \.png, \.svg, \.pdf"):
        comparison("ecg").plot(tmp_path / "f.jpeg")
    assert {file.name for file in tmp_path.iterdir()} == {"f.svg", "f.PDF"}


def test_a_failure_while_saving_leaves_the_old_picture(tmp_path, monkeypatch):
    path = tmp_path / "figure.png"
    path.write_bytes(b"old")

    def fail(self, file, **_):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", fail)
    with pytest.raises(OSError, match="No space"):
        comparison("ecg").plot(path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["figure.png"]


def test_axes_say_what_they_show():
    figure = plotting.pareto(comparison("ecg", "camera"))
    for axes in figure.axes:
        assert axes.get_xlabel() == "redundancy (real coefficients per real sample)"
        assert axes.get_xscale() == axes.get_yscale() == "log"
        assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "2", "4", "8"]
        assert axes.get_yticklabels()[0].get_text() == "0"
        assert "shift variance" in axes.get_ylabel()
    assert figure.get_suptitle()


def test_exact_zeros_lie_on_the_line_of_zero_and_rounding_does_too():
    made = rows("x")
    made += (("x", "swt:db2,levels=1", 1, (8,), 2.0, 1e-15, ""),)
    (axes,) = plotting.pareto(Comparison(COLUMNS, made)).axes
    floor = axes.get_yticks()[0]
    clouds = {cloud.get_label(): cloud.get_offsets() for cloud in axes.collections}
    assert np.all(clouds["SWT"][:, 1] == floor)
    assert set(clouds["SWT"][:, 0]) == {2, 4, 6}
    assert clouds["DWT"][:, 1].tolist() == [0.1] * 8
    assert floor < 0.05
    (line,) = [line for line in axes.lines if line.get_label().startswith("_")]
    assert set(line.get_ydata()) == {floor}
    assert "0: no shift changes any energy" in texts(axes)


def test_dwt_and_swt_differ_in_marker_and_colour_whatever_is_drawn():
    both = plotting.pareto(comparison("x")).axes[0].collections
    looks = {c.get_label(): (c.get_paths()[0].vertices.shape, tuple(c.get_facecolor()[0])) for c in both[:-1]}
    assert looks["DWT"][0] != looks["SWT"][0]
    assert looks["DWT"][1] != looks["SWT"][1]
    alone = Comparison(COLUMNS, tuple(row for row in rows("x") if row[1].startswith("swt")))
    swt, _ = plotting.pareto(alone).axes[0].collections
    assert tuple(swt.get_facecolor()[0]) == looks["SWT"][1]


def test_rings_and_bold_labels_mark_the_records_that_nothing_beats():
    table = comparison("x", close=1.1)
    figure = plotting.pareto(table)
    (axes,) = figure.axes
    (rings,) = [cloud for cloud in axes.collections if cloud.get_label() == "Pareto-optimal"]
    floor = axes.get_yticks()[0]
    assert rings.get_offsets().tolist() == [[1.0, 0.1], [4.0, floor]]
    assert not len(rings.get_facecolor())
    best = {(r["redundancy"], r["shift_variance"] or floor) for r in table.pareto()}
    assert {tuple(place) for place in rings.get_offsets().tolist()} == best
    bold = {text.get_text() for text in axes.texts if text.get_fontweight() == "bold"}
    assert bold == {"haar, 3", "haar, 5", "haar\ndb4\nsym8\nbior4.4\n3 levels"}
    assert "Pareto-optimal" in [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(axes.lines) == 1  # the line of 0: nothing runs through the labels


def test_no_label_stands_outside_its_panel():
    crowded = tuple(
        ("x", f"dwt:a_wavelet_of_long_name_{n},levels=2", 2, (8,), 1.0, 0.1 + 1e-4 * n, "") for n in range(60)
    )
    edge = tuple(
        ("x", f"swt:a_wavelet_of_long_name_{n},levels=2", 2, (8,), redundancy, 0.0, "")
        for n, redundancy in enumerate((0.5, 0.5, 64.0, 64.0))
    )
    figure = plotting.pareto(Comparison(COLUMNS, crowded + edge))
    figure.draw_without_rendering()
    (axes,) = figure.axes
    labels = [text for text in axes.texts if "a_wav" in text.get_text() or "more" in text.get_text()]
    assert any(text.get_text().startswith("and ") for text in labels)
    for label in labels:
        box = Text.get_window_extent(label)
        assert axes.bbox.x0 - 1 <= box.x0 < box.x1 <= axes.bbox.x1 + 1, label
        assert axes.bbox.y0 - 1 <= box.y0 < box.y1 <= axes.bbox.y1 + 1, label


def test_a_cropped_signal_says_so():
    note = "cropped from 13x22 to 12x20 for dwt:haar,2"
    made = Comparison(COLUMNS, (("x", "dwt:haar,2", 2, (12, 20), 1.0, 0.1, note),))
    assert plotting.pareto(made).axes[0].get_title(loc="left") == "x, 12 x 20 samples (cropped from 13 x 22)"
    named = plotting.pareto(comparison("a_folder_and_a_file_name.csv[a long header]")).axes[0]
    assert named.get_title(loc="left") == "a_folder_and_…a long header], 1024 samples"


def test_more_signals_than_panels_are_refused():
    assert len(plotting.pareto(comparison(*(f"s{n}" for n in range(12)))).axes) == 12
    with pytest.raises(ValueError, match="13 signals, and a picture has room for 12 panels"):
        plotting.pareto(comparison(*(f"s{n}" for n in range(13))))


def test_every_record_has_a_label_and_none_touches_another():
    figure = plotting.pareto(comparison("ecg", "camera", close=1.02))
    figure.draw_without_rendering()
    for axes in figure.axes:
        labels = [text for text in axes.texts if text.get_text()[:4].rstrip(",\n") in {"haar", "db4", "sym8", "bior"}]
        words = [text.get_text() for text in labels]
        assert sorted(word for word in words if "," in word) == sorted(f"{b}, {n}" for b in BANKS for n in (3, 5))
        assert {word for word in words if "," not in word} == {f"haar\ndb4\nsym8\nbior4.4\n{n} levels" for n in (3, 5)}
        boxes = [Text.get_window_extent(text) for text in labels]
        for number, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[number + 1 :])
            assert axes.get_tightbbox().contains(box.x0, box.y0)
            assert figure.bbox.contains(box.x1, box.y1)


def test_labels_turn_inwards_at_the_right_edge():
    made = (
        ("x", "dwt:haar,levels=2", 2, (8,), 1.0, 0.2, ""),
        ("x", "spun:a_rather_long_long_name", 2, (8,), 16.0, 0.1, ""),
    )
    (axes,) = plotting.pareto(Comparison(COLUMNS, made)).axes
    assert {text.get_text(): text.get_ha() for text in axes.texts if ", 2" in text.get_text()} == {
        "haar, 2": "left",
        "a_rather_…_long_name, 2": "right",
    }


def test_a_long_stack_at_zero_is_cut_and_says_so():
    made = tuple(("x", f"swt:db{n},levels=2", 2, (8,), 3.0, 0.0, "") for n in range(1, 10))
    (axes,) = plotting.pareto(Comparison(COLUMNS, made)).axes
    assert "db1\ndb2\ndb3\ndb4\ndb5\ndb6\nand 3 more\n2 levels" in texts(axes)


def test_refused_records_are_counted_and_not_drawn():
    refused = (("x", "dwt:haar,levels=9", None, (8,), math.nan, math.nan, "too deep"),)
    (axes,) = plotting.pareto(Comparison(COLUMNS, rows("x") + refused)).axes
    assert axes.get_title(loc="right") == "1 not measured"
    assert sum(len(cloud.get_offsets()) for cloud in axes.collections if cloud.get_label() != "Pareto-optimal") == 16
    figure = plotting.pareto(Comparison(COLUMNS, refused))
    assert figure.axes[0].get_title(loc="right") == "1 not measured"


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="no redundancy and shift_variance"):
        plotting.pareto(Comparison(COLUMNS, ()))
    with pytest.raises(ValueError, match="no redundancy and shift_variance"):
        plotting.pareto(Comparison(("signal",), (("x",),)))


def test_without_matplotlib_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'pip install "shiftinv\[plot\]"'):
        comparison("x").plot()


def test_matplotlib_is_not_loaded_before_it_is_needed_and_pyplot_never():
    script = (
        "import sys, shiftinv.plotting as p; assert 'matplotlib' not in sys.modules;"
        "r = [dict(signal='x', transform='dwt:haar', levels=1, shape=(8,), redundancy=1.0, shift_variance=.1)];"
        "p.pareto(r); assert 'matplotlib' in sys.modules; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env=ENVIRONMENT)


@pytest.mark.parametrize("seed", range(5))
def test_spreading_keeps_order_gap_and_mean(seed):
    places = sorted(np.random.default_rng(seed).uniform(0, 100, 12).tolist())
    moved = plotting.spread_apart(places, 7.0)
    assert np.all(np.diff(moved) >= 7 - 1e-9)
    assert np.mean(moved) == pytest.approx(np.mean(places))
    apart = [0.0, 10.0, 30.0]
    assert plotting.spread_apart(apart, 7.0) == apart


# ---------------------------------------------------------------- aliasing beside shift variance

EVERY = (
    "dwt:sym8,levels=2",
    "swt:haar,levels=2",
    "dtcwt:levels=2",
    "starlet:2",
    "modwt:haar,levels=2",
    "spackets:haar,2",
)


@pytest.fixture(scope="module")
def crowd():
    rng = np.random.default_rng(0)
    signals = {"one": rng.standard_normal(64), "two": rng.standard_normal(32), "image": rng.standard_normal((16, 16))}
    measures = ("redundancy", "shift_variance", "aliasing_db")
    return compare(signals, (*EVERY, "bestshift:haar,levels=2"), measures=measures)


def test_aliasing_has_a_panel_for_every_set_of_redundancies(crowd):
    figure = plotting.pareto(crowd)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [
        "aliasing, redundancy of signals", "one, 64 samples", "two, 32 samples",
        "aliasing, redundancy of images", "image, 16 x 16 samples",
    ]  # fmt: skip
    first = figure.axes[0]
    assert first.get_title(loc="right") == "1 not measured"  # the one that is not linear
    assert first.get_yticklabels()[0].get_text() == "−∞"
    heights = {cloud.get_label(): cloud.get_offsets()[:, 1] for cloud in first.collections}
    told = {r["transform"]: r["aliasing_db"] for r in crowd if r["signal"] == "one"}
    assert 20 * math.log10(heights["DWT"][0]) == pytest.approx(told["dwt:sym8,levels=2"])
    assert heights["SWT"].tolist() == [first.get_yticks()[0]]
    assert "one, BESTSHIFT: redundancy" in figure.get_label()


def test_labels_name_families_where_there_are_many_and_none_touches_another(crowd):
    figure = plotting.pareto(crowd)
    figure.draw_without_rendering()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Pareto-optimal"]
    assert figure.legends[0].get_title().get_text() == "labels: transform and wavelet, 2 levels where not said"
    for axes in figure.axes:
        names = ("dwt", "swt", "dtcwt", "starlet", "modwt", "spackets", "bestshift")
        labels = [text for text in axes.texts if text.get_text().split()[0] in names]
        words = "\n".join(text.get_text() for text in labels)
        assert all(words.count(name) >= 1 for name in names[:6])
        boxes = [Text.get_window_extent(text) for text in labels]
        for number, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[number + 1 :])
            assert axes.bbox.x0 - 1 <= box.x0 < box.x1 <= axes.bbox.x1 + 1


# The README's table: transform, redundancy, shift variance and aliasing (dB), where the points crowd.
ECG = (
    ("scattering:4", 0.938, 7.7e-05, math.nan), ("bestshift:sym8,levels=4", 1, 0, math.nan),
    ("packets:sym8,levels=4", 1, 0.169, -10), ("laplacian:4", 1.94, 0.0298, -13.2),
    ("dtcwt:sym8,qshift=qshift_b,levels=4", 2, 0.00333, -25), ("pswt:sym8,levels=4,undecimated=2", 3, 9.6e-05, -38),
    ("spackets:sym8,levels=2", 4, 0, -math.inf), ("dwt:sym8,levels=4", 1, 0.17, -4.33),
    ("dtcwt:near_sym_b,qshift=qshift_b,levels=4", 2, 0.00335, -24.7), ("steerable:4,levels=4", 4.81, 0, -math.inf),
    ("dwt:haar,levels=4", 1, 0.199, 2.88), ("cyclespin:(dwt:sym8,levels=4),shifts=2", 2, 0.0691, -8.52),
    ("cyclespin:(dwt:sym8,levels=4),shifts=4", 4, 0.0448, -16.3), ("starlet:4", 5, 0, -math.inf),
    ("modwt:sym4,levels=4", 5, 0, -math.inf), ("swt:sym8,levels=4", 5, 0, -math.inf),
    ("swt:haar,levels=4", 5, 0, -math.inf), ("swt:bior4.4,levels=4", 5, 0, -math.inf),
    ("dwt:bior4.4,levels=4", 1, 0.241, -1.84), ("udtcwt:near_sym_b,qshift=qshift_b,levels=4", 10, 0, -math.inf),
    ("bestbasis:(packets:sym8,levels=3)", 1, 0.336, math.nan),
)  # fmt: skip
CAMERA = (
    ("bestshift:sym8,levels=4", 1, 0, math.nan), ("packets:sym8,levels=4", 1, 0.0169, -10),
    ("laplacian:4", 1.33, 0.00273, -13.2), ("dtcwt:sym8,qshift=qshift_b,levels=4", 4, 0.000939, -25),
    ("starlet:4", 5, 0, -math.inf), ("dwt:sym8,levels=4", 1, 0.0172, -4.33),
    ("dtcwt:near_sym_b,qshift=qshift_b,levels=4", 4, 0.000948, -24.7),
    ("pswt:sym8,levels=4,undecimated=2", 7, 7.7e-05, -38), ("steerable:4,levels=4", 11.6, 0, -math.inf),
    ("dwt:bior4.4,levels=4", 1, 0.0207, -1.84), ("cyclespin:(dwt:sym8,levels=4),shifts=2", 4, 0.0102, -8.52),
    ("modwt:sym4,levels=4", 13, 0, -math.inf), ("swt:sym8,levels=4", 13, 0, -math.inf),
    ("swt:haar,levels=4", 13, 0, -math.inf), ("swt:bior4.4,levels=4", 13, 0, -math.inf),
    ("bestbasis:(packets:sym8,levels=3)", 1, 0.0242, math.nan), ("spackets:sym8,levels=2", 16, 0, -math.inf),
    ("dwt:haar,levels=4", 1, 0.0448, 2.88), ("cyclespin:(dwt:sym8,levels=4),shifts=4", 16, 0.00285, -16.3),
    ("udtcwt:near_sym_b,qshift=qshift_b,levels=4", 52, 0, -math.inf),
)  # fmt: skip


@pytest.mark.parametrize("dpi", [100, 150])
def test_no_label_of_the_default_comparison_touches_a_label_or_a_point(dpi):
    def levels(transform):
        return int(re.findall(r"(?:levels=|starlet:|laplacian:|scattering:)(\d)", transform)[0])

    shapes = (("ecg", (1024,), ECG), ("camera", (512, 512), CAMERA))
    made = [(name, t, levels(t), shape, r, v, "", a) for name, shape, own in shapes for t, r, v, a in own]
    figure = plotting.pareto(Comparison((*COLUMNS, "aliasing_db"), tuple(made)))
    figure.set_dpi(dpi)
    figure.draw_without_rendering()
    for axes in figure.axes:
        boxes = [Text.get_window_extent(text) for text in axes.texts]
        assert len(boxes) > 12
        for number, (text, box) in enumerate(zip(axes.texts, boxes, strict=True)):
            assert not any(box.overlaps(other) for other in boxes[number + 1 :]), text
            for cloud in axes.collections:
                half = math.sqrt(cloud.get_sizes()[0]) / 2 * dpi / 72
                for x, y in axes.transData.transform(cloud.get_offsets()):
                    assert not box.overlaps(Bbox([[x - half, y - half], [x + half, y + half]])), text


def test_every_registered_family_has_a_look_of_its_own():
    looks = [tradeoff.STYLES[name.upper()] for name in shiftinv.list_transforms()]
    assert len(set(looks)) == len(looks)
    assert not set(tradeoff.OTHERS) & set(tradeoff.STYLES.values())


# ---------------------------------------------------------------- what a shift does

FOUR = ("dwt:haar,levels=3", "swt:haar,levels=3")


def test_shifted_steps_are_one_curve_moved_for_an_invariant_transform():
    figure = plotting.shifted_steps(FOUR)
    grid = np.array(figure.axes).reshape(5, 2)
    assert [axes.get_title() for axes in grid[0]] == ["dwt haar, 3 levels", "swt haar, 3 levels"]
    assert [axes.get_ylabel() for axes in grid[:, 0]] == ["steps", "level 1", "level 2", "level 3", "approximation"]

    def forms(axes):
        """Return how far the curves of a panel, moved back and to their height, are from the first."""
        curves = [line.get_ydata() - line.get_ydata()[0] for line in axes.lines]
        assert len(curves) == 16
        return max(np.abs(curve[k:] - curves[0][: curve.size - k]).max() for k, curve in enumerate(curves))

    assert max(forms(axes) for axes in grid[:, 1]) < 1e-12
    assert forms(grid[0, 0]) < 1e-12
    assert min(forms(axes) for axes in grid[1:, 0]) > 0.01


def test_components_of_the_levels_add_up_to_the_step():
    column = np.array(plotting.shifted_steps("dwt:sym8,levels=2").axes)
    step, *parts = (axes.lines[0].get_ydata() for axes in column)
    assert np.allclose(sum(parts), step, atol=1e-12)


def test_energies_are_those_of_brute_force():
    x = np.random.default_rng(1).standard_normal(32)
    T = shiftinv.DWT("db2", levels=2)
    (axes,) = plotting.energies(T, x).axes
    for level, line in zip((1, 2), axes.lines, strict=True):
        energy = [np.sum(T.forward(np.roll(x, k)).detail(level) ** 2) for k in range(5)]
        assert np.allclose(line.get_ydata(), energy / np.mean(energy), atol=1e-12)
        assert line.get_label() == f"level {level}"


def test_equivariance_includes_fractions_and_is_zero_where_it_must_be():
    (axes,) = plotting.equivariance((*FOUR, "dtcwt:levels=3"), shiftinv.datasets.ecg()).axes
    dwt, swt, dtcwt = (line.get_ydata() for line in axes.lines)
    assert axes.lines[0].get_xdata()[:3].tolist() == [0, 1 / 8, 1 / 4]
    assert max(swt) < 1e-12  # a filter commutes with Fourier shifts as well
    assert dwt[0] < 1e-12
    assert dwt[64] < 1e-12  # 8 samples are the grid of three levels
    assert max(dtcwt) < max(dwt) / 3


def test_maps_are_zero_in_the_middle_and_everywhere_for_an_invariant_transform():
    figure = plotting.sensitivity(FOUR, np.random.default_rng(0).standard_normal((32, 32)))
    dwt, swt = (axes.images[0].get_array() for axes in figure.axes[:2])
    assert dwt.shape == swt.shape == (17, 17)
    assert dwt[8, 8] == 0
    assert dwt[0, 0] < 1e-12  # 8 samples to both sides
    assert dwt.max() > 0.01
    assert swt.max() < 1e-12
    assert "haar, 3 levels 0" in figure.get_label()


def test_what_has_no_picture_is_refused():
    with pytest.raises(ValueError, match="a map needs an image"):
        plotting.sensitivity(FOUR, np.ones(8))
    with pytest.raises(ValueError, match="names no transform"):
        plotting.shifted_steps([])
    with pytest.raises(metrics.UnfairPairing):
        plotting.energies("dwt:haar,levels=2", np.ones(10))
    with pytest.raises(TypeError, match="has no inverse"):
        plotting.shifted_steps(Peer("kymatio", "morlet", 2))


def test_pictures_are_saved_by_suffix(tmp_path):
    plotting.energies(FOUR, shiftinv.datasets.ecg(), tmp_path / "e.svg")
    assert ET.parse(tmp_path / "e.svg").getroot().tag.endswith("svg")
    with pytest.raises(ValueError, match=r"Use one of \.png"):
        plotting.energies(FOUR, shiftinv.datasets.ecg(), tmp_path / "e.txt")


def test_what_was_not_measured_stands_below_a_long_title():
    signals = {"a recording of a long name.npy": np.random.default_rng(0).standard_normal(325)}
    made = compare(signals, ["dwt:db4,levels=5", "swt:sym4,levels=3,boundary=symmetric"])
    figure = plotting.pareto(made)
    figure.draw_without_rendering()
    for axes in figure.axes[:2]:
        assert axes.get_title(loc="right") == "1 not measured"
        left, right = (title.get_window_extent() for title in (axes._left_title, axes._right_title))
        assert not left.overlaps(right)
