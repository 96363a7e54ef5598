"""Accounts of FIGARO-E3, the European Commission's extension of FIGARO for 2015: flat files.

``flatfile_FIGARO-e_AEM_Gg_CO2e_2015.csv`` (air emissions), ``…_ENE_TJ_2015.csv`` (energy),
``…_employment_2015.csv``: a line for each region (``refArea``), industry (``colPi``) and indicator
(``codeIndicator``, in some files with ``codeEproduct`` or ``codeEstimMethod``), with ``obsValue``.
The unit stands in the name, and perhaps in a column ``unit``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ioecon.countries import to_iso3
from ioecon.delimited import labels, numbers, read_delimited
from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.checks import ACCOUNT, TOTALS
from ioecon.emissions.nace import HOUSEHOLDS, PARTS_OF_HOUSEHOLDS, figaro_code
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError, IoeconWarning, LabelError, ReadError
from ioecon.files.plain_text import read_content
from ioecon.readers.options import ReadOptions
from ioecon.source import Source, source_of_file
from ioecon.stressor import CO2, Stressor
from ioecon.units import conversion_factor
from ioecon.user_warnings import warn_user
from ioecon.wording import listed, places

__all__ = ["ACCOUNT_FORMAT"]

_NAME = re.compile(
    r"flatfile_figaro-e_(?P<what>[a-z]+)(_(?P<unit>\w+?))?_(?P<year>\d{4})\.csv", re.IGNORECASE
)
_REGION, _VALUE = "refArea", "obsValue"
_INDUSTRY = ("colPi", "colIi")
_INDICATOR = "codeIndicator"
_MORE = ("codeEproduct", "codeEstimMethod")
_FINAL_DEMAND = re.compile(r"P3_S1[35]|P5\w+")
_OF_HOUSEHOLDS = (HOUSEHOLDS, "P3_S14")
_TOTAL = re.compile(r"total", re.IGNORECASE)


@dataclass(frozen=True)
class _Lines:
    """Lines of a file: country, code of industry, year, stressor and value, and all stressors."""

    file: str
    frame: pd.DataFrame
    stressors: dict[str, Stressor]


def _read(path: Path, options: ReadOptions) -> _Lines:
    file = path.name
    frame = read_delimited(
        path, "an account", encoding=options.encoding, separator=options.separator or ","
    )
    industry = next((name for name in _INDUSTRY if name in frame), _INDUSTRY[0])
    absent = [name for name in (_REGION, industry, _VALUE) if name not in frame]
    if "icioiRow" in frame or "iciopRow" in frame:
        raise ReadError(f"{file} is a flat file of a table, which ioecon.read_table reads.")
    if absent:
        raise ReadError(
            f"{file} has no column {listed(absent)}; a flat file of FIGARO-E3 has {_REGION}, "
            f"{industry}, {_INDICATOR} and {_VALUE}."
        )
    match = _NAME.fullmatch(file)
    regions = labels(frame[_REGION], file)
    try:
        codes = dict(zip(regions.unique(), to_iso3(regions.unique()), strict=True))
    except LabelError as error:
        raise ReadError(f"{file}, column {_REGION!r}: {error}") from error
    told = _name_stressors(frame, match["what"] if match else "account")
    units = _find_units(frame, match, file)
    stressors = _describe_stressors(told, units, file)
    values = numbers(frame[_VALUE], file, decimal=options.decimal)
    if values.isna().any():
        raise ReadError(f"{file}, line {values.index[values.isna()][0]} has no {_VALUE}.")
    lines = pd.DataFrame(
        {
            "country": regions.map(codes),
            "sector": labels(frame[industry], file).map(figaro_code),
            "year": _find_years(frame, match, file),
            "stressor": told.map({label: one.name for label, one in stressors.items()}),
            "value": values,
        }
    )
    twice = lines[lines.duplicated(["country", "sector", "year", "stressor"])]
    if len(twice):
        first = twice.iloc[0]
        raise ReadError(
            f"{file}, line {twice.index[0]}: {first['stressor']} of {first['country']} "
            f"{first['sector']} {first['year']} is there more than once."
        )
    return _Lines(file, lines, {one.name: one for one in stressors.values()})


def _name_stressors(frame: pd.DataFrame, otherwise: str) -> pd.Series:
    """Name of the stressor of every line: its indicator, and what else distinguishes it."""
    parts = [frame[name].str.strip() for name in (_INDICATOR, *_MORE) if name in frame]
    if not parts:
        return pd.Series(otherwise, index=frame.index, dtype=object)
    stressor = parts[0].mask(parts[0] == "", otherwise)
    for part in parts[1:]:
        stressor = stressor.where(part == "", stressor + " - " + part)
    return stressor


def _describe_stressors(told: pd.Series, units: pd.Series, file: str) -> dict[str, Stressor]:
    """Find the stressors by the labels that the file has for them."""
    found = {}
    for label, some in units.groupby(told, sort=False):
        name, unit = str(label), str(some.iloc[0])
        if (some != unit).any():
            raise ReadError(f"{file}: {name} is given in {listed(some.unique())}.")
        # A tonne of CO2 is one of CO2 equivalents, in which all gases are given.
        found[name] = Stressor(name, unit.removesuffix(" CO2e") if name == CO2 else unit)
    return found


def _find_years(frame: pd.DataFrame, match: re.Match[str] | None, file: str) -> pd.Series:
    told = int(match["year"]) if match else None
    if "timePeriod" not in frame:
        if told is None:
            raise ReadError(f"{file} has no column timePeriod, and its name tells no year.")
        return pd.Series(told, index=frame.index)
    years = frame["timePeriod"].str.strip()
    wrong = ~years.str.fullmatch(r"\d{4}")
    if told is not None:
        wrong |= years != str(told)
    if wrong.any():
        line = frame.index[wrong][0]
        raise ReadError(
            f"{file}, line {line}: timePeriod is {years[line]!r}"
            + (f", and the file is named by {told}." if told else ", no year.")
        )
    return years.astype(int)


def _find_units(frame: pd.DataFrame, match: re.Match[str] | None, file: str) -> pd.Series:
    """Find the unit of every line; what a column says must be what the name says."""
    named = (match["unit"] or "").replace("_", " ") if match else ""
    if "unit" not in frame:
        if not named:
            raise ReadError(
                f"{file}: neither a column unit nor the name (as in …_AEM_Gg_CO2e_2015.csv) tells "
                "the unit."
            )
        return pd.Series(named, index=frame.index)
    units = labels(frame["unit"], file).str.replace("_", " ")
    for unit in units.unique() if named else ():
        if unit != named and not _is_same(unit, named):
            line = units.index[units == unit][0]
            raise ReadError(
                f"{file}, line {line}: the unit is {unit!r}, and the file is named by {named!r}."
            )
    return pd.Series(named, index=frame.index) if named else units


def _is_same(unit: str, other: str) -> bool:
    """Whether units are the same, or one leaves the substance out that the other names."""
    try:
        return conversion_factor(unit, other, of=other.rpartition(" ")[2]) == 1.0
    except EmissionsError:
        return False


def _list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    return tuple(_read(path, options).stressors.values())


def _read_accounts(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    lines = _read(path, options)
    source = source_of_file(path, ACCOUNT_FORMAT.name)
    frame = lines.frame
    if years is not None:
        frame = frame[frame["year"].isin(years)]
        if frame.empty:
            there = sorted(lines.frame["year"].unique())
            raise ReadError(f"{lines.file} has no {listed(years)}; it has {listed(there)}.")
    return {
        name: _make_account(frame, lines.stressors[name], lines.file, source) for name in stressors
    }


def _make_account(frame: pd.DataFrame, stressor: Stressor, file: str, source: Source) -> Account:
    """Account of one stressor; lines that are not there are zeros, as in FIGARO's flat files."""
    rows = frame[frame["stressor"] == stressor.name]
    direct, produced = _split_households(rows, stressor, file)
    other = frame["sector"].map(_is_no_industry)
    whole = pd.MultiIndex.from_product(
        [
            frame["country"].unique(),
            sorted(frame["sector"][~other].unique()),
            frame["year"].unique(),
        ],
        names=list(ACCOUNT),
    )
    absent = whole.difference(produced.index)
    known = Provenance()
    if len(absent):
        step = (
            f"{len(absent)} of {len(whole)} values of {stressor.name} are not in the file and "
            f"taken for zero, the first {places(absent[:1])}."
        )
        warn_user(f"{file}: {step}", IoeconWarning)
        known = known.add_step({"step": step})
    values = produced.reindex(whole, fill_value=0.0)
    return Account(
        known.write_on(values),
        direct,
        stressor.unit,
        source,
        name=stressor.name,
        signed=bool((values < 0).any()),
    )


