"""National tables of the OECD (IOTs), total use: ``BEL2020ttl.csv``.

Expected is the edition with industries of ISIC Rev. 4 (D01 … D97T98). Commas, decimal points, one
row a line: uses of all products of an industry, domestic and imported (``TTL_01T02`` …), then
taxes on products (``TXS_…``), ``TTL_INT_FNL`` (what a column adds up to), ``VALU`` and ``OUTPUT``.
Columns are industries, final demand (HFCE, NPISH, GGFC, GFCF, INVNT, DPABR), ``CONS_NONRES`` and
``EXPO``, which leave the country, and ``IMPO``: imports, negative. So imports are competitive:
``table.domestic()`` takes them out. Million US dollars, current and basic prices; country and year
are told by the file's name alone. In the table of Belgium that was at hand, inputs and output of
an industry differ by up to 1.2 %: the audit says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.number_rows import number_rows, text_lines
from ioecon.readers.labelled_matrix import split_header
from ioecon.readers.labels import agreed_year, iso3_by_label
from ioecon.readers.options import ReadOptions
from ioecon.readers.printed_sums import require_printed_sums
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["FILE_NAME", "parse_files"]

#: Name of a file: country, year and what its rows are.
FILE_NAME = re.compile(r"(?P<country>[a-z]{3})(?P<year>\d{4})ttl\.csv", re.IGNORECASE)
_FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
_ABROAD = ("EXPO", "CONS_NONRES")
_IMPORTS, _TOTAL = "IMPO", "TOTAL"
_INPUTS, _VALUE_ADDED, _OUTPUT = "TTL_INT_FNL", "VALU", "OUTPUT"
_TAXES = ("TXS_IMP_FNL", "TXS_INT_FNL")
_INDUSTRY, _PRODUCT = "D", "TTL_"


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one country and year.

    Parameters
    ----------
    files : FileSet
        One CSV, named by its country.
    year : int or None
        Year it should be of; the file itself tells none.
    options : ReadOptions

    Raises
    ------
    ReadError
        If the name tells no country, the file is damaged or laid out otherwise, or sums are not
        those it prints.
    """
    file = files.name
    if len(files.names) != 1:
        raise ReadError(f"{file} should hold one CSV; it holds {len(files.names)} files.")
    named = FILE_NAME.fullmatch(PurePosixPath(files.names[0]).name)
    if named is None:
        raise ReadError(
            f"{file}: the country of the table is told by its name alone, such as BEL2020ttl.csv; "
            "give the file the name with which it was published."
        )
    country = iso3_by_label([named["country"].upper()], file)[named["country"].upper()]
    with files.open(files.names[0]) as stream:
        lines = text_lines(stream, file)
        columns = _read_columns(split_header(next(lines, b""), file), file)
        rows: dict[str, Array] = {}
        for piece in number_rows(
            lines,
            file=file,
            columns=len(columns),
            label_columns=1,
            first_line=2,
            empty=options.empty_cells,
            column_name=lambda column: columns[column],
        ):
            for (label,), values in zip(piece.labels, piece.values, strict=True):
                if label in rows:
                    raise ReadError(f"{file}: the row {label} is there twice.")
                rows[label] = values.copy()
    return _make_table(rows, columns, country, agreed_year(int(named["year"]), year, file), file)


def _read_columns(cells: Sequence[str], file: str) -> list[str]:
    """Labels of the columns; those that are no industries must be the ones that are known."""
    columns = list(cells[1:])
    industries = [label for label in columns if re.fullmatch(r"D\d\w*", label)]
    known = {*_FINAL, *_ABROAD, _IMPORTS, _TOTAL}
    other = [label for label in columns if label not in known and label not in industries]
    missing = [label for label in (*_FINAL, *_ABROAD, _IMPORTS) if label not in columns]
    if not industries or other or missing:
        what = (
            f"has the columns {listed(other, 4)}, which are not known"
            if other
            else f"lacks the columns {listed(missing, 4)}"
            if missing
            else "has no columns of industries such as D01"
        )
        raise ReadError(f"{file} {what}: it is not one of OECD's national tables of total use.")
    return columns


def _make_table(
    rows: dict[str, Array], columns: list[str], country: str, year: int, file: str
) -> IOTable:
    sectors = [label for label in columns if re.fullmatch(r"D\d\w*", label)]
    products = [f"{_PRODUCT}{sector.removeprefix(_INDUSTRY)}" for sector in sectors]
    below = (*_TAXES, _INPUTS, _VALUE_ADDED, _OUTPUT)
    missing = [label for label in (*products, *below) if label not in rows]
    surplus = [label for label in rows if label not in {*products, *below}]
    if missing or surplus:
        what = (
            f"lacks the rows {listed(missing, 4)}"
            if missing
            else f"has the rows {listed(surplus, 4)}, which fit no column"
        )
        raise ReadError(
            f"{file} {what}: it is cut off, or not one of OECD's national tables of total use."
        )
    place = {label: k for k, label in enumerate(columns)}
    flows = np.array([rows[label] for label in products])

    def block(*labels: str) -> Array:
        return np.asarray(flows[:, [place[label] for label in labels]])

    at = [place[sector] for sector in sectors]
    imports = -block(_IMPORTS)[:, 0]
    if imports.sum() < 0:
        raise ReadError(
            f"{file}: the column IMPO is positive; in OECD's tables of total use imports are "
            "negative."
        )
    printed = rows[_OUTPUT][at]
    Z, Y, exports = flows[:, at], block(*_FINAL), block(*_ABROAD)

    def check(label: str, sums: Array, parts: tuple[Array, ...], names: Sequence[str]) -> None:
        require_printed_sums(sums, parts, names.__getitem__, file=file, what=label)

    uses = [label for label in columns if label != _TOTAL]
    inputs, *taxes = (rows[label][[place[use] for use in uses]] for label in (_INPUTS, *_TAXES))
    check("printed output (row OUTPUT)", printed, (Z, Y, exports, -imports), sectors)
    check("printed total (row TTL_INT_FNL)", inputs, (block(*uses).T, *taxes), uses)
    if _TOTAL in place:
        check(
            "printed total (column TOTAL)", block(_TOTAL)[:, 0], (Z, Y, exports, -imports), sectors
        )
    return IOTable(
        Z=Z,
        Y=Y,
        countries=(country,),
        sectors=tuple(sectors),
        categories=_FINAL,
        year=year,
        exports=exports,
        export_labels=_ABROAD,
        imports=imports,
        printed_output=printed,
        primary_inputs=np.array(
            [row[at] for row in (*(rows[t] for t in _TAXES), rows[_VALUE_ADDED])]
        ),
        primary_labels=(*_TAXES, _VALUE_ADDED),
        final_inputs=np.array(
            [rows[label][[place[use] for use in _FINAL]] for label in (*_TAXES, _VALUE_ADDED)]
        ),
        system="industry × industry",
        valuation="basic prices",
        edition="OECD national tables, total use",
    )
