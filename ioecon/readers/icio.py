"""OECD Inter-Country Input-Output tables (ICIO), editions of 2016, 2018, 2021, 2023 and 2025.

One CSV a year, alone or in zips of several years: ``ICIO2016_YYYY.csv``, ``ICIO2018_YYYY.CSV``,
``ICIO2021_YYYY.csv``, ``YYYY.csv`` (extended, 2023 and later) and ``YYYY_SML.csv`` (without parts
of countries). Commas, decimal points, labels such as ``AUS_C10T12``; million USD, current prices,
basic prices, industry × industry.

Columns are intermediate use, final demand by country, and one more: output (``OUT``, ``TOTAL`` in
2018) or discrepancies (``DISC`` in 2016, where the code of final demand comes first: ``HFCE_AUS``).
Below the flows: 2016 ``VA+TAXSUB``, ``OUT``; 2018 ``AUS_TAXSUB`` and so on, ``VALU``, ``OUTPUT``;
later ``TLS``, ``VA``, ``OUT``. China and Mexico have parts in extended tables (``CN1``, ``MX1``,
…): the flows stand there, final demand at the country, whose own rows and columns are zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.number_rows import text_lines
from ioecon.readers.labelled_matrix import (
    Matrix,
    MatrixColumns,
    Pair,
    gather,
    require_one_output,
    require_sums,
    split_header,
    tolerance,
)
from ioecon.readers.labels import agreed_year, iso3_by_label
from ioecon.readers.options import ReadOptions
from ioecon.readers.yearly_files import find_yearly_files, only_file
from ioecon.table import IOTable

__all__ = ["FILE_NAME", "OPTIONS", "find_sets", "parse_files", "recognises"]

#: Name of one year's file.
FILE_NAME = re.compile(r"(icio(?P<edition>\d{4})_)?(?P<year>\d{4})(_sml)?\.csv", re.IGNORECASE)
_BUNDLE = re.compile(r"(icio\d*_)?\d{4}(-\d{4})?(_sml)?\.zip", re.IGNORECASE)
#: Whether the parts of China and Mexico are put together or kept as they are.
OPTIONS = {"split": ("merge", "keep")}

_PART = re.compile(r"(?P<country>CN|MX)\d")
_COUNTRIES = {"CN": "CHN", "MX": "MEX"}
_CATEGORIES = {
    "HFCE", "NPISH", "NPS", "GGFC", "GFCF", "INVNT", "INV", "DPABR", "DIRP", "P33", "CONS", "INVST",
}  # fmt: skip
_OLD_LABEL = re.compile(rf"(?P<category>{'|'.join(sorted(_CATEGORIES))})_(?P<region>[A-Z0-9]{{3}})")


@dataclass(frozen=True)
class _Layout:
    """What tells the layout of some editions, and what stands beside and below the flows."""

    editions: tuple[str, ...]
    last: str
    taxes: re.Pattern[str]
    value_added: str
    output: str
    sizes: Mapping[str, tuple[int, int]]  # published regions (without parts) and industries

    def edition(self, named: str | None, regions: int, sectors: Sequence[str]) -> str:
        """Edition, as far as name, labels and counts tell."""
        if named is not None:
            return named
        if len(self.editions) == 1:
            return self.editions[0]
        if "A01" in sectors or len(sectors) > self.sizes["2023"][1]:
            return "2025"
        # The edition of 2021 has the same labels as that of 2023, and its files are named so.
        return "2023"

    def is_below(self, label: str) -> bool:
        return label in (self.value_added, self.output) or bool(self.taxes.fullmatch(label))


_LAYOUTS = (
    _Layout(("2016",), "DISC", re.compile(r"(?!)"), "VA+TAXSUB", "OUT", {"2016": (64, 34)}),
    _Layout(("2018",), "TOTAL", re.compile(r"\w+_TAXSUB"), "VALU", "OUTPUT", {"2018": (65, 36)}),
    _Layout(
        ("2021", "2023", "2025"), "OUT", re.compile("TLS"), "VA", "OUT",
        {"2021": (67, 45), "2023": (77, 45), "2025": (81, 50)},
    ),
)  # fmt: skip


def find_sets(path: Path, options: ReadOptions) -> dict[int, FileSet]:
    """Files by year: loose, or in the OECD's zips of several years, which may hold zips."""
    found = find_yearly_files(path, FILE_NAME, _BUNDLE)
    return {year: only_file(path, year, files) for year, files in found.items()}


