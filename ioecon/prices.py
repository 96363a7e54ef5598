"""In whose prices a table is, and which two tables may be compared.

The change from one year to the next is one of volumes only where both tables are in the same
prices: (t−1 in current prices, t in prices of t−1), or both in constant prices of one year. Two
tables in current prices are compared as published papers do, changes of prices included.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ioecon.errors import TableError

if TYPE_CHECKING:
    from ioecon.table import IOTable

__all__ = [
    "CURRENT",
    "PREVIOUS_YEAR",
    "common_basis",
    "price_basis",
    "price_year",
    "require_same_prices",
]

CURRENT, PREVIOUS_YEAR = "current", "previous-year"

_CURRENT = {"current", "current prices", "nominal", "当年价", "当年价格", "现价"}
_PREVIOUS = {
    "previous-year", "previous year", "previous-year prices", "previous year prices",
    "prices of the previous year", "pyp", "上年价格", "上年价",
}  # fmt: skip
_CONSTANT = re.compile(
    r"(?:constant|in)?\s*(?:prices\s*(?:of|in)?)?\s*(\d{4})\s*(?:constant)?\s*(?:prices)?"
    r"|(\d{4})\s*年?\s*不变价格?"
)


def price_basis(basis: Any, year: int) -> str:
    """Price basis in one of its three spellings.

    Parameters
    ----------
    basis : str
        ``"current"``, ``"previous-year"`` or ``"constant 2010"``; usual other spellings of these
        are taken too (``"pyp"``, ``"2010 prices"``).
    year : int
        Year of the table, for the message.

    Raises
    ------
    TableError
        If it is none of them: whether two tables may be compared could not be told.

    Examples
    --------
    >>> price_basis("Prices of the previous year", 2005), price_basis("constant 2010 prices", 2005)
    ('previous-year', 'constant 2010')
    """
    text = " ".join(str(basis).replace("_", " ").split()).lower()
    if text in _CURRENT:
        return CURRENT
    if text in _PREVIOUS:
        return PREVIOUS_YEAR
    constant = _CONSTANT.fullmatch(text)
    if constant:
        return f"constant {constant[1] or constant[2]}"
    raise TableError(
        f"The price basis of {year} is {str(basis)!r}; it is 'current', 'previous-year', or the "
        "year of constant prices, such as 'constant 2010'."
    )


def price_year(table: IOTable) -> int:
    """Year in whose prices a table is.

    Examples
    --------
    >>> from ioecon import IOTable
    >>> table = IOTable(Z=[[1]], Y=[[2]], countries=["AUS"], sectors=["all"], categories=["final"],
    ...                 year=2006, price_basis="previous-year")
    >>> price_year(table)
    2005
    """
    if table.price_basis == CURRENT:
        return table.year
    if table.price_basis == PREVIOUS_YEAR:
        return table.year - 1
    return int(table.price_basis.removeprefix("constant "))


def require_same_prices(first: IOTable, last: IOTable) -> None:
    """Refuse two tables whose difference mixes volumes with prices, unless both are current.

    Parameters
    ----------
    first, last : IOTable
        Base year and reporting year.

    Raises
    ------
    TableError
        Saying in which prices each is and which pair is right.
    """
    if first.price_basis == last.price_basis == CURRENT or price_year(first) == price_year(last):
        return
    if PREVIOUS_YEAR in (first.price_basis, last.price_basis):
        right = (
            f"a table of {last.year} in prices of {last.year - 1} goes with the table of "
            f"{last.year - 1} in current prices"
        )
    else:
        right = "take both in current prices, or both in constant prices of one year"
    raise TableError(
        f"The price basis of {first.year} is {first.price_basis!r}, of {last.year} "
        f"{last.price_basis!r} (prices of {price_year(first)} and of {price_year(last)}), and a "
        f"change between them is not one of volumes: {right}."
    )


def common_basis(first: IOTable, last: IOTable) -> str:
    """Price basis of a comparison that :func:`require_same_prices` lets pass."""
    if first.price_basis == last.price_basis == CURRENT:
        return CURRENT
    return f"constant {price_year(first)}"
