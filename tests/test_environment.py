"""Versions, folders, and compiling ahead."""

from __future__ import annotations

import shutil

import numpy as np

from shiftinv import environment
from shiftinv.kernels import batches, decimated, storage, undecimated


def test_show_versions_prints_every_fact(capsys):
    environment.show_versions()
    printed = capsys.readouterr().out
    told = environment.facts()
    assert all(name in printed and value in printed for name, value in told.items())
    assert told["numpy"] == np.__version__
    assert told["shiftinv"] == environment.__version__


def test_facts_tell_where_kernels_are_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "not yet" / "made"))
    assert environment.facts()["compiled kernels, choice 1"].endswith("shiftinv (writable, 0 kernels)")
    folder = tmp_path / "shiftinv"
    folder.mkdir(mode=0o700)
    (folder / "a.kernel").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert environment.facts()["compiled kernels, choice 1"] == f"{folder} (writable, 1 kernels)"
    folder.chmod(0o777)
    assert environment.facts()["compiled kernels"].startswith("kept nowhere")
    shutil.rmtree(folder)
    (tmp_path / "file").touch()
    assert storage.state(tmp_path / "file" / "folder") == "not writable, 0 kernels"


def test_warmup_runs_every_kernel(capsys):
    assert environment.warmup(progress=True) > 0
    assert capsys.readouterr().err.startswith("kernels compiled in ")
    for module in (undecimated, decimated, batches):
        for name in module.__all__:
            compiled = getattr(module, name).compiled
            assert compiled is not None, name
            assert len(getattr(compiled, "signatures", (1, 2))) >= 2, name
