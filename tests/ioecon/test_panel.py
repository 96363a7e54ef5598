"""The country-period panel: columns, units, changes of controls, groups, records in attrs."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon import build_panel, codebook
from ioecon.errors import EmissionsError, IoeconWarning, PanelError
from ioecon.transforms import asinh, signed_log

YEARS = (2000, 2001, 2003)
COUNTRIES = ("AUS", "BRA", "CHN")


@pytest.fixture(scope="module")
def world(make_world):
    return make_world(5, years=YEARS)


@pytest.fixture(scope="module")
def controls():
    index = pd.MultiIndex.from_product([COUNTRIES, YEARS], names=["country", "year"])
    values = np.arange(len(index)) ** 2.0
    frame = pd.DataFrame({"gdp": values, "urban": 50 - values / 10}, index=index)
    frame.attrs["units"] = {"gdp": "USD"}
    return frame


@pytest.fixture(scope="module")
def panel(world, controls):
    return build_panel(*world, controls)


# --- what the columns are -------------------------------------------------------------------


def test_one_row_per_country_and_reporting_year(panel):
    assert panel.index.names == ["country", "year"]
    assert list(panel.index) == [(name, year) for name in COUNTRIES for year in (2001, 2003)]
    assert panel.notna().all().all()


@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
def test_outcomes_are_sums_of_foreign_effects_by_sector(world, accounting):
    panel = build_panel(*world, accounting=accounting)
    foreign = ioecon.decompose(*world, accounting=accounting).by_sector()
    foreign = foreign.xs("foreign", axis=1, level="origin").groupby(["country", "year"]).sum()
    demand = foreign["level"] + foreign["mix"] + foreign["distribution"]
    np.testing.assert_allclose(panel["ddfc"], demand.reindex(panel.index), rtol=1e-9)
    np.testing.assert_allclose(panel["dtfc"], foreign["technology"].reindex(panel.index), rtol=1e-9)
    np.testing.assert_allclose(panel["dfc"], panel["ddfc"] + panel["dtfc"], rtol=1e-12)
    assert panel.attrs["accounting"] == accounting


def test_indices_are_those_of_transfer_index(world, panel):
    for column, of in (("iti", "output"), ("iti_foreign", "foreign_input")):
        index = ioecon.transfer_index(world[0], of=of).by_country()["iti"]
        np.testing.assert_allclose(panel[column], index.reindex(panel.index), rtol=1e-12)


def test_controls_change_over_the_period_and_keep_their_level(panel, controls):
    at = controls["gdp"]
    assert panel.loc[("BRA", 2003), "d_gdp"] == at["BRA", 2003] - at["BRA", 2001]
    assert panel.loc[("BRA", 2001), "d_gdp"] == at["BRA", 2001] - at["BRA", 2000]
    assert panel.loc[("BRA", 2003), "gdp"] == at["BRA", 2003]


def test_transforms_of_every_outcome_index_and_change(panel):
    for name, scale in {
        "ddfc": 1,
        "dtfc": 1,
        "dfc": 1,
        "iti": 1e4,
        "iti_foreign": 1e4,
        "d_gdp": 1,
        "d_urban": 1,
    }.items():
        pd.testing.assert_series_equal(
            panel[f"ln_{name}"], signed_log(panel[name] * scale), check_names=False
        )
        pd.testing.assert_series_equal(
            panel[f"asinh_{name}"], asinh(panel[name] * scale), check_names=False
        )
    assert "ln_gdp" not in panel


def test_periods_may_be_chosen(world, controls):
    panel = build_panel(*world, controls, periods=[(2000, 2003)])
    assert panel.index.unique("year").tolist() == [2003]
    at = controls["gdp"]
    assert panel.loc[("CHN", 2003), "d_gdp"] == at["CHN", 2003] - at["CHN", 2000]
    assert panel.attrs["periods"] == [[2000, 2003]]


def test_excluded_countries_leave_the_panel_but_still_drive_the_others(world, panel):
    smaller = build_panel(*world, exclude=["ROW", "Brazil"])
    assert smaller.index.unique("country").tolist() == ["AUS", "CHN"]
    pd.testing.assert_series_equal(smaller["ddfc"], panel["ddfc"].loc[["AUS", "CHN"]])
    assert smaller.attrs["excluded"] == ["BRA"]
    with pytest.raises(PanelError, match="exclude names FRA"):
        build_panel(*world, exclude=["FRA"])
    with pytest.raises(PanelError, match="No country is left"):
        build_panel(*world, exclude=COUNTRIES)


def test_results_computed_before_are_used_and_must_fit(world, panel):
    series, emissions = world
    effects = ioecon.decompose(series, emissions)
    index = ioecon.transfer_index(series)
    again = build_panel(series, emissions, effects=effects, index=index)
    pd.testing.assert_series_equal(again["ddfc"], panel["ddfc"])
    with pytest.raises(PanelError, match="do not belong to this series"):
        build_panel(series, emissions, effects=effects, periods=[(2000, 2003)])
    with pytest.raises(PanelError, match="'carbon_table', not 'satellite'"):
        build_panel(series, emissions, effects=effects, accounting="satellite")
    other = ioecon.transfer_index(series, periods=[(2000, 2001)])
    with pytest.raises(PanelError, match="given as index has no value for AUS 2003"):
        build_panel(series, emissions, index=other)


# --- what is written beside it --------------------------------------------------------------


def test_units_and_records_are_plain_and_survive_pandas(panel):
    assert json.loads(json.dumps(panel.attrs)) == panel.attrs
    part = panel.loc[panel["d_gdp"] > 0, ["ddfc", "d_gdp"]].copy()
    assert part.attrs["units"]["ddfc"] == "kt"
    assert part.attrs["units"]["d_gdp"] == "USD"
    assert panel.reset_index().sort_values("iti").attrs["units"]["iti"] == "per year"
    assert panel.attrs["identity_residual"] < 1e-10
    assert set(panel.attrs["units"]) == set(panel.columns)


def test_codebook_describes_every_column(panel):
    book = codebook(panel)
    assert list(book.index) == list(panel.columns)
    assert list(book.columns) == [
        "unit",
        "meaning",
        "source",
        "transform",
        "obs",
        "mean",
        "sd",
        "min",
        "max",
    ]
    assert (book[["meaning", "source", "transform"]] != "").all().all()
    assert book.loc["ddfc", "obs"] == len(panel)
    assert book.loc["ddfc", "sd"] == pytest.approx(panel["ddfc"].std(ddof=1))
    assert "eq. 24" in book.loc["ddfc", "source"]
    assert book.loc["ln_iti", "transform"] == "sign(v)·ln|v| of v = iti × 10000"


def test_codebook_of_a_panel_with_groups_and_unknown_columns(world):
    groups = pd.DataFrame(
        {"rich": [True, False, True], "continent": ["x", "y", "x"]}, index=COUNTRIES
    )
    panel = build_panel(*world, groups=groups).assign(mine=1.0)
    book = codebook(panel)
    assert book.loc["rich", "mean"] == pytest.approx(2 / 3)
    assert book.loc["continent", "obs"] == len(panel)
    assert np.isnan(book.loc["continent", "mean"])
    assert book.loc["mine", "unit"] == ""


# --- controls that do not fit ---------------------------------------------------------------


def test_controls_by_columns_and_in_any_usual_name(world, controls, panel):
    tidy = controls.rename(index={"AUS": "Australia", "BRA": "br", "CHN": "China"}).reset_index()
    pd.testing.assert_frame_equal(build_panel(*world, tidy)[["d_gdp"]], panel[["d_gdp"]])
    tidy = tidy.rename(columns={"country": "iso3"}).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(build_panel(*world, tidy)[["d_gdp"]], panel[["d_gdp"]])


@pytest.mark.parametrize("levels", [["line"], ["line", "source"]])
def test_an_index_that_is_no_place_is_no_control(world, controls, panel, levels):
    tidy = controls.rename_axis(["country", "year"]).reset_index()
    rows = [range(2, len(tidy) + 2)] * len(levels)
    tidy.index = pd.MultiIndex.from_arrays(rows, names=levels)
    pd.testing.assert_frame_equal(build_panel(*world, tidy), panel)


def test_unrecognised_countries_are_listed(world, controls):
    with pytest.raises(PanelError, match=r"In controls: .*Atlantis"):
        build_panel(*world, controls.rename(index={"AUS": "Atlantis"}))


def test_missing_controls_are_listed_by_country_variable_and_year(world, controls):
    holes = controls.drop([("CHN", 2000), ("CHN", 2001)])
    holes.loc[("AUS", 2003), "urban"] = np.nan
    with pytest.raises(
        PanelError, match=r"CHN: gdp \(2000-2001\), urban \(2000-2001\); AUS: urban \(2003\)"
    ):
        build_panel(*world, holes)


def test_dropping_is_explicit_and_reported(world, controls, panel):
    holes = controls.copy()
    holes.loc[("AUS", 2000), "urban"] = np.nan
    with pytest.warns(IoeconWarning, match=r"1 of 6 rows are dropped.*AUS: urban \(2000\)"):
        kept = build_panel(*world, holes, missing="drop")
    assert ("AUS", 2001) not in kept.index
    pd.testing.assert_frame_equal(kept, panel.drop(("AUS", 2001)))
    assert kept.attrs["dropped"] == [{"country": "AUS", "year": 2001, "missing": ["urban"]}]
    with pytest.raises(PanelError, match="No row is left"):
        build_panel(*world, holes.assign(gdp=np.nan), missing="drop")
    with pytest.raises(PanelError, match="'raise' or 'drop'"):
        build_panel(*world, holes, missing="fill")


def test_nothing_is_said_when_nothing_is_missing(world, controls):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert build_panel(*world, controls, missing="drop").attrs["dropped"] == []


def test_text_and_infinite_controls_are_named(world, controls):
    text = controls.astype(object)
    text.loc[("BRA", 2001), "gdp"] = "n/a"
    with pytest.raises(PanelError, match=r"'gdp' is not numeric \('n/a' at BRA 2001\)"):
        build_panel(*world, text.assign(urban=1.0))
    with pytest.raises(PanelError, match="'urban' has infinite values"):
        build_panel(*world, controls.assign(urban=np.inf))


def test_controls_given_twice_or_without_keys(world, controls):
    with pytest.raises(PanelError, match="more than once for AUS 2000"):
        build_panel(*world, pd.concat([controls, controls.iloc[:1]]))
    with pytest.raises(PanelError, match="they have gdp, urban"):
        build_panel(*world, controls.reset_index(drop=True))
    with pytest.raises(PanelError, match="whole numbers, but there is '2000a'"):
        build_panel(*world, controls.reset_index().assign(year="2000a"))


def test_controls_may_not_take_the_names_of_the_panel(world, controls):
    with pytest.raises(PanelError, match="would be named ddfc"):
        build_panel(*world, controls.rename(columns={"gdp": "ddfc"}))
    with pytest.raises(PanelError, match="d_urban"):
        build_panel(*world, controls.rename(columns={"gdp": "d_urban"}))


def test_missing_emissions_name_country_and_year(world):
    series, emissions = world
    with pytest.raises(EmissionsError, match=r"BRA \(2001\)"):
        build_panel(series, emissions.drop(("BRA", 2001)))


# --- groups ---------------------------------------------------------------------------------


def test_truth_values_stay_truth_values(world):
    groups = pd.DataFrame(
        {"name": ["Australia", "Brazil", "China"], "rich": [True, False, False]},
        index=["Australia", "Brazil", "China"],
    )
    panel = build_panel(*world, groups=groups)
    assert panel["rich"].dtype == bool
    assert panel.loc["AUS", "rich"].all()
    assert not panel.loc["CHN", "rich"].any()
    assert "name" not in panel


def test_a_grouping_may_be_silent_about_a_country(world):
    member = pd.Series([True, False, pd.NA], index=COUNTRIES, dtype="boolean", name="rich")
    panel = build_panel(*world, groups=member)
    assert panel["rich"].isna().sum() == 2
    assert len(panel[panel["rich"]]) == 2
    assert len(panel[~panel["rich"]]) == 2


def test_truth_values_with_a_gap_in_a_plain_column(world):
    groups = pd.DataFrame({"rich": [True, None, False]}, index=COUNTRIES)
    panel = build_panel(*world, groups=groups)
    assert panel["rich"].dtype == "boolean"
    assert panel["rich"].isna().sum() == 2


def test_shipped_groups_go_into_panel_and_codebook(world):
    panel = build_panel(*world, groups=ioecon.datasets.groups())
    assert panel.loc["AUS", "oecd"].all()
    assert "Organisation" in codebook(panel).loc["oecd", "source"]


def test_countries_without_a_group_are_listed(world):
    with pytest.raises(PanelError, match="groups does not list BRA, CHN"):
        build_panel(*world, groups=pd.DataFrame({"rich": [True]}, index=["AUS"]))
    with pytest.raises(PanelError, match="more than once"):
        build_panel(*world, groups=pd.DataFrame({"rich": True}, index=[*COUNTRIES, "AUS"]))
    with pytest.raises(PanelError, match="may not be named iti"):
        build_panel(*world, groups=pd.DataFrame({"iti": True}, index=COUNTRIES))


def test_index_of_the_wrong_kind_is_refused(make_world) -> None:
    series, emissions = make_world(seed=31)
    output = ioecon.transfer_index(series)
    foreign = ioecon.transfer_index(series, of="foreign_input")
    with pytest.raises(PanelError, match="given as index is one of foreign input"):
        build_panel(series, emissions, index=foreign)
    with pytest.raises(PanelError, match="given as index_foreign is one of output"):
        build_panel(series, emissions, index_foreign=output)


def test_countries_with_the_same_gaps_are_named_together(make_world) -> None:
    series, emissions = make_world(seed=32)
    controls = pd.DataFrame({"gdp": 1.0}, index=emissions.index).drop(("BRA", 2001))
    with pytest.raises(PanelError, match=r"for BRA: gdp \(2001\)\."):
        build_panel(series, emissions, controls)
    controls = controls.drop([("AUS", 2001), ("CHN", 2000)])
    with pytest.raises(PanelError, match=r"for CHN: gdp \(2000\); AUS, BRA: gdp \(2001\)\."):
        build_panel(series, emissions, controls)


def test_index_of_controls_without_names_is_in_the_usual_order(make_world) -> None:
    series, emissions = make_world(seed=33)
    controls = pd.DataFrame({"gdp": np.arange(float(len(emissions)))}, index=emissions.index)
    named = build_panel(series, emissions, controls)
    unnamed = build_panel(series, emissions, controls.rename_axis([None, None]))
    pd.testing.assert_frame_equal(named, unnamed)
