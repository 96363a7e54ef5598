"""Whether what comes is what its name says: the first bytes tell a login page from a zip."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ioecon.files.web_page import is_web_page

__all__ = ["HEAD", "why_not_complete", "why_not_content"]

HEAD = 1024  # bytes that are looked at

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".zip": _ZIP,
    ".xlsx": _ZIP,
    ".xlsb": _ZIP,
    ".xls": (b"\xd0\xcf\x11\xe0",),
    ".mat": (b"MATLAB", b"\x89HDF"),
    ".json": (b"[", b"{"),
}


def why_not_content(head: bytes, name: str, content_type: str = "") -> str | None:
    r"""Say what the first bytes of a file are, if they cannot be of the file of this name.

    Examples
    --------
    >>> why_not_content(b"<!DOCTYPE html><title>Log in</title>", "IOT_2010_ixi.zip")
    'a web page (perhaps a login or a check for browsers)'
    >>> why_not_content(b"PK\x03\x04", "IOT_2010_ixi.zip")
    """
    suffix = Path(name).suffix.lower()
    if suffix not in (".html", ".htm") and (
        is_web_page(head) or content_type.lower().split(";")[0].strip() == "text/html"
    ):
        return "a web page (perhaps a login or a check for browsers)"
    start = head.lstrip() if suffix == ".json" else head
    beginnings = _BEGINNINGS.get(suffix)
    if beginnings is None:
        if suffix in (".csv", ".txt") and b"\x00" in head:
            return "no text"
        return None
    if any(start[: len(known)] == known[: len(start)] for known in beginnings):
        return None
    return f"no {suffix.removeprefix('.')} file (it begins with {bytes(start[:8])!r})"


def why_not_complete(path: Path, name: str) -> str | None:
    """Say what a whole file lacks of its kind; only the end record of a zip is looked at."""
    if path.stat().st_size == 0:
        return "empty"
    if Path(name).suffix.lower() in (".zip", ".xlsx", ".xlsb") and not zipfile.is_zipfile(path):
        return "cut off: a zip without its end"
    return None
