"""EXIOBASE 3: a folder or a zip of a year, IOT_YYYY_ixi or IOT_YYYY_pxp, editions 3.4 to 3.10.

Read are ``Z.txt``, or ``A.txt`` where an edition has coefficients only (Z = A diag(x), with x of
``x.txt`` or, without one, of (E − A) x = Y 1); ``Y.txt``; ``x.txt`` as printed output;
``unit.txt``; codes of sectors from ``industries.txt`` or ``products.txt``; and the factor inputs:
``factor_inputs/F.txt`` from 3.9 on, the leading rows in M.EUR of ``satellite/F.txt`` before.
Rest regions WA, WE, WF, WL and WM become XWA, XWE, XWF, XWL and XWM. No original was at hand: the
layout is the one that the publisher's files are described to have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import EmissionsError, IoeconWarning, ReadError
from ioecon.files.file_set import FileSet
from ioecon.readers.exiobase3_files import DIRECT_USE, ExiobaseFiles
from ioecon.readers.exiobase3_matrix import LabelledMatrix, require_once, tidy
from ioecon.readers.labels import agreed_year, iso3_by_label, positions, unique
from ioecon.readers.options import ReadOptions
from ioecon.readers.printed_sums import require_printed_sums
from ioecon.table import IOTable
from ioecon.units import read_money
from ioecon.user_warnings import warn_user

__all__ = ["ExiobaseLabels", "name_sectors", "parse_files", "region_codes", "settle_system"]

Order = NDArray[np.intp]

_REST_REGIONS = {
    name: f"X{name[-2:]}" for letter in "AEFLM" for name in (f"W{letter}", f"WW{letter}")
}
_SYSTEMS = {
    "ixi": "industry × industry, fixed product sales structure (model D)",
    "pxp": "product × product, industry technology (model B)",
}
_LISTS = {"ixi": "industries.txt", "pxp": "products.txt"}
_COUNTS = {163: "ixi", 200: "pxp"}
_CATEGORIES = {
    "final consumption expenditure by households": "F_HOUS",
    (
        "final consumption expenditure by non-profit organisations serving households (npish)"
    ): "F_NPSH",
    "final consumption expenditure by government": "F_GOVE",
    "gross fixed capital formation": "I_GFCF",
    "changes in inventories": "I_CHIN",
    "changes in valuables": "I_CHVA",
    "exports: total (fob)": "X_TOTA",
    "export": "X_TOTA",
}
_EXPORTS = "X_TOTA"
_UNIT = "M.EUR"
_CURRENCY = re.compile(r"[A-Z]{3}")
_EDITION = re.compile(r"v?3(\.\d+)*", re.IGNORECASE)
_LARGEST = 20_000  # rows; twice those of an edition
_SOLVED = 1e-9  # part of output by which a solved row may miss its own uses


@dataclass(frozen=True)
class ExiobaseLabels:
    """Regions and sectors of a matrix, codes of the regions, and where each column stands.

    Parameters
    ----------
    regions, codes : tuple of str
        As the file has them, and ISO 3166.
    sectors : tuple of str
        As the file has them.
    place : mapping of (str, str) to int
        Position of region and sector, regions first.
    file : str
        Where they come from, for messages.
    """

    regions: tuple[str, ...]
    codes: tuple[str, ...]
    sectors: tuple[str, ...]
    place: Mapping[tuple[str, ...], int]
    file: str

    @classmethod
    def of(cls, matrix: LabelledMatrix) -> ExiobaseLabels:
        """Take the labels of the columns of a matrix.

        Raises
        ------
        ReadError
            If one stands there twice, a region has other sectors than the rest or is not known,
            or there are more than any edition has.
        """
        require_once(matrix.columns, "column", matrix.file)
        regions = unique(region for region, _ in matrix.columns)
        sectors = unique(sector for _, sector in matrix.columns)
        _require_same_sectors(matrix, regions, sectors)
        if len(matrix.columns) > _LARGEST:
            raise ReadError(
                f"{matrix.file} has {len(regions)} regions × {len(sectors)} sectors, which no "
                "edition of EXIOBASE 3 has (49 × 163 industries, 49 × 200 products)."
            )
        codes = tuple(region_codes(regions, matrix.file).values())
        pairs: list[tuple[str, ...]] = [(r, s) for r in regions for s in sectors]
        place = {pair: k for k, pair in enumerate(pairs)}
        return cls(regions, codes, sectors, place, matrix.file)

    @property
    def n(self) -> int:
        """Number of rows, regions × sectors."""
        return len(self.place)

    def name_row(self, row: int) -> str:
        """Region and sector of a row, in words for messages."""
        region, sector = divmod(row, len(self.sectors))
        return f"{self.regions[region]} {self.sectors[sector]}"


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one year of EXIOBASE 3.

    Parameters
    ----------
    files : FileSet
        Folder or zip of the year.
    year : int or None
        Year it should be of.
    options : ReadOptions
        ``own["system"]`` and ``dtype`` are heeded.

    Returns
    -------
    IOTable
        In million EUR, basic prices. Sectors are codes with names where the files list them;
        otherwise the names themselves.

    Raises
    ------
    ReadError
        If a file is missing, damaged or laid out otherwise, or what it holds does not fit.
    """
    part = ExiobaseFiles.of(files)
    year = agreed_year(part.year, year, files.name)
    flows = "Z.txt" if part.has("Z.txt") else "A.txt"
    Z, labels = _read_flows(part, flows, options)
    system = settle_system(part, labels, options.own.get("system", "auto"))
    Y, categories, category_names = _read_demand(part, labels, options)
    currency = _read_currency(part, labels)
    printed = _read_output(part, labels)
    demand = Y.sum(axis=1, dtype=float)
    if flows == "A.txt":
        output = printed if printed is not None else _solve_output(Z, demand, files.name)
        Z *= output.astype(Z.dtype)
    if printed is not None:
        sums = Z.sum(axis=1, dtype=float) + demand
        require_printed_sums(
            printed, (sums,), labels.name_row, file=part.name_of("x.txt"), what="output"
        )
    inputs, of_demand, input_labels = _read_factor_inputs(part, labels, category_names)
    codes, names = name_sectors(part, labels, system)
    for array in (Z, Y):
        array.setflags(write=False)
    return IOTable(
        Z=Z,
        Y=Y,
        printed_output=printed,
        countries=labels.codes,
        sectors=codes,
        sector_names=names,
        categories=categories,
        primary_inputs=inputs,
        primary_labels=input_labels,
        final_inputs=of_demand,
        year=year,
        unit="million",
        currency=currency,
        system=_SYSTEMS[system],
        valuation="basic prices",
        edition=_tell_edition(part),
    )


