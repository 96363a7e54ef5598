"""Whatever is wrong is said in one sentence, at its step, and nothing is written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ioecon.errors import EmissionsError, OutputError, PanelError, ReadError, StudyError
from ioecon.study import results_files, run_study
from ioecon.study.steps import failed_step

Write = Callable[..., Path]
CHECKING = "Checking the study (study.toml)"


def test_the_small_study_runs(small_study: Write, tmp_path: Path) -> None:
    results = run_study(small_study(), tmp_path / "results")
    assert results.panel.shape[0] == 12
    assert [item.role for item in results.inputs].count("emissions") == 1
    names = {item.name for item in results.inputs}
    assert {"study.toml", "co2.csv", "controls.csv", "groups.csv"} <= names
    assert results.comparison is None
    assert not (results.folder / "published.md").exists()


@pytest.mark.parametrize(
    ("replacement", "error", "message", "step"),
    [
        (
            ('"co2.csv"', '"none.csv"'),
            ReadError,
            r"emissions\.file: there is no file .*none\.csv",
            CHECKING,
        ),
        (
            ('path = "tables"', 'path = "nowhere"'),
            ReadError,
            "nowhere",
            CHECKING,
        ),
        (
            ('"controls.csv"', '"none.csv"'),
            ReadError,
            r"controls\.file: there is no file .*none\.csv",
            CHECKING,
        ),
        (
            ('"urban_pct"', '"urban_pc"'),
            PanelError,
            r"controls\.csv has no column 'urban_pc' \(for 'urban'\); did you mean",
            CHECKING,
        ),
        (
            ('columns = [["iti"]]', 'columns = [["itj"]]'),
            StudyError,
            "base, column 1, names 'itj', which the panel does not have; did you mean 'iti'",
            CHECKING,
        ),
        (
            ('columns = [["iti"]]', "columns = [\"__import__('os').getcwd()\"]"),
            StudyError,
            "base, column 1: .*__import__",
            CHECKING,
        ),
        (
            ('columns = [["iti"]]', 'columns = [["iti"]]\nsample = "rich"'),
            PanelError,
            "base: the sample 'rich' has only AUT; a panel model needs two countries",
            "Checking the names",
        ),
        (
            ('["ddfc", "iti"]', '["ddfc", "itii"]'),
            StudyError,
            "names 'itii', which the panel does not have; did you mean 'iti'",
            CHECKING,
        ),
        (
            ('scatter = ["iti", "ddfc"]', 'scatter = ["iti", "dfcc"]'),
            StudyError,
            "figures.scatter names 'dfcc'",
            CHECKING,
        ),
        (
            ('scatter = ["iti", "ddfc"]', 'countries = ["DEU"]\nscatter = ["iti", "ddfc"]'),
            StudyError,
            "figures.countries names 'DEU'",
            "Checking the names",
        ),
    ],
)
def test_a_mistake_is_named_with_its_step(
    small_study: Write,
    tmp_path: Path,
    replacement: tuple[str, str],
    error: type[Exception],
    message: str,
    step: str,
) -> None:
    file = small_study(replacement)
    with pytest.raises(error, match=message) as caught:
        run_study(file, tmp_path / "out" / "results")
    assert failed_step(caught.value) == step
    assert {path.name for path in tmp_path.iterdir()} == {"study"}


def test_a_country_without_emissions_is_named(small_study: Write, tmp_path: Path) -> None:
    with pytest.raises(EmissionsError, match="BEL"):
        run_study(small_study(without_co2="BEL"), tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_a_group_must_be_true_or_false(small_study: Write, tmp_path: Path) -> None:
    file = small_study()
    (file.parent / "groups.csv").write_text("iso3,rich\nAUT,true\nBEL,perhaps\nCHE,false\n")
    with pytest.raises(PanelError, match="BEL has 'perhaps'"):
        run_study(file, tmp_path / "results")


def test_nothing_is_computed_when_the_folder_cannot_be_written(
    small_study: Write, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    begun: list[str] = []
    with pytest.raises(OutputError, match="cannot be written"):
        run_study(small_study(), tmp_path / "file" / "results", report=begun.append)
    assert begun == ["Reading the study file", "Checking the study", "Opening the results folder"]


def test_an_existing_folder_is_kept(small_study: Write, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    with pytest.raises(OutputError, match="--overwrite"):
        run_study(small_study(), tmp_path / "results")


def test_a_failure_at_the_last_step_leaves_nothing(
    small_study: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = small_study()

    def fail(_: object) -> str:
        raise MemoryError("no room")

    monkeypatch.setattr(results_files, "page_html", fail)
    with pytest.raises(MemoryError) as caught:
        run_study(file, tmp_path / "results")
    assert failed_step(caught.value) == "Drawing and writing"
    assert {path.name for path in tmp_path.iterdir()} == {"study"}


def test_labels_and_titles_are_escaped(small_study: Write, tmp_path: Path) -> None:
    nasty = "<script>alert('x')</script>"
    file = small_study(
        ('title = "Small"', f'title = "{nasty}"\nnotes = ["{nasty}"]\n[labels]\niti = "{nasty}"'),
        ('title = "Base"', f'title = "{nasty}"'),
    )
    results = run_study(file, tmp_path / "results")
    source = (results.folder / "index.html").read_text(encoding="utf-8")
    assert "<script" not in source
    assert "&lt;script&gt;" in source
