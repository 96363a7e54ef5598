"""Hausman's contrast against R and in the cases where it goes wrong."""

import numpy as np
import pandas as pd
import pytest

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


def test_classic_hausman_agrees(case, agrees):
    answer = case.r("hausman_sigma")
    result = diagnostics.hausman(case.fixed, case.random)
    agrees.number(result.statistic, answer["plain"])
    assert result.df == (answer["df"],)
    indefinite = answer["min_eig"]["plain"] <= 0
    assert any("positive definite" in text for text in result.warnings) == indefinite


def test_classic_hausman_agrees_with_phtest_up_to_its_sign(case, agrees):
    answer = case.r("tests", "hausman_swar")
    result = diagnostics.hausman(case.fixed, case.random)
    if result.statistic > 0:
        agrees(result, answer)
    else:  # plm takes the absolute value
        agrees.number(-result.statistic, answer["statistic"])


@pytest.mark.parametrize("variant", ["sigmamore", "sigmaless"])
def test_common_variance_hausman_agrees(case, agrees, variant):
    answer = case.r("hausman_sigma")
    result = diagnostics.hausman(case.fixed, case.random, variant=variant)
    agrees.number(result.statistic, answer[variant])
    assert result.df == (answer["df"],)


def test_hausman_of_time_effects_agrees(case, agrees):
    answer = case.r("tests", "hausman_time_swar")
    result = diagnostics.hausman(case.fixed_time, case.random_time)
    agrees.number(abs(result.statistic), answer["statistic"])


@pytest.mark.parametrize(
    ("key", "cov", "small_sample"),
    [
        ("hausman_aux_correct", "unadjusted", True),
        ("hausman_aux_vcovHC_correct", "clustered", False),
        ("mundlak_cluster_CR1", "clustered", True),
    ],
)
def test_auxiliary_hausman_agrees(case, agrees, key, cov, small_sample):
    answer = case.r("own_code_extra", key)
    result = diagnostics.hausman(
        case.fixed, case.random, variant="auxiliary", cov=cov, small_sample=small_sample
    )
    agrees.number(result.statistic, answer["chi2"])
    assert result.df == (answer["df"],)


def test_auxiliary_hausman_agrees_with_plm_where_plm_is_right(case, agrees):
    cautions = " ".join(case.answers["cautions"])
    if "hausman_aux" in cautions:
        pytest.skip("plm's own auxiliary regression is wrong here, see its cautions")
    result = diagnostics.hausman(case.fixed, case.random, variant="auxiliary")
    agrees(result, case.r("tests", "hausman_aux"))


def test_negative_statistic_keeps_its_sign_and_has_no_pvalue(make_panel):
    for seed in range(200):
        data = make_panel(12, 4, effect=0.4, seed=seed)
        fixed = fit("y ~ x + z", data, estimator="fixed", effects="entity")
        random = fit("y ~ x + z", data, estimator="random", effects="entity")
        result = diagnostics.hausman(fixed, random)
        if result.statistic < 0:
            break
    assert result.statistic < 0
    assert np.isnan(result.pvalue)
    assert any("negative" in text for text in result.warnings)
    assert any("positive definite" in text for text in result.warnings)
    assert "does not decide" in result.verdict
    assert diagnostics.hausman(fixed, random, variant="sigmamore").statistic > 0


def test_time_invariant_regressors_are_left_out_by_name(make_panel):
    data = make_panel(seed=2)
    fixed = fit("y ~ x + z", data, estimator="fixed", effects="entity")
    random = fit("y ~ x + z + fixed_trait", data, estimator="random", effects="entity")
    for variant in ("classic", "sigmamore", "sigmaless", "auxiliary"):
        result = diagnostics.hausman(fixed, random, variant=variant)
        assert result.df == (2,)
        assert any("fixed_trait" in text for text in result.warnings)


@pytest.mark.parametrize("variant", ["classic", "sigmamore", "sigmaless", "auxiliary"])
def test_a_regressor_that_only_the_random_model_has_is_refused(make_panel, variant):
    data = make_panel(seed=2)
    fixed = fit("y ~ x", data, estimator="fixed", effects="entity")
    random = fit("y ~ x + z", data, estimator="random", effects="entity")
    with pytest.raises(DiagnosticError, match="fixed-effects model lacks z, which varies within"):
        diagnostics.hausman(fixed, random, variant=variant)


def test_a_regressor_that_the_others_repeat_within_groups_may_be_left_out(make_panel):
    data = make_panel(seed=2).eval("shifted = x + fixed_trait")
    fixed = fit("y ~ x + z", data, estimator="fixed", effects="entity")
    random = fit("y ~ x + z + shifted", data, estimator="random", effects="entity")
    assert np.isfinite(diagnostics.hausman(fixed, random).statistic)


