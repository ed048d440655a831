"""Names of filter banks: PyWavelets' discrete wavelets, Percival and Walden's names, and those of dual trees."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from .checks import did_you_mean, kind_of
from .filters import DualTreeBank, FilterBank, polished
from .filters.published import FIRST_LEVEL, QSHIFT

if TYPE_CHECKING:
    import pywt

__all__ = ["dual_tree_bank", "filter_bank", "list_banks", "list_dual_tree_banks"]

APPROXIMATE = frozenset({"dmey"})  # a truncated infinite filter: its residual is 6.7e-3
SAME_TAPS = {"db1": "haar", "bior1.1": "haar", "rbio1.1": "haar"}
# Percival and Walden number least asymmetric and coiflet filters by their taps. Their D filters, and of the least
# asymmetric ones LA(10), LA(14) and LA(18), are PyWavelets' read in the other direction.
PERCIVAL_WALDEN = {f"la{2 * k}": f"sym{k}" for k in (4, 6, 8, 10)} | {f"c{6 * k}": f"coif{k}" for k in range(1, 6)}
REVERSED = {f"d{2 * k}": f"db{k}" for k in range(2, 11)} | {f"la{2 * k}": f"sym{k}" for k in (5, 7, 9)}
SYMMETRIC = (*FIRST_LEVEL, "antonini")


def filter_bank(wavelet: str | FilterBank | pywt.Wavelet, *, argument: str = "wavelet") -> FilterBank:
    """Return the filter bank of a wavelet.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet
        A name from `list_banks` (case does not matter), a bank, or a PyWavelets object. An object
        with the taps of one of PyWavelets' own wavelets gives the polished bank of that name.
        Specs spell a bank without a name as ``bank(h;g;s;t)``, taps separated by slashes.
    argument : str, optional
        What an error calls it.

    Returns
    -------
    FilterBank
        Tables are brought to machine precision (see `shiftinv.filters.polished`), with one exception:
        ``"dmey"`` is an infinite filter cut off at 62 taps, which reconstructs only approximately. Its inverse leaves
        a relative error per level and axis of at most its `residual`, 7e-3.

    Raises
    ------
    ValueError
        If the name is not known or names a continuous wavelet, or if the taps do not reconstruct.

    Examples
    --------
    >>> import shiftinv as si
    >>> len(si.filter_bank("sym8")), si.filter_bank("haar") == si.filter_bank("db1")
    (16, True)
    """
    if isinstance(wavelet, FilterBank):
        return wavelet if catalogued_name(wavelet) else _known(wavelet)
    if isinstance(wavelet, str):
        return _named(wavelet, argument)
    taps = getattr(wavelet, "filter_bank", None)
    if taps is None:
        raise TypeError(f"{argument}={wavelet!r} is {kind_of(wavelet)}. Use a name, a FilterBank or a pywt.Wavelet.")
    name = str(getattr(wavelet, "name", "")).lower()
    if name in _discrete() and _table(name) == tuple(map(tuple, taps)):
        return _named(name, argument)
    return FilterBank(*taps)


def dual_tree_bank(qshift: str | FilterBank | DualTreeBank) -> DualTreeBank:
    """Return the two banks of a dual tree from level 2 on.

    Parameters
    ----------
    qshift : str, FilterBank or DualTreeBank
        A name from `list_dual_tree_banks` (case does not matter), the pair itself, or one bank: tree a, of which
        tree b is the time reverse. Specs spell a pair without a name as ``trees(h;g;s;t|h;g;s;t)``.

    Returns
    -------
    DualTreeBank
        Tables are brought to machine precision (the one of ``"qshift_32"`` has only 1.5e-9).

    Raises
    ------
    ValueError
        If the name is not known, or is one of the filters with a bandpass of their own (``_bp``).
    TypeError
        If `qshift` is something else.

    Examples
    --------
    >>> import shiftinv as si
    >>> pair = si.catalogue.dual_tree_bank("qshift_b")
    >>> len(pair), pair.is_orthonormal, pair.is_mirrored
    (14, True, True)
    """
    if isinstance(qshift, DualTreeBank):
        return qshift
    if isinstance(qshift, FilterBank):
        return DualTreeBank.qshift(qshift)
    if not isinstance(qshift, str):
        raise TypeError(f"qshift={qshift!r} is {kind_of(qshift)}. Use a name, a FilterBank or a DualTreeBank.")
    name = qshift.strip().lower()
    if name in QSHIFT:
        return _built_pair(name)
    if name.startswith("trees(") and name.endswith(")"):
        banks = [_from_taps(f"bank({words})") for words in name[len("trees(") : -1].split("|")]
        if len(banks) != 2:
            raise ValueError(f"qshift={qshift!r} has {len(banks)} banks. Use trees(h;g;s;t|h;g;s;t).")
        return DualTreeBank(banks[0], banks[1])
    _refuse_bandpass(name, "qshift", "qshift_b")
    raise ValueError(
        f"qshift={qshift!r} is unknown. {did_you_mean(qshift, QSHIFT)}Use one of {', '.join(QSHIFT)}, "
        f"or shiftinv.filters.hilbert_pair."
    )


def catalogued_name(bank: FilterBank | DualTreeBank) -> str:
    """Return the name under which the catalogue holds this very bank, or nothing."""
    if isinstance(bank, DualTreeBank):
        return bank.name if bank.name in QSHIFT and _built_pair(bank.name) == bank else ""
    known = bool(bank.name) and (bank.name in _discrete() or bank.name in REVERSED or bank.name in SYMMETRIC)
    return bank.name if known and _built(bank.name) == bank else ""


def spelled(bank: FilterBank | DualTreeBank) -> str:
    """Return a string that `filter_bank` or `dual_tree_bank` turns back into `bank`: its name, or its taps."""
    name = catalogued_name(bank)
    if isinstance(bank, DualTreeBank):
        return name or f"trees({_taps_of(bank.a)}|{_taps_of(bank.b)})"
    return name or f"bank({_taps_of(bank)})"


def _taps_of(bank: FilterBank) -> str:
    filters = (bank.lowpass, bank.highpass, bank.synthesis_lowpass, bank.synthesis_highpass)
    return ";".join("/".join(map(repr, taps)) for taps in filters) + ";approximate" * bank.approximate


def list_banks() -> list[str]:
    """Return every name `filter_bank` knows, PyWavelets' names first."""
    return [*_discrete(), *PERCIVAL_WALDEN, *REVERSED, *SYMMETRIC]


