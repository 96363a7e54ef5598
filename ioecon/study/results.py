"""Everything that a study computed, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from diagnostics import Battery, TestResult
from ioecon.audit import Audit
from ioecon.decomposition import Effects
from ioecon.industrial_transfer import TransferIndex
from ioecon.study.comparison import Comparison
from ioecon.study.estimation import EstimatorChoice
from ioecon.study.manifest import InputFile
from ioecon.study.settings import Study
from regressions import FittedModel, SpecificationCurve, Table

__all__ = ["StudyResults"]


@dataclass(frozen=True, eq=False)
class StudyResults:
    """Everything that a study computed.

    Attributes
    ----------
    study : Study
    panel : DataFrame
        Under the accounting of the study; see :func:`ioecon.build_panel`.
    panels : mapping of str to DataFrame
        The same under every accounting, the study's first.
    effects : mapping of str to Effects
        By accounting.
    index, index_foreign : TransferIndex
    models : mapping of str to tuple of FittedModel
        Columns of each regression table.
    choice : EstimatorChoice or None
    battery : Battery or None
        Specification tests of the pooled base model.
    curve : SpecificationCurve or None
    tables : mapping of str to Table
        Every table, by the name of its files.
    comparison : Comparison or None
        Published against computed.
    audits : mapping of int to Audit
        By year.
    inputs : tuple of InputFile
        Every file that was read.
    warnings : tuple of str
        What was carried and should be known.
    folder : Path
        Where the results are.
    """

    study: Study
    panel: pd.DataFrame
    panels: Mapping[str, pd.DataFrame]
    effects: Mapping[str, Effects]
    index: TransferIndex
    index_foreign: TransferIndex
    models: Mapping[str, tuple[FittedModel, ...]]
    choice: EstimatorChoice | None
    battery: Battery | None
    curve: SpecificationCurve | None
    tables: Mapping[str, Table]
    comparison: Comparison | None
    audits: Mapping[int, Audit]
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]
    folder: Path

    @property
    def tests(self) -> tuple[TestResult, ...]:
        """Tests between the estimators; empty when the study asks for none."""
        return () if self.choice is None else self.choice.tests

    def headline(self) -> tuple[str, ...]:
        """Say what was computed, in a few lines."""
        residual = max(effects.residual for effects in self.effects.values())
        return (
            f"{len(self.panel)} rows, {len(self.models)} regression tables; largest identity miss "
            f"{residual:.0e}.",
            *(self.comparison.statements[:1] if self.comparison else ()),
        )

    def __repr__(self) -> str:
        return (
            f"<StudyResults {self.study.title!r}: {len(self.panel)} rows, "
            f"{len(self.models)} regression tables, in {self.folder}>"
        )
