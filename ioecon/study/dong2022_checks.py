"""What a study of the first paper's kind can get wrong, found before a table is read.

The names of the panel's columns follow from the settings, so formulas, variables and groups are
held to them without computing anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from ioecon import datasets
from ioecon.errors import IoeconError, PanelError
from ioecon.panel.labels import KEYS
from ioecon.panel.variables import names_twice, panel_columns
from ioecon.study.checks import (
    absent_files,
    content_problems,
    emission_file_problems,
    emission_problems,
    table_problems,
    unit_problems,
    year_problems,
)
from ioecon.study.inputs import controls_of, groups_of, known_columns
from ioecon.study.preset_files import preset
from ioecon.study.problems import Check
from ioecon.study.sections import nearest
from ioecon.study.settings import WORLD, Regression, Specifications, Study
from ioecon.units import kilotonnes_per
from ioecon.wording import did_you_mean, near_words
from regressions import RegressionError
from regressions.check import check_model
from regressions.formula import ParsedFormula

__all__ = ["FILE_CHECKS", "SETTINGS_CHECKS", "names_of_panel", "plan_of"]

# Tables that every study of this kind writes, beside those of its regressions.
_OWN_TABLES = (
    "descriptives", "choice_tests", "choice_models", "vif", "accountings", "battery",
    "specifications", "specifications_joint", "audit", "identity", "tables",
)  # fmt: skip
_UNKNOWN = re.compile(r"unknown column '([^']+)' in the formula")
_MOST_UNKNOWN = 50
_LONGEST_KEY = 60
_FEWEST_DRAWS, _MOST_DRAWS = 99, 100_000
_MOST_SPECIFICATIONS = 100_000


@cache
def _world() -> datasets.World:
    return datasets.load_world()


def plan_of(study: Study) -> str:
    """Say in one line what a study would run."""
    columns = sum(len(table.columns) for table in study.regressions)
    accountings = dict.fromkeys([study.emissions.accounting, *study.emissions.compare])
    parts = [
        f"{_times(study.regressions, 'regression table')} ({columns} columns)",
        f"emissions by {' and '.join(accountings)}",
    ]
    parts += ["descriptive statistics"] if study.descriptives else []
    parts += ["the choice of estimator"] if study.choice else []
    if study.specifications:
        parts.append(f"{_number_of(study.specifications, len(accountings))} specifications")
    parts += [f"a comparison with {study.published}"] if study.published else []
    return f"{study.kind} on {study.tables.format}: {', '.join(parts)}"


def _times(items: Iterable[Any], word: str) -> str:
    count = len(list(items))
    return f"{count} {word}{'' if count == 1 else 's'}"


def names_of_panel(study: Study) -> tuple[str, ...]:
    """Names of the columns that the panel will have."""
    return (*panel_columns(_controls(study)), *_groups(study))


def _controls(study: Study) -> tuple[str, ...]:
    if study.controls is not None:
        return tuple(study.controls.columns)
    return tuple(_world().controls.columns) if study.tables.format == WORLD else ()


def _groups(study: Study) -> tuple[str, ...]:
    return tuple(study.groups.columns) if study.groups is not None else ()


def _tables(study: Study) -> Iterator[str]:
    yield from table_problems(study.tables, [WORLD])


def _emissions(study: Study) -> Iterator[str | IoeconError]:
    if study.tables.format != WORLD and study.emissions.file is None:
        yield "emissions.file is missing: only the embedded world brings its own emissions."
    yield from emission_problems(study.emissions)
    yield from unit_problems("emissions.unit", study.emissions.unit, kilotonnes_per)


def _columns(study: Study) -> Iterator[str]:
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
    groups = _groups(study)
    for name in names_twice(_controls(study), groups):
        which = "groups.columns" if name in groups else "controls.columns"
        yield f"{which}: two columns of the panel would be named {name!r}; give another name."
    for name in groups:
        if name in KEYS or name.startswith("not "):
            yield f"groups.columns: a group cannot be named {name!r}; give another name."


def _panel_parts(study: Study) -> Iterator[str]:
    if study.descriptives is not None and not study.descriptives.variables:
        yield "descriptives.variables is empty; name a variable, or leave [descriptives] out."
    if len(study.figures.scatter) != 2:
        yield "figures.scatter names two variables of the panel: horizontal, then vertical."
    for name in study.figures.scatter:
        if name in _groups(study):
            yield f"figures.scatter: {name!r} is a group, true or false; name a variable."
    if study.figures.mark is not None:
        yield from _unknown_group(study, "figures.mark", study.figures.mark)


def _unknown_columns(study: Study) -> Iterator[str]:
    """Names that the panel does not have, each once, wherever the study uses them."""
    known = names_of_panel(study)
    places: dict[str, list[str]] = {}
    for key, variables in (
        ("descriptives.variables", study.descriptives.variables if study.descriptives else ()),
        ("figures.scatter", study.figures.scatter),
    ):
        for name in variables:
            if name not in known:
                places.setdefault(name, []).append(key)
    for key, formula in _formulas(study):
        for name in _checked(study, formula, {})[1]:
            places.setdefault(name, []).append(key)
    for name, keys in places.items():
        others = f" (and {len(keys) - 1} more)" if len(keys) > 1 else ""
        control = re.fullmatch(r"(?:(?:ln|asinh)_)?d_(\w+)", name)
        if close := near_words(name, known, cutoff=0.75):
            hint = did_you_mean(close)
        elif control:
            hint = f"[controls.columns] {control[1]} = ... would make it."
        else:
            hint = nearest(name, known)
        yield f"{keys[0]}{others} names {name!r}, which the panel does not have; {hint}"


def _formulas(study: Study) -> Iterator[tuple[str, str]]:
    """Every formula of a study, with where it stands."""
    for table in study.regressions:
        for number, right in enumerate(table.columns, start=1):
            yield f"{table.key}, column {number},", f"{table.dependent} ~ {right}"
    if study.choice is not None and study.choice.regressors:
        yield "choice", f"{study.choice.dependent} ~ {' + '.join(study.choice.regressors)}"
    settings, outcome = study.specifications, names_of_panel(study)[0]
    if settings is None:
        return
    for label, name in settings.dependents.items():
        yield f"specifications.dependents.{label}", f"{name} ~ 1"
    for label, name in settings.interest.items():
        yield f"specifications.interest.{label}", f"{outcome} ~ {name}"
    for label, names in settings.control_sets.items():
        for name in names:
            yield f"specifications.control_sets.{label}", f"{outcome} ~ {name}"


def _unknown_group(study: Study, where: str, sample: str) -> Iterator[str]:
    group = sample.removeprefix("not ")
    known = _groups(study)
    if group not in known:
        hint = nearest(group, known) if known else "there is no section [groups]."
        yield f"{where} uses the group {group!r}, which [groups] does not have; {hint}"


def _regression_keys(study: Study) -> Iterator[str]:
    taken = {name.lower() for name in _OWN_TABLES}
    if study.published:
        taken |= {f"published_table{number}" for number in range(2, 9)} | {"published_implied"}
    for table in study.regressions[:1]:
        taken |= {f"{table.key}_{name}".lower() for name in study.emissions.compare}
    seen: set[str] = set()
    for table in study.regressions:
        key = table.key.lower()
        if not table.key.replace("_", "").replace("-", "").isalnum():
            yield f"the key {table.key!r} names files: use letters, digits, '-' and '_' only."
        elif len(table.key) > _LONGEST_KEY:
            yield f"the key {table.key[:20]!r}… names files: use at most {_LONGEST_KEY} signs."
        elif key in taken:
            yield f"the key {table.key!r} is that of another table of every study; choose another."
        if key in seen:
            yield f"two regression tables have the key {table.key!r}."
        seen.add(key)


def _regressions(study: Study) -> Iterator[str]:
    for table in study.regressions:
        if table.sample is not None:
            yield from _unknown_group(study, f"{table.key}.sample", table.sample)
        found: dict[str, None] = {}
        for number, right in enumerate(table.columns, start=1):
            for sentence in _model(study, f"{table.dependent} ~ {right}", _options_of(table)):
                found.setdefault(f"{table.key}, column {number}: {sentence}")
        yield from _shared(found)


def _shared(sentences: Iterable[str]) -> Iterator[str]:
    """Sentences once where columns of a table share them."""
    said: set[str] = set()
    for sentence in sentences:
        _, _, what = sentence.partition(": ")
        if what not in said:
            said.add(what)
            yield sentence


def _options_of(table: Regression) -> dict[str, Any]:
    return {
        "estimator": table.estimator, "effects": table.effects,
        "cov": table.cov, "clusters": table.clusters,
    }  # fmt: skip


def _model(study: Study, formula: str, options: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with a formula or its options; unknown columns are told elsewhere."""
    parsed, _, sentence = _checked(study, formula, options)
    if sentence is not None:
        yield f"{sentence.rstrip('.')}."
    elif parsed is not None and parsed.dependent in _terms(parsed):
        yield f"the dependent variable {parsed.dependent!r} is among the regressors."


