"""ioecon's own lossless store: a folder with the arrays and a JSON file that describes them.

A table is a folder with one npy file per array (never pickled) and ``table.json`` (labels, unit,
origin, the SHA-256 of every array and of its own text). Large arrays are mapped into memory when
they are read back; see :mod:`ioecon.store.array_files`.

A series is a folder with one such folder per year and ``series.json``, which names the years and
the SHA-256 of each table: one that is gone or was replaced is noticed. Folders appear only when
complete; what is read back is identical to the last bit, and what could not have been written here
is not read.
"""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from ioecon.errors import IoeconError, OutputError, ReadError, TableError
from ioecon.files.source_file import PathLike
from ioecon.source import Source
from ioecon.store.array_files import read_array_file, write_array_file
from ioecon.table import IOTable
from ioecon.whole_folder import whole_folder

__all__ = [
    "VERSION",
    "find_stored",
    "is_header",
    "is_series_store",
    "is_table_store",
    "new_store",
    "read_stored",
    "table_header",
    "write_series",
    "write_table",
    "write_table_files",
]

VERSION = 2  # 1 kept all arrays in one npz
_SERIES_VERSION = 2  # 1 did not say which tables belong to it
_KIND, _SERIES_KIND = "ioecon table", "ioecon series"
_HEADER = "table.json"
_SERIES = "series.json"
_LARGEST_HEADER = 2**26  # bytes; labels of the largest tables take a thousandth of it
_ARRAY_FIELDS = (
    "Z", "Y", "printed_output", "primary_inputs", "exports", "imports", "discrepancies",
    "final_inputs",
)  # fmt: skip
_LABEL_FIELDS = ("countries", "sectors", "categories", "primary_labels", "export_labels")
_PLAIN_FIELDS = ("year", "unit", "currency", "price_basis", "output")
_ABOUT_FIELDS = ("system", "valuation", "edition")  # text or nothing
_SINGLE = ("Z", "Y")  # arrays that may be in single precision


def write_table(table: IOTable, folder: PathLike, *, overwrite: bool = False) -> Path:
    """Write a table to a folder; nothing is left behind when it fails.

    Parameters
    ----------
    table : IOTable
        Table to write.
    folder : path
        Folder to make. It appears only when it is complete.
    overwrite : bool
        Whether a table or series that is there may be replaced. Other folders never are.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    OutputError
        If the folder exists (and is not to be replaced) or cannot be written.
    """
    with new_store(Path(folder), overwrite) as new:
        write_table_files(table, new)
    return Path(folder)


def write_series(
    series: Mapping[int, IOTable], folder: PathLike, *, overwrite: bool = False
) -> Path:
    """Write the tables of a series to a folder, each in a folder named by its year.

    Parameters
    ----------
    series : IOSeries, or mapping of int to IOTable
        Tables by year.
    folder : path
        Folder to make. It appears only when it is complete.
    overwrite : bool
        Whether a table or series that is there may be replaced. Other folders never are.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    OutputError
        If the folder exists (and is not to be replaced) or cannot be written.
    TableError
        If a table is of another year than the one it is given for.
    """
    with new_store(Path(folder), overwrite) as new:
        tables: dict[str, str] = {}
        for year in sorted(series):
            table = series[year]
            if table.year != year:
                raise TableError(f"The table given for {year} is of {table.year}.")
            (new / str(year)).mkdir()
            tables[str(year)] = write_table_files(table, new / str(year))
        header: dict[str, Any] = {"kind": _SERIES_KIND, "version": _SERIES_VERSION}
        header["tables"] = tables
        header["header_sha256"] = _digest_header(header)
        (new / _SERIES).write_text(json.dumps(header, indent=1) + "\n", encoding="utf-8")
    return Path(folder)


@contextmanager
def new_store(folder: Path, overwrite: bool = False) -> Iterator[Path]:
    """Folder to fill that takes the place of ``folder`` when the block succeeds."""

    def require_free() -> None:
        if not (folder.exists() or folder.is_symlink()):
            return
        if not overwrite:
            raise OutputError(f"{folder} exists; pass overwrite=True to replace it.")
        replaceable = is_table_store(folder) or is_series_store(folder)
        if not replaceable and not (folder.is_dir() and not any(folder.iterdir())):
            raise OutputError(f"{folder} is not a folder that ioecon wrote; choose another.")

    try:
        with whole_folder(folder.absolute(), require_free) as new:
            yield new
    except OSError as error:
        if isinstance(error, IoeconError):
            raise
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}.") from error


