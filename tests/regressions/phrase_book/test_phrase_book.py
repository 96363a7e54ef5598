"""Every line of the phrase book (docs/regressions.md): R's answers, Stata's documented formulas.

`answers.json` is what `phrase_book.R` (beside it) printed on `panel.csv`, balanced and ragged.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import diagnostics
import regressions

HERE = Path(__file__).parent
ANSWERS = json.loads((HERE / "answers.json").read_text())
FORMULA = "y ~ x + z"
pytestmark = pytest.mark.filterwarnings("ignore::regressions.RegressionWarning")


def read_panel(shape: str) -> pd.DataFrame:
    data = pd.read_csv(HERE / "panel.csv").set_index(["id", "year"])
    return data if shape == "balanced" else data[data["kept"] == 1]


def fit(data: pd.DataFrame, formula: str = FORMULA, **options: Any) -> regressions.FittedModel:
    return regressions.fit(formula, data, **options)


def fixed(data: pd.DataFrame, **options: Any) -> regressions.FittedModel:
    return fit(data, estimator="fixed", **options)


def random(data: pd.DataFrame) -> regressions.FittedModel:
    return fit(data, estimator="random", small_sample=True)


def coefficients(model: regressions.FittedModel, answer: Mapping[str, Any]) -> None:
    """Compare coefficients and standard errors, under R's names."""
    names = {"Intercept": "(Intercept)"}
    for mine, hers in ((model.params, "b"), (model.std_errors, "se")):
        for name, value in answer.get(hers, {}).items():
            own = next((n for n in mine.index if names.get(n, n) == name), None)
            if own is not None:
                assert mine[own] == pytest.approx(value, rel=1e-8), (name, hers)
    assert len(set(answer.get("b", answer.get("se", {}))) & {"x", "z"}) >= 1


def test_result(result: Any, answer: Mapping[str, Any], **changed: float) -> None:
    """Compare a statistic and its p-value."""
    statistic = changed.get("statistic", answer["statistic"])
    assert result.statistic == pytest.approx(statistic, rel=1e-7)
    p = changed.get("p", answer["p"])
    assert result.pvalue == pytest.approx(p, rel=1e-6, abs=1e-14)


test_result.__test__ = False


