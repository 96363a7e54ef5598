"""Accounts: national totals or by sector, of anything, read, completed and laid onto a table.

National totals are a Series indexed (country, year), an account by sector an :class:`Account`; CO2
in kilotonnes (kt) unless they say otherwise.
"""

from typing import Any

from ioecon.emissions.account import Account
from ioecon.emissions.by_sector import emissions_by_sector, require_coverage
from ioecon.emissions.completion import fill_emissions, rest_of_world
from ioecon.emissions.from_csv import read_emissions
from ioecon.emissions.inputs import account_of_inputs
from ioecon.emissions.jrc import read_jrc_co2
from ioecon.emissions.registry import account_formats, read_account, stressors
from ioecon.emissions.wiod2013 import read_wiod_co2
from ioecon.moved import find_moved

__all__ = [
    "Account",
    "account_formats",
    "account_of_inputs",
    "emissions_by_sector",
    "fill_emissions",
    "read_account",
    "read_emissions",
    "read_jrc_co2",
    "read_wiod_co2",
    "require_coverage",
    "rest_of_world",
    "stressors",
]


def __getattr__(name: str) -> Any:
    if name == "EmissionAccount":
        return find_moved("ioecon.emissions.EmissionAccount", "ioecon.Account")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
