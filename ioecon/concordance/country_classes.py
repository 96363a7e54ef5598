"""Classifications of countries by name, as country_converter has them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from ioecon.countries import REST_OF_WORLD, country_table, to_iso3
from ioecon.errors import LabelError
from ioecon.wording import listed

__all__ = ["classifications", "classify_countries"]

_NO_CLASSES = ("ISO3", "regex", "obsolete")
_DATABASES = re.compile(r"EXIO\d(_3L)?|WIOD|Eora|CC41|Cecilia2050")
_YEAR = re.compile(r"(19|20)\d\d")
_REST = re.compile(r"RoW|WWW?|Rest of World")
_EXIOBASE_REST = re.compile(r"W?W([AEFLM])")


def classifications() -> tuple[str, ...]:
    """Names of the classifications of countries that a concordance may name.

    Examples
    --------
    >>> {"EU27", "OECD", "continent", "UNregion", "EXIO3"} <= set(classifications())
    True
    """
    return tuple(sorted(set(country_table().columns) - set(_NO_CLASSES)))


def classify_countries(name: str, countries: Sequence[str]) -> dict[str, str] | None:
    """Group of each country by a classification; None where there is none of this name.

    Raises
    ------
    LabelError
        If the classification leaves out countries, or knows none.
    """
    if name not in classifications():
        return None
    column = country_table().set_index("ISO3")[name]
    filled = column[column != ""]
    found = filled[filled.index.isin(countries)]
    outside = [code for code in countries if code not in column.index]
    if len(outside) == len(countries):
        raise LabelError(
            f"country_converter's {name!r} knows none of the countries {listed(countries)}."
        )
    if _is_club(filled, name):
        groups = {code: name if code in found.index else f"not {name}" for code in countries}
    else:
        left = [code for code in countries if code not in found.index and code not in outside]
        if left:
            raise LabelError(
                f"country_converter's {name!r} gives no group for the countries {listed(left)}: "
                "give a concordance that names them."
            )
        of_database = _DATABASES.fullmatch(name) is not None
        groups = {code: _name_group(group, of_database) for code, group in found.items()}
    return {code: code if code in outside else groups[code] for code in countries}


def _is_club(filled: pd.Series, name: str) -> bool:
    """Whether a column tells who belongs, by its own name or the year of joining."""
    values = set(filled)
    return values == {name} or (
        len(filled) < len(country_table()) and all(_YEAR.fullmatch(value) for value in values)
    )


def _name_group(group: str, of_database: bool) -> str:
    """Name of a group; what a database calls its countries and rest regions as ioecon does."""
    if _REST.fullmatch(group) and of_database:
        return REST_OF_WORLD
    if not of_database:
        return group
    rest = _EXIOBASE_REST.fullmatch(group)
    if rest is not None:
        return f"XW{rest.group(1)}"
    try:
        return to_iso3([group])[0]
    except LabelError:  # a name such as Cecilia's HI
        return group
