"""From the panel to models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from ioecon.errors import IoeconWarning, PanelError
from ioecon.study.models.estimation import ModelFindings, estimate_models, rows_of_sample
from ioecon.study.panel.inputs import Inputs
from ioecon.study.panel.results import Findings
from ioecon.study.panel.settings import PanelStudy
from ioecon.study.panel.wording import words_of
from ioecon.study.steps import Steps
from ioecon.user_warnings import warn_user
from ioecon.wording import listed
from regressions.columns import kind_of
from regressions.formula import parse_formula

__all__ = ["compute"]


def compute(study: PanelStudy, inputs: Inputs, steps: Steps) -> Findings:
    """Compute everything that the study asks for."""
    study = replace(study, labels={**inputs.labels, **study.labels})
    words, panel = words_of(study), inputs.panel
    with steps("Checking the columns"):
        used = _require_numbers(study, inputs)
        _report_missing(study, panel, used)
        for table in study.regressions:
            rows_of_sample(panel, table.sample, table.key, words)
    estimated = estimate_models(study, {"panel": panel}, steps, words, missing=study.data.missing)
    _report_undefined(estimated)
    return Findings(**vars(estimated), study=study, panel=panel, book=_codebook(study, panel))


def _require_numbers(study: PanelStudy, inputs: Inputs) -> tuple[str, ...]:
    """Columns that the study computes with, all of them numbers.

    Raises
    ------
    PanelError
        If one holds text or looks like numbers and is none: the cell is named.
    """
    panel = inputs.panel
    names = [*map(str, panel.columns), *map(str, panel.index.names)]
    used: dict[str, None] = {}
    for formula in _formulas(study):
        parsed = parse_formula(formula, names)
        for name in parsed.columns:
            if name in panel:
                used[name] = None
            if name in parsed.needs.numbers and name in inputs.faults:
                raise PanelError(inputs.faults[name])
            if name in parsed.bare and name in inputs.faults:
                raise PanelError(inputs.faults[name])
    for name in _variables(study):
        if name in inputs.faults:
            raise PanelError(inputs.faults[name])
        if (kind := kind_of(panel[name])) != "numbers":
            raise PanelError(
                f"The column {name!r} holds {kind}, which tables and figures of moments cannot "
                "show; name a column of numbers."
            )
    return tuple(dict.fromkeys([*used, *_variables(study)]))


def _variables(study: PanelStudy) -> Iterator[str]:
    """Columns of which moments are shown or drawn."""
    yield from study.descriptives.variables if study.descriptives else ()
    yield from study.correlations.variables if study.correlations else ()
    yield from study.figures.distribution
    yield from study.figures.scatter or ()


def _formulas(study: PanelStudy) -> Iterator[str]:
    for table in study.regressions:
        for right in table.columns:
            yield f"{table.dependent} ~ {right}"
    if study.choice is not None:
        yield f"{study.choice.dependent} ~ {' + '.join(study.choice.regressors)}"
    if study.specifications is not None:
        for name in study.specifications.dependents.values():
            yield f"{name} ~ 1"
        controls = study.specifications.control_sets.values()
        terms = [*study.specifications.interest.values(), *(c for some in controls for c in some)]
        outcome = next(iter(study.specifications.dependents.values()))
        yield from (f"{outcome} ~ {term}" for term in terms)


def _report_missing(study: PanelStudy, panel: pd.DataFrame, used: tuple[str, ...]) -> None:
    """Warn which columns have missing values where rows with them are left out."""
    counts = {name: int(panel[name].isna().sum()) for name in used}
    gaps = [f"{name} ({count})" for name, count in counts.items() if count]
    if gaps and study.data.missing == "drop":
        warn_user(
            f"Rows without a value are left out of the models that need it, as data.missing says. "
            f"Missing values of {len(panel)} rows: {listed(gaps)}.",
            IoeconWarning,
        )


def _report_undefined(estimated: ModelFindings) -> None:
    """Warn of rows that were left out because a term of a formula is not defined there."""
    models = [model for columns in estimated.models.values() for model in columns]
    dropped = [model.dropped for model in models]
    dropped += [estimated.choosing.printed.dropped] if estimated.choosing else []
    cells = [each for each in dropped if len(each)]
    if not cells:
        return
    every = pd.concat(cells).drop_duplicates()
    counts = every.loc[every["problem"] != "missing", "column"].value_counts()
    if len(counts):
        terms = listed(f"{name} ({count})" for name, count in counts.items())
        warn_user(
            f"Rows in which a term is not defined are left out, as data.missing says: {terms}.",
            IoeconWarning,
        )


def _codebook(study: PanelStudy, panel: pd.DataFrame) -> pd.DataFrame:
    """Describe the columns: what they are in words, where from, type, counts, moments."""
    entries = []
    for name in panel.columns:
        column = panel[name]
        kind = kind_of(column)
        values = column.dropna()
        known = kind == "numbers"
        source = "file"
        if name in study.variables:
            source = f"computed: {study.variables[name]}"
        elif name in study.samples:
            source = "sample"
        entries.append(
            {
                "name": name,
                "meaning": study.labels.get(name, ""),
                "source": source,
                "type": "truth values" if str(column.dtype) in ("bool", "boolean") else kind,
                "obs": len(values),
                "missing": len(column) - len(values),
                "different": values.nunique(),
                "mean": values.astype(float).mean() if known else float("nan"),
                "sd": values.astype(float).std() if known else float("nan"),
                "min": values.astype(float).min() if known else float("nan"),
                "max": values.astype(float).max() if known else float("nan"),
            }
        )
    return pd.DataFrame(entries).set_index("name")
