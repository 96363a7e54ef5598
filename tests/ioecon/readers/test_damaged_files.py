"""Files that were damaged or made to do harm: one sentence, in a bounded time, and nothing else.

The folder ``cases/files`` beside the data holds files that once hung the program, ended it or gave
another table in silence; what they had in common is made again here by hand.
"""

import bz2
import contextlib
import gzip
import io
import lzma
import random
import stat
import struct
import time
import zipfile
from pathlib import Path

import pytest

import ioecon
from ioecon.emissions import read_wiod_co2
from ioecon.errors import IoeconError, ReadError
from ioecon.files import archives
from ioecon.files.archives import Archive, decompress
from ioecon.files.rdata_file import read_objects
from ioecon.files.workbook import WorkbookReader
from ioecon.files.xlsx import SheetContent, workbook_bytes
from ioecon.readers import read_series, read_table

READERS = {
    "CO2": read_wiod_co2,
    "co2.csv": lambda path: ioecon.read_emissions(path, where={"source": "CDIAC_2014"}),
    "WIOT": lambda path: read_table(path, format="wiod2016-xlsx", year=2000, cache=False),
    "xlsbdiff": lambda path: read_table(path, format="wiod2016-xlsx", year=2000, cache=False),
    "zip-of-tables": lambda path: read_series(path, format="regional", cache=False),
    "regional": lambda path: read_table(path, format="regional", cache=False),
}
ENDINGS = {"zip-of-tables": ".zip"}


def test_every_file_that_once_did_harm_is_refused_in_a_sentence(data_root, tmp_path):
    folder = data_root.parent / "cases" / "files"
    if not folder.is_dir():
        pytest.skip("needs the cases beside the data")
    files = [(f, key) for f in sorted(folder.iterdir()) for key in READERS if key in f.name]
    assert files
    for file, key in files:
        path = tmp_path / (file.name + ENDINGS.get(key, ""))
        path.write_bytes(file.read_bytes())
        start = time.process_time()
        try:
            found = READERS[key](path)
        except IoeconError as error:
            message = str(error)
        else:  # damage of what does not matter
            assert file.name.startswith("inner-CO2xls"), file.name
            published = read_wiod_co2(data_root / "wiod2013/CO2_may12.zip").values
            assert found.values.equals(published.loc[["USA"]])
            continue
        assert time.process_time() - start < 5, file.name
        assert "\n" not in message, file.name
        assert len(message) < 600, file.name
        assert path.name in message, message


# -- workbooks ----------------------------------------------------------------------------------


def opened(data: bytes) -> list:
    with WorkbookReader() as reader:
        return [list(reader.sheet(name).rows) for name in reader.open(data, "table.xlsx")]


def workbook(cells: str = "", **parts: str | bytes) -> bytes:
    """Small workbook with the given XML in its sheet, and more parts or others."""
    out = io.BytesIO()
    plain = io.BytesIO(workbook_bytes([SheetContent("Sheet", [])]))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name).decode()
            new.writestr(
                name,
                content.replace("<sheetData></sheetData>", f"<sheetData>{cells}</sheetData>"),
            )
        for name, more in parts.items():
            new.writestr(name, more)
    return out.getvalue()


@pytest.mark.parametrize("place", ["XFD1048576", "ZZ100000", "A1048577", "XFE1"])
def test_a_cell_far_away_is_named(place):
    row = "".join(filter(str.isdigit, place))
    cell = f"<row r='{row}'><c r='{place}'><v>1</v></c></row>"
    with pytest.raises(ReadError, match=f"reaches to cell {place}|beyond Excel's last"):
        opened(workbook(f"<row r='1'><c r='A1'><v>1</v></c></row>{cell}"))


def test_a_long_or_wide_sheet_is_no_far_cell():
    rows = opened(workbook("<row r='7000'><c r='C7000'><v>1</v></c></row>"))[0]
    assert len(rows) == 7000
    assert rows[-1] == ["", "", 1.0]


