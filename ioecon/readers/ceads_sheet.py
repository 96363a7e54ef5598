"""Sheets of CEADs' tables of Chinese provinces: which row and column is what, and their numbers.

Three rows of headings (province, sector, code) and three columns of labels, or two of each where
there are no codes. A province stands in the first cell of its block only. A row or column is known
by its code, or by its words in English or Chinese where it has none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.files.cells import FaultyCell, is_empty, misfit
from ioecon.files.excel_columns import column_letters
from ioecon.files.workbook import SheetRows
from ioecon.readers.regional_cells import label

__all__ = ["CATEGORIES", "INPUTS", "CeadsSheet", "Place", "read_ceads_sheet"]

_SEARCHED = 50  # rows above the flows
_LABELS = (2, 3)  # rows of headings, and columns of labels: without and with codes

#: Categories of final demand by code, and the words that tell them where there is no code.
CATEGORIES = {
    "FU101": "Rural household consumption",
    "FU102": "Urban household consumption",
    "FU103": "Government consumption",
    "FU201": "Fixed capital formation",
    "FU202": "Changes in inventories",
}
#: Rows that pay for output, by code.
INPUTS = {
    "IM": "Imports",
    "VA001": "Compensation of employees",
    "VA002": "Net taxes on production",
    "VA003": "Depreciation of fixed capital",
    "VA004": "Operating surplus",
}
SECTOR, REST = "sector", "rest"
_EMISSIONS = re.compile(r"emission|CO2|排放", re.IGNORECASE)
_COLUMN_WORDS = {
    "TIU": r"total intermediate use|中间使用(合计|总计)?",
    "FU101": r"rural.*|农村.*",
    "FU102": r"urban.*|城镇.*",
    "FU103": r"government.*|政府.*",
    "FU201": r"(gross )?fixed capital.*|固定资本.*",
    "FU202": r"(changes? in )?(inventor|stock).*|存货.*",
    "EX": r"exports?|出口",
    "TFU": r"total final (use|demand)|最终使用(合计|总计)?",
    "ERR": r"errors?|others?( \(balance errors?\))?|balance errors?|其他|其它|误差",
    "GO": r"(gross|total) outputs?|总产出",
    REST: r"proportion of errors?|check|误差(比例|占比)|检验",
}
_ROW_WORDS = {
    "IM": r"imports?|进口",
    "TII": r"total intermediate inputs?|中间投入(合计|总计)?",
    "VA001": r"compensation of (employees|labou?rs?)|劳动者报酬",
    "VA002": r"net (production )?tax.*|生产税净额",
    "VA003": r"depreciation.*|固定资产折旧",
    "VA004": r"(operating|business) surplus|营业盈余",
    "TVA": r"total value[ -]added|value[ -]added|增加值(合计|总计)?",
    "TI": r"total inputs?|总投入",
}


@dataclass(frozen=True)
class Place:
    """A row or column: what it is, of which province, and where it stands.

    Parameters
    ----------
    kind : str
        ``"sector"``, a code such as ``"FU101"`` or ``"GO"``, or ``"rest"``.
    province, sector, words : str
    at : int
        Its position on the sheet.
    """

    kind: str
    province: str
    sector: str
    words: str
    at: int


@dataclass
class CeadsSheet:
    """What stands on a sheet.

    Parameters
    ----------
    name : str
    titles : tuple of str
        Texts above the headings.
    columns, rows : list of Place
        Those of ``values``, in the order of the sheet.
    values : ndarray, shape (rows, columns)
        NaN where an empty cell is no flow.
    emissions : dict of str to (int, list)
        Rows below the table by their words, for example ``"CO2 (Mt)"``: position on the sheet,
        and cells under the sectors.
    """

    name: str
    titles: tuple[str, ...]
    columns: list[Place]
    rows: list[Place] = field(default_factory=list)
    values: Array = field(default_factory=lambda: np.empty((0, 0)))
    emissions: dict[str, tuple[int, list[Any]]] = field(default_factory=dict)

    def place_of(self, place: Place, *, row: bool) -> str:
        """Row or column in words for messages."""
        where = f"row {place.at + 1}" if row else f"column {column_letters(place.at)}"
        named = " ".join(part for part in (place.province, place.sector or place.words) if part)
        return f"{where} ({named or place.kind})"


def read_ceads_sheet(sheet: SheetRows, file: str, empty_cells: str) -> CeadsSheet | None:
    """Rows, columns and numbers of a sheet; None when nothing on it is a table.

    Parameters
    ----------
    sheet : SheetRows
    file : str
        For messages.
    empty_cells : {"error", "zero"}
        What an empty cell means.

    Raises
    ------
    ReadError
        If a heading is not known, or a cell is no number.
    """
    above: list[list[Any]] = []
    first: list[Any] | None = None
    for cells in sheet.rows:
        if len(above) >= _LABELS[0] and _is_flow_row(cells):
            first = cells
            break
        above.append([*cells, *[""] * (sheet.width - len(cells))])
        if len(above) > _SEARCHED:
            break
    labels = 0 if first is None else _find_first_column(above[-1])
    if first is None or labels not in _LABELS or len(above) < labels:
        for _ in sheet.rows:  # so that another sheet can be asked for
            pass
        return None
    titles = tuple(label(cell) for row in above[:-labels] for cell in row if label(cell))
    found = CeadsSheet(sheet.name, titles, _read_columns(above[-labels:], sheet.name, file))
    _read_rows(found, first, sheet, len(above), file, empty_cells)
    return found


def _is_flow_row(cells: Sequence[Any]) -> bool:
    """Whether a row has numbers and, to their left, a label of its own."""
    return len(cells) > 1 and bool(label(cells[1])) and any(map(_is_number, cells[2:]))


def _is_number(cell: Any) -> bool:
    return isinstance(cell, float | int) and not isinstance(cell, bool)


def _find_first_column(heads: Sequence[Any]) -> int:
    """Count the columns of labels: those before the first heading."""
    return next((at for at, cell in enumerate(heads) if label(cell)), 0)


def _read_columns(heads: Sequence[list[Any]], sheet: str, file: str) -> list[Place]:
    labels = len(heads)
    columns: list[Place] = []
    province = ""
    for at in range(labels, len(heads[0])):
        own, words, code = (*(_label_in(row[at], at, sheet, file) for row in heads), "")[:3]
        if not (own or words or code):
            continue
        kind, sector = _find_kind(code, words, _COLUMN_WORDS)
        if kind is None:
            raise ReadError(
                f"{file}: column {column_letters(at)} of sheet {sheet} is headed "
                f"{' '.join(filter(None, (own, words, code)))!r}, which no column of CEADs' tables "
                "is. Tables of other makers (SIC and CIER, DRC, IGSNRR) have no fixed layout: put "
                "them into that of 'regional' ('ioecon template')."
            )
        of_province = kind == SECTOR or kind in CATEGORIES
        province = own or province if of_province else ""
        if of_province and not province:
            raise ReadError(
                f"{file}: column {column_letters(at)} of sheet {sheet} ({words or code}) has no "
                "province above it."
            )
        columns.append(Place(kind, province, sector, words, at))
    return [column for column in columns if column.kind != REST]


def _find_kind(code: str, words: str, known: dict[str, str]) -> tuple[str | None, str]:
    """Kind of a row or column, and its sector; where there is no code, its words tell them."""
    if re.fullmatch(r"\d{1,3}", code):
        return SECTOR, code.zfill(2)
    if code:
        return (code.upper() if code.upper() in known else None), ""
    fitting = (kind for kind, pattern in known.items() if re.fullmatch(pattern, words, re.I))
    kind = next(fitting, None)
    return (SECTOR, words) if kind is None else (kind, "")


def _read_rows(
    found: CeadsSheet, first: list[Any], sheet: SheetRows, begin: int, file: str, empty_cells: str
) -> None:
    """Fill in the rows, down to the last; below total input only emissions are looked for."""
    labels = found.columns[0].at
    is_user = np.array([column.kind == SECTOR for column in found.columns])
    final = [j for j, column in enumerate(found.columns) if column.kind in CATEGORIES]
    users = [column for column in found.columns if column.kind == SECTOR]
    values = np.full((sheet.height - begin, len(found.columns)), np.nan)
    province, ended = "", False
    cells: list[Any] | None = first
    for at in range(begin, sheet.height):
        if cells is None:
            break
        cells.extend([""] * (sheet.width - len(cells)))
        own, words, code = (
            *(_label_in(cell, k, sheet.name, file, at) for k, cell in enumerate(cells[:labels])),
            "",
        )[:3]
        province = own or province
        kind, sector = _find_kind(code, words or own, _ROW_WORDS)
        if ended or _EMISSIONS.search(words or own):
            _keep_emissions(found, words or own, at, [cells[user.at] for user in users])
        elif kind is not None and (words or own or code):
            row = Place(kind, province if kind == SECTOR else "", sector, words or own, at)
            used = found.columns if kind == SECTOR else users
            numbers = [cells[column.at] for column in used]
            if not {*map(type, numbers)} <= {float, int}:
                _mend_cells(numbers, row, used, found, file, empty_cells)
            values[len(found.rows), slice(None) if kind == SECTOR else is_user] = numbers
            if kind in INPUTS:
                _read_final(values[len(found.rows)], final, row, cells, found, file, empty_cells)
            found.rows.append(row)
            ended = kind == "TI"
        elif any(map(_is_number, cells)):
            raise ReadError(
                f"{file}: row {at + 1} of sheet {sheet.name} is headed "
                f"{' '.join(filter(None, (own, words, code)))!r}, which no row of CEADs' tables is."
            )
        cells = next(sheet.rows, None)
    found.values = values[: len(found.rows)]


def _read_final(
    values: Array,
    final: Sequence[int],
    row: Place,
    cells: list[Any],
    found: CeadsSheet,
    file: str,
    empty_cells: str,
) -> None:
    """Fill in what a row of inputs has under final demand, unless nothing stands there."""
    columns = [found.columns[j] for j in final]
    numbers = [cells[column.at] for column in columns]
    if not all(map(is_empty, numbers)):
        _mend_cells(numbers, row, columns, found, file, empty_cells)
        values[final] = numbers


def _label_in(cell: Any, column: int, sheet: str, file: str, row: int | None = None) -> str:
    """Text of a label, which may be no error and no formula without a value."""
    if isinstance(cell, FaultyCell):
        line = "" if row is None else f", row {row + 1},"
        raise ReadError(
            f"{file}: column {column_letters(column)} of sheet {sheet}{line} holds {cell.holds} "
            f"instead of a label. {cell.advice}"
        )
    return label(cell)


def _keep_emissions(found: CeadsSheet, words: str, at: int, cells: list[Any]) -> None:
    """Keep a row with numbers below the table; one of words alone is a note."""
    if words and any(map(_is_number, cells)):
        found.emissions[words] = at, cells


def _mend_cells(
    numbers: list[Any],
    row: Place,
    columns: Sequence[Place],
    found: CeadsSheet,
    file: str,
    empty_cells: str,
) -> None:
    """Give empty cells their meaning, in place; refuse anything else that is not a number."""
    for j, cell in enumerate(numbers):
        problem = misfit(cell)
        if problem is None:
            continue
        if is_empty(cell) and empty_cells == "zero":
            numbers[j] = 0.0
            continue
        hint = " If zeros are left empty in it, pass empty_cells='zero'." if is_empty(cell) else ""
        raise ReadError(
            f"{file}: cell {found.name}!{column_letters(columns[j].at)}{row.at + 1}: "
            f"{found.place_of(row, row=True)}, {found.place_of(columns[j], row=False)} "
            f"{problem}{hint}"
        )