def _read_flows(
    part: ExiobaseFiles, name: str, options: ReadOptions
) -> tuple[Array, ExiobaseLabels]:
    with part.matrix(name, 2, "sector") as matrix:
        labels = ExiobaseLabels.of(matrix)
        order = positions(
            matrix.columns, labels.regions, labels.sectors, what="column", file=matrix.file
        )
        flows = np.empty((labels.n, labels.n), dtype=options.dtype)
        _fill(flows, matrix, labels, order, options.empty_cells)
    return flows, labels


def _fill(
    target: Array,
    matrix: LabelledMatrix,
    labels: ExiobaseLabels,
    order: Order,
    empty: str = "error",
) -> None:
    """Fill an array with the rows of a matrix in the order of the labels; each must be there."""
    missing = np.ones(labels.n, dtype=bool)
    same = np.array_equal(order, np.arange(len(order)))
    for piece in matrix.rows(empty):
        rows = [_place_row(label, labels, matrix.file) for label in piece.labels]
        for row, label in zip(rows, piece.labels, strict=True):
            if not missing[row]:
                raise ReadError(
                    f"{matrix.file}: row {' '.join(label)} stands there more than once."
                )
            missing[row] = False
        target[rows] = piece.values if same else piece.values[:, order]
    if missing.any():
        lost = [" ".join(pair) for pair, k in labels.place.items() if missing[k]]
        more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
        raise ReadError(
            f"{matrix.file} has no row {lost[0]}{more}, which is among the columns of "
            f"{labels.file}: the file may be cut off; get it again."
        )


