"""The section [outcomes] of a study file."""

from pathlib import Path

import pytest

from ioecon.panel.outcomes import PAPER_OUTCOMES, EffectSum
from ioecon.study import examine_study, load_study, run_study
from ioecon.study.dong2022.figures import driver_groups

PRESET = 'preset = "dong2022"\n'
TABLE = """
[[regressions]]
key = "a"
title = "A"
dependent = "ln_mix"
columns = [["ln_iti"]]
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        file = tmp_path / "s.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_the_preset_has_the_papers_outcomes(write) -> None:
    assert load_study(write(PRESET)).outcomes == PAPER_OUTCOMES
    assert load_study(write("")).outcomes == PAPER_OUTCOMES


def test_outcomes_stand_beside_those_of_the_preset_and_replace_their_like(write) -> None:
    own = (
        '[outcomes]\nddfc = { factors = ["mix"] }\nmix = { factors = ["mix"], origin = "foreign" }'
    )
    study = load_study(write(PRESET + own))
    assert [*study.outcomes] == ["ddfc", "dtfc", "dfc", "mix"]
    assert study.outcomes["ddfc"] == (EffectSum(("mix",), "both"),)  # no origin of the preset's
    assert study.outcomes["dtfc"] == PAPER_OUTCOMES["dtfc"]
    assert study.outcomes["mix"] == (EffectSum(("mix",), "foreign"),)


def test_without_a_preset_they_are_all(write) -> None:
    study = load_study(write('[outcomes]\nmix = { factors = ["mix"] }\n' + TABLE))
    assert [*study.outcomes] == ["mix"]
    assert study.figures.scatter == ("ln_iti", "ln_mix")
    assert load_study(write(PRESET)).figures.scatter == ("ln_iti", "ln_ddfc")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[outcomes]\nmix = { factors = ["mixx"] }\n' + TABLE,
            "outcomes: 'mix' adds up the factor 'mixx', which the accounting 'carbon_table' of "
            "the model 'dong2022' does not have; did you mean 'mix'?",
        ),
        (
            '[emissions]\ncompare = ["satellite"]\n[outcomes]\nmix = { factors = ["intensity"] }\n'
            + TABLE,
            "'intensity', which the accounting 'carbon_table' of the model 'dong2022' does not",
        ),
        (
            '[outcomes]\nmix = { factors = ["mix"], origin = "home" }\n' + TABLE,
            "s.toml: outcomes gives 'mix' the origin 'home'; known are both, domestic, foreign.",
        ),
        ("[outcomes]\nmix = 3\n" + TABLE, "outcomes gives 'mix' 3, which is no sum of effects"),
        ("outcomes = 3\n" + TABLE, "outcomes must give one name or more"),
        (TABLE, "names 'ln_mix', which the panel does not have; [outcomes] mix = {"),
        (
            '[outcomes]\niti = { factors = ["mix"] }\n[figures]\nscatter = ["iti", "ln_iti"]',
            "two columns of the panel would be named 'iti'",
        ),
    ],
)
def test_what_is_wrong_is_known_before_a_table_is_read(write, text: str, message: str) -> None:
    found = [str(problem) for problem in examine_study(write(text))[1]]
    assert any(message in problem for problem in found), found


def test_an_effect_of_intensity_is_one_of_the_satellite_accounting(write) -> None:
    text = '[emissions]\naccounting = "satellite"\n[outcomes]\nmix = { factors = ["intensity"] }\n'
    assert not examine_study(write(text + TABLE))[1]


OWN = """
[emissions]
accounting = "satellite"

[decomposition]
model = "trade_technology"
method = "shapley"
variables = { population = "population" }

[outcomes]
mix = { factors = ["product mix"], origin = "foreign" }
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"trade_technology"', '"trade_tech"', "did you mean 'trade_technology'?"),
        ('variables = { population = "population" }', "", "needs 'population'; name the control"),
        ('population = "population"', 'population = "pop"', "names 'pop', which is no control"),
        ('population = "population"', 'people = "pop"', "does not need 'people'"),
        ('"satellite"', '"carbon_table"', "decomposition: Model 'trade_technology' needs"),
        ('"shapley"', '"sequence"', "decomposition: "),
        ('"shapley"', '"shaply"', "did you mean 'shapley'?"),
        ('"product mix"', '"mix"', "'satellite' of the model 'trade_technology' does not have"),
    ],
)
def test_what_a_decomposition_cannot_be_is_known(write, old: str, new: str, message: str) -> None:
    assert old in OWN
    found = [str(problem) for problem in examine_study(write(OWN.replace(old, new) + TABLE))[1]]
    assert any(message in problem for problem in found), found


def test_a_study_takes_the_factors_of_another_model(small_study, tmp_path: Path) -> None:
    file = small_study(
        ('file = "co2.csv"', 'file = "co2.csv"\naccounting = "satellite"'),
        ("[controls]\n", f"{OWN[OWN.index('[decomposition]') :]}\n[controls]\n"),
        ('population = "population"', 'population = "urban"'),
        ('"foreign" }', '"foreign" }\npeople = { factors = ["population"] }'),
        ('["ddfc", "iti"]', '["mix", "iti"]'),
        ('dependent = "ddfc"', 'dependent = "mix"'),
        ('\n[figures]\nscatter = ["iti", "ddfc"]\n', ""),
    )
    results = run_study(file, tmp_path / "out")
    found, panel = results.effects["satellite"], results.panel
    assert (found.model, found.method) == ("trade_technology", "shapley")
    assert (panel.attrs["model"], panel.attrs["method"]) == ("trade_technology", "shapley")
    wanted = found.by_country().loc[panel.index]
    assert panel["mix"].to_numpy() == pytest.approx(wanted["product mix", "foreign"].to_numpy())
    assert panel["people"].to_numpy() == pytest.approx(wanted["population"].sum(axis=1).to_numpy())
    assert results.study.figures.scatter == ("ln_iti", "ln_mix")
    assert (results.folder / "figures" / "drivers.png").exists()
    groups = driver_groups(found)
    assert [*groups][-1] == "intensity"
    assert sum(groups.values()).to_numpy() == pytest.approx(found.change().to_numpy())
    page = (results.folder / "index.html").read_text(encoding="utf-8")
    assert "satellite accounting, model trade_technology, method shapley." in page
