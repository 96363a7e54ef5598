"""LMDI of a small world, against loops over every term with small numbers for zeros."""

from itertools import product
from math import exp, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import ioecon
from ioecon import Account, IOSeries, IOTable
from ioecon.decomposition import Model
from ioecon.errors import ArgumentError

from .own_model import ALL

COUNTRIES, SECTORS, CATEGORIES, YEARS = ["AUS", "BRA", "CHN"], ["a", "b"], ["h", "g"], (2000, 2001)
ROWS = pd.MultiIndex.from_product([COUNTRIES, SECTORS, YEARS], names=["country", "sector", "year"])
PLACES = pd.MultiIndex.from_product([COUNTRIES, YEARS], names=["country", "year"])
NOTHING = -1e13  # logarithm of the small number in the place of every zero


def make_table(year: int, seed: int, zeros: bool) -> IOTable:
    rng = np.random.default_rng([seed, year])
    Z, Y = rng.uniform(1, 5, (6, 6)), rng.uniform(5, 30, (6, 6))
    home = np.zeros((6, 6))
    home[np.arange(6), np.repeat([0, 2, 4], 2)] = 20.0  # what keeps every sector productive
    if zeros:
        Z[rng.uniform(size=Z.shape) < 0.3] = 0
        Y[rng.uniform(size=Y.shape) < 0.3] = 0
        Y += home
        if year == 2000:  # sector b of CHN appears, and BRA uses no a before
            Z[5], Z[:, 5], Y[5] = 0, 0, 0
            Z[[0, 2, 4], 2] = 0
            Z[0] = 0  # what AUS a delivers to no industry has zeros in its row of L
    return IOTable(Z=Z, Y=Y, countries=COUNTRIES, sectors=SECTORS, categories=CATEGORIES, year=year)


def make_world(seed: int, *, zeros: bool = False) -> tuple[IOSeries, dict]:
    rng = np.random.default_rng(seed)
    series = IOSeries([make_table(year, seed, zeros) for year in YEARS])
    output = np.array([series[y].x for y in YEARS]).T.ravel()
    emitted, used = (rng.uniform(1, 9, len(ROWS)) * (output > 0) for _ in range(2))
    if zeros:
        emitted[2] = 0  # AUS b in 2000
    return series, {
        "population": pd.Series(rng.uniform(1, 9, len(PLACES)), index=PLACES),
        "energy": Account(pd.Series(used, index=ROWS), name="Energy", unit="TJ"),
        "emissions": Account(pd.Series(emitted, index=ROWS)),
    }


def at_year(values: pd.Series, year: int) -> np.ndarray:
    return values.xs(year, level="year").to_numpy()


def over(a: float, b: float) -> float:
    return a / b if b else np.nan


def factors_of_term(name: str, table: IOTable, given: dict, r: int, j: int, c: int, k: int) -> dict:
    """Every factor of e_r, and of what destination c takes of row j in category k."""
    x, Y = table.x, table.Y.reshape(6, 3, 2)
    F, people = Y.sum(axis=2), at_year(given["population"], table.year)
    same = [row for row in range(6) if row % 2 == j % 2]
    P, PK, mine = sum(F[i, c] for i in same), sum(Y[i, c, k] for i in same), F[:, c].sum()
    emitted, energy = (
        at_year(given[what].values, table.year)[r] for what in ("emissions", "energy")
    )
    return {
        "intensity": over(emitted, x[r]),
        "carbon per energy": over(emitted, energy),
        "energy per output": over(energy, x[r]),
        "final demand": F[j, c],
        "level": F.sum(),
        "distribution": mine / F.sum(),
        "mix": over(Y[j, c, k], Y[:, c, k].sum()) if name == "demand_categories"
        else F[j, c] / mine,
        "categories": Y[:, c, k].sum() / mine,
        "origins of final goods": over(F[j, c], P),
        "product mix": P / mine,
        "per-capita level": mine / people[c],
        "affluence": mine / people[c],
        "population": people[c],
        "basket": PK / mine,
        "origins": over(Y[j, c, k], PK),
    }  # fmt: skip


def log_of(value: float) -> float:
    return log(value) if value else NOTHING


def log_mean(l0: float, l1: float) -> float:
    w0, w1 = (exp(each) if each > NOTHING / 2 else 0.0 for each in (l0, l1))
    return (w1 - w0) / (l1 - l0) if abs(l1 - l0) > 1e-12 else w0


