"""The Breusch-Pagan test for heteroskedasticity."""

import numpy as np
import pandas as pd
import pytest

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


@pytest.mark.parametrize(
    ("key", "studentized"), [("bp_het_pool_koenker", True), ("bp_het_pool_classic", False)]
)
def test_breusch_pagan_agrees_with_bptest(case, agrees, key, studentized):
    agrees(diagnostics.breusch_pagan(case.pooled, studentized=studentized), case.r("tests", key))


def test_variance_that_grows_with_a_regressor_is_found(make_panel):
    data = make_panel(40, 8, effect=0.0)
    calm = fit("y ~ x", data, estimator="pooled")
    data["y"] += np.exp(data["x"]) * np.random.default_rng(3).normal(size=len(data))
    wild = fit("y ~ x", data, estimator="pooled")
    for test in (diagnostics.breusch_pagan, diagnostics.white):
        assert test(calm).pvalue > 0.05
        assert test(wild).pvalue < 0.001


def test_a_model_without_regressors_is_refused(make_panel):
    model = fit("y ~ 1", make_panel(), estimator="pooled")
    for test in (diagnostics.breusch_pagan, diagnostics.white):
        with pytest.raises(DiagnosticError, match="at least one regressor"):
            test(model)


@pytest.mark.parametrize(("entities", "periods"), [(2, 8), (10, 2)])
def test_squared_residuals_that_come_in_pairs_are_refused(entities, periods):
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([range(entities), range(periods)], names=["firm", "year"])
    data = pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=["x", "y"])
    model = fit("y ~ x", data, estimator="fixed", effects="twoway")
    with pytest.raises(DiagnosticError, match="unrelated to the regressors by construction"):
        diagnostics.breusch_pagan(model)
