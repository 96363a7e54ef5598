"""The fitted panel model: a frozen view of what was estimated, on what, and with what inference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy

from regressions import goodness
from regressions.calendar import Calendar
from regressions.covariances import Covariance, covariance_named
from regressions.degenerate import no_covariance
from regressions.errors import OptionError
from regressions.estimators import Estimator, estimator_named
from regressions.groupings import effect_level, level_codes
from regressions.names import INTERCEPT, nearest
from regressions.options import by_name
from regressions.regressor_names import find_regressor
from regressions.wald import WaldTest, joint_restriction, read_restrictions, wald


@dataclass(frozen=True, eq=False)
class DesignSpec:
    """How a formula became columns: what predictions on new data need.

    Attributes
    ----------
    regressors : formulaic.ModelSpec
    left_columns : tuple of str
        Columns of the dependent variable, which new data need not have.
    shadowed : tuple of str
        Columns of the data that a word for the index, such as "time", would hide.
    """

    regressors: Any
    left_columns: tuple[str, ...]
    shadowed: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A panel model with inference of a stated distribution.

    Attributes
    ----------
    formula, dependent : str
        As written.
    estimator : str
        "pooled", "fixed", "random", "between", "first-difference" or "mundlak".
    effects : str or None
        "entity", "time", "twoway", or absorbed columns joined by " + "; None without effects.
    cov : str
        Name of the covariance estimator.
    label : str
        Name of the model in tables and collections.
    params : Series, shape (k,)
        Coefficients; the constant is "Intercept".
    covariance : DataFrame, shape (k, k)
    df_inference : float
        Degrees of freedom of the t distribution behind p-values and intervals: G - 1 (smallest G)
        under clustering, T - 1 under Driscoll-Kraay, residual otherwise.
    df_by_param : Series or None
        Degrees of freedom of each coefficient where they differ (Satterthwaite under CR2).
    df_resid, df_model : float
        Residual and model degrees of freedom, absorbed effects counted by their rank:
        N + T - C with two-way effects, C the connected components of entities and periods.
    nobs, n_entities, n_periods : int
        Rows used by the estimator, and entities and periods of the sample.
    rsquared : float
        Of the estimating equation: within R-squared for fixed effects, of the quasi-demeaned
        equation for random effects (plm's; Stata prints none), uncentred without a constant.
    resids : Series
        Of the estimating equation: idiosyncratic for fixed effects, quasi-demeaned for random.
    fitted : Series
        Linear prediction x b, without effects.
    endog : Series, exog : DataFrame
        Estimation sample in the units of the formula, indexed by (entity, period).
    weights : Series or None
    theta : Series or None
        Random effects: share of the group mean taken out, by entity (or period).
    sigma_u, sigma_e, rho : float or None
        Standard deviations of effect and error, and the share of the effect in the variance.
    covariance_words : str
        The covariance estimator with its options.
    clusters : mapping of str to int
        Number of groups of each cluster variable.
    cluster_codes, effect_codes : DataFrame
        Whole-number codes of the cluster variables and of the absorbed effects on the sample.
    effect_groups : mapping of str to Index
        Names of the groups of each absorbed effect, in the order of their codes.
    dropped : DataFrame
        Cells (entity, period, column, problem) whose rows were dropped on request.
    lost_to_lags : int
        Rows without the lag, lead or difference that the formula asks for.
    dropped_regressors : tuple of str
        Regressors left out because the effects absorb them, on request.
    singletons : tuple
        Entities observed once. With fixed effects, the groups of the effects (entities, then
        periods or others) whose rows are all alone in a group, found again and again until none
        is; left out on request.
    terms : mapping of str to tuple of str
        Columns of `exog` of each term of the formula.
    calendar : Calendar or None
        How the periods of the panel follow each other, with gaps (:mod:`regressions.calendar`).
    settings : mapping
        The options of the call, enough to fit again.
    design_spec : DesignSpec or None
        How the formula became columns, for predictions.
    missing_inference : mapping of str to str
        Coefficients without standard error, and why (:mod:`regressions.degenerate`).
    estimated : object or None
        The result of linearmodels, if the estimate is its; see `result`.
    """

    formula: str
    dependent: str
    estimator: str
    effects: str | None
    cov: str
    label: str
    params: pd.Series
    covariance: pd.DataFrame
    df_inference: float
    df_resid: float
    df_model: float
    nobs: int
    n_entities: int
    n_periods: int
    rsquared: float
    resids: pd.Series
    fitted: pd.Series
    endog: pd.Series
    exog: pd.DataFrame
    estimated: Any = field(default=None, repr=False)
    weights: pd.Series | None = None
    theta: pd.Series | None = None
    sigma_u: float | None = None
    sigma_e: float | None = None
    rho: float | None = None
    df_by_param: pd.Series | None = None
    covariance_words: str = ""
    clusters: Mapping[str, int] = field(default_factory=dict)
    cluster_codes: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    effect_codes: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    effect_groups: Mapping[str, pd.Index] = field(default_factory=dict, repr=False)
    dropped: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    lost_to_lags: int = 0
    dropped_regressors: tuple[str, ...] = ()
    singletons: tuple[object, ...] = ()
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    calendar: Calendar | None = field(default=None, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    design_spec: DesignSpec | None = field(default=None, repr=False)
    missing_inference: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return (
            f"<FittedModel {self.label!r}: {self.estimator}"
            f"{'' if self.effects is None else ' (' + self.effects + ')'}, {self.formula}, "
            f"n = {self.nobs}, {self.covariance_words}>"
        )

    @property
    def kind(self) -> Estimator:
        """What the estimator of the model knows and does."""
        return estimator_named(self.estimator)

    @property
    def covariance_kind(self) -> Covariance:
        """What the covariance of the model knows and does, with the options it was given."""
        names = ("bandwidth", "kernel", "debiased", "group_debias", "count_effects")
        given = {name: self.settings[name] for name in names if name in self.settings}
        return replace(covariance_named(self.cov), clusters=tuple(self.clusters), **given)

    @cached_property
    def result(self) -> Any:
        """The result of linearmodels for the same model; made when it is first asked for.

        Pooled, fixed- and random-effects estimates are ioecon's own, of the same coefficients up
        to rounding. linearmodels counts no effects in its covariance and N + T - 1 of them in
        ``df_resid``: take both from the model. Where the regressors are badly conditioned its
        coefficients are those of orthogonal combinations (:mod:`regressions.coordinates`).
        """
        from regressions.estimation import linearmodels_result

        return linearmodels_result(self) if self.estimated is None else self.estimated

    @property
    def rsquared_within(self) -> float:
        """Squared correlation of x b with the dependent variable, both less their entity means.

        Under random effects and between regressions of periods, less the means of periods; so for
        `rsquared_between`.
        """
        return self._squared_correlations[0]

    @property
    def rsquared_between(self) -> float:
        """Squared correlation of the entity means of x b and of the dependent variable."""
        return self._squared_correlations[1]

    @property
    def rsquared_overall(self) -> float:
        """Squared correlation of x b with the dependent variable."""
        return self._squared_correlations[2]

    @cached_property
    def _squared_correlations(self) -> tuple[float, float, float]:
        level = 0 if self.kind.absorbs else effect_level(self.effects)
        codes = level_codes(self.endog.index, level)
        y, prediction = (part.to_numpy(dtype=float) for part in (self.endog, self.fitted))
        return goodness.squared_correlations(y, prediction, codes)

    @cached_property
    def std_errors(self) -> pd.Series:
        """Standard errors: roots of the diagonal of the covariance, shape (k,)."""
        with np.errstate(invalid="ignore"):
            roots = np.sqrt(np.diag(self.covariance.to_numpy()))
        return pd.Series(roots, index=self.params.index, name="std_error")

    @cached_property
    def tstats(self) -> pd.Series:
        """Coefficients over standard errors, shape (k,)."""
        return (self.params / self.std_errors).rename("tstat")

    @cached_property
    def df_t(self) -> pd.Series:
        """Degrees of freedom of each t statistic, shape (k,)."""
        if self.df_by_param is not None:
            return self.df_by_param
        return pd.Series(self.df_inference, index=self.params.index, name="df")

    @cached_property
    def pvalues(self) -> pd.Series:
        """Two-sided p-values of the t distribution with `df_t` degrees of freedom, shape (k,)."""
        values = 2.0 * scipy.stats.t.sf(np.abs(self.tstats.to_numpy()), self.df_t.to_numpy())
        return pd.Series(values, index=self.params.index, name="pvalue")

    @by_name()
    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Confidence intervals of the t distribution.

        Parameters
        ----------
        level : float
            Between 0 and 1.

        Returns
        -------
        DataFrame, shape (k, 2)
            Columns "lower" and "upper".

        Raises
        ------
        OptionError
            If `level` is not between 0 and 1.
        """
        if not 0.0 < level < 1.0:
            raise OptionError(f"the level of an interval is between 0 and 1, not {level!r}")
        half = scipy.stats.t.isf((1.0 - level) / 2.0, self.df_t.to_numpy()) * self.std_errors
        return pd.DataFrame({"lower": self.params - half, "upper": self.params + half})

    @cached_property
    def rss(self) -> float:
        """Sum of squared residuals of the estimating equation, weighted as the model is."""
        if self.weights is None:
            return float((self.resids**2).sum())
        if not self.kind.keeps_rows:
            return float(self.estimated.resid_ss)  # linearmodels transforms their weights
        return float((self.weights * self.resids**2).sum())

    @property
    def slopes(self) -> list[str]:
        """Names of the coefficients without the constant."""
        return [str(name) for name in self.params.index if name != INTERCEPT]

    @cached_property
    def f_statistic(self) -> WaldTest | None:
        """Joint test that all slopes are zero, with the covariance and df of the model.

        None where it cannot be formed: no slope, no standard error of one, or more slopes than
        the clusters or periods less one.
        """
        try:
            return self.joint_test(self.slopes) if self.slopes else None
        except OptionError:
            return None

    @by_name()
    def joint_test(self, names: Sequence[str]) -> WaldTest:
        """F test that several coefficients are all zero.

        Parameters
        ----------
        names : sequence of str
            Coefficients, or terms of the formula (all dummies of ``C(group)``).

        Returns
        -------
        WaldTest
            ``F(r, df_inference)``.

        Raises
        ------
        OptionError
            If a name is unknown or the restrictions are singular.
        """
        wanted: dict[str, None] = {}
        for name in [names] if isinstance(names, str) else names:
            own = find_regressor(name, self.params.index)
            columns = self.terms.get(name, ()) if own is None else (own,)
            if not columns:
                known = [*map(str, self.params.index), *self.terms]
                raise OptionError(f"unknown coefficient {name!r}{nearest(name, known)}")
            wanted.update(dict.fromkeys(c for c in columns if c in self.params.index))
        return self._wald(*joint_restriction(list(wanted), self.params), " = ".join([*wanted, "0"]))

    @by_name()
    def wald_test(self, restrictions: str | Sequence[str] | Mapping[str, float]) -> WaldTest:
        """F test of restrictions; nonlinear ones by the delta method.

        Parameters
        ----------
        restrictions : str, sequence of str, or mapping of coefficient to value
            ``"x = 0"``, ``["x + z = 1", "w = 2 * x"]``, ``"x * z = 1"`` or ``{"x": 0.0}``; names
            that are not plain words go between backticks.

        Returns
        -------
        WaldTest
            ``F(r, df_inference)``.

        Raises
        ------
        OptionError
            If a restriction cannot be read, names an unknown coefficient, or repeats another.
        """
        matrix, values, words = read_restrictions(restrictions, self.params)
        return self._wald(matrix, values, words)

    @by_name()
    def predict(self, data: pd.DataFrame | None = None, *, effects: bool = False) -> pd.Series:
        """Linear prediction: see :func:`regressions.prediction.predict`."""
        from regressions.prediction import predict

        return predict(self, data, effects=effects)

    def estimated_effects(self) -> dict[str, pd.Series]:
        """Effects by group: see :func:`regressions.prediction.estimated_effects`."""
        from regressions.prediction import estimated_effects

        return estimated_effects(self)

    def _wald(self, restriction: np.ndarray, value: np.ndarray, null: str) -> WaldTest:
        reason = no_covariance(self, self.params.index[restriction.any(axis=0)])
        if reason:
            raise OptionError(f"{null}: {reason}")
        limit = self.covariance_kind.rank_limit(self)
        if limit is not None and len(value) > limit:
            raise OptionError(
                f"{len(value)} restrictions cannot be tested together: a covariance "
                f"{self.covariance_words} with {self._groups_summed} has rank {limit} at most; "
                "test fewer, or use another covariance"
            )
        return wald(
            self.params.to_numpy(),
            self.covariance.to_numpy(),
            restriction,
            value,
            df_denom=self.df_inference,
            null=null,
        )

    @property
    def _groups_summed(self) -> str:
        words = [f"{count} clusters of {name}" for name, count in self.clusters.items()]
        return " and ".join(words) or f"{self.n_periods} periods"

    @by_name()
    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Coefficients in broom's columns.

        Returns
        -------
        DataFrame, shape (k, 8)
            term, estimate, std.error, statistic, df, p.value, conf.low, conf.high.
        """
        interval = self.conf_int(level)
        return pd.DataFrame(
            {
                "term": [str(name) for name in self.params.index],
                "estimate": self.params.to_numpy(),
                "std.error": self.std_errors.to_numpy(),
                "statistic": self.tstats.to_numpy(),
                "df": self.df_t.to_numpy(),
                "p.value": self.pvalues.to_numpy(),
                "conf.low": interval["lower"].to_numpy(),
                "conf.high": interval["upper"].to_numpy(),
            }
        )

    def glance(self) -> pd.DataFrame:
        """Describe the model in one row of broom's columns.

        Returns
        -------
        DataFrame, shape (1, 17)
            r.squared, adj.r.squared, r.squared.within, r.squared.between, r.squared.overall,
            sigma, statistic, p.value, df, df.residual, nobs, n.entities, n.periods, estimator,
            effects, cov, formula.
        """
        test = self.f_statistic
        return pd.DataFrame(
            {
                "r.squared": [self.rsquared],
                "adj.r.squared": [goodness.rsquared_adj(self)],
                "r.squared.within": [self.rsquared_within],
                "r.squared.between": [self.rsquared_between],
                "r.squared.overall": [self.rsquared_overall],
                "sigma": [goodness.sigma(self)],
                "statistic": [np.nan if test is None else test.statistic],
                "p.value": [np.nan if test is None else test.pvalue],
                "df": [np.nan if test is None else float(test.df)],
                "df.residual": [self.df_resid],
                "nobs": [self.nobs],
                "n.entities": [self.n_entities],
                "n.periods": [self.n_periods],
                "estimator": [self.estimator],
                "effects": [self.effects],
                "cov": [self.covariance_words],
                "formula": [self.formula],
            }
        )

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        """Coefficients for ``maketables.ETable``."""
        from regressions.tables.maketables import coefficient_table

        return coefficient_table(self)

    def __maketables_stat__(self, key: str) -> Any:
        """Statistic for ``maketables.ETable``."""
        from regressions.tables.maketables import statistic

        return statistic(self, key)

    @property
    def __maketables_depvar__(self) -> str:
        """Dependent variable for ``maketables.ETable``."""
        return self.dependent

    @property
    def __maketables_fixef_string__(self) -> str | None:
        """Absorbed effects for ``maketables.ETable``."""
        from regressions.tables.maketables import fixed_effects_string

        return fixed_effects_string(self)

    def relabel(self, label: str) -> FittedModel:
        """Give the same model another label."""
        return replace(self, label=label)

    @by_name()
    def summary(self, level: float = 0.95) -> str:
        """Text in the layout of Stata's ``xtreg``."""
        from regressions.summary import summary_text

        return summary_text(self, level)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        from regressions.summary import summary_html

        return summary_html(self)
