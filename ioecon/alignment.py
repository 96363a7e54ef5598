"""The one rule for what is given beside a table: which values are numbers, and whose they are.

Numbers are integers and floats of any width, also nullable, Arrow-backed, :class:`~decimal.Decimal`
and :class:`~fractions.Fraction`; a missing one becomes NaN, which the audit reports. Truth values,
text (also text that looks like numbers), dates and complex numbers are refused.

Labels of a DataFrame or Series count: values are put in the table's order by them, and a label too
many, too few, twice or on one axis only is refused. Rows numbered 0, 1, 2, … carry no labels.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import IoeconError, LabelError, TableError
from ioecon.wording import listed

__all__ = [
    "Axis",
    "aligned_numbers",
    "as_levels",
    "in_level_order",
    "is_numbered",
    "level_kind",
    "numbers",
    "numbers_of",
    "text_labels",
]


# Names by which a level of an index is known to be one kind and not the other.
_LEVEL_NAMES = {
    "country": {"country", "countries", "region", "regions", "iso3", "destination", "province"},
    "sector": {"sector", "sectors", "industry", "industries", "product", "products", "commodity"},
    "category": {"category", "categories", "final demand", "use"},
    "year": {"year", "years", "period"},
}
_POSITION = "pass its .to_numpy() if the order is that of the table"


@dataclass(frozen=True)
class Axis:
    """Labels that an axis of an array has in the table.

    Parameters
    ----------
    what : str
        What stands along the axis, for messages: ``"rows"``.
    levels : tuple of tuple of str
        Labels by level; the axis is their product, the last level running fastest.
    kinds : tuple of str
        Kind of each level: ``"country"``, ``"sector"``, ``"category"`` or ``"year"``; another
        word where no name of a level tells.
    """

    what: str
    levels: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return math.prod(map(len, self.levels))

    @property
    def labels(self) -> pd.Index:
        """Labels in the order of the table, all of them text."""
        if len(self.levels) == 1:
            return pd.Index(self.levels[0], dtype=object)
        return pd.MultiIndex.from_product(self.levels)


def aligned_numbers(
    values: Any, name: str, axes: Sequence[Axis], *, keep_single: bool = False
) -> Array:
    """Values as a float64 array whose axes are in the order of the table.

    Parameters
    ----------
    values : array_like, Series or DataFrame
        Numbers; those with labels are put in order by them, others taken as they stand.
    name : str
        What they are, for messages.
    axes : sequence of Axis
        One for each dimension.
    keep_single : bool
        Whether an array of float32 stays one.

    Returns
    -------
    ndarray
        Not copied where nothing had to be done.

    Raises
    ------
    TableError
        If a value is not a number, or the shape does not fit.
    LabelError
        If labels are wrong, missing, too many, given twice, or stand on one axis only.

    Examples
    --------
    >>> rows = Axis("rows", (("AUS", "NZL"), ("a",)), ("country", "sector"))
    >>> index = pd.MultiIndex.from_tuples([("NZL", "a"), ("AUS", "a")])
    >>> aligned_numbers(pd.Series([1, 2], index=index), "output", [rows])
    array([2., 1.])
    """
    labelled = _find_labels(values, name)
    single = keep_single and getattr(values, "dtype", None) == np.float32
    if labelled is None:
        array = np.asarray(values) if single else numbers(values, name)
    else:
        present = [labelled.axes[k] for k in range(labelled.ndim)]
        if len(present) != len(axes):
            raise TableError(
                f"{name} is a {type(labelled).__name__} with shape {labelled.shape}; the labels of "
                f"the table call for {len(axes)} dimension(s)."
            )
        array = numbers(labelled, name)
        bare = [is_numbered(index) for index in present]
        if not all(bare):
            orders = []
            for axis, index, without in zip(axes, present, bare, strict=True):
                size = len(axis)
                if not without:
                    orders.append(_order(index, axis, name))
                elif len(index) == size == 1:
                    orders.append(np.zeros(1, dtype=np.intp))
                else:
                    raise LabelError(
                        f"{name} has labels on one axis and none on its {axis.what}: label both, "
                        f"or {_POSITION}."
                    )
            array = array[np.ix_(*orders)]
    shape = tuple(map(len, axes))
    if array.shape != shape:
        raise TableError(f"{name} has shape {array.shape}; the labels call for {shape}.")
    return array


def numbers(values: Any, name: str, *, error: type[IoeconError] = TableError) -> Array:
    """Values as float64, by the rule of this module; labels are not looked at.

    Raises
    ------
    TableError
        Or ``error``, if a value is not a number.

    Examples
    --------
    >>> numbers([1, 2], "output")
    array([1., 2.])
    """
    if isinstance(values, pd.DataFrame):
        if not len(values.columns):
            return np.empty(values.shape)
        columns = [numbers_of(values.iloc[:, k], name, error) for k in range(values.shape[1])]
        return np.column_stack(columns)
    if isinstance(values, pd.Series | pd.Index) or pd.api.types.is_extension_array_dtype(values):
        return numbers_of(pd.Series(values), name, error)
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise error(f"{name} holds masked values: fill them, or give NaN where one is missing.")
    if hasattr(values, "toarray"):
        raise error(f"{name} is a sparse matrix: pass its .toarray().")
    try:
        array = np.asarray(values)
    except (TypeError, ValueError) as cause:
        raise error(f"{name} holds values that are not numbers: {cause}") from cause
    return _as_float(array, name, error)


def numbers_of(column: pd.Series, name: str, error: type[IoeconError] = TableError) -> Array:
    """Numbers of one Series or column, by the rule of this module."""
    dtype = column.dtype
    if isinstance(dtype, np.dtype):
        return _as_float(column.to_numpy(), name, error)
    if isinstance(dtype, pd.SparseDtype):
        return _as_float(np.asarray(column), name, error)
    if isinstance(dtype, pd.CategoricalDtype):
        raise error(f"{name} must be numbers, but holds categories: convert them first.")
    if pd.api.types.is_bool_dtype(dtype) or not pd.api.types.is_numeric_dtype(dtype):
        return _as_float(column.astype(object).to_numpy(), name, error)
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def _as_float(array: NDArray[Any], name: str, error: type[IoeconError]) -> Array:
    kind = array.dtype.kind
    if kind == "f":
        return array.astype(np.float64, copy=False)
    if kind in "iu":
        return array.astype(np.float64)
    if kind == "O":
        flat = [_as_number(value, name, error) for value in array.ravel()]
        return np.array(flat, dtype=np.float64).reshape(array.shape)
    if not array.size and kind != "c":
        return np.empty(array.shape)
    words = {
        "b": "truth values", "c": "complex numbers", "U": "text", "S": "text", "M": "dates",
        "m": "durations",
    }  # fmt: skip
    example = f", for example {array.ravel()[0].item()!r}" if kind in "US" else ""
    raise error(
        f"{name} must be numbers, but holds {words.get(kind, 'records')}{example}; values that are "
        "not numbers are never taken for them: convert them first."
    )


def _as_number(value: Any, name: str, error: type[IoeconError]) -> float:
    if value is None or value is pd.NA or value is pd.NaT:
        return np.nan
    number = isinstance(value, Real | Decimal) and not isinstance(value, bool | np.bool_)
    if number:
        try:
            return float(value)
        except (ArithmeticError, ValueError):
            pass
    shown = repr(value)
    raise error(
        f"{name} must be numbers, but holds {shown if len(shown) < 60 else type(value).__name__}; "
        "values that are not numbers are never taken for them: convert them first."
    )


def in_level_order(index: pd.Index, kinds: Sequence[str]) -> pd.Index:
    """Index whose levels stand in the order of ``kinds`` where their names say which is which.

    Levels without telling names stay where they are.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", "AUS")], names=["sector", "country"])
    >>> in_level_order(index, ("country", "sector"))[0]
    ('AUS', 'a')
    """
    if not isinstance(index, pd.MultiIndex) or index.nlevels != len(kinds):
        return index
    told = [kind if (kind := level_kind(name)) in kinds else None for name in index.names]
    known = [kind for kind in told if kind is not None]
    if not known or len(set(known)) < len(known):
        return index
    rest = iter(kind for kind in kinds if kind not in known)
    whole = [kind if kind is not None else next(rest) for kind in told]
    order = [whole.index(kind) for kind in kinds]
    return index if order == sorted(order) else index.reorder_levels(order)


def level_kind(name: Any) -> str | None:
    """Tell what a level of this name holds, None if the name does not tell.

    Examples
    --------
    >>> level_kind("Region"), level_kind("r")
    ('country', None)
    """
    text = str(name).strip().lower()
    return next((kind for kind, names in _LEVEL_NAMES.items() if text in names), None)


def text_labels(index: pd.Index) -> pd.Index:
    """Labels as text, the way a table holds them.

    Examples
    --------
    >>> list(text_labels(pd.Index([1.0, 2.0])))
    ['1', '2']
    """
    texts = [
        [_label(label) for label in index.get_level_values(level)] for level in range(index.nlevels)
    ]
    return pd.MultiIndex.from_arrays(texts) if len(texts) > 1 else pd.Index(texts[0], dtype=object)


def _find_labels(values: Any, name: str) -> pd.Series | pd.DataFrame | None:
    """Return the values if pandas knows their labels; refuse labels of another kind."""
    if isinstance(values, pd.Series | pd.DataFrame):
        return values
    if hasattr(values, "to_pandas") or hasattr(values, "to_dataframe"):
        raise TableError(
            f"{name} is a {type(values).__module__.split('.')[0]} {type(values).__name__}, whose "
            "labels would be lost: pass its .to_pandas()."
        )
    parts = list(values) if isinstance(values, list | tuple) else []
    if any(isinstance(part, pd.Series | pd.DataFrame) for part in parts):
        raise TableError(
            f"{name} is a {type(values).__name__} of pandas objects, whose labels would be lost: "
            "join them with pandas.concat."
        )
    if isinstance(values, dict):
        raise TableError(f"{name} is a dict: pass a pandas object with labels, or an array.")
    return None


def is_numbered(index: pd.Index) -> bool:
    """Whether an index only counts 0, 1, 2, …, as pandas does where nothing was labelled."""
    if isinstance(index, pd.RangeIndex):
        return index.start == 0 and index.step == 1
    return (
        not isinstance(index, pd.MultiIndex)
        and pd.api.types.is_integer_dtype(index.dtype)
        and not index.hasnans
        and bool(np.array_equal(index.to_numpy(), np.arange(len(index))))
    )


def _order(index: pd.Index, axis: Axis, name: str) -> NDArray[np.intp]:
    """Positions that put an axis into the order of the table."""
    given = _as_text(as_levels(index), axis, name)
    wanted = axis.labels
    if isinstance(wanted, pd.MultiIndex) and not isinstance(given, pd.MultiIndex):
        # With one country (or one sector) the labels of the other level name every place.
        free = [k for k, level in enumerate(axis.levels) if len(level) > 1]
        if len(free) <= 1:
            whole = free[0] if free else len(axis.levels) - 1
            wanted = pd.Index(axis.levels[whole], dtype=object)
    where = f"{axis.what} of {name}"
    if given.nlevels != wanted.nlevels:
        raise LabelError(
            f"The {where} are labelled by {given.nlevels} level(s), {_name_example(given)}; the "
            f"table calls for ({', '.join(axis.kinds)}), {_name_example(wanted)}."
        )
    twice = [label for label, count in Counter(given).items() if count > 1]
    if twice:
        raise LabelError(f"The {where} have {_list_labels(twice)} more than once.")
    order = given.get_indexer(wanted)
    missing = wanted[order < 0]
    extra = given[~given.isin(wanted)]
    if len(missing) or len(extra):
        parts = [f"lack {_list_labels(missing)}"] if len(missing) else []
        parts += [f"have {_list_labels(extra)}, which the table lacks"] if len(extra) else []
        raise LabelError(
            f"The {where} {' and '.join(parts)}{_advise_on_labels(given, wanted, index, axis)}."
        )
    return np.asarray(order, dtype=np.intp)


def as_levels(index: pd.Index) -> pd.Index:
    """Turn an index of tuples into an index of levels."""
    plain = not isinstance(index, pd.MultiIndex) and len(index)
    if plain and all(isinstance(label, tuple) for label in index):
        return pd.MultiIndex.from_tuples(list(index))
    return index


def _as_text(index: pd.Index, axis: Axis, name: str) -> pd.Index:
    """Labels as text in the table's order of levels; labels that are missing are refused."""
    ordered = in_level_order(index, axis.kinds)
    levels = [ordered.get_level_values(k) for k in range(ordered.nlevels)]
    for level in levels:
        if level.isna().any():
            position = int(np.flatnonzero(level.isna())[0]) + 1
            raise LabelError(f"The {axis.what} of {name} have no label at position {position}.")
    return text_labels(ordered)


def _label(label: Any) -> str:
    if isinstance(label, float) and label.is_integer():  # codes that a file made into floats
        return str(int(label))
    return str(int(label)) if isinstance(label, Integral) else str(label)


def _advise_on_labels(given: pd.Index, wanted: pd.Index, index: pd.Index, axis: Axis) -> str:
    if isinstance(index, pd.RangeIndex) or pd.api.types.is_integer_dtype(index.dtype):
        return f"; if they are only numbers, {_POSITION}"
    pairs = isinstance(given, pd.MultiIndex) and given.nlevels == 2
    if pairs and wanted.isin(given.swaplevel()).all():
        return f"; the levels are swapped, they are ({', '.join(axis.kinds)}): use .swaplevel()"
    return ""


def _name_example(index: pd.Index) -> str:
    return f"for example {_list_labels(index[:1])}" if len(index) else "none"


def _list_labels(labels: Any) -> str:
    return listed(
        (" ".join(map(str, each)) if isinstance(each, tuple) else str(each) for each in labels), 6
    )
