"""Models of a panel that has nothing to do with countries: firms and quarters."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import regressions
from ioecon.errors import PanelError
from ioecon.study.fingerprint import fingerprint
from ioecon.study.models.body import first_slope, reading_list, tables_chapter
from ioecon.study.models.checks import PanelOutline, count_specifications, model_checks
from ioecon.study.models.drawings import model_drawings
from ioecon.study.models.estimation import estimate_models, rows_of_sample
from ioecon.study.models.settings import Choice, Descriptives, Regression, Specifications
from ioecon.study.models.tables import model_tables, other_panel_tables, robustness_tables
from ioecon.study.models.words import PanelWords
from ioecon.study.problems import problems_found
from ioecon.study.steps import Steps

WORDS = PanelWords("firm", "firms", "quarter", "price")
DESCRIPTIVES = Descriptives(("sales", "price"))
TABLES = (
    Regression("base", "Base", "sales", ("price", "price + staff")),
    Regression("large", "Large", "sales", ("price",), sample="large", estimator="fixed"),
)
CHOICE = Choice("sales", ("price", "staff"))
CURVE = Specifications(
    {"sales": "sales"}, {"price": "price"}, {"none": (), "staff": ("staff",)}, inference="none"
)


@dataclass(frozen=True)
class Scatter:
    scatter: tuple[str, ...] | None = ("price", "sales")
    mark: str | None = None


@dataclass(frozen=True)
class Settings:
    descriptives: Descriptives | None = DESCRIPTIVES
    regressions: tuple[Regression, ...] = TABLES
    choice: Choice | None = CHOICE
    specifications: Specifications | None = CURVE
    figures: Scatter = field(default_factory=Scatter)
    labels: dict[str, str] = field(default_factory=lambda: {"price": "Price"})


def panel(seed: int = 3) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([[f"F{k}" for k in range(9)], range(6)], names=["firm", "t"])
    frame = pd.DataFrame(draw.normal(size=(len(index), 2)), index, columns=["price", "staff"])
    frame["sales"] = 1 - 2 * frame["price"] + frame["staff"] + draw.normal(size=len(index))
    frame["large"] = index.get_level_values("firm") < "F5"
    return frame


OUTLINE = PanelOutline(("price", "staff", "sales", "large"), ("large",), ("firm", "t"))


def problems(settings: Settings, outline: PanelOutline = OUTLINE) -> list[str]:
    checks = model_checks(lambda _: outline, names_from=("data",))
    return [str(problem) for problem in problems_found(checks, settings, "")]


@pytest.fixture(scope="module")
def found():
    return estimate_models(Settings(), {"all": panel(), "other": panel(4)}, Steps(), WORDS)


def test_columns_of_tables_are_those_of_the_estimators_themselves(found) -> None:
    rows = panel().loc[lambda frame: frame["large"]]
    alone = regressions.fit("sales ~ price", rows, estimator="fixed")
    np.testing.assert_allclose(found.models["large"][0].params, alone.params)
    assert found.elsewhere["other"][1].label == "base_other (2)"
    assert len(found.curve) == 2 * 2  # two panels, two sets of controls
    assert found.tests == found.choice.tests


def test_a_choice_from_the_cache_prints_the_same(
    found, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOECON_CACHE_DIR", str(tmp_path))
    panels = {"all": panel(), "other": panel(4)}
    estimate_models(Settings(), panels, Steps(), WORDS)
    steps = Steps()
    again = estimate_models(Settings(), panels, steps, WORDS)
    assert steps.kept == ("Choosing the estimator", "Estimating the specification curve")
    assert fingerprint(again.choosing.printed) == fingerprint(found.choosing.printed)
    pooled = again.choice.pooled  # estimated when it is asked for
    assert fingerprint(pooled.params) == fingerprint(found.choice.pooled.params)
    assert pooled.predict(panels["all"]).notna().all()
    assert again.choosing.printed.pvalues == tuple(test.pvalue for test in again.tests)


def test_tables_speak_of_firms(found) -> None:
    settings, words = Settings(), WORDS
    tables = {
        **model_tables(settings, panel(), found, words, notes=["Own note."]),
        **other_panel_tables(settings, found, words),
        **robustness_tables(settings, found, words),
    }
    assert list(tables) == [
        "descriptives", "base", "large", "choice_tests", "choice_models", "vif", "base_other",
        "specifications", "battery",
    ]  # fmt: skip
    text = "".join(map(str, tables.values()))
    assert "countr" not in text.lower()
    assert "firms" in str(tables["base"])
    assert "Own note." in str(tables["descriptives"])
    assert tables["base_other"].title == "Base (other data)"
    assert set(tables_chapter(tables).tables) == set(tables) - {"specifications", "battery"}


def test_figures_and_page_speak_of_firms(found) -> None:
    gaps = panel()
    gaps.iloc[0, 0] = np.nan
    drawings = [*model_drawings(Settings(), gaps, found, WORDS)]
    assert [each.key for each in drawings] == ["coefficients", "specifications", "scatter"]
    assert "One point per firm and quarter" in drawings[-1].caption
    assert "Scatter of 53 points" in drawings[-1].alternative
    assert drawings[-1].render().light.startswith(b"\x89PNG")
    assert "coefficient of the price" in drawings[1].title
    without = replace(Settings(), figures=Scatter(None))
    assert [each.key for each in model_drawings(without, gaps, found, WORDS)][-1] != "scatter"
    assert list(first_slope(Settings(), found)) == ["Price, Base, last column"]
    assert [anchor for _, anchor in reading_list(Settings(), found)] == [
        "base", "choice_tests", "figure-specifications",
    ]  # fmt: skip


def test_a_sample_of_one_firm_is_refused_in_its_words() -> None:
    frame = panel()
    frame["large"] = frame.index.get_level_values("firm") == "F1"
    with pytest.raises(
        PanelError, match=r"x: the sample 'large' has only F1; .* two firms or more"
    ):
        rows_of_sample(frame, "large", "x", WORDS)
    with pytest.raises(PanelError, match="has no firm"):
        rows_of_sample(frame.drop("F1"), "large", "x", WORDS)
    assert len(rows_of_sample(frame, "not large", "x", WORDS)) == 48


def test_sound_settings_have_no_problem() -> None:
    assert problems(Settings()) == []
    assert count_specifications(Settings().specifications, panels=3) == 6


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"descriptives": Descriptives(("sale",))}, "did you mean 'sales'"),
        ({"figures": Scatter(("price",))}, "names two variables"),
        ({"figures": Scatter(("large", "sales"))}, "'large' is a group"),
        ({"figures": Scatter(mark="lage")}, "the group 'lage'"),
        ({"choice": Choice("sales", ())}, "choice.regressors is empty"),
        ({"regressions": (Regression("vif", "V", "sales", ("price",)),)}, "'vif' is that of"),
        (
            {"regressions": (Regression("a", "A", "sales", ("price",), estimator="fxed"),)},
            "did you mean 'fixed'",
        ),
        ({"regressions": (Regression("a", "A", "sales", ("prices",)),)}, "did you mean 'price'"),
        ({"labels": {"cost": "Cost"}}, "labels names 'cost'"),
    ],
)
def test_what_settings_get_wrong_is_told_without_a_panel(change: dict, what: str) -> None:
    (sentence,) = problems(replace(Settings(), **change))
    assert what in sentence


def test_a_kind_adds_its_own_tables_and_hints() -> None:
    outline = replace(OUTLINE, tables=("mine",), hint=lambda name: f"[data] could make {name}.")
    settings = replace(Settings(), regressions=(Regression("mine", "M", "sales", ("q",)),))
    found = problems(settings, outline)
    assert any("[data] could make q." in sentence for sentence in found)
    assert any("the key 'mine' is that of another table" in sentence for sentence in found)
