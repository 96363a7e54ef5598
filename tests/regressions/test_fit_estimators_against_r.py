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


def fitted(reference, kind):
    formula = reference.formula
    if kind == "fd_noconst":
        # plm leaves out what the constant it then removes made collinear
        names = reference.answers["estimators"][kind]["coef"]
        formula = f"{formula.split('~')[0]} ~ {' + '.join(names)}"
    return regressions.fit(formula, reference.data, **CASES[kind])


@pytest.mark.parametrize("kind", CASES)
def test_coefficients_and_errors_are_those_of_plm(reference, agrees, kind):
    answer = reference.answers["estimators"].get(kind)
    if answer is None or answer.get("error"):
        pytest.skip(f"plm has no answer for {kind}")
    if kind == "fd_noconst" and reference.gaps:
        pytest.skip("plm differences adjacent rows across gaps; we never do")
    model = fitted(reference, kind)
    coef, se = renamed(answer["coef"]), renamed(answer["se"])
    shared = [name for name in coef if name in model.params.index]
    absorbed = set(model.dropped_regressors)
    assert set(coef) - set(shared) <= absorbed
    scale = np.array([max(abs(coef[n]), se[n]) for n in shared])
    agrees.number(model.params[shared], [coef[n] for n in shared], scale=scale)
    agrees.number(model.std_errors[shared], [se[n] for n in shared])
    assert model.nobs == answer["nobs"]


@pytest.mark.parametrize("kind", [c for c in CASES if c != "fd_noconst"])
def test_r_squared_and_degrees_of_freedom_are_those_of_plm(reference, agrees, kind):
    answer = reference.answers["estimators"].get(kind)
    if answer is None or answer.get("error"):
        pytest.skip(f"plm has no answer for {kind}")
    model = fitted(reference, kind)
    if reference.balanced or "random" not in kind:
        agrees.number(model.rsquared, answer["r_squared"], scale=1.0)
    else:
        why = "plm centres the quasi-demeaned data otherwise in unbalanced panels"
        agrees.number(model.rsquared, answer["r_squared"], 1e-3, scale=1.0, because=why)
    assert model.df_resid == answer["df_residual"]


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("pooling", "pool"),
        ("within_individual", "fe"),
        ("random_swar", "re"),
        ("between_individual", "be"),
    ],
)
def test_r_squared_in_the_definitions_of_stata(reference, agrees, kind, key):
    answer = reference.answers["r2_stata_style"][key]
    model = fitted(reference, kind)
    got = [model.rsquared_within, model.rsquared_between, model.rsquared_overall]
    expected = [answer["within"], answer["between"], answer["overall"]]
    agrees.number(got, expected)


@pytest.mark.parametrize("kind", ["random_swar", "random_time_swar"])
def test_variance_components_are_those_of_plm(reference, agrees, kind):
    answer = reference.answers["estimators"].get(kind)
    if answer is None or answer.get("error"):
        pytest.skip(f"plm has no answer for {kind}")
    model = fitted(reference, kind)
    sigma2 = answer["ercomp"]["sigma2"]
    effect = sigma2.get("id", sigma2.get("time"))
    agrees.number(model.sigma_e**2, sigma2["idios"])
    agrees.number(model.sigma_u**2, effect, scale=max(effect, sigma2["idios"]))
    if reference.balanced:
        theta = answer["ercomp"]["theta"]
        agrees.number(model.theta, np.broadcast_to(theta, model.theta.shape), scale=1.0)


def test_the_constant_of_fixed_effects_is_that_of_plm(reference, agrees):
    answer = reference.answers["within_intercept"]
    model = fitted(reference, "within_individual")
    agrees.number(model.params["Intercept"], answer["value"])


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
