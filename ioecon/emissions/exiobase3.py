"""The extensions of EXIOBASE 3: what industries or products emit, use and employ, beside the flows.

To 3.8.2 the folder ``satellite`` (F.txt, F_Y.txt, or F_hh.txt before, and unit.txt) with factor
inputs, emissions, resources, land, water and employment, and ``impacts``; from 3.9 on a folder for
each kind: ``factor_inputs``, ``air_emissions``, ``employment``, ``energy``, ``land``,
``material``, ``nutrients``, ``water``. Whatever folder of the kind is there is read. Rows are read
one by one, and only those that are wanted become numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.emissions.account_format import (
    AccountFormat,
    choose_found,
    join_years,
    list_amounts,
)
from ioecon.emissions.checks import ACCOUNT, TOTALS
from ioecon.emissions.direct_use import sum_direct_use
from ioecon.errors import ReadError
from ioecon.readers.exiobase3 import ExiobaseLabels, name_sectors, settle_system
from ioecon.readers.exiobase3_files import DIRECT_USE, ExiobaseFiles, find_years
from ioecon.readers.labels import positions, unique
from ioecon.readers.options import ReadOptions
from ioecon.source import Source
from ioecon.stressor import Stressor
from ioecon.wording import listed

__all__ = ["ACCOUNT_FORMAT"]

_MONEY = "M.EUR"


def _find(path: Path, options: ReadOptions) -> dict[int, ExiobaseFiles]:
    """Years under a path that have accounts."""
    years = {year: part for year, part in find_years(path, options).items() if part.accounts}
    if not years:
        raise ReadError(
            f"{path} holds no extensions of EXIOBASE 3, such as satellite/F.txt or "
            "air_emissions/F.txt in IOT_YYYY_ixi.zip."
        )
    return years


def recognises(path: Path) -> bool:
    """Whether extensions of EXIOBASE 3 lie under a path."""
    try:
        return bool(_find(path, ReadOptions(own={"system": "auto"})))
    except ReadError:
        return False


def _list_rows(part: ExiobaseFiles) -> dict[str, tuple[str, str, str]]:
    """Folder, row and unit by the name of every stressor; one in two folders has both names."""
    rows = [
        (folder, row, unit)
        for folder in part.accounts
        for row, unit in part.units_of(folder).items()
    ]
    count = Counter(row for _, row, _ in rows)
    return {
        row if count[row] == 1 else f"{row} ({folder})": (folder, row, unit)
        for folder, row, unit in rows
    }


def list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    """Stressors that the lists of units name; ratios, which cannot be summed, are left out."""
    part = next(iter(_find(path, options).values()))
    rows = ((name, unit, folder) for name, (folder, _, unit) in _list_rows(part).items())
    return list_amounts(rows, part.files.name)


def read(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    """Accounts of the years that are wanted.

    Raises
    ------
    ReadError
        If a year, a row or a file is missing, or does not fit the others.
    """
    found = _find(path, options)
    wanted = choose_found(found, years, f"{path} has no extensions of EXIOBASE 3")
    parts = {year: _read_year(each, year, stressors, options) for year, each in wanted.items()}
    first = wanted[min(wanted)]
    source = Source(first.files.name, _hash(first), ACCOUNT_FORMAT.name)
    return {
        name: _join(name, {year: part[name] for year, part in parts.items()}, source)
        for name in stressors
    }


class _Part(NamedTuple):
    """Amounts of one stressor and year."""

    values: pd.Series
    households: pd.Series | None
    unit: str


def _join(name: str, parts: Mapping[int, _Part], source: Source) -> Account:
    """Make an account of the years of a stressor."""
    first = min(parts)
    unit = parts[first].unit
    for year, part in parts.items():
        if part.unit != unit:
            raise ReadError(
                f"{source.path} and others: {name} is in {unit!r} in {first}, but in "
                f"{part.unit!r} in {year}."
            )
    return join_years(
        [(part.values, part.households) for part in parts.values()],
        name=name,
        unit=unit,
        source=source,
        of=source.path,
        may_be_negative=unit == _MONEY,
    )


def _read_year(
    part: ExiobaseFiles, year: int, stressors: Sequence[str], options: ReadOptions
) -> dict[str, _Part]:
    """Amounts by sector, and of final demand by country, of one year."""
    there = _list_rows(part)
    lacking = [name for name in stressors if name not in there]
    if lacking:
        raise ReadError(f"{part.files.name} has no {listed(lacking)}, which other years have.")
    parts: dict[str, _Part] = {}
    for folder in part.accounts:
        wanted = {name: there[name] for name in stressors if there[name][0] == folder}
        if not wanted:
            continue
        rows = [row for _, row, _ in wanted.values()]
        labels = ExiobaseLabels.of(part.columns(f"{folder}/F.txt", "sector"))
        system = settle_system(part, labels, options.own.get("system", "auto"))
        sectors, _ = name_sectors(part, labels, system)
        index = pd.MultiIndex.from_product([labels.codes, sectors, [year]], names=list(ACCOUNT))
        amounts = part.account_rows(f"{folder}/F.txt", "sector", rows, labels.place, labels.file)
        direct = _read_direct(part, folder, rows, labels, year)
        for k, (name, (_, _, unit)) in enumerate(wanted.items()):
            households = None if direct is None else direct.iloc[k]
            parts[name] = _Part(pd.Series(amounts[k], index=index), households, unit)
    return parts


def _read_direct(
    part: ExiobaseFiles, folder: str, rows: Sequence[str], labels: ExiobaseLabels, year: int
) -> pd.DataFrame | None:
    """Read what final demand emits or uses itself, by country: a row for each one asked for."""
    name = next((f"{folder}/{file}" for file in DIRECT_USE if part.has(f"{folder}/{file}")), None)
    if name is None:
        return None
    matrix = part.columns(name, "category")
    stranger = next((pair[0] for pair in matrix.columns if pair[0] not in labels.regions), None)
    if stranger is not None:
        raise ReadError(f"{matrix.file}: {labels.file} has no region {stranger}.")
    categories = unique(category for _, category in matrix.columns)
    order = positions(matrix.columns, labels.regions, categories, what="column", file=matrix.file)
    uses: list[tuple[str, ...]] = [matrix.columns[k] for k in order]
    place = {pair: k for k, pair in enumerate(uses)}
    amounts = part.account_rows(name, "category", rows, place, matrix.file)
    shape = (len(labels.regions), len(categories))
    sums = [
        sum_direct_use(numbers.reshape(shape), categories, name=row, file=matrix.file)
        for row, numbers in zip(rows, amounts, strict=True)
    ]
    index = pd.MultiIndex.from_product([labels.codes, [year]], names=list(TOTALS))
    return pd.DataFrame(sums, index=rows, columns=index)


def _hash(part: ExiobaseFiles) -> str:
    """Hash of the zip, or of the files of accounts in a folder."""
    folders = {part.root + folder for folder in part.accounts}
    names = [name for name in part.files.names if name.rpartition("/")[0] in folders]
    return part.files.only(names).sha256()


ACCOUNT_FORMAT = AccountFormat(
    name="exiobase3-extensions",
    description="Extensions of EXIOBASE 3: emissions, energy, land, water, material, employment.",
    looks_like="IOT_YYYY_ixi.zip (or _pxp, or the folder of that name)",
    pattern=re.compile(r"IOT_\d{4}_(ixi|pxp)(\.zip)?", re.IGNORECASE),
    list_stressors=list_stressors,
    read=read,
    recognises=recognises,
    options={"system": ("auto", "ixi", "pxp")},
)
