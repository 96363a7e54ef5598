"""Regional (inter-regional) tables in one labelled layout, in Excel or CSV.

Above the table stand lines of key and value: year, unit, currency, price basis. The table itself
has three heading rows and three label columns, which say block, region and name of every column
and row; the corner where they meet holds the words block, region, name. ``docs/regional_tables.md``
shows it; ``ioecon template`` writes an empty one; :func:`write_regional` writes a table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.files.excel_columns import column_letters
from ioecon.readers.labels import agreed_year, positions, unique
from ioecon.readers.options import ReadOptions
from ioecon.readers.regional_cells import (
    Sheet,
    cell_at,
    described,
    label,
    label_at,
    numbers,
    sheets_of,
)
from ioecon.table import IOTable
from ioecon.wording import did_you_mean, listed, near_words

__all__ = [
    "ABOUT",
    "COLUMN_BLOCKS",
    "CORNER",
    "DISCREPANCIES",
    "EXPORTS",
    "FINAL",
    "IMPORTS",
    "INTERMEDIATE",
    "METADATA",
    "OUTPUT",
    "PRIMARY",
    "PRODUCTS",
    "ROW_BLOCKS",
    "WORDS",
    "parse",
    "years_in",
]

CORNER = ("block", "region", "name")
WORDS = "in words"
METADATA = ("year", "unit", "currency", "price basis")
ABOUT = ("system", "valuation", "edition")  # may be said above a table too
PRODUCTS, PRIMARY, TOTAL = "products", "primary inputs", "total"
INTERMEDIATE, FINAL = "intermediate use", "final demand"
EXPORTS, IMPORTS, DISCREPANCIES, OUTPUT = "exports", "imports", "discrepancies", "output"
ROW_BLOCKS = (PRODUCTS, PRIMARY, TOTAL)
COLUMN_BLOCKS = (INTERMEDIATE, FINAL, EXPORTS, IMPORTS, DISCREPANCIES, OUTPUT, TOTAL)
_OF_REGIONS = (PRODUCTS, INTERMEDIATE, FINAL)
_SINGLE = (IMPORTS, DISCREPANCIES, OUTPUT)
# What publishers call the column by which uses and output differ.
_ERRORS = re.compile(r"\berr|discrepan|residual|balanc|\bothers?\b|误差|其他|其它")


@dataclass(frozen=True)
class _Heading:
    """Block, region and name of a row or column, and its position on the sheet."""

    block: str
    region: str
    name: str
    at: int

    @property
    def pair(self) -> tuple[str, str]:
        return self.region, self.name

    def __str__(self) -> str:
        return " ".join(part for part in self.pair if part) or self.block


@dataclass(frozen=True)
class _Layout:
    """Where everything stands on a sheet."""

    sheet: Sheet
    corner: int
    rows: dict[str, list[_Heading]]
    columns: dict[str, list[_Heading]]
    words: int | None


def parse(data: bytes, file: str, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one year in the regional layout.

    Parameters
    ----------
    data : bytes
        Content of the file.
    file : str
        Its name, for messages.
    year : int or None
        Year the table should be of; it chooses among several sheets.
    options : ReadOptions

    Raises
    ------
    ReadError
        If there is no such table, or it is incomplete: the cell, label or line is named.
    """
    sheet = _choose_sheet(_find_tables(data, file, options), file, year)
    about = _read_about(sheet)
    found = agreed_year(_find_year(sheet, about), year, sheet.called)
    missing = [key for key in METADATA if not about.get(key)]
    if missing:
        raise ReadError(
            f"{sheet.called}: nothing is said about {listed(missing)}; above the table, write the "
            "word in the first column and its value in the second."
        )
    table = _make_table(_find_layout(sheet), found, options.empty_cells)
    return table.replace(
        unit=about["unit"],
        currency=about["currency"],
        price_basis=about["price basis"],
        **{key: about[key] for key in ABOUT if about.get(key)},
    )


def years_in(data: bytes, file: str, options: ReadOptions) -> tuple[int, ...]:
    """Years of all the tables of a file.

    Raises
    ------
    ReadError
        If there is no table, two are of the same year, or one does not say its year.
    """
    sheets = _find_tables(data, file, options)
    years = [_find_year(sheet, _read_about(sheet)) for sheet in sheets]
    for sheet, year in zip(sheets, years, strict=True):
        if year is None:
            raise ReadError(f"{sheet.called}: nothing is said about year; write it in the head.")
    return tuple(sorted(_require_once([year for year in years if year is not None], file)))


def _find_tables(data: bytes, file: str, options: ReadOptions) -> list[Sheet]:
    sheets = sheets_of(
        data,
        file,
        lambda sheet: _find_corner(sheet) is not None,
        encoding=options.encoding,
        separator=options.separator,
        decimal=options.decimal,
    )
    if not sheets:
        raise ReadError(
            f"{file} holds no regional table: no row begins with the words "
            f"{', '.join(CORNER)}, the corner of the layout. 'ioecon template' writes an empty one."
        )
    return sheets


