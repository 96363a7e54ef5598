"""What the settings of models can get wrong, found before there is a panel.

Formulas, variables and groups are held to the names that the panel will have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ioecon.study.models.settings import ModelSettings, Regression, Specifications
from ioecon.study.problems import Check
from ioecon.study.sections import nearest
from ioecon.wording import did_you_mean, near_words
from regressions import RegressionError
from regressions.check import check_model
from regressions.formula import ParsedFormula
from regressions.regressor_names import regressor_key

__all__ = [
    "PanelOutline",
    "count_specifications",
    "model_checks",
    "planned_appendix",
    "planned_tables",
]

# Tables of every study with models, beside those of its regressions; "tables" are all together.
_OWN_TABLES = (
    "descriptives", "choice_tests", "choice_models", "vif", "battery", "specifications",
    "specifications_joint", "tables",
)  # fmt: skip
_UNKNOWN = re.compile(r"unknown column '([^']+)' in the formula")
_MOST_UNKNOWN = 50
_LONGEST_KEY = 60
_FEWEST_DRAWS, _MOST_DRAWS = 99, 100_000
_MOST_SPECIFICATIONS = 100_000
_CHOICES = ("dependents", "interest", "control_sets", "samples", "estimators", "covariances")
_OF_COVARIANCE = (
    "cov", "clusters", "bandwidth", "kernel", "debiased", "group_debias", "count_effects",
)  # fmt: skip


def _hint_nothing(name: str) -> str | None:
    return None


@dataclass(frozen=True)
class PanelOutline:
    """What is known of a panel before it is there.

    Attributes
    ----------
    columns : tuple of str
        Names of its columns, groups among them.
    groups : tuple of str
        Columns that are true or false.
    levels : tuple of str
        Names of the two levels of its index.
    tables : tuple of str
        Keys of tables that the kind writes beside those of the models.
    panels : int
        How many panels the study has, one per accounting for example.
    labels : mapping of str to str
        Printed names that a preset brought; they need not be variables of this study.
    hint : callable
        How a column that is not there could come to be, or None.
    """

    columns: tuple[str, ...]
    groups: tuple[str, ...]
    levels: tuple[str, str]
    tables: tuple[str, ...] = ()
    panels: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)
    hint: Callable[[str], str | None] = _hint_nothing


def model_checks(
    outline: Callable[[Any], PanelOutline], *, names_from: tuple[str, ...], panels_from: str = ""
) -> tuple[Check, ...]:
    """List the checks of the sections on models, for those of a kind.

    Parameters
    ----------
    outline : callable
        Settings of a study to the outline of its panel.
    names_from : tuple of str
        Keys of the study file from which the names of the panel follow.
    panels_from : str
        Key from which the number of panels and the keys of other tables follow, if one does.
    """
    panels = (panels_from,) if panels_from else ()

    def looking(find: Callable[[Any, PanelOutline], Iterator[str]], *needs: str) -> Check:
        return Check(lambda study: find(study, outline(study)), needs=needs)

    return (
        looking(_variable_problems, *names_from, "descriptives", "figures"),
        looking(_column_problems, *names_from),
        looking(_key_problems, *panels),
        looking(_regression_problems, *names_from),
        looking(_choice_problems, *names_from, "choice"),
        looking(_specification_problems, *names_from, "specifications", *panels),
        looking(_order_problems, *names_from),
        looking(_label_problems, *names_from, "regressions", "choice", "labels"),
    )


def planned_tables(settings: ModelSettings) -> str:
    """Say how many regression tables a study has."""
    count = len(settings.regressions)
    columns = sum(len(table.columns) for table in settings.regressions)
    return f"{count} regression table{'' if count == 1 else 's'} ({columns} columns)"


def planned_appendix(settings: ModelSettings, panels: int) -> list[str]:
    """Say what a study estimates and describes beside its regression tables."""
    parts = ["descriptive statistics"] if settings.descriptives else []
    parts += ["the choice of estimator"] if settings.choice else []
    if settings.specifications:
        parts.append(f"{count_specifications(settings.specifications, panels)} specifications")
    return parts


def count_specifications(settings: Specifications, panels: int) -> int:
    """How many combinations the choices of a specification curve have."""
    count = panels
    for name in _CHOICES:
        count *= len(getattr(settings, name))
    return count


def _variable_problems(settings: ModelSettings, outline: PanelOutline) -> Iterator[str]:
    if settings.descriptives is not None and not settings.descriptives.variables:
        yield "descriptives.variables is empty; name a variable, or leave [descriptives] out."
    scatter = settings.figures.scatter
    if scatter is not None and len(scatter) != 2:
        yield "figures.scatter names two variables of the panel: horizontal, then vertical."
    for name in scatter or ():
        if name in outline.groups:
            yield f"figures.scatter: {name!r} is a group, true or false; name a variable."
    if settings.figures.mark is not None:
        yield from _group_problems(outline, "figures.mark", settings.figures.mark)


def _column_problems(settings: ModelSettings, outline: PanelOutline) -> Iterator[str]:
    """Names that the panel does not have, each once, wherever the study uses them."""
    known = outline.columns
    places: dict[str, list[str]] = {}
    for key, variables in (
        (
            "descriptives.variables",
            settings.descriptives.variables if settings.descriptives else (),
        ),
        ("figures.scatter", settings.figures.scatter or ()),
    ):
        for name in variables:
            if name not in known:
                places.setdefault(name, []).append(key)
    for key, formula in _list_formulas(settings, outline):
        for name in _check_formula(outline, formula, {})[1]:
            places.setdefault(name, []).append(key)
    for name, keys in places.items():
        others = f" (and {len(keys) - 1} more)" if len(keys) > 1 else ""
        if close := near_words(name, known, cutoff=0.75):
            hint = did_you_mean(close)
        else:
            hint = outline.hint(name) or nearest(name, known)
        yield f"{keys[0]}{others} names {name!r}, which the panel does not have; {hint}"


def _list_formulas(settings: ModelSettings, outline: PanelOutline) -> Iterator[tuple[str, str]]:
    """Every formula of a study, with where it stands."""
    for table in settings.regressions:
        for number, right in enumerate(table.columns, start=1):
            yield f"{table.key}, column {number},", f"{table.dependent} ~ {right}"
    if settings.choice is not None and settings.choice.regressors:
        yield "choice", _choice_formula(settings)
    curve, outcome = settings.specifications, outline.columns[0]
    if curve is None:
        return
    for label, name in curve.dependents.items():
        yield f"specifications.dependents.{label}", f"{name} ~ 1"
    for label, name in curve.interest.items():
        yield f"specifications.interest.{label}", f"{outcome} ~ {name}"
    for label, names in curve.control_sets.items():
        for name in names:
            yield f"specifications.control_sets.{label}", f"{outcome} ~ {name}"


def _choice_formula(settings: ModelSettings) -> str:
    assert settings.choice is not None
    return f"{settings.choice.dependent} ~ {' + '.join(settings.choice.regressors)}"


def _group_problems(outline: PanelOutline, where: str, sample: str) -> Iterator[str]:
    group = sample.removeprefix("not ")
    known = outline.groups
    if group not in known:
        hint = nearest(group, known) if known else "there is no section [groups]."
        yield f"{where} uses the group {group!r}, which [groups] does not have; {hint}"


def _key_problems(settings: ModelSettings, outline: PanelOutline) -> Iterator[str]:
    taken = {name.lower() for name in (*_OWN_TABLES, *outline.tables)}
    seen: set[str] = set()
    for table in settings.regressions:
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


def _regression_problems(settings: ModelSettings, outline: PanelOutline) -> Iterator[str]:
    for table in settings.regressions:
        if table.sample is not None:
            yield from _group_problems(outline, f"{table.key}.sample", table.sample)
        found: dict[str, None] = {}
        for number, right in enumerate(table.columns, start=1):
            formula = f"{table.dependent} ~ {right}"
            for sentence in _model_problems(outline, formula, _options_of(table)):
                found.setdefault(f"{table.key}, column {number}: {sentence}")
        yield from _keep_once(found)


def _keep_once(sentences: Iterable[str]) -> Iterator[str]:
    """Sentences once where columns of a table share them."""
    told: set[str] = set()
    for sentence in sentences:
        _, _, what = sentence.partition(": ")
        if what not in told:
            told.add(what)
            yield sentence


def _options_of(table: Regression) -> dict[str, Any]:
    return {
        "estimator": table.estimator, "effects": table.effects,
        "cov": table.cov, "clusters": table.clusters,
    }  # fmt: skip


def _model_problems(
    outline: PanelOutline, formula: str, options: Mapping[str, Any]
) -> Iterator[str]:
    """Say what is wrong with a formula or its options; unknown columns are told elsewhere."""
    parsed, _, sentence = _check_formula(outline, formula, options)
    if sentence is not None:
        yield f"{sentence.rstrip('.')}."
    elif parsed is not None and parsed.dependent in _list_terms(parsed):
        yield f"the dependent variable {parsed.dependent!r} is among the regressors."


def _check_formula(
    outline: PanelOutline, formula: str, options: Mapping[str, Any]
) -> tuple[ParsedFormula | None, tuple[str, ...], str | None]:
    """Parse a formula; tell the columns that the panel lacks, and what else is wrong."""
    return _check_model(
        _PlannedModel(formula, outline.columns, outline.levels, repr(options), options)
    )


@dataclass(frozen=True)
class _PlannedModel:
    """A formula and its options, the same to the cache where they are written the same."""

    formula: str
    columns: tuple[str, ...]
    levels: tuple[str, str]
    words: str
    options: Mapping[str, Any] = field(compare=False)


@lru_cache(maxsize=1024)  # several checks look at the same formula, and a run checks again
def _check_model(model: _PlannedModel) -> tuple[ParsedFormula | None, tuple[str, ...], str | None]:
    unknown: list[str] = []
    while True:
        try:
            names = (*model.columns, *unknown)
            parsed = check_model(model.formula, names, levels=model.levels, **model.options)
        except RegressionError as error:
            found = _UNKNOWN.search(str(error))
            if found is None or found[1] in unknown or len(unknown) > _MOST_UNKNOWN:
                return None, tuple(unknown), str(error)
            unknown.append(found[1])
        else:
            return parsed, tuple(unknown), None


def _list_terms(parsed: ParsedFormula) -> list[str]:
    return [str(term) for term in parsed.formula.rhs]


def _choice_problems(settings: ModelSettings, outline: PanelOutline) -> Iterator[str]:
    if settings.choice is None:
        return
    if not settings.choice.regressors:
        yield "choice.regressors is empty; name the regressors, or leave [choice] out."
        return
    for sentence in _model_problems(outline, _choice_formula(settings), {}):
        yield f"choice: {sentence}"


def _specification_problems(settings: ModelSettings, outline: PanelOutline) -> Iterator[str]:
    curve = settings.specifications
    if curve is None:
        return
    for name in _CHOICES:
        if not getattr(curve, name):
            yield f"specifications.{name} is empty; give one choice or more."
    for label, sample in curve.samples.items():
        if sample:
            yield from _group_problems(outline, f"specifications.samples.{label}", sample)
    if curve.inference != "none" and curve.draws < _FEWEST_DRAWS:
        yield f"specifications.draws: a p-value needs at least {_FEWEST_DRAWS} draws."
    if curve.draws > _MOST_DRAWS:
        yield f"specifications.draws is {curve.draws}; at most {_MOST_DRAWS:,} are drawn."
    if curve.seed < 0:
        yield f"specifications.seed is {curve.seed}; a seed is 0 or more."
    if (count := count_specifications(curve, outline.panels)) > _MOST_SPECIFICATIONS:
        yield (
            f"specifications: {count:,} combinations are too many; at most "
            f"{_MOST_SPECIFICATIONS:,}."
        )
    yield from _term_problems(curve, outline)
    yield from _option_problems(curve, outline)


def _term_problems(curve: Specifications, outline: PanelOutline) -> Iterator[str]:
    """Check the variables of a specification curve, each alone beside a column that is there."""
    for label, name in curve.dependents.items():
        for sentence in _model_problems(outline, f"{name} ~ 1", {}):
            yield f"specifications.dependents.{label}: {sentence}"
    for label, name in curve.interest.items():
        for sentence in _alone_problems(outline, name):
            yield f"specifications.interest.{label}: {sentence}"
        if name in curve.dependents.values():
            yield f"specifications.interest.{label}: {name!r} is a dependent variable too."
    followed = {*curve.dependents.values(), *curve.interest.values()}
    for label, names in curve.control_sets.items():
        if both := [name for name in names if name in followed]:
            yield (
                f"specifications.control_sets.{label} holds {both[0]!r}, which is a dependent "
                "variable or the variable of interest."
            )
        for name in names:
            for sentence in _alone_problems(outline, name):
                yield f"specifications.control_sets.{label}: {sentence}"


def _alone_problems(outline: PanelOutline, term: str) -> Iterator[str]:
    """Check a term as the only regressor of a column that is another one."""
    outcome = next((name for name in outline.columns if name != term), outline.columns[0])
    yield from _model_problems(outline, f"{outcome} ~ {term}", {})


def _option_problems(curve: Specifications, outline: PanelOutline) -> Iterator[str]:
    formula = f"{outline.columns[0]} ~ 1"
    for label, options in curve.estimators.items():
        key = f"specifications.estimators.{label}"
        if wrong := [name for name in options if name in _OF_COVARIANCE]:
            yield f"{key}: {wrong[0]!r} is an option of [specifications.covariances]."
            continue
        for sentence in _model_problems(outline, formula, options):
            yield f"{key}: {sentence}"
    for label, options in curve.covariances.items():
        key = f"specifications.covariances.{label}"
        if wrong := [name for name in options if name not in _OF_COVARIANCE]:
            yield (
                f"{key}: {wrong[0]!r} is no option of a covariance; "
                f"{nearest(wrong[0], _OF_COVARIANCE)}"
            )
            continue
        for sentence in _model_problems(outline, formula, options):
            yield f"{key}: {sentence}"


def _order_problems(settings: ModelSettings, outline: PanelOutline) -> Iterator[str]:
    """Names in the order of a table that its columns do not have."""
    for table in settings.regressions:
        formulas = [f"{table.dependent} ~ {right}" for right in table.columns]
        parsed = [_check_formula(outline, formula, {})[0] for formula in formulas]
        terms = [_list_terms(one) for one in parsed if one is not None]
        if len(terms) < len(parsed):  # told elsewhere
            continue
        known = dict.fromkeys(["Intercept", *(term for some in terms for term in some)])
        known.pop("1", None)
        keys = {regressor_key(name) for name in known}
        for name in table.order:
            levels_of = name.partition("[")[0]
            if regressor_key(name) not in keys and (levels_of == name or levels_of not in known):
                yield (
                    f"{table.key}.order names {name!r}, which is no regressor of that table; "
                    f"{nearest(name, known)}"
                )


def _label_problems(settings: ModelSettings, outline: PanelOutline) -> Iterator[str]:
    terms = _list_terms_and_parts(settings, outline)
    known = {*outline.columns, *outline.levels, "Intercept", "entity", "time", *terms}
    for name, text in settings.labels.items():
        if outline.labels.get(name) == text or name in known:
            continue
        if any(part in known for part in name.split(":")):
            continue
        if any(name.startswith(f"{factor}[") for factor in known):
            continue
        yield f"labels names {name!r}, which is no variable of the study; {nearest(name, known)}"


def _list_terms_and_parts(settings: ModelSettings, outline: PanelOutline) -> Iterator[str]:
    """Terms of the study's formulas, and what they are made of."""
    for _, formula in _list_formulas(settings, outline):
        parsed, _, _ = _check_formula(outline, formula, {})
        if parsed is None:
            continue
        yield parsed.dependent
        for term in _list_terms(parsed):
            yield term
            yield from term.split(":")
