"""Coefficients, standard errors and R-squared of every estimator against plm."""

import numpy as np
import pytest

import regressions

pytestmark = pytest.mark.filterwarnings("ignore::regressions.SampleWarning")

CASES = {
    "pooling": {},
    "within_individual": {"estimator": "fixed", "drop_absorbed": True},
    "within_time": {"estimator": "fixed", "effects": "time", "drop_absorbed": True},
    "within_twoways": {"estimator": "fixed", "effects": "twoway", "drop_absorbed": True},
    "between_individual": {"estimator": "between"},
    "between_time": {"estimator": "between", "effects": "time", "drop_absorbed": True},
    "fd_noconst": {"estimator": "first-difference", "drop_absorbed": True},
    "random_swar": {"estimator": "random", "small_sample": True},
    "random_time_swar": {"estimator": "random", "effects": "time", "small_sample": True},
}


def renamed(values):
    return {name.replace("(Intercept)", "Intercept"): value for name, value in values.items()}


def fitted(reference, case):
    formula = reference.formula
    if case == "fd_noconst":
        # plm leaves out what the constant it then removes made collinear
        names = reference.answers["estimators"][case]["coef"]
        formula = f"{formula.split('~')[0]} ~ {' + '.join(names)}"
    return regressions.fit(formula, reference.data, **CASES[case])


@pytest.mark.parametrize("case", CASES)
def test_coefficients_and_errors_are_those_of_plm(reference, case):
    answer = reference.answers["estimators"].get(case)
    if answer is None or answer.get("error"):
        pytest.skip(f"plm has no answer for {case}")
    if case == "fd_noconst" and reference.gaps:
        pytest.skip("plm differences adjacent rows across gaps; we never do")
    model = fitted(reference, case)
    coef, se = renamed(answer["coef"]), renamed(answer["se"])
    shared = [name for name in coef if name in model.params.index]
    absorbed = set(model.dropped_regressors)
    assert set(coef) - set(shared) <= absorbed
    scale = np.array([max(abs(coef[n]), se[n]) for n in shared])
    np.testing.assert_allclose(
        model.params[shared] / scale, np.array([coef[n] for n in shared]) / scale,
        rtol=0, atol=1e-8,
    )  # fmt: skip
    np.testing.assert_allclose(model.std_errors[shared], [se[n] for n in shared], rtol=1e-8)
    assert model.nobs == answer["nobs"]


@pytest.mark.parametrize("case", [c for c in CASES if c != "fd_noconst"])
def test_r_squared_and_degrees_of_freedom_are_those_of_plm(reference, case):
    answer = reference.answers["estimators"].get(case)
    if answer is None or answer.get("error"):
        pytest.skip(f"plm has no answer for {case}")
    model = fitted(reference, case)
    # plm centres the quasi-demeaned data otherwise in unbalanced panels
    tolerance = 1e-9 if reference.balanced or "random" not in case else 1e-3
    assert model.rsquared == pytest.approx(answer["r_squared"], abs=tolerance)
    assert model.df_resid == answer["df_residual"]


@pytest.mark.parametrize(
    ("case", "key"),
    [
        ("pooling", "pool"),
        ("within_individual", "fe"),
        ("random_swar", "re"),
        ("between_individual", "be"),
    ],
)
def test_r_squared_in_the_definitions_of_stata(reference, case, key):
    answer = reference.answers["r2_stata_style"][key]
    model = fitted(reference, case)
    got = [model.rsquared_within, model.rsquared_between, model.rsquared_overall]
    expected = [answer["within"], answer["between"], answer["overall"]]
    np.testing.assert_allclose(got, expected, rtol=1e-8)


@pytest.mark.parametrize("case", ["random_swar", "random_time_swar"])
def test_variance_components_are_those_of_plm(reference, case):
    answer = reference.answers["estimators"].get(case)
    if answer is None or answer.get("error"):
        pytest.skip(f"plm has no answer for {case}")
    model = fitted(reference, case)
    sigma2 = answer["ercomp"]["sigma2"]
    assert model.sigma_e**2 == pytest.approx(sigma2["idios"], rel=1e-8)
    effect = sigma2.get("id", sigma2.get("time"))
    assert model.sigma_u**2 == pytest.approx(effect, rel=1e-7, abs=1e-9 * sigma2["idios"])
    if reference.balanced:
        theta = answer["ercomp"]["theta"]
        np.testing.assert_allclose(model.theta, theta, rtol=1e-8, atol=1e-12)


def test_the_constant_of_fixed_effects_is_the_mean_of_the_effects(reference):
    answer = reference.answers["within_intercept"]
    model = fitted(reference, "within_individual")
    assert model.params["Intercept"] == pytest.approx(answer["value"], rel=1e-8)


def test_mundlak_slopes_are_the_within_slopes(reference):
    model = regressions.fit(reference.formula, reference.data, estimator="mundlak")
    fixed = fitted(reference, "within_individual")
    means = [name for name in model.params.index if name.startswith("mean(")]
    assert [f"mean({name})" for name in fixed.slopes] == means
    scale = fixed.params[fixed.slopes].abs() + fixed.std_errors[fixed.slopes]
    difference = (model.params[fixed.slopes] - fixed.params[fixed.slopes]) / scale
    assert difference.abs().max() < 1e-8


def test_time_effects_absorbed_as_a_categorical_column_are_time_effects(reference):
    data = reference.data.assign(when=reference.data.index.get_level_values(1).astype(str))
    options = {"estimator": "fixed", "drop_absorbed": True}
    by_column = regressions.fit(reference.formula, data, effects=["entity", "when"], **options)
    twoway = regressions.fit(reference.formula, data, effects="twoway", **options)
    np.testing.assert_allclose(by_column.params, twoway.params, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(by_column.std_errors, twoway.std_errors, rtol=1e-8)
    assert by_column.effects == "entity + when"
