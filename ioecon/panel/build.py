"""The country-period panel: outcomes, transfer indices, changes of controls, transforms, groups.

One row per country and period, labelled by the reporting year (method section 6, Dong et al.
equations 24, 25 and 30).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from ioecon.audit import ROUNDING
from ioecon.countries import REST_OF_WORLD
from ioecon.decomposition import Effects, decompose, factors_of
from ioecon.decomposition.models import dong2022
from ioecon.emissions.by_sector import check_emissions
from ioecon.errors import PanelError
from ioecon.industrial_transfer import TransferIndex, transfer_index
from ioecon.panel.controls import ControlChanges, control_changes, drop_gaps, require_complete
from ioecon.panel.labels import KEYS, codes
from ioecon.panel.membership import Membership, membership, with_groups
from ioecon.panel.outcomes import (
    PAPER_OUTCOMES,
    plain_outcomes,
    read_outcomes,
    sum_outcomes,
    unknown_factors,
)
from ioecon.panel.record import Entry, PanelRecord
from ioecon.panel.variables import (
    INDICES,
    TRANSFORMS,
    describe_columns,
    names_twice,
    scale_of,
    transform_entry,
)
from ioecon.progress import report_progress
from ioecon.series import IOSeries
from ioecon.stressor import Stressor, require_same
from ioecon.wording import places

if TYPE_CHECKING:
    from ioecon.emissions.by_sector import Emissions, WithoutOutput

__all__ = ["build_panel", "panel_rows"]


def build_panel(
    series: IOSeries,
    emissions: Emissions,
    controls: pd.DataFrame | None = None,
    *,
    accounting: str = "carbon_table",
    outcomes: Mapping[str, Any] = PAPER_OUTCOMES,
    periods: Sequence[tuple[int, int]] | None = None,
    effects: Effects | None = None,
    index: TransferIndex | None = None,
    index_foreign: TransferIndex | None = None,
    groups: pd.DataFrame | pd.Series | None = None,
    exclude: Iterable[str] = (REST_OF_WORLD,),
    missing: Literal["raise", "drop"] = "raise",
    tolerance: float = ROUNDING,
    without_output: WithoutOutput = "raise",
    progress: bool = False,
) -> pd.DataFrame:
    """Build the panel that the regressions run on.

    Parameters
    ----------
    series : IOSeries
        Tables of at least two years.
    emissions : Series or Account
        See :func:`ioecon.emissions.emissions_by_sector`: CO2 in kt, or any extensive stressor
        that says its name and unit.
    controls : DataFrame, optional
        Numbers by country and year: indexed (country, year), or with columns ``country`` (or
        ``iso3``) and ``year``. Countries in any usual form. ``attrs["units"]`` (column to unit)
        goes into the codebook.
    accounting : {"carbon_table", "satellite"}
        See :func:`ioecon.decompose`.
    outcomes : mapping, optional
        Name of a column to the effects that it adds up: ``{"mix": {"factors": ["mix"], "origin":
        "foreign"}}``. Factors are those of the decomposition; the origin of a change is
        ``"domestic"``, ``"foreign"`` or, by default, ``"both"``. A list of such dictionaries is
        added up. By default the paper's ``ddfc``, ``dtfc`` and ``dfc``.
    periods : sequence of (int, int), optional
        Base and reporting years; all consecutive years of the series by default.
    effects, index, index_foreign : Effects, TransferIndex, TransferIndex, optional
        Results computed before; they must belong to the same series and periods. Effects of
        another model than ``dong2022`` take ``outcomes`` of its factors.
    groups : DataFrame or Series, optional
        Indexed by country: truth values or category labels, one column per grouping; a column
        ``name`` is ignored. See :func:`ioecon.datasets.groups`.
    exclude : iterable of str
        Countries of the tables that are not in the panel; they still drive the others.
    missing : {"raise", "drop"}
        What to do with rows whose controls are missing: refuse, naming them all, or drop them
        with a warning and a record in ``attrs["dropped"]``.
    tolerance, without_output
        See :func:`ioecon.decompose`.
    progress : bool
        Show the three steps on standard error, on a terminal.

    Returns
    -------
    DataFrame
        Index (country, year), year being the reporting year. Columns:

        ``ddfc``, ``dtfc``, ``dfc``, or those of ``outcomes``
            Change in emissions over the period driven by foreign final demand, foreign
            technology, both; kt of CO2, or of the stressor given in its unit.
        ``iti``, ``iti_foreign``
            Transfer indices; growth per year.
        ``<name>``, ``d_<name>``
            Controls in the reporting year and their change over the period.
        ``ln_<column>``, ``asinh_<column>``
            Transforms of outcomes, indices (times 10^4) and changes of controls; see
            :mod:`ioecon.transforms`.
        groups
            Under their own names; ``boolean`` with missing values where a grouping does not
            speak of a country.

        ``attrs`` (plain values): ``units``, ``variables``, ``accounting``, ``model``, ``method``,
        ``outcomes``, ``stressor``, ``periods``, ``excluded``, ``dropped``, ``identity_residual``,
        ``undefined_growth_rates``.

    Raises
    ------
    PanelError
        If controls or groups lack a country or year, name countries that are not recognised, or
        hold text; outcomes name factors that there are not; or given results do not belong to the
        series.
    EmissionsError, UnsoundTableError, IdentityError
        See :func:`ioecon.decompose`.

    Examples
    --------
    >>> import ioecon
    >>> world = ioecon.datasets.load_world()
    >>> panel = ioecon.build_panel(world.series, world.emissions)
    >>> panel.index.names == ["country", "year"] and panel.attrs["units"]["ddfc"] == "kt"
    True

    The change that product mix drove, at home and abroad, in place of the paper's outcomes:

    >>> mix = {"mix": {"factors": ["mix"]}}
    >>> panel = ioecon.build_panel(world.series, world.emissions, outcomes=mix)
    >>> ioecon.codebook(panel).loc["ln_mix", "meaning"]
    'Change in emissions driven by domestic and foreign mix, transformed'
    """
    pairs = series.periods(periods)
    # What the reader gave is checked before the long computation begins.
    sums = read_outcomes(outcomes)
    given = _prepare(series, controls, pairs, groups, exclude, missing, sums)
    rows, changes, members = given.rows, given.changes, given.members
    factors = effects.factors if effects else factors_of(accounting)
    model = effects.model if effects else dong2022.name
    for sentence in unknown_factors(sums, factors, model, accounting):
        raise PanelError(sentence)
    if effects is not None and emissions is not None:
        _require_stressor(effects, emissions)
    with report_progress(progress, total=3) as step:
        step("Structural decomposition")
        effects = effects or decompose(
            series,
            emissions,
            accounting=accounting,
            periods=pairs,
            tolerance=tolerance,
            without_output=without_output,
        )
        _require_same(effects.periods, effects.countries, effects.sectors, pairs, series)
        if effects.accounting != accounting:
            raise PanelError(
                f"The effects given use the accounting '{effects.accounting}', not '{accounting}' "
                "as asked for."
            )
        step("Transfer index")
        index = index or transfer_index(series, periods=pairs, tolerance=tolerance)
        step("Foreign transfer index")
        index_foreign = index_foreign or transfer_index(
            series, of="foreign_input", periods=pairs, tolerance=tolerance
        )
    panel = sum_outcomes(effects.by_country(), sums).reindex(rows)
    for name, result in (("iti", index), ("iti_foreign", index_foreign)):
        panel[name] = _index_column(result, name, rows)
    panel = pd.concat([panel, changes.levels.reindex(rows), changes.changes.reindex(rows)], axis=1)
    what = Stressor(effects.stressor, effects.unit)
    variables = describe_columns(sums, map(str, changes.levels.columns), changes.units, what)
    panel, variables = _add_transforms(
        panel, variables, [*sums, *INDICES, *changes.changes.columns]
    )
    panel = with_groups(panel, members, variables)
    record = PanelRecord(
        variables=variables,
        accounting=effects.accounting,
        model=effects.model,
        method=effects.method,
        outcomes=plain_outcomes(sums),
        stressor=effects.stressor,
        periods=[[first, last] for first, last in pairs],
        excluded=given.excluded,
        identity_residual=effects.residual,
        undefined_growth_rates={
            "iti": int(index.left_out.reindex(rows).sum()),
            "iti_foreign": int(index_foreign.left_out.reindex(rows).sum()),
        },
    )
    panel, record = drop_gaps(panel, changes, record)
    return record.write_on(panel)


def panel_rows(
    series: IOSeries,
    controls: pd.DataFrame | None = None,
    *,
    periods: Sequence[tuple[int, int]] | None = None,
    groups: pd.DataFrame | pd.Series | None = None,
    exclude: Iterable[str] = (REST_OF_WORLD,),
    missing: Literal["raise", "drop"] = "raise",
    outcomes: Mapping[str, Any] = PAPER_OUTCOMES,
) -> pd.DataFrame:
    """Rows, controls and groups of the panel that :func:`build_panel` would build.

    Everything that it asks of controls, groups and countries is checked; nothing is decomposed.

    Returns
    -------
    DataFrame
        Index (country, year); the controls in the reporting year and the groups.

    Raises
    ------
    PanelError
        As :func:`build_panel`.
    """
    pairs, sums = series.periods(periods), read_outcomes(outcomes)
    given = _prepare(series, controls, pairs, groups, exclude, missing, sums)
    return with_groups(given.changes.levels.reindex(given.rows), given.members, {})


@dataclass(frozen=True, eq=False)
class _Prepared:
    """What is known of a panel before anything is computed."""

    rows: pd.MultiIndex
    changes: ControlChanges
    members: Membership | None
    excluded: list[str]


def _prepare(
    series: IOSeries,
    controls: pd.DataFrame | None,
    pairs: Sequence[tuple[int, int]],
    groups: pd.DataFrame | pd.Series | None,
    exclude: Iterable[str],
    missing: str,
    outcomes: Iterable[str],
) -> _Prepared:
    if missing not in ("raise", "drop"):
        raise PanelError(f"missing must be 'raise' or 'drop', not {missing!r}.")
    excluded = _read_excluded(exclude, series)
    countries = [name for name in series.countries if name not in excluded]
    if not countries:
        raise PanelError("No country is left in the panel: all of the tables' are excluded.")
    rows = pd.MultiIndex.from_product([countries, [last for _, last in pairs]], names=KEYS)
    changes = control_changes(controls, countries, pairs)
    if missing == "raise":
        require_complete(changes)
    _refuse_clashes(changes.levels, outcomes)
    return _Prepared(rows, changes, membership(groups, countries), excluded)


def _read_excluded(exclude: Iterable[str], series: IOSeries) -> list[str]:
    names = [exclude] if isinstance(exclude, str) else list(exclude)
    wanted = codes(names, "exclude")
    unknown = [code for code in wanted if code not in (*series.countries, REST_OF_WORLD)]
    if unknown:
        raise PanelError(f"exclude names {', '.join(unknown)}, which the tables do not have.")
    return [code for code in wanted if code in series.countries]


def _require_same(
    periods: tuple[tuple[int, int], ...],
    countries: tuple[str, ...],
    sectors: tuple[str, ...],
    pairs: tuple[tuple[int, int], ...],
    series: IOSeries,
) -> None:
    if periods != pairs or countries != series.countries or sectors != series.sectors:
        raise PanelError(
            "The effects given do not belong to this series: countries, sectors and periods must "
            "be the same. Leave effects= out to have them computed."
        )


def _require_stressor(effects: Effects, emissions: Emissions) -> None:
    """Refuse effects given on another stressor than the emissions given."""
    require_same(
        check_emissions(emissions).stressor,
        Stressor(effects.stressor, effects.unit),
        "What the effects given are on",
    )


def _index_column(result: TransferIndex, name: str, rows: pd.MultiIndex) -> pd.Series:
    foreign = name == "iti_foreign"
    if (result.of == "foreign_input") != foreign:
        raise PanelError(
            f"The transfer index given as {'index_foreign' if foreign else 'index'} is one of "
            f"{result.of.replace('_', ' ')}: index= takes that of output (or of given numbers), "
            "index_foreign= that of foreign input."
        )
    column = result.by_country()["iti"]
    absent = rows[~rows.isin(column.index)]
    if len(absent):
        raise PanelError(
            f"The transfer index given as {'index' if name == 'iti' else 'index_foreign'} has no "
            f"value for {places(absent)}: it does not belong to this series and these periods."
        )
    return column.reindex(rows)


def _add_transforms(
    panel: pd.DataFrame, variables: dict[str, Entry], names: list[str]
) -> tuple[pd.DataFrame, dict[str, Entry]]:
    """Panel and its description with ln_ and asinh_ columns added."""
    columns: dict[str, pd.Series] = {}
    entries = dict(variables)
    for prefix, (function, _) in TRANSFORMS.items():
        for name in names:
            columns[f"{prefix}_{name}"] = function(panel[name], scale=scale_of(name))
            entries[f"{prefix}_{name}"] = transform_entry(prefix, name, variables[name])
    return pd.concat([panel, pd.DataFrame(columns)], axis=1), entries


def _refuse_clashes(controls: pd.DataFrame, outcomes: Iterable[str]) -> None:
    """Refuse names of controls and outcomes that the panel needs for itself."""
    twice = names_twice(map(str, controls.columns), outcomes)
    if twice:
        raise PanelError(
            f"Two columns of the panel would be named {', '.join(twice)}: rename the controls"
            f"{'' if set(outcomes) == set(PAPER_OUTCOMES) else ' or outcomes'}."
        )
