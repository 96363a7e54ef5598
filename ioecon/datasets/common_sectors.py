"""Sectors that both releases of WIOD can be grouped to: NACE Rev. 1 and Rev. 2 in 31 groups."""

from __future__ import annotations

from importlib.resources import files
from io import StringIO

import pandas as pd

from ioecon.errors import ArgumentError

__all__ = ["wiod_common_sectors"]

RELEASES = ("2013", "2016")


def wiod_common_sectors(release: str) -> pd.Series:
    """Concordance of a release of WIOD with 31 sectors that both releases have.

    The release of 2013 has 35 sectors of NACE Rev. 1 (ISIC Rev. 3), that of 2016 has 56 of NACE
    Rev. 2 (ISIC Rev. 4). The grouping is ioecon's own. It follows the divisions of Eurostat's
    correspondence of NACE Rev. 1.1 and Rev. 2, joined where many of their classes cross:
    publishing stays with paper and printing, post with telecommunications, repair of machinery with
    machinery, all business services with each other. Some classes cross all the same, and so the
    groups are not quite equal: recycling (other manufacturing in Rev. 1, other services here in
    Rev. 2), sale of fuels, travel agencies, software (published: paper in Rev. 2), veterinary
    services.

    Parameters
    ----------
    release : {"2013", "2016"}

    Returns
    -------
    pandas.Series
        Indexed by sector (``c1`` to ``c35``, or ``A01`` to ``U``), the group of each.

    Examples
    --------
    >>> old, new = wiod_common_sectors("2013"), wiod_common_sectors("2016")
    >>> old["c4"], new["C13-C15"], set(old) == set(new), old.nunique()
    ('Textiles, leather', 'Textiles, leather', True, 31)
    """
    if release not in RELEASES:
        raise ArgumentError(f"release is '2013' or '2016', not {release!r}.")
    text = files("ioecon.datasets").joinpath("wiod_common_sectors.csv").read_text(encoding="utf-8")
    table = pd.read_csv(StringIO(text), dtype=str)
    chosen = table[table["release"] == release]
    return chosen.set_index("sector")["common"].rename(f"sectors of WIOD {release}")
