"""Multipliers: explicit inverses, the definition in published ones, and what cannot be asked."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import ioecon
from ioecon import Account, IOTable
from ioecon.errors import TableError
from ioecon.files.rdata_file import read_objects

from .conftest import reference


def jobs(table: IOTable, amounts: np.ndarray) -> Account:
    index = table.index.to_frame().assign(year=table.year)
    rows = pd.MultiIndex.from_frame(index)
    return Account(pd.Series(amounts, index=rows), name="jobs", unit="persons")


def frame_of(name: str) -> pd.DataFrame:
    file = reference(f"iotables_{name}.rda")
    columns = read_objects(file.read_bytes(), file.name)[name]
    return pd.DataFrame({key: np.asarray(values) for key, values in columns.items()})


def test_multipliers_are_those_of_an_explicit_inverse(make_table):
    table = make_table(8)
    amounts = np.random.default_rng(3).uniform(1, 9, table.n)
    found = ioecon.multipliers(table, jobs(table, amounts))
    L = np.linalg.inv(np.eye(table.n) - table.Z / table.x)
    v, home = amounts / table.x, np.repeat(np.arange(3), 4)
    own = np.array([(v * (home == home[j])) @ L[:, j] for j in range(table.n)])
    assert_allclose(found["output"], L.sum(axis=0), rtol=1e-12)
    assert_allclose(found["direct"], v, rtol=1e-12)
    assert_allclose(found["effect"], v @ L, rtol=1e-12)
    assert_allclose(found["at_home"], own, rtol=1e-12)
    assert_allclose(found["multiplier"], v @ L / v, rtol=1e-12)
    assert found.attrs["unit"] == "persons per million USD"


def test_value_added_of_all_sectors_is_the_price(make_table):
    assert_allclose(ioecon.multipliers(make_table(9))["effect"], 1.0, rtol=1e-12)


def test_a_sector_without_its_own_has_an_effect_and_no_multiplier(make_table):
    table = make_table(8)
    amounts = np.arange(table.n, dtype=float)
    found = ioecon.multipliers(table, jobs(table, amounts))
    assert np.isnan(found["multiplier"].iloc[0])
    assert found["multiplier"].notna().sum() == table.n - 1
    assert found["effect"].iloc[0] > 0


def test_imports_from_outside_are_no_value_added():
    table = next(iter(ioecon.datasets.load_regions().tables.values()))
    with pytest.raises(TableError, match="trades with places outside"):
        ioecon.multipliers(table)


def test_germany_1995_and_its_emissions():
    """National table of Eurostat's manual: the world is one country, final use what is left."""
    long = frame_of("germany_1995").pivot_table(
        index="iotables_row", columns="iotables_col", values="values"
    )
    sectors = [
        "agriculture_group", "industry_group", "construction", "trade_group",
        "business_services_group", "other_services_group",
    ]  # fmt: skip
    Z = long.loc[sectors, sectors].to_numpy()
    x = long.loc["output", sectors].to_numpy()
    table = IOTable(
        Z=Z, Y=(x - Z.sum(axis=1))[:, None], countries=["DEU"], sectors=sectors,
        categories=["final"], year=1995,
    )  # fmt: skip
    air = frame_of("germany_airpol")
    co2 = air[air["airpol"] == "CO2"].set_index("iotables_col")["value"].astype(float)
    found = ioecon.multipliers(table, jobs(table, co2[sectors].to_numpy()))
    L = np.linalg.inv(np.eye(6) - Z / x)
    assert_allclose(found["output"], L.sum(axis=0), rtol=1e-12)
    assert_allclose(found["effect"], co2[sectors].to_numpy() / x @ L, rtol=1e-12)


def test_published_multipliers_of_the_uk_hold_the_same_definition():
    """127 products of 2010, without the table: effect / multiplier is the direct coefficient."""
    uk = frame_of("uk_test_results")
    output = uk["Output multiplier"]
    assert (output.rank(ascending=False, method="min") == uk["output_multiplier_rank"]).all()
    direct = uk["GVA effects"] / uk["GVA multiplier"]
    assert len(uk) == 127
    assert direct.between(0.1, 1.0).all()
    # An effect never exceeds the price, and holds the direct part: so in ours.
    ours = ioecon.multipliers(ioecon.datasets.load_world().series[2007])
    assert (ours["effect"] / ours["multiplier"] - ours["direct"]).abs().max() < 1e-12
    assert (uk["GVA effects"] <= 1).all()
