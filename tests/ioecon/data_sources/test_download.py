"""Downloads against a server on the loopback address: what comes, and what is refused."""

import contextlib
import errno
import io
import json
import shutil
import socket
import time
import warnings
import zipfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ioecon
from benchmarks.layouts.icio import write_icio
from ioecon.data_sources import transfer
from ioecon.data_sources.answers import Patience, open_session
from ioecon.data_sources.listings import read_listing
from ioecon.errors import ArgumentError, DownloadError, IoeconWarning, OutputError

NAME, PATH = "T_2010_ixi.zip", "/T_2010_ixi.zip"


@pytest.fixture
def get(
    web: Any, catalogue: Path, quick: Any, tmp_path: Path
) -> Callable[..., ioecon.data_sources.Download]:
    def call(**options: Any) -> ioecon.data_sources.Download:
        settings = {
            "years": 2010,
            "to": tmp_path / "data",
            "catalogue": catalogue,
            "patience": quick,
        }
        return ioecon.download("toy", **(settings | options))

    return call


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_files_come_whole_under_their_names_with_what_to_cite(web, get, tmp_path) -> None:
    for year in (2010, 2011):
        web.answers[f"/T_{year}_pxp.zip"] = web.serve(web.a_zip(1_000, f"{year}.txt"))
    result = get(years=[2011, 2010], system="pxp")
    assert [path.name for path in result.files] == ["T_2010_pxp.zip", "T_2011_pxp.zip"]
    assert result.files[1].read_bytes() == web.a_zip(1_000, "2011.txt")
    assert result.fresh == result.files
    assert "Toy, A. (2020), Toys." in str(result)
    assert left(tmp_path / "data") == {"T_2010_pxp.zip", "T_2011_pxp.zip", "downloads.json"}
    noted = json.loads((tmp_path / "data" / "downloads.json").read_text())["files"]
    assert noted["T_2010_pxp.zip"]["address"] == web.url("/T_2010_pxp.zip")
    assert noted["T_2010_pxp.zip"]["edition"] == "1.0"
    assert web.requests[0][1]["User-Agent"] == "ioecon"


def test_what_is_there_is_not_fetched_again(web, get) -> None:
    web.answers[PATH] = web.serve(web.data)
    get()
    result = get()
    assert web.paths() == [PATH]
    assert (result.fresh, len(result.files)) == ((), 1)


def test_years_may_be_of_any_kind_of_whole_number(web, get) -> None:
    web.answers[PATH] = web.serve(web.data)
    assert get(years=np.int64(2010)).files == get(years=np.array([2010])).files


def test_what_came_can_be_read_where_it_lies(web, catalogue, quick, tmp_path) -> None:
    (tmp_path / "made").mkdir()
    write_icio(tmp_path / "made", edition="2021", year=2010)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for file in (tmp_path / "made").iterdir():
            archive.write(file, file.name)
    catalogue.write_text(catalogue.read_text().replace("T_{year}_{system}", "ICIO_{year}"))
    web.answers["/ICIO_2010.zip"] = web.serve(stream.getvalue())
    result = ioecon.download(
        "toy", years=2010, to=tmp_path / "x", catalogue=catalogue, patience=quick
    )
    assert (tmp_path / "x" / "downloads.json").exists()
    for form in ("icio", "auto"):
        assert ioecon.read_series(result.folder, format=form).years == (2010,)


def test_a_file_that_changed_since_its_download_is_named_and_left_alone(get, web, tmp_path) -> None:
    web.answers[PATH] = web.serve(web.data)
    get()
    (tmp_path / "data" / NAME).write_bytes(b"mine")
    with pytest.raises(OutputError, match=rf"{NAME} is there and is not the one downloaded 2"):
        get()
    assert (tmp_path / "data" / NAME).read_bytes() == b"mine"
    get(overwrite=True)
    assert (tmp_path / "data" / NAME).read_bytes() == web.data


def test_a_file_of_unknown_origin_is_left_with_a_warning(get, web, tmp_path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / NAME).write_bytes(b"mine")
    with pytest.warns(IoeconWarning, match="was not downloaded by ioecon"):
        assert get().fresh == ()
    assert web.requests == []


