"""How far the reading of one large table is: told to whoever looks, and to nobody else."""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import ioecon
from benchmarks import databases
from ioecon.files.file_set import FileSet
from ioecon.progress import is_watched, report_progress, watching

Told = list[tuple[str, int, int, str]]


@pytest.fixture
def told() -> Iterator[Told]:
    """What is told while the test runs."""
    parts: Told = []
    with watching(lambda *part: parts.append(part)):
        yield parts


def check_parts(parts: Told) -> None:
    """Require that nothing beyond the whole is told; a file may be read a second time."""
    assert all(0 <= done <= total for _, done, total, _ in parts)


@pytest.mark.parametrize("packed", [False, True])
def test_bytes_of_a_stream_are_told_and_are_the_same(
    tmp_path: Path, told: Told, packed: bool
) -> None:
    content = np.random.default_rng(1).bytes(3 * 2**20 + 17)
    path = tmp_path / "T.csv"
    path.write_bytes(content)
    if packed:
        path = tmp_path / "T.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(tmp_path / "T.csv", "T.csv")
    files = FileSet.of(path)
    with files.open("T.csv") as stream:
        first, rest = stream.read(10), stream.read()
    assert first + rest == content
    assert {(name, total, kind) for name, _, total, kind in told} == {
        ("T.csv", len(content), "bytes")
    }
    assert [part[1] for part in told] == sorted(part[1] for part in told)
    assert told[-1][1] == len(content)
    assert len(told) > 3
    check_parts(told)


def test_a_stream_that_nobody_watches_is_the_file_itself(tmp_path: Path) -> None:
    (tmp_path / "T.csv").write_bytes(b"1")
    assert not is_watched()
    with FileSet.of(tmp_path).open("T.csv") as stream:
        assert isinstance(stream.raw, io.FileIO)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name",
    [name for name in databases.CASES if "rdata" not in name],  # decoded by rdata as a whole
)
def test_every_database_tells_how_far_its_table_is(
    tmp_path: Path, told: Told, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.write(name, tmp_path, small=True)
    table = databases.read(name, tmp_path, small=True, dtype="float64")
    assert told, f"{name} says nothing while it reads"
    check_parts(told)
    parts = list(told)
    with report_progress(show=False, total=1):
        again = databases.read(name, tmp_path, small=True, dtype="float64")
    np.testing.assert_array_equal(again.Z, table.Z)
    assert {part[0] for part in told[len(parts) :]} == {part[0] for part in parts}


@pytest.mark.parametrize("progress", [True, False])
def test_a_bar_shows_the_file_while_one_table_is_read(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], progress: bool
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with tempfile.TemporaryDirectory() as folder:
        databases.write("icio", Path(folder), small=True)
        ioecon.read_table(folder, format="icio", year=2015, cache=False, progress=progress)
    shown = capfd.readouterr().err
    assert ("Reading" in shown) == progress
    assert (".csv" in shown and " of " in shown) == progress
    assert not is_watched()


def test_what_fails_leaves_nobody_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with pytest.raises(RuntimeError), report_progress(show=True, total=1):
        raise RuntimeError
    assert not is_watched()
