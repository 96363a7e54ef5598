"""The Excel layout that both WIOD releases share.

Four header rows above the numbers (industry code, name, country, column number) and four label
columns to their left (code, name, country, row number). Below the flows come rows without a
country (or of the country ``TOT``): totals, taxes, value added, margins. To their right comes
output, a column without a country (or of ``TOT``). Titles above say unit and prices.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.errors import ReadError
from ioecon.readers.excel_columns import column_letters
from ioecon.readers.labels import agreed_year, iso3_by_label, positions, require_finite, unique
from ioecon.readers.wiod2016 import is_total
from ioecon.table import IOTable

__all__ = ["Heading", "table_of_sheet"]

_LABELS = 4  # header rows, and label columns
_NUMBER = re.compile(r"[cr]?(?P<number>\d+)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_TITLE_YEAR = re.compile(r"\b(?:for|of|year):? ((?:19|20)\d{2})\b")  # a release has a year too
_SCALE = re.compile(r"\b(thousands?|millions?|billions?|trillions?)\b(?P<rest>.*)", re.IGNORECASE)
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
        code, name, country, label = (_text(cell) for cell in cells)
        return cls(code, name, country, label, place)

    @property
    def number(self) -> int:
        """Number of the industry or category (5 for c5 and r5); -1 without one."""
        match = _NUMBER.fullmatch(self.label)
        return int(match["number"]) if match else -1


def _text(cell: object) -> str:
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
    Z = _cut(sheet.values, at, np.array(inter)[inter_order])
    below = [
        i
        for i, row in enumerate(sheet.rows)
        if row.country in _TOTAL and row.name and not is_total(row.name)
    ]
    names = {label: row.name for (_, label), row in zip(row_labels, rows, strict=True)}
    return IOTable(
        Z=Z,
        Y=_cut(sheet.values, at, np.array(final)[final_order]),
        printed_output=_cut(sheet.values, at, np.array(output))[:, 0] if output else None,
        countries=countries,
        sectors=sectors,
        sector_names=tuple(names[label] for label in sectors),
        categories=categories,
        primary_inputs=(
            _cut(sheet.values, np.array(below), np.array(inter)[inter_order]) if below else None
        ),
        primary_labels=tuple(sheet.rows[i].name for i in below),
        year=agreed_year(_year(sheet), year, file),
        price_basis=_price_basis(sheet.titles),
    )


def _cut(
    values: NDArray[np.float64], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float64]:
    block = values[np.ix_(rows, columns)]
    block.setflags(write=False)
    return block


def _year(sheet: _Sheet) -> int | None:
    found = [_YEAR.search(sheet.name), *map(_TITLE_YEAR.search, sheet.titles)]
    return next((int(match[1]) for match in found if match), None)


def _price_basis(titles: Sequence[str]) -> str:
    text = " ".join(titles).lower()
    return "previous-year" if re.search(r"previous year|pyp", text) else "current"


def _require_million_usd(titles: Sequence[str], file: str) -> None:
    for text in titles:
        match = _SCALE.search(text)
        if match and not (match[1].lower().startswith("million") and "US" in match["rest"]):
            raise ReadError(f"{file} is in {text!r}; WIOD tables are in millions of US$.")


def _read(data: bytes, file: str, year: int | None, empty_cells: str) -> _Sheet:
    """Sheet of the year with its headings and numbers."""
    from python_calamine import CalamineWorkbook

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            name = _sheet_name(book.sheet_names, year, file)
            rows = book.get_sheet_by_name(name)
            return _parsed(name, rows, file, empty_cells)
    except ReadError:
        raise
    except Exception as error:  # a damaged file can fail anywhere in the decoder
        raise ReadError(
            f"{file} is not a complete Excel workbook ({type(error).__name__}: {error}); "
            "download it again."
        ) from error


def _sheet_name(names: Sequence[str], year: int | None, file: str) -> str:
    if len(names) == 1:
        return names[0]
    with_year = [name for name in names if str(year if year is not None else "") in name]
    if len(with_year) != 1:
        wanted = f" of {year}" if year is not None else ""
        raise ReadError(f"{file} has the sheets {', '.join(names)}; which is the table{wanted}?")
    return with_year[0]


def _parsed(name: str, sheet: Any, file: str, empty_cells: str) -> _Sheet:
    above: list[list[object]] = []
    rows = iter(sheet.iter_rows())
    for cells in rows:
        if len(cells) > _LABELS and _is_first_row(cells):
            break
        above.append(cells)
        if len(above) > 50:
            break
    else:
        cells = []
    if not cells or len(above) < _LABELS or len(above) > 50:
        raise ReadError(
            f"{file}: sheet {name} is not laid out as a WIOD table (four header rows, then rows "
            "with code, name, country and row number r1 or c1)."
        )
    titles = tuple(str(cell) for row in above for cell in row[:_LABELS] if str(cell).strip())
    _require_million_usd(titles, file)
    start = (sheet.start or (0, 0))[1]
    columns = [
        Heading.of(labels, f"column {column_letters(start + j)}")
        for j, labels in enumerate(zip(*above[-_LABELS:], strict=True))
    ][_LABELS:]
    width = len(columns)
    while width and not any((columns[width - 1].country, columns[width - 1].name)):
        width -= 1  # empty columns on the right
    columns = columns[:width]

    first = (sheet.start or (0, 0))[0] + len(above) + 1
    headings: list[Heading] = []
    values = np.empty((sheet.height - len(above), width))
    end = _LABELS + width
    while True:
        heading = Heading.of(cells[:_LABELS], f"row {first + len(headings)}")
        numbers = cells[_LABELS:end]
        flow = heading.country not in _TOTAL
        if not {*map(type, numbers)} <= {float, int}:
            _mend(numbers, heading, columns, file, empty_cells if flow else "nan")
        values[len(headings)] = numbers
        headings.append(heading)
        following = next(rows, None)
        if following is None:
            break
        cells = following
    values = values[: len(headings)]
    is_flow = [heading.country not in _TOTAL for heading in headings]
    require_finite(
        values[is_flow] if not all(is_flow) else values,
        [_named(h) for h, flow in zip(headings, is_flow, strict=True) if flow],
        [_named(h) for h in columns],
        file,
    )
    return _Sheet(name, titles, columns, headings, values)


def _is_first_row(cells: Sequence[object]) -> bool:
    first = Heading.of(cells[:_LABELS], "")
    return bool(first.country) and first.number > 0


def _mend(
    numbers: list[Any], row: Heading, columns: Sequence[Heading], file: str, empty: str
) -> None:
    """Give empty cells their meaning, in place; refuse anything else that is not a number."""
    for j, cell in enumerate(numbers):
        if type(cell) is float or type(cell) is int:
            continue
        if cell == "" and empty != "error":
            numbers[j] = 0.0 if empty == "zero" else np.nan
            continue
        place = f"{file}: {row.place} ({_named(row)}), {columns[j].place} ({_named(columns[j])})"
        if cell == "":
            raise ReadError(
                f"{place} is empty. If the publisher leaves zeros empty, pass empty_cells='zero'."
            )
        raise ReadError(f"{place} holds {cell!r} instead of a number.")


def _named(heading: Heading) -> str:
    return f"{heading.country} {heading.label}".strip() or heading.name
