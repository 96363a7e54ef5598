"""Indicators of the World Bank: pages of JSON become a tidy file that a panel takes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.data_sources.worldbank import parse_indicators
from ioecon.errors import ArgumentError, DownloadError, OutputError

GDP, URBAN = "NY.GDP.PCAP.CD", "SP.URB.TOTL.IN.ZS"
PLACES = {
    "FRA": ("France", "Europe & Central Asia"),
    "DEU": ("Germany", "Europe & Central Asia"),
    "XKX": ("Kosovo", "Europe & Central Asia"),
    "CHI": ("Channel Islands", "Europe & Central Asia"),
    "EMU": ("Euro area", "Aggregates"),
    "AFE": ("Africa Eastern and Southern", "Aggregates"),
}
Rows = list[dict[str, Any]]


def row(code: str, place: str, year: object, value: object, **other: Any) -> dict[str, Any]:
    return {
        "indicator": {"id": code, "value": f"About {code}"},
        "country": {"id": place[:2], "value": PLACES.get(place, (place, ""))[0]},
        "countryiso3code": place,
        "date": str(year),
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 0,
    } | other


def rows_of(code: str) -> Rows:
    return [
        row(code, place, year, None if (place, year) == ("DEU", 2001) else 1.5 * year + i)
        for i, place in enumerate(PLACES)
        for year in (2002, 2001, 2000)
    ]


def pages(rows: Rows, per_page: int = 7, **head: Any) -> list[Any]:
    parts = [rows[i : i + per_page] for i in range(0, len(rows), per_page)] or [[]]
    return [
        [
            {"page": k, "pages": len(parts), "per_page": str(per_page), "total": len(rows)}
            | {"lastupdated": "2026-07-13", "sourceid": "2"}
            | head,
            part,
        ]
        for k, part in enumerate(parts, start=1)
    ]


@pytest.fixture
def put(web) -> Callable[..., None]:
    """Let the server answer for an indicator, page by page."""

    def answer(code: str, answers: list[Any]) -> None:
        path = "/v2/country" if code == "places" else f"/v2/country/all/indicator/{code}"

        def page(handler: Any) -> None:
            number = int(handler.path.rpartition("page=")[2])
            web.status(200, json.dumps(answers[number - 1]).encode())(handler)

        web.answers[path] = page

    places = [
        {"id": code, "name": name, "region": {"id": "X", "value": region}}
        for code, (name, region) in PLACES.items()
    ]
    answer("places", pages(places, per_page=4))
    for code in (GDP, URBAN):
        answer(code, pages(rows_of(code)))
    return answer


@pytest.fixture
def get(catalogue: Path, quick: Any, tmp_path: Path) -> Callable[..., Any]:
    def call(**options: Any) -> Any:
        settings = {
            "years": range(2000, 2003),
            "indicators": GDP,
            "to": tmp_path / "data",
            "catalogue": catalogue,
            "patience": quick,
        }
        return ioecon.download("worldbank", **(settings | options))

    return call


def test_pages_become_one_tidy_file(web, put, get) -> None:
    result = get(indicators=f"{GDP},urban={URBAN}")
    table = pd.read_csv(result.files[0])
    assert table.columns.tolist() == ["iso3", "year", GDP, "urban"]
    assert table["iso3"].unique().tolist() == ["DEU", "FRA", "XKX"]
    assert table["year"].tolist() == [2000, 2001, 2002] * 3
    assert table.loc[3, GDP] == 3000.0
    assert np.isnan(table.loc[1, GDP])  # Germany 2001
    assert table[GDP].isna().sum() == 1
    asked = [path for path in web.paths() if GDP in path]
    assert asked[0].startswith(f"/v2/country/all/indicator/{GDP}?format=json&date=2000:2002")
    assert [path[-1] for path in asked] == ["1", "2", "3"]


def test_what_is_left_out_is_named(put, get) -> None:
    result = get()
    assert "Left out, as aggregates: Africa Eastern and Southern, Euro area." in str(result)
    assert "Left out, without an ISO3 code: Channel Islands." in str(result)
    about = json.loads(result.files[1].read_text(encoding="utf-8"))
    assert about["columns"][GDP]["name"] == f"About {GDP}"
    assert about["columns"][GDP]["last_updated"] == "2026-07-13"
    assert about["aggregates_left_out"] == {
        "AFE": "Africa Eastern and Southern",
        "EMU": "Euro area",
    }
    assert about["missing"] == {GDP: 1}
    assert about["licence"] == "CC BY 4.0"


def test_a_panel_takes_the_file_as_controls(put, get, tmp_path) -> None:
    def table(year: int, scale: float) -> ioecon.IOTable:
        return ioecon.IOTable(
            Z=np.array([[150.0, 500.0], [200.0, 100.0]]) * scale,
            Y=np.array([[200.0, 150.0], [800.0, 900.0]]) * scale,
            countries=("FRA", "DEU"),
            sectors=("all",),
            categories=("final",),
            year=year,
        )

    years = pd.MultiIndex.from_product([["FRA", "DEU"], [2000, 2002]], names=["country", "year"])
    emissions = pd.Series([10.0, 12.0, 20.0, 19.0], index=years)
    controls = pd.read_csv(get(indicators={"gdp_pc": GDP}).files[0])
    panel = ioecon.build_panel(
        ioecon.IOSeries([table(2000, 1.0), table(2002, 1.2)]), emissions, controls
    )
    assert panel.loc[("FRA", 2002), "gdp_pc"] == 1.5 * 2002
    assert panel.loc[("DEU", 2002), "d_gdp_pc"] == 3.0


def test_the_same_again_is_there_and_other_values_are_not_replaced(put, get) -> None:
    before = get().files[0].read_text()
    again = get()
    assert again.fresh == ()
    put(GDP, pages([*rows_of(GDP)[1:], row(GDP, "FRA", 2002, 7)]))
    with pytest.raises(OutputError, match="is there with other values"):
        get()
    assert again.files[0].read_text() == before
    get(overwrite=True)
    assert pd.read_csv(again.files[0]).loc[5, GDP] == 7


MESSAGE = [{"message": [{"id": "120", "key": "Invalid value", "value": "The value is not valid"}]}]
ONE = [row(GDP, "FRA", 2000, 1.0)]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([MESSAGE], rf"refuses {GDP}: The value is not valid\. Look its code up"),
        ([{"data": []}], "not in the layout"),
        ([[{"page": 1, "pages": 1, "total": 1}]], "not in the layout"),
        ([[{"page": 2, "pages": 1, "total": 1}, ONE]], "not in the layout"),
        ([[{"page": 1, "pages": 1, "total": 2}, ONE]], "came with 1 rows, not with the 2"),
        ([[{"page": 1, "pages": 9999, "total": 1}, ONE]], "9999 pages"),
        ([[{"page": 1, "pages": 1, "total": 0}, None]], "no value of"),
        (pages([row(GDP, "FRA", 2000, None)]), "no value of"),
        (pages([*ONE, *ONE]), "two values for France 2000"),
        (pages([row(GDP, "FRA", "2000Q1", 1.0)]), "2000Q1"),
        (pages([row(GDP, "FRA", 2000, "12")]), "'12', which is no number"),
        (pages([row(GDP, "FRA", 2000, True)]), "no number"),
        (pages([row(GDP, "FRA", 2000, 10**400)]), "no number"),
        (pages([row("OTHER", "FRA", 2000, 1.0)]), "layout"),
        (pages([row(GDP, "ABC", 2000, 1.0)]), r"a value for ABC \(ABC\)"),
        ([*pages(ONE * 8)[:1], *pages(ONE * 9)[1:]], "changed while"),
    ],
)  # fmt: skip
def test_answers_that_cannot_be_right_are_refused(put, get, tmp_path, answers, words) -> None:
    put(GDP, answers)
    with pytest.raises(DownloadError, match=words):
        get()
    assert not (tmp_path / "data").exists()


def test_countries_must_be_told_from_aggregates(put, get) -> None:
    put("places", pages([{"id": "FRA", "name": "France", "region": {"value": "Europe"}}]))
    with pytest.raises(DownloadError, match="does not tell aggregates apart"):
        get()


@pytest.mark.parametrize(
    ("indicators", "words"),
    [
        (None, "--indicators"),
        ("", "no code"),
        ("../x", "no code"),
        ("gdp=NY.GDP?format=xml", "no code"),
        ("a b=NY.GDP.PCAP.CD", "no name of a column"),
        ("year=NY.GDP.PCAP.CD", "twice"),
        (["A", "A"], "twice"),
    ],
)
def test_indicators_that_cannot_be_asked_for(indicators, words) -> None:
    with pytest.raises(ArgumentError, match=words):
        parse_indicators(indicators)


def test_years_are_needed(get) -> None:
    with pytest.raises(ArgumentError, match="Name the years"):
        get(years=None)