def write_table_files(table: IOTable, folder: Path) -> str:
    """Write the files of a table; the SHA-256 of its header, which vouches for all of them."""
    digests = {
        name: write_array_file(folder / f"{name}.npy", value)
        for name in _ARRAY_FIELDS
        if (value := getattr(table, name)) is not None
    }
    source = table.source
    header: dict[str, Any] = {"kind": _KIND, "version": VERSION}
    header |= {name: getattr(table, name) for name in _PLAIN_FIELDS}
    header |= {name: list(getattr(table, name)) for name in _LABEL_FIELDS}
    header |= {name: getattr(table, name) for name in _ABOUT_FIELDS}
    header["sector_names"] = None if table.sector_names is None else list(table.sector_names)
    header["source"] = (
        None
        if source is None
        else {"path": source.path, "sha256": source.sha256, "format": source.format}
    )
    header["arrays"] = digests
    header["header_sha256"] = _digest_header(header)
    text = json.dumps(header, indent=1, ensure_ascii=False)
    (folder / _HEADER).write_text(text + "\n", encoding="utf-8")
    return str(header["header_sha256"])


def _digest_header(header: Mapping[str, Any]) -> str:
    body = {name: value for name, value in header.items() if name != "header_sha256"}
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_stored(
    folder: PathLike, *, output: str | None = None, cache: bool = True, digest: str | None = None
) -> IOTable:
    """Table of a folder that ``write_table`` wrote, identical to the last bit.

    Parameters
    ----------
    folder : path
        The folder.
    output : {"row_sums", "printed"}, optional
        Which output the table takes; by default the one it had when it was written.
    cache : bool
        Whether to believe notes in the cache folder that a file was hashed before.
    digest : str, optional
        SHA-256 of the header that the table must have.

    Raises
    ------
    ReadError
        If the folder is not such a table, is incomplete, or was changed after it was written.
    """
    place = Path(folder)
    header = table_header(place)
    if digest not in (None, header["header_sha256"]):
        raise ReadError(
            f"The table in {place} was replaced after it had been found; read it again."
        )
    arrays = _read_arrays(place, header, cache)
    source = header["source"]
    chosen = {} if output is None else {"output": output}
    about: dict[str, Any] = {name: header.get(name) for name in _ABOUT_FIELDS}
    try:
        return IOTable(
            **arrays,
            **{name: header[name] for name in (*_PLAIN_FIELDS, *_LABEL_FIELDS)} | chosen,
            **about,
            sector_names=header["sector_names"],
            source=None if source is None else Source(**source),
        )
    except TableError as error:
        if output == "printed" and "printed_output" not in arrays:
            raise
        raise ReadError(f"{place} is not a complete ioecon table: {error}") from error


def _read_arrays(place: Path, header: Mapping[str, Any], cache: bool) -> dict[str, Any]:
    """Arrays of a table, checked against the header before their bytes are looked at."""
    shapes = _find_shapes(header)
    return {
        name: read_array_file(
            place / f"{name}.npy", shapes[name], digest, single=name in _SINGLE, remember=cache
        )
        for name, digest in header["arrays"].items()
    }


