"""Statistics beneath the coefficients: definitions, names of other programs, dashes."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from regressions import RegressionTable, TableContentError, fit, goodness
from regressions.tables.statistics import statistic_name


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(23)
    index = pd.MultiIndex.from_product([range(20), range(2000, 2008)], names=["id", "year"])
    frame = pd.DataFrame(rng.normal(size=(160, 3)), index=index, columns=["x", "z", "y"])
    frame["y"] += 0.3 * frame["x"] + np.repeat(rng.normal(size=20), 8)
    frame["w"] = rng.uniform(0.5, 2.0, 160)
    return frame


def wide(column):
    return pd.DataFrame(column.to_numpy().reshape(20, 8))


def printed(model, statistic, **options):
    table = RegressionTable([model], statistics={"asked": statistic}, digits=4, **options)
    return table.to_frame().loc["asked"].iloc[0]


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize(
    ("effects", "dummies"), [(None, ""), ("entity", " + C(id)"), ("twoway", " + C(id) + C(year)")]
)
def test_definitions_are_those_of_least_squares_with_dummies(data, effects, dummies, weights):
    options = {} if effects is None else {"estimator": "fixed", "effects": effects}
    model = fit("y ~ x + z", data, weights=weights, **options)
    flat = data.reset_index()
    formula = f"y ~ x + z{dummies}"
    if weights is None:
        plain = smf.ols(formula, flat).fit()
    else:
        plain = smf.wls(formula, flat, weights=flat["w"]).fit()
    expected = {
        "loglik": plain.llf,
        "aic": plain.aic,
        "bic": plain.bic,
        "sigma": np.sqrt(plain.mse_resid),
        "df_resid": plain.df_resid,
        "rss": plain.ssr,
    }
    if effects is None:
        expected |= {"rsquared": plain.rsquared, "rsquared_adj": plain.rsquared_adj}
    else:
        expected["rsquared_inclusive"] = plain.rsquared
    for name, value in expected.items():
        assert printed(model, name) == f"{value:,.4f}", name


def test_within_adjusted_counts_effects_in_both_sums_of_squares(data):
    """fixest's war2: 1 - (RSS / r) / (RSS without the slopes / (r + k))."""
    model = fit("y ~ x + z", data, estimator="fixed", effects="twoway")
    y = wide(data["y"])
    within = y.sub(y.mean(axis=1), axis=0) - y.mean(axis=0) + y.to_numpy().mean()
    r = 160 - 2 - (20 + 8 - 1)
    expected = 1 - (model.rss / r) / (float((within**2).to_numpy().sum()) / (r + 2))
    assert goodness.rsquared_within_adj(model) == pytest.approx(expected)
    plain = smf.ols("y ~ x + z + C(id) + C(year)", data.reset_index()).fit()
    assert model.df_resid == plain.df_resid == r


def test_first_difference_and_between_are_least_squares_of_their_equations(data):
    y, x = wide(data["y"]), wide(data["x"])
    frames = {
        "between": ("y ~ x", pd.DataFrame({"y": y.mean(axis=1), "x": x.mean(axis=1)})),
        "first-difference": (
            "y ~ x - 1",
            pd.DataFrame({"y": np.diff(y).ravel(), "x": np.diff(x).ravel()}),
        ),
    }
    for estimator, (formula, frame) in frames.items():
        plain = smf.ols(formula, frame).fit()
        model = fit("y ~ x", data, estimator=estimator)
        assert printed(model, "loglik") == f"{plain.llf:.4f}"
        assert printed(model, "bic") == f"{plain.bic:.4f}"


NAMES = {
    "rsquared_adj": ["r2_a", "adj.r.squared", "ar2", "Adjusted R-squared", "R2_adj"],
    "rsquared_within": ["r2_w", "r.squared.within", "wr2", "within R2"],
    "rsquared_within_adj": ["war2", "r2_a_within"],
    "rsquared_between": ["r2_b", "r.squared.between"],
    "rsquared_overall": ["r2_o", "r.squared.overall"],
    "rsquared": ["r2", "R-squared", "r.squared"],
    "loglik": ["ll", "logLik", "llf", "log_likelihood"],
    "aic": ["AIC"],
    "bic": ["BIC"],
    "f_statistic": ["F", "statistic", "fvalue"],
    "f_pvalue": ["p", "p.value"],
    "sigma": ["rmse", "RMSE"],
    "df_resid": ["df_r", "df.residual"],
    "df_model": ["df_m"],
    "n_entities": ["N_g", "n.entities"],
    "n_periods": ["n.periods"],
    "n_clusters": ["N_clust"],
    "nobs": ["N", "n", "obs"],
}


@pytest.mark.parametrize(("ours", "theirs"), NAMES.items())
def test_names_of_other_programs(data, ours, theirs):
    model = fit("y ~ x + z", data, estimator="fixed", cov="clustered")
    own = RegressionTable([model], statistics=[ours]).to_frame()
    for name in theirs:
        assert statistic_name(name) == ours
        pd.testing.assert_frame_equal(RegressionTable([model], statistics=[name]).to_frame(), own)


def test_a_statistic_agrees_with_glance(data):
    model = fit("y ~ x + z", data, estimator="fixed")
    line = model.glance().iloc[0]
    numbers = line.drop(["df", "estimator", "effects", "cov", "formula"])
    for column in numbers.index.drop(["nobs", "n.entities", "n.periods"]):
        assert printed(model, column) == f"{line[column]:.4f}", column


@pytest.mark.parametrize(
    ("estimator", "statistic"),
    [
        ("random", "loglik"), ("random", "aic"), ("mundlak", "bic"), ("pooled", "sigma_u"),
        ("pooled", "rsquared_within_adj"), ("pooled", "rsquared_inclusive"),
        ("pooled", "n_clusters"), ("fixed", "theta"), ("between", "rho"),
    ],
)  # fmt: skip
def test_what_a_model_does_not_have_is_a_dash(data, estimator, statistic):
    assert printed(fit("y ~ x", data, estimator=estimator), statistic) == "–"


@pytest.mark.parametrize(
    ("name", "hint"), [("r2_adjusted_within", ""), ("loglike", "'loglik'"), ("_wald", "")]
)
def test_unknown_names_get_a_suggestion(data, name, hint):
    with pytest.raises(TableContentError, match=f"no statistic {name!r}.*{hint}.*use one of nobs"):
        RegressionTable([fit("y ~ x", data)], statistics=[name])


def test_names_stand_in_the_language_of_the_table(data):
    table = RegressionTable([fit("y ~ x", data)], statistics=["r2_a", "ll"], language="zh")
    assert {"调整 R²", "对数似然值"} <= set(table.to_frame().index)
