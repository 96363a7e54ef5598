"""Text files: from bytes to text, in an encoding that is never guessed."""

from __future__ import annotations

import codecs
import gzip
import zlib
from pathlib import Path

from ioecon.errors import ArgumentError, ReadError
from ioecon.files.web_page import require_no_web_page
from ioecon.wording import invisible_character

__all__ = ["WIDE_MARKS", "decode", "find_encoding", "read_content"]

#: Marks at the beginning of a text whose characters take more than one byte.
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_LARGEST = 2**29  # bytes of text
_LARGEST_UNPACKED = 2**25  # bytes of text from which on a compression of 1 : 200 is a bomb
_NO_TEXT = {
    b"PK\x03\x04": "a zip or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstandard",
    b"%PDF": "a PDF",
}
_SAVE = "save it as 'CSV UTF-8'."
_AS_PUBLISHED = "take the file as it was published, or save it as 'CSV UTF-8'."
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Codecs that are no encoding of a file, or take quadratic time.
_NO_ENCODINGS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7"}


def decode(
    data: bytes, file: str, encoding: str | None = None, *, may_be_named: bool = True
) -> str:
    """Text of a file's bytes, UTF-8 unless another encoding is named.

    Parameters
    ----------
    data : bytes
    file : str
        For messages.
    encoding : str, optional
    may_be_named : bool
        Whether who reads the file can name another encoding, and so is told to; publishers' own
        files have one.

    Raises
    ------
    ReadError
        If the bytes are no text in that encoding, or hold control characters or characters that
        change the direction of text: the line is named.
    ArgumentError
        If there is no such encoding.
    """
    require_no_web_page(data, file)
    kind = next((kind for start, kind in _NO_TEXT.items() if data.startswith(start)), None)
    if kind is not None:
        raise ReadError(f"{file} could not be read as CSV: it is {kind}; save it as text (CSV).")
    codec = "utf-8-sig" if encoding is None else find_encoding(encoding)
    advise = _advise_on_encoding if may_be_named else lambda likely: _AS_PUBLISHED
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), codec)
    asked = encoding or "UTF-8"
    if not codec.replace("_", "-").startswith(marked[:6]):
        raise ReadError(f"{file} is not text in {asked}, but in {marked.upper()}: {advise(marked)}")
    try:
        text = data.decode(codec)
    except UnicodeError as error:
        line = data.count(b"\n", 0, getattr(error, "start", 0)) + 1
        advice = _SAVE if encoding else advise(_guess_encoding(data))
        raise ReadError(f"{file} is not text in {asked} (line {line}): {advice}") from error
    text = text.removeprefix("\ufeff")
    _require_printable(text, file, None if encoding else advise("utf-16"))
    return text


def read_content(path: Path, most: int | None = None) -> bytes:
    """Bytes of a text file, unpacked if it is compressed with gzip.

    Parameters
    ----------
    path : Path
    most : int, optional
        Read no more than these, and one more to tell that there are others.

    Raises
    ------
    ReadError
        If the file cannot be read, is too large, or damaged.
    """
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            raise ReadError(
                f"{path.name} has {size / 2**20:,.0f} MiB, more than the {_LARGEST / 2**20:,.0f} "
                "MiB that are read of a text file: leave out columns and rows that are not needed."
            )
        with path.open("rb") as file:
            data = file.read(-1 if most is None else most + 1)
    except OSError as error:
        raise ReadError(f"{path} could not be read: {error.strerror or error}.") from error
    if not data.startswith(b"\x1f\x8b"):
        return data
    limit = min(_LARGEST, max(_LARGEST_UNPACKED, 200 * size))
    try:
        with gzip.open(path) as packed:
            if most is not None:
                return packed.read(most + 1)
            unpacked = packed.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ReadError(
            f"{path.name} could not be read: it is a damaged or incomplete gzip file; get it again."
        ) from error
    if len(unpacked) > limit:
        raise ReadError(f"{path.name} would unpack to more than {limit / 2**20:,.0f} MiB.")
    return unpacked


def find_encoding(name: str) -> str:
    """Name of the codec of an encoding; that of UTF-8 leaves a mark at the beginning out.

    Raises
    ------
    ArgumentError
        If there is no such encoding of text.
    """
    try:
        found = codecs.lookup(name)
    except (LookupError, TypeError, ValueError):
        found = None
    if found is None or found.name.replace("-", "_") in _NO_ENCODINGS or not _is_of_text(found):
        raise ArgumentError(
            f"encoding {name!r} is not known; 'utf-8', 'gbk', 'utf-16' and 'latin-1' are usual."
        )
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _is_of_text(codec: codecs.CodecInfo) -> bool:
    """Whether a codec turns bytes into text (``zip``, ``hex`` and ``rot13`` do not)."""
    try:
        return isinstance(codec.decode(b"")[0], str)
    except Exception:  # a codec may fail in any way on nothing
        return False


def _guess_encoding(data: bytes) -> str:
    """Find the encoding to advise for bytes that are no UTF-8; the reader never uses it."""
    text = data[:65536].decode("gb2312", errors="replace")
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
    if chinese > 2 * text.count("\ufffd"):
        return "gbk"
    return "cp1252" if any(0x80 <= byte <= 0x9F for byte in data[:65536]) else "latin-1"


def _advise_on_encoding(likely: str) -> str:
    others = [name for name in ("gbk", "latin-1", "utf-16") if name != likely][:2]
    return (
        f"save it as 'CSV UTF-8', or pass the encoding in which it was saved, perhaps "
        f'encoding="{likely}" ({" or ".join(others)} are usual too).'
    )


def _require_printable(text: str, file: str, advice: str | None) -> None:
    """``advice`` is what to do if it is another encoding; None if one was named."""
    found = invisible_character(text)
    if found is None:
        return
    at, character = found
    line = text.count("\n", 0, at) + 1
    if text[at] == "\0" and advice and text.count("\0") > len(text) / 4:
        raise ReadError(f"{file} is not text in UTF-8 (zero bytes from line {line} on): {advice}")
    raise ReadError(f"{file}, line {line} holds {character}, which cannot be seen: remove it.")
