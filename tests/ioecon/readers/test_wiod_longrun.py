"""Long-run WIOD in its long form: one number a line, all years in one file."""

import zipfile

import numpy as np
import pytest

from benchmarks.layouts.wiod_longrun import BELOW, write_wiod_longrun
from ioecon.errors import ReadError
from ioecon.readers import read_series, read_table
from ioecon.store import cache_folder

FORM = "wiod-longrun"


def cells_of(path, year: int) -> dict:
    lines = [line.split(",") for line in path.read_text().splitlines()[1:]]
    return {(row[1], row[3], row[4], row[6]): float(row[7]) for row in lines if row[0] == str(year)}


def test_numbers_stand_where_the_lines_say(tmp_path):
    path = write_wiod_longrun(tmp_path)
    for form in (FORM, "auto"):
        series = read_series(path, format=form)
    assert series.years == (1999, 2000)
    table = series[2000]
    assert (table.countries, table.sectors) == (("AUS", "DEU", "ROW"), ("AtB", "C", "D15t16"))
    assert table.categories == ("CONS_h", "CONS_g", "GFCF", "INV")
    assert (table.unit, table.currency, table.price_basis) == ("million", "USD", "current")
    cells = cells_of(path, 2000)
    names = {"ROW": "xROW"}
    rows = [(names.get(c, c), s) for c, s in table.index]
    same = np.testing.assert_array_equal
    same(table.Z, [[cells[(*i, *j)] for j in rows] for i in rows])
    uses = [(names.get(c, c), f"x{k}") for c in table.countries for k in table.categories]
    same(table.Y, [[cells[(*i, *j)] for j in uses] for i in rows])
    same(table.printed_output, [cells[(*i, "xTOT", "xGO")] for i in rows])
    assert table.primary_labels == tuple(code.removeprefix("x") for code in BELOW)
    same(table.primary_inputs[0], [cells[("xTOT", "xVA", *j)] for j in rows])
    assert table.discrepancies is None
    assert not table.audit().findings


def test_margins_that_no_use_shows_are_kept_as_discrepancies(tmp_path):
    table = read_table(write_wiod_longrun(tmp_path, margins=0.01), format=FORM, year=2000)
    np.testing.assert_allclose(table.discrepancies, 0.01 * table.x, rtol=1e-9)
    np.testing.assert_allclose(table.x + table.discrepancies, table.printed_output, rtol=1e-9)


def test_order_of_lines_more_columns_and_ends_of_lines_do_not_matter(tmp_path):
    path = write_wiod_longrun(tmp_path)
    plain = read_table(path, format=FORM, year=2000)
    header, *lines = path.read_text().splitlines()
    order = np.random.default_rng(1).permutation(len(lines))
    mixed = [header, *(lines[k] for k in order)]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([f"{line},note" for line in mixed]).encode())
    table = read_table(path, format=FORM, year=2000)
    rows = [plain.index.get_loc(label) for label in table.index]
    np.testing.assert_array_equal(table.Z, plain.Z[np.ix_(rows, rows)])


def test_a_zip_and_a_year_that_is_not_there(tmp_path):
    path = write_wiod_longrun(tmp_path)
    with pytest.raises(ReadError, match="1999-2000; pass year="):
        read_table(path, format=FORM)
    with pytest.raises(ReadError, match="no lines of 1965"):
        read_table(path, format=FORM, year=1965)
    with pytest.raises(ReadError, match="no table of 1965"):
        read_series(path, format=FORM, years=[1965])
    bundle = tmp_path / "lr_wiod_csv.zip"
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    path.unlink()
    for place in (bundle, tmp_path):
        assert read_series(place, format="auto").years == (1999, 2000)


def line_of(lines: list[str], row: str, column: str) -> int:
    (country, code), (other, to) = row.split(), column.split()
    return next(
        k
        for k, line in enumerate(lines)
        if (cells := line.split(","))[0] == "2000"
        and (cells[1], cells[3], cells[4], cells[6]) == (country, code, other, to)
    )


def at(row, column, value):
    """Change of the number of a row and column of 2000; None takes the line out."""

    def change(lines):
        k = line_of(lines, row, column)
        if value is None:
            del lines[k]
        else:
            lines[k] = f"{lines[k].rsplit(',', 1)[0]},{value}"

    return change


def twice(lines):
    lines.append(lines[line_of(lines, "AUS C", "DEU C")])


def without(word):
    def change(lines):
        lines[:] = [line for line in lines if word not in line.split(",")]

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (at("AUS C", "DEU C", None), "row AUS C, column DEU C of 2000 is missing.*empty_cells"),
        (at("AUS C", "DEU C", "x"), "row AUS C, column DEU C of 2000 holds 'x'"),
        (at("AUS C", "DEU C", ""), "row AUS C, column DEU C of 2000 is empty; take"),
        (at("AUS C", "DEU C", "inf"), "row AUS C, column DEU C of 2000 holds .*(too large|inf)"),
        (at("AUS C", "DEU C", "1,5"), "has 9 cells and the header 8; .*decimal"),
        (at("AUS C", "DEU C", "1e9"), "printed output .* AUS C in 2000"),
        (at("xTOT xII", "DEU C", "1"), "printed intermediate inputs .* DEU C in 2000"),
        (at("xTOT xGO", "DEU C", "1"), "printed output .* DEU C in 2000"),
        (twice, "row AUS C, column DEU C of 2000 is there twice"),
        (without("xGO"), "no column xTOT xGO"),
        (without("xCONS_g"), "lacks the columns"),
        (lambda lines: lines.__delitem__(slice(len(lines) - 50, None)), "is missing|cut off"),
        (lambda lines: lines.__setitem__(0, lines[0].replace("value", "v")), "lacks .* value"),
        (lambda lines: lines.__setitem__(0, lines[0].replace(",", ";")), "lacks the columns"),
        (lambda lines: lines.clear(), "empty|holds no file"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(tmp_path, change, words):
    path = write_wiod_longrun(tmp_path)
    lines = path.read_text().splitlines()
    change(lines)
    path.write_text("\n".join(lines))
    with pytest.raises(ReadError, match=words) as caught:
        read_table(path, format=FORM, year=2000)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (cache_folder() / "tables").exists()


def test_lines_that_are_left_out_are_zeros_on_request(tmp_path):
    path = write_wiod_longrun(tmp_path)
    plain = read_table(path, format=FORM, year=2000)
    header, *lines = path.read_text().splitlines()
    full = [line for line in lines if float(line.rsplit(",", 1)[1]) != 0]
    assert len(full) < len(lines)
    path.write_text("\n".join([header, *full]))
    table = read_table(path, format=FORM, year=2000, empty_cells="zero")
    np.testing.assert_array_equal(table.Z, plain.Z)
