"""The identity of a decomposition, checked on every run: effects sum to the change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ioecon.arrays import TOLERANCE, Array
from ioecon.decomposition.periods import sum_sectors
from ioecon.errors import IdentityError
from ioecon.stressor import Stressor

__all__ = ["join_residuals", "measure_residuals"]

FLOOR = 1e-4  # a change below this share of the largest emissions counts as this much


def join_residuals(found: Sequence[float | None]) -> Array | None:
    """Residuals that solves were refined to, by period; None where all flows are in float64."""
    if all(each is None for each in found):
        return None
    return np.array([0.0 if each is None else each for each in found])


def measure_residuals(
    values: Array,
    row_changes: Array,
    largest_emissions: Array,
    countries: tuple[str, ...],
    periods: tuple[tuple[int, int], ...],
    stressor: Stressor,
) -> Array:
    """Relative miss of the identity in each period, or IdentityError."""
    wanted = sum_sectors(row_changes, len(countries))
    misses = np.abs(sum_sectors(values.sum(axis=(1, 3)), len(countries)) - wanted)
    misses = np.nan_to_num(misses, nan=np.inf)
    # Where hardly anything changes, the last bits of the emissions are all there is to miss.
    scale = np.maximum(np.abs(wanted).max(axis=1), FLOOR * largest_emissions)
    relative: Array = misses.max(axis=1) / np.where(scale > 0, scale, 1.0)
    if np.any(relative > TOLERANCE):
        period = int(np.argmax(relative))
        country = countries[int(np.argmax(misses[period]))]
        first, last = periods[period]
        raise IdentityError(
            f"The effects on {country}, {first}–{last}, miss its change in {stressor.phrase} by "
            f"{misses[period].max():.3g} {stressor.unit} ({relative[period]:.1e} of the largest "
            "change). The table's rows do not add up to its output: use output='row_sums'."
        )
    return relative