def test_a_decoder_that_dies_is_a_sentence(monkeypatch):
    from ioecon.files import workbook as module

    monkeypatch.setattr(module, "_MEMORY", 2**20)
    with pytest.raises(ReadError, match="is not a complete Excel workbook"):
        opened(workbook("<row r='1'><c r='A1'><v>1</v></c></row>"))


def test_a_decoder_that_never_ends_is_stopped(monkeypatch, tmp_path):
    from ioecon.files import workbook as module

    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(module, "_SCRIPT", sleeper)
    monkeypatch.setattr(module, "_SECONDS", 0.1)
    monkeypatch.setattr(module, "_PATIENCE", 1)
    start = time.monotonic()
    with pytest.raises(ReadError, match="takes longer than any workbook of its size"):
        opened(workbook())
    assert time.monotonic() - start < 10


def test_entities_of_its_own_are_refused():
    entity = '<!DOCTYPE x [<!ENTITY a "1">]>'
    data = workbook("<row r='1'><c r='A1'><v>&a;</v></c></row>")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, text.replace("<worksheet", entity + "<worksheet"))
    with pytest.raises(ReadError, match="declares entities of its own"):
        opened(out.getvalue())


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "sheet1.xml"])
@pytest.mark.parametrize("encoding", ["UTF-1e999", "UTF-16", "utf_7"])
def test_an_encoding_that_the_content_is_not_in(part, encoding):
    data, out = workbook("<row r='1'><c r='A1' t='e'><v>#N/A</v></c></row>"), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(part):
                content = content.replace(b"UTF-8", encoding.encode())
            new.writestr(name, content)
    with pytest.raises(ReadError):
        opened(out.getvalue())


def test_a_document_of_another_kind():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", "<office:document-content/>")
    with pytest.raises(ReadError, match="Save it as 'Excel workbook"):
        opened(out.getvalue())
    with pytest.raises(ReadError, match="is not a complete Excel workbook"):
        opened(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000))


# -- archives -----------------------------------------------------------------------------------


