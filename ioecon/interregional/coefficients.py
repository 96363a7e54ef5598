"""Emission coefficients by region and sector, checked and put in the order of the flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from ioecon.alignment import in_level_order, level_kind, numbers, text_labels
from ioecon.arrays import Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.emissions.by_sector import Emissions, WithoutOutput, check_emissions, lay_out
from ioecon.emissions.provenance import Provenance
from ioecon.errors import EmissionsError, IoeconWarning
from ioecon.stressor import Stressor
from ioecon.table import IOTable
from ioecon.units import read_amount, read_money, split_ratio
from ioecon.user_warnings import warn_user
from ioecon.wording import listed, places

__all__ = [
    "CheckedCoefficients",
    "Coefficients",
    "check_coefficients",
    "emission_coefficients",
    "emitted_stressor",
]

Coefficients: TypeAlias = pd.Series | pd.DataFrame


def emission_coefficients(
    table: IOTable,
    emissions: Emissions,
    *,
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> pd.Series:
    """Emissions per unit of output of each region's sectors, k_J(s) = c_J(s) / x_J(s).

    Parameters
    ----------
    table : IOTable
        n rows.
    emissions : Series or Account
        For the year of the table; see :func:`ioecon.decompose`.
    tolerance, without_output
        See :func:`ioecon.decompose`.

    Returns
    -------
    Series
        Index (region, sector); per unit of the table, as ``attrs["unit"]`` says, of
        ``attrs["stressor"]``. A sector without output has zero.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> k = ioecon.emission_coefficients(world.series[2005], world.emissions)
    >>> k.index.names == ["region", "sector"] and bool((k >= 0).all())
    True
    """
    sound = sound_table(table, tolerance=tolerance)
    checked = check_emissions(emissions)
    c = lay_out(checked, sound, without_output)
    k = np.divide(c, sound.x, out=np.zeros_like(c), where=sound.x != 0)
    index = table.index.set_names(["region", "sector"])
    coefficients = pd.Series(k, index=index, name="coefficient")
    stressor = checked.stressor
    per_flow = f"{stressor.unit} per {table.unit} {table.currency}"
    known = Provenance(unit=per_flow, stressor=stressor.name, signed=checked.signed)
    return known.write_on(coefficients)


@dataclass(frozen=True, eq=False)
class CheckedCoefficients:
    """Emission coefficients of two years, checked, in the order of the flows.

    Made by :func:`check_coefficients`.

    Parameters
    ----------
    first, last : ndarray, shape (R, S)
        Emissions per unit of output in each year; not negative unless they say that they are
        signed.
    stated : Provenance
        What the user's values state: per flow ("kt per million USD", "吨/万元"), and of what.
    """

    first: Array
    last: Array
    stated: Provenance

    def emitted(self, flow_unit: str, unit: str | None = None) -> Stressor:
        """Find what coefficient times flow is; see :func:`emitted_stressor`."""
        return emitted_stressor(self.stated, flow_unit, unit)


def check_coefficients(
    coefficients: Coefficients,
    regions: tuple[str, ...],
    sectors: tuple[str, ...],
    years: tuple[int, int],
) -> CheckedCoefficients:
    """Check a user's coefficients and put them in the order of the flows.

    Parameters
    ----------
    coefficients : Series or DataFrame
        Series indexed (region, sector), the same in both years, or (region, sector, year); or a
        DataFrame with regions and sectors as its rows and columns, either way round.
        ``attrs["unit"]`` may state the unit, see :mod:`ioecon.units`; ``attrs["stressor"]`` says
        of what they are, if not of CO2, and ``attrs["signed"]`` that they may be negative.
    regions, sectors : tuple of str
    years : (int, int)

    Returns
    -------
    CheckedCoefficients

    Raises
    ------
    EmissionsError
        If a region, sector or year has no coefficient, or one is negative or not a number.
    """
    series = _index_by_region_and_sector(coefficients, regions, sectors)
    stated = Provenance.of(coefficients)
    signed = stated.signed is True
    if series.index.nlevels == 2:
        fixed = _order_year(series, regions, sectors, "", signed)
        return CheckedCoefficients(fixed, fixed, stated)
    found = []
    for year in years:
        of_year = series[series.index.get_level_values(2) == str(year)].droplevel(2)
        if of_year.empty:
            raise EmissionsError(f"There are no emission coefficients for {year}.")
        found.append(_order_year(of_year, regions, sectors, f" in {year}", signed))
    return CheckedCoefficients(found[0], found[1], stated)


def emitted_stressor(stated: Provenance, flow_unit: str, unit: str | None = None) -> Stressor:
    """Find what coefficient times flow is, and its unit.

    Parameters
    ----------
    stated : Provenance
        What the coefficients state: emissions per flow, and of which stressor.
    flow_unit : str
        Unit of the flows.
    unit : str, optional
        Unit of emissions that the caller names, where the coefficients do not state theirs;
        without either, kt is taken, with a warning.

    Returns
    -------
    Stressor
        The one stated; otherwise CO2, or what the unit is of. The unit is as written.

    Raises
    ------
    EmissionsError
        If a unit cannot be read, the coefficients are per another unit than the flows are in, or
        of another unit of emissions than the caller names.
    """
    name = None if stated.stressor is None else str(stated.stressor)
    if stated.unit is None:
        if unit is not None:
            return _name_amount(unit, name)
        if name is not None and not Stressor(name).is_co2:
            raise EmissionsError(
                f"The coefficients of {name} do not say their unit: set attrs['unit'], for example "
                f"'t per {flow_unit}', or pass unit=."
            )
        warn_user(
            f"The emission coefficients do not say their unit; they are taken as kt per "
            f"{flow_unit}. Set attrs['unit'], or pass unit=.",
            IoeconWarning,
        )
        return Stressor()
    emitted = _name_amount(_amount_per_flow(str(stated.unit), flow_unit), name)
    if unit is not None and not emitted.is_same(_name_amount(unit, name)):
        raise EmissionsError(f"The coefficients give {emitted.unit}, not {unit}.")
    return emitted


def _name_amount(unit: str, name: str | None) -> Stressor:
    """Stressor of this unit; without a name the unit tells what it is of: CO2, CH4 or energy."""
    if name is not None:
        return Stressor(name, unit)
    amount = read_amount(unit)
    of = "Energy" if amount.kind == "energy" else amount.of
    return Stressor("Carbon" if of == "C" else of, amount.symbol)


def _amount_per_flow(stated: str, flow_unit: str) -> str:
    """Find the unit of emissions in a unit of coefficients that is per the unit of the flows."""
    left, per, right = stated.partition(" per ")
    if per and right == flow_unit:  # whatever the unit of the table is called
        return left
    amount, per_money = split_ratio(stated)
    money = read_money(per_money)
    try:
        flows = read_money(flow_unit)
    except EmissionsError:
        flows = None
    if flows is None or (flows.of, flows.size) != (money.of, money.size):
        raise EmissionsError(
            f"The coefficients are in {amount} per {money.symbol}, the flows in "
            f"{flow_unit}: convert the coefficients."
        )
    return amount


def _index_by_region_and_sector(
    coefficients: Coefficients, regions: tuple[str, ...], sectors: tuple[str, ...]
) -> pd.Series:
    """Coefficients as float64 indexed (region, sector) or (region, sector, year), all text."""
    name = "Emission coefficients"
    if isinstance(coefficients, pd.DataFrame):
        values = numbers(coefficients, name, error=EmissionsError)
        if _has_sectors_in_rows(coefficients, regions, sectors):
            coefficients, values = coefficients.T, values.T
        index = pd.MultiIndex.from_product([coefficients.index, coefficients.columns])
    else:
        index = getattr(coefficients, "index", pd.Index([]))
        if not isinstance(index, pd.MultiIndex) or index.nlevels not in (2, 3):
            raise EmissionsError(
                "Emission coefficients are a Series indexed (region, sector) or (region, sector, "
                "year), or a DataFrame of regions by sectors."
            )
        values = numbers(coefficients, name, error=EmissionsError)
        index = in_level_order(index, ("country", "sector", "year")[: index.nlevels])
    return pd.Series(values.ravel(), index=text_labels(index))


def _has_sectors_in_rows(
    frame: pd.DataFrame, regions: tuple[str, ...], sectors: tuple[str, ...]
) -> bool:
    """Whether a frame has to be turned; refused where neither names nor labels tell."""
    if frame.index.nlevels > 1 or frame.columns.nlevels > 1:
        raise EmissionsError(
            "A DataFrame of emission coefficients has regions on one axis and sectors on the "
            "other; this one has more than one level of labels."
        )
    named = pd.MultiIndex.from_arrays([["x"], ["y"]], names=[frame.index.name, frame.columns.name])
    turned = in_level_order(named, ("country", "sector"))[0] == ("y", "x")
    told = level_kind(frame.index.name) is not None or level_kind(frame.columns.name) is not None
    rows, columns = set(map(str, frame.index)), set(map(str, frame.columns))
    upright = rows >= set(regions) and columns >= set(sectors)
    across = columns >= set(regions) and rows >= set(sectors)
    if told:
        return turned
    if upright and across:
        raise EmissionsError(
            "Regions and sectors have the same labels, so it cannot be told which of them the rows "
            "of the emission coefficients are: name them with rename_axis(index='region', "
            "columns='sector')."
        )
    return across or (bool(columns & set(regions)) and not rows & set(regions))


def _order_year(
    series: pd.Series, regions: tuple[str, ...], sectors: tuple[str, ...], when: str, signed: bool
) -> Array:
    if series.index.has_duplicates:
        twice = series.index[series.index.duplicated()][0]
        raise EmissionsError(f"The coefficient of {' '.join(map(str, twice))}{when} stands twice.")
    wanted = pd.MultiIndex.from_product([regions, sectors])
    ours = series.index[series.index.get_level_values(0).isin(regions)]
    strange = ours[~ours.isin(wanted)]
    if len(strange):
        raise EmissionsError(
            f"There are emission coefficients{when} for {places(strange)}, sectors that the flows "
            f"do not have; theirs are {listed(sectors, 6)}."
        )
    values = series.reindex(wanted).to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    if bad.any():
        lacking = [" ".join(wanted[i]) for i in np.flatnonzero(bad)]
        raise EmissionsError(
            f"{len(lacking)} emission coefficients{when} are missing: {listed(lacking)}."
        )
    if not signed and (values < 0).any():
        below = [" ".join(wanted[i]) for i in np.flatnonzero(values < 0)]
        raise EmissionsError(
            f"{len(below)} emission coefficients{when} are negative: {listed(below)}."
        )
    return values.reshape(len(regions), len(sectors))
