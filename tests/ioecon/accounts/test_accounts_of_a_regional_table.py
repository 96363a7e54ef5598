"""A table with exports to places outside it: they are one more destination."""

import numpy as np
import pandas as pd
import pytest

from ioecon import Account, carbon_accounts


@pytest.fixture
def whole_and_part(make_table, make_account):
    table = make_table(21, countries=5, sectors=3)
    account = make_account(table)
    inside = ["AUS", "BRA", "CHN"]
    part = table.within(inside)
    values = account.values[account.values.index.get_level_values("country").isin(inside)]
    return carbon_accounts(table, account), carbon_accounts(part, Account(values))


def test_everything_the_regions_emit_is_for_a_region_or_for_outside(whole_and_part):
    _, part = whole_and_part
    frame = part.by_country()
    assert part.destinations == ("AUS", "BRA", "CHN", "outside")
    assert part.residual < 1e-10
    np.testing.assert_allclose(
        frame["cba"].sum() + frame["outside"].sum(), frame["pba"].sum(), rtol=1e-12
    )
    np.testing.assert_allclose(
        frame["tcba"].sum() + frame["outside"].sum(), frame["pba"].sum(), rtol=1e-12
    )
    pairs = part.reconciliation()
    assert ("AUS", "outside") in pairs.index
    assert (pairs.xs("outside", level="destination")["via_third"] > 0).all()


def test_deliveries_over_the_border_are_those_of_the_world_table(whole_and_part):
    world, part = whole_and_part
    inside = ["AUS", "BRA", "CHN"]
    for name in ("domestic_eebt", "exports_eebt"):
        np.testing.assert_allclose(
            part.by_country()[name], world.by_country().loc[inside, name], rtol=1e-11
        )
    outside = world.bilateral("eebt").loc[inside, ["DEU", "ESP"]].sum(axis=1)
    pd.testing.assert_series_equal(
        part.by_country()["outside_eebt"], outside, check_names=False, rtol=1e-11
    )
    # What comes back through the world outside is not seen from inside.
    assert (part.by_country()["domestic"] < world.by_country().loc[inside, "domestic"]).all()
