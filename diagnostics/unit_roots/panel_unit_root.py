"""Unit root tests for one variable of a panel."""

from __future__ import annotations

import pandas as pd

from diagnostics.errors import DiagnosticError
from diagnostics.registry import specification_test
from diagnostics.result import TestResult, decide
from diagnostics.unit_roots.cips import cips
from diagnostics.unit_roots.combined import combine_pvalues, im_pesaran_shin
from diagnostics.unit_roots.dickey_fuller import TERMS, t_statistics, warn_of_few_degrees
from diagnostics.unit_roots.series import split_series
from diagnostics.unit_roots.wording import (
    UNIT_ROOT_ALTERNATIVE,
    UNIT_ROOT_KEPT,
    UNIT_ROOT_NULL,
    UNIT_ROOT_REJECTED,
)

__all__ = ["panel_unit_root"]

_KINDS = {
    "ips": ("Im-Pesaran-Shin test", "Im, Pesaran and Shin (2003), J. Econometrics 115"),
    "maddala-wu": ("Maddala-Wu test", "Maddala and Wu (1999), Oxford Bulletin 61; Fisher (1932)"),
    "choi-pm": ("Choi modified P test", "Choi (2001), J. International Money and Finance 20"),
    "choi-z": ("Choi inverse normal test", "Choi (2001), J. International Money and Finance 20"),
    "choi-logit": ("Choi logit test", "Choi (2001), J. International Money and Finance 20"),
}


@specification_test()
def panel_unit_root(
    series: pd.Series,
    kind: str = "ips",
    *,
    terms: str = "constant",
    lags: int | str = 1,
    max_lags: int | None = None,
    df_correction: bool = True,
) -> TestResult:
    r"""Test that a variable has a unit root in every entity.

    An augmented Dickey-Fuller regression is run for each entity and the results combined:

    "ips"
        :math:`W = \sqrt N (\bar t - \bar E) / \sqrt{\bar V}` with the moments of table 3 of Im,
        Pesaran and Shin, interpolated in the length; N(0, 1), small values reject.
    "maddala-wu"
        :math:`-2 \sum \log p_i \sim \chi^2(2N)`; "choi-pm" standardises it for large N,
        "choi-z" is :math:`\sum \Phi^{-1}(p_i) / \sqrt N`, "choi-logit" has t(5N + 4).
    "cips"
        mean of t in regressions with cross-section means added, which allows a common factor;
        critical values of Pesaran's table II. `details["truncated"]` is CIPS*, the mean of t cut
        to Pesaran's bounds, under the same critical values; where an entity lies outside, a
        warning names it and says what CIPS* says.

    Parameters
    ----------
    series : pandas.Series
        Indexed by (entity, period), without missing values or gaps.
    kind : {"ips", "maddala-wu", "choi-pm", "choi-z", "choi-logit", "cips"}
        Test.
    terms : {"none", "constant", "trend"}
        Deterministic terms; "ips" needs a constant or trend.
    lags : int or {"aic", "bic", "t-stat"}
        Lagged differences, or the criterion that chooses them for each entity (not for "cips").
    max_lags : int, optional
        Most lags a criterion may choose; by default statsmodels' 12 (T/100)^(1/4), cut so that
        each regression keeps degrees of freedom.
    df_correction : bool
        Whether the variance of the regressions divides by degrees of freedom, as statsmodels
        does; False divides by observations, as plm's purtest does by default.

    Returns
    -------
    TestResult
        `details["entities"]` is the table of t, p, lags and observations of each entity. CIPS
        has no distribution function: its p-value is interpolated in the three critical values
        and NaN outside 1 to 10 %, where the verdict says on which side.

    Raises
    ------
    DiagnosticError
        If the series is not a panel, has missing values, duplicates or gaps, an entity is too
        short or constant, or the moments are not tabulated for the length.

    Notes
    -----
    All but "cips" assume that entities are independent. p-values of single entities are
    MacKinnon's (1994) approximation; a t outside the range it was fitted on gets the p-value at
    the end of that range, where plm extrapolates a cubic that turns back.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> noise = example_panel()["z"]
    >>> walk = noise.groupby("firm").cumsum()
    >>> panel_unit_root(walk).pvalue > 0.05, panel_unit_root(noise).pvalue < 0.001
    (True, True)
    """
    if kind not in (*_KINDS, "cips"):
        raise DiagnosticError(f"unknown kind {kind!r}; one of {', '.join((*_KINDS, 'cips'))}")
    if terms not in TERMS:
        raise DiagnosticError(f"terms must be one of {', '.join(TERMS)}, not {terms!r}")
    if isinstance(lags, str) and (lags not in ("aic", "bic", "t-stat") or kind == "cips"):
        raise DiagnosticError(
            f"lags must be a number{'' if kind == 'cips' else ', aic, bic or t-stat'}, not {lags!r}"
        )
    if not isinstance(lags, str) and lags < 0:
        raise DiagnosticError(f"lags must not be negative, and is {lags}")
    panel = split_series(series)
    if kind == "cips":
        return cips(panel, terms, int(lags))
    table = t_statistics(panel, terms, lags, max_lags, df_correction)
    name, reference = _KINDS[kind]
    outcome = (
        im_pesaran_shin(table, terms)
        if kind == "ips"
        else combine_pvalues(kind, table["pvalue"].to_numpy())
    )

    n_terms = len(TERMS[terms].replace("n", ""))
    degrees = table["observations"] - table["lags"] - 1 - n_terms
    warnings = [*outcome.warnings, *warn_of_few_degrees(degrees.to_dict()), *panel.doubts]
    warnings.append("assumes entities are independent; with a common factor use kind='cips'")
    return TestResult(
        name=name,
        statistic=outcome.statistic,
        distribution=outcome.distribution,
        df=outcome.df,
        pvalue=outcome.pvalue,
        null=UNIT_ROOT_NULL,
        alternative=UNIT_ROOT_ALTERNATIVE,
        variant=f"deterministic terms: {terms}, lags: {lags}",
        verdict=decide(outcome.pvalue, UNIT_ROOT_REJECTED, UNIT_ROOT_KEPT),
        details={"entities": table, **outcome.details},
        warnings=tuple(warnings),
        reference=reference,
    )
