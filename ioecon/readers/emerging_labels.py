"""Labels of EMERGING: lists in the file itself or, for EMERGING-E, workbooks beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioecon.errors import IoeconWarning, ReadError
from ioecon.files.cells import is_empty
from ioecon.files.file_set import FileSet
from ioecon.files.hdf5 import Hdf5Reader
from ioecon.files.workbook import WorkbookReader
from ioecon.readers.labels import iso3_or_own
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

__all__ = ["EmergingLabels", "read_lists", "read_workbook"]

_LISTS = ("country_list", "sector_list", "final_list")
_CATEGORIES = ("household", "government", "capital")
_CODED = re.compile(r"(?P<code>[A-Za-z]{0,2}\d{1,4}[A-Za-z]?)[ .:_-]+(?P<name>\S.*)")
_SHEETS = {"iso3": ("country", "figure s4"), "sector": ("sector",)}


@dataclass(frozen=True)
class EmergingLabels:
    """Labels of rows and columns: regions × sectors, regions × categories."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    sector_names: tuple[str, ...] | None
    categories: tuple[str, ...]

    def require(self, n: int, users: int, file: str) -> None:
        """Refuse sizes that the labels do not have."""
        regions, sectors, kinds = len(self.countries), len(self.sectors), len(self.categories)
        if regions * sectors != n or regions * kinds != users:
            raise ReadError(
                f"{file}: {regions} regions × {sectors} sectors and {kinds} kinds of final demand "
                f"are {regions * sectors} rows and {regions * kinds} columns of final demand; the "
                f"flows have {n} rows, final demand {users} columns."
            )


def read_lists(reader: Hdf5Reader, prefix: str) -> EmergingLabels | None:
    """Labels in the lists of a file; None when it has none of them.

    Raises
    ------
    ReadError
        If some are missing, a list holds no texts, or a label stands twice.
    """
    file = reader.name
    paths = [f"{prefix}{name}" for name in _LISTS]
    missing = [path for path in paths if path not in reader.datasets]
    if len(missing) == len(paths):
        return None
    if missing:
        raise ReadError(f"{file} lacks the list {listed(missing)}.")
    for path in paths:
        if reader.datasets[path].kind != "references":
            raise ReadError(f"{file}: {path} is no list of texts.")
    countries, sectors, kinds = (
        [" ".join(text.split()) for text in reader.texts(path)] for path in paths
    )
    return _make_labels(countries, sectors, kinds, file)


def read_workbook(files: FileSet, regions: int, n: int) -> EmergingLabels:
    """Labels of EMERGING-E from the workbooks beside its file.

    Raises
    ------
    ReadError
        If none has as many regions as the file.
    """
    books = [name for name in files.names if name.lower().endswith(".xlsx")]
    found: dict[str, list[str]] = {}
    sizes = {"iso3": regions, "sector": n // regions if regions else 0}
    with WorkbookReader() as reader:
        for book in books:
            sheets = reader.open(files.read(book), book)
            for heading, wanted in _SHEETS.items():
                for sheet in [name for name in sheets if name.strip().lower() in wanted]:
                    labels = _read_column(list(reader.sheet(sheet).rows), heading)
                    if len(labels) == sizes[heading]:
                        found.setdefault(heading, labels)
    if "iso3" not in found:
        raise ReadError(
            f"{files.name} has no labels, and no workbook beside it names {regions} regions in a "
            "column ISO3: put 'EMERGING2.5_Sector&Country list.xlsx' or 'Figure data.xlsx' of the "
            "same release there."
        )
    if "sector" not in found:
        found["sector"] = [str(number + 1) for number in range(sizes["sector"])]
        warn_user(
            f"{files.name}: no workbook beside it names {sizes['sector']} sectors; they are "
            "numbered.",
            IoeconWarning,
        )
    return _make_labels(found["iso3"], found["sector"], _CATEGORIES, files.name)


def _read_column(rows: Sequence[Sequence[Any]], heading: str) -> list[str]:
    """Texts below a heading in the first row, down to the first empty cell."""
    heads = [str(cell).strip().lower() for cell in rows[0]] if rows else []
    if heading not in heads:
        return []
    column, labels = heads.index(heading), []
    for row in rows[1:]:
        if column >= len(row) or is_empty(row[column]):
            break
        labels.append(" ".join(str(row[column]).split()))
    return labels


def _make_labels(
    countries: Sequence[str], sectors: Sequence[str], categories: Sequence[str], file: str
) -> EmergingLabels:
    for labels, kind in ((countries, "region"), (sectors, "sector"), (categories, "category")):
        twice = [label for label, count in Counter(labels).items() if count > 1]
        if twice or not labels or "" in labels:
            what = f"names {listed(twice)} more than once" if twice else "has an empty label"
            raise ReadError(f"{file}: the list of labels of kind {kind!r} {what}.")
    codes, unknown = iso3_or_own(countries, countries, file)
    if unknown:
        warn_user(
            f"{file}: the regions {listed(unknown)} are no country of ISO 3166; they keep their "
            "labels as codes.",
            IoeconWarning,
        )
    split = [_CODED.fullmatch(sector) for sector in sectors]
    coded = [match["code"] for match in split if match is not None]
    if len(set(coded)) == len(sectors):
        names = tuple(match["name"] for match in split if match is not None)
        return EmergingLabels(codes, tuple(coded), names, tuple(categories))
    return EmergingLabels(codes, tuple(sectors), None, tuple(categories))
