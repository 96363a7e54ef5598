"""No label in a CSV file is a formula to a spreadsheet, and every label comes back."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ioecon
from ioecon.delimited import rows_of
from ioecon.spreadsheet_text import as_given, harmless, write_csv

BAD = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "－1", "＝1",
    "-", "--1", "'=1", "''=1", "-1 t", "+", "=",
]  # fmt: skip
FINE = ["Other", "'s-Hertogenbosch", "'", "''", "", "-1.5", "+1e-3", "1-2", "a=b", "−1"]


def is_formula(cell: str) -> bool:
    """What a spreadsheet computes: a sign first, unless the whole is a number."""
    try:
        float(cell)
    except ValueError:
        return cell.lstrip()[:1] in tuple("=+-@＝＋－＠") or cell[:1] in tuple("\t\r\n")
    return False


@pytest.mark.parametrize("text", BAD)
def test_formulas_become_text_and_come_back(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert as_given(harmless(text)) == text


@pytest.mark.parametrize("text", FINE)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text == as_given(text)


@given(st.text(st.sampled_from("'=+-@ \ta1.e＝"), max_size=6))
def test_every_text_comes_back(text: str) -> None:
    assert as_given(harmless(text)) == text
    assert not is_formula(harmless(text))


def test_every_cell_of_a_frame_is_looked_at(tmp_path: Path) -> None:
    index = pd.MultiIndex.from_tuples([("=a", "@b"), ("c", "-d")], names=["+x", "y"])
    frame = pd.DataFrame(
        {
            "=n": [-1.5, np.nan], "t": ["@x", None], "i": [-3, 4], "flag": [True, False],
            "c": pd.Categorical(["-p", "q"]), "s": pd.array(["=z", pd.NA], dtype="string"),
        },
        index=index,
    )  # fmt: skip
    frame.columns.name = "=k"
    write_csv(frame, tmp_path / "f.csv")
    text = (tmp_path / "f.csv").read_text(encoding="utf-8")
    assert text == (
        "'+x,y,'=n,t,i,flag,c,s\n"
        "'=a,'@b,-1.5,'@x,-3,True,'-p,'=z\n"
        "c,'-d,,,4,False,q,\n"
    )  # fmt: skip
    rows = [cells for _, cells in rows_of(text, "f.csv", ",")]
    assert rows[1][:4] == ["=a", "@b", "-1.5", "@x"]
    plain = frame.reset_index(drop=True)
    write_csv(plain, tmp_path / "g.csv", index=False)
    assert (tmp_path / "g.csv").read_text(encoding="utf-8").startswith("'=n,t,")


def test_a_regional_table_with_labels_like_formulas(tmp_path: Path) -> None:
    table = ioecon.IOTable(
        Z=[[1, -2], [3, 4]], Y=[[5, 6], [7, 8]], countries=["=HYPERLINK(1)", "@North"],
        sectors=["-Other"], categories=["+final"], sector_names=["'=name"], year=2005,
    )  # fmt: skip
    path = ioecon.write_regional(table, tmp_path / "t.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "-2.0" in cells or "-2" in cells
    assert not [cell for cell in cells if is_formula(cell)]
    back = ioecon.read_table(path, format="regional", cache=False)
    for name in ("countries", "sectors", "categories", "sector_names"):
        assert getattr(back, name) == getattr(table, name)
    np.testing.assert_array_equal(back.Z, table.Z)