def test_a_publisher_who_changes_a_file_is_noticed(get, web, tmp_path) -> None:
    web.answers[PATH] = web.serve(web.data)
    get()
    (tmp_path / "data" / NAME).unlink()
    web.answers[PATH] = web.serve(web.a_zip(2_000))
    with pytest.warns(IoeconWarning, match="its publisher has changed it"):
        get()
    assert (tmp_path / "data" / NAME).read_bytes() == web.a_zip(2_000)


def test_a_failed_replacement_leaves_the_old_file(get, web, tmp_path) -> None:
    web.answers[PATH] = web.serve(web.data)
    get()
    web.answers[PATH] = web.status(404)
    with pytest.raises(DownloadError):
        get(overwrite=True)
    assert (tmp_path / "data" / NAME).read_bytes() == web.data


def test_redirects_are_followed(get, web) -> None:
    web.answers[PATH] = web.redirect("/elsewhere")
    web.answers["/elsewhere"] = web.redirect(web.url("/third?token=1"))
    web.answers["/third"] = web.serve(web.data)
    assert get().files[0].read_bytes() == web.data


def test_a_broken_off_download_goes_on_where_it_ended(get, web, tmp_path) -> None:
    web.answers[PATH] = web.serve(web.data, cut=[200_000])
    assert get().files[0].read_bytes() == web.data
    first, second = (headers for _, headers in web.requests)
    assert "Range" not in first
    assert second["Range"] == "bytes=200000-"
    assert second["If-Range"] == '"1"'
    assert left(tmp_path / "data") == {NAME, "downloads.json"}


def test_the_next_call_goes_on_where_the_last_one_gave_up(get, web, tmp_path) -> None:
    web.answers[PATH] = web.in_turn(web.serve(web.data, cut=[100_000]), web.status(503))
    with pytest.raises(DownloadError, match=r"503.* 100000 bytes that came are kept.*goes on"):
        get()
    assert NAME not in left(tmp_path / "data")
    web.answers[PATH] = web.serve(web.data)
    assert get().files[0].read_bytes() == web.data
    assert web.requests[-1][1]["Range"] == "bytes=100000-"


def test_a_file_that_changed_meanwhile_is_begun_anew(get, web) -> None:
    other = web.a_zip(300_000, "other.txt")
    web.answers[PATH] = web.in_turn(
        web.serve(web.data, cut=[100_000]), web.serve(other, etag='"2"')
    )
    assert get().files[0].read_bytes() == other


@pytest.mark.parametrize("etag", ["", 'W/"1"'])
def test_without_a_validator_nothing_is_patched_together(get, web, etag) -> None:
    other = web.a_zip(300_000, "other.txt")
    web.answers[PATH] = web.in_turn(
        web.serve(web.data, etag=etag, cut=[100_000]), web.serve(other, etag=etag)
    )
    assert get().files[0].read_bytes() == other
    assert "Range" not in web.requests[1][1]


def test_a_server_without_ranges_sends_it_all_again(get, web) -> None:
    web.answers[PATH] = web.serve(web.data, ranges=False, cut=[100_000])
    assert get().files[0].read_bytes() == web.data


def test_another_part_than_was_asked_for_is_refused(get, web) -> None:
    wrong = web.status(
        206, web.data[7:], Content_Range=f"bytes 7-{len(web.data) - 1}/{len(web.data)}"
    )
    web.answers[PATH] = web.in_turn(web.serve(web.data, cut=[100_000]), wrong)
    with pytest.raises(DownloadError, match="another part"):
        get()


def test_a_rest_that_is_not_there_begins_anew(get, web) -> None:
    web.answers[PATH] = web.in_turn(
        web.serve(web.data, cut=[100_000]), web.status(416), web.serve(web.data)
    )
    assert get().files[0].read_bytes() == web.data


def test_a_busy_server_is_waited_for_as_long_as_it_asks(get, web) -> None:
    web.answers[PATH] = web.in_turn(
        web.status(503, Retry_After="1"), web.status(429), web.serve(web.data)
    )
    before = time.monotonic()
    assert get().files[0].read_bytes() == web.data
    assert time.monotonic() - before >= 1


@pytest.mark.parametrize("after", ["86400", "Wed, 01 Jan 2150 00:00:00 GMT"])
def test_a_server_that_asks_for_too_long_is_told_of(get, web, after) -> None:
    web.answers[PATH] = web.status(503, Retry_After=after)
    with pytest.raises(DownloadError, match=r"asks to wait \d+ seconds"):
        get()
    assert len(web.requests) == 1


