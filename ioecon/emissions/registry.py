"""The accounts of emissions that can be read. To add one: its module, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike

from ioecon.emissions import jrc, wiod2013
from ioecon.emissions.account import EmissionAccount
from ioecon.emissions.account_format import AccountFormat
from ioecon.errors import ReadError
from ioecon.wording import suggest

__all__ = ["ACCOUNTS", "account_format", "account_formats", "read_account"]

ACCOUNTS: Mapping[str, AccountFormat] = {
    entry.name: entry
    for entry in (
        wiod2013.ACCOUNT_FORMAT,
        jrc.ACCOUNT_FORMAT,
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


def read_account(path: str | PathLike[str], *, format: str = "auto") -> EmissionAccount:
    """Read an account of emissions by sector, as its publisher gives it.

    Parameters
    ----------
    path : path
        The file.
    format : str
        One of :func:`ioecon.emissions.account_formats`; ``"auto"`` tells it from the file's name.

    Returns
    -------
    EmissionAccount
        kt by country, sector and year; households apart.

    Raises
    ------
    ReadError
        If there is no such file or account, or the file is in another layout.
    EmissionsError
        If a value is missing, negative or does not add up; its place is named.

    Examples
    --------
    >>> account = read_account("CO2_may12.zip", format="wiod2013-co2-zip")  # doctest: +SKIP
    """
    if format != "auto":
        return account_format(format).read(path)
    fitting = [entry for entry in ACCOUNTS.values() if entry.is_named_like(path)]
    if len(fitting) != 1:
        known = "; ".join(f"{entry.name}: {entry.looks_like}" for entry in ACCOUNTS.values())
        raise ReadError(
            f"The account in {path} cannot be told from its name; pass format=. Known are {known}."
        )
    return fitting[0].read(path)
