"""Everything that a study of the first paper's kind computed, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ioecon.audit import Audit
from ioecon.decomposition import Effects
from ioecon.industrial_transfer import TransferIndex
from ioecon.study.dong2022.comparison import Comparison
from ioecon.study.dong2022.readings import Readings
from ioecon.study.dong2022.settings import Dong2022Study
from ioecon.study.models.estimation import ModelFindings
from ioecon.study.results import StudyResults

__all__ = ["Dong2022Results", "Findings"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Findings(ModelFindings):
    """Everything that a study computed, beside what it estimated.

    Attributes
    ----------
    study : Dong2022Study
    panel : DataFrame
        Under the accounting of the study; see :func:`ioecon.build_panel`.
    panels : mapping of str to DataFrame
        The same under every accounting, the study's first.
    effects : mapping of str to Effects
        By accounting.
    residuals : mapping of str to mapping of str to float
        Relative miss of the identity by accounting and reporting year.
    index, index_foreign : TransferIndex
    comparison : Comparison or None
        Published against computed.
    readings : Readings or None
        All sums of effects in the place of the published outcome; None where the panel is not
        that of the paper, or not near it.
    audits : mapping of int to Audit
        By year.
    """

    study: Dong2022Study
    panel: pd.DataFrame
    panels: Mapping[str, pd.DataFrame]
    effects: Mapping[str, Effects]
    residuals: Mapping[str, Mapping[str, float]]
    index: TransferIndex
    index_foreign: TransferIndex
    comparison: Comparison | None
    readings: Readings | None
    audits: Mapping[int, Audit]

    def headline(self) -> tuple[str, ...]:
        """Say what was computed, in a few lines."""
        residual = max(effects.residual for effects in self.effects.values())
        return (
            f"{len(self.panel)} rows, {len(self.models)} regression tables; largest identity miss "
            f"{residual:.0e}.",
            *(self.comparison.statements[:1] if self.comparison else ()),
        )


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Dong2022Results(Findings, StudyResults):
    """A finished run: findings, tables, inputs, warnings and folder.

    It has the attributes of :class:`ioecon.study.dong2022.results.Findings` and of
    :class:`ioecon.study.StudyResults`.
    """

    study: Dong2022Study

    @property
    def counted(self) -> Mapping[str, str]:
        """Stressor that is decomposed, and its unit."""
        effects = self.effects[self.study.emissions.accounting]
        return {"stressor": effects.stressor, "unit": effects.unit}

    def __repr__(self) -> str:
        return (
            f"<Dong2022Results {self.study.title!r}: {len(self.panel)} rows, "
            f"{len(self.models)} regression tables, in {self.folder}>"
        )
