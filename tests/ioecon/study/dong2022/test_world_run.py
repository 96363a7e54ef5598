"""The embedded world: a complete folder, the same bytes each time, a page that stands alone."""

import hashlib
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ioecon.study import StudyResults, embedded_study, results_files, run_study
from ioecon.study.dong2022.figures import driver_groups
from ioecon.study.dong2022.published import published_regressions
from ioecon.study.results_files import name_sheets, write_table_files
from regressions import Table


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_second_run_gives_the_same_bytes(world_results: StudyResults, tmp_path: Path) -> None:
    again = run_study(embedded_study(), tmp_path / "again")
    first, second = files(world_results.folder), files(again.folder)
    for found in (first, second):
        manifest = json.loads(found["manifest.json"])
        del manifest["steps_from_cache"]
        found["manifest.json"] = json.dumps(manifest).encode()
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_manifest_lists_every_file_with_its_hash(world_results: StudyResults) -> None:
    found = files(world_results.folder)
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest["outputs"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items()
    }
    assert manifest["options"]["emissions"]["accounting"] == "carbon_table"
    assert set(manifest["identity_residuals"]) == {"carbon_table", "satellite"}
    assert max(max(r.values()) for r in manifest["identity_residuals"].values()) < 1e-10
    assert {"ioecon", "numpy", "pandas", "linearmodels", "python"} <= set(manifest["versions"])


def test_tables_print_their_rows_in_the_order_of_the_paper(world_results: StudyResults) -> None:
    labels = {**world_results.study.labels, "Intercept": "Constant"}
    paper = published_regressions().query("regressor != 'R2'")
    for number, rows in paper.groupby("table")["regressor"]:
        found = world_results.tables[f"table{number}"].to_frame().index
        printed = [row for row in dict.fromkeys(map(str, found)) if row in labels.values()]
        assert printed == [labels[name] for name in dict.fromkeys(rows)]


def test_every_table_is_there_in_every_format(world_results: StudyResults) -> None:
    found = files(world_results.folder)
    keys = {"descriptives", "choice_tests", "choice_models", "vif", "accountings", "audit"}
    keys |= {"battery", "specifications", "specifications_joint"}
    keys |= {"identity", "table3_satellite", *(f"table{k}" for k in range(3, 9))}
    assert set(world_results.tables) == keys
    for key in keys:
        for suffix in ("txt", "md", "html", "tex"):
            assert found[f"tables/{key}.{suffix}"].strip()
    for key in ("drivers", "bilateral", "coefficients", "specifications", "scatter"):
        assert found[f"figures/{key}.png"].startswith(b"\x89PNG")
        assert found[f"figures/{key}.pdf"].startswith(b"%PDF")


def test_all_tables_stand_in_one_document_and_one_workbook(world_results: StudyResults) -> None:
    docx, openpyxl = pytest.importorskip("docx"), pytest.importorskip("openpyxl")
    folder = world_results.folder / "tables"
    document = docx.Document(str(folder / "tables.docx"))
    assert len(document.tables) == len(world_results.tables)
    workbook = openpyxl.load_workbook(folder / "tables.xlsx")
    assert workbook.sheetnames == list(world_results.tables)


