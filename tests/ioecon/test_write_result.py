"""``write_result``: every result, in every format, read back with pandas."""

import json
import os
import sys
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest

import diagnostics
import ioecon
import regressions
from ioecon.errors import ArgumentError, IoeconWarning, OutputError
from ioecon.writers import stata
from ioecon.writers.results import write_result

ENDINGS = (".csv", ".parquet", ".xlsx", ".dta")


@pytest.fixture(scope="module")
def world():
    return ioecon.datasets.load_world()


@pytest.fixture(scope="module")
def results(world) -> dict:
    """One result of each public class."""
    panel = ioecon.build_panel(world.series, world.emissions, world.controls)
    model = regressions.fit("ln_ddfc ~ asinh_iti + d_urban", panel, estimator="fixed")
    regions = {code: f"region {k % 4}" for k, code in enumerate(world.series.countries)}
    years = world.series.years[:3]
    series = ioecon.IOSeries([world.series[year].aggregate(regions=regions) for year in years])
    rows = pd.MultiIndex.from_product(
        [series.countries, series.sectors, years], names=["country", "sector", "year"]
    )
    amounts = pd.Series(np.linspace(1.0, 9.0, len(rows)), rows)
    account = ioecon.Account(amounts, amounts.groupby(level=["country", "year"]).sum())
    first, last = series[years[0]], series[years[-1]]
    moved = ioecon.transfers(first, last)
    rates = ioecon.emission_coefficients(last, account)
    groups = {code: code[-1] if code[-1] in "01" else "2" for code in series.countries}
    audited = first.replace(printed_output=first.x * 1.01)
    return {
        "Account": account,
        "AggregationComparison": ioecon.aggregation_error(first, last, regions=groups),
        "Audit": audited.audit(),
        "CarbonAccounts": ioecon.carbon_accounts(first, account),
        "CarbonTransfers": ioecon.carbon_transfer(moved, rates),
        "Effects": ioecon.decompose(series, account),
        "FittedModel": model,
        "Leakage": ioecon.leakage(moved, rates),
        "LeakageDifference": ioecon.leakage_as_difference(moved, rates),
        "ModelCollection": regressions.fit_many({"one": "ln_ddfc ~ asinh_iti"}, panel),
        "TestResult": diagnostics.jarque_bera(model),
        "TransferIndex": ioecon.transfer_index(series),
        "Transfers": moved,
        "VifResult": diagnostics.vif(model),
        "TableComparison": ioecon.compare_tables(first, first.replace(Z=1.1 * first.Z)),
        "Table": regressions.regression_table([model]),
        "codebook": ioecon.codebook(panel),
        "panel": panel,
        "coefficients": rates,
        "totals": world.emissions,
    }


NAMES = (
    *("Account", "AggregationComparison", "Audit", "CarbonAccounts", "CarbonTransfers", "Effects"),
    *("FittedModel", "Leakage", "LeakageDifference", "ModelCollection", "Table", "TableComparison"),
    *(
        "TestResult",
        "TransferIndex",
        "Transfers",
        "VifResult",
        "codebook",
        "coefficients",
        "panel",
        "totals",
    ),
)


def frame_of(result) -> pd.DataFrame:
    for method in ("to_frame", "tidy"):
        if not isinstance(result, pd.DataFrame) and hasattr(result, method):
            return getattr(result, method)()
    return result


def texts_of(values) -> list[str]:
    """Texts as every format gives them: a missing one may be empty, a formula has an apostrophe."""
    return ["" if pd.isna(value) else str(value).removeprefix("'") for value in values]


def read(path) -> pd.DataFrame:
    if path.suffix == ".csv":
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    if path.suffix == ".xlsx":
        return pd.read_excel(path, sheet_name="data", engine="calamine")
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        bare = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
        return frame if bare else frame.reset_index()
    return pd.read_stata(path)


