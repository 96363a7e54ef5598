"""A small study on disk (three countries, two sectors, four years) and one run of the world."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.study import StudyResults, embedded_study, run_study

COUNTRIES = ("AUT", "BEL", "CHE")
YEARS = (2000, 2001, 2002, 2003, 2004)

STUDY = """
title = "Small"

[tables]
format = "ioecon"
path = "tables"

[emissions]
file = "co2.csv"

[controls]
file = "controls.csv"

[controls.columns]
urban = "urban_pct"

[groups]
file = "groups.csv"

[groups.columns]
rich = "rich"

[descriptives]
variables = ["ddfc", "iti"]

[[regressions]]
key = "base"
title = "Base"
dependent = "ddfc"
columns = [["iti"]]

[figures]
scatter = ["iti", "ddfc"]
"""


@pytest.fixture
def small_study(tmp_path: Path) -> Callable[..., Path]:
    """Write a small study; ``replace`` changes its text, ``co2`` its emissions."""

    def write(*replacements: tuple[str, str], without_co2: str | None = None) -> Path:
        folder = tmp_path / "study"
        folder.mkdir()
        ioecon.write_series(_series(), folder / "tables")
        keys = pd.MultiIndex.from_product([COUNTRIES, YEARS], names=["iso3", "year"])
        draw = np.random.default_rng(5)
        co2 = pd.Series(draw.uniform(900, 1100, len(keys)), index=keys, name="co2_kt")
        if without_co2:
            co2 = co2.drop(without_co2, level="iso3")
        co2.to_csv(folder / "co2.csv")
        urban = pd.Series(draw.uniform(50, 80, len(keys)), index=keys, name="urban_pct")
        urban.to_csv(folder / "controls.csv")
        (folder / "groups.csv").write_text("iso3,rich\nAUT,true\nBEL,false\nCHE,false\n")
        text = STUDY
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        file = folder / "study.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def _series() -> ioecon.IOSeries:
    draw = np.random.default_rng(1)
    n = len(COUNTRIES) * 2
    return ioecon.IOSeries(
        {
            year: ioecon.IOTable(
                Z=draw.uniform(1, 10, (n, n)),
                Y=draw.uniform(50, 100, (n, len(COUNTRIES))),
                countries=COUNTRIES,
                sectors=("a", "b"),
                categories=("final",),
                year=year,
            )
            for year in YEARS
        }
    )


@pytest.fixture(scope="session")
def world_results(tmp_path_factory: pytest.TempPathFactory) -> StudyResults:
    """Results of the embedded world, run once."""
    return run_study(embedded_study(), tmp_path_factory.mktemp("world") / "results")
