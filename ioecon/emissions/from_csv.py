"""Emissions from a CSV file with named columns."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ioecon.delimited import labels, numbers, parse_number, read_delimited, years
from ioecon.emissions.account import Account
from ioecon.emissions.checks import ACCOUNT, TOTALS, canonical_emissions
from ioecon.emissions.labels import country_codes
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError, ReadError
from ioecon.source import Source, source_of_file
from ioecon.stressor import CO2, Stressor
from ioecon.units import kilotonnes_per, spell_substance
from ioecon.wording import listed, places

__all__ = ["read_emissions"]

Where = Mapping[str, Any]


def read_emissions(
    path: str | PathLike[str],
    *,
    country: str = "iso3",
    year: str = "year",
    value: str = "co2_kt",
    sector: str | None = None,
    where: Where | None = None,
    unit: str = "kt",
    stressor: str | None = None,
    signed: bool = False,
    households: str | None = "FC_HH",
    totals: Sequence[str] = (),
    encoding: str | None = None,
    separator: str | None = ",",
    decimal: str = ".",
) -> pd.Series | Account:
    r"""Read emissions, or another stressor, from CSV (also compressed: ``.csv.gz``).

    Parameters
    ----------
    path : path
        File with one row per country and year (and sector).
    country, year, value : str
        Names of the columns. Countries may be in any usual form (codes or names); ``WLD`` or
        ``World`` stands for the world, ``ROW`` for the rest of it.
    sector : str, optional
        Column of sectors: an :class:`Account` is returned instead of national totals.
    where : mapping, optional
        Rows to keep: column -> value or list of values, e.g. ``{"source": "CDIAC_2014"}``.
    unit : str
        Unit of the file, converted to kt: ``kg``, ``t``, ``kt``, ``Gg``, ``Mt``, ``Gt``, ``万吨``
        of CO2; ``ktC``, ``MtC``, ``GtC`` of carbon (times 3.664); see :mod:`ioecon.units`. With
        ``stressor``: any text, kept as it is.
    stressor : str, optional
        What the values are, where they are not CO2: ``"Employment"``.
    signed : bool
        Whether they may be negative.
    households : str, optional
        With ``sector``: the label of direct emissions of households, kept apart.
    totals : sequence of str
        With ``sector``: labels of rows that are totals of others; they are not read.
    encoding : str, optional
        Encoding of the text, for example ``"gbk"``; UTF-8 by default.
    separator : str or None
        Between columns; None finds it in the row of names.
    decimal : {".", ","}
        Decimal mark.

    Returns
    -------
    pandas.Series or Account
        ``co2_kt`` (or named by the stressor) indexed (country, year), with ``attrs``
        ``stressor``, ``unit``, ``source`` (file name, SHA-256, format) and ``where``; or the
        account.

    Raises
    ------
    ReadError
        When the file is missing, is not CSV, is in another encoding or has other separators, or
        a cell of the year or the value is text.
    EmissionsError
        When a column is missing, a filter keeps nothing, a place occurs twice, or a value is
        missing or negative: country, sector and year are named.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "co2.csv"
    ...     _ = file.write_text("iso3,year,mt\nAUS,2000,349.5\n")
    ...     read_emissions(file, value="mt", unit="Mt").to_dict()
    {('AUS', 2000): 349500.0}
    """
    kind = Stressor() if stressor is None else Stressor(stressor, _unit_of(stressor, unit))
    factor = _kilotonnes_of_co2(unit) if kind.is_co2 else 1.0
    path = Path(path)
    frame = read_delimited(
        path, "emissions", encoding=encoding, separator=separator, decimal=decimal
    )
    if frame.empty:
        raise EmissionsError(f"{path.name} has no rows below its header.")
    keys = {country: "country", year: "year"} | ({sector: "sector"} if sector else {})
    _require_columns(frame, [*keys, value, *(where or {})], path)
    frame = _keep_rows(frame, where, path, decimal)
    for column in [country, *([sector] if sector else [])]:
        frame[column] = labels(frame[column], path.name)
    if sector and totals:
        frame = frame.loc[~frame[sector].isin(list(totals))]
    _refuse_duplicates(frame, list(keys), value, path)
    columns = [frame[column].rename(name) for column, name in keys.items()]
    columns[0] = country_codes(columns[0])
    columns[1] = years(frame[year], path.name).rename("year")
    levels = TOTALS if sector is None else ACCOUNT
    index = pd.MultiIndex.from_frame(pd.concat(columns, axis=1)).reorder_levels(list(levels))
    values = _read_amounts(frame[value], index, path, decimal, kind, signed) * factor
    source = source_of_file(path, "csv")
    chosen = {str(name): _as_plain(item) for name, item in (where or {}).items()}
    known = Provenance(where=chosen).of_stressor(kind, source, signed=signed)
    if sector is None:
        return known.write_on(values)
    return _make_account(values, known, households, source)


def _unit_of(stressor: str, unit: str) -> str:
    """Find the unit of what is returned: kt of CO2, otherwise that of the file."""
    return "kt" if spell_substance(stressor) == CO2 else unit


def _kilotonnes_of_co2(unit: str) -> float:
    try:
        return kilotonnes_per(unit)
    except EmissionsError as error:
        raise EmissionsError(
            f"{str(error).rstrip('.')}; or say with stressor= what it is, if not CO2."
        ) from None


def _read_amounts(
    column: pd.Series,
    index: pd.MultiIndex,
    path: Path,
    decimal: str,
    kind: Stressor,
    signed: bool,
) -> pd.Series:
    """Amounts as the file has them, checked."""
    try:
        cells = numbers(column, path.name, decimal=decimal, rows=index)
    except ReadError as error:
        raise EmissionsError(str(error)) from None
    try:
        amounts = pd.Series(cells.to_numpy(), index=index)
        return canonical_emissions(amounts, tuple(index.names), kind, signed=signed)
    except EmissionsError as error:
        raise EmissionsError(f"{path.name}, column '{column.name}': {error}") from None


def _require_columns(frame: pd.DataFrame, wanted: Sequence[str], path: Path) -> None:
    absent = [column for column in wanted if column not in frame.columns]
    if absent:
        raise EmissionsError(
            f"{path.name} has no column {listed(absent)}; it has {listed(frame.columns, 30)}. Name "
            "the columns with country=, year=, value=, sector= and where=."
        )


def _keep_rows(frame: pd.DataFrame, where: Where | None, path: Path, decimal: str) -> pd.DataFrame:
    for column, wanted in (where or {}).items():
        values = [*wanted] if _is_many(wanted) else [wanted]
        if not values or not all(
            isinstance(item, (str, int, float, np.generic)) for item in values
        ):
            raise EmissionsError(
                f"where[{column!r}] names one value or a list of values (texts or numbers), not "
                f"{wanted!r}."
            )
        matches = {item: frame[column].map(_make_match(item, decimal)) for item in values}
        absent = [item for item, rows in matches.items() if not rows.any()]
        if absent:
            raise EmissionsError(
                f"{path.name} has no row with {column} = {listed(absent)}; there is "
                f"{listed(frame[column].unique(), 20)}."
            )
        frame = frame.loc[pd.concat(matches.values(), axis=1).any(axis=1)]
    return frame.copy()


def _make_match(item: Any, decimal: str) -> Callable[[str], bool]:
    """Whether a cell of text is what a filter asks for: the same text, number or truth value."""
    if isinstance(item, (bool, np.bool_)):
        return lambda cell: cell.lower() == str(bool(item)).lower()
    if isinstance(item, (int, float, np.number)):
        return lambda cell: parse_number(cell, decimal) == item
    return lambda cell: cell == str(item)


def _is_many(item: Any) -> bool:
    return isinstance(item, (list, tuple, set, frozenset, range))


def _as_plain(item: Any) -> Any:
    return sorted(item) if isinstance(item, (set, frozenset)) else item


def _refuse_duplicates(frame: pd.DataFrame, keys: list[str], value: str, path: Path) -> None:
    twice = frame.loc[frame.duplicated(keys, keep=False)]
    if twice.empty:
        return
    others = [
        column
        for column in frame.columns
        if column not in (*keys, value) and _is_different(twice, keys, column)
    ]
    advice = (
        f"They differ in {listed(others)}: choose one with where={{'{others[0]}': "
        f"{_plain_example(twice[others[0]])}}}."
        if others
        else f"They differ in nothing but {value}: keep one of them."
    )
    where = places(pd.MultiIndex.from_frame(twice[keys].drop_duplicates()), limit=4)
    raise EmissionsError(f"{path.name} has several rows for {where}. {advice}")


def _is_different(rows: pd.DataFrame, keys: list[str], column: str) -> bool:
    return len(rows.drop_duplicates([*keys, column])) > len(rows.drop_duplicates(keys))


def _plain_example(column: pd.Series) -> str:
    first = column.iloc[0]
    return repr(first.item() if hasattr(first, "item") else first)


def _make_account(
    values: pd.Series, known: Provenance, households: str | None, source: Source
) -> Account:
    private = values.index.get_level_values("sector") == households
    production = known.write_on(values.loc[~private])
    direct = values.loc[private].droplevel("sector") if private.any() else None
    if production.empty:
        raise EmissionsError(f"{source.path} has no row of a producing sector.")
    return Account(production, direct, source=source)
