"""``ioecon data``: what it prints, and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ioecon.cli import app

runner = CliRunner()


def call(*arguments: object) -> Result:
    return runner.invoke(app, ["data", *map(str, arguments)])


def test_the_list_says_what_years_size_licence_citation_page_and_access() -> None:
    result = call()
    assert result.exit_code == 0
    for words in ("exiobase3", "1995-2024", "login", "CC BY 4.0", "Timmer", "https://worldmrio"):
        assert words in result.output


def test_the_list_as_json_holds_everything() -> None:
    listed = {entry["name"]: entry for entry in json.loads(call("--json").output)}
    assert listed["eora26"]["access"] == "login"
    assert listed["exiobase3"]["editions"][0]["known"] == "2026-07-30"


def test_one_database_in_full() -> None:
    result = call("show", "exiobase3")
    assert "https://zenodo.org/api/records/20051562" in result.output
    assert "2026-07-30 (MARIO 1.1.1" in result.output
    assert json.loads(call("show", "exiobase3", "--json").output)["name"] == "exiobase3"


def test_a_download_says_where_the_files_are_and_what_to_cite(web, catalogue, tmp_path) -> None:
    for year in (2010, 2011):
        web.answers[f"/T_{year}_ixi.zip"] = web.serve(web.data)
    options = ("--years", "2010-2011", "--to", tmp_path / "x", "--catalogue", catalogue)
    result = call("get", "toy", *options)
    assert result.exit_code == 0, result.output
    assert f"Downloaded {tmp_path / 'x' / 'T_2010_ixi.zip'} (0.3 MB)" in result.output
    assert "Please cite: Toy, A. (2020), Toys." in result.output
    place = str(tmp_path / "x")
    call_to_read = f'ioecon.read_series({place!r}, format="wiod2013-xlsx", system="ixi")'
    assert call_to_read in result.output


def test_an_account_is_read_by_its_file(web, catalogue, tmp_path) -> None:
    labels = 'part = "labels"'
    catalogue.write_text(
        catalogue.read_text().replace(labels, f'{labels}\naccount = "wiod-sea"', 1)
    )
    web.answers["/labels.csv"] = web.serve(b"a,b\n")
    options = ("--part", "labels", "--to", tmp_path / "x", "--catalogue", catalogue)
    output = call("get", "toy", *options).output
    place = str(tmp_path / "x" / "labels.csv")
    assert f'ioecon.read_account({place!r}, format="wiod-sea")' in output
    assert "read_series" not in output


def test_what_needs_a_login_is_to_be_fetched_by_hand(web, write_catalogue, tmp_path) -> None:
    locked = write_catalogue(access="login")
    result = call("get", "toy", "--years", "2011", "--system", "pxp", "--catalogue", locked)
    assert result.exit_code == 0
    for words in ("https://toys.example/page", "T_2011_pxp.zip", "needs a login", "Toys."):
        assert words in result.stdout
    assert web.requests == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["world-bank"], 2, "did you mean 'worldbank'?"),
        (["toy"], 2, "name the years"),
        (["toy", "--years", "abc"], 2, "--years"),
        (["toy", "--years", "2010", "--system", "x"], 2, "no system 'x'"),
        (["toy", "--years", "2010"], 3, "not there any more"),
        (["worldbank", "--years", "2010"], 2, "--indicators"),
        (["toy", "--years", "2010", "--to", "FILE"], 5, "cannot be made"),
    ],
)
def test_exit_codes(web, catalogue, tmp_path: Path, arguments: list[Any], code, words) -> None:
    (tmp_path / "file").write_text("")
    place = tmp_path / "file" if "FILE" in arguments else tmp_path / "data"
    rest = ["--to", place] if "FILE" not in arguments else []
    told = [place if word == "FILE" else word for word in arguments[1:]]
    result = call("get", arguments[0], *told, *rest, "--catalogue", catalogue)
    assert (result.exit_code, words in result.stderr) == (code, True), result.output
    assert "Traceback" not in result.output


def test_indicators_come_as_a_file_of_controls(web, catalogue, tmp_path) -> None:
    places = [
        {"id": code, "name": code, "region": {"value": region}}
        for code, region in (("FRA", "Europe"), ("EMU", "Aggregates"))
    ]
    row = {
        "indicator": {"id": "A.B", "value": "About"},
        "country": {"id": "FR", "value": "France"},
        "countryiso3code": "FRA",
        "date": "2000",
        "value": 2.5,
    }
    for path, rows in (("/v2/country", places), ("/v2/country/all/indicator/A.B", [row])):
        head = {"page": 1, "pages": 1, "total": len(rows)}
        web.answers[path] = web.status(200, json.dumps([head, rows]).encode())
    options = ("--years", "2000", "--to", tmp_path / "x", "--catalogue", catalogue)
    result = call("get", "worldbank", "--indicators", "gdp=A.B", *options)
    assert result.exit_code == 0, result.output
    text = (tmp_path / "x" / "worldbank_2000.csv").read_text()
    assert text == "iso3,year,gdp\nFRA,2000,2.5\n"
    assert "Columns: iso3, year, gdp" in result.output
    assert "World Bank, WDI." in result.output
