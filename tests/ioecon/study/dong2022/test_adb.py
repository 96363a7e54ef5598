"""From ADB's workbooks, tables and air emissions, to a regression table, by hand and as a study."""

import numpy as np
import pytest

import ioecon
import regressions
from benchmarks.layouts.adb import write_adb, write_emissions
from ioecon.study import load_study, run_study

ECONOMIES = ("AUS", "PRC", "TAP", "GER", "IND", "UKG", "KAZ", "VIE")
YEARS = range(2017, 2022)
STUDY = """\
title = "ADB"
kind = "dong2022"

[tables]
format = "adb"
path = "adb"
years = "2018-2021"

[emissions]
format = "adb-air-emissions"
file = "adb"
stressor = "CO2"
accounting = "satellite"

[[regressions]]
key = "foreign"
title = "Foreign demand"
dependent = "ln_ddfc"
columns = [["ln_iti"], ["ln_iti", "ln_iti_foreign"]]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("adb")
    for year in YEARS:
        write_adb(place, year=year, economies=ECONOMIES, sectors=3)
        write_emissions(place, year=year, economies=ECONOMIES, sectors=3)
    return place


def test_the_whole_chain(folder):
    series = ioecon.read_series(folder, format="auto", progress=False)
    account = ioecon.read_account(folder, stressor="CO2")
    assert series.years == account.years == tuple(YEARS)
    assert all(not series[year].audit(account).findings for year in series.years)
    effects = ioecon.decompose(series, account)
    change = account.totals().unstack("year").diff(axis=1).iloc[:, 1:]
    np.testing.assert_allclose(effects.change().unstack("year").sort_index(), change.sort_index())
    index = ioecon.transfer_index(series)
    panel = ioecon.build_panel(series, account, effects=effects, index=index)
    assert len(panel) == len(ECONOMIES) * (len(YEARS) - 1)
    assert set(panel.index.get_level_values(0)) >= {"AUS", "CHN", "TWN", "DEU", "GBR"}
    model = regressions.fit("ln_ddfc ~ ln_iti", panel, estimator="fixed")
    assert np.isfinite(model.params["ln_iti"])
    assert model.nobs == len(panel)


def test_a_study_of_it(folder, tmp_path):
    file = folder.parent / "study.toml"
    file.write_text(STUDY.replace('"adb"\nyears', f'"{folder.name}"\nyears').replace(
        'file = "adb"', f'file = "{folder.name}"'), "utf-8")  # fmt: skip
    results = run_study(load_study(file), tmp_path / "out")
    assert len(results.panel) == len(ECONOMIES) * 3
    assert (tmp_path / "out" / "index.html").is_file()
    manifest = (tmp_path / "out" / "manifest.json").read_text("utf-8")
    assert "ADB-MRIO-2018_Dec2022.xlsx" in manifest
