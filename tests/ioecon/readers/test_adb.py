"""ADB's multiregional tables: what is read, and what is refused."""

import os
import zipfile
from functools import partial

import numpy as np
import pytest

import ioecon
from benchmarks.layouts.adb import BELOW, adb_rows, write_adb
from ioecon.countries import to_iso3
from ioecon.errors import LabelError, ReadError
from ioecon.readers.adb import OWN_CODES, country_codes
from ioecon.readers.registry import FORMATS
from ioecon.store import cache_folder

FIRST = 7  # the row of the first flows, and 4 the first column


@pytest.fixture
def refused(tmp_path):
    """Function (change, words): the message when the cells of a good table are changed."""

    def refuse(change, words, *, name="", **options):
        rows = [list(row) for row in adb_rows(sectors=3)]
        change(rows)
        path = write_adb(tmp_path, rows=rows, name=name)
        with pytest.raises(ReadError, match=words) as caught:
            ioecon.read_table(path, format="adb", **options)
        assert path.name in str(caught.value)
        assert "\n" not in str(caught.value)
        assert not (cache_folder() / "tables").exists()
        return str(caught.value)

    return refuse


def test_cells_are_where_the_layout_says(tmp_path):
    rows = [list(row) for row in adb_rows(economies=("AUS", "PRC", "GER"), sectors=3)]
    table = ioecon.read_table(write_adb(tmp_path, rows=rows), format="adb", cache=False)
    assert table.countries == ("AUS", "CHN", "DEU", "ROW")
    assert table.sectors == ("c1", "c2", "c3")
    assert table.sector_names[0] == "Agriculture, hunting, forestry, and fishing"
    assert table.categories == ("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN")
    assert (table.year, table.unit, table.currency) == (2019, "million", "USD")
    assert (table.price_basis, table.system) == ("current", "industry × industry")
    assert table.edition == "ADB MRIO, 3 economies"
    n = 12
    cells = np.array([row[4:] for row in rows[FIRST : FIRST + n]], dtype=float)
    same = partial(np.testing.assert_allclose, rtol=1e-15)  # openpyxl writes 16 digits
    same(table.Z, cells[:, :n])
    same(table.Y, cells[:, n:-1])
    same(table.printed_output, cells[:, -1])
    assert table.primary_labels == tuple(words for words, _ in BELOW)
    value_added = next(row for row in rows if row[3:4] == ["r64"])
    same(table.primary_inputs[4], value_added[4 : 4 + n])
    np.testing.assert_allclose(table.Z.sum(0) + table.primary_inputs.sum(0), table.x, rtol=1e-12)
    assert not table.audit().findings


def test_the_newest_have_one_more_row_of_codes(tmp_path):
    old = ioecon.read_table(write_adb(tmp_path, name="ADB-MRIO-2019.xlsx"), format="adb")
    name = "ADB-MRIO-2019-August 2025.xlsx"
    new = ioecon.read_table(write_adb(tmp_path, name=name, newest=True), format="adb")
    np.testing.assert_array_equal(new.Z, old.Z)
    added = [list(row) for row in adb_rows()]
    added.insert(3, [None, None, None, None, "0001", "0002"])
    moved = ioecon.read_table(write_adb(tmp_path, rows=added), format="adb")
    np.testing.assert_array_equal(moved.Z, old.Z)


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("ADB-MRIO-2000_Mar2022-3.xlsx", 2000),
        ("ADB-MRIO-2007.xlsx", 2007),
        ("ADB-MRIO-LAC-2017_Mar2022-2.xlsx", 2017),
        ("ADB_MRIO_2024_74.xlsx", 2024),
        ("ADB-MRIO72-2024_August 2025.xlsx", 2024),
        ("ADB-MRIO62-2017_Dec2022.xlsx", 2017),
        ("ADB-MRIO62-2021_August 2024.xlsx", 2021),
        ("ADB-MRIO-2024-August 2025.xlsx", 2024),
        ("ADB MRIO 2015, at constant 2010 prices.xlsx", 2015),
        ("MRIO 2018.xlsx", None),
        ("WIOT2000_Nov16_ROW.xlsx", None),
    ],
)
def test_names_of_files_tell_the_year(name, year):
    assert FORMATS["adb"].year_of(name) == year


def test_constant_prices(tmp_path):
    made = {"year": 2015, "prices": "constant 2010 prices"}
    name = "ADB MRIO 2015, at constant 2010 prices.xlsx"
    table = ioecon.read_table(write_adb(tmp_path, name=name, **made), format="auto")
    assert (table.year, table.price_basis) == (2015, "constant 2010")


def test_a_series_is_found_in_a_folder(tmp_path):
    for year in (2017, 2018):
        write_adb(tmp_path, year=year)
    assert ioecon.read_series(tmp_path, format="auto").years == (2017, 2018)


