"""CO2 of EMERGING: both forms of MATLAB's files, labels of the table beside it, bad files."""

import os

import h5py
import numpy as np
import pytest
import scipy.io

import ioecon
from benchmarks.layouts.emerging import write_emerging, write_emerging_co2
from ioecon.emissions.emerging import FUELS
from ioecon.errors import ReadError


def read(path, **options):
    return ioecon.read_account(path, format="emerging-co2", **options)


@pytest.mark.parametrize("hdf5", [False, True])
@pytest.mark.parametrize("name", ["EMERGING_CO2_{year}.mat", "EMERGING_CO2_{year}_IEA.mat"])
def test_amounts_by_fuel_and_in_all(tmp_path, hdf5, name):
    write_emerging(tmp_path)
    path = write_emerging_co2(tmp_path, n=12, hdf5=hdf5, name=name)
    if hdf5:
        with h5py.File(path) as file:
            values = file["CO2"][()].T
    else:
        values = scipy.io.loadmat(path)["CO2"]
    account = ioecon.read_account(path)
    assert (account.name, account.unit, account.years) == ("CO2", "Mt", (2018,))
    assert account.countries == ("AUS", "CHN", "ROW")
    assert account.sectors == ("01", "02", "97", "98")
    assert account.households is None
    np.testing.assert_allclose(account.values, values.sum(axis=1))
    for fuel in (0, 6):
        part = read(path, stressor=f"CO2 of {FUELS[fuel]}")
        np.testing.assert_allclose(part.values, values[:, fuel])
    assert len(ioecon.stressors(path)) == 8


def test_it_lies_on_the_table_beside_it(tmp_path):
    table = ioecon.read_table(write_emerging(tmp_path), format="emerging", cache=False)
    account = read(write_emerging_co2(tmp_path, n=12)).to_unit("kt")
    intensity = account.values.to_numpy() / table.x
    footprint = intensity @ table.leontief().solve(table.F.sum(axis=1))
    assert footprint == pytest.approx(account.values.sum())


def test_a_folder_of_years(tmp_path):
    for year in (2015, 2016):
        write_emerging(tmp_path, year=year)
        write_emerging_co2(tmp_path, year=year, n=12, seed=year)
    assert read(tmp_path).years == (2015, 2016)
    with pytest.raises(ReadError, match="has no CO2 of 2014; it has 2015-2016"):
        read(tmp_path, years=[2014])


def test_without_the_table_or_with_another(tmp_path):
    path = write_emerging_co2(tmp_path, n=12)
    with pytest.raises(ReadError, match="has no labels: put the table of 2018 beside it"):
        read(path)
    write_emerging(tmp_path, regions=("AUS", "ROW"))
    with pytest.raises(
        ReadError, match="has 12 rows; the table of 2018 beside it has 2 regions × "
    ):
        read(path)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (np.ones((12, 6)), "should hold one matrix of rows × 7 fuels, CO2; it holds CO2"),
        (np.full((12, 7), -1.0), "row 1 has -1.0 Mt of coal, which is no amount"),
        (np.full((12, 7), np.nan), "row 1 has nan Mt of coal"),
        (np.array([["a", "b"]], dtype=object), "should hold one matrix of rows × 7 fuels"),
    ],
)
def test_matrices_that_do_not_fit(tmp_path, values, says):
    write_emerging(tmp_path)
    path = tmp_path / "EMERGING_CO2_2018.mat"
    scipy.io.savemat(path, {"CO2": values})
    with pytest.raises(ReadError, match=says):
        read(path)


@pytest.mark.parametrize("hdf5", [False, True])
@pytest.mark.parametrize("part", [0.1, 0.6, 0.95])
def test_truncated(tmp_path, hdf5, part):
    write_emerging(tmp_path)
    path = write_emerging_co2(tmp_path, n=12, hdf5=hdf5)
    os.truncate(path, int(path.stat().st_size * part))
    with pytest.raises(ReadError, match=r"EMERGING_CO2_2018\.mat"):
        read(path)
