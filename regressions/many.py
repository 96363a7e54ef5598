"""Several models at once: stepwise columns, dependents, subsamples and covariances."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, overload

import pandas as pd

from regressions.covariances import COVARIANCE_OPTIONS
from regressions.errors import OptionError, RegressionError
from regressions.fitting import SharedSamples, default_options, fit
from regressions.model import FittedModel
from regressions.names import grouping_values, nearest, with_text_labels
from regressions.options import by_name
from regressions.regressor_names import regressor_key
from regressions.user_warnings import WarningText, warn_user_of_many, warning_texts

__all__ = [
    "ModelCollection",
    "fit_many",
    "fit_split",
    "step_formulas",
    "stepwise",
    "with_dependents",
]

_PARALLEL_FROM = 200


@dataclass(frozen=True, eq=False)
class ModelCollection(Sequence[FittedModel]):
    """Fitted models in a chosen order, found by place or by label.

    Attributes
    ----------
    models : tuple of FittedModel
        With labels that differ from each other.

    Raises
    ------
    OptionError
        If two models have the same label.
    """

    models: tuple[FittedModel, ...]

    def __post_init__(self) -> None:
        labels = [model.label for model in self.models]
        twice = {label for label in labels if labels.count(label) > 1}
        if twice:
            raise OptionError(
                f"labels occur twice in a collection: {', '.join(sorted(twice))}; "
                "rename with model.relabel(...)"
            )

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in order."""
        return tuple(model.label for model in self.models)

    def __len__(self) -> int:
        return len(self.models)

    def __iter__(self) -> Iterator[FittedModel]:
        return iter(self.models)

    @overload
    def __getitem__(self, key: int | str) -> FittedModel: ...
    @overload
    def __getitem__(self, key: slice) -> ModelCollection: ...
    def __getitem__(self, key: int | str | slice) -> FittedModel | ModelCollection:
        if isinstance(key, slice):
            return ModelCollection(self.models[key])
        if isinstance(key, str):
            if key not in self.labels:
                raise KeyError(f"no model is labelled {key!r}{nearest(key, self.labels)}")
            return self.models[self.labels.index(key)]
        return self.models[key]

    def __repr__(self) -> str:
        return f"<ModelCollection of {len(self)}: {', '.join(self.labels)}>"

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Stack the coefficients of all models: broom's columns after a column "model"."""
        return pd.concat(
            [model.tidy(level).assign(model=model.label) for model in self.models],
            ignore_index=True,
        ).pipe(lambda frame: frame[["model", *frame.columns.drop("model")]])

    def glance(self) -> pd.DataFrame:
        """Stack the one-line descriptions of all models, indexed by label."""
        frame = pd.concat([model.glance() for model in self.models], ignore_index=True)
        return frame.set_index(pd.Index(self.labels, name="model"))

    def to_frame(self) -> pd.DataFrame:
        """Put coefficients side by side: a row per regressor, a column per model."""
        rows: dict[tuple[str, ...], str] = {}
        columns = {}
        for model in self.models:
            names = [rows.setdefault(regressor_key(str(n)), str(n)) for n in model.params.index]
            columns[model.label] = model.params.set_axis(names)
        return pd.concat(columns, axis=1, sort=False)

    def summary(self) -> str:
        """Print the summaries of all models, one below the other."""
        return "\n\n".join(f"[{model.label}]\n{model.summary()}" for model in self.models)

    def _repr_html_(self) -> str:
        return "".join(
            f"<h4>{escape(model.label)}</h4>{model._repr_html_()}" for model in self.models
        )


