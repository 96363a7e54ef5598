"""Publication tables: one typed table, one writer per format.

`RegressionTable` prints fitted models, `descriptive_table` and `correlation_table` data,
`Table.from_frame` any data frame; all write text, Markdown, HTML, LaTeX, Word and Excel.
"""

from regressions.tables.cells import Cell, Head, HeaderRow, Label, Row, RowGroup
from regressions.tables.correlation import Correlations, correlation_table, correlations
from regressions.tables.descriptives import describe, descriptive_table, panel_variation
from regressions.tables.errors import TableContentError
from regressions.tables.excel import write_excel
from regressions.tables.regression_table import RegressionTable
from regressions.tables.table import Table
from regressions.tables.word import write_word

__all__ = [
    "Cell",
    "Correlations",
    "Head",
    "HeaderRow",
    "Label",
    "RegressionTable",
    "Row",
    "RowGroup",
    "Table",
    "TableContentError",
    "correlation_table",
    "correlations",
    "describe",
    "descriptive_table",
    "panel_variation",
    "write_excel",
    "write_word",
]
