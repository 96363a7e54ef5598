"""How long the tests of `diagnostics` take, and what they hold, on 10^6 rows.

    python -m benchmarks --only diagnostics [--quick]

50,000 entities over 20 periods, balanced, two regressors; one row for each test, in processor
time, with the most memory that numpy held beyond the data. Where memory is wanted below a bound,
it is asserted in the tests, not here.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

import diagnostics
import regressions
from benchmarks.measure import Row, Work, in_turn, peak_bytes

PERIODS = 20


def simulated_panel(rows: int) -> pd.DataFrame:
    """Rows over 20 periods, with entity effects."""
    rng = np.random.default_rng(2024)
    entities = rows // PERIODS
    index = pd.MultiIndex.from_product([range(entities), range(PERIODS)], names=["firm", "year"])
    data = pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=["x", "z"])
    effect = np.repeat(rng.normal(size=entities), PERIODS)
    data["y"] = 0.1 * data["x"] + 0.2 * data["z"] + effect + rng.normal(size=len(index))
    return data


def works(rows: int) -> dict[str, Work]:
    """Give the tests by name, with models that are fitted before."""
    data = simulated_panel(rows)
    walk = data["y"].groupby(level=0).cumsum()
    pooled, fixed, random = (
        regressions.fit("y ~ x + z", data, estimator=estimator)
        for estimator in ("pooled", "fixed", "random")
    )
    d = diagnostics
    return {
        "CD": lambda: d.cross_section_dependence(fixed),
        "Breusch-Pagan LM": lambda: d.cross_section_dependence(fixed, "lm"),
        "poolability": lambda: d.poolability(fixed),
        "Im-Pesaran-Shin": lambda: d.panel_unit_root(walk, "ips"),
        "Maddala-Wu": lambda: d.panel_unit_root(walk, "maddala-wu"),
        "CIPS": lambda: d.panel_unit_root(walk, "cips"),
        "modified Wald": lambda: d.modified_wald(fixed),
        "White": lambda: d.white(pooled),
        "Breusch-Pagan": lambda: d.breusch_pagan(pooled),
        "Jarque-Bera": lambda: d.jarque_bera(fixed),
        "RESET": lambda: d.reset(pooled),
        "Hausman": lambda: d.hausman(fixed, random),
        "Mundlak": lambda: d.mundlak(random),
        "F of effects": lambda: d.f_effects(fixed),
        "LM of effects": lambda: d.lm_effects(pooled),
        "unobserved effect": lambda: d.unobserved_effect(pooled),
        "Wooldridge, serial": lambda: d.wooldridge_serial(fixed),
        "Wooldridge, within": lambda: d.wooldridge_within(fixed),
        "Wooldridge, differenced": lambda: d.wooldridge_differenced(fixed),
        "Breusch-Godfrey": lambda: d.breusch_godfrey(fixed),
        "Baltagi-Li": lambda: d.baltagi_li(random),
        "Bera-Sosa-Escudero-Yoon": lambda: d.bera_sosa_escudero_yoon(pooled),
        "Durbin-Watson": lambda: d.durbin_watson(fixed),
        "VIF": lambda: d.vif(pooled),
        "condition number": lambda: d.condition_number(pooled),
        "correlation matrix": lambda: d.correlation_matrix(pooled),
    }


def rows(quick: bool = False) -> list[Row]:
    """Measure every test."""
    count = 20_000 if quick else 1_000_000
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, work in works(count).items():
            took = in_turn({name: work}, rounds=1 if quick else 3, warm_up=not quick)
            peak = peak_bytes(work) / 1e6
            found.append(Row(f"{name}, {count:,} rows", took[name].cpu, peak=peak))
    return found
