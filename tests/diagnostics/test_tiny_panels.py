"""Every test on tiny panels and poor regressors: a finite result, or a sentence; nothing else."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import diagnostics
import regressions
from diagnostics import DiagnosticError, TestResult


def panel(entities: int, periods: int, drop: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product(
        [[f"e{i}" for i in range(entities)], range(2000, 2000 + periods)], names=["firm", "year"]
    )
    n = len(index)
    data = pd.DataFrame(rng.normal(size=(n, 2)), index=index, columns=["x", "z"])
    data["trait"] = np.repeat(rng.normal(size=entities), periods)
    data["dummy"] = (np.arange(n) == n - 1).astype(float)
    data["twin"] = 3 * data["x"] - 1
    data["one"] = 1.0
    data["w"] = rng.uniform(0.5, 2, size=n)
    data["y"] = 1 + data["x"] + np.repeat(rng.normal(size=entities), periods) + rng.normal(size=n)
    return data[rng.random(n) >= drop]


PANELS = {
    "2x2": panel(2, 2),
    "2x3": panel(2, 3),
    "3x2": panel(3, 2),
    "9x2": panel(9, 2),
    "3x12": panel(3, 12),
    "9x1": panel(9, 1),
    "unbalanced": panel(4, 9, 0.4),
}
REGRESSORS = ["x", "x + trait", "x + dummy", "x + twin", "1"]
FITS: tuple[dict[str, Any], ...] = (
    {"estimator": "pooled"},
    {"estimator": "fixed", "effects": "entity", "drop_absorbed": True},
    {"estimator": "fixed", "effects": "time", "drop_absorbed": True},
    {"estimator": "fixed", "effects": "twoway", "drop_absorbed": True},
    {"estimator": "random", "effects": "entity"},
)
TESTS: dict[str, tuple[dict[str, Any], ...]] = {
    "vif": ({}, {"transform": "within"}, {"transform": "within", "effects": "twoway"}),
    "condition_number": ({},),
    "mundlak": ({}, {"cov": "unadjusted"}, {"cov": "driscoll-kraay"}),
    "f_effects": ({},),
    "lm_effects": ({}, {"effect": "twoway", "kind": "ghm"}, {"effect": "time", "kind": "honda"}),
    "unobserved_effect": ({}, {"effect": "time"}),
    "poolability": ({},),
    "reset": ({}, {"powers": (2,), "cov": "clustered"}),
    "white": ({}, {"interactions": False}),
    "breusch_pagan": ({}, {"studentized": False}),
    "jarque_bera": ({},),
    "breusch_godfrey": ({}, {"order": 2, "form": "F"}, {"form": "F", "starts": "stacked"}),
    "wooldridge_serial": ({},),
    "wooldridge_within": ({},),
    "wooldridge_differenced": ({}, {"null": "differenced"}),
    "baltagi_li": ({}, {"alternative": "one-sided"}),
    "bera_sosa_escudero_yoon": ({}, {"test": "serial-correlation", "form": "article"}),
    "durbin_watson": ({}, {"kind": "lbi"}),
    "modified_wald": ({},),
    "cross_section_dependence": (
        {},
        {"kind": "lm"},
        {"kind": "bias-corrected-lm", "residuals": "individual"},
    ),
}
HAUSMAN: tuple[dict[str, Any], ...] = (
    *({"variant": variant} for variant in ("classic", "sigmamore", "sigmaless", "auxiliary")),
    {"variant": "auxiliary", "cov": "clustered"},
)


def outcomes(data: pd.DataFrame, formula: str, **weights: Any) -> Iterator[tuple[str, TestResult]]:
    """Results that the tests give; refusals in words are passed over, other errors are not."""
    models = []
    for options in FITS:
        try:
            models.append(regressions.fit(formula, data, **options, **weights))
        except regressions.RegressionError:
            continue
    calls = [(name, (m,), o) for m in models for name, all_ in TESTS.items() for o in all_]
    fixed = [m for m in models if m.estimator == "fixed" and m.effects == "entity"]
    random = [m for m in models if m.estimator == "random"]
    calls += [("hausman", pair, o) for pair in zip(fixed, random, strict=False) for o in HAUSMAN]
    for name, args, options in calls:
        try:
            found = getattr(diagnostics, name)(*args, **options)
        except (DiagnosticError, regressions.RegressionError):
            continue
        yield f"{name} {options} of {args[0].estimator} {args[0].effects}", found


def fault(found: TestResult) -> str:
    """Say what no result may be; empty if it is sound."""
    statistic, pvalue = found.statistic, found.pvalue
    if not np.isfinite(statistic):
        return "" if found.warnings else f"statistic {statistic} without a warning"
    if found.distribution in ("none", "nonstandard"):
        return "" if statistic > 0 else f"a measure of {statistic}"
    if np.isnan(pvalue):
        return "" if found.warnings else "no p-value and no warning"
    if found.distribution in ("chi2", "chibar2", "F"):
        at_bound = found.distribution == "chibar2" and pvalue == 1  # by definition, not rounding
        if statistic < 0 or (statistic < 1e-12 and not at_bound):
            return f"statistic {statistic:.3g}"
    if statistic > 1e8 and not any("alone makes" in words for words in found.warnings):
        return f"statistic {statistic:.3g}, which is rounding"
    return ""


@pytest.mark.parametrize("name", PANELS)
def test_tiny_panels_give_a_finite_result_or_a_sentence(name: str) -> None:
    faults = {}
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        warnings.simplefilter("ignore", regressions.RegressionWarning)
        for regressors in REGRESSORS:
            for label, found in outcomes(PANELS[name], f"y ~ {regressors}"):
                if words := fault(found):
                    faults[f"{regressors}: {label}"] = words
    assert not faults


def test_tiny_panels_with_weights() -> None:
    data = PANELS["2x3"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", regressions.RegressionWarning)
        names = {label.split()[0] for label, _ in outcomes(data, "y ~ x + z", weights="w")}
    assert names == {"vif"}


@pytest.mark.parametrize(
    ("name", "formula", "fit", "test", "options", "words"),
    [
        ("2x3", "y ~ x", {"effects": "time"}, "modified_wald", {}, "by construction"),
        ("2x2", "y ~ x", {"effects": "entity"}, "reset", {"powers": (2,)}, "degrees of freedom"),
        ("3x12", "y ~ 1", {"effects": "entity"}, "poolability", {}, "at least one regressor"),
        ("2x2", "y ~ x", {"effects": "time"}, "breusch_godfrey", {"form": "F"}, "exact function"),
        ("9x2", "y ~ x", {"effects": "time"}, "cross_section_dependence", {"kind": "lm"}, "1 or -"),
    ],
)
def test_nothing_left_to_test_is_said(
    name: str, formula: str, fit: dict[str, Any], test: str, options: dict[str, Any], words: str
) -> None:
    model = regressions.fit(formula, PANELS[name], estimator="fixed", **fit)
    with pytest.raises(DiagnosticError, match=words):
        getattr(diagnostics, test)(model, **options)


def test_regressions_of_each_entity_that_fit_exactly_are_not_pooled() -> None:
    data = panel(3, 6).assign(y=lambda d: np.repeat([1.0, 2.0, 4.0], 6) * d["x"])
    with pytest.raises(DiagnosticError, match="separate regressions fit exactly"):
        diagnostics.poolability(regressions.fit("y ~ x", data))
