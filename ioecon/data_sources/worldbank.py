"""Indicators of the World Bank as controls: one tidy CSV file, by country and year.

The API (v2, JSON) answers in pages of ``[what page this is, rows]``; an error is an answer too
(HTTP 200 with a message). Aggregates such as the euro area stand among the countries; the list of
countries tells them apart. Missing values stay missing.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ioecon.countries import to_iso3
from ioecon.data_sources.answers import Patience, in_short
from ioecon.data_sources.listings import read_json
from ioecon.data_sources.manifest import write_whole
from ioecon.errors import ArgumentError, DownloadError, LabelError, OutputError
from ioecon.wording import listed, spans

if TYPE_CHECKING:
    import requests

__all__ = ["Indicators", "fetch_indicators", "parse_indicators", "write_indicators"]

_PER_PAGE = 1_000
_MOST_PAGES = 500
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
_COLUMN = re.compile(r"[^\W\d]\w{0,80}")
_TAKEN = {"iso3", "country", "year"}


@dataclass
class Indicators:
    """Values by (country, year), one column for each indicator, and what is known of them."""

    years: tuple[int, ...]
    columns: dict[str, dict[tuple[str, int], float]]
    about: dict[str, dict[str, Any]]  # by column: code, name, unit, last updated, address
    left_out: dict[str, str] = field(default_factory=dict)  # aggregates: code and name
    not_iso: dict[str, str] = field(default_factory=dict)  # places without an ISO3 code


def parse_indicators(indicators: str | Sequence[str] | Mapping[str, str] | None) -> dict[str, str]:
    """Columns and the codes of their indicators, from ``CODE`` or ``column=CODE``.

    Raises
    ------
    ArgumentError
        If there is none, or one is no code, or a column is named twice.

    Examples
    --------
    >>> parse_indicators("NY.GDP.PCAP.CD,urban=SP.URB.TOTL.IN.ZS")
    {'NY.GDP.PCAP.CD': 'NY.GDP.PCAP.CD', 'urban': 'SP.URB.TOTL.IN.ZS'}
    """
    if isinstance(indicators, Mapping):
        pairs = [(str(column), str(code)) for column, code in indicators.items()]
    else:
        texts = indicators.split(",") if isinstance(indicators, str) else list(indicators or [])
        pairs = []
        for text in texts:
            column, equals, code = str(text).strip().partition("=")
            pairs.append((column.strip(), code.strip() if equals else column.strip()))
    if not pairs:
        raise ArgumentError(
            "Name the indicators of the World Bank by their codes, for example "
            "NY.GDP.PCAP.CD or gdp_pc=NY.GDP.PCAP.CD (--indicators)."
        )
    found: dict[str, str] = {}
    for column, code in pairs:
        if not _CODE.fullmatch(code):
            raise ArgumentError(
                f"{code!r} is no code of an indicator; they look like NY.GDP.PCAP.CD."
            )
        if column != code and not _COLUMN.fullmatch(column):
            raise ArgumentError(f"{column!r} is no name of a column: letters, digits and _ only.")
        if column in found or column.lower() in _TAKEN:
            raise ArgumentError(f"The column {column!r} would stand twice in the file.")
        found[column] = code
    return found


def fetch_indicators(
    session: requests.Session,
    api: str,
    indicators: Mapping[str, str],
    years: Sequence[int],
    *,
    advice: str,
    patience: Patience,
    begin: Callable[[str], None],
) -> Indicators:
    """Fetch indicators for all countries and the years asked for.

    Raises
    ------
    DownloadError
        If the API refuses an indicator, or answers with what cannot be right.
    """
    wanted = tuple(sorted(set(years)))
    dates = f"{wanted[0]}:{wanted[-1]}" if len(wanted) > 1 else f"{wanted[0]}"
    aggregates, places = _read_places(session, api, advice, patience)
    result = Indicators(wanted, {}, {})
    for column, code in indicators.items():
        begin(code)
        address = (
            f"{api}/country/all/indicator/{quote(code)}"
            f"?format=json&date={dates}&per_page={_PER_PAGE}"
        )
        rows, head = _read_pages(session, address, code, advice, patience)
        name = next((r["indicator"].get("value") for r in rows if _is_of(r, code)), code)
        unit = next((r["unit"] for r in rows if isinstance(r.get("unit"), str)), "")
        values: dict[tuple[str, int], float] = {}
        for row in rows:
            _add(values, row, code, wanted, aggregates, places, result, advice)
        if all(math.isnan(value) for value in values.values()):
            raise DownloadError(
                f"The World Bank has no value of {code} for any country in {spans(wanted)}. "
                f"{advice}".rstrip()
            )
        result.columns[column] = values
        result.about[column] = {
            "code": code,
            "name": in_short(name),
            "unit": in_short(unit) if unit else "",
            "last_updated": in_short(head.get("lastupdated")),
            "address": address,
        }
    return result


def _read_places(
    session: requests.Session, api: str, advice: str, patience: Patience
) -> tuple[dict[str, str], dict[str, str]]:
    """Read which codes of three letters are aggregates and which countries, with their names."""
    address = f"{api}/country?format=json&per_page={_PER_PAGE}"
    rows, _ = _read_pages(session, address, "the list of countries", advice, patience)
    aggregates: dict[str, str] = {}
    places: dict[str, str] = {}
    for row in rows:
        region = row.get("region")
        code, name = row.get("id"), row.get("name")
        if not (isinstance(region, dict) and isinstance(code, str) and isinstance(name, str)):
            raise DownloadError(f"The list of countries has an entry without code. {advice}")
        (aggregates if region.get("value") == "Aggregates" else places)[code] = name
    if not places or not aggregates:
        raise DownloadError(
            f"The list of countries of the World Bank does not tell aggregates apart. {advice}"
        )
    return aggregates, places


def _read_pages(
    session: requests.Session,
    address: str,
    what: str,
    advice: str,
    patience: Patience,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """All rows of an answer in pages, and what its first page says of itself."""
    rows: list[dict[str, Any]] = []
    first: dict[str, Any] = {}
    page = pages = 1
    while page <= pages:
        answer = read_json(session, f"{address}&page={page}", what, advice, patience)
        head, found = _require_page(answer, page, what, advice)
        if page == 1:
            first, pages = head, _whole(head.get("pages"))
            if not 0 <= pages <= _MOST_PAGES:
                raise DownloadError(f"{what} has {pages} pages, more than plausible. {advice}")
        changed = [
            key for key in ("pages", "total", "lastupdated") if head.get(key) != first.get(key)
        ]
        if changed:
            raise DownloadError(
                f"The World Bank's data changed while {what} was read ({listed(changed)}); try "
                f"again. {advice}"
            )
        rows += found
        page += 1
    if len(rows) != _whole(first.get("total")):
        raise DownloadError(
            f"{what} came with {len(rows)} rows, not with the {first.get('total')} that the World "
            f"Bank names. {advice}"
        )
    return rows, first


def _require_page(
    answer: Any, page: int, what: str, advice: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if isinstance(answer, list) and answer and isinstance(answer[0], dict):
        head = answer[0]
        if "message" in head:
            raise DownloadError(
                f"The World Bank refuses {what}: {_message(head['message'])}. Look its code up at "
                f"https://data.worldbank.org/indicator."
            )
        rows = answer[1] if len(answer) == 2 else None
        if rows is None and _whole(head.get("total")) == 0:
            return head, []
        if (
            isinstance(rows, list)
            and all(isinstance(row, dict) for row in rows)
            and _whole(head.get("page")) == page
        ):
            return head, rows
    raise DownloadError(
        f"Page {page} of the World Bank's answer for {what} is not in the layout of its API v2. "
        f"{advice}".rstrip()
    )


def _message(told: Any) -> str:
    parts = told if isinstance(told, list) else []
    words = [str(part.get("value", "")) for part in parts if isinstance(part, dict)]
    return in_short(" ".join(words)).rstrip(".") if any(words) else "it gives no reason"


def _whole(value: Any) -> int:
    """Whole number of a number or a text; -1 for anything else."""
    text = str(value)
    return int(text) if re.fullmatch("[0-9]{1,9}", text) and not isinstance(value, bool) else -1


def _is_of(row: Mapping[str, Any], code: str) -> bool:
    told = row.get("indicator")
    return isinstance(told, dict) and str(told.get("id", "")).upper() == code.upper()


def _add(
    values: dict[tuple[str, int], float],
    row: Mapping[str, Any],
    code: str,
    wanted: tuple[int, ...],
    aggregates: Mapping[str, str],
    places: Mapping[str, str],
    result: Indicators,
    advice: str,
) -> None:
    """Add the value of a row; aggregates and places without an ISO3 code are left out by name."""
    place, year = row.get("country"), _whole(row.get("date"))
    alpha = row.get("countryiso3code")
    place = place if isinstance(place, dict) else {}
    name = in_short(place["value"]) if isinstance(place.get("value"), str) else None
    if not (_is_of(row, code) and isinstance(alpha, str) and isinstance(name, str)):
        raise DownloadError(
            f"A row of {code} is not in the layout of the API v2: {in_short(row)}. {advice}"
        )
    if not alpha or alpha in aggregates:
        result.left_out[in_short(alpha or place.get("id"))] = name
        return
    if alpha not in places:
        raise DownloadError(
            f"{code} has a value for {name} ({alpha}), which the World Bank's list of countries "
            f"does not have. {advice}"
        )
    if not 1000 <= year <= 9999:
        raise DownloadError(f"{code} has the date {row.get('date')!r}, which is no year. {advice}")
    if year not in wanted:
        return
    try:
        (iso3,) = to_iso3([alpha])
    except LabelError:
        result.not_iso[alpha] = name
        return
    if (iso3, year) in values:
        raise DownloadError(f"{code} has two values for {name} {year}. {advice}")
    values[iso3, year] = _number(row.get("value"), f"{code} for {name} {year}", advice)


def _number(value: Any, where: str, advice: str) -> float:
    if value is None:
        return math.nan
    try:
        number = float(value) if type(value) in (int, float) else math.nan
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise DownloadError(f"The value of {where} is {value!r}, which is no number. {advice}")
    return number


def write_indicators(
    found: Indicators, folder: Path, *, terms: Mapping[str, str], overwrite: bool
) -> tuple[Path, Path, bool]:
    """Write the CSV file and, beside it, what its columns are.

    Returns
    -------
    (Path, Path, bool)
        The two files, and whether they were written now.

    Raises
    ------
    OutputError
        If a file of the same years has other indicators, or cannot be written.
    """
    first, last = found.years[0], found.years[-1]
    table = folder / f"worldbank_{first if first == last else f'{first}-{last}'}.csv"
    about = table.with_suffix(".json")
    text, told = _as_csv(found), _as_json(found, terms)
    if table.exists() and not overwrite:
        if table.read_text(encoding="utf-8") == text:
            return table, about, False
        raise OutputError(
            f"{table} is there with other values; choose another folder with --to, or replace it "
            "with --overwrite."
        )
    try:
        write_whole(about, told)
        write_whole(table, text)
    except OSError as error:
        raise OutputError(f"{table} cannot be written: {error.strerror}.") from error
    return table, about, True


def _as_csv(found: Indicators) -> str:
    places = sorted({place for values in found.columns.values() for place, _ in values})
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["iso3", "year", *found.columns])
    for place in places:
        for year in found.years:
            cells = [values.get((place, year), math.nan) for values in found.columns.values()]
            writer.writerow([place, year, *("" if math.isnan(c) else repr(c) for c in cells)])
    return stream.getvalue()


def _as_json(found: Indicators, terms: Mapping[str, str]) -> str:
    told = {
        "columns": found.about,
        "years": list(found.years),
        "missing": {
            column: sum(math.isnan(value) for value in values.values())
            for column, values in found.columns.items()
        },
        "aggregates_left_out": dict(sorted(found.left_out.items())),
        "without_iso3_code": dict(sorted(found.not_iso.items())),
        "retrieved": date.today().isoformat(),
        **terms,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