def test_tries_end(get, web, quick) -> None:
    web.answers[PATH] = web.status(500)
    with pytest.raises(DownloadError, match="500"):
        get()
    assert len(web.requests) == quick.tries


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (404, "is not there any more.*known to work 2026-01-02.*https://toys.example/page"),
        (403, "needs a login, or the server lets no programs in.*https://toys.example/page"),
        (401, "needs a login"),
        (418, "HTTP 418"),
    ],
)
def test_a_refusal_says_where_else_to_look(get, web, tmp_path, code, words) -> None:
    web.answers[PATH] = web.status(code)
    with pytest.raises(DownloadError, match=words):
        get()
    assert left(tmp_path / "data") == set()
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (PATH, "in a circle"),
        ("file:///etc/passwd", "not http or https"),
        ("ftp://127.0.0.1/file.zip", "not http or https"),
    ],
)
def test_redirects_that_lead_nowhere_are_refused(get, web, tmp_path, to, words) -> None:
    web.answers[PATH] = web.redirect(to)
    with pytest.raises(DownloadError, match=words):
        get()
    assert left(tmp_path / "data") == set()


def test_a_redirect_from_https_to_http_is_refused(quick, tmp_path) -> None:
    class Redirect:
        status_code, headers = 302, {"Location": "http://elsewhere/file.zip"}

        def close(self) -> None:
            pass

    class Session:
        def get(self, address: str, **options: Any) -> Redirect:
            assert address == "https://here/file.zip"  # the other one is never asked
            return Redirect()

        def get_redirect_target(self, answer: Redirect) -> str:
            return answer.headers["Location"]

    session: Any = Session()
    file = transfer.WebFile("file.zip", "https://here/file.zip", largest=1_000)
    with pytest.raises(DownloadError, match="from https to an address without it"):
        transfer.transfer(session, file, tmp_path / "part", quick, lambda got, of: None)


