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
    assert "fits no reading of equations 13 to 25" in text
    assert results.comparison is not None
    assert set(results.comparison.coefficients["table"]) == set(range(3, 9))


def test_warnings_name_what_was_carried(results: StudyResults) -> None:
    assert any("wiot_2002.RData" in text for text in results.warnings)
    assert {item.name for item in results.inputs} >= {"co2.csv", "controls.csv", "wiot_2009.RData"}
