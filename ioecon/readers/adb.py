"""Multiregional tables of the Asian Development Bank (ADB MRIO), as published in Excel.

Expected are the workbooks of 62 and of 72 to 75 economies and the rest of the world, 35
industries, 2000 on, in current or constant prices: ``ADB-MRIO-2000_Mar2022-3.xlsx``,
``ADB-MRIO62-2021_August 2024.xlsx``, ``ADB MRIO 2015, at constant 2010 prices.xlsx``. The table is
on the first sheet that is not ``Legend``. Three titles say year, economies and prices, and unit;
headings and row labels are those of :mod:`.world_sheet`, with industries c1 … c35, final demand
F1 … F5 and, in the newest, one more row of codes. Below stand the rows of the region ToT: r60
intermediate inputs, r99 taxes, r61 to r63 adjustments, r64 value added, trs transport margins,
r69 output. None was at hand in full: what is printed twice is compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.blocks import copy_block
from ioecon.readers.labels import agreed_year, iso3_by_label
from ioecon.readers.options import ReadOptions
from ioecon.readers.printed_sums import require_printed_sums
from ioecon.readers.titles import CONSTANT_PRICES, require_million_usd, told_price_basis
from ioecon.readers.world_sheet import (
    Flows,
    Heading,
    SheetKind,
    WorldSheet,
    find_flows,
    find_primary_rows,
    read_world_sheet,
    table_of_world_sheet,
)
from ioecon.table import IOTable

__all__ = ["FILE_NAME", "OWN_CODES", "country_codes", "parse_files"]

#: ADB's own codes of economies; the others are ISO's. None of these is a code of ISO 3166.
OWN_CODES: Mapping[str, str] = {
    **{"BAN": "BGD", "BHU": "BTN", "BRU": "BRN", "BUL": "BGR", "CAM": "KHM", "COO": "COK"},
    **{"DEN": "DNK", "FIJ": "FJI", "GER": "DEU", "INO": "IDN", "IRE": "IRL", "KUW": "KWT"},
    **{"MAL": "MYS", "MLD": "MDV", "MON": "MNG", "MYA": "MMR", "NAU": "NRU", "NEP": "NPL"},
    **{"NET": "NLD", "PAL": "PLW", "PHI": "PHL", "POR": "PRT", "PRC": "CHN", "RMI": "MHL"},
    **{"ROM": "ROU", "SAM": "WSM", "SIN": "SGP", "SOL": "SLB", "SPA": "ESP", "SRI": "LKA"},
    **{"SWI": "CHE", "TAJ": "TJK", "TAP": "TWN", "TIM": "TLS", "UAE": "ARE", "UKG": "GBR"},
    **{"VAN": "VUT", "VIE": "VNM"},
}
_LEGEND = "legend"
#: Names of the workbooks.
FILE_NAME = re.compile(
    r"adb[-_ ]?mrio[-_ ]?(\d\d(?!\d))?([-_ ,]*[a-z]+)?[-_ ,]*(?P<year>(19|20)\d{2})(?!\d).*"
    r"\.xls[xmb]?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_ECONOMIES = re.compile(r"(\d+)\s+economies", re.IGNORECASE)
_NATIONAL = re.compile(r"\binput-output tables?\s*\(\s*\d+\s*[x×]\s*\d+", re.IGNORECASE)
_IMPORTS = "IMP"
# Categories of final demand by the words of their heading, with the names that WIOD 2016 has; the
# first that fits counts, for non-profit institutions serve households.
_CATEGORIES = {
    "CONS_np": re.compile(r"\bnon-?\s?profit|\bNPISH", re.IGNORECASE),
    "CONS_h": re.compile(r"\bhouseholds?\b", re.IGNORECASE),
    "CONS_g": re.compile(r"\bgovernment", re.IGNORECASE),
    "GFCF": re.compile(r"\bfixed capital", re.IGNORECASE),
    "INVEN": re.compile(r"\binventor|\bstocks\b", re.IGNORECASE),
}
_FINAL = re.compile(r"F\d+", re.IGNORECASE)
_INPUTS, _OUTPUT = "r60", "r69"


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one workbook.

    Parameters
    ----------
    files : FileSet
        The workbook; its name may say that prices are constant.
    year : int or None
        Year it should be of.
    options : ReadOptions
        ``empty_cells="zero"`` takes empty cells, and cells of blanks, for zeros: so the table of
        2016 has them.

    Raises
    ------
    ReadError
        If the file is damaged, is laid out otherwise, says something else in its titles, or has
        sums that its numbers do not have.
    """
    name = PurePosixPath(files.single).name
    with WorkbookReader() as reader:
        names = reader.open(files.content(files.single), name)
        codes = partial(country_codes, legend=_read_legend(reader, names))
        kind = _sheet_kind(codes, name, options)
        sheet = read_world_sheet(
            reader.sheet(_choose_sheet(names, year, name)), name, options.empty_cells, kind
        )
    if any(heading.country.upper() == _IMPORTS for heading in sheet.rows):
        _refuse_national(name)
    flows = find_flows(sheet, name, kind)
    _require_economies(sheet, flows, name)
    sums = _find_sums(sheet, flows, name, options.empty_cells)
    final = copy_block(sheet.values, find_primary_rows(sheet, kind), flows.final)
    table = table_of_world_sheet(
        sheet,
        flows,
        kind,
        year=agreed_year(_find_year(sheet, name), year, name),
        price_basis=_find_prices(sheet.titles, name),
    )
    primary = table.primary_inputs
    if primary is not None:
        called = [f"the row {label!r}" for label in table.primary_labels]
        primary = _fill_empty(primary, called, table.place, name, options.empty_cells)
        final = _fill_final(final, called, table.final_demand_place, name, options.empty_cells)
    table = table.replace(
        primary_inputs=primary,
        final_inputs=final if primary is not None and final.any() else None,
        system="industry × industry",
        valuation="basic prices",
        edition=f"ADB MRIO, {len(flows.countries) - ('ROW' in flows.countries)} economies",
    )
    return _check_sums(table, sums, name)


