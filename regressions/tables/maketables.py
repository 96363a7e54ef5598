"""What maketables asks of a model, so that ``maketables.ETable`` prints our results.

`FittedModel` carries the plug-in attributes; maketables itself is not needed here.
Checked against maketables 0.2.0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from regressions import goodness

if TYPE_CHECKING:
    from regressions.model import FittedModel

__all__ = ["absorbed_effects", "coefficient_table", "fixed_effects_string", "statistic"]

_STATISTICS: Mapping[str, Callable[[FittedModel], Any]] = {
    "N": lambda model: model.nobs,
    "r2": lambda model: model.rsquared,
    "r2_within": lambda model: model.rsquared_within,
    "r2_between": lambda model: model.rsquared_between,
    "r2_overall": lambda model: model.rsquared_overall,
    "fvalue": lambda model: None if model.f_statistic is None else model.f_statistic.statistic,
    "f_pvalue": lambda model: None if model.f_statistic is None else model.f_statistic.pvalue,
    "df_model": lambda model: model.df_model,
    "df_resid": lambda model: model.df_resid,
    "adj_r2": goodness.rsquared_adj,
    "rmse": goodness.sigma,
    "aic": goodness.aic,
    "bic": goodness.bic,
    "ll": goodness.loglik,
    "n_clusters": lambda model: min(model.clusters.values()) if model.clusters else None,
    "n_entities": lambda model: model.n_entities,
    "n_periods": lambda model: model.n_periods,
    "se_type": lambda model: model.covariance_words or model.cov,
}


def coefficient_table(model: FittedModel) -> pd.DataFrame:
    """Return estimates with the model's own inference.

    Parameters
    ----------
    model : FittedModel
        The model.

    Returns
    -------
    DataFrame, shape (k, 8)
        Indexed by coefficient; columns b, se, t, p and the bounds of the 90 and 95 %
        intervals, ci90l, ci90u, ci95l, ci95u.
    """
    columns = {"b": model.params, "se": model.std_errors, "t": model.tstats, "p": model.pvalues}
    for percent in (90, 95):
        bounds = model.conf_int(percent / 100)
        columns |= {f"ci{percent}l": bounds["lower"], f"ci{percent}u": bounds["upper"]}
    return pd.DataFrame(columns).rename_axis("Coefficient")


def statistic(model: FittedModel, key: str) -> Any:
    """Return a statistic by maketables' key.

    Parameters
    ----------
    model : FittedModel
        The model.
    key : str
        ``"N"``, ``"r2"``, ``"r2_within"``, ``"fvalue"``, ``"se_type"``, ….

    Returns
    -------
    object
        The value; None for keys that the model does not have, as maketables expects.
    """
    getter = _STATISTICS.get(key)
    return None if getter is None else getter(model)


def fixed_effects_string(model: FittedModel) -> str | None:
    """Name the absorbed effects, joined by a plus sign.

    Parameters
    ----------
    model : FittedModel
        The model.

    Returns
    -------
    str or None
        Such as ``"country+year"``; None without absorbed effects.
    """
    effects = absorbed_effects(model)
    entity, period = model.endog.index.names
    names = {"entity": entity or "entity", "time": period or "time"}
    return "+".join(str(names.get(effect, effect)) for effect in effects) or None


def absorbed_effects(model: FittedModel) -> list[str]:
    """List the effects that a model absorbs: "entity", "time" or names of columns.

    Parameters
    ----------
    model : FittedModel
        The model.

    Returns
    -------
    list of str
        Empty for every estimator but fixed effects.
    """
    if not model.kind.absorbs or model.effects is None:
        return []
    return ["entity", "time"] if model.effects == "twoway" else model.effects.split(" + ")
