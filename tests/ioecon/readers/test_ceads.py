"""CEADs' tables of Chinese provinces: what is read, and what is refused."""

import os
from functools import partial

import numpy as np
import pytest

import ioecon
from benchmarks.layouts.adb import write_adb
from benchmarks.layouts.ceads import ceads_rows, write_ceads
from ioecon.errors import ReadError
from ioecon.readers.registry import FORMATS, file_format
from ioecon.store import cache_folder

FIRST = 4  # the row of the first flows, and 3 the first column
ENGLISH = "Table_2018_English Version"
N, FINAL = 6, 15  # three provinces with two sectors, five categories


def read(folder, **made):
    return ioecon.read_table(write_ceads(folder, **made), format="ceads", cache=False)


@pytest.fixture
def refused(tmp_path):
    """Function (change, words): the message when the cells of a good table are changed."""

    def refuse(change, words, **options):
        rows = [list(row) for row in ceads_rows()]
        change(rows)
        path = write_ceads(tmp_path, sheets={ENGLISH: rows})
        with pytest.raises(ReadError, match=words) as caught:
            ioecon.read_table(path, format="ceads", **options)
        assert path.name in str(caught.value)
        assert "\n" not in str(caught.value)
        assert not (cache_folder() / "tables").exists()
        return str(caught.value)

    return refuse


def test_cells_are_where_the_layout_says(tmp_path):
    rows = [list(row) for row in ceads_rows()]
    table = read(tmp_path, sheets={ENGLISH: rows})
    assert table.countries == ("Beijing", "Tianjin", "Hebei")
    assert table.sectors == ("01", "02")
    assert table.sector_names[1] == "Mining and washing of coal"
    assert table.categories[:2] == ("Rural household consumption", "Urban household consumption")
    assert (table.year, table.unit, table.currency) == (2018, "10,000", "CNY")
    assert (table.price_basis, table.valuation) == ("current", "producer prices")
    cells = np.array([row[3:] for row in rows[FIRST : FIRST + N]], dtype=float)
    same = partial(np.testing.assert_allclose, rtol=1e-14)  # openpyxl writes 16 digits
    same(table.Z, cells[:, :N])
    same(table.Y, cells[:, N + 1 : N + 1 + FINAL])
    exports, _, error, output = cells[:, N + 1 + FINAL : N + 5 + FINAL].T
    same(table.exports[:, 0], exports)
    same(table.discrepancies, error)
    same(table.printed_output, output)
    same(table.x + table.discrepancies, output)
    below = {row[2]: row[3 : 3 + N] for row in rows[FIRST + N :] if row}
    assert table.primary_labels[0] == "Imports"
    same(table.primary_inputs, [below[c] for c in ("IM", "VA001", "VA002", "VA003", "VA004")])
    assert [finding.check for finding in table.audit().findings] == ["discrepancies"]


@pytest.mark.parametrize(("languages", "lists"), [(["Chinese"], True), (["English"], False)])
def test_one_sheet_is_enough(tmp_path, languages, lists):
    both = read(tmp_path)
    one = read(tmp_path, languages=languages, lists=lists)
    assert (one.countries, one.sectors) == (both.countries, both.sectors)
    assert one.sector_names == both.sector_names
    assert one.categories == both.categories
    np.testing.assert_array_equal(one.Z, both.Z)


def test_labels_stay_chinese_where_the_file_has_no_others(tmp_path):
    table = read(tmp_path, languages=["Chinese"], lists=False)
    assert table.countries == ("北京", "天津", "河北")
    assert table.sector_names[1] == "煤炭采选产品"
    assert table.price_basis == "current"


def test_an_empty_sheet_in_one_language_is_passed_over(tmp_path):
    rows = [list(row) for row in ceads_rows(chinese=True)]
    table = read(tmp_path, sheets={"Table_2018": rows, ENGLISH: [[None]]})
    assert table.countries == ("Beijing", "Tianjin", "Hebei")


def test_without_codes_words_tell_what_a_column_is(tmp_path):
    rows = [list(row) for row in ceads_rows()]
    coded = read(tmp_path, sheets={ENGLISH: rows})
    plain = [row[:2] + row[3:] for i, row in enumerate(rows) if i != 3]
    plain[2] = ["Others" if cell == "Errors" else cell for cell in plain[2]]
    table = read(tmp_path, sheets={ENGLISH: plain})
    assert table.sectors == coded.sector_names
    np.testing.assert_array_equal(table.Z, coded.Z)
    np.testing.assert_array_equal(table.discrepancies, coded.discrepancies)
    assert table.primary_labels == coded.primary_labels


