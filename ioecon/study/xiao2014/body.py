"""What the results page says of a study of transfers."""

from __future__ import annotations

from collections.abc import Mapping

from ioecon.study.page import Body, Chapter
from ioecon.study.xiao2014.results import Xiao2014Results
from ioecon.study.xiao2014.settings import EMBEDDED
from ioecon.study.xiao2014.wording import TOTAL, WEAK, amounts, scale
from regressions import Table
from regressions.typography import true_minus

__all__ = ["body_of"]

_PAPER = ("table1", "table2", "table3", "table4", "table5")
_LEAKAGE = ("leakage", "leakage_by_sector")
_QUALITY = ("audit", "identities")


def body_of(results: Xiao2014Results) -> Body:
    """Lead, facts, what to read first, and chapters."""
    first, last = results.years
    drivers = [name for name in results.transfers if name != TOTAL]
    sectors = results.transfers[TOTAL].sectors
    return Body(
        lead=(
            f"{len(results.regions)} regions × {len(sectors)} sectors, {first} to {last}; "
            f"driven by {' and '.join(name.lower() for name in drivers)}. What is measured is weak "
            "leakage: what trade carries, whatever moved it."
        ),
        facts=_list_facts(results),
        first=_reading_list(results),
        chapters=_list_chapters(results),
    )


def _list_chapters(results: Xiao2014Results) -> tuple[Chapter, ...]:
    tables = results.tables
    published: dict[str, Table] = {}
    if results.arithmetic is not None:
        published = results.arithmetic.tables()
    shown = ("published_summary", "published_breaks")
    accounts = {key: table for key, table in tables.items() if key.startswith("accounts_")}
    return (
        Chapter(
            "tables",
            f"Transfers of output and {results.words.noun}",
            _choose_tables(tables, *_PAPER, f"{results.words.key}_flows"),
            folded=tuple(key for key in ("table1", "table2") if len(tables[key].rows) > 20),
        ),
        Chapter(
            "leakage-chapter",
            f"Weak {results.words.leakage}",
            _choose_tables(tables, *_LEAKAGE),
            statements=(WEAK, *_leakage_statements(results)),
            folded=("leakage_by_sector",),
        ),
        Chapter(
            "aggregation-chapter",
            "Grouping first or computing first",
            _choose_tables(tables, "aggregation"),
            statements=_aggregation_statements(results),
        ),
        Chapter("accounts", "Accounts of production and consumption", accounts),
        Chapter(
            "published",
            "The paper's own arithmetic",
            published,
            statements=results.arithmetic.statements if results.arithmetic else (),
            folded=tuple(key for key in published if key not in shown),
        ),
        Chapter("quality", "Tables' audit and identities", _choose_tables(tables, *_QUALITY)),
    )


def _choose_tables(tables: Mapping[str, Table], *keys: str) -> dict[str, Table]:
    return {key: tables[key] for key in keys if key in tables}


def _leakage_statements(results: Xiao2014Results) -> tuple[str, ...]:
    leaked = results.leakage[TOTAL]
    pairs = leaked.pairs()
    factor, unit = scale(results)
    pairs["leakage"] *= factor
    number, verb = amounts(pairs[["leakage"]]), results.words.verb
    gains, losses = pairs.loc[pairs["leakage"] > 0], pairs.loc[pairs["leakage"] < 0]
    statements = [
        f"Over all pairs {number(factor * leaked.total)} {unit}: "
        f"{number(gains['leakage'].sum())} in {len(gains)} pairs where industry moved to where it "
        f"{verb} more per unit, {number(losses['leakage'].sum())} in {len(losses)} where it moved "
        f"to where it {verb} less."
    ]
    top = leaked.by_sector().abs().nlargest(1).index[0]
    share = factor * leaked.by_sector()[top]
    name = _sector_name(results, str(top))
    statements.append(f"The sector that matters most is {name}: {number(share)} {unit}.")
    return tuple(statements)


def _sector_name(results: Xiao2014Results, sector: str) -> str:
    """Return the printed name of a sector, as the table of coefficients has it."""
    names = [row.labels[0].text for row in results.tables["table2"].rows]
    return names[results.transfers[TOTAL].sectors.index(sector)]


def _aggregation_statements(results: Xiao2014Results) -> tuple[str, ...]:
    if results.aggregation is None:
        return ()
    factor, unit = scale(results)
    found = factor * results.aggregation.by_region()[f"net_{results.words.key}_transfer"]
    region, noun = str(found["difference"].abs().idxmax()), results.words.noun
    number = amounts(found[["aggregated_first", "summed_afterwards", "difference"]])
    label = results.study.labels.get(region, region)
    turned = found.index[(found["aggregated_first"] * found["summed_afterwards"]) < 0]
    return (
        "A group's coefficients are averages, so a table that is grouped before the computation "
        "gives other transfers than one that is grouped after it. The largest difference in net "
        f"{noun} is {number(found.loc[region, 'difference'])} {unit} in {label}: "
        f"{number(found.loc[region, 'aggregated_first'])} grouped first, "
        f"{number(found.loc[region, 'summed_afterwards'])} computed first.",
        f"No region changes from gaining {noun} to losing it."
        if turned.empty
        else f"The sign of net {noun} differs for {', '.join(map(str, turned))}.",
    )


def _list_facts(results: Xiao2014Results) -> dict[str, str]:
    factor, unit = scale(results)
    net = factor * results.carbon[TOTAL].net()
    number = amounts(net.to_frame())
    most, least = str(net.idxmax()), str(net.idxmin())
    labels, noun = results.study.labels, results.words.noun
    errors = sum(not audit.ok for audit in results.audits.values())
    return {
        f"Gains most {noun}: {labels.get(most, most)}": f"{number(net[most])} {unit}",
        f"Loses most {noun}: {labels.get(least, least)}": f"{number(net[least])} {unit}",
        "Weak leakage, all pairs": f"{number(factor * results.leakage[TOTAL].total)} {unit}",
        "Largest identity miss": true_minus(f"{results.residual:.0e}"),
        "Tables with errors": f"{errors} of {len(results.audits)}",
    }


def _reading_list(results: Xiao2014Results) -> tuple[tuple[str, str], ...]:
    output, carbon = results.transfers[TOTAL].net(), results.carbon[TOTAL].net()
    labels, noun = results.study.labels, results.words.noun
    apart = [labels.get(r, r) for r in results.regions if output[r] > 0 > carbon[r]]
    items = [
        (
            f"Who gained {noun} from whom: arrows between regions, as wide as what moved.",
            "figure-flows",
        ),
        (
            f"Gains output and loses {noun}: {', '.join(apart)}."
            if apart
            else f"No region gains output and loses {noun}; shares of the two still differ.",
            "table3",
        ),
        (_leakage_statements(results)[0], "leakage-chapter"),
    ]
    if results.aggregation is not None:
        items.append((_aggregation_statements(results)[0], "aggregation-chapter"))
    if results.arithmetic is not None:
        items.append((results.arithmetic.statements[0], "published"))
    if results.warnings or any(not audit.ok for audit in results.audits.values()):
        items.append(("What the audit found in the tables, and what was carried.", "quality"))
    if results.study.tables.format in EMBEDDED:
        items.append(
            ("These regions are embedded and fictional: nothing here is data.", "settings")
        )
    return tuple(items)
