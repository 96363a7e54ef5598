"""One panel from every kind of file is the same panel; what a file leaves open is refused."""

import builtins
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ioecon.errors import IoeconError, IoeconWarning, PanelError, ReadError
from ioecon.study.panel.inputs import Inputs, names_of_file, read_inputs
from ioecon.study.panel.settings import Data, PanelStudy, parse_samples
from ioecon.study.steps import Steps

FRAME = pd.DataFrame(
    {
        "firm": ["A", "A", "B", "B"],
        "year": [2001, 2002, 2001, 2002],
        "sales": [100.5, -3.25, np.nan, 7e6],
        "staff": [100, 120, 90, 100],
        "trade": ["steel", "steel", "NA", "NA"],
        "listed": [True, True, False, False],
    }
)


def to_text(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, sep="\t" if ".tsv" in path.name else ",")


def to_stata(frame: pd.DataFrame, path: Path) -> None:
    small = frame.assign(staff=frame["staff"].astype("int8"), listed=frame["listed"].astype("int8"))
    labels = {"sales": "Sales (million)"}
    small.to_stata(path, write_index=False, variable_labels=labels)


def to_parquet(frame: pd.DataFrame, path: Path) -> None:
    frame.astype({"staff": "Int8", "trade": "category"}).set_index(["firm", "year"]).to_parquet(
        path
    )


def to_excel(frame: pd.DataFrame, path: Path) -> None:
    frame.to_excel(path, index=False, sheet_name="Panel", startrow=2)


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "f.csv": to_text,
    "f.CSV": to_text,
    "f.csv.gz": to_text,
    "f.tsv": to_text,
    "f.xlsx": to_excel,
    "f.dta": to_stata,
    "f.parquet": to_parquet,
}


def read(path: Path, **options: Any) -> Inputs:
    others = {name: options.pop(name) for name in ("variables", "samples") if name in options}
    if "samples" in others:
        others["samples"] = parse_samples(others["samples"])
    data = Data(**{"file": path, "entity": "firm", "period": "year", **options})
    return read_inputs(PanelStudy(data=data, **others), Steps(None))


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_panel(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](FRAME, path)
    assert set(names_of_file(Data(file=path))) == {*FRAME.columns}
    panel = read(path).panel
    assert panel.index.to_list() == [("A", 2001), ("A", 2002), ("B", 2001), ("B", 2002)]
    assert panel.index.names == ["firm", "year"]
    np.testing.assert_array_equal(panel["sales"], FRAME["sales"])
    assert panel["staff"].dtype == "float64"  # an int8 would overflow at 100 * 100
    assert (panel["staff"] ** 2).to_list() == [10000.0, 14400.0, 8100.0, 10000.0]
    assert panel["trade"].to_list() == ["steel", "steel", "NA", "NA"]
    assert panel["listed"].astype(int).to_list() == [1, 1, 0, 0]


def test_decimal_commas_and_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("firm;year;größe\nÄ;2001;1,5\nÄ;2002;2\n".encode("latin-1"))
    with pytest.raises(ReadError, match=r"not text in UTF-8 .*latin-1"):
        read(path, separator=";", decimal=",")
    panel = read(path, separator=";", decimal=",", encoding="latin-1").panel
    assert panel["größe"].to_list() == [1.5, 2.0]
    assert panel.index[0] == ("Ä", 2001)