def test_a_province_may_stand_in_every_cell_of_its_block(tmp_path):
    rows = [list(row) for row in ceads_rows()]
    for column in range(3, len(rows[1])):
        if column != 3 + N:
            rows[1][column] = rows[1][column] or rows[1][column - 1]
    for row in range(FIRST, FIRST + N):
        rows[row][0] = rows[row][0] or rows[row - 1][0]
    assert read(tmp_path, sheets={ENGLISH: rows}).countries == ("Beijing", "Tianjin", "Hebei")


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("MRIO 2018.xlsx", 2018),
        ("China MRIO 2012.xlsx", 2012),
        ("CEADS_MRIO table 2017.xlsx", 2017),
        ("ADB MRIO 2015, at constant 2010 prices.xlsx", None),
    ],
)
def test_names_of_files_tell_the_year(name, year):
    assert FORMATS["ceads"].year_of(name) == year


def test_a_series_is_found_in_a_folder(tmp_path):
    for year in (2018, 2020):
        write_ceads(tmp_path, year=year)
    assert ioecon.read_series(tmp_path, format="auto").years == (2018, 2020)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_regional_layout_holds_all_of_it(tmp_path, ending):
    table = read(tmp_path)
    file = ioecon.write_regional(table, tmp_path / f"regional_2018.{ending}")
    back = ioecon.read_table(file, format="regional")
    for name in ("Z", "Y", "exports", "discrepancies", "printed_output", "primary_inputs", "x"):
        np.testing.assert_array_equal(getattr(back, name), getattr(table, name))
    assert (back.unit, back.currency, back.edition) == ("10,000", "CNY", table.edition)


def test_totals_without_exports_and_imports_are_understood(tmp_path):
    rows = [list(row) for row in ceads_rows()]
    place = 3 + N + 1 + FINAL
    for row in rows[FIRST : FIRST + N]:
        row[place + 1] -= row[place]
    for column in range(3, 3 + N):
        rows[FIRST + N + 1][column] -= rows[FIRST + N][column]
    assert read(tmp_path, sheets={ENGLISH: rows}).n == N


def test_imports_of_final_demand_are_kept_apart(tmp_path):
    rows = [list(row) for row in ceads_rows()]
    good = read(tmp_path, sheets={ENGLISH: rows})
    assert good.final_inputs is None
    rows[FIRST + N] += [None, *range(1, FINAL + 1)]
    table = read(tmp_path, sheets={ENGLISH: rows})
    np.testing.assert_array_equal(table.final_inputs[0], np.arange(1.0, FINAL + 1))
    assert not table.final_inputs[1:].any()
    np.testing.assert_array_equal(table.primary_inputs, good.primary_inputs)
    rows[FIRST + N][-1] = "n.a."
    path = write_ceads(tmp_path, sheets={ENGLISH: rows})
    with pytest.raises(ReadError, match=r"row 11 \(Imports\), column .* holds 'n.a.'"):
        ioecon.read_table(path, format="ceads")


# -- what is refused ------------------------------------------------------------------------------


def put(row, column, value):
    return lambda rows: rows[row].__setitem__(column, value)


def scale(row, column, factor):
    return lambda rows: rows[row].__setitem__(column, rows[row][column] * factor)


def drop_columns(first, count=1):
    def drop(rows):
        for row in rows[1:]:
            del row[first : first + count]

    return drop


def rename(old, new):
    def change(rows):
        for row in rows:
            row[:] = [new if cell == old else cell for cell in row]

    return change


