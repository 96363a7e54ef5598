"""Each writer prints the same cells in its own format."""

import pandas as pd
import pytest

from regressions import Label, Table, TableContentError
from regressions.tables import Cell, Head, HeaderRow, Row, RowGroup


@pytest.fixture(scope="module")
def table() -> Table:
    blank = (Cell(kind="label"),)
    rows = (
        Row(
            (Cell.label("ln(ITI)"),),
            (Cell("-0.164", "estimate", "***", -0.16432), Cell("1,859", "estimate", "*", 1859.2)),
        ),
        Row(
            blank,
            (Cell("(0.0612)", "error", value=0.06121), Cell("(998.1)", "error", value=998.1)),
            continues=True,
        ),
    )
    size = Row(
        (Cell.label("Observations"),),
        (Cell("378", "count", value=378), Cell("9", "count", value=9)),
    )
    return Table(
        header=(
            HeaderRow(("",), (Head("Developed & rich", span=2),), spanner=True),
            HeaderRow(("VARIABLES",), (Head("(1)"), Head("(2)"))),
        ),
        groups=(RowGroup(rows), RowGroup((size,), title="Size")),
        notes=("Standard errors in parentheses", "*** p<0.01"),
        title="Base",
        identifier="tab:base",
    )


def test_text(table: Table) -> None:
    assert table.to_text().splitlines() == [
        "Base",
        "---------------------------------",
        "                Developed & rich",
        "              -------------------",
        "VARIABLES        (1)        (2)",
        "---------------------------------",
        "ln(ITI)       -0.164***  1,859*",
        "              (0.0612)    (998.1)",
        "---------------------------------",
        "Size",
        "Observations     378         9",
        "---------------------------------",
        "Standard errors in parentheses",
        "*** p<0.01",
    ]
    assert str(table) == table.to_text()


def test_markdown(table: Table) -> None:
    assert table.to_markdown().splitlines() == [
        "**Base**",
        "",
        "| VARIABLES | Developed & rich<br>(1) | Developed & rich<br>(2) |",
        "| :--- | :---: | :---: |",
        r"| ln(ITI) | -0.164\*\*\* | 1,859\* |",
        "|  | (0.0612) | (998.1) |",
        "| *Size* |  |  |",
        "| Observations | 378 | 9 |",
        "",
        "Standard errors in parentheses",
        "",
        r"\*\*\* p<0.01",
    ]


def test_html(table: Table) -> None:
    assert table.to_html().splitlines() == [
        '<table class="publication" lang="en" id="tab:base">',
        "<caption>Base</caption>",
        "<thead>",
        '<tr><td></td><th scope="colgroup" colspan="2">Developed &amp; rich</th></tr>',
        '<tr><th scope="col">VARIABLES</th><th scope="col">(1)</th><th scope="col">(2)</th></tr>',
        "</thead>",
        "<tbody>",
        '<tr><th scope="row" rowspan="2">ln(ITI)</th><td class="estimate">-0.164***</td>'
        '<td class="estimate">1,859*</td></tr>',
        '<tr><td class="error">(0.0612)</td><td class="error">(998.1)</td></tr>',
        "</tbody>",
        "<tbody>",
        '<tr><th scope="rowgroup" colspan="3">Size</th></tr>',
        '<tr><th scope="row">Observations</th><td class="count">378</td>'
        '<td class="count">9</td></tr>',
        "</tbody>",
        "<tfoot>",
        '<tr><td class="note" colspan="3">Standard errors in parentheses</td></tr>',
        '<tr><td class="note" colspan="3">*** p&lt;0.01</td></tr>',
        "</tfoot>",
        "</table>",
    ]
    assert table._repr_html_() == table.to_html()


def test_latex(table: Table) -> None:
    assert table.to_latex().splitlines() == [
        r"% \usepackage{booktabs,threeparttable}",
        r"\begin{table}[htbp]",
        r"\centering",
        r"\begin{threeparttable}",
        r"\caption{Base}",
        r"\label{tab:base}",
        r"\begin{tabular}{lcc}",
        r"\toprule",
        r" & \multicolumn{2}{c}{Developed \& rich} \\",
        r"\cmidrule(lr){2-3}",
        r"VARIABLES & \multicolumn{1}{c}{(1)} & \multicolumn{1}{c}{(2)} \\",
        r"\midrule",
        r"ln(ITI) & $-$0.164*** & 1,859* \\",
        r" & (0.0612) & (998.1) \\",
        r"\midrule",
        r"\multicolumn{3}{l}{\textit{Size}} \\",
        r"Observations & 378 & 9 \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\begin{tablenotes}[flushleft]",
        r"\footnotesize",
        r"\item Standard errors in parentheses",
        r"\item {}*** p\textless{}0.01",
        r"\end{tablenotes}",
        r"\end{threeparttable}",
        r"\end{table}",
    ]


