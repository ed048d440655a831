"""The one list of transforms, and the strings that name them.

A spec is ``name[:argument{,argument}]``. An argument is a value in the order of the transform's
parameters, or ``parameter=value``. A value that is itself a spec, or a tuple, stands in
parentheses: ``dwt:sym8,levels=3,axes=(0,1)``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from .catalogue import list_banks
from .checks import did_you_mean, kind_of
from .representation import Representation
from .transforms.bestbasis import BestBasis
from .transforms.bestshift import BestShiftDWT
from .transforms.cyclespin import CycleSpin
from .transforms.dtcwt import DTCWT
from .transforms.dwt import DWT
from .transforms.laplacian import LaplacianPyramid
from .transforms.modwt import MODWT
from .transforms.packets import Packets
from .transforms.partial_swt import PartialSWT
from .transforms.scattering import Scattering
from .transforms.starlet import Starlet
from .transforms.stationary_packets import StationaryPackets
from .transforms.steerable import SteerablePyramid
from .transforms.swt import SWT
from .transforms.undecimated_dtcwt import UndecimatedDTCWT

__all__ = ["TRANSFORMS", "list_transforms", "transform"]

TRANSFORMS: dict[str, tuple[type[Representation], dict[str, Any]]] = {
    "dwt": (DWT, {}),
    "swt": (SWT, {}),
    "modwt": (MODWT, {}),
    "dtcwt": (DTCWT, {}),
    "udtcwt": (UndecimatedDTCWT, {}),
    "starlet": (Starlet, {}),
    "steerable": (SteerablePyramid, {}),
    "laplacian": (LaplacianPyramid, {}),
    "pswt": (PartialSWT, {}),
    "packets": (Packets, {}),
    "spackets": (StationaryPackets, {}),
    "bestbasis": (BestBasis, {}),
    "cyclespin": (CycleSpin, {"base": "dwt"}),
    "bestshift": (BestShiftDWT, {}),
    "scattering": (Scattering, {}),
}

NUMBERS = r"\(\s*-?\d+\s*(?:,\s*-?\d+\s*)*,?\s*\)"


def list_transforms() -> list[str]:
    """Return the names of all transforms, as `transform` takes them.

    Examples
    --------
    >>> import shiftinv as si
    >>> "swt" in si.list_transforms()
    True
    """
    return list(TRANSFORMS)


def transform(spec: str | Representation) -> Representation:
    """Return the transform that a string names.

    Parameters
    ----------
    spec : str or Representation
        ``name[:argument{,argument}]``; a transform is returned as it is.

    Returns
    -------
    Representation
        Its `spec` gives an equal transform back.

    Raises
    ------
    ValueError
        If the name or an argument is unknown, or the parentheses do not match.

    Examples
    --------
    >>> import shiftinv as si
    >>> si.transform("swt:sym8,levels=5")
    SWT('sym8', levels=5)
    >>> si.transform("dwt:haar,3").spec
    'dwt:haar,levels=3'
    """
    if isinstance(spec, Representation):
        return spec
    if not isinstance(spec, str):
        raise TypeError(f"transform={spec!r} is {kind_of(spec)}. Use a spec such as 'swt:sym8,levels=5'.")
    name, _, rest = spec.strip().partition(":")
    entry = TRANSFORMS.get(name.strip().lower())
    if entry is None:
        raise _unknown(spec.strip(), name.strip())
    kind, defaults = entry
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for word in _arguments(rest, spec):
        key, equals, value = word.partition("=")
        if not word.strip():
            raise ValueError(f"transform {spec!r} has an empty argument. Give a value, or leave the comma out.")
        if equals and key.strip() in named:
            raise ValueError(f"transform {spec!r} gives {key.strip()!r} twice. Give it once.")
        if equals and key.strip().isidentifier():
            named[key.strip()] = _value(value.strip())
        elif "axes" in named and isinstance(named["axes"], int) and re.fullmatch(r"\s*-?\d+\s*", word):
            raise ValueError(
                f"transform {spec!r}: several axes need parentheses: axes=({named['axes']},{word.strip()})."
            )
        else:
            positional.append(_value(word.strip()))
    return kind(**{**defaults, **_bound(kind, defaults, spec, positional, named)})


def _bound(
    kind: type[Representation], defaults: dict[str, Any], spec: str, positional: list[Any], named: dict[str, Any]
) -> dict[str, Any]:
    """Return every value by the name of its parameter."""
    parameters = inspect.signature(kind).parameters
    for key in named:
        if key not in parameters:
            raise ValueError(
                f"{kind.name} has no parameter {key!r}. {did_you_mean(key, parameters)}"
                f"Use one of {_described(parameters)}."
            )
    unnamed = [key for key, parameter in parameters.items() if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    if len(positional) > len(unnamed):
        raise ValueError(
            f"transform {spec!r} has {len(positional)} values without a name, and only {' and '.join(unnamed)} may be "
            f"given so. Name the others; the parameters are {_described(parameters)}."
        )
    given = dict(zip(unnamed, positional, strict=False))
    for key in given:
        if key in named:
            raise ValueError(f"transform {spec!r} gives {key!r} twice, once without its name. Give it once.")
    for key, parameter in parameters.items():
        if parameter.default is parameter.empty and key not in {**defaults, **given, **named}:
            raise ValueError(f"transform {spec!r} lacks {key!r}. The parameters are {_described(parameters)}.")
    return given | named


def _described(parameters: Mapping[str, inspect.Parameter]) -> str:
    """Return parameters with their defaults, as a spec spells them."""
    words = (key if p.default is p.empty else f"{key}={p.default}" for key, p in parameters.items())
    return ", ".join(words)


def _unknown(spec: str, name: str) -> ValueError:
    """Return the error for a name that is no transform, or for a spec in another form."""
    known = f"Use one of {', '.join(TRANSFORMS)}, in the form name:value,parameter=value, as in"
    first, *rest = re.split(r"[\s,;/(]+", spec)
    if first.lower() in TRANSFORMS:
        return ValueError(f"transform {spec!r} has no ':' after its name. {known} '{first}:{','.join(rest)}'.")
    example = f"swt:{name}" if name.lower() in list_banks() else "swt:sym8,levels=3"
    return ValueError(f"transform {name!r} is unknown. {did_you_mean(name, TRANSFORMS)}{known} {example!r}.")


def _arguments(text: str, spec: str) -> list[str]:
    """Split at the commas outside parentheses."""
    words, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
        if letter == "," and not depth:
            words.append("")
        else:
            words[-1] += letter
    if depth:
        raise ValueError(f"transform {spec!r} has parentheses that do not match. Close every '(' with a ')'.")
    return words if text.strip() else []


def _value(word: str) -> Any:
    """Return a number, None, a tuple of integers, of those or of quoted words, a transform, or the word itself."""
    if re.fullmatch(NUMBERS, word):
        return tuple(int(number) for number in word[1:-1].split(",") if number.strip())
    if re.fullmatch(rf"\(\s*{NUMBERS}\s*(?:,\s*{NUMBERS}\s*)*,?\s*\)", word):
        return tuple(_value(numbers) for numbers in re.findall(NUMBERS, word))
    if re.fullmatch(r"\(\s*'[^']*'\s*(,\s*'[^']*'\s*)*,?\s*\)", word):
        return tuple(re.findall(r"'([^']*)'", word))
    if word.startswith("(") and word.endswith(")"):
        return transform(word[1:-1])
    try:
        return {"None": None, "True": True, "False": False}[word]
    except KeyError:
        pass
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
