"""Regression tables say what the models say, in the look of outreg2."""

import dataclasses
import pickle
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import regressions
from regressions import FittedModel, Label, RegressionTable, TableContentError
from regressions.tables import RegressionTableOptions


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(20220)
    index = pd.MultiIndex.from_product(
        [[f"C{i:02d}" for i in range(24)], range(2000, 2009)], names=["country", "year"]
    )
    frame = pd.DataFrame({"ln_iti": rng.normal(size=216), "d_urban": rng.normal(size=216)}, index)
    effect = np.repeat(rng.normal(size=24), 9)
    frame["ln_ddfc"] = 1 - 0.2 * frame["ln_iti"] + effect + rng.normal(size=216)
    return frame


@pytest.fixture(scope="module")
def pooled(data: pd.DataFrame) -> FittedModel:
    return regressions.fit("ln_ddfc ~ ln_iti", data, estimator="pooled")


@pytest.fixture(scope="module")
def fixed(data: pd.DataFrame) -> FittedModel:
    return regressions.fit(
        "ln_ddfc ~ ln_iti + d_urban", data, estimator="fixed", effects="twoway", cov="clustered"
    )


@pytest.fixture(scope="module")
def random(data: pd.DataFrame) -> FittedModel:
    return regressions.fit("ln_ddfc ~ ln_iti + d_urban", data, estimator="random")


@dataclasses.dataclass(frozen=True)
class SomeTest:
    statistic: float
    pvalue: float


def cells(table: regressions.Table, label: str, below: int = 0) -> list[str]:
    """Texts of the row with a label, or of a row below it."""
    labels = [row.labels[0].text for row in table.rows]
    return [cell.printed for cell in table.rows[labels.index(label) + below].cells]


def test_heads_number_the_models_above_the_dependent(
    pooled: FittedModel, fixed: FittedModel
) -> None:
    table = RegressionTable([pooled, fixed], labels={"ln_ddfc": "ln(ΔDfC)"})
    assert [row.columns for row in table.header] == [["(1)", "(2)"], ["ln(ΔDfC)", "ln(ΔDfC)"]]
    assert [row.labels for row in table.header] == [("",), ("VARIABLES",)]


def test_rows_come_in_outreg2s_order(pooled: FittedModel, fixed: FittedModel) -> None:
    table = RegressionTable([pooled, fixed])
    assert [row.labels[0].text for row in table.rows] == [
        "ln_iti", "", "d_urban", "", "Constant", "", "Observations", "R-squared",
        "Number of country", "Country FE", "Year FE", "Estimator", "Standard errors",
    ]  # fmt: skip
    assert cells(table, "d_urban")[0] == cells(table, "d_urban", below=1)[0] == ""


def test_estimate_and_error_are_the_models_own(pooled: FittedModel) -> None:
    table = RegressionTable([pooled], digits=5)
    (estimate,), (error,) = cells(table, "ln_iti"), cells(table, "ln_iti", below=1)
    assert float(estimate.rstrip("*")) == pytest.approx(pooled.params["ln_iti"], abs=5e-6)
    assert error == f"({pooled.std_errors['ln_iti']:.5f})"
    assert cells(table, "Observations") == ["216"]
    assert cells(table, "Number of country") == ["24"]


def test_stars_come_from_the_models_df_not_the_normal(data: pd.DataFrame) -> None:
    """Under clustering t(G - 1) decides: between the two critical values it costs a star."""
    codes = pd.Series(np.arange(len(data)) % 4, index=data.index)
    with pytest.warns(regressions.FewClustersWarning):
        model = regressions.fit(
            "ln_ddfc ~ ln_iti", data.assign(quarter=codes), cov="clustered", clusters="quarter"
        )
    t_value = abs(model.tstats["ln_iti"])
    p_normal, p_t = 2 * stats.norm.sf(t_value), 2 * stats.t.sf(t_value, 3)
    between = (p_normal + p_t) / 2
    assert p_normal < between < p_t
    assert cells(RegressionTable([model], stars=[between]), "ln_iti")[0].count("*") == 0
    assert cells(RegressionTable([model], stars=[p_t * 1.01]), "ln_iti")[0].count("*") == 1


def test_coef_map_renames_orders_and_drops(fixed: FittedModel) -> None:
    table = RegressionTable(
        [fixed], coef_map={"d_urban": "Urbanisation", "absent": "Absent", "ln_iti": "ln(ITI)"}
    )
    assert [row.labels[0].text for row in table.groups[0].rows] == [
        "Urbanisation", "", "ln(ITI)", "",
    ]  # fmt: skip
    assert table.left_out == ("Intercept",)
    in_order = RegressionTable([fixed], coef_map=["Intercept", "ln_iti"])
    assert [row.labels[0].text for row in in_order.groups[0].rows[::2]] == ["Constant", "ln_iti"]


