"""The fictional world: balanced, believable, the same every time, and true to its equations."""

import pickle
import subprocess
import sys
from functools import cache

import numpy as np
import pandas as pd
import pytest

import ioecon
import regressions
from ioecon.countries import _load_converter
from ioecon.datasets.world import POOLED_LIMIT, World, load_world
from ioecon.datasets.world_draws import bounded_normal, stream
from ioecon.datasets.world_teaching import LESSONS, teaching_frame
from ioecon.errors import IoeconError

SEEDS = range(100, 112)


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


@pytest.fixture(scope="module")
def panel(world: World) -> pd.DataFrame:
    return ioecon.build_panel(world.series, world.emissions, world.controls, groups=world.groups)


@cache
def true_panel(seed: int) -> pd.DataFrame:
    return load_world(seed=seed).truth.panel


def by_country(values: np.ndarray, world: World) -> np.ndarray:
    return values.reshape(len(world.series.countries), len(world.series.sectors)).sum(axis=1)


# --- tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("year", range(2000, 2010))
def test_every_table_balances_and_has_nothing_to_report(world: World, year: int) -> None:
    table = world.series[year]
    assert table.n == 31 * 12
    assert table.Z.min() >= 0
    assert table.Y.min() > 0
    np.testing.assert_array_equal(table.x, table.Z.sum(axis=1) + table.Y.sum(axis=1))
    value_added = table.x - table.Z.sum(axis=0)
    assert table.primary_inputs is not None
    np.testing.assert_allclose(table.primary_inputs[0], value_added, rtol=1e-9)
    assert (value_added / table.x).min() > 0.2
    assert not table.audit().findings
    assert table.leontief().is_productive()


def test_world_value_added_is_world_final_demand_and_trade_nearly_balances(world: World) -> None:
    for year in world.series.years:
        table = world.series[year]
        added = by_country(table.x - table.Z.sum(axis=0), world)
        spent = table.F.sum(axis=0)
        assert added.sum() == pytest.approx(spent.sum(), rel=1e-12)
        assert np.abs(1 - spent / added).max() < 0.20


def test_orders_of_magnitude_are_those_of_the_real_world(world: World) -> None:
    output = {year: world.series[year].x.sum() / 1e6 for year in world.series.years}
    emissions = world.emissions.groupby(level="year").sum() / 1e6
    assert 60 < min(output.values()) < max(output.values()) < 120
    assert 25 < emissions.min() < emissions.max() < 32
    assert output[2009] < output[2008]
    assert emissions[2009] < emissions[2008]
    assert output[2008] > 1.4 * output[2000]

    income = world.controls["gdp_pc"].groupby(level="country").mean()
    developed = world.groups["developed"]
    assert income[developed].min() > 15_000
    assert income[~developed].max() < 10_000
    assert income.min() > 500
    assert 3e9 < world.population.xs(2000, level="year").sum() < 7e9
    assert world.controls["urban"].between(30, 100).all()
    assert world.controls["alt_nuclear"].between(0, 40).all()
    assert world.controls["elec_pc"].between(500, 15_000).all()
    assert world.controls["energy_per_gdp"].between(60, 300).all()


def test_buyers_prefer_home_and_neighbours(world: World) -> None:
    table = world.series[2000]
    trade = table.F + table.Z.reshape(table.n, 31, 12).sum(axis=2)
    trade = trade.reshape(31, 12, 31).sum(axis=1)
    home = np.diag(trade) / trade.sum(axis=0)
    assert 0.6 < home.min() < home.max() < 0.95
    exports = trade.sum(axis=1) - np.diag(trade)
    gdp = by_country(table.x - table.Z.sum(axis=0), world)
    assert 0.15 < (exports / gdp).min() < (exports / gdp).max() < 0.70
    codes = world.series.countries
    far, near = codes.index("XBN"), codes.index("XDM")
    buyer = codes.index("XCV")
    share = trade[:, buyer] / gdp
    assert share[near] > 3 * share[far]