def test_documents_of_the_same_tables_are_made_once(
    world_results: StudyResults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOECON_CACHE_DIR", str(tmp_path / "cache"))
    made: list[str] = []
    real = results_files._make_document

    def make(suffix: str, tables: Mapping[str, Table]) -> bytes:
        made.append(suffix)
        return real(suffix, tables)

    monkeypatch.setattr(results_files, "_make_document", make)
    make.__qualname__ = "make"  # a function within another has no fingerprint
    tables = {key: world_results.tables[key] for key in ("table3", "audit")}
    for name in ("first", "second"):
        write_table_files(tables, tmp_path / name, cache=True)
    assert len(made) == len(set(made))
    assert files(tmp_path / "first") == files(tmp_path / "second")
    write_table_files({"table3": tables["table3"]}, tmp_path / "other", cache=True)
    assert len(made) == 2 * len(set(made))


def test_sheets_have_names_that_excel_allows(world_results: StudyResults) -> None:
    table = world_results.tables["identity"]
    long = "a_name_longer_than_excel_allows_a_sheet"
    named = name_sheets({long: table, long + "_2": table, "a": table, "A": table})
    assert len(named) == len({name.lower() for name in named}) == 4
    assert all(len(name) <= 31 for name in named)


def test_the_curve_holds_every_combination_and_the_columns_of_the_tables(
    world_results: StudyResults,
) -> None:
    curve = world_results.curve
    assert curve is not None
    assert len(curve) == 192
    assert curve.failed.empty
    path = world_results.folder / "specifications.csv"
    read = pd.read_csv(path, keep_default_na=False)
    assert read["estimate"].is_monotonic_increasing
    assert len(read) == 192
    plain = read[
        (read["data"] == "carbon_table")
        & (read["dependent"] == "signed log")
        & (read["interest"] == "ITI")
        & (read["controls"] == "all")
        & (read["sample"] == "all countries")
        & (read["estimator"] == "pooled")
        & (read["covariance"] == "unadjusted")
    ]
    base = world_results.models["table3"][4]
    assert float(plain["estimate"].item()) == pytest.approx(base.params["ln_iti"], rel=1e-11)
    assert float(plain["pvalue"].item()) == pytest.approx(base.pvalues["ln_iti"], rel=1e-8)
    page = (world_results.folder / "index.html").read_text(encoding="utf-8")
    assert 'id="choices"' in page
    assert 'id="figure-specifications"' in page
    assert "192 of 192 specifications were estimated" in page


def test_the_battery_is_in_the_appendix(world_results: StudyResults) -> None:
    assert world_results.battery is not None
    text = (world_results.folder / "tables" / "battery.txt").read_text(encoding="utf-8")
    assert f"{world_results.battery['Jarque-Bera'].statistic:,.3f}" in text
    assert "Holm 1979" in text
    assert 'id="appendix"' in (world_results.folder / "index.html").read_text(encoding="utf-8")


def test_the_panel_can_be_read_back(world_results: StudyResults) -> None:
    path = world_results.folder / "panel.csv"
    read = pd.read_csv(path, index_col=["country", "year"])
    assert list(read.columns) == list(world_results.panel.columns)
    np.testing.assert_allclose(read["ddfc"], world_results.panel["ddfc"], rtol=1e-11)
    book = pd.read_csv(world_results.folder / "codebook.csv")
    assert list(book["name"]) == list(read.columns)


def test_the_tables_print_the_models(world_results: StudyResults) -> None:
    text = (world_results.folder / "tables" / "table3.txt").read_text(encoding="utf-8")
    models = world_results.models["table3"]
    assert len(models) == 5
    assert re.search(rf"Observations\s+{models[0].nobs}\b", text)
    assert f"{models[0].params['Intercept']:.3f}" in text
    samples = {key: world_results.models[key][0].n_entities for key in ("table6", "table7")}
    assert samples["table6"] + samples["table7"] == models[0].n_entities


def test_the_tests_bear_on_the_base_model(world_results: StudyResults) -> None:
    choice = world_results.choice
    assert choice is not None
    assert choice.pooled.params.equals(
        world_results.models["table3"][4].params[choice.pooled.params.index]
    )
    names = " ".join(test.name for test in world_results.tests)
    assert all(word in names for word in ("Hausman", "LM", "F test"))
    assert set(choice.vif.values.index) == set(choice.pooled.slopes)


def test_driver_groups_add_up(world_results: StudyResults) -> None:
    for effects in world_results.effects.values():
        total = sum(driver_groups(effects).values())
        np.testing.assert_allclose(total, effects.change(), atol=1e-6)


class Page(HTMLParser):
    """Collect what the page refers to, and its structure."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.images_without_text = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.links += [given[k] or "" for k in ("src", "href", "srcset", "action") if k in given]
        self.ids += [given["id"] or ""] if "id" in given else []
        self.images_without_text += tag == "img" and not given.get("alt")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def parsed(folder: Path) -> Page:
    page = Page()
    page.feed((folder / "index.html").read_text(encoding="utf-8"))
    return page


def test_the_page_stands_alone(world_results: StudyResults) -> None:
    page = parsed(world_results.folder)
    assert "script" not in page.tags
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in page.links)
    targets = [link[1:] for link in page.links if link.startswith("#")]
    assert targets
    assert set(targets) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert page.images_without_text == 0
    assert page.tags.count("img") == 5
    source = (world_results.folder / "index.html").read_text(encoding="utf-8")
    assert 'name="viewport"' in source
    assert "prefers-color-scheme: dark" in source
    assert not re.search(r"url\(|@import|https?://", source)


def test_the_page_shows_every_table(world_results: StudyResults) -> None:
    said = "".join(parsed(world_results.folder).texts)
    for table in world_results.tables.values():
        assert table.title in said


def test_published_stand_beside_computed(world_results: StudyResults) -> None:
    text = (world_results.folder / "published.md").read_text(encoding="utf-8")
    for number in range(2, 9):
        assert f"Table {number}: published and computed" in text
    assert "fictional" in text
    assert "0.0612" in text


@pytest.mark.parametrize("name", ["panel.csv", "manifest.json", "index.html"])
def test_no_folder_of_this_machine_is_named(world_results: StudyResults, name: str) -> None:
    text = (world_results.folder / name).read_text(encoding="utf-8")
    assert str(world_results.folder) not in text
    assert str(Path.home()) + "/" not in text
