"""The panel of real WIOD tables against the moments of the method page (section 9).

2013 release, 2000-2009, 39 countries: Taiwan and the rest of the world stay in the tables and
leave the panel. The moments were computed by a plain, slow reading of the equations.
"""

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import build_panel, codebook, fill_emissions, read_emissions, rest_of_world
from ioecon.emissions import emissions_by_sector, read_wiod_co2
from ioecon.errors import IoeconWarning
from ioecon.panel.controls import control_changes
from ioecon.readers import read_series
from ioecon.transforms import signed_log

MOMENTS = ["obs", "mean", "sd", "min", "max"]
CONTROLS = ["gdp_pc_usd", "urban_pct", "alt_nuclear_pct", "elec_kwh_pc", "gdp_per_energy"]


@pytest.fixture(scope="session")
def series(data_root):
    return read_series(
        data_root / "wiod2013",
        format="wiod2013-rdata",
        years=range(2000, 2010),
        progress=False,
        cache=False,
    )


@pytest.fixture(scope="session")
def emissions(data_root, series):
    """World Bank; Taiwan from the Global Carbon Budget; the rest of the world by difference."""
    file = data_root / "co2.csv"
    bank = read_emissions(file, where={"source": "WDI_2018_EN.ATM.CO2E.KT"})
    budget = read_emissions(file, where={"source": "GCB_2020_territorial"})
    filled = fill_emissions(bank, budget, countries=["TWN"])
    return rest_of_world(filled, countries=series.countries)


@pytest.fixture(scope="session")
def controls(data_root):
    return pd.read_csv(data_root / "controls.csv")[["iso3", "year", *CONTROLS]]


@pytest.fixture(scope="session")
def panels(series, emissions, controls):
    with pytest.warns(ioecon.errors.RoundingWarning):
        return {
            accounting: build_panel(
                series,
                emissions,
                controls,
                accounting=accounting,
                groups=ioecon.datasets.groups(),
                exclude=["ROW", "TWN"],
            )
            for accounting in ("carbon_table", "satellite")
        }


@pytest.mark.parametrize(
    ("accounting", "column", "moments"),
    [
        ("carbon_table", "ln_iti", (2.724, 5.673, -7.577, 7.891)),
        ("carbon_table", "ln_iti_foreign", (1.086, 6.113, -7.663, 8.499)),
        ("carbon_table", "ln_ddfc", (5.341, 5.759, -12.611, 12.345)),
        ("satellite", "ln_ddfc", (6.091, 7.118, -13.326, 13.678)),
        ("carbon_table", "ln_dtfc", (0.766, 7.186, -12.356, 12.216)),
    ],
)
def test_moments_of_section_9_to_the_last_printed_digit(panels, accounting, column, moments):
    row = codebook(panels[accounting]).loc[column, MOMENTS]
    assert row["obs"] == 351
    assert tuple(round(float(value), 3) for value in row[1:]) == moments


def test_the_panel_is_balanced_and_the_identity_holds(panels):
    for panel in panels.values():
        assert panel.index.unique("country").size == 39
        assert panel.groupby("country").size().eq(9).all()
        assert panel.attrs["identity_residual"] < 1e-10
        assert panel[[c for c in panel if c.startswith(("ln_", "asinh_"))]].notna().all().all()


def test_countries_and_groups_of_the_panel(panels):
    panel = panels["carbon_table"]
    countries = set(panel.index.unique("country"))
    assert not countries & {"TWN", "ROW", "CHE", "HRV", "NOR"}
    by_country = panel.groupby("country")["developed_dong2022"].first()
    assert (int(by_country.sum()), int((~by_country).sum())) == (21, 18)


def test_taiwan_has_no_controls_and_is_named(series, emissions, controls):
    with pytest.raises(ioecon.errors.PanelError, match=r"TWN: gdp_pc_usd \(2000-2009\)"):
        build_panel(series, emissions, controls)


@pytest.fixture(scope="session")
def printed(data_root):
    path = data_root.parent / "published" / "dong2022_table2_descriptive.csv"
    if not path.is_file():
        pytest.skip(f"no file {path}: this test needs the paper's printed numbers")
    return pd.read_csv(path, index_col="variable")


@pytest.fixture(scope="session")
def changes(controls):
    """Changes of controls for the paper's 42 countries and nine periods."""
    countries = sorted(set(controls["iso3"]) - {"TWN"})
    periods = [(year - 1, year) for year in range(2001, 2010)]
    found = control_changes(controls, countries, periods)
    assert found.gaps.empty
    return found.changes


# The number of digits to which the World Bank's series give the paper's Table 2 (method, 9).
@pytest.mark.parametrize(
    ("printed_name", "column", "tolerance"),
    [
        ("d_urban", "d_urban_pct", 5.01e-4),
        ("d_elec_pc", "d_elec_kwh_pc", 5.01e-4),
        ("d_energy_per_gdp", "d_gdp_per_energy", 2e-3),
    ],
)
def test_control_moments_of_the_papers_table_2(printed, changes, printed_name, column, tolerance):
    ours = changes[column].agg(["count", "mean", "std", "min", "max"]).to_numpy()
    np.testing.assert_allclose(ours, printed.loc[printed_name], rtol=0, atol=tolerance)


def test_gdp_per_head_moments(printed, changes):
    """Mean to five digits, sd to four; the paper prints the minimum to hundreds, its ln exactly."""
    change, paper = changes["d_gdp_pc_usd"], printed.loc["d_gdp_pc"]
    assert change.count() == paper["obs"] == 378
    assert change.mean() == pytest.approx(paper["mean"], rel=1e-5)
    assert change.std() == pytest.approx(paper["std"], rel=2e-4)
    assert round(change.max(), 2) == paper["max"]
    assert round(change.min(), -2) == paper["min"]
    logs = signed_log(change)
    for statistic in ("min", "max"):
        assert round(logs.agg(statistic), 3) == printed.loc["ln_d_gdp_pc", statistic]


def test_real_accounts_hold_emissions_where_the_tables_have_no_output(data_root, series):
    """136 to 249 kt a year, 0.001 % of production: reported, and left out only on request."""
    account = read_wiod_co2(data_root / "wiod2013/CO2_may12.zip")
    for year, lost in ((2000, 136.045), (2009, 249.455)):
        table = series[year]
        with pytest.raises(ioecon.errors.EmissionsError, match=f"{lost:.3f} kt"):
            emissions_by_sector(account, table)
        with pytest.warns(IoeconWarning, match=r"0\.00\d+ % of all"):
            c = emissions_by_sector(account, table, without_output="leave_out")
        produced = account.totals().xs(year, level="year").sum()
        assert produced - c.sum() == pytest.approx(lost, abs=1e-3)
