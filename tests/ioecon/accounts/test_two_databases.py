"""Two databases side by side: every figure against sums written out, and what is refused."""

import io
import pickle

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import IOTable
from ioecon.datasets import wiod_common_sectors
from ioecon.errors import ArgumentError, EmissionsError, LabelError, TableError

NAMES = ("left", "right")


@pytest.fixture
def pair(make_table) -> tuple[IOTable, IOTable]:
    """Two tables of other countries and sectors: AUS and BRA in both, 4 and 3 sectors."""
    first = make_table(41, countries=3, sectors=4).replace(countries=("AUS", "BRA", "ROW"))
    second = make_table(42, countries=4, sectors=3).replace(
        countries=("BRA", "AUS", "CHN", "ROW"), sectors=("t1", "t2", "t3")
    )
    return first, second


CONCORDANCE = (
    {"s1": "goods", "s2": "goods", "s3": "services", "s4": "services"},
    {"t1": "services", "t2": "goods", "t3": "goods"},
)


@pytest.fixture
def compared(pair, make_account):
    emissions = tuple(make_account(table, k, households=True) for k, table in enumerate(pair))
    return ioecon.compare_tables(
        *pair, CONCORDANCE, regions="common", emissions=emissions, names=NAMES
    )


def rows_of(table, countries, sectors) -> list[int]:
    return [k for k, (c, s) in enumerate(table.index) if c in countries and s in sectors]


def sum_of(flows, rows, columns) -> float:
    return flows[np.ix_(rows, columns)].sum()


def test_both_have_the_labels_of_the_first(compared):
    for table in (compared.first, compared.second):
        assert (table.countries, table.sectors) == (("AUS", "BRA", "ROW"), ("goods", "services"))


def test_flows_are_those_of_the_same_places(pair, compared):
    _, second = pair
    rows = rows_of(second, ["CHN", "ROW"], ["t2", "t3"])
    columns = rows_of(second, ["BRA"], ["t1"])
    cell = compared.second.Z[compared.second.index.get_loc(("ROW", "goods")), 3]
    assert cell == pytest.approx(second.Z[np.ix_(rows, columns)].sum())


def test_country_figures_are_sums_of_the_tables(pair, compared):
    frame = compared.by_country()
    for name, table in zip(NAMES, pair, strict=True):
        brazil = rows_of(table, ["BRA"], table.sectors)
        others = [k for k in range(table.n) if k not in brazil]
        k = table.countries.index("BRA")
        outside = [c for c in range(len(table.countries)) if c != k]
        expected = {
            "output": table.x[brazil].sum(),
            "value_added": table.x[brazil].sum() - table.Z[:, brazil].sum(),
            "final_demand": table.F[:, k].sum(),
            "exports": table.Z[np.ix_(brazil, others)].sum()
            + table.F[np.ix_(brazil, outside)].sum(),
            "imports": table.Z[np.ix_(others, brazil)].sum() + table.F[others, k].sum(),
        }
        for quantity, value in expected.items():
            assert frame.loc["BRA", (quantity, name)] == pytest.approx(value), quantity
    output = frame["output"]
    assert output.loc["AUS", "difference"] == output.loc["AUS", "right"] - output.loc["AUS", "left"]
    assert output.loc["AUS", "percent"] == pytest.approx(
        100 * (output.loc["AUS", "right"] / output.loc["AUS", "left"] - 1)
    )


def test_accounts_are_those_of_each_database_in_its_own_sectors(pair, make_account, compared):
    frame = compared.by_country()
    for k, table in enumerate(pair):
        own = ioecon.carbon_accounts(table, make_account(table, k, households=True)).by_country()
        own = own.rename({"CHN": "ROW"}).groupby(level="country").sum()
        for quantity in ("pba", "cba", "households"):
            np.testing.assert_allclose(
                frame[quantity, NAMES[k]], own[quantity].reindex(frame.index), rtol=1e-10
            )


def test_world_totals(pair, compared):
    totals = compared.totals()
    for name, table in zip(NAMES, pair, strict=True):
        assert totals.loc["output", name] == pytest.approx(table.x.sum())
        assert totals.loc["intermediate_use", name] == pytest.approx(table.Z.sum())
        assert totals.loc["final_demand", name] == pytest.approx(table.Y.sum())
    assert totals.loc["trade", "left"] == pytest.approx(
        compared.by_country()["exports", "left"].sum()
    )
    assert compared.by_sector()["output", "right"].sum() == pytest.approx(pair[1].x.sum())


