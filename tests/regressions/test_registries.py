"""Estimators and covariances are values in registries: one more needs no other module."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from regressions import OptionError, fit, regression_table, wild_cluster_bootstrap
from regressions.covariances import COVARIANCES
from regressions.covariances.heteroskedastic import LeverageCorrected
from regressions.equation import EstimatingEquation
from regressions.estimators import ESTIMATORS, Estimator
from regressions.groupings import level_codes
from regressions.within import group_means


class WithinPeriods(Estimator):
    """Pooled least squares on deviations from the means of periods."""

    def drop_constant(self, exog):
        return exog.drop(columns="Intercept", errors="ignore")

    def linearmodels_model(self, y, x, weights, effects, effect_codes):
        from linearmodels.panel import PooledOLS

        return PooledOLS(*(frame - frame.groupby(level=1).transform("mean") for frame in (y, x)))

    def equation(self, model):
        plain = super().equation(model)
        both = np.column_stack([plain.y, plain.x])
        both = both - group_means(both, level_codes(plain.rows, 1))
        return EstimatingEquation(both[:, 0], both[:, 1:], plain.slopes, plain.rows)


@pytest.fixture
def panel():
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([list("abcdefgh"), range(2000, 2010)])
    data = pd.DataFrame({"x": rng.normal(size=80), "z": rng.normal(size=80)}, index=index)
    data["y"] = data.x + index.get_level_values(1) % 3 + rng.normal(size=80)
    return data


@pytest.fixture
def within_periods(monkeypatch):
    one = WithinPeriods(
        name="within-periods", title="Within periods", other_words=("wp",), constant_free=True
    )
    monkeypatch.setitem(ESTIMATORS, one.name, one)


@pytest.fixture
def half_corrected(monkeypatch):
    one = LeverageCorrected(name="HC-half", other_words=("toy",), power=0.75)
    monkeypatch.setitem(COVARIANCES, one.name, one)


@pytest.mark.usefixtures("within_periods")
@pytest.mark.filterwarnings("ignore:few clusters")
def test_a_new_estimator_has_all_that_others_have(panel):
    fixed = fit("y ~ x + z", panel, estimator="fixed", effects="time")
    for cov in COVARIANCES:
        model = fit("y ~ x + z", panel, estimator="within_periods", cov=cov)
        np.testing.assert_allclose(model.params, fixed.params[["x", "z"]], rtol=1e-10)
        assert (model.std_errors > 0).all()
    assert 0 < wild_cluster_bootstrap(model, "x", draws=99, seed=1).pvalue <= 1
    assert model.summary().startswith("Within periods")
    assert "within-periods" in regression_table([model, fixed], estimators=True).to_text()
    with pytest.raises(OptionError, match="did you mean 'within-periods'"):
        fit("y ~ x", panel, estimator="wp")
    with pytest.raises(OptionError, match="'within-periods' takes no effects"):
        fit("y ~ x", panel, estimator="within-periods", effects="time")


@pytest.mark.usefixtures("half_corrected")
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_new_covariance_goes_with_every_estimator(panel, estimator):
    hc2, half, hc3 = (
        fit("y ~ x + z", panel, estimator=estimator, cov=cov).std_errors
        for cov in ("HC2", "HC-half", "HC3")
    )
    assert (hc2 < half).all()
    assert (half < hc3).all()
    with pytest.raises(OptionError, match="did you mean 'HC-half'"):
        fit("y ~ x", panel, estimator=estimator, cov="toy")
    with pytest.raises(OptionError, match="bandwidth goes with cov='driscoll-kraay' or 'ac', not"):
        fit("y ~ x", panel, estimator=estimator, cov="HC-half", bandwidth=2)


@pytest.mark.parametrize("registry", [ESTIMATORS, COVARIANCES], ids=["estimators", "covariances"])
def test_no_word_of_another_program_has_two_meanings(registry):
    words = [word for one in registry.values() for word in one.other_words]
    assert len(set(words)) == len(words)
    assert not set(words) & set(registry)
    assert all(name == one.name for name, one in registry.items())


def test_a_model_knows_its_estimator_and_its_covariance(panel):
    options = {"cov": "driscoll-kraay", "bandwidth": 3, "kernel": "parzen", "debiased": False}
    model = fit("y ~ x", panel, estimator="random", **options)
    assert model.kind is ESTIMATORS["random"]
    wanted = replace(COVARIANCES["driscoll-kraay"], bandwidth=3, kernel="parzen", debiased=False)
    assert model.covariance_kind == wanted
