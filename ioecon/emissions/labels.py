"""Countries of an emissions file as ISO3 codes; the world's total keeps a code of its own."""

import pandas as pd

from ioecon.countries import to_iso3

__all__ = ["WORLD", "WORLD_NAMES", "country_codes"]

WORLD = "WLD"
WORLD_NAMES = frozenset({"wld", "world"})


def country_codes(countries: pd.Series) -> pd.Series:
    """Codes of a column of countries: ISO 3166 alpha-3, ``ROW``, and ``WLD`` for the world.

    Raises
    ------
    LabelError
        Listing the names that were not recognised.
    """
    names = ["" if pd.isna(name) else str(name).strip() for name in countries]
    unique = list(dict.fromkeys(names))
    known = {name: WORLD for name in unique if name.lower() in WORLD_NAMES}
    others = [name for name in unique if name not in known]
    codes = known | dict(zip(others, to_iso3(others), strict=True))
    return pd.Series([codes[name] for name in names], index=countries.index, name=countries.name)
