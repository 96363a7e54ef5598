"""What final demand emits or uses itself, summed to one number for each country."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ioecon.arrays import Array
from ioecon.errors import IoeconWarning
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

__all__ = ["sum_direct_use"]

_HOUSEHOLDS = re.compile(r"(final consumption expenditure by )?households?\b", re.IGNORECASE)


def sum_direct_use(amounts: Array, categories: Sequence[str], *, name: str, file: str) -> Array:
    """Sum over the categories of final demand; others than households are warned of.

    Parameters
    ----------
    amounts : ndarray, shape (countries, categories)
    categories : sequence of str
        Their names.
    name, file : str
        The stressor and where it is from, for the warning.

    Returns
    -------
    ndarray, shape (countries,)

    Examples
    --------
    >>> sum_direct_use(np.array([[5.0, 0.0]]), ["Households", "Government"], name="CO2", file="YQ")
    array([5.])
    """
    others = [
        category
        for category, column in zip(categories, amounts.T, strict=True)
        if column.any() and not _HOUSEHOLDS.match(category)
    ]
    if others:
        warn_user(
            f"{file}: {name} has direct amounts of {listed(others)} too; they are counted with "
            "those of households.",
            IoeconWarning,
        )
    return np.asarray(amounts.sum(axis=1))