# One entry a line of R's column: what our spelling gives, held against R's answer.
R_LINES: dict[str, Callable[[pd.DataFrame, Any], None]] = {
    "pooling": lambda d, r: coefficients(fit(d), r),
    "within": lambda d, r: coefficients(fixed(d), r),
    "within_twoways": lambda d, r: coefficients(fixed(d, effects="twoway"), r),
    "feols_region": lambda d, r: coefficients(fixed(d, effects="region"), r),
    "random": lambda d, r: coefficients(random(d), r),
    "between": lambda d, r: coefficients(fit(d, estimator="between"), r),
    "mundlak": lambda d, r: np.testing.assert_allclose(
        fit(d, estimator="mundlak").params[["x", "z", "mean(x)", "mean(z)"]],
        [r["b"][name] for name in ("x", "z", "mx", "mz")],
    ),
    "fd": lambda d, r: coefficients(fit(d, estimator="first-difference"), r),
    "lag_diff_factor": lambda d, r: np.testing.assert_allclose(
        fit(d, "y ~ lag(x) + diff(z) + C(region)").params, list(r["b"].values()), rtol=1e-9
    ),
    "vcovHC_pool": lambda d, r: coefficients(fit(d, cov="robust"), r),
    "vcovHC0_pool": lambda d, r: coefficients(fit(d, cov="HC0"), r),
    "vcovHC2_pool": lambda d, r: coefficients(fit(d, cov="HC2"), r),
    "vcovHC3_pool": lambda d, r: coefficients(fit(d, cov="HC3"), r),
    "vcovHC_within_white1": lambda d, r: coefficients(fixed(d, cov="HC0"), r),
    "vcovHC3_within_dummies": lambda d, r: coefficients(fixed(d, cov="HC3"), r),
    "arellano_within_hc0": lambda d, r: coefficients(
        fixed(d, cov="clustered", debiased=False, group_debias=False, count_effects=False), r
    ),
    "arellano_pool": lambda d, r: coefficients(fit(d, cov="clustered"), r),
    "arellano_pool_time": lambda d, r: coefficients(fit(d, cov="clustered", clusters="time"), r),
    "dummies_cl": lambda d, r: coefficients(fixed(d, effects="time", cov="clustered"), r),
    "double_pool": lambda d, r: coefficients(
        fit(
            d,
            cov="clustered",
            clusters=["entity", "time"],
            debiased=False,
            group_debias=False,
        ),
        r,
    ),
    "cr2_within": lambda d, r: (
        coefficients(fixed(d, cov="CR2"), r),
        np.testing.assert_allclose(
            fixed(d, cov="CR2").df_by_param[["x", "z"]], [r["df"]["x"], r["df"]["z"]], rtol=1e-7
        ),
    )[0],
    "cr3_pool": lambda d, r: coefficients(fit(d, cov="CR3"), r),
    "scc_pool": lambda d, r: coefficients(
        fit(d, cov="driscoll-kraay", bandwidth=2, debiased=False), r
    ),
    "scc_within": lambda d, r: coefficients(
        fixed(d, cov="driscoll-kraay", bandwidth=2, debiased=False, count_effects=False), r
    ),
    "nw_pool": lambda d, r: coefficients(fit(d, cov="ac", bandwidth=2, debiased=False), r),
    "phtest": lambda d, r: test_result(diagnostics.hausman(fixed(d), random(d)), r),
    "phtest_aux": lambda d, r: test_result(
        diagnostics.hausman(fixed(d), random(d), variant="auxiliary", cov="unadjusted"), r
    ),
    "plmtest_bp": lambda d, r: test_result(
        diagnostics.lm_effects(fit(d), "entity"), r, p=r["p"] / 2
    ),
    "plmtest_honda": lambda d, r: test_result(diagnostics.lm_effects(fit(d), "entity", "honda"), r),
    "plmtest_kw": lambda d, r: test_result(diagnostics.lm_effects(fit(d), "twoway", "king-wu"), r),
    "plmtest_ghm": lambda d, r: test_result(diagnostics.lm_effects(fit(d), "twoway", "ghm"), r),
    "pFtest": lambda d, r: test_result(diagnostics.f_effects(fixed(d)), r),
    "pFtest_twoways": lambda d, r: test_result(
        diagnostics.f_effects(fixed(d, effects="twoway")), r
    ),
    "pooltest": lambda d, r: test_result(diagnostics.poolability(fixed(d)), r),
    "pooltest_pooling": lambda d, r: test_result(diagnostics.poolability(fit(d)), r),
    "pwtest": lambda d, r: test_result(diagnostics.unobserved_effect(fit(d)), r),
    "pwartest": lambda d, r: test_result(diagnostics.wooldridge_within(fixed(d)), r),
    "pwfdtest_fd": lambda d, r: test_result(
        diagnostics.wooldridge_differenced(fit(d), null="differenced"), r
    ),
    "pwfdtest_fe": lambda d, r: test_result(diagnostics.wooldridge_differenced(fit(d)), r),
    "pbgtest": lambda d, r: test_result(diagnostics.breusch_godfrey(fixed(d), starts="stacked"), r),
    "pbnftest": lambda d, r: np.testing.assert_allclose(
        diagnostics.durbin_watson(fixed(d)).statistic, r["statistic"], rtol=1e-9
    ),
    "pbltest": lambda d, r: test_result(diagnostics.baltagi_li(random(d)), r),
    "pbsytest_j": lambda d, r: test_result(diagnostics.bera_sosa_escudero_yoon(fit(d)), r),
    "pbsytest_ar": lambda d, r: test_result(
        diagnostics.bera_sosa_escudero_yoon(fit(d), "serial-correlation"), r
    ),
    "pbsytest_re": lambda d, r: test_result(
        diagnostics.bera_sosa_escudero_yoon(fit(d), "random-effects"), r
    ),
    "pcdtest_cd": lambda d, r: test_result(diagnostics.cross_section_dependence(fixed(d)), r),
    "pcdtest_lm": lambda d, r: test_result(diagnostics.cross_section_dependence(fixed(d), "lm"), r),
    "pcdtest_sclm": lambda d, r: test_result(
        diagnostics.cross_section_dependence(fixed(d), "scaled-lm"), r
    ),
    "bptest": lambda d, r: test_result(diagnostics.breusch_pagan(fit(d)), r),
    "bptest_unstudentised": lambda d, r: test_result(
        diagnostics.breusch_pagan(fit(d), studentized=False), r
    ),
    "bptest_white": lambda d, r: test_result(diagnostics.white(fit(d)), r),
    "resettest": lambda d, r: test_result(diagnostics.reset(fit(d)), r),
    "vif": lambda d, r: np.testing.assert_allclose(
        diagnostics.vif(fit(d)).values[["x", "z"]], [r["x"], r["z"]]
    ),
    "linearHypothesis": lambda d, r: test_result(fit(d).joint_test(["x", "z"]), r),
    "linearHypothesis_value": lambda d, r: test_result(fit(d).wald_test("x + z = 0.5"), r),
    "anova": lambda d, r: np.testing.assert_allclose(
        regressions.compare_nested([fit(d, "y ~ x"), fit(d)])["statistic"].iloc[-1], r["statistic"]
    ),
    "split": lambda d, r: coefficients(
        next(iter(regressions.fit_split(FORMULA, d, "region"))), r["north"]
    ),
    "purtest_ips": lambda d, r: test_result(
        diagnostics.panel_unit_root(d["z"], "ips", lags=1, df_correction=False), r
    ),
    "deltaMethod": lambda d, r: np.testing.assert_allclose(
        fit(d).wald_test("x*z = 0").statistic, (r["estimate"] / r["se"]) ** 2, rtol=1e-7
    ),
}