def test_agreement_is_what_numpy_says(compared):
    alike = compared.agreement()
    a, b = compared.first.Z.ravel(), compared.second.Z.ravel()
    row = alike.loc["intermediate_flows"]
    assert row["correlation"] == pytest.approx(np.corrcoef(a, b)[0, 1], rel=1e-12)
    logs = np.corrcoef(np.log(a), np.log(b))[0, 1]
    assert row["log_correlation"] == pytest.approx(logs, rel=1e-12)
    distance = np.abs(b - a).sum() / ((a.sum() + b.sum()) / 2)
    assert row["distance"] == pytest.approx(distance, rel=1e-12)
    assert (row["pairs"], row["both_positive"]) == (36, 36)
    assert alike.loc["trade", "pairs"] == 6  # nobody trades with itself
    frame = compared.by_country()
    ratios = [frame["cba", name] / frame["pba", name] for name in NAMES]
    assert alike.loc["cba_over_pba", "correlation"] == pytest.approx(np.corrcoef(*ratios)[0, 1])


@pytest.mark.parametrize("quantity", ["intermediate_flows", "final_demand_flows", "trade", "cba"])
def test_largest_differences_by_name(compared, quantity):
    top = compared.largest(quantity, 4)
    assert list(top["difference"].abs()) == sorted(top["difference"].abs(), reverse=True)
    if quantity == "intermediate_flows":
        first = top.iloc[0]
        row = compared.first.index.get_loc((first["country"], first["sector"]))
        column = compared.first.index.get_loc((first["to_country"], first["to_sector"]))
        assert first["left"] == compared.first.Z[row, column]
        apart = np.abs(compared.second.Z - compared.first.Z)
        assert abs(first["difference"]) == apart.max()
    if quantity == "trade":
        assert (top["country"] != top["to_country"]).all()
    with pytest.raises(KeyError, match="There is no 'nothing'; there are intermediate_flows, fi"):
        compared.largest("nothing")


def test_many_rows_are_compared_piece_by_piece():
    from ioecon.accounts.agreement import largest_cells, measure_agreement

    rng = np.random.default_rng(3)
    a, b = rng.lognormal(size=(1500, 7)), rng.lognormal(size=(1500, 7))
    found = measure_agreement(a, b)
    assert found["correlation"] == pytest.approx(np.corrcoef(a.ravel(), b.ravel())[0, 1], rel=1e-10)
    rows, columns = largest_cells(a, b, 20)
    np.testing.assert_array_equal(
        np.abs(b - a)[rows, columns], np.sort(np.abs(b - a).ravel())[::-1][:20]
    )


def test_a_table_is_like_itself(pair):
    same = ioecon.compare_tables(pair[0], pair[0], names=NAMES)
    alike = same.agreement()
    np.testing.assert_allclose(alike["correlation"], 1.0, rtol=1e-12)
    assert (alike["distance"] == 0).all()
    assert same.largest("intermediate_flows").empty
    assert same.first is pair[0]


def test_what_is_printed_and_written(compared, tmp_path):
    text = str(compared)
    assert "left and right, 2000: 3 countries × 2 sectors in common, million USD" in text
    assert "accounts of CO2 in kt" in text
    html = compared._repr_html_()
    assert "<table" in html
    frame = compared.to_frame()
    assert set(frame["quantity"]) == {*compared.units}
    assert set(frame.loc[frame["quantity"] == "cba", "unit"]) == {"kt"}
    written = pd.read_csv(ioecon.write_result(compared, tmp_path / "two.csv"))
    np.testing.assert_allclose(written["second"], frame["second"])
    again = pickle.loads(pickle.dumps(compared))
    pd.testing.assert_frame_equal(again.by_country(), compared.by_country())


def test_names_cannot_be_taken_for_markup(pair):
    compared = ioecon.compare_tables(pair[0], pair[0], names=("<b>$a$</b>", "other"))
    assert "<b>$a$" not in compared._repr_html_()
    compared.figure().savefig(io.BytesIO(), format="png")


