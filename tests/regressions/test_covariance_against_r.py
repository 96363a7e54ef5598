"""Every covariance against plm and clubSandwich, on every data set, to 1e-8."""

import numpy as np
import pytest

import regressions
from regressions import fit

pytestmark = [
    pytest.mark.filterwarnings("ignore::regressions.FewClustersWarning"),
    pytest.mark.filterwarnings("ignore::regressions.SampleWarning"),
]

# plm's within models have no constant: "- 1" makes k the same in its small-sample factors.
MODELS = {
    "pool": ("", {}),
    "fe": (" - 1", {"estimator": "fixed", "drop_absorbed": True}),
    "fe2": (" - 1", {"estimator": "fixed", "effects": "twoway", "drop_absorbed": True}),
    "re": ("", {"estimator": "random", "small_sample": True}),
}
PLAIN = {"debiased": False, "count_effects": False}
CLUSTERED = {"cov": "clustered", "count_effects": False}
COVARIANCES = {
    "vcov": {"cov": "unadjusted"},
    "white1_HC0": {"cov": "HC0"},
    "white1_HC1": {"cov": "HC1", "count_effects": False},
    "white1_HC2": {"cov": "HC2"},
    "white1_HC3": {"cov": "HC3"},
    "arellano_HC0": {**CLUSTERED, "debiased": False, "group_debias": False},
    "arellano_HC1": {**CLUSTERED, "group_debias": False},
    "arellano_sss": CLUSTERED,
    "arellano_time_sss": {**CLUSTERED, "clusters": "time"},
    "dc_sss": {**CLUSTERED, "clusters": ["entity", "time"]},
    **{
        f"scc_maxlag{lag}": {"cov": "driscoll-kraay", "bandwidth": lag, **PLAIN}
        for lag in (0, 2, 4)
    },
    "nw_maxlag2": {"cov": "ac", "bandwidth": 2, **PLAIN},
    "club_CR0": {**CLUSTERED, "debiased": False, "group_debias": False},
    "club_CR2": {"cov": "CR2"},
    "club_CR3": {"cov": "CR3"},
}  # fmt: skip


@pytest.mark.parametrize("which", MODELS)
@pytest.mark.parametrize("name", COVARIANCES)
def test_the_covariance_is_that_of_r(reference, agrees, which, name):
    answer = reference.answers["covariances"].get(f"{which}_{name}")
    if not answer or "vcov" not in answer:
        pytest.skip("R gives no such covariance for this data set")
    if name in ("white1_HC2", "white1_HC3") and which.startswith("fe"):
        pytest.skip("plm leaves the absorbed effects out of the leverage: test_inference_against_r")
    addition, options = MODELS[which]
    model = fit(reference.formula + addition, reference.data, **options, **COVARIANCES[name])
    expected = {
        row.replace("(Intercept)", "Intercept"): {
            column.replace("(Intercept)", "Intercept"): value for column, value in values.items()
        }
        for row, values in answer["vcov"].items()
    }
    names = [str(n) for n in model.params.index if n in expected]
    assert set(expected) - set(names) <= set(model.dropped_regressors)
    got = model.covariance.loc[names, names].to_numpy()
    want = np.array([[expected[a][b] for b in names] for a in names])
    scale = np.sqrt(np.outer(np.diag(want), np.diag(want)))
    agrees.number(got, want, scale=scale)


def test_satterthwaite_degrees_of_freedom_are_those_of_club_sandwich(reference, agrees):
    answer = reference.answers.get("cr2_satterthwaite_fe")
    if not answer:
        pytest.skip("clubSandwich was not run on this data set")
    model = fit(reference.formula, reference.data, estimator="fixed", cov="CR2")
    for name, df in answer["df"].items():
        agrees.number(model.df_t[name], df)
        assert model.pvalues[name] == pytest.approx(answer["p"][name], rel=1e-8)


def test_clusters_with_a_constant_are_those_of_fixest_and_xtreg(grunfeld, extra):
    answers = extra["python_cluster_and_dk"]
    formula, slopes = "inv ~ value + capital", ["value", "capital"]
    fixed = fit(formula, grunfeld, estimator="fixed", cov="clustered")
    np.testing.assert_allclose(
        fixed.std_errors[slopes], answers["pyfixest FE CRV1 firm"]["se"], rtol=1e-8
    )
    np.testing.assert_allclose(
        fixed.pvalues[slopes], answers["pyfixest FE CRV1 firm"]["p"], rtol=1e-6
    )
    pooled = fit(formula, grunfeld, cov="clustered")
    np.testing.assert_allclose(
        pooled.pvalues[slopes], answers["statsmodels pooled cluster"]["p"], rtol=1e-6
    )
    kraay = fit(formula, grunfeld, estimator="fixed", cov="driscoll-kraay", bandwidth=2)
    np.testing.assert_allclose(
        kraay.std_errors[slopes], answers["lm FE const DK bw=2"]["se"], rtol=1e-8
    )


def test_cr3_times_its_factor_is_that_of_statsmodels(grunfeld, extra):
    model = fit("inv ~ value + capital", grunfeld, cov="CR3")
    expected = extra["python_cluster_and_dk"]["statsmodels pooled cluster-crv3"]["se"]
    np.testing.assert_allclose(
        model.std_errors[["value", "capital"]] * np.sqrt(9 / 10), expected, rtol=1e-8
    )


def test_the_default_bandwidth_is_that_of_xtscc(reference):
    default = fit(reference.formula, reference.data, cov="driscoll-kraay")
    lags = int(4 * (default.n_periods / 100) ** (2 / 9))
    given = fit(reference.formula, reference.data, cov="driscoll-kraay", bandwidth=lags)
    np.testing.assert_allclose(default.std_errors, given.std_errors, rtol=1e-12)


def test_lags_at_gaps_are_warned_of(reference):
    if not reference.gaps:
        pytest.skip("no gaps")
    with pytest.warns(regressions.SampleWarning, match="counts lags by the calendar"):
        fit(reference.formula, reference.data, cov="ac", bandwidth=2)
