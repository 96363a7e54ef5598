"""From labels to groups: one check of what a user gives for countries, regions or sectors."""

from ioecon.concordance.reading import ConcordanceLike, read_concordance
from ioecon.concordance.value import Concordance

__all__ = ["Concordance", "ConcordanceLike", "read_concordance"]
