"""Panel unit root tests."""

import sys

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.adfvalues import mackinnonp
from statsmodels.tsa.stattools import adfuller

import diagnostics
from diagnostics import DiagnosticError
from diagnostics.unit_roots.dickey_fuller import TERMS, _mackinnon_pvalues, _mackinnon_range

KINDS = {
    "madwu": "maddala-wu",
    "Pm": "choi-pm",
    "invnormal": "choi-z",
    "logit": "choi-logit",
    "ips_Wtbar": "ips",
    "ips_Ztbar": "ips",
    "cips": "cips",
}
TERMS_OF_PLM = {"none": "none", "intercept": "constant", "drift": "constant", "trend": "trend"}


def answers(case):
    for variable, tests in case.r("unitroot").items():
        for key, answer in tests.items():
            for name, kind in KINDS.items():
                if key.startswith(f"{name}_"):
                    _, terms, lags = key.rsplit("_", 2)
                    yield variable, name, kind, TERMS_OF_PLM[terms], int(lags[4:]), answer


@pytest.mark.parametrize("name", KINDS)
def test_agrees_with_purtest_and_cipstest(case, agrees, name):
    compared = 0
    for variable, key, kind, terms, lags, answer in answers(case):
        if key != name:
            continue
        if key == "ips_Ztbar" and terms == "trend":
            continue  # plm takes the moments without trend here
        result = diagnostics.panel_unit_root(
            case.data[variable], kind, terms=terms, lags=lags, df_correction=False
        )
        table = result.details["entities"]
        if kind.startswith(("choi", "maddala")):
            low, high = _mackinnon_range(terms)
            outside = ~table["t"].between(low, high) | (table["pvalue"] == 1)
            if outside.any():
                continue  # plm extrapolates MacKinnon's cubic beyond the range it was fitted on
        agrees.number(result.statistic, answer["statistic"])
        if kind != "cips":
            assert result.pvalue == pytest.approx(answer["p_value"], rel=1e-7)
        elif np.isnan(result.pvalue):
            assert answer["p_value"] in (0.01, 0.1)
        else:  # plm reads its p-value from 200 points between the critical values
            assert result.pvalue == pytest.approx(answer["p_value"], abs=0.003)
        compared += 1
    assert compared > 0


def test_each_entity_is_adfuller(make_panel):
    series = make_panel(5, 30)["x"].groupby(level=0).cumsum()
    table = diagnostics.panel_unit_root(series, lags=2, terms="trend").details["entities"]
    for entity, values in series.groupby(level=0):
        expected = adfuller(
            values.to_numpy(), maxlag=2, regression="ct", autolag=None, result_object=True
        )
        assert table.loc[entity, "t"] == pytest.approx(expected.statistic)
        assert table.loc[entity, "pvalue"] == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("kind", sorted(set(KINDS.values())))
def test_walks_are_kept_and_noise_is_rejected(kind):
    rng = np.random.default_rng(11)
    index = pd.MultiIndex.from_product([range(15), range(60)])
    noise = pd.Series(rng.normal(size=900), index=index)
    walks = noise.groupby(level=0).cumsum()
    kept = diagnostics.panel_unit_root(walks, kind)
    rejected = diagnostics.panel_unit_root(noise, kind)
    assert not kept.pvalue < 0.05
    assert "not rejected" in kept.verdict
    assert rejected.pvalue < 0.001 or "p < 0.01" in rejected.verdict


def test_lags_can_be_chosen_by_a_criterion():
    rng = np.random.default_rng(11)
    index = pd.MultiIndex.from_product([range(6), range(50)])
    series = pd.Series(rng.normal(size=300), index=index).groupby(level=0).cumsum()
    chosen = diagnostics.panel_unit_root(series, lags="aic", max_lags=4).details["entities"]
    assert chosen["lags"].between(0, 4).all()
    assert chosen["lags"].max() > chosen["lags"].min()


def test_relabelling_and_order_change_nothing():
    rng = np.random.default_rng(2)
    index = pd.MultiIndex.from_product([list("abcde"), range(2000, 2030)])
    series = pd.Series(rng.normal(size=150), index=index)
    renamed = series.rename(index=dict(zip("abcde", "vwxyz", strict=True)), level=0)
    shuffled = renamed.sample(frac=1, random_state=3)
    for kind in set(KINDS.values()):
        one = diagnostics.panel_unit_root(series, kind).statistic
        two = diagnostics.panel_unit_root(shuffled, kind).statistic
        assert one == pytest.approx(two, rel=1e-9)


@pytest.fixture
def series() -> pd.Series:
    index = pd.MultiIndex.from_product([list("abcde"), range(2000, 2030)])
    return pd.Series(np.random.default_rng(2).normal(size=150), index=index)


def test_gaps_and_missing_values_are_named(series):
    with pytest.raises(DiagnosticError, match="b skips a period"):
        diagnostics.panel_unit_root(series.drop(("b", 2010)))
    series[("c", 2005)] = np.nan
    with pytest.raises(DiagnosticError, match=r"1 missing .* the first at \('c', 2005\)"):
        diagnostics.panel_unit_root(series)


def test_unusable_entities_are_named(series):
    constant = series.copy()
    constant.loc["d"] = 1.0
    with pytest.raises(DiagnosticError, match="series of 'd' is constant"):
        diagnostics.panel_unit_root(constant)
    short = series.drop([("e", year) for year in range(2004, 2030)])
    with pytest.raises(DiagnosticError, match="'e' has 4 periods"):
        diagnostics.panel_unit_root(short, lags=2)
    with pytest.raises(DiagnosticError, match="use fewer lags"):
        diagnostics.panel_unit_root(series[series.index.get_level_values(1) < 2008], "cips")


