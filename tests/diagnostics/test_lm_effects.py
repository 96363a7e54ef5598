"""Lagrange multiplier tests for effects."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import diagnostics
from diagnostics import DiagnosticError
from regressions import fit

EFFECTS = {"entity": "individual", "time": "time", "twoway": "twoways"}
KINDS = {"breusch-pagan": "bp", "honda": "honda", "king-wu": "kw", "ghm": "ghm"}


@pytest.mark.parametrize(
    "key",
    [f"{k} {e}" for k in KINDS for e in EFFECTS if k != "ghm" or e == "twoway"],
)
def test_agrees_with_plmtest(case, agrees, key):
    kind, effect = key.split()
    answer = case.r("tests", f"lm_{KINDS[kind]}_{EFFECTS[effect]}")
    alternative = "two-sided" if kind == "breusch-pagan" else None
    agrees(
        diagnostics.lm_effects(case.pooled, effect, kind, alternative=alternative),
        answer,
    )


def test_one_sided_breusch_pagan_agrees(case, agrees):
    answer = case.r("tests", "lm_bp_individual_chibar2")
    result = diagnostics.lm_effects(case.pooled)
    assert result.distribution == "chibar2"
    agrees.number(result.details["boundary_statistic"], answer["statistic"])
    assert result.pvalue == pytest.approx(answer["p_value"], rel=1e-6, abs=1e-290)


def test_negative_honda_gives_no_evidence(cases):
    grunfeld = cases("grunfeld")
    result = diagnostics.lm_effects(grunfeld.pooled, "time")
    assert result.statistic == pytest.approx(6.45388158053729)
    assert result.details["boundary_statistic"] == 0
    assert result.pvalue == 1
    assert any("negative" in text for text in result.warnings)
    two_sided = diagnostics.lm_effects(grunfeld.pooled, "time", alternative="two-sided")
    assert two_sided.pvalue == pytest.approx(0.0110710210129817)


def test_balanced_form_is_the_textbook_formula(make_panel):
    data = make_panel(25, 8)
    pooled = fit("y ~ x", data, estimator="pooled")
    u = pooled.resids.to_numpy().reshape(25, 8)
    n, t = u.shape
    expected = n * t / (2 * (t - 1)) * (np.sum(u.sum(axis=1) ** 2) / np.sum(u**2) - 1) ** 2
    assert diagnostics.lm_effects(pooled).statistic == pytest.approx(expected, rel=1e-12)


def test_swapping_the_panel_swaps_the_effects(make_panel):
    data = make_panel(9, 7, drop=0.2)
    swapped = data.reset_index()
    swapped["entity"] = swapped["entity"].str[1:].astype(int)
    swapped = swapped.set_index(["year", "entity"])
    one = fit("y ~ x", data, estimator="pooled")
    other = fit("y ~ x", swapped, estimator="pooled")
    for kind in ("honda", "king-wu"):
        assert diagnostics.lm_effects(one, "entity", kind).statistic == pytest.approx(
            diagnostics.lm_effects(other, "time", kind).statistic, rel=1e-10
        )
        assert diagnostics.lm_effects(one, "twoway", kind).statistic == pytest.approx(
            diagnostics.lm_effects(other, "twoway", kind).statistic, rel=1e-10
        )


def test_relabelling_changes_nothing(make_panel):
    data = make_panel(drop=0.3, seed=5)
    names = {name: f"country {hash(name) % 97}-{name}" for name in data.index.levels[0]}
    renamed = data.rename(index=names, level=0)
    for kind, effect in (("breusch-pagan", "entity"), ("ghm", "twoway")):
        assert diagnostics.lm_effects(
            fit("y ~ x", data, estimator="pooled"), effect, kind
        ).statistic == pytest.approx(
            diagnostics.lm_effects(
                fit("y ~ x", renamed, estimator="pooled"), effect, kind
            ).statistic,
            rel=1e-10,
        )


def test_ghm_pvalue_is_the_mixture(make_panel):
    result = diagnostics.lm_effects(
        fit("y ~ x", make_panel(effect=0.3), estimator="pooled"), "twoway", "ghm"
    )
    s = result.statistic
    assert s > 0
    assert result.pvalue == 0.5 * stats.chi2.sf(s, 1) + 0.25 * stats.chi2.sf(s, 2)


def test_far_tail_does_not_underflow_to_one_minus_cdf(make_panel):
    result = diagnostics.lm_effects(
        fit("y ~ x", make_panel(100, 6, effect=3), estimator="pooled"), "entity", "honda"
    )
    assert 0 < result.pvalue < 1e-100


def test_size_of_the_one_sided_test(make_panel):
    model = fit("y ~ x", make_panel(effect=0.0), estimator="pooled")
    X = model.exog.to_numpy()
    rng = np.random.default_rng(20)
    rejections = 0
    for _ in range(1000):
        errors = rng.normal(size=len(X))
        resids = pd.Series(
            errors - X @ np.linalg.lstsq(X, errors, rcond=None)[0], index=model.resids.index
        )
        rejections += diagnostics.lm_effects(replace(model, resids=resids)).pvalue < 0.05
    assert 0.03 < rejections / 1000 < 0.07


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"effect": "both"}, "unknown effect 'both'"),
        ({"kind": "score"}, "unknown kind 'score'"),
        ({"kind": "ghm"}, "for two-way effects"),
        ({"kind": "ghm", "effect": "twoway", "alternative": "two-sided"}, "no two-sided form"),
        ({"effect": "twoway", "alternative": "one-sided"}, "no one-sided form"),
        ({"alternative": "greater"}, "'one-sided' or 'two-sided'"),
    ],
)
def test_bad_options_are_refused(make_panel, options, message):
    pooled = fit("y ~ x", make_panel(), estimator="pooled")
    with pytest.raises(DiagnosticError, match=message):
        diagnostics.lm_effects(pooled, **options)


def test_other_models_and_weights_are_refused(make_panel):
    data = make_panel()
    with pytest.raises(DiagnosticError, match="pooled model; this one is 'fixed'"):
        diagnostics.lm_effects(fit("y ~ x", data, estimator="fixed", effects="entity"))
    data["w"] = np.linspace(1, 2, len(data))
    weighted = fit("y ~ x", data, estimator="pooled", weights="w")
    with pytest.raises(DiagnosticError, match="weighted"):
        diagnostics.lm_effects(weighted)


def test_a_cross_section_is_refused(make_panel):
    data = make_panel(40, 1)
    with pytest.raises(DiagnosticError, match="two observations"):
        diagnostics.lm_effects(fit("y ~ x", data, estimator="pooled"))
