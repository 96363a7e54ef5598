"""Old or new is there under its name whenever the process ends; what dead ones left is swept."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ioecon import whole_folder as module
from ioecon.whole_folder import sweep, whole_folder

HANG = """
    import importlib.util, os, signal, sys, time
    from pathlib import Path
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what runs behind a shell
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored by what runs under nohup
    place, step = Path(sys.argv[1]), sys.argv[2]
    spec = importlib.util.spec_from_file_location("whole_folder", sys.argv[3])  # alone: quick
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def stop(*given):
        print("here", flush=True)
        time.sleep(30)

    if step == "between":  # the two renames, where folders cannot be exchanged
        module._exchange = lambda one, other: False
        rename = os.rename
        os.rename = lambda a, b: (rename(a, b), Path(b).name == "replaced" and stop())
    with module.whole_folder(place, lambda: None) as folder:
        (folder / "file").write_text("new")
        if step == "within":
            stop()
        if step == "after":
            move = module._move_into_place
            module._move_into_place = lambda *given: (move(*given), stop())
"""


@pytest.fixture(autouse=True)
def interrupts_are_heard():
    """A process that a shell runs in the background ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def write(place: Path, text: str) -> None:
    with whole_folder(place, lambda: None) as folder:
        (folder / "file").write_text(text)


def left(parent: Path) -> list[str]:
    return sorted(entry.name for entry in parent.iterdir() if entry.name.startswith("."))


def started(place: Path, step: str) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HANG), str(place), step, module.__file__],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "here\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("step", ["within", "between", "after"])
def test_old_or_new_is_there_however_it_ends(tmp_path: Path, step: str, number: int) -> None:
    place = tmp_path / "results"
    write(place, "old")
    process = started(place, step)
    if step == "between" and number != signal.SIGKILL:
        # Held until the renames are done.
        process.send_signal(number)
        time.sleep(0.1)
        assert process.poll() is None
        process.kill()
    else:
        process.send_signal(number)
    if step == "after" and number != signal.SIGKILL:
        process.kill()
    process.wait(timeout=20)
    if step == "within" and number != signal.SIGKILL:
        assert left(tmp_path) == []
        assert process.returncode in (128 + number, -signal.SIGINT)
    sweep(tmp_path, "results")
    assert (place / "file").read_text() == ("new" if step == "after" else "old")
    assert left(tmp_path) == []
    write(place, "next")
    assert (place / "file").read_text() == "next"
    assert left(tmp_path) == []


def test_the_next_run_puts_back_what_was_set_aside(tmp_path: Path) -> None:
    place = tmp_path / "results"
    write(place, "old")
    process = started(place, "between")
    assert not place.exists()
    process.kill()
    process.wait(timeout=20)
    with whole_folder(place, lambda: None):
        assert (place / "file").read_text() == "old"


def test_a_run_that_is_alive_is_never_swept(tmp_path: Path) -> None:
    place = tmp_path / "results"
    process = started(place, "within")
    (work,) = left(tmp_path)
    sweep(tmp_path)
    assert left(tmp_path) == [work]
    write(place, "mine")
    assert left(tmp_path) == [work]
    process.kill()
    process.wait(timeout=20)
    write(tmp_path / "other", "of another name")
    assert left(tmp_path) == [work]
    sweep(tmp_path)
    assert left(tmp_path) == []
    assert (place / "file").read_text() == "mine"


def test_hidden_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    for name in (".results-backup", ".results-x.ioecon-work", ".git"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine").write_text("")
        os.utime(tmp_path / name, (0, 0))
    write(tmp_path / "results", "new")
    sweep(tmp_path)
    assert len(left(tmp_path)) == 3
    assert all((tmp_path / name / "mine").exists() for name in left(tmp_path))


@pytest.mark.parametrize("exchange", [True, False])
def test_a_reader_finds_old_or_new(tmp_path: Path, monkeypatch, exchange: bool) -> None:
    seen = []
    place = tmp_path / "results"
    write(place, "old")
    rename = os.rename

    def watched(one: Path, other: Path) -> None:
        rename(one, other)
        seen.append((place / "file").read_text() if place.exists() else "nothing")

    monkeypatch.setattr(os, "rename", watched)
    if not exchange:
        monkeypatch.setattr(module, "_exchange", lambda one, other: False)
    write(place, "new")
    assert (place / "file").read_text() == "new"
    assert ("nothing" in seen) is not exchange
    assert left(tmp_path) == []


def test_a_rename_that_fails_puts_the_old_one_back(tmp_path: Path, monkeypatch) -> None:
    place = tmp_path / "results"
    write(place, "old")
    monkeypatch.setattr(module, "_exchange", lambda one, other: False)
    rename = os.rename

    def failing(one: Path, other: Path) -> None:
        if Path(one).name == "new":
            raise PermissionError(13, "Permission denied", str(one))
        rename(one, other)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(PermissionError):
        write(place, "new")
    assert (place / "file").read_text() == "old"
    assert left(tmp_path) == []


def test_names_as_long_as_a_file_system_allows(tmp_path: Path) -> None:
    place = tmp_path / ("n" * 250)
    write(place, "old")
    write(place, "new")
    assert (place / "file").read_text() == "new"


def test_signals_are_as_before_afterwards(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    write(tmp_path / "results", "new")
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_an_interrupt_at_the_end_comes_after_the_move(tmp_path: Path, monkeypatch) -> None:
    move = module._move_into_place

    def interrupted(*given: Path) -> None:
        signal.raise_signal(signal.SIGINT)
        move(*given)

    monkeypatch.setattr(module, "_move_into_place", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "deep" / "results", "new")
    assert (tmp_path / "deep" / "results" / "file").read_text() == "new"
    shutil.rmtree(tmp_path / "deep")
    assert left(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_what_was_complete_before_an_interrupt(
    tmp_path: Path, monkeypatch, capsys, number: int
) -> None:
    import typer

    from ioecon.cli.failures import failures

    move = module._move_into_place

    def interrupted(*given: Path) -> None:
        signal.raise_signal(number)
        move(*given)

    place = tmp_path / "results"
    write(place, "old")
    monkeypatch.setattr(module, "_move_into_place", interrupted)
    with pytest.raises((SystemExit, typer.Exit)), failures(debug=False):
        write(place, "new")
    assert (place / "file").read_text() == "new"
    said = capsys.readouterr().err
    assert f"Complete before the interrupt: {place}" in said
    assert "Nothing was written" not in said
