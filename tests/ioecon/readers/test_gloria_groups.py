"""Groups of regions and sectors that GLORIA is read as: the same of its table and its account."""

import numpy as np

import ioecon
from benchmarks.layouts.gloria import write_gloria

REGIONS = ("AUS", "CHN", "DEU", "FRA", "GBR", "USA", "XAM")


def test_groups_read_with_the_table_are_groups_of_the_account(tmp_path):
    for year in (2015, 2016):
        write_gloria(
            tmp_path,
            year=year,
            regions=REGIONS,
            sectors=("Wheat", "Coal", "Power"),
            seed=year,
            secondary=0.2,
            satellites=[("Emissions (EDGAR)", "'co2_total'", "kilotonnes")],
        )
    whole = ioecon.read_table(tmp_path, format="gloria", year=2016, cache=False)
    account = ioecon.read_account(tmp_path, format="gloria-satellites", stressor="co2_total")
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
        table.Z, whole.aggregate(regions=regions, sectors=sectors).Z, rtol=1e-12
    )
