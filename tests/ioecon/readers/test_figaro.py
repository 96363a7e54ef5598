"""Eurostat's FIGARO: matrix and flat file of both systems, and what is refused.

Files are made by ``benchmarks/layouts/figaro.py``; what they should give is worked out from the
text of the file, cell by cell.
"""

import csv
import zipfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.layouts.figaro import BELOW, FINAL, write_figaro
from ioecon.errors import ArgumentError, IoeconWarning, ReadError
from ioecon.readers import read_series, read_table
from ioecon.store import cache_folder

FORMS = ("matrix", "flatfile")
SYSTEMS = {
    "ind-by-ind": "industry × industry, fixed product sales structure (model D)",
    "prod-by-prod": "product × product, industry technology (model B)",
}
REGIONS = {"AUT": "AT", "GRC": "EL", "ROW": "FIGW1"}


def cells_of(path: Path) -> dict[tuple[str, str], float]:
    """Every cell of a file by the labels of its row and column; a flat file may leave some out."""
    header, *rows = csv.reader(path.read_text().splitlines())
    if header[0] == "rowLabels":
        return {
            (row[0], label): float(cell)
            for row in rows
            for label, cell in zip(header[1:], row[1:], strict=True)
        }
    return {(row[0], row[1]): float(row[-1]) for row in rows}


@pytest.mark.parametrize("zeros", [True, False], ids=["all cells", "without zeros"])
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("form", FORMS)
def test_cells_of_every_kind_of_file(tmp_path, form, system, zeros):
    path = write_figaro(tmp_path, form=form, system=system, zeros=zeros)
    table = read_table(path, format="figaro", cache=False)
    cells = cells_of(path)
    mark = "CPA_" if system == "prod-by-prod" else ""
    assert table.countries == tuple(REGIONS)
    assert table.sectors == tuple(f"{mark}{code}" for code in ("A01", "C10T12", "C31_32"))
    assert table.categories == FINAL
    assert (table.year, table.unit, table.currency) == (2019, "million", "EUR")
    assert (table.system, table.valuation) == (SYSTEMS[system], "basic prices")
    labels = [f"{REGIONS[country]}_{sector}" for country, sector in table.index]
    uses = [f"{REGIONS[country]}_{use}" for country in table.countries for use in FINAL]
    expected = [[cells.get((row, column), 0.0) for column in labels] for row in labels]
    np.testing.assert_array_equal(table.Z, expected)
    expected = [[cells.get((row, column), 0.0) for column in uses] for row in labels]
    np.testing.assert_array_equal(table.Y, expected)
    assert table.primary_labels == BELOW
    for label, row in zip(table.primary_labels, table.primary_inputs, strict=True):
        np.testing.assert_array_equal(row, [cells.get((label, column), 0.0) for column in labels])
    for label, row in zip(table.primary_labels, table.final_inputs, strict=True):
        np.testing.assert_array_equal(row, [cells.get((label, column), 0.0) for column in uses])
    assert "column_balance" not in table.audit()


def test_both_files_give_the_same_table(tmp_path):
    matrix, flat = (
        read_table(write_figaro(tmp_path, form=form, seed=4), format="figaro", cache=False)
        for form in FORMS
    )
    for name in ("Z", "Y", "primary_inputs", "final_inputs", "x"):
        np.testing.assert_array_equal(getattr(matrix, name), getattr(flat, name))
    for name in ("countries", "sectors", "categories", "primary_labels", "system", "edition"):
        assert getattr(matrix, name) == getattr(flat, name)


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_lines_does_not_matter(tmp_path, form):
    path = write_figaro(tmp_path, form=form, zeros=False)
    table = read_table(path, format="figaro", cache=False)
    header, *lines = path.read_text().splitlines()
    shuffled = np.random.default_rng(2).permutation(lines)
    path.write_text("\r\n".join([header, *shuffled]))
    again = read_table(path, format="figaro", cache=False)
    np.testing.assert_array_equal(again.Z, table.Z)
    np.testing.assert_array_equal(again.Y, table.Y)
    assert again.countries == table.countries
    assert again.sectors == table.sectors


@pytest.mark.parametrize("form", FORMS)
def test_single_precision(tmp_path, form):
    path = write_figaro(tmp_path, form=form)
    table = read_table(path, format="figaro", cache=False)
    single = read_table(path, format="figaro", dtype="float32", cache=False)
    assert single.Z.dtype == np.float32
    np.testing.assert_allclose(single.Z, table.Z, rtol=1e-6)
    np.testing.assert_array_equal(single.primary_inputs, table.primary_inputs)


