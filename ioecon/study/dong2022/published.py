"""What the paper prints: its tables 2 to 8 under the names of the panel's columns."""

from __future__ import annotations

from importlib.resources import files
from io import StringIO

import numpy as np
import pandas as pd

__all__ = ["implied_moments", "published_descriptives", "published_regressions"]

_REGRESSORS = {
    "ln(ITI)": "ln_iti",
    "ln(ITI_f)": "ln_iti_foreign",
    "dGDPpc": "d_gdp_pc",
    "dU": "d_urban",
    "dRE": "d_alt_nuclear",
    "dEpc": "d_elec_pc",
    "dECperGDP": "d_energy_per_gdp",
    "const": "Intercept",
}
_DEPENDENTS = {"ln(DDfC)": "ln_ddfc", "ln(DTfC)": "ln_dtfc", "ln(DFC)": "ln_dfc"}


def published_regressions() -> pd.DataFrame:
    """Coefficients of the paper's tables 3 to 8 under the names of the panel's columns.

    Returns
    -------
    DataFrame
        table, column (position in the table), dependent, regressor, estimate, std_error, stars,
        nobs; rows of R² have the regressor ``R2``.
    """
    frame = _read_csv("tables3to8_regressions.csv")
    frame["dependent"] = frame["dependent"].map(_DEPENDENTS)
    frame["regressor"] = frame["variable"].map(_REGRESSORS).fillna(frame["variable"])
    frame["column"] = frame["column"].str[1:].astype(int)
    frame["stars"] = frame["stars"].fillna("")
    names = ["table", "column", "dependent", "regressor", "estimate", "std_error", "stars", "nobs"]
    return frame[names]


def published_descriptives() -> pd.DataFrame:
    """Moments of the paper's table 2, index variable."""
    return _read_csv("table2_descriptive.csv").set_index("variable").rename(columns={"std": "sd"})


def _read_csv(name: str) -> pd.DataFrame:
    text = files("ioecon.study.dong2022").joinpath("published", name).read_text(encoding="utf-8")
    return pd.read_csv(StringIO(text))


def implied_moments() -> pd.DataFrame:
    """Moments that the paper does not print, but that its one-regressor columns imply.

    Least squares passes through the means, and with one regressor
    SE = sd(y)·√(1 − R²) / (sd(x)·√(n − 2)). So tables 4 and 5 give mean and standard deviation of
    ln(ΔTfC) and ln(ΔFC), and table 8 the standard deviation of ln(ITI(f)), to the precision of
    the printed digits.

    Returns
    -------
    DataFrame
        Index variable, columns mean and sd (mean of ln(ITI(f)) missing: its slope is too small).

    Examples
    --------
    >>> implied_moments().round(1).loc["ln_dfc"].tolist()
    [-2.7, 7.4]
    """
    printed, lines = published_descriptives(), published_regressions()
    first = lines.loc[lines["column"].eq(1)].set_index(["table", "regressor"])
    root = np.sqrt(printed.loc["ln_iti", "obs"] - 2)
    rows = {}
    for table, name in ((4, "ln_dtfc"), (5, "ln_dfc")):
        slope, share = first.loc[(table, "ln_iti")], first.loc[(table, "R2"), "estimate"]
        constant = first.loc[(table, "Intercept"), "estimate"]
        x = printed.loc["ln_iti"]
        rows[name] = {
            "mean": constant + slope["estimate"] * x["mean"],
            "sd": slope["std_error"] * x["sd"] * root / np.sqrt(1 - share),
        }
    foreign, share = first.loc[(8, "ln_iti_foreign")], first.loc[(8, "R2"), "estimate"]
    spread = printed.loc["ln_ddfc", "sd"] * np.sqrt(1 - share) / (foreign["std_error"] * root)
    rows["ln_iti_foreign"] = {"mean": np.nan, "sd": spread}
    return pd.DataFrame.from_dict(rows, orient="index")
