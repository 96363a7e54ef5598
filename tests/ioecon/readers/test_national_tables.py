"""Tables of one country: WIOD 2016's national tables, and the OECD's of total use."""

import csv
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ioecon
from benchmarks.layouts.oecd_national import national_lines, write_oecd_national
from benchmarks.layouts.wiod_national import BELOW, national_rows, write_wiod_national
from ioecon.errors import ArgumentError, ReadError
from ioecon.readers import read_series, read_table, wiod2016_national
from ioecon.store import cache_folder

WIOD, OECD = "wiod2016-national", "oecd-national"


def cells_of(year: int, origin: str) -> np.ndarray:
    """Numbers of the made-up sheet of WIOD, by year and origin."""
    rows = [row for row in national_rows() if row[0] == year and row[3] == origin]
    return np.array([row[4:] for row in rows], dtype=float)


def same(found, wanted) -> None:
    np.testing.assert_allclose(found, wanted, rtol=1e-15)  # openpyxl writes 16 digits


@pytest.mark.parametrize("form", [WIOD, "auto"])
def test_the_years_of_a_country_of_wiod(tmp_path, form):
    path = write_wiod_national(tmp_path)
    series = read_series(path, format=form)
    assert series.years == (2000, 2001)
    table = series[2001]
    assert (table.countries, table.sectors) == (("AUS",), ("A01", "A02", "A03", "B"))
    assert table.sector_names[3] == "name of B"
    assert table.categories == ("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN")
    assert (table.unit, table.currency, table.price_basis) == ("million", "USD", "current")
    assert table.system == "industry × industry"
    domestic, imports = cells_of(2001, "Domestic"), cells_of(2001, "Imports")
    same(table.Z, domestic[:, :4])
    same(table.Y, domestic[:, 4:9])
    same(table.exports[:, 0], domestic[:, 9])
    same(table.printed_output, domestic[:, 10])
    same(table.primary_inputs[:4], imports[:, :4])
    assert table.primary_labels[:4] == tuple(f"Imports: {s}" for s in table.sectors)
    assert len(table.primary_labels) == 4 + len(BELOW)
    same(table.primary_inputs[4:], cells_of(2001, "TOT")[1:-1, :4])
    same(table.Z.sum(axis=0) + table.primary_inputs.sum(axis=0), table.x)
    assert not table.audit().findings


def test_a_country_of_a_folder_or_a_zip(tmp_path):
    folder = tmp_path / "NIOTS"
    folder.mkdir()
    for seed, country in enumerate(("AUS", "FRA", "ROU")):
        write_wiod_national(folder, country=country, seed=seed)
    bundle = tmp_path / "NIOTS.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        for entry in sorted(folder.iterdir()):
            archive.write(entry, f"NIOTS/{entry.name}")
    alone = read_table(folder / "FRA_NIOT_nov16.xlsx", format=WIOD, year=2000)
    for place in (folder, bundle):
        table = read_table(place, format="auto", year=2000, country="FRA")
        assert table.countries == ("FRA",)
        np.testing.assert_array_equal(table.Z, alone.Z)
        with pytest.raises(ReadError, match="AUS, FRA, ROU: pass country="):
            read_series(place, format="auto")
        with pytest.raises(ReadError, match="no file USA_NIOT_nov16"):
            read_series(place, format=WIOD, country="USA")
    with pytest.raises(ArgumentError, match="country"):
        read_series(folder, format=WIOD, country="Atlantis")


def test_the_name_of_a_file_tells_its_country_even_in_the_cache(tmp_path):
    path = write_wiod_national(tmp_path)
    assert read_table(path, format=WIOD, year=2000).countries == ("AUS",)
    other = shutil.copy(path, tmp_path / "FRA_NIOT_nov16.xlsx")
    assert read_table(other, format=WIOD, year=2000).countries == ("FRA",)
    renamed = shutil.copy(path, tmp_path / "mine.xlsx")
    with pytest.raises(ReadError, match="told by its name"):
        read_table(renamed, format=WIOD, year=2000)
    assert read_table(renamed, format=WIOD, year=2000, country="DEU").countries == ("DEU",)
    with pytest.raises(ReadError, match="named as the table of AUS, not of DEU"):
        read_table(path, format=WIOD, year=2000, country="DEU")


def test_years_that_are_not_there_or_not_told(tmp_path):
    path = write_wiod_national(tmp_path)
    with pytest.raises(ReadError, match="2000-2001; pass year="):
        read_table(path, format=WIOD)
    with pytest.raises(ReadError, match="no rows of 2005"):
        read_table(path, format=WIOD, year=2005)
    with pytest.raises(ReadError, match="no table of 2005"):
        read_series(path, format=WIOD, years=[2000, 2005])


def cell(row, column, value):
    """Change of one cell, counted from one as Excel does."""

    def change(rows):
        rows[row - 1][column - 1] = value

    return change


