"""What the project says of itself runs, and is what the code gives today."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import shiftinv as si
from shiftinv.registry import TRANSFORMS

ROOT = Path(__file__).parent.parent
PAGES = sorted(path for path in ROOT.rglob("*.md") if not {".venv", "build", ".ci"} & set(path.relative_to(ROOT).parts))


def test_readme_examples_run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # they save a file
    flags = doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=flags)
    assert tried > 10
    assert failed == 0


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("tutorial-*.md")), ids=lambda path: path.stem)
def test_tutorials_hold(page, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # they may save a file
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failed, tried = doctest.testfile(str(page), module_relative=False, optionflags=flags, encoding="utf-8")
    assert tried > 10
    assert failed == 0


def test_readme_table_is_what_compare_gives(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.readme import comparison

    page = (ROOT / "README.md").read_text()
    shown = page.partition("<!-- comparison -->\n")[2].partition("<!-- /comparison -->")[0]
    assert shown == comparison().to_markdown()


def test_readme_has_the_two_commands_of_ci():
    script = (ROOT / ".ci" / "run").read_text()
    page = (ROOT / "README.md").read_text()
    assert 'pip install ".[all]" && shiftinv compare' in page
    assert 'pip install -e ".[test]" && pytest' in page
    assert 'pip install --quiet ".[all]" && shiftinv compare' in script


def test_how_to_add_a_transform_holds(monkeypatch, capsys):
    page = (ROOT / "docs" / "how-to-add-a-transform.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 4
    for name, entry in TRANSFORMS.items():
        monkeypatch.setitem(TRANSFORMS, name, entry)  # so that the page's own line is undone as well
    module = type(sys)("page")
    monkeypatch.setitem(sys.modules, "page", module)
    try:
        for block in blocks:
            exec(compile(block, "how-to-add-a-transform.md", "exec"), module.__dict__)  # as a reader would type it
    finally:
        TRANSFORMS.pop("differences", None)
    assert "differences:0" in capsys.readouterr().out
    assert "differences" not in si.list_transforms()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_files_that_pages_name_exist():
    pattern = r"`((?:shiftinv|tests|benchmarks|docs)/[\w/.-]+\.(?:py|md|json))"
    named = {(page.name, path) for page in PAGES for path in re.findall(pattern, page.read_text())}
    assert len(named) > 10
    assert [(page, path) for page, path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("plot_*.py")), ids=lambda path: path.stem)
def test_examples_run_and_draw(example, tmp_path):
    environment = os.environ | {"MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", str(example)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pictures = list(tmp_path.glob("*.png"))
    assert [picture.stem for picture in pictures] == [example.stem.removeprefix("plot_")]
    assert pictures[0].read_bytes().startswith(b"\x89PNG")