@by_name(passes_to=[fit])
def fit_many(
    formulas: str | Sequence[str] | Mapping[str, str],
    data: pd.DataFrame,
    *,
    split: str | None = None,
    full: bool = False,
    covariances: Mapping[str, Mapping[str, Any]] | None = None,
    n_jobs: int | None = None,
    **options: Any,
) -> ModelCollection:
    """Fit every formula on every subsample with every covariance, in that order.

    Parameters
    ----------
    formulas : str, sequence of str, or mapping of label to formula
        Several dependents are several formulas: see :func:`with_dependents`.
    data : DataFrame
        Indexed by (entity, period).
    split : str, optional
        Column (or index level) whose values divide the sample.
    full : bool
        Whether the undivided sample comes first.
    covariances : mapping of label to options of the covariance, optional
        ``{"iid": {"cov": "unadjusted"}, "by country": {"cov": "clustered"}}``.
    n_jobs : int, optional
        Processes of joblib; by default one, and all cores from 200 models on.
    **options
        Options of :func:`regressions.fit` common to all models.

    Returns
    -------
    ModelCollection
        Labels join what differs: formula, subsample, covariance.

    Raises
    ------
    RegressionError
        The error of the first model that cannot be estimated, with the model's label.
    OptionError
        If `split` is unknown or nothing is left to fit.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([list("abcd"), range(10)])
    >>> data = pd.DataFrame(rng.normal(size=(40, 2)), index=index, columns=["x", "y"])
    >>> data["group"] = np.repeat(["north", "south"], 20)
    >>> fit_many("y ~ x", data, split="group", full=True).labels
    ('full', 'north', 'south')
    """
    named = _label_formulas(formulas)
    samples = _split_data(data, split, full)
    choices: Mapping[str, Mapping[str, Any]] = covariances or {"": {}}
    label = options.pop("label", None)
    jobs: list[_Job] = []
    for formula_label, formula in named.items():
        for sample_label, sample in samples.items():
            fits = []
            for cov_label, cov_options in choices.items():
                parts = [
                    formula_label if len(named) > 1 or not (sample_label or cov_label) else "",
                    sample_label,
                    cov_label,
                ]
                name = ", ".join(part for part in [label, *parts] if part)
                fits.append({**options, **cov_options, "label": name})
            jobs.append((formula, sample, fits))
    if not jobs:
        raise OptionError("there is no formula to fit")
    share = all(name in ("cov", *COVARIANCE_OPTIONS) for own in choices.values() for name in own)
    return ModelCollection(tuple(_run_jobs(jobs, share and len(choices) > 1, n_jobs)))


_Job = tuple[str, pd.DataFrame, list[dict[str, Any]]]
"""A formula, a sample and the options of each fit."""


def _run_jobs(jobs: Sequence[_Job], share: bool, n_jobs: int | None) -> list[FittedModel]:
    from joblib import Parallel, delayed

    if n_jobs is None:
        count = sum(len(fits) for _, _, fits in jobs)
        n_jobs = (os.cpu_count() or 1) if count >= _PARALLEL_FROM else 1
    found = Parallel(n_jobs=n_jobs)(delayed(_fit_recording)(*job, share) for job in jobs)
    outcomes = [one for several in found for one in several]
    warn_user_of_many([texts for _, texts in outcomes], "models")
    return [model for model, _ in outcomes]


def _fit_recording(
    formula: str, data: pd.DataFrame, fits: Sequence[dict[str, Any]], share: bool
) -> list[tuple[FittedModel, tuple[WarningText, ...]]]:
    """Fit models that may share their sample; return warnings, which survive a worker process."""
    samples = SharedSamples(formula, data) if share else None
    found = []
    for options in fits:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                if samples is None:
                    model = fit(formula, data, **options)
                else:
                    model = samples.fit({**default_options(), **options})
            except RegressionError as error:
                raise type(error)(f"model {options['label']!r}: {error}") from error
        found.append((model, warning_texts(caught)))
    return found


