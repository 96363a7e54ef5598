"""Input coefficients that are of neither year: sums over origins of one, origins of the other.

A = H ∘ T, with H (S × n) each column's inputs of a product summed over countries of origin, and T
the share of each origin. H of the later year with T of the earlier is A0 times the ratio of the
sums, wherever there was an input.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.decomposition.demand import CANCELLING
from ioecon.errors import IoeconWarning, UnsoundTableError
from ioecon.leontief import Leontief
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user

__all__ = ["mixed_systems"]


def mixed_systems(first: IOTable, last: IOTable) -> Iterator[tuple[int, Array, Leontief]]:
    """States of A between two years, one after the other: (state, coefficients, factorised).

    State 1 has the later sums over origins, state 2 the later origins. An input of a product that a
    column did not have in one year has the origins of the other.

    Parameters
    ----------
    first, last : IOTable
        Sound tables of the same labels.

    Raises
    ------
    UnsoundTableError
        If (E − A) is singular.
    """
    sums = [_sum_origins(table) for table in (first, last)]
    cancels = _find_cancelling(first) | _find_cancelling(last)
    for state, (base, other) in ((1, (0, 1)), (2, (1, 0))):
        tables = first, last
        M = _mix(tables[base], tables[other], sums[base], sums[other], cancels)
        try:
            system = Leontief(M, np.ones(len(M)))
        except UnsoundTableError as error:
            what = ("input coefficients", "origins of inputs")[state - 1]
            raise UnsoundTableError(
                f"With the {what} of {last.year} and all other inputs of {first.year}: {error}"
            ) from error
        yield state, M, system


def _per_output(table: IOTable) -> Array:
    return np.divide(1.0, table.x, out=np.zeros_like(table.x), where=table.x != 0)


def _sum_origins(table: IOTable) -> Array:
    """Sum inputs of each product over origins, per unit of output: (S, n)."""
    shape = len(table.countries), len(table.sectors), table.n
    flows = table.flows_to_scale.reshape(shape)
    return np.asarray(flows.sum(axis=0, dtype=float)) * _per_output(table)


def _find_cancelling(table: IOTable) -> NDArray[np.bool_]:
    """Where inputs of a product nearly cancel out over origins, (S, n); a warning names one."""
    shape = len(table.countries), len(table.sectors), table.n
    flows = table.flows_to_scale.reshape(shape)
    if flows.min() >= 0:
        return np.zeros(shape[1:], dtype=bool)
    total = np.abs(flows.sum(axis=0, dtype=float))
    size = np.abs(flows).sum(axis=0, dtype=float)
    found = np.asarray((total <= CANCELLING * size) & (size > 0) & (table.x != 0))
    if found.any():
        product, column = np.argwhere(found)[0]
        warn_user(
            f"Positive and negative inputs of one product nearly cancel out in {found.sum()} "
            f"places of {table.year}, the first {table.sectors[product]} into "
            f"{table.place(column)}: no shares of origins describe them, so all of their change "
            "counts as input coefficients.",
            IoeconWarning,
        )
    return found


def _mix(
    base: IOTable, other: IOTable, had: Array, has: Array, cancels: NDArray[np.bool_]
) -> Array:
    """Coefficients with the origins of ``base`` and the sums over origins of ``other``."""
    had_flows, has_flows = base.flows_to_scale, other.flows_to_scale
    M = np.empty(had_flows.shape, dtype=had_flows.dtype)
    size = len(base.sectors)
    missing = (had == 0) | cancels
    ratio = np.divide(has, had, out=np.zeros_like(had), where=~missing) * _per_output(base)
    new = _per_output(other) * missing
    for start in range(0, len(M), size):
        rows = slice(start, start + size)
        M[rows] = had_flows[rows] * ratio
        if missing.any():
            M[rows] += np.where(missing, has_flows[rows] * new, 0.0)
    return M
