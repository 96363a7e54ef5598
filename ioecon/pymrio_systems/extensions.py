"""Rows of a system's extensions, and the accounts and primary inputs that they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from ioecon.emissions.account import Account
from ioecon.errors import EmissionsError, IoeconWarning, LabelError
from ioecon.table import IOTable
from ioecon.units import currency_code, read_money
from ioecon.user_warnings import warn_user
from ioecon.wording import listed, suggest

__all__ = ["Row", "column_of", "join_rows", "make_accounts", "rows_of_extensions"]

#: Extensions whose rows in the unit of the table are its primary inputs.
_PRIMARY = ("primary_inputs", "factor_inputs", "VA")
_LONGEST_NAME = 100


@dataclass(frozen=True, eq=False)
class Row:
    """One row of an extension."""

    extension: str
    is_primary: bool
    name: str
    unit: str
    F: pd.Series
    F_Y: pd.Series | None

    def is_primary_input(self, unit: str, currency: str) -> bool:
        """Whether it is a primary input in the unit of the table, however that is written."""
        wanted = f"{unit} {currency}"
        try:
            ours, theirs = read_money(self.unit), read_money(wanted)
        except EmissionsError:
            return self.is_primary and self.unit == wanted
        same = ours.size == theirs.size and ours.of == currency_code(theirs.of)
        return self.is_primary and same


def rows_of_extensions(system: Any) -> Iterator[Row]:
    """Yield every row of every extension that has amounts, or coefficients and an output."""
    for instance in system.get_extensions(data=False, instance_names=True):
        extension = getattr(system, instance)
        F = extension.F
        if F is None and extension.S is not None and system.x is not None:
            x = column_of(system.x)
            F = extension.S * x.reindex(extension.S.columns).to_numpy()
        if F is None:
            warn_user(
                f"The extension {extension.name!r} has no amounts (F) and is left out.",
                IoeconWarning,
            )
            continue
        _require_rows_once(F, extension)
        for k, label in enumerate(F.index):
            F_Y = None if extension.F_Y is None else extension.F_Y.reindex([label]).iloc[0]
            parts = label if isinstance(label, tuple) else (label,)
            yield Row(
                extension=str(extension.name),
                is_primary=instance in _PRIMARY,
                name=", ".join(str(part) for part in parts),
                unit=_unit_of_row(extension.unit, label),
                F=F.iloc[k],
                F_Y=F_Y,
            )


def _require_rows_once(F: pd.DataFrame, extension: Any) -> None:
    """Refuse an extension in which a row cannot be told from another, or is not by sector."""
    for frame in (F, extension.F_Y):
        if frame is not None and frame.index.has_duplicates:
            twice = frame.index[frame.index.duplicated()][0]
            name = ", ".join(map(str, twice)) if isinstance(twice, tuple) else twice
            raise LabelError(f"The extension {extension.name!r} has the row {name} more than once.")
    if F.columns.nlevels != 2:
        raise LabelError(
            f"The columns of the extension {extension.name!r} are not (region, sector)."
        )


def _unit_of_row(units: pd.DataFrame | None, label: Any) -> str:
    """Find the unit of one row; empty where it is not told."""
    if units is None or label not in units.index:
        return ""
    found = column_of(units.loc[[label]]).iloc[0]
    return "" if pd.isna(found) or str(found).strip().lower() in ("", "undef") else str(found)


def join_rows(
    rows: list[Row], values: list[pd.Series], names: Mapping[str, str]
) -> pd.DataFrame | None:
    """Make a frame of the values of primary inputs, by name; None where there are none."""
    if not rows:
        return None
    frame = pd.DataFrame(dict(enumerate(values))).T
    frame.index = pd.Index([row.name for row in rows])
    return frame.rename(names, level=0, axis=1)


def make_accounts(
    rows: list[Row], wanted: Iterable[str] | None, table: IOTable, names: Mapping[str, str]
) -> dict[str, Account]:
    """Accounts of the rows by name."""
    plain = [row.name for row in rows]
    known = {
        row.name if plain.count(row.name) == 1 else f"{row.extension}: {row.name}": row
        for row in rows
    }
    make = partial(_make_account, table=table, names=names)
    if wanted is not None:
        chosen = [wanted] if isinstance(wanted, str) else list(wanted)
        for name in chosen:
            if name not in known:
                raise EmissionsError(f"The system has no row {name!r}: {suggest(name, known)}")
        return {name: make(name, known[name]) for name in chosen}
    made: dict[str, Account] = {}
    refused: list[str] = []
    for name, row in known.items():
        try:
            made[name] = make(name, row)
        except EmissionsError as error:
            refused.append(f"{name} ({error})" if not refused else name)
    if refused:
        warn_user(
            f"{len(refused)} rows of extensions are no accounts and are left out: "
            f"{listed(refused, 5)}",
            IoeconWarning,
        )
    return made


def _make_account(name: str, row: Row, *, table: IOTable, names: Mapping[str, str]) -> Account:
    if not row.unit:
        raise EmissionsError(f"The row {name!r} has no unit.")
    values = _as_numbers(row.F, name).rename(names, level=0).rename_axis(["country", "sector"])
    households = None
    if row.F_Y is not None and not row.F_Y.isna().all():
        level = row.F_Y.index.get_level_values(0).map(lambda region: names.get(region, region))
        sums = _as_numbers(row.F_Y, name).groupby(level, sort=False).sum(min_count=1)
        households = _with_year(sums.rename_axis("country"), table.year)
    smallest = min(values.min(), 0 if households is None else households.min())
    return Account(
        _with_year(values, table.year),
        households,
        unit=row.unit,
        name=name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…",
        signed=bool(smallest < 0),
    )


def _as_numbers(values: pd.Series, name: str) -> pd.Series:
    try:
        return values.astype(float)
    except (TypeError, ValueError):
        raise EmissionsError(f"The row {name!r} holds values that are no numbers.") from None


def _with_year(values: pd.Series, year: int) -> pd.Series:
    frame = values.rename("value").reset_index()
    frame["year"] = year
    return frame.set_index([name for name in frame if name != "value"])["value"]


def column_of(frame: Any) -> pd.Series:
    """First column of a frame, or the Series itself."""
    return frame.iloc[:, 0] if isinstance(frame, pd.DataFrame) else pd.Series(frame)