def test_frames_say_the_units_and_of_what_the_accounts_are(pair, tmp_path):
    first, _ = pair
    index = pd.MultiIndex.from_product(
        [first.countries, first.sectors, [2000]], names=["country", "sector", "year"]
    )
    jobs = ioecon.Account(pd.Series(1.0, index=index), name="Employment", unit="1000 persons")
    compared = ioecon.compare_tables(first, first, emissions=(jobs, jobs), names=NAMES)
    totals = compared.totals()
    assert totals["unit"].to_dict() == {
        name: "1000 persons" if name == "pba" else "million USD" for name in totals.index
    }
    units = compared.by_country().attrs["units"]
    assert units["pba_left"] == units["cba_difference"] == "1000 persons"
    assert units["exports_right"] == "million USD"
    assert units["pba_percent"] == "%"
    assert compared.by_sector().attrs["units"]["output_left"] == "million USD"
    for frame in (totals, compared.by_country(), compared.by_sector(), compared.to_frame()):
        assert frame.attrs["stressor"] == "Employment"
    for quantity, unit in (("trade", "million USD"), ("cba", "1000 persons"), ("cba_over_pba", "")):
        units = compared.largest(quantity).attrs["units"]
        assert units == dict.fromkeys((*NAMES, "difference"), unit) | {"percent": "%"}
    path = ioecon.write_result(compared.by_country(), tmp_path / "countries.dta")
    with pd.io.stata.StataReader(path) as reader:
        assert reader.variable_labels()["cba_left"] == "cba_left (1000 persons)"
    for text in (str(compared), compared._repr_html_(), repr(compared.to_frame().attrs)):
        assert "Employment" in text
        assert "emission" not in text
        assert "CO2" not in text
    pba = next(line for line in str(compared).splitlines() if line.startswith("pba"))
    assert "1000 persons" in pba


def test_households_of_one_account_only_are_said_to_be_left_out(pair, make_account):
    first, second = pair
    accounts = make_account(first, 0, households=True), make_account(second, 1)
    with pytest.warns(ioecon.errors.IoeconWarning, match=r"the account of left has it .*of right"):
        compared = ioecon.compare_tables(
            *pair, CONCORDANCE, regions="common", emissions=accounts, names=NAMES
        )
    assert compared.households is None
    both = make_account(first, 0, households=True)
    other_year = ioecon.Account(
        both.values, households=both.households.rename({2000: 2001}, level="year")
    )
    with pytest.warns(ioecon.errors.IoeconWarning, match="in 2000, that of right has not"):
        ioecon.compare_tables(first, first, emissions=(both, other_year), names=NAMES)


@pytest.mark.parametrize("with_emissions", [True, False])
def test_the_figure_shows_both(pair, compared, with_emissions):
    shown = compared if with_emissions else ioecon.compare_tables(pair[0], pair[0], names=NAMES)
    figure = shown.figure()
    left, right = figure.axes
    assert len(left.collections[0].get_offsets()) == shown.first.n
    assert [text.get_text() for text in right.get_legend().get_texts()] == list(NAMES)
    assert right.get_xlabel() == ("kt" if with_emissions else "million USD")
    what = "Consumption-based CO₂" if with_emissions else "Output"
    assert right.get_title(loc="left") == f"{what}, largest differences"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"year": 2001}, "year of the first table is 2000, of the second 2001: compare tables of"),
        ({"unit": "thousand"}, "unit of the first table is million, of the second thousand: conv"),
        ({"currency": "EUR"}, "currency of the first table is USD, of the second EUR: convert one"),
        ({"price_basis": "constant 2010"}, "price basis of the first table is current"),
        ({"exports": np.ones(9), "countries": ("A", "B", "ROW")}, "second table has exports"),
    ],
)
def test_tables_that_measure_otherwise_are_refused(make_table, change, words):
    table = make_table(1, countries=3, sectors=3).replace(countries=("A", "B", "ROW"))
    with pytest.raises(TableError, match=words):
        ioecon.compare_tables(table, table.replace(**change))


def test_labels_that_differ_are_named(pair):
    first, second = pair
    with pytest.raises(LabelError, match="countries of the two tables differ: only the second has"):
        ioecon.compare_tables(first, second)
    with pytest.raises(LabelError, match=r"CHN; .*or regions='common'"):
        ioecon.compare_tables(first, second, CONCORDANCE)
    with pytest.raises(LabelError, match="sectors of the two tables differ: only the first has s1"):
        ioecon.compare_tables(first, second, regions="common")
    wrong = (CONCORDANCE[0], CONCORDANCE[1] | {"t9": "goods"})
    with pytest.raises(LabelError, match="sectors the second table lacks: t9"):
        ioecon.compare_tables(first, second, wrong, regions="common")
    alone = second.replace(countries=("BRA", "AUS", "CHN", "IND"))
    with pytest.raises(LabelError, match="The second table has no ROW for countries that only"):
        ioecon.compare_tables(first, alone, CONCORDANCE, regions="common")
    with pytest.raises(ArgumentError, match="one concordance or a pair, not 3"):
        ioecon.compare_tables(first, second, (None, None, None), regions="common")
    with pytest.raises(ArgumentError, match="names are two names that differ"):
        ioecon.compare_tables(first, first, names=("a", "a"))


