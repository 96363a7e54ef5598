"""What pages, tables and figures call the stressor of a study, and in which unit they give it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ioecon.interregional.between import name_leakage
from ioecon.stressor import Stressor

__all__ = ["StressorWords"]


class HasStressor(Protocol):
    """A result that says what it counts, and in which unit."""

    @property
    def stressor(self) -> str:
        """Its name."""

    @property
    def unit(self) -> str:
        """Its unit."""


@dataclass(frozen=True)
class StressorWords:
    """Words for a stressor; those of CO2 are the papers' own.

    Parameters
    ----------
    stressor : Stressor

    Examples
    --------
    >>> words = StressorWords(Stressor("SO2", "t"))
    >>> words.noun, words.head, words.leakage, words.verb
    ('SO2', 'SO₂', 'leakage of SO2', 'emits')
    >>> StressorWords(Stressor()).amount(25_000.0), StressorWords(Stressor("Energy", "TJ")).amount()
    ((0.001, 'Mt CO₂'), (1.0, 'TJ'))
    """

    stressor: Stressor

    @classmethod
    def of(cls, result: HasStressor) -> StressorWords:
        """Words for what a result counts."""
        return cls(Stressor(result.stressor, result.unit))

    @property
    def noun(self) -> str:
        """What moves, within a sentence: ``"carbon"``."""
        return "carbon" if self.stressor.is_co2 else self.stressor.name

    @property
    def head(self) -> str:
        """The same as the head of a column or panel: ``"Carbon"``."""
        return _capitalise("carbon" if self.stressor.is_co2 else self.stressor.symbol)

    @property
    def totals(self) -> str:
        """What a country has of it, within a sentence: ``"emissions"``, ``"emissions of SO2"``."""
        return self.stressor.phrase

    @property
    def totals_head(self) -> str:
        """The same at the beginning of a sentence."""
        return _capitalise(self.totals)

    @property
    def totals_sign(self) -> str:
        """The same with the sign of a gas: ``"CO₂ emissions"``."""
        if self._is_emitted:
            return f"{self.stressor.symbol} emissions"
        return self.stressor.name

    @property
    def leakage(self) -> str:
        """Name its leakage: ``"carbon leakage"``."""
        return name_leakage(self.stressor.name)

    @property
    def accounts(self) -> str:
        """Title of accounts of production and consumption."""
        return "Carbon accounts" if self.stressor.is_co2 else f"Accounts of {self.stressor.name}"

    @property
    def coefficients(self) -> str:
        """Title of what a unit of output carries."""
        if self.stressor.is_co2:
            return "Emission coefficients"
        return f"Coefficients of {self.stressor.name}"

    @property
    def intensities(self) -> str:
        """What it is per unit of output, within a sentence: ``"emission intensities"``."""
        return "emission intensities" if self._is_emitted else f"intensities of {self.noun}"

    @property
    def verb(self) -> str:
        """What a place does with it: ``"emits"``."""
        return "emits" if self._is_emitted else "takes"

    @property
    def country_that(self) -> str:
        """Label of the axis of countries that have it."""
        return "country that emitted" if self._is_emitted else f"country with the {self.noun}"

    @property
    def key(self) -> str:
        """What begins the names of files with its flows."""
        return "carbon" if self.stressor.is_co2 else "stressor"

    def amount(self, largest: float | None = None) -> tuple[float, str]:
        """Factor and unit in which figures and sentences give amounts.

        Parameters
        ----------
        largest : float, optional
            Largest amount there is; kilotonnes become megatonnes from 10,000 on, and always
            without it.
        """
        unit = self.stressor.unit
        sign = f" {self.stressor.symbol}" if self._is_emitted else ""
        if unit == "kt" and self._is_emitted and (largest is None or largest >= 1e4):
            return 1e-3, f"Mt{sign}"
        return 1.0, f"× {unit}{sign}" if unit[:1].isdigit() else f"{unit}{sign}"

    @property
    def _is_emitted(self) -> bool:
        return self.stressor.substance == self.stressor.name


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
