"""Each official layout gives the same table: numbers, labels, accounting rows, origin."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ioecon.errors import ReadError
from ioecon.readers import read_table

FIXTURES = Path(__file__).parent / "fixtures"
PRIMARY = (
    "taxes less subsidies on products",
    "Cif/ fob adjustments on exports",
    "Direct purchases abroad by residents",
    "Purchases on the domestic territory by non-residents",
    "Value added at basic prices",
    "International Transport Margins",
)


def check_2016(table, miniature):
    np.testing.assert_array_equal(table.Z, miniature.Z)
    np.testing.assert_array_equal(table.Y, miniature.Y)
    np.testing.assert_array_equal(table.printed_output, miniature.x)
    np.testing.assert_array_equal(table.primary_inputs, miniature.below)
    assert table.primary_labels == PRIMARY
    assert table.countries == ("AUS", "ROU", "ROW")
    assert table.sectors == ("A01", "A02", "A03", "B")
    assert table.sector_names == tuple(f"name of {s}" for s in table.sectors)
    assert table.categories == ("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN")
    assert (table.year, table.unit, table.currency) == (2000, "million", "USD")
    assert table.price_basis == "current"


def test_2016_rdata(tmp_path, miniature):
    path = miniature.write_2016_rdata(tmp_path)
    table = read_table(path, format="wiod2016-rdata")
    check_2016(table, miniature)
    assert table.source.path == "WIOT2000_October16_ROW.RData"
    assert table.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert table.source.format == "wiod2016-rdata"


def test_2016_xlsx(tmp_path, miniature):
    path = miniature.write_xlsx(tmp_path, 2016)
    check_2016(read_table(path, format="wiod2016-xlsx"), miniature)


def test_2016_xlsb_written_by_another_program(miniature):
    table = read_table(FIXTURES / "WIOT2000_Nov16_ROW.xlsb", format="wiod2016-xlsx")
    check_2016(table, miniature)


def test_2016_columns_are_found_by_name_not_by_position(tmp_path, miniature, write_frame):
    frame = miniature.frame_2016()
    shuffled = np.random.default_rng(3).permutation(frame.shape[1])
    rows = np.random.default_rng(4).permutation(len(frame))
    frame = frame.iloc[rows, shuffled].reset_index(drop=True)
    path = write_frame(tmp_path / "WIOT2000_October16_ROW.RData", wiot=frame)
    table = read_table(path, format="wiod2016-rdata")
    at = {
        (c, s): i
        for i, (c, s) in enumerate((c, s) for c in miniature.countries for s in miniature.sectors)
    }
    order = [at[label] for label in table.index]
    final = [5 * miniature.countries.index(c) + k for c in table.countries for k in range(5)]
    np.testing.assert_array_equal(table.Z, miniature.Z[np.ix_(order, order)])
    np.testing.assert_array_equal(table.Y, miniature.Y[np.ix_(order, final)])
    np.testing.assert_array_equal(table.printed_output, miniature.x[order])


def test_2016_sheet_columns_are_ordered_by_the_rows(tmp_path, miniature, write_sheet):
    grid = miniature.grid(2016)
    order = [0, 1, 2, 3, *(4 + np.random.default_rng(5).permutation(len(grid[6]) - 4))]
    grid = [[row[j] if j < len(row) else "" for j in order] for row in grid]
    path = write_sheet(tmp_path / "WIOT2000_Nov16_ROW.xlsx", grid, "2000")
    table = read_table(path, format="wiod2016-xlsx")
    np.testing.assert_array_equal(table.Z, miniature.Z)
    assert set(table.categories) == {"CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN"}
    rous = table.Y.reshape(table.n, 3, 5)[:, 1, table.categories.index("INVEN")]
    np.testing.assert_array_equal(rous, miniature.Y[:, 9])


def test_2013_xlsx(tmp_path, miniature):
    old = replace(miniature, countries=("AUS", "ROM", "RoW"), year=2009)
    path = old.write_xlsx(tmp_path, 2013)
    table = read_table(path, format="wiod2013-xlsx")
    np.testing.assert_array_equal(table.Z, old.Z)
    np.testing.assert_array_equal(table.Y, old.Y)
    np.testing.assert_array_equal(table.printed_output, old.x)
    np.testing.assert_array_equal(table.primary_inputs, old.below)
    assert table.primary_labels == PRIMARY
    assert table.countries == ("AUS", "ROU", "ROW")
    assert table.sectors == ("c1", "c2", "c3", "c4")
    assert table.categories == ("c37", "c38", "c39", "c41", "c42")
    assert table.year == 2009


def test_2013_rdata(tmp_path, miniature):
    old = replace(miniature, countries=("AUS", "ROM", "RoW"), year=2005)
    table = read_table(old.write_2013_rdata(tmp_path), format="wiod2013-rdata")
    np.testing.assert_array_equal(table.Z, np.rint(old.Z))
    np.testing.assert_array_equal(table.Y, np.rint(old.Y))
    np.testing.assert_array_equal(table.printed_output, np.rint(old.x))
    assert table.countries == ("AUS", "ROU", "ROW")
    assert table.sectors == ("c1", "c2", "c3", "c4")
    assert table.categories == ("c37", "c38", "c39", "c41", "c42")
    assert table.year == 2005


def test_2016_rdata_with_factors_and_a_second_object(tmp_path, miniature, write_frame):
    frame = miniature.frame_2016()
    for name in ("Country", "IndustryCode", "IndustryDescription"):
        frame[name] = pd.Categorical(frame[name])
    path = write_frame(tmp_path / "WIOT2000_October16_ROW.RData", wiot=frame, version=[1.0])
    check_2016(read_table(path, format="wiod2016-rdata"), miniature)


def test_2016_industry_codes_that_repeat_give_way_to_the_row_numbers(
    tmp_path, miniature, write_frame
):
    frame = miniature.frame_2016()
    classes = pd.Series(frame["IndustryCode"].replace({"A02": "A", "A03": "A"}), dtype=object)
    path = write_frame(
        tmp_path / "WIOT2000_October16_ROW.RData", wiot=frame.assign(IndustryCode=classes)
    )
    table = read_table(path, format="wiod2016-rdata")
    assert table.sectors == ("r1", "r2", "r3", "r4")
    np.testing.assert_array_equal(table.Z, miniature.Z)


def test_output_is_the_row_sums_unless_the_printed_one_is_asked_for(
    tmp_path, miniature, write_frame
):
    frame = miniature.frame_2016()
    frame["TOT"] += 0.25
    path = write_frame(tmp_path / "WIOT2000_October16_ROW.RData", wiot=frame)
    np.testing.assert_array_equal(read_table(path, format="wiod2016-rdata").x, miniature.x)
    printed = read_table(path, format="wiod2016-rdata", output="printed")
    np.testing.assert_array_equal(printed.x, miniature.x + 0.25)
    assert printed.output == "printed"


def test_previous_years_prices_are_told_by_the_title(tmp_path, miniature, write_sheet):
    grid = miniature.grid(2016)
    grid[1][0] = "miniature, in previous year's prices"
    path = write_sheet(tmp_path / "WIOT2000_Nov16_ROW.xlsx", grid, "2000")
    assert read_table(path, format="wiod2016-xlsx").price_basis == "previous-year"


def test_row_numbers_without_a_letter(tmp_path, miniature, write_sheet):
    grid = miniature.grid(2016)
    for row in grid[6:]:
        row[3] = int(row[3][1:])
    path = write_sheet(tmp_path / "WIOT2000_Nov16_ROW.xlsx", grid, "2000")
    check_2016(read_table(path, format="wiod2016-xlsx"), miniature)


@pytest.mark.parametrize("title", ["Table for 2003", "WIOT of 2003, 2016 release"])
def test_the_year_is_told_by_the_title_where_the_sheet_is_silent(
    tmp_path, miniature, write_sheet, title
):
    grid = miniature.grid(2016)
    grid[0][0] = title
    path = write_sheet(tmp_path / "table.xlsx", grid, "Sheet1")
    assert read_table(path, format="wiod2016-xlsx").year == 2003
    with pytest.raises(ReadError, match="table of 2003, not of 2004"):
        read_table(path, format="wiod2016-xlsx", year=2004)


def test_the_year_of_the_release_is_not_the_year_of_the_table(tmp_path, miniature, write_sheet):
    grid = miniature.grid(2016)
    grid[0][0] = "Release of November 2016"
    path = write_sheet(tmp_path / "WIOT2008_Nov16_ROW.xlsx", grid, "Sheet1")
    assert read_table(path, format="wiod2016-xlsx").year == 2008


def test_missing_values_in_r_are_zero_only_on_request_and_infinity_never(
    tmp_path, miniature, write_frame
):
    frame = miniature.frame_2016()
    frame.loc[5, "ROW3"] = np.nan
    path = write_frame(tmp_path / "WIOT2000_October16_ROW.RData", wiot=frame)
    table = read_table(path, format="wiod2016-rdata", empty_cells="zero")
    assert table.Z[5, 10] == 0
    frame.loc[5, "ROW3"] = np.inf
    path = write_frame(tmp_path / "WIOT2000_October16_ROW.RData", wiot=frame)
    with pytest.raises(ReadError, match="ROU2, column ROW3 holds inf"):
        read_table(path, format="wiod2016-rdata", empty_cells="zero")


def test_empty_cells_are_zero_only_on_request(tmp_path, miniature, write_sheet):
    grid = miniature.grid(2016)
    grid[6][4] = ""
    path = write_sheet(tmp_path / "WIOT2000_Nov16_ROW.xlsx", grid, "2000")
    table = read_table(path, format="wiod2016-xlsx", empty_cells="zero")
    assert table.Z[0, 0] == 0
    np.testing.assert_array_equal(table.Z[0, 1:], miniature.Z[0, 1:])


@pytest.mark.parametrize(("layout", "form"), [("2013", "wiod2013-xlsx"), ("2016", "wiod2016-xlsx")])
def test_whole_numbers_and_floats_on_a_sheet_are_the_same(
    tmp_path, miniature, write_sheet, layout, form
):
    grid = miniature.grid(int(layout))
    cells = [
        [int(c) if isinstance(c, float) and c.is_integer() else c for c in row] for row in grid
    ]
    name = "WIOT00_ROW_Apr12.xlsx" if layout == "2013" else "WIOT2000_Nov16_ROW.xlsx"
    path = write_sheet(tmp_path / name, cells, "2000")
    np.testing.assert_array_equal(read_table(path, format=form).Z, miniature.Z)
