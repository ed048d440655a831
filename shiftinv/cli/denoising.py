"""``shiftinv denoise``: files without their noise, stored as they were."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from ..boundary import BOUNDARIES
from ..denoising import Denoised, denoise
from ..denoising.estimator import METHODS, RULES
from ..denoising.noise_models import KINDS as KINDS_OF_NOISE
from ..files import read_contents, storage_for, what_is_not_finite, write_signal
from ..formats.kinds import KINDS
from ..registry import transform as transform_of
from ..representation import FrameTransform, Representation
from ..transforms.extension import UNDECIMATED
from ..workers import count
from . import options
from .failures import check_files, check_output, failure, failures_listed, line, notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..formats.contents import Contents

__all__ = ["denoise_files"]

WITHOUT_SIGMA = {"level-dependent": "noise of each level", "poisson": "noise of counts"}  # no one number in their units

ABOUT = """Remove noise from files and write what is left, stored as it was.

FILE is a .npy array, a .csv table, a .wav or .flac sound, or a .png or .tif image. Every column, channel or colour is
denoised by itself, or --only those that are named. Pages of one shape are one volume, and an array is one item, unless
--axes names the axes of one. OUTPUT is a file, of the same kind or another; or a folder that exists, in which every
FILE keeps its name.

Of a table of several columns the first is copied if it never falls or never rises, as times do, and any other if its
numbers are evenly spaced; --only decides otherwise. Samples are taken for evenly spaced whatever their times are.

Rate, width and column names are kept. Whole numbers are rounded, and those out of range are clipped and counted;
nothing is rescaled. A .npy file gets floating-point numbers. A FILE is never replaced, even with --force.

The noise, which sigma is told of in the units of the file (for a sound, of full scale), is estimated unless --sigma
gives it; --sigma 0 changes nothing and merely converts.

\b
Examples:
  shiftinv denoise take.wav -o clean.wav
  shiftinv denoise scan.tif -o clean/ --sigma 12 --workers -1
  shiftinv denoise leads.csv -o clean.csv --only II --method sure -t swt:sym8,levels=5

Names: shiftinv list rules, shiftinv list transforms, shiftinv list wavelets.
"""


def _method(ctx: click.Context, parameter: click.Parameter, value: str) -> str | float:
    """Return a method by name, or a threshold."""
    if value in METHODS:
        return value
    try:
        return float(value)
    except ValueError:
        raise click.BadParameter(
            f"{value!r} is neither a number nor one of {', '.join(METHODS)}.", ctx, parameter
        ) from None


def _spec(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return a spec if noise can be told from signal in the transform it names."""
    with notes(quiet=True):  # they come again with every file
        T = None if value in (None, "best") else options.transform_named(value, ctx, parameter)
    if T is not None and not isinstance(T, FrameTransform):
        raise click.BadParameter(f"{value!r} is not linear, and noise has no gain in it.", ctx, parameter)
    return value


def _axes(ctx: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    """Return the axes that are named, separated by commas."""
    try:
        return None if value is None else tuple(int(axis) for axis in value.split(","))
    except ValueError:
        raise click.BadParameter(f"{value!r} is no list of whole numbers such as 0,1.", ctx, parameter) from None


def _workers(ctx: click.Context, parameter: click.Parameter, value: int) -> int:
    """Return a number of threads."""
    try:
        return count(value)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, parameter) from None


def _output(ctx: click.Context, parameter: click.Parameter, value: Path) -> Path:
    """Return the output if it is a folder, or a file whose suffix is one that can be written."""
    if not value.is_dir() and value.suffix.lower() not in KINDS:
        raise click.BadParameter(
            f"{value} is no folder that exists, and its suffix {value.suffix!r} is none of {', '.join(KINDS)}.",
            ctx, parameter,
        )  # fmt: skip
    return value


