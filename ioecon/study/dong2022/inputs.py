"""Read what a study of the first paper's kind names: tables, emissions, controls and groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from ioecon import datasets
from ioecon.delimited import MISSING, labels, numbers, read_delimited, years
from ioecon.emissions import Account
from ioecon.errors import PanelError
from ioecon.series import IOSeries
from ioecon.study.dong2022.settings import Controls, Dong2022Study, Groups
from ioecon.study.input_output.inputs import read_emission_data, read_tables, table_files
from ioecon.study.input_output.settings import WORLD
from ioecon.study.inputs import known_columns, text_options
from ioecon.study.manifest import InputFile, sha256_of
from ioecon.study.steps import Steps

if TYPE_CHECKING:
    from ioecon.datasets import World

__all__ = ["Inputs", "controls_of", "groups_of", "read_inputs"]

_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a study starts from.

    Attributes
    ----------
    series : IOSeries
    emissions : Series or Account
    controls : DataFrame or None
        Columns country, year and one per control.
    groups : DataFrame or None
        Indexed by country, one column of truth values per group.
    files : tuple of InputFile
        Every file that was read.
    """

    series: IOSeries
    emissions: pd.Series | Account
    controls: pd.DataFrame | None
    groups: pd.DataFrame | None
    files: tuple[InputFile, ...]


def read_inputs(study: Dong2022Study, steps: Steps) -> Inputs:
    """Read the inputs of a study, or take those of the embedded world.

    Raises
    ------
    ReadError, EmissionsError, PanelError, StudyError
        If a file is missing or not as the study says.
    """
    world = datasets.load_world() if study.tables.format == WORLD else None
    with steps("Reading the tables", study.tables.path):
        series = read_tables(study.tables, world.series if world else None, cache=steps.cache)
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
            chosen[name] = _truth_values(chosen[name], str(name), source)
    return chosen


def _truth_values(column: pd.Series, name: str, source: str) -> pd.Series:
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
