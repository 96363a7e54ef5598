"""The satellite accounts of Eora26: matrices Q by sector and QY by final demand.

Rows have a group and an item, of which one carries the unit in brackets, as in "I-GHG-CO2
emissions (Gg)": the stressor is called "I-GHG-CO2 emissions: Transport", in Gg. Of some 2,700 rows
only those that are wanted become numbers. What stands in the line ROW belongs to no country.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.emissions.account import Account
from ioecon.emissions.account_format import (
    AccountFormat,
    choose_found,
    join_years,
    list_amounts,
)
from ioecon.emissions.checks import ACCOUNT, TOTALS
from ioecon.emissions.direct_use import sum_direct_use
from ioecon.errors import IoeconWarning, ReadError
from ioecon.number_rows import chosen_rows, text_lines
from ioecon.readers.eora26 import EoraLabels
from ioecon.readers.eora26_files import ACCOUNTS, EoraFiles, find_sets
from ioecon.readers.options import ReadOptions
from ioecon.source import Source
from ioecon.stressor import Stressor
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

__all__ = ["ACCOUNT_FORMAT"]

UNTOLD = "unit not told"
_BRACKET = re.compile(r"\s*\(([^()]+)\)")
_AT_THE_END = re.compile(r"\|(Gg\w+)$")


def _find(path: Path, options: ReadOptions) -> dict[int, EoraFiles]:
    """Years under a path that have accounts."""
    found = find_sets(path, options, ACCOUNTS)
    if not found:
        raise ReadError(
            f"{path} holds no satellite accounts of Eora26, such as Eora26_YYYY_bp_Q.txt in "
            "Eora26_YYYY_bp.zip."
        )
    valuation = options.own.get("valuation", "basic")
    return {
        year: EoraFiles.of(files, valuation, year, needed=("Q",)) for year, files in found.items()
    }


def recognises(path: Path) -> bool:
    """Whether satellite accounts of Eora26 lie under a path."""
    try:
        return bool(_find(path, ReadOptions(own={"valuation": "basic"})))
    except ReadError:
        return False


def name_row(group: str, item: str) -> tuple[str, str]:
    """Name and unit of a row; the unit stands in brackets, or behind the last bar.

    Examples
    --------
    >>> name_row("I-GHG-CO2 emissions (Gg)", "Transport")
    ('I-GHG-CO2 emissions: Transport', 'Gg')
    >>> name_row("PRIMAP|KYOTOGHGAR4|TOTAL|GgCO2eq", "Total")
    ('PRIMAP|KYOTOGHGAR4|TOTAL: Total', 'GgCO2eq')
    """
    for texts in ((group, item), (item, group)):
        for pattern in (_BRACKET, _AT_THE_END):
            match = pattern.search(texts[0])
            if match:
                bare = (texts[0][: match.start()] + texts[0][match.end() :]).strip() or texts[0]
                pair = (bare, texts[1]) if texts[0] is group else (texts[1], bare)
                return ": ".join(pair), match[1].strip()
    return f"{group}: {item}", UNTOLD


def _list_rows(part: EoraFiles) -> list[tuple[str, str, str]]:
    """Group, name and unit of every row; names that occur again have the row's number behind."""
    lines = part.cells("Q", 2)
    named = [name_row(group, item) for group, item in lines]
    count = Counter(name for name, _ in named)
    return [
        (group, name if count[name] == 1 else f"{name} (row {k})", unit)
        for k, ((group, _), (name, unit)) in enumerate(zip(lines, named, strict=True), start=1)
    ]


def list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    """Stressors that labels_Q names; ratios, which cannot be summed, are left out by name."""
    part = next(iter(_find(path, options).values()))
    rows = ((name, unit, _BRACKET.sub("", group)) for group, name, unit in _list_rows(part))
    return list_amounts(rows, part.list_name("Q"))


