"""Make panel.csv, on which the phrase book is checked: ``python make_panel.py``."""

from pathlib import Path

import numpy as np
import pandas as pd


def panel() -> pd.DataFrame:
    """Fourteen entities in two regions over nine years; `kept` marks an unbalanced panel's rows."""
    rng = np.random.default_rng(2026)
    index = pd.MultiIndex.from_product([range(1, 15), range(2001, 2010)], names=["id", "year"])
    entity, year = (index.get_level_values(name).to_numpy() for name in index.names)
    effect, shock = rng.normal(size=14)[entity - 1], rng.normal(size=9)[year - 2001]
    x = rng.normal(size=126) + 0.6 * effect + 0.3 * shock
    z = rng.normal(size=126) * np.exp(0.3 * effect)
    noise = np.empty((14, 9))
    noise[:, 0] = rng.normal(size=14)
    for t in range(1, 9):
        noise[:, t] = 0.4 * noise[:, t - 1] + rng.normal(size=14)
    y = 1 + 0.8 * x - 0.4 * z + effect + 0.5 * shock + noise.ravel() * (1 + 0.2 * np.abs(z))
    data = pd.DataFrame({"y": y, "x": x, "z": z}, index=index).round(6)
    data["region"] = np.where(entity % 2, "north", "south")
    # ragged at both ends, never with a hole: plm's lags go by row
    ragged = [(1, 2001), (1, 2002), (5, 2009), (9, 2001), (12, 2008), (12, 2009)]
    data["kept"] = (~index.isin(ragged)).astype(int)
    return data


if __name__ == "__main__":
    panel().to_csv(Path(__file__).with_name("panel.csv"), lineterminator="\n")
