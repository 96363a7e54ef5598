"""From files of GLORIA and EMERGING, with their own accounts, to a regression."""

import numpy as np
import pytest

import ioecon
import regressions
from benchmarks.layouts.emerging import write_emerging, write_emerging_co2
from benchmarks.layouts.gloria import write_gloria
from ioecon.readers import read_series

REGIONS = ("AUS", "CHN", "DEU", "FRA", "GBR", "USA", "ROW")
YEARS = range(2015, 2018)
CONSTRUCTS = ("fixed-product-sales", "industry-technology")


def read_gloria(folder, construct):
    for year in YEARS:
        write_gloria(
            folder,
            year=year,
            regions=[*REGIONS[:-1], "XAM"],
            sectors=("Wheat", "Coal", "Power"),
            seed=year,
            secondary=0.2,
            satellites=[("Emissions (EDGAR)", "'co2_total'", "kilotonnes")],
        )
    series = read_series(folder, format="gloria", progress=False, construct=construct)
    account = ioecon.read_account(
        folder, format="gloria-satellites", stressor="co2_total", construct=construct
    )
    return series, account, "XAM"


def read_emerging(folder, _):
    for year in YEARS:
        write_emerging(folder, year=year, regions=REGIONS, seed=year)
        write_emerging_co2(folder, year=year, n=len(REGIONS) * 4, seed=year)
    series = read_series(folder, format="emerging", progress=False)
    return series, ioecon.read_account(folder, format="emerging-co2"), "ROW"


@pytest.mark.parametrize(
    ("read", "construct"),
    [*((read_gloria, construct) for construct in CONSTRUCTS), (read_emerging, "")],
)
def test_years_of_files_and_their_accounts_end_in_a_regression(tmp_path, read, construct):
    series, account, rest = read(tmp_path, construct)
    assert series.years == tuple(YEARS)
    assert all(series[year].audit(account).ok for year in YEARS)
    effects = ioecon.decompose(series, account)
    assert (effects.stressor, effects.unit) == (account.name, account.unit)
    np.testing.assert_allclose(effects.residuals, 0, atol=1e-12)
    index = ioecon.transfer_index(series)
    panel = ioecon.build_panel(series, account, effects=effects, index=index, exclude=[rest])
    assert panel.shape[0] == (len(REGIONS) - 1) * 2
    model = regressions.fit("ddfc ~ iti", panel, estimator="fixed", effects=["entity", "time"])
    both = panel[["ddfc", "iti"]]
    within = both - both.groupby("country").transform("mean")
    within = within - within.groupby("year").transform("mean")
    slope = (within["ddfc"] * within["iti"]).sum() / (within["iti"] ** 2).sum()
    assert model.params["iti"] == pytest.approx(slope)


def test_groups_read_with_the_table_are_groups_of_the_account(tmp_path):
    series, account, _ = read_gloria(tmp_path, CONSTRUCTS[0])
    regions = {region: region for region in ("AUS", "CHN", "XAM")} | dict.fromkeys(
        ("DEU", "FRA", "GBR", "USA"), "others"
    )
    sectors = {"Wheat": "food", "Coal": "energy", "Power": "energy"}
    table = ioecon.read_table(
        tmp_path, format="gloria", year=2016, regions=regions, sectors=sectors, cache=False
    )
    grouped = account.aggregate(regions=regions, sectors=sectors)
    accounts = ioecon.carbon_accounts(table, grouped)
    total = account.totals().xs(2016, level="year")
    np.testing.assert_allclose(accounts.mrio.sum(), total.sum())
    np.testing.assert_allclose(
        table.Z, series[2016].aggregate(regions=regions, sectors=sectors).Z, rtol=1e-12
    )
