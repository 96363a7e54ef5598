"""WIOD 2013 accounts beside the consumption-based emissions of the Global Carbon Budget 2020.

The budget's numbers come from another database (GTAP), so they are a check of plausibility.
"""

import numpy as np
import pandas as pd


def test_consumption_agrees_with_the_global_carbon_budget(data_root, wiod_accounts):
    published = pd.read_csv(data_root / "co2_consumption_based.csv")
    published = published[published["year"] == 2007].set_index("iso3")["co2_kt"]
    frame = wiod_accounts.by_country()
    ours = frame["cba"] + frame["households"]
    both = pd.DataFrame({"ours": ours, "published": published}).dropna()
    assert len(both) == 39
    logs = np.log(both)
    assert logs.corr().iloc[0, 1] > 0.99
    ratio = both["ours"] / both["published"]
    assert 0.95 < ratio.median() < 1.05
    assert (ratio / ratio.median()).between(0.6, 1.7).all()
    # Net importers of carbon in one are net importers in the other, among the ten largest.
    territorial = frame["pba"] + frame["households"]
    largest = both["published"].nlargest(10).index
    budget = pd.read_csv(data_root / "co2.csv")
    budget = budget[(budget["source"] == "GCB_2020_territorial") & (budget["year"] == 2007)]
    net = published - budget.set_index("iso3")["co2_kt"]
    same = np.sign((ours - territorial)[largest]) == np.sign(net[largest])
    assert same.mean() >= 0.9


def test_identities_and_sizes(wiod_accounts):
    assert wiod_accounts.residual < 1e-13
    frame = wiod_accounts.by_country()
    assert frame.loc["CHN", "exports"] > frame.loc["CHN", "imports"]
    assert frame.loc["USA", "exports"] < frame.loc["USA", "imports"]
    exports = wiod_accounts.reconciliation_by_country()["exports"]
    share = exports["feedback"] / exports["eebt"]
    assert share.idxmax() == "USA"
    assert 0.02 < exports["feedback"].sum() / exports["eebt"].sum() < 0.05