def _find_shapes(header: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    countries, sectors, categories, primary, exports = (len(header[name]) for name in _LABEL_FIELDS)
    n = countries * sectors
    return {
        "Z": (n, n),
        "Y": (n, countries * categories),
        "printed_output": (n,),
        "primary_inputs": (primary, n),
        "exports": (n, exports),
        "imports": (n,),
        "discrepancies": (n,),
        "final_inputs": (primary, countries * categories),
    }


def table_header(place: Path) -> dict[str, Any]:
    """Read the description of a stored table, every field of its kind."""
    header = _read_header(place, _HEADER, _KIND, VERSION)
    texts = ("unit", "currency", "price_basis", "output")
    source, names = header.get("source"), header.get("sector_names")
    arrays = header.get("arrays")
    fine = (
        type(header.get("year")) is int
        and abs(header["year"]) < 10_000
        and all(isinstance(header.get(name), str) for name in texts)
        and all(_is_texts(header.get(name)) for name in _LABEL_FIELDS)
        and all(isinstance(header.get(name), str | None) for name in _ABOUT_FIELDS)
        and (names is None or _is_texts(names))
        and isinstance(arrays, dict)
        and {"Z", "Y"} <= set(arrays) <= set(_ARRAY_FIELDS)
        and _is_texts(list(arrays.values()))
        and (
            source is None
            or (
                (isinstance(source, dict) and set(source) == {"path", "sha256", "format"})
                and _is_texts(list(source.values()))
            )
        )
    )
    if not fine:
        raise ReadError(
            f"{place / _HEADER} lacks a field or has one of the wrong kind; write the table again."
        )
    return header


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _read_header(place: Path, name: str, kind: str, version: int) -> dict[str, Any]:
    path, what = place / name, kind.removeprefix("ioecon ")
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # opening another kind may never end
            raise ReadError(f"{path} is not a file.")
        if found.st_size > _LARGEST_HEADER:
            raise ReadError(f"{path} is larger than any description that ioecon writes.")
        header = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ReadError(f"{place} is not an ioecon {what}: it has no {name}.") from error
    except ReadError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise ReadError(f"{path} cannot be read ({type(error).__name__}: {error}).") from error
    if not isinstance(header, dict) or header.get("kind") != kind:
        raise ReadError(f"{path} does not describe an {kind}.")
    if type(header.get("version")) is not int or header["version"] != version:
        raise ReadError(
            f"{place} is of store version {header.get('version')}; this ioecon reads version "
            f"{version}. Write the {what} again."
        )
    try:
        digest = _digest_header(header)
    except (ValueError, RecursionError):
        digest = ""
    if header.get("header_sha256") != digest:
        raise ReadError(f"{path} was changed after it was written; write the {what} again.")
    return header


def is_table_store(folder: Path) -> bool:
    """Whether a folder looks like a stored table."""
    return (folder / _HEADER).is_file()


def is_series_store(folder: Path) -> bool:
    """Whether a folder looks like a stored series."""
    return (folder / _SERIES).is_file()


def is_header(name: str) -> bool:
    """Whether a file is called like that in which a store says what it has."""
    return name in (_HEADER, _SERIES)


def find_stored(
    path: PathLike | Mapping[int, PathLike], *, output: str | None = None, cache: bool = True
) -> dict[int, Callable[[], IOTable]]:
    """Readers of the stored tables that ``path`` offers, by year.

    Parameters
    ----------
    path : path, or mapping of int to path
        A stored series, a stored table, or a stored table for every year.
    output : {"row_sums", "printed"}, optional
        Which output the tables take; by default the one they had when they were written.
    cache : bool
        As for :func:`read_stored`.

    Raises
    ------
    ReadError
        If the path holds neither.
    """
    digests: Mapping[int, str] = {}  # of the tables that are known to be the right ones
    if isinstance(path, Mapping):
        folders = {int(year): Path(folder) for year, folder in path.items()}
    else:
        place = Path(path)
        if is_table_store(place):
            header = table_header(place)
            folders = {int(header["year"]): place}
            digests = {int(header["year"]): header["header_sha256"]}
        elif is_series_store(place):
            folders, digests = _find_tables_of_series(place)
        elif place.is_dir():
            folders = _find_table_folders(place)
        else:
            raise ReadError(f"There is no folder {place}.")
    return {
        year: partial(read_stored, folder, output=output, cache=cache, digest=digests.get(year))
        for year, folder in folders.items()
    }


def _find_table_folders(place: Path) -> dict[int, Path]:
    """Folders named by a year that hold a table."""
    return {
        int(entry.name): entry
        for entry in sorted(place.iterdir())
        if entry.name.isascii() and entry.name.isdecimal() and len(entry.name) < 5
        if is_table_store(entry)
    }


def _find_tables_of_series(place: Path) -> tuple[dict[int, Path], dict[int, str]]:
    """Folders of a stored series, which must be the ones that were written, and their digests."""
    tables = _read_header(place, _SERIES, _SERIES_KIND, _SERIES_VERSION).get("tables")
    if not isinstance(tables, dict) or not all(year.isdecimal() for year in tables):
        raise ReadError(f"{place / _SERIES} does not name the tables; write the series again.")
    found = _find_table_folders(place)
    for year, digest in tables.items():
        if int(year) not in found:
            raise ReadError(
                f"{place} is incomplete: the table of {year} that {_SERIES} names is gone; write "
                "the series again."
            )
        if table_header(found[int(year)])["header_sha256"] != digest:
            raise ReadError(
                f"The table in {place / year} is not the one that was written with the series; "
                "write the series again."
            )
    more = [str(year) for year in found if str(year) not in tables]
    if more:
        raise ReadError(
            f"{place / more[0]} is a table that does not belong to the series; move it elsewhere."
        )
    return found, {int(year): str(digest) for year, digest in tables.items()}
