"""Statistics of a model by name: ours, and those of Stata and R."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from regressions import goodness
from regressions.names import nearest_name, suggestion
from regressions.tables.errors import TableContentError

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["SHARES", "statistic_name", "statistic_of"]

SHARES = frozenset(
    [
        "rsquared", "rsquared_adj", "rsquared_within", "rsquared_within_adj", "rsquared_between",
        "rsquared_overall", "rsquared_inclusive", "f_pvalue", "rho", "theta",
    ]
)  # fmt: skip
"""Statistics printed with three decimals."""


def _f_test_value(name: str) -> Callable[[FittedModel], float | None]:
    return lambda model: None if model.f_statistic is None else getattr(model.f_statistic, name)


_STATISTICS: Mapping[str, Callable[[FittedModel], Any]] = {
    "nobs": lambda model: model.nobs,
    "n_entities": lambda model: model.n_entities,
    "n_periods": lambda model: model.n_periods,
    "n_clusters": lambda model: min(model.clusters.values()) if model.clusters else None,
    "rsquared": lambda model: model.rsquared,
    "rsquared_adj": goodness.rsquared_adj,
    "rsquared_within": lambda model: model.rsquared_within,
    "rsquared_within_adj": goodness.rsquared_within_adj,
    "rsquared_between": lambda model: model.rsquared_between,
    "rsquared_overall": lambda model: model.rsquared_overall,
    "rsquared_inclusive": goodness.rsquared_inclusive,
    "f_statistic": _f_test_value("statistic"),
    "f_pvalue": _f_test_value("pvalue"),
    "f_df": _f_test_value("df"),
    "df_resid": lambda model: model.df_resid,
    "df_model": lambda model: model.df_model,
    "df_inference": lambda model: model.df_inference,
    "sigma": goodness.sigma,
    "rss": lambda model: model.rss,
    "loglik": goodness.loglik,
    "aic": goodness.aic,
    "bic": goodness.bic,
    "sigma_u": lambda model: model.sigma_u,
    "sigma_e": lambda model: model.sigma_e,
    "rho": lambda model: model.rho,
    "theta": lambda model: model.theta,
}

_ELSEWHERE: Mapping[str, str] = {
    "n": "nobs", "obs": "nobs", "observations": "nobs", "num.obs": "nobs",
    "n_g": "n_entities", "ng": "n_entities", "groups": "n_entities", "entities": "n_entities",
    "periods": "n_periods", "n_clust": "n_clusters", "clusters": "n_clusters",
    "r2": "rsquared", "r.squared": "rsquared", "r-squared": "rsquared",
    "r2_a": "rsquared_adj", "ar2": "rsquared_adj", "adj_r2": "rsquared_adj",
    "r2_adj": "rsquared_adj", "adj.r.squared": "rsquared_adj", "adjusted r2": "rsquared_adj",
    "adjusted r-squared": "rsquared_adj", "adjusted rsquared": "rsquared_adj",
    "adj rsquared": "rsquared_adj",
    "r2_w": "rsquared_within", "r2_within": "rsquared_within", "within r2": "rsquared_within",
    "within rsquared": "rsquared_within", "r.squared.within": "rsquared_within",
    "wr2": "rsquared_within",
    "war2": "rsquared_within_adj", "r2_a_within": "rsquared_within_adj",
    "r2_within_adj": "rsquared_within_adj", "adj_r2_within": "rsquared_within_adj",
    "rsquared_adj_within": "rsquared_within_adj",
    "r2_b": "rsquared_between", "r2_between": "rsquared_between",
    "r.squared.between": "rsquared_between",
    "r2_o": "rsquared_overall", "r2_overall": "rsquared_overall",
    "r.squared.overall": "rsquared_overall",
    "f": "f_statistic", "fvalue": "f_statistic", "f-value": "f_statistic",
    "statistic": "f_statistic",
    "p": "f_pvalue", "p.value": "f_pvalue", "prob > f": "f_pvalue",
    "df": "f_df", "df_r": "df_resid", "df.residual": "df_resid", "df_m": "df_model",
    "rmse": "sigma", "root mse": "sigma", "ser": "sigma",
    "ll": "loglik", "llf": "loglik", "log-likelihood": "loglik", "log_likelihood": "loglik",
    "deviance": "rss", "ssr": "rss", "resid_ss": "rss",
}  # fmt: skip


def _normalise_name(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


_NAMES = {_normalise_name(name): name for name in _STATISTICS} | {
    _normalise_name(name): ours for name, ours in _ELSEWHERE.items()
}


def statistic_name(name: str) -> str:
    """Return our name of a statistic, whatever program it is named after.

    Parameters
    ----------
    name : str
        In any case and hyphenation: ``"rsquared_adj"``, ``"r2_a"``, ``"adj.r.squared"``.

    Returns
    -------
    str
        `name` itself where it is none of them: it may be an attribute of the model.

    Examples
    --------
    >>> statistic_name("r2_a"), statistic_name("AIC"), statistic_name("N_clust")
    ('rsquared_adj', 'aic', 'n_clusters')
    """
    return _NAMES.get(_normalise_name(name), name)


def statistic_of(model: FittedModel, name: str) -> Any:
    """Compute a statistic by our name, or read an attribute of the model.

    Parameters
    ----------
    model : FittedModel
    name : str
        From :func:`statistic_name`.

    Returns
    -------
    object
        None where the model has no such statistic.

    Raises
    ------
    TableContentError
        If the name is unknown.
    """
    if name in _STATISTICS:
        return _STATISTICS[name](model)
    if name.startswith("_") or not hasattr(model, name) or callable(getattr(model, name)):
        close = nearest_name(_normalise_name(name), _NAMES)
        hint = "" if close is None else suggestion(_NAMES[close])
        raise TableContentError(
            f"There is no statistic {name!r}{hint}; use one of {', '.join(_STATISTICS)}, another "
            "attribute of the model, or a function of the model."
        )
    return getattr(model, name)
