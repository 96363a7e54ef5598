"""On paper the results page has everything, also what is folded on the screen."""

import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

CSS = files("ioecon.study").joinpath("page.css").read_text(encoding="utf-8")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.parametrize(
    "rule",
    [
        r"details::details-content \{ content-visibility: visible",
        r"h1, h2, h3, caption, .eyebrow \{ break-after: avoid",
        r"figure \{ break-inside: avoid",
        r"\.box \{ break-inside: avoid",
        r"\.box\.long \{ break-inside: auto",
        r"thead \{ display: table-header-group",
        r"\.wide table \{ font-size",
    ],
)
def test_rules_for_paper(rule: str) -> None:
    assert re.search(rule, CSS[CSS.index("@media print") :])


@pytest.mark.skipif(
    not (BROWSER and shutil.which("pdftotext")), reason="needs chromium and pdftotext"
)
def test_folded_tables_are_printed(tmp_path: Path) -> None:
    wide = "".join(f"<td>number {k}</td>" for k in range(14))
    page = (
        f"<!doctype html><style>{CSS}</style><details><summary>More</summary>"
        f'<div class="box wide"><table><tr><td>folded words</td>{wide}</tr></table></div></details>'
    )
    (tmp_path / "p.html").write_text(page, encoding="utf-8")
    assert BROWSER is not None
    subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/u",
         f"--print-to-pdf={tmp_path}/p.pdf", (tmp_path / "p.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    found = subprocess.run(
        ["pdftotext", tmp_path / "p.pdf", "-"], check=True, capture_output=True, text=True
    )
    words = " ".join(found.stdout.split())
    assert "folded words" in words
    assert "13" in words
