"""LaTeX that TeX accepts: compiled where TeX is installed."""

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from regressions import Label, Table
from regressions.tables import Cell, Head, HeaderRow, Row, RowGroup

NASTY = "a&b_c%d$e#f{g}h~i^j\\k<l>m|n\"o'p`q[r]s*t--u ?`!` é ΔCO₂ x² −1×2 χ̄² β̂ x̄ &̃ é X⃗"
GREEK = "αβγδεζηθικλμνξπρστυφχψω ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΠΡΣΤΥΦΧΨΩ"


def tables() -> list[Table]:
    everywhere = Table(
        header=(
            HeaderRow(("",), (Head(NASTY, span=2),), spanner=True),
            HeaderRow((NASTY,), (Head("two\n*lines"), Head("(2)"))),
        ),
        groups=(
            RowGroup(
                (
                    Row((Cell.label(NASTY),), (Cell(NASTY), Cell("-0.1", "estimate", "***"))),
                    Row((Cell(),), (Cell(), Cell("[-0.1, 0.2]", "error")), continues=True),
                    Row((Cell.label("*starred\n[lines]"),), (Cell("[a]"), Cell("*"))),
                    Row((Cell.label("[bracket]"),), (Cell(GREEK), Cell("9.3e-05", "statistic"))),
                ),
                title=NASTY,
            ),
        ),
        notes=(NASTY, "*** p<0.01", "[note]"),
        title=NASTY,
        identifier="tab:nasty",
    )
    frame = pd.DataFrame({"r2": [0.5, -1.0]}, index=["x_1", "50%"])
    plain = Table.from_frame(frame, labels={"r2": Label("R²", latex="$R^2$")}, notes=["n"])
    return [everywhere, plain]


def on_paper() -> list[Table]:
    """Tables that are turned, parted, long, and long and turned; and one of sentences."""
    made = []
    for columns, rows in ((8, 5), (20, 5), (2, 120), (8, 120)):
        index = [f"{NASTY[:9]} {k}" for k in range(rows)]
        frame = pd.DataFrame(-0.12345, index=index, columns=[f"e_{k}" for k in range(columns)])
        made.append(Table.from_frame(frame, title="Table 3. x & y", notes=[NASTY], digits=8))
    sentences = pd.DataFrame({"verdict": ["R&D goes on and on " * 9] * 3, "p": [0.1] * 3})
    return [*made, Table.from_frame(sentences, title="Tests", identifier="tab:tests")]


def document(*, threeparttable: bool, preamble: str = "") -> str:
    body = "\n\n".join(table.to_latex(threeparttable=threeparttable) for table in tables())
    return (
        "\\documentclass{article}\n\\usepackage{booktabs,threeparttable}\n"
        f"{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )


def compile_with(engine: str, source: str, folder: Path) -> str:
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    (folder / "table.tex").write_text(source, encoding="utf-8")
    run = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "table.tex"],
        cwd=folder, capture_output=True, text=True, errors="replace", timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, "\n".join(run.stdout.splitlines()[-25:])
    assert (folder / "table.pdf").stat().st_size > 0
    return run.stdout


@pytest.mark.parametrize("threeparttable", [True, False])
def test_pdflatex(tmp_path: Path, threeparttable: bool) -> None:
    log = compile_with("pdflatex", document(threeparttable=threeparttable), tmp_path)
    assert "Missing character" not in log


@pytest.mark.parametrize("threeparttable", [True, False])
def test_wide_and_long_tables_fit_the_page(tmp_path: Path, threeparttable: bool) -> None:
    texts = [table.to_latex(threeparttable=threeparttable) for table in on_paper()]
    packages = sorted({text.splitlines()[0].removeprefix("% ") for text in texts})
    source = "\n".join(
        [
            r"\documentclass[a4paper]{article}",
            r"\usepackage[margin=1in]{geometry}",
            *packages,
            r"\begin{document}",
            *texts,
            r"\end{document}",
        ]
    )
    log = compile_with("pdflatex", source, tmp_path)
    assert log.count("Overfull") <= (0 if threeparttable else 5), log


def test_xelatex(tmp_path: Path) -> None:
    compile_with("xelatex", document(threeparttable=True), tmp_path)
