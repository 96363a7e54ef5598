"""The record of benchmarks: sides in turn, counted memory, a place for each version and machine."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import benchmarks.__main__ as record
from benchmarks.measure import HEAD, Row, in_turn, machine, peak_bytes


def test_sides_are_done_in_turn_and_the_order_is_turned_round() -> None:
    done: list[str] = []
    took = in_turn({"one": lambda: done.append("one"), "two": lambda: done.append("two")}, 3)
    assert done == ["one", "two", "one", "two", "two", "one", "one", "two"]
    assert set(took) == {"one", "two"}
    assert all(each.cpu >= 0 and each.wall >= 0 for each in took.values())


def test_memory_is_counted_beyond_what_was_held() -> None:
    held = np.ones(1_000_000)
    peak = peak_bytes(lambda: [held * 2, held * 3])
    assert 2 * held.nbytes <= peak < 2.01 * held.nbytes


def result(seconds: float, **place: Any) -> dict[str, dict[str, Any]]:
    row = {"work": "w", "seconds": seconds, "beside": "LU", "ratio": 1.5, "wanted": "≤ 2"}
    row |= {"peak": 3.0, "peak_unit": "n × n"}
    return {"decomposition": {"machine": machine() | place, "rows": [row]}}


def test_a_later_run_takes_the_place_of_one_of_the_same_version_and_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setattr(record, "RECORD", tmp_path / "record.json")
    record.keep(result(1.0))
    record.keep(result(2.0, ioecon="9.9"))
    record.keep(result(3.0))
    kept = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    assert [(run["ioecon"], run["rows"][0]["seconds"]) for run in kept] == [
        ("9.9", 2.0),
        (machine()["ioecon"], 3.0),
    ]
    page = (tmp_path / "record.md").read_text(encoding="utf-8")
    assert "## decomposition, ioecon 9.9" in page
    assert "| w | 3 | LU | 1.50 | ≤ 2 | 3 n × n |" in page


def test_quick_figures_are_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        record.main(["--quick", "--record"])
    assert "--quick figures are not kept" in capsys.readouterr().err


def test_a_quick_run_prints_a_line_for_each_work(capsys: pytest.CaptureFixture[str]) -> None:
    record.main(["--quick", "--only", "decomposition"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == list(HEAD)
    assert any("added year" in line and "one bare LU" in line for line in lines)
    assert len({line.count("|") for line in lines}) == 1


def test_a_peer_that_is_not_there_leaves_its_cells_empty() -> None:
    assert Row("w", 0.5).cells() == ["w", "0.5", "", "", "", ""]
