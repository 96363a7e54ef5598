"""The extensions of EXIOBASE 3 as accounts: pymrio's numbers, households, sums."""

import os
import shutil
from pathlib import Path

import numpy as np
import pymrio
import pytest

import ioecon
from benchmarks.layouts.exiobase3 import FACTORS, STRESSORS, write_exiobase3
from ioecon.errors import EmissionsError, IoeconWarning, ReadError

pytestmark = pytest.mark.filterwarnings("ignore:.*has direct amounts of.*:UserWarning")

CO2 = "CO2 - combustion - air"
CEMENT = "CO2 - non combustion - Cement production - air"
CH4, N2O = "CH4 - combustion - air", "N2O - combustion - air"
JOBS = "Employment people: Low-skilled male"
EDITIONS = ("3.9.6", "3.8.2", "3.4")
MINIATURES = Path(os.environ.get("IOECON_DATA", "")) / "formats"


def write(folder, **options):
    options = {"regions": ("AT", "RO", "WF"), "sectors": 3, "zipped": False} | options
    return write_exiobase3(folder, **options)


def extension(path, folder):
    return getattr(pymrio.parse_exiobase3(path), folder)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("edition", EDITIONS)
def test_all_stressors_are_listed_and_are_those_of_pymrio(tmp_path, edition, zipped):
    path = write(tmp_path, edition=edition, zipped=zipped)
    listed = ioecon.stressors(path)
    assert len(listed) == sum(map(len, STRESSORS.values())) + (0 if edition == "3.4" else 9)
    parsed = pymrio.parse_exiobase3(path)
    for folder, name, unit in listed.iloc[::3].itertuples(index=False):
        account = ioecon.read_account(path, stressor=name)
        theirs = getattr(parsed, folder)
        np.testing.assert_array_equal(account.values, theirs.F.loc[name])
        assert account.unit == unit == theirs.unit.loc[name, "unit"]
        direct = theirs.F_Y.loc[name].groupby(level="region", sort=False).sum()
        np.testing.assert_allclose(account.households, direct, rtol=1e-14)
    assert account.countries == ("AUT", "ROU", "XWF")


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("system", ["ixi", "pxp"])
def test_labels_are_those_of_the_table(tmp_path, edition, system):
    path = write(tmp_path, edition=edition, system=system)
    table = ioecon.read_table(path, format="exiobase3", cache=False)
    account = ioecon.read_account(path, stressor=CO2)
    places = account.values.index.droplevel("year")
    assert list(places) == list(table.index)


def test_gases_are_summed_by_name_or_by_warming_potential(tmp_path):
    path = write(tmp_path)
    F = extension(path, "air_emissions").F
    both = ioecon.read_account(path, stressor=[CO2, CEMENT], name="CO2")
    np.testing.assert_allclose(both.values, F.loc[CO2] + F.loc[CEMENT], rtol=1e-14)
    assert (both.name, both.unit, both.to_unit("kt").unit) == ("CO2", "kg", "kt")
    warming = ioecon.read_account(path, stressor=[CO2, CEMENT, CH4, N2O], gwp="AR5")
    kg = F.loc[CO2] + F.loc[CEMENT] + 28 * F.loc[CH4] + 265 * F.loc[N2O]
    np.testing.assert_allclose(warming.values, kg / 1e6, rtol=1e-13)
    assert (warming.name, warming.unit) == ("CO2e", "kt")


@pytest.mark.parametrize("edition", ["3.9.6", "3.8.2"])
def test_factor_inputs_are_accounts_too(tmp_path, edition):
    path = write(tmp_path, edition=edition)
    table = ioecon.read_table(path, format="exiobase3", cache=False)
    account = ioecon.read_account(path, stressor=FACTORS, name="Value added")
    np.testing.assert_allclose(account.values, table.x - table.Z.sum(axis=0), rtol=1e-10)
    assert account.unit == "M.EUR"


def test_years_of_a_folder(tmp_path):
    for year in (2010, 2011):
        write(tmp_path, year=year, zipped=year == 2010)
    account = ioecon.read_account(tmp_path, stressor=JOBS)
    assert (account.years, account.unit) == ((2010, 2011), "1000 p")
    assert ioecon.read_account(tmp_path, stressor=JOBS, years=2011).years == (2011,)
    with pytest.raises(ReadError, match=r"has no extensions of EXIOBASE 3 of 2012; it has 2010"):
        ioecon.read_account(tmp_path, stressor=JOBS, years=[2011, 2012])


def test_a_name_in_two_folders_says_which(tmp_path):
    path = write(tmp_path, edition="3.8.2")
    shutil.copytree(path / "satellite", path / "impacts")
    names = list(ioecon.stressors(path).name)
    assert f"{CO2} (impacts)" in names
    assert f"{CO2} (satellite)" in names
    first = ioecon.read_account(path, stressor=f"{CO2} (impacts)")
    np.testing.assert_array_equal(first.values, extension(path, "satellite").F.loc[CO2])


