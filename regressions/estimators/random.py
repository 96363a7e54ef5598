"""Random effects of entities or periods: Swamy-Arora feasible least squares."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regressions.coordinates import Coordinates, badly_conditioned, near_origin, orthogonal
from regressions.equation import EstimatingEquation
from regressions.errors import AbsorbedError, OptionError
from regressions.estimators.estimator import Estimator
from regressions.groupings import effect_level, level_codes
from regressions.within import WithoutEffects, quasi_demean

if TYPE_CHECKING:
    from regressions.estimation_sample import EstimationSample
    from regressions.model import FittedModel

__all__ = ["NO_WEIGHTS", "RANDOM", "Random"]

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

    def variance_components(self, result: Any) -> dict[str, Any]:
        """Return theta by group and the standard deviations of effects and errors."""
        parts = result.variance_decomposition
        return {
            "theta": result.theta["theta"],
            "sigma_u": float(np.sqrt(parts["Effects"])),
            "sigma_e": float(np.sqrt(parts["Residual"])),
            "rho": float(parts["Percent due to Effects"]),
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

    def refine(self, model: FittedModel) -> FittedModel:
        """Estimate again from theta where the quasi-demeaned regressors lose digits."""
        equation = self.equation(model)
        if not equation.x.any(axis=0).all() or not badly_conditioned(equation.x):
            return model  # an exact fit has theta one and takes the constant away
        near = near_origin(model.exog)
        equation = self.equation(replace(model, exog=near.exog))
        x, back = orthogonal(equation.x)
        coefficients = np.linalg.lstsq(x, equation.y, rcond=None)[0]
        params = pd.Series(
            near.back @ (back @ coefficients), index=model.params.index, name=model.params.name
        )
        resids = pd.Series(
            equation.y - x @ coefficients, index=equation.rows, name=model.resids.name
        )
        fitted = (model.exog @ params).rename(model.fitted.name)
        return replace(model, params=params, resids=resids, fitted=fitted)

    def estimate_effects(self, model: FittedModel) -> dict[str, pd.Series]:
        """Predict without bias: ``(1 - (1 - theta_i)^2)`` times the mean residual."""
        if model.theta is None:
            return super().estimate_effects(model)
        level = effect_level(model.effects)
        mean = (model.endog - model.fitted).astype(float).groupby(level=level).mean()
        shrink = 1.0 - (1.0 - model.theta.reindex(mean.index)) ** 2
        return {"time" if level else "entity": (shrink * mean).rename("effect")}


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
