"""CO2 emissions: national totals or sector accounts, read, completed and laid onto a table.

National totals are a Series indexed (country, year), a sector account an
:class:`EmissionAccount`; both in kilotonnes (kt).
"""

from ioecon.emissions.account import EmissionAccount
from ioecon.emissions.by_sector import emissions_by_sector, require_coverage
from ioecon.emissions.completion import fill_emissions, rest_of_world
from ioecon.emissions.from_csv import read_emissions
from ioecon.emissions.jrc import read_jrc_co2
from ioecon.emissions.registry import account_formats, read_account
from ioecon.emissions.wiod2013 import read_wiod_co2

__all__ = [
    "EmissionAccount",
    "account_formats",
    "emissions_by_sector",
    "fill_emissions",
    "read_account",
    "read_emissions",
    "read_jrc_co2",
    "read_wiod_co2",
    "require_coverage",
    "rest_of_world",
]
