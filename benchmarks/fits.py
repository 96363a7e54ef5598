"""How long one model takes, from 378 rows to ten million, and what it holds in memory.

    python -m benchmarks --only fits [--quick]

On 378 rows beside linearmodels and statsmodels; on 10^6 and 10^7 rows of six regressors beside
pyfixest; effects of 2,500 workers and 500 firms on 15,000 rows, alone and beside six periods,
beside pyhdfe, which removes the effects alone; CR2 with 8,000 clusters beside 2,000, which grows
with the clusters if the ratio is about four. Memory is what numpy holds beyond the data, as a
multiple of the data.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from statsmodels.formula.api import ols

import regressions
from benchmarks.measure import Row, Work, in_turn, peak_bytes, ratio, with_version
from benchmarks.panel import simulated_panel

PERIODS = 20
REGRESSORS = [f"x{i}" for i in range(1, 7)]
FORMULA = "y ~ " + " + ".join(REGRESSORS)
EFFECTS: Mapping[str, tuple[dict[str, Any], str]] = {
    "pooled": ({}, ""),
    "entity": ({"estimator": "fixed"}, " | firm"),
    "two-way": ({"estimator": "fixed", "effects": "twoway"}, " | firm + year"),
}


def wide_panel(count: int) -> pd.DataFrame:
    """Rows of six regressors over 20 periods, with entity effects."""
    rng = np.random.default_rng(2024)
    index = pd.MultiIndex.from_product(
        [range(count // PERIODS), range(2000, 2000 + PERIODS)], names=["firm", "year"]
    )
    data = pd.DataFrame(rng.normal(size=(count, 6)), index=index, columns=REGRESSORS, copy=False)
    effect = np.repeat(rng.normal(size=count // PERIODS), PERIODS)
    data["y"] = data.sum(axis=1) + effect + rng.normal(size=count)
    return data


def workers(count: int) -> pd.DataFrame:
    """Rows of workers over six periods, each period in one of many firms."""
    rng = np.random.default_rng(2025)
    index = pd.MultiIndex.from_product(
        [range(count // 6), range(2000, 2006)], names=["worker", "year"]
    )
    data = pd.DataFrame(rng.normal(size=(count, 3)), index=index, columns=["x", "z", "y"])
    data["firm"] = rng.integers(0, count // 30, size=count)
    return data


def fitted(data: pd.DataFrame, formula: str, **options: Any) -> Callable[[], object]:
    """Make the work of one model."""
    return lambda: regressions.fit(formula, data, **options)


def rows(quick: bool) -> list[Row]:
    """Rows of the record."""
    warnings.simplefilter("ignore", regressions.RegressionWarning)
    rounds = 1 if quick else 5
    large = [20_000] if quick else [1_000_000, 10_000_000]
    return [
        *_small_fits(rounds if quick else 25),
        *(row for count in large for row in _large_fits(count, 1 if count > 10**6 else rounds)),
        *_large_effects(workers(3_000 if quick else 15_000), rounds),
        _bias_reduced(2_000 if quick else 8_000, rounds),
    ]


def _small_fits(rounds: int) -> list[Row]:
    data = simulated_panel()
    flat = data.reset_index()
    two_way = {"estimator": "fixed", "effects": "twoway", "cov": "clustered"}
    linear, stats = with_version("linearmodels"), with_version("statsmodels")
    effects = "y ~ x + a + b + EntityEffects + TimeEffects"
    pairs: dict[str, tuple[Work, str, Work]] = {
        "pooled": (
            fitted(data, "y ~ x + a + b"),
            f"{stats}, formula",
            lambda: ols("y ~ x + a + b", flat).fit(),
        ),
        "two-way, clustered": (
            fitted(data, "y ~ x + a + b", **two_way),
            f"{linear}, formula",
            lambda: PanelOLS.from_formula(effects, data).fit(
                cov_type="clustered", cluster_entity=True
            ),
        ),
    }
    found = []
    for name, (work, peer, other) in pairs.items():
        took = in_turn({name: work, peer: other}, rounds)
        wanted = "<= 1.2" if peer.startswith("linearmodels") else ""
        found.append(
            Row(f"one fit, 378 rows, {name}", took[name].cpu, peer, ratio(took, name, peer), wanted)
        )
    return found


def _large_fits(count: int, rounds: int) -> list[Row]:
    data = wide_panel(count)
    size = data.memory_usage(index=False).sum()
    peer = with_version("pyfixest")
    flat = data.reset_index() if peer else data
    found = []
    for name, (options, absorbed) in EFFECTS.items():
        sides = {name: fitted(data, FORMULA, **options)}
        if peer:
            sides[peer] = _fixest(FORMULA + absorbed, flat)
        took = in_turn(sides, rounds, warm_up=rounds > 1)
        found.append(
            Row(
                f"one fit, {count:,} rows x 6, {name}",
                took[name].cpu,
                peer or "",
                ratio(took, name, peer or ""),
                "<= 2, <= 3 x data" if count <= 10**6 else "<= 3",
                peak_bytes(sides[name]) / size,
                "x data",
            )
        )
    return found


def _fixest(formula: str, data: pd.DataFrame) -> Work:
    from pyfixest import feols

    return lambda: feols(formula, data, vcov="iid", copy_data=False, store_data=False)


def _large_effects(data: pd.DataFrame, rounds: int) -> list[Row]:
    peer = with_version("pyhdfe")
    found = []
    for effects in (["entity", "firm"], ["entity", "firm", "time"]):
        sides = {"fit": fitted(data, "y ~ x + z", estimator="fixed", effects=effects)}
        if peer:
            sides[peer] = _hdfe(data, len(effects))
        took = in_turn(sides, rounds)
        name = f"{' and '.join(effects)} effects, {len(data):,} rows"
        found.append(
            Row(name, took["fit"].cpu, peer or "", ratio(took, "fit", peer or ""), "<= 1.5")
        )
    return found


def _hdfe(data: pd.DataFrame, count: int) -> Work:
    import pyhdfe

    worker, year = data.index.codes
    ids = np.column_stack([worker, data["firm"], year])[:, :count]
    columns = data[["y", "x", "z"]].to_numpy()
    return lambda: pyhdfe.create(ids, drop_singletons=False).residualize(columns)


def _bias_reduced(clusters: int, rounds: int) -> Row:
    options = {"estimator": "fixed", "cov": "CR2"}
    data = wide_panel(clusters * PERIODS)
    quarter = f"{clusters // 4:,} clusters"
    took = in_turn(
        {
            "all": fitted(data, "y ~ x1 + x2", **options),
            quarter: fitted(data.iloc[: len(data) // 4], "y ~ x1 + x2", **options),
        },
        rounds,
    )
    name = f"CR2, {clusters:,} clusters of {PERIODS} rows"
    return Row(name, took["all"].cpu, quarter, ratio(took, "all", quarter), "linear: about 4")
