from . import datasets
from .accounts import (
    AggregationComparison,
    CarbonAccounts,
    TableComparison,
    aggregation_error,
    carbon_accounts,
    compare_tables,
)
from .audit import Audit, Finding
from .concordance import Concordance, read_concordance
from .data_sources import databases, download
from .decomposition import (
    Effects,
    IndexEffects,
    decompose,
    decompose_between,
    index_decomposition,
)
from .deflation import deflate
from .emissions import (
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
from .industrial_transfer import TransferIndex, transfer_index
from .interregional import (
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
from .panel import build_panel, codebook
from .pymrio_systems import TableAndAccounts, from_pymrio, to_pymrio
from .readers import (
    read_coefficients,
    read_series,
    read_table,
)
from .series import IOSeries
from .source import Source
from .store import write_series, write_table
from .study import load_study, run_study
from .supply_chains import (
    Extraction,
    PathChanges,
    SupplyPaths,
    extraction,
    linkages,
    path_changes,
    structural_paths,
)
from .table import IOTable
from .value_chains import ExportContent, decompose_exports, factor_content, multipliers
from .writers import write_regional, write_result

__version__: str

__all__ = [
    "Account",
    "AggregationComparison",
    "Audit",
    "CarbonAccounts",
    "CarbonTransfers",
    "Concordance",
    "Effects",
    "ExportContent",
    "Extraction",
    "Finding",
    "IOSeries",
    "IOTable",
    "IndexEffects",
    "Leakage",
    "LeakageDifference",
    "PathChanges",
    "Source",
    "SupplyPaths",
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
    "extraction",
    "factor_content",
    "fill_emissions",
    "from_pymrio",
    "index_decomposition",
    "leakage",
    "leakage_as_difference",
    "linkages",
    "load_study",
    "multipliers",
    "path_changes",
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
    "structural_paths",
    "to_pymrio",
    "transfer_index",
    "transfers",
    "write_regional",
    "write_result",
    "write_series",
    "write_table",
]
