"""What the workbooks of both WIOD releases have in common beyond their layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from ioecon.errors import IoeconWarning, ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.labels import agreed_year
from ioecon.readers.titles import require_million_usd
from ioecon.readers.world_sheet import (
    Heading,
    SheetKind,
    WorldSheet,
    find_flows,
    read_world_sheet,
    table_of_world_sheet,
)
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user

__all__ = ["table_of_sheet", "tells_previous_year"]

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_PYP = re.compile(r"(?<![a-z])pyp(?![a-z])", re.IGNORECASE)
_PREVIOUS = re.compile(r"previous[ -]year|\bpyp\b", re.IGNORECASE)
_CURRENT = re.compile(r"\bcurrent prices?\b", re.IGNORECASE)
_TITLE_YEAR = re.compile(r"\b(?:for|of|year):? ((?:19|20)\d{2})\b")  # a release has a year too


def table_of_sheet(
    files: FileSet,
    year: int | None,
    empty_cells: str,
    *,
    sector: Callable[[Heading], str],
    category: Callable[[Heading], str],
) -> IOTable:
    """Table on the sheet of a WIOD workbook.

    Parameters
    ----------
    files : FileSet
        The workbook; one in a zip is held while it is read, any other is not.
    year : int or None
        Year it should be of.
    empty_cells : {"error", "zero"}
        What an empty cell among the flows means.
    sector, category : callable
        Label of an industry, or of a category of final demand, from its heading.

    Raises
    ------
    ReadError
        If the file is damaged or laid out otherwise, or a cell is not a number.
    """
    file = files.name
    kind = SheetKind("WIOD", sector, category, partial(require_million_usd, publisher="WIOD"))
    with WorkbookReader() as reader:
        name = _choose_sheet(reader.open(files.content(files.single), file), year, file)
        sheet = read_world_sheet(reader.sheet(name), file, empty_cells, kind)
    return table_of_world_sheet(
        sheet,
        find_flows(sheet, file, kind),
        kind,
        year=agreed_year(_find_year(sheet), year, file),
        price_basis=_find_price_basis(file, sheet.titles),
    )


def _choose_sheet(names: Sequence[str], year: int | None, file: str) -> str:
    if len(names) == 1:
        return names[0]
    with_year = [name for name in names if str(year if year is not None else "") in name]
    if len(with_year) != 1:
        wanted = f" of {year}" if year is not None else ""
        raise ReadError(f"{file} has the sheets {', '.join(names)}; which is the table{wanted}?")
    return with_year[0]


def _find_year(sheet: WorldSheet) -> int | None:
    found = [_YEAR.search(sheet.name), *map(_TITLE_YEAR.search, sheet.titles)]
    return next((int(match[1]) for match in found if match), None)


def tells_previous_year(file: str) -> bool:
    """Whether a file's name (or that of its zip) says that prices are those of the year before.

    Examples
    --------
    >>> tells_previous_year("WIOT2014_PYP_Nov16_ROW.xlsb"), tells_previous_year("WIOT2014.xlsb")
    (True, False)
    """
    return _PYP.search(file) is not None


def _find_price_basis(file: str, titles: Sequence[str]) -> str:
    """Price basis that the titles or the name of the file tell; current where neither does."""
    text = " ".join(titles)
    if _PREVIOUS.search(text):
        return "previous-year"
    if not tells_previous_year(file):
        return "current"
    if _CURRENT.search(text):
        warn_user(
            f"{file} is named as a table in prices of the previous year (PYP), and its title says "
            "current prices; it is taken for what it is named.",
            IoeconWarning,
        )
    return "previous-year"
