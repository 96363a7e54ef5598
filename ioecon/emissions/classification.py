"""An account in another classification: coarser by adding up, finer in proportion to output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from ioecon.concordance import Concordance, ConcordanceLike, read_concordance
from ioecon.emissions.checks import ACCOUNT
from ioecon.emissions.provenance import Provenance
from ioecon.errors import ArgumentError, EmissionsError
from ioecon.table import IOTable
from ioecon.wording import listed, places, spans

if TYPE_CHECKING:
    from ioecon.emissions.account import Account

__all__ = ["EmptyParts", "aggregate_account", "split_account"]

EmptyParts: TypeAlias = Literal["raise", "equal"]


def aggregate_account(
    account: Account,
    sectors: ConcordanceLike | None = None,
    regions: ConcordanceLike | None = None,
) -> Account:
    """See :meth:`ioecon.Account.aggregate`."""
    if sectors is None and regions is None:
        raise ArgumentError("Nothing is aggregated: give a concordance of regions or of sectors.")
    values, households = account.values, account.households
    steps = []
    if sectors is not None:
        by_sector = read_concordance(sectors, account.sectors, "sectors", holder="the account")
        values = _sum_level(values, by_sector, "sector")
        steps.append(_describe_step(by_sector))
    if regions is not None:
        by_region = read_concordance(regions, account.countries, "countries", holder="the account")
        values = _sum_level(values, by_region, "country")
        if households is not None:
            households = _sum_level(households, by_region, "country")
        steps.append(_describe_step(by_region))
    return _with_steps(account, values, households, steps)


def split_account(
    account: Account,
    sectors: ConcordanceLike,
    by: IOTable | Mapping[int, IOTable],
    without_output: EmptyParts = "raise",
) -> Account:
    """See :meth:`ioecon.Account.split`."""
    if without_output not in ("raise", "equal"):
        raise ArgumentError(f"without_output is 'raise' or 'equal', not {without_output!r}.")
    tables = {by.year: by} if isinstance(by, IOTable) else by
    absent = [year for year in account.years if year not in tables]
    if absent:
        raise EmissionsError(
            f"The account has values of {spans(absent)}, for which there is no table to split "
            f"them by; tables are of {spans(tables)}."
        )
    first = tables[account.years[0]]
    concordance = read_concordance(sectors, first.sectors, "sectors")
    concordance.require_many_to_one("a split needs the one sector of the account it is part of")
    _require_same_groups(concordance, account.sectors)
    parts = [
        _split_year(account.values, tables[year], concordance, without_output)
        for year in account.years
    ]
    names = listed(dict.fromkeys(_name_table(tables[year]) for year in account.years), 3)
    split = [
        group
        for group, count in zip(
            concordance.groups, np.bincount(concordance.positions()), strict=True
        )
        if count > 1
    ]
    step = {
        "step": f"{len(split)} of {len(concordance.groups)} sectors split in proportion to output "
        f"of {names}",
        "kind": "sectors",
        "split": split,
        "without_output": without_output,
    }
    order = pd.MultiIndex.from_product([account.countries, first.sectors, account.years])
    values = pd.concat(parts)
    values = values.reindex(order[order.isin(values.index)].set_names(list(ACCOUNT)))
    return _with_steps(account, values, account.households, [step])


def _sum_level(values: pd.Series, concordance: Concordance, level: str) -> pd.Series:
    """Sum over groups of one level of the index; groups stand in the order of the concordance."""
    names = list(values.index.names)
    frame = values.rename("value").reset_index()
    others = [name for name in names if name != level]
    _require_whole_groups(frame, concordance, level, others)
    pairs = concordance.to_frame().rename(columns={"label": level})
    frame = frame.merge(pairs, on=level, how="left", validate="many_to_many")
    frame["value"] *= frame["weight"]
    frame[level] = pd.Categorical(frame["group"], categories=list(concordance.groups))
    for name in others:
        frame[name] = pd.Categorical(frame[name], categories=frame[name].unique())
    summed = frame.groupby(names, sort=True, observed=True)["value"].sum()
    index = pd.MultiIndex.from_arrays(
        [np.asarray(summed.index.get_level_values(name)) for name in names], names=names
    )
    return pd.Series(summed.to_numpy(), index=index, name=values.name)


def _require_whole_groups(
    frame: pd.DataFrame, concordance: Concordance, level: str, others: list[str]
) -> None:
    """Refuse a group of which a place has some members and not the others."""
    there = frame.assign(here=1).pivot_table(index=level, columns=others, values="here")
    present = there.reindex(concordance.labels).notna()
    counts = concordance.matrix() != 0
    members = np.asarray(counts.sum(axis=1)).ravel()
    found = np.asarray(counts.astype(float) @ present.to_numpy(dtype=float))
    partial = (found > 0) & (found < members[:, None])
    if not partial.any():
        return
    group, column = (int(k) for k in np.argwhere(partial)[0])
    needed = [concordance.labels[k] for k in counts[[group]].indices]
    lacking = [label for label in needed if not present.loc[label].iloc[column]]
    place = present.columns[column : column + 1]
    raise EmissionsError(
        f"The account has no value of {listed(lacking)} for {places(place)}, which belongs to "
        f"{concordance.groups[group]}: give each {level} of a group a value, zero where there is "
        "nothing."
    )


def _require_same_groups(concordance: Concordance, sectors: tuple[str, ...]) -> None:
    lost = [sector for sector in sectors if sector not in concordance.groups]
    strange = [group for group in concordance.groups if group not in sectors]
    wrong = []
    if lost:
        wrong.append(f"no sector of the table belongs to the account's {listed(lost)}")
    if strange:
        wrong.append(f"the account has no {listed(strange)}")
    if wrong:
        raise EmissionsError(
            f"The concordance does not fit the account: {', and '.join(wrong)}. To split, it gives "
            "each sector of the table the sector of the account that it is part of."
        )


def _split_year(
    values: pd.Series, table: IOTable, concordance: Concordance, without_output: EmptyParts
) -> pd.Series:
    """Values of one year, shared out by the output of one table."""
    year = values.xs(table.year, level="year")
    wide = year.rename("value").reset_index().pivot_table("value", "country", "sector", sort=False)
    wide = wide.reindex(columns=list(concordance.groups))
    absent = [country for country in wide.index if country not in table.countries]
    if absent:
        raise EmissionsError(
            f"The table of {table.year} has no {listed(absent)}, whose values are to be split by "
            "output."
        )
    holes = wide.isna().to_numpy()
    if holes.any():
        row, column = (int(k) for k in np.argwhere(holes)[0])
        raise EmissionsError(
            f"The account has no value for {wide.index[row]} {wide.columns[column]} "
            f"{table.year}: give each sector of a country a value, zero where there is nothing."
        )
    rows = [table.countries.index(country) for country in wide.index]
    x = table.x.reshape(len(table.countries), -1)[rows].astype(float)
    group = concordance.positions(table.sectors)
    amounts = wide.to_numpy()
    shares = _find_shares(x, group, amounts, table, wide.index, concordance, without_output)
    index = pd.MultiIndex.from_product([wide.index, table.sectors, [table.year]], names=ACCOUNT)
    return pd.Series((amounts[:, group] * shares).ravel(), index=index, name=values.name)


def _find_shares(
    x: np.ndarray,
    group: np.ndarray,
    amounts: np.ndarray,
    table: IOTable,
    countries: pd.Index,
    concordance: Concordance,
    without_output: EmptyParts,
) -> np.ndarray:
    """Share of each sector of the table in its group, countries × sectors."""
    size = np.bincount(group)
    whole = np.stack([np.bincount(group, row, len(size)) for row in x])
    needed = (amounts[:, group] != 0) & (size[group] > 1)
    negative = np.argwhere(needed & (x < 0))
    if len(negative):
        row, column = (int(k) for k in negative[0])
        raise EmissionsError(
            f"Output of {countries[row]} {table.sectors[column]} in {table.year} is "
            f"{x[row, column]:,.6g}, so it has no share of "
            f"{concordance.groups[group[column]]}: correct the table, or group the sector with "
            "another."
        )
    idle = (whole <= 0) & (amounts != 0) & (size > 1)
    if idle.any() and without_output == "raise":
        names = [f"{countries[r]} {concordance.groups[g]}" for r, g in np.argwhere(idle).tolist()]
        raise EmissionsError(
            f"{listed(names, 8)} cannot be split by output in {table.year}: none of the parts has "
            "any. Correct the table or the account, or pass without_output='equal' to share such "
            "sectors out equally."
        )
    equal = np.broadcast_to(1.0 / size[group], x.shape)
    total = whole[:, group]
    usable = (total > 0) & (size[group] > 1)
    return np.divide(x, total, out=equal.copy(), where=usable)


def _describe_step(concordance: Concordance) -> dict[str, Any]:
    kind, before, after = concordance.kind, len(concordance.labels), len(concordance.groups)
    how = "" if concordance.is_many_to_one else " by fixed shares"
    return {"step": f"{before} {kind} aggregated to {after}{how}", "kind": kind}


def _name_table(table: IOTable) -> str:
    return table.source.path if table.source is not None else f"the table of {table.year}"


def _with_steps(
    account: Account,
    values: pd.Series,
    households: pd.Series | None,
    steps: list[dict[str, Any]],
) -> Account:
    known = Provenance.of(account.values)
    for step in steps:
        known = known.add_step(step)
    if households is not None:
        households = Provenance.of(account.households).write_on(households)
    return replace(account, values=known.write_on(values), households=households)
