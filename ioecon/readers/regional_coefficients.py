"""Emission coefficients by region and sector, from a CSV file or an Excel sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ioecon.delimited import require_options
from ioecon.errors import EmissionsError, ReadError
from ioecon.files.source_file import PathLike, SourceFile
from ioecon.readers.regional_cells import (
    Sheet,
    cell_at,
    described,
    label,
    label_at,
    numbers,
    sheets_of,
)
from ioecon.source import source_of_bytes
from ioecon.stressor import CO2, Stressor
from ioecon.units import conversion_factor, read_amount, read_money, split_ratio, write_unit
from ioecon.wording import listed

__all__ = ["read_coefficients"]

_KEYS = ("region", "sector", "year")


@dataclass(frozen=True)
class _Layout:
    """Where the columns stand: keys by name, values by label."""

    sheet: Sheet
    head: int
    keys: dict[str, int]
    values: dict[str, int]
    rows: list[int]


def read_coefficients(
    path: PathLike,
    *,
    unit: str | None = None,
    stressor: str | None = None,
    sheet: str | None = None,
    ignore: Sequence[str] = (),
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
) -> pd.Series:
    r"""Read emissions per unit of output by region and sector.

    A heading row names the columns. With a column ``sector``, the other columns are regions; with
    a column ``region``, they are sectors; with both, the one other column holds the coefficients.
    A column ``year`` gives each year its own. Above the headings, a line ``unit`` says the unit,
    and a line ``stressor`` of what they are, if not of CO2.

    Parameters
    ----------
    path : path
        CSV or Excel.
    unit : str, optional
        Unit, for example ``"kt per million USD"`` or ``"吨/万元"``, when the file does not say
        it; see :mod:`ioecon.units`.
    stressor : str, optional
        What it is per output, for example ``"Employment"``, when the file does not say it.
    sheet : str, optional
        Sheet of a workbook; the only one with coefficients by default.
    ignore : sequence of str
        Headings of columns that are not to be read.
    encoding, separator, decimal : str, optional
        Of a CSV file: its encoding (UTF-8 by default), the character between columns (found by
        default) and the decimal mark (``"."`` or ``","``).

    Returns
    -------
    pandas.Series
        Indexed (region, sector) or (region, sector, year), for :func:`ioecon.carbon_transfer`;
        ``attrs`` has ``unit``, ``source`` and, where one is said, ``stressor``.

    Raises
    ------
    ReadError
        If there is no such file or heading row, or a cell holds no number.
    EmissionsError
        If a coefficient is missing, negative or there twice, or the unit is not known.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "k.csv"
    ...     _ = file.write_text("unit,kt per million USD\nsector,North,South\nGoods,0.4,0.7\n")
    ...     read_coefficients(file).to_dict()
    {('North', 'Goods'): 0.4, ('South', 'Goods'): 0.7}
    """
    require_options(separator, decimal, encoding)
    source = SourceFile(Path(path))
    data = source.read()
    sheets = sheets_of(
        data,
        source.name,
        lambda found: _find_head(found) is not None,
        encoding=encoding,
        separator=separator,
        decimal=decimal,
    )
    layout = _find_layout(_choose_sheet(sheets, source.name, sheet), ignore)
    frame = _stack_coefficients(layout)
    where = layout.sheet.called
    said = described(layout.sheet, layout.head)
    what = _choose_stressor(said.get("stressor", ""), stressor, where)
    known = _choose_unit(said.get("unit", ""), unit, what, where)
    names = [name for name in _KEYS if name in frame.columns]
    _require_each_once(frame, names, where)
    series = frame.set_index(names)["coefficient"].reindex(_full_index(frame, names))
    missing = series.index[series.isna()]
    _refuse(missing, f"{where}: there is no emission coefficient of")
    _refuse(series.index[series < 0], f"{where}: negative is the emission coefficient of")
    series = write_unit(series, known, source=source_of_bytes(data, source.name, "regional"))
    if what is not None:
        series.attrs["stressor"] = what
    return series


def _choose_sheet(fitting: list[Sheet], file: str, name: str | None) -> Sheet:
    if name is not None and (len(fitting) != 1 or fitting[0].name):
        fitting = [found for found in fitting if found.name == name]
    if not fitting:
        which = f"sheet {name} of {file}" if name is not None else file
        raise ReadError(
            f"{which} has no row of headings with 'sector' or 'region' in it; see "
            "docs/regional_tables.md."
        )
    if len(fitting) > 1:
        raise ReadError(
            f"{file} has several sheets with coefficients: {listed(s.name for s in fitting)}; "
            "name one with sheet=."
        )
    return fitting[0]


def _find_head(sheet: Sheet) -> int | None:
    """Row of the headings; the corner of a regional table is none."""
    for i, row in enumerate(sheet.top()):
        names = [label(cell).lower() for cell in row]
        if names and not names[0].startswith("#") and {"sector", "region"} & {*names}:
            return None if "block" in names else i
    return None


def _find_layout(sheet: Sheet, ignore: Sequence[str]) -> _Layout:
    head = _find_head(sheet) or 0
    names = [label_at(sheet, head, column) for column in range(len(sheet.rows[head]))]
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise ReadError(f"{sheet.called}: the column {listed(twice)} appears more than once.")
    unknown = [name for name in ignore if name not in names]
    if unknown:
        raise ReadError(f"{sheet.called} has no column {listed(unknown)} to ignore.")
    named = {name: i for i, name in enumerate(names) if name and name not in ignore}
    keys = {name.lower(): i for name, i in named.items() if name.lower() in _KEYS}
    values = {name: i for name, i in named.items() if name.lower() not in _KEYS}
    if not values or ("region" in keys and "sector" in keys and len(values) != 1):
        has = listed(values) or "none"
        raise ReadError(
            f"{sheet.called}: beside {listed(keys)} there should be "
            f"{'one column of coefficients' if len(keys) > 1 else 'columns of coefficients'}, not "
            f"{has}. Name columns that are not to be read with ignore=."
        )
    rows = [
        row
        for row in range(head + 1, len(sheet.rows))
        if any(cell_at(sheet, row, column) != "" for column in named.values())
    ]
    return _Layout(sheet, head, keys, values, rows)


def _stack_coefficients(layout: _Layout) -> pd.DataFrame:
    """One row per coefficient: region, sector, perhaps year, coefficient."""
    sheet, keys = layout.sheet, layout.keys
    columns = {column: name for name, column in layout.values.items()}
    if not _has_number(layout):
        raise EmissionsError(f"{sheet.called} holds no coefficient yet: fill it in.")
    lines = {row: _read_keys(layout, row) for row in layout.rows}
    table = numbers(
        sheet,
        layout.rows,
        list(columns),
        lambda row, column: f"{' '.join(lines[row].values())}, column {columns[column]}",
        empty=None,
        advice="Every region and sector needs a coefficient, zero included.",
    )
    across = next((name for name in ("region", "sector") if name not in keys), None)
    records = [
        {**lines[row], **({across: name} if across else {}), "coefficient": table[i, j]}
        for i, row in enumerate(layout.rows)
        for j, name in enumerate(layout.values)
    ]
    frame = pd.DataFrame(records)
    if "year" in keys:
        years = frame["year"]
        wrong = years[~years.str.fullmatch(r"[0-9]{1,4}")]
        if len(wrong):
            raise ReadError(f"{sheet.called}: the year {wrong.iloc[0]!r} is not a whole number.")
        frame["year"] = years.astype(int)
    return frame


def _read_keys(layout: _Layout, row: int) -> dict[str, str]:
    """Keys of a row, none of which may be empty."""
    line = {name: label_at(layout.sheet, row, column) for name, column in layout.keys.items()}
    empty = [name for name, text in line.items() if not text]
    if empty:
        raise ReadError(f"{layout.sheet.called}: row {row + 1} has no {listed(empty)}.")
    return line


def _has_number(layout: _Layout) -> bool:
    return any(
        cell_at(layout.sheet, row, column) != ""
        for row in layout.rows
        for column in layout.values.values()
    )


def _choose_stressor(said: str, given: str | None, where: str) -> str | None:
    if said and given is not None and said != given:
        raise EmissionsError(f"{where} says that it is of {said!r}, not {given!r}.")
    return said or given


def _choose_unit(said: str, given: str | None, stressor: str | None, where: str) -> str:
    if said and given is not None and not _is_same_unit(said, given):
        raise EmissionsError(f"{where} says that its unit is {said!r}, not {given!r}.")
    known = said or given
    if not known:
        raise EmissionsError(
            f"{where} does not say the unit of its coefficients; write a line 'unit' above the "
            "headings, or pass unit=, for example 'kt per million USD'."
        )
    try:
        amount, money = split_ratio(known)
        read_money(money)
        if stressor is None:
            read_amount(amount)
        else:
            Stressor(stressor, amount)
    except EmissionsError as error:
        raise EmissionsError(f"{where}: {error}") from None
    return known


def _is_same_unit(said: str, given: str) -> bool:
    """Whether two units of coefficients are one, in whatever words."""
    if said == given:
        return True
    parts = zip(split_ratio(said), split_ratio(given), strict=True)
    return all(conversion_factor(one, other, of=CO2) == 1.0 for one, other in parts)


def _require_each_once(frame: pd.DataFrame, names: list[str], where: str) -> None:
    twice = frame.loc[frame.duplicated(names), names]
    _refuse(pd.MultiIndex.from_frame(twice), f"{where}: more than once there is the coefficient of")


def _full_index(frame: pd.DataFrame, names: list[str]) -> pd.MultiIndex:
    """Every region with every sector (and year), in the order of the file."""
    return pd.MultiIndex.from_product([frame[name].unique() for name in names], names=names)


def _refuse(index: pd.Index, what: str) -> None:
    if len(index):
        raise EmissionsError(f"{what} {listed(' '.join(map(str, key)) for key in index)}.")
