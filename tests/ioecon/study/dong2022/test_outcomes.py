"""The section [outcomes] of a study file."""

from pathlib import Path

import pytest

from ioecon.panel.outcomes import PAPER_OUTCOMES, EffectSum
from ioecon.study import examine_study, load_study

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
            "outcomes: 'mix' adds up the factor 'mixx', which the accounting 'carbon_table' does "
            "not have; did you mean 'mix'?",
        ),
        (
            '[emissions]\ncompare = ["satellite"]\n[outcomes]\nmix = { factors = ["intensity"] }\n'
            + TABLE,
            "'intensity', which the accounting 'carbon_table' does not have; known are",
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
