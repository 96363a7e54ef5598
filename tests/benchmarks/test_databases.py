"""The benchmark of the databases on tables of a few rows: every layout reads, every row prints."""

import warnings
from pathlib import Path

import pytest

from benchmarks import databases


@pytest.mark.parametrize("name", databases.CASES)
def test_a_layout_is_written_and_read_as_its_case_says(tmp_path: Path, name: str) -> None:
    databases.write(name, tmp_path, small=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = databases.read(name, tmp_path, small=True, dtype="float32")
    assert table.year == databases.CASES[name].year
    assert table.Z.dtype == "float32"
    if databases.CASES[name].labels is not None:
        assert table.n == databases.GROUPS**2


def test_a_row_holds_seconds_and_memory_of_both(capsys: pytest.CaptureFixture[str]) -> None:
    databases.main(["--small", "--only", "icio"])
    head, _, row = capsys.readouterr().out.strip().splitlines()
    cells = dict(zip(databases.HEAD, (c.strip() for c in row.strip("|").split("|")), strict=True))
    assert head.startswith("| database | n |")
    assert cells["database"] == "icio"
    assert int(cells["n"]) > 4
    for measured in ("seconds", "worked", "× table", "pymrio seconds", "pymrio × table"):
        assert float(cells[measured]) >= 0  # a number, not the sentence of a failure