def _place_row(label: tuple[str, ...], labels: ExiobaseLabels, file: str) -> int:
    row = labels.place.get(tuple(map(tidy, label)))
    if row is None:
        raise ReadError(
            f"{file}: row {' '.join(label)} fits no column of {labels.file}; rows and columns "
            "should have the same regions and sectors."
        )
    return row


def _require_same_sectors(
    matrix: LabelledMatrix, regions: Sequence[str], sectors: Sequence[str]
) -> None:
    """Refuse a region that has other sectors than the rest."""
    given = set(matrix.columns)
    for region in regions:
        lacking = [sector for sector in sectors if (region, sector) not in given]
        if lacking:
            holders = [one for one in regions if (one, lacking[0]) in given]
            raise ReadError(
                f"{matrix.file}: not every region has the same sectors: {region} lacks "
                f"{len(lacking)} of {len(sectors)}, for example {lacking[0]!r}, which "
                f"{holders[0]} has."
            )


def settle_system(part: ExiobaseFiles, labels: ExiobaseLabels, wanted: str) -> str:
    """Tell whether rows are industries or products, from names, metadata, count or the user."""
    found = part.system or _COUNTS.get(len(labels.sectors), "")
    if not found and wanted == "auto":
        raise ReadError(
            f"{part.files.name} does not tell whether it is industry × industry or product × "
            "product; pass system='ixi' or system='pxp'."
        )
    if found and wanted not in ("auto", found):
        raise ReadError(f"{part.files.name} is of the system {found!r}, not {wanted!r}.")
    return found or wanted


def _tell_edition(part: ExiobaseFiles) -> str:
    """Edition as the metadata write it."""
    name, version = (tidy(str(part.metadata.get(key, ""))) for key in ("name", "version"))
    named = re.fullmatch(r"exio(?:base)?_?(3)(\d)(\d)\D*", name, re.IGNORECASE)
    if named:  # 3.8.2 calls itself "v3.81"
        return f"EXIOBASE {'.'.join(named.groups())}"
    return f"EXIOBASE {version.removeprefix('v')}" if version else "EXIOBASE 3, edition not told"


# -- final demand, units, output, factor inputs --------------------------------------------------


def _read_demand(
    part: ExiobaseFiles, labels: ExiobaseLabels, options: ReadOptions
) -> tuple[Array, tuple[str, ...], tuple[str, ...]]:
    """Read final demand by region and category, and EXIOBASE's short codes of them beside names."""
    with part.matrix("Y.txt", 2, "category") as matrix:
        require_once(matrix.columns, "column", matrix.file)
        names = unique(name for _, name in matrix.columns)
        strangers = [r for r in unique(r for r, _ in matrix.columns) if r not in labels.regions]
        if strangers:
            raise ReadError(f"{matrix.file}: {labels.file} has no region {strangers[0]}.")
        order = positions(matrix.columns, labels.regions, names, what="column", file=matrix.file)
        demand = np.empty((labels.n, len(order)), dtype=options.dtype)
        _fill(demand, matrix, labels, order, options.empty_cells)
        file = matrix.file
    known = {row[0]: row[1] for row in _read_codes(part, "finaldemands.txt", "CodeTxt")}
    codes = tuple(known.get(name) or _CATEGORIES.get(name.lower(), name) for name in names)
    require_once([(code,) for code in codes], "category", file)
    for k, code in enumerate(codes):
        exported = demand[:, k :: len(names)]
        if code == _EXPORTS and exported.any():
            row, column = np.argwhere(exported)[0]
            raise ReadError(
                f"{file}: row {labels.name_row(row)} has {exported[row, column]:g} in "
                f"{names[k]!r} of {labels.regions[column]}, which is zero in a table of the world: "
                "exports stand in the columns of those who buy them."
            )
    return demand, codes, names


