"""Labels of GLORIA, from its workbook ``GLORIA_ReadMe_059.xlsx``; the matrices have none.

A sheet for each kind of label, whose columns are told by their names in the first rows: Regions
(Region_acronyms, Region_names), Sectors (Sector_names), Value added and final demand
(Value_added_names, Final_demand_names), Satellites (Sat_head_indicator, Sat_indicator, Sat_unit),
Valuations (Valuation_names). The order of the rows is that of the matrices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ioecon.errors import ReadError
from ioecon.files.cells import is_empty
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.labels import iso3_or_own
from ioecon.wording import listed

__all__ = ["GloriaLabels", "GloriaSatellite", "read_labels"]

_HEADER_ROWS = 10  # rows in which the names of columns are looked for
_SHEETS = {
    "Regions": ("Region_acronyms", "Region_names"),
    "Sectors": ("Sector_names",),
    "Value added and final demand": ("Value_added_names", "Final_demand_names"),
}
_SATELLITES = ("Sat_head_indicator", "Sat_indicator", "Sat_unit")
_VALUATIONS = "Valuation_names"


@dataclass(frozen=True)
class GloriaSatellite:
    """One row of the satellite accounts; its name is made unique by its group or number."""

    group: str
    name: str
    unit: str


@dataclass(frozen=True)
class GloriaLabels:
    """What the rows and columns of GLORIA's matrices are, in their order.

    Parameters
    ----------
    file : str
        Name of the workbook, for messages.
    acronyms, countries : tuple of str
        Regions as GLORIA writes them and as they are in a table: ISO 3166 codes, or the acronyms
        where there is none.
    unknown : tuple of str
        Those of the latter.
    sectors, value_added, final_demand : tuple of str
    satellites : tuple of GloriaSatellite
        Empty where the workbook lacks the sheet.
    """

    file: str
    acronyms: tuple[str, ...]
    countries: tuple[str, ...]
    unknown: tuple[str, ...]
    sectors: tuple[str, ...]
    value_added: tuple[str, ...]
    final_demand: tuple[str, ...]
    satellites: tuple[GloriaSatellite, ...]

    def require_columns(self, line: bytes, columns: int, file: str) -> None:
        """Refuse a matrix whose first line has other columns than these labels call for."""
        count = line.count(b",") + 1
        if count != columns and line.count(b";") + 1 != columns:
            raise ReadError(
                f"{file} has {count:,} columns where {self.file} calls for {columns:,} "
                f"({len(self.acronyms)} regions, {len(self.sectors)} sectors, "
                f"{len(self.final_demand)} kinds of final demand): they are of different releases, "
                "or one is cut off."
            )

    def place(self, position: int) -> str:
        """Words for a row or column of T: region × (industries, then products)."""
        region, within = divmod(position, 2 * len(self.sectors))
        kind, sector = divmod(within, len(self.sectors))
        return f"{self.acronyms[region]} {('industry', 'product')[kind]} {self.sectors[sector]}"


@lru_cache(maxsize=2)  # years and accounts of a release share them
def read_labels(data: bytes, file: str) -> GloriaLabels:
    """Labels in the bytes of the workbook.

    Raises
    ------
    ReadError
        If a sheet or column is missing, a label stands twice, or the valuations do not begin
        with basic prices.
    """
    with WorkbookReader() as reader:
        names = {name.strip().lower(): name for name in reader.open(data, file)}
        found: dict[str, tuple[str, ...]] = {}
        for sheet, columns in _SHEETS.items():
            if sheet.lower() not in names:
                raise ReadError(
                    f"{file} has no sheet {sheet!r}: the labels of GLORIA are in its workbook "
                    "GLORIA_ReadMe, one of the same release as the matrices."
                )
            rows = list(reader.sheet(names[sheet.lower()]).rows)
            found |= {name: _read_column(rows, name, sheet, file) for name in columns}
        _require_basic_prices(reader, names, file)
        satellites = _read_satellites(reader, names, file)
    for name, kind in (("Region_acronyms", "region"), ("Sector_names", "sector"),
                       ("Value_added_names", "kind of value added"),
                       ("Final_demand_names", "kind of final demand")):  # fmt: skip
        _require_once(found[name], kind, file)
    acronyms = found["Region_acronyms"]
    if len(found["Region_names"]) != len(acronyms):
        raise ReadError(
            f"{file}: sheet 'Regions' has {len(acronyms)} acronyms and "
            f"{len(found['Region_names'])} names of regions."
        )
    countries, unknown = iso3_or_own(acronyms, found["Region_names"], file)
    return GloriaLabels(
        file=file,
        acronyms=acronyms,
        countries=countries,
        unknown=unknown,
        sectors=found["Sector_names"],
        value_added=found["Value_added_names"],
        final_demand=found["Final_demand_names"],
        satellites=satellites,
    )


def _read_column(
    rows: Sequence[Sequence[Any]], name: str, sheet: str, file: str
) -> tuple[str, ...]:
    """Labels below the name of a column, down to the first empty cell."""
    heads = [[str(cell).strip().lower() for cell in row] for row in rows[:_HEADER_ROWS]]
    top = next((k for k, row in enumerate(heads) if name.lower() in row), None)
    if top is None:
        raise ReadError(f"{file}: sheet {sheet!r} has no column {name}.")
    column = heads[top].index(name.lower())
    labels = []
    for row in rows[top + 1 :]:
        cell = row[column] if column < len(row) else ""
        if is_empty(cell) or not str(cell).strip():
            break
        labels.append(_tidy_label(cell))
    if not labels:
        raise ReadError(f"{file}: sheet {sheet!r} has no label below {name}.")
    return tuple(labels)


def _tidy_label(cell: object) -> str:
    """Text of a cell with single blanks; the quotes around names of satellites go."""
    text = " ".join(str(cell).split())
    if len(text) > 2 and text[0] == text[-1] == "'":
        text = text[1:-1].strip()
    return text


def _require_once(labels: Sequence[str], kind: str, file: str) -> None:
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise ReadError(f"{file} names the {kind} {listed(twice)} more than once.")


def _require_basic_prices(reader: WorkbookReader, names: dict[str, str], file: str) -> None:
    """Check that the first valuation, which is Markup001, is basic prices."""
    if "valuations" not in names:
        return
    rows = list(reader.sheet(names["valuations"]).rows)
    valuations = _read_column(rows, _VALUATIONS, "Valuations", file)
    if "basic" not in valuations[0].lower():
        raise ReadError(
            f"{file}: the first valuation, Markup001, should be basic prices; sheet 'Valuations' "
            f"calls it {valuations[0]!r}."
        )


def _read_satellites(
    reader: WorkbookReader, names: dict[str, str], file: str
) -> tuple[GloriaSatellite, ...]:
    if "satellites" not in names:
        return ()
    rows = list(reader.sheet(names["satellites"]).rows)
    columns = [_read_column(rows, name, "Satellites", file) for name in _SATELLITES]
    if len({len(column) for column in columns}) > 1:
        counts = ", ".join(f"{len(c)} {name}" for c, name in zip(columns, _SATELLITES, strict=True))
        raise ReadError(f"{file}: sheet 'Satellites' has {counts}: each needs a cell in every row.")
    named = Counter(columns[1])
    paired = Counter(zip(columns[0], columns[1], strict=True))
    satellites = []
    for row, (group, name, unit) in enumerate(zip(*columns, strict=True), start=1):
        label = name if named[name] == 1 else f"{group}: {name}"
        label = label if paired[group, name] == 1 else f"{label} (row {row})"
        satellites.append(GloriaSatellite(group, label, unit))
    return tuple(satellites)