def _checked(
    study: Study, formula: str, options: Mapping[str, Any]
) -> tuple[ParsedFormula | None, tuple[str, ...], str | None]:
    """Parse a formula; tell the columns that the panel lacks, and what else is wrong."""
    unknown: list[str] = []
    while True:
        try:
            names = (*names_of_panel(study), *unknown)
            return check_model(formula, names, levels=KEYS, **options), tuple(unknown), None
        except RegressionError as error:
            found = _UNKNOWN.search(str(error))
            if found is None or found[1] in unknown or len(unknown) > _MOST_UNKNOWN:
                return None, tuple(unknown), str(error)
            unknown.append(found[1])


def _terms(parsed: ParsedFormula) -> list[str]:
    return [str(term) for term in parsed.formula.rhs]


def _choice(study: Study) -> Iterator[str]:
    if study.choice is None:
        return
    if not study.choice.regressors:
        yield "choice.regressors is empty; name the regressors, or leave [choice] out."
        return
    formula = f"{study.choice.dependent} ~ {' + '.join(study.choice.regressors)}"
    for sentence in _model(study, formula, {}):
        yield f"choice: {sentence}"


def _specifications(study: Study) -> Iterator[str]:
    settings = study.specifications
    if settings is None:
        return
    for name in ("dependents", "interest", "control_sets", "samples", "estimators", "covariances"):
        if not getattr(settings, name):
            yield f"specifications.{name} is empty; give one choice or more."
    for label, sample in settings.samples.items():
        if sample:
            yield from _unknown_group(study, f"specifications.samples.{label}", sample)
    if settings.inference != "none" and settings.draws < _FEWEST_DRAWS:
        yield f"specifications.draws: a p-value needs at least {_FEWEST_DRAWS} draws."
    if settings.draws > _MOST_DRAWS:
        yield f"specifications.draws is {settings.draws}; at most {_MOST_DRAWS:,} are drawn."
    if settings.seed < 0:
        yield f"specifications.seed is {settings.seed}; a seed is 0 or more."
    accountings = {study.emissions.accounting, *study.emissions.compare}
    if (count := _number_of(settings, len(accountings))) > _MOST_SPECIFICATIONS:
        yield (
            f"specifications: {count:,} combinations are too many; at most "
            f"{_MOST_SPECIFICATIONS:,}."
        )
    yield from _specification_terms(study, settings)
    yield from _specification_options(study, settings)


