"""What no accounting identity can show of a table: totals among its labels, A given as Z, and such.

Each check breaks no balance, so that computations would go on and be wrong in silence. Thresholds
are stated where they are; on the tables of WIOD 2013 none of the checks has anything to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from ioecon.arrays import Array
from ioecon.flow_sums import FlowSums
from ioecon.stressor import Stressor
from ioecon.table import IOTable

__all__ = ["Suspicion", "basic_suspicions", "impossible_intensities", "slips", "suspicions"]

EXACT = 1e-6  # a total misses the sum of the others by at most this share,
ROUNDED = 0.05  # or by this, if no single flow misses by more than the rounding of its parts
HIGH, LOW = 100.0, 1 / 1000  # times the intensity to be expected; beyond, it is not believed
SLIP = 100.0  # times the output of another year
_MATERIAL = 1e-5  # share of world output below which an intensity is not looked at
_FEWEST = 4  # flows other than zero that two rows must share to be called the same
_DISCREPANCY = re.compile(
    r"discrepan|statistical (error|difference)|unbalanced|balancing (item|row|column)|residual"
    r"|误差|平衡项",
    re.IGNORECASE,
)
_STOCKS = re.compile(r"inven|stock|存货|库存|c42", re.IGNORECASE)


# What stands along an axis, its labels, the flows of each, and their sums and sizes.
_Parts = tuple[str, Sequence[str], Callable[[int], list[Array]], tuple[Array, Array]]


@dataclass(frozen=True)
class Suspicion:
    """One kind of thing that looks wrong.

    Parameters
    ----------
    check : str
        Name of the check.
    places : list of str
        Where.
    sizes : ndarray
        How large at each place.
    text : str
        Sentence with ``{count}``, ``{place}`` and ``{size}`` of the largest.
    """

    check: str
    places: list[str]
    sizes: Array
    text: str


def suspicions(table: IOTable, Z: Array, Y: Array, sums: FlowSums) -> list[Suspicion]:
    """Find all that looks wrong in one table.

    Parameters
    ----------
    table : IOTable
    Z, Y : ndarray
        Its flows, all of them finite.
    sums : FlowSums
        Of these flows.
    """
    found = [
        *basic_suspicions(table, Z, Y, sums),
        *_find_repeated(table, Z, Y),
        *_find_discrepancies(table, Y),
    ]
    return [suspicion for suspicion in found if suspicion.places]


def basic_suspicions(table: IOTable, Z: Array, Y: Array, sums: FlowSums) -> list[Suspicion]:
    """Find what makes every result of the table wrong: totals, A as Z, Z turned round."""
    found = [
        *_find_totals(table, Z, Y, sums),
        _find_coefficients_as_flows(table, sums),
        _find_turned(table, sums),
    ]
    return [suspicion for suspicion in found if suspicion.places]


# ------------------------------------------------------------------------------------- totals


def _find_totals(table: IOTable, Z: Array, Y: Array, sums: FlowSums) -> Iterator[Suspicion]:
    countries, sectors, uses = len(table.countries), len(table.sectors), len(table.categories)
    unit = cache(lambda: _find_rounding_unit(Z, Y))  # asked for only where a total is near
    blocks = Z.reshape(countries, sectors, countries, sectors)
    demand = Y.reshape(countries, sectors, countries, uses)
    by_row = _sum_groups(sums.Z.rows + sums.Y.rows, sums.Z.row_sizes + sums.Y.row_sizes, sectors)
    by_column = _sum_groups(sums.Z.columns, sums.Z.column_sizes, sectors)
    by_use = _sum_groups(sums.Y.columns, sums.Y.column_sizes, uses)[1]
    rows: list[_Parts] = [
        ("countries", table.countries, lambda k: [blocks[k], demand[k]], by_row[0]),
        ("sectors", table.sectors, lambda k: [blocks[:, k], demand[:, k]], by_row[1]),
    ]
    columns: list[_Parts] = [
        ("countries", table.countries, lambda k: [blocks[:, :, k]], by_column[0]),
        ("sectors", table.sectors, lambda k: [blocks[:, :, :, k]], by_column[1]),
        ("categories of final demand", table.categories, lambda k: [demand[:, :, :, k]], by_use),
    ]
    for along, axes in (("rows", rows), ("columns", columns)):
        for what, labels, part, (nets, sizes_of_parts) in axes:
            at = _find_totals_of_others(part, nets, sizes_of_parts, unit)
            places = [labels[k] for k in at]
            text = (
                f"The {along} of {{place}} are the total of the other {what}, so that their flows "
                "are counted twice; leave the total out."
            )
            sizes = np.array([sum(float(p.sum()) for p in part(k)) for k in at])
            yield Suspicion(f"total_{along}", places, sizes, text)
    yield _find_total_uses(table, Y, sums, unit)


def _sum_groups(nets: Array, sizes: Array, within: int) -> list[tuple[Array, Array]]:
    """Sum values and sizes by country, and by what stands within each country."""
    shape = (-1, within)
    return [(nets.reshape(shape).sum(axis=k), sizes.reshape(shape).sum(axis=k)) for k in (1, 0)]


def _find_totals_of_others(
    part: Callable[[int], list[Array]], nets: Array, sizes: Array, unit: Callable[[], float]
) -> list[int]:
    """Find positions whose flows are the sum of all the others', of which two or more count."""
    count = len(nets)
    if count < 3:
        return []
    # A total is as large as all others together: few candidates need a closer look.
    near = np.abs(2 * nets - nets.sum()) <= ROUNDED * np.maximum(sizes, 1e-300)
    found = []
    for k in np.flatnonzero(near & (sizes > 0)):
        others = [j for j in range(count) if j != k and sizes[j] > 0]
        if len(others) < 2:
            continue
        sums = [np.sum([part(j)[i] for j in others], axis=0) for i in range(len(part(0)))]
        misses = [np.abs(a - b) for a, b in zip(part(int(k)), sums, strict=True)]
        if _is_rounding(misses, float(sizes[k]), unit, len(others)):
            found.append(int(k))
    return found


