"""Tables by reference: where their arrays are stored, for another process to open them there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from ioecon.store.array_files import StoredArray, find_stored_array, write_array_file
from ioecon.table import IOTable

__all__ = ["StoredTable", "refer_to"]


@dataclass(frozen=True)
class StoredTable:
    """A table whose arrays are in files; made by :func:`refer_to`."""

    arrays: Mapping[str, StoredArray]
    other_fields: Mapping[str, Any]

    def open(self) -> IOTable:
        """Table with its arrays mapped into memory, or ReadError."""
        arrays: dict[str, Any] = {name: array.read() for name, array in self.arrays.items()}
        return IOTable(**arrays, **self.other_fields)


def refer_to(table: IOTable, folder: Path) -> StoredTable:
    """Refer to a table, writing its arrays to a folder where they are not stored already.

    Parameters
    ----------
    table : IOTable
    folder : Path
        Of this process, for arrays that are in memory only.
    """
    arrays: dict[str, StoredArray] = {}
    others: dict[str, Any] = {}
    for name in (field.name for field in fields(IOTable)):
        value = getattr(table, name)
        if not isinstance(value, np.ndarray):
            others[name] = value
            continue
        stored = find_stored_array(value)
        if stored is None:
            path = folder / f"{table.year}-{name}.npy"
            stored = StoredArray(path, value.shape, write_array_file(path, value))
        arrays[name] = stored
    return StoredTable(arrays, others)
