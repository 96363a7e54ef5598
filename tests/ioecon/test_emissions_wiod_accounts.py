"""All environmental accounts of WIOD 2013: stressors, units, zips and folders, damage."""

import zipfile

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.emissions.wiod2013 import ACCOUNT_CODES, TABLE_SECTORS
from ioecon.errors import EmissionsError, IoeconWarning, ReadError

from .test_emissions_published_accounts import workbook

GASES = ["CO2", "CH4", "N2O", "NOX", "SOX", "CO", "NMVOC", "NH3"]
CARRIERS = ["HCOAL", "NATGAS", "TOTAL"]
KINDS = {
    "AIR": ("", GASES), "CO2": ("", CARRIERS), "EM": ("", CARRIERS), "EU": ("", CARRIERS),
    "LAN": ("1000 ha", ["Arable_Area", "Forest_area", "Total"]),
    "MAT": ("1000 tonnes", ["Biomass_food_Used", "Metals_Used"]),
    "WAT": ("1000 m3", ["Blue", "Green", "Gray"]),
}  # fmt: skip


def sheet(kind, *, scale=1.0, codes=ACCOUNT_CODES):
    """One year: names of sectors and codes, or codes under the unit; secP is blank."""
    unit, columns = KINDS[kind]
    width = len(columns)
    names = not unit
    amounts = {
        code: [scale * (k + 1) * (c + 1) for c in range(width)] for k, code in enumerate(codes)
    }
    amounts["secP"] = [None] * width
    total = [sum(row[c] or 0 for row in amounts.values()) for c in range(width)]
    rows = [*amounts.items(), ("secQ", [None] * width)]
    rows += [("secTOT", total)] if names else []
    rows += [(None, []), ("FC_HH", [7.0] * width), (None, [])]
    rows += [("total", [one + 7.0 for one in total])]
    lead = [""] if names else []
    return [[*lead, unit, *columns], *([*lead, code, *cells] for code, cells in rows)]


def edit(rows, code, column, value):
    place = next(k for k, row in enumerate(rows) if code in row[:2])
    rows[place][rows[0].index(column)] = value
    return rows


@pytest.fixture
def write(tmp_path):
    def write_files(kind, countries, *, folder=False, notes=()):
        published = kind.lower() if KINDS[kind][0] else kind
        members = {
            f"{country}_{kind}_May12.xls": workbook(
                {**({"Notes": [[note] for note in notes]} if notes else {}), **sheets}
            )
            for country, sheets in countries.items()
        }
        path = tmp_path / f"{published}_may12{'' if folder else '.zip'}"
        if folder:
            path.mkdir()
            for name, data in members.items():
                (path / name).write_bytes(data)
        else:
            with zipfile.ZipFile(path, "w") as archive:
                for name, data in members.items():
                    archive.writestr(name, data)
        return path

    return write_files


@pytest.mark.parametrize(
    ("kind", "names", "units"),
    [
        ("AIR", GASES, ["kt", *["t"] * 7]),
        ("EM", ["Emission relevant energy, HCOAL", "Emission relevant energy, NATGAS",
                "Emission relevant energy use"], ["TJ"] * 3),
        ("EU", ["Gross energy, HCOAL", "Gross energy, NATGAS", "Gross energy use"], ["TJ"] * 3),
        ("LAN", ["Arable_Area", "Forest_area", "Land use"], ["1000 ha"] * 3),
        ("MAT", ["Biomass_food_Used", "Metals_Used"], ["1000 tonnes"] * 2),
        ("WAT", ["Blue", "Green", "Gray"], ["1000 m3"] * 3),
    ],
)  # fmt: skip
def test_every_account_says_what_it_has(write, kind, names, units):
    path = write(kind, {"AUS": {"2000": sheet(kind)}})
    listed = ioecon.stressors(path)
    assert list(listed["name"]) == names
    assert list(listed["unit"]) == units


@pytest.mark.parametrize("folder", [True, False])
def test_a_stressor_is_read_with_labels_of_the_tables(write, folder):
    sheets = {"2000": sheet("AIR"), "2001": sheet("AIR", scale=2)}
    path = write("AIR", {"ROM": sheets, "AUS": sheets}, folder=folder)
    account = ioecon.read_account(path, stressor="CH4")
    assert (account.name, account.unit) == ("CH4", "t")
    assert account.countries == ("AUS", "ROU")
    assert account.sectors == tuple(f"c{k}" for k in range(1, 36))
    assert account.values["ROU", "c3", 2001] == 2 * 3 * 2
    assert account.values["ROU", "c35", 2001] == 0
    assert account.households["AUS", 2000] == 7
    assert len(account.source.sha256) == 64
    assert ioecon.read_account(path, stressor="CH4", years=[2001]).years == (2001,)


