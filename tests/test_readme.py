"""The README and its like: scripts run, commands are the ones that are run elsewhere."""

import re
import runpy
from pathlib import Path

import pytest

import ioecon
from ioecon.emissions import account_formats
from ioecon.readers import formats

ROOT = Path(__file__).parents[1]
MAIN_JOB = (
    "python3 -m venv .venv && .venv/bin/pip install -q -e . "
    "&& .venv/bin/ioecon run --out results/world"
)
TESTS = (
    'python3 -m venv .venv && .venv/bin/pip install -q -e ".[test]" '
    "&& .venv/bin/python -m pytest -n 2"
)


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_script_runs_and_finds_the_truth(readme, capsys):
    (script,) = blocks(readme, "python")
    assert len(script.splitlines()) <= 15
    names: dict[str, object] = {}
    exec(compile(script, "README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "Largest relative miss of the identity" in printed
    assert "Year FE" in printed
    found = names["world"].truth.compare(names["fixed"])
    assert abs(found.loc["ln_iti", "distance"]) < 2


@pytest.mark.parametrize("command", [MAIN_JOB, TESTS])
def test_a_set_up_command_is_one_line_to_copy(readme, command):
    assert f"{command}\n" in blocks(readme, "sh")


def column(readme: str, title: str) -> list[str]:
    """Cells under a title in the table of databases."""
    section = readme.split("## Supported databases\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    assert {len(row) for row in rows} == {len(rows[0])}
    (place,) = [k for k, cell in enumerate(rows[0]) if cell.startswith(title)]
    return [row[place] for row in rows[2:]]


def coded(cells: list[str]) -> list[str]:
    return re.findall(r"`([^`]+)`", " ".join(cells))


def test_the_table_of_databases_has_every_format_and_account(readme):
    assert sorted(coded(column(readme, "`format=`"))) == sorted(formats())
    assert set(coded(column(readme, "accounts"))) == set(account_formats())


def test_the_table_of_databases_says_what_can_be_downloaded(readme):
    listed = ioecon.databases()
    tables = listed[listed["format"].isin([*formats()])]
    assert set(coded(column(readme, "`ioecon data get`"))) == set(
        tables.index[tables["access"] == "open"]
    )
    told = dict(zip(column(readme, "`format=`"), column(readme, "`ioecon data get`"), strict=True))
    for format, access in zip(tables["format"], tables["access"], strict=True):
        (cell,) = [cell for formats_told, cell in told.items() if f"`{format}`" in formats_told]
        assert ("login" in cell) == (access == "login")
        assert ("by hand" in cell) == (access != "open")


def ci_run() -> str:
    return (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_continuous_integration_runs_the_test_command_of_the_readme():
    assert TESTS in ci_run().splitlines()


def test_files_that_the_readme_names_are_there(readme):
    links = re.findall(r"\]\(([^)#:]+)\)", readme)
    studies = re.findall(r"studies/\S+\.toml", readme)
    assert links
    assert studies
    missing = [name for name in (*links, *studies) if not (ROOT / name).exists()]
    assert not missing


def test_picture_is_small(readme):
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", readme)
    assert (ROOT / picture).stat().st_size < 150_000


def test_continuous_integration_runs_every_task_but_a_second_run_of_the_tests():
    (line,) = re.findall(r"^\S*python tasks\.py (.+)$", ci_run(), flags=re.MULTILINE)
    tasks = runpy.run_path(str(ROOT / "tasks.py"))["TASKS"]
    assert {*line.split(), "test", "coverage"} == set(tasks)
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "- run: .ci/run\n" in workflow


def test_the_citation_has_the_version_and_licence_of_the_package():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {ioecon.__version__}" in citation
    assert "license: BSD-3-Clause" in citation
