"""Everything that a study of transfers computed, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ioecon.accounts import AggregationComparison, CarbonAccounts
from ioecon.audit import Audit
from ioecon.interregional import CarbonTransfers, Leakage, Transfers
from ioecon.stressor import Stressor
from ioecon.study.input_output.stressor_words import StressorWords
from ioecon.study.results import StudyResults
from ioecon.study.xiao2014.arithmetic import Arithmetic
from ioecon.study.xiao2014.settings import Xiao2014Study
from ioecon.study.xiao2014.wording import TOTAL, amounts, scale

__all__ = ["Findings", "Xiao2014Results"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Findings:
    """Everything that a study of transfers computed.

    Attributes
    ----------
    study : Xiao2014Study
    transfers : mapping of str to Transfers
        Output that moved, by driver; ``"Total"`` is their sum.
    carbon : mapping of str to CarbonTransfers
        Carbon, or the study's stressor, that moved, at the study's coefficients.
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
    audits : mapping of int to Audit
    stressor : Stressor
        What moved with output, and its unit: CO2 in kt, or another.
    output_unit, price_basis : str
        Unit of output; prices of the tables.
    real : bool
        Whether ``emissions`` has each year's own coefficients.
    covered : float
        Share of the reporting year's output that the drivers explain.
    sector_names : mapping of str to str
        Printed names of the sectors.
    """

    study: Xiao2014Study
    transfers: Mapping[str, Transfers]
    carbon: Mapping[str, CarbonTransfers]
    emissions: Mapping[str, CarbonTransfers]
    leakage: Mapping[str, Leakage]
    coefficients: pd.Series
    residuals: Mapping[str, Mapping[str, float]]
    accounts: Mapping[int, CarbonAccounts]
    aggregation: AggregationComparison | None
    arithmetic: Arithmetic | None
    audits: Mapping[int, Audit]
    stressor: Stressor
    output_unit: str
    price_basis: str
    real: bool
    covered: float
    sector_names: Mapping[str, str]

    @property
    def unit(self) -> str:
        """Unit of what moved with output."""
        return self.stressor.unit

    @property
    def words(self) -> StressorWords:
        """What moved with output, in words."""
        return StressorWords(self.stressor)

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
        number = amounts(pd.DataFrame([moved, leaked]))
        return (
            f"{len(self.regions)} regions, {first} to {last}, {len(self.transfers) - 1} drivers; "
            f"largest identity miss {self.residual:.0e}.",
            f"{number(moved)} {unit} moved between pairs of regions, most on balance into "
            f"{net.index[-1]} and out of {net.index[0]}; weak leakage {number(leaked)} {unit}.",
        )


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Xiao2014Results(Findings, StudyResults):
    """A finished run: findings, tables, inputs, warnings and folder.

    It has the attributes of :class:`ioecon.study.xiao2014.results.Findings` and of
    :class:`ioecon.study.StudyResults`.
    """

    study: Xiao2014Study

    @property
    def counted(self) -> Mapping[str, str]:
        """Stressor that moved with output, and its unit."""
        return {"stressor": self.stressor.name, "unit": self.stressor.unit}

    def __repr__(self) -> str:
        return (
            f"<Xiao2014Results {self.study.title!r}: {len(self.regions)} regions, "
            f"{self.years[0]} to {self.years[1]}, in {self.folder}>"
        )
