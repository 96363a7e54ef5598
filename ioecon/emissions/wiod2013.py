"""The environmental accounts of WIOD's 2013 release, May 2012, as published.

Seven of them, each a zip or a folder: AIR (air emissions), CO2 (by energy carrier), EM (emission
relevant energy use), EU (gross energy use), lan (land), mat (materials), wat (water). One xls per
country, one sheet per year, rows by sector in the codes of NACE 1, columns by stressor. AIR, CO2,
EM and EU have names of sectors in the first column and codes in the second; lan, mat and wat codes
in the first, under their unit. A zip is read in memory: nothing is unpacked to disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path, PurePosixPath

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.checks import ACCOUNT, TOTALS
from ioecon.emissions.sheets import (
    Rows,
    amount,
    header_of,
    require_co2_in_kt,
    rows_by_code,
    sheets_by_name,
)
from ioecon.errors import EmissionsError, IoeconWarning, ReadError
from ioecon.files.excel_columns import column_letters
from ioecon.files.file_set import FileSet
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.options import ReadOptions
from ioecon.source import Source
from ioecon.stressor import CO2, Stressor
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

__all__ = ["ACCOUNT_CODES", "ACCOUNT_FORMATS", "TABLE_SECTORS", "read_wiod_co2"]

# Account codes in the order of the world tables' sectors c1 … c35.
# fmt: off
ACCOUNT_CODES = (
    "secAtB", "secC", "sec15t16", "sec17t18", "sec19", "sec20", "sec21t22", "sec23", "sec24",
    "sec25", "sec26", "sec27t28", "sec29", "sec30t33", "sec34t35", "sec36t37", "secE", "secF",
    "sec50", "sec51", "sec52", "secH", "sec60", "sec61", "sec62", "sec63", "sec64", "secJ", "sec70",
    "sec71t74", "secL", "secM", "secN", "secO", "secP",
)
# fmt: on
TABLE_SECTORS = {code: f"c{number}" for number, code in enumerate(ACCOUNT_CODES, start=1)}
EXTRATERRITORIAL, ALL_SECTORS, HOUSEHOLDS, EVERYTHING = "secQ", "secTOT", "FC_HH", "total"

YEAR_SHEET = re.compile(r"[0-9]{4}")
LARGEST_MEMBER = 64 * 2**20
ROUNDING = 1e-9


@dataclass(frozen=True)
class _Kind:
    """One of the seven accounts.

    Parameters
    ----------
    title : str
        Also the name of its column TOTAL.
    unit : str
        Of its columns; empty where the first cell of a sheet says it.
    units : mapping of str to str
        By column, where they differ; other columns are refused.
    names : bool
        Whether names of sectors stand before their codes.
    parts : str
        How a column that is part of TOTAL is called.
    """

    title: str
    unit: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    names: bool = True
    parts: str = "{column}"

    def make_stressor(self, column: str, unit: str, file: str) -> Stressor:
        """Name and unit of a column; ``unit`` is what the sheet says."""
        if self.units and column.upper() not in self.units:
            raise ReadError(
                f"{file} has a column {column!r}; known of {self.title} are "
                f"{listed(self.units)}, and no other has a unit that is known."
            )
        known = self.units.get(column.upper(), self.unit or unit)
        if column.upper() == "TOTAL":
            return Stressor(self.title, known, self.title, is_total=True)
        return Stressor(self.parts.format(column=column), known, self.title)


_TONNES = dict.fromkeys(("CH4", "N2O", "NOX", "SOX", "CO", "NMVOC", "NH3"), "t")
KINDS = {
    "AIR": _Kind("Air emissions", units={CO2: "kt", **_TONNES}),
    "CO2": _Kind(CO2, "kt", parts="CO2, {column}"),
    "EM": _Kind("Emission relevant energy use", "TJ", parts="Emission relevant energy, {column}"),
    "EU": _Kind("Gross energy use", "TJ", parts="Gross energy, {column}"),
    "LAN": _Kind("Land use", names=False),
    "MAT": _Kind("Material use", names=False),
    "WAT": _Kind("Water use", names=False),
}
WORKBOOK = re.compile(rf"([A-Z]{{3}})_({'|'.join(KINDS)})_[^/\\]*\.xlsx?", re.IGNORECASE)


def read_wiod_co2(path: str | PathLike[str]) -> Account:
    """Read the CO2 accounts of WIOD's 2013 release from the published zip.

    Parameters
    ----------
    path : path
        ``CO2_may12.zip``: 40 countries and ROW, 1995-2009; or the folder of its workbooks.

    Returns
    -------
    Account
        kt by country, sector ``c1`` … ``c35`` of the tables, and year; households apart.

    Raises
    ------
    ReadError
        When the file is missing or not such a zip, or a workbook is not in the known layout.
    EmissionsError
        When a cell is text, not finite or negative, the sectors do not add up to ``secTOT``, or
        these and the households not to ``total``: country, sector and year are named.

    Examples
    --------
    >>> account = read_wiod_co2("CO2_may12.zip")  # doctest: +SKIP
    >>> account.totals(households=True)["DEU", 2005]  # doctest: +SKIP
    """
    found = _Workbooks.of(Path(path), only="CO2")
    return _read_accounts(found, (CO2,), None, "wiod2013-co2-zip")[CO2]


@dataclass(frozen=True)
class _Workbooks:
    """Workbooks of one account, by country."""

    files: FileSet
    members: Mapping[str, str]
    kind: _Kind

    @classmethod
    def of(cls, path: Path, *, only: str | None = None) -> _Workbooks:
        """Find them in a zip or folder."""
        if not path.exists():
            raise ReadError(f"There is no file {path} to read emissions from.")
        files = FileSet.of(path)
        found: dict[str, str] = {}
        kinds = set()
        for name in files.names:
            match = WORKBOOK.fullmatch(PurePosixPath(name).name)
            if match is None or (only is not None and match[2].upper() != only):
                continue
            kinds.add(match[2].upper())
            if len(kinds) > 1:
                raise ReadError(
                    f"{path.name} has workbooks of more than one account ({listed(sorted(kinds))}):"
                    " give the folder or zip of one."
                )
            country = match[1].upper().replace("ROM", "ROU")
            if country in found:
                raise ReadError(f"{path.name} has more than one workbook of {country}.")
            if files.size(name) > LARGEST_MEMBER:
                raise ReadError(
                    f"{name} in {path.name} would take {files.size(name) / 2**20:,.0f} MB: that is "
                    "no account of one country."
                )
            found[country] = name
        if not found:
            raise ReadError(
                f"{path.name} has no workbook named like AUS_{only or 'AIR'}_May12.xls: it is not "
                f"one of WIOD's {'CO2' if only else 'environmental'} accounts of 2012."
            )
        return cls(files, dict(sorted(found.items())), KINDS[kinds.pop()])

    def sheets(
        self, reader: WorkbookReader, country: str, years: Collection[int] | None = None
    ) -> dict[int, Rows]:
        """Sheets of one country by year."""
        called = f"The workbook of {country} in {self.files.path.name}"
        content = self.files.read(self.members[country])
        sheets = sheets_by_name(reader, content, called, _name_years(years), self._check_notes())
        if not sheets:
            what = "named by a year" if years is None else f"of {listed(years)}"
            raise ReadError(f"{called} has no sheet {what}.")
        return {int(name): sheets[name] for name in sorted(sheets)}

    def _check_notes(self) -> Callable[[str, str], None]:
        return _NOTES.get(self.kind.unit, lambda text, file: None)


def _name_years(years: Collection[int] | None) -> re.Pattern[str]:
    return YEAR_SHEET if years is None else re.compile("|".join(map(str, years)))


def _require_terajoules(text: str, file: str) -> None:
    found = re.search(r"\benergy use\b.*\bin\s+([A-Za-z]+)", text, re.IGNORECASE)
    if found and re.fullmatch(r"[kMGPE]J|[kMGT]Wh|k?toe|Mtoe", found[1]):
        raise ReadError(f"{file}: its sheet Notes says {text.strip()!r}; TJ are expected.")


_NOTES = {"kt": require_co2_in_kt, "TJ": _require_terajoules}


@dataclass(frozen=True)
class _Sheet:
    """One country's sheet of one year.

    Parameters
    ----------
    place : str
        Country, year and file, for messages.
    columns : mapping of Stressor to int
    rows : mapping of str to (int, row)
        By code, with the number on the sheet.
    """

    country: str
    year: int
    file: str
    kind: _Kind
    columns: Mapping[Stressor, int]
    rows: Mapping[str, tuple[int, list[object]]]

    @classmethod
    def of(cls, rows: Rows, country: str, year: int, file: str, kind: _Kind) -> _Sheet:
        header = header_of(rows, str(year), f"{country} in {file}")
        codes = 1 if kind.names else 0
        place = f"{country} {year} in {file}"
        if not kind.names and not header[0]:
            raise ReadError(f"{place}: the first cell of the sheet does not say the unit.")
        if kind.unit and "TOTAL" not in (name.upper() for name in header):
            raise ReadError(f"{place}: the sheet has no column TOTAL.")
        columns: dict[Stressor, int] = {}
        for column, name in enumerate(header[codes + 1 :], start=codes + 1):
            if not name:
                continue
            stressor = kind.make_stressor(name, header[0], place)
            if stressor in columns:
                raise ReadError(f"{place}: the sheet has two columns {name}.")
            columns[stressor] = column
        if not columns:
            raise ReadError(f"{place}: the sheet has no column of amounts.")
        coded = rows_by_code(rows, codes, str(year), f"{country} in {file}")
        return cls(country, year, file, kind, columns, coded)  # type: ignore[arg-type]

    @property
    def place(self) -> str:
        return f"{self.country} {self.year} in {self.file}"

    @property
    def sectors(self) -> tuple[str, ...]:
        """Codes of sectors that are there, in the order of the tables."""
        return tuple(code for code in ACCOUNT_CODES if code in self.rows)

    def read(self, stressor: Stressor) -> tuple[dict[str, float], float]:
        """Amounts by code of sector, and of households; the sheet's own totals are checked."""
        if stressor not in self.columns:
            raise ReadError(f"{self.place}: the sheet has no column of {stressor}.")
        self._require_known_rows()
        column = self.columns[stressor]
        letters, unit = column_letters(column), stressor.unit
        read = {
            code: amount(
                row[column],
                self.country,
                code,
                self.year,
                f"{self.file}, cell {self.year}!{letters}{number}",
                unit,
            )
            for code, (number, row) in self.rows.items()
        }
        if read.get(EXTRATERRITORIAL, 0.0) > 0:
            raise EmissionsError(
                f"{self.place}: {read[EXTRATERRITORIAL]:,.1f} {unit} are in secQ "
                "(extra-territorial organisations), a sector that the tables do not have."
            )
        sectors = {code: read[code] for code in self.sectors}
        self._check_sums(read, sectors, unit)
        return sectors, read[HOUSEHOLDS]

    def _require_known_rows(self) -> None:
        needed = [HOUSEHOLDS, EVERYTHING, *([ALL_SECTORS] if self.kind.names else [])]
        absent = [code for code in needed if code not in self.rows]
        known = (*ACCOUNT_CODES, *needed, ALL_SECTORS, EXTRATERRITORIAL)
        strange = [code for code in self.rows if code not in known]
        if absent or strange or not self.sectors:
            missing = absent or ([] if self.sectors else ["every sector"])
            raise ReadError(
                f"{self.place}: the sheet's rows are not those of the accounts"
                + (f"; missing: {listed(missing)}" if missing else "")
                + (f"; unknown: {listed(strange)}" if strange else "")
                + "."
            )

    def _check_sums(
        self, read: Mapping[str, float], sectors: Mapping[str, float], unit: str
    ) -> None:
        """Compare sums with the totals that the sheet prints.

        An excerpt, whose sectors are fewer and add up to its ``secTOT``, has the grand total of
        the whole, which says nothing.
        """
        produced = sum(sectors.values())
        whole = len(sectors) == len(ACCOUNT_CODES)
        if ALL_SECTORS in read and not _is_sum(produced, read[ALL_SECTORS]):
            if not whole:
                absent = [code for code in ACCOUNT_CODES if code not in sectors]
                raise ReadError(
                    f"{self.place}: the sheet's rows are not those of the accounts; missing: "
                    f"{listed(absent)}, and the others do not add up to {ALL_SECTORS}."
                )
            raise self._sum_error(produced, read[ALL_SECTORS], ALL_SECTORS, unit)
        everything = produced + read[HOUSEHOLDS]
        if whole and not _is_sum(everything, read[EVERYTHING]):
            raise self._sum_error(everything, read[EVERYTHING], EVERYTHING, unit)

    def _sum_error(self, found: float, printed: float, name: str, unit: str) -> EmissionsError:
        return EmissionsError(
            f"{self.place}: the rows add up to {found:,.3f} {unit}, but {name} prints "
            f"{printed:,.3f} {unit}: the file is damaged or edited."
        )