def _find_total_uses(
    table: IOTable, Y: Array, sums: FlowSums, unit: Callable[[], float]
) -> Suspicion:
    """Categories of final demand, or exports, that hold intermediate or all use."""
    inner = sums.Z.rows
    by_use = np.einsum("nck->nk", Y.reshape(table.n, len(table.countries), -1), dtype=float)
    columns = [(f"category {name}", by_use[:, k]) for k, name in enumerate(table.categories)]
    if table.exports is not None:
        columns += [
            (f"exports {name}", table.exports[:, k]) for k, name in enumerate(table.export_labels)
        ]
    everything = np.sum([column for _, column in columns], axis=0)
    places, sizes = [], []
    for name, column in columns:
        size = float(np.abs(column).sum())
        rest = everything - column
        for total in (inner, inner + rest) if np.any(rest) else (inner,):
            if not size or table.n < 3:
                continue
            if _is_rounding([abs(column - total)], size, unit, table.n + Y.shape[1]):
                places.append(name)
                sizes.append(size)
                break
    text = (
        "{place} is the total of intermediate use, or of all uses, so that flows are counted "
        "twice; leave it out."
    )
    return Suspicion("total_uses", places, np.array(sizes), text)


def _is_rounding(misses: list[Array], size: float, unit: Callable[[], float], parts: int) -> bool:
    """Whether misses are the last bits, or no larger than parts rounded one by one leave."""
    total = float(sum(miss.sum() for miss in misses))
    if total <= EXACT * size:
        return True
    if total > ROUNDED * size:
        return False
    return max(float(miss.max(initial=0.0)) for miss in misses) <= unit() * (parts + 1) / 2 * (
        1 + 1e-9
    )


def _find_rounding_unit(*arrays: Array) -> float:
    """Largest of 1, 0.1, … 1e-6 that all flows are multiples of; 0 if there is none."""
    for places in range(7):
        scale = 10.0**places
        if all(np.allclose(a * scale, np.rint(a * scale), rtol=1e-12, atol=1e-6) for a in arrays):
            return 1 / scale
    return 0.0


# ------------------------------------------------------------------- flows that are none


def _find_coefficients_as_flows(table: IOTable, sums: FlowSums) -> Suspicion:
    """Notice A in place of Z: no column sums to more than one, Z is tiny beside final demand."""
    columns = sums.Z.columns
    used = columns[columns > 0]
    looks_so = (
        used.size > 0
        and sums.Z.least >= 0
        and columns.max() <= 1 + 1e-9
        and float(np.median(used)) > 0.01
        and float(columns.sum()) < 0.01 * float(sums.Y.row_sizes.sum())
    )
    text = (
        "Z looks like technical coefficients: no column sums to more than {size:.3g} (at {place}), "
        "while final demand is more than a hundred times all of Z; pass flows, Z = A diag(x)."
    )
    worst = int(np.argmax(columns))
    return Suspicion(
        "coefficients_as_flows",
        [table.place(worst)] if looks_so else [],
        columns[[worst]] if looks_so else np.empty(0),
        text,
    )