def test_interactions_take_the_labels_of_their_parts(data: pd.DataFrame) -> None:
    model = regressions.fit("ln_ddfc ~ ln_iti * d_urban", data)
    table = RegressionTable([model], labels={"ln_iti": "ITI"})
    assert cells(table, "ITI × d_urban")[0]


@pytest.mark.parametrize(
    ("cov", "note"),
    [
        ("unadjusted", "Standard errors in parentheses"),
        ("robust", "Robust standard errors in parentheses"),
        ("clustered", "Standard errors clustered by country in parentheses"),
        ("driscoll-kraay", "Driscoll-Kraay standard errors in parentheses"),
        ("ac", "Autocorrelation-robust standard errors in parentheses"),
    ],
)
def test_the_note_names_the_covariance(data: pd.DataFrame, cov: str, note: str) -> None:
    table = RegressionTable([regressions.fit("ln_ddfc ~ ln_iti", data, cov=cov)])
    assert table.notes == (note, "*** p<0.01, ** p<0.05, * p<0.1")


@pytest.mark.parametrize(
    ("cov", "note", "row"),
    [
        ("HC3", "Robust (HC3) standard errors in parentheses", "HC3"),
        ("CR2", "CR2 standard errors clustered by country in parentheses", "CR2 (country)"),
        ("new", "Of a new kind in parentheses", "of a new kind"),
    ],
)
def test_rarer_covariances_are_named_too(
    pooled: FittedModel, cov: str, note: str, row: str
) -> None:
    model = dataclasses.replace(
        pooled, cov=cov, clusters={"entity": 24}, covariance_words="of a new kind"
    )
    table = RegressionTable([model], covariances=True)
    assert table.notes[0] == note
    assert cells(table, "Standard errors") == [row]


def test_two_way_clusters_are_both_named(data: pd.DataFrame) -> None:
    with pytest.warns(regressions.FewClustersWarning):
        model = regressions.fit(
            "ln_ddfc ~ ln_iti", data, cov="clustered", clusters=["entity", "time"]
        )
    table = RegressionTable([model], statistics=["nobs", "n_clusters"], covariances=True)
    assert table.notes[0] == "Standard errors clustered by country and year in parentheses"
    assert cells(table, "Standard errors") == ["Clustered (country and year)"]
    assert cells(table, "Number of clusters") == ["9"]


def test_columns_that_differ_get_rows_that_say_so(
    pooled: FittedModel, fixed: FittedModel, random: FittedModel
) -> None:
    table = RegressionTable([pooled, fixed, random])
    assert cells(table, "Estimator") == ["Pooled OLS", "Fixed effects", "Random effects"]
    assert cells(table, "Country FE") == cells(table, "Year FE") == ["No", "Yes", "No"]
    errors = ["Conventional", "Clustered (country)", "Conventional"]
    assert cells(table, "Standard errors") == errors
    alike = RegressionTable([pooled, pooled])
    assert [row.labels[0].text for row in alike.groups[1].rows] == [
        "Observations", "R-squared", "Number of country",
    ]  # fmt: skip
    forced = RegressionTable([pooled, fixed], fixed_effects=False, estimators=False)
    assert "Estimator" not in forced.to_text()
    assert "FE" not in forced.to_text()


def test_absorbed_columns_are_named_as_effects(data: pd.DataFrame) -> None:
    by_group = data.assign(bloc=[f"B{int(c[1:]) % 3}" for c in data.index.get_level_values(0)])
    model = regressions.fit(
        "ln_ddfc ~ ln_iti", by_group, estimator="fixed", effects=["bloc", "time"]
    )
    table = RegressionTable([model], labels={"bloc": "Trade bloc"})
    assert cells(table, "Trade bloc FE") == cells(table, "Year FE") == ["Yes"]


@pytest.mark.parametrize(
    ("errors", "note"),
    [
        ("tstats", "t statistics in parentheses, from standard errors clustered by country"),
        ("pvalues", "p-values in parentheses, from standard errors clustered by country"),
        (
            "conf_int",
            "90% confidence intervals in brackets, from standard errors clustered by country",
        ),
    ],
)
def test_other_things_beneath_the_coefficient(fixed: FittedModel, errors: str, note: str) -> None:
    table = RegressionTable([fixed], errors=errors, level=0.9, digits=4)  # type: ignore[arg-type]
    (text,) = cells(table, "ln_iti", below=1)
    if errors == "conf_int":
        wanted = fixed.conf_int(0.9).loc["ln_iti"].tolist()
    else:
        wanted = [getattr(fixed, errors)["ln_iti"]]
    assert [float(number) for number in re.findall(r"-?[\d.]+", text)] == pytest.approx(
        wanted, abs=5e-5
    )
    assert text[0] + text[-1] == ("[]" if errors == "conf_int" else "()")
    assert table.notes[0] == note


