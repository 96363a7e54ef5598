"""Which figures a study of transfers has, with captions and descriptions in words."""

from __future__ import annotations

from functools import partial

import pandas as pd

from ioecon.study.figures import Drawing
from ioecon.study.xiao2014.figures import bars_by_driver, flow_pictures, heat_maps, largest_flows
from ioecon.study.xiao2014.results import TransferResults
from ioecon.study.xiao2014.wording import TOTAL, WEAK, amounts, driver_words, scale

__all__ = ["drawings_of"]


def drawings_of(results: TransferResults) -> tuple[Drawing, ...]:
    """Figures of a study."""
    if len(_names(results)) == 1:
        return (_flows(results), _heat_map(results), _net(results), _leakage(results))
    return (
        _flows(results),
        _flows_by_driver(results),
        _heat_map(results),
        _heat_maps_by_driver(results),
        _net(results),
        _leakage(results),
    )


def _names(results: TransferResults) -> list[str]:
    return [name for name in results.transfers if name != TOTAL]


def _net_flows(results: TransferResults, name: str) -> pd.DataFrame:
    factor, _ = scale(results)
    labels = dict(results.study.labels)
    return factor * results.carbon[name].net_matrix().rename(index=labels, columns=labels)


def _span(results: TransferResults) -> str:
    return f"{results.years[0]}–{results.years[1]}"


def _largest_in_words(results: TransferResults, net: pd.DataFrame, count: int = 5) -> str:
    flows = largest_flows(net, count)
    said = amounts(pd.DataFrame([amount for *_, amount in flows]))
    return "; ".join(f"{start} to {end} {said(amount)}" for start, end, amount in flows)


def _flows(results: TransferResults) -> Drawing:
    net, count = _net_flows(results, TOTAL), results.study.figures.flows
    unit = scale(results)[1]
    pairs = int((net.to_numpy() > 0).sum())
    words = _largest_in_words(results, net)
    drawn = "All" if pairs <= count else f"The {count} largest of {pairs}"
    return Drawing(
        key="flows",
        title=f"Net transfers of carbon between regions, {_span(results)}",
        caption=(
            f"{drawn} net flows, {driver_words(results)}, {unit}; widths in proportion to volume, "
            "arrows of one origin in one shade. An arrow points to the region that industry moved "
            "into; the number is the balance of all of a region's flows, filled dots gain. The "
            f"largest: {words}."
        ),
        alternative=f"Arrows between regions on a circle. The largest in {unit}: {words}.",
        paint=partial(flow_pictures, {"": net}, count, unit),
    )


def _flows_by_driver(results: TransferResults) -> Drawing:
    nets = {name: _net_flows(results, name) for name in _names(results)}
    unit = scale(results)[1]
    words = ". ".join(f"{name}: {_largest_in_words(results, net, 3)}" for name, net in nets.items())
    return Drawing(
        key="flows_by_driver",
        title="Net transfers of carbon by driver",
        caption=f"Net flows by what drives them, one scale of widths, {unit}. {words}.",
        alternative=f"One circle of regions per driver. The largest in {unit}. {words}.",
        paint=partial(flow_pictures, nets, results.study.figures.flows, unit),
    )


def _heat_map(results: TransferResults) -> Drawing:
    net, unit = _net_flows(results, TOTAL), scale(results)[1]
    words = _largest_in_words(results, net)
    return Drawing(
        key="carbon_flows",
        title="Who gained carbon from whom",
        caption=(
            f"Net transfer of carbon into the row region from the column region, {unit}; every "
            f"pair stands twice, with opposite signs. The largest: {words}."
        ),
        alternative=f"Heat map of regions by regions. The largest in {unit}: {words}.",
        paint=partial(heat_maps, {"": net}, unit),
    )


def _heat_maps_by_driver(results: TransferResults) -> Drawing:
    nets = {name: _net_flows(results, name) for name in _names(results)}
    unit = scale(results)[1]
    words = ". ".join(f"{name}: {_largest_in_words(results, net, 3)}" for name, net in nets.items())
    return Drawing(
        key="carbon_flows_by_driver",
        title="Who gained carbon from whom, by driver",
        caption=f"The same by what drives the transfers, on one scale, {unit}.",
        alternative=f"One heat map per driver. The largest in {unit}. {words}.",
        paint=partial(heat_maps, nets, unit),
    )


def _net(results: TransferResults) -> Drawing:
    factor, unit = scale(results)
    labels = dict(results.study.labels)
    names = _names(results)
    output = pd.DataFrame({name: results.transfers[name].net() for name in names})
    carbon = factor * pd.DataFrame({name: results.carbon[name].net() for name in names})
    order = carbon.sum(axis=1).sort_values(ascending=False, kind="stable").index
    panels = {
        "Output": output.loc[order].rename(index=labels),
        "Carbon": carbon.loc[order].rename(index=labels),
    }
    said = amounts(panels["Carbon"])
    words = ", ".join(f"{name} {said(v)}" for name, v in panels["Carbon"].sum(axis=1).items())
    return Drawing(
        key="net",
        title="Output and carbon need not move together",
        caption=(
            f"Net transfer into each region, {_span(results)}, left of output, right of carbon: a "
            "region that gains output of clean sectors gains little carbon, and one can gain "
            f"output and lose carbon. Carbon, {unit}: {words}."
        ),
        alternative=f"Two panels of bars by region. Carbon in {unit}: {words}.",
        paint=partial(
            bars_by_driver,
            panels,
            {"Output": f"{results.output_unit}, {results.price_basis} prices", "Carbon": unit},
        ),
    )


def _leakage(results: TransferResults) -> Drawing:
    factor, unit = scale(results)
    labels = dict(results.study.labels)
    pairs = results.leakage[TOTAL].pairs()
    largest = pairs["leakage"].abs().nlargest(results.study.figures.pairs).index.sort_values()
    chosen = pairs.loc[largest]
    places = list(zip(chosen["from"], chosen["to"], strict=True))
    matrices = {name: results.leakage[name].matrix() for name in _names(results)}
    frame = factor * pd.DataFrame(
        {name: [matrix.loc[pair] for pair in places] for name, matrix in matrices.items()},
        index=[f"{labels.get(a, a)} → {labels.get(b, b)}" for a, b in places],
    )
    total = factor * results.leakage[TOTAL].total
    said = amounts(frame)
    words = "; ".join(f"{pair} {said(v)}" for pair, v in frame.sum(axis=1).head(3).items())
    return Drawing(
        key="leakage",
        title="Weak carbon leakage",
        caption=(
            f"The {len(frame)} pairs of regions that leak most, either way, {unit}. Right of zero: "
            "industry moved to where it emits more per unit. Over all pairs "
            f"{said(total)}. {WEAK}"
        ),
        alternative=f"Bars by pair of regions. The largest in {unit}: {words}.",
        paint=partial(bars_by_driver, {"": frame}, {"": f"weak leakage, {unit}"}),
    )
