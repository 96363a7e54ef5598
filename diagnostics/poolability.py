"""Are the slopes the same for all entities? The test of poolability."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from diagnostics.entity_regressions import entities_of_one_length, fit_entities
from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import ols
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import ROUNDING, PanelSample, panel_sample
from diagnostics.transformation import Floats
from diagnostics.transformed_equation import transformed_equation
from regressions.names import INTERCEPT
from regressions.within import constant_columns

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["poolability"]


@specification_test(BatteryPlace("Equal slopes", "Poolability", 10, ("pooled", "fixed")))
def poolability(model: FittedModel) -> TestResult:
    r"""F test that the coefficients are the same for all entities (Chow, Roy, Zellner).

    :math:`F = \frac{(RSS_r - \sum_i RSS_i) / ((N - 1) q)}{\sum_i RSS_i / (n - N (K + 1))}` with
    one regression for each entity under the alternative. A fixed-effects model tests the slopes
    (q = K); a pooled one tests slopes and constants (q = K + 1).

    Parameters
    ----------
    model : regressions.FittedModel
        Pooled model, or fixed effects by entity.

    Returns
    -------
    TestResult
        F((N - 1) q, n - N (K + 1)).

    Raises
    ------
    DiagnosticError
        If the model is another one or weighted, an entity has no more periods than coefficients,
        or a regressor does not vary within an entity.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> poolability(fit("y ~ x", data, estimator="pooled")).df
    (38, 200)
    """
    test = "the poolability test"
    sample = panel_sample(model, test, estimators=("pooled", "fixed"))
    if model.kind.absorbs and model.effects != "entity":
        raise DiagnosticError(f"{test} needs entity effects, not {model.effects!r}")
    equation = transformed_equation(model, sample, test)
    names = [name for name in sample.names if name in equation.names and name != INTERCEPT]
    columns = [sample.names.index(name) for name in names]
    X = np.column_stack([np.ones(sample.n), sample.X[:, columns]])
    k = X.shape[1]
    if k == 1 and model.kind.absorbs:
        raise DiagnosticError(f"{test} after fixed effects needs at least one regressor")
    short = np.flatnonzero(sample.lengths <= k)
    if short.size:
        shown = ", ".join(str(sample.entities[i]) for i in short[:5])
        raise DiagnosticError(
            f"{test} estimates {k} coefficients for each entity; {short.size} of "
            f"{sample.n_entities} entities have {k} periods or fewer ({shown}"
            f"{', …' if short.size > 5 else ''}). Leave them out or use fewer regressors"
        )
    separate = _sum_separate_squares(sample, X, names, test)
    if separate <= ROUNDING * float(sample.y @ sample.y):
        raise DiagnosticError(f"{test} needs residuals; the separate regressions fit exactly")
    q = k - 1 if model.kind.absorbs else k
    restrictions = (sample.n_entities - 1) * q
    df = sample.n - sample.n_entities * k
    statistic = ((equation.fit.rss - separate) / restrictions) / (separate / df)
    pvalue = float(scipy.stats.f.sf(statistic, restrictions, df))
    what = "slopes" if model.kind.absorbs else "slopes and constants"
    return TestResult(
        name="Poolability test",
        statistic=statistic,
        distribution="F",
        df=(restrictions, df),
        pvalue=pvalue,
        null=f"{what} are the same for all entities",
        alternative=f"{what} differ between entities",
        variant=f"against separate regressions, {what}",
        verdict=decide(
            pvalue,
            f"{what} differ between entities, so one coefficient describes an average at best",
            f"equal {what} are not rejected",
        ),
        details={"rss_restricted": equation.fit.rss, "rss_separate": separate},
        warnings=("assumes the same error variance for all entities, without serial correlation",),
        reference="Chow (1960), Econometrica 28; Baltagi (2021), section 4.1",
    )


def _sum_separate_squares(sample: PanelSample, X: Floats, names: list[str], test: str) -> float:
    """Residual sum of squares of one regression for each entity on X, the constant first."""
    squares = np.empty(sample.n_entities)
    unsound = np.zeros(sample.n_entities, dtype=bool)
    for entities, rows in entities_of_one_length(sample.lengths, X.shape[1]):
        values = X[rows]
        fits = fit_entities(sample.y[rows], values)
        squares[entities] = fits.rss
        slopes = values[:, :, 1:]
        # the rule of constant_columns, which words the refusal below
        flat = np.ptp(slopes, axis=1) <= 1e-13 * np.abs(slopes).max(axis=1)
        unsound[entities] = ~fits.sound | flat.any(axis=1)
    ends = np.cumsum(sample.lengths)
    for i in np.flatnonzero(unsound):
        own = slice(ends[i] - sample.lengths[i], ends[i])
        constant = constant_columns(pd.DataFrame(X[own, 1:], columns=names))
        if constant:
            listed = ", ".join(f"`{name}`" for name in constant)
            raise DiagnosticError(
                f"{test} needs regressors that vary within every entity: {listed} "
                f"{'does' if len(constant) == 1 else 'do'} not vary in entity {sample.entities[i]}"
            )
        squares[i] = ols(sample.y[own], X[own], f"{test}: entity {sample.entities[i]}").rss
    return float(squares.sum())
