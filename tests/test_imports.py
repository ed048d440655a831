"""What `import shiftinv` loads, what it offers, and that imports run downwards only."""

import ast
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import shiftinv as si

PACKAGE = Path(si.__file__).parent
PROJECT = PACKAGE.parent
HEAVY = ["numba", "pywt", "matplotlib", "pandas", "click", "tqdm", "scipy"]


def loaded_after(code):
    """Return which of the heavy modules a fresh process has loaded after running `code`."""
    report = f"\nimport sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code + report], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_import_loads_nothing_heavy():
    assert loaded_after("import shiftinv") == set()
    assert loaded_after("from shiftinv import *") == set()
    assert loaded_after("import shiftinv as si; si.list_transforms(); si.FilterBank([0.5**0.5] * 2)") == set()


def test_modules_are_loaded_where_they_are_needed():
    # the same measurement sees them when they are there
    assert loaded_after("import shiftinv as si; si.filter_bank('haar')") == {"pywt"}
    assert "numba" in loaded_after("import shiftinv as si; si.SWT('haar', 1).forward([1.0, 2.0])")
    assert "scipy" in loaded_after("import shiftinv as si; si.SWT('haar', 1).as_linear_operator(8)")


@pytest.mark.parametrize("kernels", ["compiling", "decimated", "undecimated"])
def test_kernel_modules_load_without_numba(kernels):
    assert loaded_after(f"import shiftinv.kernels.{kernels}") == set()


def test_nothing_is_printed_or_warned_at_import():
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", "import shiftinv"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_public_names():
    assert sorted(si.__all__) == sorted(set(si.__all__))
    for name in si.__all__:
        assert hasattr(si, name), name
    extra = {name for name in vars(si) if not name.startswith("_")} - set(si.__all__)
    modules = {module.name for module in pkgutil.iter_modules(si.__path__)}
    assert extra <= modules  # submodules appear when they are imported; nothing else does
    assert si.__version__.count(".") == 2


def modules():
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_declares_what_it_offers(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "a module says in its first line what it is"
    listed = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]
    ]
    defined = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    offered = set(listed[0]) if listed else set()
    assert offered or not {name for name in defined if not name.startswith("_")}
    assert path.name == "__init__.py" or offered <= defined | {
        target.id
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def test_no_module_is_named_after_nothing_or_like_a_public_function():
    names = {module.name for module in pkgutil.walk_packages(si.__path__)}
    assert not names & {"utils", "common", "helpers", "misc"}
    functions = {name for name in si.__all__ if callable(getattr(si, name))}
    assert not names & functions


def test_imports_run_downwards_only():
    """The contracts of pyproject.toml: layers, and which module may import which library."""
    pytest.importorskip("importlinter", reason="import-linter is part of the extra 'test'")
    if not (PROJECT / "pyproject.toml").exists():
        pytest.skip("the contracts stand in pyproject.toml, which an installed package does not have")
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout
