"""The Excel layout that both WIOD releases share.

Four header rows above the numbers (industry code, name, country, column number) and four label
columns to their left (code, name, country, row number). Below the flows come rows without a
country (or of the country ``TOT``): totals, taxes, value added, margins. To their right comes
output, a column without a country (or of ``TOT``). Titles above say unit and prices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.errors import ReadError
from ioecon.files.cells import FaultyCell, is_empty, misfit
from ioecon.files.excel_columns import column_letters
from ioecon.files.workbook import SheetRows, WorkbookReader
from ioecon.readers.labels import agreed_year, iso3_by_label, positions, require_finite, unique
from ioecon.readers.wiod2016 import is_total
from ioecon.table import IOTable

__all__ = ["Heading", "table_of_sheet"]

_LABELS = 4  # header rows, and label columns
_NUMBER = re.compile(r"[cr]?(?P<number>\d+)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_TITLE_YEAR = re.compile(r"\b(?:for|of|year):? ((?:19|20)\d{2})\b")  # a release has a year too
_US_DOLLAR = re.compile(r"\bU\.?\s?S\.?\s?\$|\bUSD\b|\$\s?US\b|\bU\.?\s?S\.?\s+dollars?\b", re.I)
_MILLION = re.compile(r"\b(?:millions?|mil|mill|mln|mio|mn|m(?=\s?U\.?S))\b\.?|百万", re.I)
_SCALE = re.compile(
    r"\b(?:hundreds?|thousands?|thous|ths|k(?=\s?U\.?S)|billions?|bil|bln|bn|trillions?|trn|tn|"
    r"lakhs?|crores?)\b|[百千万亿億兆]|1[,.\s]?000\b|10\s?\^\s?\d",
    re.I,
)
_MONEY = re.compile(
    r"\b(?:euros?|eur|ecu|yuan|renminbi|rmb|cny|yen|jpy|pounds?|gbp|rupees?|inr|roubles?|rubles?|rub|"
    r"won|krw|krona|kronor|kroner|sek|nok|dkk|francs?|chf|pesos?|mxn|reais|brl|zloty|pln|dollars?|"
    r"[ac]ud|cad|(?:national|local|domestic|other)\s+currenc(?:y|ies)|ppp|international)\b"
    r"|[$€£¥₹₽₩元]",
    re.I,
)
_SEARCHED = 50  # rows above the flows
_TOTAL = ("", "TOT")


@dataclass(frozen=True)
class Heading:
    """Four labels of a row or column, and where it stands on the sheet."""

    code: str
    name: str
    country: str
    label: str
    place: str

    @classmethod
    def of(cls, cells: Sequence[object], place: str) -> Heading:
        """Make a heading from its four cells."""
        code, name, country, label = (_cell_text(cell) for cell in cells)
        return cls(code, name, country, label, place)

    @property
    def number(self) -> int:
        """Number of the industry or category (5 for c5 and r5); -1 without one."""
        match = _NUMBER.fullmatch(self.label)
        return int(match["number"]) if match else -1


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


@dataclass(frozen=True)
class _Sheet:
    name: str
    titles: tuple[str, ...]
    columns: list[Heading]
    rows: list[Heading]
    values: NDArray[np.float64]  # (rows, columns); NaN where a cell below the flows is empty


def table_of_sheet(
    data: bytes,
    file: str,
    year: int | None,
    empty_cells: str,
    *,
    sector: Callable[[Heading], str],
    category: Callable[[Heading], str],
) -> IOTable:
    """Table on the sheet of a WIOD workbook.

    Parameters
    ----------
    data : bytes
        Content of the workbook.
    file : str
        Its name, for messages.
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
    sheet = _read(data, file, year, empty_cells)
    flows = [i for i, row in enumerate(sheet.rows) if row.country not in _TOTAL]
    rows = [sheet.rows[i] for i in flows]
    numbers = {row.number for row in rows}
    output = [j for j, column in enumerate(sheet.columns) if column.country in _TOTAL]
    if len(output) > 1:
        places = " and ".join(sheet.columns[j].place for j in output)
        raise ReadError(f"{file}: columns {places} have no country; only output should have none.")
    used = [j for j in range(len(sheet.columns)) if j not in output]
    inter = [j for j in used if sheet.columns[j].number in numbers]
    final = [j for j in used if sheet.columns[j].number not in numbers]
    if not inter or not final:
        kind = "final demand" if inter else "intermediate use"
        raise ReadError(f"{file}: the header names no column of {kind}.")

    codes = iso3_by_label([h.country for h in (*rows, *(sheet.columns[j] for j in used))], file)

    def labelled(heading: Heading, label: Callable[[Heading], str]) -> tuple[str, str]:
        return codes[heading.country], label(heading)

    row_labels = [labelled(row, sector) for row in rows]
    inter_labels = [labelled(sheet.columns[j], sector) for j in inter]
    final_labels = [labelled(sheet.columns[j], category) for j in final]
    countries = unique(country for country, _ in row_labels)
    sectors = unique(label for _, label in row_labels)
    categories = unique(label for _, label in final_labels)
    row_order = positions(row_labels, countries, sectors, what="row", file=file)
    inter_order = positions(
        inter_labels, countries, sectors, what="column of intermediate use", file=file
    )
    final_order = positions(
        final_labels, countries, categories, what="column of final demand", file=file
    )

    at = np.array(flows)[row_order]
    Z = _copy_block(sheet.values, at, np.array(inter)[inter_order])
    below = [
        i
        for i, row in enumerate(sheet.rows)
        if row.country in _TOTAL and row.name and not is_total(row.name)
    ]
    names = {label: row.name for (_, label), row in zip(row_labels, rows, strict=True)}
    return IOTable(
        Z=Z,
        Y=_copy_block(sheet.values, at, np.array(final)[final_order]),
        printed_output=_copy_block(sheet.values, at, np.array(output))[:, 0] if output else None,
        countries=countries,
        sectors=sectors,
        sector_names=tuple(names[label] for label in sectors),
        categories=categories,
        primary_inputs=(
            _copy_block(sheet.values, np.array(below), np.array(inter)[inter_order])
            if below
            else None
        ),
        primary_labels=tuple(sheet.rows[i].name for i in below),
        year=agreed_year(_find_year(sheet), year, file),
        price_basis=_find_price_basis(sheet.titles),
    )


