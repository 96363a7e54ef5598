"""The emissions at the bottom of CEADs' tables."""

import pytest

import ioecon
from benchmarks.layouts.ceads import ceads_rows, write_ceads
from ioecon.errors import EmissionsError, ReadError

ENGLISH = "Table_2018_English Version"
N = 6


def changed(folder, column, value):
    rows = [list(row) for row in ceads_rows()]
    rows[-1][column] = value
    return write_ceads(folder, sheets={ENGLISH: rows})


def test_the_row_of_co2_has_the_labels_of_the_table(tmp_path):
    rows = [list(row) for row in ceads_rows()]
    path = write_ceads(tmp_path, sheets={ENGLISH: rows})
    table, account = ioecon.read_table(path, format="ceads"), ioecon.read_account(path)
    assert ioecon.stressors(path).to_numpy().tolist() == [["", "CO2", "Mt"]]
    assert (account.name, account.unit, account.years) == ("CO2", "Mt", (2018,))
    assert account.households is None
    assert (account.countries, account.sectors) == (table.countries, table.sectors)
    assert account.values.to_list() == pytest.approx(rows[-1][3 : 3 + N])
    assert account.to_unit("kt").values.sum() == pytest.approx(1000 * account.values.sum())


def test_in_chinese_too_and_in_several_years(tmp_path):
    for year in (2018, 2020):
        write_ceads(tmp_path, year=year, languages=["Chinese"])
    account = ioecon.read_account(tmp_path, format="ceads-co2")
    assert account.years == (2018, 2020)
    assert account.countries == ("Beijing", "Tianjin", "Hebei")


@pytest.mark.parametrize(
    ("column", "value", "error", "words"),
    [
        (1, "CO2", ReadError, "'CO2', says no unit"),
        (4, None, EmissionsError, r"E20 \(Beijing, sector 02\) is empty"),
        (4, "0,5", EmissionsError, "stored as text"),
        (4, -1.0, EmissionsError, "negative .*Mt"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, column, value, error, words):
    path = changed(tmp_path, column, value)
    with pytest.raises(error, match=words) as caught:
        ioecon.read_account(path)
    assert path.name in str(caught.value)


def test_a_table_without_emissions_says_so(tmp_path):
    path = write_ceads(tmp_path, co2=False)
    with pytest.raises(EmissionsError, match="no row of emissions such as 'CO2"):
        ioecon.read_account(path)


def test_the_miniature(data_root):
    account = ioecon.read_account(data_root / "formats" / "ceads_mini" / "MRIO 2018.xlsx")
    assert account.values["Tianjin", "02", 2018] == 0.8