def test_industries_that_some_regions_lack_are_zero_in_flat_files(tmp_path):
    Z = np.random.default_rng(0).uniform(1, 2, (9, 9))
    Y = np.full((9, 15), 10.0)
    Z[8] = Z[:, 8] = Y[8] = 0.0  # FIGW1 C31_32 is idle
    path = write_figaro(tmp_path, form="flatfile", flows=(Z, Y), zeros=False)
    text = path.read_text()
    lines = [line for line in text.splitlines() if "FIGW1_C31_32" not in line]
    path.write_text("\n".join(lines))
    table = read_table(path, format="figaro", cache=False)
    np.testing.assert_array_equal(table.Z, Z)
    assert table.x[8] == 0


def test_greece_by_either_code(tmp_path):
    for code in ("EL", "GR"):
        path = write_figaro(tmp_path, regions=("AT", code, "FIGW1"))
        assert read_table(path, format="figaro", cache=False).countries == ("AUT", "GRC", "ROW")
    path = write_figaro(tmp_path, regions=("EL", "FIGW1", "GR"))
    refused(path, "the regions EL and GR are the same country")


# -- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edition", "version", "words"),
    [
        ("", "", "FIGARO, edition of 2022 (unnamed)"),
        ("_23ed", "", "FIGARO, edition of 2023"),
        ("_25ed", "_v2", "FIGARO, edition of 2025, version 2"),
        ("_26ed", "", "FIGARO, edition of 2026"),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_the_edition_is_told(tmp_path, form, edition, version, words):
    path = write_figaro(tmp_path, form=form, edition=edition, version=version)
    table = read_table(path, format="auto", cache=False)
    regions = 50 if edition == "_26ed" else 46
    counts = f"; 3 regions × 3 of the published {regions} × 64"
    assert table.edition == words + counts


@pytest.mark.parametrize("form", FORMS)
def test_a_zip_of_one_file(tmp_path, form):
    packed = write_figaro(tmp_path, form=form, zipped=True)
    plain = write_figaro(tmp_path, form=form)
    table = read_table(packed, format="auto", cache=False)
    np.testing.assert_array_equal(table.Z, read_table(plain, format="figaro").Z)


def test_a_folder_of_files(tmp_path):
    for year in (2018, 2019):
        for system in SYSTEMS:
            for form in FORMS:
                write_figaro(tmp_path, year=year, form=form, system=system, seed=year)
    for name in ("matrix_eu-ic-supply_25ed_2018.csv", "flatfile_eu-ic-use_25ed_2019.csv"):
        (tmp_path / name).write_text("icsupRow\n")
    for system, words in zip(("ixi", "pxp"), SYSTEMS.values(), strict=True):
        series = read_series(tmp_path, format="figaro", system=system, progress=False)
        assert series.years == (2018, 2019)
        assert series[2018].system == words
        assert series[2018].source.path.startswith("matrix")
    with pytest.raises(ReadError, match="has 2 files for 2018"):
        read_series(tmp_path, format="figaro")


def test_two_editions_in_one_series(tmp_path):
    for year, edition in ((2018, "_24ed"), (2019, "_25ed")):
        write_figaro(tmp_path, year=year, edition=edition)
    with pytest.warns(IoeconWarning, match="of 2018 and 2019 are of two editions .*2024.*2025"):
        read_series(tmp_path, format="figaro", progress=False)


# -- bad input ----------------------------------------------------------------------------------


def refused(path: Path, words: str, **options) -> str:
    with pytest.raises(ReadError, match=words) as caught:
        read_table(path, format="figaro", **options)
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    assert not (cache_folder() / "tables").exists()
    return message


def change(path: Path, row: str, column: str, cell: str) -> None:
    """Put another text into a cell."""
    table = list(csv.reader(path.read_text().splitlines()))
    if table[0][0] == "rowLabels":
        line = next(line for line in table if line[0] == row)
        line[table[0].index(column)] = cell
    else:
        next(line for line in table if line[:2] == [row, column])[-1] = cell
    path.write_text("\n".join(map(",".join, table)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("row", "column"),
    [("AT_A01", "EL_A01"), ("AT_A01", "FIGW1_P51G"), ("W2_D1", "EL_A01")],
)
def test_sums_that_do_not_match(tmp_path, form, row, column):
    path = write_figaro(tmp_path, form=form)
    change(path, row, column, str(cells_of(path)[row, column] + 1))
    refused(path, "output does not match in [12] of 9 rows: at .*Numbers were changed or lost")


@pytest.mark.parametrize("form", FORMS)
def test_a_table_that_was_never_balanced(tmp_path, form):
    path = write_figaro(tmp_path, form=form)
    for (row, column), value in cells_of(path).items():
        if row == "W2_D1" and value:
            change(path, row, column, str(value + 5))
    refused(path, "output does not match in 9 of 9 rows: at AT_A01 the sum of the row is")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.8, 0.97, 0.99])
