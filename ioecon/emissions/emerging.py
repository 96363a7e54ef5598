"""EMERGING's CO2 by row of the table and fuel, Mt: ``EMERGING_CO2_YYYY.mat``, MATLAB 5 or 7.3.

It has no labels: they are those of the table of the same year beside it. Direct emissions of
households are not in it.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat, choose_found
from ioecon.emissions.checks import ACCOUNT
from ioecon.errors import ReadError
from ioecon.files.folders import list_folder
from ioecon.files.hdf5 import Hdf5Reader
from ioecon.readers.emerging import read_labels_beside
from ioecon.readers.options import ReadOptions
from ioecon.source import source_of_file
from ioecon.stressor import CO2, Stressor
from ioecon.wording import listed

__all__ = ["ACCOUNT_FORMAT", "FUELS"]

FUELS = (
    "coal", "natural gas", "oil products", "crude oil and natural gas liquids", "other fuels",
    "oil shale and oil sands", "peat",
)  # fmt: skip
UNIT = "Mt"
_NAME = re.compile(r"EMERGING(?:_E)?_CO2_(?P<year>\d{4})(?:_\w+)?\.mat", re.IGNORECASE)


def _find(path: Path) -> dict[int, Path]:
    """Files by year: the path, or those of a folder."""
    entries = list_folder(path) if path.is_dir() else [path]
    found: dict[int, Path] = {}
    for entry in entries:
        match = _NAME.fullmatch(entry.name)
        if match is None:
            continue
        year = int(match["year"])
        if year in found:
            raise ReadError(
                f"{path} has two files for {year}: {found[year].name} and {entry.name}; pass one."
            )
        found[year] = entry
    if not found:
        raise ReadError(f"{path} holds no file like EMERGING_CO2_YYYY.mat.")
    return found


def list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    """CO2 in all, and by fuel."""
    _find(path)
    total = Stressor(CO2, UNIT, is_total=True)
    return (total, *(Stressor(_name_fuel(fuel), UNIT, "by fuel") for fuel in FUELS))


def _name_fuel(fuel: str) -> str:
    return f"CO2 of {fuel}"


def read(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    """Accounts of the years that are wanted.

    Raises
    ------
    ReadError
        If a year or the table beside it is missing, or they do not fit.
    """
    found = _find(path)
    wanted = choose_found(found, years, f"{path} has no CO2")
    parts: dict[str, list[pd.Series]] = {name: [] for name in stressors}
    for year, file in wanted.items():
        values = _read_matrix(file)
        index = _label_rows(file, year, len(values))
        columns = {_name_fuel(fuel): values[:, k] for k, fuel in enumerate(FUELS)}
        columns[CO2] = values.sum(axis=1)
        for name in stressors:
            parts[name].append(pd.Series(columns[name], index=index))
    source = source_of_file(next(iter(wanted.values())), ACCOUNT_FORMAT.name)
    return {
        name: Account(pd.concat(series), unit=UNIT, source=source, name=name)
        for name, series in parts.items()
    }


def _read_matrix(path: Path) -> Array:
    """Rows × fuels, whichever way they stand."""
    with Hdf5Reader(path, "emerging") as reader:
        fitting = [
            data
            for name, data in reader.datasets.items()
            if data.kind == "numbers" and len(data.shape) == 2 and len(FUELS) in data.shape
        ]
        if len(fitting) != 1:
            raise ReadError(
                f"{path.name} should hold one matrix of rows × {len(FUELS)} fuels, CO2; it holds "
                f"{listed(reader.datasets) or 'none'}."
            )
        values = reader.array(fitting[0].name)
    values = values if values.shape[1] == len(FUELS) else values.T
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise ReadError(
            f"{path.name}: row {row + 1} has {values[row, column]} {UNIT} of {FUELS[column]}, "
            "which is no amount."
        )
    return values


def _label_rows(path: Path, year: int, rows: int) -> pd.MultiIndex:
    labels = read_labels_beside(path, year)
    count = len(labels.countries) * len(labels.sectors)
    if count != rows:
        raise ReadError(
            f"{path.name} has {rows:,} rows; the table of {year} beside it has "
            f"{len(labels.countries)} regions × {len(labels.sectors)} sectors: they are of "
            "different versions."
        )
    return pd.MultiIndex.from_product(
        [labels.countries, labels.sectors, [year]], names=list(ACCOUNT)
    )


def _has_files(path: Path) -> bool:
    return path.is_dir() and any(_NAME.fullmatch(entry.name) for entry in list_folder(path))


ACCOUNT_FORMAT = AccountFormat(
    name="emerging-co2",
    description="CO2 of EMERGING by sector and fuel; the table of the year must lie beside it.",
    looks_like="EMERGING_CO2_YYYY.mat",
    pattern=_NAME,
    list_stressors=list_stressors,
    read=read,
    recognises=_has_files,
)
