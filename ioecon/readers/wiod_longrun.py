"""Long-run WIOD, 1965–2000, in its long form: ``lr_wiod_wiot_final_filled.csv``, all years in one.

Expected are the columns year, row_country, row_isic3, col_country, col_isic3 and value (row_id and
the like are not needed), one number a line: 25 countries and ``xROW`` × 23 industries, final
demand ``xCONS_h``, ``xCONS_g``, ``xGFCF``, ``xINV``; rows of ``xTOT`` below the flows (xII, xVA,
xTXSP, xSD, xPURNR, xPURR, xMRG_int, xGO) and columns to their right (xX and xM, sums of exports
and imports, xMRG_int, xGO). Million US dollars, current prices. No file was at hand; what is
printed twice is compared. Where output holds the margins of the column xMRG_int beside all uses,
they are kept as discrepancies.

The file has some 15 million lines: those of a year are picked out of the stream, and no other is
looked at closely.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet, find_files
from ioecon.number_rows import text_lines
from ioecon.readers.labelled_matrix import split_header
from ioecon.readers.labels import iso3_by_label, unique
from ioecon.readers.options import ReadOptions
from ioecon.readers.printed_sums import require_printed_sums
from ioecon.table import IOTable
from ioecon.wording import listed, spans

__all__ = ["find_sets", "parse_files"]

_FILE_NAME = re.compile(r"lr_wiod_wiot_final_filled\.csv", re.IGNORECASE)
_BUNDLE = re.compile(r"lr_wiod_\w*(csv)?\.zip", re.IGNORECASE)
_YEAR, _VALUE = "year", "value"
_LABELS = ("row_country", "row_isic3", "col_country", "col_isic3")
_FINAL = ("xCONS_h", "xCONS_g", "xGFCF", "xINV")
_TOTAL, _ROW = "xTOT", "xROW"
_OUTPUT, _INPUTS, _VALUE_ADDED, _MARGINS = "xGO", "xII", "xVA", "xMRG_int"
_MEMO = ("xX", "xM")
_BOM = b"\xef\xbb\xbf"
_PIECE = 2**23  # bytes of text that are looked through at once


def find_sets(path: Path, options: ReadOptions) -> dict[int, FileSet]:
    """Years that the file has; it is looked through for them."""
    files = _find_file(path)
    if files is None:
        return {}
    found: set[int] = set()
    for block in _blocks(files):
        found |= {int(year) for year in set(re.findall(rb"(?m)^(\d{4}),", block))}
    if not found:
        with files.open(files.names[0]) as stream:
            header = next(text_lines(stream, files.name), b"")
        split_header(header, files.name)
        _require_header(header, files.name)
        raise ReadError(f"{files.name} has no line that begins with a year; download it again.")
    return dict.fromkeys(sorted(found), files)


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one year.

    Parameters
    ----------
    files : FileSet
        The one file.
    year : int or None
        Needed: the file has all of them.
    options : ReadOptions
        ``empty_cells="zero"`` takes lines that are not there for zeros.

    Raises
    ------
    ReadError
        If the file is damaged or laid out otherwise, a number is missing, or sums are not those
        it prints.
    """
    if len(files.names) != 1:
        raise ReadError(f"{files.name} should hold one CSV; it holds {len(files.names)} files.")
    if year is None:
        years = find_sets(files.path, options)
        raise ReadError(f"{files.name} has the years {spans(years)}; pass year=.")
    cells = _read_year(files, year)
    if cells.empty:
        raise ReadError(f"{files.name} has no lines of {year}.")
    return _make_table(_arrange(cells, files.name, options.empty_cells), year)


def _find_file(path: Path) -> FileSet | None:
    files = find_files(path, _FILE_NAME, _BUNDLE)
    if files is not None and files.path.is_dir():
        return FileSet.of(path / files.names[0])
    return None if files is None else files.only(files.names[:1])


def _blocks(files: FileSet) -> Iterator[bytes]:
    """Whole lines of the file, many at a time; the first block begins with the header."""
    with files.open(files.names[0]) as stream:
        rest = b""
        while piece := stream.read(_PIECE):
            text = rest + piece
            cut = text.rfind(b"\n") + 1
            if not cut and len(text) > 4 * _PIECE:
                raise ReadError(f"{files.name} has a line longer than any of a table.")
            rest = text[cut:]
            if cut:
                yield text[:cut]
        if rest:
            yield rest + b"\n"


