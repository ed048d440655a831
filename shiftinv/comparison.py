"""Comparing transforms on signals: what each gains in shift invariance, and what it pays.

One record per signal and transform, the same measures in the same order for all of them. Records are
fair: every transform sees the same samples, and where a circular shift would measure the ends of
the signal instead of the transform, the record gives the reason in place of a number.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import sys
import threading
import warnings
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import checks, datasets, rendering
from .files import replacing
from .metrics.fairness import UnfairPairing, fair_layout
from .peers import InvertiblePeer, Peer, installed_peers
from .progress import shown
from .reference import MEASUREMENTS, MEASURES, NOT_LINEAR, SIGNALS, TIMINGS, TRANSFORMS, Measurement
from .registry import transform
from .representation import Invertible, Representation
from .version import __version__
from .workers import count

if TYPE_CHECKING:
    import pandas

    from .plotting.saving import Figure

__all__ = ["Comparison", "compare", "reference", "signals"]

FORMAT = "shiftinv.Comparison/2"
FRONT = ("redundancy", "shift_variance")
ROUNDING = 1e-12
PEERS = (Peer, InvertiblePeer)
FUNCTIONS = (
    "A function of an array is measured by itself: shiftinv.metrics.shift_variance(f, x), equivariance_error, "
    "subpixel_error."
)
UNFIT = (ValueError, TypeError)  # a layout's words for a signal of the wrong shape, and of the wrong dtype


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """The records of a comparison: a frozen table, one row per signal and transform.

    Parameters
    ----------
    columns : tuple of str
        ``signal``, ``transform``, ``levels``, ``shape``, then the measures (see `compare`), then ``note``.
    rows : tuple of tuple
        The values in the order of `columns`. nan where a measure was refused, with the reason in ``note``.

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.repeat([0.0, 1.0, 0.0], [20, 13, 31])
    >>> table = si.compare(x, ["dwt:haar,levels=3", "swt:haar,levels=3"], measures=["redundancy", "shift_variance"])
    >>> [record["redundancy"] for record in table]
    [1.0, 4.0]
    >>> print(table)
                                              shift
    transform          levels  redundancy  variance
    <BLANKLINE>
    x, 64 samples
    dwt:haar,levels=3       3           1     0.286
    swt:haar,levels=3       3           4         0
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def records(self) -> tuple[dict[str, Any], ...]:
        """The rows as dictionaries, new ones at every call."""
        return tuple(dict(zip(self.columns, row, strict=True)) for row in self.rows)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures among the columns."""
        return tuple(name for name in self.columns if name in MEASURES)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.records)

    def pareto(self) -> Comparison:
        """Return the records that no other record of the same signal dominates.

        A record is dominated if another has at most its redundancy and at most its shift variance,
        and less of one of them. A shift variance below 1e-12 is rounding and counts as 0. Records without both
        numbers are left out.

        Returns
        -------
        Comparison

        Raises
        ------
        ValueError
            If the comparison was made without one of the two measures.
        """
        for name in FRONT:
            if name not in self.columns:
                raise ValueError(f"measures={self.measures} lack {name!r}, which the Pareto front needs. Add it.")
        points = [(r["signal"], r["redundancy"], _rounded(r["shift_variance"])) for r in self.records]
        kept = (row for row, point in zip(self.rows, points, strict=True) if _is_efficient(point, points))
        return Comparison(self.columns, tuple(kept))

    def ranked(self) -> Comparison:
        """Return the records of each signal sorted by Pareto fronts of redundancy and shift variance.

        First the records that no other dominates (see `pareto`), by redundancy; then those that none of the rest
        dominates, and so on; last the records without both numbers. Ties keep their order.

        Returns
        -------
        Comparison

        Raises
        ------
        ValueError
            As `pareto`.
        """
        rows: list[tuple[Any, ...]] = []
        place = self.columns.index("signal")
        for signal in dict.fromkeys(row[place] for row in self.rows):
            left = Comparison(self.columns, tuple(row for row in self.rows if row[place] == signal))
            while front := left.pareto().rows:
                rows += sorted(front, key=lambda row: row[self.columns.index("redundancy")])
                chosen = {id(row) for row in front}
                left = Comparison(self.columns, tuple(row for row in left.rows if id(row) not in chosen))
            rows += left.rows
        return Comparison(self.columns, tuple(rows))

    def to_frame(self) -> pandas.DataFrame:
        """Return the records as a pandas DataFrame; needs ``pip install "shiftinv[table]"``."""
        try:
            import pandas as pd
        except ImportError:
            raise ImportError('to_frame needs pandas: pip install "shiftinv[table]"') from None
        return pd.DataFrame(list(self.records), columns=list(self.columns))

    def to_csv(self, path: str | PathLike[str] | None = None) -> str | None:
        """Return the records as CSV, or write them to `path`.

        Numbers in full precision; shapes as ``512x512``; refused measures are empty, infinite ones ``inf``.
        """
        return _delivered(rendering.as_csv(self.columns, self.records), path)

    def to_json(self, path: str | PathLike[str] | None = None) -> str | None:
        """Return the records as strict JSON, or write them to `path`.

        An object with ``format``, ``version``, ``measures`` (name: definition) and ``records``. JSON has no nan
        and no infinity: refused measures are ``null``, infinite ones the strings ``"inf"`` and ``"-inf"``.
        """
        document = {
            "format": FORMAT,
            "version": __version__,
            "measures": {name: MEASURES[name] for name in self.measures},
            "records": [rendering.as_json_values(record) for record in self.records],
        }
        return _delivered(json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n", path)

    def to_markdown(self, path: str | PathLike[str] | None = None) -> str | None:
        """Return the records as a Markdown table with rounded numbers, or write it to `path`."""
        return _delivered(rendering.as_markdown(self.columns, self.records), path)

    def to_html(self, path: str | PathLike[str] | None = None) -> str | None:
        """Return a report of the comparison as one page of HTML, or write it to `path`; needs Matplotlib.

        A summary, a table that sorts by any column, pictures with alternative texts, and the definitions of the
        measures. The page asks nothing of any server.
        """
        from . import report

        place = self.columns.index("note")
        linear = Comparison(self.columns, tuple(row for row in self.rows if NOT_LINEAR not in row[place]))
        return _delivered(report.page(self, linear), path)

    def plot(self, path: str | PathLike[str] | None = None) -> Figure:
        """Draw aliasing and shift variance against redundancy; needs ``pip install "shiftinv[plot]"``.

        Parameters
        ----------
        path : str or path-like, optional
            Where to save it: ``.png``, ``.svg`` or ``.pdf``.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from . import plotting

        return plotting.pareto(self, path)

    def __str__(self) -> str:
        return rendering.as_text(self.columns, self.records)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return rendering.as_html(self.columns, self.records)


