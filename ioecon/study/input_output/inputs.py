"""Read the tables and emissions that a study names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ioecon.emissions import (
    Account,
    account_of_inputs,
    fill_emissions,
    read_account,
    read_emissions,
    rest_of_world,
)
from ioecon.errors import StudyError
from ioecon.files.file_set import FileSet
from ioecon.readers import read_series
from ioecon.series import IOSeries
from ioecon.study.input_output.settings import EmissionData, Tables
from ioecon.study.inputs import text_options
from ioecon.study.manifest import InputFile, sha256_of
from ioecon.wording import spans

__all__ = [
    "emissions_from_csv",
    "read_emission_data",
    "read_tables",
    "reading_options",
    "table_files",
]

_ROW = "ROW"


def read_tables(tables: Tables, embedded: IOSeries | None, *, cache: bool = True) -> IOSeries:
    """Read the tables that a study names, or choose years of embedded ones.

    Raises
    ------
    ReadError, StudyError
        If a file or year is missing.
    """
    if embedded is not None:
        absent = [year for year in tables.years if year not in embedded]
        if absent:
            raise StudyError(
                f"tables.years names {absent[0]}; the embedded {tables.format} has "
                f"{spans(embedded.years)}."
            )
        if tables.years:
            return IOSeries({year: embedded[year] for year in tables.years})
        return embedded
    assert tables.path is not None
    return read_series(
        tables.path,
        format=tables.format,
        years=tables.years or None,
        output=tables.output,
        progress=False,
        cache=cache,
        **reading_options(tables),
    )


def reading_options(tables: Tables) -> dict[str, Any]:
    """Options of :func:`ioecon.read_series` from those of a study, beside path and years."""
    own = {"empty_cells": tables.empty_cells, "dtype": tables.dtype}
    return text_options(tables) | own | dict(tables.options)


def read_emission_data(
    settings: EmissionData,
    series: IOSeries,
    embedded: pd.Series | Account | None,
) -> tuple[pd.Series | Account, list[InputFile]]:
    """Read the emissions that a study names, completed as it says, and the files they are from.

    Raises
    ------
    ReadError, EmissionsError, StudyError
        If a file is missing or not as the study says.
    """
    if settings.inputs:
        made = account_of_inputs(series, settings.inputs, name=settings.name, unit=settings.unit)
        return made, []
    if settings.file is None:
        assert embedded is not None
        return embedded, []
    if settings.format != "csv":
        account = read_account(
            settings.file,
            format=settings.format,
            stressor=settings.stressor or None,
            years=series.years,
            gwp=settings.gwp,
            name=settings.name,
            **account_options(settings),
        )
        files = [_account_file(account.source, settings.file)]
        return _in_classification(account, settings, series), [
            *files, *concordance_files(settings)
        ]  # fmt: skip
    read: dict[Path, None] = {settings.file: None}
    emissions = emissions_from_csv(settings, settings.file, settings.where)
    if settings.fill or settings.rest_of_world:
        if not isinstance(emissions, pd.Series):
            raise StudyError(
                "emissions.fill and emissions.rest_of_world go with national totals, not with an "
                "account by sector; leave emissions.sector out."
            )
        for fill in settings.fill:
            file = fill.file or settings.file
            read[file] = None
            other = emissions_from_csv(settings, file, fill.where)
            emissions = fill_emissions(
                emissions, other, countries=fill.countries, years=series.years
            )
        if settings.rest_of_world:
            listed = [country for country in series.countries if country != _ROW]
            emissions = rest_of_world(
                emissions, settings.rest_of_world.world, countries=listed, years=series.years
            )
    files = [InputFile("emissions", file.name, sha256_of(file)) for file in read]
    if isinstance(emissions, Account):
        emissions = _in_classification(emissions, settings, series)
        files += concordance_files(settings)
    return emissions, files


def account_options(settings: EmissionData) -> dict[str, Any]:
    """Options of :func:`ioecon.read_account` that say how its files are written."""
    text = text_options(settings)
    if text["separator"] == ",":  # the default: found in the file
        text["separator"] = None
    return text | dict(settings.options)


def concordance_files(settings: EmissionData) -> list[InputFile]:
    """Concordances that an account is aggregated or split by."""
    named = [path for path in (settings.aggregate, settings.split) if path is not None]
    return [InputFile("concordance", path.name, sha256_of(path)) for path in named]


def _in_classification(account: Account, settings: EmissionData, series: IOSeries) -> Account:
    """Account in the sectors of the tables, as the study says."""
    if settings.aggregate is not None:
        account = account.aggregate(sectors=settings.aggregate)
    if settings.split is not None:
        account = account.within_years(series.years).split(settings.split, by=series)
    return account


def _account_file(source: Any, path: Path) -> InputFile:
    if source is not None:
        return InputFile("emissions", path.name, source.sha256)
    return InputFile("emissions", path.name, FileSet.of(path).sha256())


def emissions_from_csv(
    settings: EmissionData, file: Path, where: Mapping[str, Any]
) -> pd.Series | Account:
    """Read emissions in CSV as a study names them; some rows of a file."""
    return read_emissions(
        file,
        country=settings.country,
        year=settings.year,
        value=settings.value,
        sector=settings.sector,
        where=where,
        unit=settings.unit or "kt",
        stressor=settings.name,
        encoding=settings.encoding,
        separator=settings.separator,
        decimal=settings.decimal,
    )


def table_files(series: IOSeries) -> list[InputFile]:
    """Files that the tables were read from."""
    sources = [series[year].source for year in series.years]
    found = dict.fromkeys((source.path, source.sha256) for source in sources if source)
    return [InputFile("tables", path, sha256) for path, sha256 in found]
