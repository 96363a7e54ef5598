r"""Eurostat's air emissions accounts by industry, data set ``env_ac_ainah_r2``.

As downloaded: SDMX-CSV (columns ``airpol``, ``nace_r2``, ``unit``, ``geo``, ``TIME_PERIOD``,
``OBS_VALUE``, ``OBS_FLAG``, in any order) or the tab-separated bulk file, which begins with
``freq,airpol,nace_r2,unit,geo\TIME_PERIOD`` and has a column a year, values with flags; also
compressed with gzip. Countries of the EU, EFTA and candidates, no other part of the world.
Industries get the codes of FIGARO's tables; sums of industries and of countries are left out.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ioecon.countries import to_iso3
from ioecon.delimited import numbers
from ioecon.emissions.account import Account
from ioecon.emissions.account_format import AccountFormat
from ioecon.emissions.checks import ACCOUNT, TOTALS
from ioecon.emissions.nace import HOUSEHOLDS, INDUSTRIES, PARTS_OF_HOUSEHOLDS, figaro_code
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError, IoeconWarning, LabelError, ReadError
from ioecon.files.archives import reason_of
from ioecon.files.plain_text import decode, read_content
from ioecon.readers.options import ReadOptions
from ioecon.source import Source, source_of_file
from ioecon.stressor import Stressor
from ioecon.user_warnings import warn_user
from ioecon.wording import listed, places

__all__ = ["ACCOUNT_FORMAT"]

_DIMENSIONS = ("airpol", "nace_r2", "unit", "geo")
_YEAR, _VALUE, _FLAG = "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG"
_UNITS = {"T": "t", "THS_T": "kt"}
_PER_UNIT = {"T": 1.0, "THS_T": 1000.0}  # tonnes
_OF_CO2E = re.compile(r"GHG|.*_CO2E")
_AGGREGATE = re.compile(r"(EU|EA|EEA|EFTA)\d*(_\w+)?")  # of countries
_ALL = "TOTAL"
_ROUNDING = 0.001  # of all industries; and a unit of the third decimal for each of them
_CELL = re.compile(r"(?P<value>:|[^\s:]+)?\s*(?P<flag>[a-z]*)")
_FLAGS = {
    "b": "break in time series", "c": "confidential", "d": "definition differs", "e": "estimated",
    "f": "forecast", "i": "see metadata", "m": "missing, data cannot exist", "n": "not significant",
    "p": "provisional", "r": "revised", "s": "Eurostat's estimate", "u": "low reliability",
    "z": "not applicable",
}  # fmt: skip
_MOST_SHOWN = 3


@dataclass(frozen=True)
class _Cells:
    """Values of a file: columns of the dimensions, year, value and flag as text, line as index."""

    file: str
    frame: pd.DataFrame

    def units_of(self) -> dict[str, list[str]]:
        """Units that are amounts, by pollutant, the finest first; per head is none."""
        pairs = self.frame[["airpol", "unit"]].drop_duplicates()
        found: dict[str, list[str]] = {}
        for unit in _UNITS:
            for pollutant in pairs.loc[pairs["unit"] == unit, "airpol"].astype(str):
                found.setdefault(pollutant, []).append(unit)
        return dict(sorted(found.items()))


def _list_stressors(path: Path, options: ReadOptions) -> tuple[Stressor, ...]:
    units = _read(path, options).units_of()
    return tuple(_describe(pollutant, some[0]) for pollutant, some in units.items())


def _describe(pollutant: str, unit: str) -> Stressor:
    of = " CO2e" if _OF_CO2E.fullmatch(pollutant) else ""
    return Stressor(pollutant, f"{_UNITS[unit]}{of}")


def _read_accounts(
    path: Path, stressors: tuple[str, ...], years: tuple[int, ...] | None, options: ReadOptions
) -> dict[str, Account]:
    cells = _read(path, options)
    source = source_of_file(path, ACCOUNT_FORMAT.name)
    units = cells.units_of()
    by_name = {_describe(pollutant, some[0]).name: pollutant for pollutant, some in units.items()}
    accounts = {}
    for name in stressors:
        pollutant = by_name[name]
        amounts = _choose(cells, pollutant, units[pollutant], years, options)
        accounts[name] = _make_account(amounts, pollutant, units[pollutant][0], source)
    return accounts


# -- the two forms of the file -------------------------------------------------------------------


def _read(path: Path, options: ReadOptions) -> _Cells:
    """Cells of a file in either form."""
    file = path.name
    data = read_content(path)
    if options.encoding is not None:
        data = decode(data, file, options.encoding).encode()
    first = decode(data[: data.find(b"\n") if b"\n" in data else len(data)], file).rstrip("\r")
    if re.search(r"\\(TIME_PERIOD|time)\b", first):
        return _read_wide(data, first, file)
    separator = options.separator or ","
    names = [name.strip().strip('"') for name in first.split(separator)]
    wanted = [*_DIMENSIONS, _YEAR, _VALUE]
    absent = [name for name in wanted if name not in names]
    if absent:
        raise ReadError(
            f"{file} has no column {listed(absent)}; a download of env_ac_ainah_r2 in SDMX-CSV has "
            f"{', '.join(wanted)} and {_FLAG}."
        )
    kept = [*wanted, *([_FLAG] if _FLAG in names else [])]
    kinds = dict.fromkeys(names, "category") | {_VALUE: "str"}
    try:
        frame = pd.read_csv(
            io.BytesIO(data), sep=separator, header=0, names=names, encoding="utf-8-sig",
            na_filter=False, dtype=kinds,
        )  # fmt: skip
        if not isinstance(frame.index, pd.RangeIndex):  # made of a cell too many
            raise ValueError("lines have more cells than the row of names")
    except (ValueError, pd.errors.ParserError) as error:
        raise ReadError(f"{file} could not be read as CSV: {reason_of(error)}.") from error
    frame = frame[kept]
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    if _FLAG not in frame:
        frame[_FLAG] = ""
    return _Cells(file, _settle_codes(frame, file))


def _read_wide(data: bytes, first: str, file: str) -> _Cells:
    """Cells of the bulk form: dimensions in the first column, a column a year."""
    head, *times = [cell.strip() for cell in first.split("\t")]
    names = head.partition("\\")[0].split(",")
    absent = [name for name in _DIMENSIONS if name not in names]
    if absent or not times or not all(re.fullmatch(r"\d{4}", time) for time in times):
        raise ReadError(
            f"{file}, line 1 begins with {head[:60]!r} and has no {listed(absent) or 'years'}; the "
            "bulk file of env_ac_ainah_r2 begins with freq,airpol,nace_r2,unit,geo\\TIME_PERIOD."
        )
    try:
        wide = pd.read_csv(
            io.BytesIO(data), sep="\t", header=0, names=[head, *times], dtype=str, na_filter=False,
            quoting=3, encoding="utf-8-sig", index_col=False,
        )  # fmt: skip
    except (ValueError, pd.errors.ParserError) as error:
        raise ReadError(f"{file} could not be read: {reason_of(error)}.") from error
    keys = wide[head].str.split(",", expand=True)
    if keys.shape[1] != len(names):
        raise ReadError(
            f"{file}: a row has {keys.shape[1]} codes where {head} calls for {len(names)}."
        )
    parts = []
    for time in times:
        cells = wide[time].str.strip().str.extract(rf"^{_CELL.pattern}$")
        part = keys.set_axis(names, axis=1)[list(_DIMENSIONS)]
        part[_YEAR] = time
        bad = cells["flag"].isna()
        # what is no value with a flag stays as it is and is refused as a number
        part[_VALUE] = cells["value"].where(~bad, wide[time].str.strip()).fillna("")
        part[_FLAG] = cells["flag"].fillna("")
        part.index = pd.RangeIndex(2, len(part) + 2, name="line")
        parts.append(part[part[_VALUE] != ""])
    frame = pd.concat(parts)
    for name in (*_DIMENSIONS, _YEAR):
        frame[name] = frame[name].str.strip().astype("category")
    return _Cells(file, _settle_codes(frame, file))


def _settle_codes(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    """Dimensions by code alone; a file of labels without codes is refused."""
    for name in _DIMENSIONS:
        categories = frame[name].cat.categories.astype(str)
        codes = [category.partition(":")[0].strip() for category in categories]
        if any(" " in code or not code for code in codes):
            strange = next(code for code in codes if " " in code or not code)
            raise ReadError(
                f"{file}, column {name!r} holds {strange[:40]!r}, which is no code: download "
                "codes, or codes and labels, instead of labels."
            )
        frame[name] = frame[name].astype(str).map(dict(zip(categories, codes, strict=True)))
    wrong = ~frame[_YEAR].astype(str).str.fullmatch(r"\d{4}")
    if wrong.any():
        raise ReadError(
            f"{file}, line {frame.index[wrong][0]}: {_YEAR} is {frame[_YEAR][wrong].iloc[0]!r}, no "
            "year."
        )
    frame[_YEAR] = frame[_YEAR].astype(int)
    return frame


# -- one pollutant ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Amounts:
    """Amounts of one pollutant in its finest unit, indexed (country, code, year), and flags."""

    file: str
    values: pd.Series
    flags: Counter[str]


def _choose(
    cells: _Cells,
    pollutant: str,
    units: list[str],
    years: tuple[int, ...] | None,
    options: ReadOptions,
) -> _Amounts:
    """Amounts of one pollutant; where two units are there, they must say the same."""
    frame = cells.frame[cells.frame["airpol"] == pollutant]
    frame = frame[~frame["geo"].str.fullmatch(_AGGREGATE.pattern)]
    if years is not None:
        frame = frame[frame[_YEAR].isin(years)]
    try:
        countries = dict(zip(frame["geo"].unique(), to_iso3(frame["geo"].unique()), strict=True))
    except LabelError as error:
        raise ReadError(f"{cells.file}, column 'geo': {error}") from error
    codes = frame["nace_r2"].map({code: figaro_code(code) for code in frame["nace_r2"].unique()})
    index = pd.MultiIndex.from_arrays(
        [frame["geo"].map(countries), codes, frame[_YEAR], frame["unit"]], names=[*ACCOUNT, "unit"]
    )
    text = frame[_VALUE].astype(str).str.strip()
    amounts = numbers(
        text.mask(text == ":", ""), cells.file, decimal=options.decimal,
        rows=index.droplevel("unit"),
    )  # fmt: skip
    values = pd.Series(amounts.to_numpy(), index=index)
    used = index.get_level_values("sector").isin([*INDUSTRIES, HOUSEHOLDS, *PARTS_OF_HOUSEHOLDS])
    flagged = frame[_FLAG].astype(str)[used & index.get_level_values("unit").isin(units[:1])]
    twice = index[index.duplicated()].droplevel("unit")
    if len(twice):
        raise ReadError(
            f"{cells.file}: {pollutant} is given more than once for {places(twice[:1])}."
        )
    by_unit = [values.xs(unit, level="unit") for unit in units]
    for other, unit in zip(by_unit[1:], units[1:], strict=True):
        both = pd.concat([by_unit[0], other], axis=1, keys=["fine", "coarse"]).dropna()
        factor = _PER_UNIT[unit] / _PER_UNIT[units[0]]
        slack = 0.51 * factor * 1e-2 + 1e-3 * both["fine"].abs()
        off = both.index[(both["fine"] - factor * both["coarse"]).abs() > slack]
        if len(off):
            raise EmissionsError(
                f"{cells.file}: {pollutant} in {units[0]} and in {unit} contradict each other for "
                f"{places(off[:1])} ({len(off)} places)."
            )
    return _Amounts(cells.file, by_unit[0], Counter("".join(flagged)))


def _make_account(amounts: _Amounts, pollutant: str, unit: str, source: Source) -> Account:
    """Account of the industries that are there; what is missing is left out and named."""
    stressor = _describe(pollutant, unit)
    values = amounts.values
    code = values.index.get_level_values("sector")
    produced = values[code.isin(INDUSTRIES)]
    if produced.dropna().empty:
        raise EmissionsError(
            f"{amounts.file} has no {pollutant} of the 64 industries of NACE (A01 … U), only of "
            f"{listed(sorted(set(code)))}: download them, too."
        )
    years = sorted(set(values.index.get_level_values("year")))
    countries = list(dict.fromkeys(values.index.get_level_values("country")))
    whole = pd.MultiIndex.from_product([countries, INDUSTRIES, years], names=list(ACCOUNT))
    produced = produced.reindex(whole)
    _check_totals(produced, values[code == _ALL].droplevel("sector"), pollutant, amounts.file)
    missing = produced.index[produced.isna()]
    step = _name_gaps(missing, amounts, pollutant)
    if step:
        warn_user(f"{amounts.file}: {step}", IoeconWarning)
    known = Provenance() if not step else Provenance().add_step({"step": step})
    return Account(
        known.write_on(produced.dropna()),
        _find_households(values, pollutant, amounts.file),
        stressor.unit,
        source,
        name=stressor.name,
        signed=bool((produced < 0).any()),
    )


def _name_gaps(missing: pd.MultiIndex, amounts: _Amounts, pollutant: str) -> str:
    """Say which values are missing and how many are flagged; empty if none is."""
    words = []
    if len(missing):
        shown = places(missing[:_MOST_SHOWN])
        more = f" and {len(missing) - _MOST_SHOWN} more" if len(missing) > _MOST_SHOWN else ""
        words.append(
            f"{pollutant} is missing (':' or not in the file) and left out for {shown}{more}"
        )
    if amounts.flags:
        told = [
            f"{count} {_FLAGS.get(flag, 'flag')} ({flag})"
            for flag, count in sorted(amounts.flags.items())
        ]
        words.append(f"of its values Eurostat calls {listed(told)}")
    return f"{'; '.join(words)}." if words else ""


def _check_totals(produced: pd.Series, total: pd.Series, pollutant: str, file: str) -> None:
    """Refuse industries that do not add up to the printed total where all of them are known."""
    sums = produced.groupby(level=["country", "year"]).sum(min_count=len(INDUSTRIES), skipna=False)
    both = pd.concat([sums, total], axis=1, keys=["sum", "total"]).dropna()
    slack = _ROUNDING * (both["total"].abs() + len(INDUSTRIES))
    off = both.index[(both["sum"] - both["total"]).abs() > slack]
    if len(off):
        first = both.loc[off[0]]
        raise EmissionsError(
            f"{file}: {pollutant} of the industries of {places(off[:1])} adds up to "
            f"{first['sum']:,.3f}, and TOTAL is {first['total']:,.3f}: the file is damaged or "
            "edited."
        )


def _find_households(values: pd.Series, pollutant: str, file: str) -> pd.Series | None:
    """Find what households emit directly: as printed, or the sum of the three purposes."""
    code = values.index.get_level_values("sector")
    printed = values[code == HOUSEHOLDS].droplevel("sector").dropna()
    parts = [values[code == part].droplevel("sector") for part in PARTS_OF_HOUSEHOLDS]
    sums = pd.concat(parts, axis=1).dropna().sum(axis=1)
    both = pd.concat([printed, sums], axis=1, keys=["printed", "sum"]).dropna()
    off = both.index[
        (both["printed"] - both["sum"]).abs() > _ROUNDING * (both["printed"].abs() + 10)
    ]
    if len(off):
        raise EmissionsError(
            f"{file}: {pollutant} of households (HH) of {places(off[:1])} is not the sum of "
            f"{listed(PARTS_OF_HOUSEHOLDS)}."
        )
    found = printed.combine_first(sums)
    return None if found.empty else found.rename_axis(list(TOTALS)).astype(np.float64)


def _recognises(path: Path) -> bool:
    if not path.is_file():
        return False
    beginning = read_content(path, 4096)[:4096].decode("utf-8", errors="replace")
    return "airpol" in beginning.split("\n")[0] and "nace_r2" in beginning.split("\n")[0]


ACCOUNT_FORMAT = AccountFormat(
    name="eurostat-air",
    description="Eurostat's air emissions by industry (env_ac_ainah_r2): EU, EFTA and candidates.",
    looks_like="estat_env_ac_ainah_r2.csv (or .tsv, .gz)",
    pattern=re.compile(r".*env_ac_ainah_r2.*\.(csv|tsv)(\.gz)?", re.IGNORECASE),
    list_stressors=_list_stressors,
    read=_read_accounts,
    recognises=_recognises,
)