def test_unknown_moments_are_refused(series):
    with pytest.raises(DiagnosticError, match="tabulate no moments for 5 lags"):
        diagnostics.panel_unit_root(series[series.index.get_level_values(1) < 2020], lags=5)
    with pytest.raises(DiagnosticError, match="needs a constant or a trend"):
        diagnostics.panel_unit_root(series, terms="none")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "llc"}, "unknown kind 'llc'"),
        ({"terms": "drift"}, "terms must be one of"),
        ({"lags": "hqic"}, "lags must be a number"),
        ({"lags": "aic", "kind": "cips"}, "lags must be a number"),
        ({"lags": -1}, "must not be negative"),
    ],
)
def test_bad_options_are_refused(series, options, message):
    with pytest.raises(DiagnosticError, match=message):
        diagnostics.panel_unit_root(series, **options)


def test_other_objects_are_refused(series):
    with pytest.raises(DiagnosticError, match="takes a Series"):
        diagnostics.panel_unit_root(series.to_frame())
    with pytest.raises(DiagnosticError, match="occur twice"):
        diagnostics.panel_unit_root(pd.concat([series, series.iloc[:1]]))
    with pytest.raises(DiagnosticError, match="at least two entities"):
        diagnostics.panel_unit_root(series.loc[["a"]])


@pytest.mark.parametrize("dtype", ["object", "float32", "Float64"])
def test_a_series_of_any_storage_is_computed_in_float64(series, dtype):
    stored = series.astype(dtype)
    right = diagnostics.panel_unit_root(stored.astype("float64"))
    assert diagnostics.panel_unit_root(stored).statistic == right.statistic
    with pytest.raises(DiagnosticError, match="is text"):
        diagnostics.panel_unit_root(series.astype(str))


@pytest.fixture
def of_several_lengths() -> pd.Series:
    rng = np.random.default_rng(6)
    labels = [(f"e{i}", 2000 + i % 3 + t) for i in range(12) for t in range(25 + i % 4)]
    noise = pd.Series(rng.normal(size=len(labels)), pd.MultiIndex.from_tuples(labels))
    return noise.groupby(level=0).cumsum()


def t_by_itself(series, means, terms, lags):
    """Statistic t of the level in one regression by least squares."""
    frame = pd.DataFrame({"y": series})
    X = pd.DataFrame({"level": frame["y"].shift()})
    columns = {"y": frame["y"]} if means is None else {"y": frame["y"], "mean": means}
    for name, values in columns.items():
        for k in range(0 if name == "mean" else 1, lags + 1):
            X[f"{name}{k}"] = values.diff().shift(k)
    if means is not None:
        X["mean"] = means.shift()
    if terms != "none":
        X["one"] = 1.0
    if terms == "trend":
        X["trend"] = np.arange(len(X), dtype=float)
    used = X.notna().all(axis=1)
    design, change = X[used].to_numpy(), frame["y"].diff()[used].to_numpy()
    beta, rss, *_ = np.linalg.lstsq(design, change, rcond=None)
    variance = rss[0] / (len(change) - design.shape[1]) * np.linalg.inv(design.T @ design)[0, 0]
    return beta[0] / np.sqrt(variance)


@pytest.mark.parametrize("cells", [50, 2_000_000], ids=["blocks", "one block"])
@pytest.mark.parametrize("lags", [0, 2])
@pytest.mark.parametrize("terms", ["none", "constant", "trend"])
@pytest.mark.parametrize("kind", ["choi-z", "cips"])
def test_series_of_several_lengths_are_fitted_as_one_by_one(
    of_several_lengths, monkeypatch, kind, terms, lags, cells
):
    monkeypatch.setattr(sys.modules["diagnostics.entity_regressions"], "_CELLS", cells)
    result = diagnostics.panel_unit_root(of_several_lengths, kind, terms=terms, lags=lags)
    entities = result.details["entities"]
    found = entities if kind == "cips" else entities["t"]
    mean = of_several_lengths.groupby(level=1).mean()
    for entity, series in of_several_lengths.groupby(level=0):
        own = series.droplevel(0)
        means = mean.reindex(own.index) if kind == "cips" else None
        assert found[entity] == pytest.approx(t_by_itself(own, means, terms, lags), rel=1e-9)
    if kind != "cips":
        assert (
            entities["observations"] == of_several_lengths.groupby(level=0).size() - lags - 1
        ).all()


@pytest.mark.parametrize("terms", ["none", "constant", "trend"])
def test_pvalues_are_statsmodels(terms):
    low, high = _mackinnon_range(terms)
    t = np.linspace(low, min(high, 5.0), 60)
    expected = [mackinnonp(value, regression=TERMS[terms]) for value in t]
    assert _mackinnon_pvalues(t, terms) == pytest.approx(expected, rel=1e-12)
    beyond = _mackinnon_pvalues(np.array([low - 5.0]), terms)
    assert beyond == pytest.approx(mackinnonp(low, regression=TERMS[terms]))


@pytest.mark.parametrize("kind", ["ips", "cips"])
def test_the_first_unusable_entity_is_the_one_named(series, kind):
    series.loc["d"] = 1.0
    series.loc["b"] = np.arange(30.0)
    with pytest.raises(DiagnosticError, match="'b'"):
        diagnostics.panel_unit_root(series, kind)


def test_rows_without_an_entity_are_refused(series):
    labels = [(None if e == "e" else e, t) for e, t in series.index]
    lost = pd.Series(series.to_numpy(), index=pd.MultiIndex.from_tuples(labels))
    with pytest.raises(DiagnosticError):
        diagnostics.panel_unit_root(lost)
