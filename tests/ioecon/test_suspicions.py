"""The audit notices what breaks no identity, and says nothing of tables that are right."""

import warnings

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import IOSeries, IOTable
from ioecon.audit import audit_years, sound_table
from ioecon.emissions.account import Account
from ioecon.errors import IoeconWarning

R, S, K = 4, 5, 3
COUNTRIES, SECTORS, USES = ["AUS", "BRA", "CHN", "DEU"], list("abcde"), ["c", "g", "i"]
RNG = np.random.default_rng(5)
FLOWS = RNG.gamma(0.7, 30, (R, S, R, S))
DEMAND = RNG.gamma(0.7, 200, (R, S, R, K)) + 100


def table(Z=FLOWS, Y=DEMAND, countries=COUNTRIES, sectors=SECTORS, uses=USES, **more) -> IOTable:
    n = len(countries) * len(sectors)
    return IOTable(
        Z=Z.reshape(n, n), Y=Y.reshape(n, -1), countries=countries, sectors=sectors,
        categories=uses, year=more.pop("year", 2005), **more,
    )  # fmt: skip


def with_total(values: np.ndarray, axes: tuple[int, ...], at: int = -1) -> np.ndarray:
    """Values with the sum over each of some axes added as one more place on it."""
    for axis in axes:
        place = values.shape[axis] if at < 0 else at
        values = np.insert(values, place, values.sum(axis=axis), axis=axis)
    return values


def found(table: IOTable, emissions=None) -> str:
    return "\n".join(f.message for f in table.audit(emissions).findings if f.severity == "warning")


@pytest.fixture(params=[None, 0, 1], ids=["exact", "whole", "tenths"])
def rounded(request):
    """Flows as a source prints them; totals are made before they are rounded."""
    return (lambda v: v) if request.param is None else (lambda v: np.round(v, request.param))


def test_a_right_table_is_not_suspected(rounded) -> None:
    assert found(table(rounded(FLOWS), rounded(DEMAND))) == ""


@pytest.mark.parametrize("at", [-1, 0, 2])
def test_a_country_that_is_the_total_of_the_others(rounded, at: int) -> None:
    names = [*COUNTRIES]
    names.insert(at if at >= 0 else R, "WLD")
    Z, Y = with_total(FLOWS, (0, 2), at), with_total(DEMAND, (0, 2), at)
    faulty = table(rounded(Z), rounded(Y), countries=names)
    assert "rows of WLD are the total of the other countries" in found(faulty)
    assert "columns of WLD are the total of the other countries" in found(faulty)
    assert faulty.audit()["total_rows"].severity == "warning"
    with pytest.warns(IoeconWarning, match="WLD are the total of the other countries"):
        sound_table(faulty)


@pytest.mark.parametrize("axes", [(1,), (1, 3), (3,)])
def test_a_sector_that_is_the_total_of_the_others(rounded, axes) -> None:
    blank = tuple({1, 3} - set(axes))  # of the other axis, one more that is no total
    Z = FLOWS
    for axis in blank:
        Z = np.concatenate([Z, RNG.gamma(1, 20, Z.take([0], axis).shape)], axis)
    Z = with_total(Z, axes)
    Y = with_total(DEMAND, (1,)) if 1 in axes else np.concatenate([DEMAND, DEMAND[:, :1] + 9], 1)
    text = found(table(rounded(Z), rounded(Y), sectors=[*SECTORS, "TOT"]))
    assert ("rows of TOT are the total of the other sectors" in text) is (1 in axes)
    assert ("columns of TOT are the total of the other sectors" in text) is (3 in axes)


def test_a_use_that_is_the_total_of_others(rounded) -> None:
    Y = rounded(with_total(DEMAND, (3,)))
    text = found(table(rounded(FLOWS), Y, uses=[*USES, "final"]))
    assert "columns of final are the total of the other categories" in text
    inner = np.zeros((R, S, R, 1))
    inner[:, :, 0, 0] = FLOWS.sum(axis=(2, 3))
    for more, name in ((inner, "category inner is"), (inner + 0, "category inner is")):
        Y = rounded(np.concatenate([DEMAND, more], axis=3))
        assert name in found(table(rounded(FLOWS), Y, uses=[*USES, "inner"]))
    total = (FLOWS.sum(axis=(2, 3)) + DEMAND.sum(axis=(2, 3))).reshape(-1)
    assert "exports exports is the total" in found(
        table(rounded(FLOWS), rounded(DEMAND), exports=rounded(total))
    )


def test_coefficients_given_as_flows() -> None:
    right = table()
    A = right.Z / right.x
    faulty = right.replace(Z=A)
    assert "Z looks like technical coefficients" in found(faulty)
    with pytest.warns(IoeconWarning, match="technical coefficients"):
        ioecon.transfers(faulty, faulty.replace(year=2006))
    billions = right.replace(Z=right.Z / 1e6, Y=right.Y / 1e6)  # small numbers are no coefficients
    assert found(billions) == ""


@pytest.mark.parametrize("by", ["printed", "primary"])
def test_flows_turned_round(by: str) -> None:
    right = table()
    known = {"printed_output": right.x}
    if by == "primary":
        known = {
            "primary_inputs": [right.x - right.Z.sum(axis=0)],
            "primary_labels": ["value added"],
        }
    assert found(right.replace(**known)) == ""
    assert "Z looks turned round" in found(right.replace(Z=right.Z.T, **known))
    printed = right.replace(Z=right.Z * 1.1, **known)  # a miss, but not by turning
    assert "turned" not in found(printed)