def test_columns_and_new_names(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    to_text(FRAME, path)
    found = read(path, columns=("firm", "year", "sales"), rename={"output": "sales"})
    assert [*found.panel.columns] == ["output"]
    found = read(path, columns=("staff",), rename={"id": "firm"}, entity="id")
    assert found.panel.index.names == ["id", "year"]
    with pytest.raises(PanelError, match=r"no column 'saels'.*did you mean 'sales'"):
        read(path, rename={"output": "saels"})
    with pytest.raises(PanelError, match=r"two columns of the panel would be named 'staff'"):
        read(path, rename={"staff": "sales"})
    with pytest.raises(PanelError, match=r"which data.entity names; did you mean 'firm'"):
        read(path, entity="frim")


@pytest.mark.parametrize("name", ["f.csv", "f.xlsx", "f.dta", "f.parquet"])
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"year": [2001, 2001, 2001, 2002]}, r"firm A in year 2001 in the (line|row)s \d, \d"),
        ({"year": [2001.5, 2002, 2001, 2002]}, r"(line|row) \d: the period 2001.5 .* cannot be"),
        (
            {"firm": [1.0, np.nan, 2.0, 2.0]},
            r"(line|row) \d: the entity \(column 'firm'\) is empty",
        ),
        ({"year": [2001, np.nan, 2001, 2002]}, r"(line|row) \d: the period .* is empty"),
    ],
)
def test_rows_that_cannot_be_told_apart(
    name: str, change: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    WRITERS[name](FRAME.assign(**change), tmp_path / name)
    with pytest.raises(PanelError, match=sentence):
        read(tmp_path / name)


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "xlsx", "xls", "dta", "parquet"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 50, b"PK\x03\x04 and no more"])
def test_damaged_files_have_a_sentence(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"f.{suffix}"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=re.escape(path.name)):
        read(path)


@pytest.mark.parametrize("name", ["f.dta", "f.parquet", "f.csv.gz", "f.xlsx"])
def test_files_cut_short_have_a_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](pd.concat([FRAME] * 3, keys=[0, 1, 2]), path)
    whole = path.read_bytes()
    for share in (0.2, 0.5, 0.8, 0.95):
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(IoeconError, match=re.escape(name)):
            read(path)


@pytest.mark.parametrize("suffix", ["dta", "parquet"])
def test_files_with_changed_bytes_are_read_or_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"f.{suffix}"
    WRITERS[path.name](FRAME, path)
    whole, draw = path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for _ in range(60):
        data = bytearray(whole)
        for place in draw.integers(len(data), size=draw.integers(1, 6)):
            data[place] = draw.integers(256)
        path.write_bytes(bytes(data))
        try:
            read(path)
        except IoeconError:
            refused += 1
    assert refused > 0


def test_text_in_parquet_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    FRAME.assign(trade="steel").to_parquet(path, compression=None, use_dictionary=False)
    path.write_bytes(path.read_bytes().replace(b"steel", b"st\xff\xfel"))
    with pytest.raises(ReadError, match=r"f\.parquet is not a complete Parquet file"):
        read(path)


@pytest.mark.parametrize("name", ["f.pkl", "f.h5", "f.rds", "f"])
def test_other_endings_are_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(ReadError, match=r"names no format of panels; known are \.csv"):
        read(tmp_path / name)


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    to_parquet(FRAME, tmp_path / "f.parquet")
    real = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ReadError, match=r"pip install 'ioecon\[parquet\]'"):
        read(tmp_path / "f.parquet")


def test_lists_in_parquet_are_refused(tmp_path: Path) -> None:
    FRAME.assign(parts=[[1], [2], [3], [4]]).to_parquet(tmp_path / "f.parquet")
    with pytest.raises(ReadError, match=r"column 'parts' holds .*leave it out of data.columns"):
        read(tmp_path / "f.parquet")
    assert len(read(tmp_path / "f.parquet", columns=("firm", "year", "sales")).panel) == 4


def test_labels_of_stata(tmp_path: Path) -> None:
    size = pd.Categorical(["small", "small", "large", "large"])
    FRAME.assign(size=size).to_stata(
        tmp_path / "f.dta",
        write_index=False,
        variable_labels={"sales": "Sales (million)", "staff": "Sta\u00adff"},
        version=118,
    )
    with pytest.warns(IoeconWarning, match="label of 'staff' holds a character"):
        found = read(tmp_path / "f.dta", samples={"large": {"size": "large"}})
    assert found.labels["sales"] == "Sales (million)"
    assert "staff" not in found.labels
    assert found.panel["large"].to_list() == [False, False, True, True]
    with pytest.warns(IoeconWarning):
        codes = read(tmp_path / "f.dta", value_labels=False).panel["size"]
    assert codes.to_list() == [1.0, 1.0, 0.0, 0.0]


