"""What is there in place of the file that was meant: nothing, or a web page to log in at."""

from __future__ import annotations

import re
from pathlib import Path

from ioecon.errors import ReadError

__all__ = [
    "BEGINNING",
    "is_unfinished",
    "is_web_page",
    "require_content",
    "require_no_web_page",
    "why_no_file",
]

_PAGE = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".opdownload", ".tmp", ".!ut")
BEGINNING = 2048  #: Bytes within which a page shows itself.


def is_web_page(data: bytes) -> bool:
    """Whether bytes begin as HTML does.

    Examples
    --------
    >>> is_web_page(b"<!DOCTYPE html><title>Log in</title>"), is_web_page(b"PK")
    (True, False)
    """
    return _PAGE.match(data[:BEGINNING]) is not None


def require_no_web_page(data: bytes, file: str) -> None:
    """Refuse the beginning of a file that is a web page.

    Raises
    ------
    ReadError
    """
    if is_web_page(data):
        raise ReadError(
            f"{file} is a web page (HTML), not the file that its name says; the site may ask to "
            "log in or to agree to terms first: do so in a browser, and download it again."
        )


def require_content(data: bytes, file: str) -> None:
    """Refuse the beginning of a file that is empty or a web page.

    Raises
    ------
    ReadError
    """
    if not data:
        raise ReadError(f"{file} is empty (it has 0 bytes); download it again.")
    require_no_web_page(data, file)


def is_unfinished(place: Path) -> bool:
    """Whether a file is named as programs name a download that goes on."""
    return place.suffix.lower() in _UNFINISHED


def why_no_file(place: Path) -> str | None:
    """Say why what lies at a path is not the file that was meant, as far as its beginning tells."""
    if is_unfinished(place):
        return f"{place.name} is a download that was not finished; finish it, or start it again."
    try:
        with place.open("rb") as stream:
            require_content(stream.read(BEGINNING), place.name)
    except ReadError as error:
        return str(error)
    except OSError as error:
        return f"{place} cannot be read: {error.strerror or error}."
    return None
