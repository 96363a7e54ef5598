"""One table, an account and a part of final demand as the arrays of a search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ioecon.arrays import Array
from ioecon.audit import sound_table
from ioecon.decomposition.economy import require_whole_world
from ioecon.emissions.by_sector import Emissions, WithoutOutput
from ioecon.errors import UnsoundTableError
from ioecon.factor_use import FactorUse
from ioecon.leontief import Leontief, multiply, read_strips
from ioecon.stressor import Stressor
from ioecon.supply_chains.choice import Choice, FinalUse, choose_rows
from ioecon.supply_chains.flows import Flows
from ioecon.supply_chains.search import ChainYear
from ioecon.table import IOTable

__all__ = ["ChainQuestion", "Chains", "measure_chains"]


@dataclass(frozen=True)
class ChainQuestion:
    """What is asked of a table; see :func:`ioecon.structural_paths`."""

    use: FinalUse
    origins: Choice
    origin_sectors: Choice
    tolerance: float
    without_output: WithoutOutput


@dataclass(frozen=True, eq=False)
class Chains:
    """All supply chains of a table that end in one part of final demand.

    Parameters
    ----------
    year : ChainYear
    footprint : float
        Sum of all paths.
    signed : bool
        Whether a path may be negative.
    stressor : Stressor
    """

    year: ChainYear
    footprint: float
    signed: bool
    stressor: Stressor

    def sum_tiers(self, orders: int) -> Array:
        """Sum all paths of orders 0, 1, …: e Aᵏ y, shape (orders + 1,)."""
        tiers, amounts = np.empty(orders + 1), self.year.demand
        for order in range(orders + 1):
            tiers[order] = self.year.intensity @ amounts
            if order < orders:
                weighted = (self.year.per_output * amounts)[:, None]
                amounts = multiply(self.year.Z, weighted)[:, 0]
        return tiers


def measure_chains(table: IOTable, account: Emissions | None, question: ChainQuestion) -> Chains:
    """Solve for what bounds the paths of a table.

    Raises
    ------
    TableError
        If the table delivers to places outside it.
    UnsoundTableError
        If the series of paths, in absolute values, does not converge.
    """
    require_whole_world(table)
    sound = sound_table(table, tolerance=question.tolerance)
    factor = FactorUse.of(sound, account, question.without_output)
    at_origin = choose_rows(sound, question.origins, question.origin_sectors)
    intensity = np.where(at_origin, factor.per_output(sound.x), 0.0)
    demand = question.use.of(sound)
    flows = Flows.of(sound)
    negative_inputs = _has_negative_coefficients(sound)
    signed = negative_inputs or bool((intensity < 0).any() or (demand < 0).any())
    sizes = flows.system
    if negative_inputs:  # the bound needs the inverse of E − |A|
        sizes = Leontief(np.abs(sound.Z), np.abs(sound.x))
    multipliers = sizes.solve_transposed(np.abs(intensity))
    delivered = sizes.solve(np.abs(demand))
    for bound in (multipliers, delivered):
        if not bound.min() >= -1e-9 * np.abs(bound).max():
            raise UnsoundTableError(
                f"Table of {sound.year}: the series E + A + A² + … of the absolute values of A "
                "does not converge, so nothing bounds what paths carry: some sectors use up their "
                "whole output or more within their group. Audit the table for columns of A that "
                "sum to one or more, and for negative flows."
            )
    footprint = float(flows.system.solve_transposed(intensity) @ demand)
    year = ChainYear(
        flows.Z,
        flows.per_output,
        intensity,
        demand,
        np.maximum(multipliers, np.abs(intensity)),
        np.maximum(delivered, np.abs(demand)),
    )
    return Chains(year, footprint, signed, factor.stressor)


def _has_negative_coefficients(table: IOTable) -> bool:
    signs = np.sign(table.x)
    return any(bool((values * signs < 0).any()) for _, values in read_strips(table.Z))
