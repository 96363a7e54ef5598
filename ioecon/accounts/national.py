"""Production, consumption and technology-adjusted accounts of the countries of one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ioecon.accounts.embodied import DomesticSystems, deliveries, routes
from ioecon.arrays import Array
from ioecon.audit import ROUNDING, sound_table
from ioecon.column_labels import label_columns
from ioecon.emissions.account import Account
from ioecon.emissions.by_sector import Emissions, WithoutOutput, check_emissions, lay_out
from ioecon.errors import ArgumentError, EmissionsError, TableError
from ioecon.identities import require_identities
from ioecon.printout import Printout
from ioecon.stressor import CO2, state_stressor
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["CarbonAccounts", "carbon_accounts"]

Approach: TypeAlias = Literal["mrio", "eebt"]
WorldAverage: TypeAlias = Literal["exports", "output"]

OUTSIDE = "outside"


@dataclass(frozen=True, eq=False)
class CarbonAccounts:
    """Carbon accounts of every country of one table, or those of another stressor.

    Made by :func:`carbon_accounts`. I countries, S sectors, n = I·S rows; D destinations: the
    countries and, when the table has exports to places outside it, ``"outside"``.

    Parameters
    ----------
    countries, sectors, destinations : tuple of str
    year : int
    emissions : ndarray, shape (n,)
        Emissions of production.
    households : ndarray, shape (I,), or None
        Direct emissions of households, where the account has them. They cross no border: they
        come on top of every one of the other accounts.
    mrio : ndarray, shape (n, D)
        Emissions of each row driven by the final demand of each destination.
    eebt : ndarray, shape (n, D)
        Emissions of each row for what its country delivers to each destination, whoever
        consumes it in the end.
    routes : ndarray, shape (I, D, D)
        Emissions of each country by direct buyer and final consumer; both accounts are its
        margins. See :func:`ioecon.accounts.embodied.routes`.
    products : ndarray, shape (n, I)
        Emissions anywhere for each product (row) that each country's final demand takes.
    world_intensity : ndarray, shape (S,)
        World-average emissions per unit of output, ē(s).
    exported_output : ndarray, shape (n,)
        Output of each row for final demand elsewhere.
    world_average : {"exports", "output"}
        What weights the average.
    misses : mapping of str to float
        Relative miss of every identity that was checked.
    unit : str
        Of all amounts: ``"kt"`` for CO2.
    stressor : str
        ``"CO2"``, or the name of the account. Emissions stand for it in these pages.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    destinations: tuple[str, ...]
    year: int
    emissions: Array
    households: Array | None
    mrio: Array
    eebt: Array
    routes: Array
    products: Array
    world_intensity: Array
    exported_output: Array
    world_average: str
    misses: Mapping[str, float]
    unit: str = "kt"
    stressor: str = "CO2"

    def __post_init__(self) -> None:
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # arrays come back from a pickle writeable

    def by_country(self) -> pd.DataFrame:
        """Accounts of every country.

        Returns
        -------
        DataFrame
            Index country; in ``unit``. ``pba`` production-based, ``households`` their direct
            emissions (where known; in no other column), ``cba`` consumption-based, ``tcba``
            technology-adjusted; ``domestic``, ``exports`` and ``imports`` of the MRIO account,
            ``domestic_eebt``, ``exports_eebt``, ``imports_eebt`` and ``cba_eebt`` of the other.
            ``outside`` and ``outside_eebt``: the part of exports that leaves a regional table.
        """
        columns = {"pba": self._arrange_in_blocks(self.emissions)}
        if self.households is not None:
            columns["households"] = self.households
        mrio, eebt = self._split_trade(self.mrio), self._split_trade(self.eebt)
        columns["cba"] = mrio["domestic"] + mrio["imports"]
        columns["tcba"] = columns["cba"] + mrio["exports"] - self._value_exports_at_world_average()
        columns |= mrio
        columns |= {f"{name}_eebt": values for name, values in eebt.items()}
        columns["cba_eebt"] = eebt["domestic"] + eebt["imports"]
        return self._state(pd.DataFrame(columns, index=self._index()))

    def by_sector(self) -> pd.DataFrame:
        """Emissions of every country's sectors and their exported part.

        Returns
        -------
        DataFrame
            Index (country, sector); in ``unit``. ``pba``; ``exports`` and ``exports_eebt`` the
            parts for other countries; ``exports_at_world_average`` what the first would be at ē(s).
        """
        home = self._home_of_rows()
        own = np.arange(len(home))
        frame = pd.DataFrame(
            {
                "pba": self.emissions,
                "exports": self.mrio.sum(axis=1) - self.mrio[own, home],
                "exports_eebt": self.eebt.sum(axis=1) - self.eebt[own, home],
                "exports_at_world_average": self._value_at_world_average(),
            },
            index=self._row_index(),
        )
        return self._state(frame)

    def by_product(self) -> pd.DataFrame:
        """Consumption-based emissions by consumer and product, wherever it was made.

        Returns
        -------
        DataFrame
            Index country (the consumer), columns sector (of the final product); in ``unit``.
        """
        countries, sectors = len(self.countries), len(self.sectors)
        totals = self.products.reshape(countries, sectors, countries).sum(axis=0)
        frame = pd.DataFrame(
            totals.T, index=self._index(), columns=pd.Index(self.sectors, name="sector")
        )
        return self._state(frame)

    def bilateral(self, approach: Approach = "mrio", sector: str | None = None) -> pd.DataFrame:
        """Emissions of the row country for the column country.

        Parameters
        ----------
        approach : {"mrio", "eebt"}
            For its final demand, wherever it buys; or for what it buys, whoever consumes it.
        sector : str, optional
            One emitting sector; all of them summed by default.

        Returns
        -------
        DataFrame, shape (I, D)
        """
        if approach not in ("mrio", "eebt"):
            raise ArgumentError(f"approach is 'mrio' or 'eebt', not {approach!r}.")
        flows = self._arrange_by_sector(self.mrio if approach == "mrio" else self.eebt)
        if sector is not None and sector not in self.sectors:
            raise KeyError(f"There is no sector {sector!r}.")
        chosen = slice(None) if sector is None else [self.sectors.index(sector)]
        frame = pd.DataFrame(
            flows[:, chosen].sum(axis=1),
            index=self._index(),
            columns=pd.Index(self.destinations, name="destination"),
        )
        return self._state(frame)

    def reconciliation(self) -> pd.DataFrame:
        """EEBT and MRIO account of every pair, and what one counts and the other does not.

        Returns
        -------
        DataFrame
            Index (country, destination). ``absorbed`` is in both: bought and consumed by the
            destination. Only in EEBT: ``feedback``, bought by the destination and consumed at
            home again, and ``passed_on``, consumed in third countries. Only in MRIO:
            ``via_third``, consumed by the destination but bought by others first.
            ``difference`` = eebt − mrio = feedback + passed_on − via_third.
        """
        W = self.routes
        countries, destinations = W.shape[0], W.shape[1]
        own, every = np.arange(countries), np.arange(destinations)
        absorbed = W[:, every, every]
        feedback = W[own, :, own]
        eebt, mrio = self._sum_sectors(self.eebt), self._sum_sectors(self.mrio)
        frame = pd.DataFrame(
            {
                "eebt": eebt.ravel(),
                "mrio": mrio.ravel(),
                "difference": (eebt - mrio).ravel(),
                "absorbed": absorbed.ravel(),
                "feedback": feedback.ravel(),
                "passed_on": (W.sum(axis=2) - absorbed - feedback).ravel(),
                "via_third": (W.sum(axis=1) - absorbed).ravel(),
            },
            index=pd.MultiIndex.from_product(
                [self.countries, self.destinations], names=["country", "destination"]
            ),
        )
        abroad = (own[:, None] != every).ravel()
        return self._state(frame[abroad])

    def reconciliation_by_country(self) -> pd.DataFrame:
        """EEBT and MRIO exports and imports of every country, and their difference.

        Returns
        -------
        DataFrame
            Index country, columns (flow, item). Exports differ by ``feedback`` alone: what
            goes through third countries is counted once in both, for different partners.
            Imports differ by feedback (of the partners) and ``passed_on`` − ``via_third``.
        """
        pairs = self.reconciliation()
        items = ["eebt", "mrio", "difference", "feedback", "passed_on", "via_third"]
        flows = {
            "exports": pairs[items].groupby(level="country").sum(),
            "imports": pairs[items].groupby(level="destination").sum(),
        }
        # A country without any pair trades nothing.
        frame = pd.concat(
            {name: flow.reindex(self.countries, fill_value=0.0) for name, flow in flows.items()},
            axis=1,
            names=["flow", "item"],
        )
        return self._state(frame.rename_axis(index="country"))

    def technology(self) -> pd.DataFrame:
        """Compare exports at each country's own and at world-average intensities.

        Returns
        -------
        DataFrame
            Index country. ``credit`` is what the country saves the world, exports at world
            average less exports at its own intensities; tcba = cba − credit.
        """
        exports = self._split_trade(self.mrio)["exports"]
        average = self._value_exports_at_world_average()
        frame = pd.DataFrame(
            {"exports": exports, "exports_at_world_average": average, "credit": average - exports},
            index=self._index(),
        )
        return self._state(frame)

    @property
    def unallocated(self) -> float:
        """World emissions less the sum of all ``tcba`` (and exports outside).

        Zero when exports weight the world average; otherwise the sum of all credits.
        """
        return float(self.technology()["credit"].sum())

    @property
    def identities(self) -> pd.Series:
        """Relative miss of every identity that was checked."""
        return pd.Series(dict(self.misses), name="relative_miss", dtype=float)

    @property
    def residual(self) -> float:
        """Largest relative miss of any identity."""
        return max(self.misses.values())

    def to_frame(self) -> pd.DataFrame:
        """Tidy table: one row per emitting country and sector and destination.

        Returns
        -------
        DataFrame
            Columns country, sector, destination, mrio, eebt (in ``unit``).
        """
        index = pd.MultiIndex.from_product(
            [self.countries, self.sectors, self.destinations],
            names=["country", "sector", "destination"],
        )
        values = {"mrio": self.mrio.ravel(), "eebt": self.eebt.ravel()}
        meanings = {
            "country": "Country where the sector is",
            "sector": "Sector",
            "destination": "Country of the final consumer (mrio) or of the buyer (eebt)",
            "mrio": "Driven by the destination's final demand",
            "eebt": "For deliveries to the destination, whoever consumes them in the end",
        }
        return label_columns(
            self._state(pd.DataFrame(values, index=index).reset_index()),
            self._printout().title,
            meanings,
            units=dict.fromkeys(values, self.unit),
        )

    def _state(self, frame: pd.DataFrame) -> pd.DataFrame:
        return state_stressor(frame, self.stressor, self.unit)

    def summary(self) -> str:
        """Text for people: the accounts of the largest emitters."""
        return self._printout().text()

    def _printout(self) -> Printout:
        accounts = self.by_country()
        columns = [
            name
            for name in ("pba", "households", "cba", "tcba", "exports", "imports", "exports_eebt")
            if name in accounts
        ]
        largest = accounts.sort_values("pba", ascending=False, kind="stable").head(10)
        total = accounts["pba"].sum()
        left = f"; technology-adjusted accounts leave {self.unallocated:,.1f} unallocated"
        what = "Carbon accounts" if self.stressor == CO2 else f"Accounts of {self.stressor}"
        title = (
            f"{what} of {len(self.countries)} countries in {self.year}, {self.unit}; "
            f"production in all {total:,.1f}{left if self.world_average == 'output' else ''}"
        )
        note = f"Largest relative miss of the identities: {self.residual:.1e}"
        return Printout(title, {"": largest[columns]}, note)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self._printout().html()

    def _split_trade(self, flows: Array) -> dict[str, Array]:
        """Domestic part, exports and imports of every country."""
        account = self._sum_sectors(flows)
        countries = len(self.countries)
        domestic = np.diagonal(account[:, :countries]).copy()
        trade = {
            "domestic": domestic,
            "exports": account.sum(axis=1) - domestic,
            "imports": account[:, :countries].sum(axis=0) - domestic,
        }
        if len(self.destinations) > countries:
            trade["outside"] = account[:, countries]
        return trade

    def _sum_sectors(self, flows: Array) -> Array:
        """Sectors summed: (n, D) to (I, D)."""
        return np.asarray(self._arrange_by_sector(flows).sum(axis=1))

    def _arrange_by_sector(self, flows: Array) -> Array:
        return flows.reshape(len(self.countries), len(self.sectors), -1)

    def _arrange_in_blocks(self, rows: Array) -> Array:
        return np.asarray(rows.reshape(len(self.countries), -1).sum(axis=1))

    def _value_at_world_average(self) -> Array:
        return np.tile(self.world_intensity, len(self.countries)) * self.exported_output

    def _value_exports_at_world_average(self) -> Array:
        return self._arrange_in_blocks(self._value_at_world_average())

    def _home_of_rows(self) -> NDArray[np.intp]:
        return np.repeat(np.arange(len(self.countries)), len(self.sectors))

    def _index(self) -> pd.Index:
        return pd.Index(self.countries, name="country")

    def _row_index(self) -> pd.MultiIndex:
        return pd.MultiIndex.from_product(
            [self.countries, self.sectors], names=["country", "sector"]
        )


