"""The paper's numbers: the preset has its layout, and what they imply is right."""

from pathlib import Path

import pandas as pd
import pytest

import regressions
from ioecon.study import StudyResults, load_study
from ioecon.study.dong2022.comparison import compare_with_published
from ioecon.study.dong2022.published import (
    implied_moments,
    published_descriptives,
    published_regressions,
)


def test_the_preset_has_every_column_as_printed(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text('preset = "dong2022"')
    tables = {table.key: table for table in load_study(file).regressions}
    printed = published_regressions()
    printed = printed.loc[~printed["regressor"].isin(["R2", "Intercept"])]
    seen = 0
    for (number, column), rows in printed.groupby(["table", "column"]):
        table = tables[f"table{number}"]
        assert set(table.columns[column - 1].split(" + ")) == set(rows["regressor"])
        assert table.dependent == rows["dependent"].iloc[0]
        seen += 1
    assert seen == sum(len(table.columns) for table in tables.values()) == 29


def test_every_printed_name_is_known() -> None:
    printed = published_regressions()
    assert printed["dependent"].notna().all()
    assert set(printed["regressor"]) == {
        "ln_iti", "ln_iti_foreign", "d_gdp_pc", "d_urban", "d_alt_nuclear", "d_elec_pc",
        "d_energy_per_gdp", "Intercept", "R2",
    }  # fmt: skip


def test_implied_moments_agree_where_the_paper_prints_them() -> None:
    # Table 3, column 1 implies the moments of ln(ΔDfC) that table 2 prints.
    lines = published_regressions().set_index(["table", "column", "regressor"])
    printed = published_descriptives()
    x, slope = printed.loc["ln_iti"], lines.loc[(3, 1, "ln_iti")]
    constant = lines.loc[(3, 1, "Intercept"), "estimate"]
    mean = constant + slope["estimate"] * x["mean"]
    assert mean == pytest.approx(printed.loc["ln_ddfc", "mean"], abs=0.001)
    assert implied_moments().loc["ln_dtfc", "sd"] == pytest.approx(6.9, abs=0.05)


def test_the_algebra_of_implied_moments_holds(world_results: StudyResults) -> None:
    panel = world_results.panel
    model = regressions.fit("ln_dtfc ~ ln_iti", panel)
    x, y = panel["ln_iti"], panel["ln_dtfc"]
    root = (len(panel) - 2) ** 0.5
    sd = model.std_errors["ln_iti"] * x.std() * root / (1 - model.rsquared) ** 0.5
    assert sd == pytest.approx(y.std(), rel=1e-10)
    mean = model.params["Intercept"] + model.params["ln_iti"] * x.mean()
    assert mean == pytest.approx(y.mean(), rel=1e-10)


def test_comparison_takes_coefficients_from_the_right_column(world_results: StudyResults) -> None:
    assert world_results.comparison is not None
    rows = world_results.comparison.coefficients
    assert len(rows) == 81 + 29  # slopes and constants
    for line in rows.itertuples(index=False):
        model = world_results.models[f"table{line.table}"][line.column - 1]
        assert line.computed == model.params[line.regressor]
        assert line.same_sign == (line.computed * line.published > 0)
        assert line.within == (abs(line.computed - line.published) <= 1.959964 * line.published_se)


def test_a_study_without_the_tables_compares_nothing() -> None:
    panel = pd.DataFrame({"d_urban": [0.1, 0.2]})
    comparison = compare_with_published(panel, {}, fictional=False)
    assert "nothing can be compared" in comparison.statements[0]


def test_real_data_are_told_from_the_fictional_world(world_results: StudyResults) -> None:
    assert world_results.comparison is not None
    assert "fictional" in world_results.comparison.statements[0]
    said = compare_with_published(
        world_results.panel, world_results.models, world_results.choice, fictional=False
    ).statements
    assert said[0].startswith("Of 81 slopes in tables 3 to 8,")
    assert any("42 countries × 9 periods" in text for text in said)
    assert any("favour pooled OLS" in text for text in said)
    assert any("table 8" in text and "foreign demand" in text for text in said)
