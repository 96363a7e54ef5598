"""Two tables are compared only in the same prices; the pair that belongs together is compared."""

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import IOSeries, IOTable
from ioecon.errors import TableError
from ioecon.prices import price_basis, require_same_prices

Q = np.array([[5.0, 3, 1, 2, 12, 4], [4, 6, 2, 1, 20, 5], [1, 2, 4, 3, 6, 15], [2, 1, 5, 6, 3, 22]])
PRICES = {2004: (1.0, 1.0), 2005: (2.0, 1.0), 2006: (2.5, 3.0)}
YEARS = {"current": 0, "previous-year": -1}


def table(year: int, basis: str = "current", quantities: np.ndarray = Q) -> IOTable:
    """The same quantities every year unless said; only prices change."""
    priced = int(basis[-4:]) if basis.startswith("constant") else year + YEARS[basis]
    flows = quantities * np.tile(PRICES[priced], 2)[:, None]
    return IOTable(
        Z=flows[:, :4], Y=flows[:, 4:], countries=["AUS", "NZL"], sectors=["a", "b"],
        categories=["f"], year=year, price_basis=basis,
    )  # fmt: skip


CO2 = pd.Series(
    9.0,
    index=pd.MultiIndex.from_product(
        [["AUS", "NZL"], [2004, 2005, 2006]], names=["country", "year"]
    ),
)
CLEAN = pd.Series(1.0, index=pd.MultiIndex.from_product([["AUS", "NZL"], ["a", "b"]]))


def moves(first: IOTable, last: IOTable) -> list[float]:
    """Largest change that each comparison of two tables finds."""
    series = IOSeries([first, last])
    changes = [
        ioecon.decompose(series, CO2, accounting=accounting).values
        for accounting in ("satellite", "carbon_table")
    ]
    changes.append(ioecon.transfer_index(series).by_sector()["growth"])
    changes.append(ioecon.transfer_index(series, of="foreign_input").by_sector()["growth"])
    moved = ioecon.transfers(first, last)
    changes += [moved.net_flows, ioecon.leakage(moved, CLEAN * [1, 2, 3, 4]).values]
    changes.append(ioecon.leakage_as_difference(moved, CLEAN).at_receiver)
    together = {"regions": {"AUS": "x", "NZL": "y"}}
    changes.append(ioecon.aggregation_error(first, last, **together).matrix("transfer"))
    return [float(np.abs(np.asarray(change)).max()) for change in changes]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (table(2005), table(2006, "previous-year")),
        (table(2005, "constant 2004"), table(2006, "constant 2004")),
        (table(2005), table(2006, "constant 2005")),
        (table(2005, "previous-year"), table(2006, "constant 2004")),
        (table(2004, "constant 2006"), table(2006)),
    ],
)
def test_where_quantities_do_not_change_nothing_does(first: IOTable, last: IOTable) -> None:
    assert moves(first, last) == pytest.approx([0] * 8, abs=1e-9)


def test_volumes_are_what_the_right_pair_measures() -> None:
    grown = Q * 1.1
    pair = IOSeries([table(2005), table(2006, "previous-year", grown)])
    growth = ioecon.transfer_index(pair).by_sector()["growth"]
    np.testing.assert_allclose(growth, 0.1, rtol=1e-12)
    nominal = ioecon.transfer_index(IOSeries([table(2005), table(2006)])).by_sector()["growth"]
    np.testing.assert_allclose(nominal, [0.25, 2, 0.25, 2], rtol=1e-12)  # prices, as papers have it


COMPARISONS = {
    "decompose": lambda first, last: ioecon.decompose(IOSeries([first, last]), CO2),
    "index": lambda first, last: ioecon.transfer_index(IOSeries([first, last])),
    "foreign": lambda first, last: ioecon.transfer_index(
        IOSeries([first, last]), of="foreign_input"
    ),
    "panel": lambda first, last: ioecon.build_panel(IOSeries([first, last]), CO2),
    "transfers": ioecon.transfers,
    "aggregation": lambda first, last: ioecon.aggregation_error(
        first, last, regions={"AUS": "x", "NZL": "x"}
    ),
}


@pytest.mark.parametrize("compare", COMPARISONS.values(), ids=COMPARISONS)
@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (
            table(2005, "previous-year"), table(2006, "previous-year"),
            r"prices of 2004 and of 2005.*2006 in prices of 2005 goes with the table of 2005 in "
            "current",
        ),
        (table(2005, "previous-year"), table(2006), "goes with the table of 2005 in current"),
        (table(2004), table(2006, "previous-year"), "goes with the table of 2005 in current"),
        (table(2005), table(2006, "constant 2004"), "both in constant prices of one year"),
        (table(2005, "constant 2004"), table(2006, "constant 2005"), "both in constant prices"),
    ],
)  # fmt: skip
def test_tables_in_prices_of_different_years_are_refused(compare, first, last, words) -> None:
    with pytest.raises(TableError, match=words):
        compare(first, last)


def test_a_chain_is_refused_with_the_pair_that_is_right() -> None:
    chain = IOSeries([table(2004), table(2005, "previous-year"), table(2006, "previous-year")])
    ioecon.decompose(chain, CO2, periods=[(2004, 2005)])
    with pytest.raises(TableError, match="2006 in prices of 2005 goes with the table of 2005 in c"):
        ioecon.decompose(chain, CO2)


def test_other_views_keep_the_basis() -> None:
    given = table(2006, "constant 2004").replace(imports=np.ones(4))
    assert given.domestic().price_basis == "constant 2004"
    assert given.within(["AUS"]).price_basis == "constant 2004"
    groups = {"AUS": "x", "NZL": "x"}
    assert given.aggregate(regions=groups).price_basis == "constant 2004"
    assert given.replace(year=2005).price_basis == "constant 2004"


@pytest.mark.parametrize(
    ("said", "basis"),
    [
        ("current", "current"), ("Current prices", "current"), ("现价", "current"),
        ("previous_year", "previous-year"), ("PYP", "previous-year"),
        ("constant 2010", "constant 2010"), ("2010 prices", "constant 2010"),
        ("constant prices of 2010", "constant 2010"), ("2010年不变价", "constant 2010"),
    ],
)  # fmt: skip
def test_usual_spellings_of_a_basis(said: str, basis: str) -> None:
    assert table(2005).replace(price_basis=said).price_basis == basis
    assert price_basis(basis, 2005) == basis


@pytest.mark.parametrize(
    "said", ["real", "constant", "unknown", "", None, "chained 2010", "201", 1]
)
def test_a_basis_that_cannot_be_compared_is_refused(said: object) -> None:
    with pytest.raises(TableError, match=r"price basis of 2005 is .*'constant 2010'"):
        table(2005).replace(price_basis=said)


def test_current_prices_are_compared_with_current_prices() -> None:
    require_same_prices(table(2004), table(2006))
