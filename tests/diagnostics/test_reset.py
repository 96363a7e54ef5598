"""Functional form."""

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.diagnostic import linear_reset

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


@pytest.mark.parametrize("powers", [(2,), (2, 3), (2, 3, 4)])
def test_reset_agrees_with_statsmodels(case, powers):
    model = case.pooled
    expected = linear_reset(
        OLS(model.endog.to_numpy(), model.exog.to_numpy()).fit(),
        power=list(powers),
        test_type="fitted",
        use_f=True,
    )
    result = diagnostics.reset(model, powers=powers)
    # statsmodels adds raw powers of the fit, which are nearly collinear on these data
    assert result.statistic == pytest.approx(float(np.squeeze(expected.statistic)), rel=1e-3)
    assert result.df == (len(powers), model.nobs - model.exog.shape[1] - len(powers))


def test_reset_under_fixed_effects_equals_the_one_with_dummies(make_panel):
    data = make_panel(6, 10, drop=0.2)
    data["who"] = data.index.get_level_values(0)
    fixed = fit("y ~ x + z", data, estimator="fixed")
    index = data[["x", "z"]] @ fixed.params[["x", "z"]]
    data["square"] = index**2
    data["cube"] = index**3
    dummies = fit("y ~ x + z + square + cube + C(who)", data, estimator="pooled")
    result = diagnostics.reset(fixed)
    expected = dummies.joint_test(["square", "cube"])
    assert result.statistic == pytest.approx(expected.statistic, rel=1e-8)
    assert result.df == (expected.df, expected.df_denom)


def test_reset_finds_a_square_and_keeps_a_line(make_panel):
    data = make_panel(effect=0.5)
    for estimator in ("pooled", "fixed", "random"):
        assert diagnostics.reset(fit("y ~ x + z", data, estimator=estimator)).pvalue > 0.01
    data["y"] += data["x"] ** 2
    for estimator in ("pooled", "fixed", "random"):
        for cov in ("unadjusted", "robust", "clustered"):
            model = fit("y ~ x + z", data, estimator=estimator)
            assert diagnostics.reset(model, cov=cov).pvalue < 0.01


def test_clustered_reset_has_cluster_degrees_of_freedom(make_panel):
    model = fit("y ~ x + z", make_panel(), estimator="pooled")
    assert diagnostics.reset(model, cov="clustered").df == (2, 29)
    with pytest.raises(DiagnosticError, match="unknown covariance 'hac'"):
        diagnostics.reset(model, cov="hac")


def test_reset_refuses_what_it_cannot_do(make_panel):
    data = make_panel()
    data["dummy"] = (data["x"] > 0).astype(float)
    with pytest.raises(DiagnosticError, match="repeat the regressors"):
        diagnostics.reset(fit("y ~ dummy", data, estimator="pooled"))
    with pytest.raises(DiagnosticError, match="from 2 on"):
        diagnostics.reset(fit("y ~ x", data, estimator="pooled"), powers=(1, 2))
    with pytest.raises(DiagnosticError, match="at least one regressor"):
        diagnostics.reset(fit("y ~ 1", data, estimator="pooled"))


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("Driscoll_Kraay", "driscoll-kraay"),
        ("AC", "ac"),
        ("hc1", "HC1"),
        ("Unadjusted", "unadjusted"),
    ],
)
def test_the_spelling_of_a_covariance_changes_nothing(make_panel, spelled, name):
    model = fit("y ~ x + z", make_panel(12, 30), estimator="fixed")
    one, other = (diagnostics.reset(model, cov=cov) for cov in (spelled, name))
    assert one.statistic == other.statistic
    assert one.pvalue == other.pvalue
    assert diagnostics.mundlak(model_of_random(model), cov=spelled).statistic == (
        diagnostics.mundlak(model_of_random(model), cov=name).statistic
    )


def model_of_random(fixed):
    data = fixed.exog[["x", "z"]].assign(y=fixed.endog)
    return fit("y ~ x + z", data, estimator="random")
