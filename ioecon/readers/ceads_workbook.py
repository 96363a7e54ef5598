"""Workbooks of CEADs: which sheet holds the table, and what provinces and sectors are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ioecon.errors import ReadError
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.ceads_sheet import SECTOR, CeadsSheet, Place, read_ceads_sheet
from ioecon.readers.regional_cells import label

__all__ = ["letters", "read_ceads_workbook"]

_TABLE = re.compile(r"table[ _-]*((?:19|20)\d{2})?.*", re.IGNORECASE)
_CHINESE = re.compile(r"[一-鿿]")


def read_ceads_workbook(
    data: bytes | Path, file: str, empty_cells: str, year: int | None = None
) -> CeadsSheet:
    """Sheet with the table: the English one, or else the Chinese with names in English.

    Raises
    ------
    ReadError
        If there is no such sheet, or the sheets ``Province`` and ``Sector`` list others.
    """
    with WorkbookReader() as reader:
        names = reader.open(data, file)
        provinces, sectors = (_read_list(reader, names, word) for word in ("province", "sector"))
        tables = [name for name in names if _TABLE.fullmatch(name.strip())]
        of_year = [name for name in tables if year is None or str(year) in name]
        found: CeadsSheet | None = None
        for name in sorted(of_year or tables, key=lambda name: "english" not in name.lower()):
            found = read_ceads_sheet(reader.sheet(name), file, empty_cells)
            if found is not None:
                break
    if found is None:
        raise ReadError(
            f"{file} has no sheet such as 'Table_2018_English Version' with a table of CEADs' on "
            f"it; there: {', '.join(names)}. Tables of other makers (SIC and CIER, DRC, IGSNRR) "
            "have no fixed layout: put them into that of 'regional' ('ioecon template')."
        )
    for what, known in (("province", provinces), ("sector", sectors)):
        _require_listed(found, what, known, file)
    return _translate(found, provinces, sectors)


@dataclass(frozen=True)
class _Listed:
    """A line of one of the sheets that list provinces and sectors."""

    code: str
    chinese: str
    english: str

    def means(self, *names: str) -> bool:
        """Whether one of the names is its own, letters' case, spaces and signs aside."""
        own = {letters(self.chinese), letters(self.english), self.code}
        return any(letters(name) in own for name in names if name)


def letters(name: str) -> str:
    """Name without spaces and signs, in small letters."""
    return re.sub(r"\W", "", name).lower()


def _read_list(reader: WorkbookReader, names: Sequence[str], word: str) -> list[_Listed]:
    """Lines of the sheet ``Province`` or ``Sector``; none where there is no such sheet."""
    name = next((name for name in names if name.strip().lower() == word), None)
    lines: list[_Listed] = []
    for row in [] if name is None else reader.sheet(name).rows:
        code = next((label(cell) for cell in row if label(cell).isdigit()), "")
        words = [label(cell) for cell in row if isinstance(cell, str) and label(cell) != code]
        chinese = [text for text in words if _CHINESE.search(text)]
        english = [text for text in words if text and not _CHINESE.search(text)]
        if code and len(chinese) <= 1 and len(english) <= 1 and (chinese or english):
            lines.append(_Listed(code.zfill(2), *(chinese or [""]), *(english or [""])))
    return lines


def _require_listed(sheet: CeadsSheet, what: str, known: Sequence[_Listed], file: str) -> None:
    """Refuse a table with other provinces or sectors than the file's own list of them."""
    if not known:
        return
    labels = dict.fromkeys(
        (place.province, "") if what == "province" else (place.words, place.sector)
        for place in (*sheet.rows, *sheet.columns)
        if (place.province if what == "province" else place.kind == SECTOR)
    )
    met = set()
    for names in labels:
        line = next((line for line in known if line.means(*names)), None)
        if line is None:
            raise ReadError(
                f"{file}: the {what} {names[0] or names[1]!r} of sheet {sheet.name} is not on the "
                f"sheet that lists every {what}."
            )
        met.add(line)
    missing = [line.english or line.chinese for line in known if line not in met]
    if missing:
        raise ReadError(
            f"{file}: sheet {sheet.name} lacks {what} {missing[0]!r}, which is on the sheet that "
            f"lists every {what}."
        )


def _translate(
    sheet: CeadsSheet, provinces: Sequence[_Listed], sectors: Sequence[_Listed]
) -> CeadsSheet:
    """Sheet with names in English, where the file says them."""

    def english(known: Sequence[_Listed], *names: str) -> str:
        if not _CHINESE.search(names[0]):
            return names[0]
        line = next((line for line in known if line.means(*names)), None)
        return line.english if line and line.english else names[0]

    def translated(place: Place) -> Place:
        words = place.words
        if place.kind == SECTOR:
            words = english(sectors, place.words, place.sector)
        sector = words if place.sector == place.words else place.sector
        province = english(provinces, place.province) if place.province else ""
        return replace(place, province=province, sector=sector, words=words)

    rows, columns = ([*map(translated, places)] for places in (sheet.rows, sheet.columns))
    return replace(sheet, rows=rows, columns=columns)
