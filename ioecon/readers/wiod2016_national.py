"""WIOD 2016 release, national tables: ``AUS_NIOT_nov16.xlsx``, all years 2000–2014 of a country.

Expected is the sheet ``National IO-tables``: a row of headings (Year, Code, Description, Origin,
industries A01 …, CONS_h, CONS_np, CONS_g, GFCF, INVEN, EXP, GO), one of descriptions, then year
after year the rows of Origin Domestic, Imports and TOT (II_fob, TXSP, EXP_adj, PURR, PURNR, VA,
IntTTM, GO). Million US dollars, current prices. The layout is known from programs that read it;
no file was at hand, so what is printed twice is compared.

The table is one of domestic flows. What industries import of each product stands among the
primary inputs, ``Imports: A01`` and so on; imports of final demand are in no flow of the table.
The country is told by the file's name alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.files.cells import FaultyCell, is_empty, misfit
from ioecon.files.excel_columns import column_letters
from ioecon.files.file_set import FileSet, find_files
from ioecon.files.workbook import SheetRows, WorkbookReader
from ioecon.readers.labels import iso3_by_label
from ioecon.readers.options import ReadOptions
from ioecon.readers.printed_sums import require_printed_sums
from ioecon.readers.titles import require_million_usd
from ioecon.table import IOTable
from ioecon.wording import listed, spans

__all__ = ["OPTIONS", "find_sets", "parse_files"]

_FILE_NAME = re.compile(r"(?P<country>[a-z]{3})_niot_nov16\.xlsx", re.IGNORECASE)
_BUNDLE = re.compile(r"niots?(_in_excel)?\.zip", re.IGNORECASE)
_SHEET = "national io-tables"
_HEADINGS = ("year", "code", "description", "origin")
_FINAL = ("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN")
_EXPORTS, _OUTPUT, _INPUTS = "EXP", "GO", "II_fob"
_DOMESTIC, _IMPORTS, _TOTAL = "domestic", "imports", "tot"
_SEARCHED = 20  # rows above the headings
_COUNTRIES = (
    "AUS", "AUT", "BEL", "BGR", "BRA", "CAN", "CHE", "CHN", "CYP", "CZE", "DEU", "DNK", "ESP",
    "EST", "FIN", "FRA", "GBR", "GRC", "HRV", "HUN", "IDN", "IND", "IRL", "ITA", "JPN", "KOR",
    "LTU", "LUX", "LVA", "MEX", "MLT", "NLD", "NOR", "POL", "PRT", "ROU", "RUS", "SVK", "SVN",
    "SWE", "TUR", "TWN", "USA",
)  # fmt: skip

#: Which country of a folder or zip; ``"only"`` where there is one.
OPTIONS = {"country": ("only", *_COUNTRIES)}


def find_sets(path: Path, options: ReadOptions) -> dict[int, FileSet]:
    """Years of the country that is asked for; its one file has all of them."""
    files = _find_files(path, options)
    if files is None:
        return {}
    with WorkbookReader() as reader:
        rows = _Rows.open(reader, files.only(files.names[:1]))
        years = {line.year for line in rows.lines(None)}
    return dict.fromkeys(sorted(years), files)


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one year of a country.

    Parameters
    ----------
    files : FileSet
        The country's workbook.
    year : int or None
        May be left out where the workbook has one year only.
    options : ReadOptions
        ``own["country"]``: the country of several, or of a file that was renamed.

    Raises
    ------
    ReadError
        If the country or the year is not told, the file is damaged or laid out otherwise, or sums
        are not those it prints.
    """
    if len(files.names) > 1:
        some = [PurePosixPath(name).name[:3].upper() for name in files.names]
        raise ReadError(
            f"{files.path} holds national tables of {listed(some, 5)}: pass country=, such as "
            f"country={some[0]!r}."
        )
    country = _find_country(files, options)
    with WorkbookReader() as reader:
        rows = _Rows.open(reader, files)
        lines = list(rows.lines(year))
        if year is None:
            year = _only_year({line.year for line in lines}, files.name)
    if not lines:
        raise ReadError(f"{files.name} has no rows of {year}.")
    return _make_table(lines, rows, country, year, options.empty_cells)


def _find_files(path: Path, options: ReadOptions) -> FileSet | None:
    """Workbooks under a path, of the country that is asked for."""
    files = find_files(path, _FILE_NAME, _BUNDLE)
    if files is None or (not files.path.is_dir() and files.path.suffix.lower() != ".zip"):
        return files
    return files.only(_of_country(files.names, options.own.get("country", "only")))


def _of_country(names: Sequence[str], wanted: str) -> list[str]:
    if wanted == "only":
        return [*names]
    found = [name for name in names if PurePosixPath(name).name.upper().startswith(wanted)]
    if not found:
        raise ReadError(f"There is no file {wanted}_NIOT_nov16.xlsx among {listed(names, 5)}.")
    return found


