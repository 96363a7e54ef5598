"""Systems of pymrio: to a table with its accounts, and back.

A system has flows Z (or coefficients A), final demand Y and extensions; what it lacks is asked
for. pymrio keeps neither year nor prices of a system: :func:`to_pymrio` notes them in its
metadata, where :func:`from_pymrio` finds them again.
"""

from ioecon.pymrio_systems.reading import TableAndAccounts, from_pymrio
from ioecon.pymrio_systems.writing import to_pymrio

__all__ = ["TableAndAccounts", "from_pymrio", "to_pymrio"]