def list_dual_tree_banks() -> list[str]:
    """Return every name `dual_tree_bank` knows."""
    return list(QSHIFT)


def _refuse_bandpass(name: str, argument: str, instead: str) -> None:
    if name.endswith("_bp"):
        raise ValueError(
            f"{argument}={name!r} has a third filter, for diagonal bands, and is no two-channel bank. Use {instead!r}."
        )


def _named(name: str, argument: str) -> FilterBank:
    lowered = name.strip().lower()
    if lowered.startswith("bank(") and lowered.endswith(")"):
        return _from_taps(lowered)
    lowered = SAME_TAPS.get(lowered, lowered)
    lowered = PERCIVAL_WALDEN.get(lowered, lowered)
    if lowered in _discrete() or lowered in REVERSED or lowered in SYMMETRIC:
        return _built(lowered)
    _refuse_bandpass(lowered, argument, "near_sym_b")
    import pywt

    if lowered in pywt.wavelist(kind="continuous"):
        raise ValueError(
            f"{argument}={name!r} is a continuous wavelet, which has no filter bank. Use one of shiftinv.list_banks()."
        )
    guess = did_you_mean(name, list_banks())
    raise ValueError(
        f"{argument}={name!r} is unknown. {guess}Use one of shiftinv.list_banks(), "
        f"on the command line: shiftinv list wavelets."
    )


def _from_taps(text: str) -> FilterBank:
    words = text[len("bank(") : -1].split(";")
    try:
        filters = [[float(tap) for tap in word.split("/")] for word in words[:4]]
    except ValueError:
        raise ValueError(
            f"wavelet={text!r} holds something that is no number. Use bank(h;g;s;t), taps separated by slashes."
        ) from None
    if words[4:] not in ([], ["approximate"]):
        raise ValueError(
            f"wavelet={text!r} has more than four filters. Use bank(h;g;s;t) or bank(h;g;s;t;approximate)."
        )
    return FilterBank(*filters, approximate=words[4:] == ["approximate"])


@cache  # bounded by the number of names
def _built(name: str) -> FilterBank:
    if name in REVERSED:
        return FilterBank(_built(REVERSED[name]).lowpass[::-1], name=name)
    if name in SYMMETRIC:
        return _symmetric(name)
    h, _, s, _ = _table(name)
    table = FilterBank(h, None, None if s == h[::-1] else s, name=name, approximate=True)
    return table if name in APPROXIMATE else polished(table)


def _symmetric(name: str) -> FilterBank:
    """Return a bank of odd-length symmetric filters whose highpass is positive at its centre."""
    if name not in FIRST_LEVEL:
        h, s = _built("bior4.4").lowpass, _built("bior4.4").synthesis_lowpass
        centre = len(h) // 2
    else:
        short = [[2**0.5 * tap / bottom for tap in (*half, *half[-2::-1])] for half, bottom in FIRST_LEVEL[name]]
        centre = max(len(taps) // 2 for taps in short) + 1  # of h; s has its own one sample before
        room = [centre - len(short[0]) // 2, centre - 1 - len(short[1]) // 2]
        h, s = (
            (*[0.0] * before, *taps, *[0.0] * (2 * centre - before - len(taps)))
            for before, taps in zip(room, short, strict=True)
        )
    g = [(-1) ** (k - centre + 1) * tap for k, tap in enumerate(s)]
    t = [(-1) ** (k - centre) * tap for k, tap in enumerate(h)]
    return FilterBank(h, g, s, t, name=name)


@cache  # bounded by the number of names
def _built_pair(name: str) -> DualTreeBank:
    table = FilterBank(QSHIFT[name][::-1], name=name, approximate=True)
    return DualTreeBank.qshift(polished(table), name)


def _known(bank: FilterBank) -> FilterBank:
    """Return the catalogue's own bank if one has these taps, so that equal banks are spelled the same."""
    for name in (*_discrete(), *REVERSED):
        taps = _table(REVERSED[name])[0][::-1] if name in REVERSED else _table(name)[0]
        near = len(taps) == len(bank) and abs(taps[0] - bank.lowpass[0]) < 1e-9
        if near and _named(name, "wavelet") == bank:
            return _named(name, "wavelet")
    return bank


@cache
def _discrete() -> tuple[str, ...]:
    import pywt

    return tuple(pywt.wavelist(kind="discrete"))


@cache  # bounded by the number of names
def _table(name: str) -> tuple[tuple[float, ...], ...]:
    """Return PyWavelets' own taps (dec_lo, dec_hi, rec_lo, rec_hi) of a discrete wavelet."""
    import pywt

    return tuple(tuple(taps) for taps in pywt.Wavelet(name).filter_bank)
