"""Tables with many zeros as arrays in one npz file: rounded numbers, Z as a CSR matrix.

``Z_data`` (nnz), ``Z_indices`` (nnz) and ``Z_indptr`` (n + 1): rows of Z, compressed; ``F``
(n × I): final demand by destination, one category; ``scale``: what one of these is, in million
current USD; ``countries`` (I), ``sectors`` (S), ``year``. Rows are ordered by country and then by
sector, n = I·S; output is the row sum. Such a file has no unit of its own, no printed output and no
value added. An estimate of tables in the classification of WIOD's 2016 release is kept like this.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from ioecon.errors import ReadError
from ioecon.files.archives import Archive
from ioecon.readers.labels import agreed_year, iso3_by_label, require_finite
from ioecon.readers.options import ReadOptions
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["parse"]

CATEGORY = "final demand"
_DIMENSIONS = {
    "Z_data": 1,
    "Z_indices": 1,
    "Z_indptr": 1,
    "F": 2,
    "countries": 1,
    "sectors": 1,
    "year": 0,
    "scale": 0,
}
_TEXTS = ("countries", "sectors")
_WHOLE = ("Z_indices", "Z_indptr", "year")


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
        Its ``dtype`` counts: arrays have no empty cells.

    Raises
    ------
    ReadError
        If the file is damaged, lacks an array, or its arrays do not fit together.
    """
    parts = _read_arrays(data, name)
    sectors = _read_labels(parts["sectors"], "sectors", name)
    labels = _read_labels(parts["countries"], "countries", name)
    codes = iso3_by_label(labels, name)
    countries = tuple(codes[label] for label in labels)
    if len(set(countries)) < len(countries):
        raise ReadError(f"{name}: two of its countries are the same one: {listed(labels)}.")
    scale = float(parts["scale"])
    if not (np.isfinite(scale) and scale > 0):
        raise ReadError(f"{name}: scale is {scale}, not a number above zero.")
    rows = [f"{country} {sector}" for country in countries for sector in sectors]
    n = len(rows)
    if parts["F"].shape != (n, len(countries)):
        raise ReadError(
            f"{name}: F has the shape {parts['F'].shape}; its {len(countries)} countries and "
            f"{len(sectors)} sectors call for {(n, len(countries))}."
        )
    dtype = np.dtype(options.dtype)
    Z = _expand_rows(parts, n, name).astype(dtype).toarray()
    Y = parts["F"].astype(dtype)
    for values, columns in ((Z, rows), (Y, [f"{c} {CATEGORY}" for c in countries])):
        values *= dtype.type(scale)
        require_finite(values, rows, columns, name)
        values.setflags(write=False)
    return IOTable(
        Z=Z,
        Y=Y,
        countries=countries,
        sectors=sectors,
        categories=(CATEGORY,),
        year=agreed_year(int(parts["year"]), year, name),
    )


def _read_arrays(data: bytes, file: str) -> dict[str, NDArray[Any]]:
    with Archive(data, file, "npz file") as archive:
        members = {name.removesuffix(".npy"): name for name in archive.names}
        missing = [part for part in _DIMENSIONS if part not in members]
        if missing:
            found = listed(members) or "nothing"
            raise ReadError(
                f"{file} lacks {listed(missing)}: a sparse table holds {listed(_DIMENSIONS)}; "
                f"this file holds {found}."
            )
        arrays = {
            part: _read_array(b"".join(archive.chunks(members[part])), part, file)
            for part in _DIMENSIONS
        }
    for part, dimensions in _DIMENSIONS.items():
        array = arrays[part]
        kinds = "U" if part in _TEXTS else "iu" if part in _WHOLE else "iuf"
        if array.ndim != dimensions or array.dtype.kind not in kinds:
            what = {"U": "text", "iu": "whole numbers", "iuf": "numbers"}[kinds]
            raise ReadError(
                f"{file}: {part} is {what} in {dimensions} dimensions, not {array.dtype} with the "
                f"shape {array.shape}."
            )
    return arrays


def _read_array(data: bytes, part: str, file: str) -> NDArray[Any]:
    """One npy member; never an object, and never more memory than it has bytes."""
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read_header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read_header(stream)
        wanted = dtype.itemsize * int(np.prod([*map(int, shape)], dtype=object))
        if dtype.hasobject or wanted != len(data) - stream.tell():
            raise ValueError(f"it promises {wanted} bytes and has {len(data) - stream.tell()}")
        stream.seek(0)
        array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    except Exception as error:  # headers of garbage fail in the parser of Python's literals
        raise ReadError(f"{file}: the array {part} cannot be read: {error}.") from error
    return array


def _read_labels(labels: NDArray[Any], what: str, file: str) -> tuple[str, ...]:
    found = tuple(str(label) for label in labels)
    twice = [label for label in dict.fromkeys(found) if found.count(label) > 1]
    if twice or not found or not all(label.strip() for label in found):
        problem = f"holds {listed(twice)} more than once" if twice else "lacks labels"
        raise ReadError(f"{file}: its list of {what} {problem}.")
    return found


def _expand_rows(parts: Mapping[str, NDArray[Any]], n: int, file: str) -> scipy.sparse.csr_array:
    """Z as a sparse matrix, after its pointers were found to fit."""
    data, indices, starts = (parts[f"Z_{part}"] for part in ("data", "indices", "indptr"))
    starts, indices = starts.astype(np.int64), indices.astype(np.int64)
    if (
        starts.shape != (n + 1,)
        or starts[0] != 0
        or starts[-1] != data.size
        or indices.size != data.size
        or (np.diff(starts) < 0).any()
    ):
        raise ReadError(
            f"{file}: Z_indptr, Z_indices and Z_data do not make {n} rows: {starts.size} pointers, "
            f"{indices.size} columns and {data.size} numbers."
        )
    if ((indices < 0) | (indices >= n)).any():
        raise ReadError(f"{file}: Z_indices names a column that Z, {n} × {n}, does not have.")
    matrix = scipy.sparse.csr_array((data.astype(np.float64), indices, starts), shape=(n, n))
    ordered = matrix.copy()
    ordered.sum_duplicates()
    if ordered.nnz < matrix.nnz:
        raise ReadError(f"{file}: Z_indices names a column twice in one row.")
    return matrix
