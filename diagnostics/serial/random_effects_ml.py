"""Maximum likelihood of the one-way random-effects model, balanced panels. Arrays only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from diagnostics.least_squares import ols
from diagnostics.transformation import Codes, Floats, group_means

__all__ = ["RandomEffectsML", "random_effects_ml"]


@dataclass(frozen=True, eq=False)
class RandomEffectsML:
    """Estimates under normal effects and errors.

    Attributes
    ----------
    resid : ndarray (n,)
        Composite residuals y - X b.
    sigma2_e, sigma2_1 : float
        Error variance, and T times the effect variance plus it.
    at_bound : bool
        Whether the effect variance is zero.
    """

    resid: Floats
    sigma2_e: float
    sigma2_1: float
    at_bound: bool


def random_effects_ml(y: Floats, X: Floats, entity: Codes, test: str) -> RandomEffectsML:
    r"""Maximise the likelihood over :math:`\phi^2 = \sigma_e^2 / \sigma_1^2 \in (0, 1]`.

    The likelihood is concentrated in φ (Breusch 1987; Baltagi, section 2.4): with deviations
    and means of the data weighted by φ,
    :math:`\ell = -\tfrac{nT}{2} \log (d'(Q + \phi^2 P) d) + \tfrac{n}{2} \log \phi^2`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> entity = np.repeat(np.arange(50), 4)
    >>> y = np.repeat(rng.normal(size=50), 4) * 2 + rng.normal(size=200)
    >>> fit = random_effects_ml(y, np.ones((200, 1)), entity, "a test")
    >>> bool(0.7 < fit.sigma2_e < 1.3)
    True
    """
    N = int(entity.max()) + 1
    n, k = X.shape
    y_mean, X_mean = group_means(y, entity), group_means(X, entity)
    # deviations and means are orthogonal: their triangles stand for the rows at every φ
    within = np.linalg.qr(np.column_stack([y - y_mean, X - X_mean]), mode="r")
    first = np.unique(entity, return_index=True)[1]
    means = np.column_stack([y_mean[first], X_mean[first]]) * np.sqrt(n / N)
    between = np.linalg.qr(means, mode="r")

    def score(log_phi2: float) -> float:
        """Give the slope of the concentrated log-likelihood in log φ², up to a factor."""
        weighted = np.exp(log_phi2 / 2) * between
        rows = np.concatenate([within, weighted, np.zeros((k, k + 1))])
        fit = ols(rows[:, 0], rows[:, 1:], test)
        left = weighted @ np.concatenate([[1.0], -fit.beta])
        return N - n * float(left @ left) / fit.rss

    low = -1.0
    while score(low) < 0 and low > -60:
        low *= 2
    at_bound = score(0.0) > 0
    best = (
        0.0 if at_bound else float(scipy.optimize.brentq(score, low, 0.0, xtol=1e-15, rtol=1e-15))
    )
    phi = np.exp(best / 2)
    fit = ols(y - (1 - phi) * y_mean, X - (1 - phi) * X_mean, test)
    resid = y - X @ fit.beta
    sigma2_e = fit.rss / n
    return RandomEffectsML(
        resid=resid, sigma2_e=sigma2_e, sigma2_1=sigma2_e / np.exp(best), at_bound=at_bound
    )