def test_tables_in_a_zip(tmp_path):
    plain = write_adb(tmp_path)
    with zipfile.ZipFile(tmp_path / "tables.zip", "w") as archive:
        archive.write(plain, f"ADB/{plain.name}")
    packed = ioecon.read_series(tmp_path / "tables.zip", format="adb", progress=False)[2019]
    np.testing.assert_array_equal(packed.Z, ioecon.read_table(plain, format="adb").Z)
    with pytest.raises(ReadError, match=r"tables.zip has no table of 2018"):
        ioecon.read_series(tmp_path / "tables.zip", format="adb", years=[2018])


@pytest.mark.parametrize(("own", "iso3"), OWN_CODES.items())
def test_own_codes_are_not_those_of_other_countries(own, iso3):
    assert to_iso3([iso3]) == [iso3]
    try:
        assert to_iso3([own]) == [iso3]
    except LabelError:
        assert country_codes([own], "file") == {own: iso3}


def test_a_code_that_is_not_known_is_looked_up_in_the_legend(tmp_path):
    path = write_adb(tmp_path, economies=("AUS", "SRX"))
    with pytest.raises(ReadError, match="SRX"):
        ioecon.read_table(path, format="adb")
    import openpyxl

    book = openpyxl.load_workbook(path)
    book["Legend"].append(["SRX", "Sri Lanka", 2])
    book.save(path)
    assert ioecon.read_table(path, format="adb").countries == ("AUS", "LKA", "ROW")


def test_empty_cells_are_zeros_on_request(refused, tmp_path):
    def empty(rows):
        rows[FIRST][5] = 0.0
        total = rows[FIRST][4:-1]
        rows[FIRST][-1] = rows[-1][4] = sum(total)
        rows[-8][5] = sum(row[5] for row in rows[FIRST : FIRST + 12])
        rows[FIRST][5] = None

    def balance(rows):
        empty(rows)
        for column in (4, 5):
            rows[-3][column] = rows[-1][column] - rows[-8][column] - rows[-7][column]

    message = refused(balance, "is empty")
    assert "F8" in message
    assert "empty_cells='zero'" in message
    refused(lambda rows: rows[FIRST].__setitem__(5, " "), "holds ' ' instead of a number")
    for blank in (None, " "):
        rows = [list(row) for row in adb_rows(sectors=3)]
        balance(rows)
        rows[FIRST][5] = blank
        path = write_adb(tmp_path, rows=rows, name=f"ADB-MRIO-2019_{blank!r}.xlsx")
        table = ioecon.read_table(path, format="adb", empty_cells="zero")
        assert table.Z[0, 1] == 0


def test_taxes_of_final_demand_are_kept_apart(tmp_path):
    rows = [list(row) for row in adb_rows(sectors=2)]
    assert ioecon.read_table(write_adb(tmp_path, rows=rows), format="adb").final_inputs is None
    rows[-7] += [float(k) for k in range(20)]
    table = ioecon.read_table(write_adb(tmp_path, rows=rows), format="adb")
    np.testing.assert_array_equal(table.final_inputs[0], np.arange(20.0))
    assert table.final_inputs.shape == (len(BELOW), 20)
    assert not table.final_inputs[1:].any()
    rows[-7][-1] = None
    path = write_adb(tmp_path, rows=rows)
    with pytest.raises(ReadError, match="'Taxes less subsidies on products' is empty at ROW INVEN"):
        ioecon.read_table(path, format="adb")
    whole = ioecon.read_table(path, format="adb", empty_cells="zero")
    assert whole.final_inputs[0, -1] == 0


# -- what is refused ------------------------------------------------------------------------------


def put(row, column, value):
    return lambda rows: rows[row].__setitem__(column, value)


def scale(row, column, factor):
    return lambda rows: rows[row].__setitem__(column, rows[row][column] * factor)


def drop_column(column):
    def drop(rows):
        for row in rows[4:]:
            del row[column : column + 1]

    return drop


