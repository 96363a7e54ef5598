"""What a value is, as a hash: equal only for values from which the same is computed.

Values are walked by their types and never pickled or printed: two frames that look alike and
differ in a dtype, an index or the order of rows have different fingerprints.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, partial
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pandas as pd

from ioecon.store.array_files import find_stored_array, hash_as_file

__all__ = ["UnknownValueError", "code_fingerprint", "fingerprint"]

_PACKAGES = ("ioecon", "regressions", "diagnostics")
_LARGE = 2**20  # bytes of an array from which on the hash of its file is taken, known or made
_PLAIN = (bool, int, float, complex, str, bytes, Path, pd.Timestamp, pd.Period, pd.Timedelta)


class UnknownValueError(TypeError):
    """A value, or a part of it, of a type that is not known here."""


def fingerprint(*values: Any) -> str:
    """SHA-256 of values, in hexadecimal.

    Parameters
    ----------
    *values
        Plain values, arrays, pandas objects, mappings, sequences and dataclasses of them, functions
        of modules and partial calls of these.

    Returns
    -------
    str

    Raises
    ------
    UnknownValueError
        If a value has a part of another type, such as a function made within another.

    Examples
    --------
    >>> fingerprint({"a": [1, 2.0]}) == fingerprint({"a": [1, 2.0]})
    True
    >>> fingerprint(1) == fingerprint(1.0), fingerprint("ab", "c") == fingerprint("a", "bc")
    (False, False)
    """
    digest = hashlib.sha256()
    _add(digest.update, values)
    return digest.hexdigest()


@cache
def code_fingerprint() -> str:
    """Fingerprint of ioecon, regressions and diagnostics, with their data, as they are on disk."""
    root = Path(__file__).parents[2]
    return fingerprint(
        [
            (path.relative_to(root).as_posix(), path.read_bytes())
            for package in _PACKAGES
            for path in sorted((root / package).rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        ]
    )


def _add(write: Callable[[Any], object], value: Any) -> None:
    """Write a value after its type and length, so that no two values write the same."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    write(f"<{kind}>".encode())
    if value is None:
        return
    if type(value) in _PLAIN or isinstance(value, Path):
        text = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        write(f"{len(text)}:".encode())
        write(text)
    elif isinstance(value, np.ndarray | np.generic):
        _add_array(write, np.asarray(value))
    elif isinstance(value, pd.DataFrame):
        _add(write, (value.attrs, value.index, value.columns))
        _add(write, [value.iloc[:, place].array for place in range(value.shape[1])])
    elif isinstance(value, pd.Series):
        _add(write, (value.attrs, value.name, value.index, value.array))
    elif isinstance(value, pd.MultiIndex):
        _add(write, (list(value.names), [*map(_labels_in_order, value.codes, value.levels)]))
    elif isinstance(value, pd.Index):
        _add(write, (value.name, value.array))
    elif isinstance(value, pd.Categorical):
        _add(write, (value.categories, value.ordered, value.codes))
    elif isinstance(value, pd.api.extensions.ExtensionArray):
        _add(write, str(value.dtype))
        _add_array(write, np.asarray(value, dtype=object if value.dtype.kind in "OMm" else None))
    elif is_dataclass(value) and not isinstance(value, type):
        _add(write, [(part.name, getattr(value, part.name)) for part in fields(value)])
    elif isinstance(value, partial):
        _add(write, (value.func, value.args, value.keywords))
    elif isinstance(value, FunctionType) and "<" not in value.__qualname__:
        _add(write, (value.__module__, value.__qualname__))
    elif isinstance(value, Mapping):
        _add(write, list(value.items()))
    elif isinstance(value, Sequence):
        write(f"{len(value)}:".encode())
        for item in value:
            _add(write, item)
    else:
        raise UnknownValueError(f"{kind} has no fingerprint.")


def _labels_in_order(codes: Any, labels: pd.Index) -> tuple[Any, Any, pd.Index]:
    """Which labels differ and where each stands, by first occurrence: few labels to walk."""
    places, first = pd.factorize(np.asarray(codes))
    return places, first < 0, labels.take(first[first >= 0])


def _add_array(write: Callable[[Any], object], array: np.ndarray) -> None:
    write(f"{array.dtype.str}{array.shape}".encode())
    if array.nbytes > _LARGE and not array.dtype.hasobject:
        stored = find_stored_array(array)
        digest = hash_as_file(array) if stored is None else stored.digest
        write(f"file {digest}".encode())
        return
    if array.dtype.hasobject:
        for item in array.ravel():
            _add(write, None if item is pd.NA or item is pd.NaT else item)
    else:
        write(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
