"""Exports by origin and final use: published figures, brute force, identities, refusals."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import ioecon
from ioecon import Account, IOTable
from ioecon.errors import ArgumentError, IdentityError, LabelError, RoundingWarning, TableError

from .by_hand import ByHand

BORIN_MANCINI = {
    "ESP": {
        "EXGR": 4666.96, "DC": 2165.17, "DVA": 1880.60, "VAX": 1624.18, "REF": 256.41,
        "DDC": 284.58, "FC": 2501.78, "FVA": 2176.21, "FDC": 325.58, "GVC": 4034.25,
        "GVCB": 2786.36, "GVCF": 1247.89,
    },
    "CHN": {
        "EXGR": 8575.51, "DC": 4409.66, "DVA": 3469.40, "VAX": 3117.58, "REF": 351.82,
        "DDC": 940.27, "FC": 4165.85, "FVA": 3273.60, "FDC": 892.25, "GVC": 7260.12,
        "GVCB": 5106.11, "GVCF": 2154.01,
    },
}  # fmt: skip
"""Published by exvatools for its table, source-based."""

PARTS = {"MEX": "MEX", "MX1": "MEX", "MX2": "MEX", "CHN": "CHN", "CN1": "CHN", "CN2": "CHN"}


@pytest.fixture(scope="module")
def table(make_table) -> IOTable:
    return make_table(11, countries=3, sectors=2)


@pytest.fixture(scope="module")
def account(table) -> Account:
    values = pd.Series(np.arange(1.0, table.n + 1) ** 2, index=table.index)
    return Account(pd.concat({table.year: values}, names=["year"]).reorder_levels([1, 2, 0]))


@pytest.mark.parametrize("exporter", BORIN_MANCINI)
def test_published_terms_of_exvatools(exvatools, exporter):
    terms = ioecon.decompose_exports(exvatools, groups=PARTS).by_exporter().loc[exporter]
    assert terms.index.tolist() == list(BORIN_MANCINI[exporter])
    assert terms.round(2).to_dict() == BORIN_MANCINI[exporter]


@pytest.mark.parametrize("exporter", BORIN_MANCINI)
def test_published_totals_hold_for_the_sink_too(exvatools, exporter):
    terms = ioecon.decompose_exports(exvatools, groups=PARTS, approach="sink").by_exporter()
    published = {k: v for k, v in BORIN_MANCINI[exporter].items() if not k.startswith("GVC")}
    assert terms.loc[exporter].round(2).to_dict() == published


@pytest.mark.parametrize("approach", ["source", "sink"])
@pytest.mark.parametrize("groups", [None, {"AUS": "south", "CHN": "south"}])
@pytest.mark.parametrize("of", ["value added", "emissions"])
def test_terms_of_every_pair_are_those_of_loops_and_inverses(table, account, approach, groups, of):
    chosen = None if of == "value added" else account
    found = ioecon.decompose_exports(table, chosen, approach=approach, groups=groups)
    factor = account.values.to_numpy() if chosen else table.x - table.Z.sum(axis=0)
    home = [(groups or {}).get(country, country) for country in table.countries]
    slow = ByHand(table, factor, home)
    assert found.exporters == tuple(slow.names)
    for s in slow.names:
        for r in slow.others(s):
            for term, value in slow.borin_mancini(s, r, approach).items():
                assert found.bilateral(term).loc[s, r] == pytest.approx(value, rel=1e-11)
        assert_allclose(found.koopman_wang_wei().loc[s], slow.nine_terms(s), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("approach", ["source", "sink"])
def test_terms_add_up_in_every_pair(make_table, approach):
    content = ioecon.decompose_exports(make_table(3, countries=4, sectors=3), approach=approach)
    t = content.to_frame()
    pairs = {
        "EXGR": ("DC", "FC"),
        "DC": ("DVA", "DDC"),
        "DVA": ("VAX", "REF"),
        "FC": ("FVA", "FDC"),
    }
    if approach == "source":
        pairs |= {"GVC": ("GVCB", "GVCF"), "GVCB": ("FC", "DDC")}
    for whole, (one, other) in pairs.items():
        assert_allclose(t[whole], t[one] + t[other], rtol=1e-12)
    assert (t.drop(columns=["exporter", "destination"]) >= 0).all(axis=None)
    assert len(t) == 4 * 3
    assert t["EXGR"].sum() == pytest.approx(content.exports.sum())  # value added: its price
    assert content.residual < 1e-13


def test_the_two_approaches_differ_in_pairs_but_not_in_sum(table, account):
    source, sink = (
        ioecon.decompose_exports(table, account, approach=each) for each in ("source", "sink")
    )
    names = list(sink.terms)
    assert_allclose(sink.by_exporter(), source.by_exporter()[names], rtol=1e-12)
    assert not np.allclose(sink.bilateral("DVA"), source.bilateral("DVA"), rtol=1e-3)
    assert_allclose(sink.koopman_wang_wei().sum(axis=1), sink.by_exporter()["EXGR"], rtol=1e-12)


def test_sectors_and_pairs_have_the_same_sums(table, account):
    content = ioecon.decompose_exports(table, account)
    by_sector = content.by_sector().groupby("country").sum()
    assert_allclose(by_sector, content.by_exporter().loc[by_sector.index], rtol=1e-12)
    assert_allclose(content.bilateral("VAX").sum(axis=1), content.by_exporter()["VAX"])
    shares = content.participation()
    assert_allclose(shares["GVC"], shares["GVCB"] + shares["GVCF"])


def test_emissions_exported_in_the_end_are_those_of_the_accounts(table, account):
    content = ioecon.decompose_exports(table, account).by_exporter()
    exports = ioecon.carbon_accounts(table, account).by_country()["exports"]
    assert_allclose(content["VAX"], exports, rtol=1e-12)


def test_a_group_is_no_aggregated_country(table):
    """With coefficients of a single sector per group both are the same, otherwise not."""
    groups = {"AUS": "south", "BRA": "south", "CHN": "CHN"}
    apart = ioecon.decompose_exports(table, groups=groups).by_exporter()
    summed = ioecon.decompose_exports(table.aggregate(regions=groups)).by_exporter()
    assert_allclose(apart["EXGR"], summed["EXGR"])
    assert not np.allclose(apart["DVA"], summed["DVA"], rtol=1e-3)


@pytest.mark.parametrize("approach", ["source", "sink"])
def test_other_currency_order_and_precision_change_nothing(table, approach):
    content = ioecon.decompose_exports(table, approach=approach)
    dearer = table.replace(Z=table.Z * 7.0, Y=table.Y * 7.0)
    assert_allclose(
        ioecon.decompose_exports(dearer, approach=approach).by_exporter(),
        7.0 * content.by_exporter(),
    )
    single = table.replace(Z=table.Z.astype("float32"), Y=table.Y.astype("float32"))
    again = ioecon.decompose_exports(single, approach=approach)
    assert_allclose(again.by_exporter(), content.by_exporter(), rtol=1e-6)
    order = [4, 5, 0, 1, 2, 3]
    uses = [4, 5, 0, 1, 2, 3]  # two categories
    turned = table.replace(
        Z=table.Z[np.ix_(order, order)],
        Y=table.Y[np.ix_(order, uses)],
        countries=[table.countries[k] for k in (2, 0, 1)],
    )
    found = ioecon.decompose_exports(turned, approach=approach).by_exporter()
    assert_allclose(found.loc[list(table.countries)], content.by_exporter(), rtol=1e-12)


def test_idle_sectors_and_countries_export_nothing(exvatools):
    content = ioecon.decompose_exports(exvatools)
    assert (content.by_exporter().loc["MEX"] == 0).all()
    assert content.participation().loc["MEX"].isna().all()


def test_results_say_what_they_are_and_can_be_written(table, account, tmp_path):
    content = ioecon.decompose_exports(table, account)
    assert content.by_exporter().attrs == {"stressor": "CO2", "unit": "kt"}
    frame = content.to_frame()
    assert frame.attrs["variables"]["REF"]["unit"] == "kt"
    file = ioecon.write_result(content, tmp_path / "content.csv")
    assert pd.read_csv(file)["DVA"].tolist() == frame["DVA"].tolist()
    assert str(content).startswith("CO2 in the exports of 3 exporters in 2000, source-based, kt")
    assert "<table" in content._repr_html_()
    money = ioecon.decompose_exports(table)
    assert (money.stressor, money.unit) == ("value added", "million USD")
    copy = pickle.loads(pickle.dumps(money))
    with pytest.raises(ValueError, match="read-only"):
        copy.exports[0, 0] = 1.0


def test_a_row_of_primary_inputs_is_followed_as_any_account():
    world = ioecon.datasets.load_world()
    added = ioecon.account_of_inputs(world.series, "value added")
    given = ioecon.decompose_exports(world.series[2007], added)
    own = ioecon.decompose_exports(world.series[2007])
    assert_allclose(given.by_exporter()["DVA"], own.by_exporter()["DVA"], rtol=1e-6)


def test_what_cannot_be_decomposed_is_refused(table):
    with pytest.raises(ArgumentError, match="approach is 'source' or 'sink', not 'both'"):
        ioecon.decompose_exports(table, approach="both")
    with pytest.raises(LabelError, match="called CHN, as a country that is not in it"):
        ioecon.decompose_exports(table, groups={"AUS": "CHN"})
    with pytest.raises(LabelError, match="a country exports as one"):
        ioecon.decompose_exports(table, groups={"AUS": {"north": 0.5, "south": 0.5}})
    with pytest.raises(TableError, match="delivers to places outside it"):
        ioecon.decompose_exports(table.within(["AUS", "BRA"]))
    printed = table.replace(printed_output=table.x * 1.01, output="printed")
    with (
        pytest.warns(RoundingWarning),
        pytest.raises(IdentityError, match="take output='row_sums'"),
    ):
        ioecon.decompose_exports(printed, tolerance=1.0)
    content = ioecon.decompose_exports(table, approach="sink")
    with pytest.raises(ArgumentError, match="There is no term 'GVC'; there are EXGR, DC"):
        content.bilateral("GVC")
    with pytest.raises(ArgumentError, match="for approach='source'"):
        content.participation()
