"""Outcomes that users name: sums of effects in a panel."""

import numpy as np
import pandas as pd
import pytest

import ioecon
from ioecon.decomposition import Effects
from ioecon.errors import PanelError
from ioecon.industrial_transfer import TransferIndex

World = ioecon.datasets.World
PAPER = {
    "ddfc": {"factors": ["level", "mix", "distribution"], "origin": "foreign"},
    "dtfc": {"factors": ["technology"], "origin": "foreign"},
    "dfc": {"factors": ["level", "mix", "distribution", "technology"], "origin": "foreign"},
}


@pytest.fixture(scope="module")
def world() -> World:
    return ioecon.datasets.load_world()


@pytest.fixture(scope="module")
def series(world: World) -> ioecon.IOSeries:
    return ioecon.IOSeries({year: world.series[year] for year in (2000, 2001)})


@pytest.fixture(scope="module")
def effects(world: World, series: ioecon.IOSeries) -> dict[str, Effects]:
    return {
        name: ioecon.decompose(series, world.emissions, accounting=name)
        for name in ("carbon_table", "satellite")
    }


@pytest.fixture(scope="module")
def indices(series: ioecon.IOSeries) -> tuple[TransferIndex, TransferIndex]:
    return ioecon.transfer_index(series), ioecon.transfer_index(series, of="foreign_input")


@pytest.fixture
def build(world, series, effects, indices):
    def build(outcomes: object = None, accounting: str = "carbon_table") -> pd.DataFrame:
        return ioecon.build_panel(
            series, world.emissions, world.controls, accounting=accounting,
            effects=effects[accounting], index=indices[0], index_foreign=indices[1],
            **({} if outcomes is None else {"outcomes": outcomes}),
        )  # fmt: skip

    return build


def test_the_papers_outcomes_are_the_default(build) -> None:
    default, named = build(), build(PAPER)
    pd.testing.assert_frame_equal(default, named, check_exact=True)
    assert default.attrs == named.attrs
    assert default.attrs["variables"]["ddfc"]["source"] == "Dong, Wang and Dong, eq. 24"


@pytest.mark.parametrize("accounting", ["carbon_table", "satellite"])
@pytest.mark.parametrize("origin", ["domestic", "foreign", "both"])
def test_sums_are_those_of_the_bilateral_effects(build, effects, accounting, origin) -> None:
    found, factors = effects[accounting], effects[accounting].factors
    outcomes = {f"of_{name}": {"factors": [name], "origin": origin} for name in factors}
    outcomes["everything"] = {"factors": list(factors), "origin": origin}
    panel = build(outcomes, accounting)
    total = 0.0
    for name in factors:
        bilateral = found.bilateral(name, 2001)
        own = pd.Series(np.diag(bilateral), bilateral.index)
        everyone = bilateral.sum(axis=1)
        wanted = {"domestic": own, "foreign": everyone - own, "both": everyone}[origin]
        column = panel[f"of_{name}"].droplevel("year")
        np.testing.assert_allclose(column, wanted[column.index], rtol=1e-9, atol=1e-6)
        total = total + panel[f"of_{name}"]
    np.testing.assert_allclose(panel["everything"], total, rtol=1e-12, atol=1e-9)
    if origin == "both":
        change = found.change()[panel.index]
        np.testing.assert_allclose(panel["everything"], change, rtol=1e-9, atol=1e-6)


def test_a_list_of_sums_is_added_up_and_transformed(build) -> None:
    outcomes = {
        "mixed": [
            {"factors": ["mix"], "origin": "both"},
            {"factors": ["level"], "origin": "domestic"},
        ],
        "mix": {"factors": ["mix"]},
        "level": {"factors": ["level"], "origin": "domestic"},
    }
    panel = build(outcomes)
    assert not {"ddfc", "ln_ddfc", "dtfc", "dfc"} & {*panel.columns}
    np.testing.assert_allclose(panel["mixed"], panel["mix"] + panel["level"], rtol=1e-12)
    mixed = panel["mixed"]
    np.testing.assert_allclose(panel["ln_mixed"], np.sign(mixed) * np.log(mixed.abs()))
    np.testing.assert_allclose(panel["asinh_mixed"], np.arcsinh(mixed))
    book = ioecon.codebook(panel)
    assert book.loc["mixed", "meaning"] == (
        "Change in emissions driven by domestic and foreign mix; domestic level"
    )
    assert book.loc["mixed", "unit"] == "kt"
    assert panel.attrs["outcomes"]["mix"] == [{"factors": ["mix"], "origin": "both"}]
    pd.testing.assert_frame_equal(panel, build(panel.attrs["outcomes"]))


