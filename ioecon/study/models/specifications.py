"""The specification curve of a study: its estimation, its tables, and what it shows in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

import regressions
from ioecon.study.models.settings import Specifications
from ioecon.study.models.words import PanelWords
from regressions import SpecificationCurve, Table
from regressions.typography import true_minus

__all__ = ["curve_statements", "curve_tables", "estimate_curve"]

_COLUMNS = {
    "specifications": "Specifications",
    "median": "Median",
    "smallest": "Smallest",
    "largest": "Largest",
    "share_significant": "Significant at 5 %",
    "share_same_sign": "Sign of the median",
}


def estimate_curve(
    settings: Specifications, panels: Mapping[str, pd.DataFrame], missing: str = "raise"
) -> SpecificationCurve:
    """Estimate one coefficient under every combination of the study's choices.

    Parameters
    ----------
    settings : Specifications
    panels : mapping of str to DataFrame
        Panels of the study; they are a choice too where there is more than one.

    Returns
    -------
    SpecificationCurve

    Raises
    ------
    RegressionError
        If a choice is wrong in itself; a combination that cannot be estimated stays in the curve.
    """
    return regressions.specification_curve(
        panels,
        dependent=settings.dependents,
        interest=settings.interest,
        controls=settings.control_sets,
        samples={label: sample or None for label, sample in settings.samples.items()},
        estimators={
            name: {"missing": missing, **given} for name, given in settings.estimators.items()
        },
        covariances=settings.covariances,
        inference=None if settings.inference == "none" else settings.inference,
        draws=settings.draws,
        seed=settings.seed,
        progress=False,
    )


def curve_statements(curve: SpecificationCurve) -> tuple[str, ...]:
    """Say in sentences what the curve shows."""
    statements = [
        f"{len(curve.estimated)} of {len(curve)} specifications were estimated; the median "
        f"coefficient is {_with_true_minus(curve.median)}. {100 * curve.share_significant:.3g} % "
        f"differ from zero at 5 %, {100 * curve.share_same_sign:.3g} % have the sign of the median."
    ]
    for reason, count in curve.failed["error"].value_counts().items():
        statements.append(f"{count} could not be estimated: {reason}.")
    if curve.joint is not None:
        statements.append(
            f"If no specification had an effect: {curve.joint.method} of {curve.joint.draws} "
            f"curves, which assumes that {curve.joint.assumptions}."
        )
    return tuple(statements)


def curve_tables(
    settings: Specifications, curve: SpecificationCurve, words: PanelWords
) -> dict[str, Table]:
    """Tables of the curve by choice, and of its joint tests."""
    rows = curve.by_choice()[list(_COLUMNS)].astype({"specifications": int})
    rows.index = pd.Index(
        [f"{words.choices[choice]}: {option}" for choice, option in rows.index], name="Choice"
    )
    tables = {
        "specifications": Table.from_frame(
            rows, title=settings.title, labels=_COLUMNS, digits=3, index=True,
            identifier="specifications",
            notes=[
                "Each row describes the specifications that share the choice; "
                "specifications.csv has them all.",
                "Coefficients of different transforms are in different units.",
            ],
        )
    }  # fmt: skip
    if curve.joint is not None:
        joint = curve.joint.to_frame()[["observed", "null_median", "pvalue"]]
        tables["specifications_joint"] = Table.from_frame(
            joint, title=f"{settings.title}: the curve as a whole", index=True, digits=3,
            labels={"observed": "Observed", "null_median": "Median size under the null",
                    "pvalue": "p-value", "statistic": "Statistic"},
            formats={"pvalue": 4}, identifier="specifications_joint",
            notes=[
                "Share significant: at 5 % and with the sign of the curve's median.",
                *curve_statements(curve)[-1:],
            ],
        )  # fmt: skip
    return tables


def _with_true_minus(value: float) -> str:
    return true_minus(f"{value:.3f}")
