"""Tables in prices of another year: quantities come back, rows and columns balance."""

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import IOSeries, IOTable
from ioecon.errors import ArgumentError, IoeconWarning, LabelError, TableError

COUNTRIES, SECTORS = ["AUS", "NZL"], ["a", "b"]
ROWS = pd.MultiIndex.from_product([COUNTRIES, SECTORS], names=["country", "sector"])
QUANTITIES = {
    year: np.random.default_rng(year).uniform(1, 5, size=(4, 8)) + 20 * np.eye(4, 8, 4)
    for year in (2004, 2005, 2006)
}
INDICES = pd.DataFrame(
    {2004: [100.0, 100, 80, 50], 2005: [110.0, 90, 100, 60], 2006: [130.0, 100, 90, 200]},
    index=ROWS,
)
LONG = INDICES.rename_axis(columns="year").stack()  # noqa: PD013


def table(year: int, prices: int | None = None, **more: object) -> IOTable:
    """Quantities of a year, each row at its price of ``prices``: the year itself unless said."""
    flows = QUANTITIES[year] * INDICES[prices or year].to_numpy()[:, None]
    basis = {None: "current", year - 1: "previous-year"}.get(prices, f"constant {prices}")
    return IOTable(
        Z=flows[:, :4], Y=flows[:, 4:], countries=COUNTRIES, sectors=SECTORS,
        categories=["h", "g"], year=year, price_basis=basis, **more,
    )  # fmt: skip


@pytest.mark.parametrize("indices", [INDICES, LONG, LONG.to_frame("p"), INDICES[::-1] * 7.0])
@pytest.mark.parametrize(("year", "prices"), [(2005, "previous-year"), (2006, 2004), (2006, "pyp")])
def test_quantities_at_the_prices_of_another_year(indices, year: int, prices) -> None:
    found = ioecon.deflate(table(year), indices, prices=prices)
    wanted = table(year, prices if isinstance(prices, int) else year - 1)
    np.testing.assert_allclose(found.Z, wanted.Z, rtol=1e-13)
    np.testing.assert_allclose(found.F, wanted.F, rtol=1e-13)
    assert found.price_basis == wanted.price_basis


def test_all_that_a_row_delivers_is_deflated_and_columns_balance() -> None:
    given = table(2005)
    added = (given.x + 3 - given.Z.sum(axis=0))[None] * [[0.7], [0.3]]
    given = given.replace(
        exports=np.full(4, 3.0), printed_output=given.x + 3.5, discrepancies=np.full(4, 0.5),
        primary_inputs=added, primary_labels=["wages", "profits"],
    )  # fmt: skip
    found = ioecon.deflate(given, INDICES)
    ratio = (INDICES[2004] / INDICES[2005]).to_numpy()
    np.testing.assert_allclose(found.exports[:, 0], 3 * ratio)
    np.testing.assert_allclose(found.printed_output, given.printed_output * ratio)
    np.testing.assert_allclose(found.discrepancies, 0.5 * ratio)
    assert found.primary_labels == ("value added, double deflation",)
    np.testing.assert_allclose(found.Z.sum(axis=0) + found.primary_inputs[0], found.x, rtol=1e-12)


def test_single_precision_stays() -> None:
    given = table(2005).replace(Z=table(2005).Z.astype("float32"))
    assert ioecon.deflate(given, INDICES).Z.dtype == np.float32


def test_a_series_and_back() -> None:
    series = IOSeries([table(year) for year in QUANTITIES])
    previous = ioecon.deflate(series, INDICES)
    assert previous.years == (2005, 2006)
    np.testing.assert_allclose(previous[2006].Z, table(2006, 2005).Z, rtol=1e-13)
    constant = ioecon.deflate(series, INDICES, prices=2005)
    assert [constant[year].price_basis for year in constant] == ["constant 2005"] * 3
    back = ioecon.deflate(constant[2006], INDICES, prices=2006)
    np.testing.assert_allclose(back.Z, table(2006).Z, rtol=1e-13)


def test_what_does_not_balance_is_told() -> None:
    given = table(2006).replace(primary_inputs=np.ones((1, 4)), primary_labels=["VA"])
    dear = INDICES.assign(**{"2007": 1.0}).rename(columns={"2007": 2007})
    dear[2005] = [110.0, 9000, 100, 60]
    with (
        pytest.warns(IoeconWarning, match=r"negative value added in 3 sectors of 2006: AUS a"),
        pytest.warns(IoeconWarning, match=r"1 rows change more than tenfold.*AUS b"),
    ):
        ioecon.deflate(given, dear)
    taxed = table(2006).replace(
        primary_inputs=np.ones((1, 4)), primary_labels=["tax"], final_inputs=np.ones((1, 4))
    )
    with pytest.warns(IoeconWarning, match="of final demand of 2006 have no price"):
        ioecon.deflate(taxed, INDICES)


@pytest.mark.parametrize(
    ("indices", "error", "words"),
    [
        (INDICES[:3], LabelError, "NZL b"),
        (INDICES.rename(index={"b": "c"}), LabelError, "c"),
        (INDICES[[2005]], TableError, "no price indices of 2004"),
        (INDICES.replace(60.0, 0.0), TableError, "index of NZL b in 2005 is 0.0"),
        (INDICES.replace(60.0, np.nan), TableError, "index of NZL b in 2005 is nan"),
        (LONG.drop(("NZL", "b", 2004)), TableError, "index of NZL b in 2004 is nan"),
        (pd.concat([LONG, LONG[:1]]), LabelError, "Two price indices are of AUS a 2004"),
        (INDICES.astype(str), TableError, "must be numbers"),
        (INDICES.groupby("country").mean(), LabelError, "by country and sector"),
        (LONG.groupby(["country", "year"]).mean(), LabelError, "country, sector, year"),
        ([1.0], LabelError, "country, sector, year"),
    ],
)
def test_indices_that_do_not_fit_are_refused(indices, error, words: str) -> None:
    with pytest.raises(error, match=words):
        ioecon.deflate(table(2005), indices)


def test_what_has_other_prices_is_refused() -> None:
    with pytest.raises(TableError, match="competitive imports"):
        ioecon.deflate(table(2005).replace(imports=np.ones(4)), INDICES)
    with pytest.raises(ArgumentError, match="not 'current'"):
        ioecon.deflate(table(2005), INDICES, prices="current")
    with pytest.raises(ArgumentError, match="not list"):
        ioecon.deflate([table(2005)], INDICES)
    with pytest.raises(TableError, match="indices are needed of 2004"):
        ioecon.deflate(IOSeries([table(2004), table(2005)]), INDICES[[2005]])
