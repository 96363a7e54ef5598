"""WIOD 2016 release in R's form: one data frame ``wiot``.

A row per country and industry (``IndustryCode``, ``IndustryDescription``, ``Country``, ``RNr``,
``Year``) with columns ``AUS1`` … ``ROW56`` (intermediate use), ``AUS57`` … ``ROW61`` (final
demand) and ``TOT`` (output), then rows of the country ``TOT`` with taxes, value added and
margins. Million current US dollars. Columns are found by name, never by position.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.rdata_file import numeric_array, read_objects, text_list
from ioecon.readers.labels import agreed_year, iso3_by_label, positions, require_finite, unique
from ioecon.readers.options import ReadOptions
from ioecon.readers.wiod2016 import CATEGORY_OF_NUMBER, is_total
from ioecon.table import IOTable

__all__ = ["parse_files"]

_LABELS = ("IndustryCode", "IndustryDescription", "Country", "RNr", "Year")
_FLOW = re.compile(r"(?P<country>[A-Za-z]+)(?P<number>\d+)")
_OUTPUT = "TOT"
_TOGETHER = 64  # columns that are turned into rows at once


def parse_files(files: FileSet, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one file.

    Parameters
    ----------
    files : FileSet
        The file.
    year : int or None
        Year it should be of.
    options : ReadOptions
        ``empty_cells`` says what a missing flow (R's NA) means.

    Raises
    ------
    ReadError
        If the file is damaged, holds something else, or its labels do not fit together.
    """
    name = files.name
    frame = _find_data_frame(read_objects(files.read(files.single), name), name)
    rows = _Rows.of(frame, name)
    flows = {column: match for column in frame if (match := _FLOW.fullmatch(column))}
    strangers = [column for column in frame if column not in flows and column not in _LABELS]
    if strangers != [_OUTPUT]:
        unexpected = [column for column in strangers if column != _OUTPUT]
        raise ReadError(
            f"{name}: column {unexpected[0]!r} is unknown."
            if unexpected
            else f"{name}: there is no column {_OUTPUT} (output)."
        )
    numbers = {int(number) for number in rows.numbers}
    inter = [column for column, match in flows.items() if int(match["number"]) in numbers]
    final = [column for column in flows if column not in set(inter)]
    codes = iso3_by_label([*rows.countries, *(match["country"] for match in flows.values())], name)

    sector_of = rows.sector_of_number(name)
    countries = unique(codes[country] for country in rows.countries)
    sectors = unique(sector_of[int(number)] for number in rows.numbers)
    row_order = positions(
        [
            (codes[country], sector_of[int(number)])
            for country, number in zip(rows.countries, rows.numbers, strict=True)
        ],
        countries,
        sectors,
        what="row",
        file=name,
    )
    inter_order = positions(
        [(codes[flows[c]["country"]], sector_of[int(flows[c]["number"])]) for c in inter],
        countries,
        sectors,
        what="column of intermediate use",
        file=name,
    )
    categories = _read_categories(flows, final, name)
    final_order = positions(
        [(codes[flows[c]["country"]], categories[int(flows[c]["number"])]) for c in final],
        countries,
        unique(categories.values()),
        what="column of final demand",
        file=name,
    )
    inter = [inter[position] for position in inter_order]
    final = [final[position] for position in final_order]

    places = [f"{rows.countries[i]}{rows.numbers[i]}" for i in row_order]
    at = rows.flows[row_order]
    primary_labels, primary = _read_primary(frame, inter, rows, name)
    Z, Y, output = (
        _take_block(frame, columns, at, places, options, name)
        for columns in (inter, final, [_OUTPUT])
    )
    names = {
        sector_of[int(number)]: words
        for number, words in zip(rows.numbers, rows.names, strict=True)
    }
    return IOTable(
        Z=Z,
        Y=Y,
        printed_output=output[:, 0],
        countries=countries,
        sectors=sectors,
        sector_names=tuple(names[sector] for sector in sectors),
        categories=unique(categories.values()),
        primary_inputs=primary,
        primary_labels=primary_labels,
        year=agreed_year(_read_year(frame, name), year, name),
    )


