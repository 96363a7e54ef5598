"""How sentences, tables and figures speak of a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["PanelWords"]

_CHOICES = {
    "data": "Data",
    "dependent": "Dependent variable",
    "interest": "Variable of interest",
    "controls": "Controls",
    "sample": "Sample",
    "estimator": "Estimator",
    "covariance": "Standard errors",
}


@dataclass(frozen=True)
class PanelWords:
    """Words for a panel and for what is estimated on it.

    Attributes
    ----------
    entity, entities : str
        Name of the first level of the index, and its plural.
    period : str
        What one entry of the second level is.
    interest : str
        What the specification curve follows.
    choices : mapping of str to str
        Printed names of the choices of a specification curve.

    Examples
    --------
    >>> PanelWords("firm", "firms").choices["sample"]
    'Sample'
    """

    entity: str = "entity"
    entities: str = "entities"
    period: str = "period"
    interest: str = "variable of interest"
    choices: Mapping[str, str] = field(default_factory=lambda: dict(_CHOICES))

    @property
    def data(self) -> str:
        """What tells panels of one study apart."""
        return self.choices["data"].lower()