def drop_output(rows):
    del rows[4][-1], rows[5][-1], rows[-1]
    for row in rows[FIRST:-7]:
        del row[-1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put(2, 0, "In thousands of US$"), "'In thousands of US\\$'; ADB's tables are in millions"),
        (put(2, 0, "In millions of euros"), "'In millions of euros'"),
        (put(2, 0, None), "no title above the table says its unit"),
        (put(1, 0, "3 economies (industry by industry)"), "in which prices the table is"),
        (put(1, 0, "3 economies, at constant prices"), "of which year its constant prices are"),
        (put(1, 0, "62 economies, at current prices"), "says '62 economies', but the table has 4"),
        (put(0, 0, "Multiregional Input-Output Table 2018"), "two years: 2019 .* and 2018"),
        (
            put(0, 0, "People's Republic of China Input-Output Table (35x35), 2019"),
            "single economy",
        ),
        (scale(FIRST, 6, 3), r"printed output \(column ToT\) of AUS c1"),
        (scale(FIRST + 4, -1, 10), r"printed output \(column ToT\) of CHN c2"),
        (scale(-8, 5, 1.01), r"printed intermediate inputs \(row r60\) of AUS c2"),
        (scale(-1, 8, 1.01), r"printed output \(row r69\) of CHN c2"),
        (scale(-3, 8, 1.01), r"printed output \(row r69\), as inputs, of CHN c2"),
        (put(-8, 5, None), "the row r60 is empty at AUS c2"),
        (put(-3, 5, None), "the row 'Value added at basic prices' is empty at AUS c2"),
        (put(-1, 5, None), "the row r69 is empty at AUS c2"),
        (put(FIRST, 5, "1,5"), "cell ADB MRIO 2019!F8.* stored as text"),
        (put(FIRST, 5, "n.a."), "cell ADB MRIO 2019!F8.* holds 'n.a.'"),
        (put(FIRST + 1, 3, "c1"), "row AUS c1 appear"),
        (put(6, 5, "c1"), "column of intermediate use AUS c1 appear"),
        (put(4, 4 + 12, "Exports"), "'Exports', which is none of ADB's categories"),
        (put(4, 4 + 12, "Government expenditure"), "AUS CONS_g appear"),
        (put(FIRST + 3, 2, "AUS"), "appear"),
        (drop_column(5), "there is no column of intermediate use AUS c2"),
        (drop_column(4 + 13), "there is no column of final demand AUS CONS_np"),
        (lambda rows: rows.pop(FIRST + 4), "there is no row CHN c2"),
        (lambda rows: rows.insert(FIRST + 3, [None, "x", "AUS", "c4", *rows[FIRST][4:]]), "no row"),
        (drop_output, "prints output neither"),
        (put(FIRST, 2, "IMP"), "single economy"),
    ],
)
def test_what_does_not_fit_is_refused(refused, change, words):
    refused(change, words)


def test_prices_of_the_title_and_of_the_name_must_agree(refused):
    name = "ADB MRIO 2019, at constant 2010 prices.xlsx"
    message = refused(lambda rows: None, "two price bases", name=name)
    assert "constant 2010 and current" in message


def test_another_year_than_asked_for(refused):
    refused(lambda rows: None, "holds the table of 2019, not of 2018", year=2018)


@pytest.mark.parametrize("release", [2013, 2016])
def test_the_table_of_another_database(tmp_path, miniature, release):
    path = miniature.write_xlsx(tmp_path, release)
    with pytest.raises(ReadError, match=path.name):
        ioecon.read_table(path, format="adb")
    path = write_adb(tmp_path)
    with pytest.raises(ReadError, match=path.name):
        ioecon.read_table(path, format=f"wiod{release}-xlsx")


@pytest.mark.parametrize("years", [[2024], [2023, 2024]])
def test_a_national_table_is_refused_by_name(tmp_path, years):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Table of Contents"
    for year in years:
        sheet = book.create_sheet(str(year))
        rows = [list(row) for row in adb_rows(year=year, economies=("CAN",))]
        rows[0] = [f"Canada Input-Output Table (35x35), {year}"]
        rows[2] = ["(at current prices, $ million)"]
        for row in rows:
            sheet.append(row)
    path = tmp_path / "CAN IOT 2000, 2007-2024.xlsx"
    book.save(path)
    with pytest.raises(ReadError, match=r"tables of a single economy .* layout of 'regional'"):
        ioecon.read_table(path, format="adb", year=2024)


def test_a_workbook_with_nothing_but_a_legend(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Legend"
    book.save(tmp_path / "ADB-MRIO-2019.xlsx")
    with pytest.raises(ReadError, match="no sheet with a table, only Legend"):
        ioecon.read_table(tmp_path / "ADB-MRIO-2019.xlsx", format="adb")


@pytest.mark.parametrize("part", [0.3, 0.99])
def test_truncated(tmp_path, part):
    path = write_adb(tmp_path)
    os.truncate(path, int(path.stat().st_size * part))
    with pytest.raises(ReadError, match="is not a complete Excel workbook"):
        ioecon.read_table(path, format="adb")


def test_the_miniature(data_root):
    folder = data_root / "formats" / "adb_mini"
    table = ioecon.read_series(folder, format="auto", progress=False)[2019]
    assert table.countries == ("AUS", "CHN", "TWN", "ROW")
    assert table.x[0] == pytest.approx(703.76065)
    assert table.printed_output[-1] == pytest.approx(748.784)
    assert [finding.check for finding in table.audit().findings] == ["negative_Y"]