def archive_of(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def edited(data: bytes, at: int, form: str, value: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(form, changed, at, value)
    return bytes(changed)


def test_the_checksum_of_each_member_is_tested():
    data = archive_of(("a", b"one" * 100), ("b", b"two" * 100))
    with Archive(data, "x.zip") as archive:
        assert archive.names == ["a", "b"]
        assert archive.read("b") == b"two" * 100
    damaged = edited(data, data.index(b"PK\x01\x02") + 16, "<I", 7)
    with (
        Archive(damaged, "x.zip") as archive,
        pytest.raises(ReadError, match=r"x\.zip is not a complete zip archive .*'a'"),
    ):
        archive.read("a")


def test_a_list_that_disagrees_with_the_members_is_refused():
    data = archive_of(("wiot_2000", b"one"), ("wiot_2001", b"two"))
    last = data.rindex(b"PK\x01\x02")
    for damaged in (
        edited(data, last + 46 + 8, "<B", ord("7")),  # another name in the list
        edited(data, data.rindex(b"PK\x05\x06") + 10, "<H", 3),  # another number of members
        edited(data, data.rindex(b"PK\x05\x06") + 12, "<I", 55),  # a shorter list
        data[: len(data) // 2],
    ):
        with pytest.raises(ReadError, match=r"x\.zip is not a complete"):
            Archive(damaged, "x.zip")


@pytest.mark.parametrize("field", [4, 6, 8, 10, 24, 28, 30, 42])
@pytest.mark.parametrize("value", [0xFF, 0xFFFF, 0x8001])
def test_headers_of_garbage(field, value):
    data = archive_of(("wiot_2000", b"one" * 500))
    damaged = edited(data, data.index(b"PK\x01\x02") + field, "<H", value)
    with (
        contextlib.suppress(ReadError),
        Archive(damaged, "x.zip") as archive,
    ):
        assert all(archive.read(name) == b"one" * 500 for name in archive.names)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_with_something_to_hide(monkeypatch):
    monkeypatch.setattr(archives, "_ALWAYS", 2**16)
    link = zipfile.ZipInfo("wiot_2000.RData")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    locked = archive_of(("a", b"one"))
    cases = {
        "holds the link": archive_of((link, b"/etc/passwd")),
        "protected by a password": edited(locked, locked.index(b"PK\x01\x02") + 8, "<H", 1),
        "more than once": archive_of(("a", b"one"), ("a", b"two")),
        "would unpack to": archive_of(("a", bytes(2**20))),
    }
    for words, data in cases.items():
        with pytest.raises(ReadError, match=words):
            Archive(data, "x.zip")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_streams(pack, monkeypatch):
    monkeypatch.setattr(archives, "_ALWAYS", 2**16)
    assert decompress(pack(b"table"), "x") == b"table"
    with pytest.raises(ReadError, match="would unpack to"):
        decompress(pack(bytes(2**20)), "x")
    data = pack(random.Random(1).randbytes(5000))
    with pytest.raises(ReadError, match="x is not a complete compressed file"):
        decompress(data[:-9], "x")
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 0xFF
    with pytest.raises(ReadError, match="x is not a complete compressed file"):
        decompress(bytes(damaged), "x")


# -- R ------------------------------------------------------------------------------------------


def item(kind: int, *values: bytes) -> bytes:
    """One object of R's binary form: flags, then what it holds."""
    return struct.pack(">i", kind) + b"".join(values)


def text(words: bytes) -> bytes:
    return item(0x40009, struct.pack(">i", len(words)), words)


def saved(value: bytes) -> bytes:
    """Workspace with the one object x, compressed."""
    head = b"RDX3\nX\n" + struct.pack(">3i", 3, 0x30500, 0x30500) + struct.pack(">i", 5) + b"UTF-8"
    return gzip.compress(head + item(0x402, item(1, text(b"x")), value, item(254)))


def sequence(length: float) -> bytes:
    name = item(2, item(1, text(b"compact_intseq")), item(2, item(1, text(b"base")), item(254)))
    return item(238, name, item(14, struct.pack(">i3d", 3, length, 1.0, 1.0)), item(254))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        *((sequence(length), "a sequence of") for length in (2e9, 1e18, float("inf"))),
        (item(19, struct.pack(">i", 10**6), item(254) * 10**6), "more than 300,000 objects"),
        (item(21, struct.pack(">i", 2**31 - 1)), "kind 21, which is no data"),
        (item(14, struct.pack(">i", 2**31 - 1), bytes(80)), "ends within"),
        (item(13, struct.pack(">i", -1), bytes(80)), "negative length"),
        (item(16, struct.pack(">i", 2**31 - 1), bytes(80)), "unpack_from requires a buffer"),
    ],
)
def test_an_rdata_file_that_would_fill_the_memory(value, reason):
    assert read_objects(saved(sequence(5)), "x.RData")["x"].tolist() == [1, 2, 3, 4, 5]
    with pytest.raises(ReadError, match=rf"x\.RData is not a complete RData file .*{reason}"):
        read_objects(saved(value), "x.RData")


def test_a_table_that_is_damaged_anywhere_is_never_another_table(miniature, tmp_path):
    """Compressed forms have checksums: each byte of them that changes is noticed."""
    for write, form in (
        (lambda: miniature.write_xlsx(tmp_path, 2016), "wiod2016-xlsx"),
        (lambda: miniature.write_2016_rdata(tmp_path), "wiod2016-rdata"),
    ):
        path: Path = write()
        good, data = read_table(path, format=form, cache=False), path.read_bytes()
        for at in range(40, len(data), len(data) // 12):
            damaged = bytearray(data)
            damaged[at] ^= 0x55
            path.write_bytes(damaged)
            try:
                table = read_table(path, format=form, cache=False)
            except IoeconError:
                continue
            assert (table.Z == good.Z).all(), at
            assert (table.Y == good.Y).all(), at
