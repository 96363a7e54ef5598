"""Groups of countries by the classifications in use at the end of the paper's period, 2009."""

from __future__ import annotations

from importlib.resources import files
from io import StringIO

import pandas as pd

__all__ = ["groups"]


def groups() -> pd.DataFrame:
    """Membership of the 43 countries of WIOD's 2016 release in groups of developed countries.

    Returns
    -------
    pandas.DataFrame
        Indexed by ISO 3166 alpha-3 code, with the column ``name`` and one column of truth values
        per grouping: ``imf_advanced``, ``wb_high_income``, ``oecd``, ``hdi_very_high`` and
        ``developed_dong2022`` (23 developed and 19 developing countries; an inference, of which
        one country is an assumption). Missing where a classification does not speak of a country
        (Taiwan in the last two). ``attrs["sources"]`` gives title, year, source and note of each.

    Examples
    --------
    >>> table = groups()
    >>> int(table["imf_advanced"].sum())
    28
    >>> table["developed_dong2022"].value_counts().tolist()
    [23, 19]
    >>> table.attrs["sources"]["oecd"]["year"]
    2009
    """
    table = pd.read_csv(StringIO(_read_text("groups.csv")), dtype=str).set_index("country")
    for column in table.columns.drop("name"):
        member = table[column].map({"true": True, "false": False}).astype("boolean")
        table[column] = member if member.isna().any() else member.astype(bool)
    sources = pd.read_csv(StringIO(_read_text("group_sources.csv"))).set_index("column")
    table.attrs["sources"] = {
        str(column): {
            "title": str(row["title"]),
            "year": int(row["year"]),
            "source": str(row["source"]),
            "note": str(row["note"]),
        }
        for column, row in sources.iterrows()
    }
    return table


def _read_text(name: str) -> str:
    return files("ioecon.datasets").joinpath(name).read_text(encoding="utf-8")
