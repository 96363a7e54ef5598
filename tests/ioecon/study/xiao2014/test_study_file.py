"""Study files of the kind xiao2014 are read as strictly as the others."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ioecon.cli import app
from ioecon.errors import StudyError
from ioecon.study import TransferStudy, embedded_study, load_study, write_template

HEAD = 'kind = "xiao2014"\n'
FROM_FILE = '[coefficients]\nfile = "k.csv"\n'


def study(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('kind = "xiao2013"', r"no kind of study 'xiao2013'; did you mean 'xiao2014'\?"),
        (HEAD + 'preset = "dong2022"', r"the preset is of the kind 'dong2022'"),
        (HEAD + '[panel]\nmissing = "drop"', r"there is no key 'panel'"),
        (HEAD + 'analyzed = ["A"]', r"there is no key 'analyzed'; did you mean 'analysed'\?"),
        (HEAD + '[coefficients]\nat = "latest"', r"at = 'latest' is not known"),
        (HEAD + "[tables]\nyears = [2002]", r"names 1 years; transfers run between two"),
        (HEAD + '[tables]\npath = "x"', r"tables\.path goes with a format"),
        (HEAD + '[tables]\nformat = "regional"', r"needs tables\.path"),
        (
            HEAD + '[tables]\nformat = "regional"\npath = "x"',
            r"coefficients are missing: give coefficients\.file, or \[emissions\]",
        ),
        (HEAD + '[emissions]\nyear = "y"', r"emissions\.file is missing"),
        (HEAD + '[emissions]\naccounting = "satellite"', r"there is no key 'accounting'"),
        (HEAD + FROM_FILE + '[emissions]\nfile = "e.csv"', r"both give coefficients"),
        (HEAD + '[coefficients]\nunit = "t"', r"go with coefficients\.file"),
        (HEAD + "[regions]\n", r"\[regions\] needs either file or groups"),
        (
            HEAD + '[regions]\ngroups = { A = ["X"], B = ["X"] }',
            r"regions\.groups puts X into 'A' and 'B'",
        ),
        (HEAD + "[regions]\ngroups = { A = [] }", r"names no country for 'A'"),
        (HEAD + '[regions]\ngroups = { A = "X" }', r"groups\.A must be a list in brackets"),
        (HEAD + '[destinations]\nSea = ["A"]', r"destinations go with analysed"),
        (
            HEAD + '[[drivers]]\nname = "A"\ndriven_by = 3',
            r"section \[drivers\[1\]\]: driven_by must be \"final_demand\"",
        ),
        (HEAD + '[[drivers]]\nname = "A"\ndriven_by = ["x", "x"]', r"driven_by names a driver twi"),
        (HEAD + '[[drivers]]\nname = "Total"\ndriven_by = "exports"', r"'Total' is the sum of all"),
        (HEAD + "top = 0", r"top is 0; give 1 or more"),
        (HEAD + "[figures]\nflows = 0", r"figures\.flows is 0"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        load_study(study(tmp_path, text))


def test_a_file_without_a_kind_is_of_the_first(tmp_path: Path) -> None:
    assert load_study(study(tmp_path, 'title = "x"')).kind == "dong2022"
    assert isinstance(load_study(study(tmp_path, HEAD)), TransferStudy)


def test_the_template_is_what_runs_without_a_file(tmp_path: Path) -> None:
    written = write_template(tmp_path / "study.toml", "xiao2014")
    assert load_study(written) == embedded_study("xiao2014")
    text = written.read_text(encoding="utf-8")
    for key in ("analysed", "destinations", "drivers", "groups", "without_output", "top"):
        assert key in text


def test_init_takes_a_kind(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    assert CliRunner().invoke(app, ["init", str(file), "--kind", "xiao2014"]).exit_code == 0
    assert load_study(file).kind == "xiao2014"
    wrong = CliRunner().invoke(app, ["init", str(tmp_path / "b.toml"), "--kind", "dong2023"])
    assert wrong.exit_code == 2
    assert "did you mean 'dong2022'" in wrong.stderr
