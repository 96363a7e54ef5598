"""Read everything that a study names: tables, emissions, controls and groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ioecon import datasets
from ioecon.delimited import MISSING, labels, numbers, read_delimited, years
from ioecon.emissions import (
    EmissionAccount,
    fill_emissions,
    read_account,
    read_emissions,
    rest_of_world,
)
from ioecon.errors import PanelError, StudyError
from ioecon.readers import read_series
from ioecon.series import IOSeries
from ioecon.study.manifest import InputFile, sha256_of
from ioecon.study.sections import nearest
from ioecon.study.settings import WORLD, Controls, EmissionData, Groups, Study, Tables, TextFile
from ioecon.study.steps import Steps
from ioecon.wording import spans

if TYPE_CHECKING:
    from ioecon.datasets import World

__all__ = [
    "Inputs",
    "controls_of",
    "emissions_from_csv",
    "groups_of",
    "known_columns",
    "read_emission_data",
    "read_inputs",
    "read_tables",
    "table_files",
    "text_options",
]

_ROW = "ROW"
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a study starts from.

    Attributes
    ----------
    series : IOSeries
    emissions : Series or EmissionAccount
    controls : DataFrame or None
        Columns country, year and one per control.
    groups : DataFrame or None
        Indexed by country, one column of truth values per group.
    files : tuple of InputFile
        Every file that was read.
    """

    series: IOSeries
    emissions: pd.Series | EmissionAccount
    controls: pd.DataFrame | None
    groups: pd.DataFrame | None
    files: tuple[InputFile, ...]


def read_inputs(study: Study, steps: Steps) -> Inputs:
    """Read the inputs of a study, or take those of the embedded world.

    Raises
    ------
    ReadError, EmissionsError, PanelError, StudyError
        If a file is missing or not as the study says.
    """
    world = datasets.load_world() if study.tables.format == WORLD else None
    with steps("Reading the tables", study.tables.path):
        series = read_tables(study.tables, world.series if world else None)
    with steps("Reading the emissions", study.emissions.file):
        emissions, emission_files = read_emission_data(
            study.emissions, series, world.emissions if world else None
        )
    with steps("Reading the controls", study.controls.file if study.controls else None):
        controls = controls_of(study.controls, world)
    with steps("Reading the groups", study.groups.file if study.groups else None):
        groups = groups_of(study.groups, world)
    named = [
        ("controls", study.controls.file if study.controls else None),
        ("groups", study.groups.file if study.groups else None),
    ]
    others = [InputFile(role, path.name, sha256_of(path)) for role, path in named if path]
    return Inputs(
        series, emissions, controls, groups, (*table_files(series), *emission_files, *others)
    )


def read_tables(tables: Tables, embedded: IOSeries | None) -> IOSeries:
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
    )


def read_emission_data(
    settings: EmissionData,
    series: IOSeries,
    embedded: pd.Series | EmissionAccount | None,
) -> tuple[pd.Series | EmissionAccount, list[InputFile]]:
    """Read the emissions that a study names, completed as it says, and the files they are from.

    Raises
    ------
    ReadError, EmissionsError, StudyError
        If a file is missing or not as the study says.
    """
    if settings.file is None:
        assert embedded is not None
        return embedded, []
    if settings.format != "csv":
        account = read_account(settings.file, format=settings.format)
        return account, [_source_file(account.source, settings.file)]
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
    return emissions, [InputFile("emissions", file.name, sha256_of(file)) for file in read]


def _source_file(source: Any, path: Path) -> InputFile:
    return InputFile("emissions", path.name, source.sha256 if source else sha256_of(path))


def emissions_from_csv(
    settings: EmissionData, file: Path, where: Mapping[str, Any]
) -> pd.Series | EmissionAccount:
    """Read emissions in CSV as a study names them; some rows of a file."""
    return read_emissions(
        file,
        country=settings.country,
        year=settings.year,
        value=settings.value,
        sector=settings.sector,
        where=where,
        unit=settings.unit,
        encoding=settings.encoding,
        separator=settings.separator,
        decimal=settings.decimal,
    )


