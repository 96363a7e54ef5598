"""R's answers and the models they belong to, one case per data set; simulated panels."""

import json
import os
import warnings
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import regressions

KNOWN = (
    "empluk",
    "gasoline",
    "grunfeld",
    "grunfeld_gaps",
    "munnell_unbal",
    "produc",
    "wage_panel",
    "wages",
)


class Case:
    """One data set with R's answers; the models are fitted when first asked for."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.answers = json.loads(path.read_text(encoding="utf-8"))
        frame = pd.read_csv(path.parent / self.answers["csv"])
        index = self.answers["index"]
        self.data = frame.set_index([index["entity"], index["time"]])
        self.formula = self.answers["formula"]

    def _fit(self, **options: Any) -> regressions.FittedModel:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return regressions.fit(self.formula, self.data, **options)

    @property
    def balanced(self) -> bool:
        return self.answers["dims"]["balanced"]

    @cached_property
    def has_gaps(self) -> bool:
        periods = self.data.index.get_level_values(1)
        steps = pd.Series(periods, index=self.data.index).groupby(level=0).diff().dropna()
        return bool((steps > steps.min()).any())

    @cached_property
    def pooled(self) -> regressions.FittedModel:
        return self._fit(estimator="pooled")

    @cached_property
    def fixed(self) -> regressions.FittedModel:
        return self._fit(estimator="fixed", effects="entity", drop_absorbed=True)

    @cached_property
    def fixed_time(self) -> regressions.FittedModel:
        return self._fit(estimator="fixed", effects="time", drop_absorbed=True)

    @cached_property
    def fixed_twoway(self) -> regressions.FittedModel:
        return self._fit(estimator="fixed", effects="twoway", drop_absorbed=True)

    @cached_property
    def random(self) -> regressions.FittedModel:
        return self._fit(estimator="random", effects="entity", small_sample=True)

    @cached_property
    def random_time(self) -> regressions.FittedModel:
        return self._fit(estimator="random", effects="time", small_sample=True)

    def r(self, *keys: str) -> dict[str, Any]:
        """R's answer under `keys`; the test is skipped where R gave none."""
        node: Any = self.answers
        for key in keys:
            if key not in node:
                pytest.skip(f"R has no {'/'.join(keys)} for this data set")
            node = node[key]
        if isinstance(node, dict) and "error" in node:
            pytest.skip(f"R stopped: {node['error']}")
        statistic = node.get("statistic", 0.0) if isinstance(node, dict) else 0.0
        if statistic is None or not np.isfinite(statistic):
            pytest.skip(f"R gives no number for {'/'.join(keys)} of this data set")
        return node


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    names: tuple[str, ...] = KNOWN
    root = os.environ.get("IOECON_DATA")
    folder = Path(root).resolve().parent / "reference" if root else None
    if folder is not None and folder.is_dir():
        names = tuple(p.stem for p in sorted(folder.glob("*.json")) if p.stem != "extra")
    metafunc.parametrize("case", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def cases(reference_root: Path) -> Callable[[str], Case]:
    loaded: dict[str, Case] = {}

    def load(name: str) -> Case:
        if name not in loaded:
            loaded[name] = Case(reference_root / f"{name}.json")
        return loaded[name]

    return load


@pytest.fixture(scope="session")
def case(request: pytest.FixtureRequest, cases: Callable[[str], Case]) -> Case:
    return cases(request.param)


@pytest.fixture
def make_panel() -> Callable[..., pd.DataFrame]:
    """Simulate y = x + z + effect + error with chosen spreads; seeded."""

    def make(
        entities: int = 30,
        periods: int = 6,
        *,
        effect: float = 1.0,
        correlated: float = 0.0,
        seed: int = 0,
        drop: float = 0.0,
    ) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        index = pd.MultiIndex.from_product(
            [[f"e{i:03d}" for i in range(entities)], range(2000, 2000 + periods)],
            names=["entity", "year"],
        )
        n = len(index)
        alpha = np.repeat(rng.normal(size=entities), periods)
        data = pd.DataFrame(index=index)
        data["x"] = rng.normal(size=n) + correlated * alpha
        data["z"] = rng.normal(size=n)
        data["fixed_trait"] = np.repeat(rng.normal(size=entities), periods)
        data["y"] = 1 + data["x"] + data["z"] + effect * alpha + rng.normal(size=n)
        return data[rng.random(n) >= drop]

    return make