def compare(
    x: ArrayLike | Mapping[str, ArrayLike] | None = None,
    transforms: str | Representation | Iterable[str | Representation] | None = None,
    *,
    measures: Iterable[str] | None = None,
    peers: bool = False,
    workers: int = 1,
    progress: bool = False,
) -> Comparison:
    """Compare transforms on signals: how much shift invariance each gains, and what it pays.

    Parameters
    ----------
    x : array_like, shape (…), or mapping of str to array_like, optional
        A signal, or signals by name; finite, real or complex. None: ``datasets.ecg()`` and
        ``datasets.camera()``. ``shiftinv.comparison.reference()`` gives the signals of the reference benchmark.
    transforms : spec or transform, or iterable of them, optional
        What to compare, each once. A spec without ``axes`` transforms all axes of a signal; a batch of signals needs
        ``axes=(-1,)``. None: every kind of transform that there is, four levels deep where not said otherwise.
    measures : iterable of str, optional
        Some of those below; the columns keep that order. None: all of them.
    peers : bool, optional
        Whether the transforms of other libraries that are installed follow as rows of their own, see
        `shiftinv.peers`. Their shifts are measured one by one, which takes minutes for an image.
    workers : int, optional
        Threads to use, at most one per core; -1 for all cores. All but the times is the same to the bit.
        Times are measured one after the other, when nothing else runs.
    progress : bool, optional
        Whether to say on stderr that kernels are being compiled, and to show a bar there if it is a terminal,
        tqdm is installed and the work takes more than a second.

    Returns
    -------
    Comparison
        One record per signal and transform, in the order given; `Comparison.ranked` if `transforms` is None and
        redundancy and shift variance are measured. All but the four measures of time are deterministic.

    Raises
    ------
    ValueError
        If a signal holds nan or infinity, or a spec or a measure is unknown.
    TypeError
        If a signal holds no numbers, or `transforms` is a mapping or holds a function.

    Notes
    -----
    The measures:

    - ``redundancy``, ``nbytes``: real coefficients per real sample, and bytes of the coefficients.
    - ``shift_variance``: ``total`` of `shiftinv.metrics.shift_variance`, over a full period of shifts.
    - ``aliasing_db``: the largest `shiftinv.metrics.aliasing_energy_ratio` of levels 1, 2, … as deep as the
      transform is, each of a transform of a signal with so many levels. It depends on no signal.
    - ``equivariance_error``: mean of `shiftinv.metrics.equivariance_error` over the shifts by 1, 2, … 8 samples, the
      same on every axis. A DWT of J levels is exact only for multiples of 2^J; most of these are off that grid.
    - ``energy_error``: mean of |E(S x) - E(x)| / |E(x)| over the same shifts, E the energies of the detail bands.
    - ``subpixel_error``: `shiftinv.metrics.subpixel_error` of the 1024 samples, or 64 x 64, in the middle; more if the
      transform is circular on no fewer.
    - ``lower_bound``, ``upper_bound``: `shiftinv.metrics.frame_bounds`, and ``noise_amplification``, both on at most
      256 samples or 32 x 32, and multiples of 2^levels.
    - ``denoising_gain``: in dB, by which keeping only the coefficients above three standard deviations of their noise
      (`shiftinv.denoise`, hard, sigma known) betters a signal in white noise at 10 dB. One draw, with seed 0; complex,
      with equally strong parts, for a complex signal.
    - ``reconstruction_error``: relative 2-norm of inverse(forward(x)) - x.
    - ``forward_ratio``, ``inverse_ratio``: times in units of one copy of the bytes that the call reads and writes;
      ``forward_seconds``, ``inverse_seconds`` as in `shiftinv.metrics.cost`.

    A decimated transform is circular only on multiples of 2^levels. A signal of another length is cropped at its
    end, for all transforms alike and never padded, to the longest length on which every transform that fits
    the signal can be circular, and every peer is measured; ``shape`` is what was measured, and ``note`` says so and
    which transform needs it. What is refused even then (too deep for the signal, real signals only, not periodic, not
    linear) is nan, with the reason in ``note``.

    Examples
    --------
    >>> import numpy as np, shiftinv as si
    >>> x = np.random.default_rng(0).standard_normal(100)
    >>> for record in si.compare(x, ["dwt:db4,levels=3", "swt:db4,levels=3"], measures=["equivariance_error"]):
    ...     print(record["transform"], record["shape"], round(record["equivariance_error"], 2), record["note"])
    dwt:db4,levels=3 (96,) 0.47 cropped from 100 to 96 for dwt:db4,levels=3
    swt:db4,levels=3 (96,) 0.0 cropped from 100 to 96 for dwt:db4,levels=3
    """
    given = signals(x)
    listed = (*_transforms(transforms), *(installed_peers() if peers else ()))
    chosen = _measures(measures)
    threads = count(workers)
    if progress:
        _compile(given.values(), listed)
    fitted = {name: _cropped(signal, listed) for name, signal in given.items()}
    jobs = _jobs({name: signal for name, (signal, _) in fitted.items()}, listed, chosen)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", checks.ShiftWarning)  # at level 1, two of four spins coincide
        results = _results(list(jobs.values()), threads, progress)
    rows = tuple(_row(name, *fitted[name], T, chosen, jobs, results) for name in given for T in listed)
    table = Comparison(("signal", "transform", "levels", "shape", *chosen, "note"), rows)
    return table.ranked() if transforms is None and set(FRONT) <= set(chosen) else table


