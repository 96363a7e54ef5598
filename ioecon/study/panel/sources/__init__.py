"""Files that hold a panel, by the ending of their names: text, Excel, Stata and Parquet.

A new format is a module with a :class:`~ioecon.study.panel.sources.source.PanelSource` and a line
below.
"""

from __future__ import annotations

from pathlib import Path

from ioecon.errors import ReadError
from ioecon.study.panel.sources import parquet, stata, text, workbook
from ioecon.study.panel.sources.source import FileColumns, PanelSource, ReadOptions

__all__ = ["SOURCES", "FileColumns", "PanelSource", "ReadOptions", "source_of"]

SOURCES: tuple[PanelSource, ...] = (text.TEXT, workbook.WORKBOOK, stata.STATA, parquet.PARQUET)


def source_of(path: Path) -> PanelSource:
    """Format of a file, by its name.

    Raises
    ------
    ReadError
        If the ending is of none.

    Examples
    --------
    >>> source_of(Path("firms.dta")).title
    'Stata'
    """
    for source in SOURCES:
        if path.name.lower().endswith(source.suffixes):
            return source
    known = ", ".join(suffix for source in SOURCES for suffix in source.suffixes)
    raise ReadError(
        f"{path.name} has an ending that names no format of panels; known are {known}: save it as "
        "one of them, CSV for example."
    )
