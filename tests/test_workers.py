"""Threads: how many, who does what, and that it never shows in a result."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from naive import fitting, taken_axes

import shiftinv as si
from shiftinv import workers


def test_count_is_capped_at_the_cores_and_minus_one_means_all():
    cores = os.cpu_count()
    assert workers.count(1) == 1
    assert workers.count(10**6) == workers.count(-1) == cores
    assert workers.count(np.int64(1)) == 1
    for bad, error in ((0, ValueError), (-2, ValueError), (1.0, TypeError), (True, TypeError), ("2", TypeError)):
        with pytest.raises(error, match="workers="):
            workers.count(bad)


def test_work_is_shared_only_where_it_is_worth_it():
    calls = []
    workers.share(lambda begin, end: calls.append((begin, end)), items=10, size=workers.COARSE, workers=4)
    assert calls == [(0, 10)]
    calls.clear()
    enough = 4 * workers.COARSE
    note = lambda *part: calls.append((*part, threading.get_ident()))  # noqa: E731
    workers.share(note, items=10, size=enough, workers=3)
    assert sorted(call[:2] for call in calls) == [(0, 3), (3, 6), (6, 10)]
    assert len({call[2] for call in calls}) > 1
    calls.clear()
    workers.share(lambda begin, end: calls.append((begin, end)), items=1, size=enough, workers=3)
    assert calls == [(0, 1)]


def test_an_error_in_a_thread_reaches_the_caller():
    def task(begin, end):
        if begin:
            raise ZeroDivisionError(begin)

    with pytest.raises(ZeroDivisionError):
        workers.share(task, items=10, size=4 * workers.COARSE, workers=2)


@pytest.mark.parametrize("name", si.list_transforms())
@pytest.mark.parametrize(
    ("shape", "axes"),
    [((2**19 + 1,), None), ((7, 2**17), (1,)), ((700, 900), None), ((700, 901), (0,)), ((70, 80, 90), None)],
)
def test_any_number_of_workers_gives_the_same_bits(name, shape, axes, monkeypatch):
    monkeypatch.setattr(workers.os, "cpu_count", lambda: 3)
    axes = taken_axes(si.transform(name), axes, len(shape))
    T = next(T for T in at_depths(si.transform(name), axes) if T.layout(fitting(T, shape, 3)).nbytes < 2**28)
    x = np.random.default_rng(0).standard_normal(fitting(T, shape, 3)).astype(np.float32)
    c = T.forward(x)
    for count in (2, 3):
        shared = T.forward(x, workers=count)
        assert np.array_equal(shared.vector, c.vector)
        if isinstance(T, si.Invertible):
            assert np.array_equal(T.inverse(c, workers=count), T.inverse(c))
        if isinstance(T, si.FrameTransform):
            assert np.array_equal(T.adjoint(c, workers=count), T.adjoint(c))


def at_depths(T, axes):
    """A transform at 3 levels, and at fewer where these are more than memory should be filled with."""
    return (T.with_levels(levels, axes) for levels in (3, 2, 1))


def test_one_description_serves_many_threads():
    T, signals = si.SWT("sym4", 3), np.random.default_rng(0).standard_normal((8, 2**18))
    expected = [T.forward(x).vector for x in signals]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda x: T.forward(x, workers=2).vector, signals))
    assert all(map(np.array_equal, found, expected))


def _energy(x):
    return si.SWT("haar", 2).forward(x, workers=2).norm()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # Python warns of any fork beside threads
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_started_after_threads_ran(method):
    x = np.random.default_rng(0).standard_normal(2**20)
    expected = _energy(x)
    context = multiprocessing.get_context(method)
    with context.Pool(1) as pool:
        assert pool.apply_async(_energy, (x,)).get(timeout=60) == expected


def test_no_thread_is_started_by_default():
    before = threading.active_count()
    si.SWT("db2", 2).forward(np.ones(2**20))
    assert threading.active_count() == before
