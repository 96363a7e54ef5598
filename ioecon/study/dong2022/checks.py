"""What a study of the first paper's kind can get wrong, found before a table is read.

The names of the panel's columns follow from the settings, so that the models can be checked
without computing anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial

from ioecon import datasets
from ioecon.decomposition import MODELS
from ioecon.decomposition.plan import make_plan
from ioecon.errors import ArgumentError, IoeconError, PanelError, StudyError
from ioecon.panel.build import panel_rows
from ioecon.panel.labels import KEYS
from ioecon.panel.outcomes import unknown_factors
from ioecon.panel.variables import names_twice, panel_columns
from ioecon.study.checks import absent_files, content_problems
from ioecon.study.dong2022.inputs import Inputs, controls_of, groups_of
from ioecon.study.dong2022.settings import Dong2022Study
from ioecon.study.dong2022.wording import WORDS
from ioecon.study.input_output.checks import (
    emission_file_problems,
    emission_problems,
    table_problems,
    year_problems,
)
from ioecon.study.input_output.settings import WORLD
from ioecon.study.inputs import known_columns
from ioecon.study.models.checks import (
    PanelOutline,
    model_checks,
    planned_appendix,
    planned_tables,
)
from ioecon.study.models.estimation import rows_of_sample
from ioecon.study.preset_files import preset
from ioecon.study.problems import Check
from ioecon.study.sections import nearest

__all__ = ["FILE_CHECKS", "SETTINGS_CHECKS", "plan_of", "require_known_names"]

_PACKAGE = __name__.rpartition(".")[0]
_OWN_TABLES = ("accountings", "audit", "identity")
_PUBLISHED = (*(f"published_table{number}" for number in range(2, 9)), "published_implied")
_READINGS = ("readings", "readings_coefficients")


@cache
def _load_world() -> datasets.World:
    return datasets.load_world()


def plan_of(study: Dong2022Study) -> str:
    """Say in one line what a study would run."""
    accountings = _list_accountings(study)
    parts = [
        planned_tables(study),
        f"emissions by {' and '.join(accountings)}",
        *planned_appendix(study, len(accountings)),
    ]
    parts += [f"a comparison with {study.published}"] if study.published else []
    return f"{study.kind} on {study.tables.format}: {', '.join(parts)}"


def require_known_names(study: Dong2022Study, inputs: Inputs) -> None:
    """Refuse, before anything is computed, what the panel and the samples would refuse after it.

    Raises
    ------
    StudyError
        If the figures name a country that the tables do not have.
    PanelError
        If a control is missing, or a sample has fewer than two countries.
    """
    found = [*_unknown_countries(study, inputs.series.countries)]
    if found:
        raise StudyError("\n  ".join(found))
    rows = panel_rows(
        inputs.series,
        inputs.controls,
        groups=inputs.groups,
        exclude=study.panel.exclude,
        missing=study.panel.missing,
        outcomes=study.outcomes,
    )
    for table in study.regressions:
        rows_of_sample(rows, table.sample, table.key, WORDS)


def _list_accountings(study: Dong2022Study) -> tuple[str, ...]:
    return tuple(dict.fromkeys([study.emissions.accounting, *study.emissions.compare]))


def _outline_panel(study: Dong2022Study) -> PanelOutline:
    """Names that the panel will have, and those of the study's other tables."""
    tables = [*_OWN_TABLES, *((*_PUBLISHED, *_READINGS) if study.published else ())]
    for table in study.regressions[:1]:
        tables += [f"{table.key}_{name}" for name in study.emissions.compare]
    return PanelOutline(
        columns=(*panel_columns(_control_names(study), study.outcomes), *_group_names(study)),
        groups=_group_names(study),
        levels=(KEYS[0], KEYS[1]),
        tables=tuple(tables),
        panels=len(_list_accountings(study)),
        labels=preset(_PACKAGE, study.preset).get("labels", {}) if study.preset else {},
        hint=_hint_at_section,
    )


def _hint_at_section(name: str) -> str | None:
    """Say which control or outcome would make a column."""
    if control := re.fullmatch(r"(?:(?:ln|asinh)_)?d_(\w+)", name):
        return f"[controls.columns] {control[1]} = ... would make it."
    if outcome := re.fullmatch(r"(?:ln|asinh)_(\w+)", name):
        return f"[outcomes] {outcome[1]} = {{ factors = [...] }} would make it."
    return None


def _control_names(study: Dong2022Study) -> tuple[str, ...]:
    if study.controls is not None:
        return tuple(study.controls.columns)
    return tuple(_load_world().controls.columns) if study.tables.format == WORLD else ()


def _group_names(study: Dong2022Study) -> tuple[str, ...]:
    return tuple(study.groups.columns) if study.groups is not None else ()


def _table_problems(study: Dong2022Study) -> Iterator[str | IoeconError]:
    yield from table_problems(study.tables, [WORLD])