@pytest.mark.filterwarnings("ignore:Stata's names")
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", NAMES)
def test_every_result_is_read_back(results, name, ending, tmp_path):
    assert sorted(NAMES) == sorted(results)
    path = write_result(results[name], tmp_path / f"out{ending}")
    found, frame = read(path), frame_of(results[name])
    numbers = frame.select_dtypes(["number", "bool", "boolean"])
    if not isinstance(frame.index, pd.RangeIndex):
        levels = frame.index.nlevels
        for k in range(levels):
            assert texts_of(found.iloc[:, k]) == texts_of(frame.index.get_level_values(k))
    else:
        levels = 0
    assert len(found) == len(frame)
    columns = frame.shape[1] if frame.ndim == 2 else 1
    assert found.shape[1] == levels + columns
    flat = frame.to_frame() if frame.ndim == 1 else frame
    for k, column in enumerate(flat):
        got, values = found.iloc[:, levels + k], flat.iloc[:, k]
        if column in numbers:
            np.testing.assert_array_equal(
                got.astype(float), values.astype("Float64").to_numpy(float, na_value=np.nan)
            )
        else:
            assert texts_of(got) == texts_of(values)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_panel_says_what_its_columns_are(results, ending, tmp_path):
    panel = results["panel"][["ddfc", "iti", "ln_ddfc"]]
    path = write_result(panel, tmp_path / f"panel{ending}")
    meaning = "Change in emissions driven by foreign final demand"
    if ending == ".dta":
        labels = pd.io.stata.StataReader(path).variable_labels()
        assert labels["ddfc"] == f"{meaning} (kt)"
        return
    if ending == ".parquet":
        back = pd.read_parquet(path)
        pd.testing.assert_frame_equal(back, panel)
        assert ioecon.codebook(back).equals(ioecon.codebook(panel))
        return
    about = (
        pd.read_csv(tmp_path / "panel_codebook.csv")
        if ending == ".csv"
        else pd.read_excel(path, sheet_name="about", engine="calamine")
    ).set_index("name")
    assert about.loc["ddfc", "unit"] == "kt"
    assert about.loc["ddfc", "meaning"] == meaning
    assert about.loc["ln_ddfc", "transform"].startswith("sign(v)")
    assert about.loc["accounting", "meaning"] == "carbon_table"


OF_IOECON = (
    *("Account", "AggregationComparison", "Audit", "CarbonAccounts", "CarbonTransfers", "Effects"),
    *("Leakage", "LeakageDifference", "TableComparison", "TransferIndex", "Transfers"),
)


@pytest.mark.parametrize("name", OF_IOECON)
def test_every_result_of_ioecon_says_what_its_columns_are(results, name, tmp_path):
    frame = results[name].to_frame()
    assert [*frame.attrs["variables"]] == [*frame.columns]
    assert all(entry["meaning"] for entry in frame.attrs["variables"].values())
    path = write_result(results[name], tmp_path / "out.csv")
    book = pd.read_csv(tmp_path / "out_codebook.csv").set_index("name")
    assert book.loc["title", "meaning"] == frame.attrs["title"]
    assert set(book.index) >= set(pd.read_csv(path).columns)
    if name in ("CarbonAccounts", "Effects", "Leakage", "LeakageDifference"):
        assert book.loc["stressor", "meaning"] == "CO2"


def test_units_are_those_of_the_account(results, tmp_path):
    water = pd.Series(
        [1.0],
        pd.MultiIndex.from_tuples([("AUS", "farms", 2000)], names=["country", "sector", "year"]),
    )
    account = ioecon.Account(water, name="Water use", unit="Mm3")
    with pd.io.stata.StataReader(write_result(account, tmp_path / "water.dta")) as reader:
        assert "Water use (Mm3)" in reader.variable_labels().values()
    path = write_result(results["Effects"], tmp_path / "effects.dta")
    with pd.io.stata.StataReader(path) as reader:
        assert reader.variable_labels()["effect"] == "Effect on the country (kt)"
        assert reader.data_label.startswith("Structural decomposition (carbon_table)")


MIXED = pd.DataFrame(
    {
        "text": ["=1+1", "中国", None],
        "whole": pd.array([1, None, 2**40], dtype="Int64"),
        "truth": pd.array([True, None, False], dtype="boolean"),
        "group": pd.Categorical(["b", "a", None]),
        "amount": [0.1, np.nan, -1e300],
        "exact": [Decimal("0.5"), None, 2],
    }
)


