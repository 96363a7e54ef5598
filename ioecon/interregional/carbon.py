"""Carbon that moves with industries: equation 8 of Xiao, Wan and Liu."""

from __future__ import annotations

from dataclasses import dataclass

from ioecon.arrays import Array
from ioecon.errors import EmissionsError
from ioecon.interregional.coefficients import Coefficients, check_coefficients
from ioecon.interregional.flows import RegionFlows, zero_sum_miss
from ioecon.interregional.output_transfer import Transfers
from ioecon.stressor import CO2

__all__ = ["CarbonTransfers", "carbon_transfer"]


@dataclass(frozen=True, eq=False)
class CarbonTransfers(RegionFlows):
    """Emissions that regions' demand drives in each other, and what moved.

    Made by :func:`carbon_transfer`. As :class:`~ioecon.Transfers`, in emissions: each inflow is
    valued at the coefficient of the region that receives it,
    M^{JK} = Σ_s [k_J(s) ΔT^{JK}(s) − k_K(s) ΔT^{KJ}(s)]; ``by_region`` gives each region's
    emissions by year (table 5 of the paper).

    Parameters
    ----------
    coefficients0, coefficients1 : ndarray, shape (R, S)
        Coefficients of the two years.
    """

    @property
    def title(self) -> str:
        """What it is, for people."""
        return f"Transfer of {'carbon' if self.stressor == CO2 else self.stressor}"

    coefficients0: Array
    coefficients1: Array


def carbon_transfer(
    transfers: Transfers, coefficients: Coefficients, *, unit: str | None = None
) -> CarbonTransfers:
    """Carbon, or another stressor, that moves with the transfer of industries (X 5 and 8).

    Parameters
    ----------
    transfers : Transfers
        Output that moved; see :func:`ioecon.transfers`.
    coefficients : Series or DataFrame
        Emissions per unit of output. Indexed (region, sector): the same coefficients in both
        years, as in the paper, so that only the move counts; indexed (region, sector, year):
        each year's own.
    unit : str, optional
        Unit of the emissions that coefficient times output gives; by default what
        ``coefficients.attrs["unit"]`` ("kt per million USD", "吨/万元") says. Without either, kt is
        taken, with a warning. ``coefficients.attrs["stressor"]`` says what is not CO2.

    Returns
    -------
    CarbonTransfers

    Raises
    ------
    EmissionsError
        If a coefficient is missing, negative, not a number, or per another unit than the flows.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> moved = ioecon.transfers(world.series[2002], world.series[2007])
    >>> k = ioecon.emission_coefficients(world.series[2007], world.emissions)
    >>> carbon = ioecon.carbon_transfer(moved, k)
    >>> bool(abs(carbon.net().sum()) < 1e-6)
    True
    """
    if not isinstance(transfers, Transfers):
        raise EmissionsError("Coefficients value output: pass the Transfers of output.")
    k = check_coefficients(coefficients, transfers.regions, transfers.sectors, transfers.years)
    first, last = k.first[:, :, None] * transfers.first, k.last[:, :, None] * transfers.last
    emitted = k.emitted(transfers.unit, unit)
    return CarbonTransfers(
        regions=transfers.regions,
        sectors=transfers.sectors,
        years=transfers.years,
        driven_by=transfers.driven_by,
        unit=emitted.unit,
        stressor=emitted.name,
        first=first,
        last=last,
        residual=max(transfers.residual, zero_sum_miss(last - first)),
        coefficients0=k.first,
        coefficients1=k.last,
    )
