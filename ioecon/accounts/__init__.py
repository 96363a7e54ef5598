"""Carbon accounts of countries: who emits, who consumes, at whose technology, and how trade counts.

:func:`carbon_accounts` gives the accounts of one table, :func:`aggregation_error` tells what
grouping countries or sectors does to a result, :func:`compare_tables` puts two databases side by
side.
"""

from ioecon.accounts.aggregation import AggregationComparison, aggregation_error
from ioecon.accounts.comparison import TableComparison, compare_tables
from ioecon.accounts.national import CarbonAccounts, carbon_accounts
from ioecon.moved import getattr_of_moved

__all__ = [
    "AggregationComparison",
    "CarbonAccounts",
    "TableComparison",
    "aggregation_error",
    "carbon_accounts",
    "compare_tables",
]

__getattr__ = getattr_of_moved(
    __name__, dict.fromkeys(("LeakageDifference", "leakage_as_difference"), "ioecon.interregional")
)