def test_latex_without_threeparttable_has_the_notes_as_rows(table: Table) -> None:
    latex = table.to_latex(threeparttable=False)
    assert "threeparttable" not in latex
    assert r"\multicolumn{3}{l}{\footnotesize Standard errors in parentheses} \\" in latex


def test_a_frame_keeps_years_strings_and_missing_values() -> None:
    frame = pd.DataFrame(
        {
            "year": [2005, 2006],
            "share": [0.12345, None],
            "sound": [True, False],
            "says": ["as_is", None],
        },
        index=pd.Index(["AUT", "DEU"], name="country"),
    )
    table = Table.from_frame(frame, labels={"AUT": "Austria", "share": "Share"}, missing="–")
    printed = table.to_frame()
    assert printed.to_numpy().tolist() == [
        ["2005", "0.123", "Yes", "as_is"],
        ["2006", "–", "No", "–"],
    ]
    assert printed.index.tolist() == ["Austria", "DEU"]
    assert printed.columns.tolist() == ["year", "Share", "sound", "says"]
    assert table.header[0].labels == ("country",)


def test_a_frames_column_levels_are_joined_within_their_parents() -> None:
    columns = pd.MultiIndex.from_tuples(
        [("2005", "x", "a"), ("2005", "x", "b"), ("2006", "x", "a"), ("2006", "y", "a")]
    )
    table = Table.from_frame(pd.DataFrame([[1.0, 2.0, 3.0, 4.0]], columns=columns))
    assert [[(h.text, h.span) for h in row.heads] for row in table.header] == [
        [("2005", 2), ("2006", 2)],
        [("x", 2), ("x", 1), ("y", 1)],
        [("a", 1), ("b", 1), ("a", 1), ("a", 1)],
    ]


def test_a_frames_index_levels_are_label_columns() -> None:
    index = pd.MultiIndex.from_tuples([("AUT", 2005), ("AUT", 2006)], names=["country", "year"])
    table = Table.from_frame(pd.DataFrame({"x": [1.5, 2.5]}, index=index))
    assert table.n_labels == 2
    assert table.to_frame().index.tolist() == [("AUT", "2005"), ("AUT", "2006")]


def test_formats_by_column() -> None:
    frame = pd.DataFrame({"a": [0.123456], "b": [0.123456], "c": [0.5]})
    table = Table.from_frame(frame, digits=2, formats={"b": 4, "c": "{:.0%}".format})
    assert table.to_frame().to_numpy().tolist() == [["0.12", "0.1235", "50%"]]
    with pytest.raises(TableContentError, match="formats names the column 'd'"):
        Table.from_frame(frame, formats={"d": 1})
    with pytest.raises(TableContentError, match="no columns"):
        Table.from_frame(frame[[]])


def test_labels_with_their_own_latex() -> None:
    frame = pd.DataFrame({"r2": [0.5]}, index=["ddfc"])
    labels = {"r2": Label("R²", latex="$R^2$"), "ddfc": Label("ΔDfC", latex=r"$\Delta DfC$")}
    table = Table.from_frame(frame, labels=labels)
    assert r"\multicolumn{1}{r}{$R^2$}" in table.to_latex()
    assert r"$\Delta DfC$ & 0.500" in table.to_latex()
    assert "R²" in table.to_html()


def test_rows_of_unequal_length_are_refused() -> None:
    header = (HeaderRow(("",), (Head("a"), Head("b"))),)
    short = RowGroup((Row((Cell.label("x"),), (Cell("1"),)),))
    with pytest.raises(TableContentError, match="row 'x' has 1 labels and 1 cells"):
        Table(header=header, groups=(short,))
    with pytest.raises(TableContentError, match="the first one spans 1 and 2"):
        Table(header=(*header, HeaderRow(("",), (Head("a"),))), groups=())
    with pytest.raises(TableContentError, match="cannot continue"):
        RowGroup((Row((Cell(),), (Cell(),), continues=True),))
    with pytest.raises(TableContentError, match="spans 0 columns"):
        Head("a", span=0)