def drop_imports(rows):
    del rows[FIRST + N : FIRST + N + 2]  # and their total, which would tell


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put(0, 0, "China MRIO 2018 (million yuan)"), "tables are in 10,000 yuan"),
        (put(0, 0, "中国2018年投入产出表（亿元）"), "tables are in 10,000 yuan"),
        (put(0, 0, "China MRIO 2018 (10,000 USD)"), "tables are in 10,000 yuan"),
        (put(0, 0, "China MRIO 2018 (constant prices)"), "in which prices"),
        (put(0, 0, "China MRIO 2017 (10,000 yuan)"), "says two years: 2018 .* and 2017"),
        (scale(FIRST, 4, 3), r"gross output \(column GO\) of Beijing 01"),
        (scale(FIRST + 1, 3 + N + 1, 3), r"gross output \(column GO\) of Beijing 02"),
        (scale(FIRST + 1, 3 + N, 1.01), r"total intermediate use \(column TIU\) of Beijing 02"),
        (scale(FIRST + 1, 3 + N + 1 + FINAL + 1, 1.1), r"final use \(column TFU\) of Beijing 02"),
        (scale(FIRST + N + 1, 4, 1.1), r"intermediate input \(row TII\) of Beijing 02"),
        (scale(FIRST + N + 3, 4, 1.1), r"total value added \(row TVA\) of Beijing 02"),
        (scale(FIRST + N, 4, 1.1), r"intermediate input \(row TII\) of Beijing 02"),
        (drop_imports, r"total input \(row TI\), as inputs, of "),
        (scale(FIRST + N + 7, 4, 1.1), r"total input \(row TI\) of Beijing 02"),
        (drop_columns(3 + N + 1 + FINAL + 2), r"gross output \(column GO\)"),
        (drop_columns(3 + N + 1 + FINAL + 3), "no column GO"),
        (drop_columns(3 + N + 1, FINAL), "no column of final demand"),
        (drop_columns(4), "no column of intermediate use Beijing 02"),
        (put(1, 5, None), "column of intermediate use Beijing 01, Beijing 02 appear"),
        (put(1, 3 + N + 1, None), "has no province above it"),
        (put(3, 3 + N + 1, "FU109"), "'Beijing Rural household consumption FU109'"),
        (put(3, 3 + N + 2, "FU101"), "column of final demand Beijing Rural household consumption"),
        (put(FIRST, 4, "1,5"), "cell Table_2018_English Version!E5: .*stored as text"),
        (put(FIRST, 4, None), "is empty. If zeros are left empty"),
        (lambda rows: rows.pop(FIRST + 1), "there is no row Beijing 02"),
        (lambda rows: rows.insert(FIRST + 2, rows[FIRST + 1]), "row Beijing 02 appear"),
        (put(FIRST + N + 2, 2, "VA009"), "row 13 of sheet .* 'Compensation of employees VA009'"),
        (put(FIRST + 3, 1, "Textiles"), "the sector 02 is 'Mining and washing of coal' elsewhere"),
        (put(FIRST + 3, 1, "农林牧渔产品和服务"), "the sector 02 is 'Mining and washing of coal'"),
        (rename("Hebei", "Atlantis"), "the province 'Atlantis' of sheet .* is not on the sheet"),
        (
            lambda rows: [
                rename("Mining and washing of coal", "Wool")(rows),
                rename("02", "44")(rows),
            ],
            "the sector 'Wool' of sheet .* is not on the sheet",
        ),
    ],
)
def test_what_does_not_fit_is_refused(refused, change, words):
    refused(change, words)


def test_a_province_too_few_for_the_list_of_them(tmp_path):
    rows = [list(row) for row in ceads_rows(provinces=2)]
    path = write_ceads(tmp_path, sheets={ENGLISH: rows})
    with pytest.raises(ReadError, match="lacks province 'Hebei'"):
        ioecon.read_table(path, format="ceads")


def test_empty_cells_are_zeros_on_request(tmp_path):
    rows = [list(row) for row in ceads_rows()]
    column, row = next((c, r) for r in range(N) for c in range(N) if rows[FIRST + r][3 + c] == 0)
    rows[FIRST + row][3 + column] = None
    path = write_ceads(tmp_path, sheets={ENGLISH: rows})
    table = ioecon.read_table(path, format="ceads", empty_cells="zero")
    assert table.Z[row, column] == 0


def test_another_year_than_asked_for(refused):
    refused(lambda rows: None, "holds the table of 2018, not of 2020", year=2020)


@pytest.mark.parametrize("other", ["adb", "wiod", "regional", "nothing"])
def test_the_file_of_another_database(tmp_path, miniature, other):
    table = read(tmp_path)
    path = {
        "adb": lambda: write_adb(tmp_path),
        "wiod": lambda: miniature.write_xlsx(tmp_path, 2016),
        "regional": lambda: ioecon.write_regional(table, tmp_path / "regional_2018.xlsx"),
        "nothing": lambda: write_ceads(tmp_path, name="MRIO 2017.xlsx", languages=[]),
    }[other]()
    with pytest.raises(ReadError, match="'regional'") as caught:
        ioecon.read_table(path, format="ceads")
    assert path.name in str(caught.value)


@pytest.mark.parametrize("name", ["SIC-CIER", "cier", "drc", "IGSNRR"])
def test_makers_whose_layout_is_not_fixed(name):
    with pytest.raises(ReadError, match="layout of 'regional'"):
        file_format(name)


@pytest.mark.parametrize("part", [0.3, 0.99])
def test_truncated(tmp_path, part):
    path = write_ceads(tmp_path)
    os.truncate(path, int(path.stat().st_size * part))
    with pytest.raises(ReadError, match="is not a complete Excel workbook"):
        ioecon.read_table(path, format="ceads")


def test_the_miniature(data_root):
    folder = data_root / "formats" / "ceads_mini"
    table = ioecon.read_series(folder, format="auto", progress=False)[2018]
    assert table.countries == ("Beijing", "Tianjin")
    np.testing.assert_allclose(table.discrepancies, [0.4, -0.3, 0, 0.2])
    np.testing.assert_allclose(table.exports[:, 0], [5, 1, 7, 2])
    np.testing.assert_allclose(table.printed_output, [301.899, 403.757, 338.731, 384.1342])
    np.testing.assert_allclose(table.x + table.discrepancies, table.printed_output)
