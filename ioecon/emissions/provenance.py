"""What is known of an account beside its values, and how a Series carries it in and out.

Users give and get ``Series.attrs``; only this module reads and writes those of emissions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pandas as pd

from ioecon.errors import EmissionsError
from ioecon.source import Source
from ioecon.stressor import CO2, Stressor, require_same
from ioecon.units import currency_code, kilotonnes_per

__all__ = ["Provenance"]

Values = TypeVar("Values", pd.Series, pd.DataFrame)

_COMPLETED = "completed"
_PLAIN = ("stressor", "unit", "signed", "currency", "source", "where")


@dataclass(frozen=True)
class Provenance:
    """Stressor, unit, origin and history of emissions or of any other account.

    Parameters
    ----------
    unit : str, optional
        What the values are said to be in.
    stressor : str, optional
        What they are said to be; CO2 where nothing is said.
    signed : bool, optional
        Whether they may be negative.
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
    stressor: Any = None
    signed: Any = None
    currency: Any = None
    source: Any = None
    where: Any = None
    completed: tuple[Mapping[str, Any], ...] = ()
    remarks: Mapping[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, emissions: Any) -> Provenance:
        """Read what a user's Series or DataFrame says of itself."""
        attrs = dict(getattr(emissions, "attrs", {}))
        known = {name: attrs.pop(name, None) for name in _PLAIN}
        return cls(**known, completed=tuple(attrs.pop(_COMPLETED, None) or ()), remarks=attrs)

    def write_on(self, values: Values) -> Values:
        """Return the values with all this in their ``attrs``, as plain values."""
        attrs: dict[Any, Any] = dict(self.remarks)
        for name in _PLAIN:
            if getattr(self, name) not in (None, False):
                attrs[name] = getattr(self, name)
        if self.completed:
            attrs[_COMPLETED] = list(self.completed)
        values = values.copy(deep=False)
        values.attrs = attrs
        return values

    def read_stressor(self) -> Stressor:
        """Find the stressor and unit that the values are said to be; CO2 in kt by default.

        Raises
        ------
        EmissionsError
            If a unit other than kt is stated and not what it is of, or a stressor without a unit.
        """
        if self.stressor is not None:
            if self.unit is None and self.stressor != CO2:
                raise EmissionsError(
                    f"The values say that they are {self.stressor} and not in which unit: set "
                    "attrs['unit']."
                )
            return Stressor(self.stressor, "kt" if self.unit is None else self.unit)
        if self.unit not in (None, "kt") and kilotonnes_per(self.unit) != 1.0:
            raise EmissionsError(
                f"The emissions are in '{self.unit}', but kt is needed: convert them "
                "(ioecon.read_emissions does it with unit=...) and set attrs['unit'] = 'kt'; or "
                "say what they are with attrs['stressor']."
            )
        return Stressor()

    def of_stressor(
        self, stressor: Stressor, source: Source | None = None, *, signed: bool = False
    ) -> Provenance:
        """Return the same for values of this stressor, from ``source`` where one is given."""
        plain = self.source if source is None else source.as_plain()
        return replace(
            self, unit=stressor.unit, stressor=stressor.name, signed=signed, source=plain
        )

    def require_stressor(self, stressor: Stressor, what: str) -> None:
        """Refuse values of another stressor or unit; ``what`` they are begins the sentence."""
        require_same(stressor, self.read_stressor(), what)

    def add_step(self, step: Mapping[str, Any]) -> Provenance:
        """Return the same with one more step of completion on record."""
        return replace(self, completed=(*self.completed, step))

    def name_steps(self) -> str:
        """Name what was done to the values, for summaries; empty if nothing was."""
        return "; ".join(str(step["step"]) for step in self.completed if "step" in step)

    def name_source(self) -> str:
        """Name the file and the rows taken of it, for messages; empty if neither is known."""
        path = self.source.get("path", "") if isinstance(self.source, Mapping) else ""
        where = self.where if isinstance(self.where, Mapping) else {}
        chosen = ", ".join(f"{name} {item}" for name, item in where.items())
        return " ".join(part for part in (path, f"({chosen})" if chosen else "") if part)

    def require_currency(self, currency: str) -> None:
        """Refuse emissions prepared for tables in another currency."""
        given = self.currency
        if given is not None and currency_code(str(given)) != currency_code(currency):
            raise EmissionsError(
                f"The emissions are marked as prepared for tables in {given}, but the table is in "
                f"{currency}: use the tables they belong to, or remove attrs['currency'] when the "
                "emissions do not depend on it."
            )