def without(code, origin, year=2000):
    def change(rows):
        rows[:] = [row for row in rows if (row[0], row[1], row[3]) != (year, code, origin)]

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (cell(3, 5, None), r"E3 \(A01 domestic of 2000, column A01\) is empty.*empty_cells='zero'"),
        (cell(3, 5, "1,5"), "E3 .*stored as text"),
        (cell(3, 5, "#REF!"), "E3 .*#REF!"),
        (cell(3, 5, 1e9), "printed output .*AUS A01 in 2000"),
        (cell(7, 5, 1e9), "printed intermediate inputs .*AUS A01 in 2000"),
        (cell(3, 15, 1.0), "printed output"),
        (cell(3, 1, "2000?"), "A3 holds '2000\\?' instead of a year"),
        (cell(3, 4, "Foreign"), "row 3 .*origin 'foreign'"),
        (cell(4, 2, "A01"), "the row A01 domestic of 2000 is there twice"),
        (cell(1, 9, "CONS_x"), "lacks the columns CONS_h"),
        (cell(1, 6, "A01"), "column .?A01.? is there twice"),
        (cell(1, 4, "From"), "no row .*headed Year, Code, Description, Origin"),
        (without("A02", "Domestic"), "columns A02, which are no industries|differ: A02"),
        (without("A02", "Imports"), "differ: A02"),
        (without("GO", "TOT"), "lack GO; it is cut off"),
        (lambda rows: rows.__delitem__(slice(8, None)), "rows of the origin|differ"),
        (lambda rows: rows.insert(0, ["(millions of euros)"]), "in millions of US"),
    ],
)
def test_bad_sheets_of_wiod_are_refused_in_one_sentence(tmp_path, change, words):
    rows = [list(row) for row in national_rows((2000,))]
    change(rows)
    path = write_wiod_national(tmp_path, rows=rows)
    with pytest.raises(ReadError, match=words) as caught:
        read_table(path, format=WIOD, year=2000)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (cache_folder() / "tables").exists()


def test_empty_cells_as_zeros_and_titles_above(tmp_path):
    rows = [list(row) for row in national_rows((2000,))]
    rows[2][14 - 5] = 0.0
    plain = read_table(write_wiod_national(tmp_path), format=WIOD, year=2000)
    rows = [list(row) for row in national_rows()]
    rows = [[None if cell == 0.0 else cell for cell in row] for row in rows]
    rows = [["(millions of US$)"], *rows, [None]]
    path = write_wiod_national(tmp_path, rows=rows, country="FRA", sheet="national IO-Tables ")
    table = read_table(path, format=WIOD, year=2000, empty_cells="zero")
    np.testing.assert_array_equal(table.Z, plain.Z)


def test_other_sheets_are_not_taken_for_the_table(tmp_path):
    path = write_wiod_national(tmp_path, sheet="Data")
    with pytest.raises(ReadError, match=r"sheets Notes, Data; .*'National IO-tables'"):
        read_table(path, format=WIOD, year=2000)
    cut = tmp_path / "BEL_NIOT_nov16.xlsx"
    cut.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ReadError, match="BEL_NIOT_nov16"):
        read_table(cut, format=WIOD, year=2000)


# -- the OECD's ------------------------------------------------------------------------------


@pytest.mark.parametrize("total", [False, True])
def test_a_table_of_the_oecd(tmp_path, total):
    path = write_oecd_national(tmp_path, total=total)
    for form in (OECD, "auto"):
        table = read_table(path, format=form)
        assert (table.countries, table.year) == (("BEL",), 2020)
        assert table.sectors == ("D01", "D02", "D03", "D05")
        assert table.categories == ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
        assert table.export_labels == ("EXPO", "CONS_NONRES")
        assert (table.unit, table.currency, table.valuation) == ("million", "USD", "basic prices")
    rows = list(csv.reader(national_lines()))[1:]
    cells = np.array([row[1:] for row in rows], dtype=float)
    np.testing.assert_array_equal(table.Z, cells[:4, :4])
    np.testing.assert_array_equal(table.Y, cells[:4, 4:10])
    np.testing.assert_array_equal(table.exports, cells[:4, [11, 10]])
    np.testing.assert_array_equal(table.imports, -cells[:4, 12])
    np.testing.assert_array_equal(table.printed_output, cells[-1, :4])
    assert table.primary_labels == ("TXS_IMP_FNL", "TXS_INT_FNL", "VALU")
    np.testing.assert_array_equal(table.final_inputs, cells[[4, 5, 7], 4:10])
    np.testing.assert_allclose(table.x, table.printed_output, rtol=1e-12)
    assert not [f for f in table.audit().findings if f.severity == "error"]
    np.testing.assert_allclose(table.domestic().x, table.x, rtol=1e-12)


