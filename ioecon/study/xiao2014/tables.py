"""The tables of a study of transfers: 1 to 5 of the paper, leakage, flows and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ioecon.accounts import AggregationComparison, CarbonAccounts
from ioecon.study.input_output.audits import audit_table
from ioecon.study.input_output.stressor_words import StressorWords
from ioecon.study.xiao2014.wording import TOTAL, WEAK, amounts, driver_words
from regressions import Table
from regressions.typography import true_minus

if TYPE_CHECKING:
    from ioecon.study.xiao2014.results import Findings

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
_VERSIONS = {
    "aggregated_first": "Grouped first",
    "summed_afterwards": "Computed first",
    "difference": "Difference",
    "percent": "%",
}


def tables_of(findings: Findings) -> dict[str, Table]:
    """Every table of the study, by the name of its files."""
    labels = {**findings.sector_names, **findings.study.labels}
    tables = {
        "table1": _sectors_moved_table(findings, labels),
        "table2": _coefficients_table(findings, labels),
        "table3": _net_table(findings, labels),
        "table4": _shares_table(findings, labels),
        "table5": _emissions_table(findings, labels),
        "leakage": _leakage_table(findings, labels),
        "leakage_by_sector": _leakage_by_sector_table(findings, labels),
        f"{findings.words.key}_flows": _flows_table(findings, labels),
    }
    tables |= {f"accounts_{y}": _accounts_table(a, labels) for y, a in findings.accounts.items()}
    if findings.aggregation is not None:
        tables["aggregation"] = _aggregation_table(findings.aggregation, findings, labels)
    tables["identities"] = _identities_table(findings)
    tables["audit"] = audit_table(findings.audits)
    return tables


def _build_table(
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


def _format_years(findings: Findings) -> str:
    return f"{findings.years[0]}–{findings.years[1]}"


def _sectors_moved_table(findings: Findings, labels: Mapping[str, str]) -> Table:
    """Table 1: the sectors that moved most into and out of each region."""
    top = findings.transfers[TOTAL].top_sectors(findings.study.top)
    moved = {name: findings.transfers[name].by_sector() for name in _list_drivers(findings)}
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
    return _build_table(
        frame.rename(columns={TOTAL: "Output"}) if frame.shape[1] == 1 else frame,
        "table1",
        f"Table 1. Sectors that moved most, {_format_years(findings)}",
        {},
        notes=(
            f"Net transfer of each region's sectors; {findings.output_unit}, "
            f"{findings.price_basis} prices. The {findings.study.top} sectors with the largest "
            "total, either way.",
        ),
    )


def _coefficients_table(findings: Findings, labels: Mapping[str, str]) -> Table:
    sectors = findings.transfers[TOTAL].sectors
    values = findings.coefficients.to_numpy().reshape(len(findings.regions), len(sectors))
    frame = pd.DataFrame(values.T, index=pd.Index(sectors, name="Sector"), columns=findings.regions)
    return _build_table(
        frame,
        "table2",
        f"Table 2. {findings.words.coefficients}, {findings.years[1]}",
        labels,
        notes=(f"{findings.unit} per {findings.output_unit} of output.",),
        formats=dict.fromkeys(frame.columns, "{:.3f}".format),
    )


def _list_drivers(findings: Findings) -> tuple[str, ...]:
    """Drivers of the study, their total last; one driver is its own total."""
    names = tuple(findings.transfers)
    return names if len(names) > 2 else (TOTAL,)


def _net_table(findings: Findings, labels: Mapping[str, str]) -> Table:
    columns = {}
    for name in _list_drivers(findings):
        columns[name, "Output"] = findings.transfers[name].net()
        columns[name, findings.words.head] = findings.carbon[name].net()
    frame = pd.DataFrame(columns)
    frame.loc["Sum"] = frame.sum()
    frame.index.name = "Region"
    formats = {
        column: amounts(frame.xs(column[1], axis=1, level=1).drop("Sum")) for column in columns
    }
    at = findings.study.coefficients.at
    return _build_table(
        frame,
        "table3",
        f"Table 3. Net transfer of output and {findings.words.noun}, {_format_years(findings)}",
        labels,
        notes=(
            "Positive: moved in on balance. Sums over all regions are zero.",
            f"Output: {findings.output_unit}, {findings.price_basis} prices. "
            f"{findings.words.head}: {findings.unit}, "
            + (
                f"at the coefficients of {findings.years[1]} in both years."
                if at == "last"
                else "at each year's coefficients, so that it contains their change."
            ),
            _price_note(findings),
        ),
        formats=formats,
    )


def _price_note(findings: Findings) -> str:
    if findings.price_basis != "current":
        return ""
    first, last = findings.years
    return (
        f"Prices of {first} and of {last} differ: transfers at current prices contain changes of "
        "prices and exchange rates."
    )


def _shares_table(findings: Findings, labels: Mapping[str, str]) -> Table:
    columns = {}
    for name in _list_drivers(findings):
        columns[name, "Output"] = findings.transfers[name].by_region()["inflow_share"]
        columns[name, findings.words.head] = findings.carbon[name].by_region()["inflow_share"]
    frame = pd.DataFrame(columns)
    frame.loc["Sum"] = frame.sum()
    frame.index.name = "Region"
    return _build_table(
        frame,
        "table4",
        f"Table 4. Shares of what moved in, {_format_years(findings)}, %",
        labels,
        notes=(
            "Inflow of a region: net transfers from the regions that lost to it, pair by pair.",
        ),
        formats=dict.fromkeys(frame.columns, "{:.2f}".format),
    )


def _emissions_table(findings: Findings, labels: Mapping[str, str]) -> Table:
    columns = {}
    for name in _list_drivers(findings):
        flows = findings.emissions[name].by_region()
        for year in findings.years:
            columns[name, str(year)] = flows[f"total_{year}"]
    frame = pd.DataFrame(columns)
    frame.loc["Sum"] = frame.sum()
    frame.index.name = "Region"
    return _build_table(
        frame,
        "table5",
        f"Table 5. {findings.words.totals_head} of each region by driver, {findings.unit}",
        labels,
        notes=(
            f"{findings.words.totals_head} of production, by whichever region's demand drives "
            "them, "
            + (
                "each year at its own coefficients."
                if findings.real
                else f"both years at the coefficients of {findings.years[1]}: those of "
                f"{findings.years[0]} are not known."
            ),
            _coverage_note(findings),
        ),
    )


def _coverage_note(findings: Findings) -> str:
    if abs(findings.covered - 1) < 1e-6:
        return ""
    return (
        f"The drivers explain {100 * findings.covered:.1f} % of output in {findings.years[1]}; the "
        "rest is not part of any total."
    )


def _leakage_table(findings: Findings, labels: Mapping[str, str]) -> Table:
    pairs = findings.leakage[TOTAL].pairs()
    places = list(zip(pairs["from"], pairs["to"], strict=True))
    moved = {"Output moved": list(pairs["moved"])}
    for name in _list_drivers(findings):
        matrix = findings.leakage[name].matrix()
        moved[name] = [matrix.loc[pair] for pair in places]
    sums = {name: findings.leakage[name].total for name in _list_drivers(findings)}
    named = [(labels.get(a, a), labels.get(b, b)) for a, b in places]
    frame = pd.DataFrame(moved, index=pd.MultiIndex.from_tuples(named, names=["From", "To"]))
    frame.loc[("All pairs", ""), :] = {"Output moved": pairs["moved"].sum(), **sums}
    drivers, verb = list(_list_drivers(findings)), findings.words.verb
    formats: dict[str, Callable[[Any], str]] = {"Output moved": amounts(frame[["Output moved"]])}
    formats |= dict.fromkeys(drivers, amounts(frame[drivers]))
    return _build_table(
        frame,
        "leakage",
        f"Weak {findings.words.leakage} between regions, {_format_years(findings)}, "
        f"{findings.unit}",
        {TOTAL: "Leakage"} if drivers == [TOTAL] else {},
        notes=(
            "From the region that lost output on balance to the one that gained it; what moved "
            f"times how much more the second {verb} per unit, sector by sector. Negative: it "
            f"{verb} less.",
            WEAK,
        ),
        formats=formats,
    )


def _leakage_by_sector_table(findings: Findings, labels: Mapping[str, str]) -> Table:
    frame = pd.DataFrame(
        {name: findings.leakage[name].by_sector() for name in _list_drivers(findings)}
    ).sort_values(TOTAL, ascending=False, kind="stable")
    frame.index.name = "Sector"
    return _build_table(
        frame.rename(columns={TOTAL: "Leakage"}) if frame.shape[1] == 1 else frame,
        "leakage_by_sector",
        f"Weak {findings.words.leakage} by sector, {_format_years(findings)}, {findings.unit}",
        labels,
        notes=("Over all pairs of regions, each counted once.",),
    )


def _flows_table(findings: Findings, labels: Mapping[str, str]) -> Table:
    frame = findings.carbon[TOTAL].net_matrix()
    frame = frame.rename(index=dict(labels), columns=dict(labels))
    frame.index.name, frame.columns.name = "Into", None
    frame["Net"] = frame.sum(axis=1)
    return _build_table(
        frame,
        f"{findings.words.key}_flows",
        f"Net transfer of {findings.words.noun} between regions, {_format_years(findings)}, "
        f"{findings.unit}",
        {},
        notes=(
            f"Into the row region from the column region, {driver_words(findings)}; each inflow at "
            "the coefficients of the region that receives it.",
        ),
    )


def _accounts_table(accounts: CarbonAccounts, labels: Mapping[str, str]) -> Table:
    words = StressorWords.of(accounts)
    found = accounts.by_country()
    columns = [name for name in _ACCOUNTS if name in found]
    frame = found[columns].rename(columns=_ACCOUNTS)
    frame.loc["Sum"] = frame.sum()
    frame.index.name = "Region"
    return _build_table(
        frame,
        f"accounts_{accounts.year}",
        f"{words.accounts} of {accounts.year}, {accounts.unit}",
        labels,
        notes=(
            f"Production: what a region {words.verb}. Consumption: what its final demand causes "
            "anywhere. "
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


def _aggregation_table(
    compared: AggregationComparison, findings: Findings, labels: Mapping[str, str]
) -> Table:
    found, words = compared.by_region(), findings.words
    heads = {"net_transfer": "Net output", f"net_{words.key}_transfer": f"Net {words.noun}"}
    frame = pd.concat(
        {head: found[name][[*_VERSIONS]].rename(columns=_VERSIONS) for name, head in heads.items()},
        axis=1,
    )
    frame.columns.names = [None, None]
    frame.index.name = "Region"
    formats = {
        column: (lambda value: true_minus(f"{value:,.1f}"))
        if column[1] == "%"
        else amounts(frame[column[0]].drop(columns="%"))
        for column in frame.columns
    }
    return _build_table(
        frame,
        "aggregation",
        f"Grouping first against computing first, {_format_years(findings)}",
        labels,
        notes=(
            f"Net transfers, {driver_words(findings)}. Grouped first: computed from the table of "
            "regions, as in all other tables. Computed first: by country, then summed over the "
            "countries of each region.",
            f"Output: {findings.output_unit}. {words.head}: {findings.unit}. %: of computed first.",
        ),
        formats=formats,
    )


def _identities_table(findings: Findings) -> Table:
    rows = [(what, max(found.values()), len(found)) for what, found in findings.residuals.items()]
    frame = pd.DataFrame(
        rows, columns=["Identity", "Largest relative miss", "Times checked"]
    ).set_index("Identity")
    return _build_table(
        frame,
        "identities",
        "Identities",
        {},
        notes=("Each is checked for every driver or year; refused above 1e-10.",),
        formats={"Largest relative miss": "{:.0e}".format},
    )
