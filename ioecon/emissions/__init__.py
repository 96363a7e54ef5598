"""CO2 emissions: national totals or sector accounts, read, completed and laid onto a table.

National totals are a Series indexed (country, year), a sector account an
:class:`EmissionAccount`; both in kilotonnes (kt).
"""

from .account import EmissionAccount
from .by_sector import emissions_by_sector, require_coverage

__all__ = ["EmissionAccount", "emissions_by_sector", "require_coverage"]
