"""The tables of a study of transfers: 1 to 5 of the paper, leakage, flows and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ioecon.accounts import AggregationComparison, CarbonAccounts
from ioecon.study.xiao2014.wording import TOTAL, WEAK, amounts, driver_words
from regressions import Table

if TYPE_CHECKING:
    from ioecon.study.xiao2014.results import TransferResults

__all__ = ["tables_of"]

_ACCOUNTS = {
    "pba": "Production",
    "cba": "Consumption",
    "tcba": "Technology-adjusted",
    "exports": "Exports, MRIO",
    "imports": "Imports, MRIO",
    "exports_eebt": "Exports, EEBT",
    "imports_eebt": "Imports, EEBT",
    "outside": "Exports outside",
}
_RESULTS = {
    "inflow_transfer": "Inflow of output",
    "net_transfer": "Net output",
    "inflow_carbon_transfer": "Inflow of carbon",
    "net_carbon_transfer": "Net carbon",
}
_VERSIONS = {
    "aggregated_first": "Grouped first",
    "summed_afterwards": "Computed first",
    "difference": "Difference",
    "percent": "%",
}


def tables_of(results: TransferResults, sectors: Mapping[str, str]) -> dict[str, Table]:
    """Every table of the study.

    Parameters
    ----------
    results : TransferResults
        Its own tables are not looked at.
    sectors : mapping of str to str
        Names of sectors.
    """
    labels = {**sectors, **results.study.labels}
    tables = {
        "table1": _sectors_moved(results, labels),
        "table2": _coefficients(results, labels),
        "table3": _net(results, labels),
        "table4": _shares(results, labels),
        "table5": _emissions(results, labels),
        "leakage": _leakage(results, labels),
        "leakage_by_sector": _leakage_by_sector(results, labels),
        "carbon_flows": _flows(results, labels),
    }
    tables |= {f"accounts_{y}": _accounts(a, labels) for y, a in results.accounts.items()}
    if results.aggregation is not None:
        tables["aggregation"] = _aggregation(results.aggregation, results, labels)
    tables["identities"] = _identities(results)
    return tables


def _table(
    frame: pd.DataFrame,
    key: str,
    title: str,
    labels: Mapping[str, str],
    *,
    notes: tuple[str, ...] = (),
    formats: Mapping[Any, Callable[[Any], str]] | None = None,
) -> Table:
    return Table.from_frame(
        frame,
        title=title,
        notes=[note for note in notes if note],
        labels=labels,
        index=True,
        identifier=key,
        formats=formats if formats is not None else dict.fromkeys(frame.columns, amounts(frame)),
    )


def _years(results: TransferResults) -> str:
    return f"{results.years[0]}–{results.years[1]}"


def _sectors_moved(results: TransferResults, labels: Mapping[str, str]) -> Table:
    """Table 1: the sectors that moved most into and out of each region."""
    top = results.transfers[TOTAL].top_sectors(results.study.top)
    moved = {name: results.transfers[name].by_sector() for name in _drivers(results)}
    frame = pd.DataFrame(
        {
            name: [by_sector.loc[line.region, line.sector] for line in top.itertuples(index=False)]
            for name, by_sector in moved.items()
        }
    )
    places = [
        (labels.get(line.region, line.region), line.direction, labels[line.sector])
        for line in top.itertuples(index=False)
    ]
    # A label that continues the row above is left blank.
    shown = [
        (
            region if number == 0 or places[number - 1][0] != region else "",
            way if number == 0 or places[number - 1][:2] != (region, way) else "",
            sector,
        )
        for number, (region, way, sector) in enumerate(places)
    ]
    frame.index = pd.MultiIndex.from_tuples(shown, names=["Region", "Moved", "Sector"])
    return _table(
        frame.rename(columns={TOTAL: "Output"}) if frame.shape[1] == 1 else frame,
        "table1",
        f"Table 1. Sectors that moved most, {_years(results)}",
        {},
        notes=(
            f"Net transfer of each region's sectors; {results.output_unit}, {results.price_basis} "
            f"prices. The {results.study.top} sectors with the largest total, either way.",
        ),
    )


def _coefficients(results: TransferResults, labels: Mapping[str, str]) -> Table:
    sectors = results.transfers[TOTAL].sectors
    values = results.coefficients.to_numpy().reshape(len(results.regions), len(sectors))
    frame = pd.DataFrame(values.T, index=pd.Index(sectors, name="Sector"), columns=results.regions)
    return _table(
        frame,
        "table2",
        f"Table 2. Emission coefficients, {results.years[1]}",
        labels,
        notes=(f"{results.unit} per {results.output_unit} of output.",),
        formats=dict.fromkeys(frame.columns, "{:.3f}".format),
    )


def _drivers(results: TransferResults) -> tuple[str, ...]:
    """Drivers of the study, their total last; one driver is its own total."""
    names = tuple(results.transfers)
    return names if len(names) > 2 else (TOTAL,)


def _net(results: TransferResults, labels: Mapping[str, str]) -> Table:
    columns = {}
    for name in _drivers(results):
        columns[name, "Output"] = results.transfers[name].net()
        columns[name, "Carbon"] = results.carbon[name].net()
    frame = pd.DataFrame(columns)
    frame.loc["Sum"] = frame.sum()
    frame.index.name = "Region"
    formats = {
        column: amounts(frame.xs(column[1], axis=1, level=1).drop("Sum")) for column in columns
    }
    at = results.study.coefficients.at
    return _table(
        frame,
        "table3",
        f"Table 3. Net transfer of output and carbon, {_years(results)}",
        labels,
        notes=(
            "Positive: moved in on balance. Sums over all regions are zero.",
            f"Output: {results.output_unit}, {results.price_basis} prices. Carbon: {results.unit}, "
            + (
                f"at the coefficients of {results.years[1]} in both years."
                if at == "last"
                else "at each year's coefficients, so that it contains their change."
            ),
            _price_note(results),
        ),
        formats=formats,
    )


def _price_note(results: TransferResults) -> str:
    if results.price_basis != "current":
        return ""
    first, last = results.years
    return (
        f"Prices of {first} and of {last} differ: transfers at current prices contain changes of "
        "prices and exchange rates."
    )


def _shares(results: TransferResults, labels: Mapping[str, str]) -> Table:
    columns = {}
    for name in _drivers(results):
        columns[name, "Output"] = results.transfers[name].by_region()["inflow_share"]
        columns[name, "Carbon"] = results.carbon[name].by_region()["inflow_share"]
    frame = pd.DataFrame(columns)
    frame.loc["Sum"] = frame.sum()
    frame.index.name = "Region"
    return _table(
        frame,
        "table4",
        f"Table 4. Shares of what moved in, {_years(results)}, %",
        labels,
        notes=(
            "Inflow of a region: net transfers from the regions that lost to it, pair by pair.",
        ),
        formats=dict.fromkeys(frame.columns, "{:.2f}".format),
    )


def _emissions(results: TransferResults, labels: Mapping[str, str]) -> Table:
    columns = {}
    for name in _drivers(results):
        flows = results.emissions[name].by_region()
        for year in results.years:
            columns[name, str(year)] = flows[f"total_{year}"]
    frame = pd.DataFrame(columns)
    frame.loc["Sum"] = frame.sum()
    frame.index.name = "Region"
    return _table(
        frame,
        "table5",
        f"Table 5. Emissions of each region by driver, {results.unit}",
        labels,
        notes=(
            "Emissions of production, by whichever region's demand drives them, "
            + (
                "each year at its own coefficients."
                if results.real
                else f"both years at the coefficients of {results.years[1]}: those of "
                f"{results.years[0]} are not known."
            ),
            _coverage_note(results),
        ),
    )


def _coverage_note(results: TransferResults) -> str:
    if abs(results.covered - 1) < 1e-6:
        return ""
    return (
        f"The drivers explain {100 * results.covered:.1f} % of output in {results.years[1]}; the "
        "rest is not part of any total."
    )


def _leakage(results: TransferResults, labels: Mapping[str, str]) -> Table:
    pairs = results.leakage[TOTAL].pairs()
    places = list(zip(pairs["from"], pairs["to"], strict=True))
    moved = {"Output moved": list(pairs["moved"])}
    for name in _drivers(results):
        matrix = results.leakage[name].matrix()
        moved[name] = [matrix.loc[pair] for pair in places]
    sums = {name: results.leakage[name].total for name in _drivers(results)}
    named = [(labels.get(a, a), labels.get(b, b)) for a, b in places]
    frame = pd.DataFrame(moved, index=pd.MultiIndex.from_tuples(named, names=["From", "To"]))
    frame.loc[("All pairs", ""), :] = {"Output moved": pairs["moved"].sum(), **sums}
    drivers = list(_drivers(results))
    formats: dict[str, Callable[[Any], str]] = {"Output moved": amounts(frame[["Output moved"]])}
    formats |= dict.fromkeys(drivers, amounts(frame[drivers]))
    return _table(
        frame,
        "leakage",
        f"Weak carbon leakage between regions, {_years(results)}, {results.unit}",
        {TOTAL: "Leakage"} if drivers == [TOTAL] else {},
        notes=(
            "From the region that lost output on balance to the one that gained it; what moved "
            "times how much more the second emits per unit, sector by sector. Negative: it emits "
            "less.",
            WEAK,
        ),
        formats=formats,
    )


def _leakage_by_sector(results: TransferResults, labels: Mapping[str, str]) -> Table:
    frame = pd.DataFrame(
        {name: results.leakage[name].by_sector() for name in _drivers(results)}
    ).sort_values(TOTAL, ascending=False, kind="stable")
    frame.index.name = "Sector"
    return _table(
        frame.rename(columns={TOTAL: "Leakage"}) if frame.shape[1] == 1 else frame,
        "leakage_by_sector",
        f"Weak carbon leakage by sector, {_years(results)}, {results.unit}",
        labels,
        notes=("Over all pairs of regions, each counted once.",),
    )


def _flows(results: TransferResults, labels: Mapping[str, str]) -> Table:
    frame = results.carbon[TOTAL].net_matrix()
    frame = frame.rename(index=dict(labels), columns=dict(labels))
    frame.index.name, frame.columns.name = "Into", None
    frame["Net"] = frame.sum(axis=1)
    return _table(
        frame,
        "carbon_flows",
        f"Net transfer of carbon between regions, {_years(results)}, {results.unit}",
        {},
        notes=(
            f"Into the row region from the column region, {driver_words(results)}; each inflow at "
            "the coefficients of the region that receives it.",
        ),
    )


def _accounts(accounts: CarbonAccounts, labels: Mapping[str, str]) -> Table:
    found = accounts.by_country()
    columns = [name for name in _ACCOUNTS if name in found]
    frame = found[columns].rename(columns=_ACCOUNTS)
    frame.loc["Sum"] = frame.sum()
    frame.index.name = "Region"
    return _table(
        frame,
        f"accounts_{accounts.year}",
        f"Carbon accounts of {accounts.year}, {accounts.unit}",
        labels,
        notes=(
            "Production: what a region emits. Consumption: what its final demand causes anywhere. "
            "Technology-adjusted: consumption, with exports credited at world-average "
            "coefficients.",
            "MRIO follows products to final demand through all regions, EEBT to the next border; "
            "they differ by what crosses borders more than once.",
            "Exports outside: to places that the table leaves out; whose consumption they serve, "
            "no region's account says."
            if "outside" in found
            else "",
        ),
    )


def _aggregation(
    compared: AggregationComparison, results: TransferResults, labels: Mapping[str, str]
) -> Table:
    found = compared.by_region()
    names = [name for name in _RESULTS if name in found.columns.unique("result")]
    frame = pd.concat(
        {
            _RESULTS[name]: found[name][list(_VERSIONS)].rename(columns=_VERSIONS)
            for name in names
            if name.startswith("net")
        },
        axis=1,
    )
    frame.columns.names = [None, None]
    frame.index.name = "Region"
    formats = {
        column: (lambda value: f"{value:,.1f}".replace("-", "−"))
        if column[1] == "%"
        else amounts(frame[column[0]].drop(columns="%"))
        for column in frame.columns
    }
    return _table(
        frame,
        "aggregation",
        f"Grouping first against computing first, {_years(results)}",
        labels,
        notes=(
            f"Net transfers, {driver_words(results)}. Grouped first: computed from the table of "
            "regions, as in all other tables. Computed first: by country, then summed over the "
            "countries of each region.",
            f"Output: {results.output_unit}. Carbon: {results.unit}. %: of computed first.",
        ),
        formats=formats,
    )


def _identities(results: TransferResults) -> Table:
    rows = [(what, max(found.values()), len(found)) for what, found in results.residuals.items()]
    frame = pd.DataFrame(
        rows, columns=["Identity", "Largest relative miss", "Times checked"]
    ).set_index("Identity")
    return _table(
        frame,
        "identities",
        "Identities",
        {},
        notes=("Each is checked for every driver or year; refused above 1e-10.",),
        formats={"Largest relative miss": "{:.0e}".format},
    )