def carbon_accounts(
    table: IOTable,
    emissions: Emissions,
    *,
    world_average: WorldAverage = "exports",
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
) -> CarbonAccounts:
    """Production, consumption and technology-adjusted accounts, and the carbon in trade.

    With e emissions per unit of output, T = L F the output that each country's final demand
    drives, and C^{rs} = Σ e_r T_rs the emissions of r for s:

    - production-based PBA_r = Σ_s C^{rs}; consumption-based CBA_s = Σ_r C^{rs};
    - MRIO exports Σ_{s≠r} C^{rs} and imports Σ_{r≠s} C^{rs};
    - EEBT exports from r to s: e_r' (E − A_rr)⁻¹ (Z_rs 1 + F_rs), the domestic system applied to
      all deliveries, intermediate and final (Peters 2008);
    - technology-adjusted TCBA_r = CBA_r + Σ_i (e_r(i) − ē(i)) t_r(i), t the output exported and
      ē(i) the world-average intensity of sector i, both embodied in MRIO exports (Kander, Jiborn,
      Moran and Wiedmann 2015).

    Parameters
    ----------
    table : IOTable
        A world table, or a regional one with exports and without competitive imports
        (``table.domestic()``).
    emissions : Series or Account
        For the year of the table: national totals indexed (country, year), or an account by
        (country, sector, year); CO2 in kt, or any extensive stressor that says its name and unit.
    world_average : {"exports", "output"}
        Weights of ē(i): exported output t, as in Kander et al., so that all technology-adjusted
        accounts add up to world emissions; or gross output, when they do not, and
        :attr:`CarbonAccounts.unallocated` is the difference.
    tolerance : float
        See :func:`ioecon.audit.sound_table`.
    without_output : {"raise", "leave_out"}
        What to do with emissions that an account gives to a sector without output.

    Returns
    -------
    CarbonAccounts

    Raises
    ------
    TableError
        If the table contains competitive imports.
    EmissionsError
        If a country, sector or the year has no emissions, or households of some countries are
        missing.
    IdentityError
        If an identity misses by more than 1e-10.

    Notes
    -----
    One factorisation of (E − A), one solve with D right-hand sides and one with a single one;
    I systems of S × S for EEBT.

    Examples
    --------
    Two countries with one sector each. Of every unit of output, 0.1 are inputs from North and
    0.1 from South, so L = [[1.125, 0.125], [0.125, 1.125]], and 1/(1 − 0.1) = 10/9 within a
    country. North emits 0.5 per unit, South 2.

    MRIO: North's emissions for South are 0.5 · (1.125 · 8 + 0.125 · 63) = 8.4375, South's for
    North 2 · (0.125 · 72 + 1.125 · 17) = 56.25. EEBT: 0.5 · 10/9 · (10 + 8) = 10 and
    2 · 10/9 · (10 + 17) = 60. North's 10 − 8.4375 = 1.5625 come home in what it buys from South.
    World average: (8.4375 + 56.25) / (16.875 + 28.125) = 1.4375.

    >>> table = IOTable(Z=[[10, 10], [10, 10]], Y=[[72, 8], [17, 63]], year=2005,
    ...                 countries=["North", "South"], sectors=["all"], categories=["final"])
    >>> index = pd.MultiIndex.from_product([["North", "South"], [2005]],
    ...                                    names=["country", "year"])
    >>> accounts = carbon_accounts(table, pd.Series([50.0, 200.0], index=index))
    >>> accounts.by_country()[["pba", "cba", "tcba"]].round(4)
               pba       cba      tcba
    country
    North     50.0   97.8125   81.9922
    South    200.0  152.1875  168.0078
    >>> accounts.reconciliation()[["eebt", "mrio", "feedback"]].round(4)
                         eebt     mrio  feedback
    country destination
    North   South        10.0   8.4375    1.5625
    South   North        60.0  56.2500    3.7500
    """
    if world_average not in ("exports", "output"):
        raise ArgumentError(f"world_average is 'exports' or 'output', not {world_average!r}.")
    if table.imports is not None and np.any(table.imports):
        raise TableError(
            f"The flows of {table.year} contain competitive imports, whose emissions arise "
            "elsewhere; take them out with table.domestic()."
        )
    sound = sound_table(table, tolerance=tolerance)
    checked = check_emissions(emissions)
    c = lay_out(checked, sound, without_output)
    households = _household_emissions(emissions, sound)
    countries = len(sound.countries)
    per_output = np.divide(1.0, sound.x, out=np.zeros_like(sound.x), where=sound.x != 0)
    e, demand = c * per_output, demand_by_destination(sound)

    system = sound.leontief()
    T = system.solve(demand)
    mrio = e[:, None] * T
    products = system.solve_transposed(e)[:, None] * sound.F

    domestic = DomesticSystems.of(sound.Z, per_output, countries)
    bought = deliveries(sound.Z, demand, countries)
    eebt = e[:, None] * domestic.solve(bought)
    multipliers = domestic.solve_transposed(e)

    exported = T.sum(axis=1)
    home = np.repeat(np.arange(countries), len(sound.sectors))
    exported -= T[np.arange(sound.n), home]
    weights = exported if world_average == "exports" else sound.x
    W = routes(sound.Z, per_output, multipliers, T, demand, countries)
    result = CarbonAccounts(
        countries=sound.countries,
        sectors=sound.sectors,
        destinations=destinations(sound),
        year=sound.year,
        emissions=c,
        households=households,
        mrio=mrio,
        eebt=eebt,
        routes=W,
        products=products,
        world_intensity=_average_intensity(e, weights, countries),
        exported_output=exported,
        world_average=world_average,
        misses={},
        unit=checked.stressor.unit,
        stressor=checked.stressor.name,
    )
    misses = _identity_misses(result)
    if system.residual is not None:
        misses["(E − A) L F = F, refined from float32"] = system.residual
    told = f"The accounts of {sound.year} break {{number}} identities, the worst"
    require_identities(sound, misses, told)
    return replace(result, misses=misses)


