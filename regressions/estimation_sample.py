"""The estimation sample of a fit: rows, design and groupings, checked against the estimator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from regressions.calendar import Calendar, find_calendar, spells, warn_doubts
from regressions.columns import as_numbers
from regressions.degrees_of_freedom import count_parameters, groups_lost, lone_rows
from regressions.design import Design, formula_columns, materialise
from regressions.errors import OptionError, SampleError, SampleWarning
from regressions.fit_options import FitOptions
from regressions.formula import ParsedFormula, parse_formula
from regressions.groupings import (
    describe_effects,
    group_names,
    grouping_codes,
    grouping_columns,
    nested_effects,
    same_rows,
)
from regressions.names import nearest, require_unambiguous, shadowed_names
from regressions.sample import (
    check_panel,
    incomplete_cells,
    require_complete,
    require_dependent,
    require_enough,
    singletons,
    warn_singletons,
)
from regressions.user_warnings import warn_user
from regressions.within import WithoutEffects, require_independent, require_not_absorbed

__all__ = ["EstimationSample", "build_sample"]


@dataclass(frozen=True, eq=False)
class EstimationSample:
    """Rows, design and groupings that go into an estimator.

    Attributes
    ----------
    design : Design
        Dependent variable and regressors on n rows.
    calendar : Calendar
    weights : Series, shape (n,), or None
    effects : tuple of str
        Effects of the estimator, without redundant ones.
    cluster_codes, effect_codes : DataFrame of int, shape (n, ...)
        Codes of the clusters and of the absorbed effects.
    effect_groups : mapping of str to Index
        Names of the groups of each absorbed effect, in the order of their codes.
    dropped : DataFrame
        Cells for which rows were left out.
    lost_to_lags : int
    dropped_regressors : tuple of str
    singletons : tuple
    left_columns, shadowed : tuple of str
        As in :class:`regressions.model.DesignSpec`.
    removed : WithoutEffects, optional
        Columns of the design whose effects are removed already.
    """

    design: Design
    calendar: Calendar
    weights: pd.Series | None
    effects: tuple[str, ...]
    cluster_codes: pd.DataFrame
    effect_codes: pd.DataFrame
    effect_groups: Mapping[str, pd.Index]
    dropped: pd.DataFrame
    lost_to_lags: int
    dropped_regressors: tuple[str, ...]
    singletons: tuple[object, ...]
    left_columns: tuple[str, ...]
    shadowed: tuple[str, ...]
    removed: WithoutEffects | None = field(default=None, repr=False)

    @cached_property
    def counted_parameters(self) -> tuple[int, bool]:
        """Rank of the dummies of the absorbed effects, and whether it is no bound above it."""
        return count_parameters(self.effect_codes.to_numpy().T)

    @property
    def effects_rank(self) -> int:
        """Rank of the dummies of the absorbed effects, the constant included, or a bound."""
        return self.counted_parameters[0]

    def count_gaps(self) -> int:
        """Count the places where an entity skips at least one period."""
        index = self.design.exog.index
        return int(spells(index, self.calendar).max()) + 1 - index.get_level_values(0).nunique()

    def groups_on(self, kept: pd.MultiIndex) -> dict[str, pd.Index]:
        """Names of the groups of each effect on some rows, in the order of their codes there."""
        if same_rows(kept, self.effect_codes.index):
            return dict(self.effect_groups)
        codes = self.effect_codes.loc[kept]
        return {
            name: labels.take(codes[name].unique()) for name, labels in self.effect_groups.items()
        }


def build_sample(
    formula: str, data: pd.DataFrame, options: FitOptions, clusters: tuple[str, ...]
) -> EstimationSample:
    """Check the data and make the design.

    Parameters
    ----------
    formula : str
    data : DataFrame
        Indexed by (entity, period).
    options : FitOptions
    clusters : tuple of str
        Cluster variables to have the codes of.

    Returns
    -------
    EstimationSample

    Raises
    ------
    FormulaError, OptionError, SampleError, CollinearityError, AbsorbedError
        As :func:`regressions.fit`.
    """
    panel = check_panel(data)
    levels = [str(name) for name in panel.index.names if name is not None]
    parsed = parse_formula(formula, dict.fromkeys([*map(str, panel.columns), *levels]))
    shadowed = shadowed_names(panel)
    require_unambiguous([n for n in parsed.columns if n in levels], shadowed, panel.index)
    panel = _add_index_columns(panel, parsed.columns)
    used, beside = _split_columns(parsed, panel, options, clusters)
    whole = pd.concat([used, beside], axis=1)
    cells = incomplete_cells(whole, whole.columns)
    require_complete(cells, len(panel), options.missing)
    complete = np.ones(len(panel), dtype=bool)
    if len(cells):  # a row whose value only others need as their lag stays
        cells = incomplete_cells(whole, [*parsed.own_columns, *beside.columns])
        complete = ~panel.index.isin(pd.MultiIndex.from_frame(cells[["entity", "period"]]))
    calendar = find_calendar(panel.index, options.step)
    design = materialise(parsed, used, complete, calendar)
    design, undefined = _leave_out_undefined(design)
    require_complete(undefined, len(panel), options.missing)
    rows = panel if len(design.endog) == len(panel) else panel.loc[design.endog.index]
    estimator = options.estimator
    require_enough(rows.index, estimator, options.effects)
    require_dependent(design.endog, design.exog)
    effects, effect_codes = _leave_out_nested(options, rows)
    weights = None if options.weights is None else _require_positive(rows[options.weights])
    groups = estimator.removed_groups(rows.index, effect_codes, calendar)
    own = weights.to_numpy() if weights is not None and estimator.absorbs else None
    removed = WithoutEffects(list(groups.to_numpy().T), own)
    estimator.require_outcome_left(design.endog, effects, removed)
    design, absorbed = _check_regressors(design, options, effects, removed)
    if parsed.panel_transforms or estimator.differences:
        warn_doubts(calendar)
    sample = EstimationSample(
        design=design,
        calendar=calendar,
        weights=weights,
        effects=effects,
        cluster_codes=grouping_codes(clusters, rows),
        effect_codes=effect_codes,
        effect_groups={name: group_names(name, rows) for name in effect_codes.columns},
        dropped=pd.concat([cells, undefined], ignore_index=True) if len(undefined) else cells,
        lost_to_lags=int(design.lost.sum()),
        dropped_regressors=absorbed,
        singletons=singletons(rows.index),
        left_columns=tuple(name for name in parsed.columns if name not in parsed.right_columns),
        shadowed=shadowed,
        removed=removed,
    )
    return _judge_singletons(options, sample, rows)


def _add_index_columns(panel: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Make the index levels that a formula uses available as columns."""
    levels = {
        name: panel.index.get_level_values(name) for name in columns if name not in panel.columns
    }
    return panel.assign(**levels) if levels else panel