def _label_formulas(formulas: str | Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    if isinstance(formulas, str):
        return {formulas: formulas}
    if isinstance(formulas, Mapping):
        return dict(formulas)
    return {formula: formula for formula in formulas}


def _split_data(data: pd.DataFrame, split: str | None, full: bool) -> dict[str, pd.DataFrame]:
    if split is None:
        return {"": data}
    split = str(split)
    data = with_text_labels(data)
    key = grouping_values(split, data, "to split by").reset_index(drop=True)
    if key.isna().any():
        raise OptionError(
            f"the column {split!r} to split by is missing in {int(key.isna().sum())} rows: "
            "fill it or drop those rows"
        )
    values = key.cat.categories if isinstance(key.dtype, pd.CategoricalDtype) else key.unique()
    ordered = list(values) if isinstance(key.dtype, pd.CategoricalDtype) else sorted(values)
    ordered = [v for v in ordered if (key == v).any()]
    parts = {str(v): data[(key == v).to_numpy()] for v in ordered}
    if len(parts) < len(ordered):
        raise OptionError(
            f"the column {split!r} to split by has different values that are written alike, such "
            "as 1 and '1': give them labels of their own"
        )
    return {"full": data, **parts} if full else parts


@by_name(passes_to=[fit, fit_many])
def stepwise(
    formula: str,
    data: pd.DataFrame,
    steps: Sequence[str | Sequence[str]],
    *,
    cumulative: bool = True,
    base: bool = True,
    **options: Any,
) -> ModelCollection:
    """Add regressors to a formula step by step.

    Parameters
    ----------
    formula : str
        What all columns share.
    data : DataFrame
        Indexed by (entity, period).
    steps : sequence of str or of sequences of str
        Terms to add; a sequence is added as one step.
    cumulative : bool
        Each step keeps the earlier ones (fixest's ``csw``); otherwise one at a time (``sw``).
    base : bool
        Whether the formula without any step comes first (``csw0``, ``sw0``).
    **options
        Options of :func:`fit_many`.

    Returns
    -------
    ModelCollection
        Labelled "(1)", "(2)", … in the order of the columns.

    Examples
    --------
    >>> list(step_formulas("y ~ x", ["a", ["b", "c"]]).values())
    ['y ~ x', 'y ~ x + a', 'y ~ x + a + b + c']
    """
    formulas = step_formulas(formula, steps, cumulative=cumulative, base=base)
    return fit_many(formulas, data, **options)


def step_formulas(
    formula: str,
    steps: Sequence[str | Sequence[str]],
    *,
    cumulative: bool = True,
    base: bool = True,
) -> dict[str, str]:
    """Write the formulas of :func:`stepwise`, by label "(1)", "(2)" and so on."""
    if isinstance(steps, str):
        raise OptionError("steps is a sequence of terms, such as ['d_urban', 'd_gdp']")
    blocks = [(step,) if isinstance(step, str) else tuple(step) for step in steps]
    added: list[tuple[str, ...]] = [()] if base else []
    collected: tuple[str, ...] = ()
    for block in blocks:
        collected = (*collected, *block) if cumulative else block
        added.append(collected)
    return {f"({i})": " + ".join([formula, *terms]) for i, terms in enumerate(added, start=1)}


def with_dependents(dependents: Sequence[str], regressors: str) -> dict[str, str]:
    """Write the formulas of several dependents on the same regressors, labelled by the dependent.

    Parameters
    ----------
    dependents : sequence of str
    regressors : str
        Right-hand side.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> with_dependents(["y", "log(z)"], "x")
    {'y': 'y ~ x', 'log(z)': 'log(z) ~ x'}
    """
    if isinstance(dependents, str):
        raise OptionError("dependents is a sequence of names, such as ['y', 'log(z)']")
    return {dependent: f"{dependent} ~ {regressors}" for dependent in dependents}


@by_name(passes_to=[fit, fit_many])
def fit_split(
    formula: str, data: pd.DataFrame, by: str, *, full: bool = False, **options: Any
) -> ModelCollection:
    """Fit one formula on each subsample: :func:`fit_many` with ``split``.

    Parameters
    ----------
    formula : str
    data : DataFrame
        Indexed by (entity, period).
    by : str
        Column or index level whose values divide the sample.
    full : bool
        Whether the undivided sample comes first.
    **options
        Options of :func:`fit_many`.

    Returns
    -------
    ModelCollection
        Labelled by the values of `by`, sorted (categories in their order).
    """
    return fit_many(formula, data, split=by, full=full, **options)
