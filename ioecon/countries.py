"""Country codes and names in any usual form to ISO 3166 alpha-3, plus ``ROW``."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from ioecon.errors import LabelError
from ioecon.wording import invisible_character, near_words

if TYPE_CHECKING:
    import pandas as pd
    from country_converter import CountryConverter

__all__ = ["REST_OF_WORLD", "country_table", "to_iso3"]

REST_OF_WORLD = "ROW"

# Codes of countries that were renamed, and names the converter lacks.
_ALIASES = {
    "rom": "ROU",  # WIOD, and ISO 3166 until 2002
    "zar": "COD",  # ISO 3166 until 1997, World Bank
    "bur": "MMR",  # ISO 3166 until 1989
    "tmp": "TLS",
    "kos": "XKX",
    "ksv": "XKX",
    "prc": "CHN",
    "tap": "TWN",  # Asian Development Bank
    "uk": "GBR",
    "el": "GRC",
    "holland": "NLD",
    "chinese taipei": "TWN",
    "taipei,china": "TWN",
    "taipei, china": "TWN",
    "taiwan": "TWN",
    "rok": "KOR",
}
# The rest of the world as EORA (ROWORLD), FIGARO (FIGW1, WRL_REST) and others call it.
_REST = re.compile(
    r"(the )?rest[ _-]*of[ _-]*(the[ _-]*)?world( \(row\))?|row|roworld|figw1|wrl_rest",
    re.IGNORECASE,
)
_EXIOBASE = "one of EXIOBASE's rest regions"
_OF_ICIO = "a part of {} in OECD's ICIO: sum the parts to {} first"
# What looks like a code and must not be guessed at.
_REFUSED = {
    "wa": f"{_EXIOBASE}, Asia and Pacific",
    "we": f"{_EXIOBASE}, Europe",
    "wf": f"{_EXIOBASE}, Africa, and ISO's code of Wallis and Futuna: write WLF for the latter",
    "wl": f"{_EXIOBASE}, America",
    "wm": f"{_EXIOBASE}, Middle East",
    **{f"cn{k}": _OF_ICIO.format("China", "CHN") for k in (1, 2, 3, 4)},
    **{f"mx{k}": _OF_ICIO.format("Mexico", "MEX") for k in (1, 2, 3)},
    "guiana": "French Guiana is GUF, Guyana GUY",
    "southern africa": "a region; South Africa is ZAF",
}
_REFUSED |= {
    name: f"a former country, today {successors}"
    for names, successors in (
        (("an", "ant", "netherlands antilles"), "CUW, SXM and BES"),
        (("scg", "cs", "serbia and montenegro", "serbia & montenegro"), "SRB and MNE"),
        (("yug", "yu", "yugoslavia"), "BIH, HRV, MKD, MNE, SRB, SVN and XKX"),
        (("sun", "su", "usr", "ussr", "soviet union"), "RUS and 14 others"),
        (("csk", "czechoslovakia"), "CZE and SVK"),
        (("ddr", "dd"), "part of DEU"),
        (("blx", "belgium-luxembourg"), "BEL and LUX"),
    )
    for name in names
}
# Alpha-3 codes that ISO 3166 leaves to users: regions of a national table, the fictional world.
_USER_ASSIGNED = re.compile(r"AA[A-Z]|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z]")
_JOINT = re.compile(r"\s*(?:\band\b|&|\+|/|;)\s*", re.IGNORECASE)
# Words by which a name says that it is more or less than the country in it; the converter looks
# for the country only. The former Yugoslav Republic of Macedonia is one country's official name.
_QUALIFIED = re.compile(
    r"\b(rest|others?|former|ex|excl\w*|exclud\w*|without|except|incl\w*|includ\w*|plus|minus|sum|"
    r"total|average|non|outside|part of|"
    r"england|scotland|wales|eng|sct|wls|nir|czechoslovak\w*|yugoslav(ia)?|soviet|ussr)\b|w/o",
    re.IGNORECASE,
)
_MACEDONIA = re.compile(r"former yugoslav.*macedonia|macedonia.*former yugoslav", re.IGNORECASE)
_CONTINENT = re.compile(r"\b(africa|america|asia|europe|oceania|antarctica)\b", re.IGNORECASE)
_OF_CONTINENTS = {"ZAF", "CAF", "USA", "ASM", "UMI", "ATA", "VIR"}  # a continent in their name


_LONGEST_NAME = 80


def to_iso3(names: Iterable[object]) -> list[str]:
    """ISO 3166 alpha-3 codes of countries; ``ROW`` for the rest of the world.

    Parameters
    ----------
    names : iterable of str
        Codes (alpha-2, alpha-3, numeric) or English names, in any usual spelling and mixed.
        Codes by which one database means another place than ISO 3166 (EXIOBASE's WA, WE, WF, WL,
        WM) or a part of a country (CN1, MX1), former countries, and names of more or less than a
        country (``Rest of China``) are refused.
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
    given = [_tidy_name(name) for name in names]
    codes = {name: _find_code(name) for name in dict.fromkeys(given)}
    unknown = [name for name, code in codes.items() if code is None]
    if unknown:
        listed = "; ".join(_quote_with_hint(name) for name in unknown)
        raise LabelError(
            f"{len(unknown)} of {len(codes)} country names are not recognised: {listed}. "
            "Rename them to ISO 3166 alpha-3 codes, or ROW for the rest of the world."
        )
    return [code for name in given if (code := codes[name]) is not None]