def test_nothing_beneath_the_coefficient_and_no_stars(fixed: FittedModel) -> None:
    table = RegressionTable([fixed], errors=None, stars=None)
    assert not any(row.continues for row in table.rows)
    assert "*" not in table.to_text()
    assert table.notes == ()


def test_own_star_levels_are_the_ones_noted(pooled: FittedModel) -> None:
    table = RegressionTable([pooled], stars=(0.05, 0.001))
    assert table.notes[1] == "** p<0.001, * p<0.05"


def test_a_mapping_of_lists_makes_spanners(pooled: FittedModel, fixed: FittedModel) -> None:
    table = RegressionTable({"Developed": [pooled, fixed], "Developing": [pooled]})
    assert [(head.text, head.span) for head in table.header[0].heads] == [
        ("Developed", 2), ("Developing", 1),
    ]  # fmt: skip
    assert table.header[0].spanner


def test_a_mapping_of_models_makes_titles(pooled: FittedModel, fixed: FittedModel) -> None:
    table = RegressionTable({"r1": pooled, "r2": fixed})
    assert table.header[-1].columns == ["r1", "r2"]


def test_a_collection_makes_titles_of_its_labels(data: pd.DataFrame) -> None:
    models = regressions.fit_many({"r1": "ln_ddfc ~ ln_iti", "r2": "ln_ddfc ~ d_urban"}, data)
    assert RegressionTable(models).header[-1].columns == ["r1", "r2"]
    own = RegressionTable(models, titles=["a", "b"])
    assert own.header[-1].columns == ["a", "b"]


def test_a_table_pickles_and_repeats_itself(pooled: FittedModel, fixed: FittedModel) -> None:
    table = RegressionTable([pooled, fixed], coef_map=["ln_iti"])
    again = pickle.loads(pickle.dumps(table))
    assert again == table
    assert again.left_out == ("Intercept", "d_urban")
    assert RegressionTable([pooled, fixed], coef_map=["ln_iti"]).to_latex() == table.to_latex()


def test_extra_rows_of_every_sort(pooled: FittedModel, fixed: FittedModel) -> None:
    vif = pd.Series({"ln_iti": 1.234, "d_urban": 4.5, "Intercept": np.nan})
    table = RegressionTable(
        [pooled, fixed],
        rows={
            "Hausman": {2: SomeTest(12.345, 0.0004)},
            "LM": [SomeTest(150.04, 0.25), None],
            "VIF": [vif, (1.0, 2.0)],
            "Controls": [False, True],
            "Sample": ["All", Label("G₂₀", latex="$G_{20}$")],
            "Clusters": [None, 1234],
        },
        notes=["Author's calculation."],
    )
    assert cells(table, "Hausman") == ["", "12.35"]
    assert cells(table, "Hausman", below=1) == ["", "[0.000]"]
    assert cells(table, "LM", below=1) == ["[0.250]", ""]
    alone = RegressionTable([pooled], rows={"Largest VIF": [SomeTest(1.5, np.nan)]})
    assert cells(alone, "Largest VIF") == ["1.500"]
    assert not alone.rows[-1].continues
    assert cells(table, "VIF") == ["1.234–4.500", "1.000–2.000"]
    assert cells(table, "Controls") == ["No", "Yes"]
    assert cells(table, "Clusters") == ["", "1,234"]
    assert "All & $G_{20}$" in table.to_latex()
    assert table.notes[-2:] == ("p-values of tests in brackets", "Author's calculation.")


def test_statistics_by_name_and_by_function(random: FittedModel, pooled: FittedModel) -> None:
    table = RegressionTable(
        [pooled, random], statistics=["rsquared_overall", "sigma_u", "f_pvalue"]
    )
    assert cells(table, "R-squared (overall)")[0] == f"{pooled.rsquared_overall:.3f}"
    assert cells(table, "sigma_u")[0] == "–"
    by_function = RegressionTable(
        [random], statistics={"N": "nobs", "T": lambda m: m.nobs / m.n_entities}
    )
    assert (cells(by_function, "N"), cells(by_function, "T")) == (["216"], ["9.000"])


