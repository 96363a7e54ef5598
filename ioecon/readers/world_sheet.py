"""The Excel layout that both WIOD releases share, and that ADB's tables took over.

Four header rows above the numbers (industry code, name, country, column number) and four label
columns to their left (code, name, country, row number). Below the flows come rows without a
country (or of the country ``TOT``): totals, taxes, value added, margins. To their right comes
output, a column without a country (or of ``TOT``). Titles above say unit and prices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.errors import ReadError
from ioecon.files.cells import FaultyCell, is_empty, misfit
from ioecon.files.excel_columns import column_letters
from ioecon.files.workbook import SheetRows
from ioecon.readers.blocks import copy_block, take_block
from ioecon.readers.labels import iso3_by_label, positions, require_finite, unique
from ioecon.readers.wiod2016 import is_total
from ioecon.table import IOTable

__all__ = [
    "Flows",
    "Heading",
    "SheetKind",
    "WorldSheet",
    "find_flows",
    "find_primary_rows",
    "read_world_sheet",
    "table_of_world_sheet",
]

_LABELS = 4  # header rows, and label columns
_NUMBER = re.compile(r"[cr]?(?P<number>\d+)", re.IGNORECASE)
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

    @property
    def is_of_country(self) -> bool:
        """Whether it is of a country, and not of all together or of none."""
        return self.country.upper() not in _TOTAL


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


@dataclass(frozen=True)
class SheetKind:
    """What tells the sheets of one publisher from those of another.

    Parameters
    ----------
    publisher : str
        For messages.
    sector, category : callable
        Label of an industry, or of a category of final demand, from its heading.
    require_titles : callable
        ``require_titles(titles, file)`` refuses titles that do not fit.
    is_final : callable, optional
        Whether a column of a country is one of final demand; by default those are whose number
        is no row's.
    codes : callable
        ``codes(labels, file)``: ISO 3166 code of every country label.
    is_total : callable
        Whether a row below the flows repeats a sum of the table.
    is_last_row : callable
        Whether what stands below a row is no part of the table.
    blanks_are_empty : bool
        Whether a cell of nothing but blanks is an empty one.
    """

    publisher: str
    sector: Callable[[Heading], str]
    category: Callable[[Heading], str]
    require_titles: Callable[[Sequence[str], str], None]
    is_final: Callable[[Heading], bool] | None = None
    codes: Callable[[Iterable[str], str], dict[str, str]] = iso3_by_label
    is_total: Callable[[Heading], bool] = lambda heading: is_total(heading.name)
    is_last_row: Callable[[Heading], bool] = lambda heading: False
    blanks_are_empty: bool = False


@dataclass(frozen=True)
class WorldSheet:
    """A sheet with its titles, headings and numbers.

    Parameters
    ----------
    name : str
    titles : tuple of str
        Texts above the table, on the left.
    columns, rows : list of Heading
    values : ndarray, shape (rows, columns)
        NaN where a cell below the flows is empty.
    """

    name: str
    titles: tuple[str, ...]
    columns: list[Heading]
    rows: list[Heading]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class Flows:
    """Rows and columns of the flows in the order of the table, and its labels."""

    rows: NDArray[np.intp]
    inter: NDArray[np.intp]
    final: NDArray[np.intp]
    output: NDArray[np.intp]
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    names: dict[str, str]


def find_flows(sheet: WorldSheet, file: str, kind: SheetKind) -> Flows:
    """Find the flows of a sheet by its headings.

    Raises
    ------
    ReadError
        If a row or column is missing, twice there or of another country or sector than the rest.
    """
    flows = [i for i, row in enumerate(sheet.rows) if row.is_of_country]
    rows = [sheet.rows[i] for i in flows]
    output = [j for j, column in enumerate(sheet.columns) if not column.is_of_country]
    if len(output) > 1:
        places = " and ".join(sheet.columns[j].place for j in output)
        raise ReadError(f"{file}: columns {places} have no country; only output should have none.")
    used = [j for j in range(len(sheet.columns)) if j not in output]
    numbers = {row.number for row in rows}
    is_final = kind.is_final or (lambda column: column.number not in numbers)
    inter = [j for j in used if not is_final(sheet.columns[j])]
    final = [j for j in used if is_final(sheet.columns[j])]
    if not inter or not final:
        what = "final demand" if inter else "intermediate use"
        raise ReadError(f"{file}: the header names no column of {what}.")

    codes = kind.codes([h.country for h in (*rows, *(sheet.columns[j] for j in used))], file)

    def labelled(heading: Heading, label: Callable[[Heading], str]) -> tuple[str, str]:
        return codes[heading.country], label(heading)

    row_labels = [labelled(row, kind.sector) for row in rows]
    inter_labels = [labelled(sheet.columns[j], kind.sector) for j in inter]
    final_labels = [labelled(sheet.columns[j], kind.category) for j in final]
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
    return Flows(
        rows=np.array(flows)[row_order],
        inter=np.array(inter)[inter_order],
        final=np.array(final)[final_order],
        output=np.array(output, dtype=np.intp),
        countries=countries,
        sectors=sectors,
        categories=categories,
        names={label: row.name for (_, label), row in zip(row_labels, rows, strict=True)},
    )


def find_primary_rows(sheet: WorldSheet, kind: SheetKind) -> NDArray[np.intp]:
    """Find the rows below the flows that are no totals."""
    return np.array(
        [
            i
            for i, row in enumerate(sheet.rows)
            if not row.is_of_country and row.name and not kind.is_total(row)
        ],
        dtype=np.intp,
    )


def table_of_world_sheet(
    sheet: WorldSheet, flows: Flows, kind: SheetKind, *, year: int, price_basis: str
) -> IOTable:
    """Table of a sheet whose flows are found; rows below it that are no totals are kept.

    The table takes the memory of the sheet's numbers, which are not to be used afterwards.
    """
    below = find_primary_rows(sheet, kind)
    values = sheet.values
    final = copy_block(values, flows.rows, flows.final)
    output = copy_block(values, flows.rows, flows.output)[:, 0] if flows.output.size else None
    primary = copy_block(values, below, flows.inter) if below.size else None
    return IOTable(
        Z=take_block(values, flows.rows, flows.inter),
        Y=final,
        printed_output=output,
        countries=flows.countries,
        sectors=flows.sectors,
        sector_names=tuple(flows.names[label] for label in flows.sectors),
        categories=flows.categories,
        primary_inputs=primary,
        primary_labels=tuple(sheet.rows[i].name for i in below),
        year=year,
        price_basis=price_basis,
    )


def read_world_sheet(sheet: SheetRows, file: str, empty_cells: str, kind: SheetKind) -> WorldSheet:
    """Headings and numbers of a sheet.

    Parameters
    ----------
    sheet : SheetRows
    file : str
        Its name, for messages.
    empty_cells : {"error", "zero"}
        What an empty cell among the flows means.
    kind : SheetKind

    Raises
    ------
    ReadError
        If the file is damaged or laid out otherwise, or a cell is not a number.
    """
    above, left, first_row, rows = _split_top(sheet, file, kind)
    titles = _find_titles(above, left)
    kind.require_titles(titles, file)
    for row, head in enumerate(above[-_LABELS:], start=len(above) - _LABELS):
        _require_labels(head[left:], left, row, sheet.name, file)
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
        if not {*map(type, numbers)} <= {float, int}:
            where = f"{file}: cell {sheet.name}!{{}}{row + 1}"
            empty = empty_cells if heading.is_of_country else "nan"
            if kind.blanks_are_empty:
                numbers = ["" if str(cell).isspace() else cell for cell in numbers]
            _mend_cells(numbers, heading, columns, begin, where, empty)
        values[len(headings)] = numbers
        headings.append(heading)
        cells = None if kind.is_last_row(heading) else next(rows, None)
    for _ in rows:  # what stands below the table
        pass
    values = values[: len(headings)]
    is_flow = [heading.is_of_country for heading in headings]
    count = sum(is_flow)
    require_finite(
        values[:count] if all(is_flow[:count]) else values[is_flow],  # mostly without a copy
        [_name_heading(h) for h, flow in zip(headings, is_flow, strict=True) if flow],
        [_name_heading(h) for h in columns],
        file,
    )
    return WorldSheet(sheet.name, titles, columns, headings, values)


def _find_titles(above: Sequence[Sequence[Any]], left: int) -> tuple[str, ...]:
    return tuple(
        str(cell)
        for row in above
        for cell in row[left : left + _LABELS]
        if isinstance(cell, str) and cell.strip()
    )


def _split_top(
    sheet: SheetRows, file: str, kind: SheetKind
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
            return above, left, cells, sheet.rows
        above.append(cells)
        if len(above) > _SEARCHED:
            break
    kind.require_titles(_find_titles(above, left), file)
    raise ReadError(
        f"{file}: sheet {sheet.name} is not laid out as a {kind.publisher} table (four header "
        "rows, then rows with code, name, country and row number r1 or c1)."
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