def _copy_block(
    values: NDArray[np.float64], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float64]:
    block = values[np.ix_(rows, columns)]
    block.setflags(write=False)
    return block


def _find_year(sheet: _Sheet) -> int | None:
    found = [_YEAR.search(sheet.name), *map(_TITLE_YEAR.search, sheet.titles)]
    return next((int(match[1]) for match in found if match), None)


def _find_price_basis(titles: Sequence[str]) -> str:
    text = " ".join(titles).lower()
    return "previous-year" if re.search(r"previous year|pyp", text) else "current"


def require_million_usd(titles: Sequence[str], file: str) -> None:
    """Refuse titles that name another unit or currency than WIOD's.

    Raises
    ------
    ReadError
        With the title that does.
    """
    scaled = any(_MILLION.search(title) for title in titles)
    for title in titles:
        rest = _MILLION.sub(" ", title)
        dollars = _US_DOLLAR.search(rest)
        rest = _US_DOLLAR.sub(" ", rest)
        lacks_dollars = bool(_MILLION.search(title)) and not dollars
        if _SCALE.search(rest) or _MONEY.search(rest) or lacks_dollars or (dollars and not scaled):
            raise ReadError(f"{file} is in {title!r}; WIOD tables are in millions of US$.")


def _read(data: bytes, file: str, year: int | None, empty_cells: str) -> _Sheet:
    """Sheet of the year with its headings and numbers."""
    with WorkbookReader() as reader:
        name = _choose_sheet(reader.open(data, file), year, file)
        return _parse_sheet(reader.sheet(name), file, empty_cells)


def _choose_sheet(names: Sequence[str], year: int | None, file: str) -> str:
    if len(names) == 1:
        return names[0]
    with_year = [name for name in names if str(year if year is not None else "") in name]
    if len(with_year) != 1:
        wanted = f" of {year}" if year is not None else ""
        raise ReadError(f"{file} has the sheets {', '.join(names)}; which is the table{wanted}?")
    return with_year[0]


