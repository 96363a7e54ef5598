"""The origin and the unit of a variable change no test."""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import diagnostics
import regressions
from diagnostics import TestResult


def panel(balanced: bool) -> pd.DataFrame:
    """Panel whose values are multiples of 2^-12, so that adding 1e8 loses none of their digits."""
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([range(14), range(2000, 2010)], names=["firm", "year"])
    effect = np.repeat(rng.normal(size=14), 10)
    data = pd.DataFrame(index=index)
    data["x"] = rng.normal(size=140) + 0.3 * effect
    data["z"] = 0.5 * data["x"] + rng.normal(size=140)
    data["trait"] = np.repeat(rng.normal(size=14), 10)
    spread = 1 + 0.5 * np.abs(data["x"])
    data["y"] = 1 + data["x"] - 0.5 * data["z"] + 0.7 * effect + spread * rng.normal(size=140)
    data = (data * 2**12).round() / 2**12
    return data if balanced else data[rng.random(140) > 0.15]


Change = Callable[[pd.DataFrame], pd.DataFrame]
CHANGES: dict[str, Change] = {
    "origins 1e6": lambda d: d.assign(x=d["x"] + 1e6, z=d["z"] - 1e6, trait=d["trait"] + 1e6),
    "origins 1e8": lambda d: d.assign(x=d["x"] + 1e8, z=d["z"] - 1e8, trait=d["trait"] + 1e8),
    "units 1e8": lambda d: d.assign(x=d["x"] * 1e8, z=d["z"] / 1e8, trait=d["trait"] * 1e8),
    "units 1e-8": lambda d: d.assign(x=d["x"] / 1e8, z=d["z"] * 1e8, trait=d["trait"] / 1e8),
    "y + 1e6": lambda d: d.assign(y=d["y"] + 1e6),
    "y * 1e8": lambda d: d.assign(y=d["y"] * 1e8),
    "y / 1e8": lambda d: d.assign(y=d["y"] / 1e8),
}
"""Other origins and units of the variables of a panel."""

FITS: dict[str, tuple[str, dict[str, Any]]] = {
    "pooled": ("y ~ x + z + trait", {"estimator": "pooled"}),
    "fixed": ("y ~ x + z", {"estimator": "fixed", "effects": "entity"}),
    "twoway": ("y ~ x + z", {"estimator": "fixed", "effects": "twoway"}),
    "time": ("y ~ x + z", {"estimator": "fixed", "effects": "time"}),
    "random": ("y ~ x + z + trait", {"estimator": "random", "effects": "entity"}),
    "random time": ("y ~ x + z", {"estimator": "random", "effects": "time"}),
    "between": ("y ~ x + z", {"estimator": "between"}),
    "mundlak": ("y ~ x + z", {"estimator": "mundlak"}),
}
"""Models that are tested."""

