"""Mundlak's test of group means added to random effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from diagnostics.added_regressors import (
    CovarianceOptions,
    add_regressors,
    quasi_demeaned,
    result_of_added,
)
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult
from diagnostics.transformation import group_means

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["mundlak"]


@specification_test(BatteryPlace("Effects", "Mundlak", 10, ("random",)))
def mundlak(
    random: FittedModel,
    *,
    cov: str = "clustered",
    clusters: str | Sequence[str] | None = None,
    small_sample: bool = True,
    bandwidth: int | None = None,
) -> TestResult:
    """Mundlak test: group means of the regressors added to the random-effects model.

    The quasi-demeaned regression is extended by the group means of the regressors that vary
    within and between groups, and their coefficients are tested jointly. With the same θ it is
    algebraically the auxiliary Hausman test; what it adds are the coefficients on the means
    (between minus within effect), in `details`.

    Parameters
    ----------
    random : regressions.FittedModel
        Random-effects model; its θ is kept.
    cov, clusters, small_sample, bandwidth
        Covariance, as in `hausman`; by default clustered by entity.

    Returns
    -------
    TestResult
        chi2; `details["coefficients"]` is the table of coefficients on the means.

    Raises
    ------
    DiagnosticError
        If the model is not random effects, is weighted, or no regressor varies both ways.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> mundlak(fit("y ~ x", data, estimator="random", effects="entity")).df
    (1,)
    """
    side = quasi_demeaned(random, "the Mundlak test")
    sample, columns = side.sample, side.comparable_columns()
    means = group_means(sample.X[:, columns], side.codes)
    block = means - side.theta[side.codes][:, None] * means
    options = CovarianceOptions(cov, clusters, bandwidth, small_sample)
    outcome = add_regressors(side, block, options, "the Mundlak test")
    table = outcome.table([sample.names[j] for j in columns])
    return result_of_added(
        "Mundlak test",
        outcome,
        variant=f"means added to the quasi-demeaned regression, {options.words}",
        null="coefficients on the group means are zero: effects uncorrelated with the regressors",
        rejected="the means matter, so effects are correlated with regressors "
        "and random effects is rejected",
        details={"coefficients": table},
        warnings=side.warn_of_excluded(columns) + outcome.fit.warnings,
        reference="Mundlak (1978), Econometrica 46(1); Wooldridge (2010), section 10.7.3",
    )