def _is_sum(found: float, printed: float) -> bool:
    return abs(found - printed) <= ROUNDING * max(found, printed)


def _read_accounts(
    found: _Workbooks, names: tuple[str, ...], years: tuple[int, ...] | None, form: str
) -> dict[str, Account]:
    """Accounts of stressors by name, from all countries."""
    records: dict[str, dict[tuple[str, str, int], float]] = {name: {} for name in names}
    direct: dict[str, dict[tuple[str, int], float]] = {name: {} for name in names}
    stressors: dict[str, Stressor] = {}
    first: _Sheet | None = None
    for sheet in _read_sheets(found, years):
        first = first or sheet
        if sheet.sectors != first.sectors:
            other = {*first.sectors}.symmetric_difference(sheet.sectors)
            raise ReadError(f"{sheet.place} and {first.place} differ in sectors: {listed(other)}.")
        there = {one.name: one for one in sheet.columns}
        for name in names:
            if name not in there:
                raise ReadError(f"{sheet.place}: the sheet has no column of {name}.")
            stressor = stressors.setdefault(name, there[name])
            sectors, households = sheet.read(stressor)
            direct[name][sheet.country, sheet.year] = households
            for code, value in sectors.items():
                records[name][sheet.country, TABLE_SECTORS[code], sheet.year] = value
    if first is not None and len(first.sectors) < len(ACCOUNT_CODES):
        warn_user(
            f"{found.files.path.name} is an excerpt: it has {len(first.sectors)} of "
            f"{len(ACCOUNT_CODES)} sectors; the grand totals of the whole account are not checked.",
            IoeconWarning,
        )
    source = Source(found.files.path.name, found.files.sha256(), form)
    return {
        name: Account(
            pd.Series(records[name]).rename_axis(list(ACCOUNT)),
            pd.Series(direct[name]).rename_axis(list(TOTALS)),
            stressors[name].unit,
            source,
            name=name,
        )
        for name in names
    }