def _read_currency(part: ExiobaseFiles, labels: ExiobaseLabels) -> str:
    """Currency that unit.txt names for every sector; of an edition, it is million euros."""
    rows = part.cells("unit.txt")
    file = part.name_of("unit.txt")
    if [cell.lower() for cell in rows[0][:3]] != ["region", "sector", "unit"]:
        raise ReadError(f"{file} should begin with the names region, sector and unit.")
    units: dict[str, tuple[str, str]] = {}
    seen = []
    for row in rows[1:]:
        if len(row) != 3:
            raise ReadError(f"{file}: the line {' '.join(row)} should be region, sector and unit.")
        pair = (tidy(row[0]), tidy(row[1]))
        if pair not in labels.place:
            raise ReadError(f"{file}: {' '.join(pair)} is in no column of {labels.file}.")
        seen.append(pair)
        units.setdefault(tidy(row[2]), pair)
    require_once(seen, "the unit of", file)
    lacking = set(labels.place).difference(seen)
    if lacking:
        raise ReadError(f"{file} has no unit of {' '.join(sorted(lacking)[0])}.")
    if len(units) > 1:
        told = ", ".join(f"{unit!r} of {' '.join(pair)}" for unit, pair in list(units.items())[:3])
        raise ReadError(f"{file} mixes units ({told}); tables of EXIOBASE 3 are in {_UNIT}.")
    unit = next(iter(units))
    if unit.replace(" ", "") == _UNIT:
        return "EUR"
    return _believe_unit(part, unit, file)


def _believe_unit(part: ExiobaseFiles, unit: str, file: str) -> str:
    """Currency of a table that is no edition, such as one made for tests; else refuse the unit."""
    version = str(part.metadata.get("version", ""))
    try:
        amount = read_money(unit)
    except EmissionsError:
        amount = None
    if (
        not version
        or _EDITION.fullmatch(version)
        or amount is None
        or amount.size != 1e6
        or not _CURRENCY.fullmatch(amount.of)
    ):
        raise ReadError(
            f"{file} says that the table is in {unit!r}; those of EXIOBASE 3 are in {_UNIT}."
        )
    warn_user(
        f"{file} says {unit!r}, where EXIOBASE 3 is in {_UNIT}; its version {version!r} is no "
        f"edition, and the table is taken to be in million {amount.of}.",
        IoeconWarning,
    )
    return amount.of


def _read_output(part: ExiobaseFiles, labels: ExiobaseLabels) -> Array | None:
    """Output of x.txt in the order of the labels; None without the file."""
    if not part.has("x.txt"):
        return None
    file = part.name_of("x.txt")
    with part.files.open(f"{part.root}x.txt") as stream:
        matrix = LabelledMatrix.of_vector(stream, file, ("region", "sector"))
        output = np.empty((labels.n, 1))
        _fill(output, matrix, labels, np.arange(1))
    return output[:, 0].copy()


def _solve_output(coefficients: Array, demand: Array, file: str) -> Array:
    """Output x of (E − A) x = Y 1, by an iterative method that holds no second matrix."""
    from scipy.sparse.linalg import LinearOperator, gmres

    n, rows = len(demand), 128

    def multiply(vector: Array) -> Array:
        uses = [
            coefficients[k : k + rows].astype(float, copy=False) @ vector.ravel()
            for k in range(0, n, rows)
        ]
        return vector.ravel() - np.concatenate(uses)

    output, _ = gmres(
        LinearOperator((n, n), matvec=multiply, dtype=float),
        demand, x0=demand, rtol=1e-14, atol=0.0, restart=80, maxiter=5,
    )  # fmt: skip
    missed = np.abs(multiply(output) - demand).max(initial=0)
    if not missed <= _SOLVED * np.abs(output).max(initial=0):
        raise ReadError(
            f"{file} has no x.txt, and output cannot be solved from A.txt and Y.txt: is A.txt "
            "complete, with the coefficients of one year?"
        )
    return np.asarray(output)


