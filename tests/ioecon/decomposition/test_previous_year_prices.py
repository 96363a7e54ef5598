"""Chains of pairs (t − 1 current, t in prices of t − 1), by every model and method."""

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import IOSeries, IOTable
from ioecon.errors import ArgumentError, LabelError, TableError

COUNTRIES, SECTORS, YEARS = ["AUS", "NZL"], ["a", "b"], (2004, 2005, 2006)
ROWS = pd.MultiIndex.from_product([COUNTRIES, SECTORS], names=["country", "sector"])
STILL = np.random.default_rng(1).uniform(1, 5, size=(4, 8)) + np.eye(4, 8, 4) * 20
INDICES = pd.DataFrame(
    {2004: [1.0, 1, 1, 1], 2005: [2.0, 1, 1.5, 0.8], 2006: [2.5, 3, 1, 0.9]}, index=ROWS
)
GROWTH = {
    year: np.random.default_rng(year).uniform(0.8, 1.3, size=(4, 8)) if year > 2004 else 1.0
    for year in YEARS
}
POPULATION = pd.Series(
    [5.0, 5, 5, 2, 2, 2], pd.MultiIndex.from_product([COUNTRIES, YEARS], names=["country", "year"])
)
ENERGY = ioecon.Account(
    pd.Series(
        np.tile([3.0, 2, 4, 1], 3),
        pd.MultiIndex.from_tuples(
            [(c, s, y) for y in YEARS for c, s in ROWS], names=["country", "sector", "year"]
        ),
    ),
    name="Energy",
    unit="TJ",
)
SECTORAL = pd.Series(
    np.tile([7.0, 2, 5, 1], 3) * (1 + np.arange(12) / 50), ENERGY.values.index, name="co2"
)
MODELS = {
    "dong2022": {}, "intensity_structure": {}, "demand_categories": {},
    "trade_technology": {"variables": {"population": POPULATION}},
    "energy_intensity": {"variables": {"energy": ENERGY}},
}  # fmt: skip


def table(year: int, prices: int, growing: bool) -> IOTable:
    flows = STILL * (GROWTH[year] if growing else 1.0) * INDICES[prices].to_numpy()[:, None]
    return IOTable(
        Z=flows[:, :4], Y=flows[:, 4:], countries=COUNTRIES, sectors=SECTORS,
        categories=["h", "g"], year=year,
        price_basis="current" if prices == year else "previous-year",
    )  # fmt: skip


def both(growing: bool) -> tuple[IOSeries, IOSeries]:
    current = IOSeries([table(year, year, growing) for year in YEARS])
    return current, IOSeries([table(year, year - 1, growing) for year in YEARS[1:]])


@pytest.mark.parametrize("method", ["two_polar", "mirror_pairs", "shapley", "lmdi", "sequence"])
@pytest.mark.parametrize("model", MODELS)
def test_where_only_prices_change_nothing_does(model: str, method: str) -> None:
    current, previous = both(growing=False)
    still = pd.Series(np.tile([7.0, 2, 5, 1], 3), ENERGY.values.index)
    nominal = ioecon.decompose(current, still, model=model, accounting="satellite", **MODELS[model])
    way = {"sequence": nominal.factors[::-1]} if method == "sequence" else {"method": method}
    for prices in (previous, ioecon.deflate(current, INDICES)):
        effects = ioecon.decompose(
            current, still, model=model, accounting="satellite", prices=prices, **way,
            **MODELS[model],
        )  # fmt: skip
        assert np.abs(effects.values).max() < 1e-9
    assert np.abs(nominal.values).max() > 0.1  # what changes of prices look like without them


@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
def test_national_totals_that_do_not_change_either(accounting: str) -> None:
    current, previous = both(growing=False)
    co2 = pd.Series(9.0, POPULATION.index)
    effects = ioecon.decompose(current, co2, accounting=accounting, prices=previous)
    assert np.abs(effects.values).max() < 1e-9


