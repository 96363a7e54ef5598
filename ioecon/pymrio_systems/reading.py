"""From a system of pymrio to a table with its accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from ioecon.countries import to_iso3
from ioecon.emissions.account import Account
from ioecon.errors import ArgumentError, EmissionsError, LabelError, TableError
from ioecon.pymrio_systems.extensions import (
    Row,
    column_of,
    join_rows,
    make_accounts,
    rows_of_extensions,
)
from ioecon.readers.exiobase3 import region_codes
from ioecon.table import IOTable
from ioecon.units import read_money
from ioecon.wording import listed

if TYPE_CHECKING:
    import pymrio

__all__ = ["TableAndAccounts", "from_pymrio"]

_SYSTEMS = {"ixi": "industry × industry", "pxp": "product × product"}
_SIZES = {1.0: "one", 1e3: "thousand", 1e6: "million", 1e9: "billion"}
_CODE = re.compile("[A-Z]{3}")
_REST_OF_EXIOBASE = {"WA", "WE", "WF", "WL", "WM"}
_OF_EORA = {"ANT": "XAN", "USR": "XSU"}


class TableAndAccounts(NamedTuple):
    """A table and the accounts that came with it.

    Attributes
    ----------
    table : IOTable
    accounts : dict of str to Account
        By the name of the stressor.
    """

    table: IOTable
    accounts: dict[str, Account]


def from_pymrio(
    system: pymrio.IOSystem,
    *,
    year: int | None = None,
    unit: str | None = None,
    currency: str | None = None,
    price_basis: str | None = None,
    regions: Mapping[str, str] | str | None = None,
    accounts: Iterable[str] | None = None,
    output: str = "row_sums",
) -> TableAndAccounts:
    """Table and accounts of a system of pymrio.

    Parameters
    ----------
    system : pymrio.IOSystem
        With Y, and Z or A: from A alone, Z = A diag(x), with the x of the system or (E − A)⁻¹ Y1.
        An x beside Z becomes the printed output. Population is not read.
    year : int, optional
        Needed unless the metadata says it (``system.meta``), which pymrio's readers do not note.
    unit, currency : str, optional
        By default from ``system.unit``: ``"Mill USD"`` is million USD. All rows have one unit; a
        system in mixed units (hybrid) is refused.
    price_basis : str, optional
        By default what the metadata says, current prices where it says nothing.
    regions : mapping of str to str, or "keep", optional
        Names of the countries. By default ISO 3166 codes and ROW, EXIOBASE's WA … WM as XWA …
        XWM, or all labels as they are where none is a country's. ``"keep"`` leaves all as they
        are; a mapping changes what it names.
    accounts : iterable of str, optional
        Rows of extensions that are wanted; all by default, and a warning names those of which no
        account can be made (no unit, missing values). A row of several levels is called
        ``"CO2, air"``; one that two extensions have ``"Emissions: CO2"``.
    output : {"row_sums", "printed"}
        Which output is that of the table.

    Returns
    -------
    TableAndAccounts
        ``table, accounts = from_pymrio(system)``. Rows of the extensions primary_inputs,
        factor_inputs or VA that are in the unit of the table become its primary inputs (accounts
        of them: :func:`ioecon.account_of_inputs`), their F_Y its final inputs; all others become
        accounts, and what final demand emits or uses directly (F_Y) that of households,
        categories summed.

    Raises
    ------
    TableError
        If Y is missing, or Z and A are, the year or the unit is not told.
    LabelError
        If labels do not fit, or some regions are countries and others are not known.
    EmissionsError
        If a row that is asked for is not there or is no account.

    Examples
    --------
    >>> import pymrio
    >>> table, accounts = from_pymrio(pymrio.load_test(), year=2010)
    >>> table.year, table.unit, table.currency, table.system, table.primary_labels
    (2010, 'million', 'USD', 'product × product', ('Value Added',))
    >>> list(accounts)
    ['emission_type1, air', 'emission_type2, water']
    """
    known = _read_metadata(system)
    year = year if year is not None else known.get("year")
    if year is None:
        raise TableError("A system of pymrio does not tell its year: pass year=.")
    money = _find_unit(system, known, unit, currency)
    Z, Y = _find_flows(system)
    names = _name_regions(Z, regions)
    Z, Y = Z.rename(names, level=0).rename(names, level=0, axis=1), _rename_level(Y, names)
    printed = None if system.x is None else column_of(system.x).rename(names, level=0)
    rows = list(rows_of_extensions(system))
    primary = [row for row in rows if row.is_primary_input(*money)]
    table = IOTable.from_frames(
        Z,
        Y,
        year=year,
        unit=money[0],
        currency=money[1],
        price_basis=price_basis or known.get("price", "current"),
        printed_output=printed,
        primary_inputs=join_rows(primary, [row.F for row in primary], names),
        final_inputs=_join_final_inputs(primary, names),
        sector_names=known.get("sector_names"),
        output=output,
        system=_SYSTEMS.get(str(known.get("system")).lower(), known.get("system")),
        valuation=known.get("valuation"),
        edition=known.get("edition"),
    )
    others = [row for row in rows if row not in primary]
    return TableAndAccounts(table, make_accounts(others, accounts, table, names))


def _join_final_inputs(primary: list[Row], names: Mapping[str, str]) -> pd.DataFrame | None:
    """Primary inputs of final demand; an extension without F_Y has none, as pymrio takes it."""
    direct = [row.F_Y for row in primary if row.F_Y is not None]
    if not direct:
        return None
    nothing = 0.0 * direct[0]
    return join_rows(primary, [nothing if row.F_Y is None else row.F_Y for row in primary], names)


def _read_metadata(system: Any) -> dict[str, Any]:
    """Everything that the metadata of a system say; refuse what is no system."""
    if not all(hasattr(system, name) for name in ("Z", "A", "Y", "get_extensions")):
        raise TableError(
            f"{type(system).__name__} is no system of pymrio: pass an IOSystem, such as "
            "pymrio.load_test()."
        )
    content = dict(getattr(getattr(system, "meta", None), "metadata", None) or {})
    name, version = content.get("name"), content.get("version")
    if "edition" not in content and name not in (None, "IO"):
        content["edition"] = " ".join(str(part) for part in (name, version) if part)
    return {key: value for key, value in content.items() if value not in (None, "")}


def _find_unit(
    system: Any, known: Mapping[str, Any], unit: str | None, currency: str | None
) -> tuple[str, str]:
    """Find unit and currency of the flows."""
    if unit is not None and currency is not None:
        return unit, currency
    if (unit is None) != (currency is None):
        raise ArgumentError("Pass unit= and currency= together, or neither.")
    ask = "pass unit= and currency=, such as unit='million', currency='EUR'"
    if system.unit is None:
        raise TableError(f"The system does not tell its unit: {ask}.")
    units = sorted({str(each) for each in column_of(system.unit)})
    if len(units) != 1:
        raise TableError(
            f"The rows of the system have the units {listed(units, 5)}; a table has one unit."
        )
    if units[0] == f"{known.get('unit')} {known.get('currency')}":
        return str(known["unit"]), str(known["currency"])
    try:
        money = read_money(units[0])
    except EmissionsError as error:
        raise TableError(f"The unit of the system is no money: {error} Else {ask}.") from error
    if not _CODE.fullmatch(money.of):
        raise TableError(f"The unit of the system, {units[0]!r}, is no money: {ask}.")
    return _SIZES.get(money.size, f"{money.size:,.0f}"), money.of


def _find_flows(system: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Z and Y; from A where there is no Z."""
    if system.Y is None:
        raise TableError("The system has no final demand Y, without which there is no table.")
    Z, A, Y = system.Z, system.A, system.Y
    if Z is not None:
        return Z, Y
    if A is None:
        raise TableError("The system has neither flows Z nor coefficients A.")
    if not A.index.equals(A.columns):
        A = A.reindex(columns=A.index)
    x = Y.sum(axis=1) if system.x is None else column_of(system.x)
    lacking = A.index.difference(x.index)
    if len(lacking) or A.isna().to_numpy().any():
        place = f" ({' '.join(map(str, lacking[0]))} is missing)" if len(lacking) else ""
        raise LabelError(
            f"The labels of A do not fit those of {'x' if system.x is not None else 'Y'}{place}."
        )
    x = x.reindex(A.index).to_numpy(dtype=float)
    if system.x is None:
        try:
            x = np.linalg.solve(np.eye(len(A)) - A.to_numpy(dtype=float), x)
        except np.linalg.LinAlgError as error:
            raise TableError("E − A of the system has no inverse: there is no output.") from error
    return A * x, Y


