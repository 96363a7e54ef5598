"""A file that is not what it should be: one clear sentence, nothing cached."""

import os

import numpy as np
import pandas as pd
import pytest

from ioecon.errors import ReadError
from ioecon.readers import read_table
from ioecon.store import cache_folder

RDATA_2016 = "WIOT2000_October16_ROW.RData"
XLSX_2016 = "WIOT2000_Nov16_ROW.xlsx"


def refused(path, form, words, **options):
    """The message of the refusal; nothing may be left in the cache."""
    with pytest.raises(ReadError, match=words) as caught:
        read_table(path, format=form, **options)
    assert not (cache_folder() / "tables").exists()
    message = str(caught.value)
    assert path.name in message
    return message


# -- files that are damaged or something else ---------------------------------------------------


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("wiod2013-rdata", "wiot_2000.RData"),
        ("wiod2016-rdata", RDATA_2016),
        ("wiod2013-xlsx", "WIOT00_ROW_Apr12.xlsx"),
        ("wiod2016-xlsx", XLSX_2016),
        ("wiod2016-xlsx", "WIOT2000_Nov16_ROW.xlsb"),
    ],
)
@pytest.mark.parametrize("content", [b"", b"an error page of the server\n" * 50, b"\x00" * 500])
def test_text_with_the_right_ending(tmp_path, form, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    kind = "RData file" if "rdata" in form else "Excel workbook"
    refused(path, form, f"is not a complete {kind}" if content else "is empty")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("layout", ["2013-rdata", "2016-rdata", "2013-xlsx", "2016-xlsx"])
def test_truncated(tmp_path, miniature, layout, part):
    if layout.endswith("xlsx"):
        path = miniature.write_xlsx(tmp_path, int(layout[:4]))
    elif layout == "2013-rdata":
        path = miniature.write_2013_rdata(tmp_path)
    else:
        path = miniature.write_2016_rdata(tmp_path)
    os.truncate(path, int(path.stat().st_size * part))
    refused(path, f"wiod{layout}", "is not a complete")


def test_missing_file(tmp_path):
    refused(tmp_path / RDATA_2016, "wiod2016-rdata", "There is no file")


def test_another_object_inside(tmp_path, write_frame):
    path = write_frame(tmp_path / RDATA_2016, cars=pd.DataFrame({"speed": [4.0, 7.0]}))
    message = refused(path, "wiod2016-rdata", "one data frame wiot")
    assert "it holds cars" in message
    path = write_frame(tmp_path / "wiot_2000.RData", cars=pd.DataFrame({"speed": [4.0, 7.0]}))
    assert "it holds cars" in refused(path, "wiod2013-rdata", "one list wiot_YYYY")


def test_the_other_release(tmp_path, miniature):
    new = miniature.write_2016_rdata(tmp_path)
    refused(new, "wiod2013-rdata", "one list wiot_YYYY", year=2000)
    old = miniature.write_2013_rdata(tmp_path)
    refused(old, "wiod2016-rdata", "one data frame wiot", year=2000)


# -- the frame of 2016 --------------------------------------------------------------------------


def frame_file(tmp_path, write_frame, frame):
    return write_frame(tmp_path / RDATA_2016, wiot=frame)


@pytest.mark.parametrize("column", ["IndustryCode", "Country", "RNr", "Year"])
def test_missing_label_column(tmp_path, miniature, write_frame, column):
    frame = miniature.frame_2016().drop(columns=column)
    path = frame_file(tmp_path, write_frame, frame)
    refused(path, "wiod2016-rdata", f"no column {column}")


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("ROU2", "no column of intermediate use ROU A02"),
        ("ROW60", "no column of final demand ROW GFCF"),
        ("TOT", r"no column TOT \(output\)"),
    ],
)
def test_missing_flow_column(tmp_path, miniature, write_frame, column, words):
    frame = miniature.frame_2016().drop(columns=column)
    refused(frame_file(tmp_path, write_frame, frame), "wiod2016-rdata", words)


def test_missing_row(tmp_path, miniature, write_frame):
    frame = miniature.frame_2016().drop(index=6).reset_index(drop=True)
    refused(frame_file(tmp_path, write_frame, frame), "wiod2016-rdata", "no row ROU A03")


def test_row_twice(tmp_path, miniature, write_frame):
    frame = miniature.frame_2016()
    frame = pd.concat([frame.iloc[:1], frame], ignore_index=True)
    path = frame_file(tmp_path, write_frame, frame)
    refused(path, "wiod2016-rdata", r"row AUS A01 appear\(s\) more than once")


def test_columns_of_a_country_without_rows(tmp_path, miniature, write_frame):
    frame = miniature.frame_2016()
    for k in range(1, 5):
        frame[f"FRA{k}"] = 0.0
    path = frame_file(tmp_path, write_frame, frame)
    refused(path, "wiod2016-rdata", r"column of intermediate use FRA A01.*same countries")


