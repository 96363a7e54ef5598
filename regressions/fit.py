"""Estimate a panel model: one call, one frozen result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from regressions.calendar import Calendar, find_calendar, spells, warn_doubts
from regressions.columns import as_numbers
from regressions.coordinates import Coordinates, coordinates, near_origin
from regressions.covariance import (
    CountEffects,
    CovarianceChoice,
    choose_covariance,
    count_clusters,
    group_names,
    grouping_codes,
    grouping_columns,
    inference_df,
    warn_few_clusters,
)
from regressions.degenerate import judge_covariance
from regressions.degrees_of_freedom import effects_rank, groups_lost, lone_rows
from regressions.design import Design, formula_columns, materialise
from regressions.equation import is_nested
from regressions.errors import (
    AbsorbedError,
    CollinearityError,
    OptionError,
    RegressionError,
    SampleError,
    SampleWarning,
)
from regressions.formula import parse_formula
from regressions.from_equation import EQUATIONS, covariance_of, refined
from regressions.model import DesignSpec, FittedModel
from regressions.names import (
    INTERCEPT,
    as_spelled,
    given_names,
    nearest,
    nearest_term,
    require_unambiguous,
    shadowed_names,
)
from regressions.options import by_name, unknown_option
from regressions.sample import (
    check_panel,
    incomplete_cells,
    require_complete,
    require_dependent,
    require_enough,
    singletons,
    warn_singletons,
)
from regressions.sandwich import with_sandwich
from regressions.user_warnings import warn_user
from regressions.within import (
    absorbed_columns,
    constant_columns,
    dependent_columns,
    group_means,
    remove_effects,
    require_independent,
    require_not_absorbed,
)

ESTIMATORS = ("pooled", "fixed", "random", "between", "first-difference", "mundlak")
_TWO_WAY = (("twoway",), ("two-way",))
_ELSEWHERE = {
    "ols": "pooled", "pooling": "pooled", "fe": "fixed", "within": "fixed", "re": "random",
    "gls": "random", "be": "between", "fd": "first-difference", "cre": "mundlak",
}  # fmt: skip
_DEFAULT_EFFECTS = {
    "fixed": ("entity",),
    "random": ("entity",),
    "between": ("entity",),
    "mundlak": ("entity",),
}
_GLS = ("random", "mundlak")
_COVARIANCE_OPTIONS = tuple(
    name for name in signature(choose_covariance).parameters if name != "name"
)


@by_name()
def fit(
    formula: str,
    data: pd.DataFrame,
    *,
    estimator: str = "pooled",
    effects: str | Sequence[str] | None = None,
    cov: str = "unadjusted",
    clusters: str | Sequence[str] | None = None,
    bandwidth: int | None = None,
    kernel: str = "bartlett",
    debiased: bool | None = None,
    group_debias: bool = True,
    count_effects: CountEffects = "auto",
    weights: str | None = None,
    small_sample: bool = False,
    missing: str = "raise",
    drop_absorbed: bool = False,
    drop_singletons: bool = False,
    step: int | None = None,
    label: str | None = None,
) -> FittedModel:
    """Estimate a panel model.

    Parameters
    ----------
    formula : str
        ``"y ~ x1 + signed_log(x2) + lag(x3) + C(group)"``, read by formulaic. The constant is
        always in; ``- 1`` takes it out.
    data : DataFrame, shape (n, columns)
        Indexed by (entity, period); the period numeric or date-like.
    estimator : {"pooled", "fixed", "random", "between", "first-difference", "mundlak"}
        "random" is Swamy-Arora; "mundlak" is random effects with the entity means of the
        regressors that vary within entities (correlated random effects); "first-difference" takes
        no constant and no difference across a gap.
    effects : str or sequence of str, optional
        For "fixed": "entity" (default), "time", "twoway", a categorical column, or two of these;
        of two nested ones, such as "entity" and its region, the redundant one is left out with a
        warning.
        For "random" and "between": "entity" (default) or "time".
    cov : str
        "unadjusted", "robust" (HC1), "HC0", "HC1", "HC2", "HC3", "clustered", "CR2",
        "CR3", "driscoll-kraay" or "ac"; conventions in :mod:`regressions.covariance`.
    clusters : str or sequence of str, optional
        Under clustering: "entity" (default), "time", a column, or two of these.
    bandwidth : int, optional
        Lags under "driscoll-kraay" and "ac"; default ``floor(4 (T/100)^(2/9))``.
    kernel : {"bartlett", "parzen", "quadratic-spectral"}
    debiased : bool, optional
        Degrees-of-freedom factor; by default on, except for "HC0".
    group_debias : bool
        Factor ``G/(G-1) (n-1)/n`` under clustering.
    count_effects : bool, "auto" or "not-nested"
        Whether absorbed effects count as parameters in the covariance; "auto" leaves out those
        nested in the clusters.
    weights : str, optional
        Column of positive weights; not for random effects, where no definition is accepted.
    small_sample : bool
        Random effects in unbalanced panels: Baltagi-Chang variance components (plm, Stata's
        ``sa``) in place of the harmonic-mean ones (Stata's default).
    missing : {"raise", "drop"}
        What to do with rows that have missing or infinite values.
    drop_absorbed : bool
        Leave out regressors that the effects absorb, and report them.
    drop_singletons : bool
        Leave out rows that are alone in a group of the effects, again and again until none is,
        and report the groups; by default they are kept and named.
    step : int, optional
        Distance of one period to the next in the units of the period index (5 for five-year
        data), as lags, differences and kernels count it; by default the largest that all periods
        share (:mod:`regressions.calendar`).
    label : str, optional
        Name of the model; by default the estimator.

    Returns
    -------
    FittedModel

    Raises
    ------
    FormulaError
        The formula cannot be read, or names an unknown column.
    OptionError
        An unknown option, or options that do not go together.
    SampleError
        Index, duplicates, missing values, a single entity, a panel too short.
    CollinearityError
        Constant or perfectly collinear regressors, by name.
    AbsorbedError
        Regressors that the effects absorb, by name.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([["a", "b", "c"], range(2000, 2010)])
    >>> data = pd.DataFrame({"x": rng.normal(size=30)}, index=index)
    >>> data["y"] = 2 * data["x"] + np.repeat([1.0, 2.0, 3.0], 10)
    >>> model = fit("y ~ x", data, estimator="fixed")
    >>> model.params.round(6).to_dict()
    {'Intercept': 2.0, 'x': 2.0}
    """
    choice = choose_covariance(
        cov,
        clusters=clusters,
        bandwidth=bandwidth,
        kernel=kernel,
        debiased=debiased,
        group_debias=group_debias,
        count_effects=count_effects,
    )
    settings = {
        "estimator": estimator, "effects": effects, "cov": cov, "clusters": clusters,
        "bandwidth": bandwidth, "kernel": kernel, "debiased": debiased,
        "group_debias": group_debias, "count_effects": count_effects, "weights": weights,
        "small_sample": small_sample, "missing": missing, "drop_absorbed": drop_absorbed,
        "drop_singletons": drop_singletons, "step": step, "label": label,
    }  # fmt: skip
    plan = _plan(estimator, effects, weights, small_sample, drop_absorbed, drop_singletons)
    _require_unambiguous(data, effects, clusters)
    plan, sample = _sample(formula, data, plan, choice.clusters, weights, missing, step)
    return _fitted(formula, plan, choice, sample, _prepared(plan, sample), settings)


def fit_each_covariance(
    formula: str,
    data: pd.DataFrame,
    covariances: Mapping[str, Mapping[str, Any]],
    **options: Any,
) -> dict[str, FittedModel | RegressionError]:
    """Estimate one model under several covariances; the sample and the design are made once.

    Parameters
    ----------
    formula : str
    data : DataFrame
        Indexed by (entity, period).
    covariances : mapping of label to options of the covariance
        ``{"iid": {}, "by firm": {"cov": "clustered"}}``.
    **options
        Other options of :func:`fit`.

    Returns
    -------
    dict
        By label, what :func:`fit` gives for it, or the error that it raises.

    Raises
    ------
    OptionError
        If a covariance has an option that does not concern the covariance.
    """
    outcomes: dict[str, FittedModel | RegressionError] = {}
    defaults = {
        name: given.default
        for name, given in signature(fit).parameters.items()
        if given.kind is given.KEYWORD_ONLY
    }
    for name in options:
        if name not in defaults:
            raise OptionError(unknown_option("fit", name, defaults))
    made: dict[tuple[str, ...], tuple[_Plan, _Sample, _Prepared]] = {}
    estimates: dict[tuple[str, ...], FittedModel] = {}
    columns = {str(name) for name in data.columns} - {str(name) for name in data.index.names}
    for label, own in covariances.items():
        outside = [name for name in own if name not in ("cov", *_COVARIANCE_OPTIONS)]
        if outside:
            raise OptionError(f"{outside[0]!r} is not an option of the covariance {label!r}")
        settings = {**defaults, **options, **own}
        try:
            choice = choose_covariance(
                settings["cov"], **{name: settings[name] for name in _COVARIANCE_OPTIONS}
            )
            _require_unambiguous(data, settings["effects"], settings["clusters"])
            key = tuple(name for name in choice.clusters if name in columns)
            if key not in made:
                plan = _plan(
                    *(
                        settings[name]
                        for name in (
                            "estimator", "effects", "weights", "small_sample", "drop_absorbed",
                            "drop_singletons",
                        )
                    )
                )  # fmt: skip
                names = tuple(dict.fromkeys([*key, "entity", "time", *choice.clusters]))
                plan, sample = _sample(
                    formula, data, plan, names, settings["weights"], settings["missing"],
                    settings["step"],
                )  # fmt: skip
                made[key] = plan, sample, _prepared(plan, sample)
            plan, sample, prepared = made[key]
            codes = sample.cluster_codes.reindex(columns=list(choice.clusters))
            sample = replace(sample, cluster_codes=codes)
            if key in estimates and plan.estimator in EQUATIONS:
                model = _under(plan, choice, sample, estimates[key], settings)
            else:
                model = _fitted(formula, plan, choice, sample, prepared, settings)
            estimates.setdefault(key, model)
            outcomes[label] = model
        except RegressionError as error:
            outcomes[label] = error
    return outcomes


def _fitted(
    formula: str,
    plan: _Plan,
    choice: CovarianceChoice,
    sample: _Sample,
    prepared: _Prepared,
    settings: dict[str, Any],
) -> FittedModel:
    result = _estimate(plan, choice, sample, prepared)
    model = _assemble(formula, plan, choice, sample, prepared, result, settings)
    if plan.estimator in _GLS:
        better = refined(model)
        # linearmodels takes entities for periods under time effects
        if better is not model or (plan.effects == ("time",) and choice.sums_over_lags):
            return _covered(plan, choice, sample, better)
    if _sums_by_calendar(plan, choice, sample) or _clusters_cut_differences(plan, sample):
        return _covered(plan, choice, sample, model)
    return judge_covariance(model if choice.from_linearmodels else with_sandwich(model), choice)


def _sums_by_calendar(plan: _Plan, choice: CovarianceChoice, sample: _Sample) -> bool:
    """Whether the covariance is a kernel sum from the estimating equation.

    linearmodels counts observed periods and rows, across gaps. It keeps weighted first
    differences, whose equation has no agreed form; they are refused where that matters.
    """
    if not choice.sums_over_lags or plan.estimator == "between":
        return False
    if plan.estimator != "first-difference" or sample.weights is None:
        return True
    index = sample.design.exog.index
    if _count_gaps(index, sample.calendar):
        raise OptionError(
            f"cov={choice.name!r} of weighted first differences is not available for panels with "
            "gaps: leave weights out, or cluster by entity"
        )
    return False


def _count_gaps(index: pd.MultiIndex, calendar: Calendar) -> int:
    """Count the places where an entity skips at least one period."""
    return int(spells(index, calendar).max()) + 1 - index.get_level_values(0).nunique()


def _under(
    plan: _Plan,
    choice: CovarianceChoice,
    sample: _Sample,
    estimate: FittedModel,
    settings: dict[str, Any],
) -> FittedModel:
    """Put another covariance on an estimate."""
    rows = estimate.exog.index
    model = replace(
        estimate,
        cov=choice.name,
        label=str(settings["label"] or plan.estimator),
        covariance_words=choice.describe(),
        settings=settings,
        **_clustering(choice, sample, rows, rows, estimate.df_resid),
        df_by_param=None,
        missing_inference={},
    )
    return _covered(plan, choice, sample, model)


def _covered(
    plan: _Plan, choice: CovarianceChoice, sample: _Sample, model: FittedModel
) -> FittedModel:
    """Compute the covariance of a model from its equation."""
    if not choice.from_linearmodels:
        return judge_covariance(with_sandwich(model), choice)
    with _linearmodels_errors(plan):
        covariance = covariance_of(model, choice)
    covariance *= _effects_factor(choice, sample, model.exog.index, model.nobs, model.params)
    return judge_covariance(replace(model, covariance=covariance), choice)


@dataclass(frozen=True)
class _Plan:
    """Estimator and effects, checked."""

    estimator: str
    effects: tuple[str, ...]
    small_sample: bool
    drop_absorbed: bool
    drop_singletons: bool

    @property
    def name(self) -> str | None:
        """Effects as the model reports them."""
        if not self.effects:
            return None
        return "twoway" if set(self.effects) == {"entity", "time"} else " + ".join(self.effects)


@dataclass(frozen=True, eq=False)
class _Sample:
    """Rows, design and groupings that go into the estimator."""

    design: Design
    calendar: Calendar
    weights: pd.Series | None
    cluster_codes: pd.DataFrame
    effect_codes: pd.DataFrame
    effect_groups: Mapping[str, pd.Index]
    dropped: pd.DataFrame
    lost_to_lags: int
    dropped_regressors: tuple[str, ...]
    singletons: tuple[object, ...]
    left_columns: tuple[str, ...]
    shadowed: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Prepared:
    """A model of linearmodels, with its regressors on the panel's own index."""

    model: Any
    exog: pd.DataFrame
    coordinates: Coordinates
    terms: dict[str, tuple[str, ...]]
    order: np.ndarray
    place: pd.MultiIndex

    def placed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows in the order and with the index of linearmodels."""
        return frame.iloc[self.order].set_axis(self.place, axis=0)


def _plan(
    estimator: str,
    effects: str | Sequence[str] | None,
    weights: str | None,
    small_sample: bool,
    drop_absorbed: bool,
    drop_singletons: bool,
) -> _Plan:
    estimator = as_spelled(estimator, ESTIMATORS)
    if estimator not in ESTIMATORS:
        raise OptionError(
            f"unknown estimator {estimator!r}"
            f"{nearest_term(str(estimator), ESTIMATORS, _ELSEWHERE)}; "
            f"choose one of {', '.join(ESTIMATORS)}"
        )
    names = _effect_names(estimator, effects)
    if weights is not None and estimator in _GLS:
        raise OptionError(
            f"weights cannot be used with estimator={estimator!r}: weighted random effects have "
            "no accepted definition"
        )
    if small_sample and estimator not in _GLS:
        raise OptionError(f"small_sample goes with random effects, not {estimator!r}")
    if drop_singletons and estimator != "fixed":
        raise OptionError(f"drop_singletons goes with fixed effects, not {estimator!r}")
    return _Plan(estimator, names, small_sample, drop_absorbed, drop_singletons)


def _effect_names(estimator: str, effects: str | Sequence[str] | None) -> tuple[str, ...]:
    if effects is None:
        return _DEFAULT_EFFECTS.get(estimator, ())
    names = given_names(effects, "effects")
    names = ("entity", "time") if tuple(map(str.lower, names)) in _TWO_WAY else names
    if estimator in ("pooled", "first-difference"):
        raise OptionError(f"estimator={estimator!r} takes no effects: leave effects out")
    if estimator == "fixed":
        if not 1 <= len(names) <= 2 or len(set(names)) < len(names):
            raise OptionError(
                "fixed effects are one or two different groupings ('entity', 'time', 'twoway' or "
                f"columns), not {effects!r}"
            )
        return names
    allowed = ("entity",) if estimator == "mundlak" else ("entity", "time")
    if len(names) != 1 or names[0] not in allowed:
        two = " (two-way random effects have no estimator here)" if len(names) == 2 else ""
        raise OptionError(
            f"effects of estimator={estimator!r} are {' or '.join(map(repr, allowed))}, "
            f"not {effects!r}{two}"
        )
    return names


def _sample(
    formula: str,
    data: pd.DataFrame,
    plan: _Plan,
    clusters: tuple[str, ...],
    weights: str | None,
    missing: str,
    step: int | None,
) -> tuple[_Plan, _Sample]:
    """Check the data; give the plan, without redundant effects, and the sample."""
    panel = check_panel(data)
    levels = [str(name) for name in panel.index.names if name is not None]
    parsed = parse_formula(formula, dict.fromkeys([*map(str, panel.columns), *levels]))
    shadowed = shadowed_names(panel)
    require_unambiguous([n for n in parsed.columns if n in levels], shadowed, panel.index)
    weights = None if weights is None else str(weights)
    panel = _with_index_columns(panel, parsed.columns)
    groupings = [
        *grouping_columns(clusters, panel, "cluster variable"),
        *grouping_columns(plan.effects, panel, "effect"),
    ]
    if weights is not None and weights not in panel.columns:
        raise OptionError(
            f"unknown column of weights {weights!r}{nearest(weights, map(str, panel.columns))}"
        )
    used = formula_columns(parsed, panel)
    beside = panel[[name for name in dict.fromkeys(groupings) if name not in used]]
    if weights is not None and weights not in used:
        beside = beside.assign(**{weights: as_numbers(panel[weights], f"weights {weights!r}")})
    whole = pd.concat([used, beside], axis=1)
    require_complete(incomplete_cells(whole, whole.columns), len(panel), missing)
    # a row whose value only others need as their lag stays
    cells = incomplete_cells(whole, [*parsed.own_columns, *beside.columns])
    complete = ~panel.index.isin(pd.MultiIndex.from_frame(cells[["entity", "period"]]))
    calendar = find_calendar(panel.index, step)
    design = materialise(parsed, used, complete, calendar)
    design, undefined = _defined_rows(design)
    require_complete(undefined, len(panel), missing)
    rows = panel.loc[design.endog.index]
    require_enough(rows.index, plan.estimator, plan.name)
    require_dependent(design.endog, design.exog)
    plan, effect_codes = _without_nested(plan, grouping_codes(_absorbing(plan), rows))
    if plan.estimator == "first-difference":
        effect_groups = _differenced_groups(rows.index, calendar)
    else:
        effect_groups = effect_codes
    _require_variation_left(design.endog, plan, effect_groups)
    weight = None if weights is None else _positive(rows[weights])
    design, absorbed = _usable_regressors(design, plan, effect_groups, weight)
    if parsed.panel_transforms or plan.estimator == "first-difference":
        warn_doubts(calendar)
    sample = _Sample(
        design,
        calendar,
        weight,
        grouping_codes(clusters, rows),
        effect_codes,
        {name: group_names(name, rows) for name in effect_codes.columns},
        pd.concat([cells, undefined], ignore_index=True) if len(undefined) else cells,
        int(design.lost.sum()),
        absorbed,
        singletons(rows.index),
        tuple(name for name in parsed.columns if name not in parsed.right_columns),
        shadowed,
    )
    return plan, _judge_singletons(plan, sample, rows)


def _judge_singletons(plan: _Plan, sample: _Sample, rows: pd.DataFrame) -> _Sample:
    """Name the rows that their own effects fit exactly; leave them out on request."""
    effects = sample.effect_codes
    if effects.empty:
        return sample
    lone = lone_rows(effects)
    if not lone.any():
        return replace(sample, singletons=())
    lost = groups_lost(effects, sample.effect_groups, lone)
    names = tuple(label for labels_lost in lost.values() for label in labels_lost)
    if not plan.drop_singletons:
        warn_singletons(lost, int(lone.sum()))
        return replace(sample, singletons=names)
    if lone.all():
        raise SampleError(
            "drop_singletons=True leaves no row: every row is alone in a group of the "
            f"{plan.name} effects, or is once the others are left out"
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
    )


def _require_unambiguous(
    data: pd.DataFrame,
    effects: str | Sequence[str] | None,
    clusters: str | Sequence[str] | None,
) -> None:
    """Refuse names of effects and clusters that mean the index and a column of the data."""
    if not isinstance(data, pd.DataFrame):
        return
    asked = [
        name
        for given, what in ((effects, "effects"), (clusters, "clusters"))
        if given is not None
        for name in given_names(given, what)
    ]
    require_unambiguous(asked, shadowed_names(data), data.index)
    twoway = [name for name in asked if (name.lower(),) in _TWO_WAY and name in data.columns]
    if twoway:
        raise OptionError(
            f"effects={twoway[0]!r} is ambiguous: it means entity and time effects, but the data "
            f"also have a column {twoway[0]!r}; rename the column"
        )


def _with_index_columns(panel: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Make the index levels that a formula uses available as columns."""
    levels = {
        name: panel.index.get_level_values(name) for name in columns if name not in panel.columns
    }
    return panel.assign(**levels) if levels else panel


def _absorbing(plan: _Plan) -> tuple[str, ...]:
    return plan.effects if plan.estimator == "fixed" else ()


def _without_nested(plan: _Plan, codes: pd.DataFrame) -> tuple[_Plan, pd.DataFrame]:
    """Leave out effects whose groups are unions of the groups of others, and say so."""
    names = list(codes.columns)
    if len(names) < 2:
        return plan, codes
    first, second = codes.to_numpy().T
    if is_nested(first, second):
        kept, redundant = names
    elif is_nested(second, first):
        redundant, kept = names
    else:
        return plan, codes
    warn_user(
        f"the effects of {redundant!r} are left out: each group of {kept!r} lies in one group of "
        f"{redundant!r}, so the effects of {kept!r} absorb them",
        SampleWarning,
    )
    return replace(plan, effects=(kept,)), codes[[kept]]


def _require_variation_left(endog: pd.Series, plan: _Plan, effect_codes: pd.DataFrame) -> None:
    """Refuse a dependent variable that effects or differences take away."""
    if plan.estimator == "fixed":
        codes, taker = list(effect_codes.to_numpy().T), f"{plan.name} effects absorb"
    elif plan.estimator == "first-difference":
        codes, taker = list(effect_codes.to_numpy().T), "differences remove"
    elif plan.estimator in _GLS:
        level = 1 if plan.effects == ("time",) else 0
        what = ("entities", "periods")[level]
        if absorbed_columns(endog.to_frame(), [_group_codes(endog.to_frame(), level)]):
            raise AbsorbedError(
                f"the dependent variable {endog.name!r} does not vary within {what}: random "
                "effects have no error variance to weigh it with; use estimator='between'"
            )
        return
    else:
        return
    if absorbed_columns(endog.to_frame(), codes):
        raise AbsorbedError(
            f"the {taker} the dependent variable {endog.name!r}: nothing is left of it to explain"
        )


def _defined_rows(design: Design) -> tuple[Design, pd.DataFrame]:
    """Leave out rows where a transform is not a number, and list them."""
    matrix = design.exog.assign(**{f"{design.dependent}": design.endog})
    finite = np.isfinite(matrix.to_numpy()).all(axis=1)
    undefined = incomplete_cells(matrix.loc[~finite], matrix.columns)
    undefined["problem"] = undefined["problem"].replace("missing", "undefined")
    return replace(design, endog=design.endog[finite], exog=design.exog[finite]), undefined


def _positive(weights: pd.Series) -> pd.Series:
    values = as_numbers(weights)
    if not (values > 0).all():
        entity, period = values.index[(values <= 0).to_numpy()][0]
        raise SampleError(
            f"weights must be positive: {weights.name!r} is {values[(entity, period)]:g} for "
            f"({entity}, {period})"
        )
    return values


def _usable_regressors(
    design: Design, plan: _Plan, effect_codes: pd.DataFrame, weights: pd.Series | None
) -> tuple[Design, tuple[str, ...]]:
    """Check regressors; leave out absorbed ones on request; first differences lose the constant."""
    exog = design.exog
    if not plan.drop_absorbed:
        require_independent(exog)
    absorbed, words = _absorbed(exog, plan, effect_codes, weights)
    if not plan.drop_absorbed:
        require_not_absorbed(absorbed, words)
    exog = exog.drop(columns=absorbed)
    require_independent(exog)
    if plan.estimator == "first-difference":
        exog = exog.drop(columns=INTERCEPT, errors="ignore")
    if exog.shape[1] == 0:
        raise SampleError("no regressor is left to estimate")
    return replace(design, exog=exog), tuple(absorbed)


def _absorbed(
    exog: pd.DataFrame, plan: _Plan, effect_codes: pd.DataFrame, weights: pd.Series | None
) -> tuple[list[str], str]:
    """Regressors that the estimator cannot tell from effects or means, and what takes them."""
    root = None if weights is None else weights.to_numpy()
    match plan.estimator:
        case "fixed":
            codes = list(effect_codes.to_numpy().T)
            return absorbed_columns(exog, codes, root), f"{plan.name} effects absorb"
        case "first-difference":
            return absorbed_columns(exog, list(effect_codes.to_numpy().T)), "differences remove"
        case "between":
            redundant = dependent_columns(_group_means(exog, plan))
            what = "period" if plan.effects == ("time",) else "entity"
            return [str(exog.columns[j]) for j in redundant], f"{what} means do not distinguish"
    return [], ""


def _differenced_groups(index: pd.MultiIndex, calendar: Calendar) -> pd.DataFrame:
    """Unbroken runs of periods: differences are taken within them, and remove what is constant.

    Raises
    ------
    SampleError
        If no entity is observed in two consecutive periods.
    """
    codes = spells(index, calendar)
    if codes.max() + 1 == len(index):
        raise SampleError(
            "no entity is observed in two consecutive periods: there is no first difference (the "
            f"periods are counted in steps of {calendar.describe_step()}; see the option step)"
        )
    return pd.DataFrame({"spell": codes}, index=index)


def _group_codes(frame: pd.DataFrame, level: int) -> np.ndarray:
    return pd.factorize(frame.index.get_level_values(level))[0]


def _group_means(exog: pd.DataFrame, plan: _Plan) -> np.ndarray:
    """Means by entity (or period) of the regressors, one row per group."""
    codes = _group_codes(exog, 1 if plan.effects == ("time",) else 0)
    means = group_means(exog.to_numpy(dtype=float), codes)
    return means[np.unique(codes, return_index=True)[1]]


def _prepared(plan: _Plan, sample: _Sample) -> _Prepared:
    exog, terms = sample.design.exog, sample.design.terms
    if plan.estimator == "mundlak":
        exog, terms = _with_entity_means(exog, terms)
        require_independent(exog)
    if plan.estimator == "first-difference":
        _require_differences(exog, sample.calendar)
    _require_degrees_of_freedom(plan, exog, sample.effect_codes)
    axes = _linearmodels_index(exog.index, plan, sample.calendar)
    order = np.lexsort((axes.codes[1], axes.codes[0]))
    given = _given(exog, plan, sample)
    prepared = _Prepared(None, exog, given, terms, order, axes[order])
    y = prepared.placed(sample.design.endog.to_frame())
    x = prepared.placed(given.exog)
    w = None if sample.weights is None else prepared.placed(sample.weights.to_frame())
    with _linearmodels_errors(plan):
        model = _linearmodels_model(plan, y, x, w, prepared.placed(sample.effect_codes))
    return replace(prepared, model=model)


def _estimate(plan: _Plan, choice: CovarianceChoice, sample: _Sample, prepared: _Prepared) -> Any:
    """Give the result of linearmodels."""
    count_clusters(sample.cluster_codes)
    if _sums_by_calendar(plan, choice, sample) or _clusters_cut_differences(plan, sample):
        choice = replace(choice, name="unadjusted", clusters=())
    options = choice.fit_options(absorbs=plan.estimator == "fixed")
    if choice.from_linearmodels and choice.clusters:
        options["clusters"] = prepared.placed(sample.cluster_codes)
    if plan.estimator in _GLS:
        options["small_sample"] = plan.small_sample
    with _linearmodels_errors(plan):
        return prepared.model.fit(**options)


def _clusters_cut_differences(plan: _Plan, sample: _Sample) -> bool:
    """Whether the rows of a difference can lie in different clusters, which linearmodels refuses.

    A difference then belongs to the cluster of its later row, which means something for the period
    and for groups of periods only.
    """
    if plan.estimator != "first-difference" or sample.cluster_codes.empty:
        return False
    codes = sample.cluster_codes
    entity, period = (_group_codes(codes, level) for level in (0, 1))
    cut = [name for name in codes.columns if not is_nested(entity, codes[name].to_numpy())]
    for name in cut:
        if not is_nested(period, codes[name].to_numpy()):
            raise OptionError(
                f"clusters={name!r} change within entities: a first difference would lie in two of "
                "them; cluster by 'entity', 'time', or a column constant within entities or periods"
            )
    if cut and sample.weights is not None:
        raise OptionError(
            f"weighted first differences cannot be clustered by {cut[0]!r}; cluster by 'entity', "
            "or leave the weights out"
        )
    return bool(cut)


@contextmanager
def _linearmodels_errors(plan: _Plan) -> Iterator[None]:
    """Say what linearmodels refuses in our words."""
    from linearmodels.panel.utility import AbsorbingEffectError

    try:
        yield
    except RegressionError:
        raise
    except np.linalg.LinAlgError as error:
        raise CollinearityError(
            f"the {plan.estimator} model cannot be estimated: its transformed regressors are "
            "singular; leave out regressors that hardly vary"
        ) from error
    except ValueError as error:
        raise SampleError(f"the {plan.estimator} model cannot be estimated: {error}") from error
    except AbsorbingEffectError as error:
        raise AbsorbedError(
            f"the {plan.name} effects absorb regressors or leave them collinear; "
            "leave some of them out of the formula"
        ) from error


def _given(exog: pd.DataFrame, plan: _Plan, sample: _Sample) -> Coordinates:
    """Regressors as linearmodels gets them."""
    if plan.estimator in _GLS:
        return near_origin(exog)
    free = plan.estimator in ("fixed", "first-difference")
    return coordinates(exog, _as_seen(exog, plan, sample), constant_free=free)


def _as_seen(exog: pd.DataFrame, plan: _Plan, sample: _Sample) -> np.ndarray:
    """Regressors without the constant as the estimator transforms them, up to a scale."""
    slopes = exog.drop(columns=INTERCEPT, errors="ignore")
    values = slopes.to_numpy(dtype=float)
    if slopes.empty:
        return values
    match plan.estimator:
        case "fixed":
            weights = None if sample.weights is None else sample.weights.to_numpy()
            codes = list(sample.effect_codes.to_numpy().T)
            return remove_effects(values - values.mean(axis=0), codes, weights)
        case "first-difference":
            runs = spells(exog.index, sample.calendar)
            return remove_effects(values - values.mean(axis=0), [runs])
        case "between":
            return _group_means(slopes, plan)
    return values


def _linearmodels_model(
    plan: _Plan, y: pd.DataFrame, x: pd.DataFrame, w: pd.DataFrame | None, effects: pd.DataFrame
) -> Any:
    from linearmodels.panel import (
        BetweenOLS,
        FirstDifferenceOLS,
        PanelOLS,
        PooledOLS,
        RandomEffects,
    )

    match plan.estimator:
        case "pooled":
            return PooledOLS(y, x, weights=w)
        case "between":
            return BetweenOLS(y, x, weights=w)
        case "first-difference":
            return FirstDifferenceOLS(y, x, weights=w)
        case "random" | "mundlak":
            return RandomEffects(y, x)
    others = [name for name in plan.effects if name not in ("entity", "time")]
    return PanelOLS(
        y,
        x,
        weights=w,
        entity_effects="entity" in plan.effects,
        time_effects="time" in plan.effects,
        other_effects=effects[others] if others else None,
        singletons=True,
    )


def _linearmodels_index(index: pd.MultiIndex, plan: _Plan, calendar: Calendar) -> pd.MultiIndex:
    """Index linearmodels takes: levels swapped for time effects, periods as numbers or dates.

    First differences take the unbroken runs of an entity for entities, because linearmodels
    differences across periods that no entity has.
    """
    entities, periods = index.get_level_values(0), index.get_level_values(1)
    if plan.estimator == "first-difference":
        return pd.MultiIndex.from_arrays(
            [spells(index, calendar), calendar.positions(periods)], names=index.names
        )
    if isinstance(periods, pd.PeriodIndex):
        periods = periods.to_timestamp()
    if plan.effects == ("time",) and plan.estimator != "fixed":
        codes = pd.factorize(entities, sort=True)[0]
        return pd.MultiIndex.from_arrays([periods, codes], names=[index.names[1], index.names[0]])
    return pd.MultiIndex.from_arrays([entities, periods], names=index.names)


def _with_entity_means(
    exog: pd.DataFrame, terms: dict[str, tuple[str, ...]]
) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    """Add the entity means of the regressors that vary within entities (Mundlak 1978).

    Means that are the same for all entities (of period dummies and trends in a balanced panel)
    are the constant's.
    """
    entities = pd.factorize(exog.index.get_level_values(0))[0]
    constant_within = {*absorbed_columns(exog, [entities]), INTERCEPT}
    varying = [name for name in exog.columns if name not in constant_within]
    if not varying:
        raise SampleError("no regressor varies within entities: the Mundlak terms do not exist")
    means = pd.DataFrame(
        group_means(exog[varying].to_numpy(), entities),
        index=exog.index,
        columns=[f"mean({name})" for name in varying],
    )
    if INTERCEPT in exog.columns:
        means = means.drop(columns=constant_columns(means))
    return pd.concat([exog, means], axis=1), {**terms, "entity means": tuple(means.columns)}


def _require_differences(exog: pd.DataFrame, calendar: Calendar) -> None:
    runs = spells(exog.index, calendar)
    rows = len(runs) - int(runs.max()) - 1
    if rows <= exog.shape[1]:
        raise SampleError(
            f"{rows} first differences cannot identify {exog.shape[1]} coefficients: widen the "
            "sample or use fewer regressors (no difference is taken across a gap)"
        )


def _require_degrees_of_freedom(plan: _Plan, exog: pd.DataFrame, effects: pd.DataFrame) -> None:
    k = exog.shape[1]
    if plan.estimator in ("between", *_GLS):
        means = _group_means(exog, plan)
        rank = means.shape[1] - len(dependent_columns(means))
        if len(means) <= rank:
            what = "periods" if plan.effects == ("time",) else "entities"
            raise SampleError(
                f"estimator={plan.estimator!r} needs more {what} ({len(means)}) than coefficients "
                f"of its between regression ({rank}): use fewer regressors"
            )
    beside = 0 if effects.empty else effects_rank(effects.to_numpy().T) - 1
    if len(exog) <= _count_slopes(exog.columns) + 1 + beside if beside else len(exog) <= k:
        raise SampleError(
            f"{len(exog)} rows cannot identify {k} coefficients"
            f"{f' and {beside} effects' if beside else ''}: widen the sample or use fewer "
            "regressors"
        )


def _count_slopes(names: pd.Index) -> int:
    return len(names) - int(INTERCEPT in names)


def _assemble(
    formula: str,
    plan: _Plan,
    choice: CovarianceChoice,
    sample: _Sample,
    prepared: _Prepared,
    result: Any,
    settings: dict[str, Any],
) -> FittedModel:
    exog = prepared.exog
    rows = None
    if plan.estimator != "between":
        rows = _rows_used(result, exog.index, plan, sample.calendar)
    used = exog.index if rows is None else rows
    kept = exog.index if plan.estimator == "first-difference" else used
    exog = exog.loc[kept]
    df_resid = _residual_df(result, sample.effect_codes.loc[kept], exog.columns)
    clustering = _clustering(choice, sample, used, kept, df_resid)
    params = prepared.coordinates.params(result.params)
    resids = pd.Series(
        result.resids.to_numpy(),
        name="residual",
        index=result.resids.index if rows is None else rows,
    )
    factor = _effects_factor(choice, sample, kept, int(result.nobs), params)
    covariance = prepared.coordinates.covariance(result.cov * factor)
    return FittedModel(
        formula=formula,
        dependent=sample.design.dependent,
        estimator=plan.estimator,
        effects=plan.name,
        cov=choice.name,
        label=str(settings["label"] or plan.estimator),
        params=params,
        covariance=covariance,
        df_resid=df_resid,
        df_model=float(result.nobs) - df_resid,
        nobs=int(result.nobs),
        n_entities=int(kept.get_level_values(0).nunique()),
        n_periods=int(kept.get_level_values(1).nunique()),
        rsquared=float(result.rsquared),
        **_rsquared_by_entity(plan, result, sample.design.endog.loc[kept], exog @ params),
        rsquared_overall=float(result.corr_squared_overall),
        resids=resids,
        fitted=(exog @ params).rename("fitted"),
        endog=sample.design.endog.loc[kept],
        exog=exog,
        result=result,
        weights=None if sample.weights is None else sample.weights.loc[kept],
        **_variance_components(plan, result),
        covariance_words=choice.describe(),
        **clustering,
        effect_codes=grouping_codes(sample.effect_codes.columns, sample.effect_codes.loc[kept]),
        effect_groups=_groups_on(kept, sample),
        dropped=sample.dropped,
        lost_to_lags=sample.lost_to_lags,
        dropped_regressors=sample.dropped_regressors,
        singletons=sample.singletons,
        terms=prepared.terms,
        calendar=sample.calendar,
        settings=settings,
        design_spec=DesignSpec(sample.design.spec, sample.left_columns, sample.shadowed),
    )


def _groups_on(kept: pd.MultiIndex, sample: _Sample) -> dict[str, pd.Index]:
    """Names of the groups of each effect on the rows used, in the order of their codes there."""
    codes = sample.effect_codes.loc[kept]
    return {
        name: labels.take(codes[name].unique()) for name, labels in sample.effect_groups.items()
    }


def _rsquared_by_entity(
    plan: _Plan, result: Any, endog: pd.Series, prediction: pd.Series
) -> dict[str, Any]:
    """Squared correlations within and between entities, which are not linearmodels' runs."""
    if plan.estimator != "first-difference":
        return {
            "rsquared_within": float(result.corr_squared_within),
            "rsquared_between": float(result.corr_squared_between),
        }
    codes = _group_codes(endog.to_frame(), 0)
    both = np.column_stack([endog.to_numpy(dtype=float), prediction.to_numpy(dtype=float)])
    means = group_means(both, codes)
    first = np.unique(codes, return_index=True)[1]
    return {
        "rsquared_within": _squared_correlation(both - means),
        "rsquared_between": _squared_correlation(means[first]),
    }


def _squared_correlation(both: np.ndarray) -> float:
    """Of two columns: NaN if the first does not vary, zero if the second does not."""
    rounding = 1e-12 * np.abs(both).max(axis=0)
    varies = np.ptp(both, axis=0) > rounding
    if not varies[0]:
        return float("nan")
    return float(np.corrcoef(both.T)[0, 1] ** 2) if varies[1] else 0.0


def _clustering(
    choice: CovarianceChoice,
    sample: _Sample,
    used: pd.MultiIndex,
    kept: pd.MultiIndex,
    df_resid: float,
) -> dict[str, Any]:
    """Clusters of the rows that are used and kept, and the degrees of freedom of t."""
    clusters = count_clusters(sample.cluster_codes.loc[used])
    warn_few_clusters(clusters, choice.name)
    if choice.sums_over_lags:
        warn_doubts(sample.calendar)
    if choice.name == "ac" and (gaps := _count_gaps(sample.design.exog.index, sample.calendar)):
        warn_user(
            f"entities skip periods in {gaps} places: cov='ac' counts lags by the calendar, so "
            "rows on both sides of a gap are more than one lag apart; programs that count rows "
            "give other standard errors",
            SampleWarning,
        )
    periods = int(used.get_level_values(1).nunique())
    return {
        "clusters": clusters,
        "cluster_codes": sample.cluster_codes.loc[kept],
        "df_inference": inference_df(choice, df_resid, clusters, periods),
    }


def _residual_df(result: Any, effects: pd.DataFrame, names: pd.Index) -> float:
    """Rows less slopes and less the rank of the effects, which linearmodels takes for N + T - 1."""
    if effects.empty:
        return float(result.df_resid)
    return float(result.nobs - _count_slopes(names) - effects_rank(effects.to_numpy().T))


def _effects_factor(
    choice: CovarianceChoice, sample: _Sample, kept: pd.MultiIndex, nobs: int, params: pd.Series
) -> float:
    return choice.effects_factor(
        sample.effect_codes.loc[kept],
        sample.cluster_codes.loc[kept],
        nobs,
        len(params),
        INTERCEPT in params.index,
    )


def _rows_used(result: Any, index: pd.MultiIndex, plan: _Plan, calendar: Calendar) -> pd.MultiIndex:
    """Rows of the panel in the order of linearmodels' residuals."""
    return index[_linearmodels_index(index, plan, calendar).get_indexer(result.resids.index)]


def _variance_components(plan: _Plan, result: Any) -> dict[str, Any]:
    if plan.estimator not in _GLS:
        return {}
    parts = result.variance_decomposition
    return {
        "theta": result.theta["theta"],
        "sigma_u": float(np.sqrt(parts["Effects"])),
        "sigma_e": float(np.sqrt(parts["Residual"])),
        "rho": float(parts["Percent due to Effects"]),
    }
