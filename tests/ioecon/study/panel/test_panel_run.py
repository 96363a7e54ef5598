"""Runs of studies of panels: the example, and textbook data against R."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import regressions
from ioecon.errors import PanelError
from ioecon.study import embedded_study, load_study, run_study
from ioecon.study.panel import PanelResults
from ioecon.study.panel.example import TRUTH, example_frame

GRUNFELD = """
title = "Investment"
kind = "panel"

[data]
file = "grunfeld.csv"
entity = "firm"
period = "year"
entities = "firms"

[[regressions]]
key = "pooled"
title = "Pooled"
dependent = "inv"
columns = [["value", "capital"]]

[[regressions]]
key = "within"
title = "Within"
dependent = "inv"
columns = [["value", "capital"]]
estimator = "fixed"
effects = "entity"

[[regressions]]
key = "twoway"
title = "Two-way"
dependent = "inv"
columns = [["value", "capital"]]
estimator = "fixed"
effects = "twoway"

[[regressions]]
key = "random"
title = "Random"
dependent = "inv"
columns = [["value", "capital"]]
estimator = "random"
"""


def run(text: str, folder: Path) -> PanelResults:
    (folder / "study.toml").write_text(text, encoding="utf-8")
    results = run_study(folder / "study.toml", folder / "results")
    assert isinstance(results, PanelResults)
    return results


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> PanelResults:
    study = embedded_study("panel")
    assert study.specifications is not None
    quick = replace(study.specifications, inference="none")
    folder = tmp_path_factory.mktemp("panel")
    results = run_study(replace(study, specifications=quick), folder / "results")
    assert isinstance(results, PanelResults)
    return results


def test_the_example_finds_what_is_true(example: PanelResults) -> None:
    within = example.models["table2"][2]
    for name, value in TRUTH.items():
        assert abs(within.params[name] - value) < 3 * within.std_errors[name]
    pooled = example.models["table1"][2]
    assert pooled.conf_int().loc["market", "lower"] > 0  # cities with high emissions joined


def test_the_folder_is_complete(example: PanelResults) -> None:
    there = {path.relative_to(example.folder).as_posix() for path in example.folder.rglob("*.*")}
    assert {
        "panel.csv", "codebook.csv", "codebook.md", "specifications.csv", "index.html",
        "manifest.json", "tables/correlations.tex", "tables/table2.html", "tables/sample.txt",
        "figures/distribution.pdf", "figures/correlations.png", "figures/scatter.png",
    } <= there  # fmt: skip
    manifest = json.loads((example.folder / "manifest.json").read_text(encoding="utf-8"))
    assert there == {*manifest["outputs"], "manifest.json"}
    assert manifest["identity_residuals"] == {}


def test_the_page_speaks_of_cities(example: PanelResults) -> None:
    page = (example.folder / "index.html").read_text(encoding="utf-8")
    page = re.sub(r'"data:image[^"]*"', "", page)
    assert "60 cities, 2008 to 2019, from the embedded example; balanced." in page
    for word in ("countr", "ITI", "transfer", "carbon table"):
        assert word not in page


def test_the_codebook_says_where_columns_are_from(example: PanelResults) -> None:
    book = pd.read_csv(example.folder / "codebook.csv", index_col="name")
    assert book.loc["growth", "source"] == "computed: 100 * diff(log(gdp))"
    assert book.loc["growth", ["obs", "missing"]].to_list() == [660, 60]
    assert book.loc["region", "type"] == "text"
    assert book.loc["coast", "source"] == "sample"


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    study = replace(embedded_study("panel"), specifications=None, choice=None)
    first, second = (run_study(study, tmp_path / name) for name in "ab")
    for path in first.folder.rglob("*.*"):
        if path.suffix not in (".docx", ".xlsx"):
            other = second.folder / path.relative_to(first.folder)
            assert path.read_bytes() == other.read_bytes(), path.name


@pytest.mark.parametrize("suffix", ["csv", "dta", "xlsx", "parquet"])
def test_grunfeld_gives_the_numbers_of_r(suffix: str, tmp_path: Path) -> None:
    root = os.environ.get("IOECON_DATA")
    folder = Path(root).resolve().parent / "reference" if root else None
    if folder is None or not folder.is_dir():
        pytest.skip("IOECON_DATA does not name a folder beside the reference folder")
    frame = pd.read_csv(folder / "data" / "grunfeld.csv")
    frame = frame.astype({"firm": "int8", "year": "int16"})
    if suffix == "csv":
        frame.to_csv(tmp_path / "grunfeld.csv", index=False)
    elif suffix == "dta":
        labels = {"inv": "Gross investment", "value": "Value of the firm"}
        frame.to_stata(tmp_path / "grunfeld.dta", write_index=False, variable_labels=labels)
    else:
        write = frame.to_excel if suffix == "xlsx" else frame.to_parquet
        write(tmp_path / f"grunfeld.{suffix}", index=False)
    results = run(GRUNFELD.replace("grunfeld.csv", f"grunfeld.{suffix}"), tmp_path)
    reference = json.loads((folder / "grunfeld.json").read_text(encoding="utf-8"))["estimators"]
    for key, name in (
        ("pooled", "pooling"), ("within", "within_individual"), ("twoway", "within_twoways"),
        ("random", "random_swar"),
    ):  # fmt: skip
        (model,) = results.models[key]
        for term in ("value", "capital"):
            assert model.params[term] == pytest.approx(reference[name]["coef"][term], rel=1e-9)
            assert model.std_errors[term] == pytest.approx(reference[name]["se"][term], rel=1e-9)
    table = str(results.tables["within"])
    assert ("Gross investment" in table) == (suffix == "dta")
    assert "Number of firms" in table
    assert results.inputs[-1].name == f"grunfeld.{suffix}"


GAPS = """
kind = "panel"
[data]
file = "f.csv"
entity = "firm"
period = "year"
missing = "{missing}"
[[regressions]]
key = "one"
title = "One"
dependent = "y"
columns = [["x"], ["x", "z"]]
[choice]
dependent = "y"
regressors = ["x", "z"]
[specifications]
dependents = {{ y = "y" }}
interest = {{ x = "x" }}
control_sets = {{ none = [], z = ["z"] }}
inference = "none"
[figures]
scatter = ["z", "y"]
"""


def gappy() -> pd.DataFrame:
    names = {"city": "firm", "year": "year", "emissions": "y", "gdp": "x", "industry": "z"}
    data = example_frame().rename(columns=names)[[*names.values()]]
    data.loc[[3, 50, 77], "z"] = float("nan")
    return data


def test_rows_without_a_value_are_left_out_model_by_model(tmp_path: Path) -> None:
    gappy().to_csv(tmp_path / "f.csv", index=False)
    results = run(GAPS.format(missing="drop"), tmp_path)
    assert [model.nobs for model in results.models["one"]] == [720, 717]
    assert results.choice is not None
    assert results.choice.fixed.nobs == 717
    assert results.curve is not None
    assert len(results.curve.estimated) == 2
    expected = regressions.fit("y ~ x + z", gappy().dropna().set_index(["firm", "year"]))
    pd.testing.assert_series_equal(results.models["one"][1].params, expected.params)
    assert any("Missing values of 720 rows: z (3)." in text for text in results.warnings)


def test_missing_values_are_refused_otherwise(tmp_path: Path) -> None:
    gappy().to_csv(tmp_path / "f.csv", index=False)
    with pytest.raises(regressions.SampleError, match=r"z of \(Alford, 2011\)"):
        run(GAPS.format(missing="raise"), tmp_path)
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('["x"]', '["w"]', r"f.csv, column 'w', line 2 holds '1,500' instead of a number"),
        ('["z", "y"]', '["t", "y"]', r"The column 't' holds text"),
    ],
)
def test_columns_that_are_no_numbers(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    frame = gappy().fillna(0.0)
    frame["w"] = ["1,500", *map(str, range(719))]
    frame.assign(t="steel").to_csv(tmp_path / "f.csv", index=False)
    with pytest.raises(PanelError, match=sentence):
        run(GAPS.format(missing="raise").replace(old, new), tmp_path)


def test_columns_without_the_first_regressor_and_undefined_terms(tmp_path: Path) -> None:
    frame = gappy().dropna()
    frame["month"] = frame["year"].map(lambda year: f"2001-{year - 2007:02d}")
    frame.iloc[7, frame.columns.get_loc("x")] = 0.0
    frame.drop(columns="year").to_csv(tmp_path / "f.csv", index=False)
    text = GAPS.format(missing="drop").replace('"year"', '"month"')
    text = text[: text.index("[choice]")].replace('["x"], ["x", "z"]', '["log(x)"], ["z"], "1"')
    results = run(text, tmp_path)
    assert [model.nobs for model in results.models["one"]] == [716, 717, 717]
    assert any("log(x) (1)" in text for text in results.warnings)
    page = (results.folder / "index.html").read_text(encoding="utf-8")
    assert "2001-01 to 2001-12" in page
    assert "1 of 1 columns differ from zero at 5" in page


def test_labels_and_cells_do_not_reach_the_page_as_html(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    frame = gappy().fillna(0.0).assign(note=evil)
    frame["firm"] = frame["firm"].map(lambda number: f"{evil}{number}")
    frame.to_parquet(tmp_path / "f.parquet")
    text = GAPS.format(missing="raise").replace("f.csv", "f.parquet")
    results = run(f'{text}\n[samples]\nall = {{ note = "{evil}" }}\n', tmp_path)
    for path in results.folder.rglob("*.html"):
        assert "<script" not in path.read_text(encoding="utf-8")


def test_a_study_of_two_lines_describes_the_example(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text('title = "Bare"\nkind = "panel"\n', encoding="utf-8")
    study = load_study(tmp_path / "study.toml")
    assert study.data.file is None
    assert study.regressions == ()
    results = run_study(study, tmp_path / "results")
    assert [*results.tables] == ["sample"]