def _find_turned(table: IOTable, sums: FlowSums) -> Suspicion:
    """Notice Z turned round: what is known of output fits the columns where the rows should."""
    outside = sums.Y.rows
    if table.exports is not None:
        outside = outside + np.nan_to_num(table.exports).sum(axis=1)
    if table.imports is not None:
        outside = outside - np.nan_to_num(table.imports)
    rows, columns = sums.Z.rows, sums.Z.columns
    printed, primary = table.printed_output, table.primary_inputs
    misses = turned = None
    if printed is not None and np.isfinite(printed).all():
        misses, turned = rows + outside - printed, columns + outside - printed
    elif primary is not None and len(primary) and np.isfinite(primary).all():
        inputs = primary.sum(axis=0)
        misses, turned = rows + outside - columns - inputs, columns + outside - rows - inputs
    places: list[str] = []
    sizes = np.empty(0)
    if misses is not None and turned is not None:
        miss, other = np.abs(misses).sum(), np.abs(turned).sum()
        if miss > 1e-3 * np.abs(rows + outside).sum() and other < 0.05 * miss:
            worst = int(np.argmax(np.abs(misses)))
            places, sizes = [table.place(worst)], misses[[worst]]
    text = (
        "Z looks turned round: its columns fit output where its rows should, whose largest miss is "
        "{size:,.6g} at {place}; rows deliver to columns, so pass Z.T."
    )
    return Suspicion("turned_round", places, sizes, text)


# -------------------------------------------------------------------- rows twice, discrepancies


def _find_repeated(table: IOTable, Z: Array, Y: Array) -> Iterator[Suspicion]:
    found = [
        ("rows", [Z, Y], table.place),
        ("columns", [Z.T], table.place),
        ("columns of final demand", [Y.T], table.final_demand_place),
    ]
    for what, arrays, place in found:
        first: dict[bytes, int] = {}
        places, sizes = [], []
        for k in range(len(arrays[0])):
            row = np.concatenate([array[k] for array in arrays]) + 0.0  # no −0
            if np.count_nonzero(row) < _FEWEST:
                continue
            same = first.setdefault(row.tobytes(), k)
            if same != k:
                places.append(f"{place(same)} and {place(k)}")
                sizes.append(float(np.abs(row).sum()))
        text = f"{{count}} {what} are the same as another, the largest {{place}}."
        yield Suspicion(f"repeated_{what.split()[0]}", places, np.array(sizes), text)


def _find_discrepancies(table: IOTable, Y: Array) -> Iterator[Suspicion]:
    by_use = np.einsum("nck->nk", Y.reshape(table.n, len(table.countries), -1), dtype=float)
    named: list[tuple[str, Sequence[str], Array]] = [("category", table.categories, by_use.T)]
    if table.exports is not None:
        named.append(("column of exports", table.export_labels, np.nan_to_num(table.exports).T))
    if table.primary_inputs is not None:
        primary = np.nan_to_num(table.primary_inputs)
        named.append(("row of primary inputs", table.primary_labels, primary))
    names = table.sector_names or table.sectors
    rows = np.abs(table.x).reshape(len(table.countries), -1)
    named.append(
        ("sector", [f"{s} {n}" for s, n in zip(table.sectors, names, strict=True)], rows.T)
    )
    named.append(("country", table.countries, rows))
    places, sizes = [], []
    for kind, labels, values in named:
        for label, row in zip(labels, values, strict=True):
            size = float(np.abs(row).sum())
            signs = kind in ("category", "column of exports") and len(labels) > 1
            if size and (_DISCREPANCY.search(label) or (signs and _is_closing(label, row, size))):
                places.append(f"{kind} {label}")
                sizes.append(size)
    text = (
        "{count} columns or rows look like a discrepancy that closes the balance, not like a use, "
        "the largest {place} ({size:,.6g} in all, signs aside); say to which uses it belongs."
    )
    yield Suspicion("discrepancy", places, np.array(sizes), text)


def _is_closing(label: str, values: Array, size: float) -> bool:
    """Whether a column has both signs alike and nearly cancels out, and is not of inventories."""
    used = values[values != 0]
    negative = float((used < 0).mean()) if used.size else 0.0
    return (
        used.size >= _FEWEST
        and 0.25 <= negative <= 0.75
        and abs(float(values.sum())) <= 0.25 * size
        and not _STOCKS.search(label)
    )


# --------------------------------------------------------------------- intensities, other years