def test_old_files_of_stata_need_an_encoding(tmp_path: Path) -> None:
    path = tmp_path / "f.dta"
    garbled = "上海".encode("gbk").decode("latin-1")  # as Stata 13 under a Chinese Windows saves it
    frame = FRAME.assign(firm=[garbled, garbled, "B", "B"], size=pd.Categorical([garbled] * 4))
    frame.to_stata(path, write_index=False, variable_labels={"sales": garbled}, version=114)
    with pytest.raises(ReadError, match=r"f\.dta is of Stata 13 or earlier.*set data\.encoding"):
        read(path)
    with pytest.raises(ReadError, match=r"f\.dta is not text in utf-8"):
        read(path, encoding="utf-8")
    found = read(path, encoding="gbk")
    assert found.panel.index[-1] == ("上海", 2002)
    assert found.labels["sales"] == "上海"
    assert set(found.panel["size"]) == {"上海"}
    FRAME.assign(firm="上海", year=range(4)).to_stata(path, write_index=False, version=118)
    assert read(path).panel.index[0] == ("上海", 0)
    with pytest.raises(ReadError, match=r"take data\.encoding out"):
        read(path, encoding="gbk")


def test_values_of_stata_labelled_in_part(tmp_path: Path) -> None:
    frame = FRAME.assign(age=[-9, 30, 31, 32])
    frame.to_stata(tmp_path / "f.dta", write_index=False, value_labels={"age": {-9: "refused"}})
    assert "'refused'" in read(tmp_path / "f.dta").faults["age"]
    assert read(tmp_path / "f.dta", value_labels=False).panel["age"].to_list() == [-9, 30, 31, 32]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (["1", "2", "1,234", "4"], r"f.csv, column 'x', line 4 holds '1,234'"),
        (["1", "2", "n.a.", "4"], r"f.csv, column 'x', line 4 holds 'n.a.' instead of a number"),
        (["01", "02", "03", "10"], r"'01': a code that would lose its zeros"),
    ],
)
def test_text_that_looks_like_numbers_is_named(
    cells: list[str], sentence: str, tmp_path: Path
) -> None:
    FRAME.assign(x=cells).to_csv(tmp_path / "f.csv", index=False)
    assert re.search(sentence, read(tmp_path / "f.csv").faults["x"])


def test_cells_of_workbooks(tmp_path: Path) -> None:
    frame = FRAME.assign(x=[1, 2, "n.a.", 4], day=pd.Timestamp("2001-05-03"), y=[1, None, "..", 4])
    with pd.ExcelWriter(tmp_path / "f.xlsx") as book:
        frame.to_excel(book, index=False, sheet_name="Panel")
        frame.head(1).to_excel(book, index=False, sheet_name="Notes")
    with pytest.raises(ReadError, match=r"2 sheets \(Panel, Notes\): name the one .* data.sheet"):
        read(tmp_path / "f.xlsx")
    with pytest.raises(ReadError, match=r"no sheet 'panel', which data.sheet names"):
        read(tmp_path / "f.xlsx", sheet="panel")
    found = read(tmp_path / "f.xlsx", sheet="Panel")
    assert re.search(r"cell Panel!G4 holds 'n.a.' instead of a number", found.faults["x"])
    assert found.panel["day"].dt.day.to_list() == [3, 3, 3, 3]
    np.testing.assert_array_equal(found.panel["y"], [1.0, np.nan, np.nan, 4.0])


@pytest.mark.parametrize("name", ["f.parquet", "f.xlsx"])
@pytest.mark.parametrize("column", ["trade", "firm"])
def test_hidden_characters_in_labels_are_refused(name: str, column: str, tmp_path: Path) -> None:
    WRITERS[name](FRAME.assign(**{column: FRAME[column] + "\u200bb"}), tmp_path / name)
    with pytest.raises(PanelError, match=rf"column '{column}' holds the character U\+200B"):
        read(tmp_path / name)


def test_a_large_text_file_shows_its_names_quickly(tmp_path: Path) -> None:
    lines = "".join(f"{k},{k % 7},1.5\n" for k in range(200_000))
    for path, pack in ((tmp_path / "f.csv", bytes), (tmp_path / "f.csv.gz", gzip.compress)):
        path.write_bytes(pack(f"firm,year,x\n{lines}".encode()))
        assert names_of_file(Data(file=path)) == ("firm", "year", "x")
