"""How long specification curves and a wild cluster bootstrap take, on 378 rows and on 100,000.

    python -m benchmarks --only panel [--quick]

The curve of 1,008 specifications stands beside the same number of models fitted one by one
(extrapolated from 24), alone and with 499 curves under the null; then 48 specifications as a study
has them, and 144 specifications on 100,000 rows beside one fit of them. 9,999 draws of the wild
cluster bootstrap stand beside linearmodels' fit of one model.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS

import regressions
from benchmarks.measure import Row, in_turn, peak_bytes, ratio, with_version

ENTITIES, PERIODS = 42, 9
CHOICES: dict[str, Any] = {
    "dependent": {"level": "y", "asinh": "asinh(y)"},
    "interest": {"x": "x", "w": "w"},
    "controls": {"none": [], "a": ["a"], "a, b": ["a", "b"], "all": ["a", "b", "c", "d"],
                 "b": ["b"], "c": ["c"], "d": ["d"]},
    "samples": {"all": None, "rich": "rich", "poor": "not rich"},
    "estimators": {
        "pooled": {},
        "entity": {"estimator": "fixed"},
        "two-way": {"estimator": "fixed", "effects": "twoway"},
        "random": {"estimator": "random"},
    },
    "covariances": {
        "unadjusted": {},
        "HC1": {"cov": "robust"},
        "by entity": {"cov": "clustered"},
    },
}  # fmt: skip


def simulated_panel() -> pd.DataFrame:
    """Rows of 42 entities over 9 periods, with entity effects."""
    rng = np.random.default_rng(2022)
    index = pd.MultiIndex.from_product(
        [[f"C{i:02}" for i in range(ENTITIES)], range(2001, 2001 + PERIODS)],
        names=["country", "year"],
    )
    data = pd.DataFrame(rng.normal(size=(len(index), 5)), index=index, columns=list("xabcd"))
    data["w"] = data["x"] + 0.3 * rng.normal(size=len(index))
    effect = np.repeat(rng.normal(size=ENTITIES), PERIODS)
    data["y"] = -0.1 * data["x"] + 0.3 * data["a"] + effect + rng.normal(size=len(index))
    data["rich"] = np.repeat(np.arange(ENTITIES) < ENTITIES // 2, PERIODS)
    return data


def large_panel(rows: int) -> pd.DataFrame:
    """Rows over 10 periods, without effects."""
    rng = np.random.default_rng(2023)
    index = pd.MultiIndex.from_product([range(rows // 10), range(10)], names=["firm", "year"])
    data = pd.DataFrame(rng.normal(size=(rows, 5)), index=index, columns=list("xwabc"))
    data["y"] = 0.1 * data["x"] + rng.normal(size=rows)
    return data


def curve(data: pd.DataFrame, **changed: Any) -> Callable[[], regressions.SpecificationCurve]:
    """Make the work of a curve: all choices, some of them changed."""
    return lambda: regressions.specification_curve(data, progress=False, **{**CHOICES, **changed})


def one_by_one(data: pd.DataFrame, count: int) -> None:
    """Estimate some specifications as separate models."""
    covariances = list(CHOICES["covariances"].values())
    estimators = list(CHOICES["estimators"].values())
    for i in range(count):
        options = {**estimators[i % 4], **covariances[i // 4 % 3]}
        regressions.fit("asinh(y) ~ x + a + b", data, **options)


def rows(quick: bool) -> list[Row]:
    """Rows of the record."""
    warnings.simplefilter("ignore", regressions.RegressionWarning)
    rounds, tried = (1, 4) if quick else (5, 24)
    return [
        *_small_curves(simulated_panel(), rounds, tried, 99 if quick else 499),
        _large_curve(large_panel(10_000 if quick else 100_000), rounds),
        _wild_bootstrap(simulated_panel(), rounds),
    ]


def _small_curves(data: pd.DataFrame, rounds: int, tried: int, draws: int) -> list[Row]:
    study = {
        "dependent": "y", "controls": {"none": [], "all": list("abcd")},
        "samples": {"all": None, "rich": "rich"},
        "estimators": {name: CHOICES["estimators"][name] for name in ("pooled", "two-way")},
    }  # fmt: skip
    whole = "1,008 specifications"
    works = {
        whole: (curve(data), 1008, "<= 0.1 s"),
        f"{whole}, {draws} curves by bootstrap":
            (curve(data, inference="bootstrap", draws=draws), 1008, ""),
        f"{whole}, {draws} curves by permutation":
            (curve(data, inference="permutation", draws=draws), 1008, ""),
        "48 specifications of a study": (curve(data, **study), 48, "<= 5 ms"),
    }  # fmt: skip
    alone = "models fitted one by one"
    sides = {name: work for name, (work, _, _) in works.items()}
    took = in_turn({**sides, alone: lambda: one_by_one(data, tried)}, rounds)
    each = took[alone].cpu / tried
    return [
        Row(f"{name}, 378 rows", took[name].cpu, alone, took[name].cpu / (each * count), wanted)
        for name, (_, count, wanted) in works.items()
    ]


def _large_curve(data: pd.DataFrame, rounds: int) -> Row:
    names = ("pooled", "entity", "two-way")
    work = curve(
        data, dependent="y", interest=["x", "w"], controls=list("abc"), samples=None,
        estimators={name: CHOICES["estimators"][name] for name in names},
    )  # fmt: skip
    options = {"estimator": "fixed", "effects": "twoway", "cov": "clustered"}
    one = "one two-way fit"
    took = in_turn(
        {"curve": work, one: lambda: regressions.fit("y ~ x + a + b + c", data, **options)}, rounds
    )
    name = f"144 specifications, {len(data):,} rows"
    peak = peak_bytes(work) / 2**20
    return Row(name, took["curve"].cpu, one, ratio(took, "curve", one), peak=peak)


def _wild_bootstrap(data: pd.DataFrame, rounds: int) -> Row:
    model = regressions.fit("y ~ x + a + b", data, estimator="fixed", cov="clustered")
    bare = PanelOLS(data["y"], data[["x", "a", "b"]], entity_effects=True)
    peer = f"{with_version('linearmodels')}, one fit"
    took = in_turn(
        {
            "draws": lambda: regressions.wild_cluster_bootstrap(model, "x", draws=9999),
            peer: bare.fit,
        },
        rounds,
    )
    return Row("9,999 wild draws, 378 rows", took["draws"].cpu, peer, ratio(took, "draws", peer))