def test_chinese_words(pooled: FittedModel, fixed: FittedModel) -> None:
    table = RegressionTable([pooled, fixed], language="zh")
    assert [row.labels[0].text for row in table.rows if row.labels[0].text] == [
        "ln_iti", "d_urban", "常数项", "观测值", "R²", "国家数", "国家固定效应", "年份固定效应",
        "估计方法", "标准误",
    ]  # fmt: skip
    assert cells(table, "标准误") == ["普通", "聚类（国家）"]
    assert RegressionTable([fixed], language="zh").notes[0] == "括号内为按国家聚类的标准误"
    assert 'lang="zh"' in table.to_html()


def test_the_frame_holds_the_printed_texts(pooled: FittedModel) -> None:
    frame = RegressionTable([pooled]).to_frame()
    assert frame.columns.tolist() == [("(1)", "ln_ddfc")]
    assert frame.loc["Observations", ("(1)", "ln_ddfc")] == "216"
    assert frame.index.name == "VARIABLES"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"titles": ["a", "b"]}, "2 titles for 1 models"),
        ({"coef_map": {"ln_itti": "x"}}, "these are Intercept, ln_iti|these are ln_iti"),
        ({"errors": "se"}, "errors='se' is not known"),
        ({"level": 95}, "level=95 is not between 0 and 1"),
        ({"stars": [5]}, "level 5 is not between"),
        ({"digits": -1}, "digits=-1"),
        ({"digits": 2.5}, "digits=2.5"),
        ({"statistics": ["rsquard"]}, "no statistic 'rsquard'; did you mean 'rsquared'"),
        ({"statistics": ["relabel"]}, "no statistic 'relabel'"),
        ({"statistics": "nobs"}, "give a list of names"),
        ({"rows": {"Sample": "All"}}, "The row 'Sample' needs one value for each of the 1 columns"),
        ({"rows": {"Sample": ["a", "b"]}}, "The row 'Sample' needs"),
        ({"rows": {"Test": {2: "x"}}}, "names column 2; columns are 1 to 1"),
        ({"rows": {"Test": [object()]}}, "cannot print <object"),
        ({"language": "fr"}, "language='fr' is not known; choose one of 'en', 'zh'"),
        ({"identifier": "a b"}, "identifier='a b' cannot be an anchor"),
        ({"notes": ["a\x00b"]}, r"holds the character U\+0000"),
    ],
)
def test_what_does_not_fit_is_refused(
    pooled: FittedModel, options: dict[str, object], message: str
) -> None:
    with pytest.raises(TableContentError, match=message):
        RegressionTable([pooled], **options)  # type: ignore[arg-type]


def test_a_changed_copy_is_a_table_with_all_else_the_same(pooled: FittedModel) -> None:
    table = regressions.regression_table([pooled], coef_map=["ln_iti"], title="One")
    copy = dataclasses.replace(table, title="Other", notes=("n",))
    assert type(table) is type(copy) is regressions.Table
    assert (copy.title, copy.notes, copy.rows) == ("Other", ("n",), table.rows)
    assert copy.left_out == table.left_out == ("Intercept",)
    assert dataclasses.replace(copy, title=table.title, notes=table.notes) == table


def test_the_first_spelling_makes_the_same_table(pooled: FittedModel) -> None:
    assert RegressionTable([pooled]) == regressions.regression_table([pooled])


def test_an_option_that_it_does_not_have_is_answered(pooled: FittedModel) -> None:
    with pytest.raises(regressions.OptionError, match="no option 'digit'; did you mean 'digits'"):
        regressions.regression_table([pooled], digit=3)  # type: ignore[call-arg]


def test_options_are_one_value_checked_when_made() -> None:
    options = RegressionTableOptions(stars=(0.1, 0.01), errors=None)
    assert options.star_levels == (0.01, 0.1)
    with pytest.raises(TableContentError, match="level=95"):
        dataclasses.replace(options, level=95)


def test_no_models_and_mixed_groups_are_refused(pooled: FittedModel) -> None:
    with pytest.raises(TableContentError, match="no model"):
        RegressionTable([])
    with pytest.raises(TableContentError, match="mixes models and lists"):
        RegressionTable({"a": pooled, "b": [pooled]})


def test_the_numbers_of_stepwise_columns_are_printed_once(data: pd.DataFrame) -> None:
    models = regressions.stepwise("ln_ddfc ~ ln_iti", data, ["d_urban"])
    text = RegressionTable(models).to_text()
    assert text.count("(1)") == text.count("(2)") == 1
    named = RegressionTable(models, titles=["plain", "with z"]).to_text()
    assert "with z" in named