def test_truncated(tmp_path, form, part):
    path = write_figaro(tmp_path, form=form)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    refused(path, "is empty|cut off|should be|no row|header names|columns|does not match|alone")


@pytest.mark.parametrize("form", FORMS)
def test_cut_off_at_the_end_of_a_line(tmp_path, form):
    path = write_figaro(tmp_path, form=form, zeros=False)
    lines = path.read_text().splitlines()
    for keep in range(1, len(lines) - (1 if form == "matrix" else 5)):
        path.write_text("\n".join(lines[:keep]))
        refused(path, "cut off|no column|no row|alone|does not match|header names")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cell", ["", "n/a", "nan", "inf", ":", "12 5", "1.5 p"])
def test_cells_that_are_no_numbers(tmp_path, form, cell):
    path = write_figaro(tmp_path, form=form)
    change(path, "AT_C10T12", "EL_A01", cell)
    line = 3 if form == "matrix" else 2 + 24 + 3
    message = refused(path, f"line {line}")
    assert "EL_A01" in message
    assert ("is empty" in message) == (cell == "")


def test_empty_cells_of_a_matrix_are_zero_on_request(tmp_path):
    Z, Y = np.ones((9, 9)), np.full((9, 15), 9.0)
    Z[0, 3] = 0.0
    path = write_figaro(tmp_path, flows=(Z, Y))
    change(path, "AT_A01", "EL_A01", "")
    refused(path, "column EL_A01 is empty")
    table = read_table(path, format="figaro", empty_cells="zero", cache=False)
    assert table.Z[0, 3] == 0


@pytest.mark.parametrize("form", FORMS)
def test_a_decimal_comma(tmp_path, form):
    path = write_figaro(tmp_path, form=form)
    text = path.read_text()
    path.write_text(text.replace(",", ";").replace(".", ","))
    refused(path, "separated by ';'")
    header, rest = text.split("\n", 1)
    path.write_text(f"{header}\n{rest.replace('.', ',')}")
    refused(path, "48 numbers where there should be 24|8 cells where there should be 7")


def test_a_cell_twice(tmp_path):
    path = write_figaro(tmp_path, form="flatfile")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[7]]))
    refused(path, rf"line {len(lines) + 1}: the cell AT_A01 → FIGW1_A01 is there more than once")


@pytest.mark.parametrize(
    ("find", "put", "words"),
    [
        ("\nAT_A01,EL_A01,AT,", "\nAT_A01,EL_A01,EL,", "labelled AT_A01 and says region EL"),
        (",EL_A01,AT,A01,EL,A01,", ",EL_A01,AT,A01,EL,A02,", "labelled EL_A01 and says region EL"),
        ("\nEL_A01,AT_A01,EL,A01", "\nZZ_A01,AT_A01,ZZ,A01", "does not match|'ZZ'|final demand"),
        ("\nW2_D1,", "\nW2_D9,", "labelled W2_D9"),
        ("\nAT_A01,EL_A01,AT,A01", "\nAT_P51G,EL_A01,AT,P51G", "called as a use of final demand"),
    ],
)
def test_labels_of_a_flat_file_that_do_not_fit(tmp_path, find, put, words):
    path = write_figaro(tmp_path, form="flatfile")
    text = path.read_text()
    assert find in text
    path.write_text(text.replace(find, put))
    refused(path, words)


def test_an_industry_of_one_region_alone(tmp_path):
    path = write_figaro(tmp_path, form="flatfile")
    text = path.read_text()
    path.write_text(text.replace("EL_A01", "EL_A0l").replace("EL,A01", "EL,A0l"))
    refused(path, "A0l is there for the region EL alone, of 3")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("AT_C10T12", "AT_A01", "column 'AT_A01' is there 2 times"),
        ("AT_A01", "AT_A02", "there is no column of intermediate use AT A01"),
        ("AT_P51G", "AT_P52", "there is no column of intermediate use|no column of final demand"),
        ("AT_A01", "ATA01", "no label such as AT_C10T12"),
    ],
)
def test_columns_that_do_not_fit(tmp_path, old, new, words):
    path = write_figaro(tmp_path)
    text = path.read_text()
    path.write_text(text.replace(f",{old},", f",{new},").replace(f"\n{old},", f"\n{new},"))
    refused(path, words)


