"""No command dies of a sign that the terminal cannot print, and none says what is not so."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ioecon
from ioecon.cli import main
from ioecon.terminal import print_on_any_terminal

ENCODINGS = ("ascii", "latin-1", "cp1252", "gbk", "utf-8")
STUDY = """
kind = "xiao2014"
title = "Δ – “名” ½ 🙂"
notes = ["→ − ×"]
"""


class KeptOpen(io.BytesIO):
    """Bytes that outlive the streams that write them."""

    def close(self) -> None:
        self.flush()


def call(monkeypatch: pytest.MonkeyPatch, encoding: str, *arguments: object) -> tuple[int, str]:
    """Exit code and output of a command whose streams have the encoding, and refuse the rest."""
    raw = KeptOpen()
    for name in ("stdout", "stderr"):
        stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict", write_through=True)
        monkeypatch.setattr(sys, name, stream)
    monkeypatch.setattr(sys, "argv", ["ioecon", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        main()
    # click takes a terminal of plain ASCII for one that is not set up, and writes UTF-8
    return int(caught.value.code or 0), raw.getvalue().decode(encoding, errors="replace")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_signs_are_replaced(encoding: str) -> None:
    print_on_any_terminal()
    text = "Δ – “名” ½ 🙂 −1 × 2 → 3…"
    found = text.encode(encoding, "ioecon-plain").decode(encoding)
    assert "1" in found
    assert encoding != "ascii" or found == 'd - "?" 1/2 ? -1 x 2 -> 3...'


@pytest.mark.parametrize("encoding", ENCODINGS[:-1])
def test_every_command_prints_under_every_encoding(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "学.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "bad.toml").write_text("title = “x”", encoding="utf-8")
    ioecon.write_series(ioecon.datasets.load_regions().tables, tmp_path / "tables")
    for name, value in {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "40"}.items():
        monkeypatch.setenv(name, value)
    out = tmp_path / "results"
    expected = {
        ("--help",): 0,
        ("check", tmp_path / "学.toml"): 0,
        ("check", tmp_path / "bad.toml"): 2,
        ("run", tmp_path / "bad.toml", "--out", out): 2,
        ("run", tmp_path / "学.toml", "--out", tmp_path): 5,
        ("init", tmp_path / "名.toml"): 0,
        ("template", tmp_path / "t", "--regions", "北;南", "--sectors", "2"): 0,
        ("audit", tmp_path / "tables", "--format", "ioecon"): 0,
    }
    if encoding == "gbk":  # a whole run, once
        expected |= {("run", tmp_path / "学.toml", "--out", out): 0}
    for arguments, code in expected.items():
        found, text = call(monkeypatch, encoding, *arguments)
        assert found == code, (arguments, text)
        assert "Traceback" not in text
        assert "codec" not in text
        assert ("Nothing was written" in text) == (arguments[0] == "run" and code != 0)
    assert (out / "index.html").is_file() == (encoding == "gbk")


@pytest.mark.parametrize("plain", [{"LANG": "C"}, {"LC_ALL": "C", "PYTHONIOENCODING": ""}])
@pytest.mark.parametrize("utf8", ["0", "1"])
def test_a_terminal_of_the_c_locale_is_enough(
    tmp_path: Path, plain: dict[str, str], utf8: str
) -> None:
    (tmp_path / "study.toml").write_text('preset = "“名”"\n', encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHONIO"))}
    found = subprocess.run(
        [sys.executable, "-c", "from ioecon.cli import main; main()", "check", "study.toml"],
        cwd=tmp_path, capture_output=True, check=False,
        env={**kept, **plain, "PYTHONUTF8": utf8, "PYTHONCOERCECLOCALE": utf8},
    )  # fmt: skip
    told = (found.stdout + found.stderr).decode("utf-8")
    assert found.returncode == 2, told
    assert "study.toml" in told
    assert "Traceback" not in told
    assert "codec" not in told
    assert "名" in told  # click writes UTF-8 to a terminal of plain ASCII


def test_a_reader_that_stops_early_is_no_error(tmp_path: Path) -> None:
    ioecon.write_series(ioecon.datasets.load_regions().tables, tmp_path / "tables")
    command = f"{sys.executable} -c 'from ioecon.cli import main; main()' audit tables --format"
    shell = f"{command} ioecon | true; exit ${{PIPESTATUS[0]}}"
    found = subprocess.run(
        ["bash", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0
    assert "Broken" not in found.stderr
