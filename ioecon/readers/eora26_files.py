"""Where the files of a year of Eora26 lie, and which belong together.

Matrices are named like ``Eora26_2010_bp_T.txt`` (bp: basic, pp: purchasers' prices), in a folder
or in ``Eora26_2010_bp.zip``. Their labels, ``labels_T.txt`` and others, lie beside them; newer
zips leave them out, and ``indices.zip`` beside the zip (or the folder) has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ioecon.errors import ReadError
from ioecon.files.file_set import FileSet
from ioecon.files.folders import list_folder
from ioecon.files.plain_text import decode
from ioecon.readers.options import ReadOptions

__all__ = ["ACCOUNTS", "FLOWS", "OPTIONS", "EoraFiles", "find_sets", "recognises"]

FLOWS, ACCOUNTS = ("T", "FD", "VA"), ("Q", "QY")
OPTIONS = {"valuation": ("basic", "purchasers"), "rest": ("report", "keep")}

_MATRIX = re.compile(
    r"Eora26_(?P<year>\d{4})_(?P<price>bp|pp)_(?P<part>T|FD|VA|Q|QY)\.txt", re.IGNORECASE
)
_PACKED = re.compile(r"Eora26_(?P<year>\d{4})_(?P<price>bp|pp)\.zip", re.IGNORECASE)
_LABELS = re.compile(r"labels_(?P<part>T|FD|VA|Q)\.txt", re.IGNORECASE)
_INDICES = re.compile(r"indices\.zip", re.IGNORECASE)
_FOLDER = re.compile(r"eora.*|indices|(19|20)\d\d", re.IGNORECASE)
_FULL = re.compile(r"eora_?(full|\d{4})?_?.*(tradeblock|_T|_FD)\b.*|.*_full_eora.*", re.IGNORECASE)
_PRICES = {"basic": "bp", "purchasers": "pp"}
_SMALL = 2**24  # bytes of a list of labels


def recognises(files: FileSet) -> bool:
    """Whether files are those of a year of Eora26."""
    return any(_PACKED.fullmatch(PurePosixPath(name).name) for name in files.names) or bool(
        files.find(r"Eora26_\d{4}_[bp]p_T\.txt")
    )


def find_sets(
    path: Path, options: ReadOptions, parts: tuple[str, ...] = FLOWS
) -> dict[int, FileSet]:
    """Find the years that a folder or a zip holds, in the prices asked for.

    Parameters
    ----------
    path : Path
        A zip, a folder, or one of the matrices.
    options : ReadOptions
        With ``own["valuation"]``.
    parts : tuple of str
        Matrices that are wanted; the first tells which years there are.

    Raises
    ------
    ReadError
        If there are tables in other prices only, or a year is there twice.
    """
    wanted = options.own.get("valuation", "basic")
    found = list(_find_tables(path, parts[0]))
    fitting = [entry for entry in found if entry[1] == _PRICES[wanted]]
    if found and not fitting:
        other = next(name for name, price in _PRICES.items() if price != _PRICES[wanted])
        raise ReadError(
            f"{path} holds Eora26 in {_name_prices(other)} only, not in {_name_prices(wanted)}; "
            f"pass valuation={other!r} to read that."
        )
    sets: dict[int, FileSet] = {}
    places: dict[int, Path] = {}
    for year, _, place in fitting:
        if year in places:
            raise ReadError(
                f"{path} has two tables for {year}: {places[year].name} and {place.name}; pass a "
                "mapping of years to files."
            )
        places[year] = place
        sets[year] = _collect(place, year, _PRICES[wanted], parts)
    return sets


def _name_prices(valuation: str) -> str:
    return {"basic": "basic prices (bp)", "purchasers": "purchasers' prices (pp)"}[valuation]


def _find_tables(path: Path, part: str) -> Iterator[tuple[int, str, Path]]:
    """Year, prices, and the zip or folder of every table under a path."""
    if path.is_file():
        if path.suffix.lower() == ".zip":
            files = FileSet.of(path)
            for name in files.find(_MATRIX):
                match = _MATRIX.fullmatch(PurePosixPath(name).name)
                if match and match["part"].upper() == part:
                    yield int(match["year"]), match["price"].lower(), path
        match = _MATRIX.fullmatch(path.name)
        if match:
            yield int(match["year"]), match["price"].lower(), path.parent
        return
    entries = list_folder(path)
    unpacked = {f"{entry.name.lower()}.zip" for entry in entries if entry.is_dir()}
    unpacked |= {f"{e.name[: -len('_T.txt')].lower()}.zip" for e in entries if _is_flows(e.name)}
    for entry in entries:
        packed, matrix = _PACKED.fullmatch(entry.name), _MATRIX.fullmatch(entry.name)
        if packed and entry.name.lower() in unpacked:
            continue  # a folder or its files go before the zip that they were unpacked from
        if packed:
            yield int(packed["year"]), packed["price"].lower(), entry
        elif matrix and matrix["part"].upper() == part:
            yield int(matrix["year"]), matrix["price"].lower(), path
        elif _FOLDER.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink():
            yield from _find_tables(entry, part)


def _is_flows(name: str) -> bool:
    match = _MATRIX.fullmatch(name)
    return match is not None and match["part"].upper() == "T"


def _collect(place: Path, year: int, price: str, parts: tuple[str, ...]) -> FileSet:
    """Set of the files of one table, with the labels if they lie elsewhere."""
    if place.is_file():
        files = FileSet.of(place)
        own = [place]
        complete = bool(files.find(r"labels_T\.txt"))
        folder = place.parent
    else:
        own = [
            entry
            for entry in list_folder(place)
            if (match := _MATRIX.fullmatch(entry.name))
            and (int(match["year"]), match["price"].lower()) == (year, price)
            and match["part"].upper() in parts
        ]
        complete, folder = False, place
        files = FileSet(place, tuple(entry.name for entry in own))
    labels = [] if complete else _find_labels(folder)
    if not labels:
        return files
    root = folder
    while any(root not in entry.parents for entry in labels):
        root = root.parent
    return FileSet(root, tuple(str(p.relative_to(root).as_posix()) for p in (*own, *labels)))


def _find_labels(folder: Path) -> list[Path]:
    """Find lists of labels in or near a folder: loose, in the folder indices, or in indices.zip."""
    for near in (folder, folder.parent):
        for inner in (near, near / "indices"):
            entries = list_folder(inner) if inner.is_dir() else []
            loose = [entry for entry in entries if _LABELS.fullmatch(entry.name)]
            if any(entry.name.lower() == "labels_t.txt" for entry in loose):
                return loose
            packed = [entry for entry in entries if _INDICES.fullmatch(entry.name)]
            if packed:
                return packed
    return []


@dataclass(frozen=True)
class EoraFiles:
    """Matrices and lists of labels of one year.

    Parameters
    ----------
    matrices, labels : FileSet
        Where they are.
    names : dict of str to str
        Name of each matrix, by its part: T, FD, VA, Q, QY.
    lists : dict of str to str
        Name of each list of labels, by its part: T, FD, VA, Q.
    year : int
    valuation : {"basic", "purchasers"}
    """

    matrices: FileSet
    labels: FileSet
    names: dict[str, str]
    lists: dict[str, str]
    year: int
    valuation: str

    @classmethod
    def of(
        cls,
        files: FileSet,
        valuation: str,
        year: int | None = None,
        needed: tuple[str, ...] = FLOWS,
    ) -> EoraFiles:
        """Find the matrices and lists of labels among files.

        Parameters
        ----------
        files : FileSet
            Of a zip, of a folder, or as :func:`find_sets` puts them together.
        valuation : {"basic", "purchasers"}
        year : int, optional
            The one meant, where there are several.
        needed : tuple of str
            Matrices that must be there.

        Raises
        ------
        ReadError
            If there is no such matrix, or no labels.
        """
        price = _PRICES[valuation]
        packed = [
            name
            for name in files.names
            if (match := _PACKED.fullmatch(PurePosixPath(name).name))
            and match["price"].lower() == price
            and year in (None, int(match["year"]))
        ]
        matrices = files
        if packed and not files.path.is_file():
            matrices = FileSet.of(files.path / packed[0])
        found = [
            (match, name)
            for name in matrices.names
            if (match := _MATRIX.fullmatch(PurePosixPath(name).name))
            and match["price"].lower() == price
            and year in (None, int(match["year"]))
        ]
        years = {int(match["year"]) for match, _ in found}
        if len(years) != 1:
            raise ReadError(f"{files.name} is no table of Eora26: {_describe_lack(files, years)}.")
        (year,) = years
        labels, lists = _locate_labels(matrices, files)
        names = {match["part"].upper(): name for match, name in found}
        for part in needed:
            if part not in names:
                raise ReadError(f"{matrices.name} holds no Eora26_{year}_{price}_{part}.txt.")
        return cls(matrices, labels, names, lists, year, valuation)

    def name_of(self, part: str) -> str:
        """Name of a matrix for messages."""
        return f"{self.matrices.name}/{PurePosixPath(self.names[part]).name}"

    def list_name(self, part: str) -> str:
        """Name of a list of labels for messages."""
        return f"{self.labels.name}/{PurePosixPath(self.lists[part]).name}"

    def cells(self, part: str, columns: int) -> list[list[str]]:
        """Cells of a list of labels, line by line; each line has so many or more.

        Raises
        ------
        ReadError
            If the list is missing, or a line has fewer cells or an empty one.
        """
        if part not in self.lists:
            raise ReadError(
                f"{self.labels.name} holds no labels_{part}.txt; Eora offers the labels as "
                "indices.zip."
            )
        name, file = self.lists[part], self.list_name(part)
        size = self.labels.size(name)
        if size > _SMALL:
            raise ReadError(f"{file} has {size / 2**20:,.0f} MiB, too much for a list of labels.")
        rows = []
        text = decode(self.labels.read(name), file, may_be_named=False)
        for count, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            cells = [" ".join(cell.strip().strip('"').split()) for cell in line.split("\t")]
            if len(cells) < columns or not all(cells[:columns]):
                raise ReadError(
                    f"{file}, line {count} should hold {columns} labels separated by tabs, and is "
                    f"{line[:60].strip()!r}."
                )
            rows.append(cells[:columns])
        if not rows:
            raise ReadError(f"{file} is empty.")
        return rows


def _describe_lack(files: FileSet, years: set[int]) -> str:
    """Say why it is not one table."""
    if len(years) > 1:
        return f"it holds {len(years)} years, {min(years)} to {max(years)}; pass one of them"
    other = files.find(r"Eora26_\d{4}_[bp]p_T\.txt")
    if other:
        return f"{PurePosixPath(other[0]).name} is in it, of another year or in other prices"
    if any(_FULL.fullmatch(PurePosixPath(name).name) for name in (files.path.name, *files.names)):
        return (
            "it seems to be the full Eora, in which each country has sectors of its own and which "
            "is not read; take Eora26"
        )
    return "there is no Eora26_YYYY_bp_T.txt in it"


def _locate_labels(matrices: FileSet, files: FileSet) -> tuple[FileSet, dict[str, str]]:
    """Find lists of labels: among the matrices, beside them, in indices.zip, or near on disk."""
    near = matrices.path.parent if matrices.path.is_file() else matrices.path
    beside = _find_labels(near)
    loose = [entry for entry in beside if not _INDICES.fullmatch(entry.name)]
    candidates = [matrices, files]
    candidates += [
        FileSet.of(files.path / name) for name in files.find(_INDICES) if not files.path.is_file()
    ]
    candidates += [FileSet(loose[0].parent, tuple(entry.name for entry in loose))] if loose else []
    candidates += [FileSet.of(entry) for entry in beside if entry not in loose]
    for place in candidates:
        lists = {
            match["part"].upper(): name
            for name in place.names
            if (match := _LABELS.fullmatch(PurePosixPath(name).name))
        }
        if "T" in lists:
            return place, lists
    raise ReadError(
        f"{files.name} has no labels_T.txt, and there is no indices.zip beside it; Eora offers "
        "indices.zip for its newer tables: put it into the same folder."
    )
