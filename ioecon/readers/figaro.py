"""Eurostat's FIGARO input-output tables, editions of 2022 to 2026: matrix and flat file.

``matrix_eu-ic-io_ind-by-ind_25ed_YYYY.csv``, ``flatfile_eu-ic-io_…`` and ``…_prod-by-prod_…``, also
zipped (the first edition names none, a corrected file ends with ``_v2``); and the tables of
FIGARO-E3, ``matrix_FIGARO-e-ic-io-D_ind-by-ind_millionEUR_2015.csv``. Commas, decimal points,
labels such as ``AT_C10T12`` or ``AT_CPA_C10T12``; million EUR, current prices, basic prices. FIGW1
is the rest of the world, Greece EL or GR.

A matrix has the header ``rowLabels`` and all cells: intermediate use, five columns of final demand
a region, and below the flows rows of the region W2. A flat file has a line for each cell and may
leave zeros out. Neither prints output: that rows and columns add up to the same is checked instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.number_rows import text_lines
from ioecon.readers.figaro_flat import gather_cells
from ioecon.readers.labelled_matrix import (
    Matrix,
    MatrixColumns,
    Pair,
    gather,
    require_one_output,
    split_header,
    tolerance,
)
from ioecon.readers.labels import agreed_year, iso3_by_label
from ioecon.readers.options import ReadOptions
from ioecon.readers.yearly_files import find_yearly_files, only_file
from ioecon.table import IOTable

__all__ = ["FILE_NAME", "OPTIONS", "find_sets", "parse_files"]

#: Name of one year's file.
FILE_NAME = re.compile(
    r"(?P<form>matrix|flatfile)_(eu-ic|figaro-e-ic)-(?P<kind>io|supply|use)(-[a-z])?"
    r"(_(?P<system>ind-by-ind|prod-by-prod))?(_(?P<edition>\d\d)ed)?(_(?P<unit>[a-z]+eur))?"
    r"_(?P<year>\d{4})(_v(?P<version>\d+))?\.(csv|zip)",
    re.IGNORECASE,
)
#: Which tables: industry by industry, product by product, or whichever are there.
OPTIONS = {"system": ("auto", "ixi", "pxp")}

_BUNDLE = re.compile(r"(matrix|flatfile)_.*\.zip|.*figaro.*\.zip", re.IGNORECASE)
_SYSTEM_OF = {"ind-by-ind": "ixi", "prod-by-prod": "pxp"}
# The constructs are those that Eurostat compiles FIGARO with, as the names of FIGARO-E3 tell.
_WORDS = {
    "ixi": "industry × industry, fixed product sales structure (model D)",
    "pxp": "product × product, industry technology (model B)",
}
_FLAT_HEADER = re.compile(r"ic(?P<kind>ioi|iop|sup|use)Row", re.IGNORECASE)
_KINDS = {"ioi": "ixi", "iop": "pxp"}
_CATEGORIES = ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M")
_NEEDED = ("W2_D21X31", "W2_D1", "W2_D29X39", "W2_B2A3G")
_REGIONS = {"26": 50}  # and 46 in the editions before
_INDUSTRIES = 64


def find_sets(path: Path, options: ReadOptions) -> dict[int, FileSet]:
    """Files by year; a matrix goes before the flat file of the same table."""
    found = find_yearly_files(path, FILE_NAME, _BUNDLE)
    wanted = options.own["system"]

    def choose(files: list[FileSet]) -> list[FileSet]:
        named = [(_match(file), file) for file in files]
        tables = [
            (name, file)
            for name, file in named
            if name["kind"].lower() == "io" and wanted in ("auto", _told_system(name))
        ]
        first = [file for name, file in tables if name["form"].lower() == "matrix"]
        return first or [file for _, file in tables]

    if path.is_file() and len(found) == 1:  # a file that is named is read, or says why it is not
        ((year, files),) = found.items()
        return {year: only_file(path, year, choose(files) or files)}
    chosen = {year: choose(files) for year, files in found.items()}
    return {year: only_file(path, year, files) for year, files in chosen.items() if files}


def _match(files: FileSet) -> Mapping[str, str]:
    match = FILE_NAME.fullmatch(PurePosixPath(files.names[0]).name)
    return {} if match is None else {k: v or "" for k, v in match.groupdict().items()}


def _told_system(name: Mapping[str, str]) -> str:
    return _SYSTEM_OF.get(name.get("system", "").lower(), "")


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one year's file.

    Parameters
    ----------
    files : FileSet
        One CSV.
    year : int or None
        Year it should be of; the file itself tells none.
    options : ReadOptions
        ``own["system"]``: ``"ixi"`` and ``"pxp"`` refuse the other kind of table.

    Raises
    ------
    ReadError
        If the file is damaged, is another table, or rows and columns do not add up to the same.
    """
    if len(files.names) != 1:
        raise ReadError(f"{files.name} should hold one CSV; it holds {len(files.names)} files.")
    file, name = files.name, _match(files)
    if name.get("kind", "io").lower() != "io":
        raise ReadError(_refuse_supply_and_use(file, name["kind"].lower()))
    if name.get("unit", "").lower() not in ("", "millioneur"):
        raise ReadError(
            f"{file} is named as in {name['unit']}; tables of FIGARO are in millionEUR."
        )
    with files.open(files.names[0]) as stream:
        lines = text_lines(stream, file)
        cells = split_header(next(lines, b""), file)
        flat = _FLAT_HEADER.fullmatch(cells[0])
        matrix = None if flat else _read_matrix(lines, cells, file, options)
    told = _KINDS.get(flat["kind"].lower(), "") if flat else ""
    if matrix is None:
        if not told:
            raise ReadError(_refuse_supply_and_use(file, "supply or use"))
        matrix = gather_cells(files, cells, _arrange, _is_below, dtype=options.dtype)
    products = [s.startswith("CPA_") for s in matrix.columns.sectors]
    system = "pxp" if all(products) else "ixi"
    _require_system(matrix.columns, system, _told_system(name), "is named as a table of")
    _require_system(matrix.columns, system, told, "has the header of a table of")
    _require_system(
        matrix.columns, system, options.own.get("system", "auto"), "is not what system= asks for,"
    )
    _check(matrix)
    return _make_table(matrix, system, _describe_edition(matrix.columns, name), year)