def _find_country(files: FileSet, options: ReadOptions) -> str:
    """Country that the name tells or the option says; they must agree."""
    wanted = options.own.get("country", "only")
    match = _FILE_NAME.fullmatch(PurePosixPath(files.names[0]).name)
    if match is None and wanted == "only":
        raise ReadError(
            f"{files.name}: the country of the table is told by its name alone, such as "
            "AUS_NIOT_nov16.xlsx; rename it, or pass country=."
        )
    if match is None:
        return wanted
    label = match["country"].upper()
    country = iso3_by_label([label], files.name)[label]
    if wanted not in ("only", country):
        raise ReadError(f"{files.name} is named as the table of {country}, not of {wanted}.")
    return country


def _only_year(years: set[int], file: str) -> int:
    if len(years) > 1:
        raise ReadError(f"{file} has the years {spans(years)}; pass year=, or use read_series.")
    if not years:
        raise ReadError(f"{file} has no rows of any year.")
    return next(iter(years))


@dataclass(frozen=True)
class _Line:
    """One row of the sheet: its labels, where it stands, and its cells."""

    year: int
    code: str
    name: str
    origin: str
    number: int
    cells: list[Any]


@dataclass(frozen=True)
class _Rows:
    """Rows below the headings of the sheet.

    Parameters
    ----------
    file : str
        For messages.
    sheet : SheetRows
        Its rows from the headings on are still to be read.
    columns : list of str
        Labels of the columns of numbers.
    left, top : int
        First column of the headings, and the row below them, counted from one.
    """

    file: str
    sheet: SheetRows
    columns: list[str]
    left: int
    top: int

    @classmethod
    def open(cls, reader: WorkbookReader, files: FileSet) -> _Rows:
        """Find the headings on the sheet of a workbook."""
        file = files.name
        names = reader.open(files.read(files.names[0]), file)
        named = [name for name in names if name.strip().lower() == _SHEET]
        if not named and len(names) > 1:
            raise ReadError(
                f"{file} has the sheets {listed(names, 5)}; a national table of WIOD's 2016 "
                "release has one called 'National IO-tables'."
            )
        sheet = reader.sheet(named[0] if named else names[0])
        titles: list[str] = []
        found: tuple[list[str], int, int] | None = None
        for top, cells in enumerate(sheet.rows, start=1):
            if found is None:
                texts = [_text_of(cell) for cell in cells]
                left = next((k for k, text in enumerate(texts) if text), 0)
                heads = tuple(text.lower() for text in texts[left : left + len(_HEADINGS)])
                if heads == _HEADINGS:
                    found = texts[left + len(_HEADINGS) :], left, top
                    break
                titles += [text for text in texts if text]
            if top >= _SEARCHED:
                break
        if found is None:
            raise ReadError(
                f"{file}: no row of the sheet {sheet.name} is headed Year, Code, Description, "
                "Origin; it is no national table of WIOD's 2016 release."
            )
        require_million_usd(titles, file, "WIOD")
        columns, left, top = found
        while columns and not columns[-1]:
            columns.pop()
        twice = [label for label in columns if columns.count(label) > 1]
        if twice or "" in columns:
            what = f"column {twice[0]!r} is there twice" if twice else "a column has no heading"
            raise ReadError(f"{file}: {what}.")
        return cls(file, sheet, columns, left, top)

    def lines(self, year: int | None) -> Iterator[_Line]:
        """Rows of a year, or of all of them."""
        begin = self.left + len(_HEADINGS)
        for number, cells in enumerate(self.sheet.rows, start=self.top + 1):
            labels = cells[self.left : begin]
            if all(is_empty(cell) for cell in (*labels, *cells[begin:])):
                continue
            if number == self.top + 1 and (not labels or is_empty(labels[0])):
                continue  # descriptions of the columns
            told = labels[0] if labels else ""
            if not _is_whole_number(told):
                raise ReadError(
                    f"{self.file}: cell {self.sheet.name}!{column_letters(self.left)}{number} "
                    f"holds {told!r} instead of a year."
                )
            if year is not None and int(told) != year:
                continue
            texts = [_text_of(cell) for cell in (*labels[1:], *[""] * 3)][:3]
            values = cells[begin : begin + len(self.columns)]
            values += [""] * (len(self.columns) - len(values))
            yield _Line(int(told), texts[0], texts[1], texts[2].lower(), number, values)


def _is_whole_number(cell: Any) -> bool:
    if isinstance(cell, float):
        return cell.is_integer()  # neither infinite nor not a number
    return isinstance(cell, int) and not isinstance(cell, bool)