def test_one_concordance_leads_from_the_first_to_the_second(pair):
    first, second = pair
    onto = {"s1": "t1", "s2": "t2", "s3": "t3", "s4": "t3"}
    compared = ioecon.compare_tables(first, second, onto, regions="common")
    assert compared.second.sectors == ("t1", "t2", "t3")
    back = {"t1": "s1", "t2": "s2", "t3": "s3"}
    with pytest.raises(LabelError, match=r"lacks: t1, .* other way round give \(None, concordance"):
        ioecon.compare_tables(first, second, back, regions="common")
    three = first.aggregate(sectors={"s1": "s1", "s2": "s2", "s3": "s3", "s4": "s3"})
    there = ioecon.compare_tables(three, second, (None, back), regions="common")
    assert there.second.sectors == ("s1", "s2", "s3")
    both = ioecon.compare_tables(first, first, CONCORDANCE[0])
    assert both.second.sectors == ("goods", "services")


def test_the_same_labels_in_another_order_are_put_in_order(make_table):
    table = make_table(5, countries=3, sectors=2)
    swap = table.aggregate(sectors={"s2": "s2", "s1": "s1"})
    assert swap.sectors != table.sectors
    compared = ioecon.compare_tables(table, swap)
    np.testing.assert_allclose(compared.second.Z, table.Z)
    renamed = ioecon.compare_tables(table, table, (None, {"s1": "s2", "s2": "s1"}))
    assert not np.allclose(renamed.second.Z, table.Z)


def test_emissions_in_two_units_are_refused(pair, make_account):
    first, _ = pair
    account = make_account(first)
    with pytest.raises(EmissionsError, match=r"second table emits is CO2 \(t\), the rest CO2 \(k"):
        ioecon.compare_tables(first, first, emissions=(account, account.to_unit("t")))
    with pytest.raises(ArgumentError, match="emissions are a pair"):
        ioecon.compare_tables(first, first, emissions=account)


def test_both_releases_of_wiod_have_the_common_sectors():
    old, new = wiod_common_sectors("2013"), wiod_common_sectors("2016")
    assert (len(old), len(new), old.nunique()) == (35, 56, 31)
    assert set(old) == set(new)
    with pytest.raises(ArgumentError, match="release is '2013' or '2016', not 2013"):
        wiod_common_sectors(2013)


@pytest.mark.filterwarnings("ignore::ioecon.errors.IoeconWarning")
def test_wiod_2013_beside_the_estimate_of_2016(data_root):
    """The numbers of the page on two databases."""
    old = ioecon.read_table(
        data_root / "wiod2013/wiot_2007.RData", format="wiod2013-rdata", cache=False
    )
    new = ioecon.read_table(
        data_root / "wiod2016_estimated/wiot16est_2007.npz", format="sparse-npz", cache=False
    )
    emissions = (
        ioecon.read_wiod_co2(data_root / "wiod2013/CO2_may12.zip"),
        ioecon.read_jrc_co2(data_root / "wiod2016/CO2 emissions.xlsx"),
    )
    common = (wiod_common_sectors("2013"), wiod_common_sectors("2016"))
    compared = ioecon.compare_tables(
        old, new, common, regions="common", emissions=emissions, without_output="leave_out"
    )
    assert len(compared.first.countries) == 41
    assert len(compared.first.sectors) == 31
    totals, alike = compared.totals()["percent"], compared.agreement()["correlation"]
    assert totals[["output", "pba"]].to_list() == pytest.approx([4.1, 12.5], abs=0.06)
    assert alike[["intermediate_flows", "trade", "cba"]].to_list() == pytest.approx(
        [0.925, 0.983, 0.994], abs=0.0006
    )
    effects = ioecon.decompose_between(
        old, new, *emissions, concordance=common, regions="common", without_output="leave_out"
    )
    assert effects.residual < 1e-12
    frame = compared.by_country()["pba"]
    np.testing.assert_allclose(
        effects.change().to_numpy(), frame["difference"].to_numpy(), atol=1e-6
    )