def impossible_intensities(
    table: IOTable, emissions: Array, *, national: bool, stressor: Stressor | None = None
) -> list[Suspicion]:
    """Find intensities that cannot be, beside the rest of their sector.

    To be expected is the median of the sector over the other countries, times how far the country
    is from it in the median of its other sectors. More than 100 times that, or less than a
    thousandth, is reported; sectors of less than 10⁻⁵ of world output, without emissions, or in
    fewer than two other countries, are not looked at.

    Parameters
    ----------
    table : IOTable
        n rows.
    emissions : ndarray, shape (n,)
        Of every row; those that are not positive are not looked at.
    national : bool
        Whether emissions are known by country only.
    stressor : Stressor, optional
        What they are; CO2 by default.
    """
    shape = (len(table.countries), len(table.sectors))
    x, c = table.x.reshape(shape), emissions.reshape(shape)
    sectors: Sequence[str] = table.sectors
    if national:
        x, c, sectors = x.sum(axis=1, keepdims=True), c.sum(axis=1, keepdims=True), [""]
    looked_at = (x > _MATERIAL * np.abs(table.x).sum()) & (c > 0)
    logs = np.log(np.divide(c, x, out=np.ones_like(x), where=looked_at))
    logs = np.where(looked_at, logs, np.nan)
    beside = logs - _median_of_others(logs)
    of_country = np.zeros_like(logs) if national else _median_of_others(beside.T, fewest=1).T
    apart = beside - np.nan_to_num(of_country)
    places, factors = [], []
    for i, s in np.argwhere((apart > np.log(HIGH)) | (apart < np.log(LOW))):
        places.append(f"{table.countries[i]} {sectors[s]}".rstrip())
        factors.append(float(np.exp(apart[i, s])))
    whole = (
        np.array([_median_of_row(row) for row in beside]) if not national else np.zeros(shape[0])
    )
    for i in np.flatnonzero((whole > np.log(HIGH)) | (whole < np.log(LOW))):
        places.append(f"{table.countries[i]} (all sectors)")
        factors.append(float(np.exp(whole[i])))
    order = np.argsort(-np.abs(np.log(np.array(factors)))) if factors else np.empty(0, dtype=int)
    what = "emission intensities", "emissions"
    if stressor is not None and not stressor.is_co2:
        name = stressor.name.replace("{", "{{").replace("}", "}}")
        what = f"intensities of {name}", name
    text = (
        f"{{count}} {what[0]} are impossible beside the rest of their sector, the worst "
        f"{{size:.3g}} times what is to be expected, at {{place}}; look at the unit of its "
        f"{what[1]} and of its output."
    )
    ranked = [places[k] for k in order]
    sizes = np.array([factors[k] for k in order])
    return [Suspicion("impossible_intensity", ranked, sizes, text)] if ranked else []


def _median_of_others(values: Array, *, fewest: int = 2) -> Array:
    """Median of each column over the other rows; NaN where fewer than ``fewest`` are known."""
    medians = np.full_like(values, np.nan)
    for i in range(len(values)):
        others = np.delete(values, i, axis=0)
        known = np.isfinite(others).sum(axis=0) >= fewest
        if known.any():
            medians[i, known] = np.nanmedian(others[:, known], axis=0)
    return medians


def _median_of_row(row: Array) -> float:
    return float(np.nanmedian(row)) if np.isfinite(row).any() else 0.0


def slips(first: IOTable, last: IOTable) -> list[Suspicion]:
    """Find output of the world or of a country that is a hundred times that of another year.

    Parameters
    ----------
    first, last : IOTable
        Tables with the same labels, unit and currency.
    """
    shape = (len(first.countries), -1)
    before, after = (np.nansum(t.x.reshape(shape), axis=1) for t in (first, last))
    names = ["the world", *first.countries]
    before, after = np.append(before.sum(), before), np.append(after.sum(), after)
    known = (before > 0) & (after > 0)
    ratio = np.divide(after, before, out=np.ones_like(after), where=known)
    wrong = (ratio >= SLIP) | (ratio <= 1 / SLIP)
    # One large country moves the world; most countries together are the unit of the table.
    together = float(np.median(ratio[1:]))
    if together >= SLIP or together <= 1 / SLIP:
        wrong[:] = np.arange(len(wrong)) == 0
        ratio[0] = together
    else:
        wrong[0] = False
    order = sorted(np.flatnonzero(wrong), key=lambda k: -abs(np.log(ratio[k])))
    text = (
        f"Output of {{place}} in {last.year} is {{size:.3g}} times that of {first.year}; look at "
        f"the unit of the two tables ({last.unit} {last.currency})."
    )
    places = [names[k] for k in order]
    return [Suspicion("unit_slip", places, ratio[order], text)] if places else []