Models = Callable[[str], Any]
d = diagnostics
TESTS: dict[str, Callable[[Models], TestResult]] = {
    **{
        f"vif {name}": lambda m, name=name: d.vif(m(name))
        for name in ("pooled", "fixed", "random", "between", "mundlak")
    },
    "vif within": lambda m: d.vif(m("fixed"), transform="within"),
    "vif within both": lambda m: d.vif(m("twoway"), transform="within"),
    "condition number within": lambda m: d.condition_number(m("fixed")),
    **{
        f"hausman {variant}": lambda m, variant=variant: d.hausman(
            m("fixed"), m("random"), variant=variant
        )
        for variant in ("classic", "sigmamore", "sigmaless")
    },
    **{
        f"hausman auxiliary {cov}": lambda m, cov=cov: d.hausman(
            m("fixed"), m("random"), variant="auxiliary", cov=cov
        )
        for cov in ("unadjusted", "clustered", "CR2", "driscoll-kraay")
    },
    "hausman time": lambda m: d.hausman(m("time"), m("random time")),
    "mundlak": lambda m: d.mundlak(m("random")),
    "mundlak unadjusted": lambda m: d.mundlak(m("random"), cov="unadjusted"),
    "f entity": lambda m: d.f_effects(m("fixed")),
    "f twoway": lambda m: d.f_effects(m("twoway")),
    "f twoway against entity": lambda m: d.f_effects(m("twoway"), m("fixed")),
    "f against pooled": lambda m: d.f_effects(m("fixed"), m("pooled")),
    **{
        f"lm {effect} {kind}": lambda m, effect=effect, kind=kind: d.lm_effects(
            m("pooled"), effect, kind
        )
        for effect in ("entity", "time", "twoway")
        for kind in ("breusch-pagan", "honda", "king-wu", "ghm")
        if kind != "ghm" or effect == "twoway"
    },
    "unobserved effect": lambda m: d.unobserved_effect(m("pooled")),
    "poolability fixed": lambda m: d.poolability(m("fixed")),
    **{
        f"{test} {name}": lambda m, test=test, name=name: getattr(d, test)(m(name))
        for test in (
            "reset",
            "white",
            "breusch_pagan",
            "jarque_bera",
            "breusch_godfrey",
            "wooldridge_serial",
            "wooldridge_differenced",
        )
        for name in ("pooled", "fixed", "twoway", "random")
    },
    "reset clustered": lambda m: d.reset(m("fixed"), cov="clustered"),
    "reset driscoll-kraay": lambda m: d.reset(m("random"), cov="driscoll-kraay"),
    "breusch-pagan original": lambda m: d.breusch_pagan(m("pooled"), studentized=False),
    "white squares": lambda m: d.white(m("pooled"), interactions=False),
    "wooldridge within": lambda m: d.wooldridge_within(m("fixed")),
    "breusch-godfrey F 2": lambda m: d.breusch_godfrey(m("pooled"), order=2, form="F"),
    "baltagi-li": lambda m: d.baltagi_li(m("random")),
    **{
        f"bera-sosa-escudero-yoon {test}": lambda m, test=test: d.bera_sosa_escudero_yoon(
            m("pooled"), test
        )
        for test in ("joint", "serial-correlation", "random-effects")
    },
    "durbin-watson": lambda m: d.durbin_watson(m("fixed")),
    "lbi random": lambda m: d.durbin_watson(m("random"), kind="lbi"),
    "modified wald": lambda m: d.modified_wald(m("fixed")),
    "modified wald both": lambda m: d.modified_wald(m("twoway")),
    **{
        f"cross-section {kind} {name}": lambda m, kind=kind, name=name: d.cross_section_dependence(
            m(name), kind
        )
        for kind in ("cd", "lm", "scaled-lm", "bias-corrected-lm")
        for name in ("pooled", "fixed", "random")
    },
    "cross-section individual": lambda m: d.cross_section_dependence(
        m("fixed"), residuals="individual"
    ),
}
"""Every test of a model, with the models it takes."""


@cache
def results(balanced: bool, change: str | None) -> dict[str, TestResult | str]:
    """Result of each test, or why it was refused, after a change of origins or units."""
    data = panel(balanced)
    if change is not None:
        data = CHANGES[change](data)

    @cache
    def model(name: str) -> Any:
        formula, options = FITS[name]
        return regressions.fit(formula, data, **options)

    def answer(test: Callable[[Models], TestResult]) -> TestResult | str:
        try:
            return test(model)
        except (diagnostics.DiagnosticError, regressions.RegressionError) as error:
            return str(error)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: answer(test) for name, test in TESTS.items()}


@pytest.mark.parametrize(
    ("change", "balanced"),
    [*((change, False) for change in CHANGES), ("origins 1e8", True), ("units 1e8", True)],
)
def test_origin_and_unit_of_variables_change_no_test(change: str, balanced: bool) -> None:
    before, after = results(balanced, None), results(balanced, change)
    wrong = {}
    for name, right in before.items():
        found = after[name]
        if isinstance(right, str) or isinstance(found, str):
            if right != found:
                wrong[name] = (str(right), str(found))
            continue
        assert found.df == right.df
        if found.statistic != pytest.approx(right.statistic, rel=1e-6, abs=1e-9):
            wrong[name] = (right.statistic, found.statistic)
    assert not wrong


def test_nearly_all_tests_are_answered() -> None:
    refused = {name for name, found in results(True, None).items() if isinstance(found, str)}
    assert not refused
    refused = {name for name, found in results(False, None).items() if isinstance(found, str)}
    assert refused == {"baltagi-li"}


@pytest.mark.parametrize("kind", ["ips", "maddala-wu", "choi-pm", "choi-z", "choi-logit", "cips"])
def test_origin_and_unit_of_a_series_change_no_unit_root_test(kind: str) -> None:
    series = panel(True)["x"]
    right = diagnostics.panel_unit_root(series, kind).statistic
    for changed in (series + 1e6, series + 1e8, series * 1e8, series / 1e8):
        found = diagnostics.panel_unit_root(changed, kind).statistic
        assert found == pytest.approx(right, rel=1e-5)
