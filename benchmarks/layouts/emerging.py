"""A synthetic year of EMERGING in the official layout: MATLAB 7.3, which is HDF5.

Written a row of pieces at a time, so that it can be full size: no piece is packed twice. MATLAB
keeps columns together; seen through HDF5, what it saved as rows × columns stands turned: z (n × n),
f (final demand × n), va and X (1 × n). The lists are references to arrays of UTF-16 codes in the
group ``#refs#``. Random digits hardly pack and take long to: at full size round them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import scipy.io

__all__ = ["CATEGORIES", "FUELS", "write_emerging", "write_emerging_co2"]

CATEGORIES = ("household", "government", "capital")
FUELS = 7
_PIECE = 512  # rows and columns that are packed together
_HEADER = (
    b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jan  1 00:00:00 2024 HDF5 schema"
)


def write_emerging(
    folder: Path,
    *,
    year: int = 2018,
    name: str = "EMERGING_V2_{year}_m.mat",
    regions: Sequence[str] = ("AUS", "CHN", "ROW"),
    sectors: Sequence[str] = ("01 Live animals", "02 Meat", "97 Electricity", "98 Gas"),
    seed: int = 1,
    group: str = "",
    turned: bool = True,
    power: bool = False,
    packed: bool = True,
    upright: bool = False,
    dtype: str = "float64",
    digits: int | None = None,
) -> Path:
    """Write one year and return its path.

    Parameters
    ----------
    folder : Path
    year : int
    name : str
        Of the file.
    regions, sectors : sequence of str
    seed : int
    group : str
        Group that has the data sets; empty for the file itself.
    turned : bool
        Whether z stands as MATLAB saves it, columns first.
    power : bool
        The names of EMERGING-E, and no lists.
    packed : bool
        Whether z is compressed in pieces, as fast as can be.
    upright : bool
        Whether lists and vectors are columns.
    dtype : str
        Of the flows.
    digits : int, optional
        After the point, of the flows; all by default.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    R, S = len(regions), len(sectors)
    n, K = R * S, len(CATEGORIES)
    names = ("MRIO_Z_E", "MRIO_F_E", "MRIO_VA_E", "MRIO_X_E") if power else ("z", "f", "va", "X")
    path = folder / name.format(year=year)
    final = rng.gamma(0.5, 8.0 * S, (n, R * K))
    with h5py.File(path, "w", userblock_size=512) as file:
        place: Any = file.create_group(group) if group else file
        how: dict[str, Any] = {"chunks": (min(n, _PIECE), min(n, _PIECE)), "compression": 1}
        flows = place.create_dataset(names[0], (n, n), dtype, **(how if packed else {}))
        along, across = np.empty(n), np.zeros(n)
        for first in range(0, n, _PIECE):
            at = slice(first, min(first + _PIECE, n))
            rows = rng.gamma(0.3, 10.0, (at.stop - first, n)).astype(dtype)
            if digits is not None:
                np.round(rows, digits, out=rows)
            flows[at] = rows
            along[at] = rows.sum(axis=1)
            across += rows.sum(axis=0)
        inputs, uses = (along, across) if turned else (across, along)
        output = uses + final.sum(axis=1)
        place.create_dataset(names[1], data=final.T)
        for vector, values in ((names[2], output - inputs), (names[3], output)):
            place.create_dataset(vector, data=values[:, None] if upright else values[None])
        if not power:
            labels = (
                ("country_list", regions),
                ("sector_list", sectors),
                ("final_list", CATEGORIES),
            )
            for kind, texts in labels:
                _write_list(file, place, kind, texts, upright=upright)
    with path.open("r+b") as stream:
        stream.write(_HEADER.ljust(124) + b"\0\2IM")
    return path


def _write_list(file: Any, place: Any, name: str, texts: Sequence[str], *, upright: bool) -> None:
    """Write a list of texts as references, as MATLAB does."""
    store = file.require_group("#refs#")
    references = np.empty(len(texts), dtype=h5py.ref_dtype)
    for number, text in enumerate(texts):
        codes = np.frombuffer(text.encode("utf-16-le"), dtype="<u2")
        references[number] = store.create_dataset(f"{name}{number}", data=codes[:, None]).ref
    shape = (-1, 1) if upright else (1, -1)
    place.create_dataset(name, data=references.reshape(shape), dtype=h5py.ref_dtype)


def write_emerging_co2(
    folder: Path,
    *,
    year: int = 2018,
    n: int,
    seed: int = 1,
    hdf5: bool = False,
    name: str = "EMERGING_CO2_{year}.mat",
) -> Path:
    """Write CO2 by row and fuel, Mt, in MATLAB 5's form or in that of 7.3; return the path."""
    folder.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).gamma(0.4, 2.0, (n, FUELS))
    path = folder / name.format(year=year)
    if hdf5:
        with h5py.File(path, "w", userblock_size=512) as file:
            file.create_dataset("CO2", data=values.T)
        with path.open("r+b") as stream:
            stream.write(_HEADER.ljust(124) + b"\0\2IM")
    else:
        scipy.io.savemat(path, {"CO2": values}, do_compression=True)
    return path