def _read_sheets(found: _Workbooks, years: tuple[int, ...] | None) -> Iterator[_Sheet]:
    file = found.files.path.name
    with WorkbookReader() as reader:
        for country in found.members:
            for year, rows in found.sheets(reader, country, years).items():
                yield _Sheet.of(rows, country, year, file, found.kind)


def _list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    found = _Workbooks.of(path)
    with WorkbookReader() as reader:
        country = next(iter(found.members))
        year, rows = next(iter(found.sheets(reader, country).items()))
        return tuple(_Sheet.of(rows, country, year, path.name, found.kind).columns)


def _read(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    return _read_accounts(_Workbooks.of(path), stressors, years, "wiod2013-accounts")


def _read_co2(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    return _read_accounts(_Workbooks.of(path, only="CO2"), stressors, years, "wiod2013-co2-zip")


def _has_workbooks(path: Path, *, of_co2: bool) -> bool:
    """Whether a zip or folder has workbooks named like those of an account."""
    if not (path.is_dir() or path.suffix.lower() == ".zip"):
        return False
    try:
        names = FileSet.of(path).names
    except ReadError:
        return False
    found = {match[2].upper() for name in names if (match := WORKBOOK.search(name))}
    return found == {"CO2"} if of_co2 else bool(found) and found != {"CO2"}


ACCOUNT_FORMATS = (
    AccountFormat(
        name="wiod2013-co2-zip",
        description="CO2 accounts of WIOD's 2013 release as published, 1995-2009.",
        looks_like="CO2_may12.zip",
        pattern=re.compile(r"CO2_may12(\.zip)?", re.IGNORECASE),
        list_stressors=lambda path, options: (Stressor(group=CO2),),
        read=_read_co2,
        recognises=lambda path: _has_workbooks(path, of_co2=True),
    ),
    AccountFormat(
        name="wiod2013-accounts",
        description="Environmental accounts of WIOD's 2013 release, 1995-2009: air emissions, "
        "CO2 by carrier, energy, land, materials, water.",
        looks_like="AIR_may12.zip, EM_may12.zip, EU_may12.zip, lan_may12.zip, mat_may12.zip or "
        "wat_may12.zip, or its folder",
        pattern=re.compile(r"(AIR|EM|EU|lan|mat|wat)_may12(\.zip)?", re.IGNORECASE),
        list_stressors=_list_stressors,
        read=_read,
        recognises=lambda path: _has_workbooks(path, of_co2=False),
    ),
)