def reference() -> dict[str, NDArray[np.float64]]:
    """Return the signals of the reference benchmark by name.

    Returns
    -------
    dict of str to ndarray
        An impulse, a step, a box and a chirp of 1024 samples, `datasets.ecg`, `datasets.camera`, `datasets.aero`.

    Examples
    --------
    >>> from shiftinv.comparison import reference
    >>> {name: x.shape for name, x in reference().items() if x.ndim == 1}
    {'impulse': (1024,), 'step': (1024,), 'box': (1024,), 'chirp': (1024,), 'ecg': (1024,)}
    """
    return {name: make() for name, make in SIGNALS.items()}


def signals(x: ArrayLike | Mapping[str, ArrayLike] | None = None) -> dict[str, NDArray[Any]]:
    """Return signals by name, checked: finite numbers, in the dtype they are computed in.

    Parameters
    ----------
    x : array_like, mapping, or None
        As for `compare`.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    ValueError, TypeError
        As `compare`; the message names the signal.
    """
    if x is None:
        return {"ecg": datasets.ecg(), "camera": datasets.camera()}
    if not isinstance(x, Mapping):
        return {"x": _finite(checks.signal(x), "x")}
    if not x:
        raise ValueError("x={} holds no signal. Give at least one, or None for the bundled ones.")
    named = {str(name): (f"x[{name!r}]", value) for name, value in x.items()}
    return {name: _finite(checks.signal(value, label), label) for name, (label, value) in named.items()}


