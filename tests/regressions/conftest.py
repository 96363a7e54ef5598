"""R's answers as fixtures: one test per data set that lies in the reference folder."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest


@dataclass(frozen=True)
class Reference:
    """One data set with R's answers."""

    name: str
    answers: dict[str, Any]
    data: pd.DataFrame

    @property
    def formula(self) -> str:
        return self.answers["formula"]

    @property
    def balanced(self) -> bool:
        return bool(self.answers["dims"]["balanced"])

    @property
    def gaps(self) -> bool:
        """Whether an entity misses a period between its first and its last."""
        periods = self.data.index.get_level_values(1).to_series(index=self.data.index)
        by_entity = periods.groupby(level=0)
        span = by_entity.max() - by_entity.min() + 1
        return bool((span != by_entity.size()).any())


def _folder() -> Path | None:
    root = os.environ.get("IOECON_DATA")
    folder = Path(root).resolve().parent / "reference" if root else None
    return folder if folder is not None and folder.is_dir() else None


def _names() -> list[str]:
    folder = _folder()
    if folder is None:
        return []
    return [
        path.stem
        for path in sorted(folder.glob("*.json"))
        if (folder / "data" / f"{path.stem}.csv").is_file()
    ]


@pytest.fixture(scope="session", params=_names() or ["none"])
def reference(request: pytest.FixtureRequest, reference_root: Path) -> Reference:
    """One data set of the reference folder with R's answers."""
    return read_reference(reference_root, request.param)


def read_reference(folder: Path, name: str) -> Reference:
    answers = json.loads((folder / f"{name}.json").read_text())
    frame = pd.read_csv(folder / answers["csv"])
    index = [answers["index"]["entity"], answers["index"]["time"]]
    return Reference(name, answers, frame.set_index(index))


@pytest.fixture(scope="session")
def grunfeld(reference_root: Path) -> pd.DataFrame:
    """Grunfeld's investment data: 10 firms, 20 years."""
    return read_reference(reference_root, "grunfeld").data


@pytest.fixture(scope="session")
def extra(reference_root: Path) -> dict[str, Any]:
    """Answers of the wild cluster bootstrap and of other Python packages."""
    return json.loads((reference_root / "extra.json").read_text())


@pytest.fixture
def panel() -> pd.DataFrame:
    """Simulated panel: 12 entities, 8 years; y depends on x and z, with entity effects."""
    rng = np.random.default_rng(20)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(12)], range(2000, 2008)], names=["country", "year"]
    )
    frame = pd.DataFrame(rng.normal(size=(96, 2)), index=index, columns=["x", "z"])
    effect = np.repeat(rng.normal(size=12), 8)
    frame["x"] += effect
    frame["y"] = 1.0 + 2.0 * frame["x"] - frame["z"] + effect + rng.normal(size=96)
    frame["fixed"] = np.repeat(np.arange(12.0), 8)
    frame["region"] = np.repeat(["north", "south", "west"], 32)
    frame["weight"] = rng.uniform(0.5, 2.0, size=96)
    return frame
