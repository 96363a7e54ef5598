"""Labels of the panel: its index, and country codes."""

from __future__ import annotations

from collections.abc import Iterable

from ioecon.countries import to_iso3
from ioecon.errors import LabelError, PanelError

__all__ = ["COUNTRY_COLUMNS", "KEYS", "codes"]

KEYS = ["country", "year"]
COUNTRY_COLUMNS = ("country", "iso3")


def codes(names: Iterable[object], where: str) -> list[str]:
    """ISO3 codes; a name that is not recognised is an error that says where it stands."""
    try:
        return to_iso3(names)
    except LabelError as error:
        raise PanelError(f"In {where}: {error}") from error
