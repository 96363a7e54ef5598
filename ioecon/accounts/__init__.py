"""Carbon accounts of countries: who emits, who consumes, at whose technology, and how trade counts.

:func:`carbon_accounts` gives the accounts of one table, :func:`leakage_as_difference` writes weak
leakage as the difference of two valuations, :func:`aggregation_error` tells what grouping
countries or sectors does to a result.
"""

from ioecon.accounts.aggregation import AggregationComparison, aggregation_error
from ioecon.accounts.national import CarbonAccounts, carbon_accounts
from ioecon.accounts.valuation import LeakageDifference, leakage_as_difference

__all__ = [
    "AggregationComparison",
    "CarbonAccounts",
    "LeakageDifference",
    "aggregation_error",
    "carbon_accounts",
    "leakage_as_difference",
]
