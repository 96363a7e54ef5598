"""GLORIA's satellite accounts: rows of TQ by industry, rows of YQ by final demand.

Names and units are those of the sheet Satellites of the ReadMe. Industries' columns are read; what
a release writes under products is told, not kept. Rows are read one by one: of thousands, only
those that are asked for are turned into numbers.
"""

from __future__ import annotations

import re
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
from ioecon.readers.gloria import BY_INDUSTRY, BY_PRODUCT, read_labels_of, read_product_mixes
from ioecon.readers.gloria_files import MONEY, SATELLITES, GloriaFiles, find_years, locate
from ioecon.readers.gloria_labels import GloriaLabels
from ioecon.readers.options import ReadOptions
from ioecon.source import Source
from ioecon.stressor import Stressor
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

__all__ = ["ACCOUNT_FORMAT"]


def _find(path: Path) -> dict[int, GloriaFiles]:
    """Satellite accounts of every year under a path."""
    found = find_years(path, SATELLITES)
    if not found:
        raise ReadError(
            f"{path} holds no satellite accounts of GLORIA, in a folder or zip like "
            "GLORIA_SatelliteAccounts_059_YYYY."
        )
    return {year: locate(files, SATELLITES, year) for year, files in found.items()}


def list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    """Stressors that the ReadMe lists; ratios, which cannot be summed, are left out by name."""
    labels = read_labels_of(next(iter(_find(path).values())))
    rows = ((one.name, one.unit, one.group) for one in labels.satellites)
    listing = list_amounts(rows, labels.file)
    if not listing:
        raise ReadError(f"{labels.file} lists no satellite accounts: it has no sheet Satellites.")
    return listing


def read(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    """Accounts of the years that are wanted.

    Raises
    ------
    ReadError
        If a year or a file is missing, or a matrix does not fit the labels.
    """
    found = _find(path)
    wanted = choose_found(found, years, f"{path} has no satellite accounts")
    parts = {year: _read_year(path, each, stressors, options) for year, each in wanted.items()}
    files = found[min(parts)]
    source = Source(files.matrices.path.name, files.matrices.sha256(), ACCOUNT_FORMAT.name)
    accounts = {}
    for name in stressors:
        years_of_it = [part[name] for part in parts.values()]
        told = years_of_it[0][2]
        accounts[name] = join_years(
            [(values, households) for values, households, _ in years_of_it],
            name=told.name,
            unit=told.unit,
            source=source,
            of="GLORIA",
        )
    return accounts


def _read_year(
    path: Path, found: GloriaFiles, stressors: Sequence[str], options: ReadOptions
) -> dict[str, tuple[pd.Series, pd.Series, Stressor]]:
    """Amounts by sector and of households of one year, and what they are."""
    labels = read_labels_of(found)
    names = [satellite.name for satellite in labels.satellites]
    lacking = [name for name in stressors if name not in names]
    if lacking:
        raise ReadError(f"{labels.file} does not list {listed(lacking)}.")
    rows = {names.index(name): name for name in stressors}
    by_industry = _read_rows(found, "TQ", rows, labels)
    by_user = _read_rows(found, "YQ", rows, labels)
    mixes = None
    if options.own["construct"] == BY_PRODUCT:
        mixes = _read_mixes(path, found, labels)
    index = pd.MultiIndex.from_product(
        [labels.countries, labels.sectors, [found.year]], names=list(ACCOUNT)
    )
    totals = pd.MultiIndex.from_product([labels.countries, [found.year]], names=list(TOTALS))
    parts = {}
    for row, name in rows.items():
        satellite = labels.satellites[row]
        amounts = _split_columns(by_industry[row], name, labels, found)
        if mixes is not None:
            blocks = np.split(amounts, len(mixes))
            amounts = np.concatenate([b @ mix for b, mix in zip(blocks, mixes, strict=True)])
        direct = sum_direct_use(
            by_user[row].reshape(len(labels.acronyms), len(labels.final_demand)),
            labels.final_demand,
            name=name,
            file=found.title("YQ"),
        )
        parts[name] = (
            pd.Series(amounts, index=index),
            pd.Series(direct, index=totals),
            Stressor(satellite.name, satellite.unit, satellite.group),
        )
    return parts


def _read_rows(
    found: GloriaFiles, part: str, rows: dict[int, str], labels: GloriaLabels
) -> dict[int, Array]:
    """Rows of a matrix that are wanted, by their position; all are counted."""
    wide = 2 * len(labels.sectors) if part == "TQ" else len(labels.final_demand)
    file, columns = found.title(part), len(labels.acronyms) * wide
    with found.matrices.open(found.names[part]) as stream:
        chosen, count = chosen_rows(
            text_lines(stream, file),
            rows,
            file=file,
            columns=columns,
            check_first=lambda text: labels.require_columns(text, columns, file),
        )
    if count != len(labels.satellites):
        raise ReadError(
            f"{file} has {count:,} rows; {labels.file} lists {len(labels.satellites):,} "
            "satellites: it is cut off, or the labels are of another release."
        )
    return chosen


def _split_columns(row: Array, name: str, labels: GloriaLabels, found: GloriaFiles) -> Array:
    """Industries' columns of a row of TQ; what stands under products is told."""
    columns = row.reshape(len(labels.acronyms), 2, len(labels.sectors))
    under_products = np.abs(columns[:, 1])
    if under_products.any():
        region, sector = np.unravel_index(under_products.argmax(), under_products.shape)
        warn_user(
            f"{found.title('TQ')}: {name} has {columns[:, 1].sum():,.6g} under products (most "
            f"{labels.acronyms[int(region)]} {labels.sectors[int(sector)]}), beside "
            f"{columns[:, 0].sum():,.6g} under industries; only the latter are read.",
            IoeconWarning,
        )
    return columns[:, 0].reshape(-1)


def _read_mixes(path: Path, found: GloriaFiles, labels: GloriaLabels) -> list[Array]:
    """Product mix of industries, from the matrix T of the same year."""
    holder = path if path.is_dir() and find_years(path, MONEY) else found.matrices.path.parent
    money = find_years(holder, MONEY)
    if found.year not in money:
        raise ReadError(
            f"An account by product (construct={BY_PRODUCT!r}) needs the supply in the matrix T of "
            f"{found.year}: pass the folder that holds GLORIA_MRIOs_{int(found.release)}_"
            f"{found.year}, too."
        )
    return read_product_mixes(locate(money[found.year], MONEY, found.year), labels)


def _recognises(path: Path) -> bool:
    return bool(find_years(path, SATELLITES))


ACCOUNT_FORMAT = AccountFormat(
    name="gloria-satellites",
    description="Satellite accounts of GLORIA 059 and later: emissions, energy, land, jobs.",
    looks_like="GLORIA_SatelliteAccounts_059_YYYY (or .zip) beside GLORIA_ReadMe_059.xlsx",
    pattern=re.compile(r"GLORIA_SatelliteAccounts_.*|.*_TQ-Results_.*\.csv", re.IGNORECASE),
    list_stressors=list_stressors,
    read=read,
    recognises=_recognises,
    options={"construct": (BY_INDUSTRY, BY_PRODUCT)},
)