def _number_of(settings: Specifications, accountings: int) -> int:
    count = accountings
    for name in ("dependents", "interest", "control_sets", "samples", "estimators", "covariances"):
        count *= len(getattr(settings, name))
    return count


def _specification_terms(study: Study, settings: Specifications) -> Iterator[str]:
    outcomes = {**settings.dependents}
    for label, name in settings.dependents.items():
        for sentence in _model(study, f"{name} ~ 1", {}):
            yield f"specifications.dependents.{label}: {sentence}"
    for label, name in settings.interest.items():
        for sentence in _model(study, f"{_sound_outcome(study)} ~ {name}", {}):
            yield f"specifications.interest.{label}: {sentence}"
        if name in outcomes.values():
            yield f"specifications.interest.{label}: {name!r} is a dependent variable too."
    for label, names in settings.control_sets.items():
        both = [
            n for n in names if n in {*settings.dependents.values(), *settings.interest.values()}
        ]
        if both:
            yield (
                f"specifications.control_sets.{label} holds {both[0]!r}, which is a dependent "
                "variable or the variable of interest."
            )
        for name in names:
            for sentence in _model(study, f"{_sound_outcome(study)} ~ {name}", {}):
                yield f"specifications.control_sets.{label}: {sentence}"


def _sound_outcome(study: Study) -> str:
    """Quote a column that is certainly there, to check a term alone."""
    return names_of_panel(study)[0]


