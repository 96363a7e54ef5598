"""Choose rows and final demand of a table by their labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.errors import LabelError
from ioecon.table import IOTable
from ioecon.wording import listed, suggest

__all__ = ["Choice", "FinalUse", "choose_positions", "choose_rows", "name_choice"]

Choice: TypeAlias = str | Iterable[str] | None
"""One label, several, or None for all."""


def choose_positions(chosen: Choice, labels: Sequence[str], kind: str) -> NDArray[np.intp]:
    """Positions of the chosen labels, in the order of the table.

    Parameters
    ----------
    chosen : str, iterable of str or None
    labels : sequence of str
        All of the table.
    kind : str
        What they are, in the plural.

    Raises
    ------
    LabelError
        If a label is not in the table, or none is chosen.

    Examples
    --------
    >>> choose_positions(["DEU", "CHN"], ("AUS", "CHN", "DEU"), "countries")
    array([1, 2])
    """
    if chosen is None:
        return np.arange(len(labels))
    names = [chosen] if isinstance(chosen, str) else list(chosen)
    if not names:
        raise LabelError(f"An empty list of {kind} chooses nothing: name some, or give None.")
    for name in names:
        if name not in labels:
            raise LabelError(f"The table has no {name!r} among its {kind}; {suggest(name, labels)}")
    return np.flatnonzero([label in names for label in labels])


def choose_rows(table: IOTable, countries: Choice, sectors: Choice) -> NDArray[np.bool_]:
    """Mark rows of chosen countries and sectors, shape (n,).

    Examples
    --------
    >>> import ioecon
    >>> table = ioecon.datasets.load_world().series[2007]
    >>> int(choose_rows(table, table.countries[:2], None).sum()) == 2 * len(table.sectors)
    True
    """
    rows = np.zeros((len(table.countries), len(table.sectors)), dtype=bool)
    in_countries = choose_positions(countries, table.countries, "countries")
    rows[np.ix_(in_countries, choose_positions(sectors, table.sectors, "sectors"))] = True
    return rows.ravel()


@dataclass(frozen=True)
class FinalUse:
    """The part of final demand that a question is about; None is all.

    Parameters
    ----------
    destinations : str or iterable of str, optional
        Countries that consume.
    categories : str or iterable of str, optional
        Of final demand.
    products : str or iterable of str, optional
        Sectors whose products are consumed, wherever they are made.
    """

    destinations: Choice = None
    categories: Choice = None
    products: Choice = None

    def of(self, table: IOTable) -> Array:
        """Sum the chosen final demand of each row, shape (n,)."""
        countries = choose_positions(self.destinations, table.countries, "countries")
        categories = choose_positions(
            self.categories, table.categories, "categories of final demand"
        )
        shape = (table.n, len(table.countries), len(table.categories))
        flows = table.Y.reshape(shape)[:, countries][:, :, categories]
        made = choose_rows(table, None, self.products)
        return np.asarray(np.where(made, np.einsum("nck->n", flows, dtype=float), 0.0))

    def phrase(self) -> str:
        """Say what is consumed, for example "final demand of CHN (households)"."""
        products, whose = _name("products of", self.products), _name("", self.destinations)
        kinds = _name("", self.categories)
        parts = (
            products or "final demand",
            whose and f"{'consumed in' if products else 'of'} {whose}",
            kinds and f"({kinds})",
        )
        return " ".join(part for part in parts if part)


def name_choice(countries: Choice, sectors: Choice) -> str:
    """Say whose sectors are chosen.

    Examples
    --------
    >>> name_choice("CHN", ["s1", "s2"]), name_choice(None, "s1")
    ('CHN s1, s2', 's1')
    """
    return " ".join(part for part in (_name("", countries), _name("", sectors)) if part)


def _name(before: str, chosen: Choice) -> str:
    if chosen is None:
        return ""
    names = listed([chosen] if isinstance(chosen, str) else chosen, 3)
    return f"{before} {names}".strip()