def test_electricity_and_developing_countries_are_carbon_intensive(world: World) -> None:
    table = world.series[2000]
    intensity = world.account.values.xs(2000, level="year") / pd.Series(table.x, table.index)
    assert intensity.groupby(level="sector").median().idxmax() == "ELE"
    national = world.emissions.xs(2000, level="year") / pd.Series(
        by_country(table.x, world), world.series.countries
    )
    developed = world.groups["developed"]
    national = national[world.groups.index]
    assert national[~developed].min() > national[developed].max()
    assert 0.1 < national.min() < national.max() < 1.5


def test_account_adds_up_to_the_national_totals(world: World) -> None:
    totals = world.account.values.groupby(level=["country", "year"], sort=False).sum()
    pd.testing.assert_series_equal(totals, world.emissions, check_names=False)
    assert world.emissions.attrs["unit"] == "kt"


def test_no_code_belongs_to_a_real_country(world: World) -> None:
    codes = set(world.groups.index)
    assert all(code.startswith("X") and len(code) == 3 for code in codes)
    assert not codes & set(_load_converter().data["ISO3"])
    names = {str(name).lower() for name in _load_converter().data["name_short"]}
    assert not names & set(world.names.str.lower())
    assert world.names.is_unique


def test_both_groups_are_large_enough_to_split_by(world: World) -> None:
    sizes = world.groups["developed"].value_counts()
    assert sizes.min() >= 10
    assert list(world.groups.index) == [code for code in world.series.countries if code != "ROW"]


# --- same every time ------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    again = load_world()
    for year in world.series.years:
        np.testing.assert_array_equal(again.series[year].Z, world.series[year].Z)
        np.testing.assert_array_equal(again.series[year].Y, world.series[year].Y)
    pd.testing.assert_series_equal(again.emissions, world.emissions)
    pd.testing.assert_frame_equal(again.controls, world.controls)
    pd.testing.assert_frame_equal(again.teaching, world.teaching)
    pd.testing.assert_frame_equal(again.truth.panel, world.truth.panel)


def test_another_seed_gives_another_world_with_the_same_countries(world: World) -> None:
    other = load_world(seed=5)
    assert other.series.countries == world.series.countries
    assert not np.allclose(other.series[2009].Z, world.series[2009].Z, rtol=0.01)
    pd.testing.assert_series_equal(other.population, world.population)


def test_the_default_world_stays_what_it_is(world: World) -> None:
    """Published numbers of teaching material: these values hold on every machine."""
    last = world.series[2009]
    found = {
        "inputs": last.Z.sum(),
        "exports": last.F[:12, 1:].sum(),
        "output": last.x[100],
        "emissions": world.emissions["XTB", 2009],
        "income": world.controls.loc[("XAD", 2009), "gdp_pc"],
        "lesson": world.teaching["y_ar1"].sum(),
    }
    assert found == pytest.approx(ANCHORS, rel=1e-9)


ANCHORS = {
    "inputs": 54066277.52017827,
    "exports": 680960.9618804362,
    "output": 329215.07427420386,
    "emissions": 644420.0067330482,
    "income": 34692.73273951306,
    "lesson": 628.6129458670085,
}


def test_fewer_years_are_cut_from_the_same_world(world: World) -> None:
    part = load_world(years=range(2003, 2007))
    assert part.series.years == (2003, 2004, 2005, 2006)
    np.testing.assert_array_equal(part.series[2005].Y, world.series[2005].Y)
    assert part.emissions.index.unique("year").tolist() == [2003, 2004, 2005, 2006]
    for frame in (part.truth.panel, part.truth.transfer, part.teaching, part.truth.errors):
        assert frame.index.unique("year").tolist() == [2004, 2005, 2006]
    built = ioecon.build_panel(part.series, part.emissions, part.controls)
    np.testing.assert_allclose(built["ln_ddfc"], part.truth.panel["ln_ddfc"], atol=1e-8)


def test_draws_are_bounded_with_the_stated_spread() -> None:
    draws = bounded_normal(stream(3, "test"), 200_000, sd=1.5, bound=2.0)
    assert draws.std() == pytest.approx(1.5, rel=0.01)
    assert draws.mean() == pytest.approx(0, abs=0.02)
    assert np.abs(draws).max() < 2.0 * 1.5 / 0.87
    assert not np.array_equal(stream(3, "test").random(3), stream(3, "other").random(3))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"years": [2001, 2003]}, "consecutive"),
        ({"years": []}, "consecutive"),
        ({"years": range(1999, 2003)}, "2000 to 2009, not 1999 to 2002"),
        ({"seed": -1}, "not -1"),
    ],
)
def test_what_cannot_be_made_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(IoeconError, match=message):
        load_world(**arguments)  # type: ignore[arg-type]