def text_options(settings: TextFile) -> dict[str, Any]:
    """Options of :func:`ioecon.delimited.read_delimited` from those of a study."""
    return {name.name: getattr(settings, name.name) for name in fields(TextFile)}


def controls_of(settings: Controls | None, world: World | None) -> pd.DataFrame | None:
    """Read the controls that a study names, or take those of the embedded world."""
    if settings is None or settings.file is None:
        if world is None:
            return None
        controls = world.controls
        if settings is None:
            return controls
        chosen = controls[
            known_columns(settings.columns, controls.columns, "the embedded world's controls")
        ]
        chosen.attrs = dict(controls.attrs)
        return chosen.rename(columns={column: name for name, column in settings.columns.items()})
    frame = read_delimited(settings.file, "controls", **text_options(settings))
    wanted = {"country": settings.country, "year": settings.year, **settings.columns}
    columns = known_columns(wanted, frame.columns, settings.file.name)
    chosen = frame[columns].set_axis(list(wanted), axis=1)
    keys = {"country": labels, "year": years}
    for name, column in wanted.items():
        convert = keys.get(name) or partial(numbers, decimal=settings.decimal)
        chosen[name] = convert(frame[column], settings.file.name)
    chosen.attrs["units"] = dict(settings.units)
    return chosen


def groups_of(settings: Groups | None, world: World | None) -> pd.DataFrame | None:
    """Read the groups that a study names, or take embedded ones."""
    if settings is None:
        return None
    if settings.file is not None:
        frame = read_delimited(settings.file, "groups", **text_options(settings))
        (key,) = known_columns({"country": settings.country}, frame.columns, settings.file.name)
        frame[key] = labels(frame[key], settings.file.name)
        frame = frame.set_index(key).rename_axis("country")
        source = settings.file.name
    elif world is not None:
        frame, source = world.groups, "the embedded world's groups"
    else:
        frame, source = datasets.groups(), "ioecon.datasets.groups()"
    columns = known_columns(settings.columns, frame.columns, source)
    chosen = frame[columns].set_axis(list(settings.columns), axis=1)
    sources = frame.attrs.get("sources", {})
    chosen.attrs = {
        "sources": {
            name: sources[column] for name, column in settings.columns.items() if column in sources
        }
    }
    for name in chosen.columns:
        if chosen[name].dtype not in (bool, "boolean"):
            chosen[name] = _truth(chosen[name], str(name), source)
    return chosen


def _truth(column: pd.Series, name: str, source: str) -> pd.Series:
    words = column.astype("string").str.strip()
    words = words.mask(words.isin(["", *MISSING])).str.lower()
    values = words.map(_TRUTH)
    wrong = words.notna() & values.isna()
    if wrong.any():
        raise PanelError(
            f"The group {name!r} of {source} must be true or false for every country, but "
            f"{column.index[wrong][0]} has {column[wrong].iloc[0]!r}."
        )
    return values.astype("boolean")


def known_columns(wanted: Mapping[str, str], there: Iterable[Any], source: str) -> list[str]:
    """Columns that are wanted, all of them there.

    Raises
    ------
    PanelError
        If one is not; the nearest is suggested.
    """
    names = [str(name) for name in there]
    for name, column in wanted.items():
        if column not in names:
            raise PanelError(
                f"{source} has no column {column!r} (for {name!r}); {nearest(column, names)}"
            )
    return list(wanted.values())


def table_files(series: IOSeries) -> list[InputFile]:
    """Files that the tables were read from."""
    sources = [series[year].source for year in series.years]
    found = dict.fromkeys((source.path, source.sha256) for source in sources if source)
    return [InputFile("tables", path, sha256) for path, sha256 in found]
