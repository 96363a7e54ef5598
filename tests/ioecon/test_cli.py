"""The command line: what it prints, and the exit codes that scripts rely on."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import ioecon
from diagnostics import DiagnosticError
from ioecon import IOTable, errors
from ioecon.cli import app, exit_code
from regressions import CollinearityError, FormulaError

runner = CliRunner()


def call(*arguments: object) -> Result:
    return runner.invoke(app, [str(argument) for argument in arguments])


BALANCED = [[150.0, 500.0], [200.0, 100.0]], [[200.0, 150.0], [800.0, 900.0]]
# Inputs of 1700 for an output of 1000: a column of A sums to more than one.
UNSOUND = [[150.0, 100.0], [1550.0, 100.0]], [[700.0, 50.0], [100.0, 250.0]]


def table(year: int, flows: tuple[list[list[float]], list[list[float]]] = BALANCED) -> IOTable:
    return IOTable(
        Z=np.array(flows[0]),
        Y=np.array(flows[1]),
        countries=("FRA", "DEU"),
        sectors=("all",),
        categories=("final",),
        year=year,
    )


def test_version() -> None:
    result = call("--version")
    assert result.exit_code == 0
    assert result.stdout.strip() == f"ioecon {ioecon.__version__}"


def test_wrong_use_is_exit_code_2() -> None:
    assert call("run", "--nonsense").exit_code == 2
    assert call("fly").exit_code == 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["rnu"], "run"),
        (["chekc", "study.toml"], "check"),
        (["adit", "tables"], "audit"),
        (["run", "--overwite"], "--overwrite"),
        (["audit", "tables", "--formt", "regional"], "--format"),
        (["template", "--region", "3"], "--regions"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_the_right_word(typed: list[str], meant: str) -> None:
    result = call(*typed)
    assert result.exit_code == 2
    assert re.search(rf"(Did you mean|Possible options:)[^\n]*{meant}\b", result.stderr)


def test_an_interrupt_ends_a_run_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from ioecon.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "run", "--out", "results"], cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=60)
    assert first.strip()
    assert process.returncode == 130
    assert said == ""
    *steps, last = told.splitlines()
    assert last == "ioecon: interrupted. Nothing was written."
    assert not [line for line in steps if "Traceback" in line or "Error" in line]
    assert list(tmp_path.iterdir()) == []


def test_init_writes_a_study_and_never_replaces_one(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    assert call("init", file).exit_code == 0
    assert 'preset = "dong2022"' in file.read_text(encoding="utf-8")
    file.write_text("mine")
    result = call("init", file)
    assert result.exit_code == 5
    assert "is not replaced" in result.stderr
    assert file.read_text() == "mine"


def test_a_failure_says_step_file_and_what_to_do(tmp_path: Path) -> None:
    result = call("run", tmp_path / "none.toml", "--out", tmp_path / "results")
    assert result.exit_code == 2
    assert "failed at: Reading the study file (none.toml)" in result.stderr
    assert "ioecon init" in result.stderr
    assert "Nothing was written." in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_exit_code_5(tmp_path: Path) -> None:
    result = call("run", "--out", tmp_path)
    assert result.exit_code == 5
    assert "--overwrite" in result.stderr


def test_debug_shows_the_error(tmp_path: Path) -> None:
    result = call("run", tmp_path / "none.toml", "--out", tmp_path / "results", "--debug")
    assert isinstance(result.exception, errors.StudyError)


def test_missing_data_are_exit_code_3(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text('[tables]\nformat = "wiod2013-rdata"\npath = "no"\n[emissions]\nfile = "c.csv"')
    result = call("run", file, "--out", tmp_path / "results")
    assert result.exit_code == 3
    assert "failed at: Checking the study (study.toml)" in result.stderr


def test_audit_of_sound_tables(tmp_path: Path) -> None:
    series = ioecon.IOSeries({2005: table(2005), 2006: table(2006)})
    folder = ioecon.write_series(series, tmp_path / "tables")
    result = call("audit", folder, "--format", "ioecon")
    assert result.exit_code == 0
    assert "2005" in result.stdout
    assert "2006" in result.stdout
    only = call("audit", folder, "--format", "ioecon", "--years", "2006")
    assert "2005" not in only.stdout


def test_audit_of_an_unsound_table_is_exit_code_3(tmp_path: Path) -> None:
    folder = ioecon.write_series({2005: table(2005, UNSOUND)}, tmp_path / "tables")
    result = call("audit", folder, "--format", "ioecon")
    assert result.exit_code == 3
    assert "column sums" in result.stdout


def test_audit_of_emissions_and_between_years(tmp_path: Path, make_table) -> None:
    tables = {year: make_table(3, year=year) for year in (2005, 2006)}
    tables[2006] = tables[2006].replace(Z=1000 * tables[2006].Z, Y=1000 * tables[2006].Y)
    folder = ioecon.write_series(ioecon.IOSeries(tables), tmp_path / "tables")
    rows = ["iso3,year,sector,co2_kt"]
    for year, each in tables.items():
        for (country, sector), x in zip(each.index, each.x, strict=True):
            slip = 1e5 if (country, sector, year) == ("BRA", "s2", 2005) else 1
            rows.append(f"{country},{year},{sector},{0.5 * x * slip:.9g}")
    (tmp_path / "co2.csv").write_text("\n".join(rows) + "\n")
    result = call("audit", folder, "--format", "ioecon", "--emissions", tmp_path / "co2.csv")
    assert result.exit_code == 0
    said = " ".join(result.stdout.split())
    assert "impossible intensity" in said
    assert "BRA s2" in said
    assert "Output of the world in 2006" in said
    gone = call("audit", folder, "--format", "ioecon", "--emissions", tmp_path / "none.csv")
    assert gone.exit_code == 3
    assert "none.csv" in gone.stderr


def test_audit_of_one_account_of_several(tmp_path: Path, make_table) -> None:
    table = make_table(3)
    folder = tmp_path / "tables"
    ioecon.write_series(ioecon.IOSeries([table]), folder)
    rows = [
        f"{country},{sector},{table.year},{name},{unit},{7.0 if name == 'Jobs' else k}"
        for name, unit in (("Jobs", "persons"), ("Water", "m3"))
        for k, (country, sector) in enumerate(table.index, start=1)
    ]
    file = tmp_path / "accounts.csv"
    file.write_text("\n".join(["country,sector,year,stressor,unit,value", *rows]))
    options = ("audit", folder, "--format", "ioecon", "--emissions", file)
    result = call(*options, "--stressor", "Jobs")
    assert result.exit_code == 0, result.output
    unknown = call(*options, "--stressor", "Job")
    assert unknown.exit_code == 3
    assert "no stressor 'Job'; did you mean 'Jobs'?" in " ".join(unknown.output.split())


def test_audit_with_years_that_make_no_sense(tmp_path: Path) -> None:
    result = call("audit", tmp_path, "--years", "twelve")
    assert result.exit_code == 2
    assert "--years must be a range" in result.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.StudyError("x"), 2),
        (FormulaError("x"), 2),
        (errors.ReadError("x"), 3),
        (errors.EmissionsError("x"), 3),
        (errors.UnsoundTableError("x"), 3),
        (errors.PanelError("x"), 3),
        (errors.IdentityError("x"), 4),
        (CollinearityError("x"), 4),
        (DiagnosticError("x"), 4),
        (errors.OutputError("x"), 5),
        (RuntimeError("x"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_exit_codes(error: BaseException, code: int) -> None:
    assert exit_code(error) == code


def test_importing_ioecon_stays_light() -> None:
    heavy = "('matplotlib', 'linearmodels', 'rich', 'typer', 'statsmodels')"
    code = f"import sys, ioecon; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_audit_of_a_folder_too_high_names_the_one_with_tables(tmp_path):
    from benchmarks.layouts.figaro import write_figaro

    inner = tmp_path / "up" / "in"
    inner.mkdir(parents=True)
    write_figaro(inner)
    result = call("audit", tmp_path / "up")
    assert result.exit_code != 0
    words = " ".join(result.output.split())
    assert "its folder in holds tables of figaro; give that path" in words