def test_period_dummies_of_a_balanced_panel_carry_no_contrast(make_panel):
    data = make_panel(seed=4)
    data["period"] = data.index.get_level_values(1)
    fixed = fit("y ~ x + z + C(period)", data, estimator="fixed", effects="entity")
    random = fit("y ~ x + z + C(period)", data, estimator="random", effects="entity")
    result = diagnostics.hausman(fixed, random)
    assert result.df == (2,)
    auxiliary = diagnostics.hausman(fixed, random, variant="auxiliary")
    assert auxiliary.df == (2,)
    sigmaless = diagnostics.hausman(fixed, random, variant="sigmaless")
    assert auxiliary.statistic == pytest.approx(sigmaless.statistic, rel=1e-8)


def test_unequal_samples_are_refused(make_panel):
    data = make_panel()
    fixed = fit("y ~ x", data, estimator="fixed", effects="entity")
    random = fit("y ~ x", data.iloc[6:], estimator="random", effects="entity")
    with pytest.raises(DiagnosticError, match="6 are only in the first and 0 only in the second"):
        diagnostics.hausman(fixed, random)


def test_another_dependent_variable_is_refused(make_panel):
    data = make_panel()
    data["other"] = data["y"] ** 2
    fixed = fit("y ~ x", data, estimator="fixed", effects="entity")
    random = fit("other ~ x", data, estimator="random", effects="entity")
    with pytest.raises(DiagnosticError, match="same dependent variable"):
        diagnostics.hausman(fixed, random)


def test_row_order_does_not_matter(make_panel):
    data = make_panel(drop=0.2, seed=9)
    shuffled = data.sample(frac=1, random_state=1)
    options = {"effects": "entity"}
    results = [
        diagnostics.hausman(
            fit("y ~ x + z", one, estimator="fixed", **options),
            fit("y ~ x + z", two, estimator="random", **options),
        ).statistic
        for one, two in ((data, data), (data, shuffled), (shuffled, data))
    ]
    assert results[1:] == pytest.approx(results[:1] * 2, rel=1e-10)


def test_wrong_models_are_refused(make_panel):
    data = make_panel()
    pooled = fit("y ~ x", data, estimator="pooled")
    fixed = fit("y ~ x", data, estimator="fixed", effects="entity")
    random = fit("y ~ x", data, estimator="random", effects="entity")
    with pytest.raises(DiagnosticError, match="fixed model; this one is 'pooled'"):
        diagnostics.hausman(pooled, random)
    with pytest.raises(DiagnosticError, match="random model; this one is 'fixed'"):
        diagnostics.hausman(random=fixed, fixed=fixed)
    with pytest.raises(DiagnosticError, match="not DataFrame"):
        diagnostics.hausman(data, random)
    with pytest.raises(DiagnosticError, match="same effects"):
        diagnostics.hausman(fit("y ~ x", data, estimator="fixed", effects="time"), random)
    with pytest.raises(DiagnosticError, match="unknown variant 'robust'"):
        diagnostics.hausman(fixed, random, variant="robust")
    with pytest.raises(DiagnosticError, match="use variant='auxiliary'"):
        diagnostics.hausman(fixed, random, cov="clustered")


def test_robust_standard_errors_are_replaced_and_said_so(make_panel):
    data = make_panel()
    plain = diagnostics.hausman(
        fit("y ~ x + z", data, estimator="fixed", effects="entity"),
        fit("y ~ x + z", data, estimator="random", effects="entity"),
    )
    robust = diagnostics.hausman(
        fit("y ~ x + z", data, estimator="fixed", effects="entity", cov="clustered"),
        fit("y ~ x + z", data, estimator="random", effects="entity", cov="clustered"),
    )
    assert robust.statistic == pytest.approx(plain.statistic, rel=1e-12)
    assert sum("conventional covariances" in text for text in robust.warnings) == 2


def test_coefficient_table_reports_both_models(make_panel):
    data = make_panel()
    fixed = fit("y ~ x + z", data, estimator="fixed", effects="entity")
    random = fit("y ~ x + z", data, estimator="random", effects="entity")
    table = diagnostics.hausman(fixed, random).details["coefficients"]
    pd.testing.assert_series_equal(
        table["fixed"], fixed.params[["x", "z"]], check_names=False, rtol=1e-9
    )
    pd.testing.assert_series_equal(
        table["random"], random.params[["x", "z"]], check_names=False, rtol=1e-9
    )
