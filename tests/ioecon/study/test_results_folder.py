"""The results folder appears complete or not at all, and never takes what is not its own."""

import errno
import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ioecon.cli import exit_code
from ioecon.errors import OutputError
from ioecon.study import run_study
from ioecon.study.results_folder import results_folder


def write(out: Path, text: str = "new", *, overwrite: bool = False) -> None:
    with results_folder(out, overwrite=overwrite) as folder:
        (folder / "panel.csv").write_text(text)
        (folder / "manifest.json").write_text(json.dumps({"outputs": {"panel.csv": ""}}))


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_it_appears_when_complete(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "results"
    write(out)
    assert tree(tmp_path) == {
        "deep", "deep/results", "deep/results/panel.csv", "deep/results/manifest.json",
    }  # fmt: skip


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with results_folder(tmp_path / "deep" / "results") as folder:
            (folder / "panel.csv").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert tree(tmp_path) == set()


def test_results_are_replaced_only_on_request(tmp_path: Path) -> None:
    out = tmp_path / "results"
    write(out, "old")
    with pytest.raises(OutputError, match="already there; replace it with --overwrite"):
        write(out)
    write(out, overwrite=True)
    assert (out / "panel.csv").read_text() == "new"
    assert {path.name for path in tmp_path.iterdir()} == {"results"}


def test_a_failed_replacement_keeps_the_old_results(tmp_path: Path) -> None:
    out = tmp_path / "results"
    write(out, "old")
    with pytest.raises(RuntimeError), results_folder(out, overwrite=True):
        raise RuntimeError
    assert (out / "panel.csv").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"results"}


def test_files_of_others_are_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter.tex").write_text("years of work")
    with pytest.raises(OutputError, match=r"not results of ioecon, the first 'chapter\.tex'"):
        write(out, overwrite=True)
    (out / "chapter.tex").unlink()
    write(out, overwrite=True)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"notes\.txt"):
        write(out, overwrite=True)
    assert (out / "notes.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_known_at_once(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    entered = False
    with pytest.raises(OutputError, match="cannot be written"), results_folder(file / "results"):
        entered = True
    with pytest.raises(OutputError, match="is a file"), results_folder(file):
        entered = True
    assert not entered


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """A disk on which no file can grow beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 300, 3_000, 30_000, 100_000])
def test_a_full_disk_is_an_output_error_at_every_file(small_study, size: int) -> None:
    study = small_study()
    before = tree(study.parent.parent)
    out = study.parent.parent / "results"
    words = r"results cannot be written \(.*--out"
    with pytest.raises(OutputError, match=words) as caught, largest_file(size):
        run_study(study, out)
    assert exit_code(caught.value) == 5
    assert tree(study.parent.parent) == before


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_fails_within_is_an_output_error(tmp_path: Path, code: int) -> None:
    out = tmp_path / "results"
    write(out, "old")
    with pytest.raises(OutputError) as caught, results_folder(out, overwrite=True):
        raise OSError(code, os.strerror(code))
    assert exit_code(caught.value) == 5
    assert exit_code(OSError(code, os.strerror(code))) == 5
    assert (out / "panel.csv").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"results"}


def test_an_input_that_cannot_be_read_is_no_output_error(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), results_folder(tmp_path / "results"):
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "co2.csv"))
    assert tree(tmp_path) == set()
