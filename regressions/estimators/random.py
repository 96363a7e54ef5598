"""Random effects of entities or periods: Swamy-Arora feasible least squares.

Swamy and Arora (1972) take the variance of the errors from the regression within groups, and that
of the effects from the regression of group means, corrected by the harmonic mean of the group sizes
T_i. Baltagi and Chang (1994) weight the latter by T_i. Then ``theta_i = 1 - sqrt(sigma_e^2 /
(T_i sigma_u^2 + sigma_e^2))`` of the group means is taken out of the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.coordinates import Coordinates, near_origin
from regressions.equation import EstimatingEquation
from regressions.errors import AbsorbedError, OptionError, SampleError
from regressions.estimators.estimator import Estimator
from regressions.groupings import effect_level, level_codes
from regressions.within import WithoutEffects, group_means, quasi_demean

if TYPE_CHECKING:
    from regressions.estimation_sample import EstimationSample
    from regressions.model import FittedModel

__all__ = ["NO_WEIGHTS", "RANDOM", "Random"]

_EPS = float(np.finfo(float).eps)

NO_WEIGHTS = "weighted random effects have no accepted definition"


class Random(Estimator):
    """Least squares on data less a share theta of the means of groups."""

    def needs_two_periods(self, effects: tuple[str, ...]) -> bool:
        """Ask for them under entity effects: deviations within entities give the error variance."""
        return effects == ("entity",)

    def require_outcome_left(
        self, endog: pd.Series, effects: tuple[str, ...], removed: WithoutEffects
    ) -> None:
        """Refuse a dependent variable without variation within groups."""
        level = effect_level(effects)
        if WithoutEffects([level_codes(endog.index, level)]).absorbed(endog.to_frame()):
            raise AbsorbedError(
                f"the dependent variable {endog.name!r} does not vary within "
                f"{('entities', 'periods')[level]}: random effects have no error variance to "
                "weigh it with; use estimator='between'"
            )

    def choose_coordinates(self, exog: pd.DataFrame, sample: EstimationSample) -> Coordinates:
        """Take regressors near zero: the first stage needs the regressors themselves."""
        return near_origin(exog)

    def fit_options(self, *, small_sample: bool) -> dict[str, Any]:
        """Say which variance components are wanted."""
        return {"small_sample": small_sample}

    def variance_components(
        self, sample: EstimationSample, exog: pd.DataFrame, *, small_sample: bool
    ) -> dict[str, Any]:
        """Estimate theta by group and the standard deviations of effects and errors.

        Raises
        ------
        SampleError
            If the regression within or between groups has no degrees of freedom.
        """
        level = effect_level(sample.effects)
        codes = exog.index.codes[level]
        present, groups, sizes = np.unique(codes, return_inverse=True, return_counts=True)
        values = np.column_stack([sample.design.endog.to_numpy(dtype=float), exog.to_numpy()])
        what = ("entities", "periods")[level]
        error = _error_variance(values, groups, what)
        effect = _effect_variance(values, groups, sizes, error, small_sample=small_sample)
        share = np.sqrt(error / (sizes * effect + error)) if error > 0.0 else np.zeros(len(sizes))
        labels = exog.index.levels[level].take(present).rename(exog.index.names[level])
        return {
            "theta": pd.Series(1.0 - np.maximum(share, _EPS), index=labels, name="theta"),
            "sigma_u": float(np.sqrt(effect)),
            "sigma_e": float(np.sqrt(error)),
            "rho": float(effect / (effect + error)),
        }

    def equation(self, model: FittedModel) -> EstimatingEquation:
        """Take theta times the means of the groups out of the data."""
        if model.theta is None:
            raise OptionError("a random-effects model must have its theta")
        plain = super().equation(model)
        levels = model.exog.index.get_level_values(effect_level(model.effects))
        codes, labels = pd.factorize(levels)
        theta = model.theta.reindex(labels).to_numpy(dtype=float)
        inner = quasi_demean(np.column_stack([plain.y, plain.x]), codes, theta)
        return EstimatingEquation(inner[:, 0], inner[:, 1:], plain.slopes, plain.rows)

    def estimate_effects(self, model: FittedModel) -> dict[str, pd.Series]:
        """Predict without bias: ``(1 - (1 - theta_i)^2)`` times the mean residual."""
        if model.theta is None:
            return super().estimate_effects(model)
        level = effect_level(model.effects)
        mean = (model.endog - model.fitted).astype(float).groupby(level=level).mean()
        shrink = 1.0 - (1.0 - model.theta.reindex(mean.index)) ** 2
        return {"time" if level else "entity": (shrink * mean).rename("effect")}


def _error_variance(values: np.ndarray, groups: np.ndarray, what: str) -> float:
    """Residual variance of the first column on the others, all less their group means."""
    inner = values - group_means(values, groups)
    inner -= group_means(inner, groups)  # what rounding has left of the means
    sizes = np.sqrt((values[:, 1:] ** 2).sum(axis=0))
    x = inner[:, 1:] / np.where(sizes > 0.0, sizes, 1.0)
    x[:, (x**2).sum(axis=0) <= (len(x) * _EPS) ** 2] = 0.0  # the rank is not that of rounding
    coefficients, _, rank, _ = np.linalg.lstsq(x, inner[:, 0], rcond=None)
    count = int(groups.max()) + 1
    df = len(x) - count - int(rank)
    if df <= 0:
        raise SampleError(
            f"the random model cannot be estimated: {len(x)} rows of {count} {what} leave the "
            f"regression within {what}, of rank {rank}, no degrees of freedom for the variance of "
            "the errors"
        )
    residuals = inner[:, 0] - x @ coefficients
    return float(residuals @ residuals) / df


def _effect_variance(
    values: np.ndarray,
    groups: np.ndarray,
    sizes: np.ndarray,
    error: float,
    *,
    small_sample: bool,
) -> float:
    """Variance of the effects from the regression of group means; zero where it is negative."""
    first = np.unique(groups, return_index=True)[1]
    means = group_means(values, groups)
    means += group_means(values - means, groups)
    means = means[first]
    y, x = means[:, 0], means[:, 1:]
    coefficients, _, rank, _ = np.linalg.lstsq(x, y, rcond=None)
    df = len(x) - int(rank)
    if small_sample and np.ptp(sizes):
        root = np.sqrt(sizes)
        left, roots, _ = np.linalg.svd(root[:, None] * x, full_matrices=False)
        space = left[:, roots > max(x.shape) * _EPS * roots.max()]
        outer = root * y
        outer -= space @ (space.T @ outer)
        trace = sizes @ (space**2).sum(axis=1)
        return max(0.0, float((outer @ outer - df * error) / (len(values) - trace)))
    residuals = y - x @ coefficients
    harmonic = len(sizes) / (1.0 / sizes).sum()
    return max(0.0, float(residuals @ residuals / df - error / harmonic))


RANDOM = Random(
    name="random",
    title="Random-effects GLS regression",
    linearmodels_class="RandomEffects",
    other_words=("re", "gls"),
    default_effects=("entity",),
    allowed_effects=("entity", "time"),
    why_no_weights=NO_WEIGHTS,
    takes_small_sample=True,
    is_gls=True,
)