@click.command("denoise", help=ABOUT)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--output", "-o", required=True, type=click.Path(path_type=Path), callback=_output,
    help="A file, or a folder that exists.",
)  # fmt: skip
@click.option("--method", "-m", default="auto", show_default=True, callback=_method, metavar="NAME|NUMBER",
    help="How noise is told from signal; a number is a threshold in units of the noise of each band.",
)  # fmt: skip
@click.option("--rule", type=click.Choice(list(RULES)), help="How values are shrunk by a threshold.")
@click.option("--sigma", type=float, metavar="SIGMA", help="Standard deviation of the noise, in the units of the file.")
@click.option("--noise", type=click.Choice(KINDS_OF_NOISE), default="white", show_default=True,
    help="What noise it is: level-dependent for correlated noise, poisson for counts.",
)  # fmt: skip
@click.option("--decorrelate", is_flag=True, help="Denoise sums and differences of channels instead of the channels.")
@click.option("--transform", "-t", "spec", callback=_spec, metavar="SPEC",
    help="In which transform, such as swt:sym8,levels=5, or best to try several. The default is what suits the method.",
)  # fmt: skip
@click.option("--boundary", type=click.Choice(list(BOUNDARIES)),
    help="How the data continue past their ends; periodic-padded is for dwt and packets only. The default is symmetric "
    "where the transform has a boundary.",
)  # fmt: skip
@click.option("--only", multiple=True, metavar="NAME",
    help="Denoise this column, channel or colour and copy the others. Repeat the option for more.",
)  # fmt: skip
@click.option("--axes", callback=_axes, metavar="AXES",
    help="The axes of one item, such as -1 or 1,2: each item is denoised by itself.",
)  # fmt: skip
@click.option("--nan-policy", type=click.Choice(["raise", "omit", "propagate"]), default="raise", show_default=True,
    help="Refuse what is not finite, take it for missing, or let it spread. An empty cell of a table is nan, and is "
    "written so.",
)  # fmt: skip
@click.option(
    "--rate", type=click.IntRange(min=1), metavar="HZ", help="Sampling rate of a sound made from an array or a table."
)
@click.option("--workers", type=int, default=1, show_default=True, callback=_workers, metavar="N",
    help="Threads; -1 for all cores. The result is the same.",
)  # fmt: skip
@options.force
@options.max_bytes
@click.option("--quiet", "-q", is_flag=True,
    help="No progress, and no messages but errors and how many samples were clipped.",
)  # fmt: skip
@options.debug
def denoise_files(
    files: tuple[Path, ...],
    output: Path,
    only: tuple[str, ...],
    decorrelate: bool,
    rate: int | None,
    force: bool,
    max_bytes: int,
    quiet: bool,
    debug: bool,
    **asked: Any,
) -> None:
    """Remove noise from files."""
    check_files(files)
    inputs = tuple(dict.fromkeys(files))
    targets = _targets(inputs, output)
    for target in targets:
        check_output(target, inputs, force)
    asked = {"transform": asked.pop("spec"), **asked}
    with notes(quiet=True):
        _check_options(asked)
    if asked["boundary"] is None:
        del asked["boundary"]
    failures: dict[Path, list[str]] = {}
    for file, target in zip(inputs, targets, strict=True):
        try:
            with notes(file, quiet):
                contents = read_contents(file, max_bytes=max_bytes, empty_cells=True)
                stored = storage_for(target, contents.signal, like=contents.storage, rate=rate)
                estimate, told = _denoised(file, contents, only, decorrelate, not quiet, asked)
                written = write_signal(target, estimate, like=stored, force=force)
        except Exception as error:
            failures[file] = [failure(file, error, debug)]
            continue
        clipped = f", {written.clipped} of {written.samples} samples clipped" if written.clipped else ""
        if not quiet:
            click.echo(f"{file}: {told}", err=True)
        if not quiet or clipped:
            click.echo(f"wrote {target}: {written.stored}{clipped}", err=True)
    if failures:
        click.echo(failures_listed(failures, inputs), err=True)
        raise click.exceptions.Exit(1)


def _targets(files: Sequence[Path], output: Path) -> list[Path]:
    """Return where each file goes."""
    if not output.is_dir():
        if len(files) > 1:
            raise click.UsageError(f"{output} is no folder, and there are {len(files)} files. Make it one first.")
        return [output]
    targets = [output / file.name for file in files]
    twice = {target for target in targets if targets.count(target) > 1}
    if twice:
        raise click.UsageError(f"{min(twice)} would be written twice. Denoise files of one name one by one.")
    return targets


def _check_boundary(spec: str | None, boundary: str) -> None:
    """Refuse a boundary that the transform does not have, where there is another that it has."""
    possible: Sequence[str] = UNDECIMATED  # what the method takes by itself is undecimated, or mends it
    if spec not in (None, "best"):
        T = transform_of(spec)
        if not hasattr(T, "boundary"):
            return
        if "boundary=" in spec and T.boundary != boundary:
            raise click.UsageError(f"--boundary {boundary} and -t {spec} contradict each other. Leave one out.")
        possible = [name for name in BOUNDARIES if _continues(T, name)]
    if boundary not in possible:
        only = " is for dwt and packets, decimated transforms, only" if boundary == "periodic-padded" else ""
        raise click.UsageError(
            f"--boundary {boundary}{only or f' is not for {spec}'}. Use one of {', '.join(possible)}"
            f"{', or a transform such as -t dwt:sym8' if only else ''}."
        )


def _continues(T: Representation, boundary: str) -> bool:
    """Return whether a transform can continue data so."""
    try:
        T.replace(boundary=boundary)
    except ValueError:
        return False
    return True


def _check_options(asked: dict[str, Any]) -> None:
    """Refuse options that contradict each other before any file is read, by their use on one sample."""
    spec, boundary = asked["transform"], asked["boundary"]
    if boundary is not None:
        _check_boundary(spec, boundary)
    axes = None if spec in (None, "best") else getattr(transform_of(spec), "axes", None)
    needed = max(max(axis + 1, -axis) for axis in axes or (0,))
    try:
        denoise(np.zeros((1,) * needed), **{**asked, "axes": None})
    except (ValueError, TypeError) as error:
        raise click.UsageError(line(error)) from None


