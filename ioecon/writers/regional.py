"""Regional tables and empty templates, written in the layout that :mod:`.regional` reads."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ioecon.errors import IoeconWarning, LabelError, OutputError, TableError
from ioecon.files.source_file import PathLike
from ioecon.files.whole_file import write_whole
from ioecon.files.xlsx import Cell, SheetContent, workbook_bytes
from ioecon.readers import regional as layout
from ioecon.readers.regional_cells import label
from ioecon.spreadsheet_text import harmless
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user
from ioecon.wording import invisible_character, listed

__all__ = ["write_regional", "write_regional_template"]

_CATEGORIES = ("households", "government", "investment")
_INSTRUCTIONS = (
    "How to fill in this template. Lines that begin with # are not read.",
    "1. Above the table: year; unit (for example million); currency (for example USD); price "
    "basis (current, or for example constant 2002). All years of a study need the same.",
    "2. Rows 'products' deliver to the columns: intermediate use by region and sector, final "
    "demand by region and category. Write 0 where nothing flows.",
    "3. Exports: deliveries abroad, a column for every destination you want to tell apart. Without "
    "exports, leave the column empty: nothing can then be driven by exports.",
    "4. Imports: only if the flows contain imported products (a competitive table); as positive "
    "numbers. ioecon takes them out with table.domestic(). Otherwise leave the column empty.",
    "5. Discrepancies: errors by which the published output exceeds all uses, as some tables print "
    "them (error, others); negative where it falls short. They are no use. May stay empty.",
    "6. Output: as published, discrepancies included, to be compared with the row sums. May stay "
    "empty.",
    "7. Rows 'primary inputs': value added, imported inputs and what else pays for output. They "
    "are read under intermediate use only. Rows may be added, renamed or left empty.",
    "8. Rows and columns may stand in any order, and names may be in any language, but a name must "
    "be the same everywhere. Rows and columns of the block 'total' are not read.",
    "9. Several years: one sheet for each, or one file for each (regional_2002.csv, "
    "regional_2007.csv).",
    "10. Emission coefficients: emissions per unit of output by region and sector. Read them with "
    "ioecon.read_coefficients; say their unit in the first line, for example kt per million USD.",
)


def write_regional(
    tables: IOTable | Mapping[int, IOTable], path: PathLike, *, overwrite: bool = False
) -> Path:
    """Write a table in the regional layout, without loss: what is read back is equal.

    Only ``final_inputs`` have no place in it; they are left out with a warning.

    Parameters
    ----------
    tables : IOTable, IOSeries or mapping of int to IOTable
        A workbook has a sheet for each year; a CSV file has one table.
    path : path
        A file ending in ``.xlsx`` or ``.csv``.
    overwrite : bool
        Whether a file that is there may be replaced.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    OutputError
        If the file is there already or cannot be written, or its ending is another.
    TableError
        If a number is not finite, or a label would not be read back as it is.

    Examples
    --------
    >>> import tempfile, ioecon
    >>> table = ioecon.IOTable(
    ...     Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]], countries=["North", "South"],
    ...     sectors=["all"], categories=["final"], year=2005, exports=[10, 20])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = write_regional(table, f"{folder}/regional_2005.xlsx")
    ...     ioecon.read_table(file, format="regional").x
    array([1010., 2020.])
    """
    path = Path(path)
    many = {tables.year: tables} if isinstance(tables, IOTable) else dict(tables)
    for year, table in many.items():
        if table.year != year:
            raise TableError(f"The table given for {year} is of {table.year}.")
    sheets = [_table_sheet(table) for table in many.values()]
    if _check_ending(path) == ".xlsx":
        write_whole({path: workbook_bytes(sheets)}, overwrite=overwrite)
        return path
    if len(sheets) != 1:
        raise OutputError(
            f"{path} can hold one table, not {len(sheets)}: write a workbook (.xlsx), or a file "
            "for each year."
        )
    write_whole({path: _csv_bytes(sheets[0].rows)}, overwrite=overwrite)
    return path


def write_regional_template(
    path: PathLike,
    *,
    regions: Sequence[str],
    sectors: Sequence[str],
    categories: Sequence[str] = _CATEGORIES,
    years: Sequence[int] = (),
) -> tuple[Path, ...]:
    """Write an empty table in the regional layout, with instructions, to be filled in.

    Parameters
    ----------
    path : path
        A file ending in ``.xlsx`` (a sheet for each year, one for emission coefficients, one of
        instructions) or ``.csv`` (one table), or else a folder, which gets both kinds.
    regions, sectors, categories : sequence of str
        Names of regions, sectors and categories of final demand, in any language.
    years : sequence of int
        Years of the tables; without any, one table whose year is to be filled in.

    Returns
    -------
    tuple of pathlib.Path
        The files.

    Raises
    ------
    OutputError
        If a file is there already, has another ending or cannot be written. Nothing is written in
        that case.
    LabelError
        If a name is empty or stands twice, or a name would not be read back as it is.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_regional_template(folder, regions=["North", "South"],
    ...                                     sectors=["Goods", "Services"], years=[2002, 2007])
    ...     [file.name for file in files]
    ['regional.xlsx', 'regional_2002.csv', 'regional_2007.csv', 'coefficients.csv']
    """
    path = Path(path)
    for kind, names in (("region", regions), ("sector", sectors), ("category", categories)):
        if not names:
            raise LabelError(f"A table needs at least one {kind}.")
        _require_names(kind, names)
    if len(set(years)) != len(years):
        raise LabelError("A year is given twice.")
    if path.suffix[1:].isalpha() and path.suffix.lower() not in (".xlsx", ".csv"):
        raise OutputError(f"{path} should be a folder, or a file that ends in .xlsx or .csv.")
    wanted: list[int | None] = [*years] or [None]
    sheets = [_empty_sheet(regions, sectors, categories, year) for year in wanted]
    rates = _empty_coefficients(regions, sectors)
    notes = SheetContent("instructions", [[line] for line in _INSTRUCTIONS])
    book = workbook_bytes([*sheets, rates, notes])
    comments = [[f"# {line}"] for line in _INSTRUCTIONS]
    if path.suffix.lower() in (".xlsx", ".csv"):
        if path.suffix.lower() == ".csv" and len(sheets) > 1:
            raise OutputError(f"{path} can hold one year; name a folder or a workbook (.xlsx).")
        text = _csv_bytes([*comments, *sheets[0].rows])
        contents = {path: book if path.suffix.lower() == ".xlsx" else text}
    else:
        contents = {path / "regional.xlsx": book}
        for year, sheet in zip(wanted, sheets, strict=True):
            name = "regional.csv" if year is None else f"regional_{year}.csv"
            contents[path / name] = _csv_bytes([*comments, *sheet.rows])
        contents[path / "coefficients.csv"] = _csv_bytes(rates.rows)
    write_whole(contents, overwrite=False)
    return tuple(contents)


def _check_ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in (".xlsx", ".csv"):
        raise OutputError(f"{path} should end in .xlsx or .csv.")
    return ending


def _table_sheet(table: IOTable) -> SheetContent:
    """Sheet with a table."""
    _require_writable(table)
    columns = [
        _label_across(layout.INTERMEDIATE, table.countries, table.sectors),
        _label_across(layout.FINAL, table.countries, table.categories),
        [(layout.EXPORTS, "", name) for name in table.export_labels],
        [] if table.imports is None else [(layout.IMPORTS, "", "imports")],
        [] if table.discrepancies is None else [(layout.DISCREPANCIES, "", "discrepancies")],
        [] if table.printed_output is None else [(layout.OUTPUT, "", "output")],
    ]
    blocks = [table.Z, table.Y]
    blocks += [table.exports] if table.exports is not None else []
    single = (table.imports, table.discrepancies, table.printed_output)
    blocks += [values[:, None] for values in single if values is not None]
    products = np.hstack(blocks).tolist()
    primary = [] if table.primary_inputs is None else table.primary_inputs.tolist()
    words = table.sector_names
    rows: list[list[Cell]] = _head_rows(
        {
            "year": table.year,
            "unit": table.unit,
            "currency": table.currency,
            "price basis": table.price_basis,
            **{key: value for key in layout.ABOUT if (value := getattr(table, key)) is not None},
        },
        [heading for block in columns for heading in block],
        words is not None,
    )
    for position, values in enumerate(products):
        region, sector = divmod(position, len(table.sectors))
        labels: list[Cell] = [layout.PRODUCTS, table.countries[region], table.sectors[sector]]
        rows.append([*labels, *([] if words is None else [words[sector]]), *values])
    for name, values in zip(table.primary_labels, primary, strict=True):
        rows.append([layout.PRIMARY, None, name, *([] if words is None else [None]), *values])
    return _frame_sheet(str(table.year), rows, 3 if words is None else 4)


def _empty_sheet(
    regions: Sequence[str], sectors: Sequence[str], categories: Sequence[str], year: int | None
) -> SheetContent:
    columns = [
        *_label_across(layout.INTERMEDIATE, regions, sectors),
        *_label_across(layout.FINAL, regions, categories),
        (layout.EXPORTS, "", "exports"),
        (layout.IMPORTS, "", "imports"),
        (layout.DISCREPANCIES, "", "discrepancies"),
        (layout.OUTPUT, "", "output"),
    ]
    about: dict[str, Cell] = dict.fromkeys(layout.METADATA)
    about["year"] = year
    rows = _head_rows(about, columns, False)
    rows += [[layout.PRODUCTS, region, sector] for region in regions for sector in sectors]
    rows += [[layout.PRIMARY, None, name] for name in ("imported inputs", "value added")]
    return _frame_sheet("table" if year is None else str(year), rows, 3)


def _empty_coefficients(regions: Sequence[str], sectors: Sequence[str]) -> SheetContent:
    rows: list[list[Cell]] = [["unit"], [], ["sector", *regions]]
    rows += [[name] for name in sectors]
    return SheetContent("coefficients", rows, (2, 3), 1)


def _frame_sheet(name: str, rows: list[list[Cell]], labels: int) -> SheetContent:
    first = rows.index([]) + 1  # headings follow the empty line below what the table is
    return SheetContent(name, rows, (first, first + len(layout.CORNER)), labels)


def _label_across(
    block: str, first: Sequence[str], second: Sequence[str]
) -> list[tuple[str, str, str]]:
    return [(block, one, other) for one in first for other in second]


def _head_rows(
    about: Mapping[str, Cell], columns: Sequence[tuple[str, str, str]], words: bool
) -> list[list[Cell]]:
    """Lines above the numbers: what the table is, an empty line, three rows of headings."""
    gap: list[Cell] = [None] * (4 if words else 3)
    corner: list[Cell] = [*layout.CORNER, *([layout.WORDS] if words else [])]
    starts = (gap, gap, corner)
    return [
        *([key, value] for key, value in about.items()),
        [],
        *([*start, *(column[i] for column in columns)] for i, start in enumerate(starts)),
    ]


def _require_writable(table: IOTable) -> None:
    groups = {
        "country": table.countries,
        "sector": table.sectors,
        "category": table.categories,
        "export destination": table.export_labels,
        "primary input": table.primary_labels,
    }
    for kind, names in groups.items():
        _require_names(kind, names)
    for kind, name in (
        ("unit", table.unit),
        ("currency", table.currency),
        ("price basis", table.price_basis),
        *((key, value) for key in layout.ABOUT if (value := getattr(table, key)) is not None),
        *(("sector in words", name) for name in table.sector_names or ()),
    ):
        _require_plain(kind, name)
    if not (0 <= table.year <= 9999):
        raise TableError(f"The year {table.year} has more than four digits.")
    for field in (
        "Z", "Y", "exports", "imports", "discrepancies", "printed_output", "primary_inputs",
    ):  # fmt: skip
        values = getattr(table, field)
        if values is not None and not np.isfinite(values).all():
            raise TableError(
                f"{field} of {table.year} holds values that are not finite; the audit says where."
            )
    if table.final_inputs is not None:
        warn_user(
            f"The final_inputs of the table of {table.year} are left out of the regional layout, "
            "which has no place for them.",
            IoeconWarning,
        )


def _require_names(kind: str, names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise LabelError(f"The {kind} {listed(twice)} stands more than once.")
    for name in names:
        _require_plain(kind, name)


def _require_plain(kind: str, name: str) -> None:
    """Refuse a label that a reader could not tell from another."""
    odd = not name or label(name) != name or invisible_character(name) is not None
    if odd or any(unicodedata.category(sign) in ("Cc", "Cs", "Cn") for sign in name):
        raise LabelError(
            f"The {kind} {name!r} cannot be written: a name has characters that can be seen, with "
            "single spaces between them."
        )


def _csv_bytes(rows: Sequence[Sequence[Cell]]) -> bytes:
    """CSV in UTF-8 with the mark by which Excel knows it; numbers in full."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    width = max(map(len, rows))
    for row in rows:
        cells = ["" if cell is None else cell for cell in row]
        comment = len(cells) == 1 and str(cells[0]).startswith("#")
        cells = [harmless(cell) if isinstance(cell, str) else cell for cell in cells]
        writer.writerow(cells if comment else cells + [""] * (width - len(cells)))
    return text.getvalue().encode("utf-8-sig")
