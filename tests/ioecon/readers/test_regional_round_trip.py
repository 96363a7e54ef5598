"""A regional table that is written in the labelled layout is read back equal."""

import csv
import io
import zipfile
from dataclasses import fields
from pathlib import Path

import hypothesis.extra.numpy as some
import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import ioecon
from ioecon import IOSeries, IOTable
from ioecon.errors import IoeconWarning, LabelError, OutputError, ReadError, TableError
from ioecon.readers import read_series, read_table
from ioecon.readers.regional_cells import label
from ioecon.writers import write_regional


def regional_table(year: int = 2002, **changes) -> IOTable:
    """Two regions with names in two scripts, two sectors, everything a table can have."""
    rng = np.random.default_rng(year)
    content = {
        "Z": rng.uniform(0, 10, (4, 4)),
        "Y": rng.uniform(10, 30, (4, 4)),
        "countries": ("North, coast", "西北"),
        "sectors": ("01", "Electricity, gas & water"),
        "categories": ("households", "investment"),
        "sector_names": ("Agriculture", 'All that is "piped"'),
        "exports": rng.uniform(0, 20, (4, 2)),
        "export_labels": ("EU", "elsewhere"),
        "imports": rng.uniform(0, 2, 4),
        "discrepancies": rng.uniform(-1, 1, 4),
        "printed_output": rng.uniform(60, 90, 4),
        "primary_inputs": rng.uniform(0, 5, (2, 4)),
        "primary_labels": ("imported inputs", "value added"),
        "unit": "10^8",
        "currency": "yuan",
        "price_basis": "constant 2002",
        "year": year,
    }
    return IOTable(**(content | changes))


TOLD = {"system": "sector × sector", "valuation": "producer prices", "edition": "CEADs 2018"}


def assert_equal(ours: IOTable, theirs: IOTable) -> None:
    for field in fields(IOTable):
        if field.name == "source":
            continue
        one, other = getattr(ours, field.name), getattr(theirs, field.name)
        if isinstance(one, np.ndarray):
            assert one.tobytes() == other.tobytes(), field.name
        else:
            assert one == other, field.name


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_everything_a_table_has_comes_back(tmp_path, ending):
    table = regional_table(**TOLD)
    file = write_regional(table, tmp_path / f"mine.{ending}")
    back = read_table(file, format="regional")
    assert_equal(table, back)
    assert back.source.path == f"mine.{ending}"
    assert back.source.format == "regional"


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "without",
    [
        "exports", "imports", "discrepancies", "printed_output", "primary_inputs", "sector_names",
        "system", "valuation", "edition",
    ],
)  # fmt: skip
def test_what_a_table_lacks_stays_absent(tmp_path, ending, without):
    labels = {"exports": {"export_labels": ()}, "primary_inputs": {"primary_labels": ()}}
    table = regional_table(**(TOLD | {without: None} | labels.get(without, {})))
    file = write_regional(table, tmp_path / f"mine.{ending}")
    assert_equal(table, read_table(file, format="regional"))


LABELS = (
    st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn")), min_size=1, max_size=12)
    .map(label)
    .filter(bool)
)
VALUES = st.floats(allow_nan=False, allow_infinity=False, width=64)


def names(size: int) -> st.SearchStrategy[list[str]]:
    return st.lists(LABELS, min_size=size, max_size=size, unique=True)


@st.composite
def tables(draw: st.DrawFn) -> IOTable:
    R, S, K, M, P = (draw(st.integers(low, 2)) for low in (1, 1, 1, 0, 0))
    n = R * S

    def numbers(*shape: int) -> np.ndarray:
        return draw(some.arrays(float, shape, elements=st.floats(-1e12, 1e12)))

    return IOTable(
        Z=numbers(n, n),
        Y=numbers(n, R * K),
        countries=draw(names(R)),
        sectors=draw(names(S)),
        categories=draw(names(K)),
        exports=numbers(n, M) if M else None,
        export_labels=draw(names(M)),
        imports=draw(st.none() | st.just(numbers(n))),
        discrepancies=draw(st.none() | st.just(numbers(n))),
        valuation=draw(st.none() | LABELS),
        primary_inputs=numbers(P, n) if P else None,
        primary_labels=draw(names(P)),
        year=draw(st.integers(1, 9999)),
        unit=draw(LABELS),
        currency=draw(LABELS),
        price_basis=draw(st.sampled_from(["current", "previous-year", "constant 2010"])),
    )