def changes_of_inputs(model: Model, tables: list[IOTable]) -> dict[str, np.ndarray]:
    A = [np.array([[over(t.Z[i, j], t.x[j]) for j in range(6)] for i in range(6)]) for t in tables]
    A = [np.nan_to_num(each) for each in A]
    if model.name != "trade_technology":
        return {"technology": A[1] - A[0]}
    found = {"input coefficients": np.zeros((6, 6)), "origins of inputs": np.zeros((6, 6))}
    for i, j in product(range(6), range(6)):
        H = [sum(each[o, j] for o in range(6) if o % 2 == i % 2) for each in A]
        T = [over(each[i, j], h) for each, h in zip(A, H, strict=True)]
        T = [T[1 - at] if np.isnan(T[at]) else T[at] for at in (0, 1)]
        T = [0.0 if np.isnan(t) else t for t in T]
        logs = np.array([[log_of(h), log_of(t)] for h, t in zip(H, T, strict=True)])
        mean = log_mean(*logs.sum(axis=1))
        for name, change in zip(found, logs[1] - logs[0], strict=True):
            found[name][i, j] = mean * change
    return found


def read_slowly(model: Model, series: IOSeries, given: dict) -> np.ndarray:
    """Effects (factor, row, driver), term by term."""
    tables = [series[year] for year in YEARS]
    changes = changes_of_inputs(model, tables)
    L = [np.linalg.inv(np.eye(6) - t.Z / np.where(t.x == 0, 1, t.x)) for t in tables]
    parts = {
        name: [L[1] @ D[:, 2 * d : 2 * d + 2] @ L[0][2 * d : 2 * d + 2] for d in range(3)]
        for name, D in changes.items()
    }  # fmt: skip
    inverse = [[[log_of(each if abs(each) > 1e-13 else 0) for each in row] for row in m] for m in L]
    F = [t.Y.reshape(6, 3, 2).sum(axis=2).sum(axis=0) for t in tables]
    with_categories = model.name in ("demand_categories", "per head")
    own = [f for f in model.factors if f.place != "inputs"]
    effects = np.zeros((len(model.factors), 6, 3))
    for r, j, c, k in product(range(6), range(6), range(3), range(2 if with_categories else 1)):
        values = [factors_of_term(model.name, t, given, r, j, c, k) for t in tables]
        logs = np.empty((2, len(own) + 1))
        for at, f in enumerate(own):
            pair = [each[f.name] for each in values]
            pair = [pair[1 - t] if np.isnan(pair[t]) else pair[t] for t in (0, 1)]
            pair = [1.0 if np.isnan(each) else each for each in pair]
            logs[:, at] = [log_of(each) for each in pair]
        logs[:, -1] = [inverse[t][r][j] for t in (0, 1)]
        mean, change = log_mean(*logs.sum(axis=1)), logs[1] - logs[0]
        for f, step in zip(own, change[:-1], strict=True):
            effect = effects[model.factors.index(f), r]
            if f.place == "intensity":
                effect[r // 2] += mean * step
            elif f.name == "level":
                effect += mean * step * (F[1] - F[0]) / (F[1] - F[0]).sum()
            else:
                effect[c] += mean * step
        of_inverse = log_mean(logs[0, -1], logs[1, -1])
        if of_inverse:
            for f in model.factors:
                if f.place == "inputs":
                    for d in range(3):
                        effects[model.factors.index(f), r, d] += (
                            mean / of_inverse * parts[f.name][d][r, j]
                        )
    return effects


def solve(world: tuple[IOSeries, dict], model: Model | str, **more: object) -> ioecon.Effects:
    series, variables = world
    more = {"method": "lmdi", "accounting": "satellite"} | more
    return ioecon.decompose(
        series, variables["emissions"], model=model, variables=variables, **more
    )


@pytest.mark.parametrize("zeros", [False, True], ids=["positive", "zeros"])
@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_every_model_is_the_sum_of_its_terms(model: Model, zeros: bool) -> None:
    world = make_world(11, zeros=zeros)
    effects = solve(world, model)
    np.testing.assert_allclose(effects.values[0], read_slowly(model, *world), atol=2e-9)
    assert effects.residual < 1e-10


def test_a_carbon_table_is_the_table_multiplied_by_its_intensities() -> None:
    series, variables = make_world(5)
    found = solve((series, variables), "dong2022", accounting="carbon_table")
    tables = []
    for year in YEARS:
        e = at_year(variables["emissions"].values, year) / series[year].x
        table = series[year]
        tables.append(table.replace(Z=table.Z * e[:, None], Y=table.Y * e[:, None]))
    plain = {**variables, "emissions": Account(pd.Series(1.0, index=ROWS))}
    carbon = IOSeries(tables)
    emitted = np.array([carbon[year].x for year in YEARS]).T.ravel()
    plain["emissions"] = Account(pd.Series(emitted, index=ROWS))
    wanted = solve((carbon, plain), "dong2022")
    np.testing.assert_allclose(found.values[0], wanted.values[0][:4], rtol=1e-9, atol=1e-11)
    assert np.abs(wanted.values[0][4]).max() < 1e-10


@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from(ALL), st.floats(1e-3, 1e3))
def test_identity_time_reversal_and_currency(seed, zeros, model, factor) -> None:
    series, variables = make_world(seed, zeros=zeros)
    effects = solve((series, variables), model)
    scale = np.abs(effects.values).max()
    np.testing.assert_allclose(
        effects.values[0].sum(axis=(0, 2)), effects.row_changes[0], atol=1e-9 * scale
    )
    there = [series[year].replace(year=2001 - at) for at, year in enumerate(YEARS)]

    def turn(values: pd.Series) -> pd.Series:
        turned = values.rename(index={2000: 2001, 2001: 2000}, level="year")
        return turned.reindex(values.index)

    turned = {
        name: turn(each) if isinstance(each, pd.Series)
        else Account(turn(each.values), name=each.stressor, unit=each.unit)
        for name, each in variables.items()
    }  # fmt: skip
    back = solve((IOSeries(there), turned), model)
    # L1 ΔA_c L0 is not L0 ΔA_c L1: who changed inputs depends on the direction, their sum does not.
    inputs = [at for at, each in enumerate(model.factors) if each.place == "inputs"]
    others = [at for at, each in enumerate(model.factors) if each.place != "inputs"]
    for there_, back_ in (
        (effects.values[0, others], back.values[0, others]),
        (effects.values[0, inputs].sum(axis=(0, 2)), back.values[0, inputs].sum(axis=(0, 2))),
    ):
        np.testing.assert_allclose(back_, -there_, atol=1e-9 * scale)
    priced = IOSeries([t.replace(Z=t.Z * factor, Y=t.Y * factor) for t in series.values()])
    again = solve((priced, variables), model)
    np.testing.assert_allclose(again.values, effects.values, atol=1e-9 * scale)