def _find_corner(sheet: Sheet) -> int | None:
    """Row of the corner, the last of the heading rows."""
    for i, row in enumerate(sheet.top()):
        if tuple(label(cell).lower() for cell in row[:3]) == CORNER:
            return i if i >= 2 else None
    return None


def _choose_sheet(sheets: list[Sheet], file: str, year: int | None) -> Sheet:
    if len(sheets) == 1:
        return sheets[0]
    years = [_find_year(sheet, described(sheet, _find_corner(sheet) or 0)) for sheet in sheets]
    there = listed(sorted(_require_once([found for found in years if found is not None], file)))
    if year is None:
        raise ReadError(f"{file} has tables of {there}; pass year=, or use read_series.")
    if year not in years:
        raise ReadError(f"{file} has no table of {year}; there: {there}.")
    return sheets[years.index(year)]


def _require_once(years: list[int], file: str) -> list[int]:
    twice = [year for year, count in Counter(years).items() if count > 1]
    if twice:
        raise ReadError(f"{file} has more than one table of {listed(twice)}.")
    return years


def _read_about(sheet: Sheet) -> dict[str, str]:
    """Lines above the table; a template without numbers is refused before anything else."""
    corner = _find_corner(sheet) or 0
    filled = any(
        cell_at(sheet, row, column) != ""
        for row in range(corner + 1, len(sheet.rows))
        for column in range(_find_first_column(sheet, corner), len(sheet.rows[row]))
    )
    if not filled:
        raise ReadError(
            f"{sheet.called} holds no number yet: it is an empty template. Fill in the flows and "
            "the lines above them."
        )
    return described(sheet, corner - 2)


