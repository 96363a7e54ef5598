"""F test of fixed effects."""

import numpy as np
import pytest

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit


@pytest.mark.parametrize(
    ("key", "unrestricted", "restricted"),
    [
        ("F_individual", "fixed", "pooled"),
        ("F_time", "fixed_time", "pooled"),
        ("F_twoways", "fixed_twoway", "pooled"),
        ("F_twoways_vs_individual", "fixed_twoway", "fixed"),
        ("F_twoways_vs_time", "fixed_twoway", "fixed_time"),
    ],
)
def test_agrees_with_pftest(case, agrees, key, unrestricted, restricted):
    answer = case.r("tests", key)
    agrees(diagnostics.f_effects(getattr(case, unrestricted), getattr(case, restricted)), answer)


def test_default_is_linearmodels_f_pooled(case, agrees):
    for key, model in (("entity", case.fixed), ("twoways", case.fixed_twoway)):
        answer = case.r("linearmodels", "tests").get(f"f_pooled_{key}")
        if answer is None:
            continue
        result = diagnostics.f_effects(model)
        agrees.number(result.statistic, answer["statistic"])
        assert result.pvalue == pytest.approx(answer["p_value"], rel=1e-6, abs=1e-290)


def test_equals_the_f_test_of_dummies(make_panel):
    data = make_panel(6, 8, drop=0.2)
    data["who"] = data.index.get_level_values(0)
    dummies = fit("y ~ x + C(who)", data, estimator="pooled")
    wald = dummies.joint_test(["C(who)"])
    result = diagnostics.f_effects(fit("y ~ x", data, estimator="fixed", effects="entity"))
    assert result.statistic == pytest.approx(wald.statistic, rel=1e-9)
    assert result.df == (wald.df, wald.df_denom)


def test_absorbed_categories_are_tested_too(make_panel):
    data = make_panel(12, 6)
    data["region"] = np.repeat(np.arange(4), 18)
    result = diagnostics.f_effects(fit("y ~ x", data, estimator="fixed", effects="region"))
    assert result.df == (3, 72 - 4 - 1)


def test_unequal_samples_are_refused(make_panel):
    data = make_panel()
    fixed = fit("y ~ x", data, estimator="fixed", effects="entity")
    with pytest.raises(DiagnosticError, match="equal samples"):
        diagnostics.f_effects(fixed, fit("y ~ x", data.iloc[1:], estimator="pooled"))


def test_models_that_are_not_nested_are_refused(make_panel):
    data = make_panel()
    fixed = fit("y ~ x + z", data, estimator="fixed", effects="entity")
    with pytest.raises(DiagnosticError, match="lacks z"):
        diagnostics.f_effects(fixed, fit("y ~ x", data, estimator="pooled"))
    with pytest.raises(DiagnosticError, match="not nested"):
        diagnostics.f_effects(fixed, fit("y ~ x + z", data, estimator="fixed", effects="time"))
    with pytest.raises(DiagnosticError, match="fixed model; this one is 'pooled'"):
        diagnostics.f_effects(fit("y ~ x", data, estimator="pooled"))


def test_singletons_and_robust_errors_are_warned_of(make_panel):
    data = make_panel(10, 4).iloc[3:]
    with pytest.warns(UserWarning, match="observed once"):
        fixed = fit("y ~ x", data, estimator="fixed", effects="entity", cov="robust")
    texts = " ".join(diagnostics.f_effects(fixed).warnings)
    assert "1 entities are observed once" in texts
    assert "homoskedastic" in texts
