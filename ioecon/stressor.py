"""What an account counts: its name and unit, and the words and symbols made of them.

CO2 in kilotonnes is the default everywhere; nothing that is not CO2 passes as CO2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from ioecon.errors import EmissionsError
from ioecon.units import conversion_factor, read_amount, read_ratio, spell_substance
from ioecon.wording import invisible_character

__all__ = ["CO2", "Labelled", "Stressor", "require_same", "state_stressor"]

Labelled = TypeVar("Labelled", pd.Series, pd.DataFrame)

CO2 = "CO2"

#: Substances whose amounts are called emissions, with the sign that figures have for them.
_SYMBOLS = {
    "CO2": "CO₂", "CO2e": "CO₂e", "CH4": "CH₄", "N2O": "N₂O", "SF6": "SF₆", "NF3": "NF₃",
    "SO2": "SO₂", "SOX": "SOₓ", "SOx": "SOₓ", "NOX": "NOₓ", "NOx": "NOₓ", "NH3": "NH₃",
    "CO": "CO", "NMVOC": "NMVOC", "PM10": "PM₁₀", "PM2.5": "PM₂.₅", "HFC": "HFC", "PFC": "PFC",
    "GHG": "GHG",
}  # fmt: skip
_LEADING = re.compile(r"[A-Za-z0-9.]+")
_YEARLY = re.compile(r"(?:/| per )\s*(?:year|yr|y|a|annum)$", re.IGNORECASE)
_INTENSIVE = re.compile(r"%|per ?cent|index|ratio|share", re.IGNORECASE)


@dataclass(frozen=True)
class Stressor:
    """Name and unit of an extensive quantity: one that is summed over sectors and countries.

    Parameters
    ----------
    name : str
        ``"CO2"``, ``"Water consumption blue"``, ``"Value added"``; the usual names of CO2 and its
        equivalents become ``"CO2"`` and ``"CO2e"``.
    unit : str
        Any text: ``"kt"``, ``"TJ"``, ``"1000 persons"``. That of CO2 is one of mass.
    group : str
        The part of a file that it belongs to, where there are several.
    is_total : bool
        Whether a file gives it as the total of others in it.

    Raises
    ------
    EmissionsError
        If name or unit is no short text, the unit is a ratio or a share, which cannot be summed,
        or is not one of CO2 where the name is CO2.

    Examples
    --------
    >>> Stressor("CO₂", "Gg").column, Stressor("Value added", "million USD").column
    ('co2_kt', 'value_added_million_usd')
    >>> Stressor("CH4", "t").symbol, Stressor("CH4", "t").phrase, Stressor("Land", "ha").phrase
    ('CH₄', 'emissions of CH4', 'Land')
    """

    name: str = CO2
    unit: str = "kt"
    group: str = ""
    is_total: bool = False

    def __post_init__(self) -> None:
        for what, text in (("name", self.name), ("unit", self.unit)):
            if not isinstance(text, str) or not text.strip() or len(text) > 200:
                raise EmissionsError(f"The {what} of a stressor is a short text, not {text!r}.")
            unseen = invisible_character(text)
            if unseen is not None:
                raise EmissionsError(f"The {what} of the stressor {text!r} has {unseen[1]}.")
            object.__setattr__(self, what, " ".join(text.split()))
        if spell_substance(self.name) in (CO2, "CO2e"):
            object.__setattr__(self, "name", spell_substance(self.name))
        if self.name == CO2:
            _require_mass_of_co2(self.unit)
            if read_amount(self.unit).size == 1e9:
                object.__setattr__(self, "unit", "kt")
        else:
            _refuse_intensive(self.name, self.unit)

    @property
    def is_co2(self) -> bool:
        """Whether it is CO2 and nothing else."""
        return self.name == CO2

    @property
    def substance(self) -> str:
        """Gas or other substance that the name begins with (``"CH4 - agriculture"``), or empty."""
        found = _LEADING.match(self.name)
        word = found.group() if found else ""
        return spell_substance(self.name) or spell_substance(word) or (word * (word in _SYMBOLS))

    @property
    def symbol(self) -> str:
        """What figures call it: ``"CO₂"``."""
        return _SYMBOLS.get(self.name, self.name)

    @property
    def column(self) -> str:
        """Name of a column of its values: ``"co2_kt"``."""
        text = re.sub(r"\W+", "_", f"{self.name}_{self.unit}".lower()).strip("_")
        return f"_{text}" if text[:1].isdigit() else text

    @property
    def phrase(self) -> str:
        """What a sentence calls its values: ``"emissions"`` of CO2, otherwise with its name."""
        if self.is_co2:
            return "emissions"
        return f"emissions of {self.name}" if self.substance == self.name else self.name

    @property
    def subject(self) -> str:
        """The same at the beginning of a sentence, in the plural."""
        if self.substance == self.name:
            return self.phrase.capitalize() if self.is_co2 else f"Emissions of {self.name}"
        return f"Values of {self.name}"

    def convert(self, unit: str) -> float:
        """How much of ``unit`` one of this unit is.

        Raises
        ------
        EmissionsError
            If one cannot be converted into the other.

        Examples
        --------
        >>> Stressor("Energy", "TJ").convert("PJ")
        0.001
        """
        factor = conversion_factor(self.unit, unit, of=self.substance)
        if factor is None:
            raise EmissionsError(f"{self.name}: '{self.unit}' cannot be converted into '{unit}'.")
        return factor

    def has_unit(self, unit: str) -> bool:
        """Whether a unit is this one, however it is written."""
        factor = conversion_factor(self.unit, unit, of=self.substance)
        return self.unit == unit or factor == 1.0

    def is_same(self, other: Stressor) -> bool:
        """Whether another has the same name and a unit of the same size."""
        return self.name == other.name and self.has_unit(other.unit)

    def __str__(self) -> str:
        return f"{self.name} ({self.unit})"


def require_same(first: Stressor, other: Stressor, what: str) -> None:
    """Refuse two stressors, or two units, in one computation.

    Parameters
    ----------
    first, other : Stressor
    what : str
        What has the other: begins the sentence.
    """
    if not first.is_same(other):
        raise EmissionsError(
            f"{what} is {other}, the rest {first}: one computation takes one stressor in one unit; "
            "convert it with Account.to_unit, or name the right one."
        )


def state_stressor(values: Labelled, stressor: str, unit: str) -> Labelled:
    """Return numbers of a result that say in their ``attrs`` what they are, and their unit.

    Examples
    --------
    >>> state_stressor(pd.Series([1.0]), "CH4", "t").attrs
    {'stressor': 'CH4', 'unit': 't'}
    """
    values.attrs = {"stressor": stressor, "unit": unit}
    return values


def _require_mass_of_co2(unit: str) -> None:
    try:
        amount = read_amount(unit)
        fits = amount.kind == "mass" and amount.of == CO2
    except EmissionsError:
        fits = False
    if not fits:
        raise EmissionsError(
            f"CO2 is measured in units of its mass, such as kt, t or Mt, not in '{unit}': convert "
            "the values, or name what they are."
        )


def _refuse_intensive(name: str, unit: str) -> None:
    shares = _INTENSIVE.search(unit)
    try:
        read_ratio(_YEARLY.sub("", unit))
        ratio = True
    except EmissionsError:
        ratio = False
    if shares or ratio:
        raise EmissionsError(
            f"{name} in '{unit}' is a ratio, which cannot be summed over sectors: give amounts."
        )
