"""Every model and method against brute force: explicit inverses, Python loops, all orderings."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ioecon
from ioecon import IOSeries, decompose
from ioecon.decomposition import MODELS, Factor, Model
from ioecon.emissions import Account
from ioecon.errors import ArgumentError, EmissionsError, IoeconWarning

from .own_model import ALL, PER_HEAD

SIZE = {"countries": 3, "sectors": 2, "categories": 2}


def add_variables(series: IOSeries, seed: int = 5) -> dict:
    """Population and energy of a series, and emissions by sector."""
    rng = np.random.default_rng(seed)
    places = pd.MultiIndex.from_product([series.countries, series.years], names=["country", "year"])
    rows = pd.MultiIndex.from_product(
        [series.countries, series.sectors, series.years], names=["country", "sector", "year"]
    )
    return {
        "population": pd.Series(rng.uniform(1, 9, len(places)), index=places),
        "energy": Account(pd.Series(rng.uniform(1, 9, len(rows)), index=rows)),
        "emissions": Account(pd.Series(rng.uniform(1, 9, len(rows)), index=rows)),
    }


def at_year(values: pd.Series, year: int) -> np.ndarray:
    return values.xs(year, level="year").to_numpy()


def plain_factors(name: str, table, given: dict) -> dict[str, np.ndarray]:
    """Values of all factors in one year, as the literature defines them."""
    G, S = len(table.countries), len(table.sectors)
    n, K = table.n, len(table.categories)
    c, energy = (at_year(given[key].values, table.year) for key in ("emissions", "energy"))
    population = at_year(given["population"], table.year)
    Y = table.Y.reshape(n, G, K)
    F, A = Y.sum(axis=2), table.Z / table.x
    H, P = np.zeros((S, n)), np.zeros((S, G))
    for r in range(n):
        H[r % S] += A[r]
        P[r % S] += F[r]
    PK = sum(Y[o * S : (o + 1) * S] for o in range(G))
    own = {
        "intensity": c / table.x,
        "carbon per energy": c / energy,
        "energy per output": energy / table.x,
        "technology": A,
        "input coefficients": H,
        "origins of inputs": np.array([A[r] / H[r % S] for r in range(n)]),
        "final demand": F,
        "level": F.sum(),
        "distribution": F.sum(axis=0) / F.sum(),
        "mix": F / F.sum(axis=0),
        "origins of final goods": np.array([F[r] / P[r % S] for r in range(n)]),
        "product mix": P / F.sum(axis=0),
        "per-capita level": F.sum(axis=0) / population,
        "affluence": F.sum(axis=0) / population,
        "population": population,
        "categories": Y.sum(axis=0) / F.sum(axis=0)[:, None],
        "basket": PK / F.sum(axis=0)[:, None],
        "origins": np.array([Y[r] / PK[r % S] for r in range(n)]),
    }
    if name == "demand_categories":
        own["mix"] = Y / Y.sum(axis=0)
    return own


def put_together(name: str, f: dict[str, np.ndarray], n: int, S: int):
    """e, A and Y (n × I) of one state."""
    e = f["intensity"]
    if name == "energy_intensity":
        e = f["carbon per energy"] * f["energy per output"]
    A = f["technology"]
    if name == "trade_technology":
        A = np.array([f["input coefficients"][r % S] * f["origins of inputs"][r] for r in range(n)])
    if name == "intensity_structure":
        Y = f["final demand"]
    elif name == "trade_technology":
        mix = np.array([f["product mix"][r % S] * f["origins of final goods"][r] for r in range(n)])
        Y = mix * f["per-capita level"] * f["population"]
    elif name == "demand_categories":
        shares = (f["mix"] * f["categories"]).sum(axis=2)
        Y = shares * f["distribution"] * f["level"]
    elif name == "per head":
        each = np.array([f["basket"][r % S] * f["origins"][r] for r in range(n)])
        Y = each.sum(axis=2) * f["affluence"] * f["population"]
    else:
        Y = f["mix"] * f["distribution"] * f["level"]
    return e, A, Y


def step_of(model: Model, k: str, at: dict, then: dict, ends, n: int, S: int) -> np.ndarray:
    """What factor ``k`` does in one state, by row and driver."""
    G = n // S
    e0, A0, Y0 = put_together(model.name, at, n, S)
    e1, A1, Y1 = put_together(model.name, then, n, S)
    L0, L1 = np.linalg.inv(np.eye(n) - A0), np.linalg.inv(np.eye(n) - A1)
    found = np.zeros((n, G))
    place = next(factor.place for factor in model.factors if factor.name == k)
    for c in range(G):
        if place == "intensity":
            rows = slice(c * S, (c + 1) * S)
            found[rows, c] = ((e1 - e0) * (L0 @ Y0.sum(axis=1)))[rows]
        elif place == "inputs":
            dA = np.zeros((n, n))
            dA[:, c * S : (c + 1) * S] = (A1 - A0)[:, c * S : (c + 1) * S]
            found[:, c] = e0 * (L1 @ dA @ L0 @ Y0.sum(axis=1))
        elif k == "level":
            f0, f1 = ends
            change = f1["level"] * f1["distribution"][c] - f0["level"] * f0["distribution"][c]
            found[:, c] = e0 * (L0 @ (Y0.sum(axis=1) / at["level"])) * change
        else:
            found[:, c] = e0 * (L0 @ (Y1 - Y0)[:, c])
    return found


def by_orderings(model: Model, series: IOSeries, given: dict, orderings) -> list[np.ndarray]:
    """Effects in each ordering, (factors, n, G)."""
    n, S = series[2000].n, len(series.sectors)
    ends = [plain_factors(model.name, series[year], given) for year in (2000, 2001)]
    found, known = [], {}
    for ordering in orderings:
        effects = np.zeros((len(model.names), n, n // S))
        at = {name: ends[0][name] for name in model.names}
        at["technology"] = at.get("technology", ends[0]["technology"])
        at["intensity"] = at.get("intensity", ends[0]["intensity"])
        before: frozenset[str] = frozenset()
        for k in ordering:
            then = at | {k: ends[1][k]}
            if (k, before) not in known:
                known[k, before] = step_of(model, k, at, then, ends, n, S)
            effects[model.names.index(k)] = known[k, before]
            at, before = then, before | {k}
        found.append(effects)
    return found


@pytest.fixture(scope="module")
def world(make_world):
    series, _ = make_world(seed=41, years=(2000, 2001), **SIZE)
    return series, add_variables(series)


def solve(world, model: Model, **options):
    series, given = world
    return decompose(
        series, given["emissions"], model=model, variables=given, accounting="satellite", **options
    )


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_shapley_and_spread_are_those_of_all_orderings(world, model) -> None:
    effects = solve(world, model, method="shapley")
    every = by_orderings(model, *world, permutations(model.names))
    np.testing.assert_allclose(effects.values[0], np.mean(every, axis=0), rtol=1e-9, atol=1e-9)
    by_country = np.array([each.reshape(len(each), 3, 2, 3).sum(axis=(2, 3)) for each in every])
    spread = effects.spread().xs(2001, level="year")
    for statistic, wanted in {
        "mean": by_country.mean(axis=0),
        "min": by_country.min(axis=0),
        "max": by_country.max(axis=0),
        "sd": by_country.std(axis=0),
    }.items():
        ours = spread.xs(statistic, axis=1, level="statistic")[list(model.names)].T
        np.testing.assert_allclose(ours, wanted, rtol=1e-7, atol=1e-7)
    assert effects.residual < 1e-12


def reverse(order):
    return tuple(order)[::-1]


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_methods_are_means_of_their_orderings(world, model) -> None:
    names = model.names
    turned = [names[k:] + names[:k] for k in range(len(names))]
    other = (*names[1::2], *names[::2])
    for options, orderings in (
        ({"sequence": other}, [other]),
        ({"method": "two_polar", "sequence": names}, [names, reverse(names)]),
        ({"method": "mirror_pairs"}, [*turned, *map(reverse, turned)]),
    ):
        effects = solve(world, model, **options)
        wanted = np.mean(by_orderings(model, *world, orderings), axis=0)
        np.testing.assert_allclose(effects.values[0], wanted, rtol=1e-9, atol=1e-9)


def test_two_polar_of_two_factors_is_that_of_the_textbook(make_world) -> None:
    """Miller and Blair (2009), section 13.1: ½ ΔL (f0 + f1) and ½ (L0 + L1) Δf."""
    series, _ = make_world(seed=42, years=(2000, 2001), **SIZE)
    # One kt per unit of output everywhere leaves L and f to change.
    one = Account(
        pd.concat({year: pd.Series(t.x, index=t.index) for year, t in series.items()})
        .rename_axis(["year", "country", "sector"])
        .reorder_levels(["country", "sector", "year"])
    )
    effects = decompose(series, one, model="intensity_structure").by_sector()
    L0, L1 = (np.linalg.inv(np.eye(t.n) - t.Z / t.x) for t in series.values())
    f0, f1 = (table.F.sum(axis=1) for table in series.values())
    total = effects.T.groupby(level="factor").sum().T
    np.testing.assert_allclose(total["technology"], (L1 - L0) @ (f0 + f1) / 2, atol=1e-9)
    np.testing.assert_allclose(total["final demand"], (L0 + L1) @ (f1 - f0) / 2, atol=1e-9)
    assert total["intensity"].abs().max() < 1e-9


def test_multiplicative_effects_multiply_to_the_ratio(world) -> None:
    model = MODELS["trade_technology"]
    given = world[1]["emissions"].values.groupby(level=["country", "year"]).sum()
    ratio = given.xs(2001, level="year") / given.xs(2000, level="year")
    for method in ("two_polar", "shapley"):
        factors = solve(world, model, method=method).multiplicative()
        np.testing.assert_allclose(factors.prod(axis=1), ratio, rtol=1e-10)
    states = solve(world, model).states[0]
    k, last = 1, len(states) - 1
    forward = states[3] / states[1]  # intensity has changed before
    back = states[last & ~1] / states[last & ~3]
    polar = solve(world, model, method="two_polar").multiplicative()[model.names[k]]
    np.testing.assert_allclose(polar, np.sqrt(forward * back), rtol=1e-10)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), model=st.sampled_from(ALL))
def test_swapping_the_periods_turns_signs(make_world, seed, model) -> None:
    series, _ = make_world(seed, (2000, 2001), **SIZE)
    given = add_variables(series, seed)
    swapped = IOSeries(
        {2000: series[2001].replace(year=2000), 2001: series[2000].replace(year=2001)}
    )

    def turn(values):
        if isinstance(values, Account):
            return Account(turn(values.values))
        return values.rename({2000: 2001, 2001: 2000}, level="year").sort_index()

    ours = solve((series, given), model, method="shapley").by_country()
    back = {name: turn(values) for name, values in given.items()}
    theirs = solve((swapped, back), model, method="shapley").by_country()
    sums = [each.T.groupby(level="factor").sum().T for each in (ours, -theirs)]
    np.testing.assert_allclose(*sums, rtol=1e-7, atol=1e-7)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), model=st.sampled_from(ALL), factor=st.floats(0.01, 100))
def test_currency_and_the_order_of_countries_do_not_matter(make_world, seed, model, factor) -> None:
    series, _ = make_world(seed, (2000, 2001), **SIZE)
    given = add_variables(series, seed)
    order = [2, 0, 1]
    rows = np.concatenate([[2 * c, 2 * c + 1] for c in order])

    def shuffle(table):
        return table.replace(
            Z=factor * table.Z[np.ix_(rows, rows)],
            Y=factor * table.Y[np.ix_(rows, rows)],
            countries=tuple(table.countries[c] for c in order),
        )

    other = IOSeries({year: shuffle(table) for year, table in series.items()})
    for method in ("two_polar", "shapley"):
        ours = solve((series, given), model, method=method).by_country().sort_index()
        theirs = solve((other, given), model, method=method).by_country().sort_index()
        pd.testing.assert_frame_equal(ours, theirs, rtol=1e-7, atol=1e-7)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6), model=st.sampled_from(ALL))
def test_merging_two_identical_countries_adds_up(make_world, seed, model) -> None:
    """Two halves of a country that are alike in all are as the country whole."""
    series, _ = make_world(seed, (2000, 2001), countries=2, sectors=2)
    given = add_variables(series, seed)
    halves = {}
    for year, table in series.items():
        # Country 1 becomes 1 and 2: each takes half of every row and column.
        part = np.array([0, 1, 2, 3, 2, 3])
        rows = np.array([1, 1, 0.5, 0.5, 0.5, 0.5])
        uses, cols = np.array([0, 1, 2, 3, 2, 3]), np.array([1, 1, 0.5, 0.5, 0.5, 0.5])
        halves[year] = table.replace(
            Z=table.Z[np.ix_(part, part)] * rows[:, None] * rows,
            Y=table.Y[np.ix_(part, uses)] * rows[:, None] * cols,
            countries=("AUS", "BRA", "CHN"),
        )

    def halve(values):
        if isinstance(values, Account):
            return Account(halve(values.values))
        whole = values.copy()
        whole.loc["BRA"] = (values.loc["BRA"] / 2).to_numpy()
        china = whole[whole.index.get_level_values("country") == "BRA"]
        return pd.concat([whole, china.rename({"BRA": "CHN"}, level="country")])

    effects = solve((series, given), model, method="shapley")
    halved = {name: halve(values) for name, values in given.items()}
    cut = solve((IOSeries(halves), halved), model, method="shapley")
    for factor in model.names:
        whole = effects.bilateral(factor, 2001)
        apart = cut.bilateral(factor, 2001)
        apart = apart.rename({"CHN": "BRA"}).groupby(level=0).sum()
        apart = apart.rename({"CHN": "BRA"}, axis=1).T.groupby(level=0).sum().T
        np.testing.assert_allclose(apart, whole, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_sectors_that_appear_vanish_or_are_idle_are_carried(make_world, model) -> None:
    series, _ = make_world(seed=44, years=(2000, 2001), **SIZE)
    given = add_variables(series)
    tables = dict(series)
    account, energy = (given[name].values.copy() for name in ("emissions", "energy"))
    for year, idle in ((2000, [0, 5]), (2001, [3, 5])):
        Z, Y = tables[year].Z.copy(), tables[year].Y.copy()
        Z[idle], Y[idle], Z[:, idle] = 0, 0, 0
        Z[::2, 1] = 0  # one product is no input here
        Y[1::2, 2:4] = 0  # nor that one final demand of BRA
        tables[year] = tables[year].replace(Z=Z, Y=Y)
        for row in idle:
            for values in (account, energy):
                values[(*tables[year].index[row], year)] = 0
    given |= {"emissions": Account(account), "energy": Account(energy)}
    for method in ("two_polar", "shapley", "mirror_pairs"):
        effects = solve((IOSeries(tables), given), model, method=method)
        assert effects.residual < 1e-12
        assert np.isfinite(effects.values).all()


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_negative_inventories_are_carried(make_world, model) -> None:
    series, _ = make_world(seed=45, years=(2000, 2001), **SIZE)
    tables = {}
    for year, table in series.items():
        Y = table.Y.copy()
        Y[:, 1::2] *= np.linspace(-0.3, 0.4, table.n)[:, None]
        tables[year] = table.replace(Y=Y)
    effects = solve((IOSeries(tables), add_variables(series)), model, method="shapley")
    assert effects.residual < 1e-12


@pytest.mark.parametrize("model", ["trade_technology", "dong2022"])
def test_single_precision(make_world, model) -> None:
    series, _ = make_world(seed=46, years=(2000, 2001, 2002), countries=4, sectors=6)
    given = add_variables(series)
    narrow = IOSeries(
        {y: t.replace(Z=t.Z.astype("float32"), Y=t.Y.astype("float32")) for y, t in series.items()}
    )
    wide = IOSeries(
        {y: t.replace(Z=t.Z.astype(float), Y=t.Y.astype(float)) for y, t in narrow.items()}
    )
    options = {"model": MODELS[model], "method": "shapley"}
    ours, theirs = (solve((each, given), **options) for each in (narrow, wide))
    scale = np.abs(theirs.values).max()
    np.testing.assert_allclose(ours.values, theirs.values, rtol=0, atol=1e-6 * scale)
    assert ours.residual < 1e-12
    assert ours.solve_residuals.max() < 1e-14


@pytest.mark.parametrize("model", ["intensity_structure", "demand_categories"])
def test_a_carbon_table_of_other_models(world, model) -> None:
    series, given = world
    effects = decompose(series, given["emissions"], model=model, accounting="carbon_table")
    assert "intensity" not in effects.factors
    assert effects.residual < 1e-12
    forth, back = (
        decompose(
            series, given["emissions"], model=model, accounting="carbon_table", sequence=order
        )
        for order in (effects.factors, effects.factors[::-1])
    )
    np.testing.assert_allclose(effects.values, (forth.values + back.values) / 2, atol=1e-9)


def test_what_a_model_lacks_is_named(world, make_world) -> None:
    series, given = world
    account = given["emissions"]
    with pytest.raises(ArgumentError, match="needs the variable 'population'"):
        decompose(series, account, model="trade_technology")
    short = given["population"].drop(("AUS", 2001))
    with pytest.raises(ArgumentError, match="no number above zero for AUS 2001"):
        decompose(series, account, model="trade_technology", variables={"population": short})
    twice = pd.concat([given["population"], short])
    with pytest.raises(ArgumentError, match="two numbers for AUS 2000"):
        decompose(series, account, model="trade_technology", variables={"population": twice})
    with pytest.raises(ArgumentError, match="is a Series indexed"):
        decompose(series, account, model="trade_technology", variables={"population": [1.0]})
    with pytest.raises(ArgumentError, match="needs accounting='satellite'"):
        decompose(series, account, model="trade_technology", accounting="carbon_table")
    with pytest.raises(ArgumentError, match=r"'dong2022'.*not 'dong'"):
        decompose(series, account, model="dong")
    with pytest.raises(ArgumentError, match="names every factor once"):
        decompose(series, account, sequence=["technology"])
    order = ["level", "mix", "distribution", "technology"]
    with pytest.raises(ArgumentError, match="give method or sequence"):
        decompose(series, account, method="shapley", sequence=order)
    with pytest.raises(ArgumentError, match="method is 'two_polar'"):
        decompose(series, account, method="polar")
    energy = given["energy"].values.copy()
    energy["BRA", "s2", 2000] = 0
    with pytest.raises(EmissionsError, match=r"2000 have emissions and no energy, .* BRA s2"):
        decompose(series, account, model="energy_intensity", variables={"energy": Account(energy)})


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ([("t", "inputs", "row"), ("e", "intensity", "emissions / output")], "demand.*none"),
        (
            [("y", "demand", "row / country"), ("t", "inputs", "row")],
            "no chain of ratios from a total without denominator",
        ),
        (
            [("y", "demand", "row"), ("t", "inputs", "row / product")],
            "factors of inputs",
        ),
        (
            [("y", "demand", "row"), ("t", "inputs", "row"), ("e", "intensity", "emissions")],
            "factors of intensity",
        ),
        ([("y", "demand", "row"), ("y", "inputs", "row")], "two factors of one name"),
        ([("y", "somewhere", "row")], "is in one of"),
        (
            [
                ("p", "demand", "population"),
                ("f", "demand", "world / population"),
                ("y", "demand", "row / world"),
                ("t", "inputs", "row"),
            ],
            "world total in model 'own' has a denominator",
        ),
        (
            [
                ("y", "demand", "row / energy"),
                ("g", "demand", "energy"),
                ("t", "inputs", "row"),
                ("e", "intensity", "energy / output"),
                ("c", "intensity", "emissions / energy"),
            ],
            "variable 'energy' of model 'own' is by country",
        ),
        ([("y", "demand", "row / a / b")], "is 'total' or 'total / coarser total'"),
    ],
)
def test_a_model_that_is_no_equation_is_refused(factors, message) -> None:
    with pytest.raises(ArgumentError, match=message):
        Model("own", [Factor(*each) for each in factors])


@pytest.mark.parametrize("model", [MODELS["trade_technology"], PER_HEAD], ids=lambda m: m.name)
@pytest.mark.parametrize("left", [0.0, 1e-3])
def test_what_cancels_out_over_origins_is_carried_as_mix(make_world, model, left) -> None:
    series, _ = make_world(seed=47, years=(2000, 2001), **SIZE)
    Y, Z = series[2001].Y.copy(), series[2001].Z.copy()
    Y[::2, 2:4] = 0
    Y[0, 2], Y[2, 2] = 5.0 + left, -5.0  # s1 in BRA
    Z[::2, 5] = 0
    Z[0, 5], Z[2, 5] = 1.0 + left, -1.0
    tables = {2000: series[2000], 2001: series[2001].replace(Y=Y, Z=Z)}
    given = add_variables(series)
    with pytest.warns(IoeconWarning, match=r"cancel out in 1 places of 2001, the first") as caught:
        effects = solve((IOSeries(tables), given), model, method="shapley")
    said = " ".join(str(each.message) for each in caught)
    mix = "product mix" if model.name == "trade_technology" else "basket"
    assert f"the first BRA s1: no shares describe it, so all of its change counts as {mix}" in said
    assert ("s1 into CHN s2" in said) == (model.name == "trade_technology")
    assert effects.residual < 1e-12
    # No share is larger than what it is a share of: nothing explodes.
    assert np.abs(effects.values).max() < 100
    assert solve((IOSeries(tables), given), MODELS["dong2022"]).residual < 1e-12


def test_shapley_of_the_carbon_table(make_world) -> None:
    """Mean over the 24 orderings of the four factors of a table of emissions."""
    series, emissions = make_world(seed=48, years=(2000, 2001), **SIZE)
    mean = np.mean(
        [
            decompose(series, emissions, sequence=order).values
            for order in permutations(("technology", "level", "mix", "distribution"))
        ],
        axis=0,
    )
    effects = decompose(series, emissions, method="shapley")
    assert effects.accounting == "carbon_table"
    np.testing.assert_allclose(effects.values, mean, rtol=1e-9, atol=1e-9)
    assert "dong2022, shapley, carbon_table" in str(effects)
    nested = product(("dong2022",), (None, "two_polar"))
    for model, method in nested:
        np.testing.assert_array_equal(
            decompose(series, emissions, model=model, method=method).values,
            ioecon.decompose(series, emissions).values,
        )
