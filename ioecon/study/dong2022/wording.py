"""Words that tables, figures and page share."""

from __future__ import annotations

from ioecon.study.models.words import PanelWords

__all__ = ["WORDS"]

WORDS = PanelWords(
    entity="country",
    entities="countries",
    period="period",
    interest="transfer index",
    choices={**PanelWords().choices, "data": "Accounting", "interest": "Index"},
)
