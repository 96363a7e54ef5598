"""A study file is read strictly: every message names file, section and key."""

from pathlib import Path

import pytest

from ioecon.errors import OutputError, StudyError
from ioecon.study import embedded_study, load_study, presets, write_template
from ioecon.study.settings import parse_years


def study(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('titel = "x"', r"mine\.toml: there is no key 'titel'; did you mean 'title'\?"),
        ('[tables]\nfromat = "x"', r"section \[tables\]: .*'fromat'; did you mean 'format'\?"),
        ("[panel]\nmissing = 3", r"section \[panel\]: missing = 3 is not known"),
        ('[panel]\nmissing = "drpo"', r"did you mean 'drop'\?"),
        ('[panel]\nexclude = "ROW"', r"exclude must be a list in brackets, not the text 'ROW'"),
        ("[panel]\nexclude = [3]", r"each of exclude must be a text, not the number 3"),
        ('[tables]\ntolerance = "x"', r"tolerance must be a number, not the text 'x'"),
        ("[tables]\ntolerance = true", r"tolerance must be a number, not the truth value True"),
        ("[tables]\ntolerance = -1", r"tolerance is a share of world output, not -1"),
        ('[tables]\nyears = "2009-2000"', r'years must be a range such as "2000-2009"'),
        ("[tables]\nyears = [2000, 2000]", r"years names a year twice"),
        ('tables = "here"', r"section \[tables\]: this must be a section with keys"),
        ("[controls]\nyear = 'y'", r"section \[controls\]: the key 'columns' is missing"),
        ('preset = "dong"', r"no preset 'dong'; did you mean 'dong2022'\?"),
        ("title = ", r"mine\.toml is not valid TOML"),
        ('[tables]\nformat = "wiod2013-rdata"', r"needs tables\.path"),
        ('[tables]\npath = "here"', r"tables\.path goes with a format"),
        ('[tables]\noutput = "printed"', r"has row sums only"),
        (
            '[tables]\nformat = "ioecon"\npath = "."',
            r"emissions\.file is missing",
        ),
        (
            '[[regressions]]\nkey = "a"\ntitle = "A"\ndependent = "y"\ncolumns = [["x"]]\n'
            'sample = "rich"',
            r"uses the group 'rich', which \[groups\] does not have",
        ),
        (
            '[[regressions]]\nkey = "../a"\ntitle = "A"\ndependent = "y"\ncolumns = [["x"]]',
            r"the key '\.\./a' names files",
        ),
        (
            '[[regressions]]\nkey = "a"\ntitle = "A"\ndependent = "y"\ncolumns = ["y ~ x"]',
            r"section \[regressions\[1\]\]: columns entry 1 must be",
        ),
        (
            '[[regressions]]\nkey = "a"\ntitle = "A"\ndependent = "y"\nestimater = "x"\n'
            'columns = [["x"]]',
            r"section \[regressions\[1\]\]: .*did you mean 'estimator'",
        ),
        (
            '[[emissions.fill]]\ncountry = "TWN"',
            r"section \[emissions\.fill\[1\]\]: .*'country'; did you mean 'countries'",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        load_study(study(tmp_path, text))


def test_two_tables_with_one_key_are_refused(tmp_path: Path) -> None:
    table = '[[regressions]]\nkey = "a"\ntitle = "A"\ndependent = "y"\ncolumns = [["x"]]\n'
    with pytest.raises(StudyError, match="two regression tables have the key 'a'"):
        load_study(study(tmp_path, table * 2))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no study file .*none\.toml; 'ioecon init"):
        load_study(tmp_path / "none.toml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = '[tables]\nformat = "ioecon"\npath = "data/x"\n[emissions]\nfile = "/abs/co2.csv"'
    loaded = load_study(study(tmp_path, text))
    assert loaded.tables.path == tmp_path / "data" / "x"
    assert loaded.emissions.file == Path("/abs/co2.csv")


def test_environment_variables_are_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = study(
        tmp_path, '[tables]\nformat = "ioecon"\npath = "${MINE}/x"\n[emissions]\nfile = "c.csv"'
    )
    monkeypatch.setenv("MINE", str(tmp_path / "data"))
    assert load_study(file).tables.path == tmp_path / "data" / "x"
    monkeypatch.delenv("MINE")
    with pytest.raises(StudyError, match=r"\[tables\].*needs the environment variable MINE"):
        load_study(file)


def test_a_study_is_laid_over_its_preset(tmp_path: Path) -> None:
    text = 'preset = "dong2022"\n[labels]\nd_urban = "Urban"\n[emissions]\ncompare = []'
    loaded = load_study(study(tmp_path, text))
    assert loaded.labels["d_urban"] == "Urban"
    assert loaded.labels["ln_iti"] == "ln(ITI)"
    assert loaded.emissions.accounting == "carbon_table"
    assert loaded.emissions.compare == ()
    assert [table.key for table in loaded.regressions] == [f"table{k}" for k in range(3, 9)]


def test_choices_of_the_curve_replace_those_of_the_preset(tmp_path: Path) -> None:
    text = 'preset = "dong2022"\n[specifications]\ndraws = 99\n'
    text += '[specifications.samples]\neurope = "developed"\n'
    loaded = load_study(study(tmp_path, text)).specifications
    assert loaded is not None
    assert dict(loaded.samples) == {"europe": "developed"}
    assert list(loaded.dependents) == ["signed log", "asinh"]
    assert (loaded.draws, loaded.inference) == (99, "bootstrap")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('samples = { a = "devloped" }', "specifications.samples.a uses the group 'devloped'"),
        ("draws = 5", "at least 99 draws"),
        ('inference = "bootstrp"', "did you mean 'bootstrap'"),
        ('dependents = ["ln_ddfc"]', "dependents must be a section of names and values"),
    ],
)
def test_wrong_choices_of_the_curve_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        load_study(study(tmp_path, f'preset = "dong2022"\n[specifications]\n{text}'))


def test_a_mistake_beside_a_preset_is_still_found(tmp_path: Path) -> None:
    text = 'preset = "dong2022"\n[choice]\ndependend = "x"'
    with pytest.raises(StudyError, match=r"mine\.toml, section \[choice\].*'dependent'"):
        load_study(study(tmp_path, text))


def test_the_template_is_the_embedded_study_and_is_never_replaced(tmp_path: Path) -> None:
    file = write_template(tmp_path / "study.toml")
    assert load_study(file) == embedded_study()
    with pytest.raises(OutputError, match="already there and is not replaced"):
        write_template(file)


def test_presets_are_listed() -> None:
    assert presets() == ("dong2022",)


@pytest.mark.parametrize("value", ["20-30", "", 2.5, [], ["2000"], True])
def test_years_are_a_range_or_a_list(value: object) -> None:
    with pytest.raises(ValueError, match="must be a range"):
        parse_years(value)