@dataclass(frozen=True)
class _Rows:
    """Row labels of the data frame: those of flows, and where all rows stand."""

    flows: NDArray[np.intp]  # positions of the rows of flows in the frame
    others: NDArray[np.intp]  # positions of the rows of the country TOT
    countries: list[str]
    codes: list[str]
    names: list[str]
    numbers: list[str]

    @classmethod
    def of(cls, frame: Mapping[str, Any], file: str) -> _Rows:
        countries = text_list(frame["Country"], "Country", file)
        flows = np.array([i for i, c in enumerate(countries) if c != _OUTPUT], dtype=np.intp)
        others = np.array([i for i, c in enumerate(countries) if c == _OUTPUT], dtype=np.intp)
        if not flows.size:
            raise ReadError(f"{file}: the data frame has no rows of flows.")

        def column(name: str) -> list[str]:
            labels = text_list(frame[name], name, file)
            if len(labels) != len(countries):
                raise ReadError(f"{file}: column {name} has {len(labels)} rows.")
            return [labels[i] for i in flows]

        numbers = column("RNr")
        if not all(number.isdigit() for number in numbers):
            raise ReadError(f"{file}: column RNr holds something other than row numbers.")
        return cls(
            flows=flows,
            others=others,
            countries=[countries[i] for i in flows],
            codes=column("IndustryCode"),
            names=column("IndustryDescription"),
            numbers=numbers,
        )

    def sector_of_number(self, file: str) -> dict[int, str]:
        """Label of every row number: its industry code, or r1, r2 … where codes are not unique.

        Raises
        ------
        ReadError
            If a number has one code in one country and another in the next.
        """
        codes: dict[int, str] = {}
        for number, code in dict.fromkeys(zip(self.numbers, self.codes, strict=True)):
            if codes.setdefault(int(number), code) != code:
                raise ReadError(
                    f"{file}: row number {number} is {codes[int(number)]} in one country and "
                    f"{code} in another."
                )
        if len(set(codes.values())) < len(codes):
            return {number: f"r{number}" for number in codes}
        return codes


def _find_data_frame(objects: Mapping[str, Any], file: str) -> dict[str, Any]:
    frames = {
        name: value
        for name, value in objects.items()
        if isinstance(value, dict) and {"Country", "RNr"} & set(value)
    }
    if len(frames) > 1 and "wiot" in frames:
        frames = {"wiot": frames["wiot"]}
    if len(frames) != 1:
        found = ", ".join(objects) or "nothing"
        raise ReadError(
            f"{file} should hold one data frame wiot with columns {', '.join(_LABELS)}, AUS1 …; "
            f"it holds {found}."
        )
    (frame,) = frames.values()
    missing = [column for column in _LABELS if column not in frame]
    if missing:
        raise ReadError(f"{file}: the data frame has no column {', '.join(missing)}.")
    return frame


def _read_categories(
    flows: Mapping[str, re.Match[str]], final: Sequence[str], file: str
) -> dict[int, str]:
    """Name of every final-demand column number, in order of the numbers."""
    numbers = sorted({int(flows[column]["number"]) for column in final})
    unknown = [number for number in numbers if number not in CATEGORY_OF_NUMBER]
    if unknown:
        column = next(c for c in final if int(flows[c]["number"]) == unknown[0])
        raise ReadError(
            f"{file}: column {column} is neither an industry of the rows nor final demand "
            f"({', '.join(f'{k} {v}' for k, v in CATEGORY_OF_NUMBER.items())})."
        )
    if not numbers:
        raise ReadError(f"{file}: there are no columns of final demand (AUS57 … AUS61).")
    return {number: CATEGORY_OF_NUMBER[number] for number in numbers}


def _take_block(
    frame: dict[str, Any],
    columns: Sequence[str],
    rows: NDArray[np.intp],
    places: Sequence[str],
    options: ReadOptions,
    file: str,
) -> NDArray[np.float64]:
    """Flows of some columns in some rows, read-only; the columns leave the data frame for it."""
    values = np.empty((len(rows), len(columns)))
    for first in range(0, len(columns), _TOGETHER):
        some = columns[first : first + _TOGETHER]
        values[:, first : first + len(some)] = _read_block(frame, some, rows, file)
        for column in some:
            del frame[column]
    if options.empty_cells == "zero":
        values[np.isnan(values)] = 0
    require_finite(values, places, columns, file)
    values.setflags(write=False)
    return values


def _read_block(
    frame: Mapping[str, Any], columns: Sequence[str], rows: NDArray[np.intp], file: str
) -> NDArray[np.float64]:
    """Values of some columns in some rows, shape (rows, columns)."""
    block = np.empty((len(columns), len(rows)))
    for target, column in zip(block, columns, strict=True):
        target[:] = numeric_array(frame[column], f"column {column}", file)[rows]
    return block.T


def _read_primary(
    frame: Mapping[str, Any], inter: Sequence[str], rows: _Rows, file: str
) -> tuple[tuple[str, ...], NDArray[np.float64] | None]:
    labels = text_list(frame["IndustryDescription"], "IndustryDescription", file)
    kept = np.array([i for i in rows.others if not is_total(labels[i])], dtype=np.intp)
    if not kept.size:
        return (), None
    return tuple(labels[i] for i in kept), _copy_frozen(_read_block(frame, inter, kept, file))


def _read_year(frame: Mapping[str, Any], file: str) -> int:
    years = np.unique(numeric_array(frame["Year"], "column Year", file))
    if len(years) != 1 or not np.isfinite(years[0]):
        raise ReadError(f"{file}: column Year holds more than one year.")
    return int(years[0])


def _copy_frozen(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Contiguous read-only copy, so that the block it was cut from can go."""
    copy = np.array(values, dtype=float, order="C")
    copy.setflags(write=False)
    return copy
