"""Which figures a study of transfers has, with captions and descriptions in words."""

from __future__ import annotations

from functools import partial

import pandas as pd

from ioecon.study.drawing import Drawing
from ioecon.study.xiao2014.figures import bars_by_driver, flow_pictures, heat_maps, largest_flows
from ioecon.study.xiao2014.results import Findings
from ioecon.study.xiao2014.wording import TOTAL, WEAK, amounts, driver_words, scale

__all__ = ["drawings_of"]


def drawings_of(findings: Findings) -> tuple[Drawing, ...]:
    """Figures of a study."""
    if len(_driver_names(findings)) == 1:
        return (
            _draw_flows(findings),
            _draw_heat_map(findings),
            _draw_net(findings),
            _draw_leakage(findings),
        )
    return (
        _draw_flows(findings),
        _draw_flows_by_driver(findings),
        _draw_heat_map(findings),
        _draw_heat_maps_by_driver(findings),
        _draw_net(findings),
        _draw_leakage(findings),
    )


def _driver_names(findings: Findings) -> list[str]:
    return [name for name in findings.transfers if name != TOTAL]


def _net_flows(findings: Findings, name: str) -> pd.DataFrame:
    factor, _ = scale(findings)
    labels = dict(findings.study.labels)
    return factor * findings.carbon[name].net_matrix().rename(index=labels, columns=labels)


def _format_years(findings: Findings) -> str:
    return f"{findings.years[0]}–{findings.years[1]}"


def _name_largest(findings: Findings, net: pd.DataFrame, count: int = 5) -> str:
    flows = largest_flows(net, count)
    number = amounts(pd.DataFrame([amount for *_, amount in flows]))
    return "; ".join(f"{start} to {end} {number(amount)}" for start, end, amount in flows)


def _draw_flows(findings: Findings) -> Drawing:
    net, count = _net_flows(findings, TOTAL), findings.study.figures.flows
    unit = scale(findings)[1]
    pairs = int((net.to_numpy() > 0).sum())
    words = _name_largest(findings, net)
    drawn = "All" if pairs <= count else f"The {count} largest of {pairs}"
    return Drawing(
        key="flows",
        title=f"Net transfers of {findings.words.noun} between regions, {_format_years(findings)}",
        caption=(
            f"{drawn} net flows, {driver_words(findings)}, {unit}; widths in proportion to volume, "
            "arrows of one origin in one shade. An arrow points to the region that industry moved "
            "into; the number is the balance of all of a region's flows, filled dots gain. The "
            f"largest: {words}."
        ),
        alternative=f"Arrows between regions on a circle. The largest in {unit}: {words}.",
        paint=partial(flow_pictures, {"": net}, count, unit),
    )


def _draw_flows_by_driver(findings: Findings) -> Drawing:
    nets = {name: _net_flows(findings, name) for name in _driver_names(findings)}
    unit = scale(findings)[1]
    words = ". ".join(f"{name}: {_name_largest(findings, net, 3)}" for name, net in nets.items())
    return Drawing(
        key="flows_by_driver",
        title=f"Net transfers of {findings.words.noun} by driver",
        caption=f"Net flows by what drives them, one scale of widths, {unit}. {words}.",
        alternative=f"One circle of regions per driver. The largest in {unit}. {words}.",
        paint=partial(flow_pictures, nets, findings.study.figures.flows, unit),
    )


def _draw_heat_map(findings: Findings) -> Drawing:
    net, unit = _net_flows(findings, TOTAL), scale(findings)[1]
    words = _name_largest(findings, net)
    return Drawing(
        key=f"{findings.words.key}_flows",
        title=f"Who gained {findings.words.noun} from whom",
        caption=(
            f"Net transfer of {findings.words.noun} into the row region from the column region, "
            f"{unit}; every pair stands twice, with opposite signs. The largest: {words}."
        ),
        alternative=f"Heat map of regions by regions. The largest in {unit}: {words}.",
        paint=partial(heat_maps, {"": net}, unit),
    )


def _draw_heat_maps_by_driver(findings: Findings) -> Drawing:
    nets = {name: _net_flows(findings, name) for name in _driver_names(findings)}
    unit = scale(findings)[1]
    words = ". ".join(f"{name}: {_name_largest(findings, net, 3)}" for name, net in nets.items())
    return Drawing(
        key=f"{findings.words.key}_flows_by_driver",
        title=f"Who gained {findings.words.noun} from whom, by driver",
        caption=f"The same by what drives the transfers, on one scale, {unit}.",
        alternative=f"One heat map per driver. The largest in {unit}. {words}.",
        paint=partial(heat_maps, nets, unit),
    )


def _draw_net(findings: Findings) -> Drawing:
    factor, unit = scale(findings)
    labels = dict(findings.study.labels)
    names = _driver_names(findings)
    output = pd.DataFrame({name: findings.transfers[name].net() for name in names})
    carbon = factor * pd.DataFrame({name: findings.carbon[name].net() for name in names})
    order = carbon.sum(axis=1).sort_values(ascending=False, kind="stable").index
    noun, head = findings.words.noun, findings.words.head
    panels = {
        "Output": output.loc[order].rename(index=labels),
        head: carbon.loc[order].rename(index=labels),
    }
    number = amounts(panels[head])
    words = ", ".join(f"{name} {number(v)}" for name, v in panels[head].sum(axis=1).items())
    return Drawing(
        key="net",
        title=f"Output and {noun} need not move together",
        caption=(
            f"Net transfer into each region, {_format_years(findings)}, left of output, right of "
            f"{noun}: a region that gains output of clean sectors gains little {noun}, and one "
            f"can gain output and lose {noun}. {head}, {unit}: {words}."
        ),
        alternative=f"Two panels of bars by region. {head} in {unit}: {words}.",
        paint=partial(
            bars_by_driver,
            panels,
            {"Output": f"{findings.output_unit}, {findings.price_basis} prices", head: unit},
        ),
    )


def _draw_leakage(findings: Findings) -> Drawing:
    factor, unit = scale(findings)
    labels = dict(findings.study.labels)
    pairs = findings.leakage[TOTAL].pairs()
    largest = pairs["leakage"].abs().nlargest(findings.study.figures.pairs).index.sort_values()
    chosen = pairs.loc[largest]
    places = list(zip(chosen["from"], chosen["to"], strict=True))
    matrices = {name: findings.leakage[name].matrix() for name in _driver_names(findings)}
    frame = factor * pd.DataFrame(
        {name: [matrix.loc[pair] for pair in places] for name, matrix in matrices.items()},
        index=[f"{labels.get(a, a)} → {labels.get(b, b)}" for a, b in places],
    )
    total = factor * findings.leakage[TOTAL].total
    number = amounts(frame)
    words = "; ".join(f"{pair} {number(v)}" for pair, v in frame.sum(axis=1).head(3).items())
    return Drawing(
        key="leakage",
        title=f"Weak {findings.words.leakage}",
        caption=(
            f"The {len(frame)} pairs of regions that leak most, either way, {unit}. Right of zero: "
            f"industry moved to where it {findings.words.verb} more per unit. Over all pairs "
            f"{number(total)}. {WEAK}"
        ),
        alternative=f"Bars by pair of regions. The largest in {unit}: {words}.",
        paint=partial(bars_by_driver, {"": frame}, {"": f"weak leakage, {unit}"}),
    )
