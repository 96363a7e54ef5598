"""Cells of an xlsx or xlsb that the library for values shows as empty although they are not.

Errors (``#REF!``) and formulas that no program has computed are found in the parts of the workbook
themselves: XML (ECMA-376) and the records of the binary form ([MS-XLSB]). Sheets without any,
which nearly all are, cost one pass of a regular expression over bytes that are unpacked for their
checksum anyway. The same pass finds a sheet that reaches absurdly far for its size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree import ElementTree
from xml.parsers import expat

from ioecon.errors import ReadError
from ioecon.files.archives import Archive, reason_of
from ioecon.files.cells import FaultyCell
from ioecon.files.excel_columns import column_letters

__all__ = ["Faults", "faults_of_sheets"]

Faults = dict[tuple[int, int], FaultyCell]

_SUSPECT = re.compile(rb"\bt\s*=\s*[\"']e[\"']|<(?:[\w.-]+:)?f[\s/>]|<!|\x00")
_HINTS = (b'"e"', b"'e'", b"<f", b":f", b"<!", b"\x00")  # without one of these, nothing is suspect
_ADDRESS = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_OVERLAP = 64  # bytes of one piece looked at again with the next
_ALWAYS_CELLS = 10_000_000  # area that any sheet may have; the largest published has 6.7 million
_ROWS, _COLUMNS = 2**20, 2**14  # of the largest sheet that Excel knows
_PLAIN_SIZE = 2**24  # bytes of a sheet beyond which its far cells are not looked for
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def faults_of_sheets(archive: Archive) -> dict[str, Faults]:
    """Faulty cells of every sheet by name, and by row and column counted from 0.

    Every member of the workbook is unpacked and its checksum tested on the way.

    Raises
    ------
    ReadError
        If the archive is no workbook, is damaged, or a sheet reaches too far.
    """
    parts = {_normalise_path(name): name for name in archive.names}
    if "xl/workbook.bin" in parts:
        sheets = _sheets_of_binary(archive.read(parts["xl/workbook.bin"]), archive.file)
        book, binary = "workbook.bin", True
    elif "xl/workbook.xml" in parts:
        sheets = _sheets_of_xml(archive.read(parts["xl/workbook.xml"]), archive.file)
        book, binary = "workbook.xml", False
    else:
        raise ReadError(
            f"{archive.file} is not a complete Excel workbook: it holds no xl/workbook. Save it as "
            "'Excel workbook (.xlsx)'."
        )
    targets = _find_targets(archive, parts, f"xl/_rels/{book}.rels")
    sheet_of = {targets[link]: sheet for sheet, link in sheets.items() if link in targets}
    lost = [sheet for sheet, link in sheets.items() if targets.get(link) not in parts]
    if lost:
        raise ReadError(
            f"{archive.file} is not a complete Excel workbook: the content of its sheet {lost[0]} "
            "is not there."
        )
    found: dict[str, Faults] = {}
    for plain, name in parts.items():
        sheet = sheet_of.get(plain)
        if sheet is None:
            for _ in archive.chunks(name):  # only for the checksum
                pass
            continue
        where = f"{archive.file}, sheet {sheet}"
        try:
            found[sheet] = (_find_in_binary if binary else _find_in_xml)(archive, name, where)
        except (expat.ExpatError, LookupError, ValueError) as error:
            if isinstance(error, ReadError):
                raise
            raise ReadError(f"{where} is damaged ({reason_of(error)}).") from error
    return found


def _normalise_path(path: str) -> str:
    return path.replace("\\", "/").lstrip("/").lower()


# -- which sheet is which part ---------------------------------------------------------------------


def _parse_xml(data: bytes, file: str, what: str) -> ElementTree.Element:
    if b"<!" in data.replace(b"<!--", b"") or b"\x00" in data:
        raise ReadError(f"{file}: {what} is not written as Excel writes it.")
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # unknown encodings, too
        raise ReadError(f"{file} is not a complete Excel workbook: {what}: {error}.") from error


def _sheets_of_xml(data: bytes, file: str) -> dict[str, str]:
    tree = _parse_xml(data, file, "its list of sheets")
    return {
        sheet.get("name", ""): sheet.get(_RELATION) or sheet.get(_STRICT_RELATION) or ""
        for sheet in tree.iterfind("./{*}sheets/{*}sheet")
    }


def _sheets_of_binary(data: bytes, file: str) -> dict[str, str]:
    bundle = 156  # BrtBundleSh: state, number, link, name
    sheets = {}
    for kind, content in _read_records([data], file):
        if kind == bundle:
            link, at = _read_text(content, 8)
            name, _ = _read_text(content, at)
            sheets[name] = link
    return sheets


def _read_text(content: bytes, at: int) -> tuple[str, int]:
    """Text of [MS-XLSB]: number of UTF-16 units, then the units."""
    first = at + 4
    last = first + 2 * int.from_bytes(content[at:first], "little")
    return content[first:last].decode("utf-16-le", "replace"), last


def _find_targets(archive: Archive, parts: dict[str, str], name: str) -> dict[str, str]:
    """Parts of the workbook by the name of the link to them."""
    if name not in parts:
        raise ReadError(f"{archive.file} is not a complete Excel workbook: {name} is missing.")
    tree = _parse_xml(archive.read(parts[name]), archive.file, "its list of parts")
    return {
        link.get("Id", ""): _resolve_target(link.get("Target", ""))
        for link in tree.iterfind("./{*}Relationship")
    }


def _resolve_target(target: str) -> str:
    if target.startswith(("/", "\\")):
        return _normalise_path(target)
    path: list[str] = []
    for step in PurePosixPath("xl", _normalise_path(target)).parts:
        path = path[:-1] if step == ".." else [*path, step]
    return "/".join(path)


# -- xlsx ------------------------------------------------------------------------------------------


def _find_in_xml(archive: Archive, name: str, where: str) -> Faults:
    size = archive.size(name)
    reach = _Reach(where, size)
    suspect, tail = False, b""
    for chunk in archive.chunks(name):
        piece = tail + chunk
        suspect = suspect or _is_suspect(piece)
        if size <= _PLAIN_SIZE:
            for letters, number in _ADDRESS.findall(piece):
                reach.see(int(number) - 1, _column_number(letters))
        tail = piece[-_OVERLAP:]
    reach.check()
    return _SheetXml(where).read(archive.chunks(name)) if suspect else {}


def _is_suspect(piece: bytes) -> bool:
    """Whether a piece of a sheet may hold a faulty cell; a plain search is ten times as quick."""
    return any(hint in piece for hint in _HINTS) and _SUSPECT.search(piece) is not None


def _column_number(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = 26 * column + letter - 64
    return column - 1


@dataclass
class _Reach:
    """How far the cells of a sheet reach."""

    where: str
    size: int
    row: int = 0
    column: int = 0

    def see(self, row: int, column: int) -> None:
        self.row, self.column = max(self.row, row), max(self.column, column)

    def check(self) -> None:
        if self.row >= _ROWS or self.column >= _COLUMNS:
            raise ReadError(f"{self.where} is damaged: it has cells beyond Excel's last.")
        area = (self.row + 1) * (self.column + 1)
        if area > max(_ALWAYS_CELLS, self.size):
            raise ReadError(
                f"{self.where} reaches to cell {column_letters(self.column)}{self.row + 1}, far "
                "outside any table of its size: delete the rows and columns beyond the table, "
                "and save it again."
            )


@dataclass
class _SheetXml:
    """Faulty cells of a sheet, from its XML."""

    where: str
    found: Faults = field(default_factory=dict)
    _row: int = -1
    _column_number: int = -1
    _kind: str = ""
    _formula: bool = False
    _value: list[str] | None = None
    _inside: str = ""

    def read(self, chunks: Iterator[bytes]) -> Faults:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
        return self.found

    def _refuse(self, *_: object) -> None:
        raise ReadError(f"{self.where} declares entities of its own, as no spreadsheet does.")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column_number = -1
        elif name == "c":
            place = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", attributes.get("r", ""))
            if place:
                self._column_number = _column_number(place[1].encode())
                self._row = int(place[2]) - 1
            else:
                self._column_number += 1
            self._kind, self._formula, self._value = attributes.get("t", "n"), False, None
            self._inside = "c"
        elif self._inside:
            self._inside = name
            if name == "f":
                self._formula = True
            elif name == "v":
                self._value = []

    def _characters(self, text: str) -> None:
        if self._inside == "v" and self._value is not None:
            self._value.append(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name in ("f", "v", "t", "is"):
            self._inside = "c" if self._inside else ""
        if name != "c":
            return
        self._inside = ""
        value = "".join(self._value or ())
        if self._kind == "e":
            self.found[self._row, self._column_number] = FaultyCell.error(value or "without a name")
        elif self._formula and not value.strip():
            text = self._kind in ("str", "s", "inlineStr") and self._value is not None
            fault = FaultyCell.empty_text() if text else FaultyCell.formula()
            self.found[self._row, self._column_number] = fault


# -- xlsb ------------------------------------------------------------------------------------------

_ROW, _ERROR, _FORMULA_TEXT, _FORMULA_ERROR = 0, 3, 8, 11
_SHORT = range(12, 19)  # cells without a column of their own, which the library does not read
# Cells without faults, many at a step: blank, packed and plain number, truth value, shared text.
_CELLS = re.compile(
    rb"((?s:\x05\x10.{16}|\x02\x0c.{12}|\x01\x08.{8}|\x04\x09.{9}|\x07\x0c.{12})){1,500}"
)


def _read_records(pieces: Iterable[bytes], where: str) -> Iterator[tuple[int, bytes]]:
    """Kind and content of the records; of a run of plain cells the last, as the kind -1.

    A piece is held at a time, and what is left over of the one before.
    """
    data, at = bytearray(), 0
    for piece in pieces:
        del data[:at]
        data += piece
        at = 0
        while (record := _find_record(data, at)) is not None:
            kind, start, at = record
            yield kind, bytes(data[start:at])
    if at < len(data):
        raise ReadError(f"{where} is damaged: it ends within a record.")


def _find_record(data: bytearray, at: int) -> tuple[int, int, int] | None:
    """Kind of the record at a place, start and end of its content; None if it is not all there."""
    run = _CELLS.match(data, at)
    if run is not None:
        return -1, run.start(1) + 2, run.end()
    size, length, shift = len(data), 0, 0
    if at + 1 >= size:
        return None
    kind = data[at]
    at += 1
    if kind & 0x80:
        kind = (kind & 0x7F) | (data[at] << 7)
        at += 1
    while at < size:
        byte = data[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80 or shift == 28:
            return (kind, at, at + length) if at + length <= size else None
    return None


def _find_in_binary(archive: Archive, name: str, where: str) -> Faults:
    reach, found, row = _Reach(where, archive.size(name)), Faults(), -1
    for kind, content in _read_records(archive.chunks(name), where):
        place = int.from_bytes(content[:4], "little")  # row, or column of a cell
        if kind == -1:
            reach.see(row, place)
        elif kind == _ROW:
            row = place
        elif kind in (_ERROR, _FORMULA_ERROR):
            code = content[8]
            found[row, place] = FaultyCell.error(_ERRORS.get(code, f"number {code}"))
        elif kind == _FORMULA_TEXT and not any(content[8:12]):
            found[row, place] = FaultyCell.empty_text()
        elif kind in _SHORT and row >= 0:
            raise ReadError(
                f"{where} is written in a short form of xlsb that cannot be read; save it as "
                "'Excel workbook (.xlsx)'."
            )
    reach.check()
    return found
