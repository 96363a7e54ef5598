"""The tests of Bera, Sosa-Escudero and Yoon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from diagnostics.errors import DiagnosticError
from diagnostics.registry import BatteryPlace, specification_test
from diagnostics.result import TestResult, decide
from diagnostics.sample import ROUNDING, PanelSample, panel_sample
from diagnostics.serial.lags import rows_with_lag, warn_of_gaps
from diagnostics.serial.wording import SERIAL_ALTERNATIVE, SERIAL_KEPT, SERIAL_NULL, SERIAL_REJECTED

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["bera_sosa_escudero_yoon"]


@specification_test(BatteryPlace("Effects", "Baltagi-Li joint", 50, ("pooled",)))
def bera_sosa_escudero_yoon(
    pooled: FittedModel,
    test: str = "joint",
    *,
    form: str = "baltagi",
    alternative: str | None = None,
    lags: str = "calendar",
) -> TestResult:
    r"""Test for serial correlation and random effects without mistaking one for the other.

    With pooled residuals, :math:`A = 1 - \sum_i (\sum_t u_{it})^2 / u'u`,
    :math:`B = \sum u_t u_{t-1}` over a sum of squares, :math:`M = \sum_i T_i^2`:

    .. math::
        RE &= -n (A + 2B) / \sqrt{2 (M - 3n + 2N)} \\
        AR &= \frac{n^2 (M-n)}{(n-N)(M-3n+2N)} \left[B + \frac{n-N}{M-n} A\right]^2 \\
        J &= n^2 \left[\frac{A^2 + 4AB + 4B^2}{2 (M-3n+2N)} + \frac{B^2}{n-N}\right]

    Parameters
    ----------
    pooled : regressions.FittedModel
        Pooled model.
    test : {"joint", "serial-correlation", "random-effects"}
        "joint" (J, Baltagi and Li 1991) tests both; "serial-correlation" (AR) is robust to random
        effects; "random-effects" (RE) is robust to serial correlation.
    form : {"baltagi", "article"}
        Denominator of B: "baltagi" sums u² from the second row of each entity, which gives the
        values that Baltagi prints for the Grunfeld data (10.310, 664.948, 808.471);
        "article" takes u'u, as Bera, Sosa-Escudero and Yoon define it. N is the number of
        entities in both (plm takes the largest number observed in a period).
    alternative : {"one-sided", "two-sided"}, optional
        For "random-effects": one-sided N(0, 1) by default, or χ²(1). The others are two-sided.
    lags : {"calendar", "row"}
        How lags treat gaps.

    Returns
    -------
    TestResult
        `details` holds A, B, M, n, N and all three statistics.

    Raises
    ------
    DiagnosticError
        If the model is not pooled or is weighted, options do not exist, or the panel is shorter
        than three periods.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> bera_sosa_escudero_yoon(fit("y ~ x", data, estimator="pooled")).df
    (2,)
    """
    name = "the Bera-Sosa-Escudero-Yoon test"
    if form not in ("baltagi", "article"):
        raise DiagnosticError(f"form must be 'baltagi' or 'article', not {form!r}")
    words = _wording_of(test, alternative)
    sample = panel_sample(pooled, name, estimators=("pooled",))
    parts = _statistics_and_parts(sample, form, lags, name)
    df: tuple[int, ...]
    if test == "joint":
        statistic, distribution, df = parts["joint"], "chi2", (2,)
        pvalue = float(scipy.stats.chi2.sf(statistic, 2))
    elif test == "serial-correlation":
        statistic, distribution, df = parts["serial-correlation"], "chi2", (1,)
        pvalue = float(scipy.stats.chi2.sf(statistic, 1))
    elif alternative == "two-sided":
        statistic, distribution, df = parts["random-effects"] ** 2, "chi2", (1,)
        pvalue = float(scipy.stats.chi2.sf(statistic, 1))
    else:
        statistic, distribution, df = parts["random-effects"], "N", ()
        pvalue = float(scipy.stats.norm.sf(statistic))
    null, against, rejected, kept = words
    return TestResult(
        name={
            "joint": "Baltagi-Li joint test",
            "serial-correlation": "Bera-Sosa-Escudero-Yoon test for serial correlation",
            "random-effects": "Bera-Sosa-Escudero-Yoon test for random effects",
        }[test],
        statistic=statistic,
        distribution=distribution,
        df=df,
        pvalue=pvalue,
        null=null,
        alternative=against,
        variant=f"{form} form, {'balanced' if sample.balanced else 'unbalanced'}",
        verdict=decide(pvalue, rejected, kept),
        details=parts,
        warnings=warn_of_gaps(sample, lags),
        reference="Bera, Sosa-Escudero and Yoon (2001), J. Econometrics 101; Sosa-Escudero and "
        "Bera (2008), Stata Journal 8(1); Baltagi and Li (1991)",
    )


def _wording_of(test: str, alternative: str | None) -> tuple[str, str, str, str]:
    words = {
        "joint": (
            "no random effects and no serial correlation",
            "random effects or serial correlation",
            "random effects, serial correlation or both are present",
            "neither random effects nor serial correlation is detected",
        ),
        "serial-correlation": (
            SERIAL_NULL + ", whether or not there are (small) random effects",
            SERIAL_ALTERNATIVE,
            SERIAL_REJECTED,
            SERIAL_KEPT,
        ),
        "random-effects": (
            "no random effects, whether or not there is (small) serial correlation",
            "random effects",
            "random effects are present beside any serial correlation",
            "random effects are not detected",
        ),
    }
    if test not in words:
        raise DiagnosticError(f"unknown test {test!r}; one of {', '.join(words)}")
    if alternative not in (None, "one-sided", "two-sided"):
        raise DiagnosticError(
            f"alternative must be 'one-sided' or 'two-sided', not {alternative!r}"
        )
    if alternative == "one-sided" and test != "random-effects":
        raise DiagnosticError(f"the {test} form has no one-sided alternative")
    return words[test]


def _statistics_and_parts(sample: PanelSample, form: str, lags: str, test: str) -> dict[str, float]:
    u, n, N = sample.resid, sample.n, sample.n_entities
    M = float(np.sum(sample.lengths.astype(float) ** 2))
    spread = M - 3 * n + 2 * N
    if spread <= 0:
        raise DiagnosticError(f"{test} needs entities observed in at least three periods")
    now, before = rows_with_lag(sample, lags)
    if now.size == 0:
        raise DiagnosticError(f"{test} needs entities observed in consecutive periods")
    A = 1.0 - float(np.sum(np.bincount(sample.entity, weights=u) ** 2) / (u @ u))
    later = np.r_[False, sample.entity[1:] == sample.entity[:-1]]
    squares = float(u @ u) if form == "article" else float(u[later] @ u[later])
    if squares <= ROUNDING * float(u @ u):
        raise DiagnosticError(f"{test} needs residuals that differ from zero after the first row")
    B = float(u[now] @ u[before]) / squares
    robust = (B + (n - N) / (M - n) * A) ** 2
    return {
        "random-effects": -n * (A + 2 * B) / np.sqrt(2 * spread),
        "serial-correlation": n**2 * (M - n) / ((n - N) * spread) * robust,
        "joint": n**2 * ((A**2 + 4 * A * B + 4 * B**2) / (2 * spread) + B**2 / (n - N)),
        "A": A,
        "B": B,
        "M": M,
        "n": n,
        "N": N,
    }
