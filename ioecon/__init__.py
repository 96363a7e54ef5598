"""From multi-region input-output tables to panel regressions in environmental economics.

Tables → emissions → structural decomposition → industrial-transfer index → country-period panel;
``regressions`` and ``diagnostics`` estimate and test on any panel, ``ioecon.study`` does it all
from one study file.
"""

from typing import Any

from ioecon import datasets
from ioecon.accounts import (
    AggregationComparison,
    CarbonAccounts,
    TableComparison,
    aggregation_error,
    carbon_accounts,
    compare_tables,
)
from ioecon.audit import Audit, Finding
from ioecon.concordance import Concordance, read_concordance
from ioecon.data_sources import databases, download
from ioecon.decomposition import (
    Effects,
    IndexEffects,
    decompose,
    decompose_between,
    index_decomposition,
)
from ioecon.deflation import deflate
from ioecon.emissions import (
    Account,
    account_of_inputs,
    fill_emissions,
    read_account,
    read_emissions,
    read_jrc_co2,
    read_wiod_co2,
    rest_of_world,
    stressors,
)
from ioecon.industrial_transfer import TransferIndex, transfer_index
from ioecon.interregional import (
    CarbonTransfers,
    Leakage,
    LeakageDifference,
    Transfers,
    carbon_transfer,
    emission_coefficients,
    leakage,
    leakage_as_difference,
    transfers,
)
from ioecon.moved import find_moved
from ioecon.panel import build_panel, codebook
from ioecon.pymrio_systems import TableAndAccounts, from_pymrio, to_pymrio
from ioecon.readers import (
    read_coefficients,
    read_series,
    read_table,
)
from ioecon.series import IOSeries
from ioecon.source import Source
from ioecon.store import write_series, write_table
from ioecon.table import IOTable
from ioecon.value_chains import ExportContent, decompose_exports, factor_content
from ioecon.writers import write_regional, write_result

__version__ = "0.1.0"

__all__ = [
    "Account",
    "AggregationComparison",
    "Audit",
    "CarbonAccounts",
    "CarbonTransfers",
    "Concordance",
    "Effects",
    "ExportContent",
    "Finding",
    "IOSeries",
    "IOTable",
    "IndexEffects",
    "Leakage",
    "LeakageDifference",
    "Source",
    "TableAndAccounts",
    "TableComparison",
    "TransferIndex",
    "Transfers",
    "account_of_inputs",
    "aggregation_error",
    "build_panel",
    "carbon_accounts",
    "carbon_transfer",
    "codebook",
    "compare_tables",
    "databases",
    "datasets",
    "decompose",
    "decompose_between",
    "decompose_exports",
    "deflate",
    "download",
    "emission_coefficients",
    "factor_content",
    "fill_emissions",
    "from_pymrio",
    "index_decomposition",
    "leakage",
    "leakage_as_difference",
    "load_study",
    "read_account",
    "read_coefficients",
    "read_concordance",
    "read_emissions",
    "read_jrc_co2",
    "read_series",
    "read_table",
    "read_wiod_co2",
    "rest_of_world",
    "run_study",
    "stressors",
    "to_pymrio",
    "transfer_index",
    "transfers",
    "write_regional",
    "write_result",
    "write_series",
    "write_table",
]


def __getattr__(name: str) -> Any:
    # A study draws figures and fits models; only who runs one waits for those libraries.
    if name in ("load_study", "run_study"):
        from ioecon import study

        return getattr(study, name)
    if name == "EmissionAccount":
        return find_moved("ioecon.EmissionAccount", "ioecon.Account")
    raise AttributeError(f"module 'ioecon' has no attribute {name!r}")
