"""The equation an estimator runs least squares on: raw, demeaned or quasi-demeaned data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import Fit, independent_columns, ols
from diagnostics.sample import PanelSample
from diagnostics.transformation import Codes, Floats, quasi_demean, remove_effects
from regressions.degrees_of_freedom import effects_rank
from regressions.within import absorbed

if TYPE_CHECKING:
    from regressions import FittedModel

__all__ = [
    "TransformedEquation",
    "random_groups",
    "transform_like_estimator",
    "transformed_equation",
    "within_equation",
]


@dataclass(frozen=True, eq=False)
class TransformedEquation:
    """Data as the estimator transforms them, and their least-squares fit.

    Attributes
    ----------
    y : ndarray (n,)
        Transformed dependent variable.
    X : ndarray (n, k)
        Transformed regressors, without those that effects absorb; the constant, where there is
        one, is transformed like the rest.
    names : tuple of str
        Columns of `X`.
    fit : Fit
        Least squares of y on X.
    df : int
        n minus k minus the rank of the effects.
    """

    y: Floats
    X: Floats
    names: tuple[str, ...]
    fit: Fit
    df: int

    @property
    def s2(self) -> float:
        """Error variance, RSS over df."""
        return self.fit.rss / self.df


def transformed_equation(model: FittedModel, sample: PanelSample, test: str) -> TransformedEquation:
    """Equation of a pooled, fixed- or random-effects model.

    Raises
    ------
    DiagnosticError
        If no degrees of freedom are left.
    """
    if model.kind.absorbs:
        return within_equation(sample, test)
    y = transform_like_estimator(model, sample, sample.y, test)
    X = transform_like_estimator(model, sample, sample.X, test)
    fit = ols(y, X, test)
    return TransformedEquation(y=y, X=X, names=sample.names, fit=fit, df=fit.df_resid)


def transform_like_estimator(
    model: FittedModel, sample: PanelSample, values: Floats, test: str
) -> Floats:
    """Columns (n,) or (n, k) as the estimator transforms its variables.

    Raises
    ------
    DiagnosticError
        If a group of a random-effects model has no θ.
    """
    if model.kind.absorbs:
        return remove_effects(values, sample.effects)
    if model.kind.is_gls:
        return quasi_demean(values, *random_groups(model, sample, test))
    return values


def within_equation(sample: PanelSample, test: str) -> TransformedEquation:
    """Equation of a fixed-effects model: the effects of the sample taken out.

    Raises
    ------
    DiagnosticError
        If the effects and slopes leave no degrees of freedom.
    """
    slopes = sample.slopes
    raw = sample.X[:, slopes]
    demeaned = remove_effects(raw, sample.effects)
    keep = ~absorbed(raw, demeaned)
    keep[keep] = independent_columns(demeaned[:, :0], demeaned[:, keep])
    X = demeaned[:, keep]
    df = sample.n - effects_rank(sample.effects) - X.shape[1]
    if df <= 0:
        raise DiagnosticError(
            f"{test}: {sample.n} observations for the effects and {X.shape[1]} slopes leave no "
            "degrees of freedom"
        )
    y = remove_effects(sample.y, sample.effects)
    return TransformedEquation(
        y=y,
        X=X,
        names=tuple(sample.names[j] for j, k in zip(slopes, keep, strict=True) if k),
        fit=ols(y, X, test),
        df=df,
    )


def random_groups(model: FittedModel, sample: PanelSample, test: str) -> tuple[Codes, Floats]:
    """Group codes of a random-effects model and θ of each group.

    Returns
    -------
    codes : ndarray of int (n,)
    theta : ndarray (groups,)

    Raises
    ------
    DiagnosticError
        If a group has no θ.
    """
    by_time = model.effects == "time"
    labels = sample.periods if by_time else sample.entities
    theta = np.full(len(labels), np.nan)
    if model.theta is not None:
        theta = model.theta.reindex(labels).to_numpy(dtype=np.float64)
    if not np.isfinite(theta).all():
        raise DiagnosticError(f"{test} needs a θ for each of the {len(labels)} groups")
    return (sample.period if by_time else sample.entity), theta
