"""The study of the repository on the real tables: the moments of the method page, section 9."""

import os
from pathlib import Path

import pytest

from ioecon.study import StudyResults, run_study

STUDY = Path(__file__).parents[4] / "studies" / "dong2022_wiod2013.toml"

# mean, standard deviation, minimum, maximum; computed by a plain reading of the equations
SECTION_9 = {
    ("carbon_table", "ln_iti"): (2.724, 5.673, -7.577, 7.891),
    ("carbon_table", "ln_iti_foreign"): (1.086, 6.113, -7.663, 8.499),
    ("carbon_table", "ln_ddfc"): (5.341, 5.759, -12.611, 12.345),
    ("satellite", "ln_ddfc"): (6.091, 7.118, -13.326, 13.678),
    ("carbon_table", "ln_dtfc"): (0.766, 7.186, -12.356, 12.216),
}


@pytest.fixture(scope="module")
def results(data_root: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyResults:
    os.environ["IOECON_DATA"] = str(data_root)
    return run_study(STUDY, tmp_path_factory.mktemp("wiod") / "results")


@pytest.mark.parametrize(("accounting", "variable"), SECTION_9)
def test_moments_agree_with_the_method_page(
    results: StudyResults, accounting: str, variable: str
) -> None:
    values = results.panels[accounting][variable]
    moments = (values.mean(), values.std(), values.min(), values.max())
    assert moments == pytest.approx(SECTION_9[accounting, variable], abs=0.0006)


def test_the_panel_has_39_countries_and_9_periods(results: StudyResults) -> None:
    countries = results.panel.index.get_level_values("country")
    assert len(results.panel) == 351
    assert countries.nunique() == 39
    assert not {"TWN", "ROW"} & set(countries)
    assert results.models["table6"][0].nobs + results.models["table7"][0].nobs == 351


def test_identities_hold_in_both_accountings(results: StudyResults) -> None:
    assert max(effects.residual for effects in results.effects.values()) < 1e-12


def test_differences_are_said_plainly(results: StudyResults) -> None:
    text = (results.folder / "published.md").read_text(encoding="utf-8")
    assert "this study 39 countries and 351 rows" in text
    assert "does not fit equations 13 to 25 as they are printed" in text
    assert results.comparison is not None
    assert set(results.comparison.coefficients["table"]) == set(range(3, 9))


def test_warnings_name_what_was_carried(results: StudyResults) -> None:
    assert any("wiot_2002.RData" in text for text in results.warnings)
    assert {item.name for item in results.inputs} >= {"co2.csv", "controls.csv", "wiot_2009.RData"}


# Root mean square distance, mean and standard deviation; by a script that fits each sum by itself
READINGS = {
    ("3", "foreign level + foreign mix + foreign distribution"): (8.354, 5.341, 5.759),
    ("3", "mix"): (1.584, -2.843, 6.751),
    ("3", "domestic level + mix"): (1.519, -2.645, 6.855),
    ("4", "foreign technology"): (4.421, 0.766, 7.186),
    ("4", "domestic mix"): (1.961, -2.189, 6.579),
    ("4", "domestic level + domestic mix"): (1.800, -1.893, 6.737),
    ("5", "mix"): (1.422, -2.843, 6.751),
    ("6", "mix"): (1.283, -3.874, 6.493),
    ("6", "foreign level + foreign mix + foreign distribution"): (10.353, 5.627, 5.819),
    ("7", "domestic level + mix + foreign distribution"): (1.033, -2.576, 6.734),
    ("8", "domestic level + domestic mix + foreign distribution"): (1.225, -3.704, 6.120),
}


@pytest.mark.parametrize(("table", "reading"), READINGS)
def test_readings_have_the_distance_of_fits_one_by_one(
    results: StudyResults, table: str, reading: str
) -> None:
    ranking = results.readings.ranking
    row = ranking.loc[ranking["table"].eq(table) & ranking["reading"].eq(reading)].iloc[0]
    wanted = READINGS[table, reading]
    assert [*row[["distance", "mean", "sd"]]] == pytest.approx(wanted, abs=0.0006)


def test_no_close_reading_holds_the_foreign_level_effect(results: StudyResults) -> None:
    for table in results.readings.tables:
        close = results.readings.closest(table, 20)
        assert not close["level"].isin(["foreign", "both"]).any()
    mix = results.readings.closest("3", 3).iloc[2]
    found = [mix[f"interest_{column}"] for column in range(1, 6)]
    assert found == pytest.approx([-0.151, -0.145, -0.215, -0.159, -0.054], abs=0.0006)


def test_readings_stand_in_the_folder_and_on_the_page(results: StudyResults) -> None:
    rows = (results.folder / "readings.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 7 * 255
    page = (results.folder / "index.html").read_text(encoding="utf-8")
    assert 'id="readings"' in page
    assert "evidence and not proof" in page
    manifest = (results.folder / "manifest.json").read_text(encoding="utf-8")
    assert '"readings.csv"' in manifest
    assert '"tables/readings.md"' in manifest