def test_unknown_columns(tmp_path, miniature, write_frame):
    frame = miniature.frame_2016().assign(AUS77=0.0)
    path = frame_file(tmp_path, write_frame, frame)
    refused(path, "wiod2016-rdata", "column AUS77 is neither an industry")
    frame = miniature.frame_2016().assign(remark=0.0)
    refused(frame_file(tmp_path, write_frame, frame), "wiod2016-rdata", "'remark' is unknown")


def test_unknown_country(tmp_path, miniature, write_frame):
    frame = miniature.frame_2016()
    frame["Country"] = pd.Series(frame["Country"].replace("ROU", "JQZ"), dtype=object)
    frame = frame.rename(columns=lambda name: name.replace("ROU", "JQZ"))
    path = frame_file(tmp_path, write_frame, frame)
    refused(path, "wiod2016-rdata", "not recognised: 'JQZ'")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_cell_that_is_no_number(tmp_path, miniature, write_frame, value):
    frame = miniature.frame_2016()
    frame.loc[5, "ROW3"] = value
    path = frame_file(tmp_path, write_frame, frame)
    message = refused(path, "wiod2016-rdata", "row ROU2, column ROW3 holds")
    assert "more" not in message


def test_column_of_text(tmp_path, miniature, write_frame):
    frame = miniature.frame_2016()
    frame["ROU61"] = pd.Series(["n/a"] * len(frame), dtype=object)
    path = frame_file(tmp_path, write_frame, frame)
    refused(path, "wiod2016-rdata", "column ROU61 holds 'n/a' instead of numbers")


def test_two_years_in_one_frame(tmp_path, miniature, write_frame):
    frame = miniature.frame_2016()
    frame.loc[3, "Year"] = 2001.0
    path = frame_file(tmp_path, write_frame, frame)
    refused(path, "wiod2016-rdata", "more than one year")


def test_the_years_of_file_name_and_content_differ(tmp_path, miniature):
    path = miniature.write_2016_rdata(tmp_path)
    wrong = path.rename(tmp_path / "WIOT2003_October16_ROW.RData")
    refused(wrong, "wiod2016-rdata", "holds the table of 2000, not of 2003")


# -- the list of 2013 ---------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["inter", "output", "countries", "industries", "year"])
def test_missing_part_of_the_list(tmp_path, miniature, write_frame, part):
    parts = miniature.list_2013()
    del parts[part]
    path = write_frame(tmp_path / "wiot_2000.RData", wiot_2000=parts)
    refused(path, "wiod2013-rdata", f"has no {part}")


def test_parts_that_do_not_fit(tmp_path, miniature, write_frame):
    parts = miniature.list_2013()
    parts["final"] = parts["final"][:, :-1]
    path = write_frame(tmp_path / "wiot_2000.RData", wiot_2000=parts)
    message = refused(path, "wiod2013-rdata", r"final has shape \(12, 14\)")
    assert "(12, 15)" in message


def test_missing_value_in_a_matrix(tmp_path, miniature, write_frame):
    parts = miniature.list_2013()
    parts["inter"] = parts["inter"].astype(float)
    parts["inter"][2, 7] = np.nan
    path = write_frame(tmp_path / "wiot_2000.RData", wiot_2000=parts)
    refused(path, "wiod2013-rdata", "row AUS c3, column ROU c4 holds nan")


def test_country_twice(tmp_path, miniature, write_frame):
    parts = miniature.list_2013()
    parts["countries"] = np.array(["ROU", "ROM", "ROW"])
    path = write_frame(tmp_path / "wiot_2000.RData", wiot_2000=parts)
    refused(path, "wiod2013-rdata", "a country is listed twice")


# -- the sheets ---------------------------------------------------------------------------------


@pytest.fixture
def sheet_file(tmp_path, miniature, write_sheet):
    """Function that writes the sheet of 2016 after a change of its cells."""

    def write(change, sheet="2000"):
        grid = miniature.grid(2016)
        grid = change(grid) or grid
        return write_sheet(tmp_path / XLSX_2016, grid, sheet)

    return write


def put(row, column, value):
    def change(grid):
        grid[row][column] = value

    return change


def test_text_in_a_cell_is_named_by_row_and_column(sheet_file):
    path = sheet_file(put(6 + 5, 4 + 10, "n/a"))
    message = refused(path, "wiod2016-xlsx", "holds 'n/a' instead of a number")
    assert "row 12 (ROU r2)" in message
    assert "column O (ROW c3)" in message


def test_a_number_stored_as_text_is_no_number(sheet_file):
    refused(sheet_file(put(6, 4, "12.5")), "wiod2016-xlsx", r"row 7 \(AUS r1\).*holds '12.5'")


def test_an_empty_cell_is_named_with_the_way_out(sheet_file):
    path = sheet_file(put(8, 5, ""))
    message = refused(path, "wiod2016-xlsx", r"row 9 \(AUS r3\), column F \(AUS c2\) is empty")
    assert "empty_cells='zero'" in message