def _sheet_kind(
    codes: Callable[[Iterable[str], str], dict[str, str]], file: str, options: ReadOptions
) -> SheetKind:
    return SheetKind(
        publisher="ADB",
        sector=lambda heading: f"c{heading.number}" if heading.number > 0 else heading.label,
        category=partial(_find_category, file=file),
        require_titles=_require_titles,
        is_final=lambda heading: _FINAL.fullmatch(heading.label) is not None,
        codes=codes,
        is_total=lambda heading: heading.label.lower() in (_INPUTS, _OUTPUT),
        is_last_row=lambda heading: heading.label.lower() == _OUTPUT,
        blanks_are_empty=options.empty_cells == "zero",
    )


def country_codes(
    labels: Iterable[str], file: str, legend: Mapping[str, str] | None = None
) -> dict[str, str]:
    """ISO 3166 code (or ROW) of every label of an economy in a file of ADB's.

    Parameters
    ----------
    labels : iterable of str
    file : str
        For messages.
    legend : mapping, optional
        Names of economies by code, for codes that neither ISO nor :data:`OWN_CODES` has.

    Raises
    ------
    ReadError
        If a code is not known.

    Examples
    --------
    >>> country_codes(["PRC", "AUS", "RoW"], "ADB-MRIO-2019.xlsx")
    {'PRC': 'CHN', 'AUS': 'AUS', 'RoW': 'ROW'}
    """
    own = {label: OWN_CODES.get(label.upper()) for label in labels}
    others = [label for label, code in own.items() if code is None]
    named = {label: label for label in others}
    try:
        found = iso3_by_label(named.values(), file)
    except ReadError:
        if not legend:
            raise
        named = {label: legend.get(label.upper(), label) for label in others}
        found = iso3_by_label(named.values(), file)
    return {label: code or found[named[label]] for label, code in own.items()}


def _read_legend(reader: WorkbookReader, names: Sequence[str]) -> dict[str, str]:
    """Names of economies by code from the sheet ``Legend``, where there is one."""
    legend: dict[str, str] = {}
    for name in names:
        if name.strip().lower() == _LEGEND:
            for row in reader.sheet(name).rows:
                words = [str(cell).strip() for cell in row if isinstance(cell, str) and cell]
                if len(words) > 1:
                    legend.setdefault(words[0].upper(), words[1])
    return legend


def _choose_sheet(names: Sequence[str], year: int | None, file: str) -> str:
    tables = [
        name for name in names if not re.fullmatch(rf"{_LEGEND}|.*contents", name.strip(), re.I)
    ]
    if not tables:
        raise ReadError(f"{file} has no sheet with a table, only {', '.join(names)}.")
    years = [name for name in tables if _YEAR.fullmatch(name.strip())]
    if len(years) > 1:
        _refuse_national(file)
    of_year = [name for name in tables if str(year) in _YEAR.findall(name)]
    return of_year[0] if len(of_year) == 1 else tables[0]


def _refuse_national(file: str) -> None:
    raise ReadError(
        f"{file} is one of ADB's tables of a single economy (imports as rows of the region IMP); "
        "read are its multiregional tables, such as ADB-MRIO-2019_Dec2022.xlsx. Put this one into "
        "the layout of 'regional' ('ioecon template')."
    )


def _require_titles(titles: Sequence[str], file: str) -> None:
    if any(_NATIONAL.search(title) for title in titles):
        _refuse_national(file)
    require_million_usd(titles, file, "ADB")
    if not any(re.search(r"\bmil", title, re.IGNORECASE) for title in titles):
        raise ReadError(
            f"{file}: no title above the table says its unit; ADB writes 'In millions of US$'."
        )


