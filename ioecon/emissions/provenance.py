"""What is known of emissions beside their values, and how a Series carries it in and out.

Users give and get ``Series.attrs``; only this module reads and writes those of emissions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pandas as pd

from ioecon.errors import EmissionsError
from ioecon.source import Source
from ioecon.units import currency_code, kilotonnes_per

__all__ = ["Provenance"]

Values = TypeVar("Values", pd.Series, pd.DataFrame)

_COMPLETED = "completed"


@dataclass(frozen=True)
class Provenance:
    """Unit, origin and history of emissions.

    Parameters
    ----------
    unit : str, optional
        What the values are said to be in.
    currency : str, optional
        Currency of the tables that the values were prepared for.
    source : mapping, optional
        Name, SHA-256 and format of the file.
    where : mapping, optional
        Rows of the file that were kept.
    completed : tuple of mapping
        What was added from where, step by step.
    remarks : mapping
        What else the user wrote on the values; carried along.

    Examples
    --------
    >>> known = Provenance(unit="kt", where={"source": "WDI"})
    >>> Provenance.of(known.write_on(pd.Series([1.0]))) == known
    True
    """

    unit: Any = None
    currency: Any = None
    source: Any = None
    where: Any = None
    completed: tuple[Mapping[str, Any], ...] = ()
    remarks: Mapping[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, emissions: Any) -> Provenance:
        """Read what a user's Series or DataFrame says of itself."""
        attrs = dict(getattr(emissions, "attrs", {}))
        known = {name: attrs.pop(name, None) for name in ("unit", "currency", "source", "where")}
        return cls(**known, completed=tuple(attrs.pop(_COMPLETED, None) or ()), remarks=attrs)

    def write_on(self, values: Values) -> Values:
        """Return the values with all this in their ``attrs``, as plain values."""
        attrs: dict[Any, Any] = dict(self.remarks)
        for name in ("unit", "currency", "source", "where"):
            if getattr(self, name) is not None:
                attrs[name] = getattr(self, name)
        if self.completed:
            attrs[_COMPLETED] = list(self.completed)
        values = values.copy(deep=False)
        values.attrs = attrs
        return values

    def in_kilotonnes(self, source: Source | None = None) -> Provenance:
        """Return the same for values in kt, from ``source`` where one is given."""
        plain = self.source if source is None else source.as_plain()
        return replace(self, unit="kt", source=plain)

    def add_step(self, step: Mapping[str, Any]) -> Provenance:
        """Return the same with one more step of completion on record."""
        return replace(self, unit="kt", completed=(*self.completed, step))

    def name_steps(self) -> str:
        """Name what was done to the values, for summaries; empty if nothing was."""
        return "; ".join(str(step["step"]) for step in self.completed if "step" in step)

    def name_source(self) -> str:
        """Name the file and the rows taken of it, for messages; empty if neither is known."""
        path = self.source.get("path", "") if isinstance(self.source, Mapping) else ""
        where = self.where if isinstance(self.where, Mapping) else {}
        chosen = ", ".join(f"{name} {item}" for name, item in where.items())
        return " ".join(part for part in (path, f"({chosen})" if chosen else "") if part)

    def require_kilotonnes(self) -> None:
        """Refuse emissions that say they are in another unit than kt."""
        if self.unit not in (None, "kt") and kilotonnes_per(self.unit) != 1.0:
            raise EmissionsError(
                f"The emissions are in '{self.unit}', but kt is needed: convert them "
                "(ioecon.read_emissions does it with unit=...) and set attrs['unit'] = 'kt'."
            )

    def require_currency(self, currency: str) -> None:
        """Refuse emissions prepared for tables in another currency."""
        given = self.currency
        if given is not None and currency_code(str(given)) != currency_code(currency):
            raise EmissionsError(
                f"The emissions are marked as prepared for tables in {given}, but the table is in "
                f"{currency}: use the tables they belong to, or remove attrs['currency'] when the "
                "emissions do not depend on it."
            )