def _read_year(files: FileSet, year: int) -> pd.DataFrame:
    """Labels and values of one year."""
    file, mark = files.name, b"%d," % year
    parts: list[bytes] = []
    header = b""
    for block in _blocks(files):
        if not header:
            header, _, block = block.partition(b"\n")
            _require_header(header, file)
        if block.startswith(mark) or b"\n" + mark in block:
            parts += [line for line in block.split(b"\n") if line.startswith(mark)]
    if not header:
        raise ReadError(f"{file} is empty.")
    commas = header.count(b",")
    odd = next((line for line in parts if line.count(b",") != commas), None)
    if odd is not None:
        raise ReadError(
            f"{file}: the line {odd.decode('utf-8', errors='replace').strip()[:80]!r} has "
            f"{odd.count(b',') + 1} cells and the header {commas + 1}; it is cut off, or a number "
            "has a decimal comma or a thousands separator: take the file as it was published."
        )
    return _parse_lines(b"\n".join([header.removeprefix(_BOM).rstrip(b"\r"), *parts]), year, file)


def _parse_lines(text: bytes, year: int, file: str) -> pd.DataFrame:
    """Cells of the lines of a year; values stay text where one of them is no number."""
    kinds: dict[str, str] = {_YEAR: "str", **dict.fromkeys(_LABELS, "category"), _VALUE: "float64"}
    read = partial(
        pd.read_csv,
        usecols=[*kinds],
        keep_default_na=False,
        na_filter=False,
        index_col=False,
        on_bad_lines="error",
    )
    try:
        try:
            return read(io.BytesIO(text), dtype=kinds)
        except ValueError:
            return read(io.BytesIO(text), dtype="str")
    except ValueError as error:
        where = str(error).strip().splitlines()[-1]
        raise ReadError(f"{file}: the lines of {year} cannot be told apart ({where}).") from error


def _require_header(header: bytes, file: str) -> None:
    text = header.decode("utf-8-sig", errors="replace").strip()
    cells = [cell.strip().strip('"') for cell in text.split(",")]
    missing = [name for name in (_YEAR, *_LABELS, _VALUE) if name not in cells]
    if missing or cells[0] != _YEAR:
        what = f"lacks the columns {listed(missing)}" if missing else "does not begin with year"
        raise ReadError(
            f"{file} {what}; the long form of long-run WIOD has the columns "
            f"{', '.join((_YEAR, *_LABELS, _VALUE))}, separated by commas."
        )


@dataclass(frozen=True)
class _Sheet:
    """Numbers of one year by row and column."""

    file: str
    rows: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    values: Array

    def block(self, rows: list[tuple[str, str]], columns: list[tuple[str, str]]) -> Array:
        """Numbers of some rows and columns."""
        at = {label: k for k, label in enumerate(self.rows)}
        place = {label: k for k, label in enumerate(self.columns)}
        return self.values[np.ix_([at[r] for r in rows], [place[c] for c in columns])]