def demand_by_destination(table: IOTable) -> Array:
    """Join final demand by country and, last, what leaves the table: (n, D)."""
    if table.exports is None:
        return table.F
    return np.column_stack([table.F, table.exports.sum(axis=1)])


def destinations(table: IOTable) -> tuple[str, ...]:
    return table.countries if table.exports is None else (*table.countries, OUTSIDE)


def _household_emissions(emissions: Emissions, table: IOTable) -> Array | None:
    if not isinstance(emissions, Account) or emissions.households is None:
        return None
    wanted = pd.MultiIndex.from_product([table.countries, [table.year]])
    values = emissions.households.reindex(wanted)
    if values.isna().any():
        missing = [country for (country, _), gone in values.isna().items() if gone]
        raise EmissionsError(
            f"{emissions.quantity.subject} of households in {table.year} are missing for "
            f"{listed(missing)}; add them, or leave households out of the account for all "
            "countries."
        )
    return values.to_numpy(dtype=float)


def _average_intensity(e: Array, weights: Array, countries: int) -> Array:
    """World-average intensity of each sector; zero for one without weight."""
    total = weights.reshape(countries, -1).sum(axis=0)
    weighted = (e * weights).reshape(countries, -1).sum(axis=0)
    return np.divide(weighted, total, out=np.zeros_like(total), where=total != 0)