def _text_of(cell: Any) -> str:
    if isinstance(cell, FaultyCell):
        return cell.holds
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _make_table(
    lines: list[_Line], rows: _Rows, country: str, year: int, empty_cells: str
) -> IOTable:
    file, columns = rows.file, rows.columns
    blocks = _group_by_origin(lines, file)
    sectors = [*blocks[_DOMESTIC]]
    place = {label: k for k, label in enumerate(columns)}
    missing = [label for label in (*sectors, *_FINAL, _EXPORTS, _OUTPUT) if label not in place]
    surplus = [label for label in columns if label not in {*sectors, *_FINAL, _EXPORTS, _OUTPUT}]
    if missing or surplus:
        what = (
            f"lacks the columns {listed(missing, 4)}"
            if missing
            else f"has the columns {listed(surplus, 4)}, which are no industries of its rows"
        )
        raise ReadError(f"{file} {what}.")
    if set(blocks[_IMPORTS]) != set(sectors):
        odd = sorted(set(blocks[_IMPORTS]).symmetric_difference(sectors))
        raise ReadError(f"{file}: domestic and imported rows of {year} differ: {listed(odd, 4)}.")
    at = [place[sector] for sector in sectors]
    read = partial(_read_numbers, rows=rows, empty_cells=empty_cells)
    domestic = read(blocks[_DOMESTIC], columns=[*range(len(columns))])
    imported = read({code: blocks[_IMPORTS][code] for code in sectors}, columns=at)
    totals = read(blocks[_TOTAL], columns=at)
    below = {code: row for code, row in zip(blocks[_TOTAL], totals, strict=True)}
    absent = [code for code in (_INPUTS, "VA", _OUTPUT) if code not in below]
    if absent:
        raise ReadError(f"{file}: the rows TOT of {year} lack {listed(absent)}; it is cut off.")
    kept = [code for code in below if code not in (_INPUTS, _OUTPUT)]
    Z, exports = domestic[:, at], domestic[:, place[_EXPORTS]]
    Y = domestic[:, [place[label] for label in _FINAL]]
    printed = domestic[:, place[_OUTPUT]]
    check = partial(
        require_printed_sums, name=lambda k: f"{country} {sectors[k]} in {year}", file=file
    )
    check(printed, (Z, Y, exports), what="printed output (column GO)")
    check(below[_OUTPUT], (printed,), what="printed output (row GO)")
    check(below[_INPUTS], (Z.T, imported.T), what="printed intermediate inputs (row II_fob)")
    inputs = (below[_INPUTS], *(below[code] for code in kept))
    check(below[_OUTPUT], inputs, what="printed output (row GO), as inputs,")
    names = {line.code: line.name for line in blocks[_TOTAL].values()}
    return IOTable(
        Z=Z,
        Y=Y,
        countries=(country,),
        sectors=tuple(sectors),
        sector_names=tuple(line.name or line.code for line in blocks[_DOMESTIC].values()),
        categories=_FINAL,
        year=year,
        exports=exports,
        printed_output=printed,
        primary_inputs=np.vstack([imported, *(below[code] for code in kept)]),
        primary_labels=(
            *(f"Imports: {sector}" for sector in sectors),
            *(names[code] or code for code in kept),
        ),
        system="industry × industry",
        valuation="basic prices",
        edition="WIOD 2016, national tables",
    )


def _group_by_origin(lines: list[_Line], file: str) -> dict[str, dict[str, _Line]]:
    """Rows by origin and code; each once, and all of the three origins."""
    blocks: dict[str, dict[str, _Line]] = {_DOMESTIC: {}, _IMPORTS: {}, _TOTAL: {}}
    for line in lines:
        if line.origin not in blocks or not line.code:
            raise ReadError(
                f"{file}: row {line.number} has the code {line.code!r} and the origin "
                f"{line.origin!r}; an origin is Domestic, Imports or TOT."
            )
        if line.code in blocks[line.origin]:
            raise ReadError(
                f"{file}: the row {line.code} {line.origin} of {line.year} is there twice (row "
                f"{line.number} again)."
            )
        blocks[line.origin][line.code] = line
    for origin, block in blocks.items():
        if not block:
            raise ReadError(f"{file}: {lines[0].year} has no rows of the origin {origin!r}.")
    return blocks


def _read_numbers(
    lines: dict[str, _Line], *, columns: list[int], rows: _Rows, empty_cells: str
) -> Array:
    """Numbers of some columns of rows; what is no number is refused with its place."""
    values = np.empty((len(lines), len(columns)))
    for i, line in enumerate(lines.values()):
        for j, column in enumerate(columns):
            cell = line.cells[column]
            problem = misfit(cell)
            if problem is not None and not (is_empty(cell) and empty_cells == "zero"):
                letters = column_letters(rows.left + len(_HEADINGS) + column)
                hint = (
                    " If zeros are left empty, pass empty_cells='zero'." if is_empty(cell) else ""
                )
                raise ReadError(
                    f"{rows.file}: cell {rows.sheet.name}!{letters}{line.number} ({line.code} "
                    f"{line.origin} of {line.year}, column {rows.columns[column]}) {problem}{hint}"
                )
            values[i, j] = 0.0 if problem is not None else cell
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        i, j = wrong[0]
        line = list(lines.values())[i]
        raise ReadError(
            f"{rows.file}: row {line.number} ({line.code} {line.origin} of {line.year}), column "
            f"{rows.columns[columns[j]]} holds {values[i, j]} instead of a number."
        )
    return values