def test_years_of_a_country_of_the_oecd(tmp_path):
    for year in (2019, 2020):
        write_oecd_national(tmp_path, year=year)
    assert read_series(tmp_path, format=OECD).years == (2019, 2020)
    write_oecd_national(tmp_path, year=2020, country="FRA")
    with pytest.raises(ReadError, match="two files for 2020"):
        read_series(tmp_path, format=OECD)


def test_belgium_as_published():
    folder = Path(os.environ.get("IOECON_DATA", "")) / "formats" / "national"
    if not (folder / "BEL2020ttl.csv").is_file():
        pytest.skip("no IOECON_DATA")
    table = read_table(folder, format="auto")
    assert (table.countries, table.year, len(table.sectors)) == (("BEL",), 2020, 50)
    # What the file prints: output and value added of agriculture, million USD.
    assert table.printed_output[0] == 12069.3
    assert table.primary_inputs[2, 0] == 3582.2
    np.testing.assert_allclose(table.x, table.printed_output, atol=0.7)


def swap(old, new, line=None):
    def change(lines):
        for k in range(len(lines)) if line is None else [line]:
            lines[k] = lines[k].replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (swap('"IMPO"', '"XYZ"'), "has the columns XYZ"),
        (swap(',"IMPO"', ""), "lacks the columns IMPO"),
        (swap('"D02"', '"D01"'), "column 'D01' is there 2 times"),
        (swap('"TTL_02"', '"TTL_77"'), "lacks the rows TTL_02"),
        (swap('"TTL_02"', '"TTL_01"'), "the row TTL_01 is there twice"),
        (swap('"TTL_', '"DOM_'), "lacks the rows TTL_01"),
        (lambda lines: lines.__delitem__(slice(6, None)), "lacks the rows .*cut off"),
        (lambda lines: lines.append(lines[1].replace("TTL_01", "TTL_99")), "rows TTL_99"),
        (lambda lines: lines.__setitem__(2, lines[2].rsplit(",", 1)[0]), "line 3"),
        (lambda lines: lines.__setitem__(2, lines[2] + ",1"), "line 3|row"),
        (lambda lines: lines.__setitem__(2, lines[2].replace(",", ",1e9,", 1)), "line 3|row"),
        (lambda lines: lines.__setitem__(2, lines[2].rsplit(",", 1)[0] + ",x"), "IMPO"),
        (lambda lines: lines.__setitem__(-1, lines[1].replace("TTL_01", "OUTPUT")), "printed out"),
        (lambda lines: lines.__setitem__(-3, lines[1].replace("TTL_01", "TTL_INT_FNL")), "total"),
        (lambda lines: lines.__setitem__(slice(None), []), "is empty"),
    ],
)
def test_bad_files_of_the_oecd_are_refused_in_one_sentence(tmp_path, change, words):
    lines = national_lines()
    change(lines)
    path = write_oecd_national(tmp_path, lines=lines)
    with pytest.raises(ReadError, match=words) as caught:
        read_table(path, format=OECD)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (cache_folder() / "tables").exists()


def test_decimal_commas_positive_imports_and_other_names(tmp_path):
    lines = [line.replace(",", ";").replace(".", ",") for line in national_lines()]
    with pytest.raises(ReadError, match="separated by ';'"):
        read_table(write_oecd_national(tmp_path, lines=lines), format=OECD)
    rows = list(csv.reader(national_lines()))
    rows = [[*row[:-1], row[-1].removeprefix("-")] for row in rows]
    with pytest.raises(ReadError, match="IMPO is positive"):
        read_table(write_oecd_national(tmp_path, lines=[",".join(r) for r in rows]), format=OECD)
    path = write_oecd_national(tmp_path)
    other = shutil.copy(path, tmp_path / "belgium.csv")
    with pytest.raises(ReadError, match="told by its name"):
        read_table(other, format=OECD, year=2020)
    assert read_table(path, format=OECD).countries == ("BEL",)
    again = shutil.copy(path, tmp_path / "FRA2020ttl.csv")
    assert read_table(again, format=OECD).countries == ("FRA",)
    with pytest.raises(ReadError, match="holds the table of 2020, not of 2019"):
        read_table(path, format=OECD, year=2019)


def test_a_country_goes_through_the_accounts(tmp_path):
    series = read_series(write_wiod_national(tmp_path), format=WIOD)
    index = pd.MultiIndex.from_tuples([("AUS", 2000)], names=["country", "year"])
    accounts = ioecon.carbon_accounts(series[2000], pd.Series([10.0], index))
    assert accounts.destinations == ("AUS", "outside")
    np.testing.assert_allclose(accounts.by_country()["pba"], [10.0])


@pytest.mark.parametrize("year", [float("inf"), float("nan"), 2000.5, True])
def test_what_is_no_whole_number_is_no_year(year):
    assert not wiod2016_national._is_whole_number(year)
    assert wiod2016_national._is_whole_number(2000.0)
