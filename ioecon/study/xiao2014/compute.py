"""From two tables to transfers, carbon transfers and weak leakage, by driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ioecon.accounts import (
    AggregationComparison,
    CarbonAccounts,
    aggregation_error,
    carbon_accounts,
)
from ioecon.errors import IdentityError, StudyError
from ioecon.interregional import (
    CarbonTransfers,
    Leakage,
    Transfers,
    carbon_transfer,
    leakage,
    leakage_as_difference,
    transfers,
)
from ioecon.prices import common_basis
from ioecon.study.input_output.audits import audit_series
from ioecon.study.input_output.stressor_words import StressorWords
from ioecon.study.steps import Steps
from ioecon.study.xiao2014.arithmetic import check_arithmetic
from ioecon.study.xiao2014.checks import require_known_names
from ioecon.study.xiao2014.inputs import Inputs
from ioecon.study.xiao2014.results import Findings
from ioecon.study.xiao2014.settings import Driver, Xiao2014Study
from ioecon.study.xiao2014.wording import TOTAL
from ioecon.table import IOTable

__all__ = ["compute"]

_TOLERANCE = 1e-10
_DEFAULT = (
    Driver("Final demand", ("final_demand",)),
    Driver("Exports", ("exports",)),
)


def compute(study: Xiao2014Study, inputs: Inputs, steps: Steps) -> Findings:
    """Compute everything that the study asks for."""
    with steps("Auditing the tables", study.tables.path):
        audits = audit_series(inputs.read)
    with steps("Checking the names"):
        require_known_names(study, inputs.tables[0])
        drivers = study.drivers or _default_drivers(inputs.tables)
    with steps("Transfers of output"):
        moved = {driver.name: _transfers_of(driver.driven_by, inputs, study) for driver in drivers}
        moved[TOTAL] = _add_transfers(list(moved.values()), "all drivers")
        covered = _covered_share(moved[TOTAL], inputs.tables[1])
    stressor, k = inputs.stressor, inputs.coefficients
    unit = stressor.unit
    with steps(f"Transfers of {StressorWords(stressor).noun} and leakage"):
        carbon = {name: carbon_transfer(found, k, unit=unit) for name, found in moved.items()}
        leaked = {name: leakage(found, k, unit=unit) for name, found in moved.items()}
        yearly = inputs.yearly if inputs.yearly is not None else k
        emitted = {name: carbon_transfer(found, yearly, unit=unit) for name, found in moved.items()}
    with steps("Accounts of production and consumption"):
        accounts = _account_years(inputs, study)
    with steps("Comparing aggregation first with computing first"):
        compared = _compare_aggregation(inputs, drivers, study)
    residuals = _require_identities(moved, carbon, leaked, inputs, accounts, covered)
    with steps("Checking the published numbers"):
        arithmetic = check_arithmetic() if study.published else None
    return Findings(
        study=study,
        transfers=moved,
        carbon=carbon,
        emissions=emitted,
        leakage=leaked,
        coefficients=_choose_year(k, inputs.tables[1].year),
        residuals=residuals,
        accounts=accounts,
        aggregation=compared,
        arithmetic=arithmetic,
        audits=audits,
        stressor=stressor,
        output_unit=moved[TOTAL].unit,
        price_basis=common_basis(*inputs.tables),
        real=inputs.yearly is not None,
        covered=covered,
        sector_names=_sector_names(inputs.tables[0], study.labels),
    )


def _default_drivers(tables: tuple[IOTable, IOTable]) -> tuple[Driver, ...]:
    """Take final demand and, where both tables have them, exports; in one alone they are a gap."""
    lacking = [table.year for table in tables if table.exports is None]
    if len(lacking) == 1:
        raise StudyError(
            f"The table of {lacking[0]} has no exports and that of the other year has; add them, "
            "or name [[drivers]] without exports."
        )
    return _DEFAULT[:1] if lacking else _DEFAULT


def _transfers_of(driven_by: Sequence[str], inputs: Inputs, study: Xiao2014Study) -> Transfers:
    first, last = inputs.tables
    parts = [
        transfers(first, last, driven_by=name, tolerance=study.tables.tolerance)
        for name in driven_by
    ]
    return _add_transfers(parts, " + ".join(driven_by))


def _add_transfers(parts: Sequence[Transfers], driven_by: str) -> Transfers:
    """Add transfers of several drivers: output is linear in demand."""
    if len(parts) == 1:
        return replace(parts[0], driven_by=driven_by)
    return replace(
        parts[0],
        driven_by=driven_by,
        first=np.sum([part.first for part in parts], axis=0),
        last=np.sum([part.last for part in parts], axis=0),
        residual=max(part.residual for part in parts),
    )


def _covered_share(total: Transfers, table: IOTable) -> float:
    return float(total.last.sum() / table.x.sum())


def _choose_year(k: pd.Series, year: int) -> pd.Series:
    return k.xs(year, level="year") if k.index.nlevels == 3 else k


def _account_years(inputs: Inputs, study: Xiao2014Study) -> dict[int, CarbonAccounts]:
    if inputs.account is None:
        return {}
    years = set(inputs.account.index.get_level_values("year"))
    return {
        table.year: carbon_accounts(
            table, inputs.account, tolerance=study.tables.tolerance, without_output="raise"
        )
        for table in inputs.tables
        if table.year in years
    }


def _compare_aggregation(
    inputs: Inputs, drivers: Sequence[Driver], study: Xiao2014Study
) -> AggregationComparison | None:
    if inputs.concordance is None or inputs.emissions is None:
        return None
    names = [name for driver in drivers for name in driver.driven_by]
    first, last = inputs.detailed
    return aggregation_error(
        first,
        last,
        regions=inputs.concordance,
        emissions=inputs.emissions,
        driven_by=names[0] if len(names) == 1 else "all",
        tolerance=study.tables.tolerance,
        without_output=study.emissions.without_output if study.emissions else "raise",
    )


def _require_identities(
    moved: Mapping[str, Transfers],
    carbon: Mapping[str, CarbonTransfers],
    leaked: Mapping[str, Leakage],
    inputs: Inputs,
    accounts: Mapping[int, CarbonAccounts],
    covered: float,
) -> dict[str, dict[str, float]]:
    """Return the relative miss of every identity; refuse any above 1e-10."""
    words = StressorWords(inputs.stressor)
    differences = {
        name: leakage_as_difference(found, inputs.coefficients) for name, found in moved.items()
    }
    residuals = {
        "Transfers solve and sum to zero": {n: found.residual for n, found in moved.items()},
        f"{words.head} transfers sum to zero": {n: found.residual for n, found in carbon.items()},
        "Leakage is symmetric": {n: _measure_asymmetry(found) for n, found in leaked.items()},
        "Leakage is the difference of two valuations": {
            name: found.residual for name, found in differences.items()
        },
    }
    if accounts:
        residuals["Accounts add up"] = {str(y): found.residual for y, found in accounts.items()}
    if abs(covered - 1) < 1e-6:
        residuals["Drivers explain all output"] = {
            str(table.year): _measure_unexplained(flows, table)
            for table, flows in zip(
                inputs.tables, (moved[TOTAL].first, moved[TOTAL].last), strict=True
            )
        }
    for what, found in residuals.items():
        for name, miss in found.items():
            if not miss <= _TOLERANCE:
                raise IdentityError(
                    f"{what}: missed by {miss:.1e} for {name}, where {_TOLERANCE:.0e} is allowed."
                )
    return residuals


def _measure_asymmetry(leaked: Leakage) -> float:
    values = leaked.values
    scale = float(np.abs(values).sum()) or 1.0
    return float(np.abs(values - values.transpose(2, 1, 0)).sum()) / scale


def _measure_unexplained(flows: np.ndarray, table: IOTable) -> float:
    driven = flows.sum(axis=2).ravel()
    return float(np.abs(driven - table.x).max() / table.x.max())


def _sector_names(table: IOTable, labels: Mapping[str, str]) -> dict[str, str]:
    names = table.sector_names or table.sectors
    return {**dict(zip(table.sectors, names, strict=True)), **labels}
