"""Every path of a small table written out by loops."""

import itertools

ORDER = 4


def every_path(table, intensity, demand, order=ORDER):
    """Value of every path up to an order by its rows, from origin to product."""
    A = table.Z / table.x
    values = {}
    for steps in range(order + 1):
        for rows in itertools.product(range(table.n), repeat=steps + 1):
            value = intensity[rows[0]] * demand[rows[-1]]
            for seller, buyer in itertools.pairwise(rows):
                value *= A[seller, buyer]
            if value:
                values[rows] = value
    return values


def value_added(table):
    return 1 - table.Z.sum(axis=0) / table.x
