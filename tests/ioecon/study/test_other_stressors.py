"""A study of another stressor than CO2 says its name and unit, and nowhere CO2, kt or carbon."""

import json
import re
from pathlib import Path

import pytest

from ioecon.study import examine_study, run_study

WRONG = re.compile(r"CO2|CO₂|\bkt\b|\bMt\b|\bcarbon\b(?!\\_table)|碳|emission", re.IGNORECASE)
# Pictures, styles and the settings, which repeat the keys of the study file and their defaults.
NOT_SHOWN = re.compile(
    r"data:[^\"')]*|<style.*?</style>|<script.*?</script>|<pre.*?</pre>", re.DOTALL
)
DONG = """
title = "Value added"
[tables]
years = "2000-2003"
[emissions]
inputs = ["value added"]
accounting = "satellite"
[[regressions]]
key = "a"
title = "A"
dependent = "ln_ddfc"
columns = [["ln_iti"]]
"""
XIAO = """
title = "Value added"
kind = "xiao2014"
[tables]
format = "world"
years = [2000, 2005]
[emissions]
inputs = ["value added"]
"""


def texts(folder: Path) -> dict[str, str]:
    kinds = {".html", ".csv", ".txt", ".md", ".tex"}
    found = {f: f for f in folder.rglob("*") if f.suffix in kinds}
    return {str(f.relative_to(folder)): f.read_text(encoding="utf-8") for f in found}


@pytest.mark.parametrize("study", [DONG, XIAO], ids=["dong2022", "xiao2014"])
def test_nothing_says_co2(study: str, tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(study, encoding="utf-8")
    results = run_study(file, tmp_path / "results")
    counted = json.loads((results.folder / "manifest.json").read_text())["counted"]
    assert (counted["stressor"].lower(), counted["unit"]) == ("value added", "million USD")
    written = texts(results.folder)
    assert any("million USD" in text and "value added" in text for text in written.values())
    for name, text in written.items():
        shown = NOT_SHOWN.sub("", text)
        wrong = WRONG.search(shown)
        assert wrong is None, (name, shown[max(0, wrong.start() - 60) : wrong.end() + 40])
        assert not WRONG.search(name)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('inputs = ["value added"]\nfile = "a.csv"', "both give the account"),
        ('name = "Energy"\nfile = "a.csv"', "emissions.unit is missing"),
        ('stressor = "SO2"\nfile = "a.csv"', "goes with an account as published"),
        ('stressor = { SO2 = "x" }', "gives 'SO2' the factor"),
        ('aggregate = "a.csv"', "goes with an account by sector"),
    ],
)
def test_what_does_not_go_together_is_named(keys: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("iso3,year,co2_kt\nAUS,2000,1\n")
    file = tmp_path / "study.toml"
    file.write_text(f'title = "x"\n[emissions]\n{keys}\n', encoding="utf-8")
    assert message in "\n".join(map(str, examine_study(file)[1]))


def test_published_numbers_of_co2_are_not_compared_with_another_stressor(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    text = 'published = "dong2022"' + DONG.replace("2000-2003", "2000-2002")
    file.write_text(text, encoding="utf-8")
    results = run_study(file, tmp_path / "results")
    said = "published numbers are of CO2 and this study counts value added: they are not compared"
    assert any(said in warning for warning in results.warnings)
    assert results.comparison is None
    assert not (results.folder / "published.md").exists()
