"""Linkages against explicit inverses of Leontief and Ghosh."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import ioecon
from ioecon.errors import ArgumentError, TableError


def inverses(table):
    A, B = table.Z / table.x, table.Z / table.x[:, None]
    unit = np.eye(table.n)
    return A, B, np.linalg.inv(unit - A), np.linalg.inv(unit - B)


def test_the_textbook():
    """Miller and Blair (2009): the multipliers of section 6.2, Ghosh's inverse of section 12.1."""
    table = ioecon.IOTable(
        Z=[[150, 500], [200, 100]],
        Y=[[350], [1700]],
        countries=["AUS"],
        sectors=["s1", "s2"],
        categories=["final"],
        year=2005,
    )
    frame = ioecon.linkages(table)
    assert list(frame["backward_total"].round(3)) == [1.518, 1.452]
    assert list(frame["forward_total"].round(3)) == [1.914, 1.254]  # 1.254 + 0.660, 0.132 + 1.122


def test_linkages_of_output(make_table):
    table = make_table(1)
    A, B, L, G = inverses(table)
    frame = ioecon.linkages(table)
    assert_allclose(frame["backward_direct"], A.sum(axis=0))
    assert_allclose(frame["backward_total"], L.sum(axis=0))
    assert_allclose(frame["forward_direct"], B.sum(axis=1))
    assert_allclose(frame["forward_total"], G.sum(axis=1))
    assert_allclose(frame["backward"], L.sum(axis=0) / (L.sum() / table.n))
    assert_allclose(frame["forward"], G.sum(axis=1) / (G.sum() / table.n))
    above = (frame["backward"] > 1, frame["forward"] > 1)
    assert list(frame["kind"] == "key") == list(above[0] & above[1])
    assert list(frame["kind"] == "weak") == list(~above[0] & ~above[1])
    assert set(frame["kind"]) <= {"key", "backward", "forward", "weak"}


def test_sensitivity_of_dispersion_is_of_the_rows_of_leontief(make_table):
    table = make_table(2)
    A, _, L, _ = inverses(table)
    frame = ioecon.linkages(table, forward="leontief")
    assert_allclose(frame["forward_direct"], A.sum(axis=1))
    assert_allclose(frame["forward_total"], L.sum(axis=1))
    assert_allclose(frame["forward"], L.sum(axis=1) / L.sum() * table.n)


@pytest.mark.parametrize("forward", ["ghosh", "leontief"])
def test_linkages_of_emissions(make_world, forward):
    series, emissions = make_world(3)
    table = series[2001]
    A, B, L, G = inverses(table)
    e = ioecon.emissions.emissions_by_sector(emissions, table) / table.x
    frame = ioecon.linkages(table, emissions, forward=forward)
    direct, total = (B @ e, G @ e) if forward == "ghosh" else (e * A.sum(1), e * L.sum(1))
    assert_allclose(frame["backward_direct"], e @ A)
    assert_allclose(frame["backward_total"], e @ L)
    assert_allclose(frame["forward_direct"], direct)
    assert_allclose(frame["forward_total"], total)
    assert frame.attrs["variables"]["backward_total"]["unit"] == "kt per unit"


def test_within_a_country_averages_are_one(make_table):
    frame = ioecon.linkages(make_table(4), within="country")
    averages = frame.groupby("country")[["backward", "forward"]].mean()
    assert_allclose(averages, 1.0)


def test_of_regions_with_places_outside(make_table):
    table = make_table(5).within(["AUS", "BRA"])
    _, _, L, G = inverses(table)
    frame = ioecon.linkages(table)
    assert_allclose(frame["backward_total"], L.sum(axis=0))
    assert_allclose(frame["forward_total"], G.sum(axis=1))


def test_a_sector_without_output_has_no_linkages(make_table, tmp_path):
    table = make_table(6)
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[2], Z[:, 2], Y[2] = 0.0, 0.0, 0.0
    frame = ioecon.linkages(table.replace(Z=Z, Y=Y))
    assert frame.iloc[2].isna().all()
    ioecon.write_result(frame, tmp_path / "linkages.dta")
    assert pd.read_stata(tmp_path / "linkages.dta")["kind"].iloc[2] == ""
    assert frame.drop(index=("AUS", "s3"))["backward"].mean() == pytest.approx(1)


def test_single_precision(make_table):
    table = make_table(7)
    single = table.replace(Z=table.Z.astype("float32"), Y=table.Y.astype("float32"))
    double = table.replace(Z=single.Z.astype(float), Y=single.Y.astype(float))
    first, second = (ioecon.linkages(one).drop(columns="kind") for one in (single, double))
    assert_allclose(first, second, rtol=1e-12)


def test_refused(make_table, make_world):
    table = make_table(1)
    with pytest.raises(ArgumentError, match="not 'gosh'"):
        ioecon.linkages(table, forward="gosh")
    with pytest.raises(ArgumentError, match="not 'world'"):
        ioecon.linkages(table, within="world")
    imports = np.full(table.n, 0.1)
    with pytest.raises(TableError, match=r"table\.domestic\(\)"):
        ioecon.linkages(table.replace(imports=imports))
    series, emissions = make_world(3)
    emissions["BRA"] = 0.0
    with pytest.raises(ArgumentError, match="average linkage of all sectors in 2001 is 0"):
        ioecon.linkages(series[2001], emissions * 0)
