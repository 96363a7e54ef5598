"""Error variances that differ between entities."""

import numpy as np
import pytest

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


def test_modified_wald_agrees_with_xttest3(case, agrees):
    agrees(diagnostics.modified_wald(case.fixed), case.r("tests", "modified_wald_fe"))


def test_entities_with_their_own_variance_are_found(make_panel):
    data = make_panel(10, 30)
    data["y"] += np.repeat(np.arange(10), 30) * np.random.default_rng(3).normal(size=300)
    result = diagnostics.modified_wald(fit("y ~ x", data, estimator="fixed"))
    assert result.pvalue < 1e-6
    assert result.details["lowest_variance"] < result.details["highest_variance"] / 10


def test_entities_without_variance_are_left_out_by_name(make_panel):
    data = make_panel(10, 20)
    keep = np.ones(200, dtype=bool)
    keep[1:20] = False  # e000 once
    keep[22:40] = False  # e001 twice: its two squared residuals are equal
    with pytest.warns(UserWarning, match="observed once"):
        model = fit("y ~ x", data[keep], estimator="fixed")
    result = diagnostics.modified_wald(model)
    assert result.df == (8,)
    assert "e000, e001" in result.warnings[0]
    assert np.isfinite(result.statistic)


def test_too_few_entities_are_refused(make_panel):
    model = fit("y ~ x", make_panel(6, 2), estimator="fixed")
    with pytest.raises(DiagnosticError, match="three periods or more"):
        diagnostics.modified_wald(model)
    with pytest.raises(DiagnosticError, match="fixed model"):
        diagnostics.modified_wald(fit("y ~ x", make_panel(), estimator="pooled"))
