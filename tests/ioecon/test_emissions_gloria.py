"""Satellite accounts of GLORIA: rows by industry, households, both constructs, bad files."""

import shutil

import numpy as np
import pytest

import ioecon
from benchmarks.layouts.gloria import write_gloria
from ioecon.emissions.by_sector import emissions_by_sector
from ioecon.errors import IoeconWarning, ReadError

REGIONS, SECTORS = ("AUS", "AUT", "XAM"), ("Wheat", "Coal", "Power")
CO2, JOBS = "co2_excl_short_cycle_org_c_total_EDGAR_consistent", "Female"


@pytest.fixture
def written(tmp_path):
    return write_gloria(tmp_path / "g", regions=REGIONS, sectors=SECTORS, secondary=0.2)


def matrix(folder, part):
    (file,) = folder.glob(f"GLORIA_*/*_{part}-Results_*")
    return np.loadtxt(file, delimiter=",", ndmin=2)


def change(folder, part, edit):
    (file,) = folder.glob(f"GLORIA_*/*_{part}-Results_*")
    values = matrix(folder, part)
    edit(values)
    np.savetxt(file, values, fmt="%.12g", delimiter=",")


def read(place, stressor=CO2, **options):
    return ioecon.read_account(place, format="gloria-satellites", stressor=stressor, **options)


def test_stressors_are_those_of_the_readme(written):
    listing = ioecon.stressors(written, format="gloria-satellites")
    assert listing.to_numpy().tolist() == [
        ["Emissions (EDGAR)", CO2, "kilotonnes"],
        ["Employment", JOBS, "1000 p"],
    ]


@pytest.mark.parametrize("place", [".", "GLORIA_SatelliteAccounts_059_2022"])
def test_amounts_are_those_of_industries(written, place):
    account = read(written / place)
    row = matrix(written, "TQ")[0].reshape(3, 2, 3)
    assert account.countries == REGIONS
    assert account.sectors == SECTORS
    assert (account.name, account.unit, account.years) == (CO2, "kilotonnes", (2022,))
    np.testing.assert_allclose(account.values, row[:, 0].ravel(), rtol=1e-12)
    assert account.households.to_dict() == {(region, 2022): 1.0 for region in REGIONS}
    assert read(written / place, JOBS).households["AUT", 2022] == 2.0


def test_an_account_by_product_has_the_same_total(written):
    by_industry, by_product = read(written), read(written, construct="industry-technology")
    T = matrix(written, "T")
    rows = [[r * 6 + s for s in range(3)] for r in range(3)]
    for region, at in enumerate(rows):
        V = T[np.ix_(at, [k + 3 for k in at])]
        C = V / V.sum(axis=1, keepdims=True)
        amounts = by_industry.values.to_numpy()[3 * region : 3 * region + 3]
        ours = by_product.values.to_numpy()[3 * region : 3 * region + 3]
        np.testing.assert_allclose(ours, amounts @ C)
    assert by_product.values.sum() == pytest.approx(by_industry.values.sum())


@pytest.mark.parametrize("construct", ["fixed-product-sales", "industry-technology"])
def test_it_lies_on_the_table_of_the_same_construct(written, construct):
    table = ioecon.read_table(written, format="gloria", construct=construct, cache=False)
    account = read(written, construct=construct)
    np.testing.assert_array_equal(emissions_by_sector(account, table), account.values)
    footprint = table.leontief().solve(table.F)
    assert (account.values.to_numpy() / table.x) @ footprint.sum(axis=1) == pytest.approx(
        account.values.sum()
    )


def test_zips_and_several_years(tmp_path):
    for year in (2021, 2022):
        write_gloria(tmp_path / "g", year=year, seed=year, zipped=True)
    account = read(tmp_path / "g")
    assert account.years == (2021, 2022)
    assert read(tmp_path / "g", years=2022).years == (2022,)
    with pytest.raises(ReadError, match="has no satellite accounts of 2020; it has 2021"):
        read(tmp_path / "g", years=2020)


def test_names_that_stand_twice_are_told_apart(tmp_path):
    folder = write_gloria(
        tmp_path / "g",
        satellites=[("Energy", "'Coal'", "TJ"), ("Land", "'Coal'", "ha"), ("Land", "'Coal'", "m2")],
    )
    names = ioecon.stressors(folder, format="gloria-satellites")["name"].tolist()
    assert names == ["Energy: Coal", "Land: Coal (row 2)", "Land: Coal (row 3)"]
    np.testing.assert_allclose(
        read(folder, names[2]).values, matrix(folder, "TQ")[2].reshape(3, 2, 4)[:, 0].ravel()
    )


def test_ratios_are_left_out_by_name(tmp_path):
    folder = write_gloria(tmp_path / "g", satellites=[("E", "Use", "TJ"), ("E", "Mean", "%")])
    with pytest.warns(IoeconWarning, match=r"what is no amount, and is left out: Mean \(%\)"):
        names = ioecon.stressors(folder, format="gloria-satellites")["name"].tolist()
    assert names == ["Use"]


def test_what_stands_under_products_is_told(written):
    change(written, "TQ", lambda TQ: TQ.__setitem__((0, 10), 7.0))
    with pytest.warns(IoeconWarning, match=r"has 7 under products \(most AUT Coal\), beside"):
        read(written)


def test_direct_amounts_of_other_users_are_told(written):
    change(written, "YQ", lambda YQ: YQ.__setitem__((0, 2), 5.0))
    with pytest.warns(IoeconWarning, match=r"direct amounts of Government final consumption P\.3g"):
        assert read(written).households["AUS", 2022] == 6.0


def test_negative_amounts_are_told(written):
    change(written, "TQ", lambda TQ: TQ.__setitem__((0, 0), -5.0))
    with pytest.warns(IoeconWarning, match="has negative amounts, which are kept"):
        assert read(written).values.iloc[0] == -5.0


@pytest.mark.parametrize("part", ["TQ", "YQ"])
def test_rows_that_the_readme_does_not_list(written, part):
    (file,) = written.glob(f"GLORIA_S*/*_{part}-*")
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(ReadError, match=r"has 1 rows; GLORIA_ReadMe_059\.xlsx lists 2 sat"):
        read(written)


def test_without_labels_matrices_or_supply(written):
    with pytest.raises(ReadError, match="holds no satellite accounts of GLORIA"):
        read(written / "GLORIA_MRIOs_59_2022")
    shutil.rmtree(written / "GLORIA_MRIOs_59_2022")
    with pytest.raises(ReadError, match="needs the supply in the matrix T of 2022"):
        read(written, construct="industry-technology")
    (written / "GLORIA_ReadMe_059.xlsx").unlink()
    with pytest.raises(ReadError, match=r"There is no GLORIA_ReadMe_059\.xlsx"):
        read(written)


def test_the_excerpt_of_the_publishers_data(data_root):
    place = data_root / "formats" / "gloria_mock"
    listing = ioecon.stressors(place, format="gloria-satellites")
    assert listing["unit"].unique().tolist() == ["kilotonnes"]
    account = read(place, "c2f6_1A5_EDGAR_consistent")
    assert account.values.sum() == 0
    assert account.countries == ("AUS", "AUT", "AZE")
