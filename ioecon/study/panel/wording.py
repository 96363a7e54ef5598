"""How sentences, tables and figures speak of the study's panel."""

from __future__ import annotations

from ioecon.study.models.words import PanelWords
from ioecon.study.panel.inputs import entity_and_period
from ioecon.study.panel.settings import PanelStudy

__all__ = ["words_of"]


def words_of(study: PanelStudy) -> PanelWords:
    """Words for the entities and periods of the study's own columns."""
    entity, period = entity_and_period(study.data)
    entities = "cities" if study.data.file is None else study.data.entities
    # Short enough for the axis of a figure.
    choices = {**PanelWords().choices, "interest": "Regressor"}
    if entities is None:
        return PanelWords(period=period, choices=choices)
    return PanelWords(entity=entity, entities=entities, period=period, choices=choices)