def read(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    """Accounts of the years that are wanted.

    Raises
    ------
    ReadError
        If a year or a file is missing, or a matrix does not fit its labels.
    """
    found = _find(path, options)
    wanted = choose_found(found, years, f"{path} has no satellite accounts of Eora26")
    parts = [_read_year(part, stressors) for part in wanted.values()]
    first = wanted[min(wanted)]
    source = Source(first.matrices.name, first.matrices.sha256(), ACCOUNT_FORMAT.name)
    units = {name: unit for _, name, unit in _list_rows(first)}
    accounts = {}
    for name in stressors:
        if units[name] == UNTOLD:
            warn_user(
                f"{first.list_name('Q')} does not tell the unit of {name}; results say {UNTOLD!r}.",
                IoeconWarning,
            )
        accounts[name] = join_years(
            [part[name] for part in parts], name=name, unit=units[name], source=source, of="Eora26"
        )
    return accounts


def _read_year(
    part: EoraFiles, stressors: Sequence[str]
) -> dict[str, tuple[pd.Series, pd.Series | None]]:
    """Amounts by sector and of final demand by country, of one year."""
    labels = EoraLabels.of(part)
    names = [name for _, name, _ in _list_rows(part)]
    lacking = [name for name in stressors if name not in names]
    if lacking:
        raise ReadError(f"{part.list_name('Q')} does not name {listed(lacking)}.")
    rows = {names.index(name): name for name in stressors}
    by_sector = _read_rows(part, "Q", rows, labels.columns, len(names))
    by_use = (
        _read_rows(part, "QY", rows, labels.demand_columns, len(names))
        if "QY" in part.names
        else {}
    )
    index = pd.MultiIndex.from_product(
        [labels.countries, labels.sectors, [part.year]], names=list(ACCOUNT)
    )
    totals = pd.MultiIndex.from_product([labels.countries, [part.year]], names=list(TOTALS))
    parts: dict[str, tuple[pd.Series, pd.Series | None]] = {}
    for row, name in rows.items():
        amounts, direct = by_sector[row], None
        beyond = float(np.abs(amounts[labels.rest]).sum())
        if row in by_use:
            beyond += float(np.abs(by_use[row][labels.rest_uses]).sum())
            shape = (len(labels.countries), len(labels.categories))
            sums = sum_direct_use(
                by_use[row][labels.uses].reshape(shape),
                labels.category_names,
                name=name,
                file=part.name_of("QY"),
            )
            direct = pd.Series(sums, index=totals)
        if beyond:
            warn_user(
                f"{part.matrices.name}: {beyond:,.6g} of {name} stand in the line ROW, which is "
                "no country, and are left out.",
                IoeconWarning,
            )
        parts[name] = pd.Series(amounts[labels.own], index=index), direct
    return parts


def _read_rows(
    part: EoraFiles, name: str, rows: dict[int, str], columns: Sequence[str], count: int
) -> dict[int, Array]:
    """Rows of a matrix that are wanted, by their position; all are counted."""
    file = part.name_of(name)
    with part.matrices.open(part.names[name]) as stream:
        found, there = chosen_rows(
            text_lines(stream, file),
            rows,
            file=file,
            columns=len(columns),
            separator="\t",
            column_name=columns.__getitem__,
        )
    if there != count:
        raise ReadError(
            f"{file} has {there} rows, and {part.list_name('Q')} names {count}; get the files "
            "again."
        )
    return found


ACCOUNT_FORMAT = AccountFormat(
    name="eora26-satellites",
    description="Satellite accounts of Eora26 (Q and QY): emissions, energy, land, water, jobs.",
    looks_like="Eora26_YYYY_bp.zip (or the folder), with indices.zip",
    pattern=re.compile(r"Eora26_\d{4}_[bp]p(\.zip|_Q\.txt)?", re.IGNORECASE),
    list_stressors=list_stressors,
    read=read,
    recognises=recognises,
    options={"valuation": ("basic", "purchasers")},
)
