"""The real WIOD 2013 tables, the official xlsx layout and the real excerpt of 2016."""

import hashlib

import numpy as np
import pytest
import rdata

from ioecon.readers import read_series, read_table

YEARS = range(2000, 2010)
COUNTRIES = (
    "AUS AUT BEL BGR BRA CAN CHN CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HUN IDN IND IRL ITA "
    "JPN KOR LTU LUX LVA MEX MLT NLD POL PRT ROU RUS SVK SVN SWE TUR TWN USA ROW"
)


@pytest.fixture(scope="module")
def series(data_root, tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("IOECON_CACHE_DIR", str(tmp_path_factory.mktemp("wiod")))
    yield read_series(data_root / "wiod2013", format="wiod2013-rdata", years=YEARS)
    patch.undo()


def test_all_years_with_one_set_of_labels(series):
    assert series.years == tuple(YEARS)
    assert " ".join(series.countries) == COUNTRIES
    assert series.sectors == tuple(f"c{k}" for k in range(1, 36))
    assert series.sector_names[0] == "Agriculture, Hunting, Forestry and Fishing"
    assert (series.unit, series.currency) == ("million", "USD")


@pytest.mark.filterwarnings("ignore:Missing constructor for R class")
@pytest.mark.parametrize("year", YEARS)
def test_numbers_are_those_of_the_file(series, data_root, year):
    path = data_root / "wiod2013" / f"wiot_{year}.RData"
    raw = rdata.read_rda(path)[f"wiot_{year}"]
    table = series[year]
    assert table.n == 1435
    assert table.year == year
    np.testing.assert_array_equal(table.Z, np.asarray(raw["inter"]))
    np.testing.assert_array_equal(table.Y, np.asarray(raw["final"]))
    np.testing.assert_array_equal(table.printed_output, np.asarray(raw["output"]))
    assert table.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert table.source.path == path.name


@pytest.mark.parametrize("year", YEARS)
def test_rows_miss_the_printed_output_by_rounding_only(series, year):
    table = series[year]
    assert np.abs(table.x - table.printed_output).max() <= 113
    assert 18 <= (table.x == 0).sum() <= 22


def test_official_xlsx_layout(data_root):
    path = data_root / "formats" / "wiod_mock" / "wiot09_row_sep12.xlsx"
    table = read_table(path, format="wiod2013-xlsx")
    assert table.countries == ("AUS", "BEL", "LUX", "ROU", "USA", "ROW")
    assert table.sectors == ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c35")
    assert table.categories == ("c37", "c38", "c39", "c41", "c42")
    assert table.year == 2009
    assert table.Z[0, 0] == 23697.221
    assert table.Z[0, 1] == 57.495387
    assert table.Y[0, -1] == 4.8982602
    assert table.printed_output[0] == 239150.176812268
    assert table.printed_output[-1] == 91544441.8318252
    np.testing.assert_allclose(table.x, table.printed_output, rtol=1e-6)
    added = table.primary_inputs[table.primary_labels.index("Value added at basic prices")]
    assert added[0] == 42262.90673


def test_excerpt_of_2016_has_its_columns_matched_by_name(data_root):
    path = data_root / "wiod2016" / "wiot_2002_usa_fra_excerpt.rda"
    (frame,) = rdata.read_rda(path).values()
    table = read_table(path, format="wiod2016-rdata")
    assert table.year == 2002
    assert set(table.countries) == {"FRA", "USA"}
    assert table.n == 112
    assert table.categories == ("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN")
    assert table.sector_names[0].startswith("Crop and animal production")
    flows = frame[frame["Country"] != "TOT"]
    for country in table.countries:
        at = table.countries.index(country)
        for seller in table.countries:
            rows = flows[flows["Country"] == seller].sort_values("RNr")
            i = table.countries.index(seller)
            for number in (1, 2, 30, 56):
                np.testing.assert_array_equal(
                    table.Z[56 * i : 56 * (i + 1), 56 * at + number - 1],
                    rows[f"{country}{number}"].to_numpy(),
                )
            for number in range(57, 62):
                np.testing.assert_array_equal(
                    table.Y[56 * i : 56 * (i + 1), 5 * at + number - 57],
                    rows[f"{country}{number}"].to_numpy(),
                )
    added = table.primary_inputs[table.primary_labels.index("Value added at basic prices")]
    assert added[56 * table.countries.index("USA")] == 74033.0
