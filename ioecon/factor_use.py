"""What each row of a table uses of a factor: an account's amounts, or the table's value added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ioecon.arrays import Array
from ioecon.emissions.by_sector import Emissions, WithoutOutput, check_emissions, lay_out
from ioecon.stressor import Stressor
from ioecon.table import IOTable

__all__ = ["FactorUse"]

VALUE_ADDED = "value added"


@dataclass(frozen=True, eq=False)
class FactorUse:
    """Amounts of one factor by row.

    Parameters
    ----------
    amounts : ndarray, shape (n,)
    stressor : Stressor
        Name and unit.
    covers_output : bool
        Whether the factor is all that output is paid for beside inputs, so that the content of
        anything is its price.
    """

    amounts: Array
    stressor: Stressor
    covers_output: bool

    @classmethod
    def of(
        cls, table: IOTable, account: Emissions | None, without_output: WithoutOutput = "raise"
    ) -> FactorUse:
        """Lay out an account, or take output less inputs where there is none.

        Parameters
        ----------
        table : IOTable
            Sound.
        account : Series or Account, optional
        without_output : {"raise", "leave_out"}
            See :func:`ioecon.decompose`.

        Examples
        --------
        >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]], year=2005,
        ...                 countries=["AAA", "BBB"], sectors=["all"], categories=["final"])
        >>> FactorUse.of(table, None).amounts
        array([ 650., 1400.])
        """
        if account is None:
            money = Stressor(VALUE_ADDED, f"{table.unit} {table.currency}")
            return cls(table.x - table.flow_sums.Z.columns, money, True)
        checked = check_emissions(account)
        return cls(lay_out(checked, table, without_output), checked.stressor, False)

    def per_output(self, x: Array) -> Array:
        """Amounts per unit of output ``x``, shape (n,); zero for a row without output."""
        return np.divide(self.amounts, x, out=np.zeros_like(x), where=x != 0)
