"""Normality of the errors."""

import numpy as np
import pytest
from statsmodels.stats.stattools import jarque_bera

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


def test_jarque_bera_agrees_with_statsmodels(case):
    expected = jarque_bera(case.pooled.resids.to_numpy())
    result = diagnostics.jarque_bera(case.pooled)
    assert result.statistic == pytest.approx(expected[0], rel=1e-9)
    assert result.details["skewness"] == pytest.approx(expected[2], rel=1e-9)
    assert result.details["kurtosis"] == pytest.approx(expected[3], rel=1e-9)


def test_jarque_bera_finds_fat_tails(make_panel):
    data = make_panel(50, 8, effect=0.0)
    assert diagnostics.jarque_bera(fit("y ~ x + z", data)).pvalue > 0.01
    data["y"] += np.random.default_rng(0).standard_t(2, size=400)
    assert diagnostics.jarque_bera(fit("y ~ x + z", data)).pvalue < 1e-10


def test_an_exact_fit_is_refused(make_panel):
    data = make_panel()
    data["y"] = 1 + 2 * data["x"]
    with pytest.raises(DiagnosticError, match="fits exactly"):
        diagnostics.jarque_bera(fit("y ~ x", data, estimator="pooled"))
    fixed = fit("y ~ x", data, estimator="fixed")
    with pytest.raises(DiagnosticError, match="fits exactly"):
        diagnostics.f_effects(fixed)
    assert set(diagnostics.battery(fixed).results) == {
        "Largest VIF, within",
        "Largest VIF",
        "Condition number",
    }