def _specification_options(study: Study, settings: Specifications) -> Iterator[str]:
    formula = f"{_sound_outcome(study)} ~ 1"
    of_covariance = {"cov", "clusters", "bandwidth", "kernel", "debiased", "group_debias",
                     "count_effects"}  # fmt: skip
    for label, options in settings.estimators.items():
        key = f"specifications.estimators.{label}"
        if wrong := [*{*options} & of_covariance]:
            yield f"{key}: {wrong[0]!r} is an option of [specifications.covariances]."
            continue
        for sentence in _model(study, formula, options):
            yield f"{key}: {sentence}"
    for label, options in settings.covariances.items():
        key = f"specifications.covariances.{label}"
        if wrong := [*{*options} - of_covariance]:
            yield (
                f"{key}: {wrong[0]!r} is no option of a covariance; "
                f"{nearest(wrong[0], of_covariance)}"
            )
            continue
        for sentence in _model(study, formula, options):
            yield f"{key}: {sentence}"


def _labels(study: Study) -> Iterator[str]:
    known = {*names_of_panel(study), *KEYS, "Intercept", "entity", "time", *_factors(study)}
    brought = preset(study.preset).get("labels", {}) if study.preset else {}
    for name, text in study.labels.items():
        if brought.get(name) == text or name in known:
            continue
        if any(part in known for part in name.split(":")):
            continue
        if any(name.startswith(f"{factor}[") for factor in known):
            continue
        yield f"labels names {name!r}, which is no variable of the study; {nearest(name, known)}"


def _factors(study: Study) -> Iterator[str]:
    """Terms of the study's formulas, and what they are made of."""
    for _, formula in _formulas(study):
        parsed, _, _ = _checked(study, formula, {})
        if parsed is None:
            continue
        yield parsed.dependent
        for term in _terms(parsed):
            yield term
            yield from term.split(":")


def _countries(study: Study) -> Iterator[str]:
    if study.tables.format == WORLD:
        yield from unknown_countries(study, _world().series.countries)


def unknown_countries(study: Study, countries: Iterable[str]) -> Iterator[str]:
    """Say which countries of the figures and of the panel the tables do not have."""
    known = tuple(countries)
    for name in study.figures.countries:
        if name not in known:
            yield (
                f"figures.countries names {name!r}, which the tables do not have; "
                f"{nearest(name, known)}"
            )


def _files(study: Study) -> Iterator[IoeconError]:
    yield from absent_files(study)


def _years(study: Study) -> Iterator[str | IoeconError]:
    yield from year_problems(
        study.tables, {WORLD: _world().series.years if study.tables.format == WORLD else ()}
    )


def _contents(study: Study) -> Iterator[IoeconError]:
    yield from emission_file_problems(study.emissions)
    controls, groups, world = study.controls, study.groups, study.tables.format == WORLD
    if controls is not None and controls.file is not None:
        read = partial(controls_of, controls, None)
        yield from content_problems("controls", controls, controls.file, read)
    elif controls is not None and world:
        there = _world().controls.columns
        yield from _embedded_columns(controls.columns, there, "the embedded world's controls")
    if groups is not None and groups.file is not None:
        read = partial(groups_of, groups, None)
        yield from content_problems("groups", groups, groups.file, read)
    elif groups is not None and world:
        there = _world().groups.columns
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


_NAMES = ("tables", "controls", "groups")
SETTINGS_CHECKS = (
    Check(_tables, needs=("tables",)),
    Check(_emissions, needs=("tables", "emissions")),
    Check(_columns, needs=("tables", "controls", "groups")),
    Check(_panel_parts, needs=(*_NAMES, "descriptives", "figures")),
    Check(_unknown_columns, needs=_NAMES),
    Check(_regression_keys, needs=("emissions",)),
    Check(_regressions, needs=_NAMES),
    Check(_choice, needs=(*_NAMES, "choice")),
    Check(_specifications, needs=(*_NAMES, "specifications", "emissions")),
    Check(_labels, needs=(*_NAMES, "regressions", "choice", "labels")),
    Check(_countries, needs=("tables", "figures")),
)
FILE_CHECKS = (
    Check(_files, needs=()),
    Check(_years, needs=("tables",)),
    Check(_contents, needs=("emissions", "controls", "groups", "tables")),
)