def test_loading_needs_neither_figures_nor_regressions() -> None:
    code = (
        "import sys; from ioecon.datasets import load_world; load_world(); "
        "heavy = {'matplotlib', 'linearmodels', 'statsmodels'} & set(sys.modules); "
        "print(*heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


# --- truth ------------------------------------------------------------------------------------


def test_transfer_index_finds_the_drawn_differentials(world: World) -> None:
    found = ioecon.transfer_index(world.series).by_sector()
    drawn = world.truth.transfer
    columns = ["growth", "world_growth", "iti"]
    pd.testing.assert_frame_equal(
        found.loc[drawn.index, columns], drawn[columns], rtol=0, atol=1e-12
    )


def test_industry_moves_to_developing_countries(world: World) -> None:
    drawn = world.truth.transfer["iti"].drop("ROW", level="country")
    developed = drawn.index.get_level_values("country").map(world.groups["developed"])
    moving = drawn.index.get_level_values("sector").isin(["TEX", "CHE", "MET", "MAC"])
    gap = (
        drawn[~developed].groupby(moving[~developed]).mean()
        - drawn[developed].groupby(moving[developed]).mean()
    )
    # Means of the process: 0.016 + 0.008, and 0.012 + 0.008 more for industry.
    assert gap[False] == pytest.approx(0.024, abs=0.012)
    assert gap[True] - gap[False] == pytest.approx(0.020, abs=0.006)


@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
def test_effects_add_up_to_the_change_in_emissions(world: World, accounting: str) -> None:
    effects = ioecon.decompose(world.series, world.emissions, accounting=accounting)
    change = world.emissions.groupby(level="country").diff().dropna()
    total = effects.by_country().sum(axis=1)
    np.testing.assert_allclose(total[change.index], change, rtol=0, atol=1e-8 * change.abs().max())


def test_the_panel_of_the_tables_is_the_panel_of_the_truth(
    world: World, panel: pd.DataFrame
) -> None:
    drawn = world.truth.panel
    assert len(panel) == 270
    assert not panel.isna().any().any()
    assert panel.index.equals(drawn.index)
    np.testing.assert_allclose(panel["ddfc"], drawn["ddfc"], rtol=1e-8)
    for name in drawn.columns:
        np.testing.assert_allclose(panel[name], drawn[name], atol=1e-8, rtol=1e-8, err_msg=name)


def test_the_outcome_equation_holds_without_residual(world: World, panel: pd.DataFrame) -> None:
    truth = world.truth
    slopes = truth.coefficients.drop("Intercept")
    right = (
        truth.coefficients["Intercept"]
        + panel[list(slopes.index)] @ slopes
        + truth.country_effects.reindex(panel.index, level="country")
        + truth.year_effects.reindex(panel.index, level="year")
        + truth.errors
    )
    np.testing.assert_allclose(panel["ln_ddfc"], right, atol=1e-8)


def test_two_way_estimates_of_the_default_world_are_near_the_truth(
    world: World, panel: pd.DataFrame
) -> None:
    model = regressions.fit(world.truth.formula, panel, estimator="fixed", effects="twoway")
    table = world.truth.compare(model)
    assert list(table.index) == list(world.truth.coefficients.index)
    assert table["distance"].drop("Intercept").abs().max() < 3
    residual_sd = np.sqrt((model.resids**2).sum() / model.df_resid)
    assert residual_sd == pytest.approx(world.truth.sigma_e, rel=0.15)


def within(frame: pd.DataFrame) -> pd.DataFrame:
    """Deviations from country and year means of a balanced panel."""
    by = [frame.groupby(level=level).transform("mean") for level in ("country", "year")]
    return frame - by[0] - by[1] + frame.mean()


def slopes(frame: pd.DataFrame, outcome: str, names: list[str]) -> np.ndarray:
    return np.linalg.lstsq(frame[names].to_numpy(), frame[outcome].to_numpy(), rcond=None)[0]


def test_confidence_intervals_cover_the_truth_as_often_as_they_say(world: World) -> None:
    true = world.truth.coefficients.drop("Intercept")
    names = list(true.index)
    outside = 0
    for seed in SEEDS:
        frame = within(true_panel(seed)[["ln_ddfc", *names]])
        estimate = slopes(frame, "ln_ddfc", names)
        residual = frame["ln_ddfc"].to_numpy() - frame[names].to_numpy() @ estimate
        variance = residual @ residual / (270 - 30 - 8 - len(names))
        X = frame[names].to_numpy()
        errors = np.sqrt(variance * np.diag(np.linalg.inv(X.T @ X)))
        outside += int((np.abs(estimate - true.to_numpy()) > 1.96 * errors).sum())
    # 72 intervals at 95 %: 3.6 expected outside; more than 10 has probability 0.001.
    assert outside <= 10


def test_pooled_estimates_without_year_effects_end_up_at_the_stated_limit(world: World) -> None:
    names = [name for name in POOLED_LIMIT if name != "Intercept"]
    estimates = []
    for seed in SEEDS:
        frame = true_panel(seed).assign(Intercept=1.0)
        estimates.append(slopes(frame, "ln_ddfc", ["Intercept", *names]))
    found = np.array(estimates)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    limit = np.array([POOLED_LIMIT[name] for name in ["Intercept", *names]])
    assert (np.abs(found.mean(axis=0) - limit) < 4.5 * error).all()
    income = names.index("d_gdp_pc") + 1
    assert abs(limit[income] - world.truth.coefficients["d_gdp_pc"]) > 10 * error[income]


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_lessons_are_true(lesson) -> None:  # type: ignore[no-untyped-def]
    codes, years = [f"X{i:02d}" for i in range(30)], tuple(range(2001, 2010))
    names = ["x1", "x2"]
    pooled, fixed = [], []
    for seed in range(80):
        frame = teaching_frame(seed, codes, years)[[*names, lesson.column]]
        pooled.append(slopes(frame.assign(Intercept=1.0), lesson.column, ["Intercept", *names]))
        fixed.append(slopes(within(frame), lesson.column, names))
    for found, target in (
        (np.array(pooled), [lesson.pooled_limit[name] for name in ["Intercept", *names]]),
        (np.array(fixed), [lesson.coefficients[name] for name in names]),
    ):
        error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
        assert (np.abs(found.mean(axis=0) - target) < 4 * error).all()
    assert ("pooled" in lesson.consistent) == (lesson.pooled_limit == lesson.coefficients)


def test_regressors_of_the_lessons_inflate_each_others_variance_twofold() -> None:
    codes = [f"X{i:03d}" for i in range(900)]
    frame = teaching_frame(1, codes, tuple(range(2001, 2010)))
    correlation = np.corrcoef(frame["x1"], frame["x2"])[0, 1]
    assert 1 / (1 - correlation**2) == pytest.approx(2, rel=0.05)


def test_truth_compares_with_any_estimates_and_says_what_it_does_not_know(world: World) -> None:
    model = regressions.fit("y_re ~ x1 + x2", world.teaching, estimator="random")
    table = world.truth.compare(model, "y_re")
    assert table.loc["x2", "truth"] == -0.5
    assert table["distance"].abs().max() < 3
    with pytest.raises(IoeconError, match="choose ln_ddfc or y_pooled"):
        world.truth.compare(model, "y")


def test_world_and_truth_describe_themselves(world: World) -> None:
    assert "16 developed, 14 developing" in world.summary()
    assert "ln_iti -0.12" in world.truth.summary()
    assert world.truth.summary() in world.truth._repr_html_()
    assert "Fictional world" in repr(world)
    assert list(world.truth.to_frame().columns) == ["truth", "pooled_limit"]


def test_world_is_pickled_by_its_seed() -> None:
    world = ioecon.datasets.load_world(seed=7, years=range(2003, 2006))
    back = pickle.loads(pickle.dumps(world))
    assert back.series.years == world.series.years
    np.testing.assert_array_equal(back.series[2005].Z, world.series[2005].Z)
    pd.testing.assert_series_equal(back.emissions, world.emissions)
