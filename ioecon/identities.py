"""Identities of what is computed from one table: refused where they are missed."""

from __future__ import annotations

from collections.abc import Mapping

from ioecon.arrays import TOLERANCE
from ioecon.errors import IdentityError
from ioecon.table import IOTable

__all__ = ["require_identities"]


def require_identities(table: IOTable, misses: Mapping[str, float], told: str) -> None:
    """Refuse results that miss an identity by more than rounding in a solve may leave.

    Parameters
    ----------
    table : IOTable
        What they were computed from.
    misses : mapping of str to float
        Identity to its relative miss.
    told : str
        Beginning of the sentence, before the worst identity; ``{number}`` is how many are broken.

    Raises
    ------
    IdentityError
    """
    broken = {name: miss for name, miss in misses.items() if not miss <= TOLERANCE}
    if broken:
        worst = max(broken, key=lambda name: broken[name])
        hint = (
            " The printed output of a table is not its row sums; take output='row_sums'."
            if table.output == "printed"
            else " Audit the table: (E − A) may be close to singular."
        )
        raise IdentityError(
            f"{told.format(number=len(broken))} '{worst}' by {broken[worst]:.1e} where "
            f"{TOLERANCE:.0e} is allowed.{hint}"
        )
