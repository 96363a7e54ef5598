"""Consumption-based over production-based emissions beside those of Wood et al., every year.

The levels of their WIOD accounts are scaled to other totals, so only ratios are compared.
"""

import numpy as np
import pandas as pd
import pytest

import ioecon

YEARS = tuple(range(2000, 2010))


@pytest.fixture(scope="module")
def published(data_root) -> pd.Series:
    file = data_root.parent / "reference" / "io" / "cbca_production_consumption.csv"
    if not file.is_file():
        pytest.skip(f"no file {file}: this test needs the published accounts")
    frame = pd.read_csv(file)
    wide = frame[frame["model"] == "WIOD"].pivot_table(
        "co2_kt", index=["iso3", "year"], columns="account"
    )
    return wide["CBA"] / wide["PBA"]


@pytest.fixture(scope="module")
def ratios(data_root) -> pd.Series:
    """Consumption-based over production-based emissions of our own, households in both."""
    series = ioecon.read_series(data_root / "wiod2013", format="wiod2013-rdata", years=YEARS)
    account = ioecon.read_wiod_co2(data_root / "wiod2013/CO2_may12.zip")
    found = {}
    for year in YEARS:
        accounts = ioecon.carbon_accounts(series[year], account, without_output="leave_out")
        frame = accounts.by_country()
        households = frame["households"]
        found[year] = (frame["cba"] + households) / (frame["pba"] + households)
    return pd.concat(found, names=["year", "iso3"])


@pytest.mark.filterwarnings("ignore::ioecon.errors.IoeconWarning")
@pytest.mark.parametrize("year", YEARS)
def test_ratios_agree_with_wood_et_al(published, ratios, year):
    both = pd.DataFrame(
        {"ours": ratios.xs(year, level="year"), "theirs": published.xs(year, level="year")}
    ).dropna()
    assert len(both) == 41
    assert np.corrcoef(both["ours"], both["theirs"])[0, 1] > 0.98
    assert (both["ours"] / both["theirs"] - 1).abs().median() < 0.02