def recognises(files: FileSet) -> bool:
    """Whether the file begins with labels of ICIO."""
    with files.open(files.names[0]) as stream:
        beginning = stream.read(4096).decode("utf-8", errors="replace").lstrip("\ufeff")
    first, _, rest = beginning.partition(",")
    label = rest.split(",")[0].strip().strip('"')
    return first.strip().strip('"') in ("", "V1") and bool(re.fullmatch(r"[A-Z]{3}_\w+", label))


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one year's file.

    Parameters
    ----------
    files : FileSet
        One CSV.
    year : int or None
        Year it should be of; the file itself tells none.
    options : ReadOptions
        ``own["split"]``: ``"merge"`` puts the parts of China and Mexico together, ``"keep"``
        keeps them as regions ``CN1`` … of their own beside ``CHN``, which then has nothing but
        final demand.

    Raises
    ------
    ReadError
        If the file is damaged, is of another layout, or its sums are not those it prints.
    """
    if len(files.names) != 1:
        raise ReadError(f"{files.name} should hold one CSV; it holds {len(files.names)} files.")
    name, file = files.names[0], files.name
    match = FILE_NAME.fullmatch(PurePosixPath(name).name)
    with files.open(name) as stream:
        lines = text_lines(stream, file)
        cells = split_header(next(lines, b""), file)
        layout, columns = _read_header(cells, file)
        named = match["edition"] if match else None
        if named is not None and named not in layout.editions:
            raise ReadError(
                f"{file} is named as the edition of {named} and laid out as that of "
                f"{' or '.join(layout.editions)} (last column {layout.last})."
            )
        keep = options.own.get("split") == "keep"
        countries, country_of = _find_countries(columns, keep)
        matrix = gather(
            lines,
            columns,
            countries,
            country_of=country_of,
            beside=[len(columns.labels) - 1],
            is_below=layout.is_below,
            empty=options.empty_cells,
            dtype=options.dtype,
        )
    _check(matrix, layout)
    return _make_table(matrix, layout, countries, named, keep, year)


def _read_header(cells: Sequence[str], file: str) -> tuple[_Layout, MatrixColumns]:
    """Layout and columns that the labels of a header tell."""
    labels = cells[1:]
    if "rowlabels" in cells[0].lower() or cells[0].lower().startswith("ic"):
        raise ReadError(
            f"{file} begins with {cells[0]!r}: it is a file of Eurostat's FIGARO (format "
            "'figaro'), not of OECD ICIO."
        )
    layout = next((layout for layout in _LAYOUTS if layout.last == labels[-1]), None)
    if layout is None:
        known = ", ".join(f"{known.last} ({' '.join(known.editions)})" for known in _LAYOUTS)
        raise ReadError(
            f"{file} ends with the column {labels[-1][:40]!r}; a table of OECD ICIO ends with "
            f"{known}. It is cut off, or not a table of ICIO."
        )
    flows: dict[int, Pair] = {}
    final: dict[int, Pair] = {}
    for column, label in enumerate(labels[:-1]):
        old = _OLD_LABEL.fullmatch(label)
        region, _, code = label.partition("_")
        if old and layout.last == "DISC":
            final[column] = (old["region"], old["category"])
        elif not region or not code:
            raise ReadError(
                f"{file}: column {label[:40]!r} has no label such as AUS_C10T12 (country_industry)."
            )
        elif code in _CATEGORIES and layout.last != "DISC":
            final[column] = (region, code)
        else:
            flows[column] = (region, code)
    return layout, MatrixColumns.of(file, labels, flows, final, last=_is_part)


def _is_part(region: str) -> bool:
    return _PART.fullmatch(region) is not None


def _find_countries(columns: MatrixColumns, keep: bool) -> tuple[list[str], dict[str, int]]:
    """Countries of the table, and which of them each region of the file belongs to."""
    file = columns.file
    whole = [region for region in columns.regions if not _is_part(region)]
    parts = [region for region in columns.regions if _is_part(region)]
    codes = iso3_by_label(whole, file)
    country_of = {region: k for k, region in enumerate(whole)}
    without = [region for region in whole if region not in columns.with_demand]
    if without:
        raise ReadError(f"{file}: {without[0]} has no columns of final demand.")
    for part in parts:
        country = _COUNTRIES[part[:2]]
        if country not in country_of:
            raise ReadError(
                f"{file} has the region {part}, a part of {country}, and no {country}, at which "
                "its final demand should stand."
            )
        country_of[part] = len(whole) + parts.index(part) if keep else country_of[country]
    countries = [codes[region] for region in whole]
    if len(set(countries)) < len(countries):
        raise ReadError(f"{file}: two of the regions {', '.join(whole)} are the same country.")
    return countries + (parts if keep else []), country_of


def _check(matrix: Matrix, layout: _Layout) -> None:
    """Refuse sums that do not fit; what may be off by rounding is in ``tolerance``."""
    columns, below, file = matrix.columns, matrix.below, matrix.columns.file
    for label in (layout.value_added, layout.output):
        if label not in below:
            raise ReadError(
                f"{file}: there is no row {label} below the flows; the file is cut off (get it "
                "again), or of an edition that is not known."
            )
    if layout.last != "DISC" and not any(map(layout.taxes.fullmatch, below)):
        what = "TLS" if layout.last == "OUT" else "AUS_TAXSUB and so on"
        raise ReadError(f"{file}: there is no row {what} (taxes less subsidies) below the flows.")
    _check_whole_countries(matrix)
    slack = tolerance(matrix.row_sizes, len(columns.labels))
    labels, beside = matrix.row_labels, matrix.beside[:, 0]
    if layout.last == "DISC":
        by_row, what = matrix.row_sums + beside, "the sum of the row"
    else:
        require_sums(file, "row", labels, matrix.row_sums, beside, slack, against=layout.last)
        by_row, what = beside, f"column {layout.last}"
    by_column, more_slack = _check_columns(matrix, layout)
    require_one_output(
        file, labels, by_row, by_column, slack + more_slack,
        what=(what, f"row {layout.output}"), always=False,
    )  # fmt: skip


def _check_columns(matrix: Matrix, layout: _Layout) -> tuple[Array, Array]:
    """Output as the bottom row prints it, which must be the sums, and how far it may be off."""
    columns, file = matrix.columns, matrix.columns.file
    inputs = [row for label, row in matrix.below.items() if label != layout.output]
    added = np.nan_to_num(inputs).sum(axis=0)
    slack = tolerance(matrix.column_sizes + np.abs(added), len(matrix.row_sums))
    printed = matrix.below[layout.output]
    whole = matrix.column_sums + added
    # Whether the OECD adds taxes on final demand to its total is not known: either fits.
    fits = np.abs(matrix.column_sums - printed) <= slack
    demand = np.where(fits, matrix.column_sums, whole)
    for some, sums in ((columns.flows, whole), (columns.final, demand)):
        names = [columns.labels[column] for column in some]
        require_sums(
            file, "column", names, sums[some], printed[some], slack[some], against=layout.output
        )
    return printed[columns.flows], slack[columns.flows]


def _check_whole_countries(matrix: Matrix) -> None:
    """Refuse flows of a country whose parts have them already."""
    columns = matrix.columns
    split = {_COUNTRIES[region[:2]] for region in columns.regions if _is_part(region)}
    for label, row in columns.rows.items():
        region = label.split("_", 1)[0]
        if region not in split:
            continue
        for what, size in (
            ("row", matrix.row_sizes[row]),
            ("column", matrix.column_sizes[columns.flows[row]]),
        ):
            if size:
                raise ReadError(
                    f"{columns.file}: {what} {label} is not zero, although the table has parts of "
                    f"{region}, which would count its flows twice."
                )


def _make_table(
    matrix: Matrix,
    layout: _Layout,
    countries: Sequence[str],
    named: str | None,
    keep: bool,
    year: int | None,
) -> IOTable:
    columns, below = matrix.columns, matrix.below
    labels = [label for label in below if label != layout.output]
    inputs, taxes = matrix.inputs_below(labels)
    old = layout.last == "DISC"
    output: Array = below[layout.output][columns.flows] if old else matrix.beside[:, 0]
    return IOTable(
        Z=matrix.Z,
        Y=matrix.Y,
        countries=tuple(countries),
        sectors=columns.sectors,
        categories=columns.categories,
        year=agreed_year(None, year, columns.file),
        printed_output=matrix.sum_rows(output),
        discrepancies=matrix.sum_rows(matrix.beside[:, 0]) if old else None,
        primary_inputs=inputs,
        primary_labels=tuple(labels),
        final_inputs=None if old else taxes,
        system="industry × industry",
        valuation="basic prices",
        edition=_describe_edition(columns, layout, named, keep),
    )


def _describe_edition(
    columns: MatrixColumns, layout: _Layout, named: str | None, keep: bool
) -> str:
    whole = [region for region in columns.regions if not _is_part(region)]
    parts = [region for region in columns.regions if _is_part(region)]
    edition = layout.edition(named, len(whole), columns.sectors)
    kind = (
        f"extended, {', '.join(parts)} {'kept' if keep else 'put together'}" if parts else "small"
    )
    words = f"OECD ICIO, edition of {edition}, {kind}"
    regions, sectors = layout.sizes.get(edition, (0, 0))
    if (len(whole), len(columns.sectors)) != (regions, sectors):
        words += (
            f"; {len(whole)} countries × {len(columns.sectors)} industries of the published "
            f"{regions} × {sectors}"
        )
    return words
