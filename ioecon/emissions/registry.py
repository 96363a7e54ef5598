"""The accounts that can be read. To add a source of them: its module, and a line here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import cast

import pandas as pd

from ioecon.emissions import (
    adb,
    ceads,
    emerging,
    eora26,
    eurostat,
    exiobase3,
    figaro_e3,
    gloria,
    jrc,
    long_table,
    wiod2013,
    wiod_sea,
)
from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.combination import Combination, choose_stressors
from ioecon.errors import ReadError
from ioecon.files.folders import list_folder
from ioecon.files.web_page import why_no_file
from ioecon.readers.options import ReadOptions
from ioecon.wording import listed, spans, suggest

__all__ = ["ACCOUNTS", "account_format", "account_formats", "read_account", "stressors"]

_MOST = 60  # files and folders of a folder that are looked at for accounts

ACCOUNTS: Mapping[str, AccountFormat] = {
    entry.name: entry
    for entry in (
        *wiod2013.ACCOUNT_FORMATS,
        jrc.ACCOUNT_FORMAT,
        wiod_sea.ACCOUNT_FORMAT,
        eurostat.ACCOUNT_FORMAT,
        figaro_e3.ACCOUNT_FORMAT,
        adb.ACCOUNT_FORMAT,
        ceads.ACCOUNT_FORMAT,
        gloria.ACCOUNT_FORMAT,
        emerging.ACCOUNT_FORMAT,
        exiobase3.ACCOUNT_FORMAT,
        eora26.ACCOUNT_FORMAT,
        long_table.ACCOUNT_FORMAT,
    )
}


def account_formats() -> dict[str, str]:
    """Names of the accounts that can be read, each with one sentence on what it is.

    Examples
    --------
    >>> account_formats()["wiod2013-co2-zip"]
    "CO2 accounts of WIOD's 2013 release as published, 1995-2009."
    """
    return {name: entry.description for name, entry in ACCOUNTS.items()}


def account_format(name: str) -> AccountFormat:
    """Find the account of that name.

    Raises
    ------
    ReadError
        If there is none; the message suggests the nearest.
    """
    if name not in ACCOUNTS:
        raise ReadError(f"There is no account {name!r}; {suggest(name, ACCOUNTS)}")
    return ACCOUNTS[name]


def stressors(
    path: str | PathLike[str],
    *,
    format: str = "auto",
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
    **own: object,
) -> pd.DataFrame:
    """List what a file of accounts has.

    Parameters
    ----------
    path : path
        The file or folder.
    format, encoding, separator, decimal, **own
        As for :func:`read_account`.

    Returns
    -------
    DataFrame
        Columns group, name, unit; a row for each stressor.

    Raises
    ------
    ReadError, EmissionsError
        See :func:`read_account`.

    Examples
    --------
    >>> stressors("AIR_may12.zip", format="wiod2013-accounts")  # doctest: +SKIP
    """
    entry, options = _settle(path, format, encoding, separator, decimal, own)
    there = entry.list_stressors(Path(path), options)
    rows = [(one.group, one.name, one.unit) for one in there]
    return pd.DataFrame(rows, columns=["group", "name", "unit"], dtype=object)


def read_account(
    path: str | PathLike[str],
    *,
    format: str = "auto",
    stressor: str | Iterable[str] | Mapping[str, float] | None = None,
    years: int | Iterable[int] | None = None,
    gwp: str | None = None,
    name: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
    **own: object,
) -> Account:
    """Read an account by sector, as its publisher gives it.

    Parameters
    ----------
    path : path
        The file or folder.
    format : str
        One of :func:`ioecon.emissions.account_formats`; ``"auto"`` tells it from the name, and
        from the content where the name does not tell.
    stressor : str, iterable of str, or mapping of str to float, optional
        What to read, by the names of :func:`stressors`; several are summed, with factors where a
        mapping gives them, units converted before. Not needed where the file has one only, or
        its own total of the others.
    years : int or iterable of int, optional
        All by default.
    gwp : {"SAR", "AR4", "AR5", "AR6"}, optional
        Sum gases, all that the file has under their plain names or those of ``stressor``, with
        the IPCC's warming potentials over 100 years to CO2e in kt: of SAR (1995, WG1, table 4),
        AR4 (2007, WG1, table 2.14), AR5 (2013, WG1, table 8.A.1, without climate-carbon
        feedbacks) or AR6 (2021, WG1, table 7.SM.7).
    name : str, optional
        What a sum is called; after its parts by default.
    encoding, separator, decimal
        Of a text file; see :func:`ioecon.read_emissions`.
    **own
        Options of the format.

    Returns
    -------
    Account
        By country, sector and year, with name and unit; households apart.

    Raises
    ------
    ReadError
        If there is no such file, account, year or option, or the file is in another layout.
    EmissionsError
        If the file has no such stressor or several and none is named; if what is to be summed
        has units that cannot be converted; if a value is missing, negative or does not add up.

    Examples
    --------
    >>> account = read_account("CO2_may12.zip", format="wiod2013-co2-zip")  # doctest: +SKIP
    >>> account = read_account("AIR_may12.zip", gwp="AR5", years=2005)  # doctest: +SKIP
    """
    entry, options = _settle(path, format, encoding, separator, decimal, own)
    file = Path(path)
    chosen = _choose(entry, file, options, stressor, gwp, name)
    wanted = _settle_years(years)
    accounts = entry.read(file, tuple(chosen.factors), wanted, options)
    for account in accounts.values():
        absent = [year for year in wanted or () if year not in account.years]
        if absent:
            raise ReadError(
                f"{file.name} has no {account.name} of {listed(absent)}; it has "
                f"{spans(account.years)}."
            )
    return chosen.combine(accounts)


def require_stressors(
    path: str | PathLike[str],
    *,
    format: str = "auto",
    stressor: str | Iterable[str] | Mapping[str, float] | None = None,
    gwp: str | None = None,
    name: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
    **own: object,
) -> None:
    """Check that :func:`read_account` would find what it is asked for; no value is read.

    Raises
    ------
    ReadError, EmissionsError
        As :func:`read_account`.
    """
    entry, options = _settle(path, format, encoding, separator, decimal, own)
    _choose(entry, Path(path), options, stressor, gwp, name)


def _choose(
    entry: AccountFormat,
    file: Path,
    options: ReadOptions,
    stressor: str | Iterable[str] | Mapping[str, float] | None,
    gwp: str | None,
    name: str | None,
) -> Combination:
    there = entry.list_stressors(file, options)
    return choose_stressors(there, stressor, gwp=gwp, name=name, file=file.name)


def _settle_years(years: int | Iterable[int] | None) -> tuple[int, ...] | None:
    if years is None:
        return None
    several = [int(years)] if isinstance(years, Integral) else list(cast("Iterable[int]", years))
    if not several:
        raise ReadError("years is empty: name years, or leave it out for all.")
    return tuple(sorted({int(year) for year in several}))


def _settle(
    path: str | PathLike[str],
    format: str,
    encoding: str | None,
    separator: str | None,
    decimal: str,
    own: Mapping[str, object],
) -> tuple[AccountFormat, ReadOptions]:
    """Format and options of a file that is there."""
    entry = _find_format(path) if format == "auto" else account_format(format)
    options = ReadOptions(
        encoding=encoding,
        separator=separator,
        decimal=decimal,
        own=entry.complete_options(own),
    )
    if not Path(path).exists():
        raise ReadError(f"There is no file {path} to read emissions from.")
    why = why_no_file(Path(path)) if Path(path).is_file() else None
    if why:
        raise ReadError(why)
    return entry, options


def _find_format(path: str | PathLike[str]) -> AccountFormat:
    place = Path(path)
    fitting = _find_fitting(place)
    if len(fitting) == 1:
        return fitting[0]
    told = f"The account in {path} cannot be told from its name"
    why = _explain(place, fitting) if place.exists() else None
    if why:
        raise ReadError(f"{told}: {why}")
    known = "; ".join(f"{entry.name}: {entry.looks_like}" for entry in ACCOUNTS.values())
    raise ReadError(f"{told}; pass format=. Known are {known}.")


def _find_fitting(place: Path) -> list[AccountFormat]:
    """Find the formats that a file's name fits, and its content where the name does not tell."""
    published = [entry for entry in ACCOUNTS.values() if not entry.fallback]
    fitting = [entry for entry in published if entry.is_named_like(place)]
    if place.exists() and len(fitting) != 1:
        unsure = fitting or published
        fitting = [one for one in unsure if one.recognises and one.recognises(place)]
    if not fitting:
        others = [entry for entry in ACCOUNTS.values() if entry.fallback]
        fitting = [entry for entry in others if entry.is_named_like(place)]
    return fitting


def _explain(place: Path, fitting: list[AccountFormat]) -> str | None:
    """Say what is there instead of one account, or where it is."""
    if fitting:
        return f"it may be one of {listed(one.name for one in fitting)}; pass format=."
    if place.is_file():
        return why_no_file(place)
    entries = [entry for entry in list_folder(place) if not entry.name.startswith((".", "~"))]
    if not entries:
        return "the folder is empty."
    within = {entry: _find_fitting(entry) for entry in entries[:_MOST]}
    known = {entry: forms[0] for entry, forms in within.items() if len(forms) == 1}
    published = {entry: form for entry, form in known.items() if not form.fallback}
    if not published:
        return None
    first, form = next(iter(published.items()))
    others = f" (others: {listed(entry.name for entry in [*published][1:4])})"
    return (
        f"it holds {first.name}, an account of {form.name}"
        f"{others if len(published) > 1 else ''}; give that path, {first}."
    )
