"""The report: one page that needs nothing else, read by a parser and by a browser."""

import base64
import html.parser
import json
import math
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import shiftinv as si
from shiftinv.comparison import Comparison, compare
from shiftinv.reference import MEASURES

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium on the path: apt-get install chromium")
QUICK = ("redundancy", "nbytes", "shift_variance", "aliasing_db", "equivariance_error")
SPECS = ("dwt:haar,levels=2", "bestshift:haar,levels=2", "swt:haar,levels=2", "dwt:haar,levels=9")
PARETO = ("dwt:haar,levels=2", "swt:haar,levels=2", "bestshift:haar,levels=2")  # on both signals; the last of all


@pytest.fixture(scope="module")
def table():
    x = np.random.default_rng(5).standard_normal(64)
    return compare({"a<b>&": x, "image": np.outer(x, x)[:16, :16]}, SPECS, measures=QUICK)


@pytest.fixture(scope="module")
def text(table):
    return table.to_html()


class Page(html.parser.HTMLParser):
    """Tags with their attributes, in order; every tag must be closed by its own."""

    VOID = ("meta", "img")

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_is_whole_and_asks_for_nothing(text):
    page = Page(text)
    assert text.startswith("<!doctype html>")
    assert page.all("html") == [{"lang": "en"}]
    sources = [value for _, given in page.tags for key, value in given.items() if key in ("src", "href", "srcset")]
    assert sources
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert "@import" not in text
    assert "url(" not in text
    (policy,) = (meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
    assert policy.startswith("default-src 'none';")
    assert any(meta.get("name") == "viewport" for meta in page.all("meta"))


def test_every_picture_is_svg_with_words_for_those_who_cannot_see_it(text):
    images = Page(text).all("img")
    assert len(images) == 5
    for image in images:
        assert len(image["alt"]) > 60
        svg = base64.b64decode(image["src"].partition(",")[2])
        assert ET.fromstring(svg).tag.endswith("svg")
    assert "a<b>&" in images[0]["alt"]


def test_names_are_escaped_and_every_record_and_measure_is_there(text, table):
    assert "a<b>&" not in re.sub(r'alt="[^"]*"', "", text)
    page = Page(text)
    words = "\0".join(page.words)
    assert words.count("a<b>&") == 1 + len(SPECS)
    assert sum(given.get("scope") == "row" for given in page.all("th")) == len(table)
    assert all(MEASURES[name] in words for name in QUICK)
    assert words.count("◎") == 1 + 2 * len(PARETO)
    assert "levels=9 is too deep" in words


def test_the_summary_tells_the_linear_front_and_then_what_beats_it(text, table):
    (line,) = re.findall(r"<li><strong>image</strong>: (.*)</li>", text)
    told = re.findall(r"<code>(.*?)</code>", line)
    assert told == list(PARETO)


def test_the_same_comparison_gives_the_same_page(text, table):
    assert table.to_html() == text


def test_other_comparisons_have_a_page_too():
    without = compare(np.arange(8.0), "swt:haar,levels=1", measures="redundancy").to_html()
    assert len(Page(without).all("img")) == 4  # no front to draw
    peer = Comparison(
        ("signal", "transform", "levels", "shape", "redundancy", "shift_variance", "note"),
        tuple((f"s{n}", "other:thing", None, (8,), 1.0, math.nan if n else 0.5, "") for n in range(13)),
    )
    assert len(Page(peer.to_html()).all("img")) == 1  # nothing of ours to draw


def test_each_picture_shows_what_can_be_drawn_at_its_size():
    x = np.random.default_rng(6).standard_normal(2048)
    deep = compare(x, ["dtcwt", "dwt:haar,levels=10"], measures="redundancy")
    assert {record["levels"] for record in deep} == {6, 10}
    images = [image["alt"] for image in Page(deep.to_html()).all("img")]
    assert len(images) == 4
    steps, energies, *_ = images
    assert "dtcwt" in steps
    assert "10 levels" not in steps
    assert "dwt haar, 10 levels" in energies


def test_no_sound_is_too_long_for_a_report():
    x = np.random.default_rng(6).standard_normal(32_000)
    table = compare(x, ["dwt:db4,levels=5", "dtcwt"], measures="redundancy")
    images = [image["alt"] for image in Page(table.to_html()).all("img")]
    assert "dwt db4" in images[0]
    assert "dtcwt" not in images[0]


@pytest.mark.parametrize("name", ["pareto", "shifted_steps", "energies", "equivariance", "sensitivity"])
def test_a_picture_that_fails_is_missing_and_the_page_says_so(table, monkeypatch, name):
    def broken(*_):
        raise RuntimeError("no <ink>")

    monkeypatch.setattr(si.plotting, name, broken)
    page = Page(table.to_html())
    assert len(page.all("img")) == 4
    assert "RuntimeError: no <ink>" in "".join(page.words)
    assert "levels=9 is too deep" in "".join(page.words)


def test_another_library_s_transform_of_our_name_is_not_drawn():
    columns = ("signal", "transform", "levels", "shape", "redundancy", "note")
    named = Comparison(columns, (("s", "dtcwt:near_sym_b+qshift_b,levels=4", 4, (64,), 2.0, ""),))
    assert Page(named.to_html()).all("img") == []
    refused = Comparison(columns, (("s", "dwt:haar,levels=9", None, (64,), math.nan, "too deep"),))
    assert Page(refused.to_html()).all("img") == []


def test_a_failing_write_leaves_the_old_page(table, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="No space"):
        table.to_html(path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_without_matplotlib_the_remedy_is_told(table, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'pip install "shiftinv\[plot\]"'):
        table.to_html()


# ---------------------------------------------------------------- in a browser

PROBE = """<script>addEventListener("load", () => {
const told = {}, heads = [...document.querySelectorAll("thead th")];
const column = place => [...document.querySelectorAll("tbody tr")].map(row => row.cells[place].textContent);
told.wide = document.documentElement.scrollWidth, told.room = innerWidth;
told.boxes = [...document.querySelectorAll(".scroll")].map(box => box.getBoundingClientRect().right);
told.images = [...document.images].map(image => [image.complete && image.naturalWidth > 0, image.alt.length]);
told.titles = heads.map(head => head.textContent), told.before = heads.map(head => head.ariaSort);
const place = told.titles.indexOf("shift variance"), button = heads[place].querySelector("button");
button.focus(), told.focused = document.activeElement === button, told.tab = button.tabIndex;
button.click(), told.up = column(place), told.upward = heads.map(head => head.ariaSort);
told.spoken = document.getElementById("sorted").textContent;
button.click(), told.down = column(place), told.downward = heads[place].ariaSort;
heads[1].querySelector("button").click(), told.names = column(1), told.after = heads[place].ariaSort;
document.body.innerHTML = "", document.body.setAttribute("data-told", JSON.stringify(told));
});</script>"""


def seen_by_browser(text, folder, width):
    """Return what the probe tells of a page in a frame of this width, and what the browser has to say about it."""
    (folder / "page.html").write_text(text.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    frame = (
        f'<iframe src="page.html" style="width:{width}px;height:800px;border:0"></iframe><script>'
        "const told = setInterval(() => { const inner = document.querySelector('iframe').contentDocument.body;"
        "if (inner && inner.dataset.told) { document.body.dataset.told = inner.dataset.told; clearInterval(told); }"
        "}, 20);</script>"
    )
    (folder / "frame.html").write_text(f"<!doctype html><body>{frame}</body>", encoding="utf-8")
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        "--enable-logging=stderr",
        "--virtual-time-budget=5000", f"--user-data-dir={folder / 'profile'}", "--window-size=1300,900", "--dump-dom",
        (folder / "frame.html").as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    told = re.findall(r'data-told="([^"]*)"', done.stdout)
    answer = json.loads(html.unescape(told[0])) if told else None
    return answer, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@browser
@pytest.mark.parametrize("width", [390, 1200])
def test_in_a_browser_it_fits_sorts_and_is_silent(text, table, tmp_path, width):
    told, console = seen_by_browser(text, tmp_path, width)
    assert console == []
    assert told["room"] == width
    assert told["wide"] <= width
    assert max(told["boxes"]) <= width
    assert len(told["images"]) == 5
    assert all(drawn and words > 60 for drawn, words in told["images"])
    assert told["titles"][:3] == ["Pareto", "signal", "transform"]
    assert set(told["before"]) == {"none"}
    assert told["focused"]
    assert told["tab"] == 0
    place = told["titles"].index("shift variance")
    assert [name for name in told["upward"] if name != "none"] == ["ascending"] == [told["upward"][place]]
    assert told["spoken"] == "sorted by shift variance, ascending"
    measured = sorted(r["shift_variance"] for r in table if not math.isnan(r["shift_variance"]))
    missing = ["-"] * (len(table) - len(measured))
    shown = [si.rendering.human("shift_variance", value) for value in measured]
    assert told["up"] == shown + missing
    assert told["down"] == shown[::-1] + missing
    assert told["downward"] == "descending"
    assert told["names"] == sorted(record["signal"] for record in table)
    assert told["after"] == "none"


@browser
def test_the_browser_reports_an_error_of_the_page(text, tmp_path):
    broken = text.replace("const key =", "undefined.thing; const key =")
    _, console = seen_by_browser(broken, tmp_path, 390)
    assert any("TypeError" in line for line in console)


@browser
def test_the_browser_sees_what_is_too_wide(text, tmp_path):
    told, _ = seen_by_browser(text.replace("overflow-x: auto", "overflow-x: visible"), tmp_path, 390)
    assert told["wide"] > 390