ODD = ("block", "region", "#", "=1+1", "'", "nan", "_x0041_", "1e3", "007", "<b>&", "é", "True")


@given(tables(), st.sampled_from(["xlsx", "csv"]))
@example(regional_table(countries=ODD[:2], sectors=ODD[2:4], categories=ODD[4:6]), "csv")
@example(regional_table(countries=ODD[:2], sectors=ODD[2:4], categories=ODD[4:6]), "xlsx")
@example(regional_table(countries=ODD[6:8], sectors=ODD[8:10], categories=ODD[10:]), "csv")
@example(regional_table(countries=ODD[6:8], sectors=ODD[8:10], categories=ODD[10:]), "xlsx")
@example(regional_table(countries=("in words", "total"), sectors=("exports", "name")), "csv")
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_odd_labels_and_numbers_come_back(tmp_path, table, ending):
    file = write_regional(table, tmp_path / f"odd.{ending}", overwrite=True)
    assert_equal(table, read_table(file, format="regional", cache=False))


def test_a_workbook_holds_several_years(tmp_path):
    series = IOSeries({year: regional_table(year) for year in (2002, 2007)})
    file = write_regional(series, tmp_path / "both.xlsx")
    back = read_series(file, format="regional")
    assert back.years == (2002, 2007)
    for year in back:
        assert_equal(series[year], back[year])
    assert read_table(file, format="regional", year=2007).year == 2007
    assert read_series({2007: file}, format="regional").years == (2007,)
    with pytest.raises(ReadError, match="has tables of 2002, 2007; pass year="):
        read_table(file, format="regional")
    with pytest.raises(ReadError, match="no table of 2005; there: 2002, 2007"):
        read_table(file, format="regional", year=2005)


@pytest.mark.parametrize("format", ["regional", "auto"])
def test_a_folder_has_a_file_for_each_year(tmp_path, format):
    for year in (2002, 2007):
        write_regional(regional_table(year), tmp_path / f"my_regional_{year}.csv")
    (tmp_path / "coefficients_2007.csv").write_text("not a table")
    assert read_series(tmp_path, format=format).years == (2002, 2007)


def test_a_table_is_cached_and_read_anew_when_the_file_changes(tmp_path):
    file = write_regional(regional_table(), tmp_path / "t.csv")
    first = read_table(file, format="regional")
    assert_equal(first, read_table(file, format="regional"))
    changed = regional_table(unit="million")
    write_regional(changed, file, overwrite=True)
    assert_equal(changed, read_table(file, format="regional"))


def test_rows_and_columns_may_stand_in_any_order(tmp_path):
    table = regional_table()
    file = write_regional(table, tmp_path / "t.csv")
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    head, body = rows[:8], rows[8:]
    turned = [row[:4] + row[:3:-1] for row in head[5:]]
    # Regions and sectors stand as the rows first name them: the first row stays the first.
    body = [body[0], *(body[i] for i in (2, 1, 3, 5, 4))]
    mixed = [*head[:5], *turned, *(row[:4] + row[:3:-1] for row in body)]
    write_rows(file, mixed)
    back = read_table(file, format="regional")
    for name in ("Z", "imports", "printed_output"):
        assert np.array_equal(getattr(back, name), getattr(table, name))
    assert back.categories == table.categories[::-1]
    assert back.export_labels == table.export_labels[::-1]
    assert np.array_equal(back.F, table.F)


def write_rows(file: Path, rows: list[list[str]], separator: str = ",") -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_told_from_the_corner(tmp_path, separator):
    file = write_regional(regional_table(), tmp_path / "t.csv")
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    write_rows(file, rows, separator)
    assert_equal(regional_table(), read_table(file, format="regional"))


