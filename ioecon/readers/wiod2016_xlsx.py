"""WIOD 2016 release as published in Excel: ``WIOT2000_Nov16_ROW.xlsb``, or saved as xlsx.

Industries are named by their code (A01, C10-C12 …) and categories of final demand CONS_h,
CONS_np, CONS_g, GFCF, INVEN, the same labels as in R's form. Million US dollars, current prices
unless the title says otherwise.
"""

from __future__ import annotations

from ioecon.readers.options import ReadOptions
from ioecon.readers.wiod2016 import CATEGORY_OF_NUMBER
from ioecon.readers.wiod_sheet import table_of_sheet
from ioecon.table import IOTable

__all__ = ["parse"]


def parse(data: bytes, name: str, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one workbook; parameters and errors as in ``table_of_sheet``."""
    return table_of_sheet(
        data,
        name,
        year,
        options.empty_cells,
        sector=lambda heading: heading.code,
        category=lambda heading: CATEGORY_OF_NUMBER.get(heading.number, heading.code),
    )
