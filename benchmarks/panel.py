"""How long a thousand specifications and a wild cluster bootstrap take on a panel of 378 rows.

    python benchmarks/panel.py [--jobs 1] [--draws 9999]

Prints, from one run: seconds of a specification curve of 1,008 specifications without and with
joint inference (499 curves under the null, by bootstrap and by permutation); seconds of 9,999
draws of the wild cluster bootstrap of one coefficient, and of its interval; and, for comparison,
seconds of one estimate by itself, of the specifications estimated one by one (extrapolated from
60 of them), and of the bare linearmodels estimator.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS

import regressions

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


def seconds(work: Callable[[], object], repeats: int = 1) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats


def one_by_one(data: pd.DataFrame, count: int) -> None:
    """Estimate some specifications as separate models."""
    covariances = list(CHOICES["covariances"].values())
    estimators = list(CHOICES["estimators"].values())
    for i in range(count):
        options = {**estimators[i // 3 % 4], **covariances[i % 3]}
        regressions.fit("asinh(y) ~ x + a + b", data, **options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--draws", type=int, default=9999)
    options = parser.parse_args()
    warnings.simplefilter("ignore", regressions.RegressionWarning)
    data = simulated_panel()
    model = regressions.fit("y ~ x + a + b", data, estimator="fixed", cov="clustered")

    def curve(inference: str | None) -> Callable[[], regressions.SpecificationCurve]:
        return lambda: regressions.specification_curve(
            data, inference=inference, n_jobs=options.jobs, progress=False, **CHOICES
        )

    def bootstrap() -> regressions.WildBootstrap:
        return regressions.wild_cluster_bootstrap(model, "x", draws=options.draws)

    count = len(curve(None)())
    print(f"{len(data)} rows, {ENTITIES} entities, {PERIODS} periods; {options.jobs} process(es)")
    print(f"  {count:,} specifications                       {seconds(curve(None)):9.2f} s")
    print(f"  with 499 curves by bootstrap              {seconds(curve('bootstrap')):9.2f} s")
    print(f"  with 499 curves by permutation            {seconds(curve('permutation')):9.2f} s")
    alone = seconds(lambda: one_by_one(data, 60)) / 60
    print(f"  one specification by itself               {alone:9.4f} s")
    print(f"  all of them one by one, extrapolated      {alone * count:9.2f} s")
    bare = PanelOLS(data["y"], data[["x", "a", "b"]], entity_effects=True)
    print(f"  linearmodels' own fit of a ready model    {seconds(bare.fit, 20):9.4f} s")
    print(f"  {options.draws:,} wild cluster bootstrap draws        {seconds(bootstrap, 5):9.4f} s")
    test = bootstrap()
    print(f"  interval by inverting the test            {seconds(test.conf_int):9.4f} s")


if __name__ == "__main__":
    main()