def test_without_what_final_demand_emits(tmp_path):
    path = write(tmp_path)
    (path / "air_emissions" / "F_Y.txt").unlink()
    assert ioecon.read_account(path, stressor=CO2).households is None
    change(path, "water/unit.txt", "Mm3", "kg")
    with pytest.warns(IoeconWarning, match="has nothing of households"):
        both = ioecon.read_account(path, stressor=[CO2, "Water Consumption Blue - Total"])
    assert both.households is None


def test_direct_use_of_others_than_households_is_counted_and_told(tmp_path):
    path = write(tmp_path)
    first, *rest = (path / "water/F_Y.txt").read_text().splitlines()
    cells = rest[-1].split("\t")
    cells[3] = "7.0"  # government of AT
    (path / "water/F_Y.txt").write_text("\n".join([first, *rest[:-1], "\t".join(cells)]) + "\n")
    says = r"Blue - Total has direct amounts of Final consumption expenditure by government too"
    with pytest.warns(IoeconWarning, match=says):
        account = ioecon.read_account(path, stressor="Water Consumption Blue - Total")
    assert account.households["AUT", 2019] == pytest.approx(float(cells[1]) + 7.0)


def test_negative_amounts_are_kept_and_told(tmp_path):
    path = write(tmp_path)
    change(path, "water/F.txt", "Total\t", "Total\t-")
    with pytest.warns(
        IoeconWarning, match="Water Consumption Blue - Total of IOT_2019_ixi has neg"
    ):
        account = ioecon.read_account(path, stressor="Water Consumption Blue - Total")
    assert account.signed
    assert account.values.iloc[0] < 0


def change(path, name, old, new, count=1):
    text = (path / name).read_text("utf-8")
    assert old in text
    (path / name).write_text(text.replace(old, new, count), "utf-8")


FAULTS = {
    "no F": (lambda p: (p / "water/F.txt").unlink(), EmissionsError, "no stressor 'Water"),
    "no units": (lambda p: (p / "water/unit.txt").unlink(), ReadError, "holds no water/unit.txt"),
    "a row lost": (
        lambda p: change(p, "water/F.txt", "Water Con", "Wasser Con"),
        ReadError,
        r"water/F\.txt has no row 'Water Consumption Blue",
    ),
    "a unit lost": (
        lambda p: change(p, "water/unit.txt", "\tMm3", ""),
        ReadError,
        r"water/unit\.txt: 'Water Consumption Blue - Total' has no unit",
    ),
    "a region of households unknown": (
        lambda p: change(p, "water/F_Y.txt", "\tWF", "\tWX"),
        ReadError,
        r"water/F_Y\.txt: IOT_2019_ixi/water/F\.txt has no region WX",
    ),
    "a sector of one region only": (
        lambda p: change(p, "water/F.txt", "kind 2 (12)", "kind 9 (12)"),
        ReadError,
        r"water/F\.txt: not every region has the same sectors",
    ),
    "no number": (
        lambda p: change(p, "water/F.txt", "Total\t", "Total\tx"),
        ReadError,
        r"water/F\.txt, line 4, column AT Manu.* holds 'x",
    ),
    "decimal comma": (
        lambda p: change(p, "water/F_Y.txt", ".", ",", 99),
        ReadError,
        r"water/F_Y\.txt, line 4.*decimal comma",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_sentence(tmp_path, fault):
    damage, error, says = FAULTS[fault]
    path = write(tmp_path)
    damage(path)
    with pytest.raises(error, match=says) as caught:
        ioecon.read_account(path, stressor="Water Consumption Blue - Total")
    assert "\n" not in str(caught.value)


def test_a_folder_without_extensions(tmp_path):
    path = write(tmp_path)
    for folder in ("factor_inputs", *STRESSORS):
        shutil.rmtree(path / folder)
    with pytest.raises(ReadError, match="holds no extensions of EXIOBASE 3"):
        ioecon.stressors(path)


@pytest.mark.skipif(not MINIATURES.is_dir(), reason="IOECON_DATA is not set")
@pytest.mark.parametrize(
    ("place", "stressor", "total"),
    [
        ("exio3_mock", "emission_type1", 1848064.8),
        ("exiobase39_mini/IOT_2019_ixi.zip", CO2, 1e6),
        ("exiobase39_mini", CH4, 10.0),
    ],
)
def test_miniatures(place, stressor, total):
    account = ioecon.read_account(MINIATURES / place, stressor=stressor)
    assert (account.values.iloc[0], account.unit) == (total, "kg")
