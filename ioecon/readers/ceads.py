"""Tables of Chinese provinces by CEADs, as published in Excel.

Expected is the family of 31 provinces and 42 sectors of 2018 and 2020 (``MRIO 2018.xlsx``: sheets
``Sector``, ``Province``, ``Table_2018``, ``Table_2018_English Version``), and those of 2012 to 2017
(31 × 42, 30 × 30) where they are laid out alike. Flows are domestic: imports are a row of primary
inputs. Exports are a column, and so is the balance error, which becomes ``discrepancies``: uses
and error together are the printed output. Ten thousand yuan, current producer prices. None was at
hand in full: what is printed twice is compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.files.excel_columns import column_letters
from ioecon.files.file_set import FileSet
from ioecon.readers.blocks import copy_block, take_block
from ioecon.readers.ceads_sheet import CATEGORIES, INPUTS, SECTOR, CeadsSheet
from ioecon.readers.ceads_workbook import letters, read_ceads_workbook
from ioecon.readers.labels import agreed_year, positions, require_finite, unique
from ioecon.readers.options import ReadOptions
from ioecon.readers.printed_sums import require_printed_sums
from ioecon.readers.titles import require_10000_yuan, told_price_basis
from ioecon.table import IOTable

__all__ = ["FILE_NAME", "Arrangement", "arrange", "find_year", "parse_files"]

#: Names of the workbooks.
FILE_NAME = re.compile(
    r"(?!adb)([\w-]*[ _.-])?(mrio|ceads)[ _.-]*(table[ _.-]*)?(?P<year>(19|20)\d{2})(?!\d).*"
    r"\.xls[xmb]?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


@dataclass(frozen=True)
class Arrangement:
    """Rows and columns of a sheet in the order of the table, and its labels."""

    rows: NDArray[np.intp]
    users: NDArray[np.intp]
    final: NDArray[np.intp]
    provinces: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one workbook.

    Parameters
    ----------
    files : FileSet
        The workbook.
    year : int or None
        Year it should be of.
    options : ReadOptions

    Raises
    ------
    ReadError
        If the file is damaged, is laid out otherwise, is in another unit, or has sums that its
        numbers do not have.
    """
    name, content = PurePosixPath(files.single).name, files.content(files.single)
    sheet = read_ceads_workbook(content, name, options.empty_cells, year)
    require_10000_yuan(sheet.titles, name, "CEADs")
    order = arrange(sheet, name)
    totals = {kind: _find_column(sheet, order, kind, name) for kind in ("TIU", "TFU")}
    totals |= {kind: _find_row(sheet, order, kind, name) for kind in ("TII", "TVA", "TI")}
    table = _make_table(sheet, order, agreed_year(find_year(sheet, name), year, name), name)
    _check_sums(table, totals, name)
    return table


def find_year(sheet: CeadsSheet, file: str) -> int | None:
    """Year that the name of the sheet and its titles tell; they must agree."""
    texts = (sheet.name, *sheet.titles)
    told = {int(year): text for text in texts for year in _YEAR.findall(text)[:1]}
    if len(told) > 1:
        said = " and ".join(f"{year} ({text!r})" for year, text in told.items())
        raise ReadError(f"{file} says two years: {said}.")
    return next(iter(told), None)


def arrange(sheet: CeadsSheet, file: str) -> Arrangement:
    """Find the order of a sheet's rows and columns.

    Raises
    ------
    ReadError
        If a row or column is missing, twice there or of another province or sector than the rest.
    """
    flows = [i for i, row in enumerate(sheet.rows) if row.kind == SECTOR]
    users = [j for j, column in enumerate(sheet.columns) if column.kind == SECTOR]
    final = [j for j, column in enumerate(sheet.columns) if column.kind in CATEGORIES]
    for found, what in ((users, "intermediate use"), (final, "final demand (FU101 …)")):
        if not found:
            raise ReadError(f"{file}: sheet {sheet.name} has no column of {what}.")
    row_labels = [(sheet.rows[i].province, sheet.rows[i].sector) for i in flows]
    user_labels = [(sheet.columns[j].province, sheet.columns[j].sector) for j in users]
    final_labels = [(sheet.columns[j].province, CATEGORIES[sheet.columns[j].kind]) for j in final]
    provinces = unique(province for province, _ in row_labels)
    sectors = unique(sector for _, sector in row_labels)
    categories = unique(category for _, category in final_labels)
    order = partial(positions, file=file)
    used = "column of intermediate use"
    demanded = "column of final demand"
    return Arrangement(
        np.array(flows)[order(row_labels, provinces, sectors, what="row")],
        np.array(users)[order(user_labels, provinces, sectors, what=used)],
        np.array(final)[order(final_labels, provinces, categories, what=demanded)],
        provinces,
        sectors,
        categories,
    )