def _rename_level(Y: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    Y = Y.rename(names, level=0)
    level = 0 if isinstance(Y.columns, pd.MultiIndex) else None
    return Y.rename(names, level=level, axis=1)


def _name_regions(Z: pd.DataFrame, regions: Mapping[str, str] | str | None) -> dict[str, str]:
    """Find the new name of every region whose name changes."""
    labels = [str(label) for label in dict.fromkeys(Z.index.get_level_values(0))]
    if isinstance(regions, str) and regions != "keep":
        raise ArgumentError(f"regions is 'keep' or a mapping of names, not {regions!r}.")
    if regions == "keep":
        return {}
    if isinstance(regions, Mapping):
        unknown = [str(name) for name in regions if str(name) not in labels]
        if unknown:
            raise LabelError(f"regions names what the system lacks: {listed(unknown)}.")
        found = {str(name): str(code) for name, code in regions.items()}
    else:
        found = _find_codes(labels)
    new = [found.get(label, label) for label in labels]
    twice = sorted({name for name in new if new.count(name) > 1})
    if twice:
        both = [label for label, name in zip(labels, new, strict=True) if name == twice[0]]
        raise LabelError(f"The regions {listed(both)} are both {twice[0]}: pass regions=.")
    return found


def _find_codes(labels: list[str]) -> dict[str, str]:
    """ISO 3166 codes of regions, or nothing where none of them is a country's."""
    if set(labels) >= _REST_OF_EXIOBASE:
        return region_codes(labels, "The system")
    found: dict[str, str] = {}
    for label in labels:
        try:
            found[label] = _OF_EORA.get(label) or to_iso3([label])[0]
        except LabelError:
            continue
    unknown = [label for label in labels if label not in found]
    if found and unknown:
        raise LabelError(
            f"{len(found)} regions of the system are countries, and these are not known: "
            f"{listed(unknown)}. Name them with regions={{{unknown[0]!r}: …}}, or leave all as "
            "they are with regions='keep'."
        )
    return found
