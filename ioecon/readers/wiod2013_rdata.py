"""WIOD 2013 release in R's form: one list with the matrices and their labels.

``inter`` (n × n), ``final`` (n × 5·I, country by country), ``output`` (n), ``countries`` (I),
``industries`` (S) and ``year``; million current US dollars, rounded to whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ioecon.errors import ReadError
from ioecon.files.rdata_file import numeric_array, read_objects, text_list
from ioecon.readers.labels import agreed_year, iso3_by_label, require_finite, unique
from ioecon.readers.options import ReadOptions
from ioecon.readers.wiod2013 import CATEGORIES, SECTOR_NAMES, SECTORS
from ioecon.table import IOTable

__all__ = ["parse"]

_PARTS = ("year", "countries", "industries", "final", "output", "inter")


def parse(data: bytes, name: str, year: int | None, options: ReadOptions) -> IOTable:
    """Table of one file.

    Parameters
    ----------
    data : bytes
        Content of the file.
    name : str
        Its name, for messages.
    year : int or None
        Year it should be of.
    options : ReadOptions
        Without effect: an R matrix has no empty cells.

    Raises
    ------
    ReadError
        If the file is damaged, holds something else, or its parts do not fit together.
    """
    parts = _find_table(read_objects(data, name), name)
    labels = text_list(parts["countries"], "countries", name)
    codes = iso3_by_label(labels, name)
    countries = tuple(codes[label] for label in labels)
    sectors = tuple(text_list(parts["industries"], "industries", name))
    for what, values in (("country", countries), ("industry", sectors)):
        if len(unique(values)) != len(values):
            raise ReadError(f"{name}: a {what} is listed twice.")

    rows = [f"{country} {sector}" for country in countries for sector in sectors]
    final = [f"{country} {category}" for country in countries for category in CATEGORIES]
    n = len(rows)
    return IOTable(
        Z=_read_matrix(parts, "inter", (n, n), rows, rows, name),
        Y=_read_matrix(parts, "final", (n, len(final)), rows, final, name),
        printed_output=_read_matrix(parts, "output", (n,), rows, ["output"], name),
        countries=countries,
        sectors=sectors,
        sector_names=SECTOR_NAMES if sectors == SECTORS else None,
        categories=CATEGORIES,
        year=agreed_year(_read_year(parts, name), year, name),
    )


def _find_table(objects: Mapping[str, Any], file: str) -> Mapping[str, Any]:
    tables = {
        name: value
        for name, value in objects.items()
        if isinstance(value, Mapping) and {"inter", "final"} & set(value)
    }
    if len(tables) != 1:
        found = ", ".join(objects) or "nothing"
        raise ReadError(
            f"{file} should hold one list wiot_YYYY with {', '.join(_PARTS)}; it holds {found}."
        )
    (table,) = tables.values()
    missing = [part for part in _PARTS if part not in table]
    if missing:
        raise ReadError(f"{file}: the list has no {', '.join(missing)}.")
    return table


def _read_matrix(
    parts: Mapping[str, Any],
    part: str,
    shape: tuple[int, ...],
    rows: list[str],
    columns: list[str],
    file: str,
) -> np.ndarray:
    values = numeric_array(parts[part], part, file)
    if values.shape != shape:
        raise ReadError(
            f"{file}: {part} has shape {values.shape}; its countries and industries call for "
            f"{shape}."
        )
    require_finite(values.reshape(shape[0], -1), rows, columns, file)
    values = np.ascontiguousarray(values)
    values.setflags(write=False)
    return values


def _read_year(parts: Mapping[str, Any], file: str) -> int:
    values = numeric_array(parts["year"], "year", file).ravel()
    if values.size != 1 or not np.isfinite(values[0]):
        raise ReadError(f"{file}: year is not one number.")
    return int(values[0])
