"""The regression behind a fixed-effects model, on arrays, with conventional inference."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.errors import DiagnosticError
from diagnostics.least_squares import Fit, effects_rank, independent_columns, ols
from diagnostics.sample import PanelSample
from diagnostics.transformation import Floats, absorbed, within


@dataclass(frozen=True, eq=False)
class WithinFit:
    """Least squares of the demeaned y on the demeaned regressors that effects do not absorb.

    Attributes
    ----------
    fit : Fit
        Coefficients, residuals and (X'X)^-1 of the demeaned data.
    X : ndarray (n, k)
        Demeaned regressors.
    names : tuple of str
        Columns of `X`.
    df : int
        n minus effects minus k.
    """

    fit: Fit
    X: Floats
    names: tuple[str, ...]
    df: int

    @property
    def s2(self) -> float:
        """Error variance, RSS over df."""
        return self.fit.rss / self.df


def within_fit(sample: PanelSample, test: str) -> WithinFit:
    """Fit the within regression of a sample that absorbs effects.

    Raises
    ------
    DiagnosticError
        If the effects and slopes leave no degrees of freedom.
    """
    slopes = sample.slopes
    raw = sample.X[:, slopes]
    demeaned = within(raw, sample.effects)
    keep = ~absorbed(raw, demeaned)
    keep[keep] = independent_columns(demeaned[:, :0], demeaned[:, keep])
    X = demeaned[:, keep]
    df = sample.n - effects_rank(sample.effects) - X.shape[1]
    if df <= 0:
        raise DiagnosticError(
            f"{test}: {sample.n} observations for the effects and {X.shape[1]} slopes leave no "
            "degrees of freedom"
        )
    return WithinFit(
        fit=ols(within(sample.y, sample.effects), X, test),
        X=X,
        names=tuple(sample.names[j] for j, k in zip(slopes, keep, strict=True) if k),
        df=df,
    )
