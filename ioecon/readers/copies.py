"""Tables that a folder has twice, unpacked and in a zip: never one of them without a word."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from ioecon.errors import IoeconWarning, ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.folders import list_folder
from ioecon.files.source_file import PathLike
from ioecon.readers.options import ReadOptions
from ioecon.readers.registry import FileFormat
from ioecon.readers.sources import Origin, find_sources
from ioecon.user_warnings import warn_user
from ioecon.wording import spans

__all__ = ["settle_copies"]


def settle_copies(
    path: PathLike | Mapping[int, PathLike],
    form: FileFormat,
    options: ReadOptions,
    found: Mapping[int, Origin],
    years: Iterable[int],
) -> None:
    """Warn of years that a zip in a folder has too; refuse those that differ there.

    Parameters
    ----------
    path, form, options
        What is read, and how.
    found : mapping of int to SourceFile or FileSet
        Files that are taken, by year.
    years : iterable of int
        Those that are read.

    Raises
    ------
    ReadError
        If a zip in the folder holds another table of a year.
    """
    if isinstance(path, Mapping) or not (place := Path(path)).is_dir():
        return
    taken = {origin.path for origin in found.values()}
    taken |= {p for origin in found.values() if isinstance(origin, FileSet) for p in origin.places}
    for entry in list_folder(place):
        if entry.suffix.lower() != ".zip" or not entry.is_file() or entry in taken:
            continue
        try:
            packed = find_sources(entry, form, options)
        except ReadError:  # damaged, or of another valuation or system: not read in any case
            continue
        both = [year for year in years if year in packed]
        for year in both:
            if not _are_alike(found[year], packed[year]):
                raise ReadError(
                    f"{place} has two different tables of {year}: {_name(found[year])} and "
                    f"{_name(packed[year])}; pass the path of the one that is meant, or move the "
                    "other elsewhere."
                )
        if both:
            warn_user(
                f"{place} has {spans(both)} twice, with equal content: {_name(found[both[0]])} "
                f"is read, and {_name(packed[both[0]])} is not"
                + (", and so on for the other years." if len(both) > 1 else "."),
                IoeconWarning,
            )


_File = tuple[FileSet, str]


def _are_alike(one: Origin, other: Origin) -> bool:
    """Whether files that have the same name, or the only ones, have the same content."""
    first, second = _list_files(one), _list_files(other)
    if len(first) == len(second) == 1:
        pairs = [(*first.values(), *second.values())]
    else:
        largest = max(first, key=lambda name: max(_size(file) for file in first[name]))
        if largest not in second:
            return False
        pairs = [(first[name], second[name]) for name in first if name in second]
    return all(
        [_size(file) for file in a] == [_size(file) for file in b]
        and [_checksum(file) for file in a] == [_checksum(file) for file in b]
        for a, b in pairs
    )


def _name(origin: Origin) -> str:
    """Name of a file or zip; of several files that of the folder or zip that they lie in."""
    if not isinstance(origin, FileSet) or origin.path.is_file() or len(origin.names) == 1:
        return origin.name
    first = PurePosixPath(origin.names[0])  # labels, which may lie elsewhere, come last
    return first.name if first.suffix.lower() == ".zip" else first.parent.name or origin.path.name


def _list_files(origin: Origin) -> dict[str, list[_File]]:
    """Files by their names without folders, those in zips too."""
    if isinstance(origin, FileSet):
        files = origin
    else:
        files = FileSet(origin.path, (origin.member or origin.path.name,))
    within = [name for name in files.names if name.lower().endswith(".zip") and files.path.is_dir()]
    sets = [files.only([name for name in files.names if name not in within])]
    sets += [FileSet.of(files.path / name) for name in within]
    named: dict[str, list[_File]] = {}
    for some in sets:
        for name in sorted(some.names):
            named.setdefault(PurePosixPath(name).name.lower(), []).append((some, name))
    return named


def _size(file: _File) -> int:
    files, name = file
    return files.size(name)


def _checksum(file: _File) -> int:
    """CRC-32 of a file, unpacked."""
    files, name = file
    told = files.told_checksum(name)
    if told is not None:
        return told
    value = 0
    with files.open(name) as stream:
        while piece := stream.read(2**20):
            value = zlib.crc32(piece, value)
    return value
