"""Answers damaged at random: one sentence, and nothing under a name of its own."""

import json
import random
import warnings
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import ioecon
from ioecon.data_sources.answers import Patience
from ioecon.errors import IoeconError

PLACES = [
    {"id": code, "name": code, "region": {"value": region}}
    for code, region in (("FRA", "Europe"), ("DEU", "Europe"), ("EMU", "Aggregates"))
]
ROWS = [
    {
        "indicator": {"id": "A.B", "value": "About"},
        "country": {"id": place[:2], "value": place},
        "countryiso3code": place,
        "date": str(year),
        "value": 1.5 * year,
    }
    for place in ("FRA", "DEU", "EMU")
    for year in (2000, 2001)
]


def page(rows: list[Any]) -> bytes:
    return json.dumps([{"page": 1, "pages": 1, "total": len(rows)}, rows]).encode()


def damaged(data: bytes, rng: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(found)) if found else 0
        match rng.randrange(5):
            case 0:
                found[at : at + 1] = rng.randbytes(1)
            case 1:
                del found[at : at + rng.randint(1, 40)]
            case 2:
                found[at:at] = rng.randbytes(rng.randint(1, 8))
            case 3:
                found[at:at] = found[: rng.randint(1, 60)]
            case _:
                del found[at:]
    return bytes(found)


def answer(body: bytes, rng: random.Random) -> Callable[[BaseHTTPRequestHandler], None]:
    def send(handler: BaseHTTPRequestHandler) -> None:
        head = f'HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nETag: "1"\r\n\r\n'.encode()
        chance = rng.random()
        handler.wfile.write(damaged(head, rng) if chance < 0.3 else head)
        handler.wfile.write(damaged(body, rng) if chance > 0.2 else body)
        handler.close_connection = True

    return send


@pytest.mark.parametrize("seed", range(8))
def test_damaged_answers_get_one_sentence(web, catalogue, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    data = web.a_zip(3_000)
    record = [{"key": "T_2010_a.zip", "size": len(data), "checksum": web.md5(data),
               "links": {"self": web.url("/file")}}]  # fmt: skip
    web.answers |= {
        "/v2/country": answer(page(PLACES), rng),
        "/v2/country/all/indicator/A.B": answer(page(ROWS), rng),
        "/api/records/1": answer(json.dumps({"files": record}).encode(), rng),
        "/file": answer(data, rng),
    }
    patience = Patience(0.3, 0.2, slowest=100, window=0.2, tries=2, pause=0.001, longest_pause=1)
    asked = ({"name": "worldbank", "indicators": "A.B"}, {"name": "toy", "edition": "0.9"})
    for number in range(10):
        to = tmp_path / f"{number}"
        options: dict[str, Any] = {"to": to, "catalogue": catalogue, "patience": patience}
        result, words = get(**asked[number % 2], **options, years=(2000, 2010)[number % 2])
        if result is None:
            assert words.isprintable()
            assert not to.exists() or all(path.name.startswith(".") for path in to.iterdir())
        elif result.database == "toy" and not result.unverified:
            assert result.files[0].read_bytes() == data


def get(**options: Any) -> tuple[ioecon.data_sources.Download | None, str]:
    """Download, or take the words of the refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ioecon.download(**options), ""
        except IoeconError as error:
            return None, str(error)
