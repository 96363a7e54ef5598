"""The tables of a study, ready to be written in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

import regressions
from ioecon.errors import StudyError
from ioecon.study.estimation import EstimatorChoice
from ioecon.study.sections import nearest
from ioecon.study.settings import Descriptives, Regression
from regressions import FittedModel, Table
from regressions.tables import FORMATS, DocumentFormat, write_document

__all__ = [
    "accountings_table",
    "choice_tables",
    "descriptives_table",
    "moments",
    "regression_table",
    "write_table_files",
]

_MOMENTS = {"obs": "Obs", "mean": "Mean", "sd": "Std. dev.", "min": "Min", "max": "Max"}
_OUTCOMES = ("ln_ddfc", "ln_dtfc", "ln_dfc")
_INDICES = ("ln_iti", "ln_iti_foreign")


def moments(panel: pd.DataFrame, variables: Sequence[str]) -> pd.DataFrame:
    """Observations, mean, standard deviation, minimum and maximum, one row per variable.

    Raises
    ------
    StudyError
        If the panel has no such column.
    """
    for name in variables:
        if name not in panel.columns:
            raise StudyError(
                f"descriptives.variables names {name!r}, which the panel does not have; "
                f"{nearest(name, panel.columns)}"
            )
    chosen = panel[list(variables)]
    return pd.DataFrame(
        {
            "obs": chosen.notna().sum(),
            "mean": chosen.mean(),
            "sd": chosen.std(),
            "min": chosen.min(),
            "max": chosen.max(),
        }
    )


def descriptives_table(
    settings: Descriptives, panel: pd.DataFrame, labels: Mapping[str, str]
) -> Table:
    """Table of descriptive statistics."""
    return Table.from_frame(
        moments(panel, settings.variables),
        title=settings.title,
        labels={**_MOMENTS, **labels},
        digits=3,
        index=True,
        identifier="descriptives",
        notes=["ln(v) of a variable that can be negative is sign(v)·ln|v|; ITI is times 10,000."],
    )


def regression_table(
    settings: Regression, models: Sequence[FittedModel], labels: Mapping[str, str]
) -> Table:
    """One regression table, regressors as they come in its columns, the constant last."""
    return regressions.regression_table(
        models,
        labels={"country": "countries", **labels},
        title=settings.title,
        notes=settings.notes,
        identifier=settings.key,
    )


def choice_tables(
    title: str, choice: EstimatorChoice, labels: Mapping[str, str]
) -> dict[str, Table]:
    """Tables of the three models, of the tests between them, and of the VIF."""
    models = [choice.pooled, choice.fixed, choice.random]
    names = [test.name for test in choice.tests]
    named = {
        f"{test.name} ({test.variant})" if names.count(test.name) > 1 else test.name: test
        for test in choice.tests
    }
    tests = pd.DataFrame(
        {
            "Distribution": [test.distribution_text for test in named.values()],
            "Statistic": [test.statistic for test in named.values()],
            "p-value": [test.pvalue for test in named.values()],
        },
        index=pd.Index(named, name="Test"),
    )
    notes = [
        "No test decides alone: each has its own null.",
        *(f"{name}. Null: {test.null}. {test.verdict}" for name, test in named.items()),
        *(f"{name}. Warning: {text}." for name, test in named.items() for text in test.warnings),
    ]
    factors = choice.vif.values.to_frame("VIF")
    factors.loc["Mean"] = factors["VIF"].mean()
    return {
        "choice_tests": Table.from_frame(
            tests, title=f"{title}: tests", identifier="choice_tests", index=True,
            notes=notes, formats={"Statistic": 3, "p-value": _probability},
        ),
        "choice_models": regressions.regression_table(
            models, labels=labels,
            titles=["Pooled", "Fixed", "Random"], title=f"{title}: the three models",
            identifier="choice_models", estimators=False, statistics=("nobs", "rsquared"),
        ),
        "vif": Table.from_frame(
            factors, title=f"{title}: VIF", labels=labels, digits=2, index=True, identifier="vif",
            notes=["Variance inflation factors of the pooled model's regressors."],
        ),
    }  # fmt: skip


def _probability(pvalue: float) -> str:
    return "<0.0001" if pvalue < 1e-4 else f"{pvalue:.4f}"


def accountings_table(panels: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> Table:
    """Moments of the outcomes under each accounting, and of the indices, which have none."""
    main = next(iter(panels.values()))
    rows = {labels.get(name, name): row for name, row in moments(main, _INDICES).iterrows()}
    for accounting, panel in panels.items():
        for name, row in moments(panel, _OUTCOMES).iterrows():
            rows[f"{labels.get(name, name)}, {accounting}"] = row
    frame = pd.DataFrame.from_dict(rows, orient="index")
    return Table.from_frame(
        frame.astype({"obs": int}),
        title="Outcomes and indices under each accounting",
        labels=_MOMENTS,
        digits=3,
        index=True,
        identifier="accountings",
        notes=[
            "carbon_table: each year's table times its emission intensities (the paper's). "
            "satellite: intensity is a factor of its own, ½(ê0 + ê1) times the output effects.",
        ],
    )


def write_table_files(tables: Mapping[str, Table], folder: Path) -> None:
    """Write every table in every text format, and all of them in one document of each kind.

    Documents (Word, Excel) are written where the extras that make them are installed.
    """
    folder.mkdir()
    for suffix, form in FORMATS.items():
        if not isinstance(form, DocumentFormat):
            for key, table in tables.items():
                table.to_file(folder / f"{key}{suffix}")
        elif form.installed:
            write_document(_sheets(tables), form, folder / f"tables{suffix}")


def _sheets(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Tables by names that Excel allows for sheets: 31 characters, told apart without case."""
    named: dict[str, Table] = {}
    for number, (key, table) in enumerate(tables.items(), start=1):
        taken = {name.lower() for name in named}
        short = len(key) <= 31 and key.lower() not in taken
        named[key if short else f"{key[:26]} {number}"] = table
    return named
