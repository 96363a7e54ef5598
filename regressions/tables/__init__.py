"""
Publication tables: one typed table, one writer per format.

`RegressionTable` prints fitted models, `Table.from_frame` any data frame; both write text,
Markdown, HTML, LaTeX, Word and Excel.
"""

from regressions.tables.cells import Cell, Head, HeaderRow, Label, Row, RowGroup
from regressions.tables.errors import TableContentError
from regressions.tables.excel import write_excel
from regressions.tables.regression_table import RegressionTable
from regressions.tables.table import Table
from regressions.tables.word import write_word

__all__ = [
    "Cell",
    "Head",
    "HeaderRow",
    "Label",
    "RegressionTable",
    "Row",
    "RowGroup",
    "Table",
    "TableContentError",
    "write_excel",
    "write_word",
]