def _finite(x: NDArray[Any], label: str) -> NDArray[Any]:
    broken = ~np.isfinite(x)
    if broken.any():
        first = tuple(int(place) for place in np.argwhere(broken)[0])
        raise ValueError(
            f"{label} has {int(broken.sum())} of {x.size} values that are not finite, the first at index "
            f"{first[0] if x.ndim == 1 else first}. Replace them first; a transform would spread them."
        )
    return x


def _transforms(given: str | Representation | Iterable[str | Representation] | None) -> tuple[Representation, ...]:
    if isinstance(given, Mapping):
        raise TypeError(
            f"transforms is a mapping of {', '.join(map(repr, given))}, and compare takes transforms without names. "
            f"Use a list of transforms or specs. {FUNCTIONS}"
        )
    alone = isinstance(given, (str, Representation)) or callable(given)
    specs: Iterable[Any] = TRANSFORMS if given is None else (given,) if alone else given  # type: ignore[assignment]
    listed = tuple(dict.fromkeys(transform(_no_function(spec)) for spec in specs))
    if not listed:
        raise ValueError("transforms=() names no transform. Give at least one, or None for the usual ones.")
    return listed


def _no_function(spec: Any) -> Any:
    """Return what is no function; a class of transforms is told to be called."""
    if isinstance(spec, type) and issubclass(spec, Representation):
        raise TypeError(f"transforms holds the class {spec.__name__}. Use a transform of it, {spec.__name__}(…).")
    if callable(spec):
        name = getattr(spec, "__name__", type(spec).__name__)
        raise TypeError(f"transforms holds the function {name}, and compare takes transforms or specs. {FUNCTIONS}")
    return spec


def _measures(given: Iterable[str] | None) -> tuple[str, ...]:
    if given is None:
        return tuple(MEASURES)
    asked = {checks.choice(name, MEASURES, "measures") for name in ((given,) if isinstance(given, str) else given)}
    if not asked:
        raise ValueError(f"measures=() names no measure. Use some of {', '.join(MEASURES)}.")
    return tuple(name for name in MEASURES if name in asked)


