"""`ioecon template` writes what can be filled in and read, and never replaces a file."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

import ioecon
from ioecon.cli import app
from ioecon.errors import EmissionsError, LabelError, OutputError, ReadError
from ioecon.readers import read_series, read_table
from ioecon.writers import write_regional_template

NAMES = {"regions": ["North", "西北"], "sectors": ["Goods", "Electricity, gas and water"]}


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["template", *map(str, arguments)])


def fill_csv(path: Path, about: dict[str, str], cell: str = "2.5") -> None:
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    corner = next((i for i, row in enumerate(rows) if row[:3] == ["block", "region", "name"]), 2)
    for i, row in enumerate(rows):
        if row[0] in about:
            row[1] = about[row[0]]
        elif i > corner:
            start = 3 if rows[corner][0] == "block" else 1
            row[start:] = [
                "0" if rows[corner][j] in ("imports", "discrepancies") else cell
                for j in range(start, len(row))
            ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8-sig")


ABOUT = {"unit": "million", "currency": "USD", "price basis": "current"}


def test_a_filled_folder_is_read(tmp_path):
    files = write_regional_template(tmp_path / "new", **NAMES, years=[2002, 2007])
    for file in files[1:]:
        fill_csv(file, ABOUT | {"unit": "kt per million USD" if "coef" in file.name else "million"})
    series = read_series(tmp_path / "new", format="auto")
    assert series.years == (2002, 2007)
    assert series.countries == ("North", "西北")
    assert series.sectors == ("Goods", "Electricity, gas and water")
    assert series.categories == ("households", "government", "investment")
    assert (series.unit, series.currency) == ("million", "USD")
    table = series[2007]
    assert table.export_labels == ("exports",)
    assert table.primary_labels == ("imported inputs", "value added")
    assert (table.Z == 2.5).all()
    assert (table.imports == 0).all()
    assert (table.discrepancies == 0).all()
    k = ioecon.read_coefficients(tmp_path / "new" / "coefficients.csv")
    assert len(k) == 4
    assert k.attrs["unit"] == "kt per million USD"


def test_a_filled_workbook_is_read(tmp_path):
    (file,) = write_regional_template(tmp_path / "mine.xlsx", **NAMES, years=[2002, 2007])
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["2002", "2007", "coefficients", "instructions"]
    for sheet in book.worksheets[:2]:
        for row, value in ((2, "million"), (3, "USD"), (4, "current")):
            sheet.cell(row, 2, value)
        for line in sheet.iter_rows(min_row=9, max_row=14, min_col=4, max_col=14):
            for cell in line:
                cell.value = 3
    rates = book["coefficients"]
    rates["B1"] = "kt per million USD"
    for line in rates["B4:C5"]:
        for cell in line:
            cell.value = 0.5
    book.save(file)
    series = read_series(file, format="regional")
    assert series.years == (2002, 2007)
    assert (series[2002].exports == 3).all()
    assert series[2002].imports is None
    assert (ioecon.read_coefficients(file) == 0.5).all()


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
@pytest.mark.parametrize("years", [[], [2002]])
@pytest.mark.parametrize("empty_cells", ["error", "zero"])
def test_as_it_is_written_it_is_empty_and_says_so(tmp_path, name, years, empty_cells):
    (file,) = write_regional_template(tmp_path / name, **NAMES, years=years)
    for read in (read_table, read_series):
        with pytest.raises(ReadError, match="holds no number yet: it is an empty template"):
            read(file, format="regional", empty_cells=empty_cells)


def test_empty_coefficients_say_so(tmp_path):
    files = write_regional_template(tmp_path / "new", **NAMES)
    for file in (files[0], files[-1]):
        with pytest.raises(EmissionsError, match="holds no coefficient yet"):
            ioecon.read_coefficients(file)


@pytest.mark.parametrize("format", ["auto", "regional"])
def test_the_audit_of_a_template_says_what_to_do(tmp_path: Path, format: str) -> None:
    folder = tmp_path / "mine"
    assert call(folder).exit_code == 0
    assert call(tmp_path / "dated", "--years", "2002").exit_code == 0

    def audit(path: Path) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["audit", str(path), "--format", format])
        return result.exit_code, " ".join(result.output.split())

    code, said = audit(folder)
    assert code == 3
    assert f"{folder / 'regional.csv'} or {folder / 'regional.xlsx'}" in said
    code, said = audit(folder / "regional.csv")
    assert code == 3
    assert "regional.csv holds no number yet: it is an empty template" in said
    code, said = audit(tmp_path / "dated")
    assert code == 3
    assert "regional_2002.csv holds no number yet" in said
    fill_csv(folder / "regional.csv", {**ABOUT, "year": "2002"})
    fill_csv(tmp_path / "dated" / "regional_2002.csv", ABOUT)
    for path in (folder / "regional.csv", tmp_path / "dated"):
        code, said = audit(path)
        assert "2002" in said
        assert "failed" not in said


def test_nothing_is_written_when_one_file_is_there(tmp_path):
    (tmp_path / "coefficients.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"coefficients\.csv is already there"):
        write_regional_template(tmp_path, **NAMES)
    assert [entry.name for entry in tmp_path.iterdir()] == ["coefficients.csv"]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"regions": ["N", "N"]}, LabelError, "region N stands more than once"),
        ({"sectors": ["a", ""]}, LabelError, "sector '' cannot be written"),
        ({"categories": ["a ", "b"]}, LabelError, "category 'a ' cannot be written"),
        ({"years": [2002, 2002]}, LabelError, "year is given twice"),
        ({"years": [2002, 2007]}, OutputError, "can hold one year"),
        ({"regions": []}, LabelError, "at least one region"),
    ],
)
def test_options_that_make_no_template(tmp_path, changes, error, message):
    with pytest.raises(error, match=message):
        write_regional_template(tmp_path / "t.csv", **(NAMES | changes))
    assert not [*tmp_path.iterdir()]


def test_the_command_takes_names_numbers_and_files(tmp_path):
    (tmp_path / "names.txt").write_text("Goods\n\n Electricity,  gas and water \n")
    file = tmp_path / "t.csv"
    result = call(
        file, "--regions", "North; 西北,外", "--sectors", f"@{tmp_path}/names.txt",
        "--categories", "2", "--years", "2002",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "Wrote" in result.stdout
    fill_csv(file, ABOUT)
    table = read_table(file, format="regional")
    assert table.countries == ("North", "西北,外")
    assert table.sectors == ("Goods", "Electricity, gas and water")
    assert table.categories == ("Category 1", "Category 2")


def test_the_command_fails_with_the_exit_code_of_its_kind(tmp_path):
    file = tmp_path / "t.csv"
    assert call(file).exit_code == 0
    again = call(file)
    assert again.exit_code == 5
    assert "not replaced" in again.stderr
    assert call(tmp_path / "u.csv", "--years", "soon").exit_code == 2
    assert call(tmp_path / "u.csv", "--regions", "@nowhere").exit_code == 3
    assert call(tmp_path / "u.csv", "--regions", "0").exit_code == 3
    assert call(file / "below").exit_code == 5
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


def test_a_file_of_another_kind_is_not_taken_for_a_folder(tmp_path: Path) -> None:
    result = call(tmp_path / "table.xls")
    assert result.exit_code == 5
    assert "ends in .xlsx or .csv" in " ".join(result.output.split())
    assert not list(tmp_path.iterdir())
    assert call(tmp_path / "tables.2007").exit_code == 0
