"""Country codes and names in any usual form to ISO 3166 alpha-3, plus ``ROW``."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from ioecon.errors import LabelError

if TYPE_CHECKING:
    from country_converter import CountryConverter

__all__ = ["REST_OF_WORLD", "to_iso3"]

REST_OF_WORLD = "ROW"

# Codes that databases use and ISO 3166 does not (any more), and names the converter lacks.
_ALIASES = {
    "rom": "ROU",  # WIOD, and ISO 3166 until 2002
    "zar": "COD",
    "tmp": "TLS",
    "prc": "CHN",
    "uk": "GBR",
    "el": "GRC",
    "holland": "NLD",
    "chinese taipei": "TWN",
    "taiwan": "TWN",
}
_REST = re.compile(r"(the )?rest[ _-]*of[ _-]*(the[ _-]*)?world( \(row\))?|row", re.IGNORECASE)
# Alpha-3 codes that ISO 3166 leaves to users: regions of a national table, the fictional world.
_USER_ASSIGNED = re.compile(r"AA[A-Z]|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z]")
_JOINT = re.compile(r"\s*(?:\band\b|&|\+|/|;)\s*", re.IGNORECASE)


def to_iso3(names: Iterable[object]) -> list[str]:
    """ISO 3166 alpha-3 codes of countries; ``ROW`` for the rest of the world.

    Parameters
    ----------
    names : iterable of str
        Codes (alpha-2, alpha-3, numeric) or English names, in any usual spelling and mixed.
        Codes that ISO 3166 leaves to users (AAA–AAZ, QMA–QZZ, XAA–XZZ, ZZA–ZZZ) stay as they are.

    Returns
    -------
    list of str
        One code per name, in the order given.

    Raises
    ------
    LabelError
        If any name is not recognised, or stands for several countries; the message lists all of
        them with suggestions.

    Examples
    --------
    >>> to_iso3(["ROM", "RoW", "Korea, Rep.", "Chinese Taipei", "UK", "de"])
    ['ROU', 'ROW', 'KOR', 'TWN', 'GBR', 'DEU']
    """
    if isinstance(names, str):
        names = [names]
    given = [_tidy(name) for name in names]
    codes = {name: _code(name) for name in dict.fromkeys(given)}
    unknown = [name for name, code in codes.items() if code is None]
    if unknown:
        listed = "; ".join(_described(name) for name in unknown)
        raise LabelError(
            f"{len(unknown)} of {len(codes)} country names are not recognised: {listed}. "
            "Rename them to ISO 3166 alpha-3 codes, or ROW for the rest of the world."
        )
    return [code for name in given if (code := codes[name]) is not None]


def _tidy(name: object) -> str:
    text = "" if name is None else str(name)
    return " ".join(text.split())


@cache
def _code(name: str) -> str | None:
    """Code of one tidy name, or None."""
    if _REST.fullmatch(name):
        return REST_OF_WORLD
    alias = _ALIASES.get(name.lower())
    if alias is not None:
        return alias
    code = _converted(name)
    # the converter takes the first country it finds in "USA and Canada"
    parts = [_ALIASES.get(part.lower()) or _converted(part) for part in _JOINT.split(name)]
    if len({part for part in parts if part is not None}) > 1:
        return None
    if code is None and _USER_ASSIGNED.fullmatch(name):
        return name
    return code


def _converted(name: str) -> str | None:
    if not name:
        return None
    code = _converter().convert(name, to="ISO3", not_found="?")
    return code if isinstance(code, str) and code != "?" else None


@cache
def _converter() -> CountryConverter:
    """Make the converter, loaded once and only when a country is asked for."""
    import pandas as pd
    from country_converter import CountryConverter
    from country_converter.country_converter import COUNTRY_DATA_FILE

    logging.getLogger("country_converter").setLevel(logging.CRITICAL)
    # Read here as text: with pandas 3.1 the package's own reading takes Namibia's "NA" for missing.
    data: Any = pd.read_csv(COUNTRY_DATA_FILE, sep="\t", dtype=str, keep_default_na=False)
    data = data[data["obsolete"] == ""].reset_index(drop=True)
    return CountryConverter(country_data=data.assign(obsolete=pd.NA))


def _described(name: str) -> str:
    """Quote the name with what may have been meant."""
    if not name:
        return "an empty name"
    known = _converter().data
    choices = dict(zip(known["name_short"].str.lower(), known["ISO3"], strict=True))
    choices |= {str(code).lower(): str(code) for code in known["ISO3"]}
    near = difflib.get_close_matches(name.lower(), choices, n=2, cutoff=0.6)
    codes = list(dict.fromkeys(choices[match] for match in near))
    return f"{name!r} ({' or '.join(codes)}?)" if codes else repr(name)