def explicit_pair(base: IOTable, last: IOTable, c0: np.ndarray, c1: np.ndarray) -> np.ndarray:
    """Both orders of intensity, L and y, averaged, with inverses written out: (factor, row)."""
    e, L, y = [], [], []
    for each, c in ((base, c0), (last, c1)):
        e.append(c / each.x)
        L.append(np.linalg.inv(np.eye(4) - each.Z / each.x))
        y.append(each.Y.sum(axis=1))
    out = np.zeros((3, 4))
    out[0] = ((e[1] - e[0]) * (L[0] @ y[0]) + (e[1] - e[0]) * (L[1] @ y[1])) / 2
    out[1] = (e[1] * ((L[1] - L[0]) @ y[0]) + e[0] * ((L[1] - L[0]) @ y[1])) / 2
    out[2] = (e[1] * (L[1] @ (y[1] - y[0])) + e[0] * (L[0] @ (y[1] - y[0]))) / 2
    return out


def test_volumes_are_those_of_explicit_pairs_and_add_up_over_years() -> None:
    current, previous = both(growing=True)
    effects = ioecon.decompose(current, SECTORAL, model="intensity_structure", prices=previous)
    c = {year: SECTORAL.xs(year, level="year").to_numpy() for year in YEARS}
    pairs = [
        explicit_pair(current[year - 1], previous[year], c[year - 1], c[year]) for year in YEARS[1:]
    ]
    np.testing.assert_allclose(effects.values.sum(axis=3), pairs, rtol=1e-10)
    chained = effects.chained()
    assert chained.periods == ((2004, 2005), (2004, 2006))
    np.testing.assert_allclose(chained.values[-1].sum(axis=2), sum(pairs), rtol=1e-10)
    np.testing.assert_allclose(chained.row_changes[-1], c[2006] - c[2004], rtol=1e-10)
    unchained = ioecon.decompose(
        current, SECTORAL, model="intensity_structure", periods=[(2004, 2006)]
    )
    pd.testing.assert_series_equal(chained.change().xs(2006, level="year", drop_level=False),
                                   unchained.change())  # fmt: skip
    assert np.abs(chained.values[-1] - unchained.values[0]).max() > 0.5
    assert "2004–2006, chained" in chained.summary()
    total = effects.by_country().sum().sum()
    assert chained.by_country().xs(2006, level="year").sum().sum() == pytest.approx(total)
    with pytest.raises(ArgumentError, match="Chained effects are sums"):
        chained.spread()


def test_deflated_tables_are_those_in_previous_years_prices() -> None:
    current, previous = both(growing=True)
    found = [
        ioecon.decompose(current, SECTORAL, method="shapley", prices=prices).values
        for prices in (previous, ioecon.deflate(current, INDICES))
    ]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9, atol=1e-12)


def test_pairs_that_cannot_be_chained_are_refused() -> None:
    current, previous = both(growing=True)

    def refuse(words: str, error: type[Exception] = TableError, **settings: object) -> None:
        settings = {"series": current, "prices": previous} | settings
        with pytest.raises(error, match=words):
            ioecon.decompose(settings.pop("series"), SECTORAL, **settings)

    refuse("2004–2006 is longer than a year.*chained", periods=[(2004, 2006)])
    refuse("prices has no tables of 2005", prices=IOSeries([previous[2006]]))
    refuse("2005 under prices= in 'current'", prices=current)
    refuse("is an IOSeries", prices=previous[2005])
    refuse("one process", ArgumentError, n_jobs=2)
    constant = IOSeries([current[year].replace(price_basis="constant 2004") for year in YEARS])
    refuse("2004 is in 'constant 2004' prices", series=constant)
    other = IOSeries([previous[year].replace(sectors=["a", "c"]) for year in YEARS[1:]])
    refuse("sectors of 2004", LabelError, prices=other)
    refuse(
        "currency of", prices=IOSeries([previous[y].replace(currency="EUR") for y in (2005, 2006)])
    )
    apart = ioecon.decompose(current, SECTORAL, periods=[(2004, 2005)])
    assert apart.chained().periods == ((2004, 2005),)
