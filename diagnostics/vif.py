"""Variance inflation factors of the regressors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import independent_columns
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.regressor_columns import ANY_ESTIMATOR, columns_within, correlations, slope_names
from diagnostics.result import TestResult
from diagnostics.sample import panel_sample
from diagnostics.transformation import Floats
from regressions.names import INTERCEPT

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["LARGE_VIF", "VifResult", "vif"]

LARGE_VIF = 10.0
"""A usual mark, not a critical value: at 10 a standard error is √10 times what it could be."""


@dataclass(frozen=True, eq=False, repr=False)
class VifResult(TestResult):
    """Variance inflation factors of a model: a `TestResult` that is a measure, not a test.

    `statistic` is the largest factor (for a term of several columns, the GVIF^(1/df) that
    compares with a VIF of one column); there is no distribution and no p-value.

    Attributes
    ----------
    values : pandas.Series
        VIF of each regressor; for a term of several columns its GVIF.
    table : pandas.DataFrame
        Columns ``vif`` (VIF or GVIF), ``columns`` (of the term), ``comparable`` (GVIF^(1/columns))
        and ``inflation`` (its root, the factor on the standard error).

    Examples
    --------
    >>> table = pd.DataFrame({"vif": [4.0], "columns": [1], "comparable": [4.0],
    ...                       "inflation": [2.0]}, index=["x"])
    >>> VifResult("VIF", 4.0, "none", (), float("nan"), table=table).statistic
    4.0
    """

    table: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def values(self) -> pd.Series:
        """VIF (or GVIF) of each regressor."""
        return self.table["vif"]

    def to_frame(self) -> pd.DataFrame:
        """One row for each regressor or term; see `table`."""
        return self.table.copy()

    def _labelled_lines(self) -> list[tuple[str, str]]:
        rows = [(str(name), f"{value:.4g}") for name, value in self.table["vif"].items()]
        warnings = [("Warning", text) for text in self.warnings]
        return [
            ("Variant", self.variant),
            *rows,
            ("Verdict", self.verdict),
            *warnings,
            ("Reference", self.reference),
        ]

    def summary(self) -> str:
        """Lay the factors out as text, the largest first."""
        ordered = self.table.sort_values("comparable", ascending=False, kind="stable")
        lines = [self.name, "-" * len(self.name), self.variant, ordered.to_string(), self.verdict]
        return "\n".join([*lines, *(f"Warning: {text}" for text in self.warnings)])


@specification_test(
    BatteryPlace("Collinearity", "Largest VIF, within", 10, ("fixed",), {"transform": "within"}),
    BatteryPlace("Collinearity", "Largest VIF", 20),
)
def vif(
    model: FittedModel,
    *,
    transform: str = "raw",
    effects: str | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> VifResult:
    r"""Variance inflation factors of the regressors of a model.

    With R the correlation matrix of the regressors (the constant taken out),
    :math:`VIF_j = (R^{-1})_{jj}`; for the columns g of a categorical or polynomial term,
    :math:`GVIF_g = \det R_{gg} \det R_{\bar g \bar g} / \det R`, which does not depend on the
    coding and compares with a VIF as GVIF^(1/columns).

    Parameters
    ----------
    model : regressions.FittedModel
        Any model; the constant is never counted.
    transform : {"raw", "within"}
        "raw" takes the regressors as they are (`car::vif`, Stata's estat vif after regress);
        "within" takes out the effects first, which is the variation a fixed-effects model uses.
    effects : {"entity", "time", "twoway"}, optional
        Effects that "within" takes out; by default those of the model.
    groups : mapping of str to sequence of str, optional
        Columns that belong together; by default the terms of the formula with several columns,
        such as the dummies of ``C(region)``. Pass ``{}`` for one factor per column.

    Returns
    -------
    VifResult
        `values`, `table`, `statistic` (the largest).

    Raises
    ------
    DiagnosticError
        If the model has no two regressors to compare and no term, a group names an unknown
        column, or ``transform="within"`` has no effects to take out.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> vif(fit("y ~ x + z", data, estimator="pooled")).statistic < 1.2
    True
    """
    test = "the variance inflation factor"
    if transform not in ("raw", "within"):
        raise DiagnosticError(f"transform must be 'raw' or 'within', not {transform!r}")
    sample = panel_sample(model, test, estimators=ANY_ESTIMATOR, weighted=True, exact=True)
    warnings: list[str] = []
    if transform == "within":
        X, names, variant = columns_within(model, sample, effects, warnings)
    else:
        if effects is not None:
            raise DiagnosticError("effects goes with transform='within'")
        X, names, variant = sample.X[:, sample.slopes], slope_names(sample), "raw regressors"
        if model.kind.absorbs:
            warnings.append(
                "the model uses only the variation left by its effects: "
                "transform='within' gives the factors that apply to its standard errors"
            )
    if not names:
        raise DiagnosticError(f"{test} needs at least one regressor")
    members = _columns_of_terms(model, names, groups)
    table = _inflation_factors(
        X, names, members, centred=INTERCEPT in sample.names or transform == "within"
    )
    worst = str(table["comparable"].idxmax())
    largest = float(table["comparable"].max())
    return VifResult(
        name="Variance inflation factors",
        statistic=largest,
        distribution="none",
        df=(),
        pvalue=float("nan"),
        null="",
        variant=variant,
        verdict=f"The largest is {largest:.3g} ({worst}); "
        + (
            f"above {LARGE_VIF:g}, the usual mark: its coefficient is imprecise because other "
            "regressors carry much the same information."
            if largest > LARGE_VIF
            else f"none exceeds {LARGE_VIF:g}, the usual mark."
        ),
        details=dict(table["vif"]),
        warnings=tuple(warnings),
        reference="Marquardt (1970), Technometrics 12; groups: Fox and Monette (1992), JASA 87",
        table=table,
    )


def _columns_of_terms(
    model: FittedModel, names: Sequence[str], groups: Mapping[str, Sequence[str]] | None
) -> dict[str, list[int]]:
    """Columns of each term, in the order of the columns."""
    if groups is None:
        chosen = {t: list(c) for t, c in getattr(model, "terms", {}).items() if len(c) > 1}
    else:
        chosen = {term: list(columns) for term, columns in groups.items()}
        known = {str(c) for c in model.exog.columns}
        unknown = [c for columns in chosen.values() for c in columns if c not in known]
        if unknown:
            raise DiagnosticError(
                f"groups name columns the model does not have: {', '.join(unknown)}; "
                f"it has {', '.join(names)}"
            )
    term_of: dict[str, str] = {}
    for term, columns in chosen.items():
        for column in columns:
            if column in term_of:
                raise DiagnosticError(f"column {column!r} is in two groups")
            term_of[column] = term
    members: dict[str, list[int]] = {}
    for j, name in enumerate(names):
        members.setdefault(term_of.get(name, name), []).append(j)
    return members


def _inflation_factors(
    X: Floats, names: Sequence[str], members: Mapping[str, list[int]], *, centred: bool
) -> pd.DataFrame:
    """VIF and GVIF from the log-determinants of blocks of the correlation matrix."""
    base = np.ones((X.shape[0], 1 if centred else 0))
    independent = independent_columns(base, X)
    if not independent.all():
        culprits = [name for name, ok in zip(names, independent, strict=True) if not ok]
        raise DiagnosticError(
            f"the regressors are perfectly collinear ({', '.join(culprits)}); "
            "the factor of those is infinite: drop them"
        )
    R = correlations(X, centred=centred)
    whole = np.linalg.slogdet(R)[1]
    rows = {}
    for term, columns in members.items():
        others = [j for j in range(len(names)) if j not in columns]
        own = np.linalg.slogdet(R[np.ix_(columns, columns)])[1]
        rest = np.linalg.slogdet(R[np.ix_(others, others)])[1]
        gvif = float(np.exp(own + rest - whole))
        comparable = gvif ** (1 / len(columns))
        rows[term] = (gvif, len(columns), comparable, np.sqrt(comparable))
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["vif", "columns", "comparable", "inflation"]
    )