def _arrange(cells: pd.DataFrame, file: str, empty_cells: str) -> _Sheet:
    """Put numbers in rows and columns; each must be there once, and be a number."""
    values = pd.to_numeric(cells[_VALUE], errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        line = cells.iloc[int(bad[0])]
        raise ReadError(
            f"{file}: row {line['row_country']} {line['row_isic3']}, column {line['col_country']} "
            f"{line['col_isic3']} of {line[_YEAR]} {_explain(line[_VALUE])}; take the file as it "
            "was published."
        )
    i, rows = _number_pairs(cells, "row")
    j, columns = _number_pairs(cells, "col")
    count = np.bincount(i * len(columns) + j, minlength=len(rows) * len(columns))
    count = count.reshape(len(rows), len(columns))
    for wrong, what in ((count > 1, "is there twice"), (count < 1, "is missing")):
        if what == "is missing":
            of_total = np.array([r[0] == _TOTAL for r in rows])[:, None] & np.array(
                [c[0] == _TOTAL for c in columns]
            )
            wrong = wrong & ~of_total  # sums of sums need not be there
            if empty_cells == "zero":
                continue
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            more = f" ({int(wrong.sum()) - 1} more)" if wrong.sum() > 1 else ""
            hint = " If zeros are left out, pass empty_cells='zero'." if "miss" in what else ""
            raise ReadError(
                f"{file}: row {' '.join(rows[row])}, column {' '.join(columns[column])} of "
                f"{cells[_YEAR].iloc[0]} {what}{more}.{hint}"
            )
    matrix = np.zeros((len(rows), len(columns)))
    matrix[i, j] = values
    return _Sheet(file, rows, columns, matrix)


def _number_pairs(cells: pd.DataFrame, side: str) -> tuple[NDArray[np.intp], list[tuple[str, str]]]:
    """Find the number of each line's row (or column), and the labels by number."""
    country, places = _number_labels(cells[f"{side}_country"])
    code, codes = _number_labels(cells[f"{side}_isic3"])
    numbers, pairs = pd.factorize(country * len(codes) + code)
    labels = [(str(places[pair // len(codes)]), str(codes[pair % len(codes)])) for pair in pairs]
    return numbers, labels


def _number_labels(column: pd.Series) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
    """Give the labels of a column numbers; blanks around them are none of theirs."""
    codes, labels = pd.factorize(column)
    tidy, unique_labels = pd.factorize(np.array([str(label).strip() for label in labels], object))
    return tidy[codes], unique_labels


def _explain(value: object) -> str:
    if isinstance(value, float) and np.isinf(value):
        return "holds a number that is too large"
    return f"holds {str(value)!r} instead of a number" if str(value) else "is empty"


def _make_table(sheet: _Sheet, year: int) -> IOTable:
    file = sheet.file
    flows = [row for row in sheet.rows if row[0] != _TOTAL]
    regions = unique(region for region, _ in flows)
    sectors = unique(sector for _, sector in flows)
    rows = [(region, sector) for region in regions for sector in sectors]
    finals = [(region, category) for region in regions for category in _FINAL]
    beside = [column for column in sheet.columns if column[0] == _TOTAL]
    below = [row for row in sheet.rows if row[0] == _TOTAL]
    _require_labels("row", sheet.rows, [*rows, *below], file)
    _require_labels("column", sheet.columns, [*rows, *finals, *beside], file)
    known = {_OUTPUT, _MARGINS, *_MEMO}
    for what, there, needed in (
        ("column", beside, (_OUTPUT,)),
        ("row", below, (_INPUTS, _VALUE_ADDED, _OUTPUT)),
    ):
        missing = [code for code in needed if (_TOTAL, code) not in there]
        if missing:
            raise ReadError(f"{file}: {year} has no {what} {_TOTAL} {missing[0]}; it is cut off.")
    odd = [code for _, code in beside if code not in known]
    if odd:
        raise ReadError(f"{file}: the column {_TOTAL} {odd[0]} of {year} is not known.")
    Z, Y = sheet.block(rows, rows), sheet.block(rows, finals)
    printed = sheet.block(rows, [(_TOTAL, _OUTPUT)])[:, 0]
    inputs = {code: sheet.block([(_TOTAL, code)], rows)[0] for _, code in below}
    kept = [code for code in inputs if code not in (_INPUTS, _OUTPUT)]
    check = partial(
        require_printed_sums, name=lambda k: f"{' '.join(rows[k])} in {year}", file=file
    )
    margins = (
        sheet.block(rows, [(_TOTAL, _MARGINS)])[:, 0] if (_TOTAL, _MARGINS) in beside else None
    )
    discrepancies = None
    try:
        check(printed, (Z, Y), what="printed output (column xTOT xGO)")
    except ReadError:
        if margins is None or not margins.any():
            raise
        check(printed, (Z, Y, margins), what="printed output (column xTOT xGO)")
        discrepancies = margins
    check(inputs[_OUTPUT], (printed,), what="printed output (row xTOT xGO)")
    check(inputs[_INPUTS], (Z.T,), what="printed intermediate inputs (row xTOT xII)")
    codes = iso3_by_label([region for region in regions if region != _ROW], file)
    return IOTable(
        Z=Z,
        Y=Y,
        countries=tuple("ROW" if region == _ROW else codes[region] for region in regions),
        sectors=sectors,
        categories=tuple(category.removeprefix("x") for category in _FINAL),
        year=year,
        printed_output=printed,
        discrepancies=discrepancies,
        primary_inputs=np.array([inputs[code] for code in kept]),
        primary_labels=tuple(code.removeprefix("x") for code in kept),
        system="industry × industry",
        valuation="basic prices",
        edition="long-run WIOD",
    )


def _require_labels(
    what: str, found: list[tuple[str, str]], wanted: list[tuple[str, str]], file: str
) -> None:
    missing = [" ".join(label) for label in wanted if label not in set(found)]
    surplus = [" ".join(label) for label in found if label not in set(wanted)]
    if missing or surplus:
        parts = [f"lacks the {what}s {listed(missing, 4)}"] if missing else []
        parts += [f"has the {what}s {listed(surplus, 4)}, which fit no others"] if surplus else []
        raise ReadError(f"{file} {' and '.join(parts)}.")