def test_rows_and_columns_that_stand_twice() -> None:
    Z, Y = FLOWS.copy(), DEMAND.copy()
    Z[2, 3], Y[2, 3] = Z[0, 1], Y[0, 1]
    assert "1 rows are the same as another, the largest AUS b and CHN d" in found(table(Z, Y))
    Z = FLOWS.copy()
    Z[:, :, 3, 0] = Z[:, :, 1, 4]
    assert "1 columns are the same as another, the largest BRA e and DEU a" in found(table(Z))
    Y = DEMAND.copy()
    Y[:, :, 3, 0] = Y[:, :, 1, 2]
    assert "columns of final demand are the same as another, the largest BRA i and DEU c" in found(
        table(Y=Y)
    )


@pytest.mark.parametrize("name", ["Statistical discrepancy", "误差项", "unbalanced", "residual"])
def test_a_discrepancy_by_its_name(name: str) -> None:
    assert f"category {name}" in found(table(uses=["c", "g", name]))
    assert f"exports {name}" in found(
        table(exports=np.ones((20, 2)), export_labels=["EU", name])
    ).replace("column of exports", "exports")
    primary = {"primary_inputs": np.ones((2, 20)), "primary_labels": ["wages", name]}
    assert f"row of primary inputs {name}" in found(table(**primary))
    assert f"sector e {name}" in found(table(sector_names=[*"ABCD", name]))


def test_a_discrepancy_by_its_signs() -> None:
    misses = RNG.normal(0, 30, (R, S, R, 1))
    Y = np.concatenate([DEMAND, misses - misses.mean()], axis=3)
    assert "category d" in found(table(Y=Y, uses=[*USES, "d"]))
    assert found(table(Y=Y, uses=[*USES, "changes in inventories"])) == ""


PLACES = pd.MultiIndex.from_product(
    [COUNTRIES, SECTORS, [2005]], names=["country", "sector", "year"]
)
INTENSITY = np.exp(
    np.add.outer(RNG.normal(0, 0.7, R), RNG.normal(0, 2, S)) + RNG.normal(0, 0.5, (R, S))
)


def account(intensity: np.ndarray) -> Account:
    return Account(pd.Series((intensity * table().x.reshape(R, S)).ravel(), index=PLACES))


def test_intensities_beside_the_rest_of_their_sector() -> None:
    assert found(table(), account(INTENSITY)) == ""
    for factor in (3000.0, 1 / 30000):
        slipped = INTENSITY.copy()
        slipped[2, 3] *= factor
        text = found(table(), account(slipped))
        assert "1 emission intensities are impossible" in text
        assert "at CHN d" in text
    slipped = INTENSITY.copy()
    slipped[1] *= 1000
    assert "at BRA (all sectors)" in found(table(), account(slipped))


def test_national_intensities() -> None:
    totals = account(INTENSITY).totals()
    assert found(table(), totals) == ""
    totals.loc[("DEU", 2005)] *= 1e4
    assert "at DEU;" in found(table(), totals)


def test_units_that_slip_between_years() -> None:
    years = {year: table(year=year) for year in (2005, 2006, 2007)}
    assert audit_years(IOSeries(years)).findings == ()
    years[2006] = table(FLOWS * 1000, DEMAND * 1000, year=2006)
    report = audit_years(IOSeries(years))
    assert "Output of the world in 2006 is 1e+03 times that of 2005" in str(report)
    assert "Output of the world in 2007 is 0.001 times that of 2006" in str(report)
    Z, Y = FLOWS.copy(), DEMAND.copy()
    Z[1], Y[1] = Z[1] * 1000, Y[1] * 1000
    years[2006] = table(Z, Y, year=2006)
    assert "Output of BRA in 2006 is 1e+03 times that of 2005" in str(audit_years(IOSeries(years)))


def test_embedded_tables_are_not_suspected() -> None:
    world, regions = ioecon.datasets.load_world(), ioecon.datasets.load_regions()
    with warnings.catch_warnings():
        warnings.simplefilter("error", IoeconWarning)
        for series, accounts in (
            (world.series, (world.emissions, world.account)), (regions.tables, (regions.emissions,))
        ):  # fmt: skip
            for each in series.values():
                assert [found(each, emissions) for emissions in accounts] == [""] * len(accounts)
            assert audit_years(series).findings == ()


SUSPICIONS = {
    "total_rows", "total_columns", "total_uses", "coefficients_as_flows", "turned_round",
    "repeated_rows", "repeated_columns", "discrepancy", "impossible_intensity", "unit_slip",
}  # fmt: skip


def test_wiod_2013_is_not_suspected(data_root) -> None:
    series = ioecon.read_series(
        data_root / "wiod2013", format="wiod2013-rdata", years=[2000, 2004, 2009]
    )
    emissions = ioecon.read_wiod_co2(data_root / "wiod2013" / "CO2_may12.zip")
    for year in series:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IoeconWarning)  # of emissions without output
            report = series[year].audit(emissions)
        assert not SUSPICIONS & {finding.check for finding in report.findings}
    assert audit_years(series).findings == ()
