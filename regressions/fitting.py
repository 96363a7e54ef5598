"""Estimate a panel model: options, sample, estimator, covariance, one frozen result."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from inspect import signature
from typing import Any

import pandas as pd

from regressions.covariances import COVARIANCE_OPTIONS, CountEffects
from regressions.errors import OptionError, RegressionError
from regressions.estimation import PreparedModel, prepare_model
from regressions.estimation_sample import EstimationSample, build_sample
from regressions.fit_options import FitOptions, read_options
from regressions.model import FittedModel
from regressions.options import by_name, unknown_option
from regressions.result import change_covariance, fit_prepared
from regressions.user_warnings import WarningText, warn_user, warning_texts

__all__ = ["SharedSamples", "default_options", "fit", "fit_each_covariance"]


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
        For "fixed": "entity" (default), "time", "twoway", a categorical column, or several of
        these, ``["entity", "time", "sector"]``; of two nested ones, such as "entity" and its
        region, the redundant one is left out with a warning.
        For "random" and "between": "entity" (default) or "time".
    cov : str
        "unadjusted", "robust" (HC1), "HC0", "HC1", "HC2", "HC3", "clustered", "CR2",
        "CR3", "driscoll-kraay" or "ac"; conventions in :mod:`regressions.covariances`.
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
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([["a", "b", "c"], range(2000, 2010)])
    >>> data = pd.DataFrame({"x": rng.normal(size=30)}, index=index)
    >>> data["y"] = 2 * data["x"] + np.repeat([1.0, 2.0, 3.0], 10)
    >>> model = fit("y ~ x", data, estimator="fixed")
    >>> model.params.round(6).to_dict()
    {'Intercept': 2.0, 'x': 2.0}
    """
    options = read_options(
        {
            "estimator": estimator, "effects": effects, "cov": cov, "clusters": clusters,
            "bandwidth": bandwidth, "kernel": kernel, "debiased": debiased,
            "group_debias": group_debias, "count_effects": count_effects, "weights": weights,
            "small_sample": small_sample, "missing": missing, "drop_absorbed": drop_absorbed,
            "drop_singletons": drop_singletons, "step": step, "label": label,
        }
    )  # fmt: skip
    options.require_unambiguous(data)
    sample = build_sample(formula, data, options, options.covariance.clusters)
    return fit_prepared(formula, options, sample, prepare_model(options, sample))


def default_options() -> dict[str, Any]:
    """Return the options of :func:`fit` with their defaults."""
    return {
        name: given.default
        for name, given in signature(fit).parameters.items()
        if given.kind is given.KEYWORD_ONLY
    }


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
    defaults = default_options()
    for name in options:
        if name not in defaults:
            raise OptionError(unknown_option("fit", name, defaults))
    outcomes: dict[str, FittedModel | RegressionError] = {}
    samples = SharedSamples(formula, data)
    estimates: dict[tuple[str, ...], FittedModel] = {}
    for label, own in covariances.items():
        outside = [name for name in own if name not in ("cov", *COVARIANCE_OPTIONS)]
        if outside:
            raise OptionError(f"{outside[0]!r} is not an option of the covariance {label!r}")
        try:
            chosen, key, sample, prepared = samples.prepare({**defaults, **options, **own})
            if key in estimates and chosen.estimator.keeps_rows:
                outcomes[label] = change_covariance(chosen, sample, estimates[key])
                continue
            model = fit_prepared(formula, chosen, sample, prepared)
            estimates.setdefault(key, model)
            outcomes[label] = model
        except RegressionError as error:
            outcomes[label] = error
    return outcomes


class SharedSamples:
    """Samples of one formula, made once for each set of cluster variables beside the index's."""

    def __init__(self, formula: str, data: pd.DataFrame) -> None:
        self.formula, self.data = formula, data
        self._made: dict[tuple[str, ...], tuple[EstimationSample, PreparedModel]] = {}
        self._texts: dict[tuple[str, ...], tuple[WarningText, ...]] = {}

    def prepare(
        self, words: Mapping[str, Any]
    ) -> tuple[FitOptions, tuple[str, ...], EstimationSample, PreparedModel]:
        """Prepare a fit with options that differ from those before in the covariance alone.

        Warns
        -----
        RegressionWarning
            What the sample warns of, each time.

        Returns
        -------
        options, key, sample, prepared
            Fits of one key share their estimate.
        """
        options = read_options(words)
        options.require_unambiguous(self.data)
        clusters = options.covariance.clusters
        key = tuple(name for name in clusters if name not in ("entity", "time"))
        refusal: RegressionError | None = None
        if key not in self._made:
            names = tuple(dict.fromkeys([*key, "entity", "time"]))
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    sample = build_sample(self.formula, self.data, options, names)
                    self._made[key] = sample, prepare_model(options, sample)
                except RegressionError as error:
                    refusal = error
            self._texts[key] = warning_texts(caught)
        for category, text in self._texts[key]:
            warn_user(text, category)
        if refusal is not None:
            raise refusal
        sample, prepared = self._made[key]
        codes = sample.cluster_codes.reindex(columns=list(clusters))
        return options, key, replace(sample, cluster_codes=codes), prepared

    def fit(self, words: Mapping[str, Any]) -> FittedModel:
        """Fit on a sample that may be there: the model is the one that :func:`fit` gives."""
        options, _, sample, prepared = self.prepare(words)
        return fit_prepared(self.formula, options, sample, prepared)
