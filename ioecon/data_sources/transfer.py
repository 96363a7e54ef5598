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
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ioecon.data_sources.content import HEAD, why_not_complete, why_not_content
from ioecon.errors import DownloadError, OutputError
from ioecon.whole_folder import is_of_writing

if TYPE_CHECKING:
    import requests

__all__ = ["Patience", "Tell", "WebFile", "drop_part", "open_session", "transfer"]

Tell = Callable[[int, int | None], None]
"""Called with the bytes that are there and how many there will be, if known."""

_CHUNK = 2**18
_PROGRESS = 2**16  # bytes that make a try count as none that failed
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_THERE = frozenset({404, 410})
_NO_ENTRY = frozenset({401, 402, 403, 407, 451})


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for.

    Parameters
    ----------
    connect, read : float
        Seconds for a connection, and for the next bytes.
    slowest : int
        Bytes a second below which a transfer counts as broken off, over ``window`` seconds.
    window : float
        Seconds.
    tries : int
        Tries without progress.
    pause : float
        Seconds before the second try; doubled each time. A server's Retry-After is respected.
    longest_pause : float
        Seconds; a server that asks for more is not waited for.
    """

    connect: float = 20
    read: float = 60
    slowest: int = 1_000
    window: float = 60
    tries: int = 5
    pause: float = 2
    longest_pause: float = 300


@dataclass(frozen=True)
class WebFile:
    """A file to fetch: its name here, address, and what is known of it beforehand."""

    name: str
    address: str
    largest: int
    size: int | None = None
    hash: str = ""
    advice: str = ""  # a sentence on where else to look


class _PassingError(Exception):
    """A failure that may pass; ``wait`` is what the server asks for, in seconds."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class _WrongFileError(Exception):
    """What comes is not the file: no part of it is kept."""


def open_session() -> requests.Session:
    """Open a session of requests.

    Raises
    ------
    DownloadError
        If requests is not installed.
    """
    try:
        import requests
    except ImportError as error:
        raise DownloadError(
            "Downloads need the packages pooch and requests: pip install 'ioecon[data]'."
        ) from error
    session = requests.Session()
    session.max_redirects = 10
    # Resuming needs the bytes as they are stored, not as they may be packed on the way.
    session.headers.update({"User-Agent": "ioecon", "Accept-Encoding": "identity"})
    return session


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
        except _PassingError as again:
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
        except OSError as error:
            if not is_of_writing(error):
                raise
            drop_part(part)
            raise OutputError(
                f"{file.name} cannot be written to {part.parent} ({error.strerror or error}); "
                "nothing of it is kept. Free some space, or choose another folder with --to."
            ) from error


def _give_up(
    file: WebFile, part: Path, again: _PassingError, wait: float, patience: Patience
) -> str:
    kept = _size(part)
    words = f"{file.name} could not be downloaded from {_host(file.address)}: {again}."
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
    with _answer(session, file, headers, patience) as response:
        if response.status_code == 416 and start:
            drop_part(part)
            raise _PassingError("the server has no such rest of the file; it is begun anew", wait=0)
        _require_success(response, file)
        start, total = _extent(response, file, start)
        expected = total if total is not None else file.size
        if expected is not None and expected > file.largest:
            raise _WrongFileError(
                f"{file.name} has {expected} bytes at {_host(response.url)}, more than the "
                f"{file.largest} that are plausible; it is not downloaded."
            )
        _require_space(part, file, None if expected is None else expected - start)
        _write_note(part, file, response, total)
        got = _append_body(response, file, part, start, expected, patience, tell)
    if total is not None and got < total:
        raise _PassingError(f"the connection broke off after {got} of {total} bytes")
    why = why_not_complete(part, file.name)
    if file.size is not None and got != file.size:
        why = why or f"{got} bytes long, not {file.size} as its publisher names"
    if why is not None:
        raise _WrongFileError(f"What came for {file.name} from {_host(file.address)} is {why}.")
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
        for chunk in _chunks(response, patience):
            got += len(chunk)
            if len(head) < HEAD:
                head += chunk[: HEAD - len(head)]
                kind = response.headers.get("Content-Type", "")
                why = why_not_content(head, file.name, kind)
                if why is not None:
                    raise _WrongFileError(
                        f"What {_host(response.url)} sends for {file.name} is {why}."
                    )
            if got > limit:
                raise _WrongFileError(
                    f"{_host(response.url)} sends more of {file.name} than the {limit} bytes that "
                    "it should have."
                )
            _write(stream, chunk)
            tell(got, expected)
    return got


def _write(stream: IO[bytes], chunk: bytes) -> None:
    stream.write(chunk)