def _parse_sheet(sheet: SheetRows, file: str, empty_cells: str) -> _Sheet:
    above, left, first_row, rows = _split_top(sheet, file)
    titles = tuple(
        str(cell)
        for row in above
        for cell in row[left : left + _LABELS]
        if isinstance(cell, str) and cell.strip()
    )
    require_million_usd(titles, file)
    columns = [
        Heading.of(labels, f"column {column_letters(left + j)}")
        for j, labels in enumerate(zip(*(row[left:] for row in above[-_LABELS:]), strict=True))
    ][_LABELS:]
    width = len(columns)
    while width and not any((columns[width - 1].country, columns[width - 1].name)):
        width -= 1  # empty columns on the right
    columns = columns[:width]

    headings: list[Heading] = []
    values = np.empty((sheet.height - len(above), width))
    begin, end = left + _LABELS, left + _LABELS + width
    cells: list[Any] | None = first_row
    while cells is not None:
        row = len(above) + len(headings)
        cells.extend([""] * (end - len(cells)))
        _require_labels(cells[left:begin], left, row, sheet.name, file)
        heading = Heading.of(cells[left:begin], f"row {row + 1}")
        numbers = cells[begin:end]
        flow = heading.country not in _TOTAL
        if not {*map(type, numbers)} <= {float, int}:
            where = f"{file}: cell {sheet.name}!{{}}{row + 1}"
            _mend_cells(numbers, heading, columns, begin, where, empty_cells if flow else "nan")
        values[len(headings)] = numbers
        headings.append(heading)
        cells = next(rows, None)
    values = values[: len(headings)]
    is_flow = [heading.country not in _TOTAL for heading in headings]
    require_finite(
        values[is_flow] if not all(is_flow) else values,
        [_name_heading(h) for h, flow in zip(headings, is_flow, strict=True) if flow],
        [_name_heading(h) for h in columns],
        file,
    )
    return _Sheet(sheet.name, titles, columns, headings, values)


def _split_top(
    sheet: SheetRows, file: str
) -> tuple[list[list[Any]], int, list[Any], Iterator[list[Any]]]:
    """Rows above the flows, all as wide as the sheet; first column; first row of flows; the rest.

    Empty columns to the left of everything are no part of the table.
    """
    above: list[list[Any]] = []
    left = sheet.width
    for cells in sheet.rows:
        cells.extend([""] * (sheet.width - len(cells)))
        left = min(left, next((j for j, cell in enumerate(cells) if cell != ""), left))
        if len(cells) > left + _LABELS and _is_first_row(cells[left:]):
            if len(above) < _LABELS:
                break
            for row, head in enumerate(above[-_LABELS:], start=len(above) - _LABELS):
                _require_labels(head[left:], left, row, sheet.name, file)
            return above, left, cells, sheet.rows
        above.append(cells)
        if len(above) > _SEARCHED:
            break
    raise ReadError(
        f"{file}: sheet {sheet.name} is not laid out as a WIOD table (four header rows, then rows "
        "with code, name, country and row number r1 or c1)."
    )


def _require_labels(cells: Sequence[Any], left: int, row: int, sheet: str, file: str) -> None:
    """Refuse a label that is an error or a formula without a value."""
    for j, cell in enumerate(cells):
        if isinstance(cell, FaultyCell):
            place = f"{column_letters(left + j)}{row + 1}"
            raise ReadError(
                f"{file}: cell {sheet}!{place} holds {cell.holds} instead of a label. {cell.advice}"
            )


def _is_first_row(cells: Sequence[object]) -> bool:
    first = Heading.of(cells[:_LABELS], "")
    return bool(first.country) and first.number > 0


def _mend_cells(
    numbers: list[Any],
    row: Heading,
    columns: Sequence[Heading],
    first: int,
    where: str,
    empty: str,
) -> None:
    """Give empty cells their meaning, in place; refuse anything else that is not a number."""
    for j, cell in enumerate(numbers):
        problem = misfit(cell)
        if problem is None:
            continue
        if is_empty(cell) and empty != "error":
            numbers[j] = 0.0 if empty == "zero" else np.nan
            continue
        place = (
            f"{where.format(column_letters(first + j))}: {row.place} ({_name_heading(row)}), "
            f"{columns[j].place} ({_name_heading(columns[j])})"
        )
        hint = " If the publisher leaves zeros empty, pass empty_cells='zero'."
        raise ReadError(f"{place} {problem}{hint if is_empty(cell) else ''}")


def _name_heading(heading: Heading) -> str:
    return f"{heading.country} {heading.label}".strip() or heading.name
