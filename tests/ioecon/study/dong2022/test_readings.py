"""All sums of effects in the place of the published outcome: the same as fits one by one."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import regressions
from ioecon.panel.outcomes import PAPER_OUTCOMES, sum_outcomes
from ioecon.study import StudyResults, load_study
from ioecon.study.dong2022.comparison_words import statements_on
from ioecon.study.dong2022.published import published_regressions
from ioecon.study.dong2022.readings import (
    FACTORS,
    Readings,
    compare_readings,
    count_shared_rows,
    is_near_the_paper,
)
from ioecon.study.dong2022.readings_tables import readings_statements, readings_tables
from ioecon.study.dong2022.wording import WORDS
from ioecon.study.models.estimation import estimate_table
from ioecon.transforms import signed_log
from regressions import FittedModel

COUNTRIES = ("AUS", "AUT", "BRA", "CHN", "DEU", "IDN", "IND", "JPN", "MEX", "USA")
COLUMNS = pd.MultiIndex.from_product([FACTORS, ["domestic", "foreign"]])
REGRESSORS = (
    "ln_iti", "ln_iti_foreign", "d_urban", "d_elec_pc", "d_alt_nuclear", "d_energy_per_gdp",
    "d_gdp_pc",
)  # fmt: skip


@pytest.fixture(scope="module")
def effects() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    index = pd.MultiIndex.from_product(
        [[*COUNTRIES, "ROW"], range(2001, 2006)], names=["country", "year"]
    )
    values = rng.normal(scale=1e4, size=(len(index), len(COLUMNS)))
    return pd.DataFrame(values, index, COLUMNS)


@pytest.fixture(scope="module")
def panel(effects: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    rows = effects.index[effects.index.get_level_values("country") != "ROW"]
    frame = sum_outcomes(effects, PAPER_OUTCOMES).reindex(rows)
    for name in PAPER_OUTCOMES:
        frame[f"ln_{name}"] = signed_log(frame[name])
    for name in REGRESSORS:
        frame[name] = rng.normal(size=len(rows))
    rich = ["AUS", "AUT", "DEU", "JPN", "USA"]
    frame["developed"] = frame.index.get_level_values("country").isin(rich)
    return frame


@pytest.fixture(scope="module")
def models(
    panel: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[FittedModel, ...]]:
    file = tmp_path_factory.mktemp("study") / "s.toml"
    file.write_text('preset = "dong2022"', encoding="utf-8")
    tables = load_study(file).regressions
    return {table.key: estimate_table(table, panel, WORDS) for table in tables}


@pytest.fixture(scope="module")
def readings(effects, panel, models) -> Readings:
    found = compare_readings(effects, panel, models)
    assert found is not None
    return found


def test_every_sum_stands_once_in_every_table(readings: Readings) -> None:
    wanted = {choice for choice in product(["", "domestic", "foreign", "both"], repeat=4)}
    wanted -= {("", "", "", "")}
    assert readings.tables == ("3", "4", "5", "6", "7", "8", "3, 6, 7, 8")
    for _, rows in readings.ranking.groupby("table"):
        assert len(rows) == 255 == rows["reading"].nunique()
        assert {*rows[[*FACTORS]].itertuples(index=False, name=None)} == wanted
        assert [*rows["rank"]] == [*range(1, 256)]
        assert rows["distance"].is_monotonic_increasing
        assert rows["literal"].sum() == 1
    counts = readings.ranking.groupby("table")["coefficients"].first()
    assert counts.to_dict() == {
        "3": 23, "4": 19, "5": 19, "6": 16, "7": 16, "8": 17, "3, 6, 7, 8": 72,
    }  # fmt: skip


@pytest.mark.parametrize("number", range(3, 9))
@pytest.mark.parametrize("place", [0, 100, 254])
def test_a_reading_is_what_fits_one_by_one_say(
    effects, panel, models, readings: Readings, number: int, place: int
) -> None:
    row = readings.closest(str(number), 255).iloc[place]
    outcome = sum(
        effects[(factor, origin)]
        for factor in FACTORS
        for origin in ("domestic", "foreign")
        if row[factor] in (origin, "both")
    )
    data = panel.assign(y=np.sign(outcome) * np.log(np.abs(outcome)))
    if number in (6, 7):
        data = data.loc[data["developed"] == (number == 6)]
    lines = published_regressions()
    lines = lines.loc[lines["table"].eq(number) & lines["regressor"].ne("R2")]
    misses = []
    for column, printed in lines.groupby("column"):
        names = [name for name in printed["regressor"] if name != "Intercept"]
        params = regressions.fit(f"y ~ {' + '.join(names)}", data).params
        for line in printed.itertuples():
            misses.append((params[line.regressor] - line.estimate) / line.std_error)
        assert row[f"interest_{column}"] == pytest.approx(params.iloc[1], rel=1e-8)
    assert row["distance"] == pytest.approx(np.sqrt(np.mean(np.square(misses))), rel=1e-10)
    assert row["nobs"] == len(data)
    moments = [data["y"].mean(), data["y"].std(), data["y"].min(), data["y"].max()]
    assert [*row[["mean", "sd", "min", "max"]]] == pytest.approx(moments)


def test_the_literal_reading_is_that_of_the_tables(models, readings: Readings) -> None:
    literal = readings.coefficients.set_index(["table", "column", "regressor"])
    assert len(literal) == 110
    for (table, column, name), row in literal.iterrows():
        model = models[f"table{table}"][column - 1]
        assert row["literal"] == pytest.approx(model.params[name], rel=1e-8)
        assert row["literal_se"] == pytest.approx(model.std_errors[name], rel=1e-8)
    assert readings.literal("5")[[*FACTORS]].tolist() == ["foreign"] * 4
    assert readings.literal("4")["reading"] == "foreign technology"


def test_the_shared_outcome_is_ranked_over_its_tables(readings: Readings) -> None:
    squares = 0.0
    for table in ("3", "6", "7", "8"):
        rows = readings.closest(table, 255).set_index("reading")
        squares = squares + rows["distance"] ** 2 * rows["coefficients"]
    together = readings.closest("3, 6, 7, 8", 255).set_index("reading")
    wanted = np.sqrt(squares / 72)
    pd.testing.assert_series_equal(
        together["distance"], wanted[together.index], rtol=1e-12, check_names=False
    )
    whole = readings.closest("3", 255).set_index("reading")
    assert together["mean"].equals(whole["mean"][together.index])


def test_an_outcome_that_is_a_reading_is_found(effects, panel, models, monkeypatch) -> None:
    lines = published_regressions().set_index(["table", "column", "regressor"])
    chosen = effects["mix"].sum(axis=1) + effects[("level", "domestic")]
    data = panel.assign(y=signed_log(chosen)[panel.index])
    for column, model in enumerate(models["table3"], start=1):
        params = regressions.fit(f"y ~ {' + '.join(model.slopes)}", data).params
        for name, value in params.items():
            lines.loc[(3, column, name), "estimate"] = value
    lines = lines.reset_index()
    monkeypatch.setattr("ioecon.study.dong2022.readings.published_regressions", lambda: lines)
    found = compare_readings(effects, panel, {"table3": models["table3"]})
    assert found is not None
    first, second = (row for _, row in found.closest("3", 2).iterrows())
    assert first["reading"] == "domestic level + mix"
    assert first["distance"] == pytest.approx(0, abs=1e-9)
    assert second["distance"] > 0.01


def test_columns_with_other_regressors_are_left_out(effects, panel, models) -> None:
    other = (models["table3"][0], models["table8"][0], *models["table3"][2:])
    found = compare_readings(effects, panel, {"table3": other})
    assert found is not None
    assert found.tables == ("3",)
    assert found.ranking["coefficients"].eq(20).all()  # 23 less the 3 of column 2
    assert "interest_2" not in found.ranking.columns
    assert compare_readings(effects, panel, {"table3": (models["table8"][0],)}) is None
    assert compare_readings(effects, panel, {}) is None


@pytest.mark.parametrize(
    ("countries", "years", "shared"),
    [
        (("DEU", "CHE", "TWN", "ROW"), range(2000, 2012), 18),
        (("ARG", "XAM"), range(2001, 2010), 0),
        (("DEU",), range(1995, 2001), 0),
    ],
)
def test_rows_of_the_paper_are_counted(countries, years, shared: int) -> None:
    index = pd.MultiIndex.from_product([countries, years], names=["country", "year"])
    panel = pd.DataFrame(index=index)
    assert count_shared_rows(panel) == shared
    assert not is_near_the_paper(panel)


def test_tables_show_published_literal_and_closest(readings: Readings) -> None:
    tables = readings_tables(readings, {"ln_iti": "ln(ITI)"})
    text = tables["readings"].to_markdown()
    assert text.count("| published |") == 7
    assert text.count("literal:") >= 7
    assert "-3.203" in text
    assert "ln(ITI)" in tables["readings_coefficients"].to_markdown()
    statements = " ".join(readings_statements(readings))
    assert "evidence and not proof" in statements
    assert "The panel has 50 of the paper's 378 rows." in statements


def test_the_embedded_world_has_no_readings(world_results: StudyResults) -> None:
    assert world_results.readings is None
    assert "readings" not in world_results.tables
    assert not (Path(world_results.folder) / "readings.csv").exists()


def test_an_outcome_read_otherwise_is_told(world_results: StudyResults) -> None:
    comparison = world_results.comparison
    assert comparison is not None
    outcomes = {**PAPER_OUTCOMES, "ddfc": PAPER_OUTCOMES["dtfc"]}
    statements = statements_on(
        comparison.descriptives, comparison.implied, comparison.coefficients,
        world_results.panel, None, outcomes, fictional=False,
    )  # fmt: skip
    assert any(
        "The outcome ddfc of this study is foreign technology; the paper's equations say "
        "foreign level, mix and distribution." in text
        for text in statements
    )
    assert not any("differ: ln(ΔDfC)" in text for text in statements)
