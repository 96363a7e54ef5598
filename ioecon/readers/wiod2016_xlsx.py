"""WIOD 2016 release as published in Excel: ``WIOT2000_Nov16_ROW.xlsb``, or saved as xlsx.

Industries are named by their code (A01, C10-C12 …) and categories of final demand CONS_h,
CONS_np, CONS_g, GFCF, INVEN, the same labels as in R's form. Million US dollars, current prices
unless the title says otherwise; ``WIOT2014_PYP_Nov16_ROW.xlsb`` is another format,
:mod:`.wiod2016_pyp`.
"""

from __future__ import annotations

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.readers.options import ReadOptions
from ioecon.readers.wiod2016 import CATEGORY_OF_NUMBER
from ioecon.readers.wiod_sheet import table_of_sheet, tells_previous_year
from ioecon.table import IOTable

__all__ = ["parse_files", "parse_in_its_prices"]


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one workbook; parameters and errors as in ``table_of_sheet``.

    Raises
    ------
    ReadError
        If the name says that the table is in prices of the previous year, too.
    """
    if tells_previous_year(files.name):
        raise ReadError(
            f"{files.name} is named as a table in prices of the previous year (PYP), not in "
            "current prices: read it with format='wiod2016-pyp'."
        )
    return parse_in_its_prices(files, year, options)


def parse_in_its_prices(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one workbook, in the prices that its titles or its name tell."""
    return table_of_sheet(
        files,
        year,
        options.empty_cells,
        sector=lambda heading: heading.code,
        category=lambda heading: CATEGORY_OF_NUMBER.get(heading.number, heading.code),
    )