@pytest.mark.parametrize("ending", ENDINGS)
def test_kinds_of_values_and_missing_ones(ending, tmp_path):
    found = read(write_result(MIXED, tmp_path / f"mixed{ending}"))
    gone = "" if ending == ".dta" else None
    assert [None if value != value else value for value in found["text"]] == [
        "'=1+1" if ending == ".csv" else "=1+1",
        "中国",
        gone,
    ]
    assert [None if value != value else value for value in found["group"]] == ["b", "a", gone]
    for name, values in {
        "whole": [1, np.nan, 2**40],
        "truth": [1, np.nan, 0],
        "amount": [0.1, np.nan, -1e300],
        "exact": [0.5, np.nan, 2],
    }.items():
        got = found[name].astype("Float64").to_numpy(float, na_value=np.nan)
        np.testing.assert_array_equal(got, values)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_result_without_rows(ending, tmp_path):
    sound = ioecon.IOTable(
        Z=[[1.0]], Y=[[2.0]], countries=["AUS"], sectors=["a"], categories=["f"], year=2000
    )
    assert not sound.audit().findings
    found = read(write_result(sound.audit(), tmp_path / f"none{ending}"))
    assert [*found] == [*sound.audit().to_frame()]
    assert not len(found)


def test_a_cell_that_looks_like_a_formula_is_text_in_a_workbook(tmp_path):
    path = write_result(MIXED, tmp_path / "mixed.xlsx")
    sheet = openpyxl.load_workbook(path)["data"]
    assert sheet["A2"].data_type in ("s", "inlineStr") or sheet["A2"].value == "=1+1"
    assert b"<f>" not in path.read_bytes()
    assert sheet["C2"].value is True


def test_numbers_are_written_in_full(tmp_path):
    values = np.nextafter(np.array([0.1, 1 / 3, 1e-300, 123456789.123]), 1)
    for ending in ENDINGS:
        found = read(write_result(pd.DataFrame({"v": values}), tmp_path / f"full{ending}"))
        np.testing.assert_array_equal(found["v"], values)


def test_names_are_made_fit_for_stata_and_it_is_said(tmp_path):
    long = "change_in_consumption_based_emissions"
    frame = pd.DataFrame(
        {long: [1.0], f"{long}_per_head": [2.0], "p.value": [3.0], "2005": [4.0], "in": [5.0],
         "排放": [6.0], "_2005": [7.0]}
    )  # fmt: skip
    with pytest.warns(IoeconWarning, match="p.value is p_value"):
        path = write_result(frame, tmp_path / "names.dta")
    with pd.io.stata.StataReader(path) as reader:
        labels = reader.variable_labels()
        values = reader.read()
    assert values.iloc[0].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert [*values] == [long[:32], long[:30] + "_2", "p_value", "_2005_2", "_in", "排放", "_2005"]
    assert labels["p_value"] == "p.value"
    assert labels[long[:30] + "_2"] == f"{long}_per_head"


@pytest.mark.parametrize("seed", range(20))
def test_names_in_stata_are_always_valid_and_different(seed):
    draws = np.random.default_rng(seed)
    letters = [*"aB_9.= é中÷\u0085-", "x" * 15]
    names = {"".join(draws.choice(letters, draws.integers(1, 6))) for _ in range(60)}
    found = stata.name_variables(names)
    assert len({*found.values()}) == len(names)
    writer = object.__new__(pd.io.stata.StataWriterUTF8)
    for name in found.values():
        assert 0 < len(name) <= 32
        assert writer._validate_variable_name(name) == name
        assert not name[0].isascii() or not name[0].isdigit()


def test_long_text_and_labels_in_stata(tmp_path):
    frame = pd.DataFrame({"brief": ["a", "b"], "text": ["排" * 1500, ""]})
    frame.attrs["title"] = "T" * 100
    frame.attrs["variables"] = {"text": {"meaning": "M" * 100, "unit": "10,000 t"}}
    path = write_result(frame, tmp_path / "long.dta")
    with pd.io.stata.StataReader(path) as reader:
        assert reader.data_label == "T" * 79 + "…"
        label = reader.variable_labels()["text"]
        assert len(label) == 80
        assert label.endswith("M… (10,000 t)")
        assert reader.read()["text"].tolist() == ["排" * 1500, ""]