def test_merged_cells_totals_and_notes_of_a_real_workbook(tmp_path):
    table = regional_table(sector_names=None)
    file = write_regional(table, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(file)
    sheet = book.active
    sheet.merge_cells("D6:G6")  # intermediate use
    sheet.merge_cells("D7:E7")  # first region
    sheet.merge_cells("A9:A12")
    last = sheet.max_column + 1
    sheet.cell(6, last, "total")
    for row in range(9, 13):
        sheet.cell(row, last, 1.0)
    sheet.cell(15, 1, "total")
    sheet.cell(15, 3, "total input")
    sheet.cell(15, 4, 99)
    sheet.cell(1, 4, "a note")
    book.create_sheet("notes")["A1"] = "nothing"
    book.save(file)  # with 16 digits
    back = read_table(file, format="regional")
    assert back.index.equals(table.index)
    assert back.primary_labels == table.primary_labels
    assert back.export_labels == table.export_labels
    for name in (
        "Z", "Y", "exports", "imports", "discrepancies", "printed_output", "primary_inputs",
    ):  # fmt: skip
        np.testing.assert_allclose(getattr(back, name), getattr(table, name), rtol=1e-14)


def test_an_absent_export_column_is_missed_where_it_is_asked_for(tmp_path):
    pair = [
        read_table(
            write_regional(
                regional_table(year, exports=None, export_labels=(), imports=None),
                tmp_path / f"{year}.csv",
            ),
            format="regional",
        )
        for year in (2002, 2007)
    ]
    with pytest.raises(TableError, match="no column of exports"):
        ioecon.transfers(*pair, driven_by="exports")


def test_the_same_table_gives_the_same_bytes(tmp_path):
    one = write_regional(regional_table(), tmp_path / "one.xlsx").read_bytes()
    other = write_regional(regional_table(), tmp_path / "other.xlsx").read_bytes()
    assert one == other
    assert zipfile.ZipFile(io.BytesIO(one)).testzip() is None


def test_a_workbook_opens_in_other_programs(tmp_path):
    table = regional_table()
    sheet = openpyxl.load_workbook(write_regional(table, tmp_path / "t.xlsx")).active
    assert sheet.title == "2002"
    assert sheet["E9"].value == table.Z[0, 0]
    assert sheet["B9"].value == "North, coast"
    assert sheet.freeze_panes == "E9"


def test_nothing_is_replaced_unless_asked(tmp_path):
    file = write_regional(regional_table(), tmp_path / "t.csv")
    before = file.read_bytes()
    with pytest.raises(OutputError, match="not replaced"):
        write_regional(regional_table(2007), file)
    assert file.read_bytes() == before
    write_regional(regional_table(2007), file, overwrite=True)
    assert read_table(file, format="regional").year == 2007
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"countries": ("a", "a")}, "country a stands more than once"),
        ({"countries": ("a", "b ")}, "'b ' cannot be written"),
        ({"sectors": ("a", "b\nc")}, "cannot be written"),
        ({"currency": ""}, "currency '' cannot be written"),
        ({"imports": [np.nan, 0, 0, 0]}, "imports of 2002 holds values that are not finite"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path, changes, message):
    with pytest.raises((LabelError, TableError), match=message):
        write_regional(regional_table(**changes), tmp_path / "t.csv")
    assert not [*tmp_path.iterdir()]


def test_wrong_endings_and_years(tmp_path):
    with pytest.raises(OutputError, match=r"end in \.xlsx or \.csv"):
        write_regional(regional_table(), tmp_path / "t.ods")
    with pytest.raises(OutputError, match="can hold one table, not 2"):
        write_regional({y: regional_table(y) for y in (2002, 2007)}, tmp_path / "t.csv")
    with pytest.raises(TableError, match="given for 2003 is of 2002"):
        write_regional({2003: regional_table()}, tmp_path / "t.xlsx")


def test_inputs_of_final_demand_have_no_place(tmp_path):
    table = regional_table(final_inputs=np.ones((2, 4)))
    with pytest.warns(IoeconWarning, match="final_inputs of the table of 2002 are left out"):
        write_regional(table, tmp_path / "regional_2002.xlsx")
