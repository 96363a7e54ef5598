"""What is wrong with a study is known before a table is read, all of it at once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ioecon
from ioecon.cli import app
from ioecon.panel.variables import panel_columns
from ioecon.study import check_study, embedded_study, examine_study, run_study
from ioecon.study.steps import failed_step
from regressions import OptionError
from regressions.check import check_model

Write = Callable[..., Path]
PRESET = 'preset = "dong2022"\n[groups.columns]\ndeveloped = "developed"\n'
TABLE = """
[[regressions]]
key = "a"
title = "A"
dependent = "ln_ddfc"
columns = [["ln_iti"]]
"""


def problems(tmp_path: Path, text: str) -> str:
    file = tmp_path / "s.toml"
    file.write_text(text, encoding="utf-8")
    return "\n".join(map(str, examine_study(file)[1]))


def test_names_of_the_panel_are_known_without_computing() -> None:
    world = ioecon.datasets.load_world()
    series = ioecon.IOSeries({year: world.series[year] for year in (2000, 2001)})
    panel = ioecon.build_panel(series, world.emissions, world.controls, groups=world.groups)
    assert tuple(panel.columns) == (*panel_columns(world.controls.columns), *world.groups.columns)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[descriptives]\nvariables = ["ln_itii"]', "descriptives.variables names 'ln_itii'"),
        ('[figures]\nscatter = ["ln_iti", "x"]', "figures.scatter names 'x'"),
        ('[figures]\nscatter = ["developed", "iti"]', "'developed' is a group, true or false"),
        ('[figures]\nscatter = ["iti"]', "names two variables"),
        ('[tables]\nempty_cells = "zero"', "tables.empty_cells goes with files"),
        ('[tables]\noptions = { system = "pxp" }', "tables.options goes with files"),
        (
            '[tables]\nformat = "regional"\npath = "."\noptions = { cache = "no" }',
            "No format has an option 'cache'",
        ),
        ('[figures]\ncountries = ["CHN"]', "figures.countries names 'CHN'"),
        ('[figures]\nmark = "devloped"', "did you mean 'developed'"),
        ('[choice]\ndependent = "ln_dfcc"\nregressors = ["ln_iti"]', "did you mean 'ln_dfc'"),
        ('[choice]\ndependent = "iti"\nregressors = ["iti"]', "'iti' is among the regressors"),
        ("[choice]\nregressors = []", "choice.regressors is empty"),
        (TABLE.replace('"ln_ddfc"', '"ln_ddf"'), "a, column 1, names 'ln_ddf'"),
        (TABLE.replace('"ln_iti"', '"ln_iti +"'), "a, column 1: "),
        (TABLE + 'order = ["ln_it"]', "a.order names 'ln_it', which is no regressor of that table"),
        (TABLE + 'order = ["ln_it"]', "did you mean 'ln_iti'"),
        (TABLE + 'order = ["d_ddfc"]', "a.order names 'd_ddfc'"),
        (TABLE + 'order = ["ln_iti", "ln_iti"]', "order names 'ln_iti' twice"),
        (TABLE + 'order = "ln_iti"', "order must be a list of regressors"),
        (TABLE + 'estimator = "fxed"', "unknown estimator 'fxed'; did you mean 'fixed'"),
        (TABLE + 'estimator = "pooled"\neffects = "entity"', "takes no effects"),
        (TABLE + 'estimator = "fixed"\neffects = "regoin"', "unknown effect 'regoin'"),
        (TABLE + 'cov = "clustred"', "did you mean 'clustered'"),
        (TABLE + 'cov = "clustered"\nclusters = "regon"', "unknown cluster variable 'regon'"),
        (TABLE + 'clusters = "entity"', "goes with cov='clustered'"),
        (TABLE + 'sample = "rich"', "a.sample uses the group 'rich'"),
        (TABLE.replace('key = "a"', 'key = "audit"'), "that of another table"),
        (TABLE.replace('key = "a"', 'key = "published_table3"'), "that of another table"),
        (TABLE + TABLE.replace('key = "a"', 'key = "A"'), "two regression tables"),
        (TABLE + TABLE.replace('key = "a"', 'key = "a_satellite"'), "that of another table"),
        ('[labels]\nd_urbn = "U"', "labels names 'd_urbn'.*did you mean 'd_urban'"),
        ("[specifications]\ndraws = 5", "at least 99 draws"),
        ("[specifications]\ndraws = 9999999", "at most 100,000 are drawn"),
        ("[specifications]\nseed = -1", "a seed is 0 or more"),
        ('[specifications]\ninterest = { a = "itti" }', "names 'itti'.*did you mean 'iti'"),
        ('[specifications]\ncontrol_sets = { a = ["ln_iti"] }', "control_sets.a holds 'ln_iti'"),
        ('[specifications]\nestimators = { a = { estimatr = "fixed" } }', "option 'estimatr'"),
        ('[specifications]\nestimators = { a = { cov = "robust" } }', "specifications.covariances"),
        ('[specifications]\ncovariances = { a = { cov = "x" } }', "unknown covariance 'x'"),
        ('[specifications]\ncovariances = { a = { effects = "x" } }', "no option of a covariance"),
        (
            '[specifications]\ncovariances = { a = { cov = "ac", bandwidth = "x" } }',
            "of a wrong kind",
        ),
        ("[specifications]\nestimators = { a = { drop_absorbed = 1 } }", "True or False"),
        ('[emissions]\nunit = "bananas"', "emissions.unit: .*'bananas' is not known"),
        ('[emissions]\nfile = "none.csv"', "emissions.file: there is no file"),
        ('[controls]\nseparator = ";;"\n[controls.columns]\nurban = "u"', "must be one character"),
        ('[tables]\nformat = "wiod2013-rdta"\npath = "."', "did you mean 'wiod2013-rdata'"),
        ("[tables]\nyears = [1999]", "tables.years names 1999"),
        ('[groups.columns]\nd_urban = "developed"', "two columns .* would be named 'd_urban'"),
    ],
)
def test_a_mistake_is_found_without_reading_a_table(
    tmp_path: Path, text: str, message: str
) -> None:
    text = text if "[groups" in text else f"{text}\n[groups.columns]\ndeveloped = 'developed'"
    found = problems(tmp_path, f'preset = "dong2022"\n{text}')
    assert re.search(message, found), found


def test_all_problems_are_listed_once_with_their_place(tmp_path: Path) -> None:
    text = f'titel = "x"\n{PRESET}[panel]\nmissing = "drpo"\n[labels]\nx = "y"\n{TABLE}'
    found = problems(tmp_path, text.replace('"ln_iti"', '"lniti"')).splitlines()
    assert len(found) == 4
    for part in ("'titel'", "section [panel]: missing", "labels names 'x'", "names 'lniti'"):
        assert sum(part in line for line in found) == 1


def test_a_broken_part_causes_no_further_problems(tmp_path: Path) -> None:
    found = problems(tmp_path, 'preset = "dong2022"\n[groups]\ncolums = { a = "b" }')
    assert found.count("\n") == 0
    assert "did you mean 'columns'" in found


def test_labels_never_reorder_regressors(small_study: Write, tmp_path: Path) -> None:
    file = small_study(
        ('columns = [["iti"]]', 'columns = [["iti", "d_urban"]]'),
        ("[figures]", '[labels]\nd_urban = "Towns"\niti = "Index"\n[figures]'),
    )
    table = run_study(file, tmp_path / "results").tables["base"].to_text()
    assert table.index("Index") < table.index("Towns") < table.index("Constant")


def test_a_table_prints_its_regressors_in_its_order(small_study: Write, tmp_path: Path) -> None:
    """Those that it does not name follow as they come, the constant last; ``b:a`` is ``a:b``."""
    file = small_study(
        ('columns = [["iti"]]', 'columns = [["iti"], "d_urban*iti + C(year)"]\n'
         'order = ["iti:d_urban", "C(year)", "d_urban"]'),
    )  # fmt: skip
    assert examine_study(file)[1] == ()
    frame = run_study(file, tmp_path / "results").tables["base"].to_frame()
    rows = [str(name) for name in frame.index if name]
    assert rows[0] == "d_urban:iti"
    assert all("year" in name for name in rows[1:4])
    assert rows[4:7] == ["d_urban", "iti", "Constant"]


def test_text_files_in_the_habits_of_other_countries(small_study: Write, tmp_path: Path) -> None:
    file = small_study(
        ('file = "controls.csv"', 'file = "controls.csv"\nseparator = ";"\ndecimal = ","\n'
         'encoding = "gbk"'),
    )  # fmt: skip
    csv = file.parent / "controls.csv"
    plain = csv.read_text(encoding="utf-8").splitlines()
    head, rows = plain[0].replace(",", ";") + ";备注", [line.split(",") for line in plain[1:]]
    lines = [head, *(f"{c};{y};{v.replace('.', ',')};无" for c, y, v in rows)]
    csv.write_bytes("\n".join(lines).encode("gbk"))
    panel = run_study(file, tmp_path / "results").panel
    assert panel.loc[("AUT", 2001), "urban"] == float(plain[2].split(",")[2])
    file.write_text(file.read_text(encoding="utf-8").replace('encoding = "gbk"', ""))
    (problem,) = examine_study(file)[1]
    assert str(problem).startswith("study.toml: controls: ")
    assert "encoding" in str(problem)


def test_what_is_wrong_with_the_names_of_a_table_comes_before_computing(
    small_study: Write, tmp_path: Path
) -> None:
    begun: list[str] = []
    file = small_study(('scatter = ["iti", "ddfc"]', 'countries = ["DEU"]'))
    with pytest.raises(ioecon.errors.StudyError, match="'DEU', which the tables do not have"):
        run_study(file, tmp_path / "results", report=begun.append)
    assert begun[-1] == "Checking the names"


def test_the_command_says_what_would_run(small_study: Write, tmp_path: Path) -> None:
    good = small_study()
    found = CliRunner().invoke(app, ["check", str(good)])
    assert found.exit_code == 0
    assert "nothing wrong. It would run dong2022 on ioecon: 1 regression table" in found.stdout
    (good.parent / "co2.csv").unlink()
    assert CliRunner().invoke(app, ["check", str(good)]).exit_code == 3
    bad = tmp_path / "bad.toml"
    bad.write_text('titel = "x"\n[panel]\nexclude = 1', encoding="utf-8")
    found = CliRunner().invoke(app, ["check", str(good), str(bad)])
    assert found.exit_code == 2
    assert len(found.stdout.splitlines()) == 3
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("kind", ["dong2022", "xiao2014"])
def test_settings_are_checked_like_files(kind: str) -> None:
    study = embedded_study(kind)
    assert check_study(study) is study


def test_a_run_checks_first(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(PRESET + '[figures]\nscatter = ["a", "b"]', encoding="utf-8")
    with pytest.raises(ioecon.errors.StudyError, match="has 2 problems") as caught:
        run_study(file, tmp_path / "results")
    assert failed_step(caught.value) == "Checking the study (s.toml)"


@pytest.mark.parametrize(
    "options", [{"small_sample": True}, {"missing": "x"}, {"weights": "w"}, {"n": 1}, {"cov": 3}]
)
def test_options_are_checked_without_data(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        check_model("y ~ x", ["x", "y"], **options)
