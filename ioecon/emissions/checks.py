"""What the values of every account must satisfy: labels, finite, not negative."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ioecon.alignment import numbers
from ioecon.errors import EmissionsError
from ioecon.stressor import Stressor
from ioecon.wording import listed, places

__all__ = ["ACCOUNT", "TOTALS", "canonical_emissions"]

TOTALS = ("country", "year")
ACCOUNT = ("country", "sector", "year")


def canonical_emissions(
    emissions: pd.Series | pd.DataFrame,
    levels: Sequence[str],
    stressor: Stressor | None = None,
    *,
    signed: bool = False,
) -> pd.Series:
    """Emissions, or another stressor, as float64 indexed by ``levels`` in this order, checked.

    Index levels are found by name; an index without any names is taken to be in the order of
    ``levels``. Only numbers are accepted: no NaN, no infinity, no place twice, nothing negative
    unless ``signed``.
    """
    stressor = stressor or Stressor()
    subject = stressor.subject
    series = _as_series(emissions)
    index = series.index
    wanted = ", ".join(levels)
    if not isinstance(index, pd.MultiIndex) or index.nlevels != len(levels):
        raise EmissionsError(
            f"{subject} must be indexed by ({wanted}), but the index has "
            f"{index.nlevels} level(s): {listed(index.names)}."
        )
    if all(name is None for name in index.names):
        index = index.set_names(list(levels))
    elif set(index.names) != set(levels):
        raise EmissionsError(
            f"{subject} must be indexed by ({wanted}), but the levels are named "
            f"({listed(index.names)}): rename them."
        )
    else:
        index = index.reorder_levels(list(levels))
    values = _check_numbers(series, index, subject, signed)
    index = _make_years_whole(index)
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        raise EmissionsError(
            f"{subject} are given more than once for {places(twice)}: keep one value for each."
        )
    return pd.Series(values, index=index, name=stressor.column)


def _as_series(emissions: pd.Series | pd.DataFrame) -> pd.Series:
    if isinstance(emissions, pd.Series):
        return emissions
    if isinstance(emissions, pd.DataFrame) and emissions.shape[1] == 1:
        return emissions.iloc[:, 0]
    found = (
        f"a DataFrame with {emissions.shape[1]} columns"
        if isinstance(emissions, pd.DataFrame)
        else f"{type(emissions).__name__}"
    )
    raise EmissionsError(
        f"Emissions must be a Series indexed by (country, year), or an Account, not {found}."
    )


def _check_numbers(
    series: pd.Series, index: pd.MultiIndex, subject: str, signed: bool
) -> np.ndarray:
    values = _as_numbers_at_places(series, index, subject)
    bad = ~np.isfinite(values)
    if bad.any():
        raise EmissionsError(
            f"{subject} are missing or not finite (NaN) at {places(index[bad])}: correct or "
            "complete the source; nothing is filled in silently."
        )
    if not signed and (values < 0).any():
        advice = (
            "correct the source"
            if subject.startswith("Emissions")
            else "correct the source, or make an Account of them with signed=True if a negative "
            "amount makes sense"
        )
        raise EmissionsError(f"{subject} are negative at {places(index[values < 0])}: {advice}.")
    return values


def _as_numbers_at_places(series: pd.Series, index: pd.MultiIndex, subject: str) -> np.ndarray:
    """Values as float64; an error names the first place that holds no number."""
    try:
        return numbers(series, subject, error=EmissionsError)
    except EmissionsError:
        strange = [k for k, value in enumerate(series) if isinstance(value, str)]
        unreadable = pd.to_numeric(series.iloc[strange], errors="coerce").isna()
        wrong = [k for k, bad in zip(strange, unreadable, strict=True) if bad] or strange
        if not wrong:
            raise
        raise EmissionsError(
            f"{subject} must be numbers, but at {places(index[wrong[:1]])} there is "
            f"{series.iloc[wrong[0]]!r} ({len(wrong)} such place(s) in all): convert text first."
        ) from None


def _make_years_whole(index: pd.MultiIndex) -> pd.MultiIndex:
    given = pd.Series(index.get_level_values("year"))
    dates = pd.api.types.is_datetime64_any_dtype(given.dtype)  # else counted since 1970
    years = pd.to_numeric(given.astype(str) if dates else given, errors="coerce")
    whole = years.notna() & (years == years.round())
    if not whole.all():
        raise EmissionsError(
            f"Years must be whole numbers, but there is {listed(given[~whole], 3)}."
        )
    frame = index.to_frame(index=False)
    frame["year"] = years.astype("int64")
    return pd.MultiIndex.from_frame(frame)
