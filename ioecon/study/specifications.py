"""The specification curve of a study and the specification tests of its base model."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

import regressions
from diagnostics import Battery
from ioecon.study.settings import Specifications
from regressions import SpecificationCurve, Table

__all__ = ["CHOICE_NAMES", "battery_table", "curve_of", "curve_statements", "curve_tables"]

_COLUMNS = {
    "specifications": "Specifications",
    "median": "Median",
    "smallest": "Smallest",
    "largest": "Largest",
    "share_significant": "Significant at 5 %",
    "share_same_sign": "Sign of the median",
}
CHOICE_NAMES = {
    "data": "Accounting",
    "dependent": "Dependent variable",
    "interest": "Index",
    "controls": "Controls",
    "sample": "Sample",
    "estimator": "Estimator",
    "covariance": "Standard errors",
}


def curve_of(settings: Specifications, panels: Mapping[str, pd.DataFrame]) -> SpecificationCurve:
    """Estimate the transfer index under every combination of the study's choices.

    Parameters
    ----------
    settings : Specifications
    panels : mapping of str to DataFrame
        By accounting.

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
        estimators=settings.estimators,
        covariances=settings.covariances,
        inference=None if settings.inference == "none" else settings.inference,
        draws=settings.draws,
        seed=settings.seed,
        progress=False,
    )


def curve_statements(curve: SpecificationCurve) -> tuple[str, ...]:
    """Say in sentences what the curve shows."""
    said = [
        f"{len(curve.estimated)} of {len(curve)} specifications were estimated; the median "
        f"coefficient is {_number(curve.median)}. {100 * curve.share_significant:.3g} % differ "
        f"from zero at 5 %, {100 * curve.share_same_sign:.3g} % have the sign of the median."
    ]
    for reason, count in curve.failed["error"].value_counts().items():
        said.append(f"{count} could not be estimated: {reason}.")
    if curve.joint is not None:
        said.append(
            f"If no specification had an effect: {curve.joint.method} of {curve.joint.draws} "
            f"curves, which assumes that {curve.joint.assumptions}."
        )
    return tuple(said)


def curve_tables(settings: Specifications, curve: SpecificationCurve) -> dict[str, Table]:
    """Tables of the curve by choice, and of its joint tests."""
    rows = curve.by_choice()[list(_COLUMNS)].astype({"specifications": int})
    rows.index = pd.Index(
        [f"{CHOICE_NAMES[choice]}: {option}" for choice, option in rows.index], name="Choice"
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


def battery_table(title: str, battery: Battery) -> Table:
    """Table of the usual specification tests of the base model, for an appendix."""
    found = battery.to_frame()
    applies = found["statistic"].notna()
    frame = found.loc[applies, ["distribution", "statistic", "pvalue", "holm"]]
    frame.index = pd.Index([f"{q}: {test}" for q, test in frame.index], name="Test")
    left_out = [
        f"{test} does not apply: {verdict}" for (_, test), verdict in
        found.loc[~applies, "verdict"].items()
    ]  # fmt: skip
    return Table.from_frame(
        frame, title=f"{title}: specification tests of the pooled model", index=True,
        labels={"distribution": "Distribution", "statistic": "Statistic", "pvalue": "p-value",
                "holm": "Holm"},
        formats={"statistic": 3, "pvalue": _probability, "holm": _probability},
        identifier="battery", notes=[battery.note, *left_out],
    )  # fmt: skip


def _probability(pvalue: float) -> str:
    if pd.isna(pvalue):
        return ""
    return "<0.0001" if pvalue < 1e-4 else f"{pvalue:.4f}"


def _number(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
