"""Dependence across entities."""

import pickle
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pytest

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit

KINDS = {"cd": "cd", "lm": "lm", "sclm": "scaled-lm", "bcsclm": "bias-corrected-lm"}


@pytest.mark.parametrize(
    ("key", "model"),
    [
        ("pcd_cd_fe", "fixed"),
        ("pcd_lm_fe", "fixed"),
        ("pcd_sclm_fe", "fixed"),
        ("pcd_bcsclm_fe", "fixed"),
        ("pcd_cd_pool", "pooled"),
        ("pcd_cd_re", "random"),
        ("pcd_lm_fe2", "fixed_twoway"),
    ],
)
def test_agrees_with_pcdtest(case, agrees, key, model):
    answer = case.r("tests", key)
    kind = KINDS[key.split("_")[1]]
    agrees(diagnostics.cross_section_dependence(getattr(case, model), kind), answer)


@pytest.mark.parametrize("key", ["cd", "lm", "sclm"])
def test_agrees_with_pcdtest_of_separate_regressions(case, agrees, key):
    answer = case.r("tests", f"pcd_{key}_hetero")
    result = diagnostics.cross_section_dependence(case.fixed, KINDS[key], residuals="individual")
    agrees(result, answer)


def test_mean_correlations_agree(case, agrees):
    answer, absolute = case.r("tests", "pcd_rho_fe"), case.r("tests", "pcd_absrho_fe")
    details = diagnostics.cross_section_dependence(case.fixed).details
    agrees.number(details["mean_correlation"], answer["statistic"])
    agrees.number(details["mean_absolute_correlation"], absolute["statistic"])


def test_cd_agrees_with_linearmodels(case, agrees):
    for name, model in (("fe", case.fixed), ("pool", case.pooled), ("re", case.random)):
        answer = case.r("linearmodels", "tests").get(f"pesaran_cd_{name}")
        if answer is not None:
            result = diagnostics.cross_section_dependence(model)
            agrees.number(result.statistic, answer["statistic"])
        else:
            agrees.left_out("linearmodels was not asked for this data set")


def test_correlations_are_those_of_pandas(make_panel):
    data = make_panel(6, 12, drop=0.25, seed=4)
    model = fit("y ~ x", data, estimator="fixed", effects="entity")
    long = model.resids.rename("u").reset_index()
    wide = long.pivot_table(index="year", columns="entity", values="u")
    pairs = wide.corr(min_periods=2).to_numpy()[np.triu_indices(6, 1)]
    seen = wide.notna().astype(float)
    common = (seen.T @ seen).to_numpy()[np.triu_indices(6, 1)]
    result = diagnostics.cross_section_dependence(model, "lm")
    assert result.statistic == pytest.approx(np.nansum(common * pairs**2), rel=1e-10)


@pytest.mark.parametrize("model", ["twoway", "dummies", "pooled with dummies"])
def test_cd_is_refused_when_periods_are_taken_out(make_panel, model):
    data = make_panel(10, 12)
    data["year_"] = data.index.get_level_values(1)
    fitted = {
        "twoway": lambda: fit("y ~ x", data, estimator="fixed", effects="twoway"),
        "dummies": lambda: fit("y ~ x + C(year_)", data, estimator="fixed", effects="entity"),
        "pooled with dummies": lambda: fit("y ~ x + C(year_)", data, estimator="pooled"),
    }[model]()
    with pytest.raises(DiagnosticError, match="sum to zero in each period"):
        diagnostics.cross_section_dependence(fitted)
    assert diagnostics.cross_section_dependence(fitted, "lm").pvalue > 0


def test_a_common_shock_is_found_and_independence_is_not_rejected(make_panel):
    data = make_panel(15, 25, seed=2)
    model = fit("y ~ x + z", data, estimator="fixed")
    assert diagnostics.cross_section_dependence(model).pvalue > 0.05
    data["y"] += np.tile(np.random.default_rng(1).normal(size=25), 15)
    shocked = fit("y ~ x + z", data, estimator="fixed")
    for kind in KINDS.values():
        assert diagnostics.cross_section_dependence(shocked, kind).pvalue < 1e-6


def test_scale_and_labels_do_not_matter(make_panel):
    data = make_panel(8, 10, drop=0.2)
    changed = data.rename(index={f"e{i:03d}": f"x{9 - i}" for i in range(8)}, level=0)
    changed["y"] *= 1e6
    for kind in KINDS.values():
        one = diagnostics.cross_section_dependence(fit("y ~ x", data, estimator="fixed"), kind)
        two = diagnostics.cross_section_dependence(fit("y ~ x", changed, estimator="fixed"), kind)
        assert one.statistic == pytest.approx(two.statistic, rel=1e-8)


def test_warnings_say_where_the_forms_are_weak(make_panel):
    data = make_panel(30, 6, drop=0.2)
    model = fit("y ~ x", data, estimator="fixed")
    lm = " ".join(diagnostics.cross_section_dependence(model, "lm").warnings)
    assert "rejects far too often" in lm
    pooled = fit("y ~ x", data, estimator="pooled")
    corrected = diagnostics.cross_section_dependence(pooled, "bias-corrected-lm").warnings
    assert "entity effects" in corrected[0]
    assert "balanced" in corrected[1]


