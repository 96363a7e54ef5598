"""maketables prints our models through its plug-in attributes."""

import numpy as np
import pandas as pd
import pytest

import regressions
from regressions import FittedModel


@pytest.fixture(scope="module")
def models() -> list[FittedModel]:
    rng = np.random.default_rng(7)
    index = pd.MultiIndex.from_product([range(25), range(2000, 2006)], names=["country", "year"])
    data = pd.DataFrame({"x": rng.normal(size=150), "z": rng.normal(size=150)}, index=index)
    data["y"] = 0.5 * data["x"] + rng.normal(size=150)
    return [
        regressions.fit("y ~ x", data),
        regressions.fit("y ~ x + z", data, estimator="fixed", effects="twoway", cov="clustered"),
        regressions.fit("y ~ x + z", data, estimator="random"),
    ]


def test_the_attributes_hold_the_models_own_inference(models: list[FittedModel]) -> None:
    model = models[1]
    frame = model.__maketables_coef_table__
    assert frame["b"].tolist() == model.params.tolist()
    assert frame["se"].tolist() == model.std_errors.tolist()
    assert frame["p"].tolist() == model.pvalues.tolist()
    assert frame[["ci90l", "ci90u"]].to_numpy() == pytest.approx(model.conf_int(0.9).to_numpy())
    assert model.__maketables_depvar__ == "y"
    assert [m.__maketables_fixef_string__ for m in models] == [None, "country+year", None]
    assert model.__maketables_stat__("N") == 150
    assert model.__maketables_stat__("n_clusters") == 25
    assert models[0].__maketables_stat__("n_clusters") is None
    assert model.__maketables_stat__("fvalue") == model.f_statistic.statistic
    assert model.__maketables_stat__("unheard_of") is None


def test_etable_prints_them(models: list[FittedModel]) -> None:
    maketables = pytest.importorskip("maketables", reason="maketables is not installed")
    table = maketables.ETable(
        models, model_stats=["N", "r2", "r2_within", "se_type"], coef_fmt="b:.4f* \n (se:.4f)"
    )
    latex = table.make(type="tex")
    for model in models:
        assert f"{model.params['x']:.4f}" in latex
        assert f"({model.std_errors['x']:.4f})" in latex
    assert "country" in latex
    assert "year" in latex
    assert "clustered by" in latex