def _require_system(columns: MatrixColumns, system: str, told: str, by: str) -> None:
    if told not in ("", "auto", system):
        raise ReadError(
            f"{columns.file} {by} {_WORDS[told].split(',')[0]}; its labels, such as "
            f"{columns.labels[0]}, are those of {_WORDS[system].split(',')[0]}."
        )


def _refuse_supply_and_use(file: str, kind: str) -> str:
    return (
        f"{file} is a table of {kind}, which is not read: take the input-output table of the same "
        "edition, matrix_eu-ic-io_ind-by-ind_… or …_prod-by-prod_…."
    )


def _read_matrix(
    lines: Iterator[bytes], cells: Sequence[str], file: str, options: ReadOptions
) -> Matrix:
    if cells[0].lower() != "rowlabels":
        raise ReadError(
            f"{file} begins with {cells[0][:40]!r}; a table of FIGARO begins with 'rowLabels' "
            "(matrix) or 'icioiRow' (flat file)."
        )
    columns = _arrange(cells[1:], file)
    return gather(
        lines,
        columns,
        columns.regions,
        country_of={region: k for k, region in enumerate(columns.regions)},
        is_below=_is_below,
        empty=options.empty_cells,
        dtype=options.dtype,
    )


def _is_below(label: str) -> bool:
    return label.startswith("W2_")


def _arrange(labels: Sequence[str], file: str) -> MatrixColumns:
    """Columns by what their labels tell."""
    flows: dict[int, Pair] = {}
    final: dict[int, Pair] = {}
    for column, label in enumerate(labels):
        region, _, code = label.partition("_")
        if not region or not code:
            raise ReadError(
                f"{file}: column {label[:40]!r} has no label such as AT_C10T12 (region_industry)."
            )
        (final if code in _CATEGORIES else flows)[column] = (region, code)
    return MatrixColumns.of(file, labels, flows, final)


def _check(matrix: Matrix) -> None:
    columns, below = matrix.columns, matrix.below
    for label in _NEEDED:
        if label not in below:
            raise ReadError(
                f"{columns.file}: there is no row {label} below the flows; the file is cut off: "
                "get it again."
            )
    for region in columns.regions:
        if region not in columns.with_demand:
            raise ReadError(f"{columns.file}: {region} has no columns of final demand.")
    added = np.array([row[columns.flows] for row in below.values()])
    sums = matrix.column_sums[columns.flows] + added.sum(axis=0)
    sizes = matrix.row_sizes + matrix.column_sizes[columns.flows] + np.abs(added).sum(axis=0)
    slack = tolerance(sizes, len(columns.labels) + len(matrix.row_sums))
    require_one_output(
        columns.file, matrix.row_labels, matrix.row_sums, sums, slack,
        what=("the sum of the row", "that of the column"), always=True,
    )  # fmt: skip


def _make_table(matrix: Matrix, system: str, edition: str, year: int | None) -> IOTable:
    columns, file = matrix.columns, matrix.columns.file
    codes = iso3_by_label(columns.regions, file)
    countries = [codes[region] for region in columns.regions]
    twice = [region for region in columns.regions if countries.count(codes[region]) > 1]
    if twice:
        raise ReadError(f"{file}: the regions {' and '.join(twice)} are the same country.")
    inputs, demand = matrix.inputs_below(list(matrix.below))
    return IOTable(
        Z=matrix.Z,
        Y=matrix.Y,
        countries=tuple(countries),
        sectors=columns.sectors,
        categories=columns.categories,
        year=agreed_year(None, year, file),
        currency="EUR",
        primary_inputs=inputs,
        primary_labels=tuple(matrix.below),
        final_inputs=demand,
        system=_WORDS[system],
        valuation="basic prices",
        edition=edition,
    )


def _describe_edition(columns: MatrixColumns, name: Mapping[str, str]) -> str:
    if name.get("unit"):
        words, published = "FIGARO-E3", None
    else:
        told = name.get("edition", "")
        words = f"FIGARO, edition of 20{told}" if told else "FIGARO, edition of 2022 (unnamed)"
        published = (_REGIONS.get(told, 46), _INDUSTRIES)
    if name.get("version"):
        words += f", version {name['version']}"
    found = (len(columns.regions), len(columns.sectors))
    if published is not None and found != published:
        words += f"; {found[0]} regions × {found[1]} of the published "
        words += f"{published[0]} × {published[1]}"
    return words
