"""Values as plain files, without pickle: one of JSON, and one for each array, in numpy's format.

Only the types that are named here are written, and made again. What is made is the same as what was
written to the last bit, or the value has no plain form.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from ioecon.study.fingerprint import UnknownValueError, fingerprint

__all__ = ["from_plain_files", "to_plain_files"]

_SIMPLE = (type(None), bool, int, float, str)
_CLASSES = frozenset(
    {
        "ioecon.audit:Audit",
        "ioecon.audit:Finding",
        "ioecon.decomposition.effects:Effects",
        "ioecon.decomposition.models:Factor",
        "ioecon.decomposition.models:Model",
        "ioecon.decomposition.plan:Plan",
        "ioecon.industrial_transfer:TransferIndex",
        "ioecon.study.models.choosing:PrintedChoice",
        "regressions.specifications.curve:SpecificationCurve",
        "regressions.specifications.joint:JointTests",
        "regressions.tables.cells:Cell",
        "regressions.tables.cells:Head",
        "regressions.tables.cells:HeaderRow",
        "regressions.tables.cells:Row",
        "regressions.tables.cells:RowGroup",
        "regressions.tables.table:Table",
    }
)
_MASKED = ("boolean", "Int64", "Float64", "string", "str")


def to_plain_files(value: Any) -> list[bytes]:
    """Files from which a value can be made again.

    Raises
    ------
    UnknownValueError
        If a part of it has no plain form.

    Examples
    --------
    >>> files = to_plain_files({"a": (1, 2.5), "b": np.arange(3)})
    >>> from_plain_files(files)
    {'a': (1, 2.5), 'b': array([0, 1, 2])}
    """
    arrays: list[bytes] = []
    tree = _write(value, arrays)
    files = [json.dumps(tree).encode("ascii"), *arrays]
    if fingerprint(from_plain_files(files)) != fingerprint(value):
        raise UnknownValueError(f"A {type(value).__name__} does not come back as it was.")
    return files


def from_plain_files(files: Sequence[bytes]) -> Any:
    """Make a value of the files that :func:`to_plain_files` gave.

    Raises
    ------
    UnknownValueError
        If they hold something else.
    """
    try:
        return _read(json.loads(files[0]), files[1:])
    except UnknownValueError:
        raise
    except Exception as error:  # what is not ours can be wrong in any way
        raise UnknownValueError(f"These files hold no value ({error}).") from error


def _write(value: Any, arrays: list[bytes]) -> Any:
    """Put a value into JSON: simple ones as they are, others as [name of the form, content]."""
    kind, name = type(value), f"{type(value).__module__}:{type(value).__qualname__}"
    if kind in _SIMPLE:
        return value
    if kind in (list, tuple):
        return [kind.__name__, [_write(item, arrays) for item in value]]
    if kind is dict:
        return ["dict", [[_write(k, arrays), _write(v, arrays)] for k, v in value.items()]]
    if kind is bytes:
        arrays.append(value)
        return ["bytes", len(arrays) - 1]
    if kind is np.float64:
        return ["float64", float(value)]
    if kind is np.ndarray or isinstance(value, np.generic):
        return _write_array(np.asarray(value), arrays, single=kind is not np.ndarray)
    for form, (made, parts, _) in _PANDAS.items():
        if kind is made:
            return [form, [_write(part, arrays) for part in parts(value)]]
    if isinstance(value, pd.api.extensions.ExtensionArray) and str(value.dtype) in _MASKED:
        items = [None if item is pd.NA else item for item in value.astype(object)]
        return ["extension", [str(value.dtype), [_write(item, arrays) for item in items]]]
    if name in _CLASSES and is_dataclass(value):
        given = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        return ["made", [name, {key: _write(item, arrays) for key, item in given.items()}]]
    raise UnknownValueError(f"{name} has no plain form.")


def _write_array(array: np.ndarray, arrays: list[bytes], *, single: bool) -> Any:
    if array.dtype.hasobject:
        return ["objects", [list(array.shape), [_write(item, arrays) for item in array.ravel()]]]
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
    arrays.append(buffer.getvalue())
    return ["scalar" if single else "array", len(arrays) - 1]


def _read(tree: Any, arrays: Sequence[bytes]) -> Any:
    if type(tree) in _SIMPLE:
        return tree
    form, content = tree
    if form in ("list", "tuple"):
        items = [_read(item, arrays) for item in content]
        return items if form == "list" else tuple(items)
    if form == "bytes":
        return bytes(arrays[content])
    if form == "float64":
        return np.float64(content)
    if form == "dict":
        return {_read(key, arrays): _read(item, arrays) for key, item in content}
    if form in ("array", "scalar"):
        found = np.lib.format.read_array(io.BytesIO(arrays[content]), allow_pickle=False)
        return found if form == "array" else found[()]
    if form == "objects":
        shape, items = content
        array = np.empty(len(items), dtype=object)
        array[:] = [_read(item, arrays) for item in items]
        return array.reshape(shape)
    if form in _PANDAS:
        return _PANDAS[form][2](*(_read(part, arrays) for part in content))
    if form == "extension" and content[0] in _MASKED:
        return pd.array([_read(item, arrays) for item in content[1]], dtype=content[0])
    if form == "made" and content[0] in _CLASSES:
        module, _, name = content[0].partition(":")
        given = {key: _read(item, arrays) for key, item in content[1].items()}
        return getattr(import_module(module), name)(**given)
    raise UnknownValueError(f"There is no form {form!r}.")


def _values_of(value: pd.Series | pd.Index) -> Any:
    """Numpy's array where there is one, else the array of pandas."""
    return value.to_numpy() if isinstance(value.dtype, np.dtype) else value.array


def _make_frame(index: Any, columns: Any, values: Sequence[Any], attrs: Any) -> pd.DataFrame:
    frame = pd.DataFrame(dict(enumerate(values)), index=index)
    frame.columns = columns
    frame.attrs = attrs
    return frame


def _make_series(values: Any, index: Any, name: Any, attrs: Any) -> pd.Series:
    series = pd.Series(values, index=index, name=name)
    series.attrs = attrs
    return series


def _make_levels(levels: Any, codes: Any, names: Any) -> pd.MultiIndex:
    return pd.MultiIndex(levels=levels, codes=codes, names=names)


_PANDAS: Mapping[str, tuple[type, Callable[[Any], tuple[Any, ...]], Callable[..., Any]]] = {
    "frame": (
        pd.DataFrame,
        lambda value: (
            value.index,
            value.columns,
            [_values_of(value.iloc[:, place]) for place in range(value.shape[1])],
            dict(value.attrs),
        ),
        _make_frame,
    ),
    "series": (
        pd.Series,
        lambda value: (_values_of(value), value.index, value.name, dict(value.attrs)),
        _make_series,
    ),
    "range": (
        pd.RangeIndex,
        lambda value: (value.start, value.stop, value.step, value.name),
        lambda start, stop, step, name: pd.RangeIndex(start, stop, step, name=name),
    ),
    "levels": (
        pd.MultiIndex,
        lambda value: (
            [*value.levels],
            [np.asarray(codes) for codes in value.codes],
            [*value.names],
        ),
        _make_levels,
    ),
    "index": (
        pd.Index,
        lambda value: (_values_of(value), value.name),
        lambda values, name: pd.Index(values, name=name),
    ),
    "categorical": (
        pd.Categorical,
        lambda value: (value.categories, np.asarray(value.codes), bool(value.ordered)),
        lambda categories, codes, ordered: pd.Categorical.from_codes(
            codes, categories, ordered=ordered
        ),
    ),
}
