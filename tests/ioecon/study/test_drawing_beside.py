"""Figures drawn by two processes are those of one, with its errors and warnings."""

import os
import signal
import sys
import warnings
from functools import partial
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from ioecon.study import drawing_beside as beside
from ioecon.study.drawing import Drawing, Picture
from ioecon.study.palette import Palette

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="figures are drawn by forks there")


@pytest.fixture(autouse=True)
def second_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_has_second_core", lambda: True)


def paint(height: float, log: Path, palette: Palette) -> Figure:
    with log.open("a") as file:
        file.write(f"{os.getpid()} {height}\n")
    figure = Figure(figsize=(1, 1))
    figure.subplots().bar([1], [height], color=palette.accent)
    return figure


def figures(count: int, log: Path, paint=paint) -> list[Drawing]:
    return [Drawing(f"f{n}", "", "", "", partial(paint, n + 1.0, log)) for n in range(count)]


def draw(drawings: list[Drawing], wait: bool = True) -> tuple[Picture, ...]:
    with beside.drawing_beside(drawings) as finish:
        if wait:  # the fork takes them all
            for process in children():
                beside._has_ended(process)
        return finish()


def children() -> list[int]:
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return [int(process) for process in found.split()]


@pytest.mark.parametrize("wait", [True, False])
def test_pictures_are_those_of_one_process(tmp_path: Path, wait: bool) -> None:
    before, log = children(), tmp_path / "log"
    pictures = draw(figures(3, log), wait)
    drawn = [line.split() for line in log.read_text().splitlines()]
    assert sorted({height for _, height in drawn}) == ["1.0", "2.0", "3.0"]
    assert len(drawn) == 6  # each by one process, light and dark
    if wait:
        assert str(os.getpid()) not in {process for process, _ in drawn}
    plain = [drawing.render() for drawing in figures(3, log)]
    files = [(found.light, found.dark, found.pdf) for found in pictures]
    assert files == [(one.light, one.dark, one.pdf) for one in plain]
    assert [found.drawing.key for found in pictures] == ["f0", "f1", "f2"]
    assert children() == before


def paint_badly(height: float, log: Path, palette: Palette) -> Figure:
    if height == 2.0:
        raise ValueError("no figure")
    return paint(height, log, palette)


def test_an_error_of_a_figure_arrives(tmp_path: Path) -> None:
    before = children()
    with pytest.raises(ValueError, match="no figure"):
        draw(figures(3, tmp_path / "log", paint_badly))
    assert children() == before


def paint_with_a_warning(height: float, log: Path, palette: Palette) -> Figure:
    if height == 2.0:
        warnings.warn("a strange figure", UserWarning, stacklevel=1)
    return paint(height, log, palette)


def test_a_warning_of_a_figure_arrives(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="a strange figure"):
        pictures = draw(figures(3, tmp_path / "log", paint_with_a_warning))
    assert len(pictures) == 3


def paint_and_die(height: float, log: Path, palette: Palette) -> Figure:
    if height == 2.0 and str(os.getpid()) != log.with_suffix(".first").read_text():
        os.kill(os.getpid(), signal.SIGKILL)
    return paint(height, log, palette)


def test_what_an_ended_process_leaves_is_drawn(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.with_suffix(".first").write_text(str(os.getpid()))
    pictures = draw(figures(3, log, paint_and_die))
    plain = [drawing.render() for drawing in figures(3, log)]
    assert [found.pdf for found in pictures] == [one.pdf for one in plain]


def test_a_process_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, first = children(), os.getpid()

    def hang(height: float, log: Path, palette: Palette) -> Figure:
        if os.getpid() != first:
            signal.pause()
        return paint(height, log, palette)

    monkeypatch.setattr(beside, "_PATIENCE", 0.05)
    assert len(draw(figures(2, tmp_path / "log", hang))) == 2
    assert children() == before


def test_nothing_is_left_running_after_an_interruption(tmp_path: Path) -> None:
    before = children()
    during: list[int] = []

    def interrupt() -> None:
        with beside.drawing_beside(figures(9, tmp_path / "log")):
            during.extend(children())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert len(during) == len(before) + 1
    assert children() == before


def test_one_process_draws_where_there_is_one_core(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_has_second_core", lambda: False)
    before = children()
    with beside.drawing_beside(figures(2, tmp_path / "log")) as finish:
        assert children() == before
        assert len(finish()) == 2
