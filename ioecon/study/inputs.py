"""Read the files that a study names: how they are written, which columns they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from ioecon.errors import PanelError
from ioecon.study.sections import nearest
from ioecon.study.settings import TextFile

__all__ = ["known_columns", "text_options"]


def text_options(settings: TextFile) -> dict[str, Any]:
    """Options of :func:`ioecon.delimited.read_delimited` from those of a study."""
    return {name.name: getattr(settings, name.name) for name in fields(TextFile)}


def known_columns(wanted: Mapping[str, str], there: Iterable[Any], source: str) -> list[str]:
    """Columns that are wanted, all of them there.

    Raises
    ------
    PanelError
        If one is not; the nearest is suggested.
    """
    names = [str(name) for name in there]
    for name, column in wanted.items():
        if column not in names:
            raise PanelError(
                f"{source} has no column {column!r} (for {name!r}); {nearest(column, names)}"
            )
    return list(wanted.values())
