"""Panel Durbin-Watson statistics."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from diagnostics.errors import DiagnosticError
from diagnostics.registry import specification_test
from diagnostics.result import TestResult
from diagnostics.sample import ROUNDING, PanelSample, panel_sample, same_entity_as_previous
from diagnostics.serial.wording import SERIAL_ALTERNATIVE, SERIAL_NULL
from diagnostics.transformation import Floats
from diagnostics.transformed_equation import within_equation

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = ["durbin_watson"]


@specification_test()
def durbin_watson(model: FittedModel, *, kind: str = "bhargava") -> TestResult:
    r"""Panel Durbin-Watson statistics of fixed-effects residuals.

    "bhargava" is the Bhargava-Franzini-Narendranathan statistic
    :math:`\sum (e_t - e_{t-1})^2 / \sum e^2` over consecutive periods, plus e² after each gap
    (Baltagi and Wu's modification); "lbi" is their locally best invariant statistic, which adds
    e² before each gap and at both ends of each entity. Values near 2 mean no serial correlation,
    smaller ones positive correlation.

    Parameters
    ----------
    model : regressions.FittedModel
        Fixed-effects (entity) or random-effects model; the within residuals are used.
    kind : {"bhargava", "lbi"}
        Statistic.

    Returns
    -------
    TestResult
        Without a p-value: the critical values are tabulated by N and T.

    Raises
    ------
    DiagnosticError
        If the model has no entity effects, is weighted, or the kind is unknown.

    Examples
    --------
    >>> from diagnostics.example import example_panel
    >>> from regressions import fit
    >>> data = example_panel()
    >>> model = fit("y ~ x", data, estimator="fixed", effects="entity")
    >>> 1.5 < durbin_watson(model).statistic < 2.5
    True
    """
    test = "the panel Durbin-Watson statistic"
    if kind not in ("bhargava", "lbi"):
        raise DiagnosticError(f"kind must be 'bhargava' or 'lbi', not {kind!r}")
    sample = panel_sample(model, test, estimators=("fixed", "random"))
    if model.effects != "entity":
        raise DiagnosticError(f"{test} needs entity effects, not {model.effects!r}")
    e = _demean_residuals(sample, test)
    same = same_entity_as_previous(sample.entity)
    next_to = same & (np.diff(sample.position) == 1)
    total = float(e @ e)
    if total <= ROUNDING * float(sample.y @ sample.y):
        raise DiagnosticError(f"{test} needs residuals; the within equation fits exactly")
    if not next_to.any() or sample.lengths.max() < 3:
        raise DiagnosticError(
            f"{test} needs entities of three periods or more, some of them consecutive: of two "
            "periods it is the same whatever the errors"
        )
    after_gap = e[1:][same & ~next_to]
    statistic = float(np.sum(np.diff(e)[next_to] ** 2) + after_gap @ after_gap) / total
    if kind == "lbi":
        before_gap, first, last = (
            e[:-1][same & ~next_to],
            e[np.r_[True, ~same]],
            e[np.r_[~same, True]],
        )
        statistic += float(before_gap @ before_gap + first @ first + last @ last) / total
    return TestResult(
        name="Panel Durbin-Watson" if kind == "bhargava" else "Baltagi-Wu LBI",
        statistic=statistic,
        distribution="nonstandard",
        df=(),
        pvalue=float("nan"),
        null=SERIAL_NULL,
        alternative=SERIAL_ALTERNATIVE,
        variant="Bhargava-Franzini-Narendranathan, modified for gaps"
        if kind == "bhargava"
        else "locally best invariant",
        verdict=f"{statistic:.3g}, where 2 means no first-order correlation; critical values are "
        "tabulated by N and T in Bhargava, Franzini and Narendranathan (1982).",
        warnings=sample.calendar.doubts,
        reference="Bhargava, Franzini and Narendranathan (1982), Rev. Econ. Studies 49; "
        "Baltagi and Wu (1999), Econometric Theory 15",
    )


def _demean_residuals(sample: PanelSample, test: str) -> Floats:
    return within_equation(replace(sample, effects=(sample.entity,)), test).fit.resid
