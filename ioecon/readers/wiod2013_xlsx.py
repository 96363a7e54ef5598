"""WIOD 2013 release as published in Excel: ``WIOT09_ROW_Sep12.xlsx``.

Industries are named c1 … c35 and categories of final demand c37, c38, c39, c41, c42, the same
codes as in R's form. Million US dollars, current prices unless the title says otherwise.
"""

from __future__ import annotations

from ioecon.files.file_set import FileSet
from ioecon.readers.options import ReadOptions
from ioecon.readers.wiod_sheet import table_of_sheet
from ioecon.table import IOTable

__all__ = ["parse_files"]


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one workbook; parameters and errors as in ``table_of_sheet``."""
    return table_of_sheet(
        files,
        year,
        options.empty_cells,
        sector=lambda heading: f"c{heading.number}",
        category=lambda heading: f"c{heading.number}",
    )
