"""One file over HTTP: tries again, goes on where it broke off, and never believes too much.

A part of a file lies beside its place under a name of its own, with a note of the server's
validators (ETag, Last-Modified): only a server that vouches for the same file is asked for the
rest. requests honours the proxies of the environment.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ioecon.data_sources.answers import (
    PassingError,
    Patience,
    RefusedError,
    answer_of,
    body_of,
    host_of,
)
from ioecon.data_sources.content import HEAD, why_not_complete, why_not_content
from ioecon.errors import DownloadError, OutputError
from ioecon.whole_folder import is_of_writing

if TYPE_CHECKING:
    import requests

__all__ = ["Tell", "WebFile", "drop_part", "transfer"]

Tell = Callable[[int, int | None], None]
"""Called with the bytes that are there and how many there will be, if known."""

_PROGRESS = 2**16  # bytes that make a try count as none that failed


@dataclass(frozen=True)
class WebFile:
    """A file to fetch: its name here, address, and what is known of it beforehand."""

    name: str
    address: str
    largest: int
    size: int | None = None
    hash: str = ""
    advice: str = ""  # a sentence on where else to look


class _WrongFileError(Exception):
    """What comes is not the file: no part of it is kept."""


def transfer(
    session: requests.Session, file: WebFile, part: Path, patience: Patience, tell: Tell
) -> bool:
    """Fetch a file into ``part``, from where an earlier try ended if the server allows it.

    Returns
    -------
    bool
        Whether it was put together from several answers.

    Raises
    ------
    DownloadError
        If it cannot be had, or what comes is not it.
    OutputError
        If the disk is full; the part is deleted then.
    """
    tries, pause = patience.tries, patience.pause
    while True:
        before = _size(part)
        try:
            return _try_once(session, file, part, patience, tell) > 0
        except PassingError as again:
            if _size(part) - before >= _PROGRESS:
                tries, pause = patience.tries, patience.pause
            else:
                tries -= 1
            wait = pause if again.wait is None else again.wait
            if tries <= 0 or wait > patience.longest_pause:
                raise DownloadError(_give_up(file, part, again, wait, patience)) from again
            time.sleep(wait)
            pause *= 2
        except _WrongFileError as wrong:
            drop_part(part)
            raise DownloadError(f"{wrong} Nothing of it is kept. {file.advice}".rstrip()) from None
        except RefusedError as refused:
            raise DownloadError(
                f"{file.name} at {host_of(file.address)}: {refused}. {file.advice}".rstrip()
            ) from refused
        except OSError as error:
            if not is_of_writing(error):
                raise
            drop_part(part)
            raise OutputError(
                f"{file.name} cannot be written to {part.parent} ({error.strerror or error}); "
                "nothing of it is kept. Free some space, or choose another folder with --to."
            ) from error


def _give_up(
    file: WebFile, part: Path, again: PassingError, wait: float, patience: Patience
) -> str:
    kept = _size(part)
    words = f"{file.name} could not be downloaded from {host_of(file.address)}: {again}."
    if wait > patience.longest_pause:
        words += f" The server asks to wait {wait:.0f} seconds: try again then."
    if kept:
        words += f" The {kept} bytes that came are kept; the same command goes on from there."
    return f"{words} {file.advice}".rstrip()


def drop_part(part: Path) -> None:
    """Delete a part and its note."""
    for path in (part, _note_of(part)):
        with suppress(FileNotFoundError):
            path.unlink()


def _try_once(
    session: requests.Session, file: WebFile, part: Path, patience: Patience, tell: Tell
) -> int:
    """Take what one answer brings; from which byte on it did."""
    note = _read_note(part, file)
    start = _size(part) if note is not None else 0
    headers = {}
    if note is not None and start:
        headers["Range"] = f"bytes={start}-"
        validator = note.get("etag") or note.get("last_modified")
        if validator:
            headers["If-Range"] = str(validator)
    with answer_of(session, file.address, headers, patience) as response:
        if response.status_code == 416:
            if not start:
                raise RefusedError("the server answers HTTP 416, although all was asked for")
            drop_part(part)
            raise PassingError("the server has no such rest of the file; it is begun anew", wait=0)
        start, total = _extent(response, start)
        expected = total if total is not None else file.size
        if expected is not None and expected > file.largest:
            raise _WrongFileError(
                f"{file.name} has {expected} bytes at {host_of(response.url)}, more than the "
                f"{file.largest} that are plausible; it is not downloaded."
            )
        _require_space(part, file, None if expected is None else expected - start)
        _write_note(part, file, response, total)
        got = _append_body(response, file, part, start, expected, patience, tell)
    if total is not None and got < total:
        raise PassingError(f"the connection broke off after {got} of {total} bytes")
    why = why_not_complete(part, file.name)
    if file.size is not None and got != file.size:
        why = why or f"{got} bytes long, not {file.size} as its publisher names"
    if why is not None:
        raise _WrongFileError(f"What came for {file.name} from {host_of(file.address)} is {why}.")
    return start


def _append_body(
    response: requests.Response,
    file: WebFile,
    part: Path,
    start: int,
    expected: int | None,
    patience: Patience,
    tell: Tell,
) -> int:
    """Append what comes to the part; how many bytes it has then."""
    got, limit = start, file.largest if expected is None else expected
    head = _head_of(part) if start else b""
    with open(part, "ab" if start else "wb") as stream:
        for chunk in body_of(response, patience):
            got += len(chunk)
            if len(head) < HEAD:
                head += chunk[: HEAD - len(head)]
                kind = response.headers.get("Content-Type", "")
                why = why_not_content(head, file.name, kind)
                if why is not None:
                    raise _WrongFileError(
                        f"What {host_of(response.url)} sends for {file.name} is {why}."
                    )
            if got > limit:
                raise _WrongFileError(
                    f"{host_of(response.url)} sends more of {file.name} than the {limit} bytes it "
                    "should have."
                )
            _write(stream, chunk)
            tell(got, expected)
    return got


def _write(stream: IO[bytes], chunk: bytes) -> None:
    stream.write(chunk)


def _extent(response: requests.Response, start: int) -> tuple[int, int | None]:
    """Where the answer begins in the file, and how long the file is, if the server says so."""
    length = response.headers.get("Content-Length", "")
    if response.status_code == 200:
        return 0, int(length) if re.fullmatch("[0-9]{1,18}", length) else None
    found = re.fullmatch(
        r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)",
        response.headers.get("Content-Range", "").strip(),
    )
    if found is None or int(found[1]) != start:
        told = response.headers.get("Content-Range")
        raise RefusedError(f"another part comes than was asked for (Content-Range {told!r})")
    return start, None if found[3] == "*" else int(found[3])


def _require_space(part: Path, file: WebFile, needed: int | None) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed is not None and needed > free:
        raise OutputError(
            f"{file.name} needs {needed / 1e6:.0f} MB, and {part.parent} has {free / 1e6:.0f} MB "
            "free. Free some space, or choose another folder with --to."
        )


def _read_note(part: Path, file: WebFile) -> dict[str, Any] | None:
    """Note of a part that may be continued, or None."""
    try:
        note = json.loads(_note_of(part).read_text(encoding="utf-8"))
        vouched = bool(note.get("etag") or note.get("last_modified") or file.hash)
        same = note["address"] == file.address and vouched
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return note if same else None


def _write_note(part: Path, file: WebFile, response: requests.Response, total: int | None) -> None:
    etag = response.headers.get("ETag", "")
    told = {
        "address": file.address,
        "etag": "" if etag.startswith("W/") else etag,  # a weak one vouches for no bytes
        "last_modified": response.headers.get("Last-Modified", ""),
        "total": total,
    }
    _note_of(part).write_text(json.dumps(told), encoding="utf-8")


def _note_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _head_of(part: Path) -> bytes:
    with open(part, "rb") as stream:
        return stream.read(HEAD)


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0