def _split_columns(
    parsed: ParsedFormula, panel: pd.DataFrame, options: FitOptions, clusters: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the columns of the formula, and those of groupings and weights beside them."""
    groupings = [
        *grouping_columns(clusters, panel, "cluster variable"),
        *grouping_columns(options.effects, panel, "effect"),
    ]
    weights = options.weights
    if weights is not None and weights not in panel.columns:
        raise OptionError(
            f"unknown column of weights {weights!r}{nearest(weights, map(str, panel.columns))}"
        )
    used = formula_columns(parsed, panel)
    beside = panel[[name for name in dict.fromkeys(groupings) if name not in used]]
    if weights is not None and weights not in used:
        beside = beside.assign(**{weights: as_numbers(panel[weights], f"weights {weights!r}")})
    return used, beside


def _leave_out_undefined(design: Design) -> tuple[Design, pd.DataFrame]:
    """Leave out rows where a transform is not a number, and list them."""
    columns = [design.endog.to_numpy(), *design.exog.to_numpy().T]
    finite = np.all([np.isfinite(column) for column in columns], axis=0)
    if finite.all():
        return design, incomplete_cells(design.exog, [])
    matrix = design.exog.assign(**{f"{design.dependent}": design.endog})
    undefined = incomplete_cells(matrix.loc[~finite], matrix.columns)
    undefined["problem"] = undefined["problem"].replace("missing", "undefined")
    return replace(design, endog=design.endog[finite], exog=design.exog[finite]), undefined


def _leave_out_nested(
    options: FitOptions, rows: pd.DataFrame
) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Code the absorbed effects; leave out those whose groups are unions of groups of others."""
    effects = options.effects
    codes = grouping_codes(effects if options.estimator.absorbs else (), rows)
    redundant = nested_effects(list(codes.to_numpy().T))
    names = list(codes.columns)
    for place, finer in redundant.items():
        warn_user(
            f"the effects of {names[place]!r} are left out: each group of {names[finer]!r} lies in "
            f"one group of {names[place]!r}, so the effects of {names[finer]!r} absorb them",
            SampleWarning,
        )
    if not redundant:
        return effects, codes
    kept = [name for place, name in enumerate(names) if place not in redundant]
    return tuple(kept), codes[kept]


def _require_positive(weights: pd.Series) -> pd.Series:
    values = as_numbers(weights)
    if not (values > 0).all():
        entity, period = values.index[(values <= 0).to_numpy()][0]
        raise SampleError(
            f"weights must be positive: {weights.name!r} is {values[(entity, period)]:g} for "
            f"({entity}, {period})"
        )
    return values


def _check_regressors(
    design: Design,
    options: FitOptions,
    effects: tuple[str, ...],
    removed: WithoutEffects,
) -> tuple[Design, tuple[str, ...]]:
    """Check regressors; leave out absorbed ones on request, and a constant that is removed."""
    estimator = options.estimator
    if not options.drop_absorbed:
        require_independent(design.exog)
    absorbed, words = estimator.redundant_regressors(design.exog, effects, removed)
    if not options.drop_absorbed:
        require_not_absorbed(absorbed, words)
    exog = design.exog.drop(columns=absorbed) if absorbed else design.exog
    if options.drop_absorbed:
        require_independent(exog)
    exog = estimator.drop_constant(exog)
    if exog.shape[1] == 0:
        raise SampleError("no regressor is left to estimate")
    return replace(design, exog=exog), tuple(absorbed)


def _judge_singletons(
    options: FitOptions, sample: EstimationSample, rows: pd.DataFrame
) -> EstimationSample:
    """Name the rows that their own effects fit exactly; leave them out on request."""
    effects = sample.effect_codes
    if effects.empty:
        return sample
    lone = lone_rows(effects)
    if not lone.any():
        return replace(sample, singletons=())
    lost = groups_lost(effects, sample.effect_groups, lone)
    names = tuple(label for labels_lost in lost.values() for label in labels_lost)
    if not options.drop_singletons:
        warn_singletons(lost, int(lone.sum()))
        return replace(sample, singletons=names)
    if lone.all():
        raise SampleError(
            "drop_singletons=True leaves no row: every row is alone in a group of the "
            f"{describe_effects(sample.effects)} effects, or is once the others are left out"
        )
    design = replace(
        sample.design, endog=sample.design.endog[~lone], exog=sample.design.exog[~lone]
    )
    return replace(
        sample,
        design=design,
        weights=None if sample.weights is None else sample.weights[~lone],
        cluster_codes=grouping_codes(sample.cluster_codes.columns, sample.cluster_codes[~lone]),
        effect_codes=grouping_codes(effects.columns, effects[~lone]),
        effect_groups={name: group_names(name, rows[~lone]) for name in effects.columns},
        singletons=names,
        removed=None,
    )