def _find_category(heading: Heading, file: str) -> str:
    """Label of a category of final demand, by the words of its heading."""
    for label, words in _CATEGORIES.items():
        if words.search(heading.name):
            return label
    raise ReadError(
        f"{file}: {heading.place} ({heading.country} {heading.label}) is headed {heading.name!r}, "
        "which is none of ADB's categories of final demand (households, non-profit institutions, "
        "government, fixed capital, inventories)."
    )


def _require_economies(sheet: WorldSheet, flows: Flows, file: str) -> None:
    """Refuse another number of economies than the title's, with or without the rest."""
    count = len(flows.countries)
    for title in sheet.titles:
        told = _ECONOMIES.search(title)
        if told and int(told[1]) not in (count, count - ("ROW" in flows.countries)):
            raise ReadError(
                f"{file}: the title says {told[0]!r}, but the table has {count} regions "
                f"({', '.join(flows.countries[:3])} … {flows.countries[-1]})."
            )


def _find_year(sheet: WorldSheet, file: str) -> int | None:
    """Year that the titles and the name of the sheet tell; they must agree."""
    found = {int(year): f"sheet {sheet.name}" for year in _YEAR.findall(sheet.name)[:1]}
    for title in sheet.titles:
        if re.search(r"input[ -]*output|MRIO", title, re.IGNORECASE):
            rest = CONSTANT_PRICES.sub(" ", title)
            found |= {int(year): f"the title {title!r}" for year in _YEAR.findall(rest)[:1]}
    if len(found) > 1:
        told = " and ".join(f"{year} ({place})" for year, place in found.items())
        raise ReadError(f"{file} says two years: {told}.")
    return next(iter(found), None)


def _find_prices(titles: Sequence[str], file: str) -> str:
    told = {basis for title in titles if (basis := told_price_basis(title)) is not None}
    by_name = told_price_basis(file)
    if by_name not in (None, "constant"):
        told = (told - {"constant"}) | {str(by_name)}
    if len(told) == 1 and "constant" not in told:
        return told.pop()
    if len(told) > 1:
        raise ReadError(
            f"{file} says two price bases in its titles and name: {' and '.join(sorted(told))}."
        )
    what = "of which year its constant prices are" if told else "in which prices the table is"
    raise ReadError(
        f"{file}: no title above the table says {what}; ADB writes 'at current prices' or 'at "
        "constant 2010 prices'."
    )


def _fill_empty(
    rows: Array, called: Sequence[str], name: Callable[[int], str], file: str, empty_cells: str
) -> Array:
    """Rows below the flows without gaps: an empty cell is a zero if those among the flows are."""
    empty = np.argwhere(np.isnan(rows))
    if empty.size and empty_cells == "error":
        row, column = empty[0]
        raise ReadError(
            f"{file}: {called[row]} is empty at {name(int(column))}. If the publisher leaves "
            "zeros empty, pass empty_cells='zero'."
        )
    return np.where(np.isnan(rows), 0.0, rows)


def _fill_final(
    rows: Array, called: Sequence[str], name: Callable[[int], str], file: str, empty_cells: str
) -> Array:
    """Rows below final demand without gaps: one that is wholly empty has nothing there."""
    absent = np.isnan(rows).all(axis=1, keepdims=True)
    return _fill_empty(np.where(absent, 0.0, rows), called, name, file, empty_cells)


def _find_sums(sheet: WorldSheet, flows: Flows, file: str, empty_cells: str) -> dict[str, Array]:
    """Find the sums that are printed below the industries: r60 and r69, where they are."""
    rows = {heading.label.lower(): i for i, heading in enumerate(sheet.rows)}
    labels = [label for label in (_INPUTS, _OUTPUT) if label in rows]
    found = copy_block(sheet.values, np.array([rows[label] for label in labels], int), flows.inter)
    places = [f"{country} {sector}" for country in flows.countries for sector in flows.sectors]
    called = [f"the row {label}" for label in labels]
    filled = _fill_empty(found, called, places.__getitem__, file, empty_cells)
    return dict(zip(labels, filled, strict=True))


def _check_sums(table: IOTable, below: Mapping[str, Array], file: str) -> IOTable:
    """Compare what is printed twice: rows with TOTAL, columns with r60 and r69."""
    printed = table.printed_output if table.printed_output is not None else below.get(_OUTPUT)
    if printed is None:
        raise ReadError(
            f"{file} prints output neither in a column ToT on the right nor in a row r69 at the "
            "bottom: it is not complete."
        )
    check = partial(require_printed_sums, name=table.place, file=file)
    check(printed, (table.Z, table.Y), what="printed output (column ToT)")
    if _INPUTS in below:
        check(below[_INPUTS], (table.Z.T,), what="printed intermediate inputs (row r60)")
    if _OUTPUT in below:
        primary = () if table.primary_inputs is None else (table.primary_inputs.T,)
        check(below[_OUTPUT], (printed,), what="printed output (row r69)")
        check(below[_OUTPUT], (table.Z.T, *primary), what="printed output (row r69), as inputs,")
    return table.replace(printed_output=printed)