def _find_year(sheet: Sheet, about: dict[str, str]) -> int | None:
    text = about.get("year", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise ReadError(f"{sheet.called}: the year is {text!r}, not a whole number.")
    if sheet.name.isdecimal() and len(sheet.name) == 4 and sheet.name != text:
        raise ReadError(f"{sheet.called} says that its year is {text}; correct one of them.")
    return int(text)


def _find_words_column(sheet: Sheet, corner: int) -> int | None:
    has = label_at(sheet, corner, 3).lower() == WORDS
    return 3 if has and cell_at(sheet, corner - 2, 3) == "" else None


def _find_first_column(sheet: Sheet, corner: int) -> int:
    return 3 if _find_words_column(sheet, corner) is None else 4


def _find_layout(sheet: Sheet) -> _Layout:
    corner = _find_corner(sheet) or 0
    start = _find_first_column(sheet, corner)
    width = max(len(row) for row in sheet.rows)
    across = [
        (column, [label_at(sheet, corner - back, column) for back in (2, 1, 0)])
        for column in range(start, width)
    ]
    down = [
        (row, [label_at(sheet, row, column) for column in range(3)])
        for row in range(corner + 1, len(sheet.rows))
        if not label_at(sheet, row, 0).startswith("#")
    ]
    columns = _read_headings(sheet, across, COLUMN_BLOCKS, "column")
    rows = _read_headings(sheet, down, ROW_BLOCKS, "row")
    for block, found, kind in (
        (PRODUCTS, rows, "row"),
        (INTERMEDIATE, columns, "column"),
        (FINAL, columns, "column"),
    ):
        if not found[block]:
            raise ReadError(f"{sheet.called}: there is no {kind} of the block {block!r}.")
    for block in _SINGLE:
        if len(columns[block]) > 1:
            where = " and ".join(column_letters(heading.at) for heading in columns[block])
            raise ReadError(
                f"{sheet.called}: the block {block!r} has one column, not several ({where})."
            )
    for block, found, kind in ((PRIMARY, rows, "row"), (EXPORTS, columns, "column")):
        twice = [n for n, c in Counter(h.name for h in found[block]).items() if c > 1]
        if twice:
            raise ReadError(
                f"{sheet.called}: the {kind} {listed(twice)} of the block {block!r} appears more "
                "than once."
            )
    return _Layout(sheet, corner, rows, columns, _find_words_column(sheet, corner))


def _read_headings(
    sheet: Sheet,
    cells: Iterable[tuple[int, Sequence[str]]],
    blocks: tuple[str, ...],
    kind: str,
) -> dict[str, list[_Heading]]:
    """Headings by block; in merged cells, only the first of a run says block or region."""
    found: dict[str, list[_Heading]] = {block: [] for block in blocks}
    block = region = ""
    for at, (own_block, own_region, name) in cells:
        where = column_letters(at) if kind == "column" else str(at + 1)
        if not (own_block or own_region or name):
            if _is_used(sheet, at, kind):
                raise ReadError(f"{sheet.called}: {kind} {where} has numbers but no name.")
            continue
        if own_block:
            if own_block.lower() != block:
                region = ""
            block = own_block.lower()
        region = own_region or region
        if block not in blocks:
            is_error = DISCREPANCIES in blocks and _ERRORS.search(block)
            near = [DISCREPANCIES] if is_error else near_words(block, blocks, cutoff=0.5)
            meant = did_you_mean(near)
            meant = f" D{meant[1:]}" if meant else ""
            raise ReadError(
                f"{sheet.called}: {kind} {where} is of the block {block!r}; known are "
                f"{listed(blocks)}.{meant}"
            )
        inside = block in _OF_REGIONS
        if (inside and not region) or (not name and block not in (*_SINGLE, TOTAL)):
            lacking = "name" if not name else "region"
            raise ReadError(f"{sheet.called}: {kind} {where} ({block}) has no {lacking}.")
        found[block].append(_Heading(block, region if inside else "", name, at))
    return found


def _is_used(sheet: Sheet, at: int, kind: str) -> bool:
    if kind == "row":
        return any(cell_at(sheet, at, column) != "" for column in range(len(sheet.rows[at])))
    corner = _find_corner(sheet) or 0
    return any(cell_at(sheet, row, at) != "" for row in range(corner + 1, len(sheet.rows)))


def _make_table(layout: _Layout, year: int, empty_cells: str) -> IOTable:
    file, rows, columns = layout.sheet.called, layout.rows, layout.columns
    products = rows[PRODUCTS]
    regions = unique(heading.region for heading in products)
    sectors = unique(heading.name for heading in products)
    categories = unique(heading.name for heading in columns[FINAL])

    def ordered(headings: list[_Heading], second: tuple[str, ...], what: str) -> list[_Heading]:
        pairs = [heading.pair for heading in headings]
        return [headings[i] for i in positions(pairs, regions, second, what=what, file=file)]

    products = ordered(products, sectors, "row")
    users = ordered(columns[INTERMEDIATE], sectors, "column of intermediate use")
    final = ordered(columns[FINAL], categories, "column of final demand")

    def block(down: list[_Heading], across: list[_Heading]) -> Array:
        return _read_numbers(layout, down, across, empty_cells)

    def column(name: str) -> Array | None:
        given = _drop_empty(layout, products, columns[name])
        return block(products, given)[:, 0] if given else None

    exports = _drop_empty(layout, products, columns[EXPORTS])
    primary = [row for row in rows[PRIMARY] if _is_filled(layout, [row], users)]
    return IOTable(
        Z=block(products, users),
        Y=block(products, final),
        countries=regions,
        sectors=sectors,
        sector_names=_read_sector_names(layout, products, sectors),
        categories=categories,
        year=year,
        exports=block(products, exports) if exports else None,
        export_labels=tuple(heading.name for heading in exports),
        imports=column(IMPORTS),
        discrepancies=column(DISCREPANCIES),
        printed_output=column(OUTPUT),
        primary_inputs=block(primary, users) if primary else None,
        primary_labels=tuple(heading.name for heading in primary),
    )


def _drop_empty(layout: _Layout, rows: list[_Heading], columns: list[_Heading]) -> list[_Heading]:
    """Keep the optional columns in which something stands."""
    return [column for column in columns if _is_filled(layout, rows, [column])]


def _is_filled(layout: _Layout, rows: list[_Heading], columns: list[_Heading]) -> bool:
    return any(cell_at(layout.sheet, row.at, column.at) != "" for row in rows for column in columns)


def _read_numbers(
    layout: _Layout, rows: list[_Heading], columns: list[_Heading], empty_cells: str
) -> Array:
    down, across = {row.at: row for row in rows}, {column.at: column for column in columns}
    return numbers(
        layout.sheet,
        list(down),
        list(across),
        lambda row, column: f"row {down[row]}, column {across[column]}",
        empty=0.0 if empty_cells == "zero" else None,
        advice="Write 0 where nothing flows, or pass empty_cells='zero'.",
    )


def _read_sector_names(
    layout: _Layout, products: list[_Heading], sectors: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Sectors in words, from the optional fourth label column."""
    if layout.words is None:
        return None
    names: dict[str, str] = {}
    for row in products:
        words = label_at(layout.sheet, row.at, layout.words)
        known = names.setdefault(row.name, words)
        if words and known and words != known:
            raise ReadError(
                f"{layout.sheet.called}: the sector {row.name} is {known!r} in one row and "
                f"{words!r} in another."
            )
        names[row.name] = known or words
    unnamed = [sector for sector in sectors if not names[sector]]
    if unnamed:
        raise ReadError(
            f"{layout.sheet.called}: the column {WORDS!r} says nothing of {listed(unnamed)}."
        )
    return tuple(names[sector] for sector in sectors)