def _emission_problems(study: Dong2022Study) -> Iterator[str | IoeconError]:
    embedded = study.tables.format == WORLD or study.emissions.inputs
    if not embedded and study.emissions.file is None:
        yield "emissions.file is missing: only the embedded world brings its own emissions."
    yield from emission_problems(study.emissions)


def _outcome_problems(study: Dong2022Study) -> Iterator[str]:
    """Say what of the decomposition and of the sums of its effects cannot be."""
    how = study.decomposition
    if how.model not in MODELS:
        yield f"decomposition.model = {how.model!r} is not known; {nearest(how.model, MODELS)}"
        return
    model = MODELS[how.model]
    for accounting in _list_accountings(study):
        try:
            plan = make_plan(model, accounting, how.method, how.sequence or None)
        except ArgumentError as error:
            yield f"decomposition: {error}"
            continue
        yield from unknown_factors(study.outcomes, plan.model.names, model.name, accounting)
    for name in model.variables:
        if name not in how.variables:
            yield (
                f"decomposition.variables: the model {model.name!r} needs {name!r}; name the "
                f"control that is it, variables = {{ {name} = ... }}."
            )
    controls = _control_names(study)
    for name, control in how.variables.items():
        if name not in model.variables:
            yield f"decomposition.variables: the model {model.name!r} does not need {name!r}."
        elif control not in controls:
            yield (
                f"decomposition.variables.{name} names {control!r}, which is no control; "
                f"{nearest(control, controls)}"
            )


def _column_problems(study: Dong2022Study) -> Iterator[str]:
    if study.controls is not None:
        if study.tables.format != WORLD and study.controls.file is None:
            yield "controls.file is missing: only the embedded world brings its own controls."
        for name in study.controls.units:
            if name not in study.controls.columns:
                yield (
                    f"controls.units names {name!r}, which [controls.columns] does not have; "
                    f"{nearest(name, study.controls.columns)}"
                )
        for name in {*study.controls.columns} & {*KEYS, "iso3"}:
            yield f"controls.columns: {name!r} is a level of the panel; give another name."
    groups = _group_names(study)
    for name in names_twice(_control_names(study), study.outcomes, groups):
        which = "groups.columns" if name in groups else "controls.columns"
        yield f"{which}: two columns of the panel would be named {name!r}; give another name."
    for name in groups:
        if name in KEYS or name.startswith("not "):
            yield f"groups.columns: a group cannot be named {name!r}; give another name."


def _country_problems(study: Dong2022Study) -> Iterator[str]:
    if study.tables.format == WORLD:
        yield from _unknown_countries(study, _load_world().series.countries)


def _unknown_countries(study: Dong2022Study, countries: Iterable[str]) -> Iterator[str]:
    known = tuple(countries)
    for name in study.figures.countries:
        if name not in known:
            yield (
                f"figures.countries names {name!r}, which the tables do not have; "
                f"{nearest(name, known)}"
            )


def _year_problems(study: Dong2022Study) -> Iterator[str | IoeconError]:
    yield from year_problems(
        study.tables, {WORLD: _load_world().series.years if study.tables.format == WORLD else ()}
    )


def _content_problems(study: Dong2022Study) -> Iterator[IoeconError]:
    yield from emission_file_problems(study.emissions)
    controls, groups, world = study.controls, study.groups, study.tables.format == WORLD
    if controls is not None and controls.file is not None:
        read = partial(controls_of, controls, None)
        yield from content_problems("controls", controls, controls.file, read)
    elif controls is not None and world:
        there = _load_world().controls.columns
        yield from _embedded_columns(controls.columns, there, "the embedded world's controls")
    if groups is not None and groups.file is not None:
        read = partial(groups_of, groups, None)
        yield from content_problems("groups", groups, groups.file, read)
    elif groups is not None and world:
        there = _load_world().groups.columns
        yield from _embedded_columns(groups.columns, there, "the embedded world's groups")
    elif groups is not None:
        there = datasets.groups().columns
        yield from _embedded_columns(groups.columns, there, "ioecon.datasets.groups()")


def _embedded_columns(
    columns: Mapping[str, str], there: Iterable[str], source: str
) -> Iterator[IoeconError]:
    names = [*there]
    for name, column in columns.items():
        try:
            known_columns({name: column}, names, source)
        except PanelError as error:
            yield error


_NAMES = ("tables", "outcomes", "controls", "groups")
SETTINGS_CHECKS = (
    Check(_table_problems, needs=("tables",)),
    Check(_emission_problems, needs=("tables", "emissions")),
    Check(
        _outcome_problems, needs=("tables", "controls", "emissions", "decomposition", "outcomes")
    ),
    Check(_column_problems, needs=_NAMES),
    *model_checks(_outline_panel, names_from=_NAMES, panels_from="emissions"),
    Check(_country_problems, needs=("tables", "figures")),
)
FILE_CHECKS = (
    Check(absent_files, needs=()),
    Check(_year_problems, needs=("tables",)),
    Check(_content_problems, needs=("emissions", "controls", "groups", "tables")),
)
