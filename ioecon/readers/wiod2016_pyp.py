"""WIOD 2016 release in prices of the previous year: ``WIOT2014_PYP_Nov16_ROW.xlsb``, 2001–2014.

Laid out as the tables in current prices (:mod:`.wiod2016_xlsx`), from which often the name alone
tells them apart. None was at hand: should a title say current prices, the name counts, with a
warning. Million US dollars of the year before.
"""

from __future__ import annotations

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.readers.options import ReadOptions
from ioecon.readers.wiod2016_xlsx import parse_in_its_prices
from ioecon.table import IOTable

__all__ = ["parse_files"]


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one workbook; parameters as in ``table_of_sheet``.

    Raises
    ------
    ReadError
        If neither name nor titles say that prices are those of the previous year; else as in
        ``table_of_sheet``.
    """
    table = parse_in_its_prices(files, year, options)
    if table.price_basis != "previous-year":
        raise ReadError(
            f"{files.name}: neither its name (PYP) nor its titles say that it is in prices of the "
            "previous year; read it with format='wiod2016-xlsx' if it is in current prices."
        )
    return table