def _cropped(x: NDArray[Any], transforms: Iterable[Representation]) -> tuple[NDArray[Any], str]:
    """Return the longest start of `x` on which the transforms are circular, and a note if it is shorter."""
    multiples, needed_by = [1] * x.ndim, ""
    for T, axes, multiple in _needs(x, transforms):
        with contextlib.suppress(*UNFIT):
            fitting = tuple(n // multiple * multiple if axis in axes else n for axis, n in enumerate(x.shape))
            if T.layout(fitting, x.dtype).grid is not None or isinstance(T, PEERS):
                for axis in axes:
                    if multiples[axis] % multiple:
                        multiples[axis], needed_by = math.lcm(multiples[axis], multiple), T.spec
    shape = tuple(n // multiple * multiple for n, multiple in zip(x.shape, multiples, strict=True))
    if shape == x.shape:
        return x, ""
    sizes = f"from {rendering.crossed(x.shape)} to {rendering.crossed(shape)}"
    return np.ascontiguousarray(x[tuple(slice(n) for n in shape)]), f"cropped {sizes} for {needed_by}"


def _needs(
    x: NDArray[Any], transforms: Iterable[Representation]
) -> Iterator[tuple[Representation, tuple[int, ...], int]]:
    """Yield transforms, their axes, and what has to divide the lengths along these; not those that refuse `x`.

    Peers have no layout where 2^levels does not divide the lengths. For them no axis is cropped that is a batch to all
    others.
    """
    listed, used = tuple(transforms), set[int]()
    for T in (T for T in listed if not isinstance(T, PEERS)):
        with contextlib.suppress(*UNFIT):  # a transform that does not fit says so in its record
            layout = T.layout(x.shape, x.dtype)
            used |= set(layout.axes)
            yield T, layout.axes, 2**layout.levels if layout.grid is None else layout.grid
    for T in listed:
        if isinstance(T, PEERS):
            yield T, tuple(sorted(used)) or tuple(range(x.ndim)), 2**T.levels


def _jobs(
    fitted: Mapping[str, NDArray[Any]], transforms: Sequence[Representation], measures: Sequence[str]
) -> dict[tuple[str, Representation, Measurement], _Job]:
    """Return what is to be measured for each record; equal jobs are one, those that take time are last."""
    wanted = [one for one in MEASUREMENTS if not set(one.measures).isdisjoint(measures)]
    made: dict[Hashable, _Job] = {}
    jobs = {}
    for one, (name, x), T in itertools.product(wanted, fitted.items(), transforms):
        what: Hashable = name
        if one.signal is not None:
            with contextlib.suppress(*UNFIT):  # the job itself gives the reason
                T.layout(x.shape, x.dtype)  # one that refuses the dtype may take the shape
                what = (one.signal(T, x),)
        jobs[name, T, one] = made.setdefault((one, T, what), _Job(one, T, x))
    return jobs


@dataclass(frozen=True, eq=False)
class _Job:
    """One measurement of one transform on one signal."""

    measurement: Measurement
    transform: Representation
    x: NDArray[Any]

    def result(self) -> dict[str, float] | Exception:
        """Return the values by name, or why there are none.

        A transform refuses a signal by its layout; a TypeError after that is a bug, and no refusal.
        """
        try:
            self.transform.layout(self.x.shape, self.x.dtype)
        except UNFIT as refusal:
            return refusal
        try:
            return dict(zip(self.measurement.measures, self.measurement.measure(self.transform, self.x), strict=True))
        except (ValueError, RuntimeError) as refusal:
            return refusal


def _results(jobs: Iterable[_Job], threads: int, progress: bool) -> dict[_Job, dict[str, float] | Exception]:
    """Run all jobs, those that take no time on as many threads, and then the others one by one."""
    todo = list(dict.fromkeys(jobs))
    timed = [job for job in todo if not set(job.measurement.measures).isdisjoint(TIMINGS)]
    untimed = [job for job in todo if job not in timed]
    with ThreadPoolExecutor(threads) as pool:
        measured = pool.map(_Job.result, untimed) if threads > 1 else map(_Job.result, untimed)
        done = itertools.chain(measured, map(_Job.result, timed))
        return dict(shown(zip([*untimed, *timed], done, strict=True), "comparing", progress, len(todo)))


def _row(
    signal: str,
    x: NDArray[Any],
    note: str,
    T: Representation,
    measures: Sequence[str],
    jobs: Mapping[tuple[str, Representation, Measurement], _Job],
    results: Mapping[_Job, dict[str, float] | Exception],
) -> tuple[Any, ...]:
    """Return the record of one transform on one signal; what was refused is nan, and the note has the reason."""
    values: dict[str, Any] = dict.fromkeys(measures, math.nan)
    levels, notes = None, [note] if note else []
    for one in MEASUREMENTS:
        result = results[jobs[signal, T, one]] if (signal, T, one) in jobs else {}
        if isinstance(result, Exception):
            notes.append(_reason(result, T, x))
        else:
            values |= result
    with contextlib.suppress(*UNFIT):
        levels = T.layout(x.shape, x.dtype).levels
    return (signal, T.spec, levels, x.shape, *(values[name] for name in measures), "; ".join(dict.fromkeys(notes)))


def _reason(refusal: Exception, T: Representation, x: NDArray[Any]) -> str:
    """Return a refusal in words; one that no measure of shifts is fair to the signal is the same for all of them."""
    if isinstance(refusal, UnfairPairing):  # perhaps about a signal of the measure's own, or of another record
        try:
            fair_layout(T, x)
        except UnfairPairing as own:
            return str(own)
    return str(refusal)


def _compile(arrays: Iterable[NDArray[Any]], transforms: Iterable[Representation]) -> None:
    """Run every kernel once, and say so on stderr if that takes more than three seconds."""
    message = "compiling kernels, once; later runs read them from disk"
    timer = threading.Timer(3.0, lambda: print(message, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    kinds = {(type(T), x.dtype, x.ndim): (T, x) for x in arrays for T in transforms}
    try:
        for T, x in kinds.values():
            with contextlib.suppress(*UNFIT):
                c = T.forward(x)
                if isinstance(T, Invertible):
                    T.inverse(c)
    finally:
        timer.cancel()


def _rounded(variance: float) -> float:
    return 0.0 if variance < ROUNDING else variance


def _is_efficient(point: tuple[str, float, float], points: Iterable[tuple[str, float, float]]) -> bool:
    signal, redundancy, variance = point
    rivals = [(r, v) for name, r, v in points if name == signal and r <= redundancy and v <= variance]
    return not math.isnan(redundancy + variance) and all(rival == (redundancy, variance) for rival in rivals)


def _delivered(text: str, path: str | PathLike[str] | None) -> str | None:
    """Return `text`, or write it to `path`, where a failure leaves the old file whole."""
    if path is None:
        return text
    with replacing(path) as file:
        file.write(text.encode("utf-8"))
    return None
