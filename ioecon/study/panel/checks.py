"""What a study of any panel can get wrong, found from its settings and the names in its file.

Names of columns come from the header alone; cells are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from ioecon.delimited import require_options
from ioecon.errors import IoeconError
from ioecon.study.checks import absent_files
from ioecon.study.models.checks import (
    PanelOutline,
    model_checks,
    planned_appendix,
    planned_tables,
)
from ioecon.study.panel.inputs import column_names, entity_and_period, names_of_file, read_options
from ioecon.study.panel.settings import Data, PanelStudy
from ioecon.study.panel.sources import ReadOptions, source_of
from ioecon.study.panel.variables import parse_expression
from ioecon.study.problems import Check, about
from ioecon.study.sections import nearest
from regressions import RegressionError

__all__ = ["FILE_CHECKS", "SETTINGS_CHECKS", "plan_of"]

_OWN_TABLES = ("correlations", "sample")


def plan_of(study: PanelStudy) -> str:
    """Say in one line what a study would run."""
    source = "the embedded example" if study.data.file is None else study.data.file.name
    parts = [planned_tables(study), *planned_appendix(study, 1)]
    parts += ["correlations"] if study.correlations else []
    return f"{study.kind} on {source}: {', '.join(parts)}"


def _data_problems(study: PanelStudy) -> Iterator[str | IoeconError]:
    data = study.data
    if data.file is None:
        for name in ("entity", "period", "entities", "columns", "rename", "sheet"):
            if getattr(data, name):
                yield f"data.{name} goes with data.file; the embedded example has its own columns."
        return
    try:
        entity, period = entity_and_period(data)
    except IoeconError as error:
        yield str(error)
    else:
        if entity == period:
            yield f"data.entity and data.period are both {entity!r}; they are two columns."
    try:
        known = source_of(data.file).options
    except IoeconError as error:
        yield about("data.file", error)
        return
    plain, given = ReadOptions(), read_options(data)
    for field in fields(ReadOptions):
        changed = getattr(given, field.name) != getattr(plain, field.name)
        if changed and field.name not in known:
            title = source_of(data.file).title
            yield f"data.{field.name} means nothing to {data.file.name}, a {title} file."
    try:
        separator = data.separator or ("," if data.decimal == "." else None)
        if "separator" in known and separator is None:
            yield 'data.decimal = "," needs data.separator, which is usually ";".'
        elif "separator" in known:
            require_options(separator, data.decimal, data.encoding)
    except IoeconError as error:
        yield about("data", error)


def _name_problems(study: PanelStudy) -> Iterator[str]:
    for name in study.samples:
        if name.startswith("not ") or name in study.variables:
            yield f"samples: a sample cannot be named {name!r}; give another name."
    for name in study.variables:
        if not name.strip() or name in ("Intercept", "entity", "time"):
            yield f"variables: a variable cannot be named {name!r}; give another name."
    if study.correlations is not None and len(set(study.correlations.variables)) < 2:
        yield "correlations.variables needs two variables or more, or leave [correlations] out."


def _header_problems(study: PanelStudy) -> Iterator[IoeconError]:
    data = study.data
    if data.file is not None and not (data.file.is_file() and data.entity and data.period):
        return  # told by other checks
    try:
        names_of_file(data)
        column_names(data)
    except IoeconError as error:
        yield about("data", error)


def _variable_problems(study: PanelStudy) -> Iterator[str | IoeconError]:
    """Check expressions against the columns before them, and samples against all."""
    known = [*_columns_of_file(study.data)]
    levels = entity_and_period(study.data)
    for name, expression in study.variables.items():
        if name in known or name in levels:
            yield f"variables.{name}: the panel has a column {name!r} already; give another name."
        try:
            parse_expression(expression, [*known, *levels])
        except RegressionError as error:
            yield f"variables.{name}: {error}."
        known.append(name)
    for name, rule in study.samples.items():
        if name in levels or (name in known and [*rule] != [name]):
            yield f"samples.{name}: the panel has a column {name!r} already; give another name."
        for column in rule:
            if column not in known and column not in levels:
                yield (
                    f"samples.{name} names the column {column!r}, which the panel does not have; "
                    f"{nearest(column, known)}"
                )


def _more_variables(study: PanelStudy) -> Iterator[str]:
    """Check the variables of this kind's own table and figure."""
    known = _outline(study).columns
    for key, names in (
        ("correlations.variables", study.correlations.variables if study.correlations else ()),
        ("figures.distribution", study.figures.distribution),
    ):
        for name in names:
            if name not in known:
                yield f"{key} names {name!r}, which the panel does not have; {nearest(name, known)}"
            elif name in study.samples:
                yield f"{key}: {name!r} is a sample, true or false; name a variable."


def _columns_of_file(data: Data) -> tuple[str, ...]:
    levels = entity_and_period(data)
    return tuple(name for name in column_names(data) if name not in levels)


def _outline(study: PanelStudy) -> PanelOutline:
    """Names that the panel will have, from the header of its file."""
    columns = [*_columns_of_file(study.data), *study.variables, *study.samples]
    return PanelOutline(
        columns=tuple(dict.fromkeys(columns)),
        groups=tuple(study.samples),
        levels=entity_and_period(study.data),
        tables=_OWN_TABLES,
    )


def _where_names_are_known(check: Check) -> Check:
    """Check that says nothing where the header cannot be read, which another check tells."""

    def find(study: PanelStudy) -> Iterator[str | IoeconError]:
        try:
            column_names(study.data)
        except (IoeconError, OSError):
            return iter(())
        return check.find(study)

    return Check(find, check.needs)


_NAMES = ("data", "variables", "samples")
SETTINGS_CHECKS = (Check(_data_problems, needs=("data",)), Check(_name_problems, needs=_NAMES))
FILE_CHECKS = (
    Check(absent_files, needs=()),
    Check(_header_problems, needs=("data",)),
    *map(
        _where_names_are_known,
        (
            Check(_variable_problems, needs=_NAMES),
            Check(_more_variables, needs=(*_NAMES, "correlations", "figures")),
            *model_checks(_outline, names_from=_NAMES),
        ),
    ),
)