def test_blocks_of_rows_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(3, zeros=True)
    whole = solve(world, "trade_technology").values
    monkeypatch.setattr("ioecon.decomposition.log_means._TERMS", 40)
    np.testing.assert_allclose(solve(world, "trade_technology").values, whole, atol=1e-12)


def test_chains_of_years_and_pairs_of_prices() -> None:
    series, variables = make_world(7)
    prices = IOSeries([series[2001].replace(price_basis="previous-year")])
    pairs = solve((series, variables), "dong2022", prices=prices)
    plain = solve((series, variables), "dong2022")
    np.testing.assert_allclose(pairs.values, plain.values, rtol=1e-12)
    np.testing.assert_allclose(pairs.chained().values, plain.values, rtol=1e-12)


def test_a_change_of_sign_is_refused_by_name() -> None:
    series, variables = make_world(7)
    first, last = (series[year] for year in YEARS)

    def refuse(words: str, table: IOTable, model: str = "dong2022", **more: object) -> None:
        with pytest.raises(ArgumentError, match=words):
            solve((IOSeries([first, table]), variables), model, **more)

    Y = last.Y.copy()
    Y[3, 1] = -1.0  # inventories of BRA b that AUS draws down, in its category g
    refuse(
        r"mix of final demand of AUS for BRA b \(g\) changes its sign from 2000.*shapley",
        last.replace(Y=Y), "demand_categories",
    )  # fmt: skip
    Z = last.Z.copy()
    Z[0, 3] = -4.0
    refuse("Leontief inverse from AUS a to BRA b changes its sign", last.replace(Z=Z))
    emitted = variables["emissions"].values.copy()
    emitted.attrs = {}
    emitted[("CHN", "a", 2001)] = -2.0
    with pytest.raises(ArgumentError, match=r"intensity of CHN a changes its sign"):
        solve(
            (
                series,
                {**variables, "emissions": Account(emitted, name="Water", unit="m3", signed=True)},
            ),
            "dong2022",
        )


def test_what_lmdi_is_not_is_refused() -> None:
    world = make_world(7)
    effects = solve(world, "dong2022")
    for ask in (effects.spread, effects.multiplicative):
        with pytest.raises(ArgumentError, match="no mean over orders"):
            ask()
    with pytest.raises(ArgumentError, match="knows no order"):
        solve(world, "dong2022", sequence=effects.factors)
    with pytest.raises(ArgumentError, match="one process"):
        solve(world, "dong2022", n_jobs=2)