def _tidy_name(name: object) -> str:
    """Name with single spaces, full-width letters as plain ones; a missing value is empty."""
    if name is None or (not isinstance(name, str) and name != name) or str(name) == "<NA>":
        return ""
    return " ".join(unicodedata.normalize("NFKC", str(name)).split())


@cache
def _find_code(name: str) -> str | None:
    """Code of one tidy name, or None."""
    if _REST.fullmatch(name):
        return REST_OF_WORLD
    alias = _ALIASES.get(name.lower())
    if alias is not None:
        return alias
    if name.lower() in _REFUSED or invisible_character(name) is not None:
        return None
    code = _convert_name(f"{int(name)}" if re.fullmatch("[0-9]{3}", name) else name)
    if _QUALIFIED.search(name) and not _MACEDONIA.search(name):
        return None
    if _CONTINENT.search(name) and code not in _OF_CONTINENTS:
        return None
    # the converter takes the first country it finds in "USA and Canada"
    parts = [_ALIASES.get(part.lower()) or _convert_name(part) for part in _JOINT.split(name)]
    if len({part for part in parts if part is not None}) > 1:
        return None
    if code is None and _USER_ASSIGNED.fullmatch(name):
        return name
    return code


@cache
def _convert_name(name: str) -> str | None:
    if not name:
        return None
    code = _load_converter().convert(name, to="ISO3", not_found="?")
    return code if isinstance(code, str) and code != "?" else None


def country_table() -> pd.DataFrame:
    """Countries with their codes and classifications, as country_converter has them; all text.

    Examples
    --------
    >>> country_table().set_index("ISO3").loc["NAM", ["ISO2", "continent"]].to_list()
    ['NA', 'Africa']
    """
    return _load_converter().data


@cache
def _load_converter() -> CountryConverter:
    """Make the converter, loaded once and only when a country is asked for."""
    import pandas as pd
    from country_converter import CountryConverter
    from country_converter.country_converter import COUNTRY_DATA_FILE

    logging.getLogger("country_converter").setLevel(logging.CRITICAL)
    # Read here as text: with pandas 3.1 the package's own reading takes Namibia's "NA" for missing.
    data: Any = pd.read_csv(COUNTRY_DATA_FILE, sep="\t", dtype=str, keep_default_na=False)
    data = data[data["obsolete"] == ""].reset_index(drop=True)
    return CountryConverter(country_data=data.assign(obsolete=pd.NA))


def _quote_with_hint(name: str) -> str:
    """Quote the name with what may have been meant."""
    if not name:
        return "an empty name"
    if len(name) > _LONGEST_NAME:
        return f"{name[:_LONGEST_NAME]!r}… ({len(name):,} letters, longer than any name)"
    found = invisible_character(name)
    if found is not None:
        return f"{name!r} (holds {found[1]}, which cannot be seen)"
    reason = _REFUSED.get(name.lower())
    if reason is not None:
        return f"{name!r} ({reason})"
    if name.lower() in ("nan", "none", "<na>"):
        return f"{name!r} (a missing value written as text)"
    if _QUALIFIED.search(name):
        return f"{name!r} (not one whole country)"
    known = _load_converter().data
    choices = dict(zip(known["name_short"].str.lower(), known["ISO3"], strict=True))
    choices |= {str(code).lower(): str(code) for code in known["ISO3"]}
    near = near_words(name.lower(), choices, count=2)
    codes = list(dict.fromkeys(choices[match] for match in near))
    return f"{name!r} ({' or '.join(codes)}?)" if codes else repr(name)
