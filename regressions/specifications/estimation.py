"""Estimate every specification of a curve, sharing what specifications have in common."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy

from regressions.errors import OptionError, RegressionError
from regressions.fitting import fit, fit_each_covariance
from regressions.model import FittedModel
from regressions.options import by_name
from regressions.regressor_names import find_regressor, regressor_key
from regressions.specifications.choices import (
    DIMENSIONS,
    Choices,
    Sample,
    label_controls,
    label_frames,
    label_terms,
    sample_mask,
)
from regressions.specifications.curve import RESULTS, SpecificationCurve
from regressions.specifications.joint import (
    JointTests,
    Resampling,
    draw_null,
    joint_tests,
    null_draws,
)
from regressions.specifications.shared_estimates import share_estimates
from regressions.user_warnings import WarningText, warn_user_of_many, warning_texts

__all__ = ["specification_curve"]

Options = Mapping[str, Mapping[str, Any]] | Sequence[str] | None


@by_name(passes_to=[fit])
def specification_curve(
    data: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    dependent: str | Sequence[str] | Mapping[str, str],
    interest: str | Sequence[str] | Mapping[str, str],
    controls: Mapping[str, Sequence[str]] | Sequence[str] | None = None,
    samples: Mapping[str, Sample] | None = None,
    estimators: Options = None,
    covariances: Options = None,
    level: float = 0.95,
    inference: str | None = None,
    draws: int = 499,
    blocks: str = "entity",
    seed: int = 0,
    n_jobs: int = 1,
    progress: bool = True,
    **options: Any,
) -> SpecificationCurve:
    """Estimate one effect under every combination of choices (Simonsohn et al. 2020).

    Parameters
    ----------
    data : DataFrame, or mapping of label to DataFrame
        Indexed by (entity, period). Several frames are a choice of their own, such as the same
        panel under two definitions.
    dependent, interest : str, sequence of str, or mapping of label to str
        Terms of a formula: the dependent variable, and the variable whose coefficient is followed.
    controls : mapping of label to terms, or sequence of str, optional
        Sets of controls; a sequence of terms stands for all its subsets.
    samples : mapping of label to sample, optional
        None for all rows; a column of truth values, or ``"not "`` and a column; a mask as a
        Series; or values by column, ``{"region": ["north", "south"]}``. Lags see the rows of the
        sample only.
    estimators : mapping of label to options, or sequence of names, optional
        ``{"two-way": {"estimator": "fixed", "effects": "twoway"}}``; by default pooled.
    covariances : mapping of label to options, or sequence of names, optional
        ``{"by firm": {"cov": "clustered"}}``; by default unadjusted. Specifications that differ
        in the covariance only share one estimate.
    level : float
        Of the intervals.
    inference : {"bootstrap", "permutation"}, optional
        Joint tests of the curve, explained in :mod:`regressions.specifications.joint`.
    draws : int
        Curves under the null.
    blocks : {"entity", "time"}
        What is resampled as a whole.
    seed : int
        Of the draws; the same seed gives the same draws for any `n_jobs`.
    n_jobs : int
        Processes of joblib, for the specifications that are fitted one by one. Pooled least
        squares, fixed and random effects with terms of one column share cross-products in one
        process (:mod:`regressions.specifications.shared_estimates`): numbers equal to rounding.
    progress : bool
        Show a progress bar; on a terminal only.
    **options
        Other options of :func:`regressions.fit`, common to all.

    Returns
    -------
    SpecificationCurve
        A specification that cannot be estimated stays in it, with its error.

    Raises
    ------
    OptionError
        If a choice is empty or wrong in itself, a sample names an unknown column, or a
        specification cannot be resampled as asked.
    SampleError
        If the data are not frames.

    Warns
    -----
    RegressionWarning
        Each warning of the estimates once; all are in ``curve.warnings``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(30), range(2000, 2008)], names=["firm", "year"])
    >>> data = pd.DataFrame(rng.normal(size=(240, 3)), index=index, columns=["x", "a", "b"])
    >>> data["y"] = 0.5 * data["x"] + rng.normal(size=240)
    >>> curve = specification_curve(
    ...     data, dependent="y", interest="x", controls=["a", "b"],
    ...     estimators=["pooled", "fixed"], covariances=["unadjusted", "clustered"],
    ... )
    >>> len(curve), round(curve.median, 1), curve.share_significant
    (16, 0.6, 1.0)
    """
    choices = Choices(
        data=label_frames(data),
        dependent=label_terms(dependent),
        interest=label_terms(interest),
        controls=label_controls(controls),
        sample={"all": None} if samples is None else dict(samples),
        estimator=_label_options(estimators, "estimator", "pooled"),
        covariance=_label_options(covariances, "cov", "unadjusted"),
    )
    if not 0.0 < level < 1.0:
        raise OptionError(f"the level of an interval is between 0 and 1, not {level!r}")
    from joblib import Parallel, delayed

    masks = {
        (name, label): sample_mask(frame, sample, label)
        for name, frame in choices.data.items()
        for label, sample in choices.sample.items()
    }
    resampling = (
        None
        if inference is None
        else Resampling.draw(
            list(choices.data.values()), method=inference, blocks=blocks, draws=draws, seed=seed
        )
    )
    shared = _shared_outcomes(choices, masks, options, level, resampling)
    alone = [labels for labels in choices.estimates() if labels not in shared]
    places = {(labels[0], labels[4]) for labels in alone}
    frames = {place: choices.data[place[0]].loc[masks[place]] for place in places}
    tasks = [
        delayed(_estimate_combination)(
            labels, frames[labels[0], labels[4]], choices.formula(*labels[1:4]),
            choices.interest[labels[2]], choices.covariance,
            {**options, **choices.estimator[labels[5]]}, level, resampling,
        )
        for labels in alone
    ]  # fmt: skip
    estimates = Parallel(n_jobs=n_jobs, return_as="generator")(tasks) if tasks else iter(())
    found = shared | dict(zip(alone, _show_progress(estimates, len(tasks), progress), strict=True))
    outcomes = [found[labels] for labels in choices.estimates()]
    curve = _assemble_curve(choices, outcomes, level)
    warn_user_of_many([outcome.warnings for outcome in outcomes], "estimates")
    if resampling is None:
        return curve
    return curve.tested(_test_jointly(outcomes, resampling, seed))


@dataclass(frozen=True, eq=False)
class _Outcome:
    """The results of one estimate under all its covariances."""

    rows: list[dict[str, Any]]
    null_estimates: np.ndarray | None
    null_pvalues: Mapping[str, np.ndarray]
    warnings: tuple[WarningText, ...]


def _label_options(options: Options, key: str, default: str) -> dict[str, Mapping[str, Any]]:
    """Return options by label; a name alone stands for the option of that name."""
    if options is None:
        return {default: {key: default}}
    if isinstance(options, str):
        options = [options]
    if isinstance(options, Mapping):
        return {
            label: {key: chosen} if isinstance(chosen, str) else dict(chosen)
            for label, chosen in options.items()
        }
    return {name: {key: name} for name in options}


def _shared_outcomes(
    choices: Choices,
    masks: Mapping[tuple[str, str], np.ndarray],
    options: Mapping[str, Any],
    level: float,
    resampling: Resampling | None,
) -> dict[tuple[str, ...], _Outcome]:
    """Estimate what can share cross-products, by the labels of each estimate."""
    found, results = {}, []
    for labels, one in share_estimates(choices, masks, options):
        null_estimates: np.ndarray | None = None
        null_pvalues: dict[str, np.ndarray] = {}
        if resampling is not None:
            try:
                null_estimates, null_pvalues = draw_null(
                    one.null_regression(resampling), resampling
                )
            except OptionError:
                continue  # the plain path says which specification it is, in its turn
        rows = [dict(zip(DIMENSIONS, (*labels, cov), strict=True)) for cov in one.variances]
        found[labels] = _Outcome(rows, null_estimates, null_pvalues, one.warnings)
        for row, (cov, variance) in zip(rows, one.variances.items(), strict=True):
            results.append((row, one.estimate, variance, one.dfs[cov], one.nobs))
    _fill_rows(results, level)
    return found


def _fill_rows(
    results: Sequence[tuple[dict[str, Any], float, float, float, int]], level: float
) -> None:
    """Put estimates, variances, degrees of freedom and rows in, as `_result_row` does."""
    if not results:
        return
    b, variances, df = np.array([result[1:4] for result in results], dtype=float).T
    errors = np.sqrt(variances)
    # as scipy.stats.t, without its checks of arguments
    half = -scipy.special.stdtrit(df, (1.0 - level) / 2.0) * errors
    pvalues = 2.0 * scipy.special.stdtr(df, -np.abs(b / errors))
    numbers = np.column_stack([b, errors, b - half, b + half, df, pvalues]).tolist()
    for (row, *_, nobs), values in zip(results, numbers, strict=True):
        row.update(zip(RESULTS, (*values, nobs, ""), strict=True))


def _estimate_combination(
    labels: tuple[str, ...],
    frame: pd.DataFrame,
    formula: str,
    interest: str,
    covariances: Mapping[str, Mapping[str, Any]],
    options: dict[str, Any],
    level: float,
    resampling: Resampling | None,
) -> _Outcome:
    """Estimate one combination under all covariances, and draw its null."""
    frame = frame.copy(deep=False)
    frame.attrs = {}  # pandas copies them deeply at every step
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        models = fit_each_covariance(formula, frame, covariances, **options)
        fitted = {label: model for label, model in models.items() if isinstance(model, FittedModel)}
        parameter = None
        if fitted:
            parameter = _find_parameter(next(iter(fitted.values())), interest)
        rows = []
        for label, model in models.items():
            row: dict[str, Any] = dict(zip(DIMENSIONS, (*labels, label), strict=True))
            rows.append({**row, **_result_row(model, parameter, interest, level)})
        null_estimates: np.ndarray | None = None
        null_pvalues: dict[str, np.ndarray] = {}
        if resampling is not None and parameter is not None:
            try:
                null_estimates, null_pvalues = null_draws(fitted, parameter, resampling)
            except OptionError as error:
                where = ", ".join(label for label in labels if label)
                raise OptionError(f"specification ({where}): {error}") from error
    return _Outcome(rows, null_estimates, null_pvalues, warning_texts(caught))


def _find_parameter(model: FittedModel, interest: str) -> str | None:
    """Find the coefficient of the term of interest; None if it has none or several."""
    own = find_regressor(interest, model.params.index)
    if own is not None:
        return own
    plain = {regressor_key(term.replace(" ", "")): names for term, names in model.terms.items()}
    wanted = regressor_key(interest.replace(" ", ""))
    columns = [c for c in plain.get(wanted, ()) if c in model.params.index]
    return columns[0] if len(columns) == 1 else None


def _result_row(
    model: FittedModel | RegressionError, parameter: str | None, interest: str, level: float
) -> dict[str, Any]:
    if not isinstance(model, FittedModel):
        return {"error": str(model)}
    if parameter is None:
        return {"error": f"the term {interest!r} is not one coefficient of the model"}
    interval = model.conf_int(level).loc[parameter]
    return {
        "estimate": float(model.params[parameter]),
        "std_error": float(model.std_errors[parameter]),
        "conf_low": float(interval["lower"]),
        "conf_high": float(interval["upper"]),
        "df": float(model.df_t[parameter]),
        "pvalue": float(model.pvalues[parameter]),
        "nobs": model.nobs,
        "error": "",
    }


def _assemble_curve(
    choices: Choices, outcomes: Sequence[_Outcome], level: float
) -> SpecificationCurve:
    rows = [row for outcome in outcomes for row in outcome.rows]
    labels = {name: known for name, known in choices.labels.items() if known != ("",)}
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in labels}
    for name in RESULTS:
        columns[name] = [row.get(name, np.nan) for row in rows]
    columns["nobs"] = pd.array(columns["nobs"], dtype="Int64")
    messages = dict.fromkeys(message for o in outcomes for _, message in o.warnings)
    return SpecificationCurve(
        table=pd.DataFrame(columns), choices=labels, level=level, warnings=tuple(messages)
    )


def _test_jointly(outcomes: Sequence[_Outcome], resampling: Resampling, seed: int) -> JointTests:
    """Test the specifications that were estimated jointly."""
    estimates, pvalues, null_estimates, null_pvalues = [], [], [], []
    for outcome in outcomes:
        for row in outcome.rows:
            if row["error"] or outcome.null_estimates is None:
                continue
            estimates.append(row["estimate"])
            pvalues.append(row["pvalue"])
            null_estimates.append(outcome.null_estimates)
            null_pvalues.append(outcome.null_pvalues[row["covariance"]])
    if not estimates:
        raise OptionError("no specification could be estimated: there is nothing to test")
    return joint_tests(
        np.array(estimates), np.array(pvalues), np.stack(null_estimates), np.stack(null_pvalues),
        resampling, seed,
    )  # fmt: skip


def _show_progress(outcomes: Iterable[_Outcome], total: int, progress: bool) -> Iterator[_Outcome]:
    """Pass outcomes on, with a progress bar on a terminal."""
    if not (progress and sys.stderr.isatty()):
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(outcomes, "Specifications", total=total, console=console, transient=True)
