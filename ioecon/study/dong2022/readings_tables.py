"""Tables and sentences on which reading of the published outcome comes closest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ioecon.study.dong2022.published import implied_moments, published_descriptives
from ioecon.study.dong2022.readings import PAPER_ROWS, Readings
from regressions import Table

__all__ = ["READINGS_TABLES", "readings_statements", "readings_tables"]

READINGS_TABLES = ("readings", "readings_coefficients")
"""Keys of the tables."""

_SHOWN = 5
_LOOKED_AT = 20
_MOMENTS = {"mean": "Mean", "sd": "Std. dev.", "min": "Min", "max": "Max"}
_EVIDENCE = (
    "This is evidence and not proof: 255 readings were tried, some must come close, neighbours on "
    "the list differ little, and these tables are not the paper's."
)


def readings_statements(readings: Readings) -> tuple[str, ...]:
    """Say in sentences which readings come closest, and what that shows."""
    singles = [table for table in readings.tables if "," not in table]
    told = "; ".join(_tell_table(readings, table) for table in singles)
    return (
        "Of the 255 sums of technology, level, mix and distribution effects, each left out, "
        "domestic, foreign or both, these come closest to the published coefficients (root mean "
        f"square distance in published standard errors): {told}.",
        *_tell_together(readings),
        *_tell_level(readings, singles),
        _EVIDENCE,
        f"The panel has {readings.shared} of the paper's {PAPER_ROWS} rows"
        + (f", and {more} others." if (more := readings.rows - readings.shared) else "."),
    )


def _tell_table(readings: Readings, table: str) -> str:
    closest, literal = readings.closest(table).iloc[0], readings.literal(table)
    if closest["literal"]:
        return f"table {table}, the literal reading, {literal['reading']} ({_two(literal)})"
    return (
        f"table {table}, {closest['reading']} ({_two(closest)}; the literal reading "
        f"{_two(literal)}, place {literal['rank']})"
    )


def _tell_together(readings: Readings) -> Iterator[str]:
    for table in readings.tables:
        if "," in table:
            found = readings.closest(table, 3)
            told = ", ".join(f"{row['reading']} ({_two(row)})" for _, row in found.iterrows())
            yield (
                f"Tables {table} have one outcome. Over all of them the closest are {told}; the "
                f"literal reading has {_two(readings.literal(table))}."
            )


def _tell_level(readings: Readings, tables: Sequence[str]) -> Iterator[str]:
    """Say how often the foreign level effect is in the closest readings."""
    held = {}
    for table in tables:
        ranked = readings.ranking.loc[readings.ranking["table"].eq(table)]
        with_level = ranked.loc[ranked["level"].isin(["foreign", "both"])]
        held[table] = int(with_level["rank"].min())
    earliest = min(held, key=lambda table: held[table])
    if held[earliest] > _LOOKED_AT:
        yield (
            f"None of the {_LOOKED_AT} closest readings of any table holds the foreign level "
            f"effect; the first that does stands at place {held[earliest]}, in table {earliest}. "
            "So the published outcomes very probably hold none."
        )


def _two(row: Mapping[str, Any] | pd.Series) -> str:
    return f"{row['distance']:.2f}"


def readings_tables(readings: Readings, labels: Mapping[str, str]) -> dict[str, Table]:
    """Tables of the closest readings and of their coefficients, by the name of their files."""
    return {
        "readings": _ranking_table(readings),
        "readings_coefficients": _coefficients_table(readings, labels),
    }


def _ranking_table(readings: Readings) -> Table:
    """Show the published, literal and closest readings of each table."""
    interest = [name for name in readings.ranking.columns if name.startswith("interest_")]
    wanted = ["rank", "reading", "distance", *_MOMENTS, *interest]
    blocks = []
    for table in readings.tables:
        closest = readings.closest(table, _SHOWN)
        rows = [_published_row(readings, table, interest)]
        if not closest["literal"].any():
            literal = readings.literal(table)
            rows.append({**literal[wanted], "reading": f"literal: {literal['reading']}"})
        for _, row in closest.iterrows():
            words = f"literal: {row['reading']}" if row["literal"] else row["reading"]
            rows.append({**row[wanted], "reading": words})
        blocks.append(pd.DataFrame(rows, columns=wanted).assign(table=table))
    frame = pd.concat(blocks, ignore_index=True)[["table", *wanted]]
    frame["rank"] = frame["rank"].astype("Int64")
    numbers = {name: f"({name.rpartition('_')[2]})" for name in interest}
    return Table.from_frame(
        frame,
        title="Which reading comes closest to the published tables",
        labels={
            "table": "Table", "rank": "Place", "reading": "Outcome", "distance": "Distance",
            **_MOMENTS, **numbers,
        },
        formats={"distance": 2, **dict.fromkeys([*_MOMENTS, *interest], 3)},
        index=False,
        identifier="readings",
        notes=[
            "All 255 sums of technology, level, mix and distribution effects stand in "
            "readings.csv. A factor without a word is the sum of its domestic and its foreign "
            "effect. Distance: root mean square difference of all coefficients of the table, "
            "constants among them, in published standard errors. Moments are of ln(outcome) in "
            "the table's sample; those printed for tables 4 and 5 follow from their columns with "
            "one regressor. Numbered columns: the coefficient of the table's transfer index in "
            "its columns.",
            _EVIDENCE,
        ],
    )  # fmt: skip


def _published_row(readings: Readings, table: str, interest: Sequence[str]) -> dict[str, Any]:
    """Show published moments, where the table has the whole sample, and coefficients."""
    row: dict[str, Any] = {"rank": None, "reading": "published", "distance": np.nan}
    if table in ("3", "8", "3, 6, 7, 8"):
        row |= published_descriptives().loc["ln_ddfc", [*_MOMENTS]]
    elif table in ("4", "5"):
        row |= implied_moments().loc["ln_dtfc" if table == "4" else "ln_dfc"]
    lines = readings.coefficients.loc[readings.coefficients["table"].astype(str).eq(table)]
    if len(lines):
        lines = lines.loc[lines["regressor"].eq(lines["regressor"].iloc[0])]
        printed = dict(zip(lines["column"], lines["published"], strict=True))
        row |= {name: printed.get(int(name.rpartition("_")[2]), np.nan) for name in interest}
    return row


def _coefficients_table(readings: Readings, labels: Mapping[str, str]) -> Table:
    """Show published coefficients beside those of the literal and of the closest reading."""
    lines = readings.coefficients
    names = [labels.get(name, name).replace("Intercept", "Constant") for name in lines["regressor"]]
    frame = pd.DataFrame({"Table": lines["table"], "Column": lines["column"], "Regressor": names})
    for name, error in (
        ("published", "published_se"),
        ("literal", "literal_se"),
        ("closest", "closest_se"),
    ):
        frame[name.title()] = [
            f"{value:.3g} ({spread:.3g})"
            for value, spread in zip(lines[name], lines[error], strict=True)
        ]
    closest = lines.groupby("table", sort=True)["reading"].first()
    told = "; ".join(f"table {table}, {reading}" for table, reading in closest.items())
    return Table.from_frame(
        frame,
        title="Published coefficients, the literal and the closest reading",
        index=False,
        identifier="readings_coefficients",
        notes=[f"Standard errors in parentheses. Closest: {told}.", _EVIDENCE],
    )