def test_gases_are_summed_from_their_own_units(write):
    path = write("AIR", {"AUS": {"2000": sheet("AIR")}})
    total = ioecon.read_account(path, gwp="AR5")
    assert (total.name, total.unit) == ("CO2e", "kt")
    assert total.values["AUS", "c10", 2000] == pytest.approx(10 + 28 * 0.02 + 265 * 0.03)
    assert total.households["AUS", 2000] == pytest.approx(7 * (1 + 0.028 + 0.265))


@pytest.mark.parametrize(("kind", "name"), [("EU", "Gross energy use"), ("LAN", "Land use")])
def test_the_total_of_a_file_needs_no_name(write, kind, name):
    account = ioecon.read_account(write(kind, {"AUS": {"2000": sheet(kind)}}))
    assert account.name == name
    assert account.values["AUS", "c2", 2000] == 2 * 3


def test_carriers_of_the_co2_account_are_not_called_co2(write):
    path = write("CO2", {"AUS": {"2000": sheet("CO2")}})
    whole = ioecon.read_account(path)
    assert (whole.name, whole.unit, whole.values["AUS", "c1", 2000]) == ("CO2", "kt", 3.0)
    coal = ioecon.read_account(path, format="wiod2013-accounts", stressor="CO2, HCOAL")
    assert coal.name == "CO2, HCOAL"
    assert coal.values["AUS", "c1", 2000] == 1.0


def test_a_zip_of_another_name_is_told_by_its_members(write):
    path = write("EU", {"AUS": {"2000": sheet("EU")}})
    renamed = path.rename(path.with_name("energy.zip"))
    assert ioecon.read_account(renamed).name == "Gross energy use"


def test_an_excerpt_is_read_with_a_warning(write):
    few = sheet("AIR", codes=(*ACCOUNT_CODES[:4], "secP"))
    path = write("AIR", {"AUS": {"2000": edit(few, "total", "CO2", 1e6)}})
    with pytest.warns(IoeconWarning, match="is an excerpt: it has 5 of 35 sectors"):
        account = ioecon.read_account(path, stressor="CO2")
    assert account.sectors == ("c1", "c2", "c3", "c4", "c35")


def drop(rows, code):
    return [row for row in rows if code not in row[:2]]


@pytest.mark.parametrize(
    ("kind", "rows", "message"),
    [
        ("AIR", edit(sheet("AIR"), "secE", "CH4", 1.0),
         r"AUS 2000 in AIR_may12.zip: the rows add up to .* t, but secTOT prints"),
        ("AIR", edit(sheet("AIR"), "total", "CH4", 1.0), "t, but total prints 1.000 t"),
        ("AIR", edit(sheet("AIR"), "secQ", "CH4", 3.0), r"3\.0 t are in secQ"),
        ("AIR", edit(sheet("AIR"), "secE", "CH4", "n.a."), "AUS, sector secE, 2000 .*'n.a.'"),
        ("AIR", edit(sheet("AIR"), "secE", "CH4", -1), r"negative \(-1.000 t\) at AUS, sector"),
        ("AIR", drop(sheet("AIR"), "secE"), "missing: secE, and the others do not add up"),
        ("AIR", drop(sheet("AIR"), "FC_HH"), "missing: FC_HH"),
        ("AIR", [*sheet("AIR"), ["x", "secX", 1.0]], "unknown: secX"),
        ("AIR", [[*row, 1.0] if k else [*row, "XYZ"] for k, row in enumerate(sheet("AIR"))],
         "has a column 'XYZ'; known of Air emissions are CO2"),
        ("EU", [row[:-1] for row in sheet("EU")], "no column TOTAL"),
        ("WAT", [["", "Blue"], *[row[:2] for row in sheet("WAT")[1:]]], "does not say the unit"),
        ("LAN", edit(sheet("LAN"), "total", "Total", 1.0), "but total prints 1.000 1000 ha"),
    ],
)  # fmt: skip
def test_damage_names_its_place(write, kind, rows, message):
    path = write(kind, {"AUS": {"2000": rows}})
    stressor = {"AIR": "CH4"}.get(kind)
    with pytest.raises((ReadError, EmissionsError), match=message):
        ioecon.read_account(path, stressor=stressor)