def drip(*pieces: bytes, pause: float = 0.02) -> Callable[[BaseHTTPRequestHandler], None]:
    """Send the last piece again and again, without end."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            for piece in pieces:
                handler.wfile.write(piece)
            while True:
                handler.wfile.write(pieces[-1])
                time.sleep(pause)

    return answer


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\nPK\x03\x04", b"0"),
        (b"HTTP/1.1 302 Found\r\nLocation: /T_2010_ixi.zip\r\n\r\n", b"0"),
        (b"HTTP/1.1 20", b"0"),
        (b"", b"\x00"),
    ],
)
def test_nothing_that_trickles_hangs(get, web, tmp_path, pieces) -> None:
    web.answers[PATH] = drip(*pieces)
    patience = Patience(connect=0.1, read=0.1, window=0.1, tries=2, pause=0.01)
    before = time.monotonic()
    with pytest.raises(DownloadError):
        get(patience=patience)
    assert time.monotonic() - before < 3
    assert NAME not in left(tmp_path / "data")


@pytest.mark.parametrize(
    "head",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nPK\x03\x04!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nPK\x03\x04",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1_000 + b"\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe://\r\nContent-Length: 0\r\n\r\n",
        b"",
    ],
)
def test_answers_that_are_no_http_get_a_sentence(get, web, tmp_path, head) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        handler.close_connection = True

    web.answers[PATH] = answer
    with pytest.raises(DownloadError):
        get()
    assert NAME not in left(tmp_path / "data")


def test_a_file_in_chunks_comes_whole(get, web) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for i in range(0, len(web.data), 70_000):
            piece = web.data[i : i + 70_000]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    web.answers[PATH] = answer
    assert get().files[0].read_bytes() == web.data


LOGIN = b"\n<!DOCTYPE html>\n<html><title>Making sure you're not a bot!</title></html>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (LOGIN, "text/html; charset=utf-8"),
        (LOGIN, "application/zip"),
        (b"<!-- x --><HTML>", "application/zip"),
        (b"Error", "text/html"),
        (b"Please log in", "application/zip"),
        (b"\x1f\x8b\x08", "application/zip"),
    ],
)
def test_something_else_than_a_zip_is_refused_by_its_content(get, web, tmp_path, body, kind):
    web.answers[PATH] = web.status(200, body, Content_Type=kind)
    with pytest.raises(DownloadError, match=r"sends for T_2010_ixi.zip is (a web page|no zip)"):
        get()
    assert left(tmp_path / "data") == set()


def test_a_zip_without_its_end_is_refused(get, web, tmp_path) -> None:
    web.answers[PATH] = web.status(200, web.data[:-30])
    with pytest.raises(DownloadError, match="cut off"):
        get()
    assert left(tmp_path / "data") == set()


def test_an_empty_file_is_refused(get, web) -> None:
    web.answers[PATH] = web.status(200)
    with pytest.raises(DownloadError, match="is empty"):
        get()


def test_packing_on_the_way_is_refused(get, web) -> None:
    web.answers[PATH] = web.status(200, web.data, Content_Encoding="gzip")
    with pytest.raises(DownloadError, match="packed with gzip"):
        get()


def endless(handler: BaseHTTPRequestHandler, piece: bytes, pause: float) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    handler.wfile.write(b"PK\x03\x04")
    with contextlib.suppress(OSError):
        for _ in range(10_000):
            handler.wfile.write(piece)
            time.sleep(pause)


def test_a_file_without_end_is_cut_at_the_largest_that_is_plausible(get, web, tmp_path) -> None:
    web.answers[PATH] = lambda handler: endless(handler, b"0" * 1_000_000, 0)
    with pytest.raises(DownloadError, match=r"more of T_2010_ixi.zip than the 10000000 bytes"):
        get()
    assert left(tmp_path / "data") == set()


def test_a_file_announced_as_implausibly_large_is_not_begun(get, web) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10000000000")
        handler.end_headers()

    web.answers[PATH] = answer
    with pytest.raises(DownloadError, match=r"10000000000 bytes.*not downloaded"):
        get()


def test_a_server_that_trickles_is_given_up(get, web) -> None:
    web.answers[PATH] = lambda handler: endless(handler, b"0", 0.02)
    before = time.monotonic()
    with pytest.raises(DownloadError, match="less than 10000 bytes a second"):
        get()
    assert time.monotonic() - before < 5


def test_a_server_that_falls_silent_is_given_up(get, web) -> None:
    web.answers[PATH] = lambda handler: endless(handler, b"0", 60)
    with pytest.raises(DownloadError, match=r"broke off \(.*[Tt]imed out"):
        get(patience=Patience(connect=1, read=0.1, tries=2, pause=0.01))


def test_a_server_that_is_not_there_is_told_of(get, web, catalogue) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    catalogue.write_text(catalogue.read_text().replace(web.address, f"http://127.0.0.1:{port}"))
    with pytest.raises(DownloadError, match="no answer"):
        get()


def test_a_disk_without_room_is_told_of_before(get, web, tmp_path, monkeypatch) -> None:
    web.answers[PATH] = web.serve(web.data)
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(OutputError, match=r"needs 0 MB, and .* has 0 MB free"):
        get()
    assert left(tmp_path / "data") == set()


def test_a_disk_that_fills_up_keeps_nothing(get, web, tmp_path, monkeypatch) -> None:
    web.answers[PATH] = web.serve(web.data)

    def full(stream: Any, chunk: bytes) -> None:
        stream.write(chunk[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(transfer, "_write", full)
    with pytest.raises(OutputError, match=r"No space left on device.*nothing of it is kept"):
        get()
    assert left(tmp_path / "data") == set()


def test_an_interrupt_keeps_what_came_for_the_next_call(get, web, tmp_path, monkeypatch) -> None:
    web.answers[PATH] = web.serve(web.data)

    def interrupted(stream: Any, chunk: bytes) -> None:
        stream.write(chunk[:100])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(transfer, "_write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            get()
    assert left(tmp_path / "data") == {f".{NAME}.part", f".{NAME}.part.json"}
    assert get().files[0].read_bytes() == web.data
    assert web.requests[-1][1]["Range"] == "bytes=100-"
    assert left(tmp_path / "data") == {NAME, "downloads.json"}


def test_a_folder_that_is_a_file_or_closed_is_told_of(get, web, tmp_path) -> None:
    web.answers[PATH] = web.serve(web.data)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        get(to=tmp_path / "file" / "below")


def test_two_at_once_do_not_mix(get, web, tmp_path) -> None:
    from ioecon.data_sources.fetch import hold_folder

    (tmp_path / "data").mkdir()
    web.answers[PATH] = web.serve(web.data)
    with (
        hold_folder(tmp_path / "data"),
        pytest.raises(OutputError, match="Another ioecon is downloading"),
    ):
        get()
    assert get().files


def test_a_checksum_that_is_known_is_tested(web, get, tmp_path, write_catalogue) -> None:
    text = b"code,name\n1,one\n"
    web.answers["/labels.csv"] = web.serve(text)
    good = get(parts="labels", catalogue=write_catalogue(hash=web.md5(text)))
    assert good.unverified == ()
    bad = write_catalogue(hash=web.md5(b"other"))
    with pytest.raises(DownloadError, match=r"another checksum .*md5:"):
        get(parts="labels", catalogue=bad, to=tmp_path / "b")
    assert left(tmp_path / "b") == set()
    with pytest.raises(OutputError, match="is not the one that its publisher names"):
        get(parts="labels", catalogue=bad)


def test_a_patched_file_with_a_wrong_checksum_is_fetched_once_more(
    web, get, tmp_path, write_catalogue
) -> None:
    text = b"x" * 1_000
    catalogue = write_catalogue(hash=web.md5(text))
    other = web.serve(b"y" * 1_000, etag="", cut=[500])
    web.answers["/labels.csv"] = web.in_turn(other, web.serve(text, etag=""))
    result = get(parts=["labels"], catalogue=catalogue)
    assert result.files[0].read_bytes() == text


def listing(web, **files: bytes) -> None:
    told = [
        {
            "key": name,
            "size": len(data),
            "checksum": web.md5(data),
            "links": {"self": web.url(f"/files/{name}")},
        }
        for name, data in files.items()
    ]
    body = json.dumps({"files": told}).encode()
    web.answers["/api/records/1"] = web.status(200, body, Content_Type="application/json")
    for name, data in files.items():
        web.answers[f"/files/{name}"] = web.serve(data)


def test_a_record_says_names_sizes_and_checksums(web, get) -> None:
    listing(web, **{"T_2010_a.zip": web.data, "T_2011_a.zip": web.a_zip()})
    result = get(edition="0.9")
    assert [path.name for path in result.files] == ["T_2010_a.zip"]
    assert result.unverified == ()
    web.answers["/files/T_2011_a.zip"] = web.serve(web.a_zip(1_001))
    with pytest.raises(DownloadError, match=r"bytes long, not \d+ as its publisher names"):
        get(edition="0.9", years=2011)


def test_a_year_that_a_record_lacks_is_answered_with_those_it_has(web, get) -> None:
    listing(web, **{"T_2010_a.zip": web.data, "README.txt": b"hello"})
    with pytest.raises(DownloadError, match=r"has no file T_2019\*.zip; it has T_2010_a.zip"):
        get(edition="0.9", years=2019)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "a web page"),
        (b"[" * 100_000, "not complete JSON"),
        (b'{"files": []}', "is empty"),
        (b'{"files": [{"key": "../T_2010.zip", "links": {"self": "http://x/y"}}]}', "is empty"),
        (b'{"files": [{"key": "T_2010.zip", "links": {"self": "file:///x"}}]}', "is empty"),
        (b'{"files": [{"key": "T_2010.zip", "size": NaN}]}', "NaN"),
        (b'{"files"', "not complete JSON"),
    ],
)
def test_a_record_that_is_none_is_refused(web, get, tmp_path, body, words) -> None:
    web.answers["/api/records/1"] = web.status(200, body)
    with pytest.raises(DownloadError, match=words):
        get(edition="0.9")
    assert left(tmp_path / "data") == set()


def test_the_proxy_of_the_environment_is_used(get, web, catalogue, monkeypatch) -> None:
    catalogue.write_text(catalogue.read_text().replace(web.address, "http://data.invalid"))
    web.answers["http://data.invalid/T_2010_ixi.zip"] = web.serve(web.data)
    monkeypatch.setenv("http_proxy", web.address)
    assert get().files[0].read_bytes() == web.data


def test_the_folder_is_that_of_the_user_by_database_and_edition(web, get, tmp_path, monkeypatch):
    monkeypatch.setenv("IOECON_DATA_DIR", str(tmp_path / "all"))
    web.answers[PATH] = web.serve(web.data)
    assert get(to=None).folder == tmp_path / "all" / "toy" / "1.0"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"years": 1999}, "has the years 2010-2012, not 1999"),
        ({"years": None}, "name the years of 2010-2012"),
        ({"years": []}, "years is empty"),
        ({"years": 20101}, "no year"),
        ({"years": "2010"}, "pass whole numbers"),
        ({"years": 2010.0}, "pass whole numbers"),
        ({"years": [2010.5]}, "no year"),
        ({"system": "ixj"}, "did you mean 'ixi'"),
        ({"parts": "label"}, "did you mean 'labels'"),
        ({"edition": "1"}, "no edition '1'"),
        ({"edition": "0.9", "system": "ixi"}, "has no systems"),
        ({"edition": "0.9", "parts": "x"}, "has no parts"),
        ({"indicators": "X"}, "has no indicators"),
    ],
)
def test_what_is_not_there_is_refused_before_anything_is_asked(web, get, options, words) -> None:
    with pytest.raises(ArgumentError, match=words):
        get(**options)
    assert web.requests == []


def test_a_database_that_needs_a_login_says_what_to_fetch_by_hand(
    web, get, tmp_path, write_catalogue
) -> None:
    locked = write_catalogue(access="login")
    words = r"needs a login.*\n  T_2010_ixi.zip\nPage: https://toys.example/page\nLog in and click."
    with pytest.raises(DownloadError, match=words):
        get(catalogue=locked)
    assert web.requests == []


def test_no_warning_in_a_plain_download(web, get) -> None:
    web.answers[PATH] = web.serve(web.data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        get()


def test_without_pooch_a_sentence_says_what_to_install(get, monkeypatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(DownloadError, match=r"pip install 'ioecon\[data\]'"):
        get()


DIGEST = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("path", "document", "address", "known"),
    [
        (
            "/api/records/7",  # Zenodo, export of a record
            {"files": {"entries": {"a.zip": {
                "key": "a.zip", "size": 5, "checksum": f"md5:{DIGEST}",
                "links": {"content": "http://z/content", "self": "http://z/self"}}}}},
            "http://z/content",
            (5, f"md5:{DIGEST}"),
        ),
        (
            "/v2/articles/7/files",  # figshare
            [{"name": "a.zip", "size": 5, "computed_md5": DIGEST, "download_url": "http://f/7"}],
            "http://f/7",
            (5, f"md5:{DIGEST}"),
        ),
        (
            "/service/circabc/spaces/7/children?guest=true",
            {"data": [{"name": "a.zip", "id": "n-1"}, {"name": "folder"}], "total": 2},
            "WEB/rest/download/n-1",
            (None, ""),
        ),
        (
            "/api/records/8",  # a checksum that is none
            {"files": [{"key": "a.zip", "size": True, "checksum": "md5:xyz",
                        "links": {"self": "http://z/a"}}]},
            "http://z/a",
            (None, ""),
        ),
    ],
)  # fmt: skip
def test_lists_of_publishers(web, quick, path, document, address, known) -> None:
    web.answers[path] = web.status(200, json.dumps(document).encode())
    with open_session() as session:
        listed = read_listing(session, web.url(path), "a record", "", quick)
    assert list(listed) == ["a.zip"]
    found = listed["a.zip"]
    assert found.address == address.replace("WEB", web.address)
    assert (found.size, found.hash) == known


def test_a_record_that_names_a_file_twice_is_refused(web, quick) -> None:
    twice = [{"name": "a.zip", "download_url": "http://f/7"}] * 2
    web.answers["/v2"] = web.status(200, json.dumps(twice).encode())
    with (
        open_session() as session,
        pytest.raises(DownloadError, match=r"names a\.zip twice"),
    ):
        read_listing(session, web.url("/v2"), "a record", "", quick)


def test_a_catalogue_checksum_that_its_publisher_contradicts_is_told_of(web, get, catalogue):
    listing(web, **{"T_2010_a.zip": web.data})
    text = catalogue.read_text()
    known = 'listing = "'
    other = f'hashes = {{ "T_2010_a.zip" = "{web.md5(b"other")}" }}\n{known}'
    catalogue.write_text(text.replace(known, other))
    with pytest.raises(DownloadError, match="the record was changed"):
        get(edition="0.9")
