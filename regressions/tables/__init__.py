"""Publication tables: one typed table, one writer per format.

`regression_table` prints fitted models, `descriptive_table` and `correlation_table` data,
`Table.from_frame` any data frame; all write text, Markdown, HTML, LaTeX, Word and Excel.
"""

from regressions.tables.cells import Cell, Head, HeaderRow, Label, Row, RowGroup
from regressions.tables.correlation import Correlations, correlation_table, correlations
from regressions.tables.descriptives import describe, descriptive_table, panel_variation
from regressions.tables.errors import TableContentError
from regressions.tables.file_format import DocumentFormat, TextFormat
from regressions.tables.formats import FORMATS, write_document, write_excel, write_word
from regressions.tables.regression import RegressionTable, regression_table
from regressions.tables.regression_options import RegressionTableOptions
from regressions.tables.table import Table

__all__ = [
    "FORMATS",
    "Cell",
    "Correlations",
    "DocumentFormat",
    "Head",
    "HeaderRow",
    "Label",
    "RegressionTable",
    "RegressionTableOptions",
    "Row",
    "RowGroup",
    "Table",
    "TableContentError",
    "TextFormat",
    "correlation_table",
    "correlations",
    "describe",
    "descriptive_table",
    "panel_variation",
    "regression_table",
    "write_document",
    "write_excel",
    "write_word",
]
