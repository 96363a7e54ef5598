"""Transfer of industries between regions, the carbon it carries, and weak carbon leakage."""

from ioecon.interregional.carbon import CarbonTransfers, Leakage, carbon_transfer, leakage
from ioecon.interregional.coefficients import emission_coefficients
from ioecon.interregional.output_transfer import Transfers, transfers

__all__ = [
    "CarbonTransfers",
    "Leakage",
    "Transfers",
    "carbon_transfer",
    "emission_coefficients",
    "leakage",
    "transfers",
]