def test_another_meaning_of_a_papers_name_is_told(build) -> None:
    panel = build({"ddfc": {"factors": ["mix"]}})
    assert panel.attrs["variables"]["ddfc"]["meaning"].endswith("by domestic and foreign mix")
    assert panel.attrs["variables"]["ddfc"]["source"] == "sum of effects"


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ({"a": {"factors": ["mixx"]}}, ["'a'", "'mixx'", "carbon_table", "did you mean 'mix'"]),
        ({"a": {"factors": ["intensity"]}}, ["'intensity'", "known are distribution, level, mix"]),
        ({"a": {"factors": ["mix"], "origin": "abroad"}}, ["'abroad'", "both, domestic, foreign"]),
        ({"a": {"factors": ["mix"], "origin": ["foreign"]}}, ["the origin ['foreign']"]),
        ({"a": {"factors": []}}, ["'a' no list of factors"]),
        ({"a": {"factors": "mix"}}, ["'a' no list of factors"]),
        ({"a": {"factor": ["mix"]}}, ["'factor'", "did you mean 'factors'"]),
        ({"a": ["mix"]}, ["'a'", "no sum of effects"]),
        ({"a": []}, ["'a' nothing to add up"]),
        ({"a": {"factors": ["mix", "mix"]}}, ["effect of 'mix' in 'a' twice"]),
        (
            {"a": [{"factors": ["mix"]}, {"factors": ["mix"], "origin": "foreign"}]},
            ["the foreign effect of 'mix' in 'a' twice"],
        ),
        ({"d dfc": {"factors": ["mix"]}}, ["'d dfc'", "letters, digits"]),
        ({"year": {"factors": ["mix"]}}, ["'year'"]),
        ({"urban": {"factors": ["mix"]}}, ["would be named urban", "or outcomes"]),
        ({"iti": {"factors": ["mix"]}}, ["would be named iti"]),
        (
            {"a": {"factors": ["mix"]}, "ln_a": {"factors": ["level"]}},
            ["would be named ln_a"],
        ),
        ({}, ["one name or more"]),
        (["mix"], ["one name or more"]),
    ],
)
def test_an_outcome_that_cannot_be_is_refused_by_name(build, outcomes, words) -> None:
    with pytest.raises(PanelError) as caught:
        build(outcomes)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_is_refused_before_anything_is_computed(world, series, monkeypatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("computed")

    monkeypatch.setattr("ioecon.panel.build.decompose", refuse)
    with pytest.raises(PanelError, match="'mixx'"):
        ioecon.build_panel(series, world.emissions, outcomes={"a": {"factors": ["mixx"]}})


def test_effects_of_another_model_take_outcomes_of_its_factors(world, series, indices) -> None:
    found = ioecon.decompose(series, world.emissions, model="intensity_structure")

    def build(**options: object) -> pd.DataFrame:
        return ioecon.build_panel(
            series, world.emissions, effects=found, accounting="satellite",
            index=indices[0], index_foreign=indices[1], **options,
        )  # fmt: skip

    panel = build(outcomes={"demand": {"factors": ["final demand"], "origin": "foreign"}})
    wanted = found.by_country()["final demand", "foreign"][panel.index]
    np.testing.assert_allclose(panel["demand"], wanted, rtol=1e-12)
    assert (panel.attrs["model"], panel.attrs["method"]) == ("intensity_structure", "two_polar")
    with pytest.raises(PanelError, match="'level', which the accounting 'satellite' of the model "):
        build()
