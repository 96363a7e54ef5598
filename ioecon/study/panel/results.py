"""Everything that a study of any panel computed, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from ioecon.study.models.estimation import ModelFindings
from ioecon.study.panel.settings import PanelStudy
from ioecon.study.results import StudyResults

__all__ = ["Findings", "PanelResults"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Findings(ModelFindings):
    """Everything that a study computed, beside what it estimated.

    Attributes
    ----------
    study : PanelStudy
        With the labels of the file beneath those of the study.
    panel : DataFrame
        Indexed by entity and period; columns of the file, new variables and samples.
    book : DataFrame
        What the columns are and how many of their values are missing; the codebook.
    residuals : mapping
        Empty: a panel from a file has no accounting identity to keep.
    """

    study: PanelStudy
    panel: pd.DataFrame
    book: pd.DataFrame
    residuals: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def headline(self) -> tuple[str, ...]:
        """Say what was computed, in a few lines."""
        entities, periods = (self.panel.index.get_level_values(k).nunique() for k in (0, 1))
        return (
            f"{len(self.panel)} rows ({entities} entities, {periods} periods), "
            f"{len(self.models)} regression tables.",
        )


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PanelResults(Findings, StudyResults):
    """A finished run: findings, tables, inputs, warnings and folder."""

    study: PanelStudy

    def __repr__(self) -> str:
        return (
            f"<PanelResults {self.study.title!r}: {len(self.panel)} rows, "
            f"{len(self.models)} regression tables, in {self.folder}>"
        )
