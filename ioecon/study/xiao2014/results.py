"""Everything that a study of transfers computed, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ioecon.accounts import AggregationComparison, CarbonAccounts
from ioecon.audit import Audit
from ioecon.interregional import CarbonTransfers, Leakage, Transfers
from ioecon.study.manifest import InputFile
from ioecon.study.xiao2014.arithmetic import Arithmetic
from ioecon.study.xiao2014.settings import TransferStudy
from ioecon.study.xiao2014.wording import TOTAL, amounts, scale
from regressions import Table

__all__ = ["TOTAL", "TransferResults"]


@dataclass(frozen=True, eq=False)
class TransferResults:
    """Everything that a study of transfers computed.

    Attributes
    ----------
    study : TransferStudy
    transfers : mapping of str to Transfers
        Output that moved, by driver; ``"Total"`` is their sum.
    carbon : mapping of str to CarbonTransfers
        Carbon that moved, at the study's coefficients.
    emissions : mapping of str to CarbonTransfers
        Emissions of each year at each year's coefficients where they are known.
    leakage : mapping of str to Leakage
        Weak leakage, by driver.
    coefficients : Series
        Indexed (region, sector), of the reporting year.
    residuals : mapping of str to mapping of str to float
        What was checked, to driver or year, to relative miss.
    accounts : mapping of int to CarbonAccounts
        By year; empty where emissions are not known.
    aggregation : AggregationComparison or None
        Aggregated first against summed afterwards, where regions group countries.
    arithmetic : Arithmetic or None
        The published numbers checked against each other.
    tables : mapping of str to Table
        Every table, by the name of its files.
    audits : mapping of int to Audit
    inputs : tuple of InputFile
    warnings : tuple of str
    folder : Path
    unit, output_unit, price_basis : str
        Of emissions and of output; prices of the tables.
    real : bool
        Whether ``emissions`` has each year's own coefficients.
    covered : float
        Share of the reporting year's output that the drivers explain.
    """

    study: TransferStudy
    transfers: Mapping[str, Transfers]
    carbon: Mapping[str, CarbonTransfers]
    emissions: Mapping[str, CarbonTransfers]
    leakage: Mapping[str, Leakage]
    coefficients: pd.Series
    residuals: Mapping[str, Mapping[str, float]]
    accounts: Mapping[int, CarbonAccounts]
    aggregation: AggregationComparison | None
    arithmetic: Arithmetic | None
    tables: Mapping[str, Table]
    audits: Mapping[int, Audit]
    inputs: tuple[InputFile, ...]
    warnings: tuple[str, ...]
    folder: Path
    unit: str
    output_unit: str
    price_basis: str
    real: bool
    covered: float

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions between which transfers are measured."""
        return self.transfers[TOTAL].regions

    @property
    def years(self) -> tuple[int, int]:
        """Base year and reporting year."""
        return self.transfers[TOTAL].years

    @property
    def residual(self) -> float:
        """Largest relative miss of any identity."""
        return max(max(found.values()) for found in self.residuals.values())

    def headline(self) -> tuple[str, ...]:
        """Say what was computed, in a few lines."""
        first, last = self.years
        factor, unit = scale(self)
        net = self.carbon[TOTAL].net().sort_values()
        moved = factor * self.carbon[TOTAL].by_region()["inflow"].sum()
        leaked = factor * self.leakage[TOTAL].total
        said = amounts(pd.DataFrame([moved, leaked]))
        return (
            f"{len(self.regions)} regions, {first} to {last}, {len(self.transfers) - 1} drivers; "
            f"largest identity miss {self.residual:.0e}.",
            f"{said(moved)} {unit} moved between pairs of regions, most on balance into "
            f"{net.index[-1]} and out of {net.index[0]}; weak leakage {said(leaked)} {unit}.",
        )

    def __repr__(self) -> str:
        return (
            f"<TransferResults {self.study.title!r}: {len(self.regions)} regions, "
            f"{self.years[0]} to {self.years[1]}, in {self.folder}>"
        )