def test_files_that_do_not_belong_together_are_refused(write, tmp_path):
    whole, few = sheet("AIR"), sheet("AIR", codes=(*ACCOUNT_CODES[:4], "secP"))
    path = write("AIR", {"AUS": {"2000": whole}, "USA": {"2000": few}})
    with pytest.raises(ReadError, match=r"USA 2000 .* and AUS 2000 .* differ in sectors"):
        ioecon.read_account(path, stressor="CO2")
    folder = write("EU", {"AUS": {"2000": sheet("EU")}}, folder=True)
    (folder / "AUS_EM_May12.xls").write_bytes(b"")
    with pytest.raises(ReadError, match="more than one account"):
        ioecon.read_account(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReadError, match=r"no workbook named like AUS_AIR_May12\.xls"):
        ioecon.read_account(tmp_path / "empty", format="wiod2013-accounts")


@pytest.mark.parametrize("year", [1994, [2000, 2010]])
def test_years_that_are_not_there_are_named(write, year):
    path = write("AIR", {"AUS": {"2000": sheet("AIR")}})
    with pytest.raises(ReadError, match=r"no sheet of 1994|has no CO2 of 2010; it has 2000"):
        ioecon.read_account(path, stressor="CO2", years=year)


def test_notes_of_another_unit_are_believed(write):
    notes = ["Gross energy use by sector, in ktoe"]
    path = write("EU", {"AUS": {"2000": sheet("EU")}}, notes=notes)
    with pytest.raises(ReadError, match="TJ are expected"):
        ioecon.read_account(path)


def test_the_miniature_of_all_gases(data_root):
    folder = data_root / "formats/wiod_mock"
    with pytest.warns(IoeconWarning, match="8 of 35"):
        account = ioecon.read_account(folder / "AIR_may12", stressor="NOX", years=2009)
    assert account.countries == ("AUS", "BEL", "LUX", "ROU", "ROW", "USA")
    assert account.values["AUS", "c1", 2009] == pytest.approx(409849.58063786)
    with pytest.warns(IoeconWarning, match="8 of 35"):
        land = ioecon.read_account(folder / "lan_may12.zip")
    assert (land.name, land.unit) == ("Land use", "1000 ha")
    assert land.values["AUS", "c1", 2009] == 381006.0
    table = ioecon.read_table(folder / "wiot09_row_sep12.xlsx", format="wiod2013-xlsx")
    assert set(table.sectors) == set(land.sectors)
    np.testing.assert_allclose(land.to_unit("km2").values, land.values * 10)


@pytest.mark.filterwarnings("ignore")
def test_pymrio_reads_the_same_numbers(data_root):
    pymrio = pytest.importorskip("pymrio")
    folder = data_root / "formats/wiod_mock"
    theirs = pymrio.parse_wiod(folder, year=2009)
    codes = {code.removeprefix("sec"): label for code, label in TABLE_SECTORS.items()}
    cases = [("AIR_may12", theirs.AIR, "CH4", "CH4"), ("AIR_may12", theirs.AIR, "SOX", "SOX"),
             ("lan_may12.zip", theirs.lan, "Forest_area", "Forest_area"),
             ("WIOD_SEA_July14.xlsx", theirs.SEA, "EMP", "Persons engaged")]  # fmt: skip
    for path, extension, their_name, name in cases:
        account = ioecon.read_account(folder / path, stressor=name, years=2009)
        row = extension.F.loc[their_name]
        ours = account.values.xs(2009, level="year")
        index = [(region.upper(), codes[sector]) for region, sector in row.index]
        row.index = pd.MultiIndex.from_tuples(index)
        np.testing.assert_array_equal(ours.to_numpy(), row.reindex(ours.index).to_numpy())
        if account.households is not None:
            direct = extension.F_Y.loc[their_name].groupby(level=0).sum()
            direct.index = direct.index.str.upper()
            ours = account.households.xs(2009, level="year")
            np.testing.assert_array_equal(ours, direct.reindex(ours.index))
