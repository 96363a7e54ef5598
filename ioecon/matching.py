"""Two tables of one year, of different databases, brought to one classification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import scipy.sparse

from ioecon.concordance import Concordance, ConcordanceLike, read_concordance
from ioecon.concordance.files import is_name_of_file
from ioecon.countries import REST_OF_WORLD
from ioecon.errors import ArgumentError, LabelError, TableError
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["ForTwo", "Matched", "match_tables"]

ForTwo: TypeAlias = ConcordanceLike | tuple[ConcordanceLike | None, ConcordanceLike | None] | None
"""One concordance, or one for each of two tables."""

COMMON = "common"

Sparse: TypeAlias = scipy.sparse.csr_array


@dataclass(frozen=True, eq=False)
class Matched:
    """One of two tables, as it is and in the classification of both.

    Parameters
    ----------
    table : IOTable
        As given, n rows.
    grouped : IOTable
        In the common classification, m rows.
    by_region : sparse array, shape (J, I)
        Sums countries to common regions.
    by_sector : sparse array, shape (T, S)
        Sums sectors to common sectors.
    """

    table: IOTable
    grouped: IOTable
    by_region: Sparse
    by_sector: Sparse

    @property
    def by_row(self) -> Sparse:
        """Matrix (m × n) that sums rows."""
        return scipy.sparse.kron(self.by_region, self.by_sector, format="csr")


def match_tables(
    first: IOTable,
    second: IOTable,
    *,
    concordance: ForTwo = None,
    regions: ForTwo = None,
) -> tuple[Matched, Matched]:
    """Bring two tables of one year to the same countries and sectors.

    Parameters
    ----------
    first, second : IOTable
    concordance : concordance, or pair of them, optional
        Of sectors, in any form that :func:`ioecon.read_concordance` takes. A pair groups the
        sectors of each table; None in it leaves them. A single one groups the sectors of both
        where they are the same, and otherwise leads from those of the first to those of the
        second.
    regions : concordance, pair of them, or str, optional
        The same of countries. ``"common"``: countries that only one of the tables has join ROW,
        which both must have. Any other name of a classification groups the countries of both.

    Returns
    -------
    tuple of Matched
        With the same labels in the same order, that of the first.

    Raises
    ------
    TableError
        If year, unit, currency or prices differ.
    LabelError
        If a concordance does not fit, or the labels still differ; they are named.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]],
    ...                 countries=["AUS", "NZL"], sectors=["all"], categories=["final"], year=2005)
    >>> one, other = match_tables(table, table, regions="continent")
    >>> one.grouped.countries, other.grouped.x
    (('Oceania',), array([3000.]))
    """
    _require_same_measure(first, second)
    if isinstance(regions, str) and regions == COMMON:
        regions = _join_rest(first.countries, second.countries)
    by_region = _read_pair(regions, first.countries, second.countries, "countries")
    by_sector = _read_pair(concordance, first.sectors, second.sectors, "sectors")
    matched = []
    for table, countries, sectors in zip((first, second), by_region, by_sector, strict=True):
        same = _is_identity(countries, table.countries) and _is_identity(sectors, table.sectors)
        grouped = table if same else table.aggregate(regions=countries, sectors=sectors)
        matched.append(
            Matched(
                table,
                grouped,
                countries.matrix(table.countries),
                sectors.matrix(table.sectors),
            )
        )
    return matched[0], matched[1]


def _is_identity(concordance: Concordance, labels: tuple[str, ...]) -> bool:
    """Whether nothing is grouped, renamed or put in another order."""
    if not concordance.groups == labels == concordance.labels:
        return False
    return bool((concordance.weights != scipy.sparse.eye_array(len(labels), format="csr")).nnz == 0)


def _require_same_measure(first: IOTable, second: IOTable) -> None:
    for kind in ("year", "unit", "currency", "price_basis"):
        ours, theirs = getattr(first, kind), getattr(second, kind)
        if ours != theirs:
            advice = (
                "compare tables of one year; changes over time are ioecon.decompose's"
                if kind == "year"
                else "convert one of them first, all its flows"
            )
            raise TableError(
                f"The {kind.replace('_', ' ')} of the first table is {ours}, of the second "
                f"{theirs}: {advice}."
            )
    for table, which in ((first, "first"), (second, "second")):
        if table.exports is not None or table.imports is not None:
            raise TableError(
                f"The {which} table has exports to places outside it, or imports: compare tables "
                "of the whole world."
            )


def _join_rest(first: Sequence[str], second: Sequence[str]) -> tuple[dict[str, str], ...]:
    """Concordances by which countries of one table only join the rest of the world."""
    for countries, which in ((first, "first"), (second, "second")):
        if REST_OF_WORLD not in countries:
            raise LabelError(
                f"The {which} table has no ROW for countries that only one table has to join; give "
                "regions=(of the first, of the second)."
            )
    both = set(first) & set(second)
    return tuple(
        {code: code if code in both else REST_OF_WORLD for code in countries}
        for countries in (first, second)
    )


def _read_pair(
    given: ForTwo, first: tuple[str, ...], second: tuple[str, ...], kind: str
) -> tuple[Concordance, Concordance]:
    """Concordances of both tables, whose groups are the same in the same order."""
    ours, theirs = _tell_apart(given, first, second, kind)
    one = _read_one(ours, first, kind, "the first table", given is ours is not theirs)
    other = _read_one(theirs, second, kind, "the second table")
    only_one = [group for group in one.groups if group not in other.groups]
    only_other = [group for group in other.groups if group not in one.groups]
    if only_one or only_other:
        wrong = [
            f"only the {which} has {listed(labels)}"
            for which, labels in (("first", only_one), ("second", only_other))
            if labels
        ]
        name = "regions" if kind == "countries" else "concordance"
        advice = f"give {name}=(of the first, of the second) to groups that both have"
        if kind == "countries" and REST_OF_WORLD in first and REST_OF_WORLD in second:
            advice += f", or regions={COMMON!r}, by which such countries join ROW"
        raise LabelError(f"The {kind} of the two tables differ: {'; '.join(wrong)}; {advice}.")
    order = [other.groups.index(group) for group in one.groups]
    return one, Concordance(other.labels, one.groups, other.weights[:, order], kind)


def _tell_apart(
    given: ForTwo, first: tuple[str, ...], second: tuple[str, ...], kind: str
) -> tuple[Any, Any]:
    if isinstance(given, tuple):
        if len(given) != 2:
            name = "regions" if kind == "countries" else "concordance"
            raise ArgumentError(f"{name} is one concordance or a pair, not {len(given)} of them.")
        return given
    classes = kind == "countries" and isinstance(given, str) and not is_name_of_file(given)
    if classes or set(first) == set(second):
        return given, given
    return given, None


def _read_one(
    groups: Any, labels: tuple[str, ...], kind: str, holder: str, leads_on: bool = False
) -> Concordance:
    """Concordance of one table; ``leads_on``: the only one given, to the labels of the second."""
    own = {label: label for label in labels} if groups is None else groups
    try:
        return read_concordance(own, labels, kind, holder=holder)
    except LabelError as error:
        if not leads_on:
            raise
        raise LabelError(
            f"{error} A single concordance leads from the {kind} of the first table to those of "
            "the second; the other way round give (None, concordance)."
        ) from None