def test_parquet_holds_attrs_for_other_programs(tmp_path):
    frame = pd.DataFrame({"net": [1.0]})
    frame.attrs = {
        "unit": "kt",
        "years": (2000, np.int64(2005)),
        "source": ioecon.Source("f", "0", "csv"),
    }
    path = write_result(frame, tmp_path / "a.parquet")
    held = json.loads(pyarrow.parquet.read_schema(path).metadata[b"PANDAS_ATTRS"])
    assert held == {
        "unit": "kt",
        "years": [2000, 2005],
        "source": {"path": "f", "sha256": "0", "format": "csv"},
    }


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_result_gives_the_same_file(results, ending, tmp_path):
    paths = [write_result(results["panel"], tmp_path / f"{k}{ending}") for k in range(2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    ("frame", "endings", "words"),
    [
        (pd.DataFrame({"a": [1.0, np.inf]}), (".xlsx", ".dta"), "'a' holds (inf|infinity)"),
        (pd.DataFrame({"a": [1, "x"]}), ENDINGS, "'a' holds numbers and text"),
        (pd.DataFrame({"a": [[1], [2]]}), ENDINGS, "'a' holds a list"),
        (pd.DataFrame({"a": [1 + 2j]}), ENDINGS, "'a' holds complex128"),
        (pd.DataFrame({"a": ["\ud800"]}, dtype=object), ENDINGS, "'a' holds half a character"),
        (pd.DataFrame({"a": ["\x01"]}), (".xlsx",), r"'a' holds U\+0001"),
        (pd.DataFrame({"a": ["x" * 40000]}), (".xlsx",), "40,000 characters"),
        (pd.DataFrame({"a": [2**60 + 1]}), (".xlsx", ".dta"), "'a' holds 1152921504606846977"),
        (pd.DataFrame({"a": [1e308]}), (".dta",), r"'a' holds 1e\+308"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ENDINGS, "would be named a"),
        (pd.DataFrame({"a": [1]}, index=pd.Index([0], name="a")), ENDINGS, "would be named a"),
        (pd.DataFrame(), ENDINGS, "no columns"),
        (pd.DataFrame({"a": pd.date_range("2000", periods=1, tz="UTC")}), ENDINGS, "time zone"),
    ],
)
def test_what_a_file_cannot_hold_is_refused_and_nothing_written(frame, endings, words, tmp_path):
    for ending in endings:
        with pytest.raises(ArgumentError, match=words):
            write_result(frame, tmp_path / f"out{ending}")
    assert not os.listdir(tmp_path)


def test_attrs_that_no_file_holds_are_named(tmp_path):
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["other"] = [object()]
    with pytest.raises(ArgumentError, match=r"attrs\['other'\] of the frame holds a object"):
        write_result(frame, tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda world: world.series[2005], "ioecon.write_table .*write_regional"),
        (lambda world: world.series, "ioecon.write_series"),
        (lambda world: [1, 2], "list is no result"),
        (lambda world: world.series[2005].index, "MultiIndex is no result"),
        (lambda world: ioecon.Effects, "type is no result"),
    ],
)
def test_what_is_no_result_is_refused(world, given, words, tmp_path):
    with pytest.raises(ArgumentError, match=words):
        write_result(given(world), tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.xls", "ends in .xls; .*.csv, .parquet, .xlsx, .dta: did you mean '.xlsx'"),
        ("a.parqet", "did you mean '.parquet'"),
        ("a", "has no ending"),
    ],
)
def test_endings_that_are_not_known_name_those_that_are(name, words, tmp_path):
    with pytest.raises(OutputError, match=words):
        write_result(MIXED, tmp_path / name)


def test_a_missing_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "pyarrow", raising=False)
    monkeypatch.setattr("ioecon.writers.results.find_spec", lambda name: None)
    with pytest.raises(OutputError, match=r"pip install ioecon\[parquet\]"):
        write_result(MIXED, tmp_path / "a.parquet")
    assert not os.listdir(tmp_path)


def test_files_that_are_there_stay_unless_asked(tmp_path):
    path = write_result(MIXED, tmp_path / "new" / "a.csv")
    before = path.read_bytes()
    (tmp_path / "new" / "b_codebook.csv").write_text("mine")
    with pytest.raises(OutputError, match="already there"):
        write_result(MIXED.iloc[:1], path)
    with pytest.raises(OutputError, match=r"b_codebook\.csv is already there"):
        write_result(MIXED, path.with_name("b.csv"))
    assert path.read_bytes() == before
    assert not path.with_name("b.csv").exists()
    write_result(MIXED.iloc[:1], path, overwrite=True)
    assert path.read_bytes() != before


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(old, new):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ioecon.files.whole_file.os.replace", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_result(MIXED, tmp_path / "a.csv")
    assert not os.listdir(tmp_path)
