"""Transfer of industries between regions, the carbon it carries, and weak carbon leakage."""

from ioecon.interregional.carbon import CarbonTransfers, carbon_transfer
from ioecon.interregional.coefficients import emission_coefficients
from ioecon.interregional.leakage_difference import LeakageDifference, leakage_as_difference
from ioecon.interregional.output_transfer import Transfers, transfers
from ioecon.interregional.weak_leakage import Leakage, leakage

__all__ = [
    "CarbonTransfers",
    "Leakage",
    "LeakageDifference",
    "Transfers",
    "carbon_transfer",
    "emission_coefficients",
    "leakage",
    "leakage_as_difference",
    "transfers",
]