def test_text_below_the_flows(sheet_file):
    path = sheet_file(put(-3, 4, "?"))
    message = refused(path, "wiod2016-xlsx", r"holds '\?' instead of a number")
    assert "TOT r70" in message


def test_a_sheet_of_something_else(tmp_path, write_sheet):
    path = write_sheet(tmp_path / XLSX_2016, [["speed", "dist"], [4, 2], [7, 4]], "2000")
    refused(path, "wiod2016-xlsx", "is not laid out as a WIOD table")
    path = write_sheet(tmp_path / XLSX_2016, [], "2000")
    refused(path, "wiod2016-xlsx", "is not laid out as a WIOD table")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ([9], "no column of intermediate use ROU A02"),
        ([16], "no column of final demand AUS CONS_h"),
        (range(16, 31), "names no column of final demand"),
        (range(4, 16), "names no column of intermediate use"),
    ],
)
def test_missing_columns_of_a_sheet(sheet_file, columns, words):
    gone = set(columns)
    path = sheet_file(
        lambda grid: [[cell for j, cell in enumerate(row) if j not in gone] for row in grid]
    )
    refused(path, "wiod2016-xlsx", words)


def test_missing_row_of_a_sheet(sheet_file):
    refused(sheet_file(lambda grid: grid[:7] + grid[8:]), "wiod2016-xlsx", "no row AUS A02")


def test_another_unit(sheet_file):
    path = sheet_file(put(3, 0, "(thousands of US$)"))
    refused(path, "wiod2016-xlsx", r"thousands of US\$.*are in millions of US\$")
    path = sheet_file(put(3, 0, "(millions of national currency)"))
    refused(path, "wiod2016-xlsx", r"are in millions of US\$")


def test_a_sheet_of_another_year(sheet_file):
    path = sheet_file(lambda grid: None, sheet="2007")
    refused(path, "wiod2016-xlsx", "holds the table of 2007, not of 2000")
    assert read_table(path, format="wiod2016-xlsx", year=2007).year == 2007


def test_neither_sheet_nor_name_tells_the_year(tmp_path, miniature, write_sheet):
    path = write_sheet(tmp_path / "table.xlsx", miniature.grid(2016), "Sheet1")
    refused(path, "wiod2016-xlsx", "pass year=")
    assert read_table(path, format="wiod2016-xlsx", year=2004).year == 2004


# -- options ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "hint"),
    [("wiod2016-rdta", "wiod2016-rdata"), ("WIOD2013-XLSX", "wiod2013-xlsx"), ("ioecn", "ioecon")],
)
def test_an_unknown_format_gets_the_nearest(tmp_path, name, hint):
    with pytest.raises(ReadError, match=f"did you mean '{hint}'"):
        read_table(tmp_path / RDATA_2016, format=name)


def test_a_format_like_none_gets_the_list(tmp_path):
    with pytest.raises(ReadError, match="'qqq'; known are wiod2013-rdata, ") as caught:
        read_table(tmp_path / RDATA_2016, format="qqq")
    assert "did you mean" not in str(caught.value)


def test_unknown_options(tmp_path):
    with pytest.raises(ReadError, match="output is 'row_sums' or 'printed'"):
        read_table(tmp_path / RDATA_2016, format="wiod2016-rdata", output="sums")
    with pytest.raises(ReadError, match="empty_cells is"):
        read_table(tmp_path / RDATA_2016, format="wiod2016-rdata", empty_cells="drop")


@pytest.mark.parametrize(
    "unit",
    [
        "(mil. of euro)",
        "(millions of EUR)",
        "(in thousand US dollars)",
        "(bn US$)",
        "(百万元)",
        "(million yuan)",
        "(US$)",
        "(mn of national currency)",
        "(millions)",
    ],
)
def test_a_title_in_another_unit_is_believed(sheet_file, unit):
    refused(sheet_file(put(3, 0, unit)), "wiod2016-xlsx", r"are in millions of US\$")


@pytest.mark.parametrize(
    "unit",
    ["In millions of US$", "(mil. of US $)", "million USD", "mn U.S. dollars", "百万 USD", ""],
)
def test_titles_in_the_unit_of_wiod(sheet_file, unit):
    table = read_table(sheet_file(put(3, 0, unit)), format="wiod2016-xlsx", cache=False)
    assert (table.unit, table.currency) == ("million", "USD")


def test_a_sheet_that_does_not_begin_in_its_corner(sheet_file, miniature):
    def moved(grid):
        empty = [""] * 3
        return [empty, empty, *([*[""] * 2, *row] for row in grid)]

    table = read_table(sheet_file(moved), format="wiod2016-xlsx", cache=False)
    np.testing.assert_array_equal(table.Z, miniature.Z)
    path = sheet_file(lambda grid: put(6, 4, "n/a")(grid) or moved(grid))
    refused(path, "wiod2016-xlsx", r"cell 2000!G9: row 9 \(AUS r1\), column G \(AUS c1\) holds")