def _answer(
    session: requests.Session, file: WebFile, headers: dict[str, str], patience: Patience
) -> requests.Response:
    """Answer of the server, its body not yet read."""
    from requests import exceptions

    timeout = (patience.connect, patience.read)
    try:
        response = session.get(file.address, stream=True, timeout=timeout, headers=headers)
    except exceptions.TooManyRedirects as error:
        raise DownloadError(
            f"{file.name}: {_host(file.address)} redirects in a circle. {file.advice}".rstrip()
        ) from error
    except (exceptions.InvalidSchema, exceptions.InvalidURL, exceptions.MissingSchema) as error:
        raise DownloadError(
            f"{file.name}: {_host(file.address)} leads to an address that is not http or https "
            f"({_short(error)}); it is not followed. {file.advice}".rstrip()
        ) from error
    except exceptions.SSLError as error:
        raise DownloadError(
            f"{file.name}: the certificate of {_host(file.address)} is not accepted "
            f"({_short(error)}). {file.advice}".rstrip()
        ) from error
    except (exceptions.RequestException, OSError, ValueError) as error:
        raise _PassingError(f"no answer ({_short(error)})") from error
    addresses = [*(step.url for step in response.history), response.url]
    if addresses[0].startswith("https:") and not all(a.startswith("https:") for a in addresses):
        response.close()
        raise DownloadError(
            f"{file.name}: {_host(addresses[0])} leads from https to an address without it "
            f"({addresses[-1]}); it is not followed. {file.advice}".rstrip()
        )
    return response


def _require_success(response: requests.Response, file: WebFile) -> None:
    status, host = response.status_code, _host(response.url)
    if status in (200, 206):
        packed = response.headers.get("Content-Encoding", "identity").lower()
        if packed not in ("identity", ""):
            raise DownloadError(
                f"{host} sends {file.name} packed with {packed}, although it was asked not to. "
                f"{file.advice}".rstrip()
            )
        return
    if status in _BUSY:
        raise _PassingError(
            f"the server answers {status} {response.reason}".rstrip(), _asked(response)
        )
    if status in _NOT_THERE:
        why = f"is not there any more (HTTP {status})"
    elif status in _NO_ENTRY:
        why = f"is refused (HTTP {status}): it needs a login, or the server lets no programs in"
    else:
        why = f"is answered with HTTP {status} {response.reason}".rstrip()
    raise DownloadError(f"{file.name} at {host} {why}. {file.advice}".rstrip())


def _asked(response: requests.Response) -> float | None:
    """Seconds of the header Retry-After, which is a number or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _extent(response: requests.Response, file: WebFile, start: int) -> tuple[int, int | None]:
    """Where the answer begins in the file, and how long the file is, if the server says so."""
    length = response.headers.get("Content-Length", "")
    if response.status_code == 200:
        return 0, int(length) if re.fullmatch("[0-9]{1,18}", length) else None
    found = re.fullmatch(
        r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)",
        response.headers.get("Content-Range", "").strip(),
    )
    if found is None or int(found[1]) != start:
        raise DownloadError(
            f"{_host(response.url)} answers with another part of {file.name} than was asked for "
            f"(Content-Range {response.headers.get('Content-Range')!r}). {file.advice}".rstrip()
        )
    return start, None if found[3] == "*" else int(found[3])


def _require_space(part: Path, file: WebFile, needed: int | None) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed is not None and needed > free:
        raise OutputError(
            f"{file.name} needs {needed / 1e6:.0f} MB, and {part.parent} has {free / 1e6:.0f} MB "
            "free. Free some space, or choose another folder with --to."
        )


def _chunks(response: requests.Response, patience: Patience) -> Iterator[bytes]:
    """Body in pieces as they come; a server that trickles counts as broken off."""
    from urllib3 import exceptions

    began, came = time.monotonic(), 0
    while True:
        try:
            chunk = response.raw.read1(_CHUNK)
        except (exceptions.HTTPError, OSError, ValueError) as error:
            raise _PassingError(f"the connection broke off ({_short(error)})") from error
        if not chunk:
            return
        yield chunk
        came += len(chunk)
        now = time.monotonic()
        if now - began >= patience.window:
            if came < patience.slowest * (now - began):
                raise _PassingError(f"the server sends less than {patience.slowest} bytes a second")
            began, came = now, 0


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


def _host(address: str) -> str:
    found = re.match(r"https?://([^/?#]*)", address)
    return found[1].rpartition("@")[2] if found else address[:60]


def _short(error: BaseException) -> str:
    words = " ".join(str(error).split())
    return words[:160] or type(error).__name__
