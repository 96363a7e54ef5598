"""Other views of a table: grouped countries or sectors, part of the world, domestic flows only.

Each keeps the accounting identities: rows still sum to output, columns to inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from ioecon.arrays import Array
from ioecon.concordance import ConcordanceLike, read_concordance
from ioecon.errors import LabelError, TableError
from ioecon.table import IOTable
from ioecon.wording import listed

__all__ = ["aggregate", "domestic", "within"]

Sparse: TypeAlias = scipy.sparse.csr_array

OUTSIDE = "outside"


def aggregate(
    table: IOTable,
    *,
    regions: ConcordanceLike | None = None,
    sectors: ConcordanceLike | None = None,
) -> IOTable:
    """Sum the flows of a table over groups of countries and sectors.

    Aggregating first and computing afterwards is not the same as computing first and summing
    afterwards: coefficients of a group are averages. :func:`ioecon.aggregation_error` shows by
    how much the two differ.

    Parameters
    ----------
    table : IOTable
    regions, sectors : mapping, Series, DataFrame, matrix, path or str, optional
        Concordance from each country (sector) of the table to its group, in any form that
        :func:`ioecon.read_concordance` takes. Groups stand in the order in which they are first
        named. Left out: as they are.

    Returns
    -------
    IOTable

    Raises
    ------
    LabelError
        If a country or sector has no group or several, or the concordance names one that the
        table lacks; see :func:`ioecon.read_concordance`.

    Notes
    -----
    With R the matrix (groups × labels) of a concordance for rows, Z becomes R Z R'. Weights that
    share a label out among groups split its row and its column by the same fixed shares: every
    part sells to the same users in the same proportions, and has the inputs (and the emissions)
    per unit of output of the whole. Such a split adds no knowledge to the table. It makes its
    classification that of another one; what the parts have of their own is unknown.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]],
    ...                 countries=["AUS", "NZL"], sectors=["all"], categories=["final"], year=2005)
    >>> whole = aggregate(table, regions={"AUS": "Oceania", "NZL": "Oceania"})
    >>> whole.countries, whole.Z, whole.x
    (('Oceania',), array([[950.]]), array([3000.]))
    """
    new_regions, by_region = _group_labels(table.countries, regions, "countries")
    new_sectors, by_sector = _group_labels(table.sectors, sectors, "sectors")
    rows: Sparse = scipy.sparse.kron(by_region, by_sector, format="csr")
    columns: Sparse = scipy.sparse.kron(
        by_region, scipy.sparse.eye_array(len(table.categories)), format="csr"
    )

    def summed(values: Array | None) -> Array | None:
        return None if values is None else np.asarray(rows @ values)

    names = table.sector_names if sectors is None else None
    primary, final = table.primary_inputs, table.final_inputs
    return table.replace(
        Z=np.asarray((rows @ (rows @ table.Z).T).T),
        Y=np.asarray((columns @ (rows @ table.Y).T).T),
        countries=new_regions,
        sectors=new_sectors,
        sector_names=names,
        printed_output=summed(table.printed_output),
        exports=summed(table.exports),
        imports=summed(table.imports),
        discrepancies=summed(table.discrepancies),
        primary_inputs=None if primary is None else np.asarray((rows @ primary.T).T),
        final_inputs=None if final is None else np.asarray((columns @ final.T).T),
    )


def _group_labels(
    labels: tuple[str, ...], groups: ConcordanceLike | None, kind: str
) -> tuple[tuple[str, ...], Sparse]:
    """Names of the groups and the matrix (groups × labels) that sums over them."""
    if groups is None:
        return labels, scipy.sparse.eye_array(len(labels), format="csr")
    concordance = read_concordance(groups, labels, kind)
    return concordance.groups, concordance.matrix(labels)


def within(
    table: IOTable,
    countries: Sequence[str],
    *,
    destinations: Mapping[str, Sequence[str]] | None = None,
) -> IOTable:
    """Table of the analysed countries; what they deliver to the others becomes exports.

    Only flows among the analysed countries stay in Z and Y, so the table is of the
    non-competitive kind: inputs from outside are a row of primary inputs.

    Parameters
    ----------
    table : IOTable
        A world table.
    countries : sequence of str
        The analysed group.
    destinations : mapping of str to sequence of str, optional
        Name of a destination to countries outside the group. Exports to countries outside that
        no destination names go to ``"outside"``.

    Returns
    -------
    IOTable
        With :attr:`~ioecon.IOTable.exports` by destination.

    Raises
    ------
    LabelError
        If a country is unknown, named twice, or on both sides.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]],
    ...                 countries=["AUS", "NZL"], sectors=["all"], categories=["final"], year=2005)
    >>> part = within(table, ["AUS"])
    >>> part.exports, part.x, part.primary_inputs
    (array([[650.]]), array([1000.]), array([[200.]]))
    """
    inside = [str(country) for country in countries]
    _require_known_once(table, inside, "The analysed group")
    outside = [country for country in table.countries if country not in inside]
    reached: dict[str, list[str]] = {}
    for label, members in (destinations or {}).items():
        reached[str(label)] = [str(country) for country in members]
        _require_known_once(table, reached[str(label)], f"The destination {label!r}")
    named = [country for members in reached.values() for country in members]
    for country in named:
        if country in inside:
            raise LabelError(f"{country} is in the analysed group and cannot be a destination.")
        if named.count(country) > 1:
            raise LabelError(f"{country} belongs to two destinations.")
    rest = [country for country in outside if country not in named]
    if rest or not reached:
        if OUTSIDE in reached:
            raise LabelError(f"The destination {OUTSIDE!r} leaves out {listed(rest)}.")
        reached[OUTSIDE] = rest
    sectors, categories = len(table.sectors), len(table.categories)
    rows = _positions(table, inside, sectors)
    exports = [
        table.Z[np.ix_(rows, _positions(table, members, sectors))].sum(axis=1, dtype=float)
        + table.Y[np.ix_(rows, _positions(table, members, categories))].sum(axis=1, dtype=float)
        for members in reached.values()
    ]
    outer = _positions(table, outside, sectors)
    from_outside = table.Z[np.ix_(outer, rows)].sum(axis=0, dtype=float)
    primary = [from_outside[None]]
    if table.primary_inputs is not None:
        primary.insert(0, table.primary_inputs[:, rows])
    uses, final = _positions(table, inside, categories), table.final_inputs
    if final is not None:
        bought = table.Y[np.ix_(outer, uses)].sum(axis=0, dtype=float)
        final = np.vstack([final[:, uses], bought[None]])
    own = np.column_stack(exports)
    if table.exports is not None:
        own = np.hstack([own, table.exports[rows]])
    return table.replace(
        Z=table.Z[np.ix_(rows, rows)],
        Y=table.Y[np.ix_(rows, uses)],
        countries=tuple(inside),
        printed_output=None if table.printed_output is None else table.printed_output[rows],
        exports=own,
        export_labels=(*reached, *table.export_labels),
        imports=None if table.imports is None else table.imports[rows],
        discrepancies=None if table.discrepancies is None else table.discrepancies[rows],
        primary_inputs=np.vstack(primary),
        primary_labels=(*table.primary_labels, "inputs from outside the group"),
        final_inputs=final,
    )


def _require_known_once(table: IOTable, countries: list[str], who: str) -> None:
    if not countries:
        raise LabelError(f"{who} names no country.")
    unknown = [country for country in countries if country not in table.countries]
    if unknown:
        raise LabelError(f"{who} names {listed(unknown)}, which the table lacks.")
    twice = [country for country in dict.fromkeys(countries) if countries.count(country) > 1]
    if twice:
        raise LabelError(f"{who} names {listed(twice)} more than once.")


def _positions(table: IOTable, countries: Sequence[str], size: int) -> NDArray[np.intp]:
    """Positions of the rows (or columns) of some countries, in their order."""
    starts = np.array([table.countries.index(country) * size for country in countries], dtype=int)
    return (starts[:, None] + np.arange(size)).ravel()


def domestic(table: IOTable) -> IOTable:
    """Take competitive imports out of a table, leaving domestic flows.

    A row of a competitive table is x = Z + Y + exports − imports: users buy home and imported
    products without distinction. Every domestic use of a product is taken to contain the same
    share of imports, m = imports / (Z + Y); exports are home products.

    Parameters
    ----------
    table : IOTable
        With :attr:`~ioecon.IOTable.imports`.

    Returns
    -------
    IOTable
        Without competitive imports; the imported inputs are a row of primary inputs.

    Raises
    ------
    TableError
        If imports of a product exceed what is used of it, or are negative.

    Examples
    --------
    >>> table = IOTable(Z=[[150, 500], [200, 100]], Y=[[200, 150], [800, 900]], imports=[100, 0],
    ...                 countries=["North", "South"], sectors=["all"], categories=["final"],
    ...                 year=2005)
    >>> own = domestic(table)
    >>> own.Z, own.x
    (array([[135., 450.],
           [200., 100.]]), array([ 900., 2000.]))
    """
    if table.imports is None:
        return table
    used = table.Z.sum(axis=1, dtype=float) + table.Y.sum(axis=1, dtype=float)
    share = np.divide(table.imports, used, out=np.zeros_like(used), where=used != 0)
    bad = (table.imports < 0) | (share > 1) | ((used == 0) & (table.imports != 0))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise TableError(
            f"Imports of {table.place(row)} in {table.year} are {table.imports[row]:,.6g}, its "
            f"domestic use {used[row]:,.6g}: imports must lie between zero and what is used."
        )
    imported = (share[:, None] * table.Z).sum(axis=0)
    primary = [] if table.primary_inputs is None else [table.primary_inputs]
    keep, final = (1 - share)[:, None], table.final_inputs
    if final is not None:
        final = np.vstack([final, (share[:, None] * table.Y).sum(axis=0)[None]])
    return table.replace(
        Z=table.Z * keep,
        Y=table.Y * keep,
        imports=None,
        primary_inputs=np.vstack([*primary, imported[None]]),
        primary_labels=(*table.primary_labels, "imported inputs"),
        final_inputs=final,
    )
