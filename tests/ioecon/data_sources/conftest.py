"""A web server on the loopback address that behaves as badly as a test asks, and a catalogue of it.

Nothing else is reached: there is no network in the tests.
"""

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("pooch")

from ioecon.data_sources.answers import Patience

Answer = Callable[[BaseHTTPRequestHandler], None]


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def redirect(to: str) -> Answer:
    return status(302, Location=to)


def serve(
    data: bytes, *, etag: str = '"1"', ranges: bool = True, cut: list[int] | None = None
) -> Answer:
    """Serve data; ``cut``: after how many bytes of the file successive answers break off."""
    cuts = cut if cut is not None else []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        valid = handler.headers.get("If-Range", etag) == etag
        start = int(asked[1]) if asked and ranges and valid else 0
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if etag:
            handler.send_header("ETag", etag)
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        stop = cuts.pop(0) if cuts else len(data)
        handler.wfile.write(data[start:stop])
        if stop < len(data):
            handler.wfile.flush()
            handler.close_connection = True

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Answer differently each time; the last one stays."""
    left = list(answers)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return answer


def a_zip(size: int = 1_000, name: str = "Z.txt") -> bytes:
    """Make a zip of about this size."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), (b"0123456789" * (size // 10 + 1))[:size])
    return stream.getvalue()


def md5(data: bytes) -> str:
    return f"md5:{hashlib.md5(data).hexdigest()}"


@dataclass
class Web:
    """Answers by path, the requests that came, and ways to answer."""

    status = staticmethod(status)
    redirect = staticmethod(redirect)
    serve = staticmethod(serve)
    in_turn = staticmethod(in_turn)
    a_zip = staticmethod(a_zip)
    md5 = staticmethod(md5)

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    data: bytes = field(default_factory=lambda: a_zip(300_000))

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served.requests.append((self.path, dict(self.headers)))
            answer = served.answers.get(self.path) or served.answers.get(self.path.split("?")[0])
            try:
                (answer or status(404))(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = Web(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


CATALOGUE = """
[toy]
title = "Toy base"
what = "2 countries x 2 sectors"
years = "2010-2012"
size = "1 kB"
licence = "CC0"
cite = "Toy, A. (2020), Toys."
page = "https://toys.example/page"
access = "{access}"
tables = "wiod2013-xlsx"

[[toy.editions]]
name = "1.0"
known = 2026-01-02
known_from = "a test"
systems = ["ixi", "pxp"]
parts = ["tables", "labels"]
first_year = 2010
last_year = 2012
largest = 10_000_000
how = "Log in and click."

[[toy.editions.files]]
name = "T_{{year}}_{{system}}.zip"
part = "tables"
address = "{web}/T_{{year}}_{{system}}.zip"

[[toy.editions.files]]
name = "labels.csv"
part = "labels"
address = "{web}/labels.csv"
{hash}

[[toy.editions]]
name = "0.9"
known = "undated"
known_from = "a test"
listing = "{web}/api/records/1"
largest = 10_000_000
files = [{{ name = "T_{{year}}*.zip" }}]

[worldbank]
title = "World Bank"
what = "indicators"
years = "1960-2025"
size = "1 MB"
licence = "CC BY 4.0"
cite = "World Bank, WDI."
page = "https://data.worldbank.org/indicator"
access = "open"
api = "{web}/v2"

[[worldbank.editions]]
name = "live"
known = 2026-01-02
known_from = "a test"
files = []
"""


@pytest.fixture
def write_catalogue(web: Web, tmp_path: Path) -> Callable[..., Path]:
    """Write a catalogue whose addresses are those of the server."""

    def write(access: str = "open", hash: str = "") -> Path:
        path = tmp_path / "catalogue.toml"
        told = f'hash = "{hash}"' if hash else ""
        path.write_text(CATALOGUE.format(web=web.address, access=access, hash=told))
        return path

    return write


@pytest.fixture
def catalogue(write_catalogue: Callable[..., Path]) -> Path:
    return write_catalogue()


@pytest.fixture
def quick() -> Patience:
    """Wait for hundredths of seconds."""
    return Patience(connect=2, read=0.5, slowest=10_000, window=0.3, tries=3, pause=0.01)
