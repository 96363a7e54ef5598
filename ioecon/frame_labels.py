"""Countries, sectors and categories as the frames of a table's flows carry them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ioecon.alignment import as_levels, in_level_order, is_numbered, text_labels
from ioecon.errors import LabelError, TableError
from ioecon.wording import listed

__all__ = [
    "label_one_category",
    "labels_of_flows",
    "labels_of_rows",
    "names_in_order",
    "require_labels",
]

_ONE_CATEGORY = "final demand"


def labels_of_flows(
    Z: pd.DataFrame, Y: pd.DataFrame
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Countries, sectors and categories of flows, in the order of Z's rows and of Y's columns.

    Parameters
    ----------
    Z : DataFrame
        Rows labelled (country, sector).
    Y : DataFrame
        Columns labelled (country, category), or by country where there is one category.

    Raises
    ------
    TableError
        If one of them is no DataFrame.
    LabelError
        If labels are missing, or Y's columns name other countries than Z's rows.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_product([["NZL", "AUS"], ["a"]], names=["region", "sector"])
    >>> labels_of_flows(pd.DataFrame(0.0, rows, rows), pd.DataFrame(0.0, rows, ["AUS", "NZL"]))
    (('NZL', 'AUS'), ('a',), ('final demand',))
    """
    for name, frame in (("Z", Z), ("Y", Y)):
        if not isinstance(frame, pd.DataFrame):
            raise TableError(
                f"{name} is a {type(frame).__name__}: from_frames takes DataFrames with labels. "
                "For arrays, say their labels: ioecon.IOTable(Z=…, Y=…, countries=…, sectors=…, …)."
            )
    rows = _read_levels(Z.index, ("country", "sector"), "rows of Z")
    countries, sectors = (_once(level) for level in rows)
    buyers, names = _read_levels(
        label_one_category(Y).columns, ("country", "category"), "columns of Y"
    )
    categories = _once(names)
    _require_same_countries(countries, sectors, buyers, categories)
    return countries, sectors, categories


def label_one_category(Y: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of a final demand by country alone the one category it has."""
    columns = as_levels(Y.columns)
    if columns.nlevels > 1 or is_numbered(columns):
        return Y
    labels = [(country, _ONE_CATEGORY) for country in columns]
    return Y.set_axis(pd.MultiIndex.from_tuples(labels, names=["country", "category"]), axis=1)


def labels_of_rows(frame: Any, axis: int, kind: str) -> tuple[str, ...]:
    """Labels of a frame beside the flows, which has one level of them along this axis."""
    index = as_levels(frame.axes[axis])
    if index.nlevels > 1:
        raise LabelError(
            f"The {kind} are labelled by {index.nlevels} levels, for example "
            f"{_show(index[0]) if len(index) else 'none'}; one level of names is needed."
        )
    return tuple(text_labels(index))


def require_labels(values: Any, name: str) -> None:
    """Refuse what carries no labels of rows: its order could only be guessed."""
    if not isinstance(values, pd.Series | pd.DataFrame):
        raise TableError(
            f"{name} is a {type(values).__name__} without labels: from_frames takes a Series or a "
            "DataFrame."
        )
    axes = values.axes if name in ("primary inputs", "final inputs") else values.axes[:1]
    if any(is_numbered(index) for index in axes):
        raise LabelError(
            f"The rows or columns of {name} are numbered and carry no labels: label them."
        )


def names_in_order(
    names: Mapping[str, str] | pd.Series | None, sectors: Sequence[str]
) -> tuple[str, ...] | None:
    """Names in words of sectors, from a mapping of code to name."""
    if names is None:
        return None
    if not isinstance(names, Mapping | pd.Series):
        raise LabelError(
            f"sector_names is a {type(names).__name__}: give a mapping of sector to name."
        )
    given = {str(code): str(name) for code, name in names.items()}
    missing = [code for code in sectors if code not in given]
    if missing:
        raise LabelError(f"sector_names gives no name for the sectors {listed(missing)}.")
    unknown = [code for code in given if code not in set(sectors)]
    if unknown:
        raise LabelError(f"sector_names names sectors the table lacks: {listed(unknown)}.")
    return tuple(given[code] for code in sectors)


def _read_levels(index: pd.Index, kinds: tuple[str, str], where: str) -> list[pd.Index]:
    """Both levels of an index as text, in the order of their kinds."""
    wanted = f"({', '.join(kinds)})"
    levels = as_levels(index)
    if is_numbered(index):
        raise LabelError(f"The {where} are numbered and carry no labels: label them {wanted}.")
    if levels.nlevels != 2:
        one = (
            "; for a table of one country, pandas.concat({'AUS': frame}) adds its label"
            if levels.nlevels == 1
            else ""
        )
        raise LabelError(
            f"The {where} are labelled by {levels.nlevels} level(s), "
            f"{_show(levels[0]) if len(levels) else 'none'}; {wanted} is needed{one}."
        )
    ordered = in_level_order(levels, kinds)
    for k, kind in enumerate(kinds):
        missing = np.flatnonzero(ordered.get_level_values(k).isna())
        if len(missing):
            raise LabelError(f"The {where} have no {kind} at position {missing[0] + 1}.")
    text = text_labels(ordered)
    return [text.get_level_values(k) for k in range(2)]


def _require_same_countries(
    countries: Sequence[str], sectors: Sequence[str], buyers: pd.Index, categories: Sequence[str]
) -> None:
    wrong = [country for country in _once(buyers) if country not in set(countries)]
    missing = [country for country in countries if country not in set(buyers)]
    if not wrong and not missing:
        return
    if set(countries) == set(categories):
        raise LabelError(
            "The columns of Y are labelled (category, country); (country, category) is needed: "
            "use Y.swaplevel(axis=1), or name the levels."
        )
    if set(sectors) == set(buyers):
        raise LabelError(
            "The rows of Z are labelled (sector, country); (country, sector) is needed: use "
            ".swaplevel(), or name the levels."
        )
    parts = [f"lack the countries {listed(missing)}"] if missing else []
    parts += [f"name countries that Z's rows lack: {listed(wrong)}"] if wrong else []
    raise LabelError(f"The columns of Y {' and '.join(parts)}.")


def _once(labels: pd.Index) -> tuple[str, ...]:
    return tuple(dict.fromkeys(labels))


def _show(label: Any) -> str:
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)