def _read_factor_inputs(
    part: ExiobaseFiles, labels: ExiobaseLabels, categories: Sequence[str]
) -> tuple[Array | None, Array | None, tuple[str, ...]]:
    """Value added and taxes of industries and of final demand, as far as the files have them."""
    pairs: list[tuple[str, ...]] = [(r, name) for r in labels.regions for name in categories]
    uses = {pair: k for k, pair in enumerate(pairs)}
    for folder in ("factor_inputs", "satellite"):
        wanted = _name_factor_inputs(part, folder) if part.has(f"{folder}/F.txt") else ()
        if not wanted:
            continue
        rows = part.account_rows(f"{folder}/F.txt", "sector", wanted, labels.place, labels.file)
        direct = next((f for f in DIRECT_USE if part.has(f"{folder}/{f}")), None)
        if direct is None:
            return rows, None, wanted
        of_demand = part.account_rows(
            f"{folder}/{direct}", "category", wanted, uses, part.name_of("Y.txt")
        )
        return rows, of_demand, wanted
    return None, None, ()


def _name_factor_inputs(part: ExiobaseFiles, folder: str) -> tuple[str, ...]:
    """Names of the rows of factor_inputs, or of the leading rows in M.EUR of satellite."""
    units = part.units_of(folder)
    other = next((name for name, unit in units.items() if unit != _UNIT), None)
    if other is None:
        return tuple(units)
    if folder == "factor_inputs":
        raise ReadError(
            f"{part.name_of(f'{folder}/unit.txt')} has {other!r} in {units[other]!r}; factor "
            f"inputs are in {_UNIT}."
        )
    return tuple(units)[: list(units).index(other)]


# -- labels --------------------------------------------------------------------------------------


def region_codes(regions: Sequence[str], file: str) -> dict[str, str]:
    """ISO 3166 code of every region; rest regions XWA, XWE, XWF, XWL and XWM.

    Raises
    ------
    ReadError
        If a region is not known, or two are the same.
    """
    rest = {name: _REST_REGIONS[name.upper()] for name in regions if name.upper() in _REST_REGIONS}
    codes = iso3_by_label([name for name in regions if name not in rest], file) | rest
    seen: dict[str, str] = {}
    for name in regions:
        other = seen.setdefault(codes[name], name)
        if other != name:
            raise ReadError(f"{file}: the regions {other} and {name} are both {codes[name]}.")
    return {name: codes[name] for name in regions}


def name_sectors(
    part: ExiobaseFiles, labels: ExiobaseLabels, system: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes and names of the sectors; where no list has the codes, names are both."""
    names = labels.sectors
    listed = dict(_read_codes(part, _LISTS[system], "CodeNr"))
    if not listed:
        return names, names
    lacking = [name for name in names if name not in listed]
    codes = tuple(listed.get(name, name) for name in names)
    if lacking or len({*codes}) < len(codes):
        what = f"has no code of {lacking[0]!r}" if lacking else "gives a code to several sectors"
        warn_user(
            f"{part.name_of(_LISTS[system])} {what}; the names of sectors are taken for codes.",
            IoeconWarning,
        )
        return names, names
    return codes, names


def _read_codes(part: ExiobaseFiles, name: str, column: str) -> list[tuple[str, str]]:
    """Names and codes of a list such as industries.txt; nothing without it."""
    if not part.has(name):
        return []
    head, *rows = part.cells(name)
    try:
        at, code = head.index("Name"), head.index(column)
    except ValueError:
        raise ReadError(
            f"{part.name_of(name)} should have the columns Name and {column}, and has "
            f"{', '.join(head[:6])}."
        ) from None
    return [(tidy(row[at]), tidy(row[code])) for row in rows if len(row) > max(at, code)]
