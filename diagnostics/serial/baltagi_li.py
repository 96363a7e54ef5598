"""The Baltagi-Li test for AR(1) or MA(1) errors beside random effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import panel_sample
from diagnostics.serial.random_effects_ml import random_effects_ml
from diagnostics.serial.wording import SERIAL_KEPT, SERIAL_NULL, SERIAL_REJECTED
from diagnostics.transformation import Floats

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["baltagi_li"]


@specification_test(BatteryPlace("Serial correlation", "Baltagi-Li", 10, ("random",)))
def baltagi_li(random: FittedModel, *, alternative: str = "two-sided") -> TestResult:
    """Baltagi-Li LM test for AR(1) or MA(1) errors in a random-effects model, balanced panels.

    The random-effects model is re-estimated by maximum likelihood, under which the score for ρ
    at zero has the closed form of Baltagi and Li (1995).

    Parameters
    ----------
    random : regressions.FittedModel
        Random-effects model (entity) of a balanced panel without gaps.
    alternative : {"two-sided", "one-sided"}
        χ²(1), or N(0, 1) against positive correlation.

    Returns
    -------
    TestResult
        `details` holds the maximum-likelihood variances.

    Raises
    ------
    DiagnosticError
        If the panel is unbalanced or shorter than three periods, or the model is not random
        effects by entity.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> baltagi_li(fit("y ~ x", data, estimator="random", effects="entity")).df
    (1,)
    """
    test = "the Baltagi-Li test"
    if alternative not in ("two-sided", "one-sided"):
        raise DiagnosticError(
            f"alternative must be 'two-sided' or 'one-sided', not {alternative!r}"
        )
    sample = panel_sample(random, test, estimators=("random",))
    if random.effects != "entity":
        raise DiagnosticError(f"{test} is for entity effects, not {random.effects!r}")
    if not sample.balanced or sample.gaps:
        raise DiagnosticError(
            f"{test} is defined for balanced panels without gaps; use bera_sosa_escudero_yoon or "
            "wooldridge_serial"
        )
    if sample.n_periods < 3:
        raise DiagnosticError(f"{test} needs at least three periods")
    fit = random_effects_ml(sample.y, sample.X, sample.entity, test)
    z = _signed_root(fit.resid, sample.n_entities, fit.sigma2_e, fit.sigma2_1)
    if alternative == "two-sided":
        statistic, distribution = z**2, "chi2"
        pvalue = float(scipy.stats.chi2.sf(statistic, 1))
    else:
        statistic, distribution = z, "N"
        pvalue = float(scipy.stats.norm.sf(z))
    warnings: tuple[str, ...] = ()
    if fit.at_bound:
        warnings = (
            "the maximum-likelihood variance of the effects is zero: the information matrix "
            "behind the statistic is for an interior maximum",
        )
    return TestResult(
        name="Baltagi-Li test",
        statistic=statistic,
        distribution=distribution,
        df=(1,) if distribution == "chi2" else (),
        pvalue=pvalue,
        null=SERIAL_NULL + ", allowing for random effects",
        alternative="AR(1) or MA(1) errors"
        + (" with positive correlation" if alternative == "one-sided" else ""),
        variant=f"{alternative}, maximum-likelihood residuals",
        verdict=decide(pvalue, SERIAL_REJECTED, SERIAL_KEPT),
        details={"sigma2_e": fit.sigma2_e, "sigma2_1": fit.sigma2_1},
        warnings=warnings,
        reference="Baltagi and Li (1995), J. Econometrics 68",
    )


def _signed_root(u: Floats, entities: int, sigma2_e: float, sigma2_1: float) -> float:
    """Signed root of the LM statistic, equations (8) to (11) of Baltagi and Li (1995)."""
    N, T = entities, u.size // entities
    blocks = u.reshape(N, T)
    J = np.full((T, T), 1 / T)
    inverse = J / sigma2_1 + (np.eye(T) - J) / sigma2_e
    G = np.eye(T, k=1) + np.eye(T, k=-1)
    quadratic = float(np.sum((blocks @ (inverse @ G @ inverse)) * blocks))
    score = N * (T - 1) / T * (sigma2_1 - sigma2_e) / sigma2_1 + sigma2_e / 2 * quadratic
    a = (sigma2_e - sigma2_1) / (T * sigma2_1)
    information = np.empty((3, 3))
    information[0, 0] = N * (2 * a**2 * (T - 1) ** 2 + 2 * a * (2 * T - 3) + (T - 1))
    information[0, 1] = N * (T - 1) * sigma2_e / sigma2_1**2
    information[0, 2] = N * (T - 1) / T * sigma2_e * (1 / sigma2_1**2 - 1 / sigma2_e**2)
    information[1, 1] = N * T**2 / (2 * sigma2_1**2)
    information[1, 2] = N * T / (2 * sigma2_1**2)
    information[2, 2] = N / 2 * (1 / sigma2_1**2 + (T - 1) / sigma2_e**2)
    information = np.triu(information) + np.triu(information, 1).T
    scale = 1 / np.sqrt(np.diag(information))
    inverse_information = np.linalg.inv(information * np.outer(scale, scale))
    return float(score * scale[0] * np.sqrt(inverse_information[0, 0]))
