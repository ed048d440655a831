"""Names of filter banks: PyWavelets' discrete wavelets, and Percival and Walden's names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from .checks import did_you_mean, kind_of
from .filters import FilterBank, polished

if TYPE_CHECKING:
    import pywt

__all__ = ["filter_bank", "list_banks"]

APPROXIMATE = frozenset({"dmey"})  # a truncated infinite filter: its residual is 6.7e-3
SAME_TAPS = {"db1": "haar", "bior1.1": "haar", "rbio1.1": "haar"}
# Percival and Walden number least asymmetric and coiflet filters by their taps, and their D filters
# are PyWavelets' db read in the other direction.
PERCIVAL_WALDEN = {f"la{2 * k}": f"sym{k}" for k in range(4, 11)} | {f"c{6 * k}": f"coif{k}" for k in range(1, 6)}
REVERSED = {f"d{2 * k}": f"db{k}" for k in range(2, 11)}


def filter_bank(wavelet: str | FilterBank | pywt.Wavelet) -> FilterBank:
    """Return the filter bank of a wavelet.

    Parameters
    ----------
    wavelet : str, FilterBank or pywt.Wavelet
        A name from `list_banks` (case does not matter), a bank, or a PyWavelets object. An object
        with the taps of one of PyWavelets' own wavelets gives the polished bank of that name.
        Specs spell a bank without a name as ``bank(h;g;s;t)``, taps separated by slashes.

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
        return _named(wavelet)
    taps = getattr(wavelet, "filter_bank", None)
    if taps is None:
        raise TypeError(f"wavelet={wavelet!r} is {kind_of(wavelet)}. Use a name, a FilterBank or a pywt.Wavelet.")
    name = str(getattr(wavelet, "name", "")).lower()
    if name in _discrete() and _table(name) == tuple(map(tuple, taps)):
        return _named(name)
    return FilterBank(*taps)


def catalogued_name(bank: FilterBank) -> str:
    """Return the name under which the catalogue holds this very bank, or nothing."""
    known = bool(bank.name) and (bank.name in _discrete() or bank.name in REVERSED)
    return bank.name if known and _built(bank.name) == bank else ""


def spelled(bank: FilterBank) -> str:
    """Return a string that `filter_bank` turns back into `bank`: its name, or ``bank(h;g;s;t)``."""
    filters = (bank.lowpass, bank.highpass, bank.synthesis_lowpass, bank.synthesis_highpass)
    taps = ";".join("/".join(map(repr, taps)) for taps in filters)
    return catalogued_name(bank) or f"bank({taps}{';approximate' * bank.approximate})"


def list_banks() -> list[str]:
    """Return every name `filter_bank` knows, PyWavelets' names first."""
    return [*_discrete(), *PERCIVAL_WALDEN, *REVERSED]


def _named(name: str) -> FilterBank:
    lowered = name.strip().lower()
    if lowered.startswith("bank(") and lowered.endswith(")"):
        return _from_taps(lowered)
    lowered = SAME_TAPS.get(lowered, lowered)
    lowered = PERCIVAL_WALDEN.get(lowered, lowered)
    if lowered in _discrete() or lowered in REVERSED:
        return _built(lowered)
    import pywt

    if lowered in pywt.wavelist(kind="continuous"):
        raise ValueError(
            f"wavelet={name!r} is a continuous wavelet, which has no filter bank. Use one of shiftinv.list_banks()."
        )
    guess = did_you_mean(name, list_banks())
    raise ValueError(
        f"wavelet={name!r} is unknown. {guess}Use one of shiftinv.list_banks(), "
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
    h, _, s, _ = _table(name)
    table = FilterBank(h, None, None if s == h[::-1] else s, name=name, approximate=True)
    return table if name in APPROXIMATE else polished(table)


def _known(bank: FilterBank) -> FilterBank:
    """Return the catalogue's own bank if one has these taps, so that equal banks are spelled the same."""
    for name in (*_discrete(), *REVERSED):
        taps = _table(REVERSED[name])[0][::-1] if name in REVERSED else _table(name)[0]
        near = len(taps) == len(bank) and abs(taps[0] - bank.lowpass[0]) < 1e-9
        if near and _named(name) == bank:
            return _named(name)
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
