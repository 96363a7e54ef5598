"""From a table and its accounts to a system of pymrio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ioecon.arrays import Array
from ioecon.emissions.account import Account
from ioecon.emissions.by_sector import emissions_by_sector
from ioecon.errors import EmissionsError, IoeconWarning, OutputError, TableError
from ioecon.table import IOTable
from ioecon.user_warnings import warn_user
from ioecon.wording import listed

if TYPE_CHECKING:
    import pymrio

__all__ = ["to_pymrio"]

_ROWS, _USES = ["region", "sector"], ["region", "category"]
_NOTED = ("unit", "currency", "valuation", "edition")


def to_pymrio(
    table: IOTable, accounts: Account | Mapping[str, Account] | Iterable[Account] | None = None
) -> pymrio.IOSystem:
    """System of pymrio with the flows of a table, and its accounts as extensions.

    Parameters
    ----------
    table : IOTable
        A world table: exports to places outside and competitive imports are refused, for which
        pymrio has no place.
    accounts : Account, mapping or iterable of Account, optional
        With different names, each with the table's year, countries and sectors.

    Returns
    -------
    pymrio.IOSystem
        Z, Y and unit (x only where the printed output is that of the table); call ``calc_all()``.
        Extensions: ``primary_inputs`` (F_Y: ``final_inputs``); ``accounts`` and, of those that
        have it, ``accounts_with_households`` with F_Y under the first category of final demand.
        :func:`from_pymrio` gives everything back; where the table came from (``source``), a printed
        output that is not the table's and discrepancies are left out, the last with a warning.

    Raises
    ------
    TableError
        If the table has exports or imports.
    EmissionsError
        If an account lacks a country, sector or the year, or two have one name.
    OutputError
        If pymrio is not installed.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> system = to_pymrio(world.series[2005]).calc_all()
    >>> bool(np.allclose(system.x["indout"], world.series[2005].x))
    True
    """
    try:
        import pymrio
    except ImportError as error:
        raise OutputError(
            "Systems of pymrio need the package pymrio; install it with 'pip install "
            "ioecon[pymrio]'."
        ) from error
    for name in ("exports", "imports"):
        if getattr(table, name) is not None:
            raise TableError(
                f"The table of {table.year} has {name}, for which a system of pymrio has no place: "
                "its output would be another one."
            )
    left_out = {"discrepancies": table.discrepancies}
    if table.primary_inputs is None:  # an extension has no rows of final demand alone
        left_out["final_inputs"] = table.final_inputs
    for name, values in left_out.items():
        if values is not None:
            warn_user(
                f"The {name} of the table of {table.year} are left out of the system, which "
                "has no place for them.",
                IoeconWarning,
            )
    rows = table.index.set_names(_ROWS)
    uses = pd.MultiIndex.from_product([table.countries, table.categories], names=_USES)
    money = f"{table.unit} {table.currency}"
    system = pymrio.IOSystem(
        Z=pd.DataFrame(table.Z, rows, rows),
        Y=pd.DataFrame(table.Y, rows, uses),
        x=pd.DataFrame({"indout": table.x}, rows) if table.output == "printed" else None,
        unit=pd.DataFrame({"unit": money}, rows),
        system=table.system,
        description=f"Table of {table.year}, {table.price_basis} prices, written by ioecon",
    )
    noted = {name: getattr(table, name) for name in _NOTED}
    noted |= {"year": table.year, "price": table.price_basis}
    if table.sector_names is not None:
        noted["sector_names"] = dict(zip(table.sectors, table.sector_names, strict=True))
    for name, value in noted.items():
        system.meta.change_meta(name, value)
    if table.primary_inputs is not None:
        inputs = pd.Index(table.primary_labels, name="inputtype")
        system.primary_inputs = pymrio.Extension(
            name="Primary inputs",
            F=pd.DataFrame(table.primary_inputs, inputs, rows),
            F_Y=None
            if table.final_inputs is None
            else pd.DataFrame(table.final_inputs, inputs, uses),
            unit=pd.DataFrame({"unit": money}, inputs),
        )
    for name, some in _group_accounts(accounts).items():
        setattr(system, name, pymrio.Extension(**_extension_of(name, some, table, rows, uses)))
    return system


def _group_accounts(accounts: Any) -> dict[str, list[Account]]:
    """Accounts by the extension that they go into."""
    if accounts is None:
        return {}
    if isinstance(accounts, Account):
        accounts = [accounts]
    given = list(accounts.values() if isinstance(accounts, Mapping) else accounts)
    strange = [each for each in given if not isinstance(each, Account)]
    if strange:
        raise EmissionsError(f"{type(strange[0]).__name__} is no Account.")
    names = [account.name for account in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise EmissionsError(f"Two accounts are named {listed(twice)}.")
    grouped = {
        "accounts": [account for account in given if account.households is None],
        "accounts_with_households": [each for each in given if each.households is not None],
    }
    return {name: some for name, some in grouped.items() if some}


def _extension_of(
    name: str, accounts: list[Account], table: IOTable, rows: pd.MultiIndex, uses: pd.MultiIndex
) -> dict[str, Any]:
    stressors = pd.Index([account.name for account in accounts], name="stressor")
    F = pd.DataFrame([emissions_by_sector(each, table) for each in accounts], stressors, rows)
    units = pd.DataFrame({"unit": [each.unit for each in accounts]}, stressors)
    content = {"name": name.replace("_", " ").capitalize(), "F": F, "unit": units}
    if accounts[0].households is not None:
        direct: Array = np.zeros((len(accounts), len(uses)))
        for k, account in enumerate(accounts):
            assert account.households is not None
            here = account.households[account.households.index.isin([table.year], level="year")]
            sums = here.droplevel("year").reindex(list(table.countries))
            missing = sums.index[sums.isna()]
            if len(missing):
                raise EmissionsError(
                    f"{account.name} of households is missing in {table.year} for "
                    f"{listed(missing)}."
                )
            direct[k, :: len(table.categories)] = sums
        content["F_Y"] = pd.DataFrame(direct, stressors, uses)
    return content
