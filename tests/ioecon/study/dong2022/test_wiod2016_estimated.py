"""The paper's own sample on the estimate of its tables: 42 countries, nine periods, 378 rows."""

from pathlib import Path

import pandas as pd
import pytest

import ioecon
from ioecon.panel.outcomes import PAPER_OUTCOMES
from ioecon.study import examine_study, load_study

STUDY = Path(__file__).parents[4] / "studies" / "dong2022_wiod2016_estimated.toml"

# Mean, standard deviation, minimum, maximum of the signed logs, as the data's README has them.
MOMENTS = {
    "ln_iti": (2.810, 5.624, -7.706, 7.882),
    "ln_ddfc": (5.364, 5.828, -12.786, 12.349),
    "ln_dtfc": (1.204, 6.994, -12.210, 12.061),
    # The reading that comes closest to the published tables 3, 7 and 8.
    "ln_mixed": (-2.893, 6.784, -12.302, 11.831),
}
MIXED = [{"factors": ["mix"]}, {"factors": ["distribution"], "origin": "foreign"}]


@pytest.fixture
def study(data_root, monkeypatch):
    monkeypatch.setenv("IOECON_DATA", str(data_root))
    return load_study(STUDY)


def test_the_study_names_what_there_is(study):
    assert examine_study(study)[1] == ()


def test_it_is_never_called_the_release(study):
    for text in (study.title, study.notes[0]):
        assert "estimate" in text.lower()


@pytest.mark.filterwarnings("ignore::ioecon.errors.RoundingWarning")
def test_the_panel_has_the_moments_of_the_data(data_root):
    series = ioecon.read_series(data_root / "wiod2016_estimated", format="sparse-npz")
    co2 = pd.read_csv(data_root / "co2.csv")
    wanted = {"WDI_2018_EN.ATM.CO2E.KT": None, "GCB_2020_territorial": ["TWN"]}
    totals = {
        source: co2[co2["source"] == source].set_index(["iso3", "year"])["co2_kt"].dropna()
        for source in wanted
    }
    first, second = (part.rename_axis(["country", "year"]) for part in totals.values())
    years = list(series.years)
    first = first[first.index.get_level_values("year").isin(years)]
    second = second[second.index.get_level_values("year").isin(years)]
    emissions = ioecon.fill_emissions(first, second, countries=["TWN"])
    emissions = ioecon.rest_of_world(emissions, "WLD", countries=series.countries, years=years)
    outcomes = {**PAPER_OUTCOMES, "mixed": MIXED}
    panel = ioecon.build_panel(series, emissions, exclude=["TWN", "ROW"], outcomes=outcomes)
    assert len(panel) == 378
    assert panel.index.get_level_values("country").nunique() == 42
    for name, moments in MOMENTS.items():
        values = panel[name]
        found = (values.mean(), values.std(), values.min(), values.max())
        assert found == pytest.approx(moments, abs=0.0006), name