@pytest.mark.parametrize("label", ["W2_D21X31", "W2_D1", "W2_D29X39", "W2_B2A3G", "AT_A01"])
@pytest.mark.parametrize("form", FORMS)
def test_a_row_is_missing(tmp_path, form, label):
    path = write_figaro(tmp_path, form=form)
    lines = [line for line in path.read_text().splitlines() if not line.startswith(f"{label},")]
    path.write_text("\n".join(lines))
    refused(path, f"no row {label}" if form == "matrix" or label != "AT_A01" else "does not match")


def test_labels_that_would_make_a_huge_table(tmp_path):
    path = write_figaro(tmp_path, form="flatfile")
    lines = [f"AT_X{k},R{k}_A01,AT,X{k},R{k},A01,1" for k in range(200)]
    with path.open("a") as file:
        file.write("\n".join([*lines, *(line.replace("AT", "EL", 2) for line in lines)]))
    refused(path, "has 203 regions and 208 industries and uses, which no table of FIGARO has")


def test_a_region_that_is_no_country(tmp_path):
    path = write_figaro(tmp_path, regions=("AT", "EA19", "FIGW1"))
    refused(path, "'EA19'")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("matrix_eu-ic-supply_25ed_2019.csv", "rowLabels,AT_A01\n", "a table of supply, which is"),
        ("matrix_eu-ic-use_25ed_2019.csv", "rowLabels,AT_A01\n", "a table of use, which is not"),
        ("table.csv", "icsupRow,icsupCol,refArea,rowPi,counterpartArea,colPi,obsValue\n", "supply"),
        ("table.csv", "icuseRow,icuseCol,refArea,rowPi,counterpartArea,colPi,obsValue\n", "use"),
        ("table.csv", "icioiRow,icioiCol,obsValue\n", "a flat file of FIGARO has seven"),
        ("table.csv", "V1,AUS_A01,AUS_HFCE,OUT\nAUS_A01,1,2,3\n", "begins with 'V1'"),
        ("table.csv", "<html>\n", "is a web page"),
        (
            "matrix_FIGARO-e-ic-io-D_ind-by-ind_thousandEUR_2015.csv",
            "rowLabels,AT_A01,AT_P3_S14\n",
            "named as in thousandEUR",
        ),
    ],
)
def test_files_of_something_else(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_text(content)
    refused(path, words)


@pytest.mark.parametrize("form", FORMS)
def test_the_wrong_system(tmp_path, form):
    path = write_figaro(tmp_path, form=form)
    refused(path, "is not what system= asks for, product × product", system="pxp")
    other = path.rename(tmp_path / path.name.replace("ind-by-ind", "prod-by-prod"))
    refused(other, "is named as a table of product × product; its labels, such as AT_A01")
    with pytest.raises(ArgumentError, match="system of the format 'figaro'"):
        read_table(other, format="figaro", system="both")


def test_the_header_of_the_wrong_system(tmp_path):
    path = write_figaro(tmp_path, form="flatfile").rename(tmp_path / "table.csv")
    path.write_text(path.read_text().replace("icioi", "iciop"))
    refused(path, "has the header of a table of product × product", year=2019)


def test_a_zip_without_the_file(tmp_path):
    packed = tmp_path / "flatfile_eu-ic-io_ind-by-ind_25ed_2019.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "see Eurostat")
    with pytest.raises(ReadError, match="holds no file like matrix_eu-ic-io"):
        read_table(packed, format="figaro")


# -- the miniatures --------------------------------------------------------------------------------


def test_the_miniatures(data_root):
    folder = data_root / "formats" / "figaro_mini"
    matrix, flat = (
        read_table(file, format="auto", cache=False) for file in sorted(folder.iterdir())
    )
    np.testing.assert_array_equal(matrix.Z, flat.Z)
    assert matrix.countries == ("AUT", "GRC", "ROW")
    assert not [f for f in matrix.audit().findings if f.severity != "note"]
    assert read_series(folder, format="figaro", progress=False).years == (2019,)
