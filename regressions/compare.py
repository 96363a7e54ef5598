"""Nested models side by side: what the added regressors bring."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from regressions.errors import OptionError, SampleError
from regressions.model import FittedModel
from regressions.regressor_names import regressor_key

__all__ = ["compare_nested"]


def compare_nested(models: Sequence[FittedModel]) -> pd.DataFrame:
    """Test each model against the one before it.

    The added coefficients are tested with the covariance of the larger model: the classic F test
    of residual sums of squares when it is unadjusted, the robust Wald test otherwise.

    Parameters
    ----------
    models : sequence of FittedModel
        From the smallest to the largest, on the same rows.

    Returns
    -------
    DataFrame
        Indexed by label: nobs, df.residual, rss, r.squared, df, statistic, p.value, added.

    Raises
    ------
    OptionError
        If there are fewer than two models, or they are not nested.
    SampleError
        If their rows or dependent variables differ.

    Examples
    --------
    >>> from regressions import stepwise
    >>> rng = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(8), range(2000, 2010)])
    >>> data = pd.DataFrame(rng.normal(size=(80, 3)), index=index, columns=["x", "z", "y"])
    >>> compare_nested(stepwise("y ~ x", data, ["z"]))["df"].tolist()
    [nan, 1.0]
    """
    if len(models) < 2:
        raise OptionError("a comparison needs at least two models")
    rows = [_model_row(models[0])]
    for small, large in pairwise(models):
        added = _find_added_regressors(small, large)
        test = large.joint_test(added)
        rows.append(
            _model_row(large)
            | {
                "df": float(test.df),
                "statistic": test.statistic,
                "p.value": test.pvalue,
                "added": ", ".join(added),
            }
        )
    return pd.DataFrame(rows, index=pd.Index([m.label for m in models], name="model"))


def _model_row(model: FittedModel) -> dict[str, object]:
    return {
        "nobs": model.nobs,
        "df.residual": model.df_resid,
        "rss": model.rss,
        "r.squared": model.rsquared,
        "df": np.nan,
        "statistic": np.nan,
        "p.value": np.nan,
        "added": "",
    }


def _find_added_regressors(small: FittedModel, large: FittedModel) -> list[str]:
    pair = f"{small.label!r} and {large.label!r}"
    for what in ("estimator", "effects", "dependent"):
        if getattr(small, what) != getattr(large, what):
            raise OptionError(
                f"{pair} differ in their {what}: {getattr(small, what)!r} and "
                f"{getattr(large, what)!r}; only nested models can be compared"
            )
    if not small.endog.index.equals(large.endog.index):
        only = small.endog.index.symmetric_difference(large.endog.index)
        raise SampleError(
            f"{pair} are estimated on different rows ({small.nobs} and {large.nobs}; "
            f"{len(only)} not shared): fit both on the rows that are complete for the larger one"
        )
    if not np.array_equal(small.endog.to_numpy(), large.endog.to_numpy()):
        raise SampleError(f"{pair} have different values of {small.dependent!r}")
    in_small = {regressor_key(str(name)) for name in small.params.index}
    in_large = {regressor_key(str(name)): str(name) for name in large.params.index}
    extra = [str(n) for n in small.params.index if regressor_key(str(n)) not in in_large]
    if extra:
        raise OptionError(f"{pair} are not nested: only the first has {', '.join(extra)}")
    added = [name for key, name in in_large.items() if key not in in_small]
    if not added:
        raise OptionError(f"{pair} have the same regressors")
    return added