def _identity_misses(accounts: CarbonAccounts) -> dict[str, float]:
    """Relative miss of each identity, against the largest number that it equates."""
    frame, W = accounts.by_country(), accounts.routes
    countries = len(accounts.countries)
    mrio, eebt = accounts._sum_sectors(accounts.mrio), accounts._sum_sectors(accounts.eebt)
    pba = frame["pba"].to_numpy()
    outside = frame["outside"].sum() if "outside" in frame else 0.0
    own = np.arange(countries)
    feedback = W[own, :, own].sum(axis=1) - W[own, own, own]
    scale = float(np.abs(pba).max()) or 1.0

    def miss(left: Any, right: Any, *, size: float = scale) -> float:
        return float(np.abs(np.asarray(left) - np.asarray(right)).max() / size)

    world = float(np.abs(pba).sum()) or 1.0
    checks = {
        "pba = domestic + exports (MRIO)": miss(frame["domestic"] + frame["exports"], pba),
        "pba = domestic + exports (EEBT)": miss(
            frame["domestic_eebt"] + frame["exports_eebt"], pba
        ),
        "cba = pba − exports + imports": miss(
            pba - frame["exports"] + frame["imports"], frame["cba"]
        ),
        "cba by producer = cba by product": miss(accounts.products.sum(axis=0), frame["cba"]),
        "Σ cba = Σ pba": miss(frame["cba"].sum() + outside, pba.sum(), size=world),
        "Σ exports = Σ imports (MRIO)": miss(
            frame["exports"].sum() - outside, frame["imports"].sum(), size=world
        ),
        "Σ exports = Σ imports (EEBT)": miss(
            frame["exports_eebt"].sum() - eebt[:, countries:].sum(),
            frame["imports_eebt"].sum(),
            size=world,
        ),
        "mrio = Σ routes over buyers": miss(W.sum(axis=1), mrio),
        "eebt = Σ routes over consumers": miss(W.sum(axis=2), eebt),
        "exports (EEBT) − exports (MRIO) = feedback": miss(
            frame["exports_eebt"] - frame["exports"], feedback
        ),
    }
    if accounts.world_average == "exports":
        checks["Σ tcba = Σ pba"] = miss(frame["tcba"].sum() + outside, pba.sum(), size=world)
    return checks
