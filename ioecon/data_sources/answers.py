"""One answer of a server: redirects, refusals and the body as it comes, none of it endless."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ioecon.errors import DownloadError

if TYPE_CHECKING:
    import requests

__all__ = [
    "PassingError",
    "Patience",
    "RefusedError",
    "answer_of",
    "body_of",
    "host_of",
    "in_short",
    "open_session",
]

_CHUNK = 2**18
_REDIRECTS = 10
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
    pause: float = 1
    longest_pause: float = 300


class PassingError(Exception):
    """A failure that may pass; ``wait`` is what the server asks for, in seconds."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class RefusedError(Exception):
    """An answer, or the lack of one, that trying again does not change."""


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
    # Resuming needs the bytes as they are stored, not as they may be packed on the way.
    session.headers.update({"User-Agent": "ioecon", "Accept-Encoding": "identity"})
    return session


@contextmanager
def answer_of(
    session: requests.Session, address: str, headers: dict[str, str], patience: Patience
) -> Iterator[requests.Response]:
    """Ask for an address and follow its redirects; the body is not yet read.

    Raises
    ------
    RefusedError
        If it leads in a circle, away from http and https, or from https to http, or is refused.
    PassingError
        If there is no answer, or the server is busy.
    """
    host = host_of(address)
    for _ in range(_REDIRECTS + 1):
        response = _get_in_time(session, address, headers, patience)
        try:
            to = session.get_redirect_target(response)
            if to is None:
                if response.status_code != 416:  # whoever asked for a rest knows what it means
                    _require_success(response)
                yield response
                return
        finally:
            response.close()  # the body of a redirect is not read, however long it is
        new = urljoin(address, to)
        if not re.match(r"https?://[^/?#]", new):
            raise RefusedError(f"{host} leads to {new[:80]!r}, which is not http or https")
        if address.startswith("https:") and not new.startswith("https:"):
            raise RefusedError(f"{host} leads from https to an address without it ({new[:80]})")
        address = new
    raise RefusedError(f"{host} redirects in a circle")


def _get_in_time(
    session: requests.Session, address: str, headers: dict[str, str], patience: Patience
) -> requests.Response:
    """Ask in a thread of its own: a server may send its headers byte by byte, without end."""
    from requests import exceptions

    came: list[requests.Response | Exception] = []

    def ask() -> None:
        try:
            came.append(
                session.get(
                    address,
                    headers=headers,
                    stream=True,
                    allow_redirects=False,
                    timeout=(patience.connect, patience.read),
                )
            )
        except Exception as error:  # it is raised where the answer is awaited
            came.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(patience.connect + patience.read + patience.window)
    if not came:
        raise PassingError("the server does not finish its answer's head")
    answer = came[0]
    if isinstance(answer, exceptions.SSLError):
        raise RefusedError(
            f"the certificate of {host_of(address)} is not accepted ({in_short(answer)})"
        ) from answer
    if isinstance(answer, exceptions.InvalidURL | exceptions.InvalidSchema):
        raise RefusedError(f"{address[:80]!r} is no address ({in_short(answer)})") from answer
    if isinstance(answer, exceptions.RequestException | OSError | ValueError):
        raise PassingError(f"no answer ({in_short(answer)})") from answer
    if isinstance(answer, Exception):
        raise answer
    return answer


def _require_success(response: requests.Response) -> None:
    status = response.status_code
    if status in (200, 206):
        packed = in_short(response.headers.get("Content-Encoding", "identity").lower())
        if packed not in ("identity", ""):
            raise RefusedError(f"it comes packed with {packed}, although that was not asked for")
        return
    if status in _BUSY:
        words = f"the server answers {status} {in_short(response.reason)}".rstrip()
        raise PassingError(words, _asked(response))
    if status in _NOT_THERE:
        raise RefusedError(f"it is not there any more (HTTP {status})")
    if status in _NO_ENTRY:
        raise RefusedError(
            f"it is refused (HTTP {status}): it needs a login, or the server lets no programs in"
        )
    raise RefusedError(f"the server answers HTTP {status} {in_short(response.reason)}".rstrip())


def _asked(response: requests.Response) -> float | None:
    """Seconds of the header Retry-After, which is a number or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def body_of(response: requests.Response, patience: Patience) -> Iterator[bytes]:
    """Yield the body in pieces as they come.

    Raises
    ------
    PassingError
        If it breaks off, or comes so slowly that it counts as broken off.
    """
    from urllib3 import exceptions

    with _Watch(response, patience) as watch:
        while True:
            try:
                chunk = response.raw.read1(_CHUNK)
            except (exceptions.HTTPError, OSError, ValueError) as error:
                watch.require_fast()
                raise PassingError(f"the connection broke off ({in_short(error)})") from error
            watch.require_fast()
            if not chunk:
                return
            watch.came += len(chunk)
            yield chunk


class _Watch:
    """Ends a transfer that trickles: a read that waits for a byte in time can last for ever."""

    def __init__(self, response: requests.Response, patience: Patience) -> None:
        self.came = 0
        self._response, self._patience = response, patience
        self._slow, self._over = False, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        window, before = self._patience.window, 0
        while not self._over.wait(window):
            if self.came - before < self._patience.slowest * window:
                self._slow = True
                with suppress(Exception):  # it has ended by itself
                    self._response.raw.shutdown()
                return
            before = self.came

    def require_fast(self) -> None:
        if self._slow:
            least = self._patience.slowest
            raise PassingError(f"the server sends less than {least} bytes a second")


def host_of(address: str) -> str:
    """Name the host of an address, without a user's name in it."""
    found = re.match(r"https?://([^/?#]*)", address)
    return found[1].rpartition("@")[2] if found else address[:60]


def in_short(words: object) -> str:
    r"""Put words of others on one short line without signs that steer a terminal.

    Examples
    --------
    >>> in_short("Gone\x1b[2J  away")
    'Gone [2J away'
    """
    text = "".join(sign if sign.isprintable() else " " for sign in str(words))
    return " ".join(text.split())[:160] or type(words).__name__
