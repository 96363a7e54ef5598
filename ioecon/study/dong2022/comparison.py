"""Published results beside the computed ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ioecon.panel.outcomes import PAPER_OUTCOMES, Outcome
from ioecon.study.dong2022.comparison_words import statements_on
from ioecon.study.dong2022.published import (
    implied_moments,
    published_descriptives,
    published_regressions,
)
from ioecon.study.models.choosing import EffectsComparison, PrintedChoice
from ioecon.study.models.tables import moments
from regressions import FittedModel, Table

__all__ = ["Comparison", "compare_with_published"]

_Z95 = 1.959964
_COLUMNS = [
    "table", "column", "regressor", "published", "published_se", "published_stars",
    "published_nobs", "computed", "computed_se", "computed_stars", "computed_nobs", "same_sign",
    "within", "distance",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Published against computed.

    Attributes
    ----------
    descriptives : DataFrame
        Index variable, columns (moment, published / computed).
    implied : DataFrame
        The same for moments that the paper's regressions imply without printing them.
    coefficients : DataFrame
        One row per published coefficient: table, column, regressor, published, published_se,
        computed, computed_se, same_sign, within (the published 95 % interval), distance (in
        joint standard errors).
    statements : tuple of str
        In words: where they agree, where not, and why they may not.
    """

    descriptives: pd.DataFrame
    implied: pd.DataFrame
    coefficients: pd.DataFrame
    statements: tuple[str, ...]

    def tables(self, labels: Mapping[str, str]) -> dict[str, Table]:
        """Tables of both comparisons, one per published table."""
        found = {"published_table2": self._descriptives_table(labels)}
        if len(self.implied):
            found["published_implied"] = self._implied_table(labels)
        for number, rows in self.coefficients.groupby("table", sort=True):
            frame = pd.DataFrame(
                {
                    "Column": rows["column"],
                    "Regressor": [
                        labels.get(name, name).replace("Intercept", "Constant")
                        for name in rows["regressor"]
                    ],
                    "Published": _join_with_errors(
                        rows["published"], rows["published_se"], rows["published_stars"]
                    ),
                    "Computed": _join_with_errors(
                        rows["computed"], rows["computed_se"], rows["computed_stars"]
                    ),
                    "Same sign": list(rows["same_sign"]),
                    "Within 95 %": list(rows["within"]),
                }
            )
            found[f"published_table{number}"] = Table.from_frame(
                frame,
                title=f"Table {number}: published and computed",
                index=False,
                identifier=f"published_table{number}",
                notes=["Standard errors in parentheses; *** p<0.01, ** p<0.05, * p<0.1."],
            )
        return found

    def summary_table(self) -> Table:
        """How many coefficients agree, by table; the constants are not counted."""
        slopes = self.coefficients.loc[self.coefficients["regressor"] != "Intercept"]
        grouped = slopes.groupby("table")
        frame = pd.DataFrame(
            {
                "Coefficients": grouped.size(),
                "Same sign": grouped["same_sign"].sum(),
                "Within published 95 %": grouped["within"].sum(),
                "N published": grouped["published_nobs"].first(),
                "N computed": grouped["computed_nobs"].first(),
            }
        )
        frame.index = pd.Index([f"Table {number}" for number in frame.index])
        return Table.from_frame(
            frame.astype(int), title="Agreement with the published tables", index=True,
            identifier="published_summary",
            notes=["Slopes only. Within: computed inside the published 95 % confidence interval."],
        )  # fmt: skip

    def _descriptives_table(self, labels: Mapping[str, str]) -> Table:
        words = {"mean": "Mean", "sd": "Std. dev.", "min": "Min", "max": "Max", "obs": "Obs"}
        return Table.from_frame(
            self.descriptives,
            title="Table 2: published and computed",
            labels={**words, **labels},
            digits=3,
            index=True,
            identifier="published_table2",
        )

    def _implied_table(self, labels: Mapping[str, str]) -> Table:
        return Table.from_frame(
            self.implied,
            title="Moments implied by tables 4, 5 and 8: published and computed",
            labels={"mean": "Mean", "sd": "Std. dev.", **labels},
            digits=2,
            index=True,
            identifier="published_implied",
            notes=[
                "Not printed in the paper: they follow from the printed coefficient, standard "
                "error, constant and R-squared of the columns with one regressor.",
            ],
        )

    def to_markdown(self, title: str, labels: Mapping[str, str]) -> str:
        """Write the whole comparison as one document."""
        parts = [
            f"# Published and computed: {title}",
            "Published: Dong, Wang and Dong (2022), tables 2 to 8.",
            *(f"- {statement}" for statement in self.statements),
            self.summary_table().to_markdown(),
            *(table.to_markdown() for table in self.tables(labels).values()),
        ]
        lists = "\n".join(part for part in parts if part.startswith("- "))
        rest = [part for part in parts if not part.startswith("- ")]
        return "\n\n".join([*rest[:2], lists, *rest[2:]]) + "\n"


