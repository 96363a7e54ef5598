"""The panel of this package's examples."""

import numpy as np
import pandas as pd

__all__ = ["example_panel"]


def example_panel() -> pd.DataFrame:
    """Simulate a panel of 20 firms over 12 years, the same at each call.

    Returns
    -------
    pandas.DataFrame
        Columns x, z and y = x + effect + error, of which x is correlated with the effect of its
        firm; indexed by (firm, year).

    Examples
    --------
    >>> example_panel().shape
    (240, 3)
    """
    rng = np.random.default_rng(7)
    index = pd.MultiIndex.from_product([range(20), range(2000, 2012)], names=["firm", "year"])
    effect = np.repeat(rng.normal(size=20), 12)
    data = pd.DataFrame(rng.normal(size=(240, 2)), index=index, columns=["x", "z"])
    data["x"] += effect
    return data.assign(y=data["x"] + effect + rng.normal(size=240))
