"""Inputs of sectors without output, counted as final use; flows are copied only when looked at."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from typing import Any

import numpy as np

from ioecon.arrays import Array
from ioecon.leontief import Leontief
from ioecon.table import IOTable

__all__ = ["TableWithInputsMoved"]


class TableWithInputsMoved(IOTable):
    """A table whose sectors without output have their inputs in final use.

    They are in the last category of the country where they were recorded, which keeps every row
    sum, and so output. What multiplies Z by diag(x)⁻¹ needs no copy of Z for that:
    :attr:`flows_to_scale`. Z and Y are made when they are asked for.

    Parameters
    ----------
    table : IOTable
        Its arrays are shared.
    """

    _unmoved_flows: Array
    _unmoved_demand: Array

    def __init__(self, table: IOTable) -> None:
        names = [each.name for each in fields(IOTable) if each.name not in ("Z", "Y")]
        self.__dict__.update({name: getattr(table, name) for name in names})
        self.__dict__.update(x=table.x, _unmoved_flows=table.Z, _unmoved_demand=table.Y)

    @cached_property
    def Z(self) -> Array:
        """Intermediate flows, zero in columns without output: a copy."""
        flows = self._unmoved_flows.copy()
        flows[:, self.x == 0] = 0.0
        flows.setflags(write=False)
        return flows

    @cached_property
    def Y(self) -> Array:
        """Final demand with the inputs of sectors without output: a copy in float64.

        What is moved is small, and float32 would round row sums away from output.
        """
        demand = self._unmoved_demand.astype(float)
        per_country, categories = len(self.sectors), len(self.categories)
        for column in np.flatnonzero(self.x == 0):
            last = (column // per_country + 1) * categories - 1
            demand[:, last] += self._unmoved_flows[:, column]
        demand.setflags(write=False)
        return demand

    @property
    def flows_to_scale(self) -> Array:
        """Flows of the table as it was; nothing of columns without output is to be used."""
        return self._unmoved_flows

    def _make_system(self) -> Leontief:
        return Leontief(self.flows_to_scale, self.x, stray_inputs="leave_out")

    def replace(self, **changes: Any) -> IOTable:
        """Copy of the table with some fields changed; output is chosen anew."""
        return IOTable(
            **{each.name: getattr(self, each.name) for each in fields(IOTable)} | changes
        )

    def __getstate__(self) -> dict[str, Any]:
        made = ("Z", "Y", "flow_sums")
        return {name: value for name, value in super().__getstate__().items() if name not in made}