def _make_table(sheet: CeadsSheet, order: Arrangement, year: int, file: str) -> IOTable:
    """Table of a sheet, which takes the memory of its numbers."""
    values = sheet.values
    first = np.array_equal(order.rows, np.arange(order.rows.size))
    require_finite(
        values[: order.rows.size] if first else values[order.rows],
        [sheet.place_of(sheet.rows[i], row=True) for i in order.rows],
        [sheet.place_of(column, row=False) for column in sheet.columns],
        file,
    )
    inputs = _find_inputs(sheet)
    single = {kind: _find_column(sheet, order, kind, file) for kind in ("EX", "ERR", "GO")}
    if not inputs or single["GO"] is None:
        lacking = "column GO of gross output" if inputs else "row of value added below the flows"
        raise ReadError(f"{file}: sheet {sheet.name} has no {lacking}: it is not complete.")
    final = copy_block(values, order.rows, order.final)
    primary = copy_block(values, np.array(list(inputs)), order.users)
    below_final = np.nan_to_num(copy_block(values, np.array(list(inputs)), order.final), nan=0.0)
    return IOTable(
        Z=take_block(values, order.rows, order.users),
        Y=final,
        countries=order.provinces,
        sectors=order.sectors,
        sector_names=_name_sectors(sheet, order.sectors, file),
        categories=order.categories,
        year=year,
        unit="10,000",
        currency="CNY",
        price_basis=_find_prices(sheet, file),
        exports=single["EX"],
        export_labels=() if single["EX"] is None else ("exports",),
        discrepancies=single["ERR"],
        printed_output=single["GO"],
        primary_inputs=primary,
        primary_labels=tuple(inputs.values()),
        final_inputs=below_final if below_final.any() else None,
        valuation="producer prices",
        edition=f"CEADs, {len(order.provinces)} provinces, {len(order.sectors)} sectors",
    )


def _find_column(sheet: CeadsSheet, order: Arrangement, kind: str, file: str) -> Array | None:
    """Numbers of the one column of a kind."""
    found = [j for j, column in enumerate(sheet.columns) if column.kind == kind]
    if len(found) > 1:
        where = " and ".join(column_letters(sheet.columns[j].at) for j in found)
        raise ReadError(f"{file}: sheet {sheet.name} has two columns {kind}, {where}.")
    return sheet.values[order.rows, found[0]] if found else None


def _find_row(sheet: CeadsSheet, order: Arrangement, kind: str, file: str) -> Array | None:
    """Numbers of the one row of a kind."""
    found = [i for i, row in enumerate(sheet.rows) if row.kind == kind]
    if len(found) > 1:
        where = " and ".join(str(sheet.rows[i].at + 1) for i in found)
        raise ReadError(f"{file}: sheet {sheet.name} has two rows {kind}, {where}.")
    return sheet.values[found[0], order.users] if found else None


def _find_inputs(sheet: CeadsSheet) -> dict[int, str]:
    """Rows that pay for output, with their names; total value added where its parts are not."""
    parts = {i: INPUTS[row.kind] for i, row in enumerate(sheet.rows) if row.kind in INPUTS}
    if all(sheet.rows[i].kind == "IM" for i in parts):
        total = {i: "Value added" for i, row in enumerate(sheet.rows) if row.kind == "TVA"}
        return parts | total if total else {}
    return parts


def _name_sectors(sheet: CeadsSheet, sectors: Sequence[str], file: str) -> tuple[str, ...]:
    """Names of the sectors, which must be the same in every province and on both sides."""
    names: dict[str, str] = {}
    for is_row, places in ((True, sheet.rows), (False, sheet.columns)):
        for place in places:
            if place.kind != SECTOR:
                continue
            known = names.setdefault(place.sector, place.words)
            if letters(known) != letters(place.words):
                raise ReadError(
                    f"{file}: the sector {place.sector} is {known!r} elsewhere and "
                    f"{place.words!r} in {sheet.place_of(place, row=is_row)}."
                )
    return tuple(names[sector] or sector for sector in sectors)


def _find_prices(sheet: CeadsSheet, file: str) -> str:
    told = {basis for title in sheet.titles if (basis := told_price_basis(title)) is not None}
    if len(told) > 1 or "constant" in told:
        raise ReadError(
            f"{file}: the titles of sheet {sheet.name} do not say clearly in which prices it is: "
            f"{' and '.join(sorted(told))}."
        )
    return next(iter(told), "current")


def _check_sums(table: IOTable, totals: Mapping[str, Array | None], file: str) -> None:
    """Compare every total that is printed with what it is the total of."""
    assert table.printed_output is not None
    assert table.primary_inputs is not None
    exports = () if table.exports is None else (table.exports,)
    errors = () if table.discrepancies is None else (table.discrepancies,)
    imported = [name == INPUTS["IM"] for name in table.primary_labels]
    imports = table.primary_inputs[imported].T
    added = table.primary_inputs[np.logical_not(imported)].T
    everything = (table.Z, table.Y, *exports, *errors)
    inputs = table.Z.T
    # Final use may be told with exports or without, intermediate inputs with imports or without.
    for what, printed, *ways in (
        ("gross output (column GO)", table.printed_output, everything),
        ("total intermediate use (column TIU)", totals["TIU"], (table.Z,)),
        ("total final use (column TFU)", totals["TFU"], (table.Y, *exports), (table.Y,)),
        ("total intermediate input (row TII)", totals["TII"], (inputs, imports), (inputs,)),
        ("total value added (row TVA)", totals["TVA"], (added,)),
        ("total input (row TI)", totals["TI"], (table.printed_output,)),
        ("total input (row TI), as inputs,", totals["TI"], (inputs, imports, added)),
    ):
        if printed is not None:
            _check_either(printed, ways, table, what, file)


def _check_either(
    printed: Array, ways: Sequence[tuple[Array, ...]], table: IOTable, what: str, file: str
) -> None:
    """Refuse a total that is the sum of its parts in none of the ways; the first is named."""
    refusals: list[ReadError] = []
    for parts in ways:
        try:
            require_printed_sums(printed, parts, table.place, file=file, what=what)
        except ReadError as error:
            refusals.append(error)
        else:
            return
    raise refusals[0]