def _is_no_industry(code: str) -> bool:
    return (
        code in (*_OF_HOUSEHOLDS, *PARTS_OF_HOUSEHOLDS)
        or _FINAL_DEMAND.fullmatch(code) is not None
        or _TOTAL.fullmatch(code) is not None
    )


def _split_households(
    rows: pd.DataFrame, stressor: Stressor, file: str
) -> tuple[pd.Series | None, pd.Series]:
    """Households, and industries; what other final demand has is left out by name."""
    code = rows["sector"]
    used = rows[code.map(lambda c: _FINAL_DEMAND.fullmatch(c) is not None) & (rows["value"] != 0)]
    if len(used):
        warn_user(
            f"{file}: {used['value'].sum():,.6g} {stressor.unit} of {stressor.name} stand at final "
            f"demand other than households ({listed(sorted(used['sector'].unique()))}) and are "
            "left out.",
            IoeconWarning,
        )
    whole = rows[code.isin(_OF_HOUSEHOLDS)]
    parts = rows[code.isin(PARTS_OF_HOUSEHOLDS)]
    direct = (whole if len(whole) else parts).groupby(list(TOTALS), sort=False)["value"].sum()
    produced = rows[~code.map(_is_no_industry)].set_index(list(ACCOUNT))["value"]
    return (direct if len(direct) else None), produced


def _recognises(path: Path) -> bool:
    if not path.is_file() or path.suffix.lower() != ".csv":
        return False
    beginning = read_content(path, 4096)[:4096].decode("utf-8", errors="replace").split("\n")[0]
    return _REGION in beginning and _INDICATOR in beginning


ACCOUNT_FORMAT = AccountFormat(
    name="figaro-e3",
    description="Accounts of FIGARO-E3 for 2015: air emissions, energy and employment, flat files.",
    looks_like="flatfile_FIGARO-e_AEM_Gg_CO2e_2015.csv",
    pattern=_NAME,
    list_stressors=_list_stressors,
    read=_read_accounts,
    recognises=_recognises,
)
