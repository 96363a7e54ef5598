"""Databases of one text file a year: loose in a folder, in zips of one or more years, or deeper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.folders import list_folder

__all__ = ["find_yearly_files", "only_file"]

_Found = list[tuple[int, FileSet]]


def find_yearly_files(
    path: Path, name: re.Pattern[str], bundle: re.Pattern[str]
) -> dict[int, list[FileSet]]:
    """Files under a path by the year in their name; there may be several for one.

    Parameters
    ----------
    path : Path
        A folder, a zip or a file.
    name : re.Pattern
        Names of files, with the group ``year``.
    bundle : re.Pattern
        Names of zips that are looked into where they lie beside or within others.

    Returns
    -------
    dict of int to list of FileSet
        A file that lies loose in a folder goes before one of the same name in its zips.

    Raises
    ------
    ReadError
        If the folder cannot be listed, or a zip is damaged.
    """
    if path.is_dir():
        entries = [entry for entry in list_folder(path) if entry.is_file()]
        zips = [entry for entry in entries if entry.suffix.lower() == ".zip"]
        loose = _index(
            _match(FileSet.of(e), name) for e in entries if name.fullmatch(e.name) and e not in zips
        )
        packed = _index(
            _look_into(e, name, bundle)
            for e in zips
            if bundle.fullmatch(e.name) or name.fullmatch(e.name)
        )
        for year, files in packed.items():
            here = loose.setdefault(year, [])
            known = {_last_name(one) for one in here}
            here += [one for one in files if _last_name(one) not in known]
        return dict(sorted(loose.items()))
    if path.suffix.lower() == ".zip":
        return _index([_look_into(path, name, bundle)])
    return _index([_match(FileSet.of(path), name)])


def _last_name(files: FileSet) -> str:
    return PurePosixPath(files.names[0]).name.lower()


def _look_into(path: Path, name: re.Pattern[str], bundle: re.Pattern[str]) -> _Found:
    """Find files in a zip, and in zips within it."""
    files = FileSet.of(path)
    found = _match(files, name)
    for nested in files.find(bundle):
        found += _match(FileSet.of(path, nested=nested), name)
    return found


def _match(files: FileSet, name: re.Pattern[str]) -> _Found:
    return [
        (int(match["year"]), files.only([member]))
        for member in files.names
        if (match := name.fullmatch(PurePosixPath(member).name))
    ]


def _index(found: Iterable[_Found]) -> dict[int, list[FileSet]]:
    by_year: dict[int, list[FileSet]] = {}
    for some in found:
        for year, files in some:
            by_year.setdefault(year, []).append(files)
    return by_year


def only_file(path: Path, year: int, files: list[FileSet]) -> FileSet:
    """Return the one file of a year.

    Raises
    ------
    ReadError
        If there are several.
    """
    if len(files) > 1:
        raise ReadError(
            f"{path} has {len(files)} files for {year}: {' and '.join(f.name for f in files)}; "
            "pass the one that is meant, or a mapping of years to files."
        )
    return files[0]