# Where R has an answer that we do not give: why. The docs say so where a user looks.
OTHER_ANSWERS = {
    ("phtest_aux", "unbalanced"): "plm takes 1, not 1 - theta, as the constant",
    ("pwartest", "unbalanced"): "plm takes the number of periods for every entity's T",
    ("pbltest", "unbalanced"): "defined for balanced panels only; plm takes T = n / N",
    ("mundlak", "unbalanced"): "plm finds its between regression singular",
}


@pytest.mark.parametrize("shape", ["balanced", "unbalanced"])
@pytest.mark.parametrize("line", R_LINES)
def test_line_of_r(line, shape):
    if (line, shape) in OTHER_ANSWERS:
        pytest.skip(OTHER_ANSWERS[line, shape])
    R_LINES[line](read_panel(shape), ANSWERS[shape][line])


# Stata was not run: its manuals' formulas, written out with numpy.


def design(data: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return np.column_stack([np.ones(len(data)), data["x"], data["z"]]), data["y"].to_numpy()


def demean(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Group means out, grand means back in: what xtreg, fe does."""
    frame = pd.DataFrame(values)
    return (frame - frame.groupby(groups).transform("mean") + frame.mean()).to_numpy()


def cluster_sandwich(x: np.ndarray, e: np.ndarray, groups: np.ndarray, factor: float) -> np.ndarray:
    scores = pd.DataFrame(x * e[:, None]).groupby(groups).sum().to_numpy()
    bread = np.linalg.inv(x.T @ x)
    return np.sqrt(np.diag(factor * bread @ scores.T @ scores @ bread))


@pytest.mark.parametrize("shape", ["balanced", "unbalanced"])
class TestLineOfStata:
    """One test a line of Stata's column whose formula R does not share."""

    def test_xtreg_fe_vce_cluster_and_vce_robust(self, shape):
        """xtreg, fe robust clusters by the panel variable: G/(G-1) (n-1)/(n-k), k without u_i."""
        data = read_panel(shape)
        x, y = design(data)
        ids = data.index.get_level_values(0).to_numpy()
        within = demean(np.column_stack([y, x]), ids)
        y, x = within[:, 0], within[:, 1:]
        e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        n, groups = len(y), len(np.unique(ids))
        right = cluster_sandwich(x, e, ids, groups / (groups - 1) * (n - 1) / (n - 3))
        model = fixed(data, cov="clustered")
        np.testing.assert_allclose(model.std_errors, right, rtol=1e-9)
        assert model.df_inference == groups - 1

    def test_xtreg_i_year_fe_vce_cluster(self, shape):
        """Year dummies count as regressors, nested entity effects do not."""
        data = read_panel(shape)
        years = pd.get_dummies(data.index.get_level_values(1), drop_first=True).to_numpy(float)
        x, y = design(data)
        ids = data.index.get_level_values(0).to_numpy()
        within = demean(np.column_stack([y, x, years]), ids)
        y, x = within[:, 0], within[:, 1:]
        e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        n, k, groups = len(y), x.shape[1], len(np.unique(ids))
        right = cluster_sandwich(x, e, ids, groups / (groups - 1) * (n - 1) / (n - k))
        model = fixed(data, effects="twoway", cov="clustered")
        np.testing.assert_allclose(model.std_errors[["x", "z"]], right[1:3], rtol=1e-8)

    def test_xtscc(self, shape):
        """Driscoll-Kraay: Bartlett sum of the periods' scores; here with n / (n - k)."""
        data = read_panel(shape)
        x, y = design(data)
        e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        h = pd.DataFrame(x * e[:, None]).groupby(data.index.get_level_values(1)).sum().to_numpy()
        meat = h.T @ h
        for lag in (1, 2):
            cross = h[lag:].T @ h[:-lag]
            meat += (1 - lag / 3) * (cross + cross.T)
        bread = np.linalg.inv(x.T @ x)
        right = np.sqrt(np.diag(bread @ meat @ bread) * len(y) / (len(y) - 3))
        model = fit(data, cov="driscoll-kraay", bandwidth=2)
        np.testing.assert_allclose(model.std_errors, right, rtol=1e-9)
        assert model.df_inference == data.index.get_level_values(1).nunique() - 1

    def test_xttest0(self, shape):
        """Baltagi-Li LM for unbalanced panels; chibar2(01), so p is half of chi2(1)'s."""
        data = read_panel(shape)
        x, y = design(data)
        e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        own = pd.Series(e).groupby(data.index.get_level_values(0))
        sizes, n = own.size(), len(e)
        a = 1 - (own.sum() ** 2).sum() / (e @ e)
        right = n**2 / 2 * a**2 / ((sizes**2).sum() - n)
        result = diagnostics.lm_effects(fit(data))
        assert result.statistic == pytest.approx(right)
        assert result.pvalue == pytest.approx(stats.chi2.sf(right, 1) / 2)

    def test_xttest3(self, shape):
        """Greene's modified Wald statistic, as xttest3.ado computes it."""
        data = read_panel(shape)
        model = fixed(data)
        by_id = pd.Series(model.resids.to_numpy()).groupby(model.resids.index.get_level_values(0))
        pooled = float((model.resids**2).mean())
        w = 0.0
        for _, u in by_id:
            own = float((u**2).mean())
            spread = ((u**2 - own) ** 2).sum() / (len(u) * (len(u) - 1))
            w += (own - pooled) ** 2 / spread
        assert diagnostics.modified_wald(model).statistic == pytest.approx(w)

    def test_xtserial(self, shape):
        """Residuals of first differences on their lag, clustered; F of slope = -1/2."""
        data = read_panel(shape)
        d = data[["y", "x", "z"]].groupby(level=0).diff().dropna()
        x, y = d[["x", "z"]].to_numpy(), d["y"].to_numpy()
        e = pd.Series(y - x @ np.linalg.lstsq(x, y, rcond=None)[0], index=d.index)
        both = pd.concat([e, e.groupby(level=0).shift()], axis=1).dropna().to_numpy()
        ids = pd.concat([e, e.groupby(level=0).shift()], axis=1).dropna().index.get_level_values(0)
        now, lag = both[:, 0], both[:, 1:]
        slope = np.linalg.lstsq(lag, now, rcond=None)[0]
        n, groups = len(now), ids.nunique()
        se = cluster_sandwich(
            lag, now - lag @ slope, ids, groups / (groups - 1) * (n - 1) / (n - 1)
        )
        right = ((slope[0] + 0.5) / se[0]) ** 2
        assert diagnostics.wooldridge_serial(fit(data)).statistic == pytest.approx(right)

    @pytest.mark.parametrize("variant", ["sigmamore", "sigmaless"])
    def test_hausman_with_one_sigma(self, shape, variant):
        """Both covariances on the variance of the efficient (consistent) estimator."""
        data = read_panel(shape)
        fe, gls = fixed(data), random(data)
        names = ["x", "z"]
        result = diagnostics.hausman(fe, gls, variant=variant)
        plain_fe, plain_re = (m.covariance.loc[names, names] for m in (fe, gls))
        # the scale of each covariance is its own residual variance
        s_fe, s_re = float((fe.resids**2).sum()) / fe.df_resid, gls.result.s2
        common = s_re if variant == "sigmamore" else s_fe
        spread = (plain_fe / s_fe - plain_re / s_re) * common
        b = (fe.params[names] - gls.params[names]).to_numpy()
        assert result.statistic == pytest.approx(
            b @ np.linalg.solve(spread.to_numpy(), b), rel=1e-6
        )

    def test_estat_hettest_on_the_regressors(self, shape):
        """estat hettest, rhs: half the explained sum of squares of e² / (e'e/n)."""
        data = read_panel(shape)
        x, y = design(data)
        e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        g = e**2 / (e @ e / len(e))
        fitted = x @ np.linalg.lstsq(x, g, rcond=None)[0]
        right = ((fitted - g.mean()) ** 2).sum() / 2
        result = diagnostics.breusch_pagan(fit(data), studentized=False)
        assert result.statistic == pytest.approx(right)

    def test_xtreg_re_default_and_sa(self, shape):
        """Swamy-Arora: sa corrects sigma_u for unequal T; the default takes their harmonic mean."""
        data = read_panel(shape)
        ids = data.index.get_level_values(0)
        fe, be = fixed(data), fit(data, estimator="between")
        sizes = pd.Series(1, index=data.index).groupby(level=0).sum()
        s_e = (fe.resids**2).sum() / (len(data) - len(sizes) - 2)
        ssr_b = float((be.resids**2).sum())
        harmonic = len(sizes) / (1 / sizes).sum()
        right = max(0.0, ssr_b / (len(sizes) - 3) - s_e / harmonic)
        model = fit(data, estimator="random")
        assert model.sigma_u**2 == pytest.approx(right, rel=1e-8)
        assert ids.nunique() == len(sizes)

    def test_xtreg_re_sa(self, shape):
        """Its manual takes SSR_b at the unweighted between coefficients; we do as plm, weighted."""
        data = read_panel(shape)
        x, y = design(data)
        ids = data.index.get_level_values(0).to_numpy()
        means = pd.DataFrame(np.column_stack([y, x])).groupby(ids).transform("mean").to_numpy()
        one = pd.DataFrame(means).groupby(ids).first().to_numpy()
        b = np.linalg.lstsq(one[:, 1:], one[:, 0], rcond=None)[0]
        ssr_b = ((means[:, 0] - means[:, 1:] @ b) ** 2).sum()
        groups, n = len(one), len(y)
        sums = pd.DataFrame(x).groupby(ids).sum().to_numpy()
        trace = np.trace(np.linalg.solve(means[:, 1:].T @ means[:, 1:], sums.T @ sums))
        s_e = float((fixed(data).resids ** 2).sum()) / (n - groups - 2)
        manual = max(0.0, (ssr_b - (groups - 3) * s_e) / (n - trace))
        ours = random(data).sigma_u ** 2
        if shape == "balanced":
            assert ours == pytest.approx(manual, rel=1e-8)
        else:
            assert ours == pytest.approx(manual, rel=0.05)
            assert ours != pytest.approx(manual, rel=1e-4)

    def test_xtsum(self, shape):
        """Within: deviations from the entity's mean plus the grand mean, over n - 1."""
        data = read_panel(shape)[["x"]]
        text = regressions.descriptive_table(data, variation=True, digits=6).to_text()
        means = data["x"].groupby(level=0).mean()
        within = data["x"] - data["x"].groupby(level=0).transform("mean")
        for right in (means.std(), np.sqrt((within**2).sum() / (len(within) - 1))):
            assert f"{right:.6f}" in text


# Which check stands behind each row of the table in the docs: lines of R and tests of Stata's
# formulas on this page, or another file of tests. Keyed by the start of the row's last column.
ROWS = {
    "`fit(f, d)`": "pooling",
    '`fit(f, d, estimator="fixed")`': "within",
    '`fit(f, d, estimator="fixed", effects="twoway")`': "within_twoways",
    '`fit(f, d, estimator="fixed", effects="region")`': "feols_region",
    '`fit(f, d, estimator="fixed", effects=["id", "year", "sector"])`': (
        "tests/regressions/several_effects/test_several_effects.py"
    ),
    '`fit(f, d, estimator="random")`': "test_xtreg_re_default",
    "`…, small_sample=True`": "random test_xtreg_re_sa",
    '`fit(f, d, estimator="between")`': "between",
    '`fit(f, d, estimator="mundlak")`': "mundlak",
    '`fit(f, d, estimator="first-difference")`': "fd",
    "`lag(x)`": "lag_diff_factor",
    '`cov="robust"`': "vcovHC_pool",
    '`cov="HC3"`': "vcovHC3_pool vcovHC3_within_dummies",
    '`cov="clustered"`, whose': "test_xtreg_fe_vce_cluster_and_vce_robust",
    '`cov="clustered"` (by': "arellano_pool arellano_within_hc0 arellano_pool_time double_pool",
    '`estimator="fixed", effects="twoway", cov': "test_xtreg_i_year_fe_vce_cluster dummies_cl",
    '`cov="CR2"`': "cr2_within cr3_pool",
    '`cov="driscoll-kraay"`': "scc_pool scc_within test_xtscc",
    '`cov="ac"`': "nw_pool",
    "`diagnostics.hausman": "phtest",
    '`…, variant="sigmamore"`': "test_hausman_with_one_sigma",
    '`…, variant="auxiliary"': "phtest_aux",
    "`diagnostics.lm_effects(pooled)`": "plmtest_bp test_xttest0",
    '`diagnostics.lm_effects(pooled, "entity"': "plmtest_honda plmtest_kw plmtest_ghm",
    "`diagnostics.f_effects": "pFtest pFtest_twoways",
    "`diagnostics.poolability": "pooltest pooltest_pooling",
    "`diagnostics.unobserved_effect": "pwtest",
    "`diagnostics.wooldridge_serial": "test_xtserial",
    "`diagnostics.wooldridge_within": "pwartest pwfdtest_fd pwfdtest_fe",
    "`diagnostics.breusch_godfrey": "pbgtest pbnftest",
    "`diagnostics.baltagi_li": "pbltest pbsytest_j pbsytest_ar pbsytest_re",
    "`diagnostics.cross_section": "pcdtest_cd pcdtest_lm pcdtest_sclm",
    "`diagnostics.modified_wald": "test_xttest3",
    "`diagnostics.breusch_pagan": "bptest bptest_unstudentised bptest_white test_estat_hettest",
    "`diagnostics.reset": "resettest",
    "`diagnostics.vif": "vif",
    "`diagnostics.panel_unit_root": (
        "purtest_ips tests/diagnostics/unit_roots/test_panel_unit_root.py"
    ),
    "`model.joint_test": "linearHypothesis linearHypothesis_value",
    "`model.wald_test": "deltaMethod",
    "`regressions.wild_cluster_bootstrap": "tests/regressions/test_wild_cluster_bootstrap.py",
    "`regressions.marginal_effect": "tests/regressions/test_marginal_effects.py",
    "`regressions.compare_nested": "anova",
    "`regressions.fit_split": "split",
    "`regressions.stepwise": "tests/regressions/test_many_models.py",
    "`regressions.specification_curve": "tests/regressions/test_specification_curve.py",
    "`model.tidy()`": "tests/regressions/test_fit_summary.py",
    "`regression_table": "tests/regressions/test_table_regression.py",
    "`descriptive_table": "test_xtsum",
    "`correlation_table": "tests/regressions/test_table_correlation.py",
}


def test_every_row_of_the_docs_is_checked():
    text = (HERE.parents[2] / "docs" / "regressions.md").read_text(encoding="utf-8")
    table = text.partition("| Stata | R | here |\n")[2].partition("\n\n")[0]
    rows = table.splitlines()[1:]
    here = [line.replace(r"\|", "/").split("|")[3].strip() for line in rows]
    for cell in here:
        keys = [key for key in ROWS if cell.startswith(key)]
        assert keys, f"no check stands behind the row {cell!r}"
        for check in ROWS[max(keys, key=len)].split():
            if check.startswith("tests/"):
                assert (HERE.parents[2] / check).is_file()
            elif check.startswith("test_"):
                assert any(name.startswith(check) for name in vars(TestLineOfStata))
            else:
                assert check in R_LINES
    assert all(any(cell.startswith(key) for cell in here) for key in ROWS)