def test_pairs_without_common_periods_are_left_out_and_counted():
    index = pd.MultiIndex.from_tuples(
        [(i, t) for i in range(4) for t in (range(6) if i < 2 else range(6, 12))],
        names=["i", "t"],
    )
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(24, 2)), index=index, columns=["x", "y"])
    result = diagnostics.cross_section_dependence(fit("y ~ x", data, estimator="fixed"))
    assert result.details["pairs"] == 2
    assert "4 pairs without two common periods" in result.warnings[0]


def test_bad_input_is_refused(make_panel):
    data = make_panel(10, 4)
    model = fit("y ~ x + z", data, estimator="fixed")
    with pytest.raises(DiagnosticError, match="unknown kind 'pesaran'"):
        diagnostics.cross_section_dependence(model, "pesaran")
    with pytest.raises(DiagnosticError, match="'model' or 'individual'"):
        diagnostics.cross_section_dependence(model, residuals="own")
    short = make_panel(10, 3)
    with pytest.raises(DiagnosticError, match="10 entities are too short"):
        diagnostics.cross_section_dependence(
            fit("y ~ x + z", short, estimator="fixed"), residuals="individual"
        )
    with pytest.raises(DiagnosticError, match="no two entities"):
        diagnostics.cross_section_dependence(fit("y ~ x", make_panel(10, 1), estimator="pooled"))


def correlations_one_by_one(model):
    """Correlation and number of common periods of every pair of entities."""
    wide = model.resids.to_frame("u").pivot_table(index="entity", columns="year", values="u")
    wide = wide.sub(wide.mean(axis=1), axis=0).to_numpy()
    r, common = [], []
    for i in range(len(wide)):
        for j in range(i + 1, len(wide)):
            both = np.isfinite(wide[i]) & np.isfinite(wide[j])
            if both.sum() >= 2:
                r.append(np.corrcoef(wide[i, both], wide[j, both])[0, 1])
                common.append(both.sum())
    return np.array(r), np.array(common)


@pytest.mark.parametrize("block", [3, 256], ids=["blocks", "one block"])
@pytest.mark.parametrize("shape", [(14, 8), (6, 15)], ids=["short", "long"])
@pytest.mark.parametrize("drop", [0.0, 0.3], ids=["balanced", "unbalanced"])
def test_sums_are_those_over_pairs(make_panel, monkeypatch, drop, shape, block):
    module = sys.modules["diagnostics.cross_section_dependence"]
    monkeypatch.setattr(module, "_BLOCK", block)
    model = fit("y ~ x", make_panel(*shape, drop=drop, seed=2), effects="entity", estimator="fixed")
    r, common = correlations_one_by_one(model)
    pairs = len(r)
    squares = common @ r**2
    expected = {
        "cd": np.sqrt(common) @ r / np.sqrt(pairs),
        "lm": squares,
        "scaled-lm": (squares - pairs) / np.sqrt(2 * pairs),
    }
    for kind, statistic in expected.items():
        result = diagnostics.cross_section_dependence(model, kind)
        assert result.statistic == pytest.approx(statistic, rel=1e-11, abs=1e-12)
        details = result.details
        assert details["pairs"] == pairs
        assert details["mean_correlation"] == pytest.approx(r.mean(), rel=1e-11, abs=1e-13)
        assert details["mean_absolute_correlation"] == pytest.approx(np.abs(r).mean(), rel=1e-12)


def test_pairs_of_a_large_balanced_panel_are_visited_when_they_are_asked_for(
    make_panel, monkeypatch
):
    module = sys.modules["diagnostics.cross_section_dependence"]
    model = fit("y ~ x", make_panel(12, 5, seed=2), estimator="fixed", effects="entity")
    visited = diagnostics.cross_section_dependence(model)
    monkeypatch.setattr(module, "_MOST_VISITED", 10)
    summed = diagnostics.cross_section_dependence(model)
    assert summed.statistic == visited.statistic
    assert "'mean_absolute_correlation': 'not computed yet'" in repr(summed.details)
    expected = visited.details["mean_absolute_correlation"]
    stored = pickle.loads(pickle.dumps(summed))
    assert stored.details["mean_absolute_correlation"] == expected
    assert summed.details["mean_absolute_correlation"] == expected
    assert "not computed" not in repr(summed.details)
    assert dict(summed.details) == dict(visited.details)


@pytest.mark.parametrize("drop", [0.0, 0.2], ids=["balanced", "unbalanced"])
def test_memory_does_not_grow_with_pairs(make_panel, drop):
    model = fit("y ~ x", make_panel(1200, 5, drop=drop, seed=2), estimator="pooled")
    tracemalloc.start()
    result = diagnostics.cross_section_dependence(model)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.details["pairs"] > 500_000
    assert peak < 8 * result.details["pairs"] * 2  # a matrix of all pairs is twice this


def test_separate_regressions_leave_out_columns_that_depend_on_others(make_panel):
    data = make_panel(8, 10, drop=0.2, seed=3)
    data.loc["e002", "z"] = 1.5
    model = fit("y ~ x + z", data, estimator="pooled")
    parts = []
    for _, own in data.groupby(level=0):
        X = np.column_stack([np.ones(len(own)), own[["x", "z"]]])
        parts.append(own["y"] - X @ np.linalg.lstsq(X, own["y"], rcond=None)[0])
    wide = pd.concat(parts).to_frame("u").pivot_table(index="year", columns="entity", values="u")
    r = wide.corr().to_numpy()[np.triu_indices(8, 1)]
    details = diagnostics.cross_section_dependence(model, residuals="individual").details
    assert details["mean_correlation"] == pytest.approx(r.mean(), rel=1e-9)