def compare_with_published(
    panel: pd.DataFrame,
    models: Mapping[str, Sequence[FittedModel]],
    choice: EffectsComparison | PrintedChoice | None = None,
    outcomes: Mapping[str, Outcome] = PAPER_OUTCOMES,
    *,
    fictional: bool,
) -> Comparison:
    """Set the paper's tables 2 to 8 against the computed ones.

    Parameters
    ----------
    panel : DataFrame
    models : mapping
        ``"table3"`` to ``"table8"``; tables and columns that the study does not have, and
        coefficients that its models do not have, are left out.
    choice : EffectsComparison or PrintedChoice, optional
        Tests between the estimators, which the paper reports in words only.
    outcomes : mapping of str to tuple of EffectSum
        What the outcomes of the panel add up.
    fictional : bool
        Whether the data are the embedded world's.
    """
    descriptives, implied = _compare_descriptives(panel), _compare_implied(panel)
    coefficients = _compare_coefficients(models)
    statements = statements_on(
        descriptives, implied, coefficients, panel, choice, outcomes, fictional=fictional
    )
    return Comparison(descriptives, implied, coefficients, statements)


def _compare_descriptives(panel: pd.DataFrame) -> pd.DataFrame:
    printed = published_descriptives()
    shared = [name for name in printed.index if name in panel.columns]
    columns = ["obs", "mean", "sd", "min", "max"]
    both = {"published": printed.loc[shared, columns], "computed": moments(panel, shared)[columns]}
    frame = pd.concat(both, axis=1).swaplevel(axis=1)
    return frame[[(moment, who) for moment in columns for who in both]]


def _compare_implied(panel: pd.DataFrame) -> pd.DataFrame:
    implied = implied_moments()
    shared = [name for name in implied.index if name in panel.columns]
    computed = moments(panel, shared)
    both = {"published": implied.loc[shared], "computed": computed[["mean", "sd"]]}
    frame = pd.concat(both, axis=1).swaplevel(axis=1)
    return frame[[(moment, who) for moment in ("mean", "sd") for who in both]]


def _compare_coefficients(models: Mapping[str, Sequence[FittedModel]]) -> pd.DataFrame:
    rows = []
    for line in published_regressions().itertuples(index=False):
        fitted = models.get(f"table{line.table}", ())
        if line.column > len(fitted) or line.regressor not in fitted[line.column - 1].params.index:
            continue
        model = fitted[line.column - 1]
        if model.dependent != line.dependent:
            continue
        estimate, error = model.params[line.regressor], model.std_errors[line.regressor]
        rows.append(
            {
                "table": line.table,
                "column": line.column,
                "regressor": line.regressor,
                "published": line.estimate,
                "published_se": line.std_error,
                "published_stars": line.stars,
                "published_nobs": line.nobs,
                "computed": estimate,
                "computed_se": error,
                "computed_stars": _stars_of(model.pvalues[line.regressor]),
                "computed_nobs": model.nobs,
                "same_sign": bool(np.sign(estimate) == np.sign(line.estimate)),
                "within": bool(abs(estimate - line.estimate) <= _Z95 * line.std_error),
                "distance": (estimate - line.estimate) / float(np.hypot(error, line.std_error)),
            }
        )
    return pd.DataFrame(rows, columns=_COLUMNS)


def _stars_of(pvalue: float) -> str:
    return "*" * sum(pvalue < level for level in (0.01, 0.05, 0.1))


def _join_with_errors(values: pd.Series, errors: pd.Series, stars: pd.Series) -> list[str]:
    return [
        f"{value:.3g}{star} ({error:.3g})"
        for value, error, star in zip(values, errors, stars, strict=True)
    ]