def _denoised(
    file: Path, contents: Contents, only: Sequence[str], decorrelate: bool, progress: bool, asked: dict[str, Any]
) -> tuple[NDArray[Any], str]:
    """Return what a file holds without its noise, and what is to be told of it."""
    if asked["nan_policy"] == "raise":
        if contents.empty:
            raise ValueError(
                f"{file}, {contents.empty}. Fill it, leave the line or the column out, or use --nan-policy omit."
            )
        broken = what_is_not_finite(file, contents, only)
        if broken:
            raise ValueError(f"{broken} Replace it, or use --nan-policy omit.")
    axes = {} if only else _axes_of(contents)
    chosen = tuple(only) or tuple(name for name in contents.channels if name not in axes)
    places = _places(file, contents, chosen) if chosen != contents.channels else slice(None)
    names = tuple(dict.fromkeys(chosen))
    decorrelate = decorrelate and len(names) > 1
    estimate, infos = denoise(
        contents.values[..., places],
        channel_axis=-1 if contents.channels else None,
        decorrelate=decorrelate,
        progress=progress,
        return_info=True,
        **asked,
    )
    if decorrelate:
        names = ("sum", *(f"difference {place}" for place in range(1, len(names))))
    whole = contents.values.astype(estimate.dtype)
    whole[..., places] = estimate
    told = _told(names, infos if isinstance(infos, list) else [infos], asked["noise"])
    for copied, how in (
        ([name for name, even in axes.items() if even], "evenly spaced"),
        ([name for name, even in axes.items() if not even], "not evenly spaced: samples are treated as if they were"),
    ):
        told += f"; {', '.join(copied)} copied, {how}" if copied else ""
    return replace(contents, values=whole).signal, told


@np.errstate(over="ignore", invalid="ignore")
def _axes_of(contents: Contents) -> dict[str, bool]:
    """Return the columns of a table that are no signals but say where samples stand, and whether evenly.

    The first is one if it runs one way, as times do however they were rounded; another, if it keeps within half a step
    of a straight line. One column at least is a signal.
    """
    if not contents.lines or len(contents.channels) < 2:
        return {}
    (first, times), *others = zip(contents.channels, np.moveaxis(contents.values, -1, 0), strict=True)
    steps = np.diff(times[np.isfinite(times)])
    runs = len(steps) > 1 and steps.any() and ((steps >= 0).all() or (steps <= 0).all())
    axes = {first: _is_even(times)} if runs else {}
    fits = [(name, *_off_line(column)) for name, column in others]
    lines = {name: True for name, off, step in fits if off < step / 2}
    return axes if axes and len(lines) == len(others) else axes | lines


def _is_even(times: NDArray[Any]) -> bool:
    """Return whether times are evenly spaced but for their rounding, or to a hundredth of a step."""
    off, step = _off_line(times)
    return off < step / 100 or off < 1.01 * _rounding(times[np.isfinite(times)])


def _off_line(column: NDArray[Any]) -> tuple[float, float]:
    """Return how far numbers are from the line through the first and the last, and how steep that is.

    Gaps are no evidence.
    """
    places = np.flatnonzero(np.isfinite(column))
    if len(places) < 3:
        return math.inf, 0.0
    known, rows = column[places], places - places[0]
    slope = (known[-1] - known[0]) / rows[-1]
    return float(np.abs(known - known[0] - slope * rows).max()), float(abs(slope))


def _rounding(numbers: NDArray[Any]) -> float:
    """Return the last place to which numbers are written, that of the largest if it varies."""
    digits = next(more for more in range(17) if all(float(f"{x:.{more}e}") == x for x in numbers.tolist()))
    return float(10.0 ** (math.floor(math.log10(np.abs(numbers).max())) - digits))


def _places(file: Path, contents: Contents, only: Sequence[str]) -> list[int]:
    """Return the places of the channels that are named."""
    for name in only:
        if name not in contents.channels:
            known = ", ".join(filter(None, contents.channels))
            has = f"Name one of {known}" if known else "It has but one signal, so leave --only out"
            raise ValueError(f"{file} has no column, channel or colour {name!r}. {has}.")
    return [contents.channels.index(name) for name in dict.fromkeys(only)]


def _told(names: Sequence[str], infos: Sequence[Denoised], kind: str) -> str:
    """Return the noise that was found, of each channel if they are the items, and the transforms that were used."""
    sigmas = [info.sigma for info in infos]
    if kind in WITHOUT_SIGMA:
        noise = WITHOUT_SIGMA[kind]
    elif len(infos) == len(names) > 1:
        noise = "sigma " + ", ".join(f"{sigma:.4g} ({name})" for name, sigma in zip(names, sigmas, strict=True))
    elif min(sigmas) < max(sigmas):
        noise = f"sigma {min(sigmas):.4g} to {max(sigmas):.4g}"
    else:
        noise = f"sigma {sigmas[0]:.4g}"
    used = dict.fromkeys(spec for info in infos for spec in info.transforms)
    return f"{noise}; {' and '.join(used) or 'nothing to remove'}"
