"""Panels in text files: CSV and its kin, also compressed with gzip."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from ioecon.delimited import MISSING, numbers, parse_number, read_delimited, read_names
from ioecon.errors import ReadError
from ioecon.study.panel.sources.source import FileColumns, PanelSource, ReadOptions

__all__ = ["TEXT"]

_CODE = re.compile(r"[+-]?0[0-9]+")  # 007 is a code: as a number it would lose its zeros
_TRUTH = {"true": True, "false": False}


def _separator(path: Path, options: ReadOptions) -> str:
    if options.separator is not None:
        return options.separator
    return "\t" if ".tsv" in path.name.lower() else ","


def _names(path: Path, options: ReadOptions) -> tuple[str, ...]:
    return read_names(
        path, "a panel", encoding=options.encoding, separator=_separator(path, options)
    )


def _read(path: Path, options: ReadOptions, wanted: Collection[str] | None) -> FileColumns:
    frame = read_delimited(
        path,
        "a panel",
        encoding=options.encoding,
        separator=_separator(path, options),
        decimal=options.decimal,
    )
    columns, faults = {}, {}
    for name in frame.columns:
        if wanted is None or name in wanted:
            columns[name], fault = _typed(frame[name], path.name, options.decimal)
            if fault:
                faults[name] = fault
    return FileColumns(pd.DataFrame(columns, index=frame.index), "line", faults=faults)


def _typed(cells: pd.Series, file: str, decimal: str) -> tuple[pd.Series, str]:
    """Column of numbers, truth values or text; and why it is no number where it nearly is one."""
    filled = cells[~cells.isin(["", *MISSING])]
    values = filled.unique()
    numeric = [value for value in values if parse_number(value, decimal) is not None]
    codes = [value for value in numeric if _CODE.fullmatch(value)]
    if len(numeric) == len(values) and not codes:
        return numbers(cells, file, decimal=decimal), ""
    text = cells.mask(cells == "", None)
    if {value.lower() for value in values} <= {*_TRUTH}:
        return cells.str.lower().map(_TRUTH).astype("boolean"), ""
    if codes and len(numeric) == len(values):
        return text, (
            f"{file}, column {cells.name!r} holds {codes[0]!r}: a code that would lose its zeros "
            "as a number. Write it as a number in the file, or use C(...) for categories."
        )
    if 2 * len(numeric) < len(values):
        return text, ""
    try:
        numbers(cells, file, decimal=decimal)
    except ReadError as error:
        return text, str(error)
    return text, ""


TEXT = PanelSource(
    title="CSV",
    suffixes=(".csv", ".csv.gz", ".tsv", ".tsv.gz"),
    options=("encoding", "separator", "decimal"),
    names=_names,
    read=_read,
)
