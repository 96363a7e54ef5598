"""ADB's air emissions as published."""

import pytest

import ioecon
from benchmarks.layouts.adb import emission_rows, write_adb, write_emissions
from ioecon.errors import EmissionsError, ReadError
from ioecon.readers.adb import country_codes

FIRST = 7  # the row of the first emissions, and 3 the first column


@pytest.fixture
def refused(tmp_path):
    """Function (change, error, words): the message when the cells of a good sheet are changed."""

    def refuse(change, error, words):
        rows = [list(row) for row in emission_rows()]
        change(rows)
        path = write_emissions(tmp_path, rows=rows)
        with pytest.raises(error, match=words) as caught:
            ioecon.read_account(path, stressor="CO2")
        assert path.name in str(caught.value)
        assert "\n" not in str(caught.value)

    return refuse


def test_a_row_is_an_account_with_the_labels_of_the_tables(tmp_path):
    rows = [list(row) for row in emission_rows()]
    account = ioecon.read_account(write_emissions(tmp_path, rows=rows), stressor="CO2")
    total = next(row for row in rows if row and row[0] == "Total by substance")
    table = ioecon.read_table(write_adb(tmp_path), format="adb")
    assert account.countries == table.countries
    assert account.sectors == table.sectors
    assert account.unit == "kt"
    n = table.n
    assert account.values.to_list() == pytest.approx(total[3 : 3 + n])
    households = [sum(total[3 + n + 5 * k : 8 + n + 5 * k]) for k in range(4)]
    assert account.households.to_list() == pytest.approx(households)
    assert account.totals(households=True).sum() == pytest.approx(total[-1])
    assert account.source.format == "adb-air-emissions"


def test_stressors_are_gases_by_source_and_their_totals(tmp_path):
    path = write_emissions(tmp_path)
    found = ioecon.stressors(path).set_index("name")
    assert len(found) == 13
    assert found.loc["CH4 - Agriculture"].to_list() == ["Agriculture", "kt CO2e"]
    assert found.loc["CO2", "unit"] == "kt"
    everything = ioecon.read_account(path)  # the file's own total
    assert (everything.name, everything.unit) == ("CO2e", "kt")
    gases = ["CO2", "CH4", "N2O", "F-gases"]
    parts = [ioecon.read_account(path, stressor=gas).values.sum() for gas in gases]
    assert sum(parts) == pytest.approx(everything.values.sum())
    by_source = [f"CH4 - {source}" for source in ("Energy", "Agriculture")]
    methane = ioecon.read_account(path, stressor=by_source)
    assert methane.values.sum() == pytest.approx(parts[1])


def test_a_folder_is_several_years(tmp_path):
    for year in (2018, 2019):
        write_emissions(tmp_path, year=year)
    assert ioecon.read_account(tmp_path, stressor="CO2").years == (2018, 2019)
    account = ioecon.read_account(tmp_path, stressor="CO2", years=2018)
    assert account.years == (2018,)


@pytest.mark.parametrize(
    ("unit", "known"),
    [
        ("Gigagrams of Carbon Dioxide equivalent (Gg of CO2e)", "kt"),
        ("Gg CO2e", "kt"),
        ("Tonnes of CO2 equivalent", "t"),
    ],
)
def test_the_unit_is_the_title_s(tmp_path, unit, known):
    account = ioecon.read_account(write_emissions(tmp_path, unit=unit), stressor="CO2")
    assert account.unit == known


def put(row, column, value):
    return lambda rows: rows[row].__setitem__(column, value)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (put(2, 1, "Gigagrams of CO2"), ReadError, "'Gigagrams of CO2'; ADB's air emissions are"),
        (put(2, 1, "Terajoules"), ReadError, "the unit of sheet 2019 is 'Terajoules'"),
        (put(2, 1, None), ReadError, "the unit of sheet 2019 is ''"),
        (put(1, 1, 2018), ReadError, "says that its year is 2018"),
        (put(6, 4, "x2"), ReadError, "column E of sheet 2019 is headed 'AUS x2'"),
        (put(6, 4, "c1"), ReadError, "column AUS c1 appear"),
        (put(5, 4, "QZQZ"), ReadError, "QZQZ"),
        (put(FIRST + 1, 1, None), ReadError, "row 9 of sheet 2019 .* names no gas"),
        (put(FIRST + 1, 1, "CO2"), ReadError, "rows 8 and 9 of sheet 2019 are both CO2 - Energy"),
        (put(FIRST + 8, 3, 9e9), EmissionsError, "row 16 of sheet 2019 adds up to"),
        (put(FIRST + 8, -1, "n.a."), EmissionsError, "column TOTAL of row 16 .* holds 'n.a.'"),
        (put(FIRST + 8, 3, "1,5"), EmissionsError, "2019!D16.* stored as text"),
        (put(FIRST + 8, 3, -1.0), EmissionsError, "AUS, sector c1, 2019"),
        (lambda rows: rows.pop(6), ReadError, "no row of headings c1, c2"),
    ],
)
def test_what_does_not_fit_is_refused(refused, change, error, words):
    refused(change, error, words)


def test_another_database_s_file(tmp_path):
    path = write_adb(tmp_path)
    with pytest.raises(ReadError, match="has no sheet named by a year"):
        ioecon.read_account(path, format="adb-air-emissions")


def test_codes_are_those_of_the_tables():
    assert country_codes(["TAP", "RoW"], "a.xlsx") == {"TAP": "TWN", "RoW": "ROW"}
