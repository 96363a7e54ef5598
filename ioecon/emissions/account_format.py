"""A source of accounts: its name, how its files are known, what is in it, who reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path, PurePath
from typing import TypeVar

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.errors import EmissionsError, IoeconWarning, ReadError
from ioecon.readers.options import ReadOptions, complete_options
from ioecon.source import Source
from ioecon.stressor import Stressor
from ioecon.user_warnings import warn_user
from ioecon.wording import listed, spans

__all__ = ["AccountFormat", "choose_found", "join_years", "list_amounts"]

Found = TypeVar("Found")


@dataclass(frozen=True)
class AccountFormat:
    """One published source of accounts by sector.

    Parameters
    ----------
    name, description : str
        What users call it, and what it is, in one sentence.
    looks_like : str
        Name of its file or folder as published, for messages and templates.
    pattern : re.Pattern
        Such names, without the folder above.
    list_stressors : callable
        ``list_stressors(path, options) -> tuple of Stressor``: what is in it; names are unique.
    read : callable
        ``read(path, stressors, years, options) -> dict of str to Account``: the stressors of
        these names, in years that are wanted (None: all), labelled as the tables of the same
        database.
    recognises : callable, optional
        ``recognises(path) -> bool``, by content, where several formats have files of such names.
    options : mapping of str to tuple of str
        Its own options: allowed values, the first is the default.
    fallback : bool
        Whether its files may be called anything: it is asked where no other name fits.
    """

    name: str
    description: str
    looks_like: str
    pattern: re.Pattern[str]
    list_stressors: Callable[[Path, ReadOptions], tuple[Stressor, ...]]
    read: Callable[
        [Path, tuple[str, ...], tuple[int, ...] | None, ReadOptions], Mapping[str, Account]
    ]
    recognises: Callable[[Path], bool] | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fallback: bool = False

    def is_named_like(self, path: str | PathLike[str]) -> bool:
        """Tell whether a file's or folder's name may be one of this source."""
        return self.pattern.fullmatch(PurePath(path).name) is not None

    def complete_options(self, given: Mapping[str, object]) -> dict[str, str]:
        """Options of the format, each with its value; what it lacks or does not allow is refused.

        Raises
        ------
        ArgumentError
        """
        return complete_options(self.options, given, what="Accounts", form=self.name)


def list_amounts(rows: Iterable[tuple[str, str, str]], file: str) -> tuple[Stressor, ...]:
    """Stressors of a file's list; ratios, which cannot be summed, are left out with a warning.

    Parameters
    ----------
    rows : iterable of (str, str, str)
        Name, unit and group of each.
    file : str
        Where the list is from, for the warning.

    Examples
    --------
    >>> list_amounts([("CH4", "t", "air")], "unit.txt")
    (Stressor(name='CH4', unit='t', group='air', is_total=False),)
    """
    listing, ratios = [], []
    for name, unit, group in rows:
        try:
            listing.append(Stressor(name, unit, group))
        except EmissionsError:
            ratios.append(f"{name} ({unit})")
    if ratios:
        warn_user(
            f"{file} has what is no amount, and is left out: {listed(ratios, 4)}.", IoeconWarning
        )
    return tuple(listing)


def choose_found(
    found: Mapping[int, Found], years: tuple[int, ...] | None, what: str
) -> dict[int, Found]:
    """Files of the years that are wanted, of those that were found.

    Parameters
    ----------
    found : mapping
        By year.
    years : tuple of int or None
        Those that are wanted; None: all.
    what : str
        What was looked into and for, for the message: ``"GLORIA has no satellite accounts"``.

    Raises
    ------
    ReadError
        If a year is not there.
    """
    absent = [year for year in years or () if year not in found]
    if absent:
        raise ReadError(f"{what} of {listed(absent)}; it has {spans(found)}.")
    return {year: found[year] for year in years or sorted(found)}


def join_years(
    parts: Sequence[tuple[pd.Series, pd.Series | None]],
    *,
    name: str,
    unit: str,
    source: Source,
    of: str,
    may_be_negative: bool = False,
) -> Account:
    """Make the account of a stressor from the amounts of its years.

    Parameters
    ----------
    parts : sequence of (Series, Series or None)
        Of each year by (country, sector, year), and what households have by (country, year);
        without those of every year the account has none.
    name, unit : str
    source : Source
    of : str
        Whose they are, for the warning of negative amounts, which are kept.
    may_be_negative : bool
        Whether that is usual, and no warning.
    """
    values = pd.concat([amounts for amounts, _ in parts])
    direct = [households for _, households in parts if households is not None]
    households = pd.concat(direct) if len(direct) == len(parts) else None
    signed = any(bool((one < 0).any()) for one in (values, households) if one is not None)
    if signed and not may_be_negative:
        warn_user(f"{name} of {of} has negative amounts, which are kept.", IoeconWarning)
    return Account(values, households, unit, source, name=name, signed=signed)
